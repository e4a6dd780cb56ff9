"""The game around a dance: song list, loading, dance, result page, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, overload
from zipfile import is_zipfile

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.health import Cause
from kpopdance.realtime.core.terms import BODIES, COACHES, STRICTNESS, Terms
from kpopdance.realtime.game.bringing import BringingPage
from kpopdance.realtime.game.choosing import NAMING, SEARCH, Choosing, Searching
from kpopdance.realtime.game.chorus import Chorus
from kpopdance.realtime.game.foresight import lighter, seldom_in_words
from kpopdance.realtime.game.keeping import Keeping
from kpopdance.realtime.game.opening import Opening
from kpopdance.realtime.game.preparing import Preparing
from kpopdance.realtime.library.lags import DANCES, suggested_lag
from kpopdance.realtime.library.pack_reader import load_pack, read_facts
from kpopdance.realtime.library.songpack import PackFacts
from kpopdance.realtime.library.store import FAVOURITES, StoreError, score_key
from kpopdance.realtime.scoring.judge import NO_PICTURES, TOO_SLOW
from kpopdance.realtime.screens.actions import ENTER
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.results import ResultsScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.screens.view import DanceView, ListView, ResultView, SongCard
from kpopdance.realtime.shell.beside import NOTICE_S, beside
from kpopdance.realtime.shell.covers import Covers
from kpopdance.realtime.shell.pages import Message, Page
from kpopdance.realtime.shell.songs import Looked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.health import Device
    from kpopdance.realtime.core.ports import Hand, Speaker, Surface
    from kpopdance.realtime.game.kit import Kit
    from kpopdance.realtime.game.performance import Outcome, Performance
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.library.store import Remembered
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.parts.theme import Hints
    from kpopdance.realtime.shell.songs import Songs
    from kpopdance.realtime.studio.bringing import Brought

PREVIEW_BEATS: Final = 32
LIST_KEYS: Final = (("L", "★"), ("P", "list"))
QUIZ_KEY: Final = (("Q", "quiz"),)
AWAY: Final = ("leave", "quiz", "play", "new", "edit")
STUDIO_KEYS: Final = (("N", "new song"), ("E", "edit"))
DROP_HINT: Final = "drop a video or a shared song here"
SLOW: Final = (Cause.TOO_SLOW, Cause.SLOW_COMPUTER)
FEW_SONGS: Final = 500
SHOWN_S: Final = 1.0  # between two orderings of many songs, while they are being read
WEIGH_S: Final = (
    1.0  # who looks at the list for so long leaves time to work out how hard songs are
)
SONGS_A_TURN: Final = 2  # of the wheel
READING: Final = "Your best scores cannot be read"
KEEPING: Final = "The song is not put on the list"
ASKS: Final = ("search", "order", "only", "star", "playlist")
CANNOT: Final = "This dance cannot begin"
SELDOM: Final = "Too few looks at you"
SETTLE_S: Final = 10.0  # longest wait at the end for a camera that does not open
DEMO: Final = "A demo: a drawn dancer or a video dances for you. No score is kept."


class Game:
    """What the pages of the game share; ``first_page`` leads to all of them.

    ``quiz`` returns the first page of a quiz in front of a page; ``studio`` leads to the pages that
    make songs.
    """

    def __init__(
        self, kit: Kit, songs: Songs, quiz: Callable[[Page], Page] | None = None,
        studio: Callable[[SongListPage], Studio] | None = None,
    ) -> None:  # fmt: skip
        self.preparing = Preparing(kit.read_audio)
        self.chorus = Chorus(kit)

        def open_speaker(
            samples: NDArray[np.float32], rate: int, count_in_s: float, beat_s: float
        ) -> Speaker:
            self.chorus.settle()  # some devices sound for one at a time
            return kit.open_speaker(samples, rate, count_in_s, beat_s)

        self.kit = replace(kit, read_audio=self.preparing.sound_of, open_speaker=open_speaker)
        self.songs, self.quiz, self.studio = songs, quiz, studio
        self.backdrop = Backdrop(Theme())
        self.mirror, self.coach = kit.settings.mirror, kit.settings.coach
        self.everybody = False
        self.film_troubles: set[str] = set()
        self.terms = kit.settings.terms
        self.turned: set[str] = set()
        self.told: tuple[str, ...] = ()
        self.missing = kit.settings.missing_libraries
        self.outcomes: list[Outcome] = []
        self.performing: Performance | None = None
        self.given_up: Opening | None = None

    def first_page(self, folder: Path | None = None) -> Page:
        """Return the song list, or a dance in front of it."""
        listed = SongListPage(self)
        if folder is None:
            return listed
        try:
            facts = read_facts(folder)
        except DanceError as why:
            return Message(self.backdrop, (CANNOT, str(why)), listed)
        listed.wanted = facts.slug
        return LoadingPage(self, facts, listed)

    def load(self, song: PackFacts | SongPack) -> SongPack:
        """Return a song with its choreography; the list's own ones are kept for a while."""
        listed = self.songs.found.get(song.slug)
        if isinstance(listed, PackFacts) and listed.folder == song.folder:
            return self.songs.load(song.slug)
        return load_pack(song.folder)

    def settle(self) -> None:
        """Wait until nothing is being opened any more, so that the devices can be shut."""
        self.preparing.settle()
        self.chorus.settle()
        if self.given_up is not None:
            self.given_up.wait(SETTLE_S)

    def terms_of(self, slug: str) -> Terms:
        """Return on which terms a song is danced now."""
        turned = slug in self.turned
        return (
            self.terms
            if turned == self.terms.mirrored
            else replace(self.terms, mirrored=turned)
        )

    def turn_camera(self) -> bool:
        """Turn to the next camera there is; return whether there is a choice."""
        turn = self.kit.turn_camera
        if turn is None:
            return False
        self.kit = replace(self.kit, keeps_scores=turn())
        self.told = () if self.kit.keeps_scores else (DEMO,)
        return True

    def refit(self, settings: Settings) -> None:
        """See and film from now on as other settings want it."""
        if self.kit.refit is not None:
            self.kit = self.kit.refit(self.kit, settings)

    def turn(self, slug: str) -> None:
        """Dance the mirror image of a song, or no longer."""
        self.turned ^= {slug}


