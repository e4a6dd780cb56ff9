"""Draws people a pose network takes for people: shaded limbs, clothes, faces, a plain room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kpopdance.realtime.core import body

if TYPE_CHECKING:
    from collections.abc import Sequence

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]
Colour = tuple[int, int, int]
"""Blue, green, red."""
Bone = tuple[Floats, Floats, tuple[float, ...]]
"""From, to (px), and radii along the way (body heights)."""

LIGHT: Final = np.array([-0.6, -0.5])
"""From where the light comes, px."""
SHIFT: Final = 4
"""Fraction bits of drawn coordinates."""
_CAP = np.linspace(np.pi / 2, -np.pi / 2, 7)[1:-1]
TIP: Final = np.array([np.cos(_CAP), np.sin(_CAP)])
"""Round end of a bone of radius 1: (2, 5)."""
CIRCLE: Final = np.linspace(0, 2 * np.pi, 24, endpoint=False)

ARM: Final = ((0.03, 0.029, 0.024), (0.024, 0.025, 0.0165))
LEG: Final = ((0.053, 0.048, 0.036), (0.036, 0.037, 0.025))
WALL: Final = (104, 110, 92)
FLOOR: Final = (104, 128, 150)
SMILE: Final = np.stack([np.linspace(-1, 1, 7), np.linspace(-1, 1, 7) ** 2], axis=-1)
"""A parabola from one corner of the mouth to the other."""
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
        cv2.GaussianBlur(canvas, (3, 3), 0.6, dst=canvas)
        step = index % NOISE_STEPS
        cv2.add(canvas, self._brighter[step], dst=canvas)
        cv2.subtract(canvas, self._darker[step], dst=canvas)
        return canvas


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
    xy = joints[:, :2].astype(np.float64)
    brush = _Brush(canvas, size_px or body_px(joints))
    if outfit.hair_style == "long":
        _back_hair(brush, xy, outfit)
    for hip in sorted((body.R_HIP, body.L_HIP), key=lambda hip: xy[hip + 2, 1]):
        _leg(brush, xy[hip : hip + 3], outfit)
    _trunk(brush, xy, outfit)
    _head(brush, xy, outfit)
    for shoulder in (body.R_SHOULDER, body.L_SHOULDER):
        _arm(brush, xy[shoulder : shoulder + 3], outfit)
    return canvas


def body_px(joints: NDArray[np.float32]) -> float:
    """Return about how tall a (18, 3) px body is from crown to sole when it stands."""
    xy = joints[:, :2].astype(np.float64)
    ends = [(1, 8), (1, 11), (8, 9), (9, 10), (11, 12), (12, 13), (2, 3), (5, 6)]
    usual = [0.3, 0.3, 0.235, 0.235, 0.235, 0.235, 0.16, 0.16]
    sizes = [np.hypot(*(xy[b] - xy[a])) / u for (a, b), u in zip(ends, usual, strict=True)]
    return max(float(np.sort(sizes)[-3]), 20.0)


class _Brush:
    """Draws shaded shapes in body heights on a canvas in px."""

    def __init__(self, canvas: Image, size_px: float) -> None:
        self.canvas = canvas
        self.px = size_px

    def polygon(self, points: Floats, colour: Sequence[int]) -> None:
        """Fill (N, 2) px."""
        fixed = np.round(points * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(self.canvas, [fixed], colour, cv2.LINE_AA, SHIFT)

    def blob(
        self, middle: Floats, radii: tuple[float, float], up: Floats, colour: Colour
    ) -> None:
        """Fill an ellipse whose second radius lies along ``up``."""
        self.polygon(self.ring(middle, radii, up), colour)

    def ring(self, middle: Floats, radii: tuple[float, float], up: Floats) -> Floats:
        """Return the (24, 2) px outline of an ellipse."""
        across = np.array([-up[1], up[0]])
        x, y = np.cos(CIRCLE)[:, None], np.sin(CIRCLE)[:, None]
        return np.asarray(middle + (x * across * radii[0] + y * up * radii[1]) * self.px)

    def chain(self, bones: Sequence[Bone], colour: Colour, edge: float = 0.0) -> None:
        """Draw joined tapered bones, rounded by a dark edge, the colour, and a light side."""
        tones = ((0.72, 1.0, 0.0, edge), (1.0, 0.82, 0.14, 0.0), (1.08, 0.42, 0.36, 0.0))
        for brightness, width, shift, more in tones:
            tone = _tone(colour, brightness)
            for start, end, radii in bones:
                wide = np.array(radii) * self.px * width + more
                off = LIGHT * shift * radii[-1] * self.px
                self.polygon(_tapered(start + off, end + off, wide), tone)

    def shade(self, outline: Floats, strength: float) -> None:
        """Darken softly what lies under (N, 2) px."""
        pad = 5
        left, top = np.maximum(np.floor(outline.min(axis=0)).astype(int) - pad, 0)
        right, bottom = np.ceil(outline.max(axis=0)).astype(int) + pad
        under = self.canvas[top : max(bottom, 0), left : max(right, 0)]
        if not under.size:
            return
        mask = np.zeros(under.shape[:2], np.uint8)
        fixed = np.round((outline - (left, top)) * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, SHIFT)
        cv2.blur(mask, (7, 7), dst=mask)
        weight = mask * np.float32(strength / 255)
        dark = np.zeros_like(under)
        under[:] = cv2.blendLinear(dark, under.copy(), weight, 1 - weight)


def _tapered(start: Floats, end: Floats, radii: Floats) -> Floats:
    """Return (N, 2) px of a bone with round ends and the radii evenly along it."""
    along = end - start
    length = max(float(np.hypot(*along)), 1e-6)
    u = np.arange(len(radii)) * (length / (len(radii) - 1))
    x = np.concatenate([u, length + radii[-1] * TIP[0], u[::-1], radii[0] * -TIP[0]])
    y = np.concatenate([radii, radii[-1] * TIP[1], -radii[::-1], radii[0] * -TIP[1]])
    c, s = along / length
    return np.array([x * c - y * s + start[0], x * s + y * c + start[1]]).T


def _tone(colour: Colour, brightness: float) -> tuple[int, int, int]:
    """Return a colour brighter or darker."""
    b, g, r = (min(int(c * brightness), 255) for c in colour)
    return b, g, r


def _unit(v: Floats) -> Floats:
    return np.asarray(v / max(float(np.hypot(*v)), 1e-6))


def _leg(brush: _Brush, joints: Floats, outfit: Outfit) -> None:
    """Draw hip, knee, ankle (3, 2) as one trouser leg with a shoe."""
    hip, knee, ankle = joints
    _shoe(brush, joints, outfit)
    thigh, shin = LEG
    hem = knee + (ankle - knee) * 0.86
    brush.chain([(hem, ankle + (ankle - knee) * 0.06, (0.015, 0.013))], outfit.skin, edge=0.8)
    brush.chain([(hip, knee, thigh), (knee, hem, shin)], outfit.trousers, edge=1.0)
    crease = _tone(outfit.trousers, 0.8)
    side = _unit(np.array([knee[1] - ankle[1], ankle[0] - knee[0]])) * 0.022 * brush.px
    at = knee + (ankle - knee) * 0.05
    brush.polygon(_tapered(at - side, at + side, np.full(2, 0.004 * brush.px)), crease)


def _shoe(brush: _Brush, joints: Floats, outfit: Outfit) -> None:
    """Draw a bright shoe with a dark sole; its toes point a little outwards."""
    hip, knee, ankle = joints
    down = _unit(ankle - knee)
    out = np.array([np.sign(ankle[0] - hip[0] + (knee[0] - hip[0])) or 1.0, 0.0])
    toe = ankle + (down * 0.03 + out * 0.022) * brush.px
    heel = ankle + (down * 0.022 - out * 0.006) * brush.px
    sole = down * 0.009 * brush.px
    brush.polygon(
        _tapered(heel + sole, toe + sole, np.array([0.026, 0.025]) * brush.px), (52, 48, 50)
    )
    brush.chain([(heel, toe, (0.026, 0.024))], outfit.shoes, edge=0.5)
    mark = ankle + (down * 0.018 + out * 0.012) * brush.px
    brush.blob(mark, (0.012, 0.005), down, outfit.trim)


def _trunk(brush: _Brush, xy: Floats, outfit: Outfit) -> None:
    """Draw the seat of the trousers, the shirt with hem and collar, and the neck."""
    right, left = xy[body.R_SHOULDER], xy[body.L_SHOULDER]
    r_hip, l_hip = xy[body.R_HIP], xy[body.L_HIP]
    hips, neck = (r_hip + l_hip) / 2, xy[body.NECK]
    seat = np.array([0.052, 0.054, 0.052]) * brush.px
    brush.polygon(_tapered(r_hip, l_hip, seat), outfit.trousers)
    down = _unit(hips - neck)
    across = _unit(l_hip - r_hip + 0.3 * (left - right))
    h = brush.px
    half = max(float(np.hypot(*(left - right))) / 2, 0.05 * h)
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


def _rounded(points: Floats) -> Floats:
    """Cut the corners of a closed outline twice (Chaikin)."""
    for _ in range(2):
        following = np.roll(points, -1, axis=0)
        cut = np.stack(
            [points * 0.75 + following * 0.25, points * 0.25 + following * 0.75], axis=1
        )
        points = cut.reshape(-1, 2)
    return points


def _neck(brush: _Brush, xy: Floats, outfit: Outfit) -> None:
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


def _head(brush: _Brush, xy: Floats, outfit: Outfit) -> None:
    """Draw head, ears, hair and face; the face follows nose and eyes."""
    h = brush.px
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = _unit(skull - xy[body.NECK])
    across = np.array([-up[1], up[0]])
    eyes = (xy[body.R_EYE] + xy[body.L_EYE]) / 2
    faced = eyes - skull
    brush.blob(skull + up * 0.012 * h - faced * 0.2, (0.061, 0.073), up, outfit.hair)
    for ear in (body.R_EAR, body.L_EAR):
        brush.blob(xy[ear], (0.012, 0.018), up, _tone(outfit.skin, 0.78))
        brush.blob(xy[ear] + LIGHT * 1.2, (0.008, 0.013), up, outfit.skin)
    face = skull + faced * 0.12 - up * 0.004 * h
    for tone, radii, shift in ((0.74, (0.05, 0.07), 0.0), (1.0, (0.047, 0.067), 0.005)):
        outline = brush.ring(face + LIGHT * shift * h, radii, up)
        low = np.clip((outline - face) @ -up / (radii[1] * h), 0, 1)
        narrow = 1 - 0.22 * low**2
        sideways = ((outline - face) @ across)[:, None] * across
        brush.polygon(outline - sideways * (1 - narrow)[:, None], _tone(outfit.skin, tone))
    _hair(brush, skull, (up, faced), outfit)
    _face(brush, xy, up, outfit)


def _hair(brush: _Brush, skull: Floats, pose: tuple[Floats, Floats], outfit: Outfit) -> None:
    """Draw the fringe and what hangs beside the face."""
    up, faced = pose
    h = brush.px
    across = np.array([-up[1], up[0]])
    brow = skull + faced * 0.25
    crown = np.array(
        [(-0.057, 0.012), (-0.06, 0.05), (-0.04, 0.08), (0.0, 0.09), (0.04, 0.08), (0.06, 0.05),
         (0.057, 0.012), (0.047, 0.034), (0.02, 0.05), (-0.015, 0.038), (-0.045, 0.03)]
    )  # fmt: skip
    points = brow + (crown[:, :1] * across + crown[:, 1:] * up) * h
    brush.polygon(_rounded(points), outfit.hair)
    shine = brow + (up * 0.066 - across * 0.02) * h
    brush.chain([(shine, shine + across * 0.03 * h, (0.005, 0.003))], _tone(outfit.hair, 1.8))
    if outfit.hair_style in ("bob", "long"):
        for side in (-1.0, 1.0):
            top = skull + (across * side * 0.054 + up * 0.03) * h
            end = skull + (across * side * 0.054 - up * 0.042) * h
            brush.chain([(top, end, (0.011, 0.013, 0.008))], outfit.hair)


def _back_hair(brush: _Brush, xy: Floats, outfit: Outfit) -> None:
    """Draw long hair that falls behind the shoulders."""
    skull = (xy[body.R_EAR] + xy[body.L_EAR]) / 2
    up = _unit(skull - xy[body.NECK])
    end = skull - up * 0.15 * brush.px
    brush.chain([(skull + up * 0.01 * brush.px, end, (0.062, 0.066, 0.045))], outfit.hair)


def _face(brush: _Brush, xy: Floats, up: Floats, outfit: Outfit) -> None:
    """Draw eyes with brows, nose and mouth where the joints are."""
    h = brush.px
    across = np.array([-up[1], up[0]])
    for eye in (body.R_EYE, body.L_EYE):
        at = xy[eye]
        brush.blob(at, (0.0125, 0.0085), up, (238, 240, 242))
        brush.blob(at, (0.0065, 0.0075), up, (34, 28, 30))
        brow = SMILE[:, :1] * across * 0.013 + (0.021 - 0.005 * SMILE[:, 1:]) * up
        thick = brow[::-1] - up * 0.0045
        brush.polygon(at + np.concatenate([brow, thick]) * h, _tone(outfit.hair, 0.9))
    nose = xy[body.NOSE]
    brush.polygon(
        _tapered(nose + up * 0.014 * h, nose - up * 0.002 * h, np.array([0.003, 0.0075]) * h),
        _tone(outfit.skin, 0.8),
    )
    brush.blob(
        nose - LIGHT * 0.002 * h + up * 0.002 * h, (0.005, 0.004), up, _tone(outfit.skin, 1.1)
    )
    _smile(brush, nose - up * 0.024 * h, up)


def _smile(brush: _Brush, mouth: Floats, up: Floats) -> None:
    """Draw an open smile: lips, and teeth along the upper one."""
    across = np.array([-up[1], up[0]])
    for bottom, wide, colour in (
        (0.0145, 0.019, (72, 62, 168)),
        (0.0065, 0.0155, (240, 240, 246)),
    ):
        upper = SMILE * (wide, 0.006) + (0.0, -0.001)
        lower = SMILE[::-1] * (wide, 0.006 + bottom) + (0.0, -bottom)
        points = np.concatenate([upper, lower])
        brush.polygon(mouth + (points[:, :1] * across + points[:, 1:] * up) * brush.px, colour)


def _arm(brush: _Brush, joints: Floats, outfit: Outfit) -> None:
    """Draw shoulder, elbow, wrist (3, 2) as a sleeve, an arm and a hand over a soft shadow."""
    shoulder, elbow, wrist = joints
    upper, fore = ARM
    h = brush.px
    for start, end, radii in ((shoulder, elbow, upper), (elbow, wrist, fore)):
        shadow = _tapered(start + 2, end + 3, np.array(radii) * h + 2.0)
        brush.shade(shadow, 0.22)
    _hand(brush, elbow, wrist, outfit)
    brush.chain([(shoulder, elbow, upper), (elbow, wrist, fore)], outfit.skin, edge=0.8)
    cuff = shoulder + (elbow - shoulder) * outfit.sleeve
    brush.chain([(shoulder, cuff, (0.035, 0.031))], outfit.top, edge=1.0)
    side = _unit(np.array([shoulder[1] - elbow[1], elbow[0] - shoulder[0]])) * 0.027 * h
    brush.polygon(_tapered(cuff - side, cuff + side, np.full(2, 0.006 * h)), outfit.trim)
    knob = shoulder + _unit(elbow - shoulder) * 0.004 * h
    brush.blob(knob, (0.034, 0.034), np.array([0.0, -1.0]), outfit.top)


def _hand(brush: _Brush, elbow: Floats, wrist: Floats, outfit: Outfit) -> None:
    """Draw palm, fingers and thumb along the forearm."""
    h = brush.px
    along = _unit(wrist - elbow)
    across = np.array([-along[1], along[0]])
    across *= np.sign(across @ LIGHT) or 1.0
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
    feet = joints[[10, 13], :2].astype(np.float64)
    floor = feet[:, 1].max() + 0.035 * size_px
    flat = np.array([0.0, 1.0])
    middle = np.array([feet[:, 0].mean(), floor])
    wide = 0.1 + float(np.ptp(feet[:, 0])) / size_px / 2
    brush.shade(brush.ring(middle, (wide, 0.026), flat), 0.3)
    for foot in feet:
        brush.shade(brush.ring(np.array([foot[0], floor]), (0.05, 0.014), flat), 0.3)


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
