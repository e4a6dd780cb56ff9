"""The page that everything begins with: the song list."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final
from zipfile import is_zipfile

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import BODIES, STRICTNESS
from kpopdance.realtime.dance.in_use import asks_to_measure
from kpopdance.realtime.dance.shared import after
from kpopdance.realtime.game.bringing import BringingPage
from kpopdance.realtime.game.cards import Cards, card_of
from kpopdance.realtime.game.choosing import NAMING, SEARCH, Choosing, Searching
from kpopdance.realtime.game.dancing import LoadingPage
from kpopdance.realtime.game.result import CANNOT
from kpopdance.realtime.guide.guiding import GuideLoading
from kpopdance.realtime.home.calibrating import CalibrationPage
from kpopdance.realtime.home.history import HistoryPage
from kpopdance.realtime.home.players import PlayersPage
from kpopdance.realtime.home.setting_up import SetupPage
from kpopdance.realtime.library.pack_reader import read_facts
from kpopdance.realtime.library.songpack import PackFacts, SongPack
from kpopdance.realtime.library.store import FAVOURITES, StoreError, score_key
from kpopdance.realtime.party.board import BoardPage
from kpopdance.realtime.party.ghosts import OpeningPage
from kpopdance.realtime.party.group_page import group_page
from kpopdance.realtime.party.random_page import RandomPage
from kpopdance.realtime.screens.actions import ENTER
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.screens.view import ListView, SongCard
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.covers import Covers
from kpopdance.realtime.shell.pages import Message, Page
from kpopdance.realtime.shell.songs import Looked

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.realtime.core.ports import Hand, Surface
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.store import Remembered
    from kpopdance.realtime.party.wanted import Wanted
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.shell.songs import Songs
    from kpopdance.realtime.studio.bringing import Brought

PREVIEW_BEATS: Final = 32
LIST_KEYS: Final = (("L", "★"), ("P", N_("list")), ("K", N_("board")), ("D", N_("delay")))
QUIZ_KEY: Final = (("Q", N_("quiz")),)
GROUP_KEY: Final = (("G", N_("together")),)
RANDOM_KEY: Final = (("R", N_("random play")),)
AWAY: Final = (
    "leave", "quiz", "play", "new", "edit", "players", "history", "setup", "delay", "random",
    "group", "guide", "board",
)  # fmt: skip
SETUP_KEYS: Final = (("F1", N_("set up")),)
GUIDE_KEYS: Final = (("F2", N_("first steps")),)
NEW_HERE: Final = N_("New here? {key} leads you through your first steps.")
STUDIO_KEYS: Final = (("N", N_("new song")), ("E", N_("edit")))
DROP_HINT: Final = N_("drop a video or a shared song here")
REPLAY: Final = ".npz"
FEW_SONGS: Final = 500
SHOWN_S: Final = 1.0  # between two orderings of many songs, while they are being read
WEIGH_S: Final = (
    1.0  # who looks at the list for so long leaves time to work out how hard songs are
)
SONGS_A_TURN: Final = 2  # of the wheel
HELD: Final = {"up": -1, "down": 1}
READING: Final = N_("Your best scores cannot be read")
KEEPING: Final = N_("The song is not put on the list")
ASKS: Final = ("search", "order", "only", "star", "playlist")


def first_page(game: Game, song: Path | SongPack | None = None) -> Page:
    """Return the song list, or a dance in front of it; where nothing was ever set, that comes first."""
    listed, fitting = SongListPage(game), game.kit.fitting
    if song is None:
        first = fitting is not None and fitting.first
        return SetupPage(game, lambda: GuideLoading(game, listed), listed) if first else listed
    if isinstance(song, SongPack):
        return LoadingPage(game, song, listed)
    try:
        facts = read_facts(song)
    except DanceError as why:
        return Message(game.backdrop, (CANNOT, str(why)), listed)
    listed.wanted = facts.slug
    return LoadingPage(game, facts, listed)


class SongListPage(Page):
    """The songs, one of them danced as a preview."""

    def __init__(self, game: Game) -> None:
        self._game = game
        quiz = QUIZ_KEY if game.quiz is not None else ()
        studio = STUDIO_KEYS if game.studio is not None else ()
        rand = (*GROUP_KEY, *RANDOM_KEY) if game.kit.read_part is not None else ()
        setup = SETUP_KEYS if game.kit.fitting is not None else ()
        self.screen = SongListScreen(
            game.backdrop, hints=(*setup, *GUIDE_KEYS, *quiz, *rand, *studio, *LIST_KEYS)
        )
        self._studio = (
            None if game.studio is None else game.studio(game.backdrop, self, self.show_new)
        )
        self._waiting = MessageScreen(game.backdrop, calm=True)
        self._looked = Looked(game.songs)
        self._covers = Covers(game.kit.read_cover)
        self._searching = Searching(game.songs.meant, self._few)
        self.choosing = Choosing(self._searching, self._few)
        self._listed: dict[str, PackFacts | str] = {}
        self.wanted: str | None = None
        self.by_hand = True
        self._reading: Future[Remembered] | None = None
        self._doing = READING
        self._trouble: tuple[str, ...] = ()
        self._new_device: Future[tuple[str, ...]] | None = None
        self._seen = False
        self._shown_s = 0.0

    def _few(self) -> bool:
        return len(self._listed) <= FEW_SONGS

    def enter(self, now_s: float) -> None:
        """Show the scores as they are now."""
        super().enter(now_s)
        self._game.ghost = None
        self._game.preparing.settle()
        self._game.songs.begin()
        self._remember(self._game.kit.store.remembered, READING)
        key = self.screen.theme.cap("D")
        self._new_device = beside(lambda: asks_to_measure(self._game.kit, key))
        self._listed, self._shown_s = self._game.songs.found, now_s
        self._show()

    def leave(self) -> None:
        """Fall silent."""
        self._game.chorus.hush()

    def _remember(self, work: Callable[[], Remembered], doing: str) -> None:
        self._reading, self._doing = beside(work), doing

    def step(self, now_s: float) -> Page:
        """Show the songs that were read meanwhile."""
        super().step(now_s)
        if self._reading is not None and self._reading.done():
            self._learn(self._reading)
            self._reading = None
        songs = self._game.songs
        few = len(songs.found) <= FEW_SONGS
        if self._listed is not songs.found and (few or now_s > self._shown_s + SHOWN_S):
            self._listed, self._shown_s = songs.found, now_s
            self._searching.again()
            self._show()
        news = self._searching.news(), self.choosing.news()
        if any(news):
            self._show()
        self._open_eyes()
        self._look_round(songs)
        return self

    def _look_round(self, songs: Songs) -> None:
        """Let what takes its time go on beside the list, once that is seen."""
        chosen = self.screen.selected
        facts = None if chosen is None else self._listed.get(chosen.slug)
        heard = facts if self._game.kit.settings.preview_sound else None
        self._game.chorus.look(heard if isinstance(heard, PackFacts) else None, self.now_s)
        songs.look(self.now_s)
        if chosen is not None and self.age_s > WEIGH_S:
            songs.weigh(chosen.slug)

    def key(self, name: str) -> Page | None:
        """Do what a key means; while something is written, letters are letters."""
        asked = self.choosing.asked
        if asked.composing and name != "escape":  # the key is the input method's
            return self
        if asked.field and name == "backspace":
            self.choosing.take_back()
            self._show()
        return super().key(name)

    def handled(self, hand: Hand, size: tuple[int, int]) -> Page | None:
        """Write what is typed, and go along the list as the wheel is turned or a key held."""
        steps = [-SONGS_A_TURN * hand.wheel] if hand.wheel else []
        for step in (*steps, *(HELD[name] for name in hand.again if name in HELD)):
            if self.screen.move(step, around=False) == "select":
                self.began_s = self.now_s
        writing = bool(self.choosing.asked.field)
        if writing and self.choosing.write(hand):
            self._show()
        box = self.screen.field_box(size)
        self.writes_at = (box.left, box.top, box.width, box.height) if writing else None
        return self

    def clicked(self, target: Target) -> Page | None:
        """Choose the song that is clicked on, dance the one that is chosen, or do what a button does."""
        if target.kind != "card":
            return super().clicked(target)
        cards, chosen = self.screen.cards, self.screen.selected
        if target.which < len(cards):
            if chosen is not None and cards[target.which].slug == chosen.slug:
                return self.key("return")
            self.screen.choose(target.which)
            self.began_s = self.now_s
        return self

    def _open_eyes(self) -> None:
        """Begin to open the networks once the list is seen; raises why they cannot be opened."""
        seeing = self._game.kit.seeing
        if seeing.done:
            seeing.result()
        elif self._seen:
            seeing.begin()

    def act(self, action: Action) -> Page | None:
        """Do what a key of the song list means."""
        game, chosen = self._game, self.screen.selected
        self.wanted = None
        if action in ASKS or self.choosing.asked.field:
            return self._ask(action)
        if action in AWAY:
            return self._away(action)
        if action == "select":
            self.began_s = self.now_s
        elif action == "strictness":
            game.terms = replace(
                game.terms, strictness=after(STRICTNESS, game.terms.strictness)
            )
        elif action == "body":
            game.terms = replace(game.terms, body=after(BODIES, game.terms.body))
        elif action == "turn" and chosen is not None:
            game.turn(chosen.slug)
        self._show()
        return self

    def _ask(self, action: Action) -> Page:
        """Do what a key means for which songs are listed, and on which lists they are."""
        choosing, chosen = self.choosing, self.screen.selected
        if action in (SEARCH, NAMING):
            choosing.begin(action)
        elif action in ("order", "only"):
            choosing.turn(action)
        elif action == "star" and chosen is not None:
            self._turn_listed(FAVOURITES, chosen.slug)
        elif action == "back":
            choosing.clear()
        elif action in ("play", "stop writing"):
            named = choosing.end()
            if named and chosen is not None:
                self._turn_listed(named, chosen.slug)
        elif action == "select":
            self.began_s = self.now_s
        self._show()
        return self

    def _turn_listed(self, name: str, slug: str) -> None:
        """Put a song on a list of the player's, or take it off."""
        store = self._game.kit.store

        def work() -> Remembered:
            store.turn_listed(name, slug)
            return store.remembered()

        self._remember(work, KEEPING)

    def _away(self, action: Action) -> Page:
        """Go to the page that a key leads to, as far as there is one."""
        game, studio, chosen = self._game, self._studio, self.screen.selected
        facts = None if chosen is None else game.songs.found.get(chosen.slug)
        if action == "leave" and self.choosing.clear():
            self._show()
            return self
        if action == "leave":
            return Leaving(game.backdrop, self)
        if isinstance(facts, PackFacts) and action == "play":
            return LoadingPage(game, facts, self)
        if isinstance(facts, PackFacts) and action == "edit" and studio is not None:
            return studio.song(facts.folder)
        if isinstance(facts, PackFacts) and action == "group":
            return group_page(game, facts, self)
        return self._room(action)

    def _room(self, action: Action) -> Page:
        """Go where no song is needed."""
        game = self._game
        always: dict[Action, Callable[[], Page]] = {
            "players": lambda: PlayersPage(game, self),
            "history": lambda: HistoryPage(game, game.kit.store, self),
            "board": lambda: BoardPage(game, partial(LoadingPage, game), self),
            "delay": lambda: CalibrationPage(game, self),
            "guide": lambda: GuideLoading(game, self),
        }
        if action in always:
            return always[action]()
        if action == "quiz" and game.quiz is not None:
            return game.quiz(self)
        if action == "random" and game.kit.read_part is not None:
            return self.random()
        if action == "setup" and game.kit.fitting is not None:
            return SetupPage(game, lambda: self, self)
        if action == "new" and self._studio is not None:
            return self._studio.films()
        return self

    def random(self, wanted: Wanted | None = None) -> Page:
        """Return the page of random play dance, which begins at once where it is said what is wanted."""
        game = self._game
        return RandomPage(game, lambda song, back: LoadingPage(game, song, back), self, wanted)

    def dropped(self, path: Path) -> Page | None:
        """Take a shared song that was dropped on the list, a replay, or a film to make a song of."""
        game = self._game
        if path.suffix.casefold() == REPLAY:
            return OpeningPage(game, path, partial(LoadingPage, game), self)
        if self._studio is not None and not is_zipfile(path):
            return self._studio.film(path)
        if game.kit.bring is None:
            return self

        def then(brought: Brought) -> Page:
            return self.show_new(brought.folder)

        return BringingPage(game.backdrop, game.kit.bring, (path, None), then, self)

    def show_new(self, folder: Path) -> Page:
        """Show a song that is new, or another one now."""
        self.wanted = self._game.songs.learn(folder)
        self._shown_s = -SHOWN_S
        return self

    def draw(self, surface: Surface) -> None:
        """Draw the list, or that it is being read."""
        if self._game.songs.reading and not self.screen.cards:
            words = ("KPOP DANCE", _("Your songs are being read ..."))
            self._waiting.draw(surface, *words, 2 * self.age_s)
        else:
            self.screen.draw(surface, self._view())
            self._seen = True

    def _learn(self, reading: Future[Remembered]) -> None:
        """Show what is remembered, or why it is not."""
        try:
            self.choosing.remembered, self._trouble = reading.result(), ()
        except StoreError as why:
            self._trouble = (f"{_(self._doing)}: {why.reason}.",)
        self._show()

    def _show(self) -> None:
        """List what was found; the song that was asked for is selected as soon as it is there."""
        game = self._game
        if self.wanted in self._listed:
            self.choosing.show_all()
        by = (game.terms, frozenset(game.turned))
        names = self.choosing.names(self._listed, self._best, by)
        self.screen.writing = bool(self.choosing.asked.field)
        cards = Cards(names, self._card)
        self.screen.show(cards, cards.place)
        if self.wanted in names:
            self.screen.choose(names.index(self.wanted))
            self.wanted = None

    def _best(self, slug: str) -> float | None:
        scores = self.choosing.remembered.scores
        return scores.get(score_key(slug, self._game.terms_of(slug))) if scores else None

    def _card(self, slug: str) -> SongCard:
        song, playlists = self._listed[slug], self.choosing.remembered.playlists
        starred = slug in playlists.get(FAVOURITES, ())
        path = song.cover if isinstance(song, PackFacts) else None
        card = card_of(slug, song, self._best(slug), starred=starred)
        return replace(card, cover=self._covers.of(path))

    def _asks_to_measure(self) -> tuple[str, ...]:
        asking = self._new_device
        return asking.result() if asking is not None and asking.done() else ()

    def _leads(self) -> tuple[str, ...]:
        """Return where somebody begins who is new here."""
        new = self.choosing.remembered.new and self._game.kit.keeps_scores
        return (_(NEW_HERE, key="F2"),) if new else ()

    def _view(self) -> ListView:
        game, age_s, chosen = self._game, self.age_s, self.screen.selected
        hint = _(DROP_HINT) if self._studio is not None and game.kit.seeing.done else ""
        status = game.songs.progress or " · ".join(
            filter(None, (hint, eyes_in_words(game.kit)))
        )
        terms = game.terms if chosen is None else game.terms_of(chosen.slug)
        told = (
            *filter(None, [game.kit.camera_health().words, *game.missing]),
            *game.told,
            *filter(None, [game.changes.trouble]),
            *self._trouble,
            *self._asks_to_measure(),
            *self._leads(),
        )
        song = None if chosen is None else self._looked.at(chosen.slug, mirrored=terms.mirrored)
        asked = self.choosing.asked
        who = self.choosing.remembered
        called = who.name if game.kit.store.keeps else _(who.name)
        if song is None:
            return ListView(
                age_s, age_s * 2, notices=told, status=status, terms=terms, asked=asked,
                player=called, colour=who.colour,
            )  # fmt: skip
        game.preparing.look(song, terms, game.kit)
        bpm = song.tempo.bpm_at(song.preview_s)
        sounds_s = game.chorus.second(self.now_s)  # who hears it sees it danced to
        beat = (age_s * bpm / 60) % PREVIEW_BEATS if sounds_s is None else sounds_s * bpm / 60
        at_s = song.preview_s + beat * 60 / bpm
        preview = np.stack([member.row(at_s) for member in song.members])
        return ListView(
            age_s, beat, preview, song.lead, told, status=status, terms=terms, asked=asked,
            player=called, colour=who.colour, colours=song.lights, clothes=song.staging.clothes,
        )  # fmt: skip


class Leaving(Message):
    """Asks before the game is left."""

    def __init__(self, backdrop: Backdrop, back: Page) -> None:
        super().__init__(
            backdrop,
            (_("Leave the game?"), _("Enter leaves, Esc goes back to your songs.")),
            back,
        )
        self.screen = MessageScreen(backdrop, (("Enter", N_("leave")),), calm=True)

    def key(self, name: str) -> Page | None:
        """Leave on Enter, go back on Escape."""
        if name in ENTER:
            return None
        return self.back if name == "escape" else self


def eyes_in_words(kit: Kit) -> str:
    """Return which networks see and what they run on, or what takes long until they do."""
    if not kit.seeing.done:
        return kit.news() or _("opening the networks")
    first, *more = kit.eyes.name.split(" + ")
    names = (
        _("{first} and {more} more", first=first, more=len(more))
        if len(more) > 1
        else kit.eyes.name
    )
    return f"{names} · {kit.eyes.runtime}"
