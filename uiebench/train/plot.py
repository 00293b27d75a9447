"""A line drawing as SVG, for the results of sweeps.

    drawing("F1 as data grows", "share", "F1", [Line("span", (Point(0.1, 0.42, 0.4, 0.44), Point(1, 0.71, 0.7, 0.72)))])

What stands below is either the values that were chosen (`values`), each with its number or word: numbers where they
are, on a logarithmic scale where they span more than a factor of 20, words side by side. Or it was measured, like what
stands at the left: then its axis has round numbers, and points may have labels, which say what was chosen:

    drawing("F1 and chat", "bits", "F1", [Line("", (Point(4.1, 0.42, 0.4, 0.44, 4.0, 4.2, "0.1"), …))], note="share")

A bar at a point reaches from `low` to `high`, another from `left` to `right`. Points are joined in the order given, but
not those of a single line over words, which have no order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 64, 52
COLOURS = ("#3b6ea8", "#d1605e", "#6a9f58", "#a87c9f", "#e49444", "#5a9a9c", "#967662")
WIDE = 20.0
"""Numbers whose largest is more than so many times the smallest stand on a logarithmic scale."""


Value = str | int | float


class Point(NamedTuple):
    """A measured value `y` at `x`, with how far it spreads; `left` and `right` where `x` was measured too."""

    x: Value
    y: float
    low: float
    high: float
    left: float | None = None
    right: float | None = None
    label: str = ""


class Line(NamedTuple):
    """Points that belong together; the name is "" where there is one line only."""

    name: str
    points: tuple[Point, ...]


def drawing(
    title: str, x: str, y: str, lines: Sequence[Line], *, values: Sequence[Value] | None = None, note: str = ""
) -> str:
    """The drawing. With no points it says so.

    Args:
        values: what stands below, each value of `x` that was chosen; None: `x` was measured, and is a number.
        note: said beneath the title, e.g. what the labels of the points are.
    """
    points = [point for line in lines for point in line.points]
    body = _frame(title, x, y)
    if not points:
        return _svg(
            [*body, f'<text x="{WIDTH / 2}" y="{HEIGHT / 2}" text-anchor="middle" fill="#666">no numbers</text>']
        )
    up = Axis.around([end for point in points for end in (point.low, point.high)], HEIGHT - BOTTOM, TOP)
    body += [
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{place:.1f}" y2="{place:.1f}" stroke="#e3e3e3"/>'
        f'<text x="{LEFT - 8}" y="{place + 4:.1f}" text-anchor="end" fill="#444">{_label(level)}</text>'
        for level in up.ticks()
        for place in [up.at(level)]
    ]
    below, across = _below(points, values)
    body += below
    for number, line in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        if len(lines) > 1 or values is None or not any(isinstance(value, str) for value in values):
            path = " ".join(f"{across(point.x):.1f},{up.at(point.y):.1f}" for point in line.points)
            body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [_drawn(point, line.name, colour, up, across) for point in line.points]
    body += [label for line in lines for label in _written(line, up, across)]
    names = [(COLOURS[number % len(COLOURS)], line.name) for number, line in enumerate(lines) if line.name]
    return _svg([*body, *_legend(names, note)])


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


def _drawn(point: Point, name: str, colour: str, up: Axis, across: Callable[[Value], float]) -> str:
    """A point with its bars; what it is appears where the pointer rests on it."""
    px, py = across(point.x), up.at(point.y)
    said = f"{_label(point.x)}: {point.y:.4g} ({point.low:.4g}–{point.high:.4g})"
    bars = [(px, px, up.at(point.low), up.at(point.high))]
    if point.left is not None and point.right is not None:
        bars.append((across(point.left), across(point.right), py, py))
        said = (
            f"{point.label}: {_label(point.x)} ({point.left:.4g}–{point.right:.4g}), "
            f"{point.y:.4g} ({point.low:.4g}–{point.high:.4g})"
        )
    return "".join(
        f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{one:.1f}" y2="{two:.1f}" stroke="{colour}" stroke-width="1.5"/>'
        for left, right, one, two in bars
    ) + (
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{colour}"><title>{escape(f"{name} {said}".strip())}'
        "</title></circle>"
    )


def _written(line: Line, up: Axis, across: Callable[[Value], float]) -> list[str]:
    """The labels of a line's points, each in a corner beside its point that the line does not cross."""
    places = [(across(point.x), up.at(point.y)) for point in line.points]
    found = []
    for number, (point, (px, py)) in enumerate(zip(line.points, places, strict=True)):
        if not point.label:
            continue
        beside = [places[other] for other in (number - 1, number + 1) if 0 <= other < len(places)]
        crossed = {(1 if x >= px else -1, 1 if y > py else -1) for x, y in beside}
        room = 7 * len(point.label) + 10
        sides = [side for side in (1, -1) if LEFT < px + side * room < WIDTH - RIGHT] or [1 if px < WIDTH / 2 else -1]
        corners = [(side, down) for down in (-1, 1) for side in sides]
        side, down = next((corner for corner in corners if corner not in crossed), corners[0])
        found.append(
            f'<text x="{px + 7 * side:.1f}" y="{py + (-7 if down < 0 else 17):.1f}" '
            f'text-anchor="{"start" if side > 0 else "end"}" fill="#222" stroke="#fff" stroke-width="3" '
            f'paint-order="stroke">{escape(point.label)}</text>'
        )
    return found


