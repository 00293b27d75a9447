"""`uiebench build`: a recipe becomes a benchmark."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uiebench.build.pipeline import Built


def build(
    recipe: Annotated[Path, typer.Argument(help="Recipe file, e.g. recipes/quickstart.yaml.")],
    raw: Annotated[
        Path | None,
        typer.Option("--raw", help="Folder with one folder of native files for each corpus.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of the benchmark.", show_default="benchmarks/<recipe name>")
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, help="Processes to use.", show_default="the number of cores")
    ] = os.cpu_count() or 1,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if the files of any corpus are missing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the statistics as JSON in place of a table.")] = False,
) -> None:
    """Build a benchmark from a recipe: documents, instructions, statistics, and a manifest."""
    from uiebench.build import pipeline
    from uiebench.cli.bar import bar
    from uiebench.errors import RecipeError
    from uiebench.recipe import BuildRecipe, load_recipe
    from uiebench.sources import default_raw

    plan = load_recipe(recipe, BuildRecipe)
    if raw and not raw.is_dir():
        raise RecipeError(f"--raw {raw}: no such folder")
    place = out or Path("benchmarks") / plan.name
    with bar("building") as progress:
        built = pipeline.build(
            plan,
            raw=raw or default_raw(),
            out=place,
            jobs=jobs,
            strict=strict,
            progress=progress,
        )
    if as_json:
        sys.stdout.write((place / "stats.json").read_text(encoding="utf-8"))
    else:
        show(built)
    tell(built)


def show(built: Built) -> None:
    """Print the table of a benchmark."""
    from rich.console import Console
    from rich.table import Table

    from uiebench.build import report

    table = Table("corpus", "split", box=None, header_style="bold", pad_edge=False)
    for figure in report.FIGURES:
        table.add_column(figure, justify="right")
    last = ""
    for row in report.rows(built.parts, built.manifest.recipe.samples):
        corpus, *rest = report.cells(row)
        table.add_row("" if corpus == last else corpus, *rest)
        last = corpus
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def tell(built: Built) -> None:
    """Say on stderr where the benchmark is, what is missing, and what to do next."""
    from uiebench.build import report

    say = partial(print, file=sys.stderr)
    say()
    if any(part.stats.totals.drops or part.stats.totals.repairs for part in built.parts):
        drops = sum(sum(part.stats.totals.drops.values()) for part in built.parts)
        repairs = sum(sum(part.stats.totals.repairs.values()) for part in built.parts)
        say(f"{drops:,} annotations dropped and {repairs:,} repaired, by reason in {built.out / 'README.md'}")
    if left := sum(totals.documents or 0 for part in built.parts for totals in part.left_out.values()):
        say(f"{left:,} documents left out as the recipe says, by corpus and reason in {built.out / 'README.md'}")
    if built.absent:
        say("not in this build, for want of files (what to do: its README.md, or uiebench corpora show NAME):")
        for way, is_it in (("to fetch", True), ("to ask for", False)):
            gaps: dict[str, list[str]] = {}
            for name, gap in built.absent:
                if gap.remedy.startswith("uiebench corpora fetch") == is_it:
                    gaps.setdefault(name, []).append(gap.split)
            listed = ", ".join(f"{name} ({' '.join(splits)})" for name, splits in gaps.items())
            if listed:
                say(f"  {way}: {listed}")
    made = len(built.parts) + len(built.prompts)
    reused = f" ({built.reused} of {made} parts were there already)" if built.reused else ""
    for folder, prompts in report.prompts_by_folder(built.prompts).items():
        say(f"{prompts:,} prompts in {built.out / 'instructions' / folder}")
    say(f"{built.manifest.name} is complete: {built.out}{reused}")
    say(f"next: look at {built.out / 'README.md'} and {built.out / 'labels.svg'}")
