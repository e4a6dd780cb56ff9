"""What a dance is danced with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from platformdirs import user_documents_path, user_videos_path

from kpopdance.realtime.core.health import WELL_CAMERA
from kpopdance.realtime.devices.host_clock import local_now
from kpopdance.realtime.shell.beside import Later, Warmth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.health import Health
    from kpopdance.realtime.core.ports import Camera, HostClock, Microphone, Pictures, Speaker
    from kpopdance.realtime.devices.picture_keeper import PictureKeeper
    from kpopdance.realtime.library.settings import Settings
    from kpopdance.realtime.library.settings_writer import Value
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.library.store import Store
    from kpopdance.realtime.studio.bringing import Brought


class NamedCamera(NamedTuple):
    """A camera there is: what it is set as, what it is called, its number now."""

    source: str
    name: str
    number: str


@dataclass(frozen=True, slots=True, eq=False)
class Peek:
    """What a camera shows at first: uint8 (H, W, 3) BGR, None where nothing; else a sentence why not."""

    picture: NDArray[np.uint8] | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """What setting up asks of the world; all but ``keep`` may take seconds.

    ``cameras`` returns those there are; ``peek`` opens one of them for a moment; ``watch`` opens the
    one that is set, to see oneself in; ``outputs`` returns the names of what sound comes out of,
    ``microphones`` of what listens; ``keep`` writes settings, and raises DanceError; ``found`` returns
    what the doctor knows. ``first`` is whether nothing was ever set here.
    """

    cameras: Callable[[], tuple[NamedCamera, ...]]
    peek: Callable[[str], Peek]
    watch: Callable[[], Camera]
    outputs: Callable[[], tuple[str, ...]]
    keep: Callable[[Mapping[str, Value]], None]
    found: Callable[[Kit], Mapping[str, Mapping[str, Any]]]
    microphones: Callable[[], tuple[str, ...]] = tuple
    first: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """The devices of a game, ready to use; the networks come when they are asked for.

    ``seeing`` brings the networks, and ``warmth`` is what is known of them; ``open_camera`` takes the
    song and a function that tells its second (None: not playing); ``close_camera`` gives one back;
    ``open_speaker`` takes samples float32 (N, 2), their rate, and the seconds of count-in and of a
    beat; ``read_audio`` returns samples and rate; ``close`` gives up what stayed open between songs;
    ``keeps_scores`` where a player dances, no drawn dancer and no video; ``turn_camera`` turns to the
    next camera and returns whether that is so with it, ``camera_health`` is of the one that stays
    open; ``news`` tells what takes long while loading; ``picture_size`` is the camera's (width,
    height) in px, as far as one can know; ``bring`` brings a shared song into the library, with a file
    of the player's if one is named; ``read_part`` as ``read_audio`` of so many seconds from one on;
    ``open_film`` opens a song's video to be its coach; ``read_cover`` returns a cover, small, uint8
    (H, W, 3) BGR; ``local_now`` tells date and time, ``documents`` where a player's files are
    written, ``videos`` where films are; ``keep_pictures`` opens what keeps a player's pictures while
    they dance, None: nothing does; ``fitting`` is what setting up needs, None where nothing can be
    set up; ``stretch`` returns samples of a rate at a tempo of 0.5..1, as high as before; ``count``
    four beats counted, of a rate and a beat's seconds, and when the first one is, ``countdown`` three,
    two, one likewise; ``open_microphone`` listens to the room; ``device_names`` returns what output
    and camera are called now.
    """

    seeing: Later[Eyes]
    clock: HostClock
    settings: Settings
    store: Store
    open_camera: Callable[[SongPack, Callable[[], float | None]], Camera]
    close_camera: Callable[[Camera], None]
    open_speaker: Callable[[NDArray[np.float32], int, float, float], Speaker]
    read_audio: Callable[[Path], tuple[NDArray[np.float32], int]]
    close: Callable[[], None] = lambda: None
    keeps_scores: bool = True
    turn_camera: Callable[[], bool] | None = None
    camera_health: Callable[[], Health] = lambda: WELL_CAMERA
    news: Callable[[], str] = lambda: ""
    version: str = ""
    picture_size: tuple[int, int] = (640, 480)
    warmth: Warmth = field(default_factory=Warmth)
    refit: Callable[[Kit, Settings], Kit] | None = None
    bring: Callable[[Path, Path | None], Brought] | None = None
    read_part: Callable[[Path, float, float], tuple[NDArray[np.float32], int]] | None = None
    open_film: Callable[[Path], Pictures] | None = None
    read_cover: Callable[[Path], NDArray[np.uint8]] | None = None
    local_now: Callable[[], datetime] = local_now
    documents: Callable[[], Path] = user_documents_path
    videos: Callable[[], Path] = user_videos_path
    keep_pictures: Callable[[], PictureKeeper] | None = None
    fitting: Fitting | None = None
    stretch: Callable[[NDArray[np.float32], int, float], NDArray[np.float32]] | None = None
    count: Callable[[int, float], tuple[NDArray[np.float32], float]] | None = None
    countdown: Callable[[int, float], tuple[NDArray[np.float32], float]] | None = None
    open_microphone: Callable[[], Microphone] | None = None
    device_names: Callable[[], tuple[str, str]] = lambda: ("", "")

    @property
    def eyes(self) -> Eyes:
        """The networks, waited for."""
        return self.seeing.result()
