"""Which training documents are kept, and which of their empty windows: by rank, in one look at the labels.

    survey = Survey(path, {"RE": labels}, seed=0)  # only the label columns of a corpus layer are read
    survey.positives("RE", 7)                      →  frozenset({"创始人"})
    survey.shots("RE", 5)                          →  positions of the documents of the 5-shot set
    survey.capped("RE", 10_000)                    →  positions of the documents below a cap

The *level* of a document is the smallest number of documents before it, in an order by rank, that have
one of its labels. The documents below level k are the k-shot set: for each label the first k documents
that have it, so that each set lies in the next. A cap takes the documents by level and then by rank, so that
rare labels are kept whole before frequent ones are filled up; documents without labels are a label of
their own. Nothing is drawn: a higher cap keeps what a lower one kept.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import RecipeError
from uiebench.hashing import lot, mix
from uiebench.recipe import BuildRecipe
from uiebench.storage import unreadable
from uiebench.types import Language, Task

COLUMN: dict[Task, str] = {"NER": "entities", "RE": "relations", "EE": "events", "EET": "events", "EEA": "events"}
LEFT_OUT = 2**32 - 1
"""In place of a label set or a level: not to be used."""
NOTHING: frozenset[str] = frozenset()


class Survey:
    """The labels of every document of a split, as numbers of label sets.

    Args:
        path: Parquet file of the corpus layer.
        tasks: each task with the labels that count; others are as if they were not there.
        seed: of the ranks.
        left_out: ids of documents not to be used.

    Raises: SourceError if the file cannot be read.
    """

    def __init__(
        self, path: Path, tasks: Mapping[Task, Collection[str]], seed: int, left_out: Collection[str] = ()
    ) -> None:
        self.seed = seed
        self._orders: dict[Task, tuple[list[int], array[int]]] = {}
        self.ids: list[str] = []
        self.sets: dict[Task, list[frozenset[str]]] = {task: [] for task in tasks}
        self.of: dict[Task, array[int]] = {task: array("I") for task in tasks}
        allowed = {task: frozenset(labels) for task, labels in tasks.items()}
        numbers: dict[Task, dict[frozenset[str], int]] = {task: {} for task in tasks}
        for ids, labels in _label_columns(path, sorted({COLUMN[task] for task in tasks})):
            self.ids += ids
            for task in tasks:
                known, sets, of = numbers[task], self.sets[task], self.of[task]
                for id, found in zip(ids, labels[COLUMN[task]], strict=True):
                    if id in left_out:
                        of.append(LEFT_OUT)
                        continue
                    present = (allowed[task] & set(found)) if found else NOTHING
                    number = known.get(present)
                    if number is None:
                        number = known[present] = len(sets)
                        sets.append(present)
                    of.append(number)

    def positives(self, task: Task, position: int) -> frozenset[str]:
        """The labels of the document at a position that count for a task."""
        return self.sets[task][self.of[task][position]]

    def usable(self, task: Task) -> Iterator[int]:
        """The positions of the documents that are not left out."""
        return (position for position, number in enumerate(self.of[task]) if number != LEFT_OUT)

    def levels(self, task: Task) -> array[int]:
        """The level of every document by position; LEFT_OUT for those left out."""
        return self._order(task)[1]

    def capped(self, task: Task, cap: int) -> list[int]:
        """The positions of the first `cap` documents by level and rank."""
        ranked, levels = self._order(task)
        return sorted(ranked, key=lambda position: levels[position])[:cap]

    def shots(self, task: Task, k: int) -> list[int]:
        """The positions of the k-shot set: documents with labels below level k."""
        levels = self.levels(task)
        return [p for p in self.usable(task) if levels[p] < k and self.positives(task, p)]

    def _order(self, task: Task) -> tuple[list[int], array[int]]:
        """The positions of the usable documents by rank, and the level of every document."""
        if task not in self._orders:
            base, ids = lot(self.seed, "documents", task), self.ids
            ranked = sorted(self.usable(task), key=lambda position: (mix(lot(ids[position]), base), ids[position]))
            levels, seen = array("I", [LEFT_OUT]) * len(ids), Counter[str | None]()
            for position in ranked:
                labels = self.positives(task, position) or (None,)
                levels[position] = min(seen[label] for label in labels)
                seen.update(labels)
            self._orders[task] = ranked, levels
        return self._orders[task]


def _label_columns(path: Path, columns: Sequence[str]) -> Iterator[tuple[list[str], dict[str, list[list[str]]]]]:
    """Ids and, for each column of annotations, the label of each annotation; some thousand documents at a time."""
    wanted = ["id", *(f"{column}.list.element.type" for column in columns)]
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(10_000, columns=wanted):
                labels = {}
                for column in columns:
                    lists = batch.column(column)
                    flat = lists.flatten().field("type").to_pylist()
                    places = lists.offsets.to_pylist()
                    labels[column] = [flat[s - places[0] : e - places[0]] for s, e in pairwise(places)]
                yield batch.column("id").to_pylist(), labels
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None


def lowest(places: array[int], count: int) -> int:
    """What the `count` lowest of some ranks are below; ranks are all different as good as always."""
    if count >= len(places):
        return 2**64
    return int(np.partition(np.frombuffer(places, np.uint64), count)[count]) if len(places) else 0


# --- over all corpora -----------------------------------------------------------------------------

Supply = Mapping[tuple[str, Task], tuple[Language, int]]
"""Corpus and task → the language, and how many training documents there are."""


def allotted(recipe: BuildRecipe, supply: Supply) -> dict[tuple[str, Task], int]:
    """How many training documents of each corpus are used for each task: the caps, then the mixture.

    A document counts once for each task it is used for. The larger side gives up the same share of
    every corpus, so that the shares of the languages are right up to one document.

    Raises: RecipeError if a mixture wants a language that has no training documents.
    """
    allowed: dict[tuple[str, Task], int] = {}
    for (corpus, task), (_, count) in sorted(supply.items()):
        cap = recipe.cap.get(task) if isinstance(recipe.cap, dict) else recipe.cap
        allowed[corpus, task] = count if cap is None else min(count, cap)
    if not recipe.mixture or not allowed:
        return allowed
    have: Counter[Language] = Counter()
    for key, count in allowed.items():
        have[supply[key][0]] += count
    for language, share in recipe.mixture.items():
        if not have[language]:
            raise RecipeError(
                f"recipe {recipe.name}: mixture asks for {share:.0%} {language}, but no training document of that "
                "language is there; add its files, or leave the mixture out"
            )
    total = min(have[language] / share for language, share in recipe.mixture.items())
    for language, share in recipe.mixture.items():
        before = kept = 0
        for key in sorted(allowed):
            if supply[key][0] == language:  # rounded where they add up, so that the sum is right
                before += allowed[key]
                upto = round(before / have[language] * total * share)
                allowed[key], kept = upto - kept, upto
    return allowed
