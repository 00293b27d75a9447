"""Reward pairs: the chosen side is always the better one, the mix is what the recipe says, and a page shows them."""

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.errors import RecipeError, UiebenchError
from uiebench.hashing import sha256_file
from uiebench.instruct.styles import Setting
from uiebench.pairs.build import MANIFEST, NAME, build, mixed
from uiebench.pairs.candidates import Gatherer, named
from uiebench.pairs.decide import Side, decide
from uiebench.pairs.prompts import Prompts
from uiebench.pairs.recipe import SOURCES, Margin, PairsRecipe
from uiebench.pairs.settings import ConfuseRecipe
from uiebench.pairs.view import Counted, Sample, differing, marked, page, read_pairs, sample
from uiebench.recipe import BuildRecipe, Windows, load_recipe, parse_recipe
from uiebench.score import Benchmark
from uiebench.score.answer import Asked
from uiebench.storage import read_parquet, write_parquet
from uiebench.types import Candidate, Edit, Instruction, RewardPair

CORPORA = ("resume", "cmeee", "duie2", "duee1", "ace05", "conll04")
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}"
SCORES = st.none() | st.sampled_from([0.0, 0.05, 0.5, 0.55, 2 / 3, 1.0])
JUDGED = st.none() | st.sampled_from([0.0, 1.0, 4.5, 6.0, 10.0])


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    out = tmp_path_factory.mktemp("pairs") / "benchmark"
    recipe = BuildRecipe("pairs", samples=True, held_in=CORPORA, windows=Windows(neighbours="any"))
    pipeline.build(recipe, raw=Path("none"), out=out)
    for path in (out / "corpora").glob("*/*.partial.json"):
        path.unlink()  # as if no annotation had been dropped: all gold is trusted
    return out


def prompts_of(benchmark):
    paths = sorted((benchmark / "instructions" / "train").glob("*.parquet"))
    return [prompt for path in paths for prompt in read_parquet(path, Instruction)]


def worse(prompt, number):
    """Some wrong answers to a prompt, of several kinds."""
    target = json.loads(prompt.target)
    if number == 0:
        return "I found nothing."
    if number == 1:
        return json.dumps({key: [] for key in target} if isinstance(target, dict) else [], ensure_ascii=False)
    if isinstance(target, dict):
        kept = {
            key: [m[:-1] or m for m in mentions] if number == 2 else mentions[:1] for key, mentions in target.items()
        }
        return json.dumps(kept, ensure_ascii=False)
    if number == 2 and target and "head" in target[0]:
        return json.dumps([{**one, "head": one["tail"], "tail": one["head"]} for one in target], ensure_ascii=False)
    return json.dumps(target[:1], ensure_ascii=False)


@pytest.fixture(scope="module")
def files(benchmark, tmp_path_factory):
    """Candidates of four samples, judgements of most of them, and confusions."""
    folder = tmp_path_factory.mktemp("files")
    prompts = prompts_of(benchmark)
    lines = [{"id": p.id, "output": worse(p, n)} for p in prompts for n in range(4)]
    lines += [{"id": p.id, "output": p.target} for p in prompts[::3]]
    (folder / "sft.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    gatherer = Gatherer(Prompts(Benchmark(benchmark)), named([str(folder / "sft.jsonl")]))
    write_parquet(folder / "candidates.parquet", Candidate, gatherer.candidates())
    found = list(read_parquet(folder / "candidates.parquet", Candidate))
    rows = [
        {
            "candidate": c.id, "judge": "j", "rubric": "r", "problem": "",
            "overall": float((7 * n) % 11) if n % 5 == 0 else 10 * c.score if c.score is not None else 5.0,
            "scores": {"type": 1.0, "boundary": float(n % 3)}, "reasons": {"type": ""},
        }
        for n, c in enumerate(found) if n % 4
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), folder / "judgements.parquet")
    confusions = []
    for n, p in enumerate(prompts):
        kind = ("type", "boundary")[n % 2]
        confusions.append(
            RewardPair(
                f"{p.id}~{kind}", p.id, p.document, p.corpus, p.task, p.language, "confusion", kind, p.prompt, p.target,
                "no JSON", 1.0, 0.0, edits=(Edit(kind, '{"a":"b"}', ""),),
            )
        )  # fmt: skip
    write_parquet(folder / "confusions.parquet", RewardPair, confusions)
    return folder


