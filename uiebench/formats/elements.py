"""XML files, parsed safely, and texts rewritten without losing the place of what stands in them.

text, place = rewrite("远山\\n科技裁员", [(2, 3, "")])     →  "远山科技裁员"
text[place(0) : place(5)]                               →  "远山科技"
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree import ElementTree

from uiebench.formats.reading import read_bytes
from uiebench.ledger import Ledger

Edit = tuple[int, int, str]
"""What stands from the first to the second offset becomes the string."""


def xml_root(path: Path, ledger: Ledger) -> ElementTree.Element:
    """The root element of an XML file.

    External entities and DTDs are never fetched; a file that declares entities of its own is refused.
    Raises: MalformedInput for such a file and for one that is not well-formed.
    """
    data = read_bytes(path, ledger)
    if b"<!ENTITY" in data:
        raise ledger.malformed("<!ENTITY", "XML without entity declarations")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        ledger.line = error.position[0]
        raise ledger.malformed(str(error), "well-formed XML") from None


def rewrite(text: str, edits: Iterable[Edit]) -> tuple[str, Callable[[int, int], tuple[int, int]]]:
    """`text` with `edits` made, and a function from a span before to the same span after.

    The edits come in order and do not overlap. A span that begins or ends inside an edit begins or ends
    where the edit's string begins.
    """
    pieces, starts, ends, shifts = list[str](), list[int](), list[int](), [0]
    done = 0
    for start, end, string in edits:
        pieces += text[done:start], string
        starts.append(start)
        ends.append(end)
        shifts.append(shifts[-1] + len(string) - (end - start))
        done = end

    def moved(offset: int, edits_before: int) -> int:
        last = edits_before - 1
        if last >= 0 and offset < ends[last]:
            return starts[last] + shifts[last]
        return offset + shifts[edits_before]

    def place(start: int, end: int) -> tuple[int, int]:
        return moved(start, bisect_right(starts, start)), moved(end, bisect_left(starts, end))

    return "".join([*pieces, text[done:]]), place
