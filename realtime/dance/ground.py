"""What a dance goes on with that is no performance: music, standard, networks and camera, open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpopdance.realtime.dance.coach_film import opened
from kpopdance.realtime.dance.in_use import player_lag_ms
from kpopdance.realtime.dance.performance import ready_watcher
from kpopdance.realtime.dance.song_sound import sound_of
from kpopdance.realtime.library.mirrored import as_danced
from kpopdance.realtime.library.standards import standard_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.realtime.core.ports import Camera
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.dance.coach_film import CoachFilm
    from kpopdance.realtime.dance.kit import Kit
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.pose.watcher import Watcher
    from kpopdance.realtime.scoring.standard import Standard, Told


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What practising or a guided song goes on with, open.

    ``sound`` are the song's samples (N, 2) and their rate, ``lag_s`` is the fixed lag of camera and
    speaker.
    """

    kit: Kit
    song: SongPack
    standard: Standard
    sound: tuple[NDArray[np.float32], int]
    camera: Camera
    watcher: Watcher
    lag_s: float = 0.0
    film: CoachFilm | None = None
    film_trouble: str = ""


def open_ground(
    kit: Kit, song: SongPack, terms: Terms, told: Told, song_now: Callable[[], float | None]
) -> Ground:
    """Load music, standard and networks, and open the camera; this takes a second or two.

    ``told`` hears how much of the standard is there, 0..1; where it raises, nothing is opened;
    ``song_now`` tells which song second is danced, None: none is.

    Raises
    ------
    DanceError
        Where the music or the camera cannot be opened.
    """
    danced = as_danced(song, terms)
    standard = standard_of(danced, terms, told)
    sound, lag_s = sound_of(kit, song), player_lag_ms(kit) / 1000
    told(1.0)
    camera = kit.open_camera(danced, song_now)
    try:
        watcher = ready_watcher(kit, camera)
        told(1.0)
        film = opened(song, terms, kit.open_film)
    except BaseException:
        kit.close_camera(camera)
        raise
    return Ground(kit, danced, standard, sound, camera, watcher, lag_s, *film)
