"""Eyes that go on without the GPU: where it fails, another runtime takes over at the same frame."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Generic, TypeVar

from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.gpu.vision import GpuPersonEye, GpuVision

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Candidates, PersonJoints, PersonMaps, PoseMaps, Region
    from kpopdance.engines.vision import PersonEye, PoseVision

log = logging.getLogger(__name__)

G = TypeVar("G", GpuVision, GpuPersonEye)
C = TypeVar("C", "PoseVision", "PersonEye")
T = TypeVar("T")


class _Lasting(Generic[G, C]):
    """Eyes on a GPU until it fails, then others.

    Parameters
    ----------
    first : GpuVision or GpuPersonEye
        On the GPU.
    open_other : callable
        Opens those that take over; told why.

    Attributes
    ----------
    failure : str
        What failed, in a few words; empty while all is well.
    """

    def __init__(self, first: G, open_other: Callable[[str], C]) -> None:
        self.failure = ""
        self._first: G | None = first
        self._other: C | None = None
        self._open_other: Callable[[str], C] = open_other

    @property
    def name(self) -> str:
        """The network's name."""
        return self._eye.name

    @property
    def runtime(self) -> str:
        """The runtime in words: the one that sees now."""
        return self._eye.runtime

    @property
    def reason(self) -> str:
        """Why this runtime was chosen; after a failure, that too."""
        return self._eye.reason

    @property
    def _eye(self) -> G | C:
        eye = self._other or self._first
        assert eye is not None
        return eye

    def _ask(self, on_gpu: Callable[[G], T], instead: Callable[[C], T]) -> T:
        """Return what the GPU's eyes see or, from the look on at which they fail, what others see."""
        if self._first is not None:
            try:
                return on_gpu(self._first)
            except GpuError as why:
                log.warning("%s failed: %s", self._first.runtime, why)
                self.failure = str(why).partition(";")[0]  # behind it: what to do
                self._other = self._open_other(f"{self._first.runtime} failed: {why}")
                self._first.close()
                self._first = None
        assert self._other is not None
        return instead(self._other)


class LastingVision(_Lasting[GpuVision, "PoseVision"]):
    """A bottom-up network on the GPU, elsewhere once that fails."""

    def find(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps | Candidates:
        """Return the candidates of a region where the GPU finds them, else its maps."""
        return self._ask(
            lambda eye: eye.find(image, region=region, size=size),
            lambda eye: eye.see(image, region=region, size=size),
        )

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region, see ``Vision``."""
        return self._ask(
            lambda eye: eye.see(image, region=region, size=size),
            lambda eye: eye.see(image, region=region, size=size),
        )


class LastingPersonEye(_Lasting[GpuPersonEye, "PersonEye"]):
    """A top-down network on the GPU, elsewhere once that fails."""

    def find_person(
        self, image: NDArray[np.uint8], *, region: Region
    ) -> PersonJoints | PersonMaps:
        """Return the joints of the person in a region where the GPU finds them, else the maps."""

        def joints(eye: GpuPersonEye) -> PersonJoints | PersonMaps:
            return eye.find_person(image, region=region)

        return self._ask(joints, lambda eye: eye.see_person(image, region=region))

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the maps of the person in a region, see ``PersonVision``."""
        return self._ask(
            lambda eye: eye.see_person(image, region=region),
            lambda eye: eye.see_person(image, region=region),
        )
