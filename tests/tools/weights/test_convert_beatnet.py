"""BeatNet's checkpoint becomes the arrays that numpy multiplies; anything else is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.beat_network import FILE
from tests.torch_files import archive, checkpoint
from tools.weights.convert_beatnet import SHAPES, main, weights_from


def state(seed=1):
    rng = np.random.default_rng(seed)
    return {
        name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in SHAPES.items()
    }


def saved(path, told):
    path.write_bytes(archive(checkpoint(told)))
    return path


def test_two_checkpoints_become_one_file_the_same_each_time(tmp_path, capsys):
    each = [state(1), state(2)]
    files = [str(saved(tmp_path / f"{k}.pt", told)) for k, told in enumerate(each)]
    outs = [tmp_path / "one.npz", tmp_path / "two.npz"]
    for out in outs:
        assert main([*files, "--out", str(out)]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()
    assert capsys.readouterr().out.count("sha256") == 6
    with np.load(io.BytesIO(outs[0].read_bytes())) as made, np.load(FILE) as bundled:
        assert {n: (a.shape, a.dtype) for n, a in made.items()} == {
            n: (a.shape, a.dtype) for n, a in bundled.items()
        }
        for k, told in enumerate(each):
            assert_array_equal(made["within"][k], told["linear0.weight"].T.astype(np.float16))
            assert_array_equal(
                made["again_1"][k], told["lstm.weight_hh_l1"].T.astype(np.float16)
            )
            both = told["lstm.bias_ih_l0"] + told["lstm.bias_hh_l0"]
            assert_allclose(made["bias_0"][k], both, atol=1e-3)


@pytest.mark.parametrize("spoil", [
    lambda told: told.pop("linear.bias"),
    lambda told: told.update({"linear.weight": np.zeros((4, 150), np.float32)}),
    lambda told: told.clear(),
])  # fmt: skip
def test_another_network_is_refused_in_a_sentence(spoil, tmp_path, capsys):
    told = state()
    spoil(told)
    path = saved(tmp_path / "other.pt", told | {"x": np.zeros(3, np.float32)})
    assert main([str(path), "--out", str(tmp_path / "out.npz")]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: ")
    assert not (tmp_path / "out.npz").exists()


def test_what_else_it_holds_is_left_out():
    assert set(
        weights_from(archive(checkpoint(state() | {"hidden": np.zeros(3, np.float32)})))
    ) == set(np.load(FILE).files)
