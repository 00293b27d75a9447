"""Exports: the instruction layer of a built benchmark in the form that others read.

    export(Path("benchmarks/quickstart"), "llama-factory", ["train"], None, Path("out"))

    out/train_resume.jsonl     {"id": "resume/train/0#NER", "instruction": "…", "input": "", "output": "…"}
    out/dataset_info.json      {"train_resume": {"file_name": "train_resume.jsonl", "columns": {…}}, …}
    out/README.md              what it is and how to load it
    out/export.json            the same for programs: style, benchmark, files, counts; written last

Each answer is read back as the scorer reads it. What does not come out as it went in is counted by corpus
and task (`Exported.unsaid`) and told, so that nobody takes a format's limit for a model's mistake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

import uiebench
from uiebench.build.instructions import trainable_schema
from uiebench.errors import RecipeError, SourceError, UiebenchError, nearest
from uiebench.hashing import sha256_file
from uiebench.instruct.styles import STYLES, Row, Setting, Style, StyleName, answer
from uiebench.instruct.target import Names
from uiebench.score.gold import Benchmark
from uiebench.score.output import read
from uiebench.storage import jsonl_sink, read_parquet, replacing, write_bytes, write_json
from uiebench.types import SPLITS, Document, Instruction, Task

RECEIPT = "export.json"
COLUMNS: dict[StyleName, dict[str, Any]] = {
    "alpaca": {"columns": {"prompt": "instruction", "query": "input", "response": "output"}},
    "llama-factory": {"columns": {"prompt": "instruction", "query": "input", "response": "output"}},
    "yayi": {"columns": {"prompt": "instruction", "query": "input", "response": "output"}},
    "sharegpt": {
        "formatting": "sharegpt",
        "columns": {"messages": "conversations"},
        "tags": {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"},
    },
    "openai-chat": {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"},
    },
}
"""What LLaMA-Factory is to know of a file, for the styles that it reads."""


class File(msgspec.Struct, frozen=True):
    """One file of an export: its split, rows and SHA-256."""

    split: str
    rows: int
    sha256: str


class Count(msgspec.Struct, frozen=True):
    """The rows of one split, corpus and task; `unsaid`: those whose answer the style cannot express."""

    split: str
    corpus: str
    task: str
    rows: int
    unsaid: int = 0


class Exported(msgspec.Struct, frozen=True):
    """What an export holds: export.json. `benchmark` is name@fingerprint, as in signatures."""

    style: StyleName
    benchmark: str
    uiebench: str
    splits: tuple[str, ...]
    files: dict[str, File]
    counts: tuple[Count, ...]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(count.rows for count in self.counts)

    @property
    def unsaid(self) -> int:
        """Rows whose answer the style cannot express."""
        return sum(count.unsaid for count in self.counts)


class HeldOut(msgspec.Struct, frozen=True):
    """The part of a recipe that says which labels training prompts never name."""

    held_out_types: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True):
    """The part of a manifest that holds it."""

    recipe: HeldOut = HeldOut()


def folders(benchmark: Path) -> list[str]:
    """The splits of the instruction layer: train, dev, test, and whatever sets there are beside them."""
    found = {path.parent.name for path in (benchmark / "instructions").glob("*/*.parquet")}
    return [*(split for split in SPLITS if split in found), *sorted(found.difference(SPLITS))]


def chosen(benchmark: Path, split: str, corpora: Sequence[str] | None) -> list[str]:
    """The corpora that have instructions in a split, or those of them that are wanted.

    Raises: RecipeError for a split or a corpus that is not there.
    """
    known = folders(benchmark)
    if split not in known:
        there = ", ".join(known) or "nothing"
        raise RecipeError(f"{benchmark}: no instructions for {split!r}, only for {there}{nearest(split, known)}")
    names = sorted(path.stem for path in (benchmark / "instructions" / split).glob("*.parquet"))
    for name in corpora or ():
        if name not in names:
            raise RecipeError(f"{benchmark}: no instructions for {name!r} in {split}{nearest(name, names)}")
    return names if corpora is None else [name for name in names if name in corpora]


def instructions_of(benchmark: Path, split: str, corpus: str) -> Iterator[Instruction]:
    """The instructions of a corpus in a split, in order."""
    return read_parquet(benchmark / "instructions" / split / f"{corpus}.parquet", Instruction)


def with_documents(benchmark: Path, instructions: Iterator[Instruction]) -> Iterator[tuple[Instruction, Document]]:
    """Instructions, each with its document; both stand in one order."""
    split, document = "", Document("", "")
    documents: Iterator[Document] = iter(())
    for instruction in instructions:
        if instruction.document != document.id:
            corpus, own = instruction.document.split("/")[:2]
            if own != split:
                split, documents = own, read_parquet(benchmark / "corpora" / corpus / f"{own}.parquet", Document)
            document = next((d for d in documents if d.id == instruction.document), Document("", ""))
            if not document.id:
                raise SourceError(f"{benchmark}: the document {instruction.document} is not there, or out of order")
        yield instruction, document


def export(
    folder: Path,
    name: StyleName,
    splits: Sequence[str],
    corpora: Sequence[str] | None,
    out: Path,
    progress: Callable[[str, float], None] | None = None,
) -> Exported:
    """Write splits of a benchmark into a folder, in a style; an earlier export in that folder is replaced.

    Args:
        corpora: only these. None: all that have instructions in the split.
        progress: told what is being written, and the share that is done.

    Raises: RecipeError for a split, corpus or half-task that the style or the benchmark does not have;
        UiebenchError for a folder that holds other things.
    """
    benchmark, style = Benchmark(folder), STYLES[name]
    wanted = [(split, corpus) for split in dict.fromkeys(splits) for corpus in chosen(folder, split, corpora)]
    if style.worded and any(split == "auxiliary" for split, _ in wanted):
        raise RecipeError(f"--style {name}: it has no wording for half-tasks; canonical, alpaca and chat styles do")
    stale = _earlier(out)
    (out / RECEIPT).unlink(missing_ok=True)
    held_out = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest).recipe.held_out_types
    rows: Counter[tuple[str, str, str]] = Counter()
    unsaid: Counter[tuple[str, str, str]] = Counter()
    files: dict[str, tuple[str, int]] = {}
    for split in dict.fromkeys(split for split, _ in wanted):
        with ExitStack() as stack:
            sinks: dict[str, Callable[[object], object]] = {}
            for place, (_, corpus) in enumerate(wanted):
                if wanted[place][0] != split:
                    continue
                if progress:
                    progress(f"{split} {corpus}", place / len(wanted))
                described = benchmark.describe(corpus)
                schema = described.schema if split in ("dev", "test") else trainable_schema(described.schema, held_out)
                setting = Setting(described.language, schema)
                for instruction, row, lost in _rows(folder, name, split, corpus, setting):
                    file = _file(name, style, split, instruction)
                    if file not in sinks:
                        sink = _array_sink if style.array else jsonl_sink
                        sinks[file] = stack.enter_context(sink(out / file))
                        files[file] = split, 0
                    sinks[file](row)
                    files[file] = split, files[file][1] + 1
                    key = split, corpus, instruction.task
                    rows[key] += 1
                    unsaid[key] += lost
    for file in stale - set(files):
        (out / file).unlink(missing_ok=True)
    exported = Exported(
        name,
        benchmark.title,
        uiebench.__version__,
        tuple(dict.fromkeys(splits)),
        {file: File(split, count, sha256_file(out / file)) for file, (split, count) in sorted(files.items())},
        tuple(Count(*key, rows[key], unsaid[key]) for key in sorted(rows)),
    )
    if name in COLUMNS:
        info = {Path(file).stem: {"file_name": file, **COLUMNS[name]} for file in exported.files}
        write_json(out / "dataset_info.json", info)
    write_bytes(out / "README.md", readme(exported).encode())
    write_json(out / RECEIPT, exported)
    return exported


def _earlier(out: Path) -> set[str]:
    """The files of an earlier export. Raises: UiebenchError if the folder holds something else."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return set()
    try:
        files = set(msgspec.json.decode((out / RECEIPT).read_bytes(), type=Exported).files)
    except OSError:
        raise UiebenchError(f"{out}: not empty, and no export ({RECEIPT} is missing); name a new folder") from None
    except msgspec.DecodeError as error:
        raise UiebenchError(f"{out / RECEIPT}: damaged ({error}); name a new folder, or remove this one") from None
    return {file for file in files if Path(file).name == file} | {"dataset_info.json"}


