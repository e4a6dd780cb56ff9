"""One dance scored against another: a pack or a video, and a video of somebody dancing."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.audio_file import MediaError, read_audio
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.mirrored import as_danced, turned
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.standards import refuse_nothing, standard_of
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.report import report_of
from kpopdance.realtime.scoring.standard import standard_from_choreography
from kpopdance.realtime.studio.recording import player_track, record
from kpopdance.realtime.studio.rhythm import USUAL_BPM, match_sound, onset_strength, tempo

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.scoring.standard import Standard

LAG_ROUNDS: Final = 2
MOST_SHIFT_S: Final = 3600.0
MOST_FORGIVEN_S: Final = 0.25

Progress = Callable[[Frame], None]
Watching = Callable[[VideoFile, str], AbstractContextManager[Progress]]
"""What shows how far a named video is, and tells its warnings at the end."""


def unwatched(_video: VideoFile, _what: str) -> AbstractContextManager[Progress]:
    """Show nothing."""
    return contextlib.nullcontext(lambda _: None)


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """What is danced after: the standard, its sections, and its music's onsets.

    ``onsets`` is float32 (bands, T) or None without sound; ``from_video`` where it was recorded
    on the fly, ``first_picture_s`` being the song second of its first picture then.
    """

    standard: Standard
    sections: tuple[tuple[str, float], ...]
    onsets: NDArray[np.float32] | None
    from_video: bool
    first_picture_s: float = 0.0


def alignment(how: str, reference: Reference, player: Path) -> tuple[float, str]:
    """Return the song second of the player's first picture, and how it was found."""
    if how not in ("audio", "none"):
        return float(how), "given"
    together_s = reference.first_picture_s
    if how == "none":
        return together_s, "none: both begin together"
    try:
        sound = read_audio(player)
    except MediaError:
        return together_s, "none: the player's video has no sound"
    if reference.onsets is None:
        return together_s, "none: the reference has no sound"
    match = match_sound(reference.onsets, onset_strength(sound.samples, sound.rate))
    if not match.believable:
        return together_s, "none: not the same music"
    return match.shift_s - sound.start_s, "audio"


def score_track(
    reference: Reference, track: PoseTrack, shift_s: float, *, forgive_lag: bool
) -> tuple[Report, float]:
    """Return the report on a track whose second 0 is song second ``shift_s``.

    With ``forgive_lag`` the median lag of the recognised moves, up to 250 ms, is taken for the
    recordings' own and not held against the dancer; it is returned in s, and told in the lags.
    More than that is a dancer's own, and nothing of it is forgiven; nor where it would not help.
    """
    lag_s = 0.0
    judge = plain = _judged(reference, track, shift_s, 0.0)
    for _ in range(LAG_ROUNDS if forgive_lag else 0):
        lags = [v.lag_s for v in judge.verdicts if judge.recognised(v)]
        if len(lags) > len(judge.verdicts) / 2:
            lag_s += float(np.median(lags))
            judge = _judged(reference, track, shift_s, lag_s)
    if abs(lag_s) > MOST_FORGIVEN_S or judge.totals()[0] < plain.totals()[0]:
        lag_s, judge = 0.0, plain
    report = report_of(judge, reference.sections)
    moves = tuple(dataclasses.replace(v, lag_s=v.lag_s + lag_s) for v in report.moves)
    lag_ms = None if report.lag_ms is None else report.lag_ms + 1000 * lag_s
    return dataclasses.replace(report, moves=moves, lag_ms=lag_ms), lag_s


def _judged(reference: Reference, track: PoseTrack, shift_s: float, lag_s: float) -> Judge:
    judge = Judge(reference.standard, player_lag_s=lag_s - shift_s)
    judge.step(track, np.inf)
    return judge


def reference_from_pack(folder: Path, terms: Terms) -> Reference:
    """Return what a song pack asks on these terms."""
    song = as_danced(load_pack(folder), terms)
    assert song.audio is not None
    sound = read_audio(song.audio)
    onsets = onset_strength(sound.samples, sound.rate)
    return Reference(standard_of(song, terms), song.sections, onsets, from_video=False)


def reference_from_video(
    path: Path, eyes: Eyes, terms: Terms, watching: Watching = unwatched
) -> Reference:
    """Return what the largest, most central dancer of a video asks; ``watching`` shows progress."""
    with VideoFile(path) as video, watching(video, f"reference {path.name}") as progress:
        recording = record(video.frames(), eyes, progress=progress)[0]
    onsets, sound_s, bpm, offset_s = None, 0.0, USUAL_BPM, 0.0
    with contextlib.suppress(MediaError):  # a video without sound has no beat to find
        sound = read_audio(path)
        onsets, sound_s = onset_strength(sound.samples, sound.rate), sound.start_s
        bpm, offset_s = tempo(onsets)
    filmed = (recording.choreography(start_s=-sound_s),)
    dance = (turned(filmed) if terms.mirrored else filmed)[0]
    standard = standard_from_choreography(dance, bpm=bpm, first_beat_s=offset_s, terms=terms)
    refuse_nothing(standard, str(path))
    return Reference(standard, (), onsets, from_video=True, first_picture_s=-sound_s)


def track_from_video(path: Path, eyes: Eyes, watching: Watching = unwatched) -> PoseTrack:
    """Return the poses of a video's player at seconds from its first picture."""
    with VideoFile(path) as video, watching(video, f"player {path.name}") as progress:
        return player_track(video.frames(), eyes, progress)


def check_alignment(how: str) -> None:
    """Raise DanceError unless this says how two recordings lie over each other."""
    if how not in ("audio", "none"):
        try:
            sensible = abs(float(how)) <= MOST_SHIFT_S
        except ValueError:
            sensible = False
        if not sensible:
            raise DanceError(
                f"--align {how}: say audio, none, or a number of seconds within an hour"
            )
