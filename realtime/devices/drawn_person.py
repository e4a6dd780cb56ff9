"""Draws a person a pose network takes for one: shaded limbs, clothes, hair, a face or a back.

Points are complex numbers, x + iy px, see ``drawn_brush``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from kpopdance.realtime.devices.drawn_brush import LIGHT, Brush, rounded, same_way, toned, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.devices.drawn_brush import Bone, Colour, Image

ARM: Final = ((0.03, 0.029, 0.024), (0.024, 0.025, 0.0165))
LEG: Final = ((0.053, 0.048, 0.036), (0.036, 0.037, 0.025))
SMILE: Final = np.linspace(-1, 1, 7)
"""From one corner of the mouth to the other."""
CROWN: Final = np.array(
    [0.012 - 0.057j, 0.05 - 0.06j, 0.08 - 0.04j, 0.09, 0.08 + 0.04j, 0.05 + 0.06j,
     0.012 + 0.057j, 0.034 + 0.047j, 0.05 + 0.02j, 0.038 - 0.015j, 0.03 - 0.045j]
)  # fmt: skip
"""The fringe above the brow, upright, body heights."""
REACH: Final = 0.2
"""Nothing of a person is drawn further from their joints, in body heights."""
SIDEWAYS: Final = 0.05
"""A trunk whose sides are nearer than this to each other is seen from its side, body heights."""


@dataclass(frozen=True, slots=True)
class Outfit:
    """What somebody looks like; ``hair_style`` is short, bob or long."""

    name: str
    skin: Colour
    hair: Colour
    hair_style: str
    top: Colour
    trim: Colour
    trousers: Colour
    shoes: Colour
    sleeve: float = 0.42
    """How far down the upper arm the sleeve reaches; above 1 the forearm is covered too."""


OUTFITS: Final = (
    Outfit("Mina", (168, 196, 232), (42, 34, 52), "bob", (236, 236, 240), (150, 60, 220),
         (60, 46, 40), (245, 245, 250)),
    Outfit("Jae", (150, 182, 222), (30, 26, 28), "short", (206, 232, 246), (60, 120, 235),
         (96, 52, 34), (90, 210, 250)),
    Outfit("Suri", (104, 142, 196), (36, 56, 104), "long", (226, 214, 250), (130, 40, 150),
         (70, 34, 62), (240, 236, 226)),
    Outfit("Tobi", (72, 104, 156), (24, 24, 26), "short", (240, 240, 214), (70, 160, 40),
         (66, 42, 32), (80, 90, 240)),
)  # fmt: skip


def draw_dancer(
    joints: NDArray[np.float32], canvas: Image, outfit: Outfit, size_px: float | None = None
) -> Image:
    """Draw one person over a picture and return it.

    Parameters
    ----------
    joints : float32 (18, 3), px
        All seen.
    canvas : uint8 (H, W, 3) BGR
        Is drawn on.
    size_px : float, optional
        Crown to sole; measured from the body if left out.
    """
    xy = [complex(x, y) for x, y in joints[:, :2].tolist()]
    brush = Brush(canvas, size_px or body_px(joints))
    turned = _turned_away(xy)
    if outfit.hair_style == "long" and not turned:
        _back_hair(brush, xy, outfit)
    for hip in sorted((body.R_HIP, body.L_HIP), key=lambda hip: xy[hip + 2].imag):
        _leg(brush, xy[hip : hip + 3], outfit)
    if turned:
        _arms(brush, xy, outfit)
    _trunk(brush, xy, outfit)
    if _head_turned_away(xy):
        _back_of_head(brush, xy, outfit)
    else:
        _head(brush, xy, outfit)
    if not turned:
        _arms(brush, xy, outfit)
    elif outfit.hair_style == "long":
        _back_hair(brush, xy, outfit)
    brush.paint()
    return canvas


def _turned_away(xy: list[complex]) -> bool:
    """Return whether a trunk is seen from behind: its right side lies to the right."""
    hips = (xy[body.R_HIP] + xy[body.L_HIP]) / 2
    across = xy[body.L_SHOULDER] - xy[body.R_SHOULDER] + xy[body.L_HIP] - xy[body.R_HIP]
    return _to_the_right(across, xy[body.NECK] - hips) < 0


def _head_turned_away(xy: list[complex]) -> bool:
    """Return whether a head is seen from behind: its right ear lies to the right."""
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    return _to_the_right(xy[body.L_EAR] - xy[body.R_EAR], skull - xy[body.NECK]) < 0


def _to_the_right(way: complex, up: complex) -> float:
    """Return how far a way goes to the right of who sees ``up`` upright."""
    return (way * (1j * up).conjugate()).real


def body_px(joints: NDArray[np.float32]) -> float:
    """Return about how tall a (18, 3) px body is from crown to sole when it stands."""
    xy = joints[:, :2].astype(np.float64)
    ends = [(1, 8), (1, 11), (8, 9), (9, 10), (11, 12), (12, 13), (2, 3), (5, 6)]
    usual = [0.3, 0.3, 0.235, 0.235, 0.235, 0.235, 0.16, 0.16]
    sizes = [np.hypot(*(xy[b] - xy[a])) / u for (a, b), u in zip(ends, usual, strict=True)]
    return max(float(np.sort(sizes)[-3]), 20.0)


def _leg(brush: Brush, joints: list[complex], outfit: Outfit) -> None:
    """Draw hip, knee, ankle as one trouser leg with a shoe."""
    hip, knee, ankle = joints
    _shoe(brush, joints, outfit)
    thigh, shin = LEG
    hem = knee + (ankle - knee) * 0.86
    brush.chain([(hem, ankle + (ankle - knee) * 0.06, (0.015, 0.013))], outfit.skin, edge=0.8)
    brush.chain([(hip, knee, thigh), (knee, hem, shin)], outfit.trousers, edge=1.0)
    crease = toned(outfit.trousers, 0.8)
    side = unit(1j * (ankle - knee)) * 0.022 * brush.px
    at = knee + (ankle - knee) * 0.05
    brush.bone(at - side, at + side, (0.004 * brush.px,) * 2, crease)


def _shoe(brush: Brush, joints: list[complex], outfit: Outfit) -> None:
    """Draw a bright shoe with a dark sole; its toes point a little outwards."""
    hip, knee, ankle = joints
    down = unit(ankle - knee)
    out = same_way(ankle - hip + (knee - hip), 1.0)
    toe = ankle + (down * 0.03 + out * 0.022) * brush.px
    heel = ankle + (down * 0.022 - out * 0.006) * brush.px
    sole = down * 0.009 * brush.px
    h = brush.px
    brush.bone(heel + sole, toe + sole, (0.026 * h, 0.025 * h), (52, 48, 50))
    brush.chain([(heel, toe, (0.026, 0.024))], outfit.shoes, edge=0.5)
    mark = ankle + (down * 0.018 + out * 0.012) * brush.px
    brush.blob(mark, (0.012, 0.005), down, outfit.trim)


def _trunk(brush: Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw the seat of the trousers, the shirt with hem and collar, and the neck."""
    right, left = xy[body.R_SHOULDER], xy[body.L_SHOULDER]
    r_hip, l_hip = xy[body.R_HIP], xy[body.L_HIP]
    hips, neck = (r_hip + l_hip) / 2, xy[body.NECK]
    h = brush.px
    brush.bone(r_hip, l_hip, (0.052 * h, 0.054 * h, 0.052 * h), outfit.trousers)
    down = unit(hips - neck)
    across = unit(_waist(l_hip - r_hip + 0.3 * (left - right), down, h))
    half = max(abs(left - right) / 2, 0.05 * h)
    right_side = [
        neck - down * 0.026 * h - across * 0.03 * h,
        right - down * 0.03 * h,
        right - unit(left - right) * 0.026 * h,
        right + down * 0.075 * h + across * 0.012 * h,
        neck + (hips - neck) * 0.66 - across * max(0.075 * h, half * 0.7),
        hips - down * 0.008 * h - across * 0.096 * h,
    ]
    left_side = [
        neck - down * 0.026 * h + across * 0.03 * h,
        left - down * 0.03 * h,
        left + unit(left - right) * 0.026 * h,
        left + down * 0.075 * h - across * 0.012 * h,
        neck + (hips - neck) * 0.66 + across * max(0.075 * h, half * 0.7),
        hips - down * 0.008 * h + across * 0.096 * h,
    ]
    for shoulder in (body.R_SHOULDER, body.L_SHOULDER):
        rib = xy[shoulder] * 0.6 + neck * 0.15 + hips * 0.25
        sleeve = xy[shoulder] + (xy[shoulder + 1] - xy[shoulder]) * 0.3
        brush.chain([(rib, sleeve, (0.034, 0.031))], outfit.top, edge=1.0)
    shirt = rounded(np.array(right_side + left_side[::-1]))
    middle = (neck + hips) / 2
    for brightness, width, shift in ((0.66, 1.02, 0.0), (0.94, 0.95, 0.012), (1.0, 0.7, 0.04)):
        inner = middle + (shirt - middle) * width + LIGHT * shift * h
        brush.polygon(inner, toned(outfit.top, brightness))
    hem = hips - down * 0.016 * h
    ends = hem - across * 0.078 * h, hem + across * 0.078 * h
    brush.chain([(*ends, (0.008, 0.008))], toned(outfit.top, 0.86))
    _neck(brush, xy, outfit)


