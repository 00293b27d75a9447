"""DPO: tokens of pairs, the loss against TRL's, what is learned, and a run that is killed and resumed.

Everything runs on a CPU with a model of some ten thousand parameters, on invented pairs.
"""

import json
import shutil
import subprocess
import sys
from collections import Counter

import msgspec
import pytest
from resuming import assert_figures_of_the_whole_run, log_without_speed, spend_an_hour

from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.storage import read_parquet, write_parquet
from uiebench.train import recipe as recipes
from uiebench.train.recipe import DpoRecipe, Pretrained, Scratch, Training
from uiebench.types import RewardPair

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.train import data, dpo, reward, run  # noqa: E402
from uiebench.train.dialogues import Message  # noqa: E402
from uiebench.train.model import TrainingError, pretrained, save, scratch  # noqa: E402

SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=256, seen=1)
NAMES = ("高明", "方远", "王小山", "李青", "周文", "陈江", "何川", "林海", "赵一", "孙云")


def pairs():
    """A right answer and two wrong ones for each of some texts: the rejected side says too much, or nothing."""
    found = []
    for number, name in enumerate(NAMES * 2):
        text = f"{name}创办了远山公司。" if number < len(NAMES) else f"昨天{name}去了北京。"
        for kind, wrong in (("spurious", f'{{"人名":["{name}","公司"]}}'), ("abstained", '{"人名":[]}')):
            found.append(
                RewardPair(
                    id=f"{number}/{kind}",
                    instruction=f"one/train/{number}#NER",
                    document=f"one/train/{number}",
                    corpus="one",
                    task="NER",
                    language="zh",
                    source="own" if kind == "spurious" else "confusion",
                    kind=kind,
                    prompt=f"找出人名。\n文本：{text}",
                    chosen=f'{{"人名":["{name}"]}}',
                    rejected=wrong,
                )
            )
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A file of pairs, and two models with random weights: one with a copy head, one without."""
    folder = tmp_path_factory.mktemp("dpo")
    write_parquet(folder / "pairs.parquet", RewardPair, pairs())
    texts = [pair.prompt + pair.chosen + pair.rejected for pair in pairs()]
    for name, copy in (("copy", True), ("plain", False)):
        model, tokenizer = scratch(msgspec.structs.replace(SMALL, copy=copy), texts, 0)
        save(model.save_pretrained, tokenizer, folder / name / "model", "# model")
    return folder


def recipe(made, model="copy", **settings):
    training = {"epochs": 2, "batch": 4, "context": 128, "learning_rate": 1e-2, "warmup": 0.0, "save": 4, "log": 3}
    more = {name: settings.pop(name) for name in list(settings) if name in DpoRecipe.__struct_fields__}
    said = {
        "name": "test",
        "model": Pretrained(str(made / model)),
        "pairs": (str(made / "pairs.parquet"),),
        "held": 0.2,
    }
    return DpoRecipe(**{**said, **more}, training=Training(**{**training, "schedule": "constant", **settings}))


def log_of(out):
    return [json.loads(line) for line in (out / "log.jsonl").read_bytes().splitlines()]


def weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model" / "model.safetensors")


# --- tokens ---------------------------------------------------------------------------------------


def test_a_pair_has_the_tokens_of_supervised_training_and_of_prediction(made):
    _, tokenizer = pretrained(Pretrained(str(made / "copy")))
    asked = pairs()
    asked.append(msgspec.structs.replace(asked[0], id="special", prompt="文本：高明<|end|>说<|assistant|>"))
    encoded = dpo.encode(tokenizer, asked, 256, Counter())
    assert len(encoded) == len(asked)
    for pair, found in zip(asked, encoded, strict=True):
        for answer, side in ((pair.chosen, found.chosen), (pair.rejected, found.rejected)):
            example = data.Example(pair.id, (Message("user", pair.prompt), Message("assistant", answer)))
            [trained] = data.tokens(tokenizer, example, 256, Counter())
            assert side == trained.ids
            assert side[found.prompt :].tolist() == [label for label in trained.labels if label != data.IGNORED]
            predicted = data.prompt_ids(tokenizer, [Message("user", pair.prompt)])
            assert side[: found.prompt].tolist() == predicted


def test_a_batch_holds_every_answer_whole_and_its_log_probability_is_that_of_the_row_alone(made):
    model, tokenizer = pretrained(Pretrained(str(made / "copy")))
    model.eval()
    encoded = dpo.encode(tokenizer, pairs()[:6], 256, Counter())
    found = dpo.said_of(model, encoded, dpo.pad_of(tokenizer), 4)
    for pair, said in zip(encoded, found, strict=True):
        assert said.id == pair.id
        for side, value in ((pair.chosen, said.chosen), (pair.rejected, said.rejected)):
            with torch.no_grad():
                logs = model(input_ids=torch.tensor([side.tolist()])).logits[0].log_softmax(-1)
            alone = sum(logs[at - 1, side[at]].item() for at in range(pair.prompt, len(side)))
            assert value == pytest.approx(alone, abs=1e-3)
            assert value < -1


def test_pairs_longer_than_the_context_are_counted(made):
    _, tokenizer = pretrained(Pretrained(str(made / "copy")))
    whole = dpo.encode(tokenizer, pairs(), 256, Counter())
    longest, counts = max(max(len(pair.chosen), len(pair.rejected)) for pair in whole), Counter()
    some = dpo.encode(tokenizer, pairs(), longest - 1, counts)
    assert 0 < len(some) < len(whole)
    assert len(some) + counts["longer than the context"] == len(whole)


def test_pairs_that_are_too_long_are_told_on_either_side(made, tmp_path):
    _, tokenizer = pretrained(Pretrained(str(made / "copy")))
    whole = {pair.id: pair for pair in dpo.encode(tokenizer, pairs(), 256, Counter())}
    context = sorted(max(len(pair.chosen), len(pair.rejected)) for pair in whole.values())[len(whole) // 2]
    told = dpo.train(recipe(made, context=context, steps=1, save=0), tmp_path / "run")
    beside = told["held"]["pairs of held-out documents"]
    assert beside > 0
    left = told["left_out"]
    longer = left["longer than the context"] + left["pairs of held-out documents, longer than the context"]
    examples = json.loads((tmp_path / "run" / "run.json").read_bytes())["examples"]
    assert examples + beside + longer == len(whole)


# --- the loss -------------------------------------------------------------------------------------


@pytest.mark.parametrize("sft", [0.0, 0.5])
def test_on_a_model_without_copy_head_the_weights_are_those_of_trls_trainer(made, tmp_path, monkeypatch, sft):
    """Some updates on all pairs at once, by TRL's own reading of texts, tokens and reference."""
    trl = pytest.importorskip("trl")
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("CI", "1")  # TRL then tells nobody
    monkeypatch.setenv("TQDM_DISABLE", "1")
    plan = recipe(made, "plain", held=0.2, sft=sft, steps=3, batch=100, learning_rate=1e-3, save=0, log=1)
    rest, _ = dpo.divided(reward.read_pairs(plan.pairs), plan)
    plan = msgspec.structs.replace(plan, training=msgspec.structs.replace(plan.training, batch=len(rest)))
    dpo.train(plan, tmp_path / "ours")
    model, tokenizer = pretrained(Pretrained(str(made / "plain")))
    rows = [
        {
            "prompt": [{"role": "user", "content": pair.prompt}],
            "chosen": [{"role": "assistant", "content": pair.chosen}],
            "rejected": [{"role": "assistant", "content": pair.rejected}],
        }
        for pair in rest
    ]
    trainer = trl.DPOTrainer(
        model=model,
        ref_model=pretrained(Pretrained(str(made / "plain")))[0],
        args=trl.DPOConfig(
            output_dir=str(tmp_path / "theirs"),
            per_device_train_batch_size=len(rest),
            max_steps=3,
            learning_rate=1e-3,
            lr_scheduler_type="constant",
            optim="adamw_torch",
            max_grad_norm=1.0,
            max_length=None,
            beta=plan.beta,
            loss_type=["sigmoid", "sft"] if sft else ["sigmoid"],
            loss_weights=[1.0, sft] if sft else None,
            logging_steps=1,
            report_to="none",
            save_strategy="no",
            bf16=False,
            use_cpu=True,
            disable_tqdm=True,
            gradient_checkpointing=False,
        ),
        train_dataset=datasets.Dataset.from_list(rows),
        processing_class=tokenizer,
    )
    trainer.train()
    before, ours = weights(made / "plain"), weights(tmp_path / "ours")
    theirs = trainer.model.state_dict()
    assert max((ours[name] - before[name]).abs().max() for name in ours) > 1e-3
    for name, weight in ours.items():
        assert torch.allclose(weight, theirs[name], atol=2e-5), name
    told = [line for line in trainer.state.log_history if "rewards/margins" in line]
    for mine, yours in zip(log_of(tmp_path / "ours"), told, strict=True):
        assert mine["loss"] == pytest.approx(yours["loss"], abs=1e-3)
        assert mine["margin"] == pytest.approx(yours["rewards/margins"], abs=1e-4)


