# Every command sets itself up first: it needs Python 3.11 or newer (with venv) and make.
#
#   make figures    execute copies of the notebooks in build/, render all figures
#   make site       build the reading site into build/site
#   make test       the quick checks, in about two minutes: lint, notebooks, most of the tests
#   make test LONG=1  all checks, as continuous integration does: the long tests and types, too
#   make notebooks  execute the notebooks and store the new outputs
#   make lab        open the notebooks in JupyterLab
#   make refresh    bring headline, notebooks and figures into step with the tables
#   make check      run every rule on every row of the tables
#   make bench      mutations, kills, timings and peers, into benchmarks/RESULTS.md
#   make format     let ruff put code and notebooks in order
#   make lock       renew requirements.lock (needs uv)
#   make lowest     all tests on the lowest versions that are allowed, Python 3.11 (needs uv)
#   make newest     all tests on the newest versions, Python 3.13, or NEWEST=3.12 (needs uv)
#   make clean      remove .venv and everything else that git ignores and make makes

# The reference Python is 3.11: the stored outputs and figures were made with it.
# `make PYTHON=/path/to/python figures` uses another.
PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3 python,$(shell \
	$(p) -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(p))))

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
RUN := $(BIN)/python
STAMP := .venv/.installed

# Two BLAS threads on the tiny matrices of the filter are up to sixty times slower than one.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
# The project's own .venv, never a kernel or a package of the user's.
export JUPYTER_PREFER_ENV_PATH := 1
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compiled modules are kept: tests, notebooks and figures start many processes, each a quarter sooner.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup figures site test lint types tests notebooks refresh lab check bench format lock lowest newest clean

help:
	@sed -n 's/^#   make/make/p' Makefile

setup: $(STAMP)

# A folder that was moved or copied is set up anew: an editable install knows its old place.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

$(STAMP): requirements.lock pyproject.toml
	@$(if $(PYTHON),,echo 'No Python 3.11 or newer with venv found. Install one, or name it: make PYTHON=/path/to/python' >&2; exit 1)
	@echo '== set-up: .venv with $(PYTHON), from requirements.lock'
	$(PYTHON) -m venv --clear .venv
	$(RUN) -m pip install --quiet --require-hashes --no-deps --requirement requirements.lock
	$(RUN) -m pip install --quiet --no-build-isolation --no-deps --editable .
	$(RUN) -m pip check
	@echo '$(CURDIR)' > $(STAMP)

figures: setup
	@echo '== notebooks: executing copies in build/notebooks'
	$(RUN) notebooks/run.py --out build/notebooks
	@echo '== figures: rendering into figures/published'
	$(RUN) -m figures

site: setup
	@echo '== site: building pages and figures into build/site'
	$(RUN) -m web --out build/site $(if $(SITE_ADDRESS),--address '$(SITE_ADDRESS)')

# All tests run mypy, so that types are checked beside them and not before.
LONG ?=
test: lint tests

lint: setup
	@echo '== ruff: lint and format'
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: setup
	@echo '== mypy: types of polls, analysis, figures, web'
	$(RUN) -m mypy

# A module, or a notebook, is run by one process in its order: tests/conftest.py shares them out.
tests: setup
	@echo '== pytest: $(if $(LONG),all tests,tests that are not long), examples in docstrings, notebooks against their stored outputs'
	$(RUN) -m pytest tests polls analysis figures web notebooks --numprocesses auto \
		--dist loadscope --no-loadscope-reorder --nbval --nbval-current-env \
		--nbval-cell-timeout=120 --nbval-sanitize-with notebooks/sanitize.cfg \
		$(if $(LONG),,-m 'not long or quick')

notebooks: setup
	$(RUN) notebooks/run.py --in-place

refresh: setup
	$(RUN) notebooks/refresh.py

lab: setup
	$(RUN) -m jupyterlab notebooks

check: setup
	$(RUN) -m polls check

bench: setup
	$(RUN) benchmarks/run.py

format: setup
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

# One version of each package on all Pythons, with the hashes of its files for all platforms.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
		--fork-strategy fewest --generate-hashes --no-header --no-emit-index-url --upgrade \
		--quiet --output-file requirements.lock

# Both ends of the allowed range, each in an environment of its own; not the locked versions.
EXTRAS := notebooks,microdata,export,arviz,cluster,site,test
NEWEST ?= 3.13

lowest:
	uv venv --python 3.11 --clear build/lowest
	uv pip install --python build/lowest --resolution lowest-direct --editable '.[$(EXTRAS)]'
	build/lowest/bin/python -m pytest

newest:
	uv venv --python $(NEWEST) --clear build/newest-$(NEWEST)
	uv pip install --python build/newest-$(NEWEST) --upgrade --editable '.[$(EXTRAS)]'
	build/newest-$(NEWEST)/bin/python -m pytest

clean:
	rm -rf .venv build .hypothesis .mypy_cache .pytest_cache .ruff_cache
