"""Prediction through an endpoint, against a server on loopback with the real SDK."""

import json
import re
from types import SimpleNamespace

import pytest
from openai_server import KEY, Server
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.cli import predict as command
from uiebench.errors import RecipeError, UiebenchError
from uiebench.judge.client import Answer
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, score
from uiebench.score.predictions import read_predictions
from uiebench.train.endpoint import answers, endpoint_of, requests_of, structured
from uiebench.train.predict import Settings, questions

pytest.importorskip("openai")


@pytest.fixture(scope="module")
def gold(tmp_path_factory):
    folder = tmp_path_factory.mktemp("endpoint") / "two"
    pipeline.build(BuildRecipe("two", held_in=("fewfc", "resume"), samples=True), raw=None, out=folder, jobs=1)
    return Benchmark(folder)


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def right(gold):
    """The answer of a model that knows the gold, from the prompt alone."""
    from uiebench.storage import read_parquet
    from uiebench.types import Instruction

    targets = {
        row.prompt: row.target
        for corpus in gold.corpora("test")
        for row in read_parquet(gold.folder / "instructions" / "test" / f"{corpus}.parquet", Instruction)
    }
    return lambda body, digest: targets[body["messages"][-1]["content"]]


def test_a_right_model_behind_a_faulty_server_scores_one_and_is_paid_once(gold, key, tmp_path, capsys):
    passing = ("429", "500", "drop-before", "503")
    server = Server(lambda number, _, tries: "" if tries else passing[number % 4], answer=right(gold))
    out = tmp_path / "predictions.jsonl"
    plan = tmp_path / "server.yaml"
    with server.serving() as url:
        plan.write_text(f"{{model: some-model, base_url: {url!r}, backoff: 0.01, concurrency: 4}}")
        command.predict(endpoint=str(plan), benchmark=gold.folder, out=out, as_json=True)
        told = json.loads(capsys.readouterr().out)
        asked = dict(server.paid)
        command.predict(endpoint=str(plan), benchmark=gold.folder, out=out, as_json=True)
        again = json.loads(capsys.readouterr().out)
        assert dict(server.paid) == asked
    count = len(questions(gold, "test"))
    assert told["predictions"] == again["predictions"] == again["resumed"] == count
    assert server.tries.total() > count
    assert set(asked.values()) == {1}
    report = score(gold, read_predictions(out), split="test", intervals=False)
    assert {row.f1 for row in report.rows} == {1.0}
    assert all(rates.unparsable == 0 for rates in report.rates.values())
    assert KEY.encode() not in (tmp_path / "predictions.sqlite").read_bytes()


def test_an_answer_that_is_refused_is_empty_and_counted(gold, key, tmp_path, capsys):
    server = Server(lambda number, *_: "refusal" if number == 0 else "length" if number == 1 else "")
    with server.serving() as url:
        command.predict(model="m", endpoint=url, benchmark=gold.folder, out=tmp_path / "p.jsonl", as_json=True)
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts == {"without an answer: refused by the model": 1, "answers that ran out of tokens": 1}
    outputs = [json.loads(line)["output"] for line in (tmp_path / "p.jsonl").read_bytes().splitlines()]
    assert outputs.count("") == 1


def test_a_call_of_a_tool_is_no_answer_and_is_told_as_what_it_is(gold, key, tmp_path, capsys):
    server = Server(lambda number, *_: "tools" if number < 2 else "", answer=right(gold))
    with server.serving() as url:
        command.predict(model="m", endpoint=url, benchmark=gold.folder, out=tmp_path / "p.jsonl", as_json=True)
    counts = json.loads(capsys.readouterr().out)["counts"]
    assert counts == {"without an answer: the call of a tool in place of an answer": 2}


