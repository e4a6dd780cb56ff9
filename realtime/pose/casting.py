"""Pass two: who is who over a whole film.

Tracklets (``tracklets.py``) are put together to people in three steps, each with the whole film known:

- What follows soon is joined where it goes on best: one assignment over all ends and beginnings of
  tracklets, by place, speed, size and clothes.
- What is long apart, or in another scene, is joined by looks: the likest first, never two who are seen
  at the same time.
- Where two people met, what comes after is exchanged, and single tracklets are given to somebody else,
  if looks and motion fit better so, until nothing gets better.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

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
CLEAR: Final = 0.9  # body sizes to the next person: what is worn is one's own
USUAL: Final = 0.08  # garments that somebody looks unlike themselves, at least
SOON_S: Final = 2.0  # what is so near in time goes on by its motion
REACH: Final = 0.25  # body sizes: where somebody is who goes on, beside where they should be
WANDERS: Final = 0.9  # and a second more
LOOK_BACK_S: Final = 0.2  # by which a speed is told
COASTS_S: Final = 0.3  # for which it goes on
GROWS: Final = 0.25  # natural logarithm of a size
LEAST_LOOKS: Final = 3.0  # pictures in which a garment was seen
AGAINST: Final = 9.0  # the most that motion, or looks, can say against somebody
JOINS_SOON: Final = 7.0  # as much is said against whom we still join, soon
JOINS_LATE: Final = 4.5  # and later, by looks alone
GLIMPSE: Final = 5  # sightings; of fewer little is told: they go to whom they fit, or to nobody
FITS: Final = 2.0  # is said against whom a glimpse is given to, at most
SOMEBODY: Final = 6.0  # is said against there being one person more
BELONGS: Final = 3.0  # is said against a piece that belongs to somebody, at most
MET_S: Final = 1.0  # who met so long before a moment may go on as the other
BOTH_ROWS: Final = 2  # pictures in which two may be seen and yet be one: a mistake
SURE_LOOKS: Final = 10.0  # pictures from which on looks count in full


@dataclass(slots=True, eq=False)
class _Looks:
    """What somebody looks like: sums over pictures, so that two can be put together.

    ``colours`` (6, 5, 3) and ``count`` (6,), of parts, right and left together.
    """

    colours: NDArray[np.float64]
    count: NDArray[np.float64]

    def __add__(self, other: _Looks) -> _Looks:
        return _Looks(self.colours + other.colours, self.count + other.count)

    def unlike(self, other: _Looks) -> float:
        """Return how unlike two look, in garments; NaN: nothing tells."""
        both = (self.count >= LEAST_LOOKS) & (other.count >= LEAST_LOOKS)
        if not both.any():
            return float(np.nan)
        mine = self.colours[both] / self.count[both, None, None]
        theirs = other.colours[both] / other.count[both, None, None]
        far = np.abs(mine - theirs).mean(axis=(1, 2)) / GREY_LEVELS
        weight = WEIGHT[both]
        return float((weight * np.minimum(far, MOST)).sum() / weight.sum())


@dataclass(slots=True, eq=False)
class _Piece:
    """A tracklet with what tells whose it is; ``first`` and ``last`` are pictures."""

    sightings: NDArray[np.int64]
    first: int
    last: int
    scene: int
    looks: _Looks
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    speed: tuple[NDArray[np.float64], NDArray[np.float64]]
    size: tuple[float, float]


def people_of(
    seen: Sightings, tracklets: Sequence[NDArray[np.int64]], cuts: Sequence[int]
) -> list[NDArray[np.int64]]:
    """Return people: which sightings each is, in order of time; who is seen most comes first."""
    pieces = _pieces(seen, tracklets, cuts)
    long = [k for k, piece in enumerate(pieces) if len(piece.sightings) >= GLIMPSE]
    if not long:
        return []
    glimpses = [piece for piece in pieces if len(piece.sightings) < GLIMPSE]
    pieces = [pieces[k] for k in long]
    usual = _usual(seen, pieces)
    chains = _gone_on(seen, pieces, usual)
    people = _put_together(seen, pieces, chains, usual)
    people = _Exchange(seen, pieces, people, usual).done()
    people = _with_glimpses(seen, pieces, people, glimpses, usual)
    told = [np.concatenate([pieces[k].sightings for k in person]) for person in people]
    return sorted((np.sort(each) for each in told), key=len, reverse=True)


def _pieces(
    seen: Sightings, tracklets: Sequence[NDArray[np.int64]], cuts: Sequence[int]
) -> list[_Piece]:
    """Return the tracklets in order of their beginning, with what tells whose each is."""
    sizes, middles = sizes_of(seen.joints), _steadied_middles(seen, cuts)
    clear, shown = _clear(seen, sizes), _shown(seen, sizes)
    pooled, worn = _pooled(seen.colours, seen.worn)
    out = []
    for each in sorted(tracklets, key=lambda one: seen.rows[one[0]]):
        looks = _looks_of(pooled[each], worn[each] & clear[each][:, None])
        if looks.count.max() < LEAST_LOOKS:  # never alone: what nobody stands before tells
            looks = _looks_of(*_pooled(seen.colours[each], seen.worn[each] & shown[each]))
        at_s = seen.at_s[seen.rows[each]]
        early = each[at_s <= at_s[0] + LOOK_BACK_S]
        late = each[at_s >= at_s[-1] - LOOK_BACK_S]
        first, last = int(seen.rows[each[0]]), int(seen.rows[each[-1]])
        out.append(_Piece(
            each, first, last, int(np.searchsorted(cuts, first, side="right")),
            looks, middles[each[0]], middles[each[-1]],
            (_speed(seen, middles, early), _speed(seen, middles, late)),
            (float(np.median(sizes[early])), float(np.median(sizes[late]))),
        ))  # fmt: skip
    return out


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


def _clear(seen: Sightings, sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which sightings show somebody before whom nobody else is."""
    clear = np.ones(len(seen.rows), np.bool_)
    middles = middles_of(seen.joints)
    feet = np.where(seen.joints[..., 2] > 0, seen.joints[..., 1], -np.inf).max(axis=1)
    for row in np.flatnonzero(np.bincount(seen.rows) > 1).tolist():
        here = np.arange(len(seen.rows))[seen.of_row(row)]
        way = np.linalg.norm(middles[here][:, None] - middles[here][None], axis=-1)
        way /= np.maximum(sizes[here][:, None], sizes[here][None])
        way[feet[here][None] <= feet[here][:, None]] = np.inf  # who is no nearer hides nothing
        clear[here] = way.min(axis=1) > CLEAR
    return clear


