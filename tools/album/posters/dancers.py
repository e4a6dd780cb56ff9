"""Who dances on a poster: a song's members as silhouettes, at a moment of their own chorus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.costumes import costume_of
from kpopdance.realtime.screens.parts.figure import silhouettes, standing_height
from tools.album.posters.paper import FINE, HIGH, SHIFT, WIDE, Area, Ink, Place, as_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.screens.parts.costumes import Costume

STEPS_A_BEAT: Final = 4
NO_GLOVE: Final = -1
HASTE: Final = 0.12
"""What a body height a second counts against a pose: a poster shows where a move arrives."""
SMALL_HOLE: Final = 0.0012
"""Of a body's height squared."""
ROUNDED: Final = 0.006
"""How far edges are rounded, of a body's height: capsules become a body."""


@dataclass(frozen=True, slots=True, eq=False)
class Dancer:
    """Somebody in a pose: joints float32 (18, 3), px of the poster; how tall standing, px; clothes."""

    joints: NDArray[np.float32]
    tall: float
    costume: Costume


def point_s(pack: SongPack, beats: tuple[int, int] = (0, 16)) -> float:
    """Return the song second within beats of the first chorus where the lead's pose says most.

    That is where hands are far from the hips and high, and hardly move.
    """
    begins_s = next((at_s for name, at_s in pack.sections if name == "chorus"), pack.preview_s)
    tempo, lead = pack.tempo, pack.members[pack.lead]
    first = tempo.beat_at(begins_s)
    steps = np.arange(beats[0] * STEPS_A_BEAT, beats[1] * STEPS_A_BEAT) / STEPS_A_BEAT
    seconds = [tempo.second_of(first + float(step)) for step in steps]
    poses = np.stack([lead.row(at_s)[:, :2] for at_s in seconds])
    later = np.stack([lead.row(at_s + 0.1)[:, :2] for at_s in seconds])
    tall = standing_height(lead.row(begins_s))
    hips = poses[:, [body.R_HIP, body.L_HIP]].mean(axis=1, keepdims=True)
    hands = (poses[:, [body.R_WRIST, body.L_WRIST]] - hips) / tall
    reach = np.linalg.norm(hands, axis=2).sum(axis=1) - 0.8 * hands[..., 1].min(axis=1)
    feet = np.abs(np.diff(poses[:, [body.R_ANKLE, body.L_ANKLE], 0], axis=1))[:, 0] / tall
    haste = np.linalg.norm(later - poses, axis=2).max(axis=1) / tall / 0.1
    return seconds[int(np.argmax(reach + feet - HASTE * haste))]


def placed(pack: SongPack, at_s: float, who: int, at: Place, tall: float) -> Dancer:
    """Return a member with the lower foot's sole at a place, so tall were they to stand upright."""
    who %= len(pack.members)
    joints = pack.members[who].row(at_s).copy()
    scale = tall / standing_height(joints)
    hips = joints[[body.R_HIP, body.L_HIP], 0].mean()
    sole = joints[[body.R_ANKLE, body.L_ANKLE], 1].max()
    joints[:, 0] = (joints[:, 0] - hips) * scale + at[0]
    joints[:, 1] = (joints[:, 1] - sole) * scale + at[1] - 0.04 * tall
    return Dancer(joints, tall, costume_of(who, pack.staging.clothes))


def shadow(*dancers: Dancer) -> Area:
    """Return what dancers cover, one area."""
    area = np.zeros((HIGH * FINE, WIDE * FINE), np.float32)
    for dancer in dancers:
        np.maximum(area, worn(dancer)[0], out=area)
    return area


def worn(dancer: Dancer) -> tuple[Area, NDArray[np.uint8]]:
    """Return what a dancer covers, and uint8 (H, W, 3) RGB of what they wear there."""
    joints = dancer.joints.copy()
    joints[:, :2] *= FINE
    figure = silhouettes(joints[None], [dancer.tall * FINE], [dancer.costume], NO_GLOVE)[0]
    ink = np.zeros((HIGH * FINE, WIDE * FINE), np.uint8)
    colours = np.zeros((*ink.shape, 3), np.uint8)
    fixed = np.stack([figure.outlines.real, figure.outlines.imag], axis=-1) - 0.5
    for outline, colour in zip(
        np.rint(fixed * (1 << SHIFT)).astype(np.int32), figure.colours, strict=True
    ):
        cv2.fillConvexPoly(ink, outline, 255, cv2.LINE_AA, SHIFT)
        cv2.fillConvexPoly(colours, outline, colour, cv2.LINE_AA, SHIFT)
    _fill_holes(ink, colours, SMALL_HOLE * (dancer.tall * FINE) ** 2)
    soft = cv2.GaussianBlur(ink, (0, 0), ROUNDED * dancer.tall * FINE) / np.float32(255)
    return as_area(np.clip((soft - 0.5) * 5 + 0.5, 0, 1)), colours


def _fill_holes(ink: Ink, colours: NDArray[np.uint8], smaller: float) -> None:
    """Fill the holes between a figure's limbs that are smaller, px²; with the colour above them."""
    contours, levels = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    for contour, (_, _, _, parent) in zip(contours, levels[0], strict=True):
        if parent >= 0 and cv2.contourArea(contour) < smaller:
            x, y = contour[contour[:, 0, 1].argmin(), 0]
            colour = colours[max(y - 2 * FINE, 0), x].tolist()
            cv2.drawContours(ink, [contour], -1, 255, -1)
            cv2.drawContours(colours, [contour], -1, colour, 2 * FINE)
            cv2.drawContours(colours, [contour], -1, colour, -1)


def rim(area: Area, away: Place) -> Area:
    """Return an area's edge on the side that light comes from: away from it lies the shadow, px."""
    moved = cv2.warpAffine(
        area, np.array([[1.0, 0, away[0] * FINE], [0, 1, away[1] * FINE]]), area.shape[::-1]
    )
    return as_area(np.clip(area - moved, 0, 1))
