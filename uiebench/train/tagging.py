"""A tagger answers the prompts of a benchmark: each document is tagged once, each prompt gets its part of that.

    answers(load("runs/resume-tagger"), FromBenchmark("benchmarks/resume", split="test"), batch=32)
    →  Answers(outputs={"resume/test/0#NER": "{\\"人名\\":[\\"方远山\\"], …}"}, counts={}, …)

An answer is canonical: the mentions of the labels that the prompt offers, in the piece of the text that it asks
about. On a corpus that it was not trained on, a tagger finds the labels whose concept it has learned elsewhere.
"""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from pathlib import Path

import msgspec

from uiebench.errors import RecipeError
from uiebench.instruct.pieces import within
from uiebench.instruct.target import encode
from uiebench.score.gold import Benchmark
from uiebench.train import data
from uiebench.train.recipe import FromBenchmark
from uiebench.train.tagger import Progress, Text, documents_of, tagged
from uiebench.train.tagger_model import Tagger
from uiebench.train.tags import types_of

UNKNOWN = "prompts with a label that the tagger has not learned, answered with nothing for it"


class Answers(msgspec.Struct, frozen=True):
    """What a tagger answers.

    Fields:
        outputs: by the id of the prompt, in the order of the benchmark.
        documents, characters: tagged; seconds: that it took.
        others: prompts of other tasks than NER, by task; they get no answer.
        counts: what else is to be known, by name.
    """

    outputs: dict[str, str]
    documents: int
    characters: int
    seconds: float
    others: dict[str, int]
    counts: dict[str, int]


def answers(
    tagger: Tagger,
    source: FromBenchmark,
    batch: int,
    progress: Progress = lambda done, total, text: None,
) -> Answers:
    """Answer the prompts of NER in a split. Raises: UiebenchError in one line if there are none."""
    every = data.instructions(source)
    if not every:
        raise RecipeError(
            f"{source.folder}: no document of {source.split!r} in the share {source.share:g} after {source.skip:g}"
        )
    asked = [one for one in every if one.task == "NER"]
    if not asked:
        raise RecipeError(f"{source.folder}: no prompt of NER in {source.split!r}, and a tagger answers no other")
    benchmark, outputs, counts = Benchmark(Path(source.folder)), dict[str, str](), Counter[str]()
    began, done, characters = time.monotonic(), 0, 0
    total = len({one.document for one in asked})
    for corpus in dict.fromkeys(one.corpus for one in asked):
        mine = [one for one in asked if one.corpus == corpus]
        described, names = benchmark.describe(corpus), benchmark.names(corpus)
        types = {
            label: type for label, type in types_of(described.schema.entities).items() if type in tagger.tags.types
        }
        there = documents_of(benchmark, corpus, {one.document for one in mine})
        texts = [Text(document, corpus, described.language, types) for document in there.values()]
        watch = partial(_told, progress, done, len(texts), total, corpus)
        found = {document.id: document for document in tagged(tagger, texts, batch, watch)}
        done, characters = done + len(texts), characters + sum(len(text.document.text) for text in texts)
        for one in mine:
            here = found[one.document] if one.end is None else within(found[one.document], one.start, one.end)
            shown = names.renamed("NER", dict(zip(one.labels, one.shown, strict=True))) if one.shown else names
            outputs[one.id] = encode(here, "NER", shown, one.labels)
            counts[UNKNOWN] += not types.keys() >= set(one.labels)
    others = Counter(one.task for one in every if one.task != "NER")
    return Answers(
        outputs,
        total,
        characters,
        time.monotonic() - began,
        dict(sorted(others.items())),
        {reason: count for reason, count in counts.items() if count},
    )


def _told(progress: Progress, before: int, texts: int, total: int, corpus: str, done: int, windows: int) -> None:
    """Tell of how many documents the windows are done."""
    progress(before + texts * done // windows, total, corpus)
