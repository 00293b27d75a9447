"""What fuzzing found stays mended: a file's faults are one line, a model's faults are data.

`fuzz_predictions.py` looks for more (``make fuzz``).
"""

import io
import json
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.errors import UiebenchError
from uiebench.score.predictions import DEEPEST, read_predictions, recovered
from uiebench.score.rows import is_self_contained, score_rows
from uiebench.types import Prediction


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A file that every example writes anew."""
    return tmp_path_factory.mktemp("fuzz") / "p.jsonl"


def read_back(path, *lines):
    path.write_bytes(b"\n".join(lines) + b"\n")
    return [prediction.output for prediction in read_predictions(path)]


def line(output):
    return b'{"id": "a", "output": ' + output + b"}"


# --- a model's faults are data --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        (rb'"\ud800"', "\ufffd"),
        (rb'{"\udfff": ["x\ud800"]}', {"\ufffd": ["x\ufffd"]}),
        (rb'"\\ud800 \ud83d\ude00 \ud83d"', "\\ud800 \U0001f600 \ufffd"),
        (b'"\xed\xa0\x80"', "\ufffd"),
        (rb'"\u0000"', "\0"),
        (b'{"a": [1e999, NaN, -Infinity, 7, 0.5]}', {"a": ["1e999", "NaN", "-Infinity", 7, 0.5]}),
        (b'{"a": [' + b"9" * 5000 + b"]}", {"a": ["9" * 5000]}),
        (b"[" * 3 + b"1" + b"]" * 3, [[[1]]]),
    ],
)
def test_what_a_model_wrote_is_read_though_json_may_not_hold_it(path, output, wanted):
    assert read_back(path, line(b'"{}"'), line(output), line(b'"{}"')) == ["{}", wanted, "{}"]


@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"]":', b"}]")])
@pytest.mark.parametrize("depth", [500, 10_000])
def test_a_value_nested_without_end_is_cut_off(path, brackets, depth):
    opening, closing = brackets
    (output,) = read_back(path, line(opening * depth + b"1" + closing * depth))
    assert output
    path.write_bytes(b'{"task": "NER", "label": "{}", "output": ' + opening * depth + b"1" + closing * depth + b"}")
    assert score_rows(path, intervals=False).row("all", "all", "ner").predicted == 0


def test_cutting_off_stops_at_the_depth_that_is_named():
    def depth_of(value):
        return 1 + depth_of(value[0]) if isinstance(value, list) and value else 0

    deep = recovered(b"[" * 5000 + b"]" * 5000, msgspec.json.decode)
    assert depth_of(deep) == DEEPEST
    beside = recovered(b"[" + b"[" * 5000 + b"]" * 5000 + b', "]", 7]', msgspec.json.decode)
    assert beside[1:] == ["]", 7]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(-1e9, 1e9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(json_values, st.booleans())
def test_a_line_that_needs_no_recovery_is_not_changed_by_it(value, escaped):
    data = json.dumps(value, ensure_ascii=escaped).encode()
    assert recovered(data, msgspec.json.decode) == value


@given(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40)
    | st.dictionaries(st.text(alphabet=st.characters(), max_size=3), st.floats() | st.integers(), max_size=3)
)
def test_whatever_python_writes_as_json_is_read(path, output):
    (found,) = read_back(path, json.dumps({"id": "a", "output": output}).encode())
    assert type(found) is type(output)


# --- a file's faults are one line -------------------------------------------------------------------------


def refused(function, *arguments):
    """The message of the UiebenchError that a function raises, or nothing; no other exception may come."""
    message = ""
    try:
        function(*arguments)
    except UiebenchError as error:
        message = str(error)
    assert "\n" not in message
    return message


PIECES = (
    *(
        b'{"id": "a", "output": ',
        b'"x"}',
        b"\n",
        b"\r\n",
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b"\\",
        b"\\ud800",
        b"\xed\xa0\x80",
    ),
    *(b"\xef\xbb\xbf", b"\xff", b"\0", b'"label": ', b'"predict": ', b'"messages": [{"content": "{}"}]', b",", b"NaN"),
    *(b'{"task": "NER", "label": "{}", "output": "[]"}\n', b'{"doc": {"id": "a"}, "filtered_resps": ["x"]}\n'),
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join) | st.binary(max_size=60))
def test_any_file_is_read_or_refused_in_one_line(path, data):
    path.write_bytes(data)
    refused(lambda: list(read_predictions(path)))
    refused(lambda: score_rows(path, intervals=False))
    assert is_self_contained(path) in (True, False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b" \n\r\n\n", "empty: no prediction"),
        (
            b'[{"id": "a", "output": "x"}]\n',
            'expected lines of JSON, each a prediction {"id": …, "output": …}, no array',
        ),
        (b"[\n", "expected lines of JSON"),
        (b'{"id": 3, "output": "x"}\n', "Expected `str`, got `int`"),
        (b'{"id": 3, "output": NaN}\n', r"expected a prediction"),
        (b'{"id": "a", "output": "\0"}\n', "invalid character"),
        (line(b"[" * 10_000) + b"\n", ":1: found"),
        (
            '{"id": "a", "output": "甲"}\n'.encode("utf-16"),
            "in UTF-16, where lines of JSON in UTF-8 are read; convert it first: iconv",
        ),
        ('{"id": "a", "output": "甲"}\n'.encode("gb18030"), "can't decode"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(path, data, message):
    path.write_bytes(data)
    assert message in refused(lambda: list(read_predictions(path)))


def test_predictions_come_from_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"id": "a", "output": 1}\n')))
    assert list(read_predictions(Path("-"))) == [Prediction("a", 1)]
    assert not is_self_contained(Path("-"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read_once_and_to_its_end(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(line(b'"x"') + b"\n" + line(b"{}"),), daemon=True)
    assert not is_self_contained(pipe)
    writer.start()
    assert [prediction.output for prediction in read_predictions(pipe)] == ["x", {}]
    writer.join()


def test_blank_lines_before_the_first_row_do_not_hide_that_a_file_is_self_contained(path):
    path.write_bytes(b'\xef\xbb\xbf\n\n{"task": "NER", "label": "{}", "output": "{}"}\n')
    assert score_rows(path, intervals=False).rates["file NER"].items == 1
