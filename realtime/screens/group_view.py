"""What the screens are shown of a group: the song as one dancer sees it, and everybody beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Pose, Verdict
    from kpopdance.realtime.scoring.contest import Course, Kind, Round, Stand
    from kpopdance.realtime.screens.view import DanceView

LOST_S: Final = 1.0  # unseen for so long, somebody is told to be lost


@dataclass(frozen=True, slots=True, eq=False)
class DancerView:
    """One of a group, now.

    Attributes
    ----------
    place : int
        0 for the first, and so on: which of the group's colours is theirs.
    name : str
        What they are called; empty for nobody in particular.
    member : int
        Of the song, whose part they dance.
    pose : Pose or None
        px of the picture, not mirrored; None where they are not seen.
    score, stars, combo
        As in ``DanceView``.
    verdict : Verdict or None
        Their newest judgement; ``verdict_age_s`` seconds old.
    gone_s : float
        For how long they have not been seen; 0 while they are, infinite for who never was.
    """

    place: int
    name: str
    member: int
    pose: Pose | None = None
    score: float = 0.0
    stars: float = 0.0
    combo: int = 0
    verdict: Verdict | None = None
    verdict_age_s: float = float("inf")
    gone_s: float = 0.0

    @property
    def lost(self) -> bool:
        """Whether it is to be told that they are not seen."""
        return self.gone_s > LOST_S


@dataclass(frozen=True, slots=True, eq=False)
class GroupView:
    """Everything the stage of a group shows.

    Attributes
    ----------
    dance : DanceView
        Song, coach, picture and the first dancer.
    dancers : tuple of DancerView
        Everybody, in the order of their places.
    apart_ms : float or None
        How far apart in time two of them are of late, on average; None: not known.
    given_up : str
        What is looked at less exactly because there are so many, for the small print; empty where
        nothing is.
    """

    dance: DanceView
    dancers: tuple[DancerView, ...]
    apart_ms: float | None = None
    given_up: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ContestView:
    """What is played, and how it stands.

    Attributes
    ----------
    kind : Kind
    stands : tuple of Stand
        Everybody's, in the order of their places.
    rounds : tuple of Round
        The song's.
    course : Course
        How far it is.
    """

    kind: Kind
    stands: tuple[Stand, ...]
    rounds: tuple[Round, ...]
    course: Course
