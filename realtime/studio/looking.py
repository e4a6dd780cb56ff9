"""Pictures and videos looked at from file to poses, and who watches how far that is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.pose.watcher import look_closely
from kpopdance.realtime.studio.ahead import looked_at

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Pose

CLOSE_AREA_PX: Final = 656 * 368  # of the input where time does not press: OpenPose's own

Progress = Callable[[Frame], None]
Watching = Callable[[VideoFile, str], AbstractContextManager[Progress]]
"""What shows how far a named video is, and tells its warnings at the end."""


def unwatched(_video: VideoFile, _what: str) -> AbstractContextManager[Progress]:
    """Show nothing."""
    return contextlib.nullcontext(lambda _: None)


def poses_in_picture(
    picture: Path | NDArray[np.uint8], eyes: Eyes, *, area_px: int = CLOSE_AREA_PX
) -> list[Pose]:
    """Return everybody in a picture, most visible first.

    Parameters
    ----------
    picture : Path or uint8 (H, W, 3) BGR
        A picture's file, or the picture itself.
    eyes : Eyes
        See ``open_eyes``.
    area_px : int
        About how many pixels OpenPose is shown; 432 * 368 is twice as fast and less exact.

    Returns
    -------
    list of Pose
        Joints float32 (18, 3): x px, y px, confidence 0..1, in OpenPose's COCO-18 order.
        Unseen is NaN, NaN, 0.

    Raises
    ------
    VideoError
        Where the file is missing, empty or no picture.

    References
    ----------
    Z. Cao, G. Hidalgo, T. Simon, S.-E. Wei and Y. Sheikh, "OpenPose: Realtime Multi-Person 2D Pose
    Estimation Using Part Affinity Fields", TPAMI 2021. Each person is looked at again by MoveNet
    (Thunder), as far as ``eyes`` has it.

    Examples
    --------
    >>> import kpopdance
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> frame = next(kpopdance.drawn_frames(song.members[song.lead], 40, 41))
    >>> [pose] = kpopdance.poses_in_picture(frame.image, kpopdance.open_eyes())
    >>> pose.joints.shape, bool(pose.seen[:14].all())
    ((18, 3), True)
    """
    if isinstance(picture, Path):
        with VideoFile(picture) as file:
            picture = next(file.frames()).image
    return look_closely(eyes, picture, area_px=area_px)


def poses_in_video(
    path: Path, eyes: Eyes, *, area_px: int = CLOSE_AREA_PX
) -> Iterator[tuple[Frame, list[Pose]]]:
    """Yield every picture of a video with everybody in it, each looked at by itself.

    Parameters
    ----------
    path : Path
        Anything FFmpeg reads.
    eyes, area_px
        As in ``poses_in_picture``.

    Yields
    ------
    Frame, list of Pose
        The picture, upright, ``captured_s`` from the video's first one; who is seen in it, most
        visible first. Nobody is followed from one picture to the next: ``track_from_video`` does.

    Raises
    ------
    VideoError
        Where the file is missing, empty, no video, or holds no readable picture.

    Examples
    --------
    >>> import kpopdance
    >>> from pathlib import Path
    >>> song = kpopdance.load_pack(kpopdance.find_pack("neon-steps"))
    >>> film = kpopdance.drawn_film(Path("steps.mp4"), song.members[song.lead], 40, 40.2)
    >>> for frame, poses in kpopdance.poses_in_video(film, kpopdance.open_eyes()):
    ...     print(f"{frame.captured_s:.2f} s: {len(poses)}")
    0.00 s: 1
    0.07 s: 1
    0.13 s: 1
    """
    with VideoFile(path) as video:
        yield from people_in(video.frames(), eyes, area_px=area_px)


def people_in(
    frames: Iterable[Frame], eyes: Eyes, *, area_px: int = CLOSE_AREA_PX
) -> Generator[tuple[Frame, list[Pose]], None, None]:
    """Yield frames with everybody in them, see ``poses_in_video``; closed before their film is."""

    def look(frame: Frame) -> list[Pose]:
        return look_closely(eyes, frame.image, area_px=area_px)

    return looked_at(frames, look, eyes.at_once)
