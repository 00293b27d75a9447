"""What a schema says of which labels are alike: names, descriptions, classes, type signatures, roles.

Each function gives a similarity matrix over the labels of a group, or None where the evidence does not exist.

    names(group.labels)[i, j]      0.41 for 出生地 (place of birth) and 出生日期 (date of birth)
    classes(group.labels)          1 for per:title and per:age, 0 for per:title and org:founded
    signatures(…)                  3 for two relations of the same head type and the same tail type
    role_sets(…)                   0.5 for event types that share two of four roles
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from uiebench.confusion.texts import grams, tokens
from uiebench.confusion.vectors import Matrix, cosine, tells, tfidf
from uiebench.types import EventLabel, Label, RelationLabel

LEVELS = re.compile(r"[/:.\-–—|>]+")
"""What separates the levels of a label such as 财经/交易-降价, per:title, Life.Die."""


def characters(name: str) -> list[str]:
    """The characters of a Chinese name and the pairs of neighbours."""
    name = name.lower()
    return [name[i : i + n] for n in (1, 2) for i in range(len(name) - n + 1)]


def pieces(name: str) -> list[str]:
    """The words of an English name and their pieces of three to five characters."""
    found: list[str] = []
    for word in name.lower().split():
        fenced = f" {word} "
        found.append(fenced)
        found += [fenced[i : i + n] for n in (3, 4, 5) for i in range(len(fenced) - n + 1) if n < len(fenced)]
    return found


def names(labels: Sequence[Label]) -> Matrix:
    """Character TF-IDF: the mean of the cosines of the Chinese and of the English names."""
    return 0.5 * (
        cosine(tfidf([characters(label.zh) for label in labels]))
        + cosine(tfidf([pieces(label.en) for label in labels]))
    )


def descriptions(labels: Sequence[Label]) -> Matrix | None:
    """TF-IDF of the words of names and descriptions; None where fewer than half of the labels are described."""
    if 2 * sum(bool(label.description) for label in labels) < len(labels):
        return None
    return cosine(tfidf([grams(tokens(f"{label.zh} {label.en} {label.description}")) for label in labels]))


def classes(labels: Sequence[Label]) -> Matrix | None:
    """How many leading levels two native names share; None where the names have no levels."""
    levels = [[part for part in LEVELS.split(label.name) if part][:-1] for label in labels]
    shared = np.array([[float(_common(a, b)) for b in levels] for a in levels])
    return shared if tells(shared) else None


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    for place, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return place
    return min(len(left), len(right))


def signatures(
    labels: Sequence[RelationLabel],
    entities: Sequence[Label],
    observed: Mapping[str, tuple[frozenset[str], frozenset[str]]],
) -> Matrix | None:
    """2 · sim(head types) + sim(tail types), from 0 to 3; None where nothing is typed.

    Types are those the schema declares, else those `observed` (relation → types of heads, of tails) in texts.
    Two types are as similar as their names, and one where they share a concept.
    """
    place = {label.name: i for i, label in enumerate(entities)}
    heads, tails = [], []
    for label in labels:
        seen = observed.get(label.name, (frozenset(), frozenset()))
        heads.append(sorted(place[name] for name in set(label.heads) or seen[0] if name in place))
        tails.append(sorted(place[name] for name in set(label.tails) or seen[1] if name in place))
    if not any(heads) and not any(tails):
        return None
    alike = names(entities)
    concepts = [label.concept for label in entities]
    alike = np.maximum(alike, np.array([[float(a == b) for b in concepts] for a in concepts]))
    found = 2 * _between(heads, alike) + _between(tails, alike)
    return found if tells(found) else None


def _between(sets: Sequence[Sequence[int]], alike: Matrix) -> Matrix:
    """How alike sets are: the mean similarity of each member to the nearest one of the other set."""

    def score(left: Sequence[int], right: Sequence[int]) -> float:
        if not left or not right:
            return 0.0
        block = alike[np.ix_(left, right)]
        return float(block.max(0).mean() + block.max(1).mean()) / 2

    different = sorted({tuple(members) for members in sets})
    place = [different.index(tuple(members)) for members in sets]
    return np.array([[score(a, b) for b in different] for a in different])[np.ix_(place, place)]


def role_sets(labels: Sequence[EventLabel]) -> Matrix | None:
    """The Jaccard coefficient of the roles of event types, compared by concept."""
    sets = [{role.concept for role in label.roles} for label in labels]
    found = np.array([[len(a & b) / max(1, len(a | b)) for b in sets] for a in sets])
    return found if tells(found) else None
