"""A kept dance judged again, for the commands that take one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.pack_reader import find_pack, listed_pack, load_pack
from kpopdance.realtime.library.replay import ReplayError, judged_again, read_replay
from kpopdance.realtime.library.replayed import replayed_song
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.scoring.recipe import RECIPE
from kpopdance.realtime.scoring.report import report_of

if TYPE_CHECKING:
    from pathlib import Path

    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.library.replay import Replay
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.songpack import SongPack


class JudgedReplay(NamedTuple):
    """A kept dance, its song, led by whose dance it was, as it was danced, and what it is worth now."""

    replay: Replay
    song: SongPack
    danced: SongPack
    report: Report


def judged_replay(path: Path, song_name: str | None, settings: Settings) -> JudgedReplay:
    """Return a kept dance judged again; a replay may name its song, but no path.

    Raises
    ------
    DanceError
        Where it cannot be read, is of a newer game, or of another choreography.
    """
    replay = read_replay(path)
    if replay.recipe > RECIPE:
        raise ReplayError(
            f"{path}: was danced with a newer version ({replay.version}); update the game"
        )
    if replay.songs and song_name is not None:
        raise ReplayError(f"{path}: is of many songs; leave the song out")

    def place(name: str) -> Path:
        if song_name is None:
            return listed_pack(name, settings.libraries)
        return find_pack(song_name, settings.libraries)

    folders = {name: place(name) for name in replay.needs}
    song = replayed_song(replay, lambda name: load_pack(folders[name]))
    if song is None:
        told = ", ".join(map(str, folders.values()))
        remedy = "bring back those" if replay.songs else "name the song"
        raise ReplayError(
            f"{path}: was danced to another choreography than {told} has now; "
            f"{remedy} it belongs to"
        )
    danced = as_danced(song, replay.terms)
    standard = standard_of(danced, replay.terms)
    report = report_of(judged_again(replay, standard), song.sections)
    return JudgedReplay(replay, song, danced, report)
