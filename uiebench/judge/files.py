"""The files of judging: candidates in, judgements and comparisons out.

    candidates.parquet or .jsonl        rows of Candidate; further columns are passed over
    judgements.parquet, .jsonl          rows of Judgement; scores and reasons have a column for each aspect
    comparisons.parquet, .jsonl         rows of Comparison

In Parquet `scores` is a struct with a field for each aspect, {"faithfulness": 9.0, "type": 10.0, …}, so that pandas,
`datasets` and Arrow read it as it is.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import MalformedInput, UiebenchError, nearest
from uiebench.judge.rubric import OVERALL
from uiebench.storage import jsonl_sink, read_columns, replacing, write_parquet
from uiebench.types import Candidate, Comparison, Judgement, Language, Task

NEEDED = ("id", "instruction", "document", "corpus", "task", "language", "source", "labels", "text", "prompt", "output")
"""The columns of a candidate that a judge needs."""
STEMS = {"scores": "judgements", "pairwise": "comparisons"}


def read_candidates(path: Path) -> list[Candidate]:
    """The candidates of a Parquet file or of JSON lines, in order.

    Raises: UiebenchError in one line: unreadable, empty, a column or field that is missing or wrong, an id twice.
    """
    if not path.exists():
        raise UiebenchError(f"{path}: no such file")
    found = list(_parquet(path) if path.suffix == ".parquet" else _lines(path))
    if not found:
        raise UiebenchError(f"{path}: no candidates in it")
    seen = set[str]()
    for candidate in found:
        if candidate.id in seen:
            raise UiebenchError(f"{path}: two candidates are called {candidate.id!r}")
        seen.add(candidate.id)
    return found


def _parquet(path: Path) -> Iterator[Candidate]:
    tasks, languages = typing.get_args(Task), typing.get_args(Language)
    for number, row in enumerate(read_columns(path, *NEEDED), start=1):
        said = dict(zip(NEEDED, row, strict=True))
        for name, words in (("task", tasks), ("language", languages)):
            if said[name] not in words:
                hint = nearest(str(said[name]), words)
                raise UiebenchError(
                    f"{path}: row {number}: {name} is {said[name]!r}, not one of {', '.join(words)}{hint}"
                )
        try:
            yield msgspec.convert(said, Candidate)
        except msgspec.ValidationError as error:
            raise UiebenchError(f"{path}: row {number}: no candidate ({error})") from None


def _lines(path: Path) -> Iterator[Candidate]:
    decode = msgspec.json.Decoder(Candidate).decode
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.strip():
                    continue
                try:
                    yield decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    shown = line[:200].decode("utf-8", "replace").strip()
                    raise MalformedInput(path, number, shown, f"a candidate as a JSON object ({error})") from None
    except OSError as error:
        raise UiebenchError(f"{path}: cannot be read ({error.strerror})") from None


def write_judgements(folder: Path, judgements: Sequence[Judgement], aspects: Sequence[str]) -> Path:
    """Write judgements.parquet and judgements.jsonl; the path of the first."""
    path = folder / f"{STEMS['scores']}.parquet"
    marks = pa.struct([pa.field(name, pa.float64()) for name in aspects])
    reasons = pa.struct([pa.field(name, pa.string()) for name in (*aspects, OVERALL)])
    schema = pa.schema(
        [
            *((name, pa.string()) for name in ("candidate", "judge", "rubric")),
            ("overall", pa.float64()),
            ("scores", marks),
            ("reasons", reasons),
            ("problem", pa.string()),
        ]
    )
    rows = [msgspec.structs.asdict(judgement) for judgement in judgements]
    with replacing(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, schema), temporary, compression="zstd")
    _write_lines(path.with_suffix(".jsonl"), judgements)
    return path


def read_judgements(path: Path) -> list[Judgement]:
    """The judgements that `write_judgements` wrote as Parquet. Raises: SourceError if they cannot be read."""

    def known(values: dict[str, typing.Any] | None) -> dict[str, typing.Any]:
        return {name: value for name, value in (values or {}).items() if value is not None}

    columns = Judgement.__struct_fields__
    return [
        Judgement(candidate, judge, rubric, overall, known(scores), known(reasons), problem)
        for candidate, judge, rubric, overall, scores, reasons, problem in read_columns(path, *columns)
    ]


def write_comparisons(folder: Path, comparisons: Sequence[Comparison]) -> Path:
    """Write comparisons.parquet and comparisons.jsonl; the path of the first."""
    path = folder / f"{STEMS['pairwise']}.parquet"
    write_parquet(path, Comparison, comparisons)
    _write_lines(path.with_suffix(".jsonl"), comparisons)
    return path


def _write_lines(path: Path, records: Iterable[msgspec.Struct]) -> None:
    with jsonl_sink(path) as write:
        for record in records:
            write(record)
