"""Answers that can be changed: canonical JSON taken apart, put together again, and scored.

    form, answer = read('{"人名":["高明"],"机构":[]}', "NER", ("人名", "机构"))
    answer                                        →  [("人名", "高明")]
    form.write([("机构", "高明")])                 →  '{"人名":[],"机构":["高明"]}'
    Gold('{"人名":["高明"],"机构":[]}', "NER", ("人名", "机构")).judged('{"人名":[],"机构":["高明"]}')  →  (0.0, True)

An item of an answer is, with labels as the prompt shows them,

    NER  (type, mention)      RE  (relation, head, tail)      EE  (type, trigger, ((role, mention), …))

The score of one answer to one prompt is the micro F1 over the facts of the headline: (type, mention),
(relation, head, tail), for events (type, trigger) and (type, role, mention) together. Where nothing is right,
saying nothing scores 1 and anything else 0; an answer that cannot be read scores 0. So one answer scores 1 if and
only if every metric of the headline finds it right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from uiebench.instruct.target import EE, NER, RE, Names
from uiebench.score.answer import headline, overlap
from uiebench.score.facts import Columns, Fact, facts_of, nfc_strip
from uiebench.score.output import read_columns
from uiebench.types import EventLabel, Label, RelationLabel, Schema, Task

Item = tuple[Any, ...]
Answer = list[Item]
encode = msgspec.json.Encoder().encode


class Form:
    """How answers to a prompt are written: the task, and for NER the types that are named in any case."""

    __slots__ = ("keys", "task")

    def __init__(self, task: Task, keys: Sequence[str] = ()) -> None:
        self.task, self.keys = task, keys

    def value(self, answer: Answer) -> Any:
        """An answer as the JSON value that is written."""
        task = self.task
        if task == "NER":
            lists: dict[str, list[str]] = {key: [] for key in self.keys}
            for label, mention in answer:
                if label in lists:
                    lists[label].append(mention)
                else:
                    lists[label] = [mention]
            return lists
        if task == "RE":
            return [{"relation": r, "head": h, "tail": t} for r, h, t in answer]
        return [self._event(*event) for event in answer]

    def write(self, answer: Answer) -> str:
        """An answer as canonical JSON."""
        return encode(self.value(answer)).decode()

    def _event(self, type: str, trigger: str, arguments: Sequence[tuple[str, str]]) -> dict[str, Any]:
        said: dict[str, Any] = {"type": type}
        if self.task != "EEA":
            said["trigger"] = trigger
        if self.task != "EET":
            roles: dict[str, list[str]] = {}
            for role, mention in arguments:
                roles.setdefault(role, []).append(mention)
            said["arguments"] = roles
        return said


def read(target: str, task: Task, shown: Sequence[str]) -> tuple[Form, Answer]:
    """A canonical target as an answer, and the form it is written in. Raises: msgspec.DecodeError if it is none.

    `shown` are the labels of the prompt. A target that names them all names those without mention too.
    """
    if task == "NER":
        lists = NER.decode(target)
        return (
            Form(task, tuple(lists) if len(lists) == len(shown) else ()),
            [(label, mention) for label, mentions in lists.items() for mention in mentions],
        )
    if task == "RE":
        return Form(task), [(t.relation, t.head, t.tail) for t in RE.decode(target)]
    return Form(task), [
        (e.type, e.trigger, tuple([(role, text) for role, texts in e.arguments.items() for text in texts]))
        for e in EE.decode(target)
    ]


# --- scores ---------------------------------------------------------------------------------------


@lru_cache(4096)
def shown_names(task: Task, shown: tuple[str, ...]) -> Names:
    """The labels of a window, each called what the prompt calls it."""
    if task == "NER":
        return Names("en", Schema(entities=tuple(Label(name, name, name) for name in shown)))
    if task == "RE":
        return Names("en", Schema(relations=tuple(RelationLabel(name, name, name) for name in shown)))
    return Names("en", Schema(events=tuple(EventLabel(name, name, name) for name in shown)))


class Gold:
    """What is right of one prompt, and what other answers to it score.

    Args:
        target: the canonical answer; `shown` are the labels as the prompt shows them.
        multiset: count a right fact that is said too often as wrong.
    """

    __slots__ = ("_multiset", "_names", "_task", "counted", "facts", "size")

    def __init__(self, target: str, task: Task, shown: tuple[str, ...], *, multiset: bool = False) -> None:
        self._task, self._multiset, self._names = task, multiset, shown_names(task, shown)
        said = _facts(read_columns([target], task, self._names).columns, task)
        self.facts = set(said)
        self.counted = Counter(self.facts) if multiset else None
        self.size = len(self.facts)

    def judged(self, output: str) -> tuple[float, bool]:
        """The score of an answer as the scorer reads it, and whether it can be read."""
        said = read_columns([output], self._task, self._names)
        return (0.0, False) if said.problems else (self.f1(_facts(said.columns, self._task)), True)

    def f1(self, said: Sequence[Fact]) -> float:
        """Micro F1 of some facts."""
        if self.counted is not None:
            right, size = (self.counted & Counter(said)).total(), len(said)
        else:
            there = set(said)
            right, size = len(there & self.facts), len(there)
        return overlap(right, self.size, size)


def _facts(said: Columns, task: Task) -> list[Fact]:
    return headline(facts_of(said, task, nfc_strip), task)


def facts(answer: Answer, task: Task) -> list[Fact]:
    """The facts of the headline in an answer that is not written yet."""
    if task in ("NER", "RE"):
        return [(label, *nfc_strip(list(strings))) for label, *strings in answer]
    found: list[Fact] = []
    if task != "EEA":
        found += zip([e[0] for e in answer], nfc_strip([e[1] for e in answer]), strict=True)
    if task != "EET":
        found += [(e[0], role, *nfc_strip([mention])) for e in answer for role, mention in e[2]]
    return found
