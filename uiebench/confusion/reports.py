"""The confusions of a scored model, as `uiebench score --json` tells them.

    [{"corpus": "cluener", "task": "NER", "metric": "ner",
      "confusions": [{"gold": ["company"], "said": ["organization"], "count": 31}, …]}, …]

A label is a list of its parts: the type, the relation, the event type, or event type and role. Of a whole
report the list under ``errors`` is read. An empty list is no label: missed, or invented.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import numpy as np

from uiebench.confusion.labels import Group, Kind
from uiebench.confusion.vectors import DIGITS, Matrix, tells
from uiebench.errors import SourceError
from uiebench.types import Task

KIND_OF_METRIC: dict[str, Kind] = {"ner": "entity", "re": "relation", "tc": "event", "ac": "role"}


class _Confusion(msgspec.Struct, frozen=True):
    gold: tuple[str, ...]
    said: tuple[str, ...]
    count: int


class _Breakdown(msgspec.Struct, frozen=True):
    corpus: str
    task: Task
    metric: str
    confusions: tuple[_Confusion, ...]


class _Report(msgspec.Struct, frozen=True):
    errors: tuple[_Breakdown, ...]


class Confused:
    """How often a model took one label for another."""

    def __init__(self, breakdowns: tuple[_Breakdown, ...]) -> None:
        self.counts: Counter[tuple[str, Kind, tuple[str, ...], tuple[str, ...]]] = Counter()
        for one in breakdowns:
            kind = KIND_OF_METRIC.get(one.metric)
            if kind:
                for pair in one.confusions:
                    self.counts[one.corpus, kind, pair.gold, pair.said] += pair.count

    def matrix(self, group: Group) -> Matrix | None:
        """The share of the gold label i that was taken for j, or None where nothing is known of the group."""
        place = {((group.event, name) if group.event else (name,)): i for i, name in enumerate(group.names)}
        found = np.zeros((len(place), len(place)))
        for (corpus, kind, gold, said), count in self.counts.items():
            if (corpus, kind) == (group.corpus, group.kind) and gold in place and said in place:
                found[place[gold], place[said]] += count
        sums = found.sum(1, keepdims=True)
        found = np.round(found / np.maximum(sums, 1), DIGITS)
        return found if tells(found) else None


def read(path: Path) -> Confused:
    """The confusions of a report or of a list as above. Raises: SourceError in one line."""
    try:
        data = path.read_bytes()
        if data.lstrip()[:1] == b"[":
            return Confused(msgspec.json.decode(data, type=tuple[_Breakdown, ...]))
        return Confused(msgspec.json.decode(data, type=_Report).errors)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: no report with confusions ({error})") from None