def _legend(names: Sequence[tuple[str, str]], note: str) -> list[str]:
    """The names of the lines, as many beside one another as there is room for, and the note at the bottom."""
    wide = max([150, *(30 + 7 * len(name) for _, name in names)])
    beside = max(1, (WIDTH - LEFT - RIGHT) // wide)
    found = [
        f'<rect x="{LEFT + 8 + wide * (number % beside)}" y="{TOP - 24 + 14 * (number // beside)}" width="10" '
        f'height="10" fill="{colour}"/><text x="{LEFT + 23 + wide * (number % beside)}" '
        f'y="{TOP - 15 + 14 * (number // beside)}" fill="#222">{escape(name)}</text>'
        for number, (colour, name) in enumerate(names)
    ]
    if note:
        place = f'x="{WIDTH - RIGHT}" y="{HEIGHT - 12}" text-anchor="end"'
        found.append(f'<text {place} fill="#444" font-style="italic">{escape(note)}</text>')
    return found


def _label(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


# --- axes -----------------------------------------------------------------------------------------


class Axis(NamedTuple):
    """Numbers in pixels: `low` stands at `start`, `high` at `end`, a line at every `step`."""

    low: float
    high: float
    step: float
    start: float
    end: float

    @classmethod
    def around(cls, numbers: Sequence[float], start: float, end: float) -> Axis:
        """Round limits around some numbers; lines at 1, 2 or 5 times a power of ten."""
        low, high = min(numbers), max(numbers)
        if not low and not high:
            high = 1.0  # zeros alone, such as F1 of a model that finds nothing
        if high - low < 1e-9 * max(abs(low), abs(high), 1e-3):
            low, high = low - 0.05 * max(abs(low), 1e-6), high + 0.05 * max(abs(high), 1e-6)
        rough = (high - low) / 5
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, step, start, end)

    def at(self, value: float) -> float:
        """Where a number stands."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """The round numbers, from `low` to `high`."""
        first, last = round(self.low / self.step), round(self.high / self.step)
        return [number * self.step for number in range(first, last + 1)]  # times: 0 is 0, which a sum would miss


def _below(points: Sequence[Point], values: Sequence[Value] | None) -> tuple[list[str], Callable[[Value], float]]:
    """What is written below, and where each value of `x` stands, in pixels from the left."""
    if values is None:
        measured = [
            float(end)
            for point in points
            for end in (point.x, point.left, point.right)
            if isinstance(end, (int, float))
        ]
        axis = Axis.around(measured, LEFT, WIDTH - RIGHT)
        lines = [
            f'<line x1="{axis.at(level):.1f}" x2="{axis.at(level):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" '
            'stroke="#e3e3e3"/>'
            for level in axis.ticks()
        ]
        return [*lines, *(_under(level, axis.at(level)) for level in axis.ticks())], lambda value: axis.at(float(value))
    places = _across(values)
    return [_under(value, place) for value, place in places.items()], places.__getitem__


def _under(value: Value, place: float) -> str:
    return (
        f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#444">{escape(_label(value))}'
        "</text>"
    )


def _across(values: Sequence[Value]) -> dict[Value, float]:
    """Where each value stands: numbers at their distance, words side by side."""
    width = WIDTH - LEFT - RIGHT
    known = [float(value) for value in values if not isinstance(value, str)]
    if len(known) < len(values) or len(known) < 2:  # words, or one number
        return {value: LEFT + width * (n + 0.5) / len(values) for n, value in enumerate(values)}
    wide = min(known) > 0 and max(known) / min(known) > WIDE
    scaled = [math.log(value) if wide else value for value in known]
    low, high = min(scaled), max(scaled)
    return {
        value: LEFT + width * (0.05 + 0.9 * (place - low) / (high - low))
        for value, place in zip(values, scaled, strict=True)
    }
