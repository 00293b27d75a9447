"""uiebench: a data-centric benchmark and dataset builder for universal information extraction."""

__version__ = "0.1.0"

BENCHMARK_VERSION = "0.1"
"""Raised, with a line under "Scores" in CHANGELOG.md, whenever a change can move a number."""
