"""Make the song pack ``songs/neon-steps``: "Neon Steps" by The Skeletons.

Everything in it is computed here, so it belongs to nobody else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from realtime.devices.audio_file import write_audio
from tools.demo_music import RATE, compose

PACK = Path("songs/neon-steps")
TITLE = "Neon Steps"
TITLE_KO = "네온 스텝"
ARTIST = "The Skeletons"
SEED = 2026
BIT_RATE = 120_000


def make_pack(folder: Path, seed: int) -> None:
    """Write all files of the pack into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_audio(folder / "audio.ogg", compose(seed), RATE, bit_rate=BIT_RATE)


def main() -> int:
    """Make the pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=PACK)
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    make_pack(chosen.folder, chosen.seed)
    for path in sorted(chosen.folder.iterdir()):
        print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
