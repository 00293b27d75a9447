"""A model answers the prompts of a benchmark: batches of like length, under a constraint.

    answers = predict(model, tokenizer, questions(benchmark, "test"), Settings(constraint="span"), partial)
    →  Answered(outputs={"resume/test/0#NER": ("{\\"人名\\":[\\"方远山\\"], …}",)}, tokens=41_803, seconds=52.1, …)

An answer is the likeliest at every token, or with a temperature one of several samples. Each sample is drawn by hashes
of its prompt, its number and its length so far, so that it is the same in whatever batch it stands.

Prompts are sorted by length, the longest first, so that hardly anything is padding and a batch that is too large for
the memory says so at once; of shorter prompts more go into a batch, as many as take no more tokens than the first one.
Answers that have ended leave their batch (`uiebench.train.decode`). What is done is kept in a file beside the
predictions, a line for each batch: a run that was killed goes on there, with the same batches, and nothing is answered
twice.

A prompt for which the model has no room is cut within its text, at the end, never in its labels; answers that run out
of tokens are closed under a constraint and left as they are without. All of these are counted.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import msgspec

from uiebench.errors import RecipeError, SourceError
from uiebench.hashing import lot
from uiebench.instruct.prompt import template_sets
from uiebench.recipe import Positive
from uiebench.score.gold import Benchmark
from uiebench.storage import read_parquet
from uiebench.train import decode
from uiebench.train.automaton import Automaton
from uiebench.train.data import end_of, in_share, prompt_ids, template_of, texts_of
from uiebench.train.dialogues import Message
from uiebench.train.grammar import Asked, Constraint, asked
from uiebench.train.model import TrainingError, place_of, quiet, writing
from uiebench.train.sft import out_of_memory
from uiebench.types import Instruction, SplitName

if TYPE_CHECKING:
    import torch

    from uiebench.train.constrain import Guide, Rows

Progress = Callable[[int, int, str], object]
TAIL = 1 << 20


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


class _Done(msgspec.Struct, frozen=True):
    """A line of the file of what is done: the answers of a batch, in its order."""

    batch: int
    outputs: list[str]
    cut_off: int = 0


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
        raise RecipeError(f"{gold.folder}: no prompts about {unknown[0]!r} in the split {split!r}")
    found: list[Question] = []
    explicit = template_sets()[templates_of(gold.folder)].explicit_empty
    for corpus in corpora or there:
        rows = [
            row
            for row in read_parquet(gold.folder / "instructions" / split / f"{corpus}.parquet", Instruction)
            if in_share(row.document, share, skip)
        ]
        texts, schema = texts_of(gold.folder, rows, split), gold.describe(corpus).schema
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
) -> Answered:
    """Answer all questions; `partial` keeps what is done until the caller has written the predictions and removes it.

    Args:
        identity: names model and benchmark: a file of what was done with others is not gone on with.

    Raises: TrainingError in one line where the memory or the disk is too small.
    """
    import torch

    quiet()
    template_of(tokenizer)
    model.eval()
    ends = _ends(model, tokenizer)
    counts, rows = Counter[str](), list[_Row]()
    longest = getattr(model.config, "max_position_embeddings", None) or 1 << 30
    most = min(settings.most, max(longest // 2, 1))
    outputs = {question.id: [""] * settings.samples for question in asking}
    for place, question in enumerate(asking):
        if place % 200 == 0:
            progress(0, len(asking), "tokenising")
        if fit := fitted(tokenizer, question, longest - most, counts):
            rows += (_Row(*fit, sample) for sample in range(settings.samples))
    rows.sort(key=lambda row: (-len(row.ids), row.question.id, row.sample))
    batches = batches_of(rows, settings.batch, most)

    sizes = [len(batch) for batch in batches]
    header = {"settings": settings, "identity": identity, "prompts": len(asking), "of": _hash(asking), "sizes": sizes}
    done = _resumed(partial, msgspec.json.encode(header))
    resumed = sum(len(line.outputs) for line in done.values())
    guide = _guide(tokenizer, ends, settings)
    written, answered, began = 0, 0, time.monotonic()
    with writing(partial), partial.open("ab") as file:
        for number, batch in enumerate(batches):
            if number not in done:
                answers, new, cut = _answer(model, tokenizer, guide, batch, settings, most, ends)
                done[number] = _Done(number, answers, cut)
                written += new
                file.write(msgspec.json.encode(done[number]) + b"\n")
                file.flush()
            for row, output in zip(batch, done[number].outputs, strict=True):
                outputs[row.question.id][row.sample] = output
            answered += len(batch)
            counts["answers that ran out of tokens"] += done[number].cut_off
            speed = written / max(time.monotonic() - began, 1e-9)
            progress(answered, len(rows), f"{speed:,.0f} tokens/s")
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    left = {reason: n for reason, n in counts.items() if n}
    every = {id: tuple(samples) for id, samples in outputs.items()}
    return Answered(every, written, time.monotonic() - began, left, resumed)


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
) -> tuple[list[str], int, int]:
    """The answers of a batch, how many tokens they have, and how many of them ran out of tokens."""
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
    outputs, new, cut = list[str](), 0, 0
    for row, said in zip(batch, found, strict=True):
        ended = said[-1] in ends
        new += len(said)
        ids = said[:-1] if ended else said
        text = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        if not ended:
            cut += 1
            if guide:
                text = Automaton(row.question.asked, _level(settings)).finished(text)
        outputs.append(text)
    return outputs, new, cut


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


def _resumed(partial: Path, header: bytes) -> dict[int, _Done]:
    """The batches that are done, by number; the file is made anew where it is of another run or none."""
    found: dict[int, _Done] = {}
    kept = [header + b"\n"]
    if partial.exists():
        lines = partial.read_bytes().splitlines(keepends=True)
        if lines and lines[0] == kept[0]:
            for line in lines[1:]:
                try:
                    one = msgspec.json.decode(line, type=_Done)
                except msgspec.DecodeError:
                    continue  # the last one, which was not finished
                found[one.batch] = one
                kept.append(line)
    with writing(partial):
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(b"".join(line if line.endswith(b"\n") else line + b"\n" for line in kept))
    return found


def _hash(asking: Sequence[Question]) -> str:
    state = hashlib.blake2b(digest_size=16)
    for question in asking:
        state.update(f"{question.id}\x1f{question.prompt}\x1e".encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def fingerprint_of(path: str) -> str:
    """What tells a model from another: of a folder names, sizes and ends of its files; else its name."""
    folder = Path(place_of(path))
    if not folder.is_dir():
        return path
    state = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.iterdir()):
        if file.is_file():
            state.update(f"{file.name}\x1f{file.stat().st_size}\x1e".encode())
            with file.open("rb") as data:
                data.seek(-min(file.stat().st_size, TAIL), 2)
                state.update(data.read())
    return state.hexdigest()
