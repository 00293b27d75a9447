"""JSON records that give mentions by their offsets."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import known, read, write

from uiebench.errors import MalformedInput
from uiebench.formats import offsets
from uiebench.types import Document, Entity

PAIN = Document("", "腹痛三天", (Entity("腹痛", 0, 2, "症状"),))


def line(**record):
    return msgspec.json.encode(record) + b"\n"


def test_half_open_offsets_are_read_as_they_are(tmp_path):
    mention = {"start": 0, "end": 2, "type": "症状"}
    assert read(offsets(), tmp_path, line(text="腹痛三天", entities=[mention])) == [PAIN]


def test_inclusive_end_becomes_half_open(tmp_path):
    mention = {"start": 0, "end": 1, "type": "症状"}
    assert read(offsets(inclusive=True), tmp_path, line(text="腹痛三天", entities=[mention])) == [PAIN]


def test_keys_can_be_named_and_mentions_can_be_arrays(tmp_path):
    named = offsets(text="originalText", mentions="spans", start="s", end="e", type="label")
    mention = {"s": 0, "e": 2, "label": "症状"}
    assert read(named, tmp_path, line(originalText="腹痛三天", spans=[mention])) == [PAIN]
    assert read(offsets(start=1, end=2, type=0), tmp_path, line(text="腹痛三天", entities=[["症状", 0, 2]])) == [PAIN]


def test_an_end_that_is_not_given_follows_from_the_string(tmp_path):
    reader = offsets(end=None, surface="word")
    mention = {"start": 0, "word": "腹痛", "type": "症状"}
    assert read(reader, tmp_path, line(text="腹痛三天", entities=[mention])) == [PAIN]


def test_a_string_that_the_corpus_repeats_is_kept_for_the_check(tmp_path):
    """The reader does not hide that the string and the text differ."""
    mention = {"start": 0, "end": 2, "word": "头痛", "type": "症状"}
    (document,) = read(offsets(surface="word"), tmp_path, line(text="腹痛三天", entities=[mention]))
    assert document.entities == (Entity("头痛", 0, 2, "症状"),)


def test_offsets_written_as_digits_are_numbers(tmp_path):
    mention = {"start": "0", "end": "2", "type": "症状"}
    assert read(offsets(), tmp_path, line(text="腹痛三天", entities=[mention])) == [PAIN]


@pytest.mark.parametrize(
    "record",
    [
        {"entities": []},
        {"text": "腹痛"},
        {"text": "腹痛", "entities": None},
        {"text": "腹痛", "entities": [{"start": 0, "end": 2}]},
        {"text": "腹痛", "entities": [{"start": "a", "end": 2, "type": "症状"}]},
        {"text": "腹痛", "entities": [{"start": None, "end": 2, "type": "症状"}]},
        {"text": "腹痛", "entities": ["症状"]},
        {"text": None, "entities": [{"start": 0, "end": 2, "type": "症状"}]},
        [],
        7,
    ],
)
def test_a_record_of_another_shape_is_malformed_with_its_line(tmp_path, record):
    content = line(text="", entities=[]) + b"\n" + msgspec.json.encode(record)
    with pytest.raises(
        MalformedInput, match=r"native0:3: found .*, expected (a record with 'text' and|an array under) 'entities'"
    ):
        read(offsets(), tmp_path, content)


bodies = st.text(max_size=12)


@given(st.lists(st.tuples(bodies, st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12))))), st.booleans())
def test_any_text_survives_and_mentions_are_its_slices(tmp_path_factory, records, inclusive):
    native, wanted = [], []
    for body, pairs in records:
        places = [(s, e) for s, e in pairs if s < e <= len(body)]
        mentions = [{"start": s, "end": e - inclusive, "type": "X"} for s, e in places]
        native.append(line(text=body, entities=mentions))
        wanted.append(Document("", body, tuple(Entity(body[s:e], s, e, "X") for s, e in places)))
    path = write(tmp_path_factory.getbasetemp() / "any.json", b"".join(native))
    assert list(offsets(inclusive=inclusive)([path], known())) == wanted