def test_of_an_answer_in_parts_what_was_thought_first_is_left_out(gold, key, tmp_path):
    told = right(gold)

    def parts(body, digest):
        thought = {"type": "thinking", "thinking": [{"type": "text", "text": "a"}]}
        more = [{"type": "reasoning", "text": "let me see {"}, thought, {"type": "text", "text": None}, "?", 7]
        half = len(told(body, digest)) // 2
        said = [told(body, digest)[:half], told(body, digest)[half:]]
        return [*more, *({"type": "text", "text": text} for text in said)]

    out = tmp_path / "p.jsonl"
    with Server(answer=parts).serving() as url:
        command.predict(model="m", endpoint=url, benchmark=gold.folder, out=out)
    assert {row.f1 for row in score(gold, read_predictions(out), split="test", intervals=False).rows} == {1.0}


def test_an_answer_that_broke_off_at_the_server_is_asked_for_again(gold, key, tmp_path):
    out, plan = tmp_path / "p.jsonl", tmp_path / "server.yaml"
    server = Server(lambda number, _, tries: "" if tries else "broken", answer=right(gold))
    with server.serving() as url:
        plan.write_text(f"{{model: some-model, base_url: {url!r}, backoff: 0.01}}")
        command.predict(endpoint=str(plan), benchmark=gold.folder, out=out)
    assert {row.f1 for row in score(gold, read_predictions(out), split="test", intervals=False).rows} == {1.0}
    with Server(lambda *_: "broken").serving() as url:
        plan.write_text(f"{{model: some-model, base_url: {url!r}, backoff: 0.01, retries: 1}}")
        with pytest.raises(UiebenchError, match=r"nothing but failures.*: broke off"):
            command.predict(endpoint=str(plan), benchmark=gold.folder, out=tmp_path / "q.jsonl")


def test_another_seed_asks_an_endpoint_anew_and_none_leaves_that_of_its_file(gold, key, tmp_path):
    server, plan = Server(answer=right(gold)), tmp_path / "server.yaml"
    with server.serving() as url:
        plan.write_text(f"{{model: some-model, base_url: {url!r}, seed: 5}}")
        for seed, seeds in ((0, {5, 6}), (3, {3, 4}), (3, {3, 4})):
            before = len(server.bodies)
            command.predict(
                endpoint=str(plan),
                benchmark=gold.folder,
                out=tmp_path / "p.jsonl",
                samples=2,
                temperature=1.0,
                seed=seed,
            )
            asked = {body["seed"] for body in server.bodies[before:]}
            assert asked == (seeds if before < len(server.bodies) else set())
    assert {body["seed"] for body in server.bodies} == {3, 4, 5, 6}


def test_an_answer_without_content_is_counted_as_empty(gold, key, tmp_path, capsys):
    server = Server(lambda number, *_: "null" if number < 2 else "", answer=right(gold))
    with server.serving() as url:
        command.predict(model="m", endpoint=url, benchmark=gold.folder, out=tmp_path / "p.jsonl", as_json=True)
    assert json.loads(capsys.readouterr().out)["counts"] == {"without an answer: empty": 2}


@pytest.mark.parametrize(
    ("fault", "told"),
    [("null", r"empty \(\d+\)"), ("refusal", "refused by the model"), ("raw:400:too long", "HTTP 400: too long")],
)
def test_a_run_that_brings_no_answer_at_all_fails_in_one_line_and_writes_nothing(gold, key, tmp_path, fault, told):
    out = tmp_path / "p.jsonl"
    with Server(lambda *_: fault).serving() as url:
        arguments = ["--model", "m", "--endpoint", url, "--benchmark", str(gold.folder), "--out", str(out)]
        done = CliRunner().invoke(app, ["predict", *arguments, "--share", "0.2"], catch_exceptions=True)
    assert done.exit_code != 0
    assert isinstance(done.exception, UiebenchError)
    assert re.search(rf"none of \d+ questions was answered: .*{told}", str(done.exception))
    assert "\n" not in str(done.exception)
    assert not out.exists()


def test_use_that_the_server_does_not_say_is_reckoned_and_told(gold, key, tmp_path, capsys):
    with Server(usage=False, answer=right(gold)).serving() as url:
        command.predict(model="m", endpoint=url, benchmark=gold.folder, out=tmp_path / "p.jsonl", as_json=True)
    assert re.search(r"answers whose use the server did not say, reckoned by their text: \d+", capsys.readouterr().err)


