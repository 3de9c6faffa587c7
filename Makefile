# `make demo` runs the product, `make test` proves it, `make check` is the quick half.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.ready-run
DEV_STAMP := $(VENV)/.ready-dev

# Tests and demo start dozens of processes, which read what the first one compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-dev demo serve test check check-code check-content bench pictures format lock clean messages schemas

setup: $(RUN_STAMP)
setup-dev: $(DEV_STAMP)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing; on Debian install python3-venv." >&2; exit 1; }

$(RUN_STAMP): requirements.txt pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: setup
	@$(BIN)/lms demo $(DEMO_ARGS)

serve: setup
	@$(BIN)/lms serve

test: setup-dev
	@$(BIN)/python tests/run.py

# What one core does stands side by side; the tests after it take two.
check: setup-dev
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-code check-content
	@$(BIN)/python -m pytest -n 2 -m "not database and not journey and not long and not slow"

check-code: setup-dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check-content: setup-dev
	@$(BIN)/lms content check

# What the pages cost beside a bare page; about ten minutes (see docs/performance.md).
bench: setup
	@$(BIN)/python -m benchmarks.engine
	@$(BIN)/python -m benchmarks.pages $(BENCH_ARGS)

# Every main page of the demo in both languages, light and dark, wide and narrow.
pictures: setup-dev
	@$(BIN)/python -m tests.pictures

format: setup-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# For those who change dependencies; needs uv. Only the exports are kept.
lock:
	uv lock --quiet
	uv export --quiet --format requirements-txt --no-header --no-annotate --no-emit-project --no-default-groups --group build -o requirements.txt
	uv export --quiet --format requirements-txt --no-header --no-annotate --no-emit-project --all-groups -o requirements-dev.txt

clean:
	rm -rf $(VENV) var

# Find messages in code and templates and bring the catalogues up to date.
messages: setup-dev
	@mkdir -p var
	@$(BIN)/pybabel -q extract -F babel.cfg -k _l -k message --no-location --sort-output -o var/messages.pot .
	@for language in ja en; do \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete -i var/messages.pot -o lms/web/translations/$$language.po -l $$language; done

# Write the schemas that editors use, from the parsers.
schemas: setup-dev
	@$(BIN)/python -m tests.content.schemas
