"""What is asked and what is right: the gold side of a benchmark, streamed.

    for item in Benchmark(Path("benchmarks/quickstart")).items("test"):
        item.id, item.task, item.document    →  "resume/test/0#NER", "NER", Document(…)

An item is one task about one document. The instruction layer says which items there are and which labels
each prompt offered; the corpus layer says what is true. Documents are read some hundred at a time and stay
in columns: what is compared is cut out of them, and a `Document` is made only where somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import SourceError, UiebenchError
from uiebench.hashing import sha256_bytes
from uiebench.instruct.target import Names
from uiebench.score.facts import Columns, Frames, Match, Mentions, Normal, Side, Triples, columns, place, side
from uiebench.storage import from_arrow, parquet_batches
from uiebench.types import Document, Language, Schema, SplitName, Task

DOCUMENTS_AT_A_TIME = 500
PROMPTS_AT_A_TIME = 1_000


class Documents(Protocol):
    """Some documents, to be looked at by their position."""

    def text(self, row: int) -> str:
        """The text of a document."""
        ...

    def document(self, row: int) -> Document:
        """A document as a Struct."""
        ...

    def side(self, start: int, stop: int, task: Task, match: Match, normal: Normal) -> Side:
        """What is right of the documents from `start` to `stop`."""
        ...


class Item(msgspec.Struct, frozen=True, gc=False):
    """One task about one document.

    `asked` are the ids of the prompts whose answers are united and `offered` the native labels in each of
    them (none: not known); `first` says whether this is the first item about its document. `starts` says where
    in the text the piece begins that each prompt asks about (none: all ask about the whole text).
    """

    id: str
    asked: tuple[str, ...]
    task: Task
    corpus: str
    documents: Documents
    row: int
    first: bool = True
    offered: tuple[frozenset[str], ...] = ()
    starts: tuple[int, ...] = ()

    @classmethod
    def about(cls, document: Document, task: Task, corpus: str, id: str = "") -> Item:
        """The item of a single document that lies in no benchmark."""
        return cls(id or f"{document.id}#{task}", (), task, corpus, One(document), 0)

    @property
    def document(self) -> Document:
        """The document asked about, with its gold."""
        return self.documents.document(self.row)

    @property
    def text(self) -> str:
        """The text of the document."""
        return self.documents.text(self.row)


class One:
    """A single document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def text(self, row: int) -> str:
        return self._document.text

    def document(self, row: int) -> Document:
        return self._document

    def side(self, start: int, stop: int, task: Task, match: Match, normal: Normal) -> Side:
        there = columns(self._document, task, match)
        return side(there, [len(there.types)], task, normal)


class Batch:
    """Documents of the corpus layer, in the columns they are stored in."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self.ids: list[str] = batch.column("id").to_pylist()
        self._texts: list[str] = batch.column("text").to_pylist()
        self._documents: list[Document] | None = None
        self._sides: dict[tuple[Task, Match, Normal], tuple[Side, list[int], list[int]]] = {}

    def text(self, row: int) -> str:
        return self._texts[row]

    def document(self, row: int) -> Document:
        if self._documents is None:
            self._documents = from_arrow(self._batch, Document)
        return self._documents[row]

    def side(self, start: int, stop: int, task: Task, match: Match, normal: Normal) -> Side:
        key = task, match, normal
        if key not in self._sides:
            there, sizes = _columns(self._batch, task, match)
            whole = side(there, sizes, task, normal)
            self._sides[key] = whole, [0, *accumulate(whole.sizes)], [0, *accumulate(whole.inner)]
        whole, bounds, inner = self._sides[key]
        return whole.cut(bounds, inner, start, stop)


def _columns(batch: pa.RecordBatch, task: Task, match: Match) -> tuple[Columns, list[int]]:
    """The annotations of all documents of a batch in columns, and how many each document has."""
    if task == "NER":
        entities, sizes = _flat(batch.column("entities"))
        return Mentions(_list(entities, "type"), _mentions(entities, match)), sizes
    if task == "RE":
        relations, sizes = _flat(batch.column("relations"))
        heads, tails = relations.field("head"), relations.field("tail")
        ends = _mentions(heads, match), _mentions(tails, match), _list(heads, "type"), _list(tails, "type")
        return Triples(_list(relations, "type"), *ends), sizes
    events, sizes = _flat(batch.column("events"))
    arguments, inner = _flat(events.field("arguments"))
    triggers = [trigger or "" for trigger in _mentions(events.field("trigger"), match)]
    roles, texts = _list(arguments, "role"), _mentions(arguments, match)
    return Frames(_list(events, "type"), triggers, inner, roles, texts), sizes


def _flat(lists: pa.ListArray) -> tuple[pa.StructArray, list[int]]:
    """The records in a column of lists, and how many each list has."""
    places = lists.offsets.to_pylist()
    return _between(lists, places[0], places[-1]), [end - start for start, end in pairwise(places)]


def _between(lists: pa.ListArray, first: int, last: int) -> pa.Array:
    """What `flatten` gives where no list is null, without loading Arrow's library of computations for it."""
    return lists.values.slice(first, last - first)


