"""Who is who, the third step: what people are made of is exchanged until nothing gets better."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.pose.pieces import AGAINST, SURE_LOOKS, link_against, unlike_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.pose.pieces import Piece
    from kpopdance.realtime.pose.sightings import Sightings

SOMEBODY: Final = 6.0  # is said against there being one person more
BELONGS: Final = 3.0  # is said against a piece that belongs to somebody, at most
MET_S: Final = 1.0  # who met so long before a moment may go on as the other


class Exchange:
    """Exchanges what people are made of wherever that says less against all of it."""

    def __init__(
        self, seen: Sightings, pieces: list[Piece], people: list[list[int]], usual: float
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
            told = link_against(self._seen, self._pieces[i], self._pieces[j])
            self._links[i, j] = told
        return self._links[i, j]

    def _looks(self, person: NDArray[np.int64]) -> float:
        """Return how much each piece's looks say against it being one with the others."""
        colours, count = self._colours[person], self._count[person]
        rest, rest_count = colours.sum(axis=0) - colours, count.sum(axis=0) - count
        unlike = unlike_each(colours, count, rest, rest_count)
        told = np.minimum(count.max(axis=1), rest_count.max(axis=1))
        told = np.minimum(told, SURE_LOOKS) / SURE_LOOKS
        return float((told * np.minimum((unlike / (2 * self._usual)) ** 2, AGAINST)).sum())


def _crossed(
    pieces: list[Piece], one: list[int], other: list[int], row: int
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
