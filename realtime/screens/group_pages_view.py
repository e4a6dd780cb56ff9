"""What the pages before and after a group's dance are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.group_view import DancerView


@dataclass(frozen=True, slots=True, eq=False)
class GroupReadyView:
    """Everybody steps in: ``picture`` uint8 (H, W, 3) BGR, not mirrored, None: none yet.

    ``told`` says what is waited for; ``share`` 0..1 how much of the time is over for which all must
    be in; ``keeps`` whether pictures will be kept for a clip, None: they cannot be.
    """

    title: str
    artist: str
    age_s: float
    dancers: tuple[DancerView, ...]
    picture: NDArray[np.uint8] | None = None
    mirror: bool = True
    told: str = ""
    share: float = 0.0
    keeps: bool | None = None


class ResultFace(NamedTuple):
    """A dancer's column: ``points`` 0..100 of what counted, ``lines`` what is told, (name, value)."""

    name: str
    colour: int
    rank: int
    points: float
    stars: int
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroupResultView:
    """Everybody side by side; ``team`` what is told of all together, (name, value)."""

    title: str
    artist: str
    age_s: float
    faces: tuple[ResultFace, ...]
    heading: str
    team: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()
