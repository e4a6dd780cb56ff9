"""Who plays: a line for each player, with the week's goal as a ring."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.chip_screen import ChipScreen
from kpopdance.realtime.screens.parts.chips import Chip
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS, draw_scrollbar
from kpopdance.realtime.screens.parts.film import rounded
from kpopdance.realtime.screens.parts.heading import draw_title
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.signs import put, ring, sign
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MINT,
    NIGHT,
    SOFT,
    STAR_EMPTY,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    mix,
    scale_of,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.players_view import PlayerCard, PlayersView, Written
    from kpopdance.realtime.screens.screen import Meanings, Place

CHIPS: Final = (
    Chip("↑ ↓", "choose", "down"), Chip("Enter", "play", "play"), Chip("N", "new player", "new"),
    Chip("R", "name", "write"), Chip("C", "colour", "colour"), Chip("G", "weekly goal", "goal"),
    Chip("H", "progress", "history"), Chip("Del", "remove", "remove"), Chip("Esc", "songs", "back"),
)  # fmt: skip
NO_FACE: Final = Chip("U", "no picture", "face")
WRITING_CHIPS: Final = (Chip("Enter", "done", "write"), Chip("Esc", "as it was", "back"))
ROW, GAP = 78.0, 10.0
"""Of a player's line, design units."""
WIDEST: Final = 860.0


