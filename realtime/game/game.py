"""The game around a dance: song list, loading, dance, result page, and back."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.terms import BODIES, STRICTNESS, Terms
from kpopdance.realtime.game.performance import Kit, Outcome, Performance
from kpopdance.realtime.library.lags import DANCES, LEAST_RECOGNISED, keep_lag, suggested_lag
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.pack_reader import load_pack, pack_folders
from kpopdance.realtime.library.scores import keep_score, read_scores, score_key
from kpopdance.realtime.library.songpack import SongPack, SongPackError
from kpopdance.realtime.scoring.judge import NO_PICTURES
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.results import ResultsScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.screens.view import DanceView, ListView, ResultView, SongCard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from kpopdance.realtime.core.ports import Window
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.game.loop import DanceSession
    from kpopdance.realtime.screens.actions import Action

PREVIEW_BEATS: Final = 32
QUIZ_KEY: Final = (("Q", "quiz"),)


class Game:
    """Song list, dance, results; ``run`` returns when the player leaves.

    ``quiz`` plays the quiz in the same window and returns whether that was closed.
    """

    def __init__(
        self, window: Window, kit: Kit, quiz: Callable[[], bool] | None = None
    ) -> None:
        self._window, self._kit = window, kit
        self._quiz = quiz
        self._stage = Backdrop(Theme())
        self._mirror = kit.settings.mirror
        self._terms = kit.settings.terms
        self._turned: set[str] = set()
        self._quit = False
        self.outcomes: list[Outcome] = []
        self.performing: Performance | None = None

    def run(self, first: Path | None = None) -> None:
        """Show the song list (after dancing ``first``, if given) until the player leaves."""
        if first is not None:
            self.play(first)
        screen = SongListScreen(self._stage, hints=QUIZ_KEY if self._quiz is not None else ())
        began_s = self._kit.clock.now()
        songs = self._shelf(screen)
        while not self._quit:
            for name in self._window.events():
                action = screen.key(name)
                if name == "quit" or action == "leave":
                    return
                if self._do(action, screen, songs):
                    songs = self._shelf(screen)
                if action in ("play", "select"):
                    began_s = self._kit.clock.now()
            view = self._list_view(screen, songs, self._kit.clock.now() - began_s)
            screen.draw(self._window.surface, view)
            self._window.flip()

    def _do(
        self, action: Action | None, screen: SongListScreen,
        songs: dict[str, tuple[Path, SongPack | None]],
    ) -> bool:  # fmt: skip
        """Do what a key of the song list means; return whether the list may have changed."""
        if action == "quiz":
            self._play_quiz()
        elif action in ("strictness", "body", "turn"):
            self._change_terms(action, screen)
        elif action == "play" and screen.selected is not None:
            self.play(songs[screen.selected.slug][0])
        else:
            return False
        return True

    def play(self, folder: Path) -> None:
        """Dance one song as often as the player likes."""
        try:
            song = load_pack(folder)
            while not self._quit:
                performance = self._load(song, self._terms_of(song.slug))
                if performance is None or not self._dance(performance):
                    return
        except DanceError as why:
            self._tell(str(why))

    def _play_quiz(self) -> None:
        if self._quiz is not None:
            try:
                self._quit = self._quiz()
            except DanceError as why:
                self._tell(str(why), "The quiz cannot begin")

    def turn(self, slug: str) -> None:
        """Dance the mirror image of a song, or no longer."""
        self._turned ^= {slug}

    def _terms_of(self, slug: str) -> Terms:
        return replace(self._terms, mirrored=slug in self._turned)

    def _change_terms(self, what: str, screen: SongListScreen) -> None:
        """Go on to the next strictness or body, or turn the selected song round."""
        if what == "strictness":
            name = _next(STRICTNESS, self._terms.strictness)
            self._terms = replace(self._terms, strictness=name)
        elif what == "body":
            self._terms = replace(self._terms, body=_next(BODIES, self._terms.body))
        elif screen.selected is not None:
            self.turn(screen.selected.slug)

    def _shelf(self, screen: SongListScreen) -> dict[str, tuple[Path, SongPack | None]]:
        best = read_scores(self._kit.scores)
        songs: dict[str, tuple[Path, SongPack | None]] = {}
        cards = []
        for folder in pack_folders(self._kit.settings.libraries):
            key = score_key(folder.name, self._terms_of(folder.name))
            card, song = card_of(folder, best.get(key))
            songs[folder.name] = (folder, song)
            cards.append(card)
        screen.show(cards)
        return songs

    def _list_view(
        self,
        screen: SongListScreen,
        songs: dict[str, tuple[Path, SongPack | None]],
        age_s: float,
    ) -> ListView:
        song = songs[screen.selected.slug][1] if screen.selected is not None else None
        eyes = self._kit.eyes
        status = f"{eyes.name} · {eyes.runtime} · {eyes.reason}"
        if song is None:
            return ListView(age_s, age_s * 2, status=status, terms=self._terms)
        terms = self._terms_of(song.slug)
        song = as_danced(song, terms)
        beat = (age_s * song.bpm / 60) % PREVIEW_BEATS
        at_s = song.preview_s + beat * 60 / song.bpm
        preview = np.stack([member.row(at_s) for member in song.members])
        return ListView(age_s, beat, preview, song.lead, status=status, terms=terms)

    def _load(self, song: SongPack, terms: Terms) -> Performance | None:
        """Open everything beside a loading page; None where the player went back."""
        made: list[Performance | Exception] = []
        loading = threading.Thread(
            target=_make, args=(self._kit, song, terms, made), daemon=True
        )
        loading.start()
        screen = DanceScreen(self._stage)
        back = False
        while loading.is_alive():
            for name in self._window.events():
                self._quit |= name == "quit"
                back |= name in ("quit", "escape")
            doing = "Going back ..." if back else self._kit.news() or "Warming up ..."
            self._draw(screen, _waiting(song, doing))
        performance = made[0]
        if isinstance(performance, Exception):
            raise performance
        if back:
            performance.close()
            return None
        return performance

    def _dance(self, performance: Performance) -> bool:
        """Dance to the end; return whether the player wants to dance it again."""
        session = performance.session
        assert session is not None
        self.performing = performance
        screen = DanceScreen(self._stage)
        frame_s: list[float] = []
        shown_s = self._kit.clock.now()
        try:
            session.begin()
            while session.tick():
                action = self._act(screen, session)
                if action in ("back", "again", "quit"):
                    self._quit = action == "quit"
                    return action == "again"
                self._draw(screen, performance.view(mirror=self._mirror))
                now = self._kit.clock.now()
                frame_s.append(now - shown_s)
                shown_s = now
            outcome = performance.outcome(frame_s)
        finally:
            performance.close()
        self.outcomes.append(outcome)
        return self._show_result(performance, outcome)

    def _act(self, screen: DanceScreen, session: DanceSession) -> str | None:
        for name in self._window.events():
            action = "quit" if name == "quit" else screen.key(name)
            if action == "pause":
                session.toggle_pause()
            elif action == "mirror":
                self._mirror = not self._mirror
            elif action == "again" and not session.paused:
                continue
            elif action is not None:
                return action
        return None

    def _show_result(self, performance: Performance, outcome: Outcome) -> bool:
        song, terms = performance.song, performance.terms
        counts = self._kit.keeps_scores and outcome.report.complete
        key = score_key(song.slug, terms)
        best = read_scores(self._kit.scores).get(key)
        before = keep_score(self._kit.scores, key, outcome.report.score) if counts else best
        hint = self._lag_hint(outcome.report) if counts else None
        screen = ResultsScreen(self._stage)
        began_s = self._kit.clock.now()
        while not self._quit:
            for name in self._window.events():
                action = "quit" if name == "quit" else screen.key(name)
                self._quit = action == "quit"
                if action == "lag" and hint is not None:
                    self._take_off(hint)
                elif action not in (None, "lag"):
                    return action == "again"
            age_s = self._kit.clock.now() - began_s
            view = result_view(song, outcome, age_s=age_s, best_before=before, counts=counts)
            told = lag_words(hint, self._kit.settings.player_lag_ms)
            artist = " · ".join(filter(None, (song.artist, terms.words)))
            screen.draw(self._window.surface, replace(view, artist=artist, suggestion=told))
            self._window.flip()
        return False

    def _lag_hint(self, report: Report) -> float | None:
        """Keep the dance's lag; return the fixed lag in ms that the last dances agree on."""
        set_ms = self._kit.settings.player_lag_ms
        if report.lag_ms is None or report.recognised < LEAST_RECOGNISED:
            return None
        return suggested_lag(keep_lag(self._kit.lags, report.lag_ms + set_ms), set_ms)

    def _take_off(self, lag_ms: float) -> None:
        """Take a fixed lag off all dances from now on, as the player asked."""
        settings = replace(self._kit.settings, player_lag_ms=lag_ms)
        self._kit = replace(self._kit, settings=settings)

    def _tell(self, text: str, heading: str = "This dance cannot begin") -> None:
        """Show one sentence until the player goes back."""
        screen = MessageScreen(self._stage)
        began_s = self._kit.clock.now()
        while not self._quit:
            names = self._window.events()
            self._quit = "quit" in names
            if any(screen.key(name) == "back" for name in names):
                return
            beat = 2 * (self._kit.clock.now() - began_s)
            screen.draw(self._window.surface, heading, text, beat)
            self._window.flip()

    def _draw(self, screen: DanceScreen, view: DanceView) -> None:
        screen.draw(self._window.surface, view)
        self._window.flip()


