"""The whole way from raw corpora to a benchmark, on one screen.

    built = build(recipe, raw=Path("raw"), out=Path("benchmarks/yayi-uie"), jobs=2)

    OUT/corpora/<corpus>/<split>.parquet         documents
    OUT/corpora/<corpus>/corpus.json             labels, licence, citation: what is needed to read them
    OUT/unlabelled/<corpus>/<split>.parquet      texts published without gold
    OUT/instructions/<split>/<corpus>.parquet    prompts and targets, and the same as .jsonl
    OUT/stats.json  OUT/README.md  OUT/labels.svg
    OUT/audit.json                               evaluation texts in training data, if the recipe asks
    OUT/manifest.json                            written last: its presence means complete

The unit of work is a split of a corpus. Every file appears whole or not at all, and a finished unit
leaves a receipt in OUT/.parts with the hashes of what went in and what came out; a build that was killed
redoes only the units without a valid receipt and ends in the same bytes.
"""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec
import pyarrow

import uiebench
from uiebench import catalogue
from uiebench.build import policy, report
from uiebench.build.audit import Audit
from uiebench.build.check import Figures
from uiebench.build.convert import Absent, Ready, convert, find, find_sample
from uiebench.build.instructions import Instructor
from uiebench.build.parts import (
    DESCRIPTIONS,
    LAYERS,
    MANIFEST,
    NAME,
    RECEIPTS,
    Located,
    Manifest,
    Part,
    Unit,
    read_manifest,
    read_receipt,
)
from uiebench.build.report import FIGURES
from uiebench.build.stats import Statistics
from uiebench.errors import BrokenInvariant, RecipeError, UiebenchError, nearest
from uiebench.hashing import fingerprint, sha256_file
from uiebench.ledger import Ledger
from uiebench.recipe import BuildRecipe, Selection
from uiebench.storage import jsonl_sink, parquet_sink, write_bytes, write_json, write_parquet
from uiebench.types import SPLITS, BareDocument, Corpus, Document, Instruction, SplitName, Task, plain


class Built(msgspec.Struct, frozen=True):
    """A finished build: where it lies, its manifest, its parts, and how many of them were reused."""

    out: Path
    manifest: Manifest
    parts: tuple[Part, ...]
    absent: tuple[tuple[str, Absent], ...]
    reused: int


Progress = Callable[[int, int, str], None]
"""Called with the units done, the units in all, and the name of the unit just done."""


def build(
    recipe: BuildRecipe,
    *,
    raw: Path,
    out: Path,
    jobs: int = 1,
    strict: bool = False,
    progress: Progress = lambda done, total, name: None,
) -> Built:
    """Build the benchmark that `recipe` describes into `out`.

    Raises: RecipeError for corpora that do not exist or when nothing can be built, MalformedInput and
    SourceError for the input's faults, UiebenchError for an output that cannot be written.
    """
    found, absent = locate_all(plan(recipe), recipe, raw)
    refuse_gaps(recipe, found, absent, strict)
    with prepared(out, recipe):
        parts: list[Part] = []
        reused = 0
        for part, was_there in run(found, recipe, out, jobs):
            parts.append(part)
            reused += was_there
            progress(len(parts), len(found), part.corpus)
        parts.sort(key=lambda part: (part.corpus, SPLITS.index(part.split)))
        audited = policy.apply(recipe, out, parts, code(), jobs, lambda doing: progress(len(parts), len(parts), doing))
        return finish(recipe, out, parts, absent, reused, audited)


def locate_all(units: list[Unit], recipe: BuildRecipe, raw: Path) -> tuple[list[Located], list[tuple[str, Absent]]]:
    """Find the files of every unit before anything is written; those that cannot be had are the second list."""
    located, absent = [], []
    for unit in units:
        corpus = catalogue.load(unit.corpus)
        if recipe.samples:
            ready: Ready | Absent = find_sample(
                corpus, corpus.alternatives(unit.split)[0], catalogue.samples(corpus.name)
            )
        else:
            ready = find(corpus, unit.split, raw)
        if isinstance(ready, Absent):
            absent.append((corpus.name, ready))
        else:
            located.append(Located(unit, corpus.splits.index(ready.split), ready.files))
    return located, absent


