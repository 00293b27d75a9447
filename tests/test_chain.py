"""The whole way at the command line: the sweep `tiny-chain` that ships, with few steps of smaller models on few texts.

Supervised training → answers of its own → pairs → reward model → PPO, GRPO, DPO → predictions → score. The commands,
their order, what each takes from the one before and the recipes are those of the package; sizes alone are made smaller.
What recipes and docs show as commands is read as the command line reads it.
"""

import json
import re
import shlex
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from uiebench.build import pipeline
from uiebench.cli import app
from uiebench.cli.train import see_that_it_is_one
from uiebench.errors import UiebenchError
from uiebench.recipe import BuildRecipe, Windows
from uiebench.storage import read_parquet
from uiebench.train import sweep
from uiebench.train.data import instructions
from uiebench.train.recipe import FromBenchmark, load, parse
from uiebench.train.run import is_finished
from uiebench.types import Candidate, RewardPair

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

ROOT = Path(__file__).parent.parent
SHOWN = [
    *sorted((ROOT / "recipes" / "train").rglob("*.yaml")),
    *(ROOT / "docs" / f"{name}.md" for name in ("training", "experiments", "results", "grpo-dpo", "predict", "chat")),
]
"""Files that show commands of the trainer."""
BENCHMARK = "benchmarks/quickstart"
CORPORA = ("resume", "msra", "cluener", "weibo", "peoples_daily", "conll04")
TRAINED = ("sft", "reward", "ppo", "grpo", "dpo")
POLICIES = ("sft", "ppo", "grpo", "dpo")
FEW = ["training.steps=2", "training.save=1", "training.log=1"]
SMALLER = {
    "tiny-sft": ["model.layers=1", "model.hidden=32", "model.heads=2", "model.feed_forward=64", "held.0.most=2"],
    "tiny-reward": ["training.batch=2"],
    "tiny-ppo": ["held.0.most=2", "sampling.most=64", "ppo.answers=8"],
    "tiny-grpo": [
        *("held.0.most=2", "sampling.most=64", "grpo.prompts=2", "grpo.answers=4"),
        *("training.batch=8", "training.accumulate=1"),
    ],
    "tiny-dpo": ["training.batch=2", "held=0.4"],
}
"""What is set in place of the recipes' own sizes."""


def smaller(words):
    """The words of a command with sizes for a test."""
    words = list(words)
    if words[0] == "train":
        for change in (*FEW, *SMALLER[words[1]]):
            words += ["--set", change]
    if "--max-new-tokens" in words:
        words[words.index("--max-new-tokens") + 1] = "24"
    return words


class Commands:
    """Runs commands of uiebench in this process, and notes them."""

    def __init__(self):
        self.ran = []

    def __call__(self, words):
        self.ran.append(words)
        done = CliRunner().invoke(app, smaller(words), catch_exceptions=False)
        if done.exit_code:
            raise UiebenchError(f"{' '.join(words)}: {done.stderr}")
        return done.stdout


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """The folder in which the chain was run, its rows, and the commands."""
    folder = tmp_path_factory.mktemp("chain")
    small = BuildRecipe("quickstart", samples=True, held_in=CORPORA, windows=Windows(neighbours="any"))
    pipeline.build(small, raw=folder / "none", out=folder / BENCHMARK, jobs=1)
    plan, do = sweep.load(Path("tiny-chain")), Commands()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        rows = sweep.run(plan, Path("runs/tiny-chain"), do=do)
        again = Commands()
        assert sweep.run(plan, Path("runs/tiny-chain"), do=again) == rows
        assert again.ran == []
        yield folder / "runs" / "tiny-chain", rows, do.ran


