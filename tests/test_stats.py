"""What is counted of a split."""

import math
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from native import known

from uiebench.build.check import totals
from uiebench.build.stats import Lengths, Statistics, by_frequency, count_nested, quantiles
from uiebench.types import Argument, Document, Entity, Event, Relation, Span


def summary(*documents, ledger=None):
    stats = Statistics()
    assert list(stats.watch(documents)) == list(documents)
    return stats.summary(ledger or known())


def entities(*places):
    """Entities at (start, end) or (start, end, type)."""
    return tuple(Entity("x", place[0], place[1], (*place, "X")[2]) for place in places)


def doc(text="甲乙丙丁戊己", **annotations):
    return Document("", text, **annotations)


# --- nested ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "nested"),
    [
        ([], 0),
        ([(0, 2)], 0),
        ([(0, 2), (2, 4)], 0),
        ([(2, 4), (0, 2)], 0),
        ([(0, 2), (1, 3)], 2),
        ([(0, 9), (1, 3), (4, 6)], 3),
        ([(0, 9), (1, 3), (10, 11)], 2),
        ([(0, 3), (2, 5), (4, 6)], 3),
        ([(4, 6), (0, 5), (7, 8), (0, 1)], 3),
        ([(0, 2), (0, 2, "Y")], 2),
        ([(None, None), (None, None), (0, 2)], 0),
        ([(0, 5), (None, None), (1, 2)], 2),
    ],
)
def test_entities_that_share_characters_with_another_one_are_nested(places, nested):
    assert count_nested(entities(*places)) == nested


spans = st.tuples(st.integers(0, 12), st.integers(1, 5)).map(lambda p: (p[0], p[0] + p[1])) | st.just((None, None))


@given(st.lists(spans, max_size=8))
@example([(0, 4), (1, 2), (3, 6), (5, 6)])
def test_nested_entities_are_those_that_trying_every_pair_finds(places):
    def share(left, right):
        return bool(set(range(*left)) & set(range(*right)))

    placed = [place for place in places if place[0] is not None]
    tried = sum(any(share(a, b) for j, b in enumerate(placed) if i != j) for i, a in enumerate(placed))
    assert count_nested(entities(*places)) == tried


def test_nested_entities_are_counted_within_their_document():
    nested = doc(entities=entities((0, 2), (1, 3)))
    assert summary(nested, doc(entities=entities((0, 2))), nested).nested == 4


# --- lengths --------------------------------------------------------------------------------------


def test_quantiles_of_nothing_are_zero():
    assert quantiles([]) == Lengths()


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([7], Lengths(7, 7, 7, 7)),
        ([1, 9], Lengths(1, 1, 9, 9)),
        ([1, 2, 3], Lengths(1, 2, 3, 3)),
        (list(range(1, 21)), Lengths(1, 10, 19, 20)),
        (list(range(1, 101)), Lengths(1, 50, 95, 100)),
        (list(range(1, 102)), Lengths(1, 51, 96, 101)),
    ],
)
def test_quantiles_are_of_the_nearest_rank(lengths, expected):
    assert quantiles(lengths) == expected


@given(st.lists(st.integers(0, 50), min_size=1))
def test_a_quantile_is_the_least_length_that_so_many_do_not_exceed(lengths):
    found = quantiles(sorted(lengths))
    for share, value in ((50, found.median), (95, found.p95)):
        wanted = math.ceil(len(lengths) * share / 100)
        assert sum(length <= value for length in lengths) >= wanted
        assert sum(length < value for length in lengths) < wanted
    assert (found.shortest, found.longest) == (min(lengths), max(lengths))


def test_lengths_count_code_points():
    found = summary(doc("😀高"), doc(""))
    assert (found.characters, found.lengths) == (2, Lengths(0, 0, 2, 2))


# --- annotations ----------------------------------------------------------------------------------

TEXT = "高明任远山董事长，高明说远山好"
MING, MING_AGAIN = Entity("高明", 0, 2, "PER"), Entity("高明", 9, 11, "PER")
FIRM, FIRM_AGAIN = Entity("远山", 3, 5, "ORG"), Entity("远山", 12, 14, "ORG")
POST = Entity("董事长", 5, 8, "PER")


