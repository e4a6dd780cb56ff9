"""One dance scored against another: a pack or a video, and a video of somebody dancing."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.devices.audio_file import NoSoundError, read_audio
from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.mirrored import as_danced, turned
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.standards import refuse_nothing, standard_of
from kpopdance.realtime.scoring.coverage import wide_gaps
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.report import report_of
from kpopdance.realtime.scoring.standard import standard_from_choreography
from kpopdance.realtime.studio.bars import USUAL_BPM, bars_of
from kpopdance.realtime.studio.looking import unwatched
from kpopdance.realtime.studio.recording import player_track
from kpopdance.realtime.studio.rhythm import match_sound, onset_strength
from kpopdance.realtime.studio.take_making import take_from

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Choreography, Report
    from kpopdance.realtime.scoring.standard import Standard
    from kpopdance.realtime.studio.looking import Watching

log = logging.getLogger(__name__)

LAG_ROUNDS: Final = 2
MOST_SHIFT_S: Final = 3600.0
MOST_FORGIVEN_S: Final = 0.25


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


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A video scored.

    Attributes
    ----------
    report : Report
        How it was danced; its times are the reference's.
    shift_s : float
        Song second of the video's first picture.
    aligned_by : str
        How that was found, in words.
    forgiven_s : float
        The constant lag that was not held against the dancer, positive = late.
    """

    report: Report
    shift_s: float
    aligned_by: str
    forgiven_s: float


def score_video(
    reference: Reference, player: Path, eyes: Eyes, *,
    align: str = "audio", judge_lag: bool = False, watching: Watching = unwatched,
) -> Attempt:  # fmt: skip
    """Return how well the player of a video dances.

    Parameters
    ----------
    reference : Reference
        What is danced after.
    player : Path
        The video; its largest, most central dancer is scored.
    eyes : Eyes
        See ``open_eyes``.
    align : str
        How player and reference lie over each other: ``audio``, by their sound where both have
        it; ``none``, both begin together; or the song second of the player's first picture.
    judge_lag : bool
        Judge a constant lag against another video too; else up to 0.25 s of it are forgiven,
        since phones record sound and picture apart.
    watching : callable
        Told of the video; what it hands back is told of every frame.

    Raises
    ------
    VideoError
        Where the video cannot be read.
    DanceError
        Where ``align`` says none of these.

    Examples
    --------
    >>> import kpopdance
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> lead = song.members[song.lead]
    >>> chorus = kpopdance.Choreography(lead.joints[960:1051].copy(), lead.fps, start_s=32.0)
    >>> film = kpopdance.drawn_film(Path("steps.mp4"), chorus, 32, 35)
    >>> reference = kpopdance.reference_from_dance(chorus, bpm=120)
    >>> eyes = kpopdance.open_eyes(network="openpose")
    >>> attempt = kpopdance.score_video(reference, film, eyes, align="32")
    >>> attempt.report.score > 80, attempt.aligned_by
    (True, 'given')
    """
    check_alignment(align)
    track = track_from_video(player, eyes, watching)
    shift_s, by = alignment(align, reference, player)
    forgive = reference.from_video and not judge_lag
    report, forgiven_s = score_track(reference, track, shift_s, forgive_lag=forgive)
    return Attempt(report, shift_s, by, forgiven_s)


def alignment(how: str, reference: Reference, player: Path) -> tuple[float, str]:
    """Return the song second of the player's first picture, and how it was found."""
    if how not in ("audio", "none"):
        return float(how), "given"
    together_s = reference.first_picture_s
    if how == "none":
        return together_s, "none: both begin together"
    try:
        sound = read_audio(player)
    except NoSoundError:
        return together_s, "none: the player's video has no sound"
    except MediaError as why:
        return together_s, f"none: {why}"
    if reference.onsets is None:
        return together_s, "none: the reference has no sound"
    match = match_sound(reference.onsets, onset_strength(sound.samples, sound.rate))
    if not match.believable:
        return together_s, "none: not the same music"
    return match.shift_s - sound.start_s, "audio"


