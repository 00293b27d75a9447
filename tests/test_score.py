"""The scorer: what counts as right, what the invariants are, and how faults of files and models are met."""

import json
import random

import msgspec
import pytest
from answers import answered
from hypothesis import given, settings
from hypothesis import strategies as st

from uiebench.build import pipeline
from uiebench.errors import RecipeError, UiebenchError
from uiebench.instruct.target import Names, encode
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, Rule, score
from uiebench.score.bootstrap import interval, permuted
from uiebench.score.compare import compare
from uiebench.score.facts import columns, facts, facts_of, nfc_strip
from uiebench.score.foreign import score_as
from uiebench.score.gold import Described, Items
from uiebench.score.lexicon import Lexicon, Matcher
from uiebench.score.output import read, read_columns
from uiebench.score.predictions import read_predictions
from uiebench.score.report import report
from uiebench.score.rows import is_self_contained, read_answers, score_rows
from uiebench.score.run import Answers
from uiebench.score.said import Said
from uiebench.score.tables import latex, markdown, tables
from uiebench.score.tally import Tally
from uiebench.storage import read_parquet
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Extraction,
    Instruction,
    Label,
    Prediction,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

SCHEMA = Schema(
    entities=(Label("PER", "人物", "person"), Label("ORG", "机构", "organization")),
    relations=(RelationLabel("works_for", "任职", "works for"), RelationLabel("owns", "持股", "owns")),
    events=(
        EventLabel("layoff", "裁员", "layoff", roles=(Label("who", "裁员方", "company"), Label("n", "人数", "number"))),
        EventLabel("merger", "合并", "merger", roles=(Label("a", "甲方", "first"), Label("b", "乙方", "second"))),
    ),
)
NAMES = Names("zh", SCHEMA)
HERE = {"c": Described("c", "zh", "news", SCHEMA)}


def spans(*texts):
    return [(text, None, None) for text in texts]


def ner(*pairs):
    return tuple(Entity(text, None, None, kind) for kind, text in pairs)


def encode_pairs(*pairs):
    """An answer in canonical JSON with (shown label, mention) pairs."""
    lists = {}
    for label, mention in pairs:
        lists.setdefault(label, []).append(mention)
    return json.dumps(lists, ensure_ascii=False)


def run(pairs, task="NER", rule=None):
    """The report of (document, extraction) pairs."""
    tally = Tally(rule or Rule())
    for document, said in pairs:
        tally.add(Items.about([document], task, "c"), answered([said], task))
    return report(tally, HERE, intervals=False)


def one(document, said, metric, task="NER", rule=None):
    """(correct, gold, predicted) of a single document."""
    row = run([(document, said)], task, rule).row("corpus", "c", metric)
    return row.correct, row.gold, row.predicted


# --- what counts ------------------------------------------------------------------------------------


def test_a_mention_counts_once_however_often_it_is_said():
    gold = Document("c/1", "方明见方明", ner(("PER", "方明"), ("PER", "方明")))
    said = Extraction(ner(("PER", "方明"), ("PER", "方明"), ("PER", "方明")))
    assert one(gold, said, "ner") == (1, 1, 1)
    assert one(gold, said, "ner", rule=Rule(multiset=True)) == (2, 2, 3)


@pytest.mark.parametrize(
    "said",
    [("PER", "方"), ("ORG", "方明"), ("PER", "《方明》"), ("PER", "方明。"), ("person", "方明")],
)
def test_type_and_string_must_both_be_exact(said):
    assert one(Document("c/1", "方明", ner(("PER", "方明"))), Extraction(ner(said)), "ner") == (0, 1, 1)


def test_case_counts_and_outer_white_space_and_composition_do_not():
    gold = Document("c/1", "Café Acme", ner(("ORG", "Café"), ("PER", "Acme")))
    said = Extraction(ner(("ORG", " Cafe\u0301\n"), ("PER", "acme")))
    assert one(gold, said, "ner") == (1, 2, 2)


