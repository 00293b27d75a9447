"""The reward model: pairs, what is held out, what it learns, what it is worth, and a run that is killed and resumed."""

import json
import math
import os
import subprocess
import sys
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resuming import assert_figures_of_the_whole_run, log_without_speed, spend_an_hour
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.hashing import lot
from uiebench.pairs.build import conversational
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark, score
from uiebench.storage import write_parquet
from uiebench.train import recipe as recipes
from uiebench.train.recipe import BestOf, FromBenchmark, Pretrained, RewardRecipe, Scratch, Training
from uiebench.train.rewards import Scored
from uiebench.types import RewardPair

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.cli import app  # noqa: E402
from uiebench.train import ppo, reward, run  # noqa: E402
from uiebench.train.model import save, scratch, with_number  # noqa: E402
from uiebench.train.reward import Sampled, divided, load_reward_model, micro_f1, names, read_pairs  # noqa: E402
from uiebench.train.value_head import numbers  # noqa: E402

NER = ("resume", "msra", "weibo", "cluener", "ecommerce", "peoples_daily", "literature")
SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=512, seen=1)


def wrong(prompt):
    """The answer of a prompt without its mentions, or with one that is wrong."""
    said = json.loads(prompt.target)
    if any(said.values()):
        return "missed", {label: [] for label in said}
    return "answered", said | {prompt.shown[0]: ["无"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A benchmark, a file of pairs about it, and a model with random weights."""
    folder = tmp_path_factory.mktemp("reward")
    plan = BuildRecipe("two", held_in=NER, samples=True)
    pipeline.build(plan, raw=None, out=folder / "two", jobs=1)
    prompts = Scored([FromBenchmark(str(folder / "two"), tasks=("NER",))]).prompts
    pairs = []
    for id, one in prompts.items():
        kind, said = wrong(one)
        sides = (one.target, json.dumps(said, ensure_ascii=False, separators=(",", ":")))
        source = "own" if lot("source", id) % 2 else "confusion"
        about = (one.document, one.corpus, "NER", one.language, source, kind, one.prompt)
        pairs.append(RewardPair(f"{id}~wrong", id, *about, *sides, 1.0, 0.0))
    write_parquet(folder / "pairs.parquet", RewardPair, pairs)
    model, tokenizer = scratch(SMALL, [one.prompt + one.target for one in prompts.values()], 0)
    save(model.save_pretrained, tokenizer, folder / "policy" / "model", "# policy")
    return folder


def recipe(made, **settings):
    more = {name: settings.pop(name) for name in list(settings) if name in RewardRecipe.__struct_fields__}
    training = {"steps": 60, "batch": 4, "context": 512, "learning_rate": 3e-3, "warmup": 0.0, "save": 25, "log": 4}
    return RewardRecipe(
        **{
            "name": "test",
            "model": Pretrained(str(made / "policy")),
            "pairs": (str(made / "pairs.parquet"),),
            "held": 0.3,
            **more,
        },
        training=Training(**{**training, **settings}),
    )


@pytest.fixture(scope="module")
def trained(made, tmp_path_factory):
    """A run that nothing interrupted, and what it told."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, reward.train(recipe(made), out)


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model" / "model.safetensors")


# --- pairs ----------------------------------------------------------------------------------------


def test_all_pairs_of_a_document_are_for_the_same_and_held_kinds_are_not_trained_on(made):
    pairs = read_pairs([str(made / "pairs.parquet")])
    whole = divided(pairs, recipe(made))
    assert whole.trained
    assert whole.held
    assert not {pair.document for pair in whole.trained} & {pair.document for pair in whole.held}
    assert len(whole.trained) + len(whole.held) == len(pairs)
    without = divided(pairs, recipe(made, held_kinds=("answered",)))
    assert without.held == whole.held
    assert {pair.kind for pair in without.trained} == {"missed"}
    assert without.left_out == len(whole.trained) - len(without.trained) > 0
    more = divided(pairs, recipe(made, held=0.5))
    assert {pair.id for pair in whole.held} < {pair.id for pair in more.held}


def test_pairs_that_cannot_be_used_are_one_line(made, tmp_path):
    pairs = read_pairs([str(made / "pairs.parquet")])
    with pytest.raises(RecipeError, match="no pairs of the kind 'mised'; there are answered, missed"):
        divided(pairs, recipe(made, held_kinds=("mised",)))
    with pytest.raises(RecipeError, match="no pairs are left to measure on"):
        divided(pairs[:1], recipe(made, held=1e-6))
    with pytest.raises(SourceError, match="no such file"):
        read_pairs([str(tmp_path / "none.parquet")])
    talks = [conversational(pair) for pair in pairs]
    write_parquet(tmp_path / "talks.parquet", type(talks[0]), talks)
    with pytest.raises(SourceError, match="form: standard"):
        read_pairs([str(tmp_path / "talks.parquet")])
    write_parquet(tmp_path / "empty.parquet", RewardPair, [])
    with pytest.raises(RecipeError, match="no pairs in it"):
        read_pairs([str(tmp_path / "empty.parquet")])
    with pytest.raises(RecipeError, match="written whole"):
        recipes.parse(
            b"stage: reward\nname: x\nmodel: {from: pretrained, path: p}\npairs: [p]\nlora: {merge: false}", "r.yaml"
        )


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('{"人名":["高明","远山"],"机构":[]}', {"高明", "远山"}),
        ('[{"relation":"父亲","head":"高明","tail":"高山"}]', {"高明", "高山"}),
        ('[{"type":"会议","trigger":"开会","arguments":{"地点":["远山"]}}]', {"开会", "远山"}),
        ('[{"type":"会议","trigger":"","arguments":{}}]', set()),
        ("no JSON", set()),
    ],
)
def test_names_are_the_mentions_of_an_answer(answer, expected):
    assert names(answer) == expected


