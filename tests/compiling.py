"""C++ for tests, compiled once for all workers of a run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


class NoCompiler(Exception):
    """It cannot be built here; the text says why."""


def compiled(source: Path, library: Path, *words: str, libraries: tuple[str, ...] = ()) -> Path:
    """Return the shared library, built where it does not lie there already."""
    if library.exists():
        return library
    compiler = os.environ.get("CXX") or shutil.which("g++")
    if compiler is None:
        raise NoCompiler("no g++ is installed")
    library.parent.mkdir(parents=True, exist_ok=True)
    part = library.with_name(f".{os.getpid()}-{library.name}")
    told = subprocess.run(
        [compiler, "-std=c++17", "-shared", "-fPIC", *words, "-o", str(part), str(source), *libraries],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if told.returncode != 0:
        raise NoCompiler(f"{compiler} cannot build {source.name}: {told.stderr[:2000]}")
    part.replace(library)
    return library
