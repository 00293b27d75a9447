"""What is trained on, as tokens: prompts of a benchmark or dialogues, in rows of a fixed length.

    tokens(tokenizer, Example("a", (Message("user", "任务：…"), Message("assistant", "{…}"))), 512, counts)
    →  [Encoded("a", ids=[…the prompt in its template…, …the answer…, end], labels=[-100, …, -100, …the answer…, end])]

The loss is that of answers and the token that ends them. A prompt is tokenised by itself, as it will be when the
model is asked, and so is an answer, so that its tokens are those that constrained decoding can write.

Order is a rank of hashes, another in each epoch; nothing is drawn. An example longer than the context is never cut
within an answer: a prompt of a benchmark is left out whole (its answer would name what the model cannot see), a
dialogue loses the answers that do not fit. Both are counted by name.

Some chat templates rewrite a turn once it is past, such as those that take its reasoning out. Then no row of tokens is
what the model is asked at every turn, and a dialogue becomes several examples, each a prompt as the template writes it:

    u1 <think>…</think>a1 u2 <think>…</think>a2   →   u1 | <think>…</think>a1   and   u1 a1 u2 | <think>…</think>a2
"""

from __future__ import annotations

import os
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from uiebench.errors import RecipeError, SourceError, UiebenchError, nearest, shorten
from uiebench.hashing import lot, sha256_file, threshold
from uiebench.processes import pool
from uiebench.storage import read_columns, read_parquet
from uiebench.train.dialogues import Dialogue, Message, file_of, read_dialogues
from uiebench.train.recipe import Data, FromBenchmark, FromDialogues
from uiebench.types import Instruction

IGNORED = -100
"""The label of a token without loss, as transformers has it."""
REWRITTEN = "dialogue in several examples, since its past turns have other tokens than when they were answered"
"""A count of what is not left out."""
TEMPLATE = (
    "{% for message in messages %}{% if message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\n' }}"
    "{% elif message['role'] == 'assistant' %}{{ 'Assistant: ' + message['content'] + eos_token + '\n' }}"
    "{% else %}{{ message['content'] + '\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}"
)
"""For tokenizers without a chat template; it needs no special tokens."""


class Example(NamedTuple):
    """An id and the messages to train on, before they are tokens."""

    id: str
    messages: tuple[Message, ...]


class Encoded(NamedTuple):
    """An example in tokens; labels are the ids where there is a loss and -100 elsewhere."""

    id: str
    ids: array[int]
    labels: array[int]


# --- reading --------------------------------------------------------------------------------------


def examples(sources: Sequence[Data], counts: Counter[str]) -> list[Example]:
    """The examples of all sources, in their order; `counts` counts by name what is left out.

    Raises: UiebenchError in one line for a source that is not there or holds nothing.
    """
    found: list[Example] = []
    for source in sources:
        here = (
            [
                Example(asked.id, (Message("user", asked.prompt), Message("assistant", asked.target)))
                for asked in instructions(source)
            ]
            if isinstance(source, FromBenchmark)
            else [Example(dialogue.id, dialogue.messages) for dialogue in dialogues(source, counts)]
        )
        if not here:
            place = source.folder if isinstance(source, FromBenchmark) else source.file
            raise RecipeError(f"{place}: nothing in it is selected by the recipe ({_selection(source)})")
        found += here
    return found


def instructions(source: FromBenchmark) -> list[Instruction]:
    """The prompts of a benchmark that a recipe selects, in the order of the benchmark."""
    folder = Path(source.folder)
    if not (folder / "manifest.json").is_file():
        raise UiebenchError(f"{folder}: no complete benchmark (it has no manifest.json); uiebench build makes one")
    place = folder / "instructions" / source.split
    there = {path.stem: path for path in sorted(place.glob("*.parquet"))}
    if not there:
        splits = sorted(path.name for path in (folder / "instructions").glob("*") if path.is_dir())
        raise RecipeError(f"{folder}: no instructions in {source.split!r}; it has {', '.join(splits) or 'none at all'}")
    for corpus in source.corpora:
        if corpus not in there:
            raise RecipeError(f"{place}: no corpus {corpus!r}{nearest(corpus, there)}")
    found = [
        asked
        for corpus, path in there.items()
        if not source.corpora or corpus in source.corpora
        for asked in read_parquet(path, Instruction)
        if not source.tasks or asked.task in source.tasks
        if in_share(asked.document, source.share, source.skip, source.seed)
    ]
    return _most(found, source, [asked.id for asked in found])


