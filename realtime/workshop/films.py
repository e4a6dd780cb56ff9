"""Where a new song begins: a film is chosen or dropped, looked at while one watches, and on the desk."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.texts import one_form
from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.devices.audio_file import NoSoundError
from kpopdance.realtime.screens.films import FilmListScreen, LookingScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.studio_view import (
    FilmCard,
    FilmListView,
    FilmView,
    LookingView,
)
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Message, Page, Waiting
from kpopdance.realtime.studio.drafts import (
    draft_of_film,
    draft_of_song,
    drafts_in,
    opened,
    throw_away,
)
from kpopdance.realtime.studio.filming import EnoughError, Glimpse, Places, first_draft
from kpopdance.realtime.workshop.desk import DeskPage

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.parts.backdrop import Backdrop
    from kpopdance.realtime.studio.drafts import KeptDraft
    from kpopdance.realtime.workshop.kit import WorkKit

T = TypeVar("T")
FILMS: Final = (
    ".3gp", ".avi", ".flv", ".gif", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm",
    ".wmv",
)  # fmt: skip
MOST_LISTED: Final = 2000
CANNOT: Final = N_("No song can be made of this")
SOUND: Final = N_("Which song is it?")
ASKED: Final = N_(
    "{name} has no sound, and a song needs one.\n\nDrop the song here, as it begins with "
    "the first picture of the video: mp3, m4a, ogg, flac, wav, or a video."
)
SURE: Final = N_("Throw away {name}? What was seen and corrected is lost; the video stays.")
NOBODY: Final = np.zeros((0, 18, 3), np.float32)
WAITING_HZ: Final = 2.5
"""So often the page is drawn where nothing new is seen."""
SETTLED_S, LATELY_S = 3.0, 20.0
"""How fast it goes is told after so long, by the last of it: what was seen before is passed at once."""


class Workshop:
    """Leads to the studio's pages; ``done`` takes a song that was written to the next page."""

    def __init__(
        self, kit: WorkKit, backdrop: Backdrop, back: Page, done: Callable[[Path], Page | None]
    ) -> None:
        self.kit, self.backdrop, self.back, self.done = kit, backdrop, back, done

    def films(self, place: Path | None = None) -> Page:
        """Return the page that lists the films of a folder."""
        return FilmListPage(self, place or self.kit.films)

    def film(self, path: Path, back: Page | None = None) -> Page:
        """Return the page that makes a song of a film, or goes on where that was left."""
        back = back or self.back
        if path.is_dir():
            return FilmListPage(self, path)
        coming = beside(lambda: draft_of_film(self.kit.library, path.resolve()))

        def then(kept: KeptDraft | None) -> Page:
            if kept is None:
                return LookingPage(self, path.resolve(), back)
            return self.desk(kept)

        return OpeningPage(self, path, coming, then, back)

    def song(self, pack: Path) -> Page:
        """Return the page that corrects a song."""
        coming = beside(lambda: draft_of_song(self.kit.library, pack.resolve()))
        return OpeningPage(self, pack, coming, self.desk, self.back)

    def desk(self, kept: KeptDraft) -> Page:
        """Return the page of a draft."""
        return DeskPage(self.kit, self.backdrop, kept, self.back, self.done)


class OpeningPage(Waiting[T]):
    """Waits for a draft to be read."""

    heading = CANNOT

    def __init__(
        self, workshop: Workshop, path: Path, coming: Future[T],
        then: Callable[[T], Page | None], back: Page | None,
    ) -> None:  # fmt: skip
        words = (_("The studio"), _("{file} is being opened ...", file=path.name))
        super().__init__(workshop.backdrop, words, coming, then, back)


