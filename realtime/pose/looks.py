"""The looks a frame can get: what each is called, costs before it was measured, and is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

Look = Literal[
    "everybody",
    "small",
    "crop",
    "movenet_lightning",
    "movenet_thunder",
    "movenet_thunder_int8",
    "blazepose_full",
    "blazepose_heavy",
]
"""OpenPose on the full picture, a small one of it or a dancer's crop, or a network's at one dancer."""

Glance = tuple[Look, ...]
"""The looks that see one dancer together."""


class LookFacts(NamedTuple):
    """What is known of a look.

    Attributes
    ----------
    words : str
        Which network looks, for the small print.
    guess_s : float
        What it costs until it was measured, s.
    """

    words: str
    guess_s: float


LOOKS: Final[dict[Look, LookFacts]] = {
    "everybody": LookFacts("OpenPose, whole picture", 0.07),
    "small": LookFacts("OpenPose, small picture", 0.022),
    "crop": LookFacts("OpenPose", 0.027),
    "movenet_lightning": LookFacts("MoveNet Lightning", 0.011),
    "movenet_thunder": LookFacts("MoveNet", 0.023),
    "movenet_thunder_int8": LookFacts("MoveNet in 8 bits", 0.035),
    "blazepose_full": LookFacts("BlazePose", 0.014),
    "blazepose_heavy": LookFacts("BlazePose heavy", 0.055),
}

GLANCES: Final[dict[Glance, float]] = {
    ("movenet_thunder", "blazepose_heavy"): 0.874,
    ("movenet_thunder_int8", "blazepose_heavy"): 0.873,
    ("movenet_lightning", "blazepose_heavy"): 0.865,
    ("movenet_thunder_int8", "blazepose_full"): 0.852,
    ("movenet_lightning", "blazepose_full"): 0.841,
    ("movenet_thunder",): 0.820,
    ("movenet_lightning",): 0.784,
}
"""Which close looks go together, one that aligns in front, and the share of joints they put in place.

It is the mean of COCO's, the athletes' and raised wrists'
(``python -m tools.bench.pose.bench_pose --only crops``).
"""
HURRIED_S: Final = 0.035  # of one thread, as looks are guessed to cost


def glances(there: Collection[str]) -> list[Glance]:
    """Return the close looks that go together, of the networks there are, the most exact first."""
    able = [looks for looks in GLANCES if all(look in there for look in looks)]
    return sorted(able, key=lambda looks: -GLANCES[looks])


def close_looks(there: Collection[str], *, unhurried: bool) -> Glance:
    """Return the most exact close looks, of the networks there are; empty where none is."""
    able = glances(there)
    quick = [each for each in able if guessed_s(each) <= HURRIED_S]
    return next(iter(able if unhurried else [*quick, *able]), ())


def guessed_s(glance: Glance) -> float:
    """Return what the looks of a glance take together, measured or not."""
    return sum(LOOKS[look].guess_s for look in glance)


def looks_in_words(looks: Glance) -> str:
    """Return which networks looked, for the small print."""
    return " + ".join(LOOKS[look].words for look in looks) or "looking"
