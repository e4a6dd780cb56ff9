"""What stands behind everything: lights that sweep and pulse, haze, a floor like a mirror."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.screens.parts.theme import (
    ADD,
    CYAN,
    MAGENTA,
    NIGHT,
    VIOLET,
    blurred,
    dim,
)

if TYPE_CHECKING:
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
LAMP_COLOURS: Final = (MAGENTA, CYAN, VIOLET)


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
        self._built_for: tuple[int, int, int, int] | None = None
        self.patient = False
        self._waited_for: tuple[int, int, int, int] | None = None
        self._lit: list[pygame.Surface] = []
        self._still = pygame.Surface((1, 1))
        self._sticks = np.empty((0, 4))

    def draw(
        self, surface: pygame.Surface, beat: float, *, centre_x: int, horizon_y: int
    ) -> None:
        """Draw all of it; dancers stand before ``centre_x``; the floor starts at a y."""
        self.theme.fit(surface.get_size())
        wanted_for = (*surface.get_size(), centre_x, horizon_y)
        if self._built_for != wanted_for:
            if self._waits(wanted_for):
                surface.fill(NIGHT)
                return
            self._build(surface, centre_x, horizon_y)
        positions = self._positions(surface)
        if len(self._lit) < positions:
            self._lit.append(self._light(len(self._lit), positions))
        swing = 0.5 + 0.5 * math.sin(2 * math.pi * beat / SWEEP_BEATS)
        wanted = round(swing * (positions - 1))
        surface.blit(self._lit[min(wanted, len(self._lit) - 1)], (0, 0))
        self._pulse(surface, beat)

    def _waits(self, wanted_for: tuple[int, int, int, int]) -> bool:
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
        sway = math.sin(math.pi * beat)
        step = surface.get_height() / 720
        reach = 9 * step * sway
        sprites = [
            self.theme.glow(r * step, dim(c, 0.62))
            for r, c in zip((15, 19, 12), LAMP_COLOURS, strict=True)
        ]
        points = self._sticks[:, :2] + np.outer(self._sticks[:, 2], (reach, -abs(reach) * 0.5))
        kinds = self._sticks[:, 3].astype(int).tolist()
        surface.fblits(
            [(sprites[kind], at) for kind, at in zip(kinds, points.tolist(), strict=True)], ADD
        )

    @staticmethod
    def _positions(surface: pygame.Surface) -> int:
        return max(4, min(24, LIGHT_BYTES // (surface.get_width() * surface.get_height() * 4)))

    def _pulse(self, surface: pygame.Surface, beat: float) -> None:
        level = round(beat_pulse(beat) * PULSE_STEPS) / PULSE_STEPS
        width, height = surface.get_size()
        for lamp, x in enumerate(_lamp_xs(width)):
            bright = 0.35 + 0.5 * level * (1.0 if (lamp + int(beat // 1)) % 2 else 0.45)
            colour = dim(LAMP_COLOURS[lamp % 3], bright)
            self.theme.shine(surface, (x, height * 0.012), 46 * height / 720, colour)

    def _build(self, surface: pygame.Surface, centre_x: int, horizon_y: int) -> None:
        width, height = surface.get_size()
        self._built_for = (width, height, centre_x, horizon_y)
        self._lit = []
        self._still = self.theme.kept(
            (STILL, *self._built_for),
            lambda: _still_stage((width, height), centre_x, horizon_y),
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
        width, height, centre_x, horizon_y = self._built_for
        swing = 2.0 * position / max(1, positions - 1) - 1.0
        beams = _beams((width, height), centre_x, horizon_y, swing)
        coarse = pygame.image.frombuffer(beams.tobytes(), beams.shape[1::-1], "RGB")
        lit = self._still.copy()
        lit.blit(
            pygame.transform.smoothscale(coarse, (width, height)), (0, 0), special_flags=ADD
        )
        return lit


def _lamp_xs(width: int) -> list[float]:
    return [width * (0.06 + 0.88 * lamp / (LAMPS - 1)) for lamp in range(LAMPS)]


def _still_stage(size: tuple[int, int], centre_x: int, horizon_y: int) -> pygame.Surface:
    stage = _dark_air(size, centre_x, horizon_y)
    lights = pygame.Surface(size)
    _wall(lights, centre_x, horizon_y)
    soft = blurred(lights, size[1] / 40)
    lights.blit(soft, (0, 0), special_flags=ADD)
    lights.blit(soft, (0, 0), special_flags=ADD)
    wall = lights.subsurface((0, 0, size[0], horizon_y))
    stage.blit(wall, (0, 0), special_flags=ADD)
    _reflect(stage, wall, horizon_y)
    _floor(stage, centre_x, horizon_y)
    _truss(stage)
    return stage


def _dark_air(size: tuple[int, int], centre_x: int, horizon_y: int) -> pygame.Surface:
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
    for channel, (night, violet, magenta) in enumerate(
        zip(NIGHT, (92, 34, 170), (150, 30, 120), strict=True)
    ):
        light[..., channel] = (
            night * 0.8 + lit * (violet * 0.55) + glow * (magenta * 0.26) - 0.7
        )
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


def _wall(lights: pygame.Surface, centre_x: int, horizon_y: int) -> None:
    """Draw the LED wall: a dotted screen, neon rings behind the dancers, pillars beside."""
    width, height = lights.get_size()
    pitch = max(8, round(height / 40))
    for x in range(pitch // 2, width, pitch):
        for y in range(pitch // 2 + height // 18, horizon_y, pitch):
            near = math.exp(-(((x - centre_x) / (0.3 * width)) ** 2))
            pygame.draw.circle(
                lights, dim((96, 60, 190), 0.16 + 0.42 * near), (x, y), pitch * 0.09
            )
    middle = (centre_x, round(horizon_y - 0.26 * height))
    for radius, colour, thick in (
        (0.385, VIOLET, 3), (0.345, MAGENTA, 6), (0.305, dim(CYAN, 0.6), 2),
    ):  # fmt: skip
        line = max(1, round(thick * height / 720))
        pygame.draw.circle(lights, dim(colour, 0.62), middle, radius * height, line)
    for number in (1, 2):
        _pillars(lights, centre_x, horizon_y, number)


def _pillars(lights: pygame.Surface, centre_x: int, horizon_y: int, number: int) -> None:
    width, height = lights.get_size()
    away = (0.20 + 0.125 * number) * min(width, height * 1.6)
    tall = (0.30 + 0.085 * number) * height
    thick = max(2, round((1.5 + 1.5 * number) * height / 720))
    colour = dim((CYAN, VIOLET)[number - 1], 0.30)
    for side in (-1, 1):
        pillar = pygame.Rect(0, 0, thick, round(tall))
        pillar.midbottom = (round(centre_x + side * away), horizon_y)
        pygame.draw.rect(lights, colour, pillar, border_radius=thick)


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


def _floor(stage: pygame.Surface, centre_x: int, horizon_y: int) -> None:
    width, height = stage.get_size()
    lines = pygame.Surface((width, height))
    deep = height - horizon_y
    for row in range(1, 12):
        y = horizon_y + deep * (row / 11) ** 2.1
        colour = dim(VIOLET, 0.16 + 0.16 * row / 11)
        pygame.draw.aaline(lines, colour, (0, y), (width, y))
    for column in range(-16, 17):
        far, near = centre_x + column * width * 0.05, centre_x + column * width * 0.17
        colour = dim(MAGENTA if column % 4 == 0 else VIOLET, 0.26)
        pygame.draw.aaline(lines, colour, (far, horizon_y), (near, height))
    lines.blit(blurred(lines, height / 110), (0, 0), special_flags=ADD)
    stage.blit(lines, (0, 0), special_flags=ADD)
    edge = pygame.Surface((width, height))
    pygame.draw.line(
        edge, dim(MAGENTA, 0.55), (0, horizon_y), (width, horizon_y), max(1, height // 360)
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
    size: tuple[int, int], centre_x: int, horizon_y: int, swing: float
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
        light += cone[..., None] * _tint(LAMP_COLOURS[lamp % 3], 0.40)
    for number, offset in enumerate((-0.62, -0.40, 0.40, 0.62)):
        lean = -offset * 0.5 + swing * (0.3 if number % 2 else -0.3)
        cone = _cone(x - centre - offset, y - horizon, (lean, -1.0), spread=0.06)
        light += cone[..., None] * _tint((CYAN, MAGENTA)[number % 2], 0.30)
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