class Studio(Protocol):
    """Leads to the pages that make songs and correct them."""

    def films(self) -> Page:
        """Return the page that lists films."""

    def film(self, path: Path) -> Page:
        """Return the page that makes a song of a film."""

    def song(self, pack: Path) -> Page:
        """Return the page that corrects a song."""


class Cards(Sequence[SongCard]):
    """The lines of the song list, each made when it is looked at."""

    def __init__(self, slugs: tuple[str, ...], card: Callable[[str], SongCard]) -> None:
        self.slugs, self._card = slugs, card

    def __len__(self) -> int:
        return len(self.slugs)

    def place(self, slug: str) -> int | None:
        """Return where a song is; None where it is not."""
        return self.slugs.index(slug) if slug in self.slugs else None

    @overload
    def __getitem__(self, number: int) -> SongCard: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[SongCard]: ...

    def __getitem__(self, number: int | slice) -> SongCard | Sequence[SongCard]:
        if isinstance(number, slice):
            return Cards(self.slugs[number], self._card)
        return self._card(self.slugs[number])


class SongListPage(Page):
    """The songs, one of them danced as a preview."""

    def __init__(self, game: Game) -> None:
        self._game = game
        quiz = QUIZ_KEY if game.quiz is not None else ()
        studio = STUDIO_KEYS if game.studio is not None else ()
        self.screen = SongListScreen(game.backdrop, hints=(*quiz, *studio, *LIST_KEYS))
        self._studio = None if game.studio is None else game.studio(self)
        self._waiting = MessageScreen(game.backdrop)
        self._looked = Looked(game.songs)
        self._covers = Covers(game.kit.read_cover)
        self._searching = Searching(game.songs.meant, lambda: len(self._listed) <= FEW_SONGS)
        self.choosing = Choosing(self._searching)
        self._listed: dict[str, PackFacts | str] = {}
        self.wanted: str | None = None
        self.by_hand = True
        self._reading: Future[Remembered] | None = None
        self._doing = READING
        self._trouble: tuple[str, ...] = ()
        self._seen = False
        self._shown_s = 0.0

    def enter(self, now_s: float) -> None:
        """Show the scores as they are now."""
        super().enter(now_s)
        self._game.preparing.settle()
        self._game.songs.begin()
        self._remember(self._game.kit.store.remembered, READING)
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
        if self._searching.news():
            self._show()
        self._open_eyes()
        self._look_round(songs)
        return self

    def _look_round(self, songs: Songs) -> None:
        """Let what takes its time go on beside the list, once that is seen."""
        chosen = self.screen.selected
        facts = None if chosen is None else self._listed.get(chosen.slug)
        self._game.chorus.look(facts if isinstance(facts, PackFacts) else None, self.now_s)
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
        """Write what is typed, and go along the list as the wheel is turned."""
        if hand.wheel and self.screen.move(-SONGS_A_TURN * hand.wheel) == "select":
            self.began_s = self.now_s
        writing = bool(self.choosing.asked.field)
        if writing and self.choosing.write(hand):
            self._show()
        box = self.screen.field_box(size)
        self.writes_at = (box.left, box.top, box.width, box.height) if writing else None
        return self

    def clicked(self, target: Target) -> Page | None:
        """Choose the song that is clicked on, or do what a button does."""
        if target.kind != "card":
            return super().clicked(target)
        if target.which < len(self.screen.cards):
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
                game.terms, strictness=_next(STRICTNESS, game.terms.strictness)
            )
        elif action == "body":
            game.terms = replace(game.terms, body=_next(BODIES, game.terms.body))
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
        if action == "quiz" and game.quiz is not None:
            return game.quiz(self)
        if action == "new" and studio is not None:
            return studio.films()
        if isinstance(facts, PackFacts) and action == "play":
            return LoadingPage(game, facts, self)
        if isinstance(facts, PackFacts) and action == "edit" and studio is not None:
            return studio.song(facts.folder)
        return self

    def dropped(self, path: Path) -> Page | None:
        """Take a shared song that was dropped on the list, or a film to make one of."""
        game = self._game
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
            words = ("KPOP DANCE", "Your songs are being read ...")
            self._waiting.draw(surface, *words, 2 * self.age_s)
        else:
            self.screen.draw(surface, self._view())
            self._seen = True

    def _learn(self, reading: Future[Remembered]) -> None:
        """Show what is remembered, or why it is not."""
        try:
            self.choosing.remembered, self._trouble = reading.result(), ()
        except StoreError as why:
            self._trouble = (f"{self._doing}: {why.reason}.",)
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

    def _view(self) -> ListView:
        game, age_s, chosen = self._game, self.age_s, self.screen.selected
        hint = DROP_HINT if self._studio is not None and game.kit.seeing.done else ""
        status = game.songs.progress or " · ".join(
            filter(None, (hint, eyes_in_words(game.kit)))
        )
        terms = game.terms if chosen is None else game.terms_of(chosen.slug)
        told = (
            *filter(None, [game.kit.camera_health().words, *game.missing]),
            *game.told,
            *self._trouble,
        )
        song = None if chosen is None else self._looked.at(chosen.slug, mirrored=terms.mirrored)
        asked = self.choosing.asked
        if song is None:
            return ListView(
                age_s, age_s * 2, notices=told, status=status, terms=terms, asked=asked
            )
        game.preparing.look(song, terms, game.kit)
        bpm = song.tempo.bpm_at(song.preview_s)
        sounds_s = game.chorus.second(self.now_s)  # who hears it sees it danced to
        beat = (age_s * bpm / 60) % PREVIEW_BEATS if sounds_s is None else sounds_s * bpm / 60
        at_s = song.preview_s + beat * 60 / bpm
        preview = np.stack([member.row(at_s) for member in song.members])
        return ListView(
            age_s, beat, preview, song.lead, told, status=status, terms=terms, asked=asked
        )


