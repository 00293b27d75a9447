"""Answers that can be changed: canonical JSON taken apart, put together again, and scored.

    form, answer = read('{"人名":["高明"],"机构":[]}', "NER", ("人名", "机构"))
    answer                                        →  [("人名", "高明")]
    form.write([("机构", "高明")])                 →  '{"人名":[],"机构":["高明"]}'
    Gold(answer, "NER", ("人名", "机构")).judged('{"人名":[],"机构":["高明"]}')  →  (0.0, True)
    Gold(answer, "NER", ("人名", "机构")).score([("机构", "高明")])                 →  0.0      without writing it

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
from uiebench.score.facts import Fact, facts_of, nfc_strip
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
        answer: the right one; `shown` are the labels as the prompt shows them.
        multiset: count a right fact that is said too often as wrong.
    """

    __slots__ = ("_multiset", "_said", "_shown", "_task", "counted", "facts", "size")

    def __init__(self, answer: Answer, task: Task, shown: tuple[str, ...], *, multiset: bool = False) -> None:
        self._task, self._multiset, self._shown = task, multiset, shown
        self._said: dict[Item, tuple[Fact, ...]] = {}
        self.facts = {fact for item in answer for fact in self._facts(item)}
        self.counted = Counter(self.facts) if multiset else None
        self.size = len(self.facts)

    def judged(self, output: str) -> tuple[float, bool]:
        """The score of an answer as the scorer reads it, and whether it can be read."""
        said = read_columns([output], self._task, shown_names(self._task, self._shown))
        if said.problems:
            return 0.0, False
        return self._f1(headline(facts_of(said.columns, self._task, nfc_strip), self._task)), True

    def score(self, answer: Answer) -> float | None:
        """The score of an answer that is canonical JSON when it is written; None if a mention in it is blank.

        What its items say is known from other answers: an edit changes one or two of them.
        """
        known, facts = self._said, list[Fact]()
        for item in answer:
            said = known.get(item) or self._facts(item)
            if not said:
                return None
            facts += said
        return self._f1(facts)

    def _facts(self, item: Item) -> tuple[Fact, ...]:
        said = () if says_nothing(item, self._task) else facts(item, self._task)
        self._said[item] = said
        return said

    def _f1(self, said: Sequence[Fact]) -> float:
        """Micro F1 of some facts."""
        if self.counted is not None:
            right, size = (self.counted & Counter(said)).total(), len(said)
        else:
            there = set(said)
            right, size = len(there & self.facts), len(there)
        return overlap(right, self.size, size)


def facts(item: Item, task: Task) -> tuple[Fact, ...]:
    """The facts of the headline in an item of an answer that is not written yet."""
    if task in ("NER", "RE"):
        return ((item[0], *nfc_strip(list(item[1:]))),)
    type, trigger, arguments = item
    found: list[Fact] = [] if task == "EEA" else [(type, *nfc_strip([trigger]))]
    if task != "EET":
        found += [(type, role, *nfc_strip([mention])) for role, mention in arguments]
    return tuple(found)


def says_nothing(item: Item, task: Task) -> bool:
    """Whether a mention in an item is blank: the scorer passes over what a model would not write."""
    mentions = item[1:] if task in ("NER", "RE") else [mention for _, mention in item[2]]
    return not all(map(str.strip, mentions))
