"""The kinds of confusion: each a small function that makes a right answer wrong in one way.

    @kind("type", "NER", per="item", zh="类型换成易混的类型", en="type taken for a confusable one")
    def confuse_type(case, answer, index, number): …

    of_task("NER")["type"].make(case, [("人名", "高明")], 0, number)
    →  Change([("机构", "高明")], {"人名": "高明"}, {"机构": "高明"})

A kind gives None where it does not apply. It may give something right: who calls it has the scorer decide.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Literal

import msgspec

from uiebench.pairs.answer import Answer
from uiebench.pairs.case import Case, Change
from uiebench.types import Task

Make = Callable[[Case, Answer, int, int], Change | None]
"""Case, answer, the place of an item in it or of a label in the window, and the hash that chooses."""
Per = Literal["item", "label", "answered", "unanswered", "answer"]
Sort = Literal["text", "off-text", "format", "abstention"]


class Kind(msgspec.Struct, frozen=True):
    """One kind of confusion.

    Fields:
        name, tasks: together they are unique.
        per: what it is tried on: each item of the answer, each label of the window, those that have gold, those
            that have none, or the answer as a whole.
        sort: "off-text": makes a string that is not in the text; "format": wrong by how or what it writes, not by
            what the text says; "abstention": about whether to answer at all; "text": all others.
        by_words: moves an edge to a word boundary, never into a word.
        parses: whether the scorer can read the answer.
        empty: whether it is for prompts to which the right answer is nothing; all others are for the rest.
        alone: whether it may be the only edit; a repeat alone is not wrong where repeats are ignored.
        last: whether nothing can be edited after it.
        once: whether one pair of a prompt at most has it, since it says the same of every prompt.
        zh, en: what it does.
    """

    name: str
    tasks: tuple[Task, ...]
    per: Per
    make: Make
    zh: str
    en: str
    sort: Sort = "text"
    by_words: bool = False
    parses: bool = True
    empty: bool = False
    alone: bool = True
    last: bool = False
    once: bool = False


_KINDS: list[Kind] = []
MODULES = ("ner", "re", "ee", "written")


def kind(
    name: str,
    *tasks: Task,
    per: Per,
    zh: str,
    en: str,
    sort: Sort = "text",
    by_words: bool = False,
    parses: bool = True,
    empty: bool = False,
    alone: bool = True,
    last: bool = False,
    once: bool = False,
) -> Callable[[Make], Make]:
    """Register a function as a kind; see `Kind`."""

    def register(make: Make) -> Make:
        _KINDS.append(Kind(name, tasks, per, make, zh, en, sort, by_words, parses, empty, alone, last, once))
        return make

    return register


@cache
def all_kinds() -> tuple[Kind, ...]:
    """Every kind there is, in the order of their modules."""
    for module in MODULES:
        import_module(f"uiebench.pairs.kinds.{module}")
    return tuple(_KINDS)


@cache
def of_task(task: Task) -> dict[str, Kind]:
    """The kinds of a task by name."""
    return {one.name: one for one in all_kinds() if task in one.tasks}