def _waist(across: complex, down: complex, h: float) -> complex:
    """Return a trunk's way across; from the side, where it is short and of any way, a level one."""
    level = 1j * down
    return across if abs(across) > SIDEWAYS * h else level * same_way(across, level)


def _neck(brush: Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw collar and neck."""
    neck = xy[body.NECK]
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = unit(skull - neck)
    collar = neck + up * 0.016 * brush.px
    brush.blob(collar, (0.042, 0.024), up, outfit.trim)
    brush.blob(collar + up * 0.004 * brush.px, (0.034, 0.02), up, toned(outfit.skin, 0.8))
    brush.chain(
        [(neck + up * 0.012 * brush.px, neck + (skull - neck) * 0.7, (0.029, 0.027))],
        toned(outfit.skin, 0.86),
    )


def _head(brush: Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw head, ears, hair and face; the face follows nose and eyes."""
    h = brush.px
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = unit(skull - xy[body.NECK])
    eyes = (xy[body.R_EYE] + xy[body.L_EYE]) / 2
    faced = eyes - skull
    brush.blob(skull + up * 0.012 * h - faced * 0.2, (0.061, 0.073), up, outfit.hair)
    for ear in (body.R_EAR, body.L_EAR):
        brush.blob(xy[ear], (0.012, 0.018), up, toned(outfit.skin, 0.78))
        brush.blob(xy[ear] + LIGHT * 1.2, (0.008, 0.013), up, outfit.skin)
    face = skull + faced * 0.12 - up * 0.004 * h
    for tone, radii, shift in ((0.74, (0.05, 0.07), 0.0), (1.0, (0.047, 0.067), 0.005)):
        outline = brush.ring(face + LIGHT * shift * h, radii, up)
        upright = (outline - face) * up.conjugate()
        low = np.clip(-upright.real / (radii[1] * h), 0, 1)
        sideways = 1j * up * upright.imag
        brush.polygon(outline - sideways * 0.22 * low**2, toned(outfit.skin, tone))
    _hair(brush, skull, (up, faced), outfit)
    _face(brush, xy, up, outfit)


def _back_of_head(brush: Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw a head from behind: ears, and hair down to the nape."""
    h = brush.px
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = unit(skull - xy[body.NECK])
    for ear in (body.R_EAR, body.L_EAR):
        brush.blob(xy[ear], (0.012, 0.018), up, toned(outfit.skin, 0.86))
    nape = skull - up * (0.036 if outfit.hair_style == "short" else 0.05) * h
    brush.chain([(skull + up * 0.012 * h, nape, (0.059, 0.054, 0.036))], outfit.hair, edge=0.8)
    brush.blob(skull + up * 0.016 * h, (0.057, 0.066), up, outfit.hair)
    shine = skull + (up * 0.05 - 1j * up * 0.02) * h
    brush.chain([(shine, shine + 1j * up * 0.03 * h, (0.005, 0.003))], toned(outfit.hair, 1.8))


def _hair(brush: Brush, skull: complex, pose: tuple[complex, complex], outfit: Outfit) -> None:
    """Draw the fringe and what hangs beside the face."""
    up, faced = pose
    h = brush.px
    across = 1j * up
    brow = skull + faced * 0.25
    brush.polygon(rounded(brow + up * CROWN * h), outfit.hair)
    shine = brow + (up * 0.066 - across * 0.02) * h
    brush.chain([(shine, shine + across * 0.03 * h, (0.005, 0.003))], toned(outfit.hair, 1.8))
    if outfit.hair_style in ("bob", "long"):
        for side in (-1.0, 1.0):
            top = skull + (across * side * 0.054 + up * 0.03) * h
            end = skull + (across * side * 0.054 - up * 0.042) * h
            brush.chain([(top, end, (0.011, 0.013, 0.008))], outfit.hair)


def _back_hair(brush: Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw long hair that falls behind the shoulders."""
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = unit(skull - xy[body.NECK])
    end = skull - up * 0.15 * brush.px
    brush.chain([(skull + up * 0.01 * brush.px, end, (0.062, 0.066, 0.045))], outfit.hair)


def _face(brush: Brush, xy: list[complex], up: complex, outfit: Outfit) -> None:
    """Draw eyes with brows, nose and mouth where the joints are."""
    h = brush.px
    for eye in (body.R_EYE, body.L_EYE):
        at = xy[eye]
        brush.blob(at, (0.0125, 0.0085), up, (238, 240, 242))
        brush.blob(at, (0.0065, 0.0075), up, (34, 28, 30))
        brow = 0.021 - 0.005 * SMILE**2 + 1j * 0.013 * SMILE
        arch = np.concatenate([brow, brow[::-1] - 0.0045])
        brush.polygon(at + up * arch * h, toned(outfit.hair, 0.9))
    nose = xy[body.NOSE]
    bridge, tip = nose + up * 0.014 * h, nose - up * 0.002 * h
    brush.bone(bridge, tip, (0.003 * h, 0.0075 * h), toned(outfit.skin, 0.8))
    brush.blob(
        nose - LIGHT * 0.002 * h + up * 0.002 * h, (0.005, 0.004), up, toned(outfit.skin, 1.1)
    )
    _smile(brush, nose - up * 0.024 * h, up)


def _smile(brush: Brush, mouth: complex, up: complex) -> None:
    """Draw an open smile: lips, and teeth along the upper one."""
    for bottom, wide, colour in (
        (0.0145, 0.019, (72, 62, 168)),
        (0.0065, 0.0155, (240, 240, 246)),
    ):
        upper = 0.006 * SMILE**2 - 0.001 + 1j * wide * SMILE
        lower = (0.006 + bottom) * SMILE**2 - bottom - 1j * wide * SMILE
        brush.polygon(mouth + up * np.concatenate([upper, lower]) * brush.px, colour)


def _arms(brush: Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw both arms."""
    for shoulder in (body.R_SHOULDER, body.L_SHOULDER):
        _arm(brush, xy[shoulder : shoulder + 3], outfit)


def _arm(brush: Brush, joints: list[complex], outfit: Outfit) -> None:
    """Draw shoulder, elbow, wrist as a sleeve, an arm and a hand over a soft shadow."""
    shoulder, elbow, wrist = joints
    upper, fore = ARM
    h = brush.px
    for start, end, radii in ((shoulder, elbow, upper), (elbow, wrist, fore)):
        wide = tuple([radius * h + 2.0 for radius in radii])
        brush.bone(start + 2 + 2j, end + 3 + 3j, wide, 0.22)
    _hand(brush, elbow, wrist, outfit)
    brush.chain([(shoulder, elbow, upper), (elbow, wrist, fore)], outfit.skin, edge=0.8)
    cuff = shoulder + (elbow - shoulder) * outfit.sleeve
    brush.chain([(shoulder, cuff, (0.035, 0.031))], outfit.top, edge=1.0)
    side = unit(1j * (elbow - shoulder)) * 0.027 * h
    brush.bone(cuff - side, cuff + side, (0.006 * h, 0.006 * h), outfit.trim)
    knob = shoulder + unit(elbow - shoulder) * 0.004 * h
    brush.blob(knob, (0.034, 0.034), -1j, outfit.top)


def _hand(brush: Brush, elbow: complex, wrist: complex, outfit: Outfit) -> None:
    """Draw palm, fingers and thumb along the forearm."""
    h = brush.px
    along = unit(wrist - elbow)
    across = 1j * along
    across *= same_way(across, LIGHT)
    palm = wrist + along * 0.032 * h
    fingers: list[Bone] = []
    for spread in (-0.3, -0.1, 0.1, 0.3):
        root = palm + (along * 0.008 + across * spread * 0.045) * h
        fingers.append(
            (root, root + (along + across * spread * 0.5) * 0.036 * h, (0.0085, 0.006))
        )
    thumb = wrist + (along * 0.014 + across * 0.012) * h
    fingers.append((thumb, thumb + (along * 0.7 + across * 0.8) * 0.026 * h, (0.009, 0.007)))
    brush.chain([*fingers, (wrist, palm, (0.018, 0.022))], outfit.skin, edge=0.6)
