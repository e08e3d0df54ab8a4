# Each target sets up whatever it needs first. PYTHON is any Python from 3.8 on; it only starts the set-up.
PYTHON ?= python3
HEADGATE_DEMO ?= true

.DEFAULT_GOAL := help
.PHONY: help run test check train lock

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Set up whatever is missing, then run everything (the demonstration district)
	@HEADGATE_DEMO=$(HEADGATE_DEMO) exec $(PYTHON) -m ops.bootstrap run

test: ## Set up whatever is missing, then run every test
	@exec $(PYTHON) -m ops.bootstrap test

check: ## Format, lint, types, arrows, fast tests
	@exec $(PYTHON) -m ops.bootstrap check

train: ## Train the assistant's model if its data, domain or configuration changed
	@exec $(PYTHON) -m ops.bootstrap train

lock: ## Lock the dependencies anew (versions and hashes) from the pyproject files
	@exec $(PYTHON) -m ops.bootstrap lock
