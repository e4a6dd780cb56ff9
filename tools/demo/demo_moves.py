"""The moves of the demo song: key poses a beginner can follow, as data.

Angles of an arm are degrees from hanging straight down towards its own side: 0 down, 90 out,
180 up; negative (or above 180) crosses the body. Tilts point towards the viewer. Lengths are
body heights. A key pose is *reached* on its beat, so the motion happens before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Arm:
    """Where an upper arm and a forearm point, degrees."""

    upper: float
    fore: float
    upper_tilt: float = 8.0
    fore_tilt: float = 14.0


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a foot is, body heights from the member's spot; ``out`` to its own side."""

    out: float = 0.075
    lift: float = 0.0
    ahead: float = 0.0
    knee_out: float = 0.45


@dataclass(frozen=True, slots=True)
class Pose:
    """One key pose; ``sway``, ``lean``, ``turn``, ``tilt``, ``look`` go to the dancer's left.

    ``sway`` and ``bend`` (how far the knees lower the hips) are body heights, the rest
    degrees: ``lean`` sideways, ``bow`` forwards, ``turn`` of the shoulders, ``tilt``,
    ``look`` and ``nod`` of the head.
    """

    right: Arm
    left: Arm
    right_foot: Foot = Foot()
    left_foot: Foot = Foot()
    sway: float = 0.0
    bend: float = 0.015
    lean: float = 0.0
    bow: float = 0.0
    turn: float = 0.0
    tilt: float = 0.0
    look: float = 0.0
    nod: float = 0.0


@dataclass(frozen=True, slots=True)
class Move:
    """Poses reached at beats counted from the start; ``bounce`` in body heights."""

    beats: int
    keys: tuple[tuple[float, Pose], ...]
    bounce: float = 0.016


DOWN: Final = Arm(13, 5)
READY: Final = Arm(34, 62, 0, 30)
OPEN: Final = Arm(30, 112, -2, 18)
HIP: Final = Arm(52, -36, -5, 8)
OUT: Final = Arm(88, 91, 4, 6)
CACTUS: Final = Arm(92, 176, 4, 8)
LAMP: Final = Arm(84, 4, 4, 10)
SHOULDER: Final = Arm(32, 158, -4, 18)
VEE: Final = Arm(146, 149, 4, 6)
UP: Final = Arm(166, 174, 4, 6)
LOW: Final = Arm(42, 40, 6, 8)
FLY: Final = Arm(108, 114, 4, 6)
HALO: Final = Arm(146, 218, 4, 10)
CHEST: Final = Arm(58, -92, 6, 22)
CROSS: Final = Arm(8, -122, 20, 30)
CLAP: Final = Arm(24, -132, 16, 26)
CLAP_HIGH: Final = Arm(160, 206, 6, 10)
ACROSS_LOW: Final = Arm(-20, -34, 22, 18)
ACROSS_HIGH: Final = Arm(176, 190, 10, 10)

WIDE: Final = Foot(0.15)
TOGETHER: Final = Foot(0.065)
STEP: Final = Foot(0.21)
TOUCH: Final = Foot(-0.05)
LUNGE: Final = Foot(0.23)
KICK: Final = Foot(0.36, 0.17, 0.05, 0.9)
KNEE: Final = Foot(0.13, 0.21, 0.06, 0.9)

STAND: Final = Pose(DOWN, DOWN)

GROOVE: Final = Move(
    4,
    (
        (0, Pose(READY, DOWN, sway=-0.035, lean=-5, tilt=-6, turn=8)),
        (1, Pose(DOWN, READY, sway=0.035, lean=5, tilt=6, turn=-8)),
        (2, Pose(READY, DOWN, sway=-0.035, lean=-5, tilt=-6, turn=8)),
        (3, Pose(DOWN, READY, sway=0.035, lean=5, tilt=6, turn=-8)),
    ),
)
"""Weight from foot to foot, one hand at a time."""

