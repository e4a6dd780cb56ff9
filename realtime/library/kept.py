"""What is worked out of a song pack, kept so that it need not be worked out again.

It lies beside the packs, in a folder ``.kept`` that ``record`` makes in the player's library; where
there is none, or nothing may be written, in the user's cache. A kept file is named after what it was
made of and by which code, so that nothing old is ever taken for new. It spares time and is nothing
else: one that is damaged, of something else or cannot be read is made again, and the oldest of
each kind go.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platformdirs import user_cache_path

from kpopdance.engines.files import thin_out, write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

FOLDER: Final = ".kept"
MOST_BYTES: Final = 4_000_000  # of one file: two hours of moves
MOST_FILES: Final = 4096  # of one kind
MOST_TOGETHER: Final = 64_000_000  # bytes of one kind
ROOMS: Final = ("core", "scoring", "search", "library", "devices")
"""Whose code decides what is kept."""


def kept_name(kind: str, *made_of: object) -> str:
    """Return the name of the file that holds what was made of some values, by this very code."""
    text = json.dumps([str(each) for each in made_of])
    return (
        f"{kind}-{hashlib.blake2b((code() + text).encode(), digest_size=16).hexdigest()}.json"
    )


@lru_cache(maxsize=1)
def code() -> str:
    """Return what tells this code from that of every other version."""
    rooms = Path(__file__).resolve().parents[1]
    told = hashlib.blake2b(digest_size=16)
    for path in sorted(path for room in ROOMS for path in (rooms / room).glob("*.py")):
        told.update(path.read_bytes())
    return told.hexdigest()


def read_kept(library: Path | None, name: str) -> object:
    """Return what a kept file holds, anything that JSON can say; None where there is no such."""
    for folder in _folders(library):
        with suppress(OSError, ValueError, RecursionError):
            path = folder / name
            if path.is_file() and path.stat().st_size <= MOST_BYTES:
                return json.loads(path.read_bytes())
    return None


def keep(library: Path | None, name: str, told: Mapping[str, object]) -> None:
    """Keep something in the first folder that takes it; where none does, it is not kept."""
    keep_all(library, {name: told})


def keep_all(library: Path | None, told: Mapping[str, Mapping[str, object]]) -> None:
    """Keep several things, by their names, in the first folder that takes them all."""
    texts = {name: json.dumps(each, allow_nan=False) for name, each in told.items()}
    for folder in _folders(library):
        try:
            if folder.name != FOLDER:  # the library's is made by ``record`` alone
                folder.mkdir(parents=True, exist_ok=True)
            for name, text in texts.items():
                if len(text) <= MOST_BYTES:
                    write_whole(folder / name, text)
            for kind in {name.partition("-")[0] for name in texts}:
                names = re.compile(rf"{kind}-[0-9a-f]{{32}}\.json")
                thin_out(folder, names, most_files=MOST_FILES, most_bytes=MOST_TOGETHER)
        except OSError as why:
            log.info("%s: %s is not kept there (%s)", folder, ", ".join(texts), why.strerror)
        else:
            return


def keep_beside(library: Path) -> None:
    """Let what is worked out of this library's packs be kept in it, where that can be."""
    with suppress(OSError):
        (library / FOLDER).mkdir(exist_ok=True)


def cache_folder() -> Path:
    """Return where things are kept that find no place beside their packs."""
    return user_cache_path("kpopdance", appauthor=False) / "kept"


def _folders(library: Path | None) -> list[Path]:
    beside = [] if library is None else [library / FOLDER]
    return [*(folder for folder in beside if folder.is_dir()), cache_folder()]
