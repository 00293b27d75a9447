"""A dictionary baseline: what was seen in training is found again, and nothing else.

    lexicon = Lexicon.learn(benchmark)
    lexicon.predict(Item("resume/test/0#NER", …))   →  Document with the entities it knows

It needs no model, shows the whole way from build to report, and is the floor a model has to beat. For a
corpus with training data it learns from that alone; for a zero-shot corpus from the training data of all
held-in corpora of the language, through the concepts that labels share across corpora.

- NER: a string is looked up, the longest first, and gets its most frequent label if it was annotated in
  at least half of the places where it stood in training texts.
- RE: a pair of strings related in training is related again wherever both stand in a text.
- EE: triggers like entities; within a text that has an event of a type, strings that filled a role of
  that type fill it again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from uiebench.score.gold import Benchmark, Described, Item
from uiebench.storage import read_parquet
from uiebench.types import Argument, Document, Entity, Event, Language, Relation, Span, SplitName

CERTAIN = 0.5
Concept = str


_WORD_STARTS = re.compile(r"(?<![^\W_])[^\W_]|[\W_]")
"""Where a word may begin: the first letter or digit of a run, and anything else."""


class Matcher:
    """Finds known strings in a text, the longest first, without overlaps."""

    def __init__(self, strings: Iterable[str], language: Language) -> None:
        self.words = language == "en"
        self.strings = frozenset(strings)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for string in self.strings:
            lengths[string[:2]].add(len(string))
        self.lengths = {start: tuple(sorted(sizes, reverse=True)) for start, sizes in lengths.items()}
        self.single = frozenset(string for string in self.strings if len(string) == 1)

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """(offset, string) of every match."""
        lengths, single, reached = self.lengths, self.single, 0
        places = [found.start() for found in _WORD_STARTS.finditer(text)] if self.words else range(len(text))
        for start in [i for i in places if text[i : i + 2] in lengths or text[i] in single]:
            if start < reached:
                continue
            for length in (*lengths.get(text[start : start + 2], ()), 1):
                string = text[start : start + length]
                if string in self.strings and (not self.words or _whole(text, start, start + len(string))):
                    yield start, string
                    reached = start + len(string)
                    break


def _whole(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] begins and ends where words do."""
    before = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    return before and (end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum()))


class Concepts:
    """Native label names of a corpus ↔ concepts, by kind of annotation."""

    def __init__(self, described: Described) -> None:
        schema = described.schema
        self.entity = {label.name: label.concept for label in schema.entities}
        self.relation = {label.name: label.concept for label in schema.relations}
        self.event = {label.name: label.concept for label in schema.events}
        self.role = {e.name: {role.name: role.concept for role in e.roles} for e in schema.events}
        self.entity_of = {concept: name for name, concept in reversed(self.entity.items())}
        self.relation_of = {concept: name for name, concept in reversed(self.relation.items())}
        self.event_of = {concept: name for name, concept in reversed(self.event.items())}
        self.role_of = {e: {concept: name for name, concept in reversed(r.items())} for e, r in self.role.items()}


