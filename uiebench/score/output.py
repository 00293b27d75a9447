"""What a model wrote, read as annotations. It is data: nothing here raises, nothing is executed.

    read('{"人名": ["高明"]}', "NER", names)             →  Extraction(entities=(Entity("高明", None, None, "NAME"),))
    read_columns(['{"人名": ["高明"]}', …], "NER", names)   →  Readings(Mentions(["NAME", …], ["高明", …]), [1, …], {})
    read('```json\\n[…]\\n```', "RE", names)               →  a code fence is taken off
    read("I found no entities.", "NER", names)           →  Extraction(problem="no JSON")

Read are the canonical form and, by their shape, those of others:

    NER  {type: [mention]}                                    canonical, YAYI-UIE, IEPile
         [{"type" | "entity_type" | "label": …, "text" | "entity" | "mention" | "name": …}]
    RE   [{"relation": …, "head": …, "tail": …}]              canonical, YAYI-UIE
         {relation: [{"subject" | "head": …, "object" | "tail": …}]}       IEPile
    EE   [{"type": …, "trigger": …, "arguments": {role: [mention] | mention}}]  canonical, YAYI-UIE
         {type: [{"trigger": …, "arguments": {…}}]}           IEPile, where "NAN" stands for no mention
    EET  {type: [trigger]}        EEA  {type: [{role: …}]}    IEPile
    all  "person: Ada Byron; location: London"                InstructUIE, if every label is known; "None" is nothing

A mention may be written as a number, or as an object that also says where it stands, {"text": "高明",
"start": 0, "end": 2}; anything else that is no string is passed over. Output that is not JSON at all is an
empty extraction with a `problem`. A byte order mark before it, and anything around a code fence, is passed over.
Repairs (reasoning before an answer without fence, inline code, single quotes, a truncated end) are made only
where they are asked for. What a model thinks, from ``<think>`` to ``</think>``, is never read as its answer.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from uiebench.instruct.styles import NAN, read_instructuie
from uiebench.instruct.target import Names
from uiebench.score.facts import Columns, Frames, Mentions, Triples, columns, nothing
from uiebench.types import Argument, Entity, Event, Extraction, Relation, Span, Task

_FENCE = re.compile(r"```[\w+-]*[ \t]*\r?\n?(.*?)```", re.DOTALL)
_THOUGHT_END, _THOUGHT_START = "</think>", "<think>"
_INLINE = re.compile(r"\s*(`+)([^`].*?)\1\s*", re.DOTALL)
_ANY: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_FAULTS = (msgspec.DecodeError, RecursionError, UnicodeError, ValueError)

TYPE_KEYS = ("type", "entity_type", "label", "event_type")
MENTION_KEYS = ("text", "entity", "mention", "name", "word")
HEAD_KEYS, TAIL_KEYS = ("head", "subject"), ("tail", "object")
RELATION_KEYS = ("relation", "predicate", "type")
TRIGGER_KEYS = ("trigger", "event_trigger")
EVENT_KEYS = (*TYPE_KEYS, *TRIGGER_KEYS, "arguments")
DEEPEST = 100
NO_ROLES: dict[str, str] = {}
BOM = "\ufeff"


class _Triple(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    relation: str
    head: str
    tail: str


class _Event(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    type: str
    trigger: str = ""
    arguments: dict[str, list[str]] = {}


_NER = msgspec.json.Decoder(dict[str, list[str]])
_RE = msgspec.json.Decoder(list[_Triple])
_EE = msgspec.json.Decoder(list[_Event])


class Readings(NamedTuple):
    """What some outputs say, one behind the other.

    Fields:
        columns: in native label names; `sizes` of the annotations are of each output.
        problems: by the position of the output, as `Extraction` has them.
    """

    columns: Columns
    sizes: list[int]
    problems: dict[int, str]


def read_columns(outputs: Sequence[Any], task: Task, names: Names, *, repair: bool = False) -> Readings:
    """What outputs say, the same as `read` says of each.

    Canonical answers, which most are, go from their JSON straight into columns.
    """
    said = Readings(nothing(task), [], {})
    add, types, before = _adder(said.columns, task, names), said.columns.types, 0
    for place, output in enumerate(outputs):
        try:
            add(output)
        except (*_FAULTS, TypeError):  # not canonical, or no text but the JSON value itself
            other = read(output, task, names, repair=repair)
            said.columns.extend(columns(other, task))  # type: ignore[arg-type]  # of one task, so of one kind
            if other.problem:
                said.problems[place] = other.problem
        said.sizes.append(len(types) - before)
        before = len(types)
    return said


def _adder(said: Columns, task: Task, names: Names) -> Callable[[str], None]:
    """What decodes a canonical answer and adds it to columns, or raises and adds nothing."""
    match said:
        case Mentions():
            return partial(_add_mentions, said.types, said.texts, names.entity_of)
        case Triples():
            return partial(_add_triples, said, names.relation_of)
        case Frames():
            return partial(_add_frames, said, names)


def _add_mentions(types: list[str], texts: list[str], labels: dict[str, str], output: str) -> None:
    for shown, mentions in _NER.decode(output).items():
        if mentions:
            type = labels.get(shown, shown)
            for mention in mentions:
                if mention:
                    types.append(type)
                    texts.append(mention)


def _add_triples(said: Triples, labels: dict[str, str], output: str) -> None:
    for triple in _RE.decode(output):
        if triple.head and triple.tail:
            said.types.append(labels.get(triple.relation, triple.relation))
            said.heads.append(triple.head)
            said.tails.append(triple.tail)
            said.head_types.append("")
            said.tail_types.append("")


def _add_frames(said: Frames, names: Names, output: str) -> None:
    for event in _EE.decode(output):
        type = names.event_of.get(event.type, event.type)
        labels, before = names.role_of.get(type, NO_ROLES), len(said.texts)
        for shown, mentions in event.arguments.items():
            role = labels.get(shown, shown)
            for mention in mentions:
                if mention:
                    said.roles.append(role)
                    said.texts.append(mention)
        said.types.append(type)
        said.triggers.append(event.trigger)
        said.sizes.append(len(said.texts) - before)


def read(output: Any, task: Task, names: Names, *, repair: bool = False) -> Extraction:
    """An output (text, or a JSON value) as an extraction in native label names.

    A label the schema does not have stays as it was written. `problem` is set where nothing could be
    read, and begins with "repaired" where a repair was needed.
    """
    value, problem = parse(output, repair) if isinstance(output, str) else (output, "")
    if problem and value is None:
        value = read_instructuie(output, task, names)
        if value is None:
            return Extraction(problem=problem)
        problem = ""
    if not isinstance(value, dict | list):
        return Extraction(problem=f"JSON, but {_kind(value)} in place of an object or a list")
    match task:
        case "NER":
            return Extraction(entities=tuple(_entities(value, names)), problem=problem)
        case "RE":
            return Extraction(relations=tuple(_relations(value, names)), problem=problem)
        case _:
            return Extraction(events=tuple(_events(value, names)), problem=problem)


def parse(text: str, repair: bool) -> tuple[Any, str]:
    """The JSON value in a text, and what was wrong with it: (None, problem) where there is none."""
    try:
        return _ANY.decode(text), ""
    except _FAULTS:
        pass
    if text.startswith(BOM):
        return parse(text.lstrip(BOM), repair)
    text, thought = _after_thought(text)
    if fenced := _FENCE.search(text):
        try:
            return _ANY.decode(fenced[1]), ""
        except _FAULTS:
            pass
    if not any(bracket in text for bracket in "{["):
        return None, "no JSON"
    if repair:
        bare = fenced[1] if fenced else text
        attempts = [("inline code", _inline), ("Python quotes", _literal), ("truncated end", _closed)]
        for what, attempt in ([("reasoning before it", _decoded)] if thought else []) + attempts:
            value = attempt(bare)
            if value is not None:
                return value, f"repaired: {what}"
    return None, "reasoning before the answer" if thought else "not valid JSON"


def _after_thought(text: str) -> tuple[str, bool]:
    """What stands behind the reasoning in a text, and whether there is any; "" if the reasoning has no end.

    Its start may be missing: some chat templates put it into the prompt.
    """
    _, end, after = text.rpartition(_THOUGHT_END)
    if end:
        return after, True
    return ("", True) if text.lstrip().startswith(_THOUGHT_START) else (text, False)


def _decoded(text: str) -> Any:
    """The value of a text that is JSON."""
    try:
        value = _ANY.decode(text)
    except _FAULTS:
        return None
    return value if isinstance(value, dict | list) else None


def _inline(text: str) -> Any:
    """The value of a text set as inline code, in backticks."""
    found = _INLINE.fullmatch(text)
    return _decoded(found[2]) if found else None


def _literal(text: str) -> Any:
    """The value of a text with quotes as Python writes them."""
    if len(text) > 100_000 or _depth(text) > DEEPEST:
        return None
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return value if isinstance(value, dict | list) else None


def _closed(text: str) -> Any:
    """The value of a text cut off in the middle, up to its last whole string or bracket."""
    start = min((i for i in (text.find("{"), text.find("[")) if i >= 0), default=-1)
    if start < 0:
        return None
    stack: list[str] = []
    cuts: list[tuple[int, str]] = []  # places after a whole value, and the brackets still open there
    quoted = escaped = False
    for position, character in enumerate(text[start:], start):
        if quoted:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                quoted = False
                cuts.append((position + 1, "".join(reversed(stack))))
        elif character == '"':
            quoted = True
        elif character in "{[":
            stack.append("}" if character == "{" else "]")
            if len(stack) > DEEPEST:
                return None
        elif character in "}]":
            if not stack or stack.pop() != character:
                break
            cuts.append((position + 1, "".join(reversed(stack))))
    for end, closing in reversed(cuts[-20:]):
        try:
            return _ANY.decode(text[start:end] + closing)
        except _FAULTS:
            continue
    return None


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character in "{[(":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}])":
            depth -= 1
    return deepest


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return {str: "a string", bool: "a truth value", int: "a number", float: "a number"}.get(
        type(value), "something else"
    )


def _text(value: Any) -> str | None:
    """A mention or a label: a string, or a number as its digits; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _ANY_TEXT(value).decode()
    return None


