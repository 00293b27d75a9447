"""A benchmark as tasks of lm-evaluation-harness, scored as `uiebench score` does.

    write_tasks(Benchmark(Path("benchmarks/quickstart")), Path("tasks"))

    tasks/uiebench.yaml              group: uiebench, of the tasks below
    tasks/uiebench_ner.yaml          task: uiebench_ner, over all corpora: micro F1 from counts
    tasks/uiebench_ner_resume.yaml   task: uiebench_ner_resume, one corpus; tag: uiebench_corpora
    tasks/scoring.py                 the functions that these files name

    $ lm_eval --model hf --model_args pretrained=… --include_path tasks --tasks uiebench

Each logged sample holds the id of its prompt and the answer. The harness hands all of them to an aggregation,
which scores them against the benchmark: windows are united, and only what was asked counts (`--limit`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from uiebench.errors import SourceError, UiebenchError
from uiebench.score.adapters.asked import Asked, flat, key
from uiebench.score.facts import METRICS
from uiebench.score.gold import Benchmark
from uiebench.score.run import score
from uiebench.storage import write_bytes
from uiebench.types import SPLITS, SplitName, Task

FIGURES: dict[Task, tuple[str, ...]] = {
    # "re-typed" is left out: it exists only where answers carry types.
    task: (*(f"{key(metric)}_f1" for metric in metrics if metric != "re-typed"), "unparsable")
    for task, metrics in METRICS.items()
}
"""The figures of each task, as the harness prints them."""

Answer = tuple[str, str]
"""The id of a prompt, and what was answered."""


class Harness:
    """The functions that the YAML files name, for one split of one benchmark."""

    def __init__(self, folder: str, split: SplitName) -> None:
        self.gold, self.split = Benchmark(Path(folder)), split
        self._last: tuple[Sequence[Any], dict[str, float]] = ((), {})

    def process_results(self, row: dict[str, Any], results: Sequence[str]) -> dict[str, Answer]:
        """The answer to a prompt, for every figure of its task."""
        return dict.fromkeys(FIGURES[row["task"]], (row["id"], results[0]))

    def aggregation(self, figure: str) -> Callable[[Sequence[Answer]], float]:
        """The function that makes a figure of all the answers."""

        def aggregate(answers: Sequence[Answer]) -> float:
            return self.figures(answers)[figure]

        return aggregate

    def figures(self, answers: Sequence[Answer]) -> dict[str, float]:
        """All figures of the answers; those of the answers before are kept, since every figure asks for them."""
        answers = [(id, output) for id, output in answers]
        if self._last[0] != answers:
            said = dict(answers)
            if len(said) < len(answers):
                raise UiebenchError("lm_eval gave two answers to one prompt; its repeats cannot be scored")
            self._last = answers, flat(score(Asked(self.gold, said.keys()), said, split=self.split, intervals=False))
        return self._last[1]

    def only(self, task: Task) -> Callable[[Any], Any]:
        """The function that keeps the prompts of a task of a `datasets.Dataset`."""

        def kept(dataset: Any) -> Any:
            return dataset.filter(lambda found: found == task, input_columns="task")

        return kept


def write_tasks(gold: Benchmark, out: Path, *, split: SplitName = "test") -> list[str]:
    """Write the tasks of a split of a benchmark as files for ``lm_eval --include_path``; the names of the tasks.

    The files name the folder of the benchmark. Training prompts of a corpus serve as its few-shot examples.

    Raises: UiebenchError if the split has no prompts.
    """
    corpora = {corpus: _tasks(_path(gold, split, corpus)) for corpus in gold.corpora(split)}
    tasks = [task for task in METRICS if any(task in found for found in corpora.values())]
    if not tasks:
        raise UiebenchError(f"{gold.folder}: no instructions for the split {split!r}")
    files: dict[str, str] = {"scoring.py": _scoring(gold, split, tasks)}
    names: list[str] = []
    for task in tasks:
        of_task = [corpus for corpus, found in corpora.items() if task in found]
        name = f"uiebench_{task.lower()}"
        names.append(name)
        paths = {split: [_path(gold, split, corpus) for corpus in of_task]}
        files[f"{name}.yaml"] = _task_yaml(gold, name, task, split, paths)
        for corpus in of_task:
            paths = {split: [_path(gold, split, corpus)]}
            examples = _path(gold, "train", corpus)
            if split != "train" and examples.exists() and task in _tasks(examples):
                paths["train"] = [examples]
            files[f"{name}_{corpus}.yaml"] = _corpus_yaml(name, corpus, paths)
    group = [f"  - {name}" for name in names]
    files["uiebench.yaml"] = "\n".join(["group: uiebench", "task:", *group, "metadata:", f"  {_version(gold)}", ""])
    for name, content in files.items():
        write_bytes(out / name, content.encode())
    return names


def _path(gold: Benchmark, split: SplitName, corpus: str) -> Path:
    return (gold.folder / "instructions" / split / f"{corpus}.parquet").resolve()


@cache
def _tasks(path: Path) -> frozenset[str]:
    """The tasks that the instructions in a file ask for."""
    try:
        return frozenset(pq.read_table(path, columns=["task"])["task"].unique().to_pylist())
    except (OSError, pa.ArrowException) as error:
        raise SourceError(f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]})") from None


def _version(gold: Benchmark) -> str:
    return f"version: {gold.head.benchmark_version}"


def _quoted(value: object) -> str:
    """A string or a list of them in YAML, which JSON is."""
    return msgspec.json.encode(value).decode()


def _data_files(paths: dict[SplitName, list[Path]]) -> list[str]:
    lines = ["dataset_kwargs:", "  data_files:"]
    for split in SPLITS:
        if split in paths:
            lines += [f"    {split}:", *(f"      - {_quoted(str(path))}" for path in paths[split])]
    return lines


def _task_yaml(gold: Benchmark, name: str, task: Task, split: SplitName, paths: dict[SplitName, list[Path]]) -> str:
    lines = [
        f"task: {name}",
        "dataset_path: parquet",
        *_data_files(paths),
        f"test_split: {split}",
        f"process_docs: !function scoring.only_{task.lower()}",
        "output_type: generate_until",
        "doc_to_text: prompt",
        "doc_to_target: target",
        'target_delimiter: "\\n"',
        "generation_kwargs:",
        "  until: []",
        "  do_sample: false",
        "  max_gen_toks: 1024",
        "process_results: !function scoring.process_results",
        "metric_list:",
    ]
    for figure in FIGURES[task]:
        lines += [
            f"  - metric: {figure}",
            f"    aggregation: !function scoring.{figure}",
            f"    higher_is_better: {'false' if figure == 'unparsable' else 'true'}",
        ]
    lines += ["metadata:", f"  {_version(gold)}", f"  benchmark: {_quoted(f'{gold.head.name}@{gold.fingerprint}')}"]
    return "\n".join(lines) + "\n"


def _corpus_yaml(name: str, corpus: str, paths: dict[SplitName, list[Path]]) -> str:
    lines = [f"include: {name}.yaml", f"task: {name}_{corpus}", "tag: uiebench_corpora", *_data_files(paths)]
    if "train" in paths and len(paths) > 1:
        lines += ["training_split: train", "fewshot_split: train"]
    return "\n".join(lines) + "\n"


def _scoring(gold: Benchmark, split: SplitName, tasks: list[Task]) -> str:
    figures = dict.fromkeys(figure for task in tasks for figure in FIGURES[task])
    lines = [
        f'"""Scores what a model answers to {gold.head.name}; written by `uiebench lm-eval`."""',
        "",
        "from uiebench.score.adapters.lm_eval import Harness",
        "",
        f"harness = Harness({_quoted(str(gold.folder.resolve()))}, {_quoted(split)})",
        "process_results = harness.process_results",
        *(f"{figure} = harness.aggregation({_quoted(figure)})" for figure in figures),
        *(f"only_{task.lower()} = harness.only({_quoted(task)})" for task in tasks),
    ]
    return "\n".join(lines) + "\n"
