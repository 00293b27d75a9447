"""Group-relative policy optimisation, from top to bottom, in plain torch: draw groups, reward, compare, update.

    train(load(Path("recipes/train/tiny-grpo.yaml")), Path("runs/tiny-grpo"))
    →  {"name": "tiny-grpo", "figures": {"reward": 0.61, "reward_begun": 0.52, "no_signal": 0.3, …}, …}

A step draws a group of answers to each of some prompts (`uiebench.train.rollout`), under the constraint of the recipe,
and rewards them (`uiebench.train.rewards`). What an answer earns above the mean of its group, divided by the group's
deviation, is the advantage A of each of its tokens (Shao et al. 2024), and the loss is

    − Σ min(ρ A, clip(ρ, 1 − ε, 1 + ε′) A) + β (e^d − d − 1)   over the tokens of an update, divided by their number

with ρ the ratio of a token's probability to what it was when it was drawn and d the log-ratio of reference and policy.

    rewards of a group   1.0  0.5  0.5  0.0   →  advantages  1.22  0.0  0.0  −1.22
                         1.0  1.0  1.0  1.0   →  no signal: nothing is learned, its tokens count in the number alone

Why not TRL's GRPOTrainer (1.16)? Its log-probabilities come out of a fused output layer, which multiplies hidden
states and weights in tiles: there are no logits that a mask could be laid on, so that an answer drawn under a
constraint would be learned from under another distribution than its own, whatever draws it (`rollout_func` gives
answers, not masks). And the fused layer knows the weights of the output layer alone: a copy head is left out without a
word. Mending either means to replace private methods. The formulas are the same, down to the number that divides the
loss (that of TRL's default, "dapo") and 10⁻⁴ in the deviation: without constraint and copy head an update is TRL's.

- The log-probabilities are those of the distribution the answers were drawn from: the same masks, the same
  temperature, no dropout.
- Prompts come in the order of ranks, draws from a seed made of the recipe's and the step's. A run that was killed and
  resumed ends, on a CPU, in the same weights.
- On several devices each has the whole model and groups of its own; gradients are added up before an update.
"""

from __future__ import annotations

import copy
import math
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, NamedTuple

from uiebench import __version__
from uiebench.errors import RecipeError
from uiebench.hashing import lot
from uiebench.storage import write_json
from uiebench.train import data, rollout, run, steps
from uiebench.train.model import (
    FINAL,
    TrainingError,
    checkpoint_activations,
    parameters,
    pretrained,
    quiet,
    save,
    with_adapters,
)
from uiebench.train.ppo import prompts_of, rate, trained
from uiebench.train.predict import fingerprint_of
from uiebench.train.recipe import GrpoRecipe
from uiebench.train.rewards import Reward, Scored, mixed
from uiebench.train.rollout import Drawn, log_probs
from uiebench.train.sft import Progress, check_fit, no_number

if TYPE_CHECKING:
    import torch

SMALL = 1e-4
"""Is added to the deviation of a group."""


