"""Counting what is said right: the facts of many documents at once, as integers.

    met = matched(gold, [2, 1], said, [1, 1], "NER", nfc_strip)     columns of two documents, and how many each has
    met["ner"]  →  Met(correct=[1, 0], gold=[2, 1], said=[1, 1], types=({"NAME": 1}, {"NAME": 2, "ORG": 1}, …), …)

Every label and every mention gets a number, and a fact is the number (document, type, rest) in mixed radix. What
is on both sides is then found by sorting numbers, a few array operations for hundreds of documents. By the rules
of `facts`, whose tuples say the same and are slower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from uiebench.score.facts import Columns, Frames, Mentions, Metric, Normal, Triples
from uiebench.types import Task

Array: TypeAlias = "npt.NDArray[np.int64]"
LARGEST = 2**62
"""Numbers of facts stay below."""


class Met(NamedTuple):
    """One metric of some documents.

    Fields:
        correct, gold, said: facts of each document.
        types: correct, gold and said facts of each type; empty where facts have no type.
        facts: predicted ones, repeats included, of which repeated: said before in the same document.
    """

    correct: list[int]
    gold: list[int]
    said: list[int]
    types: tuple[dict[str, int], dict[str, int], dict[str, int]]
    facts: int
    repeated: int


def matched(
    gold: Columns,
    wanted: Sequence[int],
    said: Columns,
    given: Sequence[int],
    task: Task,
    normal: Normal,
    *,
    multiset: bool = False,
) -> dict[Metric, Met]:
    """Every metric of a task; `wanted` and `given` are the numbers of annotations of each document on either side.

    Args:
        normal: what is done to mentions before they are compared.
        multiset: a right fact said too often is wrong.
    """
    documents, split = len(wanted), len(gold.types)
    owners = np.repeat(np.arange(2 * documents), [*wanted, *given]) % max(documents, 1)
    types = Codes(chain(gold.types, said.types))
    table = _Table(documents, multiset)
    if isinstance(gold, Mentions) and isinstance(said, Mentions):
        return {"ner": table.met(split, owners, types, numbered(normal(gold.texts + said.texts)))}
    if isinstance(gold, Triples) and isinstance(said, Triples):
        ends = numbered(normal(gold.heads + said.heads + gold.tails + said.tails))
        heads, tails = ends[: len(owners)], ends[len(owners) :]
        kinds = numbered([*gold.head_types, *said.head_types, *gold.tail_types, *said.tail_types])
        return {
            "re": table.met(split, owners, types, heads, tails),
            "re-typed": table.met(split, owners, types, heads, tails, kinds[: len(owners)], kinds[len(owners) :]),
        }
    assert isinstance(gold, Frames)
    assert isinstance(said, Frames)
    found: dict[Metric, Met] = {}
    triggers = np.zeros(len(owners), np.int64)
    if task != "EEA":
        triggers = numbered(normal(gold.triggers + said.triggers))
        found["ti"] = table.met(split, owners, None, triggers)
        found["tc"] = table.met(split, owners, types, triggers)
    if task != "EET":
        events = np.repeat(np.arange(len(owners)), gold.sizes + said.sizes)
        roles, texts = numbered([*gold.roles, *said.roles]), numbered(normal(gold.texts + said.texts))
        inner = len(gold.texts)
        their = Codes.of(types, events)
        found["ai"] = table.met(inner, owners[events], their, texts)
        found["ac"] = table.met(inner, owners[events], their, roles, texts)
        arguments = _Arguments(events, roles, texts, inner)
        found["ac-paired"] = table.paired(split, owners, types, triggers, arguments)
    return found


def numbered(values: Sequence[str]) -> Array:
    """A number for each string, the same for equal ones: the place where it first stands."""
    first = dict[str, int]().setdefault
    return np.fromiter(map(first, values, range(len(values))), np.int64, len(values))


class Codes:
    """Labels as numbers from 0, in the order in which they come."""

    def __init__(self, labels: Iterable[str]) -> None:
        labels = list(labels)
        self.names = list(dict.fromkeys(labels))
        places = dict(zip(self.names, range(len(self.names)), strict=True))
        self.codes: Array = np.fromiter(map(places.__getitem__, labels), np.int64, len(labels))

    @classmethod
    def of(cls, others: Codes, rows: Array) -> Codes:
        """The labels of some rows of others, a row as often as it is named."""
        found = cls(())
        found.names, found.codes = others.names, others.codes[rows]
        return found

    def counts(self, codes: Array) -> dict[str, int]:
        """How often each label comes that comes at all."""
        counts = np.bincount(codes, minlength=len(self.names)).tolist()
        return {name: count for name, count in zip(self.names, counts, strict=True) if count}


class _Arguments(NamedTuple):
    """Arguments in columns: their event, role and mention; the first `split` are gold."""

    events: Array
    roles: Array
    texts: Array
    split: int


class _Table:
    """Counts facts of as many documents."""

    def __init__(self, documents: int, multiset: bool) -> None:
        self.documents, self.multiset = documents, multiset

    def met(self, split: int, owners: Array, types: Codes | None, *rest: Array) -> Met:
        """A metric; the first `split` facts are gold. `types`: None if its facts have none."""
        kinds = 1 if types is None else max(len(types.names), 1)
        left = owners if types is None else owners * kinds + types.codes
        right, size = joined(rest, LARGEST // (max(self.documents, 1) * kinds))
        keys = left * size + right
        gold, said = keys[:split], keys[split:]
        sides = wanted, got = distinct(gold), distinct(said)
        facts, repeated = len(said), len(said) - len(got)
        if self.multiset:
            common = np.repeat(both := shared(wanted, got), np.minimum(counts(both, gold), counts(both, said)))
            sides = gold, said
        else:
            common = shared(wanted, got)
        found = [keys // size for keys in (common, *sides)]
        by_document = [np.bincount(keys // kinds, minlength=self.documents).tolist() for keys in found]
        by_type = [types.counts(keys % kinds) if types else {} for keys in found]
        return Met(
            by_document[0], by_document[1], by_document[2], (by_type[0], by_type[1], by_type[2]), facts, repeated
        )

    def paired(self, split: int, owners: Array, types: Codes, triggers: Array, arguments: _Arguments) -> Met:
        """Arguments counted only between two paired events.

        Events are strings here: two that agree in type, trigger and all arguments are one. Among the events that
        share type and trigger, gold and predicted ones are paired so that as many arguments as possible agree, as
        sets of (role, mention); the order of events changes nothing.
        """
        frames, size = joined((owners, types.codes, triggers), LARGEST)
        if size > 4 * len(frames):
            frames = dense(frames)
        often = [
            np.bincount(side, minlength=int(frames.max(initial=-1)) + 1) for side in (frames[:split], frames[split:])
        ]
        several = (often[0] > 1) | (often[1] > 1)  # where there is a choice
        hard = several[frames]
        easy = ~hard[arguments.events]
        inner = int(np.count_nonzero(easy[: arguments.split]))
        events = arguments.events[easy]
        one = _Table(self.documents, multiset=False).met(
            inner, owners[events], None, frames[events], arguments.roles[easy], arguments.texts[easy]
        )
        if hard.any():
            self._assigned(one, np.flatnonzero(hard).tolist(), split, owners, frames, arguments)
        return one

    def _assigned(self, met: Met, hard: list[int], split: int, owners: Array, frames: Array, found: _Arguments) -> None:
        """Add the events of which several share document, type and trigger."""
        sets: dict[int, set[tuple[int, int]]] = {event: set() for event in hard}
        for event, role, text in zip(found.events.tolist(), found.roles.tolist(), found.texts.tolist(), strict=True):
            if event in sets:
                sets[event].add((role, text))
        sides: dict[int, tuple[dict[frozenset[tuple[int, int]], None], ...]] = {}
        where: dict[int, int] = {}
        for event in hard:
            frame = int(frames[event])
            where[frame] = int(owners[event])
            sides.setdefault(frame, ({}, {}))[event >= split][frozenset(sets[event])] = None
        for frame, (ours, theirs) in sides.items():
            document = where[frame]
            met.gold[document] += sum(map(len, ours))
            met.said[document] += sum(map(len, theirs))
            if ours and theirs:
                weights = [[len(left & right) for right in theirs] for left in ours]
                met.correct[document] += sum(weights[i][j] for i, j in assignment(weights))


# --- numbers -----------------------------------------------------------------------------------------


def joined(columns: Sequence[Array], most: int) -> tuple[Array, int]:
    """One number for each row of some columns, equal for equal rows, and a bound which is at most `most`."""
    keys, size = columns[0], int(columns[0].max(initial=0)) + 1
    for column in columns[1:]:
        width = int(column.max(initial=0)) + 1
        if size * width > most:
            keys = dense(keys)
            size = int(keys.max(initial=0)) + 1
        keys, size = keys * width + column, size * width
    if size > most:
        keys = dense(keys)
        size = int(keys.max(initial=0)) + 1
    return keys, size


def dense(keys: Array) -> Array:
    """The rank of each number among the different ones."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    ranks = np.empty(len(keys), np.int64)
    if len(keys):
        ranks[order] = np.concatenate(([0], np.cumsum(ordered[1:] != ordered[:-1])))
    return ranks


