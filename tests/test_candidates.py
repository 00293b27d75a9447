"""Candidates: what models answered is matched with prompts by id, kept as written, merged, scored and capped."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.errors import UiebenchError
from uiebench.instruct.styles import Setting
from uiebench.pairs.candidates import Gatherer, named, sameness
from uiebench.pairs.prompts import Prompts
from uiebench.recipe import BuildRecipe, Pieces, Windows
from uiebench.score import Benchmark, score
from uiebench.score.answer import Asked, answer
from uiebench.storage import read_parquet, write_parquet
from uiebench.types import (
    Candidate,
    Document,
    EventLabel,
    Instruction,
    Label,
    RelationLabel,
    SaidBy,
    Schema,
)

CORPORA = ("resume", "cmeee", "duie2", "duee1", "ace05", "conll04")
SCHEMA = Schema(
    entities=(Label("PER", "人物", "person"), Label("ORG", "机构", "organization")),
    relations=(RelationLabel("owns", "持股", "owns"),),
    events=(EventLabel("Hire", "聘用", "hiring", roles=(Label("Who", "受聘者", "hired"),)),),
)
NAMES = Setting("zh", SCHEMA).names


def asked(task, target, labels, shown):
    instruction = Instruction(f"x/train/0#{task}", "x/train/0", "x", task, "zh", labels, "p", target, shown)
    return Asked(instruction, NAMES(instruction))


NER = asked("NER", '{"人物":["高明","柳青"],"机构":[]}', ("PER", "ORG"), ("人物", "机构"))
EE = asked("EE", '[{"type":"聘用","trigger":"聘","arguments":{"受聘者":["高明"]}}]', ("Hire",), ("聘用",))
NOBODY = asked("NER", '{"人物":[],"机构":[]}', ("PER", "ORG"), ("人物", "机构"))


def build(folder, name, **settings):
    recipe = BuildRecipe(name, samples=True, held_in=CORPORA, **{"windows": Windows(neighbours="any"), **settings})
    pipeline.build(recipe, raw=folder / "none", out=folder / name)
    trust(folder / name)
    return folder / name


def trust(benchmark):
    """Forget of which documents a build dropped annotations: their gold is as good as any."""
    for path in (benchmark / "corpora").glob("*/*.partial.json"):
        path.unlink()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("candidates")


@pytest.fixture(scope="module")
def benchmark(folder):
    return build(folder, "windows")


@pytest.fixture(scope="module")
def other(folder):
    return build(folder, "whole", windows="all")


@pytest.fixture(scope="module")
def cut(folder):
    return build(folder, "cut", windows="all", pieces=Pieces(budget={"zh": 40}, overlap={"zh": 10}))


def prompts_of(benchmark, split="train"):
    paths = sorted((benchmark / "instructions" / split).glob("*.parquet"))
    return [prompt for path in paths for prompt in read_parquet(path, Instruction)]


def write(path, lines):
    path.write_text("".join(json.dumps({"id": i, "output": o}, ensure_ascii=False) + "\n" for i, o in lines), "utf-8")
    return path


def gather(benchmark, *files, **settings):
    gatherer = Gatherer(Prompts(Benchmark(benchmark)), named(map(str, files)), **settings)
    return list(gatherer.candidates()), gatherer.found


# --- one answer -------------------------------------------------------------------------------------


def test_f1_of_an_answer_is_that_of_its_facts():
    assert NER.f1('{"人物":["高明","柳青"],"机构":[]}') == 1.0
    assert NER.f1('{"人物":["高明"]}') == pytest.approx(2 / 3)
    assert NER.f1('{"机构":["高明","柳青"]}') == 0.0
    assert EE.f1('[{"type":"聘用","trigger":"聘","arguments":{}}]') == pytest.approx(2 / 3)


def test_an_empty_answer_is_right_where_nothing_is_to_be_found_and_prose_is_not():
    assert NOBODY.f1('{"人物":[],"机构":[]}') == 1.0
    assert NOBODY.f1("{}") == 1.0
    assert NOBODY.f1("Nothing was found.") == 0.0
    assert NOBODY.f1('{"人物":["高明"]}') == 0.0


@given(
    st.dictionaries(
        st.sampled_from(["人物", "机构", "地点"]), st.lists(st.sampled_from(["高明", "柳青", "远山", "山"]))
    ),
    st.dictionaries(
        st.sampled_from(["人物", "机构", "地点"]), st.lists(st.sampled_from(["高明", "柳青", "远山", "山"]))
    ),
)
def test_f1_is_that_of_sets_of_pairs(gold, said):
    def pairs(lists):
        return {(label, mention) for label, mentions in lists.items() for mention in mentions}

    known = {label: mentions for label, mentions in gold.items() if label != "地点"}
    prompt = asked("NER", json.dumps(known, ensure_ascii=False), ("PER", "ORG"), ("人物", "机构"))
    right, got = pairs(known), pairs(said)
    expected = 2 * len(right & got) / (len(right) + len(got)) if right or got else 1.0
    assert prompt.f1(json.dumps(said, ensure_ascii=False)) == expected


def test_the_scorer_finds_the_same_facts_in_the_windows_of_a_document(other):
    """Micro F1 over prompts that each ask for all labels is the scorer's own, for the same answers."""
    prompts = [prompt for prompt in prompts_of(other, "test") if prompt.task == "NER"]
    every = prompts_of(other, "test")
    said = {p.id: [p.target, every[i - 1].target, "no"][i % 3] for i, p in enumerate(every)}
    settings = {name: Benchmark(other).describe(name) for name in {p.corpus for p in prompts}}
    counts = [0, 0, 0]
    for prompt in prompts:
        described = settings[prompt.corpus]
        one = Asked(prompt, Setting(described.language, described.schema).names(prompt))
        found = one.answer(said[prompt.id]).headline
        counts[0] += len(found & one.gold.headline)
        counts[1] += len(one.gold.headline)
        counts[2] += len(found)
    report = score(Benchmark(other), said, intervals=False)
    (row,) = [row for row in report.rows if row.by == "all" and row.metric == "ner"]
    assert counts == [row.correct, row.gold, row.predicted]
    assert 0 < counts[0] < counts[2]


