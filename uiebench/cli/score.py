"""`uiebench score`: predictions against the gold of a benchmark."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uiebench.score.tables import Table
    from uiebench.types import SplitName, Task

REPAIR = (
    "Also read JSON behind <think>…</think>, in inline code, with Python quotes or truncated; shows in the signature."
)
NO_CORPORA = "--corpora: rows with gold of their own are of no corpus; leave it out, or name a benchmark"
CORPORA = "These corpora alone, e.g. msra,resume; predictions for the others are passed over."
BENCHMARK = "Folder of the benchmark, or its id on the Hugging Face Hub: org/name or org/name@revision."


def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            help='JSON lines {"id": …, "output": …} (- for standard input), or a file of rows that also hold the gold.'
        ),
    ],
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="train, dev or test.")] = "test",
    duplicates: Annotated[
        str, typer.Option("--duplicates", help="set: repeats are ignored; multiset: they are wrong.")
    ] = "set",
    match: Annotated[
        str, typer.Option("--match", help="string: mentions are compared as strings; offset: by where they stand.")
    ] = "string",
    normalise: Annotated[
        str,
        typer.Option(
            "--normalise",
            help="Steps beyond NFC and stripping, e.g. case,articles: nfkc, case, quotes, articles, blanks.",
        ),
    ] = "",
    allow_missing: Annotated[
        bool, typer.Option("--allow-missing", help="Count a missing prediction as an empty one.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help=REPAIR),
    ] = False,
    task: Annotated[
        str | None,
        typer.Option(
            "--task",
            help="Score one task alone: NER, RE, EE, EET, EEA. Rows with gold that tell no task are taken for it.",
        ),
    ] = None,
    corpora: Annotated[str, typer.Option("--corpora", help=CORPORA)] = "",
    scorer: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="Print what another scorer would: iepile, uie, instructuie, gollie, knowcoder, deepke, seqeval, "
            "nervaluate.",
        ),
    ] = None,
    types: Annotated[bool, typer.Option("--types", help="Also show every label.")] = False,
    errors: Annotated[
        bool, typer.Option("--errors", help="Also show mistakes by kind, and labels taken for another.")
    ] = False,
    slices: Annotated[
        bool,
        typer.Option(
            "--slices",
            help="Also score by kinds of mentions and documents: seen in training or not, long, nested, repeated; "
            "contaminated or not.",
        ),
    ] = False,
    intervals: Annotated[
        bool,
        typer.Option(
            "--intervals/--no-intervals",
            help="95 % bootstrap intervals, where 10 documents have an annotation or a prediction.",
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown tables.")] = False,
    as_latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX tables (booktabs).")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Also write the report with mistakes and documents as one page.")
    ] = None,
) -> None:
    """Score predictions: strict span F1 with intervals, rates and a signature."""
    import msgspec
    import pyarrow as pa

    from uiebench.errors import RecipeError
    from uiebench.score import Benchmark, Rule
    from uiebench.score import score as run
    from uiebench.score.bootstrap import FEWEST
    from uiebench.score.facts import MATCHES
    from uiebench.score.normal import normaliser
    from uiebench.score.predictions import read_predictions
    from uiebench.score.rows import is_self_contained, score_rows
    from uiebench.score.tables import latex, markdown, tables
    from uiebench.storage import write_bytes

    if duplicates not in ("set", "multiset"):
        raise RecipeError(f"--duplicates {duplicates}: not one of set, multiset")
    compared = next((name for name in MATCHES if name == match), None)
    if compared is None:
        raise RecipeError(f"--match {match}: not one of {', '.join(MATCHES)}")
    normal, normal_name = normaliser(normalise.replace("+", ",").split(","))
    rule = Rule(duplicates == "multiset", compared, normal, normal_name, repair)
    if as_json + as_markdown + as_latex > 1:
        raise RecipeError("--json, --markdown and --latex: one of them")
    ours = {"--html": html, "--errors": errors, "--slices": slices, "--types": types, "--repair": repair}
    ours |= {"--match": compared != "string", "--duplicates": rule.multiset, "--normalise": bool(normalise)}
    if scorer and (given := [option for option, said in ours.items() if said]):
        raise RecipeError(f"{', '.join(given)}: of the strict headline alone; leave out --as {scorer}")
    if html and html.exists() and predictions.exists() and html.samefile(predictions):
        raise RecipeError(f"--html {html}: these are the predictions")
    if match == "offset" and (html or errors or slices):
        raise RecipeError("--html, --errors and --slices compare strings: leave out --match offset")
    if scorer:
        show_as(
            scorer,
            predictions,
            benchmark,
            split,
            task,
            names_of(corpora),
            allow_missing,
            as_json,
            markdown=as_markdown,
            latex=as_latex,
        )
        return
    if benchmark is None:
        refuse_gold_in_stdin(predictions)
    pa.set_memory_pool(pa.system_memory_pool())  # the default one keeps some 30 MB that are never used again
    page, described = None, {}
    if html:
        from uiebench.score.html import Page

        page = Page(rule)
    watch = page.watch if page else None
    if benchmark is None and is_self_contained(predictions):
        if corpora:
            raise RecipeError(NO_CORPORA)
        report = score_rows(
            predictions,
            task=task_name(task),
            rule=rule,
            intervals=intervals,
            errors=errors,
            slices=slices,
            watch=watch,
        )
    else:
        gold = Benchmark(choose(benchmark))
        report = run(
            gold,
            read_predictions(predictions),
            split=split_name(split),
            task=task_name(task),
            corpora=names_of(corpora),
            rule=rule,
            allow_missing=allow_missing,
            intervals=intervals,
            origin=str(predictions),
            errors=errors,
            slices=slices,
            watch=watch,
        )
        described = {corpus: gold.describe(corpus) for corpus in names_of(corpora) or gold.corpora(split_name(split))}
    if html and page:
        write_bytes(html, page.render(report, described, predictions.name))
        say(f"report: {html}")
    if match == "offset" and not any(row.correct for row in report.rows):
        say("note: nothing is right by its place; do the answers carry offsets (start, end)?")
    if not repair and any(rates.unparsable for rates in report.rates.values()) and thinks(predictions):
        say(THINKING)
    if any(row.low is None for row in report.rows if row.by == "corpus") and intervals:
        say(f"note: no interval (–) where fewer than {FEWEST} documents have anything annotated or predicted")
    found = tables(report, types=types)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    elif as_markdown:
        print(markdown(found, report.signature), end="")
    elif as_latex:
        print(latex(found, report.signature), end="")
    else:
        for table in found:
            print_table(table)
        print(report.signature)


def show_as(
    scorer: str,
    predictions: Path,
    benchmark: Path | None,
    split: str,
    task: str | None,
    corpora: Sequence[str],
    allow_missing: bool,
    as_json: bool,
    *,
    markdown: bool,
    latex: bool,
) -> None:
    """Print the result of another scorer's rule."""
    import msgspec

    from uiebench import __version__
    from uiebench.errors import RecipeError
    from uiebench.score import Benchmark, Rule, tables
    from uiebench.score.foreign import score_as, table
    from uiebench.score.predictions import read_predictions
    from uiebench.score.rows import is_self_contained, read_answers
    from uiebench.score.run import Answers

    if benchmark is None:
        refuse_gold_in_stdin(predictions)
    if benchmark is None and is_self_contained(predictions):
        if corpora:
            raise RecipeError(NO_CORPORA)
        rows = score_as(scorer, read_answers(predictions, task_name(task), Rule(), first_gold=scorer == "iepile"))
        name = predictions.name
    else:
        gold, coming = Benchmark(choose(benchmark)), read_predictions(predictions)
        asked = Answers(
            gold, coming, split_name(split), Rule(), allow_missing, str(predictions), task_name(task), corpora
        )
        rows = score_as(scorer, asked)
        name = gold.title
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return
    shown, signature = table(scorer, rows), f"as:{scorer}|bench:{name}|v:{__version__}"
    if markdown or latex:
        print((tables.markdown if markdown else tables.latex)([shown], signature), end="")
        return
    print_table(shown)
    print(signature)


