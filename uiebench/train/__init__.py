"""The reference trainer: stages from SFT to PPO, a tagger, constrained decoding, prediction and chat evaluation.

It reads files alone.
"""

from __future__ import annotations

import importlib.util

from uiebench.errors import UiebenchError


def needed() -> None:
    """Raise UiebenchError if what training and prediction need is not installed."""
    missing = [name for name in ("torch", "transformers", "accelerate") if importlib.util.find_spec(name) is None]
    if missing:
        raise UiebenchError(f"{', '.join(missing)}: not installed; pip install 'uiebench[train]'")
