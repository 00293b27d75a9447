"""Where strings stand in texts: occurrences, unambiguous places, the ends of sentences.

occurrences("李明说李明来了", "李明")     →  [0, 3]
align("李明去北京", "北京")               →  (3, 5)
align("李明说李明来了", "李明")           →  (None, None)      two places: never guessed
sentences("他来了。她走了。")              →  [4, 8]
"""

from __future__ import annotations

import re

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


# --- sentences ------------------------------------------------------------------------------------

CLOSING = "”’」』）】》\"')\\]"
"""What may stand behind the end of a sentence and belongs to it, as in a class of a regular expression."""
_END = re.compile(
    rf"(?P<wide>[。！？；…][。！？；…!?]*[{CLOSING}]*\s*)"
    rf"|(?<![.!?])(?P<mark>[.!?]+)[{CLOSING}]*(?:\s+|$|(?=[\u3400-\u9fff]))"
    r"|(?P<line>\n\s*)"
)
_CLAUSE = re.compile(rf"[，、：,;:—]+[{CLOSING}]*\s*")
_GAP = re.compile(r"\s+")
_LAST_WORD = re.compile(r"[\w.&'-]*\Z")
_INITIALS = re.compile(r"(?:[A-Za-z]{1,2}\.)*[A-Za-z]")
ABBREVIATIONS = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "rev", "hon", "gen", "col", "lt", "sgt", "capt", "gov", "sen", "rep", "st",
    "mt", "ft", "jr", "sr", "vs", "etc", "cf", "al", "approx", "dept", "est", "ed", "eds", "fig", "figs", "nos",
    "vol", "pp", "sec", "ch", "eq", "ref", "refs", "inc", "corp", "co", "ltd", "bros", "univ", "assn", "ave",
    "blvd", "rd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "tues",
    "thur", "thurs",
})  # fmt: skip
"""English words that end with a full stop which ends no sentence, in lower case and without it."""


def sentences(text: str) -> list[int]:
    """Where the sentences of a Chinese or English text end: increasing offsets, the last one `len(text)`.

    Quotes and brackets that close behind a mark, and white space, belong to the sentence before them, so that
    the sentences are the whole text. A line feed ends a sentence. An ASCII mark ends one where white space
    follows; not before a small letter, and a full stop not behind an abbreviation, initials or a number that
    opens a line.

    Example: sentences("他来了。”她说。 Dr. Li left. OK") → [5, 9, 22, 24]
    """
    ends, start = [], 0
    for found in _END.finditer(text):
        end = found.end()
        if end < len(text) and not _ends(text, found, start):
            continue
        if end > start:
            ends.append(end)
            start = end
    if start < len(text):
        ends.append(len(text))
    return ends


def _ends(text: str, found: re.Match[str], start: int) -> bool:
    """Whether a match ends the sentence that began at `start`."""
    marks, at = found["mark"], found.start()
    if not marks or "\n" in found[0]:
        return True
    if at and text[at - 1].isspace():  # tokenised: marks stand alone, and letters may all be small
        return True
    following = text[found.end()]
    if following.islower():
        return False
    if marks != ".":
        return not marks.startswith(".") or found[0][-1].isspace()
    if not found[0][-1].isspace():
        return False
    word = _LAST_WORD.search(text, max(start, at - 20), at)
    last = word[0] if word else ""
    if last.isdigit() and not text[start : at - len(last)].strip():  # a number that opens a line
        return False
    if last.lower() == "no":
        return not following.isdigit()
    return last.lower() not in ABBREVIATIONS and not _INITIALS.fullmatch(last)


def gap_before(text: str, start: int, limit: int) -> tuple[int, bool]:
    """Where to cut a sentence that is too long, at `limit` or not far before it, and whether that ends a clause.

    In the second half of text[start:limit]: behind the last comma, colon or dash, else between words, else
    at `limit`.
    """
    middle = (start + limit) // 2
    for gap, is_clause in ((_CLAUSE, True), (_GAP, False)):
        ends = [found.end() for found in gap.finditer(text, middle, limit)]
        if ends and ends[-1] > start:
            return ends[-1], is_clause
    return limit, False
