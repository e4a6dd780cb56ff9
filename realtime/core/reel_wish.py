"""How the film of a dance is to look: its reel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SHAPES: Final = {"tall": (1080, 1920), "wide": (1920, 1080)}
"""Width and height of a reel, px: for a telephone held upright, and for a screen."""
LOOKS: Final = ("filmed", "blurred", "skeleton")
"""How the player is seen: as filmed, with all but the body blurred, or as a skeleton alone."""


@dataclass(frozen=True, slots=True)
class ReelWish:
    """How a reel is to look.

    Attributes
    ----------
    shape : str
        One of ``SHAPES``.
    look : str
        One of ``LOOKS``; without a film of the player it is a skeleton.
    coach : str
        One of ``COACHES``: who is seen beside the player, where the song has a video.
    mirror : bool
        Both are shown as a mirror does.
    """

    shape: str = "tall"
    look: str = "filmed"
    coach: str = "video"
    mirror: bool = True

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return SHAPES[self.shape]
