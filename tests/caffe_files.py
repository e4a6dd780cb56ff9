"""OpenPose's Caffe networks with random weights, in the formats of the published files.

The layers are those of OpenPose's pose_deploy_linevec.prototxt (COCO) and pose_deploy.prototxt
(BODY_25); ``width`` narrows every layer but the outputs. OpenCV 4 reads what is written here.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Layer:
    name: str
    op: str
    bottoms: list
    top: str
    numbers: dict = field(default_factory=dict)
    blobs: list = field(default_factory=list)


class Builder:
    """Adds layers with random weights that keep the maps at a size near 1."""

    def __init__(self, seed, width=1.0):
        self.layers = []
        self.channels = {"image": 3}
        self._rng = np.random.default_rng(seed)
        self._width = width

    def conv(self, name, bottom, out, size, *, act="ReLU", act_name="", end=False):
        out = out if end else max(2, round(out * self._width))
        before = self.channels[bottom]
        reach = (6 / (before * size * size)) ** 0.5
        weights = self._uniform((out, before, size, size), reach)
        blobs = [weights, self._uniform((out,), 0.2)]
        numbers = {"num_output": out, "pad": size // 2, "kernel_size": size}
        self.layers.append(Layer(name, "Convolution", [bottom], name, numbers, blobs))
        self.channels[name] = out
        if not end:
            blobs = [self._uniform((out,), 0.5)] if act == "PReLU" else []
            self.layers.append(Layer(act_name, act, [name], name, {}, blobs))
        return name

    def pool(self, name, bottom):
        numbers = {"pool": "MAX", "kernel_size": 2, "stride": 2}
        self.layers.append(Layer(name, "Pooling", [bottom], name, numbers))
        self.channels[name] = self.channels[bottom]
        return name

    def concat(self, name, bottoms, top=""):
        self.layers.append(Layer(name, "Concat", bottoms, top or name, {"axis": 1}))
        self.channels[top or name] = sum(self.channels[bottom] for bottom in bottoms)
        return top or name

    def _uniform(self, shape, reach):
        return (self._rng.random(shape, dtype=np.float32) - np.float32(0.5)) * np.float32(
            2 * reach
        )


def vgg(net):
    """The first ten layers of VGG-19 up to conv4_1."""
    here = "image"
    for stage, (out, count) in enumerate(((64, 2), (128, 2), (256, 4)), start=1):
        for k in range(1, count + 1):
            here = net.conv(f"conv{stage}_{k}", here, out, 3, act_name=f"relu{stage}_{k}")
        here = net.pool(f"pool{stage}_stage1", here)
    return net.conv("conv4_1", here, 512, 3, act_name="relu4_1")


def coco(seed=0, width=1.0):
    net = Builder(seed, width)
    here = vgg(net)
    for name, out in (("4_2", 512), ("4_3_CPM", 256), ("4_4_CPM", 128)):
        here = net.conv(f"conv{name}", here, out, 3, act_name=f"relu{name}")
    features = here
    ends = {}
    for branch, out in (("L1", 38), ("L2", 19)):
        here = features
        for k, (wide, size) in enumerate(((128, 3), (128, 3), (128, 3), (512, 1)), start=1):
            name = f"5_{k}_CPM_{branch}"
            here = net.conv(f"conv{name}", here, wide, size, act_name=f"relu{name}")
        ends[branch] = net.conv(f"conv5_5_CPM_{branch}", here, out, 1, end=True)
    for stage in range(2, 7):
        inside = net.concat(f"concat_stage{stage}", [ends["L1"], ends["L2"], features])
        for branch, out in (("L1", 38), ("L2", 19)):
            here = inside
            for k, size in enumerate((7, 7, 7, 7, 7, 1), start=1):
                name = f"{k}_stage{stage}_{branch}"
                here = net.conv(f"Mconv{name}", here, 128, size, act_name=f"Mrelu{name}")
            ends[branch] = net.conv(f"Mconv7_stage{stage}_{branch}", here, out, 1, end=True)
    net.concat("concat_stage7", [ends["L2"], ends["L1"]], top="net_output")
    return net.layers


def body25(seed=0, width=1.0):
    net = Builder(seed, width)
    here = vgg(net)
    for name, out in (("4_2", 512), ("4_3_CPM", 256), ("4_4_CPM", 128)):
        here = net.conv(f"conv{name}", here, out, 3, act="PReLU", act_name=f"prelu{name}")
    features = here
    limb = heat = None
    for stage, branch, deep, wide, out in (
        (0, "L2", 96, 256, 52), (1, "L2", 128, 512, 52), (2, "L2", 128, 512, 52),
        (3, "L2", 128, 512, 52), (0, "L1", 96, 256, 26), (1, "L1", 128, 512, 26),
    ):  # fmt: skip
        parts = [features] + [end for end in (heat, limb) if end]
        place = f"stage{stage}_{branch}"
        here = net.concat(f"concat_{place}", parts) if len(parts) > 1 else features
        for k in range(1, 6):
            block = []
            for part in range(3):
                name = f"{k}_{place}_{part}"
                here = net.conv(
                    f"Mconv{name}", here, deep, 3, act="PReLU", act_name=f"Mprelu{name}"
                )
                block.append(here)
            here = net.concat(f"Mconv{k}_{place}_concat", block)
        here = net.conv(
            f"Mconv6_{place}", here, wide, 1, act="PReLU", act_name=f"Mprelu6_{place}"
        )
        end = net.conv(f"Mconv7_{place}", here, out, 1, end=True)
        limb, heat = (end, heat) if branch == "L2" else (limb, end)
    net.concat("net_output", [heat, limb])
    return net.layers


PARAMETERS = {
    "Convolution": "convolution_param",
    "Pooling": "pooling_param",
    "Concat": "concat_param",
}


def prototxt(layers):
    """The text of a network, with the comments and fillers of the published ones."""
    lines = ['input: "image"', "input_dim: 1", "input_dim: 3"]
    lines += ["input_dim: 16 # This value will be defined at runtime"] * 2
    for layer in layers:
        lines += ["layer {", f'  name: "{layer.name}"', f'  type: "{layer.op}"']
        lines += [f'  bottom: "{bottom}"' for bottom in layer.bottoms]
        lines += [f'  # top: "{layer.name}"', f'  top: "{layer.top}"']
        if layer.op == "Convolution":
            lines += ["  param {", "    lr_mult: 1.0", "    decay_mult: 1", "  }"]
        if layer.numbers:
            lines += [f"  {PARAMETERS[layer.op]} {{"]
            lines += [f"    {name}: {value}" for name, value in layer.numbers.items()]
            if layer.op == "Convolution":
                lines += [
                    "    weight_filler {",
                    '      type: "gaussian"',
                    "      std: 0.01",
                    "    }",
                ]
            lines += ["  }"]
        lines += ["}"]
    return ("\n".join(lines) + "\n").encode()


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def entry(number, content):
    """A field of bytes, as parts, so that large arrays are copied once."""
    size = sum(map(len, content))
    return [varint(number << 3 | 2), varint(size), *content]


def blob(array, *, old):
    """A BlobProto; the old ones pad every shape to four axes."""
    data = entry(5, [memoryview(array.astype("<f4", copy=False)).cast("B")])
    if old:
        shape = [1] * (4 - array.ndim) + list(array.shape)
        axes = [
            varint(number << 3) + varint(size) for number, size in enumerate(shape, start=1)
        ]
        return [*axes, *data]
    return [*data, *entry(7, entry(1, [b"".join(map(varint, array.shape))]))]


OLD_NUMBERS = {"Convolution": 4, "Pooling": 17, "ReLU": 18, "Concat": 3, "PReLU": 0}


def caffemodel(layers, *, old=False):
    """The bytes of the weights, as LayerParameter or (old) as V1LayerParameter."""
    parts = entry(1, [b"random"])
    for layer in layers:
        name, bottoms = layer.name.encode(), [bottom.encode() for bottom in layer.bottoms]
        blobs = [
            piece
            for array in layer.blobs
            for piece in entry(6 if old else 7, blob(array, old=old))
        ]
        if old:
            inner = [piece for bottom in bottoms for piece in entry(2, [bottom])]
            inner += entry(3, [layer.top.encode()]) + entry(4, [name])
            inner += [varint(5 << 3) + varint(OLD_NUMBERS[layer.op])]
            parts += entry(2, inner + blobs)
        else:
            inner = entry(1, [name]) + entry(2, [layer.op.encode()])
            inner += [piece for bottom in bottoms for piece in entry(3, [bottom])]
            inner += entry(4, [layer.top.encode()])
            inner += entry(6, [b"\x1d" + struct.pack("<f", 1.0)])  # param { lr_mult: 1 }
            parts += entry(100, inner + blobs)
    return b"".join(parts)