SHOULDER_POP: Final = Move(
    4,
    (
        (0, Pose(HIP, HIP, WIDE, WIDE, sway=-0.03, lean=7, turn=20, look=-10, bend=0.03)),
        (1, Pose(HIP, HIP, WIDE, WIDE, sway=0.03, lean=-7, turn=-20, look=10, bend=0.03)),
        (2, Pose(HIP, HIP, WIDE, WIDE, sway=-0.03, lean=7, turn=20, look=-10, bend=0.03)),
        (3, Pose(HIP, HIP, WIDE, WIDE, sway=0.03, lean=-7, turn=-20, look=10, bend=0.03)),
    ),
)
"""Hands on the hips, the shoulders turn."""

SUNRISE: Final = Move(
    8,
    (
        (0, Pose(ACROSS_LOW, ACROSS_LOW, bend=0.04, bow=8, nod=12)),
        (2, Pose(LOW, LOW, WIDE, WIDE, bend=0.03)),
        (4, Pose(OUT, OUT, WIDE, WIDE)),
        (6, Pose(VEE, VEE, WIDE, WIDE, nod=-10)),
        (7, Pose(VEE, VEE, WIDE, WIDE, nod=-10)),
    ),
    bounce=0.01,
)
"""Arms rise from crossed low to a wide V, and shine there for a beat."""

STEP_CLAP: Final = Move(
    4,
    (
        (0, Pose(OPEN, OPEN, STEP, Foot(0.08), sway=-0.08, lean=-4)),
        (1, Pose(CLAP, CLAP, STEP, TOUCH, sway=-0.14, lean=-3, tilt=-8)),
        (2, Pose(OPEN, OPEN, Foot(0.08), STEP, sway=0.08, lean=4)),
        (3, Pose(CLAP, CLAP, TOUCH, STEP, sway=0.14, lean=3, tilt=8)),
    ),
)
"""Step to the right, touch and clap; step back, touch and clap."""

POINT: Final = Move(
    4,
    (
        (0, Pose(VEE, HIP, LUNGE, Foot(0.1), sway=-0.07, lean=-6, look=-18, nod=-6)),
        (1, Pose(ACROSS_LOW, HIP, WIDE, Foot(0.1), sway=0.01, lean=4, look=14, nod=10)),
        (2, Pose(VEE, HIP, LUNGE, Foot(0.1), sway=-0.07, lean=-6, look=-18, nod=-6)),
        (3, Pose(ACROSS_LOW, HIP, WIDE, Foot(0.1), sway=0.01, lean=4, look=14, nod=10)),
    ),
)
"""Point to the sky, point to the floor across the body; the other hand stays on the hip."""

LAMPS: Final = Move(
    4,
    (
        (0, Pose(CACTUS, LAMP, WIDE, WIDE, sway=-0.035, lean=-4, tilt=-8)),
        (1, Pose(LAMP, CACTUS, WIDE, WIDE, sway=0.035, lean=4, tilt=8)),
        (2, Pose(CACTUS, LAMP, WIDE, WIDE, sway=-0.035, lean=-4, tilt=-8)),
        (3, Pose(LAMP, CACTUS, WIDE, WIDE, sway=0.035, lean=4, tilt=8)),
    ),
)
"""Street lamps: elbows level, one forearm up and one down, then the other way round."""

CHEST_TURN: Final = Move(
    4,
    (
        (0, Pose(CHEST, OUT, WIDE, WIDE, sway=0.04, turn=-22, lean=3, look=-6, bend=0.04)),
        (1, Pose(CHEST, CHEST, bend=0.01)),
        (2, Pose(OUT, CHEST, WIDE, WIDE, sway=-0.04, turn=22, lean=-3, look=6, bend=0.04)),
        (3, Pose(CHEST, CHEST, bend=0.01)),
    ),
)
"""Elbows out at the chest; one arm opens while the shoulders turn."""