@run.alone
def train(
    recipe: GrpoRecipe,
    out: Path,
    *,
    resume: bool = False,
    progress: Progress = lambda done, total, text: None,
    reward: Reward | None = None,
) -> dict[str, Any]:
    """Train as a recipe says; the run folder `out` then holds the policy. Returns what run.json says, and figures.

    Args:
        reward: takes the place of the recipe's.

    Raises: UiebenchError in one line for whatever is wrong with recipe, data, model, memory or disk.
    """
    import torch

    quiet()
    settings, plan = recipe.training, recipe.grpo
    if resume and run.is_finished(out):
        raise RecipeError(f"{out}: this run is complete; its model is in {out / FINAL}")
    steps.refuse_shards("grpo")
    device, process, processes = here = steps.devices()
    if plan.prompts * plan.answers // processes % (settings.batch * settings.accumulate) or plan.prompts % processes:
        raise RecipeError(
            f"grpo.prompts {plan.prompts}: on {processes} devices each has to have as many, and their answers have "
            "to be a multiple of training.batch × training.accumulate"
        )

    # 1. Prompts, policy, reference, and what is right.
    counts = Counter[str]()
    progress(0, 0, "reading the data")
    policy, tokenizer = pretrained(recipe.model)
    template = data.template_of(tokenizer)
    check_fit(policy, tokenizer, recipe)
    scored = Scored([*recipe.data, *recipe.held])
    asking = rollout.prompts(recipe.data, tokenizer, settings.context, recipe.sampling, counts)
    held = rollout.prompts(recipe.held, tokenizer, settings.context, recipe.sampling, Counter()) if recipe.held else []
    guide = rollout.guide_of(tokenizer, recipe.sampling)
    reference = None
    if recipe.lora:
        policy = with_adapters(policy, recipe.lora, settings.seed)
    else:
        policy = policy.float()  # what is trained whole is kept in float32
        reference = copy.deepcopy(policy).to(device).eval().requires_grad_(False) if plan.beta else None
    steps.without_dropout(policy.to(device).eval())
    if settings.checkpointing:
        checkpoint_activations(policy)

    # 2. The run folder.
    total = settings.steps or math.ceil(settings.epochs * len(asking) / plan.prompts)
    size, moving = parameters(policy)
    told = run.Run(
        stage="grpo",
        name=recipe.name,
        uiebench=__version__,
        python=run.python(),
        versions=run.versions(),
        data=data.fingerprints((*recipe.data, *recipe.held)) | {recipe.model.path: fingerprint_of(recipe.model.path)},
        template=template,
        parameters=size,
        trained=moving,
        examples=len(asking),
        rows=total * plan.prompts * plan.answers,
        updates=total * plan.passes * updates_of(recipe, processes),
        answer_tokens=0,  # they are not written yet
        left_out=dict(counts),
        processes=processes,
    )
    folder, log = out / "checkpoints", out / "log.jsonl"
    if process == 0:
        run.begin(out, recipe, told, resume=resume)
    learner = Learner(recipe, policy, reference, here)
    at = run.last_checkpoint(folder) if resume else None
    lines, first = learner.load(at) if at else ([], {})
    if process == 0:
        run.keep_log_until(log, len(lines) if lines else -1)

    # 3. The steps.
    def note(step: int, line: Mapping[str, float]) -> None:
        if process == 0 and line:
            steps.tell(log, {"step": step, **{key: round(value, 6) for key, value in line.items()}})

    def held_f1(step: int) -> dict[str, float]:
        """The mean F1 of greedy answers to the held prompts."""
        if not held:
            return {}
        progress(step, total, "answering held prompts")
        sums, own = {"f1": 0.0, "answers": 0.0}, held[process::processes]
        if own:
            with steps.memory(step, "sampling.batch or sampling.most"), steps.half(recipe.model.dtype):
                said = rollout.likeliest(policy, tokenizer, own, recipe.sampling)
            sums = {"f1": sum(scored.f1(list(said), list(said.values()))), "answers": float(len(own))}
        sums = steps.together(sums, device)
        return {"held_f1": sums["f1"] / sums["answers"]}

    if not lines:
        first = held_f1(0)
        note(0, first)
    for step in range(len(lines) + 1, total + 1):
        clock = steps.Clock()
        prompts = prompts_of(asking, plan.prompts, step, settings.seed)[process::processes]
        asked = [prompt for prompt in prompts for _ in range(plan.answers)]
        with steps.memory(step, "sampling.batch or sampling.most"), steps.half(recipe.model.dtype):
            seed = lot(settings.seed, "rollout", step, process)
            drawn = rollout.sample(policy, tokenizer, asked, recipe.sampling, guide, seed)
        clock.lap("rollout")
        ids = [prompt.id for prompt in asked]
        marks = scored.marks(ids, drawn.outputs)
        earned = list(reward(ids, drawn.outputs)) if reward else mixed(recipe.reward, marks)
        if not all(map(math.isfinite, earned)):
            raise TrainingError(no_number("reward", step, folder))
        groups = compared(earned, plan.answers, scale=plan.scale)
        clock.lap("reward")
        with (
            steps.memory(step, "training.batch (and raise training.accumulate by as much)"),
            steps.half(recipe.model.dtype),
        ):
            learned = learner.step(drawn, groups, step, total, clock, folder)
        answered = zip(ids, drawn.outputs, strict=True)
        mean = steps.together(
            {
                "reward": sum(earned),
                "reward_std": groups.deviation * len(earned),
                "no_signal": float(len(earned) - sum(groups.signal)),
                "f1": sum(mark.f1 for mark in marks),
                "valid": float(sum(mark.valid for mark in marks)),
                "empty": float(sum(not scored.asked(id).answer(output).headline for id, output in answered)),
                "tokens": float(drawn.acts.sum()),
                "ended": float(sum(drawn.ended)),
                "answers": float(len(earned)),
            },
            device,
        )
        answers = mean.pop("answers")
        line = {key: value / answers for key, value in mean.items()} | learned
        line |= {f"seconds_{part}": seconds for part, seconds in clock.parts.items()}
        saving = settings.save and step % settings.save == 0
        progress(step, total, f"reward {line['reward']:.3f}, F1 {line['f1']:.3f}, no signal {line['no_signal']:.0%}")
        lines.append(line)
        if step % settings.log == 0 or step == total:
            note(step, means(lines[(step - 1) // settings.log * settings.log :]))
        if saving or step == total:
            measured = held_f1(step)
            note(step, measured)
            line |= measured
        if saving and process == 0:
            learner.save(folder / f"checkpoint-{step}", lines, first)

    # 4. What comes out.
    progress(total, total, "writing the model")
    figures = summed(lines) | {"seconds": time.monotonic() - learner.began}
    if held:
        figures |= {"held_f1": lines[-1]["held_f1"], "held_f1_begun": first["held_f1"]}
    if torch.cuda.is_available():
        figures["peak_gpu_gib"] = torch.cuda.max_memory_allocated() / 2**30
    if recipe.lora and recipe.lora.merge:
        policy = policy.merge_and_unload()
    if process == 0:
        card = run.model_card(told, recipe.model.path, recipe, figures, "uiebench train")
        save(policy.save_pretrained, tokenizer, out / FINAL, card)
        write_json(out / "figures.json", figures)
    return run.summary(told, figures)


def updates_of(recipe: GrpoRecipe, processes: int) -> int:
    """The updates of a pass over the answers of a step."""
    answers = recipe.grpo.prompts * recipe.grpo.answers // processes
    return answers // (recipe.training.batch * recipe.training.accumulate)


# --- groups ---------------------------------------------------------------------------------------


class Groups(NamedTuple):
    """The answers of a step, compared with those to the same prompt.

    Fields:
        gained: the advantage of each answer; 0 where there is no signal.
        signal: whether anything can be learned from it: not all answers of its group earn the same.
        deviation: of the rewards in a group, on average.
    """

    gained: list[float]
    signal: list[bool]
    deviation: float


def compared(earned: Sequence[float], answers: int, *, scale: bool) -> Groups:
    """What each answer earns above the mean of its group; groups of so many answers lie one behind the other."""
    gained, signal, deviations = list[float](), list[bool](), list[float]()
    for start in range(0, len(earned), answers):
        group = earned[start : start + answers]
        differ = max(group) > min(group)
        average, deviation = fmean(group), stdev(group) if differ else 0.0
        divisor = deviation + SMALL if scale else 1.0
        gained += [(reward - average) / divisor if differ else 0.0 for reward in group]
        signal += [differ] * len(group)
        deviations.append(deviation)
    return Groups(gained, signal, fmean(deviations))


# --- learning -------------------------------------------------------------------------------------


class Learner:
    """The policy with its optimiser.

    Fields:
        reference: a model of its own; None if it is the policy without its adapters, or there is none (β = 0).
        began: when it did, as if it had not been stopped since.
    """

    def __init__(self, recipe: GrpoRecipe, policy: Any, reference: Any | None, here: steps.Devices) -> None:
        import torch

        self.recipe, self.policy, self.reference, self.here = recipe, policy, reference, here
        settings, self.began = recipe.training, time.monotonic()
        self.weights: dict[str, torch.Tensor] = trained(policy)
        self.optimizer = torch.optim.AdamW(
            self.weights.values(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )

    def step(
        self, drawn: Drawn, groups: Groups, step: int, total: int, clock: steps.Clock, folder: Path
    ) -> dict[str, float]:
        """Learn from the answers of a step; returns the figures of the log.

        Answers of groups without a signal are passed over: they cost no forward pass. Where no answer of an update
        has a signal, on any device, the weights stay as they are.
        """
        import torch

        plan, settings = self.recipe.grpo, self.recipe.training
        temperature, high = self.recipe.sampling.temperature, plan.clip_high or plan.clip
        share = rate(settings, step, total)
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * share
        once = plan.passes * updates_of(self.recipe, self.here.processes) == 1
        old, reference = self.assess(drawn, groups.signal, once=once)
        clock.lap("forward")
        gained = torch.tensor(groups.gained, device=drawn.ids.device)[:, None]
        sums: defaultdict[str, float] = defaultdict(float)
        updates, norms = 0, 0.0
        if settings.checkpointing:
            self.policy.train()
        for turn in range(plan.passes):
            rows = range(len(drawn.ids))
            places = sorted(rows, key=lambda row: lot(settings.seed, "pass", step, turn, self.here.process, row))
            size = settings.batch * settings.accumulate
            for mini in (places[at : at + size] for at in range(0, len(places), size)):
                learning = [row for row in mini if groups.signal[row]]
                whole = {"tokens": float(drawn.acts[mini].sum()), "answers": float(len(learning))}
                whole = steps.together(whole, self.here.device)
                if not whole["answers"]:
                    continue
                for micro in (learning[at : at + settings.batch] for at in range(0, len(learning), settings.batch)):
                    part = drawn.rows(micro)
                    acts, worth = part.acts.float(), gained[micro]
                    now = log_probs(self.policy, part, temperature)
                    before = now.sampled.detach() if old is None else old[micro, : acts.shape[1]]
                    ratio = (now.sampled - before).exp()
                    loss = -torch.minimum(ratio * worth, ratio.clamp(1 - plan.clip, 1 + high) * worth)
                    if reference is not None:
                        apart = reference[micro, : acts.shape[1]] - now.sampled
                        kl = apart.exp() - apart - 1
                        loss = loss + plan.beta * kl
                        sums["kl"] += float((kl.detach() * acts).sum())
                    loss = (loss * acts).sum() / whole["tokens"]
                    if not torch.isfinite(loss):
                        raise TrainingError(no_number("loss", step, folder))
                    loss.backward()
                    clipped = ((ratio > 1 + high) & (worth > 0)) | ((ratio < 1 - plan.clip) & (worth < 0))
                    sums["loss"] += float(loss.detach())
                    sums["clipped"] += float((clipped * acts).sum())
                    sums["entropy"] += float((now.entropy * acts).sum())
                    sums["tokens"] += float(acts.sum())
                norms += self._move(step, folder)
                updates += 1
        self.policy.eval()
        clock.lap("update")
        names = ("loss", "clipped", "entropy", "tokens", *(("kl",) if plan.beta else ()))
        found = steps.together({name: sums[name] for name in names}, self.here.device)
        line = {"learning_rate": settings.learning_rate * share}
        if updates:
            tokens = found.pop("tokens")
            line |= {"loss": found.pop("loss") / updates, "grad_norm": norms / updates}
            line |= {name: value / tokens for name, value in found.items()}
        return line

    def assess(
        self, drawn: Drawn, signal: Sequence[bool], *, once: bool
    ) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """What policy and reference say of the tokens drawn, before anything is learned from them: (rows, tokens) each.

        The policy is not asked where its answers are learned from `once`: then it says the same when they are.
        """
        import torch

        temperature, batch = self.recipe.sampling.temperature, self.recipe.training.batch
        old = None if once else torch.zeros_like(drawn.log_probs)
        reference = torch.zeros_like(drawn.log_probs) if self.recipe.grpo.beta else None
        places = [row for row, differ in enumerate(signal) if differ]
        with torch.no_grad():
            for micro in (places[at : at + batch] for at in range(0, len(places), batch)):
                part = drawn.rows(micro)
                wide = part.acts.shape[1]
                if old is not None:
                    old[micro, :wide] = log_probs(self.policy, part, temperature).sampled
                if reference is not None and self.reference is not None:
                    reference[micro, :wide] = log_probs(self.reference, part, temperature).sampled
                elif reference is not None:
                    with self.policy.disable_adapter():
                        reference[micro, :wide] = log_probs(self.policy, part, temperature).sampled
        return old, reference

    def _move(self, step: int, folder: Path) -> float:
        """One update of the weights; returns the norm of the gradient."""
        import torch

        steps.add_gradients(self.weights)
        norm = float(torch.nn.utils.clip_grad_norm_(self.weights.values(), self.recipe.training.clip))
        if not math.isfinite(norm):
            raise TrainingError(no_number("gradient", step, folder))
        self.optimizer.step()
        self.optimizer.zero_grad()
        return norm

    # --- checkpoints ---

    def save(self, place: Path, lines: Sequence[Mapping[str, float]], first: Mapping[str, float]) -> None:
        """Write a checkpoint, and remove the oldest beyond those that are kept."""
        state = {
            "policy": self.weights,
            "optimizer": self.optimizer.state_dict(),
            "seconds": time.monotonic() - self.began,
            "lines": [dict(line) for line in lines],
            "first": dict(first),
        }
        steps.save_state(place, state, self.recipe.training.keep)

    def load(self, place: Path) -> tuple[list[dict[str, float]], dict[str, float]]:
        """Go on from a checkpoint; returns the figures of the steps up to it, and those of the beginning."""
        import torch

        state = steps.load_state(place)
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state["policy"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.began -= state.get("seconds", 0.0)
        return state["lines"], state["first"]


# --- figures --------------------------------------------------------------------------------------


def means(lines: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure over the steps that have it."""
    return {
        key: fmean(line[key] for line in lines if key in line) for key in {key: 0 for line in lines for key in line}
    }


def summed(lines: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The figures of a run: means of its last and its first tenth, and seconds by part."""
    tenth = max(len(lines) // 10, 1)
    last, begun = means(lines[-tenth:]), means(lines[:tenth])
    found: dict[str, float] = {}
    for key in (
        "reward",
        "reward_std",
        "no_signal",
        "f1",
        "valid",
        "empty",
        "kl",
        "clipped",
        "entropy",
        "tokens",
        "ended",
    ):
        found |= {key: last[key]} if key in last else {}
        found |= {f"{key}_begun": begun[key]} if key in begun else {}
    return found | {key: sum(line[key] for line in lines) for key in lines[-1] if key.startswith("seconds_")}
