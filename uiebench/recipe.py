"""Recipes: YAML files that say what to build. Code says how.

    # uiebench build recipes/yayi-uie.yaml --raw DIR
    name: yayi-uie
    held_in: [resume, msra]
    held_out: {zh-ner: [boson, cluener, weibo]}

An unknown field, a wrong type or a missing file is one line with the place in the recipe.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from uiebench.errors import RecipeError, nearest, shorten

R = TypeVar("R", bound=msgspec.Struct)


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which documents of a corpus a benchmark takes, where that is not simply all of them.

    Fields:
        reading: the name of one of the corpus's `readings`, e.g. "sentences".
        having: only documents that have at least one annotation of this kind.
    """

    reading: str = ""
    having: Literal["", "entities", "relations", "events"] = ""

    def __post_init__(self) -> None:
        if not self.reading and not self.having:
            raise ValueError("it chooses nothing: give `reading`, `having` or both")


class BuildRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a benchmark holds.

    Fields:
        name: of the benchmark.
        title: one line for its README.
        held_in: corpora whose training splits may be trained on; "all" for every corpus there is.
        held_out: groups of corpora used for zero-shot evaluation only, e.g. {zh-ner: [boson]}.
        select: which documents to take, by corpus, e.g. {scierc: {reading: sentences, having: relations}}.
        samples: read the bundled samples in place of the original files.
        instructions: also write the instruction layer.
        seed: of every ranked choice.
        contamination: what to do about evaluation texts in the training data: "off" compares nothing, "report"
            writes audit.json, "drop-train" also leaves the train documents concerned out of the instructions,
            "fail" makes any an error. Off unless asked for: comparing takes longer than building.
    """

    name: str
    title: str = ""
    held_in: tuple[str, ...] | Literal["all"] = ()
    held_out: dict[str, tuple[str, ...]] = {}
    select: dict[str, Selection] = {}
    samples: bool = False
    instructions: bool = True
    seed: int = 0
    contamination: Literal["off", "report", "drop-train", "fail"] = "off"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise ValueError(f"name {self.name!r}: a name has letters, digits, '.', '_' and '-' only")


def load_recipe(path: Path, kind: type[R]) -> R:
    """A recipe file, or a recipe that comes with the package by its name, as a Struct.

    Raises: RecipeError in one line.
    """
    known = shipped()
    place = path
    if not path.exists() and str(path.parent) in (".", "recipes"):  # "quickstart", or as the README writes it
        place = known.get(path.name.removesuffix(".yaml"), path)
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        hint = nearest(path.name.removesuffix(".yaml"), known)
        raise RecipeError(f"{path}: no such recipe{hint}") from None
    except OSError as error:
        raise RecipeError(f"{path}: cannot be read ({error.strerror})") from None
    return parse_recipe(data, str(path), kind)


def shipped() -> dict[str, Path]:
    """The recipes that come with the package, by name."""
    package = Path(__file__).parent
    for folder in (package / "recipes", package.parent / "recipes"):  # installed, or a checkout
        if folder.is_dir():
            return {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    return {}


def parse_recipe(data: bytes, origin: str, kind: type[R]) -> R:
    """YAML text as a Struct; `origin` names it in errors."""
    try:
        return msgspec.yaml.decode(data, type=kind)
    except msgspec.ValidationError as error:
        unknown = re.search(r"unknown field `([^`]*)`", str(error))
        fields = Selection.__struct_fields__ if "`$.select[" in str(error) else kind.__struct_fields__
        hint = nearest(unknown[1], fields) if unknown else ""
        told = str(error)
        if "`$.held_in`" in told:
            told = told.replace("Invalid enum value", "Expected a list of names or 'all', got")
        told = "the recipe is empty" if told == "Expected `object`, got `null`" else told
        raise RecipeError(f"{origin}: {told}{hint}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecipeError(f"{origin}: not valid YAML: {shorten(' '.join(str(error).split()))}") from None