def lag_words(hint: float | None, set_ms: float) -> str:
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
        "speaker makes them. Press L to take it off."
    )


def card_of(folder: Path, best: float | None) -> tuple[SongCard, SongPack | None]:
    """Return a pack's line in the song list, and the pack where it is whole."""
    try:
        song = load_pack(folder)
    except SongPackError as why:
        return SongCard(folder.name, folder.name, "", "", 0.0, 0.0, 0, problem=str(why)), None
    card = SongCard(
        folder.name, song.title, song.artist, song.language, song.bpm, song.length_s,
        len(song.members), best,
    )  # fmt: skip
    return card, song


def result_view(
    song: SongPack,
    outcome: Outcome,
    *,
    age_s: float,
    best_before: float | None = None,
    counts: bool = False,
) -> ResultView:
    """Return the result page of an outcome."""
    lost = sum(move.why == NO_PICTURES for move in outcome.report.moves)
    notices = (f"{lost} moves were not judged: the camera was lost",) if lost else ()
    return ResultView(
        song.title,
        song.artist,
        outcome.report,
        age_s,
        best_before,
        notices,
        outcome.camera,
        counts,
    )


def _make(kit: Kit, song: SongPack, terms: Terms, made: list[Performance | Exception]) -> None:
    try:
        made.append(Performance(kit, song, terms))
    except Exception as why:  # noqa: BLE001 - raised again on the window's thread
        made.append(why)


def _next(names: Iterable[str], now: str) -> str:
    """Return the name after ``now``, the first after the last."""
    known = list(names)
    return known[(known.index(now) + 1) % len(known)]


def _waiting(song: SongPack, message: str) -> DanceView:
    empty = np.full((1, 18, 3), np.nan, dtype=np.float32)
    empty[..., 2] = 0
    return DanceView(
        title=song.title, artist=song.artist, phase="loading",
        song_s=0.0, length_s=song.length_s, bpm=song.bpm,
        beat=0.0, picture=None, pose=None, mirror=True, coach=empty, lead=0, upcoming=(),
        score=0.0, combo=0, verdict=None, verdict_age_s=99.0, message=message,
    )  # fmt: skip
