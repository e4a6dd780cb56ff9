"""A replay that somebody sent: judged here again, or refused with the reason.

What holds is worked out of its poses, never read: the score that it claims is compared and thrown
away. docs/security.md says what that proves and what it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.body import L_ANKLE, NECK
from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.pack_reader import load_pack, read_facts
from kpopdance.realtime.library.replay import (
    ReplayError,
    beats_key,
    judged_again,
    read_replay,
)
from kpopdance.realtime.library.replayed import replayed_song
from kpopdance.realtime.library.songpack import SongPackError
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.scoring.recipe import RECIPE
from kpopdance.realtime.scoring.report import combo_after, report_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography, Report
    from kpopdance.realtime.library.replay import Replay
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.scoring.judge import Judge

REASONS: Final = {
    "song": N_("it dances {song}, which is not among your songs; bring that here first"),
    "version": N_("it was danced to another version of {song} than yours; ask for that one"),
    "newer": N_("a newer version of the game wrote it ({version}); update the game"),
    "edited": N_("it says {then:.1f} points and its poses earn {now:.1f}: it was edited"),
    "coach": N_("its poses are the coach's own: nobody danced them before a camera"),
    "pace": N_("its poses follow each other faster than any camera films: they were made"),
    "damaged": "{told}",
}
"""Why a replay is refused."""
SAME_POINTS: Final = 1e-6
"""Another computer's arithmetic may round otherwise in the last bits; nobody gains by that."""
FASTEST_S: Final = 1 / 500  # between two pictures of the fastest camera, twice over
COACH_LIKE: Final = 0.015
"""Of the body's size: nearer to the coach in the middle is no dancer whom a network looked at."""
SAMPLED: Final = 50  # poses that are compared with the coach's
LEAST_SEEN: Final = 6  # joints of both
LAGS_S: Final = np.arange(-0.4, 0.4, 0.005)


class UnverifiedError(ReplayError):
    """A replay is refused; ``why`` is one of ``REASONS``, ``values`` what its words name.

    ``songs`` are the short names of those that it depends on.
    """

    def __init__(
        self, path: Path, why: str, songs: tuple[str, ...] = (), **values: str | float
    ) -> None:
        super().__init__(f"{path}: {_(REASONS[why], **values)}")
        self.why, self.songs, self.values = why, songs, values


class Mark(NamedTuple):
    """How a dance stood from a song second on: its score 0..100 so far, and its combo."""

    at_s: float
    score: float
    combo: int


@dataclass(frozen=True, slots=True, eq=False)
class Verified:
    """A replay whose poses earned its score here.

    ``here`` is its song, ``song`` the same as it was danced, its mirror image if so; ``course`` how the
    score grew; ``aged`` whether an older recipe gave the score that the file tells, and today's gave
    this one.
    """

    replay: Replay
    here: SongPack
    song: SongPack
    report: Report
    course: tuple[Mark, ...]

    @property
    def aged(self) -> bool:
        """Whether it was danced under an older recipe of scoring."""
        return self.replay.recipe != RECIPE


def verified(path: Path, where: Callable[[str], Path]) -> Verified:
    """Return the dance in a file, judged again; ``where`` tells the folder of a song by its name.

    Raises
    ------
    UnverifiedError
        Where it was edited, is no dance, or belongs to another song than is here; other DanceErrors
        where the song itself is damaged.
    """
    try:
        replay = read_replay(path)
    except ReplayError as why:
        told = str(why).removeprefix(f"{path}: ")
        raise UnverifiedError(path, "damaged", told=told) from None
    if replay.recipe > RECIPE:
        raise UnverifiedError(path, "newer", version=replay.version)
    here = _song_of(path, replay, where)
    song = as_danced(here, replay.terms)
    _check_poses(path, replay, song.members[song.lead])
    course: list[Mark] = []

    def note(due_s: float, judge: Judge) -> None:
        before = course[-1].combo if course else 0
        combo = combo_after(before, judge.verdicts[-1])
        course.append(Mark(due_s, judge.gathered(), combo))

    standard = standard_of(song, replay.terms)
    report = report_of(judged_again(replay, standard, note), song.sections)
    if replay.recipe == RECIPE and abs(report.score - replay.score) > SAME_POINTS:
        raise UnverifiedError(path, "edited", replay.needs, then=replay.score, now=report.score)
    return Verified(replay, here, song, report, tuple(course))


def _song_of(path: Path, replay: Replay, where: Callable[[str], Path]) -> SongPack:
    """Return the song that was danced: the very one, with the same beats."""
    folders, needs = {}, replay.needs
    for name in needs:
        try:
            folders[name] = where(name)
        except SongPackError:
            raise UnverifiedError(path, "song", needs, song=name) from None
    song = replayed_song(replay, lambda name: load_pack(folders[name]))
    if song is None or replay.beats not in ("", beats_key(song)):
        told = ", ".join(read_facts(folder).title for folder in folders.values())
        raise UnverifiedError(path, "version", needs, song=told)
    return song


def _check_poses(path: Path, replay: Replay, coach: Choreography) -> None:
    """Refuse poses that no camera can have filmed, and those of the pack itself."""
    if len(replay.at_s) > 1 and float(np.median(np.diff(replay.at_s))) < FASTEST_S:
        raise UnverifiedError(path, "pace")
    if _away_from(coach, replay) < COACH_LIKE:
        raise UnverifiedError(path, "coach", replay.needs)


def _away_from(coach: Choreography, replay: Replay) -> float:
    """Return how far the poses lie from the coach's at the likeliest lag, in body sizes."""
    some = slice(None, None, max(len(replay.at_s) // SAMPLED, 1))
    danced, at_s = _bodies(replay.joints[some]), replay.at_s[some]
    return min(
        (
            _median_away(danced, _bodies(choreography_rows(coach, at_s - lag_s)))
            for lag_s in LAGS_S.tolist()
        ),
        default=np.inf,
    )


def _bodies(joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the places (N, 13, 2) from neck to ankles; unseen ones are NaN."""
    bodies = joints[:, NECK : L_ANKLE + 1]
    places: NDArray[np.float32] = np.where(bodies[..., 2:] > 0, bodies[..., :2], np.nan)
    return places


def _median_away(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return how far the joints that both show are apart, each body about its middle, of size one."""
    both = np.isfinite(one[..., 0]) & np.isfinite(other[..., 0])
    both &= (both.sum(axis=1) >= LEAST_SEEN)[:, None]
    rows = both.any(axis=1)
    if not rows.any():
        return np.inf
    away = _sized(one[rows], both[rows]) - _sized(other[rows], both[rows])
    return float(np.median(np.hypot(away[..., 0], away[..., 1])[both[rows]]))


def _sized(places: NDArray[np.float32], both: NDArray[np.bool_]) -> NDArray[np.float32]:
    seen = both.sum(axis=1)[:, None]
    masked = np.where(both[..., None], places, 0)
    about = np.where(both[..., None], masked - (masked.sum(axis=1) / seen)[:, None], 0)
    size = np.sqrt((about**2).sum(axis=(1, 2)) / seen[:, 0])
    sized: NDArray[np.float32] = about / np.maximum(size, 1e-9)[:, None, None]
    return sized