class FilmListPage(Page):
    """The films of a folder, and the drafts that wait; one is chosen, or another one is dropped."""

    heading = CANNOT

    def __init__(self, workshop: Workshop, place: Path) -> None:
        self._workshop, self.back = workshop, workshop.back
        self.screen: FilmListScreen = FilmListScreen(workshop.backdrop)
        self._chosen = 0
        self._asks = False
        self._throwing: Future[None] | None = None
        self._open(place)

    def _open(self, place: Path) -> None:
        self._place = place
        self._paths: tuple[Path, ...] = ()
        self._cards: tuple[FilmCard, ...] = ()
        self._notice = ""
        library = self._workshop.kit.library
        self._listing: Future[list[tuple[Path, FilmCard]]] | None = beside(
            lambda: listed(place, library)
        )

    def step(self, now_s: float) -> Page | None:
        """Show the films as soon as they are found."""
        super().step(now_s)
        if self._throwing is not None and self._throwing.done():
            self._after_throwing(self._throwing)
        if self._listing is not None and self._listing.done():
            listing, self._listing = self._listing, None
            why = listing.exception()
            if isinstance(why, OSError):
                self._notice = _(
                    "{folder}: cannot be read ({why}); drop a video here instead.",
                    folder=self._place, why=why.strerror,
                )  # fmt: skip
            else:
                found = listing.result()
                self._paths = tuple(path for path, _card in found)
                self._cards = tuple(card for _path, card in found)
            self._chosen = min(self._chosen, max(len(self._cards) - 1, 0))
        return self

    def _after_throwing(self, throwing: Future[None]) -> None:
        self._throwing = None
        self._open(self._place)
        try:
            throwing.result()
        except DanceError as why:
            self._notice = str(why)

    def act(self, action: Action) -> Page | None:
        """Choose, open, go up a folder, throw away what was begun, or leave."""
        if self._asks:
            self._answer(action)
            return self
        last = len(self._cards) - 1
        steps = {"up": -1, "down": 1, "bar back": -8, "bar on": 8, "begin": -last, "end": last}
        if action == "back":
            return self.back
        if action == "parent":
            self._chosen = 0
            self._open(self._place.parent)
        elif action in steps and self._cards:
            self._chosen = min(max(self._chosen + steps[action], 0), last)
        elif action == "play" and self._cards:
            return self._take(self._chosen)
        elif action == "drop" and self._cards and self._throwing is None:
            self._ask()
        return self

    def _ask(self) -> None:
        """Ask whether the draft that is chosen shall go."""
        card = self._cards[self._chosen]
        if card.begun:
            self._asks, self._notice = True, _(SURE, name=card.name)

    def _answer(self, action: Action) -> None:
        """Throw the draft away, or keep it."""
        self._asks, self._notice = False, ""
        if action == "play":
            folder = self._paths[self._chosen]
            self._throwing = beside(lambda: throw_away(opened(folder)))

    def clicked(self, target: Target) -> Page | None:
        """Take the film that was clicked."""
        if target.kind == "chip":
            return self.act(self.screen.action_of(target.which))
        if self._asks:
            return self.act("back")
        if target.kind != "film" or target.which >= len(self._cards):
            return self
        if target.which != self._chosen:
            self._chosen = target.which
            return self
        return self._take(target.which)

    def dropped(self, path: Path) -> Page | None:
        """Make a song of what was dropped."""
        return self._workshop.film(path, self)

    def _take(self, number: int) -> Page | None:
        path, card = self._paths[number], self._cards[number]
        if card.folder:
            self._chosen = 0
            self._open(path)
            return self
        if card.begun:
            return OpeningPage(
                self._workshop, path, beside(lambda: opened(path)), self._workshop.desk, self
            )
        return self._workshop.film(path, self)

    def draw(self, surface: Surface) -> None:
        """Draw the list."""
        words = (
            f"{self._place}"
            if self._listing is None
            else _("{place}: being read ...", place=self._place)
        )
        view = FilmListView(
            words, self._cards, self._chosen, self._notice, self._asks, self.age_s
        )
        self.screen.draw(surface, view)


def listed(place: Path, library: Path) -> list[tuple[Path, FilmCard]]:
    """Return what there is to make songs of: drafts that are no song yet, folders, films by name."""
    found: list[tuple[Path, FilmCard]] = []
    for folder in drafts_in(library):
        try:
            kept = opened(folder)
        except DanceError:
            continue
        if kept.pack is None:
            edits = len(kept.history.done)
            told = (
                counted("begun, {n} edit", "begun, {n} edits", edits) if edits else _("begun")
            )
            found.append((folder, FilmCard(one_form(kept.draft.title), told, begun=True)))
    inside = sorted(place.iterdir(), key=lambda path: one_form(path.name).casefold())
    shown = [path for path in inside if not path.name.startswith(".")]
    found += [
        (path, FilmCard(one_form(path.name), folder=True)) for path in shown if path.is_dir()
    ]
    films = [path for path in shown if path.suffix.lower() in FILMS and path.is_file()]
    found += [(path, FilmCard(one_form(path.name), _megabytes(path))) for path in films]
    return found[:MOST_LISTED]


def _megabytes(path: Path) -> str:
    return _("{size:.1f} MB", size=path.stat().st_size / 1e6)


