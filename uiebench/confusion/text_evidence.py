"""What the training texts say of which labels are alike.

    read = Sample.of(documents)            the cases and tokens of some documents
    views(group, read, "context")[i, j]    cosine of PPMI vectors over what stands around mentions
    together(group, read)[i, j]            how often two labels stand in the same text
    likelihoods(group, read)[i, j]         how likely naive Bayes finds j where gold is i

    seen = Seen.of(documents, groups, sentences=1000)   all of that for a label-balanced sample, and its strings
    elsewhere(group, seen, strings)[i, j]               whether other corpora call the same strings alike

Each function gives a similarity matrix over the labels of a group, or None where the evidence does not exist.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import numpy as np

from uiebench.confusion.labels import Group, Kind
from uiebench.confusion.texts import Case, grams, labels_of, sample, sampled_cases, tokens
from uiebench.confusion.vectors import DIGITS, Matrix, cosine, ppmi, tells
from uiebench.types import Document

VIEWS = ("context", "sentence", "mention", "text")
CASES_PER_LABEL = 300
VOCABULARY = 20_000
SMOOTHING = 0.1
Tag = tuple[str, str]
"""How a corpus uses a string, and the label it then gives to it, e.g. ("head", "/people/person/children")."""


class Sample(msgspec.Struct, frozen=True):
    """Documents of one corpus: their cases by label, the tokens of each, and the labels that each carries."""

    cases: dict[tuple[Kind, str], list[Case]]
    texts: dict[str, list[str]]
    carried: dict[str, list[tuple[Kind, str]]]

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Sample:
        """What is needed of the documents."""
        cases: defaultdict[tuple[Kind, str], list[Case]] = defaultdict(list)
        for case in sampled_cases(documents, CASES_PER_LABEL):
            for label in case.labels:
                cases[case.kind, label].append(case)
        texts = {document.id: grams(tokens(document.text)) for document in documents}
        return cls(dict(cases), texts, {document.id: sorted(labels_of(document)) for document in documents})

    def of_label(self, group: Group, label: str) -> list[Case]:
        """The cases of a label. Roles of one name are one, whatever their event types."""
        return self.cases.get((group.kind, label), [])


class Seen(msgspec.Struct, frozen=True):
    """What the training texts of one corpus say, without the texts.

    Fields:
        texts: how many documents were looked at.
        told: the similarity matrices by group and evidence.
        cases: how many cases each label of a group has.
        types: the types of heads and of tails by relation.
        strings: how often each annotated string was given each tag.
    """

    texts: int
    told: dict[Group, dict[str, Matrix]]
    cases: dict[Group, dict[str, int]]
    types: dict[str, tuple[frozenset[str], frozenset[str]]]
    strings: dict[str, dict[Tag, int]]

    @classmethod
    def of(cls, documents: Iterable[Document], groups: Sequence[Group], sentences: int) -> Seen:
        """Look at about `sentences` documents of a corpus for evidence about its groups."""
        largest = max((len(group.labels) for group in groups if group.kind != "role"), default=0)
        chosen = sample(documents, sentences, largest)
        read = Sample.of(chosen)
        types: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        strings: defaultdict[str, Counter[Tag]] = defaultdict(Counter)
        for document in chosen:
            for relation in document.relations:
                for ends, end in zip(types[relation.type], (relation.head, relation.tail), strict=True):
                    ends.update({end.type} - {""})
            for string, tag in _tags(document):
                strings[string][tag] += 1
        return cls(
            len(chosen),
            {group: told(group, read) for group in groups},
            {group: {name: len(read.of_label(group, name)) for name in group.names} for group in groups},
            {name: (frozenset(heads), frozenset(tails)) for name, (heads, tails) in types.items()},
            {string: dict(tags) for string, tags in strings.items()},
        )


def _tags(document: Document) -> Iterator[tuple[str, Tag]]:
    """Every annotated string of a document and how it is used."""
    for entity in document.entities:
        yield entity.text.lower(), ("entity", entity.type)
    for relation in document.relations:
        yield relation.head.text.lower(), ("head", relation.type)
        yield relation.tail.text.lower(), ("tail", relation.type)
    for event in document.events:
        if event.trigger:
            yield event.trigger.text.lower(), ("trigger", event.type)
        for argument in event.arguments:
            yield argument.text.lower(), ("argument", argument.role)


# --- evidence ---------------------------------------------------------------------------------------


def told(group: Group, read: Sample) -> dict[str, Matrix]:
    """The evidence there is in the texts of the corpus itself."""
    found = {view: views(group, read, view) for view in VIEWS}
    found |= {"likelihood": likelihoods(group, read), "together": together(group, read)}
    return {name: matrix for name, matrix in found.items() if matrix is not None}


def views(group: Group, read: Sample, view: str) -> Matrix | None:
    """Cosines of PPMI vectors of labels over one view of their cases: context, sentence, mention, or text.

    "text" are the words of the whole document, the others are described in `uiebench.confusion.texts`.
    """
    rows: list[Counter[str]] = [Counter() for _ in group.labels]
    if view == "text":
        for id, places in _carriers(group, read):
            for place in places:
                rows[place].update(read.texts[id])
    else:
        for row, name in zip(rows, group.names, strict=True):
            for case in read.of_label(group, name):
                row.update(getattr(case, view))
    return _informative(cosine(ppmi(rows)))


def _carriers(group: Group, read: Sample) -> Iterator[tuple[str, list[int]]]:
    """Every document with labels of the group, and the positions of these. Documents are not said to carry roles."""
    place = {(group.kind, name): i for i, name in enumerate(group.names)}
    if group.kind != "role":
        for id, carried in read.carried.items():
            yield id, [place[label] for label in carried if label in place]


def together(group: Group, read: Sample) -> Matrix | None:
    """The cosine of the sets of documents that carry two labels."""
    holders: list[dict[str, float]] = [{} for _ in group.labels]
    for id, places in _carriers(group, read):
        for place in places:
            holders[place][id] = 1.0
    return _informative(cosine(holders))


def likelihoods(group: Group, read: Sample) -> Matrix | None:
    """The mean log-likelihood, by feature, that multinomial naive Bayes gives label j on the cases of label i.

    Of each case the mean over labels is taken away, so that rare and frequent features weigh alike. Priors
    are uniform.
    """
    rows = [
        (label, [f"{mark}{f}" for mark, view in zip("csm", VIEWS, strict=False) for f in getattr(case, view)])
        for label, name in enumerate(group.names)
        for case in read.of_label(group, name)
    ]
    spread = Counter(feature for _, row in rows for feature in row)
    frequent = sorted((-n, feature) for feature, n in spread.items() if n > 1)[:VOCABULARY]
    column = {feature: i for i, (_, feature) in enumerate(frequent)}
    if not column:
        return None
    size = len(group.labels)
    known = [(label, np.array([column[f] for f in row if f in column], dtype=np.int64)) for label, row in rows]
    counts = np.zeros((size, len(column)))
    for label, features in known:
        counts[label, features] += 1
    chance = np.log(counts + SMOOTHING) - np.log(counts.sum(1, keepdims=True) + SMOOTHING * len(column))
    sums, times = np.zeros((size, size)), np.zeros(size)
    for label, features in known:
        if len(features):
            scores = chance[:, features].mean(1)
            sums[label] += scores - scores.mean()
            times[label] += 1
    return _informative(np.round(sums / np.maximum(times, 1)[:, None], DIGITS))


USES: dict[Kind, tuple[str, ...]] = {
    "entity": ("entity",),
    "relation": ("head", "tail"),
    "event": ("trigger",),
    "role": ("argument",),
}


def elsewhere(group: Group, seen: Seen, strings: Mapping[str, Mapping[str, Iterable[Tag]]]) -> Matrix | None:
    """Cosines of PPMI vectors over the tags that other corpora give to the strings of a label.

    `strings` are the tags of each string, by corpus. So untyped heads and tails get types from elsewhere.
    """
    place = {name: i for i, name in enumerate(group.names)}
    rows: list[Counter[str]] = [Counter() for _ in group.labels]
    for string, tags in seen.strings.items():
        others = strings.get(string, {})
        for use, label in tags:
            if use in USES[group.kind] and label in place:
                for corpus, given in others.items():
                    if corpus != group.corpus:
                        rows[place[label]].update(f"{use}\x1f{corpus}\x1f{as_}\x1f{other}" for as_, other in given)
    return _informative(cosine(ppmi(rows)))


def _informative(matrix: Matrix) -> Matrix | None:
    return matrix if tells(matrix) else None
