"""An OpenAI-compatible server on 127.0.0.1, for tests with the real SDK: chat completions, files, batches, and faults.

    server = Server(faults=schedule)            # (number of the request, its digest, earlier tries) → fault or ""
    with server.serving() as base_url:          # http://127.0.0.1:40123/v1
        …
    server.paid          →  Counter of digests of requests: how often each was answered with 200 and wholly sent
    server.worked        →  the same, with answers that were lost on the way: what a provider would bill

A digest is the hash of a request's body, so that two requests that differ in nothing are one. Runs as a process of its
own too (`python tests/openai_server.py STATE.json [share of faults [seconds that "slow" takes]]`): it prints its
address, ends when its standard input is closed, and then writes what it counted.
"""

import asyncio
import contextlib
import hashlib
import json
import sys
import threading
from collections import Counter
from email.utils import formatdate
from pathlib import Path

KEY = "sk-a-key-of-the-tests-0123456789"
ASPECTS = ("faithfulness", "type", "boundary", "completeness")
FAULTS = (
    "429", "429-date", "500", "503", "slow", "drop-before", "drop-after", "truncated-body", "no-completion", "bad-json",
    "wrong-schema", "out-of-range", "refusal", "length", "prose",
)  # fmt: skip
PAID_BUT_LOST = {"drop-after", "truncated-body", "no-completion", "slow"}
"""Faults after which the work is done and the answer does not arrive."""


def scores(digest, *, overall=None):
    """The scores that a request always gets: by its hash."""
    number = int(digest[:8], 16)
    marks = {name: {"reason": f"理由 {name}", "score": (number >> i) % 11} for i, name in enumerate(ASPECTS)}
    return marks | {"overall": {"reason": "总评", "score": number % 11 if overall is None else overall}}


def share_of_faults(share):
    """A schedule of faults by hash: `share` of all requests, tries of one request differing."""

    def schedule(number, digest, tries):
        lot = int(hashlib.sha256(f"{digest}/{tries}".encode()).hexdigest()[:8], 16)
        return FAULTS[(lot >> 8) % len(FAULTS)] if lot % 1000 < share * 1000 else ""

    return schedule