def test_relations_are_directed():
    gold = Document("c/1", "甲乙", relations=(Relation("owns", Entity("甲", 0, 1, ""), Entity("乙", 1, 2, "")),))
    swapped = Extraction(relations=(Relation("owns", Entity("乙", None, None, ""), Entity("甲", None, None, "")),))
    assert one(gold, swapped, "re", "RE") == (0, 1, 1)
    assert one(gold, Extraction(relations=gold.relations), "re", "RE") == (1, 1, 1)


def test_typed_relations_are_a_row_only_where_answers_carry_types():
    head, tail = Entity("甲", 0, 1, "ORG"), Entity("乙", 1, 2, "ORG")
    gold = Document("c/1", "甲乙", relations=(Relation("owns", head, tail),))
    bare = Relation("owns", Entity("甲", None, None, ""), Entity("乙", None, None, ""))
    wrong = Relation("owns", Entity("甲", None, None, "PER"), Entity("乙", None, None, "ORG"))
    with pytest.raises(KeyError):
        run([(gold, Extraction(relations=(bare,)))], "RE").row("corpus", "c", "re-typed")
    assert one(gold, Extraction(relations=(wrong,)), "re-typed", "RE") == (0, 1, 1)
    assert one(gold, Extraction(relations=(wrong,)), "re", "RE") == (1, 1, 1)


def event(kind, trigger, **arguments):
    found = [Argument(text, None, None, role) for role, texts in arguments.items() for text in texts.split()]
    return Event(kind, Span(trigger, None, None) if trigger else None, tuple(found))


def test_event_metrics():
    gold = Document("c/1", "…", events=(event("layoff", "裁员", who="远山", n="三百"),))
    said = Extraction(events=(event("merger", "裁员", a="远山"), event("layoff", "裁", who="三百")))
    assert one(gold, said, "ti", "EE") == (1, 1, 2)
    assert one(gold, said, "tc", "EE") == (0, 1, 2)
    assert one(gold, said, "ai", "EE") == (1, 2, 2)
    assert one(gold, said, "ac", "EE") == (0, 2, 2)
    assert one(gold, said, "ac-paired", "EE") == (0, 2, 2)


def test_arguments_swapped_between_two_events_of_one_trigger_are_seen_only_by_the_paired_metric():
    gold = Document(
        "c/1", "…", events=(event("layoff", "裁员", who="甲", n="一"), event("layoff", "裁员", who="乙", n="二"))
    )
    said = Extraction(events=(event("layoff", "裁员", who="甲", n="二"), event("layoff", "裁员", who="乙", n="一")))
    assert one(gold, said, "ac", "EE") == (4, 4, 4)
    assert one(gold, said, "ac-paired", "EE") == (2, 4, 4)


def test_a_right_empty_answer_adds_nothing_to_the_counts_and_is_its_own_rate():
    done = run([(Document("c/1", "无"), Extraction()), (Document("c/2", "无"), Extraction(ner(("PER", "无"))))])
    row = done.row("corpus", "c", "ner")
    assert (row.correct, row.gold, row.predicted) == (0, 0, 1)
    rates = done.rates["c NER"]
    assert (rates.silent, rates.abstained) == (2, 1)


def test_rates_tell_hallucinations_unknown_labels_and_repeats_apart():
    output = encode_pairs(("人物", "方明"), ("人物", "方明"), ("人物", "柳青"), ("颜色", "方明"))
    tally = Tally(Rule())
    items = Items.about([Document("c/1", "方明来了", ner(("PER", "方明")))], "NER", "c")
    tally.add(items, Said("NER", [output], NAMES, offered=[frozenset({"PER", "ORG"})]))
    rates = report(tally, HERE, intervals=False).rates["c NER"]
    assert (rates.facts, rates.repeated, rates.hallucinated, rates.unoffered) == (4, 1, 1, 1)


