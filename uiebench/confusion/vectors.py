"""Similarities of labels as matrices: cosines of weighted feature counts, and the ranks they give.

    cosine(ppmi([{"b:创 办": 3, …}, {"b:毕 业": 2, …}]))  →  2 × 2 matrix, 1 on the diagonal
    ranks(matrix)[i, j]                                  →  the place of label j among the others for label i, from 1

Matrices are float64 and rounded to `DIGITS`, so that the last bits of a sum, which differ between
machines, decide nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = npt.NDArray[np.float64]
Features = Mapping[str, float]
DIGITS = 6
COLUMNS = 4096
"""Features in memory at a time."""


def cosine(rows: Sequence[Features]) -> Matrix:
    """The cosines of sparse vectors; 0 with a vector of zeros, also with itself."""
    size = len(rows)
    spread = Counter(feature for row in rows for feature in row)
    shared = sorted(feature for feature, n in spread.items() if n > 1)  # others count for the lengths alone
    place = {feature: column for column, feature in enumerate(shared)}
    triples = [(place[f], i, value) for i, row in enumerate(rows) for f, value in row.items() if f in place]
    columns = np.array([column for column, _, _ in triples], dtype=np.int64)
    lines = np.array([line for _, line, _ in triples], dtype=np.int64)
    values = np.array([value for _, _, value in triples], dtype=np.float64)
    order = np.argsort(columns, kind="stable")
    columns, lines, values = columns[order], lines[order], values[order]
    product = np.zeros((size, size))
    for first in range(0, len(shared), COLUMNS):
        here = slice(*np.searchsorted(columns, (first, first + COLUMNS)))
        block = np.zeros((size, min(COLUMNS, len(shared) - first)))
        block[lines[here], columns[here] - first] = values[here]
        product += block @ block.T
    return _normal(product, np.array([math.fsum(value * value for value in row.values()) for row in rows]))


def cosine_of_rows(matrix: Matrix) -> Matrix:
    """The cosines of the rows of a matrix: who is similar to the same others."""
    product = matrix @ matrix.T
    return _normal(product, np.diag(product).copy())


def _normal(product: Matrix, squares: Matrix) -> Matrix:
    """A matrix of inner products as one of cosines, by the squared lengths of the vectors."""
    lengths = np.sqrt(squares)
    np.fill_diagonal(product, squares)
    lengths = np.where(lengths > 0, lengths, 1.0)
    return np.round(product / lengths[:, None] / lengths[None, :], DIGITS)


def tfidf(rows: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Rows of features as vectors of count × (log((1 + n) / (1 + rows with it)) + 1), as scikit-learn has it."""
    spread = Counter(feature for row in rows for feature in set(row))
    return [
        {f: count * (math.log((1 + len(rows)) / (1 + spread[f])) + 1) for f, count in Counter(row).items()}
        for row in rows
    ]


def ppmi(rows: Sequence[Mapping[str, int]]) -> list[dict[str, float]]:
    """Counts of features by label as positive pointwise mutual information, every label equally frequent.

    log(p(feature | label) / mean over the labels of it) where that is positive. A feature counted once in
    all says nothing and is left out. Levy & Goldberg (2014), with a uniform prior of the labels.
    """
    totals = Counter[str]()
    for row in rows:
        totals.update(row)
    sums = [sum(row.values()) for row in rows]
    shares = [{f: n / total for f, n in row.items() if totals[f] > 1} for row, total in zip(rows, sums, strict=True)]
    mean: dict[str, float] = {}
    filled = sum(bool(row) for row in rows) or 1
    for weighted in shares:
        for feature, share in weighted.items():
            mean[feature] = mean.get(feature, 0.0) + share / filled
    return [{f: math.log(share / mean[f]) for f, share in one.items() if share > mean[f]} for one in shares]


def ranks(matrix: Matrix) -> Matrix:
    """The rank of every other label in each row, from 1, the most similar first; ties share their mean rank.

    The diagonal is infinite: a label is not mistaken for itself.
    """
    size = len(matrix)
    others = ~np.eye(size, dtype=bool)
    found = np.full((size, size), np.inf)
    if size < 2:
        return found
    keys = np.rint(matrix[others] * 10**DIGITS).astype(np.int64).reshape(size, size - 1)
    keys += np.arange(size)[:, None] * (np.ptp(keys) + 1)  # every row in a range of its own, in order
    ordered = np.sort(keys, axis=1).ravel()
    below, upto = np.searchsorted(ordered, keys, side="left"), np.searchsorted(ordered, keys, side="right")
    above = np.arange(1, size + 1)[:, None] * (size - 1) - upto
    found[others] = (above + (upto - below + 1) / 2).ravel()
    return found


def tells(matrix: Matrix) -> bool:
    """Whether a similarity tells any two labels apart."""
    others = ~np.eye(len(matrix), dtype=bool)
    return len(matrix) > 2 and bool(np.ptp(np.round(matrix[others], DIGITS)) > 0)
