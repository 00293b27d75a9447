"""uiebench: a data-centric benchmark and dataset builder for universal information extraction.

    import uiebench
    gold = uiebench.Benchmark(Path("benchmarks/quickstart"))
    uiebench.score(gold, predictions).f1("ner")
    uiebench.load_metric("NER").compute(predictions=[…], references=[…])

These names are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uiebench.score.adapters.metric import load_metric as load_metric
    from uiebench.score.gold import Benchmark as Benchmark
    from uiebench.score.report import Report as Report
    from uiebench.score.run import score as score
    from uiebench.score.tally import Rule as Rule

__version__ = "0.1.0"

BENCHMARK_VERSION = "0.2"
"""Raised, with a line under "Scores" in CHANGELOG.md, whenever a change can move a number."""

_HOMES = {
    "Benchmark": "uiebench.score",
    "Report": "uiebench.score",
    "Rule": "uiebench.score",
    "load_metric": "uiebench.score.adapters",
}


def __getattr__(name: str) -> object:
    from importlib import import_module  # noqa: PLC0415

    if name == "score":  # the package of this name can be called
        return import_module("uiebench.score")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, "score"])
