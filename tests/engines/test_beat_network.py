"""BeatNet in numpy: its arithmetic against ONNX Runtime's, its filters, any sample rate."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.engines import beat_network
from kpopdance.engines.beat_network import FILE, FPS, beat_chances, filters
from tests.realtime.studio.test_bars import drummed

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def graph(weights, which):
    """One of the networks as ONNX's own layers: input (T, 1, 272), output (T, 1, 3)."""
    make = onnx.helper.make_node
    w = {name: array[which].astype(np.float32) for name, array in weights.items()}
    constants = {
        "kernel": w["near"].T[:, None], "kernel_bias": w["near_bias"],
        "within": w["within"], "within_bias": w["within_bias"],
        "out": w["out"], "out_bias": w["out_bias"], "rows": np.array([0, -1]), "once": np.array([1]),
    }  # fmt: skip
    nodes = [
        make("Conv", ["features", "kernel", "kernel_bias"], ["near"]),
        make("Relu", ["near"], ["seen"]),
        make("MaxPool", ["seen"], ["larger"], kernel_shape=[2], strides=[2]),
        make("Reshape", ["larger", "rows"], ["flat"]),
        make("Gemm", ["flat", "within", "within_bias"], ["layer"]),
        make("Unsqueeze", ["layer", "once"], ["told_0"]),
    ]
    for layer in range(2):
        order = np.concatenate(
            [np.arange(150) + 150 * gate for gate in (0, 3, 1, 2)]
        )  # i o f c
        constants |= {
            f"W{layer}": w[f"into_{layer}"].T[None, order],
            f"R{layer}": w[f"again_{layer}"].T[None, order],
            f"B{layer}": np.concatenate([w[f"bias_{layer}"][order], np.zeros(600)])[None],
        }
        nodes += [
            make("LSTM", [f"told_{layer}", f"W{layer}", f"R{layer}", f"B{layer}"], [f"Y{layer}"],
                 hidden_size=150),
            make("Squeeze", [f"Y{layer}", "once"], [f"told_{layer + 1}"]),
        ]  # fmt: skip
    nodes += [
        make("MatMul", ["told_2", "out"], ["sums"]),
        make("Add", ["sums", "out_bias"], ["logits"]),
        make("Softmax", ["logits"], ["chances"], axis=-1),
    ]
    kept = [
        onnx.numpy_helper.from_array(
            array if array.dtype == np.int64 else array.astype(np.float32), name
        )
        for name, array in constants.items()
    ]
    info = onnx.helper.make_tensor_value_info
    made = onnx.helper.make_graph(
        nodes,
        "beatnet",
        [info("features", 1, ["T", 1, 272])],
        [info("chances", 1, ["T", 1, 3])],
        kept,
    )
    return onnx.helper.make_model(
        made, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()


def test_it_is_what_onnx_runtime_makes_of_the_same_layers():
    sound = drummed(110, 6.0)
    with np.load(FILE) as weights:
        graphs = [graph(dict(weights), which) for which in range(2)]
    spectra = beat_network._spectra(sound, 48_000)
    rise = np.maximum(np.diff(spectra, axis=0, prepend=spectra[:1]), 0)
    features = np.hstack([spectra, rise])[:, None]
    told = [
        onnxruntime.InferenceSession(made, providers=["CPUExecutionProvider"]).run(
            None, {"features": features}
        )[0][:, 0, :2]
        for made in graphs
    ]
    assert_allclose(beat_chances(sound, 48_000), np.mean(told, axis=0), atol=2e-5)


def test_blocks_do_not_show(monkeypatch):
    sound = drummed(120, 3.0)
    whole = beat_chances(sound, 48_000)
    monkeypatch.setattr(beat_network, "BLOCK", 37)
    assert_allclose(beat_chances(sound, 48_000), whole, atol=1e-5)


def test_any_rate_is_heard_alike():
    at_48, at_32 = (beat_chances(drummed(120, 8.0, rate), rate) for rate in (48_000, 32_000))
    assert len(at_48) == len(at_32) == 8 * FPS
    beats = np.arange(4, 15) * 25  # frames; the first bar is not known yet
    assert at_48[beats].sum(axis=1).mean() > 0.4
    assert_allclose(at_48[beats].sum(axis=1), at_32[beats].sum(axis=1), atol=0.25)


def test_the_filters_are_triangles_of_sum_one_from_30_hz_up():
    bank = filters()
    assert bank.shape == (705, 136)
    assert_allclose(bank.sum(axis=0), 1, atol=1e-6)
    peaks_hz = bank.argmax(axis=0) * 22_050 / 1410
    assert (np.diff(peaks_hz) > 0).all()
    assert 30 < peaks_hz[0] < 50
    assert peaks_hz[-1] < 11_025
    octave = np.searchsorted(peaks_hz, [2000, 4000])
    assert octave[1] - octave[0] == 24


def test_silence_has_no_beat():
    assert beat_chances(np.zeros((480_000, 2), np.float32), 48_000).mean() < 0.05


def test_the_bundled_file_is_the_one_its_page_speaks_of():
    page = FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() in page
