"""The last step of who is who: all pieces are given anew, to everybody together, from first to last.

What people look like is known by then. Piece by piece, in order of time, each is given to one of them
who is free, or to nobody. Many ways to do so are followed side by side, and those go on against which
looks and motion say least: what a piece takes from somebody else counts at once, and a choice that
looked good is left where later pieces speak against it. Then who is made of what fits others as well
is left out: whoever is made of glimpses, or of what was taken from somebody, is nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.pieces import (
    AGAINST,
    LEAST_LOOKS,
    SOON_S,
    SURE_LOOKS,
    WEIGHT,
    link_against,
    unlike_each,
    usual_glance,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.pieces import Piece
    from kpopdance.realtime.pose.sightings import Sightings

    Step = tuple[NDArray[np.int64], NDArray[np.int64]]
    """Of the ways that are followed: which it was before, and to whom it gave the piece."""

WAYS: Final = 300  # are followed side by side
GLIMPSE: Final = 5  # sightings; of fewer little is told: looks of one picture count
GLANCE: Final = 1.0  # picture in which a garment was seen
NOBODY: Final = 3.0  # is said against a piece being nobody's,
EACH: Final = 1.0  # and more for each of its sightings
LONG_AGO: Final = AGAINST / 3  # is said against going on after more than ``SOON_S``
FITS_OTHERS: Final = 0.6  # of what can be said against there being nobody more is said, at most
ROUNDS: Final = 4  # what people look like changes with what they are made of


class Recast:
    """Gives pieces, in order of their beginning, to people anew."""

    def __init__(self, seen: Sightings, pieces: list[Piece], usual: float) -> None:
        self._at_s = seen.at_s
        self._first = np.array([piece.first for piece in pieces])
        self._last = np.array([*(piece.last for piece in pieces), -1])  # nothing, or long ago
        self._count = np.array([len(piece.sightings) for piece in pieces])
        self._colours = np.stack([piece.looks.colours for piece in pieces])
        self._worn = np.stack([piece.looks.count for piece in pieces])
        glimpse = self._count < GLIMPSE
        self._usual = np.where(glimpse, usual_glance(seen, pieces), usual)
        self._least = np.where(glimpse, GLANCE, LEAST_LOOKS)
        self._tells = np.where(
            glimpse, (self._worn >= GLANCE) @ WEIGHT / WEIGHT.sum(), self._worn.max(axis=1) / SURE_LOOKS
        )  # fmt: skip
        # pictures that follow each other look alike: four times as many tell twice as much
        self._weight = np.sqrt(np.maximum(self._count / SURE_LOOKS, 1))
        # what can be said, at most, against a piece being somebody else's, or nobody's
        self._most = np.minimum(self._count, AGAINST * self._weight)
        self._links = _links(seen, pieces)

    def done(self, people: list[list[int]]) -> list[list[int]]:
        """Return people to whom the pieces are given so that least is said against all of it."""
        people, said = self._settled(people)
        while len(people) > 1:
            looks = self._looks(people)
            most = [float(self._most[person].sum()) for person in people]
            more = [
                (self._swept(np.delete(looks, k, axis=1))[1] - said) / own
                for k, own in enumerate(most)
            ]
            least = int(np.argmin(more))
            others = [person for k, person in enumerate(people) if k != least]
            without, told = self._settled(others)
            if told - said > FITS_OTHERS * most[least] or self._is_lost(people, without):
                break
            people, said = without, told
        return people

    def _settled(self, people: list[list[int]]) -> tuple[list[list[int]], float]:
        """Return people whose looks agree with what they are made of, and what is said against it."""
        said = np.inf
        for _ in range(ROUNDS):
            given, told = self._swept(self._looks(people))
            if told >= said:
                break
            people, said = [person for person in given if person], told
        return people, said

    def _is_lost(self, people: list[list[int]], without: list[list[int]]) -> bool:
        """Say whether what is nobody's without one of these people was mostly seen for a while."""
        lost = sorted(set().union(*people).difference(*without))
        seen = self._count[lost]
        return int(seen[seen >= GLIMPSE].sum()) > int(seen.sum()) // 2

    def _looks(self, people: list[list[int]]) -> NDArray[np.float64]:
        """Return how much looks say against each piece being one with each person's others, (N, K)."""
        out = np.zeros((len(self._first), len(people)))
        for k, person in enumerate(people):
            mine = np.zeros(len(self._first), np.bool_)
            mine[person] = True
            rest = self._colours[person].sum(axis=0) - self._colours * mine[:, None, None, None]
            rest_worn = self._worn[person].sum(axis=0) - self._worn * mine[:, None]
            unlike = unlike_each(self._colours, self._worn, rest, rest_worn, self._least)
            told = np.minimum(self._tells, rest_worn.max(axis=1) / SURE_LOOKS)
            against = np.minimum((unlike / (2 * self._usual)) ** 2, AGAINST)
            out[:, k] = np.minimum(told, 1.0) * against * self._weight
        return out

    def _swept(self, looks: NDArray[np.float64]) -> tuple[list[list[int]], float]:
        """Return people by what looks (N, K) and motion say, and how much is said against them."""
        count, people = looks.shape
        marks = np.random.default_rng(0).integers(1 << 62, size=(people, count + 1))
        last, said = np.full((1, people), count), np.zeros(1)
        steps: list[Step] = []
        for n in range(count):
            last[self._at_s[self._first[n]] - self._at_s[self._last[last]] > SOON_S] = count
            free = self._last[last] < self._first[n]
            given = np.where(free, self._links[last, n] + looks[n], np.inf)
            kept_back = np.full((len(said), 1), NOBODY + EACH * self._count[n])
            told = (said[:, None] + np.concatenate([given, kept_back], axis=1)).ravel()
            before, whose = np.divmod(_best(told, _marked(marks, last, n)), people + 1)
            steps.append((before, whose))
            said, last = told[before * (people + 1) + whose], last[before]
            taken = np.flatnonzero(whose < people)
            last[taken, whose[taken]] = n
        return _gone_back(steps, people), float(said[0])


