"""Coverage-guided fuzzing of what reads predictions: ``make fuzz`` (SECONDS=60 for each target). Not a test.

    outputs   what a model wrote, read and counted for every task: no exception at all
    lines     a file of predictions beside a benchmark, through `uiebench score`, with every kind of report
    rows      a self-contained file, through `uiebench score`

Of a file, nothing but UiebenchError may come. What is found is written as a file to be run again with
``python tests/fuzz_predictions.py TARGET FILE``, and becomes a case of tests/test_fuzz.py.
"""

import io
import json
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["uiebench.score", "uiebench.instruct", "uiebench.cli"]):
    from uiebench.build import pipeline
    from uiebench.cli import score as cli
    from uiebench.errors import UiebenchError
    from uiebench.recipe import BuildRecipe
    from uiebench.score import Benchmark, Rule, score
    from uiebench.score.adapters import load_metric
    from uiebench.score.output import read
    from uiebench.score.schemes import NAMES
    from uiebench.storage import read_parquet
    from uiebench.types import Instruction

TASKS = ("NER", "RE", "EE", "EET", "EEA")
CORPORA = ("conll04", "duee1", "resume")
WORDS = (
    *'{}[]":,',
    *('"output"', '"id"', '"label"', '"predict"', '"task"', '"messages"', '"content"', '"source"', '"text"', '"type"'),
    *(
        '"head"',
        '"tail"',
        '"subject"',
        '"object"',
        '"relation"',
        '"trigger"',
        '"arguments"',
        '"role"',
        '"start"',
        '"end"',
    ),
    *(
        "null",
        "true",
        "NaN",
        "1e999",
        "```json\\x0a",
        "```",
        "\\\\ud800",
        "\\xed\\xa0\\x80",
        "\\xef\\xbb\\xbf",
        "\\x0d\\x0a",
        "\\x00",
    ),
)


class Ground:
    """A small benchmark and the folder that the fuzzed files lie in."""

    def __init__(self, scratch: Path) -> None:
        self.folder, self.path, self.page = scratch / "small", scratch / "fuzzed.jsonl", scratch / "page.html"
        recipe = BuildRecipe(name="small", held_in=CORPORA, samples=True)
        pipeline.build(recipe, raw=scratch, out=self.folder)
        paths = sorted((self.folder / "instructions" / "test").glob("*.parquet"))
        paths = paths or sorted((self.folder / "instructions" / "dev").glob("*.parquet"))
        self.rows = [row for path in paths for row in read_parquet(path, Instruction)]
        self.ids = [row.id for row in self.rows]
        self.gold = Benchmark(self.folder)
        self.names = self.gold.names("duee1")

    def seeds(self, target: str) -> list[bytes]:
        """Inputs to start from: right answers in several forms."""
        lines = [json.dumps({"id": row.id, "output": row.target}, ensure_ascii=False) for row in self.rows]
        values = [json.dumps({"id": row.id, "output": json.loads(row.target)}) for row in self.rows]
        both = [
            json.dumps({"task": r.task, "text": r.prompt, "label": r.target, "output": r.target}) for r in self.rows
        ]
        chat = [
            json.dumps(
                {"messages": [{"role": "user", "content": "甲"}, {"role": "a", "content": r.target}], "output": "[]"}
            )
            for r in self.rows
        ]
        choice = {
            "outputs": [*(row.target for row in self.rows), "```json\n{}\n```", "{'a': ['b']}", '{"a": [{"b": "c"'],
            "lines": ["\n".join(lines), "\r\n".join(values), *lines, *values],
            "rows": ["\n".join(both), "\n".join(chat), *both, *chat],
        }
        ways = [bytes((how | 16, how)) for how in range(8)]
        return [ways[number % 8] + text.encode() for number, text in enumerate(choice[target])]

    def outputs(self, data: bytes) -> None:
        """What a model wrote: as text, and as the JSON value it is, if it is one."""
        flags = int.from_bytes(data[:2], "little")
        rule = Rule(multiset=bool(flags & 8), repair=bool(flags & 16))
        text = data[2:].decode("utf-8", "surrogateescape" if flags & 32 else "replace")
        said = [text]
        with suppress(ValueError, RecursionError):
            said.append(json.loads(text))
        for output in said:
            for task in TASKS:
                read(output, task, self.names, repair=rule.repair)
            task = TASKS[(flags >> 8) % len(TASKS)]
            load_metric(task, rule).compute(predictions=[output, output], references=["{}", "[]"])
            if flags & 63 == 63:
                score(self.gold, dict.fromkeys(self.ids, output), split="test", rule=rule, intervals=False)

    def lines(self, data: bytes) -> None:
        """A file of predictions."""
        self._run(data, self.folder)

    def rows_(self, data: bytes) -> None:
        """A self-contained file."""
        self._run(data, None)

    def _run(self, data: bytes, benchmark: Path | None) -> None:
        flags = int.from_bytes(data[:2], "little")
        self.path.write_bytes(data[2:])
        how = flags & 7
        try:
            cli.score(
                self.path,
                benchmark=benchmark,
                split="test",
                duplicates="multiset" if flags & 8 else "set",
                allow_missing=bool(flags & 16),
                repair=bool(flags & 32),
                task="NER" if flags & 64 else None,
                scorer=NAMES[(flags >> 8) % len(NAMES)] if how == 0 and flags & 128 else None,
                types=True,
                intervals=False,
                as_json=how == 1,
                as_markdown=how == 2,
                as_latex=how == 3,
                html=self.page if how == 4 else None,
            )
        except UiebenchError as error:
            if "\n" in str(error):
                raise AssertionError("an error of more than one line") from error


def main() -> None:
    """Fuzz one target: ``fuzz_predictions.py TARGET [libFuzzer options | FILE]``."""
    target, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as scratch:
        ground = Ground(Path(scratch))
        seeds, words = Path(scratch) / "seeds", Path(scratch) / "words"
        seeds.mkdir()
        for number, seed in enumerate(ground.seeds(target)):
            (seeds / str(number)).write_bytes(seed)
        quoted = (word.replace('"', '\\"') for word in WORDS)
        words.write_text("".join(f'"{word}"\n' for word in quoted), encoding="utf-8")
        cli.say = lambda *_: None
        function = {"outputs": ground.outputs, "lines": ground.lines, "rows": ground.rows_}[target]

        def quietly(data: bytes) -> None:
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                function(data)

        if not any(Path(option).is_file() for option in options):
            options += [f"-dict={words}", str(seeds)]
        atheris.Setup([sys.argv[0], *options], quietly)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
