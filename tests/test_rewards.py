"""Rewards: F1 of the project's scorer against the gold of a prompt, validity, and their mix."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.build import pipeline
from uiebench.errors import BrokenInvariant, RecipeError
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, score
from uiebench.train.recipe import FromBenchmark, Weights
from uiebench.train.rewards import Mark, Scored, is_valid, mixed


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    """A benchmark with prompts of three tasks, half-tasks among them."""
    folder = tmp_path_factory.mktemp("rewards") / "some"
    plan = BuildRecipe("some", held_in=("fewfc", "resume", "conll04"), samples=True, auxiliary=True)
    pipeline.build(plan, raw=None, out=folder, jobs=1)
    return folder


@pytest.fixture(scope="module", params=["train", "test"])
def scored(benchmark, request):
    return Scored([FromBenchmark(str(benchmark), split=request.param)])


def test_every_gold_answer_earns_one_and_is_valid(scored):
    ids = list(scored.prompts)
    assert {scored.prompts[id].task for id in ids} == {"NER", "RE", "EE"}
    assert set(scored.marks(ids, [scored.prompts[id].target for id in ids])) == {Mark(1.0, True)}


def test_an_empty_answer_earns_one_where_nothing_is_right_and_else_nothing(scored):
    empty, full = set(), set()
    for id, prompt in scored.prompts.items():
        nothing = "{}" if prompt.task == "NER" else "[]"
        said = json.loads(prompt.target)
        right = any(said.values()) if isinstance(said, dict) else bool(said)
        (full if right else empty).update(scored.marks([id], [nothing]))
    assert full == {Mark(0.0, True)}
    assert empty <= {Mark(1.0, True)}


def test_a_wrong_answer_where_nothing_is_to_be_found_earns_nothing(benchmark):
    scored = Scored([FromBenchmark(str(benchmark), tasks=("NER",))])
    tried = 0
    for id, prompt in scored.prompts.items():
        if not any(json.loads(prompt.target).values()):
            [mark] = scored.marks([id], [json.dumps({prompt.shown[0]: ["无"]})])
            assert mark == Mark(0.0, True)
            [mark] = scored.marks([id], [prompt.target])
            assert mark.f1 == 1.0
            tried += 1
    assert tried


@pytest.mark.parametrize("output", ["", "nothing is there", "[", "null", "{", '{"人名":', "\ud800", "[" * 100_000])
def test_what_cannot_be_read_earns_nothing_and_is_not_valid(scored, output):
    ids = list(scored.prompts)
    assert set(scored.marks(ids, [output] * len(ids))) == {Mark(0.0, False)}


def facts(report):
    """Right, gold and said facts of the headline, over all corpora."""
    rows = [row for row in report.rows if row.by == "all" and row.metric in ("ner", "re", "tc", "ac")]
    return [sum(getattr(row, what) for row in rows) for what in ("correct", "gold", "predicted")]


@pytest.mark.parametrize(("corpus", "task"), [("resume", "NER"), ("conll04", "RE"), ("fewfc", "EE")])
def test_the_f1_of_an_answer_is_what_the_report_counts_for_its_document(tmp_path, corpus, task):
    """The report of a benchmark with one prompt for each document, of which one alone was answered."""
    plan = BuildRecipe("whole", held_in=(corpus,), samples=True, windows="all")
    pipeline.build(plan, raw=None, out=tmp_path / "whole", jobs=1)
    gold = Benchmark(tmp_path / "whole")
    scored = Scored([FromBenchmark(str(gold.folder), split="test", tasks=(task,))])
    nothing = dict.fromkeys(scored.prompts, "{}" if task == "NER" else "[]")
    seen = set()
    for id, prompt in scored.prompts.items():
        said = json.loads(prompt.target)
        if isinstance(said, dict):  # of each label all mentions but the first, and one that is wrong
            less = {label: mentions[1:] for label, mentions in said.items()} | {prompt.shown[0]: ["无"]}
        else:
            less = said[1:] + said[1:]
        output = json.dumps(less, ensure_ascii=False)
        expected = facts(score(gold, nothing | {id: prompt.target}, task=task, intervals=False))[0]
        right, _, predicted = facts(score(gold, nothing | {id: output}, task=task, intervals=False))
        [f1] = scored.f1([id], [output])
        assert f1 == pytest.approx(2 * right / (expected + predicted) if expected + predicted else 1.0)
        seen.add(0 < f1 < 1)
    assert True in seen or task != "NER"


@pytest.mark.parametrize(
    ("output", "task", "told"),
    [
        ('{"人名": ["高明"]}', "NER", True),
        ('{"机构": [], "人名": []}', "NER", True),
        ('{"NAME": ["高明"]}', "NER", False),
        ('{"人名": "高明"}', "NER", False),
        ('{"人名": [""]}', "NER", False),
        ('["高明"]', "NER", False),
        ('答：{"人名": ["高明"]}', "NER", False),
        ('[{"relation": "人名", "head": "高明", "tail": "远山"}]', "RE", True),
        ('[{"relation": "人名", "head": "高明"}]', "RE", False),
        ('[{"relation": "父亲", "head": "高明", "tail": "远山"}]', "RE", False),
        ('[{"type": "人名", "trigger": "", "arguments": {"角色": ["高明"]}}]', "EE", True),
        ('[{"type": "人名", "trigger": "", "arguments": {"地点": ["高明"]}}]', "EE", False),
        ('[{"type": "人名", "trigger": "说"}]', "EE", False),
        ('[{"type": "人名", "trigger": "说"}]', "EET", True),
        ('[{"type": "人名", "arguments": {}}]', "EEA", True),
        ('[{"type": "人名", "trigger": "说", "arguments": {}}]', "EEA", False),
    ],
)
def test_an_answer_is_valid_if_it_has_the_form_of_its_task_and_the_labels_of_its_prompt(output, task, told):
    assert is_valid(output, task, ("人名", "机构"), {"人名": ["角色"], "机构": []}) is told


def event(*mentions):
    return json.dumps({"type": "人名", "trigger": "说", "arguments": {"角色": mentions}})


@pytest.mark.parametrize(
    ("output", "task", "told"),
    [
        ('{"人名": ["高明", "高明"]}', "NER", False),
        ('{"人名": ["高明"], "机构": ["高明"]}', "NER", True),  # two facts
        ('{"人名": ["高明"], "人名": ["远山"]}', "NER", False),
        (
            '[{"relation": "人名", "head": "甲", "tail": "乙"}, {"relation": "人名", "head": "甲", "tail": "乙"}]',
            "RE",
            False,
        ),
        (
            '[{"relation": "人名", "head": "甲", "tail": "乙"}, {"relation": "人名", "head": "乙", "tail": "甲"}]',
            "RE",
            True,
        ),
        ('[{"relation": "人名", "head": "甲", "head": "丙", "tail": "乙"}]', "RE", False),
        (f"[{event('甲', '甲')}]", "EE", False),
        (f"[{event('甲', '乙')}, {event('甲', '乙')}]", "EE", False),
        (f"[{event('甲', '乙')}, {event('乙', '甲')}]", "EE", True),  # as gold of some corpora has it
        (f"[{event('甲')}, {event('乙')}]", "EE", True),
        (
            '[{"type": "人名", "trigger": "说", "arguments": {"角色": ["甲"], "地点": ["乙"]}},'
            '{"type": "人名", "trigger": "说", "arguments": {"地点": ["乙"], "角色": ["甲"]}}]',
            "EE",
            False,
        ),
        (f'[{event()}, {{"type": "人名", "trigger": "说", "arguments": {{}}}}]', "EE", False),  # a role without strings
        ('{"人名": ["高明", " 高明"]}', "NER", False),  # the scorer takes off white space
        ('[{"type": "人名", "trigger": "说"}, {"type": "人名", "trigger": "说"}]', "EET", False),
        ('[{"type": "人名", "trigger": "说"}, {"type": "机构", "trigger": "说"}]', "EET", True),
        ('[{"type": "人名", "arguments": {}}, {"type": "人名", "arguments": {}}]', "EEA", False),
    ],
)
def test_an_answer_that_says_anything_twice_is_not_valid(output, task, told):
    assert is_valid(output, task, ("人名", "机构"), {"人名": ["角色", "地点"], "机构": []}) is told


def test_a_repeat_costs_the_reward_for_validity_though_f1_does_not_see_it(scored):
    tried = 0
    for id, prompt in scored.prompts.items():
        said = json.loads(prompt.target)
        twice = {label: mentions * 2 for label, mentions in said.items()} if isinstance(said, dict) else said * 2
        if any(said.values()) if isinstance(said, dict) else said:
            assert scored.marks([id], [json.dumps(twice)]) == [Mark(1.0, False)]
            tried += 1
    assert tried > 10


@given(st.text(max_size=30), st.sampled_from(["NER", "RE", "EE", "EET", "EEA"]))
def test_no_text_is_an_error(output, task):
    assert is_valid(output, task, ("人名",), {"人名": []}) in (True, False)


def test_half_tasks_and_prompts_of_two_sources_are_one_line(benchmark):
    source = FromBenchmark(str(benchmark), corpora=("resume",), tasks=("NER",))
    with pytest.raises(RecipeError, match="have no score; name `tasks`"):
        Scored([FromBenchmark(str(benchmark), split="auxiliary")])
    with pytest.raises(RecipeError, match="is in two sources"):
        Scored([source, source])
    with pytest.raises(RecipeError, match="nothing in it is selected"):
        Scored([FromBenchmark(str(benchmark), corpora=("resume",), tasks=("RE",))])


def test_rewards_are_added_by_weight():
    marks = [Mark(0.5, True), Mark(0.0, False)]
    assert mixed(Weights(), marks) == [0.5, 0.0]
    assert mixed(Weights(f1=2.0, valid=0.25, model=0.5), marks, [4.0, -2.0]) == [3.25, -1.0]
    with pytest.raises(BrokenInvariant, match="reward model"):
        mixed(Weights(model=1.0), marks)
    with pytest.raises(msgspec.ValidationError, match="above 0"):
        msgspec.convert({"f1": 0, "valid": 0}, Weights)
