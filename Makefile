# Everything a contributor types. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help ready ready-dev demo lint check fmt test rehearse screenshots bench docs lock

BIN := .venv/bin
COLLECTIONS := $(BIN)/python tests/kit/collections_dir.py
PYTHON_CODE := cli tests playbooks roles
OFFLINE_TESTS := tests/unit tests/cases tests/port tests/kit

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

ready:
	@.ci/bootstrap run

ready-dev:
	@.ci/bootstrap dev

demo: ready ## a real Odoo 19 with two proven stages, real data and a page of evidence
	@$(BIN)/phaseline demo

lint: ready-dev ## format, lint, types, import rules, YAML and Ansible
	$(BIN)/ruff format --check $(PYTHON_CODE)
	$(BIN)/ruff check $(PYTHON_CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/yamllint --strict .
	ANSIBLE_COLLECTIONS_PATH=$$($(COLLECTIONS)) PATH="$(CURDIR)/$(BIN):$$PATH" ansible-lint --offline

check: ready-dev ## lint and the fast tests (under two minutes)
	.ci/beside "$(MAKE) -s lint" "$(BIN)/pytest -q -n 2 --level 1 $(OFFLINE_TESTS)"

fmt: ready-dev ## format and repair what ruff can repair
	$(BIN)/ruff format $(PYTHON_CODE)
	$(BIN)/ruff check --fix $(PYTHON_CODE)

test: ready-dev ## lint and every test: also a real Odoo 19 and a real Chromium; COLD=1 without kept results
	PHASELINE_TEST_COLD=$(COLD) .ci/beside "$(MAKE) -s lint" \
	  "$(BIN)/pytest -n 3 --dist loadscope --level 2 $(if $(CHANGED),--changed) -m 'not bench' tests"

rehearse: ready-dev ## what takes over an hour and is due again; goes on where it was stopped
	$(BIN)/pytest -s --rehearse tests/hosts

screenshots: ready-dev ## take the README's picture of the report anew
	PHASELINE_RENEW_SCREENSHOTS=1 $(BIN)/pytest -q tests/journeys/test_report_of_the_demo.py

bench: ## rows a second, side by side with the peer loader
	@.ci/bootstrap bench
	@$(BIN)/python -m compileall -q cli/phaseline # an installed wheel is compiled, as the peer is
	$(BIN)/pytest -s -m bench -o addopts="--strict-markers --import-mode=importlib" tests/bench

docs: ready-dev ## write the generated reference tables of the READMEs anew
	$(BIN)/python tests/kit/reference.py

lock: ready-dev ## resolve the dependencies anew (needs pip-tools)
	for level in "requirements.lock --extra=build" \
	  "requirements-dev.lock --extra=build --extra=test --extra=lint" \
	  "requirements-bench.lock --extra=build --extra=test --extra=lint --extra=bench"; do \
	  pip-compile -q --upgrade --strip-extras --generate-hashes --allow-unsafe --no-header \
	  --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  pyproject.toml -o $$level || exit 1; done
