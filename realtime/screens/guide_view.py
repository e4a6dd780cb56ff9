"""What the page of the guided song shows beside the dance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lit = Literal["camera", "coach", "lane"]
"""What of the page a task is about."""


@dataclass(frozen=True, slots=True, eq=False)
class GuideView:
    """How the guided song goes.

    Attributes
    ----------
    number, of : int
        Which task is on, from 1, and how many there are.
    sentence, hint : str
        What is asked, large; what the player may do, or nothing.
    share : float
        How far the task is, 0..1.
    done_age_s : float
        How long ago it was done; below 0: it is not.
    lit : Lit
        What is framed in light.
    glows : tuple of int
        The player's joints that glow, not mirrored.
    lane : bool
        Whether the lane is shown.
    finished : bool
        All tasks are over.
    score : float or None
        What the dance at the end earned, 0..100; None: nothing is known of it.
    """

    number: int
    of: int
    sentence: str
    hint: str = ""
    share: float = 0.0
    done_age_s: float = -1.0
    lit: Lit = "coach"
    glows: tuple[int, ...] = ()
    lane: bool = True
    finished: bool = False
    score: float | None = None
