"""Lightweight OpenPose's tensors: each is needed, none is too many, each has its shape."""

import re

import numpy as np
import pytest

from kpopdance.engines.weights.lightweight_network import LightweightTranslator
from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.torch_checkpoint import checkpoint_from_bytes
from tests import torch_files

STATE = torch_files.lightweight(stages=1)


def imported(state):
    checkpoint = checkpoint_from_bytes(torch_files.archive(state))
    return LightweightTranslator(checkpoint).model_bytes({})


def changed(name, value):
    return {**STATE, name: value}


@pytest.mark.parametrize(
    "name",
    [
        "model.0.0.weight",
        "model.11.4.running_var",
        "cpm.trunk.2.2.weight",
        "cpm.conv.0.bias",
        "initial_stage.pafs.1.0.bias",
        "refinement_stages.0.trunk.4.trunk.1.1.running_mean",
        "refinement_stages.0.heatmaps.1.0.weight",
    ],
)
def test_every_tensor_is_needed_and_has_its_shape(name):
    with pytest.raises(WeightsError, match=re.escape(f"lacks the tensor {name!r}")):
        imported({key: array for key, array in STATE.items() if key != name})
    wrong = np.zeros((1, *STATE[name].shape), np.float32)
    with pytest.raises(WeightsError, match=re.escape(f"holds {name!r} of shape {wrong.shape}")):
        imported(changed(name, wrong))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("fc.weight", np.zeros(3, np.float32), "holds 1 tensors too many, such as 'fc.weight'"),
        ("model.0.0.bias", np.zeros(32, np.float32), "too many, such as 'model.0.0.bias'"),
        (
            "model.0.1.weight",
            np.zeros(32, np.int64),
            "'model.0.1.weight' of LongStorage, not of",
        ),
        (
            "model.0.1.running_var",
            np.full(32, -1, np.float32),
            "a variance below 0 ('model.0.1')",
        ),
        ("model.0.1.running_var", np.full(32, np.nan, np.float32), "a variance below 0"),
        (
            "cpm.conv.0.bias",
            np.full(128, np.nan, np.float32),
            "no finite numbers ('cpm.conv.0.bias')",
        ),
        ("cpm.conv.0.bias", np.full(128, 1e300), "no finite numbers ('cpm.conv.0.bias')"),
        (
            "model.0.1.bias",
            np.full(32, np.inf, np.float32),
            "no finite numbers ('model.0.0.bias')",
        ),
        (
            "refinement_stages.2.x",
            np.zeros(3, np.float32),
            "has 2 refinement stages, which do not",
        ),
        (
            "refinement_stages.1.x",
            np.zeros(3, np.float32),
            "lacks the tensor 'refinement_stages.1.",
        ),
    ],
)
def test_a_tensor_out_of_place_is_refused(name, value, told):
    with pytest.raises(WeightsError, match=re.escape(told)):
        imported(changed(name, value))


def test_counters_may_be_missing():
    """PyTorch 0.4.0 and before saved none."""
    bare = {
        name: one for name, one in STATE.items() if not name.endswith("num_batches_tracked")
    }
    assert imported(bare) == imported(STATE)


def test_stages_are_counted_not_endless():
    many = {
        name.replace("_stages.0.", f"_stages.{stage}."): array
        for stage in range(9)
        for name, array in STATE.items()
        if "_stages.0." in name
    }
    with pytest.raises(WeightsError, match="has 9 refinement stages"):
        imported({**STATE, **many})
