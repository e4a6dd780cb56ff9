"""What songs are made with in the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import HostClock, Speaker
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Frame


class Reel(Protocol):
    """A film that brings the picture one wishes for, when it has it."""

    @property
    def now(self) -> Frame | None:
        """The newest picture, ``captured_s`` from the film's first one."""

    @property
    def trouble(self) -> str:
        """What went wrong last, empty where nothing did."""

    def wish(self, at_s: float) -> None:
        """Ask for the picture that is shown at a second."""

    def close(self) -> None:
        """Let go of the film."""


@dataclass(frozen=True, slots=True, eq=False)
class WorkKit:
    """The devices of the studio.

    ``library`` is where songs are written, ``films`` the folder where films are looked for first;
    ``cache`` where what was seen so far of one is kept; ``open_eyes`` opens the networks for a film and
    tells what takes long; ``open_film`` and
    ``read_audio`` take a file; ``open_speaker`` plays samples float32 (N, 2) of a rate.
    """

    clock: HostClock
    library: Path
    films: Path
    cache: Path
    terms: Terms
    open_eyes: Callable[[Path, Callable[[str], None]], Eyes]
    open_film: Callable[[Path], Reel]
    read_audio: Callable[[Path], tuple[NDArray[np.float32], int]]
    open_speaker: Callable[[NDArray[np.float32], int], Speaker]