def test_offsets_in_answers_are_read_wherever_they_stand():
    said = read({"人物": [{"text": "方明", "start": 3, "end": 5}, "柳青"]}, "NER", NAMES)
    assert said.entities == (Entity("方明", 3, 5, "PER"), Entity("柳青", None, None, "PER"))
    head, tail = {"text": "方明", "start": 0, "end": 2, "type": "人物"}, {"text": "远山", "start": 4, "end": 6}
    said = read([{"relation": "任职", "head": head, "tail": tail}], "RE", NAMES)
    assert said.relations == (Relation("works_for", Entity("方明", 0, 2, "PER"), Entity("远山", 4, 6, "")),)
    event = {"type": "裁员", "trigger": {"text": "裁", "start": 1, "end": 2}}
    said = read([event | {"arguments": [{"role": "人数", "argument": "三", "start": 7, "end": 8}]}], "EE", NAMES)
    assert said.events == (Event("layoff", Span("裁", 1, 2), (Argument("三", 7, 8, "n"),)),)


def test_a_label_of_another_window_is_wrong_where_it_was_not_offered():
    tally = Tally(Rule())
    items = Items.about([Document("c/1", "方明来了", ner(("PER", "方明")))], "NER", "c", [2])
    outputs = [encode_pairs(("人物", "方明")), encode_pairs(("人物", "方明"))]
    said = Said("NER", outputs, NAMES, [2], offered=[frozenset({"PER"}), frozenset({"ORG"})])
    tally.add(items, said)
    found = report(tally, HERE, intervals=False)
    assert found.rates["c NER"].unoffered == 1
    row = found.row("corpus", "c", "ner")
    assert (row.correct, row.gold, row.predicted) == (1, 1, 2)
    assert found.row("type", "c PER (not offered)", "ner").predicted == 1
    assert columns(said[0].extraction, "NER") == said.columns


# --- invariants -------------------------------------------------------------------------------------

words = st.sampled_from(["甲", "乙", "丙", "丁戊", "A b", "é"])
entities = st.lists(
    st.builds(lambda k, t: Entity(t, None, None, k), st.sampled_from(["PER", "ORG"]), words), max_size=5
)
relations = st.lists(
    st.builds(
        lambda r, h, t: Relation(r, Entity(h, None, None, ""), Entity(t, None, None, "")),
        st.sampled_from(["works_for", "owns"]),
        words,
        words,
    ),
    max_size=4,
)


jsons = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "甲", "人物", "裁员", "任职", " 甲"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "人物",
                    "裁员",
                    "任职",
                    "relation",
                    "head",
                    "tail",
                    "type",
                    "trigger",
                    "arguments",
                    "裁员方",
                    "text",
                    "start",
                    "end",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(jsons, st.sampled_from(["NER", "RE", "EE", "EET", "EEA"]), st.booleans())
def test_the_short_way_from_json_to_columns_says_the_same_as_the_long_one(value, task, as_text):
    output = json.dumps(value, ensure_ascii=False) if as_text else value
    canonical = encode(Document("", ""), task, NAMES)
    found, sizes, problems = read_columns([canonical, output, canonical], task, NAMES)
    said = read(output, task, NAMES)
    assert (found, problems) == (columns(said, task), {1: said.problem} if said.problem else {})
    assert sizes == [0, len(found.types), 0]


@given(st.lists(entities, min_size=1, max_size=3), st.lists(relations, min_size=1, max_size=3))
def test_canonical_answers_take_the_short_way_and_say_the_same(people, pairs):
    for task, document in [("NER", Document("c/1", "", tuple(p))) for p in people] + [
        ("RE", Document("c/1", "", relations=tuple(p))) for p in pairs
    ]:
        output = encode(document, task, NAMES)
        found = read_columns([output], task, NAMES)
        assert found == (columns(read(output, task, NAMES), task), [len(found.columns.types)], {})
        metric = "ner" if task == "NER" else "re"
        right = set(facts(document, task, nfc_strip)[metric])
        assert right == set(facts_of(found.columns, task, nfc_strip)[metric])


def made_event(kind, trigger, mentions):
    role = "who" if kind == "layoff" else "a"
    return Event(kind, Span(trigger, None, None), tuple(Argument(text, None, None, role) for text in mentions))


