"""Texts published without gold: the test sets of competitions.

{"id": 7, "text": "远山科技宣布裁员"}         texts(text="text")
远山科技宣布裁员                              lines()
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats.reading import json_records, read_lines
from uiebench.ledger import Ledger
from uiebench.types import Document, Reader


def texts(*, text: str = "text") -> Reader:
    """A reader of JSON records of which only the text is read."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for record in json_records(path, ledger):
                if not isinstance(record, dict) or not isinstance(record.get(text), str):
                    raise ledger.malformed(str(record), f"a record with the string {text!r}")
                yield Document("", record[text])

    return read


def lines(*, encoding: str = "utf-8") -> Reader:
    """A reader of files with one text a line; empty lines are skipped."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for line in read_lines(path, ledger, encoding):
                if line:
                    yield Document("", line)

    return read
