"""Canonical answers: gold into JSON, and JSON back into annotations.

    encode(document, "NER", names)  →  '{"人名":["高明"],"机构":[]}'
    decode('{"人名":["高明"],"机构":[]}', "NER", names)  →  Extraction(entities=(Entity("高明", None, None, "NAME"),))

    RE   [{"relation":"…","head":"…","tail":"…"}]
    EE   [{"type":"…","trigger":"…","arguments":{"role":["…"]}}]     EET without arguments, EEA without trigger

The gold of a window is what has one of its labels: `encode(document, "NER", names, ("ORG", "NAME"))`.
Strings are given once each, in the order of their first mention; types without mention get an empty
list, in the order of the prompt. `decode` is the inverse up to offsets and repeats. `Names` translates
between the native names of labels and the names shown in prompt and target.

The targets of half-tasks are trained on and never read back:

    NER-span ["…"]    NER-type as NER    RE-pair [{"head":"…","tail":"…"}]    RE-type as RE
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import Any

import msgspec

from uiebench.types import (
    Argument,
    AuxiliaryTask,
    Document,
    Entity,
    Event,
    Extraction,
    Language,
    Relation,
    Schema,
    Span,
    Task,
)

_encode = msgspec.json.Encoder().encode


class Names:
    """Native label name ↔ the name shown, for one schema and language."""

    def __init__(self, language: Language, schema: Schema) -> None:
        self.entities = {label.name: label.display(language) for label in schema.entities}
        self.relations = {label.name: label.display(language) for label in schema.relations}
        self.events = {label.name: label.display(language) for label in schema.events}
        self.roles = {e.name: {role.name: role.display(language) for role in e.roles} for e in schema.events}
        self.entity_of = {shown: name for name, shown in self.entities.items()}
        self.relation_of = {shown: name for name, shown in self.relations.items()}
        self.event_of = {shown: name for name, shown in self.events.items()}
        self.role_of = {e: {shown: name for name, shown in roles.items()} for e, roles in self.roles.items()}

    def of(self, task: Task) -> dict[str, str]:
        """Native → shown, for the labels a task asks for."""
        return self.entities if task == "NER" else self.relations if task == "RE" else self.events

    def renamed(self, task: Task, shown: Mapping[str, str]) -> Names:
        """These names, with some labels of a task shown by other ones, as in a masked prompt."""
        other = copy(self)
        names = {**self.of(task), **shown}
        back = {name: label for label, name in names.items()}
        if task == "NER":
            other.entities, other.entity_of = names, back
        elif task == "RE":
            other.relations, other.relation_of = names, back
        else:
            other.events, other.event_of = names, back
        return other


def encode(
    document: Document, task: Task, names: Names, labels: Sequence[str] | None = None, *, explicit_empty: bool = True
) -> str:
    """The canonical target of a document for one task.

    Args:
        labels: the window: gold of other labels is left out, and NER lists come in this order. None: all.
        explicit_empty: NER types without mention get an empty list; otherwise they are left out.
    """
    match task:
        case "NER":
            shown = names.entities
            lists: dict[str, dict[str, None]] = {label: {} for label in (shown if labels is None else labels)}
            for entity in document.entities:
                mentions = lists.get(entity.type)
                if mentions is not None:
                    mentions[entity.text] = None
            return _encode(
                {shown[label]: list(mentions) for label, mentions in lists.items() if mentions or explicit_empty}
            ).decode()
        case "RE":
            triples = dict.fromkeys(
                (names.relations[r.type], r.head.text, r.tail.text)
                for r in document.relations
                if labels is None or r.type in labels
            )
            return _encode([{"relation": r, "head": h, "tail": t} for r, h, t in triples]).decode()
        case _:
            found = [_event(event, task, names) for event in document.events if labels is None or event.type in labels]
            return b"".join((b"[", b",".join(dict.fromkeys(found)), b"]")).decode()


def mentions_of(document: Document, labels: Collection[str]) -> list[str]:
    """The strings of the entities of these types, each once."""
    return list(dict.fromkeys(entity.text for entity in document.entities if entity.type in labels))


def pairs_of(document: Document, labels: Collection[str]) -> list[tuple[str, str]]:
    """Head and tail of the relations of these types, each pair once."""
    return list(dict.fromkeys((r.head.text, r.tail.text) for r in document.relations if r.type in labels))


def encode_auxiliary(document: Document, task: AuxiliaryTask, names: Names, labels: Sequence[str]) -> str:
    """The target of a half-task for a window of labels; see the top of this module."""
    match task:
        case "NER-span":
            return _encode(mentions_of(document, labels)).decode()
        case "NER-type":
            return encode(document, "NER", names, labels, explicit_empty=False)
        case "RE-pair":
            return _encode([{"head": head, "tail": tail} for head, tail in pairs_of(document, labels)]).decode()
        case "RE-type":
            return encode(document, "RE", names, labels)


def _event(event: Event, task: Task, names: Names) -> bytes:
    shown: dict[str, Any] = {"type": names.events[event.type]}
    if task != "EEA":
        shown["trigger"] = event.trigger.text if event.trigger else ""
    if task != "EET":
        arguments: dict[str, dict[str, None]] = {}
        for argument in event.arguments:
            arguments.setdefault(names.roles[event.type][argument.role], {})[argument.text] = None
        shown["arguments"] = {role: list(texts) for role, texts in arguments.items()}
    return _encode(shown)


class _Triple(msgspec.Struct, gc=False):
    relation: str
    head: str
    tail: str


class _Event(msgspec.Struct, gc=False):
    type: str
    trigger: str = ""
    arguments: dict[str, list[str]] = {}


NER = msgspec.json.Decoder(dict[str, list[str]])
RE = msgspec.json.Decoder(list[_Triple])
EE = msgspec.json.Decoder(list[_Event])
"""What reads canonical answers, with labels as they are shown."""


def decode(text: str, task: Task, names: Names) -> Extraction:
    """What a canonical answer says; an answer that is not canonical JSON is an empty extraction with a problem.

    A label that the schema does not have is kept under the name it was given.
    """
    try:
        if task == "NER":
            lists = NER.decode(text)
            return Extraction(
                entities=tuple(
                    Entity(mention, None, None, names.entity_of.get(shown, shown))
                    for shown, mentions in lists.items()
                    for mention in mentions
                )
            )
        if task == "RE":
            return Extraction(
                relations=tuple(
                    Relation(
                        names.relation_of.get(triple.relation, triple.relation),
                        Entity(triple.head, None, None, ""),
                        Entity(triple.tail, None, None, ""),
                    )
                    for triple in RE.decode(text)
                )
            )
        return Extraction(events=tuple(_read_event(event, names) for event in EE.decode(text)))
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        return Extraction(problem=f"not canonical JSON: {error}")


def _read_event(event: _Event, names: Names) -> Event:
    type = names.event_of.get(event.type, event.type)
    roles = names.role_of.get(type, {})
    arguments = tuple(
        Argument(text, None, None, roles.get(shown, shown))
        for shown, texts in event.arguments.items()
        for text in texts
    )
    return Event(type, Span(event.trigger, None, None) if event.trigger else None, arguments)
