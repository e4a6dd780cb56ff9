"""On which terms a dance is judged: how strictly, how much of the body, which side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Grade

LEG_LIMBS: Final = ("right_leg", "left_leg")
BODIES: Final[dict[str, tuple[str, ...]]] = {"whole": (), "seated": LEG_LIMBS}
"""Which limbs are not asked for."""
COACHES: Final = ("video", "both", "drawn")
"""Who is copied where a song has a video: it, it with the skeleton over it, or a drawn figure."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """How much is asked for full marks; what earns nothing is the same for all.

    Attributes
    ----------
    name : str
    ceiling : float
        Likeness at which a limb's shape is full, as a share of the dance's likeness with itself.
    on_time_s, too_late_s : float
        Lag that still earns everything, and that earns nothing.
    full_energy : float
        Share of the reference's motion that earns everything.
    windows : tuple of (grade, lag, score)
        Grades with the largest lag in s and the least score, best first.
    """

    name: str
    ceiling: float
    on_time_s: float
    too_late_s: float
    full_energy: float
    windows: tuple[tuple[Grade, float, float], ...]


_WINDOWS: Final[tuple[tuple[Grade, float, float], ...]] = (
    ("PERFECT", 0.060, 85), ("GREAT", 0.100, 70), ("GOOD", 0.150, 50), ("OK", 0.200, 30),
)  # fmt: skip
KIDS: Final = Strictness(
    "kids", ceiling=0.60, on_time_s=0.120, too_late_s=0.320, full_energy=0.60,
    windows=tuple((grade, 1.4 * lag_s, score) for grade, lag_s, score in _WINDOWS),
)  # fmt: skip
NORMAL: Final = Strictness(
    "normal", ceiling=0.75, on_time_s=0.080, too_late_s=0.300, full_energy=0.88,
    windows=_WINDOWS,
)  # fmt: skip
"""Full marks are where two trained dancers of one routine stand, in shape and in time."""
PRO: Final = Strictness(
    "pro", ceiling=0.90, on_time_s=0.028, too_late_s=0.272, full_energy=0.88, windows=_WINDOWS
)
STRICTNESS: Final = {one.name: one for one in (KIDS, NORMAL, PRO)}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a player declared before the dance.

    ``strictness`` kids, normal or pro; ``body`` whole or seated (legs are not asked for);
    ``mirrored``: the mirror image of the choreography is shown and judged.
    """

    strictness: str = "normal"
    body: str = "whole"
    mirrored: bool = False

    def __post_init__(self) -> None:
        if self.strictness not in STRICTNESS:
            known = ", ".join(STRICTNESS)
            raise ValueError(f"strictness is {self.strictness!r}; choose one of {known}")
        if self.body not in BODIES:
            known = ", ".join(BODIES)
            raise ValueError(f"body is {self.body!r}; choose one of {known}")

    @property
    def strict(self) -> Strictness:
        """The strictness by its numbers."""
        return STRICTNESS[self.strictness]

    @property
    def words(self) -> str:
        """What differs from the usual terms, for small print; empty where nothing does."""
        told = [self.strictness] if self.strictness != NORMAL.name else []
        told += [self.body] if self.body != "whole" else []
        return BETWEEN.join(told + ([N_("mirrored")] if self.mirrored else []))


USUAL: Final = Terms()
BETWEEN: Final = " · "


def said_terms(words: str) -> str:
    """Return terms in the words of ``Terms.words``, as they are said in the player's language."""
    return BETWEEN.join(_(word) for word in words.split(BETWEEN))
