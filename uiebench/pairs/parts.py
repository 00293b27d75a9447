"""Names that nobody bears, put together from the names that a corpus has: one's beginning and another's end.

    parts = Parts(["王建国", "李晓明", "张建军", "王伟", …], "person", "zh")
    parts.made(number)                                  →  "李建明"
    Parts(["Port Avery", "Lake Harrow", …], "place", "en").made(number)      →  "Lake Avery"
    Parts(["2003年5月", "1998年12月", …], "date", "zh").made(number)           →  "2017年3月"

So they begin and end as often with what as real ones do, are as long, and stand in 《》 as often; only numbers and the
joints tell a little. Names are cut after the surname, between words, or else in their middle, where English ones (but
no common nouns) have a new syllable; only halves of names of the same shape are joined. Where names have numbers, these
are changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from uiebench.hashing import lot, mix
from uiebench.pairs.lists import FUNCTION, SURNAMES
from uiebench.pairs.words import Words, is_content, proper, tag
from uiebench.types import Language

FEWEST = 6
"""Of a shape there are so many different beginnings and so many ends, or nothing is put together of it."""
MOST = 1000
TRIES = 8
COMMON = 5
"""So many names end with a character that belongs to the shape of those that do: 市 of a town, 队 of a team."""
_SALTS = [lot("parts", place) for place in range(16)]
_OUTER = re.compile(r"([《“「『\"'‘#@ ]*)(.*?)([》”」』\"'’ ]*)", re.DOTALL)
"""The marks around a name, which stay."""
_HAN = re.compile(r"[\u4e00-\u9fd5]+")
_DOTTED = re.compile(r"[\u4e00-\u9fd5]+(?:[·•．・][\u4e00-\u9fd5]+)+")
_WORDS = re.compile(r"[^\W\d_][\w'’.&-]*(?: [^\W\d_][\w'’.&-]*){1,5}")
_WORD = re.compile(r"[^\W\d_]{4,16}", re.ASCII)
_SYLLABLE = re.compile(r"(?<=[aeiouy])([^aeiouy]{0,2})(?=[^aeiouyAEIOUY][aeiouy])")
_DIGIT = re.compile(r"[0-9０-９]")
DOUBLE = frozenset(
    ["欧阳", "上官", "慕容", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "令狐", "东方", "南宫"]
)
"""Surnames of two characters."""

Shape = tuple[str | int, ...]


class Cut(NamedTuple):
    """A name in two: its beginning and its end, and the marks around it."""

    shape: Shape
    left: str
    right: str
    opening: str
    closing: str


class Draw:
    """Numbers for several choices, mixed from one."""

    __slots__ = ("_number", "_place", "_salts")

    def __init__(self, number: int, salts: Sequence[int] = _SALTS) -> None:
        self._number, self._place, self._salts = number, 0, salts

    def below(self, size: int) -> int:
        """A number from 0 to `size` - 1."""
        self._place += 1
        return mix(self._number, self._salts[self._place % len(self._salts)]) % size


class Parts:
    """The parts of some names of a class (of `uiebench.pairs.names.CLASSES`, "" for any other)."""

    __slots__ = ("_cuts", "_kind", "_known", "_language", "_rights")

    def __init__(self, mentions: Sequence[str], kind: str, language: Language) -> None:
        self._kind, self._language = kind, language
        self._known = frozenset(mentions)
        taken = mentions[:MOST]
        lasts = Counter(mention[-1:] for mention in taken)
        found = [cut for mention in taken if (cut := _cut(mention, kind, language, lasts)) is not None]
        lefts: dict[Shape, set[str]] = {}
        rights: dict[Shape, list[str]] = {}
        for cut in found:
            lefts.setdefault(cut.shape, set()).add(cut.left)
            rights.setdefault(cut.shape, []).append(cut.right)
        kept = {shape for shape, own in rights.items() if min(len(lefts[shape]), len(set(own))) >= FEWEST}
        self._cuts = [cut for cut in found if cut.shape in kept or cut.shape[0] == "numbers"]
        self._rights = rights
        if len(self._cuts) < 2 * FEWEST:
            self._cuts = []

    def made(self, number: int, half: int = 0) -> str | None:
        """A name that none of those is; None where they are too few, or too much alike.

        Args: `half`: names lie in two halves, by a hash of each. One is for the pairs of training, the other for those
            of evaluation.
        """
        for turn in range(TRIES if self._cuts else 0):
            draw = Draw(mix(number, _SALTS[turn]))
            cut = self._cuts[draw.below(len(self._cuts))]
            inner = renumbered(cut.left, draw) if cut.shape[0] == "numbers" else self._joined(cut, draw)
            name = f"{cut.opening}{inner}{cut.closing}"
            if inner and name not in self._known and lot("half of names", name) % 2 == half:
                return name
        return None

    def _joined(self, cut: Cut, draw: Draw) -> str:
        """The beginning of a name and the end of another one of its shape; "" where they cannot be put together."""
        rights = self._rights[cut.shape]
        right = rights[draw.below(len(rights))]
        if cut.shape[0] == "given" and len(right) > 1:  # each character of a given name by its place
            right = right[0] + rights[draw.below(len(rights))][1:]
        if right == cut.right or not _fit(cut.left, right, self._language):
            return ""
        name = cut.left + right
        # what a dictionary has may be somebody or somewhere
        is_word = self._language == "zh" and cut.shape[0] in ("given", "characters") and tag(name) != "?"
        return "" if is_word else name


def _cut(mention: str, kind: str, language: Language, lasts: Counter[str]) -> Cut | None:
    """A name in two; None if nothing tells where to cut it."""
    found = _OUTER.fullmatch(mention)
    opening, bare, closing = found.groups() if found else ("", mention, "")
    if _DIGIT.search(bare):
        return Cut(("numbers",), bare, "", opening, closing) if is_renumbered(bare) else None
    parts = None
    if _HAN.fullmatch(bare):
        parts = _person(bare) if kind == "person" else None
        parts = parts or _chinese(bare, lasts)
    elif _DOTTED.fullmatch(bare):
        at = re.split("[·•．・]", bare)
        parts = ("dotted", len(at)), bare[: -len(at[-1])], at[-1]
    elif _WORDS.fullmatch(bare) and bare.isascii():
        parts = _english(bare)
    elif _WORD.fullmatch(bare) and not bare.islower():  # of a common noun parts make no word
        parts = _syllables(bare)
    return Cut(*parts, opening, closing) if parts else None


def _person(name: str) -> tuple[Shape, str, str] | None:
    """A Chinese person's name behind the surname; None if it is no such name."""
    at = 2 if name[:2] in DOUBLE and len(name) > 2 else 1
    if not (name[0] in SURNAMES or at == 2) or not 1 <= len(name) - at <= 2:
        return None
    return ("given", at, len(name) - at), name[:at], name[at:]


