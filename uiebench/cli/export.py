"""`uiebench export`: the prompts and targets of a benchmark in the form that others read."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from uiebench.cli.score import BENCHMARK

say = partial(print, file=sys.stderr)


def export(
    style: Annotated[
        str,
        typer.Option(
            "--style",
            help="canonical (TRL), yayi, iepile, instructuie, alpaca, sharegpt, openai-chat or llama-factory.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder to write; an earlier export in it is replaced.")],
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(
            "--split", help="train, dev, test, fewshot_5, auxiliary, …; may be repeated.", show_default="train"
        ),
    ] = None,
    corpora: Annotated[str | None, typer.Option("--corpora", help="Only these, e.g. resume,msra.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write prompts and targets for training frameworks and the papers' own scripts."""
    import msgspec
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from uiebench.build.export import export as run
    from uiebench.cli.score import choose
    from uiebench.errors import RecipeError, nearest
    from uiebench.instruct.styles import STYLES

    name = next((known for known in STYLES if known == style), None)
    if name is None:
        raise RecipeError(f"--style {style}: not one of {', '.join(STYLES)}{nearest(style, STYLES)}")
    wanted = [part.strip() for part in corpora.split(",") if part.strip()] if corpora is not None else None
    if wanted == []:
        raise RecipeError(f"--corpora {corpora!r}: names no corpus")
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("export", total=1.0)
        exported = run(
            choose(benchmark),
            name,
            split or ["train"],
            wanted,
            out,
            lambda doing, share: bar.update(task, completed=share, description=doing),
        )
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(exported), indent=2).decode())
    say(f"{exported.rows:,} rows in {len(exported.files):,} files: {out}")
    if exported.unsaid:
        say(f"{exported.unsaid:,} answers cannot be said in this form; by corpus in {out / 'README.md'}")
    say(f"next: look at {out / 'README.md'}")