def test_documents_without_annotations_are_counted_as_empty():
    found = summary(
        doc(), doc(entities=(MING,)), doc(relations=(Relation("r", MING, FIRM),)), doc(events=(Event("e", None),))
    )
    assert (found.totals.documents, found.empty) == (4, 1)


def test_labels_are_counted_by_kind_most_frequent_first():
    event = Event(
        "Layoff", None, (Argument("远山", 3, 5, "Firm"), Argument("高明", 0, 2, "Boss"), Argument("远", 3, 4, "Firm"))
    )
    found = summary(
        doc(TEXT, entities=(FIRM, MING, POST), relations=(Relation("r", MING, FIRM),)),
        doc(TEXT, events=(event, Event("Silence", None))),
    )
    assert found.labels == {
        "entities": {"PER": 2, "ORG": 1},
        "relations": {"r": 1},
        "events": {"Layoff": 1, "Silence": 1},
        "roles": {"Firm": 2, "Boss": 1},
    }
    assert list(found.labels["entities"]) == ["PER", "ORG"]
    assert found.spans == 3 + 2 + 3


def test_kinds_that_do_not_occur_are_left_out():
    assert summary(doc(entities=(MING,))).labels == {"entities": {"PER": 1}}


def test_ties_are_ordered_by_name():
    assert by_frequency(Counter("cabba")) == [("a", 2), ("b", 2), ("c", 1)]


def test_a_second_mention_with_the_same_string_and_label_is_repeated():
    assert summary(doc(TEXT, entities=(MING, FIRM, MING_AGAIN))).repeated == 1
    assert summary(doc(TEXT, entities=(MING, Entity("高明", 9, 11, "ORG")))).repeated == 0
    assert summary(doc(TEXT, entities=(MING,)), doc(TEXT, entities=(MING,))).repeated == 0


def test_triggers_and_arguments_are_repeated_too():
    first = Event("Say", Span("说", 11, 12), (Argument("高明", 9, 11, "Who"),))
    second = Event("Say", Span("说", 11, 12), (Argument("高明", 0, 2, "Who"), Argument("高明", 0, 2, "Whom")))
    assert summary(doc(TEXT, events=(first, second))).repeated == 2


def test_heads_and_tails_come_again_with_every_relation_and_are_no_repeats():
    relations = (Relation("r", MING, FIRM), Relation("s", MING, FIRM), Relation("r", MING, POST))
    assert summary(doc(TEXT, relations=relations)).repeated == 0
    assert summary(doc(TEXT, entities=(MING, MING_AGAIN, FIRM), relations=relations)).repeated == 1


def test_a_string_at_several_places_is_ambiguous_wherever_the_mention_stands():
    found = summary(doc(TEXT, entities=(MING, POST, FIRM), relations=(Relation("r", MING_AGAIN, POST),)))
    assert (found.spans, found.ambiguous) == (5, 3)
    assert summary(doc("哈哈哈", entities=(Entity("哈哈", 0, 2, "X"),))).ambiguous == 1


def test_mentions_without_a_place_and_strings_that_are_not_in_the_text_are_counted():
    gone, lost = Entity("林川", None, None, ""), Entity("高明", None, None, "")
    found = summary(doc(TEXT, relations=(Relation("r", gone, lost), Relation("r", POST, gone))))
    assert (found.unplaced, found.off_text, found.ambiguous) == (3, 2, 1)


def test_the_totals_are_those_of_the_check():
    ledger = known("outer space", "repeated annotation")
    ledger.drop("repeated annotation", "x", 3)
    ledger.repair("outer space", "x")
    event = Event("Layoff", None, (Argument("远山", 3, 5, "Firm"),))
    documents = [doc(TEXT, entities=(MING, FIRM), relations=(Relation("r", MING, FIRM),), events=(event, event)), doc()]
    assert summary(*documents, ledger=ledger).totals == totals(documents, ledger)