def plan(recipe: BuildRecipe) -> list[Unit]:
    """The units of a recipe: all splits of its corpora, and which of them become instructions.

    Held-in corpora give instructions for each of their splits, held-out ones only for the split they
    are evaluated on.
    """
    held_out = {name for group in recipe.held_out.values() for name in group}
    held_in = set(catalogue.names()) - held_out if recipe.held_in == "all" else set(recipe.held_in)
    if both := sorted(held_in & held_out):
        raise RecipeError(f"recipe {recipe.name}: {both[0]!r} is both held in and held out")
    if not held_in | held_out:
        raise RecipeError(f"recipe {recipe.name}: it names no corpus")
    refuse_impossible(recipe, held_in | held_out)
    units = []
    for name in sorted(held_in | held_out):
        corpus = catalogue.load(name)
        for split in SPLITS:
            alternatives = corpus.alternatives(split)
            if alternatives:
                instruct: SplitName | None = split if alternatives[0].gold and recipe.instructions else None
                if name in held_out and instruct:
                    instruct = "test" if split == evaluation_split(corpus) else None
                units.append(Unit(name, split, instruct, recipe.select.get(name)))
    return units


KIND: dict[Task, str] = {"NER": "entities", "RE": "relations", "EE": "events", "EET": "events", "EEA": "events"}
"""What a corpus with a task annotates. A schema also declares the types of heads and tails that are no entities."""


def refuse_impossible(recipe: BuildRecipe, names: set[str]) -> None:
    """Raise if a recipe selects from a corpus it does not hold, or in a way the corpus does not know."""
    for name, select in recipe.select.items():
        place = f"recipe {recipe.name}: select.{name}"
        if name not in names:
            raise RecipeError(f"{place}: the recipe holds no such corpus{nearest(name, sorted(names))}")
        corpus = catalogue.load(name)
        if select.reading and select.reading not in corpus.readings:
            known = ", ".join(corpus.readings) or "none"
            raise RecipeError(
                f"{place}: {name} has no reading {select.reading!r} (known: {known})"
                f"{nearest(select.reading, corpus.readings)}"
            )
        if select.having and not any(KIND[task] == select.having for task in corpus.tasks):
            raise RecipeError(f"{place}: {name} annotates no {select.having}")
        if wrong := [task for task in select.tasks if task not in corpus.tasks]:
            raise RecipeError(f"{place}: {name} has no task {wrong[0]} (known: {', '.join(corpus.tasks)})")


def evaluation_split(corpus: Corpus) -> SplitName:
    """The split a corpus is evaluated on: its test split if that has gold, else dev, else train."""
    with_gold = [name for name in reversed(SPLITS) if any(split.gold for split in corpus.alternatives(name))]
    return with_gold[0]


@contextmanager
def prepared(out: Path, recipe: BuildRecipe) -> Iterator[None]:
    """Make `out` ready for this build and keep others from writing there meanwhile.

    What described a benchmark of before is removed, so that nothing half-built looks complete: a run that
    fails from here on leaves parts, and no benchmark.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()) and not (out / MANIFEST).exists() and not (out / RECEIPTS).exists():
            raise RecipeError(f"{out}: not empty and not a benchmark; name another folder with --out")
        name = name_of(out)
        if name not in ("", recipe.name):
            raise RecipeError(f"{out}: holds the benchmark {name!r}; remove it, or name another folder with --out")
        (out / RECEIPTS).mkdir(exist_ok=True)
        (out / RECEIPTS / NAME).write_text(recipe.name, encoding="utf-8")
        with locked(out / RECEIPTS / "lock"):
            for described in (MANIFEST, *DESCRIPTIONS, policy.AUDIT):
                (out / described).unlink(missing_ok=True)
            policy.put_back(out)
            for leftover in sorted(out.rglob(".*.tmp")):
                leftover.unlink()  # what a kill left half-written
            yield
    except OSError as error:
        raise UiebenchError(f"{out}: cannot be written ({error.strerror or error})") from None


def name_of(out: Path) -> str:
    """The name of the benchmark that was built or begun in a folder; empty if there is none."""
    try:
        return (out / RECEIPTS / NAME).read_text(encoding="utf-8")
    except OSError:
        return read_manifest(out).name if (out / MANIFEST).exists() else ""  # copied without its receipts


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; it is released when the process ends, however that is."""
    import fcntl  # noqa: PLC0415 - not on every system, and only a build needs it

    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UiebenchError(f"{path.parent.parent}: another build is writing there") from None
        yield
    path.unlink(missing_ok=True)


def refuse_gaps(
    recipe: BuildRecipe, found: Sequence[Located], absent: Sequence[tuple[str, Absent]], strict: bool
) -> None:
    """Raise if nothing can be built, or if `strict` and something is missing."""
    if not found:
        name, gap = absent[0]
        raise RecipeError(
            f"recipe {recipe.name}: no corpus has its files; {name} {gap.split} lacks {', '.join(gap.missing)}: "
            f"{gap.remedy}; or give --raw DIR"
        )
    if strict and absent:
        name, gap = absent[0]
        more = f" (and {len(absent) - 1} more)" if len(absent) > 1 else ""
        raise RecipeError(f"{name} {gap.split}: missing {', '.join(gap.missing)}: {gap.remedy}{more}")


