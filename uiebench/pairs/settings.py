"""What `uiebench pairs confuse` is to make: a recipe, such as recipes/confuse.yaml.

name: confuse
per_prompt: 2
edits: [0.6, 0.3, 0.1]
weights: {invented: 2}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from uiebench import catalogue
from uiebench.errors import RecipeError, nearest
from uiebench.recipe import Positive
from uiebench.types import SplitName

STATING = (
    "spurious",
    "absent",
    "answered",
    "replaced",
    "head",
    "tail",
    "argument-spurious",
    "argument-replaced",
    "trigger-replaced",
)
"""Kinds that put together strings of the text which gold does not put together so: where it is silent, they may be
right."""
Weight = Annotated[float, msgspec.Meta(ge=0)]


class ConfuseRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which confusions are made.

    Fields:
        name, title: of the pairs.
        seed: of every ranked choice.
        split: whose prompts are answered. What is invented for dev and test differs from what is for train.
        per_prompt: so many different wrong answers to each prompt. Two: the pairs of one prompt share what is
            right, so more of them add less than other prompts do.
        edits: shares of the answers with 1, 2, 3 … edits. Most have one, since that is what is hard to tell; some
            have several, so that a model also learns which of two wrong answers is worse.
        weights: how often a kind is made, relative to the others; 1 where nothing is said, 0 for never.
        incomplete: corpora known to leave facts unannotated, e.g. by distant supervision. What is not in their gold
            may be right all the same: no pairs are made of them.
        sparse: corpora whose annotation is careful where it says something, and silent here and there where it
            could: no kind is made that states a fact of the text which gold does not have (`STATING`).
        duplicates: set: a repeated annotation is not wrong, so that a repeat only comes with another edit;
            multiset: it is, as under `uiebench score --duplicates multiset`.
    """

    name: str
    title: str = ""
    seed: int = 0
    split: SplitName = "train"
    per_prompt: Positive = 2
    edits: tuple[Weight, ...] = (0.6, 0.3, 0.1)
    weights: dict[str, Weight] = {}
    incomplete: tuple[str, ...] = ()
    sparse: tuple[str, ...] = ()
    duplicates: Literal["set", "multiset"] = "set"

    def __post_init__(self) -> None:
        if sum(self.edits) <= 0:
            raise ValueError("edits: the shares are all 0")
        refuse_unknown_corpora("incomplete", self.incomplete)
        refuse_unknown_corpora("sparse", self.sparse)


def refuse_unknown_corpora(field: str, names: Sequence[str]) -> None:
    """Raise ValueError if no corpus of the catalogue has such a name: its gold would be trusted without a word."""
    there = catalogue.names()
    for name in names:
        if name not in there:
            raise ValueError(f"{field}: no corpus {name!r}{nearest(name, there)}")


def refuse_unknown_kinds(names: list[str], known: list[str], place: str) -> None:
    """Raise if a kind does not exist: RecipeError with the nearest one."""
    for name in names:
        if name not in known:
            raise RecipeError(f"{place}: no kind {name!r}{nearest(name, known)}")
