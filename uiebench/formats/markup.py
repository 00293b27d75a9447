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
    text: list[str] = []
    length, position = 0, 0
    found: list[tuple[int, Entity]] = []
    stack: list[tuple[int, str, int]] = []  # order, type, offset in the text
    order = 0
    while position < len(line):
        if match := opening.match(line, position):
            stack.append((order, match["type"], length))
            order += 1
            position = match.end()
        elif stack and (match := closing.match(line, position)):
            place, kind, start = stack.pop()
            found.append((place, Entity("".join(text)[start:length], start, length, kind)))
            position = match.end()
        else:
            text.append(line[position])
            length += 1
            position += 1
    for _, kind, start in stack:
        ledger.drop(UNCLOSED, f"{kind}: {''.join(text)[start:]}")
    return "".join(text), [entity for _, entity in sorted(found, key=lambda item: item[0])]


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
