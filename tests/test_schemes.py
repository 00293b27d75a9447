"""The rules of other scorers: recorded results, each stated rule on an invented document, and oracles."""

import json
import random
import warnings

import pytest
from conftest import ROOT

from uiebench.errors import RecipeError
from uiebench.score.predictions import MISSING
from uiebench.score.schemes import NAMES, SCHEMES, VARIANTS, scheme
from uiebench.score.schemes.counting import count, placed, standing
from uiebench.score.schemes.instructuie import elements, formatted
from uiebench.score.schemes.seqeval import entities, strict_entities
from uiebench.types import Argument, Document, Entity, Event, Extraction, Relation, Span

# --- recorded results -----------------------------------------------------------------------------

CASES_FILE = ROOT.parent / "shared" / "scoring" / "cases.jsonl"
CASES = [json.loads(line) for line in CASES_FILE.open(encoding="utf-8")] if CASES_FILE.is_file() else []

NOT_ASKED = {"OneKE", "B2NER", "GLiNER", "UniversalNER", "davidsbatista strict", "spaCy spans"}
UNREPRODUCED: set[tuple[str, str]] = set()
"""(case, scorer) pairs whose recorded result is not reproduced."""

# scorer as recorded → name, task (None: that of the case), and the row for each key of the record
SINGLE = {
    "IEPile normal(default)": ("iepile", "normal {}"),
    "IEPile set": ("iepile", "set {}"),
    "InstructUIE": ("instructuie", "{}"),
    "DeepKE kg2i set(default)": ("deepke", "{}"),
    "DeepKE kg2i set": ("deepke", "{}"),
    "GoLLIE as run (hallucination filter)": ("gollie", "as run {gollie}"),
    "GoLLIE as run (filter)": ("gollie", "as run {gollie}"),
    "GoLLIE scorer": ("gollie", "scorer {gollie}"),
    "KnowCoder EM": ("knowcoder", "{knowcoder}"),
    "seqeval default": ("seqeval", "default {}"),
    "seqeval strict IOB2": ("seqeval", "strict IOB2 {}"),
    **{f"nervaluate {variant}": ("nervaluate", f"{variant} {{}}") for variant in VARIANTS["nervaluate"]},
}
SEVERAL = {
    "IEPile EE": ("iepile", "EE", "normal {}"),
    "IEPile EEA": ("iepile", "EEA", "normal {}"),
    "UIE": ("uie", None, "normal {}"),
    "UIE normal(default)": ("uie", None, "normal {}"),
    "UIE set": ("uie", None, "set {}"),
    "UIE multimatch": ("uie", None, "multimatch {}"),
    "GoLLIE": ("gollie", "EE", "scorer {}"),
    "KnowCoder EM": ("knowcoder", "EE", "{}"),
    "DeepKE kg2i EEMetric": ("deepke", "EE", "{}"),
    "InstructUIE EvaluatorEvent": ("instructuie", "EE", "{}"),
    "InstructUIE EEA": ("instructuie", "EEA", "{}"),
}
KEYS = {
    "ee_f1": "ee",
    "ag_f1": "ag",
    "record accuracy": "event",
    "EEA F": "eea",
    "trigger": "string trigger",
    "role": "string role",
}
UNITS = {
    "NER": {"gollie": "spans", "knowcoder": "EC"},
    "RE": {"gollie": "relations", "knowcoder": "RC"},
}


def annotated(task, items):
    if task == "NER":
        return {"entities": tuple(Entity(i["text"], i.get("start"), i.get("end"), i["type"]) for i in items)}
    if task == "RE":
        ends = [[Entity(i[end], None, None, i[end + "t"]) for end in ("h", "t")] for i in items]
        return {"relations": tuple(Relation(i["r"], *pair) for i, pair in zip(items, ends, strict=True))}
    return {
        "events": tuple(
            Event(i["type"], Span(i["trig"], None, None), tuple(Argument(a, None, None, r) for r, a in i["args"]))
            for i in items
        )
    }


def run(rule, case):
    for number, record in enumerate(case["records"]):
        id = record.get("id", str(number))
        gold = Document(id, record["text"], **annotated(case["task"], record["gold"]))
        said = Extraction(**annotated(case["task"], record["pred"]))
        rule.add(gold, said, record.get("raw", record.get("pred_bio")))
    return rule.result()


