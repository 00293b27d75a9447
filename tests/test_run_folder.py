"""A run folder: one process at a time, figures of the whole run after a stop, and what is said of its data."""

import subprocess
import sys

import msgspec
import pytest
import typer

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.build import pipeline  # noqa: E402
from uiebench.errors import RecipeError, UiebenchError  # noqa: E402
from uiebench.recipe import BuildRecipe  # noqa: E402
from uiebench.storage import locked  # noqa: E402
from uiebench.train import run, sft  # noqa: E402
from uiebench.train.model import TrainingError  # noqa: E402
from uiebench.train.recipe import FromBenchmark, Scratch, SftRecipe, Training  # noqa: E402

STAGES = ("sft", "tagger", "reward", "ppo", "grpo", "dpo")


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory):
    """A benchmark of one corpus from its sample."""
    folder = tmp_path_factory.mktemp("benchmarks") / "one"
    pipeline.build(BuildRecipe("one", held_in=("resume",), samples=True), raw=None, out=folder, jobs=1)
    return folder


def plan(benchmark, **settings):
    training = {"epochs": 10, "batch": 1, "context": 512, "learning_rate": 5e-3, "warmup": 0.0, "save": 4, "log": 2}
    return SftRecipe(
        name="test",
        model=Scratch(layers=2, hidden=32, heads=2, feed_forward=64, context=512, seen=1),
        data=(FromBenchmark(str(benchmark)),),
        training=Training(**{**training, **settings}),
    )


# --- one process at a time ------------------------------------------------------------------------


def test_a_second_process_does_not_train_in_the_folder_of_the_first(benchmark, tmp_path):
    said, out = tmp_path / "recipe.yaml", tmp_path / "run"
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(plan(benchmark))))
    script = (
        "import sys, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path\n"
        "from uiebench.train import sft, recipe\n"
        "def wait(done, total, text):\n"
        "    if done == 6:\n"
        "        print('waiting', flush=True)\n"
        "        sys.stdin.read()\n"
        f"sft.train(recipe.load(Path({str(said)!r})), Path({str(out)!r}), progress=wait)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout.readline() == b"waiting\n"
        log = (out / "log.jsonl").read_bytes()
        command = [sys.executable, "-m", "uiebench", "train", str(said), "--out", str(out), "--resume"]
        second = subprocess.run(command, capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert second.stderr == f"error: {out}: another process is training in it (process {first.pid})\n"
        assert (out / "log.jsonl").read_bytes() == log
        first.kill()
    sft.train(plan(benchmark), out, resume=True)  # a kill frees it
    assert run.is_finished(out)
    assert not (out / run.LOCK).exists()


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_takes_the_lock_before_anything_else(stage, tmp_path):
    import importlib

    train = importlib.import_module(f"uiebench.train.{stage}").train
    out = tmp_path / "run"
    out.mkdir()
    with locked(out / run.LOCK, "taken"), pytest.raises(UiebenchError, match="another process is training in it"):
        train(None, out)
    assert list(out.iterdir()) == []


def test_of_several_processes_of_one_run_the_first_holds_the_lock_for_all(tmp_path, monkeypatch):
    train = run.alone(lambda recipe, out, **more: (out / run.LOCK).exists())
    assert train(None, tmp_path / "run")
    monkeypatch.setenv("RANK", "1")
    with locked(tmp_path / "lock", "taken"):
        assert not train(None, tmp_path / "run")


def test_a_run_that_fails_before_it_writes_anything_leaves_no_folder(benchmark, tmp_path):
    wrong = msgspec.structs.replace(plan(benchmark), data=(FromBenchmark(str(tmp_path / "nowhere")),))
    with pytest.raises(UiebenchError, match="no complete benchmark"):
        sft.train(wrong, tmp_path / "runs" / "x")
    assert not (tmp_path / "runs" / "x").exists()
    with pytest.raises(RecipeError, match="no run to resume"):
        sft.train(plan(benchmark), tmp_path / "runs" / "x", resume=True)
    assert not (tmp_path / "runs" / "x").exists()


def test_a_run_folder_that_cannot_be_made_is_one_line(benchmark, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match=r"file/run: cannot be written"):
        sft.train(plan(benchmark), tmp_path / "file" / "run")


def test_what_else_lies_among_the_checkpoints_is_left_alone(benchmark, tmp_path):
    folder = tmp_path / "run" / "checkpoints"
    kept = [folder / "checkpoint-best", folder / "checkpoint-4 (copy)"]
    for place in kept:
        place.mkdir(parents=True)
    (folder / "checkpoint-999").touch()
    sft.train(plan(benchmark, steps=9, save=2, keep=2), tmp_path / "run")
    assert [step for step, _ in run.checkpoints(folder)] == [8, 9]
    assert all(place.is_dir() for place in kept)
    assert run.last_checkpoint(folder).name == "checkpoint-9"


def test_the_best_checkpoint_outlives_those_after_it(tmp_path):
    for step in (2, 4, 6, 10):
        (tmp_path / f"checkpoint-{step}").mkdir()
        run.seal(tmp_path / f"checkpoint-{step}")
    run.rotate(tmp_path, 1, best=4)
    assert [step for step, _ in run.checkpoints(tmp_path)] == [4, 10]
    run.rotate(tmp_path, 1)
    assert [step for step, _ in run.checkpoints(tmp_path)] == [10]


@pytest.mark.parametrize("left", ["checkpoints/checkpoint-4", "model"])
def test_a_run_does_not_begin_among_what_another_has_left(benchmark, tmp_path, left):
    (tmp_path / "run" / left).mkdir(parents=True)
    with pytest.raises(RecipeError, match=r"run: what a run has left, without its run\.json; name another folder"):
        sft.train(plan(benchmark), tmp_path / "run")


@pytest.mark.parametrize(("at", "told"), [(6, "from checkpoint-4"), (2, "from its beginning: no checkpoint yet")])
def test_ctrl_c_says_from_where_the_run_goes_on(benchmark, tmp_path, monkeypatch, capsys, at, told):
    from uiebench.cli import train as command

    said, out, real = tmp_path / "recipe.yaml", tmp_path / "run", sft.train
    said.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(plan(benchmark))))

    def stopped(recipe, out, *, resume, progress):
        def stop(done, total, text):
            if done == at:
                raise KeyboardInterrupt

        return real(recipe, out, resume=resume, progress=stop)

    monkeypatch.setattr(sft, "train", stopped)
    with pytest.raises(typer.Exit) as ended:
        command.train(said, out=out)
    assert ended.value.exit_code == 130
    assert capsys.readouterr().err == f"interrupted; --resume goes on with {out} {told}\n"
