"""What commands show that ask an OpenAI-compatible server: what it would cost, and how far it is.

tell(estimate(requests, endpoint, store, price), price)      1,200 calls of gpt-4.1-mini (0 in the cache …), about …
with bar("judging", time.monotonic()) as progress: …         judging ━━━━ 3/40 0:00:04 12 cached, 0 failed, $0.0113, …
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uiebench.judge.budget import Estimate, Price
    from uiebench.judge.client import State

RECKONED = "answers whose use the server did not say, reckoned by their text"


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, file=sys.stderr)


def money(dollars: float | None) -> str:
    """Dollars to four places."""
    return "unknown" if dollars is None else f"${dollars:,.4f}"


def tell(found: Estimate, price: Price | None) -> None:
    """Say the estimate in one line before anything is spent."""
    cost = f", {money(found.dollars)} expected, {money(found.dollars_at_most)} at most" if price else ", price unknown"
    say(
        f"{found.calls:,} calls of {found.model} ({found.cached:,} in the cache or asked once for several), about "
        f"{found.tokens_in:,} tokens in and {found.tokens_out:,} out{cost}"
    )


def spent(state: State, price: Price | None) -> None:
    """Say what a run has cost."""
    if price:
        say(f"spent: {money(state.spent / 10**12)}")
    if state.reckoned:
        say(f"{RECKONED}: {state.reckoned:,}")


@contextmanager
def bar(what: str, begun: float) -> Iterator[Callable[[State], object]]:
    """A progress bar on stderr, where there is a terminal: done, cached, failed, spent, tokens a second."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)

        told_last = ""

        def show(state: State) -> None:
            nonlocal told_last
            if state.note != told_last and not sys.stderr.isatty():  # without a bar, what is waited for in lines
                told_last = state.note
                if told_last:
                    say(told_last)
            speed = (state.tokens_in + state.tokens_out) / max(time.monotonic() - begun, 1e-3)
            told = (
                f"{state.cached:,} cached, {state.failed:,} failed, ${state.spent / 10**12:,.4f}, {speed:,.0f} tokens/s"
            )
            told += f" · {state.note}" if state.note else ""
            bar.update(task, completed=state.done, total=state.total, description=told)

        yield show
