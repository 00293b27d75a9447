"""JSON records that give the mentions of a text by their offsets.

{"originalText": "腹痛三天", "entities": [{"start_pos": 0, "end_pos": 2, "label_type": "症状"}]}

offsets(text="originalText", mentions="entities", start="start_pos", end="end_pos", type="label_type")
→  Document("", "腹痛三天", (Entity("腹痛", 0, 2, "症状"),))
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uiebench.formats.reading import json_records, listed
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Reader


def offsets(
    *,
    text: str = "text",
    mentions: str = "entities",
    start: str | int = "start",
    end: str | int | None = "end",
    type: str | int = "type",
    surface: str | int | None = None,
    inclusive: bool = False,
) -> Reader:
    """A reader of records ``{text, mentions: [{start, end, type, surface}]}``.

    The arguments are the keys of the record and of a mention (positions, where a mention is an array).
    `inclusive`: the end is that of the last character. `surface` is the key of the mention's string if
    the corpus repeats it; it is then compared with the text. `end` None: start plus length of surface.
    Offsets written as strings of digits are read as numbers.
    """
    last = 1 if inclusive else 0

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for record in json_records(path, ledger):
                try:
                    body: str = record[text]
                    entities = tuple([entity(body, mention) for mention in listed(record, mentions, ledger)])
                except (KeyError, IndexError, TypeError, ValueError) as error:
                    wanted = f"a record with {text!r} and {mentions!r} ({error!r})"
                    raise ledger.malformed(str(record), wanted) from None
                yield Document("", body, entities)

    def entity(body: str, mention: Any) -> Entity:
        s = whole(mention[start])
        e = s + len(mention[surface]) if end is None else whole(mention[end]) + last
        return Entity(body[s:e] if surface is None else mention[surface], s, e, mention[type])

    return read


def whole(value: Any) -> int:
    """An offset: a whole number, or the digits of one. Raises: ValueError for anything else."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return int(value)
    raise ValueError(f"{value!r} is no offset")
