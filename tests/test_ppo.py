"""PPO: draws and their log-probabilities, the formulas, a policy that learns, and a run that is killed and resumed.

Everything runs on a CPU with a model of some ten thousand parameters, on the invented samples of a corpus.
"""

import json
import math
import subprocess
import sys
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resuming import assert_figures_of_the_whole_run, spend_an_hour

from uiebench.build import pipeline
from uiebench.errors import RecipeError
from uiebench.instruct.target import decode
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark
from uiebench.train import recipe as recipes
from uiebench.train.recipe import FromBenchmark, Kl, Ppo, PpoRecipe, Pretrained, Sampling, Scratch, Training, Weights

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.train import ppo, rollout, run  # noqa: E402
from uiebench.train import steps as stepping  # noqa: E402
from uiebench.train.data import instructions  # noqa: E402
from uiebench.train.model import TrainingError, pretrained, save, scratch, with_number  # noqa: E402
from uiebench.train.rollout import log_probs, sample  # noqa: E402
from uiebench.train.value_head import numbers  # noqa: E402

SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=256, seen=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A benchmark of one corpus with short texts, and a policy with random weights."""
    folder = tmp_path_factory.mktemp("ppo")
    plan = BuildRecipe("one", held_in=("resume",), samples=True)
    pipeline.build(plan, raw=None, out=folder / "one", jobs=1)
    texts = [one.prompt + one.target for one in instructions(FromBenchmark(str(folder / "one")))]
    model, tokenizer = scratch(SMALL, texts, 0)
    save(model.save_pretrained, tokenizer, folder / "policy" / "model", "# policy")
    return folder / "one", folder / "policy"


def recipe(made, **settings):
    training = {"steps": 4, "batch": 4, "context": 256, "learning_rate": 1e-3, "warmup": 0.0, "save": 2, "log": 1}
    more = {name: settings.pop(name) for name in list(settings) if name in PpoRecipe.__struct_fields__}
    return PpoRecipe(
        **{
            "name": "test",
            "model": Pretrained(str(made[1])),
            "data": (FromBenchmark(str(made[0])),),
            "sampling": Sampling("span", 8, 24),
            "ppo": Ppo(answers=8, passes=2),
            **more,
        },
        training=Training(**{**training, **settings}),
    )


@pytest.fixture(scope="module")
def loaded(made):
    """Policy, tokenizer and prompts by constraint."""
    model, tokenizer = pretrained(Pretrained(str(made[1])))

    def asking(constraint, most=24):
        sampling = Sampling(constraint, 3, most)
        return rollout.prompts([FromBenchmark(str(made[0]))], tokenizer, 256, sampling, Counter())[:7], sampling

    return model.eval(), tokenizer, asking


# --- draws ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("constraint", ["off", "json", "span"])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_log_probabilities_of_draws_are_those_computed_anew_under_the_masks(loaded, constraint, temperature):
    model, tokenizer, asking = loaded
    prompts, sampling = asking(constraint)
    sampling = msgspec.structs.replace(sampling, temperature=temperature)
    model.generation_config.repetition_penalty = 1.5  # a model's own wishes are none of the distribution
    drawn = sample(model, tokenizer, prompts, sampling, rollout.guide_of(tokenizer, sampling), 7)
    assert model.generation_config.repetition_penalty == 1.5
    with torch.no_grad():
        said = log_probs(model, drawn, temperature)
    assert torch.isfinite(drawn.log_probs).all()
    assert (drawn.log_probs[drawn.acts.bool()] <= 0).all()
    assert drawn.log_probs.sum() < -1
    assert torch.allclose(said.sampled, drawn.log_probs, atol=1e-4)
    if constraint != "off":  # without the masks they would be others
        free = log_probs(model, drawn._replace(masks=None), temperature).sampled
        assert not torch.allclose(free, drawn.log_probs, atol=1e-2)


def test_draws_depend_on_the_seed_alone(loaded):
    model, tokenizer, asking = loaded
    prompts, sampling = asking("off")
    first = sample(model, tokenizer, prompts, sampling, None, 1)
    torch.manual_seed(99)
    torch.rand(5)
    again = sample(model, tokenizer, prompts, sampling, None, 1)
    assert torch.equal(first.ids, again.ids)
    assert torch.equal(first.log_probs, again.log_probs)
    whole = msgspec.structs.replace(sampling, batch=100)
    assert sample(model, tokenizer, prompts, whole, None, 1).outputs == first.outputs
    assert sample(model, tokenizer, prompts, sampling, None, 2).outputs != first.outputs


def test_draws_follow_the_distribution(loaded):
    """The first tokens of many draws, against the probabilities the model gives: a chi-squared test."""
    model, tokenizer, asking = loaded
    prompts, _ = asking("off")
    sampling = Sampling("off", 500, 1)
    drawn = sample(model, tokenizer, prompts[:1] * 3000, sampling, None, 3)
    counted = Counter(drawn.ids[:, -1].tolist())
    with torch.no_grad():
        chances = model(input_ids=torch.tensor([prompts[0].ids])).logits[0, -1].softmax(-1)
    common = [id for id, chance in enumerate(chances.tolist()) if chance * 3000 >= 8]
    assert len(common) > 20
    statistic = sum((counted[id] - 3000 * chances[id]) ** 2 / (3000 * chances[id]) for id in common)
    assert statistic < len(common) + 5 * math.sqrt(2 * len(common))
    for id, times in counted.items():
        assert drawn.log_probs[drawn.ids[:, -1] == id][0] == pytest.approx(chances[id].log().item(), abs=1e-4), times


def test_under_the_constraint_every_ended_answer_is_valid_and_of_the_text(loaded, made):
    model, tokenizer, asking = loaded
    prompts, sampling = asking("span", most=120)
    drawn = sample(model, tokenizer, prompts, sampling, rollout.guide_of(tokenizer, sampling), 5)
    names = Benchmark(made[0]).names("resume")
    assert any(drawn.ended)
    for prompt, output, ended in zip(prompts, drawn.outputs, drawn.ended, strict=True):
        found = decode(output, "NER", names)
        assert not (ended and found.problem)
        assert all(entity.text in prompt.asked.text for entity in found.entities)


def test_behind_the_end_of_an_answer_there_is_padding_that_counts_for_nothing(loaded):
    model, tokenizer, asking = loaded
    prompts, sampling = asking("off", most=40)
    drawn = sample(model, tokenizer, prompts, sampling, None, 11)
    # Put an end into the midst of the first answer, as if it had been drawn there.
    ids, mask = drawn.ids.clone(), drawn.mask.clone()
    ids[0, drawn.prompt + 3], ids[0, drawn.prompt + 4 :] = tokenizer.eos_token_id, tokenizer.pad_token_id
    mask[0, drawn.prompt + 4 :] = 0
    short = drawn._replace(ids=ids, mask=mask)
    with torch.no_grad():
        said = log_probs(model, short, 1.0)
        assert (said.sampled[0, 4:] == 0).all()
        assert (said.entropy[0, 4:] == 0).all()
        assert (said.sampled[0, :4] < 0).all()
        other = ids.clone()
        other[0, drawn.prompt + 4 :] = 7  # whatever stands there
        assert torch.equal(log_probs(model, short._replace(ids=other), 1.0).sampled, said.sampled)
        few = short.rows([0])
        assert few.acts.shape[1] == 4
        assert torch.allclose(log_probs(model, few, 1.0).sampled, said.sampled[:1, :4], atol=1e-4)
    acts = short.acts.float()
    noise = torch.randn(acts.shape)
    gained = ppo.advantages(noise, noise, acts, 0.9, 0.9)
    assert (gained[0, 4:] == 0).all()
    spoilt = torch.where(acts.bool(), noise, 1e6)
    assert torch.equal(ppo.advantages(spoilt, spoilt, acts, 0.9, 0.9), gained)


def test_greedy_answers_are_the_likeliest_tokens(loaded):
    model, tokenizer, asking = loaded
    prompts, sampling = asking("off", most=8)
    drawn = sample(model, tokenizer, prompts, sampling, None, 1, greedy=True)
    assert torch.equal(drawn.ids, sample(model, tokenizer, prompts, sampling, None, 2, greedy=True).ids)
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([prompts[0].ids])).logits[0, -1]
    row = next(place for place, prompt in enumerate(prompts) if prompt.id == prompts[0].id)
    assert drawn.ids[row, drawn.prompt] == logits.argmax()


def test_prompts_that_leave_no_room_are_counted(made, loaded):
    _, tokenizer, _ = loaded
    source, counts = FromBenchmark(str(made[0])), Counter()
    every = rollout.prompts([source], tokenizer, 10_000, Sampling(most=24), Counter())
    longest = max(len(prompt.ids) for prompt in every)
    some = rollout.prompts([source], tokenizer, longest + 23, Sampling(most=24), counts)
    assert len(some) + counts["no room for an answer in the context"] == len(every)
    assert len(some) < len(every)
    with pytest.raises(RecipeError, match=r"raise training\.context or lower sampling\.most"):
        rollout.prompts([source], tokenizer, 30, Sampling(most=24), counts)


def test_every_prompt_is_answered_once_in_an_epoch_and_orders_differ(loaded):
    _, _, asking = loaded
    prompts, _ = asking("off")
    steps = [stepping.prompts_of(prompts, 3, step, 0) for step in range(1, 15)]
    ids = [prompt.id for step in steps for prompt in step]
    assert len(ids) == 42
    assert set(Counter(ids).values()) == {6}
    assert [p.id for p in stepping.prompts_of(prompts, 7, 1, 0)] == [
        p.id for p in stepping.prompts_of(prompts, 7, 2, 0)
    ]
    assert {p.id for p in steps[0]} != {p.id for p in stepping.prompts_of(prompts, 3, 1, 1)}


# --- formulas -------------------------------------------------------------------------------------

FLOATS = st.floats(-3, 3, width=32)


@given(st.data(), st.floats(0, 1), st.floats(0, 1))
def test_advantages_are_those_of_a_naive_loop(given_, gamma, lam):
    lengths = given_.draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    width = max(lengths)
    rewards, values = (
        torch.tensor([given_.draw(st.lists(FLOATS, min_size=width, max_size=width)) for _ in lengths]) for _ in "rv"
    )
    acts = torch.tensor([[1.0] * n + [0.0] * (width - n) for n in lengths])
    found = ppo.advantages(rewards, values, acts, gamma, lam)
    for row, n in enumerate(lengths):
        r, v = rewards[row].tolist(), [*values[row, :n].tolist(), 0.0]
        deltas = [r[t] + gamma * v[t + 1] - v[t] for t in range(n)]
        for t in range(n):
            expected = sum((gamma * lam) ** (s - t) * deltas[s] for s in range(t, n))
            assert found[row, t].item() == pytest.approx(expected, abs=1e-4)
        assert (found[row, n:] == 0).all()


def test_with_lambda_one_and_no_discount_an_advantage_is_what_was_earned_less_the_value():
    rewards, values = torch.tensor([[0.0, 0.0, 2.0]]), torch.tensor([[0.5, 1.0, 1.5]])
    assert ppo.advantages(rewards, values, torch.ones(1, 3), 1.0, 1.0).tolist() == [[1.5, 1.0, 0.5]]


def test_beta_goes_up_while_the_policy_departs_too_far_and_down_while_it_does_not():
    kl = Kl(beta=0.1, target=2.0, horizon=1000)
    assert ppo.next_beta(0.1, kl, 2.0, 100) == pytest.approx(0.1)
    assert ppo.next_beta(0.1, kl, 50.0, 100) == pytest.approx(0.1 * 1.02)
    assert ppo.next_beta(0.1, kl, -50.0, 100) == pytest.approx(0.1 * 0.98)
    assert ppo.next_beta(0.1, kl, 2.2, 100) == pytest.approx(0.1 * 1.01)
    assert ppo.next_beta(0.1, Kl(beta=0.1), 50.0, 100) == 0.1


def test_whitened_advantages_have_mean_0_and_deviation_1_over_the_tokens_drawn():
    values, acts = torch.tensor([[1.0, 2.0, 99.0], [3.0, -4.0, 6.0]]), torch.tensor([[1.0, 1, 0], [1, 1, 1]])
    found = ppo.whitened(values, acts)
    there = found[acts.bool()]
    assert there.mean().item() == pytest.approx(0, abs=1e-6)
    assert there.std(correction=0).item() == pytest.approx(1, abs=1e-5)
    assert found[0, 2] == 0


def test_the_rate_rises_and_falls():
    settings = Training(warmup=0.2)
    rates = [stepping.rate(settings, step, 10) for step in range(1, 11)]
    assert rates[:3] == [0.5, 1.0, 1.0]
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert 0 < rates[-1] < 0.1
    assert {stepping.rate(Training(warmup=0.0, schedule="constant"), step, 5) for step in range(1, 6)} == {1.0}


# --- runs -----------------------------------------------------------------------------------------


def even(ids, outputs):
    """A probe: the share of the characters whose number is even; a half for nothing said."""
    return [sum(ord(one) % 2 == 0 for one in said) / len(said) if said else 0.5 for said in outputs]


def test_a_policy_learns_what_is_rewarded(made, tmp_path):
    plan = recipe(
        made,
        sampling=Sampling("off", 32, 8),
        ppo=Ppo(answers=32, passes=2, lam=1.0, critic_rate=1e-3),
        kl=Kl(beta=0.0),
        steps=36,
        batch=32,
        learning_rate=1e-2,
        schedule="constant",
        save=0,
    )
    figures = ppo.train(plan, tmp_path / "run", reward=even)["figures"]
    lines = log_of(tmp_path / "run")
    assert abs(lines[0]["reward"] - 0.5) < 0.1
    assert figures["reward"] > 0.95, [line["reward"] for line in lines]


def log_of(out):
    return [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model" / "model.safetensors")


@pytest.fixture(scope="module")
def trained(made, tmp_path_factory):
    """A run that nothing interrupted, and what it told."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, ppo.train(adaptive(made), out)


