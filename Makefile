# One word each. `make up` and `make test` work on a fresh machine with Python 3.11 or newer and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: up test lint types schema demo bench format lock clean help

help: ## what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(READY): requirements.lock pyproject.toml plugins/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "OmniSales needs Python 3.11 or newer; say which with: make PYTHON=python3.13 ..." >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation -e plugins -e .
	@touch $(READY)

up: $(READY) ## everything, with embedded PostgreSQL and Valkey unless DATABASE_URL and REDIS_URL are set
	@$(BIN)/omnisales up $(ARGS)

test: $(READY) ## all tests, in parallel
	@$(BIN)/python -m pytest -n $${OMNISALES_TEST_WORKERS:-3} --dist worksteal $(ARGS)

lint: $(READY) ## style, types, import rules, the schema and the lock
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@MYPYPATH=examples/typed_client $(BIN)/mypy --config-file= --strict --follow-imports=silent examples/typed_client/confirm_reviewed.py
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.support.repository

types: $(READY) ## types only
	@$(BIN)/mypy

schema: $(READY) ## writes schema.graphql anew
	@$(BIN)/omnisales schema > schema.graphql

demo: $(READY) ## a recorded store's day, from webhook to delivery
	@$(BIN)/omnisales demo $(ARGS)

bench: $(READY) ## ratios against floors taken in the same run
	@$(BIN)/python -m bench $(ARGS)

format: $(READY)
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(READY) ## newest versions, with hashes
	@mkdir -p build/lock && cp LICENSE README.md build/lock/ && sed '/"omnisales-sdk"/d' pyproject.toml > build/lock/pyproject.toml
	@$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --extra dev --extra embedded \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --no-annotate \
		--output-file requirements.lock build/lock/pyproject.toml

clean:
	@rm -rf $(VENV) build *.egg-info plugins/*.egg-info .mypy_cache .ruff_cache
