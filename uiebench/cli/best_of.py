"""`uiebench best-of`: whether a reward model finds the best of several answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uiebench.cli.asking import say
from uiebench.cli.score import BENCHMARK


def best_of(
    samples: Annotated[Path, typer.Argument(help="JSON lines, several of one id, as predict --samples writes them.")],
    reward_model: Annotated[str, typer.Option("--reward-model", help="Run folder of a reward model.")],
    greedy: Annotated[
        Path | None, typer.Option("--greedy", help="Greedy answers of uiebench predict.", show_default="none")
    ] = None,
    benchmark: Annotated[
        Path | None, typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "train",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Answers at a time.")] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON in place of a table.")] = False,
) -> None:
    """Tell whether a reward model takes better answers than greedy decoding: F1 of each, of chance and of an oracle."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.cli.score import choose, print_table
    from uiebench.score.tables import Table
    from uiebench.train import needed
    from uiebench.train.recipe import BestOf, FromBenchmark

    needed()
    from uiebench.train.model import quiet
    from uiebench.train.reward import Sampled, load_reward_model

    quiet()
    source = FromBenchmark(str(choose(benchmark)), split=split)
    there = Sampled.read(BestOf(str(samples), source, str(greedy or "")))
    with bar("judging") as progress:
        progress(0, 0, "")
        figures = there.figures(load_reward_model(reward_model, batch=batch_size))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    else:
        rows = [[name, f"{value:.4f}"] for name, value in figures.items()]
        print_table(Table(f"{len(there.answers):,} prompts", ["", "F1"], rows, 1))
    if greedy is None:
        say("note: without --greedy the first sample stands for the greedy answer")
