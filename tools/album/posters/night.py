"""The posters of the songs of the night: a moon over a river, half a moon, a comet, neon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.album.posters.dancers import placed, point_s, rim, shadow
from tools.album.posters.lettering import Lettering, lettered
from tools.album.posters.paper import (
    FINE,
    HIGH,
    WIDE,
    Area,
    Paper,
    as_area,
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


def moonlight(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw somebody alone who dances on a river before a large moon."""
    paper, moon, shore = (
        Paper("#090d29", "#16214f", "#33457f", "#5f6fa6"),
        (318.0, 300.0),
        560.0,
    )
    _stars(paper, 120, shore, 84)
    paper.shine(glow(moon, 330), "#c9d6ff", 0.55)
    paper.paint(disc(moon, 178), "#f6ead0")
    for at, radius in (((262, 248), 34), ((352, 226), 20), ((390, 330), 42), ((268, 362), 24)):
        paper.shade(soft(disc(at, radius), 7), "#d9cfc4", 0.5)
    paper.shade(
        soft(disc((moon[0] + 60, moon[1] + 40), 190) * disc(moon, 178), 30), "#cdd2ee", 0.35
    )
    for top, bump, colour in ((492, 34, "#26356d"), (524, 22, "#18244f")):
        ridge = curved([(x, top + bump * np.sin(x / 71 + top)) for x in range(-60, 780, 60)])
        paper.paint(polygon(*map(tuple, ridge), (800, shore), (-60, shore)), colour)
    water = polygon((0, shore), (WIDE, shore), (WIDE, HIGH), (0, HIGH))
    paper.paint(water, "#1b2858")
    paper.paint(water * slope(DOWN, shore, HIGH), "#080c26")
    _glitter(paper, moon[0], shore, "#f6ead0", 41)
    alone = placed(pack, point_s(pack), pack.lead, (318, 742), 400)
    figure = shadow(alone)
    mirror = _flipped(figure, 748)
    paper.paint(soft(mirror, 2.5) * (1 - 0.8 * slope(DOWN, 745, 870)), "#070a20", 0.75)
    paper.paint(stroke([(250, 748), (392, 748)], 3), "#f6ead0", 0.5)
    paper.paint(figure, "#0a1030")
    paper.paint(rim(figure, (2, 3)), "#dfe6ff", 0.8)
    paper.paint(
        lettered(hangul.replace(" ", ""), Lettering(66, 0.1, down=True), (600, 64), (0.5, 0)),
        "#f6ead0",
    )
    paper.paint(
        lettered(title.upper(), Lettering(18, 0.5, turn=90), (544, 68), (0, 0.5)), "#c9d6ff"
    )
    return paper


