"""The clip of the quiz in its frame: dancers or a picture, how far it is, music, cover."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pygame

from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import beat_pulse
from kpopdance.realtime.screens.parts.clip_figures import ClipFigures
from kpopdance.realtime.screens.parts.signs import put, sign
from kpopdance.realtime.screens.parts.theme import (
    GOLD,
    MAGENTA,
    MINT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    dim,
)
from kpopdance.realtime.screens.quiz_players import turn

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.quiz_layout import QuizLayout
    from kpopdance.realtime.screens.quiz_view import QuizView


class ClipPanel:
    """Draws what is danced."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.figures = ClipFigures()

    def draw(
        self, surface: pygame.Surface, at: QuizLayout, view: QuizView, over: Target | None
    ) -> None:
        """Draw the clip as it stands; the button under the mouse is lit."""
        u, box = at.unit, at.clip
        edge, width = self._clip_edge(view)
        self.theme.panel(surface, box, Glass(20 * u, (0, 0, 0), 1, 255, (0, 0, 0)))
        before = surface.get_clip()
        surface.set_clip(box.inflate(-round(8 * u), -round(8 * u)))
        if view.picture is not None:
            self.figures.picture(
                surface, box.inflate(-round(8 * u), -round(8 * u)), view.picture
            )
        elif view.joints is not None:
            self.figures.dancers(surface, at.dancers, view)
        surface.set_clip(before)
        self.theme.panel(surface, box, Glass(20 * u, edge, width * u, 0))
        self._played(surface, at, view, lit=over == Target("replay"))
        if view.sounding:
            self._sounding(surface, at, view.beat)
        self._cover(surface, at, view.colours)

    def _clip_edge(self, view: QuizView) -> tuple[Colour, float]:
        if view.phase == "buzzed":
            return turn(view)[1], 4.0
        if view.phase != "told":
            return dim(VIOLET, 0.9), 2.0
        if view.selected is None:
            return GOLD, 4.0
        return (MINT, 5.0) if view.selected == view.answer else (RED, 5.0)

    def _played(
        self, surface: pygame.Surface, at: QuizLayout, view: QuizView, *, lit: bool
    ) -> None:
        u, replay = at.unit, at.replay
        bar = pygame.Rect(at.clip.left + round(22 * u), 0, 0, max(3, round(6 * u)))
        bar.width = replay.left - round(16 * u) - bar.left
        bar.centery = replay.centery
        share = view.played if math.isfinite(view.played) else 0.0
        self.theme.bar(surface, bar, share, MAGENTA)
        if view.phase == "told":
            return
        pygame.draw.aacircle(
            surface, (70, 40, 110) if lit else (26, 18, 50), replay.center, replay.width / 2
        )
        ink = WHITE if lit else SOFT
        put(surface, sign(self.theme, "again", replay.width * 0.62, ink), replay.center)

    def _sounding(self, surface: pygame.Surface, at: QuizLayout, beat: float) -> None:
        level = round(4 * beat_pulse(beat)) / 4
        u = at.unit
        centre = (at.clip.left + 42 * u, at.clip.top + 42 * u)
        self.theme.shine(surface, centre, 46 * u, dim(MAGENTA, 0.35 + 0.4 * level))
        put(surface, sign(self.theme, "music", (34 + 4 * level) * u, WHITE), centre)

    def _cover(
        self, surface: pygame.Surface, at: QuizLayout, colours: tuple[Colour, ...]
    ) -> None:
        """Draw the cover's colours in the clip's upper right corner, as a small striped cover."""
        if not colours:
            return
        u, shown = at.unit, colours[:8]
        box = pygame.Rect(0, 0, round(30 * u) * len(shown), round(44 * u))
        box.topright = (at.clip.right - round(18 * u), at.clip.top + round(18 * u))

        def make() -> pygame.Surface:
            stripes = pygame.Surface(box.size, pygame.SRCALPHA)
            pygame.draw.rect(stripes, WHITE, stripes.get_rect(), border_radius=round(9 * u))
            for number, colour in enumerate(shown):
                left = box.width * number // len(shown)
                right = box.width * (number + 1) // len(shown)
                strip = pygame.Rect(left, 0, right - left, box.height)
                stripes.fill((*colour, 255), strip, pygame.BLEND_RGBA_MULT)
            return stripes

        surface.blit(self.theme.kept(("cover", box.size, shown), make), box)
        self.theme.panel(surface, box, Glass(9 * u, WHITE, 1.4 * u, 0))
