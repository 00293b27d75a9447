"""What cutting long texts costs, on the corpora of a built benchmark, as a Markdown table.

    python tests/bench_pieces.py benchmarks/catalogue --budget 800 --overlap 160 --language zh
    python tests/bench_pieces.py benchmarks/catalogue --budget 512 --overlap 128 --language en --tokenizer DIR

A row for each corpus that has a text over the budget, over all its splits with gold; no column for what is nowhere.
"""

import argparse
from collections import Counter
from pathlib import Path

from uiebench import catalogue
from uiebench.build.report import markdown
from uiebench.instruct.pieces import APART, CROSSING, NOWHERE, Cutter, crossing
from uiebench.recipe import Pieces
from uiebench.storage import read_parquet
from uiebench.types import Document

KINDS = ("entities", "relations", "events", "arguments")
HEADER = ("corpus", "documents", "cut", "pieces", "behind a comma", "elsewhere", *KINDS, "in parts", "not in the text")


def row(name: str, paths: list[Path], cutter: Cutter) -> list[str] | None:
    """The figures of a corpus; None if all its texts are within the budget."""
    documents, cut, parts, clauses, hard = 0, 0, 0, 0, 0
    lost, all_of = Counter[tuple[str, str]](), Counter[str]()
    for path in paths:
        for document in read_parquet(path, Document):
            documents += 1
            for kind in KINDS[:3]:
                all_of[kind] += len(getattr(document, kind))
            all_of["arguments"] += sum(len(event.arguments) for event in document.events)
            found = cutter(document.text)
            if len(found.ranges) > 1:
                cut += 1
                parts += len(found.ranges)
                clauses += found.clauses
                hard += found.hard
                lost += crossing(document, found.ranges)

    def of(count: int, kind: str) -> str:
        return f"{count:,} ({count / all_of[kind]:.1%})" if count else "–"

    if not cut:
        return None
    return [
        name,
        f"{documents:,}",
        f"{cut:,} ({cut / documents:.0%})",
        *(f"{n:,}" if n else "–" for n in (parts, clauses, hard)),
        *(of(lost[CROSSING, kind], kind) for kind in KINDS),
        of(lost[APART, "events"], "events"),
        f"{sum(n for (reason, _), n in lost.items() if reason == NOWHERE) or '–'}",
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", type=Path)
    parser.add_argument("--budget", type=int, required=True)
    parser.add_argument("--overlap", type=int, default=0)
    parser.add_argument("--tokenizer", default="")
    parser.add_argument("--language", choices=("zh", "en"), required=True)
    asked = parser.parse_args()
    cutter = Cutter(Pieces(asked.budget, asked.overlap, asked.tokenizer), asked.language)
    rows = []
    for folder in sorted((asked.benchmark / "corpora").iterdir()):
        if catalogue.load(folder.name).language == asked.language:
            rows.append(row(folder.name, sorted(folder.glob("*.parquet")), cutter))
    columns = zip(HEADER, *(found for found in rows if found), strict=True)
    header, *body = zip(*(column for column in columns if {*column[1:]} != {"–"}), strict=True)
    print(markdown(header, body, 1))


if __name__ == "__main__":
    main()
