"""What the game asks of a network: picture in, people out, in whatever runtime."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.maps import (
        Candidates,
        PersonJoints,
        PersonMaps,
        PoseMaps,
        Region,
        Upright,
        UprightMaps,
    )


class PoseNetwork(Protocol):
    """A network loaded into a runtime."""

    @property
    def name(self) -> str:
        """The network, e.g. ``openpose-thin``."""

    @property
    def runtime(self) -> str:
        """Runtime, version, device and threads, e.g. ``OpenVINO 2026.4 CPU, 1 thread``."""

    def infer(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Return the maps (channels, h, w) of its format for float32 (1, 3, H, W), BGR 0..255.

        Raises NetworkError where the network does not take that size or dtype.
        """


class Seer(Protocol):
    """A network with its eyes, in words."""

    @property
    def name(self) -> str:
        """The network's name."""

    @property
    def runtime(self) -> str:
        """The runtime in words."""

    @property
    def reason(self) -> str:
        """Why this runtime was chosen, one sentence for the log and the window."""

    @property
    def failure(self) -> str:
        """What failed, in a few words, so that another runtime sees now; empty while all is well."""


class Vision(Seer, Protocol):
    """A bottom-up network with its eyes: picture in, maps of everybody out."""

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region (None: all) of a uint8 (H, W, 3) BGR picture.

        ``size`` is the input's (height, width) in px, multiples of 8.
        """


@runtime_checkable
class Finder(Protocol):
    """Eyes that draw the candidates out of the maps themselves, where the maps are."""

    def find(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps | Candidates:
        """Return the candidates of a region, or its maps where there are too many; see ``Vision``."""


@runtime_checkable
class PersonVision(Seer, Protocol):
    """A top-down network with its eyes: one person's crop in, that person's maps out."""

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the maps of the person in a region of a uint8 (H, W, 3) BGR picture."""


@runtime_checkable
class UprightVision(Seer, Protocol):
    """A top-down network that wants its person upright: where somebody stands in, their maps out."""

    def see_upright(self, image: NDArray[np.uint8], *, upright: Upright) -> UprightMaps:
        """Return the maps of the person in a turned square of a uint8 (H, W, 3) BGR picture."""


CloseVision = PersonVision | UprightVision


@runtime_checkable
class PersonFinder(Protocol):
    """Eyes that draw one person's joints out of the maps themselves, where the maps are."""

    def find_person(
        self, image: NDArray[np.uint8], *, region: Region
    ) -> PersonJoints | PersonMaps:
        """Return the joints of the person in a region, or the maps; see ``PersonVision``."""


@runtime_checkable
class UprightFinder(Protocol):
    """Eyes that draw an upright person's joints out of the maps themselves, where the maps are."""

    def find_upright(
        self, image: NDArray[np.uint8], *, upright: Upright
    ) -> PersonJoints | UprightMaps:
        """Return the joints of the person in a turned square, or the maps; see ``UprightVision``."""


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """The networks the game sees with.

    Attributes
    ----------
    everybody : Vision
        Bottom-up: finds all people, at one price.
    close : Mapping[str, CloseVision]
        Top-down, by their names in ``CLOSE_NETWORKS``: one dancer each, more exact, at a price for
        each dancer.
    wish : str
        One of ``NETWORKS``.
    trouble : str
        Why a top-down network is missing though it was wished for; empty otherwise.
    at_once : int
        How many threads they are opened to look for at the same time.
    """

    everybody: Vision
    close: Mapping[str, CloseVision] = field(default_factory=dict)
    wish: str = "auto"
    trouble: str = ""
    at_once: int = 1

    @property
    def all(self) -> list[Seer]:
        """All networks."""
        return [self.everybody, *self.close.values()]

    @property
    def name(self) -> str:
        """The networks' names."""
        return " + ".join(seer.name for seer in self.all)

    @property
    def runtime(self) -> str:
        """The runtime in words."""
        return " + ".join(dict.fromkeys(seer.runtime for seer in self.all))

    @property
    def failure(self) -> str:
        """What failed since the start, so that another runtime sees now; empty if nothing did."""
        return next((seer.failure for seer in self.all if seer.failure), "")

    @property
    def reason(self) -> str:
        """Why these runtimes and networks, one sentence for the log and the window."""
        why = [*(seer.reason for seer in self.all), self.trouble]
        return "; ".join(filter(None, dict.fromkeys(why)))
