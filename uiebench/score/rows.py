"""Self-contained files: gold and prediction in one row, as other toolkits write them.

    {"id": "…", "task": "NER", "source": "boson", "instruction": "…", "label": "…", "output": "…"}       IEPile
    {"prompt": "…高明来了…", "label": "{\\"人名\\": [\\"高明\\"]}", "predict": "…"}               LLaMA-Factory
    {"messages": [{"role": "user", …}, {"role": "assistant", "content": "<gold>"}], "output": "…"}      chat

Labels are compared as they are written. Rows of one id (and source) are windows of one text and are
united; gold that several of them repeat counts once. The task is the row's, or follows from the shape of
the gold: an object of lists of strings is NER, as are items with a type and a mention, items with head and
tail (or subject and object) are RE, items with trigger or arguments are EE.

A file is read twice, first for its ids, so that a text can be counted as soon as its last window is there: of
the rows before it only ids are kept. What a model was trained on, and which labels its prompts offered, such a
file does not tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from uiebench.errors import MalformedInput, UiebenchError
from uiebench.score.gold import Described, Items
from uiebench.score.output import HEAD_KEYS, MENTION_KEYS, TRIGGER_KEYS, TYPE_KEYS, parse, read
from uiebench.score.predictions import BOM, FAULTS, recovered
from uiebench.score.report import Report, report
from uiebench.score.run import Watch, counted, refuse_mixed
from uiebench.score.said import AS_WRITTEN, Said, united
from uiebench.score.slices import Slices
from uiebench.score.tally import Rule
from uiebench.types import Document, Extraction, Language, Schema, Task

GOLD_KEYS = ("label", "gold", "reference", "messages", "conversations")
PREDICTION_KEYS = ("output", "predict", "prediction", "response")
TEXT_KEYS = ("input", "text", "prompt", "instruction")
TASKS: tuple[Task, ...] = ("NER", "RE", "EE", "EET", "EEA")
LOOK_AHEAD = 1_000
TEXTS_AT_A_TIME = 200
_DECODE = msgspec.json.Decoder(dict[str, Any]).decode
Key = tuple[str, str]
"""Source and id: which text a row is about."""


class _Named(msgspec.Struct, gc=False):
    """What of a row says which text it is about."""

    id: Any = None
    source: Any = "file"


_NAMED = msgspec.json.Decoder(_Named)


class Row(msgspec.Struct, frozen=True):
    """One row: a window of a text with what is right and what was said.

    `line` is its place in a file; `exact`: the text is the very text, no prompt around it; `alone`: it has no id
    but this place, and no other row is about its text.
    """

    id: str
    source: str
    task: Task | None
    text: str
    gold: Any
    said: Any
    line: int = 0
    exact: bool = False
    alone: bool = False


def is_self_contained(path: Path) -> bool:
    """Whether the first row of a file holds gold as well as a prediction. A pipe does not: it is read once."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            line = next((line for line in file if _bare(line).strip()), b"")
    except OSError:
        return False
    return holds_gold(line)


def holds_gold(line: bytes) -> bool:
    """Whether a line is a row with gold and a prediction."""
    try:
        first = _decoded(_bare(line))
    except FAULTS:
        return False
    return any(key in first for key in GOLD_KEYS) and any(key in first for key in PREDICTION_KEYS)


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a self-contained file. Raises: UiebenchError with file and line."""
    for number, line in _lines(path):
        try:
            row = _decoded(line)
        except FAULTS as error:
            shown = line[:200].decode("utf-8", "replace").strip()
            raise MalformedInput(path, number, shown, f"a JSON object ({error})") from None
        yield _row(row, path, number)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers."""
    with path.open("rb") as file:
        for number, line in enumerate(map(_bare, file), start=1):
            if line.strip():
                yield number, line


def _windows(rows: Path | Sequence[Row]) -> Counter[Key]:
    """How many rows are about each text. A row without id is the only one of its text and not counted here."""
    if not isinstance(rows, Path):
        return Counter((row.source, row.id) for row in rows)
    found: Counter[Key] = Counter()
    for _, line in _lines(rows):
        try:
            row = _NAMED.decode(line)
        except FAULTS:
            try:
                row = recovered(line, _NAMED.decode)
            except FAULTS:
                continue  # told with its place when the row itself is read
        if row.id is not None:
            found[str(row.source), str(row.id)] += 1
    return found


def _bare(line: bytes) -> bytes:
    return line.removeprefix(BOM)


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        return _DECODE(line)
    except FAULTS:
        return recovered(line, _DECODE)


