"""A pack's choreography, or only how large it is; everything is checked before it is believed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.tongues import _
from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.library.arrays import arrays_in, glance
from kpopdance.realtime.library.songpack import SongPackError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MAX_ARRAY_BYTES: Final = 256 * 1024 * 1024
ARRAYS: Final = ("joints", "steps", "fps", "start_s", "floor", "there")
GRID: Final = 2048.0
"""Parts of a picture's height that ``steps`` are told in."""
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
        name, shape, small = glance(path, ("joints", "steps"), ("fps", "start_s"))
        dancers, *_others, rows = shape if name == "steps" else shape[:2]
        fps, start_s = float(small["fps"]), float(small.get("start_s", 0.0))
    usual = 1 <= dancers <= MAX_MEMBERS and rows >= 2 and 5 <= fps <= 240
    if not (usual and abs(start_s) <= MAX_START_S):
        raise SongPackError(
            _(
                "{path}: has {dancers} members and {rows} rows, {fps:g} a second; record it again",
                path=path,
                dancers=dancers,
                rows=rows,
                fps=fps,
            )
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
        joints = _joints_of(arrays["steps"]) if "steps" in arrays else arrays["joints"]
        fps, start_s = float(arrays["fps"]), float(arrays.get("start_s", 0.0))
    if joints.dtype != np.float32 or joints.ndim != 4 or joints.shape[2:] != (18, 3):
        raise SongPackError(
            _(
                "{path}: joints are {dtype} {shape}, not float32 (members, T, 18, 3); record it again",
                path=path,
                dtype=joints.dtype,
                shape=joints.shape,
            )
        )
    if not 1 <= joints.shape[0] <= MAX_MEMBERS or joints.shape[1] < 2:
        raise SongPackError(
            _(
                "{path}: has {members} members and {rows} rows; record it again",
                path=path,
                members=joints.shape[0],
                rows=joints.shape[1],
            )
        )
    _check_numbers(path, joints, fps, start_s)
    if joints.shape[1] > MAX_LENGTH_S * fps:
        raise SongPackError(
            _("{path}: is longer than two hours; record a part of it", path=path)
        )
    members = tuple(Choreography(member.copy(), fps, start_s) for member in joints)
    return members, _formation(path, arrays, joints.shape[:2])


def steps_of(joints: NDArray[np.float32]) -> NDArray[np.int16] | None:
    """Return joints (members, T, 18, 3) as steps that give back the very same, None where none do.

    Those do whose joints are all sure and lie on the grid, as a computed dance's may: int16
    (members, 18, 2, T), in time the differences of the differences of x and y. They take a third of the
    room.
    """
    places = joints[..., :2].astype(np.float64) * GRID
    if not ((joints[..., 2] == 1).all() and (places == np.round(places)).all()):
        return None
    steps = np.diff(np.diff(places, axis=1, prepend=0), axis=1, prepend=0)
    if np.abs(steps).max() > np.iinfo(np.int16).max:
        return None
    return np.ascontiguousarray(steps.transpose(0, 2, 3, 1)).astype(np.int16)


def _joints_of(steps: NDArray[Any]) -> NDArray[np.float32]:
    """Return float32 (members, T, 18, 3) of their steps."""
    if steps.dtype != np.int16 or steps.ndim != 4 or steps.shape[1:3] != (18, 2):
        raise ValueError(
            f"steps are {steps.dtype} {steps.shape}, not int16 (members, 18, 2, T)"
        )
    if steps.size // 2 * 3 * np.float32().nbytes > MAX_ARRAY_BYTES:
        raise ValueError(f"it unpacks to more than {MAX_ARRAY_BYTES >> 20} MiB")
    places = steps.cumsum(axis=-1, dtype=np.int32)
    np.cumsum(places, axis=-1, out=places)
    joints = np.ones((len(steps), steps.shape[-1], 18, 3), np.float32)
    joints[..., :2] = places.transpose(0, 3, 1, 2)
    joints[..., :2] /= np.float32(GRID)
    return joints


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
            _(
                "{path}: tells where {standing} stand, and {dancing} dance; record it again",
                path=path,
                standing=formation.there.shape,
                dancing=shape,
            )
        )
    known = formation.floor[~np.isnan(formation.floor)]
    if len(known) and not np.abs(known).max() <= MAX_AWAY:
        raise SongPackError(
            _("{path}: somebody stands far off the stage; record it again", path=path)
        )
    return formation


def _check_numbers(path: Path, joints: NDArray[np.float32], fps: float, start_s: float) -> None:
    if not (5 <= fps <= 240 and abs(start_s) <= MAX_START_S):
        raise SongPackError(
            _(
                "{path}: fps is {fps}, start_s {start_s}; record it again",
                path=path,
                fps=fps,
                start_s=start_s,
            )
        )
    confidence = joints[..., 2]
    seen = confidence > 0
    if not np.isfinite(confidence).all() or (confidence < 0).any() or (confidence > 1).any():
        raise SongPackError(
            _("{path}: confidences must lie in 0..1; record it again", path=path)
        )
    xy = joints[..., :2][seen]
    if not np.isfinite(xy).all():
        raise SongPackError(
            _("{path}: seen joints have places that are NaN; record it again", path=path)
        )
    if len(xy) and np.abs(xy).max() > 100:
        raise SongPackError(
            _("{path}: joints lie far off the stage; record it again", path=path)
        )
    if not seen.any():
        raise SongPackError(_("{path}: nobody is seen in it; record it again", path=path))


@contextmanager
def _damage_of(path: Path) -> Iterator[None]:
    try:
        yield
    except KeyError as why:
        raise SongPackError(
            _("{path}: lacks {why}; record it again", path=path, why=why)
        ) from None
    except (ValueError, TypeError) as why:
        raise SongPackError(
            _("{path}: {why}; copy or record it again", path=path, why=why)
        ) from None
