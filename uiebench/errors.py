"""What can go wrong, as one clear line for the person at the terminal.

Every error a user may meet derives from `UiebenchError`; the command line prints its text, without a
traceback, and exits with code 1. For example:

    error: msra/train.txt:17: found '高 B-XYZ', expected a tag of the scheme BIO
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class UiebenchError(Exception):
    """Base of every error whose text is meant for the user."""


class MalformedInput(UiebenchError):
    """A native file holds something its documented format does not allow.

    Attributes: `path` and `line` (1-based, 0 where a line means nothing), `found` and `expected`.
    """

    def __init__(self, path: Path | str, line: int, found: object, expected: str) -> None:
        self.path, self.line, self.expected = Path(path), line, expected
        self.found = found if isinstance(found, str) else repr(found)
        place = f"{path}:{line}" if line else str(path)
        super().__init__(f"{place}: found {shorten(self.found)!r}, expected {expected}")

    def __reduce__(self) -> tuple[type[MalformedInput], tuple[Path, int, str, str]]:
        """How a worker process hands the error to the one that started it."""
        return MalformedInput, (self.path, self.line, self.found, self.expected)


class SourceError(UiebenchError):
    """A source file is missing, altered, truncated or cannot be fetched."""


class RecipeError(UiebenchError):
    """A recipe or an option asks for something that does not exist."""


class BrokenInvariant(UiebenchError):
    """A conversion broke a promise of the corpus layer: a fault of the converter, not of the user."""


def shorten(text: str, limit: int = 120) -> str:
    """`text` cut to `limit` characters with an ellipsis, so that one bad line stays one line."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def nearest(name: str, names: Iterable[str]) -> str:
    """A hint such as ``; did you mean 'resume'?`` for a misspelt `name`, or an empty string."""
    cutoff = 0.6 if name.isascii() else 0.5  # half of a Chinese name of two characters is much
    close = difflib.get_close_matches(name, list(names), n=1, cutoff=cutoff)
    return f"; did you mean {close[0]!r}?" if close else ""
