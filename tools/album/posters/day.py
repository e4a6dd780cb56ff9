"""The posters of the songs of the day: a paper plane, soda, the sun over the sea, two faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tools.album.posters.dancers import placed, point_s, rim, shadow, worn
from tools.album.posters.lettering import Lettering, lettered
from tools.album.posters.paper import (
    HIGH,
    WIDE,
    Area,
    Paper,
    Place,
    curved,
    disc,
    discs,
    dotted,
    glow,
    outlined,
    polygon,
    ring,
    slope,
    soft,
    stroke,
    strokes,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.library.songpack import SongPack

DOWN = (0.0, 1.0)
PROFILE: Final = (
    (0.00, -0.02), (0.20, 0.00), (0.33, 0.08), (0.395, 0.20), (0.415, 0.30), (0.395, 0.365),
    (0.37, 0.40), (0.40, 0.45), (0.475, 0.54), (0.535, 0.598), (0.525, 0.628), (0.44, 0.638),
    (0.425, 0.655), (0.47, 0.685), (0.485, 0.705), (0.44, 0.722), (0.435, 0.728), (0.475, 0.748),
    (0.468, 0.778), (0.40, 0.80), (0.40, 0.822), (0.435, 0.862), (0.425, 0.915), (0.36, 0.95),
    (0.24, 0.955), (0.165, 0.98), (0.15, 1.04), (0.16, 1.12), (0.21, 1.185), (0.34, 1.235),
    (0.50, 1.262), (0.64, 1.275), (0.64, 1.8),
)  # fmt: skip
"""A face from the side, from the hair over brow, nose, lips and chin down the neck, face heights."""


def paper_plane(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw two friends on a hill, and the large paper plane that they threw."""
    paper = Paper("#5fb4e5", "#8ecae6", "#d9f1fb", "#fff6dd")
    paper.paint(ring((560, 90), 190, 60), "#ffffff", 0.10)
    paper.paint(ring((560, 90), 320, 60), "#ffffff", 0.10)
    paper.paint(disc((560, 90), 92), "#fff3c4", 0.9)
    for x, y, size in ((92, 150, 1.0), (600, 420, 1.25), (70, 500, 0.8)):
        _cloud(paper, (x, y), size)
    loop = curved([
        (352, 296), (250, 340), (120, 330), (60, 400), (110, 470), (190, 440), (176, 360), (90, 350),
        (20, 430), (-20, 560),
    ])  # fmt: skip
    paper.paint(_dashes(loop, 5), "#ffffff")
    _plane(paper)
    hill = disc((330, 1240), 610)
    paper.paint(hill, "#ffd166")
    paper.paint(hill * dotted(0.55 * slope(DOWN, 640, 900), 9), "#f6a93b")
    paper.paint(disc((-60, 1120), 420), "#7cc6a4")
    paper.paint(disc((-60, 1120), 420) * dotted(0.5 * slope(DOWN, 700, 900), 9, 0.8), "#4fa383")
    at_s = point_s(pack)
    for who, x, y in ((1, 452, 678), (0, 252, 676)):
        dancer = placed(pack, at_s, who, (x, y), 268)
        area, colours = worn(dancer)
        paper.paint(soft(_shift(area, 10, 6), 3) * hill, "#b8741d", 0.35)
        paper.dress(area, colours)
        paper.shade(rim(area, (-5, -2)), "#7fa8d8", 0.55)
    paper.paint(lettered(hangul, Lettering(92, -0.02), (330, 772)), "#1d3557")
    paper.paint(lettered(title.upper(), Lettering(25, 0.62), (330, 842)), "#1d3557")
    return paper


