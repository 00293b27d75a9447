"""The part of a benchmark that was asked, where a tool asks only some of its prompts.

    Asked(Benchmark(…), {"resume/test/0#NER", "resume/test/3#NER"}).chunks("test")   →  two items

A document of which only some windows were asked counts with these windows and its whole gold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from uiebench.score.gold import Benchmark, Items
from uiebench.score.report import Report
from uiebench.types import SplitName


class Asked(Benchmark):
    """A benchmark without the items of which no prompt was asked."""

    def __init__(self, whole: Benchmark, ids: Collection[str]) -> None:
        super().__init__(whole.folder)
        self.ids = ids

    def chunks(self, split: SplitName, corpora: Sequence[str] | None = None) -> Iterator[Items]:
        """The items of which a prompt was asked, with the prompts that were."""
        for items in super().chunks(split, corpora):
            kept = [id in self.ids for id in items.asked]
            if all(kept):
                yield items
            elif any(kept):
                yield items.asking(kept)


def flat(report: Report) -> dict[str, float]:
    """F1 of every metric over all that was scored, and the share of unparsable outputs.

    For example {"ner_f1": 0.91, "re_f1": 0.7, "unparsable": 0.02}; the names are those of the metrics with
    "_" in place of "-".
    """
    found = {f"{key(row.metric)}_f1": row.f1 for row in report.rows if row.by == "all"}
    prompts = sum(rates.prompts for rates in report.rates.values())
    found["unparsable"] = sum(rates.unparsable for rates in report.rates.values()) / prompts if prompts else 0.0
    return found


def key(metric: str) -> str:
    """A metric's name as other tools want it, e.g. "ac_paired"."""
    return metric.replace("-", "_")
