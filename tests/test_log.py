"""Logs: lines that a resumed run writes again, and trackers that are told the same figures by every stage."""

import importlib.machinery
import json
import sys
from types import ModuleType, SimpleNamespace

import msgspec
import pytest

from uiebench.build import pipeline
from uiebench.errors import RecipeError
from uiebench.recipe import BuildRecipe
from uiebench.train.recipe import (
    BiLstm,
    FromBenchmark,
    Grpo,
    GrpoRecipe,
    Ppo,
    PpoRecipe,
    Pretrained,
    Sampling,
    Scratch,
    SftRecipe,
    TaggerRecipe,
    TaggerTraining,
    Training,
)

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.train import grpo, ppo, sft, tagger  # noqa: E402
from uiebench.train.log import Log  # noqa: E402

SMALL = Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=512, seen=1)
QUICK = Training(steps=2, batch=2, context=512, save=0, log=1, report=("tensorboard",))


def module(monkeypatch, name, **more):
    """A package that is installed, whatever is in this environment."""
    made = ModuleType(name)
    made.__spec__ = importlib.machinery.ModuleSpec(name, None)
    made.__dict__.update(more)
    monkeypatch.setitem(sys.modules, name, made)


@pytest.fixture
def written(monkeypatch):
    """What was told to TensorBoard: for each writer its folder, its settings, and (figure, value, step)."""
    writers = []

    class SummaryWriter:
        def __init__(self, folder, **settings):
            self.folder, self.settings, self.told, self.closed = folder, settings, [], False
            writers.append(self)

        def add_scalar(self, name, value, global_step):
            self.told.append((name, value, global_step))

        def flush(self):
            pass

        def close(self):
            self.closed = True

    monkeypatch.setitem(sys.modules, "tensorboard", None)  # so that the other one is taken
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    module(monkeypatch, "tensorboardX", SummaryWriter=SummaryWriter)
    return writers


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A benchmark, and a model from scratch that has read its prompts."""
    folder = tmp_path_factory.mktemp("logs")
    pipeline.build(BuildRecipe("one", held_in=("resume",), samples=True), raw=None, out=folder / "one", jobs=1)
    data = (FromBenchmark(str(folder / "one"), tasks=("NER",)),)
    sft.train(SftRecipe("sft", SMALL, data, training=msgspec.structs.replace(QUICK, report=())), folder / "sft")
    return data, folder


def recipes(made):
    data, folder = made
    model, sampling = Pretrained(str(folder / "sft")), Sampling(batch=4, most=12)
    few = TaggerTraining(steps=2, batch=2, log=1, report=("tensorboard",))
    return {
        sft: SftRecipe("run", SMALL, data, data, QUICK),
        ppo: PpoRecipe("run", model, data, sampling=sampling, ppo=Ppo(answers=2), training=QUICK),
        grpo: GrpoRecipe("run", model, data, sampling=sampling, grpo=Grpo(prompts=1, answers=2), training=QUICK),
        tagger: TaggerRecipe("run", BiLstm(8, 8), data, data, training=few),
    }


@pytest.mark.parametrize("stage", [sft, ppo, grpo, tagger], ids=lambda stage: stage.__name__.rpartition(".")[2])
def test_every_stage_tells_tensorboard_the_figures_of_its_log(made, tmp_path, written, stage):
    stage.train(recipes(made)[stage], tmp_path / "run")
    [writer] = written
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_bytes().splitlines()]
    assert {line["step"] for line in lines} >= {1, 2}
    expected = [(name, value, line["step"]) for line in lines for name, value in line.items() if name != "step"]
    assert writer.told == expected
    assert writer.folder == str(tmp_path / "run" / "tensorboard")
    assert writer.closed


@pytest.mark.parametrize("stage", [sft, ppo, grpo, tagger], ids=lambda stage: stage.__name__.rpartition(".")[2])
def test_a_tracker_that_is_not_installed_is_one_line_before_anything_is_read(made, tmp_path, monkeypatch, stage):
    for name in ("tensorboard", "tensorboardX"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(RecipeError, match=r"tensorboard is not installed; pip install 'uiebench\[report\]'"):
        stage.train(recipes(made)[stage], tmp_path / "run")
    assert not (tmp_path / "run").exists()


def plan(*report):
    return SftRecipe("run", SMALL, (FromBenchmark("there"),), training=Training(context=512, report=report))


def test_a_resumed_run_takes_off_what_it_will_write_again_and_tells_the_tracker_so(tmp_path, written):
    log = Log(tmp_path, plan("tensorboard"))
    log.begin(-1)
    for step in range(4):
        log.tell({"step": step, "loss": 1.0 - step / 10})
    again = Log(tmp_path, plan("tensorboard"))
    again.begin(2)
    again.tell({"step": 3, "loss": 0.7})
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_bytes().splitlines()]
    assert [line["step"] for line in lines] == [0, 1, 2, 3]
    assert [writer.settings for writer in written] == [{"purge_step": 0}, {"purge_step": 3}]


def test_weights_and_biases_gets_the_recipe_and_each_line_at_its_step(tmp_path, monkeypatch):
    told, begun = [], {}
    kept = SimpleNamespace(log=lambda values, step: told.append((values, step)), finish=lambda: told.append("end"))
    module(monkeypatch, "wandb", init=lambda **settings: begun.update(settings) or kept)
    log = Log(tmp_path, plan("wandb"))
    log.begin(0)
    log.tell({"step": 5, "loss": 0.5})
    log.end()
    assert told == [({"loss": 0.5}, 5), "end"]
    assert (begun["project"], begun["name"], begun["config"]["name"]) == ("uiebench", "run", "run")


def test_a_tracker_that_cannot_begin_is_one_line(tmp_path, monkeypatch):
    def init(**_):
        raise RuntimeError("api_key not configured\n(no-tty)")

    module(monkeypatch, "wandb", init=init)
    with pytest.raises(
        RecipeError, match=r"^training.report: wandb cannot begin \(api_key not configured \(no-tty\)\)"
    ):
        Log(tmp_path, plan("wandb")).begin(0)
