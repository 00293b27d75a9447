"""Training documents are chosen by rank: few-shot sets lie in each other, caps keep rare labels."""

from array import array
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.build.selection import Survey, allotted, lowest
from uiebench.errors import RecipeError, SourceError
from uiebench.recipe import BuildRecipe
from uiebench.storage import write_parquet
from uiebench.types import Document, Entity, Event, Relation

NAMES = ("a", "b", "c", "d")
label_sets = st.lists(st.sets(st.sampled_from(NAMES)), min_size=1, max_size=60)


def surveyed(folder, sets, seed=0, left_out=(), tasks=None):
    """The survey of documents with these entity types."""
    path = folder / "corpus.parquet"
    documents = (
        Document(f"x/train/{n}", "甲", tuple(Entity("甲", 0, 1, name) for name in sorted(found)))
        for n, found in enumerate(sets)
    )
    write_parquet(path, Document, documents)
    return Survey(path, tasks or {"NER": NAMES}, seed, left_out)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("survey")


def test_a_survey_knows_the_labels_of_every_document(folder):
    end = Entity("甲", 0, 1, "PER")
    documents = [
        Document("x/train/0", "甲", (end, end), (Relation("r", end, end), Relation("s", end, end))),
        Document("x/train/1", "甲", events=(Event("e", None), Event("f", None))),
        Document("x/train/2", "甲"),
    ]
    write_parquet(folder / "three.parquet", Document, documents)
    survey = Survey(folder / "three.parquet", {"NER": {"PER"}, "RE": {"r"}, "EE": {"e", "f"}}, 0)
    assert survey.ids == ["x/train/0", "x/train/1", "x/train/2"]
    assert [survey.positives("NER", n) for n in range(3)] == [{"PER"}, set(), set()]
    assert [survey.positives("RE", n) for n in range(3)] == [{"r"}, set(), set()]
    assert [survey.positives("EE", n) for n in range(3)] == [set(), {"e", "f"}, set()]


@given(sets=label_sets)
def test_a_survey_says_what_the_documents_say(folder, sets):
    survey = surveyed(folder, sets)
    assert [survey.positives("NER", n) for n in range(len(sets))] == sets
    assert list(survey.usable("NER")) == list(range(len(sets)))


def test_a_file_that_is_no_corpus_layer_is_one_line(tmp_path):
    (tmp_path / "x.parquet").write_text("no")
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        Survey(tmp_path / "x.parquet", {"NER": NAMES}, 0)


# --- few shots ------------------------------------------------------------------------------------


@given(sets=label_sets, seed=st.integers(0, 3))
def test_few_shot_sets_lie_in_each_other_and_hold_k_documents_of_each_label(folder, sets, seed):
    survey = surveyed(folder, sets, seed)
    there = Counter(label for found in sets for label in found)
    before: set[int] = set()
    for k in (1, 2, 5, 10):
        chosen = set(survey.shots("NER", k))
        assert before <= chosen
        held = Counter(label for position in chosen for label in sets[position])
        assert all(held[label] >= min(k, there[label]) for label in NAMES)
        assert all(sets[position] for position in chosen)
        before = chosen


@given(sets=label_sets)
def test_no_document_of_a_few_shot_set_is_superfluous(folder, sets):
    """Going through the documents by rank, each is taken for a label that still wants one."""
    survey = surveyed(folder, sets)
    order = survey._order("NER")[0]
    held: Counter[str] = Counter()
    chosen = set(survey.shots("NER", 2))
    for position in order:
        wanted = any(held[label] < 2 for label in sets[position])
        assert (position in chosen) == wanted
        if wanted:
            held.update(sets[position])


# --- caps -----------------------------------------------------------------------------------------


@given(sets=label_sets, seed=st.integers(0, 3))
def test_a_higher_cap_keeps_what_a_lower_one_kept(folder, sets, seed):
    survey = surveyed(folder, sets, seed)
    before: list[int] = []
    for cap in range(len(sets) + 2):
        chosen = survey.capped("NER", cap)
        assert len(chosen) == len(set(chosen)) == min(cap, len(sets))
        assert chosen[: len(before)] == before
        before = chosen


