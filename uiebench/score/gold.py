"""What is asked and what is right: the gold side of a benchmark, streamed.

    for item in Benchmark(Path("benchmarks/quickstart")).items("test"):
        item.id, item.task, item.document    →  "resume/test/0#NER", "NER", Document(…)

An item is one task about one document. The instruction layer says which items there are and which labels
each prompt offered; the corpus layer says what is true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import SourceError, UiebenchError
from uiebench.hashing import sha256_bytes
from uiebench.instruct.target import Names
from uiebench.storage import read_parquet
from uiebench.types import Document, Language, Schema, SplitName, Task


class Item(msgspec.Struct, frozen=True, gc=False):
    """One task about one document.

    `asked` are the ids of the prompts whose answers are united; `first` says whether this is the first
    item about its document.
    """

    id: str
    asked: tuple[str, ...]
    document: Document
    task: Task
    corpus: str
    first: bool = True


class Described(msgspec.Struct, frozen=True):
    """The part of corpus.json that scoring needs."""

    name: str
    language: Language
    domain: str
    schema: Schema


class Recipe(msgspec.Struct, frozen=True):
    """The part of a recipe that scoring needs: which corpora are held out, in which groups."""

    held_out: dict[str, tuple[str, ...]] = {}


class Head(msgspec.Struct, frozen=True):
    """The part of a manifest that scoring needs."""

    name: str
    benchmark_version: str
    recipe: Recipe


class Benchmark:
    """A built benchmark as the gold side of a score."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            data = (folder / "manifest.json").read_bytes()
        except OSError:
            raise UiebenchError(f"{folder}: no complete benchmark (it has no manifest.json)") from None
        try:
            self.head = msgspec.json.decode(data, type=Head)
        except msgspec.DecodeError as error:
            raise UiebenchError(f"{folder / 'manifest.json'}: damaged ({error})") from None
        self.fingerprint = sha256_bytes(data)[:8]

    def corpora(self, split: SplitName) -> list[str]:
        """The corpora that have instructions in a split, sorted."""
        return sorted(path.stem for path in (self.folder / "instructions" / split).glob("*.parquet"))

    def describe(self, corpus: str) -> Described:
        """Language, domain and labels of a corpus."""
        path = self.folder / "corpora" / corpus / "corpus.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Described)
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{path}: cannot be read ({error})") from None

    def names(self, corpus: str) -> Names:
        """Native and shown label names of a corpus."""
        described = self.describe(corpus)
        return Names(described.language, described.schema)

    def items(self, split: SplitName, corpora: Sequence[str] | None = None) -> Iterator[Item]:
        """The items of a split, corpus by corpus, in the order of the instruction layer."""
        for corpus in self.corpora(split) if corpora is None else corpora:
            seen = ""
            for item in self._items(corpus, split):
                yield item if item.document.id != seen else msgspec.structs.replace(item, first=False)
                seen = item.document.id

    def _items(self, corpus: str, split: SplitName) -> Iterator[Item]:
        path = self.folder / "instructions" / split / f"{corpus}.parquet"
        documents: Iterator[Document] | None = None
        current: Document | None = None
        group: list[str] = []
        last: tuple[str, Task] | None = None
        for prompt, document, task in _asked(path):
            if last is not None and (document, task) != last:
                assert current is not None
                yield Item(f"{last[0]}#{last[1]}", tuple(group), current, last[1], corpus)
                group = []
            if current is None or current.id != document:
                if documents is None or document.split("/")[1] != (current.id.split("/")[1] if current else ""):
                    documents = read_parquet(
                        self.folder / "corpora" / corpus / f"{document.split('/')[1]}.parquet", Document
                    )
                current = next((found for found in documents if found.id == document), None)
                if current is None:
                    raise SourceError(f"{path}: the document {document} is not in the corpus layer, or out of order")
            group.append(prompt)
            last = document, task
        if last is not None and current is not None:
            yield Item(f"{last[0]}#{last[1]}", tuple(group), current, last[1], corpus)


def _asked(path: Path) -> Iterator[tuple[str, str, Task]]:
    """(prompt id, document id, task) of each instruction."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(10_000, columns=["id", "document", "task"]):
                yield from zip(*(batch.column(name).to_pylist() for name in ("id", "document", "task")), strict=True)
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})") from None


def newest(root: Path = Path("benchmarks")) -> Path:
    """The benchmark built last below `root`. Raises: UiebenchError if there is none."""
    manifests = sorted(root.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        raise UiebenchError(f"{root}: no benchmark here; build one (make build-benchmark) or name it with --benchmark")
    return manifests[-1].parent
