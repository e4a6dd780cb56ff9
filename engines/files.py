"""Files that appear whole or not at all, and what happens to damaged ones."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)


def write_whole(path: Path, data: bytes | str) -> None:
    """Write beside the path, then rename; a failure (OSError) leaves what was there before."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data.encode() if isinstance(data, str) else data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def set_aside(path: Path, why: Exception) -> None:
    """Rename a damaged file, so that nothing in it is lost when a new one is written; say so."""
    aside = path.with_suffix(".damaged")
    log.warning("%s: is damaged (%s); set aside as %s", path, why, aside.name)
    with contextlib.suppress(OSError):
        path.replace(aside)
