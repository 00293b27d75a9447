"""Structs in Parquet, and files that are whole or not there."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench import storage
from uiebench.errors import SourceError, UiebenchError
from uiebench.storage import (
    arrow_schema,
    from_arrow,
    jsonl_sink,
    parquet_sink,
    read_parquet,
    replacing,
    to_arrow,
    write_bytes,
    write_json,
    write_parquet,
)
from uiebench.types import Argument, BareDocument, Document, Entity, Event, Instruction, Relation, Span


class Everything(msgspec.Struct, frozen=True):
    """Every shape a field may have."""

    word: str
    number: int
    share: float
    flag: bool
    choice: Literal["a", "b"]
    maybe_word: str | None
    maybe_number: int | None
    numbers: tuple[int, ...]
    lists: tuple[tuple[str, ...], ...]
    span: Span
    maybe_span: Span | None
    maybe_event: Event | None
    maybe_relation: Relation | None
    events: tuple[Event, ...] = ()


def optional(strategy):
    return st.none() | strategy


text = st.sampled_from(["", "高明", "\0", '"\n\\', "😀"]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=3
)
offset = optional(st.integers(0, 2**40))
span = st.builds(Span, text, offset, offset)
entity = st.builds(Entity, text, offset, offset, text)
argument = st.builds(Argument, text, offset, offset, text)


def some(strategy):
    return st.lists(strategy, max_size=2).map(tuple)


event = st.builds(Event, text, optional(span), some(argument))
relation = st.builds(Relation, text, entity, entity)
document = st.builds(
    Document, text, text, some(entity), some(relation), some(event)
)  # fmt: skip
everything = st.builds(
    Everything,
    text,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.booleans(),
    st.sampled_from(["a", "b"]),
    optional(text),
    offset,
    some(st.integers(0, 9)),
    some(some(text)),
    span,
    optional(span),
    optional(event),
    optional(relation),
    some(event),
)


@pytest.mark.parametrize(("record", "strategy"), [(Document, document), (Everything, everything)])
@given(data=st.data())
def test_records_come_back_from_arrow_as_they_went(record, strategy, data):
    records = data.draw(st.lists(strategy, max_size=4))
    batch = to_arrow(records, record)
    batch.validate(full=True)
    assert batch.schema == arrow_schema(record)
    assert from_arrow(batch, record) == records
    start = data.draw(st.integers(0, len(records)))
    assert from_arrow(batch.slice(start), record) == records[start:]


@given(st.lists(document, max_size=9))
def test_records_come_back_from_parquet_whatever_the_size_of_row_groups(tmp_path_factory, records):
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "ROWS_PER_GROUP", 3)
        write_parquet(path, Document, iter(records))
        assert pq.ParquetFile(path).num_row_groups == -(-len(records) // 3)
        assert list(read_parquet(path, Document)) == records
        patch.setattr(storage, "ROWS_PER_GROUP", 5)  # batches that do not end where row groups do
        assert list(read_parquet(path, Document)) == records


def test_a_document_of_every_kind_survives(tmp_path):
    documents = [
        Document("a/train/0", "无标注"),
        Document(
            "a/train/1",
            '引号"与\n换行\0和😀',
            (Entity("😀", 10, 11, "X"), Entity("引号", None, None, "X")),
            (Relation("r", Entity("引号", 0, 2, ""), Entity("换行", 5, 7, "X")),),
            (Event("e", None), Event("e", Span("换行", 5, 7), (Argument("😀", None, None, "r"),))),
        ),
    ]
    write_parquet(tmp_path / "a.parquet", Document, documents)
    assert list(read_parquet(tmp_path / "a.parquet", Document)) == documents


def leaves(kind):
    """The scalar types below an Arrow type."""
    if pa.types.is_list(kind):
        yield from leaves(kind.value_type)
    elif pa.types.is_struct(kind):
        for index in range(kind.num_fields):
            yield from leaves(kind.field(index).type)
    else:
        yield kind


@pytest.mark.parametrize("record", [Document, BareDocument, Instruction, Everything])
def test_an_empty_file_has_the_same_types_as_a_full_one_and_none_is_null(tmp_path, record):
    write_parquet(tmp_path / "a.parquet", record, [])
    schema = pq.read_schema(tmp_path / "a.parquet")
    assert schema == arrow_schema(record)
    assert schema.names == list(record.__struct_fields__)
    kinds = {kind for field in schema for kind in leaves(field.type)}
    assert kinds <= {pa.string(), pa.int64(), pa.float64(), pa.bool_()}
    assert pa.string() in kinds


def test_documents_without_annotations_keep_the_types_of_their_lists(tmp_path):
    write_parquet(tmp_path / "a.parquet", Document, [Document("a", "甲")])
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.to_pylist() == [{"id": "a", "text": "甲", "entities": [], "relations": [], "events": []}]
    assert [field.name for field in table.schema.field("entities").type.value_type] == ["text", "start", "end", "type"]


def test_two_writings_of_the_same_records_are_the_same_bytes(tmp_path):
    records = [Document(f"a/train/{number}", "远山" * number) for number in range(50)]
    for name in ("a", "b"):
        write_parquet(tmp_path / name, Document, records)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_struct_with_a_field_that_arrow_does_not_know_is_refused():
    class Odd(msgspec.Struct):
        table: dict[str, int]

    with pytest.raises(TypeError, match="no Arrow type"):
        arrow_schema(Odd)


# --- reading what is not ours ---------------------------------------------------------------------


def test_a_file_with_other_columns_is_refused(tmp_path):
    write_parquet(tmp_path / "a.parquet", BareDocument, [BareDocument("a", "甲")])
    with pytest.raises(SourceError, match=r"a\.parquet: its columns are not those of Document"):
        list(read_parquet(tmp_path / "a.parquet", Document))


@pytest.mark.parametrize("keep", [0, 5, 100, -1])
def test_a_truncated_file_is_one_line(tmp_path, keep):
    path = tmp_path / "a.parquet"
    write_parquet(path, Document, [Document("a", "甲" * 500)])
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(SourceError, match=r"a\.parquet: cannot be read as Parquet \(.+\)$"):
        list(read_parquet(path, Document))


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(SourceError, match=r"none: no such file$"):
        list(read_parquet(tmp_path / "none", Document))


# --- whole or not there ---------------------------------------------------------------------------


class Interrupted(Exception):
    pass


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_the_block_ends(tmp_path):
    with replacing(tmp_path / "deep" / "a") as temporary:
        temporary.write_text("甲")
        assert not (tmp_path / "deep" / "a").exists()
    assert names(tmp_path / "deep") == ["a"]
    assert (tmp_path / "deep" / "a").read_text() == "甲"


def interrupted_bytes(path):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise Interrupted


def interrupted_parquet(path):
    with parquet_sink(path, Document) as sink:
        sink.write(Document("a", "甲"))
        sink.flush()
        raise Interrupted


def interrupted_lines(path):
    with jsonl_sink(path) as write:
        write({"a": 1})
        raise Interrupted


@pytest.mark.parametrize("interrupted", [interrupted_bytes, interrupted_parquet, interrupted_lines])
def test_a_block_that_raises_leaves_nothing_behind(tmp_path, interrupted):
    with pytest.raises(Interrupted):
        interrupted(tmp_path / "new")
    assert names(tmp_path) == []
    (tmp_path / "old").write_text("whole")
    with pytest.raises(Interrupted):
        interrupted(tmp_path / "old")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_text() == "whole"


def test_records_that_raise_leave_nothing_behind(tmp_path):
    def records():
        yield Document("a", "甲")
        raise Interrupted

    with pytest.raises(Interrupted):
        write_parquet(tmp_path / "a.parquet", Document, records())
    assert names(tmp_path) == []


def test_a_target_below_a_file_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UiebenchError, match=r"file/a: cannot be written \(.+\)$"):
        write_bytes(tmp_path / "file" / "a", b"x")


def test_a_target_that_is_a_folder_cannot_be_written_and_stays(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(UiebenchError, match=r"a: cannot be written \(Is a directory\)$"):
        write_bytes(tmp_path / "a", b"x")
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.geteuid() == 0, reason="no folder is closed to root")
def test_a_folder_without_rights_cannot_be_written(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(UiebenchError, match=r"cannot be written \(Permission denied\)"):
        write_bytes(tmp_path / "closed" / "a", b"x")


@pytest.mark.parametrize(
    "writing",
    [
        "storage.write_bytes(path, b'x' * 9000)",
        "storage.write_parquet(path, Document, (Document(str(n), sha256(b'%d' % n).hexdigest()) for n in range(9000)))",
        "with storage.jsonl_sink(path) as write:\n    for n in range(9000): write({'n': n})",
    ],
    ids=["bytes", "parquet", "lines"],
)
def test_a_full_disk_is_one_line_and_leaves_nothing_behind(tmp_path, writing):
    """A limit on the size of files stands in for the full disk."""
    script = (
        "import resource, signal\n"
        "from hashlib import sha256\n"
        "from pathlib import Path\n"
        "from uiebench import storage\n"
        "from uiebench.errors import UiebenchError\n"
        "from uiebench.types import Document\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
        f"path = Path({str(tmp_path / 'a')!r})\n"
        "try:\n" + "".join(f"    {line}\n" for line in writing.split("\n")) + "except UiebenchError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith(f"{tmp_path / 'a'}: cannot be written (")
    assert done.stdout.count("\n") == 1
    assert "File too large" in done.stdout
    assert names(tmp_path) == []


# --- JSON -----------------------------------------------------------------------------------------


def test_json_is_readable_and_its_keys_are_in_order(tmp_path):
    write_json(tmp_path / "a.json", {"b": "远山", "a": {"d": 1, "c": [Span("甲", 0, None)]}})
    written = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert written.index('"a"') < written.index('"b": "远山"')
    assert written.endswith("}\n")
    assert json.loads(written) == {"b": "远山", "a": {"d": 1, "c": [{"text": "甲", "start": 0, "end": None}]}}


@given(st.lists(document, max_size=5))
def test_json_lines_hold_one_record_each(tmp_path_factory, records):
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    with jsonl_sink(path) as write:
        for record in records:
            write(record)
    lines = path.read_bytes().split(b"\n")
    assert lines.pop() == b""
    assert [msgspec.json.decode(line, type=Document) for line in lines] == records


# --- locks ----------------------------------------------------------------------------------------

HOLDING = """
import sys
from pathlib import Path
from uiebench.storage import locked
with locked(Path(sys.argv[1]), "taken"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holding(tmp_path):
    """A process that holds a lock, and its file."""
    fcntl = pytest.importorskip("fcntl")
    assert fcntl.flock
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process, tmp_path / "lock"
        process.kill()


def test_a_lock_that_another_process_holds_is_refused_with_its_number(holding):
    process, path = holding
    with pytest.raises(UiebenchError, match=rf"^in use \(process {process.pid}\)$"), storage.locked(path, "in use"):
        pytest.fail("two hold it")


def test_a_killed_process_leaves_a_lock_file_that_stands_in_nobodys_way(holding):
    process, path = holding
    process.kill()
    process.wait()
    assert path.exists()
    with storage.locked(path, "in use"):
        assert path.read_text() == str(os.getpid())
    assert not path.exists()


def test_a_lock_is_free_again_after_an_exception(tmp_path):
    with pytest.raises(Interrupted), storage.locked(tmp_path / "lock", "in use"):
        raise Interrupted
    assert not names(tmp_path)
    with storage.locked(tmp_path / "lock", "in use"):
        assert names(tmp_path) == ["lock"]


def test_of_many_processes_that_want_a_lock_one_at_a_time_has_it(tmp_path):
    script = """
import os, sys
from pathlib import Path
from uiebench.errors import UiebenchError
from uiebench.storage import locked
folder, got = Path(sys.argv[1]), 0
while got < 100:
    try:
        with locked(folder / "lock", "taken"):
            (folder / "alone").touch(exist_ok=False)
            (folder / "alone").unlink()
            got += 1
    except UiebenchError:
        continue
print(got)
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    every = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60) for process in every] == [("100\n", "")] * 3
    assert not names(tmp_path)


def test_without_locks_the_block_runs_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with storage.locked(tmp_path / "lock", "in use"), storage.locked(tmp_path / "lock", "in use"):
        assert not names(tmp_path)
