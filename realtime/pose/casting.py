"""Pass two: who is who over a whole film.

Tracklets (``tracklets.py``) are put together to people in four steps, each with the whole film known:

- What follows soon is joined where it goes on best: one assignment over all ends and beginnings of
  tracklets, by place, speed, size and clothes.
- What is long apart, or in another scene, is joined by looks: the likest first, never two who are seen
  at the same time.
- Where two people met, what comes after is exchanged, and single tracklets are given to somebody else,
  if looks and motion fit better so, until nothing gets better.
- All of it is given anew to these people, with glimpses of a few pictures too, everybody together; who
  is made of what fits others as well is left out (``recast.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from kpopdance.realtime.pose.exchange import Exchange
from kpopdance.realtime.pose.pieces import (
    AGAINST,
    SOON_S,
    looks_against,
    motion_against,
    pieces_of,
    sum_of,
    usual_of,
)
from kpopdance.realtime.pose.recast import GLIMPSE, Recast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.pieces import Piece
    from kpopdance.realtime.pose.sightings import Sightings

JOINS_SOON: Final = 7.0  # as much is said against whom we still join, soon
JOINS_LATE: Final = 4.5  # and later, by looks alone
BOTH_ROWS: Final = 2  # pictures in which two may be seen and yet be one: a mistake


def people_of(
    seen: Sightings, tracklets: Sequence[NDArray[np.int64]], cuts: Sequence[int],
    panel: NDArray[np.int64] | None = None,
) -> list[NDArray[np.int64]]:  # fmt: skip
    """Return people: which sightings each is, in order of time; who is seen most comes first.

    ``cuts`` and ``panel`` as in ``tracklets_of``: of another scene or panel, looks alone tell.
    """
    pieces = pieces_of(seen, tracklets, cuts, panel)
    long = [k for k, piece in enumerate(pieces) if len(piece.sightings) >= GLIMPSE]
    if not long:
        return []
    clear = [pieces[k] for k in long]
    usual = usual_of(seen, clear)
    people = _put_together(seen, clear, _gone_on(seen, clear, usual), usual)
    people = Exchange(seen, clear, people, usual).done()
    people = Recast(seen, pieces, usual).done([[long[k] for k in each] for each in people])
    told = [np.concatenate([pieces[k].sightings for k in person]) for person in people]
    return sorted((np.sort(each) for each in told), key=len, reverse=True)


def _gone_on(seen: Sightings, pieces: list[Piece], usual: float) -> list[list[int]]:
    """Return chains of pieces: each goes on with what fits best of all that comes soon."""
    count = len(pieces)
    cost = np.full((count, 2 * count), JOINS_SOON)
    cost[:, :count] = 10 * AGAINST
    for i, one in enumerate(pieces):
        for j, other in enumerate(pieces):
            soon = 0 < seen.at_s[other.first] - seen.at_s[one.last] <= SOON_S
            if other.first > one.last and soon and one.scene == other.scene:
                looks = looks_against(one.looks, other.looks, usual)
                cost[i, j] = motion_against(seen, one, other) + looks
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
    seen: Sightings, pieces: list[Piece], chains: list[list[int]], usual: float
) -> list[list[int]]:
    """Return people: chains that are never seen at the same time and look alike, the likest first."""
    people = dict(enumerate(chains))
    looks = {k: sum_of(pieces, chain) for k, chain in people.items()}
    seen_in = {k: _rows_of(seen, pieces, chain) for k, chain in people.items()}

    def against(a: int, b: int) -> float:
        both = np.intersect1d(seen_in[a], seen_in[b], assume_unique=True)
        if len(both) > BOTH_ROWS or np.isnan(looks[a].unlike(looks[b])):
            return np.inf
        meets = _meeting(seen, pieces, people[a], people[b])
        return looks_against(looks[a], looks[b], usual) + meets / 3

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


def _meeting(seen: Sightings, pieces: list[Piece], one: list[int], other: list[int]) -> float:
    """Return what motion says against two chains where they follow one another most closely."""
    told = AGAINST / 3
    for i in one:
        for j in other:
            first, then = sorted((pieces[i], pieces[j]), key=lambda piece: piece.first)
            gap_s = seen.at_s[then.first] - seen.at_s[first.last]
            if 0 < gap_s <= SOON_S and first.scene == then.scene:
                told = motion_against(seen, first, then)
    return told


def _rows_of(seen: Sightings, pieces: list[Piece], chain: Sequence[int]) -> NDArray[np.int64]:
    return np.unique(np.concatenate([seen.rows[pieces[k].sightings] for k in chain]))
