"""How alike two poses in motion are, bone by bone, and what of them a choreography asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

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
    return _alike(_Planes.of(reference), _Planes.of(player))


def shifted_likeness(reference: Features, player: Features) -> list[NDArray[np.float32]]:
    """Return ``bone_likeness`` (..., R, B) with each of the L stretches of R rows of the player.

    The player has R + L - 1 rows. What does not depend on the shift is worked out once.
    """
    rows = reference.weight.shape[-2]
    wanted, danced = _Planes.of(reference), _Planes.of(player)
    shifts = range(player.weight.shape[-2] - rows + 1)
    return [_alike(wanted, danced.rows(k, k + rows)) for k in shifts]


class _Planes(NamedTuple):
    """Features component by component (..., R, B), in the order in which they lie in memory.

    What lies side by side is computed fast, and sums of it are rounded as ever.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    turn_x: NDArray[np.float32]
    turn_y: NDArray[np.float32]
    speed: NDArray[np.float32]

    @staticmethod
    def of(features: Features) -> _Planes:
        """Return a dance's directions and velocities, and how long the velocities are."""
        x, y, turn_x, turn_y = (
            both[..., k].copy(order="K")
            for both in (features.direction, features.velocity)
            for k in (0, 1)
        )
        return _Planes(x, y, turn_x, turn_y, lengths(features.velocity))

    def rows(self, start: int, stop: int) -> _Planes:
        """Return rows start..stop."""
        return _Planes(*(part[..., start:stop, :] for part in self))


def _alike(reference: _Planes, player: _Planes) -> NDArray[np.float32]:
    cosine = reference.x * player.x + reference.y * player.y
    angle = np.arccos(np.clip(cosine, -1, 1))
    pose = np.exp(-((angle / THETA_RAD) ** 2))
    x, y = reference.turn_x - player.turn_x, reference.turn_y - player.turn_y
    agree = 1 - np.sqrt(x * x + y * y) / (reference.speed + player.speed + VELOCITY_FLOOR)
    faster = np.maximum(reference.speed, player.speed)
    share = VELOCITY_SHARE * faster / (faster + VELOCITY_FLOOR)
    mixed: NDArray[np.float32] = (1 - share) * pose + share * agree
    return mixed
