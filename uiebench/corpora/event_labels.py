"""Event labels written in one line, with roles given by their names.

event = event_labels(ROLES.values())
event("Life:Die", "死亡", "death", "someone dies or is killed", "Agent Victim Place")
→  EventLabel("Life:Die", "死亡", "death", description="…", roles=(ROLES["Agent"], ROLES["Victim"], …))
"""

from collections.abc import Iterable
from typing import Protocol

from uiebench.types import EventLabel, Label


class MakesEventLabels(Protocol):
    """Makes an event label of its name, its Chinese and English names, what it covers, and role names in one string."""

    def __call__(self, name: str, zh: str, en: str, description: str, roles: str = "") -> EventLabel: ...


def event_labels(roles: Iterable[Label] = (), always: str = "") -> MakesEventLabels:
    """A function that makes event labels with some of these `roles`; `always` names those that every event has."""
    known = {role.name: role for role in roles}

    def event(name: str, zh: str, en: str, description: str, roles: str = "") -> EventLabel:
        found = tuple(known[role] for role in [*roles.split(), *always.split()])
        return EventLabel(name, zh, en, description=description, roles=found)

    return event


def native_role(name: str, en: str, description: str) -> Label:
    """A role whose native name is its Chinese one."""
    return Label(name, name, en, description=description)


def native_event(name: str, en: str, description: str, *roles: Label) -> EventLabel:
    """An event type whose native name is its Chinese one, and its roles."""
    return EventLabel(name, name, en, description=description, roles=roles)
