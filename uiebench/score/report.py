"""The report: every number with its counts, its interval and its signature.

    report.rows        Row(by="corpus", key="resume", task="NER", metric="ner", correct=…, gold=…, f1=0.57, …)
    report.means       Mean(key="zh-ner", task="NER", metric="ner", corpora=("boson", …), f1=0.41, …)
    report.rates       {"resume NER": {"items": 477, "unparsable": 0, …}}
    report.signature   "strict-f1|match:string|dup:set|norm:nfc+strip|unseen:fp|badjson:empty|bench:…|v:0.1.0"
    report.errors      (Breakdown(corpus="resume", …), …), and report.slices: where they were asked for

Sums are micro sums over documents, means are unweighted means of F1 over corpora, as the papers average; macro
is the unweighted mean of F1 over the types that the gold of a corpus holds. Precision, recall and F1 are
computed from counts and rounded only for display. Every row and mean carries the signature of its rule and task.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Literal

import msgspec

import uiebench
from uiebench.score.analysis import Breakdown
from uiebench.score.bootstrap import FEWEST, Triple, interval, mean_interval, ratios
from uiebench.score.facts import HEADLINES, METRICS, Metric
from uiebench.score.gold import Described
from uiebench.score.slices import Slice
from uiebench.score.tally import Cell, Rates, Rule, Tally
from uiebench.types import Task

By = Literal["all", "language", "domain", "corpus", "type"]


class Row(msgspec.Struct, frozen=True):
    """A sum over documents. `key` is the language, domain, corpus, or "corpus type"; low and high bound F1.

    The bounds are None where too few documents have a fact (`Report.interval_from`), and of types.
    `macro` is the mean of F1 over the types of a corpus.
    """

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
    macro: float | None = None
    signature: str = ""


class Mean(msgspec.Struct, frozen=True):
    """The unweighted mean of F1 over corpora.

    `key` is "held-in zh NER", the name of a zero-shot group, or "zh NER" where nothing is known of training.
    The bounds are None where one of the corpora has none.
    """

    key: str
    task: Task
    metric: Metric
    corpora: tuple[str, ...]
    f1: float
    low: float | None = None
    high: float | None = None
    signature: str = ""


class Report(msgspec.Struct, frozen=True):
    """All numbers of one run.

    `interval_from`: how many documents need a gold or predicted fact for an interval; None: none was asked for.
    """

    benchmark: str
    split: str
    signature: str
    rows: tuple[Row, ...]
    means: tuple[Mean, ...]
    rates: dict[str, Rates]
    errors: tuple[Breakdown, ...] = ()
    slices: tuple[Slice, ...] = ()
    interval_from: int | None = None

    def row(self, by: By, key: str, metric: Metric) -> Row:
        """The row of a key and metric. Raises: KeyError if there is none."""
        for row in self.rows:
            if (row.by, row.key, row.metric) == (by, key, metric):
                return row
        raise KeyError((by, key, metric))

    def f1(self, metric: Metric) -> float:
        """Micro F1 of a metric over everything that was scored."""
        return self.row("all", "all", metric).f1


def signature(rule: Rule, benchmark: str, task: Task | None = None) -> str:
    """The rule a number was made by, e.g. "strict-f1|task:ner|match:string|dup:set|…"."""
    parts = {
        **({"task": task.lower()} if task else {}),
        "match": rule.match,
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
    errors: tuple[Breakdown, ...] = (),
    slices: tuple[Slice, ...] = (),
) -> Report:
    """The report of a tally. `described` tells language and domain of each corpus.

    `held_out` are the zero-shot groups of corpora (none: all are held-in; None: what was trained on is not known).
    """
    rows: list[Row] = []
    for task, metrics in METRICS.items():
        sign = signature(tally.rule, benchmark, task)
        for metric in metrics:
            cells = _cells(tally, task, metric)
            if not cells:
                continue
            row = partial(_row, task=task, metric=metric, intervals=intervals, sign=sign)
            rows.append(row("all", "all", list(cells.values())))
            for by in ("language", "domain"):
                keys = sorted({str(getattr(described[corpus], by)) for corpus in cells})
                for key in keys:
                    chosen = [cell for corpus, cell in cells.items() if getattr(described[corpus], by) == key]
                    rows.append(row(by, key, chosen))
            for corpus, cell in cells.items():
                types = _types(cell)
                gold_types = [figures[2] for (_, gold, _), figures in types.values() if gold]
                macro = sum(gold_types) / len(gold_types) if gold_types else None
                rows.append(msgspec.structs.replace(row("corpus", corpus, [cell]), macro=macro))
                for type, (counts, figures) in types.items():
                    rows.append(Row("type", f"{corpus} {type}", task, metric, 0, *counts, *figures, signature=sign))
    return Report(
        benchmark=benchmark,
        split=split,
        signature=signature(tally.rule, benchmark),
        rows=tuple(rows),
        means=tuple(_means(tally, described, held_out, intervals, benchmark)),
        rates={f"{corpus} {task}": group.rates for (corpus, task), group in sorted(tally.groups.items())},
        errors=errors,
        slices=slices,
        interval_from=FEWEST if intervals else None,
    )


def _cells(tally: Tally, task: Task, metric: Metric) -> dict[str, Cell]:
    """The cell of each corpus. Types of heads and tails count only where answers say them: never mixed."""
    return {
        corpus: group.cells[metric]
        for (corpus, kind), group in sorted(tally.groups.items())
        if kind == task and metric in group.cells and (metric != "re-typed" or group.typed)
    }


def _types(cell: Cell) -> dict[str, tuple[Triple, tuple[float, float, float]]]:
    """Counts and figures of each type, the most frequent in the gold first."""
    types = sorted(set().union(*cell.types), key=lambda name: (-cell.types[1][name], name))
    counts = {type: (cell.types[0][type], cell.types[1][type], cell.types[2][type]) for type in types}
    return {type: (triple, ratios(*triple)) for type, triple in counts.items()}


def _row(by: By, key: str, cells: Sequence[Cell], *, task: Task, metric: Metric, intervals: bool, sign: str) -> Row:
    triples: Counter[Triple] = Counter()
    for cell in cells:
        triples.update(cell.triples)
    correct, gold, predicted = (sum(kind[i] * n for kind, n in triples.items()) for i in range(3))
    low, high = interval(triples) if intervals else (None, None)
    figures = ratios(correct, gold, predicted)
    documents = triples.total()
    return Row(by, key, task, metric, documents, correct, gold, predicted, *figures, low, high, signature=sign)


def _means(
    tally: Tally,
    described: dict[str, Described],
    held_out: dict[str, tuple[str, ...]] | None,
    intervals: bool,
    benchmark: str,
) -> Iterable[Mean]:
    """Means over held-in corpora of one language and task, and over each zero-shot group.

    Where nothing is known of training: over the corpora of one language and task, if there are several.
    """
    known = "held-in " if held_out is not None else ""
    outside = {corpus for group in (held_out or {}).values() for corpus in group}
    for task, metrics in HEADLINES.items():
        for metric in metrics:
            cells = _cells(tally, task, metric)
            groups = {f"{known}{language} {task}": [] for language in ("zh", "en")}  # type: dict[str, list[str]]
            for corpus in cells:
                if corpus not in outside:
                    groups[f"{known}{described[corpus].language} {task}"].append(corpus)
            if held_out is None:
                groups = {name: group for name, group in groups.items() if len(group) > 1}
            groups |= {
                name: [corpus for corpus in group if corpus in cells] for name, group in (held_out or {}).items()
            }
            for name, group in groups.items():
                if group:
                    chosen = [cells[corpus].triples for corpus in group]
                    sums = [tuple(sum(k[i] * n for k, n in triples.items()) for i in range(3)) for triples in chosen]
                    f1 = sum(ratios(*counts)[2] for counts in sums) / len(sums)
                    low, high = mean_interval(chosen) if intervals else (None, None)
                    sign = signature(tally.rule, benchmark, task)
                    yield Mean(name, task, metric, tuple(group), f1, low, high, sign)
