"""The ladder of hints: what was taken, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.parts.signs import PAINTERS, keycap, put, sign
from kpopdance.realtime.screens.parts.theme import GOLD, SOFT, WHITE, Glass, Style, dim

if TYPE_CHECKING:
    from kpopdance.realtime.screens.actions import Target
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.quiz_layout import QuizLayout
    from kpopdance.realtime.screens.quiz_view import HintView, QuizView

LABELS: Final = {
    "points": N_("lights"), "bones": N_("bones"), "formation": N_("all dancers"),
    "music": N_("2 s music"), "colours": N_("cover"),
}  # fmt: skip
"""Short names of the steps of the ladder."""
STEP_LOOKS: Final[dict[str, tuple[Colour, Colour, Colour]]] = {
    "taken": (GOLD, (74, 50, 20), GOLD),
    "next": (SOFT, (40, 28, 82), WHITE),
    "over": (WHITE, (84, 48, 140), WHITE),
    "later": ((66, 50, 112), (20, 13, 46), (104, 90, 150)),
}
"""Edge, shade and ink of a step of the ladder."""


class Ladder:
    """Draws the hints of a question, each step higher than the one before."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def draw(
        self, surface: pygame.Surface, at: QuizLayout, view: QuizView, over: Target | None
    ) -> None:
        """Draw all steps; the next one is lit while the mouse is over it."""
        coming, boxes = next_hint(view), at.hint_boxes(len(view.hints))
        labelled = self._labelled(boxes, view.hints, at.unit)
        lit = over is not None and over.kind == "hint"
        for number, (box, hint) in enumerate(zip(boxes, view.hints, strict=True)):
            state = "taken" if hint.taken else "next" if number == coming else "later"
            if state == "next" and lit:
                state = "over"
            sprite = self._step(box.size, (hint.name, state, labelled), at.unit)
            if hint.taken:
                self.theme.shine(surface, box.center, box.width * 0.6, dim(GOLD, 0.22))
            surface.blit(sprite, box)

    def _labelled(
        self, boxes: list[pygame.Rect], hints: tuple[HintView, ...], u: float
    ) -> bool:
        """Say whether all steps have room for their names: all are named, or none."""
        px = label_px(u)
        return all(
            self.theme.width(_(LABELS.get(hint.name, hint.name)), px) <= box.width - 6
            and box.height > 3.2 * px
            for box, hint in zip(boxes, hints, strict=True)
        )

    def _step(
        self, size: tuple[int, int], what: tuple[str, str, bool], u: float
    ) -> pygame.Surface:
        return self.theme.kept(("step", size, what), lambda: self._painted_step(size, what, u))

    def _painted_step(
        self, size: tuple[int, int], what: tuple[str, str, bool], u: float
    ) -> pygame.Surface:
        name, state, labelled = what
        edge, shade, ink = STEP_LOOKS[state]
        page = pygame.Surface(size, pygame.SRCALPHA)
        self.theme.panel(page, page.get_rect(), Glass(12 * u, edge, 1.8 * u, 226, shade))
        room = page.get_rect().inflate(-4, -round(8 * u))
        if labelled:
            px = label_px(u)
            low = pygame.Rect(2, size[1] - round(px * 1.5), size[0] - 4, round(px * 1.3))
            self.theme.write(page, _(LABELS.get(name, name)), low, Style(px, ink, "centre", 6))
            room.height = low.top - room.top
        side = min(room.height * 0.92, room.width * 0.5)
        keyed = state in ("next", "over")
        left = room.centerx - (side * 0.36 if keyed else 0)
        drawn = next((known for known in PAINTERS if known == name), None)
        if drawn is not None:
            put(page, sign(self.theme, drawn, side, ink), (left, float(room.centery)))
        if keyed:
            cap = pygame.Rect(round(left + side * 0.62), room.top, 0, room.height)
            cap.width = max(2, min(round(22 * u), size[0] - cap.left - 3))
            keycap(self.theme, page, cap, "H")
        return page


def next_hint(view: QuizView) -> int | None:
    """Return which step of the ladder comes next; None where none is left or all is told."""
    if view.phase == "told":
        return None
    return next((k for k, hint in enumerate(view.hints) if not hint.taken), None)


def label_px(u: float) -> float:
    """Return how large the names of the steps are."""
    return max(9.5, 13.5 * u)
