"""``kpopdance export``: a song as one file for others, or its dance for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import check_file, check_folder, refusing, write_beside
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.shared_pack import ENDING, shared_bytes
from kpopdance.realtime.studio.exporting import files_as
from kpopdance.realtime.studio.rhythm import onset_strength

if TYPE_CHECKING:
    import argparse

    from kpopdance.realtime.library.songpack import SongPack


def run(args: argparse.Namespace) -> int:
    """Write, and say what."""
    folder = find_pack(args.song, settings_from(args).libraries)
    song = load_pack(folder)
    if args.kind == "pack":
        written = _as_pack(args, folder, song)
    elif args.sound or args.film:
        word = "sound" if args.sound else "video"
        raise DanceError(f"--with-{word}: only a pack holds {word}; leave out --as")
    else:
        written = _as_files(args, song)
    if args.json:
        print_json({"files": [str(path) for path in written]})
        return 0
    shown = written[0] if len(written) == 1 else written[0].parent
    print_result(f"wrote {shown}" + (f": {len(written)} files" if len(written) > 1 else ""))
    if args.kind == "pack" and not args.sound:
        print_result(
            "its sound is left out: who gets it needs a file of the song, and types "
            f"kpopdance import {shown.name}"
        )
    return 0


def _as_pack(args: argparse.Namespace, folder: Path, song: SongPack) -> list[Path]:
    out = args.out or Path(f"{song.slug}{ENDING}")
    check_file(out, inputs=[path for path in folder.iterdir() if path.is_file()])
    assert song.audio is not None
    if args.film and (song.film is None or not song.film.path.is_file()):
        raise DanceError(f"{folder}: has no video to put in; leave out --with-video")
    sound = read_audio(song.audio)
    onsets = onset_strength(sound.samples, sound.rate)
    with refusing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        content = shared_bytes(folder, onsets, with_audio=args.sound, with_video=args.film)
        write_beside(out, content)
    return [out]


def _as_files(args: argparse.Namespace, song: SongPack) -> list[Path]:
    out = args.out or Path(f"{song.slug}-{args.kind}")
    check_folder(out)
    written = []
    with refusing(out):
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files_as(args.kind, song):
            write_beside(out / name, content)
            written.append(out / name)
    return written
