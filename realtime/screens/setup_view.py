"""What the pages before a dance show: oneself in the camera's picture, and all that can be set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from kpopdance.engines.tongues import N_

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

Sort = Literal["choice", "number", "text"]
UNKNOWN: Final = N_("Looking for you ...")


@dataclass(frozen=True, slots=True, eq=False)
class StandView:
    """How a player stands before the camera.

    Attributes
    ----------
    picture : uint8 (H, W, 3) BGR or None
        The newest, not mirrored.
    pose : Pose or None
        The player, px of ``picture``, not mirrored.
    mirror : bool
        Show both as a mirror does.
    blind : bool
        The picture shows nothing.
    ready : bool
        Head and feet are in.
    share : float
        How much of the second has passed for which they must be, 0..1.
    sentence : str
        What to do, or what is the matter; empty where all is well.
    seated : bool
        Who sits shows no legs.
    """

    picture: NDArray[np.uint8] | None = None
    pose: Pose | None = None
    mirror: bool = True
    blind: bool = False
    ready: bool = False
    share: float = 0.0
    sentence: str = UNKNOWN
    seated: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ReadyView:
    """The page before a dance.

    ``age_s`` drives motion, ``turns`` is whether C takes another camera, ``asks`` a sentence that asks
    to measure the delay first, empty where nothing is to ask; ``colours`` as in ``DanceView``; ``keeps``
    is whether the player's pictures are kept in this dance, None: they cannot be.
    """

    title: str
    artist: str
    age_s: float
    stand: StandView
    turns: bool = True
    asks: str = ""
    colours: tuple[tuple[int, int, int], ...] = ()
    keeps: bool | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CameraCard:
    """A camera to choose: uint8 (H, W, 3) BGR it shows, or why it shows nothing."""

    name: str
    picture: NDArray[np.uint8] | None = None
    trouble: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class SetRow:
    """One setting: its name, its value in words, and how it is changed; ``about`` explains it."""

    name: str
    value: str
    sort: Sort = "choice"
    about: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SetupView:
    """The set-up page.

    Attributes
    ----------
    rows : tuple of SetRow
        All that can be set; ``chosen`` is the one the keys change.
    cameras : tuple of CameraCard
        Those found; empty while they are looked for, which ``looking`` says.
    writing : str or None
        What is being written into the chosen row; None: nothing is.
    notices : tuple of str
        What the player must know now.
    strictness : str
        Whose sketch is lit, where the chosen row is about that.
    status : str
        Small print.
    first : bool
        Nothing was ever set: the page says welcome.
    """

    age_s: float
    stand: StandView
    rows: tuple[SetRow, ...] = ()
    chosen: int = 0
    cameras: tuple[CameraCard, ...] = ()
    looking: bool = False
    writing: str | None = None
    notices: tuple[str, ...] = ()
    strictness: str = ""
    status: str = ""
    first: bool = False
