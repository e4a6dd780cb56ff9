"""A frame's whole way over the GPU, on paper: real kernels, real network, a driver of paper."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.compiling import NoCompiler
from tests.engines.gpu import cpu_shim, paper_driver
from tests.forking import Program
from tests.quick import but_quick

SCENARIOS = [
    "the_people_are_those_of_the_maps",
    "the_person_is_the_one_of_the_maps",
    "the_upright_person_is_the_one_of_the_maps",
    "a_dancer_is_followed_as_on_the_processor",
    "both_kinds_of_tensors_serve",
    "a_graph_gives_what_plain_work_gives",
    "pictures_in_flight_come_back_in_order",
    "several_crops_are_one_launch",
    "a_frame_asks_for_no_memory_and_waits_once",
    "sizes_come_and_go_without_growth",
    "too_many_candidates_come_as_maps",
    "nobody_is_nobody",
    "what_cannot_be_used_is_refused_and_the_gpu_stays",
    "a_gpu_lost_in_the_middle_costs_no_frame",
    "a_gpu_without_memory_is_done_without",
    "an_engine_that_cannot_be_had_is_the_gpu_s_failure",
    "another_thread_watches_than_the_one_that_loaded",
    "what_tensorrt_is_asked_for_is_what_it_takes",
    "what_tensorrt_refuses_is_the_gpu_s_failure",
    "a_network_ends_before_the_gpu_that_it_runs_on",
    "what_cannot_be_captured_is_asked_for_step_by_step",
    "nonsense_from_the_gpu_is_its_failure",
    "each_limit_alone_sends_the_maps",
    "another_network_is_refused",
    "closing_waits_for_a_look",
]
LONG = {
    "both_kinds_of_tensors_serve",
    "pictures_in_flight_come_back_in_order",
    "several_crops_are_one_launch",
    "sizes_come_and_go_without_growth",
    "another_network_is_refused",
}
LAYERS = {"cuda-bindings": "cuda.bindings.driver", "pycuda": "pycuda.driver"}
QUICK = {(one, "cuda-bindings") for one in SCENARIOS if one not in LONG} | {
    (one, "pycuda")
    for one in (
        "the_people_are_those_of_the_maps",
        "a_graph_gives_what_plain_work_gives",
        "a_gpu_lost_in_the_middle_costs_no_frame",
        "a_gpu_without_memory_is_done_without",
    )
}
DEFERRED = [
    "the_people_are_those_of_the_maps",
    "a_graph_gives_what_plain_work_gives",
    "pictures_in_flight_come_back_in_order",
]


@pytest.fixture(scope="session")
def paper(for_all):
    if sys.platform != "linux":
        pytest.skip("the paper driver is a Linux library")
    if importlib.util.find_spec("cuda") is None:
        pytest.skip("cuda-bindings is not installed")
    try:
        kernels = cpu_shim.build_library(for_all / "paper")
        return paper_driver.build(for_all / "paper", kernels=kernels)
    except NoCompiler as why:
        pytest.skip(str(why))


def python(env, *words):
    return subprocess.run(
        [sys.executable, *words], env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session", params=LAYERS)
def layer(paper, request):
    told = python(paper, "-c", f"import {LAYERS[request.param]}")
    if told.returncode != 0:
        last = told.stderr.strip().splitlines()[-1]
        pytest.skip(f"{request.param} cannot be used: {last}")
    return request.param


@pytest.fixture(scope="session")
def program(paper):
    made = Program(Path(__file__).with_name("pass_scenarios.py"), paper)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("scenario", "layer"), but_quick(product(SCENARIOS, LAYERS), QUICK), indirect=["layer"]
)
def test_on_paper(program, scenario, layer):
    program.play(scenario, layer)


@pytest.mark.long
@pytest.mark.parametrize("scenario", DEFERRED)
def test_on_paper_where_nothing_happens_before_it_is_waited_for(program, scenario, layer):
    program.play(scenario, layer, PAPER_DEFERRED="1")


@pytest.mark.long
def test_the_real_tensorrt_refuses_a_driver_of_paper_and_the_game_goes_on(program):
    if importlib.util.find_spec("tensorrt_rtx") is None:
        pytest.skip("TensorRT for RTX is not installed")
    program.play("the_real_tensorrt_refuses_this_driver_and_the_game_goes_on", "auto")


def test_every_scenario_is_run():
    text = Path(__file__).with_name("pass_scenarios.py").read_text(encoding="utf-8")
    helpers = {
        "pictures",
        "device",
        "people",
        "same_candidates",
        "same_peaks",
        "region_of",
        "lasting",
        "by_tensorrt",
        "failure",
    }
    named = {
        line[4:].partition("(")[0] for line in text.splitlines() if line.startswith("def ")
    }
    refusal = "the_real_tensorrt_refuses_this_driver_and_the_game_goes_on"
    assert named - helpers == {*SCENARIOS, refusal}
