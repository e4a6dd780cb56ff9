"""Which NVIDIA GPU there is, asked of the driver itself before any heavier library is woken.

TensorRT's lean runtime dies where the driver is missing, so ``cuInit`` is asked first. Names and
numbers are those of the CUDA driver API (cuda.h, sections 6.1 to 6.6 of its manual).
"""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Final

from kpopdance.engines.errors import NetworkError, NotHere

LIBRARY: Final = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
CAPABILITY_MAJOR, CAPABILITY_MINOR = 75, 76  # CUdevice_attribute
NO_DEVICE: Final = 100  # CUDA_ERROR_NO_DEVICE
NO_GPU: Final = (
    "the NVIDIA driver sees no GPU; check that it is plugged in and that CUDA_VISIBLE_DEVICES does "
    "not hide it"
)


class NoDriver(NotHere):
    """There is no NVIDIA driver: most likely no NVIDIA GPU either, and none is needed."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """The first GPU: its name, compute capability ("8.6") and the driver's CUDA version ("13.0")."""

    name: str
    capability: str
    driver: str


def probe_gpu() -> Gpu:
    """Return the first GPU.

    Raises
    ------
    NoDriver
        Where there is no driver.
    NetworkError
        Where the driver answers with an error or sees no GPU.
    """
    try:
        cuda = ctypes.CDLL(LIBRARY)
    except OSError:
        raise NoDriver(
            f"no NVIDIA driver is installed ({LIBRARY} is missing); install the driver"
        ) from None
    _ask(cuda, "cuInit", 0)
    version, count, device = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    _ask(cuda, "cuDriverGetVersion", ctypes.byref(version))
    _ask(cuda, "cuDeviceGetCount", ctypes.byref(count))
    if count.value < 1:
        raise NetworkError(NO_GPU)
    _ask(cuda, "cuDeviceGet", ctypes.byref(device), 0)
    name = ctypes.create_string_buffer(128)
    _ask(cuda, "cuDeviceGetName", name, len(name), device)
    parts = []
    for attribute in (CAPABILITY_MAJOR, CAPABILITY_MINOR):
        part = ctypes.c_int()
        _ask(cuda, "cuDeviceGetAttribute", ctypes.byref(part), attribute, device)
        parts.append(str(part.value))
    driver = f"{version.value // 1000}.{version.value % 1000 // 10}"
    return Gpu(name.value.decode(errors="replace"), ".".join(parts), driver)


def _ask(cuda: ctypes.CDLL, what: str, *args: object) -> None:
    code = int(getattr(cuda, what)(*args))
    if code == NO_DEVICE:
        raise NetworkError(NO_GPU)
    if code != 0:
        raise NetworkError(f"the NVIDIA driver answers {what} with error {code}; update it")
