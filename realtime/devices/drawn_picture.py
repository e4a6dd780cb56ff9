"""Draws people a pose network takes for people: shaded limbs, clothes, faces, a plain room.

Points are complex numbers, x + iy px: a turn is a product, and 1j times a direction is its left.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kpopdance.realtime.core import body

if TYPE_CHECKING:
    from collections.abc import Sequence

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
Points = NDArray[np.complex128]
Fixed = NDArray[np.int32]
"""An outline (N, 2) in fractions of a px."""
Box = tuple[slice, slice]
"""Rows and columns."""
Colour = tuple[int, int, int]
"""Blue, green, red."""
Paint = Colour | float
"""A colour; or how much darker what lies there becomes, softly."""
Bone = tuple[complex, complex, tuple[float, ...]]
"""From, to (px), and radii along the way (body heights)."""

LIGHT: Final = -0.6 - 0.5j
"""From where the light comes, px."""
SHIFT: Final = 4
"""Fraction bits of drawn coordinates."""
_CAP = np.linspace(np.pi / 2, -np.pi / 2, 7)[1:-1]
TIP: Final = np.exp(1j * _CAP)
"""Round end of a bone of radius 1: (5,)."""
_TURN = np.linspace(0, 2 * np.pi, 24, endpoint=False)
ACROSS, ALONG = np.cos(_TURN), np.sin(_TURN)

ARM: Final = ((0.03, 0.029, 0.024), (0.024, 0.025, 0.0165))
LEG: Final = ((0.053, 0.048, 0.036), (0.036, 0.037, 0.025))
WALL: Final = (104, 110, 92)
FLOOR: Final = (104, 128, 150)
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
NOISE_STEPS: Final = 4


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


class DrawnRoom:
    """A plain room with a camera: takes pictures of drawn dancers.

    Parameters
    ----------
    picture : (int, int)
        Height and width, px.
    seed : int
        Of the sensor noise and the wall's unevenness.
    """

    def __init__(self, picture: tuple[int, int] = (480, 640), seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.picture = picture
        self._room = _room(picture, rng)
        shape = (*picture, 3)
        noise = [rng.normal(0, 2.4, shape) for _ in range(NOISE_STEPS)]
        self._brighter = [np.maximum(n, 0).round().astype(np.uint8) for n in noise]
        self._darker = [np.maximum(-n, 0).round().astype(np.uint8) for n in noise]
        whole = (slice(None), slice(None))
        self._empty = [self._filmed(self._room, whole, step) for step in range(NOISE_STEPS)]

    def take(
        self,
        people: Sequence[tuple[NDArray[np.float32], Outfit]],
        index: int = 0,
        size_px: float | None = None,
    ) -> Image:
        """Return uint8 (H, W, 3) BGR of the room with everybody in it, back to front.

        Parameters
        ----------
        people : sequence of (float32 (18, 3) px, Outfit)
            Nobody gives the empty room; people with unseen joints are left out.
        index : int
            The picture's number; chooses the noise.
        size_px : float, optional
            Crown to sole; measured from each body if left out.
        """
        canvas = self._room.copy()
        whole = [(j, outfit) for j, outfit in people if np.isfinite(j[:, :2]).all()]
        whole.sort(key=lambda one: float(one[0][[10, 13], 1].max()))
        for joints, _ in whole:
            _floor_shadow(canvas, joints, size_px or body_px(joints))
        for joints, outfit in whole:
            draw_dancer(joints, canvas, outfit, size_px)
        step = index % NOISE_STEPS
        picture = self._empty[step].copy()
        box = _around([(j, size_px or body_px(j)) for j, _ in whole], self.picture)
        if picture[box].size:
            picture[box] = self._filmed(canvas, box, step)
        return picture

    def _filmed(self, canvas: Image, box: Box, step: int) -> Image:
        """Return a part of a drawn picture as a camera sees it: a little soft, with noise."""
        soft = cv2.GaussianBlur(canvas[box], (3, 3), 0.6)
        cv2.add(soft, self._brighter[step][box], dst=soft)
        cv2.subtract(soft, self._darker[step][box], dst=soft)
        return np.asarray(soft, dtype=np.uint8)


def _around(
    people: Sequence[tuple[NDArray[np.float32], float]], picture: tuple[int, int]
) -> Box:
    """Return the part of a picture (height, width) in which people of some px may be drawn."""
    low, high = np.full(2, np.inf), np.zeros(2)
    for joints, size_px in people:
        reach = REACH * size_px + 12
        low = np.minimum(low, joints[:, :2].min(axis=0) - reach)
        high = np.maximum(high, joints[:, :2].max(axis=0) + reach)
    left, top = np.clip(low, 0, picture[::-1]).astype(int).tolist()
    right, bottom = np.clip(high, 0, picture[::-1]).astype(int).tolist()
    return slice(top, bottom), slice(left, right)


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
    brush = _Brush(canvas, size_px or body_px(joints))
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


class _Brush:
    """Draws shaded shapes in body heights on a canvas in px.

    Strokes are noted, and drawn in their order by ``paint``: all outlines are then one operation.
    """

    def __init__(self, canvas: Image, size_px: float) -> None:
        self.canvas = canvas
        self.px = size_px
        self._outlines: list[Points] = []
        self._bones: dict[int, list[tuple[complex, ...]]] = {2: [], 3: []}
        self._strokes: list[tuple[int, int, Paint]] = []

    def polygon(self, points: Points, paint: Paint) -> None:
        """Fill (N,) px."""
        self._strokes.append((0, len(self._outlines), paint))
        self._outlines.append(points)

    def bone(
        self, start: complex, end: complex, radii: tuple[float, ...], paint: Paint
    ) -> None:
        """Fill one tapered bone; its two or three radii are px."""
        alike = self._bones[len(radii)]
        self._strokes.append((len(radii), len(alike), paint))
        alike.append((start, end, *radii))

    def blob(
        self, middle: complex, radii: tuple[float, float], up: complex, colour: Colour
    ) -> None:
        """Fill an ellipse whose second radius lies along ``up``."""
        self.polygon(self.ring(middle, radii, up), colour)

    def ring(self, middle: complex, radii: tuple[float, float], up: complex) -> Points:
        """Return the (24,) px outline of an ellipse."""
        across, along = radii
        ring: Points = middle + up * self.px * (1j * across * ACROSS + along * ALONG)
        return ring

    def chain(self, bones: Sequence[Bone], colour: Colour, edge: float = 0.0) -> None:
        """Draw joined tapered bones, rounded by a dark edge, the colour, and a light side."""
        tones = ((0.72, 1.0, 0.0, edge), (1.0, 0.82, 0.14, 0.0), (1.08, 0.42, 0.36, 0.0))
        for brightness, width, shift, more in tones:
            tone = _tone(colour, brightness)
            for start, end, radii in bones:
                off = LIGHT * shift * radii[-1] * self.px
                wide = tuple([radius * self.px * width + more for radius in radii])
                self.bone(start + off, end + off, wide, tone)

    def paint(self) -> None:
        """Draw all strokes."""
        outlines: dict[int, Sequence[Fixed]] = {0: _fixed(self._outlines)}
        for radii, alike in self._bones.items():
            outlines[radii] = _fixed(list(_tapered(np.array(alike)))) if alike else ()
        for kind, index, paint in self._strokes:
            if isinstance(paint, float):
                self._shade(outlines[kind][index], paint)
            else:
                cv2.fillPoly(self.canvas, [outlines[kind][index]], paint, cv2.LINE_AA, SHIFT)

    def _shade(self, outline: Fixed, strength: float) -> None:
        """Darken softly what lies under an outline."""
        pad = 5
        low, high = outline.min(axis=0) >> SHIFT, outline.max(axis=0) >> SHIFT
        left, top = np.maximum(low - pad, 0).tolist()
        right, bottom = np.maximum(high + pad + 1, 0).tolist()
        under = self.canvas[top:bottom, left:right]
        if not under.size:
            return
        mask = np.zeros(under.shape[:2], np.uint8)
        inside = outline - (left << SHIFT, top << SHIFT)
        cv2.fillPoly(mask, [inside.astype(np.int32)], 255, cv2.LINE_AA, SHIFT)
        cv2.blur(mask, (7, 7), dst=mask)
        kept = 255 - cv2.convertScaleAbs(mask, alpha=strength)
        under[:] = cv2.multiply(under, cv2.merge([kept, kept, kept]), scale=1 / 255)


def _fixed(outlines: list[Points]) -> list[Fixed]:
    """Return each outline as (N, 2) fractions of a px, as they are drawn."""
    if not outlines:
        return []
    xy = np.concatenate(outlines).view(np.float64).reshape(-1, 2)
    fixed = np.rint(xy * (1 << SHIFT)).astype(np.int32)
    ends = list(accumulate(len(outline) for outline in outlines))
    return [
        fixed[end - len(outline) : end] for outline, end in zip(outlines, ends, strict=True)
    ]


def _tapered(bones: Points) -> Points:
    """Return (k, N) px of bones with round ends.

    ``bones`` is (k, 2 + r): from, to, and the radii evenly along it.
    """
    starts, along, radii = bones[:, :1], bones[:, 1:2] - bones[:, :1], bones[:, 2:].real
    length = np.maximum(np.abs(along), 1e-6)
    side = length * np.linspace(0, 1, radii.shape[1]) + 1j * radii
    tip, root = length + radii[:, -1:] * TIP, radii[:, :1] * -TIP
    whole = np.concatenate([side, tip, side[:, ::-1].conj(), root], axis=1)
    outline: Points = starts + along / length * whole
    return outline


@lru_cache(maxsize=512)
def _tone(colour: Colour, brightness: float) -> tuple[int, int, int]:
    """Return a colour brighter or darker."""
    b, g, r = (min(int(c * brightness), 255) for c in colour)
    return b, g, r


def _unit(v: complex) -> complex:
    return v / max(abs(v), 1e-6)


def _same_way(one: complex, other: complex) -> float:
    """Return 1 where two directions agree or are square, -1 where they do not."""
    return -1.0 if (one * other.conjugate()).real < 0 else 1.0


def _leg(brush: _Brush, joints: list[complex], outfit: Outfit) -> None:
    """Draw hip, knee, ankle as one trouser leg with a shoe."""
    hip, knee, ankle = joints
    _shoe(brush, joints, outfit)
    thigh, shin = LEG
    hem = knee + (ankle - knee) * 0.86
    brush.chain([(hem, ankle + (ankle - knee) * 0.06, (0.015, 0.013))], outfit.skin, edge=0.8)
    brush.chain([(hip, knee, thigh), (knee, hem, shin)], outfit.trousers, edge=1.0)
    crease = _tone(outfit.trousers, 0.8)
    side = _unit(1j * (ankle - knee)) * 0.022 * brush.px
    at = knee + (ankle - knee) * 0.05
    brush.bone(at - side, at + side, (0.004 * brush.px,) * 2, crease)


def _shoe(brush: _Brush, joints: list[complex], outfit: Outfit) -> None:
    """Draw a bright shoe with a dark sole; its toes point a little outwards."""
    hip, knee, ankle = joints
    down = _unit(ankle - knee)
    out = _same_way(ankle - hip + (knee - hip), 1.0)
    toe = ankle + (down * 0.03 + out * 0.022) * brush.px
    heel = ankle + (down * 0.022 - out * 0.006) * brush.px
    sole = down * 0.009 * brush.px
    h = brush.px
    brush.bone(heel + sole, toe + sole, (0.026 * h, 0.025 * h), (52, 48, 50))
    brush.chain([(heel, toe, (0.026, 0.024))], outfit.shoes, edge=0.5)
    mark = ankle + (down * 0.018 + out * 0.012) * brush.px
    brush.blob(mark, (0.012, 0.005), down, outfit.trim)


def _trunk(brush: _Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw the seat of the trousers, the shirt with hem and collar, and the neck."""
    right, left = xy[body.R_SHOULDER], xy[body.L_SHOULDER]
    r_hip, l_hip = xy[body.R_HIP], xy[body.L_HIP]
    hips, neck = (r_hip + l_hip) / 2, xy[body.NECK]
    h = brush.px
    brush.bone(r_hip, l_hip, (0.052 * h, 0.054 * h, 0.052 * h), outfit.trousers)
    down = _unit(hips - neck)
    across = _unit(_waist(l_hip - r_hip + 0.3 * (left - right), down, h))
    half = max(abs(left - right) / 2, 0.05 * h)
    right_side = [
        neck - down * 0.026 * h - across * 0.03 * h,
        right - down * 0.03 * h,
        right - _unit(left - right) * 0.026 * h,
        right + down * 0.075 * h + across * 0.012 * h,
        neck + (hips - neck) * 0.66 - across * max(0.075 * h, half * 0.7),
        hips - down * 0.008 * h - across * 0.096 * h,
    ]
    left_side = [
        neck - down * 0.026 * h + across * 0.03 * h,
        left - down * 0.03 * h,
        left + _unit(left - right) * 0.026 * h,
        left + down * 0.075 * h - across * 0.012 * h,
        neck + (hips - neck) * 0.66 + across * max(0.075 * h, half * 0.7),
        hips - down * 0.008 * h + across * 0.096 * h,
    ]
    for shoulder in (body.R_SHOULDER, body.L_SHOULDER):
        rib = xy[shoulder] * 0.6 + neck * 0.15 + hips * 0.25
        sleeve = xy[shoulder] + (xy[shoulder + 1] - xy[shoulder]) * 0.3
        brush.chain([(rib, sleeve, (0.034, 0.031))], outfit.top, edge=1.0)
    shirt = _rounded(np.array(right_side + left_side[::-1]))
    middle = (neck + hips) / 2
    for brightness, width, shift in ((0.66, 1.02, 0.0), (0.94, 0.95, 0.012), (1.0, 0.7, 0.04)):
        inner = middle + (shirt - middle) * width + LIGHT * shift * h
        brush.polygon(inner, _tone(outfit.top, brightness))
    hem = hips - down * 0.016 * h
    ends = hem - across * 0.078 * h, hem + across * 0.078 * h
    brush.chain([(*ends, (0.008, 0.008))], _tone(outfit.top, 0.86))
    _neck(brush, xy, outfit)


