# Order Up. `make run` and `make test` are all the set-up there is.
#
# Everything is installed into .venv, from a lock with hashes, and anew when the lock has changed.
# Paths are relative, so that a directory with a space in its name does no harm. GNU make 3.81 will do.

PYTHON ?= python3
IN_VENV = .venv/bin/python
INSTALL = $(IN_VENV) -m pip install --quiet --disable-pip-version-check --require-hashes

# Each start of a process would compile every module again: half a second.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run workshop kit test test-all check format soak bench bench-quick screenshots lock clean

# In a kit (make kit) the wheels lie beside the source; then nothing is asked of the network.
ifneq ($(wildcard wheels/*.whl),)
export PIP_NO_INDEX = 1
export PIP_FIND_LINKS = wheels
endif

run: .venv/can-run  ## open the restaurant; flags: make run ARGS="--port 8080"
	@$(IN_VENV) orderup.py open $(ARGS)

workshop: .venv/can-run  ## open the workshop: the tale of two counters, on a store of its own
	@$(IN_VENV) orderup.py open --workshop $(ARGS)

KIT ?= kit

kit: .venv/can-run  ## source and wheels for a class without internet; elsewhere: make kit KIT=/media/stick
	$(IN_VENV) -m docs.workshop.kit "$(KIT)" $(ARGS)

test: check  ## everything that must hold
	$(IN_VENV) -m pytest --numprocesses 5 --dist loadfile --no-loadscope-reorder $(ONCE_MORE) \
		--cov --cov-report=term:skip-covered

# On a machine that is shared one wait in many thousands is spoiled by another program. So a test that fails
# is run once more, at most three in a run; what was wrong is printed, also if it was right the second time.
# `make test-all` repeats nothing.
ONCE_MORE = --reruns 1 --max-suite-reruns 3 --rerun-show-tracebacks

test-all: check  ## and the long ones: sizes, themes, languages, faults as long as the documents name
	ORDERUP_LONG_TESTS=1 $(IN_VENV) -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder -m ''

check: .venv/can-test  ## format, lint, types, imports
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv/can-test
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

soak: .venv/can-test  ## five minutes of random faults, and a ledger: make soak ARGS="--seed 7"
	$(IN_VENV) -m tests.faults.soak $(ARGS)

bench: .venv/can-test .venv-bench/ready  ## ours beside its peers, an hour; writes docs/benchmarks.md
	$(IN_VENV) -m bench $(ARGS)

bench-quick: .venv/can-test .venv-bench/ready  ## the same in a short form, under 2 minutes; only printed
	$(IN_VENV) -m bench --quick $(ARGS)

screenshots: .venv/can-test  ## the pictures of the README
	$(IN_VENV) -m docs.take_screenshots

.venv/can-run: requirements.lock
	@command -v "$(PYTHON)" >/dev/null && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed; if yours has another name: make run PYTHON=python3.13'; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null \
		|| { echo 'This Python cannot make a private environment: sudo apt install python3-venv'; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
	$(INSTALL) -r requirements.lock
	@touch $@

.venv/can-test: requirements-dev.lock .venv/can-run
	$(INSTALL) -r requirements-dev.lock
	@touch $@

.venv-bench/ready: bench/requirements.lock .venv/can-run
	"$(PYTHON)" -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r bench/requirements.lock
	@touch $@

lock:  ## after a change of the dependencies in pyproject.toml; needs uv
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(BENCH_COMPILE) --output-file bench/requirements.lock

COMPILE = uv pip compile pyproject.toml $(COMPILE_FLAGS)
BENCH_COMPILE = uv pip compile bench/requirements.in $(COMPILE_FLAGS)
COMPILE_FLAGS = --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --custom-compile-command 'make lock'

clean:  ## leaves orderup-data, where the orders are
	rm -rf .venv .venv-bench build dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
