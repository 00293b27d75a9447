"""What the tests of all stages ask of a run that was stopped and resumed: figures and log of one that was not."""

import json

from uiebench.train import run

HOUR = 3600.0


def spend_an_hour(folder):
    """Make the newest checkpoint of a run folder say that an hour more had been spent when it was written."""
    import torch

    place = run.last_checkpoint(folder / "checkpoints")
    for name in ("spent.json", "state.json"):
        if (place / name).exists():
            said = json.loads((place / name).read_bytes())
            (place / name).write_text(json.dumps({**said, "seconds": said["seconds"] + HOUR}))
    if (place / "state.pt").exists() and not (place / "state.json").exists():
        state = torch.load(place / "state.pt", weights_only=True)
        torch.save({**state, "seconds": state["seconds"] + HOUR}, place / "state.pt")
    run.seal(place)


def assert_figures_of_the_whole_run(again, told):
    """Figures of a run that spent an hour before it was stopped, and of the same run without a stop."""
    timeless = [
        {key: value for key, value in one["figures"].items() if "second" not in key and key != "peak_gpu_gib"}
        for one in (again, told)
    ]
    assert timeless[0] == timeless[1]
    assert again["figures"].keys() == told["figures"].keys()
    assert told["figures"]["seconds"] < HOUR < again["figures"]["seconds"] < 2 * HOUR


def log_without_speed(folder):
    """The lines of the log of a run, but for what tells how fast it was."""
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_bytes().splitlines()]
    return [{key: value for key, value in line.items() if "second" not in key} for line in lines]
