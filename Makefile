# One command each. Everything is set up in .venv on first use; PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

FUZZ_SECONDS ?= 60
# Which mutants to run, as mutmut names them: make mutants MUTANTS='tone_check.span*'
MUTANTS ?=
AUDIT := .venv-audit

.PHONY: demo test test-slow lint bench bench-mailboxes adversarial fuzz mutants audit train rules reference tutorial \
	picture client-pictures report-picture clean

demo: $(VENV)/.user   ## check an example draft and show what comes out
	$(BIN)/tone-check check --exit-zero --advice examples/hostile.txt
	$(BIN)/tone-check check examples/clean.txt
	@echo "(examples/clean.txt passed in silence)"
	@echo "For your own drafts, in this shell: . $(VENV)/bin/activate, then tone-check check FILE"

test: $(VENV)/.dev    ## the fast tests: under two minutes
	$(BIN)/python -m pytest -n auto -m "not slow"

test-slow: $(VENV)/.dev ## wheels, real mail clients, servers, notebooks
	$(BIN)/python -m pytest -m slow

lint: $(VENV)/.dev    ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench  ## timings as ratios, in one run, beside VADER, proselint and (with npm) alex
	-test -x .bench/node_modules/.bin/alex || npm install --silent --no-save --prefix .bench alex@11 || true
	$(BIN)/python -m benchmarks --json benchmarks/results.json

bench-mailboxes: $(VENV)/.bench ## batch: memory and speed by the size of the mailbox, stages, profile, VADER (half an hour)
	$(BIN)/python -m benchmarks.mailboxes

adversarial: $(VENV)/.dev ## cost per byte of hostile input as it grows: must be flat (a quarter of an hour)
	$(BIN)/python -m benchmarks.adversarial

fuzz: $(VENV)/.hardening ## every fuzz harness for FUZZ_SECONDS (60); what breaks is kept in tests/fuzz/crashes
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

mutants: $(VENV)/.hardening ## mutation testing of spans, regions, the gate and the hook; see docs/explanation/hardening.md
	$(BIN)/mutmut run $(MUTANTS)
	$(BIN)/mutmut results

audit: constraints.txt ## known vulnerabilities of the pinned packages; needs PyPI's own service, a mirror is not enough
	test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && $(AUDIT)/bin/python -m pip --disable-pip-version-check install --quiet 'pip-audit>=2.10,<3'; }
	$(AUDIT)/bin/pip-audit --strict --no-deps --disable-pip --requirement constraints.txt

train: $(VENV)/.encoder ## refit everything from data/, encoder included (two and a half hours on two cores that know bfloat16)
	$(BIN)/tone-check train --encoder

rules: $(VENV)/.dev ## after a change to tone_check/rewrites/edits/*.toml: what is slow to find in them, kept beside them
	$(BIN)/python -c 'from tone_check.rewrites import rules; rules.keep()'

reference: $(VENV)/.dev ## docs/reference/: the command line, the JSON and the Python names, from the code
	$(BIN)/python -m docs.generate

tutorial: $(VENV)/.dev ## docs/tutorial.md: run its commands and put what they print below them
	$(BIN)/python -m docs.generate --tutorial

picture: $(VENV)/.dev ## docs/output.svg: the real output on examples/hostile.txt
	$(BIN)/python -m benchmarks.picture examples/hostile.txt docs/output.svg

client-pictures: $(VENV)/.dev ## docs/clients/: real clients refuse a hostile draft (tests/hook/debian-packages.txt says which)
	$(BIN)/python -m benchmarks.client_pictures

report-picture: $(VENV)/.dev ## docs/report.png: the report of a mailbox of two years (chromium, imagemagick)
	$(BIN)/python -m benchmarks.report_picture docs/report.png

clean:                ## remove what the verbs above made
	rm -rf $(VENV) $(AUDIT) .bench .fuzz mutants build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.user: $(BIN)/python pyproject.toml constraints.txt
	@echo "Setting up $(VENV): a minute or two and about 700 MB, once; pip is silent meanwhile."
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev]'
	touch $@

$(VENV)/.encoder: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev,encoder]'
	touch $@

$(VENV)/.bench: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev,bench]'
	touch $@

$(VENV)/.hardening: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) --editable '.[dev,hardening]'
	touch $@
