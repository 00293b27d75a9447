"""The whole way from raw corpora to a benchmark, on one screen.

    built = build(recipe, raw=Path("raw"), out=Path("benchmarks/yayi-uie"), jobs=2)

    OUT/corpora/<corpus>/<split>.parquet         documents
    OUT/corpora/<corpus>/<split>.partial.json    ids of the documents that an annotation was dropped of, if any
    OUT/corpora/<corpus>/corpus.json             labels, licence, citation: what is needed to read them
    OUT/unlabelled/<corpus>/<split>.parquet      texts published without gold
    OUT/instructions/<split>/<corpus>.parquet    prompts and targets, and the same as .jsonl
    OUT/stats.json  OUT/README.md  OUT/labels.svg
    OUT/audit.json                               evaluation texts in training data, if the recipe asks
    OUT/confusions.json                          which labels are mistaken for which, if training prompts use it
    OUT/manifest.json                            written last: its presence means complete

Two phases: first the documents of every corpus, then the prompts about them, since what is confusable,
contaminated or capped can only be known from all documents. The unit of work of both is a split of a
corpus. Every file appears whole or not at all, and a finished unit leaves a receipt in OUT/.parts with the
hashes of what went in and what came out; a build that was killed redoes only the units without a valid
receipt and ends in the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar, get_args

import msgspec
import pyarrow

import uiebench
from uiebench import catalogue, confusion
from uiebench.build import policy, report
from uiebench.build.audit import Audit
from uiebench.build.check import Figures
from uiebench.build.convert import Absent, Ready, convert, find, find_sample
from uiebench.build.instructions import instruct, of_tasks, trainable
from uiebench.build.parts import (
    DESCRIPTIONS,
    LAYERS,
    MANIFEST,
    NAME,
    RECEIPTS,
    Located,
    Manifest,
    Part,
    PromptPart,
    PromptUnit,
    Unit,
    code,
    finished,
    read_manifest,
    receipt,
)
from uiebench.build.report import FIGURES
from uiebench.build.selection import allotted
from uiebench.build.stats import Statistics
from uiebench.errors import BrokenInvariant, RecipeError, UiebenchError, nearest
from uiebench.hashing import fingerprint, sha256_file
from uiebench.instruct.pieces import Cutter
from uiebench.instruct.windows import Confusions, labels_of, neighbours
from uiebench.ledger import Ledger
from uiebench.processes import pool
from uiebench.recipe import BuildRecipe, Selection
from uiebench.storage import locked, write_bytes, write_json, write_parquet
from uiebench.types import SPLITS, BareDocument, Corpus, Document, Language, SplitName, Task, plain

CONFUSIONS = "confusions"
T = TypeVar("T")
R = TypeVar("R")


class Built(msgspec.Struct, frozen=True):
    """A finished build: where it lies, its manifest, its parts, and how many of both kinds were reused."""

    out: Path
    manifest: Manifest
    parts: tuple[Part, ...]
    prompts: tuple[PromptPart, ...]
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
    confusions: Confusions | None = None,
) -> Built:
    """Build the benchmark that `recipe` describes into `out`.

    Args:
        confusions: knows which labels are confusable; by default what `measured` finds in the documents.

    Raises: RecipeError for corpora that do not exist or when nothing can be built, MalformedInput and
    SourceError for the input's faults, UiebenchError for an output that cannot be written.
    """
    for language in get_args(Language):
        Cutter(recipe.pieces, language)  # a tokenizer that cannot be had is known before any work
    found, absent = locate_all(plan(recipe), recipe, raw)
    refuse_gaps(recipe, found, absent, strict)
    total = len(found) + sum(asks(located.unit) for located in found)
    with prepared(out, recipe), workers(jobs if len(found) > 1 else 1) as each:
        parts: list[Part] = []
        reused = 0
        for part, was_there in each(partial(build_unit, recipe=recipe, out=out), sorted(found, key=_largest_first)):
            parts.append(part)
            reused += was_there
            progress(len(parts), total, part.corpus)
        parts.sort(key=_in_order)
        corpora = sorted({part.corpus for part in parts})
        for name in corpora:
            write_json(out / described_in(name), describe(catalogue.load(name)))

        def say(doing: str) -> None:
            progress(len(parts), total, doing)

        audited = policy.examined(recipe, out, parts, jobs, say)
        units = prompt_units(
            recipe,
            [located.unit for located in found],
            parts,
            confusions or measured(recipe, out, parts, say),
            audited.dropped if audited else {},
        )
        prompts: list[PromptPart] = []
        for asked, was_there in each(partial(instruct, recipe=recipe, out=out), units):
            prompts.append(asked)
            reused += was_there
            progress(len(parts) + len(prompts), total, asked.corpus)
        prompts.sort(key=_in_order)
        return finish(recipe, out, parts, prompts, absent, reused, audited)


def _in_order(part: Part | PromptPart) -> tuple[str, int]:
    return part.corpus, SPLITS.index(part.split)


# --- before the documents -------------------------------------------------------------------------


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
                shots = bool(recipe.few_shot) and split == "train" and alternatives[0].gold and instruct != "test"
                units.append(Unit(name, split, instruct, recipe.select.get(name), shots and recipe.instructions))
    refuse_unknown_types(recipe, {unit.corpus for unit in units})
    return units


def refuse_unknown_types(recipe: BuildRecipe, corpora: set[str]) -> None:
    """Raise if no label of the corpora means a concept that is to be held out."""
    known: set[str] = set()
    for name in corpora:
        schema = catalogue.load(name).schema
        roles = (role for event in schema.events for role in event.roles)
        known |= {label.concept for label in (*schema.entities, *schema.relations, *schema.events, *roles)}
    for concept in recipe.held_out_types:
        if concept not in known:
            hint = nearest(concept, known)
            raise RecipeError(f"recipe {recipe.name}: held_out_types: no label means {concept!r}{hint}")


KIND: dict[Task, str] = {"NER": "entities", "RE": "relations", "EE": "events", "EET": "events", "EEA": "events"}
"""What a corpus with a task annotates. A schema also declares the types of heads and tails that are no entities."""


def refuse_impossible(recipe: BuildRecipe, names: set[str]) -> None:
    """Raise if a recipe selects from a corpus it does not hold, or in a way the corpus does not know, or states a
    permission for a corpus it does not hold.
    """
    for name in recipe.permissions:
        if name not in names:
            place = f"recipe {recipe.name}: permissions.{name}"
            raise RecipeError(f"{place}: the recipe holds no such corpus{nearest(name, sorted(names))}")
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
        with locked(out / RECEIPTS / "lock", f"{out}: another build is writing there"):
            for described in (MANIFEST, *DESCRIPTIONS, policy.AUDIT, confusion.NAME):
                (out / described).unlink(missing_ok=True)
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


# --- work -----------------------------------------------------------------------------------------


class Each(Protocol):
    """Calls a function with every item and gives the results as they come."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T], /) -> Iterator[R]: ...