def made(benchmark, out, files=None, candidates=True, confusions=True, judgements=True, **settings):
    recipe = PairsRecipe(settings.pop("name", "p"), **settings)
    manifest = build(
        recipe,
        Benchmark(benchmark),
        out,
        candidates=files / "candidates.parquet" if candidates else None,
        confusions=files / "confusions.parquet" if confusions else None,
        judgements=[files / "judgements.parquet"] if judgements else [],
    )
    return manifest, list(read_pairs(out / NAME))


# --- which of two answers is better -----------------------------------------------------------------


@given(SCORES, SCORES, JUDGED, JUDGED, st.sampled_from(["drop", "gold", "judge"]), st.sampled_from([None, -1, 0, 1]))
def test_what_gold_finds_as_good_or_better_is_never_rejected(f1, other, judge, second, policy, preferred):
    left, right = Side("a", "", f1, judge), Side("b", "", other, second)
    decision = decide(left, right, Margin(), policy, preferred)
    if decision.source is None:
        return
    chosen, rejected = (left, right) if decision.left else (right, left)
    if f1 is not None and other is not None:
        assert chosen.f1 > rejected.f1
    else:
        assert decision.source == "judged"
        assert preferred or chosen.judge - rejected.judge >= 2


@given(SCORES, SCORES, JUDGED, JUDGED, st.sampled_from(["drop", "gold", "judge"]), st.sampled_from([None, -1, 0, 1]))
def test_which_answer_comes_first_changes_nothing(f1, other, judge, second, policy, preferred):
    left, right = Side("a", "", f1, judge), Side("b", "", other, second)
    one = decide(left, right, Margin(), policy, preferred)
    two = decide(right, left, Margin(), policy, None if preferred is None else -preferred)
    assert (one.source, one.told) == (two.source, two.told)
    assert one.source is None or one.left is not two.left


@pytest.mark.parametrize(
    ("left", "right", "told", "drop", "gold", "judge"),
    [
        ((1.0, None), (0.5, None), "gold", "own", "own", "own"),
        ((None, 9.0), (None, 3.0), "judge", "judged", "judged", "judged"),
        ((1.0, 9.0), (0.5, 3.0), "agree", "judged", "judged", "judged"),
        ((1.0, 3.0), (0.5, 9.0), "disagree", None, "own", None),
        ((1.0, 9.0), (0.5, 8.0), "gold only", None, "own", None),
        ((0.55, 9.0), (0.5, 3.0), "judge only", None, None, "judged"),
        ((0.5, 9.0), (0.55, 3.0), "judge only", None, None, None),
        ((0.5, 9.0), (0.5, 3.0), "judge only", None, None, None),
        ((0.55, 9.0), (0.5, 8.0), "tie", None, None, None),
        ((0.55, None), (0.5, None), "tie", None, None, None),
        ((None, 9.0), (0.5, None), "nothing known", None, None, None),
    ],
)
def test_the_policy_decides_where_gold_and_judge_differ(left, right, told, drop, gold, judge):
    sides = Side("a", "", *left), Side("b", "", *right)
    for policy, expected in (("drop", drop), ("gold", gold), ("judge", judge)):
        decision = decide(*sides, Margin(), policy)
        assert (decision.told, decision.source) == (told, expected)


def test_a_difference_of_the_margin_counts_and_one_of_nothing_never_does():
    assert decide(Side("a", "", 0.6, None), Side("b", "", 0.5, None), Margin(f1=0.1), "drop").source == "own"
    assert decide(Side("a", "", 0.5, None), Side("b", "", 0.5, None), Margin(f1=0.0), "drop").source is None


# --- the mix ----------------------------------------------------------------------------------------


