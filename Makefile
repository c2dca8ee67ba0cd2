# make bench   the main job's quick version on this machine, and its tables
# make test    lint, types, layers, tests, and whether results/ says what the records and the claims say
# make gpu-evidence [SUITE=name]   the suites, or one, on an NVIDIA GPU, filed below results/; again, and it goes on
# All make the environment first; a stamp with the hash of pyproject.toml skips an install that is there.

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
HASH := $(shell sha256sum pyproject.toml | cut -c1-16)
STAMP := $(VENV)/.bench-$(HASH)
TEST_STAMP := $(VENV)/.bench-test-$(HASH)

.PHONY: bench test perf gpu-evidence

bench: $(STAMP)
	$(BIN)/bench run suites/rnn_vs_cnn.yaml --quick

test: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict bench suites tests
	$(BIN)/lint-imports
	$(BIN)/python -m pytest
	$(BIN)/bench report --check
	$(BIN)/bench claims --check

perf: $(TEST_STAMP)
	$(BIN)/python -m pytest tests/perf --benchmark-only

# INTERPRETER=python3 takes one that has all it needs, where nothing can be installed; ARGUMENTS=--dry-run measures nothing.
gpu-evidence: $(if $(INTERPRETER),,$(STAMP))
	$(or $(INTERPRETER),$(BIN)/python) -m tests.evidence.gpu $(SUITE) $(ARGUMENTS)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP): | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	rm -f $(VENV)/.bench-*
	touch $@

$(TEST_STAMP): | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	rm -f $(VENV)/.bench-*
	touch $(STAMP) $@