event_kinds = st.sampled_from(["layoff", "merger"])
events = st.lists(st.builds(made_event, event_kinds, words, st.lists(words, max_size=3)), max_size=4)
extractions = st.builds(lambda e, r, v: Extraction(tuple(e), tuple(r), tuple(v)), entities, relations, events)
TASKS = ("NER", "RE", "EE", "EET", "EEA")


def as_document(said, number=0):
    return Document(f"c/{number}", "甲乙丙丁戊 A b é", said.entities, said.relations, said.events)


@given(extractions, st.sampled_from(TASKS))
def test_gold_against_itself_is_one(said, task):
    for row in run([(as_document(said), said)], task).rows:
        assert row.correct == row.gold == row.predicted


@given(extractions, extractions, st.sampled_from(TASKS))
def test_swapping_gold_and_predictions_swaps_precision_and_recall(left, right, task):
    forth = run([(as_document(left), right)], task)
    back = run([(as_document(right), left)], task)
    for row in forth.rows:
        if row.by == "all" and row.metric != "re-typed":
            other = back.row("all", "all", row.metric)
            assert (row.precision, row.recall, row.f1) == (other.recall, other.precision, other.f1)


@given(
    st.lists(st.tuples(extractions, extractions), max_size=5), st.sampled_from(TASKS), st.randoms(use_true_random=False)
)
def test_order_of_documents_and_of_annotations_changes_nothing(pairs, task, shuffler):
    documents = [(as_document(gold, i), said) for i, (gold, said) in enumerate(pairs)]
    before = run(documents, task)
    turned = [
        (gold, Extraction(said.entities[::-1], said.relations[::-1], said.events[::-1])) for gold, said in documents
    ]
    shuffler.shuffle(turned)
    assert run(turned, task) == before


@given(extractions, extractions)
def test_one_more_wrong_mention_never_raises_f1(gold, said):
    more = Extraction((*said.entities, Entity("不在其中", None, None, "PER")), said.relations, said.events)
    assert run([(as_document(gold), more)]).f1("ner") <= run([(as_document(gold), said)]).f1("ner")


@given(extractions, st.sampled_from(TASKS))
def test_the_canonical_answer_scores_one(said, task):
    document = as_document(said)
    answer = read(encode(document, task, NAMES), task, NAMES)
    for row in run([(document, answer)], task).rows:
        assert row.correct == row.gold == row.predicted, row


def test_interval_covers_the_score_and_narrows_with_more_documents():
    few = interval({(1, 1, 1): 30, (0, 1, 1): 20})
    many = interval({(1, 1, 1): 3000, (0, 1, 1): 2000})
    assert few[0] < 0.6 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert interval({(0, 1, 1): 20, (1, 1, 1): 30}) == few


def test_permutation_test_tells_chance_from_difference():
    alike = {((1, 1, 1), (0, 1, 1)): 10, ((0, 1, 1), (1, 1, 1)): 10, ((1, 1, 1), (1, 1, 1)): 80}
    apart = {((1, 1, 1), (0, 1, 1)): 30, ((1, 1, 1), (1, 1, 1)): 70}
    assert permuted(alike) > 0.5
    assert permuted(apart) < 0.001


# --- outputs: data, never an exception ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "task", "wanted"),
    [
        ('{"人物": ["方明"], "机构": []}', "NER", {("PER", "方明")}),
        ('```json\n{"人物": ["方明"]}\n```', "NER", {("PER", "方明")}),
        ('好的，结果如下：\n```\n{"人物": "方明"}\n```\n以上。', "NER", {("PER", "方明")}),
        ({"人物": ["方明"]}, "NER", {("PER", "方明")}),
        ('[{"type": "人物", "text": "方明"}]', "NER", {("PER", "方明")}),
        ('{"PER": ["方明"], "人数": [3]}', "NER", {("PER", "方明"), ("人数", "3")}),
        ('[{"relation": "持股", "head": "甲", "tail": "乙"}]', "RE", {("owns", "甲", "乙")}),
        ('{"持股": [{"subject": "甲", "object": "乙"}], "任职": []}', "RE", {("owns", "甲", "乙")}),
        ('[{"type": "裁员", "trigger": "裁", "arguments": {"裁员方": "甲"}}]', "EE", {("layoff", "裁", "who", "甲")}),
        ('{"裁员": [{"trigger": "裁", "arguments": {"裁员方": ["甲"]}}]}', "EE", {("layoff", "裁", "who", "甲")}),
    ],
)
def test_answers_are_read_in_every_style(output, task, wanted):
    said = read(output, task, NAMES)
    assert not said.problem
    if task == "NER":
        assert {(e.type, e.text) for e in said.entities} == wanted
    elif task == "RE":
        assert {(r.type, r.head.text, r.tail.text) for r in said.relations} == wanted
    else:
        assert {(e.type, e.trigger.text, a.role, a.text) for e in said.events for a in e.arguments} == wanted


