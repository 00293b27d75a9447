"""Is a judge any good? Its scores against F1, on answers to prompts whose gold is trusted.

    found = agreement(read_parquet(candidates, Candidate), Judged.read([judgements]))
    found.groups[0]   →  Group("all", "all", candidates=1840, documents=412, spearman=Value(0.71, 0.67, 0.75), …)
    found.groups[0].bins[7]   →  Bin(7, candidates=212, f1=Value(0.83, 0.79, 0.87))

Spearman's rho and Kendall's tau-b over candidates, with ties; 95 % intervals by 1,000 bootstrap resamples over
documents, since answers to one text are not independent. Both also follow how hard a text is. Whether a judge
orders the answers to one prompt rightly, which is what pairs are made of, is the figure `order`: of the pairs of
answers to one prompt that F1 tells apart, how many the judge orders as F1 does, how many the other way, and how
many it does not tell apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from uiebench.errors import UiebenchError
from uiebench.pairs.judged import Judged
from uiebench.score.bootstrap import RESAMPLES, SEED
from uiebench.types import TASKS, Candidate

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
BINS = 11
"""One for each whole score, 0 to 10."""
MARGINS = (1.0, 2.0, 3.0, 4.0, 5.0)
"""Differences of the judge's scores, of which a recipe of pairs chooses one."""


