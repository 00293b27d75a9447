"""How a corpus uses words: what its mentions end with, and which English words are nouns or stand before nouns.

    usage = Usage(texts, facts, "en")
    usage.share(("entity", "symptom"), "pain")                →  0.6      of the places of the word, where one ends
    usage.is_noun("transplant"), usage.is_noun("enhances")    →  True, False
    usage.is_modifier("rare"), usage.is_modifier("receiving") →  True, False

No model of parts of speech is at hand for English, but where a word stands in a few thousand sentences tells enough
of those that are not rare: a noun stands between an article or preposition and a mark or function word ("of the
transplant ,"), what modifies one between an article and another word ("a rare complication").
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from uiebench.pairs.lists import FUNCTION
from uiebench.types import Language

Key = tuple[str, ...]
_DIGITS = re.compile(r"\d")
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SMALL_WORD = r"[a-z]+(?:-[a-z]+)*"
_ARTICLE = r"(?i:the|an?|this|its|their|our|his|her|no|each|every)"
_BEFORE = rf"\b(?:{_ARTICLE}|of|in|on|for|with|by|from|between|among|during|after)"
_CLOSED = "|".join(sorted(word for word in FUNCTION["en"] if word.isalpha()))
_NOUN = re.compile(rf"(?<![\w-]){_BEFORE} ({_SMALL_WORD})(?= ?[,.;:()]| (?:{_CLOSED})\b)")
_MODIFIER = re.compile(rf"\b{_ARTICLE} ({_SMALL_WORD})(?= (?!(?:{_CLOSED})\b)[A-Za-z])")
LONGEST_ENDING = 4
"""So many characters has the end of a Chinese mention that is counted, at most."""
STEM = 5
"""So many letters of an English word are the same in its other forms."""
FEWEST, PART = 2, 0.05
"""So often, and in so much of its places, an English word stands where nouns do or what modifies them."""


class Usage:
    """The use of words in some texts of a corpus.

    Args:
        facts: of these texts, each annotated string under a key such as ("entity", type), as often as it is annotated.
    """

    def __init__(self, texts: Sequence[str], facts: Iterable[Key], language: Language) -> None:
        self.language = language
        self._text = "\n".join(texts)
        self._ends: Counter[Key] = Counter()
        self._begins: Counter[Key] = Counter()
        self._stems: Counter[tuple[str, str]] = Counter()
        for *key, string in facts:
            self._ends.update((*key, ending) for ending in self._endings(string))
            self._begins[(*key, string[:1])] += 1
            if key[0] == "trigger":
                self._stems.update((key[1], stem) for stem in stems(string, language))
        self._triggers: Counter[str] = Counter()
        for (_, stem), count in self._stems.items():
            self._triggers[stem] += count
        self._counts: Counter[str] = Counter()
        self._small: Counter[str] = Counter()
        self._nouns: Counter[str] = Counter()
        self._modifiers: Counter[str] = Counter()
        if language == "en":
            words = _WORDS.findall(self._text)
            self._counts.update(plain(word) for word in words)
            self._small.update(word for word in words if word.islower())
            self._nouns.update(_NOUN.findall(self._text))
            self._modifiers.update(_MODIFIER.findall(self._text))

    def _endings(self, string: str) -> list[str]:
        if self.language == "zh":
            return [string[-size:] for size in range(1, min(LONGEST_ENDING, len(string)) + 1)]
        words = _WORDS.findall(string)
        return [plain(words[-1])] if words else []

    def share(self, key: Key, ending: str) -> float:
        """In how much of the places of a word a mention under a key ends with it; 0 if only once."""
        ending = plain(ending)[-LONGEST_ENDING:] if self.language == "zh" else plain(ending)
        own = self._ends[(*key, ending)]
        if own < FEWEST:
            return 0.0
        return own / max(own, self._count(ending))

    def opening_share(self, key: Key, letter: str) -> float:
        """In how much of the places of a Chinese character a mention under a key begins with it; 0 if only once."""
        own = self._begins[(*key, letter)]
        return own / max(own, self._count(letter)) if own >= FEWEST else 0.0

    def _count(self, string: str) -> int:
        if string not in self._counts:
            self._counts[string] = self._text.count(string)
        return self._counts[string]

    def places(self, string: str) -> int:
        """How often a string stands in the texts; an English one as whole words, in whatever case."""
        if self.language == "zh":
            return self._count(string)
        return min((self._counts[plain(word)] for word in _WORDS.findall(string)), default=0)

    def triggers(self, type: str, string: str) -> bool:
        """Whether most of the triggers that begin or end like a string are of an event type, and there are some."""
        return any(
            (own := self._stems[type, stem]) >= FEWEST and 2 * own > self._triggers[stem]
            for stem in stems(string, self.language)
        )

    def is_common(self, word: str) -> bool:
        """Whether an English word stands somewhere in small letters."""
        return word.lower() in self._small

    def is_noun(self, word: str) -> bool:
        """Whether an English word may be the last one of a noun phrase."""
        return self._nouns[word] >= max(FEWEST, PART * self._small[word])

    def is_modifier(self, word: str) -> bool:
        """Whether an English word may stand before a noun."""
        return self._modifiers[word] >= max(FEWEST, PART * self._small[word])


def plain(word: str) -> str:
    """A word in small letters, its digits as 0: what one number ends with, others do."""
    return _DIGITS.sub("0", word.lower())


def stems(string: str, language: Language) -> tuple[str, ...]:
    """What triggers share that say the same: 查 of 查出, "patch" of "has been patched"."""
    if language == "zh":
        return (f"{string[:1]}…", f"…{string[-1:]}") if len(string) > 1 else (f"{string}…", f"…{string}")
    words = [word.lower() for word in _WORDS.findall(string) if word.lower() not in FUNCTION["en"]]
    return (words[-1][:STEM],) if words else ()
