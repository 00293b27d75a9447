"""What every document of the corpus layer promises, checked at one place for all corpora.

    checked(corpus, "train", documents, ledger)  →  the documents, numbered and verified

- every offset slices to its text, every label is declared, no mention is empty;
- white space around a mention is taken off (repair "outer space");
- the same annotation twice in one document is kept once (drop "repeated annotation");
- a span that ends before it starts, leaves the text or differs from it is dropped ("inverted span",
  "span outside text", "string differs from text"), and with it the relation or argument it is part of.

Each of these must be declared in the corpus's `defects`; one that is not is an error with its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from uiebench.errors import SourceError
from uiebench.ledger import Ledger
from uiebench.types import Argument, Corpus, Document, Entity, Event, Relation, Span, Split, Totals

OUTER_SPACE = "outer space"
REPEATED = "repeated annotation"
INVERTED = "inverted span"
OUTSIDE = "span outside text"
DIFFERS = "string differs from text"
EMPTY = "empty mention"
TOLERATED = 0.01

A = TypeVar("A", Entity, Relation, Event, Argument)


class Checker:
    """Verifies the documents of one corpus against its schema; counts what they hold."""

    def __init__(self, corpus: Corpus, ledger: Ledger) -> None:
        schema = corpus.schema
        self.ledger = ledger
        self.entities = frozenset(label.name for label in schema.entities)
        self.ends = self.entities | {""}
        self.relations = frozenset(label.name for label in schema.relations)
        self.roles = {label.name: frozenset(role.name for role in label.roles) for label in schema.events}

    def document(self, found: Document, id: str) -> Document:
        """The document, verified, mended where the defect is known, and called `id`."""
        text = found.text
        try:
            if not isinstance(text, str):
                raise TypeError
            return Document(
                id,
                text,
                self.once([self.entity(text, entity, self.entities) for entity in found.entities]),
                self.once([self.relation(text, relation) for relation in found.relations]),
                self.once([self.event(text, event) for event in found.events]),
            )
        except (TypeError, AttributeError):  # readers pass on a null or a number that stands where a string belongs
            try:
                msgspec.convert(msgspec.to_builtins(found), Document)
            except msgspec.ValidationError as error:
                raise self.ledger.malformed(text, f"a document of strings and offsets ({error})") from None
            raise

    def once(self, found: Sequence[A | None]) -> tuple[A, ...]:
        """The annotations that were kept, each of them once."""
        if not found:
            return ()
        kept = tuple([annotation for annotation in found if annotation is not None])
        if len(kept) > 1 and len(set(kept)) < len(kept):
            distinct = tuple(dict.fromkeys(kept))
            self.ledger.drop(REPEATED, kept, len(kept) - len(distinct))
            return distinct
        return kept

    def entity(self, text: str, found: Entity, types: frozenset[str]) -> Entity | None:
        if found.type not in types:
            raise self.ledger.malformed(found.type, "a declared entity type")
        start, end, string = found.start, found.end, found.text
        placed = start is not None and end is not None and 0 <= start < end <= len(text) and text[start:end] == string
        if placed and string.strip() == string:
            return found  # the usual case, quickly
        place = self.span(text, found)
        return None if place is None else Entity(place.text, place.start, place.end, found.type)

    def relation(self, text: str, found: Relation) -> Relation | None:
        if found.type not in self.relations:
            raise self.ledger.malformed(found.type, "a declared relation type")
        head, tail = self.entity(text, found.head, self.ends), self.entity(text, found.tail, self.ends)
        if head is None or tail is None:
            return None
        return Relation(found.type, head, tail)

    def event(self, text: str, found: Event) -> Event | None:
        roles = self.roles.get(found.type)
        if roles is None:
            raise self.ledger.malformed(found.type, "a declared event type")
        trigger = None
        if found.trigger is not None:
            trigger = self.span(text, found.trigger)
            if trigger is None:
                return None
        arguments: list[Argument] = []
        for argument in found.arguments:
            if argument.role not in roles:
                raise self.ledger.malformed(argument.role, f"a declared role of {found.type!r}")
            place = self.span(text, argument)
            if place is not None:
                arguments.append(Argument(place.text, place.start, place.end, argument.role))
        return Event(found.type, trigger, self.once(arguments))

    def span(self, text: str, found: Span) -> Span | None:
        """The span without outer white space, or None if it was dropped for a known defect."""
        start, end, string = found.start, found.end, found.text
        if (start is None) != (end is None):
            raise self.ledger.malformed(f"{start}–{end} {string}", "a start and an end, or neither")
        if start is not None and end is not None:
            if start > end:
                self.ledger.drop(INVERTED, f"{start}–{end} {string}")
                return None
            if start < 0 or end > len(text):
                self.ledger.drop(OUTSIDE, f"{start}–{end} {string}")
                return None
            if text[start:end] != string:
                self.ledger.drop(DIFFERS, f"{start}–{end}: {string!r}, in the text {text[start:end]!r}")
                return None
        bare = string.strip()
        if not bare:
            self.ledger.drop(EMPTY, f"{start}–{end} {string!r}")
            return None
        if bare != string:
            self.ledger.repair(OUTER_SPACE, string)
            if start is not None:
                start += len(string) - len(string.lstrip())
                end = start + len(bare)
        return Span(bare, start, end)


def checked(
    corpus: Corpus, split: Split, documents: Iterable[Document], ledger: Ledger, *, numbered: bool = False
) -> Iterator[Document]:
    """The documents of a split, numbered ``<corpus>/<split>/<n>`` and verified.

    `numbered`: they bring what stands for n along as their ids.

    Raises: MalformedInput with file and line for whatever the corpus does not declare; SourceError for
    a split without any document, and for files never seen before in which more than one annotation in
    a hundred had to be dropped for reasons not known of the corpus: they are not what the reader is for.
    """
    check = Checker(corpus, ledger)
    prefix, number, annotations = f"{corpus.name}/{split.name}/", -1, 0
    for number, found in enumerate(documents):
        document = check.document(found, prefix + (found.id if numbered else str(number)))
        annotations += len(document.entities) + len(document.relations) + len(document.events)
        ledger.close(document.id)
        yield document
    if number < 0:
        raise SourceError(f"{corpus.name}: {ledger.path} holds no documents for the split {split.name}")
    unknown = ledger.unknown_drops()
    del unknown[REPEATED]  # harmless, however often
    if unknown.total() > TOLERATED * (annotations + unknown.total()):
        reason, times = unknown.most_common(1)[0]
        raise SourceError(
            f"{ledger.path}: {unknown.total():,} annotations had to be dropped ({times:,} for {reason!r}), "
            f"{annotations:,} were kept: these are not the files {corpus.name} was described from"
        )


def totals(documents: Iterable[Document], ledger: Ledger) -> Totals:
    """What a split holds, with the drops and repairs of `ledger` once the documents are read."""
    figures = Figures()
    for document in documents:
        figures.add(document)
    drops, repairs = dict(sorted(ledger.drops.items())), dict(sorted(ledger.repairs.items()))
    return msgspec.structs.replace(figures.totals(), drops=drops, repairs=repairs)


class Figures:
    """Counts documents and their annotations."""

    def __init__(self) -> None:
        self.documents = self.entities = self.relations = self.events = self.arguments = 0

    def add(self, document: Document) -> None:
        """Count one document."""
        self.documents += 1
        self.entities += len(document.entities)
        self.relations += len(document.relations)
        self.events += len(document.events)
        self.arguments += sum(len(event.arguments) for event in document.events)

    def totals(self) -> Totals:
        """The figures so far."""
        return Totals(self.documents, self.entities, self.relations, self.events, self.arguments)
