"""How a device is doing: one report for every page and command, with its cause and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from kpopdance.engines.tongues import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kpopdance.realtime.core.types import Attendance

Device = Literal["camera", "sound", "computer"]

NOBODY_S: Final = 4.0  # a turn or a crouch is over sooner
LEAST_LOOKS: Final = 6  # a second: down to there the score holds
SLOW_LOOK_S: Final = 1 / LEAST_LOOKS  # between two looks


class Cause(StrEnum):
    """What is the matter, the most important first."""

    NEVER_OPENED = "never opened"
    REFUSED = "refused"
    NO_ADDRESS = "no such address"
    NO_FILM = "no film there"
    HANGS = "hangs"
    LOST = "lost"
    ENDED = "ended"
    BLACK = "black"
    FROZEN = "frozen"
    TOO_SLOW = "too slow"
    SLOW_COMPUTER = "this computer is too slow"
    TOO_DARK = "too dark"
    NOBODY = "nobody there"
    OPENING = "opening"
    WELL = "well"


PICTURELESS: Final = frozenset({
    Cause.NEVER_OPENED, Cause.REFUSED, Cause.NO_ADDRESS, Cause.NO_FILM, Cause.HANGS, Cause.LOST,
    Cause.ENDED,
})  # fmt: skip
"""No picture comes."""
EMPTY: Final = frozenset({Cause.BLACK, Cause.FROZEN})
"""Pictures come, but show nothing that is danced."""
_IN_THE_ROOM: Final = frozenset({Cause.TOO_DARK, Cause.NOBODY})
_FINE: Final = frozenset({Cause.WELL, Cause.OPENING})


@dataclass(frozen=True, slots=True)
class Health:
    """What a device's matter is: ``sentence`` says it to a player, ``remedy`` what to do about it."""

    device: Device
    cause: Cause = Cause.WELL
    sentence: str = ""
    remedy: str = ""

    @property
    def well(self) -> bool:
        """Whether there is nothing to tell."""
        return self.cause in _FINE

    @property
    def no_picture(self) -> bool:
        """Whether a camera sends nothing."""
        return self.device == "camera" and self.cause in PICTURELESS

    @property
    def empty(self) -> bool:
        """Whether a camera's pictures show nothing."""
        return self.device == "camera" and self.cause in EMPTY

    @property
    def blind(self) -> bool:
        """Whether a camera shows nothing that could be judged."""
        return self.no_picture or self.empty

    @property
    def mendable(self) -> bool:
        """Whether opening the device anew, or choosing another one, may help."""
        return self.device != "computer" and not self.well and self.cause not in _IN_THE_ROOM

    @property
    def words(self) -> str:
        """Sentence and remedy, empty while all is well."""
        return "" if self.well else f"{_(self.sentence)} {_(self.remedy)}".strip()


WELL_CAMERA: Final = Health("camera")


def worst_first(reports: Iterable[Health]) -> tuple[Health, ...]:
    """Return those with something to tell, the most important first: without eyes there is no game."""
    order = list(Cause)
    told = [report for report in reports if not report.well]
    return tuple(sorted(told, key=lambda one: (not one.blind, order.index(one.cause))))


def watched(camera: Health, attendance: Attendance) -> tuple[Health, ...]:
    """Return what is the matter with watching: a camera's own report, and what became of its pictures.

    Who is seen well is not told that it is dark.
    """
    if camera.blind:
        return (camera,)
    reports = []
    unseen = attendance.nobody_s > NOBODY_S
    if camera.cause is not Cause.TOO_DARK or unseen:
        reports.append(camera)
    if unseen and camera.cause is not Cause.TOO_DARK:
        reports.append(_NOBODY)
    look_s = attendance.look_s
    if look_s is not None and look_s > SLOW_LOOK_S and _pile_up(attendance):
        sentence = _("This computer manages to look only {n:.0f} times a second.", n=1 / look_s)
        if look_s >= 0.6:
            sentence = _("This computer manages to look only once in {s:.1f} s.", s=look_s)
        reports.append(Health("computer", Cause.SLOW_COMPUTER, sentence, LIGHTER))
    return worst_first(reports)


_NOBODY: Final = Health(
    "camera",
    Cause.NOBODY,
    N_("Nobody is seen."),
    N_("Step back until the mirror shows all of you."),
)
LIGHTER: Final = N_('Close other programs; "kpopdance doctor" says what else helps.')


def _pile_up(attendance: Attendance) -> bool:
    """Return whether more pictures come than are looked at: else it is the camera that is slow."""
    return attendance.delivered > 1.5 * attendance.looked_at
