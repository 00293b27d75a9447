"""Figures, intervals and tests from sufficient statistics.

A document enters a score only through (correct, gold, predicted). Many documents have the same triple,
so a bootstrap resample of a million documents is one multinomial draw over a few hundred distinct
triples: exact, and a matter of milliseconds.

    interval({(1, 1, 1): 90, (0, 1, 1): 10})   →  (0.84, 0.95)      95 % of 1,000 resamples
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Triple = tuple[int, int, int]
Triples = Mapping[Triple, int]
RESAMPLES, TRIALS, SEED = 1_000, 10_000, 20_240_501
FEWEST = 10
"""Fewer documents than this with a gold or predicted fact have no interval: their resamples tell the documents
apart and nothing else. Of a single one every resample is the same, which would look like certainty."""


def ratios(correct: int, gold: int, predicted: int) -> tuple[float, float, float]:
    """Precision, recall and F1; 0 where there is nothing to divide by."""
    precision = correct / predicted if predicted else 0.0
    recall = correct / gold if gold else 0.0
    f1 = 2 * correct / (gold + predicted) if gold + predicted else 0.0
    return precision, recall, f1


def resampled(triples: Triples, resamples: int = RESAMPLES, seed: int = SEED) -> npt.NDArray[np.float64]:
    """F1 of bootstrap resamples over documents, shape (resamples,). Independent of the order of `triples`."""
    kinds = sorted(triples)
    if not kinds:
        return np.zeros(resamples)
    counts = np.array([triples[kind] for kind in kinds], dtype=np.int64)
    documents = int(counts.sum())
    draws = np.random.Generator(np.random.PCG64(seed)).multinomial(documents, counts / documents, size=resamples)
    return f1_of(draws @ np.array(kinds, dtype=np.int64))


def f1_of(sums: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """F1 from rows of (correct, gold, predicted); 0 where nothing was there and nothing was said."""
    total = sums[..., 1] + sums[..., 2]
    f1: npt.NDArray[np.float64] = np.divide(2.0 * sums[..., 0], total, out=np.zeros(total.shape), where=total > 0)
    return f1


def bounds(values: npt.NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """The central interval that holds `level` of the values."""
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


Interval = tuple[float, float] | tuple[None, None]


def enough(triples: Triples) -> bool:
    """Whether so many documents have a gold or predicted fact that an interval says something: `FEWEST`."""
    return sum(count for (_, gold, predicted), count in triples.items() if gold or predicted) >= FEWEST


def interval(triples: Triples, resamples: int = RESAMPLES, seed: int = SEED) -> Interval:
    """The 95 % bootstrap interval of micro F1 over documents; (None, None) where there are too few."""
    return bounds(resampled(triples, resamples, seed)) if enough(triples) else (None, None)


def mean_interval(groups: Sequence[Triples], resamples: int = RESAMPLES, seed: int = SEED) -> Interval:
    """The 95 % interval of the unweighted mean of F1 over corpora, each resampled by itself.

    (None, None) where one of them has too few documents.
    """
    if not all(map(enough, groups)):
        return None, None
    drawn = [resampled(triples, resamples, seed + index) for index, triples in enumerate(groups)]
    return bounds(np.mean(drawn, axis=0))


def permuted(pairs: Mapping[tuple[Triple, Triple], int], trials: int = TRIALS, seed: int = SEED) -> float:
    """The p-value of a difference in F1 under paired approximate randomisation.

    `pairs` counts documents by what the two systems made of them. In each trial every document swaps its
    two results with probability one half; for documents alike that is one binomial draw.
    """
    kinds = sorted(pairs)
    counts = np.array([pairs[kind] for kind in kinds], dtype=np.int64)
    left = np.array([kind[0] for kind in kinds], dtype=np.int64).reshape(-1, 3)
    right = np.array([kind[1] for kind in kinds], dtype=np.int64).reshape(-1, 3)
    observed = abs(float(f1_of(counts @ left) - f1_of(counts @ right)))
    swapped = np.random.Generator(np.random.PCG64(seed)).binomial(counts, 0.5, size=(trials, len(kinds)))
    kept = counts - swapped
    differences = np.abs(f1_of(kept @ left + swapped @ right) - f1_of(kept @ right + swapped @ left))
    return float((1 + np.count_nonzero(differences >= observed - 1e-12)) / (trials + 1))
