"""`uiebench compare`: two sets of predictions on one benchmark."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uiebench.cli.score import BENCHMARK, CORPORA, REPAIR, names_of


def compare(
    left: Annotated[Path, typer.Argument(help="Predictions of one system.")],
    right: Annotated[Path, typer.Argument(help="Predictions of the other.")],
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "test",
    task: Annotated[str | None, typer.Option("--task", help="One task alone: NER, RE, EE, EET, EEA.")] = None,
    corpora: Annotated[str, typer.Option("--corpora", help=CORPORA)] = "",
    flips: Annotated[int, typer.Option("--flips", help="Show so many items on which the two differ most.")] = 10,
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Count a missing prediction as an empty one.")
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help=REPAIR)] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole comparison as JSON.")] = False,
) -> None:
    """Compare two systems: F1 side by side, a paired test, and the items that flipped."""
    import msgspec

    from uiebench.cli.score import THINKING, choose, print_table, say, split_name, task_name, thinks
    from uiebench.score import Benchmark, Rule
    from uiebench.score.compare import compare as run
    from uiebench.score.predictions import read_predictions
    from uiebench.score.tables import Table, percent

    done = run(
        Benchmark(choose(benchmark)),
        read_predictions(left),
        read_predictions(right),
        split=split_name(split),
        task=task_name(task),
        corpora=names_of(corpora),
        rule=Rule(repair=repair),
        allow_missing=allow_missing,
        origins=(str(left), str(right)),
    )
    if not repair and (thinks(left) or thinks(right)):
        say(THINKING)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(done), indent=2).decode())
        return
    body = [
        (
            row.key,
            row.task,
            row.metric,
            percent(row.left),
            percent(row.right),
            f"{100 * row.difference:+.2f}",
            f"{row.p:.4f}",
            f"{row.better:,}",
            f"{row.worse:,}",
        )
        for row in done.rows
    ]
    names = (left.stem, right.stem) if left.stem != right.stem else (str(left), str(right))
    header = ("corpus", "task", "metric", *names, "difference", "p value", "better", "worse")
    print_table(Table("F1", header, body, 3))
    if flips and done.flipped:
        shown = [
            (flip.id, flip.metric, *("{}/{}/{}".format(*triple) for triple in (flip.left, flip.right)))
            for flip in done.flipped[:flips]
        ]
        columns = ("item", "metric", *names)
        print_table(Table("Largest differences (correct/gold/predicted)", columns, shown, 2))
    print(done.signature)
