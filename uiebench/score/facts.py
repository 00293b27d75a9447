"""What is compared: annotations as plain tuples, one list for each metric of a task.

facts(document, "EE", normal)  →  {"ti": [("裁员",)], "tc": [("裁员", "裁员")],
                                   "ai": [("裁员", "远山科技")], "ac": [("裁员", "裁员方", "远山科技")]}

ner       (type, mention)                        re        (relation, head, tail), directed
re-typed  (relation, head, tail, head type, tail type)
ti        (trigger)                              tc        (event type, trigger)
ai        (event type, mention)                  ac        (event type, role, mention)
ac-paired as ac, but arguments count only between events paired by type and trigger, see `paired`

An event without trigger is claimed all the same: its trigger is the empty string, which is right where the gold
event has none either and wrong elsewhere. IEPile and UIE count so too.

A mention is its normalised string, or where it stands ("3:7") when offsets are compared. Annotations lie in
columns, one list for each part of a fact: those of one document, or of thousands at once, are turned into
facts by the same few steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, pairwise, repeat
from typing import Literal, TypeVar, get_args
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


class Mentions(msgspec.Struct, gc=False):
    """Entities: their types and mentions."""

    types: list[str]
    texts: list[str]

    def strings(self) -> list[str]:
        """Every mention."""
        return self.texts

    def extend(self, other: Mentions) -> None:
        """Take in the annotations of `other`."""
        self.types += other.types
        self.texts += other.texts


class Triples(msgspec.Struct, gc=False):
    """Relations: their types, heads and tails with the types of these ("": untyped)."""

    types: list[str]
    heads: list[str]
    tails: list[str]
    head_types: list[str]
    tail_types: list[str]

    def strings(self) -> list[str]:
        """Every head and tail."""
        return self.heads + self.tails

    def extend(self, other: Triples) -> None:
        """Take in the annotations of `other`."""
        self.types += other.types
        self.heads += other.heads
        self.tails += other.tails
        self.head_types += other.head_types
        self.tail_types += other.tail_types


class Frames(msgspec.Struct, gc=False):
    """Events: types, triggers ("": none) and how many arguments each has; of these roles and mentions in a row."""

    types: list[str]
    triggers: list[str]
    sizes: list[int]
    roles: list[str]
    texts: list[str]

    def strings(self) -> list[str]:
        """Every argument and every trigger."""
        return self.texts + [trigger for trigger in self.triggers if trigger]

    def extend(self, other: Frames) -> None:
        """Take in the annotations of `other`."""
        self.types += other.types
        self.triggers += other.triggers
        self.sizes += other.sizes
        self.roles += other.roles
        self.texts += other.texts


Columns = Mentions | Triples | Frames
C = TypeVar("C", Mentions, Triples, Frames)


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

Event = tuple[str, str, frozenset[tuple[str, str]]]
"""(event type, trigger, {(role, mention)})."""


class Side(msgspec.Struct, gc=False):
    """The facts of some documents, gold or said, one after the other.

    Fields:
        sizes: annotations of each document (entities, relations or events).
        inner: arguments of each document.
        facts: of each metric, repeats included, in the order they were said.
        events: for pairing; empty where no arguments are asked for.
    """

    sizes: list[int]
    inner: list[int]
    facts: Facts
    events: list[Event]

    def counts(self, metric: Metric) -> list[int]:
        """How many facts of a metric each document has."""
        return self.inner if metric in ("ai", "ac") else self.sizes

    def cut(self, bounds: Sequence[int], inner: Sequence[int], start: int, stop: int) -> Side:
        """The documents from `start` to `stop`; annotations of document i begin at bounds[i], arguments at inner[i]."""
        return Side(
            self.sizes[start:stop],
            self.inner[start:stop],
            {
                metric: found[inner[start] : inner[stop]]
                if metric in ("ai", "ac")
                else found[bounds[start] : bounds[stop]]
                for metric, found in self.facts.items()
            },
            self.events[bounds[start] : bounds[stop]] if self.events else [],
        )

    def extend(self, other: Side) -> None:
        """Put the documents of `other` behind."""
        self.sizes += other.sizes
        self.inner += other.inner
        self.events += other.events
        for metric, found in other.facts.items():
            self.facts[metric] += found


def side(said: Columns, sizes: list[int], task: Task, normal: Normal) -> Side:
    """The facts of documents whose annotations lie in columns, `sizes` of them in each."""
    if isinstance(said, Mentions):
        return Side(sizes, [], {"ner": list(zip(said.types, normal(said.texts), strict=True))}, [])
    if isinstance(said, Triples):
        heads, tails = normal(said.heads), normal(said.tails)
        found: Facts = {
            "re": list(zip(said.types, heads, tails, strict=True)),
            "re-typed": list(zip(said.types, heads, tails, said.head_types, said.tail_types, strict=True)),
        }
        return Side(sizes, [], found, [])
    found, events, inner = {}, list[Event](), list[int]()
    triggers = normal(said.triggers) if task != "EEA" else [""] * len(said.types)
    if task != "EEA":
        found["ti"] = list(zip(triggers, strict=True))
        found["tc"] = list(zip(said.types, triggers, strict=True))
    if task != "EET":
        owners = list(chain.from_iterable(map(repeat, said.types, said.sizes)))
        texts = normal(said.texts)
        found["ai"] = list(zip(owners, texts, strict=True))
        found["ac"] = list(zip(owners, said.roles, texts, strict=True))
        pairs, ends = list(zip(said.roles, texts, strict=True)), [0, *accumulate(said.sizes)]
        arguments = [frozenset(pairs[start:end]) for start, end in pairwise(ends)]
        events = list(zip(said.types, triggers, arguments, strict=True))
        inner = [ends[end] - ends[start] for start, end in pairwise(accumulate(sizes, initial=0))]
    return Side(sizes, inner, found, events)


def facts(said: Document | Extraction, task: Task, normal: Normal) -> Facts:
    """The facts of each metric of a task about one document, repeats included, in the order they were said."""
    there = columns(said, task)
    return side(there, [len(there.types)], task, normal).facts


Keyed = dict[tuple[int, str, str], dict[frozenset[tuple[str, str]], None]]


def paired(gold: Side, said: Side) -> list[tuple[int, int, int]]:
    """(correct, gold, predicted) arguments of each document; an argument counts only between two paired events.

    Events are strings here: two that agree in type, trigger and all arguments are one. Among the events
    that share type and trigger, gold and predicted ones are paired so that as many arguments as possible
    agree, as sets of (role, mention); the order of events changes nothing.
    """
    wanted, got = _keyed(gold), _keyed(said)
    counts = [[0, 0, 0] for _ in gold.sizes]
    for place, there in ((1, wanted), (2, got)):
        for (document, _, _), events in there.items():
            counts[document][place] += len(next(iter(events))) if len(events) == 1 else sum(map(len, events))
    for key in wanted.keys() & got.keys():
        ours, theirs = wanted[key], got[key]
        if len(ours) == 1 == len(theirs):  # the usual case: nothing to choose
            (left,), (right,) = ours, theirs
            counts[key[0]][0] += len(left & right)
        else:
            weights = [[len(left & right) for right in theirs] for left in ours]
            counts[key[0]][0] += sum(weights[i][j] for i, j in assignment(weights))
    return [(correct, right, said) for correct, right, said in counts]


def _keyed(found: Side) -> Keyed:
    """The argument sets of the events that share document, type and trigger."""
    keyed: Keyed = {}
    owners = chain.from_iterable(map(repeat, range(len(found.sizes)), found.sizes))
    for owner, (type, trigger, arguments) in zip(owners, found.events, strict=True):
        keyed.setdefault((owner, type, trigger), {})[arguments] = None
    return keyed


def assignment(weights: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """A matching of rows and columns with the greatest total weight (Hungarian method, n³).

    Every row or every column is matched, whichever are fewer.
    """
    rows, columns = len(weights), len(weights[0])
    if rows > columns:
        turned = [[weights[i][j] for i in range(rows)] for j in range(columns)]
        return sorted((i, j) for j, i in assignment(turned))
    inf = float("inf")
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    row_of, back = [0] * (columns + 1), [0] * (columns + 1)  # 0: free; rows and columns count from 1
    for row in range(1, rows + 1):
        row_of[0], column = row, 0
        slack, used = [inf] * (columns + 1), [False] * (columns + 1)
        while row_of[column]:
            used[column] = True
            here, step, following = row_of[column], inf, 0
            for j in range(1, columns + 1):
                if not used[j]:
                    cost = -weights[here - 1][j - 1] - row_price[here] - column_price[j]
                    if cost < slack[j]:
                        slack[j], back[j] = cost, column
                    if slack[j] < step:
                        step, following = slack[j], j
            for j in range(columns + 1):
                if used[j]:
                    row_price[row_of[j]] += step
                    column_price[j] -= step
                else:
                    slack[j] -= step
            column = following
        while column:
            row_of[column] = row_of[back[column]]
            column = back[column]
    return sorted((row_of[j] - 1, j - 1) for j in range(1, columns + 1) if row_of[j])
