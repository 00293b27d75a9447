"""Scores by kinds of mentions and documents, by offsets, and under other normalisations."""

import json
import subprocess
import sys

import pytest
from answers import answered, item_about
from hypothesis import given
from hypothesis import strategies as st

from uiebench.build import pipeline
from uiebench.errors import RecipeError
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, Rule, score
from uiebench.score.facts import nfc_strip
from uiebench.score.gold import Described, Items
from uiebench.score.normal import STEPS, normaliser
from uiebench.score.report import report
from uiebench.score.said import AS_WRITTEN, Said
from uiebench.score.slices import Seen, Slices, nested
from uiebench.score.tally import Tally
from uiebench.types import Document, Entity, Extraction, Label, Relation, Schema

SCHEMA = Schema(entities=(Label("PER", "人物", "person"), Label("ORG", "机构", "organization")))
HERE = {"c": Described("c", "zh", "news", SCHEMA), "e": Described("e", "en", "news", SCHEMA)}


def entity(text, mention, kind="PER", start=None):
    start = text.index(mention) if start is None else start
    return Entity(mention, start, start + len(mention), kind)


def sliced(pairs, corpus="c", task="NER", seen=None, contaminated=None):
    """(aspect, value) → Slice over all documents."""
    slices = Slices(Rule(), seen, described=HERE, contaminated=contaminated)
    for document, said in pairs:
        slices.watch(item_about(document, task, corpus), said)
    return {(row.aspect, row.value): row for row in slices.rows(intervals=False) if row.corpus == "all"}


TEXT = "远山科技的方明见了方明远。"
GOLD = Document("c/1", TEXT, (entity(TEXT, "远山科技", "ORG"), entity(TEXT, "方明"), entity(TEXT, "方明远")))


def test_mentions_are_seen_if_training_has_them_under_any_label():
    seen = Seen()
    seen.mentions["zh", "ner"].add(("远山科技",))
    found = sliced(
        [(GOLD, Extraction((Entity("远山科技", None, None, "ORG"), Entity("柳青", None, None, "PER"))))], seen=seen
    )
    known, unknown = found["in training", "seen"], found["in training", "unseen"]
    assert (known.correct, known.gold, known.predicted) == (1, 1, 1)
    assert (unknown.correct, unknown.gold, unknown.predicted) == (0, 2, 1)


def test_without_training_data_nothing_is_said_of_it():
    assert not any(aspect == "in training" for aspect, _ in sliced([(GOLD, Extraction())]))


def test_lengths_are_characters_in_chinese_and_words_in_english():
    assert sliced([(GOLD, Extraction())])["length", "3–4 characters"].gold == 2
    text = "Anna Bell met Bo."
    english = Document("e/1", text, (entity(text, "Anna Bell"), entity(text, "Bo")))
    found = sliced([(english, Extraction())], "e")
    assert found["length", "2 words"].gold == found["length", "1 word"].gold == 1
    assert found["document length", "0–9 words"].documents == 1


def test_a_mention_that_is_not_in_the_text_stands_nowhere_in_it():
    said = Extraction((Entity("方明", None, None, "PER"), Entity("柳青", None, None, "PER")))
    found = sliced([(GOLD, said)])
    assert (found["in the text", "repeated"].correct, found["in the text", "repeated"].predicted) == (1, 1)
    assert found["in the text", "once"].predicted == 0


def test_nested_entities_have_recall_alone():
    text = "远山大学医学院"
    document = Document("c/1", text, (entity(text, "远山大学", "ORG"), entity(text, text, "ORG")))
    found = sliced([(document, Extraction((Entity(text, None, None, "ORG"),)))])
    row = found["nesting", "nested"]
    assert (row.recall, row.precision, row.f1, row.gold) == (0.5, None, None, 2)
    assert [e.text for e in nested(document.entities)] == ["远山大学", text]
    assert nested(GOLD.entities) == []


def test_clean_and_contaminated_documents_are_told_apart():
    other = Document("c/2", TEXT, GOLD.entities)
    found = sliced([(GOLD, Extraction()), (other, Extraction(GOLD.entities))], contaminated=frozenset({"c/2"}))
    assert (found["contamination", "clean"].f1, found["contamination", "contaminated"].f1) == (0.0, 1.0)


def test_relations_are_seen_as_pairs_of_head_and_tail():
    seen = Seen()
    seen.mentions["zh", "re"].add(("方明", "远山科技"))
    head, tail = Entity("方明", None, None, ""), Entity("远山科技", None, None, "")
    document = Document("c/1", TEXT, relations=(Relation("任职", head, tail), Relation("任职", tail, head)))
    found = sliced([(document, Extraction())], task="RE", seen=seen)
    assert found["in training", "seen"].gold == found["in training", "unseen"].gold == 1


mentions = st.sampled_from(["方明", "远山科技", "方明远", "柳青", "方"])
answers = st.lists(
    st.builds(lambda k, t: Entity(t, None, None, k), st.sampled_from(["PER", "ORG"]), mentions), max_size=5
)


@given(st.lists(answers, min_size=1, max_size=4))
def test_the_parts_of_an_aspect_add_up_to_the_whole(said):
    pairs = [(GOLD, Extraction(tuple(entities))) for entities in said]
    seen = Seen()
    seen.mentions["zh", "ner"].add(("方明",))
    found = sliced(pairs, seen=seen)
    tally = Tally(Rule())
    tally.add(Items.about([document for document, _ in pairs], "NER", "c"), answered([s for _, s in pairs], "NER"))
    row = report(tally, HERE, intervals=False).row("corpus", "c", "ner")
    for aspect in ("in training", "length", "document length"):
        parts = [part for (name, _), part in found.items() if name == aspect]
        sums = tuple(sum(getattr(part, name) for part in parts) for name in ("correct", "gold", "predicted"))
        assert sums == (row.correct, row.gold, row.predicted)