def soda_talk(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw three on a bottle cap, in soda that bubbles over."""
    paper, middle = Paper("#ffe8d6", "#ffdcc0"), (330.0, 452.0)
    for number in range(24):
        ends = np.pi / 12 * number + np.array([0, np.pi / 24])
        paper.paint(polygon(middle, *_around(middle, 900, ends)), "#ffcfae", 0.7)
    _cap(paper, middle)
    at_s = point_s(pack)
    for who, x0, y0, tall in ((1, 210, 626, 312), (2, 450, 626, 312), (0, 330, 652, 372)):
        area, colours = worn(placed(pack, at_s, who, (x0, y0), tall))
        paper.paint(np.clip(soft(area, 3.2) * 4, 0, 1), "#fffaf2")
        paper.dress(area, colours)
    signs = zip(
        hangul.replace(" ", ""),
        (112, 252, 402, 544),
        (112, 92, 100, 92),
        (-8, 5, -4, 7),
        strict=True,
    )
    for number, (sign, x0, y0, turn) in enumerate(signs):
        how = Lettering(134, turn=turn)
        paper.paint(lettered(sign, how, (x0 + 7, y0 + 8)), "#06d6a0")
        paper.paint(lettered(sign, how, (x0, y0)), ("#ef476f", "#d62f5a")[number % 2])
    paper.paint(lettered(title.upper(), Lettering(70, 0.03, 1.04, 0.14), (330, 800)), "#ef476f")
    paper.paint(stroke([(76, 852), (584, 852)], 5), "#06d6a0")
    return paper


def _cap(paper: Paper, middle: Place) -> None:
    """Draw a bottle cap with its teeth, and a glass of soda on it."""
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    cap = outlined([np.array(_around(middle, 262 + 11 * np.cos(24 * angles), angles))])
    paper.paint(_shift(cap, 9, 12), "#c9583f", 0.35)
    paper.paint(cap, "#ef476f")
    paper.paint(disc(middle, 226), "#fffaf2")
    glass = disc(middle, 214)
    paper.paint(glass, "#ffe3ea")
    wave = curved([(60 + 45 * k, 420 + (18 if k % 2 else -14)) for k in range(13)])
    soda = outlined([np.array([*map(tuple, wave), (640, 900), (60, 900)])]) * glass
    paper.paint(soda, "#06d6a0")
    paper.paint(soda * dotted(0.6 * slope(DOWN, 440, 690), 10), "#04a57c")
    _bubbles(paper, middle)


def _around(
    middle: Place, radius: float | NDArray[np.float64], angles: NDArray[np.float64]
) -> list[Place]:
    """Return points around a middle."""
    x, y = middle[0] + radius * np.cos(angles), middle[1] + radius * np.sin(angles)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def summer_signal(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw five on a beach before a sun that sends its signal over the sea."""
    paper = Paper("#0086b8", "#00b4d8", "#8fdfe0", "#fff3b0")
    _sunset(paper, (330.0, 470.0), 566.0)
    shore = curved(
        [(-40, 740), (90, 716), (220, 742), (360, 712), (500, 738), (620, 710), (720, 726)]
    )
    for higher, colour in ((9, "#ffffff"), (0, "#ffe0a3")):
        sand = outlined(
            [np.array([*((x, y - higher) for x, y in shore), (720, 900), (-40, 900)])]
        )
        paper.paint(sand, colour)
    paper.paint(sand * dotted(0.42 * slope(DOWN, 730, 900), 7), "#f2b872")
    at_s = point_s(pack)
    for who, x0, y0, tall in (
        (3, 84, 742, 268), (4, 576, 742, 268), (1, 194, 764, 308), (2, 466, 764, 308),
        (0, 330, 792, 366),
    ):  # fmt: skip
        area, colours = worn(placed(pack, at_s, who, (x0, y0), tall))
        paper.paint(soft(_shift(area, 0, 7), 3) * sand, "#c98b4a", 0.4)
        paper.paint(area, "#12304a")
        paper.dress(area, colours, 0.86)
        paper.paint(rim(area, (0, 4)), "#ffd9a0", 0.85)
    paper.paint(lettered(hangul, Lettering(116, 0.02), (330, 104)), "#ffffff")
    paper.paint(lettered(title.upper(), Lettering(25, 0.6), (330, 846)), "#a8502c")
    return paper


def _sunset(paper: Paper, sun: Place, sea: float) -> None:
    """Draw the sun at the sea's edge, its signal's waves above it and its light on the water."""
    below = polygon((0, sea), (WIDE, sea), (WIDE, HIGH), (0, HIGH))
    for number, radius in enumerate((262, 322, 386, 454, 528, 610)):
        paper.paint(ring(sun, radius, 17 - 2.2 * number), "#fff8d6", 0.85 - 0.10 * number)
    paper.shine(glow(sun, 260), "#ffd38a", 0.6)
    ball = disc(sun, 214)
    paper.paint(ball, "#ffd166")
    paper.paint(ball * slope(DOWN, 270, 560), "#ff5d4d")
    for number in range(6):
        top, end = 420 + 25 * number, 423 + 27 * number
        bar = polygon((0, top), (WIDE, top), (WIDE, end), (0, end))
        paper.paint(bar * ball, "#ffe9a6", 0.95)
    paper.paint(below, "#0083a8")
    rng, y, waves = np.random.default_rng(128), sea + 5, []
    while y < 760:
        near = (y - sea) / 200
        for _ in range(3):
            x, half = sun[0] + float(rng.normal(0, 60 + 90 * near)), rng.uniform(14, 70)
            waves.append(
                ([(x - half, y), (x + half, y)], 2 + 4 * near, max(0.0, 0.9 - 0.5 * near))
            )
        y += 9 + 9 * near
    paper.paint(strokes(waves), "#ffb37a")


def two_faces(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw two faces that look at each other, and somebody in the gap between them who is both."""
    paper, tall = Paper("#f6f5ef", "#e0e1dd"), 610.0
    line = [(tall * x - 52, 40 + tall * y) for x, y in curved(PROFILE, 3)]
    one = polygon((-40, 0), *line, (-40, 1180))
    other = np.ascontiguousarray(one[:, ::-1])
    for area, colour, dark, axis in (
        (one, "#5a189a", "#2c0a55", (-1, 0)),
        (other, "#ff006e", "#a3003f", (1, 0)),
    ):
        paper.paint(area, colour)
        begins = -280 if axis[0] < 0 else 380
        paper.paint(area * dotted(0.62 * slope(axis, begins, begins + 280), 9), dark)
    for side in (1, -1):
        _eye(paper, side)
    lead = placed(pack, point_s(pack), pack.lead, (330, 812), 262)
    figure, left = shadow(lead), polygon((0, 0), (330, 0), (330, HIGH), (0, HIGH))
    paper.paint(figure * left, "#ff006e")
    paper.paint(figure * (1 - left), "#5a189a")
    paper.paint(lettered(hangul, Lettering(78, -0.02), (330, 96)), "#2c0a55")
    first, second = title.upper().split()
    paper.paint(lettered(first, Lettering(40, 0.30), (36, 838), (0, 0.5)), "#f6f5ef")
    paper.paint(lettered(second, Lettering(40, 0.14), (626, 838), (1, 0.5)), "#f6f5ef")
    return paper


def _eye(paper: Paper, side: int) -> None:
    """Draw a closed eye with its lashes, on the left face or its image."""

    def there(x: float, y: float) -> tuple[float, float]:
        return (330 + side * (x - 330), y)

    lid = curved([there(112, 294), there(134, 308), (there(164, 308)), there(184, 290)], 3)
    brow = curved([there(98, 246), there(136, 228), there(190, 234)], 3)
    lashes = [
        ([there(x, y), there(x + dx, y + dy)], 3.5, 1.0)
        for x, y, dx, dy in (
            (126, 303, -8, 14),
            (146, 308, -2, 16),
            (166, 306, 5, 15),
            (180, 295, 10, 11),
        )
    ]
    paper.paint(strokes([(lid, 5, 1.0), (brow, 7, 1.0), *lashes]), "#f6f5ef")


def _plane(paper: Paper) -> None:
    nose, wing, fold, keel, far = (606, 128), (150, 262), (330, 312), (352, 408), (474, 352)
    back = _shift(polygon(nose, wing, fold, keel, far), 16, 26)
    paper.paint(soft(back, 7), "#3f7fae", 0.30)
    paper.paint(polygon(nose, fold, (392, 322), far), "#e3eef5")
    paper.paint(polygon(nose, fold, keel), "#a9c6d9")
    paper.paint(polygon(nose, wing, fold), "#ffffff")
    paper.paint(polygon(nose, (392, 322), keel), "#c4d9e6")
    paper.paint(stroke([nose, fold], 2), "#ef476f", 0.8)
    paper.paint(polygon((250, 233), (292, 221), (372, 291), (352, 300)), "#ffd166", 0.9)


def _cloud(paper: Paper, at: tuple[float, float], size: float) -> None:
    area = np.zeros_like(paper.light[..., 0])
    for x, y, radius in ((-58, 4, 34), (-14, -18, 46), (36, -6, 40), (72, 10, 26)):
        np.maximum(area, disc((at[0] + size * x, at[1] + size * y), size * radius), out=area)
    area *= 1 - slope(DOWN, at[1] + 21 * size, at[1] + 22 * size)
    paper.paint(area, "#ffffff", 0.94)
    paper.paint(
        area * dotted(0.4 * slope(DOWN, at[1] - 30 * size, at[1] + 40 * size), 7), "#b9dff2"
    )


def _dashes(line: NDArray[np.float64], thick: float) -> Area:
    """Return a line in dashes."""
    far = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    dashes = []
    for begins in np.arange(0, far[-1] - 12, 27):
        at = np.linspace(begins, begins + 14, 6)
        dash = np.stack([np.interp(at, far, line[:, k]) for k in (0, 1)], axis=-1)
        dashes.append((dash, thick, 1.0))
    return strokes(dashes)


def _bubbles(paper: Paper, middle: tuple[float, float]) -> None:
    """Draw bubbles, the larger the higher, some out of the cap."""
    rng, each = np.random.default_rng(104), []
    for number in range(46):
        angle, far = rng.uniform(0, 2 * np.pi), 250 * np.sqrt(rng.uniform(0, 1))
        x, y = middle[0] + far * np.cos(angle), middle[1] + 20 + far * np.sin(angle)
        size = rng.uniform(4, 9) + max(0.0, (middle[1] + 60 - y) / 14)
        each.append(((x, y - 120 * (number % 3 == 0)), size))
    paper.paint(discs([(at, size, 0.34) for at, size in each]), "#ffffff")
    for at, size in each:
        paper.paint(ring(at, size, 2.2), "#ffffff", 0.95)
    shines = [((x - 0.35 * size, y - 0.35 * size), 0.22 * size, 1.0) for (x, y), size in each]
    paper.paint(discs(shines), "#ffffff")


def _shift(area: Area, x: float, y: float) -> Area:
    """Return an area moved by px."""
    return np.roll(area, (round(2 * y), round(2 * x)), axis=(0, 1))
