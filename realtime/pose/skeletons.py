"""From pose maps to people: peaks, part-affinity line integrals, best links first.

After Cao et al., "OpenPose: Realtime Multi-Person 2D Pose Estimation using Part Affinity Fields"
(arXiv:1812.08008), sections 3.2 to 3.4. Where they match limb after limb, links of all limbs are
taken here in one order, strongest first: a doubtful limb cannot spoil a certain one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.maps import Candidates
from kpopdance.realtime.core.types import Pose

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.anatomy import Anatomy
    from kpopdance.engines.maps import PoseMaps

PEAK_THRESHOLD = 0.10
MAX_PEAKS = 64  # of one joint; a picture with more is noise
SAMPLES = 10  # along a limb
SAMPLE_THRESHOLD = 0.05
MIN_SAMPLES = 7
MIN_PARTS = 4

_T = np.linspace(0.0, 1.0, SAMPLES, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Local maxima: ``joint`` int (P,) rising, ``xy`` float32 (P, 2) map cells, ``height`` (P,)."""

    joint: NDArray[np.intp]
    xy: NDArray[np.float32]
    height: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """Possible limbs, strongest first: ``limb``, ``start`` and ``end`` peak int (L,), ``strength``."""

    limb: NDArray[np.intp]
    start: NDArray[np.intp]
    end: NDArray[np.intp]
    strength: NDArray[np.float32]


def assemble(
    seen: PoseMaps | Candidates,
    *,
    threshold: float = PEAK_THRESHOLD,
    min_parts: int = MIN_PARTS,
) -> list[Pose]:
    """Return every person in what was seen, most visible first, joints in px of the picture.

    ``threshold`` of peaks is ``kpopdance.engines.maps.FAINT`` or more.
    """
    body = ANATOMIES[seen.heats]
    if isinstance(seen, Candidates):
        peaks, links = linked(seen, threshold)
    else:
        peaks = find_peaks(seen.heat, threshold)
        links = find_links(seen.limb, peaks, body)
    poses = [pose_of(person, peaks, seen) for person in join_links(links, peaks, body)]
    kept = [pose for pose in poses if int(pose.seen.sum()) >= min_parts]
    return sorted(kept, key=lambda pose: -float(pose.joints[:, 2].sum()))


def find_peaks(heat: NDArray[np.float32], threshold: float) -> Peaks:
    """Return the local maxima above ``threshold`` of heat maps float32 (19, h, w), sub-cell exact.

    The last map is the background and has none. A peak is no lower than its four neighbours
    (strictly higher than the left and upper one); the sub-cell step is the vertex of a parabola
    through the logarithms.
    """
    padded = np.pad(heat[:-1], ((0, 0), (1, 1), (1, 1)))
    centre = padded[:, 1:-1, 1:-1]
    top = (
        (centre > threshold)
        & (centre > padded[:, 1:-1, :-2])
        & (centre >= padded[:, 1:-1, 2:])
        & (centre > padded[:, :-2, 1:-1])
        & (centre >= padded[:, 2:, 1:-1])
    )
    joint, y, x = np.nonzero(top)
    joint, y, x = _highest(joint, y, x, centre[joint, y, x])
    step = np.stack([_vertex(heat, (joint, y, x), 2), _vertex(heat, (joint, y, x), 1)], axis=1)
    xy = np.stack([x, y], axis=1) + step
    return Peaks(joint, xy.astype(np.float32), centre[joint, y, x])


def peaks_of(seen: PoseMaps | Candidates, threshold: float) -> Peaks:
    """Return the peaks above ``threshold``, see ``find_peaks``."""
    if not isinstance(seen, Candidates):
        return find_peaks(seen.heat, threshold)
    high = seen.height > threshold
    return Peaks(seen.joint[high], seen.xy[high], seen.height[high])


def linked(seen: Candidates, threshold: float) -> tuple[Peaks, Links]:
    """Return the peaks above ``threshold`` and what ``find_links`` would find between them."""
    every = Peaks(seen.joint, seen.xy, seen.height)
    limb, start, end = _pairs(every, ANATOMIES[seen.heats])
    high = seen.height > threshold
    good = (seen.support >= MIN_SAMPLES) & (seen.strength > 0) & high[start] & high[end]
    order = np.flatnonzero(good)[np.argsort(-seen.strength[good], kind="stable")]
    index = np.cumsum(high) - 1
    links = Links(limb[order], index[start[order]], index[end[order]], seen.strength[order])
    return peaks_of(seen, threshold), links


