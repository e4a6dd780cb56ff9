"""What a drawn dancer does with a choreography: late, small, noisy, mirrored, absent, still."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kpopdance.realtime.core import body

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Choreography

Floats = NDArray[np.float64]
Interval = tuple[float, float]
"""From, to: song seconds."""

HEIGHT_PX: Final = 355.0
"""Head to foot at 480 px of picture; OpenPose sees people of this size best."""
MARGIN: Final = 0.012
"""Of the picture's height, kept free on every side."""
ABOVE: Final = 0.35
"""Share of the free height that stays above the highest hand; the rest is floor."""
HAND: Final = 0.6
"""Fingertips beyond the wrist, in forearms."""
CROWN: Final = 0.95
"""Top of the head above the nose, in distances neck to nose."""
SOLE: Final = 0.18
"""Sole below the ankle, in shins; the toes are as far to the sides."""
DROP_S: Final = 2.0
"""A fraction of dropped time is dropped in windows of this length."""
BLEND_S: Final = 0.25
"""How long it takes to fall into the resting pose and out of it."""
TRAVEL_S: Final = 4.0
"""Motion slower than this is a change of place, which a small picture shows smaller."""

PLAIN: Final = np.radians(125)
"""Swings from the mean up to which an amplitude is a plain factor."""
PARENTS: Final = (1, -1, 1, 2, 3, 1, 5, 6, -1, 8, 9, -1, 11, 12, 0, 0, 14, 15)
"""Joint whose bone ends in joint i; -1 is the middle of the hips."""
ORDER: Final = (1, 8, 11, 0, 2, 5, 14, 15, 3, 6, 9, 12, 16, 17, 4, 7, 10, 13)

RESTING: Final[dict[int, float]] = {
    0: -90, 1: -90, 2: 180, 3: 100, 4: 94, 5: 0, 6: 80, 7: 86, 8: 180, 9: 92, 10: 90, 11: 0,
    12: 88, 13: 90, 14: -150, 15: -30, 16: 172, 17: 8,
}  # fmt: skip
"""Picture angle of every joint's bone in the resting pose, degrees: 0 right, 90 down."""
USUAL: Final[dict[int, float]] = {
    0: 0.12, 1: 0.29, 2: 0.1, 3: 0.16, 4: 0.14, 5: 0.1, 6: 0.16, 7: 0.14, 8: 0.054, 9: 0.23,
    10: 0.23, 11: 0.054, 12: 0.23, 13: 0.23, 14: 0.03, 15: 0.03, 16: 0.03, 17: 0.03,
}  # fmt: skip
"""Length of a bone nobody ever saw, in body heights."""


@dataclass(frozen=True, slots=True)
class Proportions:
    """Factors on the choreography's bone lengths."""

    arm: float = 1.0
    leg: float = 1.0
    torso: float = 1.0
    shoulder: float = 1.0

    def of_bones(self) -> Floats:
        """Return (18,): the factor of the bone that ends in each joint."""
        factors = np.ones(18)
        factors[[3, 4, 6, 7]] = self.arm
        factors[[9, 10, 12, 13]] = self.leg
        factors[1] = self.torso
        factors[[2, 5]] = self.shoulder
        return factors


@dataclass(frozen=True, slots=True)
class DancerStyle:
    """How somebody dances.

    Attributes
    ----------
    lateness_s : float
        How much later than the choreography; negative is early.
    amplitude : float, 0..1.5
        Swing of every bone about its mean direction in the choreography; lengths stay.
    noise_deg : float
        Standard deviation of a smooth wandering of every bone's angle.
    dropped : float 0..1 or intervals
        The share of time, or the song seconds, spent in the resting pose instead of dancing.
    mirrored : bool
        Dances what a mirror shows of the choreography.
    absent : intervals
        Song seconds in which nobody is in the picture.
    still : bool
        Stands in the resting pose throughout.
    seed : int
        Of the noise and of which windows are dropped.
    """

    lateness_s: float = 0.0
    amplitude: float = 1.0
    noise_deg: float = 0.0
    dropped: float | tuple[Interval, ...] = 0.0
    mirrored: bool = False
    proportions: Proportions = field(default_factory=Proportions)
    absent: tuple[Interval, ...] = ()
    still: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.lateness_s) and np.isfinite(self.noise_deg)):
            raise ValueError("lateness and noise must be numbers")
        if not 0 <= self.amplitude <= 1.5:
            raise ValueError(f"amplitude lies in 0..1.5, got {self.amplitude}")
        if isinstance(self.dropped, int | float) and not 0 <= self.dropped <= 1:
            raise ValueError(f"the share of dropped time lies in 0..1, got {self.dropped}")


