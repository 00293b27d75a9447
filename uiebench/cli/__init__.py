"""The command line. Data goes to stdout, progress and errors to stderr; `--json` where a table is printed.

    $ uiebench corpora check resume --raw raw
    $ uiebench build recipes/quickstart.yaml

One module a verb; heavy libraries are imported by the function that needs them.
"""

from __future__ import annotations

import io
import sys

import typer
from typer.core import TyperGroup

from uiebench import __version__
from uiebench.cli import (
    audit,
    best_of,
    build,
    cards,
    chat_eval,
    compare,
    confusions,
    corpora,
    export,
    judge,
    lm_eval,
    pairs,
    pairs_build,
    predict,
    push,
    score,
    train,
    view,
)
from uiebench.errors import UiebenchError


class Commands(TyperGroup):
    """All commands. One that is stopped with Ctrl-C says so in a line, and the exit code is 130."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except BaseException as error:
            if not _is_interrupt(error):
                raise
        print("interrupted", file=sys.stderr)  # by commands that do not say what is kept and how it goes on
        raise typer.Exit(130)


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether an error is Ctrl-C, or what Python makes of it while a library is imported (`__set_name__`)."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None


app = typer.Typer(
    name="uiebench",
    cls=Commands,
    help="Benchmark and dataset builder for universal information extraction in Chinese and English.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(corpora.app, name="corpora")
app.add_typer(confusions.app, name="confusions")
app.add_typer(pairs.app, name="pairs")
pairs.app.command("candidates")(pairs_build.candidates)
pairs.app.command("build")(pairs_build.build)
app.add_typer(judge.app, name="judge")
judge.app.command("agreement")(pairs_build.agreement)
app.command("build")(build.build)
app.command("cards")(cards.cards)
app.command("audit")(audit.audit)
app.command("export")(export.export)
app.command("predict")(predict.predict)
app.command("train")(train.train)
app.command("chat-eval")(chat_eval.chat_eval)
app.command("best-of")(best_of.best_of)
app.command("score")(score.score)
app.command("compare")(compare.compare)
app.command("view")(view.view)
app.command("push")(push.push)
app.command("pull")(push.pull)
app.command("rebuild")(push.rebuild)
app.command("lm-eval")(lm_eval.lm_eval)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Benchmark and dataset builder for universal information extraction in Chinese and English."""


def main() -> None:
    """Run the command line; a fault of the input is one line on stderr and exit code 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except UiebenchError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        print(f"error: {error.filename or 'the system'}: {error.strerror or error}", file=sys.stderr)
        sys.exit(1)