def _shown(seen: Sightings, sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which garments (N, 10) of each sighting nobody nearer stands before."""
    shown = np.ones((len(seen.rows), len(GARMENTS)), np.bool_)
    feet = np.where(seen.joints[..., 2] > 0, seen.joints[..., 1], -np.inf).max(axis=1)
    middles = np.stack(
        [seen.joints[:, np.array(bones).ravel()].mean(axis=1) for bones in GARMENTS], axis=1
    )
    for row in np.flatnonzero(np.bincount(seen.rows) > 1).tolist():
        here = np.arange(len(seen.rows))[seen.of_row(row)]
        for front in here:
            back = here[feet[here] < feet[front]]
            before = np.repeat(seen.joints[front][None], len(back), axis=0)
            shown[back] &= ~inside(middles[back], before, np.full(len(back), sizes[front]))
    return shown


def _looks_of(pooled: NDArray[np.float64], told: NDArray[np.bool_]) -> _Looks:
    """Return looks of colours (N, 6, 5, 3), of those parts (N, 6) that tell."""
    return _Looks((pooled * told[..., None, None]).sum(axis=0), told.sum(axis=0) * 1.0)


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


def _usual(seen: Sightings, pieces: list[_Piece]) -> float:
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


def _looks_against(one: _Looks, other: _Looks, usual: float) -> float:
    """Return how much looks say against two being one; 0 where nothing tells."""
    unlike = one.unlike(other)
    if np.isnan(unlike):
        return 0.0
    told = min(one.count.max(), other.count.max(), SURE_LOOKS) / SURE_LOOKS
    return float(told * min((unlike / (2 * usual)) ** 2, AGAINST))


def _motion_against(seen: Sightings, one: _Piece, other: _Piece) -> float:
    """Return how much motion says against ``other`` being how ``one`` goes on."""
    gap_s = float(seen.at_s[other.first] - seen.at_s[one.last])
    if one.scene != other.scene or gap_s > SOON_S:
        return AGAINST / 3
    coast_s = min(gap_s / 2, COASTS_S)
    way = (other.begins - other.speed[0] * coast_s) - (one.ends + one.speed[1] * coast_s)
    size = max(one.size[1], other.size[0])
    far = float(np.linalg.norm(way)) / size / (REACH + WANDERS * gap_s)
    grows = abs(np.log(other.size[0] / one.size[1])) / GROWS
    return float(min(far**2 / 2 + min(grows, 2.0) ** 2 / 4, AGAINST))


def _gone_on(seen: Sightings, pieces: list[_Piece], usual: float) -> list[list[int]]:
    """Return chains of pieces: each goes on with what fits best of all that comes soon."""
    count = len(pieces)
    cost = np.full((count, 2 * count), JOINS_SOON)
    cost[:, :count] = 10 * AGAINST
    for i, one in enumerate(pieces):
        for j, other in enumerate(pieces):
            soon = 0 < seen.at_s[other.first] - seen.at_s[one.last] <= SOON_S
            if other.first > one.last and soon and one.scene == other.scene:
                looks = _looks_against(one.looks, other.looks, usual)
                cost[i, j] = _motion_against(seen, one, other) + looks
    follows = {
        i: j for i, j in zip(*linear_sum_assignment(cost), strict=True)
        if j < count and cost[i, j] < JOINS_SOON
    }  # fmt: skip
    later = set(follows.values())
    chains = []
    for first in (k for k in range(count) if k not in later):
        chain = [first]
        while chain[-1] in follows:
            chain.append(int(follows[chain[-1]]))
        chains.append(chain)
    return chains


def _put_together(
    seen: Sightings, pieces: list[_Piece], chains: list[list[int]], usual: float
) -> list[list[int]]:
    """Return people: chains that are never seen at the same time and look alike, the likest first."""
    people = dict(enumerate(chains))
    looks = {k: _sum_of(pieces, chain) for k, chain in people.items()}
    seen_in = {k: _rows_of(seen, pieces, chain) for k, chain in people.items()}

    def against(a: int, b: int) -> float:
        both = np.intersect1d(seen_in[a], seen_in[b], assume_unique=True)
        if len(both) > BOTH_ROWS or np.isnan(looks[a].unlike(looks[b])):
            return np.inf
        meets = _meeting(seen, pieces, people[a], people[b])
        return _looks_against(looks[a], looks[b], usual) + meets / 3

    costs = {(a, b): against(a, b) for a in people for b in people if a < b}
    while costs:
        (a, b), least = min(costs.items(), key=lambda item: item[1])
        if least > JOINS_LATE:
            break
        people[a] = sorted(people[a] + people.pop(b))
        looks[a] = looks[a] + looks.pop(b)
        seen_in[a] = np.union1d(seen_in[a], seen_in.pop(b))
        costs = {pair: cost for pair, cost in costs.items() if b not in pair}
        costs.update({p: against(*p) for p in costs if a in p})
    return list(people.values())


def _meeting(seen: Sightings, pieces: list[_Piece], one: list[int], other: list[int]) -> float:
    """Return what motion says against two chains where they follow one another most closely."""
    told = AGAINST / 3
    for i in one:
        for j in other:
            first, then = sorted((pieces[i], pieces[j]), key=lambda piece: piece.first)
            gap_s = seen.at_s[then.first] - seen.at_s[first.last]
            if 0 < gap_s <= SOON_S and first.scene == then.scene:
                told = _motion_against(seen, first, then)
    return told


def _sum_of(pieces: list[_Piece], chain: Sequence[int]) -> _Looks:
    total = pieces[chain[0]].looks
    for k in chain[1:]:
        total = total + pieces[k].looks
    return total


def _rows_of(seen: Sightings, pieces: list[_Piece], chain: Sequence[int]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([seen.rows[pieces[k].sightings] for k in chain]))


class _Exchange:
    """Exchanges what people are made of wherever that says less against all of it."""

    def __init__(
        self, seen: Sightings, pieces: list[_Piece], people: list[list[int]], usual: float
    ) -> None:
        self._seen, self._pieces, self._usual = seen, pieces, usual
        self._colours = np.stack([piece.looks.colours for piece in pieces])
        self._count = np.stack([piece.looks.count for piece in pieces])
        self._links: dict[tuple[int, int], float] = {}
        self._people = [sorted(person) for person in people]
        self._told = [self._against(person) for person in people]

    def done(self) -> list[list[int]]:
        """Return people of whom nothing can be exchanged for the better."""
        while self._crossings() or self._gifts() or self._unions():
            pass
        return [person for person in self._people if person]

    def _crossings(self) -> bool:
        """Let two who met go on as each other."""
        better = False
        for row in sorted({piece.first for piece in self._pieces}):
            near = [k for k, person in enumerate(self._people) if self._met(person, row)]
            for a in near:
                for b in (b for b in near if b < a):
                    new = _crossed(self._pieces, self._people[a], self._people[b], row)
                    if new is not None and self._may_be(row, *new):
                        better |= self._taken(a, b, *new)
        return better

    def _gifts(self) -> bool:
        """Give single pieces to somebody else who is not seen at that time."""
        better = False
        for piece in range(len(self._pieces)):
            for b in range(len(self._people)):
                a = next(k for k, person in enumerate(self._people) if piece in person)
                if a != b and self._free(self._people[b], piece):
                    rest = [k for k in self._people[a] if k != piece]
                    better |= self._taken(a, b, rest, sorted([*self._people[b], piece]))
        return better

    def _unions(self) -> bool:
        """Give all of somebody's pieces at which another is not seen to that one."""
        better = False
        for a in range(len(self._people)):
            for b in range(len(self._people)):
                free = [k for k in self._people[b] if a != b and self._free(self._people[a], k)]
                if free and self._people[a]:
                    rest = [k for k in self._people[b] if k not in free]
                    better |= self._taken(a, b, *self._sorted_out(self._people[a] + free, rest))
        return better

    def _sorted_out(self, one: list[int], other: list[int]) -> tuple[list[int], list[int]]:
        """Return two people, those pieces given from the first to the other that least belong to it."""
        one, other = sorted(one), sorted(other)
        while True:
            said = self._against(one)
            told = {
                k: said - self._against([n for n in one if n != k])
                for k in one if self._free(other, k)
            }  # fmt: skip
            worst = max(told, key=told.__getitem__, default=None)
            if worst is None or told[worst] < BELONGS:
                return one, other
            one.remove(worst)
            other = sorted([*other, worst])

    def _taken(self, a: int, b: int, one: list[int], other: list[int]) -> bool:
        """Make two people anew if that says less against them; return whether it does."""
        said = self._against(one), self._against(other)
        if sum(said) >= self._told[a] + self._told[b] - 1e-3:
            return False
        self._people[a], self._people[b] = one, other
        self._told[a], self._told[b] = said
        return True

    def _met(self, person: list[int], row: int) -> bool:
        """Say whether something of a person begins or ends shortly before a moment."""
        at_s = self._seen.at_s
        return any(
            -MET_S <= at_s[end] - at_s[row] <= MET_S / 2
            for k in person
            for end in (self._pieces[k].first, self._pieces[k].last)
        )

    def _free(self, person: list[int], piece: int) -> bool:
        one = self._pieces[piece]
        there = (self._pieces[k] for k in person)
        return all(other.last < one.first or one.last < other.first for other in there)

    def _may_be(self, row: int, one: list[int], other: list[int]) -> bool:
        """Say whether motion lets at least one of two people go on so at a moment."""
        links = []
        for person in (one, other):
            late = next((n for n, k in enumerate(person) if self._pieces[k].first >= row), 0)
            if late:
                links.append(self._link(person[late - 1], person[late]))
        return not links or min(links) < AGAINST

    def _against(self, person: list[int]) -> float:
        """Return how much looks and motion say against these pieces, in their order, being one."""
        if not person:
            return 0.0
        motion = sum(self._link(i, j) for i, j in pairwise(person))
        return SOMEBODY + motion + self._looks(np.array(person))

    def _link(self, i: int, j: int) -> float:
        """Return how much motion says against one piece going on as another."""
        if (i, j) not in self._links:
            told = _motion_against(self._seen, self._pieces[i], self._pieces[j])
            self._links[i, j] = told
        return self._links[i, j]

    def _looks(self, person: NDArray[np.int64]) -> float:
        """Return how much each piece's looks say against it being one with the others."""
        colours, count = self._colours[person], self._count[person]
        rest, rest_count = colours.sum(axis=0) - colours, count.sum(axis=0) - count
        both = (count >= LEAST_LOOKS) & (rest_count >= LEAST_LOOKS)
        mine = colours / np.maximum(count, 1)[..., None, None]
        theirs = rest / np.maximum(rest_count, 1)[..., None, None]
        far = np.minimum(np.abs(mine - theirs).mean(axis=(2, 3)) / GREY_LEVELS, MOST)
        weight = WEIGHT * both
        unlike = (weight * far).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
        told = np.minimum(count.max(axis=1), rest_count.max(axis=1))
        told = np.minimum(told, SURE_LOOKS) / SURE_LOOKS
        return float((told * np.minimum((unlike / (2 * self._usual)) ** 2, AGAINST)).sum())


def _with_glimpses(
    seen: Sightings, pieces: list[_Piece], people: list[list[int]], glimpses: list[_Piece],
    usual: float,
) -> list[list[int]]:  # fmt: skip
    """Return people with those glimpses that fit somebody; they are added to the pieces."""
    looks = [_sum_of(pieces, person) for person in people]
    out = [list(person) for person in people]
    for one in glimpses:
        costs = []
        for k, person in enumerate(out):
            before = [j for j in person if pieces[j].last < one.first]
            after = [j for j in person if pieces[j].first > one.last]
            if len(before) + len(after) < len(person):
                continue  # is seen elsewhere then
            said = _looks_against(one.looks, looks[k], usual)
            if before:
                last = max(before, key=lambda j: pieces[j].last)
                said += _motion_against(seen, pieces[last], one)
            if after:
                then = min(after, key=lambda j: pieces[j].first)
                said += _motion_against(seen, one, pieces[then])
            costs.append((said, k))
        if costs and min(costs)[0] < FITS:
            out[min(costs)[1]].append(len(pieces))
            pieces.append(one)
    return out


def _crossed(
    pieces: list[_Piece], one: list[int], other: list[int], row: int
) -> tuple[list[int], list[int]] | None:
    """Return two people who go on as each other from a picture on; None where that cannot be."""
    parted = [
        ([k for k in person if pieces[k].first < row], [k for k in person if pieces[k].first >= row])
        for person in (one, other)
    ]  # fmt: skip
    (early, late), (other_early, other_late) = parted
    if not (late or other_late) or not (early or other_early):
        return None
    for before, after in ((early, other_late), (other_early, late)):
        if before and after and max(pieces[k].last for k in before) >= row:
            return None
        if not before + after:
            return None
    return sorted(early + other_late), sorted(other_early + late)
