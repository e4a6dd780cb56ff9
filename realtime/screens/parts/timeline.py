"""A song from left to right: its beats and bars, sections, cuts, and who is there when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pygame

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.tempo import BEATS_OF_BAR
from kpopdance.realtime.screens.parts.studio_film import colour_of, pale
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    clock_words,
    dim,
    mix,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kpopdance.realtime.screens.parts.theme import Colour, Theme
    from kpopdance.realtime.screens.studio_view import MemberLine, StudioView

SECTION_COLOURS: Final[tuple[Colour, ...]] = (VIOLET, CYAN, MAGENTA, GOLD)
BEAT_PX, BAR_PX, NUMBER_PX = 7.0, 5.0, 34.0
"""Closer together, beats, bars and bars' numbers are left out, design units."""
STEPS: Final = (1, 2, 4, 8, 16, 32, 64, 128)
LEAST_ROW, MOST_ROW = 4.0, 24.0
"""Height of somebody's row, design units."""
GRIP: Final = 9.0
"""Half the width of what is dragged, design units."""
PIN: Final = 8.0
"""The same of a pin, and a little room beside it."""
MOST_MARKS: Final = 2000
"""Beats are drawn for so many at most."""


@dataclass(frozen=True, slots=True)
class TimelineLayout:
    """Where the parts of a time line are, px: rows of one person each, and what lies above them."""

    names: pygame.Rect
    sections: pygame.Rect
    ruler: pygame.Rect
    rows: pygame.Rect
    unit: float


def timeline_layout(whole: pygame.Rect, unit: float) -> TimelineLayout:
    """Return the layout of a time line in a box."""
    inner = whole.inflate(-round(20 * unit), -round(14 * unit))
    left = inner.left + round(118 * unit)
    top, low = inner.top + round(22 * unit), inner.top + round(46 * unit)
    return TimelineLayout(
        names=box(inner.left, low, left - 8 * unit, inner.bottom),
        sections=box(left, inner.top, inner.right, top - 2 * unit),
        ruler=box(left, top, inner.right, low - 2 * unit),
        rows=box(left, low, inner.right, inner.bottom), unit=unit,
    )  # fmt: skip


