"""The labels that can be mistaken for one another: those of one corpus and kind, and roles of one event type.

    groups(described)  →  [Group("cluener", "zh", "entity", "", (Label("company", "公司", …), …)), …,
                           Group("duee1", "zh", "role", "财经/交易-降价", (Label("降价方", …), …))]

A label never competes with one of another corpus: it is not offered there.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from uiebench.score.gold import Described
from uiebench.types import Label, Language, Task

Kind = Literal["entity", "relation", "event", "role"]
KINDS: tuple[Kind, ...] = ("entity", "relation", "event", "role")
KIND_OF: dict[Task, Kind] = {"NER": "entity", "RE": "relation", "EE": "event", "EET": "event", "EEA": "event"}
"""What a prompt of a task offers."""


class Group(msgspec.Struct, frozen=True):
    """Labels that compete. `event` names the event type of roles and is empty for every other kind."""

    corpus: str
    language: Language
    kind: Kind
    event: str
    labels: tuple[Label, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The labels as the corpus spells them."""
        return tuple(label.name for label in self.labels)


def groups(described: Described) -> list[Group]:
    """The groups of a corpus; kinds it does not have are left out."""
    schema = described.schema
    found: list[tuple[Kind, str, tuple[Label, ...]]] = [
        ("entity", "", schema.entities),
        ("relation", "", schema.relations),
        ("event", "", schema.events),
        *(("role", event.name, event.roles) for event in schema.events),
    ]
    return [Group(described.name, described.language, kind, event, labels) for kind, event, labels in found if labels]
