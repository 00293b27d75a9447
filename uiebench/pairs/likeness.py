"""Whether a string looks like what a type, relation or role holds: by its length, letters, words and their kinds.

    background = Background(texts, "zh")
    likeness = Likeness(["高明", "方远山", "季然", "林川", …], background)
    likeness.of("贺兰舟")        →  3.1           as a person's name
    likeness.of("1,200万元")     →  None

A naive Bayes ratio: how often such a string's features are among those of the class, beside how often they are among
those of the phrases of any text. What is enough is read off both: a string is like a class if it has a higher ratio
than nearly all phrases of texts, and than the least typical members of the class have, each measured without itself.
And its shape is one of those that are common in the class: a word in small letters is no person where persons have
capitals. A phrase has the words that it has in its text, any other string those of itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

from uiebench.pairs.lists import FUNCTION
from uiebench.pairs.words import Words, is_verb, proper, tag
from uiebench.types import Language

FEWEST = 8
"""Of fewer strings nothing is learnt."""
MOST = 500
STRANGERS = 400
"""So many phrases of texts a class is compared with."""
TYPICAL, STRANGE = 0.4, 0.98
"""To be like a class: above so many of its own members, and of phrases of texts."""
SHAPE = 0.05
"""So much of a class has a shape that is common in it."""
VERBAL = 0.2
"""In so much of a class are verbs, if others with verbs may be like it."""
POSSIBLE, COMMON = 0.1, 0.8
"""To be possible in its place, for what is annotated as something else: the same."""
ROMAN = re.compile("[IVX]+")
_NUMBERS = re.compile(r"[0-9０-９][0-9０-９.．,:/]*")
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]+")
_HAN = re.compile(r"(?<!\d)[\u3400-\u9fff]+")


@lru_cache(100_000)
def words_of(string: str, language: Language) -> tuple[str, ...]:
    """The words of a string by itself; in English what stands between blanks."""
    if language == "en":
        return tuple(string.split())
    cut = Words(string, "zh")
    return tuple([string[start:end] for block in range(len(cut)) for start, end in cut.spans(block)])


@lru_cache(300_000)
def features(string: str, words: tuple[str, ...], language: Language) -> tuple[str, ...]:
    """What a string looks like, one value of each sort; every string of a language has the same sorts."""
    return _chinese(string, words) if language == "zh" else _english(words)


def _chinese(string: str, words: tuple[str, ...]) -> tuple[str, ...]:
    # 2019年5月 → 0年0月, 远山科技A股 → 汉a汉: the characters that follow a number tell what it counts
    shape = _HAN.sub("汉", _LATIN.sub("a", _NUMBERS.sub("0", string))) if len(string) < 40 else "long"
    tags = [tag(word) for word in words]
    return (
        shape[:8],
        str(min(len(string), 12)),
        string[-1],
        string[-2:],
        string[0],
        "".join(tags[:5]),
        tags[-1] if tags else "",
    )


def _english(words: tuple[str, ...]) -> tuple[str, ...]:
    last = words[-1].lower().rstrip(".,;:") if words else ""
    return (
        " ".join(map(_shape, words[:4])),
        str(min(len(words), 6)),
        last,
        last[-3:],
        last[:4],
        words[0].lower() if words else "",
        _shape(words[-1]) if words else "",
    )


def _shape(word: str) -> str:
    """What a word looks like: of itself, it has its marks and is told by function words only."""
    if word.lower() in FUNCTION["en"]:
        return word.lower()
    if any(letter.isdigit() for letter in word):
        return "0" if not any(letter.isalpha() for letter in word) else "a0"
    if word.isupper():
        return "A"
    letters = "Aa" if word[0].isupper() else "aA" if not word.islower() else "a"
    return letters + "-" if "-" in word else letters


@lru_cache(100_000)
def name_sort(word: str, language: Language) -> str:
    """Which sort of name a string is that ends with a word, "" if none.

    In English a word with a capital that is no Roman number ("A"); in Chinese what jieba's dictionary has as a name of
    that sort ("nr", "ns", "nt", "nz"), does not have ("?"), or is in Latin letters ("x").
    """
    if language == "zh":
        return proper(word)
    part = word.rsplit("-", 1)[-1]
    return "A" if not part.islower() and any(map(str.isalpha, word)) and not ROMAN.fullmatch(word) else ""


def has_verb(words: Sequence[str]) -> bool:
    """Whether a Chinese word among some is a verb and nothing else."""
    return any(map(is_verb, words))


class Background:
    """The features of the phrases of some texts, beside which others are to be told."""

    def __init__(self, texts: Sequence[str], language: Language) -> None:
        self.language = language
        found: dict[str, tuple[str, ...]] = {}
        for text in texts:
            for start, end, words in Words(text, language).phrases():
                found.setdefault(text[start:end], words)
        phrases = list(found.items())
        taken = [features(string, words, language) for string, words in phrases[:: max(1, len(phrases) // 20_000)]]
        self.counts = [Counter(values) for values in zip(*taken, strict=True)]
        self.size = len(taken)
        self.strangers = taken[:: max(1, len(taken) // STRANGERS)]

    def share(self, sort: int, value: str) -> float:
        """How many phrases have a feature."""
        counts = self.counts[sort] if self.counts else Counter[str]()
        return (counts.get(value, 0) + 1) / (self.size + len(counts) + 1)


class Likeness:
    """What some strings look like beside the phrases of texts."""

    __slots__ = ("_language", "_possible", "_shapes", "_typical", "_unseen", "_verbal", "_weights")

    def __init__(self, strings: Sequence[str], background: Background) -> None:
        self._language: Language = background.language
        cut = [words_of(string, self._language) for string in strings[:MOST]]
        own = [features(string, words, self._language) for string, words in zip(strings[:MOST], cut, strict=True)]
        size = len(own)
        self._verbal = self._language != "zh" or sum(map(has_verb, cut)) >= VERBAL * size
        counts = [Counter(values) for values in zip(*own, strict=True)]
        self._shapes = {shape for shape, count in counts[0].items() if count >= SHAPE * size}
        # a share of the class is taken as if one more of its members were a phrase of any text
        self._unseen = -log(size + 1)
        self._weights = [
            {value: _ratio(count, size, background.share(sort, value)) for value, count in found.items()}
            for sort, found in enumerate(counts)
        ]
        others = [
            {value: _ratio(count - 1, size - 1, background.share(sort, value)) for value, count in found.items()}
            for sort, found in enumerate(counts)
        ]
        members = sorted(_total(others, values, self._unseen) for values in own)
        strangers = sorted(self._score(values) for values in background.strangers)
        self._typical = max(_part(members, TYPICAL), _part(strangers, STRANGE))
        self._possible = max(_part(members, POSSIBLE), _part(strangers, COMMON))

    def _score(self, values: tuple[str, ...]) -> float:
        return _total(self._weights, values, self._unseen)

    def of(self, string: str, words: tuple[str, ...] | None = None, *, known: bool = False) -> float | None:
        """How much a string looks like the class; None if nobody would take it for one of its members.

        Args:
            words: those of the string, where it is a phrase of a text.
            known: there is more to tell that it could be one, so that it only has to be possible.
        """
        if words is None:
            words = words_of(string, self._language)
        values = features(string, words, self._language)
        if values[0] not in self._shapes or (not self._verbal and has_verb(words)):
            return None
        score = self._score(values)
        return score if score > (self._possible if known else self._typical) else None

    def is_typical(self, score: float) -> bool:
        """Whether a ratio is one that tells by itself."""
        return score > self._typical

    def score(self, string: str) -> float:
        """The logarithm of the ratio, whatever the string is like."""
        return self._score(self._features(string))

    def _features(self, string: str) -> tuple[str, ...]:
        return features(string, words_of(string, self._language), self._language)

    def is_possible(self, string: str) -> bool:
        """Whether a string is no stranger than some members of the class."""
        return self._score(self._features(string)) > self._possible


def _total(weights: Sequence[dict[str, float]], values: tuple[str, ...], unseen: float) -> float:
    """The weights of some values, one after another: the same sum under every version of Python."""
    total = 0.0
    for own, value in zip(weights, values, strict=True):
        total += own.get(value, unseen)
    return total


def _ratio(count: int, size: int, share: float) -> float:
    return log((count + share) / (size + 1) / share)


def _part(ordered: Sequence[float], part: float) -> float:
    return ordered[int(part * (len(ordered) - 1))] if ordered else 0.0
