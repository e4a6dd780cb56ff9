"""The pages of practising: what is chosen for it, what is waited for, and the practice itself."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.progress import Danced, moment_of
from kpopdance.realtime.core.terms import COACHES
from kpopdance.realtime.dance.ground import open_ground
from kpopdance.realtime.dance.shared import after
from kpopdance.realtime.dance.warming import WarmingPage
from kpopdance.realtime.library.history import keep_dance
from kpopdance.realtime.library.practised import keep_practised
from kpopdance.realtime.library.store import StoreError, score_key
from kpopdance.realtime.practice.lesson import COUNTED
from kpopdance.realtime.practice.practice import Practice, Wish
from kpopdance.realtime.scoring.practice import (
    Passage,
    section_with,
    sections_of,
    what_to_practise,
    words_of,
)
from kpopdance.realtime.scoring.repeats import repeats_of, spans_s
from kpopdance.realtime.screens.parts.theme import clock_words
from kpopdance.realtime.screens.practice import PracticeScreen
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.core.progress import Moment
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.songpack import PackFacts, SongPack
    from kpopdance.realtime.scoring.practice import Exercise
    from kpopdance.realtime.scoring.standard import Told
    from kpopdance.realtime.screens.actions import Action
    from kpopdance.realtime.shell.beside import Sighting
    from kpopdance.realtime.shell.pages import Hands

log = logging.getLogger(__name__)
PRACTICE: Final = N_("PRACTICE")
LISTED: Final = 3
SEEN_FROM: Final = ("mirror", "behind", "front")


class Choice:
    """Which moves of a dance are to be practised; at first the ones that would gain most.

    Attributes
    ----------
    passage : Passage or None
        The chosen ones; None where the dance has no moves.
    lines : tuple of str
        The moves that would gain most, in words.
    """

    def __init__(self, report: Report, song: SongPack) -> None:
        self._moves, self._best = report.moves, report.best
        spans = spans_s(report.moves)
        self._sections = sections_of(*spans, song.sections)
        repeats = repeats_of(song.members[song.lead], *spans)
        best = what_to_practise(report, COUNTED * 60 / song.bpm, repeats)
        self._listed = tuple(exercise.move for exercise in best)
        first = self._listed[0] if best else 0
        self.passage = Passage(first, first) if report.moves else None
        self.lines = tuple(map(self._line, best[:LISTED]))

    @property
    def wish(self) -> Wish:
        """The chosen ones, with what is known of all."""
        scores = {move.move: move.score for move in self._moves if move.judged}
        return Wish(self.passage, scores=scores, listed=self._listed)

    @property
    def span_s(self) -> tuple[float, float] | None:
        """Between which song seconds the chosen ones are; None where there are none."""
        if self.passage is None:
            return None
        first, last = self.passage
        return self._moves[first].start_s, self._moves[last].end_s

    def told(self, passage: Passage) -> tuple[str, str]:
        """Return moves in words: which, where and how they were; and what cost most, of one."""
        move = self._moves[passage.first]
        words, at = words_of(passage, self._sections), clock_words(move.start_s)
        if passage.first < passage.last:
            return f"{words} · {at}", ""
        mark = f"{move.grade} {move.score:.0f}" if move.judged else ""
        return " · ".join(filter(None, (words, at, mark))), _(move.why)

    def choose(self, move: int) -> None:
        """Choose a move by its number."""
        self.passage = Passage(move, move)

    def turn(self, action: Action) -> None:
        """Choose the next move or section, the section around (up) or a move of it (down), the best."""
        passage = self.passage
        if passage is None:
            return
        alone = passage.first == passage.last
        if action == "up":
            self.passage = section_with(passage, self._sections)
        elif action == "down":
            self.passage = Passage(passage.first, passage.first)
        elif action in ("left", "right"):
            by = 1 if action == "right" else -1
            places = [Passage(k, k) for k in range(len(self._moves))]
            if not alone:
                places = [part for _, part in self._sections]
            number = places.index(passage) + by
            self.passage = places[min(max(number, 0), len(places) - 1)]
        elif action == "best":
            self._best_or_worst(passage)

    def _best_or_worst(self, now: Passage) -> None:
        """Choose the best move; where that is chosen, the worst."""
        judged = [move for move in self._moves if move.judged]
        if self._best is not None and judged:
            worst = min(judged, key=lambda move: move.score).move
            self.choose(worst if now == (self._best, self._best) else self._best)

    def _line(self, exercise: Exercise) -> str:
        move, times = self._moves[exercise.move], exercise.times
        told = (
            _("Move {move}", move=move.move + 1), clock_words(move.start_s), _(move.why),
            _("comes {times} times", times=times) if times > 1 else "",
            _("up to {points:.1f} points", points=exercise.gain),
        )  # fmt: skip
        return " · ".join(filter(None, told))


class PracticeLoading(WarmingPage):
    """Opens a passage to practise; ``dance`` leads to the whole dance."""

    heading = N_("This cannot be practised")

    def __init__(
        self, game: Game, song: PackFacts | SongPack, wish: Wish, back: Page | None,
        dance: Callable[[], Page],
    ) -> None:  # fmt: skip
        terms = game.terms_of(song.slug)
        super().__init__(
            game, _(PRACTICE),
            lambda told: open_practice(game.kit, game.load(song), terms, wish, told), back,
            (song.folder, terms),
        )  # fmt: skip
        self._dance = dance

    def then(self, opened: Practice) -> Page:
        """Practise."""
        return PracticePage(self._game, opened, self.back, self._dance)


class PracticePage(Page):
    """A passage danced again and again."""

    heading = N_("This cannot be practised")

    def __init__(
        self, game: Game, practice: Practice, back: Page | None, dance: Callable[[], Page]
    ) -> None:
        self._game, self.practice, self.back, self._dance = game, practice, back, dance
        self.screen = PracticeScreen(game.backdrop)
        self._seen_from = SEEN_FROM[0] if game.mirror else SEEN_FROM[2]

    def enter(self, now_s: float) -> None:
        """Begin."""
        super().enter(now_s)
        self.practice.begin()

    @property
    def hands(self) -> Hands:
        """While the coach stands still alone."""
        practice = self.practice
        return "own" if practice.paused or practice.key_pose is not None else "off"

    @property
    def sighting(self) -> Sighting | None:
        """What the watching of the tries sees."""
        return self.practice.sighting

    def step(self, now_s: float) -> Page:
        """Go on with the tries."""
        super().step(now_s)
        self.practice.tick()
        return self

    def act(self, action: Action) -> Page | None:
        """Do what a key means in practising."""
        practice, drill = self.practice, self.practice.drill
        if action in ("back", "again"):
            return self.back if action == "back" else self._dance()
        if action == "mirror":
            self._seen_from = after(SEEN_FROM, self._seen_from)
        elif action == "coach":
            self._game.coach = after(COACHES, self._game.coach)
        elif action in ("left", "right"):
            by = 1 if action == "right" else -1
            (practice.another if practice.key_pose is None else practice.step)(by)
        elif action in ("up", "down"):
            turned = drill.at(drill.tenths + (1 if action == "up" else -1))
            if turned.tenths != drill.tenths:
                practice.turn_to(turned)
        else:
            self._otherwise(action)
        return self

    def _otherwise(self, action: Action) -> None:
        """Stand still, go step by step, take the whole section, move the ghost; or no longer."""
        does: dict[Action, Callable[[], None]] = {
            "pause": self.practice.toggle_pause, "steps": self.practice.toggle_steps,
            "whole": self.practice.whole_or_move, "next": self.practice.next_listed,
            "ghost": self.practice.turn_ghost,
            "another": self.practice.ground.watcher.choose_anew,
        }  # fmt: skip
        if action in does:
            does[action]()

    def draw(self, surface: Surface) -> None:
        """Draw how it goes now."""
        self.screen.draw(
            surface, self.practice.view(
                mirror=self._seen_from == "mirror", behind=self._seen_from == "behind",
                coach=self._game.coach,
            )
        )  # fmt: skip

    def leave(self) -> None:
        """Close all that was opened for it; what was practised is kept beside."""
        self.practice.close()
        ended = moment_of(self._game.kit.local_now())
        beside(lambda: keep(self.practice, ended))


def keep(practice: Practice, ended: Moment) -> None:
    """Keep for how long a player practised, and what of moves whose score was known, if possible."""
    ground, scores = practice.ground, practice.wish.scores
    song, standard, store = ground.song, ground.standard, ground.kit.store
    starts_s = standard.start_s.tolist()
    first = repeats_of(song.members[song.lead], starts_s, standard.end_s.tolist())
    tries: Counter[int] = Counter()  # of all that are the same together
    for k, n in practice.tries.items():
        tries[first[k]] += n
    moves = {
        starts_s[k]: (score, tries[first[k]])
        for k, score in scores.items()
        if first[k] in tries
    }
    danced_s = float(
        sum((standard.end_s - standard.start_s)[k] * n for k, n in practice.tries.items())
    )
    if danced_s <= 0 or not ground.kit.keeps_scores:
        return
    key, terms = score_key(song.slug, standard.terms), standard.terms.words
    danced = Danced(
        ended.before(danced_s), song.slug, song.title, danced_s, 0.0, 0, terms, counts=False,
        practice=True,
    )  # fmt: skip
    try:
        keep_practised(store, key, moves)
        keep_dance(store, danced, key)
    except StoreError as why:
        log.warning("what was practised is not kept: %s", why)


def open_practice(kit: Kit, song: SongPack, terms: Terms, wish: Wish, told: Told) -> Practice:
    """Load music, standard and networks, and open the camera; this takes a second or two.

    Raises
    ------
    DanceError
        Where the music or the camera cannot be opened.
    """
    practising: list[Practice] = []
    ground = open_ground(
        kit, song, terms, told, lambda: practising[0].song_now() if practising else None
    )
    practising.append(Practice(ground, wish))
    return practising[0]