class DrawnDancer:
    """One person who dances a choreography in front of a camera.

    Parameters
    ----------
    choreography : Choreography
        One member's; joints never seen get usual lengths and the resting direction.
    style : DancerStyle
    picture : (int, int)
        Height and width, px. The figure is about 370 px tall in 480, less where the whole dance
        would not fit; its size is the same throughout the song.
    """

    def __init__(
        self,
        choreography: Choreography,
        style: DancerStyle | None = None,
        picture: tuple[int, int] = (480, 640),
    ) -> None:
        self.style = style or DancerStyle()
        self.picture = picture
        self._fps, self._start_s = choreography.fps, choreography.start_s
        self._end_s = choreography.end_s
        root, bones = _bones(choreography.joints)
        self._floor = _ground(root, bones)
        self._root_x = root[:, 0]
        self._lengths, self._angles = _lengths_and_angles(bones)
        self._usual = np.median(self._lengths, axis=0)
        self._mean = np.angle(np.mean(bones[..., 0] + 1j * bones[..., 1], axis=0))
        self._noise = _Wander(self.style.seed)
        self._drops = self._dropped_intervals()
        self._travel = 1.0
        self._slow_x = _slow(self._root_x, round(TRAVEL_S * self._fps))
        self._place()

    @property
    def height_px(self) -> float:
        """Crown to sole of the standing figure, px."""
        return float(self._stature() * self._scale)

    def joints(self, song_s: float) -> NDArray[np.float32] | None:
        """Return float32 (18, 3) px with confidence 1, or None while absent."""
        if any(start <= song_s < end for start, end in self.style.absent):
            return None
        return self._seen(self._stage(np.array([song_s]))[0] * self._scale + self._shift)

    def first_pose(self) -> NDArray[np.float32]:
        """Return the (18, 3) px joints of the first row: how the dancer waits for the song."""
        at = self._start_s + self.style.lateness_s
        xy = self._stage(np.array([at]))[0] * self._scale + self._shift
        return self._seen(xy)

    def _seen(self, xy: Floats) -> NDArray[np.float32]:
        """Return (18, 2) px as joints, mirrored if the dancer is."""
        joints = np.concatenate([xy, np.ones((18, 1))], axis=-1).astype(np.float32)
        if self.style.mirrored:
            joints = body.mirrored(joints, self.picture[1] - 1)
        return joints

    def _stage(self, song_s: Floats) -> Floats:
        """Return (N, 18, 2) joints in stage units; the floor is the choreography's."""
        style = self.style
        at = song_s - style.lateness_s
        row = np.clip((at - self._start_s) * self._fps, 0, len(self._angles) - 1)
        first = np.minimum(row.astype(int), len(self._angles) - 1)
        second = np.minimum(first + 1, len(self._angles) - 1)
        u = row - first
        angles = self._angles[first]
        angles = angles + _wrapped(self._angles[second] - angles) * u[:, None]
        lengths = self._lengths[first] * (1 - u[:, None]) + self._lengths[second] * u[:, None]
        angles = self._mean + _scaled(_wrapped(angles - self._mean), style.amplitude)
        root_x = self._root(first) * (1 - u) + self._root(second) * u
        floor = self._floor[first] * (1 - u) + self._floor[second] * u
        rest = self._rest(song_s)[:, None]
        angles = angles + _wrapped(np.radians(list(RESTING.values())) - angles) * rest
        lengths = lengths + (self._usual - lengths) * rest
        angles = angles + np.radians(style.noise_deg) * self._noise(at)
        lengths = lengths * style.proportions.of_bones()
        return _stand(lengths, angles, root_x, floor)

    def _root(self, row: NDArray[np.intp]) -> Floats:
        """Return the hips' x: quick motion kept, changes of place shrunk to fit."""
        slow = self._slow_x[row]
        middle = (self._slow_x.min() + self._slow_x.max()) / 2
        quick = (self._root_x[row] - slow) * min(1.0, self.style.amplitude)
        return np.asarray(middle + (slow - middle) * self._travel + quick)

    def _rest(self, song_s: Floats) -> Floats:
        """Return 0..1 how far the dancer is in the resting pose."""
        if self.style.still:
            return np.ones_like(song_s)
        rest = np.zeros_like(song_s)
        for start, end in self._drops:
            into = np.clip((song_s - start) / BLEND_S, 0, 1)
            out = np.clip((song_s - end) / BLEND_S, 0, 1)
            rest = np.maximum(rest, into * (1 - out))
        return np.asarray(rest * rest * (3 - 2 * rest))

    def _dropped_intervals(self) -> tuple[Interval, ...]:
        """Return the song seconds to rest in; a share becomes that many windows of 2 s."""
        dropped = self.style.dropped
        if isinstance(dropped, tuple):
            return dropped
        windows = max(1, round((self._end_s - self._start_s) / DROP_S))
        order = np.random.default_rng([self.style.seed, 1]).permutation(windows)
        chosen = sorted(order[: round(dropped * windows)])
        return tuple(
            (self._start_s + w * DROP_S, self._start_s + (w + 1) * DROP_S) for w in chosen
        )

    def _place(self) -> None:
        """Fix size and place once, such that the whole dance fits the picture."""
        height, width = self.picture
        margin = MARGIN * height
        times = np.arange(len(self._angles)) / self._fps + self._start_s + self.style.lateness_s
        self._scale = HEIGHT_PX * height / 480 / self._stature()
        for self._travel in (1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.0):
            low, high = _extent(self._stage(times))
            if (high[0] - low[0]) * self._scale <= width - 2 * margin:
                break
        room = np.array([width - 2 * margin, height - 2 * margin])
        self._scale = min(self._scale, float(np.min(room / (high - low))))
        left = width / 2 - (low[0] + high[0]) / 2 * self._scale
        free = height - (high[1] - low[1]) * self._scale
        self._shift = np.array([left, free * ABOVE - low[1] * self._scale])

    def _stature(self) -> float:
        """Crown to sole in stage units."""
        lengths = self._usual * self.style.proportions.of_bones()
        head = lengths[0] * (1 + CROWN)
        return float(
            head + lengths[1] + lengths[[9, 12]].mean() + lengths[[10, 13]].mean() * (1 + SOLE)
        )