PALM_WAVE: Final = Move(
    4,
    (
        (0, Pose(VEE, ACROSS_HIGH, WIDE, WIDE, sway=0.04, lean=-12, tilt=-10, bend=0.02)),
        (1, Pose(CACTUS, CACTUS, WIDE, WIDE, bend=0.05)),
        (2, Pose(ACROSS_HIGH, VEE, WIDE, WIDE, sway=-0.04, lean=12, tilt=10, bend=0.02)),
        (3, Pose(CACTUS, CACTUS, WIDE, WIDE, bend=0.05)),
    ),
)
"""Both arms wave above the head to one side, through goal posts, to the other."""

BODY_ROLL: Final = Move(
    4,
    (
        (0, Pose(LOW, LOW, WIDE, WIDE, bow=22, bend=0.07, nod=16)),
        (1, Pose(HIP, HIP, WIDE, WIDE, bow=-8, bend=0.03, nod=-12)),
        (2, Pose(LOW, LOW, WIDE, WIDE, bow=22, bend=0.07, nod=16)),
        (3, Pose(HIP, HIP, WIDE, WIDE, bow=-8, bend=0.03, nod=-12)),
    ),
    bounce=0.008,
)
"""Dive with open arms, roll up with the hands to the hips."""

CROSS_OPEN: Final = Move(
    4,
    (
        (0, Pose(CROSS, CROSS, TOGETHER, TOGETHER, bend=0.045, nod=10)),
        (1, Pose(OUT, OUT, WIDE, WIDE, nod=-4)),
        (2, Pose(CROSS, CROSS, TOGETHER, TOGETHER, bend=0.045, nod=10)),
        (3, Pose(VEE, VEE, WIDE, WIDE, nod=-8)),
    ),
)
"""Arms crossed on the chest with a bend, open to the sides; crossed again, open to the sky."""

FREEZE_LUNGE: Final = Move(
    4,
    (
        (0, Pose(LOW, HALO, LUNGE, WIDE, sway=-0.08, lean=-8, bend=0.05, look=-16)),
        (2, Pose(LOW, HALO, LUNGE, WIDE, sway=-0.08, lean=-8, bend=0.05, look=-16)),
        (3, Pose(SHOULDER, SHOULDER, bend=0.06, nod=8)),
    ),
    bounce=0.0,
)
"""A low lunge under one curved arm, frozen for two beats, then fists to the shoulders."""

NEON_SIGN: Final = Move(
    8,
    (
        (0, Pose(VEE, VEE, WIDE, WIDE, nod=-8)),
        (1, Pose(SHOULDER, SHOULDER, WIDE, WIDE, bend=0.06)),
        (2, Pose(UP, HIP, WIDE, WIDE, sway=0.05, lean=-4, tilt=-6, look=-8)),
        (3, Pose(HIP, UP, WIDE, WIDE, sway=-0.05, lean=4, tilt=6, look=8)),
        (4, Pose(OUT, OUT, TOGETHER, TOGETHER)),
        (5, Pose(CROSS, CROSS, WIDE, WIDE, bend=0.06, nod=10)),
        (6, Pose(VEE, LOW, LUNGE, Foot(0.13), sway=-0.07, lean=-7, look=-18, nod=-6)),
        (7, Pose(VEE, LOW, LUNGE, Foot(0.13), sway=-0.07, lean=-7, look=-18, nod=-6)),
    ),
    bounce=0.022,
)
"""The signature: V, fists, right up, left up, T, crossed, and a diagonal flash that holds."""

KICK_SWING: Final = Move(
    4,
    (
        (0, Pose(LOW, VEE, KICK, Foot(0.02), sway=0.045, lean=7, look=-8)),
        (1, Pose(SHOULDER, SHOULDER, TOGETHER, TOGETHER, bend=0.05)),
        (2, Pose(VEE, LOW, Foot(0.02), KICK, sway=-0.045, lean=-7, look=8)),
        (3, Pose(SHOULDER, SHOULDER, TOGETHER, TOGETHER, bend=0.05)),
    ),
    bounce=0.014,
)
"""Kick to the side under the opposite arm, fists and feet together, kick to the other side."""

