"""What the runtimes are tried on: three pictures of a drawn dancer, and how joints are seen in them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.ports import CloseVision, PersonVision, UprightVision, Vision
from kpopdance.engines.trials import Trial
from kpopdance.realtime.devices.host_clock import PerfClock, thread_s
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.watcher import seen_closely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Pose

DANCED_S: Final = (33.0, 35.5, 38.0)  # of the bundled song: arms up, to the side, low
CROP_PX: Final = 256


def trial(between: Callable[[], None]) -> Trial:
    """Return what the runtimes are tried with; ``between`` is called before each look."""
    return Trial(cache(pictures), seen, PerfClock().now, thread_s, between)


def pictures() -> list[NDArray[np.uint8]]:
    """Return uint8 (480, 640, 3) BGR pictures of a drawn dancer."""
    from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
    from kpopdance.realtime.devices.drawn_person import OUTFITS
    from kpopdance.realtime.devices.drawn_picture import DrawnRoom
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.songpack import BUNDLED

    song = load_pack(BUNDLED / "neon-steps")
    dancer = DrawnDancer(song.members[song.lead])
    room = DrawnRoom(dancer.picture)
    drawn = [dancer.joints(at_s) for at_s in DANCED_S]
    return [room.take([(joints, OUTFITS[0])]) for joints in drawn if joints is not None]


def seen(eye: Vision | CloseVision, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the joints (18, 3) of the dancer as a network alone sees them: x px, y px, confidence."""
    height, width = picture.shape[:2]
    middle = ((width - height) / 2, 0.0, (width + height) / 2, float(height))
    if isinstance(eye, PersonVision | UprightVision):
        return seen_closely(eye, picture, middle).joints
    maps = eye.see(picture, region=middle, size=(CROP_PX, CROP_PX))
    people: list[Pose] = assemble(maps)
    return people[0].joints if people else np.full((18, 3), np.nan, np.float32)
