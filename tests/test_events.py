"""JSON records that give events."""

import msgspec
import pytest
from native import read

from uiebench.errors import MalformedInput
from uiebench.formats import events
from uiebench.types import Argument, Document, Event, Span

TEXT = "远山科技本周裁员，裁员三百人"
LAYOFF = {
    "event_type": "裁员",
    "trigger": "裁员",
    "at": 9,
    "arguments": [
        {"role": "裁员方", "argument": "远山科技", "at": 0},
        {"role": "人数", "argument": "三百人", "at": 11},
    ],
}
FIRM, NUMBER = Argument("远山科技", 0, 4, "裁员方"), Argument("三百人", 11, 14, "人数")


def line(*found, text=TEXT):
    return msgspec.json.encode({"text": text, "event_list": found}) + b"\n"


def test_offsets_are_those_given_where_they_are(tmp_path):
    (document,) = read(events(start="at", argument_start="at"), tmp_path, line(LAYOFF))
    assert document == Document("", TEXT, events=(Event("裁员", Span("裁员", 9, 11), (FIRM, NUMBER)),))


def test_strings_are_aligned_where_their_place_is_unambiguous(tmp_path):
    (document,) = read(events(), tmp_path, line(LAYOFF))
    assert document.events == (Event("裁员", Span("裁员", None, None), (FIRM, NUMBER)),)


def test_a_corpus_without_triggers_has_none(tmp_path):
    (document,) = read(events(trigger=None), tmp_path, line(LAYOFF))
    assert document.events == (Event("裁员", None, (FIRM, NUMBER)),)


def test_a_corpus_without_arguments_has_none(tmp_path):
    (document,) = read(events(start="at", arguments=None), tmp_path, line(LAYOFF))
    assert document.events == (Event("裁员", Span("裁员", 9, 11)),)


def test_two_events_of_one_type_stay_two(tmp_path):
    other = {**LAYOFF, "at": 6, "arguments": []}
    (document,) = read(events(start="at"), tmp_path, line(other, LAYOFF))
    assert [event.trigger.start for event in document.events] == [6, 9]


def test_a_record_without_events_is_a_document(tmp_path):
    assert read(events(), tmp_path, line(text="今天下雨")) == [Document("", "今天下雨")]


def test_keys_can_be_named(tmp_path):
    reader = events(text="t", events="e", type="y", trigger="g", arguments="a", role="r", argument="w")
    content = msgspec.json.encode(
        {"t": "高城降雨", "e": [{"y": "天气", "g": "降雨", "a": [{"r": "地点", "w": "高城"}]}]}
    )
    (document,) = read(reader, tmp_path, content)
    assert document.events == (Event("天气", Span("降雨", 2, 4), (Argument("高城", 0, 2, "地点"),)),)


@pytest.mark.parametrize(
    "found",
    [
        {key: value for key, value in LAYOFF.items() if key != "event_type"},
        {key: value for key, value in LAYOFF.items() if key != "trigger"},
        {key: value for key, value in LAYOFF.items() if key != "arguments"},
        {**LAYOFF, "at": None},
        {**LAYOFF, "at": "9"},
        {**LAYOFF, "arguments": [{"argument": "远山科技", "at": 0}]},
        {**LAYOFF, "arguments": [{"role": "裁员方", "argument": "远山科技"}]},
        "裁员",
    ],
)
def test_an_event_of_another_shape_is_malformed_with_its_line(tmp_path, found):
    with pytest.raises(MalformedInput, match=r"native0:2: found .*, expected a record with 'text' and 'event_list'"):
        read(events(start="at", argument_start="at"), tmp_path, line(LAYOFF) + line(found))
