"""`uiebench predict`: a predictions file for a benchmark."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uiebench.cli.asking import say
from uiebench.cli.score import BENCHMARK, names_of

if TYPE_CHECKING:
    from uiebench.train.predict import Answered, Question, Settings

BATCH, MOST = 16, 512
ASKS = ("--key", "--budget", "--cache", "--prices", "--dry-run")
PARTS = ("--corpora", "--task", "--share", "--skip")
DRAWS = ("--constraint", "--samples", "--temperature", "--seed", "--max-new-tokens")
LOADS = ("--batch-size", "--dtype", "--trust-remote-code")
"""Options that are for an endpoint, for a part of the prompts, for a model that writes, and for one that is loaded."""


def predict(
    baseline: Annotated[
        str | None, typer.Option("--baseline", help="lexicon: strings seen in training are found again.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="A run folder of uiebench train, a folder of transformers, or an id of the Hub; with --endpoint the "
            "name of the model there.",
        ),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(
            "--endpoint",
            help="Address of an OpenAI-compatible server, e.g. http://localhost:8000/v1, or a YAML file that says how "
            "it is asked.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--key", help="Environment variable with the key of the endpoint.", show_default="OPENAI_API_KEY"),
    ] = None,
    budget: Annotated[
        float | None, typer.Option("--budget", help="Dollars that the endpoint may cost, over all runs with one cache.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="Answers of the endpoint.", show_default="<out>.sqlite")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option("--prices", help="Prices of your own.", show_default="prices.yaml of the package")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what the endpoint would cost, and end.")] = False,
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "test",
    corpora: Annotated[str, typer.Option("--corpora", help="Only these corpora, e.g. msra,resume.")] = "",
    task: Annotated[str | None, typer.Option("--task", help="Only this task: NER, RE, EE, EET or EEA.")] = None,
    share: Annotated[
        float, typer.Option("--share", min=0, max=1, help="Of the documents, as in recipes of training.")
    ] = 1.0,
    skip: Annotated[
        float, typer.Option("--skip", min=0, max=1, help="Leave out so many before them, as in recipes of training.")
    ] = 0.0,
    constraint: Annotated[
        str | None,
        typer.Option(
            "--constraint",
            help="span: valid JSON, mentions are strings of the text; json: valid JSON; off. Of endpoints vLLM alone "
            "knows the first two.",
            show_default="span; off for an endpoint",
        ),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", min=1, help="Answers to each prompt.")] = 1,
    temperature: Annotated[
        float, typer.Option("--temperature", min=0, help="0: the likeliest answer; above it, samples.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", help="Of the samples.")] = 0,
    batch_size: Annotated[
        int, typer.Option("--batch-size", min=1, help="Of a local model: answers at a time.")
    ] = BATCH,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, help="Tokens of an answer.")] = MOST,
    dtype: Annotated[str, typer.Option("--dtype", help="Of a local model: auto, float32 or bfloat16.")] = "auto",
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run the code that comes with a model; read it first.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("predictions.jsonl"),
    as_json: Annotated[bool, typer.Option("--json", help="Print counts and speed as JSON.")] = False,
) -> None:
    """Answer every prompt of a split with a model, an endpoint or a baseline, as `uiebench score` reads it."""
    import msgspec

    from uiebench.cli.predict_tagger import by_tagger
    from uiebench.cli.score import choose, split_name, task_name
    from uiebench.errors import RecipeError
    from uiebench.score import Benchmark
    from uiebench.train.model import is_tagger

    given = {
        "--key": key is not None,
        "--budget": budget is not None,
        "--cache": cache is not None,
        "--prices": prices is not None,
        "--dry-run": dry_run,
        "--corpora": bool(corpora),
        "--task": bool(task),
        "--share": share != 1,
        "--skip": skip != 0,
        "--constraint": constraint is not None,
        "--samples": samples > 1,
        "--temperature": temperature != 0,
        "--seed": seed != 0,
        "--max-new-tokens": max_new_tokens != MOST,
        "--batch-size": batch_size != BATCH,
        "--dtype": dtype != "auto",
        "--trust-remote-code": trust_remote_code,
    }

    def refuse(names: Sequence[str], why: str) -> None:
        """Raise where an option is given that would be passed over."""
        if useless := [name for name in names if given[name]]:
            raise RecipeError(f"{useless[0]}: {why}")

    if not endpoint:
        refuse(ASKS, "it is for --endpoint alone")
    if baseline is not None:
        if model or endpoint:
            raise RecipeError("--baseline goes without --model and --endpoint")
        refuse((*PARTS, *DRAWS, *LOADS), "a baseline gives one answer to every prompt of the split; leave it out")
        by_baseline(baseline, benchmark, split, out)
        return
    if not model and not endpoint:
        raise RecipeError("predict needs --model, --endpoint or --baseline")
    bound = constraint or ("off" if endpoint else "span")
    if bound not in ("span", "json", "off"):
        raise RecipeError(f"--constraint {bound}: not one of span, json, off")
    if dtype not in ("auto", "float32", "bfloat16"):
        raise RecipeError(f"--dtype {dtype}: not one of auto, float32, bfloat16")
    if model and not endpoint and is_tagger(model):
        refuse(DRAWS, f"{model} is a tagger, whose answer to a text is its likeliest tags")
        if task_name(task) not in (None, "NER"):
            raise RecipeError(f"--task {task}: {model} is a tagger, and answers NER alone")
        by_tagger(
            model,
            benchmark,
            split,
            corpora,
            batch_size,
            dtype,
            out,
            share=share,
            skip=skip,
            trust=trust_remote_code,
            as_json=as_json,
        )
        return
    if endpoint:
        refuse(LOADS, "it is for a local model, not for --endpoint")
    from uiebench.train.predict import Settings, questions

    said = {"constraint": bound, "batch": batch_size, "most": max_new_tokens, "samples": samples, "seed": seed}
    try:
        settings = msgspec.convert({**said, "temperature": temperature}, Settings)
    except msgspec.ValidationError as error:
        raise RecipeError(f"--samples {samples}: {error}") from None
    gold = Benchmark(choose(benchmark))
    asking = questions(gold, split_name(split), names_of(corpora), share, skip)
    if only := task_name(task):
        asking = [question for question in asking if question.asked.task == only]
        if not asking:
            raise RecipeError(f"{gold.folder}: no prompts of the task {only} in {split!r}")
    partial = None
    if endpoint:
        answered = through(endpoint, model or "", key, asking, settings, cache, budget, prices, out, dry_run=dry_run)
        if answered is None:
            return
    else:
        partial = out.with_name(f".{out.name}.partial")
        answered = locally(str(model), dtype, asking, settings, partial, trust=trust_remote_code)
    write(out, asking, answered, partial, as_json=as_json)
    told = {"benchmark": benchmark, "split": split if split != "test" else "", "task": task}
    told["corpora"] = ",".join(names_of(corpora))
    say(f"next: uiebench score {out}{''.join(f' --{name} {value}' for name, value in told.items() if value)}")


def locally(
    model: str,
    dtype: str,
    asking: Sequence[Question],
    settings: Settings,
    partial: Path,
    *,
    trust: bool,
) -> Answered:
    """Answer with a model of transformers."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.train import needed

    needed()
    import torch

    from uiebench.train.model import fingerprint_of, pretrained, quiet
    from uiebench.train.predict import predict
    from uiebench.train.recipe import Pretrained

    quiet()
    loaded, tokenizer = pretrained(
        msgspec.convert({"from": "pretrained", "path": model, "dtype": dtype, "trust_remote_code": trust}, Pretrained)
    )
    if torch.cuda.is_available():
        loaded = loaded.to("cuda")
    try:
        with bar("answering") as progress:
            return predict(loaded, tokenizer, asking, settings, partial, fingerprint_of(model), progress, say)
    except KeyboardInterrupt:
        kept = f"; what is answered is kept in {partial}: run it again to go on" if partial.exists() else ""
        say(f"interrupted{kept}")
        raise typer.Exit(130) from None


