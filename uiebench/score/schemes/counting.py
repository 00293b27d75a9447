"""What the schemes share: scores, three ways of matching lists, and places for mentions that have none.

count("normal", ["a", "b"], ["a", "a", "a"])      →  (1, 2, 3)      a multiset
count("set", ["a", "b"], ["a", "a", "a"])         →  (1, 2, 1)
count("multimatch", ["a", "b"], ["a", "a", "a"])  →  (3, 2, 3)      a repeated right answer counts again
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Literal, Protocol

import msgspec

from uiebench.text import occurrences
from uiebench.types import Document, Entity, Extraction, Span

Mode = Literal["normal", "set", "multimatch"]
Place = tuple[int | str, ...]
"""Half-open offsets, or the mention itself where it stands nowhere: then it equals no place in a text."""


class Score(msgspec.Struct, frozen=True):
    """One row of a result, in the unit its scorer prints (fractions, or per cent).

    Precision and recall are None for an accuracy, which then stands in `f1`. `counts` are the figures
    behind the row under the names that scorer gives them.
    """

    precision: float | None
    recall: float | None
    f1: float
    counts: dict[str, int] = {}


class Scheme(Protocol):
    """The rule of one scorer for one task, fed document by document."""

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        """Count a document and what was said of it.

        `output` is what the model wrote (text, or the JSON value), None if it is not at hand, `MISSING` if
        there is none, or a tuple with the answers to each window of labels; `said` then unites those
        that `refuses` lets pass.
        """
        ...

    def refuses(self, output: object) -> bool:
        """Whether the original takes this output for unreadable although it can be read."""
        ...

    def result(self) -> dict[str, Score]:
        """The rows, named ``<variant> <unit>``, or ``<unit>`` where one variant was asked for."""
        ...


class Sums:
    """Correct, gold and predicted, summed over documents."""

    __slots__ = ("correct", "gold", "predicted")

    def __init__(self) -> None:
        self.correct = self.gold = self.predicted = 0

    def add(self, correct: int, gold: int, predicted: int) -> None:
        self.correct += correct
        self.gold += gold
        self.predicted += predicted

    def score(self, unit: float = 1, **counts: int) -> Score:
        """Precision, recall and their harmonic mean times `unit`; 0 where there is nothing to divide by."""
        precision = self.correct / self.predicted if self.predicted else 0.0
        recall = self.correct / self.gold if self.gold else 0.0
        f1 = harmonic(precision, recall)
        return Score(precision * unit, recall * unit, f1 * unit, counts)


def harmonic(precision: float, recall: float) -> float:
    """F1; above 1 where recall is."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def count(mode: Mode, gold: Sequence[Hashable], said: Sequence[Hashable]) -> tuple[int, int, int]:
    """(correct, gold, predicted) of one document."""
    wanted = set(gold)
    if mode == "multimatch":
        return sum(fact in wanted for fact in said), len(gold), len(said)
    got = set(said)
    correct = len(wanted & got)
    if mode == "set":
        return correct, len(wanted), len(got)
    if correct and len(wanted) < len(gold) and len(got) < len(said):
        correct = (Counter(gold) & Counter(said)).total()
    return correct, len(gold), len(said)


def row(variants: Sequence[str], variant: str, unit: str) -> str:
    """The name of a row: the variant is left out where it is the only one."""
    return f"{variant} {unit}" if len(variants) > 1 else unit


def corpus_of(document: Document) -> str:
    """The corpus in the id of a document (``<corpus>/<split>/<n>``); empty where the id names none."""
    corpus, slash, _ = document.id.partition("/")
    return corpus if slash else ""


def word(span: Span | None) -> str:
    """The text of a trigger, empty if there is none."""
    return span.text if span else ""


# --- places ---------------------------------------------------------------------------------------


def standing(text: str, mention: str) -> Iterator[tuple[int, int]]:
    """The places of a mention in a text, not inside a word of ASCII letters and digits."""
    for start in occurrences(text, mention):
        end = start + len(mention)
        if start and _letters(text[start - 1 : start + 1]):
            continue
        if end < len(text) and _letters(text[end - 1 : end + 1]):
            continue
        yield start, end


def _letters(pair: str) -> bool:
    return pair.isascii() and pair.isalnum()


def carried(span: Span) -> tuple[int, int] | None:
    """The offsets a span carries."""
    return None if span.start is None or span.end is None else (span.start, span.end)


def placed(entities: Sequence[Entity], text: str, *, again: bool) -> list[tuple[Entity, tuple[int, int] | None]]:
    """Entities with their places: those they carry, else the first that their type has not taken yet.

    When all are taken, a mention said once more gets the first place `again`, or none.
    """
    found: list[tuple[Entity, tuple[int, int] | None]] = []
    free: dict[tuple[str, str], Iterator[tuple[int, int]]] = {}
    first: dict[str, tuple[int, int]] = {}
    taken = {(entity.type, carried(entity)) for entity in entities}
    for entity in entities:
        place = carried(entity)
        if place is None:
            key = entity.type, entity.text
            if key not in free:
                free[key] = standing(text, entity.text)
            place = next((place for place in free[key] if (entity.type, place) not in taken), None)
            if place is not None:
                first.setdefault(entity.text, place)
            elif again:
                place = first.get(entity.text)
        found.append((entity, place))
    return found
