"""Kernels on a GPU, spoken to with arrays as the CPU's stand-in is."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from kpopdance.engines.gpu.devices import open_device
from kpopdance.engines.gpu.kernels import KERNELS, read_kernels


@dataclass
class _Inside:
    """A part of GPU memory, as a kernel's argument."""

    address: int
    nbytes: int


class GpuKernels:
    """The built kernels on the first GPU.

    Every array must lie between ``guard`` bytes of its own: those are copied to the GPU and back
    with it, so that a kernel that writes beyond is seen.
    """

    exact = False  # CUDA's logf is not the C library's

    def __init__(self, guard: int) -> None:
        self._guard = guard
        self._device = open_device()
        self._device.load_kernels(read_kernels(), KERNELS)
        self.label = self._device.label

    def order(self, name: str) -> None:
        """A GPU's threads run in its own order."""

    def launch(self, kernel: str, grid, block, args: list) -> None:
        device, held, values = self._device, [], []
        for arg in args:
            if not isinstance(arg, np.ndarray):
                values.append(arg)
                continue
            nbytes = arg.nbytes + 2 * self._guard
            host = np.ctypeslib.as_array(
                (ctypes.c_uint8 * nbytes).from_address(arg.ctypes.data - self._guard)
            )
            there, pinned = device.allocate(nbytes), device.pin(nbytes)
            pinned.array[:] = host
            device.upload(there, pinned, nbytes)
            held.append((host, there, pinned))
            values.append(_Inside(there.address + self._guard, arg.nbytes))
        device.launch(kernel, grid, block, values)
        for _, there, pinned in held:
            device.download(pinned, there, there.nbytes)
        device.synchronise()
        for host, there, pinned in held:
            host[:] = pinned.array
            device.free(there)
            device.free(pinned)

    def close(self) -> None:
        self._device.close()
