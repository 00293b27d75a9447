"""Where words begin and end in a text: jieba for Chinese, spaCy's tokenizer for English.

    words = Words("高明创办了远山科技。", "zh")
    words.before(2), words.after(2)      →  0, 4        创办 is a word, so is 高明
    words.inside(5, 9)                   →  [7]         远山|科技
    words.spans(0)                       →  [(0, 2), (2, 4), (4, 5), (5, 7), (7, 9)]
    words.phrases()                      →  [Phrase(0, 2, ("高明",)), Phrase(0, 4, ("高明", "创办")), …]
                                            what could be a mention or trigger

A number with its unit (2,400万股), what a hyphen joins (three-week), a letter beside a word (A股) and letters beside
digits (QD2M, 10kg) are one word.
Both cut a text first where no word can cross (jieba at what is neither Chinese nor Latin, spaCy at blanks) and
each *block* by itself. So blocks are cut one at a time, only those that somebody asks about, and each different
one once: the boundaries are those of cutting the whole text, less those inside such words.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import pairwise
from math import inf, log
from typing import Any, NamedTuple

from uiebench.pairs.lists import FUNCTION, UNITS
from uiebench.types import Language

_ALNUM = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
_INNER = r"(?<=[0-9０-９])[,:/](?=[0-9０-９])"
BLOCKS: dict[Language, re.Pattern[str]] = {
    # as in jieba, and full-width letters, and marks between digits
    "zh": re.compile(rf"(?:[\u4e00-\u9fd5{_ALNUM}+#&._．%％\-]|{_INNER})+"),
    "en": re.compile(r"\S+"),
}
_TOKEN = re.compile(rf"第?[{_ALNUM}](?:[{_ALNUM}.．&_+#\-,:/]*[{_ALNUM}+#])?[%％]?")
"""What is written without Chinese characters in a Chinese text, as a number, a date in digits or a foreign name."""
_NUMBER = re.compile(r"第?[0-9０-９]")
_UNIT = re.compile(rf"[多余几]?[十百千万亿]*[多余]?(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})?")
_LETTER = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ]")
LONGEST: dict[Language, int] = {"zh": 6, "en": 4}
"""So many words has a phrase at most."""
WORD = re.compile(r"\w")
_ENGLISH_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
Range = tuple[int, int]
"""Half-open code-point offsets into a text."""
Place = tuple[int, int]
"""A block, and the place of a word in it."""


class Phrase(NamedTuple):
    """What could be a mention or a trigger: where it stands, and its words (in English what stands between blanks)."""

    start: int
    end: int
    words: tuple[str, ...]


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
def tag(word: str) -> str:
    """The first letter of a Chinese word's part of speech; "0" for a number, "x" for other writing, "?" if unknown.

    What jieba's dictionary does not have is a guess of jieba's model: a name, or a cut in the wrong place.
    """
    known = _tags().get(word)
    if known:
        return known[0]
    return "0" if _NUMBER.match(word) else "x" if _LETTER.search(word) or not WORD.match(word) else "?"


def is_place(word: str) -> bool:
    """Whether jieba's dictionary has a Chinese word as the name of a place."""
    return _tags().get(word) == "ns"


def is_no_name(word: str) -> bool:
    """Whether jieba's dictionary has a Chinese word as something else than a person's name."""
    return _tags().get(word, "nr")[:2] != "nr"


def proper(word: str) -> str:
    """The sort of name that a Chinese word is, by jieba's dictionary; "?" for a guess, "x" for Latin letters, or ""."""
    known = _tags().get(word, "")[:2]
    return known if known in ("nr", "ns", "nt", "nz") else tag(word) if not known and tag(word) != "0" else ""


def is_plain(word: str) -> bool:
    """Whether an English word is in small letters, and no function word."""
    return word.islower() and word not in FUNCTION["en"]


def is_verb(word: str) -> bool:
    """Whether jieba's dictionary has a Chinese word as a verb, and not as a noun too."""
    return _tags().get(word, "")[:1] == "v" and _tags()[word] != "vn"


