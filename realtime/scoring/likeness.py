"""How alike two poses in motion are, bone by bone, and what of them a choreography asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.scoring.energy import STEADY_SPEED
from kpopdance.realtime.scoring.features import BASE_WEIGHT, Features, lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

THETA_RAD: Final = float(
    np.deg2rad(45.0)  # two trained dancers of one routine need 45; 30 is too strict
)
VELOCITY_SHARE: Final = 0.3
VELOCITY_FLOOR: Final = 1.0  # 1/s, below it speed says little
STILL_BONE: Final = 1 / 3  # of its weight is left to a bone that does not move in the window


def asked_weight(reference: Features) -> NDArray[np.float32]:
    """Return what the choreography asks of each bone, float32 (..., R, B).

    Base weight, times how much the bone moves in the window (a still bone keeps a third), times
    how far the reference itself may be trusted.
    """
    speed = lengths(reference.velocity)
    motion = (speed * reference.weight).mean(axis=-2, keepdims=True)
    most = np.maximum(motion.max(axis=-1, keepdims=True), STEADY_SPEED)
    share = STILL_BONE + (1 - STILL_BONE) * motion / most
    weight: NDArray[np.float32] = (BASE_WEIGHT * share * reference.weight).astype(np.float32)
    return weight


def bone_likeness(reference: Features, player: Features) -> NDArray[np.float32]:
    """Return the likeness 0..1 of each bone, broadcast over leading axes (..., B).

    ``exp(-(angle / 45 deg)^2)`` of the directions, mixed with the agreement of velocities by how
    much either moves.
    """
    angle = np.arccos(np.clip(_dot(reference.direction, player.direction), -1, 1))
    pose = np.exp(-((angle / THETA_RAD) ** 2))
    speed_a, speed_b = lengths(reference.velocity), lengths(player.velocity)
    apart = lengths(reference.velocity - player.velocity)
    agree = 1 - apart / (speed_a + speed_b + VELOCITY_FLOOR)
    faster = np.maximum(speed_a, speed_b)
    share = VELOCITY_SHARE * faster / (faster + VELOCITY_FLOOR)
    mixed: NDArray[np.float32] = (1 - share) * pose + share * agree
    return mixed


def _dot(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1]
    return out
