"""Eyes that last: where what they run on fails, another runtime takes over at the same frame."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from kpopdance.engines.errors import DeviceFailed
from kpopdance.engines.ports import (
    Finder,
    PersonFinder,
    PersonVision,
    Seer,
    UprightFinder,
    UprightVision,
    Vision,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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

log = logging.getLogger(__name__)

T = TypeVar("T")


class Opened(Seer, Protocol):
    """Eyes that can give back what they run on."""

    def close(self) -> None:
        """Give it back."""


class OpenedVision(Opened, Vision, Protocol):
    """A bottom-up network's."""


class OpenedPersonVision(Opened, PersonVision, Protocol):
    """A top-down network's."""


class OpenedUprightVision(Opened, UprightVision, Protocol):
    """That of a top-down network that wants its person upright."""


E = TypeVar("E", bound=Opened)


class _Lasting(Generic[E]):
    """Eyes until what they run on fails, then others.

    Parameters
    ----------
    first : Opened
        The eyes to begin with.
    open_other : callable
        Opens those that take over, which may last in the same way; told why.

    Attributes
    ----------
    failure : str
        What failed, in a few words; empty while all is well.
    """

    def __init__(self, first: E, open_other: Callable[[str], E]) -> None:
        self.failure = ""
        self._eye = first
        self._open_other: Callable[[str], E] | None = open_other
        self._replacing = threading.Lock()

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

    def close(self) -> None:
        """Give back what the eyes run on now."""
        self._eye.close()

    def _ask(self, look: Callable[[E], T]) -> T:
        """Return what the eyes see or, from the look on at which they fail, what others see."""
        eye = self._eye
        try:
            return look(eye)
        except DeviceFailed as why:
            with self._replacing:
                if self._eye is eye:  # else another thread was told before
                    self._replace(why)
        return look(self._eye)

    def _replace(self, why: DeviceFailed) -> None:
        if self._open_other is None:
            raise why
        log.warning("%s failed: %s", self._eye.runtime, why)
        self.failure = str(why).partition(";")[0]  # behind it: what to do
        failed, open_other, self._open_other = self._eye, self._open_other, None
        self._eye = open_other(f"{failed.runtime} failed: {why}")
        failed.close()


class LastingVision(_Lasting[OpenedVision]):
    """A bottom-up network, elsewhere once what it runs on fails."""

    def find(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps | Candidates:
        """Return the candidates of a region where the eyes find them, else its maps."""

        def look(eye: OpenedVision) -> PoseMaps | Candidates:
            if isinstance(eye, Finder):
                return eye.find(image, region=region, size=size)
            return eye.see(image, region=region, size=size)

        return self._ask(look)

    def see(
        self, image: NDArray[np.uint8], *, region: Region | None, size: tuple[int, int]
    ) -> PoseMaps:
        """Return the maps of one region, see ``Vision``."""
        return self._ask(lambda eye: eye.see(image, region=region, size=size))


class LastingPersonEye(_Lasting[OpenedPersonVision]):
    """A top-down network, elsewhere once what it runs on fails."""

    def find_person(
        self, image: NDArray[np.uint8], *, region: Region
    ) -> PersonJoints | PersonMaps:
        """Return the joints of the person in a region where the eyes find them, else the maps."""

        def look(eye: OpenedPersonVision) -> PersonJoints | PersonMaps:
            if isinstance(eye, PersonFinder):
                return eye.find_person(image, region=region)
            return eye.see_person(image, region=region)

        return self._ask(look)

    def see_person(self, image: NDArray[np.uint8], *, region: Region) -> PersonMaps:
        """Return the maps of the person in a region, see ``PersonVision``."""
        return self._ask(lambda eye: eye.see_person(image, region=region))


class LastingUprightEye(_Lasting[OpenedUprightVision]):
    """A top-down network that wants its person upright, elsewhere once what it runs on fails."""

    def find_upright(
        self, image: NDArray[np.uint8], *, upright: Upright
    ) -> PersonJoints | UprightMaps:
        """Return the joints of the person in a turned square where the eyes find them, else the maps."""

        def look(eye: OpenedUprightVision) -> PersonJoints | UprightMaps:
            if isinstance(eye, UprightFinder):
                return eye.find_upright(image, upright=upright)
            return eye.see_upright(image, upright=upright)

        return self._ask(look)

    def see_upright(self, image: NDArray[np.uint8], *, upright: Upright) -> UprightMaps:
        """Return the maps of the person in a turned square, see ``UprightVision``."""
        return self._ask(lambda eye: eye.see_upright(image, upright=upright))
