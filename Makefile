# Two commands matter: `make recommend` and `make test`. Each prepares what it needs on a machine that has Python 3.11.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
# dbt writes Python bytecode and logs beside the project only; nothing is installed outside $(VENV).
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Bytecode is kept, also where the environment forbids it, as many container images do: otherwise each of the processes
# that a build or a test starts compiles all that it imports.
export PYTHONDONTWRITEBYTECODE :=

UV     := --quiet --python-version 3.11 --universal --generate-hashes --no-annotate --no-strip-extras

.DEFAULT_GOAL := help
.PHONY: help recommend test lint lint-types lint-sql browser screenshots build diff docs lock clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
	  || { echo "Glowhouse needs Python 3.11; '$(PYTHON)' is another. Run: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Creating $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked packages (about a minute the first time) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing the locked test tools …"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

recommend: $(VENV)/.runtime  ## Build the demo shop (or GLOWHOUSE_RAW) and show some customers their recommendations
	@$(BIN)/dbt build
	@$(BIN)/glowhouse show

build: $(VENV)/.runtime  ## Only the build: raw extracts to released recommendations
	@$(BIN)/dbt build

lint: $(VENV)/.dev  ## Style, layers and types of Python; style of SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@said=$$($(BIN)/lint-imports --no-cache) || { echo "$$said"; exit 1; }
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-sql

# Beside each other: one of them keeps one core busy, the other one the rest.
lint-types: $(VENV)/.dev
	@$(BIN)/mypy

lint-sql: $(VENV)/.dev
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models analyses tests/dbt

# Chromium and axe-core for the browser tests: looked for each time, installed only if missing.
browser: $(VENV)/.dev
	@$(BIN)/python -m tests.browser.equipment

test: $(VENV)/.dev lint browser  ## The whole suite: lint, Python tests, real dbt builds in temporary folders, a real browser
	@# Three for two cores: builds, services and browsers spend part of their time waiting.
	@$(BIN)/pytest -n 3 --dist worksteal --durations 10

screenshots: $(VENV)/.dev browser build  ## Take the README's pictures of storefront and widget anew
	@$(BIN)/python -m tests.browser.screenshots

BASE ?= main
diff: $(VENV)/.runtime  ## What the change since BASE (main) does to the demo shop's customers, as Markdown
	@$(BIN)/python -m benchmarks.change_diff $(BASE)

docs: $(VENV)/.runtime  ## The documentation site with lineage, as one file: target/static_index.html
	@$(BIN)/dbt docs generate --static

lock: $(VENV)/bin/python  ## Refresh the lock files from pyproject.toml (needs uv on the PATH)
	uv pip compile $(UV) --extra build --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile $(UV) --extra build -c requirements-dev.lock pyproject.toml -o requirements.lock

clean:  ## Remove what builds leave behind (the environment stays)
	rm -rf target logs artifacts releases serving_model tuning warehouse.duckdb* serving.duckdb* recommendations.parquet report.html
