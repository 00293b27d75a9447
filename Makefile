# make build-benchmark   builds the embedded default, or RECIPE=recipes/….yaml RAW=DIR
# A fresh machine needs Python 3.11 or newer and make; everything else is installed into .venv.

RECIPE ?= recipes/quickstart.yaml
VENV   := .venv
BIN    := $(VENV)/bin
PIP     = $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# The first Python on the path that is new enough.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
            command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
            && { echo $$p; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help build-benchmark test check golden bench bench-audit storm fuzz clean

help:  ## list the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "make %-16s %s\n", $$1, $$2}'

build-benchmark: $(VENV)/.core  ## build a benchmark: RECIPE=recipes/quickstart.yaml, RAW=folder of native files
	$(BIN)/uiebench build $(RECIPE) $(if $(RAW),--raw $(RAW)) $(if $(OUT),--out $(OUT))

test: $(VENV)/.test  ## run the tests, a file on each core
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile

check: $(VENV)/.dev  ## format, lint, types, the floors of the architecture, and whether the data cards are fresh
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/uiebench cards --check

golden: $(VENV)/.test  ## rewrite the golden files; read the diff
	UIEBENCH_GOLDEN=1 $(BIN)/python -m pytest

bench: $(VENV)/.test  ## measure speed and memory: RAW=folder of native files
	$(BIN)/python tests/bench.py $(if $(RAW),--raw $(RAW))
	$(BIN)/python tests/bench_score.py
	$(BIN)/python tests/bench_instructions.py $(if $(RAW),--raw $(RAW))
	$(BIN)/python tests/bench_pairs.py
	$(BIN)/python tests/bench_decode.py
	$(BIN)/python tests/bench_train.py

SECONDS ?= 60
fuzz: $(VENV)/.dev  ## fuzz the reading of predictions: SECONDS=60 for each target
	@for target in outputs lines rows; do \
	  $(BIN)/python tests/fuzz_predictions.py $$target -max_total_time=$(SECONDS) -max_len=4000 -print_final_stats=1 \
	    -artifact_prefix=fuzz- || exit 1; done

bench-audit: $(VENV)/.test  ## measure the audit on a million invented texts with planted copies
	$(BIN)/python tests/bench_audit.py

storm: $(VENV)/.test  ## judge 10,000 candidates through faults and kills, against a server on loopback
	$(BIN)/python tests/storm_judge.py

clean:  ## remove what was installed and built
	rm -rf $(VENV) benchmarks .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "error: Python 3.11 or newer is needed" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/.test: $(VENV)/.core
	$(PIP) -e '.[test]'
	@touch $@

$(VENV)/.dev: $(VENV)/.test
	$(PIP) -e '.[test,dev]'
	@touch $@