def say(text: str) -> None:
    """Tell the user something that is no data."""
    print(text, file=sys.stderr)


THINKING = "note: answers with <think>…</think> are in the file; --repair reads the JSON behind it"
LINES_LOOKED_AT = 1_000


def thinks(predictions: Path) -> bool:
    """Whether reasoning stands in one of the first lines of a file."""
    if not predictions.is_file():
        return False
    with predictions.open("rb") as file:
        return any(b"</think>" in line for line in islice(file, LINES_LOOKED_AT))


def refuse_gold_in_stdin(predictions: Path) -> None:
    """Raise if standard input begins with a row that also holds gold: RecipeError in one line."""
    from uiebench.errors import RecipeError
    from uiebench.score.predictions import STDIN
    from uiebench.score.rows import holds_gold

    first = b""
    if predictions == STDIN and isinstance(sys.stdin.buffer, io.BufferedReader):  # one that can be looked into
        first = sys.stdin.buffer.peek(1 << 16).split(b"\n", 1)[0]
    if holds_gold(first):
        raise RecipeError(
            "-: rows with gold and prediction, which are read twice; write them to a file and name it, or name "
            "the benchmark that the predictions are for with --benchmark"
        )


def choose(benchmark: Path | None) -> Path:
    """The benchmark named, from the Hub if it is none here, or the one built last here; what was chosen is said
    on stderr where the command does not tell it.
    """
    from uiebench.hub import is_hub_id, pull
    from uiebench.score.gold import newest

    if benchmark is not None and is_hub_id(benchmark):
        pulled = pull(benchmark.as_posix())
        say(f"benchmark: {pulled.repo}@{pulled.commit} ({pulled.folder})")
        if pulled.held_back:
            say(
                f"note: without {', '.join(pulled.held_back)}, whose text is held back; uiebench rebuild makes it whole"
            )
        return pulled.folder
    if benchmark is not None:
        return benchmark
    folder = newest()
    say(f"benchmark: {folder} (the one built last here)")
    return folder


