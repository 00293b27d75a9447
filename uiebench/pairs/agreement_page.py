"""The agreement of a judge with F1 as one page: tables, and for each group the calibration as a drawing.

    write_bytes(Path("agreement.html"), page(found, "judgements.parquet"))

A well calibrated judge rises from left to right: what it scores higher has a higher F1. The page loads nothing and
runs no script.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

import jinja2

from uiebench.pairs.agreement import Agreement, Group, Value

WIDTH, HEIGHT = 340, 210
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 12, 52
BAR = 22
EDGE = 10
"""Pixels between the frame and the centres of the first and the last bin."""


class Dot(NamedTuple):
    """A bin of the drawing in pixels: centre, mean, interval, radius, and the height of its bar of counts."""

    x: float
    y: float
    low: float
    high: float
    radius: float
    bar: float
    label: str


def page(found: Agreement, title: str) -> bytes:
    """The page in UTF-8."""
    assets = files("uiebench.pairs")
    style = files("uiebench.score").joinpath("report.css").read_text(encoding="utf-8")
    style += assets.joinpath("agreement.css").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
        assets.joinpath("agreement.html.jinja").read_text(encoding="utf-8")
    )
    return template.render(
        found=found,
        title=title,
        plots=[(group, list(dots(group))) for group in found.groups],
        size=(WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, BAR),
        ticks=[(value, _y(value)) for value in (0.0, 0.25, 0.5, 0.75, 1.0)],
        marks=[(score, _x(score)) for score in range(0, 11, 2)],
        shown=shown,
        extra=list(extra(found)),
        style=style,
        style_hash="sha256-" + b64encode(sha256(style.encode()).digest()).decode(),
    ).encode()


def dots(group: Group) -> Iterator[Dot]:
    """The bins of a group that hold anything."""
    most = max(one.candidates for one in group.bins)
    for one in group.bins:
        if one.f1.value is not None:
            low = one.f1.value if one.f1.low is None else one.f1.low
            high = one.f1.value if one.f1.high is None else one.f1.high
            share = one.candidates / most
            label = f"{one.score}: {one.candidates:,}, F1 {shown(one.f1)}"
            yield Dot(
                _x(one.score),
                _y(one.f1.value),
                _y(low),
                _y(high),
                round(2 + 3 * share**0.5, 1),
                round(BAR * share, 1),
                label,
            )


def _x(score: float) -> float:
    return round(LEFT + EDGE + (WIDTH - LEFT - RIGHT - 2 * EDGE) * score / 10, 1)


def _y(f1: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - f1), 1)


def shown(value: Value) -> str:
    """A figure with its interval: "0.71 [0.67, 0.75]", "−0.12 [−0.30, 0.00]"; "–" where it is not defined."""
    if value.value is None:
        return "–"
    interval = "" if value.low is None or value.high is None else f" [{_signed(value.low)}, {_signed(value.high)}]"
    return f"{_signed(value.value)}{interval}"


def _signed(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # −0.0 + 0.0 is 0.0


Rows = list[tuple[str, ...]]


def extra(found: Agreement) -> Iterator[tuple[str, str, tuple[str, ...], Rows]]:
    """(title, title in Chinese, header, rows) of what there is besides: the worth of margins, comparisons, costs."""
    if found.groups and any(one.pairs for one in found.groups[0].margins):
        margins = found.groups[0].margins
        yield (
            "answers to one prompt, by the judge's margin",
            "同一题目的答案，按评审分差",
            ("judge's margin, or more", "pairs", "order as F1"),
            [
                (f"{one.margin:g}", f"{one.pairs:,}", f"{100 * one.right / one.pairs:.1f} %" if one.pairs else "–")
                for one in margins
            ],
        )
    if found.pairwise is not None:
        pairs, order = found.pairwise, found.pairwise.order
        share = f"{100 * pairs.consistent / pairs.pairs:.1f} %" if pairs.pairs else "–"
        accuracy = "–" if order.accuracy is None else f"{100 * order.accuracy:.1f} %"
        row: tuple[str, ...] = (
            "both orders",
            f"{pairs.pairs:,}",
            share,
            shown(pairs.bias),
            accuracy,
            f"{order.pairs:,}",
        )
        header = ("comparisons", "pairs", "same verdict", "position bias", "order as F1", "pairs told apart by F1")
        yield "comparisons, position bias from −1 to 1", "成对比较，位置偏差从−1到1", header, [row]
    rows: Rows = [
        (
            f"{cost.judge} ({cost.mode})",
            f"{cost.judged:,}",
            "unknown" if cost.dollars_of_1000 is None else f"${cost.dollars_of_1000:,.4f}",
            "–" if cost.tokens_of_1000 is None else f"{cost.tokens_of_1000:,.0f}",
        )
        for cost in found.costs
    ]
    if rows:
        yield "cost of 1,000 judgements", "每千次评审的费用", ("judge", "judged", "dollars", "tokens"), rows
