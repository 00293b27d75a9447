"""Brat stand-off annotation: a folder of texts, each with an ``.ann`` file of the same name.

    T1<TAB>Person 0 2<TAB>母亲
    T2<TAB>Location 5 7<TAB>村口           standoff(texts="*.txt")
    R1<TAB>Located Arg1:T1 Arg2:T2

Read here: text-bound annotations (T) and relations (R). Events (E), attributes (A, M), equivalences
(*), notes (#) and normalisations (N) are not entities or relations and are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from uiebench.errors import MalformedInput
from uiebench.formats.reading import read_text
from uiebench.hashing import members_of
from uiebench.ledger import Ledger
from uiebench.types import Document, Entity, Reader, Relation

DISCONTINUOUS = "discontinuous mention"
DANGLING = "dangling relation"

_TEXT_BOUND = re.compile(r"(T\S+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?", re.DOTALL)
_RELATION = re.compile(r"(R\S+)\t(\S+) \w+:(T\S+) \w+:(T\S+)\s*")
_PASSED_OVER = ("E", "A", "M", "*", "#", "N")
_ENTRY = re.compile(r"\n(?=[A-Z*#]\w*\t)")


def parse_ann(text: str, annotation: str, ledger: Ledger) -> tuple[dict[str, Entity], list[Relation]]:
    """The mentions (by id) and the relations that an annotation file states about `text`.

    Fragments separated only by white space are one mention from the first to the last; other
    discontinuous mentions are dropped, and with them the relations they take part in. A surface that
    holds a line break goes on in the next line of the file; it is not compared with the text, the
    offsets decide.
    """
    entities: dict[str, Entity] = {}
    dropped: set[str] = set()
    relations: list[tuple[str, str, str]] = []
    line = 1
    for entry in _ENTRY.split(annotation.rstrip("\n")) if annotation.strip() else []:
        ledger.line = line
        line += entry.count("\n") + 1
        if match := _TEXT_BOUND.fullmatch(entry):
            key, kind, places = match[1], match[2], match[3]
            bounds = [tuple(map(int, place.split())) for place in places.split(";")]
            start, end = bounds[0][0], bounds[-1][1]
            gaps = [text[left[1] : right[0]] for left, right in pairwise(bounds)]
            if any(gap.strip() for gap in gaps):
                ledger.drop(DISCONTINUOUS, entry)
                dropped.add(key)
            else:
                entities[key] = Entity(text[start:end], start, end, kind)
        elif match := _RELATION.fullmatch(entry):
            relations.append((match[2], match[3], match[4]))
        elif not entry.startswith(_PASSED_OVER):
            raise MalformedInput(ledger.path, ledger.line, entry, "a brat annotation")
    found = []
    for kind, head, tail in relations:
        if head in entities and tail in entities:
            found.append(Relation(kind, entities[head], entities[tail]))
        elif {head, tail} & dropped:
            ledger.drop(DISCONTINUOUS, f"{kind} {head} {tail}")
        else:
            ledger.drop(DANGLING, f"{kind} {head} {tail}")
    return entities, found


def standoff(*, texts: str = "*.txt", type: Callable[[str], str] | None = None, encoding: str = "utf-8") -> Reader:
    """A reader of folders of text files matching the glob `texts`, each beside its ``.ann``.

    `type` maps an annotated type to a label, e.g. ``Person-Name`` to ``Person``. Line ends are read as
    they are (CRLF counts two characters, as the offsets do).
    """

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for folder in files:
            for path in members_of(folder, [texts]):
                body = path.read_bytes().decode(encoding)
                beside = path.with_suffix(".ann")
                annotation = read_text(beside, ledger, encoding)
                entities, relations = parse_ann(body, annotation, ledger)
                if type is not None:
                    entities = {key: _typed(entity, type) for key, entity in entities.items()}
                    relations = [Relation(r.type, _typed(r.head, type), _typed(r.tail, type)) for r in relations]
                yield Document("", body, tuple(entities.values()), tuple(relations))

    return read


def _typed(entity: Entity, type: Callable[[str], str]) -> Entity:
    return Entity(entity.text, entity.start, entity.end, type(entity.type))
