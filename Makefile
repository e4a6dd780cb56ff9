# make demo   dance the bundled song (HEADLESS=1: without window and sound card)
# make test   install and run the tests but the long ones
# make long   the long ones
# make races what has threads, once with each side of two threads slow
# make fuzz   so many hostile inputs for each door, other ones each time (CASES=1000)
# make words  gather the texts of the game into the catalogues of its languages
# make songs  make the bundled songs again, byte for byte
# make check  what CI checks beside the tests: style, types, import directions
.PHONY: demo test long races fuzz words check bench install songs clean

VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
CASES ?= 1000
SYSTEM := tools/install_system.sh
# a worker a core and a few more, as many tests wait for a clock; who is done takes tests from the others
WORKERS := -n $(shell $(PYTHON) -c "import os; n = os.cpu_count() or 1; print(n + max(1, n // 4))") \
	--dist worksteal

install: $(VENV)/.installed
$(VENV)/.installed: pyproject.toml $(SYSTEM) tools/link_checkout.sh
	@sh $(SYSTEM) play
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install -qq --editable .
	@sh tools/link_checkout.sh $(VENV)
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@sh $(SYSTEM) test
	$(BIN)/python -m pip install -qq --editable ".[dev]"
	@$(BIN)/python -m pip install -qq --editable ".[rtx]" \
		|| echo "TensorRT for RTX cannot be installed here: its engine builds are skipped"
	@command -v nvcc >/dev/null || $(BIN)/python -m pip install -qq --editable ".[kernels]" \
		|| echo "nvcc cannot be installed here: the tests that build the GPU kernels are skipped"
	@touch $@

demo: install
	@BIN=$(BIN) HEADLESS=$(HEADLESS) sh tools/demo.sh

# what a worker or a program compiles is kept for the others, whatever the shell says
test long races fuzz: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.tested
	$(BIN)/python -m pytest $(WORKERS)

long: $(VENV)/.tested
	$(BIN)/python -m pytest $(WORKERS) -m "long and not gpu and not camera"

# whatever opens a window, a device or a thread
THREADED := tests/faults tests/engines $(filter-out %/test_slow_threads.py,$(wildcard tests/test_*.py)) \
	$(addprefix tests/realtime/,commands dance devices game home library practice quiz shell studio workshop)

races: $(VENV)/.tested
	for side in teller worker; do \
		$(BIN)/python -m pytest $(WORKERS) -p tests.slow_threads --slow $$side $(THREADED) || exit 1; \
	done

fuzz: $(VENV)/.tested
	KPOPDANCE_CASES=$(CASES) $(BIN)/python -m pytest $(WORKERS) tests/faults -k fuzz

check: $(VENV)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

words: $(VENV)/.tested
	$(BIN)/python -m tools.tongues.make_words

bench: $(VENV)/.tested
	$(BIN)/python -m pytest -m bench -s
	$(BIN)/python -m tools.bench.run.bench_growth
	$(BIN)/python -m tools.bench.run.bench_offline
	$(BIN)/python -m tools.bench.run.bench_against

songs: $(VENV)/.installed
	$(BIN)/python -m tools.album.make

clean:
	rm -rf $(VENV) out build dist kpopdance.egg-info .mypy_cache .ruff_cache .pytest_cache
