"""Confusions of a whole benchmark: one Parquet file of reward pairs, and a report of what is in it.

    made = confuse(Benchmark(Path("benchmarks/quickstart")), recipe, Path("confusions.parquet"), jobs=2)
    made.kinds[0]     →  KindRow(task="NER", kind="type", sort="text", pairs=812, edits=1010, score=0.61)
    made.left_out     →  {"annotated otherwise elsewhere": 96, …}

A corpus is a unit of work. It is written to a file of its own beside the output, with a receipt; a run that was
killed goes on behind the last finished corpus. In the end they are put together in the order of their names, so
that the file is the same whatever the number of processes.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from functools import cache, partial
from heapq import nsmallest
from importlib.metadata import version
from pathlib import Path

import msgspec
import pyarrow
import pyarrow.parquet as pq

from uiebench.errors import RecipeError, UiebenchError, nearest
from uiebench.hashing import fingerprint, lot, sha256_bytes
from uiebench.pairs.cases import INCOMPLETE, UNCHANGED, Near, cases, lexicon, vocabularies
from uiebench.pairs.confuse import Confuser, Count
from uiebench.pairs.flaws import conflicting
from uiebench.pairs.flaws import partial as partially_annotated
from uiebench.pairs.kinds import all_kinds, of_task
from uiebench.pairs.settings import STATING, ConfuseRecipe, refuse_unknown_kinds
from uiebench.processes import pool
from uiebench.score.gold import Benchmark
from uiebench.storage import (
    ROWS_PER_GROUP,
    arrow_schema,
    parquet_batches,
    parquet_sink,
    read_columns,
    replacing,
    write_json,
    write_parquet,
)
from uiebench.types import TASKS, RewardPair, Task

Progress = Callable[[int, int, str], None]
"""Called with the units done, the units in all, and what was just done."""


class Job(msgspec.Struct, frozen=True):
    """One corpus to make pairs from: all that it depends on beside the benchmark."""

    corpus: str
    recipe: ConfuseRecipe
    tasks: tuple[Task, ...]
    kinds: tuple[str, ...] | None
    limit: int | None
    conflicting: dict[str, set[Task]]


class Done(msgspec.Struct, frozen=True):
    """What was made of a corpus: `key` stands for what it was made from."""

    key: str
    prompts: int
    left_out: dict[str, int]
    tallies: dict[Task, dict[str, Count]]
    several: dict[str, int]


class KindRow(msgspec.Struct, frozen=True):
    """A kind of confusion of a task: pairs whose first edit it is, their mean score, and edits of it in all.

    `asked` prompts it was tried on. It passed over `nothing` of them, since nothing there fits, and `refused`, since
    what fits is right or was made already.
    """

    task: Task
    kind: str
    sort: str
    pairs: int
    edits: int
    score: float
    asked: int
    nothing: int
    refused: int


class Made(msgspec.Struct, frozen=True):
    """What is in a file of confusions.

    Fields:
        benchmark, recipe, split: what it was made from.
        prompts, pairs: prompts that were looked at, and pairs made.
        left_out: prompts without a pair, by reason.
        kinds: by task and kind. several: pairs by how many edits they have. corpora: pairs by corpus.
    """

    benchmark: str
    recipe: str
    split: str
    prompts: int
    pairs: int
    left_out: dict[str, int]
    kinds: tuple[KindRow, ...]
    several: dict[str, int]
    corpora: dict[str, int]


def confuse(
    benchmark: Benchmark,
    recipe: ConfuseRecipe,
    out: Path,
    *,
    corpora: Sequence[str] = (),
    tasks: Sequence[Task] = (),
    kinds: Sequence[str] = (),
    limit: int | None = None,
    jobs: int = 1,
    progress: Progress = lambda done, total, name: None,
) -> Made:
    """Make confusions of the prompts of a split and write them as RewardPairs; without any pair, no file is written.

    Args:
        corpora, tasks, kinds: only these; all by default.
        limit: at most so many prompts of each corpus and task, chosen by rank.

    Raises: RecipeError for what does not exist; UiebenchError for files that cannot be read or written.
    """
    there = benchmark.corpora(recipe.split)
    if not there:
        raise UiebenchError(f"{benchmark.folder}: no instructions for the split {recipe.split!r}")
    for name in corpora:
        if name not in there:
            raise RecipeError(f"--corpus {name}: no {recipe.split} prompts in this benchmark{nearest(name, there)}")
    known = sorted({kind.name for kind in all_kinds()})
    refuse_unknown_kinds(list(kinds), known, "--kinds")
    refuse_unknown_kinds(list(recipe.weights), known, f"recipe {recipe.name}: weights")
    chosen = sorted(corpora) if corpora else there
    progress(0, len(chosen), "comparing texts")
    flawed = conflicting(benchmark.folder, recipe.split, chosen)
    by_corpus: dict[str, dict[str, set[Task]]] = {name: {} for name in chosen}
    for id, of in flawed.items():
        by_corpus[id.split("/", 1)[0]][id] = of
    every = tuple(task for task in TASKS if not tasks or task in tasks)
    units = [Job(name, recipe, every, tuple(kinds) or None, limit, by_corpus[name]) for name in chosen]
    parts = out.parent / f".{out.name}.parts"
    done: dict[str, Done] = {}
    run = partial(make_corpus, folder=benchmark.folder, parts=parts)
    for count, (name, one) in enumerate(_each(run, units, jobs), 1):
        done[name] = one
        progress(count, len(units), name)
    made = report(benchmark, recipe, {name: done[name] for name in chosen})
    if made.pairs:
        _join([parts / f"{name}.parquet" for name in chosen], out)
    shutil.rmtree(parts)
    return made


def _join(parts: Sequence[Path], out: Path) -> None:
    """Put files of pairs together into one, in row groups of the usual size; the pairs stay in Arrow's columns."""
    held = pyarrow.Table.from_batches([], arrow_schema(RewardPair))
    with (
        replacing(out) as temporary,
        pq.ParquetWriter(temporary, arrow_schema(RewardPair), compression="zstd") as writer,
    ):
        for part in parts:
            for batch in parquet_batches(part, RewardPair):
                held = pyarrow.concat_tables([held, pyarrow.Table.from_batches([batch])])
                while len(held) >= ROWS_PER_GROUP:
                    writer.write_table(held.slice(0, ROWS_PER_GROUP).combine_chunks())
                    held = held.slice(ROWS_PER_GROUP)
        if len(held):
            writer.write_table(held.combine_chunks())


