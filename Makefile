# Everything Quorate needs is made here, in .venv, from pinned packages.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run class test validate bench lint format clean

run: $(VENV)/run.stamp
	@$(BIN)/python -m app serve --host $(HOST) --port $(PORT)

class: $(VENV)/run.stamp
	@$(BIN)/python -m app class $(if $(filter-out 127.0.0.1,$(HOST)),--host $(HOST)) --port $(PORT)

test: $(VENV)/dev.stamp $(VENV)/browser.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@$(BIN)/python scripts/javascript_tests.py
	$(BIN)/python -m pytest --ignore tests/browser -n 2
	$(BIN)/python -m pytest tests/browser -n 4 --dist load
	$(BIN)/python -m tests.planted_bugs --every 20

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

validate: $(VENV)/dev.stamp $(VENV)/browser.stamp
	$(BIN)/python -m tests.validate

bench: $(VENV)/dev.stamp $(VENV)/browser.stamp
	$(BIN)/python -m bench

$(VENV)/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo 'Quorate needs Python 3.11 or newer. Install it, or name it: make PYTHON=python3.12 …'; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo 'Python cannot make a virtual environment. On Debian: apt install python3-venv'; exit 1; }
	@touch $@

$(VENV)/run.stamp: $(VENV)/made.stamp requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/browser.stamp: $(VENV)/dev.stamp scripts/browser.py
	@$(BIN)/python scripts/browser.py --install
	@touch $@

clean:
	rm -rf $(VENV) .hypothesis .pytest_cache .mypy_cache .ruff_cache
