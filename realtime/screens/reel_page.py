"""The page that makes a clip of a dance: how it looks, what may be chosen, how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.brush import resized
from kpopdance.realtime.screens.parts.chips import Chip, chip_at, chip_places, draw_chips
from kpopdance.realtime.screens.parts.signs import ButtonFace, button
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    MAGENTA,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    is_wide,
    scale_of,
)
from kpopdance.realtime.screens.screen import Meanings, Place, Screen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.reel_view import ReelPageView

SHAPE_WORDS: Final = {"tall": N_("upright, 1080 × 1920"), "wide": N_("wide, 1920 × 1080")}
LOOK_WORDS: Final = {
    "filmed": N_("you as filmed"), "blurred": N_("you, face and room blurred"),
    "skeleton": N_("you as a skeleton"),
}  # fmt: skip
BESIDE_WORDS: Final = {
    "video": N_("beside the video"), "both": N_("beside video and skeleton"),
    "drawn": N_("beside the drawn coach"),
}  # fmt: skip
UNFILMED: Final = N_(
    "No pictures of you were kept. For the next dance, say so before it begins: K on the page where "
    "you see yourself."
)
ABOUT: Final = N_(
    "The whole dance with its sound, judgements and score, then your best move slowly. Your pictures "
    "are gone once you leave the result."
)
GO: Final = Target("submit")
SHAPE_OF: Final = {"tall": 9 / 16, "wide": 16 / 9}


class ReelPageScreen(Screen):
    """Draws a ``ReelPageView``."""

    meanings: ClassVar[Meanings] = {
        "return": "play", "space": "play", "escape": "back", "t": "shape", "f": "look", "v": "coach",
        "k": "card",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._chips: tuple[Chip, ...] = ()
        self._places: list[pygame.Rect] = []
        self._button = pygame.Rect(0, 0, 0, 0)
        self._made_of: tuple[NDArray[np.uint8] | None, tuple[int, int]] = (None, (0, 0))
        self._preview = pygame.Surface((1, 1))

    def draw(self, surface: pygame.Surface, view: ReelPageView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        (width, height), u = size, scale_of(size)
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=width // 2, horizon_y=round(height * 0.66)
        )
        surface.fill((130, 120, 160), special_flags=pygame.BLEND_RGB_MULT)
        picture, column = _parts(size, u)
        self._shown(surface, picture, view, u)
        head = box(column.left, column.top, column.right, column.top + 70 * u)
        self.theme.neon(surface, _("YOUR CLIP"), head, Style(52 * u, WHITE), dim(MAGENTA, 0.8))
        foot = box(column.left, column.bottom - 172 * u, column.right, column.bottom)
        self._foot(surface, foot, view, u)
        self._choices(
            surface, box(column.left, head.bottom + 14 * u, column.right, foot.top), view, u
        )

    def _choices(
        self, surface: pygame.Surface, room: pygame.Rect, view: ReelPageView, u: float
    ) -> None:
        """Draw what may be chosen, and a sentence below it."""
        free = view.share is None
        chips = [Chip("T", SHAPE_WORDS[view.shape], "shape", ready=free)]
        if view.filmed:
            chips.append(Chip("F", LOOK_WORDS[view.look], "look", ready=free))
        if view.coach:
            chips.append(Chip("V", BESIDE_WORDS[view.coach], "coach", ready=free))
        high = 46 * u
        self._chips = (
            *chips,
            Chip("K", N_("save a card"), "card", ready=free),
            Chip("Esc", self._leaves(view), "back"),
        )
        rows = box(room.left, room.top, room.right, room.top + 0.62 * room.height)
        self._places = chip_places(self.theme, rows, self._chips, high)
        over = (
            self._over.which if self._over is not None and self._over.kind == "chip" else None
        )
        draw_chips(self.theme, surface, self._chips, self._places, over)
        below = max(place.bottom for place in self._places) + round(14 * u)
        words = box(room.left, below, room.right, room.bottom)
        told = view.words or _(ABOUT if view.filmed else UNFILMED)
        self.theme.write_lines(
            surface, told, words, Style(19 * u, CYAN if view.words else SOFT)
        )

    @staticmethod
    def _leaves(view: ReelPageView) -> str:
        return N_("back") if view.share is None else N_("stop")

    def _foot(
        self, surface: pygame.Surface, room: pygame.Rect, view: ReelPageView, u: float
    ) -> None:
        """Draw the button, or how far the writing is."""
        self._button = box(room.left, room.bottom - 84 * u, room.right, room.bottom)
        if view.share is None:
            look = ButtonFace("Make the clip", "Enter", over=self._over == GO)
            button(self.theme, surface, self._button, look, u)
            return
        bar = pygame.Rect(room.left, self._button.centery, room.width, max(4, round(14 * u)))
        self.theme.bar(surface, bar, max(view.share, 0.02), MAGENTA)
        line = box(room.left, bar.top - 44 * u, room.right, bar.top - 8 * u)
        words = _("{percent} % written", percent=int(100 * view.share))
        self.theme.write(surface, words, line, Style(22 * u, WHITE))

    def _shown(
        self, surface: pygame.Surface, room: pygame.Rect, view: ReelPageView, u: float
    ) -> None:
        """Draw the preview, as large as it fits."""
        shape = SHAPE_OF[view.shape]
        panel = pygame.Rect(0, 0, 0, 0)
        panel.size = (
            max(2, min(room.width, round(room.height * shape))),
            max(2, min(room.height, round(room.width / shape))),
        )
        panel.center = room.center
        if view.preview is None:
            self.theme.panel(surface, panel, Glass(12 * u, VIOLET, 2, 200))
            self.theme.write(surface, _("drawing ..."), panel, Style(22 * u, FAINT, "centre"))
            return
        if self._made_of[0] is not view.preview or self._made_of[1] != panel.size:
            self._preview = resized(view.preview, panel.size, flip=False)
            self._made_of = (view.preview, panel.size)
        surface.blit(self._preview, panel)
        self.theme.panel(surface, panel, Glass(2, dim(CYAN, 0.8), 2, 0))

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        if self._button.collidepoint(position):
            return GO
        number = chip_at(self._places, position)
        return None if number is None else Target("chip", number)

    def action_of(self, target: Target) -> Chip:
        """Return the chip that was clicked."""
        return self._chips[target.which]


def _parts(size: tuple[int, int], u: float) -> tuple[pygame.Rect, pygame.Rect]:
    """Return where the preview is, and where all else."""
    width, height = size
    if is_wide(size):
        middle = width * 0.5
        return (
            box(32 * u, 28 * u, middle - 16 * u, height - 28 * u),
            box(middle + 16 * u, 40 * u, width - 40 * u, height - 40 * u),
        )
    middle = height * 0.56
    return (
        box(28 * u, 28 * u, width - 28 * u, middle - 12 * u),
        box(32 * u, middle + 12 * u, width - 32 * u, height - 32 * u),
    )
