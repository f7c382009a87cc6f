# Every command a person needs. Set-up happens by itself, inside this folder.
SHELL := /bin/sh
ifndef PYTHON
PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; \
	done; echo python3)
endif
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export CDK_HOME := $(CURDIR)/build/cdk-home
# A shell may say otherwise; every start would compile what it imports once more.
unexport PYTHONDONTWRITEBYTECODE
CDK := cdk
NAMED = $(if $(ENVIRONMENT),,$(error Name the environment: make $(MAKECMDGOALS) ENVIRONMENT=dev))

.DEFAULT_GOAL := help
.PHONY: help check test test-slow rehearse deploy upload backfill snapshot remove diff bench chaos review schemas

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup setup-deploy
setup:
	@$(PYTHON) install.py develop
setup-deploy:
	@$(NAMED)$(PYTHON) install.py deploy

check: setup ## format, lint, types, fast tests (under a minute when warm)
	ruff format --check .
	ruff check .
	mypy
	CDK_VALIDATION=false pytest -q -n auto -m "not slow and not gate"

test: setup ## the gate before every merge (under ten minutes)
	ruff format --check .
	ruff check .
	mypy
	pytest -q -n auto -m "not slow"
	@# Every branch of what decides about paid jobs is tried by its own tests.
	coverage run -m pytest -q tests/handlers
	coverage report

test-slow: setup ## the rest: long proofs, deployments to the embedded AWS
	pytest -q -n auto --dist loadfile -m slow

rehearse: setup ## everything from nothing, on the embedded AWS, no account needed
	@python -m rehearsal run

deploy: setup-deploy ## ENVIRONMENT=NAME [DATA=folder] [TRANSFORM=name]: deploy to AWS
	@python -m operate deploy "$$ENVIRONMENT" $(if $(DATA),--data "$$DATA") $(if $(TRANSFORM),--transform "$$TRANSFORM")

upload: NAMED += $(if $(DATA),,$(error Name the folder with models/ and inputs/: DATA=folder))
upload: setup-deploy ## ENVIRONMENT=NAME DATA=folder: put models/ and inputs/ into the buckets
	@python -m operate upload "$$ENVIRONMENT" --data "$$DATA"

backfill: NAMED += $(if $(TRANSFORM),,$(error Name the transform: TRANSFORM=faces))
backfill: NAMED += $(if $(and $(FIRST),$(LAST)),,$(error Name the days: FIRST=2030-01-25 LAST=2030-01-31))
backfill: setup-deploy ## ENVIRONMENT=NAME TRANSFORM=name FIRST=day LAST=day [AT_ONCE=2]: run each day that is not done
	@python -m operate backfill "$$ENVIRONMENT" "$$TRANSFORM" "$$FIRST" "$$LAST" --at-once "$${AT_ONCE:-2}"

snapshot: setup-deploy ## ENVIRONMENT=NAME: keep the deployed templates, for a review
	@python -m operate snapshot "$$ENVIRONMENT"

remove: setup-deploy ## ENVIRONMENT=NAME: remove from AWS
	@python -m operate remove "$$ENVIRONMENT"

diff: setup-deploy ## ENVIRONMENT=NAME: what a deployment would change
	@$(CDK) diff -c "environment=$$ENVIRONMENT"

export N ?= 1000
export SEED ?= 1
chaos: setup ## [N=1000] [SEED=1]: random life-cycles of the launcher into build/chaos.json
	@python -m chaos "$$N" "$$SEED"

bench: setup ## benchmarks into build/bench.json (ratios, both sides in one run)
	@python -m bench

review: setup ## BASE=<git ref>: what the working tree would change, into build/review/
	@$(if $(BASE),,$(error Name what to compare with: make review BASE=main))python -m review.tree "$$BASE"

schemas: setup ## write the JSON schemas of the environment files again
	@python -m private_transform.environment.schema environments