def figures(score, printed):
    """What a row says in the places where the recorded result says something."""
    if isinstance(printed, dict):
        named = {"P": score.precision, "R": score.recall, "F": score.f1, **score.counts}
        return {key: named[key] for key in printed}, printed
    if isinstance(printed, list):
        return [score.precision, score.recall, score.f1], printed
    return score.f1, printed


@pytest.mark.skipif(not CASES, reason="the recorded results are not here")
@pytest.mark.parametrize(
    ("case", "scorer"),
    [(case, scorer) for case in CASES for scorer in case["results"] if scorer not in NOT_ASKED],
    ids=lambda value: value if isinstance(value, str) else value["case"],
)
def test_recorded_results_are_reproduced(case, scorer):
    if (case["case"], scorer) in UNREPRODUCED:
        pytest.skip("not reproduced, for the reason given in the module of the scheme")
    printed, task = case["results"][scorer], case["task"]
    if task in UNITS and scorer in SINGLE:
        name, pattern = SINGLE[scorer]
        rows = {pattern.format(task.lower(), **UNITS[task]): printed}
    else:
        name, asked, pattern = SEVERAL[scorer]
        task = asked or task
        rows = {pattern.format(KEYS.get(key, key)): value for key, value in printed.items()}
    result = run(scheme(name, task), case)
    for row, value in rows.items():
        got, wanted = figures(result[row], value)
        assert got == pytest.approx(wanted, abs=5.1e-5), row


# --- invented documents for each rule -------------------------------------------------------------


def doc(text="", *entities, relations=(), events=(), id="0"):
    return Document(id, text, tuple(entities), tuple(relations), tuple(events))


def ent(text, type="PER", start=None):
    return Entity(text, start, None if start is None else start + len(text), type)


def said(*entities, relations=(), events=(), problem=""):
    return Extraction(tuple(entities), tuple(relations), tuple(events), problem)


def rel(head, type, tail, head_type="", tail_type=""):
    return Relation(type, Entity(head, None, None, head_type), Entity(tail, None, None, tail_type))


def event(type, trigger, *arguments):
    span = Span(trigger, None, None) if trigger else None
    return Event(type, span, tuple(Argument(text, None, None, role) for role, text in arguments))


def rows(name, task, *documents):
    rule = scheme(name, task)
    for document in documents:
        rule.add(*document)
    return rule.result()


def f1(name, task, row, *documents):
    return rows(name, task, *documents)[row].f1


def test_every_scheme_is_known_with_its_variants():
    assert NAMES == ("iepile", "uie", "instructuie", "gollie", "knowcoder", "deepke", "seqeval", "nervaluate")
    assert set(scheme("iepile", "EE").result()) == {"normal event", "normal arg", "set event", "set arg"}
    assert set(scheme("uie", "NER", "set").result()) == {"string", "offset"}
    with pytest.raises(RecipeError, match="not one of iepile"):
        scheme("bleu", "NER")
    with pytest.raises(RecipeError, match="does not score EE"):
        scheme("seqeval", "EE")
    with pytest.raises(RecipeError, match="no variant 'bag': normal, set"):
        scheme("iepile", "NER", "bag")


@pytest.mark.parametrize(("name", "task"), sorted(SCHEMES))
def test_right_predictions_get_full_marks_and_none_get_none(name, task):
    gold = doc(
        "阿明在北京裁员百人",
        ent("阿明", start=0),
        ent("北京", "LOC"),
        relations=[rel("阿明", "在", "北京", "PER", "LOC")],
        events=[event("裁员", "裁员", ("方", "阿明"), ("人数", "百人"))],
    )
    right = said(*gold.entities, relations=gold.relations, events=gold.events)
    full = 100 if name in ("iepile", "uie", "deepke") else 1
    assert {score.f1 for score in rows(name, task, (gold, right)).values()} == {full}
    assert {score.f1 for score in rows(name, task, (gold, said())).values()} == {0}
    assert {score.f1 for score in scheme(name, task).result().values()} == {0}