_ANY_TEXT = msgspec.json.Encoder().encode


def _span(value: Any) -> Span | None:
    """A mention: a string, a number, or an object that says it and perhaps its place; None for anything else."""
    if isinstance(value, dict):
        text = _first(value, MENTION_KEYS)
        return Span(text, *_place(value)) if text else None
    text = _text(value)
    return Span(text, None, None) if text else None


def _spans(value: Any) -> Iterator[Span]:
    """The mentions in a list, or a single one that stands without a list; empty strings are no mentions."""
    for item in value if isinstance(value, list | tuple) else [value]:
        span = _span(item)
        if span is not None:
            yield span


def _value(item: dict[Any, Any], keys: tuple[str, ...]) -> Any:
    """What stands under the first of some keys that an object has."""
    return next((item[key] for key in keys if key in item), None)


def _first(item: dict[Any, Any], keys: tuple[str, ...]) -> str | None:
    return _text(_value(item, keys))


def _items(value: Any) -> Iterator[dict[Any, Any]]:
    """The objects in a list, or a single one that stands without a list."""
    for item in value if isinstance(value, list | tuple) else [value]:
        if isinstance(item, dict):
            yield item


def _entities(value: Any, names: Names) -> Iterator[Entity]:
    label = names.entity_of.get
    if isinstance(value, dict):
        for shown, mentions in value.items():
            for span in _spans(mentions):
                yield Entity(span.text, span.start, span.end, label(str(shown), str(shown)))
        return
    for item in _items(value):
        kind, mention = _first(item, TYPE_KEYS), _span(item)
        if kind is not None and mention:
            yield Entity(mention.text, mention.start, mention.end, label(kind, kind))
        elif kind is None and mention is None:
            yield from _entities(item, names)


