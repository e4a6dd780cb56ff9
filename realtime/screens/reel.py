"""The pictures of a reel: title, player and coach with what was judged, and the card at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.types import GRADES
from kpopdance.realtime.screens.dance import lag_words
from kpopdance.realtime.screens.parts.backdrop import Backdrop, lights_of
from kpopdance.realtime.screens.parts.covers import cover_square, drawn_square
from kpopdance.realtime.screens.parts.theme import (
    FAINT,
    GOLD,
    GRADE_COLOUR,
    MAGENTA,
    NIGHT,
    SOFT,
    STAR_EMPTY,
    VIOLET,
    WHITE,
    Glass,
    Style,
    Theme,
    blit_faded,
    box,
    dim,
    is_wide,
    mix,
)
from kpopdance.realtime.screens.parts.troupe import TALL, Troupe
from kpopdance.realtime.screens.reel_layout import reel_layout
from kpopdance.realtime.screens.reel_pane import ReelPanes
from kpopdance.realtime.screens.reel_several import BEST, SeveralPlayers

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.screens.parts.theme import Colour
    from kpopdance.realtime.screens.reel_view import CardView, ReelFacts, ReelView

SIGN: Final = "KPOP DANCE"
ARMS: Final = 0.98
"""Of a half's width: how tall the coach is at most, so that arms held out stay in."""
FLOOR: Final = 0.12
"""Of what is left above a coach that is not as tall as a half: how much of it lies below."""
DARK: Final = (120, 110, 150)
"""What a backdrop is multiplied by, so that what stands before it is read."""
FLOOR_DARK: Final = (190, 180, 215)
WORD: Final = 104.0  # design units: how large a judgement is