def test_three_ways_of_counting_repeats():
    assert count("normal", "ab", "aaa") == (1, 2, 3)
    assert count("normal", "aab", "aaa") == (2, 3, 3)
    assert count("set", "aab", "aac") == (1, 2, 2)
    assert count("multimatch", "ab", "aaa") == (3, 2, 3)


def test_mentions_are_placed_in_order_and_never_inside_a_word():
    assert list(standing("art in a part, art", "art")) == [(0, 3), (15, 18)]
    assert list(standing("打李明李明", "李明")) == [(1, 3), (3, 5)]
    twice = [ent("李明"), ent("李明"), ent("李明")]
    assert [place for _, place in placed(twice, "打李明李明", again=False)] == [(1, 3), (3, 5), None]
    assert [place for _, place in placed(twice, "打李明李明", again=True)] == [(1, 3), (3, 5), (1, 3)]


# IEPile


def test_iepile_makes_f1_of_rounded_precision_and_recall():
    gold = doc("", *[ent(letter) for letter in "abcdefg"])
    score = rows("iepile", "NER", (gold, said(ent("a"), ent("x"), ent("y"))))["normal ner"]
    assert (score.precision, score.recall, score.f1) == (33.33, 14.29, 20.0)


@pytest.mark.parametrize("number", ["1", "0.1"])
def test_iepile_joins_the_outputs_of_one_text_and_keeps_its_first_gold(number):
    first = doc("阿明去北京", ent("阿明"), id="toy/test/0")
    second = doc("阿明去北京", ent("北京"), id=f"toy/test/{number}")
    answers = [(first, said(ent("阿明"))), (second, said(ent("北京")))]
    score = rows("iepile", "NER", *answers)["normal ner"]
    assert (score.precision, score.recall, score.counts["n"]) == (50.0, 100.0, 1)
    other = doc("阿明去北京", ent("北京"), id="other/test/1")
    assert f1("iepile", "NER", "normal ner", answers[0], (other, said(ent("北京")))) == 100
    named = doc("阿明去北京", ent("北京"), id="b")
    assert f1("iepile", "NER", "normal ner", answers[0], (named, said(ent("北京")))) == 100


@pytest.mark.parametrize(
    ("output", "error"),
    [
        ('{"PER": ["阿明"]}', False),
        ('```json\n{"PER": ["阿明"]}\n```', True),
        ('{"PER": ["阿明"]', True),
        ("阿明 is a person", True),
        ('["阿明"]', True),
        ('[{"type": "PER", "text": "阿明"}]', True),
        ([{"type": "PER", "text": "阿明"}], False),
        (MISSING, False),
        (None, False),
    ],
)
def test_iepile_scores_what_is_no_json_object_as_an_error_and_empty(output, error):
    rule = scheme("iepile", "NER", "normal")
    rule.add(doc("阿明", ent("阿明")), said(ent("阿明")), output)
    score = rule.result()["ner"]
    assert (score.f1, score.counts["err"]) == ((0, 1) if error else (100, 0))


def test_iepile_takes_only_strings_in_lists_for_entities():
    rule = scheme("iepile", "NER", "normal")
    output = '{"PER": "阿明", "LOC": ["北京", 3, ""]}'
    rule.add(doc("", ent("阿明"), ent("北京", "LOC")), said(ent("阿明"), ent("北京", "LOC"), ent("3", "LOC")), output)
    assert rule.result()["ner"].counts["err"] == 0
    assert (rule.result()["ner"].precision, rule.result()["ner"].recall) == (100, 50)


def test_iepile_reads_canonical_lists_of_relations():
    rule = scheme("iepile", "RE")
    assert not rule.refuses('[{"relation": "在", "head": "阿明", "tail": "北京"}]')
    assert rule.refuses('["在"]')
    assert rule.refuses('"在"')


def test_iepile_counts_the_errors_of_windows():
    rule = scheme("iepile", "NER", "normal")
    rule.add(doc("阿明", ent("阿明")), said(ent("阿明")), ('{"PER": ["阿明"]}', "none", '{"LOC": []}'))
    assert (rule.result()["ner"].f1, rule.result()["ner"].counts["err"]) == (100, 1)


