"""A metric in the manner of the `evaluate` library: predictions and references as two lists.

    metric = load_metric("NER")
    metric.compute(predictions=['{"人名": ["高明"]}'], references=['{"人名": ["高明", "方远山"]}'])
    →  {"ner_precision": 1.0, "ner_recall": 0.5, "ner_f1": 0.667, "unparsable": 0.0, "signature": "strict-f1|…"}

Both lists hold answers in the canonical form (`instruct.target`) or another one that the scorer reads, as
text or as the JSON value it stands for. Labels are compared as they are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uiebench.errors import RecipeError, UiebenchError
from uiebench.score.adapters.asked import flat, key
from uiebench.score.facts import METRICS
from uiebench.score.rows import Row, score_rows
from uiebench.score.tally import Rule
from uiebench.types import Task


class Metric:
    """Strict F1 of one task. Pairs gather with `add` and `add_batch` until `compute` is called."""

    def __init__(self, task: Task, rule: Rule | None = None) -> None:
        if task not in METRICS:
            raise RecipeError(f"{task}: no task; it is one of {', '.join(METRICS)}")
        self.task, self.rule = task, rule or Rule()
        self._rows: list[Row] = []

    def add(self, *, prediction: Any, reference: Any) -> None:
        """Add one answer and the right one, about one text."""
        self._rows.append(Row(str(len(self._rows)), "all", self.task, "", reference, prediction))

    def add_batch(self, *, predictions: Sequence[Any], references: Sequence[Any]) -> None:
        """Add answers and the right ones, in the same order. Raises: UiebenchError if their numbers differ."""
        if len(predictions) != len(references):
            raise UiebenchError(f"{len(predictions):,} predictions for {len(references):,} references")
        for prediction, reference in zip(predictions, references, strict=True):
            self.add(prediction=prediction, reference=reference)

    def compute(
        self, *, predictions: Sequence[Any] | None = None, references: Sequence[Any] | None = None
    ) -> dict[str, Any]:
        """Precision, recall and F1 (0 to 1) of all that was added; after it the metric is empty again.

        Returns: ``<metric>_precision``, ``<metric>_recall`` and ``<metric>_f1`` for every metric of the task,
        `unparsable` (a share of the answers), and the `signature` of the rule.

        Raises: UiebenchError if there is nothing to score or the two lists differ in length.
        """
        if predictions is not None or references is not None:
            self.add_batch(predictions=predictions or (), references=references or ())
        if not self._rows:
            raise UiebenchError("nothing to score: no predictions and references were given")
        rows, self._rows = self._rows, []
        report = score_rows(rows, rule=self.rule, intervals=False)
        found: dict[str, Any] = {}
        for row in report.rows:
            if row.by == "all":
                figures = {"precision": row.precision, "recall": row.recall, "f1": row.f1}
                found |= {f"{key(row.metric)}_{figure}": value for figure, value in figures.items()}
        return found | {"unparsable": flat(report)["unparsable"], "signature": report.signature}


def load_metric(task: Task, rule: Rule | None = None) -> Metric:
    """The metric of a task: NER, RE, EE, EET or EEA. Raises: RecipeError if there is no such task."""
    return Metric(task, rule)
