"""JSON records that give relations as strings: places, letter case, slots."""

import msgspec
import pytest
from native import known, read

from uiebench.errors import MalformedInput
from uiebench.formats import located, triples
from uiebench.types import Document, Entity, Relation

BOOK = {"subject": "远山集", "predicate": "作者", "object": "高明", "subject_type": "图书", "object_type": "人物"}


def line(text, *relations, **more):
    return msgspec.json.encode({"text": text, "spo_list": relations, **more}) + b"\n"


def test_strings_at_one_place_get_offsets(tmp_path):
    (document,) = read(triples(), tmp_path, line("《远山集》是高明的书", BOOK))
    relation = Relation("作者", Entity("远山集", 1, 4, "图书"), Entity("高明", 6, 8, "人物"))
    assert document == Document("", "《远山集》是高明的书", relations=(relation,))


def test_a_string_at_two_places_or_none_gets_no_offsets(tmp_path):
    (document,) = read(triples(), tmp_path, line("高明说高明写了书", BOOK))
    relation = document.relations[0]
    assert relation.head == Entity("远山集", None, None, "图书")
    assert relation.tail == Entity("高明", None, None, "人物")


def test_heads_and_tails_without_types_have_an_empty_one(tmp_path):
    reader = triples(subject_type=None, object_type=None)
    (document,) = read(reader, tmp_path, line("远山集，高明", BOOK))
    assert document.relations == (Relation("作者", Entity("远山集", 0, 3, ""), Entity("高明", 4, 6, "")),)


def test_a_record_without_relations_is_a_document(tmp_path):
    assert read(triples(), tmp_path, line("今天下雨")) == [Document("", "今天下雨")]


def test_keys_can_be_named_and_relations_can_be_arrays(tmp_path):
    named = triples(
        text="t", relations="r", predicate="p", subject="s", object="o", subject_type=None, object_type=None
    )
    content = msgspec.json.encode({"t": "远山集，高明", "r": [{"s": "远山集", "p": "作者", "o": "高明"}]})
    arrays = triples(predicate=1, subject=0, object=2, subject_type=None, object_type=None)
    assert read(named, tmp_path, content) == read(arrays, tmp_path, line("远山集，高明", ["远山集", "作者", "高明"]))
    assert read(named, tmp_path, content)[0].relations[0].tail == Entity("高明", 4, 6, "")


# --- letter case ----------------------------------------------------------------------------------


def test_another_letter_case_is_mended_where_it_is_a_known_defect():
    ledger = known("letter case")
    assert located("远山 ERP 系统", "erp", "产品", ledger) == Entity("ERP", 3, 6, "产品")
    assert ledger.repairs == {"letter case": 1}


def test_another_letter_case_stays_as_it_is_where_it_is_not_a_known_defect():
    ledger = known()
    assert located("远山 ERP 系统", "erp", "产品", ledger) == Entity("erp", None, None, "产品")
    assert not ledger.repairs


@pytest.mark.parametrize("text", ["远山 erp 系统", "erp, ERP, erp", "ERP, Erp", "CRM"])
def test_letter_case_is_left_alone_where_the_string_stands_or_is_ambiguous(text):
    ledger = known("letter case")
    assert located(text, "erp", "", ledger).text == "erp"
    assert not ledger.repairs


# --- slots ----------------------------------------------------------------------------------------

AWARD = {
    "subject": "高明",
    "predicate": "获奖",
    "object": {"@value": "金山奖", "onDate": "1999年"},
    "subject_type": "人物",
    "object_type": {"@value": "奖项", "onDate": "日期"},
}


def test_a_further_slot_becomes_the_relation_it_is_declared_as(tmp_path):
    reader = triples(slots={"获奖": {"onDate": "获奖时间"}})
    (document,) = read(reader, tmp_path, line("高明1999年获金山奖", AWARD))
    head = Entity("高明", 0, 2, "人物")
    assert document.relations == (
        Relation("获奖", head, Entity("金山奖", 8, 11, "奖项")),
        Relation("获奖时间", head, Entity("1999年", 2, 7, "日期")),
    )


@pytest.mark.parametrize("slots", [None, {}, {"作者": {"onDate": "时间"}}, {"获奖": {"period": "届数"}}])
def test_a_slot_that_is_not_declared_is_malformed(tmp_path, slots):
    with pytest.raises(MalformedInput, match=r"native0:2: found 'onDate', expected a declared slot of '获奖'"):
        read(triples(slots=slots), tmp_path, line("甲") + line("高明1999年获金山奖", AWARD))


@pytest.mark.parametrize(
    ("tail", "kind", "expected"),
    [
        ({"onDate": "1999年"}, {"onDate": "日期"}, "an object with '@value'"),
        ({"@value": "金山奖"}, "奖项", "a dict of types under 'object_type', as the object is a dict"),
        (["金山奖"], "奖项", "a record with 'text' and 'spo_list'"),
    ],
)
def test_an_object_that_is_neither_a_string_nor_a_dict_of_slots_is_malformed(tmp_path, tail, kind, expected):
    relation = {**AWARD, "object": tail, "object_type": kind}
    with pytest.raises(MalformedInput, match=f"expected {expected}"):
        read(triples(), tmp_path, line("高明1999年获金山奖", relation))


@pytest.mark.parametrize(
    "record",
    [
        {"spo_list": []},
        {"text": "甲"},
        {"text": "甲", "spo_list": {}},
        {"text": "甲", "spo_list": [{**BOOK, "object": None}]},
        {"text": "甲", "spo_list": [{"subject": "甲", "predicate": "作者"}]},
        {"text": "甲", "spo_list": ["作者"]},
        {"text": None, "spo_list": [BOOK]},
        [],
    ],
)
def test_a_record_of_another_shape_is_malformed_with_its_line(tmp_path, record):
    content = line("甲") + b"\n" + msgspec.json.encode(record)
    with pytest.raises(
        MalformedInput, match=r"native0:3: found .*, expected (a record with 'text' and|an array under) 'spo_list'"
    ):
        read(triples(), tmp_path, content)