class Server:
    """What is served, and what was asked.

    `formats` are the response formats it knows, `refuses` fields that it answers with 400, `looks` how often a batch is
    looked at before it ends, `forgets` what it has no more of the first one, `batch_ends` and `batch_answers` how
    batches and their requests end, `uses` the tokens that every answer is said to have used, `web_page` what stands in
    place of files and batches.
    """

    def __init__(
        self, faults=None, *, formats=("json_schema", "json_object"), refuses=(), key=KEY, slow=30.0, usage=True,
        answer=None, batch_ends="completed", batch_answers=None, looks=1, forgets="", uses=0,
    ):  # fmt: skip
        self.faults, self.formats, self.refuses, self.key, self.slow = faults, formats, refuses, key, slow
        self.uses = uses
        self.usage, self.answer, self.batch_ends, self.batch_answers = usage, answer, batch_ends, batch_answers
        self.looks, self.forgets = looks, forgets
        self.paid, self.worked, self.tries, self.seen = Counter(), Counter(), Counter(), Counter()
        self.bodies: list[dict] = []
        self.requests: list[str] = []
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict] = {}
        self.batch_looks: Counter = Counter()
        self.most_at_once = self.at_once = 0
        self.web_page = b""

    # --- starting and stopping ------------------------------------------------------------------------

    @contextlib.contextmanager
    def serving(self):
        """Serve from a thread until the block ends; the base URL."""
        started, loop = threading.Event(), asyncio.new_event_loop()

        def run():
            asyncio.set_event_loop(loop)
            self.server = loop.run_until_complete(asyncio.start_server(self._connection, "127.0.0.1", 0))
            started.set()
            loop.run_forever()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        started.wait(10)
        try:
            yield f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}/v1"
        finally:
            loop.call_soon_threadsafe(self.server.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)

    def counted(self):
        """What was counted, as JSON can say it."""
        return {"paid": self.paid, "worked": self.worked, "seen": self.seen, "most_at_once": self.most_at_once}

    # --- HTTP -----------------------------------------------------------------------------------------

    async def _connection(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rows = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (row.partition(":") for row in rows if row)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, path, _ = line.split(" ")
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    keep = await self._request(method, path, headers, body, writer)
                finally:
                    self.at_once -= 1
                if not keep:
                    break
        writer.close()

    async def _request(self, method, path, headers, body, writer):
        path = path.removeprefix("/v1")
        self.requests.append(f"{method} {path}")
        if headers.get("authorization") != f"Bearer {self.key}":
            sent = headers.get("authorization", "")
            return await self._send(writer, 401, {"error": {"message": f"Incorrect API key provided: {sent}"}})
        if (method, path) == ("POST", "/chat/completions"):
            return await self._chat(json.loads(body), writer)
        if self.web_page:
            return await self._send(writer, 200, self.web_page)
        if path.startswith("/files"):
            return await self._file(method, path, headers, body, writer)
        if path.startswith("/batches"):
            return await self._batch(method, path, body, writer)
        return await self._send(writer, 404, {"error": {"message": f"no such place: {path}"}})

    async def _send(self, writer, status, value, *, cut=None, **headers):
        data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        rows = {"Content-Type": "application/json", "Content-Length": len(data)} | {
            name.replace("_", "-"): told for name, told in headers.items()
        }
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {told}\r\n" for name, told in rows.items()) + "\r\n"
        writer.write(head.encode() + data[:cut])
        await writer.drain()
        return cut is None

    # --- chat completions -----------------------------------------------------------------------------

    def refused(self, body):
        """Why a request is answered with 400; "" if it is not."""
        kind = body.get("response_format", {}).get("type")
        if kind and kind not in self.formats:
            return "This response_format type is unavailable now"
        for name in self.refuses:
            if name in body:
                return f"Unsupported parameter: '{name}' is not supported with this model."
        return ""

    async def _chat(self, body, writer):
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        number = sum(self.tries.values())
        tries = self.tries[digest]
        self.tries[digest] += 1
        self.bodies.append(body)
        if why := self.refused(body):
            return await self._send(writer, 400, {"error": {"message": why, "type": "invalid_request_error"}})
        fault = self.faults(number, digest, tries) if self.faults else ""
        self.seen[fault or "none"] += 1
        if fault.startswith("raw:"):
            status, _, message = fault[4:].partition(":")
            return await self._send(writer, int(status), {"error": {"message": message}})
        if fault.startswith("page:"):
            return await self._send(writer, 200, fault[5:].encode("latin-1"))
        if fault.startswith("to:"):
            return await self._send(writer, 307, b"", Location=fault[3:])
        if fault.startswith("wait:"):
            return await self._send(writer, 429, {"error": {"message": "slow down"}}, Retry_After=fault[5:])
        if fault == "429":
            return await self._send(writer, 429, {"error": {"message": "slow down"}}, Retry_After="0.02")
        if fault == "429-date":
            return await self._send(writer, 429, {"error": {"message": "slow"}}, Retry_After=formatdate(usegmt=True))
        if fault in ("500", "503"):
            return await self._send(writer, int(fault), b"<html>oops</html>")
        if fault == "drop-before":
            return False
        self.worked[digest] += 1
        if fault == "slow":
            await asyncio.sleep(self.slow)
            return False
        value = self.completion(body, digest, fault)
        if fault == "drop-after":
            return False
        if fault == "truncated-body":
            return await self._send(writer, 200, value, cut=40)
        if fault == "no-completion":
            return await self._send(writer, 200, b'{"id": "x", "choices": ')
        keep = await self._send(writer, 200, value)
        self.paid[digest] += 1
        return keep

    def completion(self, body, digest, fault=""):
        """The completion for a request."""
        told, finish, refusal = json.dumps(scores(digest), ensure_ascii=False), "stop", None
        name = body.get("response_format", {}).get("json_schema", {}).get("name")
        if name == "verdict":
            told = json.dumps({"reason": "A", "better": "A"})
        if self.answer:
            told = self.answer(body, digest)
        if fault == "bad-json":
            told = told[:-9]
        elif fault == "wrong-schema":
            told = json.dumps({"score": 7})
        elif fault == "out-of-range":
            told = json.dumps(scores(digest, overall=11))
        elif fault == "prose":
            told = f"<think>maybe {{}}</think>Here you are:\n```json\n{told}\n```\nAnything else?"
        elif fault == "null":
            told = None
        elif fault == "refusal":
            told, refusal = None, "I cannot help with that."
        elif fault == "length":
            told, finish = told[:50], "length"
        elif fault == "tools":
            told, finish = None, "tool_calls"
        elif fault == "broken":
            told, finish = told[:5], "error"
        told_in = sum(len(m["content"]) for m in body["messages"])
        usage = {"prompt_tokens": told_in, "completion_tokens": self.uses or len(told or "") // 2 + 1}
        message = {"role": "assistant", "content": told, "refusal": refusal}
        return {
            "id": f"chatcmpl-{digest[:12]}", "object": "chat.completion", "model": body["model"],
            "choices": [
                {"index": 0, "message": message, "finish_reason": finish}
                | ({"error": {"message": "broke off"}} if finish == "error" else {})
            ],
        } | ({"usage": usage} if self.usage else {})  # fmt: skip

    # --- files and batches ----------------------------------------------------------------------------

    async def _file(self, method, path, headers, body, writer):
        if method == "POST":
            boundary = headers["content-type"].split("boundary=")[1].encode()
            (part,) = [one for one in body.split(b"--" + boundary) if b"filename=" in one]
            data = part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
            id = f"file-{len(self.files)}"
            self.files[id] = data
            fault = self.faults(len(self.files), "upload", 0) if self.faults else ""
            if fault == "drop-after":
                return False
            return await self._send(writer, 200, {"id": id, "object": "file", "purpose": "batch", "bytes": len(data)})
        id = path.split("/")[2]
        if id not in self.files or (self.forgets == "files" and id.startswith("batch-0-")):
            return await self._send(writer, 404, {"error": {"message": "no such file"}})
        return await self._send(writer, 200, self.files[id])

    async def _batch(self, method, path, body, writer):
        if method == "POST":
            told = json.loads(body)
            id = f"batch-{len(self.batches)}"
            self.batches[id] = {"id": id, "object": "batch", "status": "in_progress", **told}
            fault = self.faults(len(self.batches), "create", 0) if self.faults else ""
            if fault == "drop-after":
                return False
            return await self._send(writer, 200, self.batches[id])
        if path.startswith("/batches?"):
            return await self._send(writer, 200, {"data": list(self.batches.values()), "has_more": False})
        batch = self.batches[path.split("/")[2]]
        if self.forgets == "batches" and batch["id"] == "batch-0":
            return await self._send(writer, 404, {"error": {"message": "no such batch"}})
        self.batch_looks[batch["id"]] += 1
        if batch["status"] == "in_progress" and self.batch_looks[batch["id"]] > self.looks:
            self._end(batch)
        return await self._send(writer, 200, batch)

    def _end(self, batch):
        """Answer the requests of a batch: out of order, with what failed in the file of errors."""
        good, bad = [], []
        number = len([one for one in self.batches.values() if one["status"] != "in_progress"])
        for place, line in enumerate(self.files[batch["input_file_id"]].splitlines()):
            asked = json.loads(line)
            digest = hashlib.sha256(json.dumps(asked["body"], sort_keys=True).encode()).hexdigest()
            fault = self.batch_answers(number, place) if self.batch_answers else ""
            row = {"id": f"r{place}", "custom_id": asked["custom_id"], "response": None, "error": None}
            if fault == "missing":
                continue
            if fault == "expired":
                row["error"] = {"code": "batch_expired", "message": "This request could not be executed in time."}
                bad.append(row)
                continue
            if why := self.refused(asked["body"]):
                row["response"] = {"status_code": 400, "body": {"error": {"message": why}}}
                bad.append(row)
                continue
            self.tries[digest] += 1
            self.paid[digest] += 1
            self.worked[digest] += 1
            row["response"] = {"status_code": 200, "body": self.completion(asked["body"], digest, fault)}
            good.append(row)
        ends = self.batch_ends(number) if callable(self.batch_ends) else self.batch_ends
        batch["status"] = ends
        if ends == "failed":
            batch["errors"] = {"data": [{"message": "the file is not valid", "code": "invalid_file"}]}
            return
        for place, rows in (("output_file_id", good[::-1]), ("error_file_id", bad)):
            if rows:
                self.files[f"{batch['id']}-{place}"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
                batch[place] = f"{batch['id']}-{place}"
        batch["request_counts"] = {"total": len(good) + len(bad), "completed": len(good), "failed": len(bad)}


def main(place, share="0", slow="2"):
    """Serve until standard input is closed, then write what was counted."""
    server = Server(share_of_faults(float(share)), slow=float(slow))
    with server.serving() as base_url:
        print(base_url, flush=True)
        sys.stdin.read()
    Path(place).write_text(json.dumps(server.counted()), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