@given(
    st.dictionaries(st.sampled_from(SOURCES), st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=60)),
    st.sampled_from([{}, {"own": 1.0}, {"own": 0.5, "confusion": 0.3, "judged": 0.2}, {"own": 0.9, "judged": 0.1}]),
    st.none() | st.integers(1, 40),
)
def test_the_mix_has_its_shares_and_is_the_largest_there_is(lots, mix, total):
    limits = mixed(PairsRecipe("m", mix=mix, total=total), lots)
    taken = {source: sum(lot <= limits.get(source, -1) for lot in found) for source, found in lots.items()}
    there = {source: found for source, found in lots.items() if found}
    whole = sum(taken.values())
    assert total is None or whole <= total
    if not mix:
        assert whole == min(sum(map(len, there.values())), total or 10**9)
        return
    shares = {source: share for source, share in mix.items() if source in there}
    assert all(not taken[source] for source in lots if source not in shares)
    if not shares:
        return
    scale = {source: share / sum(shares.values()) for source, share in shares.items()}
    for source, share in scale.items():
        assert abs(taken[source] - share * whole) < len(scale) + 1
    used_up = any(taken[source] + 1 > len(there[source]) - 1 for source in scale)
    assert used_up or (total is not None and whole > total - len(scale))


def test_a_larger_total_keeps_the_smaller(benchmark, files, tmp_path):
    few = {pair.id for pair in made(benchmark, tmp_path / "few", files, total=20)[1]}
    more = {pair.id for pair in made(benchmark, tmp_path / "more", files, total=60)[1]}
    assert len(few) == 20
    assert few < more


# --- pairs of a benchmark ---------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["drop", "gold", "judge"])
def test_no_rejected_side_scores_as_much_as_the_chosen_one(benchmark, files, tmp_path, policy):
    manifest, pairs = made(benchmark, tmp_path / "out", files, policy=policy, margin=Margin(f1=0.0, judge=1.0))
    asked = {}
    for prompt in prompts_of(benchmark):
        described = Benchmark(benchmark).describe(prompt.corpus)
        asked[prompt.id] = Asked(prompt, Setting(described.language, described.schema).names(prompt))
    assert {pair.source for pair in pairs} == set(SOURCES)
    for pair in pairs:
        scores = asked[pair.instruction].f1(pair.chosen), asked[pair.instruction].f1(pair.rejected)
        assert scores == (pair.score_chosen, pair.score_rejected)
        assert scores[0] > scores[1]
    assert manifest.figures.inverted == 0
    assert manifest.figures.pairs == len(pairs) == len({pair.id for pair in pairs})


def test_own_errors_are_named_by_the_scorer(benchmark, files, tmp_path):
    _, pairs = made(benchmark, tmp_path / "out", files, confusions=False, judgements=False)
    kinds = Counter(pair.kind for pair in pairs)
    assert {"unreadable", "missed", "boundary"} <= kinds.keys()
    assert kinds["swapped"] or kinds["relation"] or kinds["both"]
    for pair in pairs:
        assert pair.source == "own"
        assert pair.edits[0].kind == pair.kind
        if pair.kind == "unreadable":
            assert pair.rejected == "I found nothing."
    one = next(pair for pair in pairs if pair.kind == "boundary" and pair.task == "NER" and pair.score_chosen == 1)
    ((label, mention),) = json.loads(one.edits[0].before).items()
    assert json.loads(one.edits[0].after) == {label: mention[:-1]}
    assert mention in json.loads(one.chosen)[label]


def test_gold_is_chosen_only_if_the_recipe_lets_it(benchmark, files, tmp_path):
    _, pairs = made(benchmark, tmp_path / "a", files, confusions=False)
    assert any("~gold>" in pair.id for pair in pairs)
    _, pairs = made(benchmark, tmp_path / "b", files, confusions=False, gold_chosen=False)
    assert pairs
    assert not any("~gold>" in pair.id for pair in pairs)


def test_a_document_has_at_most_so_many_pairs_and_dear_ones_come_first(benchmark, files, tmp_path):
    manifest, pairs = made(benchmark, tmp_path / "out", files, per_document=2)
    counts = Counter(pair.document for pair in pairs)
    assert max(counts.values()) == 2
    _, every = made(benchmark, tmp_path / "every", files)
    sources = {document: {p.source for p in every if p.document == document} for document in counts}
    for document, there in sources.items():
        kept = [pair.source for pair in pairs if pair.document == document]
        assert set(kept) == set([s for s in ("judged", "own", "confusion") if s in there][:2])
    assert manifest.figures.dropped["over the most of a document"] == len(every) - len(pairs)


