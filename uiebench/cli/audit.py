"""`uiebench audit`: is an evaluation text in the training data?"""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uiebench.build.audit import Audit
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
    import msgspec
    from msgspec import structs
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from uiebench.build.audit import Comparison, benchmark_texts, file_texts, report
    from uiebench.build.report import markdown
    from uiebench.cli.score import choose, print_table
    from uiebench.errors import RecipeError
    from uiebench.storage import write_bytes

    if as_json and as_markdown:
        raise RecipeError("--json and --markdown: one of the two")
    if field and not against:
        raise RecipeError("--field: names a field of the file that --against names")
    splits = benchmark_texts(choose(benchmark))
    if against:
        splits = [split for split in splits if split.side != "train"]
        splits += [file_texts(path, tuple(field or ("text",))) for path in against]
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
        found = structs.replace(
            found, pairs=tuple(pair for pair in found.pairs if pair.source in {str(path) for path in against})
        )
    shown = tables(found)
    as_markdown = as_markdown or (out is not None and out.suffix == ".md" and not as_json)
    if as_json or (out and not as_markdown):
        text = msgspec.json.format(msgspec.json.encode(found, order="deterministic"), indent=2).decode() + "\n"
    elif as_markdown:
        text = "\n".join(f"## {t.title}\n\n{markdown(t.header, t.rows, t.numeric)}\n" for t in shown)
    else:
        for table in shown:
            print_table(structs.replace(table, rows=table.rows[:SHOWN]))
            if len(table.rows) > SHOWN:
                say(f"({len(table.rows) - SHOWN:,} more rows: --markdown or --json)\n")
        text = ""
    if out:
        write_bytes(out, text.encode())
    elif text:
        sys.stdout.write(text)
    tell(found)
    if out:
        say(f"report: {out}")


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
    rows = [
        (
            pair.source,
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
    evaluated = sum(split.documents for split in found.splits if split.side != "train")
    trained = sum(split.documents for split in found.splits if split.side == "train")
    say(f"{found.hits():,} of {evaluated:,} evaluation texts stand in {trained:,} training texts")
    say("exact: the same but for case, white space and punctuation; near: 4/5 of the character trigrams in common;")
    say("contained: inside a longer text; partial: half made of passages of them; some: a shared sentence, no hit;")
    say("short: under 20 characters, equal, no hit")
