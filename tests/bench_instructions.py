"""Speed of the instruction layer: ``make bench``, or ``python tests/bench_instructions.py --raw folder``. Not a test.

Invented documents with one window each (a NER corpus of three types) and with several (a relation corpus of 48
labels) are planned, rendered and written. Figures are windows a second on one core: *rendered* is planning
and putting into words, *written* also Parquet and JSON lines, *unit* the whole unit from the documents' file
on. Beside them stands the floor of the same run: a JSON line of the same length, encoded and nothing else.
With ``--raw`` the recipe uiebench.yaml is built from it with two jobs.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import msgspec
from native import invented

from uiebench.build.instructions import Teacher, instruct
from uiebench.build.parts import PromptUnit, Unit
from uiebench.build.selection import Survey
from uiebench.instruct.pieces import Piece
from uiebench.instruct.windows import labels_of, neighbours
from uiebench.recipe import BuildRecipe
from uiebench.storage import jsonl_sink, parquet_sink, write_parquet
from uiebench.types import Document, Entity, Instruction, Label, Relation, RelationLabel, Schema

ROOT = Path(__file__).parent.parent
REPEATS = 3
TEXT = "记者从{0}获悉，{1}董事长{2}日前率队到{3}考察，双方就新能源项目的合作交换了意见，{2}表示愿意继续投资。"


def documents(task, count, labels):
    """Invented texts, three in four with annotations."""
    for number in range(count):
        names = [f"远山{number % 97}", f"白鹭{number % 89}公司", f"方远{number % 83}", f"林川{number % 79}"]
        text = TEXT.format(*names)
        spans = [(name, text.index(name)) for name in names]
        if number % 4 == 0:
            spans = []
        if task == "NER":
            found = tuple(
                Entity(name, at, at + len(name), labels[i % len(labels)]) for i, (name, at) in enumerate(spans)
            )
            yield Document(f"invented/train/{number}", text, found)
        else:
            ends = [Entity(name, at, at + len(name), "") for name, at in spans]
            pairs = [(ends[0], ends[3]), (ends[2], ends[1])] if ends else []
            found = tuple(Relation(labels[(number * 7 + 11 * i) % len(labels)], *pair) for i, pair in enumerate(pairs))
            yield Document(f"invented/train/{number}", text, relations=found)


def corpus_of(task, count):
    """An invented corpus with so many labels."""
    if task == "NER":
        schema = Schema(entities=tuple(Label(f"E{n}", f"类型名{n}", f"name {n}") for n in range(count)))
    else:
        schema = Schema(relations=tuple(RelationLabel(f"R{n}", f"关系名{n}", f"name {n}") for n in range(count)))
    return msgspec.structs.replace(invented(), tasks=(task,), schema=schema)


def timed(function):
    """Median seconds of the processor in some runs, and the last result."""
    times, result = [], None
    for _ in range(REPEATS):
        start = time.process_time()
        result = function()
        times.append(time.process_time() - start)
    return statistics.median(times), result


def measure(task, labels, count):
    """Print the figures of one invented corpus."""
    corpus, recipe = corpus_of(task, labels), BuildRecipe(name="bench")
    names = labels_of(corpus.schema, task)
    near = neighbours(corpus.name, task, names, None, recipe.windows.confusable)
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch)
        path = out / "corpora" / "invented" / "train.parquet"
        write_parquet(path, Document, documents(task, count, names))
        here = list(documents(task, count, names))
        survey = Survey(path, {task: names}, recipe.seed)

        def render():
            teacher = Teacher(corpus, task, recipe, near, survey, {})
            teacher.limit_empty(range(count))
            return [i for at, document in enumerate(here) for i, _ in teacher([Piece(document)], at, helpers=False)]

        def write():
            instructions = render()
            with parquet_sink(out / "x.parquet", Instruction) as columns, jsonl_sink(out / "x.jsonl") as lines:
                for instruction in instructions:
                    columns.write(instruction)
                    lines(instruction)

        def unit():
            unit = PromptUnit(Unit("invented", "train", "train"), "0", {task: count}, {task: near})
            with mock.patch("uiebench.catalogue.load", return_value=corpus):
                for receipt in (out / ".parts").glob("*"):
                    receipt.unlink()
                instruct(unit, recipe, out)

        rendering, instructions = timed(render)
        writing, _ = timed(write)
        whole, _ = timed(unit)
        encode = msgspec.json.Encoder().encode
        floor, _ = timed(lambda: [encode(instruction) for instruction in instructions])
    windows = len(instructions)
    print(
        f"{task}, {labels} labels, {count:,} documents, {windows:,} windows: rendered {windows / rendering:,.0f}/s, "
        f"written {windows / writing:,.0f}/s, unit {windows / whole:,.0f}/s ({count / whole:,.0f} documents/s), "
        f"floor {windows / floor:,.0f}/s",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--documents", type=int, default=45_000)
    options = parser.parse_args()
    measure("NER", 3, options.documents)
    measure("RE", 48, options.documents)
    if options.raw:
        with tempfile.TemporaryDirectory() as out:
            command = [sys.executable, "-m", "uiebench", "build", str(ROOT / "recipes" / "uiebench.yaml")]
            command += ["--raw", str(options.raw), "--out", out, "--jobs", "2", "--json"]
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            taken = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"build of recipes/uiebench.yaml with two jobs: {taken:.1f} s, largest process {peak:.0f} MB")


if __name__ == "__main__":
    main()
