"""What was said to one item: the outputs to its prompts, read and united.

    said = Said("NER", ['{"人名": ["高明"], "机构": []}'], names)
    said.columns       →  Mentions(["NAME"], ["高明"])
    said.extraction    →  Extraction(entities=(Entity("高明", None, None, "NAME"),))

Counting needs the columns alone; the Structs are made where somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from uiebench.instruct.pieces import moved
from uiebench.instruct.target import Names
from uiebench.score.facts import Columns, columns, nothing
from uiebench.score.output import read, read_columns
from uiebench.score.predictions import MISSING
from uiebench.types import Entity, Event, Extraction, Relation, Schema, Task

NOTHING = Extraction()
AS_WRITTEN = Names("en", Schema())
"""Labels of nothing: every one stays as it is written."""


class Said:
    """The answers to the prompts of one item.

    Fields:
        columns: all annotations in native label names.
        outputs: what the model wrote to each prompt, `MISSING` where it is not there.
        missing, unparsable, repaired: how many outputs are not there, say nothing readable, or only after a repair.
        problem: of the first output that could not be read, or only after a repair ("repaired: …").
        strangers: annotations whose label their prompt did not offer; 0 where that is not known. One that
            another prompt of the item offers is wrong all the same: its label becomes "… (not offered)".
    """

    __slots__ = (
        "_extraction",
        "_names",
        "_offered",
        "_repair",
        "_starts",
        "columns",
        "missing",
        "outputs",
        "problem",
        "repaired",
        "strangers",
        "task",
        "unparsable",
    )

    def __init__(
        self,
        task: Task,
        outputs: Sequence[Any],
        names: Names,
        offered: Sequence[frozenset[str]] = (),
        repair: bool = False,
        starts: Sequence[int] = (),
    ) -> None:
        self.task, self.outputs, self._names, self._repair = task, outputs, names, repair
        self._offered = offered
        self._starts = starts  # where the piece begins that each prompt asked about; none: all at 0
        self.problem, self.missing, self.unparsable, self.repaired, self.strangers = "", 0, 0, 0, 0
        self._extraction: Extraction | None = None
        found: Columns | None = None
        for index, output in enumerate(outputs):
            if output is MISSING:
                self.missing += 1
                continue
            here, problem = read_columns(output, task, names, repair=repair)
            if problem:
                self.problem = self.problem or problem
                if problem.startswith("repaired"):
                    self.repaired += 1
                else:
                    self.unparsable += 1
            if offered and not offered[index].issuperset(here.types):
                self.strangers += len([type for type in here.types if type not in offered[index]])
                here.types = [self._kept(type, index) for type in here.types]
            if found is None:
                found = here
            else:
                found.extend(here)  # type: ignore[arg-type]  # of one task, so of one kind
        self.columns: Columns = nothing(task) if found is None else found

    @classmethod
    def of(cls, extraction: Extraction, task: Task) -> Said:
        """An answer that is at hand as an extraction."""
        said = cls(task, (), AS_WRITTEN)
        said._extraction, said.columns, said.problem = extraction, columns(extraction, task), extraction.problem
        said.outputs = (extraction,)
        if extraction.problem:
            said.repaired = int(extraction.problem.startswith("repaired"))
            said.unparsable = 1 - said.repaired
        return said

    @property
    def bounded(self) -> bool:
        """Whether it is known which labels the prompts offered."""
        return bool(self._offered)

    @property
    def extraction(self) -> Extraction:
        """The annotations as Structs, with offsets where the outputs carry them."""
        if self._extraction is None:
            self._extraction = united([reading for reading in self.readings() if reading is not None])
        return self._extraction

    def readings(self) -> list[Extraction | None]:
        """What each output says by itself, with offsets into the whole text; None where it is missing."""
        return [
            None
            if output is MISSING
            else shifted(
                self._renamed(read(output, self.task, self._names, repair=self._repair), index),
                self._starts[index] if self._starts else 0,
            )
            for index, output in enumerate(self.outputs)
        ]

    def _kept(self, type: str, index: int) -> str:
        """A label as it counts: one that only another prompt of the item offers is no label of this one."""
        if type in self._offered[index] or not any(type in labels for labels in self._offered):
            return type
        return f"{type} (not offered)"

    def _renamed(self, said: Extraction, index: int) -> Extraction:
        if not self._offered:
            return said
        replace = msgspec.structs.replace
        return replace(
            said,
            entities=tuple(replace(entity, type=self._kept(entity.type, index)) for entity in said.entities),
            relations=tuple(replace(relation, type=self._kept(relation.type, index)) for relation in said.relations),
            events=tuple(replace(event, type=self._kept(event.type, index)) for event in said.events),
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
