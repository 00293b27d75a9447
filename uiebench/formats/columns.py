"""Column files: a token and its tag on each line, an empty line between sentences (CoNLL).

    高 B-NAME
    明 E-NAME          columns(scheme="BMES", separator=" ")
    ， O               →  Document("", "高明，男", (Entity("高明", 0, 2, "NAME"),))
    男 O

Characters and tags repeat: every distinct line of a file is split and checked once and remembered,
which is what makes millions of lines a second possible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from uiebench.errors import MalformedInput
from uiebench.formats.reading import read_text
from uiebench.formats.tags import Scheme, TagReader
from uiebench.ledger import Ledger
from uiebench.text import join_tokens
from uiebench.types import Document, Entity, Reader

_WHITE_LINE = re.compile(r"\n[ \t]+(?=\n|\Z)")


def columns(
    *,
    scheme: Scheme,
    separator: str = "\t",
    width: int = 2,
    token: int = 0,
    tag: int = -1,
    joiner: str = "",
    clean: Callable[[str], str] | None = None,
    rename: Mapping[str, str] | None = None,
    skip: str | None = None,
    encoding: str = "utf-8",
) -> Reader:
    """A reader of column files.

    Args:
        scheme: BIO (IOB2), IOB1, IO (types without a prefix), or BMES (also BIOES and BILOU).
        separator: what stands between two columns, exactly once.
        width: number of columns; `token` and `tag` are the indices of the two that are read.
        joiner: what stands between two tokens in the text ("" for characters, " " for words).
        clean: applied to every token, e.g. to strip a segmentation digit.
        rename: types spelt otherwise in the file → the label's name.
        skip: lines whose token is this (``-DOCSTART-``) are no tokens; they also end a sentence.
        encoding: of the file.

    A line whose tag is empty counts as outside and as the repair "empty tag".
    """
    types = dict(rename or {})

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            text = read_text(path, ledger, encoding)
            cells = _Cells(TagReader(scheme), separator, width, token, tag, clean, ledger)
            for block in _blocks(text, ledger):
                if skip is not None and skip in block:
                    for part in around_skipped(block, ledger):
                        yield sentence(part.split("\n"), cells, ledger)
                else:
                    yield sentence(block.split("\n"), cells, ledger)

    def sentence(lines: list[str], cells: _Cells, ledger: Ledger) -> Document:
        try:
            found = "".join(map(cells.__getitem__, lines))
        except MalformedInput as error:
            at = next(number for number, line in enumerate(lines) if line not in cells)
            raise MalformedInput(error.path, error.line + at, error.found, error.expected) from None
        if not joiner and len(found) == 2 * len(lines):  # one character a token: token index = offset
            text = found[::2]
            spans = cells.tags.spans(found[1::2], lines, ledger)
            return Document("", text, tuple([Entity(text[s:e], s, e, types.get(k, k)) for s, e, k in spans]))
        tokens = [cells[line][:-1] for line in lines]
        text, starts = join_tokens(tokens, joiner)
        spans = cells.tags.spans("".join([cells[line][-1] for line in lines]), lines, ledger)
        ends = [start + len(t) for start, t in zip(starts, tokens, strict=True)]
        places = [(starts[s], ends[e - 1], types.get(k, k)) for s, e, k in spans]
        return Document("", text, tuple([Entity(text[s:e], s, e, k) for s, e, k in places]))

    def around_skipped(block: str, ledger: Ledger) -> Iterator[str]:
        """The sentences between skipped lines that stand in one block without an empty line."""
        first, lines, kept = ledger.line, block.split("\n"), list[str]()
        for number, line in enumerate([*lines, ""]):
            row = line.split(separator)
            if number < len(lines) and row[token:][:1] != [skip]:
                kept.append(line)
            elif kept:
                ledger.line = first + number - len(kept)
                yield "\n".join(kept)
                kept = []

    return read


class _Cells(dict[str, str]):
    """Line → its token and the letter of its tag, e.g. "高B".

    A line seen for the first time is split, checked, and its tag learnt.
    """

    def __init__(
        self,
        tags: TagReader,
        separator: str,
        width: int,
        token: int,
        tag: int,
        clean: Callable[[str], str] | None,
        ledger: Ledger,
    ) -> None:
        super().__init__()
        self.tags, self._ledger = tags, ledger
        self._separator, self._width, self._token, self._tag, self._clean = separator, width, token, tag, clean

    def __missing__(self, line: str) -> str:
        row = line.split(self._separator)
        if len(row) != self._width or not row[self._token]:
            raise self._ledger.malformed(line, f"{self._width} columns separated by {self._separator!r}")
        letter = self.tags.learn(line, row[self._tag], self._ledger)
        token = row[self._token] if self._clean is None else self._clean(row[self._token])
        if not token:
            raise self._ledger.malformed(line, "a token")
        self[line] = token + letter
        return self[line]


def _blocks(text: str, ledger: Ledger) -> Iterator[str]:
    """The sentences of a file, stripped of line ends; `ledger.line` is the first line of each."""
    if "\n " in text or "\n\t" in text or text[:1] in (" ", "\t"):
        text = _WHITE_LINE.sub("\n", "\n" + text)[1:]
    line = 1
    for block in text.split("\n\n"):
        body = block.strip("\n")
        if body:
            ledger.line = line + len(block) - len(block.lstrip("\n"))
            yield body
        line += block.count("\n") + 2
