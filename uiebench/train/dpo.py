"""Direct preference optimisation, from top to bottom: pairs, the reference, the steps, what was learned.

    train(load(Path("recipes/train/tiny-dpo.yaml")), Path("runs/tiny-dpo"))
    →  {"name": "tiny-dpo", "figures": {"accuracy": 0.83, "margin": 1.9, "accuracy confusion": 0.81, …}, …}

The reward that a model implies of an answer is r = β (log π(answer) − log π_ref(answer)), and the loss of a pair
−log σ(r of the chosen answer − r of the rejected one) (Rafailov et al. 2023).

    prompt    <|user|>文本：高明创办了远山公司。…<|assistant|>
    chosen    {"人名":["高明"],"机构":["远山公司"]}<|end|>     log π −4.1, log π_ref −5.0   →  r = 0.09
    rejected  {"人名":["高明明"],"机构":["远山公司"]}<|end|>   log π −9.7, log π_ref −8.2   →  r = −0.15

Prompt and answer are the tokens that a model is trained on in `sft` and asked with in `predict`. The reference is the
model that is begun with; what it says of each answer is computed once, before the first step, and kept in the run
folder (reference.parquet), so that no second model takes memory while training. The steps are those of
`uiebench.train.sft`, which end in the same weights when they are resumed.

Why not TRL's DPOTrainer (1.16)? It tokenises prompt and answer together and cuts where they part, so that tokens may
be others than those of prediction; it cannot be given tokens. And its log-probabilities come out of a fused output
layer that knows the weights of that layer alone: a copy head is left out without a word. On a model without one, its
updates are those of this module, which a test shows.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import msgspec

from uiebench import __version__
from uiebench.errors import RecipeError, UiebenchError
from uiebench.hashing import lot, sha256_file, threshold
from uiebench.storage import read_parquet, write_json, write_parquet
from uiebench.train import data, run, steps
from uiebench.train.log import Log
from uiebench.train.model import FINAL, begun_with, parameters, pretrained, quiet, save, with_adapters
from uiebench.train.recipe import DpoRecipe
from uiebench.train.reward import Divided, EncodedPair, RewardModel, Row, encode, measure, read_pairs
from uiebench.train.rollout import Drawn, log_probs, pad_of
from uiebench.train.sft import Progress, arguments_of, check_fit, endless, trainer_of
from uiebench.types import RewardPair

if TYPE_CHECKING:
    import torch

REFERENCE = "reference.parquet"


@run.alone
def train(
    recipe: DpoRecipe, out: Path, *, resume: bool = False, progress: Progress = lambda done, total, text: None
) -> dict[str, Any]:
    """Train as a recipe says; the run folder `out` then holds the model. Returns what run.json says, and figures.

    Raises: UiebenchError in one line for whatever is wrong with recipe, pairs, model, memory or disk.
    """
    import torch

    quiet()
    settings = recipe.training
    if resume and run.is_finished(out):
        raise RecipeError(f"{out}: this run is complete; its model is in {out / FINAL}")
    log = Log(out, recipe)

    # 1. Pairs and model.
    counts = Counter[str]()
    progress(0, 0, "reading the pairs")
    for file in recipe.pairs:
        if not Path(file).is_file():
            raise RecipeError(
                f"{file}: no such file; uiebench pairs build and uiebench pairs confuse write reward pairs"
            )
    pairs, held_pairs = divided(read_pairs(recipe.pairs), recipe)
    model, tokenizer = pretrained(recipe.model)
    template = data.template_of(tokenizer)
    check_fit(model, tokenizer, recipe)
    # What is trained whole is kept in float32.
    model = with_adapters(model, recipe.lora, settings.seed) if recipe.lora else model.float()
    steps.without_dropout(model)
    progress(0, 0, "tokenising")
    encoded = encode(tokenizer, pairs, settings.context, counts)
    beside = encode(tokenizer, held_pairs, settings.context, longer := Counter[str]())
    if not encoded or not beside:
        raise UiebenchError(
            f"no pair to {'measure' if encoded else 'train'} on fits into {settings.context:,} tokens: "
            "raise training.context"
        )
    kept = {pair.id for pair in beside}
    split = Divided(pairs, [pair for pair in held_pairs if pair.id in kept], 0)
    counts.update({f"pairs of held-out documents, {reason}": n for reason, n in longer.items()})
    ids = [pair.id for pair in encoded]
    rows = [[place] for epoch in range(settings.epochs) for place in data.order(ids, settings.seed, epoch)]

    # 2. The run folder and the reference.
    arguments = arguments_of(settings, out / "checkpoints", recipe.model.dtype, evaluate=False)
    per_update = settings.batch * settings.accumulate * arguments.world_size
    updates = settings.steps or math.ceil(len(rows) / per_update)
    if settings.steps:
        rows = endless(rows, per_update * updates)
    size, trained = parameters(model)
    told = run.Run(
        stage="dpo",
        name=recipe.name,
        uiebench=__version__,
        python=run.python(),
        versions=run.versions(),
        data={file: sha256_file(Path(file)) for file in recipe.pairs} | begun_with(recipe.model),
        template=template,
        parameters=size,
        trained=trained,
        examples=len(encoded),
        rows=len(rows),
        updates=updates,
        answer_tokens=sum(len(pair.chosen) + len(pair.rejected) - 2 * pair.prompt for pair in encoded),
        left_out=dict(counts),
        held={"pairs of held-out documents": len(split.held)},
        processes=arguments.world_size,
    )
    if arguments.process_index == 0:
        run.begin(out, recipe, told, resume=resume)
    checkpoint = run.last_checkpoint(out / "checkpoints") if resume else None
    if arguments.process_index == 0:
        log.begin(int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0)
    pad = pad_of(tokenizer)
    progress(0, 0, "asking the reference")
    asked = [*(encoded[place] for place in sorted({place for row in rows for place in row})), *beside]
    with steps.half(recipe.model.dtype), steps.memory(0, "training.batch"):
        reference, seconds = references(model, asked, pad, settings.batch, out / REFERENCE)
    figures = {"seconds_reference": seconds}

    # 3. The steps.
    def loss_of(policy: Any, batch: dict[str, Any]) -> tuple[torch.Tensor, dict[str, float]]:
        return loss(policy, batch, recipe.beta, recipe.sft)

    collate: Any = Collator(encoded, reference, pad)
    trainer = trainer_of(model, tokenizer, arguments, rows, None, collate, log, updates, progress, loss_of)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    figures |= trainer.whole()
    if torch.cuda.is_available():
        figures["peak_gpu_gib"] = torch.cuda.max_memory_allocated() / 2**30

    # 4. What was learned, and what comes out.
    bare = trainer.accelerator.unwrap_model(trainer.model)
    sharded = trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled
    whole, measured = out / "checkpoints" / FINAL, list[Row]()
    if sharded:
        trainer.save_model(str(whole))  # on all devices together
    elif arguments.process_index == 0:
        progress(updates, updates, "measuring")
        with steps.half(recipe.model.dtype), steps.memory(updates, "training.batch"):
            implied = Implied(bare.eval(), tokenizer, recipe, reference)
            figures |= implied.read(split.held, beside)
        measured = measure(implied, split)
        figures["margin"] = measured[0].margin
        figures |= {
            f"accuracy {row.group}".removesuffix(" all"): row.accuracy for row in measured if "/" not in row.group
        }
        write_json(out / "accuracy.json", measured)
    if recipe.lora and recipe.lora.merge and not sharded:
        bare = bare.merge_and_unload()
    if arguments.process_index == 0:
        log.end()
        progress(updates, updates, "writing the model")
        card = run.model_card(told, recipe.model.path, recipe, figures, "uiebench train")
        write_json(out / "figures.json", figures)
        save(whole.rename if sharded else bare.save_pretrained, tokenizer, out / FINAL, card)
    return run.summary(told, figures) | {"accuracy": msgspec.to_builtins(measured)}


# --- pairs ----------------------------------------------------------------------------------------


def divided(pairs: Sequence[RewardPair], recipe: DpoRecipe) -> tuple[list[RewardPair], list[RewardPair]]:
    """The pairs that are trained on, and those of held-out documents, as in the stage `reward`.

    Raises: RecipeError if there are none of either.
    """
    limit, seed = threshold(recipe.held), recipe.training.seed
    held = [pair for pair in pairs if lot(seed, "held", pair.document) < limit]
    kept = {pair.id for pair in held}
    rest = [pair for pair in pairs if pair.id not in kept]
    if not rest or not held:
        documents = len({pair.document for pair in pairs})
        raise RecipeError(
            f"held {recipe.held:g}: no pairs to {'measure' if rest else 'train'} on; there are {len(pairs):,} of "
            f"{documents:,} documents"
        )
    return rest, held


def laid_out(pairs: Sequence[EncodedPair], pad: int) -> dict[str, Any]:
    """The chosen answers to some prompts, then the rejected ones, as `uiebench.train.rollout` lays out what it draws.

    Prompts are padded at the left and answers at the right: `answers`, 1 or 0, has their columns alone.
    """
    import torch

    sides = [(pair.prompt, pair.chosen) for pair in pairs] + [(pair.prompt, pair.rejected) for pair in pairs]
    width, wide = max(prompt for prompt, _ in sides), max(len(side) - prompt for prompt, side in sides)
    ids = torch.full((len(sides), width + wide), pad)
    mask = torch.zeros_like(ids)
    for row, (prompt, side) in enumerate(sides):
        first = width - prompt
        ids[row, first : first + len(side)] = torch.tensor(side)
        mask[row, first : first + len(side)] = 1
    return {"input_ids": ids, "attention_mask": mask, "answers": mask[:, width:]}


class Collator:
    """Makes a batch of pairs, with what the reference says of them: (pairs, 2), chosen and rejected."""

    def __init__(self, encoded: Sequence[EncodedPair], reference: Mapping[str, Said], pad: int) -> None:
        self.encoded, self.reference, self.pad = encoded, reference, pad

    def __call__(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        import torch

        pairs = [self.encoded[place] for row in rows for place in row]
        said = [self.reference[pair.id] for pair in pairs]
        return laid_out(pairs, self.pad) | {"reference": torch.tensor([[one.chosen, one.rejected] for one in said])}


# --- log-probabilities ----------------------------------------------------------------------------


def answered(model: Any, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
    """The log-probability of each token of the answers of a batch: (answers, tokens), 0 on padding."""
    ids, answers = batch["input_ids"], batch["answers"]
    prompt = ids.shape[1] - answers.shape[1]
    drawn = Drawn(ids, batch["attention_mask"], prompt, answers.float(), None, [], [])
    return log_probs(model, drawn, 1.0).sampled


def loss(
    model: Any, batch: Mapping[str, torch.Tensor], beta: float, sft: float
) -> tuple[torch.Tensor, dict[str, float]]:
    """The mean loss of the pairs of a batch, and what the log tells of them."""
    import torch

    tokens = answered(model, batch)
    chosen, rejected = (tokens.sum(-1) - batch["reference"].T.flatten()).chunk(2)
    margin = beta * (chosen - rejected)
    found = -torch.nn.functional.logsigmoid(margin).mean()
    if sft:
        better = len(margin)
        found = found - sft * tokens[:better].sum() / batch["answers"][:better].sum()
    told = torch.stack([(margin > 0).float(), margin, chosen, rejected]).detach().mean(-1)
    return found, dict(zip(("accuracy", "margin", "chosen", "rejected"), told.tolist(), strict=True))


class Said(msgspec.Struct, frozen=True):
    """The log-probabilities of the answers of a pair, by the reference."""

    id: str
    chosen: float
    rejected: float


def said_of(model: Any, pairs: Sequence[EncodedPair], pad: int, batch: int) -> list[Said]:
    """The log-probabilities of the answers of some pairs, `batch` pairs at a time."""
    import torch

    found = []
    for start in range(0, len(pairs), batch):
        here = pairs[start : start + batch]
        laid = {name: tensor.to(model.device) for name, tensor in laid_out(here, pad).items()}
        with torch.no_grad():
            chosen, rejected = answered(model, laid).sum(-1).chunk(2)
        found += [
            Said(*one) for one in zip((pair.id for pair in here), chosen.tolist(), rejected.tolist(), strict=True)
        ]
    return found


def references(
    model: Any, pairs: Sequence[EncodedPair], pad: int, batch: int, file: Path
) -> tuple[dict[str, Said], float]:
    """What the model that is begun with says of each pair, by id, and the seconds that asking it took.

    Both are read from `file`, and the one of that name in JSON, if an earlier call has left them there.
    """
    from accelerate.utils import gather_object

    took = file.with_suffix(".json")
    if file.is_file() and took.is_file():
        return {said.id: said for said in read_parquet(file, Said)}, msgspec.json.decode(took.read_bytes(), type=float)
    here, began = steps.devices(), time.monotonic()
    model.to(here.device).eval()
    found = said_of(model, pairs[here.process :: here.processes], pad, batch)
    every = sorted(gather_object(found) if here.processes > 1 else found, key=lambda said: said.id)
    seconds = time.monotonic() - began
    if here.process == 0:
        write_json(took, seconds)
        write_parquet(file, Said, every)
    return {said.id: said for said in every}, seconds


# --- what was learned -----------------------------------------------------------------------------


class Implied(RewardModel):
    """The rewards that a policy implies of the answers of held-out pairs, for `uiebench.train.reward.measure`."""

    def __init__(self, policy: Any, tokenizer: Any, recipe: DpoRecipe, reference: Mapping[str, Said]) -> None:
        super().__init__(policy, tokenizer, recipe.training.context, recipe.training.batch)
        self.beta, self.reference = recipe.beta, reference
        self.found: dict[tuple[str, str], float] = {}

    def read(self, pairs: Sequence[RewardPair], encoded: Sequence[EncodedPair]) -> dict[str, float]:
        """Ask for the answers of some pairs; returns what has become of them.

        chosen, rejected: nats by which they have become likelier. likelier, likelier_begun: the share of the pairs
        whose chosen answer is likelier than the rejected one, by the policy and by the reference.
        """
        now = said_of(self.model, encoded, pad_of(self.tokenizer), self.batch)
        before = [self.reference[pair.id] for pair in encoded]
        for pair, said, was in zip(pairs, now, before, strict=True):
            self.found[pair.prompt, pair.chosen] = self.beta * (said.chosen - was.chosen)
            self.found[pair.prompt, pair.rejected] = self.beta * (said.rejected - was.rejected)
        return {
            "chosen": fmean(said.chosen - was.chosen for said, was in zip(now, before, strict=True)),
            "rejected": fmean(said.rejected - was.rejected for said, was in zip(now, before, strict=True)),
            "likelier": fmean(said.chosen > said.rejected for said in now),
            "likelier_begun": fmean(said.chosen > said.rejected for said in before),
        }

    def rewards(self, prompts: Sequence[str], answers: Sequence[str]) -> list[float]:
        """The reward of each answer to the prompt beside it; they must have been read."""
        return [self.found[pair] for pair in zip(prompts, answers, strict=True)]
