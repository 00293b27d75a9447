"""The confusion table of a benchmark: for every label the others of its corpus, most confusable first.

    table = compute(Path("benchmarks/catalogue"), held_out=("boson",))
    table.near("cluener", "NER", "company")   →  ("organization", "government", "game", …)

    confusions.json:
    {"key": "…", "settings": {…}, "tables": [
      {"corpus": "cluener", "kind": "entity", "event": "", "texts": 912, "evidence": ["names", "context", …], "rows": [
        {"label": "company", "zh": "公司", "en": "company",
         "near": [{"label": "organization", "score": 1.43, "ranks": {"context": 1, "mention": 2, "text": 1}}, …],
         "others": ["scene", …],
         "across": [{"to": {"corpus": "boson", "kind": "entity", "label": "company_name"}, "score": 0.98, …}]}]}]}

`ranks` is what a pair stands on: the evidence by which the other label is among the nearest, and its rank
by that evidence alone. Only training splits of corpora that are not held out are read. The table is a function
of those files, the settings and the code, and is cached under a hash of all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from uiebench.confusion import embedding, reports
from uiebench.confusion.across import Link, Place, Universe
from uiebench.confusion.fusion import evidence, fuse, order, trust
from uiebench.confusion.labels import KIND_OF, Group, Kind, groups
from uiebench.confusion.text_evidence import Seen
from uiebench.confusion.vectors import Matrix, ranks
from uiebench.errors import RecipeError, SourceError, UiebenchError, nearest
from uiebench.hashing import fingerprint, sha256_bytes, sha256_file
from uiebench.score.gold import Described
from uiebench.storage import read_parquet, write_bytes
from uiebench.types import Document, Label, Task

T = TypeVar("T")
NAME = "confusions.json"
SENTENCES = 1000
DETAILED = 10
"""Neighbours told with their evidence, links to other corpora, and the last rank that counts as evidence."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a table depends on beside the benchmark.

    Fields:
        sentences: about how many documents of each training split are looked at, label-balanced.
        model: hash of the embedding model used, empty for none.
        scored: hash of the report whose confusions were used, empty for none.
    """

    sentences: int = SENTENCES
    model: str = ""
    scored: str = ""


class Neighbour(msgspec.Struct, frozen=True):
    """Another label of the corpus, its fused score, and its rank by each evidence that has it among the nearest."""

    label: str
    score: float
    ranks: dict[str, float]


class Row(msgspec.Struct, frozen=True):
    """A label and the others: the nearest with their evidence, the rest in order, and labels of other corpora."""

    label: str
    zh: str
    en: str
    near: tuple[Neighbour, ...]
    others: tuple[str, ...] = ()
    across: tuple[Link, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """All other labels, most confusable first."""
        return (*(neighbour.label for neighbour in self.near), *self.others)


class Table(msgspec.Struct, frozen=True):
    """The labels of one corpus and kind (of one event type, for roles); `texts` is how many documents were read."""

    corpus: str
    kind: Kind
    event: str
    texts: int
    evidence: tuple[str, ...]
    rows: tuple[Row, ...]


class Confusions(msgspec.Struct, frozen=True, dict=True):
    """Which labels of a benchmark are mistaken for which. `key` stands for all that it was computed from."""

    key: str
    settings: Settings
    tables: tuple[Table, ...]

    @cached_property
    def _orders(self) -> dict[tuple[str, Kind, str, str], tuple[str, ...]]:
        return {(t.corpus, t.kind, t.event, row.label): row.order for t in self.tables for row in t.rows}

    def near(self, corpus: str, task: Task, label: str) -> tuple[str, ...]:
        """The other labels that `task` offers for a corpus, native names, most confusable first.

        For EE, EET and EEA these are event types. Raises: RecipeError if there is no such label.
        """
        return self._order(corpus, KIND_OF[task], "", label)

    def roles(self, corpus: str, event: str, role: str) -> tuple[str, ...]:
        """The other roles of an event type, most confusable first. Raises: RecipeError if there is none such."""
        return self._order(corpus, "role", event, role)

    def _order(self, corpus: str, kind: Kind, event: str, label: str) -> tuple[str, ...]:
        found = self._orders.get((corpus, kind, event, label))
        if found is None:
            known = [one for c, k, e, one in self._orders if (c, k, e) == (corpus, kind, event)]
            of = f"{event} of {corpus}" if event else corpus
            raise RecipeError(f"{of} has no {KIND_NAMES[kind]} {label!r}{nearest(label, known)}")
        return found


KIND_NAMES: dict[Kind, str] = {
    "entity": "entity type",
    "relation": "relation",
    "event": "event type",
    "role": "role",
}

Progress = Callable[[int, int, str], None]
"""Called with the corpora done, the corpora in all, and the name of the one just done."""


def compute(
    folder: Path,
    *,
    held_out: Collection[str] = (),
    only: Collection[str] | None = None,
    sentences: int = SENTENCES,
    model: Path | None = None,
    scored: Path | None = None,
    cached: Path | None = None,
    progress: Progress = lambda done, total, name: None,
) -> Confusions:
    """The confusion table of the corpus layer in `folder`, which needs no manifest yet.

    Args:
        held_out: corpora whose texts may not be looked at.
        only: the corpora that count, where the folder may hold others; None for all of them.
        sentences: about how many documents of each training split are looked at.
        model: folder of a local embedding model (sentence-transformers or transformers).
        scored: a report with confusions, see `uiebench.confusion.reports`.
        cached: folder where tables are kept by their key; None keeps none.

    Raises: RecipeError if there is no corpus layer, SourceError for files that cannot be read.
    """
    corpora = {name: one for name, one in describe(folder).items() if only is None or name in only}
    settings = Settings(
        sentences, embedding.fingerprint_of(model) if model else "", sha256_file(scored) if scored else ""
    )
    splits = {name: folder / "corpora" / name / "train.parquet" for name in corpora if name not in held_out}
    splits = {name: path for name, path in splits.items() if path.is_file()}
    hashes = {
        name: [fingerprint(one), sha256_file(splits[name]) if name in splits else ""] for name, one in corpora.items()
    }
    key = fingerprint([code(), settings, hashes])
    kept = cached / f"{key}.json" if cached else None
    if kept and kept.is_file():
        try:
            return load(kept)
        except UiebenchError:
            pass  # damaged: computed and written again
    embed = embedding.similarities(model) if model else None
    confused = reports.read(scored) if scored else None
    by_corpus = {name: groups(one) for name, one in corpora.items()}
    seen: dict[str, Seen] = {}
    for done, (name, path) in enumerate(splits.items(), 1):
        seen[name] = Seen.of(read_parquet(path, Document), by_corpus[name], sentences)
        progress(done, len(splits), name)
    found = tabulate(
        [group for listed in by_corpus.values() for group in listed],
        seen,
        embed=embed,
        scored=confused.matrix if confused else lambda group: None,
    )
    table = Confusions(key, settings, tuple(found))
    if kept:
        write(kept, table)
    return table


def tabulate(
    listed: Sequence[Group],
    seen: dict[str, Seen],
    *,
    embed: Callable[[Sequence[Label]], Matrix] | None = None,
    scored: Callable[[Group], Matrix | None] = lambda group: None,
) -> list[Table]:
    """One table a group, from what was looked at of the texts."""
    universe = Universe(listed)
    links = universe.links(seen, DETAILED)
    tables = []
    for group, matrices in evidence(listed, seen, universe=universe, embed=embed, scored=scored).items():
        fused = fuse(matrices, trust(group, seen.get(group.corpus)))
        places = {name: ranks(matrix) for name, matrix in matrices.items()}
        last = {name: _last_that_tells(rank) for name, rank in places.items()}
        names, rows = group.names, []
        for i, others in enumerate(order(group, fused)):
            label = group.labels[i]
            near = tuple(
                Neighbour(
                    names[j],
                    round(float(fused[i, j]), 4),
                    {what: float(rank[i, j]) for what, rank in places.items() if rank[i, j] <= last[what][i]},
                )
                for j in others[:DETAILED]
            )
            rest = tuple(names[j] for j in others[DETAILED:])
            across = () if group.kind == "role" else links[Place(group.corpus, group.kind, label.name)]
            rows.append(Row(label.name, label.zh, label.en, near, rest, across))
        texts = seen[group.corpus].texts if group.corpus in seen else 0
        tables.append(Table(group.corpus, group.kind, group.event, texts, tuple(matrices), tuple(rows)))
    return tables


def _last_that_tells(places: Matrix) -> list[float]:
    """The last rank in each row that is evidence: among the nearest, and above those that have nothing in common."""
    worst = np.where(np.isinf(places), 0.0, places).max(1)
    return [min(float(DETAILED), float(place) - 0.5) for place in worst]


def describe(folder: Path) -> dict[str, Described]:
    """The labels of every corpus of a corpus layer, by name. Raises: RecipeError if there is none."""
    found = {}
    for path in sorted((folder / "corpora").glob("*/corpus.json")):
        try:
            found[path.parent.name] = msgspec.json.decode(path.read_bytes(), type=Described)
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{path}: cannot be read ({error})") from None
    if not found:
        raise RecipeError(f"{folder}: no corpora here; name the folder of a benchmark")
    return found


@cache
def code() -> str:
    """A hash of the code that makes a table."""
    return fingerprint([sha256_bytes(path.read_bytes()) for path in sorted(Path(__file__).parent.glob("*.py"))])


def cache_folder() -> Path:
    """Where computed tables are kept: below the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uiebench" / "confusions"


def write(path: Path, table: Confusions) -> None:
    """Write a table as JSON, whole or not at all: the same bytes for the same table."""
    write_bytes(path, encoded(table))


def encoded(table: Confusions) -> bytes:
    """A table as it stands in confusions.json: one line for each row."""
    head = msgspec.json.encode({"key": table.key, "settings": table.settings}, order="deterministic")
    lines = [head[:-1] + b',"tables":[']
    for last, one in _mark_last(table.tables):
        opening = {"corpus": one.corpus, "kind": one.kind, "event": one.event, "texts": one.texts}
        known = msgspec.json.encode(opening | {"evidence": one.evidence})
        lines.append(known[:-1] + b',"rows":[')
        lines += [msgspec.json.encode(row) + (b"" if end else b",") for end, row in _mark_last(one.rows)]
        lines.append(b"]}" if last else b"]},")
    return b"\n".join([*lines, b"]}", b""])


def _mark_last(items: Sequence[T]) -> list[tuple[bool, T]]:
    return [(i == len(items) - 1, item) for i, item in enumerate(items)]


def load(path: Path) -> Confusions:
    """A table written by `write`. Raises: SourceError if the file is not one."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Confusions)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: not a confusion table ({error})") from None
