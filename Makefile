# Everything a newcomer needs: `make run` or `make shell`. Both set up and train first, where that
# is still to be done. `make help` lists the rest.
PORT ?= 5005
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# What the model is trained from; a change of the second line is not seen by Rasa's own cache.
DATA_OF_MODEL := data/nlu data/rules data/stories config.yml domain.yml
UNSEEN_DATA := data/topics.yml data/terms data/follow_ups data/messages data/danger requirements.lock
CODE_OF_MODEL := scarwise/understanding

# Threads that wait for each other must not burn the time that the others need: on a busy machine
# training the judges took six times longer without it.
export OMP_WAIT_POLICY := passive

# The chat for websites, built from widget/src.
CHAT := widget/dist/.built
CHAT_SOURCES := $(shell find widget/src -type f) widget/build.mjs widget/tsconfig.json
CHAT_TOOLS := widget/node_modules/.ready
LIGHTHOUSE := widget/lighthouse/node_modules/.ready

PIP := $(BIN)/python -m pip -qq --no-input --disable-pip-version-check install --progress-bar off

.DEFAULT_GOAL := help
.PHONY: help setup run sms-demo shell test torture train check build evaluate diet lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

setup: $(READY) $(CHAT) ## install everything into .venv and widget/node_modules (once)
	@:

$(READY): requirements.lock pyproject.toml
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	    2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is another or none."; \
	  echo "Install one of them, or name it: make setup PYTHON=/path/to/python3.12"; exit 1; \
	fi; \
	echo "Set-up, once. 1 of 3: an environment of its own in $(VENV)."; \
	$$found -m venv $(VENV) </dev/null || { \
	  echo "Python cannot make environments; on Debian or Ubuntu: apt-get install python3-venv"; \
	  exit 1; }
	@echo "Set-up 2 of 3: the locked packages, about 1 GB on disk: 1 to 5 minutes."
	@$(PIP) --no-deps --ignore-requires-python --require-hashes -r requirements.lock </dev/null
	@$(PIP) --no-deps --no-build-isolation -e . </dev/null
	@$(BIN)/python -m rasa_compat
	@echo "Set-up 3 of 3: the language model, about 10 seconds."
	@$(BIN)/python -c "import logging; logging.disable(logging.WARNING); \
	  from scarwise.understanding.encoder import graph_path; graph_path()"
	@$(BIN)/scarwise build --check
	@touch $(READY)
	@echo "Set-up is done."

$(CHAT_TOOLS): widget/package.json widget/package-lock.json
	@node -e "const [a, b] = process.versions.node.split('.'); process.exit(a > 20 || b > 18 && a == 20 ? 0 : 1)" \
	  2>/dev/null || { \
	  echo "Node 20.19 or later is needed to build the chat for websites, and is not here."; \
	  echo "Install it with npm from your package manager or from nodejs.org, then go on."; exit 1; }
	@echo "Set-up of the chat for websites: its tools, then the chat: under a minute."
	@cd widget && npm ci --ignore-scripts --loglevel=error </dev/null
	@touch $@

$(LIGHTHOUSE): widget/lighthouse/package-lock.json
	@cd widget/lighthouse && npm ci --ignore-scripts --loglevel=error </dev/null
	@touch $@

$(CHAT): $(CHAT_TOOLS) $(CHAT_SOURCES)
	@cd widget && npm run --silent build </dev/null
	@touch $@

run: train ## start the assistant and print the address of its page
	@$(BIN)/scarwise run --port $(PORT)

sms-demo: train ## as run, with a pretend phone in the browser that writes text messages
	@$(BIN)/scarwise run --port $(PORT) --sms-demo

shell: train ## talk with the assistant in the terminal
	@$(BIN)/scarwise shell

test: setup ## every check and every test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(MAKE) --no-print-directory check train
	@$(BIN)/python -m pytest -q

torture: train $(LIGHTHOUSE) ## all that may be done to it, many times over: over an hour, and a table
	@TORTURE=1 $(BIN)/python -m pytest -q tests/torture tests/browser tests/knowledge/test_mutations.py

# Rasa is told to train anew where its cache cannot see the change.
train: setup ## train the model, if what it is made from has changed
	@newest=$$(ls -t models/*.tar.gz 2>/dev/null | head -n 1); force=; \
	changed() { [ -z "$$newest" ] || [ -n "$$(find "$$@" -newer "$$newest" 2>/dev/null)" ]; }; \
	if changed $(UNSEEN_DATA) || changed $(CODE_OF_MODEL) -name '*.py'; then force=--force; \
	elif ! changed $(DATA_OF_MODEL); then exit 0; fi; \
	echo "Training the model: 3 to 10 minutes, most of it before the first part is done." >&2; \
	mkdir -p .cache; rm -f .cache/train.ok; \
	{ $(BIN)/rasa train $$force </dev/null && touch .cache/train.ok; } 2>&1 | tee .cache/train.log | \
	  awk '/Finished training component/ {gsub(/.*component .|[^A-Za-z]*$$/, ""); \
	    print "  trained: " $$0; fflush()}' >&2; \
	if [ ! -f .cache/train.ok ]; then \
	  cat .cache/train.log; echo "Training failed; the reason stands above."; exit 1; fi; \
	touch "$$(ls -t models/*.tar.gz | head -n 1)"; \
	ls -t models/*.tar.gz | tail -n +3 | xargs rm -f; \
	echo "The model is trained." >&2

check: setup ## report every fault of the data, and built files that are stale
	@$(BIN)/scarwise check
	@$(BIN)/scarwise build --check

build: setup ## make training data and rules from documents, answers and questions
	@$(BIN)/scarwise build

evaluate: train ## measure how well patients are understood, and write a report
	@$(BIN)/scarwise evaluate

diet: setup ## install TensorFlow too (in a clone of its own): make evaluate then compares with DIET
	@$(PIP) --no-deps --require-hashes -r benchmarks/diet.lock </dev/null
	@echo "make evaluate takes DIET along from now on; make clean takes TensorFlow away."

lock: ## choose package versions anew after a change of pyproject.toml
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --extra test --python-version 3.11 pyproject.toml -o requirements.lock
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --group diet --python-version 3.11 -c requirements.lock -o benchmarks/diet.lock

clean: ## remove what was installed, built and trained; conversations in var/ stay
	@rm -rf $(VENV) .cache .rasa models .pytest_cache .ruff_cache .hypothesis *.egg-info
	@rm -rf widget/node_modules widget/lighthouse/node_modules widget/dist widget/artifacts
	@find . -name __pycache__ -prune -exec rm -rf {} +
