"""Memory that is not needed any more goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
LARGE_BYTES: Final = 8 << 20
"""A song's sound has 27 MB, a picture in full HD 6."""
ARENAS: Final = 4


def give_memory_back() -> None:
    """Let glibc give large blocks back when they are freed; elsewhere the system's library does.

    By itself it keeps them: once one was freed, all up to its size are cut out of a heap, of which
    each thread has its own, and stay there below whatever small block was made after them. A
    dozen threads that free 40 MB each keep 520 MB so (see mallopt(3), M_MMAP_THRESHOLD).
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and keeps nothing
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        mallopt(M_ARENA_MAX, ARENAS)
