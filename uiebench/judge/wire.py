"""What goes over the wire to an OpenAI-compatible server and comes back: requests, bodies, replies, failures.

    request = Request("a~b~0", (Message("system", "…"), Message("user", "…")), schema=Form("marks", {…}))
    body_of(request, endpoint, Dialect())
    →  {"model": "gpt-4.1-mini", "messages": […], "max_tokens": 1024, "temperature": 0, "response_format": {…}}
    reply_of(b'{"choices": [{"message": {"content": "{…}"}, "finish_reason": "stop"}], "usage": {…}}')
    →  Reply("{…}", finish="stop", tokens_in=812, tokens_out=143)

Nothing a server sends is trusted to have the form it should have: what cannot be read is None, never an
exception. The key is in none of these records, and `scrub` takes it out of whatever a server echoes.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from uiebench.errors import shorten
from uiebench.hashing import fingerprint
from uiebench.recipe import Count, Positive

Format = Literal["json_schema", "json_object", "text"]
FORMATS: tuple[Format, ...] = ("json_schema", "json_object", "text")
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model behind an OpenAI-compatible server, and how it is asked.

    Fields:
        model: as the server calls it.
        base_url: up to and without ``/chat/completions``.
        key: the name of the environment variable with the key, never the key itself; "" for a server without.
        temperature, seed, max_tokens: as in the request; null leaves the first two out.
        extra: further fields of the request as they are, e.g. {reasoning_effort: low}.
        format: how an answer is held to its schema: by the server ("json_schema"), to JSON ("json_object"), or
            by the prompt alone ("text"). A server that refuses one is asked in the next.
        concurrency: requests in flight at once.
        timeout: seconds for one request.
        retries: tries after the first one for a request that fails in ways that pass.
        backoff: seconds before the first of them, doubled each time up to a minute.
        patience: seconds of nothing but failures after which a run ends.
        batch_size: requests in one file of the Batch API (at most 50,000 at OpenAI).
        poll: seconds between two looks at a batch.
    """

    model: str
    base_url: str = "https://api.openai.com/v1"
    key: str = "OPENAI_API_KEY"
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = 0.0
    max_tokens: Positive = 1024
    seed: int | None = None
    extra: dict[str, Any] = {}
    format: Format = "json_schema"
    concurrency: Positive = 8
    timeout: Seconds = 120.0
    retries: Count = 6
    backoff: Seconds = 1.0
    patience: Seconds = 300.0
    batch_size: Annotated[int, msgspec.Meta(ge=1, le=50_000)] = 10_000
    poll: Seconds = 30.0

    def __post_init__(self) -> None:
        if self.key and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", self.key):
            raise ValueError("key: give the name of an environment variable (A–Z, 0–9, _), not the key itself")
        try:
            parts = urlsplit(self.base_url)
            parts.port  # noqa: B018 - raises where it is none
        except ValueError as error:
            raise ValueError(f"base_url: {error}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f]", self.base_url):
            raise ValueError("base_url: not an address like https://api.openai.com/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("base_url: leave out user names, passwords and what follows ? or #; keys stay outside")
        try:
            json.dumps(self.extra, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise ValueError(f"extra: JSON cannot say it ({error}); write dates in quotes") from None
        if OWN_FIELDS & self.extra.keys():
            raise ValueError(f"extra: {min(OWN_FIELDS & self.extra.keys())} has a field of its own, or is not allowed")


OWN_FIELDS = {"model", "messages", "temperature", "max_tokens", "max_completion_tokens", "seed", "response_format", "n",
              "stream"}  # fmt: skip
"""Fields of a request that are not set through `Endpoint.extra`."""


class Message(msgspec.Struct, frozen=True):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Form(msgspec.Struct, frozen=True):
    """The JSON schema an answer is held to, with the name the API wants."""

    name: str
    schema: dict[str, Any]


class Request(msgspec.Struct, frozen=True):
    """One question to a model.

    `id` is the caller's name for it and changes no answer: two requests that differ in nothing else are paid once.
    `purpose` is whatever else an answer belongs to, such as the hash of a rubric. `sample` numbers independent
    answers to one question, `attempt` those asked for because the one before could not be used. `extra` is as that
    of the endpoint, for this request alone.
    """

    id: str
    messages: tuple[Message, ...]
    schema: Form | None = None
    purpose: str = ""
    sample: int = 0
    attempt: int = 0
    max_tokens: int | None = None
    extra: dict[str, Any] = {}


class Dialect(msgspec.Struct, frozen=True):
    """What a server was found to understand: the format of answers, the name of the limit, what it refuses."""

    format: Format = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    seed: bool = True


class Reply(msgspec.Struct, frozen=True):
    """What a server answered. Tokens are None where it did not say."""

    text: str
    finish: str = ""
    refusal: str = ""
    tokens_in: int | None = None
    tokens_cached: int = 0
    tokens_out: int | None = None


class Failure(msgspec.Struct, frozen=True):
    """Why there is no reply, and what that means.

    Kinds: "unsent" and "server" pass and cost nothing; "limited" too, and the server may say how long to wait;
    "lost" passes, but the answer may have been made and will be billed; "long" is an answer too long to be read;
    "refused" is about this request;
    "stop" is about every request.
    """

    kind: Literal["unsent", "server", "limited", "lost", "long", "refused", "stop"]
    message: str
    status: int = 0
    wait: float | None = None


def key_of(request: Request, endpoint: Endpoint) -> str:
    """The key of an answer in the cache: a hash of everything that can change it.

    That is server, model, messages, schema, temperature, limit of tokens, seed, further fields, the format asked
    for first, the purpose (for a judge: mode and hash of the rubric), sample and attempt. Not the name of the
    key, the id, or how often and how patiently is asked.
    """
    return fingerprint(
        [
            "1",
            endpoint.base_url.rstrip("/"),
            endpoint.model,
            [[message.role, message.content] for message in request.messages],
            [request.schema.name, request.schema.schema] if request.schema else None,
            [endpoint.temperature, request.max_tokens or endpoint.max_tokens, endpoint.seed],
            endpoint.extra | request.extra,
            endpoint.format,
            [request.purpose, request.sample, request.attempt],
        ]
    )


def body_of(request: Request, endpoint: Endpoint, dialect: Dialect) -> dict[str, Any]:
    """The JSON body of a chat completion."""
    body: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        dialect.limit: request.max_tokens or endpoint.max_tokens,
    }
    if endpoint.temperature is not None and dialect.temperature:
        body["temperature"] = endpoint.temperature
    if endpoint.seed is not None and dialect.seed:
        body["seed"] = endpoint.seed + request.sample
    if request.schema and dialect.format == "json_schema":
        held = {"name": request.schema.name, "strict": True, "schema": request.schema.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": held}
    elif request.schema and dialect.format == "json_object":
        body["response_format"] = {"type": "json_object"}
    return body | endpoint.extra | request.extra


# --- replies ----------------------------------------------------------------------------------------


def reply_of(data: bytes | Mapping[str, Any]) -> Reply | None:
    """The reply in the body of a chat completion; None if there is none that can be read."""
    value = decoded(data) if isinstance(data, bytes) else data
    if not isinstance(value, Mapping):
        return None
    choices = value.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], Mapping):
        return None
    message = choices[0].get("message")
    if not isinstance(message, Mapping):
        return None
    content, refusal, finish = message.get("content"), message.get("refusal"), choices[0].get("finish_reason")
    if isinstance(content, list):  # some servers send the parts of a message, some of them what was thought first
        texts = [part.get("text") for part in content if isinstance(part, Mapping) and part.get("type") not in THOUGHTS]
        content = "".join(text for text in texts if isinstance(text, str))
    if (content is not None and not isinstance(content, str)) or finish == "error":  # the beginning of an answer
        return None
    if len(content or "") > LONGEST:
        content, finish = "", TOO_LONG
    usage = value.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else usage.get("prompt_cache_hit_tokens")
    tokens_in = _count(usage.get("prompt_tokens"))
    return Reply(
        content or "",
        finish[:100] if isinstance(finish, str) else "",
        refusal[:1000] if isinstance(refusal, str) else "",
        tokens_in,
        min(_count(cached) or 0, tokens_in or 0),
        _count(usage.get("completion_tokens")),
    )


