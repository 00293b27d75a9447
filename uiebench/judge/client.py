"""Questions to an OpenAI-compatible server, answered from a cache, within a budget, whatever the network does.

    requests = [Request("a", (Message("user", "…"),)), …]
    with Store(Path("answers.sqlite")) as store:
        asked = ask(requests, Endpoint(model="gpt-4.1-mini"), store, price=price, budget=Budget(dollars=5))
    asked.answers[0].text, asked.account.spent

`ask` knows nothing of judging: predictions through an endpoint are asked for in the same way. A question is answered
from the cache, or its worst case is reserved, it is sent, and what comes back is kept in the same transaction in which
its price is counted. A caller's `follow` may ask again where an answer cannot be used.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from uiebench.errors import UiebenchError
from uiebench.hashing import lot
from uiebench.judge.budget import (
    ANSWER,
    MOST,
    PICO,
    SEEN,
    Budget,
    Estimate,
    Price,
    likely,
    likely_tokens,
    text_bytes,
    worst_tokens,
)
from uiebench.judge.store import Account, Answered, Flight, Store
from uiebench.judge.wire import (
    TOO_LONG,
    Dialect,
    Endpoint,
    Failure,
    Reply,
    Request,
    adapted,
    body_of,
    complaint,
    decoded,
    failure_of,
    key_of,
    now,
    page_in,
    reply_of,
    scrub,
)

if TYPE_CHECKING:
    import httpx2
    import openai

UNLIMITED = Budget()
BUDGET = "stopped by the budget"
OFFLINE = "not in the cache (offline)"
IN_BATCH = "in a batch: not collected yet, run it again with --batch"
LONGEST_BACKOFF = 60.0
BEAT = 5.0
"""Seconds between two signs of life in the store."""
GLANCE = 0.1
"""Seconds between two looks at what another process is asking."""
LARGEST = 4 * 2**20
"""Bytes of the answer to one request that are read."""
LARGEST_FILE = 2**30
"""Bytes of a file of results that are read."""
QUIET = 5.0
"""Seconds of nothing but failures after which is said what is waited for."""
GIVEN_UP = 3
"""Requests that ran out of tries before the first answer, after which a run ends: it is not about one of them."""
HOPELESS = 20
"""Requests refused before the first answer, after which a run ends: it is the way of asking then."""


class Answer(msgspec.Struct, frozen=True):
    """The answer to a request, or the `problem` why there is none.

    `finish` and `refusal` are as the server gave them; "length" means that the text is cut. Tokens and dollars are
    those of this answer, when it was asked; `cached` says that this run did not pay for it.
    """

    request: Request
    text: str = ""
    finish: str = ""
    refusal: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    dollars: float = 0.0
    cached: bool = False
    problem: str = ""


Follow = Callable[[Request, Answer], Request | None]
"""The request to ask next where an answer cannot be used; None where it can, or is given up."""


class State(msgspec.Struct):
    """How far a run is. `asked` counts answers that this run paid for, `cached` those it found, `failed` questions
    left without an answer, `lost` requests whose answer did not arrive, `again` tries after a failure, `reckoned`
    answers of which the server did not say what they used."""

    total: int | None = None
    done: int = 0
    asked: int = 0
    cached: int = 0
    failed: int = 0
    lost: int = 0
    again: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    spent: int = 0
    reckoned: int = 0
    note: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What a run brought: the last answer to each request in order, its counts, and the account of the store.

    `stopped` says why questions were left ("" if none was for want of money); `format` how answers were held to
    their schema at the end.
    """

    answers: list[Answer]
    state: State
    account: Account
    stopped: str
    format: str