def _place(item: dict[Any, Any]) -> tuple[int, int] | tuple[None, None]:
    """The offsets an item carries, if it does."""
    start, end = item.get("start"), item.get("end")
    if isinstance(start, int) and isinstance(end, int) and not isinstance(start, bool) and 0 <= start <= end:
        return start, end
    return None, None


def _relations(value: Any, names: Names) -> Iterator[Relation]:
    if isinstance(value, dict) and not any(key in value for key in HEAD_KEYS):
        for shown, items in value.items():
            for item in _items(items):
                yield from _relation(str(shown), item, names)
        return
    for item in _items(value):
        kind = _first(item, RELATION_KEYS)
        if kind is not None:
            yield from _relation(kind, item, names)
        elif not any(key in item for key in HEAD_KEYS):
            yield from _relations(item, names)


def _relation(shown: str, item: dict[Any, Any], names: Names) -> Iterator[Relation]:
    head = _end(_value(item, HEAD_KEYS), _first(item, ("head_type", "subject_type")), names)
    tail = _end(_value(item, TAIL_KEYS), _first(item, ("tail_type", "object_type")), names)
    if head and tail:
        yield Relation(names.relation_of.get(shown, shown), head, tail)


def _end(value: Any, type: str | None, names: Names) -> Entity | None:
    """The head or tail of a relation, with the type that its relation, or itself, gives it."""
    span = _span(value)
    if span is None:
        return None
    if type is None and isinstance(value, dict):
        type = _first(value, TYPE_KEYS)
    return Entity(span.text, span.start, span.end, names.entity_of.get(type, type) if type else "")


