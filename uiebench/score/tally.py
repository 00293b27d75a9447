"""Counting: one pass over items and answers, which leaves sufficient statistics behind.

tally = Tally(rule)
for items, said in chunks(answers): tally.add(items, said)
tally.groups["resume", "NER"].cells["ner"]   →  Cell(triples={(3, 3, 4): 12, …}, types=(correct, gold, said))

Items are counted some hundred at a time: sets of (document, fact) instead of a set for each document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, compress, repeat
from operator import contains, itemgetter

import msgspec
import numpy as np

from uiebench.score.bootstrap import Triple
from uiebench.score.facts import (
    HEADLINES,
    Fact,
    Match,
    Metric,
    Normal,
    Side,
    Triples,
    columns,
    is_placed,
    nfc_strip,
    nothing,
    paired,
    side,
)
from uiebench.score.gold import Item
from uiebench.score.said import Said
from uiebench.types import Task

ITEMS_AT_A_TIME = 64
_FIRST, _SECOND = itemgetter(0), itemgetter(1)
Owned = tuple[int, Fact]
"""A fact and the position of its document."""


class Rule(msgspec.Struct, frozen=True):
    """How annotations are compared. The defaults are the headline.

    Fields:
        multiset: a right fact said too often is wrong.
        match: mentions are compared as strings, or by the places where they stand.
        normal, normal_name: what is done to mentions before, and its name in the signature.
        repair: also read answers that are JSON only after a repair.
    """

    multiset: bool = False
    match: Match = "string"
    normal: Normal = nfc_strip
    normal_name: str = "nfc+strip"
    repair: bool = False


class Cell:
    """One metric of one task on one corpus: documents by triple, and facts by type (correct, gold, said)."""

    __slots__ = ("triples", "types")

    def __init__(self) -> None:
        self.triples: Counter[Triple] = Counter()
        self.types: tuple[Counter[str], Counter[str], Counter[str]] = Counter(), Counter(), Counter()


class Rates(msgspec.Struct):
    """What else is counted of one task on one corpus.

    items: asked, without those left out. prompts: asked about them, of which missing: without prediction;
    unparsable: with output that says nothing readable; repaired: readable only after a repair. facts:
    predicted ones, of which repeated: said before in the same document; unoffered: with a label that their
    prompt did not offer (None: what it offered is not known). strings: predicted mentions, of which
    hallucinated: not in the text. silent: items without gold, of which abstained: answered with nothing.
    unplaced: items left out of a comparison by offsets, since a mention of their gold has none.
    """

    items: int = 0
    prompts: int = 0
    missing: int = 0
    unparsable: int = 0
    repaired: int = 0
    facts: int = 0
    repeated: int = 0
    unoffered: int | None = None
    strings: int = 0
    hallucinated: int = 0
    silent: int = 0
    abstained: int = 0
    unplaced: int = 0


class Group:
    """One task on one corpus: a cell for each metric, rates, and whether some answer types heads and tails."""

    __slots__ = ("cells", "rates", "typed")

    def __init__(self) -> None:
        self.cells: dict[Metric, Cell] = {}
        self.rates = Rates()
        self.typed = False


class Tally:
    """Sufficient statistics of a whole run, by corpus and task."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.groups: dict[tuple[str, Task], Group] = {}

    def add(self, items: Sequence[Item], said: Sequence[Said]) -> tuple[Sequence[Item], dict[Metric, list[Triple]]]:
        """Count items of one corpus and task, and what was said to them.

        Returns the items that were counted, and (correct, gold, predicted) of each for each metric. Where
        offsets are compared, items whose gold does not place every mention are left out.
        """
        task, match, normal = items[0].task, self.rule.match, self.rule.normal
        group = self.groups.setdefault((items[0].corpus, task), Group())
        if match == "offset":
            placed = [is_placed(item.document, task) for item in items]
            group.rates.unplaced += placed.count(False)
            items, said = list(compress(items, placed)), list(compress(said, placed))
        answers = [columns(s.extraction, task, match) if match == "offset" else s.columns for s in said]
        together = nothing(task)
        for answer in answers:
            together.extend(answer)  # type: ignore[arg-type]  # of one task, so of one kind
        got = side(together, [len(answer.types) for answer in answers], task, normal)
        gold = _gold(items, task, match, normal)
        counted = {metric: self._count(group, metric, gold, got) for metric in gold.facts}
        if task in ("EE", "EEA"):
            counted["ac-paired"] = paired(gold, got)
        if isinstance(together, Triples) and not group.typed:
            group.typed = any(together.head_types) or any(together.tail_types)
        for metric, triples in counted.items():
            group.cells.setdefault(metric, Cell()).triples.update(triples)
        first = HEADLINES[task][0]
        group.rates.facts += len(got.facts[first])
        distinct = len(set(_owned(got, first))) if self.rule.multiset else sum(map(itemgetter(2), counted[first]))
        group.rates.repeated += len(got.facts[first]) - distinct
        _rate(group.rates, items, said, gold, got)
        return items, counted

    def _count(self, group: Group, metric: Metric, gold: Side, said: Side) -> list[Triple]:
        """The triples of all documents; facts are also counted by type."""
        wanted, got = _owned(gold, metric), _owned(said, metric)
        right: Collection[Owned]
        if self.rule.multiset:
            right = list((Counter(wanted) & Counter(got)).elements())
        else:
            wanted, got = set(wanted), set(got)
            right = wanted & got
        if metric != "ti":  # triggers alone have no type
            types = group.cells.setdefault(metric, Cell()).types
            for counts, found in zip(types, (right, wanted, got), strict=True):
                counts.update(map(_FIRST, map(_SECOND, found)))
        return list(zip(*(_by_document(found, len(gold.sizes)) for found in (right, wanted, got)), strict=True))


