"""Where a new song begins: the films of a folder, and a film while it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.chip_screen import ChipScreen
from kpopdance.realtime.screens.parts.chips import Chip
from kpopdance.realtime.screens.parts.heading import draw_title
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.studio_film import FilmPanel, colour_of
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    GOLD,
    INK,
    MAGENTA,
    MINT,
    NIGHT,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    clock_words,
    dim,
    drawable,
    is_wide,
    mix,
    scale_of,
)

if TYPE_CHECKING:
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Colour
    from kpopdance.realtime.screens.screen import Meanings, Place
    from kpopdance.realtime.screens.studio_view import FilmCard, FilmListView, LookingView

LIST_CHIPS: Final = (
    Chip("↑ ↓", "choose", "down"), Chip("Enter", "make a song of it", "play"),
    Chip("←", "folder above", "parent"), Chip("Esc", "songs", "back"),
)  # fmt: skip
BEGUN_CHIPS: Final = (
    Chip("↑ ↓", "choose", "down"), Chip("Enter", "go on with it", "play"),
    Chip("Del", "throw it away", "drop"), *LIST_CHIPS[2:],
)  # fmt: skip
SURE_CHIPS: Final = (Chip("Enter", "throw it away", "play"), Chip("Esc", "keep it", "back"))
WAITING_CHIPS: Final = (Chip("Esc", "leave it", "back"),)
LOOKING_CHIPS: Final = (Chip("Esc", "enough", "back"),)
ASKING_CHIPS: Final = (
    Chip("Enter", "make a song of what was seen", "play"), Chip("Space", "go on looking", "pause"),
    Chip("Esc", "leave it", "back"),
)  # fmt: skip
ROW: Final = 46.0
"""Height of a film's line, design units."""
HOW: Final = (
    (N_("Drop a dance video anywhere on this window, or choose one."), WHITE),
    (
        N_(
            "Everybody who dances in it becomes a member of the song; beats and bars are heard. "
            "Then you see the film with everybody's skeleton, and correct what is wrong."
        ),
        SOFT,
    ),
    (N_("Nothing leaves this computer."), FAINT),
)