def test_groups_tell_what_training_has_not_shown():
    pair = RewardPair(
        "x", "x", "d", "c", "NER", "zh", "own", "boundary", "高明来了", '{"人名":["高明"]}', '{"人名":["高来"]}'
    )
    assert reward.groups(pair, set(), {"boundary"}) == [
        "all",
        "own",
        "own/boundary",
        "names not seen",
        "rejected names not in the text",
    ]
    assert reward.groups(pair, {"高来"}, {"type"})[3:5] == ["kinds not seen", "names seen"]
    empty = msgspec.structs.replace(pair, chosen='{"人名":[]}', rejected="?")
    assert reward.groups(empty, set(), {"boundary"}) == ["all", "own", "own/boundary"]


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=40))
def test_the_interval_holds_the_accuracy_and_equal_rewards_count_half(margins):
    row = reward._row("x", margins)
    right = sum(margin > 0 for margin in margins) + sum(margin == 0 for margin in margins) / 2
    assert row.accuracy == pytest.approx(right / len(margins))
    assert -1e-9 <= row.low <= row.accuracy + 1e-9
    assert row.accuracy - 1e-9 <= row.high <= 1 + 1e-9


# --- the model ------------------------------------------------------------------------------------


def test_the_loss_of_pairs_is_that_of_bradley_and_terry(made):
    model, tokenizer = with_number(Pretrained(str(made / "policy")), 1)
    model.eval()
    pairs = read_pairs([str(made / "pairs.parquet")])[:3]
    encoded = reward.encode(tokenizer, pairs, 512, Counter())
    batch = reward.Collator(encoded, tokenizer.pad_token_id)([[0], [1], [2]])
    with torch.no_grad():
        loss = reward.pairwise(model)(**batch)["loss"].item()
        expected = 0.0
        for pair in encoded:
            own = [
                numbers(model, torch.tensor([list(side)]), torch.ones(1, len(side), dtype=torch.long))[0, -1].item()
                for side in (pair.chosen, pair.rejected)
            ]
            expected += math.log1p(math.exp(own[1] - own[0])) / 3
    assert loss == pytest.approx(expected, abs=1e-5)
    for pair in encoded:
        assert pair.chosen[-1] == pair.rejected[-1] == tokenizer.eos_token_id
        assert pair.chosen[: pair.prompt] == pair.rejected[: pair.prompt]


