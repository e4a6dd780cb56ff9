"""Seams of split screens: straight lines from edge to edge of a film's picture, or of a half of it.

The picture steps at a seam nearly everywhere, in nearly every picture for a while; people are seen on
both sides of it, nobody on both at once, and nobody ever goes from one to the other; what moves on one
side does not go on moving on the other. An edge of what is behind the dancers is none: they dance
before it. Where nothing moves along a line, as between two cameras that stand, it is a seam only at a
half, a third or a quarter of the picture, as screens are split. What lasts for less than
``LEAST_S`` is a seam only if it is there from one cut to the next and something moves along it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.pose.scenes import scenes_of
from kpopdance.realtime.pose.tracklets import middles_of, tracklets_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.sightings import Sightings

UPRIGHT: Final = 320  # of the lines of ``Sightings.seams``; the others lie level
SIXTHS: Final = 6  # of a line; three are a half
STEPS: Final = 0.6  # of a line, in one picture
STEPS_USUALLY: Final = 0.75  # of it, in the mean of all pictures
EACH_STEPS: Final = 0.5  # of the pictures, each of its sixths
MOSTLY: Final = 0.9  # of the pictures
LEAST_S: Final = 1.5  # a picture is parted
SHORTEST_S: Final = 0.4  # the same of a scene that is parted as long as it lasts
BREAKS_S: Final = 0.4  # for so long a line may be unseen
APART: Final = 0.04  # of the picture: two lines that are nearer are the edges of one
LEAST_SIDE: Final = 0.12  # of the picture: a panel
BEYOND: Final = 0.02  # of the picture, from where on a joint is on the other side
JOINTS_ACROSS: Final = 3
ACROSS: Final = 0.04  # of the pictures in which somebody may be seen on both sides: a mistake
GONE_OVER: Final = 5  # pictures before and after: somebody went from one side to the other
PEOPLED: Final = 0.3  # of the pictures show somebody on each side
MOVES: Final = 0.004  # of a line, on average; less tells nothing
TOGETHER: Final = 0.75  # of how much usually moves on both sides of a line, of what moves
SURELY: Final = 0.1  # the same, and MOVES_MUCH: whoever seems to be on both sides is two people
MOVES_MUCH: Final = 0.02
FRACTIONS: Final = np.array([1 / 2, 1 / 3, 2 / 3, 1 / 4, 3 / 4])
AT_FRACTION: Final = 0.006  # of the picture


class Seam(NamedTuple):
    """A seam, ``at`` a share of the picture from its left or top, in pictures ``first`` to ``behind``.

    ``halves`` it goes through, from its own top or left. ``sure``: what moves tells, whatever
    people seem to do.
    """

    upright: bool
    at: float
    halves: tuple[bool, bool]
    first: int
    behind: int
    sure: bool = False


def seams_of(seen: Sightings, cuts: Sequence[int]) -> list[Seam]:
    """Return the seams of a film that has these cuts."""
    bits = seen.seams[:, 0].copy()
    bits[:, 1:-1] |= seen.seams[:, 0, :-2] | seen.seams[:, 0, 2:]
    steps = np.unpackbits(bits[..., None], axis=-1, count=SIXTHS, bitorder="little") > 0
    found = _in_rows(seen, steps, slice(0, len(seen.at_s)), LEAST_S)
    for scene in scenes_of(len(seen.at_s), cuts):
        lasts_s = seen.at_s[scene.stop - 1] - seen.at_s[scene.start]
        if SHORTEST_S <= lasts_s < LEAST_S:
            short = _in_rows(seen, steps, scene, MOSTLY * lasts_s)
            found += [
                line._replace(first=scene.start, behind=scene.stop) for line in short
                if not any(_same(line, other) for other in found if all(other.halves))
            ]  # fmt: skip
    tracks = tracklets_of(seen, cuts) if found else []
    return [line for line in found if _is_between(seen, line, tracks)]


def _in_rows(
    seen: Sightings, steps: NDArray[np.bool_], rows: slice, least_s: float
) -> list[Seam]:
    """Return lines that may be seams for so long in these pictures, by steps (T, 500, 6)."""
    found: list[Seam] = []
    for places in (slice(0, UPRIGHT), slice(UPRIGHT, None)):
        whole = _along(seen, steps, (rows, places, (True, True)), least_s)
        found += whole
        for half in ((True, False), (False, True)):
            for line in _along(seen, steps, (rows, places, half), least_s):
                if not any(_same(line, other) for other in whole):
                    found.append(line)
    return found


def _along(
    seen: Sightings, steps: NDArray[np.bool_],
    where: tuple[slice, slice, tuple[bool, bool]], least_s: float,
) -> list[Seam]:  # fmt: skip
    """Return the lines in these pictures, of one direction, that go through these halves."""
    rows, places, halves = where
    here = steps[rows, places, np.repeat(halves, SIXTHS // 2)]  # (rows, n, 3 or 6)
    there = here.mean(axis=2) >= STEPS
    count = there.shape[1]
    left = there.sum(axis=0).astype(np.float64)
    edge = round(LEAST_SIDE * count)
    left[:edge] = left[count - edge :] = 0
    step_s = float(seen.at_s[-1]) / max(len(seen.at_s) - 1, 1)
    out: list[Seam] = []
    while left.max(initial=0) * step_s >= least_s:
        place = _middle_of(left)
        for first, behind in _whiles(seen.at_s[rows], there[:, place], least_s):
            usual = here[first:behind, place].mean(axis=0)
            line = Seam(
                places.start == 0, (place + 0.5) / count, halves,
                rows.start + first, rows.start + behind,
            )  # fmt: skip
            stepped = usual.mean() >= STEPS_USUALLY and usual.min() >= EACH_STEPS
            together = _together(seen, line, places.start + place)
            if stepped and together < TOGETHER:
                out.append(line._replace(sure=together < SURELY))
        near = round(APART * count)
        left[max(place - near, 0) : place + near + 1] = 0
    return out


def _same(line: Seam, other: Seam) -> bool:
    """Say whether two seams lie at the same place at the same time."""
    apart = other.behind <= line.first or line.behind <= other.first
    return line.upright == other.upright and abs(line.at - other.at) <= APART and not apart


def _middle_of(left: NDArray[np.float64]) -> int:
    """Return the middle of the lines that are there longest: a step is seen on both sides of it."""
    best = int(left.argmax())
    same = np.flatnonzero(left[best : best + 4] >= 0.98 * left[best])
    run = same[: int(np.searchsorted(same - np.arange(len(same)), 1))]
    return best + int(run[-1]) // 2


def _whiles(
    at_s: NDArray[np.float64], there: NDArray[np.bool_], least_s: float
) -> Iterator[tuple[int, int]]:
    """Yield the whiles in which a line is there (T,) nearly always: first row, and the one behind."""
    rows = np.flatnonzero(there)
    breaks = np.flatnonzero(np.diff(at_s[rows]) > BREAKS_S) + 1
    for run in np.split(rows, breaks):
        if len(run) > 1 and at_s[run[-1]] - at_s[run[0]] >= least_s:
            first, behind = int(run[0]), int(run[-1]) + 1
            if there[first:behind].mean() >= MOSTLY:
                yield first, behind


def _together(seen: Sightings, line: Seam, place: int) -> float:
    """Return how much of what moves beside a line moves on both sides, of what usually does."""
    told = seen.seams[line.first : line.behind, 1:].mean(axis=0).reshape(2, 2, -1) / 255
    alone, both = told[:, list(line.halves)].mean(axis=1)
    moves = alone + both
    if moves[place] < MOVES:
        if seen.at_s[line.behind - 1] - seen.at_s[line.first] < LEAST_S:
            return 1.0
        at_fraction = np.abs(FRACTIONS - line.at).min() < AT_FRACTION
        return SURELY if at_fraction else 1.0
    share = np.where(moves >= MOVES, both / np.maximum(moves, 1e-9), np.nan)
    usual = np.nanmedian(share[:UPRIGHT] if line.upright else share[UPRIGHT:])
    if usual <= 0:
        return 1.0
    relative = float(np.nanmin(share[place - 1 : place + 2]) / usual)
    return relative if moves[place] >= MOVES_MUCH else max(relative, SURELY)


def _is_between(seen: Sightings, line: Seam, tracks: Sequence[NDArray[np.int64]]) -> bool:
    """Say whether people are on both sides of a line, and nobody before it."""
    axis = 0 if line.upright else 1
    share, along = (seen.joints[..., k] / seen.size[k] for k in (axis, 1 - axis))
    counted = (seen.joints[..., 2] > 0) & np.where(along < 0.5, *line.halves)
    sides = np.stack([counted & (side * (share - line.at) > BEYOND) for side in (-1, 1)])
    there = sides.sum(axis=2) >= JOINTS_ACROSS  # (2, N)
    during = (seen.rows >= line.first) & (seen.rows < line.behind)
    rows = [np.unique(seen.rows[during & one]) for one in (there.all(axis=0), *there)]
    across, *beside = (len(one) / (line.behind - line.first) for one in rows)
    if min(beside) < PEOPLED:
        return False
    if line.sure or across > ACROSS:
        return line.sure
    off = middles_of(seen.joints)[:, axis] / seen.size[axis] - line.at
    side = np.where(np.abs(off) > BEYOND, np.sign(off), 0) * (during & there.any(axis=0))
    return all(
        min((side[each] == -1).sum(), (side[each] == 1).sum()) < GONE_OVER for each in tracks
    )