class Book:
    """What was seen: strings, pairs and roles with their concepts, for one corpus or one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.entities: defaultdict[str, Counter[Concept]] = defaultdict(Counter)
        self.triggers: defaultdict[str, Counter[Concept]] = defaultdict(Counter)
        self.pairs: defaultdict[str, dict[str, Counter[Concept]]] = defaultdict(dict)
        self.roles: defaultdict[Concept, dict[str, Counter[Concept]]] = defaultdict(dict)
        self.texts: list[str] = []

    def note(self, document: Document, concepts: Concepts) -> None:
        """Take in one training document."""
        self.texts.append(document.text)
        for entity in document.entities:
            self.entities[entity.text][concepts.entity[entity.type]] += 1
        for relation in document.relations:
            tails = self.pairs[relation.head.text]
            tails.setdefault(relation.tail.text, Counter())[concepts.relation[relation.type]] += 1
        for event in document.events:
            concept = concepts.event[event.type]
            if event.trigger is not None:
                self.triggers[event.trigger.text][concept] += 1
            for argument in event.arguments:
                role = concepts.role[event.type][argument.role]
                self.roles[concept].setdefault(argument.text, Counter())[role] += 1

    def close(self) -> None:
        """Keep the strings that are certain enough, now that all texts are known."""
        self.entities = self._certain(self.entities)
        self.triggers = self._certain(self.triggers)
        self.texts = []
        self.entity_matcher = Matcher(self.entities, self.language)
        self.trigger_matcher = Matcher(self.triggers, self.language)
        self.head_matcher = Matcher(self.pairs, self.language)
        self.role_matchers = {concept: Matcher(found, self.language) for concept, found in self.roles.items()}

    def _certain(self, seen: dict[str, Counter[Concept]]) -> defaultdict[str, Counter[Concept]]:
        matcher = Matcher(seen, self.language)
        stood: Counter[str] = Counter()
        for text in self.texts if seen else ():
            stood.update(string for _, string in matcher.find(text))
        kept = {string: counts for string, counts in seen.items() if counts.total() >= CERTAIN * stood[string]}
        return defaultdict(Counter, kept)


def _likeliest(counts: Counter[Concept], known: dict[Concept, str]) -> str | None:
    """The native name of the most frequent concept that the corpus has; ties by name."""
    for concept, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if concept in known:
            return known[concept]
    return None


class Lexicon:
    """The books of a benchmark: one for each corpus with training data, one for each language."""

    def __init__(self, benchmark: Benchmark) -> None:
        self.benchmark = benchmark
        self.own: dict[str, Book] = {}
        self.shared: dict[Language, Book] = {}
        self.concepts: dict[str, Concepts] = {}
        self.languages: dict[str, Language] = {}

    @classmethod
    def learn(cls, benchmark: Benchmark, split: SplitName = "test") -> Lexicon:
        """Read the training splits that answering a split of a benchmark needs.

        These are the ones of its own corpora, and all of a language that has a corpus without training data.
        """
        lexicon = cls(benchmark)
        asked, trained = benchmark.corpora(split), benchmark.corpora("train")
        for corpus in asked:
            lexicon._concepts(corpus)
            if corpus not in trained:
                lexicon.shared.setdefault(lexicon.languages[corpus], Book(lexicon.languages[corpus]))
        for corpus in trained:
            concepts, language = lexicon._concepts(corpus), lexicon.languages[corpus]
            books = [lexicon.shared[language]] if language in lexicon.shared else []
            if corpus in asked:
                lexicon.own[corpus] = Book(language)
                books.append(lexicon.own[corpus])
            whole = benchmark.folder / "corpora" / corpus / "train.parquet"  # prompts may ask about a part of it
            for document in read_parquet(whole, Document) if books else ():
                for book in books:
                    book.note(document, concepts)
            if corpus in asked:
                lexicon.own[corpus].close()
        for book in lexicon.shared.values():
            book.close()
        return lexicon

    def _concepts(self, corpus: str) -> Concepts:
        if corpus not in self.concepts:
            described = self.benchmark.describe(corpus)
            self.languages[corpus] = described.language
            self.concepts[corpus] = Concepts(described)
        return self.concepts[corpus]

    def predict(self, item: Item) -> Document:
        """The text of an item with what the lexicon finds in it."""
        concepts = self._concepts(item.corpus)
        book = self.own.get(item.corpus) or self.shared.get(self.languages[item.corpus])
        text = item.document.text
        if book is None:
            return Document(item.document.id, text)
        if item.task == "NER":
            return Document(item.document.id, text, tuple(_entities(text, book, concepts)))
        if item.task == "RE":
            return Document(item.document.id, text, relations=tuple(_relations(text, book, concepts)))
        return Document(item.document.id, text, events=tuple(_events(text, book, concepts, item.task != "EEA")))


def _entities(text: str, book: Book, concepts: Concepts) -> Iterator[Entity]:
    for start, string in book.entity_matcher.find(text):
        name = _likeliest(book.entities[string], concepts.entity_of)
        if name is not None:
            yield Entity(string, start, start + len(string), name)


def _relations(text: str, book: Book, concepts: Concepts) -> Iterator[Relation]:
    for head in dict.fromkeys(string for _, string in book.head_matcher.find(text)):
        for tail, counts in book.pairs[head].items():
            name = _likeliest(counts, concepts.relation_of) if tail in text else None
            if name is not None:
                yield Relation(name, Entity(head, None, None, ""), Entity(tail, None, None, ""))


def _events(text: str, book: Book, concepts: Concepts, triggers: bool) -> Iterator[Event]:
    for start, string in book.trigger_matcher.find(text) if triggers else ():
        name = _likeliest(book.triggers[string], concepts.event_of)
        if name is not None:
            trigger = Span(string, start, start + len(string))
            yield Event(name, trigger, tuple(_arguments(text, book, concepts, name)))
    for name in () if triggers else concepts.event:
        arguments = tuple(_arguments(text, book, concepts, name))
        if arguments:
            yield Event(name, None, arguments)


def _arguments(text: str, book: Book, concepts: Concepts, name: str) -> Iterator[Argument]:
    concept = concepts.event[name]
    matcher = book.role_matchers.get(concept)
    for start, string in matcher.find(text) if matcher else ():
        role = _likeliest(book.roles[concept][string], concepts.role_of[name])
        if role is not None:
            yield Argument(string, start, start + len(string), role)
