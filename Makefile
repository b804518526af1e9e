.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

# Kept bytecode halves the time that each process of the tests needs to begin.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEMO_INSTALLED := $(VENV)/.demo
DOCS_INSTALLED := $(VENV)/.docs
GROUPS_USED := sandbox servers test lint
DEMO_GROUPS := sandbox servers
DOCS_GROUPS := docs
# More arguments for pytest: make test ARGS="tests/unit -k lapse"
ARGS ?=
# Python files that differ from where this branch left main, or that git does not know yet; all where git has no say.
# Each name ends with a NUL.
CHANGED = if git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then \
	git diff -z --name-only --diff-filter=d "$$(git merge-base HEAD main 2>/dev/null || echo HEAD)" -- '*.py'; \
	git ls-files -z --others --exclude-standard -- '*.py'; else printf '.\0'; fi
# Processes that run tests, each with servers of its own; many tests wait rather than work. Files in order: the
# slow ones, acceptance, come first, so that no process is left with them alone.
JOBS ?= 4

.PHONY: help demo bench faults model docs schema released test lint format constraints clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

demo: $(DEMO_INSTALLED)  ## run all of dbaccess on this machine, in a browser (ARGS="--port 9000" chooses the port)
	@$(BIN)/python -m demo $(ARGS)

check: $(INSTALLED)  ## lint what changed, and run the tests that start no server (ARGS="…" goes to pytest)
	@echo "ruff of what differs from main" && { $(CHANGED); } | xargs -0 -r $(BIN)/ruff check --quiet --force-exclude --
	@{ $(CHANGED); } | xargs -0 -r $(BIN)/ruff format --quiet --check --force-exclude --
	@echo "mypy" && $(BIN)/mypy
	@echo "lint-imports" && $(BIN)/lint-imports
	@$(BIN)/pytest -q -n 2 -m "not servers" --ignore tests/contract/postgresql $(or $(ARGS),tests/unit tests/operations tests/contract)

test: $(INSTALLED)  ## run every test, on servers of its own (ARGS="…" goes to pytest, JOBS=1 runs one by one)
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

bench: $(INSTALLED)  ## measure, about ten minutes; writes bench/RESULTS.md (ARGS="--part driver" does one part)
	@$(BIN)/python -m bench $(ARGS)

faults: $(INSTALLED)  ## inject faults while grants begin and end, about twelve minutes (ARGS="--minutes 1 --seed 7")
	@$(BIN)/python -m bench.faults $(ARGS)

model:  ## explore the model of a grant's life, half a minute; needs spin and gcc
	@docs/model/check.sh

docs: $(DOCS_INSTALLED)  ## write the generated parts of the documentation, check prose and links, build the site
	@$(BIN)/python docs/generate.py
	@$(BIN)/python docs/prose.py
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs build/docs
	@echo "build/docs/index.html"

schema: $(INSTALLED)  ## record the schema that the migrations make, which dbaccess doctor compares with
	@$(BIN)/python -m tests.record_schema

released: $(INSTALLED)  ## freeze the newest revision at its release: its checksum, and a database of it for later tests
	@$(BIN)/python -m tests.migrations.release

lint: $(INSTALLED)  ## check style, types and import directions
	@echo "ruff check" && $(BIN)/ruff check --quiet .
	@echo "ruff format --check" && $(BIN)/ruff format --quiet --check .
	@echo "mypy" && $(BIN)/mypy
	@echo "lint-imports" && $(BIN)/lint-imports

format: $(INSTALLED)  ## fix what ruff can fix by itself
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

constraints: $(INSTALLED)  ## pin the newest versions that pyproject.toml allows
	@echo "resolving for every platform and Python from 3.11 on"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@sed -n '/^#/!q;p' constraints.txt > $(VENV)/constraints.new
	@$(BIN)/uv pip compile pyproject.toml $(patsubst %,--group %,$(GROUPS_USED) $(DOCS_GROUPS)) --universal \
		--python-version 3.11 --upgrade --strip-extras --no-emit-index-url --no-annotate --no-header --quiet \
		>> $(VENV)/constraints.new
	@mv $(VENV)/constraints.new constraints.txt
	@echo "constraints.txt is new; now: make test lint"

clean:  ## remove what was made here, .venv included
	@rm -rf $(VENV) .run build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(INSTALLED): pyproject.toml constraints.txt
	$(call install,$(GROUPS_USED))
	@touch $@ $(DEMO_INSTALLED)

# The demo needs neither tests nor linters, and is not to wait for them.
$(DEMO_INSTALLED): pyproject.toml constraints.txt
	$(call install,$(DEMO_GROUPS))
	@touch $@

$(DOCS_INSTALLED): pyproject.toml constraints.txt
	$(call install,$(DOCS_GROUPS))
	@touch $@

# uv installs in seconds what takes pip minutes on a busy machine. It does not read pip's configuration, so it is
# given pip's index, and pip installs where uv cannot. The pip that comes with Python 3.11 knows no groups.
INSTALL_ARGS = --editable . $(addprefix --group ,$(1)) --constraint constraints.txt

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "dbaccess needs Python 3.11 or newer: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "1 of 3: making $(VENV)"; $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "this Python has no venv; on Debian: apt-get install python3-venv" >&2; exit 1; }; }
	@echo "2 of 3: getting uv, which installs the rest"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check 'uv>=0.8' || echo "there is no uv here"
	@echo "3 of 3: installing into $(VENV)"
	@index=$$($(BIN)/python -m pip config list | sed -n "s/^global.index.url='\(.*\)'/\1/p"); \
	UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$${index:-}}}; \
	if [ -n "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX; else unset UV_DEFAULT_INDEX; fi; \
	VIRTUAL_ENV=$(abspath $(VENV)) UV_LINK_MODE=copy UV_NATIVE_TLS=1 UV_SYSTEM_CERTS=1 \
		$(BIN)/uv pip install --quiet $(INSTALL_ARGS) || { \
		echo "uv does not; pip takes its place, and a minute or two"; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade 'pip>=25.1'; \
		$(BIN)/python -m pip install -qq --disable-pip-version-check $(INSTALL_ARGS); }
endef
