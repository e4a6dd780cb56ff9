"""Lightweight OpenPose with random weights, and checkpoints as torch.save writes them.

Written from torch/serialization.py and the published model; real PyTorch loads these files, and
``golden/torch`` holds small ones that real PyTorch wrote.
"""

from __future__ import annotations

import io
import itertools
import struct
import zipfile

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
WIDTHS = (32, 64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512)
KINDS = {"f4": "FloatStorage", "f8": "DoubleStorage", "f2": "HalfStorage", "i8": "LongStorage"}


def lightweight(seed=0, stages=1):
    """The state_dict of PoseEstimationWithMobileNet: float32 arrays and int64 counters by name."""
    net = Builder(seed)
    net.backbone()
    net.features()
    for k in range(3):
        net.conv(f"initial_stage.trunk.{k}.0", 128, 128, 3)
    net.ends("initial_stage", 512)
    for stage in range(stages):
        for k in range(5):
            place = f"refinement_stages.{stage}.trunk.{k}"
            net.conv(f"{place}.initial.0", 128, 128 if k else 128 + 19 + 38, 1)
            for part in range(2):
                net.conv(f"{place}.trunk.{part}.0", 128, 128, 3)
                net.norm(f"{place}.trunk.{part}.1", 128)
        net.ends(f"refinement_stages.{stage}", 128)
    return net.state


