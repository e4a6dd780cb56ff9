"""The looks a frame can get: what each is called, costs before it was measured, and is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

Look = Literal[
    "everybody",
    "crop",
    "movenet_lightning",
    "movenet_thunder",
    "blazepose_full",
]
"""OpenPose on the full picture, OpenPose on a dancer's crop, or a network's look at one dancer."""


class LookFacts(NamedTuple):
    """What is known of a look.

    Attributes
    ----------
    words : str
        Which network looks, for the small print.
    guess_s : float
        What it costs until it was measured, s.
    right : float
        The share of joints it puts in place, 0..1: mean of COCO's and the athletes'
        (``python -m tools.bench.pose.bench_pose --only crops``).
    """

    words: str
    guess_s: float
    right: float


LOOKS: Final[dict[Look, LookFacts]] = {
    "everybody": LookFacts("OpenPose, whole picture", 0.07, 0.66),
    "crop": LookFacts("OpenPose", 0.027, 0.66),
    "movenet_lightning": LookFacts("MoveNet Lightning", 0.014, 0.80),
    "movenet_thunder": LookFacts("MoveNet", 0.023, 0.83),
    "blazepose_full": LookFacts("BlazePose", 0.017, 0.80),
}

CLOSE: Final[tuple[tuple[Look, ...], ...]] = (
    ("movenet_lightning", "blazepose_full"),
    ("movenet_thunder",),
    ("movenet_lightning",),
)
"""Which networks look at a dancer together, the best first; one that aligns stands in front."""
CLOSE_UNHURRIED: Final[tuple[tuple[Look, ...], ...]] = (
    ("movenet_thunder", "blazepose_full"),
    *CLOSE,
)
"""And where time does not press."""


def close_looks(there: Collection[str], *, unhurried: bool) -> tuple[Look, ...]:
    """Return the networks that look at a dancer, of those there are; empty where none is."""
    for looks in CLOSE_UNHURRIED if unhurried else CLOSE:
        if all(look in there for look in looks):
            return looks
    return ()


def looks_in_words(looks: tuple[Look, ...]) -> str:
    """Return which networks looked, for the small print."""
    return " + ".join(LOOKS[look].words for look in looks) or "looking"