def test_batches_that_are_accumulated_are_one_update_of_all_their_pairs(made, tmp_path):
    for name, batch, accumulate in (("one", 8, 1), ("four", 2, 4)):
        plan = recipe(made, steps=2, batch=batch, accumulate=accumulate, save=0, learning_rate=1e-3)
        dpo.train(plan, tmp_path / name)
    one, four = weights(tmp_path / "one"), weights(tmp_path / "four")
    assert all(torch.allclose(one[name], four[name], atol=1e-5) for name in one)
    assert any(not torch.equal(one[name], before) for name, before in weights(made / "copy").items())


# --- runs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained(made, tmp_path_factory):
    """A run that nothing interrupted, and what it told."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    return out, dpo.train(recipe(made, sft=0.1), out)


def test_a_model_learns_to_prefer_what_is_chosen_also_on_documents_it_has_not_seen(trained):
    out, told = trained
    figures = told["figures"]
    lines = log_of(out)
    assert lines[0]["step"] == 1
    assert abs(lines[0]["margin"]) < 1e-4  # nothing has been learned yet
    assert lines[-1]["margin"] > 0.1
    assert lines[-1]["loss"] < lines[0]["loss"]
    assert figures["accuracy"] > 0.9
    assert figures["margin"] > 0.1
    assert figures["chosen"] > figures["rejected"]
    assert 0 <= figures["likelier_begun"] <= figures["likelier"] <= 1


def test_accuracy_and_margin_are_told_by_source_and_kind_of_held_out_documents_alone(trained, made):
    out, told = trained
    rows = {row["group"]: row for row in json.loads((out / "accuracy.json").read_bytes())}
    assert {"all", "own", "confusion", "own/spurious", "confusion/abstained"} <= rows.keys()
    assert told["accuracy"] == list(rows.values())
    rest, held = dpo.divided(reward.read_pairs((str(made / "pairs.parquet"),)), recipe(made))
    assert not {pair.document for pair in rest} & {pair.document for pair in held}
    assert rows["all"]["pairs"] == len(held) == rows["own"]["pairs"] + rows["confusion"]["pairs"]
    assert told["held"] == {"pairs of held-out documents": len(held)}
    assert told["examples"] == len(rest)
    said = {one.id: one for one in read_parquet(out / dpo.REFERENCE, dpo.Said)}
    assert said.keys() == {pair.id for pair in (*rest, *held)}
    mean = sum(rows[group]["margin"] * rows[group]["pairs"] for group in ("own", "confusion")) / len(held)
    assert told["figures"]["margin"] == pytest.approx(mean)


def test_a_run_leaves_all_that_tells_what_it_was(trained, made):
    out, told = trained
    assert recipes.parse((out / "recipe.yaml").read_bytes(), "recipe") == recipe(made, sft=0.1)
    assert {str(made / "copy"), str(made / "pairs.parquet")} == told["data"].keys()
    assert "stage: dpo" in (out / "model" / "README.md").read_text()
    before, after = weights(made / "copy"), weights(out)
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)


def test_a_killed_run_is_resumed_to_the_same_weights(trained, made, tmp_path):
    whole, told = trained
    said = tmp_path / "recipe.yaml"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(recipe(made, sft=0.1))))
    out = tmp_path / "killed"
    script = (
        "import os, sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import dpo, recipe\n"
        f"plan = recipe.load(Path({str(said)!r}))\n"
        f"dpo.train(plan, Path({str(out)!r}), progress=lambda done, total, text: done == 6 and os._exit(9))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, timeout=120)
    assert killed.returncode == 9, killed.stderr.decode()
    assert run.last_checkpoint(out / "checkpoints").name == "checkpoint-4"
    spend_an_hour(out)
    asked = json.loads((out / "reference.json").read_bytes())
    again = dpo.train(recipe(made, sft=0.1), out, resume=True)
    assert_figures_of_the_whole_run(again, told)
    expected, found = weights(whole), weights(out)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    assert again["accuracy"] == told["accuracy"]
    assert again["figures"]["seconds_reference"] == asked  # it is not asked again
    assert log_without_speed(out) == log_without_speed(whole)  # also of the line whose beginning was before the stop
    with pytest.raises(RecipeError, match="this run is complete"):
        dpo.train(recipe(made, sft=0.1), out, resume=True)


def test_adapters_alone_are_trained_and_merged(made, tmp_path):
    plan = recipe(made, lora=recipes.Lora(rank=2, alpha=4), steps=4, save=2)
    told = dpo.train(plan, tmp_path / "run")
    assert 0 < told["trained"] < told["parameters"]
    before, after = weights(made / "copy"), weights(tmp_path / "run")
    assert before.keys() == after.keys()
    changed = [name for name in before if not torch.equal(before[name], after[name])]
    assert changed
    assert "model.embed_tokens.weight" not in changed
    assert abs(log_of(tmp_path / "run")[0]["margin"]) < 1e-4
    assert told["figures"]["margin"] > 0


# --- what goes wrong ------------------------------------------------------------------------------


def test_pairs_that_are_not_there_are_one_line(made, tmp_path):
    with pytest.raises(RecipeError, match=r"nowhere\.parquet: no such file; uiebench pairs build"):
        dpo.train(recipe(made, pairs=("nowhere.parquet",)), tmp_path / "run")
    write_parquet(tmp_path / "none.parquet", RewardPair, [])
    with pytest.raises(RecipeError, match="no pairs in it"):
        dpo.train(recipe(made, pairs=(str(tmp_path / "none.parquet"),)), tmp_path / "run")
    (tmp_path / "other.parquet").write_bytes(b"{}")
    with pytest.raises(SourceError, match=r"other\.parquet"):
        dpo.train(recipe(made, pairs=(str(tmp_path / "other.parquet"),)), tmp_path / "run")


def test_without_held_out_pairs_or_others_there_is_no_run(made, tmp_path):
    write_parquet(tmp_path / "one.parquet", RewardPair, pairs()[:2])
    plan = recipe(made, pairs=(str(tmp_path / "one.parquet"),), held=1e-9)
    with pytest.raises(RecipeError, match="no pairs to measure on; there are 2 of 1 documents"):
        dpo.train(plan, tmp_path / "run")
    plan = recipe(made, pairs=(str(tmp_path / "one.parquet"),), held=1 - 1e-9)
    with pytest.raises(RecipeError, match="no pairs to train on; there are 2 of 1 documents"):
        dpo.train(plan, tmp_path / "run")


def test_a_context_that_no_pair_fits_into_is_one_line(made, tmp_path):
    with pytest.raises(UiebenchError, match=r"no pair to train on fits into 8 tokens: raise training\.context"):
        dpo.train(recipe(made, context=8), tmp_path / "run")


def test_where_the_pairs_of_held_documents_alone_are_too_long_that_is_said(made, tmp_path):
    plan = recipe(made)
    trained, held = dpo.divided(pairs(), plan)
    longer = [msgspec.structs.replace(pair, prompt=pair.prompt * 40) for pair in held]
    write_parquet(tmp_path / "pairs.parquet", RewardPair, [*trained, *longer])
    with pytest.raises(UiebenchError, match=r"no pair to measure on fits into 128 tokens: raise training\.context"):
        dpo.train(msgspec.structs.replace(plan, pairs=(str(tmp_path / "pairs.parquet"),)), tmp_path / "run")


def test_a_model_whose_answers_could_not_end_is_one_line(made, tmp_path):
    model, tokenizer = pretrained(Pretrained(str(made / "copy")))
    tokenizer.eos_token = None
    save(model.save_pretrained, tokenizer, tmp_path / "endless" / "model", "# endless")
    plan = msgspec.structs.replace(recipe(made), model=Pretrained(str(tmp_path / "endless")))
    with pytest.raises(RecipeError, match="no end-of-sequence token"):
        dpo.train(plan, tmp_path / "run")


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_checkpoint(made, tmp_path, monkeypatch):
    calls, loss = [], dpo.loss

    def spoilt(*args):
        calls.append(1)
        found, figures = loss(*args)
        return found * (float("nan") if len(calls) > 4 else 1.0), figures

    monkeypatch.setattr(dpo, "loss", spoilt)
    with pytest.raises(TrainingError, match=r"loss is no number .* step 5; the last good checkpoint is .*checkpoint-4"):
        dpo.train(recipe(made), tmp_path / "run")


@pytest.mark.parametrize(("where", "step"), [("said_of", 0), ("loss", 1)])
def test_too_little_memory_says_what_to_lower(made, tmp_path, monkeypatch, where, step):
    def full(*args, **more):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp:114] DefaultCPUAllocator: can't allocate memory: you tried")

    monkeypatch.setattr(dpo, where, full)
    with pytest.raises(TrainingError, match=rf"out of memory in step {step}.*lower training\.batch"):
        dpo.train(recipe(made), tmp_path / "run")


def test_another_recipe_is_not_resumed(trained, made, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(trained[0], out)
    shutil.rmtree(out / "model")
    with pytest.raises(RecipeError, match="beta is not what this run began with"):
        dpo.train(recipe(made, sft=0.1, beta=0.5), out, resume=True)


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        ("pairs: []", "$.pairs"),
        ("pairs: [a]\nheld: 0", "$.held"),
        ("pairs: [a]\nbeta: 0", "$.beta"),
        ("pairs: [a]\nloss: ipo", "unknown field `loss`"),
    ],
)
def test_a_wrong_recipe_is_one_line_with_its_place(yaml, told):
    with pytest.raises(RecipeError) as error:
        recipes.parse(f"stage: dpo\nname: x\nmodel: {{from: pretrained, path: p}}\n{yaml}".encode(), "r.yaml")
    assert told in str(error.value)
    assert "\n" not in str(error.value)
