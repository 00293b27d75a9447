"""Multiple-choice questions in the format of C-Eval, answered by the letter that a model finds likeliest.

    id,question,A,B,C,D,answer
    0,三角形的内角和是多少度？,90,180,270,360,B
    →  Choice("angles.csv:1", "三角形的内角和是多少度？", ("90", "180", "270", "360"), "B")

CSV with a header, or JSON lines with the same names; other columns are passed over. Questions are asked without
examples, in the chat template, and nothing is generated: the first token of an answer "A" is compared with those of
"B", "C" and "D". So a model that would rather say something else is judged too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from uiebench.errors import MalformedInput, RecipeError, SourceError
from uiebench.hashing import members_of
from uiebench.train.data import answer_ids
from uiebench.train.dialogues import Message

LETTERS = ("A", "B", "C", "D")
FILES = ("*.csv", "*.jsonl")
"""What is read of a folder."""
FIELDS = ("question", *LETTERS, "answer")


class Choice(msgspec.Struct, frozen=True):
    """A question; `id` is the file and the number of the row, from 1; `answer` is the letter of the right option."""

    id: str
    question: str
    options: tuple[str, str, str, str]
    answer: str


def read_choices(path: Path) -> list[Choice]:
    """The questions of a file, or of all .csv and .jsonl files of a folder.

    Raises: SourceError if there are none, MalformedInput with its place for a row that is none.
    """
    if path.is_dir():
        found = [choice for file in members_of(path, FILES) for choice in read_choices(file)]
    else:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise SourceError(f"{path}: cannot be read ({reason})") from None
        rows = _lines(path, text) if path.suffix in (".jsonl", ".json") else _columns(path, text)
        found = [_choice(path, number, row) for number, row in enumerate(rows, start=1)]
    if not found:
        raise SourceError(f"{path}: no questions in it")
    return found


def asked(choice: Choice, *, chinese: bool) -> Message:
    """The question as a user would ask it."""
    options = "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, choice.options, strict=True))
    wanted = "请只回答正确选项的字母。" if chinese else "Answer with the letter of the right option alone."
    return Message("user", f"{choice.question}\n{options}\n{wanted}")


def letter_ids(tokenizer: Any, name: str) -> list[int]:
    """The token with which each letter begins. Raises: RecipeError if they are not four."""
    ids = [answer_ids(tokenizer, letter)[0] for letter in LETTERS]
    if len(set(ids)) < len(ids):
        raise RecipeError(f"{name}: its tokenizer does not tell the letters {', '.join(LETTERS)} apart")
    return ids


def likeliest(model: Any, prompts: Sequence[Sequence[int]], letters: Sequence[int], pad: int) -> list[str]:
    """The letter with the largest logit behind each prompt, the first of equals; `prompts` are one batch."""
    import torch

    width = max(map(len, prompts))
    ids = torch.tensor([[*row, *[pad] * (width - len(row))] for row in prompts], device=model.device)
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in prompts], device=model.device)
    logits = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
    behind = [logits[number, len(row) - 1, list(letters)].tolist() for number, row in enumerate(prompts)]
    return [LETTERS[values.index(max(values))] for values in behind]


def _columns(path: Path, text: str) -> Iterator[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text))
    try:
        if missing := [field for field in FIELDS if field not in (reader.fieldnames or ())]:
            raise MalformedInput(path, 1, ",".join(reader.fieldnames or ()), f"a header with {', '.join(missing)}")
        yield from reader
    except csv.Error as error:
        raise SourceError(f"{path}: cannot be read as CSV ({error})") from None


def _lines(path: Path, text: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield msgspec.json.decode(line)
            except msgspec.DecodeError as error:
                raise MalformedInput(path, number, line[:200], f"a line of JSON ({error})") from None


def _choice(path: Path, number: int, row: Any) -> Choice:
    if not isinstance(row, dict) or not all(isinstance(row.get(field), str) for field in FIELDS):
        shown = msgspec.json.encode(row).decode()[:200]
        raise MalformedInput(path, number, shown, f"a question with {', '.join(FIELDS)}")
    answer = row["answer"].strip().upper()
    if answer not in LETTERS:
        hint = " (a test set without answers cannot be scored here)" if not answer else ""
        raise MalformedInput(path, number, row["answer"], f"one of {', '.join(LETTERS)} as the answer{hint}")
    return Choice(f"{path.name}:{number}", row["question"], tuple(row[letter] for letter in LETTERS), answer)
