"""Speed of training and of prediction, against the plainest loops in torch: part of ``make bench``. Not a test.

    sft        tokens a second of `uiebench train` against forward, backward and AdamW on the same batches
    predict    tokens a second of `uiebench predict` against `model.generate` on batches in the benchmark's order
    ppo        seconds of a step, by what they go to: drawing answers, F1, assessing them, updating policy and critic

in one run, alternating, on one thread, by CPU time: medians of the ratios. The model is a small decoder from scratch,
the benchmark the quickstart of invented samples, with 96 prompts about entities for the second; the third is by the
clock, a mean over some steps of 16 answers under the span constraint.
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import torch

from uiebench.build import pipeline
from uiebench.build.report import markdown
from uiebench.recipe import BuildRecipe, load_recipe
from uiebench.score import Benchmark
from uiebench.train import data, ppo, sft
from uiebench.train.dialogues import Message
from uiebench.train.model import pretrained, quiet, scratch
from uiebench.train.predict import Settings, predict, questions
from uiebench.train.recipe import FromBenchmark, Ppo, PpoRecipe, Pretrained, Sampling, Scratch, SftRecipe, Training

SFT_GOAL, PREDICT_GOAL = 0.9, 1.5
BATCH, CONTEXT, PROMPTS = 4, 512, 96
ANSWERS, STEPS = 16, 4
PARTS = {"rollout": "drawing", "reward": "F1", "forward": "assessing", "update": "update"}


def recipe_of(benchmark, steps):
    return SftRecipe(
        name="bench",
        model=Scratch(layers=3, hidden=192, heads=4, feed_forward=512, context=768),
        data=(FromBenchmark(str(benchmark), tasks=("NER",)),),
        training=Training(
            steps=steps, batch=BATCH, context=CONTEXT, learning_rate=2e-3, warmup=0.1, schedule="constant", save=0
        ),
    )


def bare(plan):
    """CPU seconds of the same updates in a loop that has nothing but them, and its tokens."""
    settings = plan.training
    found = data.examples(plan.data, Counter())
    model, tokenizer = scratch(plan.model, (m.content for one in found for m in one.messages), settings.seed)
    data.template_of(tokenizer)
    encoded = data.encode(tokenizer, found, settings.context, Counter())
    rows = data.rows_of(encoded, settings.context, settings.epochs, settings.seed, packing=True)
    rows = sft.endless(rows, settings.batch * settings.steps)
    collate = data.Collator(encoded, tokenizer.pad_token_id, packing=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings.learning_rate)
    model.train()
    began, tokens = time.process_time(), 0
    for start in range(0, len(rows), settings.batch):
        batch = collate(rows[start : start + settings.batch])
        loss = model(**batch, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimizer.step()
        optimizer.zero_grad()
        tokens += batch["input_ids"].numel()
    return time.process_time() - began, tokens


def ours(plan, out):
    """CPU seconds of the steps of `uiebench train`, without what is before and after them."""
    marks = []

    def progress(done, total, text):
        if done or text == "":
            marks.append((done, time.process_time()))

    sft.train(plan, out, progress=progress)
    steps = [at for done, at in marks if done and done <= plan.training.steps]
    first = min(done for done, _ in marks if done)
    return (steps[-1] - steps[0]) / (plan.training.steps - first) * plan.training.steps


def bench_sft(benchmark, folder, steps, repeats):
    ratios, speeds = [], []
    for number in range(repeats):
        plan = recipe_of(benchmark, steps)
        plain, tokens = bare(plan)
        with_all = ours(plan, folder / f"sft-{number}")
        ratios.append(plain / with_all)
        speeds.append((tokens / with_all, tokens / plain))
    own, plain = (statistics.median(column) for column in zip(*speeds, strict=True))
    return "sft", f"{own:,.0f}", f"{plain:,.0f}", f"{statistics.median(ratios):.2f}", f"{SFT_GOAL}"


def plainly(model, tokenizer, asking, batch, most):
    """CPU seconds of `generate` on batches in the order of the benchmark, and the tokens until each answer's end."""
    end, pad = data.end_of(tokenizer), tokenizer.pad_token_id
    began, tokens = time.process_time(), 0
    for start in range(0, len(asking), batch):
        prompts = [data.prompt_ids(tokenizer, [Message("user", q.prompt)]) for q in asking[start : start + batch]]
        width = max(map(len, prompts))
        rows = torch.tensor([[pad] * (width - len(ids)) + ids for ids in prompts])
        mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in prompts])
        with torch.inference_mode():
            found = model.generate(
                input_ids=rows, attention_mask=mask, max_new_tokens=most, do_sample=False, pad_token_id=pad
            )
        for row in found[:, width:].tolist():
            tokens += row.index(end) + 1 if end in row else len(row)
    return time.process_time() - began, tokens