def _marked(marks: NDArray[np.int64], last: NDArray[np.int64], piece: int) -> NDArray[np.int64]:
    """Return marks of what ways (W, K) come to by giving a piece to each, or nobody: (W * (K + 1),).

    Ways of one mark leave everybody at the same piece: what comes is the same to them.
    """
    own = marks[np.arange(len(marks)), last]
    whole = own.sum(axis=1, keepdims=True)
    return np.concatenate([whole - own + marks[:, piece], whole], axis=1).ravel()


def _best(told: NDArray[np.float64], marks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which ways go on, the best first: of those of one mark the best, and not too many."""
    order = np.argsort(told, kind="stable")[: 4 * WAYS]
    order = order[np.isfinite(told[order])]
    firsts = np.sort(np.unique(marks[order], return_index=True)[1])
    return np.asarray(order[firsts][:WAYS], np.int64)


def _gone_back(steps: Sequence[Step], people: int) -> list[list[int]]:
    """Return whose the pieces are on the best of all ways."""
    out: list[list[int]] = [[] for _ in range(people)]
    way = 0
    for n in range(len(steps) - 1, -1, -1):
        before, whose = steps[n]
        if whose[way] < people:
            out[whose[way]].insert(0, n)
        way = int(before[way])
    return out


def _links(seen: Sightings, pieces: list[Piece]) -> NDArray[np.float64]:
    """Return how much motion says against each going on as each, (N + 1, N); the last: as nothing."""
    out = np.full((len(pieces) + 1, len(pieces)), LONG_AGO)
    for i, one in enumerate(pieces):
        for j in range(i + 1, len(pieces)):
            gap_s = seen.at_s[pieces[j].first] - seen.at_s[one.last]
            if gap_s > SOON_S:
                break
            if gap_s > 0:
                out[i, j] = link_against(seen, one, pieces[j])
    return out
