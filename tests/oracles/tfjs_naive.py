"""TensorFlow.js graphs run node by node in plain numpy, the way TensorFlow describes each operation.

Knows what MoveNet's whole graph needs, decoding tail included. Shares nothing with the converter:
NHWC stays NHWC, no weight is transposed, folded or left in float16.
"""

from __future__ import annotations

import base64
import json
import math

import numpy as np


def run(model_json, picture):
    """Values of all nodes for one int32 (1, H, W, 3) RGB picture; the result is ``Identity``."""
    graph = json.loads(model_json.read_text(encoding="utf-8"))
    weights = read_weights(graph["weightsManifest"], model_json.parent)
    values = {}
    for node in graph["modelTopology"]["node"]:
        names = [name for name in node.get("input", []) if not name.startswith("^")]
        inputs = [output_of(values, name) for name in names]
        attributes = {key: plain(value) for key, value in node.get("attr", {}).items()}
        if node["op"] == "Placeholder":
            values[node["name"]] = picture
        elif node["op"] == "Const":
            values[node["name"]] = weights[node["name"]]
        else:
            values[node["name"]] = OPERATIONS[node["op"]](*inputs, **attributes)
    return values


def read_weights(manifest, folder):
    weights = {}
    for group in manifest:
        content = b"".join((folder / path).read_bytes() for path in group["paths"])
        for entry in group["weights"]:
            count = math.prod(entry["shape"])
            stored = entry.get("quantization", {}).get("dtype", entry["dtype"])
            raw = content[: count * np.dtype(stored).itemsize]
            content = content[len(raw) :]
            array = np.frombuffer(raw, np.dtype(stored).newbyteorder("<"))
            weights[entry["name"]] = array.astype(entry["dtype"]).reshape(entry["shape"])
        assert not content
    return weights


def output_of(values, name):
    name, _, number = name.partition(":")
    value = values[name]
    return value[int(number or 0)] if isinstance(value, list) else value


def plain(value):
    """A Python value for the JSON form of an AttrValue."""
    (kind, content), *_ = value.items()
    if kind == "list":
        return [plain({key: item}) for key, items in content.items() for item in items]
    if kind == "i":
        return int(content)
    if kind == "s":
        return base64.b64decode(content).decode()
    return content


def convolve(x, kernel, *extra, strides, padding, data_format, fused_ops=(), **_):
    assert data_format == "NHWC"
    out = 0
    for tap, part in taps(x, kernel.shape[:2], strides, padding):
        out = out + part @ kernel[tap]
    return finished(out, extra, fused_ops)


def convolve_each(x, kernel, *extra, strides, padding, data_format, fused_ops=(), **_):
    assert data_format == "NHWC"
    assert kernel.shape[3] == 1
    out = 0
    for tap, part in taps(x, kernel.shape[:2], strides, padding):
        out = out + part * kernel[tap][:, 0]
    return finished(out, extra, fused_ops)


def taps(x, size, strides, padding):
    """Each place in the kernel, and the part of the picture that meets it."""
    step = strides[1:3]
    if padding == "SAME":
        out = [math.ceil(n / s) for n, s in zip(x.shape[1:3], step, strict=True)]
        lack = [
            max((o - 1) * s + k - n, 0)
            for o, s, k, n in zip(out, step, size, x.shape[1:3], strict=True)
        ]
        x = np.pad(x, ((0, 0), *((n // 2, n - n // 2) for n in lack), (0, 0)))
    else:
        out = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:3], size, step, strict=True)]
    for i in range(size[0]):
        for j in range(size[1]):
            rows = slice(i, i + (out[0] - 1) * step[0] + 1, step[0])
            columns = slice(j, j + (out[1] - 1) * step[1] + 1, step[1])
            yield (i, j), x[:, rows, columns]


def finished(out, extra, fused_ops):
    extra = list(extra)
    for op in fused_ops:
        if op == "BiasAdd":
            out = out + extra.pop(0)
        elif op == "Relu":
            out = np.maximum(out, 0)
        elif op == "Relu6":
            out = np.minimum(np.maximum(out, 0), 6)
        else:
            raise NotImplementedError(op)
    assert not extra
    return out


def resize(x, size, *, align_corners, half_pixel_centers, **_):
    for axis, length in zip((1, 2), size.tolist(), strict=True):
        have = x.shape[axis]
        at = np.arange(length, dtype=np.float32)
        if align_corners:
            at = at * np.float32((have - 1) / (length - 1))
        elif half_pixel_centers:
            at = (at + np.float32(0.5)) * np.float32(have / length) - np.float32(0.5)
        else:
            at = at * np.float32(have / length)
        low = np.floor(at)
        share = (at - low).reshape([-1 if k == axis else 1 for k in range(4)])
        before = x.take(np.clip(low, 0, have - 1).astype(int), axis)
        behind = x.take(np.clip(low + 1, 0, have - 1).astype(int), axis)
        x = before + (behind - before) * share
    return x


def gather_nd(x, indices, **_):
    return x[tuple(np.moveaxis(indices, -1, 0))]


def squeeze(x, *, squeeze_dims, **_):
    return np.squeeze(x, tuple(squeeze_dims))


def cast(x, *, DstT, **_):
    return x.astype({"DT_FLOAT": np.float32, "DT_INT32": np.int32}[DstT])


OPERATIONS = {
    "_FusedConv2D": convolve,
    "FusedDepthwiseConv2dNative": convolve_each,
    "DepthwiseConv2dNative": convolve_each,
    "ResizeBilinear": resize,
    "GatherNd": gather_nd,
    "Squeeze": squeeze,
    "Cast": cast,
    "AddV2": lambda a, b, **_: a + b,
    "Sub": lambda a, b, **_: a - b,
    "Mul": lambda a, b, **_: a * b,
    "RealDiv": lambda a, b, **_: a / b,
    "FloorDiv": lambda a, b, **_: a // b,
    "SquaredDifference": lambda a, b, **_: (a - b) * (a - b),
    "Sqrt": lambda a, **_: np.sqrt(a),
    "Sigmoid": lambda a, **_: np.exp(-np.logaddexp(np.float32(0), -a)),
    "Identity": lambda a, **_: a,
    "ArgMax": lambda a, axis, **_: np.argmax(a, int(axis)).astype(np.int32),
    "ExpandDims": lambda a, axis, **_: np.expand_dims(a, int(axis)),
    "Reshape": lambda a, shape, **_: a.reshape(shape.tolist()),
    "Pack": lambda *parts, axis, **_: np.stack(parts, axis),
    "Unpack": lambda a, axis, num, **_: [a.take(k, axis) for k in range(num)],
    "ConcatV2": lambda *parts, **_: np.concatenate(parts[:-1], int(parts[-1])),
}