def test_gold_that_is_not_trusted_makes_no_pair_but_a_judge_may(benchmark, files, tmp_path):
    manifest, pairs = made(benchmark, tmp_path / "out", files, incomplete=("duie2",))
    doubted = [pair for pair in pairs if pair.corpus == "duie2"]
    assert doubted
    for pair in doubted:
        assert pair.source == "judged"
        assert pair.score_chosen is pair.score_rejected is None
        assert pair.judge_chosen - pair.judge_rejected >= 2
        assert pair.kind in ("type", "boundary", "overall")
    assert manifest.figures.doubts == {"incomplete": len({p.id for p in prompts_of(benchmark) if p.corpus == "duie2"})}
    assert manifest.figures.dropped["a confusion of incomplete gold"] > 0


def test_of_sparse_gold_confusions_are_taken_and_no_errors_of_models(benchmark, files, tmp_path):
    manifest, pairs = made(benchmark, tmp_path / "out", files, sparse=("duie2",))
    sources = {pair.source for pair in pairs if pair.corpus == "duie2"}
    assert sources == {"judged", "confusion"}
    assert set(manifest.figures.doubts) == {"sparse"}
    assert "a confusion of sparse gold" not in manifest.figures.dropped


@pytest.mark.parametrize("recipe", [PairsRecipe, ConfuseRecipe])
@pytest.mark.parametrize("field", ["incomplete", "sparse"])
def test_a_corpus_that_is_not_trusted_must_exist(recipe, field):
    with pytest.raises(RecipeError, match=f"{field}: no corpus 'duie3'; did you mean 'duie2'"):
        parse_recipe(f"{{name: x, {field}: [duie3]}}".encode(), "r.yaml", recipe)


def test_a_confusion_that_is_not_wrong_is_left_out_and_counted(benchmark, files, tmp_path):
    pairs = list(read_parquet(files / "confusions.parquet", RewardPair))
    right = [msgspec.structs.replace(pair, rejected=pair.chosen) for pair in pairs[:5]]
    write_parquet(tmp_path / "confusions.parquet", RewardPair, [*right, *pairs[5:]])
    shutil.copy(files / "candidates.parquet", tmp_path)
    manifest, found = made(benchmark, tmp_path / "out", tmp_path, candidates=False, judgements=False)
    assert manifest.figures.dropped == {"a confusion that is not worse under the scorer": 5}
    assert len(found) == len(pairs) - 5
    assert found[0].edits == pairs[5].edits


def test_equal_inputs_in_another_order_give_the_same_bytes(benchmark, files, tmp_path):
    turned = tmp_path / "turned"
    turned.mkdir()
    for name, record in (("candidates", Candidate), ("confusions", RewardPair)):
        write_parquet(turned / f"{name}.parquet", record, list(read_parquet(files / f"{name}.parquet", record))[::-1])
    table = pq.read_table(files / "judgements.parquet")
    pq.write_table(table.take(list(range(table.num_rows))[::-1]), turned / "judgements.parquet")
    settings = {"mix": {"own": 0.5, "confusion": 0.3, "judged": 0.2}, "per_document": 4}
    first = made(benchmark, tmp_path / "a", files, **settings)[0]
    second = made(benchmark, tmp_path / "b", turned, **settings)[0]
    assert (tmp_path / "a" / NAME).read_bytes() == (tmp_path / "b" / NAME).read_bytes()
    assert first.figures == second.figures
    again = made(benchmark, tmp_path / "c", files, **settings)[0]
    assert again == first


def test_the_manifest_names_what_went_in_and_came_out_and_is_written_last(benchmark, files, tmp_path):
    manifest, _ = made(benchmark, tmp_path / "out", files)
    assert manifest.inputs == {
        "benchmark": [sha256_file(benchmark / "manifest.json")],
        **{name: [sha256_file(files / f"{name}.parquet")] for name in ("candidates", "confusions", "judgements")},
    }
    assert manifest.files == {NAME: sha256_file(tmp_path / "out" / NAME)}
    assert json.loads((tmp_path / "out" / MANIFEST).read_bytes())["files"] == manifest.files
    with pytest.raises(UiebenchError, match="no pair came of these answers"):
        made(benchmark, tmp_path / "out", files, splits=("test",))
    assert not (tmp_path / "out" / MANIFEST).exists()


def test_a_file_made_with_another_benchmark_is_refused(benchmark, files, tmp_path):
    found = list(read_parquet(files / "candidates.parquet", Candidate))
    write_parquet(
        tmp_path / "candidates.parquet", Candidate, [msgspec.structs.replace(c, prompt="other words") for c in found]
    )
    with pytest.raises(UiebenchError, match="its prompt is another one"):
        made(benchmark, tmp_path / "out", tmp_path, confusions=False, judgements=False)


