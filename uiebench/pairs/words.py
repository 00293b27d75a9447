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
from math import inf, log
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


class _Jieba:
    """jieba's cut of one block, in one pass over its dictionary in place of three, and with what it was asked before.

    The words are those of `jieba.lcut`: the most probable path through the dictionary; between its words, the
    characters that stand alone are given to jieba's hidden Markov model.
    """

    def __init__(self) -> None:
        import jieba  # noqa: PLC0415 - takes a second to load
        from jieba import finalseg  # noqa: PLC0415

        jieba.setLogLevel(logging.ERROR)
        jieba.initialize()
        self._counts: dict[str, int] = jieba.dt.FREQ
        self._total = log(jieba.dt.total)
        self._logs: dict[int, float] = {}
        self._guess: Callable[[str], list[str]] = lru_cache(50_000)(lambda letters: list(finalseg.cut(letters)))

    def cut(self, block: str) -> list[str]:
        """The words of a block of letters, digits and what jieba takes for a part of words."""
        words: list[str] = []
        ends, alone, at = self._path(block), 0, 0
        while at < len(block):
            end = ends[at]
            if end > at + 1:
                if alone < at:
                    words += self._singles(block[alone:at])
                words.append(block[at:end])
                alone = end
            at = end
        return words + self._singles(block[alone:])

    def _path(self, block: str) -> list[int]:
        """Where the most probable word ends that begins at each character, the longest of equal ones."""
        counts, logs, size = self._counts, self._logs, len(block)
        best, ends = [0.0] * (size + 1), [0] * size
        for start in range(size - 1, -1, -1):
            found, end, stop = -inf, start + 1, start + 1
            count = counts.get(block[start])
            while count is not None:  # as long as a word of the dictionary begins so
                if count:
                    if (own := logs.get(count)) is None:
                        own = logs[count] = log(count) - self._total
                    if (score := own + best[stop]) >= found:
                        found, end = score, stop
                if stop == size:
                    break
                stop += 1
                count = counts.get(block[start:stop])
            best[start], ends[start] = (-self._total + best[end] if found == -inf else found), end
        return ends

    def _singles(self, letters: str) -> list[str]:
        """The words in characters that stand alone."""
        if len(letters) < 2 or self._counts.get(letters):
            return list(letters)
        return self._guess(letters)


@cache
def _jieba() -> Callable[[str], list[str]]:
    return _Jieba().cut


@cache
def _tags() -> dict[str, str]:
    """The part of speech of every word that jieba knows, as its dictionary has it."""
    import jieba  # noqa: PLC0415 - takes a second to load

    with jieba.get_dict_file() as file:
        cells = file.read().decode("utf-8").split()  # word, count, tag, word, …
    return dict(zip(cells[::3], cells[2::3], strict=True))


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
    """A block of an English text without marks at its ends, and whether a mention may begin and end with it.

    `start` and `end` are counted from the beginning of the block.
    """

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
    return Outer(start, end, is_content(block[start:first], "en", nominal), is_content(block[last:end], "en", nominal))


@lru_cache(200_000)
def is_content(word: str, language: Language, nominal: bool) -> bool:
    """Whether a word may begin or end a mention: it is no function word, mark or single Latin letter.

    With `nominal`, it is no verb either, as far as that is known; without, it may be one.
    """
    if not (is_nominal if nominal else is_verbal)(word, language):
        return False
    if word in FUNCTION[language] or word.lower() in FUNCTION["en"]:
        return False
    return bool(WORD.match(word)) and (len(word) > 1 or "\u4e00" <= word <= "\u9fd5" or word.isdigit())


class Words:
    """The words of one text."""

    __slots__ = ("_edges", "_ends", "_spans", "_starts", "language", "text")

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        blocks = list(BLOCKS[language].finditer(text))
        self._starts, self._ends = [found.start() for found in blocks], [found.end() for found in blocks]
        self._edges: dict[int, list[int]] = {}
        self._spans: dict[int, list[Range]] = {}

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
        found = self._spans.get(block)
        if found is None:
            found = self._spans[block] = list(pairwise(self.edges(block)))
        return found

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

    def outer(self, block: int, *, nominal: bool) -> tuple[int, Outer | None]:
        """Where a block of an English text begins, and what it is without marks at its ends; None for marks only."""
        start = self._starts[block]
        return start, _outer(self.text[start : self._ends[block]], nominal)
