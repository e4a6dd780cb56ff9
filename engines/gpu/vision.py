"""The eyes of a network on an NVIDIA GPU: what the kernels draw out of its maps, or the maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from kpopdance.engines.formats import BLAZEPOSE, MOVENET, PERSON_PX
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding
from kpopdance.engines.gpu.network import D, GpuNetwork
from kpopdance.engines.maps import PersonMaps, PoseMaps
from kpopdance.engines.placement import place, place_upright
from kpopdance.engines.vision import size_of, upright_maps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.formats import Format
    from kpopdance.engines.maps import (
        Candidates,
        Letterbox,
        PersonJoints,
        Region,
        Upright,
        UprightMaps,
    )
    from kpopdance.engines.placement import Placement, TurnedPlacement


class _GpuSeer(Generic[D]):
    """A network on the GPU with its eyes.

    Parameters
    ----------
    network : GpuNetwork
        The network.
    reason : str
        Why this runtime was chosen, one sentence for the log and the window.
    """

    def __init__(self, network: GpuNetwork[D], reason: str) -> None:
        self._network = network
        self.name, self.runtime, self.reason = network.name, network.runtime, reason
        self.failure = ""

    def close(self) -> None:
        """Give the GPU back."""
        self._network.close()


class GpuVision(_GpuSeer[PeopleDecoding]):
    """A bottom-up network on the GPU."""

    def find(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps | Candidates:
        """Return the candidates of a region, or its maps where there are too many; see ``see``."""
        at = place(image.shape, region, size)
        with self._network.lock:
            row = self._network.look(image, at, size)
            _, decoding = self._network.at_size(size)
            found = decoding.read(row, at.box, size_of(image))
            return self._maps(image, at.box, size) if found is None else found

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region (None: all) of a uint8 (H, W, 3) BGR picture.

        ``size`` is the input's (height, width) in px, multiples of 8. Raises NetworkError where
        the picture, the region or the size cannot be used, GpuError where the GPU fails.
        """
        at = place(image.shape, region, size)
        with self._network.lock:
            self._network.look(image, at, size)
            return self._maps(image, at.box, size)

    def _maps(
        self, image: NDArray[np.uint8], box: Letterbox, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of the look before."""
        network, _ = self._network.at_size(size)
        heat, limb = network.fetch("heatmaps")[0], network.fetch("pafs")[0]
        return PoseMaps(heat, limb, box, size_of(image))


class _GpuCloseEye(_GpuSeer[PersonDecoding]):
    """A top-down network on the GPU; ``side`` is its input's, px."""

    def __init__(
        self, network: GpuNetwork[PersonDecoding], reason: str, side: int = PERSON_PX
    ) -> None:
        super().__init__(network, reason)
        self._size = (side, side)

    def _joints(
        self, image: NDArray[np.uint8], at: Placement | TurnedPlacement
    ) -> PersonJoints:
        with self._network.lock:
            row = self._network.look(image, at, self._size)
            _, decoding = self._network.at_size(self._size)
            return decoding.read(row, at.box, size_of(image))

    def _outputs(
        self, image: NDArray[np.uint8], at: Placement | TurnedPlacement, spoken: Format
    ) -> list[NDArray[np.float32]]:
        with self._network.lock:
            self._network.look(image, at, self._size)
            network, _ = self._network.at_size(self._size)
            return [network.fetch(name)[0] for name in spoken.outputs]


class GpuPersonEye(_GpuCloseEye):
    """A top-down network on the GPU."""

    def find_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonJoints:
        """Return the joints of the person in a region of a uint8 (H, W, 3) BGR picture."""
        return self._joints(image, place(image.shape, region, self._size))

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the maps of the person in a region of a uint8 (H, W, 3) BGR picture."""
        at = place(image.shape, region, self._size)
        centre, heat, regression, offset = self._outputs(image, at, MOVENET)
        return PersonMaps(centre[0], heat, regression, offset, at.box, size_of(image))


class GpuUprightEye(_GpuCloseEye):
    """A top-down network on the GPU that wants its person upright."""

    def find_upright(self, image: NDArray[np.uint8], *, upright: Upright) -> PersonJoints:
        """Return the joints of the person in a turned square of a uint8 (H, W, 3) BGR picture."""
        return self._joints(image, place_upright(image.shape, upright, self._size[0]))

    def see_upright(self, image: NDArray[np.uint8], *, upright: Upright) -> UprightMaps:
        """Return the maps of the person in a turned square of a uint8 (H, W, 3) BGR picture."""
        at = place_upright(image.shape, upright, self._size[0])
        return upright_maps(self._outputs(image, at, BLAZEPOSE), at.box, size_of(image))
