"""A model answers the prompts of a benchmark: batches of like length, under a constraint.

    answers = predict(model, tokenizer, questions(benchmark, "test"), Settings(constraint="span"), partial)
    →  Answered(outputs={"resume/test/0#NER": ("{\\"人名\\":[\\"方远山\\"], …}",)}, tokens=41_803, seconds=52.1, …)

An answer is the likeliest at every token, or with a temperature one of several samples. Each sample is drawn by hashes
of its prompt, its number and its length so far, so that it is the same in whatever batch it stands.

Prompts are sorted by length, the longest first, so that hardly anything is padding and a batch that is too large for
the memory says so at once; of shorter prompts more go into a batch, as many as take no more tokens than the first one.
Answers that have ended leave their batch (`uiebench.train.decode`). What is done is kept in a file beside the
predictions, a line for each batch, by prompt and sample: a run that was killed goes on there, also with batches of
another size, with more samples or other prompts, and nothing is answered twice. With options that change answers it
begins anew in the same file, which keeps those of before.

    {"options":{"--model":"9f2c…","--dtype":"float32","--constraint":"span","--max-new-tokens":512,…},"answers":[]}
    {"options":null,"answers":[["5d0c…",0,"{\\"人名\\":[\\"方远山\\"]}",false],…]}

A prompt for which the model has no room is cut within its text, at the end, never in its labels; answers that run out
of tokens are closed under a constraint and left as they are without. All of these are counted.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

from uiebench.errors import RecipeError, SourceError, nearest
from uiebench.hashing import lot
from uiebench.instruct.prompt import template_sets
from uiebench.recipe import Positive
from uiebench.score.gold import Benchmark
from uiebench.storage import locked, read_parquet
from uiebench.train import decode
from uiebench.train.automaton import Automaton
from uiebench.train.data import end_of, in_share, prompt_ids, template_of, texts_of
from uiebench.train.dialogues import Message
from uiebench.train.grammar import Asked, Constraint, asked
from uiebench.train.model import TrainingError, quiet, writing
from uiebench.train.sft import out_of_memory
from uiebench.types import Instruction, SplitName

if TYPE_CHECKING:
    import torch

    from uiebench.train.constrain import Guide, Rows

Progress = Callable[[int, int, str], object]


class Settings(msgspec.Struct, frozen=True):
    """How answers are written.

    Fields:
        constraint: "span" (valid JSON, mentions are strings of the text), "json" (valid JSON), "off".
        batch: answers at a time to the longest prompts; to shorter ones more.
        most: tokens of an answer.
        samples: answers to each prompt.
        temperature: of the samples; 0: the likeliest token always, which is one answer.
        seed: of the samples.
    """

    constraint: Constraint = "span"
    batch: int = 16
    most: int = 512
    samples: Positive = 1
    temperature: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.samples > 1 and not self.temperature:
            raise ValueError("several samples of an answer need a temperature above 0")


class Question(msgspec.Struct, frozen=True):
    """A prompt, the text it asks about, and what its answers depend on."""

    id: str
    prompt: str
    asked: Asked


class Answered(msgspec.Struct, frozen=True):
    """The outputs for each prompt by its id, one for each sample, and how it went.

    Fields:
        tokens, seconds: generated in this process, without what was done before a kill.
        counts: prompts whose text was cut, prompts without room for an answer, answers that ran out of tokens.
        resumed: prompts that were answered before.
    """

    outputs: dict[str, tuple[str, ...]]
    tokens: int
    seconds: float
    counts: dict[str, int]
    resumed: int


class _Row(NamedTuple):
    """One answer to be written: the tokens of its prompt, the question, and the number of the sample."""

    ids: list[int]
    question: Question
    sample: int


class _Done(NamedTuple):
    """An answer that is done: to which question (`_key`), the number of the sample, and if it ran out of tokens."""

    key: str
    sample: int
    output: str
    cut_off: bool


class _Line(msgspec.Struct, frozen=True):
    """A line of the file of what is done: the options of the answers that follow, or the answers of a batch."""

    options: dict[str, str | int | float] | None = None
    answers: list[_Done] = []


# --- what is asked --------------------------------------------------------------------------------


def questions(
    gold: Benchmark, split: SplitName, corpora: Sequence[str] = (), share: float = 1.0, skip: float = 0.0
) -> list[Question]:
    """The prompts of a split in the order of the benchmark; share and skip as in FromBenchmark, with its seed 0.

    Raises: RecipeError if there are none.
    """
    there = gold.corpora(split)
    if not there:
        raise RecipeError(f"{gold.folder}: no prompts in the split {split!r}")
    if unknown := sorted(set(corpora) - set(there)):
        raise RecipeError(
            f"{gold.folder}: no prompts about {unknown[0]!r} in the split {split!r}{nearest(unknown[0], there)}"
        )
    found: list[Question] = []
    explicit = template_sets()[templates_of(gold.folder)].explicit_empty
    for corpus in dict.fromkeys(corpora or there):
        rows = [
            row
            for row in read_parquet(gold.folder / "instructions" / split / f"{corpus}.parquet", Instruction)
            if in_share(row.document, share, skip)
        ]
        texts, schema = texts_of(gold.folder, rows), gold.describe(corpus).schema
        found += [
            Question(row.id, row.prompt, asked(row, texts[row.id], schema, explicit_empty=explicit)) for row in rows
        ]
    if not found:
        raise RecipeError(f"{gold.folder}: no document of {split!r} in the share {share:g} after {skip:g}")
    return found


def templates_of(folder: Path) -> str:
    """The template set of a benchmark, as its recipe names it."""
    try:
        recipe = msgspec.json.decode((folder / "manifest.json").read_bytes())["recipe"]
    except (OSError, msgspec.DecodeError, KeyError, TypeError) as error:
        raise SourceError(f"{folder / 'manifest.json'}: cannot be read ({error})") from None
    name: str = recipe.get("prompts", {}).get("templates", "uiebench")
    return name


def fitted(tokenizer: Any, question: Question, room: int, counts: Counter[str]) -> tuple[list[int], Question] | None:
    """A question and its tokens, at most `room` of them; where needed its text is cut at the end.

    None if not even the labels fit. `counts` counts both.
    """

    def ids_of(prompt: str) -> list[int]:
        return prompt_ids(tokenizer, [Message("user", prompt)])

    ids, text = ids_of(question.prompt), question.asked.text
    if len(ids) <= room:
        return ids, question
    place = question.prompt.rfind(text)
    if place < 0 or not text:
        counts["no room for the prompt"] += 1
        return None
    before, after = question.prompt[:place], question.prompt[place + len(text) :]
    low, high = 0, len(text)  # the longest beginning of the text that fits
    while low < high:
        middle = (low + high + 1) // 2
        if len(ids_of(before + text[:middle] + after)) <= room:
            low = middle
        else:
            high = middle - 1
    if not low:
        counts["no room for the prompt"] += 1
        return None
    counts["text cut at its end"] += 1
    short = msgspec.structs.replace(question.asked, text=text[:low])
    return ids_of(before + text[:low] + after), Question(question.id, before + text[:low] + after, short)


# --- answering ------------------------------------------------------------------------------------


def predict(
    model: Any,
    tokenizer: Any,
    asking: Sequence[Question],
    settings: Settings,
    partial: Path,
    identity: str = "",
    progress: Progress = lambda done, total, text: None,
    tell: Callable[[str], object] = lambda line: None,
) -> Answered:
    """Answer all questions; `partial` keeps what is done until the caller has written the predictions and removes it.

    Args:
        identity: tells the model from others, with whose answers it is not gone on.
        tell: is told in a line what was done before, and what is not as the settings say.

    Raises: TrainingError in one line where the memory or the disk is too small; UiebenchError where another process
        writes `partial`.
    """
    import torch

    quiet()
    template_of(tokenizer)
    model.eval()
    ends = _ends(model, tokenizer)
    counts, rows = Counter[str](), list[_Row]()
    longest = getattr(model.config, "max_position_embeddings", None) or 1 << 30
    most = min(settings.most, max(longest // 2, 1))
    if most < settings.most:
        tell(
            f"--max-new-tokens {settings.most:,} is lowered to {most:,}: the model reads {longest:,} tokens, half of "
            "which are for the prompt"
        )
    outputs = {question.id: [""] * settings.samples for question in asking}
    for place, question in enumerate(asking):
        if place % 200 == 0:
            progress(0, len(asking), "tokenising")
        if fit := fitted(tokenizer, question, longest - most, counts):
            rows += (_Row(*fit, sample) for sample in range(settings.samples))
    rows.sort(key=lambda row: (-len(row.ids), row.question.id, row.sample))
    batches = batches_of(rows, settings.batch, most)

    options: dict[str, str | int | float] = {
        "--model": identity,
        "--dtype": str(model.dtype).removeprefix("torch."),
        "--constraint": settings.constraint,
        "--max-new-tokens": most,
        "--temperature": settings.temperature,
        "--seed": settings.seed if settings.temperature else 0,
    }
    keys = {question.id: _key(question) for question in asking}
    guide = _guide(tokenizer, ends, settings)
    with writing(partial):
        partial.parent.mkdir(parents=True, exist_ok=True)
    lock = partial.with_name(f"{partial.name}.lock")
    with locked(lock, f"{partial}: another process is answering"), writing(partial), partial.open("ab") as file:
        wanted = {(keys[row.question.id], row.sample) for row in rows}
        done, said = _begun(partial, options, wanted)
        file.write(b"\n" + msgspec.json.encode(_Line(options)) + b"\n")  # behind a line that a kill left unfinished
        if said:
            tell(f"{partial}: {said}")
        resumed, answered, written, began = len(done), 0, 0, time.monotonic()
        for batch in batches:
            left = [row for row in batch if (keys[row.question.id], row.sample) not in done]
            if left:
                answers, new = _answer(model, tokenizer, guide, left, settings, most, ends)
                line = [_Done(keys[row.question.id], row.sample, *one) for row, one in zip(left, answers, strict=True)]
                done |= {(one.key, one.sample): one for one in line}
                written += new
                file.write(msgspec.json.encode(_Line(None, line)) + b"\n")
                file.flush()
            for row in batch:
                one = done[keys[row.question.id], row.sample]
                outputs[row.question.id][row.sample] = one.output
                counts["answers that ran out of tokens"] += one.cut_off
            answered += len(batch)
            speed = written / max(time.monotonic() - began, 1e-9)
            progress(answered, len(rows), f"{speed:,.0f} tokens/s")
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    told = {reason: n for reason, n in counts.items() if n}
    every = {id: tuple(samples) for id, samples in outputs.items()}
    return Answered(every, written, time.monotonic() - began, told, resumed)


def batches_of(rows: Sequence[_Row], most_rows: int, most: int) -> list[Sequence[_Row]]:
    """Batches of rows, the longest first: so many in the first one, and in the others what takes no more tokens."""
    found, start = list[Sequence[_Row]](), 0
    room = most_rows * (len(rows[0].ids) + most) if rows else 0
    while start < len(rows):
        found.append(rows[start : start + room // (len(rows[start].ids) + most)])
        start += len(found[-1])
    return found


def _answer(
    model: Any,
    tokenizer: Any,
    guide: Guide | None,
    batch: Sequence[_Row],
    settings: Settings,
    most: int,
    ends: Sequence[int],
) -> tuple[list[tuple[str, bool]], int]:
    """The answers of a batch, each with whether it ran out of tokens, and how many tokens they have."""
    import torch

    pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else ends[0]
    bound = guide.rows([row.question.asked for row in batch], _level(settings)) if guide else None
    choose = Choice([(row.question.id, row.sample) for row in batch], bound, settings)
    try:
        found = decode.answers(model, [row.ids for row in batch], most, pad, ends, choose)
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if out_of_memory(error):
            raise TrainingError(
                f"out of memory on a batch of {len(batch)} prompts of up to {len(batch[0].ids):,} tokens: lower "
                "--batch-size or --max-new-tokens"
            ) from None
        raise
    outputs, new = list[tuple[str, bool]](), 0
    for row, said in zip(batch, found, strict=True):
        ended = said[-1] in ends
        new += len(said)
        ids = said[:-1] if ended else said
        text = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        if not ended and guide:
            text = Automaton(row.question.asked, _level(settings)).finished(text)
        outputs.append((text, not ended))
    return outputs, new


class Choice:
    """Chooses the next tokens of a batch: under its constraints the likeliest ones, or with a temperature draws them.

    Args:
        rows: for each answer the id of its prompt and the number of the sample.
    """

    def __init__(self, rows: Sequence[tuple[str, int]], bound: Rows | None, settings: Settings) -> None:
        self.rows, self.bound, self.settings = rows, bound, settings

    def __call__(self, scores: torch.Tensor, places: Sequence[int], said: Sequence[Sequence[int]]) -> torch.Tensor:
        """As `uiebench.train.decode.Choose`."""
        import torch

        if self.bound:
            from uiebench.train.constrain import mask

            masks = torch.from_numpy(self.bound.masks(places, said).view("<i4"))
            scores = mask(scores, masks.to(scores.device))
        if not self.settings.temperature:
            return scores
        lots = [
            (lot(self.settings.seed, "sample", *self.rows[place], len(ids)) >> 12) / 2**52
            for place, ids in zip(places, said, strict=True)
        ]
        logs = (scores / self.settings.temperature).log_softmax(-1)
        return decode.only(scores, decode.drawn(logs, torch.tensor(lots, dtype=torch.float64)))


def _level(settings: Settings) -> Any:
    return settings.constraint


def _guide(tokenizer: Any, ends: Sequence[int], settings: Settings) -> Guide | None:
    if settings.constraint == "off":
        return None
    from uiebench.train.constrain import Guide

    return Guide(tokenizer, ends)


def _ends(model: Any, tokenizer: Any) -> list[int]:
    """The ids that end an answer: those of the model's generation config, and the tokenizer's."""
    said = getattr(model.generation_config, "eos_token_id", None)
    listed = said if isinstance(said, list) else [] if said is None else [said]
    return list(dict.fromkeys([end_of(tokenizer), *listed]))


# --- what is done ---------------------------------------------------------------------------------


def _begun(
    partial: Path, options: Mapping[str, str | int | float], wanted: Collection[tuple[str, int]]
) -> tuple[dict[tuple[str, int], _Done], str]:
    """The answers wanted that are done with these options, and what is to be said of the file.

    What cannot be read in it, such as a last line that was not finished, is passed over.
    """
    found = list[tuple[dict[str, str | int | float], dict[tuple[str, int], _Done]]]()
    for line in partial.read_bytes().splitlines():
        try:
            one = msgspec.json.decode(line, type=_Line)
        except msgspec.DecodeError:
            continue
        if one.options is not None:
            found.append((one.options, {}))
        if found:
            found[-1][1].update(((said.key, said.sample), said) for said in one.answers)
    done, others = dict[tuple[str, int], _Done](), list[tuple[int, str]]()
    for made, answers in found:
        here = {place: one for place, one in answers.items() if place in wanted}
        if made == options:
            done |= here
        elif here:
            others.append((len(here), _differing(made, options)))
    if done:
        return done, f"{len(done):,} of {len(wanted):,} answers are there from before"
    if others:
        number, how = max(others)
        said = (
            f"begun anew: the {number:,} answers that are there were made with {how}; with that again, it goes on there"
        )
        return done, said
    return done, ""


def _differing(before: Mapping[str, str | int | float], now: Mapping[str, str | int | float]) -> str:
    """The options that were others, as they were."""
    apart = {name: value for name, value in before.items() if now.get(name) != value}
    return ", ".join("another --model" if name == "--model" else f"{name} {value}" for name, value in apart.items())


def _key(question: Question) -> str:
    """What tells a question from others, by all that its answer depends on."""
    said = msgspec.json.encode([question.id, question.prompt, question.asked])
    return hashlib.blake2b(said, digest_size=16).hexdigest()
