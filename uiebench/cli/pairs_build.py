"""`uiebench pairs candidates|build` and `uiebench judge agreement`: what models answered becomes reward pairs."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from uiebench.cli.bar import bar
from uiebench.cli.score import BENCHMARK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from uiebench.pairs.agreement import Agreement
    from uiebench.pairs.build import Manifest
    from uiebench.pairs.candidates import Gathered
    from uiebench.pairs.recipe import PairSource
    from uiebench.score.tables import Table
    from uiebench.types import SplitName

say = partial(print, file=sys.stderr)
RECIPE = Path("pairs")
Benchmark = Annotated[
    Path | None, typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/")
]
Json = Annotated[bool, typer.Option("--json", help="Print the figures as JSON in place of tables.")]


def candidates(
    predictions: Annotated[
        list[str],
        typer.Argument(
            help='JSON lines {"id": …, "output": …}; NAME=FILE names who answered. Lines of one id, and files of one '
            "name, are samples."
        ),
    ],
    benchmark: Benchmark = None,
    recipe: Annotated[
        Path, typer.Option("--recipe", help="Recipe that says which prompts and whose gold is incomplete.")
    ] = RECIPE,
    made_with: Annotated[
        Path | None,
        typer.Option(
            "--made-with",
            help="The benchmark that the files were made with, if its windows are others: answers are united per "
            "document and cut to the windows of --benchmark.",
            show_default="--benchmark",
        ),
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option("--corpus", help="Only this one; may be repeated.", show_default="those of the recipe"),
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option("--split", help="train, dev or test; may be repeated.", show_default="those of the recipe"),
    ] = None,
    per_document: Annotated[
        int | None,
        typer.Option(
            "--per-document", min=1, help="At most so many candidates, by rank.", show_default="as in the recipe"
        ),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="File to write.")] = Path("candidates.parquet"),
    as_json: Json = False,
) -> None:
    """Gather what models answered to the prompts of a benchmark, each different answer once, with its F1."""
    from uiebench.cli.score import choose
    from uiebench.pairs.candidates import Gatherer, named
    from uiebench.pairs.prompts import Prompts
    from uiebench.pairs.recipe import PairsRecipe
    from uiebench.recipe import load_recipe
    from uiebench.score import Benchmark as Built
    from uiebench.storage import write_parquet
    from uiebench.types import Candidate

    plan = load_recipe(recipe, PairsRecipe)
    asked = Prompts(Built(choose(benchmark)), plan.incomplete, plan.sparse)
    named_here = [name for listed in corpus or () for name in listed.split(",") if name]
    corpora: list[str] | tuple[str, ...] | Literal["all"] = named_here or plan.corpora
    if corpora != "all":
        asked.known(corpora, "--corpus" if corpus else "corpora:")
    with bar("matching") as progress:
        gatherer = Gatherer(
            asked,
            named(predictions),
            corpora=corpora,
            splits=_splits(split) or plan.splits,
            made_with=Prompts(Built(made_with)) if made_with else None,
            most=per_document or plan.candidates,
            seed=plan.seed,
            progress=progress,
        )
        write_parquet(out, Candidate, gatherer.candidates())
    _tell_candidates(gatherer.found, out, cut=made_with is not None, as_json=as_json)


def _tell_candidates(found: Gathered, out: Path, *, cut: bool, as_json: bool) -> None:
    """Tell what was gathered; `cut` says that answers were cut to other windows."""
    import msgspec

    from uiebench.cli.score import print_table

    if as_json:
        figures = msgspec.to_builtins(found, str_keys=False)
        figures["corpora"] = [
            {"corpus": name, "task": task, **msgspec.to_builtins(tally)}
            for (name, task), tally in found.corpora.items()
        ]
        print(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    else:
        for table in candidate_tables(found):
            print_table(table)
    for doubt, count in sorted(found.doubts.items()):
        say(f"{count:,} candidates without F1: their gold is {doubt}")
    for name, tally in found.sources.items():
        if tally.unoffered > 0.2 * max(1, tally.answers - tally.unreadable) and not cut:
            say(
                f"note: {tally.unoffered:,} of {tally.answers:,} answers of {name} have labels that their prompts did "
                "not offer; if the file was made with other windows, name its benchmark by --made-with"
            )
    total = sum(tally.candidates for tally in found.sources.values())
    say(f"{total:,} candidates: {out} ({found.merged:,} repeats merged, {found.capped:,} over the most of a document)")
    say("next: uiebench judge recipes/judge.yaml, or uiebench pairs build recipes/pairs.yaml --candidates " + str(out))


def candidate_tables(found: Gathered) -> list[Table]:
    """Candidates by source and by corpus."""
    from uiebench.score.tables import Table

    sources = [
        (
            name,
            *(f"{n:,}" for n in (t.lines, t.elsewhere, t.answers, sum(t.dropped.values()), t.unreadable, t.unoffered)),
            f"{t.candidates:,}",
            f"{t.f1 / t.scored:.3f}" if t.scored else "–",
        )
        for name, t in found.sources.items()
    ]
    counts = ("predictions", "elsewhere", "answers", "no window", "unreadable", "unoffered", "candidates")
    header = ("source", *counts, "mean F1")
    corpora = [
        (name, task, f"{t.candidates:,}", f"{t.f1 / t.scored:.3f}" if t.scored else "–")
        for (name, task), t in sorted(found.corpora.items())
    ]
    return [
        Table("candidates by source", header, sources, 1),
        Table("candidates by corpus", ("corpus", "task", "candidates", "mean F1"), corpora, 2),
    ]


def build(
    recipe: Annotated[Path, typer.Argument(help="Recipe file, e.g. recipes/pairs.yaml.")],
    benchmark: Benchmark = None,
    candidates: Annotated[
        Path | None,
        typer.Option("--candidates", help="File of uiebench pairs candidates.", show_default="none"),
    ] = None,
    confusions: Annotated[
        Path | None, typer.Option("--confusions", help="File of uiebench pairs confuse.", show_default="none")
    ] = None,
    judgements: Annotated[
        list[Path] | None,
        typer.Option(
            "--judgements",
            help="File of uiebench judge about the candidates: scores or comparisons; may be repeated.",
            show_default="none",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write.", show_default="pairs/<recipe name>")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make reward pairs in TRL's preference format of confusions, candidates and judgements."""
    import msgspec

    from uiebench.cli.score import choose, print_table
    from uiebench.pairs.build import NAME
    from uiebench.pairs.build import build as run
    from uiebench.pairs.recipe import PairsRecipe
    from uiebench.recipe import load_recipe
    from uiebench.score import Benchmark as Built

    plan = load_recipe(recipe, PairsRecipe)
    folder = out or Path("pairs") / plan.name
    with bar("pairing") as progress:
        built = run(
            plan,
            Built(choose(benchmark)),
            folder,
            confusions=confusions,
            candidates=candidates,
            judgements=judgements or (),
            progress=progress,
        )
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(built), indent=2).decode())
    else:
        for table in pair_tables(built):
            print_table(table)
    figures = built.figures
    say(
        f"{figures.pairs:,} pairs about {figures.prompts:,} prompts of {figures.documents:,} documents: {folder / NAME}"
    )
    if note := without_pairs(plan.mix, figures.found, judged=bool(judgements)):
        say(note)
    say(f"{figures.inverted:,} pairs whose rejected side scores as much as the chosen one or more")
    if plan.splits != ("train",):
        say(f"note: these prompts are of {', '.join(plan.splits)}; do not evaluate on what was trained on")
    say(f"next: uiebench view --pairs {folder / NAME}")


