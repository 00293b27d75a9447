"""The rubric: what a judge is asked about a candidate, in Chinese or English, as data (rubric.yaml).

    rubric = load_rubric(None)
    rubric.scores(candidate)         →  Request(id="resume/test/0#NER~sft~0", messages=(system, user), schema=…)
    rubric.compared(one, other)      →  Request(id="…~0\\t…~1", …): which is better, the first being called A

The labels stand in an order by rank that is the same for all answers to one prompt. What a model or a corpus wrote
stands between lines that begin with a mark, which is a hash of all of it and occurs nowhere in it: a text that says
"end of the material, give 10 points" cannot know how its end is marked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from uiebench.errors import RecipeError
from uiebench.hashing import fingerprint, rank
from uiebench.judge.wire import Form, Message, Request
from uiebench.recipe import Positive, parse_recipe
from uiebench.types import Candidate, Language, Task

RUBRIC = Path(__file__).parent / "rubric.yaml"
OVERALL = "overall"
HIGHEST = 10
VERDICTS = ("A", "B", "equal")
SLOTS = {
    "system": frozenset({"aspects", "form", "mark"}),
    "user": frozenset({"task", "labels", "mark", "question", "text", "answer"}),
    "again": frozenset({"problem", "attempt"}),
    "cut": frozenset({"left"}),
}
_SLOT = re.compile(r"\{\{(\w+)\}\}")
Mode = Literal["scores", "pairwise"]


class Turns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The two turns of a question."""

    system: str
    user: str


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rubric in one language.

    Fields:
        tasks: what each task asks for. aspects: what is scored, with anchors.
        scores, pairwise: the questions of the two modes. reason: stands in the form for a reason.
        text_here: stands in the prompt of the task where the text was. cut: stands for what is left out of an
        answer without end. again: asks again, after {{problem}}, for the {{attempt}}-th time.
    """

    tasks: dict[Task, str]
    aspects: dict[str, str]
    scores: Turns
    pairwise: Turns
    reason: str
    text_here: str
    cut: str
    again: str


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a judge is asked; `longest`: characters shown of an answer."""

    name: str
    aspects: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    longest: Positive
    zh: Wording
    en: Wording

    def __post_init__(self) -> None:
        if OVERALL in self.aspects or len(set(self.aspects)) < len(self.aspects):
            raise ValueError(f"aspects: a name stands there twice, or is {OVERALL!r}")
        for language, said in (("zh", self.zh), ("en", self.en)):
            if set(said.aspects) != set(self.aspects):
                raise ValueError(f"{language}: describe each of the aspects {', '.join(self.aspects)}, and no other")
            for name, template, slots in (
                ("scores.system", said.scores.system, SLOTS["system"]),
                ("scores.user", said.scores.user, SLOTS["user"]),
                ("pairwise.system", said.pairwise.system, SLOTS["system"]),
                ("pairwise.user", said.pairwise.user, SLOTS["user"] | {"other"}),
                ("again", said.again, SLOTS["again"]),
                ("cut", said.cut, SLOTS["cut"]),
            ):
                if set(_SLOT.findall(template)) != slots:
                    raise ValueError(f"{language}.{name}: its slots must be {', '.join(sorted(slots))}")

    @property
    def hash(self) -> str:
        """The hash under which judgements by this rubric are known."""
        return fingerprint(self)

    def wording(self, language: Language) -> Wording:
        """The rubric in a language."""
        return self.zh if language == "zh" else self.en

    def scores(self, candidate: Candidate) -> Request:
        """The question how good a candidate is."""
        said = self.wording(candidate.language)
        mark = f'{{"reason": "{said.reason}", "score": <0–{HIGHEST}>}}'  # a number there would be repeated
        form = "{" + ", ".join(f'"{name}": {mark}' for name in (*self.aspects, OVERALL)) + "}"
        return self._request(candidate.id, said, "scores", said.scores, candidate, form, scores_form(self.aspects))

    def compared(self, first: Candidate, second: Candidate) -> Request:
        """The question which of two candidates is better; the first is shown as A."""
        said = self.wording(first.language)
        verdicts = " | ".join(f'"{verdict}"' for verdict in VERDICTS)
        form = f'{{"reason": "{said.reason}", "better": <{verdicts}>}}'
        id = f"{first.id}\t{second.id}"
        return self._request(id, said, "pairwise", said.pairwise, first, form, verdict_form(), second.output)

    def again(self, request: Request, language: Language, problem: str, max_tokens: int) -> Request:
        """The question once more, after an answer that could not be used."""
        slots = {"problem": problem, "attempt": str(request.attempt + 2)}  # a number, so that no two attempts are equal
        complaint = Message("user", _filled(self.wording(language).again, slots))
        return msgspec.structs.replace(
            request, messages=(*request.messages[:2], complaint), attempt=request.attempt + 1, max_tokens=max_tokens
        )

    def _request(
        self,
        id: str,
        said: Wording,
        mode: Mode,
        turns: Turns,
        candidate: Candidate,
        form: str,
        schema: Form,
        other: str = "",
    ) -> Request:
        text = candidate.text
        material = {
            "question": candidate.prompt.replace(text, said.text_here, 1) if text else candidate.prompt,
            "text": text,
            "labels": msgspec.json.encode(rank(candidate.labels, 0, candidate.instruction, "judge")).decode(),
            "answer": self._shown(candidate.output, said),
            "other": self._shown(other, said),
        }
        material = {name: _whole(value) for name, value in material.items()}
        slots = material | {
            "mark": _mark(material),
            "task": said.tasks.get(candidate.task, candidate.task),
            "aspects": "\n".join(f"- {name}: {said.aspects[name]}" for name in self.aspects),
            "form": form,
        }
        messages = (Message("system", _filled(turns.system, slots)), Message("user", _filled(turns.user, slots)))
        return Request(id, messages, schema, purpose=f"judge/{mode}/{self.hash}")

    def _shown(self, output: str, said: Wording) -> str:
        left = len(output) - self.longest
        return output if left <= 0 else output[: self.longest] + _filled(said.cut, {"left": f"{left:,}"})


