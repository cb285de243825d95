SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
# Empty: every process would compile what it imports anew, which costs it more than its work.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test soak check docs notebooks powerbi format lint types sql setup clean

demo: setup
	$(BIN)/posture demo

test: setup
	$(BIN)/python -m pytest -n auto --no-loadscope-reorder

# Ninety collection days, built day by day and at once: the same facts. An hour, not part of check.
soak: setup
	$(BIN)/python -m tests.oracle.soak

check: setup
	$(MAKE) --jobs 2 lint types sql
	$(MAKE) test

setup: $(INSTALLED)

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(INSTALLED)

docs: setup
	$(BIN)/posture model-docs > docs/models.md.next
	mv docs/models.md.next docs/models.md

# Without outputs: what a notebook shows comes from the data of whoever opens it.
notebooks: setup
	for source in notebooks/*.py; do \
	  $(BIN)/marimo --quiet export ipynb $$source --force -o $${source%.py}.ipynb || exit 1; \
	done

powerbi: setup
	$(BIN)/posture powerbi --schema > pipeline/powerbi/schema.json.next
	mv pipeline/powerbi/schema.json.next pipeline/powerbi/schema.json
	$(BIN)/posture powerbi --output powerbi

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix dbt_project

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

sql: setup
	$(BIN)/posture dbt-parse
	$(BIN)/sqlfluff lint --processes 2 dbt_project

clean:
	rm -rf .venv data/lake data/warehouse data/published data/dagster data/demo