def dialogues(source: FromDialogues, counts: Counter[str]) -> list[Dialogue]:
    """The dialogues that a recipe selects, in the order of the file; `counts` counts what cannot be trained on."""
    dropped = Counter[str]()
    found = [
        dialogue
        for dialogue in read_dialogues(source.file, source.split, dropped)
        if in_share(dialogue.id, source.share, source.skip, source.seed)
    ]
    counts.update({f"dialogues: {reason}": n for reason, n in dropped.items()})
    return _most(found, source, [dialogue.id for dialogue in found])


def in_share(id: str, share: float, skip: float = 0.0, seed: int = 0) -> bool:
    """Whether a document or dialogue is in the share of all that comes after the share `skip`, by hash."""
    return threshold(skip) <= lot(seed, "share", id) < threshold(skip + share)


def _most(found: list[Any], source: Data, ids: list[str]) -> list[Any]:
    if source.most is None or len(found) <= source.most:
        return found
    first = sorted(range(len(found)), key=lambda place: (lot(source.seed, "most", ids[place]), ids[place]))
    return [found[place] for place in sorted(first[: source.most])]


def _selection(source: Data) -> str:
    said = [f"share {source.share:g}", f"skip {source.skip:g}"] if source.share < 1 or source.skip else []
    if isinstance(source, FromBenchmark):
        said += [f"split {source.split}", *source.corpora, *source.tasks]
    return ", ".join(said) or "no rows"


def fingerprints(sources: Iterable[Data]) -> dict[str, str]:
    """What the data was: for each benchmark the SHA-256 of its manifest, for each file of dialogues its own."""
    found: dict[str, str] = {}
    for source in sources:
        if isinstance(source, FromBenchmark):
            found[source.folder] = sha256_file(Path(source.folder) / "manifest.json")
        elif (file := file_of(source.file)).is_file():
            found[source.file] = sha256_file(file)
        else:
            found[source.file] = f"hub:{source.file}"
    return found


def texts_of(folder: Path, asked: Sequence[Instruction]) -> dict[str, str]:
    """The text that each prompt asks about, by the id of the prompt. Raises: SourceError if a document is not there.

    A corpus that is held out may be asked about in the split test though its documents are of another one.
    """
    wanted = {one.document for one in asked}
    texts: dict[str, str] = {}
    for corpus, split in sorted({(one.corpus, one.document.split("/")[1]) for one in asked}):
        rows = read_columns(folder / "corpora" / corpus / f"{split}.parquet", "id", "text")
        texts |= {id: text for id, text in rows if id in wanted}
    if missing := sorted(wanted - texts.keys()):
        raise SourceError(f"{folder}: no document {missing[0]!r} in its corpora, though a prompt asks about it")
    return {one.id: texts[one.document][one.start : one.end] for one in asked}


# --- tokens ---------------------------------------------------------------------------------------


def template_of(tokenizer: Any) -> str:
    """Whose chat template is used: "tokenizer", or "built-in" where it has none; it then gets ours."""
    if tokenizer.chat_template:
        return "built-in" if tokenizer.chat_template == TEMPLATE else "tokenizer"
    tokenizer.chat_template = TEMPLATE
    return "built-in"


def prompt_ids(tokenizer: Any, messages: Sequence[Message]) -> list[int]:
    """The tokens of messages and of what stands before the answer, by the chat template of the tokenizer.

    Where a message holds the text of a special token, such as ``<|end|>``, it is cut as any text: what somebody wrote
    never ends a turn.
    """
    said = [{"role": message.role, "content": message.content} for message in messages]
    if any(token in message.content for token in tokenizer.all_special_tokens for message in messages):
        return _guarded(tokenizer, said)
    text = _written(tokenizer, said)
    return tokenizer.encode(text, add_special_tokens=False)  # type: ignore[no-any-return]


