"""Where a film's picture is parted into panels that show different things, as split screens do."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.pose.seams import APART, seams_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.seams import Seam
    from kpopdance.realtime.pose.sightings import Sightings

LEAST_S: Final = 0.75  # a picture is parted, if not from one cut to the next
SNAPS_S: Final = 0.4  # a panel that comes with a cut comes at it
NO_PANEL: Final = -1
UNSEEN: Final = np.array([np.nan, np.nan, 0], np.float32)

Panel = tuple[float, float, float, float]
"""Left, top, right, bottom, px."""


class Split(NamedTuple):
    """A while, pictures ``first`` to before ``behind``, in which a picture is parted."""

    first: int
    behind: int
    panels: tuple[Panel, ...]


def splits_of(seen: Sightings, cuts: Sequence[int]) -> list[Split]:
    """Return when a film's picture is parted, and into which panels; each is a scene of its own."""
    lines = seams_of(seen, cuts)
    edges = sorted({edge for line in lines for edge in (line.first, line.behind)})
    ends = {0, *cuts, len(seen.at_s)}
    out: list[Split] = []
    for first, behind in pairwise(edges):
        here = [line for line in lines if line.first <= first and behind <= line.behind]
        panels = tuple(_panels(seen, here))
        lasts = seen.at_s[behind - 1] - seen.at_s[first] >= LEAST_S or {first, behind} <= ends
        if len(panels) > 1 and lasts:
            out.append(Split(_snapped(seen, first, cuts), _snapped(seen, behind, cuts), panels))
    return out


def panel_of(seen: Sightings, splits: Sequence[Split]) -> NDArray[np.int64]:
    """Return in which panel each sighting is (N,), ``NO_PANEL`` while the picture is one."""
    out = np.full(len(seen.rows), NO_PANEL)
    xy = np.where(seen.joints[..., 2:] > 0, seen.joints[..., :2], np.nan)
    for split in splits:
        here = np.flatnonzero((seen.rows >= split.first) & (seen.rows < split.behind))
        inside = np.stack([_inside(xy[here], panel) for panel in split.panels])
        if len(here):
            out[here] = inside.sum(axis=2).argmax(axis=0)
    return out


def in_their_panels(
    seen: Sightings, splits: Sequence[Split], panel: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return everybody's joints (N, 18, 3), unseen where they are in a panel that is not theirs."""
    joints = seen.joints.copy()
    for split in splits:
        here = np.flatnonzero((seen.rows >= split.first) & (seen.rows < split.behind))
        for k, one in enumerate(split.panels):
            own = here[panel[here] == k]
            outside = ~_inside(joints[own, :, :2], one) & (joints[own, :, 2] > 0)
            joints[own] = np.where(outside[..., None], UNSEEN, joints[own])
    return joints


def _inside(xy: NDArray[np.float32], panel: Panel) -> NDArray[np.bool_]:
    """Return which places (..., 2) are in a panel; NaN is nowhere."""
    left, top, right, bottom = panel
    x, y = xy[..., 0], xy[..., 1]
    return np.asarray((x >= left) & (x < right) & (y >= top) & (y < bottom))


def _panels(seen: Sightings, lines: Sequence[Seam]) -> Iterator[Panel]:
    """Yield the panels that lines make of a picture."""
    width, height = seen.size.tolist()
    for left, top, right, bottom in _parted((0.0, 0.0, 1.0, 1.0), lines):
        yield (left * width, top * height, right * width, bottom * height)


def _parted(whole: Panel, lines: Sequence[Seam]) -> Iterator[Panel]:
    """Yield what lines make of a panel, in shares of the picture; who goes through it parts it."""
    for line in lines:
        axis = 0 if line.upright else 1
        low, high = whole[axis], whole[axis + 2]
        crosses = (whole[1 - axis] < 0.5 - APART, whole[3 - axis] > 0.5 + APART)
        through = all(has or not needs for has, needs in zip(line.halves, crosses, strict=True))
        if through and low + APART < line.at < high - APART:
            one, other = list(whole), list(whole)
            one[axis + 2] = other[axis] = line.at
            for part in (one, other):
                yield from _parted((part[0], part[1], part[2], part[3]), lines)
            return
    yield whole


def _snapped(seen: Sightings, row: int, cuts: Sequence[int]) -> int:
    """Return a picture, or the cut beside it."""
    last = len(seen.at_s) - 1
    at_s = seen.at_s[min(row, last)]
    edges = [0, *cuts, last + 1]
    near = min(edges, key=lambda cut: abs(float(seen.at_s[min(cut, last)] - at_s)))
    return near if abs(float(seen.at_s[min(near, last)] - at_s)) <= SNAPS_S else row
