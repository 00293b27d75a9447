"""The scorer: strict span F1 with a signature, intervals, and the rates that explain it.

from uiebench.score import Benchmark, score
report = score(Benchmark(Path("benchmarks/quickstart")), predictions)
report.f1("ner"), report.row("corpus", "resume", "ner").low
"""

from uiebench.score.gold import Benchmark
from uiebench.score.report import Mean, Report, Row
from uiebench.score.run import score
from uiebench.score.tally import Rates, Rule

__all__ = ["Benchmark", "Mean", "Rates", "Report", "Row", "Rule", "score"]
