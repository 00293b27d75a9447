"""The progress bar of commands that count what they do.

with bar("building") as progress:
    progress(3, 40, "resume/train")     building resume/train ━━━━ 3/40 0:00:04 0:00:49
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int | None, str], None]]:
    """A bar on standard error, where that is a terminal. It is told how much is done, of how much, and what it is."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done, total, name: shown.update(
            task, completed=done, total=total or None, description=f"{what} {name}".rstrip()
        )
