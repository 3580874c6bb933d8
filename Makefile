# The commands of this project: `make help`.

VENV := .venv
PYTHON := $(VENV)/bin/python
REQUIREMENTS := constraints.txt $(wildcard requirements-*.txt dev/requirements*.txt worker/*/*.toml worker/model-files/*.* worker/model-files/*/*.py) dev/install.sh

# The stamps below are worth nothing once the Python of the environment was replaced or removed.
ifeq ($(shell $(PYTHON) -c 'import pip; print("works")' 2>/dev/null),)
REQUIREMENTS += reinstall
endif

# Some container images set it: then each of the many processes would compile every package again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test check fmt lock outdated audit bench drill chaos reinstall

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed-demo ## install what is missing, then run the whole stack with simulated candidates (Ctrl-C stops it)
	@$(PYTHON) -m dev demo

# make test FAST=1: the inner loop, without browsers and whole stacks. tests/house_rules are part of `make check`.
FAST_TESTS := tests/unit tests/house_rules tests/integration/test_contract.py tests/integration/test_authorisation.py
test: TESTS := $(if $(FAST),$(FAST_TESTS),tests/e2e tests/integration tests/unit)
test: $(VENV)/installed ## every test of the system (FAST=1: only unit and contract tests)
	$(PYTHON) -m pytest -n auto --durations=10 $(TESTS)

check: $(VENV)/installed ## lint, format, types, import and house rules
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m pytest -q tests/house_rules
	$(PYTHON) -m dev pages check

fmt: $(VENV)/installed ## format, and fix what ruff can
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format
	$(PYTHON) -m dev pages fmt

lock: $(VENV)/installed ## update constraints.txt to the newest versions that the requirements allow
	@sh dev/lock.sh $(VENV)/bin/uv --upgrade

outdated: $(VENV)/installed ## list packages that have newer versions
	@$(VENV)/bin/uv pip list --outdated --python $(PYTHON)
	@$(PYTHON) -m dev pages outdated

audit: $(VENV)/installed ## list known vulnerabilities of the code and its dependencies
	$(PYTHON) -m dev audit

chaos: $(VENV)/installed ## inject every fault under load, and check that nothing is lost
	$(PYTHON) -m dev chaos

bench: $(VENV)/installed ## measure the overhead of the system over its bare parts
	$(PYTHON) -m dev bench

drill: $(VENV)/installed ## measure 300 simulated candidates, and plan for 10,000 and 100,000
	$(PYTHON) -m dev drill --candidates 300 --interval 5 --minutes 2 --plan 10000 100000

$(VENV)/installed-demo: $(REQUIREMENTS)
	@sh dev/install.sh $(VENV) dev/requirements-demo.txt
	@touch $@

$(VENV)/installed: $(REQUIREMENTS)
	@sh dev/install.sh $(VENV) dev/requirements.txt
	@touch $@ $(VENV)/installed-demo
