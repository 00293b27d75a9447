"""What a later stage begins with, and what a resumed run trusts: adapters in a folder, and a checkpoint's files."""

import importlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from uiebench.build import pipeline
from uiebench.cli import predict as command
from uiebench.errors import RecipeError
from uiebench.recipe import BuildRecipe
from uiebench.score import Benchmark
from uiebench.storage import write_parquet
from uiebench.train import run, sft
from uiebench.train.model import (
    TrainingError,
    base_of,
    fingerprint_of,
    longest_of,
    pretrained,
    save,
    scratch,
    with_adapters,
    with_number,
)
from uiebench.train.predict import questions
from uiebench.train.recipe import (
    DpoRecipe,
    FromBenchmark,
    Grpo,
    GrpoRecipe,
    Lora,
    Ppo,
    PpoRecipe,
    Pretrained,
    RewardRecipe,
    Sampling,
    Scratch,
    SftRecipe,
    Training,
)
from uiebench.train.reward import load_reward_model
from uiebench.types import RewardPair


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder whose final model is adapters, moved away from zero, beside a base model of another run."""
    import torch

    base, folder = tmp_path_factory.mktemp("base"), tmp_path_factory.mktemp("adapted")
    model, tokenizer = scratch(Scratch(layers=1, hidden=32, heads=2, feed_forward=32), ["方远山"], 0)
    save(model.save_pretrained, tokenizer, base / "model", "card")
    model, tokenizer = pretrained(Pretrained(str(base)))
    model = with_adapters(model, Lora(rank=2, merge=False), 0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.fill_(0.1)
    save(model.save_pretrained, tokenizer, folder / "model", "card")
    return folder


def test_a_folder_of_adapters_is_loaded_with_them_merged_and_all_of_it_can_be_trained(adapted: Path) -> None:
    import torch

    merged, tokenizer = pretrained(Pretrained(str(adapted)))
    base, _ = pretrained(Pretrained(str(adapted)))
    assert all(weight.requires_grad for weight in merged.parameters())
    assert not any("lora" in name for name, _ in merged.named_parameters())
    ids = torch.tensor([tokenizer("方远山")["input_ids"]])
    from peft import AutoPeftModelForCausalLM

    apart = AutoPeftModelForCausalLM.from_pretrained(str(adapted / "model"))
    with torch.no_grad():
        assert torch.allclose(merged.eval()(ids).logits, apart.eval()(ids).logits, atol=1e-4)
        apart.unload()
        assert not torch.allclose(base.eval()(ids).logits, apart.unload()(ids).logits, atol=1e-4)


def test_a_model_with_a_number_begins_from_a_folder_of_adapters_too(adapted: Path) -> None:
    model, _ = with_number(Pretrained(str(adapted)), 0)
    assert all(weight.requires_grad for weight in model.parameters())


@pytest.mark.parametrize("path", ["runs/none", "./none", "/none/model", "some/where/else"])
def test_a_run_that_is_not_there_is_one_line_and_the_hub_is_not_asked(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uiebench.train.model.out_of_reach", lambda: pytest.fail("asked the Hub"))
    with pytest.raises(RecipeError, match=f"^{path}: no such folder"):
        pretrained(Pretrained(path))


def test_a_checkpoint_whose_bytes_are_altered_at_equal_size_is_damaged(tmp_path: Path) -> None:
    place = tmp_path / "checkpoint-12"
    place.mkdir()
    (place / "model.safetensors").write_bytes(bytes(9000))
    run.seal(place)
    assert run.last_checkpoint(tmp_path) == place
    (place / "model.safetensors").write_bytes(bytes(4000) + b"\xff" * 4000 + bytes(1000))
    with pytest.raises(TrainingError, match=r"model\.safetensors is altered"):
        run.last_checkpoint(tmp_path)


def test_a_kill_while_an_old_checkpoint_is_removed_leaves_none_that_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in (1, 2):
        place = tmp_path / f"checkpoint-{step}"
        place.mkdir()
        (place / "model.safetensors").write_bytes(b"weights")
        run.seal(place)
    monkeypatch.setattr(run.shutil, "rmtree", lambda path: (path / "model.safetensors").unlink())
    run.rotate(tmp_path, 1)
    assert run.last_checkpoint(tmp_path) == tmp_path / "checkpoint-2"
    run.discard(tmp_path / "checkpoint-2")
    assert run.last_checkpoint(tmp_path) is None


# --- adapters that are not merged -----------------------------------------------------------------

STAGES = ("sft", "dpo", "ppo", "grpo")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a benchmark, pairs, a small model `base`, and a run `adapted` of adapters of it alone."""
    folder = tmp_path_factory.mktemp("chain")
    pipeline.build(BuildRecipe("one", held_in=("resume",), samples=True), raw=None, out=folder / "one", jobs=1)
    answers = [
        (f"{name}创办了远山公司。", f'{{"人名":["{name}"]}}')
        for name in ["高明", "方远", "王山", "李青", "周文", "陈江"]
    ]
    pairs = [
        RewardPair(
            id=f"{number}/spurious",
            instruction=f"one/train/{number}#NER",
            document=f"one/train/{number}",
            corpus="one",
            task="NER",
            language="zh",
            source="own",
            kind="spurious",
            prompt=text,
            chosen=answer,
            rejected='{"人名":["公司"]}',
        )
        for number, (text, answer) in enumerate(answers)
    ]
    write_parquet(folder / "pairs.parquet", RewardPair, pairs)
    small = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=512, seen=1)
    begun = SftRecipe("base", small, (FromBenchmark(str(folder / "one")),), training=quick(learning_rate=5e-3))
    sft.train(begun, folder / "base")
    sft.train(plan(folder, "sft", "base", Lora(rank=2, merge=False)), folder / "adapted")
    return folder