def test_pairs_of_nothing_are_refused(benchmark, files, tmp_path):
    with pytest.raises(RecipeError, match="give --candidates, --confusions or both"):
        made(benchmark, tmp_path / "out", files, candidates=False, confusions=False, judgements=False)
    with pytest.raises(RecipeError, match="of which candidates"):
        made(benchmark, tmp_path / "out", files, candidates=False)


# --- recipes ----------------------------------------------------------------------------------------


def test_the_recipe_that_ships_can_be_read_and_shows_its_commands():
    recipe = load_recipe(Path("pairs"), PairsRecipe)
    text = (Path(__file__).parent.parent / "recipes" / "pairs.yaml").read_text(encoding="utf-8")
    assert recipe.name == "pairs"
    assert recipe.title.endswith(".")
    assert "uiebench pairs build recipes/pairs.yaml" in text.split("\nname:")[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x\nmix: {own: 0.5}", "the shares must be 1 in all"),
        ("name: x\nmix: {owns: 1.0}", "owns"),
        ("name: x\npolicy: judges", "did you mean 'judge'?"),
        ("name: x\nsplits: []", "splits"),
        ("name: a/b", "letters, digits"),
        ("name: x\nmargin: {f11: 1}", "did you mean 'f1'?"),
    ],
)
def test_a_wrong_recipe_is_one_line(text, told):
    with pytest.raises(RecipeError, match=re.escape(told)) as caught:
        parse_recipe(text.encode(), "x.yaml", PairsRecipe)
    assert "\n" not in str(caught.value)


# --- what others read -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["standard", "conversational"])
def test_datasets_and_trl_read_the_file(benchmark, files, tmp_path, form):
    datasets, trl = pytest.importorskip("datasets"), pytest.importorskip("trl")
    made(benchmark, tmp_path / "out", files, form=form, total=30)
    found = datasets.Dataset.from_parquet(str(tmp_path / "out" / NAME), cache_dir=str(tmp_path / "cache"))
    assert {"prompt", "chosen", "rejected"} <= set(found.column_names)
    assert trl.data_utils.is_conversational(found[0]) is (form == "conversational")
    if form == "conversational":
        assert found[0]["prompt"][0]["role"] == "user"
        assert found[0]["rejected"][0]["role"] == "assistant"
    assert [pair.chosen for pair in read_pairs(tmp_path / "out" / NAME)] == [
        row["chosen"] if form == "standard" else row["chosen"][0]["content"] for row in found
    ]


# --- looking at them --------------------------------------------------------------------------------


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_parts_of_a_difference_are_the_answers(left, right):
    ours, theirs = differing(left, right)
    assert "".join(part.text for part in ours) == left
    assert "".join(part.text for part in theirs) == right
    equal = ["".join("".join(part.text for part in side if not part.mark).split()) for side in (ours, theirs)]
    assert equal[0] == equal[1]


def test_whole_strings_are_marked_and_white_space_is_not():
    ours, theirs = differing('{"人名":["高明"],"机构":[]}', '{"人名": ["高明先生"], "机构": []}')
    assert [part.text for part in ours if part.mark] == ['"高明"']
    assert [part.text for part in theirs if part.mark] == ['"高明先生"']


def test_strings_of_one_side_are_marked_in_the_prompt_as_whole_words():
    pair = RewardPair(
        "i", "i", "d", "c", "NER", "en", "own", "type", "Types: person. Text: Al met Ally in Oslo.",
        '{"person":["Al"]}', '{"person":["Oslo"]}',
    )  # fmt: skip
    parts = marked(pair)
    assert "".join(part.text for part in parts) == pair.prompt
    assert [(part.text, part.mark) for part in parts if part.mark] == [("Al", "chosen"), ("Oslo", "rejected")]


@pytest.fixture(scope="module")
def shown(benchmark, files, tmp_path_factory):
    out = tmp_path_factory.mktemp("shown")
    made(benchmark, out, files)
    return out / NAME


