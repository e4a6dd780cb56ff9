"""The eyes of a network on an NVIDIA GPU: what the kernels draw out of its maps, or the maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from kpopdance.engines.formats import PERSON_PX
from kpopdance.engines.gpu.decoding import PeopleDecoding, PersonDecoding
from kpopdance.engines.gpu.network import D, GpuNetwork
from kpopdance.engines.maps import Candidates, PersonJoints, PersonMaps, PoseMaps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Letterbox, Region


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
        with self._network.lock:
            row, box = self._network.look(image, region=region, size=size)
            _, decoding = self._network.at_size(size)
            found = decoding.read(row, box, (image.shape[0], image.shape[1]))
            return self._maps(image, box, size) if found is None else found

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region (None: all) of a uint8 (H, W, 3) BGR picture.

        ``size`` is the input's (height, width) in px, multiples of 8. Raises NetworkError where
        the picture, the region or the size cannot be used, GpuError where the GPU fails.
        """
        with self._network.lock:
            _, box = self._network.look(image, region=region, size=size)
            return self._maps(image, box, size)

    def _maps(
        self, image: NDArray[np.uint8], box: Letterbox, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of the look before."""
        network, _ = self._network.at_size(size)
        heat, limb = network.fetch("heatmaps")[0], network.fetch("pafs")[0]
        return PoseMaps(heat, limb, box, (image.shape[0], image.shape[1]))


class GpuPersonEye(_GpuSeer[PersonDecoding]):
    """A top-down network on the GPU."""

    SIZE = (PERSON_PX, PERSON_PX)

    def find_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonJoints:
        """Return the joints of the person in a region of a uint8 (H, W, 3) BGR picture."""
        with self._network.lock:
            row, box = self._network.look(image, region=region, size=self.SIZE)
            _, decoding = self._network.at_size(self.SIZE)
            return decoding.read(row, box, (image.shape[0], image.shape[1]))

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the maps of the person in a region of a uint8 (H, W, 3) BGR picture."""
        with self._network.lock:
            _, box = self._network.look(image, region=region, size=self.SIZE)
            network, _ = self._network.at_size(self.SIZE)
            centre, heat, regression, offset = (
                network.fetch(name)[0] for name in ("centre", "heat", "regression", "offset")
            )
        size = (image.shape[0], image.shape[1])
        return PersonMaps(centre[0], heat, regression, offset, box, size)
