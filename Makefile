# A fresh clone needs Python 3.11 or newer and make; everything else is installed into .venv, in exact versions.
#
#   PYTHON=python3.13   use this Python (.venv is made anew when it holds another version)
#   ARGS="-k opt_out"   hand more arguments to pytest, the demo or the benchmark
#   UPGRADE=1           let `make lock` take newer versions

PYTHON ?=
ARGS ?=
UPGRADE ?=

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
BOOTSTRAPPED := $(VENV)/.bootstrapped
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo test check check-style check-types check-schemas check-locks bench lock clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(INSTALLED)  ## Install everything into .venv; quick when nothing has changed
	@:

demo: setup  ## Run the whole pipeline on a stream of messages, with a Kafka of its own
	@$(BIN)/compliance demo $(ARGS)

# Two processes at once, a file of tests in one of them; with ARGS one process, which says more while it runs.
test: setup  ## Run all tests, those against a real Kafka too
	@$(BIN)/python -m pytest -q $(or $(ARGS),-n 2 --dist loadfile)

check: check-locks check-style check-types check-schemas  ## Run all checks (`make -k check` goes on after a failure)

check-style: setup  ## Lint and check the format
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

check-types: setup  ## Check the types
	$(BIN)/mypy

check-schemas: setup  ## Check that the generated description of the topics is up to date
	$(BIN)/python -m pipeline.apps.asyncapi --check

bench: setup  ## Measure throughput and latency
	@$(BIN)/compliance bench $(ARGS)

clean:  ## Remove .venv, caches and what was built
	rm -rf $(VENV) dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name .git -prune -o -name __pycache__ -type d -exec rm -rf {} +

# --- installation ----------------------------------------------------------------------------------------------------

# Without PYTHON, a .venv that works stays as it is. A Python built as a shared library (as version managers often do)
# takes 10 % longer for a message (measured 2026-11-24, 3.11.7 beside 3.11.2): it is taken only when there is no other.
CANDIDATES = $(or $(PYTHON),python3 python3.13 python3.12 python3.11 /usr/bin/python3)
IS_NEW_ENOUGH := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
IS_SHARED := "libpython" in open("/proc/self/maps").read()

ifneq ($(PYTHON),)
ifneq ($(shell $(PYTHON) -V 2>/dev/null),$(shell $(BIN)/python -V 2>/dev/null))
$(shell rm -f $(BOOTSTRAPPED) $(INSTALLED))
endif
endif

$(BOOTSTRAPPED): requirements/bootstrap.txt
	@python=; \
	if [ -z "$(PYTHON)" ] && $(BIN)/python -c '$(IS_NEW_ENOUGH)' 2>/dev/null; then python=$(BIN)/python; else \
		for candidate in $(CANDIDATES); do \
			if "$$candidate" -c '$(IS_NEW_ENOUGH)' 2>/dev/null; then \
				python=$${python:-$$candidate}; \
				if "$$candidate" -c 'import sys; sys.exit($(IS_SHARED))' 2>/dev/null; then python=$$candidate; break; fi; \
			fi; \
		done; \
	fi; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 or newer is needed; tried: $(CANDIDATES). Name one: make PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if [ "$$($(BIN)/python -V 2>/dev/null)" != "$$("$$python" -V)" ]; then \
		echo "Making $(VENV) with $$("$$python" -V)"; \
		"$$python" -m venv --clear $(VENV) || { \
			echo "$$python can't make $(VENV); on Debian and Ubuntu install python3-venv" >&2; exit 1; }; \
	fi
	@$(BIN)/python -m pip -V >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

# The second way is for machines on which pip alone has been told of a mirror or a certificate.
$(INSTALLED): $(BOOTSTRAPPED) pyproject.toml requirements/development.txt
	@echo "Installing into $(VENV)"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/development.txt || { \
		echo "uv can't fetch the packages, pip is asked" >&2; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt; }
	@$(UV) pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@touch $@

# --- locks -----------------------------------------------------------------------------------------------------------

# What the locks depend on; its hash stands at the head of each, so that a stale lock is noticed without the network.
INPUTS_HASH = $(BIN)/python -c 'import hashlib, json, tomllib; \
	file = tomllib.load(open("pyproject.toml", "rb")); project = file["project"]; \
	inputs = [project[key] for key in ("requires-python", "dependencies", "optional-dependencies")]; \
	inputs += [file["build-system"]["requires"], file["dependency-groups"]]; \
	print(hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest())'

COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 $(if $(UPGRADE),--upgrade) \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

# $(call write_lock,name,arguments): an existing lock keeps its versions unless UPGRADE is set.
define write_lock
	@$(COMPILE) $(2) --output-file requirements/$(1).txt
	@{ echo '# Exact versions with hashes for Python 3.11 and newer. Do not edit: `make lock` writes it anew after a change in'; \
		echo '# pyproject.toml, `make lock UPGRADE=1` writes it with newer versions.'; \
		echo "# inputs: sha256:$$($(INPUTS_HASH))"; \
		cat requirements/$(1).txt; } > requirements/.$(1).new
	@mv requirements/.$(1).new requirements/$(1).txt
endef

lock: $(BOOTSTRAPPED)  ## Write the locks in requirements/ anew; needs the network
	$(call write_lock,bootstrap,--group bootstrap)
	$(call write_lock,development,pyproject.toml --extra development --extra patterns --group build --group check --group test)
	$(call write_lock,runtime,pyproject.toml --constraints requirements/development.txt)

check-locks: $(BOOTSTRAPPED)  ## Check that the locks belong to pyproject.toml
	@hash=$$($(INPUTS_HASH)); for name in bootstrap development runtime; do \
		grep -qx "# inputs: sha256:$$hash" requirements/$$name.txt || \
			{ echo "requirements/$$name.txt is older than pyproject.toml: run make lock" >&2; exit 1; }; \
	done
