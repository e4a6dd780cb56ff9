"""Make the song pack ``songs/neon-steps``: "Neon Steps" by The Skeletons.

Everything in it is computed here, so it belongs to nobody else.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from tools.demo.demo_choreography import BPM, FPS, choreograph, member_lead, sections
from tools.demo.demo_music import SAMPLE_RATE, compose

PACK = Path("songs/neon-steps")
COLOURS = ((255, 45, 150), (40, 226, 255), (146, 84, 255))  # magenta, cyan, violet
TITLE = "Neon Steps"
TITLE_KO = "네온 스텝"
ARTIST = "The Skeletons"
LICENCE = "Apache-2.0, computed by tools/demo/make_demo_song.py"
PREVIEW_S = 32.0
SEED = 2026
BIT_RATE = 120_000


def make_pack(folder: Path, seed: int) -> None:
    """Write all files of the pack into a folder, replacing it."""
    members = tuple(Choreography(joints, FPS) for joints in choreograph())
    with tempfile.TemporaryDirectory() as making:
        audio = Path(making) / "audio.ogg"
        write_audio(audio, compose(seed), SAMPLE_RATE, bit_rate=BIT_RATE)
        song = SongPack(
            title=f"{TITLE} ({TITLE_KO})", artist=ARTIST, bpm=BPM, members=members, audio=audio,
            language="ko", licence=LICENCE, preview_s=PREVIEW_S, lead=member_lead(),
            sections=tuple((name, start_s) for name, start_s, _ in sections()), colours=COLOURS,
        )  # fmt: skip
        save_pack(song, folder, replace=True)


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
