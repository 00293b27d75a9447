"""What two texts are compared by: their keys, all of them in one array of code points.

    key_of("Ｂ型 肝炎（慢性）。")                  →  "b型肝炎慢性"
    keys = keys_of(["今天下雨。明天晴！", …])
    keys.codes[keys.starts[0] : keys.starts[1]]   the code points of "今天下雨明天晴"
    keys.sentences                                 [0, 4, …]: the places in `codes` where a sentence begins

A key is the text in NFKC, case-folded, in NFKC again, without white space, punctuation and control
characters (Unicode categories Z, P and C); letters, marks, digits and symbols remain. `key_of` is the
definition; `keys_of` gives the same for many texts through a table of characters.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]

BATCH = 4096  # texts folded at a time: some hundred thousand characters
ENDS = "。!?;\n\r"  # what ends a sentence, after NFKC; a full stop only before white space
UNICODE = 0x110000


class Keys(msgspec.Struct, frozen=True):
    """The keys of n texts.

    Fields:
        codes: the code points of all keys, one key after another.
        starts: n + 1 places in `codes`; text i has codes[starts[i]:starts[i + 1]].
        sentences: the places in `codes` where a sentence begins, in order. Every key that is not empty
            begins one.
    """

    codes: Codes
    starts: Places
    sentences: Places

    @property
    def lengths(self) -> Places:
        """The number of characters of each key."""
        return np.diff(self.starts)

    def text(self, index: int) -> str:
        """One key as a string."""
        return self.codes[self.starts[index] : self.starts[index + 1]].tobytes().decode("utf-32-le")

    def take(self, indices: Places) -> Keys:
        """The keys of the texts `indices`, which ascend, in an array of their own."""
        wanted = np.zeros(len(self.starts) - 1, bool)
        wanted[indices] = True
        characters = np.repeat(wanted, self.lengths)
        moved = np.cumsum(characters) - 1
        return Keys(
            self.codes[characters],
            np.concatenate([[0], np.cumsum(self.lengths[indices])]),
            moved[self.sentences[characters[self.sentences]]],
        )


def key_of(text: str) -> str:
    """The key of one text: the definition."""
    return "".join(c for c in folded(text) if unicodedata.category(c)[0] not in "ZPC")


def folded(text: str) -> str:
    """A text in NFKC, case-folded, and in NFKC again (folding may undo it)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class Folding:
    """What becomes of each character, worked out when it is first met.

    `single[c]` is what c folds to where that is one character whatever stands beside it. Texts that hold
    another character (a combining mark, a Hangul letter, "…" that becomes "...") are folded one by one.
    """

    def __init__(self) -> None:
        self.known = np.zeros(UNICODE, bool)
        self.single = np.zeros(UNICODE, np.uint32)
        self.complex = np.zeros(UNICODE, bool)
        self.kept = np.zeros(UNICODE, bool)
        self.space = np.zeros(UNICODE, bool)
        self.ends = np.zeros(UNICODE, bool)
        self.ends[[ord(c) for c in ENDS]] = True

    def learn(self, codes: Codes) -> None:
        """Work out the characters of `codes` that were not met before, and what they fold to."""
        new = codes[~self.known[codes]]
        while len(new):
            new = np.unique(new)
            results: list[int] = []
            for code in new.tolist():
                c = chr(code)
                result = folded(c)
                self.kept[code] = unicodedata.category(c)[0] not in "ZPC"
                self.space[code] = c.isspace()
                self.complex[code] = len(result) != 1 or _joins(c) or _joins(result)
                self.single[code] = code if self.complex[code] else ord(result)
                results.extend(map(ord, result))
            self.known[new] = True
            found = np.array(results, np.uint32)
            new = found[~self.known[found]]


def _joins(text: str) -> bool:
    """Whether a text holds a character that may join the one before it in NFKC: a mark or a Hangul letter."""
    return any(unicodedata.category(c)[0] == "M" or "HANGUL" in unicodedata.name(c, "") for c in text)


def keys_of(texts: Sequence[str]) -> Keys:
    """The keys of `texts`, in order."""
    folding = Folding()
    codes: list[Codes] = []
    lengths: list[Places] = []
    begins: list[NDArray[np.bool_]] = []
    for first in range(0, len(texts), BATCH):
        batch = _fold(texts[first : first + BATCH], folding)
        codes.append(batch[0])
        lengths.append(batch[1])
        begins.append(batch[2])
    starts = np.concatenate([np.zeros(1, np.int64), *lengths]).cumsum()
    sentences = np.flatnonzero(np.concatenate([np.zeros(0, bool), *begins]))
    return Keys(np.concatenate([np.zeros(0, np.uint32), *codes]), starts, sentences)


def _fold(texts: Sequence[str], folding: Folding) -> tuple[Codes, Places, NDArray[np.bool_]]:
    """The codes of the keys of a batch, the length of each, and whether a code begins a sentence."""
    raw = _encode(texts)
    folding.learn(raw)
    ends = np.cumsum([len(text) for text in texts])
    if (odd := np.flatnonzero(folding.complex[raw])).size:
        slow = np.unique(np.searchsorted(ends, odd, side="right")).tolist()
        texts = list(texts)
        for index in slow:
            texts[index] = folded(texts[index])
        raw = _encode(texts)
        folding.learn(raw)
        lengths = np.array([len(text) for text in texts])
        ready = np.zeros(len(texts), bool)
        ready[slow] = True
        codes = np.where(np.repeat(ready, lengths), raw, folding.single[raw])
        ends = np.cumsum(lengths)
    else:
        codes = folding.single[raw]
    kept = folding.kept[codes]
    before_space = np.append(folding.space[codes[1:]], True)
    stop = folding.ends[codes] | ((codes == ord(".")) & before_space)
    # A kept character begins a sentence if an end, or the end of a text, stands between it and the last one kept.
    count = np.cumsum(stop)
    text = np.repeat(np.arange(len(texts)), np.diff(ends, prepend=0))
    count, text = count[kept], text[kept]
    begins = np.ones(len(count), bool)
    begins[1:] = (count[1:] != count[:-1]) | (text[1:] != text[:-1])
    return codes[kept], np.bincount(text, minlength=len(texts)), begins


def _encode(texts: Sequence[str]) -> Codes:
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)


def numbered(codes: Codes, starts: Places, lengths: Places) -> tuple[Places, Places]:
    """Equal pieces of `codes` under one number, numbers in order of first appearance.

    Returns: the number of each piece, and for each number the first piece that has it.
    Equality is that of 128-bit BLAKE2b digests.
    """
    seen: dict[bytes, int] = {}
    numbers = np.empty(len(starts), np.int64)
    firsts: list[int] = []
    data = codes.tobytes()
    blake2b = hashlib.blake2b
    for index, (start, length) in enumerate(zip((4 * starts).tolist(), (4 * lengths).tolist(), strict=True)):
        digest = blake2b(data[start : start + length], digest_size=16).digest()
        number = seen.setdefault(digest, len(firsts))
        if number == len(firsts):
            firsts.append(index)
        numbers[index] = number
    return numbers, np.array(firsts, np.int64)


def expand(starts: Places, lengths: Places) -> Places:
    """The places start, start + 1, … start + length - 1 of every piece, one piece after another."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def blocks(sizes: NDArray[Any], limit: int) -> Iterator[slice]:
    """Slices of consecutive items whose sizes sum to at most `limit`, or of a single larger item."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        base = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, base + limit, side="right")))
        yield slice(first, last)
        first = last
