"""Windows: which labels of a schema one prompt offers.

    offer = Offer("duie2", "RE", labels, Windows(), {"丈夫": ("妻子", "父亲")}, seed=0)
    offer(offer.number("duie2/train/7"), frozenset({"丈夫"}))
                                                  →  [("父亲", "丈夫", "首都", "校长"), ("妻子", "气候", "号")]
    polled("duie2", "RE", labels, size=4)         →  all labels, the same windows for every document

In training a document is asked for what it holds, for what that is mistaken for, and for a few others, in
an order that tells nothing. In evaluation every label is asked for, in windows that depend on the corpus
alone: no seed, no document, no table of confusions. So one label always competes with the same others,
figures of two documents, two recipes or two systems can be compared, and a prompt's beginning repeats.

Only labels of the document's own schema are offered: what another corpus calls by a name of its own was
not annotated here, so that its absence means nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import filterfalse, islice
from typing import Protocol

from uiebench.hashing import lot, mix, rank, threshold
from uiebench.recipe import Windows
from uiebench.types import Document, Schema, Task

Window = tuple[str, ...]
"""Native names of labels, in the order of the prompt."""
Neighbours = Mapping[str, tuple[str, ...]]
"""Label → the labels it is most often mistaken for, most often first."""

DROP, VARY, SIZE, EMPTY = (lot("windows", purpose) for purpose in ("drop", "vary", "size", "empty"))
ORDERS = 256
"""Orders of the labels of a schema, of which a document gets one for its others and one for its windows: 256
ranked once cost less than one for each document, and no label's place tells anything of a document's gold."""


PLACES = [lot("place", place) for place in range(1000)]
"""A number for each window of a document; no schema has so many labels."""


class Confusions(Protocol):
    """Knows which labels are mistaken for which."""

    def near(self, corpus: str, task: Task, label: str) -> tuple[str, ...]:
        """The other labels of the corpus for this task, the most confusable first."""


def neighbours(
    corpus: str, task: Task, labels: Sequence[str], confusions: Confusions | None, count: int
) -> dict[str, tuple[str, ...]]:
    """For each label the `count` labels of the same schema nearest to it; without `confusions`, any, by rank."""
    known = set(labels)
    near: dict[str, tuple[str, ...]] = {}
    for label in labels if count else ():
        others: Iterable[str]
        if confusions is None:
            others = rank(known - {label}, 0, corpus, f"near:{task}:{label}")
        else:
            others = (other for other in confusions.near(corpus, task, label) if other in known and other != label)
        near[label] = tuple(dict.fromkeys(others))[:count]
    return near


def labels_of(schema: Schema, task: Task) -> tuple[str, ...]:
    """The native names of the labels a task asks for, in the order of the schema."""
    labels = schema.entities if task == "NER" else schema.relations if task == "RE" else schema.events
    return tuple(label.name for label in labels)


def labels_in(document: Document, task: Task) -> set[str]:
    """The native names of the labels of a task that a document has gold for."""
    if task == "NER":
        return {entity.type for entity in document.entities}
    if task == "RE":
        return {relation.type for relation in document.relations}
    return {event.type for event in document.events}


def cut(labels: Sequence[str], size: int) -> list[Window]:
    """Labels in windows of `size`; a rest of less than half a window joins the last one (as IEPile)."""
    if 2 * len(labels) < 3 * size:
        return [tuple(labels)]
    starts = list(range(0, len(labels), size))
    if 2 * (len(labels) - starts[-1]) < size:
        starts.pop()
    return [tuple(labels[start:end]) for start, end in zip(starts, [*starts[1:], len(labels)], strict=True)]


def polled(corpus: str, task: Task, labels: Sequence[str], size: int) -> list[Window]:
    """The windows of evaluation: all labels, in an order by rank that is the same for every document."""
    return cut(rank(labels, 0, corpus, f"windows:{task}"), size) if len(labels) > size else [tuple(labels)]


class Offer:
    """The windows of training documents, for one corpus and task.

    `labels` are those that may be offered, `near` their neighbours; `windows` "all" offers every label in
    the order of the schema.
    """

    def __init__(
        self,
        corpus: str,
        task: Task,
        labels: Sequence[str],
        windows: Windows | None,
        near: Neighbours,
        seed: int,
    ) -> None:
        self.labels, self.windows, self.near = tuple(labels), windows, near
        self.size = windows.size_of(task) if windows else len(self.labels)
        self.dropped = threshold(windows.drop) if windows else 0
        self.varied = threshold(windows.vary) if windows else 0
        # so few labels that they always make one window, which is empty where nothing is annotated
        self.always_one = not (self.dropped or self.varied) and 2 * len(self.labels) < 3 * self.size
        self.base = lot(seed, "windows", corpus, task)
        self.hashes = {label: lot("label", label) for label in self.labels}
        self._split: Callable[[frozenset[str]], tuple[Window, frozenset[str]]] = lru_cache(8192)(self._sure)
        self._order: Callable[[int], dict[str, int]] = cache(
            lambda number: {
                label: place for place, label in enumerate(rank(labels, seed, f"{corpus}/{number}", f"windows:{task}"))
            }
        )

    def number(self, document: str) -> int:
        """The number that all choices about a document are mixed from."""
        return mix(lot(document), self.base)

    def _sure(self, positives: frozenset[str]) -> tuple[Window, frozenset[str]]:
        """The labels a document with these positives is asked for in any case, also as a set."""
        sure = dict.fromkeys(label for label in self.labels if label in positives)
        for label in tuple(sure):
            sure.update(dict.fromkeys(self.near.get(label, ())))
        return tuple(sure), frozenset(sure)

    def __call__(self, number: int, positives: frozenset[str]) -> list[Window]:
        """The windows of the document with this number, in order.

        Without drop-out each positive is in exactly one of them.
        """
        settings = self.windows
        if settings is None:
            return [self.labels]
        size = self.size
        if self.varied and mix(number, VARY) < self.varied:
            size = 1 + mix(number, SIZE) % self.size
        sure, known = self._split(positives)
        others = self._order(number % ORDERS)
        wanted = settings.others if sure else size
        if len(sure) + wanted >= len(self.labels):
            offered = self.labels
        else:
            offered = sure + tuple(islice(filterfalse(known.__contains__, others), wanted))
        if self.dropped:
            salted, hashes = number ^ DROP, self.hashes
            # a document whose labels would all be dropped keeps them
            offered = tuple(n for n in offered if mix(salted, hashes[n]) >= self.dropped) or offered
        order = self._order((number // ORDERS) % ORDERS)
        return cut(sorted(offered, key=order.__getitem__), size)

    def place(self, number: int, window: int) -> int:
        """The rank of an empty window among those of its corpus: the lowest are kept."""
        return mix(number ^ EMPTY, PLACES[window])
