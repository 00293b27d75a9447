"""An example of a corpus for its card: the beginning of an invented sample file, and the document that comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from uiebench import catalogue
from uiebench.build.convert import convert, find_sample
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.sources import members
from uiebench.types import Corpus, Document, Source, Split

EXAMPLE_LINES, EXAMPLE_CHARACTERS = 24, 1400


def example(corpus: Corpus) -> Iterator[str]:
    """The beginning of a sample file and the document that comes of it; both are invented."""
    yield "Invented, in the native form; the corpus's own texts look like it and stand nowhere here."
    split = next(split for split in corpus.splits if split.gold)
    folder = catalogue.samples(corpus.name)
    source = split.files[0]
    if excerpt := _excerpt(folder / corpus.name / source.path, source):
        name, text, language = excerpt
        yield f"`{name}`"
        fence = "````" if "```" in text else "```"
        yield f"{fence}{language}\n{text}\n{fence}"
    yield "A document of the corpus layer:"
    yield f"```json\n{_pretty(sample_document(corpus, split))}\n```"


def sample_document(corpus: Corpus, split: Split) -> Document:
    """The first annotated document of a sample."""
    ready = find_sample(corpus, split, catalogue.samples(corpus.name))
    documents = list(convert(corpus, ready, Ledger(corpus.defects, seen=True)))
    annotated = (document for document in documents if document.entities or document.relations or document.events)
    return next(annotated, documents[0])


def _excerpt(place: Path, source: Source) -> tuple[str, str, str] | None:
    """Name, first lines and language of a sample file; None for one that is no text."""
    if patterns := members(source):
        place = members_of(place, patterns)[0]
    try:
        text = place.read_bytes()[:20_000].decode("utf-8", "strict").replace("\r\n", "\n")
    except UnicodeDecodeError:
        try:
            text = place.read_bytes().decode("gb18030").replace("\r\n", "\n")
        except UnicodeDecodeError:
            return None
    if "\0" in text:
        return None
    lines, shown, used = text.lstrip("\ufeff").split("\n"), list[str](), 0
    for line in lines[:EXAMPLE_LINES]:
        rest = EXAMPLE_CHARACTERS - used
        shown.append(line if len(line) <= rest else line[:rest] + " …")
        used += len(line) + 1
        if used >= EXAMPLE_CHARACTERS:
            break
    language = {".xml": "xml", ".sgm": "xml", ".json": "json", ".jsonl": "json"}.get(place.suffix, "text")
    more = [] if len(shown) == len(lines) or not any(lines[len(shown) :]) else ["…"]
    return place.name, "\n".join([*shown, *more]).rstrip("\n"), language


def _pretty(document: Document) -> str:
    """A document as JSON, one annotation a line."""

    def compact(value: object) -> str:
        return msgspec.json.encode(value).decode()

    lines = [f'  "id": {compact(document.id)}', f'  "text": {compact(document.text)}']
    for field in ("entities", "relations", "events"):
        items = getattr(document, field)
        body = "[" + ",".join(f"\n    {compact(item)}" for item in items) + ("\n  ]" if items else "]")
        lines.append(f'  "{field}": {body}')
    return "{\n" + ",\n".join(lines) + "\n}"
