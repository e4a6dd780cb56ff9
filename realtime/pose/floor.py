"""Where dancers stand on the floor, by their feet and how large they are in the picture.

Of a camera that looks level at a floor, bodies whose feet are lower in the picture are larger, and
both go in one straight line: it gives the horizon and how high the camera is, in body heights. From then
on the feet alone say where somebody stands, and how large their body is where feet are unseen or the
camera lies so low that they say nothing. How wide the lens sees is not told by a picture: a usual one
is taken, so that depths may be wrong by a common factor where the lens was another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.body import L_ANKLE, L_HIP, R_ANKLE, R_HIP
from kpopdance.realtime.pose.scenes import camera_paths, scenes_of
from kpopdance.realtime.pose.stature import torsos_over_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOCAL: Final = 0.9  # of the picture's longer side: a telephone's, or a camera's at 32 mm
TORSOS: Final = 3.4  # torsos that a body is tall
LEG: Final = 0.53  # body heights from the hips to the floor
STEP_S: Final = 0.25  # around a moment: the lowest foot stands on the floor
CALM_S: Final = 0.2  # and places are the mean around it
BRIDGED_S: Final = 1.0  # of which the place is unknown: in a straight line
HORIZON: Final = 0.42  # of the picture from its top, where nothing tells
HORIZON_OFF: Final = 0.25  # may lie so far away from it
FOOT_OFF: Final = 0.035  # body heights that feet lie off in the picture
SIZE_OFF: Final = 0.08  # of a body's height that its size in the picture is off
ROUNDS: Final = 6


class _Ground(NamedTuple):
    """``horizon`` px from the top, ``high`` the camera's height in body heights."""

    horizon: float
    high: float


def floor_of(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], size: tuple[int, int],
    moved: NDArray[np.float32], cuts: Sequence[int],
) -> NDArray[np.float32]:  # fmt: skip
    """Return where people stand, float32 (P, T, 2): to the right, away from the camera, in body heights.

    Parameters
    ----------
    at_s : float64 (T,)
    joints : float32 (P, T, 18, 3), px
    size : (int, int)
        Width and height of the picture, px.
    moved : float32 (T, 2, 3)
        How the scenery moved, see ``Sightings``.
    cuts : sequence of int
        Rows at which another scene begins. People are where they were just before it.
    """
    paths = camera_paths(moved, cuts)
    feet, tall = _feet(at_s, joints, paths)
    out = np.full((*tall.shape, 2), np.nan)
    for scene in scenes_of(len(at_s), cuts):
        ground = _ground(feet[:, scene], tall[:, scene], size)
        out[:, scene] = _places(feet[:, scene], tall[:, scene], ground, size)
        if scene.start:
            out[:, scene] += _jump(out[:, : scene.start], out[:, scene])
    known = np.isfinite(out[..., 0])
    if known.any():
        out -= np.median(out[known], axis=0)
    return np.stack([_calm(at_s, person) for person in out]).astype(np.float32)


def _feet(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], paths: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return feet (P, T, 2) px and bodies' heights (P, T) px as if the camera stood; NaN unknown."""
    zoom = np.sqrt(np.abs(np.linalg.det(paths[:, :, :2])))
    tall = TORSOS * torsos_over_time(at_s, joints).astype(np.float64) * zoom
    seen = joints[..., 2] > 0
    xy = np.einsum("tij,ptkj->ptki", paths[:, :, :2], joints[..., :2]) + paths[:, None, :, 2]
    xy[~seen] = np.nan
    there = seen.sum(axis=-1) >= 5
    tall = np.where(there & (tall > 0), tall, np.nan)
    ankles, hips = xy[:, :, (R_ANKLE, L_ANKLE)], xy[:, :, (R_HIP, L_HIP)]
    feet = _mean(ankles)
    feet[..., 1] = _lowest(at_s, ankles[..., 1])
    stands = _mean(hips)
    stands[..., 1] += LEG * tall
    return np.where(np.isfinite(feet), feet, stands), tall


