"""What a person wants to know of a split, counted while its documents pass by.

stats = Statistics()
for document in stats.watch(documents): …
stats.summary(ledger)   →  SplitStats(documents=3821, characters=124099, …)
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Span, Totals


class Lengths(msgspec.Struct, frozen=True):
    """Quantiles of text lengths in characters."""

    shortest: int = 0
    median: int = 0
    p95: int = 0
    longest: int = 0


class SplitStats(msgspec.Struct, frozen=True):
    """Counts of one split.

    Fields:
        totals: documents, annotations, drops, repairs.
        characters, lengths: of the texts.
        empty: documents without any annotation.
        labels: annotations by kind ("entities", "relations", "events", "roles") and label, most
            frequent first.
        spans: all spans (entities, heads, tails, triggers, arguments); of these
        repeated: entities, triggers and arguments with the string and label of an earlier one of their document;
        ambiguous: have a string that stands in the text at more than one place;
        unplaced: carry no offsets; off_text: have a string that is not in the text.
        nested: entities inside or across another entity.
    """

    totals: Totals
    characters: int
    lengths: Lengths
    empty: int
    labels: dict[str, dict[str, int]]
    spans: int
    repeated: int
    ambiguous: int
    unplaced: int
    off_text: int
    nested: int


class Statistics:
    """Accumulates the figures of one split."""

    def __init__(self) -> None:
        self.lengths = array("Q")
        self.labels: dict[str, Counter[str]] = {
            kind: Counter() for kind in ("entities", "relations", "events", "roles")
        }
        self.empty = self.spans = self.repeated = self.ambiguous = 0
        self.unplaced = self.off_text = self.nested = 0

    def watch(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Pass the documents through, counting."""
        for document in documents:
            self.add(document)
            yield document

    def add(self, document: Document) -> None:
        """Count one document."""
        text, labels = document.text, self.labels
        self.lengths.append(len(text))
        if not (document.entities or document.relations or document.events):
            self.empty += 1
            return
        spans: list[tuple[str, Span]] = []
        if entities := document.entities:
            spans = [(entity.type, entity) for entity in entities]
            for type, _ in spans:
                labels["entities"][type] += 1
            if len(entities) > 1:
                self.nested += count_nested(entities)
        for relation in document.relations:
            labels["relations"][relation.type] += 1
        for event in document.events:
            labels["events"][event.type] += 1
            if event.trigger is not None:
                spans.append((event.type, event.trigger))
            for argument in event.arguments:
                labels["roles"][argument.role] += 1
                spans.append((argument.role, argument))
        self.repeated += len(spans) - len({(label, span.text) for label, span in spans})
        for relation in document.relations:  # heads and tails come again with every relation they take part in
            spans += [(relation.type, relation.head), (relation.type, relation.tail)]
        self.spans += len(spans)
        for _, span in spans:
            first = text.find(span.text)
            if first < 0:
                self.off_text += 1
            elif text.find(span.text, first + 1) >= 0:
                self.ambiguous += 1
            if span.start is None:
                self.unplaced += 1

    def summary(self, ledger: Ledger) -> SplitStats:
        """The figures so far, with the drops and repairs of `ledger`."""
        lengths = sorted(self.lengths)
        labels = {kind: dict(by_frequency(counts)) for kind, counts in self.labels.items()}
        totals = Totals(
            documents=len(lengths),
            entities=self.labels["entities"].total(),
            relations=self.labels["relations"].total(),
            events=self.labels["events"].total(),
            arguments=self.labels["roles"].total(),
            drops=dict(sorted(ledger.drops.items())),
            repairs=dict(sorted(ledger.repairs.items())),
        )
        return SplitStats(
            totals=totals,
            characters=sum(lengths),
            lengths=quantiles(lengths),
            empty=self.empty,
            labels={kind: counts for kind, counts in labels.items() if counts},
            spans=self.spans,
            repeated=self.repeated,
            ambiguous=self.ambiguous,
            unplaced=self.unplaced,
            off_text=self.off_text,
            nested=self.nested,
        )


def count_nested(entities: Sequence[Entity]) -> int:
    """How many entities share characters with another entity of the document."""
    places = [(e.start, e.end) for e in entities if e.start is not None and e.end is not None]
    if all(left[1] <= right[0] for left, right in pairwise(places)):
        return 0  # in order and apart: the usual case, quickly
    places.sort()
    touched, reach, holder = [False] * len(places), 0, 0
    for index, (start, end) in enumerate(places):
        if start < reach:
            touched[index] = touched[holder] = True
        if end > reach:
            reach, holder = end, index
    return sum(touched)


def by_frequency(counts: Counter[str]) -> list[tuple[str, int]]:
    """The items of a counter, most frequent first, ties by name: an order that never changes."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def quantiles(ordered: list[int]) -> Lengths:
    """Shortest, median, 95th percentile (nearest rank) and longest of sorted lengths."""
    if not ordered:
        return Lengths()
    last = len(ordered) - 1
    return Lengths(ordered[0], ordered[last // 2], ordered[-(-len(ordered) * 95 // 100) - 1], ordered[-1])
