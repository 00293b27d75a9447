"""Delimited rows that hold one entity pair each, the sentence repeated for every pair.

    高城股份<TAB>远山科技<TAB>持股<TAB>公告称，高城股份持有远山科技两成股份。

    pairs(head=0, tail=1, relation=2, text=3, none=("unknown",))

Rows of one text make one document: asked for the relations of a sentence, a model is right to answer
with all of them. A pair without relation (NA, unknown) adds nothing but its text, so a sentence whose
pairs are all unrelated is a document without relations. A row that says so of a pair to which another
row of the text gives a relation contradicts it: the relation stays, the row is dropped ("denied relation").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from uiebench.formats.reading import read_lines
from uiebench.formats.triples import located
from uiebench.ledger import Ledger
from uiebench.types import Document, Reader, Relation

DENIED = "denied relation"


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
) -> Reader:
    """A reader of rows (head, tail, relation, text), given as column indices.

    `none` names the labels that state the absence of a relation. Empty lines are skipped. Documents
    come in the order in which their text first occurs.
    """

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        return gathered(rows(files, ledger), none, ledger)

    def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Pair]:
        for path in files:
            for line in read_lines(path, ledger, encoding):
                if not line.strip():
                    continue
                row = line.split(separator)
                if len(row) != width:
                    raise ledger.malformed(line, f"{width} columns separated by {separator!r}")
                yield Pair(row[text], row[head], row[tail], row[relation])

    return read


class Pair(NamedTuple):
    """What one row says: the relation from head to tail in a text."""

    text: str
    head: str
    tail: str
    relation: str


def gathered(pairs: Iterable[Pair], none: Sequence[str], ledger: Ledger) -> Iterator[Document]:
    """The documents that rows of one text make, in the order in which the texts first occur.

    `none` names the labels that state the absence of a relation.
    """
    absent = frozenset(none)
    found: dict[str, list[tuple[Path, int, Pair]]] = {}
    for pair in pairs:
        found.setdefault(pair.text, []).append((ledger.path, ledger.line, pair))
    for text, rows in found.items():
        relations = []
        related = {(pair.head, pair.tail) for _, _, pair in rows if pair.relation not in absent} if rows[1:] else set()
        for ledger.path, ledger.line, pair in rows:
            if pair.relation not in absent:
                ends = located(text, pair.head, "", ledger), located(text, pair.tail, "", ledger)
                relations.append(Relation(pair.relation, *ends))
            elif (pair.head, pair.tail) in related:
                ledger.drop(DENIED, f"{pair.head}, {pair.tail}: {pair.relation}")
        ledger.path, ledger.line, _ = rows[0]  # what is found wrong later is looked for from here on
        yield Document("", text, relations=tuple(relations))
