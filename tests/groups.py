"""Groups before one camera, seen by networks that see exactly who is not hidden; quick pictures."""

from __future__ import annotations

import cv2
import numpy as np

from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.dance.held_back import HeldBack

HEAD_AND_ARM = [0, 1, 2, 3, 4, 16]
SMALLER = 3  # than the drawn group's pictures
NOISE = np.random.default_rng(0).normal(0, 2, (8, 180, 320, 3)).round().astype(np.int16)


def picture(drawn, row, outfits=None):
    """A room with everybody in it, back to front: limbs as thick lines."""
    image = np.full((180, 320, 3), (104, 110, 92), np.uint8)
    order = np.argsort(drawn.joints[:, row, [10, 13], 1].max(axis=1))
    for k in order:
        draw(image, drawn.joints[k, row, :, :2] / SMALLER, (outfits or drawn.outfits)[k])
    return cv2.add(image, NOISE[row % len(NOISE)], dtype=cv2.CV_8U)


def draw(image, xy, outfit):
    """One body, px of the picture."""
    size = np.ptp(xy[:, 1]) / 12
    for colour, wide, bones in (
        (outfit.trousers, 1.0, ((8, 9), (9, 10), (11, 12), (12, 13), (8, 11))),
        (outfit.top, 1.4, ((2, 8), (5, 11), (1, 8), (1, 11), (2, 5), (8, 5))),
        (outfit.skin, 0.6, ((3, 4), (6, 7), (1, 0))),
        (outfit.top, 0.8, ((2, 3), (5, 6))),
        (outfit.hair, 1.3, ((0, 0),)),
    ):
        for a, b in bones:
            ends = (xy[[a, b]] - (0, size if a == b else 0)).round().astype(int)
            cv2.line(image, *ends.tolist(), colour, max(round(size * wide), 1))


def seen_in(drawn, row, rng, missed=0.0):
    """Poses of those who are not hidden, each with whose it is; some are not found."""
    out = []
    for k in range(len(drawn.joints)):
        if drawn.shown[k, row] and rng.uniform() >= missed:
            joints = drawn.joints[k, row].astype(np.float32)
            joints[:, :2] = joints[:, :2] / SMALLER + rng.normal(0, 0.7, (18, 2))
            joints[:, 2] = 0.85
            out.append((Pose(joints), k))
    return out


def scraps_of(people, count):
    """Head and one arm of somebody seen twice, while one of so many is hidden."""
    if len(people) in (0, count):
        return []
    pose, k = people[0]
    joints = pose.joints.copy()
    joints[HEAD_AND_ARM, :2] += 0.5  # px
    joints[[j for j in range(18) if j not in HEAD_AND_ARM]] = (np.nan, np.nan, 0)
    return [(Pose(joints), k)]


def followed(
    drawn, tracker, *, outfits=None, missed=0.0, every=2, each=lambda row: None, seed=0,
    scraps=False,
):  # fmt: skip
    """Whose pose each place got in each row, int (places, T): -1 none; what was held back is given back.

    Rows that were not looked at are -2.
    """
    rng = np.random.default_rng(seed)
    told = np.full((tracker.places, len(drawn.at_s)), -2)
    held, rows = HeldBack(tracker.places), {}
    for row in range(0, len(drawn.at_s), every):
        at_s = float(drawn.at_s[row])
        rows[at_s] = row
        people = seen_in(drawn, row, rng, missed)
        people += scraps_of(people, len(drawn.joints)) if scraps else []
        whose = {id(pose): k for pose, k in people}
        each(row)
        poses = tracker.step([p for p, _ in people], picture(drawn, row, outfits), at_s)
        for exchange in tracker.exchanges:
            held.exchange(exchange)
        held.add(at_s, at_s, [None if p is None else whose[id(p)] for p in poses])
        for k in range(tracker.places):
            _note(told[k], rows, held.settled(k, tracker.unsettled_s(k)))
    for k in range(tracker.places):
        _note(told[k], rows, held.settled(k, None))
    return told


def _note(told, rows, settled):
    for row in settled:
        told[rows[row.captured_s]] = -1 if row.pose is None else row.pose


def persons_of(told):
    """Who each place's player is: who it was given first for long; -1 nobody."""
    first = [row[row >= 0][:20] for row in told]
    return [int(np.bincount(f).argmax()) if len(f) else -1 for f in first]


def wrong(told, persons):
    """The share of the poses given that were another's."""
    given = told >= 0
    off = given & (told != np.array(persons)[:, None])
    return off.sum() / max(given.sum(), 1)


def moves_right(told, persons, at_s, *, move_s=2.0, own=0.8):
    """Of moves in which a place's player was seen at all, in how many nearly all poses were theirs."""
    right = []
    for row, person in zip(told, persons, strict=True):
        for begin in np.arange(at_s[0], at_s[-1] - move_s, move_s):
            here = row[(at_s >= begin) & (at_s < begin + move_s)]
            given = here[here >= 0]
            if len(given):
                right.append(bool((given == person).mean() >= own))
    return sum(right), len(right)
