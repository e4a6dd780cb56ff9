"""Sightings that are surely one person's, joined from picture to picture; in doubt they end.

A tracklet is never two people's: it ends where two come so near that one might be taken for the
other, and where somebody comes or goes beside it, for the one who stays may be the one who came.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from kpopdance.realtime.core.body import L_HIP, NECK, R_HIP
from kpopdance.realtime.pose.appearance import GREY_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.sightings import Sightings

UNSEEN_S: Final = 0.35  # a tracklet bridges so much
NEAR: Final = 0.35  # body sizes that joints move between two pictures, on average
FASTER: Final = 2.5  # and body sizes a second more, beside what their speed says
RUNS: Final = 14.0  # the same of whose speed is not known yet: they may come in running
FARTHEST: Final = 1.0  # body sizes; a joint that is farther off is simply elsewhere
ELSEWHERE: Final = 0.9  # body sizes, on average: nobody goes on so far off
TOLD_BY: Final = 0.15  # body sizes by which one way to join is better than the other
COMES: Final = 1.0  # body sizes: who comes or goes so near to another may be taken for them
DOUBLE: Final = 0.22  # body sizes: so near in one picture, it is one person seen twice
ITS_OWN: Final = 0.1  # body sizes: a joint so near to another's is the other's
BORROWED: Final = 0.4  # of somebody's joints are another's: the other, seen twice
MIDDLE: Final = (NECK, R_HIP, L_HIP)
NEVER: Final = 1e6
DRESSED: Final = 0.5  # body sizes that another garment is worth
USUALLY: Final = 0.4  # garments that a sighting differs from the last ones of the same person
SUDDENLY: Final = 0.8  # and from the picture before: seldom is somebody exchanged meanwhile
MOST: Final = 2.0
SOON: Final = 0.2  # of what somebody wears is taken from the newest picture
STEADY: Final = 0.5  # of a speed is kept from picture to picture


def sizes_of(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a length (N,) that stands for each body of joints (N, 18, 3), see ``body_size``."""
    xy = joints[..., :2].astype(np.float64)
    low = np.where(np.isfinite(xy), xy, np.inf).min(axis=1)
    high = np.where(np.isfinite(xy), xy, -np.inf).max(axis=1)
    return np.asarray(np.maximum((high - low).max(axis=1) / 2.5, 4.0), np.float64)


