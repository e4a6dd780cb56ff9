"""Files that appear whole or not at all, and what happens to damaged ones."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from itertools import count
from secrets import token_hex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)


def part_of(path: Path) -> Path:
    """Return a name beside the path, of the same kind, that no other program writes to."""
    return path.with_name(f".part-{token_hex(4)}{path.suffix}")


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Give a name to write to; the file then takes the path's place, or is gone after a failure."""
    part = part_of(path)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: Path, data: bytes | str) -> None:
    """Write beside the path, then rename; a failure (OSError) leaves what was there before."""
    with appearing(path) as part:
        part.write_bytes(data.encode() if isinstance(data, str) else data)


def set_aside(path: Path, why: Exception) -> None:
    """Rename a damaged file, so that nothing in it is lost when a new one is written; say so."""
    try:
        aside = _taken_name(path)
    except OSError as refused:
        log.warning("%s: is damaged (%s), cannot be set aside (%s)", path, why, refused)
        return
    log.warning("%s: is damaged (%s); set aside as %s", path, why, aside.name)
    try:
        path.replace(aside)
    except OSError:  # another program was faster
        aside.unlink()


def _taken_name(path: Path) -> Path:
    """Return the first free name for a damaged file, taken by an empty one: nobody else's then."""
    aside, numbers = path.with_suffix(".damaged"), count(2)
    while True:
        try:
            aside.touch(exist_ok=False)
        except FileExistsError:
            aside = path.with_suffix(f".damaged-{next(numbers)}")
        else:
            return aside
