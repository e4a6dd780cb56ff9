"""The dancers on the stage: the lead large and lit, mirrored in the floor, others behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.backdrop import HOUSE
from kpopdance.realtime.screens.parts.costumes import LEAD, SHADE, costume_of, shaded
from kpopdance.realtime.screens.parts.figure import (
    AURA,
    add_glow,
    draw_silhouette,
    glow_area,
    silhouettes,
    soft_light,
)
from kpopdance.realtime.screens.parts.framing import Framing
from kpopdance.realtime.screens.parts.theme import ADD, GOLD, WHITE, dim, mix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.staging import Clothes
    from kpopdance.realtime.screens.parts.backdrop import Lights
    from kpopdance.realtime.screens.parts.figure import Silhouette
    from kpopdance.realtime.screens.parts.theme import Colour, Theme

TALL: Final = 0.765
"""Of the area's height: the lead standing, which leaves room for raised arms."""
FAR: Final = 0.80
"""Size of the dancers behind, compared with the lead."""
BACK_ROW: Final = 0.055
"""Of the area's height: how far up the floor the dancers behind stand."""
FLOOR_SOFT: Final = 16
"""How far the lead's image in the floor is blurred, px."""
LIGHT_FROM, LIGHT_TO = (255, 255, 255), (206, 184, 255)
"""The lead is lit white from above, violet from below."""


def accent_wrist(mirror: bool) -> int:
    """Return the wrist to follow, the dancer's own right, in joints already mirrored or not."""
    return body.L_WRIST if mirror else body.R_WRIST


