"""`uiebench sample` and `uiebench best-of`: several answers of a model, and whether a reward model finds the best."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from uiebench.cli.score import BENCHMARK

say = partial(print, file=sys.stderr)
Benchmark = Annotated[
    Path | None, typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/")
]


def sample(
    model: Annotated[
        str, typer.Argument(help="A run folder of uiebench train, a folder of transformers, or a Hub id.")
    ],
    benchmark: Benchmark = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "train",
    corpora: Annotated[str, typer.Option("--corpora", help="Only these, e.g. msra,resume.")] = "",
    tasks: Annotated[str, typer.Option("--tasks", help="Only these, e.g. NER,RE.")] = "",
    share: Annotated[
        float, typer.Option("--share", help="Of the documents, by rank, as in recipes of training.")
    ] = 1.0,
    skip: Annotated[float, typer.Option("--skip", help="Leave out this share before.")] = 0.0,
    most: Annotated[int | None, typer.Option("--limit", min=1, help="At most so many prompts, by rank.")] = None,
    times: Annotated[int, typer.Option("--times", min=1, help="Answers to each prompt.")] = 4,
    temperature: Annotated[float, typer.Option("--temperature", help="What the logits are divided by.")] = 1.0,
    constraint: Annotated[
        str, typer.Option("--constraint", help="span, json or off, as in uiebench predict.")
    ] = "span",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Prompts at a time.")] = 32,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, help="Tokens of an answer.")] = 256,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
    dtype: Annotated[str, typer.Option("--dtype", help="auto, float32 or bfloat16.")] = "auto",
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("samples.jsonl"),
) -> None:
    """Draw several answers to each prompt, as `uiebench pairs candidates` and `uiebench best-of` read them."""
    from collections import Counter

    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.cli.score import choose
    from uiebench.errors import RecipeError
    from uiebench.storage import jsonl_sink
    from uiebench.train import needed
    from uiebench.train.recipe import FromBenchmark, Pretrained, Sampling
    from uiebench.types import Prediction

    try:
        sampling = msgspec.convert(
            {"constraint": constraint, "batch": batch_size, "most": max_new_tokens, "temperature": temperature},
            Sampling,
        )
        source = msgspec.convert(
            {"folder": str(choose(benchmark)), "split": split, "share": share, "skip": skip, "most": most}
            | {"corpora": names(corpora), "tasks": names(tasks)},
            FromBenchmark,
        )
        spec = msgspec.convert({"from": "pretrained", "path": model, "dtype": dtype}, Pretrained)
    except msgspec.ValidationError as error:
        raise RecipeError(str(error)) from None
    needed()
    import torch

    from uiebench.train import rollout
    from uiebench.train.data import template_of
    from uiebench.train.model import pretrained, quiet

    quiet()
    loaded, tokenizer = pretrained(spec)
    template_of(tokenizer)
    loaded = loaded.to("cuda" if torch.cuda.is_available() else "cpu").eval()
    counts, written = Counter[str](), 0
    context = getattr(loaded.config, "max_position_embeddings", None) or 1 << 20
    asking = rollout.prompts([source], tokenizer, context, sampling, counts)
    with bar("sampling") as progress, jsonl_sink(out) as write:
        for id, output in rollout.answers(loaded, tokenizer, asking, sampling, seed, times):
            write(Prediction(id, output))
            written += 1
            progress(written, len(asking) * times, "")
    for reason, count in sorted(counts.items()):
        say(f"left out: {count:,} {reason}")
    say(f"{written:,} answers to {len(asking):,} prompts: {out}")
    say(f"next: uiebench pairs candidates {Path(model).name}={out}, or uiebench best-of {out} --reward-model RUN")


def best_of(
    samples: Annotated[Path, typer.Argument(help="JSON lines of uiebench sample: several of one id.")],
    reward_model: Annotated[str, typer.Option("--reward-model", help="Run folder of a reward model.")],
    greedy: Annotated[
        Path | None, typer.Option("--greedy", help="Greedy answers of uiebench predict.", show_default="none")
    ] = None,
    benchmark: Benchmark = None,
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


def names(listed: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in listed.split(",") if name.strip()]