THOUGHTS = ("reasoning", "reasoning_text", "thinking")
"""Types of parts of a message that are no part of the answer."""
MOST_TOKENS = 10**8
"""A server that says an answer used more than that says nothing: what it used is reckoned."""
LONGEST = 2**20
"""Characters of an answer: one that is longer is not kept, and its problem is `TOO_LONG`."""
TOO_LONG = "too long"
"""How an answer finished of which nothing is kept."""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS else None


def decoded(data: bytes) -> Any:
    """The JSON value of `data`; None if it is no JSON. Half surrogate pairs become U+FFFD."""
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return _whole(json.loads(data.decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        return None


def _whole(value: Any) -> Any:
    """A JSON value whose strings can be written as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return value


# --- failures ---------------------------------------------------------------------------------------

HEAD = 2**16
"""Bytes at the beginning of a body in which the title of a web page is looked for."""
LONGEST_WAIT = 86_400.0
"""Seconds: a server that asks to wait longer than a day is not waited for."""
_PASSING = {408, 409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529}
_EMPTY = ("insufficient_quota", "insufficient balance", "insufficient_balance", "billing_hard_limit_reached")


def failure_of(status: int, headers: Mapping[str, str], data: bytes, endpoint: Endpoint, now: float) -> Failure:
    """What an answer with an error status means. `now` is the time in seconds since the epoch."""
    message, wait = complaint(decoded(data) if data else None), retry_after(headers, now)
    said = f"HTTP {status}" + (f": {message}" if message else "")
    server = urlsplit(endpoint.base_url).hostname
    if 300 <= status < 400:
        target = shorten(headers.get("location", "") or "nowhere", 200)
        return Failure(
            "stop",
            f"{endpoint.base_url} sends its requests on to {target} (HTTP {status}): texts go to no server that the "
            "recipe does not name; write that one as base_url if you trust it",
            status,
        )
    if status == 402 or (status == 429 and any(word in message.lower() for word in _EMPTY)):
        return Failure("stop", f"{server}: the account has no credit left ({said})", status)
    if status in (401, 403):
        whose = f"the key in {endpoint.key}" if endpoint.key else "a request without a key"
        return Failure("stop", f"{server} does not accept {whose} for {endpoint.model} ({said})", status)
    if status in (404, 405):
        where = f"no model {endpoint.model!r} at {endpoint.base_url}, or that address is not the right one"
        return Failure("stop", f"{where} ({said})", status)
    if status == 429 or (wait is not None and status in _PASSING):
        if wait is not None and wait > LONGEST_WAIT:
            return Failure(
                "stop", f"{server} asks to wait {wait / 3600:,.0f} hours; run it again then ({said})", status
            )
        return Failure("limited", said, status, wait)
    return Failure("server" if status in _PASSING or status >= 500 else "refused", said, status)


def page_in(data: bytes) -> str | None:
    """The title of the web page that stands in place of an answer ("" if it has none); None if it is no page."""
    text = data[:HEAD].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not text.startswith("<"):
        return None
    title = re.search(r"<title[^>]*>([^<]*)", text, re.IGNORECASE)
    return shorten(" ".join(title[1].split()), 100) if title else ""


def complaint(value: object) -> str:
    """What an error body says, in one line: ``{"error": {"message": …, "param": …, "code": …}}`` and its like.

    The error may also stand in a choice whose answer broke off.
    """
    if not isinstance(value, Mapping):
        return ""
    error = value.get("error", value)
    choices = value.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):  # it broke off in the midst
        error = choices[0].get("error", error)
    if isinstance(error, Mapping):
        parts = [error.get("message") or error.get("detail"), error.get("param"), error.get("code")]
        told = [str(part) for part in parts if part and isinstance(part, (str, int))]
        text = "; ".join(part for i, part in enumerate(told) if not any(part in other for other in told[:i]))
    else:
        text = str(error)
    return shorten(" ".join(text.split()), 300)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds a server asks to wait, by Retry-After as seconds or as an HTTP date (RFC 9110 10.2.3); else None."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        told = headers.get(name, "").strip()
        if re.fullmatch(r"\d{1,12}(\.\d+)?", told):
            return float(told) * unit
        if told and unit == 1.0:
            try:
                return max(0.0, parsedate_to_datetime(told).timestamp() - now)
            except (ValueError, TypeError, OverflowError):
                return None
    return None


def adapted(dialect: Dialect, failure: Failure, has_schema: bool) -> Dialect | None:
    """The dialect to try after a request was refused for the way it was asked; None if that was not why."""
    said = failure.message.lower()
    if failure.status not in (400, 422, 501):
        return None
    if has_schema and dialect.format != "text" and re.search(r"response_format|json_schema|json_object|schema", said):
        return msgspec.structs.replace(dialect, format=FORMATS[FORMATS.index(dialect.format) + 1])
    if not re.search(r"unsupported|not support|unknown|unrecogni|not permitted|extra|unexpected|invalid param", said):
        return None
    if re.search(rf"\b{dialect.limit}\b", said) and dialect.limit == "max_tokens":
        return msgspec.structs.replace(dialect, limit="max_completion_tokens")
    if "temperature" in said and dialect.temperature:
        return msgspec.structs.replace(dialect, temperature=False)
    if re.search(r"\bseed\b", said) and dialect.seed:
        return msgspec.structs.replace(dialect, seed=False)
    return None


_SECRET = re.compile(r"\bsk-[\w*.-]{6,}|(?<=Bearer )\S+", re.ASCII)


def scrub(text: str, key: str) -> str:
    """`text` without the key, and without what looks like one: servers repeat what they were sent."""
    return _SECRET.sub("***", text.replace(key, "***") if key else text)


def now() -> float:
    """Seconds since the epoch: what an HTTP date is compared with."""
    return time.time()