def _file(name: StyleName, style: Style, split: str, instruction: Instruction) -> str:
    """The file that a row goes into: one for each corpus for LLaMA-Factory, to mix them; IEPile scores by task."""
    if name == "llama-factory":
        return f"{split}_{instruction.corpus}.jsonl"
    if name == "iepile" and split == "test":
        return f"{split}_{instruction.task}.jsonl"
    return f"{split}.json" if style.array else f"{split}.jsonl"


@contextmanager
def _array_sink(path: Path) -> Iterator[Callable[[object], object]]:
    """As `jsonl_sink`, but the file is one JSON array with a record on each line."""
    encode = msgspec.json.Encoder().encode
    with replacing(path) as temporary, temporary.open("wb") as file:
        written = False

        def write(record: object) -> None:
            nonlocal written
            file.write((b",\n" if written else b"[\n") + encode(record))
            written = True

        yield write
        file.write(b"\n]\n" if written else b"[]\n")


def _rows(
    folder: Path, name: StyleName, split: str, corpus: str, setting: Setting
) -> Iterator[tuple[Instruction, Row, bool]]:
    """The rows of a corpus in a split, and whether the style cannot express their answer."""
    style, instructions = STYLES[name], instructions_of(folder, split, corpus)
    if not style.worded:
        for instruction in instructions:
            yield instruction, style.row(instruction, None, None), False
        return
    make = style.test if split == "test" and style.test else style.row
    for instruction, document in with_documents(folder, instructions):
        row = make(instruction, document, setting)
        yield instruction, row, not said(name, instruction, setting)


