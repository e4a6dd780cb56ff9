"""The songs to choose from: wordmark, cards, a dancing preview, keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import pygame

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.screens.actions import ENTER, Target
from kpopdance.realtime.screens.parts.asking import Asking
from kpopdance.realtime.screens.parts.backdrop import HOUSE, lights_of
from kpopdance.realtime.screens.parts.notices import draw_notices
from kpopdance.realtime.screens.parts.song_card import card_sprite, card_words
from kpopdance.realtime.screens.parts.terms import draw_terms
from kpopdance.realtime.screens.parts.theme import (
    CYAN,
    FAINT,
    MAGENTA,
    NIGHT,
    RED,
    SOFT,
    VIOLET,
    WHITE,
    Glass,
    Style,
    box,
    dim,
    drawable,
    is_wide,
    mix,
    roomy_scale_of,
)
from kpopdance.realtime.screens.parts.troupe import Troupe
from kpopdance.realtime.screens.parts.who import Who
from kpopdance.realtime.screens.screen import Screen
from kpopdance.realtime.screens.view import ASKED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.screens.parts.theme import Align, Hints
    from kpopdance.realtime.screens.screen import Place
    from kpopdance.realtime.screens.view import Asked, ListView, SongCard

Places: TypeAlias = "Callable[[str], int | None]"
KEYS: Final[Hints] = (
    ("↑ ↓", N_("choose")),
    ("Enter", N_("dance")),
    ("Esc", N_("leave")),
    ("F11", N_("full screen")),
)
OF_SONGS: Final = ("↑ ↓", "Enter", "L", "P", "E", "G")
"""Keys that need a song."""
TERM_KEYS: Final[dict[str, Action]] = {"s": "strictness", "b": "body", "t": "turn"}
ROOMS: Final[dict[str, Action]] = {
    "q": "quiz", "n": "new", "e": "edit", "w": "players", "h": "history", "f1": "setup",
    "d": "delay", "r": "random", "g": "group", "f2": "guide", "k": "board",
}  # fmt: skip
ASKING: Final[dict[str, Action]] = {
    "/": "search", "ctrl f": "search", "o": "order", "f": "only", "l": "star", "p": "playlist",
}  # fmt: skip
"""Which songs are listed, and on which lists they are."""
WRITTEN: Final[dict[str, Action]] = {"escape": "back", "ctrl f": "stop writing"}
MANY: Final = 1_000_000
STEPS: Final = {
    "up": -1, "down": 1, "page up": -4, "page down": 4, "home": -MANY, "end": MANY,
}  # fmt: skip
GLIDE_S: Final = 0.07
"""Half-life of the list's way to the selected card."""
REST_S: Final = 0.35
"""A song that is looked at for so long lights the stage; who goes on along the list sees it calm."""
RECORD_HINT: Final = "kpopdance record VIDEO"


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Where everything is, px; all but ``banner`` keep clear of each other."""

    wordmark: pygame.Rect
    asked: pygame.Rect
    cards: pygame.Rect
    preview: pygame.Rect
    keys: pygame.Rect
    more: pygame.Rect
    status: pygame.Rect
    banner: pygame.Rect
    card_height: int
    unit: float


def list_layout(size: tuple[int, int]) -> ListLayout:
    """Return the layout of a window: cards beside the preview, or below it."""
    (width, height), u = size, roomy_scale_of(size)

    edge, foot = 44 * u, height - 20 * u
    if is_wide(size):
        column = edge + 0.54 * width
        return ListLayout(
            wordmark=box(edge, 22 * u, column, 118 * u),
            asked=box(edge, 126 * u, column - 14 * u, 160 * u),
            cards=box(edge, 170 * u, column, foot - 74 * u),
            preview=box(column + 12 * u, 72 * u, width, foot - 74 * u),
            keys=box(edge, foot - 62 * u, width - edge, foot - 34 * u),
            more=box(edge, foot - 30 * u, width * 0.74, foot - 2 * u),
            status=box(width * 0.75, foot - 30 * u, width - edge, foot - 2 * u),
            banner=box(width - 520 * u, 22 * u, width - edge, 66 * u),
            card_height=round(94 * u),
            unit=u,
        )
    middle = height * 0.46
    return ListLayout(
        wordmark=box(28 * u, 22 * u, width - 28 * u, 122 * u),
        preview=box(0, 130 * u, width, middle),
        asked=box(28 * u, middle + 8 * u, width - 42 * u, middle + 42 * u),
        cards=box(28 * u, middle + 52 * u, width - 28 * u, foot - 106 * u),
        keys=box(28 * u, foot - 94 * u, width - 28 * u, foot - 66 * u),
        more=box(28 * u, foot - 62 * u, width - 28 * u, foot - 34 * u),
        status=box(28 * u, foot - 28 * u, width - 28 * u, foot),
        banner=box(28 * u, 130 * u, width - 28 * u, 176 * u),
        card_height=round(94 * u),
        unit=u,
    )


class SongListScreen(Screen):
    """Draws the songs and remembers which is selected.

    Parameters
    ----------
    backdrop : Backdrop
        See ``Screen``.
    cards : sequence of SongCard
        What there is to dance, in order; only those that are seen are asked for.
    hints : tuple of (key, meaning)
        More keys to list; what they do is the page's.
    """

    def __init__(
        self, backdrop: Backdrop, cards: Sequence[SongCard] = (), hints: Hints = ()
    ) -> None:
        super().__init__(backdrop)
        self.hints = (*KEYS[:2], *hints, *KEYS[2:])
        self._idle = tuple(hint for hint in self.hints if hint[0] not in OF_SONGS)
        self.cards: Sequence[SongCard] = ()
        self.troupe = Troupe(backdrop.theme)
        self.asking = Asking(backdrop.theme)
        self.who, self._player = Who(backdrop.theme), ""
        self.writing = False
        self._asked: tuple[Asked, int] = ASKED, 0
        self._chosen = 0
        self._shown_at = 0.0
        self._age_s: float | None = None
        self._lights = HOUSE
        self.show(cards)

    def show(self, cards: Sequence[SongCard], places: Places | None = None) -> None:
        """Take other cards; the selection stays on its song where it is still there.

        ``places`` tells where a song is by its slug, None where it is not, without all cards.
        """
        slug = self.selected.slug if self.selected else None
        self.cards = cards
        if self.selected is None or self.selected.slug != slug:
            where = (
                {card.slug: k for k, card in enumerate(cards)}.get if places is None else places
            )
            place = None if slug is None else where(slug)
            self._chosen = min(self._chosen, max(len(cards) - 1, 0)) if place is None else place

    def choose(self, number: int) -> None:
        """Select a card."""
        self._chosen = number
        self.troupe.reset()

    @property
    def selected(self) -> SongCard | None:
        """The card under the light; None while there are no songs."""
        return self.cards[self._chosen] if self._chosen < len(self.cards) else None

    def key(self, name: str) -> Action | None:
        """Return what a key means: ``select`` when the selection moved, ``play``, a change of terms.

        While something is written, letters are letters.
        """
        if self.writing and (name in WRITTEN or name not in (*STEPS, *ENTER)):
            return WRITTEN.get(name)
        if name in ASKING:
            return ASKING[name]
        if name == "escape":
            return "leave"
        if name in TERM_KEYS:
            return TERM_KEYS[name]
        if name in ROOMS:
            return ROOMS[name]
        if name in STEPS:
            return self.move(STEPS[name])
        if name in ENTER and self.selected and not self.selected.problem:
            return "play"
        return None

    def move(self, step: int, *, around: bool = True) -> Action | None:
        """Select another card, so many further on; from the last one the next is the first.

        Unless it goes ``around``, as while a key is held, the list ends there.
        """
        if not self.cards:
            return None
        last = len(self.cards) - 1
        wanted = min(max(self._chosen + step, 0), last)
        if around and abs(step) == 1 and wanted == self._chosen:
            wanted = last - wanted
        if wanted == self._chosen:
            return None
        self.choose(wanted)
        return "select"

    def draw(self, surface: pygame.Surface, view: ListView) -> None:
        """Draw one frame."""
        if not drawable(surface.get_size()):
            return
        at = list_layout(surface.get_size())
        self._stage(surface, at, view)
        self._wordmark(surface, at)
        self._player = view.player
        self.who.draw(surface, _who_place(at), view.player, view.colour, self._over)
        if self.selected and self.selected.problem:
            self._why_not(surface, at, self.selected)
        self._asked = view.asked, len(self.cards)
        self.asking.draw(surface, at.asked, *self._asked, at.unit, self._over)
        if self.cards:
            self._cards(surface, at, view.age_s)
        elif view.asked.of:
            self.asking.none_found(surface, at.cards, view.asked, at.unit)
        else:
            self._empty(surface, at)
        if self.selected and self.selected.why_hard:
            self._why_hard(surface, at, self.selected)
        hints = self.hints if self.cards else self._idle
        half = (len(hints) + 1) // 2
        self.theme.keys(surface, at.keys, hints[:half])
        self.theme.keys(surface, at.more, hints[half:])
        align: Align = "right" if is_wide(surface.get_size()) else "left"
        small = Style(12.5 * at.unit, FAINT, align, 9)
        self.theme.write_parts(surface, view.status, at.status, small)
        draw_notices(self.theme, surface, at.banner, view.notices, at.unit)
        if self.cards and not view.notices:
            draw_terms(self.theme, surface, at.banner, view.terms, at.unit)

    def _stage(self, surface: pygame.Surface, at: ListLayout, view: ListView) -> None:
        """Draw the selected song's dancers; its lights, once it is looked at."""
        horizon = round(at.preview.top + at.preview.height * 0.80)
        if view.preview is not None and view.age_s > REST_S:
            self._lights = lights_of(view.colours)
        self.backdrop.draw(
            surface, view.beat, centre_x=at.preview.centerx, horizon_y=horizon,
            lights=self._lights,
        )  # fmt: skip
        self.backdrop.crowd(surface, view.beat)
        self.troupe.stage(view.clothes, self._lights)
        if view.preview is not None:
            self.troupe.draw(
                surface, at.preview, view.preview, lead=view.lead, at_s=view.age_s, mirror=True
            )

    def _under(self, position: Place, size: tuple[int, int]) -> Target | None:
        at = list_layout(size)
        if at.cards.collidepoint(position) and self.cards:
            pitch = at.card_height + round(12 * at.unit)
            number = int((position[1] - at.cards.top) / pitch + self._shown_at)
            return Target("card", number) if number < len(self.cards) else None
        return self.asking.under(at.asked, *self._asked, position) or self.who.under(
            _who_place(at), self._player, position
        )

    def field_box(self, size: tuple[int, int]) -> pygame.Rect:
        """Return where text is written."""
        return self.asking.places(list_layout(size).asked, *self._asked)[0]

    def _why_hard(self, surface: pygame.Surface, at: ListLayout, card: SongCard) -> None:
        """Say below the preview what makes the song hard or easy."""
        u = at.unit
        line = pygame.Rect(0, 0, round(at.preview.width * 0.92), round(30 * u))
        line.midbottom = at.preview.midbottom
        words = card.why_hard
        if card.level:
            words = _("Level {level:.0f}: {why}", level=card.level, why=card.why_hard)
        wide = min(line.width, self.theme.width(words, 16 * u) + round(36 * u))
        chip = pygame.Rect(0, line.top, wide, line.height)
        chip.centerx = line.centerx
        self.theme.panel(surface, chip, Glass(14 * u, dim(VIOLET, 0.9), 1.0, 190, NIGHT))
        self.theme.write(
            surface, words, chip.inflate(-round(20 * u), 0), Style(16 * u, SOFT, "centre", 7)
        )

    def _wordmark(self, surface: pygame.Surface, at: ListLayout) -> None:
        style = Style(76 * at.unit)
        first = self.theme.neon(surface, "KPOP", at.wordmark, style, MAGENTA)
        rest = at.wordmark.copy()
        rest.left = first.right + round(20 * at.unit)
        rest.width = at.wordmark.right - rest.left
        self.theme.neon(surface, "DANCE", rest, style, CYAN)

    def _cards(self, surface: pygame.Surface, at: ListLayout, age_s: float) -> None:
        gap = round(12 * at.unit)
        pitch = at.card_height + gap
        top = self._glide(at, pitch, age_s)
        clip = surface.get_clip()
        surface.set_clip(at.cards)
        first = max(0, int(top / pitch))
        for number in range(first, min(len(self.cards), first + at.cards.height // pitch + 2)):
            box = pygame.Rect(at.cards.left, round(at.cards.top + number * pitch - top), 0, 0)
            box.size = (at.cards.width - round(14 * at.unit), at.card_height)
            self._card(surface, box, self.cards[number], number == self._chosen, at.unit)
        surface.set_clip(clip)
        self._scrollbar(surface, at, pitch, top)

    def _glide(self, at: ListLayout, pitch: int, age_s: float) -> float:
        """Return how far the list is scrolled, px, on its way to show the selected card."""
        whole = len(self.cards) * pitch
        most = max(0.0, (whole - at.cards.height) / pitch)
        wanted = min(max(self._chosen - (at.cards.height / pitch - 1) / 2, 0.0), most)
        gone_s = 0.0 if self._age_s is None else max(0.0, age_s - self._age_s)
        keep = 0.5 ** (gone_s / GLIDE_S) if self._age_s is not None else 0.0
        self._shown_at = wanted + (self._shown_at - wanted) * keep
        self._age_s = age_s
        return self._shown_at * pitch

    def _scrollbar(
        self, surface: pygame.Surface, at: ListLayout, pitch: int, top: float
    ) -> None:
        whole = len(self.cards) * pitch
        if whole - pitch * 0.2 <= at.cards.height:
            return
        width = max(3, round(4 * at.unit))
        track = pygame.Rect(at.cards.right - width, at.cards.top, width, at.cards.height)
        pygame.draw.rect(surface, (40, 26, 80), track, border_radius=width)
        thumb = track.copy()
        thumb.height = max(width * 4, round(track.height * track.height / whole))
        thumb.top = track.top + round(
            (track.height - thumb.height) * min(1.0, top / max(1, whole - track.height))
        )
        pygame.draw.rect(surface, VIOLET, thumb, border_radius=width)

    def _card(
        self, surface: pygame.Surface, box: pygame.Rect, card: SongCard, chosen: bool, u: float
    ) -> None:
        key = ("card", box.size, chosen, card_words(card))
        sprite = self.theme.kept(
            key, lambda: card_sprite(self.theme, box.size, card, chosen, u)
        )
        surface.blit(sprite, box)
        if chosen:
            self.theme.shine(
                surface, (box.left + 4 * u, box.centery), 60 * u, dim(MAGENTA, 0.6)
            )

    def _why_not(self, surface: pygame.Surface, at: ListLayout, card: SongCard) -> None:
        u, box = at.unit, pygame.Rect(0, 0, 0, 0)
        box.size = (round(at.preview.width * 0.84), round(at.preview.height * 0.62))
        box.center = at.preview.center
        self.theme.panel(surface, box, Glass(24 * u, RED, 2.0, 224, NIGHT))
        inner = box.inflate(-round(52 * u), -round(44 * u))
        head = pygame.Rect(inner.left, inner.top, inner.width, round(36 * u))
        self.theme.write(
            surface, _("This song cannot be danced yet"), head, Style(24 * u, WHITE)
        )
        text = inner.copy()
        text.top, text.height = (
            head.bottom + round(12 * u),
            inner.bottom - head.bottom - round(12 * u),
        )
        self.theme.write_lines(
            surface, card.problem, text, Style(max(9.0, 18 * u), mix(RED, WHITE, 0.6))
        )

    def _empty(self, surface: pygame.Surface, at: ListLayout) -> None:
        u, box = at.unit, at.cards.copy()
        box.height = min(box.height, round(250 * u))
        self.theme.panel(surface, box, Glass(24 * u, VIOLET, 2.0, 214, NIGHT))
        inner = box.inflate(-round(64 * u), -round(48 * u))
        head = pygame.Rect(inner.left, inner.top, inner.width, round(52 * u))
        self.theme.write(surface, _("No songs yet"), head, Style(38 * u))
        text = pygame.Rect(inner.left, head.bottom + round(10 * u), inner.width, round(70 * u))
        words = _(
            "Drop a dance video of yours on this window, or press N. In a terminal, type:"
        )
        below = self.theme.write_lines(surface, words, text, Style(21 * u, SOFT))
        line = pygame.Rect(inner.left, below + round(18 * u), inner.width, round(60 * u))
        self.theme.panel(surface, line, Glass(12 * u, CYAN, 1.6, 235, (6, 16, 34)))
        self.theme.write(
            surface, RECORD_HINT, line.inflate(-round(36 * u), 0), Style(25 * u, CYAN)
        )


def _who_place(at: ListLayout) -> pygame.Rect:
    """Return where it stands who dances: right of the wordmark."""
    right, u = at.cards.right - 14 * at.unit, at.unit
    return box(
        at.wordmark.left + 492 * u, at.wordmark.top + 14 * u, right, at.wordmark.bottom - 10 * u
    )