def _row(row: dict[str, Any], path: Path, number: int) -> Row:
    gold_key = next((key for key in GOLD_KEYS if key in row), None)
    said_key = next((key for key in PREDICTION_KEYS if key in row), None)
    if gold_key is None or said_key is None:
        wanted = f"gold ({', '.join(GOLD_KEYS)}) and a prediction ({', '.join(PREDICTION_KEYS)})"
        raise MalformedInput(path, number, ", ".join(row), wanted)
    gold, text = row[gold_key], next((str(row[key]) for key in TEXT_KEYS if key in row), "")
    if gold_key in ("messages", "conversations"):
        turns = [turn for turn in gold if isinstance(turn, dict)] if isinstance(gold, list) else []
        contents = [str(turn.get("content", turn.get("value", ""))) for turn in turns]
        if not contents:
            raise MalformedInput(path, number, gold_key, "messages, the last of them the gold answer")
        text, gold = "\n".join(contents[:-1]), contents[-1]
    task = row.get("task")
    if task is not None and task not in TASKS:
        raise MalformedInput(path, number, str(task), f"a task: {', '.join(TASKS)}")
    id, source, inner = row.get("id"), str(row.get("source", "file")), _inner_text(text)
    exact = inner != text or any(key in row for key in ("input", "text"))
    said = row[said_key]
    return Row(str(number if id is None else id), source, task, inner, gold, said, number, exact, alone=id is None)


def _inner_text(text: str) -> str:
    """IEPile's instruction is JSON with the text under "input"; other prompts are taken as they are."""
    if text.lstrip().startswith("{"):
        value, _ = parse(text, repair=False)
        if isinstance(value, dict) and isinstance(value.get("input"), str):
            return str(value["input"])
    return text


def task_of(gold: Any) -> Task | None:
    """The task that the shape of a gold answer tells, or None if it tells none (an empty one)."""
    value = parse(gold, repair=False)[0] if isinstance(gold, str) else gold
    if isinstance(value, dict):
        items = [item for listed in value.values() for item in (listed if isinstance(listed, list) else [listed])]
        if value and all(isinstance(item, str | int | float) for item in items) and items:
            return "NER"
    else:
        items = value if isinstance(value, list) else []
    for item in items:
        if isinstance(item, dict):
            if any(key in item for key in HEAD_KEYS):
                return "RE"
            if any(key in item for key in (*TRIGGER_KEYS, "arguments")):
                return "EE"
            if any(key in item for key in TYPE_KEYS) and any(key in item for key in MENTION_KEYS):
                return "NER"
    return None


def score_rows(
    rows: Path | Sequence[Row],
    *,
    task: Task | None = None,
    rule: Rule | None = None,
    intervals: bool = True,
    errors: bool = False,
    slices: bool = False,
    watch: Watch | None = None,
) -> Report:
    """Score a self-contained file, or rows.

    `task` says what rows are that do not tell it themselves; rows that tell another one are left out.

    `errors`, `slices` and `watch` are those of `score`; nothing is known of training data.

    Raises: UiebenchError for what is wrong with the file, or if no row tells its task.
    """
    rule, described = rule or Rule(), dict[str, Described]()
    refuse_mixed(rule, errors=errors, slices=slices)
    sliced = Slices(rule, described=described) if slices else None
    answers = _noted(read_answers(rows, task, rule), described)
    tally, mistakes = counted(answers, rule, {}, errors=errors, slices=sliced, watch=watch)
    return report(
        tally,
        described,
        benchmark=_named(rows).name,
        intervals=intervals,
        errors=mistakes.analysis().breakdowns if mistakes else (),
        slices=sliced.rows(intervals=intervals) if sliced else (),
    )


def _noted(answers: Iterable[tuple[Items, Said]], described: dict[str, Described]) -> Iterator[tuple[Items, Said]]:
    """The answers, while what can be told of their corpora is noted: the language of the first text."""
    for items, said in answers:
        if items.corpus not in described:
            language: Language = "zh" if _chinese(items.texts()[0]) else "en"
            described[items.corpus] = Described(items.corpus, language, "unknown", Schema())
        yield items, said


