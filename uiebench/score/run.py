"""Scoring a run: gold items, predictions joined by id, one tally, one report.

report = score(Benchmark(Path("benchmarks/quickstart")), {"resume/test/0#NER": '{"人名": ["高明"]}', …})
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from uiebench.errors import RecipeError, UiebenchError, nearest
from uiebench.instruct.target import Names
from uiebench.score.analysis import Mistakes
from uiebench.score.facts import METRICS
from uiebench.score.gold import Benchmark, Item, Items
from uiebench.score.predictions import MISSING, Joined
from uiebench.score.report import Report, report
from uiebench.score.said import Said
from uiebench.score.slices import Seen, Slices
from uiebench.score.tally import Rule, Tally
from uiebench.types import Extraction, Prediction, SplitName, Task

Watch = Callable[[Item, Extraction, Names | None], object]
"""Is shown every item, the united answers to it, and the names of its labels (None: as they are written)."""


def score(
    gold: Benchmark,
    predictions: Iterable[Prediction] | Mapping[str, Any],
    *,
    split: SplitName = "test",
    task: Task | None = None,
    corpora: Sequence[str] = (),
    rule: Rule | None = None,
    allow_missing: bool = False,
    intervals: bool = True,
    origin: str = "predictions",
    errors: bool = False,
    slices: bool = False,
    watch: Watch | None = None,
) -> Report:
    """Score predictions against a split of a benchmark.

    Args:
        predictions: Predictions, or a mapping from id to output.
        task, corpora: score the prompts of this task and of these corpora alone; predictions for the others are passed
            over. None named: all.
        rule: how annotations are compared; the headline's rule by default.
        allow_missing: count an item without prediction as answered with nothing, in place of an error.
        intervals: also compute 95 % bootstrap intervals.
        origin: what errors call the predictions, e.g. their path.
        errors: also tell the mistakes by kind, and which label was taken for which (`Report.errors`).
        slices: also score by kinds of mentions and documents (`Report.slices`); reads the training split.
        watch: called with every item in the same pass, e.g. `Page.watch` for the HTML report.

    Raises: UiebenchError for missing, repeated and unknown ids. What a model wrote is never an error.
    """
    rule = rule or Rule()
    refuse_mixed(rule, errors=errors, slices=slices)
    answers = Answers(gold, predictions, split, rule, allow_missing, origin, task, corpora)
    sliced = None
    if slices:
        seen, contaminated = Seen.learn(gold, rule), gold.contaminated()
        sliced = Slices(rule, seen, described=answers.described, contaminated=contaminated)
    tally, mistakes = counted(answers, rule, answers.names, errors=errors, slices=sliced, watch=watch)
    return report(
        tally,
        answers.described,
        benchmark=gold.title,
        split=split,
        held_out=gold.head.recipe.held_out,
        intervals=intervals,
        errors=mistakes.analysis().breakdowns if mistakes else (),
        slices=sliced.rows(intervals=intervals) if sliced else (),
    )


def task_asked(id: str) -> str | None:
    """The task in the id of a prompt, "NER" of "resume/test/0#NER/1" or "…#NER@2/0"; None if there is none in it."""
    _, mark, asked = id.rpartition("#")
    found = asked.split("/")[0].split("@")[0]
    return found if mark and found in METRICS else None


def refuse_mixed(rule: Rule, *, errors: bool, slices: bool) -> None:
    """Raise if figures by another rule would stand under the signature: RecipeError in one line."""
    if rule.match == "offset" and (errors or slices):
        raise RecipeError("errors and slices compare strings: leave out the comparison by offsets")
    if rule.multiset and slices:
        raise RecipeError("slices count by sets: leave out the multiset")


def counted(
    answers: Iterable[tuple[Items, Said]],
    rule: Rule,
    names: Mapping[str, Names],
    *,
    errors: bool,
    slices: Slices | None,
    watch: Watch | None,
) -> tuple[Tally, Mistakes | None]:
    """The one pass over all answers. `names` holds the label names of corpora, as far as they are known."""
    tally, mistakes = Tally(rule), Mistakes(rule) if errors else None
    watches: list[Watch] = [watch] if watch else []
    if mistakes:
        watches.append(mistakes.add)
    if slices:
        watches.append(slices.watch)
    for items, said in answers:
        tally.add(items, said)
        for item, answer in zip(items, said, strict=True) if watches else ():
            for watcher in watches:
                watcher(item, answer.extraction, names.get(item.corpus))
    return tally, mistakes


class Answers:
    """The items of a split, or those of one task or some corpora, some hundred at a time, with what was said to them.

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
        task: Task | None = None,
        corpora: Sequence[str] = (),
    ) -> None:
        if isinstance(predictions, Mapping):
            predictions = (Prediction(id, output) for id, output in predictions.items())
        if task:
            predictions = (prediction for prediction in predictions if task_asked(prediction.id) in (task, None))
        there = gold.corpora(split)
        if not there:
            raise UiebenchError(f"{gold.folder}: no instructions for the split {split!r}")
        if unknown := sorted(set(corpora) - set(there)):
            raise UiebenchError(
                f"{gold.folder}: no prompts about {unknown[0]!r} in the split {split!r}{nearest(unknown[0], there)}"
            )
        if chosen := set(corpora):
            predictions = (prediction for prediction in predictions if prediction.id.split("/")[0] in chosen)
        if split == "train" and gold.head.recipe.windows != "all":
            raise UiebenchError(f"{gold.folder}: its training prompts do not ask for every label; score dev or test")
        self.gold, self.split, self.task, self.rule = gold, split, task, rule
        self.allow_missing, self.origin = allow_missing, origin
        self.joined, self.answered = Joined(predictions, origin), set[str]()
        self.corpora, self.only = sorted(chosen) or there, bool(chosen)
        self.described = {corpus: gold.describe(corpus) for corpus in self.corpora}
        self.names = {corpus: gold.names(corpus) for corpus in self.corpora}

    def __iter__(self) -> Iterator[tuple[Items, Said]]:
        for items in self._items():
            outputs = self.joined.take(items.asked)
            if MISSING in outputs and not self.allow_missing:
                raise self._missing(items.asked[outputs.index(MISSING)])
            self.answered.add(items.corpus)
            said = Said(
                items.task,
                outputs,
                self.names[items.corpus],
                items.widths,
                offered=items.offered,
                repair=self.rule.repair,
                starts=items.starts,
            )
            yield items, said
        self.joined.refuse_rest(id for items in self._items() for id in items.asked)

    def _items(self) -> Iterator[Items]:
        """The items to score. Raises: UiebenchError if the split asks for no such task."""
        chunks = self.gold.chunks(self.split, self.corpora)
        if self.task is None:
            return chunks
        chosen = (items for items in chunks if items.task == self.task)
        first = next(chosen, None)
        if first is None:
            about = f" about {', '.join(self.corpora)}" if self.only else ""
            raise UiebenchError(
                f"{self.gold.folder}: no prompts of the task {self.task}{about} in the split {self.split!r}"
            )
        return chain((first,), chosen)

    def _missing(self, id: str) -> UiebenchError:
        """What to say of a prompt without prediction: the file may be one of another benchmark or split."""
        asked = {id for items in self._items() for id in items.asked}
        strangers = [given for given in self.joined.waiting if given not in asked]
        if strangers:
            hint = nearest(strangers[0], sorted(asked)[:50_000])
            there = f"{self.gold.head.name} {self.split}"
            some = "1 for an id" if len(strangers) == 1 else f"{len(strangers):,} for ids"
            return UiebenchError(
                f"{self.origin}: no prediction for {id!r}, but {some} that {there} does not ask "
                f"(of another benchmark or split?), e.g. {strangers[0]!r}{hint}"
            )
        remedy = "every prompt needs one, or count it as empty with --allow-missing"
        if others := sorted({kind for kind in map(task_asked, self.joined.waiting) if kind} - {task_asked(id)}):
            remedy += f", or score one task alone with --task {'|'.join(others)}"
        given = {waiting.partition("/")[0] for waiting in self.joined.waiting} & set(self.corpora) | self.answered
        if given and id.partition("/")[0] not in given:
            remedy += f", or some corpora alone with --corpora {','.join(sorted(given))}"
        return UiebenchError(f"{self.origin}: no prediction for {id!r}; {remedy}")
