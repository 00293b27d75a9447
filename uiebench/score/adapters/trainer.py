"""A `compute_metrics` for transformers' Trainer: what the model generated, as strict F1.

    metrics = ComputeMetrics(tokenizer, Benchmark(Path("benchmarks/quickstart")), split="dev")
    trainer = Seq2SeqTrainer(…, eval_dataset=dev, compute_metrics=metrics)     # predict_with_generate=True
    trainer.evaluate()   →  {"eval_ner_f1": 0.71, "eval_re_f1": 0.4, "eval_unparsable": 0.02, …}

The rows of `dev` must stand in the order of `metrics.ids`: the prompts of the split in the order of the
benchmark, or the ids that were given. (A sampler that groups by length reorders them: leave it off in
evaluation.)

A decoder-only model repeats the prompt in front of its answer. With ``include_for_metrics=["inputs"]`` among
the training arguments the prompt is known here and taken off.

Without generation, `most_likely` (encoder-decoder) or `most_likely_next` (decoder-only) as
`preprocess_logits_for_metrics` turns logits into tokens. The model has then seen the right answer up to each
token, so such a figure is too high and only good for following a training.

Neither torch nor transformers is needed to import this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from uiebench.errors import UiebenchError
from uiebench.score.adapters.asked import Asked, flat
from uiebench.score.gold import Benchmark
from uiebench.score.report import Report
from uiebench.score.rows import TASKS, Row, score_rows
from uiebench.score.run import score
from uiebench.score.tally import Rule
from uiebench.types import Instruction, SplitName, Task

PADDING = -100
"""What stands for no token in labels, and where Trainer pads what it gathers."""


class Tokenizer(Protocol):
    """What is needed of a tokenizer: token ids into texts."""

    def batch_decode(
        self, sequences: list[list[int]], *, skip_special_tokens: bool, clean_up_tokenization_spaces: bool
    ) -> list[str]:
        """One text for each sequence."""
        ...


class ComputeMetrics:
    """A callable that Trainer hands an EvalPrediction.

    Args:
        gold: a benchmark, or the instructions of the evaluation set. Instructions are judged by their targets,
            windows of one document united.
        split: of a benchmark, the split that is evaluated on.
        ids: of a benchmark, the prompts in the order of the evaluation set; all of the split by default.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        gold: Benchmark | Sequence[Instruction],
        *,
        split: SplitName = "dev",
        ids: Sequence[str] | None = None,
        rule: Rule | None = None,
    ) -> None:
        self.tokenizer, self.gold, self.split, self.rule = tokenizer, gold, split, rule or Rule()
        if not isinstance(gold, Benchmark):
            self.ids = [instruction.id for instruction in gold]
        elif ids is None:
            self.ids = [id for item in gold.items(split) for id in item.asked]
        else:
            self.ids = list(ids)

    def __call__(self, prediction: Any) -> dict[str, float]:
        """F1 of every metric and the share of unparsable answers, each between 0 and 1.

        Args:
            prediction: an EvalPrediction: `predictions` of shape (rows, tokens), or a tuple that begins with
                such, padded with -100; `inputs` of the same kind, or None.
        """
        return flat(self.report(prediction))

    def report(self, prediction: Any) -> Report:
        """The whole report behind the figures, without intervals.

        Raises: UiebenchError if the predictions are logits, or not one for each row of the evaluation set.
        """
        outputs = self.decode(prediction.predictions, getattr(prediction, "inputs", None))
        if len(outputs) != len(self.ids):
            raise UiebenchError(
                f"{len(outputs):,} predictions for {len(self.ids):,} prompts; the evaluation set must hold these "
                "prompts in this order (name them with ids=…)"
            )
        if isinstance(self.gold, Benchmark):
            answers = dict(zip(self.ids, outputs, strict=True))
            gold = Asked(self.gold, answers.keys())
            return score(gold, answers, split=self.split, rule=self.rule, intervals=False)
        rows = [
            Row(asked.document, asked.corpus, _scored(asked), asked.prompt, asked.target, said)
            for asked, said in zip(self.gold, outputs, strict=True)
        ]
        return score_rows(rows, rule=self.rule, intervals=False)

    def decode(self, predictions: Any, inputs: Any = None) -> list[str]:
        """The texts of generated token ids, without the prompt where `inputs` shows that it was repeated."""
        rows = _tokens(predictions)
        if inputs is not None:
            prompts = _tokens(inputs)
            rows = [
                row[len(prompt) :] if row[: len(prompt)] == prompt else row
                for row, prompt in zip(rows, prompts, strict=True)
            ]
        # Cleaning up would move blanks inside mentions.
        return self.tokenizer.batch_decode(rows, skip_special_tokens=True, clean_up_tokenization_spaces=False)


def _scored(asked: Instruction) -> Task:
    """The task of an instruction. Raises: UiebenchError for half-tasks, which are only trained on."""
    for task in TASKS:
        if task == asked.task:
            return task
    raise UiebenchError(f"{asked.id}: {asked.task} is a half-task to train on; it is not scored")


def _tokens(array: Any) -> list[list[int]]:
    """Rows of token ids without padding."""
    found = np.asarray(array[0] if isinstance(array, tuple) else array)
    if found.ndim != 2:
        raise UiebenchError(
            f"predictions of shape {found.shape}, expected (rows, tokens): generate (predict_with_generate=True), or "
            "give Trainer preprocess_logits_for_metrics=most_likely"
        )
    return [[token for token in row if token != PADDING] for row in found.tolist()]


def most_likely(logits: Any, labels: Any) -> npt.NDArray[np.int64]:
    """The most likely token wherever there is a label, -100 elsewhere: for encoder-decoder models.

    `logits`, of shape (rows, tokens, vocabulary) or a tuple that begins with such, and `labels`, of shape
    (rows, tokens), are tensors of torch or arrays; so is what comes back, of the shape of `labels`.
    """
    tokens = (logits[0] if isinstance(logits, tuple) else logits).argmax(-1)
    tokens[labels == PADDING] = PADDING
    return tokens  # type: ignore[no-any-return]


def most_likely_next(logits: Any, labels: Any) -> npt.NDArray[np.int64]:
    """As `most_likely` for decoder-only models, whose logits at a place are about the next token."""
    found = logits[0] if isinstance(logits, tuple) else logits
    return most_likely(found[:, :-1], labels[:, 1:])
