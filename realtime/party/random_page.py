"""The page of random play dance: what is asked for; the list is made beside it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import refusing
from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.party.group_page import GroupPage
from kpopdance.realtime.party.making import Source, make_medley
from kpopdance.realtime.party.set_list import write_list
from kpopdance.realtime.party.wanted import ANY, Span, Wanted, any_seed, in_order
from kpopdance.realtime.screens.parts.theme import clock_words
from kpopdance.realtime.screens.random import RandomScreen
from kpopdance.realtime.screens.random_view import ListedSong, RandomView
from kpopdance.realtime.screens.setup_view import SetRow
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.songpack import PackFacts, SongPack
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.party.making import Made
    from kpopdance.realtime.screens.actions import Action, Target

    Songs = Mapping[str, PackFacts]

RESTED_S: Final = 0.25  # between two changes of what is asked for
MINUTES: Final = (3.0, 5.0, 10.0, 15.0, 20.0)
SLOW, FAST = 100.0, 130.0
"""Beats a minute, from which and up to which a song is neither."""
ENDINGS: Final = (".txt", ".csv", ".m3u8")


class _Otherwise(Exception):
    """Something else is asked for now."""


class Line(NamedTuple):
    """A line of the page: a field of ``Wanted``, its name, the values it may have, each in words."""

    field: str
    name: str
    values: Callable[[Songs], Sequence[Any]]
    words: Callable[[Any], str]


def _artists(songs: Songs) -> list[str]:
    return [
        "",
        *sorted({song.artist for song in songs.values() if song.artist}, key=str.casefold),
    ]


def _years(songs: Songs) -> list[Span]:
    """Return any, and the decades of which there are songs."""
    decades = sorted({song.year // 10 * 10 for song in songs.values() if song.year})
    return [ANY, *(Span(first, first + 9) for first in decades)]


def _span_words(span: Span) -> str:
    if span == ANY:
        return _("any")
    if span.most == ANY.most:
        return _("{n:g} and more", n=span.least)
    if span.least == span.most:
        return f"{span.least:g}"
    return f"{span.least:g}-{span.most:g}" if span.least else _("up to {n:g}", n=span.most)


LINES: Final = (
    Line("minutes", N_("length"), lambda _songs: MINUTES, lambda n: _("{n:g} minutes", n=n)),
    Line("artist", N_("artist"), _artists, lambda name: name or _("any")),
    Line("years", N_("year"), _years, _span_words),
    Line("tempo", N_("tempo"),
         lambda _songs: (ANY, Span(0, SLOW), Span(SLOW, FAST), Span(FAST)), _span_words),
    Line("members", N_("number of dancers"),
         lambda _songs: (ANY, Span(1, 1), Span(2, 4), Span(5)), _span_words),
    Line("known", N_("only songs I have danced"),
         lambda _songs: (False, True), lambda yes: _("yes") if yes else _("no")),
)  # fmt: skip


class RandomPage(Page):
    """What is asked for; ``dance`` returns the page that dances what came of it, in front of this."""

    heading = N_("Random play dance")

    def __init__(
        self, game: Game, dance: Callable[[SongPack, Page], Page], back: Page,
        wanted: Wanted | None = None,
    ) -> None:  # fmt: skip
        self._game, self._dance, self.back = game, dance, back
        self.screen = RandomScreen(game.backdrop)
        self.wanted = wanted or Wanted(seed=any_seed())
        self._chosen = 0
        self._danced: frozenset[str] = frozenset()
        self._reading: Future[frozenset[str]] | None = None
        self._making: Future[Made] | None = None
        self._making_of: Wanted | None = None
        self._changed_s = 0.0
        self._share = 0.0
        self._made: Made | None = None
        self._trouble = ""
        self._awaited = wanted is not None
        self._writing: Future[str] | None = None
        self._notice = ""

    def enter(self, now_s: float) -> None:
        """Ask what was danced before, and begin to make the list."""
        super().enter(now_s)
        self._game.songs.begin()
        store = self._game.kit.store
        self._reading = beside(lambda: _danced_before(store))

    def leave(self) -> None:
        """Let go of what is only half made."""
        if self._made is None:
            self._making_of = None

    def step(self, now_s: float) -> Page | None:
        """Take what was made, begin to make what is asked for now, and dance it once it is there."""
        super().step(now_s)
        if self._reading is not None and self._reading.done():
            self._danced, self._reading = self._reading.result(), None
        if self._writing is not None and self._writing.done():
            why = self._writing.exception()
            self._notice = self._writing.result() if why is None else str(why)
            self._writing = None
        self._take()
        self._begin()
        if self._awaited and self._made is not None:
            self._awaited = False
            return self._dance(self._made.song, self)
        return self

    def _take(self) -> None:
        """Take what was made, unless something else is asked for by now."""
        making = self._making
        if making is None or not making.done():
            return
        self._making, why = None, making.exception()
        if self._making_of != self.wanted or isinstance(why, _Otherwise):
            self._making_of = None
        elif why is None:
            self._made = making.result()
        elif isinstance(why, DanceError):
            self._trouble, self._awaited = str(why), False
        else:
            raise why

    def _begin(self) -> None:
        game = self._game
        known = not game.songs.reading and self._reading is None
        rested = self.now_s >= self._changed_s + RESTED_S
        if self._making is not None or self._making_of == self.wanted or not (known and rested):
            return
        self._making_of = wanted = self.wanted
        self._made, self._trouble, self._share = None, "", 0.0
        read_part = game.kit.read_part
        assert read_part is not None
        source, terms, danced = Source(game.songs.load, read_part), game.terms, self._danced

        def told(share: float) -> None:
            if self._making_of != self.wanted:
                raise _Otherwise
            self._share = share

        def make() -> Made:
            names = in_order(game.songs.packs, wanted, danced)
            return make_medley(names, source, wanted, terms, told)

        self._making = beside(make)

    def act(self, action: Action) -> Page | None:
        """Do what a key means."""
        if action == "back":
            return self.back
        if action == "play":
            self._awaited = not self._trouble
        elif action in ("up", "down"):
            step = 1 if action == "down" else -1
            self._chosen = (self._chosen + step) % len(LINES)
        elif action in ("left", "right"):
            self._turn(1 if action == "right" else -1)
        elif action == "again":
            self._want(replace(self.wanted, seed=any_seed()))
        elif action == "group" and self._made is not None:
            return GroupPage(self._game, self._made.song, self)
        elif action == "export" and self._made is not None and self._writing is None:
            song, seed, folder = self._made.song, self.wanted.seed, self._game.kit.documents()
            self._writing = beside(lambda: _exported(song, seed, folder))
        return self

    def clicked(self, target: Target) -> Page | None:
        """Choose a line, change its value, or press a chip."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target.which))
        self._chosen = target.which
        if target.kind != "row":
            self._turn(-1 if target.kind == "less" else 1)
        return self

    def _turn(self, step: int) -> None:
        """Change the chosen line's value."""
        line = LINES[self._chosen]
        values, now = (
            list(line.values(self._game.songs.packs)),
            getattr(self.wanted, line.field),
        )
        place = values.index(now) if now in values else 0
        value = values[(place + step) % len(values)]
        self._want(replace(self.wanted, **{line.field: value}))

    def _want(self, wanted: Wanted) -> None:
        self.wanted, self._changed_s = wanted, self.now_s
        self._made, self._awaited, self._notice = None, False, ""

    def draw(self, surface: Surface) -> None:
        """Draw what is asked for, and what comes of it."""
        self.screen.draw(surface, self.view())

    def view(self) -> RandomView:
        """Return what to show now."""
        wanted, made = self.wanted, self._made
        rows = [SetRow(_(line.name), line.words(getattr(wanted, line.field))) for line in LINES]
        notices = (self._notice,) if self._notice else (made.left_out if made else ())
        return RandomView(
            self.age_s, tuple(rows), self._chosen, () if made is None else listed(made.song),
            self._share, self._told(), self._awaited, notices,
        )  # fmt: skip

    def _told(self) -> str:
        """Return what comes of it in a line."""
        if self._trouble:
            return self._trouble
        if self._made is None:
            return _("Getting to know the dances ...")
        song = self._made.song
        return " · ".join(
            (
                counted("{n} song", "{n} songs", len(song.excerpts)),
                clock_words(song.length_s),
                _("seed {seed}", seed=self.wanted.seed),
            )
        )


def listed(song: SongPack) -> tuple[ListedSong, ...]:
    """Return the songs of a medley, as the page lists them."""
    return tuple(
        ListedSong(clock_words(each.danced_s[0]), each.song.title, each.song.artist)
        for each in song.excerpts
    )


def _danced_before(store: Store) -> frozenset[str]:
    try:
        return frozenset(store.remembered().danced)
    except StoreError:  # told in the song list
        return frozenset()


def _exported(song: SongPack, seed: str, folder: Path) -> str:
    """Write the list in every way; return where, in words."""
    paths = [folder / f"kpopdance-random-{seed}{ending}" for ending in ENDINGS]
    with refusing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        write_list(path, song)
    return _(
        "Written: {path}, and beside it as {others}.",
        path=paths[0],
        others=", ".join(ENDINGS[1:]),
    )