def through(
    place: str,
    model: str,
    key: str | None,
    asking: Sequence[Question],
    settings: Settings,
    cache: Path | None,
    budget: float | None,
    prices: Path | None,
    out: Path,
    *,
    dry_run: bool,
) -> Answered | None:
    """Answer through an endpoint; None after a dry run."""
    import msgspec

    from uiebench.cli import asking as shown
    from uiebench.errors import UiebenchError
    from uiebench.judge.budget import Budget, load_prices, price_of
    from uiebench.judge.client import ask, estimate, key_in_environment
    from uiebench.judge.store import Store
    from uiebench.train.endpoint import answers, endpoint_of, requests_of

    server = msgspec.structs.replace(endpoint_of(place, model, key), max_tokens=settings.most)
    if server.temperature is not None:
        server = msgspec.structs.replace(server, temperature=settings.temperature)
    if settings.seed:  # else that of its file, or none
        server = msgspec.structs.replace(server, seed=settings.seed)
    limit = Budget(dollars=budget)
    price = price_of(server.model, load_prices(prices), limit)
    requests = requests_of(asking, settings)
    kept = cache or out.with_name(f"{out.stem}.sqlite")
    if dry_run:
        if kept.is_file():
            with Store(kept, read_only=True) as store:
                shown.tell(estimate(requests, server, store, price), price)
        else:
            shown.tell(estimate(requests, server, None, price), price)
        return None
    key_in_environment(server)  # before anything is written
    with Store(kept) as store:
        shown.tell(estimate(requests, server, store, price), price)
        begun = time.monotonic()
        try:
            with shown.bar("answering", begun) as progress:
                asked = ask(requests, server, store, price=price, budget=limit, progress=progress)
        except KeyboardInterrupt:
            say("interrupted; every answer received is kept: run it again to go on")
            raise typer.Exit(130) from None
    if asked.stopped:
        left = sum(bool(answer.problem) for answer in asked.answers)
        raise UiebenchError(
            f"{asked.stopped}: {left:,} of {len(requests):,} answers are missing, those received are kept in {kept}; "
            "raise --budget and run it again"
        )
    shown.spent(asked.state, price)
    return answers(asked, asking, time.monotonic() - begun)


