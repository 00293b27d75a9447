"""`uiebench view`: documents of a benchmark, and the prompts about them."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uiebench.cli.score import BENCHMARK

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from uiebench.build.view import Seen

say = partial(print, file=sys.stderr)
PROMPTS_SHOWN = 3
"""Prompts of a task that are shown in the terminal, those with an answer first; the others are counted."""
COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red", "bright_cyan", "bright_magenta")


def view(
    benchmark: Annotated[
        Path | None,
        typer.Option("--benchmark", help=BENCHMARK, show_default="the one built last in benchmarks/"),
    ] = None,
    corpus: Annotated[
        list[str] | None, typer.Option("--corpus", help="Only this one; may be repeated.", show_default=False)
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", help="train, dev, test, fewshot_5, auxiliary, …", show_default="train")
    ] = None,
    task: Annotated[str | None, typer.Option("--task", help="NER, RE, EE, EET or EEA.", show_default=False)] = None,
    id: Annotated[
        str | None, typer.Option("--id", help="One document or prompt, e.g. resume/train/0.", show_default=False)
    ] = None,
    label: Annotated[
        str | None, typer.Option("--label", help="Only documents that hold this label.", show_default=False)
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option("--pairs", help="Look at the reward pairs of this Parquet file.", show_default="documents"),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only pairs of this kind or source; may be repeated.", show_default=False),
    ] = None,
    number: Annotated[
        int | None,
        typer.Option("--number", min=1, help="How many.", show_default="3 documents, or 5 pairs of each kind"),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write one page in place of printing.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what is shown as JSON.")] = False,
) -> None:
    """Look at documents with their annotations and the prompts about them, or at reward pairs."""
    import msgspec
    from rich.console import Console

    from uiebench.build.view import one, page, sample
    from uiebench.cli.score import choose, task_name
    from uiebench.errors import RecipeError
    from uiebench.score.gold import Benchmark
    from uiebench.storage import write_bytes

    if pairs:
        from uiebench.cli import pairs_view

        if benchmark or split or label:
            raise RecipeError("--pairs names a file: leave out --benchmark, --split and --label")
        pairs_view.show(pairs, kind or (), task_name(task), corpus or (), id, number or 5, html, as_json=as_json)
        return
    if kind:
        raise RecipeError("--kind is of reward pairs: name their file with --pairs")
    if id and (corpus or task or label):
        raise RecipeError("--id: names one document; leave out --corpus, --task and --label")
    folder, asked = choose(benchmark), task_name(task)
    if id:
        seen = [one(folder, id, split)]
    else:
        seen = sample(folder, split=split or "train", corpora=corpus, task=asked, label=label, number=number or 3)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(seen), indent=2).decode())
    if html:
        what = id or " · ".join([split or "train", *(corpus or []), *(part for part in (task, label) if part)])
        write_bytes(html, page(seen, Benchmark(folder).title, what))
        say(f"page: {html}")
    if not as_json and not html:
        console = Console(
            width=None if sys.stdout.isatty() else 120, highlight=False, soft_wrap=not sys.stdout.isatty()
        )
        for found in seen:
            print_document(console, found)


def print_document(console: Console, seen: Seen) -> None:
    """Print a document: its text with mentions in brackets, relations, events, and some of its prompts."""
    from rich.rule import Rule
    from rich.table import Table
    from rich.text import Text

    def table(title: str, *header: str) -> Table:
        shown = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
        for column in header:
            shown.add_column(column, header_style="dim", overflow="fold")
        return shown

    console.print(Rule(Text(f"{seen.document.id}  ({seen.language}, {seen.split})"), align="left", characters="─"))
    console.print(marked(seen))
    console.print()
    if seen.loose:
        loose = table("mentions without a known place", "label", "mention")
        for label, mention in seen.loose:
            loose.add_row(Text(label), Text(mention))
        console.print(loose, "", sep="\n")
    if seen.relations:
        relations = table("relations", "relation", "head", "tail")
        for r in seen.relations:
            ends = [
                Text(f"{text} ({type})" if type else text)
                for text, type in ((r.head, r.head_type), (r.tail, r.tail_type))
            ]
            relations.add_row(Text(r.relation), *ends)
        console.print(relations, "", sep="\n")
    if seen.events:
        events = table("events", "type", "trigger", "arguments")
        for event in seen.events:
            arguments = "\n".join(f"{role}: {text}" for role, text in event.arguments)
            events.add_row(Text(event.type), Text(event.trigger or "–"), Text(arguments or "–"))
        console.print(events, "", sep="\n")
    print_prompts(console, seen)


def marked(seen: Seen) -> Text:
    """The text of a document as `bracketed` writes it, in colours where the terminal has them."""
    from rich.text import Text

    from uiebench.build.view import nested

    places = {label: place for place, label in enumerate(dict.fromkeys(mark.label for mark in seen.marks))}
    text, open_labels = Text(), list[str]()
    for step, plain, mark, last in nested(seen.document.text, seen.marks):
        if mark:
            colour = COLOURS[places[mark.label] % len(COLOURS)]
            if step == "open":
                open_labels.append(colour)
                text.append("[", style=colour)
            else:
                open_labels.pop()
                text.append(f"|{mark.label}]" if last else "…]", style=colour)
        else:
            text.append(plain, style=f"bold {open_labels[-1]}" if open_labels else "")
    return text


def print_prompts(console: Console, seen: Seen) -> None:
    """Print the first prompts of each task, those that have an answer before those that have none."""
    from textwrap import indent

    from rich.text import Text

    from uiebench.build.view import answered, without_text

    for task in dict.fromkeys(prompt.task for prompt in seen.prompts):
        prompts = [prompt for prompt in seen.prompts if prompt.task == task]
        shown = sorted(prompts, key=lambda prompt: not answered(prompt))[:PROMPTS_SHOWN]
        for prompt in shown:
            console.print(Text(prompt.id, style="bold"))
            console.print(Text(indent(without_text(prompt, seen.document), "  ")))
            console.print(Text(f"  → {prompt.target}", style="green"))
            console.print()
        if rest := len(prompts) - len(shown):
            console.print(Text(f"and {rest:,} more of {task}: --json or --html FILE", style="dim"))
            console.print()
