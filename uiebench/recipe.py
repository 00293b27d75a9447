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

from uiebench.errors import RecipeError, nearest

R = TypeVar("R", bound=msgspec.Struct)


class BuildRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a benchmark holds.

    Fields:
        name: of the benchmark.
        title: one line for its README.
        held_in: corpora whose training splits may be trained on; "all" for every corpus there is.
        held_out: groups of corpora used for zero-shot evaluation only, e.g. {zh-ner: [boson]}.
        samples: read the bundled samples in place of the original files.
        instructions: also write the instruction layer.
        seed: of every ranked choice.
    """

    name: str
    title: str = ""
    held_in: tuple[str, ...] | Literal["all"] = ()
    held_out: dict[str, tuple[str, ...]] = {}
    samples: bool = False
    instructions: bool = True
    seed: int = 0


def load_recipe(path: Path, kind: type[R]) -> R:
    """A recipe file as a Struct. Raises: RecipeError in one line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        known = sorted(str(p) for p in Path("recipes").glob("*.yaml"))
        raise RecipeError(f"{path}: no such recipe ({error.strerror}){nearest(str(path), known)}") from None
    return parse_recipe(data, str(path), kind)


def parse_recipe(data: bytes, origin: str, kind: type[R]) -> R:
    """YAML text as a Struct; `origin` names it in errors."""
    try:
        return msgspec.yaml.decode(data, type=kind)
    except msgspec.ValidationError as error:
        unknown = re.search(r"unknown field `([^`]*)`", str(error))
        hint = nearest(unknown[1], kind.__struct_fields__) if unknown else ""
        raise RecipeError(f"{origin}: {error}{hint}") from None
    except msgspec.DecodeError as error:
        raise RecipeError(f"{origin}: not valid YAML: {' '.join(str(error).split())}") from None
