"""What is compared: annotations as plain tuples, one list for each metric of a task.

facts(document, "EE", normal)  →  {"ti": [("裁员",)], "tc": [("裁员", "裁员")],
                                   "ai": [("裁员", "远山科技")], "ac": [("裁员", "裁员方", "远山科技")]}

ner       (type, mention)                        re        (relation, head, tail), directed
re-typed  (relation, head, tail, head type, tail type)
ti        (trigger)                              tc        (event type, trigger)
ai        (event type, mention)                  ac        (event type, role, mention)
ac-paired as ac, but arguments count only between events paired by type and trigger, see `matching`

An event without trigger is claimed all the same: its trigger is the empty string, which is right where the gold
event has none either and wrong elsewhere. IEPile and UIE count so too.

A mention is its normalised string, or where it stands ("3:7") when offsets are compared. Annotations lie in
columns, one list for each part of a fact, those of one document or of thousands at once. Facts as tuples are for
looking at one document; `matching` counts the same facts of many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, pairwise, repeat
from typing import Literal, get_args
from unicodedata import is_normalized, normalize

import msgspec

from uiebench.types import Document, Extraction, Span, Task

Metric = Literal["ner", "re", "re-typed", "ti", "tc", "ai", "ac", "ac-paired"]
Match = Literal["string", "offset"]
MATCHES: tuple[Match, ...] = get_args(Match)
Fact = tuple[str, ...]
Facts = dict[Metric, list[Fact]]
Normal = Callable[[list[str]], list[str]]
"""Normalises mentions, a list at a time."""

METRICS: dict[Task, tuple[Metric, ...]] = {
    "NER": ("ner",),
    "RE": ("re", "re-typed"),
    "EE": ("ti", "tc", "ai", "ac", "ac-paired"),
    "EET": ("ti", "tc"),
    "EEA": ("ai", "ac", "ac-paired"),
}
HEADLINES: dict[Task, tuple[Metric, ...]] = {
    "NER": ("ner",),
    "RE": ("re",),
    "EE": ("tc", "ac"),
    "EET": ("tc",),
    "EEA": ("ac",),
}


def nfc_strip(mentions: list[str]) -> list[str]:
    """The normalisation of the headline: NFC, and no outer white space. Nothing else."""
    together = "\n".join(mentions)  # a line feed combines with nothing: all are in NFC if this is
    if not (together.isascii() or is_normalized("NFC", together)):
        mentions = [normalize("NFC", mention) for mention in mentions]
    return list(map(str.strip, mentions))


# --- columns --------------------------------------------------------------------------------------


Strings = tuple[list[str], Sequence[int]]
"""Mentions of some documents, and how many each document has."""


class Mentions(msgspec.Struct, gc=False):
    """Entities: their types and mentions."""

    types: list[str]
    texts: list[str]

    def mentions(self, sizes: Sequence[int]) -> list[Strings]:
        """Every mention; `sizes` are the numbers of annotations of each document."""
        return [(self.texts, sizes)]

    def extend(self, other: Mentions) -> None:
        """Take in the annotations of `other`."""
        self.types += other.types
        self.texts += other.texts

    def cut(self, start: int, stop: int, inner: slice) -> Mentions:
        """The annotations from `start` to `stop`; those of events have their arguments in `inner`."""
        return Mentions(self.types[start:stop], self.texts[start:stop])


class Triples(msgspec.Struct, gc=False):
    """Relations: their types, heads and tails with the types of these ("": untyped)."""

    types: list[str]
    heads: list[str]
    tails: list[str]
    head_types: list[str]
    tail_types: list[str]

    def mentions(self, sizes: Sequence[int]) -> list[Strings]:
        """Every head and every tail; `sizes` are the numbers of annotations of each document."""
        return [(self.heads, sizes), (self.tails, sizes)]

    def extend(self, other: Triples) -> None:
        """Take in the annotations of `other`."""
        self.types += other.types
        self.heads += other.heads
        self.tails += other.tails
        self.head_types += other.head_types
        self.tail_types += other.tail_types

    def cut(self, start: int, stop: int, inner: slice) -> Triples:
        """The annotations from `start` to `stop`; those of events have their arguments in `inner`."""
        here = slice(start, stop)
        return Triples(
            self.types[here], self.heads[here], self.tails[here], self.head_types[here], self.tail_types[here]
        )


class Frames(msgspec.Struct, gc=False):
    """Events: types, triggers ("": none) and how many arguments each has; of these roles and mentions in a row."""

    types: list[str]
    triggers: list[str]
    sizes: list[int]
    roles: list[str]
    texts: list[str]

    def mentions(self, sizes: Sequence[int]) -> list[Strings]:
        """Every trigger ("": none) and every argument; `sizes` are the numbers of annotations of each document."""
        ends = [0, *accumulate(self.sizes)]
        inner = [ends[stop] - ends[start] for start, stop in pairwise(accumulate(sizes, initial=0))]
        return [(self.triggers, sizes), (self.texts, inner)]

    def extend(self, other: Frames) -> None:
        """Take in the annotations of `other`."""
        self.types += other.types
        self.triggers += other.triggers
        self.sizes += other.sizes
        self.roles += other.roles
        self.texts += other.texts

    def cut(self, start: int, stop: int, inner: slice) -> Frames:
        """The annotations from `start` to `stop`; those of events have their arguments in `inner`."""
        here = slice(start, stop)
        return Frames(self.types[here], self.triggers[here], self.sizes[here], self.roles[inner], self.texts[inner])


Columns = Mentions | Triples | Frames


def nothing(task: Task) -> Columns:
    """The columns of a task without any annotation."""
    if task == "NER":
        return Mentions([], [])
    return Triples([], [], [], [], []) if task == "RE" else Frames([], [], [], [], [])


def columns(said: Document | Extraction, task: Task, match: Match = "string") -> Columns:
    """The annotations of a document or an answer that a task asks for, in columns."""
    what = _string if match == "string" else _place
    if task == "NER":
        return Mentions([e.type for e in said.entities], [what(e) for e in said.entities])
    if task == "RE":
        return Triples(
            [r.type for r in said.relations],
            [what(r.head) for r in said.relations],
            [what(r.tail) for r in said.relations],
            [r.head.type for r in said.relations],
            [r.tail.type for r in said.relations],
        )
    arguments = [argument for event in said.events for argument in event.arguments]
    return Frames(
        [e.type for e in said.events],
        [what(e.trigger) if e.trigger else "" for e in said.events],
        [len(e.arguments) for e in said.events],
        [a.role for a in arguments],
        [what(a) for a in arguments],
    )


def _string(span: Span) -> str:
    return span.text


def _place(span: Span) -> str:
    return place(span.start, span.end, span.text)


def place(start: int | None, end: int | None, text: str) -> str:
    """Where a mention stands, as it is compared. One without offsets is its string, which is no place: wrong."""
    return text if start is None or end is None else f"{start}:{end}"


def is_placed(document: Document, task: Task) -> bool:
    """Whether every mention of a task has offsets, so that a document can be compared by them."""
    if task == "NER":
        spans: Iterable[Span | None] = document.entities
    elif task == "RE":
        spans = [end for relation in document.relations for end in (relation.head, relation.tail)]
    else:
        spans = [span for event in document.events for span in (event.trigger, *event.arguments)]
    return all(span is None or span.start is not None for span in spans)


# --- facts ----------------------------------------------------------------------------------------


def facts(said: Document | Extraction, task: Task, normal: Normal) -> Facts:
    """The facts of each metric of a task about one document, repeats included, in the order they were said."""
    return facts_of(columns(said, task), task, normal)


def facts_of(there: Columns, task: Task, normal: Normal) -> Facts:
    """The facts that lie in columns."""
    if isinstance(there, Mentions):
        return {"ner": list(zip(there.types, normal(there.texts), strict=True))}
    if isinstance(there, Triples):
        heads, tails = normal(there.heads), normal(there.tails)
        return {
            "re": list(zip(there.types, heads, tails, strict=True)),
            "re-typed": list(zip(there.types, heads, tails, there.head_types, there.tail_types, strict=True)),
        }
    found: Facts = {}
    if task != "EEA":
        triggers = normal(there.triggers)
        found["ti"] = list(zip(triggers, strict=True))
        found["tc"] = list(zip(there.types, triggers, strict=True))
    if task != "EET":
        types, texts = chain.from_iterable(map(repeat, there.types, there.sizes)), normal(there.texts)
        owners = list(types)
        found["ai"] = list(zip(owners, texts, strict=True))
        found["ac"] = list(zip(owners, there.roles, texts, strict=True))
    return found
