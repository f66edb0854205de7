# Every target sets up what it needs in .venv first; that is quick when nothing has changed.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 := 1

.PHONY: help setup setup-dev demo up down query report superset definitions rollback env test soak bench lint format lock clean

help:  ## What there is to run
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/:/' | column -t -s:

setup:  ## Set-up alone
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

demo: setup  ## 30 days from a local Services API to a published warehouse, then a report
	@$(BIN)/python -m include.demo run

up: setup  ## The same, and Airflow stays up for a look
	@$(BIN)/python -m include.demo up

down: setup  ## Stop what `make up` (or an interrupted demo) has left running
	@$(BIN)/python -m include.demo down

query: setup  ## Ask the published file, e.g. SQL="from marts.agg_account_weekly"
	@$(BIN)/python -m include.dashboard.query

report: setup  ## The weekly scorecard as one HTML file
	@$(BIN)/python -m include.dashboard.scorecard

superset: setup  ## The bundle for Apache Superset (database, datasets, charts, dashboard)
	@$(BIN)/python -m include.bi superset

definitions: setup  ## docs/definitions.md, from the dbt project
	@$(BIN)/python -m include.bi definitions

rollback: setup  ## Publish the version before this one again
	@$(BIN)/python -m include.warehouse.rollback

env:  ## .env for docker compose, with fresh secrets (SANDBOX=1: with the local API's connection)
	@$(PYTHON) scripts/env.py $(if $(SANDBOX),--sandbox)

test: setup-dev  ## The tests
	@$(BIN)/python -m pytest --numprocesses 2

soak: setup-dev  ## The long proofs, with many kills and a million jobs
	@$(BIN)/python -m pytest -m soak

bench: setup-dev  ## The measured comparisons
	@$(BIN)/python -m pytest -m "" --override-ini addopts="-q -s --import-mode=importlib" tests/benchmarks

lint: setup-dev  ## Ruff, mypy, SQLFluff, dbt-bouncer
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@cd dbt_project && ../$(BIN)/sqlfluff lint models tests analyses --processes 2 --disable-progress-bar
	@$(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project --target-path target
	@$(BIN)/dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml

format: setup-dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: setup-dev  ## Pin requirements anew, with the hash of every file
	@for name in requirements requirements-dev scripts/uv; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit 1; \
	done

clean: setup  ## Forget the demo, its Airflow and its warehouse; what the demo did not make stays
	@$(BIN)/python -m include.demo clean