def _each(run: Callable[[Job], tuple[str, Done]], units: Sequence[Job], jobs: int) -> Iterator[tuple[str, Done]]:
    """The results of all units as they are finished."""
    if jobs == 1 or len(units) == 1:
        yield from map(run, units)
        return
    with pool(min(jobs, len(units))) as workers:
        for future in as_completed([workers.submit(run, unit) for unit in units]):
            yield future.result()


def make_corpus(job: Job, folder: Path, parts: Path) -> tuple[str, Done]:
    """The pairs of one corpus, in a file of their own; taken as they are if they were made from the same."""
    benchmark = Benchmark(folder)
    key = fingerprint([job, benchmark.fingerprint, code(), pyarrow.__version__])
    path, receipt = parts / f"{job.corpus}.parquet", parts / f"{job.corpus}.json"
    if (known := _known(receipt, key)) is not None and path.is_file():
        return job.corpus, known
    recipe = job.recipe
    if job.corpus in recipe.incomplete:
        asked = len(_limited(folder, job))
        write_parquet(path, RewardPair, [])
        done = Done(key, asked, {INCOMPLETE: asked}, {}, {})
        write_json(receipt, done)
        return job.corpus, done
    if job.corpus in recipe.sparse:
        recipe = msgspec.structs.replace(recipe, weights={**recipe.weights, **dict.fromkeys(STATING, 0.0)})
    described = benchmark.describe(job.corpus)
    learnt = lexicon(folder, job.corpus, recipe.split, recipe.seed)
    near = Near(folder)
    words = vocabularies(described, learnt, near, int(recipe.split != "train"), job.tasks)
    confusers = {task: Confuser(task, one, recipe, job.kinds) for task, one in words.items()}
    left_out: Counter[str] = Counter()
    chosen = None if job.limit is None else _limited(folder, job)
    prompts = 0
    found = cases(
        benchmark,
        job.corpus,
        recipe.split,
        words,
        left_out,
        partial=partially_annotated(folder, job.corpus, recipe.split),
        conflicting=job.conflicting,
        multiset=recipe.duplicates == "multiset",
        chosen=chosen,
    )
    with parquet_sink(path, RewardPair) as sink:
        for instruction, case in found:
            prompts += 1
            pairs = list(confusers[case.task].pairs(instruction, case))
            if not pairs:
                left_out[UNCHANGED] += 1
            for pair in pairs:
                sink.write(pair)
    several: Counter[str] = Counter()
    for confuser in confusers.values():
        several.update(confuser.tally.several)
    done = Done(
        key,
        prompts + left_out.total() - left_out[UNCHANGED],
        dict(sorted(left_out.items())),
        {task: confuser.tally.kinds for task, confuser in confusers.items()},
        dict(sorted(several.items())),
    )
    write_json(receipt, done)
    return job.corpus, done


