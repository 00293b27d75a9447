PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RECIPE ?= recipes/quickstart.yaml
golden:  ## rewrite the golden files; read the diff
	UIEBENCH_GOLDEN=1 $(BIN)/pytest -q tests
