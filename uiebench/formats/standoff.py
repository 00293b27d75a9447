"""Brat stand-off annotation: a folder of texts, each with an ``.ann`` file of the same name.

    T1<TAB>Person 0 2<TAB>母亲
    T2<TAB>Location 5 7<TAB>村口           standoff(texts="*.txt")
    R1<TAB>Located Arg1:T1 Arg2:T2

Read here: text-bound annotations (T) and relations (R). Events (E), attributes (A, M), equivalences
(*), notes (#) and normalisations (N) are not entities or relations and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from uiebench.errors import MalformedInput
from uiebench.formats.reading import decoded, paired, read_text
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Reader, Relation

DISCONTINUOUS = "discontinuous mention"
DANGLING = "dangling relation"
DIFFERS = "string differs from text"

_TEXT_BOUND = re.compile(r"(T\S+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?", re.DOTALL)
_PLACE = re.compile(r"(\d+) (\d+)")
_RELATION = re.compile(r"(R\S+)\t(\S+) \w+:(T\S+) \w+:(T\S+)\s*")
_PASSED_OVER = re.compile(r"[EAMN*#]\w*\t")
_BOUNDARY = re.compile(r"\n(?=[A-Z*#]\w*\t)")


class TextBound(NamedTuple):
    """A text-bound annotation as it is written: its line, id, type, fragments, and its string if given."""

    line: int
    key: str
    type: str
    bounds: tuple[tuple[int, int], ...]
    surface: str | None

    def agrees(self, text: str) -> bool:
        """Whether its string is that of the text, white space and line breaks aside."""
        if self.surface is None:
            return True
        there = "".join([text[start:end] for start, end in self.bounds])
        return there == self.surface or "".join(there.split()) == "".join(self.surface.split())


Mend = Callable[[str, list[TextBound], Ledger], list[TextBound]]
"""Mends the text-bound annotations of one text where a corpus has a defect of its own."""


def entries(annotation: str) -> Iterator[tuple[int, str]]:
    """The annotations of a file, each with the number of its (first) line.

    A surface that holds a line break goes on in the next line of the file.
    """
    line = 1
    for entry in _BOUNDARY.split(annotation.rstrip("\n")) if annotation.strip() else []:
        yield line, entry
        line += entry.count("\n") + 1


def text_bound(line: int, entry: str) -> TextBound | None:
    """The text-bound annotation that an entry is, or None if it is another annotation."""
    match = _TEXT_BOUND.fullmatch(entry)
    if match is None:
        return None
    bounds = tuple([(int(first), int(last)) for first, last in _PLACE.findall(match[3])])
    return TextBound(line, match[1], match[2], bounds, match[4])


def placed(text: str, mentions: Iterable[TextBound], ledger: Ledger) -> tuple[dict[str, Entity], dict[str, str]]:
    """The mentions that stand in the text, by id, and the ids of those that were dropped, with the reasons.

    Fragments separated only by white space are one mention from the first to the last. Other
    discontinuous mentions are dropped, and so are mentions whose string is not that of the text, white
    space aside.
    """
    entities: dict[str, Entity] = {}
    dropped: dict[str, str] = {}
    for mention in mentions:
        ledger.line, key, bounds = mention.line, mention.key, mention.bounds
        start, end = bounds[0][0], bounds[-1][1]
        if any(text[left[1] : right[0]].strip() for left, right in pairwise(bounds)):
            dropped[key] = DISCONTINUOUS
        elif not mention.agrees(text):
            dropped[key] = DIFFERS
        else:
            entities[key] = Entity(text[start:end], start, end, mention.type)
            continue
        ledger.drop(dropped[key], f"{key} {mention.surface!r}, in the text {text[start:end]!r}")
    return entities, dropped


def parse_ann(
    text: str, annotation: str, ledger: Ledger, mend: Mend | None = None
) -> tuple[dict[str, Entity], list[Relation]]:
    """The mentions (by id) and the relations that an annotation file states about `text`.

    With a mention that is dropped (see `placed`) go the relations it takes part in.
    """
    mentions: list[TextBound] = []
    statements: list[tuple[int, str, str, str]] = []
    keys = set[str]()
    for line, entry in entries(annotation):
        if mention := text_bound(line, entry):
            if mention.key in keys:
                raise MalformedInput(ledger.path, line, entry, "an id of its own")
            keys.add(mention.key)
            mentions.append(mention)
        elif match := _RELATION.fullmatch(entry):
            statements.append((line, match[2], match[3], match[4]))
        elif not _PASSED_OVER.match(entry):
            raise MalformedInput(ledger.path, line, entry, "a brat annotation")
    entities, dropped = placed(text, mend(text, mentions, ledger) if mend else mentions, ledger)
    relations = []
    for ledger.line, kind, head, tail in statements:
        if head in entities and tail in entities:
            relations.append(Relation(kind, entities[head], entities[tail]))
        else:
            ledger.drop(dropped.get(head) or dropped.get(tail) or DANGLING, f"{kind} {head} {tail}")
    return entities, relations


def standoff(
    *,
    texts: str = "*.txt",
    type: Callable[[str], str] | None = None,
    mend: Mend | None = None,
    encoding: str = "utf-8",
) -> Reader:
    """A reader of folders of text files matching the glob `texts`, each beside its ``.ann``.

    `type` maps an annotated type to a label, e.g. ``Person-Name`` to ``Person``; `mend` is handed the
    mentions of a text as they are written. Line ends are read as they are (CRLF counts two characters,
    as the offsets do).
    """

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for folder in files:
            annotations = str(PurePosixPath(texts).with_suffix(".ann"))
            for path, beside in paired(folder, texts, annotations, lambda text: text.with_suffix(".ann")):
                body = decoded(path.read_bytes(), path, encoding)
                annotation = read_text(beside, ledger, encoding)
                entities, relations = parse_ann(body, annotation, ledger, mend)
                if type is not None:
                    entities = {key: _typed(entity, type) for key, entity in entities.items()}
                    relations = [Relation(r.type, _typed(r.head, type), _typed(r.tail, type)) for r in relations]
                yield Document("", body, tuple(entities.values()), tuple(relations))

    return read


def _typed(entity: Entity, type: Callable[[str], str]) -> Entity:
    return Entity(entity.text, entity.start, entity.end, type(entity.type))
