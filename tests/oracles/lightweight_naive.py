"""Lightweight OpenPose in plain numpy, float64, BatchNorm unfolded; no import of the code under test.

After the published model (arXiv:1811.12004, models/with_mobilenet.py of its repository).
"""

from __future__ import annotations

import numpy as np

STRIDES = {0: 2, 2: 2, 4: 2}
DILATIONS = {7: 2}


def run(state, image):
    """Heat maps and affinities of the last stage for a picture (3, H, W) in BGR, 0..255."""
    net = Net(state)
    x = (image.astype(np.float64) - 128) / 256
    x = relu(net.norm("model.0.1", net.conv("model.0.0", x, pad=1, stride=2)))
    for k in range(1, 12):
        step = DILATIONS.get(k, 1)
        x = net.deep(f"model.{k}.0", x, pad=step, stride=STRIDES.get(k, 1), dilation=step)
        x = relu(net.norm(f"model.{k}.1", x))
        x = relu(net.norm(f"model.{k}.4", net.conv(f"model.{k}.3", x)))
    x = relu(net.conv("cpm.align.0", x))
    inner = x
    for k in range(3):
        inner = elu(net.deep(f"cpm.trunk.{k}.0", inner, pad=1))
        inner = elu(net.conv(f"cpm.trunk.{k}.2", inner))
    features = relu(net.conv("cpm.conv.0", x + inner, pad=1))
    x = features
    for k in range(3):
        x = relu(net.conv(f"initial_stage.trunk.{k}.0", x, pad=1))
    heat, limb = net.ends("initial_stage", x)
    stage = 0
    while f"refinement_stages.{stage}.trunk.0.initial.0.weight" in state:
        x = np.concatenate([features, heat, limb])
        for k in range(5):
            place = f"refinement_stages.{stage}.trunk.{k}"
            first = x = relu(net.conv(f"{place}.initial.0", x))
            for part, step in ((0, 1), (1, 2)):
                x = net.conv(f"{place}.trunk.{part}.0", x, pad=step, dilation=step)
                x = relu(net.norm(f"{place}.trunk.{part}.1", x))
            x = first + x
        heat, limb = net.ends(f"refinement_stages.{stage}", x)
        stage += 1
    return heat, limb


class Net:
    def __init__(self, state):
        self.state = {name: array.astype(np.float64) for name, array in state.items()}

    def conv(self, name, x, pad=0, stride=1, dilation=1):
        weights = self.state[f"{name}.weight"]
        out = sum(
            np.tensordot(weights[:, :, i, j], tap, axes=1)
            for (i, j), tap in taps(x, weights.shape[2], pad, stride, dilation)
        )
        bias = self.state.get(f"{name}.bias")
        return out if bias is None else out + bias[:, None, None]

    def deep(self, name, x, pad=0, stride=1, dilation=1):
        """Each channel on its own."""
        weights = self.state[f"{name}.weight"]
        return sum(
            weights[:, 0, i, j, None, None] * tap
            for (i, j), tap in taps(x, weights.shape[2], pad, stride, dilation)
        )

    def norm(self, name, x):
        names = ("weight", "bias", "running_mean", "running_var")
        gain, bias, mean, variance = (self.state[f"{name}.{n}"][:, None, None] for n in names)
        return gain * (x - mean) / np.sqrt(variance + 1e-5) + bias

    def ends(self, place, x):
        parts = (f"{place}.heatmaps", f"{place}.pafs")
        return [self.conv(f"{part}.1.0", relu(self.conv(f"{part}.0.0", x))) for part in parts]


def taps(x, size, pad, stride, dilation):
    """The picture as each weight of a kernel sees it."""
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    h, w = ((n - dilation * (size - 1) - 1) // stride + 1 for n in x.shape[1:])
    for i in range(size):
        for j in range(size):
            top, left = i * dilation, j * dilation
            yield (
                (i, j),
                x[:, top : top + stride * h : stride, left : left + stride * w : stride],
            )


def relu(x):
    return np.maximum(x, 0)


def elu(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))
