"""GRPO: groups and their advantages, gradients under masks, a policy that learns, and a run that is killed and resumed.

Everything runs on a CPU with a model of some ten thousand parameters, on the invented samples of a corpus.
"""

import json
import math
import os
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resuming import assert_figures_of_the_whole_run, spend_an_hour

from uiebench.build import pipeline
from uiebench.errors import RecipeError
from uiebench.recipe import BuildRecipe
from uiebench.train import recipe as recipes
from uiebench.train.recipe import FromBenchmark, Grpo, GrpoRecipe, Pretrained, Sampling, Scratch, Training, Weights

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.train import grpo, rollout, run, steps  # noqa: E402
from uiebench.train.data import instructions  # noqa: E402
from uiebench.train.model import TrainingError, pretrained, save, scratch  # noqa: E402

SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=256, seen=1)
HERE = steps.Devices(torch.device("cpu"), 0, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A benchmark of one corpus with short texts, and a policy with random weights."""
    folder = tmp_path_factory.mktemp("grpo")
    plan = BuildRecipe("one", held_in=("resume",), samples=True)
    pipeline.build(plan, raw=None, out=folder / "one", jobs=1)
    texts = [one.prompt + one.target for one in instructions(FromBenchmark(str(folder / "one")))]
    model, tokenizer = scratch(SMALL, texts, 0)
    save(model.save_pretrained, tokenizer, folder / "policy" / "model", "# policy")
    return folder / "one", folder / "policy"


def recipe(made, **settings):
    training = {"steps": 4, "batch": 4, "context": 256, "learning_rate": 1e-3, "warmup": 0.0, "save": 2, "log": 1}
    more = {name: settings.pop(name) for name in list(settings) if name in GrpoRecipe.__struct_fields__}
    return GrpoRecipe(
        **{
            "name": "test",
            "model": Pretrained(str(made[1])),
            "data": (FromBenchmark(str(made[0])),),
            "sampling": Sampling("span", 8, 24),
            "grpo": Grpo(prompts=2, answers=4, passes=2),
            **more,
        },
        training=Training(**{**training, **settings}),
    )


def log_of(out):
    return [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model" / "model.safetensors")


def even(ids, outputs):
    """A probe: the share of the characters whose number is even; a half for nothing said."""
    return [sum(ord(one) % 2 == 0 for one in said) / len(said) if said else 0.5 for said in outputs]


# --- groups ---------------------------------------------------------------------------------------


@given(st.integers(2, 5), st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.2]), min_size=1, max_size=20))
def test_an_advantage_is_what_is_earned_above_the_group_by_its_deviation(answers, rewards):
    earned = rewards * answers  # groups of all kinds
    found = grpo.compared(earned, answers, scale=True)
    for start in range(0, len(earned), answers):
        group = earned[start : start + answers]
        here = range(start, start + answers)
        assert [found.signal[at] for at in here] == [len(set(group)) > 1] * answers
        if len(set(group)) == 1:
            assert [found.gained[at] for at in here] == [0.0] * answers
            continue
        mean, deviation = sum(group) / answers, statistics.stdev(group)
        for at in here:
            assert found.gained[at] == pytest.approx((earned[at] - mean) / (deviation + 1e-4))
        assert sum(found.gained[at] for at in here) == pytest.approx(0, abs=1e-9)


def test_without_scale_an_advantage_is_the_difference_alone():
    assert grpo.compared([1.0, 0.5, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0], 4, scale=False).gained == [
        0.5, 0.0, -0.5, 0.0, 0.0, 0.0, 0.0, 0.0,
    ]  # fmt: skip


# --- gradients ------------------------------------------------------------------------------------


@pytest.fixture
def drawn(made):
    """A policy, and how to draw two groups of three answers under a constraint."""
    policy, tokenizer = pretrained(Pretrained(str(made[1])))
    policy.eval()

    def draw(constraint):
        sampling = Sampling(constraint, 8, 16)
        prompts = rollout.prompts([FromBenchmark(str(made[0]))], tokenizer, 256, sampling, Counter())
        asked = [prompt for prompt in prompts[:2] for _ in range(3)]
        return rollout.sample(policy, tokenizer, asked, sampling, rollout.guide_of(tokenizer, sampling), 7)

    return policy, draw


def naive(policy, answers, groups, beta, temperature=1.0):
    """The loss of GRPO where nothing has changed since the answers were drawn, token by token and row by row."""
    total, tokens = 0.0, int(answers.acts.sum())
    for row, gained in enumerate(groups.gained):
        there = answers.mask[row].bool()
        ids, n = answers.ids[row][there], int(answers.acts[row].sum())
        logits = policy(input_ids=ids[None]).logits[0] / temperature
        for place in range(n):
            at = len(ids) - n + place
            line = logits[at - 1]
            if answers.masks is not None:
                words = answers.masks[row, place].tolist()
                allowed = [words[id // 32] >> (id % 32) & 1 == 1 for id in range(len(line))]
                line = torch.where(torch.tensor(allowed), line, -torch.inf)
            said = line.log_softmax(-1)[ids[at]]
            assert said.item() == pytest.approx(answers.log_probs[row, place].item(), abs=1e-4)
            apart = said.detach() - said
            if groups.signal[row]:
                total = total - (said - said.detach()).exp() * gained + beta * (apart.exp() - apart - 1)
    return total / tokens


@pytest.mark.parametrize("constraint", ["off", "json", "span"])
def test_the_step_is_that_of_a_naive_loop_under_the_masks_the_answers_were_drawn_with(made, drawn, constraint):
    policy, draw = drawn
    answers = draw(constraint)
    groups = grpo.compared([1.0, 0.0, 0.5, 0.3, 0.3, 0.3], 3, scale=True)
    naive(policy, answers, groups, 0.1).backward()
    expected = {name: weight.grad.clone() for name, weight in policy.named_parameters()}
    assert max(gradient.abs().max() for gradient in expected.values()) > 1e-3
    policy.zero_grad()
    plan = recipe(made, grpo=Grpo(prompts=2, answers=3, beta=0.1), batch=2, accumulate=3, clip=1e9)
    learner = grpo.Learner(plan, policy, policy, HERE)
    seen = {}
    learner.optimizer.step = lambda: seen.update({n: w.grad.clone() for n, w in policy.named_parameters()})
    line = learner.step(answers, groups, 1, 10, steps.Clock(), Path("none"))
    assert expected.keys() == seen.keys()
    assert all(torch.allclose(expected[name], seen[name], atol=1e-5) for name in expected)
    assert abs(line["kl"]) < 1e-6
    assert line["clipped"] == 0
    assert line["grad_norm"] > 0


def test_without_constraint_and_copy_head_an_update_is_that_of_trls_trainer(made, tmp_path, monkeypatch):
    """One update on the same answers, of which a group has no signal; answers are of different lengths."""
    trl = pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("CI", "1")  # TRL then tells nobody
    monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
    texts = [one.prompt + one.target for one in instructions(FromBenchmark(str(made[0])))]
    model, tokenizer = scratch(msgspec.structs.replace(SMALL, copy=False), texts, 0)
    save(model.save_pretrained, tokenizer, tmp_path / "plain" / "model", "# plain")
    policy, theirs = (pretrained(Pretrained(str(tmp_path / "plain")))[0].eval() for _ in range(2))
    sampling, earned = Sampling("off", 8, 12), [1.0, 0.5, 0.2, 0.0, 0.7, 0.7, 0.7, 0.7]
    asking = rollout.prompts([FromBenchmark(str(made[0]))], tokenizer, 256, sampling, Counter())[:2]
    asked = [prompt for prompt in asking for _ in range(4)]
    answers = rollout.sample(policy, tokenizer, asked, sampling, None, 7)
    for row, length in enumerate((3, 12, 7, 5, 9, 4, 12, 6)):
        answers.mask[row, answers.prompt + length :] = 0
    plan = recipe(made, sampling=sampling, grpo=Grpo(prompts=2, answers=4), batch=4, accumulate=2)
    learner = grpo.Learner(plan, policy, pretrained(Pretrained(str(tmp_path / "plain")))[0].eval(), HERE)
    line = learner.step(answers, grpo.compared(earned, 4, scale=True), 1, 100, steps.Clock(), tmp_path)
    written = [answers.ids[row, answers.prompt :][answers.acts[row].bool()].tolist() for row in range(8)]
    trainer = trl.GRPOTrainer(
        model=theirs,
        reward_funcs=lambda prompts, completions, **more: earned,
        args=trl.GRPOConfig(
            output_dir=str(tmp_path / "theirs"),
            per_device_train_batch_size=4,
            gradient_accumulation_steps=2,
            num_generations=4,
            max_completion_length=12,
            beta=plan.grpo.beta,
            learning_rate=plan.training.learning_rate,
            lr_scheduler_type="constant",
            optim="adamw_torch",
            max_steps=1,
            max_grad_norm=1.0,
            logging_steps=1,
            report_to="none",
            save_strategy="no",
            bf16=False,
            use_cpu=True,
            disable_tqdm=True,
            gradient_checkpointing=False,
            shuffle_dataset=False,
        ),
        train_dataset=datasets.Dataset.from_list([{"prompt": prompt.text} for prompt in asking]),
        processing_class=tokenizer,
        rollout_func=lambda prompts, trainer: {
            "prompt_ids": [prompt.ids for prompt in asked],
            "completion_ids": written,
            "logprobs": [[0.0] * len(answer) for answer in written],
        },
    )
    trainer.train()
    [told] = [entry for entry in trainer.state.log_history if "grad_norm" in entry]
    assert told["frac_reward_zero_std"] == 0.5
    assert line["grad_norm"] == pytest.approx(told["grad_norm"], rel=1e-4)
    assert line["loss"] == pytest.approx(told["loss"], abs=1e-5)
    assert abs(line["loss"]) > 1e-3
    own = dict(policy.named_parameters())
    for name, weight in theirs.named_parameters():
        assert torch.allclose(weight, own[name], atol=2e-5), name
    assert max((weight - own[name]).abs().max() for name, weight in model.named_parameters()) > 5e-4


def test_groups_without_a_signal_move_nothing(made, drawn):
    policy, draw = drawn
    answers = draw("span")
    before = {name: weight.clone() for name, weight in policy.named_parameters()}
    plan = recipe(made, grpo=Grpo(prompts=2, answers=3, passes=2), batch=3, weight_decay=0.1, learning_rate=0.1)
    learner = grpo.Learner(plan, policy, policy, HERE)
    for step in (1, 2):
        same = grpo.compared([1.0] * 3 + [0.2] * 3, 3, scale=True)
        line = learner.step(answers, same, step, 2, steps.Clock(), Path("none"))
        assert "grad_norm" not in line
    assert all(torch.equal(before[name], weight) for name, weight in policy.named_parameters())
    other = grpo.compared([1.0, 0.0, 0.0] + [0.2] * 3, 3, scale=True)
    assert learner.step(answers, other, 1, 2, steps.Clock(), Path("none"))["grad_norm"] > 0
    assert any(not torch.equal(before[name], weight) for name, weight in policy.named_parameters())


def test_tokens_of_groups_without_a_signal_count_in_the_number(made, drawn):
    """The gradient of one group is as many times smaller as there are more tokens."""
    policy, draw = drawn
    answers = draw("off")
    norms = []
    for part, earned in ((answers.rows([0, 1, 2]), [1.0, 0.0, 0.5]), (answers, [1.0, 0.0, 0.5, 0.3, 0.3, 0.3])):
        rows = len(earned)
        plan = recipe(made, grpo=Grpo(prompts=rows // 3, answers=3, beta=0.0), batch=rows, clip=1e9)
        learner = grpo.Learner(plan, policy, None, HERE)
        learner.optimizer.step = lambda: None
        groups = grpo.compared(earned, 3, scale=True)
        norms.append(learner.step(part, groups, 1, 2, steps.Clock(), Path("none"))["grad_norm"])
    share = int(answers.acts[:3].sum()) / int(answers.acts.sum())
    assert norms[1] / norms[0] == pytest.approx(share, rel=1e-4)


def test_what_has_moved_too_far_is_not_learned_from_any_more(made, drawn, monkeypatch):
    policy, draw = drawn
    answers = draw("off")
    groups = grpo.compared([1.0, 0.0, 0.5, 0.3, 0.9, 0.1], 3, scale=True)
    plan = recipe(made, grpo=Grpo(prompts=2, answers=3, passes=2, beta=0.0), batch=6)
    learner = grpo.Learner(plan, policy, None, HERE)
    learner.optimizer.step = lambda: None
    gained = torch.tensor(groups.gained)[:, None]
    # As if every token were now far likelier where it is to be, and far less likely where it is not.
    old = answers.log_probs - torch.sign(gained) * 0.5 * answers.acts
    monkeypatch.setattr(learner, "assess", lambda *args, **more: (old, None))
    line = learner.step(answers, groups, 1, 2, steps.Clock(), Path("none"))
    assert line["clipped"] == pytest.approx(
        float((answers.acts * (gained != 0)).sum() / sum(answers.acts[row].sum() for row in range(6)))
    )
    zero = [row for row in range(6) if groups.gained[row] == 0]
    assert len(zero) < 6
    assert line["grad_norm"] == pytest.approx(0, abs=1e-6)


# --- runs -----------------------------------------------------------------------------------------


def test_a_policy_learns_what_is_rewarded(made, tmp_path):
    plan = recipe(
        made,
        sampling=Sampling("off", 64, 8),
        grpo=Grpo(prompts=8, answers=8, beta=0.0),
        steps=40,
        batch=64,
        learning_rate=1e-2,
        schedule="constant",
        save=0,
    )
    figures = grpo.train(plan, tmp_path / "run", reward=even)["figures"]
    lines = log_of(tmp_path / "run")
    assert abs(lines[0]["reward"] - 0.5) < 0.1
    assert figures["reward"] > 0.9, [line["reward"] for line in lines]
    assert figures["no_signal"] > figures["no_signal_begun"]  # answers are alike in the end


def whole_recipe(made, **more):
    return recipe(made, held=(FromBenchmark(str(made[0]), split="dev", most=3),), **more)


@pytest.fixture(scope="module")
def trained(made, tmp_path_factory):
    """A run that nothing interrupted, and what it told."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, grpo.train(whole_recipe(made), out, reward=even)


def test_the_log_tells_what_a_person_looks_at(trained):
    out, told = trained
    lines = log_of(out)
    assert [line["step"] for line in lines] == [0, 1, 2, 2, 3, 4, 4]
    assert [line["step"] for line in lines if "held_f1" in line] == [0, 2, 4]
    first = lines[1]
    names = {"reward", "reward_std", "no_signal", "f1", "valid", "tokens", "ended", "learning_rate"}
    assert names | {f"seconds_{part}" for part in ("rollout", "reward", "forward", "update")} <= first.keys()
    assert all(0 <= line["no_signal"] <= 1 for line in lines if "no_signal" in line)
    learned = [line for line in lines if "kl" in line]
    assert len(learned) == 4
    assert all(0 <= line["clipped"] <= 1 and line["kl"] > -1e-6 and line["entropy"] > 0 for line in learned)
    assert all(line["no_signal"] < 1 for line in learned)
    assert {"reward_begun", "held_f1_begun", "held_f1", "seconds_update"} <= told["figures"].keys()


def test_an_answer_earns_its_f1_and_what_is_paid_for_a_valid_one(made, tmp_path, monkeypatch):
    """As if of the four answers to a prompt one were right, one empty, and two no JSON."""
    targets = {one.id: one.target for one in instructions(FromBenchmark(str(made[0])))}
    draw = rollout.sample

    def scripted(model, tokenizer, asked, *args, **more):
        assert [prompt.id for prompt in asked] == sorted((prompt.id for prompt in asked), key=order.index)
        said = [[targets[prompt.id], "{}", "", "没有"][place % 4] for place, prompt in enumerate(asked)]
        return draw(model, tokenizer, asked, *args, **more)._replace(outputs=said)

    order = [prompt.id for prompt in first_prompts(made)]
    monkeypatch.setattr(rollout, "sample", scripted)
    grpo.train(recipe(made, steps=1, save=0, reward=Weights(1.0, 0.5)), tmp_path / "run")
    [line] = log_of(tmp_path / "run")
    assert line["f1"] == 0.25  # both prompts have something to find, so that an empty answer earns nothing
    assert line["valid"] == 0.5
    assert line["empty"] == 0.75  # what cannot be read names nothing
    assert line["reward"] == pytest.approx(0.25 + 0.5 * 0.5)
    assert line["no_signal"] == 0
    assert line["reward_std"] == pytest.approx(statistics.stdev([1.5, 0.5, 0.0, 0.0]), abs=1e-5)


def first_prompts(made):
    """The prompts of the first step."""
    _, tokenizer = pretrained(Pretrained(str(made[1])))
    asking = rollout.prompts([FromBenchmark(str(made[0]))], tokenizer, 256, Sampling("span", 8, 24), Counter())
    return steps.prompts_of(asking, 2, 1, 0)


def test_a_run_changes_the_policy_and_leaves_all_that_tells_what_it_was(trained, made):
    out, told = trained
    before, after = weights(made[1]), weights(out)
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert recipes.parse((out / "recipe.yaml").read_bytes(), "recipe") == whole_recipe(made)
    assert told["updates"] == 4 * 2 * 2
    assert {str(made[0]), str(made[1])} <= told["data"].keys()
    assert "stage: grpo" in (out / "model" / "README.md").read_text()
    assert [path.name for path in sorted((out / "checkpoints").iterdir())] == ["checkpoint-2", "checkpoint-4"]


@pytest.mark.parametrize("at", [3, 4])  # in the midst; after the last checkpoint, before the model is written
def test_a_killed_run_is_resumed_to_the_same_weights(trained, made, tmp_path, at):
    whole, told = trained
    said = tmp_path / "recipe.yaml"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(whole_recipe(made))))
    out = tmp_path / "killed"
    stop = "done == 3" if at == 3 else "text == 'writing the model'"
    script = (
        "import os, sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import grpo, recipe\n"
        f"plan = recipe.load(Path({str(said)!r}))\n"
        "def even(ids, outputs):\n"
        "    return [sum(ord(one) % 2 == 0 for one in said) / len(said) if said else 0.5 for said in outputs]\n"
        f"stop = lambda done, total, text: {stop} and os._exit(9)\n"
        f"grpo.train(plan, Path({str(out)!r}), progress=stop, reward=even)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr.decode()
    assert run.last_checkpoint(out / "checkpoints").name == f"checkpoint-{2 if at == 3 else 4}"
    spend_an_hour(out)
    again = grpo.train(whole_recipe(made), out, resume=True, reward=even)
    assert_figures_of_the_whole_run(again, told)
    expected, found = weights(whole), weights(out)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)

    def timeless(line):
        return {key: value for key, value in line.items() if not key.startswith("seconds")}

    assert list(map(timeless, log_of(out))) == list(map(timeless, log_of(whole)))
    assert timeless(again["figures"]) == timeless(told["figures"])
    with pytest.raises(RecipeError, match="this run is complete"):
        grpo.train(whole_recipe(made), out, resume=True)


