"""Who plays the quiz: points, streaks, buzzers, whose turn it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.screens.parts.signs import put, sign
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    MAGENTA,
    RED,
    VIOLET,
    WHITE,
    Glass,
    Style,
    dim,
    mix,
)
from kpopdance.realtime.screens.quiz_layout import QuizLayout, split

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.quiz_view import PlayerView, QuizView

SHORT_KEYS: Final = {
    "left shift": "L SH", "right shift": "R SH", "left ctrl": "L CTL",
    "right ctrl": "R CTL", "return": "ENTER", "backspace": "BACK", "space": "SPC",
}  # fmt: skip
PLAYER_COLOURS: Final[tuple[Colour, ...]] = (CYAN, MAGENTA, GOLD, (176, 150, 255))


class PlayersPanel:
    """Draws the players of a quiz."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def draw(self, surface: pygame.Surface, at: QuizLayout, view: QuizView) -> None:
        """Draw one box for all, or one for each with its buzzer."""
        if len(view.players) < 2:
            for player in view.players:
                self._alone(surface, at, player)
            return
        boxes = at.player_boxes(len(view.players))
        for number, (box, player) in enumerate(zip(boxes, view.players, strict=True)):
            colour = PLAYER_COLOURS[number % len(PLAYER_COLOURS)]
            self._player(surface, box, player, colour, at.unit)

    def _alone(self, surface: pygame.Surface, at: QuizLayout, player: PlayerView) -> None:
        u, box = at.unit, at.players
        self.theme.panel(surface, box, Glass(18 * u, dim(VIOLET, 0.8), 1.4, 176))
        inner = box.inflate(-round(36 * u), -round(8 * u))
        label = pygame.Rect(inner.left, inner.top, round(inner.width * 0.24), inner.height)
        drawn = self.theme.write(surface, _("SCORE"), label, Style(16 * u, FAINT, "left", 8))
        number = pygame.Rect(drawn.right + round(12 * u), inner.top, 0, inner.height)
        number.width = max(0, round(inner.left + inner.width * 0.56) - number.left)
        points = f"{player.points}"
        self.theme.write(surface, points, number, Style(42 * u, WHITE, "left", 8))
        side = pygame.Rect(number.right, inner.top, inner.right - number.right, inner.height)
        if player.streak > 0:
            self._streak(surface, side, player.streak, u)

    def _streak(self, surface: pygame.Surface, box: pygame.Rect, streak: int, u: float) -> None:
        heat = min(streak, 5) / 5
        words = _("{n} in a row", n=streak)
        drawn = self.theme.write(surface, words, box, Style(19 * u, GOLD, "right", 8))
        side = (22 + 14 * heat) * u
        centre = (drawn.left - side * 0.66, float(box.centery))
        if centre[0] - side / 2 < box.left:
            return
        self.theme.shine(surface, centre, side * 1.2, dim((255, 120, 30), 0.3 + 0.4 * heat))
        put(surface, sign(self.theme, "flame", side, (255, 128, 44)), centre)

    def _player(
        self,
        surface: pygame.Surface,
        box: pygame.Rect,
        player: PlayerView,
        colour: Colour,
        u: float,
    ) -> None:
        ink = FAINT if player.out else WHITE
        edge = dim(colour, 0.35) if player.out else colour
        shade = mix((22, 14, 52), colour, 0.42 if player.buzzing else 0.06)
        width = 3.4 * u if player.buzzing else 1.6
        if player.buzzing:
            self.theme.shine(surface, box.center, box.width * 0.72, dim(colour, 0.7))
        self.theme.panel(surface, box, Glass(14 * u, edge, width, 214, shade))
        inner = box.inflate(-round(16 * u), -round(8 * u))
        name, low = split(inner, 0.40)
        shown = FAINT if player.out else colour
        self.theme.write(surface, player.name, name, Style(17 * u, shown, "left", 9))
        cap = low.copy()
        wide = (
            self.theme.width(cap_words(player.key, self.theme), low.height * 0.5)
            + low.height // 2
        )
        words = f"{player.points}".replace("-", "–")
        room = low.width - self.theme.width(words, max(9.0, 19 * u)) - round(9 * u)
        cap.width = min(max(2, room), max(low.height, wide))
        if player.out:
            put(surface, sign(self.theme, "cross", low.height * 0.8, RED), cap.center)
        elif player.key:
            self._buzzer(surface, cap, player.key, edge)
        rest = pygame.Rect(cap.right + round(7 * u), low.top, 0, low.height)
        rest.width = max(0, low.right - rest.left)
        style = Style(26 * u, ink, "left", 8)
        drawn = self.theme.write(surface, words, rest, style)
        self._little_streak(surface, rest, drawn.right + 6 * u, player.streak)

    def _buzzer(
        self, surface: pygame.Surface, box: pygame.Rect, key: str, colour: Colour
    ) -> None:
        high = box.height
        self.theme.panel(surface, box, Glass(high * 0.22, colour, 1.8, 240, (50, 36, 92)))
        inner = box.inflate(-max(2, high // 5), 0)
        self.theme.write(
            surface, cap_words(key, self.theme), inner, Style(high * 0.62, WHITE, "centre", 6)
        )

    def _little_streak(
        self, surface: pygame.Surface, box: pygame.Rect, left: float, streak: int
    ) -> None:
        side = box.height * 0.72
        number = pygame.Rect(round(left + side), box.top, 0, box.height)
        number.width = box.right - number.left
        style = Style(side * 0.72, GOLD, "left", 6)
        if streak < 1 or self.theme.width(f"{streak}", style.px) > number.width:
            return
        flame = sign(self.theme, "flame", side, (255, 128, 44))
        put(surface, flame, (left + side / 2, float(box.centery)))
        self.theme.write(surface, f"{streak}", number, style)


def turn(view: QuizView) -> tuple[str, Colour]:
    """Return the name and colour of who answers."""
    for number, player in enumerate(view.players):
        if player.buzzing:
            return player.name, PLAYER_COLOURS[number % len(PLAYER_COLOURS)]
    return "", CYAN


def score_box(at: QuizLayout, view: QuizView) -> pygame.Rect:
    """Return where the points of the one who answered stand."""
    boxes = at.player_boxes(max(1, len(view.players)))
    if len(view.players) < 2:
        return pygame.Rect(boxes[0].topleft, (boxes[0].width // 2, boxes[0].height))
    whose = (box for box, player in zip(boxes, view.players, strict=True) if player.buzzing)
    return next(whose, at.players)


def cap_words(key: str, theme: Theme) -> str:
    """Return what stands on a key."""
    return SHORT_KEYS.get(key.casefold(), theme.cap(key.upper()))
