"""IEPile (``ie2instruction/eval``): strings, per cent, F1 from rounded precision and recall.

    normal  a multiset, the default                set  a set, ``--match_mode set``
    ner     (mention, type)                        re   (head, relation, tail)
    event   (type, trigger); EEA leaves the trigger out
    arg     (type, mention, role), one bag over the record: which event it belongs to plays no part

Nothing is normalised. Precision and recall are rounded to two decimals of a per cent before F1 is made of
them, and F1 again. Output that ``json.loads`` refuses (a code fence, a truncated end) and JSON that is no
object are errors: they say nothing. Of an object for entities, only strings in lists count. The lists that
are canonical answers for relations and events, and lists handed over as values in place of text, are read as
they are.

Records with one id are one record: the outputs are joined, and the gold of the first one alone counts. The
id of IEPile is a hash of the text, so documents numbered by the builder (``<corpus>/<split>/<n>``, parts
``<n>.<p>``) are one record where corpus and text are the same; any other id is taken at its word. The argument
"NAN" is none.
"""

from __future__ import annotations

import json

import msgspec

from uiebench.score.predictions import MISSING
from uiebench.score.schemes.counting import Mode, Score, Sums, corpus_of, count, harmonic, row, word
from uiebench.types import Document, Event, Extraction, Task

Fact = tuple[str, ...]
Facts = dict[str, list[Fact]]

UNITS: dict[Task, tuple[str, ...]] = {
    "NER": ("ner",),
    "RE": ("re",),
    "EE": ("event", "arg"),
    "EET": ("event",),
    "EEA": ("event", "arg"),
}
CANONICAL: dict[Task, str] = {"RE": "relation", "EE": "type", "EET": "type", "EEA": "type"}
"""The key that every item of a canonical answer has which is a list."""


class IEPile:
    """Records are kept until the end: the last document may belong to the first record."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.task, self.variants = task, variants
        self.records: dict[tuple[str, str], tuple[Facts, Facts]] = {}
        self.errors = 0

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        if isinstance(output, tuple):
            self.errors += sum(map(self.refuses, output))
        elif self.refuses(output):
            self.errors += 1
            said = Extraction()
        elif self.task == "NER":
            said = _listed(said, output)
        key = _key(gold)
        if key not in self.records:
            self.records[key] = self._facts(gold), {unit: [] for unit in UNITS[self.task]}
        answers = self.records[key][1]
        for unit, facts in self._facts(said, nan="NAN").items():
            answers[unit] += facts

    def refuses(self, output: object) -> bool:
        if output is None or output is MISSING:
            return False
        value = _value(output)
        if isinstance(value, dict):
            return False
        if not isinstance(value, list):
            return True
        key = CANONICAL.get(self.task)
        if isinstance(output, str) and key is None:
            return True
        return not all(isinstance(item, dict) and (key is None or key in item) for item in value)

    def result(self) -> dict[str, Score]:
        rows: dict[str, Score] = {}
        modes: dict[str, Mode] = {"normal": "normal", "set": "set"}
        for variant in self.variants:
            for unit in UNITS[self.task]:
                sums = Sums()
                for gold, said in self.records.values():
                    sums.add(*count(modes[variant], gold[unit], said[unit]))
                rows[row(self.variants, variant, unit)] = self._score(sums)
        return rows

    def _score(self, sums: Sums) -> Score:
        precision = round(sums.correct / sums.predicted * 100, 2) if sums.predicted else 0.0
        recall = round(sums.correct / sums.gold * 100, 2) if sums.gold else 0.0
        counts = {"n": len(self.records), "err": self.errors}
        return Score(precision, recall, round(harmonic(precision, recall), 2), counts)

    def _facts(self, said: Document | Extraction, nan: str | None = None) -> Facts:
        match self.task:
            case "NER":
                return {"ner": [(entity.text, entity.type) for entity in said.entities]}
            case "RE":
                return {"re": [(r.head.text, r.type, r.tail.text) for r in said.relations]}
            case "EET":
                return {"event": [(event.type, word(event.trigger)) for event in said.events]}
            case task:
                arguments: list[Fact] = [
                    (e.type, a.text, a.role) for e in said.events for a in e.arguments if a.text != nan
                ]
                return {"event": [_head(event, task) for event in said.events], "arg": arguments}


def _head(event: Event, task: Task) -> Fact:
    return event.type, "" if task == "EEA" else word(event.trigger)


def _value(output: object) -> object:
    """The JSON value of an output; the text itself where it is no JSON."""
    if not isinstance(output, str):
        return output
    for loads in (msgspec.json.decode, json.loads):
        try:
            return loads(output)
        except (ValueError, RecursionError):
            continue
    return output


def _listed(said: Extraction, output: object) -> Extraction:
    """The entities that stand in a list as strings; others are read elsewhere, but not by IEPile."""
    value = _value(output)
    if not isinstance(value, dict) or all(
        isinstance(v, list) and all(isinstance(i, str) for i in v) for v in value.values()
    ):
        return said
    taken: list[bool] = []
    for mentions in value.values():
        listed = isinstance(mentions, list)
        items = mentions if listed else [mentions]
        readable = [item for item in items if type(item) in (int, float) or (isinstance(item, str) and item)]
        taken += [listed and isinstance(item, str) for item in readable]
    if len(taken) != len(said.entities):
        return said
    return Extraction(tuple(entity for entity, fits in zip(said.entities, taken, strict=True) if fits))


def _key(document: Document) -> tuple[str, str]:
    parts = document.id.split("/")
    if len(parts) == 3 and parts[2].replace(".", "", 1).isdigit():
        return corpus_of(document), document.text
    return "", document.id
