# Two commands do all the set-up: `make demo` and `make test`. They need Linux, Python 3.11 or newer, and git.

ENGINE ?= process
VENV   ?= .venv
ARGS   ?=

# The newest of the Pythons on PATH that is at least 3.11.
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)

# uv trusts the system's certificates where there are any, so that a company's own authority is no obstacle.
SYSTEM_CERTIFICATES := $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem)
export UV_SYSTEM_CERTS ?= $(if $(SYSTEM_CERTIFICATES),true,false)

# Compiled once and kept, whatever the shell says: a start would compile both clouds and moto again each time.
unexport PYTHONDONTWRITEBYTECODE

# CC=true: all that any package would compile is sagemaker-training's shim for MPI, which is not used.

# A stamp says that an install finished; as long as it is newer than pyproject.toml the network is not touched.
RUNS    := $(VENV)/.complete-to-run
DEVELOP := $(VENV)/.complete-to-develop
ENOUGH_TO_RUN := $(if $(wildcard $(DEVELOP)),$(DEVELOP),$(RUNS))

.PHONY: help demo test check up venv benchmarks clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1|/' | column -t -s '|'

demo: $(ENOUGH_TO_RUN)  ## the whole loop, push to production and back; ENGINE=process or docker; leaves out/demo/
	$(VENV)/bin/simulator demo --engine $(ENGINE) $(ARGS)

test: $(DEVELOP)  ## all tests; those that need Docker or a browser skip where there is none, and say so
	$(VENV)/bin/python -m pytest $(ARGS)

check: $(DEVELOP)  ## formatter, linter, types, architecture, then all tests
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/python -m pytest $(ARGS)

up: $(ENOUGH_TO_RUN)  ## both clouds and the console, on loopback, until interrupted
	$(VENV)/bin/simulator up --engine $(ENGINE) $(ARGS)

venv: $(DEVELOP)  ## the virtual environment with everything to develop; says whether it is complete
	$(VENV)/bin/uv pip check --python $(VENV)/bin/python

benchmarks: $(DEVELOP)  ## what the loop costs beyond the work itself
	$(VENV)/bin/python benchmarks/loop.py --engine $(ENGINE) $(ARGS)

clean:  ## remove what was made here: the virtual environment, out/, caches
	rm -rf $(VENV) out dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/uv:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer on PATH. Debian 12 has one: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.13'

$(RUNS): pyproject.toml | $(VENV)/bin/uv
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python --editable '.[harness]'
	@touch $@

$(DEVELOP): pyproject.toml | $(VENV)/bin/uv
	CC=true $(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --editable '.[dev]'
	@touch $@
