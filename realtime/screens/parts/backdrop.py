"""What stands behind everything: lights that sweep and pulse, haze, a floor like a mirror."""

from __future__ import annotations

import colorsys
import math
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pygame

from kpopdance.realtime.screens.parts.theme import (
    ADD,
    CYAN,
    MAGENTA,
    NIGHT,
    VIOLET,
    WHITE,
    blurred,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.theme import Colour, Theme

SWEEP_BEATS: Final = 16.0
"""Beats of one sweep of the lights, there and back."""
LIGHT_BYTES: Final = 96_000_000
"""Memory for the prepared positions of the lights; large windows get fewer positions."""
COARSE_ROWS: Final = 120
"""Lights are soft, so they are computed on about so many rows."""
COARSE: Final = 4
"""Px of the page for one of the dark air's, which has no edges."""
GRAIN: Final = 256
"""Side of a tile of noise, px."""
STILL: Final = "still stage"
STICKS: Final = 70
LAMPS: Final = 9
PULSE_STEPS: Final = 8
RISERS: Final = 6
PAPERS: Final = 48
SPREAD: Final = (0.7548777, 0.5698403)
"""Multiples of them lie evenly in a square, however many there are (Roberts 2018)."""
Lights: TypeAlias = "tuple[Colour, Colour, Colour]"
_BuiltFor: TypeAlias = "tuple[int, int, int, int, Lights]"
HOUSE: Final = (MAGENTA, CYAN, VIOLET)
"""The lights of a song without colours of its own, and of all other pages."""
VIVID: Final = 0.45
"""Saturation that light has at least: a cover's greys would be no light of a colour."""


def lights_of(colours: Sequence[Colour]) -> Lights:
    """Return the stage's lights in a song's colours, as bright as the house's; these fill up."""
    tinted = []
    for red, green, blue in colours[:3]:
        hue, saturation, _ = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        if saturation > 0:
            bright = colorsys.hsv_to_rgb(hue, max(saturation, VIVID), 1.0)
            tinted.append(
                (round(255 * bright[0]), round(255 * bright[1]), round(255 * bright[2]))
            )
    first, second, third = (*tinted, *HOUSE[len(tinted) :])
    return first, second, third


def beat_pulse(beat: float) -> float:
    """Return 1 on the beat, falling to about 0 before the next."""
    return math.exp(-4.0 * (beat - math.floor(beat)))


class Backdrop:
    """Draws it; one serves all screens.

    The lights' positions are prepared one per drawn frame, so that neither opening nor resizing
    the window stalls. A ``patient`` one leaves the first frame of a page to the page, and is built
    in the next one.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._built_for: _BuiltFor | None = None
        self.patient = False
        self._waited_for: _BuiltFor | None = None
        self._lights: Lights = HOUSE
        self._lit: list[pygame.Surface] = []
        self._still = pygame.Surface((1, 1))
        self._sticks = np.empty((0, 4))

    def draw(
        self,
        surface: pygame.Surface,
        beat: float,
        *,
        centre_x: int,
        horizon_y: int,
        lights: Lights = HOUSE,
    ) -> None:
        """Draw all of it; dancers stand before ``centre_x``; the floor starts at a y."""
        self.theme.fit(surface.get_size())
        self._lights = lights
        wanted_for = (*surface.get_size(), centre_x, horizon_y, lights)
        if self._built_for != wanted_for:
            if not self._waits(wanted_for):
                self._build(surface, centre_x, horizon_y)
            elif self._built_for is None or self._built_for[:-1] != wanted_for[:-1]:
                surface.fill(NIGHT)
                return  # else the same stage goes on in its old lights
        positions = self._positions(surface)
        if len(self._lit) < positions:
            self._lit.append(self._light(len(self._lit), positions))
        sweep = 0.0 if self.theme.calm else math.sin(2 * math.pi * beat / SWEEP_BEATS)
        swing = 0.5 + 0.5 * sweep
        wanted = round(swing * (positions - 1))
        surface.blit(self._lit[min(wanted, len(self._lit) - 1)], (0, 0))
        self._pulse(surface, beat)

    def _waits(self, wanted_for: _BuiltFor) -> bool:
        """Return whether this frame has enough to do without what was never built before."""
        waits = (
            self.patient
            and self._waited_for != wanted_for
            and not self.theme.keeps((STILL, *wanted_for))
        )
        self._waited_for = wanted_for
        return waits

    def crowd(self, surface: pygame.Surface, beat: float) -> None:
        """Draw the light sticks of the audience along the bottom."""
        sway = 0.0 if self.theme.calm else math.sin(math.pi * beat)
        step = surface.get_height() / 720
        reach = 9 * step * sway
        sprites = [
            self.theme.glow(r * step, dim(c, 0.62))
            for r, c in zip((15, 19, 12), self._lights, strict=True)
        ]
        points = self._sticks[:, :2] + np.outer(self._sticks[:, 2], (reach, -abs(reach) * 0.5))
        kinds = self._sticks[:, 3].astype(int).tolist()
        surface.fblits(
            [(sprites[kind], at) for kind, at in zip(kinds, points.tolist(), strict=True)], ADD
        )

    def rise(self, surface: pygame.Surface, beat: float, horizon_y: int, lift: float) -> None:
        """Let light rise from the floor and paper rain down, as far as the song is in its chorus."""
        if lift <= 0:
            return
        width, height = surface.get_size()
        pulse = 0.5 if self.theme.calm else beat_pulse(beat)
        level = round(lift * (0.55 + 0.45 * pulse) * PULSE_STEPS) / PULSE_STEPS
        size = (round(0.13 * height), round(0.62 * height))
        for lamp in range(RISERS):
            colour = dim(self._lights[lamp % 3], 0.36 * level)
            beam = self.theme.kept(("riser", size, colour), lambda: _riser(size, colour))  # noqa: B023
            x = width * (lamp + 0.5) / RISERS - size[0] / 2
            surface.blit(beam, (x, horizon_y - size[1]), special_flags=ADD)
        if not self.theme.calm:
            surface.fblits(self._paper(surface.get_size(), beat, lift))

    def _paper(
        self, size: tuple[int, int], beat: float, lift: float
    ) -> list[tuple[pygame.Surface, tuple[float, float]]]:
        """Return what rains down in the lights' colours, and where."""
        px = max(2, round(size[1] / 110))
        falling = []
        for number in range(round(lift * PAPERS)):
            turn = round(4 * math.cos(beat * (1.1 + number % 5 / 4) + number)) / 4
            high = max(1, round(px * abs(turn)))
            colour = mix(self._lights[number % 3], WHITE, 0.35 + 0.3 * turn * (turn > 0))
            bit = self.theme.kept(("paper", px, high, colour), lambda: _bit(px, high, colour))  # noqa: B023
            x = (number * SPREAD[0] % 1.0 + 0.012 * math.sin(beat * 0.8 + number)) * size[0]
            y = (number * SPREAD[1] + beat * (0.02 + number % 3 * 0.008)) % 1.0 * size[1]
            falling.append((bit, (x, y)))
        return falling

    @staticmethod
    def _positions(surface: pygame.Surface) -> int:
        return max(4, min(24, LIGHT_BYTES // (surface.get_width() * surface.get_height() * 4)))

    def _pulse(self, surface: pygame.Surface, beat: float) -> None:
        pulse = 0.5 if self.theme.calm else beat_pulse(beat)
        level = round(pulse * PULSE_STEPS) / PULSE_STEPS
        number = 0 if self.theme.calm else int(beat // 1)
        width, height = surface.get_size()
        for lamp, x in enumerate(_lamp_xs(width)):
            bright = 0.35 + 0.5 * level * (1.0 if (lamp + number) % 2 else 0.45)
            colour = dim(self._lights[lamp % 3], bright)
            self.theme.shine(surface, (x, height * 0.012), 46 * height / 720, colour)

    def _build(self, surface: pygame.Surface, centre_x: int, horizon_y: int) -> None:
        width, height = surface.get_size()
        self._built_for = (width, height, centre_x, horizon_y, self._lights)
        self._lit, lights = [], self._lights
        self._still = self.theme.kept(
            (STILL, *self._built_for),
            lambda: _still_stage((width, height), centre_x, horizon_y, lights),
        )
        rng = np.random.default_rng(11)
        across = (np.arange(STICKS) + rng.uniform(-0.4, 0.4, STICKS)) / STICKS * width
        down = height * rng.uniform(0.955, 1.0, STICKS)
        depth = rng.uniform(0.5, 1.2, STICKS)
        self._sticks = np.stack(
            [across - 15, down - 15, depth, rng.integers(0, 3, STICKS)], axis=1
        )

    def _light(self, position: int, positions: int) -> pygame.Surface:
        assert self._built_for is not None
        width, height, centre_x, horizon_y, lights = self._built_for
        swing = 2.0 * position / max(1, positions - 1) - 1.0
        beams = _beams((width, height), centre_x, horizon_y, swing, lights)
        coarse = pygame.image.frombuffer(beams.tobytes(), beams.shape[1::-1], "RGB")
        lit = self._still.copy()
        lit.blit(
            pygame.transform.smoothscale(coarse, (width, height)), (0, 0), special_flags=ADD
        )
        return lit


def _riser(size: tuple[int, int], colour: Colour) -> pygame.Surface:
    """Return a beam that rises from a lamp at its foot, wider and fainter upwards."""
    wide, high = size
    up = np.linspace(1, 0, high, dtype=np.float32)[None, :]
    across = np.abs(np.linspace(-1, 1, wide, dtype=np.float32))[:, None]
    light = np.clip(1 - across / (0.25 + 0.75 * up), 0, 1) ** 1.5 * (1 - up) ** 1.6
    beam = pygame.Surface(size)
    pygame.surfarray.blit_array(beam, (light[..., None] * np.array(colour)).astype(np.uint8))
    return beam


def _bit(px: int, high: int, colour: Colour) -> pygame.Surface:
    bit = pygame.Surface((px, high))
    bit.fill(colour)
    return bit


def _lamp_xs(width: int) -> list[float]:
    return [width * (0.06 + 0.88 * lamp / (LAMPS - 1)) for lamp in range(LAMPS)]


def _still_stage(
    size: tuple[int, int], centre_x: int, horizon_y: int, lights: Lights
) -> pygame.Surface:
    stage = _dark_air(size, centre_x, horizon_y, lights)
    lit = pygame.Surface(size)
    _wall(lit, centre_x, horizon_y, lights)
    soft = blurred(lit, size[1] / 40)
    lit.blit(soft, (0, 0), special_flags=ADD)
    lit.blit(soft, (0, 0), special_flags=ADD)
    wall = lit.subsurface((0, 0, size[0], horizon_y))
    stage.blit(wall, (0, 0), special_flags=ADD)
    _reflect(stage, wall, horizon_y)
    _floor(stage, centre_x, horizon_y, lights)
    _truss(stage)
    return stage


def _dark_air(
    size: tuple[int, int], centre_x: int, horizon_y: int, lights: Lights
) -> pygame.Surface:
    """Return gradients and haze, drawn coarsely, and noise that hides the steps of 8 bits."""
    wide, high = (max(2, -(-side // COARSE)) for side in size)
    x = np.linspace(0, size[0], wide, dtype=np.float32)[None, :]
    y = np.linspace(0, size[1], high, dtype=np.float32)[:, None]
    wall = np.clip(y / horizon_y, 0, 1) ** 2.2
    floor = np.clip((y - horizon_y) / max(1, size[1] - horizon_y), 0, 1)
    above = (y < horizon_y).astype(np.float32)
    strength = above * (0.10 + 0.5 * wall) + (1 - above) * (0.42 * (1 - floor) ** 2.2)
    lit = strength * np.exp(-(((x - centre_x) / (0.62 * size[0])) ** 2))
    glow = np.exp(-(((x - centre_x) / (0.30 * size[0])) ** 2))
    glow = glow * np.exp(-(((y - 0.62 * horizon_y) / (0.5 * size[1])) ** 2))
    light = np.empty((high, wide, 3), np.float32)
    around, middle = dim(lights[2], 0.65), dim(lights[0], 0.6)
    for channel, (night, far, near) in enumerate(zip(NIGHT, around, middle, strict=True)):
        light[..., channel] = night * 0.8 + lit * (far * 0.55) + glow * (near * 0.26) - 0.7
    rng = np.random.default_rng(5)
    haze = pygame.image.frombuffer(
        rng.integers(70, 140, (9, 14, 3), np.uint8).repeat(1, axis=2).tobytes(), (14, 9), "RGB"
    )
    cloud = pygame.surfarray.array_red(pygame.transform.smoothscale(haze, (wide, high)))
    light *= cloud.T[..., None].astype(np.float32) / 105
    air = pygame.transform.smoothscale(_surface_of(light), size)
    grain = rng.integers(0, 3, (GRAIN, GRAIN, 1), np.uint8).repeat(3, axis=2)
    tile = pygame.image.frombuffer(grain.tobytes(), (GRAIN, GRAIN), "RGB")
    tiles = [
        (tile, (left, top))
        for left in range(0, size[0], GRAIN)
        for top in range(0, size[1], GRAIN)
    ]
    air.fblits(tiles, ADD)
    return air


def _surface_of(light: NDArray[np.float32]) -> pygame.Surface:
    pixels = np.clip(light, 0, 255, out=light).astype(np.uint8)
    surface = pygame.Surface(pixels.shape[1::-1])
    surface.blit(pygame.image.frombuffer(pixels.tobytes(), pixels.shape[1::-1], "RGB"), (0, 0))
    return surface


def _wall(lit: pygame.Surface, centre_x: int, horizon_y: int, lights: Lights) -> None:
    """Draw the LED wall: a dotted screen, neon rings behind the dancers, pillars beside."""
    width, height = lit.get_size()
    pitch = max(8, round(height / 40))
    for x in range(pitch // 2, width, pitch):
        for y in range(pitch // 2 + height // 18, horizon_y, pitch):
            near = math.exp(-(((x - centre_x) / (0.3 * width)) ** 2))
            dot = dim(lights[2], 0.11 + 0.29 * near)
            pygame.draw.circle(lit, dot, (x, y), pitch * 0.09)
    middle = (centre_x, round(horizon_y - 0.26 * height))
    for radius, colour, thick in (
        (0.385, lights[2], 3), (0.345, lights[0], 6), (0.305, dim(lights[1], 0.6), 2),
    ):  # fmt: skip
        line = max(1, round(thick * height / 720))
        pygame.draw.circle(lit, dim(colour, 0.62), middle, radius * height, line)
    for number in (1, 2):
        _pillars(lit, centre_x, horizon_y, number, lights[number])


def _pillars(
    lit: pygame.Surface, centre_x: int, horizon_y: int, number: int, light: Colour
) -> None:
    width, height = lit.get_size()
    away = (0.20 + 0.125 * number) * min(width, height * 1.6)
    tall = (0.30 + 0.085 * number) * height
    thick = max(2, round((1.5 + 1.5 * number) * height / 720))
    colour = dim(light, 0.30)
    for side in (-1, 1):
        pillar = pygame.Rect(0, 0, thick, round(tall))
        pillar.midbottom = (round(centre_x + side * away), horizon_y)
        pygame.draw.rect(lit, colour, pillar, border_radius=thick)


def _reflect(stage: pygame.Surface, wall: pygame.Surface, horizon_y: int) -> None:
    width, height = stage.get_size()
    deep = height - horizon_y
    mirror = pygame.transform.flip(wall, False, True)
    mirror = mirror.subsurface(
        (0, 0, width, min(mirror.get_height(), round(deep * 1.9)))
    ).copy()
    mirror = blurred(pygame.transform.smoothscale(mirror, (width, deep)), height / 90)
    fade = np.linspace(0.52, 0.0, deep, dtype=np.float32)
    for row in range(deep):
        level = round(255 * fade[row])
        mirror.fill(
            (level, level, level), (0, row, width, 1), special_flags=pygame.BLEND_RGB_MULT
        )
    stage.blit(mirror, (0, horizon_y), special_flags=ADD)


def _floor(stage: pygame.Surface, centre_x: int, horizon_y: int, lights: Lights) -> None:
    width, height = stage.get_size()
    lines = pygame.Surface((width, height))
    deep = height - horizon_y
    for row in range(1, 12):
        y = horizon_y + deep * (row / 11) ** 2.1
        colour = dim(lights[2], 0.16 + 0.16 * row / 11)
        pygame.draw.aaline(lines, colour, (0, y), (width, y))
    for column in range(-16, 17):
        far, near = centre_x + column * width * 0.05, centre_x + column * width * 0.17
        colour = dim(lights[0] if column % 4 == 0 else lights[2], 0.26)
        pygame.draw.aaline(lines, colour, (far, horizon_y), (near, height))
    lines.blit(blurred(lines, height / 110), (0, 0), special_flags=ADD)
    stage.blit(lines, (0, 0), special_flags=ADD)
    edge = pygame.Surface((width, height))
    pygame.draw.line(
        edge, dim(lights[0], 0.55), (0, horizon_y), (width, horizon_y), max(1, height // 360)
    )
    edge.blit(blurred(edge, height / 60), (0, 0), special_flags=ADD)
    stage.blit(edge, (0, 0), special_flags=ADD)


def _truss(stage: pygame.Surface) -> None:
    """Draw the lamps' housings along the top."""
    width, height = stage.get_size()
    high = max(3, round(height * 0.010))
    pygame.draw.rect(stage, (5, 3, 14), (0, 0, width, high))
    for x in _lamp_xs(width):
        box = pygame.Rect(0, 0, round(height * 0.03), round(height * 0.018))
        box.midtop = (round(x), 0)
        pygame.draw.rect(stage, (4, 3, 12), box, border_radius=max(1, high // 3))


def _beams(
    size: tuple[int, int], centre_x: int, horizon_y: int, swing: float, lights: Lights
) -> NDArray[np.uint8]:
    """Return uint8 (h, w, 3): the light cones at one point of their sweep, -1..1."""
    width, height = size
    coarse = max(1.0, height / COARSE_ROWS)
    w, h = max(2, round(width / coarse)), max(2, round(height / coarse))
    x = (np.arange(w, dtype=np.float32)[None, :] + 0.5) * (width / w) / height
    y = (np.arange(h, dtype=np.float32)[:, None] + 0.5) / h
    light = np.zeros((h, w, 3), np.float32)
    centre, horizon = centre_x / height, horizon_y / height
    for lamp, lamp_x in enumerate(_lamp_xs(width)):
        start = lamp_x / height
        lean = (centre - start) * 0.55 + swing * (0.34 if lamp % 2 else -0.34)
        cone = _cone(x - start, y - 0.01, (lean, 0.9), spread=0.085)
        light += cone[..., None] * _tint(lights[lamp % 3], 0.40)
    for number, offset in enumerate((-0.62, -0.40, 0.40, 0.62)):
        lean = -offset * 0.5 + swing * (0.3 if number % 2 else -0.3)
        cone = _cone(x - centre - offset, y - horizon, (lean, -1.0), spread=0.06)
        light += cone[..., None] * _tint((lights[1], lights[0])[number % 2], 0.30)
    light *= np.where(y > horizon, np.clip(1 - (y - horizon) * 2.2, 0.15, 1), 1.0)[..., None]
    return np.clip(light, 0, 255).astype(np.uint8)


def _tint(colour: Colour, share: float) -> NDArray[np.float32]:
    return np.array(colour, np.float32) * share


def _cone(
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    towards: tuple[float, float],
    *,
    spread: float,
) -> NDArray[np.float32]:
    """Return float32 (h, w), 0..1: light of a lamp at the origin, in picture heights."""
    length = math.hypot(*towards)
    dx, dy = towards[0] / length, towards[1] / length
    along = x * dx + y * dy
    across = x * dy - y * dx
    wide = 0.012 + spread * np.maximum(along, 0)
    cone = np.exp(-((across / wide) ** 2)) * np.exp(-1.5 * np.maximum(along, 0))
    return np.where(along > 0, cone, 0).astype(np.float32)
