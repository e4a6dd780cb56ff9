"""kpopdance score: how well a video dances a song or another video."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from engines.maps import DanceError
from engines.version import our_version
from realtime.commands.common import (
    add_network_options,
    add_terms_options,
    eyes_from,
    print_json,
    print_result,
    report_facts,
    report_json,
    report_words,
    say,
    settings_from,
    terms_from,
    video_progress,
)
from realtime.devices.audio_file import MediaError, read_audio
from realtime.devices.video_file import VideoFile
from realtime.performance import refuse_nothing, standard_of
from realtime.pure.judge import Judge
from realtime.pure.recipe import RECIPE, changes_since
from realtime.pure.report import report_of
from realtime.pure.rhythm import USUAL_BPM, match_sound, onset_strength, tempo
from realtime.pure.standard import standard_from_choreography
from realtime.recording import player_track, record
from realtime.replay import ReplayError, dance_key, judged_again, read_replay
from realtime.songpack import as_danced, find_pack, load_pack, turned

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from engines.maps import Eyes
    from realtime.pure.standard import Standard
    from realtime.pure.terms import Terms
    from realtime.pure.track import PoseTrack
    from realtime.pure.types import Report
    from realtime.settings import Settings

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


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command's options."""
    parser = commands.add_parser(
        "score", help="score a video of somebody dancing",
        description="Score a player's video against a song, or against another video of the same "
        "dance. Times in the result are song seconds (the reference's seconds).",
    )  # fmt: skip
    parser.add_argument(
        "reference", nargs="?", help="a song's name or folder, or a reference video"
    )
    parser.add_argument("player", type=Path, nargs="?", help="the video to score")
    parser.add_argument(
        "--replay", type=Path, metavar="FILE",
        help="judge a kept dance again (play --replays) instead; its song may be named before",
    )  # fmt: skip
    parser.add_argument(
        "--align", default="audio", metavar="audio|none|SECONDS",
        help="how the videos lie over each other: by their sound where both have it (default), "
        "from the first picture, or the player's video begins at this song second",
    )  # fmt: skip
    parser.add_argument(
        "--judge-lag", action="store_true",
        help="two videos: judge a constant lag too; else up to 250 ms of it are forgiven, since "
        "phones record sound and picture apart",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_terms_options(parser)
    add_network_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score and print."""
    settings = settings_from(args)
    if args.replay is not None:
        return _replay(args, settings)
    if args.player is None:
        raise DanceError(
            "say what to score: kpopdance score REFERENCE PLAYER, or --replay FILE"
        )
    _check_align(args.align)
    is_video = Path(args.reference).is_file()
    folder = None if is_video else find_pack(args.reference, settings.libraries)
    with VideoFile(args.player):
        pass  # a damaged video is said before the long work
    eyes, terms = eyes_from(settings), terms_from(settings, args)
    reference = (
        _from_pack(folder, terms)
        if folder is not None
        else _from_video(Path(args.reference), eyes, terms)
    )
    track = _track(args.player, eyes)
    shift_s, by = alignment(args.align, reference, args.player)
    say(f"alignment: {shift_s:+.3f} s ({by})")
    forgive = reference.from_video and not args.judge_lag
    report, forgiven_s = score_track(reference, track, shift_s, forgive_lag=forgive)
    if args.json:
        result = report_json(report, eyes)
        result |= {"alignment_ms": round(shift_s * 1000), "alignment_by": by}
        result |= {"forgiven_lag_ms": round(forgiven_s * 1000)}
        print_json(result)
    else:
        print_result(report_words(report))
        if forgiven_s:
            print_result(
                f"a constant lag of {1000 * forgiven_s:+.0f} ms was not held against it"
            )
    return 0


def _replay(args: argparse.Namespace, settings: Settings) -> int:
    """Judge a kept dance again and say whether anything changed."""
    if args.mirrored or args.strictness or args.body:
        raise DanceError(
            "--replay is judged on the terms it was danced on; leave out --strictness, --body "
            "and --mirrored"
        )
    replay = read_replay(args.replay)
    if replay.recipe > RECIPE:
        raise ReplayError(
            f"{args.replay}: was danced with a newer version ({replay.version}); update the game"
        )
    song = load_pack(find_pack(args.reference or replay.song, settings.libraries))
    if dance_key(song.members[song.lead]) != replay.dance:
        raise ReplayError(
            f"{args.replay}: was danced to another choreography than {song.folder} has now; "
            "name the song it belongs to"
        )
    standard = standard_of(as_danced(song, replay.terms), replay.terms)
    report = report_of(judged_again(replay, standard), song.sections)
    told = f"{replay.score:.1f} when it was danced (version {replay.version})"
    changes = changes_since(replay.recipe)
    if report.score != replay.score:
        told += f"; {report.score:.1f} now (version {our_version()}): " + (
            f"since then {'; '.join(changes)}"
            if changes
            else "the scoring is the same, so the song's tempo or this computer's arithmetic differs"
        )
    say(told)
    if args.json:
        print_json(report_facts(report) | {
            "score_then": round(replay.score, 1), "version_then": replay.version,
            "network": replay.network, "version": our_version(), "changes": changes,
            "terms": asdict(replay.terms),
        })  # fmt: skip
    else:
        print_result(report_words(report))
    return 0


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


def _from_pack(folder: Path, terms: Terms) -> Reference:
    song = as_danced(load_pack(folder), terms)
    assert song.audio is not None
    sound = read_audio(song.audio)
    onsets = onset_strength(sound.samples, sound.rate)
    return Reference(standard_of(song, terms), song.sections, onsets, from_video=False)


def _from_video(path: Path, eyes: Eyes, terms: Terms) -> Reference:
    with VideoFile(path) as video:
        bar, move = video_progress(video, f"reference {path.name}")
        with bar:
            recording = record(video.frames(), eyes, progress=move)[0]
        if video.warning:
            say(f"warning: {video.warning}")
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


def _track(path: Path, eyes: Eyes) -> PoseTrack:
    with VideoFile(path) as video:
        bar, move = video_progress(video, f"player {path.name}")
        with bar:
            track = player_track(video.frames(), eyes, move)
        if video.warning:
            say(f"warning: {video.warning}")
    return track


def _check_align(how: str) -> None:
    if how not in ("audio", "none"):
        try:
            sensible = abs(float(how)) <= MOST_SHIFT_S
        except ValueError:
            sensible = False
        if not sensible:
            raise DanceError(
                f"--align {how}: say audio, none, or a number of seconds within an hour"
            )
