"""Prompts: a task, a window of labels and a text, put into words by a template.

    renderer = Renderer("zh", "RE", corpus.schema)
    renderer.prompt(1, ("创始人", "总部地点"), "高明创办了远山公司。")
    →  "文本：高明创办了远山公司。\\n找出文本中表达的下列关系：创始人（企业→人物）、总部地点（企业→地点）。\\n以 JSON …"

The wordings are data (`templates.yaml`). A relation carries the types it joins where the corpus says, an
event type its roles. A prompt may explain its labels, call them by numbers so that only the explanation
says what is meant, or name them in the other language; see `Style`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

import msgspec

from uiebench.instruct.target import Names, encode
from uiebench.types import Document, Label, Language, PromptTask, RelationLabel, Schema, Task

SEPARATORS: dict[Language, tuple[str, str]] = {"zh": ("、", "；"), "en": (", ", "; ")}
"""What stands between labels, and between labels that themselves hold commas or lists."""
BRACKETS: dict[Language, tuple[str, str]] = {"zh": ("（", "）"), "en": (" (", ")")}
ARROW: dict[Language, str] = {"zh": "→", "en": " → "}
ANY: dict[Language, str] = {"zh": "任意", "en": "any"}
MOST_TYPES = 4
"""A head or tail that may have more types than these is as good as any."""
COUNTED: dict[Language, dict[str, str]] = {
    "zh": {"NER": "类型{}", "RE": "关系{}", "EE": "事件{}"},
    "en": {"NER": "type {}", "RE": "relation {}", "EE": "event {}"},
}
"""What a masked label is called."""
EXPLAINED: dict[Language, tuple[str, str]] = {"zh": ("标签说明：\n", "："), "en": ("What the labels mean:\n", ": ")}
BASE: dict[PromptTask, Task] = {
    "NER": "NER", "RE": "RE", "EE": "EE", "EET": "EET", "EEA": "EEA",
    "NER-span": "NER", "NER-type": "NER", "RE-pair": "RE", "RE-type": "RE",
}  # fmt: skip
"""The task whose labels a task asks for."""

Style = Literal["plain", "described", "masked", "other"]
"""How labels are named: by their own names; with explanations; by numbers with explanations; in the other language."""


class TemplateSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wordings by language, task and id, and whether targets name types without mention."""

    zh: dict[PromptTask, dict[str, str]]
    en: dict[PromptTask, dict[str, str]]
    explicit_empty: bool = True


@cache
def template_sets() -> dict[str, TemplateSet]:
    """The sets of wordings by name."""
    data = files("uiebench.instruct").joinpath("templates.yaml").read_bytes()
    return msgspec.yaml.decode(data, type=dict[str, TemplateSet])


def wordings_of(language: Language, task: PromptTask, templates: str) -> dict[str, str]:
    """Id → wording, of the set called `templates` or, where it has none, of ours."""
    chosen, ours = template_sets()[templates], template_sets()["uiebench"]
    own: dict[PromptTask, dict[str, str]] = getattr(chosen, language)
    rest: dict[PromptTask, dict[str, str]] = getattr(ours, language)
    return own.get(task) or rest[task]


_HOLE = re.compile(r"\{(labels|names|roles|text|mentions|pairs)(?::([^{}]*))?\}")


Hole = tuple[str, str]
"""What is to be filled in, and what stands between the names of a list."""


class Wording(NamedTuple):
    """A template taken apart: what stands before the text and behind it, as pieces of text and holes."""

    id: str
    before: tuple[str | Hole, ...]
    after: tuple[str | Hole, ...]

    @classmethod
    def read(cls, id: str, template: str) -> Wording:
        """A template such as "实体类型：{labels}。\n文本：{text}"."""
        found = _HOLE.split(template)
        pieces: list[str | Hole] = []
        text = 0
        for plain, kind, separator in zip(found[::3], [*found[1::3], "text"], [*found[2::3], ""], strict=True):
            pieces.append(plain)
            if kind != "text":
                pieces.append((kind, separator or ""))
            elif not text:
                text = len(pieces)
        return cls(id, tuple(pieces[:text]), tuple(pieces[text:]))

    @property
    def holes(self) -> list[Hole]:
        """What is to be filled in beside the text."""
        return [piece for piece in (*self.before, *self.after) if not isinstance(piece, str)]


