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
- On several devices each has the whole model and groups of its own; gradients are added up before an update.

What it has in common with `ppo` (prompts, policy and reference, the run, its steps and checkpoints) is in
`uiebench.train.steps`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, NamedTuple

from uiebench.errors import RecipeError
from uiebench.hashing import lot
from uiebench.train import run, steps
from uiebench.train.log import Log
from uiebench.train.model import TrainingError, quiet
from uiebench.train.recipe import GrpoRecipe
from uiebench.train.rewards import Reward, mixed
from uiebench.train.rollout import Drawn, log_probs
from uiebench.train.sft import Progress, no_number
from uiebench.train.steps import rate, trained

if TYPE_CHECKING:
    import torch

SMALL = 1e-4
"""Is added to the deviation of a group."""
FIGURES = (
    "reward", "reward_std", "no_signal", "f1", "valid", "empty", "kl", "clipped", "entropy", "tokens", "ended",
)  # fmt: skip


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
    quiet()
    settings, plan, folder = recipe.training, recipe.grpo, out / "checkpoints"
    steps.refuse_finished(out, resume=resume)
    steps.refuse_shards("grpo")
    log = Log(out, recipe)
    device, process, processes = here = steps.devices()
    if plan.prompts * plan.answers // processes % (settings.batch * settings.accumulate) or plan.prompts % processes:
        raise RecipeError(
            f"grpo.prompts {plan.prompts}: on {processes} devices each has to have as many, and their answers have "
            "to be a multiple of training.batch × training.accumulate"
        )
    begun = steps.begin(recipe, device, progress, reference=bool(plan.beta))
    learner = Learner(recipe, begun.policy, begun.reference, here)
    total = settings.steps or math.ceil(settings.epochs * len(begun.asking) / plan.prompts)

    def step(number: int, clock: steps.Clock) -> dict[str, float]:
        prompts = steps.prompts_of(begun.asking, plan.prompts, number, settings.seed)[process::processes]
        asked = [prompt for prompt in prompts for _ in range(plan.answers)]
        seed = lot(settings.seed, "rollout", number, process)
        drawn = steps.drawn_for(recipe, begun, asked, seed, number, clock)
        ids = [prompt.id for prompt in asked]
        marks = begun.scored.marks(ids, drawn.outputs)
        earned = list(reward(ids, drawn.outputs)) if reward else mixed(recipe.reward, marks)
        steps.check_rewards(earned, number, folder)
        groups = compared(earned, plan.answers, scale=plan.scale)
        clock.lap("reward")
        with steps.memory(number, steps.LEARNING), steps.half(recipe.model.dtype):
            learned = learner.step(drawn, groups, number, total, clock, folder)
        answered = zip(ids, drawn.outputs, strict=True)
        sums = {
            "reward": sum(earned),
            "reward_std": groups.deviation * len(earned),
            "no_signal": float(len(earned) - sum(groups.signal)),
            "f1": sum(mark.f1 for mark in marks),
            "valid": float(sum(mark.valid for mark in marks)),
            "empty": float(sum(not begun.scored.asked(id).answer(output).headline for id, output in answered)),
            "tokens": float(drawn.acts.sum()),
            "ended": float(sum(drawn.ended)),
            "answers": float(len(earned)),
        }
        sums = steps.together(sums, device)
        answers = sums.pop("answers")
        return {key: value / answers for key, value in sums.items()} | learned

    told = steps.Plan(total, plan.prompts * plan.answers, plan.passes * updates_of(recipe, processes), FIGURES)
    return steps.taken(recipe, log, here, begun, told, learner, step, resume=resume, progress=progress)


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
    """

    def __init__(self, recipe: GrpoRecipe, policy: Any, reference: Any | None, here: steps.Devices) -> None:
        import torch

        self.recipe, self.policy, self.reference, self.here = recipe, policy, reference, here
        settings = recipe.training
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

    def state(self) -> dict[str, Any]:
        """What goes into a checkpoint."""
        return {"policy": self.weights, "optimizer": self.optimizer.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""
        import torch

        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(state["policy"][name])
        self.optimizer.load_state_dict(state["optimizer"])
