"""A dancer's picture in which nobody is recognised: all is blurred but the body that is surely theirs.

Nothing has to be found to be hidden: a face whose pose is lost, somebody who walks by, the room, all
are blurred unless they lie where the dancer's trunk and limbs are known to be, and a wide ring around
the head never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import cv2
import numpy as np

from kpopdance.realtime.core import body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

HEAD: Final = [body.NOSE, body.R_EYE, body.L_EYE, body.R_EAR, body.L_EAR]
TRUNK: Final = [body.R_SHOULDER, body.L_SHOULDER, body.L_HIP, body.R_HIP]
LIMBS: Final = (
    (body.R_SHOULDER, body.R_ELBOW, 0.20), (body.R_ELBOW, body.R_WRIST, 0.17),
    (body.L_SHOULDER, body.L_ELBOW, 0.20), (body.L_ELBOW, body.L_WRIST, 0.17),
    (body.R_HIP, body.R_KNEE, 0.24), (body.R_KNEE, body.R_ANKLE, 0.20),
    (body.L_HIP, body.L_KNEE, 0.24), (body.L_KNEE, body.L_ANKLE, 0.20),
    (body.R_SHOULDER, body.L_SHOULDER, 0.16), (body.R_HIP, body.L_HIP, 0.22),
)  # fmt: skip
"""Between which joints a body is, and how far around them, torsos."""
BEYOND: Final = 0.45  # of a forearm or a shin: hands and feet
HEAD_REACH: Final = 0.46
"""A head's radius with hair and chin, torsos; ``UNSEEN_REACH`` where the head itself is not seen."""
UNSEEN_REACH: Final = 0.75
UP: Final = 0.45  # torsos from the neck to the middle of the head
CELLS: Final = 20
"""So many blurred spots make a picture's height: a face of a whole person in it is two of them."""
FACE_CELLS: Final = 4  # across a head, at most
SOFT: Final = 0.06  # torsos over which sharp turns to blurred


def veiled(
    picture: Picture, joints: NDArray[np.float32], slack_px: float = 0.0,
    others: Sequence[tuple[NDArray[np.float32], float]] = (),
) -> Picture:  # fmt: skip
    """Return a picture, uint8 (H, W, 3), blurred but for the dancer's body without any head.

    Parameters
    ----------
    picture : uint8 (H, W, 3)
    joints : float32 (18, 3)
        The dancer's, px; where neck or hips are not seen, nothing is left sharp.
    slack_px : float
        So far the joints may be from the truth: the ring around the head is so much wider.
    others : sequence of (joints, slack_px)
        Of others in the picture: their heads are blurred before the dancer's body too.
    """
    torso = _torso(joints)
    torsos = (torso, *(_torso(head) for head, _slack in others))
    soft = _blurred(picture, HEAD_REACH * max(each or 0.0 for each in torsos))
    if torso is None:
        return soft
    sharp = _body(picture.shape[:2], joints, torso)
    for head, slack in ((joints, slack_px), *others):
        ring = _ring(head, torso)
        if ring is not None:
            cv2.circle(sharp, _px(ring[0]), max(1, round(ring[1] + slack)), 0, -1)
    side = max(1, round(SOFT * torso))
    sharp = cast("Picture", cv2.blur(sharp, (side, side)))
    return _laid_over(soft, picture, sharp)


def _torso(joints: NDArray[np.float32]) -> float | None:
    """Return how long the trunk is, px; None where neck or hips are not seen."""
    seen = joints[:, 2] > 0
    hips = [k for k in (body.R_HIP, body.L_HIP) if seen[k]]
    if not seen[body.NECK] or not hips:
        return None
    down = joints[hips, :2].mean(axis=0) - joints[body.NECK, :2]
    shoulders = [body.R_SHOULDER, body.L_SHOULDER]
    across = np.ptp(joints[shoulders, 0]) if seen[shoulders].all() else 0.0
    return max(float(np.hypot(*down)), 1.2 * float(across), 4.0)


def _ring(
    joints: NDArray[np.float32], torso: float
) -> tuple[NDArray[np.float64], float] | None:
    """Return where a head is and how far it reaches, px; None: nothing is seen of it.

    Of who shows no trunk of their own it is as large as of somebody with a trunk of ``torso`` px.
    """
    own = _torso(joints)
    if own is not None:
        return _head(joints, own)
    seen = [k for k in (*HEAD, body.NECK) if joints[k, 2] > 0]
    if not seen:
        return None
    return joints[seen, :2].mean(axis=0).astype(np.float64), UNSEEN_REACH * torso


def _head(joints: NDArray[np.float32], torso: float) -> tuple[NDArray[np.float64], float]:
    """Return the middle of where the head is or may be, and how far it reaches, px."""
    seen = [k for k in HEAD if joints[k, 2] > 0]
    neck = joints[body.NECK, :2].astype(np.float64)
    if len(seen) > 1:
        middle = joints[seen, :2].mean(axis=0).astype(np.float64)
        far = np.hypot(*(joints[seen, :2] - middle).T).max()
        away = float(np.hypot(*(middle - neck)))
        return middle, max(HEAD_REACH * torso, 1.3 * float(far), 0.9 * away)
    hips = [k for k in (body.R_HIP, body.L_HIP) if joints[k, 2] > 0]
    up = neck - joints[hips, :2].mean(axis=0)
    return neck + UP * torso * up / max(float(np.hypot(*up)), 1e-6), UNSEEN_REACH * torso


def _body(
    shape: tuple[int, int], joints: NDArray[np.float32], torso: float
) -> NDArray[np.uint8]:
    """Return where the dancer's body is, uint8 (H, W): 255 in it."""
    mask = np.zeros(shape, np.uint8)
    seen = joints[:, 2] > 0
    if seen[TRUNK].all():
        cv2.fillConvexPoly(
            mask, cv2.convexHull(joints[TRUNK, :2].round().astype(np.int32)), 255
        )
    for inner, outer, wide in LIMBS:
        if seen[inner] and seen[outer]:
            begin, end = joints[inner, :2], joints[outer, :2]
            if outer in (body.R_WRIST, body.L_WRIST, body.R_ANKLE, body.L_ANKLE):
                end = end + BEYOND * (end - begin)
            cv2.line(mask, _px(begin), _px(end), 255, max(2, round(2 * wide * torso)))
    return mask


def _blurred(picture: Picture, head_px: float) -> Picture:
    """Return a picture of which no face is left, the nearest one's head of a radius in px neither."""
    high, wide = picture.shape[:2]
    cell = max(high / CELLS, 2 * head_px / FACE_CELLS, 2.0)
    size = (max(2, round(wide / cell)), max(2, round(high / cell)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cast("Picture", cv2.resize(small, (wide, high), interpolation=cv2.INTER_CUBIC))


def _laid_over(soft: Picture, picture: Picture, sharp: NDArray[np.uint8]) -> Picture:
    """Return the blurred picture with the sharp one over it, as far as it is sharp."""
    left, top, wide, high = cv2.boundingRect(sharp)
    here = np.s_[top : top + high, left : left + wide]
    share = sharp[here][..., None].astype(np.uint16)
    mixed = (picture[here] * share + soft[here] * (255 - share)) // 255
    soft[here] = mixed.astype(np.uint8)
    return soft


def _px(at: NDArray[np.floating]) -> tuple[int, int]:
    x, y = np.clip(at, -30_000, 30_000).round().astype(int).tolist()
    return x, y
