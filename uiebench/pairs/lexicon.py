"""What a corpus calls things: the mentions of each of its types and roles, in the split that is trained on.

    lexicon = Lexicon.learn(documents, seed=0)
    lexicon.entities["NAME"]                 →  ["高明", "方远山", …]       at most 2,000, by rank
    lexicon.knows("NAME", "高明")             →  True
    lexicon.symmetric                        →  {"spouse"}                 stated in both directions

It gives mentions of other documents, which are wrong here and look right, keeps what is known to be a mention from
being made up as a wrong one, and tells whether a string looks like what a type, relation or role holds:

    lexicon.likeness(("argument", "buy", "buyer"), "zh").is_possible("林川公司")     →  True
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from heapq import nsmallest
from itertools import accumulate, chain

from uiebench.hashing import lot, rank
from uiebench.pairs.likeness import FEWEST, ROMAN, Background, Likeness, name_sort
from uiebench.pairs.lists import CALENDAR, PRONOUNS, UNNAMED
from uiebench.pairs.parts import Parts
from uiebench.pairs.usage import Usage
from uiebench.pairs.words import is_plain, last_word, tag
from uiebench.types import Document, Language

MOST = 2000
TEXTS, LONGEST_TEXT = 300, 2000
"""So many texts, and so much of each, tell what strings look like that nothing annotates."""
SAMPLE, MOST_LETTERS = 6000, 2_000_000
"""From so many texts, and of them from so many characters, is taken how words are used."""
ENDS, ALONE = 0.3, 0.4
"""In so much of its places a word ends a mention of an entity type, if it shows that a phrase could be one: the last
word of several, and the only one."""
HINTS = 0.4
"""In so much of that it hints at one, which has to look more like the type."""
COMMON = 0.05
"""So many names of a class have a last word of a kind that is common in it."""
EDGE, DISTINCT, OFTEN, SUFFIX = 0.1, 3, 3, 4
"""A Chinese name has the first or last character of so many different ones of its class, in so much of its places; an
English one ends in so many letters as so many of them do, if it shares no first or last word with any.
What stands so often in texts and is annotated nowhere is no name."""
LONGEST = 40
ENOUGH, SHARE = 3, 0.1
"""A relation is symmetric that is stated in both directions in three documents and in a tenth of all its pairs."""

Key = tuple[str, ...]
Plays = tuple[tuple[str, str], ...]
"""The arguments of an event: (role, mention), each once."""

BRACKETS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("《", "》"), ("“", "”"), ("「", "」"))
_SMALL = re.compile(r"(?<![\w-])[a-z]+(?![\w-])")
_NAME = re.compile(r"[A-Z][a-z]{2,}[A-Za-z]*|[A-Z]{3,}")
_ABSTRACT = re.compile(r"(?i:ing|ed|ion|ity|ness|ment|ance|ence|ism|ous|able|ible|ics|days?)$")
_BRACKET = re.compile("[" + re.escape("".join(chain.from_iterable(BRACKETS))) + "]")


@lru_cache(100_000)
def is_whole(text: str) -> bool:
    """Whether a string is in one line, and has as many opening as closing brackets."""
    return "\n" not in text and (
        not _BRACKET.search(text) or all(text.count(opening) == text.count(closing) for opening, closing in BRACKETS)
    )


def _is_short(*strings: str) -> bool:
    """Whether strings can be given as mentions of other documents: none is long, a pronoun or has half its brackets."""
    return all(len(one) <= LONGEST and one.lower() not in PRONOUNS and is_whole(one) for one in strings)


def _annotated(document: Document) -> tuple[str, ...]:
    """Every annotated string of a document, the longest first."""
    found = {entity.text for entity in document.entities}
    found.update(end.text for relation in document.relations for end in (relation.head, relation.tail))
    for event in document.events:
        found.update(argument.text for argument in event.arguments)
        if event.trigger is not None:
            found.add(event.trigger.text)
    return tuple(sorted(found - {""}, key=lambda string: (-len(string), string)))


def _facts(document: Document) -> list[Key]:
    """Every annotation of a document as the keys under which a lexicon holds its strings."""
    found: list[Key] = [("entity", entity.type, entity.text) for entity in document.entities]
    for relation in document.relations:
        for side, end in (("head", relation.head), ("tail", relation.tail)):
            found.append((side, relation.type, end.text))
            if end.type:
                found.append(("entity", end.type, end.text))
    for event in document.events:
        if event.trigger is not None:
            found.append(("trigger", event.type, event.trigger.text))
        for argument in event.arguments:
            found.append(("argument", event.type, argument.role, argument.text))
            found.append(("role", argument.role, argument.text))
    return found


def _without(text: str, strings: Sequence[str]) -> str:
    """A text in which strings are cut out; of one letter only where it stands alone."""
    for string in strings:
        text = text.replace(string, "\n") if len(string) > 1 else text.replace(f" {string} ", "\n")
    return text


def _bare(string: str) -> list[str]:
    """The words of an English string in small letters, without full stops."""
    return string.lower().replace(".", "").split()


def is_day(string: str) -> bool:
    """Whether an English string names days or months: "Sunday", "Jan."."""
    return all(word in CALENDAR for word in _bare(string))


def _held(key: Key) -> Key:
    """The key under which `Usage` has what is under a key: arguments by their role, of whatever event type."""
    return ("role", key[-1]) if key[0] == "argument" else key


class Lexicon:
    """Mentions of a corpus.

    Fields:
        lists: by ("entity", type), ("head" | "tail", relation), ("trigger", event type), ("argument", event type,
            role), and for all event types together ("role", role). Each holds distinct strings in an order by rank.
        symmetric: relations that the corpus states in both directions.
        types: by ("head" | "tail", relation), the entity types that it has there.
        seen, triggers: in how many documents a string is an entity; of how many events it is the trigger.
        usual: event types more than half of whose events have arguments.
    """

    __slots__ = (
        "_articled", "_background", "_closings", "_documents", "_edges", "_endings", "_events", "_known",
        "_likenesses", "_named", "_parts", "_roles", "_sample", "_strings", "_texts", "_triples", "_usage", "_words",
        "_written", "lists", "seen", "symmetric", "triggers", "types", "usual",
    )  # fmt: skip

    def __init__(
        self,
        lists: dict[Key, list[str]],
        known: set[Key],
        symmetric: frozenset[str],
        types: dict[Key, set[str]],
        sample: list[Document],
        seen: Counter[str],
        triggers: Counter[str],
        usual: frozenset[str],
    ) -> None:
        self.seen, self.triggers, self.usual = seen, triggers, usual
        self.lists, self._known, self.symmetric, self.types = lists, known, symmetric, types
        # what is learnt of texts is learnt when it is first asked for
        self._sample = [(document.text[:LONGEST_TEXT], _facts(document)) for document in sample]
        self._texts = [_without(document.text[:LONGEST_TEXT], _annotated(document)) for document in sample[:TEXTS]]
        self._usage: Usage | None = None
        self._named: dict[Key, set[str]] = {}
        self._parts: dict[tuple[Key, str], Parts] = {}
        self._background: Background | None = None
        self._words: dict[Key, frozenset[str]] = {}
        self._written: frozenset[str] | None = None
        self._articled: frozenset[str] | None = None
        self._documents = sample
        self._triples: dict[str, list[tuple[str, str]]] | None = None
        self._events: dict[str, list[tuple[str, Plays]]] | None = None
        self._strings: frozenset[str] | None = None
        self._roles: dict[str, set[str]] | None = None
        self._endings: dict[Key, tuple[set[str], set[str], set[str]]] = {}
        self._closings: frozenset[str] | None = None
        self._edges: dict[Key, tuple[Counter[str], Counter[str], Counter[str]]] = {}
        self._likenesses: dict[Key, Likeness | None] = {}

    @classmethod
    def learn(cls, documents: Iterable[Document], seed: int) -> Lexicon:
        """What some documents call things; their order changes nothing."""
        found: dict[Key, dict[str, None]] = {}
        known: set[Key] = set()
        types: dict[Key, set[str]] = {}
        sample: list[tuple[int, str, Document]] = []
        seen, triggers = Counter[str](), Counter[str]()
        events, argued = Counter[str](), Counter[str]()
        pairs, both = Counter[str](), Counter[str]()
        for document in documents:
            sample.append((lot(seed, "lexicon", document.id), document.id, document))
            if len(sample) > 2 * SAMPLE:
                sample = nsmallest(SAMPLE, sample)
            known.update(_facts(document))
            seen.update({entity.text for entity in document.entities})
            stated = {(r.type, r.head.text, r.tail.text) for r in document.relations}
            pairs.update(relation for relation, _, _ in stated)
            both.update({r for r, head, tail in stated if head != tail and (r, tail, head) in stated})
            for r in document.relations:
                for side, end in (("head", r.head), ("tail", r.tail)):
                    if end.type:
                        types.setdefault((side, r.type), set()).add(end.type)
            for event in document.events:
                events[event.type] += 1
                argued[event.type] += bool(event.arguments)
                if event.trigger is not None:
                    triggers[event.trigger.text] += 1
        for *key, text in known:
            if _is_short(text):
                found.setdefault(tuple(key), {})[text] = None
        lists = {key: rank(texts, seed, "", "lexicon")[:MOST] for key, texts in sorted(found.items())}
        symmetric = frozenset(r for r, count in both.items() if count >= ENOUGH and count >= SHARE * pairs[r])
        usual = frozenset(type for type, count in argued.items() if 2 * count > events[type])
        taken = [document for _, _, document in nsmallest(SAMPLE, sample)]
        return cls(lists, known, symmetric, types, taken, seen, triggers, usual)

    def of(self, *key: str) -> list[str]:
        """The mentions under a key such as ("entity", type), ("head", relation) or ("argument", event type, role)."""
        return self.lists.get(key, [])

    def knows(self, *key: str) -> bool:
        """Whether a string is a mention of a type anywhere in the corpus: the key of `of`, and the string."""
        return key in self._known

    def triples(self, relation: str) -> list[tuple[str, str]]:
        """Heads and tails between which documents of the corpus state a relation, at most 2,000 of them."""
        if self._triples is None:
            found: dict[str, dict[tuple[str, str], None]] = {}
            for document in self._documents:
                for r in document.relations:
                    known = found.setdefault(r.type, {})
                    if r.head.text != r.tail.text and len(known) < MOST and _is_short(r.head.text, r.tail.text):
                        known[r.head.text, r.tail.text] = None
            self._triples = {type: list(pairs) for type, pairs in found.items()}
        return self._triples.get(relation, [])

    def events(self, type: str) -> list[tuple[str, Plays]]:
        """Events of a type in documents of the corpus, at most 2,000 of them: trigger ("" if none), and arguments."""
        if self._events is None:
            found: dict[str, dict[tuple[str, Plays], None]] = {}
            for document in self._documents:
                for event in document.events:
                    trigger = event.trigger.text if event.trigger else ""
                    plays = tuple(dict.fromkeys((a.role, a.text) for a in event.arguments if _is_short(a.text)))
                    known = found.setdefault(event.type, {})
                    if len(known) < MOST and _is_short(trigger):
                        known[trigger, plays] = None
            self._events = {type: list(events) for type, events in found.items()}
        return self._events.get(type, [])

    def annotates(self, string: str) -> bool:
        """Whether a string is annotated anywhere in the corpus, as whatever."""
        if self._strings is None:
            self._strings = frozenset(key[-1] for key in self._known)
        return string in self._strings

    def has_word(self, word: str) -> bool:
        """Whether an English word in small letters stands in some mention of the corpus or in its texts."""
        if self._written is None:
            strings = (*(key[-1] for key in self._known), *self._texts)
            self._written = frozenset(word for string in strings for word in _SMALL.findall(string))
        return word in self._written

    def takes_article(self, name: str) -> bool:
        """Whether English names of several words that end as this one follow "the" in most places in the texts."""
        if self._articled is None:
            places, behind = Counter[str](), Counter[str]()
            for text, facts in self._sample:
                for string in {fact[-1] for fact in facts if " " in fact[-1] and fact[-1][0].isupper()}:
                    last = string.rsplit(" ", 1)[1]
                    places[last] += text.count(string)
                    behind[last] += text.count(f"the {string}") + text.count(f"The {string}")
            self._articled = frozenset(last for last, count in behind.items() if count > 1 and 2 * count > places[last])
        *others, last = name.split()
        return bool(others) and name[0].isupper() and last in self._articled

    def is_unnamed(self, key: Key, string: str) -> bool:
        """Whether a string is a day, month or title ("Sunday") where the mentions under a key have none such."""
        words = _bare(string)
        if not all(word in UNNAMED for word in words):
            return False
        if key not in self._words:
            own = (word for known in self.of(*key) for word in _bare(known))
            self._words[key] = UNNAMED.intersection(own)
        return self._words[key].isdisjoint(words)

    def parts(self, key: Key, kind: str, language: Language) -> Parts:
        """The parts of the strings under a key, of which others of a class are put together."""
        found = self._parts.get((key, kind))
        if found is None:
            found = self._parts[key, kind] = Parts(self.of(*key), kind, language)
        return found

    def plays_another(self, role: str, string: str) -> bool:
        """Whether a string is a trigger, or plays another role than one, and never this one, in any event type."""
        if self._roles is None:
            self._roles = {}
            for key in self._known:
                if key[0] == "role":
                    self._roles.setdefault(key[-1], set()).add(key[1])
        roles = self._roles.get(string, set())
        return role not in roles and bool(roles or self.triggers[string])

    def likeness(self, key: Key, language: Language) -> Likeness | None:
        """What the strings under a key look like, beside all others; None if there are too few to tell.

        An argument in a role that its event type seldom has is like those that play it in the others.
        """
        if key not in self._likenesses:
            known = self.of(*key)
            if len(known) < FEWEST and key[0] == "argument":
                known = self.of("role", *key[2:])
            if self._background is None:
                self._background = Background(self._texts, language)
            self._likenesses[key] = Likeness(known, self._background) if len(known) >= FEWEST else None
        return self._likenesses[key]

    def is_likeliest(self, key: Key, string: str, language: Language) -> bool:
        """Whether a string looks no less like an entity type than like any other."""
        found = {
            other: likeness.score(string)
            for other in self.lists
            if other[0] == "entity" and (likeness := self.likeness(other, language)) is not None
        }
        return key in found and found[key] >= max(found.values())

    def usage(self, language: Language) -> Usage:
        """How the texts of the corpus use words."""
        if self._usage is None:
            upto = list(accumulate(len(text) for text, _ in self._sample))
            sample = self._sample[: 1 + bisect_left(upto, MOST_LETTERS)]
            texts = [text for text, _ in sample]
            facts = (fact for text, facts in sample for fact in facts if fact[-1] in text)
            self._usage = Usage(texts, facts, language)
        return self._usage

    def is_headed(self, key: Key, string: str, language: Language) -> bool:
        """Whether a phrase ends as such mentions do, or is a name where they are names; see `ends`."""
        head = last_word(string, language)
        behind, alone = self.endings(key, {head}, language)
        return self.is_phrase(string, language) and head in (alone if head == string else behind)

    def is_phrase(self, string: str, language: Language) -> bool:
        """Whether a string could be a mention of anything: no Roman number, nor words that stand before no noun."""
        if ROMAN.fullmatch(string):
            return False
        if language == "zh":
            return True
        usage = self.usage(language)
        *others, _ = string.split()
        return all(usage.is_noun(one) or usage.is_modifier(one) for one in others if is_plain(one))

    def endings(self, key: Key, words: AbstractSet[str], language: Language) -> tuple[set[str], set[str]]:
        """Those of some words that may end what is under a key, behind other words and alone.

        A word shows it that ends such a mention in much of its places: "symptoms", and not "area", for a disease.
        Heads, tails and arguments are annotated in fewer of them. Or it ends a name, where they are names.
        """
        known, behind, alone = self._endings.setdefault(key, (set(), set(), set()))
        for word in words - known:
            if self._may_end(key, word, language, alone=False):
                behind.add(word)
            if self._may_end(key, word, language, alone=True):
                alone.add(word)
        known.update(words)
        return behind & words, alone & words

    def resembles(self, key: Key, string: str, head: str, language: Language) -> bool:
        """Whether there is more to tell that a phrase could be under a key than that it is a name and they are, too.

        That its last word ends many of them; or that it begins or ends as several of them, and is no string which the
        texts have often and nothing annotates: 上市 ends with 市, and is no place.
        """
        if self._hints(key, head, language, alone=head == string):
            return True
        usage, held = self.usage(language), _held(key)
        if usage.places(string) >= OFTEN and not self.annotates(string):
            return False
        firsts, lasts, suffixes = self._edges_of(key, language)
        if language == "zh":  # of a Latin letter nothing is told: BUG is no person
            return (
                not string[-1].isascii() and lasts[string[-1]] >= DISTINCT and usage.share(held, string[-1]) >= EDGE
            ) or (
                not string[0].isascii()
                and firsts[string[0]] >= DISTINCT
                and usage.opening_share(held, string[0]) >= EDGE
            )
        first, *_ = string.split()
        return bool(firsts[first] or lasts[head] or suffixes[head[-SUFFIX:]] >= DISTINCT)

    def is_name(self, key: Key, string: str) -> bool:
        """Whether an English string is a name, where most of what is under a key is and its capitals tell anything.

        Each of its words has one, the texts have none of them in small letters, and none ends as nouns do that are made
        of verbs and adjectives ("Humidity").
        """
        usage = self.usage("en")
        return "A" in self._sorts(_held(key), "en") and all(
            _NAME.fullmatch(word) and not _ABSTRACT.search(word) and not usage.is_common(word)
            for word in string.split()
        )

    def _edges_of(self, key: Key, language: Language) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """How many of the strings under a key begin and end with what: characters in Chinese, words in English.

        And in English, how many different last words that are longer end with the same letters.
        """
        found = self._edges.get(key)
        if found is None:
            known = self.of(*key)
            if language == "zh":
                edges = [one[0] for one in known], [one[-1] for one in known], list[str]()
            else:
                lasts = [last_word(one, language) for one in known]
                long = {word for word in lasts if len(word) > SUFFIX + 1}
                edges = [one.split()[0] for one in known if one.split()], lasts, [word[-SUFFIX:] for word in long]
            first, last, suffix = map(Counter[str], edges)
            found = self._edges[key] = first, last, suffix
        return found

    def _may_end(self, key: Key, head: str, language: Language, *, alone: bool) -> bool:
        if self._hints(key, head, language, alone=alone):
            return True
        return name_sort(head, language) in self._sorts(_held(key), language) and not self.usage(language).is_common(
            head
        )

    def _hints(self, key: Key, head: str, language: Language, *, alone: bool) -> bool:
        """Whether a word ends what is under a key often enough to hint at it: less is asked of the last of several."""
        return self.is_typical(key, head, language, alone=alone, part=HINTS if key[0] == "entity" and not alone else 1)

    def is_typical(self, key: Key, head: str, language: Language, *, alone: bool, part: float = 1) -> bool:
        """Whether a word ends what is under a key in enough of its places, or in a part of enough."""
        usage, held = self.usage(language), _held(key)
        enough = part * (ALONE if alone else ENDS) / (1 if key[0] == "entity" else 4)
        if language == "zh" and tag(head) == "?" and usage.share(held, head[-1]) >= enough:
            return True
        return usage.share(held, head) >= enough

    @property
    def closings(self) -> frozenset[str]:
        """What triggers of the corpus end with."""
        if self._closings is None:
            self._closings = frozenset(one[at:] for one in self.triggers for at in range(len(one)))
        return self._closings

    def _sorts(self, key: Key, language: Language) -> set[str]:
        """The sorts of names that are common under a key; none where most are no names."""
        if key not in self._named:
            sorts = Counter(name_sort(last_word(one, language), language) for one in self.of(*key))
            size = sorts.total()
            is_named = 2 * sorts[""] <= size
            self._named[key] = {sort for sort, count in sorts.items() if sort and is_named and count >= COMMON * size}
        return self._named[key]
