"""A line drawing as SVG, for the results of sweeps.

    drawing("F1 as data grows", "share", "F1", [Line("span", (Point(0.1, 0.42, 0.4, 0.44), Point(1, 0.71, 0.7, 0.72)))])

Numbers below stand where they are, on a logarithmic scale where they span more than a factor of 20; words stand side by
side. A bar at a point reaches from `low` to `high`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 64, 52
COLOURS = ("#3b6ea8", "#d1605e", "#6a9f58", "#a87c9f", "#e49444", "#5a9a9c", "#967662")
WIDE = 20.0
"""Numbers whose largest is more than so many times the smallest stand on a logarithmic scale."""


class Point(NamedTuple):
    """A measured value `y` at `x`, with how far it spreads."""

    x: str | int | float
    y: float
    low: float
    high: float


class Line(NamedTuple):
    """Points that belong together; the name is "" where there is one line only."""

    name: str
    points: tuple[Point, ...]


def drawing(title: str, x: str, y: str, lines: Sequence[Line]) -> str:
    """The drawing. With no points it says so."""
    points = [point for line in lines for point in line.points]
    body = _frame(title, x, y)
    if not points:
        return _svg(
            [*body, f'<text x="{WIDTH / 2}" y="{HEIGHT / 2}" text-anchor="middle" fill="#666">no numbers</text>']
        )
    across = _across([point.x for point in points])
    low, high, step = _ticks(min(point.low for point in points), max(point.high for point in points))

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    for number in range(round((high - low) / step) + 1):
        level = low + number * step
        body.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(level):.1f}" y2="{up(level):.1f}" stroke="#e3e3e3"/>'
            f'<text x="{LEFT - 8}" y="{up(level) + 4:.1f}" text-anchor="end" fill="#444">{level:.6g}</text>'
        )
    for value, place in across.items():
        body.append(
            f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#444">'
            f"{escape(_label(value))}</text>"
        )
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        ordered = sorted(line.points, key=lambda point: across[point.x])
        places = [(across[point.x], up(point.y), point) for point in ordered]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py, _ in places)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for px, py, point in places:
            body.append(
                f'<line x1="{px:.1f}" x2="{px:.1f}" y1="{up(point.low):.1f}" y2="{up(point.high):.1f}" '
                f'stroke="{colour}" stroke-width="1.5"/>'
                f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{colour}"><title>{escape(line.name)} '
                f"{escape(_label(point.x))}: {point.y:.4g} ({point.low:.4g}–{point.high:.4g})</title></circle>"
            )
        if line.name:
            body.append(
                f'<rect x="{LEFT + 8 + 150 * (number % 3)}" y="{TOP - 24 + 14 * (number // 3)}" width="10" height="10" '
                f'fill="{colour}"/><text x="{LEFT + 23 + 150 * (number % 3)}" y="{TOP - 15 + 14 * (number // 3)}" '
                f'fill="#222">{escape(line.name)}</text>'
            )
    return _svg(body)


def _frame(title: str, x: str, y: str) -> list[str]:
    middle = (TOP + HEIGHT - BOTTOM) / 2
    return [
        f'<text x="{LEFT}" y="26" font-size="16" font-weight="600" fill="#222">{escape(title)}</text>',
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#444">{escape(x)}</text>',
        f'<text x="16" y="{middle}" text-anchor="middle" fill="#444" transform="rotate(-90 16 {middle})">'
        f"{escape(y)}</text>",
    ]


def _svg(body: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        "font-family=\"system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\" font-size=\"12\">"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{"".join(body)}</svg>\n'
    )


def _label(value: str | int | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _across(values: Sequence[str | int | float]) -> dict[str | int | float, float]:
    """Where each value stands, in pixels from the left."""
    width = WIDTH - LEFT - RIGHT
    distinct = list(dict.fromkeys(values))
    known = [float(value) for value in distinct if not isinstance(value, str)]
    if len(known) < len(distinct) or len(known) < 2:  # words, or one number
        return {value: LEFT + width * (n + 0.5) / len(distinct) for n, value in enumerate(distinct)}
    wide = min(known) > 0 and max(known) / min(known) > WIDE
    scaled = [math.log(value) if wide else value for value in known]
    low, high = min(scaled), max(scaled)
    return {
        value: LEFT + width * (0.05 + 0.9 * (place - low) / (high - low))
        for value, place in zip(distinct, scaled, strict=True)
    }


def _ticks(low: float, high: float) -> tuple[float, float, float]:
    """Round limits around some numbers, and the distance of the lines between them: 1, 2 or 5 times a power of ten."""
    if high - low < 1e-9:
        low, high = low - 0.05 * max(abs(low), 1e-6), high + 0.05 * max(abs(high), 1e-6)
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step
