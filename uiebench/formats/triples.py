"""JSON records that give relations as strings, without offsets.

    {"text": "…", "spo_list": [{"subject": "宋词选", "predicate": "作者", "object": {"@value": "胡云翼"},
                                "subject_type": "图书作品", "object_type": {"@value": "人物"}}]}

A string gets offsets if it stands in the text at exactly one place; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from uiebench.formats.reading import json_records, listed
from uiebench.ledger import Ledger
from uiebench.text import align, as_spelt
from uiebench.types import Document, Entity, Reader, Relation

LETTER_CASE = "letter case"


def located(text: str, part: str, type: str, ledger: Ledger) -> Entity:
    """`part` as an entity of `text`, with offsets where its place is unambiguous.

    A string that differs from the text only in letter case, at one place, takes the text's spelling
    (repair "letter case") if the corpus declares that defect; otherwise it stays as it is.
    """
    start, end = align(text, part)
    if start is None and LETTER_CASE in ledger.defects and part not in text:
        spelling = as_spelt(text, part)
        if spelling is not None:
            ledger.repair(LETTER_CASE, part)
            part = spelling
            start, end = align(text, part)
    return Entity(part, start, end, type)


def triples(
    *,
    text: str = "text",
    relations: str = "spo_list",
    predicate: str | int = "predicate",
    subject: str | int = "subject",
    object: str | int = "object",
    subject_type: str | None = "subject_type",
    object_type: str | None = "object_type",
    slots: Mapping[str, Mapping[str, str]] | None = None,
) -> Reader:
    """A reader of records ``{text, relations: [{subject, predicate, object, …}]}``.

    The arguments are keys (positions, where a relation is an array). An object may be a string or, as in
    DuIE 2.0, a dict whose ``@value`` is the tail; `slots` then says into which relation each further slot
    of a predicate goes, e.g. ``{"获奖": {"onDate": "获奖时间"}}``: it becomes a relation of that name between
    the subject and the slot's value. A slot that is not declared is an error.
    """
    more = slots or {}

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for record in json_records(path, ledger):
                try:
                    body: str = record[text]
                    items = listed(record, relations, ledger)
                    found = [relation for item in items for relation in relations_of(body, item, ledger)]
                except (KeyError, IndexError, TypeError, AttributeError) as error:
                    wanted = f"a record with {text!r} and {relations!r} ({error!r})"
                    raise ledger.malformed(str(record), wanted) from None
                yield Document("", body, relations=tuple(found))

    def relations_of(body: str, item: Any, ledger: Ledger) -> Iterator[Relation]:
        name = item[predicate]
        head = located(body, item[subject], item[subject_type] if subject_type else "", ledger)
        tail, kind = item[object], item[object_type] if object_type else ""
        if isinstance(tail, str):
            yield Relation(name, head, located(body, tail, kind, ledger))
            return
        if not isinstance(tail, dict):
            raise TypeError(f"{tail!r} is no object of a relation")
        if object_type and not isinstance(kind, dict):
            raise ledger.malformed(str(kind), f"a dict of types under {object_type!r}, as the object is a dict")
        if "@value" not in tail:
            raise ledger.malformed(str(tail), "an object with '@value'")
        kinds: Mapping[str, str] = kind if isinstance(kind, dict) else {}
        for slot, value in tail.items():
            if slot == "@value":
                yield Relation(name, head, located(body, value, kinds.get(slot, ""), ledger))
            elif slot in more.get(name, {}):
                yield Relation(more[name][slot], head, located(body, value, kinds.get(slot, ""), ledger))
            else:
                raise ledger.malformed(slot, f"a declared slot of {name!r}")

    return read
