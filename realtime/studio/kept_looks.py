"""What was seen of a film so far, kept on the disk piece by piece while it is being looked at.

A film takes minutes to look at. Whatever ends the work, no more than ``EVERY_S`` of it is lost: the
next time the same film is looked at with the same networks, it goes on where it stopped, and gives
what it would have given without a break. When the song is written the pieces are removed; those of
films that nobody came back to go with the oldest.
"""

from __future__ import annotations

import hashlib
import shutil
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.files import appearing
from kpopdance.realtime.library.arrays import arrays_in
from kpopdance.realtime.pose.sightings import SCENERY, SEAMS, Sightings, in_a_row

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

EVERY_S: Final = 3.0  # of work; what comes to an end a little later is kept
LOOKS: Final = 3
"""The number of the way of looking: one more when the same film may be seen otherwise."""
MOST_PIECES: Final = 100_000
MOST_BYTES: Final = 1 << 28
MOST_FILMS: Final = 20
OF_SIGHTINGS: Final = ("rows", "joints", "colours", "worn", "traced")
"""What has a row for each of them; all else but the size has one for each picture."""
SHAPES: Final[dict[str, tuple[type, tuple[int, ...]]]] = {
    "size": (np.int64, ()), "at_s": (np.float64, ()), "whole": (np.bool_, ()),
    "scenery": (np.uint8, SCENERY), "moved": (np.float32, (2, 3)),
    "seams": (np.uint8, SEAMS),
    "rows": (np.int64, ()), "joints": (np.float32, (18, 3)),
    "colours": (np.uint8, (10, 5, 3)), "worn": (np.bool_, (10,)), "traced": (np.bool_, ()),
}  # fmt: skip


class KeptLooks:
    """The pieces of one film, in a folder of their own; ``now`` is the host's clock."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self.folder = folder
        self._now = now
        self._next = 0
        self._kept_s = now()

    @property
    def due(self) -> bool:
        """Whether it is time to keep what was seen since the last piece."""
        return self._now() - self._kept_s >= EVERY_S

    def so_far(self) -> Sightings | None:
        """Return what is kept, up to the first piece that is missing or damaged; None: nothing."""
        pieces: list[Sightings] = []
        for number in range(MOST_PIECES):
            try:
                piece = _read(self._path(number))
            except (OSError, ValueError, KeyError):
                break
            if pieces and not piece.at_s[0] > pieces[-1].at_s[-1]:
                break
            pieces.append(piece)
        self._next = len(pieces)
        return in_a_row(pieces) if pieces else None

    def add(self, piece: Sightings) -> Sightings:
        """Keep what was seen next, and return it. A disk that is full costs nothing but that."""
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with appearing(self._path(self._next)) as part, part.open("wb") as file:
                np.savez(file, **{name: getattr(piece, name) for name in SHAPES})
            self._next += 1
        self._kept_s = self._now()
        return piece

    def remove(self) -> None:
        """Forget the film: its song is written."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.npz"


def looks_of(film: Path, networks: str, cache: Path, now: Callable[[], float]) -> KeptLooks:
    """Return what is kept of a film that these networks look at, in a cache folder."""
    told = hashlib.blake2b(f"{LOOKS} {networks}".encode(), digest_size=16)
    with film.open("rb") as file:
        told.update(hashlib.file_digest(file, "blake2b").digest())
    place = cache / "looks"
    _thin_out(place)
    return KeptLooks(place / told.hexdigest(), now)


def _thin_out(place: Path) -> None:
    """Leave the films that were looked at last."""
    with suppress(OSError):
        films = [path for path in place.iterdir() if path.is_dir() and not path.is_symlink()]
        films.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in films[MOST_FILMS:]:
            shutil.rmtree(old, ignore_errors=True)


def _read(path: Path) -> Sightings:
    """Return one piece. ValueError, KeyError where it is damaged, OSError where there is none."""
    arrays = arrays_in(path, [field.name for field in fields(Sightings)], MOST_BYTES)
    pictures, seen = len(arrays["at_s"]), len(arrays["rows"])
    for name, (dtype, shape) in SHAPES.items():
        count = {"size": 2}.get(name, seen if name in OF_SIGHTINGS else pictures)
        _check(arrays[name], dtype, (count, *shape))
    rows, at_s = arrays["rows"], arrays["at_s"]
    if not pictures or (np.diff(at_s) <= 0).any() or not np.isfinite(at_s).all():
        raise ValueError("its seconds do not rise")
    if seen and (rows[0] < 0 or rows[-1] >= pictures or (np.diff(rows) < 0).any()):
        raise ValueError("somebody is in none of its pictures")
    return Sightings(**arrays)


def _check(array: NDArray[Any], dtype: type, shape: tuple[int, ...]) -> None:
    if array.dtype != dtype or array.shape != shape:
        raise ValueError(f"is {array.dtype} {array.shape}, not {np.dtype(dtype)} {shape}")
