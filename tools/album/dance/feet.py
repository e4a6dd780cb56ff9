"""Where the feet are: one stands while the other steps, and what stands does not slide.

The hips are carried by the feet: their middle goes from foot to foot with the weight.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from tools.album.dance.springs import RATE, delay_s, sprung

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.album.dance.words import Key

Floats = NDArray[np.float64]

CARRIED_HERTZ: Final = 2.9
"""How fast the hips follow the weight."""
STEP_S: Final = 0.42
"""A step takes so long, or less where the music leaves less."""
STAYS: Final = 0.025
"""A foot that is wanted nearer than this to where it stands stays there, body heights."""
LIFT: Final = (0.014, 0.1, 0.05)
"""A step is lifted so much, more by its length, at most; body heights."""
ALONE: Final = 0.8
"""How far the weight is on a foot that stands alone; 1 would be all."""
READY: Final = 0.35
"""And on one that is about to."""
ROUND: Final = 0.095
"""A foot on its way passes the other one's ankle no nearer than this, body heights."""
MIDWAY: Final = (0.1, 0.9)
"""And what is nearest to it before or after that share of the way is where it stands, not passes."""
CROSSED: Final = 0.1
"""A foot that crosses the other in a walk is set so far behind it: a grapevine's step."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A key pose at a beat, which is at a song second.

    ``bounce`` body heights; ``place`` of the dancer on the floor (x, z); ``walks``: on the way to
    another place, with the right foot on even steps and the left one on odd ones.
    """

    beat: float
    at_s: float
    key: Key
    bounce: float = 0.0
    place: tuple[float, float] = (0.0, 0.0)
    walks: bool = False
    step: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Footwork:
    """Of one dancer at N moments.

    ``ankles`` (N, 2, 3) where the right and left foot are, y above standing; ``middle`` (N, 3)
    where the hips are carried, y 0; ``planted`` bool (N, 2).
    """

    ankles: Floats
    middle: Floats
    planted: NDArray[np.bool_]


@dataclass(slots=True)
class _Swing:
    """A foot on its way: from when, until when, from and to where (x, y, z), with what ``bend``."""

    from_s: float
    to_s: float
    start: Floats
    end: Floats
    bend: Floats


@dataclass(slots=True)
class _Walk:
    """The feet while the cues are gone through."""

    feet: list[Floats]
    swings: tuple[list[_Swing], list[_Swing]] = field(default_factory=lambda: ([], []))
    weights: list[tuple[float, float]] = field(default_factory=list)


def footwork(cues: Sequence[Cue], at_s: Floats) -> Footwork:
    """Return where the feet are at song seconds (N,), ``RATE`` of them a second."""
    walk = _Walk([_wanted(cues[0], foot) for foot in (0, 1)])
    walk.weights.append((cues[0].at_s, cues[0].key.weight / 100))
    for before, cue in pairwise(cues):
        _take_steps(walk, before, cue)
    tracks = [_track(walk, cues, foot, at_s) for foot in (0, 1)]
    ankles = np.stack([track for track, _ in tracks], axis=1)
    planted = np.stack([stands for _, stands in tracks], axis=1)
    return Footwork(ankles, _carried(walk, ankles, at_s), planted)


def _wanted(cue: Cue, foot: int) -> Floats:
    """Return where a cue wants a foot: x, above standing, z."""
    said = (cue.key.right_foot, cue.key.left_foot)[foot]
    turn = np.radians(cue.key.face)
    aside, ahead = (-1, 1)[foot] * said.out / 100, said.ahead / 100
    if cue.walks:
        aside, ahead, turn = (-1, 1)[foot] * 0.09, 0.0, 0.0
    x = cue.place[0] + aside * np.cos(turn) + ahead * np.sin(turn)
    z = cue.place[1] + ahead * np.cos(turn) - aside * np.sin(turn)
    return np.array([x, 0.0 if cue.walks else said.lift / 100, z])


def _take_steps(walk: _Walk, before: Cue, cue: Cue) -> None:
    """Let the feet go where a cue wants them, one after the other where both must."""
    wanted = [_wanted(cue, foot) for foot in (0, 1)]
    who = [foot for foot in (0, 1) if _far(walk.feet[foot], wanted[foot])]
    if cue.walks:
        who = [foot for foot in who if foot == cue.step % 2]
        wanted = [_behind(each, walk.feet[1 - foot], foot) for foot, each in enumerate(wanted)]
    hops = cue.key.hop > 0 or before.key.hop > 0
    _shift_weight(walk, before, cue, who, hops=hops)
    middle_s = (before.at_s + cue.at_s) / 2
    spans = [(max(before.at_s, cue.at_s - STEP_S), cue.at_s)] * 2
    if len(who) == 2 and not hops:
        who.sort(key=lambda foot: _order(walk, before, wanted, foot))
        spans = [(max(before.at_s, middle_s - STEP_S), middle_s), spans[0]]
        spans[1] = (max(middle_s, cue.at_s - STEP_S), cue.at_s)
    for foot, (from_s, to_s) in zip(who, spans, strict=False):
        start, end, other = walk.feet[foot], wanted[foot], walk.feet[1 - foot]
        bend = np.zeros(3) if hops else _bend(start, end, other)
        walk.swings[foot].append(_Swing(from_s, to_s, start, end, bend))
        walk.feet[foot] = end


