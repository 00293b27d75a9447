"""Speed and memory of scoring, beside the floor of the same file: part of ``make bench``. Not a test.

An invented benchmark is written and scored in a process of its own, as `uiebench score` does, with counts
for every type and corpus and with intervals:

    task   documents  size of the gold                           floor: decoding every line and output
    NER    100,000    5 mentions of 10 types, 5 corpora          {"id", "output"} → {type: [mention]}
    RE     100,000    3 relations of 12                          … → [{relation, head, tail}]
    EE     100,000    2 events of 8 with 2 arguments each        … → [{type, trigger, arguments}]

One mention in ten is missed and one in ten is wrong. The figure to compare between machines is the ratio.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from uiebench.hashing import fingerprint
from uiebench.instruct.target import Names, encode
from uiebench.storage import parquet_sink, write_json
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Instruction,
    Label,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

DOCUMENTS, CORPORA, REPEATS = 100_000, 5, 3
SYLLABLES = "远山清河明光高林海石天云东川金安平和新华北长春江南"
SCHEMA = Schema(
    entities=tuple(Label(f"T{i}", f"类型{i}", f"type {i}") for i in range(10)),
    relations=tuple(RelationLabel(f"R{i}", f"关系{i}", f"relation {i}") for i in range(12)),
    events=tuple(
        EventLabel(
            f"E{i}", f"事件{i}", f"event {i}", roles=tuple(Label(f"A{j}", f"角色{j}", f"role {j}") for j in range(4))
        )
        for i in range(8)
    ),
)
NAMES = Names("zh", SCHEMA)


def word(number):
    """An invented name, the same for the same number."""
    size, letters = len(SYLLABLES), []
    for _ in range(2 + number % 3):
        letters.append(SYLLABLES[number % size])
        number //= size
    return "".join(letters)


def document(number, corpus, task):
    """An invented document with gold for a task."""
    mentions = [word(number * 7919 + k * 104729) for k in range(6)]
    text, places = "", []
    for mention in mentions:
        places.append((mention, len(text), len(text) + len(mention)))
        text += mention + "，据了解，"
    id = f"{corpus}/test/{number}"
    if task == "NER":
        return Document(id, text, tuple(Entity(*p, f"T{(number + k) % 10}") for k, p in enumerate(places[:5])))
    if task == "RE":
        pairs = zip(places[::2], places[1::2], strict=True)
        return Document(
            id,
            text,
            relations=tuple(
                Relation(f"R{(number + k) % 12}", Entity(*h, ""), Entity(*t, "")) for k, (h, t) in enumerate(pairs)
            ),
        )
    events = tuple(
        Event(
            f"E{(number + k) % 8}",
            Span(*places[3 * k]),
            (Argument(*places[3 * k + 1], "A0"), Argument(*places[3 * k + 2], f"A{number % 4}")),
        )
        for k in range(2)
    )
    return Document(id, text, events=events)


def answered(document, number):
    """The document as a system that misses one in ten and gets one in ten wrong would give it."""
    entities = list(document.entities)
    if entities and number % 2:
        gone = entities.pop(number % len(entities))
        if number % 3:
            entities.append(Entity(gone.text + "，", None, None, gone.type))
    relations = [
        Relation(r.type, r.tail, r.head) if (number + k) % 10 == 0 else r for k, r in enumerate(document.relations)
    ]
    events = [
        Event(e.type, e.trigger, e.arguments[:1]) if (number + k) % 10 == 0 else e
        for k, e in enumerate(document.events)
    ]
    return Document(document.id, document.text, tuple(entities), tuple(relations), tuple(events))


def write(folder, task, documents):
    """A benchmark with one task in the layout of a build, and predictions for it."""
    with (folder / "predictions.jsonl").open("w", encoding="utf-8") as predictions:
        for index in range(CORPORA):
            corpus = f"corpus{index}"
            described = {"name": corpus, "language": "zh", "domain": f"domain{index % 3}", "schema": SCHEMA}
            write_json(folder / f"corpora/{corpus}/corpus.json", described)
            labels = SCHEMA.entities if task == "NER" else SCHEMA.relations if task == "RE" else SCHEMA.events
            offered = tuple(label.name for label in labels)
            with (
                parquet_sink(folder / f"corpora/{corpus}/test.parquet", Document) as gold,
                parquet_sink(folder / f"instructions/test/{corpus}.parquet", Instruction) as asked,
            ):
                for number in range(documents // CORPORA):
                    made = document(number, corpus, task)
                    gold.write(made)
                    target = encode(made, task, NAMES)
                    asked.write(
                        Instruction(f"{made.id}#{task}", made.id, corpus, task, "zh", offered, made.text, target)
                    )
                    output = encode(answered(made, number), task, NAMES)
                    line = json.dumps({"id": f"{made.id}#{task}", "output": output}, ensure_ascii=False)
                    predictions.write(line + "\n")
    write_json(
        folder / "manifest.json",
        {"name": "bench", "benchmark_version": "0", "recipe": {}, "files": {"": fingerprint([task, documents])}},
    )


CODE = {
    "score": (
        "import sys; sys.argv[1:] = ['score', '{predictions}', '--benchmark', '{folder}', '--json']; "
        "from uiebench.cli import main; main()"
    ),
    "floor": (
        "import msgspec; from uiebench.types import Prediction; from uiebench.score import output as target; "
        "line, output = msgspec.json.Decoder(Prediction), target._{task}\n"
        "for text in open('{predictions}', 'rb'): output.decode(line.decode(text).output)"
    ),
    "decoders": "import msgspec; from uiebench.types import Prediction; from uiebench.score import output",
    "nothing": "from uiebench.cli import score; import uiebench.score",
}


def timed(code):
    """Processor seconds and peak memory in MB of a Python process of its own."""
    program = (
        f"import sys, time\ntry:\n exec({code!r})\nfinally:\n"
        " print(open('/proc/self/status').read(), 'seconds', time.process_time(), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", done.stderr)
    return float(done.stderr.split()[-1]), int(peak) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("tasks", nargs="*")
    options = parser.parse_args()
    print(f"{'task':6}{'documents':>10}{'docs/s':>10}{'MB':>8}{'floor docs/s':>14}{'MB':>8}{'× floor':>9}")
    for task in options.tasks or ("NER", "RE", "EE"):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            write(folder, task, options.documents)
            fill = {"predictions": folder / "predictions.jsonl", "folder": folder, "task": task}
            runs = {name: [timed(code.format(**fill)) for _ in range(REPEATS)] for name, code in CODE.items()}
            taken = {name: statistics.median(seconds for seconds, _ in found) for name, found in runs.items()}
            peak = {name: max(memory for _, memory in found) for name, found in runs.items()}
            score, floor = (
                options.documents / (taken[name] - taken[start])
                for name, start in (("score", "nothing"), ("floor", "decoders"))
            )
            print(
                f"{task:6}{options.documents:10,}{score:10,.0f}{peak['score']:8.0f}{floor:14,.0f}{peak['floor']:8.0f}"
                f"{floor / score:9.1f}   (start {taken['nothing']:.2f} s, {peak['nothing']:.0f} MB)",
                flush=True,
            )


if __name__ == "__main__":
    main()
