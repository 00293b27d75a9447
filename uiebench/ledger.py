"""The book in which a conversion writes what it left out and what it mended, and where it stands.

A defect that the corpus literal names is counted; any other is an error with file and line:

    ledger = Ledger({"inverted span": "two training mentions end before they start"})
    ledger.path, ledger.line = Path("train.txt"), 6052
    ledger.drop("inverted span", "16 15 pro")       # counted
    ledger.drop("empty mention", "3 3 dis")         # MalformedInput: train.txt:6052: …
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from uiebench.errors import MalformedInput

HARMLESS = frozenset({"repeated annotation", "denied relation", "text outside paragraphs", "blank token"})
"""Drops after which a document says all that it said before."""


class Ledger:
    """Counts of drops and repairs by reason, and the place in the native files being read.

    Readers set `path` for every file and `line` (1-based) for every record, so that whoever meets a
    fault later can say where it is. `seen` says whether the files are the ones the corpus was described
    from: only then are its known defects all there are. In files nobody has looked at yet, a defect
    that is not known of the corpus is counted under its name like any other. `partial` holds the ids of
    the documents of which something that is true was dropped.
    """

    def __init__(self, defects: Mapping[str, str], *, seen: bool = True) -> None:
        self.defects, self.seen = defects, seen
        self.drops: Counter[str] = Counter()
        self.repairs: Counter[str] = Counter()
        self.partial: list[str] = []
        self._lost = 0
        self.path = Path()
        self.line = 0

    def drop(self, reason: str, found: object, times: int = 1) -> None:
        """Count something left out for `reason`. Raises: MalformedInput if that should not occur."""
        self._refuse_unknown(reason, found)
        self.drops[reason] += times
        if reason not in HARMLESS:
            self._lost += times

    def close(self, document: str) -> None:
        """Note in `partial` the id of a document if an annotation was dropped since the document before it."""
        if self._lost:
            self.partial.append(document)
            self._lost = 0

    def repair(self, reason: str, found: object, times: int = 1) -> None:
        """Count something mended by a stated rule. Raises: MalformedInput if that should not occur."""
        self._refuse_unknown(reason, found)
        self.repairs[reason] += times

    def _refuse_unknown(self, reason: str, found: object) -> None:
        if self.seen and reason not in self.defects:
            raise self.malformed(found, f"no {reason}")

    def unknown_drops(self) -> Counter[str]:
        """The drops whose reason is not a known defect of the corpus."""
        return Counter({reason: n for reason, n in self.drops.items() if reason not in self.defects})

    def malformed(self, found: object, expected: str) -> MalformedInput:
        """The error to raise for something unexpected at the current place."""
        return MalformedInput(self.path, self.line, found, expected)