def test_a_reward_model_learns_to_tell_answers_apart_that_it_has_not_seen(trained):
    _, told = trained
    rows = {row["group"]: row for row in told["accuracy"]}
    assert rows["all"]["pairs"] > 10
    assert rows["all"]["accuracy"] > 0.85
    assert rows["all"]["accuracy"] == pytest.approx(told["figures"]["accuracy"])
    assert rows["own"]["pairs"] + rows["confusion"]["pairs"] == rows["all"]["pairs"]
    kinds = [row for group, row in rows.items() if "/" in group]
    assert sum(row["pairs"] for row in kinds) == rows["all"]["pairs"]
    assert told["held"] == {"pairs of held-out documents": rows["all"]["pairs"]}
    assert not any("held-out documents" in reason for reason in told["left_out"])
    card = (trained[0] / "model" / "README.md").read_text()
    assert f"Measured on, not trained on:\n\n- pairs of held-out documents: {rows['all']['pairs']}\n" in card


def test_held_out_pairs_that_do_not_fit_are_counted_and_not_measured_on(trained, made, tmp_path):
    _, whole = trained
    told = reward.train(recipe(made, context=160, steps=2, save=0), tmp_path / "run")
    measured = {row["group"]: row["pairs"] for row in told["accuracy"]}["all"]
    longer = told["left_out"]["pairs of held-out documents, longer than the context"]
    assert 0 < measured == told["held"]["pairs of held-out documents"]
    assert longer > 0
    assert measured + longer == whole["held"]["pairs of held-out documents"]
    with pytest.raises(UiebenchError, match=r"no pair to train on fits into 8 tokens: raise training\.context"):
        reward.train(recipe(made, context=8, steps=2), tmp_path / "short")


def test_a_reward_model_loads_again_and_says_the_same_in_any_batch(trained, made):
    out, _ = trained
    split = divided(read_pairs([str(made / "pairs.parquet")]), recipe(made))
    prompts, chosen = [pair.prompt for pair in split.held], [pair.chosen for pair in split.held]
    one = load_reward_model(str(out), batch=1).rewards(prompts, chosen)
    many = load_reward_model(str(out), batch=5).rewards(prompts, chosen)
    assert one == pytest.approx(many, abs=1e-4)
    rows = reward.measure(load_reward_model(str(out)), split)
    written = json.loads((out / "accuracy.json").read_bytes())
    assert [row.accuracy for row in rows] == pytest.approx([row["accuracy"] for row in written])
    assert "text-classification" in (out / "model" / "README.md").read_text()


def test_what_is_no_reward_model_is_one_line(made):
    with pytest.raises(RecipeError, match="no reward model but CopyForCausalLM"):
        load_reward_model(str(made / "policy"))


def test_a_reward_model_of_other_tokens_than_the_policys_is_one_line(trained, made, tmp_path):
    model, tokenizer = scratch(SMALL, ["other characters"], 0)
    save(model.save_pretrained, tokenizer, tmp_path / "other" / "model", "# policy")
    plan = recipes.PpoRecipe(
        name="x",
        model=Pretrained(str(tmp_path / "other")),
        data=(FromBenchmark(str(made / "two"), tasks=("NER",)),),
        reward=recipes.Weights(model=1.0),
        reward_model=str(trained[0]),
        training=Training(context=512),
    )
    with pytest.raises(RecipeError, match=r"its tokenizer is not that of the policy \(another vocabulary\)"):
        ppo.train(plan, tmp_path / "run")


