"""You dance, it guesses: the camera watched, the library asked twice a second, the page shown."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.library.songpack import SongPackError
from kpopdance.realtime.pose.looks import looks_in_words
from kpopdance.realtime.pose.watcher import Watcher
from kpopdance.realtime.quiz.kept_dances import KeptDances
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.quiz_view import GuessView, ReverseView
from kpopdance.realtime.screens.reverse import ReverseScreen
from kpopdance.realtime.search.confusable import alike
from kpopdance.realtime.search.guess import MOST_SECONDS, DanceLibrary, Guesses
from kpopdance.realtime.shell.beside import FailureNotice, Watch, beside, warmed
from kpopdance.realtime.shell.pages import Page, Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from concurrent.futures import Future

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import Camera, HostClock, Surface
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.library.songpack import PackFacts, SongPack
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.search.guess import Guess

ASK_EVERY_S: Final = 0.5
NEEDED_S: Final = 2.0  # for a first guess
SURE_S: Final = 4.0  # for a name: strangers of the same style look alike for shorter
BETWEEN_LOOKS_S: Final = 0.5  # who was not seen for longer did not dance meanwhile
GONE_S: Final = 1.5  # not seen for so long: what was danced before is forgotten
IDLE_BPM: Final = 110.0


@dataclass(frozen=True, slots=True, eq=False)
class Guesser:
    """What is asked: the described songs, what is known of them, and how one is loaded."""

    library: DanceLibrary
    packs: Mapping[str, PackFacts | SongPack]
    load: Callable[[str], SongPack]

    def alike(self, slug: str) -> dict[str, float]:
        """Return how much alike other songs' dances are to a song's."""
        song = self.load(slug)
        return alike(self.library, song.members[song.lead])


def guesser_of(
    packs: Mapping[str, PackFacts | SongPack],
    load: Callable[[str], SongPack],
    passing: Callable[[Collection[str]], Iterable[str]] = iter,
) -> Guesser:
    """Return the songs described, so that they can be guessed; ``passing`` sees their names go by.

    A damaged one is left out.

    Raises
    ------
    DanceError
        Where there is no song.
    """
    if not packs:
        raise DanceError(_("there is no song to guess; record one: kpopdance record VIDEO"))
    library, kept = DanceLibrary(), KeptDances(load, len(packs))
    try:
        for slug in passing(packs.keys()):
            with suppress(SongPackError):
                library.take(slug, kept.of(slug, packs[slug]))
    finally:  # also of those that were described before somebody left
        kept.write()
    return Guesser(library, packs, load)


class DanceGuesser:
    """Watches one dancer and asks the library; ``answer`` is the newest, replaced whole.

    Two threads: one watches, one searches, so that a search costs no frame.
    """

    def __init__(
        self, guesser: Guesser, *, camera: Camera, watcher: Watcher, clock: HostClock
    ) -> None:
        self._guesser, self.clock = guesser, clock
        self.watch = Watch(camera, watcher, clock, self._done)
        self.answer = Guesses()
        self.danced_s = 0.0
        self.took_s: list[float] = []
        self._track = PoseTrack()
        self._again = False
        self._seen_s = -np.inf
        self._asked_s = -np.inf
        self._asking: Future[tuple[Guesses, float]] | None = None

    def again(self) -> None:
        """Forget what was danced so far, from the next frame on."""
        self._again = True

    def _done(self, frame: Frame | None, pose: Pose | None) -> None:
        if frame is not None:
            self._take(frame.captured_s, pose)
        self._ask()

    def _take(self, at_s: float, pose: Pose | None) -> None:
        if self._again or (pose is not None and at_s - self._seen_s > GONE_S):
            self._forget()
        if pose is not None:
            since_s = at_s - self._seen_s
            self.danced_s += since_s if since_s <= BETWEEN_LOOKS_S else 0.0
            self._seen_s = at_s
        self._track.add(at_s, pose)

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
        now = self.clock.now()
        if (
            self._asking is None
            and now - self._asked_s >= ASK_EVERY_S
            and self.danced_s >= NEEDED_S
        ):
            self._asked_s = now
            track = newest(self._track)
            self._asking = beside(lambda: self._search(track))

    def _search(self, track: PoseTrack) -> tuple[Guesses, float]:
        began_s = self.clock.now()
        answer = self._guesser.library.guess(track)
        return answer, self.clock.now() - began_s


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


class ReversePage(Page):
    """The page around it."""

    hands = "off"  # who dances to be guessed does not choose

    def __init__(
        self, guesser: Guesser, dancing: DanceGuesser, eyes: Eyes,
        another: Callable[[], Page | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._guesser, self.dancing, self._eyes = guesser, dancing, eyes
        self._another = another
        self.screen = ReverseScreen(Backdrop(Theme()))
        self._notice = FailureNotice(eyes, dancing.clock)
        self._named = ""
        self._coach: Future[SongPack] | None = None

    def enter(self, now_s: float) -> None:
        """Begin to watch."""
        super().enter(now_s)
        self.dancing.watch.begin()

    def step(self, now_s: float) -> Page:
        """Go on; raises what went wrong while watching."""
        super().step(now_s)
        self.dancing.watch.check()
        return self

    def act(self, action: Action) -> Page | None:
        """Forget what was danced, open the camera anew or another one, or leave."""
        camera = self.dancing.watch.camera
        if action == "again":
            self.dancing.again()
            if camera.state().health.mendable:
                camera.retry()
        elif action == "camera":
            return self._another() or self
        return self.back if action == "leave" else self

    def draw(self, surface: Surface) -> None:
        """Draw what is seen and guessed."""
        self.screen.draw(surface, self.view())

    def leave(self) -> None:
        """Stop watching."""
        self.dancing.watch.stop()

    def view(self) -> ReverseView:
        """Return what is shown now."""
        now, dancing = self.now_s, self.dancing
        seen, answer = dancing.watch.sighting, dancing.answer
        known = named(answer)
        song = None if known is None else self._loaded(known.song)
        early = min(answer.seconds / SURE_S, 1.0)  # too short to be as sure as it seems
        guesses = tuple(
            self._guess_view(guess, now - answer.at_s, early if known is None else 1.0)
            for guess in answer.guesses
        )
        coach, lead, bpm = None, 0, IDLE_BPM
        if known is not None and song is not None:
            at_s = known.song_s + now - answer.at_s
            coach = np.stack([member.row(at_s) for member in song.members])
            lead, bpm = known.member, song.bpm
        return ReverseView(
            picture=None if seen is None else seen.frame.image,
            pose=None if seen is None or seen.pose is None else seen.pose.joints,
            guesses=guesses, known=song is not None,
            danced_s=dancing.danced_s, needed_s=NEEDED_S, coach=coach, lead=lead,
            songs=len(self._guesser.packs), beat=self.age_s * bpm / 60, age_s=self.age_s,
            health=dancing.watch.health(), notices=self._notice.words(),
            status=f"{looks_in_words(dancing.watch.watcher.looks)} · {self._eyes.runtime}",
        )  # fmt: skip

    def _loaded(self, slug: str) -> SongPack | None:
        """Return the song that is named; None while its choreography comes, beside the window."""
        if slug != self._named or self._coach is None:
            self._named, self._coach = slug, beside(lambda: self._guesser.load(slug))
        return self._coach.result() if self._coach.done() else None

    def _guess_view(self, guess: Guess, since_s: float, share: float) -> GuessView:
        song = self._guesser.packs[guess.song]
        place_s = min(max(guess.song_s + since_s, 0.0), song.length_s)
        return GuessView(song.title, song.artist, share * guess.certainty, place_s)


def reverse_page(
    guesser: Guesser, *, eyes: Eyes, camera: Camera, clock: HostClock, budget_s: float = 1 / 30,
    another: Callable[[], Camera] | None = None,
) -> Page:  # fmt: skip
    """Return the first page: the networks warm up beside it; ``another`` opens the next camera."""
    backdrop, words = Backdrop(Theme()), (_("You dance, it guesses"), _("Warming up ..."))

    def made(open_camera: Callable[[], Camera]) -> Page:
        filming = open_camera()
        watcher = warmed(Watcher(eyes, now=clock.now, budget_s=budget_s), filming)
        dancing = DanceGuesser(guesser, camera=filming, watcher=watcher, clock=clock)
        return ReversePage(guesser, dancing, eyes, turned)

    def waiting(open_camera: Callable[[], Camera]) -> Page:
        return Waiting(
            backdrop, words, beside(lambda: made(open_camera)), lambda page: page, None
        )

    def turned() -> Page | None:
        return None if another is None else waiting(another)

    return waiting(lambda: camera)