def _bones(joints: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Return the hips' middle (T, 2) and every joint's bone (T, 18, 2); gaps are bridged."""
    xy = joints[..., :2].astype(np.float64)
    hips = (xy[:, body.R_HIP] + xy[:, body.L_HIP]) / 2
    bones = np.stack(
        [xy[:, j] - (hips if p < 0 else xy[:, p]) for j, p in enumerate(PARENTS)], axis=1
    )
    root = _bridged(hips, np.zeros(2))
    height = np.nanmedian(np.linalg.norm(bones[:, body.NECK], axis=-1)) / USUAL[body.NECK]
    height = height if np.isfinite(height) else 0.6
    for j in range(18):
        angle = np.radians(RESTING[j])
        usual = np.array([np.cos(angle), np.sin(angle)]) * USUAL[j] * height
        bones[:, j] = _bridged(bones[:, j], usual)
    return root, bones


def _bridged(values: Floats, usual: Floats) -> Floats:
    """Return (T, 2) with NaN replaced: straight between neighbours, ``usual`` if never seen."""
    seen = np.isfinite(values).all(axis=-1)
    if not seen.any():
        return np.broadcast_to(usual, values.shape).copy()
    rows = np.arange(len(values))
    return np.stack([np.interp(rows, rows[seen], values[seen, k]) for k in (0, 1)], axis=-1)


def _ground(root: Floats, bones: Floats) -> Floats:
    """Return (T,) y of the lower ankle, which carries the body."""
    right = bones[:, [8, 9, 10], 1].sum(axis=1)
    left = bones[:, [11, 12, 13], 1].sum(axis=1)
    return np.asarray(root[:, 1] + np.maximum(right, left))


def _lengths_and_angles(bones: Floats) -> tuple[Floats, Floats]:
    return np.linalg.norm(bones, axis=-1), np.arctan2(bones[..., 1], bones[..., 0])


def _stand(lengths: Floats, angles: Floats, root_x: Floats, floor: Floats) -> Floats:
    """Return (N, 18, 2): forward kinematics from the hips, lower ankle set on the floor."""
    bones = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * lengths[..., None]
    points = np.zeros_like(bones)
    for joint in ORDER:
        parent = PARENTS[joint]
        points[:, joint] = bones[:, joint] + (0 if parent < 0 else points[:, parent])
    points[..., 0] += root_x[:, None]
    lower = points[:, [body.R_ANKLE, body.L_ANKLE], 1].max(axis=1)
    points[..., 1] += (floor - lower)[:, None]
    return points


def _extent(points: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest x, y that hands, crown and shoes reach."""
    shin = np.median(np.linalg.norm(points[:, 10] - points[:, 9], axis=-1))
    neck = np.median(np.linalg.norm(points[:, 0] - points[:, 1], axis=-1))
    around = np.zeros((18, 2))
    around[[10, 13]] = SOLE * shin
    around[[0, 14, 15, 16, 17]] = CROWN * neck
    around[[3, 6, 9, 12]] = 0.2 * shin
    tips = points[:, [4, 7]] + HAND * (points[:, [4, 7]] - points[:, [3, 6]])
    low = np.minimum((points - around).min(axis=(0, 1)), tips.min(axis=(0, 1)))
    high = np.maximum((points + around).max(axis=(0, 1)), tips.max(axis=(0, 1)))
    return low, high


def _slow(x: Floats, rows: int) -> Floats:
    """Return (T,): the running mean over about ``rows`` rows; the ends hold."""
    half = max(rows // 2, 1)
    padded = np.concatenate([np.full(half, x[0]), x, np.full(half, x[-1])])
    sums = np.cumsum(np.concatenate([[0.0], padded]))
    return np.asarray((sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1))


def _wrapped(angle: Floats) -> Floats:
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def _scaled(swing: Floats, amplitude: float) -> Floats:
    """Return angles of -pi..pi scaled, without a jump where a bone swings past its opposite.

    Up to ``PLAIN`` the factor is exact; from there the rest of the half turn is spread evenly.
    """
    end = np.pi if amplitude > 0.5 else 0.0
    size = np.abs(swing)
    beyond = amplitude * PLAIN + (end - amplitude * PLAIN) * (size - PLAIN) / (np.pi - PLAIN)
    return np.asarray(np.sign(swing) * np.where(size <= PLAIN, amplitude * size, beyond))


class _Wander:
    """Smooth noise: (N, 18) of standard deviation 1, the same for the same second and seed."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 0])
        self._hertz = rng.uniform(0.15, 1.3, (18, 5))
        self._phase = rng.uniform(0, 2 * np.pi, (18, 5))

    def __call__(self, at_s: Floats) -> Floats:
        waves = np.sin(2 * np.pi * self._hertz * at_s[:, None, None] + self._phase)
        return np.asarray(waves.sum(axis=-1) / np.sqrt(waves.shape[-1] / 2))
