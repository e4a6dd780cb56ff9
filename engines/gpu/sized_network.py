"""One network at one input size on the GPU: TensorRT between the game's own kernels.

The input lies in GPU memory, written by the kernel that cuts; what the network says stays there
too, and only what ``decoding`` draws out of it, a few kilobytes, is copied back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np

from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.kernels import TILE, cut_grid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kpopdance.engines.gpu.cutting import Cutting
    from kpopdance.engines.gpu.device import Device, Memory, PinnedMemory

TYPES: Final[dict[str, np.dtype[Any]]] = {
    "f32": np.dtype(np.float32), "f16": np.dtype(np.float16),
}  # fmt: skip
"""How the kernels name a tensor's type."""


class Port(NamedTuple):
    """An input or output of a network: its shape, (N, C, h, w) or (N, C), and ``f32`` or ``f16``."""

    shape: tuple[int, ...]
    kind: str

    @property
    def nbytes(self) -> int:
        """Its size."""
        return int(np.prod(self.shape)) * TYPES[self.kind].itemsize


class Engine(Protocol):
    """A network in a runtime of the GPU, at one input size."""

    inlet: Port
    outlets: Mapping[str, Port]
    capturable: bool

    def bind(self, inlet: Memory, outlets: Mapping[str, Memory]) -> None:
        """Say where input and outputs lie, once."""

    def enqueue(self) -> None:
        """Ask the device's stream for one inference; the device is this thread's.

        Raises GpuError where that is refused.
        """

    def warmed(self) -> None:
        """Take note that the first inference is done: from now on ``capturable`` holds."""

    def close(self) -> None:
        """Give back what it holds on the GPU. May be called twice."""


class Decoding(Protocol):
    """What is drawn out of a network's outputs on the GPU, and how its pictures are cut."""

    result: Memory
    cutting: Cutting

    def enqueue(self) -> None:
        """Ask the device's stream for it."""

    def close(self) -> None:
        """Give its memory back."""


class SizedNetwork:
    """A network with its memory.

    Parameters
    ----------
    device : Device
        Where it runs.
    engine : Engine
        The network.
    """

    def __init__(self, device: Device, engine: Engine) -> None:
        self.device, self.engine = device, engine
        self.crops, _, self.height, self.width = engine.inlet.shape
        self.inlet = device.allocate(engine.inlet.nbytes)
        self.outlets = {
            name: device.allocate(port.nbytes) for name, port in engine.outlets.items()
        }
        device.activate()
        engine.bind(self.inlet, self.outlets)
        self._fetched: dict[str, PinnedMemory] = {}
        device.fill(self.inlet, 0)
        self.infer()  # a runtime's first inference allocates; a graph may not
        device.synchronise()
        engine.warmed()

    def infer(self) -> None:
        """Ask the stream for one inference, from whatever thread."""
        self.device.activate()
        self.engine.enqueue()

    def cut(self, kernel: str, picture: Memory, size: tuple[int, int], crops: Memory) -> None:
        """Ask the stream to paint the crops of a picture of ``size`` (height, width) into the input."""
        height, width = size
        self.device.launch(
            f"{kernel}_{self.engine.inlet.kind}",
            cut_grid(self.crops, self.height, self.width), TILE,
            (picture, width, height, crops, self.inlet, self.width, self.height),
        )  # fmt: skip

    def fetch(self, name: str) -> NDArray[np.float32]:
        """Return an output as it is now, float32 of its shape; waits for the stream."""
        port, source = self.engine.outlets[name], self.outlets[name]
        if name not in self._fetched:
            self._fetched[name] = self.device.pin(port.nbytes)
        target = self._fetched[name]
        self.device.download(target, source, port.nbytes)
        self.device.synchronise()
        values = target.array.view(TYPES[port.kind]).reshape(port.shape)
        copied: NDArray[np.float32] = values.astype(np.float32)  # it is written again
        return copied

    def close(self) -> None:
        """Give the engine and its memory back."""
        self.engine.close()
        for memory in (self.inlet, *self.outlets.values()):
            self.device.free(memory)
        for pinned in self._fetched.values():
            self.device.free(pinned)
        self._fetched.clear()


def check_outlets(engine: Engine, expected: Mapping[str, tuple[int, ...]], what: str) -> None:
    """Raise GpuError unless an engine's outputs have the expected shapes, all of one type."""
    told = {name: port.shape for name, port in engine.outlets.items()}
    kinds = {port.kind for port in engine.outlets.values()}
    if told != dict(expected) or len(kinds) != 1:
        raise GpuError(
            f"{what}: this engine gives {told} of {sorted(kinds)}, expected {dict(expected)}"
        )
