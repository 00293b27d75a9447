"""`uiebench chat-eval`: how well models still chat, one row each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uiebench.score.tables import Table
    from uiebench.train.chat_eval import Figure, Report, Row


def chat_eval(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL",
            help="Run folders of uiebench train, their checkpoints, other folders, or ids of the Hub.",
        ),
    ],
    base: Annotated[
        str | None,
        typer.Option("--base", help="A model to compare with, e.g. of stage 1: differences, and KL(model‖base)."),
    ] = None,
    data: Annotated[
        str,
        typer.Option("--data", help="Dialogues: a file, an id of the Hub, or uiebench for those of the package."),
    ] = "uiebench",
    split: Annotated[str, typer.Option("--split", help="Of a data set of the Hub.")] = "train",
    skip: Annotated[
        float | None,
        typer.Option(
            "--skip",
            min=0.0,
            max=1.0,
            help="Leave out this share of the dialogues, by hash, as in a recipe: those that were trained on.",
            show_default="0.75 of uiebench, else 0",
        ),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option("--share", min=0.0, max=1.0, help="Take this share behind it.", show_default="all that is left"),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the hash, as in a recipe.")] = 0,
    most: Annotated[int | None, typer.Option("--most", min=1, help="At most so many dialogues, by hash.")] = None,
    choices: Annotated[
        Path | None,
        typer.Option(
            "--choices",
            help="Multiple-choice questions as C-Eval has them (question, A, B, C, D, answer): a .csv or .jsonl file, "
            "or a folder of them.",
            show_default=False,
        ),
    ] = None,
    words: Annotated[
        str, typer.Option("--rouge", help="What ROUGE counts in Chinese: characters, or the words of jieba.")
    ] = "characters",
    batch_size: Annotated[int, typer.Option("--batch-size", min=1, help="Replies at a time.")] = 8,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, help="Tokens of a reply.")] = 256,
    dtype: Annotated[str, typer.Option("--dtype", help="auto, float32 or bfloat16.")] = "auto",
    trust_remote_code: Annotated[
        bool, typer.Option("--trust-remote-code", help="Run the code that comes with a model; read it first.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write, with every reply.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON in place of tables.")] = False,
) -> None:
    """Measure how well models still chat: ROUGE-1, perplexity and KL on held-out dialogues."""
    import msgspec

    from uiebench.cli.bar import bar
    from uiebench.cli.score import print_table
    from uiebench.errors import RecipeError
    from uiebench.storage import write_json
    from uiebench.train import needed
    from uiebench.train.dialogues import SHIPPED
    from uiebench.train.recipe import FromDialogues

    if words not in ("characters", "jieba"):
        raise RecipeError(f"--rouge {words}: not one of characters, jieba")
    if dtype not in ("auto", "float32", "bfloat16"):
        raise RecipeError(f"--dtype {dtype}: not one of auto, float32, bfloat16")
    needed()
    from uiebench.train.chat_eval import TRAINED, Settings, evaluate

    left = skip if skip is not None else TRAINED if data == SHIPPED else 0.0
    source = FromDialogues(data, split, 1 - left if share is None else share, left, seed, most)
    settings = msgspec.convert(
        {
            "words": words,
            "batch": batch_size,
            "most": max_new_tokens,
            "dtype": dtype,
            "trust_remote_code": trust_remote_code,
        },
        Settings,
    )
    with bar("chatting") as progress:
        report = evaluate(models, source, settings, base, progress, choices)
    if out is not None:
        write_json(out, report)
        say(f"written: {out}")
    for reason, count in sorted(report.left_out.items()):
        say(f"left out: {count:,} {reason}")
    for note in report.notes:
        say(f"note: {note}")
    for row in report.rows:
        if row.template == "built-in":
            say(f"note: {row.model} has no chat template; a plain one was used (User: …, Assistant: …)")
    if as_json:
        shown = {
            key: value for key, value in msgspec.to_builtins(report).items() if key not in ("replies", "questions")
        }
        print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
        return
    print_table(table(report))
    if choices is not None:
        print_table(table_of_choices(report))
    if base is not None:
        print_table(table_of_differences(report, base))
    asked = ", ".join(f"{count:,} {language}" for language, count in sorted(report.counts.items()))
    print(
        f"{sum(report.counts.values()):,} replies ({asked}) of {report.dialogues:,} dialogues of {data}; ROUGE: {words}"
    )


def say(text: str) -> None:
    """Tell the person at the terminal, beside the data."""
    print(text, file=sys.stderr)


COLUMNS = {
    "rouge1_precision": ("P", "{:.2f}", 100),
    "rouge1_recall": ("R", "{:.2f}", 100),
    "rouge1_f": ("F1", "{:.2f}", 100),
    "perplexity": ("perplexity", "{:,.2f}", 1),
    "bits_per_character": ("bits/char", "{:.3f}", 1),
    "kl": ("KL", "{:.4f}", 1),
}
"""Of each figure its title, its format, and what it is multiplied with."""


def table(report: Report) -> Table:
    """The figures of every model, those of ROUGE in per cent."""
    from uiebench.score.tables import Table

    both = len(report.counts) > 1
    names = list(COLUMNS) if any("kl" in row.figures["all"] for row in report.rows) else list(COLUMNS)[:-1]
    header = ["model", *(COLUMNS[name][0] for name in names)]
    header[4:4] = ["95 %", *(["F1 zh", "F1 en"] if both else [])]
    rows = []
    for row in report.rows:
        shown = [cell(row, "all", name) for name in names]
        shown[3:3] = [spread(row.figures["all"]["rouge1_f"], "rouge1_f")]
        shown[4:4] = [cell(row, language, "rouge1_f") for language in ("zh", "en") if both]
        rows.append([row.model, *shown])
    return Table("Chat: ROUGE-1 of replies, likelihood of the reference", header, rows, 1)


def table_of_choices(report: Report) -> Table:
    """The share of right answers to multiple-choice questions in per cent, and what of it is new against the base."""
    from uiebench.score.tables import Table

    rows = []
    for row in report.rows:
        assert row.accuracy is not None
        less = row.accuracy_difference
        shown = [number(row.accuracy, "rouge1_f"), spread(row.accuracy, "rouge1_f")]
        if report.base is not None:
            shown += [number(less, "rouge1_f", signed=True), spread(less, "rouge1_f")] if less else ["–", "–"]
        rows.append([row.model, *shown])
    header = ["model", "right", "95 %", *(["difference", "95 %"] if report.base is not None else [])]
    return Table(f"Multiple choice: {len(report.questions):,} questions", header, rows, 1)


def table_of_differences(report: Report, base: str) -> Table:
    """What has changed against the base, with intervals."""
    from uiebench.score.tables import Table

    names = ("rouge1_precision", "rouge1_recall", "rouge1_f", "perplexity", "bits_per_character")
    header = ["model"]
    for name in names:
        header += [COLUMNS[name][0], "95 %"]
    rows = []
    for row in report.rows:
        if row.differences:
            figures = row.differences["all"]
            shown = [(number(figures[name], name, signed=True), spread(figures[name], name)) for name in names]
            rows.append([row.model, *(text for pair in shown for text in pair)])
    return Table(f"Differences to {base}", header, rows, 1)


def cell(row: Row, language: str, name: str) -> str:
    """A figure of a model; a dash where it was not measured."""
    figure = row.figures[language].get(name)
    return "–" if figure is None else number(figure, name)


def number(figure: Figure, name: str, *, signed: bool = False) -> str:
    """The value of a figure as it is shown."""
    _, form, times = COLUMNS[name]
    return (form.replace(":", ":+", 1) if signed else form).format(figure.value * times)


def spread(figure: Figure, name: str) -> str:
    """The interval of a figure; a dash where there is none."""
    if figure.low is None or figure.high is None:
        return "–"
    _, form, times = COLUMNS[name]
    return f"[{form.format(figure.low * times)}, {form.format(figure.high * times)}]"
