"""The panes of a reel's pictures: who is seen in one, its frame and name, and the word that pops up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.parts.brush import cut_out
from kpopdance.realtime.screens.parts.figure import draw_neon, standing_height
from kpopdance.realtime.screens.parts.film import rounded
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    GRADE_COLOUR,
    INK,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    mix,
)
from kpopdance.realtime.screens.parts.troupe import accent_wrist

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Verdict
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.view import FilmView

RADIUS: Final = 26.0  # of a pane's corners
HOLD_S, FADE_S, POP_S = 1.1, 0.5, 0.16
POP: Final = 0.30
SHADE: Final = 190  # of 255: how dark it is behind a judgement that lies on a picture


class ReelPanes:
    """Draws panes on a picture.

    Parameters
    ----------
    theme : Theme
    still : Surface
        What lies behind them, as large as the picture.
    floor : callable
        Returns the floor that a skeleton of a size in px stands on.
    unit : float
        A design unit, px.
    """

    def __init__(
        self, theme: Theme, still: pygame.Surface,
        floor: Callable[[tuple[int, int]], pygame.Surface], unit: float,
    ) -> None:  # fmt: skip
        self.theme, self.unit = theme, unit
        self._still, self._floor = still, floor
        self._floors: dict[tuple[int, int], pygame.Surface] = {}
        self._round: dict[tuple[int, ...], list[tuple[pygame.Rect, pygame.Surface]]] = {}

    def player(
        self, surface: pygame.Surface, pane: pygame.Rect, film: FilmView | None,
        figure: NDArray[np.float32] | None, *, mirror: bool,
    ) -> None:  # fmt: skip
        """Draw a player as they were filmed, or where they were not as a skeleton."""
        if film is not None:
            self.film(surface, pane, film, mirror=mirror)
        else:
            self._figure(surface, pane, figure, mirror=mirror)

    def film(
        self, surface: pygame.Surface, pane: pygame.Rect, film: FilmView, *, mirror: bool
    ) -> None:
        """Draw what is seen of a film."""
        seen = cut_out(film.picture, film.window, pane.size, flip=mirror != film.turned)
        surface.blit(pygame.image.frombuffer(seen.data, pane.size, "BGR"), pane)

    def floor(self, surface: pygame.Surface, pane: pygame.Rect) -> None:
        """Draw what a skeleton stands on."""
        if pane.size not in self._floors:
            self._floors[pane.size] = self._floor(pane.size)
        surface.blit(self._floors[pane.size], pane)

    def framed(
        self, surface: pygame.Surface, pane: pygame.Rect, edge: Colour, name: str = ""
    ) -> None:
        """Round a pane's corners, and write whose it is, if that stands nowhere else."""
        u = self.unit
        key = (*pane.topleft, *pane.size)
        if key not in self._round:
            self._round[key] = self._corners(pane)
        for part, corner in self._round[key]:
            surface.blit(corner, part)
        self.theme.panel(surface, pane, Glass(RADIUS * u, dim(edge, 0.9), 3 * u, 0))
        if not name:
            return
        px = 27 * u
        wide = min(self.theme.width(name, px) + 36 * u, pane.width - 32 * u)
        tag = box(
            pane.left + 16 * u, pane.top + 16 * u, pane.left + 16 * u + wide, pane.top + 62 * u
        )
        self.theme.panel(surface, tag, Glass(tag.height / 2, dim(edge, 0.7), 1.5, 190, INK))
        self.theme.write(surface, name, tag.inflate(-28 * u, 0), Style(px, WHITE, "centre"))

    def judged(
        self, surface: pygame.Surface, place: pygame.Rect, px: float, verdict: Verdict | None,
        age_s: float, *, shaded: bool = False,
    ) -> float:  # fmt: skip
        """Draw a judgement as large as ``px``, while it is new; return how much of it is left, 0..1.

        ``shaded``: what is behind may be bright.
        """
        if verdict is None or not verdict.judged or not 0 <= age_s < HOLD_S + FADE_S:
            return 0.0
        fade = min(1.0, (HOLD_S + FADE_S - age_s) / FADE_S)
        spring = 1 + POP * max(0.0, 1 - age_s / POP_S) ** 2
        colour = GRADE_COLOUR[verdict.grade]
        if shaded:
            wide = self.theme.width(verdict.grade, px) + 0.8 * px
            shade = box(0, 0, min(wide, place.width), 1.25 * px)
            shade.center = place.center
            look = Glass(
                shade.height / 2, dim(colour, 0.5 * fade), 1.5, round(SHADE * fade), INK
            )
            self.theme.panel(surface, shade, look)
        self.popped(surface, place, verdict.grade, (colour, px), spring, fade)
        return fade

    def popped(
        self, surface: pygame.Surface, place: pygame.Rect, word: str,
        look: tuple[Colour, float], spring: float = 1.0, fade: float = 1.0,
    ) -> None:  # fmt: skip
        """Draw a word that glows, of a colour and a size in px, sprung and faded."""
        colour, px = look

        def make() -> pygame.Surface:
            card = pygame.Surface(place.size)
            style = Style(px, mix(colour, WHITE, 0.25), "centre", 0.2 * px)
            self.theme.neon(card, word, card.get_rect(), style, dim(colour, 0.75))
            return card

        card = self.theme.kept(("reel verdict", place.size, word, px), make)
        if spring > 1.01:
            size = (round(place.width * spring), round(place.height * spring))
            card = pygame.transform.smoothscale(card, size)
        shown = card if fade >= 1 else card.copy()
        if fade < 1:
            shown.fill((round(255 * fade),) * 3, special_flags=pygame.BLEND_RGB_MULT)
        where = shown.get_rect(center=place.center)
        surface.blit(shown, where, special_flags=pygame.BLEND_RGB_ADD)

    def _figure(
        self, surface: pygame.Surface, pane: pygame.Rect, figure: NDArray[np.float32] | None,
        *, mirror: bool,
    ) -> None:  # fmt: skip
        self.floor(surface, pane)
        if figure is None:
            self.theme.write(
                surface, _("not seen"), pane, Style(30 * self.unit, FAINT, "centre")
            )
            return
        joints = body.mirrored(figure, pane.width - 1) if mirror else figure
        inside = surface.subsurface(pane)
        thick = min(max(standing_height(joints) / 64, 2.5), 14 * self.unit + 1)
        draw_neon(inside, joints, thick, accent_wrist(mirror))

    def _corners(self, pane: pygame.Rect) -> list[tuple[pygame.Rect, pygame.Surface]]:
        """Return what lies over a pane's four corners, and where."""
        side = round(RADIUS * self.unit) + 1
        beyond = 255 - rounded(pane.size, side - 1)
        out = []
        for x in (0, pane.width - side):
            for y in (0, pane.height - side):
                part = pygame.Rect(pane.left + x, pane.top + y, side, side)
                corner = pygame.Surface(part.size, pygame.SRCALPHA)
                corner.blit(self._still, (0, 0), part)
                pygame.surfarray.pixels_alpha(corner)[:] = beyond[x : x + side, y : y + side]
                out.append((part, corner))
        return out
