"""A sequence tagger for NER, from top to bottom: documents, windows, the steps, the run folder.

    train(load(Path("recipes/train/tiny-tagger.yaml")), Path("runs/tiny-tagger"))
    →  {"name": "tiny-tagger", "parameters": 61_204, "figures": {"held_f1": 0.41, "best_step": 120, …}, …}

The yardstick of papers on generated NER: what a tag for each character or word reaches on the same texts. Its data
are the documents of a benchmark with their offsets; what tags cannot say (`uiebench.train.tags`) is left out of
training, counted by name, and counts as missed in every evaluation. At each checkpoint the held documents are tagged
and scored by strict span F1 as `uiebench score` computes it; the weights of the best checkpoint, the first of equals,
become the final model. A run that was killed and resumed ends, on a CPU, in the same weights: the order of the data is
a rank of hashes, and each step has a seed of its own.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from uiebench import __version__
from uiebench.errors import RecipeError, SourceError
from uiebench.hashing import lot
from uiebench.score.gold import Benchmark, Few
from uiebench.score.matching import matched
from uiebench.score.tally import Rule
from uiebench.storage import read_parquet, write_json
from uiebench.train import data, run, tags
from uiebench.train.log import Log
from uiebench.train.model import FINAL, TrainingError, begun_with, parameters, quiet, save, writing
from uiebench.train.recipe import BiLstm, FromBenchmark, Pretrained, TaggerRecipe, TaggerTraining
from uiebench.train.sft import no_number, out_of_memory
from uiebench.train.tagger_model import (
    Config,
    FeatureReading,
    Tagger,
    Watch,
    Window,
    from_scratch,
    on_encoder,
)
from uiebench.types import Document, Entity, Language

Progress = Callable[[int, int, str], object]
"""Told the updates done, those there are, and what is going on."""
POOL = 32
"""Batches of which the windows are sorted by length, so that little of a batch is padding."""
CUT = "mention that crosses the cut of a long text"
AGAIN = "document that is given twice"


class TaggerRun(run.Run, frozen=True):
    """What a run of a tagger is made of: examples are documents, rows windows, and there are no answers.

    Fields:
        types: what is learned, with the number of mentions of each.
        units: characters and words in all windows together.
    """

    types: dict[str, int] = msgspec.field(default_factory=dict)
    units: int = 0


class Text(NamedTuple):
    """A document to learn from or to be judged on, and the types that its corpus annotates, by native label."""

    document: Document
    corpus: str
    language: Language
    types: dict[str, str]


class Lesson(NamedTuple):
    """A window with its right tags, and of each tag whether the corpus of its text has it."""

    id: str
    window: Window
    tags: list[int]
    allowed: list[bool]


class State(msgspec.Struct, frozen=True):
    """How far a run has come at a checkpoint: which one was best, its F1 (-1 before the first), what it took.

    Fields:
        losses: of the updates since the last line of the log.
    """

    step: int
    best_step: int
    best_f1: float
    seconds: float = 0.0
    units: int = 0
    losses: tuple[float, ...] = ()


@run.alone
def train(
    recipe: TaggerRecipe, out: Path, *, resume: bool = False, progress: Progress = lambda done, total, text: None
) -> dict[str, Any]:
    """Train as a recipe says; the run folder `out` then holds the model. Returns what run.json says, and figures.

    Raises: UiebenchError in one line for whatever is wrong with recipe, data, model, memory or disk.
    """
    import torch

    quiet()
    settings = recipe.training
    run.refuse_several("tagger")
    if resume and run.is_finished(out):
        raise RecipeError(f"{out}: this run is complete; its model is in {out / FINAL}")
    log = Log(out, recipe)

    # 1. Documents, model, windows.
    counts = Counter[str]()
    progress(0, 0, "reading the data")
    texts = documents(recipe.data, counts)
    held = documents(recipe.held, Counter()) if recipe.held else []
    tagger = made(recipe, texts)
    progress(0, 0, "cutting")
    mentions = Counter[str]()
    found = lessons(tagger, texts, counts, mentions)
    if not mentions:
        raise RecipeError("data: no mention that tags can say; there is nothing to learn")
    batches = batches_of(found, settings)
    updates = len(batches)
    every = settings.save or math.ceil(len(found) / settings.batch)
    stops = {*range(every, updates, every), updates}

    # 2. The run folder.
    size, trained = parameters(tagger.network)
    told = TaggerRun(
        stage="tagger",
        name=recipe.name,
        uiebench=__version__,
        python=run.python(),
        versions=run.versions(),
        data=data.fingerprints((*recipe.data, *recipe.held)) | begun_with(recipe.model),
        template="",
        parameters=size,
        trained=trained,
        examples=len(texts),
        rows=len(found),
        updates=updates,
        answer_tokens=0,
        left_out=dict(counts),
        types={type: mentions[type] for type in tagger.tags.types},
        units=sum(len(lesson.tags) for lesson in found),
    )
    run.begin(out, recipe, told, resume=resume)
    folder = out / "checkpoints"
    if torch.cuda.is_available():
        tagger.network.to("cuda")
    optimizer = optimizer_of(tagger, settings, scratch=isinstance(recipe.model, BiLstm))
    state = State(0, 0, -1.0)
    if resume and (checkpoint := run.last_checkpoint(folder)):
        state = restored(tagger, optimizer, checkpoint)
    log.begin(state.step)

    # 3. The steps.
    began, seen, losses = time.monotonic() - state.seconds, state.units, [*state.losses]
    for step in range(state.step + 1, updates + 1):
        lesson = [found[place] for place in batches[step - 1]]
        losses.append(stepped(tagger, optimizer, lesson, settings, step, updates, folder))
        seen += sum(len(one.tags) for one in lesson)
        progress(step, updates, f"loss {losses[-1]:.4f}")
        if step % settings.log == 0 or step in (1, updates):
            speed = round(seen / max(time.monotonic() - began, 1e-9))
            rate = settings.learning_rate * share_of(step, updates, settings)
            log.tell(
                {"step": step, "loss": sum(losses) / len(losses), "learning_rate": rate, "units_per_second": speed}
            )
            losses.clear()
        if step in stops:
            best_step, best = state.best_step, state.best_f1
            if held:
                progress(step, updates, "tagging the held texts")
                figures = judged(tagger, held, settings.batch * 2)
                log.tell({"step": step, **figures})
                if figures["held_f1"] > best:
                    best_step, best = step, figures["held_f1"]
            state = State(step, best_step, best, time.monotonic() - began, seen, tuple(losses))
            keep(tagger, optimizer, state, folder, settings.keep)
    seconds = time.monotonic() - began

    # 4. What comes out.
    log.end()
    progress(updates, updates, "writing the model")
    figures = {"seconds": seconds, "units_per_second": seen / max(seconds, 1e-9)}
    if held:
        restored(tagger, None, folder / f"checkpoint-{state.best_step}")
        figures |= {"best_step": state.best_step, **judged(tagger, held, settings.batch * 2)}
    if torch.cuda.is_available():
        figures["peak_gpu_gib"] = torch.cuda.max_memory_allocated() / 2**30
    card = card_of(told, recipe, tagger.config, figures)
    write_json(out / "figures.json", figures)
    save(tagger.save, tagger.reading, out / FINAL, card)
    return summary(told, figures)


# --- documents --------------------------------------------------------------------------------------


def documents(sources: Sequence[FromBenchmark], counts: Counter[str]) -> list[Text]:
    """The documents that prompts of the sources ask about, each once, with the labels that any of these offers.

    So corpora and types that a benchmark holds out are never trained on, and neither are documents that it leaves
    out as contaminated. Raises: UiebenchError in one line for a source that is not there or holds no prompt of NER.
    """
    found: dict[str, Text] = {}
    for source in sources:
        asked = data.instructions(msgspec.structs.replace(source, tasks=("NER",)))
        if not asked:
            raise RecipeError(f"{source.folder}: no prompt of NER in {source.split!r} is selected by the recipe")
        benchmark = Benchmark(Path(source.folder))
        for corpus in dict.fromkeys(one.corpus for one in asked):
            mine = [one for one in asked if one.corpus == corpus]
            described = benchmark.describe(corpus)
            offered = {label for one in mine for label in one.labels}
            known = tags.types_of(described.schema.entities)
            types = {label: type for label, type in known.items() if label in offered}
            wanted = dict.fromkeys(one.document for one in mine)
            there = documents_of(benchmark, corpus, wanted)
            for id in wanted:
                if id in found:
                    counts[AGAIN] += 1
                    types = {**found[id].types, **types}
                found[id] = Text(there[id], corpus, described.language, types)
    return list(found.values())


def documents_of(benchmark: Benchmark, corpus: str, ids: Iterable[str]) -> dict[str, Document]:
    """Documents of a corpus by their ids. Raises: SourceError if one is not there."""
    wanted, found = set(ids), dict[str, Document]()
    for split in sorted({id.split("/")[1] for id in wanted}):
        path = benchmark.folder / "corpora" / corpus / f"{split}.parquet"
        found |= {document.id: document for document in read_parquet(path, Document) if document.id in wanted}
    if missing := sorted(wanted - found.keys()):
        raise SourceError(
            f"{benchmark.folder}: no document {missing[0]!r} in its corpora, though a prompt asks about it"
        )
    return found


def made(recipe: TaggerRecipe, texts: Sequence[Text]) -> Tagger:
    """The tagger of a recipe before the first step."""
    config = Config(
        types=tuple(sorted({type for text in texts for type in text.types.values()})),
        corpora=tuple(sorted({text.corpus for text in texts})),
        scheme=recipe.scheme,
        crf=recipe.crf,
        context=recipe.training.context,
        lstm=recipe.model if isinstance(recipe.model, BiLstm) else None,
    )
    if isinstance(recipe.model, Pretrained):
        return on_encoder(recipe.model, config, recipe.training.seed)
    cut = ((text.document.text, tags.units(text.document.text, text.language), text.language) for text in texts)
    return from_scratch(recipe.model, config, FeatureReading.learned(cut, recipe.model.seen), recipe.training.seed)


def lessons(tagger: Tagger, texts: Sequence[Text], counts: Counter[str], mentions: Counter[str]) -> list[Lesson]:
    """The windows of all documents with their tags.

    `counts` counts what cannot be learned, by name, and `mentions` the others by type.
    """
    found = []
    for text in texts:
        document = text.document
        places = tags.units(document.text, text.language)
        flat = tags.flat(document, places, text.types, counts)
        allowed = tagger.tags.of(text.types.values())
        first = learned = 0
        for number, window in enumerate(tagger.windows(document.text, text.language)):
            stop = first + len(window.places)
            here = [(start - first, end - first, type) for start, end, type in flat if first <= start and end <= stop]
            mentions.update(type for _, _, type in here)
            learned += len(here)
            found.append(
                Lesson(f"{document.id}@{number}", window, tagger.tags.written(len(window.places), here), allowed)
            )
            first = stop
        if learned < len(flat):
            counts[CUT] += len(flat) - learned
    return found


def batches_of(found: Sequence[Lesson], settings: TaggerTraining) -> list[list[int]]:
    """The places of the windows of each update, through all epochs: by rank, those of like length together."""
    ids, batches, epoch = [lesson.id for lesson in found], list[list[int]](), 0
    while epoch < settings.epochs if settings.steps is None else len(batches) < settings.steps:
        places = data.order(ids, settings.seed, epoch)
        here = []
        for start in range(0, len(places), settings.batch * POOL):
            pool = sorted(places[start : start + settings.batch * POOL], key=lambda place: len(found[place].tags))
            here += [pool[at : at + settings.batch] for at in range(0, len(pool), settings.batch)]
        batches += sorted(here, key=lambda batch: lot(settings.seed, "batch", epoch, ids[batch[0]]))
        epoch += 1
    return batches[: settings.steps]


# --- the steps --------------------------------------------------------------------------------------


def optimizer_of(tagger: Tagger, settings: TaggerTraining, *, scratch: bool) -> Any:
    """AdamW; what stands on an encoder has a rate of its own. Biases, norms and the CRF do not decay."""
    import torch

    groups: dict[tuple[float, float], list[Any]] = {}
    for name, parameter in tagger.network.named_parameters():
        if parameter.requires_grad:
            rate = settings.learning_rate if scratch or name.startswith("body.") else settings.head_rate
            decay = settings.weight_decay if parameter.dim() > 1 and not name.startswith("crf.") else 0.0
            groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": found, "lr": rate, "peak": rate, "weight_decay": decay} for (rate, decay), found in groups.items()],
        fused=True,
    )


def share_of(step: int, updates: int, settings: TaggerTraining) -> float:
    """The learning rate of an update as a share of the highest."""
    warm = math.ceil(settings.warmup * updates)
    if step <= warm:
        return step / warm
    left = (updates - step + 1) / (updates - warm)
    return {"constant": 1.0, "linear": left, "cosine": (1 + math.cos(math.pi * (1 - left))) / 2}[settings.schedule]


def stepped(
    tagger: Tagger,
    optimizer: Any,
    lesson: Sequence[Lesson],
    settings: TaggerTraining,
    step: int,
    updates: int,
    folder: Path,
) -> float:
    """One update; returns the loss for each unit."""
    import torch

    torch.manual_seed(lot(settings.seed, "step", step) >> 1)  # of dropout, so that a resumed run goes on alike
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * share_of(step, updates, settings)
    tagger.network.train()
    width = max(len(one.tags) for one in lesson)
    right = torch.tensor([one.tags + [0] * (width - len(one.tags)) for one in lesson], device=tagger.device)
    try:
        scores, lengths = tagger.scores([one.window for one in lesson], [one.allowed for one in lesson])
        loss = tagger.network.loss(scores, right, lengths)
        optimizer.zero_grad()
        loss.backward()
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if out_of_memory(error):
            raise TrainingError(
                f"out of memory in step {step} on a batch of {len(lesson)} windows of up to {width:,} units: lower "
                "training.batch or training.context"
            ) from None
        raise
    value = float(loss.detach())
    if not math.isfinite(value):
        raise TrainingError(no_number("loss", step, folder))
    norm = torch.nn.utils.clip_grad_norm_(tagger.network.parameters(), settings.clip)
    if not math.isfinite(float(norm)):
        raise TrainingError(no_number("gradient", step, folder))
    optimizer.step()
    return value


# --- judging ----------------------------------------------------------------------------------------


def tagged(
    tagger: Tagger, texts: Sequence[Text], batch: int, progress: Watch = lambda done, windows: None
) -> list[Document]:
    """The documents with what the tagger finds in them, in place of their gold."""
    windows, owners = list[Window](), list[int]()
    for number, text in enumerate(texts):
        here = tagger.windows(text.document.text, text.language)
        windows += here
        owners += [number] * len(here)
    asked = [list(texts[owner].types.values()) for owner in owners]
    entities: list[list[Entity]] = [[] for _ in texts]
    for window, owner, found in zip(windows, owners, tagger.mentions(windows, asked, batch, progress), strict=True):
        native = {type: label for label, type in texts[owner].types.items()}
        entities[owner] += tags.placed(texts[owner].document.text, window.places, found, native)
    return [
        Document(text.document.id, text.document.text, tuple(found))
        for text, found in zip(texts, entities, strict=True)
    ]


def judged(tagger: Tagger, held: Sequence[Text], batch: int) -> dict[str, float]:
    """Strict span precision, recall and F1 over all held documents, against all their gold."""
    found, correct, gold, said = tagged(tagger, held, batch), 0, 0, 0
    for corpus in sorted({text.corpus for text in held}):
        mine = [number for number, text in enumerate(held) if text.corpus == corpus]
        right, wanted = Few([held[number].document for number in mine]).columns(0, len(mine), "NER", "string")
        got, given = Few([found[number] for number in mine]).columns(0, len(mine), "NER", "string")
        met = matched(right, wanted, got, given, "NER", Rule().normal)["ner"]
        correct, gold, said = correct + sum(met.correct), gold + sum(met.gold), said + sum(met.said)
    return {
        "held_precision": correct / max(said, 1),
        "held_recall": correct / max(gold, 1),
        "held_f1": 2 * correct / max(said + gold, 1),
    }


# --- checkpoints ------------------------------------------------------------------------------------


def keep(tagger: Tagger, optimizer: Any, state: State, folder: Path, most: int) -> None:
    """Write a checkpoint, and remove those before the last `most` but the best. Raises: TrainingError."""
    import torch
    from safetensors.torch import save_file

    place = folder / f"checkpoint-{state.step}"
    with writing(place, "the checkpoint cannot be written"):
        place.mkdir(parents=True, exist_ok=True)
        save_file(tagger.weights(), place / "model.safetensors")
        torch.save(optimizer.state_dict(), place / "optimizer.pt")
        write_json(place / "state.json", state)
        run.seal(place)
        run.rotate(folder, most, state.best_step)


def restored(tagger: Tagger, optimizer: Any | None, checkpoint: Path) -> State:
    """Take over the weights of a checkpoint, and with an optimizer its state. Raises: TrainingError if damaged."""
    import torch
    from safetensors.torch import load_file

    try:
        tagger.network.load_state_dict(load_file(checkpoint / "model.safetensors", device=str(tagger.device)))
        if optimizer is not None:
            optimizer.load_state_dict(torch.load(checkpoint / "optimizer.pt", weights_only=True))
        return msgspec.json.decode((checkpoint / "state.json").read_bytes(), type=State)
    except Exception as error:  # whatever the readers say
        told = " ".join(str(error).split())[:160]
        raise TrainingError(f"{checkpoint}: damaged ({told}); remove it, or begin anew with another --out") from None


# --- what is told -----------------------------------------------------------------------------------


def summary(told: TaggerRun, figures: dict[str, float]) -> dict[str, Any]:
    """Run and figures together, for --json; without what a tagger has not."""
    found = run.summary(told, figures)
    return {name: value for name, value in found.items() if name not in ("template", "answer_tokens")}


def card_of(told: TaggerRun, recipe: TaggerRecipe, config: Config, figures: dict[str, float]) -> str:
    """The README.md of a tagger: what it is, what it was trained on, and how to use it."""
    base = recipe.model.path if isinstance(recipe.model, Pretrained) else ""
    top = "CRF" if config.crf else "linear layer"
    on = f"on `{base}`" if base else "on a BiLSTM from scratch"
    types = "\n".join(f"- {type}: {count:,}" for type, count in told.types.items())
    which = "the checkpoint with the highest F1 on the held texts" if recipe.held else "the last checkpoint"
    opening = f"""\
A sequence tagger ({config.scheme}, {top}) {on}, with {told.parameters:,} parameters, trained
on {told.examples:,} documents ({told.units:,} characters and words) of {", ".join(config.corpora)}.
These are the weights of {which}.

    uiebench predict --model . --benchmark DIR
    uiebench score predictions.jsonl --benchmark DIR --task NER

## Types, with their mentions in training

{types}
"""
    head = {
        "pipeline_tag": "token-classification",
        "tags": "[information-extraction, named-entity-recognition, uiebench]",
    }
    return run.card(told, recipe, figures, head | ({"base_model": base} if base else {}), opening)
