"""The page after a dance: what it was worth, how its moves were danced, and what to practise."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _, counted
from kpopdance.realtime.core.health import Cause
from kpopdance.realtime.core.terms import STRICTNESS
from kpopdance.realtime.core.track import FILTER_LAG_S
from kpopdance.realtime.dance.footage import Footage
from kpopdance.realtime.dance.keeping import Keeping
from kpopdance.realtime.dance.reel_page import ReelPage
from kpopdance.realtime.game.portrait import FaceOffer
from kpopdance.realtime.game.side_by_side import SideBySide
from kpopdance.realtime.home.calibrating import CalibrationPage
from kpopdance.realtime.library.players import player_of
from kpopdance.realtime.library.store import StoreError
from kpopdance.realtime.party.board import BoardOffer
from kpopdance.realtime.practice.practising import Choice, PracticeLoading
from kpopdance.realtime.scoring.judge import NO_PICTURES, TOO_SLOW
from kpopdance.realtime.scoring.practice import Passage
from kpopdance.realtime.scoring.report import named_apart
from kpopdance.realtime.screens.parts.theme import clock_words
from kpopdance.realtime.screens.results import ResultsScreen
from kpopdance.realtime.screens.view import ResultView
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.dance.performance import Outcome
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.view import SideView

CANNOT: Final = N_("This dance cannot begin")
LATE: Final = N_(
    "You were {ms:.0f} ms late all along: a Bluetooth speaker or a slow camera may make you so. "
    "Press {key} to measure them."
)
EARLY: Final = N_(
    "You were {ms:.0f} ms early all along: a Bluetooth speaker or a slow camera may make you so. "
    "Press {key} to measure them."
)
SLOW: Final = (Cause.TOO_SLOW, Cause.SLOW_COMPUTER)
LATE_MS: Final = 80.0  # up to there timing has full credit
GLAD_OF: Final = 3  # moves that went best, where none is worth practising
LEAST_RECOGNISED: Final = 0.5  # of the moves, however late: else there is no lag to tell


class ResultPage(Page):
    """What a dance was worth; what it leaves is stored beside it, and told when it is stored."""

    heading = CANNOT

    def __init__(
        self, game: Game, danced: tuple[SongPack, Terms], outcome: Outcome,
        anew: Callable[[], Page], back: Page | None,
    ) -> None:  # fmt: skip
        song, terms = danced
        self._game, self._song, self._outcome = game, song, outcome
        self._terms = terms
        self._anew, self.back = anew, back
        self.screen = ResultsScreen(game.backdrop)
        self._keeping = Keeping(game.kit, outcome, song, terms)
        self._saving: Future[Keeping] | None = None
        self._late = late_words(outcome) if self._keeping.counts else ""
        self._choice = Choice(outcome.report, song)
        self._raced = beside_ghost(game, song.slug, terms, outcome.report)
        artist = " · ".join(filter(None, (song.artist, terms.words)))
        view = result_view(song, outcome, age_s=0.0, counts=self._keeping.counts)
        self._shown = replace(
            view, artist=artist, stored=False, sections=named_apart(song.sections),
            to_practise=self._choice.lines, went_well=went_well(outcome.report, terms),
            brought=self._raced,
        )  # fmt: skip
        self._side = None if outcome.track is None else SideBySide(
            outcome.track, song.members[song.lead], outcome.lag_ms / 1000 + FILTER_LAG_S
        )  # fmt: skip
        self._danced = outcome.track, outcome.filmed
        outcome.track = outcome.filmed = None  # an evening's outcomes are kept
        counts = self._keeping.counts
        self._board = BoardOffer(
            game.kit.settings.board_folder, outcome.replay if counts else None, game.kit.store
        )
        self._turned_s = 0.0
        self._offer = FaceOffer(game.kit.store, outcome.face if self._keeping.counts else b"")
        self._save()

    def step(self, now_s: float) -> Page:
        """Tell what was stored."""
        super().step(now_s)
        if self._saving is not None and self._saving.done():
            self._tell(self._saving.result())
            self._saving = None
        return self

    def act(self, action: Action) -> Page | None:
        """Dance again or practise, choose what is shown, measure the delay, store again, or go back."""
        game = self._game
        if action == "again":
            return self._anew()
        if action == "lag" and self._late:
            return CalibrationPage(game, self)
        if action == "save" and self._saving is None and self._shown.unsaved:
            self._save()
        if action == "face":
            self._offer.take()
        if action == "board":
            self._board.take()
        if action == "practise":
            return self._practise()
        if action == "clip" and self._danced[0] is not None:
            return ReelPage(game, beside(self._footage), self)
        before = self._choice.passage
        self._choice.turn(action)
        self._begin_anew(before)
        return self.back if action == "back" else self

    def clicked(self, target: Target) -> Page | None:
        """Choose the move that is clicked on, practise the chosen one, or do what a button does."""
        before = self._choice.passage
        if target.kind != "move":
            return super().clicked(target)
        if before == (target.which, target.which):
            return self._practise()
        self._choice.choose(target.which)
        self._begin_anew(before)
        return self

    def _footage(self) -> Footage:
        """Return what a clip is made of; waits until all the player's pictures are packed."""
        kit, outcome, (track, filming) = self._game.kit, self._outcome, self._danced
        assert track is not None
        filmed = None if filming is None else filming.result()
        return Footage(
            self._game.load(self._song), self._song, outcome.report, track.at_s, track.joints,
            outcome.lag_ms / 1000, None if filmed is None else filmed.path, self._terms,
            _name_of(kit.store), kit.local_now().date().isoformat(),
            scale=1.0 if filmed is None else filmed.scale,
        )  # fmt: skip

    def _practise(self) -> Page:
        """Practise what is chosen; where there is nothing, dance again."""
        if self._choice.passage is None:
            return self._anew()
        return PracticeLoading(self._game, self._song, self._choice.wish, self, self._anew)

    def _begin_anew(self, before: Passage | None) -> None:
        """Show other moves from their begin."""
        if self._choice.passage != before:
            self._turned_s = self.age_s

    def draw(self, surface: Surface) -> None:
        """Draw the result."""
        self.screen.draw(surface, self.view())

    def view(self) -> ResultView:
        """Return what is shown now."""
        key = self.screen.theme.cap("L")
        lag_ms = self._outcome.report.lag_ms or 0.0
        told = self._late and _(self._late, ms=abs(lag_ms), key=key)
        pointed, words = self.pointed, ""
        if pointed is not None and pointed.kind == "move":
            move = Passage(pointed.which, pointed.which)
            words = " · ".join(filter(None, self._choice.told(move)))
        return replace(
            self._shown, age_s=self.age_s, suggestion=told, chosen=self._choice.passage,
            pointed_words=words, side=self._beside(), face=self._offer.words, board=self._board.words,
        )  # fmt: skip

    def _beside(self) -> SideView | None:
        """Return the chosen moves, the player's beside the coach's; None where nothing is chosen."""
        passage, span_s = self._choice.passage, self._choice.span_s
        if self._side is None or passage is None or span_s is None:
            return None
        age_s, words = self.age_s - self._turned_s, self._choice.told(passage)
        return self._side.at(span_s, age_s, words, mirror=self._game.mirror)

    def _save(self) -> None:
        self._saving = self._outcome.saving = beside(self._keeping.store)
        self._shown = replace(self._shown, unsaved="")

    def _tell(self, keeping: Keeping) -> None:
        self._shown = replace(
            self._shown, best_before=keeping.best_before, stored=keeping.score_stored,
            unsaved=keeping.problem, earlier=keeping.earlier, brought=(*self._raced, *keeping.brought),
        )  # fmt: skip


