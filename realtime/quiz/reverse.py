"""You dance, it guesses: the camera watched, the library asked twice a second, the page shown."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.watcher import Watcher, looks_in_words
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.quiz_view import GuessView, ReverseView
from kpopdance.realtime.screens.reverse import ReverseScreen
from kpopdance.realtime.search.guess import MOST_SECONDS, Guesses

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import Camera, HostClock, PointedWindow
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.search.guess import DanceLibrary, Guess

ASK_EVERY_S: Final = 0.5
TAKE_S: Final = 0.1
NEEDED_S: Final = 2.0  # for a first guess
SURE_S: Final = 4.0  # for a name: strangers of the same style look alike for shorter
FIRST_FRAME_S: Final = 5.0
GONE_S: Final = 1.5  # not seen for so long: what was danced before is forgotten
IDLE_BPM: Final = 110.0


@dataclass(frozen=True, slots=True, eq=False)
class Guesser:
    """What is asked: the described songs, and the packs behind their names."""

    library: DanceLibrary
    packs: Mapping[str, SongPack]


class DanceGuesser:
    """Watches one dancer and asks the library; ``answer`` is the newest, replaced whole.

    Two threads: one watches, one searches, so that a search costs no frame.
    """

    def __init__(
        self, guesser: Guesser, *, camera: Camera, watcher: Watcher, clock: HostClock
    ) -> None:
        self._guesser, self._camera = guesser, camera
        self._watcher, self._clock = watcher, clock
        self.answer = Guesses()
        self.sighting: tuple[Frame, Pose | None] | None = None
        self.danced_s = 0.0
        self.took_s: list[float] = []
        self._track = PoseTrack()
        self._again = False
        self._seen_s = -np.inf
        self._asked_s = -np.inf
        self._asking: Future[tuple[Guesses, float]] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="guess")
        self._ending = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def begin(self) -> None:
        """Start watching."""
        self._thread.start()

    def again(self) -> None:
        """Forget what was danced so far, from the next frame on."""
        self._again = True

    def tick(self) -> None:
        """Raise whatever went wrong while watching, if anything did."""
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure

    def stop(self) -> None:
        """Stop watching and searching."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout=3)
        self._pool.shutdown(cancel_futures=True)

    def _watch(self) -> None:
        try:
            while not self._ending.is_set():
                frame = self._camera.newest(TAKE_S)
                if frame is not None:
                    self._take(frame)
                self._ask()
        except Exception as failure:  # noqa: BLE001 - raised again in tick, on the window's thread
            self._failure = failure

    def _take(self, frame: Frame) -> None:
        pose = self._watcher.watch(frame)[0]
        at_s = frame.captured_s
        if self._again or (pose is not None and at_s - self._seen_s > GONE_S):
            self._forget()
        if pose is not None:
            self._seen_s = at_s
        self._track.add(at_s, pose)
        self.danced_s = 0.0 if not len(self._track) else at_s - float(self._track.at_s[0])
        self.sighting = (frame, pose)

    def _forget(self) -> None:
        self._track, self.answer, self.danced_s = PoseTrack(), Guesses(), 0.0
        self._asking, self._again = (
            None,
            False,
        )  # an answer under way is about what is forgotten

    def _ask(self) -> None:
        """Take a search's answer, and ask anew when it is time."""
        if self._asking is not None and self._asking.done():
            self.answer, took_s = self._asking.result()
            self.took_s.append(took_s)
            self._asking = None
        now = self._clock.now()
        if (
            self._asking is None
            and now - self._asked_s >= ASK_EVERY_S
            and self.danced_s >= NEEDED_S
        ):
            self._asked_s = now
            self._asking = self._pool.submit(self._search, newest(self._track))

    def _search(self, track: PoseTrack) -> tuple[Guesses, float]:
        began_s = self._clock.now()
        answer = self._guesser.library.guess(track)
        return answer, self._clock.now() - began_s