def test_a_policy_is_rewarded_by_a_reward_model(trained, made, tmp_path):
    plan = recipes.PpoRecipe(
        name="x",
        model=Pretrained(str(made / "policy")),
        data=(FromBenchmark(str(made / "two"), tasks=("NER",), corpora=("resume",)),),
        reward=recipes.Weights(f1=0.0, model=0.5),
        reward_model=str(trained[0]),
        sampling=recipes.Sampling("span", 4, 40),
        ppo=recipes.Ppo(answers=4, passes=1),
        training=Training(context=512, batch=4, steps=2, save=0, log=1),
    )
    figures = ppo.train(plan, tmp_path / "run")["figures"]
    assert figures["reward"] == pytest.approx(0.5 * figures["reward_model"])
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_bytes().splitlines()]
    assert lines[0]["explained_variance"] != 0  # the critic begins as the reward model
    plan = msgspec.structs.replace(plan, reward=recipes.Weights(f1=1.0))
    asked = ppo.train(plan, tmp_path / "other")["figures"]
    assert asked["reward"] == asked["f1"]
    assert asked["reward_model_begun"] != 0


# --- best of n ------------------------------------------------------------------------------------


class Knowing:
    """Stands for a reward model: rewards an answer as somebody says."""

    def __init__(self, say):
        self.say = say

    def rewards(self, prompts, answers):
        return [self.say(prompt, answer) for prompt, answer in zip(prompts, answers, strict=True)]


