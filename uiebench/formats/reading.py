"""Files as text, lines and JSON records, with the place kept in the ledger.

    for record in json_records(Path("dev.json"), ledger):   # JSON lines or one array, either
        record["text"]                                       # ledger.line is the record's line

A byte-order mark is skipped and CRLF becomes LF. Bytes that are not valid in the stated encoding are
an error with the line they stand on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, overload

import msgspec

from uiebench.errors import MalformedInput, SourceError
from uiebench.hashing import members_of
from uiebench.ledger import Ledger

T = TypeVar("T")
BOM = b"\xef\xbb\xbf"
_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_BYTE = re.compile(r"\(byte (\d+)\)")


def read_bytes(path: Path, ledger: Ledger) -> bytes:
    """The bytes of a file without a byte-order mark; `ledger` is moved to its beginning."""
    ledger.path, ledger.line = path, 0
    try:
        return path.read_bytes().removeprefix(BOM)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from None


def read_text(path: Path, ledger: Ledger, encoding: str = "utf-8") -> str:
    """A file as text with LF line ends.

    Raises: MalformedInput with the line of the first byte that is not valid in `encoding`.
    """
    return decoded(read_bytes(path, ledger), path, encoding).replace("\r\n", "\n")


def decoded(data: bytes, path: Path, encoding: str = "utf-8") -> str:
    """The bytes of the file `path` as text, line ends as they are. Raises: as `read_text`."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MalformedInput(path, line, data[error.start : error.start + 8], f"{encoding} text") from None


def read_lines(path: Path, ledger: Ledger, encoding: str = "utf-8") -> Iterator[str]:
    """The lines of a text file without their ends; `ledger.line` follows. Splits at LF (CRLF) only."""
    lines = read_text(path, ledger, encoding).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    for ledger.line, line in enumerate(lines, start=1):
        yield line


@overload
def json_records(path: Path, ledger: Ledger) -> Iterator[Any]: ...
@overload
def json_records(path: Path, ledger: Ledger, record: type[T]) -> Iterator[T]: ...
def json_records(path: Path, ledger: Ledger, record: Any = Any) -> Iterator[Any]:
    """The records of a file of JSON lines or of one JSON array, validated against a Struct if given.

    `ledger.line` is the line of the record (its position, in an array written on one line). Blank
    lines are skipped. Raises: MalformedInput for a record that is not JSON or not of the type.
    """
    data = read_bytes(path, ledger)
    if data[:64].lstrip()[:1] == b"[":
        yield from _array(data, path, ledger, record)
        return
    decode = _ANY.decode if record is Any else msgspec.json.Decoder(record).decode
    for ledger.line, line in enumerate(data.split(b"\n"), start=1):
        if not line or line.isspace():
            continue
        try:
            value = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise _not_json(path, ledger.line, line, error) from None
        yield value


def _array(data: bytes, path: Path, ledger: Ledger, record: Any) -> Iterator[Any]:
    try:
        items = msgspec.json.decode(data, type=list[msgspec.Raw])  # views of the bytes: decoded one by one
    except UnicodeDecodeError:
        decoded(data, path)  # says on which line
        raise
    except (msgspec.DecodeError, RecursionError) as error:
        at = int(place[1]) if (place := _BYTE.search(str(error))) else len(data.rstrip())
        line = data.count(b"\n", 0, at) + 1
        raise _not_json(path, line, data[data.rfind(b"\n", 0, at) + 1 :], error) from None
    decode = _ANY.decode if record is Any else msgspec.json.Decoder(record).decode
    for ledger.line, item in enumerate(items, start=1):
        try:
            value = decode(item)
        except UnicodeDecodeError:
            decoded(data, path)
            raise
        except (msgspec.DecodeError, RecursionError) as error:
            raise _not_json(path, ledger.line, bytes(item), error) from None
        yield value


def paired(folder: Path, texts: str, annotations: str, beside: Callable[[Path], Path]) -> list[tuple[Path, Path]]:
    """Each text of a folder with the annotation file `beside` it, sorted; `texts` and `annotations` are globs.

    Raises: MalformedInput for an annotation file whose text is not there.
    """
    pairs = [(path, beside(path)) for path in members_of(folder, [texts])]
    known = {path for pair in pairs for path in pair}
    for path in members_of(folder, [annotations]):
        if path not in known:
            raise MalformedInput(path, 0, path.name, "its text beside it")
    return pairs


def listed(record: Any, key: str | int, ledger: Ledger) -> list[Any]:
    """The array under a key of a record. Raises: MalformedInput for anything else, also an empty object."""
    value = record[key]
    if not isinstance(value, list):
        raise ledger.malformed(str(value), f"an array under {key!r}")
    return value


def _not_json(path: Path, line: int, data: bytes, error: Exception) -> MalformedInput:
    reason = "UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"a JSON record ({error})"
    return MalformedInput(path, line, data[:200].decode("utf-8", "replace").strip(), reason)
