"""UIE (``uie/extraction/scorer.py``): strings and offsets, per cent.

    normal  a multiset, the default     set  a set     multimatch  a repeated right answer counts again
    string, offset             entities: (type, mention) and (type, place)
    … strict, … boundary       relations: with the entity types of head and tail, and without
    … trigger, … role          events: (type, trigger), and (event type, role, mention)

Offsets are those the predictions carry. Others are rebuilt from the strings as UIE does it (``map_strategy:
closest``): an entity takes its first place not yet taken by that type; head and tail the pair of places
closest to each other; a trigger its first place not yet taken; an argument the place closest to the
trigger. What is not in the text is dropped; but in a document of which some entities carry offsets, an
entity that stands nowhere is wrong. A relation that cannot be placed ends the relations of its document, and
so does an event of which the triggers are all taken: the original breaks off there. UIE compares tokens;
here a place is one that does not cut a word of ASCII letters or digits. Empty mentions are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from uiebench.score.schemes.counting import (
    Mode,
    Place,
    Score,
    Sums,
    carried,
    count,
    placed,
    row,
    standing,
    word,
)
from uiebench.types import Argument, Document, Event, Extraction, Relation, Span, Task

UNITS: dict[Task, tuple[str, ...]] = {
    "NER": ("string", "offset"),
    "RE": ("string strict", "offset strict", "string boundary", "offset boundary"),
    "EE": ("string trigger", "offset trigger", "string role", "offset role"),
    "EET": ("string trigger", "offset trigger"),
    "EEA": ("string role",),
}
MODES: dict[str, Mode] = {"normal": "normal", "set": "set", "multimatch": "multimatch"}

Fact = tuple[str | Place, ...]
Facts = dict[str, list[Fact]]


class UIE:
    """Sums for each variant and unit."""

    def __init__(self, task: Task, variants: tuple[str, ...]) -> None:
        self.task, self.variants = task, variants
        self.sums = {(variant, unit): Sums() for variant in variants for unit in UNITS[task]}
        makers: dict[Task, Callable[[Document | Extraction, str, bool], Facts]] = {"NER": _entities, "RE": _relations}
        self.facts = makers.get(task, _events)

    def add(self, gold: Document, said: Extraction, output: object = None) -> None:
        wanted, got = self.facts(gold, gold.text, True), self.facts(said, gold.text, False)
        for (variant, unit), sums in self.sums.items():
            sums.add(*count(MODES[variant], wanted[unit], got[unit]))

    def refuses(self, output: object) -> bool:
        return False

    def result(self) -> dict[str, Score]:
        return {row(self.variants, variant, unit): sums.score(100) for (variant, unit), sums in self.sums.items()}


def _entities(said: Document | Extraction, text: str, gold: bool) -> Facts:
    entities = [entity for entity in said.entities if entity.text]
    keep = gold or any(entity.start is not None for entity in entities)
    found = placed(entities, text, again=False)
    return {
        "string": [(entity.type, entity.text) for entity in entities],
        "offset": [(entity.type, place or (entity.text,)) for entity, place in found if place or keep],
    }


def _relations(said: Document | Extraction, text: str, gold: bool) -> Facts:
    strings: list[Fact] = [(r.type, r.head.type, r.head.text, r.tail.type, r.tail.text) for r in said.relations]
    offsets: list[Fact] = []
    for relation in said.relations:
        pair = _pair(relation, text)
        if pair is None:
            if not gold:
                break
            pair = (relation.head.text,), (relation.tail.text,)
        fact = relation.type, relation.head.type, pair[0], relation.tail.type, pair[1]
        if gold or carried(relation.head) or fact not in offsets:
            offsets.append(fact)
    return {
        "string strict": strings,
        "offset strict": offsets,
        "string boundary": [fact[::2] for fact in strings],
        "offset boundary": [fact[::2] for fact in offsets],
    }


def _pair(relation: Relation, text: str) -> tuple[Place, Place] | None:
    """The places of head and tail that are closest to each other."""
    heads, tails = (_places(end, text) for end in (relation.head, relation.tail))
    pairs = ((abs(head[0] - tail[0]), head, tail) for head in heads for tail in tails)
    best = min(pairs, default=None)
    return best[1:] if best else None


def _places(span: Span, text: str) -> list[tuple[int, int]]:
    place = carried(span)
    return [place] if place else list(standing(text, span.text))


def _events(said: Document | Extraction, text: str, gold: bool) -> Facts:
    triggers: list[Fact] = []
    roles: list[Fact] = []
    for event, trigger, arguments in _placed_events(said.events, text, gold):
        triggers.append((event.type, trigger))
        roles += [(event.type, argument.role, place) for argument, place in arguments]
    return {
        "string trigger": [(event.type, word(event.trigger)) for event in said.events],
        "offset trigger": triggers,
        "string role": [(event.type, a.role, a.text) for event in said.events for a in event.arguments],
        "offset role": roles,
    }


def _placed_events(
    events: Sequence[Event], text: str, gold: bool
) -> Iterator[tuple[Event, Place, list[tuple[Argument, Place]]]]:
    taken: set[tuple[int, int]] = set()
    for event in events:
        places = _places(event.trigger, text) if event.trigger else []
        own = event.trigger is not None and event.trigger.start is not None
        place = next((place for place in places if own or place not in taken), None)
        if place is not None:
            taken.add(place)
        elif not gold:
            if places:
                return
            continue
        arguments: list[tuple[Argument, Place]] = []
        for argument in event.arguments:
            best = _closest(_places(argument, text), place[0] if place else 0)
            if best or gold:
                arguments.append((argument, best or (argument.text,)))
        yield event, place or (word(event.trigger),), arguments


def _closest(places: Sequence[tuple[int, int]], start: int) -> tuple[int, int] | None:
    return min(places, key=lambda place: abs(place[0] - start), default=None)
