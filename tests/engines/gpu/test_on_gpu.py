"""The whole way on a real GPU, in whichever runtime serves it there; see also test_kernels."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.engines.choose import BUNDLED, BUNDLED_PERSON
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import CLOSE_NETWORKS, MOVENET, PERSON_PX, UPRIGHT_PX
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding, UprightDecoding
from kpopdance.engines.gpu.frame_pass import FramePass
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuUprightEye, GpuVision
from kpopdance.engines.maps import Upright
from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork
from kpopdance.engines.placement import place
from kpopdance.engines.vision import PersonEye, UprightEye
from kpopdance.realtime.pose.one_person import joints_of
from kpopdance.realtime.pose.upright_person import person_from_upright
from tools.bench.run import bench_gpu
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
    return bench_gpu.dancing_pictures(8)


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


def test_the_person_is_the_one_of_onnx_runtime(pictures):
    network = opened(BUNDLED_PERSON, PersonDecoding, (PERSON_PX, PERSON_PX))
    eye = GpuPersonEye(network, "")
    reference = PersonEye(OnnxRuntimeNetwork(BUNDLED_PERSON, MOVENET, threads=2), "")
    for image in pictures:
        region = (280.0, 0.0, 1000.0, 720.0)
        found = eye.find_person(image, region=region)
        theirs = joints_of(reference.see_person(image, region=region))
        sure = theirs.height > 0.3
        assert sure.sum() >= 10
        apart = abs(found.cells - theirs.cells)[sure].max(axis=1) * found.stride
        assert sorted(apart)[len(apart) // 2] <= bench_gpu.JOINTS_AT_MOST_PX
    network.close()


@pytest.mark.parametrize("name", ["blazepose_full", "blazepose_heavy"])
def test_the_upright_person_is_the_one_of_onnx_runtime(pictures, name):
    file, spoken, _ = CLOSE_NETWORKS[name]
    network = opened(file, UprightDecoding, (UPRIGHT_PX, UPRIGHT_PX))
    eye = GpuUprightEye(network, "")
    reference = UprightEye(OnnxRuntimeNetwork(file, spoken, threads=2), "")
    square = Upright((640.0, 420.0), (0.1, -0.995), 900.0)
    for image in pictures:
        found, theirs = (
            person_from_upright(told).joints
            for told in (
                eye.find_upright(image, upright=square),
                reference.see_upright(image, upright=square),
            )
        )
        sure = theirs[:, 2] > 0.3
        assert sure.sum() >= 10
        apart = np.linalg.norm((found - theirs)[sure, :2], axis=1) * UPRIGHT_PX / square.side
        assert np.median(apart) <= bench_gpu.JOINTS_AT_MOST_PX
    network.close()