def test_iepile_arguments_are_one_bag_and_nan_is_none():
    gold = doc("", events=[event("T", "x", ("r", "a")), event("T", "y", ("r", "b"))])
    swapped = said(events=[event("T", "y", ("r", "a"), ("s", "NAN")), event("T", "z", ("r", "b"))])
    result = rows("iepile", "EE", (gold, swapped))
    assert (result["normal event"].f1, result["normal arg"].f1) == (50, 100)
    assert rows("iepile", "EEA", (gold, swapped))["normal event"].f1 == 100


# UIE


def test_uie_multimatch_can_pass_100():
    gold = doc("阿明北京", ent("阿明", start=0), ent("北京", start=2))
    result = rows("uie", "NER", (gold, said(*[ent("阿明", start=0)] * 3)))
    assert result["multimatch string"].recall == result["multimatch offset"].recall == 150


def test_uie_rebuilds_offsets_and_drops_what_is_not_in_the_text():
    gold = doc("李明打李明", ent("李明", start=0), ent("李明", start=3))
    result = rows("uie", "NER", (gold, said(ent("李明"), ent("李明"), ent("李明"), ent("王刚"))))
    assert (result["normal string"].precision, result["normal offset"].precision) == (50, 100)
    carried = said(ent("李明"), ent("李明", start=0), ent("王刚"))
    assert rows("uie", "NER", (gold, carried))["normal offset"].precision == pytest.approx(200 / 3)


def test_uie_strict_relations_have_entity_types_and_the_closest_places():
    text = "阿明和阿方，阿明在北京"
    head, tail = Entity("阿明", 6, 8, "PER"), Entity("北京", 9, 11, "LOC")
    gold = doc(text, relations=[Relation("在", head, tail)])
    result = rows("uie", "RE", (gold, said(relations=[rel("阿明", "在", "北京", "PER", "ORG")])))
    assert (result["normal string strict"].f1, result["normal string boundary"].f1) == (0, 100)
    assert (result["normal offset strict"].f1, result["normal offset boundary"].f1) == (0, 100)


def test_uie_stops_placing_relations_at_one_that_is_not_in_the_text():
    gold = doc("阿明在北京", relations=[Relation("在", Entity("阿明", 0, 2, ""), Entity("北京", 3, 5, ""))])
    lost, right = rel("王刚", "在", "北京"), rel("阿明", "在", "北京")
    assert f1("uie", "RE", "normal offset boundary", (gold, said(relations=[right, lost]))) == 100
    assert f1("uie", "RE", "normal offset boundary", (gold, said(relations=[lost, right]))) == 0


def test_uie_arguments_stand_closest_to_the_trigger():
    text = "甲乙甲裁员乙甲"
    gold = Event("T", Span("裁员", 3, 5), (Argument("甲", 2, 3, "r"), Argument("乙", 5, 6, "r")))
    result = rows("uie", "EE", (doc(text, events=[gold]), said(events=[event("T", "裁员", ("r", "甲"), ("r", "乙"))])))
    assert result["normal offset trigger"].f1 == 100
    assert result["normal offset role"].recall == 50  # the second 甲; but of two 乙 as far away, the first


# InstructUIE


def test_instructuie_folds_case_blanks_and_location():
    gold = doc("", ent("St . Mary ’s", "Location"), ent("x-ray", "Thing"))
    assert f1("instructuie", "NER", "ner", (gold, said(ent("st.mary's", "located"), ent("X - Ray", "thing")))) == 1
    assert formatted(" A ,, b ... {c} ;; d") == "a,b.c;d"
    assert elements("ner", "PER: a;b") == {"per:a", "b"}


def test_instructuie_takes_nothing_for_an_element_of_entities_but_not_of_relations():
    wanted, empty = doc("", ent("a")), doc("")
    assert rows("instructuie", "NER", (empty, said()), (wanted, said()))["ner"].counts == {"tp": 1, "fn": 1, "fp": 1}
    assert rows("instructuie", "RE", (empty, said()))["re"].counts == {"tp": 0, "fn": 0, "fp": 0}


