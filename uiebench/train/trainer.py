"""transformers' Trainer with what it lacks: the steps of the stages `sft`, `reward` and `dpo`.

    trainer = uiebench.train.sft.trainer_of(model, tokenizer, arguments, rows, …)
    runs/tiny-sft/log.jsonl    {"step": 10, "loss": 1.93, "grad_norm": 0.8, "learning_rate": 0.001, …}
    …/checkpoint-55/spent.json {"seconds": 18.2, "tokens": 51200, "loss": 96.1, "told": 50, "told_loss": 89.3, …}

That is an order of the data by rank, a stop at a loss or gradient that is no number, checkpoints that are whole or not
there, one clear line for what goes wrong, the log, and log lines and figures of the whole run where it was resumed. It
imports transformers, so that it is imported late.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from statistics import fmean
from typing import Any

import msgspec
import torch
from torch.utils.data import SequentialSampler
from transformers import Trainer, TrainerCallback

from uiebench.storage import write_json
from uiebench.train import run
from uiebench.train.log import Log
from uiebench.train.model import TrainingError, writing
from uiebench.train.sft import Loss, Progress, no_number, out_of_memory
from uiebench.train.steps import together

TOLD = ("loss", "grad_norm", "learning_rate", "held_loss")
"""What the log takes over of what transformers tells."""


SPENT = "spent.json"


class Spent(msgspec.Struct):
    """What a run has taken until now, before a stop too; kept in each checkpoint.

    Fields:
        loss: the sum over the updates after update `since`, which is 0 unless a checkpoint did not say.
        told, told_loss: the update of the last line of the log, and what `loss` was then.
        figures: what `loss_of` said of each batch since that line.
    """

    seconds: float = 0.0
    tokens: int = 0
    loss: float = 0.0
    since: int = 0
    told: int = 0
    told_loss: float = 0.0
    figures: dict[str, list[float]] = {}


class Steps(Trainer):
    """The steps over rows that lie in their order.

    Fields:
        loss_of: stands in place of the model's own loss.
        seen: tokens trained on since the run began or was resumed, on all devices.
        spent: what was taken before it was resumed; its loss and figures go on with those of this device.
    """

    def __init__(self, *, loss_of: Loss | None, **more: Any) -> None:
        super().__init__(**more)
        self.loss_of, self.seen = loss_of, 0
        self.spent, self.began = Spent(), time.monotonic()

    @property
    def folder(self) -> Path:
        """Of the checkpoints."""
        return Path(str(self.args.output_dir))

    def train(self, resume_from_checkpoint: Any = None, *args: Any, **more: Any) -> Any:
        if resume_from_checkpoint:
            place = Path(resume_from_checkpoint)
            if (place / SPENT).is_file():
                self.spent = msgspec.json.decode((place / SPENT).read_bytes(), type=Spent)
            else:
                step = int(place.name.rpartition("-")[2])
                self.spent = Spent(since=step, told=step)
        self.began = time.monotonic()
        return super().train(resume_from_checkpoint, *args, **more)

    def so_far(self) -> Spent:
        """What the whole run has taken; every process calls this."""
        mine = self.spent
        sums = together({"loss": mine.loss, "told_loss": mine.told_loss}, self.args.device)
        return msgspec.structs.replace(
            mine,
            seconds=mine.seconds + time.monotonic() - self.began,
            tokens=mine.tokens + self.seen,
            **{name: value / self.args.world_size for name, value in sums.items()},
        )

    def since_last_line(self) -> dict[str, float]:
        """The mean loss of the updates since the last line of the log, and those figures; every process calls this."""
        spent, step, mine = self.so_far(), self.state.global_step, self.spent
        loss = (spent.loss - spent.told_loss) / max(step - spent.told, 1)
        found = {"loss": loss, **{name: fmean(said) for name, said in mine.figures.items()}}
        mine.told, mine.told_loss, mine.figures = step, mine.loss, {}
        return found

    def whole(self) -> dict[str, float]:
        """The mean loss of the updates, the seconds and the speed of the whole run; every process calls this."""
        spent = self.so_far()
        return {
            "loss": spent.loss / max(self.state.global_step - spent.since, 1),
            "seconds": spent.seconds,
            "tokens_per_second": spent.tokens / max(spent.seconds, 1e-9),
        }

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(self.train_dataset)  # type: ignore[arg-type]

    def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **more: Any) -> Any:
        if self.loss_of is None:
            return super().compute_loss(model, {**inputs, "use_cache": False}, *args, **more)
        loss, figures = self.loss_of(model, inputs)
        for name, value in figures.items():
            self.spent.figures.setdefault(name, []).append(value)
        return loss

    def training_step(self, model: Any, inputs: dict[str, Any], *args: Any, **more: Any) -> Any:
        step, (rows, width) = self.state.global_step + 1, inputs["input_ids"].shape
        self.seen += rows * width * self.args.world_size
        try:
            loss = super().training_step(model, inputs, *args, **more)
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            raise TrainingError(
                f"out of memory in step {step} on a batch of {rows} rows of {width:,} tokens: lower training.batch and "
                "raise training.accumulate by as much, or lower training.context, or set training.checkpointing: true"
            ) from None
        if not torch.isfinite(loss).all():
            raise TrainingError(no_number("loss", step, self.folder))
        self.spent.loss += float(loss)
        return loss

    def _clip_grad_norm(self, model: Any) -> Any:
        norm = super()._clip_grad_norm(model)  # type: ignore[no-untyped-call]
        if norm is not None and not math.isfinite(float(norm)):
            raise TrainingError(no_number("gradient", self.state.global_step + 1, self.folder))
        return norm

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        place = self.folder / f"checkpoint-{self.state.global_step}"
        spent = self.so_far()
        keep, self.args.save_total_limit = self.args.save_total_limit, None  # it would remove old ones too early
        try:
            with writing(place, "the checkpoint cannot be written"):
                super()._save_checkpoint(model, trial)
                self.accelerator.wait_for_everyone()  # each process writes files of its own
                if self.args.should_save:
                    write_json(place / SPENT, spent)
                    run.seal(place)
                    run.rotate(self.folder, int(keep or 1))
        finally:
            self.args.save_total_limit = keep

    def held_loss(self) -> float:
        """The loss on the held rows after the last update, measured unless a checkpoint there has done so."""
        for told in reversed(self.state.log_history):
            if told.get("step") == self.state.global_step and "eval_loss" in told:
                return float(told["eval_loss"])
        return float(self.evaluate()["eval_loss"])


class ToLog(TrainerCallback):
    """The lines of the log, and the progress."""

    def __init__(self, trainer: Steps, log: Log, updates: int, progress: Progress) -> None:
        self.trainer, self.log, self.updates, self.progress = trainer, log, updates, progress
        self.at, self.seen = time.monotonic(), 0

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
        figures = {key.replace("eval_", "held_"): value for key, value in (logs or {}).items()}
        means = self.trainer.since_last_line() if "loss" in figures else {}
        if not state.is_world_process_zero or "train_runtime" in figures:
            return
        # The loss that transformers tells is the mean since a run was resumed, where that was after the last line.
        line = {"step": state.global_step, **{key: figures[key] for key in TOLD if key in figures}}
        if means:
            now, seen = time.monotonic(), self.trainer.seen
            line["tokens_per_second"] = round((seen - self.seen) / max(now - self.at, 1e-9))
            self.at, self.seen = now, seen
            line |= means
            self.progress(state.global_step, self.updates, f"loss {line['loss']:.4f}")
        self.log.tell(line)

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == state.max_steps:
            control.should_log = True  # the log ends with the last update
        self.progress(state.global_step, self.updates, "")
