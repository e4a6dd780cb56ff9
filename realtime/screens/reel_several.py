"""Several players beside each other in a reel: a pane and a card for each, and what they play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core import body
from kpopdance.realtime.screens.group import card_of, stood
from kpopdance.realtime.screens.group_pages import columns
from kpopdance.realtime.screens.group_view import DancerView
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.parts.dancer_card import CardFace, draw_card
from kpopdance.realtime.screens.parts.theme import (
    GOLD,
    INK,
    SOFT,
    VIOLET,
    WHITE,
    Style,
    box,
    dim,
)
from kpopdance.realtime.screens.reel_layout import several_layout

if TYPE_CHECKING:
    from kpopdance.realtime.screens.reel_pane import ReelPanes
    from kpopdance.realtime.screens.reel_view import PlayerView, ReelFacts, ReelView

BEST: Final = N_("BEST MOVE")
UNLIT: Final = (96, 92, 116)
"""What a pane is multiplied by while nothing counts there."""
HEAD: Final = [body.NOSE, body.NECK]
ABOVE: Final = 1.2  # of the way from neck to nose: so far over the nose is the mark
MARK: Final = 20.0  # design units: how high it is
WORD: Final = 0.15  # of a pane's width: how large a judgement is
MOST_WORD: Final = 72.0  # design units
WORD_HIGH: Final = 1.6  # of that: the room for it, at a pane's top: feet stay in view


class SeveralPlayers:
    """Draws what is seen of several on a reel's pictures of one size."""

    def __init__(self, panes: ReelPanes, size: tuple[int, int], facts: ReelFacts) -> None:
        self.at, self._facts = several_layout(size, len(facts.players)), facts
        self._panes, self._theme, self._unit = panes, panes.theme, panes.unit

    def dance(self, surface: pygame.Surface, view: ReelView) -> None:
        """Draw a moment of the dance, or of its best move, slowly."""
        slowed = view.speed < 1
        self._players(surface, view, over=slowed)
        self._called(surface, _(BEST) if slowed else self._facts.heading, slowed=slowed)
        if slowed and view.verdict is not None:
            names = zip(self._facts.players, view.players, strict=True)
            whose = [name for name, player in names if player.chosen]
            told = (*whose, view.verdict.grade, f"{view.verdict.score:.0f}", f"{view.speed:g}×")
            low = self._low()
            style = Style(30 * self._unit, SOFT, "centre", 12 * self._unit)
            self._theme.write(surface, " · ".join(told), low, style)

    def card(self, surface: pygame.Surface, view: ReelView) -> None:
        """Draw what the dance was worth: everybody's, and what is told of all together."""
        self._players(surface, view, over=True)
        told, u = self._facts.team, self._unit
        if not told:
            self._called(surface, self._facts.heading, slowed=False)
        for place, (name, value) in zip(columns(self.at.line, len(told), u), told, strict=True):
            upper = box(place.left, place.top, place.right, place.top + 0.6 * place.height)
            lower = box(place.left, upper.bottom, place.right, place.bottom)
            self._theme.write(surface, value, upper, Style(46 * u, WHITE, "centre", 12 * u))
            self._theme.write(surface, name, lower, Style(24 * u, SOFT, "centre", 10 * u))

    def _players(self, surface: pygame.Surface, view: ReelView, *, over: bool) -> None:
        for number, player in enumerate(view.players):
            pane, card = self.at.panes[number], self.at.cards[number]
            self._panes.player(surface, pane, player.film, player.figure, mirror=view.mirror)
            self._marked(surface, number, player, mirror=view.mirror)
            if not player.lit:
                surface.fill(UNLIT, pane, special_flags=pygame.BLEND_RGB_MULT)
            colour = PLAYER_COLOURS[number % len(PLAYER_COLOURS)]
            edge = GOLD if player.chosen else colour if player.lit else dim(colour, 0.4)
            self._panes.framed(surface, pane, edge)
            if player.lit:
                px = min(WORD * pane.width, MOST_WORD * self._unit)
                top = box(pane.left, pane.top, pane.right, pane.top + WORD_HIGH * px)
                age_s = player.verdict_age_s
                self._panes.judged(surface, top, px, player.verdict, age_s, shaded=True)
            face = self._face(number, player, over=over)
            draw_card(self._theme, surface, card, face, self.at.card_unit)

    def _marked(
        self, surface: pygame.Surface, number: int, player: PlayerView, *, mirror: bool
    ) -> None:
        """Point at whose pane it is, above their head: a film shows others too."""
        pane, joints = self.at.panes[number], player.figure
        if player.film is None or joints is None or not (joints[HEAD, 2] > 0).all():
            return
        nose, neck = joints[HEAD, :2]
        x = pane.width - 1 - nose[0] if mirror else nose[0]
        y = nose[1] - ABOVE * float(np.hypot(*(nose - neck)))
        side = MARK * self._unit
        if not (side < x < pane.width - side and 2 * side < y < pane.height):
            return
        tip = (pane.left + float(x), pane.top + float(y))
        corners = [tip, *((tip[0] + k * 0.62 * side, tip[1] - side) for k in (-1, 1))]
        colour = PLAYER_COLOURS[number % len(PLAYER_COLOURS)]
        pygame.draw.polygon(surface, colour, corners)
        pygame.draw.aalines(surface, INK, closed=True, points=corners)

    def _face(self, number: int, player: PlayerView, *, over: bool) -> CardFace:
        """Return what stands on a card: as on the stage, once it is over how they came in."""
        name, stand = self._facts.players[number], player.stand
        combo = 0 if self._facts.kind == "relay" else player.combo
        if stand is None:
            return CardFace(name, number, player.points, combo)
        if over:
            told, rank = stood(stand, ""), stand.rank
            return CardFace(name, number, stand.points, combo, told=told, rank=rank)
        dancer = DancerView(number, name, 0, combo=combo)
        return card_of(dancer, stand, self._facts.kind)

    def _called(self, surface: pygame.Surface, words: str, *, slowed: bool) -> None:
        if not words:
            return
        u, line = self._unit, self.at.line
        top = box(line.left, line.top, line.right, self._low().top) if slowed else line
        style = Style(52 * u, WHITE, "centre", 20 * u)
        self._theme.neon(surface, words, top, style, dim(GOLD if slowed else VIOLET, 0.9))

    def _low(self) -> pygame.Rect:
        """Return the lower part of the line."""
        line = self.at.line
        return box(line.left, line.top + 0.62 * line.height, line.right, line.bottom)
