# Everything a person needs after cloning: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Each imports TensorFlow and takes about 1 GB.
TEST_WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest --numprocesses=$(TEST_WORKERS) --dist=loadfile
STAMP := $(VENV)/.installed

.PHONY: setup demo test test-slow test-full lint format clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "automl needs Python 3.11, 3.12 or 3.13, and $(PYTHON) is " + sys.version.split()[0] + "; run: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@

demo: setup
	@$(BIN)/python examples/make_digits.py data/digits
	@$(BIN)/python examples/demo.py

test: setup
	$(PYTEST)

# Searches with a time budget need the machine for themselves, the others share it.
test-slow: setup
	$(BIN)/python -m pytest -m "slow and not full" --numprocesses=$(TEST_WORKERS) --dist=loadfile --ignore=tests/examples
	$(BIN)/python -m pytest -m slow tests/examples

test-full: setup
	TEST_FULL=1 $(BIN)/python -m pytest -m "slow or not slow" --numprocesses=$(TEST_WORKERS) --dist=loadfile

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) data dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