def _chinese(name: str, lasts: Counter[str]) -> tuple[Shape, str, str] | None:
    """Another Chinese name: a short one in the middle of what stands before its ending, a longer one between words."""
    if len(name) < 2:
        return None
    edges = [0, *Words(name, "zh").inside(0, len(name)), len(name)]
    if len(name) <= 4:
        if tag(name) in "nvatdi" and not proper(name):  # of a noun that everybody knows, parts make no word
            return None
        if edges == [0, 2, 4] and all(tag(name[at : at + 2]) in "nvabd" for at in (0, 2)):
            return ("words", 2, ""), name[:2], name[2:]
        ending = name[-1] if lasts[name[-1]] >= COMMON and len(name) > 2 else ""
        at = max(1, (len(name) - len(ending)) // 2)
        return ("characters", len(name), ending), name[:at], name[at:]
    words = [name[start:end] for start, end in pairwise(edges)]
    if not 1 < len(words) < 7 or not all(is_content(word, "zh") or len(word) == 1 for word in (words[0], words[-1])):
        return None
    at = edges[-2] if len(words[-1]) > 1 or len(words) == 2 else edges[-3]
    if at < 2 or len(name) - at < 2:
        return None
    return ("words", min(len(words), 4), "long"), name[:at], name[at:]


def _english(name: str) -> tuple[Shape, str, str] | None:
    """An English name of several words before its last one."""
    *others, last = name.split(" ")
    if {others[0].lower(), others[-1].lower(), last.lower()} & FUNCTION["en"] or len(others[0]) + len(last) < 4:
        return None
    left = " ".join(others)
    return ("words", len(others), left[0].isupper(), last[0].isupper()), f"{left} ", last


def _syllables(name: str) -> tuple[Shape, str, str] | None:
    """An English word before the syllable in its middle."""
    places = [found.end() for found in _SYLLABLE.finditer(name) if 2 <= found.end() <= len(name) - 2]
    if not places:
        return None
    at = min(places, key=lambda place: (abs(2 * place - len(name)), place))
    return ("syllables", name.isupper(), name[0].isupper(), len(name) > 8), name[:at], name[at:]


def _fit(left: str, right: str, language: Language) -> bool:
    """Whether two parts can stand beside each other: neither says what the other one says (研究生|研究生班)."""
    if " " in left:
        return not set(left.lower().split()) & set(right.lower().split())
    if left[-1] == right[0]:
        return False
    return language == "en" or not any(left[at : at + 2] in right for at in range(len(left) - 1))


# --- numbers --------------------------------------------------------------------------------------

_FULL = str.maketrans("0123456789", "０１２３４５６７８９")
_HALF = str.maketrans("０１２３４５６７８９", "0123456789")
_NUMBER = re.compile(
    r"(?P<year>(?<![0-9０-９])(?:[1１][5-9５-９]|[2２][0０])[0-9０-９]{2}(?![0-9０-９]))"
    r"|(?P<month>(?<![0-9０-９])[0-9０-９]{1,2}(?=月)|(?<=[0-9]{4}[-/.])[0-9]{1,2}(?=[-/.]))"
    r"|(?P<day>(?<![0-9０-９])[0-9０-９]{1,2}(?=[日号])"
    r"|(?:(?<=[0-9]{4}[-/.][0-9][-/.])|(?<=[0-9]{4}[-/.][0-9]{2}[-/.]))[0-9]{1,2})"
    r"|(?P<hour>(?<![0-9０-９:：])[0-9０-９]{1,2}(?=[时点]| ?[:：]))"
    r"|(?P<minute>(?:(?<=[时点:：])|(?<=[:：] ))[0-9０-９]{2}(?![0-9０-９]))"
    r"|(?P<ordinal>[0-9]+(?=st|nd|rd|th))"
    r"|(?P<number>[0-9０-９]+)"
)
_UPTO = {"month": (1, 12), "day": (1, 28), "hour": (0, 23), "minute": (0, 59)}
_NAMES = [
    ["January", "February", "March", "April", "June", "July", "August", "September", "October", "November", "December"],
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
]
_NAMED = {name: group for group in _NAMES for name in group}
_NAME = re.compile(rf"\b(?:{'|'.join(_NAMED)})\b")
_MONTH = re.compile(rf"\b(?:{'|'.join(_NAMES[0] + _NAMES[2])}|May|Sept)\b")
_NOON = re.compile(r"\b[ap]\.?m\b", re.IGNORECASE)


def is_renumbered(name: str) -> bool:
    """Whether a name has a number that another one can be put in the place of."""
    return len(name) <= 30 and any(found.lastgroup != "ordinal" for found in _NUMBER.finditer(name))


def renumbered(name: str, draw: Draw) -> str:
    """A name with other numbers, days and months: years near their like, months to 12, others as long as they were."""

    def other(found: re.Match[str]) -> str:
        digits, sort = found[0], found.lastgroup or ""
        if sort == "ordinal":
            return digits
        plain = digits.translate(_HALF)
        if sort == "number" and len(plain) <= 2 and _MONTH.search(name):
            sort = "day"
        if sort == "year":
            said = str(min(int(plain) - 15, 2000) + draw.below(30))
        elif sort in _UPTO:
            least, most = (1, 12) if sort == "hour" and _NOON.search(name) else _UPTO[sort]
            number = least + draw.below(most - least + 1)
            said = f"{number:02}" if plain.startswith("0") or sort == "minute" else str(number)
        else:
            said = "".join(_digit(one, place, len(plain), draw) for place, one in enumerate(plain))
        return said if digits == plain else said.translate(_FULL)

    return _NAME.sub(lambda found: _NAMED[found[0]][draw.below(len(_NAMED[found[0]]))], _NUMBER.sub(other, name))


def _digit(old: str, place: int, size: int, draw: Draw) -> str:
    """Another digit: none becomes a leading nought, and round numbers stay round."""
    if old == "0":
        return "0"
    return str(1 + draw.below(9)) if place == 0 or place == size - 1 else str(draw.below(10))
