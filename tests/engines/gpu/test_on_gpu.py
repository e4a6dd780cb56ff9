"""The whole way on a real GPU, in whichever runtime serves it there; see also test_kernels."""

from __future__ import annotations

import pytest

from kpopdance.engines.choose import BUNDLED
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.decoding import PeopleDecoding
from kpopdance.engines.gpu.frame_pass import FramePass
from kpopdance.engines.gpu.vision import GpuVision
from kpopdance.engines.placement import place
from tools.bench.run import bench_gpu
from tools.bench.run.gpu_close import ON_A_GPU, close_figures, dancers
from tools.bench.run.gpu_networks import NO_NETWORK, best_network

pytestmark = pytest.mark.gpu
SIZE = (368, 432)


def opened(onnx, decode, size):
    try:
        network, refusals = best_network(onnx, decode, size)
    except NetworkError as why:
        pytest.skip(str(why))
    if NO_NETWORK in network.runtime:
        network.close()
        pytest.skip(f"no runtime serves this GPU: {refusals}")
    return network


@pytest.fixture(scope="module")
def network():
    network = opened(BUNDLED, PeopleDecoding, SIZE)
    yield network
    network.close()


@pytest.fixture(scope="module")
def pictures():
    return [one.image for one in dancers(8, bench_gpu.PICTURE)]


def test_maps_and_joints_are_those_of_onnx_runtime(network, pictures):
    told = bench_gpu.agreement(GpuVision(network, ""), BUNDLED, pictures, SIZE)
    assert told["joints"] >= 100
    assert told["maps_apart"] <= bench_gpu.MAPS_AT_MOST
    assert told["joints_px"]["p95"] <= bench_gpu.JOINTS_AT_MOST_PX


def test_a_graph_gives_what_plain_work_gives(network, pictures):
    sized, decoding = network.at_size(SIZE)
    size = pictures[0].shape[:2]
    graph, plain = (FramePass(sized, decoding, size, graphs=on) for on in (True, False))
    at = place(pictures[0].shape, None, SIZE)
    assert bench_gpu.same_work(graph, plain, decoding, pictures, at)


def test_frames_take_no_memory(network, pictures):
    sized, _ = network.at_size(SIZE)
    told = bench_gpu.soak(GpuVision(network, ""), sized, pictures, SIZE, 10.0)
    assert told["frames"] > 100
    assert told["bytes_taken"] <= bench_gpu.GROWTH_AT_MOST


@pytest.mark.parametrize("name", ON_A_GPU)
def test_the_dancer_is_the_one_of_onnx_runtime(name):
    try:
        told = close_figures(name, dancers(8, bench_gpu.PICTURE), 2)
    except NetworkError as why:
        pytest.skip(str(why))
    if NO_NETWORK in told["runtime"]:
        pytest.skip(f"no runtime serves this GPU: {told['refused']}")
    assert told["graph_equals_plain"]
    assert told["joints_px"]["p50"] <= bench_gpu.JOINTS_AT_MOST_PX
