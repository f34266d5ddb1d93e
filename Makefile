# Everything goes through .venv: `make run` and `make test` need only Python 3.11 or newer, git and make.
PY := .venv/bin/python
UV := $(PY) -m uv

# A shop is several processes and its tests start hundreds: without bytecode on disk each takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

# Stamps: written only when everything was installed, so that an interrupted or failed run resumes.
RUN_READY := .venv/run.ready
DEV_READY := .venv/dev.ready

# The tests of a file stay in one process, for many files open a shop of their own; in the order that conftest.py gives.
# More processes than there are cores, by the number given: those that start shops and browsers wait a lot.
CORES := $(shell getconf _NPROCESSORS_ONLN)
BY_FILE = --numprocesses $$(($(CORES) + $(1))) --dist loadfile --no-loadscope-reorder

# Where data is written: `make test` runs these on PostgreSQL, too.
ON_POSTGRES := tests/orders tests/examples tests/configurator/admin tests/project/test_restore_drill.py

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run run-postgres bicycle code demo test test-postgres faults bench ci lint format types schema lighthouse messages pictures requirements browser

help: ## List these targets
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done
	@echo "Settings come from the environment or .env, for example: PORT=8001 VAR_DIR=var2 make run"

setup: $(RUN_READY) ## Make .venv with what the shop runs on (run does this by itself)

setup-dev: $(DEV_READY) ## Make .venv with what tests and checks need, too (test and ci do this by themselves)

$(RUN_READY): requirements.txt bin/setup
	@bin/setup requirements.txt
	@touch $@

$(DEV_READY): requirements.txt requirements-dev.txt bin/setup
	@bin/setup requirements-dev.txt
	@touch $(RUN_READY) $@

run: $(RUN_READY) ## Open the shop on http://127.0.0.1:8000 (PORT=8001 make run: another port); Ctrl-C stops it
	@$(PY) -m config.run

run-postgres: $(DEV_READY) ## The same on a PostgreSQL of its own, with two workers and two relays; Ctrl-C stops all of it
	@OWN_POSTGRES=true RUN_COPIES=$${RUN_COPIES:-2} $(PY) -m config.run

bicycle: $(RUN_READY) ## Put the second shipped product, a bicycle, on sale in the shop (running or not)
	@$(PY) manage.py load_catalogue bicycle

code: $(RUN_READY) ## Print the codes that the demo sign-ins are asked for after their passwords
	@$(PY) manage.py code

demo: $(RUN_READY) ## Order from the running shop over HTTP and let a pretend fulfilment make and ship it
	@$(PY) manage.py demo

test: $(DEV_READY) ## Run all tests, those of the database on SQLite and PostgreSQL (one file: make test TESTS=tests/project/test_run.py)
	@if [ -n "$(TESTS)" ]; then $(PY) -m pytest $(TESTS); else \
		SHOP_TEMPLATE=$$(mktemp -d) && export SHOP_TEMPLATE && trap 'rm -rf "$$SHOP_TEMPLATE"' EXIT && \
		$(PY) -m pytest -m "not alone" $(call BY_FILE,2) && \
		$(PY) -m pytest -p tests.on_postgres --first-cases $(call BY_FILE,1) $(ON_POSTGRES) && \
		$(PY) -m pytest -m alone $$(grep --recursive --files-with-matches --include='test_*.py' 'mark\.alone' tests); fi

test-postgres: $(DEV_READY) ## Run on PostgreSQL all tests of the database but slow ones that are not meant for both; `make test` does their first cases
	@$(PY) -m pytest -p tests.on_postgres $(call BY_FILE,1) tests

faults: $(DEV_READY) ## Let a shop under load suffer every fault, for an hour or so; writes docs/faults.md (ORDERS=2000: a tenth)
	@$(PY) -m tests.faults --orders $(or $(ORDERS),20000)

bench: $(DEV_READY) ## Measure mixing, pages, claims, hand-off and lists, each beside a named baseline
	@$(PY) -m benchmarks

ci: browser $(DEV_READY) ## Everything that must pass before a change lands: checks, then tests
	@bin/ci

lint: $(DEV_READY) ## Check code, templates and import rules
	@bin/ci lint

format: $(DEV_READY) ## Bring Python and templates into the project's format
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .
	@$(PY) -m djlint --reformat --quiet templates || $(PY) -m djlint --reformat --quiet templates || true

types: $(DEV_READY) ## Check types
	@bin/ci types

schema: $(DEV_READY) ## Write docs/openapi.yaml anew from the code
	@$(PY) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

lighthouse: $(DEV_READY) ## Let Lighthouse judge home, mixer and checkout; writes docs/lighthouse.md (needs Node.js)
	@$(PY) -m docs.lighthouse

messages: $(RUN_READY) ## Bring a language's file of translations up to date (make messages LANGUAGE=de), compile all
	@$(PY) -m config.messages $(if $(filter command line,$(origin LANGUAGE)),$(LANGUAGE))

pictures: $(DEV_READY) ## Take the pictures of README and docs/staff.md anew from a running shop
	@$(PY) -m docs.pictures

requirements: $(DEV_READY) ## Pin the newest allowed versions of requirements*.in in requirements*.txt
	@$(UV) pip compile --quiet --upgrade --no-emit-index-url --universal --python-version 3.11 \
		--custom-compile-command "make requirements" --output-file requirements.txt requirements.in
	@$(UV) pip compile --quiet --upgrade --no-emit-index-url --universal --python-version 3.11 \
		--custom-compile-command "make requirements" --output-file requirements-dev.txt requirements-dev.in

browser: ## Install Chromium for the browser tests where there is none (Debian, as root)
	@bin/browser
