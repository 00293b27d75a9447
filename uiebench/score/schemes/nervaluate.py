"""nervaluate 1.2: spans compared four ways, a multiset; each gold span is used up once.

    strict    type and both ends        exact     both ends, any type
    partial   any overlap, any type; half a point unless both ends agree
    ent_type  the type and any overlap; of several the one whose ends are closest

Predictions are taken in the order they are said. Each is correct, partial, incorrect (it overlaps a gold
span left over, which it uses up) or spurious; what no prediction used is missed. To overlap is to
cover at least 1 % of the gold span. Spans are inclusive in nervaluate: touching is no overlap here.

A mention without offsets stands where the text has it, see `uiebench.score.schemes.counting.placed`; one
that is not in the text is spurious.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from uiebench.score.schemes.counting import Score, harmonic, placed, row
from uiebench.types import Document, Extraction, Task

LEAST = 1  # per cent of the gold span
KINDS = ("cor", "inc", "par", "mis", "spu")
Found = tuple[str, int, int]


class Nervaluate:
    """Counts of each kind for each way."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.variants = variants
        self.counts: dict[str, Counter[str]] = {variant: Counter() for variant in variants}

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        wanted, lost = _spans(gold, gold.text)
        got, nowhere = _spans(said, gold.text)
        for variant, counts in self.counts.items():
            counts.update(judged(variant, wanted, got))
            counts["mis"] += lost
            counts["spu"] += nowhere

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {row(self.variants, variant, "ner"): _score(counts) for variant, counts in self.counts.items()}


def _spans(said: Document | Extraction, text: str) -> tuple[list[Found], int]:
    """The spans, and how many entities stand nowhere."""
    found = placed(said.entities, text, again=True)
    spans = [(entity.type, *place) for entity, place in found if place and 0 <= place[0] < place[1]]
    return spans, len(found) - len(spans)


def _score(counts: Counter[str]) -> Score:
    points = counts["cor"] + 0.5 * counts["par"]
    common = counts["cor"] + counts["inc"] + counts["par"]
    actual, possible = common + counts["spu"], common + counts["mis"]
    precision = points / actual if actual else 0.0
    recall = points / possible if possible else 0.0
    return Score(precision, recall, harmonic(precision, recall), {kind: counts[kind] for kind in KINDS})


def judged(variant: str, gold: Sequence[Found], said: Sequence[Found]) -> Counter[str]:
    """How many spans are of each kind."""
    counts: Counter[str] = Counter()
    left = dict(enumerate(gold))
    for type, start, end in said:
        overlapping = [
            place
            for place, (_, first, last) in left.items()
            if 100 * (min(end, last) - max(start, first)) >= LEAST * (last - first)
        ]
        right: int | None = None
        if variant == "ent_type":
            right = min(
                (place for place in overlapping if left[place][0] == type),
                key=lambda place: abs(left[place][1] - start) + abs(left[place][2] - end),
                default=None,
            )
        else:
            for place in overlapping:
                if left[place][1:] == (start, end) and (variant != "strict" or left[place][0] == type):
                    right = place
                    break
        if right is not None:
            counts["cor"] += 1
            del left[right]
        elif overlapping:
            counts["par" if variant == "partial" else "inc"] += 1
            del left[overlapping[0]]
        else:
            counts["spu"] += 1
    counts["mis"] = len(left)
    return counts
