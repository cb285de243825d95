SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# Empty: every process would compile what it imports anew, which costs it more than its work.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test soak chaos check docs notebooks powerbi format lint types sql setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: setup ## the whole way on invented tenants, nothing to configure
	$(BIN)/posture demo

test: setup ## all tests
	$(BIN)/python -m pytest -n auto --no-loadscope-reorder

chaos: setup ## every attack there is: answers, files, disks, kills; half an hour, not part of check
	$(BIN)/python -m tests.attack

soak: setup ## ninety collection days, day by day and at once: an hour, not part of check
	$(BIN)/python -m tests.oracle.soak

check: setup ## what CI runs: format, lint, types, SQL, tests
	$(MAKE) --jobs 2 lint types sql
	$(MAKE) test

setup: $(INSTALLED) ## .venv with everything the others need

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(INSTALLED)

docs: setup ## docs/models.md from the models
	$(BIN)/posture model-docs > docs/models.md.next
	mv docs/models.md.next docs/models.md

# Without outputs: what a notebook shows comes from the data of whoever opens it.
notebooks: setup ## notebooks/*.ipynb from the *.py beside them
	for source in notebooks/*.py; do \
	  $(BIN)/marimo --quiet export ipynb $$source --force -o $${source%.py}.ipynb || exit 1; \
	done

powerbi: setup ## powerbi/ from the models
	$(BIN)/posture powerbi --schema > pipeline/powerbi/schema.json.next
	mv pipeline/powerbi/schema.json.next pipeline/powerbi/schema.json
	$(BIN)/posture powerbi --output powerbi

format: setup ## format Python and SQL
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix dbt_project

lint: setup ## format and lint of Python
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## mypy
	$(BIN)/mypy

sql: setup ## dbt parse and SQL lint
	$(BIN)/posture dbt-parse
	$(BIN)/sqlfluff lint --processes 2 dbt_project

clean: ## remove .venv and the data of runs
	rm -rf .venv data/lake data/warehouse data/published data/dagster data/demo
