"""kpopdance record: a choreography from anybody's video."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.common import eyes_from, watched
from kpopdance.realtime.commands.record_many import is_many, run_many
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices import kept_film
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_writer import check_pack_folder, slug_of
from kpopdance.realtime.library.songpack import Film
from kpopdance.realtime.studio.keypoint_folder import recordings_of
from kpopdance.realtime.studio.new_song import (
    BYTES_A_SECOND,
    Wish,
    check_film,
    learn,
    named_in,
    song_of,
    sound_of,
    write_song,
)
from kpopdance.realtime.studio.recording import Quality, Recording, record

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from kpopdance.realtime.devices.audio_file import Audio
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack

LEAST_FPS, MOST_FPS = 5.0, 240.0
LONGEST: Final = 300  # letters


class _Seen(NamedTuple):
    """What a song is made of; ``start_s`` is the song second of the first picture."""

    recordings: list[Recording]
    audio: Audio
    start_s: float
    warnings: list[str]


def run(args: argparse.Namespace) -> int:
    """Record and report."""
    settings = settings_from(args)
    dancers = dancers_from(args.dancer)
    if is_many(args.video):
        return run_many(args, settings.libraries[0])
    title = title_of(args)
    folder = _folder(args, settings, title)
    if args.bpm is not None and not 30 <= args.bpm <= 300:
        raise DanceError(f"--bpm {args.bpm:g}: choose 30 to 300")
    if args.offset is not None and not -60 <= args.offset <= 600:
        raise DanceError(f"--offset {args.offset:g}: choose a song second from -60 to 600")
    if args.video.is_dir():
        check_pack_folder(folder, replace=args.replace)
        seen = _told_by_openpose(args, dancers)
    else:
        seen = _seen_in_video(args, settings, dancers, folder)
    filmed = tuple(recording.choreography(seen.start_s) for recording in seen.recordings)
    song = song_of(_wish(args, title), filmed, seen.audio)
    song = replace(song, film=_film(args, seen.start_s))
    write_song(
        song, seen.audio, folder, sources=(args.video, args.audio or args.video),
        give_way=args.replace, watching=partial(watched, what="keeping its pictures"),
    )  # fmt: skip
    learn(folder, settings.libraries[0], settings.terms)
    qualities = [recording.quality() for recording in seen.recordings]
    if args.json:
        print_json(_report_json(folder, song, qualities, seen.warnings))
    else:
        print_result(_report_words(folder, song, qualities))
    return 0


def _film(args: argparse.Namespace, start_s: float) -> Film | None:
    if args.film == "no" or args.video.is_dir():
        return None
    return Film(args.video.resolve(), start_s, linked=args.film == "link")


def _wish(args: argparse.Namespace, title: str) -> Wish:
    return Wish(
        title, args.artist, args.language, args.licence, args.bpm, args.offset, args.mirrored
    )


def _seen_in_video(
    args: argparse.Namespace, settings: Settings, dancers: tuple[int, ...], folder: Path
) -> _Seen:
    """Look at a video with the networks."""
    with VideoFile(args.video) as video:
        a_second = BYTES_A_SECOND + kept_film.BYTES_A_SECOND * (args.film == "keep")
        needs_bytes = round(a_second * (video.info.length_s or 0))
        check_pack_folder(folder, replace=args.replace, needs_bytes=needs_bytes)
        check_film(args.video)
        audio = sound_of(args.audio or args.video)
        eyes = eyes_from(settings, wanted=len(dancers) or 1)
        with watched(video, "finding poses") as progress:
            recordings = record(video.frames(), eyes, dancers=dancers, progress=progress)
        warnings = [told for told in (video.warning, audio.warning) if told]
    start_s = -audio.start_s if args.audio is None else 0.0
    return _Seen(recordings, audio, start_s, warnings)


def _told_by_openpose(args: argparse.Namespace, dancers: tuple[int, ...]) -> _Seen:
    """Read a folder of OpenPose's JSON."""
    if args.audio is None:
        raise DanceError(
            f"{args.video}: OpenPose's files have no sound, and a song needs it: give it with "
            "--audio FILE"
        )
    if not LEAST_FPS <= args.fps <= MOST_FPS:
        raise DanceError(f"--fps {args.fps:g}: choose {LEAST_FPS:g} to {MOST_FPS:g}")
    audio = sound_of(args.audio)
    with tqdm(desc="reading poses", leave=False, delay=2.0, disable=None) as progress:
        recordings = recordings_of(
            args.video, args.fps, dancers=dancers, progress=progress.update
        )
    return _Seen(recordings, audio, 0.0, [audio.warning] if audio.warning else [])


def dancers_from(text: str) -> tuple[int, ...]:
    """Return the numbers in ``1`` or ``1,3``; empty for an empty text."""
    try:
        numbers = tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError:
        numbers = (0,)
    if any(number < 1 for number in numbers) or len(set(numbers)) != len(numbers):
        raise DanceError(
            f"--dancer {text}: give numbers from 1, counted from the left, e.g. 1 or 1,3"
        )
    return numbers


def title_of(args: argparse.Namespace) -> str:
    """Return the song's title; refuse texts that a pack cannot hold."""
    if args.title is None and args.video.is_file():
        args.title, artist = named_in(args.video)
        args.artist = args.artist or artist
    title: str = args.video.stem if args.title is None else args.title
    told = {"title": title, "artist": args.artist, "language": args.language}
    for option, text in (told | {"licence": args.licence}).items():
        if len(text) > LONGEST:
            raise DanceError(f"--{option} {text[:20]}...: is longer than {LONGEST} letters")
        if not text.isprintable():
            raise DanceError(
                f"--{option} {text!r}: holds signs that cannot be shown; leave them out"
            )
    if not title.strip():
        raise DanceError("--title: is blank; give the song's title")
    return title


def _folder(args: argparse.Namespace, settings: Settings, title: str) -> Path:
    """Return the folder to write."""
    if args.out is None:
        return settings.libraries[0] / slug_of(title)
    out: Path = args.out
    return out if out.name.strip(".") else out.resolve()  # "." and ".." are no song's name


def _report_json(
    folder: Path, song: SongPack, qualities: list[Quality], warnings: list[str]
) -> dict[str, Any]:
    return {
        "folder": str(folder), "title": song.title, "bpm": song.bpm, "offset_s": song.offset_s,
        "length_s": round(song.length_s, 2), "warnings": warnings,
        "members": [asdict(quality) for quality in qualities],
    }  # fmt: skip


def _report_words(folder: Path, song: SongPack, qualities: list[Quality]) -> str:
    lines = [f"wrote {folder}: {song.length_s:.1f} s, {song.bpm:g} bpm"]
    for number, quality in enumerate(qualities, start=1):
        seen = ", ".join(
            f"{k.replace('_', ' ')} {100 * v:.0f} %" for k, v in quality.seen.items()
        )
        lines.append(
            f"dancer {number}: {quality.frames} pictures at {quality.fps:.1f} per second; "
            f"seen: {seen}; {quality.gaps} gaps, the longest {quality.longest_gap_s:.1f} s"
        )
        if min(quality.seen.values()) < 0.7:
            lines.append("  some limbs are often unseen: they will count less in the score")
    lines.append(f"dance it: kpopdance play {folder.name}")
    return "\n".join(lines)
