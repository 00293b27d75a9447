"""What a build leaves behind: units, the parts they became, and the manifest of the whole.

OUT/.parts/resume.train.json           Part(key="…", corpus="resume", split="train", files={…}, stats=…)
OUT/.parts/resume.train.prompts.json   PromptPart(key="…", corpus="resume", split="train", files={…}, counts=…)
OUT/manifest.json                      Manifest(name="quickstart", files={"README.md": "<sha256>", …}, …)
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec

import uiebench
from uiebench.build.stats import SplitStats
from uiebench.errors import UiebenchError
from uiebench.hashing import fingerprint, sha256_file
from uiebench.recipe import BuildRecipe, Selection
from uiebench.sources import Found
from uiebench.types import PromptTask, SplitName, Task, Totals

LAYERS = ("corpora", "unlabelled", "instructions")
MANIFEST = "manifest.json"
NAME = "name"
DESCRIPTIONS = ("stats.json", "labels.svg", "README.md")
RECEIPTS = ".parts"


class Unit(msgspec.Struct, frozen=True):
    """One split of one corpus to build.

    `instruct` is the split its instructions go into, if any; `few_shot`: whether few-shot sets may be
    taken from it; `select` says what of it is wanted, where that is not all.
    """

    corpus: str
    split: SplitName
    instruct: SplitName | None
    select: Selection | None = None
    few_shot: bool = False

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


class PromptUnit(msgspec.Struct, frozen=True):
    """The prompts of one split of one corpus: what they are made from beside the recipe.

    Fields:
        source: SHA-256 of the documents' file.
        allowed: how many documents are used for each task, where it is a training split.
        near: the neighbours of each label, by task.
        left_out: ids of documents not to be trained on.
    """

    unit: Unit
    source: str
    allowed: dict[Task, int] = {}
    near: dict[Task, dict[str, tuple[str, ...]]] = {}
    left_out: tuple[str, ...] = ()


class PromptCounts(msgspec.Struct):
    """What the prompts of one folder, corpus and task hold: how many, on how many documents, how long.

    `empty` are prompts to which the answer is that there is nothing; lengths are in characters.
    """

    folder: str
    task: PromptTask
    documents: int = 0
    prompts: int = 0
    empty: int = 0
    labels: int = 0
    prompt_characters: int = 0
    target_characters: int = 0


class PieceCounts(msgspec.Struct):
    """How the texts of a unit were cut, of those that were asked about.

    Fields:
        documents, cut, pieces: texts, those that were cut, and the pieces of these.
        clauses, hard: cuts inside a sentence longer than the budget, behind a comma and anywhere else.
        left_out: by reason, annotations that are in no piece (see `uiebench.instruct.pieces.crossing`).
    """

    documents: int = 0
    cut: int = 0
    pieces: int = 0
    clauses: int = 0
    hard: int = 0
    left_out: dict[str, Totals] = {}


class PromptPart(msgspec.Struct, frozen=True):
    """Finished prompts: what they were made from (`key`), the files, and what is in them.

    `pieces` is None where texts are asked about as a whole.
    """

    key: str
    corpus: str
    split: SplitName
    files: dict[str, str]
    counts: tuple[PromptCounts, ...]
    pieces: PieceCounts | None = None


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

    def __post_init__(self) -> None:
        if self.name != self.recipe.name:  # whose form is checked: a folder is called so
            raise ValueError(f"its name is {self.name!r}, that of its recipe {self.recipe.name!r}")


P = TypeVar("P", Part, PromptPart)


def receipt(out: Path, unit: Unit, kind: type[Part] | type[PromptPart]) -> Path:
    """Where the receipt of a unit lies."""
    return out / RECEIPTS / f"{unit.corpus}.{unit.split}{'.prompts' if kind is PromptPart else ''}.json"


def finished(out: Path, unit: Unit, kind: type[P], key: str) -> P | None:
    """The part that is there already, if it was made from the same and its files are as they were left."""
    path = receipt(out, unit, kind)
    try:
        part = msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError):
        part = None
    if part and part.key == key and all(_is_there(out / file, sha) for file, sha in part.files.items()):
        return part
    path.unlink(missing_ok=True)
    return None


def _is_there(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_file(path) == sha256


@cache
def code() -> str:
    """A hash of the package's own files: a receipt written by other code is not reused."""
    folder = Path(uiebench.__file__).parent
    sources = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".yaml"})
    return fingerprint([[path.relative_to(folder).as_posix(), sha256_file(path)] for path in sources])


def read_manifest(out: Path) -> Manifest:
    """The manifest of a benchmark. Raises: UiebenchError if `out` holds no complete one."""
    try:
        return msgspec.json.decode((out / MANIFEST).read_bytes(), type=Manifest)
    except OSError:
        raise UiebenchError(f"{out}: no complete benchmark (it has no {MANIFEST})") from None
    except msgspec.DecodeError as error:
        raise UiebenchError(f"{out / MANIFEST}: damaged ({error})") from None
