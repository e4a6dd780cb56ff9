"""Both device layers against the paper driver: what they ask of a GPU is really done, in memory.

Each scenario runs in a process of its own, so that this one stays without a driver. A GPU's speed
and the driver's own limits cannot be seen here.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from kpopdance.engines.gpu import probe
from kpopdance.engines.gpu.checks import ADVICE, refused_in_words
from kpopdance.engines.gpu.devices import open_device
from kpopdance.engines.gpu.probe import NoDriver
from tests.compiling import NoCompiler
from tests.engines.gpu import paper_driver
from tests.forking import Program

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the paper driver is a Linux library"
)

SCENARIOS = [
    "an_activated_thread_keeps_the_gpu_until_it_closes",
    "memory_may_be_freed_before_the_end",
    "graphs_and_moments_may_be_freed_before_the_end",
    "memory_of_a_lost_gpu_may_be_freed",
    "bytes_come_back_as_they_went",
    "every_byte_is_filled",
    "copies_that_leave_memory_are_refused",
    "arguments_arrive_intact",
    "arguments_are_those_of_the_launch",
    "kernels_are_known_by_name",
    "events_tell_time",
    "a_graph_does_what_plain_calls_do",
    "a_graph_may_be_launched_before_the_last_is_done",
    "a_capture_that_raises_leaves_nothing",
    "a_capture_may_neither_allocate_nor_wait",
    "a_capture_that_cannot_become_a_graph_leaves_nothing",
    "launching_a_graph_allocates_nothing",
    "any_thread_may_use_it",
    "memory_that_does_not_fit_is_told",
    "an_illegal_address_is_told_where_somebody_waits",
    "writing_beyond_memory_is_seen",
    "a_gpu_lost_at_the_third_frame_is_told",
    "a_gpu_that_refuses_even_its_context_can_be_closed",
    "closing_gives_everything_back_once",
    "every_error_of_the_driver_is_told",
    "a_gpu_that_cannot_be_opened_is_let_go",
    "the_layer_is_named",
    "the_layer_has_what_a_device_has",
]
DEFERRED = [
    "memory_may_be_freed_before_the_end",
    "a_moment_has_passed_once_it_was_waited_for",
    "bytes_come_back_as_they_went",
    "arguments_are_those_of_the_launch",
    "a_graph_does_what_plain_calls_do",
    "a_graph_may_be_launched_before_the_last_is_done",
    "any_thread_may_use_it",
    "closing_gives_everything_back_once",
    "an_illegal_address_is_told_where_somebody_waits",
]


@pytest.fixture(scope="session")
def paper(for_all):
    folder = for_all / "paper"
    source = paper_driver.HERE / "toy_kernels.cpp"
    try:
        kernels = paper_driver.compile_library(source, folder / "toy_kernels.so")
        return paper_driver.build(folder, kernels=kernels)
    except NoCompiler as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def program(paper):
    made = Program(paper_driver.HERE / "scenarios.py", paper)
    yield made
    made.close()


@pytest.fixture(scope="session")
def pycuda(paper):
    return python(paper, "-c", "import pycuda.driver")


def python(env, *args):
    return subprocess.run(
        [sys.executable, *args],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def need_bindings():
    if importlib.util.find_spec("cuda") is None:
        pytest.skip("cuda-bindings is not installed")


def need(layer, pycuda):
    need_bindings()  # pycuda's graphs need them too
    if layer == "pycuda" and pycuda.returncode != 0:
        pytest.skip(f"pycuda cannot be used: {pycuda.stderr.strip().splitlines()[-1]}")


@pytest.mark.parametrize("layer", ["cuda-bindings", "pycuda"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_at_once(program, pycuda, layer, scenario):
    need(layer, pycuda)
    program.play(scenario, layer)


@pytest.mark.parametrize("layer", ["cuda-bindings", "pycuda"])
@pytest.mark.parametrize("scenario", DEFERRED)
def test_nothing_done_before_somebody_waits(program, pycuda, layer, scenario):
    need(layer, pycuda)
    program.play(scenario, layer, PAPER_DEFERRED="1")


def test_without_graphs_pycuda_asks_plainly(program, pycuda):
    need("pycuda", pycuda)
    program.play("without_graphs_pycuda_asks_plainly", "pycuda")


def test_pycuda_is_used_first(program, pycuda):
    need("pycuda", pycuda)
    program.play("pycuda_is_used_first", "auto")


def test_without_pycuda_the_bindings_are_used(program):
    need_bindings()
    program.play("without_pycuda_the_bindings_are_used", "auto")


def test_without_any_layer_the_install_is_told(program):
    program.play("without_any_layer_the_install_is_told", "auto")


def test_a_driver_that_finds_no_gpu_is_told(paper):
    ran = python(
        paper | {"PAPER_FAIL": "cuInit:100:0"}, "-c",
        "from kpopdance.engines.gpu.devices import open_device; open_device()",
    )  # fmt: skip
    assert "NetworkError: the NVIDIA driver sees no GPU" in ran.stderr


def test_no_driver_is_told(monkeypatch):
    monkeypatch.setattr(probe, "LIBRARY", "no-such-driver.so")
    with pytest.raises(NoDriver, match="install the driver"):
        open_device()


@pytest.mark.parametrize("name", ADVICE)
def test_pycudas_words_are_named(name):
    words, todo = ADVICE[name]
    told = str(refused_in_words(f"cuMemAlloc failed: {words}"))
    assert told == f"the GPU's driver answers cuMemAlloc with {name}; {todo}"
    assert "cuX failed: never seen" in str(refused_in_words("cuX failed: never seen"))


def test_the_errors_are_the_drivers_own():
    need_bindings()
    from cuda.bindings import driver

    assert set(ADVICE) <= set(driver.CUresult.__members__)
