"""Scoring a run: gold items, predictions joined by id, one tally, one report.

report = score(Benchmark(Path("benchmarks/quickstart")), {"resume/test/0#NER": '{"人名": ["高明"]}', …})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from uiebench.errors import UiebenchError
from uiebench.instruct.target import Names
from uiebench.score.gold import Benchmark, Item
from uiebench.score.output import read
from uiebench.score.predictions import MISSING, Joined
from uiebench.score.report import Report, report
from uiebench.score.tally import Rule, Tally
from uiebench.types import Entity, Event, Extraction, Prediction, Relation, SplitName

NOTHING = Extraction()
Window = tuple[Item, list[Any], list[Extraction | None]]
"""An item, the output to each of its prompts, and what each of them says, None where it is missing."""
Watch = Callable[[Item, Extraction, Names | None], object]
"""Is shown every item, the united answers to it, and the names of its labels (None: as they are written)."""


def score(
    gold: Benchmark,
    predictions: Iterable[Prediction] | Mapping[str, Any],
    *,
    split: SplitName = "test",
    rule: Rule | None = None,
    allow_missing: bool = False,
    intervals: bool = True,
    origin: str = "predictions",
    watch: Watch | None = None,
) -> Report:
    """Score predictions against a split of a benchmark.

    Args:
        predictions: Predictions, or a mapping from id to output.
        rule: how annotations are compared; the headline's rule by default.
        allow_missing: count an item without prediction as answered with nothing, in place of an error.
        intervals: also compute 95 % bootstrap intervals.
        origin: what errors call the predictions, e.g. their path.
        watch: called with every item in the same pass, e.g. `Page.watch` for the HTML report.

    Raises: UiebenchError for missing, repeated and unknown ids. What a model wrote is never an error.
    """
    rule = rule or Rule()
    tally, answers = Tally(rule), Answers(gold, predictions, split, rule, allow_missing, origin)
    for item, said, missing in answers:
        tally.add(item, said, answers.names[item.corpus], missing=missing)
        if watch:
            watch(item, said, answers.names[item.corpus])
    return report(
        tally,
        answers.described,
        benchmark=f"{gold.head.name}@{gold.fingerprint}",
        split=split,
        held_out=gold.head.recipe.held_out,
        intervals=intervals,
    )


class Answers:
    """The items of a split, each with what was said to it, in the order of the benchmark.

    Iterating raises UiebenchError for missing, repeated and unknown ids.
    """

    def __init__(
        self,
        gold: Benchmark,
        predictions: Iterable[Prediction] | Mapping[str, Any],
        split: SplitName,
        rule: Rule,
        allow_missing: bool,
        origin: str,
    ) -> None:
        if isinstance(predictions, Mapping):
            predictions = (Prediction(id, output) for id, output in predictions.items())
        corpora = gold.corpora(split)
        if not corpora:
            raise UiebenchError(f"{gold.folder}: no instructions for the split {split!r}")
        self.gold, self.split, self.rule = gold, split, rule
        self.allow_missing, self.origin = allow_missing, origin
        self.joined = Joined(predictions, origin)
        self.described = {corpus: gold.describe(corpus) for corpus in corpora}
        self.names = {corpus: gold.names(corpus) for corpus in corpora}

    def __iter__(self) -> Iterator[tuple[Item, Extraction, bool]]:
        """(item, the united answers to its prompts, whether any of them is missing)."""
        for item, _, readings in self.windows():
            yield item, united([said for said in readings if said is not None]), None in readings

    def windows(self) -> Iterator[Window]:
        """Each item with the outputs to its prompts, and what each of them says (None: it is missing)."""
        for item in self.gold.items(self.split):
            outputs = [self.joined.take(id) for id in item.asked]
            if MISSING in outputs and not self.allow_missing:
                raise UiebenchError(
                    f"{self.origin}: no prediction for {item.asked[outputs.index(MISSING)]!r}; every prompt needs one, "
                    "or count it as empty with --allow-missing"
                )
            names = self.names[item.corpus]
            repair = self.rule.repair
            yield item, outputs, [None if o is MISSING else read(o, item.task, names, repair=repair) for o in outputs]
        self.joined.refuse_rest(id for item in self.gold.items(self.split) for id in item.asked)


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
