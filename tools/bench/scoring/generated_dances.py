"""Songs nobody danced, for measuring the judge: a jointed figure in space, key poses on the beat.

Twelve styles of different tempo, from slow ballads with long holds to fast isolations. Everything
follows from a seed. Lengths are picture heights; x runs right, y down, z towards the camera.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.types import Choreography

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FPS: Final = 30.0
MID_HIP: Final = 18
UP, DOWN = -np.pi / 2, np.pi / 2
BONES: Final = {
    1: (MID_HIP, 0.26), 2: (1, 0.09), 5: (1, 0.09), 3: (2, 0.14), 4: (3, 0.13), 6: (5, 0.14),
    7: (6, 0.13), 8: (MID_HIP, 0.05), 11: (MID_HIP, 0.05), 9: (8, 0.2), 10: (9, 0.2),
    12: (11, 0.2), 13: (12, 0.2), 0: (1, 0.1), 14: (0, 0.03), 15: (0, 0.03), 16: (14, 0.035),
    17: (15, 0.035),
}  # fmt: skip
"""End joint: the joint it hangs on and the bone's length in picture heights."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a song is danced.

    Attributes
    ----------
    bpm : float
        Beats per minute.
    rhythm : tuple of float
        Beats between key poses, drawn anew each time.
    sharp : float
        0 eases all the way, 0.8 snaps in the last fifth and holds before.
    arms, legs, torso : float
        How large each moves; 1 is the whole reach.
    depth : float
        How far limbs leave the picture's plane, 0..1.
    holds : float
        How often a key pose is kept, 0..1.
    alike : float
        1: both sides do the same.
    """

    bpm: float
    rhythm: tuple[float, ...] = (0.5, 1.0, 1.0, 2.0)
    sharp: float = 0.0
    arms: float = 1.0
    legs: float = 1.0
    torso: float = 1.0
    depth: float = 0.3
    holds: float = 0.0
    alike: float = 0.0


STYLES: Final = {
    "ballad": Style(72, (1.0, 2.0, 2.0, 4.0), holds=0.2),
    "slow arms": Style(84, (1.0, 1.0, 2.0), legs=0.2),
    "groove": Style(96, alike=0.3),
    "hip hop": Style(100, (0.5, 1.0, 1.0), sharp=0.5, depth=0.5),
    "idol": Style(110, (0.5, 1.0, 1.0, 2.0), sharp=0.3),
    "mid tempo": Style(116),
    "disco": Style(120, (1.0, 1.0, 2.0), alike=0.6),
    "freezes": Style(124, (0.5, 1.0, 2.0), sharp=0.6, holds=0.35),
    "house": Style(126, (1.0, 1.0, 2.0), arms=0.7, legs=1.2),
    "dance pop": Style(128, (0.5, 1.0, 1.0), sharp=0.3, depth=0.5),
    "fast": Style(150, (1.0, 1.0, 2.0)),
    "drum and bass": Style(172, (1.0, 2.0, 2.0), sharp=0.3),
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A dancing figure in space.

    ``in_plane`` and ``depth`` end joint -> angle (T,) rad of the bone: in the picture's plane (0
    right, a quarter turn down) and out of it towards the camera; ``root`` (T, 2) the hips' place.
    """

    in_plane: dict[int, Floats]
    depth: dict[int, Floats]
    root: Floats

    def joints(self, *, yaw: float = 0.0) -> NDArray[np.float32]:
        """Return joints float32 (T, 18, 3) as a far camera sees the figure turned by ``yaw`` rad."""
        points = {MID_HIP: np.concatenate([self.root, np.zeros((len(self.root), 1))], axis=1)}
        for end, (start, length) in BONES.items():
            flat, out = self.in_plane[end], self.depth[end]
            way = np.stack(
                [np.cos(flat) * np.cos(out), np.sin(flat) * np.cos(out), np.sin(out)], axis=-1
            )
            points[end] = points[start] + length * way
        space = np.stack([points[j] for j in range(18)], axis=1) - points[MID_HIP][:, None]
        joints = np.ones((len(self.root), 18, 3), dtype=np.float32)
        joints[..., 0] = space[..., 0] * np.cos(yaw) + space[..., 2] * np.sin(yaw)
        joints[..., 1] = space[..., 1]
        joints[..., :2] += self.root[:, None]
        return joints


def generated(style: Style, seed: int, *, length_s: float = 40.0) -> Figure:
    """Return a dance of about so many seconds, a whole number of bars."""
    rng = np.random.default_rng(seed)
    beat_s = 60 / style.bpm
    bars = max(round(length_s / (4 * beat_s)), 3)
    at_s = np.arange(round(bars * 4 * beat_s * FPS) + 1) / FPS
    keys = _key_times(rng, style, float(at_s[-1]))
    kept = rng.uniform(size=len(keys)) < style.holds

    def move(low: float, high: float, size: float = 1.0) -> Floats:
        middle = (low + high) / 2
        values = middle + size * (rng.uniform(low, high, len(keys)) - middle)
        for k in np.flatnonzero(kept[1:]) + 1:
            values[k] = values[k - 1]
        return _eased(values, keys, at_s, style.sharp)

    sway = style.torso * (1 - style.alike)
    tilt = move(-0.3, 0.3, sway)
    girdle, head = tilt + move(-0.25, 0.25, sway), tilt + move(-0.4, 0.4, sway)
    flat = {1: UP + tilt, 2: np.pi + girdle, 5: girdle, 8: np.pi + tilt, 11: tilt, 0: UP + head}
    flat |= {14: head - 2.2, 15: head - 0.9, 16: head + 2.9, 17: head + 0.2}
    depth = {end: np.zeros(len(at_s)) for end in BONES}
    for chains, reach, bend, knee, size in (
        (((3, 4), (6, 7)), (-0.6, 3.4), (-2.4, 2.4), -1, style.arms),
        (((9, 10), (12, 13)), (-0.3, 1.1), (-0.2, 1.1), 1, style.legs),
    ):
        both = move(*reach, size), move(*bend, size)  # outwards from hanging; pi is straight up
        for (upper, lower), side in zip(chains, (-1, 1), strict=True):
            raised, bent = (
                style.alike * same + (1 - style.alike) * move(*how, size)
                for same, how in zip(both, (reach, bend), strict=True)
            )
            flat[upper] = DOWN - side * raised
            flat[lower] = flat[upper] + knee * side * bent
            for end in (upper, lower):
                depth[end] = move(-0.2, 1.0, style.depth * size)
    root = np.stack([1.0 + move(-0.1, 0.1), np.full(len(at_s), 0.5)], axis=1)
    return Figure(flat, depth, root)


def choreography(figure: Figure) -> Choreography:
    """Return the figure's dance as seen from the front."""
    return Choreography(figure.joints(), FPS)


def _key_times(rng: np.random.Generator, style: Style, end_s: float) -> Floats:
    keys = [0.0]
    while keys[-1] <= end_s:
        keys.append(keys[-1] + 60 / style.bpm * float(rng.choice(style.rhythm)))
    return np.array(keys)


def _eased(values: Floats, keys_s: Floats, at_s: Floats, sharp: float) -> Floats:
    """Return values (T,) that reach key k at its moment, moving only in the last part before it."""
    left = np.searchsorted(keys_s, at_s, side="right") - 1
    share = (at_s - keys_s[left]) / (keys_s[left + 1] - keys_s[left])
    share = np.clip((share - sharp) / (1 - sharp), 0, 1)
    ease = 0.5 - 0.5 * np.cos(np.pi * share)
    eased: Floats = values[left] * (1 - ease) + values[left + 1] * ease
    return eased
