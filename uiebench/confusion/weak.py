"""Weak models whose errors tell which labels are really mistaken for one another.

    errors(train, test, "relation")
        →  {"naive Bayes": [Error(gold=("出生地",), said="祖籍"), …], "MLP": […], "presence": […]}

naive Bayes   multinomial, uniform prior of the labels, smoothing 0.1, on the binary features of a case
MLP           one hidden layer of 64 units, 12 epochs, on TF-IDF of the same features
presence      the ten nearest training texts (cosine of TF-IDF of tokens and pairs of tokens) vote on the labels
              of a text; a label is believed to be there if at least half of them carry it

The first two label cases (a mention, a pair of mentions, a trigger) whose place is given; a case of several
labels is trained on once for each. Needs scikit-learn, whose random state is fixed.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from uiebench.confusion.labels import Kind
from uiebench.confusion.texts import Case, grams, labels_of, tokens
from uiebench.errors import UiebenchError
from uiebench.types import Document

MODELS = ("naive Bayes", "MLP", "presence")
FEATURES = 30_000
NEIGHBOURS = 10
MAJORITY = 5


class Error(msgspec.Struct, frozen=True):
    """A false label and what was right: the labels of a case, or for "presence" of a text."""

    gold: tuple[str, ...]
    said: str


class Half(msgspec.Struct, frozen=True):
    """Documents with at least one label, and their cases."""

    documents: tuple[Document, ...]
    cases: tuple[Case, ...]


def require() -> None:
    """Raises: UiebenchError in one line if scikit-learn is not installed."""
    try:
        import sklearn  # noqa: F401, PLC0415 - only the evaluation needs it
    except ImportError:
        raise UiebenchError("the evaluation needs scikit-learn: pip install 'uiebench[build]'") from None


def errors(train: Half, test: Half, kind: Kind) -> dict[str, list[Error]]:
    """The errors on `test` of models trained on `train`; no errors of a model that cannot be trained."""
    learn = [case for case in train.cases if case.kind == kind]
    asked = [case for case in test.cases if case.kind == kind]
    if not asked or len({label for case in learn for label in case.labels}) < 2:
        return {model: [] for model in MODELS}
    found = dict(zip(MODELS, _labelled(learn, asked), strict=False))
    return found | {"presence": _presence(train.documents, test.documents, kind)}


def _labelled(learn: Sequence[Case], asked: Sequence[Case]) -> list[list[Error]]:
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer  # noqa: PLC0415
    from sklearn.naive_bayes import MultinomialNB  # noqa: PLC0415
    from sklearn.neural_network import MLPClassifier  # noqa: PLC0415

    counter: Any = CountVectorizer(analyzer=_features, binary=True, min_df=2, max_features=FEATURES)
    try:
        known = counter.fit_transform(learn)
    except ValueError:  # no feature occurs twice
        return [[], []]
    rows = [i for i, case in enumerate(learn) for _ in case.labels]
    gold = [label for case in learn for label in case.labels]
    new = counter.transform(asked)
    bayes: Any = MultinomialNB(fit_prior=False, alpha=0.1).fit(known[rows], gold)
    weights: Any = TfidfTransformer(sublinear_tf=True).fit(known[rows])
    network: Any = MLPClassifier((64,), max_iter=12, random_state=0, batch_size=64, learning_rate_init=3e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)  # batch larger than a very small sample
        network.fit(weights.transform(known[rows]).astype(np.float32), gold)
    answers = bayes.predict(new), network.predict(weights.transform(new).astype(np.float32))
    return [
        [Error(case.labels, str(said)) for case, said in zip(asked, answer, strict=True) if said not in case.labels]
        for answer in answers
    ]


def _features(case: Case) -> list[str]:
    parts = zip("csm", (case.context, case.sentence, case.mention), strict=True)
    return [f"{mark}{feature}" for mark, found in parts for feature in found]


def _presence(train: Sequence[Document], test: Sequence[Document], kind: Kind) -> list[Error]:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    known = [(document.text, here) for document in train if (here := _labels(document, kind))]
    asked = [(document.text, here) for document in test if (here := _labels(document, kind))]
    if not known or not asked:
        return []
    weights: Any = TfidfVectorizer(analyzer=_words, min_df=2, sublinear_tf=True, max_features=2 * FEATURES)
    try:
        base = weights.fit_transform([text for text, _ in known])
    except ValueError:
        return []
    alike = np.round((weights.transform([text for text, _ in asked]) @ base.T).toarray(), 6)
    found = []
    for row, (_, gold) in zip(alike, asked, strict=True):
        votes = Counter(label for place in np.argsort(-row, kind="stable")[:NEIGHBOURS] for label in known[place][1])
        found += [Error(gold, label) for label, n in sorted(votes.items()) if n >= MAJORITY and label not in gold]
    return found


def _words(text: str) -> list[str]:
    return grams(tokens(text))


def _labels(document: Document, kind: Kind) -> tuple[str, ...]:
    return tuple(sorted(label for one, label in labels_of(document) if one == kind))
