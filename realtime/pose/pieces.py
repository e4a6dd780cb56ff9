"""Tracklets with what tells whose each is: what they look like, and how they come and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.appearance import GARMENTS, GREY_LEVELS
from kpopdance.realtime.pose.hidden import inside
from kpopdance.realtime.pose.scenes import camera_paths
from kpopdance.realtime.pose.tracklets import middles_of, sizes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.sightings import Sightings

WEIGHT: Final = np.array([2.0, 0.8, 1.5, 1.0, 1.0, 0.5])
"""Of torso, head, thighs, shins, upper arms and forearms in what somebody looks like."""
MOST: Final = 2.0  # garments; farther is no more than another one
BONES: Final = np.array([bone for garment in GARMENTS for bone in garment])
ALONG: Final = (0.2, 0.5, 0.8)  # of a bone: where somebody may stand before it
BEHIND: Final = 0.25  # body sizes that the feet of who is clearly farther away are higher
WIDE: Final = 3.0  # times as thick as bodies are: what is close beside them may be theirs
USUAL: Final = 0.08  # garments that somebody looks unlike themselves, at least
SOON_S: Final = 2.0  # what is so near in time goes on by its motion
REACH: Final = 0.25  # body sizes: where somebody is who goes on, beside where they should be
WANDERS: Final = 0.9  # and a second more
LOOK_BACK_S: Final = 0.2  # by which a speed is told
COASTS_S: Final = 0.3  # for which it goes on
GROWS: Final = 0.25  # natural logarithm of a size
LEAST_LOOKS: Final = 3.0  # pictures in which a garment was seen
ALIKE: Final = 2.5  # times as unlike as people look themselves
SURE_LOOKS: Final = 10.0  # pictures from which on looks count in full
AGAINST: Final = 9.0  # the most that motion, or looks, can say against somebody


@dataclass(slots=True, eq=False)
class Looks:
    """What somebody looks like: sums over pictures, so that two can be put together.

    ``colours`` (6, 5, 3) and ``count`` (6,), of parts, right and left together.
    """

    colours: NDArray[np.float64]
    count: NDArray[np.float64]

    def __add__(self, other: Looks) -> Looks:
        return Looks(self.colours + other.colours, self.count + other.count)

    def unlike(self, other: Looks, least: float = LEAST_LOOKS) -> float:
        """Return how unlike two look, in garments seen ``least`` times; NaN: nothing tells."""
        both = (self.count >= least) & (other.count >= least)
        if not both.any():
            return float(np.nan)
        mine = self.colours[both] / self.count[both, None, None]
        theirs = other.colours[both] / other.count[both, None, None]
        far = np.abs(mine - theirs).mean(axis=(1, 2)) / GREY_LEVELS
        weight = WEIGHT[both]
        return float((weight * np.minimum(far, MOST)).sum() / weight.sum())


@dataclass(slots=True, eq=False)
class Piece:
    """A tracklet with what tells whose it is.

    ``first`` and ``last`` are pictures; ``scene`` is between which cuts, and in which panel.
    """

    sightings: NDArray[np.int64]
    first: int
    last: int
    scene: tuple[int, int]
    looks: Looks
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    speed: tuple[NDArray[np.float64], NDArray[np.float64]]
    size: tuple[float, float]


def pieces_of(
    seen: Sightings, tracklets: Sequence[NDArray[np.int64]], cuts: Sequence[int],
    panel: NDArray[np.int64] | None = None,
) -> list[Piece]:  # fmt: skip
    """Return the tracklets in order of their beginning, with what tells whose each is."""
    sizes, middles = sizes_of(seen.joints), _steadied_middles(seen, cuts)
    pooled, worn = _pooled(seen.colours, seen.worn & _shown(seen, sizes))
    panel = np.zeros(len(seen.rows), np.int64) if panel is None else panel
    out = []
    for each in sorted(tracklets, key=lambda one: seen.rows[one[0]]):
        at_s = seen.at_s[seen.rows[each]]
        early = each[at_s <= at_s[0] + LOOK_BACK_S]
        late = each[at_s >= at_s[-1] - LOOK_BACK_S]
        first, last = int(seen.rows[each[0]]), int(seen.rows[each[-1]])
        out.append(Piece(
            each, first, last,
            (int(np.searchsorted(cuts, first, side="right")), int(panel[each[0]])),
            _looks_of(pooled[each], worn[each]), middles[each[0]], middles[each[-1]],
            (_speed(seen, middles, early), _speed(seen, middles, late)),
            (float(np.median(sizes[early])), float(np.median(sizes[late]))),
        ))  # fmt: skip
    return out


def look_alike(seen: Sightings, people: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Return which people (P, P) might be the same, by what they look like and by that alone."""
    pooled, worn = _pooled(seen.colours, seen.worn)
    halves = [_looks_of(pooled[h], worn[h]) for each in people for h in np.array_split(each, 2)]
    itself = [one.unlike(other) for one, other in zip(halves[::2], halves[1::2], strict=True)]
    looks = [one + other for one, other in zip(halves[::2], halves[1::2], strict=True)]
    unlike = np.array([[one.unlike(other) for other in looks] for one in looks])
    known = np.isfinite(itself)
    usual = max(USUAL, float(np.median(np.array(itself)[known])) if known.any() else USUAL)
    return np.asarray(unlike < ALIKE * usual)


