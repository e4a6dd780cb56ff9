"""The kernels on the CPU: kernels.cu compiled by a C++ compiler, a block's threads as fibers.

The library it builds speaks C, for whoever stands in for the CUDA driver::

    int shim_launch(const char* kernel, unsigned gx, unsigned gy, unsigned gz,
                    unsigned bx, unsigned by, unsigned bz, void** args);
    void shim_order(int kind, unsigned seed);
    int shim_arg_sizes(const char* kernel, int* sizes);

``args`` are pointers to the arguments' values, as cuLaunchKernel takes them. 0 means done, 1 an
unknown kernel, 2 threads that wait at different barriers, 3 an impossible block.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np

from tests.compiling import compiled

HERE = Path(__file__).parent
KERNELS = Path(__file__).parents[4] / "engines" / "gpu" / "kernels.cu"
FLAGS = ("-O2", "-ffp-contract=off", "-U_FORTIFY_SOURCE")
ORDERS = {"forward": (0, 0), "reverse": (1, 0), "shuffled": (2, 20), "shuffled again": (2, 26)}
Grid = tuple[int, int, int]


def build_library(folder: Path) -> Path:
    """Return the shared library, built into a folder where it does not lie there already."""
    words = (*FLAGS, f'-DSHIM_KERNELS="{KERNELS.resolve()}"', f"-I{HERE}")
    return compiled(HERE / "shim.cpp", folder / "kernels.so", *words)


class Shim:
    """The library of the kernels, spoken to with arrays.

    Arrays pass as their addresses, so kernels write into them; int and float pass as 32 bits.
    """

    exact = True  # its logf is the C library's

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.shim_launch.argtypes = [ctypes.c_char_p, *[ctypes.c_uint] * 6,
                                              ctypes.POINTER(ctypes.c_void_p)]  # fmt: skip

    def order(self, name: str) -> None:
        """Choose the order of a block's threads for all launches from now on."""
        self._library.shim_order(*ORDERS[name])

    def launch(self, kernel: str, grid: Grid, block: Grid, args: list) -> None:
        """Run a kernel; RuntimeError tells what the library answered."""
        values = [_value(arg) for arg in args]
        pointers = (ctypes.c_void_p * len(values))(*[ctypes.addressof(v) for v in values])
        code = self._library.shim_launch(kernel.encode(), *grid, *block, pointers)
        if code != 0:
            reasons = {1: "it is unknown", 2: "its threads wait at different barriers"}
            raise RuntimeError(f"{kernel} did not run: {reasons.get(code, code)}")


def _value(arg: np.ndarray | float) -> ctypes._SimpleCData:
    if isinstance(arg, np.ndarray):
        return ctypes.c_void_p(arg.ctypes.data)
    return ctypes.c_float(arg) if isinstance(arg, float) else ctypes.c_int(arg)
