"""Brat stand-off annotation."""

import pytest
from native import known, write

from uiebench.errors import MalformedInput, SourceError
from uiebench.formats import parse_ann, standoff
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Relation

TEXT = "母亲在山村村口等我"
MOTHER, GATE = Entity("母亲", 0, 2, "Person"), Entity("村口", 5, 7, "Location")
T1, T2, R1 = "T1\tPerson 0 2\t母亲\n", "T2\tLocation 5 7\t村口\n", "R1\tLocated Arg1:T1 Arg2:T2\n"


def test_mentions_and_relations_are_read():
    assert parse_ann(TEXT, T1 + T2 + R1, known()) == ({"T1": MOTHER, "T2": GATE}, [Relation("Located", MOTHER, GATE)])


def test_a_relation_may_stand_before_its_mentions():
    assert parse_ann(TEXT, R1 + T2 + T1, known())[1] == [Relation("Located", MOTHER, GATE)]


@pytest.mark.parametrize("annotation", ["", "\n", "\n\n"])
def test_an_empty_annotation_says_nothing(annotation):
    assert parse_ann(TEXT, annotation, known()) == ({}, [])


def test_a_mention_may_come_without_its_string():
    assert parse_ann(TEXT, "T1\tPerson 0 2\n" + T2, known())[0] == {"T1": MOTHER, "T2": GATE}


def test_other_annotations_are_passed_over():
    others = (
        "E1\tWait:T1 Place:T2\nA1\tOld T1\nM1\tOld T1\n*\tEquiv T1 T2\n#1\tAnnotatorNotes T1\t?\nN1\tReference T1\tx\n"
    )
    assert parse_ann(TEXT, T1 + others + T2, known())[0] == {"T1": MOTHER, "T2": GATE}


# --- places ---------------------------------------------------------------------------------------


def test_fragments_with_only_white_space_between_them_are_one_mention():
    found, _ = parse_ann("New\n York", "T1\tLoc 0 3;5 9\tNew York\n", known())
    assert found == {"T1": Entity("New\n York", 0, 9, "Loc")}


def test_another_discontinuous_mention_is_dropped_with_its_relations():
    annotation = "T1\tPerson 0 1;3 4\t母 山\n" + T2 + R1
    ledger = known("discontinuous mention")
    assert parse_ann(TEXT, annotation, ledger) == ({"T2": GATE}, [])
    assert ledger.drops == {"discontinuous mention": 2}
    with pytest.raises(MalformedInput, match="expected no discontinuous mention"):
        parse_ann(TEXT, annotation, known())


def test_a_string_with_a_line_break_goes_on_in_the_next_line():
    text = "山\n村与 水"
    annotation = "T1\tLoc 0 3\t山\n村\nT2\tLoc 4 6\t 水\nT3\tLoc x y\tbad\n"
    with pytest.raises(MalformedInput, match=r":4: .*, expected a brat annotation"):
        parse_ann(text, annotation, known())
    found, _ = parse_ann(text, annotation[: annotation.index("T3")], known())
    assert found == {"T1": Entity("山\n村", 0, 3, "Loc"), "T2": Entity(" 水", 4, 6, "Loc")}


@pytest.mark.parametrize("bad", ["T1\tPerson 0 2\t父亲\n", "T1\tPerson 1 3\t母亲\n", "T1\tPerson 90 92\t母亲\n"])
def test_a_string_that_is_not_that_of_the_text_is_dropped_with_its_relations(bad):
    ledger = known("string differs from text")
    assert parse_ann(TEXT, bad + T2 + R1, ledger) == ({"T2": GATE}, [])
    assert ledger.drops == {"string differs from text": 2}
    with pytest.raises(MalformedInput, match=r":1: .*, expected no string differs from text"):
        parse_ann(TEXT, bad + T2 + R1, known())


def test_a_relation_with_a_mention_that_is_not_there_is_dropped():
    ledger = known("dangling relation")
    assert parse_ann(TEXT, T1 + R1, ledger) == ({"T1": MOTHER}, [])
    assert ledger.drops == {"dangling relation": 1}
    with pytest.raises(MalformedInput, match=r":2: found 'Located T1 T2', expected no dangling relation"):
        parse_ann(TEXT, T1 + R1, known())