class Leaving(Message):
    """Asks before the game is left."""

    def __init__(self, backdrop: Backdrop, back: Page) -> None:
        super().__init__(
            backdrop, ("Leave the game?", "Enter leaves, Esc goes back to your songs."), back
        )
        self.screen = MessageScreen(backdrop, (("Enter", "leave"),))

    def key(self, name: str) -> Page | None:
        """Leave on Enter, go back on Escape."""
        if name in ENTER:
            return None
        return self.back if name == "escape" else self


class LoadingPage(Page):
    """Everything is opened beside it; who goes back does not wait for it."""

    heading = CANNOT

    def __init__(self, game: Game, song: PackFacts | SongPack, back: Page | None) -> None:
        self._game, self._song, self.back = game, song, back
        self.screen = DanceScreen(game.backdrop)
        terms = game.terms_of(song.slug)
        # the dance before goes before this one's sound and standard come
        game.performing = None
        game.preparing.settle(song.folder, terms)
        self._opening = Opening(game.kit, lambda: game.load(song), terms, game.given_up)

    def step(self, now_s: float) -> Page | None:
        """Dance as soon as all is open."""
        super().step(now_s)
        if not self._opening.done:
            return self
        performance = self._opening.result()
        dance = DancePage(self._game, performance.song, performance, self.back)
        if performance.foreseen:
            return SlowPage(self._game, performance, dance, self._anew)
        return dance

    def failed(self, why: DanceError) -> Page | None:
        """Tell it, and let the player try again at once."""
        return CannotPage(self._game, why, self._anew, self.back)

    def act(self, action: Action) -> Page | None:
        """Go back at once, or turn to another camera; what was opened is closed beside."""
        if action == "camera" and self._game.turn_camera():
            self._give_up()
            return self._anew()
        if action != "back":
            return self
        self._give_up()
        return self.back

    def _anew(self) -> Page:
        return LoadingPage(self._game, self._song, self.back)

    def quit(self) -> None:
        """End at once; what was opened is closed beside."""
        self._give_up()

    def draw(self, surface: Surface) -> None:
        """Draw what is waited for, and how far it is."""
        share = self._opening.share
        doing = "Getting to know the dance ..." if share < 1 else "Warming up ..."
        self.screen.draw(surface, _waiting(self._song, self._game.kit.news() or doing, share))

    def _give_up(self) -> None:
        self._game.given_up = self._opening
        self._opening.give_up()


