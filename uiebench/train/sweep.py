"""A sweep: the same commands for every combination of some values, a table and plots.

    # uiebench train --sweep recipes/train/experiments/constraint.yaml
    name: constraint
    vary: {constraint: ["off", span], seed: [0, 1, 2]}
    steps:
      - train resume-sft --set training.seed={seed} --out {sweep}/sft-{seed}
      - predict --model {sweep}/sft-{seed} --constraint {constraint} --out {run}/predictions.jsonl
    columns:
      F1: score {run}/predictions.jsonl | rows[metric=ner].f1
    plot: {x: constraint, y: F1}

A step is a command of uiebench as one would type it; ``{sweep}`` is the folder of the sweep, ``{run}`` that of the
combination. A column is a command that prints JSON, and where the number stands in it. A command that several
combinations share is run once, and one that is done is not run again: after a kill the sweep goes on, a training that
was interrupted from its last checkpoint. Combinations that differ in `seed` alone are one row, with the spread.

What a command reads is kept with it, by hash: the recipe with its settings, benchmarks, files. Where one of them is
another when the sweep goes on, that is an error, since the numbers would be those of before.

    runs/constraint/steps.jsonl       {"command": "train …", "inputs": {"resume-sft": "9f2c…"}, "seconds": 431.2}
    runs/constraint/results.jsonl     {"constraint": "off", "seed": 0, "F1": 0.622}
    runs/constraint/table.md          mean and standard deviation of each column
    runs/constraint/plot.svg          of several plots the others are plot-2.svg, plot-3.svg …
"""

from __future__ import annotations

import re
import shlex
import statistics
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise, product
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import msgspec

from uiebench.errors import RecipeError, UiebenchError, nearest, shorten
from uiebench.hashing import sha256_file
from uiebench.recipe import parse_recipe
from uiebench.storage import write_bytes, write_json
from uiebench.train.model import ADAPTERS, fingerprint_of, place_of
from uiebench.train.plot import Line, Point, drawing
from uiebench.train.recipe import load as recipe_of
from uiebench.train.recipe import read
from uiebench.train.run import is_finished

Value = str | int | float
SEED = "seed"
"""The variable over which is averaged."""
OWN = ("sweep", "run")


