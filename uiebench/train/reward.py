"""A reward model, from top to bottom: pairs, the layers of a model under one number, the steps, what it is worth.

    train(load(Path("recipes/train/tiny-reward.yaml")), Path("runs/tiny-reward"))
    →  {"name": "tiny-reward", "figures": {"accuracy": 0.91, "accuracy own": 0.74, "accuracy own/boundary": 0.70, …}, …}

    found = load_reward_model("runs/tiny-reward")
    found.rewards(["任务：…", …], ['{"人名":["高明"]}', …])   →  [1.73, …]

The number at the token that ends an answer is its reward, and the loss of a pair is that of Bradley and Terry:
−log σ(reward of the chosen answer − reward of the rejected one). The steps are those of `uiebench.train.sft`, which
end in the same weights when they are resumed; TRL's RewardTrainer would be its own reading of rows, order and
checkpoints once more.

Accuracy on pairs made at will says little: it is 1.0 at once where every rejected answer shows how it was made. So
what is measured is told apart by source and kind, and by what training has not shown: kinds held out by the recipe
(`held_kinds`), names that stand in no answer trained on, strings that are not in the text. And what decides whether a
model can help a policy is whether it finds the better of the policy's own samples: see `best_of`.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from uiebench import __version__
from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.hashing import lot, sha256_file, threshold
from uiebench.score.answer import Asked, overlap
from uiebench.score.predictions import read_predictions
from uiebench.storage import read_parquet, write_json
from uiebench.train import data, run
from uiebench.train.dialogues import Message
from uiebench.train.log import Log
from uiebench.train.model import (
    FINAL,
    begun_with,
    checkpoint_activations,
    described,
    parameters,
    quiet,
    save,
    with_adapters,
    with_number,
)
from uiebench.train.recipe import BestOf, Pretrained, RewardRecipe
from uiebench.train.rewards import Scored
from uiebench.train.sft import Progress, arguments_of, check_fit, endless, trainer_of
from uiebench.types import RewardPair


@run.alone
def train(
    recipe: RewardRecipe, out: Path, *, resume: bool = False, progress: Progress = lambda done, total, text: None
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
    split = divided(read_pairs(recipe.pairs), recipe)
    if split.left_out:
        counts["pairs of held-out kinds"] = split.left_out
    sampled = Sampled.read(recipe.best_of) if recipe.best_of else None
    model, tokenizer = with_number(recipe.model, settings.seed)
    template = data.template_of(tokenizer)
    check_fit(model, tokenizer, recipe)
    # What is trained whole is kept in float32.
    model = with_adapters(model, recipe.lora, settings.seed, "SEQ_CLS") if recipe.lora else model.float()
    if settings.checkpointing:
        checkpoint_activations(model)
    progress(0, 0, "tokenising")
    encoded = encode(tokenizer, split.trained, settings.context, counts)
    fitting = encode(tokenizer, split.held, settings.context, longer := Counter[str]())
    kept = {pair.id for pair in fitting}
    split = split._replace(held=[pair for pair in split.held if pair.id in kept])
    if not encoded or not split.held:
        raise UiebenchError(
            f"no pair to {'measure' if encoded else 'train'} on fits into {settings.context:,} tokens: "
            "raise training.context"
        )
    counts.update({f"pairs of held-out documents, {reason}": n for reason, n in longer.items()})
    ids = [pair.id for pair in encoded]
    rows = [[place] for epoch in range(settings.epochs) for place in data.order(ids, settings.seed, epoch)]

    # 2. The trainer.
    arguments = arguments_of(
        msgspec.structs.replace(settings, checkpointing=False),
        out / "checkpoints",
        recipe.model.dtype,
        evaluate=False,
    )
    per_update = settings.batch * settings.accumulate * arguments.world_size
    updates = settings.steps or math.ceil(len(rows) / per_update)
    if settings.steps:
        rows = endless(rows, per_update * updates)
    size, trained = parameters(model)
    told = run.Run(
        stage="reward",
        name=recipe.name,
        uiebench=__version__,
        python=run.python(),
        versions=run.versions(),
        data=fingerprints(recipe) | begun_with(recipe.model),
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
    collate: Any = Collator(encoded, tokenizer.pad_token_id or 0)
    trainer = trainer_of(pairwise(model), tokenizer, arguments, rows, None, collate, log, updates, progress)

    if trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled:
        raise RecipeError("the stage reward shares nothing out over devices; start it under ddp.yaml")

    # 3. The steps.
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    figures = trainer.whole()
    if torch.cuda.is_available():
        figures["peak_gpu_gib"] = torch.cuda.max_memory_allocated() / 2**30

    # 4. What it is worth, and what comes out.
    bare = trainer.accelerator.unwrap_model(trainer.model).model
    if recipe.lora:
        bare = bare.merge_and_unload()
    judge = RewardModel(bare.eval(), tokenizer, settings.context, settings.batch)
    measured: list[Row] = []
    if arguments.process_index == 0:
        progress(updates, updates, "measuring")
        measured = measure(judge, split)
        figures |= {
            f"accuracy {row.group}".removesuffix(" all"): row.accuracy for row in measured if "/" not in row.group
        }
        if sampled:
            figures |= sampled.figures(judge)
        log.end()
        progress(updates, updates, "writing the model")
        card = run.model_card(told, recipe.model.path, recipe, figures, "uiebench train")
        write_json(out / "accuracy.json", measured)
        write_json(out / "figures.json", figures)
        save(bare.save_pretrained, tokenizer, out / FINAL, card)
    return run.summary(told, figures) | {"accuracy": msgspec.to_builtins(measured)}


# --- pairs ----------------------------------------------------------------------------------------


class Divided(NamedTuple):
    """Pairs that are trained on, those that are measured on, and how many are neither."""

    trained: list[RewardPair]
    held: list[RewardPair]
    left_out: int


def read_pairs(files: Sequence[str]) -> list[RewardPair]:
    """The pairs of some files, each id once, in the order of their ids.

    Raises: SourceError for a file that is not there or has other columns.
    """
    found: dict[str, RewardPair] = {}
    for file in files:
        try:
            found |= {pair.id: pair for pair in read_parquet(Path(file), RewardPair)}
        except SourceError as error:
            if "columns" in str(error):
                raise SourceError(f"{error}; pairs as messages are not read: build them with form: standard") from None
            raise
    if not found:
        raise RecipeError(f"{', '.join(files)}: no pairs in it")
    return [found[id] for id in sorted(found)]


def divided(pairs: Iterable[RewardPair], recipe: RewardRecipe) -> Divided:
    """Pairs by what they are for: all pairs of a document are for the same.

    Raises: RecipeError if nothing is left to train on or to measure on, or a kind to be held out is not there.
    """
    trained, held, left_out, kinds = list[RewardPair](), list[RewardPair](), 0, set[str]()
    limit = threshold(recipe.held)
    for pair in pairs:
        kinds.add(pair.kind)
        if lot(recipe.training.seed, "held", pair.document) < limit:
            held.append(pair)
        elif pair.kind in recipe.held_kinds:
            left_out += 1
        else:
            trained.append(pair)
    if unknown := [kind for kind in recipe.held_kinds if kind not in kinds]:
        raise RecipeError(f"held_kinds: no pairs of the kind {unknown[0]!r}; there are {', '.join(sorted(kinds))}")
    if not trained or not held:
        what = "train" if not trained else "measure"
        raise RecipeError(f"held {recipe.held:g}: no pairs are left to {what} on; there are {len(trained) + len(held)}")
    return Divided(trained, held, left_out)


class EncodedPair(NamedTuple):
    """A pair in tokens: for either side `prompt` tokens of the prompt, the answer, and the token that ends it."""

    id: str
    prompt: int
    chosen: array[int]
    rejected: array[int]


def read_as(tokenizer: Any, prompt: str, *answers: str) -> list[array[int]]:
    """The tokens of a prompt, and of each answer with the token that ends it behind them: what a reward model reads."""
    before, end = data.prompt_ids(tokenizer, [Message("user", prompt)]), data.end_of(tokenizer)
    return [
        array("i", before),
        *(array("i", [*before, *data.answer_ids(tokenizer, answer), end]) for answer in answers),
    ]


def encode(tokenizer: Any, pairs: Sequence[RewardPair], context: int, counts: Counter[str]) -> list[EncodedPair]:
    """Pairs in tokens; those of which a side is longer than the context are counted, not taken."""
    found = []
    for pair in pairs:
        prompt, chosen, rejected = read_as(tokenizer, pair.prompt, pair.chosen, pair.rejected)
        if max(len(chosen), len(rejected)) > context:
            counts["longer than the context"] += 1
        else:
            found.append(EncodedPair(pair.id, len(prompt), chosen, rejected))
    return found


class Collator:
    """Makes a batch of pairs: all chosen sides, then all rejected ones, padded at the right."""

    def __init__(self, encoded: Sequence[EncodedPair], pad: int) -> None:
        self.encoded, self.pad = encoded, pad

    def __call__(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        pairs = [self.encoded[place] for row in rows for place in row]
        return padded([pair.chosen for pair in pairs] + [pair.rejected for pair in pairs], self.pad)


def padded(rows: Sequence[Sequence[int]], pad: int) -> dict[str, Any]:
    """Rows of tokens as tensors, padded at the right."""
    import torch

    ids = torch.full((len(rows), max(map(len, rows))), pad)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(list(row))
        mask[place, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def pairwise(model: Any) -> Any:
    """A model whose loss is that of pairs, as `Collator` lays them out."""
    from torch import nn

    from uiebench.train.value_head import at_the_end, numbers

    class Pairwise(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any, use_cache: bool = False) -> dict[str, Any]:
            said = numbers(self.model, input_ids, attention_mask)
            chosen, rejected = at_the_end(said, attention_mask).chunk(2)
            return {"loss": -nn.functional.logsigmoid(chosen - rejected).mean()}

    return Pairwise()


def fingerprints(recipe: RewardRecipe) -> dict[str, str]:
    """What the pairs and samples were: the SHA-256 of each file, and of the manifest of a benchmark."""
    best = recipe.best_of
    files = [*recipe.pairs, *([name for name in (best.predictions, best.greedy) if name] if best else [])]
    found = {file: sha256_file(Path(file)) for file in files}
    return found | (data.fingerprints([best.data]) if best else {})


# --- the model ------------------------------------------------------------------------------------


class RewardModel:
    """A model that says what an answer is worth."""

    def __init__(self, model: Any, tokenizer: Any, context: int, batch: int = 16) -> None:
        self.model, self.tokenizer, self.context, self.batch = model, tokenizer, context, batch

    def rewards(self, prompts: Sequence[str], answers: Sequence[str]) -> list[float]:
        """The reward of each answer to the prompt beside it.

        Rows longer than the context lose the beginning of their prompt: the answer and its end are what is judged.
        """
        import torch

        from uiebench.train.value_head import at_the_end, numbers

        pairs = zip(prompts, answers, strict=True)
        rows = [read_as(self.tokenizer, prompt, answer)[1][-self.context :] for prompt, answer in pairs]
        found = [0.0] * len(rows)
        longest = sorted(range(len(rows)), key=lambda place: (-len(rows[place]), place))
        for start in range(0, len(rows), self.batch):
            places = longest[start : start + self.batch]
            batch = padded([rows[place] for place in places], self.tokenizer.pad_token_id or 0)
            mask = batch["attention_mask"].to(self.model.device)
            with torch.inference_mode():
                said = numbers(self.model, batch["input_ids"].to(self.model.device), mask)
            for place, reward in zip(places, at_the_end(said, mask).tolist(), strict=True):
                found[place] = reward
        return found

    def same_tokens(self, tokenizer: Any, path: str) -> None:
        """Raise RecipeError if a policy has other tokens or another chat template than the reward model in `path`."""
        own = self.tokenizer
        for what, mine, other in (
            ("vocabulary", own.get_vocab(), tokenizer.get_vocab()),
            ("end of an answer", own.eos_token_id, tokenizer.eos_token_id),
            ("chat template", own.chat_template, tokenizer.chat_template),
        ):
            if mine != other:
                raise RecipeError(
                    f"{path}: its tokenizer is not that of the policy (another {what}): train the reward model from "
                    "the policy, or from the model the policy was made of"
                )


def load_reward_model(path: str, dtype: Any = "auto", batch: int = 16) -> RewardModel:
    """A reward model from its run folder, or a model of transformers that gives one number.

    Raises: RecipeError in one line if it is none.
    """
    import torch

    if (told := described(Path(path)).get("architectures")) and not any("SequenceClass" in name for name in told):
        raise RecipeError(f"{path}: no reward model but {told[0]}; the stage `reward` trains one")
    model, tokenizer = with_number(Pretrained(path, dtype), 0)
    if model.config.num_labels != 1:
        raise RecipeError(f"{path}: it gives {model.config.num_labels} numbers; a reward model gives one")
    data.template_of(tokenizer)
    if torch.cuda.is_available():
        model = model.to("cuda")
    longest = getattr(model.config, "max_position_embeddings", None) or 1 << 20
    return RewardModel(model.eval(), tokenizer, longest, batch)


# --- what it is worth -----------------------------------------------------------------------------


class Row(msgspec.Struct, frozen=True):
    """How often a model prefers the chosen side of held-out pairs; equal rewards count half.

    Fields:
        group: all, a source, source/kind, or what training has not shown.
        low, high: Wilson's 95 % interval of the accuracy. margin: the mean difference of the rewards.
    """

    group: str
    pairs: int
    accuracy: float
    low: float
    high: float
    margin: float


def measure(judge: RewardModel, split: Divided) -> list[Row]:
    """The accuracy on held-out pairs, over all and by group."""
    prompts = [pair.prompt for pair in split.held]
    chosen = judge.rewards(prompts, [pair.chosen for pair in split.held])
    rejected = judge.rewards(prompts, [pair.rejected for pair in split.held])
    known = {name for pair in split.trained for side in (pair.chosen, pair.rejected) for name in names(side)}
    seen = {pair.kind for pair in split.trained}
    margins: defaultdict[str, list[float]] = defaultdict(list)
    for pair, high, low in zip(split.held, chosen, rejected, strict=True):
        for group in groups(pair, known, seen):
            margins[group].append(high - low)
    return [_row(group, margins[group]) for group in sorted(margins, key=lambda group: (group != "all", group))]


def groups(pair: RewardPair, known: set[str], seen: set[str]) -> list[str]:
    """The groups that a held-out pair belongs to; `known` are names and `seen` kinds of the pairs trained on."""
    apart = names(pair.chosen) ^ names(pair.rejected)
    found = ["all", pair.source, f"{pair.source}/{pair.kind}"]
    if pair.kind not in seen:
        found.append("kinds not seen")
    if apart:
        found.append("names seen" if apart & known else "names not seen")
    if any(name not in pair.prompt for name in names(pair.rejected)):
        found.append("rejected names not in the text")
    return found


def names(answer: str) -> set[str]:
    """The mentions of an answer in canonical JSON: its strings but for labels, types and relations."""

    def within(value: Any, key: str = "") -> Iterable[str]:
        if isinstance(value, str):
            yield from () if key in ("relation", "type") else (value,)
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                yield from within(inner, name if isinstance(inner, str) else "")
        elif isinstance(value, list):
            for inner in value:
                yield from within(inner)

    try:
        return {name for name in within(msgspec.json.decode(answer)) if name}
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return set()


def _row(group: str, margins: Sequence[float]) -> Row:
    n, right = len(margins), sum(1.0 if margin > 0 else 0.5 if margin == 0 else 0.0 for margin in margins)
    share, z = right / n, 1.96
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Row(group, n, share, centre - half, centre + half, sum(margins) / n)


# --- best of n ------------------------------------------------------------------------------------


class Sampled(NamedTuple):
    """Prompts with several answers to each, and the greedy one."""

    scored: Scored
    answers: dict[str, list[str]]
    greedy: dict[str, str]

    @classmethod
    def read(cls, settings: BestOf) -> Sampled:
        """Read samples and greedy answers.

        Prompts without samples are passed over. Raises: RecipeError if none has several, or one no greedy answer.
        """
        scored = Scored([settings.data])
        answers: defaultdict[str, list[str]] = defaultdict(list)
        for prediction in read_predictions(Path(settings.predictions)):
            if prediction.id in scored.prompts:
                answers[prediction.id].append(_text(prediction.output))
        greedy = {}
        for prediction in read_predictions(Path(settings.greedy)) if settings.greedy else ():
            greedy[prediction.id] = _text(prediction.output)
        greedy = greedy if settings.greedy else {id: said[0] for id, said in answers.items()}
        if max(map(len, answers.values()), default=0) < 2:
            raise RecipeError(f"{settings.predictions}: no prompt of {settings.data.folder} has several answers in it")
        if missing := [id for id in answers if id not in greedy]:
            raise RecipeError(f"{settings.greedy}: no answer to {missing[0]}")
        return cls(scored, dict(answers), {id: greedy[id] for id in answers})

    def figures(self, judge: RewardModel) -> dict[str, float]:
        """The F1 of what would be taken: greedily, at random, by the reward model, and by who knows the gold.

        It is that of all facts together, as the scorer gives it, of the prompts one by one.
        """
        flat = [(id, said) for id, answers in self.answers.items() for said in answers]
        prompts = [self.scored.prompts[id].prompt for id, _ in flat]
        rewards = iter(judge.rewards(prompts, [said for _, said in flat]))
        taken: dict[str, dict[str, str]] = {"greedy": self.greedy, "random": {}, "reward model": {}, "oracle": {}}
        for id, answers in self.answers.items():
            own = [next(rewards) for _ in answers]
            scores = self.scored.f1([id] * len(answers), answers)
            taken["random"][id] = min(enumerate(answers), key=lambda one: lot("random", id, one[0]))[1]
            taken["reward model"][id] = answers[own.index(max(own))]
            taken["oracle"][id] = answers[scores.index(max(scores))]
        n = max(map(len, self.answers.values()))
        return {f"best of {n}: F1 {who}": micro_f1(self.scored.asked, said) for who, said in taken.items()}


def micro_f1(asked: Callable[[str], Asked], outputs: Mapping[str, str]) -> float:
    """F1 of the facts of all answers together; what cannot be read says nothing."""
    right = gold = said = 0
    for id, output in outputs.items():
        prompt = asked(id)
        answer = prompt.answer(output)
        right += len(prompt.gold.headline & answer.headline)
        gold += len(prompt.gold.headline)
        said += len(answer.headline)
    return overlap(right, gold, said)


def _text(output: Any) -> str:
    """An output as text: JSON values are written as such."""
    return output if isinstance(output, str) else msgspec.json.encode(output).decode()
