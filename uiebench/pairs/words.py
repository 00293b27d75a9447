"""Where words begin and end in a text: jieba for Chinese, spaCy's tokenizer for English.

    words = Words("高明创办了远山科技。", "zh")
    words.before(2), words.after(2)      →  0, 4        创办 is a word, so is 高明
    words.inside(5, 9)                   →  [7]         远山|科技
    words.spans(0)                       →  [(0, 2), (2, 4), (4, 5), (5, 7), (7, 9)]

Both cut a text first where no word can cross (jieba at what is neither Chinese nor Latin, spaCy at blanks) and
each *block* by itself. So blocks are cut one at a time, only those that somebody asks about, and each different
one once: the boundaries are those of cutting the whole text.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from uiebench.pairs.lists import FUNCTION
from uiebench.types import Language

BLOCKS: dict[Language, re.Pattern[str]] = {
    "zh": re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%\-]+"),  # as in jieba
    "en": re.compile(r"\S+"),
}
WORD = re.compile(r"\w")
Range = tuple[int, int]
"""Half-open code-point offsets into a text."""


@cache
def _jieba() -> Callable[[str], list[str]]:
    import jieba  # noqa: PLC0415 - takes a second to load

    jieba.setLogLevel(logging.ERROR)
    return jieba.lcut  # type: ignore[no-any-return]


@cache
def _tags() -> dict[str, str]:
    """The part of speech of every word that jieba knows, as its dictionary has it."""
    import jieba  # noqa: PLC0415 - takes a second to load

    with jieba.get_dict_file() as file:
        rows = (line.split() for line in file.read().decode("utf-8").splitlines())
        return {row[0]: row[2] for row in rows if len(row) == 3}


@lru_cache(100_000)
def is_nominal(word: str, language: Language) -> bool:
    """Whether a word may end a mention of an entity: no verb, adverb, pronoun or particle as far as is known."""
    if language == "en":
        return not word.endswith(("ly", "n't"))
    tag = _tags().get(word, "n")
    return tag[0] in "nstmjiglxeb" or tag in ("vn", "an")


@lru_cache(100_000)
def is_verbal(word: str, language: Language) -> bool:
    """Whether a word may end a trigger: a verb, a noun, or what is not known."""
    return language == "en" or (_tags().get(word, "v")[0] in "nvaligj" and word[0] not in "据经已现截")


@cache
def _spacy() -> tuple[Callable[[str], list[str]], frozenset[str]]:
    """The tokenizer, and the strings that it has rules of their own for."""
    import spacy  # noqa: PLC0415 - takes a second to load

    tokenize: Any = spacy.blank("en").tokenizer
    return lambda block: [token.text for token in tokenize(block)], frozenset(tokenize.rules)


def _words(block: str, language: Language) -> list[str]:
    if language == "zh":
        return _jieba()(block)
    tokenize, special = _spacy()
    if block.isalpha() and block not in special:  # nothing to split at: most blocks
        return [block]
    return tokenize(block)


@lru_cache(200_000)
def _cut(language: Language, block: str) -> tuple[int, ...]:
    """Where the words of a block begin, counted from its own beginning."""
    if len(block) == 1:
        return (0,)
    starts, at = [], 0
    for word in _words(block, language):
        starts.append(at)
        at += len(word)
    return tuple(starts)


class Outer(NamedTuple):
    """A block of an English text without marks at its ends, and whether a mention may begin and end with it."""

    start: int
    end: int
    opens: bool
    closes: bool


@lru_cache(200_000)
def _outer(block: str, nominal: bool) -> Outer | None:
    starts = _cut("en", block)
    spans = [span for span in zip(starts, (*starts[1:], len(block)), strict=True) if WORD.match(block, span[0])]
    if not spans:
        return None
    (start, first), (last, end) = spans[0], spans[-1]
    return Outer(
        start, end, _is_content(block[start:first], "en", nominal), _is_content(block[last:end], "en", nominal)
    )


@lru_cache(200_000)
def _is_content(word: str, language: Language, nominal: bool) -> bool:
    if not (is_nominal if nominal else is_verbal)(word, language):
        return False
    if word in FUNCTION[language] or word.lower() in FUNCTION["en"]:
        return False
    return bool(WORD.match(word)) and (len(word) > 1 or "\u4e00" <= word <= "\u9fd5" or word.isdigit())


class Words:
    """The words of one text."""

    __slots__ = ("_edges", "_ends", "_outer", "_starts", "language", "text")

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        spans = [found.span() for found in BLOCKS[language].finditer(text)]
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]
        self._edges: dict[int, list[int]] = {}
        self._outer: dict[int, Outer | None] = {}

    def __len__(self) -> int:
        """How many blocks there are."""
        return len(self._starts)

    def _block(self, at: int) -> int:
        """The block that holds the character at an offset; -1 if none does."""
        block = bisect_right(self._starts, at) - 1
        return block if block >= 0 and at < self._ends[block] else -1

    def edges(self, block: int) -> list[int]:
        """Where the words of a block begin, and where its last one ends."""
        found = self._edges.get(block)
        if found is None:
            start, end = self._starts[block], self._ends[block]
            found = [start + at for at in _cut(self.language, self.text[start:end])]
            found.append(end)
            self._edges[block] = found
        return found

    def spans(self, block: int) -> list[Range]:
        """The words of a block."""
        edges = self.edges(block)
        return list(pairwise(edges))

    def before(self, at: int) -> int | None:
        """The beginning of the word that ends at an offset or has it inside; over blanks, never over other marks."""
        while at and self.text[at - 1].isspace():
            at -= 1
        block = self._block(at - 1) if at else -1
        if block < 0:
            return None
        edges = self.edges(block)
        return edges[bisect_right(edges, at - 1) - 1]

    def after(self, at: int) -> int | None:
        """The end of the word that begins at an offset or has it inside; over blanks, never over other marks."""
        size = len(self.text)
        while at < size and self.text[at].isspace():
            at += 1
        block = self._block(at) if at < size else -1
        if block < 0:
            return None
        edges = self.edges(block)
        return edges[bisect_right(edges, at)]

    def inside(self, start: int, end: int) -> list[int]:
        """Where a word begins inside text[start:end], except at its beginning."""
        block, found = max(bisect_right(self._starts, start) - 1, 0), list[int]()
        while block < len(self._starts) and self._starts[block] < end:
            for edge in self.edges(block)[:-1]:
                if start < edge < end:
                    found.append(edge)
            block += 1
        return found

    def is_edge(self, at: int) -> bool:
        """Whether a word begins or ends at an offset, or no word is there."""
        if at in (0, len(self.text)):
            return True
        block = self._block(at)
        return block < 0 or at in self.edges(block)

    def is_content(self, start: int, end: int, *, nominal: bool) -> bool:
        """Whether a word may begin or end a mention: it is no function word, mark or single Latin letter.

        With `nominal`, it is no verb either, as far as that is known; without, it may be one.
        """
        return _is_content(self.text[start:end], self.language, nominal)

    def outer(self, block: int, *, nominal: bool) -> Outer | None:
        """A block of an English text without marks at its ends; None if it is nothing but marks."""
        key = 2 * block + nominal
        if key not in self._outer:
            start = self._starts[block]
            found = _outer(self.text[start : self._ends[block]], nominal)
            self._outer[key] = found and Outer(start + found.start, start + found.end, found.opens, found.closes)
        return self._outer[key]
