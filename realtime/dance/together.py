"""A song danced by several before one camera: each is judged as alone, and all of them as a team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.core.track import resample
from kpopdance.realtime.dance.dancer import Dancer
from kpopdance.realtime.dance.held_back import HeldBack
from kpopdance.realtime.dance.loop import AHEAD_S, DanceSession, pictograms
from kpopdance.realtime.dance.performance import Outcome, made_ready, opened_with, replay_of
from kpopdance.realtime.dance.song_sound import counted_to
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.replay import dance_key
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.floor import floor_of
from kpopdance.realtime.pose.group_tracker import GroupTracker
from kpopdance.realtime.pose.group_watcher import GroupWatcher
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.report import stars_filled
from kpopdance.realtime.scoring.standard import untold
from kpopdance.realtime.scoring.unison import Team, apart_ms, lags_of, off_places, team_of
from kpopdance.realtime.screens.group_view import DancerView, GroupView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Camera, HostClock, Speaker
    from kpopdance.realtime.core.types import Frame, Pose, Report
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.dance.performance import Performance
    from kpopdance.realtime.dance.reel_recording import Filmed
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.pose.appearance import Remembered
    from kpopdance.realtime.pose.watcher import Watcher
    from kpopdance.realtime.scoring.standard import Standard, Told
    from kpopdance.realtime.screens.view import DanceView

OF_LATE_S: Final = 15.0  # while it is danced, being together is told of so long
PLACES_FPS: Final = 5.0  # nobody changes places faster


class Entrant(NamedTuple):
    """Who dances in a group.

    ``member`` of the song, on whose dance they are judged on their ``terms``; ``looks`` as they were
    learned at the set-up, None: whoever comes first, from a mirror's left to its right.
    """

    name: str = ""
    member: int = 0
    terms: Terms = USUAL
    looks: Remembered | None = None


class GroupSession(DanceSession):
    """One song danced by several; ``group_view`` shows them, ``finish_all`` ends it.

    A pose that may be another's, just after two crossed, reaches its judge once that is known.
    """

    def __init__(
        self, song: SongPack, judged: Sequence[tuple[Entrant, Judge]], *, camera: Camera,
        watcher: GroupWatcher, speaker: Speaker, clock: HostClock,
    ) -> None:  # fmt: skip
        super().__init__(
            song, judged[0][1], camera=camera, watcher=watcher, speaker=speaker, clock=clock
        )
        self.entrants = tuple(entrant for entrant, _ in judged)
        self._group = watcher
        self.dancers += tuple(Dancer(judge) for _, judge in judged[1:])
        self._held = HeldBack(len(judged))
        self._poses = {
            member: pictograms(replace(song, lead=member))
            for member in {entrant.member for entrant in self.entrants}
        }

    def group_view(self, *, mirror: bool, status: str = "") -> GroupView:
        """Return what to show now."""
        dance, now_s = self.view(mirror=mirror, status=status), self._clock.now()
        poses = () if self.sighting is None else self.sighting.poses
        places = self._group.places
        dancers = []
        for k, (entrant, dancer) in enumerate(zip(self.entrants, self.dancers, strict=True)):
            standing = dancer.standing
            dancers.append(DancerView(
                k, entrant.name, entrant.member, poses[k] if k < len(poses) else None,
                standing.score, stars_filled(standing.score), standing.combo, standing.verdict,
                now_s - standing.given_s, places[k].gone_s if k < len(places) else np.inf,
            ))  # fmt: skip
        return GroupView(dance, tuple(dancers), self.apart_ms(), self._group.given_up())

    def led(self, dance: DanceView, led_by: Callable[[float], int]) -> DanceView:
        """Return what is shown, of the parts of those who lead: the coach's now, and poses to come."""
        members = [entrant.member for entrant in self.entrants]
        coming = tuple(
            pose
            for member in dict.fromkeys(members)
            for pose in self._poses[member]
            if -1 < pose.at_s - dance.song_s < AHEAD_S and members[led_by(pose.at_s)] == member
        )
        soonest = tuple(sorted(coming, key=lambda pose: pose.at_s))
        return replace(dance, lead=members[led_by(dance.song_s)], upcoming=soonest)

    def apart_ms(self) -> float | None:
        """Return how far apart in time two of them are of late; None: not known."""
        since_s = self.song_now() - OF_LATE_S
        return apart_ms([lags_of(dancer.judge, since_s) for dancer in self.dancers])

    def finish_all(self) -> list[Report]:
        """Stop watching, judge what is left, and return everybody's report."""
        return self._finished()

    def stop(self) -> None:
        """Stop sound and watching; what was held back is whoever's it was taken for."""
        super().stop()
        self._release()

    def _take(self, frame: Frame | None, pose: Pose | None) -> None:
        if frame is None:
            self._release()
        super()._take(frame, pose)

    def _add(self, captured_s: float, pose: Pose | None) -> None:
        """Note everybody's pose in a frame, as far as it is known whose it is."""
        group = self._group.group
        for told in group.exchanges:
            self._held.exchange(told)
        self._held.add(captured_s, self._song_clock.song_s(captured_s), self._watch.poses)
        for k, dancer in enumerate(self.dancers):
            for row in self._held.settled(k, group.unsettled_s(k)):
                dancer.track.add(row.song_s, row.pose)

    def _release(self) -> None:
        for k, dancer in enumerate(self.dancers):
            for row in self._held.settled(k, None):
                dancer.track.add(row.song_s, row.pose)