def write(out: Path, asking: Sequence[Question], answered: Answered, partial: Path | None, *, as_json: bool) -> None:
    """Write the predictions and say how it went. `partial` held what was done until now."""
    import msgspec

    from uiebench.storage import jsonl_sink
    from uiebench.types import Prediction

    count = 0
    with jsonl_sink(out) as line:
        for question in asking:
            for output in answered.outputs[question.id]:
                line(Prediction(question.id, output))
                count += 1
    if partial:
        partial.unlink(missing_ok=True)
    for reason, n in sorted(answered.counts.items()):
        say(f"{reason}: {n:,}")
    if answered.resumed and not partial:  # else it was said when it began
        say(f"{answered.resumed:,} had been answered before")
    speed = answered.tokens / max(answered.seconds, 1e-9)
    say(f"{count:,} predictions: {out} ({answered.tokens:,} tokens, {answered.seconds:,.1f} s, {speed:,.0f}/s)")
    if as_json:
        told = {"predictions": count, "tokens": answered.tokens, "seconds": round(answered.seconds, 3)}
        told |= {"tokens_per_second": round(speed), "resumed": answered.resumed}
        print(msgspec.json.format(msgspec.json.encode({**told, "counts": answered.counts}), indent=2).decode())


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
    told = {"benchmark": benchmark, "split": split if split != "test" else ""}
    say(f"next: uiebench score {out}{''.join(f' --{name} {value}' for name, value in told.items() if value)}")
