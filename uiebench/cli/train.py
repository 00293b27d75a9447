"""`uiebench train`: a recipe becomes a model."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

NEXT = {"reward": "uiebench best-of samples.jsonl --reward-model"}
"""By stage what is done with a model, where that is not to predict."""


def train(
    recipe: Annotated[
        Path | None, typer.Argument(help="Recipe file, e.g. recipes/train/tiny-sft.yaml.", show_default=False)
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Run folder.", show_default="runs/<recipe name>")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder from its last checkpoint.")
    ] = False,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="A setting in place of the recipe's: --set training.steps=100 --set data.0.share=0.5"
        ),
    ] = None,
    sweep: Annotated[
        Path | None,
        typer.Option("--sweep", help="In place of a recipe: a file of commands, run for every combination of values."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print run and figures as JSON in place of a table.")] = False,
) -> None:
    """Train a model, or sweep over settings. On several devices: accelerate launch -m uiebench train RECIPE."""
    import importlib

    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.errors import RecipeError
    from uiebench.train import needed, run
    from uiebench.train import recipe as recipes

    if (recipe is None) == (sweep is None):
        raise RecipeError("train needs a recipe, or --sweep and a file")
    if recipe is None:
        assert sweep
        if changes or resume:
            raise RecipeError(
                "--sweep goes without --set and --resume: what is varied stands in its file, and it goes on"
            )
        swept(sweep, out, as_json=as_json)
        return
    plan = recipes.load(recipe, changes or ())
    place = out or Path("runs") / plan.name
    needed()
    stage = importlib.import_module(f"uiebench.train.{plan.__struct_config__.tag}")
    try:
        with bar(plan.name) as progress:
            found = stage.train(plan, place, resume=resume, progress=progress)
    except KeyboardInterrupt:
        if run.first_process():
            print(interrupted(place), file=sys.stderr)
        raise typer.Exit(130) from None
    if not run.first_process():
        return
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        show(found)
    for what, counts in (("measured on, not trained on", found.get("held", {})), ("left out", found["left_out"])):
        for reason, count in sorted(counts.items()):
            print(f"{what}: {count:,} {reason}", file=sys.stderr)
    if found.get("template") == "built-in":
        print("note: the tokenizer has no chat template; a plain one was used (User: …, Assistant: …)", file=sys.stderr)
    print(f"model: {place / 'model'}", file=sys.stderr)
    print(f"next: {NEXT.get(found['stage'], 'uiebench predict --model')} {place}", file=sys.stderr)


def interrupted(place: Path) -> str:
    """What is said of a run that was stopped with Ctrl-C."""
    from uiebench.train import run

    if not (place / "run.json").exists():
        return "interrupted; nothing was written yet"
    kept = run.last_checkpoint(place / "checkpoints")
    return (
        f"interrupted; --resume goes on with {place} from {kept.name if kept else 'its beginning: no checkpoint yet'}"
    )


def swept(file: Path, out: Path | None, *, as_json: bool) -> None:
    """Run a sweep and print its table."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.storage import locked
    from uiebench.train import sweep

    plan = sweep.load(file)
    folder = out or Path("runs") / plan.name
    for words in sweep.commands_of(plan, folder):
        see_that_it_is_one(words)
    new, taken = not folder.exists(), f"{folder}: another process is at this sweep"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with locked(folder / ".lock", taken), bar(plan.name) as progress:
            rows = sweep.run(plan, folder, progress)
    except KeyboardInterrupt:
        print(f"interrupted; the same command goes on with what is in {folder}", file=sys.stderr)
        raise typer.Exit(130) from None
    finally:
        if new:
            with suppress(OSError):
                folder.rmdir()  # nothing was written, as where a recipe is wrong
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
    else:
        print(sweep.table(plan, rows), end="")
    written = [folder / "table.md", folder / "results.jsonl", *sweep.drawn(plan, folder)]
    print(f"written: {', '.join(map(str, written))}", file=sys.stderr)


def see_that_it_is_one(words: list[str]) -> None:
    """Raise RecipeError where words are no command of uiebench, before anything is run."""
    import shlex

    import typer.main

    from uiebench.cli import app
    from uiebench.errors import RecipeError, nearest

    verb, here = typer.main.get_command(app), words
    while known := getattr(verb, "commands", None):
        if not here or here[0] not in known:
            name = here[0] if here else ""
            raise RecipeError(f"`{shlex.join(words)}`: there is no command {name!r}{nearest(name, known)}")
        verb, here = known[here[0]], here[1:]
    try:
        with verb.make_context(words[0], list(here)):
            pass
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise RecipeError(f"`{shlex.join(words)}`: {error.format_message()}") from None


def show(found: dict[str, object]) -> None:
    """Print run and figures as a table."""
    from uiebench.cli.score import print_table
    from uiebench.score.tables import Table

    figures = found["figures"]
    assert isinstance(figures, dict)
    names = ("parameters", "trained", "examples", "rows", "updates", "answer_tokens")
    rows = [[name.replace("_", " "), f"{found[name]:,}"] for name in names if name in found]
    rows += [[name.replace("_", " "), f"{value:,.4g}"] for name, value in figures.items()]
    print_table(Table(str(found["name"]), ["figure", "value"], rows, 1))
    if measured := found.get("accuracy"):
        assert isinstance(measured, list)
        rows = [
            [row["group"], f"{row['pairs']:,}", f"{row['accuracy']:.3f}", f"{row['low']:.3f}–{row['high']:.3f}"]
            for row in measured
        ]
        print_table(Table("held-out pairs told apart", ["group", "pairs", "accuracy", "95 %"], rows, 1))
