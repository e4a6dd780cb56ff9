"""The game's own GPU kernels: what they take and give, and the built file that holds them.

``kernels.cu`` does for several crops at once what ``engines/vision.py`` does before a network and
``realtime/pose/skeletons.py``, ``one_person.py`` and ``upright_person.py`` do behind it. Each kernel
comes as ``_f32`` and ``_f16``, by the type of the network's tensors (T); all other numbers are 32
bits. Sizes are counts of px or cells; N crops are one launch.

``letterbox`` (picture, picture_width, picture_height, crops, out, width, height)
    From a picture uint8 (H, W, 3) BGR without gaps and ``CROP`` (N,) to T (N, 3, height, width),
    BGR planes of whole levels 0..255, black where a crop paints nothing. A cut that is empty,
    leaves the picture or would be thinner than one px paints nothing. Shrinks by OpenCV's
    INTER_AREA, enlarges by its INTER_LINEAR, each in one step.
``upright`` (picture, picture_width, picture_height, turns, out, width, height)
    The same of turned squares: ``TURN`` (N,) instead of ``CROP``. What is left after halving holds
    the rounded means of blocks, of up to 4096x4096 px; between its px it is linear, and black outside.
    OpenCV rounds in each halving; else it is INTER_AREA and warpAffine.
``peaks`` (heat, joints, height, width, threshold, peaks, counts)
    From T (N, joints + 1, height, width), the last map the background, to float32
    (N, joints, 64, 3): x and y in cells and the height of each joint's peaks in reading order, 0
    behind the last; and int32 (N, joints), how many. A joint with more than 64 keeps the highest.
    Of more than 2048 the first 2048 in reading order are looked at: such a map is noise. Maps are
    3 cells high and wide or more.
``pairs`` (limb, channels, height, width, peaks, counts, limbs, joints, limb_count, found)
    From part affinities T (N, channels, height, width), what ``peaks`` gave and ``LIMB``
    (limb_count,) to ``FOUND`` (N,): all peaks joint by joint, and for every pair of a limb's peaks
    the strength and how many of 10 samples support it; after Cao et al. (arXiv:1812.08008),
    section 3. Pairs are ordered by limb, start, end. What does not fit is left out: ``counts``
    tells how many there are. Behind the last one nothing is written.
``person`` (centre, heat, regression, offset, height, width, joints)
    From a top-down network's T (N, 1, height, width), (N, 17, ...), (N, 34, ...) and (N, 34, ...)
    to float32 (N, 17, 3): x and y in cells, with the offset, and the height of each joint of the
    one person; after Zhou et al. (arXiv:1904.07850), section 5.
``points`` (points, heat, height, width, joints)
    From BlazePose's points T (N, 34), px of the input, and heat T (N, 17, height, width) to what
    ``person`` gives: each point moved to the heat's centre in 7x7 cells around it, and the highest
    heat there; it stays where there is none.

The limits on joints and limbs are the tables a block holds, see ``MAX_JOINTS`` and ``MAX_LIMBS``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import numpy as np

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.sidecar import digest
from kpopdance.engines.maps import PERSON_HEAT

SOURCE: Final = Path(__file__).with_name("kernels.cu")
FATBIN: Final = SOURCE.with_suffix(".fatbin")
FACTS: Final = SOURCE.with_suffix(".json")

MAX_PEAKS: Final = 64  # of one joint
MAX_CANDIDATES: Final = 2048  # of one joint, from which the highest are taken
MAX_JOINTS: Final = 32
MAX_LIMBS: Final = 32
FOUND_PEAKS: Final = 512  # of one crop
FOUND_PAIRS: Final = 4096

CROP: Final = np.dtype([
    ("scale", "<f4"),
    ("cut_x", "<i4"), ("cut_y", "<i4"), ("cut_width", "<i4"), ("cut_height", "<i4"),
    ("paste_x", "<i4"), ("paste_y", "<i4"), ("unused", "<i4"),
])  # fmt: skip
"""Which px of the picture are cut, by how much they are enlarged, where in the input they begin."""

TURN: Final = np.dtype([
    ("from_x", "<f4", 3), ("from_y", "<f4", 3),
    ("cut_x", "<i4"), ("cut_y", "<i4"), ("cut_width", "<i4"), ("cut_height", "<i4"),
    ("halvings", "<i4"), ("left_width", "<i4"), ("left_height", "<i4"),
])  # fmt: skip
"""Which px are cut, how often they are halved, what is left then; which px of it one of the input is."""

LIMB: Final = np.dtype([("start", "<i4"), ("end", "<i4"), ("x", "<i4"), ("y", "<i4")])
"""A limb's two joints and its two affinity maps."""

FOUND: Final = np.dtype([
    ("counts", "<i4", MAX_JOINTS), ("peaks", "<f4", (FOUND_PEAKS, 3)),
    ("strength", "<f4", FOUND_PAIRS), ("support", "u1", FOUND_PAIRS),
])  # fmt: skip
"""What one crop's maps hold: peaks of each joint; x, y in cells and height; pairs of peaks."""

Size3 = tuple[int, int, int]
TILE: Final[Size3] = (32, 8, 1)
"""Threads of a block of ``letterbox`` and ``upright``: one for each px."""
BLOCK: Final[Size3] = (256, 1, 1)
"""Threads of a block of all others."""

KERNELS: Final = tuple(
    f"{kernel}_{kind}"
    for kernel in ("letterbox", "upright", "peaks", "pairs", "person", "points")
    for kind in ("f32", "f16")
)


def cut_grid(crops: int, height: int, width: int) -> Size3:
    """Return the blocks that paint ``crops`` inputs."""
    return (-(-width // TILE[0]), -(-height // TILE[1]), crops)


def peaks_grid(crops: int, joints: int) -> Size3:
    """Return the blocks that look for peaks: one for each joint of each crop."""
    return (joints, crops, 1)


def pairs_grid(crops: int, limbs: int) -> Size3:
    """Return the blocks that measure pairs: one for each limb of each crop."""
    return (limbs, crops, 1)


def person_grid(crops: int) -> Size3:
    """Return the blocks that find a person: one for each joint of each crop."""
    return (PERSON_HEAT, crops, 1)


def read_kernels(fatbin: Path = FATBIN) -> bytes:
    """Return the built kernels, for ``Device.load_kernels``.

    Raises
    ------
    NetworkError
        Where the file or the facts beside it are missing or damaged.
    """
    try:
        image = fatbin.read_bytes()
        told = json.loads(fatbin.with_suffix(".json").read_text(encoding="utf-8"))
        expected = told["fatbin_sha256"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as why:
        raise NetworkError(
            f"{fatbin}: the GPU kernels cannot be read ({why}); install the game again"
        ) from None
    if digest(image) != expected:
        raise NetworkError(f"{fatbin}: the GPU kernels are damaged; install the game again")
    return image
