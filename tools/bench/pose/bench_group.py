"""Record drawn groups back: is everybody kept apart, are joints and places right, is unseen said.

    python -m tools.bench.pose.bench_group [--people 5 9] [--seconds 40]

Groups change places every three seconds; one comes late, one leaves, the camera zooms and pans, and
there is a cut in the middle. Who is to be seen, and who is hidden, is told by the pixels of the drawing
(``visibility.py``). Told are:

IDF1            and the best that naming those very sightings could give ("at best": what no network
                saw counts as missed, whoever is who)
joints          their median error
floor           the same of places, one common shift taken off
hidden unseen   the moments in which somebody is hidden and nothing is told of them
covered unseen  the joints behind others, of everybody at any time, that are told to be unseen
bare seen       the joints of those to be seen that nobody covers, and that are told where they are, as
                PCK counts them: to a fifth of the torso
s               the processor's time
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from kpopdance.realtime.commands.common import wished_eyes
from kpopdance.realtime.core.body import L_HIP, NECK, R_HIP
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.studio.lookout import look_at
from kpopdance.realtime.studio.take_making import take_of
from tools.bench.pose.drawn_group import Group, group
from tools.bench.pose.identity import idf1, pairs_of
from tools.bench.pose.visibility import SHOWN, visibility_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.pose.sightings import Sightings
    from kpopdance.realtime.studio.take import Take
    from tools.bench.pose.visibility import Visibility

SAME_PX: Final = 40.0
"""Median of the joints: a told person this near to a true one is that one in a picture."""
PLACED: Final = 0.2
"""Torsos that a joint is off at most, of Y. Yang and D. Ramanan, "Articulated Human Detection with
Flexible Mixtures of Parts", TPAMI 2013."""
TRUNK: Final = [NECK, R_HIP, L_HIP]


class Told(NamedTuple):
    """How well a group was recorded; the last three as shares, see the top of the file."""

    people: int
    members: int
    idf1: float
    joints_px: float
    floor: float
    unseen: float
    covered: float
    bare: float


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
        "| people | members | cuts | IDF1 | at best | joints, px | floor, bodies "
        "| hidden unseen | covered unseen | bare seen | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for people in asked.people:
        drawn = group(people, asked.seconds, moving=not asked.still)
        began_s = time.process_time()
        seen = look_at(drawn.frames(), wished_eyes(Settings(), wanted=people))
        take = take_of(seen)
        took_s = time.process_time() - began_s
        true = visibility_of(drawn)
        told = compared(drawn, true, take)
        print(
            f"| {people} | {told.members} | {len(take.cuts)} | {told.idf1:.3f} "
            f"| {at_best(drawn, true.shown, seen):.3f} | {told.joints_px:.1f} "
            f"| {told.floor:.2f} | {100 * told.unseen:.0f} % | {100 * told.covered:.0f} % "
            f"| {100 * told.bare:.0f} % | {took_s:.0f} |", flush=True,
        )  # fmt: skip


def compared(drawn: Group, true: Visibility, take: Take) -> Told:
    """Return how well a take tells of a group."""
    known = take.joints[..., 2] > 0  # (Q, T, 18)
    seen = np.asarray(known.any(axis=-1))
    way = ways(drawn, take)
    counted = seen & ~_ignored(way, true.shown)
    same = (way < SAME_PX) & true.shown[:, None] & counted[None]
    together = same.sum(axis=2)
    errors, places, unseen, covered, bare = [], [], [], [], []
    for p, q in pairs_of(together).items():
        both = true.shown[p] & seen[q]
        far = np.linalg.norm(
            take.joints[q, both, :, :2] - drawn.joints[p, both, :, :2], axis=-1
        )
        errors.append(far[np.isfinite(far)])
        placed = both & np.isfinite(take.floor[q, :, 0])
        places.append((take.floor[q] - drawn.floor[p])[placed])
        unseen.append(~seen[q, true.hidden[p]])
        covered.append(~known[q][~true.bare[p] & (true.inside[p] >= SHOWN)[:, None]])
        bare.append(
            _placed(drawn.joints[p], take.joints[q])[true.bare[p] & true.shown[p][:, None]]
        )
    off = np.concatenate(places)
    return Told(
        len(drawn.joints), len(take.members),
        idf1(together, true.shown.sum(axis=1), counted.sum(axis=1)),
        float(np.median(np.concatenate(errors))),
        float(np.median(np.linalg.norm(off - np.median(off, axis=0), axis=1))),
        *(_share(np.concatenate(told)) for told in (unseen, covered, bare)),
    )  # fmt: skip


def at_best(drawn: Group, shown: NDArray[np.bool_], seen: Sightings) -> float:
    """Return IDF1 if every sighting were given to whom it shows, and nobody else were told."""
    both = 0
    for row in range(len(seen.at_s)):
        true = drawn.joints[shown[:, row], row, :, :2]
        way = np.linalg.norm(true[:, None] - seen.joints[seen.of_row(row), :, :2], axis=-1)
        known = np.isfinite(way)
        far = np.nanmedian(np.where(known.any(axis=-1, keepdims=True), way, np.inf), axis=-1)
        near = far < SAME_PX
        both += int(near[linear_sum_assignment(near, maximize=True)].sum())
    return 2 * both / max(both + int(shown.sum()), 1)


def _placed(true: NDArray[np.float64], told: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which joints (T, 18) of (T, 18, 3) are told where they are."""
    neck, *hips = np.moveaxis(true[:, TRUNK, :2], 1, 0)
    torso = np.linalg.norm(neck - sum(hips) / 2, axis=-1)
    way = np.linalg.norm(told[..., :2] - true[..., :2], axis=-1)
    return np.asarray(way < PLACED * torso[:, None])  # NaN is nowhere


def _share(told: NDArray[np.bool_]) -> float:
    """Return the share of what is so; NaN of nothing."""
    return float(told.mean()) if len(told) else float(np.nan)


def _ignored(way: NDArray[np.float64], shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return when told people (Q, T) are somebody who is not to be seen: that counts neither way.

    As MOTChallenge takes off what is found of distractors: told and true people (all of them) of each
    picture are assigned to each other first, the nearest together.
    """
    out = np.zeros(way.shape[1:], np.bool_)
    for row in range(way.shape[2]):
        told, true = linear_sum_assignment(np.minimum(way[..., row].T, 10 * SAME_PX))
        out[told, row] = (way[true, told, row] < SAME_PX) & ~shown[true, row]
    return out


def ways(drawn: Group, take: Take) -> NDArray[np.float64]:
    """Return how far told people are from true ones, (P, Q, T) px: the median of the joints told."""
    far = np.linalg.norm(take.joints[None, ..., :2] - drawn.joints[:, None, ..., :2], axis=-1)
    unseen = ~np.isfinite(far).any(axis=-1)
    far[unseen] = np.inf
    return np.asarray(np.nanmedian(far, axis=-1), np.float64)


if __name__ == "__main__":
    main()
