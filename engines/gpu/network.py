"""A network on an NVIDIA GPU: an engine for each input size, a graph for each size of picture."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import check_picture
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.frame_pass import FramePass
from kpopdance.engines.gpu.sized_network import SizedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.gpu.device import Device
    from kpopdance.engines.gpu.sized_network import Decoding, Engine
    from kpopdance.engines.placement import Placement, TurnedPlacement

log = logging.getLogger(__name__)

SIZES_KEPT: Final = 6
PICTURES_KEPT: Final = 4
PATIENCE_S: Final = 5.0
"""How long ``close`` waits for a thread that is at work on the GPU."""
Size = tuple[int, int]
D = TypeVar("D", bound="Decoding", covariant=True)


class GpuNetwork(Generic[D]):
    """A network whose frames go over the GPU as one CUDA graph.

    Parameters
    ----------
    name, runtime : str
        The network; runtime, version, device in words.
    device : Device
        The GPU.
    open_engine : callable
        Returns the engine for an input of (height, width) px; raises NetworkError where it cannot.
    decode : callable
        Returns what is drawn out of its outputs at one size.

    Attributes
    ----------
    lock : RLock
        Held from a look until all that is wanted of it is read: the memory is the next look's too,
        and the program may end, which closes this, while a thread still loads or watches.
    """

    def __init__(
        self, name: str, runtime: str, device: Device, *,
        open_engine: Callable[[Size], Engine], decode: Callable[[SizedNetwork], D],
    ) -> None:  # fmt: skip
        self.name, self.runtime = name, runtime
        self.lock = threading.RLock()
        self._device, self._open_engine, self._decode = device, open_engine, decode
        self._at_sizes: dict[Size, tuple[SizedNetwork, D]] = {}
        self._passes: dict[tuple[Size, Size], FramePass] = {}

    def look(
        self, image: NDArray[np.uint8], at: Placement | TurnedPlacement, size: Size
    ) -> NDArray[np.uint8]:
        """Return the decoded bytes of a part of a uint8 (H, W, 3) BGR picture.

        ``size`` is the input's (height, width) in px, in which the part lies as ``at`` says. Raises
        NetworkError where the picture or the size cannot be used, GpuError where the GPU fails.
        """
        check_picture(image)
        frame_pass = self._pass(size, (image.shape[0], image.shape[1]))
        frame_pass.submit(image, [at])
        found: NDArray[np.uint8] = frame_pass.collect()[0]
        return found

    def at_size(self, size: Size) -> tuple[SizedNetwork, D]:
        """Return the network at an input size, and what decodes it; GpuError where that fails."""
        if size not in self._at_sizes:
            engine: Engine | None = None
            if len(self._at_sizes) == SIZES_KEPT:
                self._forget_size(next(iter(self._at_sizes)))
            try:
                engine = self._open_engine(size)
                network = SizedNetwork(self._device, engine)
                self._at_sizes[size] = network, self._decode(network)
            except NetworkError as why:  # an engine that cannot be had is the GPU's failure too
                if engine is not None:
                    engine.close()
                raise GpuError(str(why)) from why
        return self._at_sizes[size]

    def close(self) -> None:
        """Give the GPU back; whatever it answers. May be called twice."""
        if not self.lock.acquire(timeout=PATIENCE_S):
            log.warning("%s: still at work; left to the end of the program", self.runtime)
            return
        try:
            self._passes.clear()
            for network, _ in self._at_sizes.values():
                network.engine.close()  # a runtime's objects end before the GPU's context
            self._at_sizes.clear()
            self._device.close()
        except GpuError as why:
            log.info("closing: %s", why)
        finally:
            self.lock.release()

    def _pass(self, size: Size, picture: Size) -> FramePass:
        key = (size, picture)
        if key not in self._passes:
            network, decoding = self.at_size(size)
            if len(self._passes) == PICTURES_KEPT:
                self._passes.pop(next(iter(self._passes))).close()
            self._passes[key] = FramePass(network, decoding, picture)
        return self._passes[key]

    def _forget_size(self, size: Size) -> None:
        for key in [key for key in self._passes if key[0] == size]:
            self._passes.pop(key).close()
        network, decoding = self._at_sizes.pop(size)
        decoding.close()
        network.close()