def quick(**settings: Any) -> Training:
    said = {"steps": 2, "batch": 4, "context": 512, "learning_rate": 5e-2, "warmup": 0.0, "schedule": "constant"}
    return Training(**{**said, "save": 0, **settings})


def plan(folder: Path, stage: str, model: str, lora: Lora | None) -> Any:
    said: dict[str, Any] = {"name": stage, "model": Pretrained(str(folder / model)), "lora": lora, "training": quick()}
    data = (FromBenchmark(str(folder / "one")),)
    if stage == "sft":
        return SftRecipe(data=data, **said)
    if stage == "ppo":
        return PpoRecipe(data=data, sampling=Sampling("span", 8, 24), ppo=Ppo(answers=8, passes=1), **said)
    if stage == "grpo":
        return GrpoRecipe(data=data, sampling=Sampling("span", 8, 24), grpo=Grpo(prompts=2, answers=4), **said)
    return (DpoRecipe if stage == "dpo" else RewardRecipe)(pairs=(str(folder / "pairs.parquet"),), held=0.4, **said)


def even(ids: list[str], outputs: list[str]) -> list[float]:
    """A reward that answers differ in: the share of characters with an even number."""
    return [sum(ord(one) % 2 == 0 for one in said) / max(len(said), 1) for said in outputs]


def trained(folder: Path, stage: str, model: str, lora: Lora | None, out: Path) -> None:
    train = importlib.import_module(f"uiebench.train.{stage}").train
    train(plan(folder, stage, model, lora), out, **({"reward": even} if stage in ("ppo", "grpo") else {}))


def said_by(path: Path) -> Any:
    import torch

    model, tokenizer = pretrained(Pretrained(str(path)))
    with torch.no_grad():
        return model.eval()(torch.tensor([tokenizer("方远山在公司")["input_ids"]])).logits


