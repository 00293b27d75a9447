"""`uiebench pairs confuse`: reward pairs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uiebench.pairs.confusions import Made
    from uiebench.score.tables import Table

app = typer.Typer(help="Make reward pairs: a better and a worse answer to one prompt.", no_args_is_help=True)


@app.callback()
def pairs() -> None:
    """Make reward pairs: a better and a worse answer to one prompt."""


@app.command()
def confuse(
    recipe: Annotated[Path, typer.Argument(help="Recipe file, e.g. recipes/confuse.yaml.")] = Path("confuse"),
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help="Folder of the benchmark.", show_default="the one built last in benchmarks/"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Parquet file to write.", show_default="pairs/<recipe name>.parquet"),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", help="train, dev or test.", show_default="as the recipe says")
    ] = None,
    corpus: Annotated[str, typer.Option("--corpus", help="Names with commas between.", show_default="all")] = "",
    task: Annotated[
        str, typer.Option("--task", help="NER, RE, EE, EET, EEA, with commas between.", show_default="all")
    ] = "",
    kinds: Annotated[
        str,
        typer.Option("--kinds", help="Kinds to make, with commas between.", show_default="as the recipe weighs them"),
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="At most so many prompts of each corpus and task.", show_default="all"),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, help="Processes to use.", show_default="the number of cores")
    ] = os.cpu_count() or 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON in place of tables.")] = False,
) -> None:
    """Make right answers wrong in named ways, and write them as reward pairs."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.cli.score import choose, print_table, split_name, task_name
    from uiebench.errors import UiebenchError
    from uiebench.pairs.confusions import confuse as run
    from uiebench.pairs.settings import ConfuseRecipe
    from uiebench.recipe import load_recipe
    from uiebench.score import Benchmark

    plan = load_recipe(recipe, ConfuseRecipe)
    if split is not None:
        plan = msgspec.structs.replace(plan, split=split_name(split))
    place = out or Path("pairs") / f"{plan.name}.parquet"
    gold = Benchmark(choose(benchmark))
    with bar("confusing") as progress:
        made = run(
            gold,
            plan,
            place,
            corpora=_names(corpus),
            tasks=[found for name in _names(task) if (found := task_name(name))],
            kinds=_names(kinds),
            limit=limit,
            jobs=jobs,
            progress=progress,
        )
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(made), indent=2).decode())
    else:
        for table in confusion_tables(made):
            print_table(table)
    answered = made.prompts - sum(made.left_out.values())
    if not made.pairs:
        options = {"--corpus": corpus, "--task": task, "--kinds": kinds}
        asked = " ".join(f"{option} {said}" for option, said in options.items() if said)
        raise UiebenchError(f"{place}: no pair was made of {made.prompts:,} prompts {asked}".rstrip())
    print(f"{made.pairs:,} pairs about {answered:,} of {made.prompts:,} prompts: {place}", file=sys.stderr)


def confusion_tables(made: Made) -> list[Table]:
    """What was made by task and kind, and what was left out, for the terminal."""
    from uiebench.score.tables import Table

    kinds = [
        (row.task, row.kind, row.sort, f"{row.pairs:,}", f"{row.edits:,}", f"{row.score:.3f}" if row.pairs else "–")
        for row in made.kinds
    ]
    found = [Table("confusions by kind", ("task", "kind", "sort", "pairs", "edits", "mean F1 of rejected"), kinds, 3)]
    passed = [
        (
            row.task,
            row.kind,
            *(f"{n:,}" for n in (row.asked, row.asked - row.nothing - row.refused, row.nothing, row.refused)),
        )
        for row in made.kinds
    ]
    header = ("task", "kind", "asked", "made", "passed over: nothing fits", "right, or made already")
    found.append(Table("prompts by kind", header, passed, 2))
    several = [(count, f"{pairs:,}") for count, pairs in made.several.items()]
    found.append(Table("pairs by number of edits", ("edits", "pairs"), several, 1))
    if made.left_out:
        rows = [(reason, f"{count:,}") for reason, count in made.left_out.items()]
        found.append(Table("prompts without a pair", ("reason", "prompts"), rows, 1))
    return found


def _names(listed: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in listed.split(",") if name.strip()]
