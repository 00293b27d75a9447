"""`uiebench audit`: is an evaluation text in the training data?"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

if TYPE_CHECKING:
    from uiebench.build.audit import Audit, Texts
    from uiebench.score.tables import Table

say = partial(print, file=sys.stderr)
QUOTE = 40  # characters of a text shown in an example
SHOWN = 40  # rows of a table shown in the terminal


def audit(
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help="Folder of the benchmark.", show_default="the one built last in benchmarks/"),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against",
            help="Your own training file (JSON lines) in place of the benchmark's train splits; may be repeated.",
            show_default=False,
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="Field of its rows that holds text; may be repeated.", show_default="text"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole audit as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="File to write in place of printing: Markdown if it ends in .md, else JSON."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, help="Threads to use.", show_default="the number of cores")
    ] = os.cpu_count() or 1,
    examples: Annotated[int, typer.Option("--examples", min=0, help="Examples for each pair of splits.")] = 0,
    check_recall: Annotated[
        int,
        typer.Option(
            "--check-recall", min=0, help="Also compare so many evaluation texts with every training text, one by one."
        ),
    ] = 0,
) -> None:
    """Find evaluation texts in training data: copies, near copies, texts inside texts, conflicting annotations."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from uiebench.build.audit import Comparison, report
    from uiebench.cli.score import choose
    from uiebench.errors import RecipeError
    from uiebench.storage import write_bytes

    if as_json and as_markdown:
        raise RecipeError("--json and --markdown: one of the two")
    if field and not against:
        raise RecipeError("--field: names a field of the file that --against names")
    splits = compared_texts(choose(benchmark), against or [], field or ["text"])
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("audit", total=1.0)
        compared = Comparison(
            splits, jobs=jobs, progress=lambda doing, share: bar.update(task, completed=share, description=doing)
        )
        found = report(compared, examples=examples, quote=QUOTE)
    if check_recall:
        reached, there = compared.recall(check_recall)
        say(f"recall: {reached:,} of the {there:,} near pairs that brute force finds for {check_recall:,} texts")
    if against:
        own = {str(path) for path in against}
        found = structs.replace(found, pairs=tuple(pair for pair in found.pairs if pair.source in own))
    if out:
        markdown = not as_json and (as_markdown or out.suffix == ".md")
        write_bytes(out, (in_markdown(found) if markdown else in_json(found)).encode())
    elif as_json or as_markdown:
        sys.stdout.write(in_markdown(found) if as_markdown else in_json(found))
    else:
        show(found)
    tell(found)
    if out:
        say(f"report: {out}")


def compared_texts(benchmark: Path, against: list[Path], fields: list[str]) -> list[Texts]:
    """The splits of a benchmark; with files of one's own, these in place of its training texts."""
    from uiebench.build.audit import benchmark_texts, file_texts

    splits = benchmark_texts(benchmark)
    if against:
        splits = [split for split in splits if split.side in ("dev", "test")]
    for path in against:
        own = file_texts(path, tuple(fields))
        if own.silent:
            say(f"{path}: {own.silent:,} of {len(own.ids):,} rows hold no text in {' or '.join(map(repr, fields))}")
        splits.append(own)
    return splits


def in_json(found: Audit) -> str:
    """The whole audit."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(found, order="deterministic"), indent=2).decode() + "\n"


def in_markdown(found: Audit) -> str:
    """The tables of an audit."""
    from uiebench.build.report import markdown

    return "\n".join(f"## {t.title}\n\n{markdown(t.header, t.rows, t.numeric)}\n" for t in tables(found))


def show(found: Audit) -> None:
    """Print the tables of an audit, the first rows of each."""
    from uiebench.cli.score import print_table

    for table in tables(found):
        print_table(structs.replace(table, rows=table.rows[:SHOWN]))
        if len(table.rows) > SHOWN:
            say(f"({len(table.rows) - SHOWN:,} more rows: --markdown or --json)\n")


def tables(found: Audit) -> list[Table]:
    """The tables of an audit: pairs of splits, their examples, conflicting annotations."""
    from uiebench.score.tables import Table

    header = (
        "training texts",
        "evaluation texts",
        "of",
        "exact",
        "near",
        "contained",
        "partial",
        "hit %",
        "some",
        "short",
    )
    shots = {split.name for split in found.splits if split.side == "shots"}
    rows = [
        (
            f"{pair.source} (few-shot)" if pair.source in shots else pair.source,
            pair.evaluation,
            f"{pair.texts:,}",
            *(f"{n:,}" if n else "–" for n in (pair.exact, pair.near, pair.contained, pair.partial)),
            f"{100 * pair.share:.1f}",
            *(f"{n:,}" if n else "–" for n in (pair.some, pair.short)),
        )
        for pair in found.pairs
    ]
    made = [Table("Evaluation texts in training texts", header, rows, 2)]
    quoted = [
        (
            example.kind,
            f"{example.similarity:.2f}",
            f"{example.evaluation}: {example.evaluation_text}",
            f"{example.source}: {example.source_text}",
        )
        for pair in found.pairs
        for example in pair.examples
    ]
    if quoted:
        made.append(Table("Examples", ("kind", "similarity", "evaluation text", "training text"), quoted, 4))
    differing = [
        (c.left, "itself" if c.left == c.right else c.right, c.kind, f"{c.texts:,}", f"{c.differing:,}", f"{c.short:,}")
        for c in found.conflicts
    ]
    if differing:
        titles = ("split", "and", "annotation", "same texts", "differing", "of these short")
        made.append(Table("The same text annotated differently", titles, differing, 3))
    disputed = [
        (c.kind, example.left, " ".join(example.only_left) or "–", example.right, " ".join(example.only_right) or "–")
        for c in found.conflicts
        for example in c.examples
    ]
    if disputed:
        names = ("annotation", "document", "only here", "and", "only there")
        made.append(Table("Examples of differing annotations", names, disputed, 5))
    return made


def tell(found: Audit) -> None:
    """Say on stderr what it comes to."""
    evaluated = sum(split.documents for split in found.splits if split.side in ("dev", "test"))
    trained = sum(split.documents for split in found.splits if split.side == "train")
    say(f"{found.hits():,} of {evaluated:,} evaluation texts stand in {trained:,} training texts")
    if any(split.side == "shots" for split in found.splits):
        say("(few-shot): training texts of a held-out corpus, which few-shot sets are taken from; not counted above")
    say("exact: the same but for case, white space and punctuation; near: 4/5 of the character trigrams in common;")
    say("contained: inside a longer text; partial: half made of passages of them; some: a shared sentence, no hit;")
    say("short: under 20 characters, equal, no hit")
