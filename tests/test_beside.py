"""Texts in files of their own with their mentions beside them, or in one file for all."""

import pytest
from native import known, write

from uiebench.errors import MalformedInput
from uiebench.formats import beside, read_lines, tabled
from uiebench.types import Document, Entity

DOCUMENT = Document("", "左膝肿痛入院。", (Entity("左膝", 0, 2, "部位"), Entity("肿痛", 2, 4, "症状")))


def rows(gold, ledger):
    for line in read_lines(gold, ledger):
        number, _, mentions = line.partition(",")
        yield f"{number}.txtoriginal.txt", mentions.split(";")


@pytest.mark.parametrize(
    ("inclusive", "mentions"),
    [(True, "左膝\t0\t1\t部位\r\n\r\n肿痛\t2\t3\t症状\r\n"), (False, "左膝\t0\t2\t部位\n肿痛\t2\t4\t症状")],
)
def test_a_mention_ends_with_its_last_character_or_behind_it(tmp_path, inclusive, mentions):
    write(tmp_path / "7.txtoriginal.txt", "左膝肿痛入院。\r\n\r\n")
    write(tmp_path / "7.txt", mentions)
    assert list(beside(texts="*.txtoriginal.txt", inclusive=inclusive)([tmp_path], known())) == [DOCUMENT]


def test_mentions_without_a_text_are_malformed(tmp_path):
    write(tmp_path / "7.txt", "左膝\t0\t1\t部位\n")
    with pytest.raises(MalformedInput, match="expected its text beside it"):
        list(beside(texts="*.txtoriginal.txt", inclusive=True)([tmp_path], known()))


def test_a_row_that_is_no_mention_is_malformed_with_its_line(tmp_path):
    write(tmp_path / "7.txtoriginal.txt", "左膝肿痛入院。")
    write(tmp_path / "7.txt", "左膝\t0\t1\t部位\n肿痛\t2\t三\t症状\n")
    with pytest.raises(MalformedInput, match=r"7\.txt:2: .*, expected string, first, last and type separated by"):
        list(beside(texts="*.txtoriginal.txt", inclusive=True)([tmp_path], known()))


def test_one_file_holds_the_mentions_of_all_texts(tmp_path):
    write(tmp_path / "texts" / "7.txtoriginal.txt", "左膝肿痛入院。\n")
    write(tmp_path / "texts" / "8.txtoriginal.txt", "无不适。\n")
    gold = write(tmp_path / "gold.txt", "7,左膝 0 1 部位;肿痛 2 3 症状;\n8,\n")
    read = tabled(rows, separator=" ", inclusive=True)
    ledger, places = known(), []
    found = []
    for document in read([tmp_path / "texts", gold], ledger):
        found.append(document)
        places.append((ledger.path, ledger.line))
    assert found == [DOCUMENT, Document("", "无不适。")]
    assert places == [(gold, 1), (gold, 2)]
    write(gold, "7,;\n8,腹痛 0 症状;\n")
    with pytest.raises(MalformedInput, match=r"gold\.txt:2: found '腹痛 0 症状'"):
        list(read([tmp_path / "texts", gold], known()))