@lru_cache(100_000)
def last_word(string: str, language: Language) -> str:
    """The last word of a string, without marks."""
    if language == "en":
        words = _ENGLISH_WORD.findall(string)
        return words[-1] if words else string
    cut = Words(string, "zh")
    return string[cut.spans(len(cut) - 1)[-1][0] :] if len(cut) else string


@lru_cache(100_000)
def is_nominal(word: str, language: Language) -> bool:
    """Whether a word may end a mention of an entity: no verb, adverb, pronoun or particle as far as is known."""
    if language == "en":
        return not word.endswith(("ly", "n't"))
    known = _tags().get(word, "n")
    return known[0] in "nstmjiglxeb" or known in ("vn", "an")


@cache
def _spacy() -> tuple[Callable[[str], list[str]], frozenset[str]]:
    """The tokenizer, and the strings that it has rules of their own for."""
    import spacy  # noqa: PLC0415 - takes a second to load

    tokenize: Any = spacy.blank("en").tokenizer
    return lambda block: [token.text for token in tokenize(block)], frozenset(tokenize.rules)


def _words(block: str, language: Language) -> list[str]:
    if language == "zh":
        return _chinese(block)
    tokenize, special = _spacy()
    if block.isalpha() and block not in special:  # nothing to split at: most blocks
        return [block]
    words: list[str] = []
    at = 0
    for token in tokenize(block):
        if words and _is_joined(block, at):
            words[-1] += token
        else:
            words.append(token)
        at += len(token)
    return words


def _is_joined(block: str, at: int) -> bool:
    """Whether an offset lies between a letter and a digit, or beside a hyphen that joins letters or brackets."""
    if block[at - 1].isalnum() and block[at].isalnum() and block[at - 1].isdigit() != block[at].isdigit():
        return True
    hyphen = at if block[at] == "-" else at - 1
    return (
        block[hyphen] == "-"
        and 0 < hyphen < len(block) - 1
        and (block[hyphen - 1].isalnum() or block[hyphen - 1] in ")]")
        and (block[hyphen + 1].isalnum() or block[hyphen + 1] in "([")
    )


def _chinese(block: str) -> list[str]:
    """The words of a block of a Chinese text: jieba's, with numbers and their units, foreign names, letters whole."""
    cut = _jieba()
    words: list[str] = []
    at = 0
    for found in _TOKEN.finditer(block):
        start, end = found.span()
        if start < at:
            continue
        if at < start:
            words += cut(block[at:start])
        token = found[0]
        if token[-1].isdigit() and (unit := _UNIT.match(block, end)):
            end = unit.end()
        elif _LETTER.fullmatch(token):
            end = _lettered(block, words, start, end)
            if end == start:
                at = start + 1
                continue
        words.append(block[start:end])
        at = end
    if at < len(block):
        words += cut(block[at:])
    return words


def _lettered(block: str, words: list[str], start: int, end: int) -> int:
    """Where the word ends that a single letter begins, as A股; `start` if it belongs to the word before: 维生素C."""
    if end < len(block) and "\u4e00" <= block[end] <= "\u9fd5":
        ahead = _TOKEN.search(block, end)
        following = _jieba()(block[end : ahead.start() if ahead else len(block)])[:1]  # nothing before 第2 in A第2
        if following and len(following[0]) == 1 and following[0] not in FUNCTION["zh"]:
            return end + 1
    if words and WORD.match(words[-1]) and words[-1] not in FUNCTION["zh"]:
        words[-1] += block[start:end]
        return start
    return end


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


class _Outer(NamedTuple):
    """An English block without marks at its ends, and whether a phrase may begin or end with it, and go on behind.

    `last` is the last word in it.
    """

    start: int
    end: int
    is_content: bool
    goes_on: bool
    last: str


@lru_cache(200_000)
def _outer(block: str) -> _Outer | None:
    """A block of an English text as a part of phrases; None if it has words at an end that no phrase has."""
    starts = _cut("en", block)
    spans = [span for span in zip(starts, (*starts[1:], len(block)), strict=True) if WORD.match(block, span[0])]
    if not spans:
        return None
    start, end = spans[0][0], spans[-1][1]
    word = block[start:end]
    is_inner = word.lower() not in FUNCTION["en"] or word.lower() in _WITHIN
    return _Outer(start, end, is_content(word, "en"), end == len(block) and is_inner, last_word(word, "en"))