def _lowest(at_s: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lowest y (P, T) of both feet (P, T, 2) around each moment: who jumps comes down."""
    lowest = np.nanmax(np.where(np.isfinite(y), y, -np.inf), axis=-1)
    out = np.full(lowest.shape, np.nan)
    first = np.searchsorted(at_s, at_s - STEP_S)
    last = np.searchsorted(at_s, at_s + STEP_S, side="right")
    for row, (a, b) in enumerate(zip(first, last, strict=True)):
        here = lowest[:, a:b].max(axis=1)
        out[:, row] = np.where(np.isfinite(lowest[:, row]), here, np.nan)
    return out


def _ground(
    feet: NDArray[np.float64], tall: NDArray[np.float64], size: tuple[int, int]
) -> _Ground:
    """Return the floor by the feet (P, T, 2) and heights (P, T) of everybody in a scene."""
    known = np.isfinite(feet[..., 1]) & np.isfinite(tall)
    guess = HORIZON * size[1]
    if not known.any():
        return _Ground(guess, 1.0)
    y, h = feet[known][:, 1], tall[known]
    weight = np.ones(len(y))
    horizon, high = guess, 1.0
    for _ in range(ROUNDS):
        # the horizon is believed to be a usual one as far as one sighting of a hundred says
        prior = 0.01 * len(y) / (HORIZON_OFF * size[1]) ** 2
        scale = weight / (FOOT_OFF * h + SIZE_OFF * h * abs(high)) ** 2
        sums = np.array([[scale.sum() + prior, (scale * h).sum()],
                         [(scale * h).sum(), (scale * h * h).sum()]])  # fmt: skip
        told = np.array([(scale * y).sum() + prior * guess, (scale * h * y).sum()])
        horizon, high = np.linalg.solve(sums, told)
        high = max(float(high), 0.05)
        off = np.abs(y - horizon - high * h) / (FOOT_OFF * h + SIZE_OFF * h * high)
        weight = 1 / np.maximum(off, 1.0)  # Huber's: who jumps or sits counts less
    return _Ground(float(horizon), high)


def _places(
    feet: NDArray[np.float64], tall: NDArray[np.float64], ground: _Ground, size: tuple[int, int]
) -> NDArray[np.float64]:
    """Return where feet (P, T, 2) are on the floor, in body heights from below the camera."""
    down = feet[..., 1] - ground.horizon
    by_feet = np.maximum(down, 1.0) / ground.high
    trust_feet = np.where(down > 1, (down / (FOOT_OFF * np.maximum(by_feet, 1))) ** 2, 0)
    trust_size = np.where(np.isfinite(tall), 1 / SIZE_OFF**2, 0)
    both = trust_feet + trust_size
    body = np.exp(
        (trust_feet * np.log(by_feet) + trust_size * np.log(np.where(tall > 0, tall, 1)))
        / np.maximum(both, 1e-9)
    )
    body = np.where(np.isfinite(feet[..., 0]) & (both > 0), body, np.nan)
    focal = FOCAL * max(size)
    return np.stack([(feet[..., 0] - size[0] / 2) / body, focal / body], axis=-1)


def _jump(before: NDArray[np.float64], now: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what a cut moved everybody by (2,): they are where they were; 0 where nobody is known."""
    ways = []
    for was, then in zip(before, now, strict=True):
        earlier = was[np.isfinite(was[:, 0])][-5:]
        later = then[np.isfinite(then[:, 0])][:5]
        if len(earlier) and len(later):
            ways.append(earlier.mean(axis=0) - later.mean(axis=0))
    return np.median(ways, axis=0) if ways else np.zeros(2)


def _calm(at_s: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one person's places (T, 2) without trembling, short gaps bridged."""
    known = np.flatnonzero(np.isfinite(places[:, 0]))
    if len(known) < 2:
        return places
    whole = np.stack([np.interp(at_s, at_s[known], places[known, k]) for k in (0, 1)], axis=1)
    nearest = np.searchsorted(known, np.arange(len(at_s)))
    before = known[np.clip(nearest - 1, 0, len(known) - 1)]
    after = known[np.clip(nearest, 0, len(known) - 1)]
    unknown = ~np.isfinite(places[:, 0])
    outside = (np.arange(len(at_s)) < known[0]) | (np.arange(len(at_s)) > known[-1])
    unknown &= outside | (at_s[after] - at_s[before] > BRIDGED_S)
    first = np.searchsorted(at_s, at_s - CALM_S)
    last = np.searchsorted(at_s, at_s + CALM_S, side="right")
    sums = np.cumsum(np.pad(whole, ((1, 0), (0, 0))), axis=0)
    mean: NDArray[np.float64] = (sums[last] - sums[first]) / (last - first)[:, None]
    mean[unknown] = np.nan
    return mean


def _mean(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean (P, T, 2) of those of (P, T, n, 2) that are known; NaN where none is."""
    known = np.isfinite(places)
    total = np.where(known, places, 0).sum(axis=2)
    count = known.sum(axis=2)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
