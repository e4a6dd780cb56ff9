"""Arrays of a file that anybody may have made: bounded before anything is unpacked, never a pickle."""

from __future__ import annotations

import io
import math
import tokenize
import warnings
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.lib import format as npy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

MOST_ENTRIES: Final = 32
ENTRY: Final = b"PK\x01\x02"  # begins each entry of a zip's directory
ENCRYPTED: Final = 1  # flag of a zip's entry
DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, tokenize.TokenError, ValueError, TypeError, EOFError, LookupError,
    NotImplementedError, RuntimeError, SyntaxError, OverflowError, MemoryError,
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
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(content)) as packed:
            warnings.simplefilter("error")  # numpy warns of headers that it guesses at
            _check(packed, most_bytes)
            held = set(packed.namelist())
            return {name: _array(packed, name) for name in names if f"{name}.npy" in held}
    except DAMAGE as why:
        raise ValueError(f"is damaged ({str(why) or type(why).__name__:.80})") from None


def _check(packed: zipfile.ZipFile, most_bytes: int) -> None:
    entries = packed.infolist()
    if len({entry.filename for entry in entries}) != len(entries):
        raise ValueError("it holds two arrays of one name")
    if sum(entry.file_size for entry in entries) > most_bytes:
        raise ValueError(f"it unpacks to more than {most_bytes >> 20} MiB")
    plain = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(e.compress_type not in plain or e.flag_bits & ENCRYPTED for e in entries):
        raise ValueError("it is packed in a strange way")


def _array(packed: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Return one array; its header may claim no more than is there."""
    entry = packed.getinfo(f"{name}.npy")
    content = io.BytesIO(packed.read(entry))
    wide = npy.read_magic(content) != (1, 0)
    read_header = npy.read_array_header_2_0 if wide else npy.read_array_header_1_0
    shape, _, dtype = read_header(content)
    if min(shape, default=1) < 0 or math.prod(shape) * dtype.itemsize > entry.file_size:
        raise ValueError(f"{name} claims {shape} numbers")
    content.seek(0)
    return np.asarray(npy.read_array(content, allow_pickle=False))
