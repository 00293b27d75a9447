"""Predictions: a file of JSON lines ``{"id": …, "output": …}``, joined with the gold by id.

    {"id": "resume/test/0#NER", "output": "{\\"人名\\": [\\"高明\\"]}"}
    {"id": "resume/test/1#NER", "output": {"人名": []}}

`output` is what the model wrote, or the JSON value it stands for. The id is that of the prompt; other
fields are passed over. Files in the order of the benchmark stream in constant memory; any other order is
as good. Joining never goes by line number or by text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from uiebench.errors import MalformedInput, UiebenchError, nearest
from uiebench.types import Prediction

BOM = b"\xef\xbb\xbf"
_DECODER = msgspec.json.Decoder(Prediction)


def read_predictions(path: Path) -> Iterator[Prediction]:
    """The predictions of a file. Raises: UiebenchError in one line for whatever is wrong with the file."""
    number, decode = 0, _DECODER.decode
    if path.is_dir():
        raise UiebenchError(f"{path}: a folder, not a file of predictions")
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                text = line.removeprefix(BOM) if number == 1 else line
                try:
                    yield decode(text)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    if text.strip():
                        raise _explained(path, number, line, error) from None
    except OSError as error:
        raise UiebenchError(f"{path}: cannot be read ({error.strerror})") from None
    if not number:
        raise UiebenchError(f"{path}: empty; every prompt of the benchmark needs a prediction")


def _explained(path: Path, number: int, line: bytes, error: Exception) -> MalformedInput:
    shown = line[:200].decode("utf-8", "replace").strip()
    if not line.endswith(b"\n") and not isinstance(error, msgspec.ValidationError):
        return MalformedInput(path, number, shown, "a whole last line: the file looks truncated")
    return MalformedInput(path, number, shown, f'a prediction {{"id": …, "output": …}} ({error})')


class Joined:
    """Predictions handed out by id, read from their file only as far as needed."""

    def __init__(self, predictions: Iterable[Prediction], origin: str) -> None:
        self._coming = iter(predictions)
        self._waiting: dict[str, Any] = {}
        self.origin = origin

    def take(self, id: str) -> Any:
        """The output predicted for an id; `MISSING` if there is none in the whole file."""
        if id in self._waiting:
            return self._waiting.pop(id)
        for prediction in self._coming:
            if prediction.id == id:
                return prediction.output
            self._put(prediction)
        return MISSING

    def _put(self, prediction: Prediction) -> None:
        if prediction.id in self._waiting:
            raise UiebenchError(f"{self.origin}: two predictions for {prediction.id!r}")
        self._waiting[prediction.id] = prediction.output

    def refuse_rest(self, known: Iterable[str]) -> None:
        """Raise if predictions are left that nobody asked for; `known` are the ids that were asked."""
        for prediction in self._coming:
            self._put(prediction)
        if not self._waiting:
            return
        id, asked = next(iter(self._waiting)), set(known)
        if id in asked:
            raise UiebenchError(f"{self.origin}: two predictions for {id!r}")
        hint = nearest(id, sorted(asked)[:50_000])
        raise UiebenchError(
            f"{self.origin}: {len(self._waiting):,} predictions for ids the benchmark does not ask, e.g. {id!r}{hint}"
        )


class Missing:
    """Stands for an output that is not there."""


MISSING = Missing()
