"""What the tests share: where the original files are, if they are there, and how to compare golden files.

``UIEBENCH_RAW`` names a raw folder; without it a folder ``shared/corpora`` beside the checkout is used.
``UIEBENCH_GOLDEN=1`` (``make golden``) rewrites golden files in place of comparing them.
Properties are tried on the same examples every time; ``pytest --hypothesis-profile thorough`` tries many others.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("usual", settings.get_profile("thorough"), max_examples=60, derandomize=True, database=None)
settings.load_profile("usual")


def raw_folder() -> Path | None:
    named = os.environ.get("UIEBENCH_RAW")
    folder = Path(named) if named else ROOT.parent / "shared" / "corpora"
    return folder if folder.is_dir() else None


@pytest.fixture
def golden():
    """A function that compares text with a golden file, or rewrites the file."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get("UIEBENCH_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"{path} is missing: run `make golden` and read the diff"
        assert text == path.read_text(encoding="utf-8"), f"{path} differs: run `make golden` and read the diff"

    return compare
