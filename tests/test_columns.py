"""Column files: line ends, empty lines, tokens, skipped lines, and lines that are malformed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import known, read, write

from uiebench.errors import MalformedInput
from uiebench.formats import columns
from uiebench.types import Document, Entity

bio = columns(scheme="BIO", separator=" ")
words = columns(scheme="BIO", separator=" ", joiner=" ")
GAOCHENG = Document("", "高城在", (Entity("高城", 0, 2, "LOC"),))
LINES = ["高 B-LOC", "城 I-LOC", "在 O"]


def native(*blocks, end="\n", between=1):
    return (end * (between + 1)).join(end.join(block) for block in blocks) + end


def test_an_empty_line_ends_a_sentence(tmp_path):
    assert read(bio, tmp_path, native(LINES, ["林 O"])) == [GAOCHENG, Document("", "林")]


@pytest.mark.parametrize("content", ["", "\n", "\n\n\n", "  \n\t\n"])
def test_a_file_without_tokens_has_no_sentences(tmp_path, content):
    assert read(bio, tmp_path, content) == []


@pytest.mark.parametrize(
    "content",
    [
        native(LINES, LINES),
        native(LINES, LINES).rstrip("\n"),
        native(LINES, LINES, end="\r\n"),
        "\ufeff" + native(LINES, LINES),
        "\ufeff" + native(LINES, LINES, end="\r\n"),
        native(LINES, LINES, between=2),
        native(LINES, LINES, between=5),
        "\n\n\n" + native(LINES, LINES) + "\n\n\n",
        native([*LINES, " \t "], LINES),
        native([*LINES, "  ", "\t", "", " "], LINES),
        " \n\t\n" + native(LINES, LINES) + "\t\n ",
        native(LINES) + "  \n" + native(LINES) + "  ",
    ],
)
def test_line_ends_marks_and_empty_lines_change_nothing(tmp_path, content):
    assert read(bio, tmp_path, content) == [GAOCHENG, GAOCHENG]


def test_several_files_are_read_in_order(tmp_path):
    assert read(bio, tmp_path, native(["林 O"]), native(LINES)) == [Document("", "林"), GAOCHENG]


def test_a_token_may_have_several_characters(tmp_path):
    (document,) = read(bio, tmp_path, native(["2021 O", "年 O", "高城 B-LOC", "市 I-LOC", "😀 O"]))
    assert document == Document("", "2021年高城市😀", (Entity("高城市", 5, 8, "LOC"),))


def test_words_are_joined_by_a_space(tmp_path):
    (document,) = read(words, tmp_path, native(["Mara B-PER", "Lind I-PER", "left O", "Oslo B-LOC"]))
    assert document.text == "Mara Lind left Oslo"
    assert document.entities == (Entity("Mara Lind", 0, 9, "PER"), Entity("Oslo", 15, 19, "LOC"))


def test_an_empty_tag_counts_as_outside(tmp_path):
    ledger = known("empty tag")
    reader = columns(scheme="BIO")
    assert read(reader, tmp_path, "高\tB-LOC\n城\tI-LOC\n在\t\n", ledger=ledger) == [GAOCHENG]
    assert ledger.repairs == {"empty tag": 1}


def test_tokens_are_cleaned_and_types_renamed(tmp_path):
    reader = columns(scheme="BIO", separator=" ", clean=lambda token: token[0], rename={"LOC": "地点"})
    (document,) = read(reader, tmp_path, native(["高0 B-LOC", "城1 I-LOC", "在0 O"]))
    assert document == Document("", "高城在", (Entity("高城", 0, 2, "地点"),))


def test_a_token_that_nothing_is_left_of_is_malformed(tmp_path):
    reader = columns(scheme="BIO", separator=" ", clean=lambda token: token.rstrip("01"))
    with pytest.raises(MalformedInput, match=r":2: found '0 O', expected a token"):
        read(reader, tmp_path, native(["高0 B-LOC", "0 O", "城市 O"]))


def test_any_two_of_four_columns_are_read(tmp_path):
    reader = columns(scheme="IOB1", separator=" ", width=4, token=1, tag=2, joiner=" ")
    (document,) = read(reader, tmp_path, native(["0 Oslo I-LOC NNP", "1 sleeps O VBZ"]))
    assert document == Document("", "Oslo sleeps", (Entity("Oslo", 0, 4, "LOC"),))


# --- skipped lines --------------------------------------------------------------------------------

conll = columns(scheme="IOB1", separator=" ", width=4, joiner=" ", skip="-DOCSTART-")
START = "-DOCSTART- -X- -X- O"
OSLO, RAIN = "Oslo NNP B-NP I-LOC", "rain NN B-NP O"


@pytest.mark.parametrize(
    "blocks",
    [
        [[START], [OSLO], [START], [RAIN]],
        [[START, OSLO, START, RAIN]],
        [[START, START, OSLO], [START, RAIN, START]],
        [[OSLO, START], [RAIN]],
    ],
    ids=["apart", "glued", "doubled", "at the end"],
)
def test_skipped_lines_are_no_tokens_and_end_a_sentence(tmp_path, blocks):
    found = read(conll, tmp_path, native(*blocks))
    assert found == [Document("", "Oslo", (Entity("Oslo", 0, 4, "LOC"),)), Document("", "rain")]


def test_a_token_that_only_resembles_the_skipped_one_stays(tmp_path):
    (document,) = read(conll, tmp_path, native(["x-DOCSTART- NN B-NP O", RAIN]))
    assert document.text == "x-DOCSTART- rain"


def test_the_skipped_token_may_stand_in_another_column(tmp_path):
    reader = columns(scheme="BIO", separator=" ", width=3, token=1, skip="-DOCSTART-", joiner=" ")
    content = native(["0 -DOCSTART- O", "0 Oslo B-LOC", "1 sleeps O"])
    assert [document.text for document in read(reader, tmp_path, content)] == ["Oslo sleeps"]
    with pytest.raises(MalformedInput, match=r":2: found 'Oslo', expected 3 columns"):
        read(reader, tmp_path, native(["0 -DOCSTART- O", "Oslo", "1 sleeps O"]))


# --- malformed lines ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ("城", "2 columns separated by ' '"),
        ("城 I-LOC x", "2 columns separated by ' '"),
        ("城\tI-LOC", "2 columns separated by ' '"),
        (" O", "2 columns separated by ' '"),
        ("城 LOC", "a tag of the scheme BIO"),
        ("城 S-LOC", "a tag of the scheme BIO"),
    ],
)
@pytest.mark.parametrize("before", [0, 1, 3])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_malformed_line_is_named_with_its_number(tmp_path, bad, expected, before, end):
    blocks = [LINES] * before + [["在 O", bad, "高 B-LOC"]]
    content = native(*blocks, end=end, between=2)
    wanted = 1 + content.replace("\r\n", "\n").split("\n").index(bad)
    with pytest.raises(MalformedInput) as caught:
        read(bio, tmp_path, content)
    assert (caught.value.path.name, caught.value.line) == ("native0", wanted)
    found = bad.split()[1] if "tag" in expected else bad
    assert str(caught.value) == f"{tmp_path / 'native0'}:{wanted}: found {found!r}, expected {expected}"


def test_two_malformed_lines_do_not_cancel_out(tmp_path):
    with pytest.raises(MalformedInput, match=r":2: found '城', expected 2 columns"):
        read(bio, tmp_path, native(["高 B-LOC", "城", "在 O O"]))
    with pytest.raises(MalformedInput, match=r":2: found ' I-LOC', expected 2 columns"):
        read(bio, tmp_path, native(["高 B-LOC", " I-LOC", "城市 O"]))


def test_white_lines_count_as_lines(tmp_path):
    with pytest.raises(MalformedInput, match=r":7: found 'x', expected"):
        read(bio, tmp_path, " \n\n  \n高 O\n\t\n \nx\n")


def test_the_second_file_is_the_one_that_is_named(tmp_path):
    with pytest.raises(MalformedInput, match=r"native1:1: found 'x'"):
        read(bio, tmp_path, native(LINES), native(["x"]))


def test_a_malformed_line_after_a_skipped_one_has_its_own_number(tmp_path):
    with pytest.raises(MalformedInput, match=r":5: found 'x', expected 4 columns"):
        read(conll, tmp_path, native([START], [RAIN, START, "x"]))


def test_broken_tags_that_are_not_known_name_the_sentence(tmp_path):
    with pytest.raises(MalformedInput, match=r":5: found 'LOC spelt I after O', expected no broken tags"):
        read(bio, tmp_path, native(LINES, ["在 O", "城 I-LOC"]))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_in_another_encoding_are_named_with_their_line(tmp_path, encoding):
    content = native(LINES, LINES).encode(encoding) + b"\xff\xff O\n"
    with pytest.raises(MalformedInput, match=rf":8: .*expected {encoding} text"):
        read(columns(scheme="BIO", separator=" ", encoding=encoding), tmp_path, content)


def test_a_file_in_gbk_is_read(tmp_path):
    assert read(columns(scheme="BIO", separator=" ", encoding="gbk"), tmp_path, native(LINES).encode("gbk")) == [
        GAOCHENG
    ]


# --- any text -------------------------------------------------------------------------------------

any_character = st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\ufeff")
token = st.text(any_character, min_size=1, max_size=3)
sentence = st.lists(st.tuples(token, st.sampled_from(["O", "B-X", "B-Y"])), min_size=1, max_size=6)


@given(st.lists(sentence, min_size=1, max_size=4), st.sampled_from(["", " "]), st.sampled_from(["\n", "\r\n"]))
def test_whatever_the_tokens_are_mentions_slice_to_them(tmp_path_factory, sentences, joiner, end):
    path = tmp_path_factory.getbasetemp() / "any.tsv"
    write(path, native(*[["\t".join(row) for row in rows] for rows in sentences], end=end))
    documents = list(columns(scheme="BIO", joiner=joiner)([path], known()))
    assert [document.text for document in documents] == [joiner.join(t for t, _ in rows) for rows in sentences]
    for document, rows in zip(documents, sentences, strict=True):
        assert [(e.text, e.type) for e in document.entities] == [(t, tag[2:]) for t, tag in rows if tag != "O"]
        for entity in document.entities:
            assert document.text[entity.start : entity.end] == entity.text


def test_the_number_of_a_malformed_line_is_right_wherever_it_stands(tmp_path):
    lines = native(LINES, [" "], LINES, between=3).split("\n")
    for number in range(len(lines)):
        content = "\n".join([*lines[:number], "bad", *lines[number:]])
        with pytest.raises(MalformedInput, match=re.escape(f"native0:{number + 1}: found 'bad'")):
            read(bio, tmp_path, content)
