"""The same text annotated in two ways: within a split, between splits, and between corpora of one task.

    found = conflicts(splits, groups, examples=3)
    found[0]    →  Conflict(left="msra/train", right="peoples_daily/test", kind="entities", texts=2958, differing=40, …)

A text is the same if its key is (`uiebench.build.keys`). Annotations are compared as sets of strings with
their labels, after the same normalisation, so that offsets and spacing do not matter: entities as (type,
mention), relations as (type, head, tail), triggers as (type, trigger), arguments as (type, role, mention).
Between two corpora only labels count whose concept both have, and only kinds of annotation that are a task
of both: what a corpus does not annotate says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.build.keys import key_of
from uiebench.storage import arrow_schema, from_arrow, unreadable
from uiebench.types import Document, Schema, Task

KINDS = ("entities", "relations", "triggers", "arguments")
OF_TASK: dict[Task, tuple[str, ...]] = {
    "NER": ("entities",),
    "RE": ("relations",),
    "EE": ("triggers", "arguments"),
    "EET": ("triggers",),
    "EEA": ("arguments",),
}

Fact = tuple[str, ...]
Facts = frozenset[Fact]


class Annotated(msgspec.Struct, frozen=True):
    """A split with gold: its name, its Parquet file, and what its corpus annotates."""

    name: str
    path: Path
    tasks: tuple[Task, ...]
    schema: Schema

    @property
    def corpus(self) -> str:
        """The corpus it belongs to."""
        return self.name.split("/", 1)[0]


class Disagreement(msgspec.Struct, frozen=True):
    """Two documents with the same text, and a fact that only one of them has (empty: it has none alone)."""

    left: str
    right: str
    only_left: Fact = ()
    only_right: Fact = ()


class Conflict(msgspec.Struct, frozen=True):
    """How often two splits (or one with itself) annotate the same text differently.

    Fields:
        left, right: the splits; kind: of annotation.
        texts: different texts that both hold (twice, for one split).
        differing: of these, texts of which two documents differ; short: of these, texts under 20 characters.
    """

    left: str
    right: str
    kind: str
    texts: int
    differing: int
    short: int
    examples: tuple[Disagreement, ...] = ()


Group = tuple[bool, list[tuple[int, int]]]
"""Documents of one text: whether it is short, and for each its split, by position, and its row there."""


def conflicts(splits: Sequence[Annotated], groups: Sequence[Group], examples: int) -> list[Conflict]:
    """The disagreements in `groups`, by pair of splits and kind of annotation; most first."""
    documents = _documents(splits, groups)
    shared = {
        (left, right): _comparable(splits[left], splits[right])
        for left, right in combinations_with_replacement(range(len(splits)), 2)
    }
    texts: Counter[tuple[int, int, str]] = Counter()
    differing: Counter[tuple[int, int, str]] = Counter()
    shorts: Counter[tuple[int, int, str]] = Counter()
    told: dict[tuple[int, int, str], list[Disagreement]] = {}
    for short, members in groups:
        found: dict[int, list[Document]] = {}
        for split, row in members:
            found.setdefault(split, []).append(documents[split, row])
        facts: dict[tuple[int, str, frozenset[Fact] | None], list[tuple[Facts, str]]] = {}
        for left, right in combinations_with_replacement(sorted(found), 2):
            if left == right and len(found[left]) < 2:
                continue
            for kind, labels in shared[left, right].items():
                sides = []
                for split in (left, right):
                    key = (split, kind, labels)
                    if key not in facts:
                        facts[key] = _distinct(found[split], kind, splits[split], labels)
                    sides.append(facts[key])
                place = (left, right, kind)
                texts[place] += 1
                pair = _differing(*sides)
                if pair is not None:
                    differing[place] += 1
                    shorts[place] += short
                    if len(told.setdefault(place, [])) < examples:
                        told[place].append(pair)
    return [
        Conflict(
            splits[left].name,
            splits[right].name,
            kind,
            texts[left, right, kind],
            count,
            shorts[left, right, kind],
            tuple(told.get((left, right, kind), ())),
        )
        for (left, right, kind), count in sorted(
            differing.items(), key=lambda item: (-item[1], splits[item[0][0]].name, splits[item[0][1]].name, item[0][2])
        )
    ]


def _comparable(left: Annotated, right: Annotated) -> dict[str, frozenset[Fact] | None]:
    """The kinds of annotation both splits have, and the labels that count: None for all those of one corpus."""
    kinds = {
        kind for task in left.tasks for kind in OF_TASK[task] if any(kind in OF_TASK[other] for other in right.tasks)
    }
    if left.corpus == right.corpus:
        return {kind: None for kind in KINDS if kind in kinds}
    both = {kind: _labels(left.schema, kind) & _labels(right.schema, kind) for kind in KINDS if kind in kinds}
    return {kind: labels for kind, labels in both.items() if labels}


def _labels(schema: Schema, kind: str) -> frozenset[Fact]:
    """The concepts of a kind: of types, or for arguments of (event type, role)."""
    if kind == "entities":
        return frozenset((label.concept,) for label in schema.entities)
    if kind == "relations":
        return frozenset((label.concept,) for label in schema.relations)
    if kind == "triggers":
        return frozenset((label.concept,) for label in schema.events)
    return frozenset((label.concept, role.concept) for label in schema.events for role in label.roles)


def _distinct(
    documents: Sequence[Document], kind: str, split: Annotated, labels: frozenset[Fact] | None
) -> list[tuple[Facts, str]]:
    """The different sets of facts among documents of one split, each with the id of the first that has it."""
    names = {} if labels is None else _concepts(split.schema, kind)
    found: dict[Facts, str] = {}
    for document in documents:
        facts = set()
        for label, strings in _facts(document, kind):
            named = label if labels is None else names[label]
            if labels is None or named in labels:
                facts.add((*named, *(key_of(string) or string for string in strings)))
        found.setdefault(frozenset(facts), document.id)
    return list(found.items())


def _concepts(schema: Schema, kind: str) -> dict[Fact, Fact]:
    """Native labels of a kind → their concepts."""
    if kind == "entities":
        return {(label.name,): (label.concept,) for label in schema.entities}
    if kind == "relations":
        return {(label.name,): (label.concept,) for label in schema.relations}
    if kind == "triggers":
        return {(label.name,): (label.concept,) for label in schema.events}
    return {(label.name, role.name): (label.concept, role.concept) for label in schema.events for role in label.roles}


def _facts(document: Document, kind: str) -> Iterator[tuple[Fact, Fact]]:
    """The annotations of a kind as (labels, strings)."""
    if kind == "entities":
        for entity in document.entities:
            yield (entity.type,), (entity.text,)
    elif kind == "relations":
        for relation in document.relations:
            yield (relation.type,), (relation.head.text, relation.tail.text)
    elif kind == "triggers":
        for event in document.events:
            if event.trigger is not None:
                yield (event.type,), (event.trigger.text,)
    else:
        for event in document.events:
            for argument in event.arguments:
                yield (event.type, argument.role), (argument.text,)


def _differing(left: list[tuple[Facts, str]], right: list[tuple[Facts, str]]) -> Disagreement | None:
    """The first two documents that differ, if any two do."""
    for facts, id in left:
        for others, other in right:
            if facts != others:
                only_left, only_right = sorted(facts - others), sorted(others - facts)
                return Disagreement(id, other, only_left[0] if only_left else (), only_right[0] if only_right else ())
    return None


def _documents(splits: Sequence[Annotated], groups: Sequence[Group]) -> dict[tuple[int, int], Document]:
    """The documents of the groups, by split and row."""
    rows: dict[int, set[int]] = {}
    for _, members in groups:
        for split, row in members:
            rows.setdefault(split, set()).add(row)
    found = {}
    for split, wanted in sorted(rows.items()):
        ordered = sorted(wanted)
        for row, document in zip(ordered, _taken(splits[split].path, ordered), strict=True):
            found[split, row] = document
    return found


def _taken(path: Path, rows: list[int]) -> Iterator[Document]:
    """Some documents of a Parquet file. Raises: SourceError if it cannot be read."""
    try:
        table = pq.read_table(path, schema=arrow_schema(Document)).take(rows).combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None
    for batch in table.to_batches():
        yield from from_arrow(batch, Document)
