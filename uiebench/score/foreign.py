"""The numbers that other scorers would print for the same predictions.

    score_as("iepile", answers)
    →  [ForeignRow(corpus="boson", task="NER", name="normal ner", score=Score(41.2, 38.9, 40.02)), …]

Every corpus and task is scored by itself, as papers report it. The figures are in the unit in which that
scorer prints them (`schemes`); none of them is comparable with the headline or with another scorer's.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from uiebench.errors import RecipeError
from uiebench.score.gold import Items
from uiebench.score.predictions import MISSING
from uiebench.score.said import Said, united
from uiebench.score.schemes import NAMES, SCHEMES, Scheme, Score, scheme
from uiebench.score.tables import Table
from uiebench.types import Task


class ForeignRow(msgspec.Struct, frozen=True):
    """One row of another scorer's result for one corpus and task; `name` is what it calls the row."""

    corpus: str
    task: Task
    name: str
    documents: int
    score: Score


def score_as(name: str, answers: Iterable[tuple[Items, Said]]) -> list[ForeignRow]:
    """Score answers by the rule of another scorer. Raises: RecipeError if there is no such scorer, or if it
    scores none of the tasks.
    """
    if name not in NAMES:
        raise RecipeError(f"--as {name}: not one of {', '.join(NAMES)}")
    rules: dict[tuple[str, Task], tuple[Scheme, list[int]]] = {}
    passed_over: dict[Task, None] = {}
    for items, said in answers:
        if (name, items.task) not in SCHEMES:
            passed_over[items.task] = None
            continue
        key = items.corpus, items.task
        if key not in rules:
            rules[key] = scheme(name, items.task), [0]
        rule, documents = rules[key]
        documents[0] += len(items)
        for document, answer in zip(items.documents, said, strict=True):
            readings = zip(answer.outputs, answer.readings, strict=True)
            kept = [reading for output, reading in readings if reading is not None and not rule.refuses(output)]
            there = [output for output in answer.outputs if output is not MISSING]
            output = MISSING if not there else there[0] if len(there) == 1 else tuple(there)
            rule.add(document, united(kept), output)
    if not rules:
        raise RecipeError(f"--as {name}: it does not score {', '.join(passed_over)}")
    return [
        ForeignRow(corpus, task, row, documents[0], score)
        for (corpus, task), (rule, documents) in sorted(rules.items())
        for row, score in rule.result().items()
    ]


def table(name: str, rows: Iterable[ForeignRow]) -> Table:
    """The rows of another scorer as a table, in the unit it prints."""

    def shown(value: float | None) -> str:
        return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")

    body = []
    for row in rows:
        figures = map(shown, (row.score.precision, row.score.recall, row.score.f1))
        body.append((row.corpus, row.task, row.name, *figures, f"{row.documents:,}"))
    return Table(f"As {name} counts", ("corpus", "task", "row", "P", "R", "F1", "documents"), body, 3)
