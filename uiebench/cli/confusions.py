"""`uiebench confusions show|build|evaluate`: which labels are mistaken for which."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uiebench.cli.bar import bar

if TYPE_CHECKING:
    from uiebench.confusion.evaluate import Evaluation
    from uiebench.confusion.table import Confusions, Row
    from uiebench.confusion.table import Table as Confusable
    from uiebench.score.tables import Table as Printed

app = typer.Typer(help="Which labels are mistaken for which.", no_args_is_help=True)

Benchmark = Annotated[
    Path | None,
    typer.Option("--benchmark", help="Folder of the benchmark.", show_default="the one built last in benchmarks/"),
]
Model = Annotated[
    Path | None,
    typer.Option("--model", help="Folder of a local embedding model, for names and descriptions.", show_default="none"),
]
Scored = Annotated[
    Path | None,
    typer.Option("--scored", help="A report of `uiebench score --json` with confusions.", show_default="none"),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of tables.")]


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr)


@app.command()
def show(
    label: Annotated[str, typer.Argument(help="A label: its native, Chinese or English name.")],
    benchmark: Benchmark = None,
    corpus: Annotated[
        str | None, typer.Option("--corpus", help="Only this corpus.", show_default="every corpus that has the label")
    ] = None,
    model: Model = None,
    scored: Scored = None,
    as_json: Json = False,
) -> None:
    """Show what a label is mistaken for in each corpus that has it, and what other corpora call the same."""
    import msgspec

    from uiebench.cli.score import choose, print_table
    from uiebench.score.tables import Table

    table = _compute(choose(benchmark), model, scored)
    found = _find(table, label, corpus)
    if as_json:
        shown = [{"corpus": t.corpus, "kind": t.kind, "event": t.event, **msgspec.to_builtins(r)} for t, r in found]
        print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
        return
    names = {(t.corpus, t.kind, t.event, r.label): (r.zh, r.en) for t in table.tables for r in t.rows}
    for one, row in found:
        body = []
        for near in row.near:
            shown_names = names[one.corpus, one.kind, one.event, near.label]
            stands = ", ".join(f"{what} {place:g}" for what, place in sorted(near.ranks.items(), key=lambda p: p[1]))
            body.append((near.label, *shown_names, f"{near.score:.2f}", stands))
        of = f" of {one.event}" if one.event else ""
        texts = f"{one.texts:,} training texts" if one.texts else "its schema, no texts"
        title = f"{one.corpus}: {one.kind}{of} {_spelt(row)}, from {texts}"
        print_table(Table(title, ("confusable", "zh", "en", "score", "rank by evidence"), body, 9))
    links = {
        (link.to.corpus, link.to.kind, link.to.label): link
        for _, row in sorted(found, key=lambda pair: pair[0].corpus, reverse=True)
        for link in row.across
    }
    rows = []
    for place, link in sorted(links.items(), key=lambda pair: (-pair[1].score, pair[0])):
        stands = f"names {link.names:.2f}" + (f", strings {link.strings:.2f}" if link.strings else "")
        rows.append((*place, *names[place[0], place[1], "", place[2]], f"{link.score:.2f}", stands))
    if rows:
        header = ("corpus", "kind", "label", "zh", "en", "score", "stands on")
        print_table(Table("the same or near concepts in other corpora", header, rows, 9))


@app.command()
def build(
    benchmark: Benchmark = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write.", show_default="confusions.json in the benchmark")
    ] = None,
    model: Model = None,
    scored: Scored = None,
) -> None:
    """Compute the table of a benchmark and write it as JSON."""
    from uiebench.cli.score import choose
    from uiebench.confusion.table import NAME, encoded, write
    from uiebench.errors import RecipeError
    from uiebench.hashing import sha256_bytes

    folder = choose(benchmark)
    place = out or folder / NAME
    table = _compute(folder, model, scored)
    listed = _listed(folder).get(NAME)
    if place.resolve() == (folder / NAME).resolve() and listed not in (None, sha256_bytes(encoded(table))):
        raise RecipeError(f"{place}: is part of the benchmark and was made otherwise; name another file with --out")
    write(place, table)
    labels = sum(len(one.rows) for one in table.tables if one.kind != "role")
    corpora = len({one.corpus for one in table.tables})
    say(f"{labels:,} labels of {corpora} corpora: {place}")
    say("next: uiebench confusions show LABEL")


@app.command()
def evaluate(
    benchmark: Benchmark = None,
    raw: Annotated[
        Path | None, typer.Option("--raw", help="Folder of native files, in place of a benchmark.", show_default="none")
    ] = None,
    corpora: Annotated[
        str, typer.Option("--corpora", help="Names with commas between.", show_default="all with eight or more labels")
    ] = "",
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference", help="A dictionary to compare with: {corpus: {label: [labels]}}.", show_default="none"
        ),
    ] = None,
    model: Model = None,
    as_json: Json = False,
) -> None:
    """Measure what the lists cover of the errors of weak models, and their recall of a dictionary."""
    import msgspec

    from uiebench.cli.score import choose, print_table
    from uiebench.confusion.evaluate import measure, read_reference
    from uiebench.errors import RecipeError

    if raw and benchmark:
        raise RecipeError("--raw and --benchmark: give one of them")
    if raw and not raw.is_dir():
        raise RecipeError(f"--raw {raw}: no such folder")
    asked = [name.strip() for name in corpora.split(",") if name.strip()]
    known = read_reference(reference) if reference else None
    with _folder(raw, asked) if raw else _as_is(choose(benchmark)) as folder, bar("measuring") as progress:
        found = measure(folder, asked, held_out=_held_out(folder), model=model, reference=known, progress=progress)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return
    for table in tables(found):
        print_table(table)


def tables(found: Evaluation) -> list[Printed]:
    """The tables of an evaluation: means by list, and the fusion by corpus."""
    from uiebench.confusion.evaluate import RECALL
    from uiebench.confusion.weak import MODELS
    from uiebench.score.tables import Table

    measures = [m for m in (*MODELS, RECALL) if any(m in row for row in found.means.values())]
    cells = [(what, *(f"{row[m]:.2f}" if m in row else "–" for m in measures)) for what, row in found.means.items()]
    by_corpus = [
        (
            one.corpus,
            one.kind,
            one.split,
            f"{one.documents:,}",
            str(one.labels),
            *(f"{row[m]:.2f}" if m in (row := one.scores["fusion"]) else "–" for m in measures),
        )
        for one in found.groups
    ]
    header = ("corpus", "kind", "split", "texts", "labels", *measures)
    return [
        Table("balanced coverage@5, mean over corpora", ("lists", *measures), cells, 1),
        Table("fusion, by corpus", header, by_corpus, 3),
    ]


# --- what the commands share ------------------------------------------------------------------------


def _compute(folder: Path, model: Path | None, scored: Path | None) -> Confusions:
    from uiebench.confusion.table import cache_folder, compute

    with bar("reading") as progress:
        return compute(
            folder, held_out=_held_out(folder), model=model, scored=scored, cached=cache_folder(), progress=progress
        )


def _held_out(folder: Path) -> set[str]:
    """The corpora of a benchmark that are for evaluation only."""
    from uiebench.score import Benchmark as Built

    return {name for group in Built(folder).head.recipe.held_out.values() for name in group}


def _find(table: Confusions, label: str, corpus: str | None) -> list[tuple[Confusable, Row]]:
    """Every row of a label. Raises: RecipeError with the nearest name if there is none."""
    from uiebench.errors import RecipeError, nearest

    corpora = {one.corpus for one in table.tables}
    if corpus is not None and corpus not in corpora:
        raise RecipeError(f"--corpus {corpus}: not in this benchmark{nearest(corpus, corpora)}")
    within = [one for one in table.tables if corpus in (None, one.corpus)]
    wanted = label.lower()
    found = [(one, row) for one in within for row in one.rows if wanted in _names(row)]
    if not found:
        known = sorted({name for one in within for row in one.rows for name in (row.label, row.zh, row.en)})
        where = f"{corpus} has no label" if corpus else "no corpus has a label"
        raise RecipeError(f"{where} {label!r}{nearest(label, known)}")
    return found


def _names(row: Row) -> set[str]:
    return {row.label.lower(), row.zh.lower(), row.en.lower()}


def _spelt(row: Row) -> str:
    return " / ".join(dict.fromkeys((row.label, row.zh, row.en)))


def _listed(folder: Path) -> dict[str, str]:
    """The files that the manifest of a benchmark lists, with their hashes."""
    import msgspec

    class Files(msgspec.Struct):
        files: dict[str, str] = {}

    return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Files).files


@contextmanager
def _folder(raw: Path, corpora: list[str]) -> Iterator[Path]:
    """A corpus layer built of native files, for as long as it is needed."""
    from tempfile import TemporaryDirectory

    from uiebench.build import pipeline
    from uiebench.recipe import BuildRecipe

    recipe = BuildRecipe(name="confusions", held_in=tuple(corpora) or "all", instructions=False)
    with TemporaryDirectory(prefix="uiebench-") as place, bar("converting") as progress:
        yield pipeline.build(recipe, raw=raw, out=Path(place) / "benchmark", progress=progress).out


@contextmanager
def _as_is(folder: Path) -> Iterator[Path]:
    yield folder
