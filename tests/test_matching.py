"""Facts of many documents counted as integers: the same as sets of tuples say of each."""

import itertools
from collections import Counter

import pytest
from answers import answered
from hypothesis import given
from hypothesis import strategies as st

import uiebench.score.matching
from uiebench.score.facts import HEADLINES, METRICS, facts, nfc_strip
from uiebench.score.gold import Items
from uiebench.score.matching import assignment, dense, distinct, joined, matched, numbered, shared
from uiebench.types import Argument, Document, Entity, Event, Extraction, Relation, Span

TASKS = ("NER", "RE", "EE", "EET", "EEA")
words = st.sampled_from(["甲", "乙", "丙", " 甲", "e\u0301", "\u00e9", "A b"])
labels = st.sampled_from(["x", "y", "甲"])


def bare(text, kind=""):
    return Entity(text, None, None, kind)


entities = st.lists(st.builds(bare, words, labels), max_size=5).map(tuple)
types = st.sampled_from(["", "", "t"])
relations = st.lists(
    st.builds(Relation, labels, st.builds(bare, words, types), st.builds(bare, words, types)), max_size=5
).map(tuple)
arguments = st.lists(st.builds(lambda t, r: Argument(t, None, None, r), words, labels), max_size=3).map(tuple)
triggers = st.none() | st.builds(lambda t: Span(t, None, None), words)
events = st.lists(st.builds(Event, labels, triggers, arguments), max_size=5).map(tuple)
extractions = st.builds(Extraction, entities, relations, events)
pairs = st.lists(st.tuples(extractions, extractions), max_size=4)


def counted(found, task, multiset=False):
    """Every metric of (gold, said) pairs, one document each."""
    documents = [Document(f"c/{n}", "", g.entities, g.relations, g.events) for n, (g, _) in enumerate(found)]
    gold, said = Items.about(documents, task, "c").columns(), answered([said for _, said in found], task)
    return matched(*gold, said.columns, said.sizes, task, nfc_strip, multiset=multiset)


def overlap(gold, said, multiset):
    """(right, gold, said) of one document, as sets or as multisets."""
    left, right = (Counter(gold), Counter(said)) if multiset else (Counter(set(gold)), Counter(set(said)))
    return left & right, left, right


def by_pairs(gold, said):
    """(right, gold, said) arguments of one document, every way of pairing events tried."""

    def frames(found):
        keyed = {}
        for event in found.events:
            (trigger,) = nfc_strip([event.trigger.text if event.trigger else ""])
            texts = nfc_strip([argument.text for argument in event.arguments])
            inside = frozenset(zip([argument.role for argument in event.arguments], texts, strict=True))
            keyed.setdefault((event.type, trigger), {})[inside] = None
        return keyed

    ours, theirs = frames(gold), frames(said)
    right = 0
    for key in ours.keys() & theirs.keys():
        short, long = sorted((list(ours[key]), list(theirs[key])), key=len)
        right += max(
            sum(len(a & b) for a, b in zip(short, p, strict=True)) for p in itertools.permutations(long, len(short))
        )
    totals = [sum(len(inside) for found in side.values() for inside in found) for side in (ours, theirs)]
    return (right, *totals)


@pytest.mark.parametrize("multiset", [False, True])
@pytest.mark.parametrize("task", TASKS)
@given(found=pairs)
def test_integers_count_what_tuples_say(task, multiset, found):
    met = counted(found, task, multiset)
    assert set(met) == set(METRICS[task])
    for metric in set(METRICS[task]) - {"ac-paired"}:
        sides = [[facts(side, task, nfc_strip)[metric] for side in pair] for pair in found]
        each = [overlap(gold, said, multiset) for gold, said in sides]
        here = met[metric]
        assert (here.correct, here.gold, here.said) == tuple(
            [sum(document[place].values()) for document in each] for place in range(3)
        )
        if metric != "ti":
            by_type = [Counter(), Counter(), Counter()]
            for document in each:
                for total, part in zip(by_type, document, strict=True):
                    for fact, count in part.items():
                        total[fact[0]] += count
            assert here.types == tuple(by_type)
        assert here.facts == sum(len(said) for _, said in sides)
        assert here.repeated == sum(len(said) - len(set(said)) for _, said in sides)


@given(found=pairs)
def test_paired_arguments_are_those_of_the_best_pairing(found):
    def turned(side):
        return Extraction(events=tuple(Event(e.type, e.trigger, e.arguments[::-1]) for e in side.events[::-1]))

    met = counted(found, "EE")["ac-paired"]
    assert list(zip(met.correct, met.gold, met.said, strict=True)) == [by_pairs(*pair) for pair in found]
    assert counted([(turned(gold), turned(said)) for gold, said in found], "EE")["ac-paired"] == met


@given(found=pairs, task=st.sampled_from(TASKS))
def test_numbers_that_would_grow_too_large_are_made_small_first(found, task):
    usual = counted(found, task)
    before = uiebench.score.matching.LARGEST
    try:
        uiebench.score.matching.LARGEST = 2000
        assert counted(found, task) == usual
    finally:
        uiebench.score.matching.LARGEST = before


def test_documents_without_anything_count_as_such():
    for task in TASKS:
        met = counted([(Extraction(), Extraction())] * 2, task)
        assert met[HEADLINES[task][0]].correct == [0, 0]
        assert counted([], task)[HEADLINES[task][0]].said == []


@given(st.lists(st.integers(-9, 9)), st.lists(st.integers(-9, 9)))
def test_distinct_and_shared_are_sets(left, right):
    import numpy as np

    ours, theirs = distinct(np.array(left, np.int64)), distinct(np.array(right, np.int64))
    assert ours.tolist() == sorted(set(left))
    assert shared(ours, theirs).tolist() == sorted(set(left) & set(right))
    assert dense(np.array(left, np.int64)).tolist() == [sorted(set(left)).index(value) for value in left]


@given(st.lists(st.tuples(words, words, words)), st.sampled_from([1, 50, 2**40]))
def test_joined_numbers_are_equal_where_rows_are(rows, most):
    columns_of = [numbered([row[place] for row in rows]) for place in range(3)]
    keys, size = joined(columns_of, max(most, len(rows)))
    assert [keys.tolist().index(key) for key in keys.tolist()] == [rows.index(row) for row in rows]
    assert all(0 <= key < size for key in keys.tolist())
    assert size <= max(most, len(rows), 1)


def tables_of(rows, wide):
    row = st.lists(st.integers(0, 5), min_size=wide, max_size=wide)
    return st.lists(row, min_size=rows, max_size=rows)


@given(st.integers(1, 4).flatmap(lambda r: st.integers(1, 4).flatmap(lambda c: tables_of(r, c))))
def test_assignment_is_the_best_matching(weights):
    rows, wide = len(weights), len(weights[0])
    if rows <= wide:
        best = max(sum(weights[i][j] for i, j in enumerate(p)) for p in itertools.permutations(range(wide), rows))
    else:
        best = max(sum(weights[i][j] for j, i in enumerate(p)) for p in itertools.permutations(range(rows), wide))
    found = assignment(weights)
    assert sum(weights[i][j] for i, j in found) == best
    assert len({i for i, _ in found}) == len({j for _, j in found}) == min(rows, wide)
