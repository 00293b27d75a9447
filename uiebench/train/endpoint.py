"""A model behind an OpenAI-compatible server answers the prompts of a benchmark.

    endpoint = endpoint_of("http://localhost:8000/v1", "Qwen/Qwen3-8B")     or a YAML file with the fields of Endpoint
    requests = requests_of(questions(benchmark, "test"), Settings("span", most=512))
    answered = answers(ask(requests, endpoint, store, …), questions)

Cache, budget, retries and what a server may do wrong are those of `uiebench.judge.client`. Under a constraint each
request carries its grammar as vLLM takes it (``structured_outputs``); other servers refuse it or pass over it, so
that for them there is "off". A question that was not answered has an empty answer, which is counted by its reason.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from uiebench.errors import RecipeError, UiebenchError, shorten
from uiebench.judge.client import Answer, Asked
from uiebench.judge.wire import TOO_LONG, Endpoint, Message, Request
from uiebench.recipe import parse_recipe
from uiebench.train.grammar import Constraint, grammar
from uiebench.train.predict import Answered, Question, Settings

NONE = "without an answer: "


def endpoint_of(place: str, model: str = "", key: str | None = None) -> Endpoint:
    """The endpoint at an address, or that of a YAML file with the fields of Endpoint.

    Args:
        model, key: the model as the server calls it, and the variable with the key, in place of those of the file.

    The key for an address is in OPENAI_API_KEY if nothing else is said; a server on this machine needs none where that
    is not set. Raises: RecipeError in one line.
    """
    if not re.match(r"https?://", place):
        try:
            plan = parse_recipe(Path(place).read_bytes(), place, Endpoint)
        except OSError as error:
            raise RecipeError(
                f"--endpoint {place}: neither an address such as http://localhost:8000/v1 nor a file that can be "
                f"read ({error.strerror})"
            ) from None
        said = {"model": model or plan.model, "key": plan.key if key is None else key}
        return _checked(lambda: msgspec.structs.replace(plan, **said))
    if not model:
        raise RecipeError(f"--endpoint {place}: which model? --model names it as the server calls it")
    if key is None:
        key = "" if _here(place) and not os.environ.get("OPENAI_API_KEY") else "OPENAI_API_KEY"
    return _checked(lambda: Endpoint(model, place, key))


def _checked(make: Callable[[], Endpoint]) -> Endpoint:
    try:
        return make()
    except ValueError as error:
        raise RecipeError(f"--endpoint: {error}") from None


def _here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def requests_of(asking: Sequence[Question], settings: Settings) -> list[Request]:
    """The requests of all questions, each as often as there are samples."""
    found = []
    for question in asking:
        extra = structured(question, settings.constraint)
        found += [
            Request(
                question.id,
                (Message("user", question.prompt),),
                sample=sample,
                max_tokens=settings.most,
                extra=extra,
            )
            for sample in range(settings.samples)
        ]
    return found


def structured(question: Question, constraint: Constraint) -> dict[str, Any]:
    """The grammar of a question's answers as vLLM takes it in a request; nothing where there is no constraint."""
    if constraint == "off":
        return {}
    asked = question.asked
    rules = grammar(asked.task, asked.labels, asked.roles, asked.text, constraint, explicit_empty=asked.explicit_empty)
    return {"structured_outputs": {"grammar": rules}}


def answers(asked: Asked, asking: Sequence[Question], seconds: float) -> Answered:
    """What came back for all questions, in their order. Raises: UiebenchError in one line if that is nothing at all."""
    outputs: dict[str, list[str]] = {question.id: [] for question in asking}
    counts, whole = Counter[str](), dict[str, str]()
    for answer in asked.answers:
        if reason := _missing(answer):
            kind = re.split(r"[:(]", reason, maxsplit=1)[0].strip()
            counts[f"{NONE}{whole.setdefault(kind, shorten(reason))}"] += 1  # the first of a kind, whole
        elif answer.finish == "length":
            counts["answers that ran out of tokens"] += 1
        outputs[answer.request.id].append("" if answer.problem else answer.text)
    if asked.answers and not any(map(any, outputs.values())):
        reasons = "; ".join(f"{reason.removeprefix(NONE)} ({count:,})" for reason, count in counts.most_common())
        raise UiebenchError(f"none of {len(asked.answers):,} questions was answered: {reasons}; nothing is written")
    return Answered(
        {id: tuple(samples) for id, samples in outputs.items()},
        asked.state.tokens_out,
        seconds,
        dict(counts),
        asked.state.cached,
    )


def _missing(answer: Answer) -> str:
    """Why there is nothing to read in an answer; "" if there is, or its tokens ran out."""
    if answer.problem or answer.refusal:
        return answer.problem or "refused by the model"
    if answer.finish == "content_filter":
        return "refused by a content filter"
    if answer.finish == TOO_LONG:
        return "too long to be kept"
    if answer.finish in ("tool_calls", "function_call") and not answer.text.strip():
        return "the call of a tool in place of an answer"
    return "" if answer.text.strip() or answer.finish == "length" else "empty"
