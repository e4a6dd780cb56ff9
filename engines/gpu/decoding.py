"""What the GPU draws out of a network's outputs, and the little that comes back of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.gpu.cutting import LETTERBOX, UPRIGHT
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.kernels import (
    BLOCK,
    FOUND,
    FOUND_PAIRS,
    FOUND_PEAKS,
    LIMB,
    MAX_PEAKS,
    pairs_grid,
    peaks_grid,
    person_grid,
)
from kpopdance.engines.gpu.sized_network import check_outlets
from kpopdance.engines.maps import (
    FAINT,
    LIMB_CHANNELS,
    PERSON_HEAT,
    PERSON_STRIDE,
    STRIDE,
    Candidates,
    PersonJoints,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.gpu.device import Memory
    from kpopdance.engines.gpu.sized_network import SizedNetwork
    from kpopdance.engines.maps import Letterbox, Turned

COORDINATES = 3
"""Numbers of a peak: x, y, height."""
NONSENSE = "the GPU gives nonsense"


class PeopleDecoding:
    """Peaks of the heat maps and the strength of all pairs, of a bottom-up network.

    Parameters
    ----------
    network : SizedNetwork
        The network; its outputs are ``heatmaps`` (N, 19 or 26, h, w) and ``pafs``.
    """

    cutting = LETTERBOX

    def __init__(self, network: SizedNetwork) -> None:
        self._network = network
        outlets, crops = network.engine.outlets, network.crops
        self._height, self._width = network.height // STRIDE, network.width // STRIDE
        self.heats = outlets["heatmaps"].shape[1] if "heatmaps" in outlets else 0
        heats = self.heats if self.heats in ANATOMIES else min(ANATOMIES)
        cells = (self._height, self._width)
        expected = {
            "heatmaps": (crops, heats, *cells),
            "pafs": (crops, LIMB_CHANNELS[heats], *cells),
        }
        check_outlets(network.engine, expected, "this is another network")
        self._heat, self._limb = outlets["heatmaps"], outlets["pafs"]
        body = ANATOMIES[self.heats]
        self._joints, self._limbs = body.joints, len(body.limbs)
        device = network.device
        self._peaks = device.allocate(crops * body.joints * MAX_PEAKS * COORDINATES * 4)
        self._counts = device.allocate(crops * body.joints * 4)
        self._table = device.allocate(self._limbs * LIMB.itemsize)
        self.result = device.allocate(crops * FOUND.itemsize)
        rows = [(*ends, *xy) for ends, xy in zip(body.limbs, body.channels, strict=True)]
        source = device.pin(self._table.nbytes)
        source.array.view(LIMB)[:] = rows
        device.upload(self._table, source, self._table.nbytes)
        device.synchronise()
        device.free(source)

    def enqueue(self) -> None:
        """Ask the stream for peaks, then pairs."""
        network, device = self._network, self._network.device
        size = (self._height, self._width)
        device.launch(
            f"peaks_{self._heat.kind}", peaks_grid(network.crops, self._joints), BLOCK,
            (network.outlets["heatmaps"], self._joints, *size, FAINT, self._peaks, self._counts),
        )  # fmt: skip
        device.launch(
            f"pairs_{self._limb.kind}", pairs_grid(network.crops, self._limbs), BLOCK,
            (network.outlets["pafs"], self._limb.shape[1], *size, self._peaks, self._counts,
             self._table, self._joints, self._limbs, self.result),
        )  # fmt: skip

    def read(
        self, row: NDArray[np.uint8], box: Letterbox, image_size: tuple[int, int]
    ) -> Candidates | None:
        """Return the candidates of one crop's bytes; None where they did not fit: fetch the maps."""
        found = row.view(FOUND)[0]
        counts = found["counts"][: self._joints]
        if not ((counts >= 0) & (counts <= MAX_PEAKS)).all():
            raise GpuError(f"{NONSENSE}: {counts.tolist()} peaks")
        starts, ends = np.array(ANATOMIES[self.heats].limbs).T
        peaks, pairs = int(counts.sum()), int((counts[starts] * counts[ends]).sum())
        if peaks > FOUND_PEAKS or pairs > FOUND_PAIRS:
            return None
        told = found["peaks"][:peaks]
        if not (np.isfinite(told).all() and np.isfinite(found["strength"][:pairs]).all()):
            raise GpuError(f"{NONSENSE}: not a number among peaks or pairs")
        return Candidates(
            np.repeat(np.arange(self._joints), counts), told[:, :2].copy(), told[:, 2].copy(),
            found["strength"][:pairs].copy(), found["support"][:pairs].copy(),
            self.heats, box, image_size,
        )  # fmt: skip

    def close(self) -> None:
        """Give its memory back."""
        for memory in (self._peaks, self._counts, self._table, self.result):
            self._network.device.free(memory)


class PersonDecoding:
    """The joints of the one person of a top-down network.

    Parameters
    ----------
    network : SizedNetwork
        The network; its outputs are those of ``PersonMaps``.
    """

    cutting = LETTERBOX
    kernel = "person"
    used: tuple[str, ...] = ("centre", "heat", "regression", "offset")

    def __init__(self, network: SizedNetwork) -> None:
        self._network = network
        self._cells = network.height // PERSON_STRIDE, network.width // PERSON_STRIDE
        expected = self._expected(network.crops, self._cells)
        check_outlets(network.engine, expected, "this is another network")
        self._kind = network.engine.outlets["heat"].kind
        self.result: Memory = network.device.allocate(
            network.crops * PERSON_HEAT * COORDINATES * 4
        )

    def enqueue(self) -> None:
        """Ask the stream for the joints."""
        network = self._network
        network.device.launch(
            f"{self.kernel}_{self._kind}", person_grid(network.crops), BLOCK,
            (*(network.outlets[name] for name in self.used), *self._cells, self.result),
        )  # fmt: skip

    def read(
        self, row: NDArray[np.uint8], box: Letterbox | Turned, image_size: tuple[int, int]
    ) -> PersonJoints:
        """Return the joints of one crop's bytes."""
        told = row.view(np.float32).reshape(PERSON_HEAT, COORDINATES)
        if not np.isfinite(told).all():
            raise GpuError(f"{NONSENSE}: not a number among the joints")
        return PersonJoints(told[:, :2].copy(), told[:, 2].copy(), box, image_size)

    def close(self) -> None:
        """Give its memory back."""
        self._network.device.free(self.result)

    @staticmethod
    def _expected(crops: int, cells: tuple[int, int]) -> dict[str, tuple[int, ...]]:
        channels = {"centre": 1, "heat": PERSON_HEAT,
                    "regression": 2 * PERSON_HEAT, "offset": 2 * PERSON_HEAT}  # fmt: skip
        return {name: (crops, count, *cells) for name, count in channels.items()}


class UprightDecoding(PersonDecoding):
    """The joints of a person who stands upright; the network's outputs are those of ``UprightMaps``."""

    cutting = UPRIGHT
    kernel = "points"
    used = ("points", "heat")

    @staticmethod
    def _expected(crops: int, cells: tuple[int, int]) -> dict[str, tuple[int, ...]]:
        return {
            "points": (crops, 2 * PERSON_HEAT), "presence": (crops, 1),
            "heat": (crops, PERSON_HEAT, *cells),
        }  # fmt: skip
