"""DeepKE, kg2instruction (``eval/evaluate_v2.py``): sets of strings, per cent; F1 alone is printed.

    ner  (mention, type)         re  (head, relation, tail)
    ee   (trigger, type)         ag  (mention, role), between the gold and the predicted event of one key

Events go into a mapping from (trigger, type) to their arguments, one event for each key, while the totals
are taken before: two right events that share type and trigger give one hit in two, so perfect predictions
score below 100. Which of them stays hangs on the order of a Python set of strings in the original, which
changes from run to run; here it is the last in the order of their arguments. Equal events are one.

A record without prediction (`MISSING`) is left out on both sides. The lower-casing in the original
changes nothing: it builds a new string and drops it.
"""

from __future__ import annotations

from uiebench.score.predictions import MISSING
from uiebench.score.schemes.counting import Score, Sums, count, word
from uiebench.types import Document, Event, Extraction, Task

UNITS: dict[Task, tuple[str, ...]] = {
    "NER": ("ner",),
    "RE": ("re",),
    "EE": ("ee", "ag"),
    "EET": ("ee",),
    "EEA": ("ee", "ag"),
}

Arguments = tuple[tuple[str, str], ...]


class DeepKE:
    """Sums for each unit of a task."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.task = task
        self.sums = {unit: Sums() for unit in UNITS[task]}

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        if output is MISSING or (isinstance(output, tuple) and output and all(o is MISSING for o in output)):
            return
        match self.task:
            case "NER":
                self.sums["ner"].add(*count("set", *[[(e.text, e.type) for e in s.entities] for s in (gold, said)]))
            case "RE":
                triples = [[(r.head.text, r.type, r.tail.text) for r in s.relations] for s in (gold, said)]
                self.sums["re"].add(*count("set", *triples))
            case "EET":
                triggers = [[(word(e.trigger), e.type) for e in s.events] for s in (gold, said)]
                self.sums["ee"].add(*count("set", *triggers))
            case _:
                self._events(gold.events, said.events)

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {
            unit: sums.score(100, tp=sums.correct, gold=sums.gold, pred=sums.predicted)
            for unit, sums in self.sums.items()
        }

    def _events(self, gold: tuple[Event, ...], said: tuple[Event, ...]) -> None:
        wanted, got = ({self._event(event) for event in events} for events in (gold, said))
        ours, theirs = ({key: set(arguments) for key, arguments in sorted(events)} for events in (wanted, got))
        common = ours.keys() & theirs.keys()
        self.sums["ee"].add(len(common), len(wanted), len(got))
        right = sum(len(ours[key] & theirs[key]) for key in common)
        self.sums["ag"].add(right, *(sum(len(arguments) for _, arguments in events) for events in (wanted, got)))

    def _event(self, event: Event) -> tuple[tuple[str, str], Arguments]:
        trigger = "" if self.task == "EEA" else word(event.trigger)
        return (trigger, event.type), tuple((argument.text, argument.role) for argument in event.arguments)