@pytest.mark.parametrize(
    "output",
    [
        "",
        "没有实体。",
        '{"人物": ["方明"',
        "[" * 10_000,
        "{'人物': ['方明']}",
        "3",
        "null",
        None,
        3.5,
        True,
        "\x00\ud800",
    ],
)
def test_what_cannot_be_read_is_an_empty_answer_with_a_problem(output):
    said = read(output, "NER", NAMES)
    assert said.problem
    assert not said.entities


@pytest.mark.parametrize("output", ["{'人物': ['方明']}", '{"人物": ["方明", "柳'])
def test_repairs_are_made_only_when_asked_for_and_say_so(output):
    said = read(output, "NER", NAMES, repair=True)
    assert {e.text for e in said.entities} == {"方明"}
    assert said.problem.startswith("repaired")
    assert read(output, "NER", NAMES).problem == "not valid JSON"


def test_nothing_a_model_writes_is_executed():
    said = read("__import__('os').system('touch /tmp/owned') or {}", "NER", NAMES, repair=True)
    assert said.problem


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
shapes = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("type", "text", "relation", "head", "tail", "trigger", "arguments", "人物"), json_values),
)


@settings(max_examples=300)
@given(json_values | shapes | st.lists(shapes, max_size=3), st.sampled_from(TASKS), st.booleans())
def test_any_json_value_is_read_without_an_exception(value, task, as_text):
    said = read(json.dumps(value, ensure_ascii=False) if as_text else value, task, NAMES)
    run([(Document("c/1", "甲乙"), said)], task)


@settings(max_examples=300)
@given(st.text(alphabet="{}[]\"',:\\ \n人物甲a1`", max_size=60), st.sampled_from(TASKS), st.booleans())
def test_any_text_is_read_without_an_exception(text, task, repair):
    read(text, task, NAMES, repair=repair)


# --- files ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def benchmark_folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    recipe = BuildRecipe(name="three", held_in=("resume", "finre"), held_out={"zh-ee": ("duee1",)}, samples=True)
    pipeline.build(recipe, raw=out, out=out)
    return out


@pytest.fixture
def answers(benchmark_folder):
    """id → canonical target of every test prompt."""
    paths = sorted((benchmark_folder / "instructions" / "test").glob("*.parquet"))
    return {row.id: row.target for path in paths for row in read_parquet(path, Instruction)}


def test_gold_answers_score_one_on_a_built_benchmark(benchmark_folder, answers):
    done = score(Benchmark(benchmark_folder), answers)
    assert {row.f1 for row in done.rows if row.gold} == {1.0}
    assert {mean.key for mean in done.means} == {"held-in zh NER", "held-in zh RE", "zh-ee"}
    assert f"bench:three@{Benchmark(benchmark_folder).fingerprint}" in done.signature
    assert {row.corpus if hasattr(row, "corpus") else row.key for row in done.rows if row.by == "corpus"} == {
        "resume",
        "finre",
        "duee1",
    }


def test_order_of_predictions_changes_nothing(benchmark_folder, answers):
    ids = list(answers)
    random.Random(1).shuffle(ids)
    assert score(Benchmark(benchmark_folder), {id: answers[id] for id in ids}) == score(
        Benchmark(benchmark_folder), answers
    )