def _limited(folder: Path, job: Job) -> set[str]:
    """The ids of the first prompts of each wanted task by rank; without a limit, of all of them."""
    path = folder / "instructions" / job.recipe.split / f"{job.corpus}.parquet"
    found: dict[str, list[str]] = {}
    for id, task in read_columns(path, "id", "task"):
        if task in job.tasks:
            found.setdefault(task, []).append(id)
    if job.limit is None:
        return {id for ids in found.values() for id in ids}
    seed = job.recipe.seed
    return {
        id for ids in found.values() for id in nsmallest(job.limit, ids, key=lambda one: (lot(seed, "limit", one), one))
    }


def _known(receipt: Path, key: str) -> Done | None:
    try:
        known = msgspec.json.decode(receipt.read_bytes(), type=Done)
    except (OSError, msgspec.DecodeError):
        return None
    return known if known.key == key else None


@cache
def code() -> str:
    """A hash of the code that makes confusions."""
    here = Path(__file__).parent
    paths = sorted(
        [
            *here.rglob("*.py"),
            *here.glob("*.yaml"),
            *(here.parent / "score").rglob("*.py"),
            *(here.parent / "instruct").rglob("*.py"),
        ]
    )
    cutters = [version(name) for name in ("jieba", "spacy")]
    return fingerprint([*cutters, *(sha256_bytes(path.read_bytes()) for path in paths)])


def report(benchmark: Benchmark, recipe: ConfuseRecipe, done: dict[str, Done]) -> Made:
    """What was made of all corpora together."""
    counts: dict[tuple[Task, str], Count] = {}
    left_out: Counter[str] = Counter()
    several: Counter[str] = Counter()
    by_corpus: dict[str, int] = {}
    for name, one in done.items():
        left_out.update(one.left_out)
        several.update(one.several)
        by_corpus[name] = sum(one.several.values())
        for task, own in one.tallies.items():
            for kind, count in own.items():
                counts.setdefault((task, kind), Count()).add(count)
    kinds = tuple(
        KindRow(
            task,
            name,
            kind.sort,
            row.pairs,
            row.edits,
            row.score / row.pairs if row.pairs else 0.0,
            row.asked,
            row.nothing,
            row.refused,
        )
        for task in TASKS
        for name, kind in of_task(task).items()
        if (row := counts.get((task, name))) is not None and row.asked
    )
    return Made(
        benchmark.title,
        recipe.name,
        recipe.split,
        sum(one.prompts for one in done.values()),
        sum(several.values()),
        dict(sorted(left_out.items())),
        kinds,
        dict(sorted(several.items())),
        by_corpus,
    )