def ask(
    requests: Iterable[Request],
    endpoint: Endpoint,
    store: Store,
    *,
    price: Price | None = None,
    budget: Budget = UNLIMITED,
    offline: bool = False,
    batch: bool = False,
    follow: Follow | None = None,
    progress: Callable[[State], object] | None = None,
) -> Asked:
    """Answer requests from the cache and from a server.

    Args:
        requests: read one by one as there is room for them. The ids name answers; they may repeat.
        price: of the model; None counts no money, which a budget in dollars does not allow (`price_of`).
        offline: ask nobody; what is not in the cache has the problem `OFFLINE`.
        batch: ask through the Batch API.
        follow: see `Follow`. It sees answers from the cache as well.
        progress: told the state after every change.

    Raises: UiebenchError in one line where going on is useless: no key, a key that is not accepted, no such
    model, nothing but failures for `endpoint.patience` seconds. All answers received before stay in the cache.
    KeyboardInterrupt after the requests on their way have come back.
    """
    done = asyncio.run(_ask(requests, endpoint, store, price, budget, offline, batch, follow, progress))
    if isinstance(done, BaseException):
        raise done
    return done


async def _ask(
    requests: Iterable[Request],
    endpoint: Endpoint,
    store: Store,
    price: Price | None,
    budget: Budget,
    offline: bool,
    batch: bool,
    follow: Follow | None,
    progress: Callable[[State], object] | None,
) -> Asked | BaseException:
    from uiebench.judge.batch import ask_in_batches  # noqa: PLC0415 - it builds on this module

    key = "" if offline else key_in_environment(endpoint)
    client = Client(endpoint, store, price, budget, key, progress)
    if offline:
        client.closed = OFFLINE
    with contextlib.suppress(TypeError):
        client.state.total = len(requests)  # type: ignore[arg-type]
    async with client.open():
        if batch and not offline:
            answers = await ask_in_batches(client, list(requests), follow)
        else:
            answers = await client.ask(requests, follow)
    if client.fatal:
        return client.fatal
    return Asked(answers, client.state, store.account(), client.stopped, client.dialect.format)


