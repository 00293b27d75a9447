"""seqeval 1.2: (type, start, end) read off tags; no overlaps, each span once.

    default      an I without B begins an entity, as conlleval has it
    strict IOB2  ``mode="strict", scheme=IOB2``: only B begins one

Where the output is a list of tags, one for each character of the text or one for each word between blanks,
it is read by both rules (B, I, E and S by the first; B and I by the second). Else the entities said are
written as tags, which takes the earliest and, of those, the longest first and leaves out what overlaps
them; the two rules then agree. A mention without offsets stands where the text has it, see
`uiebench.score.schemes.counting.placed`; one that is not in the text, which tags cannot say, is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from uiebench.score.schemes.counting import Place, Score, Sums, count, placed, row
from uiebench.types import Document, Entity, Extraction, Task

Found = tuple[str, Place]


class Seqeval:
    """Sums for each rule."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.variants = variants
        self.sums = {variant: Sums() for variant in variants}

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        wanted = spans(gold.entities, gold.text)
        tagged = _tagged(output, gold.text)
        got = None if tagged else spans(said.entities, gold.text)
        for variant, sums in self.sums.items():
            if tagged:
                tags, units = tagged
                read = strict_entities(tags) if variant == "strict IOB2" else entities(tags)
                got = [(type, (units[start][0], units[end - 1][1])) for type, start, end in read]
            sums.add(*count("set", wanted, got or []))

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {row(self.variants, variant, "ner"): sums.score() for variant, sums in self.sums.items()}


def spans(entities: Sequence[Entity], text: str) -> list[Found]:
    """The entities that tags can say, by place, and those that stand nowhere."""
    found: list[Found] = []
    nowhere: list[Found] = []
    places: list[tuple[int, int, str]] = []
    for entity, place in placed(entities, text, again=True):
        if place and 0 <= place[0] < place[1]:
            places.append((place[0], -place[1], entity.type))
        else:
            nowhere.append((entity.type, (entity.text,)))
    free = 0
    for start, end, type in sorted(places):
        if start >= free:
            free = -end
            found.append((type, (start, -end)))
    return found + nowhere


def _tagged(output: object, text: str) -> tuple[list[str], list[tuple[int, int]]] | None:
    """Tags, and the place of what each of them stands for."""
    if not isinstance(output, list) or not output or not all(isinstance(tag, str) and _is_tag(tag) for tag in output):
        return None
    if len(output) == len(text):
        return output, [(place, place + 1) for place in range(len(text))]
    units, end = [], 0
    for token in text.split():
        start = text.index(token, end)
        end = start + len(token)
        units.append((start, end))
    return (output, units) if len(output) == len(units) else None


def _is_tag(tag: str) -> bool:
    return tag == "O" or (tag[:1] in ("B", "I", "E", "S") and tag[1:2] in ("", "-"))


def _parts(tag: str) -> tuple[str, str]:
    """Prefix and type; "_" stands for no type."""
    return tag[0], tag[2:] or "_"


def entities(tags: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(type, start, end) of each entity, half-open, by the lenient rule."""
    start = 0
    parts = [("O", ""), *map(_parts, tags), ("O", "")]
    for place, ((before, old), (prefix, type)) in enumerate(pairwise(parts)):
        cut = old != type or before in "ES" or prefix in "BSO"
        if before != "O" and cut:
            yield old, start, place
        if prefix != "O" and (before == "O" or cut):
            start = place


def strict_entities(tags: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(type, start, end) of each entity, half-open, by IOB2: a B, and the I of its type that follow."""
    start, open_type = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        prefix, type = _parts(tag)
        if open_type and not (prefix == "I" and type == open_type):
            yield open_type, start, place
            open_type = ""
        if prefix == "B":
            start, open_type = place, type