def read_answers(
    rows: Path | Sequence[Row], task: Task | None, rule: Rule, *, first_gold: bool = False
) -> Iterator[tuple[Items, Said]]:
    """The items of a self-contained file or of rows, some hundred at a time, with what their rows say.

    Each comes when its last row is read. Windows of one text each have their own part of the gold, or all of it:
    equal golds count once. With `first_gold` that of the first row counts alone, as IEPile has it.

    Raises: UiebenchError for what is wrong with the file, or if no row tells its task or all tell another one.
    """
    waiting: dict[tuple[str, Task], list[_Text]] = {}
    for source, kind, text in _texts(rows, task, rule, first_gold=first_gold):
        there = waiting.setdefault((source, kind), [])
        there.append(text)
        if len(there) == TEXTS_AT_A_TIME:
            yield _items(source, kind, waiting.pop((source, kind)), rule)
    for (source, kind), there in waiting.items():
        yield _items(source, kind, there, rule)


_Text = tuple[Document, list[Any]]
"""A text with its gold, and what its rows say."""


def _items(source: str, task: Task, texts: Sequence[_Text], rule: Rule) -> tuple[Items, Said]:
    widths = [len(outputs) for _, outputs in texts]
    said = Said(task, [said for _, outputs in texts for said in outputs], AS_WRITTEN, widths, repair=rule.repair)
    return Items.about([document for document, _ in texts], task, source, widths), said


def _texts(
    rows: Path | Sequence[Row], task: Task | None, rule: Rule, *, first_gold: bool
) -> Iterator[tuple[str, Task, _Text]]:
    """(source, task, text) of every text, as soon as its last row is read."""
    found = task
    if found is None:
        shapes = (row.task or task_of(row.gold) for row in islice(_rows(rows), LOOK_AHEAD))
        found = next((kind for kind in shapes if kind), None)
    coming, gathered = _windows(rows), dict[Key, dict[Task, list[Row]]]()
    told_other: set[Task] = set()
    read_any = kept_any = False
    for row in _rows(rows):
        read_any = True
        kind = row.task or task or task_of(row.gold) or found
        if kind is None:
            raise UiebenchError(f"{_named(rows)}: no row tells its task; name it with --task {'|'.join(TASKS)}")
        wanted = task is None or kind == task
        if wanted:
            kept_any = True
        else:
            told_other.add(kind)
        if row.alone:
            if wanted:
                yield row.source, kind, _text(rows, [row], kind, rule, first_gold=first_gold)
            continue
        key = row.source, row.id
        groups = gathered.setdefault(key, {})
        if wanted:
            groups.setdefault(kind, []).append(row)
        coming[key] -= 1
        if coming[key] <= 0:
            for told, group in gathered.pop(key).items():
                yield row.source, told, _text(rows, group, told, rule, first_gold=first_gold)
    if not read_any:
        raise UiebenchError(f"{_named(rows)}: empty")
    if not kept_any:
        raise UiebenchError(f"{_named(rows)}: no row of the task {task}; its rows tell {', '.join(sorted(told_other))}")


def _text(rows: Path | Sequence[Row], group: Sequence[Row], task: Task, rule: Rule, *, first_gold: bool) -> _Text:
    """All rows about one text together."""
    source, id = group[0].source, group[0].id
    gold = united(_golds(rows, group[:1] if first_gold else group, task, rule))
    if all(row.exact for row in group) and len({row.text for row in group}) > 1:
        raise UiebenchError(f"{_named(rows)}: the id {id!r} stands for different texts")
    text = max((row.text for row in group), key=len)
    document = Document(f"{source}/{id}", text, gold.entities, gold.relations, gold.events)
    return document, [row.said for row in group]


def _golds(rows: Path | Sequence[Row], group: Sequence[Row], task: Task, rule: Rule) -> list[Extraction]:
    """What the rows of one text say is right, equal ones once. Raises: MalformedInput if it cannot be read."""
    found: dict[bytes, Extraction] = {}
    for row in group:
        value = {} if isinstance(row.gold, str) and not row.gold.strip() else row.gold
        gold = read(value, task, AS_WRITTEN, repair=rule.repair)
        if gold.problem and not gold.problem.startswith("repaired"):
            shown = str(row.gold)[:200]
            raise MalformedInput(_named(rows), row.line, shown, f"the right answer as JSON ({gold.problem})")
        key = msgspec.json.encode(value) if not isinstance(value, str) else value.encode("utf-8", "surrogatepass")
        found.setdefault(key, gold)
    return list(found.values())


def _rows(rows: Path | Sequence[Row]) -> Iterator[Row]:
    return read_rows(rows) if isinstance(rows, Path) else iter(rows)


def _named(rows: Path | Sequence[Row]) -> Path:
    return rows if isinstance(rows, Path) else Path("none")


def _chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
