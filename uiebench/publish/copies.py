"""Whether the files of a copy are those that its manifest names, and nothing is kept silent.

    files = to_check("org/zh", manifest, published)   →  {"corpora/fewfc/test.parquet": "<sha256>", …}
    verify("org/zh", folder, files)                   raises for the first file that is another one

The manifest is believed; published.json only as far as it agrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from uiebench.errors import SourceError, shorten
from uiebench.hashing import sha256_file
from uiebench.publish.records import CARD, COMPLETE, COMPLETE_CARD, MANIFEST, PUBLISHED, TEXTLESS, Published


def verify(name: str, folder: Path, files: Mapping[str, str], remedy: str = "") -> None:
    """Raise SourceError for the first file below `folder` that is missing or has another hash than `files` says.

    `remedy` says what to do about a file that was altered.
    """
    for path, wanted in files.items():
        try:
            found = sha256_file(folder / path)
        except OSError:
            raise SourceError(f"{name}: not the benchmark its {MANIFEST} describes: {path} is missing") from None
        if found != wanted:
            raise SourceError(
                f"{name}: not the benchmark its {MANIFEST} describes: {path} has sha256 {found}, expected "
                f"{wanted}{remedy}"
            )


def refuse_outside(name: str, listing: str, paths: Iterable[str]) -> None:
    """Raise SourceError for a path that is none below the folder on every system, or would be taken for a pattern."""
    for path in paths:
        if re.search(r"[\\:*?\[\]\x00-\x1f]", path) or not {"", ".", ".."}.isdisjoint(path.split("/")):
            raise SourceError(f"{name}: its {listing} names a file outside the benchmark ({shorten(repr(path))})")


def is_sent(path: str) -> bool:
    """Whether a file of a benchmark is published, if its corpus may be; the same in other forms (JSONL) is not."""
    return path in (*TEXTLESS, COMPLETE_CARD) or path.endswith((".parquet", "/corpus.json"))


class Listed(msgspec.Struct, frozen=True):
    """The part of a manifest that says which files there are, and their hashes; `held_back`: which ones are not."""

    files: dict[str, str]
    held_back: dict[str, dict[str, str]] = {}


def to_check(name: str, manifest: Listed, published: Published | None) -> dict[str, str]:
    """The hash of every file of a copy: the manifest is believed, published.json as far as it agrees and beyond it.

    Raises: SourceError if the two do not agree about a file, or about what is held back.
    """
    refuse_outside(name, MANIFEST, manifest.files)
    if published is None:
        return manifest.files
    refuse_outside(name, PUBLISHED, published.files)
    for path, wanted in manifest.files.items():
        place = COMPLETE_CARD if path == CARD else path  # a push puts its own card in this place
        found = published.files.get(place)
        if found != wanted and (found or is_sent(place)):
            fault = "has another hash of" if found else "leaves out"
            raise SourceError(f"{name}: its {PUBLISHED} {fault} {place}, which its {MANIFEST} names")
    if {corpus: held.files for corpus, held in published.held_back.items()} != manifest.held_back:
        raise SourceError(f"{name}: its {PUBLISHED} holds back other files than its {MANIFEST}")
    if manifest.held_back and COMPLETE not in published.files:
        raise SourceError(f"{name}: its {PUBLISHED} leaves out {COMPLETE}")
    return published.files


def refuse_gaps(name: str, manifest: Listed, whole: Listed) -> None:
    """Raise SourceError unless the whole benchmark is what is published and what is held back."""
    told = dict(manifest.files)
    for held in manifest.held_back.values():
        told |= held
    for path in sorted(whole.files.keys() | told.keys()):
        if whole.files.get(path) != told.get(path) and (path in told or is_sent(path)):
            raise SourceError(f"{name}: {path} is not the same in its {MANIFEST} and its {COMPLETE}")