class SlowPage(Message):
    """Says before a dance that it will be looked at too seldom, and offers what helps."""

    def __init__(
        self, game: Game, performance: Performance, dance: DancePage, anew: Callable[[], Page]
    ) -> None:
        super().__init__(game.backdrop, (SELDOM, ""), dance.back)
        self._game, self._performance, self._dance, self._anew = game, performance, dance, anew
        settings = game.kit.settings
        self._lighter = None if game.kit.refit is None else lighter(settings)
        faster: Hints = () if self._lighter is None else (("F", "faster"),)
        turns: Hints = (("C", "another camera"),) if game.kit.turn_camera else ()
        self.screen = MessageScreen(
            game.backdrop, (("Enter", "dance"), *faster, ("R", "look again"), *turns)
        )

    def key(self, name: str) -> Page | None:
        """Dance as it is, faster, or with another camera; look again; or go back."""
        following: Page | None = self
        if name in ENTER:
            return self._dance
        if name == "f" and self._lighter is not None:
            self._game.refit(self._lighter)
            following = self._anew()
        elif name == "r" or (name == "c" and self._game.turn_camera()):
            following = self._anew()
        elif name == "escape":
            following = self.back
        if following is not self:
            self._performance.close()
        return following

    def quit(self) -> Page | None:
        """End; what was opened is closed."""
        self._performance.close()
        return None

    def draw(self, surface: Surface) -> None:
        """Draw what is the matter now: a light may have been turned on meanwhile."""
        key = self.screen.theme.cap("F")
        words = seldom_in_words(self._performance.foresee(), self._lighter, key)
        self.screen.draw(surface, SELDOM, words, 2 * self.age_s)


class CannotPage(Message):
    """Why a dance cannot begin; it is tried again, or with another camera."""

    def __init__(
        self, game: Game, why: DanceError, retry: Callable[[], Page], back: Page | None
    ) -> None:
        super().__init__(game.backdrop, (CANNOT, str(why)), back)
        self._game, self._retry = game, retry
        turns: Hints = (("C", "another camera"),) if game.kit.turn_camera else ()
        self.screen = MessageScreen(game.backdrop, (("R", "try again"), *turns))

    def act(self, action: Action) -> Page | None:
        """Try again, or go back."""
        if action == "camera" and self._game.turn_camera():
            return self._retry()
        return self._retry() if action == "again" else super().act(action)