def test_a_missing_prediction_is_an_error_or_counts_as_empty(benchmark_folder, answers):
    gone = next(id for id in answers if id.startswith("resume"))
    rest = {id: target for id, target in answers.items() if id != gone}
    with pytest.raises(UiebenchError, match=rf"no prediction for '{gone}'.*--allow-missing"):
        score(Benchmark(benchmark_folder), rest)
    done = score(Benchmark(benchmark_folder), rest, allow_missing=True)
    assert done.rates["resume NER"].missing == 1
    assert done.row("corpus", "resume", "ner").recall < 1


def test_unknown_and_repeated_ids_are_errors(benchmark_folder, answers):
    bench = Benchmark(benchmark_folder)
    with pytest.raises(UiebenchError, match=r"1 prediction for an id .* not ask, e\.g\. 'resume/test/9999#NER'"):
        score(bench, answers | {"resume/test/9999#NER": "{}"})
    rows = [Prediction(id, output) for id, output in answers.items()]
    with pytest.raises(UiebenchError, match="two predictions for"):
        score(bench, [*rows, rows[0]])
    with pytest.raises(UiebenchError, match="two predictions for"):
        score(bench, [rows[-1], rows[-1], *rows])


def write(path, rows, end="\n"):
    path.write_text(end.join(json.dumps(row, ensure_ascii=False) for row in rows) + end, encoding="utf-8")
    return path


def test_byte_order_mark_crlf_and_blank_lines_are_fine(tmp_path):
    path = tmp_path / "p.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "output": "{}"}\r\n\r\n{"id": "b", "output": {}}')
    assert [p.id for p in read_predictions(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b'{"id": "a", "output": "x"}\n{"id": "b", "outp', r":2: .*a whole last line: the file looks truncated"),
        (b'{"id": "a", "output": "x"}\nnonsense\n', r":2: found 'nonsense', expected a prediction"),
        (b'{"id": 7, "output": "x"}\n', r":1: .*expected a prediction"),
        (b'{"output": "x"}\n', r":1: .*missing required field `id`"),
        (b'{"id": "a", "output": "\xff"}\n', r":1: "),
    ],
)
def test_a_bad_file_is_one_line_with_its_place(tmp_path, content, message):
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    with pytest.raises(UiebenchError, match=message) as error:
        list(read_predictions(path))
    assert "\n" not in str(error.value)


def test_a_folder_without_manifest_is_no_benchmark(tmp_path):
    with pytest.raises(UiebenchError, match="no complete benchmark"):
        Benchmark(tmp_path)


def test_tables_in_markdown_and_latex_hold_the_same_figures(benchmark_folder, answers):
    done = score(Benchmark(benchmark_folder), answers)
    found = tables(done, types=True)
    plain, typeset = markdown(found, done.signature), latex(found, done.signature)
    assert "| resume | NER | ner | 100.00 | 100.00 | 100.00 |" in plain
    assert r"resume & NER & ner & 100.00 & 100.00 & 100.00 &" in typeset
    assert done.signature in plain
    assert msgspec.json.decode(msgspec.json.encode(done), type=type(done)) == done


# --- two systems, and the baseline -------------------------------------------------------------------


def test_a_system_compared_with_itself_does_not_differ(benchmark_folder, answers):
    done = compare(Benchmark(benchmark_folder), answers, answers)
    assert {row.difference for row in done.rows} == {0}
    assert {row.p for row in done.rows} == {1.0}
    assert done.flipped == ()


def test_the_items_on_which_two_systems_differ_are_named(benchmark_folder, answers):
    id = next(id for id, target in answers.items() if id.startswith("resume") and '["' in target)
    done = compare(Benchmark(benchmark_folder), answers, answers | {id: "{}"})
    assert [flip.id for flip in done.flipped] == [id]
    assert next(row for row in done.rows if row.key == "resume").worse == 1