def beside_ghost(game: Game, slug: str, terms: Terms, report: Report) -> tuple[str, ...]:
    """Return who was ahead, where somebody's ghost danced beside the player."""
    ghost = game.ghost
    return (ghost.told(report),) if ghost is not None and ghost.dances(slug, terms) else ()


def _name_of(store: Store) -> str:
    """Return who plays; empty of a guest, or where nobody can tell."""
    try:
        return player_of(store).name if store.keeps else ""
    except StoreError:
        return ""


def went_well(report: Report, terms: Terms) -> tuple[str, ...]:
    """Return what to be glad of, and what would be next: the best moves, the streak, who is stricter.

    Of a dance of which too little was judged, nothing.
    """
    if not report.complete:
        return ()
    judged = sorted(
        (move for move in report.moves if move.judged), key=lambda move: -move.score
    )
    told = [
        " · ".join(
            (
                _("Move {move}", move=move.move + 1),
                clock_words(move.start_s),
                f"{move.score:.0f}",
            )
        )
        for move in judged[:GLAD_OF]
    ]
    if report.best_combo > 1:
        told.append(_("{n} moves in a row better than OK", n=report.best_combo))
    stricter = list(STRICTNESS)[list(STRICTNESS).index(terms.strictness) + 1 :]
    if stricter and judged:
        told.append(
            _(
                "Next: the same on {strictness} (S in the list of songs)",
                strictness=_(stricter[0]),
            )
        )
    return tuple(told)


def late_words(outcome: Outcome) -> str:
    """Return the sentence on how late a dance was, where the devices may have been it."""
    report, lag_ms = outcome.report, outcome.report.lag_ms
    if lag_ms is None or abs(lag_ms) < LATE_MS or report.recognised < LEAST_RECOGNISED:
        return ""
    if outcome.lag_ms:  # theirs is taken off already
        return ""
    return EARLY if lag_ms < 0 else LATE


def result_view(
    song: SongPack, outcome: Outcome, *,
    age_s: float, best_before: float | None = None, counts: bool = False,
) -> ResultView:  # fmt: skip
    """Return the result page of an outcome."""
    report = outcome.report
    lost = Counter(move.why for move in report.moves)
    blamed = [_(each.sentence) for each in outcome.health if each.blind or each.cause in SLOW]
    why = blamed[0] if blamed else _("Pictures are missing.")
    told = {NO_PICTURES: why, TOO_SLOW: _("This computer is too slow.")}
    notices = tuple(
        counted(
            "{n} move was not judged. {why}",
            "{n} moves were not judged. {why}",
            lost[kind],
            why=words,
        )
        for kind, words in told.items()
        if lost[kind]
    )
    return ResultView(
        song.title, song.artist, report, age_s, best_before, notices, outcome.camera, counts,
        colours=song.lights,
    )  # fmt: skip
