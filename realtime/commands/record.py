"""kpopdance record: a choreography from anybody's video."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.commands.common import cache_folder, eyes_for_film, watched
from kpopdance.realtime.commands.record_many import is_many, run_many
from kpopdance.realtime.commands.speaking import print_json, print_result, say
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices import kept_film
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_writer import check_pack_folder, slug_of
from kpopdance.realtime.library.songpack import Film
from kpopdance.realtime.studio.drafts import remember
from kpopdance.realtime.studio.kept_looks import KeptLooks, looks_of
from kpopdance.realtime.studio.keypoint_folder import take_of_folder
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
from kpopdance.realtime.studio.take import REASONS
from kpopdance.realtime.studio.take_making import take_from

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from kpopdance.realtime.devices.audio_file import Audio
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.studio.take import Take

LEAST_FPS, MOST_FPS = 5.0, 240.0
LONGEST: Final = 300  # letters


class _Seen(NamedTuple):
    """What a song is made of; ``start_s`` is the song second of the first picture."""

    take: Take
    audio: Audio
    start_s: float
    warnings: list[str]
    kept: KeptLooks | None = None


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
    take = seen.take
    filmed = take.choreographies(seen.start_s)
    song = song_of(_wish(args, title), filmed, seen.audio, take.formation())
    film = _film(args, seen.start_s)
    song = replace(song, film=film, lead=take.members.index(take.lead))
    song = write_song(
        song, seen.audio, folder, sources=(args.video, args.audio or args.video),
        give_way=args.replace, watching=partial(watched, what="keeping its pictures"),
    )  # fmt: skip
    _remember(args, settings, seen, folder)
    if args.json:
        print_json(_report_json(folder, song, take, seen.warnings))
    else:
        print_result(_report_words(folder, song, take, asked=film is not None))
    return 0


def _remember(args: argparse.Namespace, settings: Settings, seen: _Seen, folder: Path) -> None:
    """Keep what the song's first dance and its next edits will ask for, and no more."""
    library = settings.libraries[0]
    if seen.kept is not None:
        seen.kept.remove()
    learn(folder, library, settings.terms)
    if folder.parent == library:
        film = Film(args.video.resolve(), seen.start_s) if args.video.is_file() else None
        remember(library, folder, seen.take, film, args.audio or args.video)


def _film(args: argparse.Namespace, start_s: float) -> Film | None:
    if args.film == "no" or args.video.is_dir():
        return None
    return Film(args.video.resolve(), start_s, linked=args.film == "link")


def _wish(args: argparse.Namespace, title: str) -> Wish:
    return Wish(
        title, args.artist, args.sung, args.licence, args.bpm, args.offset, args.mirrored
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
        eyes = eyes_for_film(args.video, settings, say)
        kept = looks_of(args.video, eyes.name, cache_folder(), PerfClock().now)
        _say_what_is_kept(args, kept)
        with watched(video, "finding poses") as progress:
            take = take_from(
                video.frames(), eyes, dancers=dancers, kept=kept, progress=progress
            )
        warnings = [told for told in (video.warning, audio.warning) if told]
    start_s = 0.0 - audio.start_s if args.audio is None else 0.0  # no -0.0
    return _Seen(take, audio, start_s, warnings, kept)


def _say_what_is_kept(args: argparse.Namespace, kept: KeptLooks) -> None:
    before = kept.so_far()
    if before is not None:
        say(f"goes on where it stopped: {before.at_s[-1]:.0f} s of the video are done")
    elif args.resume:
        raise DanceError(
            f"--resume: nothing is kept of {args.video} that these networks saw; leave it out"
        )


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
        take = take_of_folder(args.video, args.fps, dancers=dancers, progress=progress.update)
    return _Seen(take, audio, 0.0, [audio.warning] if audio.warning else [])


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
    told = {"title": title, "artist": args.artist, "language": args.sung}
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
    folder: Path, song: SongPack, take: Take, warnings: list[str]
) -> dict[str, Any]:
    step_s = float(take.at_s[-1]) / (len(take.at_s) - 1)
    return {
        "folder": str(folder), "title": song.title, "bpm": song.bpm, "offset_s": song.offset_s,
        "tempo": [{"start_s": at_s, "bpm": bpm} for at_s, bpm in song.tempo_changes],
        "sections": [{"name": name, "start_s": at_s} for name, at_s in song.sections],
        "length_s": round(song.length_s, 2), "warnings": warnings, "lead": song.lead,
        "video": None if song.film is None else str(song.film.path),
        "video_linked": song.film is not None and song.film.linked,
        "cuts_s": [round(float(take.at_s[row]), 3) for row in take.cuts],
        "split_screens": [
            {"start_s": start_s, "end_s": end_s, "panels": panels}
            for start_s, end_s, panels in _splits(take)
        ],
        "members": [
            {"person": person + 1, "on_stage_s": round(step_s * float(take.there[person].sum()), 2)}
            | asdict(take.recording(person).quality())
            for person in take.members
        ],
        "left_out": [
            {"person": person + 1, "why": why, "words": REASONS[why]}
            for person, why in enumerate(take.reasons) if why != "member"
        ],
    }  # fmt: skip


