"""Films of a drawn dancer: a dance to try everything on without a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.video_writer import VideoWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.devices.drawn_dancer import DancerStyle

FPS: Final = 15.0


def drawn_frames(
    dance: Choreography, start_s: float, end_s: float, style: DancerStyle | None = None
) -> Iterator[Frame]:
    """Yield 15 pictures a second of a drawn person who dances a choreography.

    Parameters
    ----------
    dance : Choreography
        One member's.
    start_s, end_s : float
        Song seconds between which is filmed.
    style : DancerStyle, optional
        How it is danced: late, small, not at all; as the choreography says if left out.

    Yields
    ------
    Frame
        uint8 (480, 640, 3) BGR; ``captured_s`` counts from ``start_s``.

    Examples
    --------
    >>> import kpopdance
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> frames = list(kpopdance.drawn_frames(song.members[song.lead], 32, 33))
    >>> len(frames), frames[0].image.shape
    (15, (480, 640, 3))
    """
    dancer = DrawnDancer(dance, style)
    room = DrawnRoom(dancer.picture)
    for index in range(int((end_s - start_s) * FPS)):
        joints = dancer.joints(start_s + index / FPS)
        people = [] if joints is None else [(joints, OUTFITS[0])]
        yield Frame(room.take(people, index), index / FPS, index)


def drawn_film(
    path: Path, dance: Choreography, start_s: float, end_s: float,
    style: DancerStyle | None = None,
) -> Path:  # fmt: skip
    """Write ``drawn_frames`` as a silent video and return its path.

    Parameters
    ----------
    path : Path
        What to write: .mp4, .mkv or .mov.
    dance, start_s, end_s, style
        As in ``drawn_frames``.

    Raises
    ------
    VideoError
        Where the place cannot be written to.

    Examples
    --------
    >>> import kpopdance
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> kpopdance.drawn_film(Path("steps.mp4"), song.members[song.lead], 32, 33).name
    'steps.mp4'
    """
    writer = VideoWriter(path, FPS)
    try:
        for frame in drawn_frames(dance, start_s, end_s, style):
            writer.add(frame.image, frame.captured_s)
        writer.finish()
    finally:
        writer.close()
    return path
