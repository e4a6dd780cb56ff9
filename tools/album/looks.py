"""How the bundled songs look: their staging, a page of text each, and their cover, which is drawn.

``python -m tools.album.looks`` gives it to all packs in ``songs/`` as they are, ``... ID`` to one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.library.staging_text import staging_in
from tools.album.layout import PAGES, PageError
from tools.album.posters.album import DESIGNS, poster

if TYPE_CHECKING:
    from kpopdance.realtime.core.staging import Staging
    from kpopdance.realtime.library.songpack import SongPack

STAGING: Final = ".staging.toml"


def staging_of(song: str) -> Staging:
    """Return how a song is lit and dressed, as its page says.

    Raises
    ------
    PageError
        Where the page is missing or not understood.
    """
    path = PAGES / f"{song}{STAGING}"
    try:
        return staging_in(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise PageError(f"{path}: is missing; write it") from None
    except ValueError as why:
        raise PageError(f"{path}: {why}; correct it") from None


def with_looks(song: str, pack: SongPack, making: Path) -> SongPack:
    """Return a song's pack staged and with its cover, drawn into a folder; the guided one as it is."""
    if song not in DESIGNS:
        return pack
    staged = replace(pack, staging=staging_of(song))
    cover = making / "cover.jpg"
    cover.write_bytes(poster(song, staged))
    return replace(staged, cover=cover)


def main() -> int:
    """Give songs their looks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("songs", nargs="*", default=list(DESIGNS), metavar="ID")
    parser.add_argument("--folder", type=Path, default=BUNDLED, help="where the packs are")
    chosen = parser.parse_args()
    for song in chosen.songs:
        folder = chosen.folder / song
        with tempfile.TemporaryDirectory() as making:
            save_pack(with_looks(song, load_pack(folder), Path(making)), folder, replace=True)
        whole = sum(path.stat().st_size for path in folder.iterdir())
        print(
            f"{folder}: cover {(folder / 'cover.jpg').stat().st_size} bytes, {whole / 1e6:.2f} MB"
        )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DanceError as why:
        print(f"looks: {why}", file=sys.stderr)
        sys.exit(2)
