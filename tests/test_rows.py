"""Delimited rows, one entity pair each, and texts without gold."""

import pytest
from native import known, read, write

from uiebench.errors import MalformedInput
from uiebench.formats import apart, gathered, lines, pairs, texts
from uiebench.types import Document, Entity, Relation

HOLDS = "高城股份持有远山科技，林川投资没有。"
ROWS = pairs(head=0, tail=1, relation=2, text=3, none=("unknown", "NA"))
reader = gathered(ROWS)


def row(head, tail, relation, text=HOLDS):
    return f"{head}\t{tail}\t{relation}\t{text}\n"


HELD = row("高城股份", "远山科技", "持股")
HOLDING = Relation("持股", Entity("高城股份", 0, 4, ""), Entity("远山科技", 6, 10, ""))


def test_rows_of_one_text_make_one_document_in_the_order_of_the_texts(tmp_path):
    content = HELD + row("甲", "乙", "父母", "甲是乙的父亲") + row("远山科技", "高城股份", "被持股")
    first, second = read(reader, tmp_path, content)
    assert first.relations == (HOLDING, Relation("被持股", HOLDING.tail, HOLDING.head))
    assert second.text == "甲是乙的父亲"


def test_rows_of_one_text_in_two_files_make_one_document(tmp_path):
    (document,) = read(reader, tmp_path, HELD, row("远山科技", "高城股份", "被持股"))
    assert len(document.relations) == 2


def test_a_pair_without_relation_adds_only_its_text(tmp_path):
    assert read(reader, tmp_path, row("林川投资", "远山科技", "NA")) == [Document("", HOLDS)]


def test_a_denied_relation_stays_and_the_denial_is_counted(tmp_path):
    content = row("高城股份", "远山科技", "unknown") + HELD + row("远山科技", "高城股份", "NA")
    ledger = known("denied relation")
    assert read(reader, tmp_path, content, ledger=ledger) == [Document("", HOLDS, relations=(HOLDING,))]
    assert ledger.drops == {"denied relation": 1}
    with pytest.raises(MalformedInput, match=rf"native0:1: found '{HOLDS}', expected no denied relation"):
        read(reader, tmp_path, content)


def test_empty_lines_and_crlf_change_nothing(tmp_path):
    content = f"\n{HELD}  \n".replace("\n", "\r\n")
    assert read(reader, tmp_path, content) == [Document("", HOLDS, relations=(HOLDING,))]


def test_columns_and_separator_are_parameters(tmp_path):
    other = gathered(pairs(head=1, tail=2, relation=0, text=3, separator=" ", width=4))
    (document,) = read(other, tmp_path, "持股 高城股份 远山科技 " + HOLDS)
    assert document.relations == (HOLDING,)


@pytest.mark.parametrize("bad", ["高城股份\t远山科技\t持股", "高城股份\t远山科技\t持股\t甲\t乙"])
def test_a_row_of_another_width_is_malformed_with_its_line(tmp_path, bad):
    with pytest.raises(MalformedInput, match=r"native0:3: .*, expected 4 columns separated by"):
        read(reader, tmp_path, HELD + "\n" + bad)


def test_the_place_in_the_ledger_is_that_of_the_row(tmp_path):
    ledger = known()
    places = []
    path = tmp_path / "rows"
    path.write_text(HELD + row("甲", "乙", "父母", "甲是乙的父亲"), encoding="utf-8")
    for _ in reader([path], ledger):
        places.append((ledger.path, ledger.line))
    assert places == [(path, 1), (path, 2)]


def test_rows_apart_are_documents_of_their_own_beside_those_of_their_text(tmp_path):
    other = row("甲", "乙", "父母", "甲是乙的父亲")
    denied = row("高城股份", "远山科技", "unknown")
    path = write(tmp_path / "rows", HELD + other + denied)
    held, single = apart(ROWS)([path], known())
    assert held == [Document("", HOLDS, relations=(HOLDING,)), Document("", HOLDS)]
    assert [(part.text, len(part.relations)) for part in single] == [("甲是乙的父亲", 1)]


# --- texts without gold ---------------------------------------------------------------------------


def test_every_line_that_is_not_empty_is_a_text(tmp_path):
    assert read(lines(), tmp_path, "远山\r\n\r\n 高城 \n") == [Document("", "远山"), Document("", " 高城 ")]


def test_the_text_of_a_record_is_read_and_nothing_else(tmp_path):
    assert read(texts(text="t"), tmp_path, '{"t": "远山\\u0000", "gold": [1]}\n') == [Document("", "远山\0")]


@pytest.mark.parametrize("record", ["[1]", "{}", '{"text": null}', '{"text": 1}'])
def test_a_record_without_text_is_malformed(tmp_path, record):
    with pytest.raises(MalformedInput, match="expected a record with the string 'text'"):
        read(texts(), tmp_path, record)