class DancePage(Page):
    """The dance."""

    heading = CANNOT

    def __init__(
        self, game: Game, song: SongPack, performance: Performance, back: Page | None
    ) -> None:
        self._game, self._song, self._performance = game, song, performance
        self.back = back
        self.screen = DanceScreen(game.backdrop)
        self._frame_s: list[float] = []
        self._tells_trouble = False

    def enter(self, now_s: float) -> None:
        """Begin."""
        super().enter(now_s)
        self._game.performing = self._performance
        self._performance.begin()

    def step(self, now_s: float) -> Page:
        """Go on with the song; at its end the result is shown."""
        self._frame_s.append(now_s - self.now_s)
        super().step(now_s)
        if self._performance.session.tick():
            return self
        outcome = self._performance.outcome(self._frame_s)
        self._game.outcomes.append(outcome)
        return ResultPage(self._game, self._song, self._performance.terms, outcome, self.back)

    def act(self, action: Action) -> Page | None:
        """Do what a key means in a dance."""
        session = self._performance.session
        if action == "pause":
            session.toggle_pause()
        elif action == "another":
            session.choose_anew()
        elif action in ("mirror", "coach", "everybody"):
            self._look_otherwise(action)
        elif action == "back" and session.paused:
            return self.back
        elif action == "back":
            session.toggle_pause()  # one key more: a dance is not lost by the first
        elif action == "again":
            return self._again()
        elif action == "camera" and self._mends("camera") and self._game.turn_camera():
            return LoadingPage(self._game, self._song, self.back)
        return self

    def _look_otherwise(self, action: Action) -> None:
        """Copy another coach, see the others of the film too, or all as in a mirror; or no longer."""
        game = self._game
        if action == "mirror":
            game.mirror = not game.mirror
        elif action == "coach":
            game.coach = _next(COACHES, game.coach)
        else:
            game.everybody = not game.everybody

    def _again(self) -> Page:
        """Start again where it is paused or silent; a camera that shows nothing is opened anew."""
        if self._performance.session.paused or self._mends("sound"):
            return LoadingPage(self._game, self._song, self.back)
        if self._mends("camera"):
            self._performance.camera.retry()
        return self

    def _mends(self, device: Device) -> bool:
        """Return whether a device may be mended by opening it anew."""
        reports = self._performance.session.health()
        return any(report.mendable and report.device == device for report in reports)

    def draw(self, surface: Surface) -> None:
        """Draw the dance as it is now."""
        game = self._game
        view = self._performance.view(
            mirror=game.mirror, coach=game.coach, everybody=game.everybody
        )
        notices = (*view.notices, *game.told, *self._film_trouble())
        self.screen.draw(surface, replace(view, notices=notices))

    def _film_trouble(self) -> tuple[str, ...]:
        """Tell for a while why the song's video is not shown, in its first dance alone."""
        trouble, told = self._performance.film_trouble, self._game.film_troubles
        if not trouble or (trouble in told and not self._tells_trouble):
            return ()
        told.add(trouble)
        self._tells_trouble = self.age_s < NOTICE_S
        return (trouble,) if self._tells_trouble else ()

    def leave(self) -> None:
        """Close all that was opened for it."""
        self._performance.close()


class ResultPage(Page):
    """What a dance was worth; what it leaves is stored beside it, and told when it is stored."""

    heading = CANNOT

    def __init__(
        self, game: Game, song: SongPack, terms: Terms, outcome: Outcome, back: Page | None
    ) -> None:
        self._game, self._song, self._outcome, self.back = game, song, outcome, back
        self.screen = ResultsScreen(game.backdrop)
        self._keeping = Keeping(game.kit, outcome, song.slug, terms)
        self._saving: Future[Keeping] | None = None
        self._hint: float | None = None
        artist = " · ".join(filter(None, (song.artist, terms.words)))
        view = result_view(song, outcome, age_s=0.0, counts=self._keeping.counts)
        self._shown = replace(view, artist=artist, stored=False)
        self._save()

    def step(self, now_s: float) -> Page:
        """Tell what was stored."""
        super().step(now_s)
        if self._saving is not None and self._saving.done():
            self._tell(self._saving.result())
            self._saving = None
        return self

    def act(self, action: Action) -> Page | None:
        """Dance again, go back, take the suggested lag, or store what could not be stored."""
        game = self._game
        if action == "again":
            return LoadingPage(game, self._song, self.back)
        if action == "lag" and self._hint is not None:
            settings = replace(game.kit.settings, player_lag_ms=self._hint)
            game.kit = replace(game.kit, settings=settings)
        if action == "save" and self._saving is None and self._shown.unsaved:
            self._save()
        return self.back if action == "back" else self

    def draw(self, surface: Surface) -> None:
        """Draw the result."""
        self.screen.draw(surface, self.view())

    def view(self) -> ResultView:
        """Return what is shown now."""
        key = self.screen.theme.cap("L")
        told = lag_words(self._hint, self._game.kit.settings.player_lag_ms, key)
        return replace(self._shown, age_s=self.age_s, suggestion=told)

    def _save(self) -> None:
        self._saving = self._outcome.saving = beside(self._keeping.store)
        self._shown = replace(self._shown, unsaved="")

    def _tell(self, keeping: Keeping) -> None:
        self._hint = suggested_lag(keeping.lags_ms, self._game.kit.settings.player_lag_ms)
        self._shown = replace(
            self._shown, best_before=keeping.best_before, stored=keeping.score_stored,
            unsaved=keeping.problem,
        )  # fmt: skip


