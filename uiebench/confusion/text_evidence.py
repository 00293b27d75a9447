"""What the training texts say of which labels are alike.

    seen = Seen.of(documents, labels=49, sentences=2000)   a sample of a corpus: its cases and its strings
    views(group, seen, "context")[i, j]                    cosine of PPMI vectors over what stands around mentions
    together(group, seen)[i, j]                            how often two labels stand in the same text
    likelihoods(group, seen)[i, j]                         how likely naive Bayes finds j where gold is i
    elsewhere(group, seen, strings)[i, j]                  whether other corpora call the same strings alike

Each function gives a similarity matrix over the labels of a group, or None where the evidence does not exist.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

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


class Seen(msgspec.Struct, frozen=True):
    """What was looked at of the training texts of one corpus.

    `texts` are the tokens of sampled documents by id, `carried` the labels each of them has, `types` the
    types of heads and tails of each relation, `strings` how often each string was given each tag.
    """

    cases: dict[Kind, tuple[Case, ...]] = {}
    texts: dict[str, tuple[str, ...]] = {}
    carried: dict[str, frozenset[tuple[Kind, str]]] = {}
    types: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    strings: dict[str, dict[Tag, int]] = {}

    @classmethod
    def of(cls, documents: Iterable[Document], labels: int, sentences: int) -> Seen:
        """Look at about `sentences` documents; `labels` is the number of labels of the largest group."""
        chosen = sample(documents, sentences, labels)
        cases: defaultdict[Kind, list[Case]] = defaultdict(list)
        for case in sampled_cases(chosen, CASES_PER_LABEL):
            cases[case.kind].append(case)
        types: defaultdict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        strings: defaultdict[str, Counter[Tag]] = defaultdict(Counter)
        for document in chosen:
            for relation in document.relations:
                for ends, end in zip(types[relation.type], (relation.head, relation.tail), strict=True):
                    ends.update({end.type} - {""})
            for string, tag in _tags(document):
                strings[string][tag] += 1
        return cls(
            {kind: tuple(found) for kind, found in cases.items()},
            {document.id: tuple(grams(tokens(document.text))) for document in chosen},
            {document.id: frozenset(labels_of(document)) for document in chosen},
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


def views(group: Group, seen: Seen, view: str) -> Matrix | None:
    """Cosines of PPMI vectors of labels over one view of their cases: context, sentence, mention, or text.

    "text" are the words of the whole document, the others are described in `uiebench.confusion.texts`.
    """
    rows: list[Counter[str]] = [Counter() for _ in group.labels]
    place = {name: i for i, name in enumerate(group.names)}
    if view == "text":
        for id, carried in seen.carried.items():
            for kind, label in sorted(carried):
                if kind == group.kind and label in place:
                    rows[place[label]].update(seen.texts[id])
    else:
        for case in seen.cases.get(group.kind, ()):
            for label in case.labels:
                if label in place:
                    rows[place[label]].update(getattr(case, view))
    return _informative(cosine(ppmi(rows)))


def together(group: Group, seen: Seen) -> Matrix | None:
    """The cosine of the sets of documents in which two labels stand; roles are counted by mention."""
    place = {name: i for i, name in enumerate(group.names)}
    holders: list[dict[str, float]] = [{} for _ in group.labels]
    for id, carried in seen.carried.items():
        for kind, label in carried:
            if kind == group.kind and label in place:
                holders[place[label]][id] = 1.0
    return _informative(cosine(holders))


def likelihoods(group: Group, seen: Seen) -> Matrix | None:
    """The mean log-likelihood, by feature, that multinomial naive Bayes gives label j on the cases of label i.

    Of each case the mean over labels is taken away, so that rare and frequent features weigh alike. Priors
    are uniform.
    """
    place = {name: i for i, name in enumerate(group.names)}
    known = [case for case in seen.cases.get(group.kind, ()) if any(label in place for label in case.labels)]
    if not known:
        return None
    rows = [
        [f"{mark}{f}" for mark, found in zip("csm", (c.context, c.sentence, c.mention), strict=True) for f in found]
        for c in known
    ]
    spread = Counter(feature for row in rows for feature in row)
    frequent = sorted((-n, feature) for feature, n in spread.items() if n > 1)[:VOCABULARY]
    column = {feature: i for i, (_, feature) in enumerate(frequent)}
    counts = np.zeros((len(place), len(column)))
    columns = [np.array([column[f] for f in row if f in column], dtype=np.int64) for row in rows]
    gold = [[place[label] for label in case.labels if label in place] for case in known]
    for labels, features in zip(gold, columns, strict=True):
        for label in labels:
            counts[label, features] += 1
    chance = np.log(counts + SMOOTHING) - np.log(counts.sum(1, keepdims=True) + SMOOTHING * max(1, len(column)))
    sums, times = np.zeros((len(place), len(place))), np.zeros(len(place))
    for labels, features in zip(gold, columns, strict=True):
        if len(features):
            scores = chance[:, features].mean(1)
            for label in labels:
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
