"""The log of a run: lines of log.jsonl, and their figures wherever else its recipe reports to.

    log = Log(out, recipe)                        training: {report: [tensorboard]}
    log.begin(after=300)                          what lies behind step 300 is taken off: it will be written again
    log.tell({"step": 310, "loss": 1.93, …})      a line of log.jsonl, and `loss` at step 310 in out/tensorboard
    log.end()

The trackers are those of accelerate, the same for every stage. One process writes the log, the first.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from uiebench.errors import RecipeError, shorten
from uiebench.train import run
from uiebench.train.model import writing
from uiebench.train.recipe import Recipe

FILE = "log.jsonl"
PACKAGES = {"tensorboard": ("tensorboard", "tensorboardX"), "wandb": ("wandb",)}
"""What can be reported to, and the packages of which one has to be there."""


class Log:
    """The log of the run in a folder. Raises: RecipeError where a package is missing that the recipe reports to."""

    def __init__(self, out: Path, recipe: Recipe) -> None:
        self.out, self.file, self.recipe = out, out / FILE, recipe
        self.trackers: list[Any] = []
        for name in recipe.training.report:
            if not any(map(importlib.util.find_spec, PACKAGES[name])):
                raise RecipeError(
                    f"training.report: {name} is not installed; pip install 'uiebench[report]', or leave it out"
                )

    def begin(self, after: int) -> None:
        """Go on after a step (-1: before step 0). Lines behind it are taken off, since they will be written again.

        Raises: RecipeError in one line where a tracker cannot begin, as W&B without a login.
        """
        run.keep_log_until(self.file, after)
        for name in self.recipe.training.report:
            try:
                self.trackers.append(self._tracker(name, after))
            except Exception as error:  # of their own kinds
                told = shorten(" ".join(str(error).split()))
                raise RecipeError(
                    f"training.report: {name} cannot begin ({told}); leave it out to do without"
                ) from None

    def _tracker(self, name: str, after: int) -> Any:
        from accelerate.tracking import TensorBoardTracker, WandBTracker

        self.out.mkdir(parents=True, exist_ok=True)
        tracker: Any
        if name == "tensorboard":  # it shows no figure of a step from `purge_step` on that was written before
            tracker = TensorBoardTracker(name, self.out, purge_step=after + 1)
        else:
            project, settings = os.environ.get("WANDB_PROJECT", "uiebench"), msgspec.to_builtins(self.recipe)
            tracker = WandBTracker(project, name=self.recipe.name, dir=str(self.out), config=settings)
        tracker.start()
        return tracker

    def tell(self, line: Mapping[str, float]) -> None:
        """Add a line. Raises: TrainingError in one line where it cannot be written."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with writing(self.file):
            with self.file.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
            for tracker in self.trackers:
                tracker.log({name: value for name, value in line.items() if name != "step"}, step=int(line["step"]))

    def end(self) -> None:
        """Say that nothing more comes."""
        for tracker in self.trackers:
            tracker.finish()
