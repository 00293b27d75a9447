"""`uiebench cards`: the data cards of all corpora and whether they are stale, and the card of a benchmark."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

say = partial(print, file=sys.stderr)


def cards(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder of the cards; file of the card of a benchmark.",
            show_default="data_cards; standard output",
        ),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a card is stale.")] = False,
    raw: Annotated[
        Path | None,
        typer.Option("--raw", help="Count the original files below this folder anew.", show_default=False),
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option(
            "--audit", help="What `uiebench audit --json` wrote, to tell of shared texts.", show_default=False
        ),
    ] = None,
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help="Print the card of this benchmark, as it is pushed.", show_default=False),
    ] = None,
    repo: Annotated[str, typer.Option("--repo", help="Repository that the card of a benchmark names.")] = "org/name",
    results: Annotated[
        list[Path] | None,
        typer.Option("--results", help="What `uiebench score --json` printed, for that card; may be repeated."),
    ] = None,
) -> None:
    """Write the data card of every corpus, and their index; or the card of a benchmark."""
    from uiebench import cards
    from uiebench.errors import RecipeError, UiebenchError

    if benchmark:
        if check or raw or audit:
            raise RecipeError("--benchmark: prints the card of a benchmark; --check, --raw and --audit are of corpora")
        print_card(benchmark, repo, results or [], out)
        return
    if results:
        raise RecipeError("--results: stand in the card of a benchmark; name it with --benchmark")
    out = out or Path("data_cards")
    if check and (raw or audit):
        raise RecipeError("--check: compares what is there; --raw and --audit write")
    if check:
        if stale := cards.stale(out, cards.known(out)):
            more = f" (and {len(stale) - 1} more)" if len(stale) > 1 else ""
            raise UiebenchError(f"{out / stale[0]}: stale{more}; run: uiebench cards --out {out}")
        say(f"{out}: every card is up to date")
        return
    if raw and not raw.is_dir():
        raise RecipeError(f"{raw}: no such folder")
    tell = (lambda name: print(f"\r\033[Kcounting {name}", end="", file=sys.stderr)) if sys.stderr.isatty() else None
    facts = cards.update(out, raw, audit, tell or (lambda name: None))
    if raw and tell:
        print("\r\033[K", end="", file=sys.stderr)
    changed = cards.write(out, facts)
    say(f"{out}: {len(changed):,} of {len(cards.pages(facts)):,} pages changed")


def print_card(benchmark: Path, repo: str, results: list[Path], out: Path | None) -> None:
    """Print or write the card of a benchmark, with the results of reports."""
    from uiebench.publish import benchmark_card, prepare
    from uiebench.storage import write_bytes

    with tempfile.TemporaryDirectory(prefix="uiebench-card-") as folder:
        plan = prepare(benchmark, Path(folder))
        card = benchmark_card(plan, repo, results)
    if out:
        write_bytes(out, card.encode())
        say(f"card: {out}")
    else:
        sys.stdout.write(card)
