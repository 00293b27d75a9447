"""JSON records that give events with a trigger and arguments.

{"text": "远山科技本周裁员三百人", "event_list": [{"event_type": "裁员", "trigger": "裁员",
  "trigger_start_index": 6, "arguments": [{"role": "裁员方", "argument": "远山科技",
  "argument_start_index": 0}]}]}

events(start="trigger_start_index", argument_start="argument_start_index")
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uiebench.formats.reading import json_records, listed
from uiebench.ledger import Ledger
from uiebench.text import align
from uiebench.types import Argument, Document, Event, Reader, Span


def events(
    *,
    text: str = "text",
    events: str = "event_list",
    type: str = "event_type",
    trigger: str | None = "trigger",
    start: str | None = None,
    arguments: str | None = "arguments",
    role: str = "role",
    argument: str = "argument",
    argument_start: str | None = None,
) -> Reader:
    """A reader of records ``{text, events: [{type, trigger, arguments: [{role, argument}]}]}``.

    The arguments are keys. `start` and `argument_start` are the keys of the first character's offset,
    the end following from the string; None where the corpus gives strings only, which are then aligned
    where their place is unambiguous. `trigger` None: no triggers; `arguments` None: no arguments.
    """

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for record in json_records(path, ledger):
                try:
                    body: str = record[text]
                    found = tuple([event(body, item, ledger) for item in listed(record, events, ledger)])
                except (KeyError, IndexError, TypeError) as error:
                    wanted = f"a record with {text!r} and {events!r} ({error!r})"
                    raise ledger.malformed(str(record), wanted) from None
                yield Document("", body, events=found)

    def event(body: str, item: Any, ledger: Ledger) -> Event:
        return Event(
            item[type],
            None if trigger is None else span(body, item, trigger, start),
            tuple([one_argument(body, found) for found in listed(item, arguments, ledger)]) if arguments else (),
        )

    def one_argument(body: str, item: Any) -> Argument:
        place = span(body, item, argument, argument_start)
        return Argument(place.text, place.start, place.end, item[role])

    def span(body: str, item: Any, string: str, offset: str | None) -> Span:
        start, end = align(body, item[string]) if offset is None else (item[offset], item[offset] + len(item[string]))
        return Span(item[string], start, end)

    return read