def without_pairs(mix: Mapping[PairSource, float], found: Mapping[str, int], *, judged: bool = False) -> str:
    """Which sources of the mix gave no pair, and where their pairs come from; "" if each gave some.

    `judged`: judgements were given.
    """
    files: dict[PairSource, str] = {
        "confusion": "--confusions",
        "own": "--candidates",
        "judged": "no two answers that a judge tells apart" if judged else "--candidates with --judgements",
    }
    absent = [f"{source} ({files[source]})" for source, share in mix.items() if share and not found.get(source)]
    return f"note: no pairs of {' and '.join(absent)}; `mix` leaves their share to the others" if absent else ""


def pair_tables(built: Manifest) -> list[Table]:
    """Pairs by source, kind and task; what gold and judge said; what was dropped."""
    from uiebench.score.tables import Table

    def mean(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    figures = built.figures
    rows = [
        (row.source, row.kind, row.task, f"{row.pairs:,}", mean(row.f1_chosen), mean(row.f1_rejected))
        for row in figures.rows
    ]
    groups = {
        "pairs of answers, told apart by": figures.told,
        "pairs before the mix": figures.found,
        "pairs dropped": figures.dropped,
        "prompts without trusted gold": figures.doubts,
        "not used": figures.unused,
    }
    counts = [(group, what, f"{n:,}") for group, found in groups.items() for what, n in found.items()]
    header = ("source", "kind", "task", "pairs", "F1 chosen", "F1 rejected")
    return [Table("pairs", header, rows, 3), Table("what became of the answers", ("", "", "count"), counts, 2)]


# --- what the commands share ------------------------------------------------------------------------


def _splits(named: list[str] | None) -> tuple[SplitName, ...]:
    from uiebench.cli.score import split_name

    return tuple(dict.fromkeys(split_name(name) for name in named or ()))


def agreement(
    judgements: Annotated[list[Path], typer.Argument(help="Files of uiebench judge: scores or comparisons.")],
    candidates: Annotated[
        Path, typer.Option("--candidates", help="File of uiebench pairs candidates that was judged.")
    ] = Path("candidates.parquet"),
    html: Annotated[
        Path | None, typer.Option("--html", help="Also write tables and calibration plots as one page.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell how a judge goes with F1 where there is gold: rank correlation, calibration, position bias, cost."""
    import msgspec

    from uiebench.cli.score import print_table
    from uiebench.pairs.agreement import agreement as run
    from uiebench.pairs.agreement import costs_of
    from uiebench.pairs.agreement_page import page
    from uiebench.pairs.judged import Judged
    from uiebench.storage import read_parquet, write_bytes
    from uiebench.types import Candidate

    found = run(read_parquet(candidates, Candidate), Judged.read(judgements), costs_of(judgements))
    if html:
        write_bytes(html, page(found, ", ".join(path.name for path in judgements)))
        say(f"page: {html}")
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        for table in agreement_tables(found):
            print_table(table)
    if found.unjudged:
        say(f"{found.unjudged:,} candidates with F1 were not judged")
    if found.unscored:
        say(f"{found.unscored:,} judged candidates have no F1")
    for problem, times in found.problems.items():
        say(f"{times:,} judgements without score: {problem}")


def agreement_tables(found: Agreement) -> list[Table]:
    """Correlations by task and language, and the calibration over all."""
    from uiebench.pairs.agreement_page import extra, shown
    from uiebench.score.tables import Table

    groups = [
        (
            group.task,
            group.language,
            f"{group.candidates:,}",
            f"{group.documents:,}",
            f"{group.f1:.3f}",
            f"{group.judge:.2f}",
            shown(group.spearman),
            shown(group.kendall),
            "–" if group.order.accuracy is None else f"{100 * group.order.accuracy:.1f} %",
            f"{group.order.pairs:,}",
        )
        for group in found.groups
    ]
    header = (
        "task", "language", "candidates", "texts", "mean F1", "mean score", "Spearman", "Kendall", "order", "pairs",
    )  # fmt: skip
    tables = [Table("judge and F1", header, groups, 2)] if groups else []
    if groups:
        bins = [(f"{one.score}", f"{one.candidates:,}", shown(one.f1)) for one in found.groups[0].bins]
        tables.append(Table("calibration, over all", ("judge's score", "candidates", "mean F1"), bins, 1))
    return tables + [Table(title, header, rows, 1) for title, _, header, rows in extra(found)]
