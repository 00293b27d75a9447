"""`uiebench score` and `compare` at the terminal: what is claimed where little is known, and of odd files."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.cli.score import print_table
from uiebench.errors import UiebenchError
from uiebench.instruct.target import Names
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, score
from uiebench.score.bootstrap import FEWEST, interval, mean_interval
from uiebench.score.compare import compare
from uiebench.score.facts import facts, nfc_strip
from uiebench.score.output import read, read_columns
from uiebench.score.rows import Row, score_rows
from uiebench.score.run import task_asked
from uiebench.score.tables import Table, markdown, tables
from uiebench.storage import read_parquet
from uiebench.types import Event, Extraction, Instruction, Prediction, Schema

AS_WRITTEN = Names("zh", Schema())
GOLD = '{"人物": ["方明"]}'


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    out = tmp_path_factory.mktemp("bench") / "out"
    pipeline.build(BuildRecipe(name="two", held_in=("resume", "literature"), samples=True), raw=out, out=out)
    return out


@pytest.fixture(scope="module")
def answers(bench):
    """id → canonical target of every test prompt."""
    paths = sorted((bench / "instructions" / "test").glob("*.parquet"))
    return {row.id: row.target for path in paths for row in read_parquet(path, Instruction)}


def write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def predictions(path, answers):
    return write(path, [{"id": id, "output": output} for id, output in answers.items()])


def row(id, source="file", *, gold=GOLD, said=GOLD, task="NER", text="方明来了"):
    return {"id": id, "source": source, "task": task, "text": text, "label": gold, "output": said}


def invoke(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def scored(*arguments):
    done = invoke("score", *arguments)
    assert done.exit_code == 0, done.exception
    return done


# --- intervals ----------------------------------------------------------------------------------------


@given(st.integers(0, FEWEST - 1), st.integers(0, 1_000))
def test_too_few_documents_with_a_fact_have_no_interval(few, empty):
    assert interval({(1, 1, 1): few, (0, 0, 0): empty}) == (None, None)
    assert None not in interval({(1, 1, 1): FEWEST, (0, 0, 0): empty})


def test_a_mean_has_no_interval_where_one_of_its_corpora_has_none():
    many, few = {(1, 2, 2): 50, (0, 1, 1): 50}, {(0, 1, 1): FEWEST - 1}
    assert None not in mean_interval([many, many])
    assert mean_interval([many, few]) == (None, None)


def test_a_dash_stands_for_an_interval_that_cannot_be_had_and_nothing_for_one_not_asked_for(tmp_path):
    path = write(tmp_path / "p.jsonl", [row("1")])
    asked, not_asked = score_rows(path), score_rows(path, intervals=False)
    assert (asked.interval_from, not_asked.interval_from) == (FEWEST, None)
    assert asked.row("corpus", "file", "ner").low is None
    assert "| 100.00 | – | 100.00 |" in markdown(tables(asked), "")
    assert "| 100.00 |  | 100.00 |" in markdown(tables(not_asked), "")
    assert f"fewer than {FEWEST} documents" in scored(path).stderr
    assert "fewer than" not in scored(path, "--no-intervals").stderr
    whole = json.loads(scored(path, "--json").stdout)
    assert (whole["interval_from"], whole["rows"][0]["low"]) == (FEWEST, None)


# --- self-contained files: what they do not tell ------------------------------------------------------


def test_a_self_contained_file_is_not_called_held_in_and_one_corpus_has_no_mean(tmp_path):
    one = score_rows(write(tmp_path / "one.jsonl", [row("1")]))
    assert one.means == ()
    several = score_rows(write(tmp_path / "two.jsonl", [row("1", "a"), row("1", "b", said="{}")]))
    assert [(mean.key, mean.corpora, mean.f1) for mean in several.means] == [("zh NER", ("a", "b"), 0.5)]
    assert "held-in" not in markdown(tables(several), "")


def test_labels_not_offered_are_unknown_in_a_self_contained_file_and_known_in_a_benchmark(tmp_path, bench, answers):
    path = write(tmp_path / "p.jsonl", [row("1", said='{"颜色": ["方明"]}')])
    assert score_rows(path).rates["file NER"].unoffered is None
    (rates,) = [table for table in tables(score_rows(path)) if table.title == "Rates"]
    assert dict(zip(rates.header, rates.rows[0], strict=True))["label not offered"] == "–"
    assert score(Benchmark(bench), answers).rates["resume NER"].unoffered == 0


@given(st.permutations([("1", "a"), ("1", "a"), ("1", "b"), ("2", "a"), ("2", "a"), (None, "a"), (None, "a")]))
def test_windows_of_a_text_are_united_wherever_they_stand_in_the_file(tmp_path_factory, order):
    windows = {}
    rows = []
    for id, source in order:
        count = windows[id, source] = windows.get((id, source), 0) + 1
        label = "人物" if count == 1 else "机构"
        said = json.dumps({label: ["方明" if count == 1 else "远山"]}, ensure_ascii=False)
        rows.append(row(id, source, gold=said, said=said))
    path = write(tmp_path_factory.mktemp("rows") / "p.jsonl", rows)
    done = score_rows(path)
    assert {key: rates.items for key, rates in done.rates.items()} == {"a NER": 4, "b NER": 1}
    assert done.f1("ner") == 1.0
    assert done.row("corpus", "a", "ner").gold == 6


def test_rows_at_hand_give_the_same_as_their_file(tmp_path):
    said = [("1", "a", "{}"), ("2", "a", GOLD), ("1", "b", GOLD), ("1", "a", GOLD)]
    path = write(tmp_path / "p.jsonl", [row(id, source, said=output) for id, source, output in said])
    rows = [Row(id, source, "NER", "方明来了", GOLD, output, exact=True) for id, source, output in said]
    assert score_rows(rows).rates == score_rows(path).rates
    assert score_rows(rows).f1("ner") == score_rows(path).f1("ner") == 1.0


def test_a_text_is_done_with_at_its_last_window(tmp_path):
    """The fault in a later line comes after the items before it: nothing waits for the end of the file."""
    path = write(tmp_path / "p.jsonl", [row("1"), row("1"), row("2"), row("3")])
    with path.open("a", encoding="utf-8") as file:
        file.write("no JSON\n")
    seen = []
    with pytest.raises(UiebenchError, match=r"many\.jsonl:205"):
        score_rows(write_many(path, tmp_path), watch=lambda item, said, names: seen.append(item.id))
    assert len(seen) > 100


def write_many(path, folder):
    """Enough rows of one corpus that the tally takes some in before the faulty line."""
    target = folder / "many.jsonl"
    target.write_text(
        "".join(json.dumps(row(str(n)), ensure_ascii=False) + "\n" for n in range(200))
        + path.read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    return target


# --- one task -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "task"),
    [
        ("a/test/0#NER", "NER"),
        ("a/test/0#RE/12", "RE"),
        ("a/7.2#EE@2/0", "EE"),
        ("a#b#EEA", "EEA"),
        ("x", None),
        ("x#", None),
    ],
)
def test_the_id_of_a_prompt_tells_its_task(id, task):
    assert task_asked(id) == task


def test_every_id_of_a_benchmark_tells_its_task(bench):
    asked = [(id, item.task) for item in Benchmark(bench).items("test") for id in item.asked]
    assert {task for _, task in asked} == {"NER", "RE"}
    assert all(task_asked(id) == task for id, task in asked)


@pytest.mark.parametrize("others", [True, False], ids=["others given", "others missing"])
def test_one_task_is_scored_alone_whatever_is_said_to_the_others(bench, answers, others):
    given_ = {id: said for id, said in answers.items() if others or task_asked(id) == "RE"}
    done = score(Benchmark(bench), given_, task="RE")
    assert {row.task for row in done.rows} == {"RE"}
    assert done.f1("re") == 1.0
    whole = score(Benchmark(bench), answers)
    assert [row for row in whole.rows if row.task == "RE" and row.by != "all"] == [
        row for row in done.rows if row.by != "all"
    ]
    side = compare(Benchmark(bench), given_, answers, task="RE")
    assert {row.task for row in side.rows} == {"RE"}


def test_what_is_wrong_within_the_task_is_still_told(bench, answers):
    gold = Benchmark(bench)
    with pytest.raises(UiebenchError, match=r"does not ask, e\.g\. 'resume/test/99#NER'"):
        score(gold, answers | {"resume/test/99#NER": "{}"}, task="NER")
    rest = dict(answers)
    del rest[next(id for id in rest if "#NER" in id)]
    with pytest.raises(UiebenchError, match="no prediction for"):
        score(gold, rest, task="NER")
    with pytest.raises(UiebenchError, match="no prompts of the task EE in the split 'test'"):
        score(gold, answers, task="EE")


def test_a_file_of_one_task_is_told_how_to_score_it(bench, answers):
    only = [Prediction(id, said) for id, said in answers.items() if task_asked(id) == "RE"]
    with pytest.raises(UiebenchError, match=r"score one task alone with --task RE$"):
        score(Benchmark(bench), only)


def test_the_task_option_picks_rows_that_tell_theirs_and_names_that_of_the_others(tmp_path):
    told = write(tmp_path / "p.jsonl", [row("1"), row("2", task="EET", gold="[]", said="[]")])
    assert set(score_rows(told, task="NER").rates) == {"file NER"}
    with pytest.raises(UiebenchError, match="no row of the task RE; its rows tell EET, NER"):
        score_rows(told, task="RE")
    silent = {key: value for key, value in row("1").items() if key != "task"}
    assert set(score_rows(write(tmp_path / "q.jsonl", [silent]), task="NER").rates) == {"file NER"}


def test_the_task_option_works_for_the_rules_of_others_and_for_comparisons(tmp_path, bench, answers):
    path = predictions(tmp_path / "p.jsonl", {id: said for id, said in answers.items() if task_asked(id) == "NER"})
    as_iepile = json.loads(scored(path, "--benchmark", bench, "--task", "NER", "--as", "iepile", "--json").stdout)
    assert {row["task"] for row in as_iepile} == {"NER"}
    done = invoke("compare", path, path, "--benchmark", bench, "--task", "ner", "--json")
    assert {row["task"] for row in json.loads(done.stdout)["rows"]} == {"NER"}


def test_some_corpora_are_scored_alone_whatever_is_said_to_the_others(tmp_path, bench, answers):
    one, other = sorted({id.split("/")[0] for id in answers})[:2]
    whole = score(Benchmark(bench), answers)
    for given_ in (answers, {id: said for id, said in answers.items() if id.startswith(f"{one}/")}):
        done = score(Benchmark(bench), given_, corpora=[one])
        assert {row.key for row in done.rows if row.by == "corpus"} == {one}
        assert [row for row in whole.rows if row.key == one] == [row for row in done.rows if row.key == one]
        path = predictions(tmp_path / "p.jsonl", given_)
        for more in ([], ["--as", "uie"]):
            shown = json.loads(scored(path, "--benchmark", bench, "--corpora", one, *more, "--json").stdout)
            assert shown
        side = json.loads(invoke("compare", path, path, "--benchmark", bench, "--corpora", one, "--json").stdout)
        assert {row["key"] for row in side["rows"]} == {one}
    with pytest.raises(UiebenchError, match=rf"or some corpora alone with --corpora {one}$"):
        score(Benchmark(bench), {id: said for id, said in answers.items() if not id.startswith(f"{other}/")})
    with pytest.raises(UiebenchError, match=rf"no prompts about '{one}x' in the split 'test'; did you mean '{one}'"):
        score(Benchmark(bench), answers, corpora=[one + "x"])
    with pytest.raises(UiebenchError, match=rf"no prompts of the task EE about {one} in the split 'test'"):
        score(Benchmark(bench), answers, task="EE", corpora=[one])
    assert "names none" in str(invoke("score", path, "--benchmark", bench, "--corpora", " ,").exception)
    own = write(tmp_path / "rows.jsonl", [row("1")])
    assert "rows with gold of their own are of no corpus" in str(invoke("score", own, "--corpora", one).exception)


# --- what is read of an answer ------------------------------------------------------------------------

DRAFT = '<think>Perhaps\n```json\n{"人物": ["柳青"]}\n```\nor {"人物": []}.</think>\n\n'
FOUND = [("人物", "方明")]


def pairs(output, **how):
    said = read(output, "NER", AS_WRITTEN, **how)
    assert read_columns([output], "NER", AS_WRITTEN, **how).problems.get(0, "") == said.problem
    return [(entity.type, entity.text) for entity in said.entities], said.problem


def test_reasoning_before_an_answer_is_passed_over_only_with_repair():
    assert pairs(DRAFT + GOLD) == ([], "reasoning before the answer")
    assert pairs(DRAFT + GOLD, repair=True) == (FOUND, "repaired: reasoning before it")
    no_start = "方明 is a person.\n</think>\n" + GOLD
    assert pairs(no_start, repair=True) == (FOUND, "repaired: reasoning before it")


def test_a_fence_behind_the_reasoning_is_the_answer_and_one_within_it_is_not():
    assert pairs(f"{DRAFT}```json\n{GOLD}\n```") == (FOUND, "")
    assert pairs(DRAFT + "Nothing.") == ([], "no JSON")
    unended = DRAFT.replace("</think>", "")
    assert pairs(unended) == pairs(unended, repair=True) == ([], "no JSON")


def test_an_answer_that_speaks_of_thinking_is_an_answer():
    assert pairs('{"标签": ["</think>"]}') == ([("标签", "</think>")], "")


def test_a_byte_order_mark_is_no_part_of_an_answer():
    assert pairs("\ufeff" + GOLD) == (FOUND, "")
    assert pairs("\ufeff```\n" + GOLD + "\n```") == (FOUND, "")


def test_inline_code_is_no_fence():
    assert pairs(f"`{GOLD}`")[0] == []
    assert pairs(f"`{GOLD}`", repair=True) == (FOUND, "repaired: inline code")


def test_unread_reasoning_is_noted_at_the_terminal(tmp_path, bench, answers):
    path = predictions(tmp_path / "p.jsonl", {id: "<think>…</think>" + said for id, said in answers.items()})
    assert "--repair reads the JSON behind it" in scored(path, "--benchmark", bench).stderr
    repaired = scored(path, "--benchmark", bench, "--repair")
    assert "--repair reads" not in repaired.stderr
    assert "100.00" in repaired.stdout
    assert "badjson:repair" in repaired.stdout
    side = invoke("compare", path, path, "--benchmark", bench, "--json")
    assert "--repair reads the JSON behind it" in side.stderr
    assert json.loads(side.stdout)["rows"][0]["left"] == 0.0
    side = invoke("compare", path, path, "--benchmark", bench, "--json", "--repair")
    assert json.loads(side.stdout)["rows"][0]["left"] == 1.0


def test_an_event_without_trigger_is_a_claim_with_an_empty_trigger():
    said = Extraction(events=(Event("layoff", None, ()),))
    found = facts(said, "EE", nfc_strip)
    assert (found["ti"], found["tc"]) == ([("",)], [("layoff", "")])


# --- files that are none of predictions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(b"{}", mtime=0), "packed with gzip"),
        ("{}".encode("utf-16"), "in UTF-16"),
        ("{}".encode("utf-16-be").join([b"\xfe\xff", b""]), "in UTF-16"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"PK\x03\x04rest", "a ZIP archive"),
    ],
)
def test_a_file_in_another_format_is_told_by_name(tmp_path, bench, data, message):
    path = tmp_path / "p.jsonl"
    path.write_bytes(data)
    done = invoke("score", path, "--benchmark", bench)
    assert f"p.jsonl: {message}, where lines of JSON in UTF-8 are read" in str(done.exception)


def test_rows_with_gold_in_standard_input_are_told_from_predictions(tmp_path, bench, answers):
    def run(text, *arguments):
        here = str(Path(__file__).parent.parent)
        return subprocess.run(
            [sys.executable, "-m", "uiebench", "score", "-", *arguments],
            input=text.encode(), capture_output=True, cwd=tmp_path, check=False, env=os.environ | {"PYTHONPATH": here},
        )  # fmt: skip

    done = run(json.dumps(row("1"), ensure_ascii=False) + "\n")
    assert done.returncode == 1
    assert "rows with gold and prediction, which are read twice" in done.stderr.decode()
    both = "".join(json.dumps({"id": id, "output": said, "label": said}) + "\n" for id, said in answers.items())
    assert run(both, "--benchmark", str(bench)).returncode == 0


# --- tables at the terminal ---------------------------------------------------------------------------


def test_labels_that_look_like_markup_or_commands_are_printed_as_they_are(tmp_path):
    said = json.dumps({"[/red]": ["方明"], ":warning:": ["方明"], "\x1b[2Jx": ["方明"]})
    path = write(tmp_path / "p.jsonl", [row("1", "[/b]", said=said)])
    shown = scored(path, "--types", "--errors").stdout
    assert "[/b] [/red]" in shown
    assert ":warning:" in shown
    assert "\x1b" not in shown
    assert "\ufffd[2Jx" in shown


def test_a_narrow_terminal_cuts_nothing(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "30")
    names = [f"a_rather_long_corpus_name_{n}" for n in range(3)]
    header = ("corpus", "task", "P", "documents", "")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    print_table(Table("Scores", header, [(name, "NER", "100.00", "1,000", ", ".join(names)) for name in names], 2))
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "documents" in shown
    for line, name in zip(shown.splitlines()[2::3], names, strict=False):
        assert line.startswith(name)
        assert "100.00" in line


def test_a_list_behind_figures_stands_at_the_left():
    table = Table("Means", ("group", "F1", "corpora", ""), [("zh NER", "50.00", "2", "a, b")], 1)
    assert [table.is_figure(column) for column in range(4)] == [False, True, True, False]
    assert "| --- | ---: | ---: | --- |" in markdown([table], "")