class Plot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is drawn: a column over a variable or over another column, the mean over seeds with its deviation.

    Fields:
        x: a variable, or a column. Over a column there is a point for every combination, labelled with the value of
            `along`; how far both columns spread over seeds is drawn in both directions.
        y: a column.
        along: where x is a column, the variable in whose order points are joined; it need not be said where only one
            is varied. Where x is a variable they follow x. The values of the other variables are lines of their own.
    """

    x: str
    y: str
    along: str = ""


class Sweep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is varied, what is done for each combination, and what is measured.

    Fields:
        name: of the sweep; its folder is runs/<name> by default.
        title: one line, above table and plot.
        vary: variables and their values; ``{variable}`` in a command stands for the value.
        steps: commands of uiebench, in order.
        columns: by name, a command that takes --json, a bar, and the place of a number in what it prints: names after
            dots, ``[0]`` for a place, ``[metric=ner]`` for the first of a list that is so.
        plot: what is drawn, one plot or a list of them.
    """

    name: str
    vary: Annotated[dict[str, Annotated[tuple[Value, ...], msgspec.Meta(min_length=1)]], msgspec.Meta(min_length=1)]
    steps: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    columns: Annotated[dict[str, str], msgspec.Meta(min_length=1)]
    title: str = ""
    plot: Plot | tuple[Plot, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(f"name {self.name!r}: a name has letters, digits, '.', '_' and '-' only")
        for name, values in self.vary.items():
            if name in OWN or not name.isidentifier():
                raise ValueError(f"vary: {name!r} cannot be the name of a variable")
            if len({str(value) for value in values}) < len(values):
                raise ValueError(f"vary.{name}: a value is given twice")
        for column, command in self.columns.items():
            if column in self.vary:
                raise ValueError(f"columns.{column}: a variable has that name; give the column another")
            if "|" not in command:
                raise ValueError(f"columns.{column}: a command, a bar, and the place of a number: score … | rows[0].f1")
            if not re.fullmatch(f"(?:{PART.pattern})+", place := command.rpartition("|")[2].strip()):
                raise ValueError(f"columns.{column}: {place!r} is not the place of a number: rows[metric=ner].f1")
        known = {*self.vary, *OWN}
        for command in (*self.steps, *(one.rpartition("|")[0] for one in self.columns.values())):
            try:
                shlex.split(command)
                named = {name for _, name, _, _ in string.Formatter().parse(command) if name is not None}
            except ValueError as error:
                raise ValueError(f"{shorten(command)!r}: {error}") from None
            if unknown := sorted(named - known):
                raise ValueError(
                    f"{shorten(command)!r}: nothing is called {{{unknown[0]}}}{nearest(unknown[0], known)}"
                )
        for plot in self.plots:
            self._can_be_drawn(plot)

    @property
    def plots(self) -> tuple[Plot, ...]:
        """What is drawn, in order."""
        return (self.plot,) if isinstance(self.plot, Plot) else self.plot

    @property
    def settings(self) -> list[str]:
        """The variables but `seed`, over which is averaged."""
        return [name for name in self.vary if name != SEED]

    def along(self, plot: Plot) -> str:
        """The variable in whose order the points of a plot are joined; "" where nothing but seeds is varied."""
        return plot.x if plot.x in self.vary else plot.along or next(iter(self.settings), "")

    def _can_be_drawn(self, plot: Plot) -> None:
        if plot.y not in self.columns:
            raise ValueError(f"plot.y: {plot.y!r} is no column{nearest(plot.y, self.columns)}")
        if plot.x in (plot.y, SEED) or plot.x not in {*self.settings, *self.columns}:
            among = [*self.settings, *(column for column in self.columns if column != plot.y)]
            raise ValueError(f"plot.x: {plot.x!r} is none of {', '.join(among)}{nearest(plot.x, among)}")
        if plot.x in self.vary:
            if plot.along:
                raise ValueError("plot.along: x is a variable, whose order the points have; leave it out")
        elif plot.along and plot.along not in self.settings:
            raise ValueError(f"plot.along: {plot.along!r} is none of {', '.join(self.settings)}")
        elif len(self.settings) > 1 and not plot.along:
            raise ValueError(
                f"plot.along: {' and '.join(self.settings)} are varied; say which of them the points of a line follow"
            )


class Combination(msgspec.Struct, frozen=True):
    """A value for every variable, and the folder for what is made with it."""

    values: dict[str, Value]
    folder: Path

    def filled(self, command: str, sweep: Path) -> str:
        """A command with what stands for its variables."""
        named = {**self.values, "run": self.folder, "sweep": sweep}
        return command.format(**{name: shlex.quote(str(value)) for name, value in named.items()})


Do = Callable[[Sequence[str]], str]
"""Runs a command of uiebench, and gives what it printed; raises UiebenchError if it fails."""
Progress = Callable[[int, int, str], object]


def load(path: Path) -> Sweep:
    """A sweep from a file, or one that comes with the package by its name. Raises: RecipeError in one line."""
    return parse_recipe(read(path, "train/experiments"), str(path), Sweep)


def combinations(plan: Sweep, folder: Path) -> Iterator[Combination]:
    """All combinations, the last variable changing first."""
    for values in product(*plan.vary.values()):
        here = dict(zip(plan.vary, values, strict=True))
        name = ",".join(f"{key}={quote(str(value), safe='')}" for key, value in here.items())
        yield Combination(here, folder / name)


def run(
    plan: Sweep,
    folder: Path,
    progress: Progress = lambda done, total, text: None,
    do: Do | None = None,
) -> list[dict[str, Value | None]]:
    """Do what is not done, measure, and write table and plot. Returns the rows of results.jsonl.

    Raises: UiebenchError in one line where a command fails; what was done stays.
    """
    do = do or command_line
    every = list(combinations(plan, folder))
    log = folder / "steps.jsonl"
    done = {line["command"]: line for line in _lines(log)}
    commands = [[one.filled(step, folder) for step in plan.steps] for one in every]
    wanted = {
        column: [one.filled(said.rpartition("|")[0].strip(), folder) for one in every]
        for column, said in plan.columns.items()
    }
    every_command = dict.fromkeys([c for cs in commands for c in cs] + [c for cs in wanted.values() for c in cs])
    total = len(every_command)
    made = _made(folder, every_command)
    for command in every_command:
        read_now = inputs(command, made)
        if command in done and (differing := _changed(done[command].get("inputs", {}), read_now)):
            raise RecipeError(
                f"{differing}: not what it was when `{shorten(command, 60)}` was done in {folder}; name another folder "
                "with --out, or put it back"
            )
    _begin(plan, folder)  # nothing is written before: a recipe may be wrong
    write_bytes(log, b"".join(msgspec.json.encode(line) + b"\n" for line in done.values()))

    def perform(command: str, *, measure: bool = False) -> Any:
        if command not in done:
            progress(len(done), total, shorten(command, 60))
            began, read_now = time.monotonic(), inputs(command, made)
            words = [*shlex.split(command), *(["--json"] if measure else [])]
            printed = do(words)
            line = {"command": command, "inputs": read_now, "seconds": round(time.monotonic() - began, 1)}
            if measure:
                line["printed"] = _json(printed, command)
            with log.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
            done[command] = line
        return done[command].get("printed")

    rows: list[dict[str, Value | None]] = []
    for number, one in enumerate(every):
        one.folder.mkdir(parents=True, exist_ok=True)
        for command in commands[number]:
            perform(command)
        row: dict[str, Value | None] = dict(one.values)
        for column, said in plan.columns.items():
            row[column] = at(perform(wanted[column][number], measure=True), said.rpartition("|")[2].strip())
        rows.append(row)
    progress(total, total, "")
    write_bytes(folder / "results.jsonl", b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    write_bytes(folder / "table.md", table(plan, rows).encode())
    for plot, place in zip(plan.plots, drawn(plan, folder), strict=True):
        write_bytes(place, plotted(plan, plot, rows).encode())
    return rows


def drawn(plan: Sweep, folder: Path) -> list[Path]:
    """The files of the plots of a sweep."""
    return [folder / ("plot.svg" if number == 1 else f"plot-{number}.svg") for number in range(1, len(plan.plots) + 1)]


def _begin(plan: Sweep, folder: Path) -> None:
    """Keep the sweep beside its results; values and columns may be added to it later, steps not changed."""
    said, place = msgspec.to_builtins(plan), folder / "sweep.json"
    if place.exists():
        try:
            before = msgspec.json.decode(place.read_bytes())
        except msgspec.DecodeError:
            before = None
        if not isinstance(before, dict) or before.get("steps") != list(plan.steps):
            raise RecipeError(f"{folder}: it holds a sweep with other steps; name another folder with --out")
    write_json(place, said)


def commands_of(plan: Sweep, folder: Path) -> Iterator[list[str]]:
    """The words of every command that a sweep would run, those of columns with --json."""
    for one in combinations(plan, folder):
        yield from (shlex.split(one.filled(step, folder)) for step in plan.steps)
        for said in plan.columns.values():
            yield [*shlex.split(one.filled(said.rpartition("|")[0], folder)), "--json"]


def _made(folder: Path, commands: Iterable[str]) -> set[Path]:
    """What the commands of a sweep write: its folder, and whatever they name after --out."""
    words = (_apart(shlex.split(command)) for command in commands)
    return {folder, *(Path(place) for said in words for flag, place in pairwise(said) if flag == "--out")}


def inputs(command: str, made: set[Path]) -> dict[str, str]:
    """What a command reads, by hash: its recipe with settings, and the benchmarks and files that it or the recipe name.

    What the sweep makes itself (`made`) is not among them: it follows from the rest.
    Raises: RecipeError in one line for a recipe that is not there or wrong.
    """
    words = _apart(shlex.split(command))
    found, named = dict[str, str](), words[1:]
    if words[0] == "train" and len(words) > 1:
        recipe = msgspec.to_builtins(recipe_of(Path(words[1]), _settings(words)))
        found[words[1]] = sha256(msgspec.json.encode(recipe, order="sorted")).hexdigest()
        named = [*words[2:], *_strings(recipe)]
    for word in named:
        path = Path(word)
        if not word or made & {path, *path.parents}:
            continue
        for file in (path, path / "manifest.json"):
            if file.is_file():
                found[word] = sha256_file(file)
                break
        else:
            model = Path(place_of(word))
            if any((model / name).is_file() for name in ("config.json", ADAPTERS)):
                found[word] = fingerprint_of(word)
    return found


def _apart(words: Sequence[str]) -> list[str]:
    """Words of a command with --option=value as two."""
    return [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]


def _settings(words: Sequence[str]) -> list[str]:
    return [change for flag, change in pairwise(_apart(words)) if flag == "--set"]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _strings(inner)


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """The first name that is not what it was."""
    return next((name for name in [*now, *before] if before.get(name) != now.get(name)), "")


def _complete(out: Path, words: Sequence[str]) -> bool:
    """Whether a training has been done. Raises: RecipeError if it was done by another recipe."""
    if not is_finished(out):
        return False
    recipe = msgspec.json.decode(msgspec.json.encode(recipe_of(Path(words[1]), _settings(words))))
    try:
        before = msgspec.yaml.decode((out / "recipe.yaml").read_bytes())
    except (OSError, msgspec.DecodeError):
        before = None
    if before != recipe:
        raise RecipeError(f"{out}: there is a model of another recipe than {words[1]} is now; name another --out")
    return True


def command_line(words: Sequence[str]) -> str:
    """Run a command of uiebench in a process of its own. A training that was begun goes on."""
    words = _apart(words)
    if words[0] == "train" and "--out" in words and "--resume" not in words:
        out = Path(words[words.index("--out") + 1])
        if _complete(out, words):
            return ""
        if (out / "run.json").exists():
            words.append("--resume")
    ran = subprocess.run(
        [sys.executable, "-m", "uiebench", *words],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if ran.returncode == 0:
        return ran.stdout
    said = [line for line in ran.stderr.splitlines() if line.strip()] or [f"it ended with {ran.returncode}"]
    raise UiebenchError(f"uiebench {shlex.join(words)}: {said[-1].removeprefix('error: ')}")


def _json(printed: str, command: str) -> Any:
    try:
        return msgspec.json.decode(printed)
    except msgspec.DecodeError:
        raise UiebenchError(f"uiebench {command}: it prints no JSON, so that nothing can be taken from it") from None


def _lines(path: Path) -> list[dict[str, Any]]:
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            found.append(msgspec.json.decode(line, type=dict[str, Any]))
        except msgspec.DecodeError:
            continue  # the line that a kill left unfinished
    return found


# --- numbers --------------------------------------------------------------------------------------

PART = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\[([^\[\]=]+=[^\[\]]*)\]")


def at(value: Any, path: str) -> float | int | None:
    """The number at a place of a JSON value; None where it says null. Raises: RecipeError if nothing is there."""
    place = 0
    while place < len(path):
        part = PART.match(path, place)
        if not part:
            raise RecipeError(f"{path}: not the place of a number; write it like rows[metric=ner].f1")
        name, number, said = part.groups()
        try:
            if name is not None:
                value = value[name]
            elif number is not None:
                value = value[int(number)]
            else:
                tests = [one.partition("=")[::2] for one in said.split(",")]
                value = next(row for row in value if all(str(row.get(key.strip())) == want for key, want in tests))
        except (KeyError, IndexError, TypeError, AttributeError, StopIteration):
            there = f"; there is {', '.join(map(str, value))}" if isinstance(value, dict) else ""
            raise RecipeError(f"{path}: no {path[place : part.end()].lstrip('.')} in what is printed{there}") from None
        place = part.end()
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise RecipeError(f"{path}: there is no number, but {shorten(str(value))}")
    return value


def grouped(
    plan: Sweep, rows: Sequence[Mapping[str, Value | None]]
) -> list[tuple[dict[str, Value], list[Mapping[str, Value | None]]]]:
    """The rows that differ in `seed` alone, together; with the values of the other variables."""
    found: dict[str, tuple[dict[str, Value], list[Mapping[str, Value | None]]]] = {}
    for row in rows:
        values = {name: value for name in plan.settings if (value := row[name]) is not None}
        found.setdefault(str(list(values.values())), (values, []))[1].append(row)
    return list(found.values())


def numbers(group: Sequence[Mapping[str, Value | None]], column: str) -> list[float]:
    """The numbers of a column in some rows."""
    return [float(value) for row in group if isinstance(value := row.get(column), (int, float))]


def spread(found: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (of the sample; 0 for one number)."""
    return statistics.fmean(found), statistics.stdev(found) if len(found) > 1 else 0.0


def table(plan: Sweep, rows: Sequence[Mapping[str, Value | None]]) -> str:
    """The table in Markdown: mean ± standard deviation over seeds."""
    names = plan.settings
    seeds = len(plan.vary.get(SEED, (0,)))
    lines = [f"# {plan.title or plan.name}", ""]
    lines += [f"Mean ± standard deviation over {seeds} seeds.", ""] if seeds > 1 else []
    lines += [
        "| " + " | ".join([*names, *plan.columns]) + " |",
        "|" + "---|" * len(names) + "---:|" * len(plan.columns),
    ]
    for values, group in grouped(plan, rows):
        cells = [str(values[name]) for name in names]
        for column in plan.columns:
            found = numbers(group, column)
            if not found:
                cells.append("–")
                continue
            mean, deviation = spread(found)
            cells.append(_shown(mean) + (f" ± {_shown(deviation)}" if len(found) > 1 else ""))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def plotted(plan: Sweep, plot: Plot, rows: Sequence[Mapping[str, Value | None]]) -> str:
    """A plot as SVG."""
    along, over_column = plan.along(plot), plot.x in plan.columns
    others = [name for name in plan.settings if name != along]
    lines: dict[str, list[tuple[Value, Point]]] = {}
    for values, group in grouped(plan, rows):
        complete = [row for row in group if numbers([row], plot.y) and (not over_column or numbers([row], plot.x))]
        if not complete:
            continue
        here = values.get(along, "")
        mean, deviation = spread(numbers(complete, plot.y))
        point = Point(here, mean, mean - deviation, mean + deviation)
        if over_column:
            middle, wide = spread(numbers(complete, plot.x))
            point = point._replace(x=middle, left=middle - wide, right=middle + wide, label=str(here))
        name = ", ".join(f"{key} {values[key]}" for key in others)
        lines.setdefault(name, []).append((here, point))
    order = in_order(plan.vary.get(along, ()))
    found = [
        Line(name, tuple(point for _, point in sorted(points, key=lambda pair: order.index(pair[0]) if order else 0)))
        for name, points in lines.items()
    ]
    title = plan.title or plan.name
    if over_column:
        return drawing(title, plot.x, plot.y, found, note=along and f"points: {along}")
    return drawing(title, plot.x, plot.y, found, values=order)


def in_order(values: Sequence[Value]) -> list[Value]:
    """Numbers by size, anything else as it was given."""
    known = [value for value in values if not isinstance(value, str)]
    return list(values) if len(known) < len(values) else [*sorted(known)]