def middles_of(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return where each of (N, 18, 3) is (N, 2): neck and hips, or whatever is seen."""
    trunk = joints[:, MIDDLE]
    known = np.asarray((trunk[..., 2] > 0).any(axis=1))
    chosen = np.where(known[:, None, None], _mean(trunk), _mean(joints))
    return np.asarray(chosen[:, 0], np.float64)


def apart_each(
    one: NDArray[np.float32], other: NDArray[np.float32], sizes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far each of (P, 18, 3) is from each of (Q, 18, 3), in sizes (P,): (P, Q).

    The mean over the joints seen of both, each at most ``FARTHEST``; infinite where there are few.
    """
    both = (one[:, None, :, 2] > 0) & (other[None, :, :, 2] > 0)
    way = np.linalg.norm(one[:, None, :, :2] - other[None, :, :, :2], axis=-1)
    way = np.minimum(np.where(both, way, 0) / sizes[:, None, None], FARTHEST)
    count = both.sum(axis=-1)
    mean = way.sum(axis=-1) / np.maximum(count, 1)
    return np.asarray(np.where(count >= 4, mean, np.inf), np.float64)


def without_doubles(seen: Sightings) -> NDArray[np.int64]:
    """Return which sightings to keep: of one person seen twice in a picture, the surer one."""
    keep = np.ones(len(seen.rows), np.bool_)
    sure = seen.joints[..., 2].sum(axis=1)
    sizes = sizes_of(seen.joints)
    for row in np.flatnonzero(np.bincount(seen.rows) > 1).tolist():
        here = np.arange(len(seen.rows))[seen.of_row(row)]
        here = here[np.argsort(-sure[here], kind="stable")]
        joints = seen.joints[here]
        double = apart_each(joints, joints, sizes[here]) < DOUBLE
        double |= _borrowed(joints, sizes[here]) >= BORROWED
        for a, b in np.argwhere(double):
            if a < b and keep[here[a]]:
                keep[here[b]] = False
    return np.flatnonzero(keep)


def _borrowed(joints: NDArray[np.float32], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which share of the joints of each of (P, 18, 3) is where those of each are (P, P).

    Element (a, b): of b's joints, at those of a, whose size is taken.
    """
    way = np.linalg.norm(joints[:, None, :, :2] - joints[None, :, :, :2], axis=-1)
    same = (way < ITS_OWN * sizes[:, None, None]).sum(axis=-1)  # what is unseen is nowhere
    return np.asarray(same / np.maximum((joints[..., 2] > 0).sum(axis=1), 1), np.float64)


@dataclass(slots=True, eq=False)
class _Open:
    """A tracklet that may go on; ``speed`` (2,) px a second, None: not known yet."""

    sightings: list[int]
    joints: NDArray[np.float32]
    size: float
    row: int
    panel: int
    colours: NDArray[np.float32]
    worn: NDArray[np.bool_]
    speed: NDArray[np.float32] | None = None


def tracklets_of(
    seen: Sightings, cuts: Iterable[int], panel: NDArray[np.int64] | None = None
) -> list[NDArray[np.int64]]:
    """Return tracklets: which sightings each is, in order of time.

    Parameters
    ----------
    seen : Sightings
    cuts : iterable of int
        Pictures at which another scene begins: nothing goes on there.
    panel : int64 (N,), optional
        In which panel each sighting is: nobody goes on in another.
    """
    keep, begins = without_doubles(seen), set(cuts)
    panel = np.zeros(len(seen.rows), np.int64) if panel is None else panel
    sizes = sizes_of(seen.joints)
    done: list[_Open] = []
    active: list[_Open] = []
    rows = seen.rows[keep]
    for row in range(len(seen.at_s)):
        if row in begins:
            done, active = done + active, []
        for one in active:
            one.joints = _shown(one, seen.moved[row])
        here = keep[np.searchsorted(rows, row) : np.searchsorted(rows, row + 1)]
        late = [one for one in active if seen.at_s[row] - seen.at_s[one.row] > UNSEEN_S]
        done += late
        active = [one for one in active if one not in late]
        active, ended = _joined(active, here, seen, sizes, panel, row)
        done += ended
    found = [np.array(one.sightings, np.int64) for one in done + active]
    return _parted(found, seen, sizes)


def _joined(
    active: list[_Open], here: NDArray[np.int64], seen: Sightings, sizes: NDArray[np.float64],
    panel: NDArray[np.int64], row: int,
) -> tuple[list[_Open], list[_Open]]:  # fmt: skip
    """Return which tracklets go on after a picture, and which end."""
    cost = np.full((len(active), len(here)), NEVER)
    if active and len(here):
        gone_s = seen.at_s[row] - np.array([seen.at_s[one.row] for one in active])
        way = _way(active, gone_s, seen.joints[here])
        usual = [USUALLY if row - one.row > 1 else SUDDENLY for one in active]
        otherwise = _otherwise(active, seen.colours[here], seen.worn[here])
        dressed = DRESSED * np.maximum(otherwise - np.array(usual)[:, None], 0)
        faster = np.where([one.speed is None for one in active], RUNS, FASTER)
        reach = np.minimum(NEAR + faster * gone_s, ELSEWHERE)
        may = np.array([one.panel for one in active])[:, None] == panel[here]
        may &= way + dressed <= reach[:, None]
        cost = np.where(may, way + dressed, NEVER)
    pairs = [
        (k, n) for k, n in zip(*linear_sum_assignment(cost), strict=True) if cost[k, n] < NEVER
    ]
    unclear = _unclear(cost, pairs)
    goes_on = {k: n for k, n in pairs if k not in unclear}
    ended = [active[k] for k in unclear]
    going = [one for k, one in enumerate(active) if k not in unclear]
    for k, n in goes_on.items():
        _go_on(active[k], int(here[n]), seen, sizes, row)
    taken = set(goes_on.values())
    going += [
        _Open(
            [int(each)], seen.joints[each].copy(), float(sizes[each]), row, int(panel[each]),
            seen.colours[each].astype(np.float32), seen.worn[each].copy(),
        )
        for n, each in enumerate(here) if n not in taken
    ]  # fmt: skip
    return going, ended


def _way(
    active: list[_Open], gone_s: NDArray[np.float64], joints: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return how far each of (Q, 18, 3) is from where each tracklet is, or goes, sizes (P, Q)."""
    was = np.stack([one.joints for one in active])
    large = np.maximum(np.array([one.size for one in active]), 4.0)
    unknown = np.zeros(2, np.float32)
    speed = np.stack([unknown if one.speed is None else one.speed for one in active])
    goes = was.copy()
    goes[..., :2] += (speed * gone_s[:, None])[:, None]
    return np.minimum(apart_each(was, joints, large), apart_each(goes, joints, large))


def _unclear(cost: NDArray[np.float64], pairs: list[tuple[int, int]]) -> set[int]:
    """Return whose next sighting might as well be another's."""
    unclear: set[int] = set()
    with_of = dict(pairs)
    taken = set(with_of.values())
    for k, n in pairs:
        rest = [m for m in range(cost.shape[1]) if m not in taken]
        if any(cost[k, m] < cost[k, n] + TOLD_BY for m in rest):
            unclear.add(k)
        for j in range(len(cost)):
            if j == k or cost[j, n] >= NEVER:
                continue
            if j not in with_of:
                crossed = cost[j, n] - cost[k, n]
            else:
                crossed = cost[j, n] + cost[k, with_of[j]] - cost[k, n] - cost[j, with_of[j]]
            if crossed < TOLD_BY:
                unclear |= {k} | ({j} if j in with_of else set())
    return unclear


def _go_on(
    one: _Open, sighting: int, seen: Sightings, sizes: NDArray[np.float64], row: int
) -> None:
    joints = seen.joints[sighting]
    one.sightings.append(sighting)
    both = (joints[:, 2] > 0) & (one.joints[:, 2] > 0)
    way = np.median(joints[both, :2] - one.joints[both, :2], axis=0)
    speed = (way / (seen.at_s[row] - seen.at_s[one.row])).astype(np.float32)
    one.speed = speed if one.speed is None else STEADY * one.speed + (1 - STEADY) * speed
    one.joints = joints.copy()
    one.size = 0.8 * one.size + 0.2 * float(sizes[sighting])
    one.row = row
    colours, worn = seen.colours[sighting], seen.worn[sighting]
    share = np.where(one.worn & worn, SOON, worn.astype(float))[:, None, None]
    one.colours += share.astype(np.float32) * (colours - one.colours)
    one.worn = one.worn | worn


def _otherwise(
    active: list[_Open], colours: NDArray[np.uint8], worn: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how far each sighting's clothes are from a tracklet's, garments (P, Q)."""
    far = np.zeros((len(active), len(colours)))
    for k, one in enumerate(active):
        both = one.worn & worn
        parts = np.abs(one.colours - colours).mean(axis=(2, 3)) / GREY_LEVELS
        far[k] = (np.minimum(parts, MOST) * both).sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    return far


def _shown(one: _Open, moved: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return where a tracklet's joints are in the next picture, by the camera."""
    out = one.joints.copy()
    out[:, :2] = out[:, :2] @ moved[:, :2].T + moved[:, 2]
    return out


def _parted(
    found: list[NDArray[np.int64]], seen: Sightings, sizes: NDArray[np.float64]
) -> list[NDArray[np.int64]]:
    """Return tracklets parted where another one begins or ends close to them."""
    middles = middles_of(seen.joints)
    rows = [seen.rows[each] for each in found]
    parts: list[set[int]] = [set() for _ in found]
    for k, each in enumerate(found):
        for end, at in ((0, rows[k][0]), (-1, rows[k][-1])):
            for j, other in enumerate(found):
                at_row = int(np.searchsorted(rows[j], at))
                if j == k or not rows[j][0] < at < rows[j][-1]:
                    continue
                way = np.linalg.norm(middles[each[end]] - middles[other[at_row]])
                if way < COMES * max(sizes[each[end]], sizes[other[at_row]]):
                    parts[j].add(at_row)
    return [
        part
        for each, at in zip(found, parts, strict=True)
        for part in np.split(each, sorted(at))
        if len(part)
    ]


def _mean(joints: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the mean place of the joints seen, (N, 1, 2); NaN where there is none."""
    there = joints[..., 2:] > 0
    total = np.where(there, joints[..., :2], 0).sum(axis=1, keepdims=True, dtype=np.float64)
    count = there.sum(axis=1, keepdims=True)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), np.float64)
