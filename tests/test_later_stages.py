"""What a later stage begins with, and what a resumed run trusts: adapters in a folder, and a checkpoint's files."""

from pathlib import Path

import pytest

pytest.importorskip("torch")

from uiebench.errors import RecipeError
from uiebench.train import run
from uiebench.train.model import TrainingError, pretrained, save, scratch, with_adapters, with_number
from uiebench.train.recipe import Lora, Pretrained, Scratch


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
