# One command each. Everything is set up in .venv on first use; PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: demo test test-slow lint bench train picture client-pictures clean

demo: $(VENV)/.user   ## check an example draft and show what comes out
	$(BIN)/tone-check check --exit-zero --advice examples/hostile.txt
	$(BIN)/tone-check check examples/clean.txt
	@echo "(examples/clean.txt passed in silence)"

test: $(VENV)/.dev    ## the fast tests: under two minutes
	$(BIN)/python -m pytest -n auto -m "not slow"

test-slow: $(VENV)/.dev ## wheels, real mail clients, servers, notebooks
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev    ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev   ## timings as ratios, in one run
	$(BIN)/python -m benchmarks

train: $(VENV)/.encoder ## refit everything from data/, encoder included (about an hour and a half on two cores)
	$(BIN)/tone-check train --encoder

picture: $(VENV)/.dev ## docs/output.svg: the real output on examples/hostile.txt
	$(BIN)/python -m benchmarks.picture examples/hostile.txt docs/output.svg

client-pictures: $(VENV)/.dev ## docs/clients/: real clients refuse a hostile draft (tests/hook/debian-packages.txt says which)
	$(BIN)/python -m benchmarks.client_pictures

clean:                ## remove what the verbs above made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.user: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	touch $@

$(VENV)/.encoder: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev,encoder]'
	touch $@
