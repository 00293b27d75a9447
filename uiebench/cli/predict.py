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
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="lexicon: strings seen in training are found again.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="A run folder of uiebench train, a folder of transformers, or an id of the Hub."),
    ] = None,
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "test",
    corpora: Annotated[str, typer.Option("--corpora", help="Of a model: only these corpora, e.g. msra,resume.")] = "",
    constraint: Annotated[
        str,
        typer.Option(
            "--constraint",
            help="Of a model. span: valid JSON, mentions are strings of the text; json: valid JSON; off.",
        ),
    ] = "span",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Prompts at a time.")] = 16,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, help="Tokens of an answer.")] = 512,
    dtype: Annotated[str, typer.Option("--dtype", help="auto, float32 or bfloat16.")] = "auto",
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run the code that comes with a model; read it first.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("predictions.jsonl"),
    as_json: Annotated[bool, typer.Option("--json", help="Of a model: print counts and speed as JSON.")] = False,
) -> None:
    """Answer every prompt of a split with a model or a baseline, as `uiebench score` reads it."""
    from uiebench.cli.predict_tagger import by_tagger
    from uiebench.errors import RecipeError
    from uiebench.train.model import is_tagger

    if (baseline is None) == (model is None):
        raise RecipeError("predict needs either --model or --baseline")
    if model is None:
        by_baseline(str(baseline), benchmark, split, out)
    elif is_tagger(model):
        by_tagger(model, benchmark, split, corpora, batch_size, dtype, out, trust=trust_remote_code, as_json=as_json)
    else:
        by_model(
            model,
            benchmark,
            split,
            corpora,
            constraint,
            batch_size,
            max_new_tokens,
            dtype,
            out,
            trust=trust_remote_code,
            as_json=as_json,
        )


def by_model(
    model: str,
    benchmark: Path | None,
    split: str,
    corpora: str,
    constraint: str,
    batch: int,
    most: int,
    dtype: str,
    out: Path,
    *,
    trust: bool,
    as_json: bool,
) -> None:
    """Answer with a model of transformers."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.cli.score import choose, split_name
    from uiebench.errors import RecipeError
    from uiebench.score import Benchmark
    from uiebench.storage import jsonl_sink
    from uiebench.train import needed
    from uiebench.train.recipe import Pretrained
    from uiebench.types import Prediction

    if constraint not in ("span", "json", "off"):
        raise RecipeError(f"--constraint {constraint}: not one of span, json, off")
    if dtype not in ("auto", "float32", "bfloat16"):
        raise RecipeError(f"--dtype {dtype}: not one of auto, float32, bfloat16")
    needed()
    from uiebench.train.model import pretrained, quiet
    from uiebench.train.predict import Settings, fingerprint_of, predict, questions

    gold = Benchmark(choose(benchmark))
    asking = questions(gold, split_name(split), [name for name in corpora.split(",") if name])
    quiet()
    import torch

    loaded, tokenizer = pretrained(
        msgspec.convert({"from": "pretrained", "path": model, "dtype": dtype, "trust_remote_code": trust}, Pretrained)
    )
    if torch.cuda.is_available():
        loaded = loaded.to("cuda")
    partial = out.with_name(f".{out.name}.partial")
    with bar("answering") as progress:
        answered = predict(
            loaded,
            tokenizer,
            asking,
            msgspec.convert({"constraint": constraint, "batch": batch, "most": most}, Settings),
            partial,
            f"{fingerprint_of(model)} {gold.title}",
            progress,
        )
    with jsonl_sink(out) as write:
        for question in asking:
            write(Prediction(question.id, answered.outputs[question.id]))
    partial.unlink(missing_ok=True)
    for reason, count in sorted(answered.counts.items()):
        say(f"{reason}: {count:,}")
    if answered.resumed:
        say(f"{answered.resumed:,} prompts had been answered before")
    speed = answered.tokens / max(answered.seconds, 1e-9)
    say(f"{len(asking):,} predictions: {out} ({answered.tokens:,} tokens, {answered.seconds:,.1f} s, {speed:,.0f}/s)")
    if as_json:
        told = {"predictions": len(asking), "tokens": answered.tokens, "seconds": round(answered.seconds, 3)}
        told |= {"tokens_per_second": round(speed), "resumed": answered.resumed}
        print(msgspec.json.format(msgspec.json.encode({**told, "counts": answered.counts}), indent=2).decode())
    say(f"next: uiebench score {out}{f' --benchmark {benchmark}' if benchmark else ''}")


def by_baseline(baseline: str, benchmark: Path | None, split: str, out: Path) -> None:
    """Answer with a baseline."""
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
