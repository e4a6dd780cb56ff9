"""``kpopdance import``: a song that somebody shared, with your own recording of it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_music_path
from tqdm import tqdm

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import refusing
from kpopdance.realtime.commands.speaking import print_json, print_result
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.library.pack_writer import check_pack_folder, save_pack, slug_of
from kpopdance.realtime.library.shared_pack import SharedPack, unpack
from kpopdance.realtime.studio.own_sound import (
    OwnSound,
    danced_to,
    find_sound,
    heard_in,
    sounds_in,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from kpopdance.realtime.library.songpack import SongPack


def run(args: argparse.Namespace) -> int:
    """Import one song and say where it is."""
    settings = settings_from(args)
    with tempfile.TemporaryDirectory(prefix="kpopdance-") as scratch:
        shared = unpack(args.file, Path(scratch))
        folder = args.out or settings.libraries[0] / slug_of(shared.song.title)
        check_pack_folder(folder, replace=args.replace)
        song = _with_sound(args, shared)
        with refusing(folder):
            save_pack(song, folder, replace=args.replace, sources=(args.file,))
        shift_s = song.offset_s - shared.song.offset_s
    told = {"folder": str(folder), "title": song.title, "shift_s": round(shift_s, 3)}
    if args.json:
        print_json(told)
    else:
        print_result(f"wrote {folder}: {song.title}, danced to {Path(str(song.audio)).name}")
        print_result(f"dance it: kpopdance play {folder.name}")
    return 0


def _with_sound(args: argparse.Namespace, shared: SharedPack) -> SongPack:
    """Return the song with its own sound, or danced to the player's."""
    if args.audio is None and shared.song.audio is not None:
        read_audio(shared.song.audio)  # whoever sent it may have sent anything
        return shared.song
    return danced_to(shared.song, _found(args, shared))


def _found(args: argparse.Namespace, shared: SharedPack) -> OwnSound:
    """Return the player's recording of a song."""
    without = f"{args.file}: {shared.song.title} comes without its sound"
    place: Path = args.audio or user_music_path()
    if args.audio is not None and not place.is_dir():
        found = heard_in(place, shared.onsets)
        if found is None:
            raise DanceError(
                f"{without}, and {place} is another recording; name the one it was danced to"
            )
        return found
    with _hearing(sounds_in(place, shared.song.title)) as (files, hearing):
        found = find_sound(shared.onsets, files, hearing)
    if found is None:
        raise DanceError(
            f"{without}, and nothing in {place} is the same recording; name your own file of it, "
            "or a folder: --audio FILE"
        )
    return found


@contextmanager
def _hearing(files: list[Path]) -> Iterator[tuple[list[Path], Callable[[Path], None]]]:
    """Show which of several files is being heard, where that takes a while."""
    with tqdm(total=len(files), leave=False, delay=2.0, disable=None) as progress:

        def hearing(path: Path) -> None:
            progress.set_description(path.name[:40], refresh=False)
            progress.update()

        yield files, hearing
