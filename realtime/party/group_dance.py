"""A song danced by several: opened, everybody steps in, it is danced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.terms import COACHES
from kpopdance.realtime.dance.shared import after
from kpopdance.realtime.dance.together import open_group
from kpopdance.realtime.dance.warming import WarmingPage
from kpopdance.realtime.party.group_result import GroupResultPage, came_of
from kpopdance.realtime.pose.group_watcher import GroupWatcher
from kpopdance.realtime.scoring.contest import Contest
from kpopdance.realtime.screens.group import GroupScreen
from kpopdance.realtime.screens.group_pages import GroupReadyScreen
from kpopdance.realtime.screens.group_pages_view import GroupReadyView
from kpopdance.realtime.screens.group_view import ContestView, DancerView
from kpopdance.realtime.shell.beside import Watch, beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.dance.together import Entrant, GroupPerformance
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.pose.group_watcher import Place
    from kpopdance.realtime.scoring.contest import Kind
    from kpopdance.realtime.scoring.judge import Judge
    from kpopdance.realtime.screens.actions import Action, Target
    from kpopdance.realtime.screens.group_view import GroupView

CANNOT: Final = N_("This dance cannot begin")
ALL_IN_S: Final = 1.5  # for which all must be in, before it begins by itself
IN_PLACE_S: Final = 3.0  # then until the count-in
STALE_S: Final = 1.0
TOLD_S: Final = (
    0.25  # of the song, between two times that it is worked out how everybody stands
)


@dataclass(frozen=True, slots=True, eq=False)
class Team:
    """Who dances, in the order of their places, where each one's dances are kept, and what is played."""

    entrants: tuple[Entrant, ...]
    stores: tuple[Store, ...]
    kind: Kind = "together"


def contest_of(song: SongPack, kind: Kind, players: int) -> Contest:
    """Return the rounds of a song, for what is played; of a medley they begin where songs are danced."""
    span_s = song.members[song.lead].start_s, song.length_s
    begins = [each.danced_s[0] for each in song.excerpts] or [at_s for _, at_s in song.sections]
    return Contest(kind, players, span_s, begins)


class GroupLoading(WarmingPage):
    """Opens a song for several."""

    heading = CANNOT

    def __init__(self, game: Game, song: SongPack, team: Team, back: Page) -> None:
        contest = contest_of(song, team.kind, len(team.entrants))
        super().__init__(
            game, song.title,
            lambda told: open_group(game.kit, song, team.entrants, told, contest.changes_s), back,
        )  # fmt: skip
        self._song, self._team, self._contest = song, team, contest
        game.stage.announce(song)

    def then(self, opened: GroupPerformance) -> Page:
        """Let everybody step in."""
        ready = Readied(self._game, self._song, self._team, opened, self._contest)
        return GroupReadyPage(ready, self.back)


@dataclass(frozen=True, slots=True, eq=False)
class Readied:
    """A group's dance, open."""

    game: Game
    song: SongPack
    team: Team
    performance: GroupPerformance
    contest: Contest

    @property
    def places(self) -> tuple[Place, ...]:
        """How everybody's place is doing in the newest look; none before the first."""
        watcher = self.performance.opened.watcher
        return watcher.places if isinstance(watcher, GroupWatcher) else ()

    def anew(self, back: Page | None) -> Page:
        """Return the page that opens the same again."""
        assert back is not None
        return GroupLoading(self.game, self.song, self.team, back)


class GroupReadyPage(Page):
    """Shows everybody in the mirror; begins when all are in, or when somebody says so."""

    heading = CANNOT
    hands = "off"

    def __init__(self, ready: Readied, back: Page | None) -> None:
        self._ready, self.back = ready, back
        self.screen = GroupReadyScreen(ready.game.backdrop)
        opened = ready.performance.opened
        self._watch = Watch(opened.camera, opened.watcher, opened.kit.clock, lambda *_: None)
        self._all_since_s: float | None = None
        self._ending: Future[None] | None = None
        self._begins: float | None = None
        self._held = True

    def enter(self, now_s: float) -> None:
        """Begin to look."""
        super().enter(now_s)
        self._watch.begin()

    def step(self, now_s: float) -> Page | None:
        """Begin once all have been in for a while."""
        super().step(now_s)
        if self._ending is not None:
            return self._go() if self._ending.done() else self
        self._watch.check()
        here = [place.gone_s < STALE_S for place in self._ready.places]
        if len(here) < len(self._ready.team.entrants) or not all(here):
            self._all_since_s = None
        elif self._all_since_s is None:
            self._all_since_s = now_s
        elif now_s - self._all_since_s >= ALL_IN_S:
            self._end(IN_PLACE_S)
        return self

    def _go(self) -> Page | None:
        """Dance, or go back, now that nobody looks for this page any more."""
        assert self._ending is not None
        self._ending.result()
        if self._begins is None:
            return self.back
        self._held = False
        return GroupDancePage(self._ready, self._begins, self.back)

    def act(self, action: Action) -> Page | None:
        """Begin, say anew who is who, mirror, or go back."""
        game = self._ready.game
        if self._ending is not None:
            return self
        if action == "play":
            self._end(IN_PLACE_S)
        elif action == "another":
            self._ready.performance.opened.watcher.reset()
            self._all_since_s = None
        elif action == "mirror":
            game.mirror = not game.mirror
        elif action == "keep":
            game.keep_pictures(self._ready.performance.opened.recording)
        elif action == "back":
            self._end(None)
        return self

    def clicked(self, target: Target) -> Page | None:
        """Press a chip."""
        return self.act(self.screen.action_of(target.which))

    def _end(self, step_back_s: float | None) -> None:
        self._begins, self._ending = step_back_s, beside(self._watch.stop)

    def draw(self, surface: Surface) -> None:
        """Draw the mirror."""
        self.screen.draw(surface, self.view())

    def view(self) -> GroupReadyView:
        """Return what to show now."""
        ready, sighting = self._ready, self._watch.sighting
        places = ready.places
        dancers = []
        for k, entrant in enumerate(ready.team.entrants):
            known = k < len(places)
            dancers.append(
                DancerView(
                    k, entrant.name, entrant.member, places[k].pose if known else None,
                    gone_s=places[k].gone_s if known else float("inf"),
                )
            )  # fmt: skip
        missing = sum(dancer.gone_s >= STALE_S for dancer in dancers)
        told = (
            _("Step in from left to right: {n} to come.", n=missing)
            if missing
            else _("There you all are.")
        )
        health = ready.performance.opened.camera.state().health
        since_s = self._all_since_s
        return GroupReadyView(
            ready.song.title, ready.song.artist, self.age_s, tuple(dancers),
            None if sighting is None else sighting.frame.image, ready.game.mirror,
            health.words if health.blind else told,
            0.0 if since_s is None else min((self.now_s - since_s) / ALL_IN_S, 1.0),
            ready.performance.opened.recording.kept,
        )  # fmt: skip

    def leave(self) -> None:
        """Stop looking; close what was opened, unless the dance goes on with it."""
        self._watch.stop()
        if self._held:
            self._held = False
            self._ready.performance.close()


