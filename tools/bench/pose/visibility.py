"""How much of everybody in a drawn film is to be seen, and which joints lie bare: the truth.

Everybody is drawn alone with the strokes of the film: what lies in the picture, and nobody nearer
covers, is visible. Its share of all their pixels is MOTChallenge's visibility ratio (Milan et al.,
"MOT16: A Benchmark for Multi-Object Tracking", arXiv:1603.00831), of pixels instead of boxes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.devices.drawn_person import REACH, body_px, draw_dancer
from tools.bench.pose.drawn_group import SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.devices.drawn_person import Outfit
    from tools.bench.pose.drawn_group import Group

SHOWN: Final = 0.5
"""Of whom so much is visible, they are to be seen."""
HIDDEN: Final = 0.2
"""Of whom no more is, they are hidden: "fully occluded" is who is covered by more than 80 % in P. Dollár
et al., "Pedestrian Detection: An Evaluation of the State of the Art", TPAMI 2012. Between both it is
right to find somebody, and right not to, as in ignored regions of benchmarks."""
ANKLES: Final = [10, 13]
BARE_PX: Final = 2
"""A joint is bare where something of its own body is visible so near to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Visibility:
    """Of everybody: visible shares of their pixels, and those in the picture (P, T); bare joints.

    ``bare`` is bool (P, T, 18).
    """

    share: NDArray[np.float64]
    inside: NDArray[np.float64]
    bare: NDArray[np.bool_]

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Who is to be seen, (P, T)."""
        return np.asarray(self.share >= SHOWN)

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Who is hidden by others, (P, T): not who is out of the picture."""
        return np.asarray((self.share <= HIDDEN) & (self.inside >= SHOWN))


def visibility_of(drawn: Group) -> Visibility:
    """Return how much of everybody a drawn group's film shows."""
    people = drawn.joints.astype(np.float32)
    rows = [visible_in(people[:, row], drawn.outfits, SIZE) for row in range(len(drawn.at_s))]
    share, inside, bare = (np.stack(told, axis=1) for told in zip(*rows, strict=True))
    return Visibility(share, inside, bare.astype(np.bool_))


def visible_in(
    joints: NDArray[np.float32], outfits: Sequence[Outfit], size: tuple[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return of a picture everybody's visible share and that inside, (P,), and bare joints (P, 18).

    ``joints`` (P, 18, 3) px, all known; ``size`` is the picture's width and height, px.
    """
    share, inside = np.zeros((2, len(joints)))
    bare = np.zeros(joints.shape[:2], np.bool_)
    free = np.ones(size[::-1], np.bool_)
    nearest_first = np.argsort(joints[:, ANKLES, 1].max(axis=1), kind="stable")[::-1]
    for k in nearest_first.tolist():
        own, origin = _alone(joints[k], outfits[k])
        low, high = np.maximum(origin, 0), np.minimum(origin + own.shape[::-1], size)
        if (low >= high).any():
            continue
        (left, top), (right, bottom), (x, y) = low.tolist(), high.tolist(), origin.tolist()
        here, there = (
            free[top:bottom, left:right],
            own[top - y : bottom - y, left - x : right - x],
        )
        visible = here & there
        here &= ~there
        share[k], inside[k] = visible.sum() / own.sum(), there.sum() / own.sum()
        bare[k] = [_near(visible, *at) for at in np.rint(joints[k, :, :2] - low).astype(int)]
    return share, inside, bare


def _near(visible: NDArray[np.bool_], x: int, y: int) -> bool:
    rows, columns = (slice(max(at - BARE_PX, 0), max(at + BARE_PX + 1, 0)) for at in (y, x))
    return bool(visible[rows, columns].any())


def _alone(
    joints: NDArray[np.float32], outfit: Outfit
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return where somebody's pixels are in a box of their own, and where that begins (x, y) px."""
    reach = REACH * body_px(joints)
    origin = np.floor(joints[:, :2].min(axis=0) - reach).astype(np.int64)
    width, height = (np.ceil(joints[:, :2].max(axis=0) + reach) - origin).astype(int).tolist()
    moved = joints.copy()
    moved[:, :2] -= origin
    # nothing that is drawn is black, and the shadows of arms leave black as it is
    blue, green, red = np.moveaxis(
        draw_dancer(moved, np.zeros((height, width, 3), np.uint8), outfit), 2, 0
    )
    return (blue | green | red) > 0, origin
