"""The tensors of a PyTorch checkpoint, without PyTorch and without running its pickle.

Both formats of ``torch.save`` are read: the zip archive (since PyTorch 1.6) and the stream before it.
Source: torch/serialization.py and, for the stream's byte order, torch/csrc/generic/serialization.cpp.

Why not ``torch.load(weights_only=True)``, which reads the same: for one file a player would install
750 MB of PyTorch, on Linux 15 packages of NVIDIA's too, and for Macs with an Intel processor there is
none since 2.2. safetensors reads another format, which nobody published these weights in.
"""

from __future__ import annotations

import io
import math
import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from kpopdance.engines.weights.onnx_writer import WeightsError
from kpopdance.engines.weights.plain_pickle import (
    ITEM_BYTES,
    MAX_PICKLE_BYTES,
    Plain,
    Storage,
    Tensor,
    plain_from_pickle,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ENTRIES = 10_000  # of an archive; Lightweight OpenPose's has about 600
MAGIC: Final = 0x1950A86A20F9469CFC6C
STREAM_VERSION: Final = 1001
FLOATS: Final = {"FloatStorage": "f4", "DoubleStorage": "f8", "HalfStorage": "f2"}
BYTE_ORDERS: Final = {b"little": "<", b"big": ">"}
ARCHIVE_TROUBLE: Final = (
    zipfile.BadZipFile, struct.error, EOFError, KeyError, ValueError, NotImplementedError,
    RuntimeError, OSError, OverflowError,
)  # fmt: skip
"""What zipfile raises on damaged archives."""


class Storages(Protocol):
    """Where the numbers lie."""

    def read(self, storage: Storage) -> tuple[bytes | memoryview, str]:
        """Return a storage's bytes and their order, ``<`` or ``>``."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tensors of a checkpoint by name, read one by one."""

    tensors: dict[str, Tensor]
    storages: Storages

    def array(self, name: str) -> NDArray[np.float32]:
        """Return one tensor; raise WeightsError where it is damaged or no float."""
        storage, offset, shape, strides = self.tensors[name]
        if storage.kind not in FLOATS:
            raise WeightsError(f"has a tensor {name[:80]!r} of {storage.kind}, not of floats")
        reach = sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
        if 0 in shape or reach + 1 != math.prod(shape) or offset + reach >= storage.elements:
            raise WeightsError(f"has a tensor {name[:80]!r} that does not fit its storage")
        content, order = self.storages.read(storage)
        dtype = np.dtype(order + FLOATS[storage.kind])
        flat = np.frombuffer(content, dtype)[offset : offset + reach + 1]
        if len(flat) != reach + 1:  # the view below looks at memory unasked
            raise WeightsError(f"is truncated in the tensor {name[:80]!r}")
        steps = [stride * dtype.itemsize for stride in strides]
        view = np.lib.stride_tricks.as_strided(flat, shape, steps, writeable=False)
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(view, np.float32)


def checkpoint_from_bytes(content: bytes) -> Checkpoint:
    """Return what a file holds; raise WeightsError where it is no checkpoint of plain tensors."""
    if content[:4] == b"PK\x03\x04":
        archive = Archive(content)
        return Checkpoint(tensors_from_plain(archive.top), archive)
    if content[:2] == b"\x80\x02":
        stream = Stream(content)
        return Checkpoint(tensors_from_plain(stream.top), stream)
    raise WeightsError("is no checkpoint that torch.save wrote")


def tensors_from_plain(top: Plain) -> dict[str, Tensor]:
    """Return the state_dict of what a checkpoint holds."""
    state = top.get("state_dict", top) if isinstance(top, dict) else None
    if not isinstance(state, dict) or not state:
        raise WeightsError("holds no state_dict")
    for name, tensor in state.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise WeightsError(f"has something else than a tensor at {str(name)[:80]!r}")
    if all(name.startswith("module.") for name in state):  # saved from within DataParallel
        return {name.removeprefix("module."): tensor for name, tensor in state.items()}
    return state


class Archive:
    """The zip archive: ``NAME/data.pkl`` and one entry per storage, none of them compressed."""

    def __init__(self, content: bytes) -> None:
        if content.count(b"PK\x01\x02") > MAX_ENTRIES:  # before zipfile lists them all
            raise WeightsError(f"is an archive of more than {MAX_ENTRIES} entries")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except ARCHIVE_TROUBLE as why:
            raise WeightsError(f"is truncated or a damaged archive ({_line(why)})") from why
        entries = self._archive.infolist()
        self._names = {entry.filename for entry in entries}
        pickles = [name for name in self._names if name.endswith("/data.pkl")]
        if (
            len(pickles) != 1
            or len(self._names) != len(entries)
            or any(_is_odd(entry) for entry in entries)
        ):
            raise WeightsError("is an archive, but not one that torch.save wrote")
        self._folder = pickles[0].removesuffix("data.pkl")
        self._order = self._byte_order()
        self.top, _end = plain_from_pickle(self._entry("data.pkl", MAX_PICKLE_BYTES))

    def read(self, storage: Storage) -> tuple[bytes, str]:
        """Return a storage's bytes and their order."""
        size = storage.elements * ITEM_BYTES[storage.kind]
        found = self._entry(f"data/{storage.key}", size)
        if len(found) != size:
            raise WeightsError(f"is damaged (storage {storage.key} has another size)")
        return found, self._order

    def _byte_order(self) -> str:
        if f"{self._folder}byteorder" not in self._names:  # before PyTorch 2.1
            return "<"
        told = self._entry("byteorder", 6)
        if told not in BYTE_ORDERS:
            raise WeightsError("is an archive of unknown byte order")
        return BYTE_ORDERS[told]

    def _entry(self, name: str, most: int) -> bytes:
        try:
            if self._archive.getinfo(self._folder + name).file_size > most:
                raise WeightsError(f"is an archive whose entry {name!r} is too large")
            return self._archive.read(self._folder + name)
        except ARCHIVE_TROUBLE as why:
            raise WeightsError(f"is damaged in the entry {name!r} ({_line(why)})") from why


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    """Say whether an entry is none of torch.save's: compressed, encrypted or with a roaming name."""
    parts = entry.filename.split("/")
    roams = ".." in parts or "" in parts or "\\" in entry.filename or ":" in entry.filename
    packed = entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size
    return roams or packed or bool(entry.flag_bits & 1)


def _line(why: Exception) -> str:
    return ascii(str(why))[1:-1][:80]


class Stream:
    """The older format: five pickles (magic, version, machine, data, keys), then the storages.

    Each storage is its number of elements (int64) and these, little-endian on every machine.
    """

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)
        magic, at = plain_from_pickle(content)
        if magic != MAGIC:
            raise WeightsError("is a pickle, but no checkpoint that torch.save wrote")
        version, at = plain_from_pickle(content, at)
        if version != STREAM_VERSION:
            raise WeightsError("is a checkpoint of an unknown version")
        _machine, at = plain_from_pickle(content, at)
        storages: dict[str, Storage] = {}
        self.top, at = plain_from_pickle(content, at, storages)
        keys, at = plain_from_pickle(content, at)
        listed = isinstance(keys, list) and all(isinstance(key, str) for key in keys)
        if not listed or sorted(keys) != sorted(storages):
            raise WeightsError("is damaged (it lists other storages than it uses)")
        self._starts = self._places([storages[key] for key in keys], at)

    def read(self, storage: Storage) -> tuple[memoryview, str]:
        """Return a storage's bytes and their order."""
        start = self._starts[storage.key]
        return self._content[start : start + storage.elements * ITEM_BYTES[storage.kind]], "<"

    def _places(self, storages: list[Storage], at: int) -> dict[str, int]:
        """Return where the elements of each storage begin."""
        starts = {}
        for storage in storages:
            elements = int.from_bytes(self._content[at : at + 8], "little", signed=True)
            starts[storage.key] = at + 8
            at += 8 + storage.elements * ITEM_BYTES[storage.kind]
            if at > len(self._content):
                raise WeightsError("is truncated (a storage does not end)")
            if elements != storage.elements:
                raise WeightsError(f"is damaged (storage {storage.key} has another size)")
        return starts