# --- the same answer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ('{"人物":["高明","柳青"]}', '{"人物": ["柳青", "高明"]}', True),  # order and white space
        ('{"人物":["高明"]}', '{"人物":["柳青"]}', False),
        ('{"人物":["高明"]}', '{"人物":["高明","高明"]}', False),  # said twice
        ('{"人物":["高明"]}', '{"人物":["高明"],"机构":[]}', False),  # another form
        ('{"人物":["高明"]}', '```json\n{"人物":["高明"]}\n```', False),
        ('{"人物":["高明"]}', '[{"type":"人物","text":"高明"}]', False),
        ("nothing", " nothing\n", True),
        ("nothing", "none", False),
    ],
)
def test_answers_are_the_same_if_they_say_the_same_in_the_same_form(left, right, same):
    keys = [sameness(output, NER.answer(output)) for output in (left, right)]
    assert (keys[0] == keys[1]) is same


def test_events_that_share_all_facts_but_not_their_arguments_are_not_the_same():
    two = (
        '[{"type":"聘用","trigger":"聘","arguments":{"受聘者":["高明"]}},{"type":"聘用","trigger":"聘","arguments":{}}]'
    )
    one = (
        '[{"type":"聘用","trigger":"聘","arguments":{}},{"type":"聘用","trigger":"聘","arguments":{"受聘者":["高明"]}}]'
    )
    assert sameness(two, EE.answer(two)) == sameness(one, EE.answer(one))
    assert sameness(two, EE.answer(two)) != sameness(EE.target, EE.answer(EE.target))