def adaptive(made, **more):
    held = FromBenchmark(str(made[0]), split="dev", most=3)
    return recipe(made, held=(held,), kl=Kl(0.05, target=1.0, horizon=100), reward=Weights(1.0, 0.5), **more)


def test_the_first_step_departs_from_nothing_and_later_ones_do(trained):
    out, _ = trained
    lines = {line["step"]: line for line in log_of(out) if "held_f1" not in line}
    assert list(lines) == [1, 2, 3, 4]
    assert abs(lines[1]["kl"]) < 1e-5
    assert abs(lines[4]["kl"]) > 1e-4
    assert lines[1]["explained_variance"] == 0  # the values begin at 0
    assert lines[1]["beta"] == 0.05 != lines[2]["beta"]


def test_the_log_tells_what_a_person_looks_at(trained):
    out, told = trained
    held = {line["step"]: line["held_f1"] for line in log_of(out) if "held_f1" in line}
    assert list(held) == [0, 2, 4]
    assert [told["figures"]["held_f1_begun"], told["figures"]["held_f1"]] == [
        pytest.approx(held[0], abs=1e-6),
        pytest.approx(held[4], abs=1e-6),
    ]
    line = log_of(out)[-2]
    assert {"reward", "f1", "valid", "kl", "beta", "entropy", "clip_fraction", "value_loss", "tokens"} <= line.keys()
    assert {"seconds_rollout", "seconds_reward", "seconds_forward", "seconds_update"} <= line.keys()
    assert line["reward"] == pytest.approx(line["f1"] + 0.5 * line["valid"], abs=1e-5)
    assert 0 <= line["clip_fraction"] <= 1
    figures = told["figures"]
    assert {"reward_begun", "held_f1_begun", "held_f1", "seconds_update"} <= figures.keys()
    assert figures["reward"] == pytest.approx(line["reward"], abs=1e-5)


