"""The scorer: strict span F1 with a signature, intervals, and the rates that explain it.

from uiebench.score import Benchmark, score
report = score(Benchmark(Path("benchmarks/quickstart")), predictions)
report.f1("ner"), report.row("corpus", "resume", "ner").low
"""

import sys
from types import ModuleType

from uiebench.score.gold import Benchmark
from uiebench.score.report import Mean, Report, Row
from uiebench.score.run import score
from uiebench.score.tally import Rates, Rule

__all__ = ["Benchmark", "Mean", "Rates", "Report", "Row", "Rule", "score"]


class _Callable(ModuleType):
    """This package as a function: `uiebench.score(gold, predictions)` works however `uiebench.score` was come by."""

    __call__ = staticmethod(score)


sys.modules[__name__].__class__ = _Callable
