"""The run folder: what a run was, what it has reached, and where it goes on.

    runs/tiny-sft/recipe.yaml         the recipe
    runs/tiny-sft/run.json            versions, fingerprints of the data, what was left out, parameters
    runs/tiny-sft/log.jsonl           {"step": 10, "loss": 1.93, "learning_rate": 0.001, "tokens_per_second": 8123, …}
    runs/tiny-sft/checkpoints/        checkpoint-500/ …, whole where complete.json lies in it
    runs/tiny-sft/model/              the final model with its tokenizer and card, as transformers loads it

A checkpoint that a kill left half-written is passed over; one that was whole and is damaged now is an error. While a
process trains in a folder it holds the lock file .lock in it, and no other one can.
"""

from __future__ import annotations

import functools
import importlib.metadata
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from uiebench.errors import RecipeError, shorten
from uiebench.hashing import sha256_file
from uiebench.storage import locked, write_bytes, write_json
from uiebench.train.model import FINAL, TrainingError

F = TypeVar("F", bound=Callable[..., Any])
COMPLETE = "complete.json"
LOCK = ".lock"
PREDICT = """    uiebench predict --model . --benchmark DIR
    uiebench score predictions.jsonl --benchmark DIR
"""
USES = {
    "reward": (
        "text-classification",
        """    from uiebench.train.reward import load_reward_model

    load_reward_model(".").rewards([prompt, …], [answer, …])   # the higher, the better
""",
    )
}
"""By stage what kind of model comes out, and how it is used; else one that predicts."""
PACKAGES = ("torch", "transformers", "tokenizers", "accelerate", "peft", "trl", "llguidance")


class Run(msgspec.Struct, frozen=True):
    """What a run is made of; written before the first step.

    Fields:
        data: SHA-256 of the manifest of each benchmark and of each file of dialogues.
        template: whose chat template: "tokenizer", or "built-in" where the tokenizer has none.
        parameters, trained: of the model, and how many of them are trained.
        examples, rows, updates, answer_tokens: what is trained on; rows and updates in all epochs together.
        left_out: what was not used, counted by reason.
        held: what is measured on and not trained on, counted.
        processes: on how many devices.
    """

    stage: str
    name: str
    uiebench: str
    python: str
    versions: dict[str, str]
    data: dict[str, str]
    template: str
    parameters: int
    trained: int
    examples: int
    rows: int
    updates: int
    answer_tokens: int
    left_out: dict[str, int]
    processes: int = 1
    held: dict[str, int] = {}


def versions() -> dict[str, str]:
    """The installed versions of what can move a result."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def python() -> str:
    """The version of Python."""
    return platform.python_version()


def alone(train: F) -> F:
    """A stage's `train`, with its run folder locked until it ends: two processes would write into each other's run.

    Of several processes of one run, as `accelerate launch` starts them, the first holds the lock for all; the launcher
    ends the others where it cannot.
    """

    @functools.wraps(train)
    def held(recipe: Any, out: Path, **more: Any) -> Any:
        if not first_process():
            return train(recipe, out, **more)
        new = not out.exists()
        try:
            with ExitStack() as stack:
                try:
                    out.mkdir(parents=True, exist_ok=True)
                    stack.enter_context(locked(out / LOCK, f"{out}: another process is training in it"))
                except OSError as error:
                    raise TrainingError(f"{out}: cannot be written ({error.strerror or error})") from None
                return train(recipe, out, **more)
        finally:
            if new:
                with suppress(OSError):
                    out.rmdir()  # nothing was written, as where a recipe is wrong

    return cast("F", held)


def first_process() -> bool:
    """Whether this is the process that writes and tells, where `accelerate launch` has started several."""
    return os.environ.get("RANK", "0") == "0"


def refuse_several(stage: str) -> None:
    """Raise RecipeError where several processes were started, for a stage that is one."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise RecipeError(f"the stage {stage} runs on one device; start it without accelerate launch")


def begin(folder: Path, recipe: msgspec.Struct, run: Run, *, resume: bool) -> None:
    """Write recipe.yaml and run.json, or with `resume` see that they are those of the run that goes on.

    Raises: RecipeError in one line where the folder holds another run, or one that nobody asked to resume.
    """
    told = folder / "run.json"
    said = msgspec.to_builtins(recipe)
    if not told.exists():
        if resume:
            raise RecipeError(f"{folder}: no run to resume in it; leave out --resume")
        if checkpoints(folder / "checkpoints") or (folder / FINAL).exists():
            raise RecipeError(f"{folder}: what a run has left, without its run.json; name another folder with --out")
        write_bytes(folder / "recipe.yaml", msgspec.yaml.encode(said))
        write_json(told, run)
        return
    if not resume:
        raise RecipeError(f"{folder}: there is a run already; --resume goes on with it, --out names another folder")
    try:
        before = msgspec.yaml.decode((folder / "recipe.yaml").read_bytes())
        was = msgspec.json.decode(told.read_bytes(), type=Run)
    except (OSError, msgspec.DecodeError) as error:
        told_of = error.strerror if isinstance(error, OSError) else error
        raise RecipeError(f"{folder}: its recipe.yaml or run.json is damaged ({told_of})") from None
    if differing := _differing(before, json.loads(json.dumps(said))):
        raise RecipeError(f"{folder}: {differing} is not what this run began with; name another folder with --out")
    for place, print_ in run.data.items():
        if was.data.get(place) != print_:
            raise RecipeError(f"{place}: it has changed since the run in {folder} began; name another --out")
    if was.processes != run.processes:
        raise RecipeError(
            f"{folder}: begun on {was.processes} devices, now there are {run.processes}; the result would be another"
        )


