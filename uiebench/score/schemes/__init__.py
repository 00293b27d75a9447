"""The rules of other scorers, to reproduce the numbers they print.

    rule = scheme("iepile", "EE")
    rule.add(document, extraction, output)
    rule.result()                      →  {"normal event": Score(71.43, 68.18, 69.77), "normal arg": …, "set event": …}
    scheme("uie", "NER", "set")        →  one variant, with rows "string" and "offset"

    name         unit       variants
    iepile       per cent   normal (default there), set
    uie          per cent   normal (default there), set, multimatch
    instructuie  fraction
    gollie       fraction   scorer, as run
    knowcoder    fraction
    deepke       per cent
    seqeval      fraction   default, strict IOB2
    nervaluate   fraction   strict, exact, partial, ent_type

Each module says what its scorer compares. All read what `uiebench.score.output` has read: but for what a module
says of unreadable output, an original that finds more or less in JSON of an odd shape is not followed. One
result cannot be reproduced because its original does not reproduce it: DeepKE's arguments where several events
share type and trigger, see `uiebench.score.schemes.deepke`.
"""

from __future__ import annotations

from collections.abc import Callable

from uiebench.errors import RecipeError
from uiebench.score.schemes.counting import Scheme, Score
from uiebench.score.schemes.deepke import DeepKE
from uiebench.score.schemes.gollie import GoLLIE
from uiebench.score.schemes.iepile import IEPile
from uiebench.score.schemes.instructuie import InstructUIE
from uiebench.score.schemes.knowcoder import KnowCoder
from uiebench.score.schemes.nervaluate import Nervaluate
from uiebench.score.schemes.seqeval import Seqeval
from uiebench.score.schemes.uie import UIE
from uiebench.types import Task

__all__ = ["NAMES", "SCHEMES", "VARIANTS", "Scheme", "Score", "scheme"]

Maker = Callable[[Task, tuple[str, ...]], Scheme]

TASKS: tuple[Task, ...] = ("NER", "RE", "EE", "EET", "EEA")
_EVERY: dict[str, Maker] = {
    "iepile": IEPile,
    "uie": UIE,
    "instructuie": InstructUIE,
    "gollie": GoLLIE,
    "knowcoder": KnowCoder,
    "deepke": DeepKE,
}
SCHEMES: dict[tuple[str, Task], Maker] = {(name, task): maker for name, maker in _EVERY.items() for task in TASKS}
SCHEMES |= {("seqeval", "NER"): Seqeval, ("nervaluate", "NER"): Nervaluate}

NAMES: tuple[str, ...] = tuple(dict.fromkeys(name for name, _ in SCHEMES))
VARIANTS: dict[str, tuple[str, ...]] = {
    "iepile": ("normal", "set"),
    "uie": ("normal", "set", "multimatch"),
    "gollie": ("scorer", "as run"),
    "seqeval": ("default", "strict IOB2"),
    "nervaluate": ("strict", "exact", "partial", "ent_type"),
}


def scheme(name: str, task: Task, variant: str | None = None) -> Scheme:
    """A fresh rule by the name of its scorer, with all its variants or one.

    Raises: RecipeError if there is no such scorer or variant, or if it does not score the task.
    """
    if name not in NAMES:
        raise RecipeError(f"scorer {name!r}: not one of {', '.join(NAMES)}")
    if (name, task) not in SCHEMES:
        raise RecipeError(f"scorer {name!r} does not score {task}")
    variants = VARIANTS.get(name, ())
    if variant is not None:
        if variant not in variants:
            raise RecipeError(f"scorer {name!r} has no variant {variant!r}: {', '.join(variants) or 'it has none'}")
        variants = (variant,)
    return SCHEMES[name, task](task, variants)