# --- what a style cannot say ------------------------------------------------------------------------


def said(name: StyleName, instruction: Instruction, setting: Setting) -> bool:
    """Whether the answer to an instruction means the same in a style as in canonical form."""
    assert "-" not in instruction.task
    task: Task = instruction.task  # type: ignore[assignment]
    names = setting.names(instruction)
    return meaning(answer(name, instruction, setting), task, names) == meaning(instruction.target, task, names)


def meaning(text: str, task: Task, names: Names) -> set[Any]:
    """What is counted of an answer: strings as a set, without outer white space.

    Of events where only arguments are asked for, one without any counts for nothing.
    """
    found = read(text, task, names)
    if task == "NER":
        return {(entity.type, entity.text.strip()) for entity in found.entities}
    if task == "RE":
        return {(r.type, r.head.text.strip(), r.tail.text.strip()) for r in found.relations}
    events = set()
    for event in found.events:
        arguments = frozenset((argument.role, argument.text.strip()) for argument in event.arguments)
        if arguments or task != "EEA":
            events.add((event.type, event.trigger.text.strip() if event.trigger else "", arguments))
    return events


# --- README -----------------------------------------------------------------------------------------

FORM: dict[StyleName, str] = {
    "canonical": "`prompt` and `completion` as TRL takes them, with the labels `offered`, corpus, task and language.",
    "yayi": "YAYI-UIE: its wordings (ours where it has none), types without mention left out, a single argument "
    "without a list.",
    "iepile": "IEPile: `instruction` is JSON with a sentence (ours), `schema` and `input`; NAN fills roles without "
    "mention. Test rows have the gold of the whole document as `label`, in one file for each task, and the id of their "
    "prompt as `prompt_id`.",
    "instructuie": "InstructUIE: rows as its loader makes them (sentences ours). Answers are text; those about "
    "arguments alone are events without trigger, as its own form names no event type.",
    "alpaca": "`instruction`, `input` (empty) and `output`, one JSON array.",
    "sharegpt": "`conversations` of human and gpt, one JSON array.",
    "openai-chat": "`messages` of user and assistant.",
    "llama-factory": "`instruction`, `input` (empty) and `output`, one file for each corpus.",
}
JOIN: dict[StyleName, str] = {
    "iepile": "Test rows with the model's answer under `output` are scored as they are: `uiebench score FILE`.",
    "instructuie": "From its predictions: `jq -c '{id, output: .Prediction}' FILE > predictions.jsonl`, then\n"
    "`uiebench score predictions.jsonl --benchmark DIR`.",
    "llama-factory": "Its `generated_predictions.jsonl` holds gold and prediction:\n"
    "`uiebench score generated_predictions.jsonl`.",
}
TRL: tuple[StyleName, ...] = ("canonical", "openai-chat")
"""The styles that TRL's trainers take as they are."""
BY_ID = (
    'A prediction is `{"id": …, "output": …}` with the id of a row:\n'
    "`uiebench score predictions.jsonl --benchmark DIR`."
)