def run(found: list[Located], recipe: BuildRecipe, out: Path, jobs: int) -> Iterator[tuple[Part, bool]]:
    """Build the units, in this process or in `jobs` processes: each part as it is done, and whether it was there."""
    if jobs <= 1 or len(found) <= 1:
        for located in found:
            yield build_unit(located, recipe, out)
        return
    context = multiprocessing.get_context("spawn")
    ordered = sorted(found, key=lambda located: _likely_size(located.unit), reverse=True)
    with ProcessPoolExecutor(min(jobs, len(found)), mp_context=context, initializer=_leave_interrupts) as pool:
        todo = {pool.submit(build_unit, located, recipe, out) for located in ordered}
        try:
            while todo:
                done, todo = wait(todo, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _leave_interrupts() -> None:
    """A worker leaves Ctrl-C to the process that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _likely_size(unit: Unit) -> tuple[int, str, str]:
    """Large splits first: the last one to finish should be small."""
    expected = catalogue.load(unit.corpus).expect.get(unit.split)
    return (expected.documents or 0 if expected else 0, unit.corpus, unit.split)


def build_unit(located: Located, recipe: BuildRecipe, out: Path) -> tuple[Part, bool]:
    """One unit: taken as it is if its receipt is valid, else converted and written."""
    unit = located.unit
    corpus = catalogue.load(unit.corpus)
    ready = Ready(corpus.splits[located.split], located.files)
    hashes = [file.sha256 for file in ready.files]
    key = fingerprint([unit, recipe.seed, recipe.samples, hashes, code(), pyarrow.__version__])
    receipt = out / RECEIPTS / f"{unit.corpus}.{unit.split}.json"
    known = read_receipt(receipt)
    if known and known.key == key and all(_is_there(out / path, sha) for path, sha in known.files.items()):
        return known, True
    receipt.unlink(missing_ok=True)
    ledger, statistics = Ledger(corpus.defects, seen=recipe.samples or ready.pinned), Statistics()
    left_out: dict[str, Figures] = {}
    documents = statistics.watch(selected(convert(corpus, ready, ledger, unit.reading), ready, unit.select, left_out))
    paths = write_unit(unit, corpus, ready, documents, out, recipe.seed)
    part = Part(
        key=key,
        corpus=unit.corpus,
        split=unit.split,
        sources={source.path: file.sha256 for source, file in zip(ready.split.files, ready.files, strict=True)},
        pinned=ready.pinned,
        gold=ready.split.gold,
        extract=ready.split.extract,
        files={path: sha256_file(out / path) for path in paths},
        stats=statistics.summary(ledger),
        reading=unit.reading,
        left_out={reason: figures.totals() for reason, figures in left_out.items()},
        having=unit.select.having if unit.select and ready.split.gold else "",
    )
    refuse_other_totals(corpus, part)
    if part.gold and not part.stats.totals.documents:
        raise RecipeError(
            f"recipe {recipe.name}: select.{corpus.name}: {unit.split} has no document with {part.having}"
        )
    write_json(receipt, part)
    return part, False


def selected(
    documents: Iterator[Document], ready: Ready, select: Selection | None, left_out: dict[str, Figures]
) -> Iterator[Document]:
    """The documents that the recipe wants; the others are counted by reason.

    Texts without gold are all kept: whether they have what is asked for is not known.
    """
    kind = select.having if select and ready.split.gold else ""
    if not kind:
        yield from documents
        return
    without = left_out.setdefault(f"no {kind}", Figures())
    for document in documents:
        if getattr(document, kind):
            yield document
        else:
            without.add(document)


def write_unit(
    unit: Unit, corpus: Corpus, ready: Ready, documents: Iterator[Document], out: Path, seed: int
) -> list[str]:
    """Write the files of a unit; their paths below `out`."""
    if not ready.split.gold:
        path = f"unlabelled/{unit.corpus}/{unit.split}.parquet"
        write_parquet(out / path, BareDocument, (BareDocument(d.id, d.text) for d in documents))
        return [path]
    paths = [f"corpora/{unit.corpus}/{unit.split}.parquet"]
    if not unit.instruct:
        write_parquet(out / paths[0], Document, documents)
        return paths
    stem = f"instructions/{unit.instruct}/{unit.corpus}"
    paths += [f"{stem}.parquet", f"{stem}.jsonl"]
    instruct = Instructor(asked(corpus, unit.select), seed)
    with (
        parquet_sink(out / paths[0], Document) as corpus_layer,
        parquet_sink(out / paths[1], Instruction) as instruction_layer,
        jsonl_sink(out / paths[2]) as lines,
    ):
        for document in documents:
            corpus_layer.write(document)
            for instruction in instruct(document):
                instruction_layer.write(instruction)
                lines(instruction)
    return paths


def asked(corpus: Corpus, select: Selection | None) -> Corpus:
    """The corpus with the tasks that the recipe wants instructions of."""
    if not select or not select.tasks:
        return corpus
    return msgspec.structs.replace(corpus, tasks=tuple(task for task in corpus.tasks if task in select.tasks))


def refuse_other_totals(corpus: Corpus, part: Part) -> None:
    """Raise if a file pinned by its hash gave other totals than the corpus literal states, left out or not."""
    wanted = (corpus.readings[part.reading].expect if part.reading else corpus.expect).get(part.split)
    found = part.stats.totals
    for figure in FIGURES:
        more = sum(getattr(totals, figure) for totals in part.left_out.values())
        found = msgspec.structs.replace(found, **{figure: getattr(found, figure) + more})
    if part.pinned and wanted is not None and found != wanted:
        raise BrokenInvariant(f"{corpus.name} {part.split}: expected {wanted}, found {found}")


def _is_there(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256


@cache
def code() -> str:
    """A hash of the package's own files: a receipt written by other code is not reused."""
    folder = Path(uiebench.__file__).parent
    sources = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".yaml"})
    return fingerprint([[path.relative_to(folder).as_posix(), sha256_file(path)] for path in sources])