class FilmListScreen(ChipScreen):
    """Draws the films of a folder, and how it goes on."""

    meanings: ClassVar[Meanings] = {
        "up": "up", "down": "down", "page up": "bar back", "page down": "bar on", "home": "begin",
        "end": "end", "return": "play", "left": "parent", "backspace": "parent", "escape": "back",
        "right": "play", "delete": "drop",
    }  # fmt: skip

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._first, self._count = 0, 0

    def draw(self, surface: pygame.Surface, view: FilmListView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        self.theme.fit(size)
        (width, height), u = size, scale_of(size)
        self.backdrop.draw(
            surface, 2 * view.age_s, centre_x=width // 2, horizon_y=round(height * 0.7)
        )
        surface.fill((120, 110, 150), special_flags=pygame.BLEND_RGB_MULT)
        heading = box(44 * u, 22 * u, width - 44 * u, 84 * u)
        draw_title(self.theme, surface, heading, (_("A new"), _("song")), u)
        films, how = self._boxes(size)
        where = box(films.left + 4 * u, films.top - 34 * u, films.right, films.top - 6 * u)
        self.theme.write(surface, view.place, where, Style(15 * u, SOFT, "left", 8 * u))
        self._films(surface, films, view, u)
        asked = (
            ((view.notice, GOLD),)
            if view.asks
            else tuple((_(words), ink) for words, ink in HOW)
        )
        self._how(surface, how, asked, u)
        notice = films.inflate(-round(40 * u), -round(32 * u))
        told = (view.notice,) if view.notice and not view.asks else ()
        draw_notices(self.theme, surface, notice, told, u)
        self._draw_chips(
            surface,
            _list_chips(view),
            box(44 * u, height - 48 * u, width - 44 * u, height - 14 * u),
            30 * u,
        )

    def _boxes(self, size: tuple[int, int]) -> tuple[pygame.Rect, pygame.Rect]:
        """Return where the films and where the words are."""
        (width, height), u = size, scale_of(size)
        low = height - 66 * u
        if is_wide(size):
            middle = 0.62 * width
            return box(44 * u, 132 * u, middle, low), box(
                middle + 24 * u, 132 * u, width - 44 * u, low
            )
        return box(44 * u, 132 * u, width - 44 * u, low - 230 * u), box(
            44 * u, low - 214 * u, width - 44 * u, low
        )

    def _films(
        self, surface: pygame.Surface, pane: pygame.Rect, view: FilmListView, u: float
    ) -> None:
        self.theme.panel(surface, pane, Glass(18 * u, dim(VIOLET, 0.7), 1.4, 225, INK))
        if not view.cards and not view.notice:
            words = pane.inflate(-round(60 * u), -round(60 * u))
            told = _("No video lies here. Drop one on this window.")
            self.theme.write_lines(surface, told, words, Style(20 * u, SOFT))
        fit = max(1, int((pane.height - 16 * u) // (ROW * u)))
        first = min(self._first, view.chosen, max(0, len(view.cards) - fit))
        self._first, self._count = max(first, view.chosen - fit + 1, 0), len(view.cards)
        for number in range(self._first, min(len(view.cards), self._first + fit)):
            row = self._row(pane, number, u)
            self._film(surface, row, view.cards[number], number == view.chosen, u)

    def _row(self, pane: pygame.Rect, number: int, u: float) -> pygame.Rect:
        top = pane.top + (8 + (number - self._first) * ROW) * u
        return box(pane.left + 8 * u, top, pane.right - 8 * u, top + (ROW - 5) * u)

    def _film(
        self, surface: pygame.Surface, row: pygame.Rect, card: FilmCard, chosen: bool, u: float
    ) -> None:
        colour = GOLD if card.begun else FAINT if card.folder else CYAN
        if chosen:
            self.theme.panel(surface, row, Glass(12 * u, MAGENTA, 1.8, 235, (66, 18, 84)))
        _mark(surface, (row.left + 24 * u, row.centery), card, colour, u)
        right = box(row.right - 150 * u, row.top, row.right - 14 * u, row.bottom)
        words = box(row.left + 48 * u, row.top, right.left - 8 * u, row.bottom)
        ink = WHITE if chosen else SOFT
        self.theme.write(surface, card.name, words, Style(19 * u, ink, "left", 12 * u))
        ink = GOLD if card.begun else FAINT
        self.theme.write(surface, card.told, right, Style(14 * u, ink, "right", 7 * u))

    def _how(
        self, surface: pygame.Surface, pane: pygame.Rect, told: tuple[tuple[str, Colour], ...],
        u: float,
    ) -> None:  # fmt: skip
        """Write how it goes on, or what is asked: each paragraph smaller than the one before."""
        self.theme.panel(surface, pane, Glass(18 * u, dim(VIOLET, 0.5), 1.2, 170, NIGHT))
        inner = pane.inflate(-round(44 * u), -round(36 * u))
        top = inner.top
        for (words, ink), px in zip(told, (20, 17, 15), strict=False):
            place = box(inner.left, top, inner.right, inner.bottom)
            top = self.theme.write_lines(surface, words, place, Style(px * u, ink))
            top += round(14 * u)

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        pane, u = self._boxes(size)[0], scale_of(size)
        if pane.collidepoint(position):
            for number in range(self._first, self._count):
                row = self._row(pane, number, u)
                if row.collidepoint(position) and row.bottom <= pane.bottom:
                    return Target("film", number)
        return super()._under(position, size)


class LookingScreen(ChipScreen):
    """Draws a film while it is looked at."""

    meanings: ClassVar[Meanings] = {"escape": "back", "return": "play", "space": "pause"}

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(backdrop)
        self._film = FilmPanel(self.theme)

    def draw(self, surface: pygame.Surface, view: LookingView) -> None:
        """Draw one frame."""
        size = surface.get_size()
        if not drawable(size):
            return
        self.theme.fit(size)
        (width, height), u = size, scale_of(size)
        surface.fill(NIGHT)
        edge = 44 * u
        top = box(edge, 18 * u, width - edge, 66 * u)
        self.theme.neon(surface, view.title, top, Style(34 * u, WHITE, "left", 14 * u), MAGENTA)
        foot = height - 118 * u
        film = box(edge, 78 * u, width - edge, foot - 10 * u)
        colours = [colour_of(person) for person in range(len(view.film.joints))]
        self._film.draw(surface, film, view.film, colours)
        if view.film.picture is None:
            self._waiting(surface, film, view.age_s, u)
        row = box(edge, foot, width - edge, foot + 30 * u)
        self._progress(surface, row, view, u)
        bar = box(edge, row.bottom + 4 * u, width - edge, row.bottom + 14 * u)
        self.theme.bar(surface, bar, view.share, MAGENTA)
        looking = WAITING_CHIPS if view.film.picture is None else LOOKING_CHIPS
        chips = ASKING_CHIPS if view.asks else looking
        self._draw_chips(
            surface, chips, box(edge, height - 54 * u, width - edge, height - 18 * u), 30 * u
        )

    def _progress(
        self, surface: pygame.Surface, row: pygame.Rect, view: LookingView, u: float
    ) -> None:
        words, ink = view.doing, SOFT
        if view.asks:
            words, ink = _("Is that enough? What was seen so far can be a song."), GOLD
        self.theme.write(surface, words, row, Style(18 * u, ink, "left", 9 * u))
        if view.film.picture is None:
            return
        people = int((view.film.joints[..., 2] > 0).any(axis=1).sum())
        told = [_("{people} seen now", people=people), f"{100 * view.share:.0f} %"]
        if view.left_s is not None:
            told.append(_("{time} left", time=clock_words(view.left_s)))
        self.theme.write(surface, " · ".join(told), row, Style(18 * u, MINT, "right", 9 * u))

    def _waiting(
        self, surface: pygame.Surface, film: pygame.Rect, age_s: float, u: float
    ) -> None:
        """Draw three dots that take turns."""
        for dot in range(3):
            lit = int(2.5 * age_s) % 3 == dot
            at = (film.centerx + (dot - 1) * 34 * u, film.centery)
            pygame.draw.aacircle(surface, CYAN if lit else mix(INK, CYAN, 0.3), at, 8 * u)


def _list_chips(view: FilmListView) -> tuple[Chip, ...]:
    if view.asks:
        return SURE_CHIPS
    begun = bool(view.cards) and view.cards[view.chosen].begun
    return BEGUN_CHIPS if begun else LIST_CHIPS


def _mark(
    surface: pygame.Surface,
    at: tuple[float, float],
    card: FilmCard,
    colour: tuple[int, int, int],
    u: float,
) -> None:
    """Draw a folder, or a film's triangle."""
    x, y = at
    if card.folder:
        pygame.draw.rect(
            surface,
            colour,
            box(x - 10 * u, y - 7 * u, x + 10 * u, y + 8 * u),
            border_radius=round(2 * u),
        )
        pygame.draw.rect(
            surface,
            colour,
            box(x - 10 * u, y - 10 * u, x, y - 4 * u),
            border_radius=round(2 * u),
        )
        return
    points = [(x - 7 * u, y - 9 * u), (x + 10 * u, y), (x - 7 * u, y + 9 * u)]
    pygame.draw.polygon(surface, colour, points)
    pygame.draw.aalines(surface, colour, True, points)
