"""What judges said of candidates, read from their files.

    judged = Judged.read([Path("judgements.parquet"), Path("comparisons.parquet")])
    judged.overall["resume/train/0#NER~sft~0"], judged.weakest("resume/train/0#NER~sft~0")   →  (4.0, "boundary")
    judged.preferred("resume/train/0#NER~sft~0", "resume/train/0#NER~sft~1")                  →  1

A candidate that several judges scored, or one judge more than once, has the mean of their scores. Of two candidates
that were compared one is preferred if every verdict in both orders says so; otherwise they are equal. Judgements
with a problem say nothing and are counted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import SourceError
from uiebench.storage import read_columns, unreadable


class Verdict(NamedTuple):
    """A judge's verdict on two candidates, the first having been shown first: 1 for it, -1 for the second, 0 equal."""

    first: str
    second: str
    better: int


class Judged:
    """Scores and comparisons of candidates.

    Fields:
        overall: candidate → mean of the overall scores, 0–10.
        aspects: candidate → aspect of the rubric → mean score.
        verdicts: on two candidates, as far as there are such.
        judges: how many judgements each judge gave. problems: how many say nothing, by reason.
    """

    def __init__(self) -> None:
        self.overall: dict[str, float] = {}
        self.aspects: dict[str, dict[str, float]] = {}
        self.verdicts: list[Verdict] = []
        self.judges: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self._compared: defaultdict[tuple[str, str], list[Verdict]] = defaultdict(list)

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Judged:
        """Read files of Judgements and of Comparisons. Raises: SourceError for a file that is neither."""
        judged = cls()
        overall: defaultdict[str, list[float]] = defaultdict(list)
        aspects: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for path in paths:
            if "better" in _columns(path):
                judged._compare(path)
                continue
            for candidate, judge, score, scores, problem in read_columns(
                path, "candidate", "judge", "overall", "scores", "problem"
            ):
                judged.judges[judge] += 1
                if problem or score is None:
                    judged.problems[_kind(problem) or "no score"] += 1
                    continue
                if not 0 <= score <= 10:
                    raise SourceError(f"{path}: {candidate}: a score of {score:g}, expected 0–10")
                overall[candidate].append(score)
                for aspect, value in _items(scores):
                    aspects[candidate][aspect].append(value)
        judged.overall = {candidate: fmean(sorted(said)) for candidate, said in overall.items()}
        judged.aspects = {
            candidate: {aspect: fmean(sorted(said)) for aspect, said in found.items()}
            for candidate, found in aspects.items()
        }
        return judged

    def note(self, verdict: Verdict) -> None:
        """Take in a verdict on two candidates."""
        self.verdicts.append(verdict)
        self._compared[_key(verdict.first, verdict.second)].append(verdict)

    def _compare(self, path: Path) -> None:
        """Take in a file of comparisons."""
        signs = {"first": 1, "second": -1, "equal": 0}
        for first, second, judge, better, problem in read_columns(
            path, "first", "second", "judge", "better", "problem"
        ):
            self.judges[judge] += 1
            if problem or better not in signs:
                self.problems[_kind(problem) or "no verdict"] += 1
            else:
                self.note(Verdict(first, second, signs[better]))

    def preferred(self, left: str, right: str) -> int | None:
        """1 if the left candidate is preferred, -1 for the right one, 0 for neither; None if not asked both ways."""
        found = self._compared.get(_key(left, right), ())
        if len({verdict.first for verdict in found}) < 2:
            return None
        signs = {verdict.better if verdict.first == left else -verdict.better for verdict in found}
        return signs.pop() if len(signs) == 1 else 0

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of candidates that were compared in both orders, sorted."""
        return [pair for pair in sorted(self._compared) if self.preferred(*pair) is not None]

    def weakest(self, rejected: str, chosen: str = "") -> str:
        """The aspect in which a candidate is most below another one; "overall" if no aspect is known."""
        low, high = self.aspects.get(rejected, {}), self.aspects.get(chosen, {})
        return min(low, key=lambda aspect: (low[aspect] - high.get(aspect, 10.0), aspect), default="overall")


def _key(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def _kind(problem: str | None) -> str:
    """The kind of a problem: what stands before its details."""
    return re.split(r"[:(]", problem or "", maxsplit=1)[0].strip()


def _columns(path: Path) -> list[str]:
    try:
        return pq.read_schema(path).names  # type: ignore[no-any-return]
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error) from None


def _items(scores: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> Iterator[tuple[str, float]]:
    """Aspects with their scores, from an Arrow map or struct."""
    for aspect, value in scores.items() if isinstance(scores, Mapping) else scores or ():
        if value is not None:
            yield aspect, float(value)
