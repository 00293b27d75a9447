"""What was said to some items: the outputs to their prompts, read and united.

    said = Said("NER", ['{"人名": ["高明"], "机构": []}', '{"人名": ["方明"], "机构": []}'], names)
    said.columns, said.sizes    →  Mentions(["NAME", "NAME"], ["高明", "方明"]), [1, 1]
    said[0].extraction          →  Extraction(entities=(Entity("高明", None, None, "NAME"),))

Counting needs the columns alone; the Structs are made where somebody looks at them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, compress, pairwise
from typing import Any

import msgspec

from uiebench.instruct.pieces import moved
from uiebench.instruct.target import Names
from uiebench.score.facts import Columns, Match, columns, nothing
from uiebench.score.output import read, read_columns
from uiebench.score.predictions import MISSING
from uiebench.types import Entity, Event, Extraction, Relation, Schema, Task

NOTHING = Extraction()
AS_WRITTEN = Names("en", Schema())
"""No names at all: labels stay as they are written."""
EMPTY: dict[bool, str] = {True: "{}", False: "[]"}
"""What stands for an output that is missing: in NER, in the other tasks."""


class Answer:
    """What was said to one item.

    Fields:
        outputs: to each of its prompts, or MISSING; readings: what each says by itself, None where it is missing.
        extraction: what they say together.
    """

    __slots__ = ("extraction", "outputs", "readings")

    def __init__(self, outputs: Sequence[Any], readings: Sequence[Extraction | None]) -> None:
        self.outputs, self.readings = outputs, readings
        self.extraction = united([reading for reading in readings if reading is not None])


class Said:
    """What was said to some items; iterating gives each `Answer`.

    Fields:
        outputs: to all prompts, `widths` of them to each item.
        columns: annotations in native label names, `sizes` of them of each item.
        missing, unparsable, repaired: how many outputs are not there, say nothing readable, or only after a repair.
        unread: whether an output to the item could not be read, for each item.
        strangers: annotations whose label their prompt did not offer; 0 where that is not known. One that
            another prompt of the item offers is wrong all the same: its label becomes "… (not offered)".
    """

    def __init__(
        self,
        task: Task,
        outputs: Sequence[Any],
        names: Names,
        widths: Sequence[int] | None = None,
        *,
        offered: Sequence[frozenset[str]] = (),
        repair: bool = False,
        starts: Sequence[int] = (),
    ) -> None:
        """`offered` and `starts` are those of each prompt, as `Items` has them; `widths`: one each, by default."""
        self.task, self.outputs, self._names, self._repair = task, outputs, names, repair
        self._offered, self._starts = offered, starts
        self.widths = [1] * len(outputs) if widths is None else widths
        self._ends = [0, *accumulate(self.widths)]
        self.missing, self.strangers = 0, 0
        if MISSING in outputs:
            self.missing = sum(output is MISSING for output in outputs)
            outputs = [EMPTY[task == "NER"] if output is MISSING else output for output in outputs]
        self.columns, sizes, problems = read_columns(outputs, task, names, repair=repair)
        bad = {place for place, problem in problems.items() if not problem.startswith("repaired")}
        self.unparsable, self.repaired = len(bad), len(problems) - len(bad)
        if offered:
            self._check(sizes)
        if len(self.widths) == len(sizes):  # one prompt about each
            self.sizes, self.unread = sizes, [False] * len(sizes)
        else:
            self.sizes = [sum(sizes[start:end]) for start, end in pairwise(self._ends)]
            self.unread = [False] * len(self.sizes)
        if bad:
            self.unread = [not bad.isdisjoint(range(start, end)) for start, end in pairwise(self._ends)]

    def _check(self, sizes: Sequence[int]) -> None:
        """Count, and mark, annotations whose label their prompt did not offer."""
        types, known = self.columns.types, dict.fromkeys(self._offered)
        if len(known) == 1 and next(iter(known)).issuperset(types):  # the usual case
            return
        start = 0
        for prompt, (size, offered) in enumerate(zip(sizes, self._offered, strict=True)):
            end = start + size
            if not offered.issuperset(types[start:end]):
                self.strangers += sum(type not in offered for type in types[start:end])
                types[start:end] = [self._kept(type, prompt) for type in types[start:end]]
            start = end

    @property
    def bounded(self) -> bool:
        """Whether it is known which labels the prompts offered."""
        return bool(self._offered)

    def _kept(self, type: str, prompt: int) -> str:
        """A label as it counts: one that only another prompt of the item offers is no label of this one."""
        if type in self._offered[prompt] or not any(type in self._offered[other] for other in self._beside(prompt)):
            return type
        return f"{type} (not offered)"

    def _beside(self, prompt: int) -> range:
        """The prompts about the same item."""
        item = bisect_right(self._ends, prompt) - 1
        return range(self._ends[item], self._ends[item + 1])

    def __len__(self) -> int:
        return len(self.widths)

    def __iter__(self) -> Iterator[Answer]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, item: int) -> Answer:
        prompts = range(self._ends[item], self._ends[item + 1])
        return Answer(self.outputs[prompts.start : prompts.stop], [self._reading(prompt) for prompt in prompts])

    def _reading(self, prompt: int) -> Extraction | None:
        """What an output says, with offsets into the whole text, where the outputs carry them."""
        output = self.outputs[prompt]
        if output is MISSING:
            return None
        said = self._renamed(read(output, self.task, self._names, repair=self._repair), prompt)
        return shifted(said, self._starts[prompt] if self._starts else 0)

    def by(self, match: Match) -> tuple[Columns, Sequence[int]]:
        """The annotations in columns, as they are compared, and how many each item has."""
        if match == "string":
            return self.columns, self.sizes
        found, sizes = nothing(self.task), []
        for answer in self:
            here = columns(answer.extraction, self.task, match)
            found.extend(here)  # type: ignore[arg-type]  # of one task, so of one kind
            sizes.append(len(here.types))
        return found, sizes

    def kept(self, items: Sequence[bool]) -> Said:
        """What was said to some of the items."""
        prompts = [keep for keep, width in zip(items, self.widths, strict=True) for _ in range(width)]
        return Said(
            self.task,
            list(compress(self.outputs, prompts)),
            self._names,
            list(compress(self.widths, items)),
            offered=list(compress(self._offered, prompts)),
            repair=self._repair,
            starts=list(compress(self._starts, prompts)),
        )

    def _renamed(self, said: Extraction, prompt: int) -> Extraction:
        if not self._offered:
            return said
        replace = msgspec.structs.replace
        return replace(
            said,
            entities=tuple(replace(entity, type=self._kept(entity.type, prompt)) for entity in said.entities),
            relations=tuple(replace(relation, type=self._kept(relation.type, prompt)) for relation in said.relations),
            events=tuple(replace(event, type=self._kept(event.type, prompt)) for event in said.events),
        )


def shifted(said: Extraction, by: int) -> Extraction:
    """An extraction from a piece of a text, with offsets into the whole."""
    if not by:
        return said
    return msgspec.structs.replace(
        said,
        entities=tuple(moved(entity, by) for entity in said.entities),
        relations=tuple(
            msgspec.structs.replace(r, head=moved(r.head, by), tail=moved(r.tail, by)) for r in said.relations
        ),
        events=tuple(
            msgspec.structs.replace(
                e,
                trigger=None if e.trigger is None else moved(e.trigger, by),
                arguments=tuple(moved(argument, by) for argument in e.arguments),
            )
            for e in said.events
        ),
    )


def united(said: list[Extraction]) -> Extraction:
    """The answers to the prompts about one document as one extraction."""
    if not said:
        return NOTHING
    if len(said) == 1:
        return said[0]
    entities: list[Entity] = []
    relations: list[Relation] = []
    events: list[Event] = []
    for extraction in said:
        entities += extraction.entities
        relations += extraction.relations
        events += extraction.events
    problem = next((extraction.problem for extraction in said if extraction.problem), "")
    return Extraction(tuple(entities), tuple(relations), tuple(events), problem)