def _waist(across: complex, down: complex, h: float) -> complex:
    """Return a trunk's way across; from the side, where it is short and of any way, a level one."""
    level = 1j * down
    return across if abs(across) > SIDEWAYS * h else level * _same_way(across, level)


def _rounded(points: Points) -> Points:
    """Cut the corners of a closed outline twice (Chaikin)."""
    for _ in range(2):
        following = np.roll(points, -1)
        sides = [points * 0.75 + following * 0.25, points * 0.25 + following * 0.75]
        points = np.stack(sides, axis=1).ravel()
    return points


def _neck(brush: _Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw collar and neck."""
    neck = xy[body.NECK]
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = _unit(skull - neck)
    collar = neck + up * 0.016 * brush.px
    brush.blob(collar, (0.042, 0.024), up, outfit.trim)
    brush.blob(collar + up * 0.004 * brush.px, (0.034, 0.02), up, _tone(outfit.skin, 0.8))
    brush.chain(
        [(neck + up * 0.012 * brush.px, neck + (skull - neck) * 0.7, (0.029, 0.027))],
        _tone(outfit.skin, 0.86),
    )


def _head(brush: _Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw head, ears, hair and face; the face follows nose and eyes."""
    h = brush.px
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = _unit(skull - xy[body.NECK])
    eyes = (xy[body.R_EYE] + xy[body.L_EYE]) / 2
    faced = eyes - skull
    brush.blob(skull + up * 0.012 * h - faced * 0.2, (0.061, 0.073), up, outfit.hair)
    for ear in (body.R_EAR, body.L_EAR):
        brush.blob(xy[ear], (0.012, 0.018), up, _tone(outfit.skin, 0.78))
        brush.blob(xy[ear] + LIGHT * 1.2, (0.008, 0.013), up, outfit.skin)
    face = skull + faced * 0.12 - up * 0.004 * h
    for tone, radii, shift in ((0.74, (0.05, 0.07), 0.0), (1.0, (0.047, 0.067), 0.005)):
        outline = brush.ring(face + LIGHT * shift * h, radii, up)
        upright = (outline - face) * up.conjugate()
        low = np.clip(-upright.real / (radii[1] * h), 0, 1)
        sideways = 1j * up * upright.imag
        brush.polygon(outline - sideways * 0.22 * low**2, _tone(outfit.skin, tone))
    _hair(brush, skull, (up, faced), outfit)
    _face(brush, xy, up, outfit)


def _back_of_head(brush: _Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw a head from behind: ears, and hair down to the nape."""
    h = brush.px
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = _unit(skull - xy[body.NECK])
    for ear in (body.R_EAR, body.L_EAR):
        brush.blob(xy[ear], (0.012, 0.018), up, _tone(outfit.skin, 0.86))
    nape = skull - up * (0.036 if outfit.hair_style == "short" else 0.05) * h
    brush.chain([(skull + up * 0.012 * h, nape, (0.059, 0.054, 0.036))], outfit.hair, edge=0.8)
    brush.blob(skull + up * 0.016 * h, (0.057, 0.066), up, outfit.hair)
    shine = skull + (up * 0.05 - 1j * up * 0.02) * h
    brush.chain([(shine, shine + 1j * up * 0.03 * h, (0.005, 0.003))], _tone(outfit.hair, 1.8))


def _hair(brush: _Brush, skull: complex, pose: tuple[complex, complex], outfit: Outfit) -> None:
    """Draw the fringe and what hangs beside the face."""
    up, faced = pose
    h = brush.px
    across = 1j * up
    brow = skull + faced * 0.25
    brush.polygon(_rounded(brow + up * CROWN * h), outfit.hair)
    shine = brow + (up * 0.066 - across * 0.02) * h
    brush.chain([(shine, shine + across * 0.03 * h, (0.005, 0.003))], _tone(outfit.hair, 1.8))
    if outfit.hair_style in ("bob", "long"):
        for side in (-1.0, 1.0):
            top = skull + (across * side * 0.054 + up * 0.03) * h
            end = skull + (across * side * 0.054 - up * 0.042) * h
            brush.chain([(top, end, (0.011, 0.013, 0.008))], outfit.hair)


def _back_hair(brush: _Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw long hair that falls behind the shoulders."""
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = _unit(skull - xy[body.NECK])
    end = skull - up * 0.15 * brush.px
    brush.chain([(skull + up * 0.01 * brush.px, end, (0.062, 0.066, 0.045))], outfit.hair)


def _face(brush: _Brush, xy: list[complex], up: complex, outfit: Outfit) -> None:
    """Draw eyes with brows, nose and mouth where the joints are."""
    h = brush.px
    for eye in (body.R_EYE, body.L_EYE):
        at = xy[eye]
        brush.blob(at, (0.0125, 0.0085), up, (238, 240, 242))
        brush.blob(at, (0.0065, 0.0075), up, (34, 28, 30))
        brow = 0.021 - 0.005 * SMILE**2 + 1j * 0.013 * SMILE
        arch = np.concatenate([brow, brow[::-1] - 0.0045])
        brush.polygon(at + up * arch * h, _tone(outfit.hair, 0.9))
    nose = xy[body.NOSE]
    bridge, tip = nose + up * 0.014 * h, nose - up * 0.002 * h
    brush.bone(bridge, tip, (0.003 * h, 0.0075 * h), _tone(outfit.skin, 0.8))
    brush.blob(
        nose - LIGHT * 0.002 * h + up * 0.002 * h, (0.005, 0.004), up, _tone(outfit.skin, 1.1)
    )
    _smile(brush, nose - up * 0.024 * h, up)


def _smile(brush: _Brush, mouth: complex, up: complex) -> None:
    """Draw an open smile: lips, and teeth along the upper one."""
    for bottom, wide, colour in (
        (0.0145, 0.019, (72, 62, 168)),
        (0.0065, 0.0155, (240, 240, 246)),
    ):
        upper = 0.006 * SMILE**2 - 0.001 + 1j * wide * SMILE
        lower = (0.006 + bottom) * SMILE**2 - bottom - 1j * wide * SMILE
        brush.polygon(mouth + up * np.concatenate([upper, lower]) * brush.px, colour)


def _arms(brush: _Brush, xy: list[complex], outfit: Outfit) -> None:
    """Draw both arms."""
    for shoulder in (body.R_SHOULDER, body.L_SHOULDER):
        _arm(brush, xy[shoulder : shoulder + 3], outfit)


def _arm(brush: _Brush, joints: list[complex], outfit: Outfit) -> None:
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
    side = _unit(1j * (elbow - shoulder)) * 0.027 * h
    brush.bone(cuff - side, cuff + side, (0.006 * h, 0.006 * h), outfit.trim)
    knob = shoulder + _unit(elbow - shoulder) * 0.004 * h
    brush.blob(knob, (0.034, 0.034), -1j, outfit.top)


def _hand(brush: _Brush, elbow: complex, wrist: complex, outfit: Outfit) -> None:
    """Draw palm, fingers and thumb along the forearm."""
    h = brush.px
    along = _unit(wrist - elbow)
    across = 1j * along
    across *= _same_way(across, LIGHT)
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


def _floor_shadow(canvas: Image, joints: NDArray[np.float32], size_px: float) -> None:
    """Darken the floor under both feet."""
    brush = _Brush(canvas, size_px)
    right, left = (complex(x, y) for x, y in joints[[10, 13], :2].tolist())
    floor = 1j * (max(right.imag, left.imag) + 0.035 * size_px)
    wide = 0.1 + abs((right - left).real) / size_px / 2
    brush.polygon(brush.ring((right + left).real / 2 + floor, (wide, 0.026), 1j), 0.3)
    for foot in (right, left):
        brush.polygon(brush.ring(foot.real + floor, (0.05, 0.014), 1j), 0.3)
    brush.paint()


def _room(picture: tuple[int, int], rng: np.random.Generator) -> Image:
    """Return wall, skirting and floor with the light falling off to the sides."""
    height, width = picture
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    horizon = int(height * 0.8)
    room = np.empty((height, width, 3))
    room[:horizon] = WALL
    room[horizon:] = FLOOR
    board = horizon - round(height * 0.022)
    room[board:horizon] = (196, 194, 190)
    room[board - 1] = room[horizon] = (90, 88, 86)
    falling = 1.08 - 0.3 * np.hypot(x / width - 0.42, (y / height - 0.35) * 0.8)
    uneven = cv2.resize(
        rng.normal(0, 1.6, (9, 12)), (width, height), interpolation=cv2.INTER_CUBIC
    )
    bright = room * falling[..., None] + np.asarray(uneven)[..., None]
    return np.asarray(np.clip(bright, 0, 255), dtype=np.uint8)
