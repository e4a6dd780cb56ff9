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

import atexit
import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
KERNELS = Path(__file__).parents[4] / "engines" / "gpu" / "kernels.cu"
FLAGS = ("-std=c++17", "-O2", "-ffp-contract=off", "-U_FORTIFY_SOURCE", "-shared", "-fPIC")
ORDERS = {"forward": (0, 0), "reverse": (1, 0), "shuffled": (2, 20), "shuffled again": (2, 26)}
Grid = tuple[int, int, int]


class NoCompiler(Exception):
    """The kernels cannot be built for the CPU here; the text says why."""


@cache
def build_library(kernels: Path = KERNELS, *, extra: tuple[str, ...] = ()) -> Path:
    """Return the shared library, built once in this process; ``extra`` are compiler's options."""
    compiler = os.environ.get("CXX") or shutil.which("g++")
    if compiler is None:
        raise NoCompiler("no g++ is installed: the kernels cannot run on the CPU")
    library = Path(tempfile.mkdtemp(prefix="kernels-on-the-cpu-")) / "kernels.so"
    atexit.register(shutil.rmtree, library.parent, ignore_errors=True)
    told = subprocess.run(
        [compiler, *FLAGS, *extra, f'-DSHIM_KERNELS="{kernels.resolve()}"', f"-I{HERE}",
         str(HERE / "shim.cpp"), "-o", str(library)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode != 0:
        raise NoCompiler(f"{compiler} cannot build the kernels: {told.stderr[:2000]}")
    return library


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