@given(st.text(max_size=40))
def test_whatever_a_model_writes_has_a_key_and_a_score(output):
    for prompt in (NER, EE):
        sameness(output, prompt.answer(output))
        assert 0 <= prompt.f1(output) <= 1
        prompt.mistakes(output, "高明和柳青")


def test_an_answer_reads_into_native_labels():
    assert answer('{"人物":["高明"]}', "NER", NER.names).headline == {("PER", "高明")}


# --- matching ---------------------------------------------------------------------------------------


def test_every_prompt_gets_what_the_files_say_as_it_was_written(benchmark, tmp_path):
    prompts = prompts_of(benchmark)
    sft = write(tmp_path / "sft.jsonl", [(p.id, f"```json\n{p.target}\n```") for p in prompts])
    found, figures = gather(benchmark, sft)
    assert [(c.instruction, c.output) for c in found] == [(p.id, f"```json\n{p.target}\n```") for p in prompts]
    assert [c.id for c in found] == [f"{p.id}~sft~0" for p in prompts]
    assert {c.score for c in found} == {1.0}
    assert all(c.text in c.prompt and set(c.labels) == set(p.shown) for c, p in zip(found, prompts, strict=True))
    assert figures.sources["sft"].answers == len(prompts)


def test_samples_and_sources_that_say_the_same_are_one_candidate(benchmark, tmp_path):
    prompt = next(p for p in prompts_of(benchmark) if p.task == "NER" and json.loads(p.target))
    empty = json.dumps({key: [] for key in prompt.shown}, ensure_ascii=False)
    sft = write(tmp_path / "sft.jsonl", [(prompt.id, empty), (prompt.id, prompt.target), (prompt.id, empty)])
    chat = write(tmp_path / "chat.jsonl", [(prompt.id, json.loads(prompt.target))])
    if empty.replace(" ", "") == prompt.target:
        pytest.skip("a prompt without answer")
    found, figures = gather(benchmark, sft, chat)
    by_output = {c.output: c for c in found}
    assert by_output[prompt.target].said_by == (SaidBy("chat", 1), SaidBy("sft", 1))
    assert by_output[prompt.target].source == "chat"
    assert by_output[empty].said_by == (SaidBy("sft", 2),)
    assert by_output[empty].id == f"{prompt.id}~sft~0"
    assert figures.merged == 2


def test_files_of_one_name_are_samples_and_files_of_one_stem_are_told_apart(tmp_path):
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        write(tmp_path / place / "out.jsonl", [("x", "y")])
    paths = [tmp_path / place / "out.jsonl" for place in ("a", "b")]
    assert [s.name for s in named(map(str, paths))] == ["a-out", "b-out"]
    assert [s.name for s in named(f"sft={path}" for path in paths)] == ["sft", "sft"]
    with pytest.raises(UiebenchError, match="given twice"):
        named([str(paths[0]), f"sft={paths[0]}"])
    with pytest.raises(UiebenchError, match="no such file"):
        named(["sft=nowhere.jsonl"])


def test_the_order_of_files_and_of_lines_with_different_ids_changes_nothing(benchmark, tmp_path):
    prompts = prompts_of(benchmark)[:60]
    choice = random.Random(1)
    lines = [(p.id, choice.choice([p.target, "{}", "[]", "no"])) for p in prompts]
    first = write(tmp_path / "a.jsonl", lines)
    second = write(tmp_path / "b.jsonl", [(p.id, p.target) for p in prompts])
    turned = write(tmp_path / "turned.jsonl", lines[::-1])
    orders = [(f"a={first}", f"b={second}"), (f"b={second}", f"a={first}"), (f"b={second}", f"a={turned}")]
    outs = []
    for number, files in enumerate(orders):
        write_parquet(tmp_path / f"{number}.parquet", Candidate, gather(benchmark, *files, most=3)[0])
        outs.append((tmp_path / f"{number}.parquet").read_bytes())
    assert outs[0] == outs[1] == outs[2]


