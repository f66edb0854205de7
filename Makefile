# Every target first sets up .venv, which is quick if nothing has changed.
PYTHON ?= python3
BIN := .venv/bin
export PYTHONUTF8 := 1

.PHONY: help setup setup-dev demo up down query report calendars superset stores definitions rollback env test soak bench lint format lock clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/:/' | column -t -s:

setup:  ## Install the requirements into .venv
	@$(PYTHON) scripts/setup.py

setup-dev:
	@$(PYTHON) scripts/setup.py --dev

demo: setup  ## Load eight weeks from a local Services API, publish the warehouse, print a report
	@$(BIN)/python -m include.demo run

up: setup  ## Run the demo and keep Airflow running
	@$(BIN)/python -m include.demo up

down: setup  ## Stop the processes of `make up` or of an interrupted demo
	@$(BIN)/python -m include.demo down

query: setup  ## Query the published file, e.g. SQL="from marts.agg_account_weekly"
	@$(BIN)/python -m include.dashboard.query

report: setup  ## Write the weekly scorecard as one HTML file
	@$(BIN)/python -m include.dashboard.scorecard

calendars: setup  ## Write a calendar and a table of the next days for each technician
	@$(BIN)/python -m include.dispatch calendar

superset: setup  ## Write the bundle for Apache Superset (database, datasets, charts, dashboard)
	@$(BIN)/python -m include.bi superset

stores: setup  ## Add the stores that the stores file lacks, to be filled in
	@$(BIN)/python -m include.warehouse.stores

definitions: setup  ## Generate docs/definitions.md from the dbt project
	@$(BIN)/python -m include.bi definitions

rollback: setup  ## Publish the previous version again
	@$(BIN)/python -m include.warehouse.rollback

env:  ## Write .env for docker compose, with generated secrets (with SANDBOX=1 also a connection to the local API)
	@$(PYTHON) scripts/env.py $(if $(SANDBOX),--sandbox)

test: setup-dev  ## Run the tests
	@$(BIN)/python -m pytest --numprocesses 2

soak: setup-dev  ## Run the long tests, with many kills and a million jobs
	@$(BIN)/python -m pytest -m soak

bench: setup-dev  ## Run the benchmarks
	@$(BIN)/python -m pytest -m "" --override-ini addopts="-q -s --import-mode=importlib" tests/benchmarks

lint: setup-dev  ## Run Ruff, mypy, SQLFluff and dbt-bouncer
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@cd dbt_project && ../$(BIN)/sqlfluff lint models tests analyses --processes 2 --disable-progress-bar
	@$(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project --target-path target
	@$(BIN)/dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml

format: setup-dev
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

lock: setup-dev  ## Pin the requirements again, with the hash of every file
	@for name in requirements requirements-dev scripts/uv; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" $$name.in --output-file $$name.txt || exit 1; \
	done

clean: setup  ## Remove the demo's Airflow and warehouse; other files stay
	@$(BIN)/python -m include.demo clean