def lines(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_every_stage_leaves_a_complete_run_folder(chain):
    runs = chain[0]
    for stage in TRAINED:
        folder = runs / f"{stage}-0"
        assert is_finished(folder)
        told = json.loads((folder / "run.json").read_bytes())
        kept = parse((folder / "recipe.yaml").read_bytes(), stage)
        assert told["stage"] == stage == kept.__struct_config__.tag
        assert kept.training.steps == 2
        assert max(line["step"] for line in lines(folder / "log.jsonl")) == 2
        assert (folder / "checkpoints" / "checkpoint-2" / "complete.json").is_file()
        assert (folder / "model" / "README.md").read_text().strip()


def test_own_answers_are_to_texts_that_the_policy_was_not_trained_on(chain):
    trained = {one.document for one in instructions(load(Path("tiny-sft")).data[0])}
    asked = {one.id: one.document for one in instructions(FromBenchmark(BENCHMARK, tasks=("NER",)))}
    own = [line["id"] for line in lines(chain[0] / "own-0.jsonl")]
    assert len(own) == 4 * len(set(own)) > 0
    assert trained
    assert not {asked[id] for id in own} & trained
    made = read_parquet(chain[0] / "candidates-0.parquet", Candidate)
    assert {candidate.source for candidate in made} == {"own"}  # as docs/training.md and the mix of the pairs name it


def test_pairs_are_of_the_policys_own_errors_and_of_confusions(chain):
    pairs = list(read_parquet(chain[0] / "pairs-0" / "pairs.parquet", RewardPair))
    assert {pair.source for pair in pairs} == {"own", "confusion"}
    assert all(pair.chosen != pair.rejected for pair in pairs)
    held = json.loads((chain[0] / "reward-0" / "accuracy.json").read_bytes())
    assert msgspec.json.encode(held).count(b'"own"') >= 1


def test_the_reward_model_of_the_chain_is_a_part_of_what_ppo_rewards(chain):
    weights = parse((chain[0] / "ppo-0" / "recipe.yaml").read_bytes(), "ppo").reward
    assert weights.f1 > 0 < weights.model
    steps = [line for line in lines(chain[0] / "ppo-0" / "log.jsonl") if "reward_model" in line]
    assert len(steps) >= 2
    for line in steps:
        mix = weights.f1 * line["f1"] + weights.valid * line["valid"] + weights.model * line["reward_model"]
        assert line["reward"] == pytest.approx(mix, abs=1e-5)
        assert abs(weights.model * line["reward_model"]) > 1e-4
    assert any("reward-0" in name for name in json.loads((chain[0] / "ppo-0" / "run.json").read_bytes())["data"])


def test_every_stage_after_the_first_has_moved_the_policy(chain):
    from safetensors.torch import load_file

    assert any(line.get("no_signal", 1) < 1 for line in lines(chain[0] / "grpo-0" / "log.jsonl"))
    weights = {name: load_file(chain[0] / f"{name}-0" / "model" / "model.safetensors") for name in POLICIES}
    for name in POLICIES[1:]:
        assert weights[name].keys() == weights["sft"].keys()
        assert any(not torch.equal(weights[name][key], weights["sft"][key]) for key in weights["sft"])


def test_predictions_of_every_policy_are_scored(chain):
    _, rows, ran = chain
    assert [row["policy"] for row in rows] == list(POLICIES)
    assert all(0 <= row["F1"] <= 1 and row["predicted"] >= 0 for row in rows)
    wanted = {one.id for one in instructions(FromBenchmark(BENCHMARK, "test", tasks=("NER",)))}
    for policy in POLICIES:
        predicted = lines(chain[0] / f"policy={policy},seed=0" / "predictions.jsonl")
        assert {line["id"] for line in predicted} == wanted
        for line in predicted:
            json.loads(line["output"])  # the constraint closes what has run out of tokens
    assert sum(words[0] == "score" for words in ran) == len(POLICIES)


def commands(path):
    """The commands that a file shows: in the header of a recipe, or in the blocks of a page that are for a shell."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        text = "".join(re.findall(r"^```(?:sh|bash)\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    else:
        text = re.sub(r"^# ?", "", re.match(r"(?:#.*\n)*", text)[0], flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", text)
    return [
        shlex.split(re.sub(r" {2,}[(#].*", "", line))
        for line in re.findall(r"^(?:accelerate launch .*-m )?uiebench (.*)$", joined, re.MULTILINE)
    ]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.stem)
def test_commands_that_are_shown_are_commands_and_their_recipes_are_there(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    shown = commands(path)
    if "accelerate" not in path.parts:
        assert shown
    for words in shown:
        see_that_it_is_one(words)
        if words[0] == "train" and "--sweep" not in words:
            load(Path(words[1]), sweep._settings(words))
        for word in words:
            assert not word.startswith("recipes/") or Path(word).is_file(), word
