"""Random play dance: what is asked for, line by line, and the list that comes of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.chip_screen import ChipScreen
from kpopdance.realtime.screens.parts.chips import Chip
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.set_lines import SetLines
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    MAGENTA,
    NIGHT,
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

if TYPE_CHECKING:
    from kpopdance.realtime.screens.actions import Target
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.random_view import ListedSong, RandomView
    from kpopdance.realtime.screens.screen import Meanings, Place


class Texts(NamedTuple):
    """What stands on the page: its title, a sentence beside it, and its chips."""

    title: str
    about: str
    chips: tuple[Chip, ...]


RANDOM: Final = Texts(N_("RANDOM PLAY DANCE"), N_("Chorus after chorus: three, two, one."), (
    Chip("Enter", N_("dance"), "play"), Chip("↑ ↓", N_("choose"), "down"),
    Chip("← →", N_("change"), "right"), Chip("R", N_("other songs"), "again"),
    Chip("G", N_("together"), "group"), Chip("X", N_("write the list"), "export"),
    Chip("Esc", N_("songs"), "back"),
))  # fmt: skip
LEADING: Final = 1.38
"""From line to line of a sentence, of its letters' height."""
LINE: Final = 33.0
"""Height of a song's line, design units."""


class RandomLayout(NamedTuple):
    """Where everything is, px; none covers another."""

    title: pygame.Rect
    rows: pygame.Rect
    songs: pygame.Rect
    chips: pygame.Rect
    banner: pygame.Rect
    unit: float


@lru_cache(maxsize=4)
def random_layout(size: tuple[int, int]) -> RandomLayout:
    """Return the layout of a window: the lines beside the songs, or above them."""
    (width, height), u = size, scale_of(size)
    foot = height - 14 * u
    if is_wide(size):
        middle = width * 0.47
        return RandomLayout(
            title=box(44 * u, 24 * u, width - 44 * u, 78 * u),
            rows=box(44 * u, 124 * u, middle, foot - 56 * u),
            songs=box(middle + 36 * u, 124 * u, width - 44 * u, foot - 56 * u),
            chips=box(44 * u, foot - 38 * u, width - 44 * u, foot),
            banner=box(44 * u, 78 * u, width - 44 * u, 120 * u), unit=u,
        )  # fmt: skip
    middle = height * 0.36
    return RandomLayout(
        title=box(28 * u, 20 * u, width - 28 * u, 70 * u),
        rows=box(28 * u, 124 * u, width - 44 * u, middle),
        songs=box(28 * u, middle + 16 * u, width - 28 * u, foot - 96 * u),
        chips=box(28 * u, foot - 82 * u, width - 28 * u, foot),
        banner=box(28 * u, 76 * u, width - 28 * u, 118 * u), unit=u,
    )  # fmt: skip


class RandomScreen(ChipScreen):
    """Draws a ``RandomView`` under its ``texts``."""

    meanings: ClassVar[Meanings] = {
        "up": "up", "down": "down", "left": "left", "right": "right", "return": "play",
        "space": "play", "r": "again", "x": "export", "g": "group", "escape": "back",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop, texts: Texts = RANDOM) -> None:
        super().__init__(backdrop)
        self._texts = texts
        self._lines = SetLines(backdrop.theme)

    def draw(self, surface: pygame.Surface, view: RandomView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        at = random_layout(size)
        u = at.unit
        horizon = round(size[1] * 0.76)
        self.backdrop.draw(surface, 2 * view.age_s, centre_x=size[0] // 2, horizon_y=horizon)
        title = self.theme.neon(
            surface, _(self._texts.title), at.title, Style(42 * u, least=10), MAGENTA
        )
        if is_wide(size):
            self._about(surface, at, title)
        self._lines.draw(surface, at.rows, u, (view.rows, view.chosen, None))
        self._songs(surface, at, view)
        self._draw_chips(surface, self._texts.chips, at.chips, 34 * u)
        draw_notices(self.theme, surface, at.banner, view.notices, u)

    def _about(self, surface: pygame.Surface, at: RandomLayout, title: pygame.Rect) -> None:
        u = at.unit
        rest = box(title.right + 22 * u, at.title.top, at.title.right, at.title.bottom)
        self.theme.write(surface, _(self._texts.about), rest, Style(19 * u, SOFT, least=7))

    def _songs(self, surface: pygame.Surface, at: RandomLayout, view: RandomView) -> None:
        u, place = at.unit, at.songs
        style = Style(22 * u, GOLD if view.awaited else WHITE, "left", 7)
        lines = self.theme.wrapped(view.told, style.px, place.width - round(36 * u))
        said = max(34 * u, len(lines) * round(LEADING * style.px) + 2)
        about = not view.songs and view.done >= 1  # then it is a sentence, and nothing below it
        if about:
            tall = round(said + 34 * u)
            place = pygame.Rect(place.left, place.top, place.width, min(tall, place.height))
        edge = CYAN if view.songs else dim(VIOLET, 0.8)
        self.theme.panel(surface, place, Glass(20 * u, edge, 1.6, 210, NIGHT))
        inner = place.inflate(-round(36 * u), -round(28 * u))
        high = inner.height if about else min(said, inner.height / 2)
        head = box(inner.left, inner.top, inner.right, inner.top + high)
        self.theme.write_lines(surface, view.told, head, style)
        bar = box(inner.left, head.bottom + 6 * u, inner.right, head.bottom + 12 * u)
        if not view.songs and view.done < 1:
            self.theme.bar(surface, bar, view.done, CYAN)
        room = box(inner.left, bar.bottom + 8 * u, inner.right, inner.bottom)
        fit = max(1, int(room.height / (LINE * u)))
        songs = view.songs if len(view.songs) <= fit else view.songs[: fit - 1]
        for number, song in enumerate(songs):
            top = room.top + number * LINE * u
            self._song(surface, box(room.left, top, room.right, top + LINE * u), song, u)
        if len(songs) < len(view.songs):
            top = room.top + len(songs) * LINE * u
            words = _("and {n} more", n=len(view.songs) - len(songs))
            last = box(room.left + 66 * u, top, room.right, top + LINE * u)
            self.theme.write(surface, words, last, Style(17 * u, FAINT, "left", 7))

    def _song(
        self, surface: pygame.Surface, row: pygame.Rect, song: ListedSong, u: float
    ) -> None:
        at = box(row.left, row.top, row.left + 56 * u, row.bottom)
        self.theme.write(surface, song.at, at, Style(17 * u, CYAN, "left", 7))
        name = box(at.right + 10 * u, row.top, row.left + 0.66 * row.width, row.bottom)
        self.theme.write(surface, song.title, name, Style(19 * u, WHITE, "left", 7))
        artist = box(name.right + 14 * u, row.top, row.right, row.bottom)
        self.theme.write(surface, song.artist, artist, Style(16 * u, SOFT, "right", 7))

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        at = random_layout(size)
        chip = super()._under(position, size)
        return chip or self._lines.under(at.rows, at.unit, position)
