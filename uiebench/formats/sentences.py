"""Documents made of sentences that a corpus annotates one by one.

sentences: Parts = …                     # ([Document("", "We test it ."), Document("", "The parser is fast .")], …)
read = joined(sentences, " ")            # Document("", "We test it . The parser is fast .", …)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Parts, Reader, Relation


def joined(sentences: Parts, joiner: str) -> Reader:
    """A reader that puts the sentences of each document together, with entities and relations."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for parts in sentences(files, ledger):
            moved, at = list[Document](), 0
            for part in parts:
                moved.append(shifted(part, at))
                at += len(part.text) + len(joiner)
            yield Document(
                "",
                joiner.join(part.text for part in parts),
                tuple(chain.from_iterable(part.entities for part in moved)),
                tuple(chain.from_iterable(part.relations for part in moved)),
            )

    return read


def shifted(document: Document, by: int) -> Document:
    """The entities and relations of a document whose text begins `by` characters later."""

    def entity(found: Entity) -> Entity:
        if found.start is None or found.end is None:
            return found
        return Entity(found.text, found.start + by, found.end + by, found.type)

    return Document(
        "",
        document.text,
        tuple([entity(one) for one in document.entities]),
        tuple([Relation(one.type, entity(one.head), entity(one.tail)) for one in document.relations]),
    )
