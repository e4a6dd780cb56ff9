"""Formations and the ways between them.

Who goes where is chosen so that the squares of all ways together are least: ways that all go at once
then never come nearer to each other than the places' distance over the root of two (Turpin, Michael
and Kumar, "CAPT: Concurrent assignment and planning of trajectories", IJRR 2014). Where one is sent
to the centre, all keep to the right if they must.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tools.album.dance.page import Page, Place

    Floats = NDArray[np.float64]


APART: Final = 0.5
"""So far from each other they go by, body heights, where a way can be bent for it."""
BENDS: Final = (0.0, 0.12, 0.25, 0.4, 0.6)
"""How far ways are bent to their right in the middle, of their length: the least that will do."""
SAMPLES: Final = np.linspace(0, 1, 33)


@dataclass(frozen=True, slots=True)
class Change:
    """From one beat to another all members go to new places; ``bend`` to the right of their ways."""

    from_beat: float
    to_beat: float
    before: tuple[Place, ...]
    after: tuple[Place, ...]
    bend: float = 0.0

    def at(self, member: int, beat: float) -> Place:
        """Return where a member is at a beat: (x, z), body heights."""
        u = np.clip((beat - self.from_beat) / (self.to_beat - self.from_beat), 0, 1)
        u = u * u * (3 - 2 * u)
        start, end = np.asarray(self.before[member]), np.asarray(self.after[member])
        aside = (end - start)[::-1] * [1, -1] * self.bend * np.sin(np.pi * u)
        x, z = start * (1 - u) + end * u + aside
        return float(x), float(z)

    def nearest(self) -> float:
        """Return how near two of them come on their ways."""
        beats = self.from_beat + SAMPLES * (self.to_beat - self.from_beat)
        ways = [[self.at(member, beat) for beat in beats] for member in range(len(self.before))]
        return nearest(np.array(ways))


def changes_of(page: Page) -> tuple[tuple[Place, ...], list[Change]]:
    """Return where the members stand first, and how they change."""
    first = next(iter(page.formations.values()), ((0.0, 0.0),) * page.members)
    now, beat, changes = first, 0.0, []
    for _, lines in page.sections:
        for line in lines:
            if line.to:
                places = page.formations[line.to]
                after = _assigned(now, places, line.centre)
                ways = [Change(beat, beat + line.counts, now, after, bend) for bend in BENDS]
                apart = [min(way.nearest(), APART) for way in ways]
                changes.append(ways[int(np.argmax(apart))])
                now = after
            beat += line.counts
    return first, changes


def _assigned(
    now: tuple[Place, ...], places: tuple[Place, ...], centre: int
) -> tuple[Place, ...]:
    """Return the place of each member: one in the first, the others by the shortest ways."""
    rest = [member for member in range(len(now)) if member != centre]
    here, there = np.array([now[member] for member in rest]), np.array(places[1:])
    after = {centre: places[0]}
    if rest:
        cost = ((here[:, None] - there[None]) ** 2).sum(axis=-1)
        rows, columns = linear_sum_assignment(cost)
        after |= {rest[i]: places[j + 1] for i, j in zip(rows, columns, strict=True)}
    return tuple(after[member] for member in range(len(now)))


def place_at(
    first: tuple[Place, ...], changes: list[Change], member: int, beat: float
) -> Place:
    """Return where a member stands at a beat."""
    place = first[member]
    for change in changes:
        if beat >= change.from_beat:
            place = change.at(member, beat)
    return place


def nearest(floor: Floats) -> float:
    """Return how near two of the members (M, T, 2) ever come; infinite for one."""
    apart = np.linalg.norm(floor[:, None] - floor[None], axis=-1)
    apart[np.arange(len(floor)), np.arange(len(floor))] = np.inf
    return float(apart.min())