class GroupDancePage(Page):
    """The dance of a group."""

    heading = CANNOT
    hands = "off"

    def __init__(self, ready: Readied, step_back_s: float, back: Page | None) -> None:
        self._ready, self._step_back_s, self.back = ready, step_back_s, back
        self.screen = GroupScreen(ready.game.backdrop)
        self._contest = ready.contest
        self._frame_s: list[float] = []
        self._stood: tuple[float, ContestView] | None = None

    def enter(self, now_s: float) -> None:
        """Begin."""
        super().enter(now_s)
        opened = self._ready.performance.opened
        self._ready.game.performing = opened
        opened.begin(self._step_back_s)

    def step(self, now_s: float) -> Page | None:
        """Go on with the song; at its end the result is shown."""
        self._frame_s.append(now_s - self.now_s)
        super().step(now_s)
        ready, session = self._ready, self._ready.performance.session
        if session.tick():
            return self
        outcome = ready.performance.outcome(self._frame_s)
        ready.game.outcomes.extend(outcome.outcomes)
        came = came_of(self._contest, self._judges())
        game, view = ready.game, self._seen()
        game.on_air.show_group(view, came.stands, ready.team.kind, outcome.team.score)
        return GroupResultPage(
            ready.game, session.song, ready.team, (outcome, came), (self._anew, self.back)
        )

    def _stands_now(self, song_s: float) -> ContestView:
        """Return how all stand, worked out a few times a second only."""
        if self._stood is None or abs(song_s - self._stood[0]) >= TOLD_S:
            judges, contest = self._judges(), self._contest
            stood = ContestView(
                contest.kind, contest.stands(judges, song_s), contest.rounds,
                contest.course(judges, song_s),
            )  # fmt: skip
            self._stood = song_s, stood
        return self._stood[1]

    def _judges(self) -> list[Judge]:
        return [dancer.judge for dancer in self._ready.performance.session.dancers]

    def act(self, action: Action) -> Page | None:
        """Do what a key means in a dance."""
        game, session = self._ready.game, self._ready.performance.session
        if action == "pause":
            session.toggle_pause()
        elif action == "another":
            session.choose_anew()
        elif action == "mirror":
            game.mirror = not game.mirror
        elif action == "coach":
            game.coach = after(COACHES, game.coach)
        elif action == "again":
            return self._again()
        elif action == "back":
            if session.paused:
                return self.back
            session.toggle_pause()  # one key more: a dance is not lost by the first
        return self

    def _again(self) -> Page:
        """Start again where it is paused or silent; a camera that shows nothing is opened anew."""
        opened, session = self._ready.performance.opened, self._ready.performance.session
        broken = {report.device for report in session.health() if report.mendable}
        if session.paused or "sound" in broken:
            return self._anew()
        if "camera" in broken:
            opened.camera.retry()
        return self

    def _anew(self) -> Page:
        return self._ready.anew(self.back)

    def draw(self, surface: Surface) -> None:
        """Draw the dance as it is now."""
        game = self._ready.game
        view = self._seen()
        contest = self._stands_now(view.dance.song_s)
        game.on_air.show_group(view, contest.stands, contest.kind)
        trouble = filter(None, (game.on_air.trouble,))
        dance = replace(view.dance, notices=(*view.dance.notices, *game.told, *trouble))
        self.screen.draw_group(
            surface, replace(view, dance=dance), contest, alone=game.stage.show
        )

    def _seen(self) -> GroupView:
        game = self._ready.game
        return self._ready.performance.view(self._led_by, mirror=game.mirror, coach=game.coach)

    def _led_by(self, song_s: float) -> int:
        """Return whose part the coach shows: whose turn it is, or the first who is not out."""
        owner = self._contest.whose(song_s)
        if owner is not None or self._stood is None:
            return owner or 0
        stands = self._stood[1].stands
        return next((k for k, stand in enumerate(stands) if not stand.out), 0)

    def leave(self) -> None:
        """Close all that was opened for it."""
        self._ready.performance.close()
        self._ready.game.on_air.over()
        self._ready.game.stage.over()
