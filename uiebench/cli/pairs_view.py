"""`uiebench view --pairs`: reward pairs in the terminal, or as one page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from uiebench.pairs.view import Part
    from uiebench.types import RewardPair, Task

say = partial(print, file=sys.stderr)


def show(
    path: Path,
    kinds: Sequence[str],
    task: Task | None,
    corpora: Sequence[str],
    id: str | None,
    number: int,
    html: Path | None,
    *,
    as_json: bool,
) -> None:
    """Show some pairs of each kind, with what differs between their sides."""
    import msgspec
    from rich.console import Console

    from uiebench.pairs.view import page, sample
    from uiebench.storage import write_bytes

    found = sample(path, kinds=kinds, tasks=[task] if task else [], corpora=corpora, id=id, number=number)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    if html:
        what = " · ".join([path.name, *kinds, *([task] if task else []), *corpora, *([id] if id else [])])
        write_bytes(html, page(found, what))
        say(f"page: {html}")
    if not as_json and not html:
        console = Console(
            width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=not sys.stdout.isatty()
        )
        for pair in found.pairs:
            print_pair(console, pair)


def print_pair(console: Console, pair: RewardPair) -> None:
    """Print a pair; what only the chosen side has stands in {+ +}, what only the rejected one has in [- -]."""
    from textwrap import indent

    from rich.rule import Rule
    from rich.text import Text

    from uiebench.pairs.view import differing

    console.print(Rule(Text(f"{pair.source} · {pair.kind} · {pair.task}"), align="left", characters="─"))
    console.print(Text(pair.id, style="dim"))
    console.print(Text(indent(pair.prompt, "  ")))
    sides = differing(pair.chosen, pair.rejected)
    for parts, name, colour, marks, f1, judge in (
        (sides[0], "chosen", "green", ("{+", "+}"), pair.score_chosen, pair.judge_chosen),
        (sides[1], "rejected", "red", ("[-", "-]"), pair.score_rejected, pair.judge_rejected),
    ):
        scores = [f"F1 {f1:.3f}"] if f1 is not None else []
        scores += [f"judge {judge:.1f}"] if judge is not None else []
        console.print(Text(f"{name}  {', '.join(scores)}", style=f"bold {colour}"))
        console.print(_side(parts, colour, marks))
    for edit in pair.edits:
        console.print(Text(f"  {edit.kind}: {edit.before or '–'} → {edit.after or '–'}", style="dim"))
    console.print()


def _side(parts: Sequence[Part], colour: str, marks: tuple[str, str]) -> object:
    from rich.text import Text

    text = Text("  ")
    for part in parts:
        if part.mark:
            text.append(f"{marks[0]}{part.text}{marks[1]}", style=f"bold {colour}")
        else:
            text.append(part.text)
    return text
