"""What a build leaves behind: units, the parts they became, and the manifest of the whole.

OUT/.parts/resume.train.json   Part(key="…", corpus="resume", split="train", files={…}, stats=…)
OUT/manifest.json              Manifest(name="quickstart", files={"README.md": "<sha256>", …}, …)
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from uiebench.build.stats import SplitStats
from uiebench.errors import UiebenchError
from uiebench.recipe import BuildRecipe, Selection
from uiebench.sources import Found
from uiebench.types import SplitName, Totals

LAYERS = ("corpora", "unlabelled", "instructions")
MANIFEST = "manifest.json"
NAME = "name"
DESCRIPTIONS = ("stats.json", "labels.svg", "README.md")
RECEIPTS = ".parts"


class Unit(msgspec.Struct, frozen=True):
    """One split of one corpus to build. `instruct` is the split its instructions go into, if any.

    `select` says what of it is wanted, where that is not all.
    """

    corpus: str
    split: SplitName
    instruct: SplitName | None
    select: Selection | None = None

    @property
    def reading(self) -> str:
        """The reading of the corpus that is wanted; empty for the usual one."""
        return self.select.reading if self.select else ""


class Located(msgspec.Struct, frozen=True):
    """A unit whose files were found: which of the corpus's splits they are, by position, and the files."""

    unit: Unit
    split: int
    files: tuple[Found, ...]


class Part(msgspec.Struct, frozen=True):
    """A finished unit: what it was made from (`key`), the files it wrote, and what is in them.

    `reading`, `having` and `left_out` (by reason) say which documents the recipe chose; drops and repairs in
    `stats` are those of the whole split.
    """

    key: str
    corpus: str
    split: SplitName
    sources: dict[str, str]
    pinned: bool
    gold: bool
    extract: str
    files: dict[str, str]
    stats: SplitStats
    reading: str = ""
    having: str = ""
    left_out: dict[str, Totals] = {}

    @property
    def chosen(self) -> str:
        """What the documents are, where they are not simply those of the split: "sentences, having relations"."""
        return ", ".join(filter(None, (self.reading, self.having and f"having {self.having}")))


class Manifest(msgspec.Struct, frozen=True):
    """What makes a benchmark the benchmark it is. Two equal manifests are the same benchmark."""

    name: str
    benchmark_version: str
    uiebench: str
    pyarrow: str
    recipe: BuildRecipe
    sources: dict[str, dict[str, dict[str, str]]]
    absent: dict[str, dict[str, str]]
    files: dict[str, str]


def read_receipt(path: Path) -> Part | None:
    """The receipt of a unit, or None if there is none that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Part)
    except (OSError, msgspec.DecodeError):
        return None


def read_manifest(out: Path) -> Manifest:
    """The manifest of a benchmark. Raises: UiebenchError if `out` holds no complete one."""
    try:
        return msgspec.json.decode((out / MANIFEST).read_bytes(), type=Manifest)
    except OSError:
        raise UiebenchError(f"{out}: no complete benchmark (it has no {MANIFEST})") from None
    except msgspec.DecodeError as error:
        raise UiebenchError(f"{out / MANIFEST}: damaged ({error})") from None
