# The only entry point people need. `make` alone lists the targets.
.DEFAULT_GOAL := help
R := .venv/rasa/bin/python
S := .venv/services/bin/python
PACKAGES_R := clinic bot actions
PACKAGES_S := clinic scheduling gateway scripts
.PHONY: help setup train run test check check-clinic evaluate bench bench-scheduling soak lock web

help: ## list what you can do here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{split($$1, name, ":"); printf "  make %-18s %s\n", name[1], $$2}'

setup: ## make the two Python environments (does nothing when they are right)
	@scripts/setup.sh

train: setup ## train the model, unless nothing changed
	@$(R) -m bot.train

run: train ## start everything; open http://127.0.0.1:8000/ when it says Ready
	@$(S) -m scripts.run

test: setup ## everything that must hold: checks, unit tests, races, talks in a real browser
	@scripts/test.sh

check: setup ## style, types, content, training data
	@scripts/check.sh

check-clinic: setup ## check clinic.yml alone
	@$(S) -m clinic

evaluate: train ## score understanding on the open test sets (FLOORS=1 judges the floors)
	@$(R) -m bot.evaluate

bench-scheduling: setup ## speed of the scheduling service, one JSON line
	@$(S) -m scheduling.bench

soak: setup ## the long runs: full loads, all talks, chaos
	@scripts/test.sh --soak

web: ## rebuild the chat widget (needs Node)
	@cd web && npm ci --ignore-scripts --silent && npm run --silent build

lock: setup ## renew the hash-locked lists after editing requirements/*.in
	@scripts/lock.sh

bench: train ## the stock rasa init bot and ours in one run, one JSON line
	@$(S) -m tests.bench
