"""How a device is doing: one report for every page and command, with its cause and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Device = Literal["camera", "sound", "computer"]


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
    def words(self) -> str:
        """Sentence and remedy, empty while all is well."""
        return "" if self.well else f"{self.sentence} {self.remedy}".strip()


WELL_CAMERA: Final = Health("camera")


def worst_first(reports: Iterable[Health]) -> tuple[Health, ...]:
    """Return those with something to tell, the most important first."""
    order = list(Cause)
    told = [report for report in reports if not report.well]
    return tuple(sorted(told, key=lambda report: order.index(report.cause)))