def test_adapters_alone_are_trained_and_the_reference_is_the_model_without_them(made, tmp_path):
    plan = recipe(made, lora=recipes.Lora(rank=2, alpha=4), steps=3, save=0, learning_rate=1e-2)
    told = grpo.train(plan, tmp_path / "run", reward=even)
    assert 0 < told["trained"] < told["parameters"]
    before, after = weights(made[1]), weights(tmp_path / "run")
    assert before.keys() == after.keys()
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert changed
    assert "model.embed_tokens.weight" not in changed
    kl = [line["kl"] for line in log_of(tmp_path / "run")]
    assert kl[-1] > kl[0] >= -1e-7


def test_activations_computed_anew_give_the_same_policy(made, tmp_path):
    for name, checkpointing in (("kept", False), ("anew", True)):
        plan = recipe(made, steps=2, save=0, checkpointing=checkpointing)
        grpo.train(plan, tmp_path / name, reward=even)
    one, other = weights(tmp_path / "kept"), weights(tmp_path / "anew")
    assert any(not torch.equal(weight, one[name]) for name, weight in weights(made[1]).items())
    assert all(torch.allclose(one[name], other[name], atol=1e-5) for name in one)


def test_two_devices_end_in_one_policy_that_has_learned_from_the_answers_of_both(made, tmp_path):
    """Under torchrun on two CPUs: what both end with is the same, bit by bit."""
    said = tmp_path / "recipe.yaml"
    plan = recipe(made, steps=2, save=1, grpo=Grpo(prompts=4, answers=4, passes=1), batch=8)
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(plan)))
    script = tmp_path / "script.py"
    script.write_text(
        "import os, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import grpo, recipe\n"
        "kept, step = [], grpo.Learner.step\n"
        "def watched(self, drawn, *args):\n"
        "    line = step(self, drawn, *args)\n"
        "    total = sum(float(weight.double().sum()) for weight in self.weights.values())\n"
        "    kept.append([drawn.outputs, line['grad_norm'], total])\n"
        "    return line\n"
        "grpo.Learner.step = watched\n"
        "def even(ids, outputs):\n"
        "    return [sum(ord(one) % 2 for one in said) / len(said) if said else 0.5 for said in outputs]\n"
        f"grpo.train(recipe.load(Path({str(said)!r})), Path({str(tmp_path / 'run')!r}), reward=even)\n"
        "import json\n"
        f"Path({str(tmp_path)!r}, os.environ['RANK'] + '.json').write_text(json.dumps(kept))\n"
    )
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", str(script)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    one, other = (json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1))
    assert [step[1:] for step in one] == [step[1:] for step in other]
    assert all(mine[0] != yours[0] for mine, yours in zip(one, other, strict=True))
    assert json.loads((tmp_path / "run" / "run.json").read_bytes())["processes"] == 2
    assert [line["step"] for line in log_of(tmp_path / "run")] == [1, 2]