def key_in_environment(endpoint: Endpoint) -> str:
    """The key of an endpoint. Raises: UiebenchError if it is not in the environment."""
    if not endpoint.key:
        return ""
    key = os.environ.get(endpoint.key, "").strip()
    if not key:
        raise UiebenchError(
            f"{endpoint.key} is not set: put the key for {urlsplit(endpoint.base_url).hostname} into that environment "
            'variable (or write `key: ""` for a server that needs none)'
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UiebenchError(f"{endpoint.key}: what it holds cannot be a key (blanks, or letters outside ASCII)")
    return key


def estimate(
    requests: Iterable[Request], endpoint: Endpoint, store: Store | None, price: Price | None, *, batch: bool = False
) -> Estimate:
    """What asking `requests` would use, without asking. `store` is None where there is no cache yet."""
    count, asked_bytes, told_in, told_out = store.measured(endpoint.model) if store else (0, 0, 0, 0)
    per_byte, per_answer = (told_in / asked_bytes, told_out / count) if count >= SEEN and asked_bytes else (0.0, 0.0)
    heavier = (store.heavier(endpoint.model) if store else None) or 1.0
    calls = cached = tokens_in = tokens_out = worst = 0
    seen = set[str]()
    for request in requests:
        key = key_of(request, endpoint)
        if key in seen or (store and store.find(key)):
            cached += 1
            continue
        seen.add(key)
        calls += 1
        limit = request.max_tokens or endpoint.max_tokens
        tokens_in += round(text_bytes(request) * per_byte) if per_byte else likely_tokens(request)
        tokens_out += min(limit, round(per_answer) or ANSWER)
        if price:
            worst += math.ceil(heavier * price.cost(*worst_tokens(request, endpoint.max_tokens), batch=batch))
    dollars = price.cost(tokens_in, tokens_out, batch=batch) / PICO if price else None
    at_most = worst / PICO if price else None
    return Estimate(
        endpoint.model, calls, cached, tokens_in, tokens_out, dollars, at_most, count if per_byte else 0
    )  # fmt: skip


class Client:
    """One run against one server. Not for several threads.

    `closed` says why nothing more is asked (then the cache alone answers), `fatal` is the error to end with.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        store: Store,
        price: Price | None,
        budget: Budget,
        key: str,
        progress: Callable[[State], object] | None,
    ) -> None:
        self.endpoint, self.store, self.price, self.budget = endpoint, store, price, budget
        self.state = State()
        self.dialect = Dialect(endpoint.format)
        self.closed = self.stopped = ""
        self.fatal: BaseException | None = None
        self._key, self._progress = key, progress
        self._sdk: openai.AsyncOpenAI | None = None
        self._halt = asyncio.Event()
        self._flying: dict[str, asyncio.Future[None]] = {}
        self._fresh: set[str] = set()
        self._answered = self._refused = self._given_up = 0
        self._last_good = time.monotonic()
        self._not_before = 0.0
        self._longest_wait = 0.0
        self._alone = asyncio.Lock()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Client]:
        """The client with its connections, giving signs of life, ended politely by the first Ctrl-C."""
        if not self.closed:
            self._sdk = _sdk(self.endpoint, self._key)
        loop, beating = asyncio.get_running_loop(), asyncio.create_task(self._beat())

        def interrupt() -> None:
            loop.remove_signal_handler(signal.SIGINT)  # the second one cuts off
            self.stop(KeyboardInterrupt())

        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; not the main thread
            loop.add_signal_handler(signal.SIGINT, interrupt)
        try:
            yield self
        finally:
            beating.cancel()
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.remove_signal_handler(signal.SIGINT)
            if self._sdk:
                await self._sdk.close()

    async def _beat(self) -> None:
        while not self.store.read_only:
            self.store.beat()
            await asyncio.sleep(BEAT)

    def stop(self, error: BaseException) -> None:
        """End the run: nothing more is sent, what is on its way comes back."""
        self.fatal = self.fatal or error
        self._halt.set()

    def say(self, note: str | None = None) -> None:
        """Tell how far the run is."""
        if note is not None:
            self.state.note = note
        if self._progress:
            self._progress(self.state)

    # --- questions --------------------------------------------------------------------------------

    async def ask(self, requests: Iterable[Request], follow: Follow | None) -> list[Answer]:
        """The last answer to each request, in order."""
        answers: dict[int, Answer] = {}
        numbered = enumerate(requests)

        async def work() -> None:
            for number, request in numbered:
                if self.fatal:
                    return
                answers[number] = await self.chain(request, follow)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.endpoint.concurrency):
                    group.create_task(work())
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        return [answers[number] for number in sorted(answers)]

    async def chain(self, request: Request, follow: Follow | None) -> Answer:
        """The answer to a request, asked again as long as `follow` wants."""
        answer = await self.answer(request)
        while follow and not answer.problem and (more := follow(answer.request, answer)):
            answer = await self.answer(more)
        self.count(answer)
        return answer

    def count(self, answer: Answer) -> None:
        """Count a request as done."""
        self.state.done += 1
        self.state.failed += bool(answer.problem)
        self.say()

    def cached(self, request: Request, key: str) -> Answer | None:
        """The answer in the cache."""
        found = self.store.find(key)
        if found is None:
            return None
        fresh = key in self._fresh  # paid for by this run, in a batch
        self._fresh.discard(key)
        self.state.cached += not fresh
        return _answer(request, found, cached=not fresh)

    async def answer(self, request: Request) -> Answer:
        """The answer to one request, from the cache or from the server."""
        key = key_of(request, self.endpoint)
        tries, waits, answered_before = 0, 0, self._answered
        while True:
            if found := self.cached(request, key):
                return found
            if key in self._flying:  # the same question under another id
                await self._flying[key]
                continue
            if self.closed or self.fatal:
                return Answer(request, problem=self.closed or "the run was ended")
            async with self._turn() as ready:
                if not ready:
                    continue
                if problem := await self._reserved(request, key):
                    if problem == "again":
                        continue
                    return Answer(request, problem=problem)
                self._flying[key] = asyncio.get_running_loop().create_future()
                try:
                    said, used = await self._sent(request, key)
                finally:
                    self._flying.pop(key).set_result(None)
            if isinstance(said, Answer):
                return said
            if problem := self.judged(said, used, has_schema=request.schema is not None):
                if problem == "again":
                    continue
                return Answer(request, problem=problem)
            waits, tries = (waits + 1, tries) if said.kind == "limited" else (waits, tries + 1)
            if tries > self.endpoint.retries or waits > 10 * (self.endpoint.retries + 1):
                self._given_up += 1
                nothing_else = self._answered == answered_before and said.kind == "limited"
                if nothing_else or (not self._answered and (said.kind == "unsent" or self._given_up >= GIVEN_UP)):
                    self.stop(self._unreachable(said))
                return Answer(request, problem=f"no answer after {tries + waits} tries ({said.message})")
            self.state.again += 1
            await self.pause(said, key, tries + waits)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[bool]:
        """One request is alone as long as the budget is `blind`. False: others went first, look again."""
        if not self.blind:
            yield True
            return
        async with self._alone:
            yield self.blind and not self.closed and not self.fatal

    @property
    def blind(self) -> bool:
        """Whether a budget is kept of a model that has not answered yet, so that nobody knows what it really uses."""
        limited = self.budget.dollars is not None or self.budget.tokens is not None
        return limited and self.store.heavier(self.endpoint.model) is None

    async def try_out(self, request: Request) -> Answer:
        """The answer to a request that is asked ahead of a batch, to see what the model uses."""
        answer = await self.answer(request)
        if not answer.problem and not answer.cached:
            self._fresh.add(key_of(request, self.endpoint))
        return answer

    async def _reserved(self, request: Request, key: str) -> str:
        """Reserve the worst case of a request; "" if that is done, "again" after waiting, or why it cannot be sent."""
        room = self.store.reserve(self.flight(request, key), self.budget)
        if room == "reserved":
            return ""
        if room == "in a batch":
            return IN_BATCH
        if room == "never":
            self.closed = self.stopped = self.stopped or BUDGET
            return self.closed
        if room in ("full", "elsewhere"):  # wait for what is on its way, here or in another process
            await self.sleep(GLANCE)
        return "again"

    def flight(self, request: Request, key: str, *, batch: bool = False) -> Flight:
        """The worst case of a request. A model that was seen to use more than that, in this run or in an earlier one,
        is given as much more."""
        tokens, cost = self._worst(request, batch=batch)
        heavier = self.store.heavier(self.endpoint.model) or 1.0
        return Flight(key, min(MOST, math.ceil(cost * heavier)), min(MOST, math.ceil(tokens * heavier)))

    def _worst(self, request: Request, *, batch: bool = False) -> tuple[int, int]:
        tokens = worst_tokens(request, self.endpoint.max_tokens)
        return sum(tokens), self.price.cost(*tokens, batch=batch) if self.price else 0

    async def _sent(self, request: Request, key: str) -> tuple[Answer | Failure, Dialect]:
        """Send a request whose worst case is reserved, and settle, release or lose that."""
        used = self.dialect
        await self.gate()
        if self.fatal:
            self.store.release(key)
            return Answer(request, problem="the run was ended"), used
        body = body_of(request, self.endpoint, used)
        got = await self.call(lambda sdk, raw: sdk.post("/chat/completions", cast_to=raw, body=body))
        if isinstance(got, bytes) or got.kind == "long":
            reply = reply_of(got) if isinstance(got, bytes) else Reply("", TOO_LONG)
            if reply is None and isinstance(got, bytes):
                got = self.unreadable(got)
            elif reply is not None:
                answered = self.answered(request, key, reply, used)
                self.store.settle(answered)
                self.paid(answered)
                return _answer(request, answered, cached=False), used
        assert isinstance(got, Failure)
        if got.kind == "lost":
            self.store.lose(key)
            self.state.lost += 1
        else:
            self.store.release(key)
        return got, used

    def answered(self, request: Request, key: str, reply: Reply, used: Dialect, *, batch: bool = False) -> Answered:
        """A reply as the cache keeps it. What the server does not say that it used is reckoned."""
        tokens_in, tokens_out = reckoned(request, reply, self.endpoint.max_tokens)
        self.state.reckoned += reply.tokens_in is None or reply.tokens_out is None
        worst, worst_cost = self._worst(request, batch=batch)
        tokens_in = tokens_in if reply.tokens_in is None else reply.tokens_in
        tokens_out = tokens_out if reply.tokens_out is None else reply.tokens_out
        cost = self.price.cost(tokens_in, tokens_out, reply.tokens_cached, batch=batch) if self.price else 0
        heavier = max(1.0, (tokens_in + tokens_out) / worst, cost / worst_cost if worst_cost else 0.0)
        if heavier > (self.store.heavier(self.endpoint.model) or 0.0):
            self.store.weigh(self.endpoint.model, heavier)
        model, finish = self.endpoint.model, self._without_key(reply.finish)
        text, refusal = self._without_key(reply.text), self._without_key(reply.refusal)
        return Answered(
            key, model, text, finish, refusal, text_bytes(request), tokens_in, reply.tokens_cached, tokens_out, cost,
            msgspec.json.encode(used).decode(),
        )  # fmt: skip

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text

    def paid(self, answered: Answered, *, batch: bool = False) -> None:
        """Count an answer that this run paid for; one of a batch is yet to be looked up."""
        if batch:
            self._fresh.add(answered.key)
        self._answered += 1
        self.good()
        self.state.asked += 1
        self.state.tokens_in += answered.tokens_in
        self.state.tokens_out += answered.tokens_out
        self.state.spent += answered.cost
        self.say("")

    # --- failures ---------------------------------------------------------------------------------

    def unreadable(self, data: bytes) -> Failure:
        """What a success means whose body is not what was asked for.

        A web page is that of a proxy, of a login, or of another service: no model made it, and it comes every time.
        """
        page = page_in(data)
        if page is not None:
            named = f" ({self.scrubbed(page)})" if page else ""
            return Failure(
                "stop",
                f"{self.endpoint.base_url} answers with a web page{named} and no completion: see whether base_url is "
                "right, and whether a proxy or a login stands before it; all answers received are kept",
                200,
            )
        said = self.scrubbed(complaint(decoded(data)))
        return Failure("lost", f"an answer of {len(data):,} bytes of another form{f': {said}' if said else ''}", 200)

    def good(self) -> None:
        """Note that the server did what it was asked."""
        self._last_good = time.monotonic()
        self._longest_wait = 0.0

    def scrubbed(self, text: str) -> str:
        """What a server said, without the key."""
        return scrub(text, self._key)

    def judged(self, failure: Failure, used: Dialect, *, has_schema: bool) -> str:
        """What follows from a failure: "" to try later, "again" at once, or the problem of this request."""
        if failure.kind == "stop":
            self.stop(UiebenchError(failure.message))
            return failure.message
        if failure.kind == "refused":
            self.good()
            if used != self.dialect:  # another request has learnt meanwhile how to ask
                return "again"
            if other := adapted(used, failure, has_schema):
                self.dialect = other
                return "again"
            self._refused += 1
            if self._refused >= HOPELESS and not self._answered:
                self.stop(UiebenchError(f"{self._server} refuses every request ({failure.message})"))
            return f"refused by the server ({failure.message})"
        self._longest_wait = max(self._longest_wait, failure.wait or 0.0)
        if time.monotonic() - self._last_good - self._longest_wait > self.endpoint.patience:
            self.stop(self._unreachable(failure))
            return failure.message
        return ""

    @property
    def _server(self) -> str:
        return urlsplit(self.endpoint.base_url).netloc

    def _unreachable(self, failure: Failure) -> UiebenchError:
        return UiebenchError(
            f"{self._server}: nothing but failures, the last one: {failure.message}; all answers received are kept: "
            "see whether the server is up and base_url is right, and run it again to go on"
        )

    async def pause(self, failure: Failure, key: str, tries: int) -> None:
        """Wait before the next try: as long as the server asks, else longer each time, spread by rank of hashes."""
        spread = 0.5 + lot("backoff", key, tries) / 2**65
        seconds = min(LONGEST_BACKOFF, self.endpoint.backoff * 2 ** min(tries - 1, 16)) * spread
        if failure.wait is not None:
            self._not_before = max(self._not_before, time.monotonic() + failure.wait)
            seconds = max(failure.wait, min(seconds, 1.0) if failure.wait else seconds)
        if failure.wait is not None and failure.wait > QUIET:
            self.say(f"the server asks to wait {failure.wait:,.0f} s")
        elif time.monotonic() - self._last_good > QUIET:
            self.say(f"nothing but failures, trying again: {failure.message}")
        await self.sleep(seconds)

    async def gate(self) -> None:
        """Wait until the server wants to be asked again."""
        while not self._halt.is_set() and (left := self._not_before - time.monotonic()) > 0:
            await self.sleep(left)

    async def sleep(self, seconds: float) -> None:
        """Wait, or until the run is ended."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._halt.wait(), seconds)

    async def call(self, send: Callable[[Any, type[httpx2.Response]], Any]) -> bytes | Failure:
        """What the server answers to one HTTP request: the body of a success, or a failure. Never an exception.

        `send` is given the SDK and the type in which it hands over a response as it is; anything with `.content`.
        """
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415

        unsent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
        try:
            async with asyncio.timeout(self.endpoint.timeout):
                return bytes((await send(self._sdk, httpx2.Response)).content)
        except openai.APIStatusError as error:
            try:
                headers, data = dict(error.response.headers), error.response.content
            except httpx2.HTTPError:
                headers, data = {}, b""
            failure = failure_of(error.status_code, headers, data, self.endpoint, now())
        except _TooLong as error:
            failure = Failure("long", str(error))
        except TimeoutError:
            failure = Failure("lost", f"no answer within {self.endpoint.timeout:g} s")
        except openai.APIConnectionError as error:
            cause = error.__cause__
            if isinstance(cause, _TooLong):
                failure = Failure("long", str(cause))
            elif isinstance(cause, unsent):
                failure = Failure("unsent", f"cannot connect ({cause})")
            elif isinstance(error, openai.APITimeoutError):
                failure = Failure("lost", f"no answer within {self.endpoint.timeout:g} s")
            else:
                failure = Failure("lost", f"the connection broke ({type(cause).__name__})")
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            failure = Failure("lost", f"{type(error).__name__}: {error}")
        return msgspec.structs.replace(failure, message=self.scrubbed(failure.message))


def reckoned(request: Request, reply: Reply, max_tokens: int) -> tuple[int, int]:
    """The tokens in and out that an answer used as far as its texts tell; those of thoughts are not among them.

    An answer that was cut used all it was allowed, and so for all that is known did one of which nothing is kept.
    """
    worst_in, worst_out = worst_tokens(request, max_tokens)
    if reply.finish == TOO_LONG:
        return worst_in, worst_out
    out = worst_out if reply.finish == "length" else likely(reply.text or reply.refusal)
    return min(worst_in, likely_tokens(request)), min(worst_out, out)


def _answer(request: Request, found: Answered, *, cached: bool) -> Answer:
    return Answer(
        request,
        found.text,
        found.finish,
        found.refusal,
        found.tokens_in,
        found.tokens_out,
        found.cost / PICO,
        cached,
    )


def _sdk(endpoint: Endpoint, key: str) -> openai.AsyncOpenAI:
    """The SDK without retries of its own: it gives up at once where a server asks to wait over two minutes."""
    try:
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415
    except ImportError:
        raise UiebenchError("the openai package is needed to ask a model: pip install 'uiebench[judge]'") from None
    waits = httpx2.Timeout(endpoint.timeout, connect=min(10.0, endpoint.timeout))

    async def hold(response: httpx2.Response) -> None:
        is_file = response.request.url.path.endswith("/content")
        response.headers.pop("content-encoding", None)  # none was accepted: a few packed bytes may be gigabytes
        response.stream = _bounded(response.stream, LARGEST_FILE if is_file else LARGEST)

    return openai.AsyncOpenAI(
        api_key=key or "none",
        base_url=endpoint.base_url,
        max_retries=0,
        default_headers={"Accept-Encoding": "identity"},
        timeout=waits,
        http_client=openai.DefaultAsyncHttpx2Client(
            timeout=waits, follow_redirects=False, event_hooks={"response": [hold]}
        ),
    )


class _TooLong(Exception):
    """More bytes than are read."""


def _bounded(stream: Any, most: int) -> Any:
    """The stream of a body that ends with `_TooLong` after `most` bytes."""
    import httpx2  # noqa: PLC0415

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            read = 0
            async for part in stream:
                read += len(part)
                if read > most:
                    raise _TooLong(f"an answer of more than {most:,} bytes")
                yield part

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found