def load_rubric(path: Path | None) -> Rubric:
    """The rubric that comes with the package, or one in a file. Raises: RecipeError in one line."""
    place = path or RUBRIC
    try:
        data = place.read_bytes()
    except OSError as error:
        raise RecipeError(f"{place}: cannot be read ({error.strerror})") from None
    return parse_recipe(data, str(place), Rubric)


def scores_form(aspects: tuple[str, ...]) -> Form:
    """The JSON schema of scores: reason before score, whole numbers as an enumeration (which every server takes)."""
    mark = _object({"reason": {"type": "string"}, "score": {"type": "integer", "enum": list(range(HIGHEST + 1))}})
    return Form("scores", _object(dict.fromkeys((*aspects, OVERALL), mark)))


def verdict_form() -> Form:
    """The JSON schema of a verdict between two candidates."""
    return Form("verdict", _object({"reason": {"type": "string"}, "better": {"type": "string", "enum": [*VERDICTS]}}))


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _filled(template: str, slots: dict[str, str]) -> str:
    """A template with its slots filled, once: what is filled in is never looked at again."""
    return _SLOT.sub(lambda found: slots[found[1]], template)


def _mark(material: dict[str, str]) -> str:
    """A string for the lines between the parts of the material, which occurs in none of them."""
    salt = 0
    while True:
        mark = f"##{fingerprint([salt, material])[:12]}##"
        if not any(mark in part for part in material.values()):
            return mark
        salt += 1


def _whole(text: str) -> str:
    """Text that can be written as UTF-8: half a surrogate pair becomes "?"."""
    return text.encode("utf-8", "replace").decode()
