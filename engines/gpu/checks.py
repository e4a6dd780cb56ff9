"""What both device layers check: spans before a call, arguments, the driver's answer after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.gpu.device import GpuError

if TYPE_CHECKING:
    from kpopdance.engines.gpu.device import Arg, Memory, PinnedMemory

CLOSED: Final = "the GPU was given back; open the device again"
GIVEN_BACK: Final = "this memory is not the device's, or was given back before"

_MEMORY = "close other programs that use the GPU, or play without it"
_LOST = "the GPU is lost to this program; start the game again, and the computer if that fails"
_DRIVER = "update the NVIDIA driver"
_NO_GPU = "check that the GPU is plugged in and that CUDA_VISIBLE_DEVICES does not hide it"
_FAULT = "a mistake in the game; please report it. " + _LOST
_KERNELS = "the GPU's kernels do not fit this GPU or driver; update the driver"

ADVICE: Final = {
    "CUDA_ERROR_OUT_OF_MEMORY": ("out of memory", _MEMORY),
    "CUDA_ERROR_ILLEGAL_ADDRESS": ("an illegal memory access was encountered", _FAULT),
    "CUDA_ERROR_LAUNCH_FAILED": ("unspecified launch failure", _FAULT),
    "CUDA_ERROR_LAUNCH_TIMEOUT": ("the launch timed out and was terminated", _LOST),
    "CUDA_ERROR_UNKNOWN": ("unknown error", _LOST),
    "CUDA_ERROR_DEVICE_UNAVAILABLE": (
        "CUDA-capable device(s) is/are busy or unavailable",
        "another program keeps the GPU to itself, or it is lost; start the game again",
    ),
    "CUDA_ERROR_ECC_UNCORRECTABLE": ("uncorrectable ECC error encountered", _LOST),
    "CUDA_ERROR_NO_DEVICE": ("no CUDA-capable device is detected", _NO_GPU),
    "CUDA_ERROR_INVALID_DEVICE": ("invalid device ordinal", _NO_GPU),
    "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER": (
        "API call is not supported in the installed CUDA driver", _DRIVER),
    "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH": (
        "system has unsupported display driver / cuda driver combination", _DRIVER),
    "CUDA_ERROR_UNSUPPORTED_PTX_VERSION": (
        "the provided PTX was compiled with an unsupported toolchain.", _KERNELS),
    "CUDA_ERROR_NO_BINARY_FOR_GPU": (
        "no kernel image is available for execution on the device", _KERNELS),
    "CUDA_ERROR_INVALID_IMAGE": ("device kernel image is invalid", _KERNELS),
}  # fmt: skip
"""By the error's name: the driver's words for it, which pycuda tells alone, and what to do."""


def refused(call: str, name: str) -> GpuError:
    """Return the error for a driver's call that answered with the CUDA error of this name."""
    _, todo = ADVICE.get(name, ("", ""))
    return GpuError(
        f"the GPU's driver answers {call} with {name}" + (f"; {todo}" if todo else "")
    )


def refused_in_words(told: str) -> GpuError:
    """Return the error for pycuda's ``CALL failed: WORDS``; words nobody knows stay as told."""
    call, _, words = told.partition(" failed: ")
    names = [name for name, (known, _) in ADVICE.items() if words.startswith(known)]
    return refused(call, names[0]) if names else GpuError(f"the GPU's driver answers: {told}")


def as_32_bits(arg: Arg) -> np.int32 | np.float32:
    """Return a kernel's number as it is passed; OverflowError where an int has no 32 bits."""
    return np.float32(arg) if isinstance(arg, float | np.floating) else np.int32(arg)


def check_span(gpu: Memory, offset: int, pinned: PinnedMemory, nbytes: int) -> None:
    """Refuse a copy that would leave either side's memory: the driver finds few of them."""
    if min(offset, nbytes) < 0 or offset + nbytes > gpu.nbytes or nbytes > pinned.array.nbytes:
        raise ValueError(
            f"a copy of {nbytes} bytes at offset {offset} leaves the GPU's {gpu.nbytes}"
            f" or the pinned {pinned.array.nbytes}"
        )