class Troupe:
    """Draws a song's dancers and remembers only how they are framed."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.framing = Framing()
        self._layer = pygame.Surface((1, 1), pygame.SRCALPHA)
        self._clothes: tuple[Clothes, ...] = ()
        self._lights: Lights = HOUSE

    def stage(self, clothes: tuple[Clothes, ...], lights: Lights) -> None:
        """Dress who is drawn next as a song wants it, and light them in its colours."""
        self._clothes, self._lights = clothes, lights

    def reset(self) -> None:
        """Frame anew; another song follows."""
        self.framing.reset()

    def draw(
        self,
        surface: pygame.Surface,
        area: pygame.Rect,
        joints: NDArray[np.float32],
        *,
        lead: int,
        at_s: float,
        mirror: bool,
    ) -> NDArray[np.float32] | None:
        """Draw dancers, float32 (M, 18, 3), stage units, not mirrored yet, in an area.

        Return where the lead's joints (18, 3) are, px, mirrored if they are; None: nobody is there.
        """
        if not len(joints):
            return None
        lead = min(max(lead, 0), len(joints) - 1)
        shown = body.mirrored(joints, 0.0) if mirror else joints
        self.framing.step(shown[lead], at_s)
        ground = area.bottom - area.height * 0.06
        tall = (area.height * TALL, area.height * TALL * FAR)
        first = self.framing.place(shown[lead], (float(area.centerx), ground), tall[0])
        first = _kept_inside(first, area)
        back_row = (float(area.centerx), ground - BACK_ROW * area.height)
        others = self.framing.place(np.delete(shown, lead, axis=0), back_row, tall[1])
        accent = accent_wrist(mirror)
        figure, *behind = silhouettes(
            np.concatenate([first[None], others]),
            [tall[0], *[tall[1]] * len(others)],
            costumes := [
                costume_of(lead, self._clothes),
                *(
                    shaded(costume_of(member, self._clothes), self._shade)
                    for member in range(len(joints))
                    if member != lead
                ),
            ],
            accent,
        )
        for other, costume in zip(behind, costumes[1:], strict=True):
            self._behind(surface, other, tall[1], costume.rim)
        hand = first[accent] if first[accent, 2] > 0 else None
        self._lead(surface, figure, hand, height=tall[0], ground=ground)
        return first

    def _behind(
        self, surface: pygame.Surface, figure: Silhouette, height: float, rim: Colour
    ) -> None:
        box = figure.box
        if box.width:
            self._pool(
                surface, (box.centerx, box.bottom), 0.34 * height, dim(self._lights[2], 0.55)
            )
            draw_silhouette(surface, figure, rim, 0)

    def _lead(
        self,
        surface: pygame.Surface,
        figure: Silhouette,
        hand: NDArray[np.float32] | None,
        *,
        height: float,
        ground: float,
    ) -> None:
        rim_px = max(2.0, height / 170)
        box = figure.box.inflate(round(rim_px * 4), round(rim_px * 4))
        box = box.clip(surface.get_rect())
        if box.width < 2 or box.height < 2:
            return
        reach = height / 16
        layer = self._cleared(surface.get_size(), glow_area(box, max(reach, FLOOR_SOFT)))
        draw_silhouette(layer, figure, LEAD.rim, rim_px)
        light = self._light(box.height)
        layer.blit(light, box, special_flags=pygame.BLEND_RGB_MULT)
        self._pool(surface, (box.centerx, ground), 0.46 * height, dim(self._lights[0], 0.75))
        self._reflect(surface, layer, box, round(ground))
        add_glow(surface, layer, box, reach, self._aura)
        if hand is not None:
            at = (float(hand[0]), float(hand[1]))
            self.theme.shine(surface, at, height * 0.13, dim(GOLD, 0.8))
        surface.blit(layer, box, box, special_flags=pygame.BLEND_PREMULTIPLIED)

    @property
    def _aura(self) -> Colour:
        """Tint of the light around the lead, as strong in every song."""
        if self._lights == HOUSE:
            return AURA
        return mix(mix(self._lights[0], self._lights[2], 0.5), WHITE, 0.3)

    @property
    def _shade(self) -> Colour:
        """What dims the dancers behind."""
        return SHADE if self._lights == HOUSE else mix(SHADE, dim(self._lights[2], 0.45), 0.6)

    def _cleared(self, size: tuple[int, int], box: pygame.Rect) -> pygame.Surface:
        """Return the layer, black and clear of older poses where it will be read."""
        if self._layer.get_size() != size:
            self._layer = pygame.Surface(size, pygame.SRCALPHA)
        self._layer.fill((0, 0, 0, 0), box)
        return self._layer

    def _light(self, high: int) -> pygame.Surface:
        step = 16
        rows = max(step, -(-high // step) * step)
        return self.theme.kept(("light", rows), lambda: _gradient(rows))

    def _pool(
        self, surface: pygame.Surface, at: tuple[float, float], radius: float, colour: Colour
    ) -> None:
        """Add a pool of light on the floor."""
        size = (max(8, round(radius / 8) * 16), max(4, round(radius / 8) * 4))

        def make() -> pygame.Surface:
            return pygame.transform.smoothscale(self.theme.glow(64, colour), size)

        pool = self.theme.kept(("pool", size, colour), make)
        surface.blit(pool, (at[0] - size[0] / 2, at[1] - size[1] / 2), special_flags=ADD)

    def _reflect(
        self, surface: pygame.Surface, layer: pygame.Surface, box: pygame.Rect, ground: int
    ) -> None:
        """Add the lower half of the lead, blurred and upside down, below their feet."""
        part = pygame.Rect(box.left, box.top + box.height // 2, box.width, box.height // 2)
        part = part.inflate(round(FLOOR_SOFT * 2.6), 0).clip(layer.get_rect())
        if part.height < 8 or part.width < 8:
            return
        soft = pygame.transform.flip(soft_light(layer, part, FLOOR_SOFT), False, True)
        fade = pygame.transform.scale(self.theme.kept(("fade",), _fade), soft.get_size())
        soft.blit(fade, (0, 0), special_flags=pygame.BLEND_RGB_MULT)
        deep = pygame.transform.smoothscale(soft, (part.width, max(2, part.height * 2 // 3)))
        surface.blit(deep, (part.left, ground), special_flags=ADD)


def _kept_inside(joints: NDArray[np.float32], area: pygame.Rect) -> NDArray[np.float32]:
    """Return a figure moved sideways, as far as its hips would leave the area."""
    seen = joints[:, 2] > 0
    if not seen.any():
        return joints
    middle = float(joints[seen, 0].mean())
    margin = 0.2 * area.width
    wanted = min(max(middle, area.left + margin), area.right - margin)
    joints[:, 0] += wanted - middle
    return joints


def _fade() -> pygame.Surface:
    """Return one column that dims a reflection towards its far end."""
    column = pygame.Surface((1, 24))
    for row in range(24):
        share = (1 - row / 23) ** 1.5
        column.set_at((0, row), (round(110 * share), round(92 * share), round(140 * share)))
    return column


def _gradient(high: int) -> pygame.Surface:
    small = pygame.Surface((1, 2))
    small.set_at((0, 0), LIGHT_FROM)
    small.set_at((0, 1), LIGHT_TO)
    tall = pygame.transform.smoothscale(small, (1, high))
    return pygame.transform.scale(tall, (2048, high))
