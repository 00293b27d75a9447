"""Predictions: a file of JSON lines ``{"id": …, "output": …}``, joined with the gold by id.

    {"id": "resume/test/0#NER", "output": "{\\"人名\\": [\\"高明\\"]}"}
    {"id": "resume/test/1#NER", "output": {"人名": []}}

`output` is what the model wrote, or the JSON value it stands for. The id is that of the prompt; other
fields are passed over. The samples that lm-evaluation-harness logs are read too (id and output stand in
`doc` and `filtered_resps`). Files in the order of the benchmark stream in constant memory; any other order is
as good. Joining never goes by line number or by text.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from uiebench.errors import MalformedInput, UiebenchError, nearest
from uiebench.storage import other_format
from uiebench.types import Prediction

BOM = b"\xef\xbb\xbf"
STDIN = Path("-")
DEEPEST = 100
BLOCK = 2**16
"""So many bytes are read at a time, and to the end of the line."""
FAULTS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a line may raise."""
T = TypeVar("T")
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
"""A string, which is passed over, or a bracket."""
_HALF_PAIR = re.compile(rb"\\\\|\\ud[89ab]..\\ud[c-f]..|(\\ud[89a-f]..)")
"""Half a surrogate pair (group 1) as json.dumps escapes it, or what could be taken for one."""
_DECODER = msgspec.json.Decoder(Prediction)


class _Asked(msgspec.Struct, gc=False):
    id: str


class _Sample(msgspec.Struct, gc=False):
    """A line of ``samples_<task>_<time>.jsonl``, as lm-evaluation-harness writes it with --log_samples."""

    doc: _Asked
    filtered_resps: Annotated[list[Any], msgspec.Meta(min_length=1)]


_SAMPLES = msgspec.json.Decoder(_Sample)


def read_predictions(path: Path) -> Iterator[Prediction]:
    """The predictions of a file, or of standard input (``-``).

    Raises: UiebenchError in one line for whatever is wrong with the file.
    """
    there, decode = False, _DECODER.decode_lines
    if path.is_dir():
        raise UiebenchError(f"{path}: a folder, not a file of predictions")
    try:
        with sys.stdin.buffer if path == STDIN else path.open("rb") as file:
            number = 1  # of the first line of a block
            while block := file.read(BLOCK) + file.readline():
                text = block.removeprefix(BOM) if number == 1 else block
                ends = text.count(b"\n")
                try:
                    found = decode(text)
                except FAULTS:
                    found = []
                if len(found) != ends + (not text.endswith(b"\n")):  # not one on each line
                    found = _line_by_line(path, number, text)
                yield from found
                there, number = there or bool(found), number + ends
    except OSError as error:
        raise UiebenchError(f"{path}: cannot be read ({error.strerror})") from None
    if not there:
        raise UiebenchError(f"{path}: empty: no prediction in it")


def _line_by_line(path: Path, number: int, block: bytes) -> list[Prediction]:
    """The predictions in some lines, of which `number` is the first. Raises: MalformedInput."""
    found: list[Prediction] = []
    for place, line in enumerate(BytesIO(block), start=number):
        try:
            found.append(_DECODER.decode(line))
        except FAULTS as error:
            if line.strip():
                found.append(_second_reading(path, place, line, error))
    return found


def _second_reading(path: Path, number: int, line: bytes, error: Exception) -> Prediction:
    """The prediction in a line that is no plain one. Raises: MalformedInput if there is none in it."""
    try:
        return _logged(line)
    except FAULTS:
        pass
    try:
        return recovered(line, _DECODER.decode)
    except FAULTS:
        raise _explained(path, number, line, error) from None


def _logged(line: bytes) -> Prediction:
    """The prediction in a sample that lm-evaluation-harness logged."""
    sample = _SAMPLES.decode(line)
    return Prediction(sample.doc.id, sample.filtered_resps[0])


def recovered(line: bytes, decode: Callable[[bytes], T]) -> T:
    """What a line says that was refused, perhaps for something a model may write and JSON may not hold.

    That is nesting without end, half a surrogate pair, a number out of range, NaN. Nesting ends at a depth of
    100, half a pair becomes U+FFFD, and such numbers are read as they are written.

    Raises: msgspec.DecodeError where that is not what is wrong with the line.
    """
    try:
        text = _shallow(line).decode("utf-8", "surrogatepass")
        value = json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise msgspec.DecodeError(str(error)) from None
    return decode(_HALF_PAIR.sub(lambda found: b"\\ufffd" if found[1] else found[0], json.dumps(value).encode()))


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _float(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits


def _shallow(line: bytes) -> bytes:
    """JSON without what is nested too deep."""
    kept, depth, start = [], 0, 0
    for found in _BRACKET.finditer(line):
        if found[0] in b"[{":
            if depth == DEEPEST:
                kept += [line[start : found.start()], b"null"]
            depth += 1
        elif found[0] in b"]}":
            depth -= 1
            if depth == DEEPEST:
                start = found.end()
    return b"".join([*kept, line[start:]]) if kept else line


def _explained(path: Path, number: int, line: bytes, error: Exception) -> MalformedInput:
    if number == 1 and (other := other_format(line)):
        raise UiebenchError(f"{path}: {other}")
    shown = line[:200].decode("utf-8", "replace").strip()
    if line.lstrip().startswith(b"["):
        return MalformedInput(path, number, shown, 'lines of JSON, each a prediction {"id": …, "output": …}, no array')
    if not line.endswith(b"\n") and not isinstance(error, msgspec.ValidationError):
        return MalformedInput(path, number, shown, "a whole last line: the file looks truncated")
    return MalformedInput(path, number, shown, f'a prediction {{"id": …, "output": …}} ({error})')


class Joined:
    """Predictions handed out by id, read from their file only as far as needed; `waiting`: read, not yet asked."""

    def __init__(self, predictions: Iterable[Prediction], origin: str) -> None:
        self._coming = iter(predictions)
        self.waiting: dict[str, Any] = {}
        self.origin = origin

    def take(self, ids: Sequence[str]) -> list[Any]:
        """The outputs predicted for some ids; `MISSING` for those that are not in the whole file."""
        if not self.waiting:  # a file in the order of the benchmark
            there = list(islice(self._coming, len(ids)))
            if [prediction.id for prediction in there] == ids:
                return [prediction.output for prediction in there]
            self._coming = chain(there, self._coming)
        return [self._take(id) for id in ids]

    def _take(self, id: str) -> Any:
        if id in self.waiting:
            return self.waiting.pop(id)
        for prediction in self._coming:
            if prediction.id == id:
                return prediction.output
            self._put(prediction)
        return MISSING

    def _put(self, prediction: Prediction) -> None:
        if prediction.id in self.waiting:
            raise UiebenchError(f"{self.origin}: two predictions for {prediction.id!r}")
        self.waiting[prediction.id] = prediction.output

    def refuse_rest(self, known: Iterable[str]) -> None:
        """Raise if predictions are left that nobody asked for; `known` are the ids that were asked."""
        for prediction in self._coming:
            self._put(prediction)
        if not self.waiting:
            return
        id, asked = next(iter(self.waiting)), set(known)
        if id in asked:
            raise UiebenchError(f"{self.origin}: two predictions for {id!r}")
        hint = nearest(id, sorted(asked)[:50_000])
        count = len(self.waiting)
        what = "1 prediction for an id" if count == 1 else f"{count:,} predictions for ids"
        raise UiebenchError(f"{self.origin}: {what} the benchmark does not ask, e.g. {id!r}{hint}")


class Missing:
    """Stands for an output that is not there."""


MISSING = Missing()
