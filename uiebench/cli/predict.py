"""`uiebench predict`: a predictions file for a benchmark."""

from __future__ import annotations

import sys
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from uiebench.cli.score import BENCHMARK

say = partial(print, file=sys.stderr)


def predict(
    baseline: Annotated[str, typer.Option("--baseline", help="lexicon: strings seen in training are found again.")],
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "test",
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("predictions.jsonl"),
) -> None:
    """Answer every prompt of a split with a baseline, as `uiebench score` reads it."""
    from uiebench.cli.score import choose, split_name
    from uiebench.errors import RecipeError
    from uiebench.instruct.pieces import within
    from uiebench.instruct.target import encode
    from uiebench.score import Benchmark
    from uiebench.score.lexicon import Lexicon
    from uiebench.storage import jsonl_sink, read_columns
    from uiebench.types import Prediction

    if baseline != "lexicon":
        raise RecipeError(f"--baseline {baseline}: not one of lexicon")
    chosen = split_name(split)
    gold = Benchmark(choose(benchmark))
    lexicon, count = Lexicon.learn(gold, chosen), 0
    with jsonl_sink(out) as write:
        for corpus in gold.corpora(chosen):
            names = gold.names(corpus)
            path = gold.folder / "instructions" / chosen / f"{corpus}.parquet"
            prompts = read_columns(path, "id", "labels", "start", "end")
            for item in gold.items(chosen, [corpus]):
                found = lexicon.predict(item)
                for id, labels, start, end in islice(prompts, len(item.asked)):  # for its own labels and piece
                    here = found if end is None else within(found, start, end)
                    write(Prediction(id, encode(here, item.task, names, labels)))
                    count += 1
    say(f"{count:,} predictions: {out}")
    say(f"next: uiebench score {out}{f' --benchmark {benchmark}' if benchmark else ''}")
