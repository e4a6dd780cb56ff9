"""A frame's whole way over the GPU as one CUDA graph: upload, cut, network, decode, download.

The graph is captured once for each size of picture and launched for every frame: no memory is
asked for, and the computer waits for the GPU once.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.gpu.device import GpuError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.gpu.device import Event, Graph, Memory, PinnedMemory
    from kpopdance.engines.gpu.sized_network import Decoding, SizedNetwork
    from kpopdance.engines.placement import Placement, TurnedPlacement

    Places = Sequence[Placement | TurnedPlacement]

log = logging.getLogger(__name__)

SLOTS: Final = 2
"""Frames in flight: one is written by the computer while the GPU works on the other."""


class _Slot(NamedTuple):
    picture: PinnedMemory
    crops: PinnedMemory
    result: PinnedMemory
    done: Event


class FramePass:
    """Pictures of one size through one network.

    Parameters
    ----------
    network : SizedNetwork
        The network.
    decoding : Decoding
        What comes back of its outputs, and how its pictures are cut.
    size : (int, int)
        The pictures' height and width, px.
    graphs : bool
        Whether to capture the work; otherwise it is asked for step by step, as a reference and
        where a runtime cannot be captured.
    """

    def __init__(
        self,
        network: SizedNetwork,
        decoding: Decoding,
        size: tuple[int, int],
        *,
        graphs: bool = True,
    ) -> None:
        self._network, self._decoding, self._size = network, decoding, size
        device = network.device
        self._picture: Memory = device.allocate(size[0] * size[1] * 3)
        self._crops: Memory = device.allocate(network.crops * decoding.cutting.row.itemsize)
        self._slots = [
            _Slot(
                device.pin(self._picture.nbytes), device.pin(self._crops.nbytes),
                device.pin(decoding.result.nbytes), device.event(),
            )
            for _ in range(SLOTS)
        ]  # fmt: skip
        self._graphs: list[Graph] = []
        if graphs and network.engine.capturable:
            try:
                self._graphs = [device.capture(self._work(slot)) for slot in self._slots]
            except GpuError as why:
                log.warning("no CUDA graph, each step is asked for by itself: %s", why)
        self._next = 0
        self._asked: list[int] = []

    @property
    def nodes(self) -> int:
        """How many nodes the graph has; 0 without graph."""
        return self._graphs[0].nodes if self._graphs else 0

    def submit(self, image: NDArray[np.uint8], places: Places) -> None:
        """Send a uint8 (H, W, 3) BGR picture and where its crops lie on their way.

        At most ``SLOTS`` are under way; ``collect`` returns them in this order. Fewer places than
        the network takes crops leave the rest black.
        """
        assert len(self._asked) < SLOTS, "collect first"
        slot = self._slots[self._next]
        self._write(slot, image, places)
        if self._graphs:
            self._graphs[self._next].launch()
        else:
            self._work(slot)()
        slot.done.record()
        self._asked.append(self._next)
        self._next = (self._next + 1) % SLOTS

    def collect(self) -> NDArray[np.uint8]:
        """Wait for the oldest picture under way; return its decoded bytes, uint8 (N, bytes a crop)."""
        slot = self._slots[self._asked.pop(0)]
        slot.done.wait()
        return slot.result.array.reshape(self._network.crops, -1).copy()

    def steps(self) -> dict[str, Callable[[], None]]:
        """Return the work of a frame by name, for measuring each."""
        return self._steps(self._slots[0])

    def close(self) -> None:
        """Give its memory and graphs back."""
        device = self._network.device
        for graph in self._graphs:
            device.free(graph)
        for memory in (self._picture, self._crops):
            device.free(memory)
        for slot in self._slots:
            device.free(slot.done)
            for pinned in (slot.picture, slot.crops, slot.result):
                device.free(pinned)

    def _steps(self, slot: _Slot) -> dict[str, Callable[[], None]]:
        network, device = self._network, self._network.device

        def upload() -> None:
            device.upload(self._picture, slot.picture, self._picture.nbytes)
            device.upload(self._crops, slot.crops, self._crops.nbytes)

        def download() -> None:
            result = self._decoding.result
            device.download(slot.result, result, result.nbytes)

        return {
            "upload": upload,
            "cut": lambda: network.cut(
                self._decoding.cutting.kernel, self._picture, self._size, self._crops
            ),
            "network": network.infer,
            "decode": self._decoding.enqueue,
            "download": download,
        }

    def _work(self, slot: _Slot) -> Callable[[], None]:
        steps = self._steps(slot).values()

        def work() -> None:
            for step in steps:
                step()

        return work

    def _write(self, slot: _Slot, image: NDArray[np.uint8], places: Places) -> None:
        """Write the rows of a picture that its crops cut, and how the crops lie."""
        cutting = self._decoding.cutting
        crops = slot.crops.array.view(cutting.row)
        crops[:] = np.zeros((), cutting.row)
        picture = slot.picture.array.reshape(image.shape)
        for crop, at in zip(crops, places, strict=False):
            picture[at.rows] = image[at.rows]
            cutting.write(crop, at)  # a structured scalar is a view, of the pinned memory
