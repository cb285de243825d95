SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
INSTALL := -m pip install --quiet --disable-pip-version-check
BY_CHECKSUM := --require-hashes --only-binary :all:
COMPILE := $(BIN)/uv --quiet pip compile --universal --python-version 3.11 \
  --generate-hashes --no-strip-extras --no-header --no-annotate
# Empty: every process would compile what it imports anew, which costs it more than its work.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test soak chaos bench bench-quick bench-peers check lock audit sbom docs notebooks powerbi format lint types sql setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: setup ## the whole way on invented tenants, nothing to configure
	$(BIN)/posture demo

test: setup ## all tests
	$(BIN)/python -m pytest -n auto --no-loadscope-reorder

chaos: setup ## every attack there is: answers, files, disks, kills; half an hour, not part of check
	$(BIN)/python -m tests.attack

soak: setup ## ninety collection days, day by day and at once: an hour, not part of check
	$(BIN)/python -m tests.oracle.soak

bench: bench-peers ## docs/benchmarks.md: a thousand tenants and a year, for hours
	$(BIN)/python -m tests.benchmarks

bench-quick: bench-peers ## the same in the small, in minutes; writes nothing
	$(BIN)/python -m tests.benchmarks --quick

bench-peers: setup ## .venv/bench with what collection is held against
	$(PYTHON) -m venv .venv/bench
	.venv/bench/bin/python $(INSTALL) $(BY_CHECKSUM) -r requirements-bench.lock

check: setup ## what CI runs: format, lint, types, SQL, tests
	$(MAKE) --jobs 2 lint types sql
	$(MAKE) test

setup: $(INSTALLED) ## .venv with everything the others need

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python $(INSTALL) --no-compile $(BY_CHECKSUM) -r requirements.lock
	$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable .
	touch $(INSTALLED)

# What is pinned stays where it can; `rm requirements.lock` first to take the newest of everything.
lock: setup ## requirements*.lock from pyproject.toml, for every supported Python and platform
	$(COMPILE) pyproject.toml --extra dev --output-file requirements.lock
	$(COMPILE) --group sbom --output-file requirements-sbom.lock
	$(COMPILE) --group bench --output-file requirements-bench.lock

# Strict: a package that the service could not be asked about is no package without a fault.
audit: setup ## known vulnerabilities of what is pinned, by a service on the network
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
	  --requirement requirements.lock --requirement requirements-sbom.lock \
	  --requirement requirements-bench.lock \
	  || { echo "make audit: not all that requirements*.lock pin \
	is known to be sound; update what is named, or ask again where the service answers" >&2; exit 1; }

sbom: setup ## dist/sbom.cdx.json: what is installed, as CycloneDX
	mkdir -p dist
	$(PYTHON) -m venv .venv/sbom
	.venv/sbom/bin/python $(INSTALL) $(BY_CHECKSUM) -r requirements-sbom.lock
	.venv/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
	  --output-format JSON --output-file dist/sbom.cdx.json $(BIN)/python

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
