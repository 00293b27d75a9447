"""`uiebench lm-eval`: a benchmark as tasks of lm-evaluation-harness."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from uiebench.cli.score import BENCHMARK

say = partial(print, file=sys.stderr)


def lm_eval(
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "test",
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")] = Path("lm_eval_tasks"),
) -> None:
    """Write the tasks of a benchmark for lm-evaluation-harness (lm_eval --include_path FOLDER --tasks uiebench)."""
    from uiebench.cli.score import choose, split_name
    from uiebench.score import Benchmark
    from uiebench.score.adapters import write_tasks

    names = write_tasks(Benchmark(choose(benchmark)), out, split=split_name(split))
    say(f"{out}: uiebench ({', '.join(names)}), and a task for each corpus (uiebench_corpora)")
    say(f"next: lm_eval --model hf --model_args pretrained=MODEL --include_path {out} --tasks uiebench")
