"""Delimited rows that hold one entity pair each, the sentence repeated for every pair.

    高城股份<TAB>远山科技<TAB>持股<TAB>公告称，高城股份持有远山科技两成股份。

    pairs(head=0, tail=1, relation=2, text=3, none=("unknown",))

Rows of one text make one document: asked for the relations of a sentence, a model is right to answer
with all of them. A pair without relation (NA, unknown) adds nothing but its text, so a sentence whose
pairs are all unrelated is a document without relations. A row that says so of a pair to which another
row of the text gives a relation contradicts it: the relation stays, the row is dropped ("denied relation").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

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
    absent = frozenset(none)

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        found: dict[str, list[tuple[Path, int, list[str]]]] = {}
        for path in files:
            for line in read_lines(path, ledger, encoding):
                if not line.strip():
                    continue
                row = line.split(separator)
                if len(row) != width:
                    raise ledger.malformed(line, f"{width} columns separated by {separator!r}")
                found.setdefault(row[text], []).append((path, ledger.line, row))
        for body, rows in found.items():
            relations = []
            related = {(row[head], row[tail]) for _, _, row in rows if row[relation] not in absent}
            for ledger.path, ledger.line, row in rows:
                if row[relation] in absent:
                    if (row[head], row[tail]) in related:
                        ledger.drop(DENIED, f"{row[head]}, {row[tail]}: {row[relation]}")
                else:
                    ends = located(body, row[head], "", ledger), located(body, row[tail], "", ledger)
                    relations.append(Relation(row[relation], *ends))
            ledger.path, ledger.line, _ = rows[0]  # what is found wrong later is looked for from here on
            yield Document("", body, relations=tuple(relations))

    return read
