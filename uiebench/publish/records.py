"""What stands in a published repository: where its files lie, and what a push noted of them in published.json.

    Published(benchmark="zh", benchmark_version="0.2", files={"corpora/fewfc/test.parquet": "<sha256>", …},
              held_back={"msra": HeldBack("unknown", {"corpora/msra/test.parquet": "<sha256>", …})},
              pairs={"pairs/train.parquet": "zh 0.2 (1a2b3c4d)"}, …)

A push reads it to know what an earlier one left, a pull to check what came.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from uiebench.types import BareDocument, Document, Instruction, Licence, RewardPair

MANIFEST, PUBLISHED, CARD, CROISSANT = "manifest.json", "published.json", "README.md", "croissant.json"
COMPLETE, COMPLETE_CARD = "complete/manifest.json", "complete/README.md"
STATISTICS = "stats.json"
TEXTLESS = (STATISTICS, "labels.svg", "confusions.json", "audit.json")
"""Files about a whole benchmark that hold names, ids and figures."""
RESERVED = ("instructions", "corpora", "unlabelled", "withheld", "pairs")
RESULTS = "results"


class Withheld(msgspec.Struct, frozen=True, gc=False):
    """What is published of a document that is held back: enough to know it again, and nothing to read.

    Fields: its id; the SHA-256 of its text and of the whole document as canonical JSON; code points of the
    text; annotations by kind.
    """

    id: str
    text_sha256: str
    sha256: str
    characters: int
    entities: int
    relations: int
    events: int
    arguments: int


ROWS: dict[type[msgspec.Struct], str] = {
    Instruction: "a prompt about a window of labels in a text, and its target as JSON",
    Document: "a text with its entities, relations and events",
    BareDocument: "a text published without gold",
    Withheld: "the id, hashes and counts of a document whose text is held back",
    RewardPair: "a prompt with a better and a worse answer",
}
"""What a row of a config is."""


class File(msgspec.Struct, frozen=True):
    """A file to publish: where it lies, its hash and its size."""

    place: Path
    sha256: str
    bytes: int


class Described(msgspec.Struct, frozen=True):
    """The part of corpus.json that publishing needs."""

    name: str
    title: str
    language: str
    tasks: tuple[str, ...]
    licence: Licence
    homepage: str
    citation: str
    verified: str


class HeldBack(msgspec.Struct, frozen=True):
    """A corpus whose text is not published: the licence, and the files with their hashes."""

    licence: str
    files: dict[str, str]


class Figure(msgspec.Struct, frozen=True):
    """The part of a row or mean of a report that a card shows."""

    key: str
    task: str
    metric: str
    f1: float
    signature: str
    by: str = "mean"
    low: float | None = None
    high: float | None = None


class Published(msgspec.Struct, frozen=True):
    """published.json: what a push left in a repository.

    Fields:
        files: what is published, with hashes, but for the card and the Croissant description.
        held_back: by corpus, what is not.
        permissions: statements by which the text of a corpus is published against its licence.
        configs: the configs that the push put into the card; others are not its own.
        samples: whether all texts are invented.
        pairs: for each file of reward pairs, the state of the benchmark it was published with.
        results: figures of the card by the name of their report.
        front: the fields of the card's front matter as the push wrote them, without configs and columns.
        card: SHA-256 of the part of the card that is the push's own.
    """

    benchmark: str
    benchmark_version: str
    files: dict[str, str]
    held_back: dict[str, HeldBack] = {}
    permissions: dict[str, str] = {}
    configs: tuple[str, ...] = ()
    samples: bool = False
    pairs: dict[str, str] = {}
    results: dict[str, tuple[Figure, ...]] = {}
    front: dict[str, Any] = {}
    card: str = ""