class PlayersScreen(ChipScreen):
    """Draws the players and names what keys and mouse mean among them."""

    meanings: ClassVar[Meanings] = {
        "up": "up", "down": "down", "home": "begin", "end": "end", "return": "play", "n": "new",
        "r": "write", "c": "colour", "g": "goal", "h": "history", "u": "face", "delete": "remove",
        "escape": "back",
    }  # fmt: skip
    writing_meanings: ClassVar[Meanings] = {"return": "write", "escape": "back"}

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._first, self._count, self._chosen = 0, 0, 0

    def draw(self, surface: pygame.Surface, view: PlayersView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        self.theme.fit(size)
        (width, height), u = size, scale_of(size)
        horizon = round(height * 0.7)
        self.backdrop.draw(surface, 2 * view.age_s, centre_x=width // 2, horizon_y=horizon)
        surface.fill((120, 110, 150), special_flags=pygame.BLEND_RGB_MULT)
        heading = box(44 * u, 22 * u, width - 44 * u, 84 * u)
        draw_title(self.theme, surface, heading, (_("Who"), _("dances?")), u)
        pane = self._pane(size)
        fit = max(1, int((pane.height + GAP * u) // ((ROW + GAP) * u)))
        first = min(max(self._first, view.chosen - fit + 1), view.chosen)
        self._first = max(0, min(first, len(view.cards) - fit))
        self._count, self._chosen = len(view.cards), view.chosen
        draw_scrollbar(surface, pane, (self._first, fit, self._count), u)
        for number in range(self._first, min(len(view.cards), self._first + fit)):
            chosen = number == view.chosen
            writing = view.writing if chosen else None
            self._card(surface, self._row(size, number), view.cards[number], writing, chosen, u)
        told = (view.notice,) if view.notice else ()
        banner = box(width - 620 * u, 22 * u, width - 44 * u, 66 * u)
        draw_notices(self.theme, surface, banner, told, u)
        foot = box(44 * u, pane.bottom + 12 * u, width - 44 * u, height - 14 * u)
        shown = bool(view.cards) and bool(view.cards[view.chosen].face)
        chips = (*CHIPS[:-1], NO_FACE, CHIPS[-1]) if shown else CHIPS
        self._draw_chips(surface, WRITING_CHIPS if view.writing else chips, foot, 30 * u)

    def field_box(self, size: tuple[int, int]) -> tuple[int, int, int, int]:
        """Return where a name is written, px."""
        row = self._row(size, self._chosen)
        return row.left, row.top, row.width, row.height

    def _pane(self, size: tuple[int, int]) -> pygame.Rect:
        """Return where the lines are; chips take one row below, or two where it is narrow."""
        (width, height), u = size, scale_of(size)
        half = min(WIDEST * u, width - 88 * u) / 2
        return box(width / 2 - half, 104 * u, width / 2 + half, height - 104 * u)

    def _row(self, size: tuple[int, int], number: int) -> pygame.Rect:
        pane, u = self._pane(size), scale_of(size)
        top = pane.top + (number - self._first) * (ROW + GAP) * u
        return box(pane.left, top, pane.right, top + ROW * u)

    def _card(
        self, surface: pygame.Surface, row: pygame.Rect, card: PlayerCard, writing: Written | None,
        chosen: bool, u: float,
    ) -> None:  # fmt: skip
        colour = PLAYER_COLOURS[card.colour]
        edge, shade = (colour, mix(NIGHT, colour, 0.22)) if chosen else (dim(VIOLET, 0.7), INK)
        self.theme.panel(
            surface, row, Glass(18 * u, edge, 2.4 * u if chosen else 1.2, 225, shade)
        )
        draw_face(self.theme, surface, (row.left + 44 * u, row.centery), card, u)
        right = row.right - 20 * u
        if card.goal:
            at = (row.right - 46 * u, row.centery)
            draw_goal(self.theme, surface, at, 26 * u, card.done)
            right = at[0] - 40 * u
            words = box(right - 130 * u, row.top, right, row.bottom)
            self.theme.write(surface, card.goal, words, Style(16 * u, SOFT, "right", 7))
            right = words.left - 10 * u
        name = box(row.left + 88 * u, row.top + 10 * u, right, row.top + 44 * u)
        low = box(name.left, name.bottom, right, row.bottom - 8 * u)
        if writing is not None:
            write_field(self.theme, surface, name, writing, 26 * u)
        else:
            drawn = self.theme.write(
                surface, card.name, name, Style(26 * u, WHITE, "left", 14 * u)
            )
            if card.plays:
                left = drawn.right + round(14 * u)
                plays = pygame.Rect(left, name.top, max(0, name.right - left), name.height)
                self.theme.write(
                    surface, _("dances now"), plays, Style(15 * u, MINT, "left", 7)
                )
        self.theme.write(
            surface, card.told, low, Style(16 * u, SOFT if chosen else FAINT, "left", 7)
        )

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        pane = self._pane(size)
        for number in range(self._first, self._count):
            row = self._row(size, number)
            if row.bottom <= pane.bottom + 1 and row.collidepoint(position):
                return Target("card", number)
        return super()._under(position, size)


def draw_face(
    theme: Theme, surface: pygame.Surface, at: Place, card: PlayerCard, u: float, radius: float = 25
) -> None:  # fmt: skip
    """Draw a player's disc, in it the picture or the first letter of the name."""
    colour: Colour = PLAYER_COLOURS[card.colour]
    pygame.draw.aacircle(surface, colour, at, radius * u)
    if card.face:
        side = round(1.84 * radius * u)
        put(surface, theme.kept(("face", card.face, side), lambda: _round(card.face, side)), at)
        return
    place = pygame.Rect(0, 0, round(1.6 * radius * u), round(1.6 * radius * u))
    place.center = (round(at[0]), round(at[1]))
    theme.write(
        surface, card.name[:1].upper(), place, Style(1.05 * radius * u, NIGHT, "centre", 5)
    )


def _round(face: bytes, side: int) -> pygame.Surface:
    """Return a square picture as a disc."""
    px = math.isqrt(len(face) // 3)
    drawn = pygame.transform.smoothscale(
        pygame.image.frombuffer(face, (px, px), "RGB"), (side, side)
    )
    disc = pygame.Surface((side, side), pygame.SRCALPHA)
    disc.blit(drawn, (0, 0))
    pygame.surfarray.pixels_alpha(disc)[:] = rounded((side, side), side / 2)
    return disc


def draw_goal(
    theme: Theme, surface: pygame.Surface, at: Place, radius: float, done: float
) -> None:
    """Draw a ring that closes as a goal is reached, in it the percent; then it is gold, and ticked."""
    ring(surface, at, (0.72 * radius, radius), 1.0, STAR_EMPTY)
    ring(surface, at, (0.72 * radius, radius), done, GOLD if done >= 1 else CYAN)
    if done >= 1:
        put(surface, sign(theme, "tick", radius, GOLD), at)
        return
    place = pygame.Rect(0, 0, round(1.3 * radius), round(radius))
    place.center = (round(at[0]), round(at[1]))
    theme.write(surface, f"{int(100 * done)}", place, Style(0.62 * radius, WHITE, "centre", 5))


def write_field(
    theme: Theme, surface: pygame.Surface, row: pygame.Rect, written: Written, px: float
) -> None:
    """Draw what is written so far, what is being composed, and where it goes on."""
    theme.panel(
        surface, row.inflate(round(0.5 * px), 0), Glass(0.3 * px, CYAN, 1.4, 235, (8, 20, 40))
    )
    drawn = theme.write(surface, written.typed, row, Style(px, WHITE, "left", 0.5 * px))
    rest = row.copy()
    rest.left = drawn.right if written.typed else row.left
    if written.composing:
        drawn = theme.write(surface, written.composing, rest, Style(px, CYAN, "left", 0.5 * px))
        rest.left = drawn.right
    caret = pygame.Rect(rest.left + 2, 0, max(1, round(px / 10)), round(1.2 * px))
    caret.centery = row.centery
    surface.fill(CYAN, caret)