def _far(now: Floats, wanted: Floats) -> bool:
    """Return whether a foot has to move."""
    return bool(np.linalg.norm(wanted - now) > (STAYS if now[1] == wanted[1] == 0 else 1e-6))


def _behind(wanted: Floats, other: Floats, foot: int) -> Floats:
    """Return where a foot lands in a walk: behind the other one where it comes across it."""
    apart = (-1, 1)[foot] * (wanted[0] - other[0])
    if apart > CROSSED or abs(wanted[2] - other[2]) > CROSSED:
        return wanted
    return np.array([wanted[0], wanted[1], other[2] - CROSSED])


def _bend(start: Floats, end: Floats, other: Floats) -> Floats:
    """Return how far (x, 0, z) a foot's way is bent in its middle, to go round the other foot."""
    flat = np.array([1.0, 0.0, 1.0])
    way, to_other = (end - start) * flat, (other - start) * flat
    share = float(way @ to_other / max(way @ way, 1e-9))
    if not MIDWAY[0] < share < MIDWAY[1]:
        return np.zeros(3)
    aside = share * way - to_other
    near = float(np.linalg.norm(aside))
    if near >= ROUND:
        return np.zeros(3)
    out = aside / near if near > 1e-3 else np.array([0.0, 0.0, -1.0])
    return np.asarray(out * (ROUND - near) / (4 * share * (1 - share)))


def _order(walk: _Walk, before: Cue, wanted: list[Floats], foot: int) -> tuple[bool, float]:
    """Return what is less for the foot that goes first: in the air, then where all go, then light."""
    way = sum((wanted[each] - walk.feet[each])[0] for each in (0, 1))
    side = (-1, 1)[foot]
    light = -side * before.key.weight / 100
    return walk.feet[foot][1] == 0, -side * way if abs(way) > 0.05 else -light


def _shift_weight(walk: _Walk, before: Cue, cue: Cue, who: list[int], *, hops: bool) -> None:
    """Put the weight on what stands: before a foot leaves, and where it is in the air."""
    said = cue.key.weight / 100
    if not hops and who:
        if walk.feet[who[0]][1] == 0:
            stays = 1.0 if who[0] == 0 else -1.0
            when_s, weight = walk.weights[-1]
            walk.weights[-1] = (when_s, stays * max(READY, stays * weight))
        if len(who) == 2:
            lands = 1.0 if who[0] == 1 else -1.0
            walk.weights.append(((before.at_s + cue.at_s) / 2, lands * READY))
    lifts = [_wanted(cue, foot)[1] for foot in (0, 1)]
    if not hops and lifts[0] > 0:
        said = max(said, ALONE)
    elif not hops and lifts[1] > 0:
        said = min(said, -ALONE)
    walk.weights.append((cue.at_s, said))


def _track(
    walk: _Walk, cues: Sequence[Cue], foot: int, at_s: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return where a foot is (N, 3) and when it stands (N,)."""
    swings = walk.swings[foot]
    start = _wanted(cues[0], foot) if not swings else swings[0].start
    track = np.broadcast_to(start, (len(at_s), 3)).copy()
    stands = np.full(len(at_s), start[1] == 0)
    for swing in swings:
        rows = slice(*np.searchsorted(at_s, (swing.from_s, swing.to_s)))
        u = ((at_s[rows] - swing.from_s) / (swing.to_s - swing.from_s))[:, None]
        eased = u * u * u * (u * (6 * u - 15) + 10)
        track[rows] = swing.start + (swing.end - swing.start) * eased
        track[rows] += swing.bend * (4 * eased * (1 - eased))
        if swing.start[1] == swing.end[1] == 0:
            least, more, most = LIFT
            far = float(np.linalg.norm(swing.end - swing.start))
            track[rows, 1] += min(least + more * far, most) * np.sin(np.pi * u[:, 0]) ** 2
        stands[rows] = False
        track[rows.stop :] = swing.end
        stands[rows.stop :] = swing.end[1] == 0
    return track, stands


def _carried(walk: _Walk, ankles: Floats, at_s: Floats) -> Floats:
    """Return (N, 3) of the hips' middle on the floor's plane: between the feet as the weight is."""
    times, weights = np.array(walk.weights).T
    keep = np.concatenate([[True], np.diff(times) > 1e-6])
    late_s = delay_s(CARRIED_HERTZ)
    moments = np.clip(at_s + late_s, times[0], times[-1])
    weight = PchipInterpolator(times[keep], weights[keep])(moments)[:, None]
    rows = np.clip(np.arange(len(at_s)) + round(late_s * RATE), 0, len(at_s) - 1)
    right, left = ankles[rows, 0] * [1, 0, 1], ankles[rows, 1] * [1, 0, 1]
    return sprung(right * (1 - weight) / 2 + left * (1 + weight) / 2, CARRIED_HERTZ)