def distinct(keys: Array) -> Array:
    """The different numbers, sorted. (`numpy.unique` takes ten times as long for some thousand.)"""
    ordered = np.sort(keys)
    if not len(ordered):
        return ordered
    kept = np.empty(len(ordered), np.bool_)
    kept[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


def shared(left: Array, right: Array) -> Array:
    """The numbers that are in both of two lists of different ones."""
    together = np.sort(np.concatenate((left, right)))
    return together[:-1][together[1:] == together[:-1]] if len(together) else together


def counts(keys: Array, found: Array) -> Array:
    """How often each of some sorted different numbers is found."""
    ordered = np.sort(found)
    return np.searchsorted(ordered, keys, "right") - np.searchsorted(ordered, keys, "left")


def assignment(weights: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """A matching of rows and columns with the greatest total weight (Hungarian method, n³).

    Every row or every column is matched, whichever are fewer.
    """
    rows, columns = len(weights), len(weights[0])
    if rows > columns:
        turned = [[weights[i][j] for i in range(rows)] for j in range(columns)]
        return sorted((i, j) for j, i in assignment(turned))
    inf = float("inf")
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    row_of, back = [0] * (columns + 1), [0] * (columns + 1)  # 0: free; rows and columns count from 1
    for row in range(1, rows + 1):
        row_of[0], column = row, 0
        slack, used = [inf] * (columns + 1), [False] * (columns + 1)
        while row_of[column]:
            used[column] = True
            here, step, following = row_of[column], inf, 0
            for j in range(1, columns + 1):
                if not used[j]:
                    cost = -weights[here - 1][j - 1] - row_price[here] - column_price[j]
                    if cost < slack[j]:
                        slack[j], back[j] = cost, column
                    if slack[j] < step:
                        step, following = slack[j], j
            for j in range(columns + 1):
                if used[j]:
                    row_price[row_of[j]] += step
                    column_price[j] -= step
                else:
                    slack[j] -= step
            column = following
        while column:
            row_of[column] = row_of[back[column]]
            column = back[column]
    return sorted((row_of[j] - 1, j - 1) for j in range(1, columns + 1) if row_of[j])