class Value(msgspec.Struct, frozen=True):
    """A figure with its 95 % interval; None where it is not defined, as the correlation with a constant."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Bin(msgspec.Struct, frozen=True):
    """The candidates with a whole score, and those above it up to the next (means of several judgements)."""

    score: int
    candidates: int
    f1: Value


class Order(msgspec.Struct, frozen=True):
    """Pairs of answers to one prompt that F1 tells apart, and how the judge orders them."""

    pairs: int
    right: int
    wrong: int
    tied: int

    @property
    def accuracy(self) -> float | None:
        """The share that is ordered rightly, ties half."""
        return (self.right + self.tied / 2) / self.pairs if self.pairs else None


class Apart(msgspec.Struct, frozen=True):
    """Pairs of answers to one prompt that F1 tells apart and the judge too, by `margin` points or more.

    What pairs that are judged with this margin are worth: `right` of them are ordered as by F1.
    """

    margin: float
    pairs: int
    right: int


class Group(msgspec.Struct, frozen=True):
    """The judged candidates of a task and a language ("all": of every one)."""

    task: str
    language: str
    candidates: int
    documents: int
    f1: float
    judge: float
    spearman: Value
    kendall: Value
    order: Order
    margins: tuple[Apart, ...]
    bins: tuple[Bin, ...]


class Pairwise(msgspec.Struct, frozen=True):
    """Pairs of candidates that a judge saw both of, in both orders.

    Fields:
        pairs: asked in both orders; consistent: of these, with the same verdict in both.
        bias: how much more often the first place wins than the second, from -1 to 1; 0: the place does not matter.
        order: of the pairs that F1 tells apart, how the verdicts on which both orders agree go with it.
    """

    pairs: int
    consistent: int
    bias: Value
    order: Order


class Cost(msgspec.Struct, frozen=True):
    """What a file of judgements cost, from the summary beside it. Dollars are None where the price is not known."""

    file: str
    judge: str
    mode: str
    judged: int
    dollars: float | None
    tokens: int

    @property
    def dollars_of_1000(self) -> float | None:
        """Dollars for 1,000 judgements."""
        return None if self.dollars is None or not self.judged else 1000 * self.dollars / self.judged

    @property
    def tokens_of_1000(self) -> float | None:
        """Tokens for 1,000 judgements."""
        return 1000 * self.tokens / self.judged if self.judged else None


class Agreement(msgspec.Struct, frozen=True):
    """How a judge's scores and comparisons go with F1.

    Fields:
        groups: all, by task, by language, by both; none without scores.
        pairwise: None without comparisons. costs: of the files that a summary tells of.
        judges: judgements of each judge. problems: judgements that say nothing, by reason.
        unscored: judged candidates without F1; unjudged: candidates with F1 and without judgement.
    """

    groups: tuple[Group, ...]
    pairwise: Pairwise | None
    costs: tuple[Cost, ...]
    judges: dict[str, int]
    problems: dict[str, int]
    unscored: int
    unjudged: int


class _Seen(msgspec.Struct, frozen=True):
    document: str
    prompt: str
    task: str
    language: str
    judge: float
    f1: float


def agreement(
    candidates: Iterable[Candidate], judged: Judged, costs: Sequence[Cost] = (), resamples: int = RESAMPLES
) -> Agreement:
    """The agreement of judgements with F1. Independent of the order of the candidates.

    Raises: UiebenchError if no candidate has an F1 and was judged.
    """
    seen, unscored, unjudged = list[_Seen](), 0, 0
    compared = {id for verdict in judged.verdicts for id in verdict[:2]}
    scores = dict[str, tuple[str, float]]()
    for one in candidates:
        if one.id in compared and one.score is not None:
            scores[one.id] = one.document, one.score
        score = judged.overall.get(one.id)
        if score is None or one.score is None:
            unjudged += score is None and one.score is not None
            unscored += score is not None
            continue
        seen.append(_Seen(one.document, one.instruction, one.task, one.language, score, one.score))
    pairwise = _pairwise(judged, scores, resamples) if scores else None
    if not seen and pairwise is None:
        raise UiebenchError("no candidate has both a judge's score and an F1: judge candidates with trusted gold")
    seen.sort(key=lambda one: (one.document, one.prompt, one.judge, one.f1))
    tasks = [task for task in TASKS if any(one.task == task for one in seen)]
    languages = sorted({one.language for one in seen})
    wanted = [("all", "all"), *((task, "all") for task in tasks), *(("all", language) for language in languages)]
    wanted += [(task, language) for task in tasks for language in languages]
    groups, known = [], set[tuple[int, ...]]()
    for task, language in wanted:
        rows = [i for i, one in enumerate(seen) if task in ("all", one.task) and language in ("all", one.language)]
        key = tuple(rows)
        if rows and key not in known:  # a task in one language is told once
            known.add(key)
            groups.append(_group(task, language, [seen[i] for i in rows], resamples))
    return Agreement(
        tuple(groups),
        pairwise,
        tuple(costs),
        dict(sorted(judged.judges.items())),
        dict(sorted(judged.problems.items())),
        unscored,
        unjudged,
    )


def _pairwise(judged: Judged, scores: Mapping[str, tuple[str, float]], resamples: int) -> Pairwise:
    """What the verdicts on pairs say, over pairs with F1 and verdicts in both orders."""
    pairs = [pair for pair in judged.pairs() if pair[0] in scores and pair[1] in scores]
    documents = sorted({scores[left][0] for left, _ in pairs})
    places = {document: place for place, document in enumerate(documents)}
    told: Counter[int] = Counter()
    for left, right in pairs:
        difference = scores[left][1] - scores[right][1]
        if difference:
            told[(judged.preferred(left, right) or 0) * (1 if difference > 0 else -1)] += 1
    wins, verdicts, wanted = np.zeros(len(documents)), np.zeros(len(documents)), set(pairs)
    consistent = dict[tuple[str, str], set[int]]()
    for first, second, better in judged.verdicts:
        pair = (first, second) if first < second else (second, first)
        if pair in wanted:
            place = places[scores[first][0]]
            wins[place] += better
            verdicts[place] += 1
            consistent.setdefault(pair, set()).add(better if pair[0] == first else -better)
    random, drawn = np.random.Generator(np.random.PCG64(SEED)), np.full(resamples, np.nan)
    for k in range(resamples if pairs else 0):
        weights = np.bincount(random.integers(0, len(documents), len(documents)), minlength=len(documents))
        drawn[k] = (weights @ wins) / (weights @ verdicts)
    bias = float(wins.sum() / verdicts.sum()) if pairs else float("nan")
    return Pairwise(
        len(pairs),
        sum(len(signs) == 1 for signs in consistent.values()),
        _value(bias, drawn),
        Order(told.total(), told[1], told[-1], told[0]),
    )


class _Summary(msgspec.Struct, frozen=True):
    """The part of a judge's summary.json that the cost needs."""

    judge: str
    mode: str
    judged: int
    priced: bool
    spent_in_all: float
    tokens_in_all: int


def costs_of(paths: Iterable[Path]) -> list[Cost]:
    """What files of judgements cost, where `uiebench judge` left a summary beside them."""
    found = []
    for path in paths:
        try:
            told = msgspec.json.decode((path.parent / "summary.json").read_bytes(), type=_Summary)
        except (OSError, msgspec.DecodeError):
            continue
        spent = told.spent_in_all if told.priced else None
        found.append(Cost(path.name, told.judge, told.mode, told.judged, spent, told.tokens_in_all))
    return found


