"""Texts in files of their own, their mentions in a file beside each, or all in one file, as CCKS gives them.

    7.txtoriginal.txt    主因左膝肿痛入院。        7.txt    左膝<TAB>2<TAB>3<TAB>身体部位
                                                          肿痛<TAB>4<TAB>5<TAB>症状和体征

    beside(texts="*.txtoriginal.txt", inclusive=True)    →  a reader of the folder
    tabled(rows, separator=" ", inclusive=True)          →  a reader of a folder of texts and a file of all mentions

A mention is its string, the first character, the last one (or, not `inclusive`, the one after it), and the type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from uiebench.formats.reading import paired, read_lines, read_text
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Reader

ORIGINAL = ".txtoriginal"

Listed = Callable[[Path, Ledger], Iterator[tuple[str, list[str]]]]
"""Makes (path of the text below its folder, mentions) of the file that lists the mentions of all texts."""


def beside(*, texts: str, inclusive: bool) -> Reader:
    """A reader of a folder: `texts` is the glob of its texts, ``….txtoriginal.txt``; mentions are in ``….txt``."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        annotations = texts.replace(ORIGINAL, "")
        for path, mentions in paired(files[0], texts, annotations, _annotated):
            text = read_text(path, ledger).rstrip("\n")
            found = [mention(row, "\t", inclusive, ledger) for row in read_lines(mentions, ledger) if row]
            yield Document("", text, tuple(found))

    return read


def tabled(rows: Listed, *, separator: str, inclusive: bool) -> Reader:
    """A reader of a folder of texts and of one file from which `rows` takes the mentions of each."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        folder, gold = files
        for name, mentions in rows(gold, ledger):
            line = ledger.line
            text = read_text(folder / name, ledger).rstrip("\n")
            ledger.path, ledger.line = gold, line
            yield Document("", text, tuple([mention(one, separator, inclusive, ledger) for one in mentions if one]))

    return read


def mention(row: str, separator: str, inclusive: bool, ledger: Ledger) -> Entity:
    """The mention that a row describes. Raises: MalformedInput if it does not."""
    try:
        string, first, last, kind = row.rsplit(separator, 3)
        return Entity(string, int(first), int(last) + inclusive, kind)
    except ValueError:
        raise ledger.malformed(row, f"string, first, last and type separated by {separator!r}") from None


def _annotated(path: Path) -> Path:
    """The file of the mentions of a text."""
    return path.with_name(path.name.replace(ORIGINAL, ""))
