"""`uiebench corpora list|show|fetch|check`: what there is, where to get it, whether it converts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The corpora: what there is, how to get it, whether it converts.", no_args_is_help=True)

Raw = Annotated[Path | None, typer.Option("--raw", help="Folder with one folder of native files for each corpus.")]
Names = Annotated[list[str] | None, typer.Argument(help="Corpora; all of them if none is named.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON in place of a table.")]


@app.command()
def check(
    names: Names = None,
    raw: Raw = None,
    samples: Annotated[bool, typer.Option("--samples", help="Read the bundled samples.")] = False,
    show: Annotated[int, typer.Option("--show", help="Print so many documents of each split, evenly spread.")] = 0,
    as_json: Json = False,
) -> None:
    """Convert corpora from the raw folder and compare the totals with the expected ones."""
    from uiebench import catalogue
    from uiebench.build.check import totals
    from uiebench.build.convert import Absent, convert, find, find_sample
    from uiebench.ledger import Ledger
    from uiebench.sources import default_raw
    from uiebench.types import SPLITS

    folder = raw or default_raw()
    for name in names or catalogue.names():
        corpus = catalogue.load(name)
        for split_name in SPLITS:
            if not corpus.alternatives(split_name):
                continue
            if samples:
                ready = find_sample(corpus, corpus.alternatives(split_name)[0], catalogue.samples(name))
            else:
                found = find(corpus, split_name, folder)
                if isinstance(found, Absent):
                    print(f"{name} {split_name}: missing {', '.join(found.missing)}: {found.remedy}")
                    continue
                ready = found
            ledger = Ledger(corpus.defects)
            documents = list(convert(corpus, ready, ledger))
            got = totals(documents, ledger)
            wanted = corpus.expect.get(split_name)
            verdict = "" if not ready.pinned else "as expected" if got == wanted else f"EXPECTED {wanted}"
            print(name, split_name, got, verdict)
            step = max(1, len(documents) // show) if show else 1
            for document in documents[::step][:show]:
                print(document)
