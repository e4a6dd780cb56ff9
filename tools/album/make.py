"""Make the album's song packs from their pages: the same bytes each time.

``python -m tools.album.make`` makes all, ``python -m tools.album.make moonlight-walk`` one;
``--music FOLDER`` writes the sound alone, to work on it; ``--dance`` keeps the sound that is there.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.guide.guided import FIRST_STEPS
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import BUNDLED, SongPack
from tools.album.dance.album import danced_song, has_page
from tools.album.layout import GUIDED, layout_of, page_of, songs
from tools.album.looks import with_looks
from tools.album.music.mastering import mastered
from tools.album.music.measures import RATE
from tools.album.music.mixing import KINDS, mixed
from tools.album.music.score import score_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kpopdance.realtime.core.types import Choreography, Formation

ARTIST: Final = "The Skeletons"
LICENCE: Final = "Apache-2.0, computed by tools/album/make.py"
BIT_RATE: Final = 60_000
ALIKE: Final = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR", "OPENBLAS_CORETYPE": "Haswell",
}  # fmt: skip
"""With what all processors that have AVX2 compute the same bits: what only newer ones have is left."""


def make_pack(song: str, folder: Path, sound: Path | None = None) -> None:
    """Write all files of a song's pack into a folder, replacing it; a ``sound`` is taken as it is."""
    page, layout = page_of(song), layout_of(song)
    members, formation = dance_of(song)
    with tempfile.TemporaryDirectory() as making:
        audio = sound or Path(making) / "audio.ogg"
        if sound is None:
            write_music(song, audio)
        pack = SongPack(
            title=f"{layout.title} ({layout.title_ko})", artist=ARTIST, bpm=layout.tempo.bpm,
            members=members, formation=formation, audio=audio, language="ko",
            licence=LICENCE, sections=layout.sections, tempo_changes=layout.tempo.changes,
            preview_s=dict(reversed(layout.sections))["chorus"], tags=tuple(page["tags"]),
            colours=tuple(_colour(text) for text in page["colours"]),
        )  # fmt: skip
        save_pack(pack, folder, replace=True)  # its cover shows the dance as the pack keeps it
        save_pack(with_looks(song, load_pack(folder), Path(making)), folder, replace=True)


def dance_of(song: str) -> tuple[tuple[Choreography, ...], Formation | None]:
    """Return what all dance and where they stand: as the page says, without one as the pack has it."""
    if not has_page(song):
        kept = load_pack(BUNDLED / song)
        return kept.members, kept.formation
    danced, _ = danced_song(song)
    return danced.members, danced.formation


def write_music(song: str, path: Path) -> None:
    """Write a song's sound, as its page of music says, as .ogg or .wav."""
    page = page_of(song)
    score = score_of(layout_of(song, page), page, KINDS)
    write_audio(path, mastered(mixed(score)), RATE, bit_rate=page.get("bit_rate", BIT_RATE))


def _colour(text: str) -> tuple[int, int, int]:
    """Return #rrggbb as red, green and blue."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _pack_of(song: str, folder: Path | None) -> Path:
    """Return where a song's pack is written: the guided one lies in the room that leads through it."""
    if folder is None and song == GUIDED:
        return FIRST_STEPS
    return (folder or BUNDLED) / Path(song).name


def _kept_sounds(chosen: Sequence[str], folder: Path | None) -> dict[str, Path]:
    """Return the sound that lies in each song's pack.

    Raises
    ------
    DanceError
        Where one is missing: before anything is written.
    """
    sounds = {song: _pack_of(song, folder) / "audio.ogg" for song in chosen}
    for song, sound in sounds.items():
        if not sound.is_file():
            raise DanceError(
                f"{sound}: is missing, so --dance has no sound to keep; "
                f"make {song} once without --dance"
            )
    return sounds


def main() -> int:
    """Make the songs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("songs", nargs="*", default=[*songs(), GUIDED], metavar="ID")
    parser.add_argument("--folder", type=Path, help="where packs are written")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="write the sound alone")
    parser.add_argument("--dance", action="store_true", help="keep the sound that is there")
    chosen = parser.parse_args()
    if any(
        os.environ.get(name) != value for name, value in ALIKE.items()
    ):  # read at NumPy's import
        again = [sys.executable, "-m", "tools.album.make", *sys.argv[1:]]
        return subprocess.run(again, env={**os.environ, **ALIKE}, check=False).returncode
    kept = _kept_sounds(chosen.songs, chosen.folder) if chosen.dance else {}
    for song in chosen.songs:
        if chosen.music:
            chosen.music.mkdir(parents=True, exist_ok=True)
            written = [chosen.music / f"{Path(song).name}.ogg"]
            write_music(song, written[0])
        else:
            pack = _pack_of(song, chosen.folder)
            make_pack(song, pack, kept.get(song))
            written = sorted(pack.iterdir())
        for path in written:
            print(f"{path}: {path.stat().st_size / 1e6:.2f} MB", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DanceError as why:
        print(f"make: {why}", file=sys.stderr)
        sys.exit(2)
