"""One prompt to be answered wrongly: its text, its labels, what is right, and what a wrong answer is made of.

    case.text, case.gold     →  "高明创办了远山科技。", [("人名", "高明"), ("机构", "远山科技")]
    case.place("远山科技")     →  (5, 9)
    case.near("人名")         →  ["机构", …]       labels of the window, the most confusable first

Labels are called here what the prompt calls them; `native` gives the corpus's own names.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from math import gcd, inf
from typing import NamedTuple

from uiebench.hashing import lot, mix
from uiebench.pairs.answer import Answer, Form, Gold, Item
from uiebench.pairs.lexicon import LONGEST, Lexicon, is_whole
from uiebench.pairs.words import Capitals, Place, Range, Words, closing_words
from uiebench.types import Document, Instruction, Label, Language, Schema, Span, Task

SALT = [lot("case", place) for place in range(16)]


class Vocabulary:
    """What is known of the labels of a corpus and task, for all its prompts.

    Args:
        near: native label → the other labels of the corpus, the most confusable first.
        roles: (native event type, role) → the other roles of that type, the most confusable first.
    """

    def __init__(
        self,
        task: Task,
        language: Language,
        schema: Schema,
        lexicon: Lexicon,
        near: Callable[[str], Sequence[str]],
        roles: Callable[[str, str], Sequence[str]],
        *,
        half: int = 0,
    ) -> None:
        self.task, self.language, self.schema, self.lexicon, self.half = task, language, schema, lexicon, half
        self.near, self.roles = near, roles
        labels: Sequence[Label] = (
            schema.entities if task == "NER" else schema.relations if task == "RE" else schema.events
        )
        self.labels = {label.name: label for label in labels}
        self._shown = [(label.name, label.display(language)) for label in labels]
        self._nearest: dict[str, list[tuple[str, str]]] = {}
        self.concepts = {label.name: label.concept for label in schema.entities}
        self.relations = {label.name: label for label in schema.relations}
        self.events = {label.name: label for label in schema.events}

    def nearest(self, label: str) -> list[tuple[str, str]]:
        """The labels of the corpus as (native, shown), those most easily taken for one, by its native name, first."""
        found = self._nearest.get(label)
        if found is None:
            places = {name: place for place, name in enumerate(self.near(label))}
            native = {shown: name for name, shown in self._shown}
            found = sorted(self._shown, key=lambda one: (places.get(native[one[1]], len(places)), one[1]))
            self._nearest[label] = found
        return found


class Mention(NamedTuple):
    """A string annotated in the text, its entity type (native; "" if it has none), and where it stands."""

    text: str
    type: str
    start: int
    end: int


class Page:
    """What the cases about one text share: its words, and everything that is annotated in it."""

    def __init__(self, document: Document, language: Language) -> None:
        """`document`: the text that prompts ask about, with its gold (a piece of it, where a text is cut)."""
        self.document, self.text, self.language = document, document.text, language
        self.words = Words(document.text, language)
        self.folded = document.text.casefold()
        self._placed: dict[str, Range] = {}
        self.likest: dict[tuple[Lexicon, tuple[str, ...]], list[str]] = {}
        """What `spans` has found in the text that looks like what a lexicon has under a key."""
        self.others: dict[tuple[Lexicon, tuple[str, ...]], list[str]] = {}
        """The same among what is annotated as something else."""
        self.unseen: dict[tuple[Lexicon, tuple[str, ...]], list[str]] = {}
        """Of `likest`, what is no entity anywhere in the corpus."""
        self.triggering: dict[Lexicon, list[Found]] = {}
        """The phrases of the text that a lexicon has as triggers, of whatever type."""

    def is_in(self, string: str) -> bool:
        """Whether a string stands in the text, in whatever case."""
        return string in self.text or string.casefold() in self.folded

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every annotated string that stands in the text, each type of it once, in the order of the text."""
        document = self.document
        spans: list[tuple[Span, str]] = [(e, e.type) for e in document.entities]
        for r in document.relations:
            spans += [(r.head, r.head.type), (r.tail, r.tail.type)]
        for event in document.events:
            spans += [(a, "") for a in event.arguments]
        found: dict[tuple[str, str], Mention] = {}
        for span, type in spans:
            if (span.text, type) not in found:
                start = next(self._occurrences(span.text), None) if span.start is None else span.start
                if start is not None:
                    found[span.text, type] = Mention(span.text, type, start, start + len(span.text))
        return sorted(found.values(), key=lambda m: (m.start, m.end, m.type))

    @cached_property
    def types(self) -> dict[str, str]:
        """The entity type of each annotated string that has one; the first, if it has several."""
        found: dict[str, str] = {}
        for mention in self.mentions:
            if mention.type:
                found.setdefault(mention.text, mention.type)
        return found

    @cached_property
    def places(self) -> dict[str, Range]:
        """Where annotated strings stand, the first place of each."""
        found: dict[str, Range] = {}
        for mention in self.mentions:
            found.setdefault(mention.text, (mention.start, mention.end))
        for event in self.document.events:
            trigger = event.trigger
            if trigger is not None and trigger.start is not None and trigger.end is not None:
                found.setdefault(trigger.text, (trigger.start, trigger.end))
        return found

    @cached_property
    def covered(self) -> list[Range]:
        """Where annotated mentions stand, every occurrence of them."""
        found: list[Range] = [*self.places.values(), *((m.start, m.end) for m in self.mentions)]
        for string in {*self.places, *(m.text for m in self.mentions)}:
            if len(found) < 500:
                found += [(at, at + len(string)) for at in self._occurrences(string)]
        return sorted(found)

    @cached_property
    def _taken(self) -> tuple[list[int], list[int]]:
        """The beginnings of what is covered, and up to where the text is covered by what begins there or before."""
        return [start for start, _ in self.covered], list(accumulate((end for _, end in self.covered), max))

    def is_free(self, start: int, end: int) -> bool:
        """Whether no annotated mention stands in text[start:end] or across its ends."""
        starts, reached = self._taken
        before = bisect_left(starts, end)
        return not before or reached[before - 1] <= start

    def free_until(self, start: int) -> float:
        """The offset up to which no annotated mention stands behind another one; 0 if one stands there."""
        starts, reached = self._taken
        behind = bisect_right(starts, start)
        if behind and reached[behind - 1] > start:
            return 0
        return starts[behind] if behind < len(starts) else inf

    def free_text(self) -> str:
        """The text without annotated mentions."""
        parts, at = list[str](), 0
        for start, end in self.covered:
            if start > at:
                parts.append(self.text[at:start])
            at = max(at, end)
        return " ".join([*parts, self.text[at:]])

    def place(self, string: str) -> Range | None:
        """Where a string stands: where it is annotated, else its first place; None if it is not in the text."""
        found = self.places.get(string) or self._placed.get(string)
        if found is None:
            start = next(self._occurrences(string), None)
            if start is None:
                return None
            found = self._placed[string] = (start, start + len(string))
        return found

    def _occurrences(self, string: str) -> Iterator[int]:
        """Where a string stands, never inside a word of an alphabet or a number."""
        text = self.text
        at = text.find(string) if string else -1
        while at >= 0:
            if not _cuts(text, at) and not _cuts(text, at + len(string)):
                yield at
            at = text.find(string, at + 1)

    @cached_property
    def triggers(self) -> list[tuple[str, str]]:
        """The triggers of the text, each with its event type."""
        found = {(e.trigger.text, e.type): None for e in self.document.events if e.trigger is not None}
        return list(found)

    @cached_property
    def played(self) -> dict[str, list[str]]:
        """What plays a role in any event of the text, by the native name of the role."""
        found: dict[str, dict[str, None]] = {}
        for event in self.document.events:
            for argument in event.arguments:
                found.setdefault(argument.role, {})[argument.text] = None
        return {role: list(strings) for role, strings in found.items()}

    @cached_property
    def related(self) -> set[frozenset[str]]:
        """The strings between which a relation is annotated, whatever it is and whichever way round."""
        return {frozenset((r.head.text, r.tail.text)) for r in self.document.relations}

    @cached_property
    def phrases(self) -> Phrases:
        """What could be a mention or a trigger and is in no annotated one."""
        return Phrases(self)