def test_instructuie_compares_what_cannot_be_read_as_it_was_written():
    unread = said(problem="not valid JSON")
    gold = doc("", ent("阿明"))
    assert f1("instructuie", "NER", "ner", (gold, unread, "PER: 阿明")) == 1
    assert rows("instructuie", "NER", (gold, unread, '{"PER": ["a; b; c'))["ner"].counts["fp"] == 3
    assert rows("instructuie", "NER", (gold, said(ent("阿明")), '{"PER": ["阿明"]}'))["ner"].counts["fp"] == 0
    windows = '{"PER": ["阿明"]}', "LOC: 北京"
    assert rows("instructuie", "NER", (gold, said(ent("阿明"), problem="no JSON"), windows))["ner"].counts["fp"] == 1


def test_instructuie_is_a_mean_over_corpora():
    gold = [doc("", ent("a"), id="one/test/0"), doc("", ent("a"), id="one/test/1"), doc("", ent("a"), id="two/test/0")]
    answers = [said(ent("a")), said(ent("a")), said(ent("b"))]
    assert f1("instructuie", "NER", "ner", *zip(gold, answers, strict=True)) == 0.5


def test_instructuie_events_are_right_whole_or_not_at_all():
    gold = doc("", events=[event("T", "cut", ("firm", "A (Asia), Inc."), ("half", "b")), event("T", "cut")])
    turned = said(events=[event("T", "cut"), event("T", "cut", ("half", "B"), ("firm", "A(Asia),Inc."))])
    assert f1("instructuie", "EE", "event", (gold, turned)) == 1
    assert rows("instructuie", "EE", (gold, turned))["event"].precision is None
    assert f1("instructuie", "EE", "event", (gold, said(events=turned.events[1:]))) == 0
    assert f1("instructuie", "EET", "eet", (gold, said(events=[event("T", "cut"), event("T", "Cut")]))) == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("(a: b, c: d)", {"a:b,c:d"}),
        (" ( T: x, (n): r) , (U: y, None) ", {"(n):r,t:x", "none,u:y"}),
        ("T: x, b: r)", {"b:r,t:x"}),
        ("(T: x, b: r", {"b:r,t:x"}),
        ("None", set()),
        ("", set()),
        ("()", set()),
    ],
)
def test_instructuie_events_stand_in_outermost_brackets(text, parts):
    assert elements("event", text) == parts


def test_instructuie_arguments_need_neither_type_nor_trigger():
    gold = doc("", events=[event("T", "x", ("r", "a")), event("U", "y", ("r", "b"))])
    assert f1("instructuie", "EEA", "eea", (gold, said(events=[event("V", "z", ("r", "b"), ("r", "a"))]))) == 1


# GoLLIE


def test_gollie_lowers_entities_and_triggers_but_not_relations_and_arguments():
    assert f1("gollie", "NER", "scorer spans", (doc("Apple", ent("Apple")), said(ent(" apple ")))) == 1
    gold = doc("Apple", relations=[rel("Apple", "in", "Y")], events=[event("T", "Buys", ("r", "Apple"))])
    wrong = said(relations=[rel("apple", "in", "Y")], events=[event("T", "buys", ("r", "apple"))])
    assert f1("gollie", "RE", "scorer relations", (gold, wrong)) == 0
    result = rows("gollie", "EE", (gold, wrong))
    assert (result["scorer events"].f1, result["scorer arguments"].f1) == (1, 0)


def test_gollie_pairs_events_in_the_order_they_are_said():
    first, second = event("T", "x", ("r", "a")), event("T", "x", ("r", "b"))
    gold = doc("x a b", events=[first, second])
    assert f1("gollie", "EE", "scorer arguments", (gold, said(events=[first, second]))) == 1
    assert f1("gollie", "EE", "scorer arguments", (gold, said(events=[second, first]))) == 0
    assert f1("gollie", "EEA", "scorer events", (gold, said(events=[event("T", "", ("r", "a"))]))) == pytest.approx(
        2 / 3
    )


