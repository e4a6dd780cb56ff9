"""What a command line may say: files, numbers, and one sentence for everything else."""

from __future__ import annotations

import argparse
import math
import os
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from kpopdance.engines.errors import DanceError

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMS: Final = ("NFC", "NFD")
MOST_SIGNS: Final = 600
"""Of argparse's words, which repeat what was typed."""


class CommandLineError(DanceError):
    """What was typed cannot be understood."""


class Parser(argparse.ArgumentParser):
    """Raises one sentence instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse found."""
        raise CommandLineError(f"{_shortened(message)}; see {self.prog} --help")


def understood(root: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """Return what was typed; without a command, as if the first that ``root`` has were typed."""
    words = list(words[1:] if words[:1] == ["--"] else words)
    try:
        args = root.parse_args(words)
        return args if hasattr(args, "command") else root.parse_args([*words, "play"])
    except CommandLineError as why:
        dashed = [word for word in words if word.startswith("-") and os.path.lexists(word)]
        if not dashed:
            raise
        raise CommandLineError(f"{why}; the file is written ./{dashed[0]}") from None


def a_file(text: str) -> Path:
    """Return a file to read, as the disk writes its name; it may be missing, but is no pipe."""
    path = _on_disk(Path(text))
    if text == "-" and not _is_there(path):
        raise argparse.ArgumentTypeError("standard input is not read; name a file")
    return _no_pipe(path)


def a_song(text: str) -> str:
    """Return a song's name, or the path of a folder or file, as the disk writes it."""
    return str(a_file(text))


def a_target(text: str) -> Path:
    """Return a file or folder to write."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; name a file or folder")
    return _no_pipe(Path(text))


def a_number(text: str) -> float:
    """Return a number that one can calculate with."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def a_span(text: str) -> tuple[float, float]:
    """Return from a number to another: 90-120, 90- (and more), or 90 alone."""
    least, dash, most = text.partition("-")
    low = a_number(least)
    high = a_number(most) if most else math.inf if dash else low
    if not 0 <= low <= high:
        raise ValueError(text)
    return low, high


a_span.__name__ = "span, such as 90-120 or 90-"
a_number.__name__ = "number"  # argparse says: invalid number value: 'nan'


def _no_pipe(path: Path) -> Path:
    if _is_there(path) and not (path.is_file() or path.is_dir()):
        raise argparse.ArgumentTypeError(
            f"{path} is a pipe or a device; write it to a file first, and name that"
        )
    return path


def _is_there(path: Path) -> bool:
    if "\0" in str(path):
        raise argparse.ArgumentTypeError("it holds a NUL, which no path does")
    try:
        return path.exists()
    except OSError as why:  # too long, or not to be looked at
        raise argparse.ArgumentTypeError(f"{path}: {why.strerror}; correct it") from None


def _on_disk(path: Path) -> Path:
    """Return the path, or the same in the normal form that the disk holds its Hangul in."""
    if _is_there(path):
        return path
    found = Path()
    for part in path.parts:
        other = (found / unicodedata.normalize(form, part) for form in FORMS)
        found = next(filter(_is_there, (found / part, *other)), found / part)
    return found if _is_there(found) else path


def _shortened(message: str) -> str:
    return message if len(message) <= MOST_SIGNS else message[:MOST_SIGNS] + " ..."
