"""GoLLIE (``src/tasks/utils_scorer.py``): multisets; arguments count inside matched events only.

    scorer  the scorer on what was said            as run  after `filter_hallucinations`, as the paper's figures
    spans      (type, mention), lower-cased and stripped
    relations  (type, head, tail), as they are spelt
    events     (type, trigger), the trigger lower-cased; without triggers the type alone
    arguments  (role, mention), as they are spelt, between the events of one pair

Events are paired in the order they are said, each with the first gold event left that has its type and
trigger; of two gold events alike the first is taken, whatever its arguments.

As run, a prediction that is not in the text is taken out first, letter case aside: an entity, a relation
of which one end is missing, an event by its trigger, else those of its arguments. And no entity or trigger
stays more often than its lower-cased string stands in the text, whatever its type: a second type for one
mention is dropped, and so is a second event on one trigger.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence

import msgspec

from uiebench.score.schemes.counting import Score, Sums, count, row, word
from uiebench.types import Document, Event, Extraction, Task

UNITS: dict[Task, tuple[str, ...]] = {
    "NER": ("spans",),
    "RE": ("relations",),
    "EE": ("events", "arguments"),
    "EET": ("events",),
    "EEA": ("events", "arguments"),
}


class GoLLIE:
    """Sums for each variant and unit."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.task, self.variants = task, variants
        self.sums = {(variant, unit): Sums() for variant in variants for unit in UNITS[task]}

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        for variant in self.variants:
            kept = self.filtered(said, gold.text) if variant == "as run" else said
            if self.task == "NER":
                spans = [[(e.type, e.text.lower().strip()) for e in s.entities] for s in (gold, kept)]
                self.sums[variant, "spans"].add(*count("normal", *spans))
            elif self.task == "RE":
                triples = [[(r.type, r.head.text, r.tail.text) for r in s.relations] for s in (gold, kept)]
                self.sums[variant, "relations"].add(*count("normal", *triples))
            else:
                counts = self._events(gold.events, kept.events)
                for unit, counted in zip(UNITS[self.task], counts, strict=False):
                    self.sums[variant, unit].add(*counted)

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {row(self.variants, variant, unit): sums.score() for (variant, unit), sums in self.sums.items()}

    def filtered(self, said: Extraction, text: str) -> Extraction:
        """What stays of a prediction once everything that is not in the text is taken out."""
        text = text.lower()
        room: Counter[str] = Counter()

        def fits(key: str) -> bool:
            room[key] += 1
            return not key or room[key] <= text.count(key)

        def events() -> Iterator[Event]:
            for event in said.events:
                trigger = self._trigger(event)
                if trigger not in text:
                    continue
                arguments = tuple(a for a in event.arguments if a.text.lower() in text)
                if fits(trigger):
                    yield msgspec.structs.replace(event, arguments=arguments)

        if self.task == "NER":
            kept = [e for e in said.entities if e.text.lower().strip() in text and fits(e.text.lower())]
            return Extraction(entities=tuple(kept))
        if self.task == "RE":
            both = [r for r in said.relations if r.head.text.lower() in text and r.tail.text.lower() in text]
            return Extraction(relations=tuple(both))
        return Extraction(events=tuple(events()))

    def _trigger(self, event: Event) -> str:
        return "" if self.task == "EEA" else word(event.trigger).lower()

    def _events(self, gold: Sequence[Event], said: Sequence[Event]) -> tuple[tuple[int, int, int], ...]:
        left: defaultdict[tuple[str, str], deque[Event]] = defaultdict(deque)
        for event in gold:
            left[event.type, self._trigger(event)].append(event)
        events = arguments = 0
        for event in said:
            waiting = left.get((event.type, self._trigger(event)))
            if waiting:
                events += 1
                arguments += (_arguments(waiting.popleft()) & _arguments(event)).total()
        totals = [sum(len(event.arguments) for event in side) for side in (gold, said)]
        return (events, len(gold), len(said)), (arguments, totals[0], totals[1])


def _arguments(event: Event) -> Counter[tuple[str, str]]:
    return Counter((argument.role, argument.text) for argument in event.arguments)
