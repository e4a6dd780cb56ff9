"""A pack's choreography, or only how large it is; everything is checked before it is believed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.library.arrays import arrays_in, glance
from kpopdance.realtime.library.songpack import SongPackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MAX_ARRAY_BYTES: Final = 256 * 1024 * 1024
ARRAYS: Final = ("joints", "fps", "start_s", "floor", "there")
MAX_MEMBERS: Final = 24
MAX_START_S: Final = 36_000
MAX_LENGTH_S: Final = 7_200
MAX_AWAY: Final = 1_000.0
"""Body heights from the middle: nobody dances farther off."""


def extent_of(path: Path) -> tuple[int, float, float]:
    """Return how many dance in a choreography, and its first and last song second; it is not read.

    Raises
    ------
    SongPackError
        Where what it claims to be is none.
    """
    with _damage_of(path):
        shape, small = glance(path, "joints", ("fps", "start_s"))
        dancers, rows = shape[:2]
        fps, start_s = float(small["fps"]), float(small.get("start_s", 0.0))
    usual = 1 <= dancers <= MAX_MEMBERS and rows >= 2 and 5 <= fps <= 240
    if not (usual and abs(start_s) <= MAX_START_S):
        raise SongPackError(
            f"{path}: has {dancers} members and {rows} rows, {fps:g} a second; record it again"
        )
    return dancers, start_s, start_s + (rows - 1) / fps


def read_choreography(path: Path) -> tuple[tuple[Choreography, ...], Formation | None]:
    """Return what each member dances, and where they stand if the pack tells.

    Raises
    ------
    SongPackError
        For every kind of damage.
    """
    with _damage_of(path):
        arrays = arrays_in(path, ARRAYS, MAX_ARRAY_BYTES)
        joints = arrays["joints"]
        fps, start_s = float(arrays["fps"]), float(arrays.get("start_s", 0.0))
    if joints.dtype != np.float32 or joints.ndim != 4 or joints.shape[2:] != (18, 3):
        raise SongPackError(
            f"{path}: joints are {joints.dtype} {joints.shape}, not float32 (members, T, 18, 3); "
            "record it again"
        )
    if not 1 <= joints.shape[0] <= MAX_MEMBERS or joints.shape[1] < 2:
        raise SongPackError(
            f"{path}: has {joints.shape[0]} members and {joints.shape[1]} rows; record it again"
        )
    _check_numbers(path, joints, fps, start_s)
    if joints.shape[1] > MAX_LENGTH_S * fps:
        raise SongPackError(f"{path}: is longer than two hours; record a part of it")
    members = tuple(Choreography(member.copy(), fps, start_s) for member in joints)
    return members, _formation(path, arrays, joints.shape[:2])


def _formation(
    path: Path, arrays: dict[str, NDArray[Any]], shape: tuple[int, ...]
) -> Formation | None:
    """Return where the members of a pack of so many members and rows stand."""
    if "floor" not in arrays and "there" not in arrays:
        return None
    with _damage_of(path):
        formation = Formation(arrays["floor"].copy(), arrays["there"].copy())
    if formation.there.shape != shape:
        raise SongPackError(
            f"{path}: tells where {formation.there.shape} stand, and {shape} dance; record it again"
        )
    known = formation.floor[~np.isnan(formation.floor)]
    if len(known) and not np.abs(known).max() <= MAX_AWAY:
        raise SongPackError(f"{path}: somebody stands far off the stage; record it again")
    return formation


def _check_numbers(path: Path, joints: NDArray[np.float32], fps: float, start_s: float) -> None:
    if not (5 <= fps <= 240 and abs(start_s) <= MAX_START_S):
        raise SongPackError(f"{path}: fps is {fps}, start_s {start_s}; record it again")
    confidence = joints[..., 2]
    seen = confidence > 0
    if not np.isfinite(confidence).all() or (confidence < 0).any() or (confidence > 1).any():
        raise SongPackError(f"{path}: confidences must lie in 0..1; record it again")
    xy = joints[..., :2][seen]
    if not np.isfinite(xy).all():
        raise SongPackError(f"{path}: seen joints have places that are NaN; record it again")
    if len(xy) and np.abs(xy).max() > 100:
        raise SongPackError(f"{path}: joints lie far off the stage; record it again")
    if not seen.any():
        raise SongPackError(f"{path}: nobody is seen in it; record it again")


@contextmanager
def _damage_of(path: Path) -> Iterator[None]:
    try:
        yield
    except KeyError as why:
        raise SongPackError(f"{path}: lacks {why}; record it again") from None
    except (ValueError, TypeError) as why:
        raise SongPackError(f"{path}: {why}; copy or record it again") from None
