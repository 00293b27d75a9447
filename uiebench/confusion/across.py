"""Labels of different corpora: which are the same or near concepts, and what the others say of one's own.

    universe = Universe(groups)
    universe.links(seen, 10)[Place("cluener", "entity", "company")]   →  (Link(Place("boson", "entity",
                                                                              "company_name"), 0.98, …), …)

Names that share no character are brought together by the names of third labels: 雇佣 (employment) and
任职机构 (employer) are both like 雇佣于 (employer). A benchmark's labels are thus its own bilingual dictionary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from uiebench.confusion.labels import Group, Kind
from uiebench.confusion.schema_evidence import names
from uiebench.confusion.text_evidence import USES, Seen
from uiebench.confusion.vectors import DIGITS, Matrix, cosine, cosine_of_rows, tells, tfidf
from uiebench.types import Label

NEAR = 0.3
"""From this similarity on, labels of two corpora count as related."""


class Place(msgspec.Struct, frozen=True, order=True):
    """A label of a corpus."""

    corpus: str
    kind: Kind
    label: str


class Link(msgspec.Struct, frozen=True):
    """A label of another corpus: how near it is (0 to 1), and how near by its name and by shared strings."""

    to: Place
    score: float
    names: float
    strings: float


class Universe:
    """The entity types, relations and event types of all corpora, and how alike their names are (0 to 1).

    The similarity is the mean of two: of the names themselves, and of the labels that the names are like.
    Labels of one concept, or of equal names, have 1.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = [group for group in groups if group.kind != "role"]
        self.places = [Place(g.corpus, g.kind, name) for g in self.groups for name in g.names]
        self.labels: list[Label] = [label for g in self.groups for label in g.labels]
        self.position = {place: i for i, place in enumerate(self.places)}
        spelt = sorted({(label.zh.lower(), label.en.lower(), label.concept) for label in self.labels})
        row = {key: i for i, key in enumerate(spelt)}
        self._row = np.array(
            [row[label.zh.lower(), label.en.lower(), label.concept] for label in self.labels], dtype=np.int64
        )
        self._alike = alike([Label(zh, zh, en, concept) for zh, en, concept in spelt])

    def similarity(self, rows: Sequence[int], columns: Sequence[int]) -> Matrix:
        """How alike labels are, by their positions."""
        return self._alike[np.ix_(self._row[list(rows)], self._row[list(columns)])]

    def within(self, group: Group) -> Matrix:
        """How alike the labels of one group are, seen through the names of all corpora."""
        here = self.of(group)
        return self.similarity(here, here)

    def of(self, group: Group) -> list[int]:
        """The positions of the labels of a group."""
        return [self.position[Place(group.corpus, group.kind, name)] for name in group.names]

    def links(self, seen: Mapping[str, Seen], most: int) -> dict[Place, tuple[Link, ...]]:
        """For each label the nearest of other corpora: by name, and by the strings that texts give to both."""
        byname = self.similarity(range(len(self.places)), range(len(self.places)))
        bystring = _shared_strings(self.places, seen)
        score = np.round(1.0 - (1.0 - byname) * (1.0 - bystring), DIGITS)
        corpora = np.array([place.corpus for place in self.places])
        found: dict[Place, tuple[Link, ...]] = {}
        for i, place in enumerate(self.places):
            others = np.flatnonzero((score[i] >= NEAR) & (corpora != place.corpus))
            nearest = sorted(others, key=lambda j: (-score[i, j], self.places[j]))[:most]
            found[place] = tuple(
                Link(self.places[j], float(score[i, j]), float(byname[i, j]), float(bystring[i, j])) for j in nearest
            )
        return found


def _shared_strings(places: Sequence[Place], seen: Mapping[str, Seen]) -> Matrix:
    """The cosine of the strings that texts of two corpora give to two labels of one kind; rare strings weigh more."""
    corpora = Counter(string for one in seen.values() for string in one.strings)
    rows: list[list[str]] = []
    for place in places:
        strings = seen[place.corpus].strings if place.corpus in seen else {}
        uses = USES[place.kind]
        rows.append(
            [
                f"{use}\x1f{string}"
                for string, tags in strings.items()
                if corpora[string] > 1
                for use in uses
                if (use, place.label) in tags
            ]
        )
    return np.maximum(cosine(tfidf(rows)), 0.0)


def alike(labels: Sequence[Label]) -> Matrix:
    """How alike labels are by their names and by the names of third labels; one for equal concepts."""
    direct = names(labels)
    np.fill_diagonal(direct, 1.0)
    both = (direct + cosine_of_rows(direct**2)) / 2  # squared: a third label must be quite alike to tell
    concepts = np.array([label.concept for label in labels])
    both[concepts[:, None] == concepts[None, :]] = 1.0
    return np.round(both, DIGITS)


def concepts(group: Group, universe: Universe, told: Mapping[tuple[str, Kind], Matrix]) -> Matrix | None:
    """What the texts of other corpora say of labels like one's own.

    `told` are similarities from texts (0 to 1) by corpus and kind. Of labels i and j of this group, each
    pair of labels of another corpus counts as much as they are like i and j; one pair of evidence is added
    that says nothing. None where no other corpus has like labels.
    """
    here = universe.of(group)
    every = universe.similarity(here, range(len(universe.places)))
    every = np.where(every >= NEAR, every, 0.0)
    weighted, weights = np.zeros((len(here), len(here))), np.zeros((len(here), len(here)))
    for other in universe.groups:
        matrix = told.get((other.corpus, other.kind))
        if matrix is None or other.kind != group.kind or other.corpus == group.corpus:
            continue
        like = every[:, universe.of(other)]
        if not like.any():
            continue
        others = matrix.copy()
        np.fill_diagonal(others, 0.0)
        sums = like.sum(1)
        weighted += like @ others @ like.T
        weights += np.outer(sums, sums) - like @ like.T  # of all pairs, those of two labels
    found = np.round(weighted / (1.0 + weights), DIGITS)
    return found if tells(found) else None
