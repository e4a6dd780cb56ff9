"""What the practice page shows beside the dance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GhostPlace = Literal["beside", "over", "off"]


@dataclass(frozen=True, slots=True, eq=False)
class PracticeView:
    """How practising goes.

    Attributes
    ----------
    what : str
        The moves that are repeated, and where they are.
    tenths : int
        Of the song's tempo, 5..10.
    clean, wanted : int
        Clean tries in a row, and how many make it faster.
    score : float or None
        Of the last try, 0..100; None: there was none, or it was not judged.
    told, advice : str
        What cost most in it, or why it was not judged, and what to do; empty before the first.
    is_clean : bool
        Whether the last try was.
    ghost : float32 (18, 3) or None
        The player in the last try, now: stage units, hips and size as the coach's.
    ghost_place : GhostPlace
        Where it is drawn.
    key_pose : (int, int) or None
        Where the coach stands still: which key pose, from 1, of how many.
    """

    what: str
    tenths: int
    clean: int
    wanted: int
    score: float | None = None
    told: str = ""
    advice: str = ""
    is_clean: bool = False
    ghost: NDArray[np.float32] | None = None
    ghost_place: GhostPlace = "beside"
    key_pose: tuple[int, int] | None = None
