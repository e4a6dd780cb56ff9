"""What the commands that write networks share: errors in one sentence, and what was written."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAKERS: Final = {"onnx": "the onnx package", "flatbuffers": "the flatbuffers package"}
"""Modules that only makers install."""


class GraphError(Exception):
    """The file is not the graph a command converts; the text says what is wrong."""


def run(convert: Callable[[], dict[Path, bytes]], source: Path, takes: str) -> int:
    """Convert, print the sha256 of each file read or written, and return the exit code.

    2 with one sentence on bad input: ``source`` and what the command ``takes`` instead.
    """
    try:
        files = convert()
    except ModuleNotFoundError as why:
        if why.name not in MAKERS:
            raise
        print(f"{MAKERS[why.name]} is missing: pip install kpopdance[convert]", file=sys.stderr)
        return 2
    except GraphError as why:
        print(f"{source}: {why}; it takes {takes}", file=sys.stderr)
        return 2
    except OSError as why:
        print(f"{why.filename}: {why.strerror}; check the path", file=sys.stderr)
        return 2
    for path, content in files.items():
        print(f"{path}  sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


def read_whole(path: Path, most: int) -> bytes:
    """Return a file's bytes; raises GraphError where they are more than ours could be."""
    size = path.stat().st_size
    if size > most:
        raise GraphError(f"is another graph ({path.name} has {size} bytes, over {most})")
    return path.read_bytes()