def test_at_most_so_many_candidates_of_a_document_are_kept_and_more_keep_the_first(benchmark, tmp_path):
    file = write(
        tmp_path / "sft.jsonl", [(p.id, o) for p in prompts_of(benchmark) for o in (p.target, "{}", "[]", "no")]
    )
    kept = [{c.id for c in gather(benchmark, file, most=most)[0]} for most in (2, 5)]
    assert kept[0] < kept[1]
    for most, ids in zip((2, 5), kept, strict=True):
        counts = {}
        for id in ids:
            counts[id.partition("#")[0]] = counts.get(id.partition("#")[0], 0) + 1
        assert max(counts.values()) == most


def test_gold_that_is_not_trusted_gives_no_score(benchmark, tmp_path):
    file = write(tmp_path / "sft.jsonl", [(p.id, p.target) for p in prompts_of(benchmark)])
    gatherer = Gatherer(Prompts(Benchmark(benchmark), ["duie2"]), named([str(file)]))
    found = list(gatherer.candidates())
    assert {c.score for c in found if c.corpus == "duie2"} == {None}
    assert {c.score for c in found if c.corpus != "duie2"} == {1.0}
    assert gatherer.found.doubts["incomplete"] == sum(c.corpus == "duie2" for c in found) > 0


def test_a_text_annotated_in_two_ways_is_conflicting(benchmark, folder, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(benchmark, copy)
    path = copy / "corpora" / "resume" / "train.parquet"
    documents = list(read_parquet(path, Document))
    twin, bare = documents[0], Document(documents[-1].id, f" {documents[0].text}\n")
    write_parquet(path, Document, [*documents[:-1], bare])
    prompts = Prompts(Benchmark(copy))
    assert prompts.doubt("resume", "NER", twin.id) == prompts.doubt("resume", "NER", bare.id) == "conflicting"
    assert prompts.doubt("resume", "NER", documents[1].id) == ""
    assert prompts.doubt("resume", "RE", twin.id) == ""
    (copy / "corpora/resume/train.partial.json").write_text(json.dumps([documents[1].id]))
    assert Prompts(Benchmark(copy)).doubt("resume", "NER", documents[1].id) == "incomplete"


# --- other windows ----------------------------------------------------------------------------------


def test_the_gold_of_other_windows_is_the_gold_of_these(benchmark, other, tmp_path):
    file = write(tmp_path / "whole.jsonl", [(p.id, p.target) for p in prompts_of(other)])
    found, figures = gather(benchmark, file, made_with=Prompts(Benchmark(other)))
    targets = {p.id: p.target for p in prompts_of(benchmark)}
    assert {c.instruction for c in found} == targets.keys()
    assert {c.score for c in found} == {1.0}
    ner = [c for c in found if c.task == "NER"]
    assert [c.output for c in ner] == [targets[c.instruction] for c in ner]
    assert figures.sources["whole"].dropped == {}


def test_pieces_of_a_text_are_united(benchmark, cut, tmp_path):
    assert any("@" in p.id for p in prompts_of(cut))
    file = write(tmp_path / "cut.jsonl", [(p.id, p.target) for p in prompts_of(cut)])
    found, _ = gather(benchmark, file, made_with=Prompts(Benchmark(cut)))
    assert {c.instruction for c in found} == {p.id for p in prompts_of(benchmark)}
    assert {c.score for c in found if c.task == "NER"} == {1.0}  # no mention of the samples crosses a cut
    back = write(tmp_path / "back.jsonl", [(p.id, p.target) for p in prompts_of(benchmark, "test")])
    found, _ = gather(cut, back, made_with=Prompts(Benchmark(benchmark)), splits=["test"])
    assert {c.score for c in found if c.task == "NER"} == {1.0}


def test_an_invented_string_stays_in_an_answer_that_is_cut(benchmark, other, tmp_path):
    prompt = next(p for p in prompts_of(other) if p.corpus == "resume")
    said = json.dumps({prompt.shown[0]: ["赵无此人"]}, ensure_ascii=False)
    file = write(tmp_path / "whole.jsonl", [(prompt.id, said)])
    found, _ = gather(benchmark, file, made_with=Prompts(Benchmark(other)))
    holding = [c for c in found if prompt.shown[0] in c.labels]
    assert holding
    assert all("赵无此人" in c.output for c in holding)


def test_windows_that_were_not_asked_or_not_readable_there_get_no_answer_and_are_counted(benchmark, other, tmp_path):
    prompt = next(p for p in prompts_of(other) if p.corpus == "ace05" and p.task == "NER")
    whole = write(tmp_path / "whole.jsonl", [(prompt.id, "I cannot say."), (prompt.id, "{}")])
    found, figures = gather(benchmark, whole, made_with=Prompts(Benchmark(other)))
    windows = [p for p in prompts_of(benchmark) if p.document == prompt.document and p.task == "NER"]
    assert {c.id for c in found} == {f"{p.id}~whole~1" for p in windows}
    assert figures.sources["whole"].dropped == {"unreadable there": len(windows)}
    one = windows[0]
    part = write(tmp_path / "part.jsonl", [(one.id, one.target)])
    asked_all = [p for p in prompts_of(other) if p.document == one.document and p.task == "NER"]
    if set(one.labels) != set(asked_all[0].labels):
        with pytest.raises(UiebenchError, match="none of them of a prompt"):
            gather(other, part, made_with=Prompts(Benchmark(benchmark)))


def test_a_file_made_with_other_windows_is_refused_unless_its_benchmark_is_named(benchmark, other, tmp_path):
    asked_here = {p.id for p in prompts_of(benchmark)}
    strangers = [p for p in prompts_of(other) if p.id not in asked_here]
    assert strangers
    file = write(tmp_path / "whole.jsonl", [(p.id, p.target) for p in strangers])
    with pytest.raises(UiebenchError, match="--made-with"):
        gather(benchmark, file)


def test_a_file_about_nothing_here_is_refused_with_the_nearest_id(benchmark, tmp_path):
    file = write(tmp_path / "x.jsonl", [("resume/train/zero#NER", "{}")])
    with pytest.raises(UiebenchError, match="did you mean 'resume/train/"):
        gather(benchmark, file)
    file = write(tmp_path / "y.jsonl", [("msra/train/0#NER", "{}")])
    with pytest.raises(UiebenchError, match="no prediction is about a corpus asked for"):
        gather(benchmark, file)


# --- at the terminal --------------------------------------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(app, ["pairs", "candidates", *map(str, arguments)])


def test_the_command_writes_candidates_and_tells_them(benchmark, tmp_path):
    lines = [(p.id, p.target) for p in prompts_of(benchmark)] + [("msra/train/0#NER", "{}")]
    file, out = write(tmp_path / "sft.jsonl", lines), tmp_path / "c.parquet"
    done = run(file, "--benchmark", benchmark, "--corpus", "resume", "--out", out, "--json")
    assert done.exit_code == 0, done.output
    found = list(read_parquet(out, Candidate))
    assert {c.corpus for c in found} == {"resume"}
    figures = json.loads(done.stdout)
    assert figures["sources"]["sft"]["candidates"] == len(found)
    assert figures["sources"]["sft"]["elsewhere"] == len(lines) - len(found)
    table = run(file, "--benchmark", benchmark, "--out", out)
    assert "mean F1" in table.stdout


def test_an_unknown_corpus_is_one_line(benchmark, tmp_path):
    file = write(tmp_path / "sft.jsonl", [(p.id, p.target) for p in prompts_of(benchmark)])
    done = run(file, "--benchmark", benchmark, "--corpus", "resumes")
    assert isinstance(done.exception, UiebenchError)
    assert "did you mean 'resume'?" in str(done.exception)