@pytest.mark.parametrize("stage", STAGES)
def test_adapters_on_top_of_adapters_are_loaded_with_both(chain: Path, tmp_path: Path, stage: str) -> None:
    """The oracle is the same run with its adapters merged: what is written whole needs nothing beneath it."""
    for merge in (True, False):
        trained(chain, stage, "adapted", Lora(rank=2, merge=merge), tmp_path / str(merge))
    assert (tmp_path / "False" / "model" / "adapter_config.json").is_file()
    assert not (tmp_path / "True" / "model" / "adapter_config.json").exists()
    merged, apart = said_by(tmp_path / "True"), said_by(tmp_path / "False")
    assert not merged.allclose(said_by(chain / "adapted"), atol=1e-3)
    assert apart.allclose(merged, atol=1e-5)
    assert longest_of(Pretrained(str(tmp_path / "False"))) == 512


@pytest.mark.parametrize("stage", [*STAGES, "reward"])
def test_every_stage_trains_all_weights_of_a_model_whose_adapters_were_not_merged(
    chain: Path, tmp_path: Path, stage: str
) -> None:
    trained(chain, stage, "adapted", None, tmp_path / "run")
    assert (tmp_path / "run" / "model" / "model.safetensors").is_file()
    if stage == "reward":
        assert load_reward_model(str(tmp_path / "run")).rewards(["高明"], ["{}"])
    else:
        assert not said_by(tmp_path / "run").allclose(said_by(chain / "adapted"), atol=1e-3)


def test_adapters_on_top_of_adapters_answer_prompts(chain: Path, tmp_path: Path) -> None:
    trained(chain, "sft", "adapted", Lora(rank=2, merge=False), tmp_path / "run")
    out = tmp_path / "predictions.jsonl"
    command.predict(model=str(tmp_path / "run"), benchmark=chain / "one", out=out, max_new_tokens=16)
    assert out.read_bytes().count(b"\n") == len(questions(Benchmark(chain / "one"), "test"))


def test_adapters_whose_model_is_gone_are_one_line_that_names_both(chain: Path, tmp_path: Path) -> None:
    shutil.copytree(chain / "adapted", tmp_path / "adapted")
    said = tmp_path / "adapted" / "model" / "adapter_config.json"
    said.write_text(said.read_text().replace(str(chain / "base"), str(tmp_path / "gone")))
    with pytest.raises(RecipeError, match=r"adapted: adapters that were made for another model; .*gone/model: no such"):
        pretrained(Pretrained(str(tmp_path / "adapted")))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda model: (model / "adapter_model.safetensors").unlink(), "adapter_model.safetensors is missing"),
        (lambda model: (model / "adapter_config.json").write_text("{}"), "does not say what they were made for"),
        (lambda model: (model / "adapter_config.json").write_text('{"base'), "adapter_config.json: Input data was"),
    ],
)
def test_damaged_adapters_are_one_line(
    chain: Path, tmp_path: Path, damage: Callable[[Path], object], told: str
) -> None:
    shutil.copytree(chain / "adapted", tmp_path / "copied")
    damage(tmp_path / "copied" / "model")
    with pytest.raises(RecipeError, match=rf"copied.*: damaged or incomplete \(.*{re.escape(told)}") as error:
        pretrained(Pretrained(str(tmp_path / "copied")))
    assert "\n" not in str(error.value)


def test_a_model_beneath_adapters_that_was_trained_anew_is_another_model(chain: Path, tmp_path: Path) -> None:
    before = fingerprint_of(str(chain / "adapted"))
    assert fingerprint_of(str(chain / "adapted")) == before
    card = chain / "base" / "model" / "README.md"
    kept = card.read_text()
    try:
        card.write_text(kept + "another\n")
        assert fingerprint_of(str(chain / "adapted")) != before
    finally:
        card.write_text(kept)


def test_adapters_of_a_model_of_the_hub_name_its_revision(tmp_path: Path) -> None:
    model, tokenizer = scratch(Scratch(layers=1, hidden=32, heads=2, feed_forward=32), ["方远山"], 0)
    model.name_or_path, model.config._commit_hash = "org/name", "9f2c"
    save(with_adapters(model, Lora(rank=2), 0).save_pretrained, tokenizer, tmp_path / "model", "card")
    assert base_of(tmp_path / "model") == "org/name@9f2c"