def half_moon(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw four who dance on half a moon as on a stage, before its dark half."""
    paper, moon, radius = Paper("#080c1c", "#121c38", "#241a52"), (330.0, 418.0), 262.0
    _stars(paper, 90, HIGH, 140)
    above = polygon((0, 0), (WIDE, 0), (WIDE, moon[1]), (0, moon[1]))
    paper.shine(glow(moon, 360), "#9d4edd", 0.34)
    dark = disc(moon, radius) * above
    paper.paint(dark, "#3b2480")
    paper.shine(dark * slope((0, -1), -moon[1], -150), "#6a3fd0", 0.15)
    paper.shine(dark * glow((moon[0], moon[1] + 30), 230), "#ff9e3d", 0.62)
    paper.paint(ring(moon, radius, 3) * above, "#c59bff", 0.8)
    bowl = disc(moon, radius) * (1 - above)
    paper.paint(bowl, "#fca311")
    paper.paint(bowl * dotted(0.72 * slope((-0.3, 1), 370, 660), 11), "#d9650c", 0.9)
    paper.paint(
        stroke([(moon[0] - radius - 34, moon[1]), (moon[0] + radius + 34, moon[1])], 3.5),
        "#fff1cf",
    )
    at_s = point_s(pack)
    crew = [
        placed(pack, at_s, who, (x, moon[1] + 4), tall)
        for who, x, tall in ((3, 158, 196), (2, 506, 196), (1, 404, 236), (0, 262, 276))
    ]
    for dancer in crew:
        figure = shadow(dancer)
        paper.paint(figure, "#0b0f24")
        paper.paint(rim(figure, (0, -3)), "#ffb04a", 0.75)
        paper.paint(rim(figure, (2.5, 2)), "#b48bff", 0.7)
    paper.paint(lettered(hangul, Lettering(158, 0.12), (330, 518)), "#14102e")
    paper.paint(lettered(title.upper(), Lettering(31, 0.62), (330, 742)), "#fca311")
    for number in range(7):
        _phase(paper, (150 + 60 * number, 810), 15, number / 6)
    return paper


def comet(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw a black comet that strikes across a red sky, and seven below it."""
    paper, head = Paper("#f0424f", "#e02f3e", "#b51a2a"), (452.0, 236.0)
    _tail(paper, np.array(head))
    paper.shine(glow(head, 210), "#ffb199", 0.6)
    for radius, thick in ((174, 1.5), (192, 1.0), (216, 0.8)):
        paper.paint(ring(head, radius, thick), "#f7f3ea", 0.9)
    paper.paint(disc(head, 146), "#f7f3ea")
    paper.paint(disc((head[0] + 6, head[1] - 5), 141), "#0b0b0f")
    paper.paint(
        disc((head[0] + 6, head[1] - 5), 141) * dotted(0.5 * slope((0.8, -0.6), 60, 420), 9),
        "#e63946",
        0.55,
    )
    at_s = point_s(pack)
    ground = polygon((0, 838), (WIDE, 800), (WIDE, HIGH), (0, HIGH))
    paper.paint(ground, "#0b0b0f")
    for who, x, tall in (
        (5, 66, 250),
        (6, 594, 250),
        (3, 152, 288),
        (4, 508, 288),
        (1, 240, 330),
        (2, 420, 330),
    ):
        figure = shadow(placed(pack, at_s, who, (x, 846 - 0.057 * x + 14), tall))
        paper.paint(rim(figure, (4, 5)), "#f7f3ea")
        paper.paint(figure, "#0b0b0f")
    lead = shadow(placed(pack, at_s, pack.lead, (330, 850), 392))
    paper.paint(soft(lead, 8), "#0b0b0f", 0.55)
    paper.paint(lead, "#f7f3ea")
    paper.shade(lead * dotted(0.62 * slope(DOWN, 560, 880), 7), "#e63946")
    how = Lettering(104, 0.0, 0.9, 0.16, -36.9)
    paper.paint(lettered(hangul, how, (212, 402)), "#0b0b0f")
    paper.paint(lettered(hangul, how, (206, 395)), "#f7f3ea")
    paper.paint(lettered(title.upper(), Lettering(27, 0.30), (40, 52), (0, 0.5)), "#0b0b0f")
    return paper


def _tail(paper: Paper, head: NDArray[np.float64]) -> None:
    """Draw a comet's tail in blades of two colours."""
    rng, back, side = (
        np.random.default_rng(174),
        np.array([-0.80, 0.60]),
        np.array([0.60, 0.80]),
    )
    blades: list[list[NDArray[np.float64]]] = [[], []]
    for number in range(46):
        off, long = rng.uniform(-132, 132), rng.uniform(260, 900)
        thick = rng.uniform(1.0, 9.0) * (1 - abs(off) / 190)
        start = head + side * off
        blade = [start + side * thick, start - side * thick, start + back * long]
        blades[number % 3 > 0].append(np.array(blade))
    for each, colour in zip(blades, ("#0b0b0f", "#f7f3ea"), strict=True):
        paper.paint(outlined(each), colour, 0.92)


def neon(pack: SongPack, title: str, hangul: str) -> Paper:
    """Draw three of neon tubes on a staircase of light, in a wet street."""
    paper, floor = Paper("#05030f", "#120a2c", "#1a0d3a", "#0a0618"), 690.0
    bricks = [([(0, 20 + 28 * row), (WIDE, 20 + 28 * row)], 1.0, 1.0) for row in range(24)]
    for row in range(24):
        for left in range(-(row % 2) * 32, WIDE, 64):
            bricks.append(([(left, 20 + 28 * row), (left, 48 + 28 * row)], 1.0, 1.0))
    paper.shine(strokes(bricks), "#3a2470", 0.35)
    for at, colour in (
        ((330, 420), "#ff2d96"),
        ((130, 470), "#28e2ff"),
        ((540, 470), "#9254ff"),
    ):
        paper.shine(glow(at, 230), colour, 0.30)
    for number, colour in enumerate(("#9254ff", "#28e2ff", "#ff2d96")):
        for mirror in (False, True):
            stairs = [(0.0, floor - 184.0 - 26 * number)]
            for step in range(5):
                x, y = 34.0 + 34 * step + 26 * number, stairs[0][1] + 46.0 * step
                stairs += [(x - 34, y), (x, y)]
            stairs.append((x, floor))
            line = [(WIDE - x, y) for x, y in stairs[1:]] if mirror else stairs[1:]
            _tube(paper, stroke(line, 3), colour, 0.55 - 0.12 * number)
    at_s = point_s(pack)
    for who, x, tall, colour in (
        (1, 150, 316, "#28e2ff"),
        (2, 510, 316, "#9254ff"),
        (0, 330, 356, "#ff2d96"),
    ):
        figure = shadow(placed(pack, at_s, who, (x, floor - 4), tall))
        paper.paint(figure, "#0b0620", 0.88)
        _tube(paper, _edge(figure, 5.4), colour, 1.0)
    _neon_title(paper, title, hangul)
    wet = paper.light[: round(floor * FINE)][::-1][: round((HIGH - floor) * FINE)]
    wet = as_area(cv2.GaussianBlur(wet, (0, 0), sigmaX=3 * FINE, sigmaY=9 * FINE))
    paper.light[round(floor * FINE) :] = 0.62 * wet + 0.05
    paper.paint(
        polygon((0, floor), (WIDE, floor), (WIDE, HIGH), (0, HIGH)) * slope(DOWN, floor, HIGH),
        "#05030f",
        0.6,
    )
    paper.shine(stroke([(0, floor), (WIDE, floor)], 2), "#ff2d96", 0.6)
    return paper


def _neon_title(paper: Paper, title: str, hangul: str) -> None:
    first, second = title.upper().split()
    for word, y, colour in ((first, 72, "#28e2ff"), (second, 156, "#ff2d96")):
        _tube(paper, _edge(lettered(word, Lettering(98, 0.06), (330, y)), 4.6), colour, 1.0)
    paper.shine(soft(lettered(hangul, Lettering(32, 0.5), (330, 226)), 7), "#9254ff", 1.0)
    paper.paint(lettered(hangul, Lettering(32, 0.5), (330, 226)), "#f3e9ff")


def _tube(paper: Paper, line: Area, colour: str, light: float) -> None:
    """Draw a glowing tube along a line."""
    paper.shine(soft(line, 18), colour, 0.9 * light)
    paper.shine(soft(line, 5), colour, 0.8 * light)
    paper.paint(line, colour, light)
    paper.paint(np.clip(2.4 * soft(line, 0.8) - 1.2, 0, 1), "#ffffff", 0.85 * light)


def _edge(area: Area, thick: float) -> Area:
    """Return a line along an area's edge."""
    side = round(thick * FINE / 2) * 2 + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return as_area(area - cv2.erode(area, kernel))


def _flipped(area: Area, y: float) -> Area:
    """Return an area's image in water whose edge lies at y."""
    turned = np.zeros_like(area)
    edge = round(y * FINE)
    deep = min(edge, len(area) - edge)
    turned[edge : edge + deep] = area[edge - deep : edge][::-1]
    return turned


def _stars(paper: Paper, count: int, below: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, (WIDE, below), (count, 2)).tolist()
    size, light = rng.uniform(0.5, 1.7, count).tolist(), rng.uniform(0.3, 0.9, count).tolist()
    paper.shine(discs(list(zip(map(tuple, at), size, light, strict=True))), "#dfe6ff")


def _glitter(paper: Paper, x: float, shore: float, colour: str, seed: int) -> None:
    """Draw a light's broken path over water, wider and coarser towards who looks."""
    rng, y, waves = np.random.default_rng(seed), shore + 3.0, []
    while y < HIGH:
        near = (y - shore) / (HIGH - shore)
        for _ in range(4):
            middle = x + rng.normal(0, 26 + 90 * near)
            half = rng.uniform(6, 26 + 44 * near)
            fade = float(np.exp(-(((middle - x) / (60 + 130 * near)) ** 2)))
            crest = (middle, y + rng.uniform(-1.5, 1.5))
            wave = curved([(middle - half, y), crest, (middle + half, y)], 2)
            waves.append((wave, 1.2 + 3.4 * near, 0.85 * fade * (1 - 0.5 * near)))
        y += 4 + 9 * near
    paper.paint(strokes(waves), colour)


def _phase(paper: Paper, at: tuple[float, float], radius: float, share: float) -> None:
    """Draw a small moon, a share of the way from new to new."""
    paper.paint(disc(at, radius), "#2c2160")
    lit = disc(at, radius)
    shift = 2 * radius * (1 - 2 * abs(share - 0.5)) * (1 if share <= 0.5 else -1)
    if shift < 2 * radius:
        lit = lit * (1 - disc((at[0] - shift, at[1]), radius * 1.02))
    paper.paint(lit, "#fca311")
