"""Prompts: a task, the labels it offers and a text, put into words by a template.

    Renderer("zh", "NER", corpus.schema, seed=0).prompt(document)
    →  "请从下面的文本中抽取实体。实体类型：人名、机构。\\n按 JSON 输出：…\\n文本：高明任远山科技董事长。"

The wordings are data (`templates.yaml`); which of them a document gets is a matter of rank.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from uiebench.hashing import rank
from uiebench.types import Document, Language, Schema, Task

SEPARATORS: dict[Language, tuple[str, str]] = {"zh": ("、", "；"), "en": (", ", "; ")}
"""What stands between labels, and between event types that carry their roles."""


@cache
def templates() -> dict[Language, dict[Task, dict[str, str]]]:
    """Language → task → template id → wording."""
    data = files("uiebench.instruct").joinpath("templates.yaml").read_bytes()
    return msgspec.yaml.decode(data, type=dict[Language, dict[Task, dict[str, str]]])


def spelled_labels(language: Language, task: Task, schema: Schema) -> str:
    """The labels of a schema as they stand in a prompt; event types carry their roles in brackets."""
    between, wide = SEPARATORS[language]
    if task == "NER":
        return between.join(label.display(language) for label in schema.entities)
    if task == "RE":
        return between.join(label.display(language) for label in schema.relations)
    if task == "EET":
        return between.join(label.display(language) for label in schema.events)
    opening, closing = ("（", "）") if language == "zh" else (" (", ")")
    spelled = []
    for event in schema.events:
        roles = between.join(role.display(language) for role in event.roles)
        spelled.append(event.display(language) + (f"{opening}{roles}{closing}" if roles else ""))
    return wide.join(spelled)


class Renderer:
    """Prompts about one schema and task in one language."""

    def __init__(self, language: Language, task: Task, schema: Schema, seed: int) -> None:
        self.seed, self.task = seed, task
        wordings = templates()[language][task]
        self.ids = list(wordings)
        spelled = spelled_labels(language, task, schema)
        self.around: dict[str, tuple[str, str]] = {}
        for key, wording in wordings.items():
            before, _, after = wording.partition("{text}")
            self.around[key] = before.replace("{labels}", spelled), after.replace("{labels}", spelled)

    def prompt(self, document: Document) -> str:
        """The prompt that asks for this task in the text of `document`."""
        template = rank(self.ids, self.seed, document.id, f"template:{self.task}")[0]
        before, after = self.around[template]
        return f"{before}{document.text}{after}"
