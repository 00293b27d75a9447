"""Reports as tables: for the terminal, Markdown and LaTeX, all from the same rows of text.

    tables(report)  →  [Table("Scores", ("corpus", "task", …), [("resume", "NER", …), …]), …]

Figures are per cent with two decimals, intervals as "54.1–59.2"; the signature stands below.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from uiebench.score.analysis import KINDS
from uiebench.score.facts import HEADLINES
from uiebench.score.report import Mean, Report, Row
from uiebench.score.slices import Slice
from uiebench.score.tally import Rates

MOST_CONFUSIONS = 20


class Table(msgspec.Struct, frozen=True):
    """A titled table of text; columns from `numeric` on are figures, but for one without title, which is a list."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: int

    def is_figure(self, column: int) -> bool:
        """Whether a column holds figures, which stand at the right."""
        return column >= self.numeric and self.header[column] != ""


def percent(value: float) -> str:
    """A ratio as per cent with two decimals."""
    return f"{100 * value:.2f}"


def spread(row: Row | Mean | Slice, report: Report) -> str:
    """The interval of a figure, e.g. "54.1–59.2"; a dash where there is none, nothing where none was asked for."""
    if row.low is None or row.high is None:
        return "" if report.interval_from is None else "–"
    return f"{100 * row.low:.1f}–{100 * row.high:.1f}"


def tables(report: Report, *, types: bool = False) -> list[Table]:
    """Scores, means over corpora, rates; with `types` also the score of every label."""
    headlines = {metric for metrics in HEADLINES.values() for metric in metrics}
    found = []
    scores = [row for row in report.rows if row.by in ("corpus", "all")]
    scores.sort(key=lambda row: row.by == "all")
    single = len({row.key for row in scores if row.by == "corpus"}) == 1
    body = [
        (
            row.key,
            row.task,
            row.metric,
            percent(row.precision),
            percent(row.recall),
            percent(row.f1),
            spread(row, report),
            "" if row.macro is None else percent(row.macro),
            f"{row.documents:,}",
            f"{row.gold:,}",
        )
        for row in scores
        if not (single and row.by == "all")
    ]
    header = ("corpus", "task", "metric", "P", "R", "F1", "95 %", "macro F1", "documents", "gold")
    found.append(Table("Scores", header, body, 3))
    if report.means:
        means = [
            (
                mean.key,
                mean.metric,
                percent(mean.f1),
                spread(mean, report),
                str(len(mean.corpora)),
                ", ".join(mean.corpora),
            )
            for mean in report.means
            if mean.metric in headlines
        ]
        found.append(Table("Means over corpora", ("group", "metric", "F1", "95 %", "corpora", ""), means, 2))
    found.append(_rates(report))
    if report.errors:
        found += [_errors(report), _confusions(report)]
    if report.slices:
        found.append(_slices(report))
    if types:
        rows = [
            (
                row.key,
                row.task,
                row.metric,
                percent(row.precision),
                percent(row.recall),
                percent(row.f1),
                f"{row.gold:,}",
            )
            for row in report.rows
            if row.by == "type" and row.metric in headlines
        ]
        found.append(Table("Labels", ("label", "task", "metric", "P", "R", "F1", "gold"), rows, 3))
    return found


RATES: tuple[tuple[str, str, str], ...] = (
    ("missing", "missing", "prompts"),
    ("unparsable", "unparsable", "prompts"),
    ("repaired", "repaired", "prompts"),
    ("repeated", "repeated", "facts"),
    ("not in text", "hallucinated", "strings"),
    ("label not offered", "unoffered", "facts"),
    ("rightly empty", "abstained", "silent"),
)
"""Title, what is counted, and of what it is a share."""


def _rates(report: Report) -> Table:
    shown = [*RATES]
    if any(rates.unplaced for rates in report.rates.values()):
        shown.append(("left out: gold without places", "unplaced", "items"))
    body = [(key, *(_share(rates, part, whole) for _, part, whole in shown)) for key, rates in report.rates.items()]
    return Table("Rates", ("corpus", *(title for title, _, _ in shown)), body, 1)


def _share(rates: Rates, part: str, whole: str) -> str:
    """A count and its share, "12 (3.4 %)"; a dash where there was nothing to count or it is not known."""
    count, of = getattr(rates, part), getattr(rates, whole)
    if count is None:
        return "–"
    return f"{count:,} ({count / of:.1%})" if count else "0" if of else "–"


def _errors(report: Report) -> Table:
    kinds = [kind for kind in KINDS if any(kind in breakdown.kinds for breakdown in report.errors)]
    body = [
        (b.corpus, b.task, b.metric, f"{b.right:,}", *(f"{b.kinds.get(kind, 0):,}" for kind in kinds))
        for b in report.errors
    ]
    return Table("Mistakes", ("corpus", "task", "metric", "right", *kinds), body, 3)


def _confusions(report: Report) -> Table:
    """The labels most often taken for another one."""
    wrong = [
        (-confusion.count, breakdown.corpus, breakdown.task, confusion)
        for breakdown in report.errors
        for confusion in breakdown.confusions
        if confusion.gold != confusion.said and confusion.gold and confusion.said
    ]
    wrong.sort(key=lambda found: (*found[:3], found[3].gold, found[3].said))
    body = [
        (corpus, task, "/".join(c.gold), "/".join(c.said) or "(not offered)", f"{c.count:,}")
        for _, corpus, task, c in wrong[:MOST_CONFUSIONS]
    ]
    title = "Labels most often taken for another" if body else "No label was taken for another"
    return Table(title, ("corpus", "task", "gold", "said", "times"), body, 4)


def _slices(report: Report) -> Table:
    """The sums over corpora, or the one corpus there is."""
    body = [
        (
            row.task,
            row.metric,
            row.aspect,
            row.value,
            "–" if row.precision is None else percent(row.precision),
            percent(row.recall),
            "–" if row.f1 is None else percent(row.f1),
            spread(row, report),
            f"{row.documents:,}",
            f"{row.gold:,}",
        )
        for row in report.slices
        if row.corpus == "all"
    ]
    header = ("task", "metric", "of", "that are", "P", "R", "F1", "95 %", "documents", "gold")
    return Table("By kinds of mentions and documents", header, body, 4)


def markdown(found: Iterable[Table], signature: str) -> str:
    """Tables as Markdown."""
    parts = []
    for table in found:
        rule = ["---:" if table.is_figure(i) else "---" for i in range(len(table.header))]
        lines = [table.header, rule, *table.rows]
        parts.append(f"### {table.title}\n\n" + "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines))
    return "\n\n".join([*parts, f"`{signature}`"]) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_LATEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_{}"}
    | {"–": "--", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}", "\n": " "}
)


def latex(found: Iterable[Table], signature: str) -> str:
    """Tables as LaTeX (booktabs)."""
    parts = []
    for table in found:
        columns = "".join("r" if table.is_figure(i) else "l" for i in range(len(table.header)))
        lines = [_latex_row(table.header), "\\midrule", *map(_latex_row, table.rows)]
        body = "\n".join(lines)
        parts.append(
            f"% {table.title}\n\\begin{{tabular}}{{{columns}}}\n\\toprule\n{body}\n\\bottomrule\n\\end{{tabular}}"
        )
    return "\n\n".join([*parts, f"% {signature}"]) + "\n"


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(cell.translate(_LATEX) for cell in cells) + r" \\"