def bench_predict(benchmark, folder, steps, repeats, batch=16, most=128):
    sft.train(recipe_of(benchmark, steps), folder / "model")
    model, tokenizer = pretrained(Pretrained(str(folder / "model")))
    longest = model.config.max_position_embeddings - most
    every = [q for q in questions(Benchmark(benchmark), "test") if q.asked.task == "NER"]
    fitting = [q for q in every if len(data.prompt_ids(tokenizer, [Message("user", q.prompt)])) <= longest]
    asking = fitting[:: max(1, len(fitting) // PROMPTS)][:PROMPTS]
    ratios, speeds = [], []
    for number in range(repeats):
        plain, tokens = plainly(model, tokenizer, asking, batch, most)
        began = time.process_time()
        found = predict(model, tokenizer, asking, Settings("off", batch, most), folder / f"partial-{number}")
        mine = time.process_time() - began
        ratios.append((found.tokens / mine) / (tokens / plain))
        speeds.append((found.tokens / mine, tokens / plain))
    own, plain = (statistics.median(column) for column in zip(*speeds, strict=True))
    return "predict", f"{own:,.0f}", f"{plain:,.0f}", f"{statistics.median(ratios):.2f}", f"{PREDICT_GOAL}"


def bench_ppo(benchmark, folder):
    """Seconds of a step by its parts, of the model that `bench_predict` has trained."""
    plan = PpoRecipe(
        name="bench",
        model=Pretrained(str(folder / "model")),
        data=(FromBenchmark(str(benchmark), split="dev", tasks=("NER",)),),
        sampling=Sampling(batch=ANSWERS, most=128),
        ppo=Ppo(answers=ANSWERS, passes=2),
        training=Training(steps=STEPS, batch=BATCH, accumulate=2, context=CONTEXT, learning_rate=1e-5, save=0),
    )
    figures = ppo.train(plan, folder / "ppo")["figures"]
    seconds = {shown: figures[f"seconds_{part}"] / STEPS for part, shown in PARTS.items()}
    whole = sum(seconds.values())
    return [[shown, f"{spent:.2f}", f"{spent / whole:.0%}"] for shown, spent in seconds.items()]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--steps", type=int, default=60)
    arguments.add_argument("--repeats", type=int, default=3)
    given = arguments.parse_args()
    torch.set_num_threads(1)
    quiet()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pipeline.build(load_recipe(Path("quickstart"), BuildRecipe), raw=None, out=folder / "quickstart", jobs=1)
        rows = [
            bench_sft(folder / "quickstart", folder, given.steps, given.repeats),
            bench_predict(folder / "quickstart", folder, 4 * given.steps, given.repeats),
        ]
        parts = bench_ppo(folder / "quickstart", folder)
    print(markdown(["what", "tokens/s", "plain tokens/s", "ratio", "aim"], rows))
    print(markdown(["ppo, a step", "seconds", "share"], parts))


if __name__ == "__main__":
    main()