def _events(value: Any, names: Names) -> Iterator[Event]:
    if isinstance(value, dict) and not any(key in value for key in EVENT_KEYS):
        for shown, items in value.items():
            for item in items if isinstance(items, list | tuple) else [items]:
                if isinstance(item, dict) or (isinstance(item, str) and item):
                    yield from _event(str(shown), _of_iepile(item), names)
        return
    for item in _items(value):
        kind = _first(item, TYPE_KEYS)
        if kind is not None:
            yield from _event(kind, item, names)
        elif not any(key in item for key in EVENT_KEYS):
            yield from _events(item, names)


def _of_iepile(item: dict[Any, Any] | str) -> dict[Any, Any]:
    """An event as it stands below its type: a trigger alone, arguments alone, or both; NAN where there is none."""
    if isinstance(item, str):
        return {"trigger": item} if item != NAN else {}
    if not any(key in item for key in EVENT_KEYS):
        item = {"arguments": item}
    arguments = item.get("arguments")
    if isinstance(arguments, dict):
        item = {**item, "arguments": {role: said for role, said in arguments.items() if said != NAN}}
    return {key: said for key, said in item.items() if key not in TRIGGER_KEYS or said != NAN}


def _event(shown: str, item: dict[Any, Any], names: Names) -> Iterator[Event]:
    type = names.event_of.get(shown, shown)
    roles = names.role_of.get(type, {})
    said = item.get("arguments")
    found: list[Argument] = []
    if isinstance(said, dict):
        for role, mentions in said.items():
            label = roles.get(str(role), str(role))
            found += [Argument(span.text, span.start, span.end, label) for span in _spans(mentions)]
    elif isinstance(said, list):
        for argument in _items(said):
            role, span = _first(argument, ("role",)), _span(_value(argument, ("argument", *MENTION_KEYS)))
            if role is not None and span:
                start, end = (span.start, span.end) if span.start is not None else _place(argument)
                found.append(Argument(span.text, start, end, roles.get(role, role)))
    yield Event(type, _span(_value(item, TRIGGER_KEYS)), tuple(found))
