"""Both CPU runtimes on the bundled network, held to one check."""

import sys
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType, SimpleNamespace

import cv2
import numpy as np
import onnx
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.choose import BUNDLED
from kpopdance.engines.errors import DeviceFailed, NetworkError, NotHere
from kpopdance.engines.formats import OPENPOSE
from kpopdance.engines.vision import PoseVision
from tests.quick import but_quick

AGREE = 1e-4
"""Largest difference of the maps between runtimes; 1e-5 was measured."""


def onnxruntime_network(model=BUNDLED, *, threads=1, **options):
    pytest.importorskip("onnxruntime")
    from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork

    return OnnxRuntimeNetwork(model, OPENPOSE, threads=threads, **options)


def openvino_network(model=BUNDLED, *, threads=1, **options):
    pytest.importorskip("openvino")
    from kpopdance.engines.openvino_runner import OpenVinoNetwork

    return OpenVinoNetwork(model, OPENPOSE, threads=threads, **options)


every_runtime = pytest.mark.parametrize("open_network", [onnxruntime_network, openvino_network])


def noise(height, width, seed=0):
    """Return a random input."""
    return np.random.default_rng(seed).uniform(0, 255, (1, 3, height, width)).astype(np.float32)


def check(network):
    """Hold a network to the words of PoseNetwork."""
    assert network.name == "openpose-thin"
    assert network.runtime.endswith("CPU, 1 thread")
    for height, width in ((64, 96), (72, 40)):
        first = network.infer(noise(height, width))
        kept = [maps.copy() for maps in first]
        for maps, channels in zip(first, (19, 38), strict=True):
            assert maps.shape == (channels, height // 8, width // 8)
            assert maps.dtype == np.float32
            assert maps.flags.c_contiguous
        other = network.infer(noise(height, width, seed=1))
        for maps, copy, later in zip(first, kept, other, strict=True):
            assert_array_equal(maps, copy, err_msg="overwritten by the next inference")
            assert np.abs(maps - later).max() > 0.01, "blind to its input"
    upright = np.ascontiguousarray(noise(64, 96).transpose(0, 1, 3, 2)).transpose(0, 1, 3, 2)
    for maps, expected in zip(
        network.infer(upright), network.infer(noise(64, 96)), strict=True
    ):
        assert_array_equal(maps, expected, err_msg="reads strides wrongly")
    for bad in (noise(60, 64), noise(64, 64).astype(np.float64), noise(64, 64)[0]):
        with pytest.raises(NetworkError, match="the network's input is"):
            network.infer(bad)


@every_runtime
def test_keeps_its_word(open_network):
    check(open_network())


@every_runtime
@pytest.mark.parametrize(
    ("threads", "at_once"), but_quick([(1, 3), (2, 1), (2, 2)], {(1, 3), (2, 2)})
)
def test_however_many_look_at_once_they_see_the_same_to_the_bit(open_network, threads, at_once):
    tensors = [noise(128, 160, seed) for seed in range(4)]
    alone = open_network()
    expected = [alone.infer(tensor) for tensor in tensors[:2]]
    network = open_network(threads=threads, at_once=at_once)
    with ThreadPoolExecutor(4) as asking:  # more than it was opened for: they wait
        seen = list(asking.map(network.infer, tensors))
    again = [network.infer(tensor) for tensor in tensors]
    for found, wanted in ((seen, expected), (again, seen)):
        for maps, others in zip(found, wanted, strict=False):
            for each, other in zip(maps, others, strict=True):
                assert_array_equal(each, other)


@pytest.mark.parametrize("tensor", ["noise", "dancer"])
def test_runtimes_agree(tensor):
    if tensor == "noise":
        tensor = noise(128, 96)
    else:
        tensor = drawn_dancer().transpose(2, 0, 1)[None].astype(np.float32)
    ours, theirs = openvino_network().infer(tensor), onnxruntime_network().infer(tensor)
    for maps, reference in zip(ours, theirs, strict=True):
        assert_allclose(maps, reference, rtol=0, atol=AGREE)


@every_runtime
def test_a_drawn_dancer_is_seen_where_it_was_drawn(open_network):
    picture = cv2.copyMakeBorder(drawn_dancer(), 60, 20, 30, 150, cv2.BORDER_REPLICATE)
    vision = PoseVision(open_network(), reason="")
    maps = vision.see(picture, region=(-40.5, 0, 299.5, 340), size=(256, 256))
    for joint, place in DRAWN.items():
        heat = maps.heat[joint]
        y, x = np.unravel_index(heat.argmax(), heat.shape)
        found = maps.box.to_image((np.array([[x, y]]) + 0.5) * maps.stride - 0.5)[0]
        assert heat[y, x] > 0.4
        assert np.linalg.norm(found - (place[0] + 30, place[1] + 60)) < 14  # a cell is 10.6 px


@every_runtime
@pytest.mark.parametrize("damage", ["missing", "empty", "text", "truncated", "another"])
def test_bad_files_are_named(open_network, damage, tmp_path):
    model = tmp_path / "net.onnx"
    whole = BUNDLED.read_bytes()
    content = {
        "missing": None,
        "empty": b"",
        "text": b"not a network\n",
        "truncated": whole[: len(whole) // 2],
        "another": another_network(),
    }[damage]
    if content is not None:
        model.write_bytes(content)
    with pytest.raises(NetworkError, match=r"net\.onnx.*kpopdance import-weights"):
        open_network(model)


def test_forgotten_sizes_are_compiled_again(monkeypatch):
    network = openvino_network()
    monkeypatch.setattr("kpopdance.engines.openvino_runner.SIZES_KEPT", 1)
    first, _ = network.infer(noise(64, 64))
    network.infer(noise(64, 72))
    again, _ = network.infer(noise(64, 64))
    assert_array_equal(again, first)
    assert len(network._free) == 1


def test_openvino_keeps_compiled_sizes_on_disk(tmp_path):
    openvino_network(cache_dir=tmp_path).infer(noise(64, 64))
    assert list(tmp_path.iterdir())


# x, y px of OpenPose's joints; the dancer looks at us, so the right arm is on the left.
DRAWN = {
    2: (78, 76), 3: (62, 108), 4: (52, 138), 5: (122, 76), 6: (138, 108), 7: (148, 138),
    8: (89, 138), 9: (86, 183), 10: (84, 228), 11: (111, 138), 12: (114, 183), 13: (116, 228),
}  # fmt: skip
SHIRT, TROUSERS, SKIN, HAIR = (60, 60, 190), (90, 50, 30), (140, 170, 220), (20, 25, 35)


def drawn_dancer():
    """Return a uint8 (256, 200, 3) picture of a simple dancer whose joints are ``DRAWN``."""
    picture = np.full((256, 200, 3), (150, 160, 165), np.uint8)
    limbs = ((2, 3, SHIRT, 13), (3, 4, SKIN, 10), (8, 9, TROUSERS, 19), (9, 10, TROUSERS, 15))
    for start, end, colour, thickness in limbs:
        for side in (0, 3):
            ends = DRAWN[start + side], DRAWN[end + side]
            cv2.line(picture, *ends, colour, thickness, cv2.LINE_AA)
    for (x, y), out in ((DRAWN[10], -4), (DRAWN[13], 4)):
        cv2.line(picture, (x, y + 4), (x + out, y + 9), HAIR, 11, cv2.LINE_AA)
    torso = np.array([(76, 70), (124, 70), (120, 142), (80, 142)])
    cv2.fillPoly(picture, [torso], SHIRT, cv2.LINE_AA)
    cv2.line(picture, (100, 55), (100, 70), SKIN, 13, cv2.LINE_AA)
    cv2.ellipse(picture, (100, 42), (14, 19), 0, 0, 360, SKIN, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (100, 34), (15, 14), 0, 180, 360, HAIR, -1, cv2.LINE_AA)
    for x in (95, 105):
        cv2.circle(picture, (x, 40), 2, HAIR, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(picture, (0, 0), 1.0)


def another_network():
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Relu", ["x"], ["y"])],
        "another",
        [value("x", onnx.TensorProto.FLOAT, [1, 3, 8, 8])],
        [value("y", onnx.TensorProto.FLOAT, [1, 3, 8, 8])],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opset, ir_version=8).SerializeToString()


def test_a_device_that_openvino_has_not_is_not_here():
    with pytest.raises(NotHere, match="finds no TPU"):
        openvino_network(device="TPU")


def test_a_provider_that_onnx_runtime_has_not_is_not_here(monkeypatch):
    with pytest.raises(NotHere, match="has no TeapotExecutionProvider"):
        onnxruntime_network(provider="TeapotExecutionProvider")
    monkeypatch.setitem(sys.modules, "onnxruntime_ep_webgpu", None)
    with pytest.raises(NotHere, match="onnxruntime-ep-webgpu is not installed"):
        onnxruntime_network(provider="WebGpuExecutionProvider")


def test_a_plug_in_that_cannot_be_loaded_is_told(monkeypatch, tmp_path):
    plug_in = SimpleNamespace(get_library_path=lambda: str(tmp_path / "none.so"))
    monkeypatch.setitem(sys.modules, "onnxruntime_ep_webgpu", plug_in)
    with pytest.raises(NetworkError, match="onnxruntime-ep-webgpu cannot be loaded"):
        onnxruntime_network(provider="WebGpuExecutionProvider")


def test_a_plug_in_without_a_device_is_not_here_for_any_network(monkeypatch):
    """It is loaded once, for the second network too: ONNX Runtime refuses it twice."""
    runner = pytest.importorskip("kpopdance.engines.onnxruntime_runner")
    provider = "NvTensorRTRTXExecutionProvider"
    plug_in, loaded = SimpleNamespace(get_library_path=lambda: "a.so"), []
    monkeypatch.setitem(sys.modules, "onnxruntime_ep_nv_tensorrt_rtx", plug_in)
    monkeypatch.setattr(
        runner.onnxruntime, "register_execution_provider_library",
        lambda name, path: loaded.append((name, path)),
    )  # fmt: skip
    for _ in range(2):
        with pytest.raises(NotHere, match="finds no card"):
            onnxruntime_network(provider=provider)
    assert loaded == [(provider, "a.so")]
    runner._load.cache_clear()


class Device:
    """OpenVINO's core with a graphics card that is none: what it is told goes to the processor."""

    available_devices = ("CPU", "GPU.0", "GPU.1")
    facts = MappingProxyType(
        {"SUPPORTED_PROPERTIES": ["FULL_DEVICE_NAME", "GPU_DRIVER_VERSION"],
         "FULL_DEVICE_NAME": "Intel Card", "GPU_DRIVER_VERSION": 31}
    )  # fmt: skip

    def __init__(self):
        self._core, self.asked = openvino_core(), []

    def get_property(self, device, name):
        return self.facts[name]

    def compile_model(self, model, device, config):
        self.asked.append((device, config))
        return self._core.compile_model(model, "CPU", {})

    def __getattr__(self, name):
        return getattr(self._core, name)


def openvino_core():
    return pytest.importorskip("openvino").Core()


def test_a_device_is_told_with_its_driver_and_asked_for_its_own_precision(monkeypatch):
    core = Device()
    monkeypatch.setattr("kpopdance.engines.openvino_runner.openvino.Core", lambda: core)
    network = openvino_network(device="GPU")
    assert network.runtime.startswith("OpenVINO ")
    assert network.runtime.endswith(" GPU, Intel Card, driver 31")
    network.infer(noise(64, 64))
    assert core.asked == [("GPU", {"PERFORMANCE_HINT": "LATENCY"})]


class Broken:
    """A session or request whose device is lost."""

    def __init__(self, error):
        self._error = error

    def run(self, *asked, **how):
        raise self._error

    infer = run


def test_what_fails_while_it_looks_is_the_device_s_failure():
    ov, ort = openvino_network(), onnxruntime_network()
    ov.infer(noise(64, 64))
    free = ov._free[(1, 3, 64, 64)]
    free.get()
    free.put(Broken(RuntimeError("clFlush, error 5")))
    ort._session = Broken(RuntimeError("Device lost"))
    for network, word in ((ov, "clFlush"), (ort, "Device lost")):
        with pytest.raises(DeviceFailed, match=f"CPU, 1 thread: .*{word}"):
            network.infer(noise(64, 64))
