"""Stand-off annotation of the BioNLP shared tasks: texts, what is given (``.a1``) and what is to be found (``.a2``).

    .a1  T1<TAB>Protein 12 17<TAB>IL-19
    .a2  T2<TAB>Positive_regulation 0 8<TAB>Inducing
         T3<TAB>Gene_expression 18 28<TAB>expression
         E1<TAB>Gene_expression:T3 Theme:T1
         E2<TAB>Positive_regulation:T2 Theme:E1         bionlp(texts="train/*.txt")

Entities are the mentions of the ``.a1``; those of the ``.a2`` only serve as triggers and arguments. An
argument that is itself an event (E1 above) is the trigger of that event: spans are all that an event
here can hold. The number in Theme2 or Site2 is left off. Passed over are modifications (M: negation and
speculation), equivalences (*), relations (R: coreference), attributes (A), normalisations (N) and notes (#).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple

from uiebench.errors import MalformedInput
from uiebench.formats.reading import decoded, read_text
from uiebench.formats.standoff import TextBound, entries, placed, text_bound
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.types import Argument, Document, Entity, Event, Reader, Span

DANGLING_EVENT = "dangling event"
DANGLING_ARGUMENT = "dangling argument"

_EVENT = re.compile(r"(E\S*)\t([^\s:]+):(T\S+)((?: [^\s:]+:[ET]\S+)*)\s*")
_ARGUMENT = re.compile(r" ([^\s:]*[^\s:\d])\d*:(\S+)")
_PASSED_OVER = re.compile(r"[RAMN*#]\w*\t")


class Statement(NamedTuple):
    """An event as it is written: its line, id, type, the id of its trigger, roles with ids."""

    line: int
    key: str
    type: str
    trigger: str
    arguments: tuple[tuple[str, str], ...]


def bionlp(*, texts: str = "*.txt", gold: bool = True, encoding: str = "utf-8") -> Reader:
    """A reader of folders of text files matching the glob `texts`, each beside its ``.a1`` and ``.a2``.

    Without `gold` only the texts are read. Line ends are read as they are (the offsets count them).
    """

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for folder in files:
            for path in members_of(folder, [texts]):
                ledger.path, ledger.line = path, 0
                text = decoded(path.read_bytes(), path, encoding)
                if not gold:
                    yield Document("", text)
                    continue
                mentions, events = parse(read_text(path.with_suffix(".a1"), ledger, encoding), ledger)
                if events:
                    raise MalformedInput(ledger.path, events[0].line, events[0].key, "no event among what is given")
                given, dropped = placed(text, mentions, ledger)
                taken = {mention.key for mention in mentions}
                mentions, events = parse(read_text(path.with_suffix(".a2"), ledger, encoding), ledger, taken)
                found, others = placed(text, mentions, ledger)
                yield Document(
                    "", text, tuple(given.values()), events=resolved(events, given | found, dropped | others, ledger)
                )

    return read


def parse(annotation: str, ledger: Ledger, taken: Set[str] = frozenset()) -> tuple[list[TextBound], list[Statement]]:
    """The mentions and the events of an annotation file as they are written; `taken` ids cannot be given again."""
    mentions: list[TextBound] = []
    events: list[Statement] = []
    keys = set(taken)
    for line, entry in entries(annotation):
        if mention := text_bound(line, entry):
            mentions.append(mention)
            key = mention.key
        elif match := _EVENT.fullmatch(entry):
            key = match[1]
            events.append(Statement(line, key, match[2], match[3], tuple(_ARGUMENT.findall(match[4]))))
        elif _PASSED_OVER.match(entry):
            continue
        else:
            raise MalformedInput(ledger.path, line, entry, "an annotation of a BioNLP shared task")
        if key in keys:
            raise MalformedInput(ledger.path, line, entry, "an id of its own")
        keys.add(key)
    return mentions, events


def resolved(
    written: Sequence[Statement], mentions: dict[str, Entity], dropped: dict[str, str], ledger: Ledger
) -> tuple[Event, ...]:
    """The events with spans in place of ids; an event may name one that is written after it.

    An event without its trigger is dropped, and so is an argument without its mention or its event,
    for the reason in `dropped` or else as dangling.
    """
    triggers = {event.key: event.trigger for event in written}
    events = []
    for ledger.line, key, kind, trigger, parts in written:
        place = mentions.get(trigger)
        if place is None:
            ledger.drop(dropped.get(trigger, DANGLING_EVENT), f"{key} {kind}:{trigger}")
            continue
        if place.type != kind:
            raise ledger.malformed(f"{key} {kind}:{trigger}", f"a trigger of its own type, not {place.type}")
        arguments = []
        for role, id in parts:
            mention = triggers.get(id, id)
            if mention in mentions:
                span = mentions[mention]
                arguments.append(Argument(span.text, span.start, span.end, role))
            else:
                ledger.drop(dropped.get(mention, DANGLING_ARGUMENT), f"{key} {role}:{id}")
        events.append(Event(kind, Span(place.text, place.start, place.end), tuple(arguments)))
    return tuple(events)
