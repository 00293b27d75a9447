"""Two systems on one benchmark: where they differ, and whether the difference could be chance.

    compared = compare(benchmark, read_predictions(a), read_predictions(b))
    compared.rows      Contrast(key="resume", metric="ner", left=0.571, right=0.912, p=0.0001, …)
    compared.flipped   Flip(id="resume/test/7#NER", left=(1, 3, 2), right=(3, 3, 3)), the largest first

The test is paired approximate randomisation over documents (10,000 trials): each trial swaps the two
systems' results of a document or not, and p is how often the difference in F1 comes out at least as large.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from uiebench.errors import BrokenInvariant
from uiebench.score.bootstrap import Triple, permuted, ratios
from uiebench.score.facts import HEADLINES, METRICS, Metric
from uiebench.score.gold import Benchmark
from uiebench.score.report import signature
from uiebench.score.run import Answers
from uiebench.score.tally import Rule, Tally
from uiebench.types import Prediction, SplitName, Task

Pairs = Counter[tuple[Triple, Triple]]
MOST_FLIPS = 50


class Contrast(msgspec.Struct, frozen=True):
    """F1 of two systems on a corpus ("all" for all of them), their difference, and its p-value.

    `better` and `worse` count the documents on which the right system does better or worse.
    """

    key: str
    task: Task
    metric: Metric
    documents: int
    left: float
    right: float
    difference: float
    p: float
    better: int
    worse: int


class Flip(msgspec.Struct, frozen=True):
    """An item on which two systems differ in the headline metric, as (correct, gold, predicted)."""

    id: str
    metric: Metric
    left: Triple
    right: Triple


class Comparison(msgspec.Struct, frozen=True):
    """All contrasts between two systems, and the items on which they differ most."""

    signature: str
    rows: tuple[Contrast, ...]
    flipped: tuple[Flip, ...]


def compare(
    gold: Benchmark,
    left: Iterable[Prediction] | Mapping[str, Any],
    right: Iterable[Prediction] | Mapping[str, Any],
    *,
    split: SplitName = "test",
    task: Task | None = None,
    corpora: Sequence[str] = (),
    rule: Rule | None = None,
    allow_missing: bool = False,
    origins: tuple[str, str] = ("left", "right"),
) -> Comparison:
    """Compare two sets of predictions, or their answers to the prompts of one task or some corpora.

    Raises: UiebenchError as `score` does.
    """
    rule = rule or Rule()
    sides = [
        Answers(gold, predictions, split, rule, allow_missing, origin, task, corpora)
        for predictions, origin in zip((left, right), origins, strict=True)
    ]
    tallies = Tally(rule), Tally(rule)
    pairs: defaultdict[tuple[str, Task, Metric], Pairs] = defaultdict(Counter)
    flips: list[Flip] = []
    for (items, ours), (others, theirs) in zip(*sides, strict=True):
        if items.asked != others.asked:
            raise BrokenInvariant(f"{items.asked[0]} and {others.asked[0]} do not begin the same items")
        corpus, kind = items.corpus, items.task
        (kept, mine), (_, yours) = tallies[0].add(items, ours), tallies[1].add(items, theirs)
        for metric, triples in mine.items():
            pairs[corpus, kind, metric].update(zip(triples, yours[metric], strict=True))
            if metric in HEADLINES[kind]:
                flips += [
                    Flip(item.id, metric, left, right)
                    for item, left, right in zip(kept, triples, yours[metric], strict=True)
                    if _f1(left) != _f1(right)
                ]
    flips.sort(key=lambda flip: (-abs(_f1(flip.left) - _f1(flip.right)), -flip.left[1], flip.id))
    return Comparison(
        signature(rule, gold.title),
        tuple(_contrasts(pairs)),
        tuple(flips[:MOST_FLIPS]),
    )


def _f1(triple: Triple) -> float:
    """F1 of one document, where nothing said to nothing asked is right."""
    return ratios(*triple)[2] if triple[1] or triple[2] else 1.0


def _contrasts(pairs: Mapping[tuple[str, Task, Metric], Pairs]) -> Iterable[Contrast]:
    for task, metrics in METRICS.items():
        for metric in metrics:
            here = {corpus: p for (corpus, t, m), p in sorted(pairs.items()) if (t, m) == (task, metric)}
            if metric == "re-typed" or not here:
                continue
            for corpus, found in here.items():
                yield _contrast(corpus, task, metric, found)
            if len(here) > 1:
                total: Pairs = Counter()
                for found in here.values():
                    total.update(found)
                yield _contrast("all", task, metric, total)


def _contrast(key: str, task: Task, metric: Metric, pairs: Pairs) -> Contrast:
    def f1(side: int) -> float:
        correct, gold, predicted = (sum(pair[side][i] * n for pair, n in pairs.items()) for i in range(3))
        return ratios(correct, gold, predicted)[2]

    left, right = f1(0), f1(1)
    better = sum(n for pair, n in pairs.items() if _f1(pair[1]) > _f1(pair[0]))
    worse = sum(n for pair, n in pairs.items() if _f1(pair[1]) < _f1(pair[0]))
    p = permuted(pairs)
    return Contrast(key, task, metric, pairs.total(), left, right, right - left, p, better, worse)