def limb_strength(
    seen: PoseMaps | Candidates, limb: int, start: NDArray[np.float32], end: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the strength (A, B) of a limb along all lines from ``start`` (A, 2) to ``end`` (B, 2).

    Points are in cells. Candidates know the lines between their own peaks only: a point stands
    for the nearest of its joint.
    """
    body = ANATOMIES[seen.heats]
    if isinstance(seen, Candidates):
        every = Peaks(seen.joint, seen.xy, seen.height)
        first, table = _table(seen, limb, every, body)
        rows, columns = (
            _nearest(every, joint, at) - low
            for joint, at, low in zip(body.limbs[limb], (start, end), first, strict=True)
        )
        return table[rows[:, None], columns[None]].astype(np.float64)
    a, b = np.repeat(start, len(end), axis=0), np.tile(end, (len(start), 1))
    along = affinity(seen.limb, np.tile(body.channels[limb], (len(a), 1)), a, b)
    mean = along.mean(axis=1) + too_long(seen.limb, a, b)
    strength: NDArray[np.float64] = mean.reshape(len(start), len(end)).astype(np.float64)
    return strength


def _table(
    seen: Candidates, limb: int, peaks: Peaks, body: Anatomy
) -> tuple[tuple[int, int], NDArray[np.float32]]:
    """Return the first peaks of a limb's two joints, and the strengths between all of theirs."""
    starts, ends = np.array(body.limbs).T
    first = np.searchsorted(peaks.joint, np.arange(body.joints))
    count = np.bincount(peaks.joint, minlength=body.joints)
    before = int((count[starts] * count[ends])[:limb].sum())
    a, b = body.limbs[limb]
    table = seen.strength[before : before + count[a] * count[b]].reshape(count[a], count[b])
    return (int(first[a]), int(first[b])), table


def _nearest(peaks: Peaks, joint: int, xy: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which peak of a joint lies nearest to each point (N, 2)."""
    own = np.flatnonzero(peaks.joint == joint)
    away = np.abs(peaks.xy[own][None] - xy[:, None]).sum(axis=2)
    nearest: NDArray[np.intp] = own[away.argmin(axis=1)]
    return nearest


def find_links(limb: NDArray[np.float32], peaks: Peaks, body: Anatomy) -> Links:
    """Return all limbs that the affinity maps float32 (38, h, w) support, strongest first.

    Strength is the mean of the affinity along the line, less a penalty for lines longer than half
    the map's height (as OpenPose does).
    """
    index, start, end = _pairs(peaks, body)
    along = affinity(limb, np.array(body.channels)[index], peaks.xy[start], peaks.xy[end])
    strength = along.mean(axis=1) + too_long(limb, peaks.xy[start], peaks.xy[end])
    good = ((along > SAMPLE_THRESHOLD).sum(axis=1) >= MIN_SAMPLES) & (strength > 0)
    order = np.flatnonzero(good)[np.argsort(-strength[good], kind="stable")]
    return Links(index[order], start[order], end[order], strength[order])


def affinity(
    limb: NDArray[np.float32],
    channels: NDArray[np.intp],
    start: NDArray[np.float32],
    end: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the affinity (L, 10) at samples along lines, each (L, 2) in cells, (L, 2) channels."""
    line = end - start
    unit = line / np.maximum(np.linalg.norm(line, axis=1), 1e-6)[:, None]
    points = start[:, None, :] + _T[None, :, None] * line[:, None, :]
    h, w = limb.shape[1:]
    x = np.clip(np.rint(points[..., 0]).astype(np.intp), 0, w - 1)
    y = np.clip(np.rint(points[..., 1]).astype(np.intp), 0, h - 1)
    along: NDArray[np.float32] = (
        limb[channels[:, :1], y, x] * unit[:, :1] + limb[channels[:, 1:], y, x] * unit[:, 1:]
    )
    return along


def too_long(
    limb: NDArray[np.float32], start: NDArray[np.float32], end: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return OpenPose's penalty (L,), 0 or less, for lines longer than half the map's height."""
    length = np.linalg.norm(end - start, axis=1)
    penalty: NDArray[np.float32] = np.minimum(
        0.5 * limb.shape[1] / np.maximum(length, 1e-6) - 1, 0
    )
    return penalty


def join_links(links: Links, peaks: Peaks, body: Anatomy) -> list[dict[int, int]]:
    """Return people as joint -> peak: each link joins its two ends where no joint is doubled.

    A peak without a link is a person of one joint; the caller drops people of few parts.
    """
    person_of: dict[int, dict[int, int]] = {}
    joint = peaks.joint.tolist()
    rows = zip(links.limb.tolist(), links.start.tolist(), links.end.tolist(), strict=True)
    later = []
    for limb, start, end in rows:
        if limb in body.supports:
            later.append((start, end))
        else:
            _join(person_of, joint, start, end)
    for start, end in later:
        if start in person_of and end in person_of:
            _join(person_of, joint, start, end)
    alone = [{j: peak} for peak, j in enumerate(joint) if peak not in person_of]
    return list({id(person): person for person in person_of.values()}.values()) + alone


def _join(person_of: dict[int, dict[int, int]], joint: list[int], start: int, end: int) -> None:
    left = person_of.get(start, {joint[start]: start})
    right = person_of.get(end, {joint[end]: end})
    if left is right or not left.keys().isdisjoint(right):
        return
    left.update(right)
    for peak in left.values():
        person_of[peak] = left


def _highest(
    joint: NDArray[np.intp],
    y: NDArray[np.intp],
    x: NDArray[np.intp],
    height: NDArray[np.float32],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    if len(joint) == 0 or np.bincount(joint).max() <= MAX_PEAKS:
        return joint, y, x
    order = np.lexsort((-height, joint))
    first = np.searchsorted(joint[order], joint[order])
    keep = np.sort(order[np.arange(len(order)) - first < MAX_PEAKS])
    return joint[keep], y[keep], x[keep]


def _vertex(
    heat: NDArray[np.float32], peak: tuple[NDArray[np.intp], ...], axis: int
) -> NDArray[np.float32]:
    """Return how far (-0.5..0.5 cells) the true peak lies from its cell along one axis.

    Where a neighbour lies outside the map, the parabola goes through the two inner ones.
    """
    size = heat.shape[axis]
    at = peak[axis]
    inward = np.where(at == 0, 1, np.where(at == size - 1, -1, 0))
    centre = at + inward
    before, here, after = (
        _log(heat[tuple(centre + k if i == axis else p for i, p in enumerate(peak))])
        for k in (-1, 0, 1)
    )
    bend = np.minimum(before - 2 * here + after, -1e-6)
    vertex: NDArray[np.float32] = np.clip(inward + 0.5 * (before - after) / bend, -0.5, 0.5)
    return vertex


def _log(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log(np.maximum(heat, np.float32(1e-3)))


def _pairs(
    peaks: Peaks, body: Anatomy
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    starts, ends = np.array(body.limbs).T
    first = np.searchsorted(peaks.joint, np.arange(body.joints))
    count = np.bincount(peaks.joint, minlength=body.joints)
    n_end = count[ends]
    sizes = count[starts] * n_end
    limb = np.repeat(np.arange(len(starts)), sizes)
    within = np.arange(len(limb)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    n = np.maximum(n_end[limb], 1)
    return limb, first[starts[limb]] + within // n, first[ends[limb]] + within % n


def pose_of(person: dict[int, int], peaks: Peaks, maps: PoseMaps | Candidates) -> Pose:
    """Return a person given as the network's joint -> peak: our 18 joints in px of the picture.

    Joints outside the picture are unseen: padding invents some.
    """
    ours = ANATOMIES[maps.heats].ours
    own = {joint: person[theirs] for joint, theirs in enumerate(ours) if theirs in person}
    joints = np.full((18, 3), np.nan, dtype=np.float32)
    joints[:, 2] = 0
    at, peak = list(own.keys()), list(own.values())
    if not at:
        return Pose(joints)
    xy = maps.box.to_image((peaks.xy[peak] + 0.5) * maps.stride - 0.5)
    edge = np.array([maps.image_size[1] - 1, maps.image_size[0] - 1], dtype=np.float32)
    spill = 0.5 * maps.stride / maps.box.scale
    inside = ((xy >= -spill) & (xy <= edge + spill)).all(axis=1)
    joints[at, :2] = np.clip(xy, 0, edge)
    joints[at, 2] = np.clip(peaks.height[peak], 0, 1)
    joints[np.array(at)[~inside]] = (np.nan, np.nan, 0)
    return Pose(joints)
