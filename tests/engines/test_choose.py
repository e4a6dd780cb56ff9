import logging
import os
import re
import subprocess
import sys

import pytest

from kpopdance.engines import choose
from kpopdance.engines.choose import BUNDLED, CLOSE_WISHES, open_eyes, open_vision
from kpopdance.engines.errors import ModelError, NetworkError, NotHere
from kpopdance.engines.formats import BLAZEPOSE, CLOSE_NETWORKS, LIGHTNING, MOVENET, OPENPOSE
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding, UprightDecoding
from kpopdance.engines.gpu.probe import NoDriver
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuUprightEye
from kpopdance.engines.runtimes import RUNTIMES, Runtime, Wish
from kpopdance.realtime.pose.looks import close_looks


class NamedNetwork:
    name = "openpose-thin"

    def __init__(self, wish):
        self.wish = wish
        self.runtime = f"fake, {wish.threads} threads"


class NamedGpuNetwork:
    def __init__(self, model, flavour):
        self.name, self.runtime = model.stem, RUNTIMES[flavour].label


def without_wheel(wish):
    raise ImportError("No module named 'fastest'")


def without_device(wish):
    raise NetworkError("no device answers; start one")


def table(monkeypatch, **openers):
    entries = {
        key: Runtime(key.upper(), f"{key}-package", "runs", opener)
        for key, opener in openers.items()
    }
    monkeypatch.setattr(choose, "RUNTIMES", entries)


def test_a_gpu_comes_first_then_openvino_then_onnx_runtime():
    tried_alone = [key for key, each in RUNTIMES.items() if not each.untried]
    assert tried_alone == ["tensorrt", "rtx", "openvino", "onnxruntime"]
    devices = [key for key, each in RUNTIMES.items() if each.device]
    assert devices == list(RUNTIMES)[:6]


def test_the_first_that_works_is_taken_and_says_why(monkeypatch, caplog):
    table(monkeypatch, first=NamedNetwork, second=without_wheel)
    with caplog.at_level(logging.WARNING):
        vision = open_vision()
    assert vision.reason == "FIRST runs"
    assert not caplog.records


def test_fallback_is_loud(monkeypatch, caplog):
    table(monkeypatch, first=without_wheel, second=without_device, third=NamedNetwork)
    with caplog.at_level(logging.WARNING):
        vision = open_vision()
    first, second = (record.getMessage() for record in caplog.records)
    assert "FIRST not used because FIRST cannot be imported" in first
    assert "pip install first-package" in first
    assert second == "SECOND not used because no device answers; start one"
    assert vision.reason == f"THIRD runs; {first}; {second}"


def test_nothing_works(monkeypatch):
    table(monkeypatch, first=without_wheel, second=without_device)
    with pytest.raises(NetworkError, match=r"no runtime can open.*FIRST.*SECOND.*start one"):
        open_vision()


def test_a_runtime_asked_for_is_taken_or_refused(monkeypatch):
    table(monkeypatch, first=NamedNetwork, second=NamedNetwork, third=without_wheel)
    assert open_vision("second").reason == "SECOND was asked for"
    with pytest.raises(NetworkError, match="pip install third-package"):
        open_vision("third")


def gpu_table(monkeypatch, gpu):
    """A GPU's runtime before one without."""
    entries = {
        "gpu": Runtime("GPU", "gpu-package", "runs", gpu, device=True),
        "cpu": Runtime("CPU", "cpu-package", "runs", NamedNetwork),
    }
    monkeypatch.setattr(choose, "RUNTIMES", entries)


@pytest.mark.parametrize(
    ("gpu", "word"), [(without_device, "no device answers"), (without_wheel, "gpu-package")]
)
def test_a_gpu_asked_for_that_cannot_be_had_is_told_and_done_without(monkeypatch, gpu, word):
    gpu_table(monkeypatch, gpu)
    vision = open_vision("gpu")
    assert vision.runtime.startswith("fake")
    assert re.fullmatch(
        rf"GPU was asked for and is not used because .*{word}.*; CPU runs", vision.reason
    )