class Builder:
    def __init__(self, seed):
        self._rng = np.random.default_rng(seed)
        self.state = {}

    def backbone(self):
        self.conv("model.0.0", 32, 3, 3, bias=False)
        self.norm("model.0.1", 32)
        for k, (before, out) in enumerate(itertools.pairwise(WIDTHS), start=1):
            self.conv(f"model.{k}.0", before, before, 3, bias=False, groups=before)
            self.norm(f"model.{k}.1", before)
            self.conv(f"model.{k}.3", out, before, 1, bias=False)
            self.norm(f"model.{k}.4", out)

    def features(self):
        self.conv("cpm.align.0", 128, 512, 1)
        for k in range(3):
            self.conv(f"cpm.trunk.{k}.0", 128, 128, 3, bias=False, groups=128)
            self.conv(f"cpm.trunk.{k}.2", 128, 128, 1, bias=False)
        self.conv("cpm.conv.0", 128, 128, 3)

    def ends(self, place, wide):
        for name, out in (("heatmaps", 19), ("pafs", 38)):
            self.conv(f"{place}.{name}.0.0", wide, 128, 1)
            self.conv(f"{place}.{name}.1.0", out, wide, 1)

    def conv(self, name, out, before, size, *, bias=True, groups=1):
        reach = (6 / (before // groups * size * size)) ** 0.5
        self.state[f"{name}.weight"] = self._uniform(
            0, reach, out, before // groups, size, size
        )
        if bias:
            self.state[f"{name}.bias"] = self._uniform(0, 0.2, out)

    def norm(self, name, out):
        self.state[f"{name}.weight"] = self._uniform(1, 0.3, out)
        self.state[f"{name}.bias"] = self._uniform(0, 0.2, out)
        self.state[f"{name}.running_mean"] = self._uniform(0, 0.3, out)
        self.state[f"{name}.running_var"] = self._uniform(1, 0.5, out)
        self.state[f"{name}.num_batches_tracked"] = np.array(370000, np.int64)

    def _uniform(self, middle, reach, *shape):
        return self._rng.uniform(middle - reach, middle + reach, shape).astype(np.float32)


def checkpoint(state):
    """What train.py saves beside the weights, in small."""
    return {
        "state_dict": Ordered(state),
        "optimizer": {
            "state": {140: {"step": 3, "exp_avg": np.ones(4, np.float32)}},
            "param_groups": [
                {"lr": 4e-5, "betas": (0.9, 0.999), "amsgrad": False, "params": [140]}
            ],
        },
        "scheduler": {"milestones": [100, 200, 260], "last_epoch": -1, "verbose": None},
        "iter": 370000,
        "current_epoch": 200,
    }


class Ordered(dict):
    """An OrderedDict as a module's state_dict: with attributes of its own."""


class Pickler:
    """Protocol 2 as Python's pickle writes torch.save's objects, storages noted by key."""

    def __init__(self, *, old):
        self.storages = {}
        self._old = old
        self._memo = {}

    def dumps(self, value):
        return b"\x80\x02" + self.emit(value) + b"."

    def emit(self, value):
        emitters = {
            type(None): lambda _: b"N",
            bool: lambda yes: b"\x88" if yes else b"\x89",
            str: lambda text: self.once(text, counted(b"X", text.encode())),
            int: self.integer,
            float: lambda number: b"G" + struct.pack(">d", number),
            tuple: lambda parts: b"(" + self.all(parts) + b"t" if parts else b")",
            list: lambda parts: b"](" + self.all(parts) + b"e",
            dict: lambda pairs: b"}" + self.items(pairs),
            Ordered: self.ordered,
            np.ndarray: self.tensor,
        }
        return emitters[type(value)](value)

    def all(self, parts):
        return b"".join(map(self.emit, parts))

    def ordered(self, pairs):
        attributes = self.emit({"_metadata": {"": {"version": 1}}})
        return self.call("collections OrderedDict", ()) + self.items(pairs) + attributes + b"b"

    def integer(self, value):
        if 0 <= value < 256:
            return b"K" + bytes([value])
        if abs(value) < 2**31:
            return b"J" + struct.pack("<i", value)
        size = value.bit_length() // 8 + 1
        return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)

    def items(self, value):
        return b"(" + b"".join(self.all(pair) for pair in value.items()) + b"u"

    def named(self, name):
        module, _, attribute = name.partition(" ")
        return self.once(f"global {name}", f"c{module}\n{attribute}\n".encode())

    def call(self, name, arguments):
        return self.named(name) + self.emit(arguments) + b"R"

    def once(self, key, code):
        """Write something and keep it in the memo, or recall it."""
        if key in self._memo:
            return b"j" + struct.pack("<I", self._memo[key])
        index = self._memo[key] = len(self._memo)
        return code + b"r" + struct.pack("<I", index)

    def tensor(self, array):
        key = str(94164332799648 + 64 * len(self.storages) if self._old else len(self.storages))
        self.storages[key] = array
        parts = [self.emit("storage"), self.named(f"torch {KINDS[array.dtype.str[1:]]}")]
        parts += [self.emit(one) for one in (key, "cuda:0", array.size)]
        parts += [b"N"] if self._old else []
        storage = b"(" + b"".join(parts) + b"tQ"
        strides = tuple(stride // array.itemsize for stride in array.strides)
        rest = b"".join(map(self.emit, (0, array.shape, strides, False)))
        hooks = self.call("collections OrderedDict", ())
        return (
            self.named("torch._utils _rebuild_tensor_v2")
            + b"("
            + storage
            + rest
            + hooks
            + b"tR"
        )


def counted(code, content):
    return code + struct.pack("<I", len(content)) + content


def archive(value, *, order="little", name="checkpoint"):
    """The zip format."""
    pickler = Pickler(old=False)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        file.writestr(f"{name}/data.pkl", pickler.dumps(value))
        file.writestr(f"{name}/byteorder", order)
        for key, array in pickler.storages.items():
            dtype = array.dtype.newbyteorder("<" if order == "little" else ">")
            file.writestr(f"{name}/data/{key}", array.astype(dtype).tobytes("A"))
        file.writestr(f"{name}/version", "3\n")
    return out.getvalue()


def stream(value):
    """The format before PyTorch 1.6."""
    pickler = Pickler(old=True)
    plain = Pickler(old=True)
    machine = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    parts = [plain.dumps(MAGIC), plain.dumps(1001), Pickler(old=True).dumps(machine)]
    parts += [pickler.dumps(value), Pickler(old=True).dumps(sorted(pickler.storages))]
    for key in sorted(pickler.storages):
        array = pickler.storages[key]
        parts += [struct.pack("<q", array.size), array.tobytes("A")]
    return b"".join(parts)