class Found(NamedTuple):
    """A phrase of a text, and its words there (in English what stands between blanks)."""

    text: str
    words: tuple[str, ...]


class Phrases:
    """The phrases of a page by their last word, made when that is asked for, each string once.

    phrases.heads                →  {"公司", "公园", …}
    phrases.ending("公园")        →  [Found("公园", ("公园",)), Found("东湖公园", ("东湖", "公园"))]

    `heads` are the last words of those and maybe of others.
    In English, none whose capital tells nothing: that of a first word of a sentence, or of a title. In Chinese,
    none in quotes or the name of a work.
    """

    __slots__ = ("_annotated", "_capitals", "_closings", "_known", "_page", "_quoted", "heads")

    def __init__(self, page: Page) -> None:
        self._page = page
        self._annotated = frozenset(page.places)
        self._capitals: Capitals | None = None
        self._quoted = [one.span() for one in _QUOTED.finditer(page.text)] if page.language == "zh" else []
        self._known: dict[str, list[Found]] = {}
        self._closings: dict[str, list[Place]] | None = None if page.language == "en" else page.words.closings()
        self.heads = frozenset(closing_words(page.free_text()) if self._closings is None else self._closings)

    def ending(self, head: str) -> list[Found]:
        """The phrases whose last word is `head`."""
        known = self._known.get(head)
        if known is None:
            found: dict[str, tuple[str, ...]] = {}
            text, words = self._page.text, self._page.words
            if self._closings is None:
                self._closings = self._page.words.closings()
            for place in self._closings.get(head, ()):
                for start, end, own in words.ending(place):
                    string = text[start:end]
                    if string not in found and self._may_be_one(start, end, string):
                        found[string] = own
            known = self._known[head] = [Found(string, own) for string, own in found.items()]
        return known

    def __iter__(self) -> Iterator[str]:
        """Every phrase."""
        return (one.text for head in self.heads for one in self.ending(head))

    def _may_be_one(self, start: int, end: int, string: str) -> bool:
        if not 1 < len(string) <= LONGEST or string in self._annotated or not is_whole(string):
            return False
        if any(opening < end and start < closing for opening, closing in self._quoted):
            return False
        if self._page.free_until(start) < end:
            return False
        if self._page.language == "zh" or not string[0].isupper():
            return True
        if self._capitals is None:
            self._capitals = Capitals(self._page.text)
        return self._capitals.tell(start, string)