@lru_cache(200_000)
def is_content(word: str, language: Language) -> bool:
    """Whether a word may begin or end a mention or trigger: it is no function word, mark or single Latin letter."""
    if word in FUNCTION[language] or word.lower() in FUNCTION["en"] or not WORD.match(word):
        return False
    if language == "en":
        return sum(map(str.isalnum, word)) > 1 and not word.endswith(("ly", "n't"))
    sort = tag(word)
    if sort == "?" and any(letter in FUNCTION["zh"] for letter in word):  # 还生: guessed beside a function word
        return False
    return len(word) > 1 and sort in "nvastmjiglxeb0?" and (word[0] not in "据经已现截" or sort == "n")


class Words:
    """The words of one text."""

    __slots__ = ("_edges", "_ends", "_outer", "_sorted", "_spans", "_starts", "language", "text")

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        blocks = list(BLOCKS[language].finditer(text))
        self._starts, self._ends = [found.start() for found in blocks], [found.end() for found in blocks]
        self._edges: dict[int, list[int]] = {}
        self._spans: dict[int, list[Range]] = {}
        self._sorted: dict[int, list[int]] = {}
        self._outer: list[_Outer | None] | None = None

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

    def phrases(self) -> list[Phrase]:
        """What could be a mention or a trigger, in the order of the text; see `closings`."""
        found = [one for places in self.closings().values() for at in places for one in self.ending(at)]
        return sorted(found, key=lambda phrase: (phrase.start, phrase.end))

    def closings(self) -> dict[str, list[Place]]:
        """Where phrases may end, by their last word. A phrase is a word or several, and begins and ends with content.

        So who looks for phrases with certain last words has no others made.
        """
        found: dict[str, list[Place]] = {}
        for block, (start, end) in enumerate(zip(self._starts, self._ends, strict=True)):
            for head, at in _closings(self.text[start:end], self.language):
                found.setdefault(head, []).append((block, at))
        return found

    def ending(self, place: Place) -> Iterator[Phrase]:
        """The phrases that end at one of the places of `closings`, the shortest first."""
        return self._chinese_ending(*place) if self.language == "zh" else self._english_ending(place[0])

    def _sorts(self, block: int) -> list[int]:
        found = self._sorted.get(block)
        if found is None:
            text = self.text
            found = self._sorted[block] = [_sort(text[start:end]) for start, end in self.spans(block)]
        return found

    def _chinese_ending(self, block: int, last: int) -> Iterator[Phrase]:
        text, spans, sorts = self.text, self.spans(block), self._sorts(block)
        end, words = spans[last][1], tuple[str, ...]()
        for first in range(last, max(last - LONGEST["zh"], -1), -1):
            sort, before = sorts[first], sorts[first - 1] if first else 0
            # what is beside a word that is guessed may be the rest of it
            if first < last and sort & _GUESS:
                return
            start = spans[first][0]
            words = (text[start : spans[first][1]], *words)
            strange = _LEFT | (_NAMED if sort & _GUESS else _STRAY)
            if sort & _CONTENT and not sort & _LEFT and not before & strange:
                yield Phrase(start, end, words)
            if sort & (_GUESS | _CROSSES):
                return

    def _outers(self) -> list[_Outer | None]:
        if self._outer is None:
            ends = zip(self._starts, self._ends, strict=True)
            self._outer = [_outer(self.text[start:end]) for start, end in ends]
        return self._outer

    def _english_ending(self, last: int) -> Iterator[Phrase]:
        blocks, starts = self._outers(), self._starts
        closing = blocks[last]
        if closing is None:
            return
        end = starts[last] + closing.end
        for first in range(last, max(last - LONGEST["en"], -1), -1):
            opening = blocks[first]
            if opening is None or (first < last and not opening.goes_on):
                return
            if opening.is_content:
                start = starts[first] + opening.start
                yield Phrase(start, end, tuple(self.text[start:end].split()))
            if opening.start:  # a mark stands between it and the block before
                return


