"""The language of a prompt's answers, as a grammar for constrained decoding.

    grammar("NER", ("人名", "机构"), {}, "高明创办远山。")
    →   %llguidance {"no_forcing": true}
        start: "{\\"人名\\":[" strings "],\\"机构\\":[" strings "]}"
        strings: "" | some
        some: STRING ("," STRING)*
        STRING: ("\\"" TEXT "\\"") & ~"\\"\\""
        TEXT: %regex {"substring_chunks": ["高","明","创","办","远","山","。"]}

The answers are those that `uiebench.instruct.target.encode` writes: its keys in its order, no white space,
its way of escaping, only the labels that the prompt shows, for each event type only its own roles and each
role once. Every mention is a string of consecutive characters of the text, and never empty; a trigger may
be empty, which says that a corpus marks none. What the language does not say: how often a string is
repeated, and which strings belong together.

Such a grammar is written in Lark's notation as llguidance reads it, and can be sent to a server as it is
(vLLM: ``extra_body={"structured_outputs": {"grammar": …}}``). `uiebench.train.automaton` says the same
language in plain Python, `uiebench.train.constrain` applies it to a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from uiebench.errors import RecipeError
from uiebench.instruct.target import Names
from uiebench.types import TASKS, Instruction, Schema, Task

Level = Literal["json", "span"]
"""How far answers are bound: to canonical JSON with the labels shown, or also to strings of the text."""
Constraint = Literal["off", "json", "span"]
"""A Level, or "off": the model writes what it likes."""

MOST_ROLES = 64
"""Roles of an event type are counted in an integer of so many bits."""

ESCAPES = {
    character: escaped
    for character in map(chr, range(0x80))
    if (escaped := msgspec.json.encode(character)[1:-1].decode()) != character
}
"""The characters that stand otherwise in a canonical JSON string, e.g. a line feed as backslash and n."""


class Asked(msgspec.Struct, frozen=True):
    """What one prompt asks, as far as its answers depend on it.

    Fields:
        labels: the names that the prompt shows for its labels, in its order: ``Instruction.shown``.
        roles: for each event type shown, the names of its roles; empty for NER and RE.
        text: the text asked about, which for a piece of a document is ``text[start:end]``.
        explicit_empty: NER types without mention get an empty list, as the template set of the benchmark says.
    """

    task: Task
    labels: tuple[str, ...]
    text: str
    roles: dict[str, tuple[str, ...]] = {}
    explicit_empty: bool = True


def asked(instruction: Instruction, text: str, schema: Schema, *, explicit_empty: bool = True) -> Asked:
    """What an instruction asks about a text; `schema` is that of its corpus, which knows the roles.

    Roles are named in the language of the corpus, or in the other one where the prompt shows its labels in that.
    """
    if instruction.task not in TASKS:
        raise RecipeError(f"{instruction.id}: answers to half-tasks ({instruction.task}) are not constrained")
    task = instruction.task
    own = Names(instruction.language, schema)
    shown = instruction.shown or tuple(own.of(task)[label] for label in instruction.labels)
    roles: dict[str, tuple[str, ...]] = {}
    if task in ("EE", "EEA"):
        other = Names("en" if instruction.language == "zh" else "zh", schema)
        in_other = [name == other.events[label] for label, name in zip(instruction.labels, shown, strict=True)]
        in_own = [name == own.events[label] for label, name in zip(instruction.labels, shown, strict=True)]
        names = other if all(in_other) and not all(in_own) else own
        for label, name in zip(instruction.labels, shown, strict=True):
            roles[name] = tuple(names.roles[label].values())
    return Asked(task, shown, text, roles, explicit_empty)


def distinct(names: Iterable[str]) -> list[str]:
    """Each name once: two labels that are shown by one name are one to the reader of a prompt."""
    return list(dict.fromkeys(names))


def characters(text: str) -> list[str]:
    """The characters of a text as they stand in a canonical JSON string, e.g. ["高", "明", "\\\\n"]."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RecipeError(f"the text holds half a surrogate pair, U+{ord(text[error.start]):04X}") from None
    return [ESCAPES.get(character, character) for character in text]


def grammar(
    task: Task,
    labels: Sequence[str],
    roles: Mapping[str, Sequence[str]],
    text: str,
    constraint: Level = "span",
    *,
    explicit_empty: bool = True,
) -> str:
    """The grammar of the answers to a prompt; for the arguments see `Asked`.

    It asks for `no_forcing`: every way to cut an answer into tokens is allowed, so that a mask says which
    tokens can follow and nothing else. Otherwise a model's probabilities would depend on what the backend forces.
    """
    shown = distinct(labels)
    if constraint == "span" and not text:  # without a string to be found there is no list, triple or role to open
        return _of_no_text(task, shown, explicit_empty)
    match task:
        case "NER":
            rules = _ner(shown) if explicit_empty else _ner_without_empty(shown)
        case "RE":
            rules = _relations(shown)
        case _:
            rules = _events(task, shown, roles)
    return "\n".join([_HEAD, *rules, *_strings(task, text, constraint)]) + "\n"


