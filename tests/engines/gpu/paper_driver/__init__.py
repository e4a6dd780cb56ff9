"""A stand-in for NVIDIA's driver, for programs that run in a process of their own.

Three lines for a test of whatever speaks to a GPU::

    env = paper_driver.build(tmp_path, kernels=cpu_shim.build_library(tmp_path))
    ran = subprocess.run([sys.executable, "-c", PROGRAM], env=env, cwd=tmp_path, check=False)
    assert ran.returncode == 0

In that process ``Paper()`` tells what the driver saw and makes its calls fail. What it checks and
what it reads from the environment stands at the top of ``driver.cpp``.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from tests.compiling import compiled

HERE = Path(__file__).parent
ROOT = HERE.parents[3]
NAME = "libcuda.so.1"


def build(folder: Path, *, kernels: Path | None = None) -> dict[str, str]:
    """Return the environment of a process that finds the paper driver, built into the folder once.

    ``kernels`` is the library with the kernels, as ``driver.cpp`` describes it. The environment's
    ``PYTHONPATH`` begins with this repository.
    """
    compile_library(HERE / "driver.cpp", folder / NAME, f"-Wl,-soname,{NAME}")
    first = {"LD_LIBRARY_PATH": str(folder), "PYTHONPATH": str(ROOT)}
    env = os.environ | {
        name: os.pathsep.join([path, *filter(None, [os.environ.get(name)])])
        for name, path in first.items()
    }
    if kernels is not None:
        env["PAPER_KERNELS"] = str(kernels)
    return env


def compile_library(source: Path, library: Path, *extra: str) -> Path:
    """Return the shared library, built from one C++ file where it does not lie there already."""
    words = ("-O1", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden", *extra)
    return compiled(source, library, *words, libraries=("-ldl",))


class Paper:
    """The paper driver that this process found."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(NAME)
        for name in (
            "paper_calls",
            "paper_last",
            "paper_live",
            "paper_leaked",
            "paper_current",
        ):
            getattr(self._library, name).restype = ctypes.c_long

    def fail(self, call: str, error: int, *, after: int = 0) -> None:
        """Let a call fail with a CUDA error from its call number ``after`` on; 0 heals it."""
        self._library.paper_fail(call.encode(), error, after)

    def calls(self, call: str) -> int:
        """Return how often a call was made; names without ``_v2``."""
        return self._library.paper_calls(call.encode())

    def last(self, call: str) -> int:
        """Return when a call was made for the last time, counted in calls of any name."""
        return self._library.paper_last(call.encode())

    def live(self, kind: str = "all") -> int:
        """Return how many things of a kind have not been given back."""
        return self._library.paper_live(kind.encode())

    def leaked(self) -> int:
        """Return how many things were left when the last hold on the GPU was given back."""
        return self._library.paper_leaked()

    def current(self) -> int:
        """Return how many contexts this thread still holds."""
        return self._library.paper_current()