@lru_cache(200_000)
def _closings(block: str, language: Language) -> tuple[tuple[str, int], ...]:
    """The words of a block that phrases may end with, and their places in it."""
    if language == "en":
        outer = _outer(block)
        return ((outer.last, 0),) if outer is not None and outer.is_content else ()
    starts = _cut(language, block)
    words = [block[start:end] for start, end in pairwise((*starts, len(block)))]
    found, after = list[tuple[str, int]](), 0
    for at in range(len(words) - 1, -1, -1):
        sort = _sort(words[at])
        # a guess beside a noun or a character of names may be a part of a name, and a noun beside a guess
        if sort & _CONTENT and not after & (_LEFT | (_NAMED if sort & _GUESS else _STRAY)):
            found.append((words[at], at))
        after = sort
    return tuple(found)


def closing_words(text: str) -> set[str]:
    """The words of a part of an English text that phrases may end with."""
    return {block.last for block in map(_outer, text.split()) if block is not None and block.is_content}


_LEFT, _CONTENT, _GUESS, _CROSSES, _NAMED, _STRAY = (1 << place for place in range(6))
"""What a Chinese word is in a phrase. _LEFT: a single character that is no function word, which may be what is left of
a name that is cut in two (the 记 behind 远山). _GUESS: no word of the dictionary. _STRAY: that, and no function word.
_NAMED: a part of names."""


@lru_cache(100_000)
def _sort(word: str) -> int:
    """What a Chinese word is in a phrase, as the sum of the above."""
    sort, is_function = tag(word), word in FUNCTION["zh"]
    return (
        _LEFT * (len(word) == 1 and sort not in "0x" and not is_function)
        | _CONTENT * is_content(word, "zh")
        | _GUESS * (sort == "?")
        | _CROSSES * (word in _CROSSING)
        | _NAMED * (word in _NAMING or sort in "?njz")
        | _STRAY * (sort == "?" and not is_function)
    )


_CROSSING = frozenset("于在从自向对把被给让使由以为因将并但而则就也都至到了已") | {
    "已经", "曾经", "正在", "尚未", "以及", "并且", "而且", "或者",
}  # fmt: skip
"""Chinese words behind which another part of the clause begins: no mention goes over them (凌晨于台北, 签了合同)."""
_NAMING = frozenset("刚新大小好中里上下内外前后正才成能会年一二三多少明来可如若")
"""Function words that are as often the last character of a name: 柳云|刚."""


_OPENS = re.compile(r"(?:^|[.!?:;•|*…\n]|\s[-–—]|^[-–—]|[\"“”‘«「]|(?<!\w)['’`]{1,2})[\s(\[]*$")
"""What ends before a word that is written with a capital whatever it is."""
_LINE = re.compile(r"[^\n.!?]+")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
TITLED = 0.8
"""Of a title or header, more of the words have a capital."""


class Capitals:
    """Where the capitals of an English text tell nothing: at the beginning of sentences, in headers and titles.

    Capitals("Every office of Halden Foods closed.").tell(0, "Every")    →  False
    """

    __slots__ = ("_lines", "_starts", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts: list[int] = []
        self._lines: list[bool] = []
        for line in _LINE.finditer(text):
            words = [word for word in _LETTERS.findall(line[0]) if word.lower() not in FUNCTION["en"]]
            self._starts.append(line.start())
            self._lines.append(sum(word[0].isupper() for word in words) > TITLED * len(words))

    def tell(self, at: int, string: str) -> bool:
        """Whether a phrase is written in small letters, or has its capital at some place inside a sentence."""
        if not string[0].isupper():
            return True
        while at >= 0:
            if not self._is_forced(at):
                return True
            at = self._text.find(string, at + 1)
        return False

    def _is_forced(self, at: int) -> bool:
        line = bisect_right(self._starts, at) - 1
        return (line >= 0 and self._lines[line]) or bool(_OPENS.search(self._text[max(0, at - 4) : at]) or at == 0)


_WITHIN = frozenset({"of", "and", "for", "the", "in", "on", "to", "a", "with", "from", "by"})
"""Function words that may stand inside a mention."""