def _written(tokenizer: Any, said: list[dict[str, str]]) -> str:
    """Messages and what stands before the answer, as the chat template writes them."""
    from jinja2 import TemplateError

    try:
        return tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True)  # type: ignore[no-any-return]
    except TemplateError as error:
        roles = ", ".join(message["role"] for message in said)
        reason = shorten(" ".join(str(error).split()))
        raise UiebenchError(f"the tokenizer's chat template takes no messages of {roles}: {reason}") from None


def _guarded(tokenizer: Any, said: list[dict[str, str]]) -> list[int]:
    """The tokens of messages of which some hold special tokens as text."""
    marks = [f"\ue000{place}\ue001" for place in range(len(said))]  # of the private use area
    marked = [{**message, "content": mark} for message, mark in zip(said, marks, strict=True)]
    rest, ids = _written(tokenizer, marked), list[int]()
    for message, mark in zip(said, marks, strict=True):
        before, there, after = rest.partition(mark)
        if not there:
            continue  # a template that leaves a message out
        ids += tokenizer.encode(before, add_special_tokens=False)
        ids += tokenizer.encode(message["content"], add_special_tokens=False, split_special_tokens=True)
        rest = after
    return ids + tokenizer.encode(rest, add_special_tokens=False)  # type: ignore[no-any-return]


def answer_ids(tokenizer: Any, text: str) -> list[int]:
    """The tokens of an answer, without the one that ends it.

    SentencePiece puts a space before what it tokenises; the answer stands behind the prompt, where there is none.
    """
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    if text and ids and not text.startswith(" ") and str(tokenizer.convert_ids_to_tokens(ids[0])).startswith("▁"):
        anchor: list[int] = tokenizer.encode("\n", add_special_tokens=False)
        both: list[int] = tokenizer.encode("\n" + text, add_special_tokens=False, split_special_tokens=True)
        if both[: len(anchor)] == anchor:
            return both[len(anchor) :]
    return ids


def end_of(tokenizer: Any) -> int:
    """The id that ends an answer. Raises: RecipeError if the tokenizer has none."""
    if tokenizer.eos_token_id is None:
        raise RecipeError(
            f"{tokenizer.name_or_path or 'the tokenizer'}: it has no end-of-sequence token, so that no answer could "
            "end; set eos_token in its tokenizer_config.json"
        )
    return int(tokenizer.eos_token_id)


def tokens(tokenizer: Any, example: Example, context: int, counts: Counter[str]) -> list[Encoded]:
    """An example in tokens, none if no whole answer fits into `context` of them. `counts` counts what does not fit.

    A dialogue of which the chat template rewrites past turns becomes several, each from its first turn on, with a loss
    on the answers that no other has; `counts` counts it as `REWRITTEN`.
    """
    end, found, missed = end_of(tokenizer), list[Encoded](), False
    for place, message in enumerate(example.messages):
        if message.role != "assistant":
            continue
        before = prompt_ids(tokenizer, example.messages[:place])
        answer = [*answer_ids(tokenizer, message.content), end]
        if len(before) + len(answer) > context:
            missed = True  # a later one may fit, behind this turn as it stands once it is past
            continue
        if not found or before[: len(found[-1].ids)] != found[-1].ids.tolist():
            id = f"{example.id}#{len(found) + 1}" if found else example.id
            found.append(Encoded(id, array("i"), array("i")))
        ids, labels = found[-1].ids, found[-1].labels
        ids.extend([*before[len(ids) :], *answer])
        labels.extend([IGNORED] * (len(ids) - len(labels) - len(answer)) + answer)
    if missed:
        counts["dialogue without the answers that do not fit" if found else "longer than the context"] += 1
    if len(found) > 1:
        counts[REWRITTEN] += 1
    return found


MANY = 50_000
"""So many examples are worth the seconds that other processes take to begin."""


