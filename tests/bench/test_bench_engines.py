"""What our runners and eyes add to a runtime's bare call; run ``pytest -m bench -s``."""

import os
import platform
import sys
from time import perf_counter

import numpy as np
import pytest

from kpopdance.engines.choose import BUNDLED, open_vision
from kpopdance.engines.runtimes import RUNTIMES
from kpopdance.engines.vision import PoseVision

pytestmark = pytest.mark.bench

RUNS = 30
CASES = [  # picture, region, input
    ((480, 640), (140.0, 60.0, 500.0, 420.0), (256, 256)),
    ((1080, 1920), None, (368, 656)),
]


@pytest.mark.parametrize("key", RUNTIMES)
@pytest.mark.parametrize("size", [(256, 256), (368, 432)])
def test_infer_against_the_bare_call(key, size):
    pytest.importorskip(key)
    network = open_vision(key, threads=1)._network
    tensor = np.random.default_rng(0).uniform(0, 255, (1, 3, *size)).astype(np.float32)
    bare = bare_openvino(tensor) if key == "openvino" else bare_onnxruntime(tensor)
    ours_ms, bare_ms = interleaved(lambda: network.infer(tensor), bare)
    report(f"{network.runtime} {size} infer", ours_ms)
    report(f"{network.runtime} {size} bare", bare_ms)
    assert np.median(ours_ms) < 1.1 * np.median(bare_ms)


@pytest.mark.parametrize(("picture", "region", "size"), CASES)
def test_see_against_infer(picture, region, size):
    vision = open_vision(threads=1)
    eyes = PoseVision(BlindNetwork(), reason="")
    image = np.random.default_rng(0).integers(0, 256, (*picture, 3), np.uint8)
    tensor = np.random.default_rng(0).uniform(0, 255, (1, 3, *size)).astype(np.float32)
    see_ms, infer_ms, eyes_ms = interleaved(
        lambda: vision.see(image, region=region, size=size),
        lambda: vision._network.infer(tensor),
        lambda: eyes.see(image, region=region, size=size),
    )
    report(f"{vision.runtime} {picture} to {size} see", see_ms)
    report(f"{vision.runtime} {size} infer", infer_ms)
    report(f"{picture} to {size} eyes alone", eyes_ms)
    assert np.median(see_ms) < 1.15 * np.median(infer_ms)
    assert np.median(eyes_ms) < 0.05 * np.median(infer_ms)


class BlindNetwork:
    name = runtime = "blind"

    def infer(self, tensor):
        h, w = tensor.shape[2] // 8, tensor.shape[3] // 8
        return np.zeros((19, h, w), np.float32), np.zeros((38, h, w), np.float32)


def bare_openvino(tensor):
    import openvino

    model = openvino.Core().read_model(BUNDLED)
    model.reshape({"image": list(tensor.shape)})
    config = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
    }
    request = openvino.Core().compile_model(model, "CPU", config).create_infer_request()
    request.set_input_tensor(openvino.Tensor(tensor, shared_memory=True))

    def infer():
        request.start_async()
        request.wait()

    return infer


def bare_onnxruntime(tensor):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(BUNDLED, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, {"image": tensor})


def interleaved(*calls):
    """Return each call's times in ms; taking turns, they share the machine's noise."""
    times = [[] for _ in calls]
    for run in range(RUNS + 3):  # three to warm up
        for call, its_times in zip(calls, times, strict=True):
            start = perf_counter()
            call()
            if run >= 3:
                its_times.append(1e3 * (perf_counter() - start))
    return times


def report(what, times_ms):
    median, late, worst = np.percentile(times_ms, [50, 95, 100])
    figures = f"median {median:.2f}, p95 {late:.2f}, worst {worst:.2f} ms"
    sys.stdout.write(f"\n{what}: {figures} ({platform.machine()}, {os.cpu_count()} cores)")