def test_the_lexicon_finds_again_what_it_saw_in_training(benchmark_folder):
    bench = Benchmark(benchmark_folder)
    lexicon = Lexicon.learn(bench)
    item = next(item for item in bench.items("train", ["resume"]) if item.document.entities)
    found = lexicon.predict(item)
    assert {(e.text, e.type) for e in found.entities} >= {(e.text, e.type) for e in item.document.entities}
    for entity in found.entities:
        assert found.text[entity.start : entity.end] == entity.text


def test_the_lexicon_prefers_the_longest_string_and_whole_words():
    assert list(Matcher(["青石", "青石县"], "zh").find("在青石县和青石")) == [(1, "青石县"), (5, "青石")]
    assert list(Matcher(["Ann"], "en").find("Anna met Ann.")) == [(9, "Ann")]
    assert list(Matcher(["Ann", "Annabel Lee"], "en").find("met Ann")) == [(4, "Ann")]


def test_the_lexicon_knows_nothing_it_has_not_seen(benchmark_folder):
    lexicon = Lexicon(Benchmark(benchmark_folder))
    item = next(Benchmark(benchmark_folder).items("test", ["resume"]))
    assert lexicon.predict(item) == Document(item.document.id, item.document.text)


# --- self-contained files ----------------------------------------------------------------------------


def test_iepile_rows_are_read_and_their_windows_united(tmp_path):
    rows = [
        {
            "id": "1",
            "task": "NER",
            "source": "boson",
            "instruction": json.dumps({"schema": ["人物"], "input": "方明在远山"}, ensure_ascii=False),
            "label": '{"人物": ["方明"]}',
            "output": '{"人物": ["方明"]}',
        },
        {
            "id": "1",
            "task": "NER",
            "source": "boson",
            "instruction": json.dumps({"schema": ["机构"], "input": "方明在远山"}, ensure_ascii=False),
            "label": '{"机构": ["远山"]}',
            "output": '{"机构": ["方"]}',
        },
        {
            "id": "2",
            "task": "RE",
            "source": "x",
            "label": '{"持股": [{"subject": "甲", "object": "乙"}]}',
            "output": "[]",
        },
    ]
    done = score_rows(write(tmp_path / "p.jsonl", rows))
    row = done.row("corpus", "boson", "ner")
    assert (row.documents, row.correct, row.gold, row.predicted) == (1, 1, 2, 2)
    assert done.row("corpus", "x", "re").gold == 1
    assert done.rates["boson NER"].hallucinated == 0


def test_llama_factory_and_chat_rows_tell_their_task_by_the_shape_of_the_gold(tmp_path):
    rows = [
        {"prompt": "甲持有乙", "label": "[]", "predict": "[]"},
        {"prompt": "甲持有乙", "label": '[{"relation": "持股", "head": "甲", "tail": "乙"}]', "predict": "…"},
    ]
    done = score_rows(write(tmp_path / "p.jsonl", rows))
    assert (done.row("all", "all", "re").documents, done.rates["file RE"].unparsable) == (2, 1)
    turns = [
        {"role": "user", "content": "甲裁员"},
        {"role": "assistant", "content": '[{"type": "裁员", "trigger": "裁员"}]'},
    ]
    chat = [{"messages": turns, "output": '[{"type": "裁员", "trigger": "裁员", "arguments": {}}]'}]
    assert score_rows(write(tmp_path / "c.jsonl", chat)).f1("tc") == 1.0


def test_rows_that_tell_no_task_ask_for_it(tmp_path):
    path = write(tmp_path / "p.jsonl", [{"prompt": "无", "label": "{}", "predict": "{}"}])
    with pytest.raises(UiebenchError, match="no row tells its task; name it with --task"):
        score_rows(path)
    assert score_rows(path, task="NER").rates["file NER"].abstained == 1


def test_a_file_of_predictions_is_not_taken_for_a_self_contained_one(tmp_path):
    assert not is_self_contained(write(tmp_path / "p.jsonl", [{"id": "a", "output": "x"}]))
    assert is_self_contained(write(tmp_path / "q.jsonl", [{"label": "a", "output": "x"}]))


# --- as others count ----------------------------------------------------------------------------------