def test_gollie_as_run_removes_what_the_text_does_not_say_that_often():
    gold = doc("Paris saw paris", ent("Paris", "LOC"), ent("paris", "LOC"))
    four = said(ent("Paris", "LOC"), ent("PARIS", "PER"), ent("paris", "LOC"), ent("Rome", "LOC"))
    result = rows("gollie", "NER", (gold, four))
    assert (result["scorer spans"].precision, result["as run spans"].precision) == (0.5, 0.5)
    assert (result["scorer spans"].recall, result["as run spans"].recall) == (1, 0.5)
    relations = [rel("Paris", "near", "Rome"), rel("Paris", "saw", "paris")]
    gold = doc("Paris saw paris", relations=relations[1:])
    assert f1("gollie", "RE", "as run relations", (gold, said(relations=relations))) == 1
    events = [event("T", "saw", ("r", "Paris")), event("T", "SAW"), event("T", "met", ("r", "Paris"))]
    gold = doc("Paris saw paris", events=events[:1])
    result = rows("gollie", "EE", (gold, said(events=[event("T", "saw", ("r", "Paris"), ("r", "Rome")), *events[1:]])))
    assert (result["as run events"].precision, result["as run arguments"].precision) == (1, 1)
    assert result["scorer arguments"].precision == pytest.approx(1 / 3)


# KnowCoder and DeepKE


def test_knowcoder_counts_a_repeated_right_answer_again():
    gold = doc("", ent("a"), ent("b", "LOC"))
    result = rows("knowcoder", "NER", (gold, said(ent("a"), ent("a"), ent("a"), ent("b"))))
    assert (result["EI"].recall, result["EC"].recall) == (2, 1.5)


def test_knowcoder_passes_over_events_without_trigger_unless_arguments_alone_are_asked():
    gold = doc("", events=[event("T", "x", ("r", "a")), event("T", "", ("r", "b"))])
    answer = said(events=[event("T", "x", ("r", "b"))])
    assert rows("knowcoder", "EE", (gold, answer))["AC"].f1 == 0
    result = rows("knowcoder", "EEA", (gold, answer))
    assert (result["AC"].precision, result["AC"].recall) == (1, 0.5)


def test_deepke_keeps_one_event_for_a_type_and_trigger():
    gold = doc("", events=[event("T", "x", ("r", "a")), event("T", "x", ("r", "b"))])
    for events in (gold.events, gold.events[::-1]):
        result = rows("deepke", "EE", (gold, said(events=events)))
        assert (result["ee"].f1, result["ag"].f1) == (50, 50)
    same = doc("", events=[event("T", "x", ("r", "a"))] * 2)
    assert rows("deepke", "EE", (same, said(events=same.events)))["ee"].counts == {"tp": 1, "gold": 1, "pred": 1}


def test_deepke_leaves_a_record_without_prediction_out_of_the_gold():
    answers = [(doc("", ent("a")), said(ent("a"))), (doc("", ent("b")), said(), MISSING)]
    assert f1("deepke", "NER", "ner", *answers) == 100
    assert f1("deepke", "NER", "ner", answers[0], (doc("", ent("b")), said(), (MISSING, MISSING))) == 100
    assert f1("deepke", "NER", "ner", answers[0], (doc("", ent("b")), said())) == pytest.approx(200 / 3)


# seqeval and nervaluate


def test_seqeval_rules_differ_on_an_entity_without_b():
    tags = ["I-PER", "I-PER", "O", "B-LOC", "I-PER"]
    assert list(entities(tags)) == [("PER", 0, 2), ("LOC", 3, 4), ("PER", 4, 5)]
    assert list(strict_entities(tags)) == [("LOC", 3, 4)]
    result = rows("seqeval", "NER", (doc("Ada of Byron", ent("Ada", start=0)), said(), ["I-PER", "O", "O"]))
    assert (result["default ner"].f1, result["strict IOB2 ner"].f1) == (1, 0)


def test_seqeval_knows_no_overlaps_no_repeats_and_no_empty_places():
    gold = doc("北京大学", ent("北京大学", "ORG", 0), ent("北京", "LOC", 0))
    score = rows("seqeval", "NER", (gold, said(ent("北京大学", "ORG"), ent("北京大学", "ORG"), ent("上海", "LOC"))))[
        "default ner"
    ]
    assert (score.precision, score.recall) == (0.5, 1)


