"""The titles to choose from, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.realtime.screens.parts.signs import paragraph, put, sign
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    MAGENTA,
    MINT,
    NIGHT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.quiz_layout import QuizLayout
    from kpopdance.realtime.screens.quiz_view import QuizView

CHOICE_LOOKS: Final[dict[str, tuple[Colour, Colour, Colour, float]]] = {
    "plain": (dim(VIOLET, 0.85), (24, 16, 56), WHITE, 1.5),
    "waiting": (dim(VIOLET, 0.6), (20, 13, 46), SOFT, 1.2),
    "hovered": (SOFT, (52, 30, 98), WHITE, 2.0),
    "marked": (MAGENTA, (92, 18, 88), WHITE, 2.8),
    "right": (MINT, (12, 92, 66), WHITE, 3.2),
    "wrong": (RED, (92, 18, 38), WHITE, 3.2),
    "passed": (dim(VIOLET, 0.35), (16, 11, 36), dim(FAINT, 0.72), 1.2),
}
"""Edge, shade, ink and width of the edge of a choice."""


class Choices:
    """Draws the titles of a question."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def draw(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        """Draw all titles."""
        boxes = at.choice_boxes(len(view.choices))
        for number, (box, title) in enumerate(zip(boxes, view.choices, strict=True)):
            state = self._state(view, number)
            if state in ("right", "marked"):
                colour = MINT if state == "right" else MAGENTA
                left = (box.left + box.height * 0.5, float(box.centery))
                self.theme.shine(surface, left, box.height * 1.1, dim(colour, 0.5))
            surface.blit(self._choice(box.size, (number, title, state), at.unit), box)

    @staticmethod
    def _state(view: QuizView, number: int) -> str:
        if view.phase == "told":
            if number == view.answer:
                return "right"
            return "wrong" if number == view.selected else "passed"
        if number == view.selected:
            return "marked"
        if not answering(view):
            return "waiting"
        return "hovered" if number == view.hovered else "plain"

    def _choice(
        self, size: tuple[int, int], what: tuple[int, str, str], u: float
    ) -> pygame.Surface:
        return self.theme.kept(
            ("choice", size, what), lambda: self._painted_choice(size, what, u)
        )

    def _painted_choice(
        self, size: tuple[int, int], what: tuple[int, str, str], u: float
    ) -> pygame.Surface:
        number, title, state = what
        page = pygame.Surface(size, pygame.SRCALPHA)
        edge, shade, ink, width = CHOICE_LOOKS[state]
        high = size[1]
        self.theme.panel(
            page, page.get_rect(), Glass(min(16 * u, high * 0.4), edge, width * u, 232, shade)
        )
        radius = min(high * 0.40, 19 * u)
        middle = (high * 0.5 + 4 * u, high / 2)
        self._radio(page, middle, radius, (f"{number + 1}", state, edge))
        text = page.get_rect()
        text.left = round(middle[0] + radius + 14 * u)
        text.width = size[0] - text.left - round(16 * u)
        if state in ("right", "wrong"):
            side = min(high * 0.6, 34 * u)
            text.width -= round(side + 10 * u)
            mark = sign(self.theme, "tick" if state == "right" else "cross", side, edge)
            put(page, mark, (size[0] - 16 * u - side / 2, high / 2))
        px = min(27 * u, high * 0.56)
        paragraph(self.theme, page, title, text, Style(px, ink, "left", max(9.0, px * 0.62)))
        return page

    def _radio(
        self,
        page: pygame.Surface,
        at: tuple[float, float],
        radius: float,
        what: tuple[str, str, Colour],
    ) -> None:
        number, state, edge = what
        full = state in ("marked", "right", "wrong")
        pygame.draw.aacircle(page, edge, at, radius)
        if not full:
            pygame.draw.aacircle(page, (18, 12, 42), at, radius - max(1.5, radius * 0.12))
        face = pygame.Rect(0, 0, round(radius * 2), round(radius * 2))
        face.center = (round(at[0]), round(at[1]))
        ink = NIGHT if full else edge if state == "passed" else SOFT
        self.theme.write(page, number, face, Style(radius * 1.15, ink, "centre", 6))


def answering(view: QuizView) -> bool:
    """Say whether a choice would be taken now: alone at any time, with buzzers after one."""
    return view.phase == "buzzed" or (view.phase == "asking" and len(view.players) < 2)
