"""Independent oracles for the headline: seqeval (strict IOB2) and nervaluate (strict) on flat texts with offsets.

Both compare places, the headline compares strings. Where every string stands at one place of its text and
mentions do not overlap the two must agree, count for count. Where strings repeat, places and numbers still agree
under `multiset`, if both sides mark a string from its first place on.
"""

import json
import warnings
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.score import Rule
from uiebench.score.adapters import load_metric
from uiebench.score.rows import Row, score_rows

TYPES = ("PER", "LOC", "ORG")
DISTINCT = "".join(chr(0x4E00 + number) for number in range(12))  # every piece of this text stands in it once
PIECES = ("甲", "乙丙", "丁")


@st.composite
def flat(draw):
    """Mentions (type, start, end) in order, none overlapping another."""
    cuts = sorted(draw(st.sets(st.integers(0, len(DISTINCT)), max_size=8)))
    chosen = [piece for piece in pairwise(cuts) if draw(st.booleans())]
    return [(draw(st.sampled_from(TYPES)), start, end) for start, end in chosen]


@st.composite
def repeating(draw):
    """A text in which strings repeat, and two sides that mark a string from its first place on, a number of times.

    The places that both sides mark are then as many as the lesser of the two numbers.
    """
    words = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6))
    places = {word: [] for word in PIECES}
    start = 0
    for word in words:
        places[word].append((start, start + len(word)))
        start += len(word)
    sides = []
    for _ in range(2):
        marked = []
        for found in places.values():
            type = draw(st.sampled_from(TYPES[:2]))
            marked += [(type, *place) for place in found[: draw(st.integers(0, len(found)))]]
        sides.append(sorted(marked, key=lambda mention: mention[1]))
    return "".join(words), *sides


def lists(text, mentions):
    """Mentions as a canonical answer, which has no places."""
    return {type: [text[start:end] for kind, start, end in mentions if kind == type] for type in TYPES}


def ours(documents, *, multiset=False):
    """The row of (text, gold, said), the answers given as text."""
    rows = [
        Row(str(number), "c", "NER", text, lists(text, gold), json.dumps(lists(text, said), ensure_ascii=False))
        for number, (text, gold, said) in enumerate(documents)
    ]
    return score_rows(rows, rule=Rule(multiset=multiset), intervals=False).row("all", "all", "ner")


def tags(text, mentions):
    """IOB2, a tag for each code point."""
    line = ["O"] * len(text)
    for type, start, end in mentions:
        line[start:end] = [f"B-{type}"] + [f"I-{type}"] * (end - start - 1)
    return line


def by_seqeval(documents):
    """The report of seqeval in strict IOB2: precision, recall, F1 and number of gold mentions by type, and all."""
    metrics = pytest.importorskip("seqeval.metrics")
    from seqeval.scheme import IOB2

    gold, said = ([tags(text, sides[side]) for text, *sides in documents] for side in (0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is nothing to divide by
        return metrics.classification_report(gold, said, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)


def by_nervaluate(documents):
    """The strict counts of nervaluate."""
    nervaluate = pytest.importorskip("nervaluate")
    gold, said = (
        [
            [{"label": type, "start": start, "end": end - 1} for type, start, end in sides[side]]
            for _, *sides in documents
        ]
        for side in (0, 1)
    )
    return nervaluate.Evaluator(gold, said, tags=list(TYPES), loader="dict").evaluate()["overall"]["strict"]


def assert_agreement(documents, row):
    strict = by_nervaluate(documents)
    assert (row.correct, row.gold, row.predicted) == (strict.correct, strict.possible, strict.actual)
    assert (row.precision, row.recall, row.f1) == pytest.approx((strict.precision, strict.recall, strict.f1))
    found = by_seqeval(documents)
    micro = found.get("micro avg", {"precision": 0, "recall": 0, "f1-score": 0, "support": 0})
    assert (row.precision, row.recall, row.f1) == pytest.approx(
        (micro["precision"], micro["recall"], micro["f1-score"])
    )
    assert row.gold == micro["support"]


@given(st.lists(st.tuples(st.just(DISTINCT), flat(), flat()), min_size=1, max_size=6))
def test_strings_that_stand_once_count_as_their_places_do(documents):
    assert_agreement(documents, ours(documents))
    assert_agreement(documents, ours(documents, multiset=True))


@given(st.lists(st.tuples(st.just(DISTINCT), flat(), flat()), min_size=1, max_size=6))
def test_every_type_counts_as_in_seqeval(documents):
    found = by_seqeval(documents)
    for type in TYPES:
        rows = [
            (text, [m for m in gold if m[0] == type], [m for m in said if m[0] == type])
            for text, gold, said in documents
        ]
        row = ours(rows)
        theirs = found.get(type, {"precision": 0, "recall": 0, "f1-score": 0, "support": 0})
        assert (row.precision, row.recall, row.f1, row.gold) == pytest.approx(
            (theirs["precision"], theirs["recall"], theirs["f1-score"], theirs["support"])
        )


@given(st.lists(repeating(), min_size=1, max_size=5))
def test_repeated_strings_count_as_their_places_do_under_multiset(documents):
    assert_agreement(documents, ours(documents, multiset=True))


def test_repeats_are_told_apart_by_multiset_only():
    text, places = "甲乙甲", [("PER", 0, 1), ("PER", 2, 3)]
    documents = [(text, places, places[:1])]
    strict = by_nervaluate(documents)
    assert (strict.correct, strict.possible, strict.actual) == (1, 2, 1)
    multiset, plain = ours(documents, multiset=True), ours(documents)
    assert (multiset.correct, multiset.gold, multiset.predicted) == (1, 2, 1)
    assert (plain.correct, plain.gold, plain.predicted) == (1, 1, 1)


@given(st.lists(st.tuples(st.just(DISTINCT), flat(), flat()), min_size=1, max_size=4))
def test_the_metric_for_lists_agrees_with_the_oracles_too(documents):
    sides = [[lists(text, both[side]) for text, *both in documents] for side in (0, 1)]
    found, strict = load_metric("NER").compute(references=sides[0], predictions=sides[1]), by_nervaluate(documents)
    assert (found["ner_precision"], found["ner_recall"], found["ner_f1"]) == pytest.approx(
        (strict.precision, strict.recall, strict.f1)
    )


def test_the_generated_documents_are_not_trivial():
    seen = Counter()

    @given(flat(), flat())
    def look(gold, said):
        seen["right"] += len(set(gold) & set(said))
        seen["wrong"] += len(set(said) - set(gold))

    look()
    assert seen["right"] > 0
    assert seen["wrong"] > 0
