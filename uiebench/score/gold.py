"""What is asked and what is right: the gold side of a benchmark, streamed.

    for items in Benchmark(Path("benchmarks/quickstart")).chunks("test"):
        items.corpus, items.task, items.asked    →  "resume", "NER", ["resume/test/0#NER", "resume/test/1#NER", …]
        for item in items: item.document         →  Document(…)

An item is one task about one document. The instruction layer says which items there are and which labels
each prompt offered; the corpus layer says what is true. Both are read some hundred rows at a time and stay in
columns; an `Item` and its `Document` are made only where somebody looks at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, compress, islice, pairwise, takewhile
from operator import ne
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import SourceError, UiebenchError
from uiebench.hashing import sha256_bytes
from uiebench.instruct.target import Names
from uiebench.score.facts import Columns, Frames, Match, Mentions, Triples, columns, nothing, place
from uiebench.storage import from_arrow, parquet_batches, unreadable
from uiebench.types import Document, Language, Schema, SplitName, Task

DOCUMENTS_AT_A_TIME = 1_000
PROMPTS_AT_A_TIME = 1_000
APART = 2**32


class Documents(Protocol):
    """Some documents, to be looked at by their position."""

    def id(self, row: int) -> str:
        """The id of a document."""
        ...

    def document(self, row: int) -> Document:
        """A document as a Struct."""
        ...

    def texts(self, start: int, stop: int) -> list[str]:
        """The texts of the documents from `start` to `stop`."""
        ...

    def columns(self, start: int, stop: int, task: Task, match: Match) -> tuple[Columns, list[int]]:
        """What is right of the documents from `start` to `stop`, and how many annotations each of them has."""
        ...


class Item(msgspec.Struct, frozen=True, gc=False):
    """One task about one document.

    `asked` are the ids of the prompts whose answers are united and `offered` the native labels in each of
    them (none: not known). `starts` says where in the text the piece begins that each prompt asks about (none:
    all ask about the whole text).
    """

    id: str
    asked: tuple[str, ...]
    task: Task
    corpus: str
    documents: Documents
    row: int
    offered: tuple[frozenset[str], ...] = ()
    starts: tuple[int, ...] = ()

    @property
    def document(self) -> Document:
        """The document asked about, with its gold."""
        return self.documents.document(self.row)


Run = tuple[Documents, int, int]
"""Documents that lie one behind the other, from a row to another."""


class Items:
    """Items of one corpus and task, in the order of the benchmark; iterating gives each `Item`.

    Fields:
        asked: the ids of all prompts, `widths` of them about each item.
        offered, starts: of each prompt, as `Item` has them; empty where they are not known or all at 0.
    """

    def __init__(
        self,
        corpus: str,
        task: Task,
        runs: Sequence[Run],
        asked: Sequence[str],
        widths: Sequence[int],
        offered: Sequence[frozenset[str]] = (),
        starts: Sequence[int] = (),
    ) -> None:
        self.corpus, self.task, self._runs = corpus, task, runs
        self.asked, self.widths, self.offered, self.starts = asked, widths, offered, starts

    @classmethod
    def about(
        cls, documents: Sequence[Document], task: Task, corpus: str, widths: Sequence[int] | None = None
    ) -> Items:
        """The items of documents that lie in no benchmark, with `widths` prompts about each (one, by default)."""
        widths = [1] * len(documents) if widths is None else widths
        asked = [f"{document.id}#{task}" for document, n in zip(documents, widths, strict=True) for _ in range(n)]
        return cls(corpus, task, [(Few(documents), 0, len(documents))], asked, widths)

    def __len__(self) -> int:
        return len(self.widths)

    def __iter__(self) -> Iterator[Item]:
        rows = ((documents, row) for documents, start, stop in self._runs for row in range(start, stop))
        ends = accumulate(self.widths)
        for (documents, row), width, end in zip(rows, self.widths, ends, strict=True):
            id, here = f"{documents.id(row)}#{self.task}", slice(end - width, end)
            asked, offered, starts = tuple(self.asked[here]), tuple(self.offered[here]), tuple(self.starts[here])
            yield Item(id, asked, self.task, self.corpus, documents, row, offered, starts if any(starts) else ())

    @property
    def documents(self) -> list[Document]:
        """The document of each item."""
        return [documents.document(row) for documents, start, stop in self._runs for row in range(start, stop)]

    def texts(self) -> list[str]:
        """The text of each item."""
        return list(chain.from_iterable(documents.texts(start, stop) for documents, start, stop in self._runs))

    def columns(self, match: Match = "string") -> tuple[Columns, list[int]]:
        """What is right of all items, and how many annotations each of them has."""
        if len(self._runs) == 1:
            documents, start, stop = self._runs[0]
            return documents.columns(start, stop, self.task, match)
        found, sizes = nothing(self.task), list[int]()
        for documents, start, stop in self._runs:
            here, counts = documents.columns(start, stop, self.task, match)
            found.extend(here)  # type: ignore[arg-type]  # of one task, so of one kind
            sizes += counts
        return found, sizes

    def kept(self, items: Sequence[bool]) -> Items:
        """Some of the items; `items` says it of each."""
        return self.asking([keep for keep, width in zip(items, self.widths, strict=True) for _ in range(width)])

    def asking(self, kept: Sequence[bool]) -> Items:
        """The items of which a prompt is kept, with these prompts alone; `kept` says it of each prompt."""
        ends = accumulate(self.widths)
        widths = [sum(kept[end - width : end]) for width, end in zip(self.widths, ends, strict=True)]
        rows = ((documents, row, row + 1) for documents, start, stop in self._runs for row in range(start, stop))
        return Items(
            self.corpus,
            self.task,
            list(compress(rows, widths)),
            list(compress(self.asked, kept)),
            [width for width in widths if width],
            list(compress(self.offered, kept)),
            list(compress(self.starts, kept)),
        )


class Few:
    """Documents that lie in memory."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def id(self, row: int) -> str:
        return self._documents[row].id

    def document(self, row: int) -> Document:
        return self._documents[row]

    def texts(self, start: int, stop: int) -> list[str]:
        return [document.text for document in self._documents[start:stop]]

    def columns(self, start: int, stop: int, task: Task, match: Match) -> tuple[Columns, list[int]]:
        found, sizes = nothing(task), []
        for document in self._documents[start:stop]:
            here = columns(document, task, match)
            sizes.append(len(here.types))
            found.extend(here)  # type: ignore[arg-type]  # of one task, so of one kind
        return found, sizes


