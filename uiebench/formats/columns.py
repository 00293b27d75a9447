"""Column files: a token and its tag on each line, an empty line between sentences (CoNLL).

    高 B-NAME
    明 E-NAME          columns(scheme="BMES", separator=" ")
    ， O               →  Document("", "高明，男", (Entity("高明", 0, 2, "NAME"),))
    男 O

Most of a file is a plain two-column sentence, read by string operations on the whole sentence; a
sentence that does not fit is read line by line, which also finds the line to complain about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from uiebench.errors import MalformedInput
from uiebench.formats.reading import read_text
from uiebench.formats.tags import OUTSIDE, Scheme, TagReader
from uiebench.ledger import Ledger
from uiebench.text import join_tokens
from uiebench.types import Document, Entity, Reader

EMPTY_TAG = "empty tag"
_WHITE_LINE = re.compile(r"\n[ \t]+(?=\n)")


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
        scheme: BIO (IOB2), IOB1, or BMES (also BIOES and BILOU).
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
            tags = TagReader(scheme)
            for block in _blocks(read_text(path, ledger, encoding), ledger):
                yield from sentence(block, tags, ledger)

    def sentence(block: str, tag_reader: TagReader, ledger: Ledger) -> Iterator[Document]:
        if skip is not None and skip in block:
            yield from around_skipped(block, tag_reader, ledger)
            return
        tokens, tags = cells(block, ledger)
        if "" in tags:
            ledger.repair(EMPTY_TAG, block, times=tags.count(""))
            tags = [t or OUTSIDE for t in tags]
        if clean is not None:
            tokens = [clean(t) for t in tokens]
        try:
            spans = tag_reader.spans(tags, ledger)
        except MalformedInput:
            cells_by_line(block, ledger)  # a line with a column too many explains the odd tag better
            raise
        text = joiner.join(tokens)
        if not spans:
            yield Document("", text)
            return
        if not joiner and len(text) == len(tokens):  # one character a token: token index = offset
            entities = tuple([Entity(text[s:e], s, e, types.get(k, k)) for s, e, k in spans])
        else:
            text, starts = join_tokens(tokens, joiner)
            ends = [start + len(t) for start, t in zip(starts, tokens, strict=True)]
            entities = tuple(
                [Entity(text[starts[s] : ends[e - 1]], starts[s], ends[e - 1], types.get(k, k)) for s, e, k in spans]
            )
        yield Document("", text, entities)

    def around_skipped(block: str, tag_reader: TagReader, ledger: Ledger) -> Iterator[Document]:
        first, kept = ledger.line, list[str]()
        for number, line in enumerate([*block.split("\n"), skip or ""]):
            if line.split(separator)[token if token >= 0 else 0] == skip:
                if kept:
                    ledger.line = first + number - len(kept)
                    yield from sentence("\n".join(kept), tag_reader, ledger)
                kept = []
            else:
                kept.append(line)

    def cells(block: str, ledger: Ledger) -> tuple[list[str], list[str]]:
        lines = block.count("\n") + 1
        if block.count(separator) == lines * (width - 1):
            parts = block.replace("\n", separator).split(separator)
            tokens = parts[token % width :: width]
            if "" not in tokens:
                return tokens, parts[tag % width :: width]
        return cells_by_line(block, ledger)

    def cells_by_line(block: str, ledger: Ledger) -> tuple[list[str], list[str]]:
        tokens, tags = [], []
        first = ledger.line
        for number, line in enumerate(block.split("\n")):
            row = line.split(separator)
            if len(row) != width or not row[token]:
                ledger.line = first + number
                raise ledger.malformed(line, f"{width} columns separated by {separator!r}")
            tokens.append(row[token])
            tags.append(row[tag])
        ledger.line = first
        return tokens, tags

    return read


def _blocks(text: str, ledger: Ledger) -> Iterator[str]:
    """The sentences of a file, stripped of line ends; `ledger.line` is the first line of each."""
    if "\n " in text or "\n\t" in text:
        text = _WHITE_LINE.sub("\n", text)
    line = 1
    for block in text.split("\n\n"):
        body = block.strip("\n")
        if body:
            ledger.line = line + len(block) - len(block.lstrip("\n"))
            yield body
        line += block.count("\n") + 2
