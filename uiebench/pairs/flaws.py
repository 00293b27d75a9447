"""Documents whose gold is not to be trusted, and why: what is made wrong from it might be right.

    conflicting(folder, "train", ["msra", "boson"])   →  {"msra/train/7": {"NER"}, …}
    partial(folder, "cmeee", "train")                  →  {"cmeee/train/5031"}

A text is annotated in two ways where two documents of the same corpus have the same text and not the same facts of
a task, or two documents of different corpora do not have the same facts under the concepts that both annotate. Texts
are the same whose letters and digits are, in whatever case and form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from itertools import combinations
from pathlib import Path
from unicodedata import normalize

import msgspec

from uiebench.errors import SourceError
from uiebench.storage import read_columns, read_some
from uiebench.types import SPLITS, Document, Schema, SplitName, Task

_MARKS = re.compile(r"[\W_]+")
_ASCII_MARKS = {code: None for code in range(128) if _MARKS.match(chr(code))}
_BLANKS = re.compile(r"\s+")
Facts = frozenset[tuple[str, ...]]
Progress = Callable[[int, int, str], None]


class Known(msgspec.Struct, frozen=True):
    """The part of corpus.json that comparing annotations needs."""

    tasks: tuple[Task, ...]
    schema: Schema


def partial(folder: Path, corpus: str, split: SplitName) -> set[str]:
    """The documents of a split that an annotation was dropped of. Raises: SourceError for a damaged file."""
    path = folder / "corpora" / corpus / f"{split}.partial.json"
    try:
        return set(msgspec.json.decode(path.read_bytes(), type=list[str]))
    except FileNotFoundError:
        return set()
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from None


def conflicting(
    folder: Path, split: SplitName, corpora: Sequence[str], progress: Progress = lambda done, total, name: None
) -> dict[str, set[Task]]:
    """The documents of some corpora's split whose text is annotated otherwise elsewhere, and for which tasks.

    Elsewhere is any split with gold of any corpus of the benchmark. Raises: SourceError for files that cannot be read.
    """
    others = sorted(path.parent.name for path in (folder / "corpora").glob("*/corpus.json"))
    known = {name: _described(folder, name) for name in others}
    wanted = [(name, split) for name in corpora]
    places = [*wanted, *((n, s) for n in others for s in SPLITS if (n, s) not in wanted)]
    places = [(n, s) for n, s in places if (folder / "corpora" / n / f"{s}.parquet").is_file()]
    first: dict[bytes, str] = {}
    groups: dict[bytes, list[str]] = {}
    for done, (name, one) in enumerate(places, 1):
        own = (name, one) in wanted
        for id, text in read_columns(folder / "corpora" / name / f"{one}.parquet", "id", "text"):
            key = _key(text)
            before = first.get(key)
            if before is not None:
                groups.setdefault(key, [before]).append(id)
            elif own:
                first[key] = id
        progress(done, len(places), name)
    documents = _documents(folder, groups)
    found: dict[str, set[Task]] = {}
    chosen = {f"{name}/{one}/" for name, one in wanted}
    for ids in groups.values():
        for left, right in combinations(ids, 2):
            if any(id.startswith(tuple(chosen)) for id in (left, right)):
                for task in _differing(documents[left], documents[right], known):
                    found.setdefault(left, set()).add(task)
                    found.setdefault(right, set()).add(task)
    return {id: tasks for id, tasks in found.items() if id.startswith(tuple(chosen))}


def _key(text: str) -> bytes:
    bare = text.translate(_ASCII_MARKS) if text.isascii() else _MARKS.sub("", normalize("NFKC", text))
    return blake2b(bare.casefold().encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _described(folder: Path, corpus: str) -> Known:
    path = folder / "corpora" / corpus / "corpus.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Known)
    except (OSError, msgspec.DecodeError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from None


def _documents(folder: Path, groups: dict[bytes, list[str]]) -> dict[str, Document]:
    """The documents of all groups, by id."""
    files: dict[tuple[str, str], set[str]] = {}
    for ids in groups.values():
        for id in ids:
            corpus, split, _ = id.split("/", 2)
            files.setdefault((corpus, split), set()).add(id)
    found = {}
    for (corpus, split), wanted in sorted(files.items()):
        for document in read_some(folder / "corpora" / corpus / f"{split}.parquet", Document, "id", wanted):
            found[document.id] = document
    return found


def _differing(left: Document, right: Document, known: dict[str, Known]) -> list[Task]:
    """The tasks about which two documents of the same text do not say the same."""
    one, other = left.id.split("/", 1)[0], right.id.split("/", 1)[0]
    both = [task for task in known[one].tasks if task in known[other].tasks]
    if one == other:
        return [task for task in both if _facts(left, task) != _facts(right, task)]
    found: list[Task] = []
    for task in both:
        ours, theirs = _concepts(known[one].schema, task), _concepts(known[other].schema, task)
        shared = set(ours.values()) & set(theirs.values())
        if shared and _renamed(left, task, ours, shared) != _renamed(right, task, theirs, shared):
            found.append(task)
    return found


def _concepts(schema: Schema, task: Task) -> dict[str, str]:
    labels = schema.entities if task == "NER" else schema.relations if task == "RE" else schema.events
    return {label.name: label.concept for label in labels}


def _renamed(document: Document, task: Task, concepts: dict[str, str], shared: set[str]) -> Facts:
    """The facts of shared labels, under their concepts; of events without arguments, whose roles differ."""
    return frozenset(
        (concepts[label], *strings)
        for label, *strings in _facts(document, task)
        if concepts.get(label) in shared and (task in ("NER", "RE") or len(strings) == 1)
    )


def _facts(document: Document, task: Task) -> Facts:
    if task == "NER":
        return frozenset((e.type, _bare(e.text)) for e in document.entities)
    if task == "RE":
        return frozenset((r.type, _bare(r.head.text), _bare(r.tail.text)) for r in document.relations)
    triggers = {(e.type, _bare(e.trigger.text) if e.trigger else "") for e in document.events if task != "EEA"}
    arguments = {(e.type, a.role, _bare(a.text)) for e in document.events for a in e.arguments if task != "EET"}
    return frozenset([*triggers, *arguments])


def _bare(text: str) -> str:
    return _BLANKS.sub("", normalize("NFKC", text)).casefold()