def test_without_a_driver_nobody_is_troubled(monkeypatch, caplog):
    def without_driver(wish):
        raise NoDriver("no NVIDIA driver is installed; install the driver")

    gpu_table(monkeypatch, without_driver)
    choose.RUNTIMES["other"] = choose.RUNTIMES["gpu"]  # of two on a GPU it is told once
    choose.RUNTIMES["cpu"] = choose.RUNTIMES.pop("cpu")
    with caplog.at_level(logging.WARNING):
        assert open_vision().reason == "CPU runs; no NVIDIA driver is installed"
    assert not caplog.records


def test_a_damaged_model_is_no_reason_to_look_elsewhere_when_a_gpu_is_asked_for(monkeypatch):
    def picky(wish):
        raise ModelError("own.onnx: this is another network")

    gpu_table(monkeypatch, picky)
    with pytest.raises(ModelError, match="another network"):
        open_vision("gpu")


@pytest.mark.parametrize("flavour", ["tensorrt", "rtx"])
def test_the_real_flavours_do_without_here(flavour, monkeypatch):
    monkeypatch.setattr("kpopdance.engines.gpu.probe.LIBRARY", "no-such-driver.so")
    reason = open_vision(flavour, threads=1).reason
    assert reason.startswith(
        RUNTIMES[flavour].label + " was asked for and is not used because no"
    )


def test_other_errors_are_not_hidden(monkeypatch):
    def broken(wish):
        raise ZeroDivisionError

    table(monkeypatch, first=broken, second=NamedNetwork)
    with pytest.raises(ZeroDivisionError):
        open_vision()


@pytest.mark.parametrize(("cores", "threads"), [(8, 7), (1, 1), (None, 1)])
def test_one_core_is_left_to_the_game(monkeypatch, cores, threads):
    table(monkeypatch, first=NamedNetwork)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert open_vision().runtime == f"fake, {threads} threads"
    assert open_vision(threads=3).runtime == "fake, 3 threads"


def test_a_network_needs_a_thread():
    with pytest.raises(NetworkError, match="at least 1 thread, got 0"):
        open_vision(threads=0)


def test_unknown_runtime():
    with pytest.raises(
        NetworkError, match=r"no runtime .cuda.; choose one of auto, .*openvino"
    ):
        open_vision("cuda")


def test_missing_model(tmp_path):
    missing = tmp_path / "gone.onnx"
    with pytest.raises(NetworkError, match=f"{re.escape(str(missing))}: there is no such"):
        open_vision(model=missing)


@pytest.mark.parametrize("content", [b"not a network\n", b"", b"\x08\x08cut", "folder"])
def test_what_is_wrong_with_a_model_is_told_once(content, tmp_path, caplog):
    damaged = tmp_path / "damaged.onnx"
    if content == "folder":
        damaged.mkdir()
    else:
        damaged.write_bytes(content)
    with pytest.raises(NetworkError, match=r"damaged\.onnx.*kpopdance import-weights") as told:
        open_vision(model=damaged)
    assert str(told.value).count("damaged.onnx") == 1
    assert not caplog.records


@pytest.mark.parametrize("key", ["openvino", "onnxruntime"])
def test_real_runtimes_open(key):
    pytest.importorskip(key)
    vision = open_vision(key, threads=1)
    assert vision.name == "openpose-thin"
    assert vision.runtime.startswith(RUNTIMES[key].label)


def test_of_two_on_a_gpu_one_is_enough(monkeypatch, caplog):
    gpu_table(monkeypatch, NamedNetwork)
    missing = choose.RUNTIMES["gpu"]._replace(open_network=without_wheel)
    monkeypatch.setattr(choose, "RUNTIMES", {"first": missing, **choose.RUNTIMES})
    with caplog.at_level(logging.WARNING):
        assert open_vision().reason == "GPU runs"
    assert not caplog.records