def test_a_run_changes_the_policy_and_leaves_all_that_tells_what_it_was(trained, made):
    out, told = trained
    before, after = weights(made[1]), weights(out)
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert recipes.parse((out / "recipe.yaml").read_bytes(), "recipe") == adaptive(made)
    assert told["updates"] == 4 * 2 * 2
    assert {str(made[0]), str(made[1])} <= told["data"].keys()
    assert "stage: ppo" in (out / "model" / "README.md").read_text()
    assert [path.name for path in sorted((out / "checkpoints").iterdir())] == ["checkpoint-2", "checkpoint-4"]


def test_a_killed_run_is_resumed_to_the_same_weights(trained, made, tmp_path):
    whole, told = trained
    said = tmp_path / "recipe.yaml"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(adaptive(made))))
    out = tmp_path / "killed"
    script = (
        "import os, sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import ppo, recipe\n"
        f"plan = recipe.load(Path({str(said)!r}))\n"
        f"ppo.train(plan, Path({str(out)!r}), progress=lambda done, total, text: done == 3 and os._exit(9))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr.decode()
    assert run.last_checkpoint(out / "checkpoints").name == "checkpoint-2"
    spend_an_hour(out)
    again = ppo.train(adaptive(made), out, resume=True)
    assert_figures_of_the_whole_run(again, told)
    expected, found = weights(whole), weights(out)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    timeless = [{k: v for k, v in line.items() if not k.startswith("seconds")} for line in log_of(out)]
    assert timeless == [{k: v for k, v in line.items() if not k.startswith("seconds")} for line in log_of(whole)]
    assert again["figures"]["held_f1_begun"] == told["figures"]["held_f1_begun"]
    with pytest.raises(RecipeError, match="this run is complete"):
        ppo.train(adaptive(made), out, resume=True)


def test_the_log_ends_with_the_last_step_and_is_the_same_after_a_kill(made, tmp_path, monkeypatch):
    plan = adaptive(made, steps=5, log=3)

    def kill(done, total, text):
        if done == 3:
            raise KeyboardInterrupt

    def told(out):
        return [{k: v for k, v in line.items() if not k.startswith("seconds")} for line in log_of(out)]

    ppo.train(plan, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        ppo.train(plan, tmp_path / "killed", progress=kill)
    assert run.last_checkpoint(tmp_path / "killed" / "checkpoints").name == "checkpoint-2"  # between two lines
    load = stepping.load_state
    monkeypatch.setattr(stepping, "load_state", lambda place: load(place) | {"seconds": load(place)["seconds"] + 9000})
    assert ppo.train(plan, tmp_path / "killed", resume=True)["figures"]["seconds"] > 9000, "they add up"
    lines = told(tmp_path / "whole")
    assert [line["step"] for line in lines if "reward" in line] == [3, 5]
    assert [line["step"] for line in lines if "held_f1" in line] == [0, 2, 4, 5]
    assert not any({"reward", "held_f1"} <= line.keys() for line in lines), "held F1 is of its step alone"
    assert told(tmp_path / "killed") == told(tmp_path / "whole")


def test_a_reward_that_is_no_number_stops_the_run_and_keeps_the_last_checkpoint(made, tmp_path):
    calls = []

    def spoilt(ids, outputs):
        calls.append(1)
        return [float("nan") if len(calls) > 2 else 1.0] * len(ids)

    with pytest.raises(TrainingError, match=r"reward is no number .* step 3; the last good checkpoint is .*-2"):
        ppo.train(recipe(made), tmp_path / "run", reward=spoilt)
    state = torch.load(tmp_path / "run" / "checkpoints" / "checkpoint-2" / stepping.STATE, weights_only=True)
    assert all(torch.isfinite(weight).all() for weight in state["policy"].values())


def test_a_loss_that_is_no_number_stops_the_run(made, tmp_path, monkeypatch):
    monkeypatch.setattr(ppo, "whitened", lambda values, acts: values * float("nan"))
    with pytest.raises(TrainingError, match=r"loss is no number .* step 1; there is no checkpoint yet"):
        ppo.train(recipe(made), tmp_path / "run")


@pytest.mark.parametrize(
    ("where", "told"), [("sample", r"lower sampling\.batch"), ("log_probs", r"lower training\.batch")]
)
def test_too_little_memory_says_what_to_lower(made, tmp_path, monkeypatch, where, told):
    def full(*args, **more):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you tried")

    monkeypatch.setattr(rollout if where == "sample" else ppo, where, full)
    with pytest.raises(TrainingError, match=f"out of memory in step 1: {told}"):
        ppo.train(recipe(made), tmp_path / "run")


def test_a_full_disk_is_one_line(made, tmp_path, monkeypatch):
    def full(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(TrainingError, match=r"checkpoint-2: the checkpoint cannot be written \(no space left"):
        ppo.train(recipe(made), tmp_path / "run")


def test_adapters_alone_are_trained_and_the_reference_is_the_model_without_them(made, tmp_path):
    plan = recipe(made, lora=recipes.Lora(rank=2, alpha=4), steps=2, save=0)
    told = ppo.train(plan, tmp_path / "run", reward=even)
    assert 0 < told["trained"] < told["parameters"]
    before, after = weights(made[1]), weights(tmp_path / "run")
    assert before.keys() == after.keys()
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert changed
    assert "model.embed_tokens.weight" not in changed
    assert abs(log_of(tmp_path / "run")[0]["kl"]) < 1e-5


def test_activations_computed_anew_give_the_same_policy(made, tmp_path):
    for name, checkpointing in (("kept", False), ("anew", True)):
        plan = recipe(made, steps=2, save=0, checkpointing=checkpointing)
        ppo.train(plan, tmp_path / name, reward=even)
    one, other = weights(tmp_path / "kept"), weights(tmp_path / "anew")
    assert any(not torch.equal(weight, one[name]) for name, weight in weights(made[1]).items())
    assert all(torch.allclose(one[name], other[name], atol=1e-5) for name in one)


def test_values_begin_at_zero_unless_the_reward_is_the_reward_models(made):
    path = str(made[1])
    ids = torch.arange(12).reshape(2, 6) + 5
    with torch.no_grad():
        zero = numbers(ppo.critic_of(recipe(made)), ids, torch.ones_like(ids))
        assert (zero == 0).all()
        mixed = recipe(made, reward=Weights(1.0, 0.0, 1.0), reward_model=path)
        assert (numbers(ppo.critic_of(mixed), ids, torch.ones_like(ids)) == 0).all()
        alone = recipe(made, reward=Weights(0.0, 0.0, 2.0), reward_model=path)
        own, _ = with_number(Pretrained(path), 0)
        expected = 2 * numbers(own, ids, torch.ones_like(ids))
        assert torch.allclose(numbers(ppo.critic_of(alone), ids, torch.ones_like(ids)), expected, atol=1e-5)
        assert expected.abs().max() > 0


def test_a_critic_reads_as_the_policy_does_and_padding_changes_nothing(made):
    path = Pretrained(str(made[1]))
    (policy, _), (critic, _) = pretrained(path), with_number(path, 0)
    seen = []
    policy.model.register_forward_hook(lambda module, inputs, output: seen.append(output.last_hidden_state))
    ids = torch.arange(14).reshape(2, 7) + 5
    mask = torch.ones_like(ids)
    mask[0, :3] = 0
    with torch.no_grad():
        policy(input_ids=ids, attention_mask=mask, position_ids=rollout.positions(mask))
        said = numbers(critic, ids, mask)
        assert torch.allclose(said, critic.score(seen[0])[..., 0], atol=1e-6)
        alone = numbers(critic, ids[:1, 3:], mask[:1, 3:])
        assert torch.allclose(alone[0], said[0, 3:], atol=1e-5)
        right = torch.cat([ids[:1, 3:], ids[:1, :3]], dim=1)
        behind = torch.cat([mask[:1, 3:], mask[:1, :3]], dim=1)
        logits = critic(input_ids=right, attention_mask=behind).logits
        assert logits.shape == (1, 1)
        assert torch.allclose(logits[0, 0], said[0, -1], atol=1e-5)


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        ("reward: {model: 1.0}", "reward.model: of which reward model?"),
        ("reward: {f1: 0}", "nothing would earn anything"),
        ("ppo: {answers: 10}", "not a multiple of training.batch × training.accumulate, 8"),
        ("training: {report: [mlflow]}", "$.training.report"),
        ("ppo: {lambda: 1}", "unknown field `lambda`"),
        ("sampling: {constraint: spans}", "did you mean 'span'"),
    ],
)
def test_a_wrong_recipe_is_one_line_with_its_place(yaml, told):
    text = f"stage: ppo\nname: x\nmodel: {{from: pretrained, path: p}}\ndata: [{{from: benchmark, folder: b}}]\n{yaml}"
    with pytest.raises(RecipeError) as error:
        recipes.parse(text.encode(), "r.yaml")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_several_devices_are_one_line(made, tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RecipeError, match="runs on one device"):
        ppo.train(recipe(made), tmp_path / "run")
