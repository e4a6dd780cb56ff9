"""Caffe's layers in plain numpy, float64, one function per layer; no import of the code under test.

After Caffe's layer catalogue: convolutions pad with zeros and round sizes down, pooling rounds them up
and cuts its last window at the border, PReLU has one slope per channel.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def run(layers, image):
    """All blobs of a network, by name, for a picture (3, H, W) in BGR, 0..255."""
    blobs = {"image": image.astype(np.float64) / 256 - 0.5}
    for layer in layers:
        inputs = [blobs[bottom] for bottom in layer.bottoms]
        blobs[layer.top] = LAYERS[layer.op](layer, *inputs)
    return blobs


def convolution(layer, x):
    weights, bias = layer.blobs
    pad = layer.numbers["pad"]
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(x, weights.shape[2:], axis=(1, 2))  # (in, h, w, size, size)
    out = np.tensordot(weights.astype(np.float64), windows, axes=([1, 2, 3], [0, 3, 4]))
    return out + bias[:, None, None]


def pooling(layer, x):
    size, stride = layer.numbers["kernel_size"], layer.numbers["stride"]
    h, w = (-(-(n - size) // stride) + 1 for n in x.shape[1:])
    out = np.empty((len(x), h, w))
    for row in range(h):
        for column in range(w):
            top, left = row * stride, column * stride
            out[:, row, column] = x[:, top : top + size, left : left + size].max(axis=(1, 2))
    return out


LAYERS = {
    "Convolution": convolution,
    "Pooling": pooling,
    "ReLU": lambda _layer, x: np.maximum(x, 0),
    "PReLU": lambda layer, x: np.where(x > 0, x, layer.blobs[0][:, None, None] * x),
    "Concat": lambda _layer, *parts: np.concatenate(parts),
}
