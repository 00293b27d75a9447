"""What judges said of candidates, read from their files.

    judged = Judged.read(Path("judgements.parquet"))
    judged.overall["resume/train/0#NER~sft~0"], judged.weakest("resume/train/0#NER~sft~0")   →  (4.0, "boundary")

A candidate that several judges scored, or one judge more than once, has the mean of their scores. Judgements with
a problem say nothing and are counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from uiebench.errors import SourceError
from uiebench.storage import read_columns


class Judged:
    """Scores of candidates.

    Fields:
        overall: candidate → mean of the overall scores, 0–10.
        aspects: candidate → aspect of the rubric → mean score.
        judges: how many judgements each judge gave. problems: how many say nothing, by reason.
    """

    def __init__(self) -> None:
        self.overall: dict[str, float] = {}
        self.aspects: dict[str, dict[str, float]] = {}
        self.judges: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()

    @classmethod
    def read(cls, path: Path) -> Judged:
        """Read a file of Judgements. Raises: SourceError if it is none."""
        judged = cls()
        overall: defaultdict[str, list[float]] = defaultdict(list)
        aspects: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for candidate, judge, score, scores, problem in read_columns(
            path, "candidate", "judge", "overall", "scores", "problem"
        ):
            judged.judges[judge] += 1
            if problem or score is None:
                judged.problems[problem or "no score"] += 1
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

    def weakest(self, rejected: str, chosen: str = "") -> str:
        """The aspect in which a candidate is most below another one; "overall" if no aspect is known."""
        low, high = self.aspects.get(rejected, {}), self.aspects.get(chosen, {})
        return min(low, key=lambda aspect: (low[aspect] - high.get(aspect, 10.0), aspect), default="overall")


def _items(scores: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> Iterator[tuple[str, float]]:
    """Aspects with their scores, from an Arrow map or struct."""
    for aspect, value in scores.items() if isinstance(scores, Mapping) else scores or ():
        if value is not None:
            yield aspect, float(value)