# --- what goes wrong ------------------------------------------------------------------------------


def test_a_reward_that_is_no_number_stops_the_run_and_keeps_the_last_checkpoint(made, tmp_path):
    calls = []

    def spoilt(ids, outputs):
        calls.append(1)
        return [float("nan") if len(calls) > 2 else 1.0] * len(ids)

    with pytest.raises(TrainingError, match=r"reward is no number .* step 3; the last good checkpoint is .*-2"):
        grpo.train(recipe(made), tmp_path / "run", reward=spoilt)
    state = steps.load_state(tmp_path / "run" / "checkpoints" / "checkpoint-2")
    assert all(torch.isfinite(weight).all() for weight in state["policy"].values())


def test_a_loss_that_is_no_number_stops_the_run(made, tmp_path, monkeypatch):
    compared = grpo.compared

    def spoilt(*args, **more):
        found = compared(*args, **more)
        return found._replace(gained=[math.nan] * len(found.gained))

    monkeypatch.setattr(grpo, "compared", spoilt)
    with pytest.raises(TrainingError, match=r"loss is no number .* step 1; there is no checkpoint yet"):
        grpo.train(recipe(made), tmp_path / "run", reward=even)


@pytest.mark.parametrize(
    ("where", "told"), [("sample", r"lower sampling\.batch"), ("log_probs", r"lower training\.batch")]
)
def test_too_little_memory_says_what_to_lower(made, tmp_path, monkeypatch, where, told):
    def full(*args, **more):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you tried")

    monkeypatch.setattr(rollout if where == "sample" else grpo, where, full)
    with pytest.raises(TrainingError, match=f"out of memory in step 1: {told}"):
        grpo.train(recipe(made), tmp_path / "run", reward=even)