def test_a_file_that_is_no_network_is_told_before_a_gpu_is_woken(monkeypatch, tmp_path):
    """A GPU's runtime reads the file at the first picture only."""
    gpu_table(monkeypatch, NamedNetwork)
    (tmp_path / "notes.onnx").write_text("not a network", encoding="utf-8")
    for runtime in ("gpu", "auto"):
        with pytest.raises(ModelError, match="is no ONNX file"):
            open_vision(runtime, model=tmp_path / "notes.onnx")


def test_what_one_runtime_cannot_read_another_may(monkeypatch):
    def picky(wish):
        raise ModelError("own.onnx: an operator is not known")

    table(monkeypatch, first=picky, second=NamedNetwork)
    assert open_vision().reason == "SECOND runs"


def test_each_network_is_decoded_as_its_kind(monkeypatch):
    asked = []

    def opened(model, flavour, decode, **rest):
        asked.append((flavour, decode))
        raise NetworkError("that was all")

    monkeypatch.setattr("kpopdance.engines.gpu.opening.open_network", opened)
    kinds = {
        OPENPOSE: PeopleDecoding, MOVENET: PersonDecoding, LIGHTNING: PersonDecoding,
        BLAZEPOSE: UprightDecoding,
    }  # fmt: skip
    for spoken in kinds:
        for flavour in ("tensorrt", "rtx"):
            with pytest.raises(NetworkError):
                RUNTIMES[flavour].open_network(Wish(BUNDLED, spoken, 1, None))
    assert asked == [
        (flavour, kind) for kind in kinds.values() for flavour in ("tensorrt", "rtx")
    ]


@pytest.mark.parametrize("wish", CLOSE_WISHES)
def test_where_an_nvidia_gpu_sees_its_networks_look_closely(monkeypatch, wish):
    """The most exact there is: eight bits are for processors, and no runtime there is asked for them."""

    def opened(model, flavour, decode, **rest):
        network = NamedGpuNetwork(model, flavour)
        asked.append(network)
        return network

    asked = []
    monkeypatch.setattr("kpopdance.engines.gpu.opening.open_network", opened)
    monkeypatch.setattr("kpopdance.engines.choose.GpuNetwork", NamedGpuNetwork)
    eyes = open_eyes("rtx", network=wish)
    names = ("movenet_thunder", "blazepose_heavy") if wish == "auto" else CLOSE_WISHES[wish]
    assert tuple(eyes.close) == names
    assert (eyes.runtime, eyes.trouble) == ("TensorRT for RTX", "")
    for name, eye in eyes.close.items():
        upright = CLOSE_NETWORKS[name].spoken is BLAZEPOSE
        assert isinstance(eye._eye, GpuUprightEye if upright else GpuPersonEye)
        assert eye._eye._size == (CLOSE_NETWORKS[name].spoken.side,) * 2
    assert close_looks(eyes.close, unhurried=True) == names
    eight = CLOSE_NETWORKS["movenet_thunder_int8"]
    with pytest.raises(NotHere, match="is for processors"):
        RUNTIMES["rtx"].open_network(Wish(eight.file, eight.spoken, 1, None))
    assert len(asked) == 1 + len(names)


def test_onnx_runtime_keeps_and_tells_nothing(tmp_path):
    pytest.importorskip("onnxruntime")
    code = "from kpopdance.engines.choose import *; open_vision('onnxruntime', threads=1)"
    homes = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(tmp_path))
    env = {name: text for name, text in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    subprocess.run(
        [sys.executable, "-c", code], cwd=BUNDLED.parents[1], env=env | homes, check=True
    )
    assert list(tmp_path.rglob("*")) == []


def test_choosing_loads_no_runtime():
    heavy = {"openvino", "onnxruntime", "tensorrt", "tensorrt_rtx", "cuda", "pycuda", "onnx"}
    code = f"import sys, kpopdance.engines.choose; sys.exit(bool({heavy} & {{*sys.modules}}))"
    root = BUNDLED.parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, check=False)
    assert done.returncode == 0
