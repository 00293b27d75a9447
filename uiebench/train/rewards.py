"""What an answer is worth: its F1, whether it is valid, and what a reward model says of it, weighted.

    scored = Scored([FromBenchmark("benchmarks/resume", tasks=("NER",))])
    scored.marks(["resume/train/0#NER", …], ['{"人名":["高明"],"机构":[]}', …])   →  [Mark(f1=1.0, valid=True), …]

    mixed(Weights(f1=1.0, valid=0.2), marks)                                    →  [1.2, …]

F1 is that of the scorer, by its strict rule, against what is right for this prompt: gold of its labels in its piece
of the text. A right empty answer earns 1, a wrong one where nothing is to be found 0, and so does what cannot be read.

An answer is valid if it is JSON in the form of its task, names nothing but labels that the prompt shows, with their
own roles, and says nothing twice: no string under one label or role, no triple, no event, no key. Gold never does
(`uiebench.instruct.target`), and F1, which is of sets, costs a repeat nothing, so that a policy would learn to go on
repeating itself. White space and order are free. Whether a mention stands in the text is not asked here: under the
constraint "span" it always does, and F1 counts it as wrong.

    {"人名":["高明","高明"]}                      →  not valid; its F1 is that of {"人名":["高明"]}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec

from uiebench.errors import BrokenInvariant, RecipeError
from uiebench.instruct.styles import Setting
from uiebench.score.answer import Asked
from uiebench.score.facts import nfc_strip
from uiebench.score.gold import Benchmark
from uiebench.train.data import instructions
from uiebench.train.recipe import FromBenchmark, Weights
from uiebench.types import TASKS, Instruction, Task

Reward = Callable[[Sequence[str], Sequence[str]], Sequence[float]]
"""The reward of each answer, from the ids of the prompts and the answers."""


class Mark(NamedTuple):
    """What the scorer says of an answer: its F1, 0–1, and whether it is valid."""

    f1: float
    valid: bool


class Scored:
    """The prompts of some sources, each with what is right for it.

    Fields:
        prompts: the prompts by id, in the order of the sources.

    Raises: RecipeError if a source selects nothing, half-tasks (which have no score), or two prompts of one id.
    """

    def __init__(self, sources: Sequence[FromBenchmark]) -> None:
        self.prompts: dict[str, Instruction] = {}
        self._settings: dict[str, Setting] = {}
        for source in sources:
            setting = cache(_settings(Path(source.folder)))
            found = instructions(source)
            if not found:
                raise RecipeError(f"{source.folder}: nothing in it is selected by the recipe")
            for one in found:
                if one.task not in TASKS:
                    raise RecipeError(
                        f"{source.folder}: {one.id}: answers to half-tasks ({one.task}) have no score; name `tasks`"
                    )
                if one.id in self.prompts:
                    raise RecipeError(f"{source.folder}: the prompt {one.id!r} is in two sources")
                self.prompts[one.id] = one
                self._settings[one.id] = setting(one.corpus)
        self.asked: Callable[[str], Asked] = cache(self._asked)

    def _asked(self, id: str) -> Asked:
        instruction = self.prompts[id]
        return Asked(instruction, self._settings[id].names(instruction))

    def marks(self, ids: Sequence[str], outputs: Sequence[str]) -> list[Mark]:
        """The mark of each answer; `ids` are those of the prompts. Raises: KeyError for a prompt that is not here."""
        answered = zip(ids, outputs, strict=True)
        return [Mark(self.asked(id).f1(output), self.valid(id, output)) for id, output in answered]

    def f1(self, ids: Sequence[str], outputs: Sequence[str]) -> list[float]:
        """The F1 of each answer."""
        return [mark.f1 for mark in self.marks(ids, outputs)]

    def valid(self, id: str, output: str) -> bool:
        """Whether an answer is JSON in the form of its task, with labels and roles of the prompt and no repeats."""
        instruction, setting, asked = self.prompts[id], self._settings[id], self.asked(id)
        roles = setting.roles(instruction) if asked.task in ("EE", "EEA") else {}
        return is_valid(output, asked.task, instruction.shown, roles)


def _settings(folder: Path) -> Callable[[str], Setting]:
    benchmark = Benchmark(folder)

    def setting(corpus: str) -> Setting:
        described = benchmark.describe(corpus)
        return Setting(described.language, described.schema)

    return setting


# --- validity -------------------------------------------------------------------------------------

Mention = Annotated[str, msgspec.Meta(min_length=1)]


class _Triple(msgspec.Struct, forbid_unknown_fields=True):
    relation: str
    head: Mention
    tail: Mention


class _Event(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    trigger: str
    arguments: dict[str, list[Mention]]


class _Trigger(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    trigger: str


class _Arguments(msgspec.Struct, forbid_unknown_fields=True):
    type: str
    arguments: dict[str, list[Mention]]


FORMS: dict[Task, msgspec.json.Decoder[Any]] = {
    "NER": msgspec.json.Decoder(dict[str, list[Mention]]),
    "RE": msgspec.json.Decoder(list[_Triple]),
    "EE": msgspec.json.Decoder(list[_Event]),
    "EET": msgspec.json.Decoder(list[_Trigger]),
    "EEA": msgspec.json.Decoder(list[_Arguments]),
}
"""The form of the answers of each task."""


def is_valid(output: str, task: Task, shown: Sequence[str], roles: Mapping[str, Sequence[str]]) -> bool:
    """Whether an output has the form of its task with these labels and, in events, the roles of each of them.

    It says nothing twice. Two events are the same if their arguments stand in the same order too: gold of some corpora
    has both ("who parted", the one and the other, then the other way round).
    """
    try:
        said = FORMS[task].decode(output)
        json.loads(output, object_pairs_hook=_once)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return False
    if task == "NER":
        return set(said) <= set(shown) and all(map(_differ, said.values()))
    if not _differ(said):
        return False
    if task == "RE":
        return all(triple.relation in shown for triple in said)
    if not all(event.type in shown for event in said):
        return False
    return task == "EET" or all(
        set(event.arguments) <= set(roles.get(event.type, ())) and all(map(_differ, event.arguments.values()))
        for event in said
    )


def _differ(said: Iterable[Any]) -> bool:
    """Whether no two are the same, as the scorer reads strings, and whatever the order of roles."""
    found = list(map(_plain, said))
    return len(set(found)) == len(found)


def _plain(said: Any) -> Hashable:
    if isinstance(said, str):
        return nfc_strip([said])[0]
    if isinstance(said, (list, tuple)):
        return tuple(map(_plain, said))
    named = said if isinstance(said, dict) else msgspec.structs.asdict(said)
    return tuple(sorted((name, plain) for name, value in named.items() if (plain := _plain(value))))


def _once(pairs: Sequence[tuple[str, Any]]) -> None:
    """Raise ValueError where an object of JSON has a key twice, of which any reader drops one."""
    if not _differ(key for key, _ in pairs):
        raise ValueError("a key is there twice")


# --- weights --------------------------------------------------------------------------------------


def mixed(weights: Weights, marks: Sequence[Mark], said: Sequence[float] | None = None) -> list[float]:
    """The weighted reward of each answer; `said` is what a reward model says of them.

    Raises: BrokenInvariant if the weights ask for a reward model and there is none.
    """
    if weights.model and said is None:
        raise BrokenInvariant("the weights ask for a reward model, which said nothing")
    return [
        weights.f1 * mark.f1 + weights.valid * mark.valid + weights.model * model
        for mark, model in zip(marks, said if said is not None else [0.0] * len(marks), strict=True)
    ]
