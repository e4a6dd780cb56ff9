"""The GPU's bench on a driver of paper: it runs to its end, and says what it did not measure."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from kpopdance.engines.choose import CLOSE_ON_GPU, CLOSE_WISHES
from kpopdance.engines.formats import CLOSE_NETWORKS
from kpopdance.engines.onnxruntime_runner import COREML, CPU, OnnxRuntimeNetwork
from kpopdance.engines.runtimes import EIGHT_BITS
from kpopdance.engines.vision import PersonEye
from tests.compiling import NoCompiler
from tests.engines.gpu import cpu_shim, paper_driver
from tools.bench.run import bench_gpu
from tools.bench.run.gpu_close import ON_A_GPU, dancers, joints_apart
from tools.bench.run.gpu_networks import NO_NETWORK
from tools.bench.run.gpu_provider import provider_figures


@pytest.fixture(scope="module")
def paper(for_all):
    pytest.importorskip("cuda.bindings", reason="cuda-bindings is not installed")
    try:
        kernels = cpu_shim.build_library(for_all / "paper")
        return paper_driver.build(for_all / "paper", kernels=kernels)
    except NoCompiler as why:
        pytest.skip(str(why))


@pytest.mark.long
def test_a_record_says_what_was_measured_and_what_was_not(paper, tmp_path):
    words = ["--runs", "2", "--soak", "0.2", "--no-tests", "--size", "184x328",
             "--close", "movenet_lightning", "blazepose_full"]  # fmt: skip
    told = subprocess.run(
        [sys.executable, "-m", "tools.bench.run.bench_gpu", *words, "--out", str(tmp_path)],
        env=paper, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]
    (path,) = tmp_path.iterdir()
    assert path.name.endswith("-paper-gpu.json")
    record, words_told = json.loads(path.read_text(encoding="utf-8")), told.stdout
    assert NO_NETWORK in record["runtime"]
    assert NO_NETWORK in told.stdout
    assert [why.partition(":")[0] for why in record["refused"][:2]] == ["tensorrt", "rtx"]
    assert record["graph_equals_plain"] is True
    assert record["graph_nodes"] == 6  # no node of a network
    assert list(record["stages_us"]) == ["upload", "cut", "network", "decode", "download"]
    assert record["bytes"]["upload"] == 1280 * 720 * 3 + 32
    assert record["bytes"]["download"] < 30_000 < record["bytes"]["maps_not_downloaded"]
    assert record["soak"]["frames"] > 0
    assert record["tests"] == record["compute_sanitizer"] == "left out"
    assert set(record["held"]) == {
        "graph equals plain work", "no growth", "kernel tests", "compute-sanitizer",
        "movenet_lightning, graph equals plain work", "blazepose_full, graph equals plain work",
    }  # fmt: skip  # no word on maps and joints
    for name, told in record["close"].items():
        assert told["graph_equals_plain"] is True
        assert (told["graph_nodes"], told["download"]) == (5, 204)  # no node of a network
        assert "joints_px" not in told
        assert f"{name}: {told['frame_ms']['p50']:.2f} ms p50" in words_told
    assert record["took_s"] > 0
    assert set(record["provider"]) == {"openpose", *record["close"]}


CLOSE = {"graph_equals_plain": True, "joints_px": {"p95": 0.4}}


def test_every_network_that_a_gpu_opens_is_measured():
    wished = {name for names in (*CLOSE_WISHES.values(), CLOSE_ON_GPU) for name in names}
    assert set(ON_A_GPU) == wished - {EIGHT_BITS.stem}


def test_looks_by_another_provider_are_timed_or_it_is_said_why_not():
    shown = dancers(1, bench_gpu.PICTURE)
    names = ("openpose", "movenet_lightning", "blazepose_full")
    for name, told in provider_figures(names[1:], shown, 1, CPU).items():
        assert name in names
        assert told["first_s"] > 0
        assert told["look_ms"]["p50"] > 0
        assert told["thread_ms"] > 0
    told = provider_figures(names[1:], shown, 1, COREML)
    assert told == dict.fromkeys(names, "this ONNX Runtime has no CoreMLExecutionProvider")


def test_how_far_joints_lie_apart_is_told_of_the_sure_ones():
    """A picture is seen as the drawn dancer there by each network, and moved by 3 and 4 px."""

    class Moved(PersonEye):
        def see_person(self, image, *, region):
            told = super().see_person(image, region=region)
            return replace(told, box=replace(told.box, pad_x=told.box.pad_x - 3 * told.box.scale,
                                             pad_y=told.box.pad_y - 4 * told.box.scale))  # fmt: skip

    file, spoken, _ = CLOSE_NETWORKS["movenet_lightning"]
    network = OnnxRuntimeNetwork(file, spoken, threads=1)
    plain, moved = (kind(network, "", spoken.side) for kind in (PersonEye, Moved))
    shown = dancers(2, bench_gpu.PICTURE)
    assert set(joints_apart(plain, plain, shown, spoken.side)) == {0}
    for one in shown:
        apart = joints_apart(moved, plain, [one], spoken.side)
        left, _, right, _ = one.region
        assert len(apart) >= 15  # the dancer is there, and well seen
        assert np.median(apart) == pytest.approx(5 * spoken.side / (right - left), rel=1e-3)


def test_without_a_gpu_it_is_one_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("kpopdance.engines.gpu.probe.LIBRARY", "no-such-driver.so")
    assert bench_gpu.main(["--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("no NVIDIA driver is installed")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ({"graph_equals_plain": False}, "graph equals plain work"),
        ({"soak": {"bytes_taken": 99 << 20}}, "no growth"),
        ({"tests": "1 failed, 3 passed in 2 s"}, "kernel tests"),
        ({"graph_nodes": 0}, "captured as a graph"),
        ({"compute_sanitizer": "found: Invalid write"}, "compute-sanitizer"),
        ({"agreement": {"maps_apart": 0.03, "joints_px": {"p95": 0.2}}}, "maps"),
        ({"agreement": {"maps_apart": 0.01, "joints_px": {"p95": 1.2}}}, "joints"),
        ({"close": {"a": CLOSE | {"graph_equals_plain": False}}}, "a, graph equals plain work"),
        ({"close": {"a": CLOSE | {"joints_px": {"p95": 1.2}}, "b": CLOSE}}, "a, joints"),
    ],
)
def test_what_does_not_hold_is_told(wrong, check):
    record = {
        "runtime": "TensorRT for RTX", "graph_equals_plain": True, "soak": {"bytes_taken": 0},
        "graph_nodes": 40,
        "tests": "3 passed in 2 s", "compute_sanitizer": "clean",
        "agreement": {"maps_apart": 0.01, "joints_px": {"p95": 0.2}}, "close": {"a": CLOSE},
    }  # fmt: skip
    assert all(bench_gpu.held(record).values())
    assert [name for name, well in bench_gpu.held(record | wrong).items() if not well] == [
        check
    ]


def test_a_convolution_s_arithmetic_is_counted(tmp_path):
    kernel = numpy_helper.from_array(np.ones((2, 3, 3, 3), np.float32), "kernel")
    node = helper.make_node("Conv", ["image", "kernel"], ["out"], pads=[1, 1, 1, 1])
    picture = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, "h", "w"])
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "one", [picture], [out], [kernel])
    path = tmp_path / "one.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    # 3x3 of 3 channels to 2 at each of 16x16, a multiplication and an addition each
    assert bench_gpu.network_flops(path, (16, 16)) == 2 * 2 * 16 * 16 * 27
