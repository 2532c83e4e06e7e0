# Everything a newcomer needs. `make` alone prints this help.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
SETUP := $(VENV)/.ready

.PHONY: help
help: ## Print this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(SETUP): requirements-dev.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed: apt-get install python3 python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(SETUP) ## Create the virtual environment from the lock file

include web.mk

.PHONY: run
run: $(SETUP) web ## Serve the sandbox on 127.0.0.1:8000 (PORT=)
	$(BIN)/particulier serve --port $(PORT)

# Each file by one worker: what its tests share is made once. In their order, which begins with the longest.
.PHONY: test
test: $(SETUP) web clients ## Run every test (6 minutes or so on 2 cores once set up)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not campagne"

.PHONY: check
check: $(SETUP) ## What CI runs: style, types, import contracts, schema, generated documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/particulier schema | diff - schema.graphql || { echo "schema.graphql is stale: make schema"; exit 1; }
	$(BIN)/particulier erreurs | diff - docs/erreurs.md || { echo "docs/erreurs.md is stale: make docs"; exit 1; }
	$(BIN)/particulier rest-v3 | diff - docs/depuis-rest-v3.md || { \
		echo "docs/depuis-rest-v3.md is stale: make docs"; exit 1; }

.PHONY: schema
schema: $(SETUP) ## Print the schema into schema.graphql
	$(BIN)/particulier schema > schema.graphql

.PHONY: docs
docs: $(SETUP) ## Write the generated documentation
	$(BIN)/particulier erreurs > docs/erreurs.md
	$(BIN)/particulier rest-v3 > docs/depuis-rest-v3.md

.PHONY: campagnes
campagnes: $(SETUP) ## Long campaigns: explanations, shown schemas, quotas, kill -9, and the five below (half an hour)
	$(BIN)/pytest -m campagne -s

.PHONY: falsifications
falsifications: $(SETUP) ## 12,000 edits of journals by who owns them, and 1,200 honest ones (about 3 minutes)
	$(BIN)/pytest -m campagne -s tests/audit/test_verification.py tests/audit/test_verification_entrelacee.py

.PHONY: revocations
revocations: $(SETUP) ## Withdraw 3,000 rights from tokens: how soon two processes refuse
	$(BIN)/pytest -m campagne -s tests/abus/test_revocations.py

.PHONY: exfiltration
exfiltration: $(SETUP) ## Walk through 20,000 persons with a stolen token: what it obtains
	$(BIN)/pytest -m campagne -s tests/abus/test_exfiltration.py

.PHONY: forgeries
forgeries: $(SETUP) ## Present forged tokens, envelopes, signatures and attestations, and time their refusals
	$(BIN)/pytest -m campagne -s tests/abus/test_forgeries.py

.PHONY: pannes
pannes: $(SETUP) ## Take the journal away from a running server in seven ways: who is answered, how soon it heals
	$(BIN)/python -m tests.audit.pannes $(if $(REQUETES),--requetes $(REQUETES))

.PHONY: differentiel
differentiel: $(SETUP) ## 100,000 questions against the oracle (NOMBRE= HTTP= SEED=; CAS= plays one again)
	$(BIN)/python -m tests.proprietes.differentiel $(if $(NOMBRE),--nombre $(NOMBRE)) $(if $(HTTP),--http $(HTTP)) \
		$(if $(SEED),--seed $(SEED)) $(if $(CAS),--cas $(CAS))

.PHONY: consultations
consultations: $(SETUP) ## Read the journals of citizens among 10 million traces (TRACES=; about half an hour, 12 GB)
	$(BIN)/python -m tests.audit.journal_usager $(if $(TRACES),--traces $(TRACES))

.PHONY: mutations
mutations: $(SETUP) ## Change the code that decides, for half an hour, and see its tests fail (MINUTES= NOMBRE= MODULE= SEED=)
	$(BIN)/python -m tests.mutations $(if $(NOMBRE),--nombre $(NOMBRE)) $(if $(MODULE),--module $(MODULE)) \
		$(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

.PHONY: bench
bench: $(SETUP) ## Measure requests/s and latency against a bare forwarder
	$(BIN)/python -m bench

.PHONY: bench-audit
bench-audit: $(SETUP) ## Measure what the audit adds to each answer
	$(BIN)/python -m bench.audit

.PHONY: bench-verification
bench-verification: $(SETUP) ## Measure how many records of a journal are verified in a second (ENREGISTREMENTS=)
	$(BIN)/python -m bench.verification $(if $(ENREGISTREMENTS),--enregistrements $(ENREGISTREMENTS))

.PHONY: source
source: $(SETUP) ## Scaffold a source: make source NOM=cnous_bourse BLOC=BourseEtudiante
	$(BIN)/particulier source "$(NOM)" "$(BLOC)"

.PHONY: lock
lock: $(SETUP) ## Lock the dependencies again, with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

.PHONY: clean
clean: ## Forget what was built and stored
	rm -rf $(VENV) var node_modules gateway/static clients/*/generated clients/*/node_modules clients/python/.venv