class ReelScreen:
    """Draws a reel's pictures on a film's surface of one size.

    It has a theme of its own, since a reel is drawn beside the window.
    """

    def __init__(self, size: tuple[int, int], facts: ReelFacts) -> None:
        self.theme = Theme()
        self.theme.calm = True
        self.theme.fit(size)
        self.at, self.facts = reel_layout(size), facts
        self._size = size
        self._troupe = Troupe(self.theme)
        self._lights = lights_of(facts.colours)
        self._still = self._backdrop(size, 0.62, DARK)
        self._panes = ReelPanes(
            self.theme, self._still, lambda each: self._backdrop(each, 0.80, FLOOR_DARK),
            self.at.unit,
        )  # fmt: skip
        self._several = SeveralPlayers(self._panes, size, facts) if facts.players else None
        self._title_drawn: pygame.Surface | None = None
        self._dance_drawn: pygame.Surface | None = None

    def title(self, surface: pygame.Surface, light: float = 1.0) -> None:
        """Draw the card that a reel begins with, with a share of its light."""
        if self._title_drawn is None:
            self._title_drawn = self._titled()
        _lit(surface, self._title_drawn, light)

    def dance(self, surface: pygame.Surface, view: ReelView) -> None:
        """Draw a moment of the dance."""
        if self._dance_drawn is None:
            self._dance_drawn = self._headed()
        surface.blit(self._dance_drawn, (0, 0))
        if self._several is not None:
            self._several.dance(surface, view)
            self._progress(surface, self._several.at.progress, view.song_s)
            return
        self._halves(surface, view)
        self._progress(surface, self.at.progress, view.song_s)
        if view.speed < 1:
            self._best(surface, view)
        else:
            self._verdict(surface, view)
        self._score(surface, view.score, view.stars)
        self._combo(surface, view.combo)

    def card(self, surface: pygame.Surface, card: CardView, light: float = 1.0) -> None:
        """Draw what the dance was worth, with its best move."""
        if self._dance_drawn is None:
            self._dance_drawn = self._headed()
        surface.blit(self._dance_drawn, (0, 0))
        if self._several is not None:
            self._several.card(surface, card.moment)
        else:
            self._halves(surface, card.moment)
            self._grades(surface, card.report)
            self._score(surface, card.report.score, float(card.report.stars))
            self._combo(surface, card.report.best_combo, best=True)
        if light < 1:
            _lit(surface, surface.copy(), light)

    # what stands still

    def _backdrop(self, size: tuple[int, int], horizon: float, light: Colour) -> pygame.Surface:
        still = _surface(size)
        Backdrop(self.theme).draw(
            still, 0.0, centre_x=size[0] // 2, horizon_y=round(size[1] * horizon),
            lights=self._lights,
        )  # fmt: skip
        still.fill(light, special_flags=pygame.BLEND_RGB_MULT)
        self.theme.fit(self._size)
        return still

    def _cover(self, side: int, radius: float) -> pygame.Surface:
        facts = self.facts
        if facts.cover is not None:
            return cover_square(facts.cover, side, radius)
        return drawn_square(self.theme, facts.title, facts.colours, side, radius)

    def _titled(self) -> pygame.Surface:
        """Return the title card: cover above the titles, or beside them."""
        drawn, (width, height), u = self._still.copy(), self._size, self.at.unit
        facts, wide = self.facts, is_wide(self._size)
        side = round(520 * u)
        place = pygame.Rect(0, 0, side, side)
        place.center = (
            (round(width * 0.29), height // 2) if wide else (width // 2, round(660 * u))
        )
        self.theme.shine(drawn, place.center, side * 0.95, dim(self._lights[0], 0.55))
        drawn.blit(self._cover(side, 40 * u), place)
        glass = Glass(40 * u, mix(self._lights[0], WHITE, 0.3), 3 * u, 0)
        self.theme.panel(drawn, place, glass)
        left, right = (width * 0.46, width - 80 * u) if wide else (60 * u, width - 60 * u)
        top = height / 2 - 210 * u if wide else 980 * u
        align: str = "left" if wide else "centre"
        lines = (
            (facts.title, 96.0, WHITE, 130.0), (facts.other, 44.0, SOFT, 66.0),
            (facts.artist, 52.0, mix(self._lights[1], WHITE, 0.45), 90.0),
            (self._danced_by(), 36.0, SOFT, 70.0), (SIGN, 26.0, FAINT, 60.0),
        )  # fmt: skip
        for number, (words, px, ink, high) in enumerate(lines):
            if not words:
                continue
            row = box(left, top, right, top + high * u)
            style = Style(px * u, ink, align, 18 * u)  # type: ignore[arg-type]
            if number == 0:
                self.theme.neon(drawn, words, row, style, dim(self._lights[0], 0.8))
            else:
                self.theme.write(drawn, words, row, style)
            top += high * u
        return drawn

    def _danced_by(self) -> str:
        facts = self.facts
        players = ", ".join(facts.players) or facts.player
        by = _("danced by {player}", player=players) if players else ""
        return " · ".join(filter(None, (by, facts.heading, facts.danced, facts.terms)))

    def _headed(self) -> pygame.Surface:
        """Return what stands still behind the dance: backdrop, cover and titles."""
        drawn, at, u, facts = self._still.copy(), self.at, self.at.unit, self.facts
        drawn.blit(self._cover(at.cover.width, 18 * u), at.cover)
        glass = Glass(18 * u, mix(self._lights[0], WHITE, 0.3), 2 * u, 0)
        self.theme.panel(drawn, at.cover, glass)
        self.theme.write(drawn, facts.title, at.title, Style(58 * u, WHITE, least=24 * u))
        artist = at.artist.copy()
        if facts.other:
            row = self.theme.write(
                drawn, facts.other, at.other, Style(30 * u, SOFT, least=16 * u)
            )
            if at.other.top == at.artist.top:  # both on one line
                artist.left = row.right + round(28 * u)
                artist.width = at.artist.right - artist.left
        elif at.other.top != at.artist.top:
            artist.top = round((at.other.top + at.artist.top) / 2)
        ink = mix(self._lights[1], WHITE, 0.45)
        self.theme.write(drawn, facts.artist, artist, Style(34 * u, ink, least=16 * u))
        wide = is_wide(self._size)
        style = Style(26 * u, FAINT, "right" if wide else "centre")
        self.theme.write(drawn, SIGN, at.sign, style)
        return drawn

    # the halves

    def _halves(self, surface: pygame.Surface, view: ReelView) -> None:
        at, panes = self.at, self._panes
        panes.player(surface, at.you, view.you, view.figure, mirror=view.mirror)
        panes.framed(surface, at.you, self._lights[1], self.facts.player or _("YOU"))
        if view.film is not None:
            panes.film(surface, at.coach, view.film, mirror=view.mirror)
        else:
            self._stage(surface, at.coach, view)
        panes.framed(surface, at.coach, self._lights[0], self.facts.coach or _("COACH"))

    def _stage(self, surface: pygame.Surface, half: pygame.Rect, view: ReelView) -> None:
        self._panes.floor(surface, half)
        inside = surface.subsurface(half)
        high = min(half.height, round(half.width * ARMS / TALL))
        area = pygame.Rect(0, 0, half.width, high)
        area.bottom = half.height - round((half.height - high) * FLOOR)
        self._troupe.draw(
            inside, area, view.coach, lead=view.lead, at_s=view.song_s, mirror=view.mirror
        )

    # what was judged

    def _progress(self, surface: pygame.Surface, place: pygame.Rect, song_s: float) -> None:
        share = song_s / self.facts.length_s if self.facts.length_s > 0 else 0.0
        self.theme.bar(surface, place, share, self._lights[0])

    def _verdict(self, surface: pygame.Surface, view: ReelView) -> None:
        at, verdict = self.at, view.verdict
        px, age_s = WORD * at.unit, view.verdict_age_s
        fade = self._panes.judged(surface, at.verdict, px, verdict, age_s)
        if verdict is None or not fade:
            return
        words = verdict.why or lag_words(verdict.lag_s)
        px = 32 * at.unit
        words, px = self.theme.fitted(words, Style(px, least=18 * at.unit), at.why.width)
        sprite = self.theme.sprite(words, px, SOFT)
        where = sprite.get_rect(center=at.why.center)
        blit_faded(surface, sprite, where.topleft, fade)

    def _best(self, surface: pygame.Surface, view: ReelView) -> None:
        at, verdict = self.at, view.verdict
        self._panes.popped(surface, at.verdict, _(BEST), (GOLD, WORD * at.unit))
        if verdict is not None:
            words = " · ".join((verdict.grade, f"{verdict.score:.0f}", f"{view.speed:g}×"))
            self.theme.write(surface, words, at.why, Style(34 * at.unit, SOFT, "centre"))

    def _score(self, surface: pygame.Surface, score: float, stars: float) -> None:
        at, u = self.at, self.at.unit
        style = Style(132 * u, WHITE, "centre", 40 * u)
        self.theme.neon(surface, f"{score:.1f}", at.score, style, dim(VIOLET, 0.9))
        pitch = at.stars.width / 5
        radius = min(pitch * 0.46, at.stars.height * 0.5)
        for number in range(5):
            share = min(max(stars - number, 0.0), 1.0)
            middle = (at.stars.left + (number + 0.5) * pitch, float(at.stars.centery))
            empty, full = self.theme.star(radius, STAR_EMPTY), self.theme.star(radius, GOLD)
            corner = (middle[0] - full.get_width() / 2, middle[1] - full.get_height() / 2)
            surface.blit(empty, corner)
            if share > 0:
                part = (0, 0, round(full.get_width() * share), full.get_height())
                surface.blit(full, corner, part)

    def _combo(self, surface: pygame.Surface, combo: int, *, best: bool = False) -> None:
        if combo < 2:
            return
        at, u = self.at, self.at.unit
        top = pygame.Rect(
            at.combo.left, at.combo.top, at.combo.width, round(at.combo.height * 0.66)
        )
        low = pygame.Rect(at.combo.left, top.bottom, top.width, at.combo.bottom - top.bottom)
        colour = mix(MAGENTA, GOLD, min(1.0, combo / 20))
        self.theme.neon(
            surface, f"×{combo}", top, Style(72 * u, WHITE, "centre"), dim(colour, 0.9)
        )
        words = _("BEST COMBO") if best else _("COMBO")
        self.theme.write(surface, words, low, Style(26 * u, colour, "centre"))

    def _grades(self, surface: pygame.Surface, report: Report) -> None:
        """Write how often each grade was given."""
        at, u = self.at, self.at.unit
        place = at.verdict.union(at.why)
        gap = round(12 * u)
        wide = (place.width - 4 * gap) / 5
        for number, grade in enumerate(GRADES):
            left = place.left + number * (wide + gap)
            pane = box(left, place.top + 14 * u, left + wide, place.bottom - 8 * u)
            colour = GRADE_COLOUR[grade]
            self.theme.panel(surface, pane, Glass(18 * u, dim(colour, 0.8), 2 * u, 196, NIGHT))
            top = pygame.Rect(pane.left, pane.top, pane.width, round(pane.height * 0.64))
            low = pygame.Rect(
                pane.left, top.bottom - round(6 * u), pane.width, pane.bottom - top.bottom
            )
            count = str(report.counts.get(grade, 0))
            self.theme.write(surface, count, top, Style(64 * u, WHITE, "centre"))
            self.theme.write(surface, grade, low, Style(24 * u, colour, "centre", 8))


def _surface(size: tuple[int, int]) -> pygame.Surface:
    """Return a surface without a screen's format."""
    return pygame.Surface(size, 0, 32)


def _lit(surface: pygame.Surface, drawn: pygame.Surface, light: float) -> None:
    """Draw a picture with a share of its light."""
    surface.blit(drawn, (0, 0))
    if light < 1:
        level = round(255 * max(light, 0.0))
        surface.fill((level,) * 3, special_flags=pygame.BLEND_RGB_MULT)
