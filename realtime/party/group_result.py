"""The page after a group's dance: everybody side by side, the team, and what is kept of it."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.types import percent
from kpopdance.realtime.dance.footage import Footage, Match
from kpopdance.realtime.dance.keeping import Keeping
from kpopdance.realtime.dance.reel_page import ReelPage
from kpopdance.realtime.library.store import GuestStore
from kpopdance.realtime.scoring.report import stars_of
from kpopdance.realtime.screens.group_pages import GroupResultScreen
from kpopdance.realtime.screens.group_pages_view import GroupResultView, ResultFace
from kpopdance.realtime.screens.parts.theme import clock_words
from kpopdance.realtime.shell.beside import beside
from kpopdance.realtime.shell.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from kpopdance.realtime.core.ports import Surface
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.dance.performance import Outcome
    from kpopdance.realtime.dance.reel_recording import Filmed
    from kpopdance.realtime.dance.shared import Game
    from kpopdance.realtime.dance.together import GroupOutcome
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.party.group_dance import Team
    from kpopdance.realtime.scoring.contest import Contest, Earned, Stand
    from kpopdance.realtime.scoring.judge import Judge
    from kpopdance.realtime.screens.actions import Action, Target

HEADINGS: Final = {
    "together": N_("TOGETHER"), "relay": N_("RELAY"), "elimination": N_("LAST ONE STANDING"),
    "duel": N_("BEST OF THREE"),
}  # fmt: skip


class Came(NamedTuple):
    """What came of what was played: how everybody stands, what each earned, and how rounds ended."""

    contest: Contest
    stands: tuple[Stand, ...]
    earned: tuple[Earned, ...]
    ended: tuple[int | None, ...]


def came_of(contest: Contest, judges: Sequence[Judge]) -> Came:
    """Return what came of a contest, at its end."""
    stands, course = contest.stands(judges, math.inf), contest.course(judges, math.inf)
    return Came(contest, stands, contest.earned(judges), course.ended)


class GroupResultPage(Page):
    """What a dance was worth to each; what is kept of it is stored beside."""

    heading = N_("This dance cannot begin")

    def __init__(
        self, game: Game, song: SongPack, team: Team,
        danced: tuple[GroupOutcome, Came],
        ways: tuple[Callable[[], Page], Page | None],
    ) -> None:  # fmt: skip
        self._game, self._song, self._team = game, song, team
        self._outcome, self._came = danced
        self._anew, self.back = ways
        self.screen = GroupResultScreen(game.backdrop)
        keepings = [
            self._keeping(game, place, outcome)
            for place, outcome in enumerate(self._outcome.outcomes)
        ]
        self._saving = beside(lambda: [keeping.store() for keeping in keepings])
        self._problems: tuple[str, ...] = ()
        self._tracks = [outcome.track for outcome in self._outcome.outcomes]
        self._danced_on = game.kit.local_now().date().isoformat()
        for outcome in self._outcome.outcomes:
            outcome.track = None  # an evening's outcomes are kept

    def _keeping(self, game: Game, place: int, outcome: Outcome) -> Keeping:
        """Return what keeps a dancer's dance: in a contest, and of another part, the replay alone."""
        entrant, song = self._team.entrants[place], self._song
        whole = self._team.kind == "together" and entrant.member == song.lead
        store = self._team.stores[place] if whole else GuestStore(game.database)
        kit = replace(game.kit, store=store)
        return Keeping(kit, outcome, replace(song, lead=entrant.member), entrant.terms)

    def step(self, now_s: float) -> Page | None:
        """Tell what could not be stored."""
        super().step(now_s)
        saving: Future[list[Keeping]] | None = self._saving
        if saving is not None and saving.done():
            self._problems = tuple(
                dict.fromkeys(each.problem for each in saving.result() if each.problem)
            )
        return self

    def act(self, action: Action) -> Page | None:
        """Dance again, make a clip, or go back."""
        if action == "again":
            return self._anew()
        if action == "clip":
            return ReelPage(self._game, beside(self._footage), self)
        return self.back if action == "back" else self

    def clicked(self, target: Target) -> Page | None:
        """Press a chip."""
        return self.act(self.screen.action_of(target.which))

    def _footage(self) -> Footage:
        """Return what a clip is made of; waits until all pictures are packed."""
        coming = self._outcome.filmed
        filmed = None if coming is None else coming.result()
        match = Match(self._came.contest, _(HEADINGS[self._team.kind]), self._together())
        song = self._game.load(self._song)
        first, *others = (
            self._danced(song, place, track, filmed) for place, track in enumerate(self._tracks)
        )
        return replace(first, others=tuple(others), match=match)

    def _danced(
        self, song: SongPack, place: int, track: PoseTrack | None, filmed: Filmed | None
    ) -> Footage:
        """Return one player's dance."""
        assert track is not None
        entrant, outcome = self._team.entrants[place], self._outcome.outcomes[place]
        return Footage(
            replace(song, lead=entrant.member), replace(self._song, lead=entrant.member),
            outcome.report, track.at_s, track.joints, outcome.lag_ms / 1000,
            None if filmed is None else filmed.path, entrant.terms,
            entrant.name or _("dancer {n}", n=place + 1), self._danced_on,
            scale=1.0 if filmed is None else filmed.scale,
        )  # fmt: skip

    def draw(self, surface: Surface) -> None:
        """Draw the result."""
        self.screen.draw(surface, self.view())

    def view(self) -> GroupResultView:
        """Return what is shown now, who did best first."""
        faces = [
            self._face(place, stand, outcome)
            for place, (stand, outcome) in enumerate(
                zip(self._came.stands, self._outcome.outcomes, strict=True)
            )
        ]
        faces.sort(key=lambda face: face.rank)
        return GroupResultView(
            self._song.title, self._song.artist, self.age_s, tuple(faces),
            _(HEADINGS[self._team.kind]), self._together(), self._problems,
        )  # fmt: skip

    def _face(self, place: int, stand: Stand, outcome: Outcome) -> ResultFace:
        report, song = outcome.report, self._song
        entrant = self._team.entrants[place]
        points = stand.points or 0.0
        lines = self._rounds(place)
        if len(song.members) > 1 and not song.excerpts:
            named = entrant.member < len(song.names)
            part = song.names[entrant.member] if named else str(entrant.member + 1)
            lines.append((_("part"), part))
        lag = self._outcome.team.lags_ms[place]
        if lag is not None:
            lines.append((_("late"), _("{ms:.0f} ms", ms=round(lag))))
        whole = self._team.kind == "together"
        if whole:
            lines.append((_("combo"), str(report.best_combo)))
        lines.append((_("seen"), f"{report.seen_percent} %"))
        if not report.complete:
            lines.append((_("could be judged"), f"{percent(report.judged)} %"))
        counted = Counter[str](move.grade for move in self._came.earned[place].moves)
        counts = (
            report.counts if whole else {k: counted[k] for k in report.counts if counted[k]}
        )
        lines += [(grade, str(count)) for grade, count in counts.items()]
        name = entrant.name or _("dancer {n}", n=place + 1)
        stars = stars_of(points) if report.complete else 0
        return ResultFace(name, place, stand.rank, points, stars, tuple(lines))

    def _rounds(self, place: int) -> list[tuple[str, str]]:
        """Return what a dancer earned in each round that counted for them."""
        kind, came = self._team.kind, self._came
        lines = []
        for number, points in came.earned[place].rounds if kind != "together" else ():
            told = "-" if points is None else f"{points:.1f}"
            ended = number < len(came.ended) and came.ended[number] == place
            if kind == "relay":
                begins = clock_words(came.contest.rounds[number].start_s)
                lines.append((_("turn at {clock}", clock=begins), told))
                continue
            if ended:
                told = f"★ {told}" if kind == "duel" else _("{points}, out", points=told)
            lines.append((_("round {n}", n=number + 1), told))
        return lines

    def _won(self) -> tuple[tuple[str, str], ...]:
        """Return who has won what was played."""
        stands, entrants = self._came.stands, self._team.entrants
        first = [place for place, stand in enumerate(stands) if stand.rank == 1]
        names = [entrants[k].name or _("dancer {n}", n=k + 1) for k in first]
        if len(first) > 1:
            return ((_("nobody is ahead"), " = ".join(names)),)
        words = _("has won")
        if self._team.kind == "duel":
            wins = sorted((stand.wins for stand in stands), reverse=True)
            words = _("has won {a} : {b}", a=wins[0], b=wins[-1])
        return ((words, names[0]),)

    def _together(self) -> tuple[tuple[str, str], ...]:
        """Return what is told of all together."""
        team = self._outcome.team
        if self._team.kind != "together":
            return self._won()
        told = [(_("team score"), f"{team.score:.1f}")]
        if team.apart_ms is not None:
            told.append((_("apart, on average"), _("{ms:.0f} ms", ms=team.apart_ms)))
        if team.formation is not None:
            told.append((_("off your places, body heights"), f"{team.formation:.1f}"))
        return tuple(told)