def readme(exported: Exported) -> str:
    """The README of an export, in Markdown."""
    splits = ", ".join(exported.splits)
    lines = [
        f"# {exported.benchmark}, {splits}: {exported.style}",
        "",
        f"{exported.rows:,} rows, written by `uiebench export --style {exported.style}` (uiebench "
        f"{exported.uiebench}). The texts are under the licences of their corpora.",
        "",
        FORM[exported.style],
        "",
        "| file | split | rows |",
        "|---|---|---:|",
        *(f"| `{name}` | {file.split} | {file.rows:,} |" for name, file in exported.files.items()),
        "",
        *loading(exported),
    ]
    if exported.unsaid:
        lines += [
            "## What this form cannot say",
            "",
            f"The answers of {exported.unsaid:,} rows do not come out again as they went in (a mention holds what "
            "stands between mentions, or is the word for nothing):",
            "",
            "| split | corpus | task | rows | of |",
            "|---|---|---|---:|---:|",
            *(
                f"| {c.split} | {c.corpus} | {c.task} | {c.unsaid:,} | {c.rows:,} |"
                for c in exported.counts
                if c.unsaid
            ),
            "",
        ]
    return "\n".join(lines)


def loading(exported: Exported) -> Iterator[str]:
    """How the files are loaded, and how answers get back to the scorer."""
    first = next(iter(exported.files), "train.jsonl")
    yield "## Load it"
    yield ""
    if exported.style in COLUMNS:
        yield "LLaMA-Factory:"
        yield from ("", "```yaml", "dataset_dir: THIS_FOLDER")
        for key, there in (("dataset", False), ("eval_dataset", True)):
            names = [Path(n).stem for n, file in exported.files.items() if (file.split in ("dev", "test")) is there]
            if names:
                yield f"{key}: {','.join(names)}"
        yield from ("```", "")
    if exported.style in TRL:
        yield "TRL (`SFTTrainer` takes it as it is):"
        yield from ("", "```python", "from datasets import load_dataset")
        yield from (f'rows = load_dataset("json", data_files="{first}", split="train")', "```", "")
    if exported.style == "openai-chat":
        yield f"OpenAI fine-tuning takes `{first}` with purpose `fine-tune`; where it refuses the field `id`:"
        yield from ("", "```sh", f"jq -c 'del(.id)' {first} > upload.jsonl", "```", "")
    if exported.style == "iepile":
        yield "IEPile: `--train_file` for rows with `output`,"
        yield "`ie2instruction/eval_func.py --path1` for answered test rows."
        yield ""
    yield JOIN.get(exported.style, BY_ID)
    yield ""