def named(answer: Guesses) -> Guess | None:
    """Return the song to name: known, and danced for long enough; None: it does not know yet."""
    return answer.known if answer.seconds >= SURE_S - 0.25 else None


def newest(track: PoseTrack) -> PoseTrack:
    """Return the last seconds of a track as one of their own, for another thread."""
    first = int(np.searchsorted(track.at_s, track.at_s[-1] - MOST_SECONDS - 1.0))
    copy = PoseTrack()
    for at_s, joints in zip(track.at_s[first:], track.joints[first:], strict=True):
        copy.add(float(at_s), Pose(joints.copy()))
    return copy


class ReverseQuiz:
    """The page around it; ``run`` returns when the player leaves."""

    def __init__(
        self, window: PointedWindow, guesser: Guesser, *, eyes: Eyes, camera: Camera,
        clock: HostClock, budget_s: float = 1 / 30,
    ) -> None:  # fmt: skip
        self._window, self._guesser, self._clock = window, guesser, clock
        self._eyes, self._camera = eyes, camera
        self._watcher = Watcher(eyes, now=clock.now, budget_s=budget_s)
        self.dancing: DanceGuesser | None = None

    def run(self) -> None:
        """Watch, guess, show."""
        first = self._camera.newest(FIRST_FRAME_S)
        self._watcher.warm_up(
            np.zeros((480, 640, 3), np.uint8) if first is None else first.image
        )
        dancing = self.dancing = DanceGuesser(
            self._guesser, camera=self._camera, watcher=self._watcher, clock=self._clock
        )
        screen, began_s = ReverseScreen(Backdrop(Theme())), self._clock.now()
        dancing.begin()
        try:
            while True:
                dancing.tick()
                actions = self._actions(screen)
                if {"quit", "leave"} & set(actions):
                    return
                if "again" in actions:
                    dancing.again()
                screen.draw(self._window.surface, self._view(dancing, began_s))
                self._window.flip()
        finally:
            dancing.stop()

    def _actions(self, screen: ReverseScreen) -> list[str]:
        """Return what keys and mouse ask for."""
        names = self._window.events()
        size = self._window.surface.get_size()
        targets = [screen.at(at, size) for at in self._window.clicks()]
        keys = ["quit" if name == "quit" else screen.key(name) for name in names]
        clicked = [target.kind for target in targets if target is not None]
        return [action for action in (*keys, *clicked) if action is not None]

    def _view(self, dancing: DanceGuesser, began_s: float) -> ReverseView:
        now, seen, answer = self._clock.now(), dancing.sighting, dancing.answer
        known = named(answer)
        early = min(answer.seconds / SURE_S, 1.0)  # too short to be as sure as it seems
        guesses = tuple(
            self._guess_view(guess, now - answer.at_s, early if known is None else 1.0)
            for guess in answer.guesses
        )
        coach, lead, bpm = None, 0, IDLE_BPM
        if known is not None:
            song = self._guesser.packs[known.song]
            at_s = known.song_s + now - answer.at_s
            coach = np.stack([member.row(at_s) for member in song.members])
            lead, bpm = known.member, song.bpm
        state = self._camera.state()
        return ReverseView(
            picture=None if seen is None else seen[0].image,
            pose=None if seen is None or seen[1] is None else seen[1].joints,
            guesses=guesses, known=known is not None,
            danced_s=dancing.danced_s, needed_s=NEEDED_S, coach=coach, lead=lead,
            songs=len(self._guesser.packs), beat=(now - began_s) * bpm / 60, age_s=now - began_s,
            notices=(state.message,) if state.message else (),
            status=f"{looks_in_words(self._watcher.looks)} · {self._eyes.runtime}",
        )  # fmt: skip

    def _guess_view(self, guess: Guess, since_s: float, share: float) -> GuessView:
        song = self._guesser.packs[guess.song]
        place_s = min(max(guess.song_s + since_s, 0.0), song.length_s)
        return GuessView(song.title, song.artist, share * guess.certainty, place_s)
