"""Make the album's song packs from their pages: the same bytes each time.

``python -m tools.album.make`` makes all, ``python -m tools.album.make moonlight-walk`` one;
``--music FOLDER`` writes the sound alone, to work on it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices.audio_file import write_audio
from tools.album.layout import layout_of, page_of, songs
from tools.album.music.mastering import mastered
from tools.album.music.measures import RATE
from tools.album.music.mixing import INSTRUMENTS, mixed
from tools.album.music.score import score_of

BIT_RATE = 60_000
KINDS = {name: one.kind for name, one in INSTRUMENTS.items()}


def write_music(song: str, path: Path) -> None:
    """Write a song's sound, as its page of music says, as .ogg or .wav."""
    page = page_of(song)
    score = score_of(layout_of(song, page), page, KINDS)
    write_audio(path, mastered(mixed(score)), RATE, bit_rate=BIT_RATE)


def main() -> int:
    """Make the songs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("songs", nargs="*", default=songs(), metavar="ID")
    parser.add_argument("--music", type=Path, required=True, metavar="FOLDER")
    chosen = parser.parse_args()
    chosen.music.mkdir(parents=True, exist_ok=True)
    for song in chosen.songs:
        path = chosen.music / f"{song}.ogg"
        write_music(song, path)
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DanceError as why:
        sys.exit(f"make: {why}")