class Spelling:
    """The labels of a task as they stand in prompts of a language, with names in the same or the other one."""

    def __init__(self, language: Language, task: Task, schema: Schema, named: Language) -> None:
        self.language, self.task = language, task
        self.between, self.wide = SEPARATORS[language]
        labels: Sequence[Label] = (
            schema.entities if task == "NER" else schema.relations if task == "RE" else schema.events
        )
        self.names = {label.name: label.display(named) for label in labels}
        self.descriptions = {label.name: label.description.rstrip("。.") for label in labels if label.description}
        types = {label.name: label.display(named) for label in schema.entities}
        opening, closing = BRACKETS[language]
        self.behind: dict[str, str] = {}
        self.roles: dict[str, list[str]] = {}
        for label in schema.relations if task == "RE" else ():
            if joined := self.signature(label, types):
                self.behind[label.name] = f"{opening}{joined}{closing}"
        for event in schema.events if task in ("EE", "EEA") else ():
            self.roles[event.name] = [role.display(named) for role in event.roles]
            if event.roles:
                self.behind[event.name] = f"{opening}{self.between.join(self.roles[event.name])}{closing}"
        mark = self.between.strip()
        self.listed = {name for name, shown in self.names.items() if mark in shown}
        if self.roles:
            self.listed |= set(self.behind)

    def signature(self, label: RelationLabel, types: Mapping[str, str]) -> str:
        """The types a relation joins, e.g. "企业→人物"; empty where the corpus does not say, or says all."""
        if any(name not in types for name in (*label.heads, *label.tails)):
            return ""  # a type held out of training is not named either
        sides = [
            "/".join(types[name] for name in side) if 0 < len(side) <= MOST_TYPES else ANY[self.language]
            for side in (label.heads, label.tails)
        ]
        return ARROW[self.language].join(sides) if sides != [ANY[self.language]] * 2 else ""

    def labels(self, window: Sequence[str], shown: Mapping[str, str]) -> str:
        """The labels of a window in one line."""
        behind = self.behind
        between = self.between if self.listed.isdisjoint(window) else self.wide
        if not behind:
            return between.join([shown[label] for label in window])
        return between.join([shown[label] + behind.get(label, "") for label in window])

    def numbered(self, window: Sequence[str]) -> dict[str, str]:
        """The described labels of a window by the number of their place, the others by name."""
        counted = COUNTED[self.language][self.task if self.task in ("NER", "RE") else "EE"]
        return {
            label: counted.format(place) if label in self.descriptions else self.names[label]
            for place, label in enumerate(window, start=1)
        }

    def explained(self, window: Sequence[str], shown: Mapping[str, str]) -> str:
        """A block of lines that says what the described labels of a window mean; empty if none is."""
        head, colon = EXPLAINED[self.language]
        lines = [f"{shown[n]}{colon}{self.descriptions[n]}\n" for n in window if n in self.descriptions]
        return head + "".join(lines) if lines else ""


class Framed(NamedTuple):
    """A prompt without its text: what stands before and after it, and what it shows for labels.

    Fields:
        shown: the names of the window's labels; `names`: the same for encoding a target.
        nothing: the target that says that nothing is there.
    """

    before: str
    after: str
    shown: tuple[str, ...]
    names: Names
    nothing: str


NOBODY = Document("", "")


class Renderer:
    """Prompts about one schema and task in one language.

    Args:
        templates: the set of wordings; `paraphrases` says whether all of them are used or the first.
    """

    def __init__(
        self,
        language: Language,
        task: PromptTask,
        schema: Schema,
        *,
        templates: str = "uiebench",
        paraphrases: bool = True,
    ) -> None:
        found = [Wording.read(id, wording) for id, wording in wordings_of(language, task, templates).items()]
        self.wordings = found if paraphrases else found[:1]
        self.task: Task = BASE[task]
        other: Language = "en" if language == "zh" else "zh"
        self.spelling = Spelling(language, self.task, schema, language)
        self.other = Spelling(language, self.task, schema, other)
        self.names, self.other_names = Names(language, schema), Names(other, schema)
        self.explicit_empty = template_sets()[templates].explicit_empty
        self.framed: Callable[[int, tuple[str, ...], Style], Framed] = lru_cache(4096)(self._framed)

    def wording(self, number: int) -> int:
        """The place of the wording that a prompt gets; `number` is the hash of what chooses."""
        return number % len(self.wordings)

    def prompt(self, wording: int, window: tuple[str, ...], text: str, style: Style = "plain") -> str:
        """The prompt that asks for a window of labels in a text."""
        framed = self.framed(wording, window, style)
        return f"{framed.before}{text}{framed.after}"

    def _framed(self, wording: int, window: tuple[str, ...], style: Style) -> Framed:
        return self.filled(wording, window, style, {})

    def filled(self, place: int, window: tuple[str, ...], style: Style, more: Mapping[str, str]) -> Framed:
        """A prompt without its text; `more` fills {mentions} and {pairs}."""
        wording = self.wordings[place]
        spelling, names = (self.other, self.other_names) if style == "other" else (self.spelling, self.names)
        shown: Mapping[str, str] = spelling.names
        if style == "masked":
            shown = spelling.numbered(window)
            names = names.renamed(self.task, shown)

        def filling(hole: Hole) -> str:
            kind, separator = hole
            if kind == "labels":
                return spelling.labels(window, shown)
            if kind == "names":
                return separator.join(shown[label] for label in window)
            if kind == "roles":
                return separator.join(dict.fromkeys(r for label in window for r in spelling.roles.get(label, ())))
            return more[kind]

        before = "".join([piece if isinstance(piece, str) else filling(piece) for piece in wording.before])
        after = "".join([piece if isinstance(piece, str) else filling(piece) for piece in wording.after])
        if style in ("described", "masked"):
            before = spelling.explained(window, shown) + before
        nothing = encode(NOBODY, self.task, names, window, explicit_empty=self.explicit_empty)
        return Framed(before, after, tuple([shown[label] for label in window]), names, nothing)
