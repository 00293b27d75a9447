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
from itertools import accumulate
from pathlib import Path

from uiebench.formats.reading import read_text
from uiebench.formats.tags import Scheme, TagReader
from uiebench.ledger import Ledger
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
            tokens = list(map(cells.tokens.__getitem__, lines)) if joiner else []
            found = "" if joiner else "".join(map(cells.__getitem__, lines))
        except KeyError:
            cells.learn(lines)
            return sentence(lines, cells, ledger)
        if not joiner:
            if len(found) == 2 * len(lines):  # one character a token: token index = offset
                text = found[::2]
                spans = cells.tags.spans(found[1::2], lines, ledger)
                return Document("", text, tuple([Entity(text[s:e], s, e, types.get(k, k)) for s, e, k in spans]))
            tokens = list(map(cells.tokens.__getitem__, lines))
        text = joiner.join(tokens)
        spans = cells.tags.spans("".join(map(cells.letters.__getitem__, lines)), lines, ledger)
        if not spans:
            return Document("", text)
        step = len(joiner)
        ends = list(accumulate(map(len, tokens), initial=0))  # of the tokens, without what joins them
        places = [(ends[s] + s * step, ends[e] + (e - 1) * step, types.get(k, k)) for s, e, k in spans]
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
    """Line → its token and the letter of its tag, e.g. "高B"; `tokens` and `letters` hold the two apart."""

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
        self.tokens: dict[str, str] = {}
        self.letters: dict[str, str] = {}
        self.tags, self._ledger = tags, ledger
        self._separator, self._width, self._token, self._tag, self._clean = separator, width, token, tag, clean

    def learn(self, lines: Sequence[str]) -> None:
        """Split and check the lines of a sentence that were not seen before.

        Raises: MalformedInput at the first line that has other columns, no token or no possible tag.
        """
        first = self._ledger.line
        for at, line in enumerate(lines, start=first):
            if line not in self:
                self._ledger.line = at
                row = line.split(self._separator)
                if len(row) != self._width or not row[self._token]:
                    raise self._ledger.malformed(line, f"{self._width} columns separated by {self._separator!r}")
                letter = self.tags.learn(line, row[self._tag], self._ledger)
                token = row[self._token] if self._clean is None else self._clean(row[self._token])
                if not token:
                    raise self._ledger.malformed(line, "a token")
                self.tokens[line], self.letters[line], self[line] = token, letter, token + letter
        self._ledger.line = first


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