_QUOTED = re.compile(r"《[^《》\n]{1,40}》|“[^“”\n]{1,40}”|「[^「」\n]{1,40}」|『[^『』\n]{1,40}』|\"[^\"\n]{1,40}\"")


def _cuts(text: str, at: int) -> bool:
    """Whether an offset lies inside a word of an alphabet or a number."""
    return 0 < at < len(text) and _is_letter(text[at - 1]) and _is_letter(text[at])


def _is_letter(letter: str) -> bool:
    return letter.isalnum() and letter < "\u2e80"


class Case:
    """One prompt: `number` is the hash that all choices about it are mixed from."""

    __slots__ = (
        "_near",
        "_outside",
        "_spoken",
        "form",
        "gold",
        "labels",
        "language",
        "native",
        "page",
        "places",
        "right",
        "rights",
        "task",
        "text",
        "vocabulary",
        "with_gold",
        "without_gold",
        "words",
    )

    def __init__(
        self,
        instruction: Instruction,
        task: Task,
        page: Page,
        vocabulary: Vocabulary,
        form: Form,
        gold: Answer,
        right: Gold,
    ) -> None:
        self.task, self.page, self.vocabulary, self.form, self.gold, self.right = (
            task, page, vocabulary, form, gold, right,
        )  # fmt: skip
        self.text, self.words, self.language = page.text, page.words, page.language
        self.labels = instruction.shown
        self.native: dict[str, str] = dict(zip(instruction.shown, instruction.labels, strict=True))
        answered = {item[0] for item in gold}
        self.with_gold = [label for label in self.labels if label in answered]
        self.without_gold = [label for label in self.labels if label not in answered]
        self.places: dict[str, Sequence[str]] = {
            "item": [item[0] for item in gold],
            "label": self.labels,
            "answered": self.with_gold,
            "unanswered": self.without_gold,
        }
        self._near: dict[str, list[str]] = {}
        self._outside: dict[str, list[str]] = {}
        self.rights = right.facts
        self._spoken: Language | None = None

    @property
    def spoken(self) -> Language:
        """The language in which the prompt names its labels."""
        if self._spoken is None:
            self._spoken = _spoken(self.vocabulary, self.native, self.language)
        return self._spoken

    def near(self, label: str) -> list[str]:
        """The other labels of the window, the one most easily taken for it first."""
        found = self._near.get(label)
        if found is None:
            shown = {native: name for name, native in self.native.items()}
            found = [shown[other] for other in self.vocabulary.near(self.native[label]) if other in shown]
            known = {*found, label}
            found += [other for other in self.labels if other not in known]
            self._near[label] = found
        return found

    def concept(self, label: str) -> str:
        """The concept of a label of the window."""
        known = self.vocabulary.labels.get(self.native.get(label, ""))
        return known.concept if known else ""

    def roles(self, event: str) -> list[str]:
        """The roles of an event type of the window, as the prompt shows them."""
        known = self.vocabulary.events.get(self.native.get(event, ""))
        return [role.display(self.spoken) for role in known.roles] if known else []

    def role(self, event: str, shown: str) -> Label | None:
        """The role that an event type of the window shows under a name."""
        known = self.vocabulary.events.get(self.native.get(event, ""))
        return next((r for r in known.roles if r.display(self.spoken) == shown), None) if known else None

    def near_roles(self, event: str, shown: str) -> list[str]:
        """The other roles of an event type, the one most easily taken for it first."""
        native, role = self.native.get(event, ""), self.role(event, shown)
        others = [r for r in self.roles(event) if r != shown]
        if role is None:
            return others
        known = self.vocabulary.events[native]
        names = {r.name: r.display(self.spoken) for r in known.roles}
        near = [names[r] for r in self.vocabulary.roles(native, role.name) if r in names and names[r] != shown]
        return list(dict.fromkeys([*near, *others]))

    def is_right(self, *fact: str) -> bool:
        """Whether a fact is gold of this prompt."""
        return fact in self.rights

    def outside(self, label: str) -> list[str]:
        """Labels of the corpus that the prompt does not offer, as a prompt in this language would show them.

        Those most easily taken for a label of the prompt come first.
        """
        found = self._outside.get(label)
        if found is None:
            offered = {*self.labels, *self.native.values()}
            nearest = self.vocabulary.nearest(self.native.get(label, ""))
            found = [shown for name, shown in nearest if name not in offered and shown not in offered]
            self._outside[label] = found
        return found


