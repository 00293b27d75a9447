"""Column files: a token and its tag on each line, an empty line between sentences (CoNLL).

    高 B-NAME
    明 E-NAME          columns(scheme="BMES", separator=" ")
    ， O               →  Document("", "高明，男", (Entity("高明", 0, 2, "NAME"),))
    男 O

Characters repeat: every distinct line of a file of characters is split and checked once and remembered. Words
do so less: a sentence of words is split as a whole. Either way a line that is wrong is found by looking at
the lines one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

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
    form = _Form(scheme, separator, width, token, tag, joiner, clean, dict(rename or {}))
    sentences = _Characters if width == 2 and not joiner else _Words

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            text = read_text(path, ledger, encoding)
            sentence = sentences(form, ledger).document
            for block in _blocks(text, ledger):
                if skip is not None and skip in block:
                    yield from map(sentence, around_skipped(block, ledger))
                else:
                    yield sentence(block)

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


class _Form(NamedTuple):
    """The parameters of a column file."""

    scheme: Scheme
    separator: str
    width: int
    token: int
    tag: int
    joiner: str
    clean: Callable[[str], str] | None
    rename: dict[str, str]

    def cells(self, line: str, ledger: Ledger) -> tuple[str, str]:
        """The token and the tag on a line. Raises: MalformedInput for other columns or no token."""
        row = line.split(self.separator)
        if len(row) != self.width or not row[self.token]:
            raise ledger.malformed(line, f"{self.width} columns separated by {self.separator!r}")
        token = row[self.token] if self.clean is None else self.clean(row[self.token])
        if not token:
            raise ledger.malformed(line, "a token")
        return token, row[self.tag]


class _Words:
    """Sentences of words, or with more columns than two: split as a whole, tags remembered."""

    def __init__(self, form: _Form, ledger: Ledger) -> None:
        self.form, self.ledger, self.tags = form, ledger, TagReader(form.scheme)
        self.letters: dict[str, str] = {}

    def document(self, block: str) -> Document:
        """One sentence; `ledger.line` is its first line."""
        form = self.form
        parts = block.replace("\n", form.separator).split(form.separator)
        tokens, tags = parts[form.token % form.width :: form.width], parts[form.tag % form.width :: form.width]
        try:
            letters = "".join(map(self.letters.__getitem__, tags))
        except KeyError:
            letters = ""
        if len(letters) * form.width != len(parts) or len(letters) != block.count("\n") + 1 or "" in tokens:
            tokens, tags, letters = self.line_by_line(block)
        elif form.clean is not None:
            tokens = [form.clean(token) for token in tokens]
            if "" in tokens:
                tokens, tags, letters = self.line_by_line(block)
        return joined(tokens, self.tags.spans(letters, tags, self.ledger), form)

    def line_by_line(self, block: str) -> tuple[list[str], list[str], str]:
        """The tokens, the tags and their letters of a sentence, and what is wrong with it, if anything is."""
        tokens, tags, first = [], [], self.ledger.line
        for self.ledger.line, line in enumerate(block.split("\n"), start=first):
            token, tag = self.form.cells(line, self.ledger)
            if tag not in self.letters:
                self.letters[tag] = self.tags.learn(tag, tag, self.ledger)
            tokens.append(token)
            tags.append(tag)
        self.ledger.line = first
        return tokens, tags, "".join(map(self.letters.__getitem__, tags))


class _Characters(dict[str, str]):
    """Sentences of characters: every distinct line is split once and remembered.

    Line → its token and the letter of its tag, e.g. "高B"; `tokens` and `letters` hold the two apart.
    """

    def __init__(self, form: _Form, ledger: Ledger) -> None:
        super().__init__()
        self.form, self.ledger, self.tags = form, ledger, TagReader(form.scheme)
        self.tokens: dict[str, str] = {}
        self.letters: dict[str, str] = {}

    def document(self, block: str) -> Document:
        """One sentence; `ledger.line` is its first line."""
        lines = block.split("\n")
        try:
            found = "".join(map(self.__getitem__, lines))
        except KeyError:
            self.learn(lines)
            found = "".join(map(self.__getitem__, lines))
        if len(found) != 2 * len(lines):  # a token of several characters among them
            letters = "".join(map(self.letters.__getitem__, lines))
            spans = self.tags.spans(letters, lines, self.ledger)
            return joined(list(map(self.tokens.__getitem__, lines)), spans, self.form)
        text, types = found[::2], self.form.rename
        spans = self.tags.spans(found[1::2], lines, self.ledger)
        return Document("", text, tuple([Entity(text[s:e], s, e, types.get(k, k)) for s, e, k in spans]))

    def learn(self, lines: Sequence[str]) -> None:
        """Split and check the lines of a sentence that were not seen before."""
        first = self.ledger.line
        for at, line in enumerate(lines, start=first):
            if line not in self:
                self.ledger.line = at
                token, tag = self.form.cells(line, self.ledger)
                letter = self.tags.learn(line, tag, self.ledger)
                self.tokens[line], self.letters[line], self[line] = token, letter, token + letter
        self.ledger.line = first


def joined(tokens: Sequence[str], spans: Sequence[tuple[int, int, str]], form: _Form) -> Document:
    """The document that tokens make, and the mentions that spans of tokens are in it."""
    text = form.joiner.join(tokens)
    if not spans:
        return Document("", text)
    step, types = len(form.joiner), form.rename
    ends = list(accumulate(map(len, tokens), initial=0))  # of the tokens, without what joins them
    places = [(ends[s] + s * step, ends[e] + (e - 1) * step, types.get(k, k)) for s, e, k in spans]
    return Document("", text, tuple([Entity(text[s:e], s, e, k) for s, e, k in places]))


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