def lag_words(hint: float | None, set_ms: float, key: str = "L") -> str:
    """Return the suggestion of a fixed lag in words, or that it was taken; empty where none is."""
    if hint is None:
        return ""
    if hint == set_ms:
        return (
            f"{hint:.0f} ms are taken off from the next dance on. "
            f"To keep it: player_lag_ms = {hint:.0f} in the settings."
        )
    way = "late" if hint > set_ms else "early"
    return (
        f"Your last {DANCES} dances were all {abs(hint - set_ms):.0f} ms {way}, as a Bluetooth "
        f"speaker makes them. Press {key} to take it off."
    )


def card_of(
    slug: str, song: PackFacts | str, best: float | None, *, starred: bool = False
) -> SongCard:
    """Return a pack's line in the song list; of a damaged one, what is wrong with it."""
    if isinstance(song, str):
        return SongCard(slug, slug, "", "", 0.0, 0.0, 0, problem=song)
    hard = song.difficulty
    return SongCard(
        slug, song.title, song.artist, song.language, song.bpm, song.length_s,
        song.dancers, best, "", None if hard is None else hard.level,
        "" if hard is None else ", ".join(hard.reasons), starred,
    )  # fmt: skip


def eyes_in_words(kit: Kit) -> str:
    """Return which networks see and what they run on, or what takes long until they do."""
    if not kit.seeing.done:
        return kit.news() or "opening the networks"
    first, *more = kit.eyes.name.split(" + ")
    names = f"{first} and {len(more)} more" if len(more) > 1 else kit.eyes.name
    return f"{names} · {kit.eyes.runtime}"


def result_view(
    song: SongPack, outcome: Outcome, *,
    age_s: float, best_before: float | None = None, counts: bool = False,
) -> ResultView:  # fmt: skip
    """Return the result page of an outcome."""
    report = outcome.report
    lost = Counter(move.why for move in report.moves)
    blamed = [each.sentence for each in outcome.health if each.blind or each.cause in SLOW]
    why = blamed[0] if blamed else "Pictures are missing."
    told = {NO_PICTURES: why, TOO_SLOW: "This computer is too slow."}
    notices = tuple(
        f"{lost[kind]} moves were not judged. {words}"
        for kind, words in told.items()
        if lost[kind]
    )
    return ResultView(
        song.title, song.artist, report, age_s, best_before, notices, outcome.camera, counts
    )


def _next(names: Iterable[str], now: str) -> str:
    """Return the name after ``now``, the first after the last."""
    known = list(names)
    return known[(known.index(now) + 1) % len(known)]


def _waiting(song: PackFacts | SongPack, message: str, share: float) -> DanceView:
    empty = np.full((1, 18, 3), np.nan, dtype=np.float32)
    empty[..., 2] = 0
    return DanceView(
        title=song.title, artist=song.artist, phase="loading",
        song_s=0.0, length_s=song.length_s, bpm=song.bpm,
        beat=0.0, picture=None, pose=None, mirror=True, coach=empty, lead=0, upcoming=(),
        score=0.0, combo=0, verdict=None, verdict_age_s=99.0, message=message, loaded=share,
    )  # fmt: skip
