"""Dialogues in the usual formats, as lists of messages.

    {"conversations": [{"from": "human", "value": "你好"}, {"from": "gpt", "value": "你好！"}]}      ShareGPT
    {"instruction": "翻译成英文", "input": "你好", "output": "Hello", "history": []}                  Alpaca
    {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "你好！"}]}   OpenAI
    →  Dialogue(id="file.jsonl:1", messages=(Message("user", "你好"), Message("assistant", "你好！")))

The format is found out for each row. What cannot be a dialogue of text is an error with its place; what is one but
cannot be trained on (no answer, two turns of one speaker) is left out for a named reason, which a `Ledger` counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from uiebench.errors import MalformedInput, SourceError, UiebenchError
from uiebench.storage import unreadable

Role = Literal["system", "user", "assistant"]
SPEAKERS: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
}
"""Names of speakers in published data sets, and what they are. Others (tools, functions) are left out."""
FORMATS = "ShareGPT (conversations), Alpaca (instruction, output) or OpenAI (messages)"
SHIPPED = "uiebench"
"""Names the dialogues that come with the package: invented ones, half of them Chinese, half English."""
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+(?:@[\w./-]+)?")


class Message(msgspec.Struct, frozen=True):
    """One turn of a dialogue."""

    role: Role
    content: str


class Dialogue(msgspec.Struct, frozen=True):
    """Messages that end with an answer; `id` is the file or data set and the number of the row, from 1."""

    id: str
    messages: tuple[Message, ...]


class Unusable(Exception):
    """A row that is a dialogue but cannot be trained on; its text is the reason."""


def read_dialogues(file: str, split: str = "train", dropped: Counter[str] | None = None) -> Iterator[Dialogue]:
    """The dialogues of a file (.json, .jsonl, .parquet), of a data set of the Hub (org/name[@revision]), or SHIPPED.

    Args:
        split: of a data set of the Hub.
        dropped: counts what is left out, by reason.
    """
    path = file_of(file)
    name = SHIPPED if file == SHIPPED else path.name
    rows = _rows(path) if path.exists() or not HUB_ID.fullmatch(file) or path.suffix else _hub(file, split)
    there = False
    for number, row in enumerate(rows, start=1):
        there = True
        try:
            messages = messages_of(row)
        except Unusable as reason:
            if dropped is not None:
                dropped[str(reason)] += 1
            continue
        except ValueError as error:
            raise MalformedInput(path, number, msgspec.json.encode(row).decode()[:200], str(error)) from None
        yield Dialogue(f"{name}:{number}", messages)
    if not there:
        raise SourceError(f"{file}: no dialogues in it")


def file_of(file: str) -> Path:
    """The file that `file` names in a recipe; of a data set of the Hub none that is there."""
    return Path(__file__).with_name("dialogues.jsonl") if file == SHIPPED else Path(file)


def messages_of(row: Any) -> tuple[Message, ...]:
    """The messages of a row. Raises: ValueError if it is in no known format, Unusable if it cannot be trained on."""
    if not isinstance(row, Mapping):
        raise ValueError(f"an object in the format of {FORMATS}")
    if row.get("messages") is not None:
        turns = _turns(row["messages"], "role", "content")
    elif row.get("conversations") is not None:
        listed = row["conversations"]
        own = isinstance(listed, list) and listed and isinstance(listed[0], Mapping) and "from" in listed[0]
        turns = _turns(listed, *(("from", "value") if own else ("role", "content")))
        if row.get("system"):
            turns = [("system", _text(row["system"], "system")), *turns]
    elif row.get("instruction") is not None or row.get("output") is not None:
        turns = _alpaca(row)
    else:
        raise ValueError(f"a row in the format of {FORMATS}")
    return _checked(turns)


def _turns(listed: Any, role: str, content: str) -> list[tuple[str, str]]:
    if not isinstance(listed, list):
        raise ValueError("a list of turns")
    found = []
    for turn in listed:
        if not isinstance(turn, Mapping) or role not in turn or content not in turn:
            raise ValueError(f"turns with {role!r} and {content!r}")
        if isinstance(turn[content], list):  # OpenAI's parts
            parts = [part for part in turn[content] if isinstance(part, Mapping)]
            if any(part.get("type") != "text" for part in parts):
                raise Unusable("a turn that is not text")
            found.append((str(turn[role]), "".join(_text(part.get("text"), "text") for part in parts)))
        elif turn[content] is None:
            raise Unusable("a turn that is not text")
        else:
            found.append((str(turn[role]), _text(turn[content], content)))
    return found


def _alpaca(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    turns: list[tuple[str, str]] = []
    if row.get("system"):
        turns.append(("system", _text(row["system"], "system")))
    for pair in row.get("history") or ():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError("history as a list of [question, answer]")
        turns += [("user", _text(pair[0], "history")), ("assistant", _text(pair[1], "history"))]
    said = [_text(row.get(field) or "", field) for field in ("instruction", "input")]
    turns.append(("user", "\n".join(part for part in said if part)))
    turns.append(("assistant", _text(row.get("output") or "", "output")))
    return turns


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"text in {field!r}")
    return value


def _checked(turns: list[tuple[str, str]]) -> tuple[Message, ...]:
    """The turns as messages: perhaps a system's, then user and assistant in turn, up to the last answer."""
    messages: list[Message] = []
    for name, content in turns:
        role = SPEAKERS.get(name.strip().lower())
        if role is None:
            raise Unusable(f"a speaker called {name[:20]!r}")
        messages.append(Message(role, content))
    while messages and messages[-1].role != "assistant":
        messages.pop()  # a question without an answer teaches nothing
    if not messages:
        raise Unusable("no answer")
    spoken = messages[1:] if messages[0].role == "system" else messages
    if any(message.role != ("user", "assistant")[place % 2] for place, message in enumerate(spoken)):
        raise Unusable("turns not of user and assistant in turn")
    if not all(message.content.strip() for message in messages):
        raise Unusable("an empty turn")
    return tuple(messages)


def _rows(path: Path) -> Iterator[Any]:
    """The rows of a file."""
    try:
        if path.suffix == ".parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            try:
                with pq.ParquetFile(path) as file:
                    for batch in file.iter_batches(1_000):
                        yield from batch.to_pylist()
            except pa.ArrowException as error:
                raise unreadable(path, error) from None
            return
        with path.open("rb") as file:
            if path.suffix not in (".jsonl", ".ndjson") and file.read(1_000).lstrip().startswith(b"["):
                file.seek(0)
                try:
                    yield from msgspec.json.decode(file.read())
                except msgspec.DecodeError as error:
                    raise SourceError(f"{path}: damaged JSON ({error})") from None
                return
            file.seek(0)
            for number, line in enumerate(file, start=1):
                if line.strip():
                    try:
                        yield msgspec.json.decode(line)
                    except msgspec.DecodeError as error:
                        raise MalformedInput(
                            path, number, line[:200].decode("utf-8", "replace").strip(), f"a line of JSON ({error})"
                        ) from None
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror})") from None


def _hub(name: str, split: str) -> Iterator[Any]:
    """The rows of a data set of the Hub."""
    try:
        from datasets import load_dataset
    except ImportError:
        raise UiebenchError(f"{name}: to read from the Hub install uiebench[hub]") from None
    repo, _, revision = name.partition("@")
    try:
        yield from load_dataset(repo, revision=revision or None, split=split)
    except Exception as error:  # the library raises whatever its parts raise
        raise SourceError(f"{name}: cannot be loaded from the Hub ({str(error).splitlines()[0]})") from None
