"""Judging through a storm: faults of all sorts, the process killed; run by hand with `make storm`.

    make storm                                           10,000 candidates, 20 % faults, two kills
    python tests/storm_judge.py --candidates 1000        less

A server on loopback (tests/openai_server.py, a process of its own) answers every fifth request with a fault; the judge
is killed (SIGKILL) when a third and two thirds of the answers are in its cache, and run again; at last two processes
finish it at once. What is counted:

- *answers kept*: rows of the cache, each an answer that the client received whole and read.
- *wholly sent*: requests that the server answered with 200 and sent whole. *paid twice*: of these, what is beyond one
  for each distinct request. That happens where the client died between the sending and the keeping; no client can
  avoid it. It must be at most what was *on the way at kills*: what the cache has as sent when the process was killed.
- *worked for*: requests the server did the work for, with those whose answer a fault kept from arriving. A provider
  bills them. Each must be an answer kept, or counted by the client as *lost or perhaps lost*, at its worst case.
- *most at once*: the largest sum of spent, perhaps spent and reserved seen while it ran: it must be within the budget.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
from openai_server import KEY

from uiebench.storage import write_parquet
from uiebench.types import Candidate

ROOT = Path(__file__).parent.parent
CONCURRENCY = 16


def candidates(count):
    """Candidates that differ from one another."""
    return [
        Candidate(
            f"made/test/{i}#NER~model~0", f"made/test/{i}#NER", f"made/test/{i}", "made", "NER", "zh", "model",
            ("人名", "机构"), f"方远山在第{i}公司任职。", f"文本：方远山在第{i}公司任职。\n找出人名和机构。",
            '{"人名": ["方远山"], "机构": []}',
        )
        for i in range(count)
    ]  # fmt: skip


def _one(cache, query):
    """A figure of the cache, while others write it."""
    try:
        with sqlite3.connect(f"{cache.as_uri()}?mode=ro", uri=True, timeout=10) as db:
            return db.execute(query).fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def storm(folder, *, candidates: int, share: float, kills: int, dollars: float, timeout: float = 2.0, finish: int = 2):
    """Judge `candidates` in `folder` through faults and kills, `finish` processes ending it; the figures."""
    make = globals()["candidates"]
    environment = os.environ | {"JUDGE_KEY": KEY, "PYTHONPATH": str(ROOT), "NO_PROXY": "*"}
    counted = folder / "server.json"
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "openai_server.py"), str(counted), str(share), str(timeout + 1)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        settings = {
            "model": "gpt-4.1-mini", "base_url": server.stdout.readline().strip(), "key": "JUDGE_KEY",
            "timeout": timeout, "backoff": 0.02, "retries": 12, "concurrency": CONCURRENCY, "max_tokens": 400,
        }  # fmt: skip
        recipe = {"name": "storm", "endpoint": settings, "again": 4, "budget": {"dollars": dollars}}
        (folder / "judge.yaml").write_bytes(msgspec.yaml.encode(recipe))
        write_parquet(folder / "candidates.parquet", Candidate, make(candidates))
        command = [sys.executable, "-m", "uiebench", "judge", str(folder / "judge.yaml"), "--json",
                   "--candidates", str(folder / "candidates.parquet"), "--out", str(folder / "out")]  # fmt: skip
        cache, killed, away, most, begun = folder / "out" / "answers.sqlite", 0, 0, 0, time.monotonic()
        for kill in range(kills):
            with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                goal = candidates * (kill + 1) // (kills + 1)
                while process.poll() is None and _one(cache, "SELECT count(*) FROM answers") < goal:
                    most = max(most, _one(cache, "SELECT spent + lost + reserved FROM account"))
                    time.sleep(0.05)
                if process.poll() is None:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    killed += 1
                    away += _one(cache, "SELECT count(*) FROM flights")
        pair = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(finish)]
        last = [process.communicate()[0] for process in pair]
        assert {process.returncode for process in pair} <= {0, 1}
        seconds = time.monotonic() - begun
        server.stdin.close()
        server.wait(30)
    summary, told = json.loads(last[-1]), json.loads(counted.read_bytes())
    rows = [json.loads(line) for line in (folder / "out" / "judgements.jsonl").read_bytes().splitlines()]
    scored = [row["candidate"] for row in rows]
    paid, worked = told["paid"], told["worked"]
    return {
        "candidates": candidates,
        "judged": summary["judged"],
        "problems": len(rows) - summary["judged"],
        "scored twice or never": len(set(scored) ^ {one.id for one in make(candidates)})
        + len(scored)
        - len(set(scored)),
        "kills": killed,
        "requests": sum(told["seen"].values()),
        "faults": sum(count for name, count in told["seen"].items() if name != "none"),
        "kinds of faults": len(told["seen"]) - 1,
        "answers kept": _one(cache, "SELECT count(*) FROM answers"),
        "distinct requests answered": len(paid),
        "wholly sent": sum(paid.values()),
        "paid twice": sum(paid.values()) - len(paid),
        "on the way at kills": away,
        "worked for": sum(worked.values()),
        "lost or perhaps lost": _one(cache, "SELECT lost_answers FROM account"),
        "spent": _one(cache, "SELECT spent FROM account") / 10**12,
        "perhaps spent": _one(cache, "SELECT lost FROM account") / 10**12,
        "most at once": max(most, _one(cache, "SELECT spent + lost + reserved FROM account")) / 10**12,
        "budget": dollars,
        "requests at once": told["most_at_once"],
        "seconds": round(seconds, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.2)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--dollars", type=float, default=50.0)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="uiebench-storm-") as folder:
        figures = storm(Path(folder), **vars(told))
    for name, value in figures.items():
        print(f"{name:48} {value:,}")
    assert figures["scored twice or never"] == 0
    assert figures["answers kept"] == figures["distinct requests answered"]
    assert figures["paid twice"] <= figures["on the way at kills"]
    assert figures["worked for"] <= figures["answers kept"] + figures["lost or perhaps lost"]
    assert figures["most at once"] <= figures["budget"]


if __name__ == "__main__":
    main()
