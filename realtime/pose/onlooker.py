"""Looks at everybody before a dance: who will be the player, how they stand, who raises a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.focus import blur_of
from kpopdance.realtime.pose.raised_hand import RaisedHands
from kpopdance.realtime.pose.stance import Amiss, Readiness, Seeing, Stance, stance_of
from kpopdance.realtime.pose.tracker import apart
from kpopdance.realtime.pose.watcher import Watcher, look_everywhere

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame, Pose

BLUR_EVERY_S: Final = 0.5
SAME: Final = 1.5  # body sizes from look to look: farther away it is somebody else


@dataclass(frozen=True, slots=True, eq=False)
class Onlook:
    """What is seen now; replaced whole.

    ``hand`` is whether the player holds a hand up, ``ready`` whether all of them has been in the
    picture for a second, ``share`` how much of that second has passed, 0..1; ``player`` is as the
    networks saw them in ``frame``.
    """

    stance: Stance
    frame: Frame | None = None
    player: Pose | None = None
    hand: bool = False
    ready: bool = False
    share: float = 0.0


class Onlooker(Watcher):
    """Sees everybody in every picture; ``seen`` is the newest look.

    Parameters
    ----------
    eyes : Eyes
        The networks.
    body : str
        ``whole`` or ``seated``.
    now : callable
        The host clock.

    Attributes
    ----------
    dark : bool
        Whether the camera's picture is dark; told by who knows it.
    """

    def __init__(self, eyes: Eyes, *, body: str, now: Callable[[], float]) -> None:
        super().__init__(eyes, now=now)
        self._body = body
        self.dark = False
        self.seen = Onlook(Stance(None, Amiss.NOBODY))
        self._hands, self._readiness = RaisedHands(), Readiness()
        self._blur, self._blur_s = 0.0, -np.inf

    def find(self, frame: Frame) -> list[Pose | None]:
        """Return the player's pose in a frame, and remember how they stand."""
        people = look_everywhere(self._eyes.everybody, frame.image)
        at_s = frame.captured_s
        raised = self._hands.step(people, at_s)
        known = self._known(people) if raised is None else raised
        stance = stance_of(people, self._seeing(frame), body=self._body, player=known)
        ready = self._readiness.step(ready=stance.ready, at_s=at_s)
        player = None if stance.player is None else people[stance.player]
        self.seen = Onlook(
            stance, frame, player, raised is not None and raised == stance.player, ready,
            self._readiness.share(at_s),
        )  # fmt: skip
        return [player]

    def _known(self, people: Sequence[Pose]) -> int | None:
        """Return who of these people was the player in the look before."""
        before = self.seen.player
        if before is None or not people:
            return None
        nearest = min(range(len(people)), key=lambda n: apart(before, people[n]))
        return nearest if apart(before, people[nearest]) < SAME else None

    def _seeing(self, frame: Frame) -> Seeing:
        if frame.captured_s - self._blur_s > BLUR_EVERY_S:
            self._blur, self._blur_s = blur_of(frame.image), frame.captured_s
        return Seeing((frame.image.shape[1], frame.image.shape[0]), self._blur, self.dark)
