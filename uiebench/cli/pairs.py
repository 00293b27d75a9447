"""`uiebench pairs confuse`: reward pairs."""

from __future__ import annotations

import typer

app = typer.Typer(help="Make reward pairs: a better and a worse answer to one prompt.", no_args_is_help=True)


@app.callback()
def pairs() -> None:
    """Make reward pairs: a better and a worse answer to one prompt."""
