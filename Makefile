# make demo and make test set everything up first; a second call installs nothing again.
# Another Python: make demo PYTHON=python3.12. An index that is configured for pip serves here too.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Apache Superset does not go together with Dagster: an environment of its own.
SUPERSET := .venv-superset
SUPERSET_STAMP := $(SUPERSET)/.installed
DEMO_WAREHOUSE := $(CURDIR)/demo/data/warehouse/warehouse.duckdb
# dbt compiles for the linter, in memory.
SQLFLUFF := PATH="$(CURDIR)/$(BIN):$$PATH" TACIT_WAREHOUSE=:memory: DBT_TARGET_PATH=$(CURDIR)/$(VENV)/dbt/target \
	DBT_LOG_PATH=$(CURDIR)/$(VENV)/dbt/logs $(BIN)/sqlfluff
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# Nothing reports home, and nothing tries the network once the set-up is done.
export DAGSTER_DISABLE_TELEMETRY := yes
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false

# What may keep an environment from being made is said in one sentence.
CHECK_PYTHON = import sys; v = sys.version_info[:2]; \
	sys.exit(0 if (3, 11) <= v < (3, 14) else "tacit needs Python 3.11, 3.12 or 3.13, and \
	$(PYTHON) is %d.%d; name another one: make $(MAKECMDGOALS) PYTHON=python3.12" % v)

.PHONY: help setup demo test test-superset lint format bench faults validate docs up lock clean
.DEFAULT_GOAL := help

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.* ## /  make \1\t/p' Makefile | expand -t 22

setup: $(STAMP) ## make the environment .venv, as locked

demo: setup ## run everything on a simulated company; results in ./demo
	@$(BIN)/tacit demo demo

test: setup ## run the tests
	@$(BIN)/pytest $(PYTEST_ARGS)

test-superset: setup $(SUPERSET_STAMP) ## the dashboard of dashboards/superset in a real Apache Superset
	@$(BIN)/pytest -n 0 -m superset tests/superset

lint: setup ## look over Python and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(SQLFLUFF) lint --processes 2 dbt_project
	@$(SQLFLUFF) lint --processes 2 --templater placeholder sql

format: setup ## put Python and SQL in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(SQLFLUFF) fix dbt_project
	@$(SQLFLUFF) fix --templater placeholder sql

bench: setup ## measure; see benchmarks/README.md
	@$(BIN)/python -m benchmarks

faults: setup ## kill, fill, flip and jump, and see that nothing is lost; see docs/faults.md
	@$(BIN)/python -m faults $(FAULTS_ARGS)

validate: setup ## look for effects of known size in hundreds of companies; see docs/effects.md
	@$(BIN)/python -m tests.validation $(VALIDATE_ARGS)

docs: setup ## write docs/questions.md and all documentation as one static site, from ./demo
	@test -e $(DEMO_WAREHOUSE) || $(BIN)/tacit demo demo
	@TACIT_WAREHOUSE=$(DEMO_WAREHOUSE) DBT_LOG_PATH=demo/docs/logs $(BIN)/dbt --quiet docs generate --static \
		--project-dir dbt_project --profiles-dir . --target-path $(CURDIR)/demo/docs
	@$(BIN)/python scripts/questions.py demo/data/published/current
	@$(BIN)/python scripts/docs_site.py demo/docs demo/data/published/current

up: setup ## open Dagster's web page on this machine only
	@$(BIN)/tacit up

lock: setup ## choose versions anew, within requirements*.in
	@$(LOCK) requirements-uv.in --output-file requirements-uv.lock
	@$(LOCK) requirements.in requirements-dev.in --output-file requirements.lock
	@$(LOCK) requirements-superset.in --output-file requirements-superset.lock

clean: ## forget the environment and the demo
	@rm -rf $(VENV) $(SUPERSET) demo

$(STAMP): requirements.lock requirements-uv.lock pyproject.toml scripts/install.py
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) here; tacit needs Python 3.11, 3.12 or 3.13." >&2; exit 1; }
	@$(PYTHON) -c '$(CHECK_PYTHON)'
	@test -x $(BIN)/python || { echo "Setting up $(VENV) (once, about a minute) ..."; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python scripts/install.py
	@touch $@

$(SUPERSET_STAMP): requirements-superset.lock scripts/install.py | $(STAMP)
	@echo "Setting up $(SUPERSET) (once, about a minute) ..."
	@$(BIN)/python scripts/install.py requirements-superset.lock $(SUPERSET)
	@touch $@