def encode(
    tokenizer: Any, found: Sequence[Example], context: int, counts: Counter[str], jobs: int = 1
) -> list[Encoded]:
    """Examples in tokens; `counts` is that of `tokens`. Raises: UiebenchError if nothing is left.

    Args:
        jobs: processes that share the work where there is much of it; they begin anew, so that a script of one's own
            needs its ``if __name__ == "__main__"``. A tokenizer whose code came with a model stays in this one.
    """
    if jobs == 1 or len(found) < MANY or not type(tokenizer).__module__.startswith("transformers."):
        encoded = _encoded(tokenizer, context, found, counts)
    else:
        parts = [found[start : start + MANY // 10] for start in range(0, len(found), MANY // 10)]
        encoded = []
        with pool(min(jobs, len(parts))) as processes:
            for part, said in processes.map(partial(_part, tokenizer, context), parts):
                encoded += part
                counts.update(said)
    if not encoded:
        raise UiebenchError(
            f"no example fits into {context:,} tokens: raise training.context, or build the benchmark with pieces"
        )
    return encoded


def _part(tokenizer: Any, context: int, found: Sequence[Example]) -> tuple[list[Encoded], Counter[str]]:
    """What another process does."""
    counts = Counter[str]()
    return _encoded(tokenizer, context, found, counts), counts


def _encoded(tokenizer: Any, context: int, found: Sequence[Example], counts: Counter[str]) -> list[Encoded]:
    return [one for example in found for one in tokens(tokenizer, example, context, counts)]


def cores() -> int:
    """The cores that may be used, for each process of `accelerate launch`."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(there // int(os.environ.get("LOCAL_WORLD_SIZE", "1")), 1)


# --- rows -----------------------------------------------------------------------------------------

OPEN = 16
"""Rows that are filled at the same time; with more of them less is left empty, and order is less one of ranks."""


def order(ids: Sequence[str], seed: int, epoch: int) -> list[int]:
    """The places of the examples in the order of an epoch."""
    return sorted(range(len(ids)), key=lambda place: (lot(seed, "epoch", epoch, ids[place]), place))


def packed(lengths: Sequence[int], places: Iterable[int], context: int) -> Iterator[list[int]]:
    """Rows of places whose lengths are at most `context` together: each goes into the first open row with room."""
    rows: list[tuple[list[int], int]] = []
    for place in places:
        for number, (row, used) in enumerate(rows):
            if used + lengths[place] <= context:
                row.append(place)
                rows[number] = row, used + lengths[place]
                break
        else:
            if len(rows) == OPEN:
                fullest = max(range(OPEN), key=lambda number: rows[number][1])
                yield rows.pop(fullest)[0]
            rows.append(([place], lengths[place]))
    yield from (row for row, _ in rows)


def rows_of(encoded: Sequence[Encoded], context: int, epochs: int, seed: int, *, packing: bool) -> list[list[int]]:
    """The rows of all epochs, one behind the other, as places of examples."""
    ids, lengths = [one.id for one in encoded], [len(one.ids) for one in encoded]
    found: list[list[int]] = []
    for epoch in range(epochs):
        places = order(ids, seed, epoch)
        found += list(packed(lengths, places, context)) if packing else [[place] for place in places]
    return found


class Collator:
    """Makes a batch of rows: tensors of (rows, tokens of the longest row).

    Packed rows have no attention mask: position ids begin anew with each example, by which transformers keeps them
    apart (padding is an example of its own). Otherwise there is an example in each row, padded at the right.
    """

    def __init__(self, encoded: Sequence[Encoded], pad: int, *, packing: bool) -> None:
        self.encoded, self.pad, self.packing = encoded, pad, packing

    def __call__(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        import numpy
        import torch

        here = [[self.encoded[place] for place in row] for row in rows]
        width = max(sum(len(one.ids) for one in row) for row in here)
        ids = numpy.full((len(rows), width), self.pad)
        labels = numpy.full((len(rows), width), IGNORED)
        positions, mask = numpy.zeros_like(ids), numpy.zeros_like(ids)
        for number, row in enumerate(here):
            start = 0
            for one in row:
                stop = start + len(one.ids)
                ids[number, start:stop] = one.ids
                labels[number, start:stop] = one.labels
                labels[number, start] = IGNORED  # it would be asked of the example before
                positions[number, start:stop] = numpy.arange(stop - start)
                mask[number, start:stop] = 1
                start = stop
            positions[number, start:] = numpy.arange(width - start)
        beside = {"position_ids": positions} if self.packing else {"attention_mask": mask}
        return {name: torch.from_numpy(rows) for name, rows in {"input_ids": ids, "labels": labels, **beside}.items()}
