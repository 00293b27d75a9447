"""What the stages that draw answers (`ppo`, `grpo`) have in common: all but what a step does.

    here = devices()                                          →  Devices(device=cuda:1, process=1, processes=4)
    begun = begin(recipe, here.device, progress)              policy, reference, prompts, and what is right
    taken(recipe, log, here, begun, plan, learner, step, …)   the run folder, the steps, checkpoints, the final model

A stage gives its `step`, which draws answers to some prompts, learns from them and tells the figures of the log, and
the `learner` whose state goes into checkpoints. Every device holds the whole model and has answers of its own; what
they learn is added up before each update. Nothing is carried along but that state: prompts come in the order of ranks,
draws from seeds made of the recipe's and the step's. A run that was killed and resumed ends, on a CPU, in the same
weights.
"""

from __future__ import annotations

import copy
import math
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from uiebench import __version__
from uiebench.errors import RecipeError
from uiebench.storage import write_json
from uiebench.train import data, rollout, run
from uiebench.train.log import Log
from uiebench.train.model import (
    FINAL,
    TrainingError,
    checkpoint_activations,
    fingerprint_of,
    in_half,
    parameters,
    pretrained,
    save,
    with_adapters,
    writing,
)
from uiebench.train.recipe import GrpoRecipe, PpoRecipe, Training
from uiebench.train.rewards import Scored
from uiebench.train.rollout import Drawn, Prompt
from uiebench.train.sft import Progress, check_fit, no_number, out_of_memory

if TYPE_CHECKING:
    import torch

    from uiebench.train.constrain import Guide

STATE = "state.pt"
DRAWING = "sampling.batch or sampling.most"
LEARNING = "training.batch (and raise training.accumulate by as much)"
"""Which settings are too large where the memory does not suffice."""


# --- what is begun with -----------------------------------------------------------------------------


class Begun(NamedTuple):
    """What a stage begins with; models are on their device, without dropout.

    Fields:
        policy: in float32, or with adapters. reference: a frozen copy; None where that is the policy without its
            adapters, or nobody asks for it.
        template: whose chat template, as in run.json.
        scored: what is right for each prompt. asking, held: prompts to learn from and to be measured on.
        guide: what says which tokens can follow; None where nothing is constrained.
        left_out: prompts that are not asked, by reason.
    """

    policy: Any
    reference: Any | None
    tokenizer: Any
    template: str
    scored: Scored
    asking: list[Prompt]
    held: list[Prompt]
    guide: Guide | None
    left_out: dict[str, int]


def begin(recipe: PpoRecipe | GrpoRecipe, device: torch.device, progress: Progress, *, reference: bool = True) -> Begun:
    """Prompts, policy, reference, and what is right. Raises: UiebenchError in one line."""
    settings, counts = recipe.training, Counter[str]()
    progress(0, 0, "reading the data")
    policy, tokenizer = pretrained(recipe.model)
    template = data.template_of(tokenizer)
    check_fit(policy, tokenizer, recipe)
    scored = Scored([*recipe.data, *recipe.held])
    asking = rollout.prompts(recipe.data, tokenizer, settings.context, recipe.sampling, counts)
    held = rollout.prompts(recipe.held, tokenizer, settings.context, recipe.sampling, Counter()) if recipe.held else []
    guide = rollout.guide_of(tokenizer, recipe.sampling)
    apart = None
    if recipe.lora:
        policy = with_adapters(policy, recipe.lora, settings.seed)
    else:
        policy = policy.float()  # what is trained whole is kept in float32
        apart = copy.deepcopy(policy).to(device).eval().requires_grad_(False) if reference else None
    policy = ready(policy, device, settings)
    return Begun(policy, apart, tokenizer, template, scored, asking, held, guide, dict(counts))


def ready(model: Any, device: torch.device, settings: Training) -> Any:
    """A model on its device, without dropout, its activations kept or not as the recipe says."""
    without_dropout(model.to(device).eval())
    if settings.checkpointing:
        checkpoint_activations(model)
    return model


def without_dropout(model: Any) -> None:
    """Turn dropout off for good: an answer is as likely when it is learned from as when it was drawn."""
    from torch import nn

    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.0


