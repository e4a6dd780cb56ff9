"""A shared song brought into a library, with its own sound or the player's."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_music_path

from kpopdance.engines.files import refusing
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_writer import check_pack_folder, save_pack, slug_of
from kpopdance.realtime.library.shared_pack import WithoutSoundError, unpack
from kpopdance.realtime.studio.own_sound import danced_to, find_sound, heard_in, sounds_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.shared_pack import SharedPack
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.studio.own_sound import OwnSound


@dataclass(frozen=True, slots=True)
class Brought:
    """Where a song lies now, and how much later it is danced there than where it comes from, s."""

    folder: Path
    song: SongPack
    later_s: float


def bring(
    path: Path, library: Path, *, audio: Path | None = None, folder: Path | None = None,
    replace: bool = False, hearing: Callable[[Path], None] = lambda _: None,
) -> Brought:  # fmt: skip
    """Write a shared song into a library; it appears whole or not at all.

    Parameters
    ----------
    path : Path
        The shared song.
    library : Path
        Where its folder is made, named after its title.
    audio : Path, optional
        The player's own file of the song, or a folder where it may be; left out, the song's own
        sound is taken, or one from the player's music folder.
    folder : Path, optional
        The song's folder instead of one in the library.
    replace : bool
        Whether a pack that is there gives way.
    hearing : callable
        Told of each file that is heard.

    Raises
    ------
    WithoutSoundError
        Where no recording of the song is found.
    DanceError
        Where the shared song or the player's sound is damaged, or nothing can be written.
    """
    with tempfile.TemporaryDirectory(prefix="kpopdance-") as scratch:
        shared = unpack(path, Path(scratch))
        to = folder or library / slug_of(shared.song.title)
        check_pack_folder(to, replace=replace)
        song, later_s = shared.song, 0.0
        if song.film is not None:  # whoever sent it may have sent anything
            VideoFile(song.film.path).close()
        if audio is None and song.audio is not None:
            read_audio(song.audio)
        else:
            own = _own_sound(path, shared, audio, hearing)
            song, later_s = danced_to(song, own), own.second_s
        with refusing(to):
            save_pack(song, to, replace=replace, sources=(path,))
    return Brought(to, song, later_s)


def _own_sound(
    path: Path, shared: SharedPack, audio: Path | None, hearing: Callable[[Path], None]
) -> OwnSound:
    """Return the player's recording of a shared song."""
    title = shared.song.title
    if audio is not None and not audio.is_dir():
        found = heard_in(audio, shared.onsets)
        if found is None:
            why = f"{audio} is another recording; name the one it was danced to"
            raise WithoutSoundError(path, title, why)
        return found
    place = audio or user_music_path()
    found = find_sound(shared.onsets, sounds_in(place, title), hearing)
    if found is None:
        why = (
            f"nothing in {place} is the same recording; name your own file of it, or a folder: "
            "--audio FILE"
        )
        raise WithoutSoundError(path, title, why)
    return found
