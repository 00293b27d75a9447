"""KnowCoder (``eval/src/metric.py``), exact match: membership without removal, so repeats count again.

    EI  (mention)              EC  (type, mention)
    RI  (head, tail)           RC  (relation, head, tail)
    TI  (trigger)              TC  (type, trigger)
    AI  (event type, mention)  AC  (event type, mention, role)

A predicted fact is right if the gold of its document holds it, however often it was said: recall and F1 can
pass 1. Empty strings are passed over; an event without trigger is passed over whole, arguments included,
where triggers are asked for. The head-word mode, which needs a parser, is not here.
"""

from __future__ import annotations

from uiebench.score.schemes.counting import Score, Sums, count, word
from uiebench.types import Document, Extraction, Task

UNITS: dict[Task, tuple[str, ...]] = {
    "NER": ("EI", "EC"),
    "RE": ("RI", "RC"),
    "EE": ("TI", "TC", "AI", "AC"),
    "EET": ("TI", "TC"),
    "EEA": ("AI", "AC"),
}
Fact = tuple[str, ...]


class KnowCoder:
    """Sums for each unit of a task."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.task = task
        self.sums = {unit: Sums() for unit in UNITS[task]}

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        wanted, got = self._facts(gold), self._facts(said)
        for unit, sums in self.sums.items():
            sums.add(*count("multimatch", wanted[unit], got[unit]))

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {unit: sums.score() for unit, sums in self.sums.items()}

    def _facts(self, said: Document | Extraction) -> dict[str, list[Fact]]:
        if self.task == "NER":
            entities = [(entity.type, entity.text) for entity in said.entities if entity.text]
            return {"EI": [(text,) for _, text in entities], "EC": list(entities)}
        if self.task == "RE":
            triples = [(r.type, r.head.text, r.tail.text) for r in said.relations if r.head.text and r.tail.text]
            return {"RI": [(head, tail) for _, head, tail in triples], "RC": list(triples)}
        events = said.events if self.task == "EEA" else [event for event in said.events if word(event.trigger)]
        arguments = [(e.type, a.text, a.role) for e in events for a in e.arguments if a.text]
        return {
            "TI": [(word(event.trigger),) for event in events],
            "TC": [(event.type, word(event.trigger)) for event in events],
            "AI": [(type, text) for type, text, _ in arguments],
            "AC": list(arguments),
        }
