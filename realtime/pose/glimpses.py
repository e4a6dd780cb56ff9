"""Whose those short sightings are that say too little to be told by themselves.

Where people pass close to each other, they are seen for a few pictures at a time. Each such glimpse goes
to whom it fits by looks and by where they were before and are afterwards, the surest first: what is
known by then tells more of the next ones.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.pieces import (
    AGAINST,
    SOON_S,
    WEIGHT,
    motion_against,
    sum_of,
    usual_glance,
)

if TYPE_CHECKING:
    from kpopdance.realtime.pose.pieces import Looks, Piece
    from kpopdance.realtime.pose.sightings import Sightings

FITS: Final = 7.0  # is said against whom a glimpse is given to, at most
GLANCE: Final = 1.0  # picture in which a garment was seen


class Glimpses:
    """Gives glimpses to people; ``pieces`` are what people are made of, and get those given too."""

    def __init__(
        self, seen: Sightings, pieces: list[Piece], people: list[list[int]], glimpses: list[Piece]
    ) -> None:  # fmt: skip
        self._seen, self._pieces, self._glimpses = seen, pieces, glimpses
        self._usual = usual_glance(seen, pieces)
        self._order = [sorted((pieces[k].first, k) for k in person) for person in people]
        looks = [sum_of(pieces, person) for person in people]
        self._looks_say = [
            [self._looks_against(one, each) for each in looks] for one in glimpses
        ]
        self.left = dict(enumerate(glimpses))
        """By their numbers, those that are given to nobody."""

    def given(self) -> list[list[int]]:
        """Return the people with what fits them."""
        everybody = range(len(self._order))
        costs = np.array([[self._said(g, person) for person in everybody] for g in self.left])
        first_s = self._seen.at_s[[one.first for one in self._glimpses]]
        last_s = self._seen.at_s[[one.last for one in self._glimpses]]
        while costs.min(initial=np.inf) < FITS:
            g, person = divmod(int(costs.argmin()), len(everybody))
            costs[g] = np.inf
            insort(self._order[person], (self._glimpses[g].first, len(self._pieces)))
            self._pieces.append(self.left.pop(g))
            near = (first_s - last_s[g] <= SOON_S) & (first_s[g] - last_s <= SOON_S)
            for other in np.flatnonzero(near & np.isfinite(costs[:, person])).tolist():
                costs[other, person] = self._said(other, person)
        return [[k for _, k in order] for order in self._order]

    def _said(self, g: int, person: int) -> float:
        """Return how much is said against a glimpse being of somebody."""
        one, order, pieces = self._glimpses[g], self._order[person], self._pieces
        after = bisect_left(order, (one.first, -1))
        then = pieces[order[after][1]] if after < len(order) else None
        last = pieces[order[after - 1][1]] if after else None
        if (then and then.first <= one.last) or (last and last.last >= one.first):
            return float(np.inf)  # is seen elsewhere then
        said = self._looks_say[g][person]
        if last is not None:
            said += motion_against(self._seen, last, one)
        if then is not None:
            said += motion_against(self._seen, one, then)
        return said

    def _looks_against(self, one: Piece, looks: Looks) -> float:
        unlike = one.looks.unlike(looks, GLANCE)
        if np.isnan(unlike):
            return 0.0
        told = float(WEIGHT[one.looks.count >= GLANCE].sum() / WEIGHT.sum())
        return told * min((unlike / (2 * self._usual)) ** 2, AGAINST)