def one_by_one(function: Callable[[T], R], items: Sequence[T], /) -> Iterator[R]:
    """Each, here and now."""
    return map(function, items)


@contextmanager
def workers(jobs: int) -> Iterator[Each]:
    """Something that does the units one after another here, or in `jobs` processes."""
    if jobs <= 1:
        yield one_by_one
        return
    with pool(jobs) as processes:

        def each(function: Callable[[T], R], items: Sequence[T], /) -> Iterator[R]:
            todo: set[Future[R]] = {processes.submit(function, item) for item in items}
            while todo:
                done, todo = wait(todo, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()

        yield each


def _largest_first(located: Located) -> tuple[int, str, str]:
    """Large splits first: the last one to finish should be small."""
    unit = located.unit
    expected = catalogue.load(unit.corpus).expect.get(unit.split)
    return (-(expected.documents or 0 if expected else 0), unit.corpus, unit.split)


# --- documents ------------------------------------------------------------------------------------


def build_unit(located: Located, recipe: BuildRecipe, out: Path) -> tuple[Part, bool]:
    """One unit: taken as it is if its receipt is valid, else converted and written."""
    unit = located.unit
    corpus = catalogue.load(unit.corpus)
    ready = Ready(corpus.splits[located.split], located.files)
    hashes = [file.sha256 for file in ready.files]
    of_documents = msgspec.structs.replace(unit, instruct=None, few_shot=False)  # prompts have a receipt of their own
    key = fingerprint([of_documents, located.split, recipe.samples, hashes, code(), pyarrow.__version__])
    if known := finished(out, unit, Part, key):
        return known, True
    ledger, statistics = Ledger(corpus.defects, seen=recipe.samples or ready.pinned), Statistics()
    left_out: dict[str, Figures] = {}
    documents = statistics.watch(selected(convert(corpus, ready, ledger, unit.reading), ready, unit.select, left_out))
    path = f"{'corpora' if ready.split.gold else 'unlabelled'}/{unit.corpus}/{unit.split}.parquet"
    if ready.split.gold:
        write_parquet(out / path, Document, documents)
    else:
        write_parquet(out / path, BareDocument, (BareDocument(d.id, d.text) for d in documents))
    files = {path: sha256_file(out / path)}
    dropped_of = out / f"corpora/{unit.corpus}/{unit.split}.partial.json"
    dropped_of.unlink(missing_ok=True)
    if ledger.partial and ready.split.gold:
        write_json(dropped_of, ledger.partial)
        files[dropped_of.relative_to(out).as_posix()] = sha256_file(dropped_of)
    part = Part(
        key=key,
        corpus=unit.corpus,
        split=unit.split,
        sources={source.path: file.sha256 for source, file in zip(ready.split.files, ready.files, strict=True)},
        pinned=ready.pinned,
        gold=ready.split.gold,
        extract=ready.split.extract,
        files=files,
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
    write_json(receipt(out, unit, Part), part)
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


def refuse_other_totals(corpus: Corpus, part: Part) -> None:
    """Raise if a file pinned by its hash gave other totals than the corpus literal states, left out or not."""
    wanted = (corpus.readings[part.reading].expect if part.reading else corpus.expect).get(part.split)
    found = part.stats.totals
    for figure in FIGURES:
        more = sum(getattr(totals, figure) for totals in part.left_out.values())
        found = msgspec.structs.replace(found, **{figure: getattr(found, figure) + more})
    if part.pinned and wanted is not None and found != wanted:
        raise BrokenInvariant(f"{corpus.name} {part.split}: expected {wanted}, found {found}")


# --- between documents and prompts ----------------------------------------------------------------


def measured(recipe: BuildRecipe, out: Path, parts: Sequence[Part], say: Callable[[str], None]) -> Confusions | None:
    """Which labels are mistaken for which, measured on the documents; None: neighbours are taken by rank."""
    windows = recipe.windows
    if not recipe.instructions or windows == "all" or not windows.confusable or windows.neighbours == "any":
        return None
    kept = out / RECEIPTS / CONFUSIONS
    table = confusion.compute(
        out,
        held_out={name for group in recipe.held_out.values() for name in group},
        only={part.corpus for part in parts},
        cached=kept,
        progress=lambda done, total, name: say(f"confusions: {name}"),
    )
    confusion.write(out / confusion.NAME, table)
    latest = max(kept.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    for path in kept.iterdir():
        if path != latest:
            path.unlink()  # tables of other recipes and of texts that are no longer here
    return table


def asks(unit: Unit) -> bool:
    """Whether prompts are written about a unit."""
    return unit.instruct is not None or unit.few_shot


def prompt_units(
    recipe: BuildRecipe,
    units: Sequence[Unit],
    parts: Sequence[Part],
    confusions: Confusions | None,
    dropped: Mapping[str, Collection[str]],
) -> list[PromptUnit]:
    """What there is to ask about, with all that is known of a unit only from the whole; the most to do first.

    `dropped` holds the ids of training documents that must not be trained on, by "corpus/split".
    """
    part_of = {(part.corpus, part.split): part for part in parts}
    asked = [unit for unit in units if asks(unit) and part_of[unit.corpus, unit.split].gold]
    corpora = {
        unit.corpus: trainable(of_tasks(catalogue.load(unit.corpus), unit.select), recipe.held_out_types)
        for unit in asked
    }
    taught: dict[tuple[str, SplitName], list[Task]] = {
        (unit.corpus, unit.split): [
            task for task in corpora[unit.corpus].tasks if labels_of(corpora[unit.corpus].schema, task)
        ]
        for unit in asked
        if unit.instruct == "train" or unit.few_shot
    }
    supply = {
        (unit.corpus, task): (
            corpora[unit.corpus].language,
            (part_of[unit.corpus, unit.split].stats.totals.documents or 0)
            - len(dropped.get(f"{unit.corpus}/{unit.split}", ())),
        )
        for unit in asked
        if unit.instruct == "train"
        for task in taught[unit.corpus, unit.split]
    }
    allowed = allotted(recipe, supply)
    count = 0 if recipe.windows == "all" else recipe.windows.confusable
    found = []
    for unit in asked:
        tasks = taught.get((unit.corpus, unit.split), [])
        schema = corpora[unit.corpus].schema
        found.append(
            PromptUnit(
                unit,
                source=next(iter(part_of[unit.corpus, unit.split].files.values())),
                allowed={task: allowed[unit.corpus, task] for task in tasks if (unit.corpus, task) in allowed},
                near={
                    task: neighbours(unit.corpus, task, labels_of(schema, task), confusions, count) for task in tasks
                },
                left_out=tuple(sorted(dropped.get(f"{unit.corpus}/{unit.split}", ()))) if tasks else (),
            )
        )

    def work(prompts: PromptUnit) -> tuple[int, str, str]:
        """Documents times labels: about as many windows as there can be."""
        unit = prompts.unit
        corpus, totals = corpora[unit.corpus], part_of[unit.corpus, unit.split].stats.totals
        labels = sum(len(labels_of(corpus.schema, task)) for task in corpus.tasks)
        return -(totals.documents or 0) * labels, unit.corpus, unit.split

    return sorted(found, key=work)


# --- the whole ------------------------------------------------------------------------------------


def finish(
    recipe: BuildRecipe,
    out: Path,
    parts: list[Part],
    prompts: list[PromptPart],
    absent: list[tuple[str, Absent]],
    reused: int,
    audited: Audit | None,
) -> Built:
    """Write what describes the whole, remove what is no part of it, and the manifest last."""
    written = {path for files in (*(p.files for p in parts), *(p.files for p in prompts)) for path in files}
    written |= {described_in(part.corpus) for part in parts}
    written |= {name for name in (confusion.NAME,) if (out / name).exists()}
    asked = [{"corpus": p.corpus, "split": p.split, **plain(counts)} for p in prompts for counts in p.counts]
    stats: dict[str, object] = {"parts": [plain_stats(part) for part in parts], "instructions": asked}
    if cut := [{"corpus": p.corpus, "split": p.split, **plain(p.pieces)} for p in prompts if p.pieces]:
        stats["pieces"] = cut
    write_json(out / "stats.json", stats)
    write_bytes(out / "labels.svg", report.picture(parts).encode())
    readme = report.readme(recipe, parts, prompts, absent)
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
    remove_others(out, written, parts, prompts)
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
    return Built(out, manifest, tuple(parts), tuple(prompts), tuple(absent), reused)


def described_in(corpus: str) -> str:
    """Where the description of a corpus lies in a benchmark."""
    return f"corpora/{corpus}/corpus.json"


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


def remove_others(out: Path, written: set[str], parts: list[Part], prompts: list[PromptPart]) -> None:
    """Remove files of the three layers that this benchmark does not have, and their receipts."""
    for layer in LAYERS:
        for path in sorted((out / layer).rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
            elif path.is_file() and path.relative_to(out).as_posix() not in written:
                path.unlink()
        if (out / layer).is_dir() and not any((out / layer).iterdir()):
            shutil.rmtree(out / layer)
    receipts = {
        "lock",
        NAME,
        *(written & {policy.AUDIT}),
        *(receipt(out, Unit(part.corpus, part.split, None), Part).name for part in parts),
        *(receipt(out, Unit(part.corpus, part.split, None), PromptPart).name for part in prompts),
    }
    for path in (out / RECEIPTS).iterdir():
        if path.name not in receipts and path.is_file():
            path.unlink()