def test_nervaluate_counts_four_ways():
    gold = doc("北京上海广", ent("北京上海", "LOC", 0))
    result = rows("nervaluate", "NER", (gold, said(ent("海广", "LOC", 3), ent("广", "LOC", 4), ent("巴黎", "LOC"))))
    assert result["strict ner"].counts == {"cor": 0, "inc": 1, "par": 0, "mis": 0, "spu": 2}
    assert result["exact ner"].counts["inc"] == 1
    assert result["partial ner"].precision == pytest.approx(0.5 / 3)
    assert result["ent_type ner"].counts["cor"] == 1


# --- oracles --------------------------------------------------------------------------------------

TYPES = ("PER", "LOC", "ORG")


def random_spans(draw, length=12):
    spans = []
    for _ in range(draw.randrange(5)):
        start = draw.randrange(length)
        spans.append((draw.choice(TYPES), start, draw.randrange(start + 1, min(start + 5, length) + 1)))
    return spans


def spanned(spans):
    return tuple(Entity("字" * (end - start), start, end, type) for type, start, end in spans)


def test_nervaluate_agrees_on_random_spans():
    nervaluate = pytest.importorskip("nervaluate")
    draw = random.Random(7)
    documents = [(random_spans(draw), random_spans(draw)) for _ in range(400)]
    documents.append(([("LOC", 0, 300)], [("LOC", 298, 305), ("LOC", 0, 2)]))  # less than 1 % of the gold span

    def given(side):
        return [[{"label": t, "start": s, "end": e - 1} for t, s, e in spans] for spans in side]

    theirs = nervaluate.Evaluator(
        given(gold for gold, _ in documents), given(got for _, got in documents), tags=list(TYPES), loader="dict"
    ).evaluate()["overall"]
    rule = scheme("nervaluate", "NER")
    for gold, got in documents:
        rule.add(Document("0", "字" * 400, spanned(gold)), Extraction(spanned(got)))
    ours = rule.result()
    for variant in VARIANTS["nervaluate"]:
        mine, other = ours[f"{variant} ner"], theirs[variant]
        kinds = [other.correct, other.incorrect, other.partial, other.missed, other.spurious]
        assert list(mine.counts.values()) == kinds
        assert (mine.precision, mine.recall, mine.f1) == pytest.approx((other.precision, other.recall, other.f1))


def test_seqeval_agrees_on_random_tags():
    metrics = pytest.importorskip("seqeval.metrics")
    from seqeval.scheme import IOB2

    draw = random.Random(11)
    tags = ["O", *(f"{prefix}-{type}" for prefix in "BI" for type in TYPES[:2])]
    documents = [[[draw.choice(tags) for _ in range(8)] for _ in range(2)] for _ in range(400)]
    rule = scheme("seqeval", "NER")
    for gold, got in documents:
        wanted = tuple(Entity("字" * (end - start), start, end, type) for type, start, end in strict_entities(gold))
        rule.add(Document("0", "字" * 8, wanted), Extraction(), got)
    ours = rule.result()
    clean = [["O"] * 8 for _ in documents]
    for (gold, _), line in zip(documents, clean, strict=True):
        for type, start, end in strict_entities(gold):
            line[start:end] = [f"B-{type}"] + [f"I-{type}"] * (end - start - 1)
    predicted = [got for _, got in documents]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for variant, options in (("default", {}), ("strict IOB2", {"mode": "strict", "scheme": IOB2})):
            functions = metrics.precision_score, metrics.recall_score, metrics.f1_score
            theirs = [function(clean, predicted, **options) for function in functions]
            mine = ours[f"{variant} ner"]
            assert [mine.precision, mine.recall, mine.f1] == pytest.approx(theirs)


def test_lenient_tags_agree_with_seqeval_for_all_prefixes():
    labeling = pytest.importorskip("seqeval.metrics.sequence_labeling")
    draw = random.Random(13)
    tags = ["O", "B", "I", *(f"{prefix}-{type}" for prefix in "BIES" for type in ("A", "B-C"))]
    for _ in range(2000):
        line = [draw.choice(tags) for _ in range(draw.randrange(1, 9))]
        theirs = [(type, start, end + 1) for type, start, end in labeling.get_entities(line)]
        assert list(entities(line)) == theirs