class Looking:
    """A film that is looked at beside the window; ``glimpse`` and ``doing`` are replaced whole."""

    def __init__(self, kit: WorkKit, film: Path, sound: Path | None = None) -> None:
        self.glimpse: Glimpse | None = None
        self.doing = _("listening to the song")
        self._ending = threading.Event()
        self._leaving = threading.Event()
        self._kit = kit
        places = Places(kit.library, kit.cache, kit.clock)
        self.coming = beside(lambda: first_draft(film, places, self._eyes, self._tell, sound))

    def end(self) -> None:
        """Let it be enough: a draft is made of what was seen so far."""
        self._ending.set()

    def leave(self) -> None:
        """Look no further; nobody waits for it."""
        self._leaving.set()
        self._ending.set()

    def _eyes(self, film: Path) -> Eyes:
        self.doing = _("opening the networks")
        return self._kit.open_eyes(film, self._hear)

    def _hear(self, words: str) -> None:
        self.doing = words

    def _tell(self, glimpse: Glimpse) -> None:
        self.glimpse, self.doing = glimpse, _("looking at everybody")
        if self._leaving.is_set():
            raise LeftError(_("nobody waits for it any more"))
        if self._ending.is_set():
            self.doing = _("putting together what was seen")
            raise EnoughError


class LeftError(DanceError):
    """Who looked on has left."""


class SilentPage(Message):
    """Waits for the sound of a film that has none."""

    def __init__(self, workshop: Workshop, film: Path, back: Page | None) -> None:
        words = (SOUND, _(ASKED, name=one_form(film.name)))
        super().__init__(workshop.backdrop, words, back)
        self.screen = MessageScreen(workshop.backdrop, calm=True)  # it asks; nothing went wrong
        self._workshop, self._film = workshop, film

    def dropped(self, path: Path) -> Page | None:
        """Look at the film with the sound that was dropped."""
        return LookingPage(self._workshop, self._film, self.back, path)


class LookingPage(Page):
    """A film while it is looked at: poses appear; it can be ended early."""

    heading = CANNOT
    hands = "off"  # the networks are busy

    def __init__(
        self, workshop: Workshop, film: Path, back: Page | None, sound: Path | None = None
    ) -> None:
        self._workshop, self._film, self.back = workshop, film, back
        self.screen: LookingScreen = LookingScreen(workshop.backdrop)
        self._looking = Looking(workshop.kit, film, sound)
        self._asks = False
        self._went: deque[tuple[float, float]] = deque()
        self._shown: tuple[object, ...] = ()

    def step(self, now_s: float) -> Page | None:
        """Go on to the desk as soon as everybody is known."""
        super().step(now_s)
        looking = self._looking
        if looking.coming.done():
            return self._workshop.desk(looking.coming.result())
        share = None if looking.glimpse is None else looking.glimpse.share
        if share is not None and (not self._went or share > self._went[-1][1]):
            self._went.append((now_s, share))
        while len(self._went) > 2 and now_s - self._went[0][0] > LATELY_S:
            self._went.popleft()
        return self

    def act(self, action: Action) -> Page | None:
        """Ask before it is ended; then end it, or go on."""
        if action == "back" and (self._asks or self._looking.glimpse is None):
            self._looking.leave()
            return self.back
        if action == "back":
            self._asks = True
        elif action == "play" and self._asks:
            self._asks = False
            self._looking.end()
        elif action == "pause":
            self._asks = False
        return self

    def clicked(self, target: Target) -> Page | None:
        """Do what the chip under the mouse does."""
        return self.act(self.screen.action_of(target.which)) if target.kind == "chip" else self

    def failed(self, why: DanceError) -> Page | None:
        """Tell it; ask for the sound where that is all that lacks."""
        if isinstance(why, NoSoundError):
            return SilentPage(self._workshop, self._film, self.back)
        return super().failed(why)

    def quit(self) -> None:
        """End at once."""
        self._looking.leave()

    def draw(self, surface: Surface) -> None:
        """Draw the newest picture with everybody in it, and how far it is."""
        view = self.view()
        shown = (
            self._looking.glimpse, view.doing, view.asks, view.left_s and int(view.left_s),
            self.pointed, surface.get_size(), int(WAITING_HZ * self.age_s),
        )  # fmt: skip
        if shown != self._shown:  # drawing takes time from looking
            self.screen.draw(surface, view)
            self._shown = shown

    def view(self) -> LookingView:
        """Return what is shown now."""
        glimpse = self._looking.glimpse
        if glimpse is None:
            film = FilmView(None, NOBODY, (16, 9))
            return LookingView(self._film.name, film, self._looking.doing, age_s=self.age_s)
        image = glimpse.frame.image
        film = FilmView(image, glimpse.people, image.shape[1::-1])
        return LookingView(
            self._film.name, film, self._looking.doing, glimpse.share or 0.0, self._left_s(glimpse),
            asks=self._asks, age_s=self.age_s,
        )  # fmt: skip

    def _left_s(self, glimpse: Glimpse) -> float | None:
        """Return how long it takes yet, s, by how fast it went lately."""
        if glimpse.share is None or not self._went:
            return None
        began_s, before = self._went[0]
        took_s, done = self.now_s - began_s, glimpse.share - before
        if took_s < SETTLED_S or done <= 0:
            return None
        return took_s * (1 - glimpse.share) / done
