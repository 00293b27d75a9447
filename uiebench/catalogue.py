"""The corpora there are: one module each in `uiebench.corpora`, plus the entry points of other packages.

    names()          →  ["address", "boson", …]
    load("resume")   →  Corpus(name="resume", …)

A module's presence is its registration. Another package adds corpora through the entry-point group
``uiebench.corpora``: name = the corpus, value = ``package.module``, samples in ``samples/<name>``
beside that module.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path

import uiebench.corpora.en
import uiebench.corpora.zh
from uiebench.errors import BrokenInvariant, RecipeError, nearest
from uiebench.types import Corpus

SAMPLES = Path(__file__).parent / "corpora" / "samples"


@cache
def _modules() -> dict[str, str]:
    """Corpus name → the module that describes it."""
    found = {
        info.name: f"{package.__name__}.{info.name}"
        for package in (uiebench.corpora.zh, uiebench.corpora.en)
        for info in pkgutil.iter_modules(package.__path__)
    }
    return found | {point.name: point.value for point in entry_points(group="uiebench.corpora")}


def names() -> list[str]:
    """The names of all corpora, sorted."""
    return sorted(_modules())


@cache
def load(name: str) -> Corpus:
    """The corpus called `name`. Raises: RecipeError with the nearest name if there is none."""
    module = _modules().get(name)
    if module is None:
        raise RecipeError(f"no corpus is called {name!r}{nearest(name, names())}")
    corpus: Corpus = importlib.import_module(module).CORPUS
    if corpus.name != name:
        raise BrokenInvariant(f"{module}: its corpus is called {corpus.name!r}, the module {name!r}")
    return corpus


def documentation(name: str) -> str:
    """What the module of a corpus says of it and of its native form: the module's docstring."""
    return inspect.getdoc(importlib.import_module(_modules()[name])) or ""


def samples(name: str) -> Path:
    """The folder that holds the folder ``<name>`` with the corpus's invented sample files."""
    module = importlib.import_module(_modules()[name])
    if module.__name__.startswith("uiebench.corpora."):
        return SAMPLES
    return Path(module.__file__ or "").parent / "samples"