def _differing(before: Any, now: Any, place: str = "") -> str:
    """The place of the first setting that two recipes have otherwise."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in [*before, *(key for key in now if key not in before)]:
            if found := _differing(before.get(key), now.get(key), f"{place}.{key}" if place else str(key)):
                return found
        return ""
    return "" if before == now else place or "the recipe"


# --- checkpoints ----------------------------------------------------------------------------------


def seal(checkpoint: Path) -> None:
    """Say that a checkpoint is whole: names, sizes and SHA-256 of its files."""
    found = {
        path.relative_to(checkpoint).as_posix(): (path.stat().st_size, sha256_file(path))
        for path in sorted(checkpoint.rglob("*"))
        if path.is_file() and path.name != COMPLETE
    }
    write_json(checkpoint / COMPLETE, found)


def discard(checkpoint: Path) -> None:
    """Remove a checkpoint; killed meanwhile, it leaves one that is passed over, not one that is damaged."""
    (checkpoint / COMPLETE).unlink(missing_ok=True)
    shutil.rmtree(checkpoint)


def checkpoints(folder: Path) -> list[tuple[int, Path]]:
    """The checkpoints in a folder with their steps, the oldest first; whatever else lies there is left alone."""
    named = ((re.fullmatch(r"checkpoint-([0-9]+)", path.name), path) for path in folder.glob("checkpoint-*"))
    return sorted((int(step[1]), path) for step, path in named if step and path.is_dir() and not path.is_symlink())


def rotate(folder: Path, keep: int, best: int | None = None) -> None:
    """Remove the oldest checkpoints beyond `keep`, but that of step `best`; call it when the newest is sealed."""
    for step, path in checkpoints(folder)[:-keep]:
        if step != best:
            discard(path)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint. Raises: TrainingError if it is damaged."""
    found = [path for _, path in checkpoints(folder) if (path / COMPLETE).is_file()]
    if not found:
        return None
    if fault := _fault(found[-1]):
        others = f" to resume from {found[-2].name}" if len(found) > 1 else " to begin anew"
        raise TrainingError(f"{found[-1]}: damaged ({fault}); remove it{others}")
    return found[-1]


def _fault(checkpoint: Path) -> str:
    """What is wrong with a checkpoint, as far as can be seen without loading it."""
    try:
        found = msgspec.json.decode((checkpoint / COMPLETE).read_bytes(), type=dict[str, tuple[int, str]])
    except (OSError, msgspec.DecodeError):
        return f"{COMPLETE} cannot be read"
    for name, (size, digest) in found.items():
        path = checkpoint / name
        if not path.is_file():
            return f"{name} is missing"
        if path.stat().st_size != size:
            return f"{name} has {path.stat().st_size:,} bytes in place of {size:,}"
        try:
            if sha256_file(path) != digest:
                return f"{name} is altered"
        except OSError as error:
            return f"{name}: {shorten(' '.join(str(error).split()))}"
    return ""


def keep_log_until(path: Path, step: int) -> None:
    """Take lines off the log that lie behind a step, since they will be written again."""
    if not path.exists():
        return
    kept = []
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            if msgspec.json.decode(line)["step"] > step:
                continue
        except (msgspec.DecodeError, KeyError, TypeError):
            continue  # a line that was not finished
        kept.append(line)
    write_bytes(path, b"".join(kept))


def is_finished(folder: Path) -> bool:
    """Whether the final model is there."""
    return (folder / FINAL / "README.md").is_file()


def model_card(run: Run, base: str, recipe: msgspec.Struct, figures: Mapping[str, float], command: str) -> str:
    """The README.md of a model: what it is, what it was trained on, and how to use it."""
    origin = f"Trained from `{base}`" if base else "Trained from scratch"
    template = "that of the tokenizer" if run.template == "tokenizer" else "built in, since the tokenizer had none"
    pipeline, use = USES.get(run.stage, ("text-generation", PREDICT))
    opening = f"""\
{origin} by `{command}` (stage {run.stage}), with {run.parameters:,} parameters of which {run.trained:,} were trained,
on {run.examples:,} examples ({run.answer_tokens:,} tokens of answers). Its chat template is {template}.

{use}"""
    head = {"library_name": "transformers", "pipeline_tag": pipeline, "tags": "[information-extraction, uiebench]"}
    return card(run, recipe, figures, head | ({"base_model": base} if base else {}), opening)


def card(run: Run, recipe: msgspec.Struct, figures: Mapping[str, float], head: Mapping[str, str], opening: str) -> str:
    """The README.md of any model: its front matter, what opens it, and what all runs have."""
    front = "\n".join(f"{key}: {value}" for key, value in head.items())
    data = "\n".join(f"- `{place}` ({print_[:16]})" for place, print_ in sorted(run.data.items()))
    measured = "\n".join(f"| {name} | {value:,.4g} |" for name, value in figures.items())
    left = listed(run.left_out) or "- nothing"
    held = f"Measured on, not trained on:\n\n{listed(run.held)}\n\n" if run.held else ""
    used = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return f"""---
{front}
---
# {run.name}

{opening}
## Data

{data}

{held}Left out:

{left}

The licences of the corpora in these data say what may be done with the model; `uiebench corpora show NAME` tells them.

## Figures

| figure | value |
|---|---:|
{measured}

uiebench {run.uiebench}, Python {run.python}, {used}.

## Recipe

```yaml
{msgspec.yaml.encode(msgspec.to_builtins(recipe)).decode().strip()}
```
"""


def listed(counts: Mapping[str, int]) -> str:
    """Counts by reason as a list in Markdown."""
    return "\n".join(f"- {reason}: {count:,}" for reason, count in sorted(counts.items()))


def summary(run: Run, figures: Mapping[str, float]) -> dict[str, Any]:
    """Run and figures together, for --json."""
    return {**msgspec.to_builtins(run), "figures": dict(figures)}