class Timeline:
    """Draws a draft's time line, and says which moment lies under a point of it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def draw(
        self, surface: pygame.Surface, whole: pygame.Rect, view: StudioView, unit: float
    ) -> None:
        """Draw one frame."""
        self.theme.panel(surface, whole, Glass(16 * unit, dim(VIOLET, 0.6), 1.2, 235, INK))
        at = timeline_layout(whole, unit)
        clip = surface.get_clip()
        surface.set_clip(
            pygame.Rect(at.sections.left - round(GRIP * unit), whole.top, 0, 0).union(whole)
        )
        self._clock(surface, at, view)
        self._rows(surface, at, view)
        inside = box(at.ruler.left, whole.top, at.ruler.right + 1, whole.bottom)
        surface.set_clip(inside)
        self._bars(surface, at, view)
        self._sections(surface, at, view)
        self._cuts(surface, at, view)
        surface.set_clip(clip)
        self._marks(surface, at, view)
        self._head(surface, at, view)

    def _clock(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        place = box(at.names.left, at.sections.top, at.names.right, at.sections.bottom)
        now = f"{clock_words(view.song_s)}.{int(10 * (view.song_s % 1))}"
        drawn = self.theme.write(surface, now, place, Style(19 * at.unit, WHITE, "left", 7))
        rest = box(
            drawn.right + 6 * at.unit, place.top + 3 * at.unit, place.right, place.bottom
        )
        words = _("of {time}", time=clock_words(view.length_s))
        self.theme.write(surface, words, rest, Style(12.5 * at.unit, FAINT, "left", 6))
        low = box(at.names.left, at.ruler.top, at.names.right, at.ruler.bottom)
        told = _("{bpm:.4g} bpm", bpm=view.tempo.bpm_at(view.song_s))
        self.theme.write(surface, told, low, Style(13 * at.unit, GOLD, "left", 6))

    def _rows(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        for person, row in rows_of(at, view.lines):
            line, chosen = view.lines[person], person == view.chosen
            colour = colour_of(person) if line.member else pale(colour_of(person))
            ground = mix(INK, VIOLET, 0.34 if chosen else 0.16)
            surface.fill(ground, row)
            for begin_s, end_s in line.spans:
                left, right = x_of(at, view, begin_s), x_of(at, view, end_s)
                part = pygame.Rect(
                    round(left), row.top, max(2, round(right - left)), row.height
                )
                part = part.clip(row)
                if part.width:
                    surface.fill(colour if chosen else dim(colour, 0.72), part)
            if row.height >= 9 * at.unit:
                place = pygame.Rect(at.names.left, row.top, at.names.width, row.height)
                ink = (WHITE if chosen else SOFT) if line.member else FAINT
                words = f"{line.number}  {line.label}" if line.name else line.label
                self.theme.write(surface, words, place, Style(12.5 * at.unit, ink, "left", 6))

    def _bars(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        """Draw beats and bars over the rows, and number the bars."""
        for beat_s, number in beats_in(at, view):
            x = round(x_of(at, view, beat_s))
            is_bar = number % BEATS_OF_BAR == 0
            top = at.ruler.top + round((7 if is_bar else 14) * at.unit)
            colour = SOFT if is_bar else dim(FAINT, 0.75)
            pygame.draw.line(surface, colour, (x, top), (x, at.ruler.bottom))
            if is_bar:
                shade = mix(INK, WHITE, 0.14)
                pygame.draw.line(surface, shade, (x, at.rows.top), (x, at.rows.bottom - 1))
        px = 11 * at.unit
        for bar_s, bar in numbered_bars(at, view):
            place = box(
                x_of(at, view, bar_s) + 3 * at.unit,
                at.ruler.top,
                at.ruler.right,
                at.ruler.bottom - 6 * at.unit,
            )
            self.theme.write(surface, str(bar), place, Style(px, FAINT, "left", 6))

    def _sections(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        ends = [*(start_s for _, start_s in view.sections[1:]), view.length_s]
        names = list(dict.fromkeys(name for name, _ in view.sections))
        for (name, start_s), end_s in zip(view.sections, ends, strict=False):
            left = max(x_of(at, view, start_s), at.sections.left)
            right = min(x_of(at, view, end_s), at.sections.right)
            if right - left < 2:
                continue
            place = box(left + 1, at.sections.top, right - 1, at.sections.bottom)
            colour = SECTION_COLOURS[names.index(name) % len(SECTION_COLOURS)]
            pygame.draw.rect(
                surface, mix(INK, colour, 0.45), place, border_radius=round(4 * at.unit)
            )
            words = place.inflate(-round(12 * at.unit), 0)
            self.theme.write(surface, name, words, Style(12.5 * at.unit, WHITE, "left", 6))

    def _cuts(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        dash = max(2, round(4 * at.unit))
        for cut_s in view.cuts_s:
            x = round(x_of(at, view, cut_s))
            for top in range(at.rows.top, at.rows.bottom, 2 * dash):
                pygame.draw.line(
                    surface, WHITE, (x, top), (x, min(top + dash, at.rows.bottom) - 1)
                )

    def _marks(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        """Draw where the chorus and the first beat are, each by the key that sets it."""
        pins = ((view.preview_s, "C", MAGENTA), (view.tempo.offset_s, "1", GOLD))
        shown = sorted(
            (x, sign, colour) for song_s, sign, colour in pins
            if at.ruler.left <= (x := x_of(at, view, song_s)) <= at.ruler.right
        )  # fmt: skip
        room = 2 * PIN * at.unit - (shown[-1][0] - shown[0][0] if len(shown) > 1 else math.inf)
        for way, (x, sign, colour) in zip((-1, 1), shown, strict=False):
            self._pin(surface, at, (x, x + way * max(room, 0.0) / 2), (sign, colour))

    def _pin(
        self, surface: pygame.Surface, at: TimelineLayout, place: tuple[float, float],
        look: tuple[str, Colour],
    ) -> None:  # fmt: skip
        """Draw a pin in the ruler with a line below; its head may stand aside of where it points."""
        (sign, colour), (x, head), u, low = look, place, at.unit, at.ruler.bottom
        left, right = head - 7 * u, head + 7 * u
        points = [
            (left, low - 16 * u), (right, low - 16 * u), (right, low - 7 * u), (x, low),
            (left, low - 7 * u),
        ]  # fmt: skip
        pygame.draw.polygon(surface, colour, points)
        pygame.draw.line(surface, colour, (x, low), (x, at.rows.bottom - 1))
        name = box(left, low - 17 * u, right, low - 4 * u)
        self.theme.write(surface, sign, name, Style(10 * u, INK, "centre", 5))

    def _head(self, surface: pygame.Surface, at: TimelineLayout, view: StudioView) -> None:
        x = x_of(at, view, view.song_s)
        if not at.ruler.left - 1 <= x <= at.ruler.right + 1:
            return
        u = at.unit
        line = pygame.Rect(
            round(x - u), at.ruler.top, max(2, round(2 * u)), at.rows.bottom - at.ruler.top
        )
        surface.fill(WHITE, line)
        pygame.draw.aacircle(surface, WHITE, (x, at.ruler.top + 4 * u), 6 * u)


def rows_of(
    at: TimelineLayout, lines: tuple[MemberLine, ...]
) -> Iterator[tuple[int, pygame.Rect]]:
    """Yield who has a row, and where it is: everybody who is anywhere, as far as there is room."""
    shown = [person for person, line in enumerate(lines) if line.spans]
    if not shown:
        return
    gap = max(1, round(2 * at.unit))
    high = min(MOST_ROW * at.unit, at.rows.height / len(shown) - gap)
    high = max(2, round(max(high, LEAST_ROW * at.unit)))
    for number, person in enumerate(shown):
        top = at.rows.top + number * (high + gap)
        if top + high <= at.rows.bottom + gap:
            yield person, pygame.Rect(at.rows.left, top, at.rows.width, high)


def x_of(at: TimelineLayout, view: StudioView, song_s: float) -> float:
    """Return where a song second is, px."""
    share = (song_s - view.begin_s) / max(view.end_s - view.begin_s, 1e-3)
    return at.ruler.left + min(max(share, -1e3), 1e3) * at.ruler.width


def second_at(at: TimelineLayout, view: StudioView, x: float) -> float:
    """Return the song second at a px, within the song."""
    share = (x - at.ruler.left) / max(1, at.ruler.width)
    return min(max(view.begin_s + share * (view.end_s - view.begin_s), 0.0), view.length_s)


def beats_in(at: TimelineLayout, view: StudioView) -> Iterator[tuple[float, int]]:
    """Yield second and number of the beats that are drawn; a bar's first one divides by four."""
    px = 60 / view.tempo.bpm_at(view.begin_s) * _px_a_second(at, view)
    step = 1 if px >= BEAT_PX * at.unit else BEATS_OF_BAR
    if px * BEATS_OF_BAR >= BAR_PX * at.unit:
        yield from _beats(view, step)


def numbered_bars(at: TimelineLayout, view: StudioView) -> Iterator[tuple[float, int]]:
    """Yield second and number, from 1, of the bars whose numbers have room."""
    px = BEATS_OF_BAR * 60 / view.tempo.bpm_at(view.begin_s) * _px_a_second(at, view)
    step = next((step for step in STEPS if px * step >= NUMBER_PX * at.unit), STEPS[-1])
    for beat_s, beat in _beats(view, BEATS_OF_BAR * step):
        if beat > 0:  # the first beat is marked
            yield beat_s, beat // BEATS_OF_BAR + 1


def _beats(view: StudioView, step: int) -> Iterator[tuple[float, int]]:
    """Yield second and number of every so manieth beat that is shown."""
    first = math.ceil(view.tempo.beat_at(max(view.begin_s, 0.0)) - 1e-6)
    last = math.floor(view.tempo.beat_at(view.end_s))
    first += -first % step
    for beat in range(first, min(last, first + MOST_MARKS * step) + 1, step):
        yield view.tempo.second_of(beat), beat


def _px_a_second(at: TimelineLayout, view: StudioView) -> float:
    return at.ruler.width / max(view.end_s - view.begin_s, 1e-3)
