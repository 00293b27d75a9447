"""Evidence about the labels of a group, and its fusion into one order for each label.

    found = evidence(groups, seen)          {Group: {"names": matrix, "context": matrix, …}}
    fused = fuse(found[group], trust(group, seen.get(group.corpus)))
    order(group, fused)[0]                  the other labels, as positions, most confusable with the first label first

Fusion is by reciprocal rank without weights: every piece of evidence gives 1 / (10 + rank), the sum is made
symmetric, and half of the second-order similarity (are the two confusable with the same others?) is added.
Cormack et al. (2009); that weights buy next to nothing was measured, see docs/confusion.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from uiebench.confusion import schema_evidence as schema
from uiebench.confusion.across import Universe, concepts
from uiebench.confusion.labels import Group, Kind
from uiebench.confusion.text_evidence import Seen, Tag, elsewhere
from uiebench.confusion.vectors import DIGITS, Matrix, cosine_of_rows, ranks, tells
from uiebench.types import EventLabel, Label, RelationLabel

SCHEMA_EVIDENCE = ("names", "descriptions", "model", "classes", "types", "roles")
TEXT_EVIDENCE = ("context", "sentence", "mention", "text", "likelihood", "together", "elsewhere")
ACROSS_EVIDENCE = ("concepts",)
EVIDENCE = (*SCHEMA_EVIDENCE, *TEXT_EVIDENCE, *ACROSS_EVIDENCE, "scored")
"""Every kind of evidence, in the order it is shown."""

DAMPING = 10
"""Added to a rank before its reciprocal is taken: how little the first places stand out."""
SECOND_ORDER = 0.5
CASES_HALF = 5
"""Cases of a label at which the evidence of texts has half of its weight."""

Embed = Callable[[Sequence[Label]], Matrix]
"""Similarities of labels by a model of the user's."""
Scored = Callable[[Group], Matrix | None]
"""How often a scored model took label i for label j."""


def evidence(
    groups: Sequence[Group],
    seen: Mapping[str, Seen],
    *,
    universe: Universe | None = None,
    embed: Embed | None = None,
    scored: Scored = lambda group: None,
) -> dict[Group, dict[str, Matrix]]:
    """The similarity matrices there are for each group, in the order of `EVIDENCE`.

    `groups` are those of all corpora of a benchmark, `seen` what was looked at of the training texts of
    those that may be trained on, `universe` that of the groups if it is there already.
    """
    universe = universe or Universe(groups)
    entities = {group.corpus: group.labels for group in groups if group.kind == "entity"}
    strings = _strings(seen)
    found: dict[Group, dict[str, Matrix]] = {}
    told: dict[tuple[str, Kind], Matrix] = {}
    for group in groups:
        texts: dict[str, Matrix] = {}
        if group.corpus in seen:
            texts |= seen[group.corpus].told[group]
            _put(texts, "elsewhere", elsewhere(group, seen[group.corpus], strings))
        if texts and group.kind != "role":
            fused = fuse(texts, trust(group, seen[group.corpus]))
            told[group.corpus, group.kind] = fused / max(float(fused.max()), 1e-9)
        observed = seen[group.corpus].types if group.corpus in seen else {}
        found[group] = texts | _from_schema(group, entities.get(group.corpus, ()), observed, universe, embed)
    for group in groups:
        if group.kind != "role":
            _put(found[group], "concepts", concepts(group, universe, told))
        _put(found[group], "scored", scored(group))
    return {group: {name: rows[name] for name in EVIDENCE if name in rows} for group, rows in found.items()}


def _put(found: dict[str, Matrix], name: str, matrix: Matrix | None) -> None:
    if matrix is not None:
        found[name] = matrix


def _from_schema(
    group: Group,
    entities: Sequence[Label],
    observed: Mapping[str, tuple[frozenset[str], frozenset[str]]],
    universe: Universe,
    embed: Embed | None,
) -> dict[str, Matrix]:
    labels = group.labels
    if group.kind == "role":
        return {"names": schema.names(labels)}
    found: dict[str, Matrix] = {"names": universe.within(group)}
    _put(found, "descriptions", schema.descriptions(labels))
    if embed and tells(modelled := embed(labels)):
        found["model"] = modelled
    _put(found, "classes", schema.classes(labels))
    relations = [label for label in labels if isinstance(label, RelationLabel)]
    events = [label for label in labels if isinstance(label, EventLabel)]
    if relations:
        _put(found, "types", schema.signatures(relations, entities, observed))
    if events:
        _put(found, "roles", schema.role_sets(events))
    return found


def _strings(seen: Mapping[str, Seen]) -> dict[str, dict[str, list[Tag]]]:
    """string → corpus → the tags it was given there."""
    found: defaultdict[str, dict[str, list[Tag]]] = defaultdict(dict)
    for corpus in sorted(seen):
        for string, tags in seen[corpus].strings.items():
            found[string][corpus] = sorted(tags)
    return dict(found)


# --- fusion -----------------------------------------------------------------------------------------


Weights: TypeAlias = npt.NDArray[np.float64]


def trust(group: Group, seen: Seen | None) -> Weights | None:
    """How far the evidence of texts holds for each label: n / (n + `CASES_HALF`) for n cases; None without texts."""
    if seen is None:
        return None
    found = np.array([float(seen.cases[group][name]) for name in group.names])
    weights: Weights = found / (found + CASES_HALF)
    return weights


def fuse(matrices: Mapping[str, Matrix], weights: Weights | None = None) -> Matrix:
    """One symmetric matrix of scores of the similarity matrices by evidence; the diagonal is 0.

    `weights` say how far the evidence of texts holds for each label; where it does not, that evidence counts as
    if every other label were as likely.

    Raises: ValueError if there is no matrix.
    """
    if not matrices:
        raise ValueError("there is nothing to fuse")
    size = len(next(iter(matrices.values())))
    summed: Matrix = np.zeros((size, size))
    for name, matrix in matrices.items():
        shares = 1.0 / (DAMPING + ranks(matrix))
        if weights is not None and name in TEXT_EVIDENCE:
            even = shares.sum(1, keepdims=True) / max(1, size - 1)
            shares = np.where(shares > 0, even + weights[:, None] * (shares - even), 0.0)
        summed += shares
    both = summed + summed.T
    first = both / max(float(both.max()), 1e-9)
    fused: Matrix = first + SECOND_ORDER * cosine_of_rows(first)
    np.fill_diagonal(fused, 0.0)
    rounded: Matrix = np.round(fused, DIGITS)
    return rounded


def order(group: Group, fused: Matrix) -> list[list[int]]:
    """For each label the positions of the others, the highest score first, ties by name."""
    names = group.names
    return [
        sorted((j for j in range(len(names)) if j != i), key=lambda j: (-fused[i, j], names[j]))
        for i in range(len(names))
    ]
