# One door to everything. Needs Python 3.11 to 3.13 and make; `make` alone lists what there is.
# Each venv has a stamp file that is newer than its requirements, so a second run installs nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MINISTACK := .venv-ministack/.installed
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
# Packaging runs under the Python that is deployed: the newest of 3.13, 3.12 and 3.11 that is here.
SAM := .venv-sam/.installed
LAMBDA := .venv-lambda/.installed
# How many test files run side by side. 0 runs them one after the other, in this process.
JOBS ?= 2
PIP := -m pip install --quiet --disable-pip-version-check
SOURCES := $(wildcard app.py) $(wildcard chalicelib cli dev benchmarks tests)

.DEFAULT_GOAL := help
.PHONY: help run reset story test check format format-check lint types faults explore bench package e2e docs-img clean
.DELETE_ON_ERROR:

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) $(MINISTACK) ## Start everything on this machine and print the links (Ctrl-C ends it)
	@$(BIN)/python -m dev.stack

reset: ## Forget what the local stack has stored
	@$(PYTHON) -m dev.reset

story: $(RUN) $(MINISTACK) ## Play whole calls against the running app and compare ledger and tally
	@$(BIN)/python -m dev.story

test: $(DEV) $(MINISTACK) ## Run the tests; what could not run is named at the end
	@$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile --no-loadscope-reorder

check: format-check lint types package test ## The one door: format, lint, types, template lint, tests

format: $(DEV) ## Format the code and apply safe lint fixes
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

format-check: $(DEV) ## Check the format
	@$(BIN)/ruff format --check $(SOURCES)

lint: $(DEV) ## Lint
	@$(BIN)/ruff check $(SOURCES)

types: $(DEV) ## Check the types
	@$(BIN)/mypy

faults: $(DEV) $(MINISTACK) ## Play 10,000 rough calls, as many letters, and 100 broadcasts to 20,000 subscribers, with kills and losses
	@PATCHTHROUGH_FAULT_SEQUENCES=$${PATCHTHROUGH_FAULT_SEQUENCES:-10000} $(BIN)/python -m pytest tests/stories/test_faults.py tests/stories/test_lost_responses.py tests/domain/test_letter_in_any_order.py tests/stories/test_letter_events.py tests/stories/test_broadcast_faults.py tests/stories/test_text_faults.py

explore: $(DEV) $(MINISTACK) ## Look for examples that break a property, new ones each time (make test has its own)
	@$(BIN)/python -m pytest --hypothesis-profile=explore $$(grep -rl '^from hypothesis' tests)

bench: package $(DEV) ## Measure the budgets: zip, cold start, requests and write units of a call
	@$(BIN)/python -m benchmarks

package: $(SAM) ## Build the template and the zip in build/, lint both forms, print the size
	@.venv-sam/bin/python -m dev.package

e2e: package $(RUN) $(LAMBDA) ## Deploy the packaged template to a local AWS and play a call, a letter and texts, to their counts
	@$(BIN)/python -m dev.e2e

docs-img: $(DEV) $(MINISTACK) ## Take the README's screenshots anew (needs Chromium)
	@$(BIN)/python -m dev.screenshots

clean: ## Remove all that make has made: venvs, builds, caches, the local stack's memory
	@rm -rf $(VENV) .venv-ministack .venv-sam .venv-lambda .local build node_modules *.egg-info
	@rm -rf .pytest_cache .hypothesis .mypy_cache .ruff_cache .chalice/deployments
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUN): requirements.txt requirements-run.txt pyproject.toml
	@echo "Installing the app into $(VENV) (once)…"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Patchthrough needs Python 3.11 to 3.13; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make run PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(PIP) --editable .
	@touch $@

$(DEV): $(RUN) requirements-dev.txt
	@echo "Installing the test tools into $(VENV) (once)…"
	@$(BIN)/python $(PIP) --requirement requirements-dev.txt
	@touch $@

$(MINISTACK): requirements-ministack.txt
	@echo "Installing the local AWS into .venv-ministack (once)…"
	@test -x .venv-ministack/bin/python || $(PYTHON) -m venv .venv-ministack
	@.venv-ministack/bin/python $(PIP) --requirement requirements-ministack.txt
	@touch $@

$(SAM): requirements.txt requirements-package.txt
	@deployed="$$(sh dev/deployed_python.sh)" && echo "Packaging with $$($$deployed -V) ($$deployed)." \
	  && rm -rf .venv-sam && $$deployed -m venv .venv-sam
	@.venv-sam/bin/python $(PIP) --requirement requirements.txt --requirement requirements-package.txt
	@touch $@

$(LAMBDA): requirements-ministack.txt $(SAM)
	@rm -rf .venv-lambda && "$$(readlink -f .venv-sam/bin/python)" -m venv .venv-lambda
	@.venv-lambda/bin/python $(PIP) --requirement requirements-ministack.txt
	@touch $@
