"""The report: every number with its counts, its interval and its signature.

    report.rows        Row(by="corpus", key="resume", task="NER", metric="ner", correct=…, gold=…, f1=0.57, …)
    report.means       Mean(key="zh-ner", task="NER", metric="ner", corpora=("boson", …), f1=0.41, …)
    report.rates       {"resume NER": {"items": 477, "unparsable": 0, …}}
    report.signature   "strict-f1|match:string|dup:set|norm:nfc+strip|unseen:fp|badjson:empty|bench:…|v:0.1.0"

Sums are micro sums over documents, means are unweighted means of F1 over corpora, as the papers average.
Precision, recall and F1 are computed from counts and rounded only for display.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

import uiebench
from uiebench.score.bootstrap import Triple, interval, mean_interval
from uiebench.score.facts import HEADLINES, METRICS, Metric
from uiebench.score.gold import Described
from uiebench.score.tally import Cell, Rates, Rule, Tally
from uiebench.types import Task

By = Literal["all", "language", "domain", "corpus", "type"]


class Row(msgspec.Struct, frozen=True):
    """A sum over documents. `key` is the language, domain, corpus, or "corpus type"; low and high bound F1."""

    by: By
    key: str
    task: Task
    metric: Metric
    documents: int
    correct: int
    gold: int
    predicted: int
    precision: float
    recall: float
    f1: float
    low: float | None = None
    high: float | None = None


class Mean(msgspec.Struct, frozen=True):
    """The unweighted mean of F1 over corpora; `key` is "held-in zh NER" or the name of a zero-shot group."""

    key: str
    task: Task
    metric: Metric
    corpora: tuple[str, ...]
    f1: float
    low: float | None = None
    high: float | None = None


class Report(msgspec.Struct, frozen=True):
    """All numbers of one run."""

    benchmark: str
    split: str
    signature: str
    rows: tuple[Row, ...]
    means: tuple[Mean, ...]
    rates: dict[str, Rates]

    def row(self, by: By, key: str, metric: Metric) -> Row:
        """The row of a key and metric. Raises: KeyError if there is none."""
        for row in self.rows:
            if (row.by, row.key, row.metric) == (by, key, metric):
                return row
        raise KeyError((by, key, metric))

    def f1(self, metric: Metric) -> float:
        """Micro F1 of a metric over everything that was scored."""
        return self.row("all", "all", metric).f1


def ratios(correct: int, gold: int, predicted: int) -> tuple[float, float, float]:
    """Precision, recall and F1; 0 where there is nothing to divide by."""
    precision = correct / predicted if predicted else 0.0
    recall = correct / gold if gold else 0.0
    f1 = 2 * correct / (gold + predicted) if gold + predicted else 0.0
    return precision, recall, f1


def signature(rule: Rule, benchmark: str) -> str:
    """The rule a number was made by, e.g. "strict-f1|match:string|dup:set|…"."""
    parts = {
        "match": "string",
        "dup": "multiset" if rule.multiset else "set",
        "norm": rule.normal_name,
        "unseen": "fp",
        "badjson": "repair" if rule.repair else "empty",
        "bench": benchmark,
        "v": uiebench.__version__,
    }
    return "|".join(["strict-f1", *(f"{key}:{value}" for key, value in parts.items())])


def report(
    tally: Tally,
    described: dict[str, Described],
    *,
    benchmark: str = "none",
    split: str = "",
    held_out: dict[str, tuple[str, ...]] | None = None,
    intervals: bool = True,
) -> Report:
    """The report of a tally. `described` tells language and domain of each corpus."""
    rows: list[Row] = []
    for task, metrics in METRICS.items():
        for metric in metrics:
            cells = _cells(tally, task, metric)
            if not cells:
                continue
            rows.append(_row("all", "all", task, metric, cells.values(), intervals))
            for by in ("language", "domain"):
                keys = sorted({str(getattr(described[corpus], by)) for corpus in cells})
                for key in keys:
                    chosen = [cell for corpus, cell in cells.items() if getattr(described[corpus], by) == key]
                    rows.append(_row(by, key, task, metric, chosen, intervals))
            for corpus, cell in cells.items():
                rows.append(_row("corpus", corpus, task, metric, [cell], intervals))
                for type in sorted(set().union(*cell.types), key=lambda name: (-cell.types[1][name], name)):
                    correct, gold, predicted = (counts[type] for counts in cell.types)
                    figures = ratios(correct, gold, predicted)
                    rows.append(Row("type", f"{corpus} {type}", task, metric, 0, correct, gold, predicted, *figures))
    return Report(
        benchmark=benchmark,
        split=split,
        signature=signature(tally.rule, benchmark),
        rows=tuple(rows),
        means=tuple(_means(tally, described, held_out or {}, intervals)),
        rates={f"{corpus} {task}": group.rates for (corpus, task), group in sorted(tally.groups.items())},
    )


def _cells(tally: Tally, task: Task, metric: Metric) -> dict[str, Cell]:
    """The cell of each corpus. Types of heads and tails count only where answers say them: never mixed."""
    return {
        corpus: group.cells[metric]
        for (corpus, kind), group in sorted(tally.groups.items())
        if kind == task and metric in group.cells and (metric != "re-typed" or group.typed)
    }


def _row(by: By, key: str, task: Task, metric: Metric, cells: Iterable[Cell], intervals: bool) -> Row:
    triples: Counter[Triple] = Counter()
    for cell in cells:
        triples.update(cell.triples)
    correct, gold, predicted = (sum(kind[i] * n for kind, n in triples.items()) for i in range(3))
    low, high = interval(triples) if intervals else (None, None)
    figures = ratios(correct, gold, predicted)
    return Row(by, key, task, metric, triples.total(), correct, gold, predicted, *figures, low, high)


def _means(
    tally: Tally, described: dict[str, Described], held_out: dict[str, tuple[str, ...]], intervals: bool
) -> Iterable[Mean]:
    """Means over held-in corpora of one language and task, and over each zero-shot group."""
    outside = {corpus for group in held_out.values() for corpus in group}
    for task, metrics in HEADLINES.items():
        for metric in metrics:
            cells = _cells(tally, task, metric)
            groups = {f"held-in {language} {task}": [] for language in ("zh", "en")}  # type: dict[str, list[str]]
            for corpus in cells:
                if corpus not in outside:
                    groups[f"held-in {described[corpus].language} {task}"].append(corpus)
            groups |= {name: [corpus for corpus in group if corpus in cells] for name, group in held_out.items()}
            for name, group in groups.items():
                if group:
                    chosen = [cells[corpus].triples for corpus in group]
                    sums = [tuple(sum(k[i] * n for k, n in triples.items()) for i in range(3)) for triples in chosen]
                    f1 = sum(ratios(*counts)[2] for counts in sums) / len(sums)
                    low, high = mean_interval(chosen) if intervals else (None, None)
                    yield Mean(name, task, metric, tuple(group), f1, low, high)
