"""Rows that hold one entity pair each, the sentence repeated for every pair.

    高城股份<TAB>远山科技<TAB>持股<TAB>公告称，高城股份持有远山科技两成股份。

    rows = pairs(head=0, tail=1, relation=2, text=3, none=("unknown",))
    read = gathered(rows)                          one document for each text
    readings = {"rows": Reading("row", apart(rows))}   one document for each row

Rows of one text make one document: asked for the relations of a sentence, a model is right to answer
with all of them. A pair without relation (NA, unknown) adds nothing but its text, so a sentence whose
pairs are all unrelated is a document without relations. A row that says so of a pair to which another
row of the text gives a relation contradicts it: the relation stays, the row is dropped ("denied relation").
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from uiebench.formats.reading import read_lines
from uiebench.formats.triples import located
from uiebench.ledger import Ledger
from uiebench.types import Document, Parts, Reader, Relation

DENIED = "denied relation"


class Row(NamedTuple):
    """What one row says of a text, as a document, and what identifies the pair it is about.

    A row about a pair, but without relations, states that there is none; without a pair it says nothing.
    """

    document: Document
    pair: Hashable = None


Rows = Callable[[Sequence[Path], Ledger], Iterator[Row]]
"""Makes rows of the files of one split."""


def pairs(
    *,
    head: int,
    tail: int,
    relation: int,
    text: int,
    none: Sequence[str] = (),
    separator: str = "\t",
    width: int = 4,
    encoding: str = "utf-8",
) -> Rows:
    """Rows (head, tail, relation, text), given as column indices. Empty lines are skipped.

    `none` names the labels that state the absence of a relation.
    """

    def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
        for path in files:
            for line in read_lines(path, ledger, encoding):
                if not line.strip():
                    continue
                row = line.split(separator)
                if len(row) != width:
                    raise ledger.malformed(line, f"{width} columns separated by {separator!r}")
                yield stated(row[text], row[head], row[tail], row[relation], none, ledger)

    return rows


def stated(text: str, head: str, tail: str, relation: str, none: Sequence[str], ledger: Ledger) -> Row:
    """The row that gives a relation, or one of the labels `none`, to two strings of a text."""
    if relation in none:
        return Row(Document("", text), (head, tail))
    ends = located(text, head, "", ledger), located(text, tail, "", ledger)
    return Row(Document("", text, relations=(Relation(relation, *ends),)), (head, tail))


def gathered(rows: Rows) -> Reader:
    """A reader that makes one document of the rows of a text, in the order in which the texts first occur."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for text, places, found in _by_text(rows, files, ledger):
            related = {row.pair for row in found if row.document.relations} if found[1:] else set()
            for row, (ledger.path, ledger.line) in zip(found, places, strict=True):
                if row.pair is not None and row.pair in related and not row.document.relations:
                    ledger.drop(DENIED, text)
            ledger.path, ledger.line = places[0]  # what is found wrong later is looked for from here on
            yield Document(
                "",
                text,
                tuple(chain.from_iterable(row.document.entities for row in found)),
                tuple(chain.from_iterable(row.document.relations for row in found)),
            )

    return read


def apart(rows: Rows) -> Parts:
    """The rows themselves, those of one text beside one another."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Sequence[Document]]:
        for _, places, found in _by_text(rows, files, ledger):
            ledger.path, ledger.line = places[0]
            yield [row.document for row in found]

    return read


def _by_text(
    rows: Rows, files: Sequence[Path], ledger: Ledger
) -> Iterator[tuple[str, list[tuple[Path, int]], list[Row]]]:
    """Each text with the places of its rows and the rows."""
    found: dict[str, tuple[list[tuple[Path, int]], list[Row]]] = {}
    for row in rows(files, ledger):
        places, same = found.setdefault(row.document.text, ([], []))
        places.append((ledger.path, ledger.line))
        same.append(row)
    for text, (places, same) in found.items():
        yield text, places, same
