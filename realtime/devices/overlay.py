"""Skeletons drawn as OpenPose draws them, onto pictures or black, and the files they go to.

Limbs are ellipses in the colour of their outer joint, joints discs, as its GPU draws them, but as
thick as each person's size says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import cv2
import numpy as np

from kpopdance.engines.anatomy import LIMBS
from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import refusing, write_beside
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.pose.stature import torso_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

    Image = NDArray[np.uint8]
    Ellipse = tuple[NDArray[np.float64], NDArray[np.float64], int]
    """Middle (2,), half axes (2, 2), joint whose colour it has."""

Over = Literal["black", "picture", "blur"]
BODY_LIMBS: Final = LIMBS[:17]
STROKE: Final = (
    0.042  # half a limb's width, in torsos: OpenPose's for a person who fills the picture
)
DOT: Final = 0.05  # a joint's radius, in torsos
FACE: Final = 0.62  # strokes between eyes and ears are finer
EDGE: Final = 0.014  # dark around a person, in torsos
EYES: Final = 14  # the first joint of the face beside the nose
THINNEST: Final = 0.9  # px: half of what can still be seen
SHIFT: Final = 4  # fraction bits of drawn coordinates
CIRCLE: Final = np.stack(
    [f(np.linspace(0, 2 * np.pi, 40, endpoint=False)) for f in (np.cos, np.sin)]
)
BLUR_CELLS: Final = 26  # a blurred picture keeps so many cells of its shorter side
DIM: Final = 0.55  # brightness of what is blurred: the skeletons are the picture


class PictureError(DanceError):
    """A picture cannot be written."""


class Painter:
    """Draws people over black, over their picture or over a blurred one.

    Parameters
    ----------
    size : (int, int)
        Width and height of what is drawn, px.
    over : str
        ``black``, ``picture`` or ``blur``.
    """

    def __init__(self, size: tuple[int, int], over: Over = "black") -> None:
        self._size, self._over = size, over

    def __call__(
        self, image: Image | None, people: NDArray[np.float32], torsos: NDArray[np.float32]
    ) -> Image:
        """Return uint8 (H, W, 3) BGR with people (P, 18, 3) px drawn; torsos (P,) px."""
        canvas = self.backdrop(image)
        draw_people(canvas, people, torsos)
        return canvas

    def backdrop(self, image: Image | None) -> Image:
        """Return what people are drawn over."""
        if image is None or self._over == "black":
            return np.zeros((self._size[1], self._size[0], 3), np.uint8)
        shrinks = image.shape[1] > self._size[0]
        how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        sized = np.asarray(cv2.resize(image, self._size, interpolation=how), np.uint8)
        return sized if self._over == "picture" else _blurred(sized)


def skeleton_picture(
    people: NDArray[np.float32],
    size: tuple[int, int],
    torsos: NDArray[np.float32] | None = None,
) -> Image:
    """Return uint8 (H, W, 3) BGR: people float32 (P, 18, 3) px on black, ``size`` wide and high.

    ``torsos`` (P,) px say how thick everybody is drawn; measured from each pose if left out.
    """
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    draw_people(canvas, people, torsos)
    return canvas


def draw_skeletons(image: Image, poses: list[Pose]) -> Image:
    """Return a copy of a uint8 (H, W, 3) BGR picture with every pose drawn, px.

    Examples
    --------
    >>> import kpopdance
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> frame = next(kpopdance.drawn_frames(song.members[song.lead], 40, 41))
    >>> poses = kpopdance.poses_in_picture(frame.image, kpopdance.open_eyes())
    >>> drawn = kpopdance.draw_skeletons(frame.image, poses)
    >>> bool((drawn != frame.image).any())
    True
    """
    out = image.copy()
    if poses:
        draw_people(out, np.stack([pose.joints for pose in poses]))
    return out


def draw_people(
    canvas: Image, people: NDArray[np.float32], torsos: NDArray[np.float32] | None = None
) -> None:
    """Draw people float32 (P, 18, 3) px onto a uint8 (H, W, 3) BGR picture, the largest in front."""
    if torsos is None:
        torsos = torso_of(people)
    for k in np.argsort(torsos):
        _draw_person(canvas, people[k], float(torsos[k]))


def write_picture(path: Path, image: Image) -> None:
    """Write a picture; it appears when it is complete.

    Raises
    ------
    PictureError
        Where the ending is unknown or the folder cannot be written to.
    """
    ending = path.suffix.lower() or ".png"
    try:
        fine, data = cv2.imencode(ending, image)
    except cv2.error:
        fine, data = False, np.empty(0, dtype=np.uint8)
    if not fine:
        raise PictureError(f"{path}: cannot write {ending!r} pictures; use .png or .jpg")
    with refusing(path, PictureError):
        write_beside(path, data.tobytes())


def _draw_person(canvas: Image, joints: NDArray[np.float32], torso: float) -> None:
    """Draw one person with a dark edge, which parts people and limbs from what is behind them."""
    ellipses = _ellipses(joints, torso)
    edge = max(EDGE * torso, THINNEST)
    for middle, axes, _ in ellipses:
        lengths = np.linalg.norm(axes, axis=1, keepdims=True)
        _fill(canvas, middle, axes * (1 + edge / np.maximum(lengths, 1e-6)), (0, 0, 0))
    for middle, axes, joint in ellipses:
        _fill(canvas, middle, axes, JOINT_COLOURS[joint])


def _ellipses(joints: NDArray[np.float32], torso: float) -> list[Ellipse]:
    """Return what a person (18, 3) is drawn of: limbs, and the joints at their ends on top.

    A joint to which no limb leads is left out: a dot in the air is nobody's.
    """
    seen, xy = joints[:, 2] > 0, joints[:, :2].astype(np.float64)
    limbs = [(a, b) for a, b in BODY_LIMBS if seen[a] and seen[b]]
    out: list[Ellipse] = []
    for a, b in limbs:
        along = (xy[b] - xy[a]) / 2
        half = max(STROKE * torso * (FACE if b >= EYES else 1.0), THINNEST)
        long = max(float(np.linalg.norm(along)), 1e-6)
        across = np.array([-along[1], along[0]]) / long * half
        out.append((xy[a] + along, np.stack([along, across]), b))
    for joint in sorted({joint for limb in limbs for joint in limb}):
        radius = max(DOT * torso * (FACE if joint >= EYES else 1.0), THINNEST)
        out.append((xy[joint], radius * np.eye(2), joint))
    return out


def _fill(
    canvas: Image,
    middle: NDArray[np.float64],
    axes: NDArray[np.float64],
    colour: tuple[int, int, int],
) -> None:
    """Fill an ellipse around ``middle`` (2,) with half axes (2, 2)."""
    outline = np.clip(middle + CIRCLE.T @ axes, -1e5, 1e5)
    points = np.round(outline * (1 << SHIFT)).astype(np.int32)
    cv2.fillConvexPoly(canvas, points, colour[::-1], cv2.LINE_AA, SHIFT)


def _blurred(image: Image) -> Image:
    height, width = image.shape[:2]
    cell = max(min(height, width) / BLUR_CELLS, 1.0)
    small = cv2.resize(
        image, (max(round(width / cell), 2), max(round(height / cell), 2)),
        interpolation=cv2.INTER_AREA,
    )  # fmt: skip
    soft = cv2.GaussianBlur(small, (0, 0), 1.0)
    large = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.convertScaleAbs(large, alpha=DIM), np.uint8)
