"""The player's missing joints, filled from faint peaks along the tree of limbs.

The standard decode of ``skeletons`` picks the person, and its joints stay. Every other joint is
taken from all peaks down to 0.03 by an exact maximum over the tree of limbs: dynamic programming
on a tree, as in Felzenszwalb and Huttenlocher, "Pictorial Structures for Object Recognition"
(IJCV 2005), section 3, with peak height and part affinity in place of their costs. Without the
anchor of joints already found, the tree drifts to neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.maps import FAINT
from kpopdance.realtime.core.body import NECK
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.skeletons import Peaks, limb_strength, peaks_of, pose_of
from kpopdance.realtime.pose.tracker import box_of, crop_region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.engines.maps import Candidates, PoseMaps, Region

WEAKEST_LIMB: Final = -0.1  # mean affinity; a limb seen end-on has hardly any
LONGEST_LIMB: Final = 0.45  # of the region's longer side
TAKEN_CELLS: Final = 0.75  # a peak this near somebody else's joint is theirs
REACH: Final = 1.6  # of the box's longer side: raised arms reach above it
MOST_PEOPLE: Final = 8


def complete(
    people: list[Pose], seen: PoseMaps | Candidates, region: Region | None = None
) -> list[Pose]:
    """Return the people with missing joints filled from faint peaks where limbs lead to them.

    Parameters
    ----------
    people : list of Pose
        Everybody ``assemble`` found in it, most visible first, with raw confidences. The
        first ``MOST_PEOPLE`` are completed; one's joints are nobody else's.
    seen : PoseMaps or Candidates
        What the network saw.
    region : Region, optional
        Where joints are taken from, px of the picture; None: around each person.
    """
    faint = peaks_of(seen, FAINT)
    joints = [_cells(pose.joints[pose.seen, :2], seen) for pose in people]
    owner = np.repeat(np.arange(len(people)), [len(own) for own in joints])
    cells = np.concatenate([np.empty((0, 2), np.float32), *joints])
    near = np.linalg.norm(faint.xy[:, None] - cells[None], axis=-1) <= TAKEN_CELLS
    whole = []
    left = np.ones(len(faint.joint), dtype=bool)
    for k, pose in enumerate(people[:MOST_PEOPLE]):
        where = region or crop_region(box_of(pose), REACH)
        free = left & _inside(faint.xy, where, seen) & ~near[:, owner != k].any(axis=1)
        more, taken = _completed(pose, faint, free, seen, _side(where))
        whole.append(more)
        left[taken] = False
    return whole + people[MOST_PEOPLE:]


def _completed(
    pose: Pose, faint: Peaks, free: NDArray[np.bool_], seen: PoseMaps | Candidates, side: float
) -> tuple[Pose, NDArray[np.intp]]:
    """Return one person with what the ``free`` faint peaks add, and which; ``side`` of the region px."""
    body = ANATOMIES[seen.heats]
    known = {theirs: j for j, theirs in enumerate(body.ours) if pose.seen[j]}
    chosen = np.flatnonzero(free & ~np.isin(faint.joint, list(known)))
    if not len(chosen):
        return pose, chosen
    anchors = pose.joints[list(known.values())]
    peaks = Peaks(
        np.concatenate([np.array(list(known), dtype=np.intp), faint.joint[chosen]]),
        np.concatenate([_cells(anchors[:, :2], seen), faint.xy[chosen]]),
        np.concatenate([anchors[:, 2], faint.height[chosen]]),
    )
    longest = LONGEST_LIMB * side * seen.box.scale / seen.stride
    person = _best_tree(peaks, set(known), seen, longest)
    more = {j: p for j, p in person.items() if j not in known}
    added = pose_of(more, peaks, seen)
    whole = Pose(np.where(pose.seen[:, None], pose.joints, added.joints))
    return whole, chosen[np.array(list(more.values()), dtype=np.intp) - len(known)]


def _best_tree(
    peaks: Peaks, anchored: set[int], seen: PoseMaps | Candidates, longest: float
) -> dict[int, int]:
    """Return joint -> peak of the tree with the highest sum of heights and affinities.

    Anchored joints have one peak each and cost nothing; a joint may be left out for 0.
    """
    body = ANATOMIES[seen.heats]
    at = [np.flatnonzero(peaks.joint == joint) for joint in range(body.joints)]
    value = [
        np.zeros(len(own)) if joint in anchored else peaks.height[own].astype(np.float64)
        for joint, own in enumerate(at)
    ]
    pick: dict[int, NDArray[np.intp]] = {}
    tree = body.tree()
    for k in reversed(tree):
        a, b = body.limbs[k]
        if not (len(at[a]) and len(at[b])):
            continue
        gain = value[b] + limb_strength(seen, k, peaks.xy[at[a]], peaks.xy[at[b]])
        if b not in anchored:
            length = np.linalg.norm(peaks.xy[at[a], None] - peaks.xy[None, at[b]], axis=-1)
            gain = np.where((gain - value[b] > WEAKEST_LIMB) & (length <= longest), gain, -1.0)
        best = gain.argmax(axis=1)
        worth = gain[np.arange(len(best)), best]
        pick[k] = np.where((worth > 0) | (b in anchored), best, -1)
        if a not in anchored:
            value[a] += worth if b in anchored else np.maximum(worth, 0)
    person = {joint: int(at[joint][0]) for joint in anchored}
    if NECK not in person and value[NECK].max(initial=0) > 0:
        person[NECK] = int(at[NECK][value[NECK].argmax()])
    for k in (k for k in tree if k in pick):
        a, b = body.limbs[k]
        choice = pick[k][at[a] == person[a]][0] if a in person else -1
        if b not in person and choice >= 0:
            person[b] = int(at[b][choice])
    return person


def _inside(
    xy: NDArray[np.float32], region: Region, seen: PoseMaps | Candidates
) -> NDArray[np.bool_]:
    """Return which points (N, 2) in cells lie in a region of the picture."""
    low, high = _cells(np.array(region, dtype=np.float32).reshape(2, 2), seen)
    inside: NDArray[np.bool_] = ((xy >= low) & (xy <= high)).all(axis=1)
    return inside


def _cells(xy: NDArray[np.float32], seen: PoseMaps | Candidates) -> NDArray[np.float32]:
    """Return points (N, 2) of the picture in px as cells of the maps."""
    cells = (seen.box.to_input(xy) + 0.5) / seen.stride - 0.5
    return cells.astype(np.float32)


def _side(region: Region) -> float:
    left, top, right, bottom = region
    return max(right - left, bottom - top)
