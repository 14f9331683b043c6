# The only entry point people need. `make` alone lists the targets.
.DEFAULT_GOAL := help
R := .venv/rasa/bin/python
S := .venv/services/bin/python
.PHONY: help setup run

help: ## what you can do here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'