@pytest.mark.parametrize(
    "bad",
    ["T3\tPerson 0\t母\n", "R2\tLocated T1 T2\n", "X1\tPerson\n", "T3\t0 2\t母亲\n", "R2 Located Arg1:T1 Arg2:T2\n"],
)
def test_a_line_that_is_no_annotation_is_malformed(bad):
    with pytest.raises(MalformedInput):
        parse_ann(TEXT, T1 + bad + T2, known())


def test_prose_in_place_of_annotations_is_malformed():
    with pytest.raises(MalformedInput, match=r":1: found 'Nothing found', expected a brat annotation"):
        parse_ann(TEXT, "Nothing found\n", known())


def test_an_id_given_twice_is_malformed():
    with pytest.raises(MalformedInput, match=r":2: .*, expected an id of its own"):
        parse_ann(TEXT, T1 + T1, known())


def test_a_corpus_may_mend_the_mentions_of_a_text():
    def shifted(text, mentions, ledger):
        return [m._replace(bounds=tuple((s + 1, e + 1) for s, e in m.bounds)) for m in mentions]

    assert parse_ann("\ufeff" + TEXT, T1, known(), shifted)[0] == {"T1": Entity("母亲", 1, 3, "Person")}


# --- folders --------------------------------------------------------------------------------------


def folder(root, **texts):
    for name, (text, annotation) in texts.items():
        write(root / f"{name}.txt", text)
        if annotation is not None:
            write(root / f"{name}.ann", annotation)
    return root


def test_texts_are_read_in_the_order_of_their_names(tmp_path):
    root = folder(tmp_path, b=(TEXT, T1), a=("雨", ""), c=(TEXT, T1 + T2 + R1))
    write(root / "notes.md", "no text")
    found = list(standoff()([root], known()))
    assert found[:2] == [Document("", "雨"), Document("", TEXT, (MOTHER,))]
    assert found[2].relations == (Relation("Located", MOTHER, GATE),)


def test_types_can_be_mapped_in_mentions_and_relations(tmp_path):
    (document,) = standoff(type=str.lower)([folder(tmp_path, a=(TEXT, T1 + T2 + R1))], known())
    assert [entity.type for entity in document.entities] == ["person", "location"]
    assert (document.relations[0].head.type, document.relations[0].tail.type) == ("person", "location")


def test_crlf_in_the_text_counts_two_characters_and_stays(tmp_path):
    root = folder(tmp_path, a=("雨\r\n母亲", "T1\tPerson 3 5\t母亲\r\nT2\tWeather 0 1\t雨\r\n"))
    (document,) = standoff()([root], known())
    assert document.text == "雨\r\n母亲"
    assert document.entities == (Entity("母亲", 3, 5, "Person"), Entity("雨", 0, 1, "Weather"))


def test_a_text_without_annotation_file_is_an_error(tmp_path):
    with pytest.raises(SourceError, match=r"a\.ann: cannot be read \(No such file"):
        list(standoff()([folder(tmp_path, a=(TEXT, None))], known()))


def test_a_text_in_another_encoding_is_named_with_its_line(tmp_path):
    with pytest.raises(MalformedInput, match=r"a\.txt:2: .*, expected utf-8 text"):
        list(standoff()([folder(tmp_path, a=("雨\n".encode() + b"\xd3\xea", ""))], known()))
    (document,) = standoff(encoding="gbk")([folder(tmp_path, a=("雨".encode("gbk"), ""))], known())
    assert document.text == "雨"


def test_a_fault_names_the_annotation_file_and_line(tmp_path):
    with pytest.raises(MalformedInput, match=r"a\.ann:2: .*, expected no string differs from text"):
        list(standoff()([folder(tmp_path, a=(TEXT, T1 + "T2\tLocation 5 7\t村头\n"))], known()))


def test_an_annotation_without_its_text_is_an_error(tmp_path):
    (tmp_path / "a.txt").write_text("甲", encoding="utf-8")
    (tmp_path / "a.ann").write_text("", encoding="utf-8")
    (tmp_path / "b.ann").write_text("T1\tP 0 1\t乙\n", encoding="utf-8")
    with pytest.raises(MalformedInput, match=r"b\.ann: found 'b\.ann', expected its text beside it"):
        list(standoff()([tmp_path], Ledger({})))
