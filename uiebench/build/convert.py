"""One split of one corpus, from native files to checked documents.

found = find(corpus, "train", raw)           # Ready(split, files) or Absent(reason, remedy)
for document in convert(corpus, found, ledger): …
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from uiebench.build.check import checked
from uiebench.errors import SourceError, shorten
from uiebench.ledger import Ledger
from uiebench.sources import Found, Missing, locate, sha256_of
from uiebench.types import Corpus, Document, Split, SplitName

STUMBLES = (ValueError, TypeError, AttributeError, LookupError, RecursionError, SyntaxError)


class Ready(msgspec.Struct, frozen=True):
    """A split whose files are all there."""

    split: Split
    files: tuple[Found, ...]

    @property
    def pinned(self) -> bool:
        """Whether every file is, by its hash, the one our totals were taken from."""
        return all(file.pinned for file in self.files)


class Absent(msgspec.Struct, frozen=True):
    """A split that cannot be had from the raw folder: which files are missing, and what to do."""

    split: SplitName
    missing: tuple[str, ...]
    remedy: str


def find(corpus: Corpus, name: SplitName, raw: Path) -> Ready | Absent:
    """The first alternative of a split whose files are all in the raw folder."""
    absent: Absent | None = None
    for split in corpus.alternatives(name):
        places = [locate(raw, corpus.name, source) for source in split.files]
        if all(isinstance(place, Found) for place in places):
            return Ready(split, tuple(place for place in places if isinstance(place, Found)))
        missing = [place for place in places if isinstance(place, Missing)]
        absent = absent or Absent(name, tuple(place.path for place in missing), missing[0].remedy)
    assert absent is not None, f"{corpus.name} has no split {name}"
    return absent


def find_sample(corpus: Corpus, split: Split, folder: Path) -> Ready:
    """A split of the bundled sample: the same paths below `folder`, without pinned hashes."""
    places = [(source, folder / corpus.name / source.path) for source in split.files]
    return Ready(split, tuple(Found(place, sha256_of(source, place), pinned=False) for source, place in places))


def convert(corpus: Corpus, ready: Ready, ledger: Ledger, reading: str = "") -> Iterator[Document]:
    """The checked documents of a split, in one of the corpus's `readings` if that is named.

    `ledger` collects drops and repairs.
    """
    files = [file.path for file in ready.files]
    if reading:
        documents = parts_of(corpus.readings[reading].read(files, ledger))
    else:
        documents = (ready.split.read or corpus.read)(files, ledger)
    return checked(corpus, ready.split, guarded(documents, ledger), ledger, numbered=bool(reading))


def parts_of(documents: Iterator[Sequence[Document]]) -> Iterator[Document]:
    """The parts of all documents, part p of document n with the id ``n.p``."""
    for number, parts in enumerate(documents):
        for place, part in enumerate(parts):
            yield msgspec.structs.replace(part, id=f"{number}.{place}")


def guarded(documents: Iterator[Document], ledger: Ledger) -> Iterator[Document]:
    """The documents of a reader; whatever it stumbles over in a file is an error with its place.

    With UIEBENCH_DEBUG set it is raised as it is: a fault of the reader looks like one of the file otherwise.
    """
    while True:
        try:
            document = next(documents, None)
        except STUMBLES as error:
            if os.environ.get("UIEBENCH_DEBUG"):
                raise
            told = shorten(" ".join(f"{type(error).__name__}: {error}".split()))
            raise ledger.malformed(told, "the documented format") from None
        except OSError as error:
            raise SourceError(f"{error.filename or ledger.path}: cannot be read ({error.strerror or error})") from None
        if document is None:
            return
        yield document