def _steadied_middles(seen: Sightings, cuts: Sequence[int]) -> NDArray[np.float64]:
    """Return where each sighting is, in px, as if its scene's camera stood still."""
    back = camera_paths(seen.moved, cuts)
    middles = middles_of(seen.joints)
    at = back[seen.rows]
    return np.asarray(np.einsum("nij,nj->ni", at[:, :, :2], middles) + at[:, :, 2], np.float64)


def _speed(
    seen: Sightings, middles: NDArray[np.float64], sightings: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return px a second."""
    if len(sightings) < 3:
        return np.zeros(2)
    at_s = seen.at_s[seen.rows[sightings]]
    half = len(sightings) // 2
    way = middles[sightings[half:]].mean(axis=0) - middles[sightings[:half]].mean(axis=0)
    return np.asarray(way / max(at_s[half:].mean() - at_s[:half].mean(), 1e-3), np.float64)


def _shown(seen: Sightings, sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which garments (N, 10) of each sighting nobody stands before, nor close beside."""
    shown = np.ones((len(seen.rows), len(GARMENTS)), np.bool_)
    feet = np.where(seen.joints[..., 2] > 0, seen.joints[..., 1], -np.inf).max(axis=1)
    ends = seen.joints[:, BONES]  # (N, bones, 2, 3)
    places = np.concatenate(
        [a * ends[:, :, 0] + (1 - a) * ends[:, :, 1] for a in ALONG], axis=1
    )
    of_part = np.tile(
        np.repeat(np.arange(len(GARMENTS)), [len(g) for g in GARMENTS]), len(ALONG)
    )
    for row in np.flatnonzero(np.bincount(seen.rows) > 1).tolist():
        here = np.arange(len(seen.rows))[seen.of_row(row)]
        for front in here:
            back = here[feet[here] - feet[front] <= BEHIND * sizes[here]]
            back = back[back != front]
            before = np.repeat(seen.joints[front][None], len(back), axis=0)
            hidden = inside(places[back], before, np.full(len(back), WIDE * sizes[front]))
            for part in range(len(GARMENTS)):
                shown[back, part] &= ~hidden[:, of_part == part].any(axis=1)
    return shown


def _looks_of(pooled: NDArray[np.float64], told: NDArray[np.bool_]) -> Looks:
    """Return looks of colours (N, 6, 5, 3), of those parts (N, 6) that tell."""
    return Looks((pooled * told[..., None, None]).sum(axis=0), told.sum(axis=0) * 1.0)


def _pooled(
    colours: NDArray[np.uint8], worn: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return colours by part (N, 6, 5, 3), right and left as one, and which are seen (N, 6)."""
    limbs = colours[:, 2:].reshape(-1, 4, 2, *colours.shape[2:])
    there = worn[:, 2:].reshape(-1, 4, 2)
    count = there.sum(axis=2)
    mean = (limbs * there[..., None, None]).sum(axis=2) / np.maximum(count, 1)[..., None, None]
    return (
        np.concatenate([colours[:, :2], mean], axis=1),
        np.concatenate([worn[:, :2], count > 0], axis=1),
    )


def usual_of(seen: Sightings, pieces: list[Piece]) -> float:
    """Return how unlike themselves people look in this film: halves of long tracklets, compared."""
    pooled, worn = _pooled(seen.colours, seen.worn)
    told = []
    for piece in pieces:
        halves = np.array_split(piece.sightings, 2)
        if len(halves[1]) < SURE_LOOKS:
            continue
        one, other = (_looks_of(pooled[half], worn[half]) for half in halves)
        told.append(one.unlike(other))
    return max(USUAL, float(np.nanmedian(told)) if np.isfinite(told).any() else USUAL)


def usual_glance(seen: Sightings, pieces: list[Piece]) -> float:
    """Return how unlike themselves people look in one picture: the middle of long tracklets."""
    pooled, worn = _pooled(seen.colours, seen.worn)
    told = []
    for piece in pieces:
        if len(piece.sightings) >= SURE_LOOKS:
            middle = np.array_split(piece.sightings, 3)[1][:1]
            told.append(_looks_of(pooled[middle], worn[middle]).unlike(piece.looks, least=1.0))
    return max(USUAL, float(np.nanmedian(told)) if np.isfinite(told).any() else USUAL)


def unlike_each(
    colours: NDArray[np.float64], count: NDArray[np.float64],
    others: NDArray[np.float64], others_count: NDArray[np.float64],
    least: NDArray[np.float64] | float = LEAST_LOOKS,
) -> NDArray[np.float64]:  # fmt: skip
    """Return how unlike each of some looks is another, (N,), as ``Looks.unlike``; 0: nothing tells.

    Looks are sums (N, 6, 5, 3) and counts (N, 6); ``least`` may differ from one to the next (N,).
    """
    enough = np.broadcast_to(least, len(count))[:, None]
    both = (count >= enough) & (others_count >= enough)
    mine = colours / np.maximum(count, 1)[..., None, None]
    theirs = others / np.maximum(others_count, 1)[..., None, None]
    far = np.minimum(np.abs(mine - theirs).mean(axis=(2, 3)) / GREY_LEVELS, MOST)
    weight = WEIGHT * both
    unlike = (weight * far).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    return np.asarray(unlike, np.float64)


def looks_against(one: Looks, other: Looks, usual: float) -> float:
    """Return how much looks say against two being one; 0 where nothing tells."""
    unlike = one.unlike(other)
    if np.isnan(unlike):
        return 0.0
    told = min(one.count.max(), other.count.max(), SURE_LOOKS) / SURE_LOOKS
    return float(told * min((unlike / (2 * usual)) ** 2, AGAINST))


def motion_against(seen: Sightings, one: Piece, other: Piece) -> float:
    """Return how much motion says against ``other`` being how ``one`` goes on."""
    gap_s = float(seen.at_s[other.first] - seen.at_s[one.last])
    if one.scene != other.scene or gap_s > SOON_S:
        return AGAINST / 3
    coast_s = min(gap_s / 2, COASTS_S)
    way = (other.begins - other.speed[0] * coast_s) - (one.ends + one.speed[1] * coast_s)
    size = max(one.size[1], other.size[0])
    far = float(np.linalg.norm(way)) / size / _reach(gap_s)
    grows = abs(np.log(other.size[0] / one.size[1])) / GROWS
    return float(min(far**2 / 2 + min(grows, 2.0) ** 2 / 4, AGAINST))


def link_against(seen: Sightings, one: Piece, other: Piece) -> float:
    """Return the same, less what speaks for it: who goes on at once is met in a small place.

    Both are logarithms of likelihoods: the place is that much smaller than after ``SOON_S``. What
    begins before the other ends, in a gap of it, goes on at once.
    """
    gap_s = max(float(seen.at_s[other.first] - seen.at_s[one.last]), 0.0)
    told = motion_against(seen, one, other)
    if one.scene != other.scene or gap_s > SOON_S:
        return told
    return told + 2 * float(np.log(_reach(gap_s) / _reach(SOON_S)))


def _reach(gap_s: float) -> float:
    """Return how far from where they should be who goes on after a gap usually is, body sizes."""
    return REACH + WANDERS * gap_s


def sum_of(pieces: list[Piece], chain: Sequence[int]) -> Looks:
    """Return what somebody looks like who is made of these pieces."""
    total = pieces[chain[0]].looks
    for k in chain[1:]:
        total = total + pieces[k].looks
    return total
