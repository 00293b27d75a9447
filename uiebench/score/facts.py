"""What is compared: annotations as plain tuples, one set for each metric of a task.

facts(document, "EE", normal)  →  {"ti": [("裁员",)], "tc": [("裁员", "裁员")],
                                   "ai": [("裁员", "远山科技")], "ac": [("裁员", "裁员方", "远山科技")]}

ner       (type, mention)                        re        (relation, head, tail), directed
re-typed  (relation, head, head type, tail, tail type)
ti        (trigger)                              tc        (event type, trigger)
ai        (event type, mention)                  ac        (event type, role, mention)
ac-paired as ac, but arguments count only between events paired by type and trigger, see `paired`
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal
from unicodedata import is_normalized, normalize

from uiebench.types import Document, Event, Extraction, Task

Metric = Literal["ner", "re", "re-typed", "ti", "tc", "ai", "ac", "ac-paired"]
Fact = tuple[str, ...]
Normal = Callable[[str], str]

METRICS: dict[Task, tuple[Metric, ...]] = {
    "NER": ("ner",),
    "RE": ("re", "re-typed"),
    "EE": ("ti", "tc", "ai", "ac", "ac-paired"),
    "EET": ("ti", "tc"),
    "EEA": ("ai", "ac", "ac-paired"),
}
HEADLINES: dict[Task, tuple[Metric, ...]] = {
    "NER": ("ner",),
    "RE": ("re",),
    "EE": ("tc", "ac"),
    "EET": ("tc",),
    "EEA": ("ac",),
}


@lru_cache(maxsize=1 << 16)
def nfc_strip(text: str) -> str:
    """The normalisation of the headline: NFC, and no outer white space. Nothing else."""
    return text.strip() if text.isascii() or is_normalized("NFC", text) else normalize("NFC", text).strip()


def facts(said: Document | Extraction, task: Task, normal: Normal) -> dict[Metric, list[Fact]]:
    """The facts of each metric of a task, repeats included, in the order they were said."""
    if task == "NER":
        return {"ner": [(entity.type, normal(entity.text)) for entity in said.entities]}
    if task == "RE":
        triples = [(r.type, normal(r.head.text), r.head.type, normal(r.tail.text), r.tail.type) for r in said.relations]
        return {"re": [(relation, head, tail) for relation, head, _, tail, _ in triples], "re-typed": list(triples)}
    found: dict[Metric, list[Fact]] = {}
    if task != "EEA":
        triggers = [(e.type, normal(e.trigger.text) if e.trigger else "") for e in said.events]
        found["ti"] = [(trigger,) for _, trigger in triggers]
        found["tc"] = list(triggers)
    if task != "EET":
        arguments = [(e.type, a.role, normal(a.text)) for e in said.events for a in e.arguments]
        found["ai"] = [(type, mention) for type, _, mention in arguments]
        found["ac"] = list(arguments)
    return found


def paired(gold: Sequence[Event], said: Sequence[Event], normal: Normal, triggers: bool) -> tuple[int, int, int]:
    """(correct, gold, predicted) arguments, where an argument counts only between two paired events.

    Events are strings here: two that agree in type, trigger and all arguments are one. Among the events
    that share type and trigger, gold and predicted ones are paired so that as many arguments as possible
    agree, as sets of (role, mention); the order of events changes nothing. Without `triggers` the type
    alone decides what may be paired.
    """
    groups: dict[tuple[str, str], tuple[dict[frozenset[Fact], None], dict[frozenset[Fact], None]]] = {}
    for side, events in enumerate((gold, said)):
        for event in events:
            key = event.type, normal(event.trigger.text) if triggers and event.trigger else ""
            arguments = frozenset((a.role, normal(a.text)) for a in event.arguments)
            groups.setdefault(key, ({}, {}))[side][arguments] = None
    correct = wanted = got = 0
    for ours, theirs in groups.values():
        wanted += sum(map(len, ours))
        got += sum(map(len, theirs))
        if ours and theirs:
            weights = [[len(left & right) for right in theirs] for left in ours]
            correct += sum(weights[i][j] for i, j in assignment(weights))
    return correct, wanted, got


def assignment(weights: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """A matching of rows and columns with the greatest total weight (Hungarian method, n³).

    Every row or every column is matched, whichever are fewer.
    """
    rows, columns = len(weights), len(weights[0])
    if rows > columns:
        turned = [[weights[i][j] for i in range(rows)] for j in range(columns)]
        return sorted((i, j) for j, i in assignment(turned))
    inf = float("inf")
    row_price, column_price = [0.0] * (rows + 1), [0.0] * (columns + 1)
    row_of, back = [0] * (columns + 1), [0] * (columns + 1)  # 0: free; rows and columns count from 1
    for row in range(1, rows + 1):
        row_of[0], column = row, 0
        slack, used = [inf] * (columns + 1), [False] * (columns + 1)
        while row_of[column]:
            used[column] = True
            here, step, following = row_of[column], inf, 0
            for j in range(1, columns + 1):
                if not used[j]:
                    cost = -weights[here - 1][j - 1] - row_price[here] - column_price[j]
                    if cost < slack[j]:
                        slack[j], back[j] = cost, column
                    if slack[j] < step:
                        step, following = slack[j], j
            for j in range(columns + 1):
                if used[j]:
                    row_price[row_of[j]] += step
                    column_price[j] -= step
                else:
                    slack[j] -= step
            column = following
        while column:
            row_of[column] = row_of[back[column]]
            column = back[column]
    return sorted((row_of[j] - 1, j - 1) for j in range(1, columns + 1) if row_of[j])