def test_a_full_disk_is_one_line(made, tmp_path, monkeypatch):
    def full(*args, **more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(TrainingError, match=r"checkpoint-2: the checkpoint cannot be written \(no space left"):
        grpo.train(recipe(made), tmp_path / "run", reward=even)


def test_a_model_whose_answers_could_not_end_is_one_line(made, tmp_path):
    model, tokenizer = pretrained(Pretrained(str(made[1])))
    tokenizer.eos_token = None
    save(model.save_pretrained, tokenizer, tmp_path / "endless" / "model", "# endless")
    plan = msgspec.structs.replace(recipe(made), model=Pretrained(str(tmp_path / "endless")))
    with pytest.raises(RecipeError, match="no end-of-sequence token"):
        grpo.train(plan, tmp_path / "run")


def test_weights_that_would_be_shared_out_are_one_line(made, tmp_path, monkeypatch):
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(RecipeError, match="keeps a whole model on each device"):
        grpo.train(recipe(made), tmp_path / "run")


def test_prompts_that_do_not_go_into_the_devices_are_one_line(made, tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "devices", lambda: steps.Devices(torch.device("cpu"), 0, 3))
    with pytest.raises(RecipeError, match=r"grpo\.prompts 2: on 3 devices"):
        grpo.train(recipe(made), tmp_path / "run")


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        ("reward: {model: 1.0}", "this stage has no reward model"),
        ("reward: {f1: 0}", "nothing would earn anything"),
        ("grpo: {answers: 1}", "$.grpo.answers"),
        ("grpo: {prompts: 3, answers: 3}", "not a multiple of training.batch × training.accumulate, 8"),
        ("training: {report: [mlflow]}", "$.training.report"),
        ("grpo: {epsilon: 1}", "unknown field `epsilon`"),
        ("sampling: {constraint: spans}", "did you mean 'span'"),
    ],
)
def test_a_wrong_recipe_is_one_line_with_its_place(yaml, told):
    text = f"stage: grpo\nname: x\nmodel: {{from: pretrained, path: p}}\ndata: [{{from: benchmark, folder: b}}]\n{yaml}"
    with pytest.raises(RecipeError) as error:
        recipes.parse(text.encode(), "r.yaml")
    assert told in str(error.value)
    assert "\n" not in str(error.value)