def _spoken(vocabulary: Vocabulary, native: Mapping[str, str], language: Language) -> Language:
    """The language in which a prompt names its labels."""
    other: Language = "en" if language == "zh" else "zh"
    labels = [(shown, vocabulary.labels[name]) for shown, name in native.items() if name in vocabulary.labels]
    if all(shown == label.display(other) for shown, label in labels):
        return language if all(shown == label.display(language) for shown, label in labels) else other
    return language


class Change(NamedTuple):
    """An answer after an edit, and the annotation before and after, as JSON values ("" where there is none).

    `output` is what is written where the edit is one of writing, and the answer stays as it was.
    """

    answer: Answer
    before: object
    after: object
    output: str = ""


def skewed(number: int, size: int) -> int:
    """A place below `size`, the first ones more often: the lower of two."""
    return min((number & 0xFFFFFFFF) % size, (number >> 32) % size)


def mostly_first(number: int, size: int) -> int:
    """A place below `size`: the first one three times in four, else the next one three times in four, and so on."""
    place = 0
    while place < size - 1 and (number >> 2 * place) & 3 == 0:
        place += 1
    return place


def turns(number: int, size: int, most: int) -> Iterator[int]:
    """At most `most` different places below `size`, beginning anywhere, in steps that reach all of them."""
    if not size:
        return
    step = 1 + (number >> 20) % size
    while gcd(step, size) > 1:
        step += 1
    at = number % size
    for _ in range(min(size, most)):
        yield at
        at = (at + step) % size


def salted(number: int, place: int) -> int:
    """Another number for another choice about the same thing."""
    return mix(number, SALT[place])


def replaced(answer: Answer, index: int, *items: Item) -> Answer:
    """The answer with one item replaced by others, or by none."""
    return [*answer[:index], *items, *answer[index + 1 :]]
