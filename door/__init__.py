"""KPOP DANCE: a webcam dance game, and its parts as a library.

What stands here is the library's face; ``docs/library.md`` shows it at work. Each name is loaded when
it is first asked for: importing the package costs nothing. Everything else can be imported from the
room where it lies, and may move.

To see: ``open_eyes``, ``poses_in_picture``, ``poses_in_video``, ``track_from_video``,
``draw_skeletons``, ``mask_video``. Songs: ``find_pack``, ``load_pack``, ``save_pack``. To score:
``reference_from_pack``, ``reference_from_video``, ``reference_from_dance``, ``score_video``,
``score_track``. Which dance is this: ``DanceLibrary``. To try it without a camera:
``drawn_frames``, ``drawn_film``. The other names are what these take and give.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpopdance.engines.choose import open_eyes
    from kpopdance.engines.errors import DanceError
    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.terms import Terms
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Choreography, Frame, Pose, Report, Verdict
    from kpopdance.realtime.devices.drawn_dancer import DancerStyle
    from kpopdance.realtime.devices.drawn_film import drawn_film, drawn_frames
    from kpopdance.realtime.devices.overlay import draw_skeletons
    from kpopdance.realtime.library.pack_reader import find_pack, load_pack
    from kpopdance.realtime.library.pack_writer import save_pack
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.search.guess import DanceLibrary, Guess, Guesses
    from kpopdance.realtime.studio.attempts import (
        Attempt,
        Reference,
        reference_from_dance,
        reference_from_pack,
        reference_from_video,
        score_track,
        score_video,
        track_from_video,
    )
    from kpopdance.realtime.studio.looking import poses_in_picture, poses_in_video
    from kpopdance.realtime.studio.mask_film import MaskedFilm, MaskWish, mask_video

__all__ = [
    "Attempt",
    "Choreography",
    "DanceError",
    "DanceLibrary",
    "DancerStyle",
    "Eyes",
    "Frame",
    "Guess",
    "Guesses",
    "MaskWish",
    "MaskedFilm",
    "Pose",
    "PoseTrack",
    "Reference",
    "Report",
    "SongPack",
    "Terms",
    "Verdict",
    "draw_skeletons",
    "drawn_film",
    "drawn_frames",
    "find_pack",
    "load_pack",
    "mask_video",
    "open_eyes",
    "poses_in_picture",
    "poses_in_video",
    "reference_from_dance",
    "reference_from_pack",
    "reference_from_video",
    "save_pack",
    "score_track",
    "score_video",
    "track_from_video",
]

_ROOMS = {
    "engines.choose": "open_eyes",
    "engines.errors": "DanceError",
    "engines.ports": "Eyes",
    "realtime.core.terms": "Terms",
    "realtime.core.track": "PoseTrack",
    "realtime.core.types": "Choreography Frame Pose Report Verdict",
    "realtime.devices.drawn_dancer": "DancerStyle",
    "realtime.devices.drawn_film": "drawn_film drawn_frames",
    "realtime.devices.overlay": "draw_skeletons",
    "realtime.library.pack_reader": "find_pack load_pack",
    "realtime.library.pack_writer": "save_pack",
    "realtime.library.songpack": "SongPack",
    "realtime.search.guess": "DanceLibrary Guess Guesses",
    "realtime.studio.attempts": "Attempt Reference reference_from_dance reference_from_pack "
    "reference_from_video score_track score_video track_from_video",
    "realtime.studio.looking": "poses_in_picture poses_in_video",
    "realtime.studio.mask_film": "MaskWish MaskedFilm mask_video",
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
