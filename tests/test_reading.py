"""Files as text, lines and JSON records."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import known, write

from uiebench.errors import MalformedInput, SourceError
from uiebench.formats import json_records, read_bytes, read_lines, read_text

BOM = b"\xef\xbb\xbf"


def records(tmp_path, content, record=None):
    path = write(tmp_path / "records.json", content)
    ledger = known()
    found = json_records(path, ledger) if record is None else json_records(path, ledger, record)
    return [(ledger.line, value) for value in found]


# --- text -----------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_skipped_once(tmp_path):
    path = write(tmp_path / "a", BOM + BOM + b"x")
    assert read_bytes(path, known()) == BOM + b"x"
    assert read_text(path, known()) == "\ufeffx"


def test_crlf_becomes_lf_and_a_lone_cr_stays(tmp_path):
    assert read_text(write(tmp_path / "a", "甲\r\n乙\r丙\n"), known()) == "甲\n乙\r丙\n"


def test_only_line_feeds_end_a_line(tmp_path):
    content = "甲\u2028\x85\x0b\x0c\x1c乙\n丙"
    assert list(read_lines(write(tmp_path / "a", content), known())) == ["甲\u2028\x85\x0b\x0c\x1c乙", "丙"]


@pytest.mark.parametrize(
    ("content", "lines"), [("", []), ("\n", [""]), ("甲", ["甲"]), ("甲\n", ["甲"]), ("甲\n\n", ["甲", ""])]
)
def test_a_last_line_end_adds_no_line(tmp_path, content, lines):
    assert list(read_lines(write(tmp_path / "a", content), known())) == lines


def test_the_ledger_follows_the_lines(tmp_path):
    ledger = known()
    path = write(tmp_path / "a", "甲\n乙\n")
    assert [(ledger.path, ledger.line, line) for line in read_lines(path, ledger)] == [(path, 1, "甲"), (path, 2, "乙")]


def test_bytes_that_are_not_text_are_named_with_their_line(tmp_path):
    path = write(tmp_path / "a", "甲\r\n乙\n".encode() + b"ab\xff\xfe")
    with pytest.raises(MalformedInput, match=r"a:3: found .*, expected utf-8 text") as caught:
        read_text(path, known())
    assert caught.value.found == repr(b"\xff\xfe")


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SourceError, match=r"^/.*/none: cannot be read \(No such file or directory\)$"):
        read_text(tmp_path / "none", known())
    with pytest.raises(SourceError, match=r"cannot be read \(Is a directory\)"):
        read_text(tmp_path, known())


# --- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [b"", BOM])
def test_lines_and_an_array_hold_the_same_records(tmp_path, start):
    values = [{"text": "甲"}, {"text": "乙"}]
    lines = b"".join(msgspec.json.encode(value) + b"\r\n" for value in values)
    assert [value for _, value in records(tmp_path, start + lines)] == values
    assert [value for _, value in records(tmp_path, start + msgspec.json.encode(values))] == values
    assert [
        value for _, value in records(tmp_path, start + b"\n [" + lines.replace(b"\r\n", b",\n")[:-2] + b"\n]\n")
    ] == values


@pytest.mark.parametrize("content", [b"", b"\n\n", b"[]", BOM, b" [ ] "])
def test_a_file_may_hold_no_records(tmp_path, content):
    assert records(tmp_path, content) == []


def test_the_ledger_follows_the_records_over_blank_lines(tmp_path):
    assert records(tmp_path, b'{"a":1}\n\n  \r\n{"a":2}') == [(1, {"a": 1}), (4, {"a": 2})]
    assert records(tmp_path, b'[{"a":1},{"a":2}]') == [(1, {"a": 1}), (2, {"a": 2})]


@pytest.mark.parametrize(
    "bad", [b'{"a": }', b"{'a': 1}", b'{"a": NaN}', b'{"a":1}{"a":2}', b'{"a":1},', b"a", b'{"a":"\\ud800"}', b"\x00"]
)
def test_a_line_that_is_no_json_is_malformed_with_its_number(tmp_path, bad):
    with pytest.raises(MalformedInput, match=r"records\.json:3: found .*, expected a JSON record \("):
        records(tmp_path, b'{"a":1}\n\n' + bad + b'\n{"a":2}\n')


def test_a_truncated_last_line_is_malformed_and_the_records_before_it_are_read(tmp_path):
    path = write(tmp_path / "records.json", b'{"a":1}\n{"a":2}\n{"a":')
    found = json_records(path, known())
    assert [next(found), next(found)] == [{"a": 1}, {"a": 2}]
    with pytest.raises(MalformedInput, match=r'records\.json:3: found \'{"a":\', .*truncated'):
        next(found)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'[{"a":1},\n{"a":2,},\n{"a":3}]', 2),
        (b'[{"a":1},\n\n{"a":2}\n{"a":3}]', 4),
        (b'[{"a":1},\n{"a":2', 2),
        (b'[{"a":1},\n{"a":2}\n]\nx', 4),
        (b'\n\n[{"a":1},\n{"a":2},\n\n', 4),
    ],
)
def test_an_array_that_is_no_json_is_malformed_with_its_line(tmp_path, content, line):
    with pytest.raises(MalformedInput, match=rf"records\.json:{line}: found .*, expected a JSON record \("):
        records(tmp_path, content)


@pytest.mark.parametrize("content", [b'{"a":"x"}\n{"a":"\xff"}', b'[{"a":"x"},\n{"a":"\xff"}]'])
def test_json_in_another_encoding_is_malformed_with_its_line(tmp_path, content):
    with pytest.raises(MalformedInput, match=r"records\.json:2: found .*, expected (UTF|utf)-8 text"):
        records(tmp_path, content)


class Row(msgspec.Struct):
    a: int


def test_records_are_validated_against_a_struct(tmp_path):
    assert records(tmp_path, b'{"a":1}', Row) == [(1, Row(1))]
    assert records(tmp_path, b'[{"a":1}]', Row) == [(1, Row(1))]
    with pytest.raises(MalformedInput, match=r":2: .*Expected `int`, got `str` - at `\$\.a`"):
        records(tmp_path, b'{"a":1}\n{"a":"x"}', Row)
    with pytest.raises(MalformedInput, match=r":2: .*Expected `int`, got `str` - at `\$\.a`"):
        records(tmp_path, b'[{"a":1},{"a":"x"}]', Row)


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5) | st.integers(-9, 9) | st.none())))
def test_whatever_is_written_is_read(tmp_path_factory, values):
    folder = tmp_path_factory.getbasetemp()
    lines = b"".join(msgspec.json.encode(value) + b"\n" for value in values)
    assert [value for _, value in records(folder, lines)] == values
    assert [value for _, value in records(folder, msgspec.json.encode(values))] == values
