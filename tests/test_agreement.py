"""A judge's agreement with F1: the figures are those of scipy, intervals are over documents, and the page is safe."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from typer.testing import CliRunner

from uiebench.cli import app
from uiebench.cli.pairs_build import without_pairs
from uiebench.errors import SourceError, UiebenchError
from uiebench.pairs.agreement import Value, agreement, kendall, spearman
from uiebench.pairs.agreement_page import page, shown
from uiebench.pairs.judged import Judged, Verdict
from uiebench.storage import write_parquet
from uiebench.types import Candidate

JUDGEMENT = pa.schema(
    [
        *((name, pa.string()) for name in ("candidate", "judge", "rubric")),
        ("overall", pa.float64()),
        ("scores", pa.struct([("type", pa.float64()), ("boundary", pa.float64())])),
        ("reasons", pa.struct([("type", pa.string())])),
        ("problem", pa.string()),
    ]
)


def candidate(number, score, *, document=None, task="NER", language="en", prompt=None):
    document = document or f"x/train/{number}"
    instruction = f"{document}#{task}{prompt or ''}"
    return Candidate(
        f"{instruction}~s~{number}", instruction, document, "x", task, language, "s", ("A",), "text", "p", "{}", score
    )


def judged(scores):
    found = Judged()
    found.overall = dict(scores)
    found.judges["j"] = len(found.overall)
    return found


def write(path, rows):
    pq.write_table(pa.Table.from_pylist(rows, JUDGEMENT), path)
    return path


def judgement(candidate, overall, problem="", judge="j", **scores):
    return {
        "candidate": candidate,
        "judge": judge,
        "rubric": "r",
        "overall": overall,
        "scores": {"type": None, "boundary": None, **scores},
        "reasons": {"type": None},
        "problem": problem,
    }


def comparisons(path, rows):
    names = ("first", "second", "judge", "rubric", "better", "reason", "problem")
    pq.write_table(pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows]), path)
    return path


# --- correlations -----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), min_size=2, max_size=40))
def test_correlations_from_a_table_are_those_of_scipy(pairs):
    x, y = np.array(pairs).T
    table = np.zeros((6, 5))
    np.add.at(table, (x, y), 1)
    with np.errstate(all="ignore"):
        for ours, theirs in ((spearman, stats.spearmanr), (kendall, stats.kendalltau)):
            if len(set(x)) == 1 or len(set(y)) == 1:
                assert np.isnan(ours(table))
            else:
                assert ours(table) == pytest.approx(theirs(x, y).statistic, abs=1e-12)


def test_a_group_has_the_figures_of_its_candidates():
    rng = np.random.default_rng(7)
    found = [candidate(n, float(rng.integers(0, 5)) / 4, task=("NER", "RE")[n % 2]) for n in range(200)]
    scores = {c.id: float(min(10, round(10 * c.score * rng.random()))) for c in found}
    told = agreement(found, judged(scores))
    groups = {(group.task, group.language): group for group in told.groups}
    assert groups.keys() == {("all", "all"), ("NER", "all"), ("RE", "all")}  # one language is told once
    for task in ("NER", "RE"):
        f1, judge = zip(*((c.score, scores[c.id]) for c in found if c.task == task), strict=True)
        group = groups[task, "all"]
        assert group.spearman.value == pytest.approx(stats.spearmanr(judge, f1).statistic)
        assert group.kendall.value == pytest.approx(stats.kendalltau(judge, f1).statistic)
        assert group.spearman.low < group.spearman.value < group.spearman.high
        assert [one.score for one in group.bins] == list(range(11))
        for one in group.bins:
            inside = [f for f, j in zip(f1, judge, strict=True) if j == one.score]
            assert one.candidates == len(inside)
            assert one.f1.value == (pytest.approx(np.mean(inside)) if inside else None)


def test_the_order_of_candidates_changes_nothing():
    rng = np.random.default_rng(3)
    found = [candidate(n, float(rng.random()), document=f"x/train/{n // 4}") for n in range(60)]
    scores = {c.id: float(rng.integers(0, 11)) for c in found}
    told = agreement(found, judged(scores), resamples=50)
    assert told == agreement(found[::-1], judged(dict(reversed(scores.items()))), resamples=50)


def test_answers_to_one_text_are_resampled_together():
    """Copies of every candidate in its own document narrow nothing; as documents of their own they do."""
    rng = np.random.default_rng(5)
    base = [(float(rng.random()), float(rng.integers(0, 11))) for _ in range(30)]

    def width(together):
        found, scores = [], {}
        for n, (f1, judge) in enumerate(base):
            for copy in range(9):
                one = candidate(100 * n + copy, f1, document=f"x/train/{n if together else 100 * n + copy}")
                found.append(one)
                scores[one.id] = judge
        value = agreement(found, judged(scores), resamples=300).groups[0].spearman
        return value.high - value.low

    assert width(True) > 2 * width(False)


def test_a_constant_judge_has_no_correlation():
    found = [candidate(n, n / 10) for n in range(10)]
    group = agreement(found, judged({c.id: 5.0 for c in found}), resamples=20).groups[0]
    assert group.spearman.value is group.kendall.value is group.spearman.low is None


def test_only_answers_to_one_prompt_that_differ_in_f1_have_an_order():
    found = [
        candidate(n, score, document="x/train/0", prompt=f"/{prompt}")
        for n, (score, prompt) in enumerate([(0.2, 0), (0.8, 0), (0.8, 0), (0.5, 1), (0.1, 1), (0.9, 2)])
    ]
    scores = dict(zip([c.id for c in found], (3.0, 7.0, 3.0, 2.0, 4.0, 9.0), strict=True))
    group = agreement(found, judged(scores), resamples=10).groups[0]
    order = group.order
    assert (order.pairs, order.right, order.wrong, order.tied) == (3, 1, 1, 1)
    assert order.accuracy == 0.5
    assert [(one.margin, one.pairs, one.right) for one in group.margins] == [
        (1, 2, 1), (2, 2, 1), (3, 1, 1), (4, 1, 1), (5, 0, 0),
    ]  # fmt: skip


# --- files ------------------------------------------------------------------------------------------


def test_several_judgements_of_a_candidate_are_their_mean_and_problems_are_counted(tmp_path):
    path = write(
        tmp_path / "j.parquet",
        [
            judgement("a", 4.0, type=3.0, boundary=5.0),
            judgement("a", 8.0, judge="k", type=5.0),
            judgement("b", None, "refused: no"),
            judgement("c", 9.0, boundary=9.0),
        ],
    )
    found = Judged.read([path])
    assert found.overall == {"a": 6.0, "c": 9.0}
    assert found.aspects["a"] == {"type": 4.0, "boundary": 5.0}
    assert found.problems == {"refused": 1}
    assert found.judges == {"j": 3, "k": 1}
    assert found.weakest("a", "c") == "type"
    assert found.weakest("b") == "overall"


def test_scores_may_be_a_map(tmp_path):
    schema = JUDGEMENT.set(4, pa.field("scores", pa.map_(pa.string(), pa.float64())))
    rows = [{**judgement("a", 4.0), "scores": [("type", 3.0)]}]
    pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "j.parquet")
    assert Judged.read([tmp_path / "j.parquet"]).aspects == {"a": {"type": 3.0}}


def test_a_score_out_of_range_and_a_file_of_something_else_are_one_line(tmp_path):
    with pytest.raises(SourceError, match="expected 0–10"):
        Judged.read([write(tmp_path / "j.parquet", [judgement("a", 40.0)])])
    write_parquet(tmp_path / "c.parquet", Candidate, [candidate(0, 1.0)])
    with pytest.raises(SourceError, match="no column 'candidate'"):
        Judged.read([tmp_path / "c.parquet"])
    (tmp_path / "x.parquet").write_text("x")
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        Judged.read([tmp_path / "x.parquet"])


def test_one_is_preferred_only_where_both_orders_say_so(tmp_path):
    rows = [
        *(("a", "b", "j", "r", "first", "", ""), ("b", "a", "j", "r", "second", "", "")),
        *(("a", "c", "j", "r", "first", "", ""), ("c", "a", "j", "r", "first", "", "")),
        ("a", "d", "j", "r", "first", "", ""),
        *(("a", "e", "j", "r", "first", "", ""), ("e", "a", "j", "r", "", "", "refused: x")),
    ]
    found = Judged.read([comparisons(tmp_path / "c.parquet", rows)])
    assert (found.preferred("a", "b"), found.preferred("b", "a")) == (1, -1)
    assert found.preferred("a", "c") == 0
    assert found.preferred("a", "d") is found.preferred("a", "e") is found.preferred("a", "f") is None
    assert found.pairs() == [("a", "b"), ("a", "c")]
    assert found.problems == {"refused": 1}


def test_position_bias_is_the_advantage_of_the_first_place():
    found = [candidate(n, n / 10, document=f"x/train/{n // 2}") for n in range(40)]
    pairs = list(zip(found[::2], found[1::2], strict=True))
    for bias, consistent, says in ((1.0, 0, lambda a, b: 1), (0.0, 20, lambda a, b: 1 if a.score > b.score else -1)):
        said = Judged()
        for left, right in pairs:
            for a, b in ((left, right), (right, left)):
                said.note(Verdict(a.id, b.id, says(a, b)))
        told = agreement(found, said, resamples=20)
        assert told.groups == ()
        assert told.pairwise.bias.value == bias
        assert (told.pairwise.pairs, told.pairwise.consistent) == (20, consistent)
        assert told.pairwise.order.accuracy == (1.0 if consistent else 0.5)


def test_scores_between_whole_ones_count_with_the_one_below():
    found = [candidate(n, n / 10) for n in range(4)]
    scores = dict(zip([c.id for c in found], (0.5, 8.99, 9.5, 10.0), strict=True))
    bins = agreement(found, judged(scores), resamples=5).groups[0].bins
    assert [one.score for one in bins if one.candidates] == [0, 8, 9, 10]


@pytest.mark.parametrize(
    ("value", "text"),
    [(Value(-0.001), "0.00"), (Value(-0.0), "0.00"), (Value(-0.12, -0.3, -0.004), "−0.12 [−0.30, 0.00]"),
     (Value(None), "–"), (Value(0.5, 0.25, 0.75), "0.50 [0.25, 0.75]")],
)  # fmt: skip
def test_figures_have_a_true_minus_and_no_negative_nought(value, text):
    assert shown(value) == text


def test_sources_of_a_mix_without_pairs_are_told():
    mix = {"confusion": 0.4, "own": 0.4, "judged": 0.2}
    told = without_pairs(mix, {"own": 7})
    assert "confusion (--confusions) and judged (--candidates with --judgements)" in told
    assert "own" not in told
    assert without_pairs(mix, {"own": 7, "confusion": 1, "judged": 1}) == without_pairs({}, {"own": 7}) == ""
    assert without_pairs({"own": 1.0, "judged": 0.0}, {"own": 7}) == ""


# --- at the terminal --------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(app, ["judge", "agreement", *map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    found = [candidate(n, (n % 7) / 6, language=("zh", "en")[n % 2], document=f"x/train/{n // 3}") for n in range(60)]
    write_parquet(tmp_path / "c.parquet", Candidate, [*found, candidate(99, None)])
    rows = [judgement(c.id, float(round(10 * c.score)), judge="<script>alert(1)</script>") for c in found[:50]]
    write(tmp_path / "j.parquet", [*rows, judgement(candidate(99, None).id, 3.0)])
    (tmp_path / "summary.json").write_text(
        json.dumps(
            {"judge": "j", "mode": "scores", "judged": 50, "priced": True, "spent_in_all": 0.1, "tokens_in_all": 9}
        )
    )
    return tmp_path


def test_the_command_tells_correlation_calibration_and_cost(files):
    done = run(files / "j.parquet", "--candidates", files / "c.parquet", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["groups"][0]["spearman"]["value"] == pytest.approx(1.0)
    assert {(g["task"], g["language"]) for g in told["groups"]} == {("all", "all"), ("all", "en"), ("all", "zh")}
    assert (told["unjudged"], told["unscored"]) == (10, 1)
    table = run(files / "j.parquet", "--candidates", files / "c.parquet")
    assert "calibration" in table.stdout
    assert "judge's margin" in table.stdout
    assert "$2.0000" in table.stdout


def test_the_page_is_whole_and_what_it_is_given_is_text(files):
    out = files / "a.html"
    assert run(files / "j.parquet", "--candidates", files / "c.parquet", "--html", out).exit_code == 0
    text = out.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert text.count("<svg") == 3
    assert "同一题目的答案，按评审分差" in text
    assert "每千次评审的费用" in text
    assert "http" not in text.replace("http-equiv", "")
    assert run(files / "j.parquet", "--candidates", files / "c.parquet", "--html", files / "b.html").exit_code == 0
    assert (files / "b.html").read_bytes() == out.read_bytes()


def test_nothing_in_common_is_one_line(files):
    write(files / "other.parquet", [judgement("nobody", 3.0)])
    done = run(files / "other.parquet", "--candidates", files / "c.parquet")
    assert isinstance(done.exception, UiebenchError)
    assert "no candidate has both" in str(done.exception)


def test_a_page_without_scores_shows_comparisons_alone():
    found = [candidate(n, n / 2, document="x/train/0") for n in range(2)]
    said = Judged()
    said.note(Verdict(found[0].id, found[1].id, -1))
    said.note(Verdict(found[1].id, found[0].id, 1))
    text = page(agreement(found, said, resamples=5), "x").decode()
    assert "position bias" in text
    assert "<svg" not in text
