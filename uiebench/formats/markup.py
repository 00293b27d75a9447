"""Texts with the mentions marked inside them.

    记者{{person_name:方明}}从{{location:林川}}报道

    markup(r"\\{\\{(?P<type>\\w+):", r"\\}\\}")
    →  Document("", "记者方明从林川报道", (Entity("方明", 2, 4, "person_name"), …))

Marks may be nested; the text is what is left when they are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats.reading import read_lines
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Reader

UNCLOSED = "unbalanced markup"


def parse_markup(
    line: str, opening: re.Pattern[str], closing: re.Pattern[str], ledger: Ledger
) -> tuple[str, list[Entity]]:
    """The text of a line and its mentions, in the order of their opening marks.

    `opening` has a group ``type``. A closing mark that closes nothing is text. An opening mark that is
    never closed is dropped as "unbalanced markup"; its content stays text.
    """
    pieces: list[str] = []
    length = position = 0  # of the text so far; in the line
    found: list[tuple[str, int, int]] = []  # type, start, end (-1: still open)
    stack: list[int] = []
    opens, closes = opening.search(line), closing.search(line)
    while True:
        if opens is not None and opens.start() < position:
            opens = opening.search(line, position)
        if closes is not None and closes.start() < position:
            closes = closing.search(line, position)
        closes_one = bool(stack) and closes is not None and (opens is None or closes.start() < opens.start())
        mark = closes if closes_one else opens
        stop = len(line) if mark is None else mark.start()
        pieces.append(line[position:stop])
        length += stop - position
        if mark is None:
            break
        if closes_one:
            kind, start, _ = found[stack[-1]]
            found[stack.pop()] = kind, start, length
        else:
            stack.append(len(found))
            found.append((mark["type"], length, -1))
        position = mark.end()
    text = "".join(pieces)
    for kind, start, _ in map(found.__getitem__, stack):
        ledger.drop(UNCLOSED, f"{kind}: {text[start:]}")
    return text, [Entity(text[start:end], start, end, kind) for kind, start, end in found if end >= 0]


def markup(opening: str, closing: str, *, encoding: str = "utf-8") -> Reader:
    """A reader of files with one marked text a line; `opening` and `closing` are regular expressions."""
    begin, end = re.compile(opening), re.compile(closing)

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for line in read_lines(path, ledger, encoding):
                if line:
                    text, entities = parse_markup(line, begin, end, ledger)
                    yield Document("", text, tuple(entities))

    return read
