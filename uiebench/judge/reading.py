"""Reading what a judge answered: scores or a verdict, or the problem why there is none.

    scores_in('{"faithfulness": {"reason": "…", "score": 9}, …, "overall": {"reason": "…", "score": 8}}', aspects)
    →  Scores(8.0, {"faithfulness": 9.0, …}, {"faithfulness": "…", …, "overall": "…"})
    scores_in("I would say 8.", aspects)     →  "no JSON object of the form asked for"

An answer is JSON as asked for, or holds it: behind thoughts, in a code fence, with prose around. Its values are never
bent: a score of 11 or "8" is a problem.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from uiebench.errors import shorten
from uiebench.judge.client import Answer
from uiebench.judge.rubric import HIGHEST, OVERALL
from uiebench.judge.wire import LONGEST, TOO_LONG

T = TypeVar("T")
LONGEST_REASON = 600
"""Characters of a reason that are kept."""
PLACES = 2_000
"""Places in an answer at which an object is looked for."""
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)


class _Mark(msgspec.Struct):
    reason: str
    score: Annotated[float, msgspec.Meta(ge=0, le=HIGHEST)]


class _Verdict(msgspec.Struct):
    reason: str
    better: Literal["A", "B", "equal"]


class Scores(msgspec.Struct, frozen=True):
    """Scores of a candidate, 0–10: overall and for each aspect; reasons for each aspect and "overall"."""

    overall: float
    scores: dict[str, float]
    reasons: dict[str, str]


class Verdict(msgspec.Struct, frozen=True):
    """Which of two candidates is better."""

    better: Literal["A", "B", "equal"]
    reason: str


def scores_in(text: str, aspects: Sequence[str]) -> Scores | str:
    """The scores in an answer, or its problem."""
    return _found(text, lambda value: _scores(value, aspects))


def verdict_in(text: str) -> Verdict | str:
    """The verdict in an answer, or its problem."""
    return _found(text, _verdict)


def problem_of(answer: Answer) -> str:
    """Why an answer holds nothing to read: refused, filtered, cut, empty; "" if it may hold something."""
    if answer.problem:
        return answer.problem
    if answer.refusal:
        return f"refused: {_line(answer.refusal, 200)}"
    if answer.finish == "content_filter":
        return "refused by a content filter"
    if answer.finish == "length":
        return f"cut after {answer.tokens_out:,} tokens"
    if answer.finish == TOO_LONG:
        return f"an answer of more than {LONGEST:,} characters, which is not kept"
    return "" if answer.text.strip() else "an empty answer"


def _scores(value: Any, aspects: Sequence[str]) -> Scores:
    marks = msgspec.convert(value, dict[str, Any])
    read = {}
    for name in (*aspects, OVERALL):
        if name not in marks:
            raise msgspec.ValidationError(f"no {name!r}")
        try:
            read[name] = msgspec.convert(marks[name], _Mark)
        except msgspec.ValidationError as error:
            raise msgspec.ValidationError(f"{name}: {error}") from None
    return Scores(
        read[OVERALL].score,
        {name: read[name].score for name in aspects},
        {name: _line(mark.reason, LONGEST_REASON) for name, mark in read.items()},
    )


def _verdict(value: Any) -> Verdict:
    said = msgspec.convert(value, _Verdict)
    return Verdict(said.better, _line(said.reason, LONGEST_REASON))


def _found(text: str, read: Callable[[Any], T]) -> T | str:
    """What `read` makes of the last object in a text that it can read, or what is wrong."""
    whole, values = _objects(text)
    problem = "no JSON object of the form asked for"
    for value in values:
        try:
            return read(value)
        except (msgspec.ValidationError, RecursionError) as error:
            if whole:
                problem = f"not of the form asked for ({_line(str(error), 160)})"
    return problem


def _objects(text: str) -> tuple[bool, list[Any]]:
    """Whether a text is JSON as a whole, and the objects in it, the last one first."""
    said = _THOUGHTS.sub("", text).strip()
    try:
        value = msgspec.json.decode(said)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    else:
        return True, [value]
    decoder, found, at, places = json.JSONDecoder(parse_constant=_refused), [], said.find("{"), 0
    while at >= 0 and places < PLACES:
        places += 1
        try:
            value, end = decoder.raw_decode(said, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
        at = said.find("{", end)
    return False, found[::-1]


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _line(text: str, limit: int) -> str:
    """Text of a model as one line that can be written as UTF-8."""
    return shorten(" ".join(text.encode("utf-8", "replace").decode().split()), limit)
