"""Windows offer every positive once, what it is mistaken for, and never a label from elsewhere."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.hashing import lot, mix, threshold
from uiebench.instruct.windows import Offer, cut, labels_of, neighbours, polled
from uiebench.recipe import SIZES, Windows

LABELS = tuple(f"标签{number}" for number in range(20))
labels = st.integers(1, 20).map(lambda count: LABELS[:count])
sizes = st.integers(1, 8)


def offer(labels, windows, near=None, seed=0, task="RE"):
    return Offer("invented", task, labels, windows, near or {}, seed)


def asked(offered, document, positives=()):
    """The windows of a document."""
    return offered(offered.number(document), frozenset(positives))


@st.composite
def settings(draw, **fixed):
    """Settings of windows; `fixed` ones are as they are given."""
    chosen = {
        "size": {"RE": draw(sizes)},
        "confusable": draw(st.integers(0, 6)),
        "others": draw(st.integers(0, 6)),
        "drop": draw(st.sampled_from([0.0, 0.1, 0.5, 1.0])),
        "vary": draw(st.sampled_from([0.0, 0.5, 1.0])),
    }
    return Windows(**(chosen | fixed))


@st.composite
def situations(draw, **fixed):
    """(labels, settings, neighbours, positives, document id)"""
    names = draw(labels)
    windows = draw(settings(**fixed))
    near = neighbours("invented", "RE", names, None, windows.confusable)
    positives = draw(st.frozensets(st.sampled_from(names)))
    return names, windows, near, positives, draw(st.text(min_size=1, max_size=8))


# --- cutting --------------------------------------------------------------------------------------


@given(labels, sizes)
def test_a_cut_is_a_partition_in_order(names, size):
    windows = cut(names, size)
    assert tuple(label for window in windows for label in window) == names
    assert all(windows)


@given(labels, sizes)
def test_a_rest_of_less_than_half_a_window_joins_the_last(names, size):
    *full, last = cut(names, size)
    assert {len(window) for window in full} <= {size}
    assert len(last) < 1.5 * size
    assert not full or len(last) >= size / 2


@pytest.mark.parametrize(
    ("count", "size", "lengths"),
    [(6, 6, [6]), (8, 6, [8]), (9, 6, [6, 3]), (3, 6, [3]), (5, 4, [5]), (6, 4, [4, 2]), (65, 4, [4] * 15 + [5])],
)
def test_lengths_of_windows(count, size, lengths):
    assert [len(window) for window in cut([str(n) for n in range(count)], size)] == lengths


# --- training -------------------------------------------------------------------------------------


@given(situations(drop=0.0))
def test_every_positive_is_offered_exactly_once_and_no_label_twice(situation):
    names, windows, near, positives, document = situation
    offered = Counter(label for window in asked(offer(names, windows, near), document, positives) for label in window)
    assert all(offered[label] == 1 for label in positives)
    assert set(offered.values()) == {1}
    assert set(offered) <= set(names)


@given(situations(drop=0.0, vary=0.0))
def test_windows_hold_positives_their_neighbours_and_so_many_others(situation):
    names, windows, near, positives, document = situation
    size = windows.size_of("RE")
    found = asked(offer(names, windows, near), document, positives)
    offered = {label for window in found for label in window}
    sure = positives.union(*(near.get(label, ()) for label in positives))
    assert sure <= offered
    assert len(offered) == min(len(names), len(sure) + (windows.others if sure else size))
    assert [len(window) for window in found] == [len(window) for window in cut(sorted(offered), size)]


@given(situations())
def test_a_document_has_at_least_one_window_and_none_is_empty(situation):
    names, windows, near, positives, document = situation
    found = asked(offer(names, windows, near), document, positives)
    assert found
    assert all(found)


@given(situations(), st.integers(0, 3))
def test_windows_depend_on_seed_document_and_positives_alone(situation, seed):
    names, windows, near, positives, document = situation
    one, other = (offer(names, windows, near, seed) for _ in range(2))
    asked(other, "another", positives)
    asked(other, "a third", ())
    assert asked(one, document, positives) == asked(other, document, positives)


@given(situations(drop=0.0, vary=0.0))
def test_asking_for_more_others_keeps_the_earlier_ones(situation):
    names, windows, near, positives, document = situation

    def offered(others):
        more = Windows(windows.size, windows.confusable, others)
        return {label for window in asked(offer(names, more, near), document, positives) for label in window}

    assert offered(windows.others) <= offered(windows.others + 1) <= set(names)


@given(situations(vary=0.0))
def test_drop_out_removes_labels_and_adds_none(situation):
    names, windows, near, positives, document = situation
    kept = {n for window in asked(offer(names, windows, near), document, positives) for n in window}
    whole = Windows(windows.size, windows.confusable, windows.others)
    assert kept <= {n for window in asked(offer(names, whole, near), document, positives) for n in window}


def test_drop_out_hits_its_share_of_labels_whether_they_are_positive_or_not():
    offered = offer(LABELS, Windows(drop=0.1, others=20))
    kept = Counter(label for n in range(3000) for window in asked(offered, f"d/{n}", {LABELS[0]}) for label in window)
    assert all(abs(kept[label] / 3000 - 0.9) < 0.03 for label in LABELS)


def test_the_size_of_windows_varies_in_its_share_of_documents():
    offered = offer(LABELS, Windows(vary=0.5, others=20))
    first = Counter(len(asked(offered, f"d/{n}", {LABELS[0]})[0]) for n in range(2000))
    assert set(first) == {1, 2, 3, 4}
    assert 0.55 < first[4] / 2000 < 0.7  # half, and a quarter of the other half


def test_a_document_without_gold_is_asked_for_one_window():
    offered = offer(LABELS, Windows())
    windows = [asked(offered, f"d/{n}") for n in range(500)]
    assert {len(window) for found in windows for window in found} == {SIZES["RE"]}
    assert {len(found) for found in windows} == {1}
    assert {label for (window,) in windows for label in window} == set(LABELS)


def test_the_place_of_a_label_in_a_prompt_tells_nothing():
    offered = offer(LABELS, Windows(size={"RE": 20}, others=20))
    places = [asked(offered, f"d/{n}", {LABELS[7]})[0].index(LABELS[7]) for n in range(4000)]
    assert abs(sum(places) / len(places) - 9.5) < 0.6
    assert set(places) == set(range(20))


def test_others_are_spread_over_the_schema():
    offered = offer(LABELS, Windows())
    counts = Counter(n for d in range(4000) for window in asked(offered, f"d/{d}", {LABELS[0]}) for n in window)
    assert all(0.6 < counts[label] * 19 / (4 * 4000) < 1.4 for label in LABELS[1:])


def test_all_labels_stand_in_one_prompt_in_the_order_of_the_schema_where_a_paper_does_so():
    offered = offer(LABELS, None)
    assert asked(offered, "d", {LABELS[3]}) == [LABELS]


@given(situations(drop=0.0, vary=0.0))
def test_a_corpus_said_to_have_one_window_each_has(situation):
    names, windows, near, positives, document = situation
    offered = offer(names, windows, near)
    if offered.always_one:
        assert len(asked(offered, document, positives)) == 1


def test_ranks_of_empty_windows_differ_and_are_spread():
    offered = offer(LABELS, Windows())
    places = [offered.place(offered.number(f"d/{n}"), window) for n in range(1000) for window in range(3)]
    assert len(set(places)) == 3000
    assert 0.45 < sum(place < threshold(0.5) for place in places) / 3000 < 0.55


# --- neighbours -----------------------------------------------------------------------------------


class Table:
    """Confusions for tests."""

    def near(self, corpus, task, label):
        return ("别处", label, LABELS[3], LABELS[1], LABELS[3], LABELS[2])


def test_neighbours_come_from_the_table_without_strangers_and_repeats():
    near = neighbours("invented", "RE", LABELS[:4], Table(), 2)
    assert near[LABELS[0]] == (LABELS[3], LABELS[1])
    assert near[LABELS[3]] == (LABELS[1], LABELS[2])
    assert neighbours("invented", "RE", LABELS, Table(), 0) == {}


@given(labels, st.integers(1, 6))
def test_without_a_table_neighbours_are_other_labels_by_rank(names, count):
    near = neighbours("invented", "RE", names, None, count)
    assert near == neighbours("invented", "RE", names[::-1], None, count)
    for label, others in near.items():
        assert label not in others
        assert len(others) == len(set(others)) == min(count, len(names) - 1)
        assert neighbours("invented", "RE", names, None, count + 1)[label][:count] == others


def test_a_positive_brings_its_neighbours_and_not_those_of_others():
    near = {LABELS[0]: (LABELS[5], LABELS[6]), LABELS[1]: (LABELS[7],)}
    offered = offer(LABELS, Windows(others=0), near)
    assert {n for window in asked(offered, "d", {LABELS[0]}) for n in window} == {LABELS[0], LABELS[5], LABELS[6]}


# --- evaluation -----------------------------------------------------------------------------------


@given(labels, sizes)
def test_evaluation_polls_every_label_once(names, size):
    windows = polled("invented", "RE", names, size)
    assert sorted(label for window in windows for label in window) == sorted(names)
    assert windows == polled("invented", "RE", names[::-1], size) or len(names) <= size
    assert len(windows) == len(cut(names, size))


def test_few_labels_are_polled_in_the_order_of_the_schema():
    assert polled("invented", "NER", LABELS[:6], 6) == [LABELS[:6]]


def test_labels_of_a_task():
    from native import SCHEMA

    assert labels_of(SCHEMA, "NER") == ("PER", "LOC", "ORG")
    assert labels_of(SCHEMA, "RE") == ("works_for", "located_in")
    assert labels_of(SCHEMA, "EEA") == labels_of(SCHEMA, "EE") == ("Layoff", "Rain", "Silence")


# --- numbers --------------------------------------------------------------------------------------


def test_numbers_are_the_same_on_every_machine():
    assert lot("NER", 1, "甲") == lot("NER", 1, "甲") != lot("NER", "1甲")
    assert lot("甲") == 13416171470667651966
    assert mix(0x9E3779B97F4A7C15, 0) == 0xE220A8397B1DCDAF  # the first number of SplitMix64 from seed 0
    assert threshold(0) == 0
    assert threshold(1) == 2**64


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_a_mixed_number_has_64_bits(one, other):
    assert 0 <= mix(one, other) < 2**64
    assert mix(one, other) == mix(other, one)
