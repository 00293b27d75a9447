"""Structs in Parquet and JSON lines, and files that are either whole or not there.

    write_parquet(path, Document, documents)     # columns id, text, entities, relations, events
    for document in read_parquet(path, Document): …

The Arrow schema follows from the Struct's annotations, so an empty list keeps its type. Records are
turned into columns field by field, which is several times faster than handing pyarrow dicts.
"""

from __future__ import annotations

import errno
import os
import tempfile
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import SourceError, UiebenchError

S = TypeVar("S", bound=msgspec.Struct)
ROWS_PER_GROUP = 10_000

_SCALARS: dict[Any, pa.DataType] = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


# --- Arrow ----------------------------------------------------------------------------------------


class _Optional(typing.NamedTuple):
    of: Any


class _List(typing.NamedTuple):
    of: Any


class _Record(typing.NamedTuple):
    type: type
    fields: dict[str, Any]


@cache
def _shape(annotation: Any) -> Any:
    """An annotation as the little language of this module: scalars, _Optional, _List and _Record."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [a for a in arguments if a is not type(None)]
        return _Optional(_shape(inner))
    if origin is typing.Literal:
        return str  # every Literal of the schema is a choice among strings
    if origin in (tuple, list):
        return _List(_shape(arguments[0]))
    if annotation in (str, int, float, bool):
        return annotation
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        hints = typing.get_type_hints(annotation)
        return _Record(annotation, {name: _shape(hints[name]) for name in annotation.__struct_fields__})
    raise TypeError(f"no Arrow type for {annotation!r}")


def _arrow_type(shape: Any) -> pa.DataType:
    match shape:
        case _Optional(of):
            return _arrow_type(of)
        case _List(of):
            return pa.list_(_arrow_type(of))
        case _Record(_, fields):
            return pa.struct([_field(name, of) for name, of in fields.items()])
        case _:
            return _SCALARS[shape]


def _field(name: str, shape: Any) -> pa.Field:
    # Every field is nullable, as `datasets` has it: Parquet takes no required field below an optional one.
    return pa.field(name, _arrow_type(shape))


def arrow_schema(record: type[msgspec.Struct]) -> pa.Schema:
    """The Arrow schema of a Struct: scalars, optionals, tuples and nested Structs."""
    return pa.schema([_field(name, shape) for name, shape in _shape(record).fields.items()])


def _column(values: list[Any], shape: Any, mask: list[bool] | None = None) -> pa.Array:
    """One Arrow array of `values`; `mask` marks rows that are null."""
    match shape:
        case _Optional(of):
            if isinstance(of, _Record):
                blank = _blank(of)
                return _column([blank if v is None else v for v in values], of, [v is None for v in values])
            return pa.array(values, _arrow_type(of))
        case _List(of):
            ends = accumulate(map(len, values))
            flat = list(chain.from_iterable(values))
            places = pa.array([0, *ends], pa.int32())
            return pa.ListArray.from_arrays(places, _column(flat, of), type=_arrow_type(shape))
        case _Record(_, fields):
            columns = [_column(list(map(attrgetter(name), values)), of) for name, of in fields.items()]
            marks = None if mask is None else pa.array(mask, pa.bool_())
            return pa.StructArray.from_arrays(columns, fields=[_field(n, of) for n, of in fields.items()], mask=marks)
        case _:
            return pa.array(values, _SCALARS[shape])


def _blank(shape: Any) -> Any:
    """A value to fill the place of a record that is None; what stands below a null is never read."""
    match shape:
        case _Optional():
            return None
        case _List():
            return ()
        case _Record(kind, fields):
            return kind(*map(_blank, fields.values()))
        case _:
            return shape()


def to_arrow(records: list[S], record: type[S]) -> pa.RecordBatch:
    """Records of one Struct as an Arrow record batch."""
    fields = _shape(record).fields
    arrays = [_column(list(map(attrgetter(name), records)), shape) for name, shape in fields.items()]
    return pa.RecordBatch.from_arrays(arrays, schema=arrow_schema(record))


def _values(array: pa.Array, shape: Any) -> list[Any]:
    """The Python values of an Arrow array: the inverse of `_column`."""
    match shape:
        case _Optional(of) if isinstance(of, _Record):
            return [
                v if valid else None for v, valid in zip(_values(array, of), array.is_valid().to_pylist(), strict=True)
            ]
        case _List(of):
            flat = _values(array.flatten(), of)
            places = array.offsets.to_pylist()
            first = places[0]
            return [tuple(flat[s - first : e - first]) for s, e in pairwise(places)]
        case _Record(kind, fields):
            columns = [_values(array.field(i), of) for i, of in enumerate(fields.values())]
            return [kind(*row) for row in zip(*columns, strict=True)]
        case _:
            return array.to_pylist()  # type: ignore[no-any-return]


def from_arrow(batch: pa.RecordBatch, record: type[S]) -> list[S]:
    """The records of an Arrow record batch: the inverse of `to_arrow`."""
    fields = _shape(record).fields
    columns = [_values(batch.column(name), shape) for name, shape in fields.items()]
    return [record(*row) for row in zip(*columns, strict=True)]


def unreadable(path: Path, error: Exception) -> SourceError:
    """What is said of a Parquet file that pyarrow cannot read."""
    if isinstance(error, FileNotFoundError):
        return SourceError(f"{path}: no such file")
    return SourceError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})")


def read_columns(path: Path, *columns: str) -> Iterator[tuple[Any, ...]]:
    """The rows of some columns of a Parquet file, in order.

    Raises: SourceError if the file cannot be read or lacks a column.
    """
    try:
        with pq.ParquetFile(path) as file:
            if missing := [name for name in columns if name not in file.schema_arrow.names]:
                raise SourceError(f"{path}: it has no column {missing[0]!r}")
            for batch in file.iter_batches(ROWS_PER_GROUP, columns=list(columns)):
                yield from zip(*(batch.column(name).to_pylist() for name in columns), strict=True)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None


# --- files that are no lines of JSON ----------------------------------------------------------------

OTHER_FORMATS = (
    (b"\x1f\x8b", "packed with gzip", "unpack it first, e.g. with gunzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it first, e.g. with unzstd"),
    (b"PK\x03\x04", "a ZIP archive", "unpack it first"),
    (b"PAR1", "a Parquet file", "write it as JSON lines, e.g. with to_json of pandas or datasets"),
    (b"\xff\xfe", "in UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8"),
    (b"\xfe\xff", "in UTF-16", "convert it first: iconv -f UTF-16 -t UTF-8"),
)
"""How a file that holds no lines of JSON begins, what it is, and what to do."""


def other_format(beginning: bytes) -> str | None:
    """What a file is that begins so and holds no lines of JSON, and what to do: None if nothing says that it is not."""
    for magic, what, remedy in OTHER_FORMATS:
        if beginning.startswith(magic):
            return f"{what}, where lines of JSON in UTF-8 are read; {remedy}"
    return None


# --- files that are whole or absent ---------------------------------------------------------------


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends without an exception.

    Raises: UiebenchError in one line where the file cannot be written (full disk, no rights).
    """
    temporary = path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise UiebenchError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        if temporary is not path:
            temporary.unlink(missing_ok=True)


NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
"""What a file system says that has no locks, as some network folders."""


@contextmanager
def locked(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock file while the block runs; the system releases it when the process ends, however that is.

    The file goes when the block ends; one that a kill has left stands in nobody's way. Nothing is held where there
    are no such locks: on systems without flock, and in some network folders.

    Raises: UiebenchError `taken`, with the number of the process, if another one holds it; OSError if the file cannot
    be written.
    """
    file = _held(path, taken)
    if file is None:
        yield
        return
    with file:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is held: nobody else holds a file of this name


def _held(path: Path, taken: str) -> typing.TextIO | None:
    """A lock file that is held until it is closed; None where there are no locks."""
    try:
        import fcntl  # noqa: PLC0415 - not on every system
    except ImportError:
        return None
    while True:
        file = path.open("a+", encoding="ascii")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except FileNotFoundError:
            pass
        except OSError as error:
            file.seek(0)
            holder = file.read(20).strip()
            file.close()
            if isinstance(error, BlockingIOError):
                raise UiebenchError(f"{taken} (process {holder})" if holder else taken) from None
            if error.errno in NO_LOCKS:
                return None
            raise
        file.close()  # whoever held it has removed it in this moment


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path, value: object) -> None:
    """Write a value as indented JSON with readable Chinese and a stable order of keys."""
    data = msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=2)
    write_bytes(path, data + b"\n")


class ParquetSink(Generic[S]):
    """Writes records of one Struct to an open Parquet file, a row group at a time."""

    def __init__(self, writer: pq.ParquetWriter, record: type[S]) -> None:
        self._writer, self._record = writer, record
        self._group: list[S] = []

    def write(self, record: S) -> None:
        """Add one record."""
        self._group.append(record)
        if len(self._group) >= ROWS_PER_GROUP:
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered as a row group."""
        if self._group:
            self._writer.write_batch(to_arrow(self._group, self._record))
            self._group.clear()


@contextmanager
def parquet_sink(path: Path, record: type[S]) -> Iterator[ParquetSink[S]]:
    """A sink for records of one Struct; the Parquet file appears whole when the block ends."""
    with replacing(path) as temporary, pq.ParquetWriter(temporary, arrow_schema(record), compression="zstd") as writer:
        sink = ParquetSink(writer, record)
        yield sink
        sink.flush()


def write_parquet(path: Path, record: type[S], records: Iterable[S]) -> None:
    """Write records of one Struct as Parquet, streaming."""
    with parquet_sink(path, record) as sink:
        for item in records:
            sink.write(item)


def parquet_batches(path: Path, record: type[S], rows: int = ROWS_PER_GROUP) -> Iterator[pa.RecordBatch]:
    """The records of a Parquet file written by `write_parquet`, as Arrow batches of at most `rows`.

    Raises: SourceError if the file cannot be read or has other columns than `record`.
    """
    wanted = arrow_schema(record)
    try:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            if not file.schema_arrow.equals(wanted):
                raise SourceError(f"{path}: its columns are not those of {record.__name__}")
            yield from file.iter_batches(rows, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None


def read_parquet(path: Path, record: type[S]) -> Iterator[S]:
    """The records of a Parquet file written by `write_parquet`. Raises: as `parquet_batches`."""
    for batch in parquet_batches(path, record):
        yield from from_arrow(batch, record)


def read_some(path: Path, record: type[S], column: str, values: Iterable[str]) -> list[S]:
    """The records of a Parquet file whose value in a column is among some. Raises: as `parquet_batches`."""
    try:
        table = pq.read_table(path, filters=[(column, "in", sorted(set(values)))], use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None
    if not table.schema.remove_metadata().equals(arrow_schema(record)):
        raise SourceError(f"{path}: its columns are not those of {record.__name__}")
    return [found for batch in table.combine_chunks().to_batches() for found in from_arrow(batch, record)]


@contextmanager
def jsonl_sink(path: Path) -> Iterator[Callable[[object], object]]:
    """A function that writes a record as a JSON line (UTF-8, Chinese unescaped); the file appears whole."""
    encode = msgspec.json.Encoder().encode
    with replacing(path) as temporary, temporary.open("wb") as file:
        yield lambda record: file.write(encode(record) + b"\n")