def finish(
    recipe: BuildRecipe,
    out: Path,
    parts: list[Part],
    absent: list[tuple[str, Absent]],
    reused: int,
    audited: Audit | None = None,
) -> Built:
    """Write what describes the whole, remove what is no part of it, and the manifest last."""
    corpora = sorted({part.corpus for part in parts})
    written = {path for part in parts for path in part.files}
    for name in corpora:
        path = f"corpora/{name}/corpus.json"
        write_json(out / path, describe(catalogue.load(name)))
        written.add(path)
    write_json(out / "stats.json", {"parts": [plain_stats(part) for part in parts]})
    write_bytes(out / "labels.svg", report.picture(parts).encode())
    readme = report.readme(recipe, parts, absent)
    written |= set(DESCRIPTIONS)
    if audited is not None:
        readme += f"\n{policy.paragraph(audited)}\n"
        written.add(policy.AUDIT)
    write_bytes(out / "README.md", readme.encode())
    sources: dict[str, dict[str, dict[str, str]]] = {}
    for part in parts:
        sources.setdefault(part.corpus, {})[part.split] = part.sources
    missing: dict[str, dict[str, str]] = {}
    for name, gap in absent:
        missing.setdefault(name, {})[gap.split] = gap.remedy
    remove_others(out, written, parts)
    manifest = Manifest(
        name=recipe.name,
        benchmark_version=uiebench.BENCHMARK_VERSION,
        uiebench=uiebench.__version__,
        pyarrow=pyarrow.__version__,
        recipe=recipe,
        sources=sources,
        absent=missing,
        files={path: sha256_file(out / path) for path in sorted(written)},
    )
    write_json(out / MANIFEST, manifest)
    return Built(out, manifest, tuple(parts), tuple(absent), reused)


def describe(corpus: Corpus) -> dict[str, object]:
    """The part of a corpus literal that a reader of the built corpus needs."""
    fields = (
        "name",
        "title",
        "language",
        "domain",
        "tasks",
        "homepage",
        "citation",
        "licence",
        "schema",
        "description",
    )
    return {field: plain(getattr(corpus, field)) for field in (*fields, "verified", "defects", "differences")}


def plain_stats(part: Part) -> dict[str, object]:
    """A part's statistics as they stand in stats.json."""
    fields = ("corpus", "split", "gold", "extract", "pinned", "reading", "having", "left_out", "stats")
    return {field: plain(getattr(part, field)) for field in fields}


def remove_others(out: Path, written: set[str], parts: list[Part]) -> None:
    """Remove files of the three layers that this benchmark does not have, and their receipts."""
    for layer in LAYERS:
        for path in sorted((out / layer).rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
            elif path.is_file() and path.relative_to(out).as_posix() not in written:
                path.unlink()
        if (out / layer).is_dir() and not any((out / layer).iterdir()):
            shutil.rmtree(out / layer)
    receipts = {"lock", NAME, *(written & {policy.AUDIT}), *(f"{part.corpus}.{part.split}.json" for part in parts)}
    for path in (out / RECEIPTS).iterdir():
        if path.name not in receipts and path.is_file():
            path.unlink()