def test_a_sample_has_so_many_of_each_kind_and_more_keep_the_first(shown):
    every = list(read_pairs(shown))
    few, more = (sample(shown, number=number) for number in (2, 4))
    there = Counter((pair.source, pair.kind) for pair in every)
    assert Counter((p.source, p.kind) for p in few.pairs) == {kind: min(n, 2) for kind, n in there.items()}
    assert {pair.id for pair in few.pairs} < {pair.id for pair in more.pairs}
    assert {(row.source, row.kind): row.pairs for row in few.counts} == there


def test_only_what_was_asked_for_is_shown(shown):
    found = sample(shown, kinds=["own"], tasks=["RE"], corpora=["duie2"], number=3)
    assert {(p.source, p.task, p.corpus) for p in found.pairs} == {("own", "RE", "duie2")}
    one = found.pairs[0]
    assert [p.id for p in sample(shown, id=one.id).pairs] == [one.id]
    assert {p.instruction for p in sample(shown, id=one.instruction).pairs} == {one.instruction}
    with pytest.raises(RecipeError, match="did you mean 'boundary'"):
        sample(shown, kinds=["boundery"])
    with pytest.raises(RecipeError, match="did you mean 'duie2'"):
        sample(shown, corpora=["duie"])
    with pytest.raises(RecipeError, match="no pair about"):
        sample(shown, id="resume/train/none")


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags = Counter()
        self.attributes = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        self.attributes += [name for name, _ in attributes]


def test_what_a_model_wrote_is_text_on_the_page(tmp_path):
    pair = RewardPair(
        "i", "i", "d", "c", "NER", "en", "own", EVIL, EVIL, EVIL, EVIL + "\ud800", edits=(Edit("t", EVIL, EVIL),)
    )
    text = page(Sample((pair,), (Counted("own", EVIL, 1, None, 0.5),)), EVIL).decode()
    found = Tags(text)
    assert found.tags["script"] == 1
    assert found.tags["img"] == 0
    assert not any(name.startswith("on") for name in found.attributes)
    assert "{{ 7*7 }}" in text
    assert "default-src 'none'" in text


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_the_terminal_shows_both_sides_with_what_differs(shown):
    done = run("view", "--pairs", shown, "--kind", "boundary", "--number", "1")
    assert done.exit_code == 0, done.output
    assert "chosen" in done.stdout
    assert "{+" in done.stdout
    assert "[-" in done.stdout
    as_json = json.loads(run("view", "--pairs", shown, "--kind", "own", "--number", "1", "--json").stdout)
    assert {pair["source"] for pair in as_json["pairs"]} == {"own"}
    assert "leave out --benchmark" in str(run("view", "--pairs", shown, "--split", "train").exception)
    assert "name their file with --pairs" in str(run("view", "--kind", "own").exception)


def test_the_command_builds_pairs_and_tells_them(benchmark, files, tmp_path):
    (tmp_path / "r.yaml").write_text("name: mine\nper_document: 3\n")
    options = ["--benchmark", benchmark, "--out", tmp_path / "out"]
    options += ["--candidates", files / "candidates.parquet", "--judgements", files / "judgements.parquet"]
    done = run("pairs", "build", tmp_path / "r.yaml", *options)
    assert done.exit_code == 0, done.output
    assert "F1 rejected" in done.stdout
    told = json.loads(run("pairs", "build", tmp_path / "r.yaml", *options, "--json").stdout)
    assert sum(row["pairs"] for row in told["figures"]["rows"]) == pq.read_metadata(tmp_path / "out" / NAME).num_rows


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_a_browser_filters_the_pairs(shown, tmp_path):
    out = tmp_path / "pairs.html"
    out.write_bytes(page(sample(shown, number=3), "pairs"))

    def visible(fragment):
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
        done = subprocess.run(
            [*command, "--dump-dom", f"{out.as_uri()}#{fragment}"], capture_output=True, timeout=120, check=True
        )
        articles = re.findall(r"<article ([^>]*)>", done.stdout.decode())
        return [dict(re.findall(r'data-(\w+)="([^"]*)"', tag)) for tag in articles if "hidden" not in tag]

    every = visible("")
    own = visible("source=own&task=RE")
    assert len(every) == len(sample(shown, number=3).pairs)
    assert own
    assert all(one["source"] == "own" and one["task"] == "RE" for one in own)
    assert len(own) == sum(one["source"] == "own" and one["task"] == "RE" for one in every)