def test_what_a_server_refuses_is_told_with_the_whole_reason():
    reasons = ["refused by the server: no such field structured_outputs", "refused by the server: text too long", ""]
    asking = [SimpleNamespace(id=f"q{place}") for place in range(3)]
    said = [Answer(one, "" if reason else "[]", problem=reason) for one, reason in zip(asking, reasons, strict=True)]
    told = answers(SimpleNamespace(answers=said, state=SimpleNamespace(tokens_out=0, cached=0)), asking, 1.0)
    assert told.counts == {"without an answer: refused by the server: no such field structured_outputs": 2}


def test_samples_are_asked_one_by_one_and_stand_together(gold, key, tmp_path):
    server = Server(answer=lambda body, digest: digest)
    plan = tmp_path / "server.yaml"
    with server.serving() as url:
        plan.write_text(f"{{model: m, base_url: {url!r}, seed: 5}}")
        options = {"samples": 3, "temperature": 0.7, "share": 0.5}
        command.predict(endpoint=str(plan), benchmark=gold.folder, out=tmp_path / "p.jsonl", **options)
    rows = [json.loads(line) for line in (tmp_path / "p.jsonl").read_bytes().splitlines()]
    ids = [row["id"] for row in rows]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert len({row["output"] for row in rows}) == len(rows)  # the seeds differ
    assert {body["temperature"] for body in server.bodies} == {0.7}
    some = set(ids)
    assert 0 < len(some) < len(questions(gold, "test"))


def test_a_budget_is_kept_and_said_and_more_of_it_goes_on(gold, key, tmp_path, capsys):
    server, out = Server(answer=lambda body, digest: "{}"), tmp_path / "p.jsonl"
    with server.serving() as url:
        options = {"model": "gpt-4.1-mini", "endpoint": url, "benchmark": gold.folder, "out": out}
        command.predict(**options, dry_run=True)
        assert "calls of gpt-4.1-mini" in capsys.readouterr().err
        assert not server.paid
        with pytest.raises(UiebenchError, match="raise --budget"):
            command.predict(**options, budget=0.0013)
        before = server.paid.total()
        assert 0 < before < len(questions(gold, "test"))
        assert not out.exists()
        command.predict(**options, budget=5)
        assert server.paid.total() == len(questions(gold, "test"))
    assert set(server.paid.values()) == {1}
    assert out.exists()


@pytest.mark.parametrize("constraint", ["span", "json"])
def test_a_constraint_goes_with_each_request_as_its_grammar(gold, constraint):
    asking = questions(gold, "test")[:3]
    requests = requests_of(asking, Settings(constraint))
    grammars = [request.extra["structured_outputs"]["grammar"] for request in requests]
    assert all(rules.startswith("%llguidance") and "start:" in rules for rules in grammars)
    assert ("substring_chunks" in grammars[0]) == (constraint == "span")
    assert structured(asking[0], "off") == {}


def test_where_the_key_is(monkeypatch, tmp_path):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert endpoint_of("http://127.0.0.1:8000/v1", "m").key == ""
    assert endpoint_of("http://localhost:8000/v1", "m").key == ""
    assert endpoint_of("https://server.example/v1", "m").key == "OPENAI_API_KEY"
    assert endpoint_of("http://localhost:8000/v1", "m", "MY_KEY").key == "MY_KEY"
    plan = tmp_path / "server.yaml"
    plan.write_text("{model: m, base_url: 'https://server.example/v1', key: OTHER}")
    assert endpoint_of(str(plan)).key == "OTHER"
    assert endpoint_of(str(plan), "n", "") == endpoint_of("https://server.example/v1", "n", "")


@pytest.mark.parametrize(
    ("place", "model", "key", "told"),
    [
        ("http://localhost:8000/v1", "", None, "which model"),
        ("nowhere.yaml", "m", None, "neither an address .* nor a file"),
        ("http://localhost:8000/v1?x=1", "m", None, "base_url: leave out"),
        ("https://server.example/v1", "m", "sk-abc", "the name of an environment variable"),
    ],
)
def test_a_wrong_endpoint_is_one_line(place, model, key, told):
    with pytest.raises(RecipeError, match=told):
        endpoint_of(place, model, key)
