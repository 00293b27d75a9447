"""Where strings stand in texts: occurrences and unambiguous places.

occurrences("李明说李明来了", "李明")     →  [0, 3]
align("李明去北京", "北京")               →  (3, 5)
align("李明说李明来了", "李明")           →  (None, None)      two places: never guessed
"""

from __future__ import annotations

NOWHERE: tuple[None, None] = (None, None)


def occurrences(text: str, part: str) -> list[int]:
    """Every offset at which `part` stands in `text`, overlapping ones too; none for an empty part."""
    if not part:
        return []
    found, start = [], text.find(part)
    while start >= 0:
        found.append(start)
        start = text.find(part, start + 1)
    return found


def align(text: str, part: str) -> tuple[int, int] | tuple[None, None]:
    """The half-open offsets of `part` if it stands in `text` at exactly one place, else (None, None)."""
    if not part:
        return NOWHERE
    start = text.find(part)
    if start < 0 or text.find(part, start + 1) >= 0:
        return NOWHERE
    return start, start + len(part)


def as_spelt(text: str, part: str) -> str | None:
    """`part` in the spelling of `text`, where the two differ in letter case alone and at one place."""
    folded, wanted = text.lower(), part.lower()
    if len(folded) != len(text):  # a few letters change length in lower case: offsets would be off
        return None
    start, end = align(folded, wanted)
    return None if start is None else text[start:end]