def score_track(
    reference: Reference, track: PoseTrack, shift_s: float = 0.0, *, forgive_lag: bool = False
) -> tuple[Report, float]:
    """Return the report on a player's poses, and the lag in s that was forgiven.

    Parameters
    ----------
    reference : Reference
        What is danced after.
    track : PoseTrack
        The poses, in px or any other unit, y down; at least ten a second.
    shift_s : float
        Song second of the track's second 0.
    forgive_lag : bool
        Take the median lag of the recognised moves, up to 250 ms, for the recordings' own: it is
        not held against the dancer, and told in the lags. More than that is a dancer's own, and
        nothing of it is forgiven; nor where it would not help.

    References
    ----------
    How a score comes about, and what it was measured on, stands in ``docs/scoring.md``.

    Examples
    --------
    >>> import kpopdance
    >>> import numpy as np
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> lead = song.members[song.lead]
    >>> dance = kpopdance.Choreography(lead.joints[:600].copy(), lead.fps)  # its first 20 s
    >>> track = kpopdance.PoseTrack()
    >>> for row, joints in enumerate(dance.joints):
    ...     at_s = dance.start_s + row / dance.fps
    ...     track.add(at_s + 0.12, kpopdance.Pose(joints.copy()))
    >>> reference = kpopdance.reference_from_dance(dance, bpm=song.bpm)
    >>> report, forgiven_s = kpopdance.score_track(reference, track)
    >>> 100 < report.lag_ms < 130, report.stars, forgiven_s
    (True, 5, 0.0)
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
    for begin, end in wide_gaps(track.at_s):  # every picture was looked at: there was none
        judge.fault(begin, end)
    judge.step(track, np.inf)
    return judge


def reference_from_dance(
    dance: Choreography, *, bpm: float, first_beat_s: float = 0.0, terms: Terms = USUAL
) -> Reference:
    """Return what a choreography asks of the one who dances it.

    Parameters
    ----------
    dance : Choreography
        One member's.
    bpm : float
        Beats a minute; moves begin and end on beats.
    first_beat_s : float
        Song second of a first beat.
    terms : Terms
        How strictly, how much of the body, and whether the mirror image is asked for.

    Raises
    ------
    SongPackError
        Where it asks for hardly anything: the dancer is never seen, or only stands.

    Examples
    --------
    >>> import kpopdance
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> strict = kpopdance.Terms(strictness="pro")
    >>> dance = kpopdance.Choreography(song.members[1].joints[:600].copy(), 30.0)
    >>> reference = kpopdance.reference_from_dance(dance, bpm=120, terms=strict)
    >>> len(reference.standard.start_s)
    10
    """
    asked = turned((dance,))[0] if terms.mirrored else dance
    standard = standard_from_choreography(
        asked, bpm=bpm, first_beat_s=first_beat_s, terms=terms
    )
    refuse_nothing(standard, "the choreography")
    return Reference(standard, (), None, from_video=False)


def reference_from_pack(folder: Path, terms: Terms = USUAL) -> Reference:
    """Return what a song pack's lead asks on these terms.

    Parameters
    ----------
    folder : Path
        See ``find_pack``.
    terms : Terms
        As in ``reference_from_dance``.

    Raises
    ------
    SongPackError
        Where the pack is damaged, or asks for hardly anything.

    Examples
    --------
    >>> import kpopdance
    >>> reference = kpopdance.reference_from_pack(kpopdance.find_pack("neon-steps"))
    >>> [name for name, start_s in reference.sections][:3]
    ['intro', 'verse', 'pre-chorus']
    """
    song = as_danced(load_pack(folder), terms)
    assert song.audio is not None
    sound = read_audio(song.audio)
    onsets = onset_strength(sound.samples, sound.rate)
    return Reference(standard_of(song, terms), song.sections, onsets, from_video=False)


def reference_from_video(
    path: Path, eyes: Eyes, terms: Terms = USUAL, watching: Watching = unwatched
) -> Reference:
    """Return what the largest, most central dancer of a video asks.

    Parameters
    ----------
    path : Path
        With sound its tempo is heard, else 120 beats a minute are taken.
    eyes : Eyes
        See ``open_eyes``.
    terms : Terms
        As in ``reference_from_dance``.
    watching : callable
        As in ``score_video``.

    Raises
    ------
    VideoError
        Where the video cannot be read.
    RecordingError
        Where hardly anybody is seen in it.
    SongPackError
        Where it asks for hardly anything.

    Examples
    --------
    >>> import kpopdance
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> film = kpopdance.drawn_film(Path("steps.mp4"), song.members[song.lead], 32, 34.2)
    >>> eyes = kpopdance.open_eyes(network="openpose")
    >>> len(kpopdance.reference_from_video(film, eyes).standard.start_s)
    1
    """
    with VideoFile(path) as video, watching(video, f"reference {path.name}") as progress:
        take = take_from(video.frames(), eyes, progress=progress)
    recording = take.recording(take.lead)
    onsets, sound_s, tempo = None, 0.0, Tempo(USUAL_BPM)
    try:
        sound = read_audio(path)
        onsets, sound_s = onset_strength(sound.samples, sound.rate), sound.start_s
        tempo = bars_of(sound.samples, sound.rate, onsets).tempo
    except NoSoundError:  # nor a beat to find
        pass
    except MediaError as why:
        log.warning("%s", why)
    filmed = (recording.choreography(start_s=-sound_s),)
    dance = (turned(filmed) if terms.mirrored else filmed)[0]
    standard = standard_from_choreography(
        dance, bpm=tempo.bpm, first_beat_s=tempo.offset_s, changes=tempo.changes, terms=terms
    )
    refuse_nothing(standard, str(path))
    return Reference(standard, (), onsets, from_video=True, first_picture_s=-sound_s)


def track_from_video(path: Path, eyes: Eyes, watching: Watching = unwatched) -> PoseTrack:
    """Return the poses of a video's player, followed and steadied as in the live game.

    Parameters
    ----------
    path : Path
        The video; its largest, most central dancer is followed.
    eyes : Eyes
        See ``open_eyes``.
    watching : callable
        As in ``score_video``.

    Returns
    -------
    PoseTrack
        Joints float32 (T, 18, 3), x px, y px, confidence 0..1, at float64 (T,) s from the
        video's first picture; unseen is NaN, NaN, 0.

    Raises
    ------
    VideoError
        Where the video cannot be read.

    Examples
    --------
    >>> import kpopdance
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> film = kpopdance.drawn_film(Path("steps.mp4"), song.members[song.lead], 32, 32.6)
    >>> track = kpopdance.track_from_video(film, kpopdance.open_eyes())
    >>> track.joints.shape, float(track.at_s[5].round(3))
    ((9, 18, 3), 0.333)
    """
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
