"""The Batch API: a file of requests is uploaded, a batch made of it, looked at until it ends, its results collected.

    {"custom_id": "<key of the answer>", "method": "POST", "url": "/v1/chat/completions", "body": {…}}      up
    {"custom_id": "<key of the answer>", "response": {"status_code": 200, "body": {…}}, "error": null}      down

The custom id is the key of the answer in the cache, so that results are joined in any order, by any later run. Each
step is written down before and after it is taken:

    prepared   its worst case is reserved        killed here: nothing was sent; it is given back
    uploaded   the id of the file is known       killed here: a batch with our name is looked for before one is made
    created    the id of the batch is known      killed here: it is looked at further
    collected  its answers are in the cache

A batch that expired or was cancelled is paid for what it answered; the rest is asked for in the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from uiebench.errors import UiebenchError, shorten
from uiebench.hashing import fingerprint
from uiebench.judge.client import BUDGET, Answer, Client, Follow
from uiebench.judge.store import Answered, BatchRow
from uiebench.judge.wire import Failure, Request, body_of, complaint, decoded, failure_of, key_of, now, reply_of

ENDED = ("completed", "failed", "expired", "cancelled")
LARGEST = 150 * 2**20
"""Bytes in one file: OpenAI takes 200 MB."""
GONE = ("look", "file")
"""Purposes for which 404 means that something was there once."""
NAME = "uiebench"
"""The metadata under which a batch carries its name."""


async def ask_in_batches(client: Client, requests: list[Request], follow: Follow | None) -> list[Answer]:
    """The last answer to each request, in order, as `Client.ask`."""
    answers: dict[int, Answer] = {}
    open_: dict[int, Request] = dict(enumerate(requests))
    tries: dict[str, int] = {}
    problems: dict[str, str] = {}
    await _finish(client, open_.values(), problems)
    while open_ and not client.fatal:
        missing: dict[str, Request] = {}
        for number, request in list(open_.items()):
            asked: Request | None = request
            while asked is not None:
                open_[number] = asked
                key = key_of(asked, client.endpoint)
                answer = client.cached(asked, key)
                if answer is None and key in problems:
                    answer = Answer(asked, problem=problems[key])
                if answer is None and client.closed:
                    answer = Answer(asked, problem=client.closed)
                if answer is None:
                    missing.setdefault(key, asked)
                    break
                asked = follow(asked, answer) if follow and not answer.problem else None
                if asked is None:
                    answers[number] = answer
                    client.count(answer)
                    del open_[number]
        if not missing:
            continue
        for key in missing:
            if tries.get(key, 0) > client.endpoint.retries:
                problems[key] = f"no answer in {tries[key]} batches"
        await _round(client, {key: r for key, r in missing.items() if key not in problems}, problems, tries)
    return [answers[number] for number in sorted(answers)]


async def _round(
    client: Client, missing: Mapping[str, Request], problems: dict[str, str], tries: dict[str, int]
) -> None:
    """Ask for what is missing, in one batch after the other as far as the budget has room."""
    left = list(missing.items())
    if left and client.blind:  # a whole batch would be set aside by a worst case that may be none
        key, request = left[0]
        answer = await client.try_out(request)
        if answer.problem and not client.closed:
            problems[key] = answer.problem
        left.pop(0)
    while left and not client.fatal and not client.closed:
        name = fingerprint([client.endpoint.base_url, client.store.run, now(), left[0][0]])
        client.store.prepare(name, client.endpoint.base_url)
        lines: list[bytes] = []
        size, room = 0, ""
        while left and len(lines) < client.endpoint.batch_size and size < LARGEST:
            key, request = left[0]
            room = client.store.reserve(client.flight(request, key, batch=True), client.budget, name)
            if room in ("never", "full"):
                break
            left.pop(0)
            if room == "reserved":
                tries[key] = tries.get(key, 0) + 1
                lines.append(_line(client, key, request))
                size += len(lines[-1])
        if lines:
            await _go(client, BatchRow(name, client.store.run, client.endpoint.base_url, "prepared", "", ""), lines)
            await _watch(client, name, missing, problems)
            continue
        client.store.collect(name, ())
        if room == "never":
            client.closed = client.stopped = BUDGET
        elif room == "full" or left:
            await client.sleep(min(1.0, client.endpoint.poll))
        else:  # every one of them is being asked elsewhere, or in an older batch
            await client.sleep(client.endpoint.poll)
            await _finish(client, missing.values(), problems)


def _line(client: Client, key: str, request: Request) -> bytes:
    body = body_of(request, client.endpoint, client.dialect)
    return msgspec.json.encode({"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body})


async def _finish(client: Client, requests: Iterable[Request], problems: dict[str, str]) -> None:
    """See the batches that an earlier run left to their end."""
    known: dict[str, Request] | None = None
    for row, elsewhere in client.store.batches(client.endpoint.base_url):
        if client.fatal or elsewhere:
            continue
        if row.state == "prepared":
            client.store.collect(row.name, ())
            continue
        known = known if known is not None else {key_of(request, client.endpoint): request for request in requests}
        if row.state == "uploaded":
            await _create(client, row)
        await _watch(client, row.name, known, problems)


async def _go(client: Client, row: BatchRow, lines: list[bytes]) -> None:
    """Upload a batch and make it."""
    client.say(f"uploading a batch of {len(lines):,}")
    data, name = b"\n".join(lines) + b"\n", f"{NAME}-{row.name}.jsonl"

    def send(sdk: Any, _: Any) -> Any:
        return sdk.files.with_raw_response.create(file=(name, data, "application/jsonl"), purpose="batch")

    value = await _value(client, send, f"upload {row.name}")
    if client.fatal:
        return
    if not isinstance(value, Mapping) or not isinstance(value.get("id"), str):
        raise UiebenchError(f"{client.endpoint.base_url}: no Batch API (an uploaded file was answered without an id)")
    client.store.advance(row.name, "uploaded", file=value["id"])
    await _create(client, msgspec.structs.replace(row, file=value["id"]), fresh=True)


async def _create(client: Client, row: BatchRow, *, fresh: bool = False) -> None:
    """Make the batch of an uploaded file, unless that was done without our knowing."""
    body = {
        "input_file_id": row.file,
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "metadata": {NAME: row.name},
    }
    tries = 0
    while not client.fatal:
        if not (fresh and tries == 0) and (found := await _made_before(client, row.name)):
            client.store.advance(row.name, "created", batch=found)
            return
        got = await client.call(lambda sdk, raw: sdk.post("/batches", cast_to=raw, body=body))
        value = decoded(got) if isinstance(got, bytes) else None
        if isinstance(value, Mapping) and isinstance(value.get("id"), str):
            client.store.advance(row.name, "created", batch=value["id"])
            return
        failure = got if isinstance(got, Failure) else client.unreadable(got)
        if failure.kind == "refused":
            client.store.collect(row.name, ())
            client.stop(UiebenchError(f"{client.endpoint.base_url}: makes no batch ({failure.message})"))
        elif not client.judged(failure, client.dialect, has_schema=False):
            tries += 1
            await client.pause(failure, row.name, tries)


async def _made_before(client: Client, name: str) -> str:
    """The id of the batch that carries a name at the server; "" if there is none."""
    after = ""
    while not client.fatal:
        path = f"/batches?limit=100{f'&after={after}' if after else ''}"

        def send(sdk: Any, raw: Any, path: str = path) -> Any:
            return sdk.get(path, cast_to=raw)

        value = await _value(client, send, f"list {name}")
        rows = value.get("data") if isinstance(value, Mapping) else None
        rows = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        for row in rows:
            metadata = row.get("metadata")
            if isinstance(metadata, Mapping) and metadata.get(NAME) == name:
                return str(row.get("id", ""))
        if not rows or not isinstance(value, Mapping) or not value.get("has_more"):
            break
        after = str(rows[-1].get("id", ""))
    return ""


async def _watch(client: Client, name: str, known: Mapping[str, Request], problems: dict[str, str]) -> None:
    """Look at a batch until it ends, and collect it."""
    (batch,) = [row.batch for row, _ in client.store.batches(client.endpoint.base_url) if row.name == name] or [""]
    while batch and not client.fatal:
        value = await _value(client, lambda sdk, raw: sdk.get(f"/batches/{batch}", cast_to=raw), f"look {batch}")
        if client.fatal:
            return
        if not isinstance(value, Mapping):  # the server does not know it any more
            client.say(f"batch {batch} is gone; what it asked counts as lost")
            client.store.collect(name, (), client.store.flights(name))
            return
        status, counts = value.get("status"), value.get("request_counts")
        done = counts.get("completed") if isinstance(counts, Mapping) else None
        client.say(f"batch {batch}: {status}" + (f", {done} answered" if done else ""))
        if status in ENDED:
            await _collect(client, name, value, known, problems)
            return
        await client.sleep(client.endpoint.poll)


async def _collect(
    client: Client, name: str, batch: Mapping[str, Any], known: Mapping[str, Request], problems: dict[str, str]
) -> None:
    """Put the results of a batch that ended into the cache."""
    flights = client.store.flights(name)
    answers: list[Answered] = []
    lost: list[str] = []
    failures: list[tuple[str, Failure]] = []
    gone = False
    for place in ("output_file_id", "error_file_id"):
        file = batch.get(place)
        if not isinstance(file, str) or not file:
            continue
        data = await _whole(client, file)
        if data is None:
            return  # the run ended: a later one collects
        gone = gone or not data  # files are kept for a month; then nobody knows what was answered
        for line in data.splitlines():
            row = decoded(line)
            key = row.get("custom_id") if isinstance(row, Mapping) else None
            if not isinstance(key, str) or key not in flights:
                continue  # twice in the file, or none of ours
            flight = flights.pop(key)
            said = _result(client, row)
            if isinstance(said, Failure):
                failures.append((key, said))
                lost += [key] if said.kind == "lost" else []
            elif key in known:
                answers.append(client.answered(known[key], key, said, client.dialect, batch=True))
            else:  # asked by another recipe: its text is not at hand, its answer is kept all the same
                tokens_in, tokens_out = said.tokens_in or flight.tokens, said.tokens_out or 0
                cost = client.price.cost(tokens_in, tokens_out, said.tokens_cached, batch=True) if client.price else 0
                model, cached = client.endpoint.model, said.tokens_cached
                row_of = (key, model, said.text, said.finish, said.refusal, 0, tokens_in, cached, tokens_out, cost, "")
                answers.append(Answered(*row_of))
    if gone:
        lost += flights
    client.store.collect(name, answers, lost)
    for answer in answers:
        client.paid(answer, batch=True)
    used = client.dialect
    for key, failure in failures:
        client.state.lost += failure.kind == "lost"
        if (problem := client.judged(failure, used, has_schema=True)) and problem != "again":
            problems[key] = problem
    if batch.get("status") == "failed":
        client.stop(
            UiebenchError(f"{client.endpoint.base_url}: the batch failed ({_why(client, batch)}); nothing was paid")
        )


def _why(client: Client, batch: Mapping[str, Any]) -> str:
    errors = batch.get("errors")
    data = errors.get("data") if isinstance(errors, Mapping) else None
    told = [complaint(one) for one in data] if isinstance(data, list) else []
    return client.scrubbed(shorten("; ".join(dict.fromkeys(filter(None, told))), 300)) or "without a reason"


def _result(client: Client, row: Mapping[str, Any]) -> Any:
    """The reply in a line of results, or the failure."""
    response = row.get("response")
    if isinstance(response, Mapping):
        status, body = response.get("status_code"), response.get("body")
        if status == 200:
            reply = reply_of(body) if isinstance(body, Mapping) else None
            return reply or Failure("lost", "a result that is no chat completion", 200)
        if isinstance(status, int):
            failure = failure_of(status, {}, msgspec.json.encode(body), client.endpoint, now())
            return msgspec.structs.replace(failure, message=client.scrubbed(failure.message))
    error = row.get("error")
    return Failure("server", client.scrubbed(complaint({"error": error})) or "a result without a response")


async def _whole(client: Client, file: str) -> bytes | None:
    """The content of a file; None if the run ended."""
    got = await _got(client, lambda sdk, raw: sdk.get(f"/files/{file}/content", cast_to=raw), f"file {file}")
    return got if isinstance(got, bytes) else None


async def _value(client: Client, send: Any, purpose: str) -> Any:
    """The JSON value of an answer; None if the run ended."""
    got = await _got(client, send, purpose, readable=True)
    return decoded(got) if isinstance(got, bytes) else None


async def _got(client: Client, send: Any, purpose: str, *, readable: bool = False) -> bytes | None:
    """The body of an answer, asked for until it is there; None if the run ended. For requests that cost nothing.

    What the server does not have (any more) is an empty body.
    """
    tries = 0
    while not client.fatal:
        await client.gate()
        got = await client.call(send)
        if isinstance(got, bytes) and (not readable or decoded(got) is not None):
            client.good()
            return got
        failure = got if isinstance(got, Failure) else client.unreadable(got)
        if failure.status == 404 and purpose.startswith(GONE):
            return b""
        if failure.kind == "refused":
            client.stop(UiebenchError(f"{client.endpoint.base_url}: the Batch API refuses ({failure.message})"))
        elif not client.judged(failure, client.dialect, has_schema=False):
            tries += 1
            await client.pause(failure, purpose, tries)
    return None
