"""Which songs are listed: a field to search in, their order, and their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import N_, _, number_words
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.chips import Chip, chip_places, draw_chips
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    NIGHT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Theme
    from kpopdance.realtime.screens.screen import Place
    from kpopdance.realtime.screens.view import Asked

FIELD: Final = 0.46
"""Of the row: what is searched for; order and kind share the rest."""
HINT: Final = N_("search: 네온, ㄴㅇ, neon")
NAMING: Final = N_("playlist")
TARGETS: Final = ("search", "order", "only")


class Asking:
    """Draws the row above the cards."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def places(self, row: pygame.Rect, asked: Asked, shown: int) -> list[pygame.Rect]:
        """Return where the field, the order and the kind are."""
        field = pygame.Rect(row.left, row.top, round(row.width * FIELD), row.height)
        gap = round(row.height * 0.3)
        rest = pygame.Rect(
            field.right + gap, row.top, row.right - field.right - gap, row.height
        )
        return [field, *chip_places(self.theme, rest, self._chips(asked), row.height)]

    def _chips(self, asked: Asked) -> tuple[Chip, Chip]:
        edge = dim(VIOLET, 0.9)
        return (
            Chip("O", _("by {order}", order=_(asked.order)), "order", edge=edge),
            Chip("F", _(asked.only), "only", edge=edge if asked.only == "all songs" else CYAN),
        )

    def under(self, row: pygame.Rect, asked: Asked, shown: int, at: Place) -> Target | None:
        """Return what of it lies under a px."""
        for kind, place in zip(TARGETS, self.places(row, asked, shown), strict=True):
            if place.collidepoint(at):
                return Target(kind)  # type: ignore[arg-type]  # TARGETS are kinds
        return None

    def draw(
        self, surface: pygame.Surface, row: pygame.Rect, asked: Asked, shown: int, u: float,
        over: Target | None,
    ) -> None:  # fmt: skip
        """Draw it; what lies under the mouse is lit."""
        field, *chips = self.places(row, asked, shown)
        lit = (
            TARGETS.index(over.kind) - 1 if over is not None and over.kind in TARGETS else None
        )
        draw_chips(self.theme, surface, self._chips(asked), chips, lit)
        edge = CYAN if asked.field or asked.typed else dim(VIOLET, 0.9)
        self.theme.panel(surface, field, Glass(field.height * 0.3, edge, 1.4, 215, (8, 20, 40)))
        self._inside(surface, field.inflate(-round(20 * u), 0), asked, shown, u)

    def _inside(
        self, surface: pygame.Surface, inner: pygame.Rect, asked: Asked, shown: int, u: float
    ) -> None:
        px = inner.height * 0.5
        sign = _(NAMING) if asked.field == NAMING else self.theme.cap("/")
        told = self.theme.write(surface, sign, inner, Style(px, GOLD, "left", 5))
        rest = inner.copy()
        rest.left, rest.width = (
            told.right + round(10 * u),
            inner.right - told.right - round(10 * u),
        )
        if not (asked.field or asked.typed):
            self.theme.write(surface, _(HINT), rest, Style(px, FAINT, "left", 5))
            return
        if asked.field != NAMING:
            count = _("{shown} of {of}", shown=number_words(shown), of=number_words(asked.of))
            number = self.theme.write(surface, count, rest, Style(0.8 * px, FAINT, "right", 5))
            rest.width = max(number.left - rest.left - round(8 * u), 1)
        self._written(surface, rest, asked, px)

    def _written(
        self, surface: pygame.Surface, rest: pygame.Rect, asked: Asked, px: float
    ) -> None:
        """Draw what is written so far, its end if not all has room, and what is being composed."""
        text = asked.typed
        while text and self.theme.width(text + asked.composing, px) > rest.width - 4:
            text = text[1:]
        drawn = self.theme.write(surface, text, rest, Style(px, WHITE, "left", px))
        held = rest.copy()
        held.left = drawn.right if text else rest.left
        if asked.composing:
            held = self.theme.write(surface, asked.composing, held, Style(px, CYAN, "left", px))
            low = held.centery + round(0.62 * px)
            pygame.draw.line(surface, CYAN, (held.left, low), (held.right, low))
        if asked.field:
            ends = held.right if asked.composing else held.left
            caret = pygame.Rect(ends + 2, 0, max(1, round(px / 10)), round(1.2 * px))
            caret.centery = rest.centery
            surface.fill(CYAN, caret)

    def none_found(
        self, surface: pygame.Surface, place: pygame.Rect, asked: Asked, u: float
    ) -> None:
        """Say that no song is meant, and how all of them come back."""
        box = pygame.Rect(place.left, place.top, place.width, min(place.height, round(124 * u)))
        self.theme.panel(surface, box, Glass(20 * u, VIOLET, 2.0, 214, NIGHT))
        inner = box.inflate(-round(56 * u), -round(36 * u))
        head = pygame.Rect(inner.left, inner.top, inner.width, round(40 * u))
        typed, kind = asked.typed + asked.composing, asked.only != "all songs"
        what = (
            _("No song is called “{typed}”", typed=typed) if typed else _("No song is here yet")
        )
        self.theme.write(surface, what, head, Style(28 * u, WHITE, "left", 9))
        line = pygame.Rect(inner.left, head.bottom + round(6 * u), inner.width, round(28 * u))
        how = _("{key} lists other songs.", key=self.theme.cap("F"))
        songs = number_words(asked.of)
        if typed and kind:
            how = _(
                "Searched {songs} songs among {kind}. Esc searches no more.",
                songs=songs, kind=_(asked.only),
            )  # fmt: skip
        elif typed:
            how = _("Searched {songs} songs. Esc searches no more.", songs=songs)
        self.theme.write(surface, how, line, Style(17 * u, SOFT, "left", 8))