@pytest.fixture
def sampled(made, tmp_path):
    """Samples of which one is right, one empty and one wrong, and greedy answers that are wrong."""
    prompts = Scored([FromBenchmark(str(made / "two"), split="test", tasks=("NER",))]).prompts
    lines, greedy = [], []
    for id, one in prompts.items():
        said = [one.target, json.dumps(wrong(one)[1], ensure_ascii=False), '{"?": ["无"]}']
        said = [said[(place + lot(id)) % 3] for place in range(3)]
        lines += [json.dumps({"id": id, "output": output}, ensure_ascii=False) for output in said]
        greedy.append(json.dumps({"id": id, "output": wrong(one)[1]}, ensure_ascii=False))
    (tmp_path / "samples.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "greedy.jsonl").write_text("\n".join(greedy), encoding="utf-8")
    return tmp_path, prompts


def test_an_oracle_takes_the_right_answer_and_a_knowing_reward_model_does_too(made, sampled):
    folder, prompts = sampled
    source = FromBenchmark(str(made / "two"), split="test", tasks=("NER",))
    there = Sampled.read(BestOf(str(folder / "samples.jsonl"), source, str(folder / "greedy.jsonl")))
    targets = {one.prompt: one.target for one in prompts.values()}
    figures = there.figures(Knowing(lambda prompt, answer: float(targets[prompt] == answer)))
    assert figures["best of 3: F1 oracle"] == figures["best of 3: F1 reward model"] == 1.0
    assert figures["best of 3: F1 greedy"] < figures["best of 3: F1 random"] < 1.0
    against = there.figures(Knowing(lambda prompt, answer: -float(targets[prompt] == answer)))
    assert against["best of 3: F1 reward model"] < figures["best of 3: F1 random"]


def test_f1_of_all_answers_is_that_of_the_report(made, sampled):
    """One prompt for a document: the prompts one by one are the documents."""
    whole = made / "whole"
    if not whole.exists():
        pipeline.build(
            BuildRecipe("whole", held_in=("resume",), samples=True, windows="all"), raw=None, out=whole, jobs=1
        )
    scored = Scored([FromBenchmark(str(whole), split="test")])
    outputs = {}
    for place, (id, one) in enumerate(scored.prompts.items()):
        outputs[id] = one.target if place % 2 else json.dumps(wrong(one)[1])
    [row] = [row for row in score(Benchmark(whole), outputs, intervals=False).rows if row.by == "all"]
    assert 0 < row.f1 < 1
    assert micro_f1(scored.asked, outputs) == pytest.approx(row.f1)


def test_samples_that_answer_nothing_or_once_are_one_line(made, sampled):
    folder, _ = sampled
    source = FromBenchmark(str(made / "two"), split="test", tasks=("NER",))
    with pytest.raises(RecipeError, match=r"no prompt of .* has several answers"):
        Sampled.read(BestOf(str(folder / "greedy.jsonl"), source))
    few = folder / "few.jsonl"
    few.write_text((folder / "greedy.jsonl").read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    with pytest.raises(RecipeError, match=r"few\.jsonl: no answer to"):
        Sampled.read(BestOf(str(folder / "samples.jsonl"), source, str(few)))


def test_the_command_reads_what_predict_samples(trained, made, tmp_path):
    samples = tmp_path / "samples.jsonl"
    done = CliRunner().invoke(
        app,
        f"predict --model {made / 'policy'} --benchmark {made / 'two'} --split dev --corpora resume --samples 2 "
        f"--temperature 1 --max-new-tokens 40 --out {samples}".split(),
    )
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in samples.read_bytes().splitlines()]
    assert set(Counter(line["id"] for line in lines).values()) == {2}
    command = f"best-of {samples} --reward-model {trained[0]} --benchmark {made / 'two'} --split dev".split()
    done = CliRunner().invoke(app, [*command, "--json"])
    assert done.exit_code == 0, done.output
    assert "best of 2: F1 reward model" in json.loads(done.stdout)
    assert "best of 2: F1 oracle" in CliRunner().invoke(app, command).stdout


# --- runs -----------------------------------------------------------------------------------------


def test_a_killed_run_is_resumed_to_the_same_weights(trained, made, tmp_path):
    whole, told = trained
    said = tmp_path / "recipe.yaml"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(recipe(made))))
    out = tmp_path / "killed"
    script = (
        "import os, sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import reward, recipe\n"
        f"plan = recipe.load(Path({str(said)!r}))\n"
        f"reward.train(plan, Path({str(out)!r}), progress=lambda done, total, text: done == 30 and os._exit(9))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, env=dict(os.environ))
    assert killed.returncode == 9, killed.stderr.decode()
    assert run.last_checkpoint(out / "checkpoints").name == "checkpoint-25"
    spend_an_hour(out)
    again = reward.train(recipe(made), out, resume=True)
    assert_figures_of_the_whole_run(again, told)
    expected, found = weights(whole), weights(out)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert again["accuracy"] == told["accuracy"]
    assert log_without_speed(out) == log_without_speed(whole)  # also of the line whose beginning was before the stop
    with pytest.raises(RecipeError, match="this run is complete"):
        reward.train(recipe(made), out, resume=True)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_adapters_are_trained_with_the_number_and_merged(made, tmp_path, dtype):
    model = Pretrained(str(made / "policy"), dtype)
    plan = recipe(made, model=model, lora=recipes.Lora(rank=2, alpha=4), steps=2, save=0, checkpointing=True)
    told = reward.train(plan, tmp_path / "run")
    assert 0 < told["trained"] < told["parameters"]
    after = weights(tmp_path / "run")
    before = weights(made / "policy")
    assert "score.weight" in after
    assert any(not torch.equal(weight, before[name]) for name, weight in after.items() if name in before)
    assert after["score.weight"].dtype == torch.float32
    assert load_reward_model(str(tmp_path / "run"), dtype).rewards(["高明"], ["{}"])


def test_figures_tell_best_of_n_where_the_recipe_asks(made, sampled, tmp_path):
    folder, _ = sampled
    source = FromBenchmark(str(made / "two"), split="test", tasks=("NER",))
    plan = recipe(made, steps=1, save=0, best_of=BestOf(str(folder / "samples.jsonl"), source))
    told = reward.train(plan, tmp_path / "run")
    assert told["figures"]["best of 3: F1 oracle"] == 1.0
    assert {"best of 3: F1 greedy", "best of 3: F1 random", "best of 3: F1 reward model"} <= told["figures"].keys()
    assert str(folder / "samples.jsonl") in told["data"]
