"""`uiebench build`: a recipe becomes a benchmark."""

from __future__ import annotations


def build() -> None:
    """Build a benchmark."""
