"""Recipes of training: YAML files that say what is trained on what. Code says how.

    # uiebench train recipes/train/tiny-sft.yaml
    stage: sft
    name: tiny-sft
    model: {from: scratch, layers: 2, hidden: 128}
    data: [{from: benchmark, folder: benchmarks/quickstart, tasks: [NER]}]
    training: {epochs: 2, batch: 8}

`stage` says which Struct a recipe is (`STAGES`). An unknown field, a wrong type or a missing file is one line with
the place in the recipe, as in recipes of benchmarks (`uiebench.recipe`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from uiebench.errors import RecipeError, nearest
from uiebench.recipe import Count, Positive, Share, misread, parse_recipe
from uiebench.types import PromptTask

Above = Annotated[float, msgspec.Meta(gt=0)]
Weight = Annotated[float, msgspec.Meta(ge=0)]
Name = Annotated[str, msgspec.Meta(pattern=r"^\w[\w.-]*$")]
"""Of a run, and of its folder below runs/."""


# --- data -----------------------------------------------------------------------------------------


class FromBenchmark(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="from", tag="benchmark"
):
    """Prompts of a built benchmark.

    Fields:
        folder: of the benchmark (the one with manifest.json).
        split: folder of its instructions: train, dev, test, fewshot_5, auxiliary …
        corpora, tasks: only these; none named: all there are.
        share, skip: of the documents, in the order of a hash, leave out the share `skip` and take the next `share`. So
            {share: 0.8} and {skip: 0.8, share: 0.2} have no document in common, whatever else is selected.
        seed: of that order.
        most: at most so many prompts, the first in the order of a hash.
    """

    folder: str
    split: str = "train"
    corpora: tuple[str, ...] = ()
    tasks: tuple[PromptTask, ...] = ()
    share: Share = 1.0
    skip: Share = 0.0
    seed: int = 0
    most: Positive | None = None


class FromDialogues(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="from", tag="dialogues"
):
    """Dialogues in the format of ShareGPT, Alpaca or OpenAI messages, which is found out for each row.

    Fields:
        file: a .json, .jsonl or .parquet file, or a data set of the Hugging Face Hub as org/name[@revision], or
            "uiebench": the dialogues that come with the package (a file of your own with that name is ./uiebench).
        split: of a data set of the Hub.
        share, skip, seed, most: as in FromBenchmark, of the dialogues.
    """

    file: str
    split: str = "train"
    share: Share = 1.0
    skip: Share = 0.0
    seed: int = 0
    most: Positive | None = None


Data = FromBenchmark | FromDialogues


# --- models ---------------------------------------------------------------------------------------


class Pretrained(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="from", tag="pretrained"
):
    """A causal language model of transformers.

    Fields:
        path: a folder (also a run folder of `uiebench train`), or a model of the Hub as org/name[@revision].
        dtype: of what is not trained, and of forward passes; what is trained is kept in float32, since small updates
            would be rounded away. auto is bfloat16 on a GPU that has it and float32 elsewhere: on a CPU bfloat16 is
            many times slower.
        trust_remote_code: run the code that comes with the model. Only if you have read it.
        attention: the implementation, as transformers names it; empty: its default.
    """

    path: str
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    trust_remote_code: bool = False
    attention: Literal["", "sdpa", "eager", "flash_attention_2"] = ""


class Scratch(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="from", tag="scratch"
):
    """A small decoder with random weights (LLaMA's layers) and a tokenizer made of the training data.

    Fields:
        layers, hidden, heads, feed_forward: its size.
        context: the longest sequence it is made for, in tokens.
        copy: a copy head, which can write any token that stands before (`uiebench.train.copy_head`).
        characters: at most so many characters have a token of their own, the most frequent; others are bytes.
        seen: a character with a token of its own stands at least so often in the training data.
        words: so many tokens for pieces of English words beside the characters.
        vocabulary: sources beside the training data whose characters and words are counted too. A stage that begins
            with dialogues names here the benchmark of the next one, which could not give a token to what it brings.
        tokenizer: the folder of a run, or of a tokenizer, whose tokens are taken in place of all that; so that runs on
            other data, or on more of it, have the same ones.
    """

    layers: Positive = 4
    hidden: Positive = 256
    heads: Positive = 4
    feed_forward: Positive = 704
    context: Positive = 1024
    copy: bool = True
    characters: Positive = 8000
    seen: Positive = 2
    words: Count = 0
    vocabulary: tuple[Data, ...] = ()
    tokenizer: str = ""

    def __post_init__(self) -> None:
        if self.tokenizer and self.vocabulary:
            raise ValueError("vocabulary: nothing is counted for a tokenizer that is there; leave one of the two out")
        if self.hidden % self.heads or self.hidden // self.heads % 2:
            raise ValueError(f"hidden {self.hidden} must be an even multiple of heads {self.heads}")


Model = Pretrained | Scratch


class Lora(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Low-rank adapters in place of all weights.

    Fields:
        rank, alpha, dropout: as peft has them. Dropout is for sft and reward: the other stages compare what a policy
            says with what it said before, and have none.
        targets: names of the linear layers; none: all of them but the output layer.
        merge: write the final model with its adapters merged, so that anything can load it; otherwise the adapters
            alone, which need the model they were made for.
    """

    rank: Positive = 16
    alpha: Positive = 32
    dropout: Share = 0.0
    targets: tuple[str, ...] = ()
    merge: bool = True


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a model is trained; the same for every stage.

    Fields:
        epochs: how often the data is gone through, each time in another order.
        steps: stop after so many updates, also in the midst of an epoch.
        batch: rows on each device in a step; `accumulate` such steps make one update.
        context: tokens in a row. What is longer is cut or left out by rule, and counted.
        packing: several examples in one row, none of which sees another.
        learning_rate, schedule, warmup, weight_decay, clip: of AdamW; warmup as a share of the updates, clip as the
            largest norm of the gradient.
        checkpointing: compute activations anew in place of keeping them: slower, less memory.
        save, keep: a checkpoint after every `save` updates (0: none, so that a kill loses the run), the last `keep` of
            them.
        log: a line in log.jsonl after so many updates.
        report: where else the figures of the log are told: TensorBoard (in the folder tensorboard of the run) or W&B.
        seed: of the first weights and of dropout. The order of the data is a rank of hashes.
    """

    epochs: Positive = 3
    steps: Positive | None = None
    batch: Positive = 8
    accumulate: Positive = 1
    context: Positive = 1024
    packing: bool = True
    learning_rate: Above = 1e-5
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    warmup: Share = 0.03
    weight_decay: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    clip: Above = 1.0
    checkpointing: bool = False
    save: Count = 500
    keep: Positive = 2
    log: Positive = 10
    report: tuple[Literal["tensorboard", "wandb"], ...] = ()
    seed: int = 0


class SftRecipe(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="stage", tag="sft"
):
    """Supervised fine-tuning: the loss of the answers alone, of dialogues (stage 1) or a benchmark (stage 2).

    Fields:
        name: of the run; its folder is runs/<name> by default.
        data: what is trained on, one source or several, mixed by rank.
        held: what the loss is measured on at every checkpoint and at the end, without training on it.
    """

    name: Name
    model: Model
    data: Annotated[tuple[Data, ...], msgspec.Meta(min_length=1)]
    held: tuple[Data, ...] = ()
    training: Training = Training()
    lora: Lora | None = None

    def __post_init__(self) -> None:
        if self.lora and isinstance(self.model, Scratch):
            raise ValueError("lora: a model from scratch has no weights to adapt; leave it out")
        if isinstance(self.model, Scratch) and self.training.context > self.model.context:
            raise ValueError(
                f"training.context {self.training.context} is longer than model.context {self.model.context}"
            )


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an answer is worth, by what earns it: each is multiplied with its weight, and they are added.

    Fields:
        f1: against what is right for the prompt, 0–1.
        valid: 1 for JSON in the form of the task with the labels and roles of the prompt that says nothing twice, as
            gold does, else 0. F1 alone does not see repeats.
        model: what a reward model says, which has no bounds.
    """

    f1: Weight = 1.0
    valid: Weight = 0.0
    model: Weight = 0.0

    def __post_init__(self) -> None:
        if not (self.f1 or self.valid or self.model):
            raise ValueError("weights: nothing would earn anything; one of f1, valid and model must be above 0")


# --- taggers --------------------------------------------------------------------------------------


class BiLstm(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="from", tag="scratch"
):
    """A bidirectional LSTM over characters or words, with random weights (Huang, Xu and Yu 2015).

    Fields:
        embedding: of a unit: the sum of what is learned of its features (`uiebench.train.tagger_model.features`).
        hidden, layers: of the LSTM; `hidden` in each direction.
        dropout: of what goes in and what comes out.
        seen: a feature that stands less often in the training data is not known. 2: what stands once teaches a model
            that what it does not know can be part of a mention.
    """

    embedding: Positive = 128
    hidden: Positive = 128
    layers: Positive = 1
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.5
    seen: Positive = 2


class TaggerTraining(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a tagger is trained, on one device.

    Fields:
        epochs: how often the data is gone through, each time in another order.
        steps: stop after so many updates, also in the midst of an epoch.
        batch: windows in an update.
        context: the longest window: units, or tokens of an encoder with its special ones. Longer texts are cut at
            the ends of sentences.
        learning_rate, schedule, warmup, weight_decay, clip: of AdamW; warmup as a share of the updates, clip as the
            largest norm of the gradient.
        head_rate: the learning rate of what stands on an encoder, which has to learn all from nothing.
        save, keep: the held texts are tagged and a checkpoint is written after every `save` updates (0: after every
            epoch) and at the end. The last `keep` checkpoints are kept, and the best.
        log: a line in log.jsonl after so many updates.
        report: where else the figures of the log are told, as in Training.
        seed: of the first weights and of dropout. The order of the data is a rank of hashes.
    """

    epochs: Positive = 20
    steps: Positive | None = None
    batch: Positive = 16
    context: Positive = 256
    learning_rate: Above = 2e-3
    head_rate: Above = 1e-3
    schedule: Literal["cosine", "linear", "constant"] = "linear"
    warmup: Share = 0.05
    weight_decay: Annotated[float, msgspec.Meta(ge=0)] = 0.01
    clip: Above = 1.0
    save: Count = 0
    keep: Positive = 1
    log: Positive = 10
    report: tuple[Literal["tensorboard", "wandb"], ...] = ()
    seed: int = 0


class TaggerRecipe(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="stage", tag="tagger"
):
    """A sequence tagger for NER: one tag for each character (Chinese) or word (English) of a text.

    Fields:
        name: of the run; its folder is runs/<name> by default.
        model: an encoder of transformers, or a BiLSTM from scratch. The weights of an encoder are float32; `dtype`
            says in what it is computed.
        scheme: BIOES also marks ends and single units.
        crf: a conditional random field on top, in place of a decision for each unit by itself. Either way the tags of
            a text are the likeliest ones that are legal in the scheme.
        data: whose documents are trained on. Of prompts alone the tasks, the corpora and the labels matter: a document
            is seen whole, with the gold of every label that any of the prompts offers. With several corpora there is
            one tagger with the types of all: labels with one concept are one type, and a document is never told that
            it lacks a type that its corpus does not annotate.
        held: the tagger is judged on these at every checkpoint, by strict span F1; the best one becomes the final
            model. None: the last one.
    """

    name: Name
    model: Pretrained | BiLstm
    data: Annotated[tuple[FromBenchmark, ...], msgspec.Meta(min_length=1)]
    held: tuple[FromBenchmark, ...] = ()
    scheme: Literal["BIO", "BIOES"] = "BIOES"
    crf: bool = True
    training: TaggerTraining = TaggerTraining()

    def __post_init__(self) -> None:
        for field, sources in (("data", self.data), ("held", self.held)):
            if any(source.tasks and "NER" not in source.tasks for source in sources):
                raise ValueError(f"{field}: a tagger learns NER alone; leave out `tasks`")


# --- rewards --------------------------------------------------------------------------------------


class BestOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whether a reward model finds the better of several answers: what it would take is held against others.

    Fields:
        predictions: a file of samples {"id": …, "output": …}, several lines of one id.
        data: the prompts that they answer, of a benchmark.
        greedy: a file of greedy answers to the same prompts; without it the first sample stands for them.
    """

    predictions: str
    data: FromBenchmark
    greedy: str = ""


class RewardRecipe(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="stage", tag="reward"
):
    """A reward model: which of two answers to a prompt is the better one.

    Fields:
        name: of the run; its folder is runs/<name> by default.
        model: whose layers are begun with; its output layer is replaced by one number.
        pairs: files of reward pairs, as `uiebench pairs build` and `uiebench pairs confuse` write them.
        held: share of the documents, by rank, whose pairs are measured on and not trained on.
        held_kinds: kinds of pairs that are not trained on, to see what the model makes of errors of a new kind.
        best_of: samples of a policy, the best of which the model is to find.
    """

    name: Name
    model: Pretrained
    pairs: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    held: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.1
    held_kinds: tuple[str, ...] = ()
    best_of: BestOf | None = None
    training: Training = Training()
    lora: Lora | None = None

    def __post_init__(self) -> None:
        if self.lora and not self.lora.merge:
            raise ValueError("lora.merge: a reward model is written whole; leave it out")


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How answers are drawn.

    Fields:
        constraint: span (valid JSON, mentions are strings of the text), json (valid JSON), off.
        batch: prompts at a time.
        most: tokens of an answer; one that has not ended by then is worth what its beginning is.
        temperature: what the logits are divided by, when drawing and in the log-probabilities.
    """

    constraint: Literal["off", "json", "span"] = "span"
    batch: Positive = 32
    most: Positive = 256
    temperature: Above = 1.0


class Kl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The price of departing from the model that was begun with, taken off the reward of each token.

    Fields:
        beta: times the log-ratio of policy and reference.
        target: nats of an answer. With it β is raised while the answers of a step depart further and lowered while
            they depart less (Ziegler et al. 2019); without it β is fixed.
        horizon: the answers it takes to move β by its e-th part, at most.
    """

    beta: Weight = 0.05
    target: Above | None = None
    horizon: Positive = 10_000


class Ppo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a policy and its critic are updated (Schulman et al. 2017).

    Fields:
        answers: drawn in a step. passes: how often each is learned from.
        gamma, lam: of generalised advantage estimation; lam 1 takes what was earned as it is.
        clip, value_clip: how far probabilities (as a ratio) and values may move in a step before nothing more is
            learned from them.
        critic_rate: the critic's learning rate, under the same schedule; null: that of the policy.
        critic_clip: the largest norm of the critic's gradient, apart from the policy's.
        whiten: rewards are divided by their deviation in each step.
    """

    answers: Positive = 64
    passes: Positive = 4
    gamma: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    lam: Share = 0.95
    clip: Above = 0.2
    value_clip: Above = 0.2
    critic_rate: Above | None = None
    critic_clip: Above = 1.0
    whiten: bool = False


class PpoRecipe(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="stage", tag="ppo"
):
    """Proximal policy optimisation: answers are drawn, rewarded, and made likelier or less likely by what they earn.

    Fields:
        name: of the run; its folder is runs/<name> by default.
        model: the policy that is begun with, and the reference it is kept near to.
        data: prompts to answer; best of documents that supervised training has not seen.
        held: prompts that are answered greedily, for their F1, before, at every checkpoint and at the end.
        reward: what earns a reward. reward_model: the run folder of a reward model; where `reward.model` is 0 it is
            asked for the log alone.
        training: `steps` are of answers drawn anew (or `epochs` over the prompts); `batch` answers are on the device
            at the same time and `batch` × `accumulate` make one update. An answer is never packed with others.
    """

    name: Name
    model: Pretrained
    data: Annotated[tuple[FromBenchmark, ...], msgspec.Meta(min_length=1)]
    held: tuple[FromBenchmark, ...] = ()
    reward: Weights = Weights()
    reward_model: str = ""
    sampling: Sampling = Sampling()
    kl: Kl = Kl()
    ppo: Ppo = Ppo()
    training: Training = Training()
    lora: Lora | None = None

    def __post_init__(self) -> None:
        if self.reward.model and not self.reward_model:
            raise ValueError("reward.model: of which reward model? name its run folder with reward_model")
        if self.ppo.answers % (self.training.batch * self.training.accumulate):
            raise ValueError(
                f"ppo.answers {self.ppo.answers}: not a multiple of training.batch × training.accumulate, "
                f"{self.training.batch * self.training.accumulate}"
            )


class Grpo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a policy is updated from groups of answers (Shao et al. 2024).

    Fields:
        prompts: of a step, on all devices together. answers: drawn to each, which are a group.
        passes: how often the answers of a step are learned from.
        beta: the price of departing from the model that was begun with, at each token; 0: there is no reference.
        clip, clip_high: how far the ratio of a token's probabilities may fall below and rise above 1 before nothing
            more is learned from it; clip_high null: as far as clip.
        scale: what an answer earns above the mean of its group is divided by the deviation of the group.
    """

    prompts: Positive = 8
    answers: Annotated[int, msgspec.Meta(ge=2)] = 8
    passes: Positive = 1
    beta: Weight = 0.04
    clip: Above = 0.2
    clip_high: Above | None = None
    scale: bool = True


class GrpoRecipe(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="stage", tag="grpo"
):
    """Group-relative policy optimisation: answers to a prompt are made likelier the more they earn above the others.

    Fields:
        name: of the run; its folder is runs/<name> by default.
        model: the policy that is begun with, and the reference it is kept near to.
        data: prompts to answer; best of documents that supervised training has not seen.
        held: prompts that are answered greedily, for their F1, before, at every checkpoint and at the end.
        reward: what earns a reward; a reward model is for the stage ppo.
        training: `steps` are of answers drawn anew (or `epochs` over the prompts); `batch` answers are on a device at
            the same time and `batch` × `accumulate` of each device make one update. Answers are never packed.
    """

    name: Name
    model: Pretrained
    data: Annotated[tuple[FromBenchmark, ...], msgspec.Meta(min_length=1)]
    held: tuple[FromBenchmark, ...] = ()
    reward: Weights = Weights()
    sampling: Sampling = Sampling()
    grpo: Grpo = Grpo()
    training: Training = Training()
    lora: Lora | None = None

    def __post_init__(self) -> None:
        if self.reward.model:
            raise ValueError("reward.model: this stage has no reward model; the stage ppo has")
        answers, update = self.grpo.prompts * self.grpo.answers, self.training.batch * self.training.accumulate
        if answers % update:
            raise ValueError(
                f"grpo.prompts × grpo.answers, {answers}: not a multiple of training.batch × training.accumulate, "
                f"{update}"
            )


class DpoRecipe(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="stage", tag="dpo"
):
    """Direct preference optimisation (Rafailov et al. 2023): of two answers the better one becomes likelier.

    Fields:
        name: of the run; its folder is runs/<name> by default.
        model: that is begun with, and the reference.
        pairs: files of reward pairs, as `uiebench pairs build` and `uiebench pairs confuse` write them.
        held: share of the documents, by rank, whose pairs are measured on and not trained on.
        beta: the less, the further the model may depart from the reference.
        sft: this much of the loss of supervised training on the better answer is added, so that it does not become
            less likely together with the worse one.
        training: `batch` pairs, which are twice as many rows, are on a device at the same time; never packed.
    """

    name: Name
    model: Pretrained
    pairs: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    held: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.1
    beta: Above = 0.1
    sft: Weight = 0.0
    training: Training = Training()
    lora: Lora | None = None


Recipe = SftRecipe | TaggerRecipe | RewardRecipe | PpoRecipe | GrpoRecipe | DpoRecipe
"""A recipe of any stage."""
STAGES: dict[str, type[Recipe]] = {
    "sft": SftRecipe,
    "tagger": TaggerRecipe,
    "reward": RewardRecipe,
    "ppo": PpoRecipe,
    "grpo": GrpoRecipe,
    "dpo": DpoRecipe,
}
"""The Struct of each stage's recipe. Its module `uiebench.train.<stage>` has `train(recipe, out, resume, progress)`."""


def load(path: Path, changes: Sequence[str] = ()) -> Recipe:
    """A recipe of training from a file, or one that comes with the package by its name.

    Args:
        changes: settings in place of the file's, such as ``training.steps=100`` or ``data.0.share=0.5``.

    Raises: RecipeError in one line.
    """
    data = read(path)
    return parse(data, str(path), changes)


def parse(data: bytes, origin: str, changes: Sequence[str] = ()) -> Recipe:
    """YAML text as the Struct of its stage; `origin` names it in errors."""
    try:
        said: Any = msgspec.yaml.decode(data)
        wrong = misread(data) if changes else None  # parse_recipe is given another text then
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        said = {"stage": "sft"}  # parse_recipe says what is wrong with it
    else:
        if wrong:
            raise RecipeError(f"{origin}:{wrong[0]}: {wrong[1]}")
        for change in changes:
            said = changed(said, change)
        try:
            data = msgspec.yaml.encode(said) if changes else data
        except RecursionError:
            raise RecipeError(f"{origin}: a setting that holds itself") from None
    stage = said.get("stage") if isinstance(said, dict) else "sft"
    if stage not in STAGES:
        told = "it has no `stage`" if stage is None else f"stage {stage!r} is not known"
        raise RecipeError(f"{origin}: {told}; there is {', '.join(STAGES)}{nearest(str(stage), STAGES)}")
    return parse_recipe(data, origin, STAGES[stage])


def changed(said: Any, change: str) -> Any:
    """The settings of a recipe with one of them changed: names joined by dots, an equals sign, a value as in YAML.

    What a name is not in the recipe is added; a place of a list must be there. Raises: RecipeError.
    """
    path, equals, text = change.partition("=")
    try:
        value = msgspec.yaml.decode(text.encode())
        wrong = misread(text.encode())
    except (msgspec.DecodeError, RecursionError):
        value, wrong, equals = "", None, ""
    if wrong:
        raise RecipeError(f"--set {change}: {wrong[1]}")
    if not equals or not all(path.split(".")):
        raise RecipeError(f"--set {change}: write it like training.steps=100")
    return _set(said, path.split("."), value, change)


def _set(said: Any, keys: list[str], value: Any, change: str) -> Any:
    if not keys:
        return value
    key, *rest = keys
    if isinstance(said, list):
        if not key.isdigit() or int(key) >= len(said):
            raise RecipeError(f"--set {change}: no {key} in a list of {len(said)}; they count from 0")
        return [_set(one, rest, value, change) if place == int(key) else one for place, one in enumerate(said)]
    inner = said if isinstance(said, dict) else {}
    return {**inner, key: _set(inner.get(key), rest, value, change)}


def read(path: Path, folder: str = "train") -> bytes:
    """The bytes of a file, or of one that comes with the package in a folder of its recipes, by name. RecipeError."""
    known = shipped(folder)
    place = path if path.is_file() else known.get(path.name.removesuffix(".yaml"), path)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        raise RecipeError(f"{path}: no such recipe{nearest(path.name.removesuffix('.yaml'), known)}") from None
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror})") from None


def shipped(folder: str = "train") -> dict[str, Path]:
    """The recipes that come with the package in a folder of it, by name."""
    package = Path(__file__).parent.parent
    for recipes in (package / "recipes", package.parent / "recipes"):  # installed, or a checkout
        if recipes.is_dir():
            return {path.stem: path for path in sorted((recipes / folder).glob("*.yaml"))}
    return {}
