"""Proximal policy optimisation, from top to bottom, in plain torch: draw, reward, assess, update.

    train(load(Path("recipes/train/tiny-ppo.yaml")), Path("runs/tiny-ppo"))
    →  {"name": "tiny-ppo", "figures": {"reward": 0.61, "reward_begun": 0.52, "held_f1": 0.55, …}, …}

A step draws an answer to each of some prompts (`uiebench.train.rollout`), under the constraint of the recipe;
rewards it at its last token (`uiebench.train.rewards`: F1, validity, a reward model, or a mix) and takes off β times
the log-ratio to the model that was begun with at every token; asks the critic what each token was worth; and takes
some passes over the answers with the clipped losses of Schulman et al. (2017).

- The log-probabilities are those of the distribution the answers were drawn from: the same masks, the same
  temperature, no dropout. They are computed anew after drawing, by the forward pass that the update takes, since one
  with a cache rounds otherwise.
- The reference is a frozen copy of the policy, or with LoRA the policy without its adapters.
- The critic has layers of its own, with a clip and a rate of its own. In shared layers the loss of the values, which
  is far larger at first, would pull the policy about; the price is memory. Its layers begin as those of the reward
  model, if that earns anything, else of the policy; its values begin at 0, unless all reward is the reward model's.

What it has in common with `grpo` (prompts, policy and reference, the run, its steps and checkpoints) is in
`uiebench.train.steps`. It runs on one device. For several, `grpo` needs no critic.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from uiebench.hashing import lot
from uiebench.train import run, steps
from uiebench.train.log import Log
from uiebench.train.model import TrainingError, quiet, with_adapters, with_number
from uiebench.train.recipe import Kl, PpoRecipe
from uiebench.train.reward import RewardModel, load_reward_model
from uiebench.train.rewards import Reward, Scored, mixed
from uiebench.train.rollout import Drawn, Prompt, log_probs
from uiebench.train.sft import Progress, no_number
from uiebench.train.steps import Clock, trained

if TYPE_CHECKING:
    import torch


FIGURES = ("reward", "f1", "valid", "reward_model", "kl", "entropy", "tokens")
LATEST = ("beta", "explained_variance")


@run.alone
def train(
    recipe: PpoRecipe,
    out: Path,
    *,
    resume: bool = False,
    progress: Progress = lambda done, total, text: None,
    reward: Reward | None = None,
) -> dict[str, Any]:
    """Train as a recipe says; the run folder `out` then holds the policy. Returns what run.json says, and figures.

    Args:
        reward: takes the place of the recipe's.

    Raises: UiebenchError in one line for whatever is wrong with recipe, data, models, memory or disk.
    """
    quiet()
    settings, plan, folder = recipe.training, recipe.ppo, out / "checkpoints"
    run.refuse_several("ppo")
    steps.refuse_finished(out, resume=resume)
    log, here = Log(out, recipe), steps.devices()
    begun = steps.begin(recipe, here.device, progress)
    judge = load_reward_model(recipe.reward_model, recipe.model.dtype) if recipe.reward_model else None
    if judge:
        judge.same_tokens(begun.tokenizer, recipe.reward_model)
    critic = steps.ready(critic_of(recipe), here.device, settings)
    learners = Learners(recipe, begun.policy, begun.reference, critic)
    total = settings.steps or math.ceil(settings.epochs * len(begun.asking) / plan.answers)

    def step(number: int, clock: Clock) -> dict[str, float]:
        batch = steps.prompts_of(begun.asking, plan.answers, number, settings.seed)
        drawn = steps.drawn_for(recipe, begun, batch, lot(settings.seed, "rollout", number), number, clock)
        earned, line = rewarded(recipe, begun.scored, judge, batch, drawn, reward)
        steps.check_rewards(earned, number, folder)
        clock.lap("reward")
        with steps.memory(number, steps.LEARNING), steps.half(recipe.model.dtype):
            return line | learners.step(drawn, earned, number, total, clock, folder)

    updates = plan.passes * (plan.answers // (settings.batch * settings.accumulate))
    models = (recipe.reward_model,) if recipe.reward_model else ()
    told = steps.Plan(total, plan.answers, updates, FIGURES, LATEST, models)
    return steps.taken(recipe, log, here, begun, told, learners, step, resume=resume, progress=progress)


def rewarded(
    recipe: PpoRecipe,
    scored: Scored,
    judge: RewardModel | None,
    batch: Sequence[Prompt],
    drawn: Drawn,
    reward: Reward | None,
) -> tuple[list[float], dict[str, float]]:
    """What each answer earns, and the figures of the log.

    An answer that has not ended earns what its beginning is worth, which usually is no JSON; the reward model, which
    has read no such thing, gives it the least that any answer of the step has.
    """
    ids = [prompt.id for prompt in batch]
    marks = scored.marks(ids, drawn.outputs)
    figures = {"f1": fmean(mark.f1 for mark in marks), "valid": fmean(mark.valid for mark in marks)}
    said = None
    if judge:
        said = judge.rewards([prompt.text for prompt in batch], drawn.outputs)
        said = [score if ended else min(said) for score, ended in zip(said, drawn.ended, strict=True)]
        figures["reward_model"] = fmean(said)
    earned = list(reward(ids, drawn.outputs)) if reward else mixed(recipe.reward, marks, said)
    return earned, {"reward": fmean(earned), **figures}


def critic_of(recipe: PpoRecipe) -> Any:
    """The critic at its beginning."""
    from uiebench.train.value_head import scale

    path = recipe.reward_model if recipe.reward.model else recipe.model.path
    critic, _ = with_number(msgspec.structs.replace(recipe.model, path=path), recipe.training.seed)
    alone = not (recipe.reward.f1 or recipe.reward.valid)
    scale(critic, recipe.reward.model if alone else 0.0)
    return with_adapters(critic, recipe.lora, recipe.training.seed, "SEQ_CLS") if recipe.lora else critic.float()


# --- learning -------------------------------------------------------------------------------------


class Assessed(NamedTuple):
    """What policy, reference and critic say of the tokens drawn: (rows, tokens) each, 0 on padding."""

    policy: torch.Tensor
    reference: torch.Tensor
    values: torch.Tensor
    entropy: torch.Tensor


class Learners:
    """Policy and critic with their optimisers, and β.

    Fields:
        reference: a model of its own; None if it is the policy without its adapters.
        beta: the price of departing from the reference, as it is now.
    """

    def __init__(self, recipe: PpoRecipe, policy: Any, reference: Any | None, critic: Any) -> None:
        import torch

        self.recipe, self.policy, self.reference, self.critic = recipe, policy, reference, critic
        self.beta = recipe.kl.beta
        settings = recipe.training
        self.optimizers = {
            name: torch.optim.AdamW(trained(model).values(), lr=rate, weight_decay=settings.weight_decay)
            for name, model, rate in (
                ("policy", policy, settings.learning_rate),
                ("critic", critic, recipe.ppo.critic_rate or settings.learning_rate),
            )
        }

    def step(
        self, drawn: Drawn, earned: Sequence[float], step: int, total: int, clock: Clock, folder: Path
    ) -> dict[str, float]:
        """Learn from the answers of a step; returns the figures of the log."""
        import torch

        plan = self.recipe.ppo
        acts = drawn.acts.float()
        found = self.assess(drawn)
        clock.lap("forward")
        ratio = found.policy - found.reference
        kl = float(ratio.sum(-1).mean())
        scores = torch.tensor(earned, device=acts.device)
        if plan.whiten and len(earned) > 1:
            scores = scores / scores.std().clamp_min(1e-8)
        rewards = -self.beta * ratio
        rewards = rewards.scatter_add(1, drawn.acts.sum(-1, keepdim=True) - 1, scores[:, None])
        gained = advantages(rewards, found.values, acts, plan.gamma, plan.lam)
        returns = gained + found.values
        line = {
            "kl": kl,
            "beta": self.beta,
            "entropy": mean(found.entropy, acts),
            "explained_variance": explained_variance(returns, found.values, acts),
            "tokens": float(acts.sum(-1).mean()),
            "ended": fmean(drawn.ended),
        }
        line |= self.update(drawn, found, whitened(gained, acts), returns, step, total, folder)
        clock.lap("update")
        self.beta = next_beta(self.beta, self.recipe.kl, kl, len(earned))
        return line

    def assess(self, drawn: Drawn) -> Assessed:
        """What all three say of the tokens drawn, before anything is learned from them."""
        import torch

        from uiebench.train.value_head import numbers

        temperature, batch = self.recipe.sampling.temperature, self.recipe.training.batch
        whole = [torch.zeros_like(drawn.log_probs) for _ in Assessed._fields]
        with torch.no_grad():
            for start in range(0, len(drawn.ids), batch):
                rows = slice(start, min(start + batch, len(drawn.ids)))
                part = drawn.rows(range(rows.start, rows.stop))
                own = log_probs(self.policy, part, temperature)
                if self.reference is None:
                    with self.policy.disable_adapter():
                        other = log_probs(self.policy, part, temperature)
                else:
                    other = log_probs(self.reference, part, temperature)
                values = numbers(self.critic, part.ids, part.mask)[:, part.prompt - 1 : -1] * part.acts
                for tensor, said in zip(whole, (own.sampled, other.sampled, values, own.entropy), strict=True):
                    tensor[rows, : said.shape[1]] = said
        return Assessed(*whole)

    def update(
        self,
        drawn: Drawn,
        before: Assessed,
        gained: torch.Tensor,
        returns: torch.Tensor,
        step: int,
        total: int,
        folder: Path,
    ) -> dict[str, float]:
        """Passes over the answers of a step, some answers at a time."""
        import torch

        from uiebench.train.value_head import numbers

        plan, settings = self.recipe.ppo, self.recipe.training
        share = steps.rate(settings, step, total)
        for optimizer, full in (
            (self.optimizers["policy"], settings.learning_rate),
            (self.optimizers["critic"], plan.critic_rate or settings.learning_rate),
        ):
            for group in optimizer.param_groups:
                group["lr"] = full * share
        sums: defaultdict[str, float] = defaultdict(float)
        if settings.checkpointing:
            self.policy.train()
            self.critic.train()
        minibatch = settings.batch * settings.accumulate
        for turn in range(plan.passes):
            places = sorted(range(len(drawn.ids)), key=lambda row: lot(settings.seed, "pass", step, turn, row))
            for start in range(0, len(places), minibatch):
                mini = places[start : start + minibatch]
                tokens = drawn.acts[mini].sum()
                for micro in (mini[at : at + settings.batch] for at in range(0, len(mini), settings.batch)):
                    part = drawn.rows(micro)
                    acts, wide = part.acts.float(), part.acts.shape[1]
                    old, target, worth, values = (
                        whole[micro, :wide] for whole in (before.policy, returns, gained, before.values)
                    )
                    new = log_probs(self.policy, part, self.recipe.sampling.temperature).sampled
                    now = numbers(self.critic, part.ids, part.mask)[:, part.prompt - 1 : -1]
                    change = (new - old).exp()
                    bound = change.clamp(1 - plan.clip, 1 + plan.clip)
                    policy_loss = (torch.maximum(-worth * change, -worth * bound) * acts).sum() / tokens
                    near = values + (now - values).clamp(-plan.value_clip, plan.value_clip)
                    squares = torch.maximum((now - target) ** 2, (near - target) ** 2)
                    value_loss = 0.5 * (squares * acts).sum() / tokens
                    if not torch.isfinite(policy_loss + value_loss):
                        raise TrainingError(no_number("loss", step, folder))
                    (policy_loss + value_loss).backward()  # no weight belongs to both
                    sums["policy_loss"] += float(policy_loss.detach())
                    sums["value_loss"] += float(value_loss.detach())
                    sums["clip_fraction"] += float((((change - 1).abs() > plan.clip) * acts).sum() / tokens)
                sums["grad_norm"] += self._move("policy", self.policy, settings.clip, step, folder)
                self._move("critic", self.critic, plan.critic_clip, step, folder)
        self.policy.eval()
        self.critic.eval()
        updates = plan.passes * math.ceil(len(drawn.ids) / minibatch)
        return {name: value / updates for name, value in sums.items()} | {
            "learning_rate": settings.learning_rate * share
        }

    def _move(self, name: str, model: Any, most: float, step: int, folder: Path) -> float:
        """One update of the weights of a model; returns the norm of its gradient."""
        import torch

        norm = float(torch.nn.utils.clip_grad_norm_(trained(model).values(), most))
        if not math.isfinite(norm):
            raise TrainingError(no_number("gradient", step, folder))
        self.optimizers[name].step()
        self.optimizers[name].zero_grad()
        return norm

    def state(self) -> dict[str, Any]:
        """What goes into a checkpoint."""
        return {
            "policy": trained(self.policy),
            "critic": trained(self.critic),
            "optimizers": {name: optimizer.state_dict() for name, optimizer in self.optimizers.items()},
            "beta": self.beta,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a checkpoint."""
        import torch

        with torch.no_grad():
            for name, model in (("policy", self.policy), ("critic", self.critic)):
                for key, weight in trained(model).items():
                    weight.copy_(state[name][key])
                self.optimizers[name].load_state_dict(state["optimizers"][name])
        self.beta = state["beta"]