def test_another_scorer_sees_the_same_predictions(benchmark_folder, answers):
    asked = Answers(Benchmark(benchmark_folder), answers, "test", Rule(), False, "p")
    rows = {(row.corpus, row.name): row.score.f1 for row in score_as("iepile", asked)}
    assert rows["resume", "set ner"] == 100.0
    assert rows["duee1", "normal event"] > 0
    assert {corpus for corpus, _ in rows} == {"resume", "finre", "duee1"}


def test_a_scorer_that_does_not_score_the_task_says_so(tmp_path):
    path = write(
        tmp_path / "p.jsonl", [{"label": '[{"relation": "持股", "head": "甲", "tail": "乙"}]', "predict": "[]"}]
    )
    with pytest.raises(UiebenchError, match="--as seqeval: it does not score RE"):
        score_as("seqeval", read_answers(path, None, Rule()))
    with pytest.raises(UiebenchError, match="--as bleu: not one of iepile, uie"):
        score_as("bleu", read_answers(path, None, Rule()))


def test_a_missing_answer_is_none_at_all(benchmark_folder, answers):
    gone = {id: target for id, target in answers.items() if not id.startswith("finre")}
    asked = Answers(Benchmark(benchmark_folder), gone, "test", Rule(), True, "p")
    rows = {(row.corpus, row.name): row for row in score_as("knowcoder", asked)}
    assert rows["finre", "RC"].score.recall == 0


def test_windows_that_repeat_the_whole_gold_count_it_once(tmp_path):
    gold = json.dumps(
        [{"entity": "方明", "entity_type": "人物"}, {"entity": "远山", "entity_type": "机构"}], ensure_ascii=False
    )
    text = json.dumps({"instruction": "抽取", "schema": ["人物"], "input": "方明来到远山"}, ensure_ascii=False)
    rows = [
        {"id": "1", "source": "s", "instruction": text, "label": gold, "output": '{"人物": ["方明"]}'},
        {"id": "1", "source": "s", "instruction": text, "label": gold, "output": '{"机构": ["远山"]}'},
    ]
    path = write(tmp_path / "p.jsonl", rows)
    for rule in (Rule(), Rule(multiset=True)):
        row = score_rows(path, rule=rule).row("corpus", "s", "ner")
        assert (row.correct, row.gold, row.predicted) == (2, 2, 2)
    found = score_as("iepile", read_answers(path, None, Rule(), first_gold=True))
    assert {row.score.f1 for row in found if "ner" in row.name} == {100.0}


def test_one_id_for_two_texts_is_an_error_and_none_is_no_id(tmp_path):
    rows = [{"id": "1", "text": text, "label": "{}", "output": "{}", "task": "NER"} for text in ("甲", "乙")]
    with pytest.raises(UiebenchError, match="the id '1' stands for different texts"):
        score_rows(write(tmp_path / "p.jsonl", rows))
    nameless = [row | {"id": None} for row in rows]
    assert score_rows(write(tmp_path / "q.jsonl", nameless)).rates["file NER"].items == 2


def test_gold_that_cannot_be_read_is_a_fault_of_the_file(tmp_path):
    rows = [{"text": "甲", "label": "{}", "output": "{}"}, {"text": "乙", "label": "not json", "output": "{}"}]
    with pytest.raises(UiebenchError, match=r"p\.jsonl:2.*the right answer as JSON"):
        score_rows(write(tmp_path / "p.jsonl", rows), task="NER")


def test_every_unreadable_answer_counts_by_itself():
    said = Said("NER", ['{"人物": ["方明"]}', "prose", "['x'", "{'人物': ['方明']}"], NAMES, repair=True)
    assert (said.unparsable, said.repaired, said.missing) == (2, 1, 0)


def test_figures_by_another_rule_do_not_stand_under_a_signature(benchmark_folder, answers):
    with pytest.raises(RecipeError, match="compare strings"):
        score(Benchmark(benchmark_folder), answers, rule=Rule(match="offset"), errors=True)
    with pytest.raises(RecipeError, match="by sets"):
        score(Benchmark(benchmark_folder), answers, rule=Rule(multiset=True), slices=True)