def _list(records: pa.StructArray, field: str) -> list[Any]:
    return records.field(field).to_pylist()  # type: ignore[no-any-return]


def _mentions(spans: pa.StructArray, match: Match) -> list[str]:
    texts = _list(spans, "text")
    if match == "string":
        return texts
    return list(map(place, _list(spans, "start"), _list(spans, "end"), texts))


class Described(msgspec.Struct, frozen=True):
    """The part of corpus.json that scoring needs."""

    name: str
    language: Language
    domain: str
    schema: Schema


class Recipe(msgspec.Struct, frozen=True):
    """The part of a recipe that scoring needs: which corpora are held out, in which groups, and its windows."""

    held_out: dict[str, tuple[str, ...]] = {}
    windows: Any = "all"


class Head(msgspec.Struct, frozen=True):
    """The part of a manifest that scoring needs."""

    name: str
    benchmark_version: str
    recipe: Recipe


class Audit(msgspec.Struct, frozen=True):
    """The part of audit.json that scoring needs: "corpus/split" → document → kinds of hits in training texts."""

    contaminated: dict[str, dict[str, tuple[str, ...]]]


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

    @property
    def title(self) -> str:
        """Name and fingerprint, as they stand in signatures."""
        return f"{self.head.name}@{self.fingerprint}"

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

    def contaminated(self) -> frozenset[str] | None:
        """Evaluation documents that stand in training data, by audit.json; None if the benchmark has none."""
        path = self.folder / "audit.json"
        try:
            audit = msgspec.json.decode(path.read_bytes(), type=Audit)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{path}: cannot be read ({error})") from None
        return frozenset(id for ids in audit.contaminated.values() for id in ids)

    def items(self, split: SplitName, corpora: Sequence[str] | None = None) -> Iterator[Item]:
        """The items of a split, corpus by corpus, in the order of the instruction layer."""
        for corpus in self.corpora(split) if corpora is None else corpora:
            yield from self._items(corpus, split)

    def _items(self, corpus: str, split: SplitName) -> Iterator[Item]:
        path = self.folder / "instructions" / split / f"{corpus}.parquet"
        finder = _Finder(self.folder / "corpora" / corpus, path)
        before = ""
        for document, task, asked, offered, starts in _grouped(path):
            documents, row = finder.find(document)
            yield Item(f"{document}#{task}", asked, task, corpus, documents, row, document != before, offered, starts)
            before = document


