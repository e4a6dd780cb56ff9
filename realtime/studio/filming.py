"""From a film to a first draft, told about while it is looked at, and ended early where one likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.studio.drafts import begun
from kpopdance.realtime.studio.editing import draft_of
from kpopdance.realtime.studio.kept_looks import looks_of
from kpopdance.realtime.studio.lookout import look_at
from kpopdance.realtime.studio.new_song import check_film, heard, named_in, sound_of
from kpopdance.realtime.studio.recording import RecordingError
from kpopdance.realtime.studio.take_making import take_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.ports import HostClock
    from kpopdance.realtime.core.types import Frame, Pose
    from kpopdance.realtime.pose.sightings import Sightings
    from kpopdance.realtime.studio.drafts import KeptDraft
    from kpopdance.realtime.studio.kept_looks import KeptLooks


LEAST_S: Final = 1.0  # of a dance that was not looked at to its end


class Glimpse(NamedTuple):
    """How far a film is, 0..1 (None: nobody knows), its newest picture and who is seen in it."""

    share: float | None
    frame: Frame
    people: NDArray[np.float32]


class EnoughError(Exception):
    """Raised by who is told: what was seen so far is enough."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where songs and drafts lie, and where what was seen of a film so far is kept."""

    library: Path
    cache: Path
    clock: HostClock


def first_draft(
    film: Path, places: Places, open_eyes: Callable[[Path], Eyes], tell: Callable[[Glimpse], None],
    sound: Path | None = None,
) -> KeptDraft:  # fmt: skip
    """Look at a film and return its draft, kept; what was seen of it before is not looked at again.

    ``sound`` is a file that begins with the film's first picture; None: the film's own is taken.
    ``tell`` hears of every picture; it may raise EnoughError, and a draft is made of what was seen.

    Raises
    ------
    NoSoundError
        Where it has no sound.
    DanceError
        Where no song can be made of it.
    """
    check_film(film)
    audio = sound_of(sound or film)
    title, artist = named_in(film)
    eyes = open_eyes(film)
    looks = looks_of(film, eyes.name, places.cache, places.clock.now)
    with VideoFile(film) as video:
        seen, whole = _seen(video, eyes, looks, tell)
    draft = heard(draft_of(take_of(seen), title), audio)
    draft = replace(draft, artist=artist, start_s=0.0 if sound else -audio.start_s)
    kept = begun(places.library, draft, film, sound or film)
    if whole:
        looks.remove()
    return kept


def _seen(
    video: VideoFile, eyes: Eyes, looks: KeptLooks, tell: Callable[[Glimpse], None]
) -> tuple[Sightings, bool]:
    """Return what is seen in a film, and whether that is all of it."""
    length_s = video.info.length_s

    def told(frame: Frame, people: list[Pose]) -> None:
        share = min(frame.captured_s / length_s, 1.0) if length_s else None
        joints = np.array([pose.joints for pose in people], np.float32).reshape(-1, 18, 3)
        tell(Glimpse(share, frame, joints))

    try:
        return look_at(video.frames(), eyes, kept=looks, glimpse=told), True
    except EnoughError:
        seen = looks.so_far()
    if seen is None or seen.at_s[-1] - seen.at_s[0] < LEAST_S:
        raise RecordingError(
            _("{path}: too little was seen of it; look on for a while", path=video.path)
        )
    return seen, False
