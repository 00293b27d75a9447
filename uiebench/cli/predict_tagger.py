"""`uiebench predict --model` with a tagger: what is printed around `uiebench.train.tagging`."""

from __future__ import annotations

from pathlib import Path

from uiebench.cli.asking import say


def by_tagger(
    model: str,
    benchmark: Path | None,
    split: str,
    corpora: str,
    batch: int,
    dtype: str,
    out: Path,
    *,
    share: float = 1.0,
    skip: float = 0.0,
    trust: bool = False,
    as_json: bool = False,
) -> None:
    """Answer the prompts of NER of a split with a tagger, as `uiebench score` reads it."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.cli.score import choose, names_of, split_name
    from uiebench.storage import jsonl_sink
    from uiebench.train import needed

    needed()
    import torch

    from uiebench.train.model import quiet
    from uiebench.train.recipe import FromBenchmark
    from uiebench.train.tagger_model import load
    from uiebench.train.tagging import answers
    from uiebench.types import Prediction

    quiet()
    source = FromBenchmark(str(choose(benchmark)), split_name(split), tuple(names_of(corpora)), share=share, skip=skip)
    tagger = load(model, dtype=dtype, trust_remote_code=trust)
    if torch.cuda.is_available():
        tagger.network.to("cuda")
    with bar("tagging") as progress:
        answered = answers(tagger, source, batch, progress)
    with jsonl_sink(out) as write:
        for id, output in answered.outputs.items():
            write(Prediction(id, output))
    for reason, count in sorted(answered.counts.items()):
        say(f"{reason}: {count:,}")
    if answered.others:
        listed = ", ".join(f"{count:,} of {task}" for task, count in answered.others.items())
        say(f"a tagger answers NER alone; without an answer are prompts of other tasks: {listed}")
    speed = answered.characters / max(answered.seconds, 1e-9)
    say(f"{len(answered.outputs):,} predictions: {out} ({answered.seconds:,.1f} s, {speed:,.0f} characters/s)")
    if as_json:
        told = {name: value for name, value in msgspec.to_builtins(answered).items() if name != "outputs"}
        told = {"predictions": len(answered.outputs), **told, "seconds": round(answered.seconds, 3)}
        print(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    only = "NER" if answered.others else ""
    parts = {"benchmark": benchmark, "split": split if split != "test" else "", "task": only}
    parts["corpora"] = ",".join(names_of(corpora))
    say(f"next: uiebench score {out}{''.join(f' --{name} {value}' for name, value in parts.items() if value)}")
