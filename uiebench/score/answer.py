"""One answer to one prompt: its F1 against the prompt's target, and what is wrong with it.

    asked = Asked(instruction, setting.names(instruction))
    asked.f1('{"人名":["高明"],"机构":[]}')      →  1.0
    asked.f1('{"人名":[],"机构":["高明"]}')      →  0.0
    asked.f1("I found no entities.")             →  0.0     nothing readable, even where nothing is to be found
    asked.mistakes('{"人名":[],"机构":["高明"]}', text)   →  (Mistake("type", gold=…, said=…),)

What is right is what the target says: gold of the offered labels in the piece asked about. The facts are those
of the strict headline, for events triggers and arguments together. An empty answer where nothing is to be
found scores 1.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

import msgspec

from uiebench.errors import BrokenInvariant
from uiebench.instruct.target import Names
from uiebench.score.analysis import Mistake, judged
from uiebench.score.facts import HEADLINES, Columns, Fact, Facts, Frames, facts_of
from uiebench.score.output import read, read_columns
from uiebench.score.tally import Rule
from uiebench.types import Document, Instruction, Task

RULE = Rule()
Event = tuple[str, str, frozenset[tuple[str, str]]]
"""(event type, trigger, {(role, mention)})."""


class Answer(msgspec.Struct, frozen=True):
    """What an output says.

    Fields:
        facts: of all metrics of the task, repeats included; `events`: where arguments are asked for.
        headline: the distinct facts that F1 is computed from.
        problem: why the output could not be read; empty if it could.
    """

    facts: Facts
    events: tuple[Event, ...]
    headline: frozenset[Fact]
    problem: str


def answer(output: Any, task: Task, names: Names) -> Answer:
    """An output as text or JSON value, read by the strict rule and in native label names."""
    columns, _, problems = read_columns([output], task, names)
    facts = facts_of(columns, task, RULE.normal)
    return Answer(facts, _events(columns, facts), frozenset(headline(facts, task)), problems.get(0, ""))


def headline(facts: Facts, task: Task) -> list[Fact]:
    """The facts of the headline, those of its metrics behind one another; no two metrics have facts alike."""
    first, *more = HEADLINES[task]
    return facts[first] + facts[more[0]] if more else facts[first]


def _events(columns: Columns, facts: Facts) -> tuple[Event, ...]:
    """The events of an answer, with its arguments."""
    if not isinstance(columns, Frames) or "ac" not in facts:
        return ()
    triggers = [trigger for _, trigger in facts["tc"]] if "tc" in facts else [""] * len(columns.types)
    arguments = [(role, mention) for _, role, mention in facts["ac"]]
    bounds = pairwise(accumulate(columns.sizes, initial=0))
    inside = [frozenset(arguments[start:end]) for start, end in bounds]
    return tuple(zip(columns.types, triggers, inside, strict=True))


def f1(gold: Answer, said: Answer) -> float:
    """F1 of one answer, from distinct facts; 1 for nothing rightly said, 0 for what cannot be read."""
    if said.problem:
        return 0.0
    return overlap(len(gold.headline & said.headline), len(gold.headline), len(said.headline))


def overlap(right: int, gold: int, said: int) -> float:
    """F1 of one answer from the number of its facts; 1 where nothing is right and nothing is said."""
    return 2 * right / (gold + said) if gold + said else 1.0


class Asked:
    """A prompt with what is right for it. `task` is one that is scored.

    Raises: BrokenInvariant if the target cannot be read.
    """

    def __init__(self, instruction: Instruction, names: Names) -> None:
        self.task, self.names, self.target = scored_task(instruction), names, instruction.target
        self.gold = answer(instruction.target, self.task, names)
        if self.gold.problem:
            raise BrokenInvariant(f"{instruction.id}: its target cannot be read ({self.gold.problem})")

    def answer(self, output: Any) -> Answer:
        """What an output says."""
        return answer(output, self.task, self.names)

    def f1(self, output: Any) -> float:
        """The F1 of an output."""
        return f1(self.gold, self.answer(output))

    def mistakes(self, output: Any, text: str) -> tuple[Mistake, ...]:
        """Every wrong and missed fact of the headline; `text` is what the prompt asks about."""
        right = read(self.target, self.task, self.names)
        document = Document("", text, right.entities, right.relations, right.events)
        said = read(output, self.task, self.names)
        return tuple(m for verdict in judged(document, said, self.task, RULE) for m in verdict.mistakes)


def scored_task(instruction: Instruction) -> Task:
    """The task of an instruction. Raises: BrokenInvariant for half-tasks, which are only trained on."""
    for task in HEADLINES:
        if task == instruction.task:
            return task
    raise BrokenInvariant(f"{instruction.id}: {instruction.task} is a half-task to train on; it is not scored")