def trained(model: Any) -> dict[str, Any]:
    """The weights of a model that are trained, by name."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad}


# --- the run ----------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """What a run is made of, and what of it is told.

    Fields:
        steps: in all. answers, updates: of a step, the answers on all devices together.
        figures: told of the last and the first tenth of the steps. latest: told of the last step.
        models: folders and names of models beside the policy.
    """

    steps: int
    answers: int
    updates: int
    figures: tuple[str, ...]
    latest: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class Learner(Protocol):
    """What learns in a stage; out of a checkpoint it comes as it went in."""

    def state(self) -> dict[str, Any]:
        """Weights, optimisers, and whatever else the next step depends on."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over a state."""


Step = Callable[[int, "Clock"], dict[str, float]]
"""A step, counted from 1, whose parts the clock is told; returns the figures of the log."""


def refuse_finished(out: Path, *, resume: bool) -> None:
    """Raise RecipeError where there is nothing to resume any more."""
    if resume and run.is_finished(out):
        raise RecipeError(f"{out}: this run is complete; its model is in {out / FINAL}")


def taken(
    recipe: PpoRecipe | GrpoRecipe,
    log: Log,
    here: Devices,
    begun: Begun,
    plan: Plan,
    learner: Learner,
    step: Step,
    *,
    resume: bool,
    progress: Progress,
) -> dict[str, Any]:
    """Take all steps; the run folder of `log` then holds the policy. Returns what run.json says, and figures."""
    import torch

    settings, main, out = recipe.training, here.process == 0, log.out
    folder = out / "checkpoints"

    # 1. The run folder.
    size, moving = parameters(begun.policy)
    told = run.Run(
        stage=str(recipe.__struct_config__.tag),
        name=recipe.name,
        uiebench=__version__,
        python=run.python(),
        versions=run.versions(),
        data=data.fingerprints((*recipe.data, *recipe.held))
        | {path: fingerprint_of(path) for path in (recipe.model.path, *plan.models)},
        template=begun.template,
        parameters=size,
        trained=moving,
        examples=len(begun.asking),
        rows=plan.steps * plan.answers,
        updates=plan.steps * plan.updates,
        answer_tokens=0,  # they are not written yet
        left_out=begun.left_out,
        processes=here.processes,
    )
    if main:
        run.begin(out, recipe, told, resume=resume)
    lines, first, seconds = list[dict[str, float]](), dict[str, float](), 0.0
    if resume and (at := run.last_checkpoint(folder)):
        state = load_state(at)
        learner.restore(state)
        lines, first, seconds = state["lines"], state["first"], state.get("seconds", 0.0)
    if main:
        log.begin(len(lines) if lines else -1)

    # 2. The steps.
    began = time.monotonic() - seconds  # a run that was resumed adds up

    def note(number: int, line: Mapping[str, float]) -> None:
        if main and line:
            log.tell({"step": number, **{key: round(value, 6) for key, value in line.items()}})

    def held_f1(number: int) -> dict[str, float]:
        """The mean F1 of greedy answers to the held prompts."""
        if not begun.held:
            return {}
        progress(number, plan.steps, "answering held prompts")
        own, sums = begun.held[here.process :: here.processes], {"f1": 0.0, "answers": 0.0}
        if own:
            with memory(number, DRAWING), half(recipe.model.dtype):
                said = rollout.likeliest(begun.policy, begun.tokenizer, own, recipe.sampling)
            sums = {"f1": math.fsum(begun.scored.f1(list(said), list(said.values()))), "answers": float(len(own))}
        sums = together(sums, here.device)
        return {"held_f1": sums["f1"] / sums["answers"]}

    if not lines:
        first = held_f1(0)
        note(0, first)
    for number in range(len(lines) + 1, plan.steps + 1):
        clock, saving = Clock(), settings.save and number % settings.save == 0
        line = step(number, clock)
        line |= {f"seconds_{part}": spent for part, spent in clock.parts.items()}
        lines.append(line)
        progress(number, plan.steps, ", ".join(f"{text} {line[key]:.3f}" for key, text in SHOWN.items() if key in line))
        if number % settings.log == 0 or number == plan.steps:
            # From the lines that a checkpoint keeps: a run that was resumed writes what one without a stop does.
            average = means(lines[(number - 1) // settings.log * settings.log :])
            note(number, {key: value for key, value in average.items() if key != "held_f1"})
        if saving or number == plan.steps:
            measured = held_f1(number)
            note(number, measured)
            line |= measured
        if saving and main:
            seconds = time.monotonic() - began
            state = {"lines": [dict(line) for line in lines], "first": dict(first), "seconds": seconds}
            save_state(folder / f"checkpoint-{number}", learner.state() | state, settings.keep)

    # 3. What comes out.
    log.end()
    progress(plan.steps, plan.steps, "writing the model")
    figures = summed(plan, first, lines) | {"seconds": time.monotonic() - began}
    if torch.cuda.is_available():
        figures["peak_gpu_gib"] = torch.cuda.max_memory_allocated() / 2**30
    policy = begun.policy.merge_and_unload() if recipe.lora and recipe.lora.merge else begun.policy
    if main:
        card = run.model_card(told, recipe.model.path, recipe, figures, "uiebench train")
        write_json(out / "figures.json", figures)
        save(policy.save_pretrained, begun.tokenizer, out / FINAL, card)
    return run.summary(told, figures)


SHOWN = {"reward": "reward", "f1": "F1", "no_signal": "no signal", "kl": "KL"}
"""The figures that are told beside the bar, where a step has them."""


def summed(plan: Plan, first: Mapping[str, float], lines: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The figures of a run: means of its last and its first tenth, those of the last step, and seconds by part."""
    tenth = max(len(lines) // 10, 1)
    last, begun = means(lines[-tenth:]), means(lines[:tenth])
    found: dict[str, float] = {}
    for key in plan.figures:
        found |= {key: last[key]} if key in last else {}
        found |= {f"{key}_begun": begun[key]} if key in begun else {}
    if "held_f1" in first:
        found |= {"held_f1": lines[-1]["held_f1"], "held_f1_begun": first["held_f1"]}
    found |= {key: lines[-1][key] for key in plan.latest}
    return found | {key: sum(line[key] for line in lines) for key in lines[-1] if key.startswith("seconds_")}


def means(lines: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure over the steps that have it."""
    return {
        key: fmean(line[key] for line in lines if key in line) for key in {key: 0 for line in lines for key in line}
    }


# --- a step -----------------------------------------------------------------------------------------


def prompts_of(asking: Sequence[Prompt], number: int, step: int, seed: int) -> list[Prompt]:
    """So many prompts for a step, counted from 1: the next ones in the order of ranks, another in each epoch.

    The longest come first, so that little is padding.
    """
    ids = [prompt.id for prompt in asking]
    first, found = (step - 1) * number, list[Prompt]()
    for epoch in range(first // len(ids), (first + number - 1) // len(ids) + 1):
        start = epoch * len(ids)
        here = data.order(ids, seed, epoch)[max(first - start, 0) : first + number - start]
        found += [asking[place] for place in here]
    return sorted(found, key=lambda prompt: (-len(prompt.ids), prompt.id))


def drawn_for(
    recipe: PpoRecipe | GrpoRecipe, begun: Begun, asked: Sequence[Prompt], seed: int, step: int, clock: Clock
) -> Drawn:
    """An answer of the policy to each prompt."""
    with memory(step, DRAWING), half(recipe.model.dtype):
        found = rollout.sample(begun.policy, begun.tokenizer, asked, recipe.sampling, begun.guide, seed)
    clock.lap("rollout")
    return found


def check_rewards(earned: Sequence[float], step: int, folder: Path) -> None:
    """Raise TrainingError where a reward is no number."""
    if not all(map(math.isfinite, earned)):
        raise TrainingError(no_number("reward", step, folder))


def rate(settings: Training, step: int, steps: int) -> float:
    """The share of the learning rate in a step, counted from 1."""
    warm = math.ceil(settings.warmup * steps)
    if step <= warm:
        return step / warm
    done = (step - 1 - warm) / max(steps - warm, 1)
    if settings.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * done))
    return 1 - done if settings.schedule == "linear" else 1.0


# --- devices ----------------------------------------------------------------------------------------


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


# --- seconds and memory ---------------------------------------------------------------------------


class Clock:
    """Seconds by part of a step."""

    def __init__(self) -> None:
        self.parts: dict[str, float] = {}
        self.last = time.monotonic()

    def lap(self, part: str) -> None:
        """Say that a part has ended."""
        now = time.monotonic()
        self.parts[part], self.last = self.parts.get(part, 0.0) + now - self.last, now


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
