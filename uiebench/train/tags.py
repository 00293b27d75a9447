"""Mentions as tags of the units of a text, and back: what a sequence tagger reads and writes.

    units("Ada 创办远山", "zh")                  →  [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7), (7, 8)]
    units("Mr. Byron's firm", "en")             →  [(0, 2), (2, 3), (4, 9), (9, 10), (10, 11), (12, 16)]
    Tags("BIOES", ("person",)).names            →  ("O", "B-person", "I-person", "E-person", "S-person")

A unit is a character in Chinese, and a run of letters and digits or a single other character in English; white space
belongs to no unit. One tag for each unit cannot say everything: of mentions that share a unit the longest is kept,
and a mention that begins or ends within a word, or whose place is not known, has no tags. `flat` counts each of
these by name; what is evaluated stays the whole gold.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from uiebench.types import Document, Entity, Label, Language

Scheme = Literal["BIO", "BIOES"]
Range = tuple[int, int]
"""Half-open: code points of a text, or units."""
Mention = tuple[int, int, str]
"""First unit, the one behind the last, and type."""

_CHARACTER = re.compile(r"\S")
_WORD = re.compile(r"[^\W_]+|\S")


def units(text: str, language: Language) -> list[Range]:
    """Where the units of a text stand, in order."""
    return [found.span() for found in (_CHARACTER if language == "zh" else _WORD).finditer(text)]


# --- types ----------------------------------------------------------------------------------------


def types_of(labels: Iterable[Label]) -> dict[str, str]:
    """For each native label of a corpus the type that a tagger knows it by: its concept, shared by all corpora.

    Where several labels of a corpus have one concept, their names tell them apart: ``person (PER.NOM)``.
    """
    known = list(labels)
    often = Counter(label.concept for label in known)
    return {
        label.name: label.concept if often[label.concept] == 1 else f"{label.concept} ({label.name})" for label in known
    }


# --- what tags can say ------------------------------------------------------------------------------

UNKNOWN_PLACE = "mention whose place in the text is not known"
DISCONTINUOUS = "mention that does not stand in the text as a whole (discontinuous)"
NOT_OFFERED = "mention of a label that no prompt of the split offers"
WITHIN_WORD = "mention that begins or ends within a word"
NESTED = "mention nested in a longer one"
CROSSING = "mention that overlaps a longer one"
TWICE = "mention that has a further type"


def flat(document: Document, places: Sequence[Range], types: dict[str, str], counts: Counter[str]) -> list[Mention]:
    """The mentions of a document that tags can say, none of which share a unit; `counts` counts the others by name.

    Args:
        places: of the units of its text.
        types: native label → type. Of two types of one mention the first in this order is kept.
    """
    starts, ends = [start for start, _ in places], [end for _, end in places]
    order = {type: number for number, type in enumerate(types.values())}
    found: list[Mention] = []
    for entity in dict.fromkeys(document.entities):
        if entity.type not in types:
            counts[NOT_OFFERED] += 1
        elif entity.start is None or entity.end is None:
            counts[UNKNOWN_PLACE if entity.text in document.text else DISCONTINUOUS] += 1
        else:
            first, last = bisect_left(starts, entity.start), bisect_left(ends, entity.end)
            exact = first < len(starts) and starts[first] == entity.start and last < len(ends)
            if exact and ends[last] == entity.end:
                found.append((first, last + 1, types[entity.type]))
            else:
                counts[WITHIN_WORD] += 1
    owner: list[Mention | None] = [None] * len(places)
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda one: (one[0] - one[1], one[0], order[one[2]])):
        first, stop, _ = mention
        taken = {owner[place] for place in range(first, stop)}
        if taken == {None}:
            kept.append(mention)
            owner[first:stop] = [mention] * (stop - first)
        elif None in taken or len(taken) > 1:
            counts[CROSSING] += 1
        else:
            [longer] = taken
            assert longer is not None
            counts[TWICE if longer[:2] == mention[:2] else NESTED] += 1
    return sorted(kept)


def placed(text: str, places: Sequence[Range], mentions: Iterable[Mention], native: dict[str, str]) -> list[Entity]:
    """Mentions as entities of a text; `native` has the label of each type."""
    found = []
    for first, stop, type in mentions:
        start, end = places[first][0], places[stop - 1][1]
        found.append(Entity(text[start:end], start, end, native[type]))
    return found


# --- tags -----------------------------------------------------------------------------------------


class Tags:
    """The tags of some types by a scheme; a tag is its number in `names`, and 0 is "O"."""

    def __init__(self, scheme: Scheme, types: Sequence[str]) -> None:
        self.scheme, self.types = scheme, tuple(types)
        self._marks = scheme.replace("O", "")
        self.names = ("O", *(f"{mark}-{type}" for type in self.types for mark in self._marks))
        self._first = {type: 1 + number * len(self._marks) for number, type in enumerate(self.types)}

    def __len__(self) -> int:
        return len(self.names)

    def _mark(self, tag: int) -> tuple[str, int]:
        """The letter of a tag, and the number of its type (-1 for O)."""
        return ("O", -1) if not tag else (self._marks[(tag - 1) % len(self._marks)], (tag - 1) // len(self._marks))

    def written(self, length: int, mentions: Iterable[Mention]) -> list[int]:
        """The tags of so many units with these mentions, which share no unit."""
        tags = [0] * length
        for first, stop, type in mentions:
            own = {mark: self._first[type] + number for number, mark in enumerate(self._marks)}
            tags[first:stop] = [own["B"], *[own["I"]] * (stop - first - 1)]
            if self.scheme == "BIOES":
                tags[stop - 1] = own["E"] if stop - first > 1 else own["S"]
        return tags

    def read(self, tags: Sequence[int]) -> list[Mention]:
        """The mentions that a legal sequence of tags says: the inverse of `written`."""
        found: list[Mention] = []
        first = 0
        for place, tag in enumerate(tags):
            mark, number = self._mark(tag)
            if mark in "BS":
                first = place
            following = self._mark(tags[place + 1])[0] if place + 1 < len(tags) else "O"
            if mark in "ES" or (self.scheme == "BIO" and mark in "BI" and following != "I"):
                found.append((first, place + 1, self.types[number]))
        return found

    def may_begin(self) -> list[bool]:
        """Of each tag, whether a text can begin with it."""
        return [self._mark(tag)[0] in "OBS" for tag in range(len(self))]

    def may_end(self) -> list[bool]:
        """Of each tag, whether a text can end with it."""
        open_ = "" if self.scheme == "BIO" else "BI"
        return [self._mark(tag)[0] not in open_ or not tag for tag in range(len(self))]

    def may_follow(self) -> list[list[bool]]:
        """Of each tag, of each tag, whether the second can stand behind the first."""
        return [[self._follows(one, other) for other in range(len(self))] for one in range(len(self))]

    def _follows(self, one: int, other: int) -> bool:
        (before, type), (after, same) = self._mark(one), self._mark(other)
        inside = before in "BI" and after in "IE" and type == same
        if self.scheme == "BIO":
            return inside or after != "I"
        return inside if before in "BI" else after in "OBS"

    def of(self, types: Iterable[str]) -> list[bool]:
        """Of each tag, whether it is O or one of these types."""
        wanted = set(types)
        return [not tag or self.types[self._mark(tag)[1]] in wanted for tag in range(len(self))]
