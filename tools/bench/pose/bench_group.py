"""Record drawn groups back: is everybody kept apart, are joints and places right, is unseen said.

    python -m tools.bench.pose.bench_group [--people 5 9] [--seconds 40]

Groups change places every three seconds; one comes late, one leaves, the camera zooms and pans, and
there is a cut in the middle. Told are IDF1, and the best that naming those very sightings could give
("at best": what no network saw counts as missed, whoever is who), the joints' median error, the
places' (one common shift taken off), how often somebody hidden is said to be unseen, and the
processor's time.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from kpopdance.realtime.commands.common import wished_eyes
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.studio.lookout import look_at
from kpopdance.realtime.studio.take_making import take_of
from tools.bench.pose.drawn_group import Group, group
from tools.bench.pose.identity import idf1, pairs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.pose.sightings import Sightings
    from kpopdance.realtime.studio.take import Take

SAME_PX = 40.0
"""Median of the joints: a told person this near to a true one is that one in a picture."""


class Told(NamedTuple):
    """How well a group was recorded; ``unseen`` of the moments in which somebody is hidden."""

    people: int
    members: int
    idf1: float
    joints_px: float
    floor: float
    unseen: float


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("--people", type=int, nargs="+", default=[5, 9])
    ask.add_argument("--seconds", type=float, default=40.0)
    ask.add_argument("--still", action="store_true", help="the camera stands, no cut")
    asked = ask.parse_args()
    print(
        "| people | members | cuts | IDF1 | at best | joints, px | floor, bodies | hidden unseen | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for people in asked.people:
        drawn = group(people, asked.seconds, moving=not asked.still)
        began_s = time.process_time()
        seen = look_at(drawn.frames(), wished_eyes(Settings(), wanted=people))
        take = take_of(seen)
        took_s = time.process_time() - began_s
        told = compared(drawn, take)
        print(
            f"| {people} | {told.members} | {len(take.cuts)} | {told.idf1:.3f} "
            f"| {at_best(drawn, seen):.3f} | {told.joints_px:.1f} "
            f"| {told.floor:.2f} | {100 * told.unseen:.0f} % | {took_s:.0f} |", flush=True
        )  # fmt: skip


def compared(drawn: Group, take: Take) -> Told:
    """Return how well a take tells of a group."""
    seen = np.asarray((take.joints[..., 2] > 0).any(axis=-1))
    together = np.array([
        [int(_same(drawn, take, p, q).sum()) for q in range(len(seen))]
        for p in range(len(drawn.joints))
    ])  # fmt: skip
    shown = drawn.shown
    errors, places, hidden = [], [], []
    for p, q in pairs_of(together).items():
        both = shown[p] & seen[q]
        way = np.linalg.norm(
            take.joints[q, both, :, :2] - drawn.joints[p, both, :, :2], axis=-1
        )
        errors.append(way[np.isfinite(way)])
        known = both & np.isfinite(take.floor[q, :, 0])
        places.append((take.floor[q] - drawn.floor[p])[known])
        hidden.append(~seen[q][~shown[p]])
    off = np.concatenate(places)
    # somebody who is half hidden may be seen: neither counts
    told = np.array([int((seen[q] & ~_nobody(drawn, take, q)).sum()) for q in range(len(seen))])
    return Told(
        len(drawn.joints), len(take.members), idf1(together, shown.sum(axis=1), told),
        float(np.median(np.concatenate(errors))),
        float(np.median(np.linalg.norm(off - np.median(off, axis=0), axis=1))),
        float(np.concatenate(hidden).mean()),
    )  # fmt: skip


def at_best(drawn: Group, seen: Sightings) -> float:
    """Return IDF1 if every sighting were given to whom it shows, and nobody else were told."""
    both = 0
    for row in range(len(seen.at_s)):
        true = drawn.joints[drawn.shown[:, row], row, :, :2]
        way = np.linalg.norm(true[:, None] - seen.joints[seen.of_row(row), :, :2], axis=-1)
        known = np.isfinite(way)
        far = np.nanmedian(np.where(known.any(axis=-1, keepdims=True), way, np.inf), axis=-1)
        near = far < SAME_PX
        both += int(near[linear_sum_assignment(near, maximize=True)].sum())
    return 2 * both / max(both + int(drawn.shown.sum()), 1)


def _same(drawn: Group, take: Take, p: int, q: int) -> NDArray[np.bool_]:
    """Return in which pictures (T,) a told person is a true one who is to be seen."""
    return np.asarray(drawn.shown[p] & (_way(drawn, take, p, q) < SAME_PX))


def _nobody(drawn: Group, take: Take, q: int) -> NDArray[np.bool_]:
    """Return in which pictures (T,) a told person is somebody who is hidden, by half at least."""
    ways = np.stack([_way(drawn, take, p, q) for p in range(len(drawn.joints))])
    nearest = ways.argmin(axis=0)
    rows = np.arange(ways.shape[1])
    return np.asarray((ways[nearest, rows] < SAME_PX) & ~drawn.shown[nearest, rows])


def _way(drawn: Group, take: Take, p: int, q: int) -> NDArray[np.float64]:
    way = np.linalg.norm(take.joints[q, ..., :2] - drawn.joints[p, ..., :2], axis=-1)
    known = np.isfinite(way)
    out = np.full(len(way), np.inf)
    rows = np.flatnonzero(known.any(axis=1))
    out[rows] = [float(np.median(way[row][known[row]])) for row in rows]
    return out


if __name__ == "__main__":
    main()
