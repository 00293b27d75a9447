"""What cards need beside the modules: figures counted on the original files, and texts that splits share.

    known(Path("data_cards")).statistics["resume"]["train"].stats.totals   →  Totals(3821, 13440, 0, 0, 0)

Both lie in JSON files beside the cards, so that the cards can be made again without any original file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from uiebench import catalogue
from uiebench.build.audit import Audit
from uiebench.build.convert import Absent, convert, find
from uiebench.build.stats import SplitStats, Statistics
from uiebench.errors import SourceError
from uiebench.ledger import Ledger
from uiebench.types import SPLITS, SplitName

T = TypeVar("T")
STATISTICS, CONTAMINATION = "statistics.json", "contamination.json"


class Counted(msgspec.Struct, frozen=True):
    """A split counted on its original files: which part of the split they hold, their hashes, and the figures."""

    extract: str
    sources: dict[str, str]
    stats: SplitStats


class Shared(msgspec.Struct, frozen=True):
    """Texts of an evaluation split that stand in another split, by kind; see `uiebench.build.audit.Pair`."""

    source: str
    evaluation: str
    texts: int
    exact: int
    near: int
    contained: int
    partial: int
    hit: int


class Known(msgspec.Struct, frozen=True):
    """What cards need beside the modules: statistics by corpus and split, and pairs of splits that share texts."""

    statistics: dict[str, dict[SplitName, Counted]] = {}
    contamination: tuple[Shared, ...] = ()
    compared: frozenset[str] = frozenset()


class Contamination(msgspec.Struct, frozen=True):
    """contamination.json: the splits that were compared, and the pairs of them with hits, most hits first."""

    splits: tuple[str, ...]
    pairs: tuple[Shared, ...]


def count(raw: Path, progress: Callable[[str], None] = lambda name: None) -> dict[str, dict[SplitName, Counted]]:
    """Statistics of every split whose original files are in `raw`; files of unknown hash are not counted."""
    found: dict[str, dict[SplitName, Counted]] = {}
    for name in catalogue.names():
        corpus = catalogue.load(name)
        progress(name)
        for split in SPLITS:
            ready = find(corpus, split, raw) if corpus.alternatives(split) else None
            if ready is None or isinstance(ready, Absent) or not ready.pinned:
                continue
            ledger, statistics = Ledger(corpus.defects), Statistics()
            for _ in statistics.watch(convert(corpus, ready, ledger)):
                pass
            sources = {source.path: file.sha256 for source, file in zip(ready.split.files, ready.files, strict=True)}
            found.setdefault(name, {})[split] = Counted(ready.split.extract, sources, statistics.summary(ledger))
    return found


def of_audit(path: Path) -> Contamination:
    """What cards keep of an audit written by ``uiebench audit --json``. Raises: SourceError."""
    try:
        audit = msgspec.json.decode(path.read_bytes(), type=Audit)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: not what `uiebench audit --json` writes ({error})") from None
    kept = [Shared(*(getattr(pair, field) for field in Shared.__struct_fields__)) for pair in audit.pairs if pair.hit]
    kept.sort(key=lambda pair: (-pair.hit, pair.evaluation, pair.source))
    return Contamination(tuple(sorted(split.name for split in audit.splits)), tuple(kept))


def known(folder: Path) -> Known:
    """What the two JSON files of a folder of cards say. Raises: SourceError if one is damaged."""
    statistics, contamination = folder / STATISTICS, folder / CONTAMINATION
    try:
        counted = _decoded(statistics, dict[str, dict[SplitName, Counted]]) if statistics.exists() else {}
        shared = _decoded(contamination, Contamination) if contamination.exists() else Contamination((), ())
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{folder}: {STATISTICS} or {CONTAMINATION} is damaged ({error})") from None
    counted = {name: {split: splits[split] for split in SPLITS if split in splits} for name, splits in counted.items()}
    return Known(counted, shared.pairs, frozenset(shared.splits))


def _decoded(path: Path, kind: type[T]) -> T:
    return msgspec.json.decode(path.read_bytes(), type=kind)