@given(sets=label_sets)
def test_a_cap_keeps_every_label_that_has_room(folder, sets):
    survey = surveyed(folder, sets)
    strata = {label for found in sets for label in (found or {None})}
    chosen = survey.capped("NER", len(strata))
    assert {label for position in chosen for label in (sets[position] or {None})} == strata


def test_a_rare_label_survives_a_cap_whole(folder):
    sets = [{"a"}] * 900 + [{"b"}] * 7 + [set()] * 93
    chosen = surveyed(folder, sets).capped("NER", 100)
    held = Counter(label for position in chosen for label in sets[position])
    assert held["b"] == 7
    assert 40 <= held["a"] <= 50  # the rest is shared with documents without labels


def test_another_seed_chooses_others(folder):
    sets = [{"a"}] * 300
    assert surveyed(folder, sets, 0).capped("NER", 30) != surveyed(folder, sets, 1).capped("NER", 30)


@given(sets=label_sets, data=st.data())
def test_what_is_left_out_is_never_chosen_and_does_not_count(folder, sets, data):
    gone = data.draw(st.sets(st.integers(0, len(sets) - 1)))
    survey = surveyed(folder, sets, left_out={f"x/train/{n}" for n in gone})
    assert set(survey.usable("NER")) == set(range(len(sets))) - gone
    assert not gone & set(survey.capped("NER", len(sets)))
    assert not gone & set(survey.shots("NER", 3))
    there = Counter(label for n, found in enumerate(sets) if n not in gone for label in found)
    held = Counter(label for n in survey.shots("NER", 2) for label in sets[n])
    assert all(held[label] >= min(2, there[label]) for label in NAMES)


@given(places=st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=50), count=st.integers(0, 60))
def test_so_many_of_the_lowest_ranks_are_kept(places, count):
    below = lowest(array("Q", places), count)
    assert sorted(place for place in places if place < below) == sorted(places)[:count]


# --- over all corpora -----------------------------------------------------------------------------

SUPPLY = {("zh1", "NER"): ("zh", 900), ("zh2", "NER"): ("zh", 100), ("en1", "RE"): ("en", 460)}


def recipe(**fields):
    return BuildRecipe(name="x", held_in=("resume",), **fields)


def test_caps_are_for_each_corpus_and_task():
    assert allotted(recipe(), SUPPLY) == {("en1", "RE"): 460, ("zh1", "NER"): 900, ("zh2", "NER"): 100}
    assert set(allotted(recipe(cap=200), SUPPLY).values()) == {200, 100}
    assert allotted(recipe(cap={"NER": 50}), SUPPLY) == {("en1", "RE"): 460, ("zh1", "NER"): 50, ("zh2", "NER"): 50}


def test_a_mixture_caps_the_larger_side_in_every_corpus_alike():
    found = allotted(recipe(mixture={"zh": 0.54, "en": 0.46}), SUPPLY)
    assert found == {("en1", "RE"): 460, ("zh1", "NER"): 486, ("zh2", "NER"): 54}


@given(
    counts=st.lists(st.tuples(st.sampled_from(["zh", "en"]), st.integers(1, 5000)), min_size=2, max_size=9),
    share=st.floats(0.05, 0.95),
)
def test_a_mixture_is_right_up_to_one_document_and_takes_no_more_than_there_is(counts, share):
    supply = {(f"c{n}", "NER"): count for n, count in enumerate(counts)}
    if len({language for language, _ in counts}) < 2:
        return
    found = allotted(recipe(mixture={"zh": share, "en": 1 - share}), supply)
    sides = Counter()
    for key, kept in found.items():
        assert 0 <= kept <= supply[key][1]
        sides[supply[key][0]] += kept
    have = Counter()
    for language, count in counts:
        have[language] += count
    assert any(sides[language] == have[language] for language in have)  # one side is whole
    total = min(have["zh"] / share, have["en"] / (1 - share))
    assert abs(sides["zh"] - share * total) <= 1
    assert abs(sides["en"] - (1 - share) * total) <= 1


def test_a_mixture_without_one_of_its_languages_is_an_error():
    with pytest.raises(RecipeError, match="mixture asks for 50% en, but no training document"):
        allotted(recipe(mixture={"zh": 0.5, "en": 0.5}), {("zh1", "NER"): ("zh", 9)})