# --- formulas -------------------------------------------------------------------------------------


def advantages(
    rewards: torch.Tensor, values: torch.Tensor, acts: torch.Tensor, gamma: float, lam: float
) -> torch.Tensor:
    """Generalised advantage estimation (Schulman et al. 2016) of (rows, tokens); `acts` is 0 on padding.

    A[t] = δ[t] + γ λ A[t+1],   δ[t] = r[t] + γ V[t+1] − V[t],   with nothing behind the last token
    """
    import torch

    found, after = torch.zeros_like(rewards), torch.zeros_like(rewards[:, 0])
    following = torch.zeros_like(after)
    for place in reversed(range(rewards.shape[1])):
        here = acts[:, place]
        delta = rewards[:, place] + gamma * following - values[:, place]
        after = (delta + gamma * lam * after) * here
        following = values[:, place] * here
        found[:, place] = after
    return found


def mean(values: torch.Tensor, acts: torch.Tensor) -> float:
    """The mean over the tokens drawn."""
    return float((values * acts).sum() / acts.sum())


def whitened(values: torch.Tensor, acts: torch.Tensor) -> torch.Tensor:
    """Values with mean 0 and deviation 1 over the tokens drawn; 0 on padding."""
    average = (values * acts).sum() / acts.sum()
    variance = ((values - average) ** 2 * acts).sum() / acts.sum()
    return (values - average) / (variance + 1e-8).sqrt() * acts


def explained_variance(returns: torch.Tensor, values: torch.Tensor, acts: torch.Tensor) -> float:
    """1 − Var(returns − values) / Var(returns): 1 for a critic that knows, 0 for one that says nothing."""
    there = acts.bool()
    total, left = returns[there].var(correction=0), (returns - values)[there].var(correction=0)
    return float(1 - left / total) if total > 0 else 0.0


def next_beta(beta: float, kl: Kl, found: float, answers: int) -> float:
    """β after a step of so many answers that departed by `found` nats (Ziegler et al. 2019, section 2.2)."""
    if kl.target is None:
        return beta
    error = min(max(found / kl.target - 1, -0.2), 0.2)
    return beta * (1 + error * answers / kl.horizon)
