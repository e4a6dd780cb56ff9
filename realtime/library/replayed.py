"""The song that a replay was danced to: a pack of the library, or a medley put together anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpopdance.engines.tongues import _
from kpopdance.realtime.library.medley import excerpt_of, medley_of
from kpopdance.realtime.library.replay import led_by
from kpopdance.realtime.library.songpack import SongPackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kpopdance.realtime.library.replay import Replay
    from kpopdance.realtime.library.songpack import SongPack


def replayed_song(replay: Replay, load: Callable[[str], SongPack]) -> SongPack | None:
    """Return the song of a replay, led by whose dance it was; None: it is another choreography now.

    ``load`` returns a song by its short name, and may raise.
    """
    songs = [load(name) for name in replay.needs]
    if not replay.songs:
        return led_by(songs[0], replay.dance)
    try:
        excerpts = [excerpt_of(song) for song in songs]
    except SongPackError:  # one has lost its chorus
        return None
    artists = ", ".join(dict.fromkeys(song.artist for song in songs))
    return led_by(medley_of(_("Random play dance"), artists, excerpts), replay.dance)
