"""Arrays of a file that anybody may have made: bounded before anything is unpacked, never a pickle."""

from __future__ import annotations

import io
import math
import tokenize
import warnings
import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
from numpy.lib import format as npy

from kpopdance.engines.one_reader import ONE_READER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MOST_ENTRIES: Final = 32
SMALL_BYTES: Final = 4096
TAIL_BYTES: Final = 128 * 1024  # where a zip's directory lies
ENTRY: Final = b"PK\x01\x02"  # begins each entry of a zip's directory
ENCRYPTED: Final = 1  # flag of a zip's entry
DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, tokenize.TokenError, ValueError, TypeError, EOFError, LookupError,
    NotImplementedError, RuntimeError, SyntaxError, OverflowError, MemoryError, Warning,
)  # fmt: skip
"""What zipfile and numpy raise on damaged files."""


def arrays_in(path: Path, names: Sequence[str], most_bytes: int) -> dict[str, NDArray[Any]]:
    """Return those of the named arrays that a file of numpy's (npz) holds.

    Parameters
    ----------
    path : Path
        The file.
    names : sequence of str
        Which arrays; others are not looked at.
    most_bytes : int
        Of the file, and of all that it unpacks to.

    Raises
    ------
    ValueError
        Where it is damaged, too large or none; it says why, without the path. OSError where it
        cannot be read.
    """
    if path.exists() and not path.is_file():
        raise ValueError("is no file")
    with path.open("rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes or content.count(ENTRY) > MOST_ENTRIES:
        raise ValueError(f"holds more than {most_bytes >> 20} MiB or {MOST_ENTRIES} arrays")
    with _damage_told(), zipfile.ZipFile(io.BytesIO(content)) as packed:
        _check(packed, most_bytes)
        held = set(packed.namelist())
        return {name: _array(packed, name) for name in names if f"{name}.npy" in held}


def glance(
    path: Path, names: Sequence[str], small: Sequence[str]
) -> tuple[str, tuple[int, ...], dict[str, NDArray[Any]]]:
    """Return which of some arrays is there, the shape that it claims, and small ones whole.

    The large one is not unpacked.

    Raises
    ------
    ValueError
        As ``arrays_in``.
    """
    with path.open("rb") as file, _damage_told():
        file.seek(max(0, file.seek(0, io.SEEK_END) - TAIL_BYTES))
        if file.read().count(ENTRY) > MOST_ENTRIES:
            raise ValueError(f"it holds more than {MOST_ENTRIES} arrays")
        with zipfile.ZipFile(file) as packed:
            held = set(packed.namelist())
            _check(packed, math.inf)
            there = [one for one in small if f"{one}.npy" in held]
            if any(packed.getinfo(f"{one}.npy").file_size > SMALL_BYTES for one in there):
                raise ValueError("it has large arrays for small ones")
            name = next((one for one in names if f"{one}.npy" in held), None)
            if name is None:
                raise ValueError(f"it lacks {names[0]}")
            with packed.open(f"{name}.npy") as stream:
                shape = _header(stream)[0]
            return name, shape, {one: _array(packed, one) for one in there}


@contextmanager
def _damage_told() -> Iterator[None]:
    """Turn whatever zipfile and numpy raise on damage into a ValueError that says so."""
    try:
        with ONE_READER, warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy warns of headers that it guesses at
            yield
    except DAMAGE as why:
        raise ValueError(f"is damaged ({str(why) or type(why).__name__:.80})") from None


def _check(packed: zipfile.ZipFile, most_bytes: float) -> None:
    entries = packed.infolist()
    if len({entry.filename for entry in entries}) != len(entries):
        raise ValueError("it holds two arrays of one name")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise ValueError(f"it unpacks to more than {most_bytes / 2**20:.0f} MiB")
    plain = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(e.compress_type not in plain or e.flag_bits & ENCRYPTED for e in entries):
        raise ValueError("it is packed in a strange way")


def _array(packed: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Return one array; its header may claim no more than is there."""
    entry = packed.getinfo(f"{name}.npy")
    content = io.BytesIO(packed.read(entry))
    shape, dtype = _header(content)
    if min(shape, default=1) < 0 or math.prod(shape) * dtype.itemsize > entry.file_size:
        raise ValueError(f"{name} claims {shape} numbers")
    content.seek(0)
    return np.asarray(npy.read_array(content, allow_pickle=False))


def _header(content: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    wide = npy.read_magic(content) != (1, 0)
    read_header = npy.read_array_header_2_0 if wide else npy.read_array_header_1_0
    shape, _, dtype = read_header(content)
    return shape, dtype
