"""Scoring a run: gold items, predictions joined by id, one tally, one report.

report = score(Benchmark(Path("benchmarks/quickstart")), {"resume/test/0#NER": '{"人名": ["高明"]}', …})
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from uiebench.errors import UiebenchError
from uiebench.score.gold import Benchmark
from uiebench.score.output import read
from uiebench.score.predictions import MISSING, Joined
from uiebench.score.report import Report, report
from uiebench.score.tally import Rule, Tally
from uiebench.types import Entity, Event, Extraction, Prediction, Relation, SplitName

NOTHING = Extraction()


def score(
    gold: Benchmark,
    predictions: Iterable[Prediction] | Mapping[str, Any],
    *,
    split: SplitName = "test",
    rule: Rule | None = None,
    allow_missing: bool = False,
    intervals: bool = True,
    origin: str = "predictions",
) -> Report:
    """Score predictions against a split of a benchmark.

    Args:
        predictions: Predictions, or a mapping from id to output.
        rule: how annotations are compared; the headline's rule by default.
        allow_missing: count an item without prediction as answered with nothing, in place of an error.
        intervals: also compute 95 % bootstrap intervals.
        origin: what errors call the predictions, e.g. their path.

    Raises: UiebenchError for missing, repeated and unknown ids. What a model wrote is never an error.
    """
    if isinstance(predictions, Mapping):
        predictions = (Prediction(id, output) for id, output in predictions.items())
    rule = rule or Rule()
    corpora = gold.corpora(split)
    if not corpora:
        raise UiebenchError(f"{gold.folder}: no instructions for the split {split!r}")
    described = {corpus: gold.describe(corpus) for corpus in corpora}
    names = {corpus: gold.names(corpus) for corpus in corpora}
    joined, tally = Joined(predictions, origin), Tally(rule)
    absent = 0
    for item in gold.items(split):
        said = []
        missing = False
        for id in item.asked:
            output = joined.take(id)
            if output is MISSING:
                missing, absent = True, absent + 1
                if not allow_missing:
                    raise UiebenchError(
                        f"{origin}: no prediction for {id!r}; every prompt needs one, or count it as empty with "
                        "--allow-missing"
                    )
            else:
                said.append(read(output, item.task, names[item.corpus], repair=rule.repair))
        tally.add(item, united(said), names[item.corpus], missing=missing)
    joined.refuse_rest(id for item in gold.items(split) for id in item.asked)
    return report(
        tally,
        described,
        benchmark=f"{gold.head.name}@{gold.fingerprint}",
        split=split,
        held_out=gold.head.recipe.held_out,
        intervals=intervals,
    )


def united(said: list[Extraction]) -> Extraction:
    """The answers to the windows of one document as one extraction."""
    if not said:
        return NOTHING
    if len(said) == 1:
        return said[0]
    entities: list[Entity] = []
    relations: list[Relation] = []
    events: list[Event] = []
    for extraction in said:
        entities += extraction.entities
        relations += extraction.relations
        events += extraction.events
    problem = next((extraction.problem for extraction in said if extraction.problem), "")
    return Extraction(tuple(entities), tuple(relations), tuple(events), problem)