# --- offsets ------------------------------------------------------------------------------------------


def by_offset(document, outputs, task="NER"):
    tally = Tally(Rule(match="offset"))
    tally.add(Items.about([document] * len(outputs), task, "c"), Said(task, outputs, AS_WRITTEN))
    return report(tally, HERE, intervals=False)


def test_offsets_tell_two_places_of_one_string_apart():
    twice = "方明见方明"
    document = Document("c/1", twice, (entity(twice, "方明", start=0), entity(twice, "方明", start=3)))
    output = {"PER": [{"text": "方明", "start": 0, "end": 2}]}
    row = by_offset(document, [output]).row("corpus", "c", "ner")
    assert (row.correct, row.gold, row.predicted) == (1, 2, 1)


def test_an_answer_without_offsets_is_at_no_place():
    row = by_offset(GOLD, [{"PER": ["方明"]}]).row("corpus", "c", "ner")
    assert (row.correct, row.gold, row.predicted) == (0, 3, 1)


def test_documents_whose_gold_has_no_places_are_left_out_and_counted():
    document = Document("c/1", TEXT, (Entity("方明", None, None, "PER"),))
    found = by_offset(document, [{"PER": ["方明"]}])
    assert found.rates["c NER"].unplaced == 1
    assert found.row("corpus", "c", "ner").documents == 0
    assert "match:offset" in found.signature


# --- normalisation ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "mention", "becomes"),
    [
        ("nfkc", "ＡＢＣ", "ABC"),
        ("case", "IBM", "ibm"),
        ("quotes", "《远山》", "远山"),
        ("articles", "The Thames", "Thames"),
        ("blanks", "New York", "NewYork"),
    ],
)
def test_each_step_does_what_it_says(step, mention, becomes):
    normal, name = normaliser([step])
    assert normal([mention]) == [becomes]
    assert name == f"nfc+strip+{step}"
    assert nfc_strip([mention]) == [mention]


def test_steps_are_named_in_one_order():
    assert normaliser(["articles", "case"])[1] == normaliser(["case", "articles"])[1] == "nfc+strip+case+articles"
    assert normaliser([])[0] is nfc_strip


@given(st.text(max_size=8), st.sets(st.sampled_from(sorted(STEPS))))
def test_lists_and_single_mentions_are_normalised_alike(text, steps):
    normal, _ = normaliser(steps)
    assert normal([text, "甲", "é"])[0] == normal([text])[0]


def test_an_unknown_step_is_refused():
    with pytest.raises(RecipeError, match="--normalise lower: not one of nfkc, case"):
        normaliser(["lower"])


# --- the whole report ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    recipe = BuildRecipe(name="three", samples=True, held_in=("resume", "finre", "duee1"))
    return pipeline.build(recipe, raw=tmp_path_factory.mktemp("raw"), out=tmp_path_factory.mktemp("out")).out


@pytest.fixture(scope="module")
def predictions(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("p") / "predictions.jsonl"
    command = [
        sys.executable,
        "-m",
        "uiebench",
        "predict",
        "--baseline",
        "lexicon",
        "--benchmark",
        folder,
        "--out",
        path,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return path


def answers_of(path):
    return {row["id"]: row["output"] for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def test_errors_and_slices_come_with_the_report_where_they_are_asked_for(folder, predictions):
    plain = score(Benchmark(folder), answers_of(predictions))
    assert plain.errors == plain.slices == ()
    whole = score(Benchmark(folder), answers_of(predictions), errors=True, slices=True)
    assert whole.rows == plain.rows
    breakdown = next(b for b in whole.errors if b.corpus == "resume")
    row = whole.row("corpus", "resume", "ner")
    assert (breakdown.right, breakdown.gold, breakdown.predicted) == (row.correct, row.gold, row.predicted)
    assert {"seen", "unseen"} >= {s.value for s in whole.slices if s.aspect == "in training"} != set()


def test_every_row_carries_the_signature_of_its_task(folder, predictions):
    found = score(Benchmark(folder), answers_of(predictions))
    assert all(f"|task:{row.task.lower()}|" in row.signature for row in (*found.rows, *found.means))


def test_macro_is_the_mean_over_the_types_of_the_gold(folder, predictions):
    found = score(Benchmark(folder), answers_of(predictions))
    types = [row.f1 for row in found.rows if row.by == "type" and row.key.startswith("resume ") and row.gold]
    assert found.row("corpus", "resume", "ner").macro == pytest.approx(sum(types) / len(types))


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "uiebench", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_command_line_prints_errors_and_slices(folder, predictions):
    done = run("score", predictions, "--benchmark", folder, "--errors", "--slices", "--markdown")
    assert done.returncode == 0, done.stderr
    assert "### Mistakes" in done.stdout
    assert "### By kinds of mentions and documents" in done.stdout
    shown = json.loads(run("score", predictions, "--benchmark", folder, "--errors", "--json").stdout)
    assert shown["errors"][0]["confusions"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--match", "fuzzy"], "--match fuzzy: not one of string, offset"),
        (["--match", "offset", "--errors"], "leave out --match offset"),
        (["--as", "iepile", "--slices"], "leave out --as iepile"),
        (["--normalise", "lower"], "--normalise lower: not one of"),
    ],
)
def test_options_that_do_not_go_together_are_one_clear_line(folder, predictions, options, told):
    done = run("score", predictions, "--benchmark", folder, *options)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