def split_name(name: str) -> SplitName:
    """A split named on the command line. Raises: RecipeError if there is no such split."""
    from uiebench.errors import RecipeError
    from uiebench.types import SPLITS

    for split in SPLITS:
        if split == name:
            return split
    raise RecipeError(f"--split {name}: not one of {', '.join(SPLITS)}")


def names_of(said: str) -> list[str]:
    """Names that stand in an option with commas between. Raises: RecipeError if it is given and names nothing."""
    from uiebench.errors import RecipeError

    names = [name.strip() for name in said.split(",") if name.strip()]
    if said and not names:
        raise RecipeError(f"--corpora {said!r}: it names none")
    return names


def task_name(name: str | None) -> Task | None:
    """A task named on the command line. Raises: RecipeError if there is no such task."""
    from uiebench.errors import RecipeError
    from uiebench.score.facts import METRICS

    for task in METRICS:
        if name is not None and task == name.upper():
            return task
    if name is None:
        return None
    raise RecipeError(f"--task {name}: not one of {', '.join(METRICS)}")


CONTROLS = dict.fromkeys([*range(32), *range(127, 160)], "\ufffd")
"""Characters that a terminal would obey. Labels are what a model wrote."""
MOST_OF_A_NAME, LEAST_OF_A_LIST = 60, 40
"""Characters of a name before it is folded, and the narrowest column for a list."""


def print_table(table: Table) -> None:
    """Print a table to the terminal. Nothing is cut: where the terminal is too narrow, lines run over its edge."""
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table as RichTable

    shown, needed = RichTable(box=None, pad_edge=False), 0
    rows = [[cell.translate(CONTROLS) for cell in row] for row in table.rows]
    for index, column in enumerate(table.header):
        right, listed = table.is_figure(index), column == ""
        shown.add_column(
            column,
            justify="right" if right else "left",
            no_wrap=right,
            overflow="fold",
            max_width=None if right or listed else MOST_OF_A_NAME,
        )
        width = max(map(cell_len, [column, *(row[index] for row in rows)]))
        needed += 2 + (width if right else min(width, LEAST_OF_A_LIST if listed else MOST_OF_A_NAME))
    for row in rows:
        shown.add_row(*row)
    console = Console(highlight=False, markup=False, emoji=False)  # names may hold brackets and colons
    console.width = max(needed, console.width if sys.stdout.isatty() else 160)
    console.print(table.title, style="bold")
    console.print(shown)
    console.print()