HALO_SWAY: Final = Move(
    4,
    (
        (0, Pose(HALO, HALO, WIDE, WIDE, sway=-0.06, lean=7, tilt=6, bend=0.03)),
        (1, Pose(FLY, FLY, WIDE, WIDE, sway=0.06, lean=-7, tilt=-6, bend=0.03)),
        (2, Pose(HALO, HALO, WIDE, WIDE, sway=-0.06, lean=7, tilt=6, bend=0.03)),
        (3, Pose(FLY, FLY, WIDE, WIDE, sway=0.06, lean=-7, tilt=-6, bend=0.03)),
    ),
    bounce=0.02,
)
"""A halo of both arms above the head opens into wings, while the hips sway."""

KNEE_PULL: Final = Move(
    4,
    (
        (0, Pose(UP, UP, WIDE, Foot(0.1), sway=0.02)),
        (1, Pose(SHOULDER, SHOULDER, KNEE, Foot(0.03), sway=0.035, lean=4)),
        (2, Pose(UP, UP, Foot(0.1), WIDE, sway=-0.02)),
        (3, Pose(SHOULDER, SHOULDER, Foot(0.03), KNEE, sway=-0.035, lean=-4)),
    ),
    bounce=0.014,
)
"""Reach up, then pull the elbows down over a lifted knee."""

CLAP_UP: Final = Move(
    4,
    (
        (0, Pose(CLAP_HIGH, CLAP_HIGH, TOGETHER, TOGETHER, nod=-8)),
        (1, Pose(LOW, LOW, STEP, Foot(0.1), sway=-0.06, bend=0.03)),
        (2, Pose(CLAP_HIGH, CLAP_HIGH, TOGETHER, TOGETHER, nod=-8)),
        (3, Pose(LOW, LOW, Foot(0.1), STEP, sway=0.06, bend=0.03)),
    ),
    bounce=0.02,
)
"""Clap above the head, step out with open arms; again to the other side."""

WALK: Final = Move(
    4,
    (
        (0, Pose(READY, DOWN, sway=-0.02, turn=8)),
        (1, Pose(DOWN, READY, sway=0.02, turn=-8)),
        (2, Pose(READY, DOWN, sway=-0.02, turn=8)),
        (3, Pose(DOWN, READY, sway=0.02, turn=-8)),
    ),
)
"""Walking on the beat, for changes of place."""

ARM_WAVE: Final = Move(
    8,
    (
        (0, Pose(OUT, DOWN, STEP, Foot(0.08), sway=-0.05, look=-20)),
        (2, Pose(Arm(120, 60, 4, 8), CHEST, STEP, Foot(0.08), sway=-0.02, look=-8)),
        (4, Pose(CHEST, Arm(120, 60, 4, 8), Foot(0.08), STEP, sway=0.02, look=8)),
        (6, Pose(DOWN, OUT, Foot(0.08), STEP, sway=0.05, look=20)),
    ),
    bounce=0.012,
)
"""A wave that runs slowly from one arm through the chest into the other."""

_FINAL: Final = Pose(UP, HIP, LUNGE, Foot(0.1), sway=-0.06, lean=-5, tilt=-6, bend=0.03, nod=-6)

POINT_FREEZE: Final = Move(
    4,
    (
        (0, Pose(CHEST, CHEST, TOGETHER, TOGETHER, bend=0.05)),
        (1, Pose(OUT, OUT, WIDE, WIDE)),
        (2, replace(_FINAL, left=LOW, bend=0.02)),
        (3, replace(_FINAL, left=LOW, bend=0.02)),
    ),
    bounce=0.008,
)
"""Gather, open, and point; the point freezes."""

ENDING: Final = Move(
    4,
    ((0, Pose(CHEST, CHEST, TOGETHER, TOGETHER, bend=0.05)), (1, _FINAL), (3.9, _FINAL)),
    bounce=0.0,
)
"""Gather, and the ending pose."""