class _Finder:
    """Finds the documents of a corpus in the order in which its instructions ask about them."""

    def __init__(self, folder: Path, asking: Path) -> None:
        self.folder, self.asking = folder, asking
        self.split = ""
        self.batches: Iterator[pa.RecordBatch] = iter(())
        self.batch: Batch | None = None
        self.row, self.id = 0, ""

    def find(self, document: str) -> tuple[Batch, int]:
        """The batch that holds a document, and its place there."""
        if self.batch is not None:
            if document == self.id:
                return self.batch, self.row
            following = self.row + 1
            if following < len(self.batch.ids) and self.batch.ids[following] == document:  # the usual case
                self.row, self.id = following, document
                return self.batch, following
        split = document.split("/")[1] if document.count("/") > 1 else ""
        if split != self.split:
            self.split, self.batch = split, None
            self.batches = parquet_batches(self.folder / f"{split}.parquet", Document, DOCUMENTS_AT_A_TIME)
        start = self.row + 1
        while True:
            if self.batch is not None:
                try:
                    self.row = self.batch.ids.index(document, start)
                except ValueError:
                    pass
                else:
                    self.id = document
                    return self.batch, self.row
            more = next(self.batches, None)
            if more is None:
                raise SourceError(f"{self.asking}: the document {document} is not in the corpus layer, or out of order")
            self.batch, start = Batch(more), 0


Asked = tuple[str, Task, tuple[str, ...], tuple[frozenset[str], ...], tuple[int, ...]]


def _grouped(path: Path) -> Iterator[Asked]:
    """(document id, task, prompt ids, labels offered in each, starts of their pieces) of what asks one thing."""
    prompts: list[str] = []
    offered: list[frozenset[str]] = []
    starts: list[int] = []
    document, task = "", None
    for id, about, kind, start, labels in _prompts(path):
        if prompts and (about != document or kind != task):
            assert task is not None
            yield document, task, tuple(prompts), tuple(offered), tuple(starts) if any(starts) else ()
            prompts, offered, starts = [], [], []
        document, task = about, kind
        prompts.append(id)
        offered.append(labels)
        starts.append(start)
    if prompts and task is not None:
        yield document, task, tuple(prompts), tuple(offered), tuple(starts) if any(starts) else ()


def _prompts(path: Path) -> Iterator[tuple[str, str, Task, int, frozenset[str]]]:
    """(prompt id, document id, task, start of its piece, labels offered) of each instruction."""
    known: dict[bytes, frozenset[str]] = {}
    try:
        with pq.ParquetFile(path, read_dictionary=["labels.list.element"], pre_buffer=False) as file:
            columns = ["id", "document", "task", "start", "labels"]
            for batch in file.iter_batches(PROMPTS_AT_A_TIME, columns=columns, use_threads=False):
                named = (batch.column(name).to_pylist() for name in columns[:-1])
                yield from zip(*named, _label_sets(batch.column("labels"), known), strict=True)
    except (OSError, KeyError, pa.ArrowException) as error:
        raise SourceError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})") from None


def _label_sets(lists: pa.ListArray, known: dict[bytes, frozenset[str]]) -> Iterator[frozenset[str]]:
    """The labels of each prompt; equal lists, which most are, are made once for each batch."""
    places = lists.offsets.to_pylist()
    coded = _between(lists, places[0], places[-1])
    labels, indices = coded.dictionary.to_pylist(), coded.indices
    codes = np.frombuffer(indices.buffers()[1], np.int32)[indices.offset :]  # `to_numpy` would import pandas
    known.clear()  # codes mean other labels in the next batch
    for start, end in pairwise(at - places[0] for at in places):
        key = codes[start:end].tobytes()
        found = known.get(key)
        if found is None:
            found = known[key] = frozenset(labels[code] for code in codes[start:end])
        yield found


def newest(root: Path = Path("benchmarks")) -> Path:
    """The benchmark built last below `root`. Raises: UiebenchError if there is none."""
    manifests = sorted(root.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        raise UiebenchError(f"{root}: no benchmark here; build one (make build-benchmark) or name it with --benchmark")
    return manifests[-1].parent