def _rate(rates: Rates, items: Sequence[Item], said: Sequence[Said], gold: Side, got: Side) -> None:
    """Count answers and mentions."""
    rates.items += len(items)
    for answer in said:
        rates.prompts += len(answer.outputs)
        rates.missing += answer.missing
        rates.unparsable += answer.unparsable
        rates.repaired += answer.repaired
    if any(answer.bounded for answer in said):
        rates.unoffered = (rates.unoffered or 0) + sum(answer.strangers for answer in said)
    strings = [answer.columns.strings() for answer in said]
    texts = chain.from_iterable(map(repeat, [item.text for item in items], map(len, strings)))
    mentions = list(chain.from_iterable(strings))
    rates.strings += len(mentions)
    rates.hallucinated += len(mentions) - sum(map(contains, texts, mentions))
    for size, count, answer in zip(gold.sizes, got.sizes, said, strict=True):
        if not size:
            rates.silent += 1
            rates.abstained += not count and not answer.unparsable


def _gold(items: Sequence[Item], task: Task, match: Match, normal: Normal) -> Side:
    """What is right of some items; neighbours in one batch are taken together."""
    gold, first = side(nothing(task), [], task, normal), 0
    while first < len(items):
        documents, row, last = items[first].documents, items[first].row, first + 1
        while last < len(items) and items[last].row == row + last - first and items[last].documents is documents:
            last += 1
        gold.extend(documents.side(row, row + last - first, task, match, normal))
        first = last
    return gold


def _owned(found: Side, metric: Metric) -> Collection[Owned]:
    counts = found.counts(metric)
    owners = chain.from_iterable(map(repeat, range(len(counts)), counts))
    return list(zip(owners, found.facts[metric], strict=True))


def _by_document(found: Collection[Owned], documents: int) -> list[int]:
    """How many facts each document has."""
    owners = np.fromiter(map(_FIRST, found), np.int64, len(found))
    counts: list[int] = np.bincount(owners, minlength=documents).tolist()
    return counts


def chunks(answers: Iterable[tuple[Item, Said]]) -> Iterator[tuple[list[Item], list[Said]]]:
    """Items of one corpus and task together, some hundred at a time, in their order."""
    waiting: dict[tuple[str, Task], tuple[list[Item], list[Said]]] = {}
    corpus = ""
    for item, said in answers:
        if item.corpus != corpus:
            yield from waiting.values()
            waiting, corpus = {}, item.corpus
        there = waiting.get((corpus, item.task))
        if there is None:
            there = waiting[corpus, item.task] = [], []
        there[0].append(item)
        there[1].append(said)
        if len(there[0]) >= ITEMS_AT_A_TIME:
            yield waiting.pop((corpus, item.task))
    yield from waiting.values()
