"""What a stage that draws answers does around its steps: devices, seconds, memory, the log, checkpoints.

    here = devices()                                          →  Devices(device=cuda:1, process=1, processes=4)
    together({"reward": 3.0, "answers": 4.0}, here.device)    →  the sums over all devices
    save_state(folder / "checkpoint-50", {"policy": …, "optimizer": …}, keep=2)
    state = load_state(folder / "checkpoint-50")

Every device holds the whole model and has answers of its own; what they learn is added up before each update.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from uiebench.errors import RecipeError
from uiebench.train import run
from uiebench.train.model import TrainingError, in_half, writing
from uiebench.train.sft import out_of_memory

if TYPE_CHECKING:
    import torch

STATE = "state.pt"


class Devices(NamedTuple):
    """The device of this process, its number, and how many processes there are."""

    device: torch.device
    process: int
    processes: int


def devices() -> Devices:
    """Where this process runs, as `accelerate launch` has set it up; one process without it."""
    import torch
    from accelerate import PartialState

    state = PartialState(cpu=not torch.cuda.is_available())
    return Devices(state.device, state.process_index, state.num_processes)


def refuse_shards(stage: str) -> None:
    """Raise RecipeError where accelerate would share out the weights of a model over the devices."""
    for name in ("FSDP", "DEEPSPEED"):
        if os.environ.get(f"ACCELERATE_USE_{name}") == "true":
            raise RecipeError(
                f"the stage {stage} keeps a whole model on each device; start it with recipes/train/accelerate/ddp.yaml"
            )


def together(sums: Mapping[str, float], device: torch.device) -> dict[str, float]:
    """The sums over all devices; every process names the same."""
    import torch

    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return dict(sums)
    whole = torch.tensor(list(sums.values()), dtype=torch.float64, device=device)
    torch.distributed.all_reduce(whole)
    return dict(zip(sums, whole.tolist(), strict=True))


def add_gradients(weights: Mapping[str, torch.Tensor]) -> None:
    """Make the gradient of each weight the sum of those of all devices; some may have learned nothing from it."""
    import torch

    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return
    for weight in weights.values():
        if weight.grad is None:
            weight.grad = torch.zeros_like(weight)
        torch.distributed.all_reduce(weight.grad)


class Clock:
    """Seconds by part of a step."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self.last = time.monotonic()

    def lap(self, part: str) -> None:
        """Say that a part has ended."""
        now = time.monotonic()
        self.parts[part], self.last = self.parts.get(part, 0.0) + now - self.last, now


def tell(log: Path, line: Mapping[str, float]) -> None:
    """Add a line to the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with writing(log), log.open("ab") as file:
        file.write(msgspec.json.encode(line) + b"\n")


def without_dropout(model: Any) -> None:
    """Turn dropout off for good: an answer is as likely when it is learned from as when it was drawn."""
    from torch import nn

    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.0


def half(dtype: str) -> AbstractContextManager[Any]:
    """What forward passes stand in: bfloat16 on a GPU that has it, unless the recipe says float32."""
    import torch

    return torch.autocast("cuda", torch.bfloat16) if in_half(dtype) else nullcontext()


@contextmanager
def memory(step: int, settings: str) -> Iterator[None]:
    """Say in one line which settings to lower where the memory is too small."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        raise TrainingError(f"out of memory in step {step}: lower {settings}") from None


# --- checkpoints ----------------------------------------------------------------------------------


def save_state(place: Path, state: Mapping[str, Any], keep: int) -> None:
    """Write a checkpoint, and remove the oldest beyond `keep`. Raises: TrainingError if it cannot be written."""
    import torch

    with writing(place, "the checkpoint cannot be written"):
        if place.exists():
            run.discard(place)
        place.mkdir(parents=True)
        torch.save(dict(state), place / STATE)
        run.seal(place)
    run.rotate(place.parent, keep)


def load_state(place: Path) -> dict[str, Any]:
    """What a checkpoint holds, on the CPU."""
    import torch

    state: dict[str, Any] = torch.load(place / STATE, map_location="cpu", weights_only=True)
    return state