def _group(task: str, language: str, seen: Sequence[_Seen], resamples: int) -> Group:
    judge, f1 = np.array([one.judge for one in seen]), np.array([one.f1 for one in seen])
    documents = sorted({one.document for one in seen})
    places = {document: place for place, document in enumerate(documents)}
    owner = np.array([places[one.document] for one in seen])
    xs, x = np.unique(judge, return_inverse=True)
    ys, y = np.unique(f1, return_inverse=True)
    cell, shape = x * len(ys) + y, (len(xs), len(ys))
    bins = np.minimum(judge.astype(np.int64), BINS - 1)
    random = np.random.Generator(np.random.PCG64(SEED))
    drawn_rho, drawn_tau = np.empty(resamples), np.empty(resamples)
    drawn_bins = np.empty((resamples, BINS))
    for k in range(resamples):
        drawn = np.bincount(random.integers(0, len(documents), len(documents)), minlength=len(documents))
        weights = drawn[owner].astype(np.float64)
        table = _table(cell, weights, shape)
        drawn_rho[k], drawn_tau[k] = spearman(table), kendall(table)
        drawn_bins[k] = _means(bins, weights, f1)
    table = _table(cell, np.ones(len(seen)), shape)
    counts, means = np.bincount(bins, minlength=BINS), _means(bins, np.ones(len(seen)), f1)
    return Group(
        task,
        language,
        len(seen),
        len(documents),
        float(f1.mean()),
        float(judge.mean()),
        _value(spearman(table), drawn_rho),
        _value(kendall(table), drawn_tau),
        *_order(seen),
        tuple(Bin(b, int(counts[b]), _value(means[b], drawn_bins[:, b])) for b in range(BINS)),
    )


def _table(cells: Ints, weights: Floats, shape: tuple[int, int]) -> Floats:
    """The contingency table of weighted observations; `cells` are positions in the flat table."""
    found: Floats = np.bincount(cells, weights=weights, minlength=shape[0] * shape[1]).astype(np.float64)
    return found.reshape(shape)


def _means(bins: Ints, weights: Floats, f1: Floats) -> Floats:
    """Mean F1 in each bin, NaN in an empty one."""
    count = np.bincount(bins, weights=weights, minlength=BINS)
    total = np.bincount(bins, weights=weights * f1, minlength=BINS)
    found: Floats = np.divide(total, count, out=np.full(BINS, np.nan), where=count > 0)
    return found


def _value(value: float, drawn: Floats) -> Value:
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(value):
        return Value(None)
    low, high = np.quantile(drawn, [0.025, 0.975]) if len(drawn) else (np.nan, np.nan)
    return Value(float(value), None if np.isnan(low) else float(low), None if np.isnan(high) else float(high))


def spearman(table: Floats) -> float:
    """Spearman's rho of two ordinal variables from their contingency table; NaN if one of them is constant."""
    x, y = _midranks(table.sum(1)), _midranks(table.sum(0))
    middle = (table.sum() + 1) / 2
    x, y = x - middle, y - middle
    square = float((table.sum(1) * x**2).sum() * (table.sum(0) * y**2).sum())
    return float(x @ table @ y) / square**0.5 if square > 0 else float("nan")


def _midranks(counts: Floats) -> Floats:
    found: Floats = np.cumsum(counts) - (counts - 1) / 2
    return found


def kendall(table: Floats) -> float:
    """Kendall's tau-b of two ordinal variables from their contingency table; NaN if one of them is constant."""
    n = table.sum()
    above = np.zeros((table.shape[0] + 1, table.shape[1] + 1))
    above[:-1, :-1] = table[::-1, ::-1].cumsum(0).cumsum(1)[::-1, ::-1]  # at (i, j): those with i' ≥ i and j' ≥ j
    below = np.zeros((table.shape[0] + 1, table.shape[1] + 1))
    below[:-1, 1:] = table[::-1].cumsum(0).cumsum(1)[::-1]  # at (i, j): those with i' ≥ i and j' < j
    concordant = float((table * above[1:, 1:]).sum())
    discordant = float((table * below[1:, :-1]).sum())

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1)).sum()) / 2

    whole = n * (n - 1) / 2
    square = (whole - pairs(table.sum(1))) * (whole - pairs(table.sum(0)))
    return (concordant - discordant) / square**0.5 if square > 0 else float("nan")


def _order(seen: Sequence[_Seen]) -> tuple[Order, tuple[Apart, ...]]:
    """How the judge orders the answers to one prompt, over all and by the margin of its scores."""
    prompts: defaultdict[str, list[_Seen]] = defaultdict(list)
    for one in seen:
        prompts[one.prompt].append(one)
    leads = [
        (left.judge - right.judge) * (1 if left.f1 > right.f1 else -1)
        for answers in prompts.values()
        for left, right in combinations(answers, 2)
        if left.f1 != right.f1
    ]
    right, wrong = sum(lead > 0 for lead in leads), sum(lead < 0 for lead in leads)
    margins = tuple(
        Apart(
            margin,
            sum(abs(lead) >= margin - 1e-9 for lead in leads),
            sum(lead >= margin - 1e-9 for lead in leads),
        )
        for margin in MARGINS
    )
    return Order(len(leads), right, wrong, len(leads) - right - wrong), margins