class Batch:
    """Documents of the corpus layer, in the columns they are stored in."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch
        self.ids: list[str] = batch.column("id").to_pylist()
        self._texts: list[str] = batch.column("text").to_pylist()
        self._documents: list[Document] | None = None
        self._columns: dict[tuple[Task, Match], tuple[Columns, list[int], list[int], list[int]]] = {}

    def id(self, row: int) -> str:
        return self.ids[row]

    def document(self, row: int) -> Document:
        if self._documents is None:
            self._documents = from_arrow(self._batch, Document)
        return self._documents[row]

    def texts(self, start: int, stop: int) -> list[str]:
        return self._texts[start:stop]

    def columns(self, start: int, stop: int, task: Task, match: Match) -> tuple[Columns, list[int]]:
        if (task, match) not in self._columns:
            there, sizes = _columns(self._batch, task, match)
            inner = [0, *accumulate(there.sizes)] if isinstance(there, Frames) else []
            self._columns[task, match] = there, sizes, [0, *accumulate(sizes)], inner
        there, sizes, bounds, inner = self._columns[task, match]
        first, last = bounds[start], bounds[stop]
        arguments = slice(inner[first], inner[last]) if inner else slice(0)
        return there.cut(first, last, arguments), sizes[start:stop]


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
        """The items of a split one by one, in the order of the instruction layer."""
        for corpus in self.corpora(split) if corpora is None else corpora:
            for prompts, found in self._asked(corpus, split):
                each = {task: iter(_items(corpus, task, prompts, found)) for task in dict.fromkeys(prompts.tasks)}
                for _, task in dict.fromkeys(zip(prompts.documents, prompts.tasks, strict=True)):
                    yield next(each[task])

    def chunks(self, split: SplitName, corpora: Sequence[str] | None = None) -> Iterator[Items]:
        """The items of a split, some hundred of one corpus and task at a time.

        Where several tasks ask about the same documents, each task comes by itself for some hundred of them.
        """
        for corpus in self.corpora(split) if corpora is None else corpora:
            for prompts, found in self._asked(corpus, split):
                for task in dict.fromkeys(prompts.tasks):
                    yield _items(corpus, task, prompts, found)

    def _asked(self, corpus: str, split: SplitName) -> Iterator[tuple[_Prompts, _Found]]:
        path = self.folder / "instructions" / split / f"{corpus}.parquet"
        finder = _Finder(self.folder / "corpora" / corpus, path)
        for prompts in _whole(_prompts(path)):
            yield prompts, finder.find(list(dict.fromkeys(prompts.documents)))


class _Prompts(NamedTuple):
    """What is asked, in columns; `labels` are those that each prompt offers."""

    ids: list[str]
    documents: list[str]
    tasks: list[Task]
    starts: list[int]
    labels: list[frozenset[str]]

    def cut(self, start: int, stop: int | None = None) -> _Prompts:
        """The prompts from `start` to `stop`."""
        return _Prompts._make(column[start:stop] for column in self)

    def followed_by(self, others: _Prompts) -> _Prompts:
        """These prompts and others."""
        both: Iterable[tuple[list[Any], list[Any]]] = zip(self, others, strict=True)
        return _Prompts._make(column + more for column, more in both)

    def of(self, task: Task) -> _Prompts:
        """The prompts of a task."""
        if self.tasks.count(task) == len(self.tasks):
            return self
        kept = [kind == task for kind in self.tasks]
        return _Prompts._make(list(compress(column, kept)) for column in self)


class _Found(NamedTuple):
    """Where documents lie: the place of each by its id, and what holds the places from a multiple of `APART` on."""

    places: dict[str, int]
    holders: dict[int, Batch]

    def runs(self, documents: Sequence[str]) -> list[Run]:
        """The documents as runs, in their order."""
        places = list(map(self.places.__getitem__, documents))
        cuts = [at for at, (left, right) in enumerate(pairwise(places), start=1) if right != left + 1]
        runs: list[Run] = []
        for start, stop in pairwise([0, *cuts, len(places)]):
            holder, row = divmod(places[start], APART)
            runs.append((self.holders[holder], row, row + stop - start))
        return runs


class _Finder:
    """Finds the documents of a corpus in the order in which its instructions ask about them."""

    def __init__(self, folder: Path, asking: Path) -> None:
        self.folder, self.asking = folder, asking
        self.split = ""
        self.batches: Iterator[pa.RecordBatch] = iter(())
        self.batch: Batch | None = None
        self.number, self.row = 0, 0  # of the batch, and of what follows in it

    def find(self, documents: Sequence[str]) -> _Found:
        """Where some different documents lie, none of which stands before one that was found already."""
        found, at = _Found({}, {}), 0
        while at < len(documents):
            batch, row = self._next(documents[at])
            here, asked = batch.ids[row : row + len(documents) - at], documents[at:]
            if here != asked[: len(here)]:
                here = [id for id, _ in takewhile(lambda pair: pair[0] == pair[1], zip(here, asked, strict=False))]
            first = self.number * APART + row
            found.places.update(zip(here, range(first, first + len(here)), strict=True))
            found.holders[self.number] = batch
            self.row, at = row + len(here), at + len(here)
        return found

    def _next(self, document: str) -> tuple[Batch, int]:
        """The batch that holds a document, and its place there."""
        split = document.split("/")[1] if document.count("/") > 1 else ""
        if split != self.split:
            self.split, self.batch = split, None
            self.batches = parquet_batches(self.folder / f"{split}.parquet", Document, DOCUMENTS_AT_A_TIME)
        while True:
            if self.batch is not None:
                try:
                    return self.batch, self.batch.ids.index(document, self.row)
                except ValueError:
                    pass
            more = next(self.batches, None)
            if more is None:
                raise SourceError(f"{self.asking}: the document {document} is not in the corpus layer, or out of order")
            self.batch, self.number, self.row = Batch(more), self.number + 1, 0


def _items(corpus: str, task: Task, prompts: _Prompts, found: _Found) -> Items:
    """The prompts of a task, those about one document together."""
    mine = prompts.of(task)
    new = [True, *map(ne, islice(mine.documents, 1, None), mine.documents)]
    firsts = compress(range(len(new)), new)
    widths = [stop - start for start, stop in pairwise([*firsts, len(new)])]
    runs = found.runs(list(compress(mine.documents, new)))
    return Items(corpus, task, runs, mine.ids, widths, mine.labels, mine.starts if any(mine.starts) else ())


def _whole(batches: Iterable[_Prompts]) -> Iterator[_Prompts]:
    """The same prompts, cut so that those about one document stay together."""
    waiting: _Prompts | None = None
    for batch in batches:
        prompts = waiting.followed_by(batch) if waiting else batch
        cut = len(prompts.documents) - 1
        while cut and prompts.documents[cut - 1] == prompts.documents[-1]:
            cut -= 1
        if cut:
            yield prompts.cut(0, cut)
        waiting = prompts.cut(cut)
    if waiting:
        yield waiting


def _prompts(path: Path) -> Iterator[_Prompts]:
    """The prompts of a file of instructions, some hundred at a time."""
    known: dict[bytes, frozenset[str]] = {}
    try:
        with pq.ParquetFile(path, read_dictionary=["labels.list.element"], pre_buffer=False) as file:
            columns = ["id", "document", "task", "start", "labels"]
            for batch in file.iter_batches(PROMPTS_AT_A_TIME, columns=columns, use_threads=False):
                named = (batch.column(name).to_pylist() for name in columns[:-1])
                yield _Prompts._make([*named, list(_label_sets(batch.column("labels"), known))])
    except (OSError, KeyError, pa.ArrowException) as error:
        raise unreadable(path, error) from None


def _label_sets(lists: pa.ListArray, known: dict[bytes, frozenset[str]]) -> Iterator[frozenset[str]]:
    """The labels of each prompt; equal lists, which most are, are made once for each batch."""
    places = lists.offsets.to_pylist()
    coded = _between(lists, places[0], places[-1])
    labels, indices = coded.dictionary.to_pylist(), coded.indices
    codes = np.frombuffer(indices.buffers()[1], np.int32)[indices.offset :]  # `to_numpy` would import pandas
    together, width = codes.tobytes(), codes.itemsize
    known.clear()  # codes mean other labels in the next batch
    for start, end in pairwise([(at - places[0]) * width for at in places]):
        key = together[start:end]
        found = known.get(key)
        if found is None:
            found = known[key] = frozenset(labels[code] for code in np.frombuffer(key, codes.dtype))
        yield found


def newest(root: Path = Path("benchmarks")) -> Path:
    """The benchmark built last below `root`. Raises: UiebenchError if there is none."""
    manifests = sorted(root.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
    if not manifests:
        raise UiebenchError(f"{root}: no benchmark here; build one (make build-benchmark) or name it with --benchmark")
    return manifests[-1].parent
