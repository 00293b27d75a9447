"""InstructUIE (``src/evaluation/evaluator.py``): answers written as text, formatted, cut up and compared as sets.

    ner     "person: Ada Byron; location: London"      re   "born in: Ada Byron, London"
    event   " ( layoff: cut, firm: employer,half: share) ", the accuracy of whole documents
    eet     "layoff: cut", the accuracy of whole answers, in order
    eea     " firm: employer; half: share", without event type and trigger: all events of a document are one set

Formatting lower-cases, folds blanks, takes them away around , : ( ) . _ ; ' and -, takes braces away, folds
repeated commas, full stops and semicolons, writes ’ as ' and "location" as "located". Texts are cut at
semicolons, those inside mentions too. Nothing is written "None", which is one element for entities: nothing
where nothing is wanted is a hit, nothing where something is wanted is also a false positive. In the other
tasks an element needs a colon. Output that cannot be read is compared as it was written.

Figures are made for each corpus (the first part of a document's id), and the mean over corpora is the
result. The exception for "NA" relations in the original never applies to answers in this format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from uiebench.score.output import parse
from uiebench.score.schemes.counting import Score, Sums, corpus_of, word
from uiebench.types import Document, Event, Extraction, Task

UNITS: dict[Task, tuple[str, ...]] = {
    "NER": ("ner",),
    "RE": ("re",),
    "EE": ("event", "eea"),
    "EET": ("eet",),
    "EEA": ("eea",),
}
ACCURACIES = ("event", "eet")
NOTHING = "None"
NO_TYPE = ("NA", "")

_TIGHT = re.compile(r"\s*([,:().;'_-])\s*")
_REPEATED = re.compile(r"([,.;])\1+")
_BRACES = str.maketrans("", "", "{}")


class InstructUIE:
    """Sums for each unit and corpus; for an accuracy, `correct` of `gold` documents."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.task = task
        self.sums: dict[str, dict[str, Sums]] = {unit: {} for unit in UNITS[task]}

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        raw = list(_unread(said, output))
        corpus = corpus_of(gold)
        for unit, corpora in self.sums.items():
            sums = corpora.get(corpus)
            if sums is None:
                sums = corpora[corpus] = Sums()
            wanted, got = written(unit, gold), written(unit, said)
            if raw:
                got = "; ".join(raw if got == NOTHING else [got, *raw])
            ours, theirs = elements(unit, wanted), elements(unit, got)
            if unit in ACCURACIES:
                sums.add(int(ours == theirs), 1, 1)
            else:
                sums.add(len(ours & theirs), len(ours), len(theirs))

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {unit: _mean(unit, list(corpora.values()) or [Sums()]) for unit, corpora in self.sums.items()}


def _mean(unit: str, corpora: Sequence[Sums]) -> Score:
    scores = [sums.score() for sums in corpora]
    f1 = sum(score.f1 for score in scores) / len(scores)
    if unit in ACCURACIES:
        return Score(None, None, f1)
    precision = sum(score.precision or 0.0 for score in scores) / len(scores)
    recall = sum(score.recall or 0.0 for score in scores) / len(scores)
    correct = sum(sums.correct for sums in corpora)
    gold, predicted = sum(sums.gold for sums in corpora), sum(sums.predicted for sums in corpora)
    return Score(precision, recall, f1, {"tp": correct, "fn": gold - correct, "fp": predicted - correct})


def _unread(said: Extraction, output: object) -> Iterator[str]:
    """The outputs that say nothing readable, as they were written."""
    if said.problem.startswith("repaired"):
        return
    if said.problem or not (said.entities or said.relations or said.events):
        for text in output if isinstance(output, tuple) else (output,):
            if isinstance(text, str) and parse(text, repair=False)[0] is None:
                yield text


# --- answers as text ------------------------------------------------------------------------------


def written(unit: str, said: Document | Extraction) -> str:
    """An answer the way InstructUIE writes it; annotations of the type "NA" are left out of the gold."""
    gold = isinstance(said, Document)
    events = [event for event in said.events if not gold or event.type not in NO_TYPE]
    match unit:
        case "ner":
            parts = [f"{e.type}: {e.text}" for e in said.entities if not gold or e.type not in NO_TYPE]
        case "re":
            parts = [f"{r.type or 'NA'}: {r.head.text}, {r.tail.text}" for r in said.relations]
        case "eet":
            parts = [f"{e.type}: {word(e.trigger)}" for e in events]
        case "eea":
            parts = [_arguments(event, ";") for event in said.events if event.arguments]
        case _:
            return ",".join(f" ( {e.type}: {word(e.trigger)}, {_arguments(e, ',') or NOTHING}) " for e in events)
    return "; ".join(parts) or NOTHING


def _arguments(event: Event, joiner: str) -> str:
    return joiner.join(f" {argument.text}: {argument.role}" for argument in event.arguments)


def formatted(text: str) -> str:
    """The normal form of an answer or of a part of it."""
    text = _TIGHT.sub(r"\1", " ".join(text.split())).lower().translate(_BRACES)
    return _REPEATED.sub(r"\1", text).replace("’", "'").replace("location", "located")


def elements(unit: str, text: str) -> set[str]:
    """What is compared: an answer cut into its parts."""
    if unit == "event":
        return {",".join(sorted(_pieces(formatted(part).replace("arguments:", "")))) for part in _bracketed(text)}
    if unit == "eet":
        return {formatted(text)}
    parts = formatted(text).split(";")
    return {formatted(part) for part in parts if unit == "ner" or ":" in part}


def _bracketed(text: str) -> list[str]:
    """What stands in outermost brackets; the first opening one or the last closing one may be missing."""
    found: list[str] = []
    start: int | None = None
    depth = 0
    for place, character in enumerate(text):
        if character == "(":
            start = start if depth else place + 1
            depth += 1
        elif character == ")":
            if start is None and not found and place:
                found.append(text[:place])
            elif depth == 1:
                found.append(text[start:place])
            depth = max(depth - 1, 0)
    if depth == 1:
        found.append(text[start:])
    return [part for part in found if part]


def _pieces(text: str) -> list[str]:
    """A text cut at its commas, those in brackets aside; one right after a cut, or at the start, cuts nothing."""
    cuts, depth = [-1], 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == "," and not depth and place > cuts[-1] + 1:
            cuts.append(place)
    return [text[left + 1 : right] for left, right in pairwise([*cuts, len(text)]) if left + 1 < right]