def _splits(take: Take) -> list[tuple[float, float, list[list[int]]]]:
    """Return from when to when the picture is split, s, and into which panels, px."""
    last = len(take.at_s) - 1
    return [
        (
            round(float(take.at_s[one.first]), 3), round(float(take.at_s[min(one.behind, last)]), 3),
            [[round(px) for px in panel] for panel in one.panels],
        )
        for one in take.splits
    ]  # fmt: skip


def _report_words(folder: Path, song: SongPack, take: Take, *, asked: bool) -> str:
    lines = [f"wrote {folder}: {song.length_s:.1f} s, {song.bpm:g} bpm"]
    lines += [f"  {bpm:g} bpm from {at_s:.1f} s" for at_s, bpm in song.tempo_changes]
    if song.sections:
        told = ", ".join(f"{name} {at_s:.1f} s" for name, at_s in song.sections)
        lines += [f"  parts: {told}"]
    if take.cuts:
        lines.append(f"{len(take.cuts)} cuts; who is who was told by their looks")
    lines += [
        f"split screen of {len(panels)} from {start_s:.1f} to {end_s:.1f} s: each is a scene of its own"
        for start_s, end_s, panels in _splits(take)
    ]
    for number, person in enumerate(take.members, start=1):
        quality = take.recording(person).quality()
        seen = ", ".join(
            f"{k.replace('_', ' ')} {100 * v:.0f} %" for k, v in quality.seen.items()
        )
        lines.append(
            f"dancer {number}{' (lead)' if person == take.lead else ''}: {quality.frames} pictures "
            f"at {quality.fps:.1f} per second; seen: {seen}; {quality.gaps} gaps, "
            f"the longest {quality.longest_gap_s:.1f} s"
        )
        if min(quality.seen.values()) < 0.7:
            lines.append("  some limbs are often unseen: they will count less in the score")
    lines += [
        f"left out: person {person + 1} {REASONS[why]}"
        for person, why in enumerate(take.reasons) if why != "member"
    ]  # fmt: skip
    if any(why != "member" for why in take.reasons):
        lines.append("choose otherwise: record it again with --dancer N,M,... and --replace")
    lines += [_video_words(song.film, asked=asked), f"dance it: kpopdance play {folder.name}"]
    return "\n".join(filter(None, lines))


def _video_words(film: Film | None, *, asked: bool) -> str:
    """Return what became of the video that was ``asked`` for as the coach, or not."""
    if film is None:
        return "its video could not be kept: the coach is drawn" if asked else ""
    if film.linked:
        return f"its video is the coach on the stage, from where it lies: {film.path}"
    size = film.path.stat().st_size / 1e6
    return (
        f"its video is kept small in it ({size:.1f} MB), the coach on the stage; it never leaves this "
        "computer unless you export it --with-video"
    )