@dataclass(frozen=True, slots=True, eq=False)
class GroupOutcome:
    """What a group's dance left: everybody's outcome, in the order of their places, and the team's.

    ``filmed`` are the pictures of all of them, if they said so before.
    """

    outcomes: tuple[Outcome, ...]
    team: Team
    filmed: Future[Filmed | None] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GroupPerformance:
    """One song with its devices, all open, for several; ``opened`` is what it shares with one alone.

    ``dances`` are the keys of the members' dances, in the entrants' order.
    """

    opened: Performance
    session: GroupSession
    dances: tuple[str, ...]

    def view(
        self, led_by: Callable[[float], int] = lambda _: 0, *, mirror: bool,
        coach: str = "video", everybody: bool = True,
    ) -> GroupView:  # fmt: skip
        """Return what to show now; see ``Performance.view``.

        ``led_by`` tells the place of the dancer whose part is shown at a song second.
        """
        dance = self.opened.view(mirror=mirror, coach=coach, everybody=everybody)
        view = self.session.group_view(mirror=mirror)
        return replace(view, dance=self.session.led(dance, led_by))

    def outcome(self, frame_s: list[float]) -> GroupOutcome:
        """End the dance and return what it left, not stored yet."""
        opened, session = self.opened, self.session
        filmed = opened.recording.finish()
        wanted = opened.kit.settings.replay_folder is not None
        outcomes = [
            Outcome(
                report, session.took_s, frame_s, opened.speaker.underruns, opened.status,
                replay_of(opened, dancer, dance, report.score) if wanted else None,
                health=session.troubles, foreseen=opened.foreseen, lag_ms=opened.lag_ms,
                track=dancer.track,
            )
            for report, dancer, dance in zip(
                session.finish_all(), session.dancers, self.dances, strict=True
            )
        ]  # fmt: skip
        return GroupOutcome(tuple(outcomes), judged_together(session), filmed)

    def close(self) -> None:
        """Stop everything."""
        self.opened.close()


def open_group(
    kit: Kit, song: SongPack, entrants: Sequence[Entrant], told: Told = untold,
    counted_s: Sequence[float] = (),
) -> GroupPerformance:  # fmt: skip
    """Load music, everybody's standard and the networks, and open the devices.

    All dance the song mirrored, or none: one coach shows it. ``told`` as in ``open_performance``;
    before ``counted_s`` of the song a voice says three, two, one.

    Raises
    ------
    DanceError
        Where the music or the camera cannot be opened.
    """
    first = entrants[0]
    entrants = [
        one._replace(terms=replace(one.terms, mirrored=first.terms.mirrored))
        for one in entrants
    ]
    shown = replace(song, lead=first.member)
    danced = as_danced(shown, first.terms)
    standards = [_standard_of(danced, one, told) for one in entrants]
    known = [one.looks for one in entrants if one.looks is not None]
    playing: list[GroupSession] = []

    def watcher(camera: Camera) -> GroupWatcher:
        looking = GroupWatcher(
            kit.eyes, GroupTracker(len(entrants), known), crop_px=kit.settings.crop_px,
            budget_s=1 / kit.settings.camera_fps, now=kit.clock.now,
        )  # fmt: skip
        made_ready(looking, kit, camera)
        return looking

    def session(
        lag_s: float, camera: Camera, watcher: Watcher, speaker: Speaker
    ) -> GroupSession:
        judges = [Judge(standard, player_lag_s=lag_s) for standard in standards]
        assert isinstance(watcher, GroupWatcher)
        playing.append(
            GroupSession(
                danced, list(zip(entrants, judges, strict=True)), camera=camera,
                watcher=watcher, speaker=speaker, clock=kit.clock,
            )
        )  # fmt: skip
        return playing[0]

    counting = replace(
        kit, read_audio=lambda path: counted_to(kit, song, kit.read_audio(path), counted_s)
    )
    opened = opened_with(counting, shown, first.terms, told, watcher, session)
    dances = tuple(dance_key(song.members[one.member]) for one in entrants)
    return GroupPerformance(opened, playing[0], dances)


def judged_together(session: GroupSession) -> Team:
    """Return how the dancers of a session were together, once it is over."""
    judges = [dancer.judge for dancer in session.dancers]
    return team_of(judges, _off_places(session))


def _standard_of(danced: SongPack, one: Entrant, told: Told) -> Standard:
    return standard_of(replace(danced, lead=one.member), one.terms, told)


def _off_places(session: GroupSession) -> float | None:
    """Return how far off their places the dancers were, body heights; None where it is not known."""
    song, seen = session.song, session.sighting
    members = [one.member for one in session.entrants]
    if song.formation is None or len(set(members)) < 2 or seen is None:
        return None
    lead = song.members[song.lead]
    at_s = np.arange(lead.start_s, lead.end_s, 1 / PLACES_FPS)
    joints = np.stack([
        resample(dancer.track.at_s, dancer.track.joints, at_s) for dancer in session.dancers
    ])  # fmt: skip
    height, width = seen.frame.image.shape[:2]
    standing = np.broadcast_to(np.eye(2, 3, dtype=np.float32), (len(at_s), 2, 3))
    danced = floor_of(at_s, joints, (width, height), standing, ())
    return off_places(danced.astype(np.float64), _asked(song, members, at_s))


def _asked(
    song: SongPack, members: list[int], at_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where members stand (P, T, 2) at song seconds, NaN off the stage."""
    assert song.formation is not None
    lead = song.members[song.lead]
    rows = np.clip(
        np.rint((at_s - lead.start_s) * lead.fps).astype(np.intp),
        0,
        song.formation.floor.shape[1] - 1,
    )
    floor = song.formation.floor[members][:, rows].astype(np.float64)
    floor[~song.formation.there[members][:, rows]] = np.nan
    return floor