_HEAD = '%llguidance {"no_forcing": true}'


def _of_no_text(task: Task, labels: list[str], explicit_empty: bool) -> str:
    if task == "NER":
        empty = dict.fromkeys(labels, ()) if explicit_empty else {}
        rules = [f"start: {_literal(msgspec.json.encode(empty).decode())}"]
    else:
        rules = _events(task, [] if task == "RE" else labels, {})
    return "\n".join([_HEAD, *rules, 'TRIGGER: "\\"\\""']) + "\n"


def _literal(text: str) -> str:
    """A text as a string of the grammar."""
    return msgspec.json.encode(text).decode()


def _key(name: str) -> str:
    """A name as it stands in an answer."""
    try:
        return msgspec.json.encode(name).decode()
    except UnicodeEncodeError:
        raise RecipeError(f"the label {name!r} holds half a surrogate pair") from None


def _ner(labels: list[str]) -> list[str]:
    if not labels:
        return ['start: "{}"']
    parts = [_literal(("{" if place == 0 else "],") + _key(label) + ":[") for place, label in enumerate(labels)]
    return [f"start: {' strings '.join(parts)} strings " + '"]}"', 'strings: "" | some', _SOME]


_SOME = 'some: STRING ("," STRING)*'


def _ner_without_empty(labels: list[str]) -> list[str]:
    """One rule a label: the lists from this label on, at least one of them."""
    if not labels:
        return ['start: "{}"']
    rules = ['start: "{}" | "{" from_0 "}"', _SOME]
    for place, label in enumerate(labels):
        one = f"{_literal(_key(label) + ':[')} some"
        rest = f"from_{place + 1}"
        last = place + 1 == len(labels)
        rules.append(f'from_{place}: {one} "]"' + ("" if last else f' | {one} "]," {rest} | {rest}'))
    return rules


def _relations(labels: list[str]) -> list[str]:
    if not labels:
        return ['start: "[]"']
    relation, head, tail = map(_literal, ('{"relation":', ',"head":', ',"tail":'))
    return [
        'start: "[]" | "[" triple ("," triple)* "]"',
        f'triple: {relation} LABEL {head} STRING {tail} STRING "}}"',
        f"LABEL: {' | '.join(_literal(_key(label)) for label in labels)}",
    ]


def _events(task: Task, labels: list[str], roles: Mapping[str, Sequence[str]]) -> list[str]:
    """A rule for each type, and for its roles a rule with a bit for each role already given."""
    if not labels:
        return ['start: "[]"']
    rules = ['start: "[]" | "[" event ("," event)* "]"']
    if any(roles.get(label) for label in labels):
        rules.append(_SOME)
    rules.append(f"event: {' | '.join(f'event_{place}' for place in range(len(labels)))}")
    for place, label in enumerate(labels):
        begun = '{"type":' + _key(label)
        head = _literal(begun) if task == "EEA" else _literal(begun + ',"trigger":') + " TRIGGER"
        if task == "EET":
            rules.append(f'event_{place}: {head} "}}"')
            continue
        own = distinct(roles.get(label, ()))
        if len(own) > MOST_ROLES:
            raise RecipeError(f"event type {label!r} has {len(own)} roles; at most {MOST_ROLES} can be constrained")
        opened, closed = _literal(',"arguments":{'), _literal("}}")
        if not own:
            rules.append(f"event_{place}: {head} {opened} {closed}")
            continue
        rules.append(f"event_{place}: {head} {opened} {closed} | {head} {opened} role_{place}::0x0 {closed}")
        given = [
            _literal(_key(role) + ":[") + f' some "]" more_{place}::set_bit({bit}) %if bit_clear({bit})'
            for bit, role in enumerate(own)
        ]
        rules.append(f"role_{place}::_ : " + "\n    | ".join(given))
        rules.append(f'more_{place}::_ : "" | "," role_{place}::_ %if bit_count_lt(_, {len(own)})')
    return rules


_ANY_CHARACTER = r'/[^"\\\x00-\x1f]|\\(["\\bfnrt]|u00(0[0-7bef]|1[0-9a-f]))/'


def _strings(task: Task, text: str, constraint: Level) -> list[str]:
    """What a mention and a trigger may be.

    The complement keeps only the empty string out and is gone after one character: half the cost of an
    intersection with "one character or more", which goes on to the end.
    """
    quoted = '"\\"" TEXT "\\""'
    rules = [f'STRING: ({quoted}) & ~"\\"\\""'] if task != "EET" else []
    if task in ("EE", "EET"):
        rules.append(f"TRIGGER: {quoted}")
    if constraint == "json":
        return [*rules, "TEXT: CHARACTER*", f"CHARACTER: {_ANY_CHARACTER}"]
    pieces = msgspec.json.encode(characters(text)).decode()
    return [*rules, f'TEXT: %regex {{"substring_chunks": {pieces}}}']
