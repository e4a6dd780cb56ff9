"""Measure the album's music beside real tracks, and ask the game's ears where its bars and parts are.

``python -m tools.album.check_music FOLDER`` (what ``tools.album.make --music FOLDER`` wrote, or packs).
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.signal import find_peaks

from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.studio.bars import bars_of
from kpopdance.realtime.studio.rhythm import ONSET_RATE, onset_strength
from kpopdance.realtime.studio.song_parts import parts_of
from tools.album.layout import layout_of, songs
from tools.album.music import measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.devices.audio_file import Audio
    from kpopdance.realtime.studio.bars import Bars

NEAR_S: Final = 0.07
"""So near a beat counts as found (MIREX)."""
APART_S: Final = 0.05
"""What begins so soon after another is heard as one."""
SLOTS: Final = 32
"""Of a bar, where bars are compared."""
SOUND: Final = (
    "LUFS",
    "peak dB",
    "crest dB",
    "mono dB",
    "clicks",
    "onsets/s",
    "again",
    "colour dB",
)
FOUND: Final = ("bpm", "beats", "firsts", "parts", "names")


def sound_figures(sound: Audio, bars: Bars, usual: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the figures of ``SOUND``; ``usual`` are the third octaves that it is held against."""
    samples = sound.samples
    onsets = onset_strength(samples, sound.rate).sum(axis=0)
    off = measures.thirds_db(samples) - usual
    return (
        measures.loudness_lufs(samples),
        measures.true_peak_db(samples),
        measures.crest_db(samples),
        measures.lost_in_mono_db(samples),
        measures.clicks(samples),
        _onset_rate(onsets),
        _again(onsets, bars),
        float(np.abs(off - np.median(off)).mean()),
    )


def _onset_rate(onsets: NDArray[np.float32]) -> float:
    """Return how often something begins to sound, times a second."""
    at, _ = find_peaks(onsets, prominence=onsets.std(), distance=APART_S * ONSET_RATE)
    return float(len(at) * ONSET_RATE / len(onsets))


def _again(onsets: NDArray[np.float32], bars: Bars) -> float:
    """Return how alike bars are to the likest other one, by when something begins: 0..1."""
    first_s = bars.beat_s[bars.number == 1]
    at = np.interp(
        np.arange((len(first_s) - 1) * SLOTS + 1) / SLOTS, np.arange(len(first_s)), first_s
    )
    sums = np.concatenate([[0], np.cumsum(onsets)])
    slots = np.diff(np.interp(at * ONSET_RATE, np.arange(len(sums)), sums)).reshape(-1, SLOTS)
    alike = np.corrcoef(slots)
    np.fill_diagonal(alike, 0)
    return float(alike.max(axis=1).mean())


def found_figures(song: str, sound: Audio, bars: Bars) -> tuple[str, ...]:
    """Return the figures of ``FOUND``: what the game's own ears hear, beside the song's layout."""
    layout = layout_of(song)
    beat_s = layout.tempo.beats_s(0, layout.end_s - 0.01)
    parts = parts_of(sound.samples, sound.rate, bars)
    tempos = [bars.bpm, *(bpm for _, bpm in bars.changes)]
    bar_s = 240 / layout.tempo.bpm
    starts_s = np.array([at_s for _, at_s in parts.sections] or [np.inf])
    hits = sum(np.abs(starts_s - part.start_s).min() < bar_s for part in layout.parts)
    return (
        ">".join(f"{bpm:.1f}" for bpm in tempos),
        f"{f_measure(bars.beat_s, beat_s):.2f}",
        f"{f_measure(bars.beat_s[bars.number == 1], layout.bars_s):.2f}",
        f"{hits}/{len(layout.parts)} of {len(starts_s)}",
        " ".join(name for name, _ in parts.sections),
    )


def f_measure(found_s: NDArray[np.float64], true_s: list[float] | tuple[float, ...]) -> float:
    """Return the F measure of moments found, one for one, near those that are true."""
    off = np.abs(found_s[:, None] - np.array(true_s))
    hits = min((off.min(axis=0) <= NEAR_S).sum(), (off.min(axis=1) <= NEAR_S).sum())
    return float(2 * hits / (len(found_s) + len(true_s)))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("songs", nargs="*", default=songs(), metavar="ID")
    shared = Path(os.environ.get("KPOPDANCE_SHARED", "../shared"))
    parser.add_argument("--real", type=Path, default=shared / "data" / "music")
    chosen = parser.parse_args()
    real = {path.stem: read_audio(path) for path in sorted(chosen.real.glob("*.ogg"))}
    usual = np.mean([measures.thirds_db(sound.samples) for sound in real.values()], axis=0)
    print(f"{'':20}" + "".join(f"{name:>10}" for name in SOUND) + "  " + "  ".join(FOUND))
    for name, sound in real.items():
        _print(name, sound_figures(sound, bars_of(sound.samples, sound.rate), usual), ())
    for song in chosen.songs:
        alone = chosen.folder / f"{song}.ogg"
        sound = read_audio(alone if alone.is_file() else chosen.folder / song / "audio.ogg")
        bars = bars_of(sound.samples, sound.rate)
        _print(song, sound_figures(sound, bars, usual), found_figures(song, sound, bars))
    return 0


def _print(name: str, figures: tuple[float, ...], found: tuple[str, ...]) -> None:
    print(
        f"{name:20}" + "".join(f"{one:10.2f}" for one in figures) + "  " + "  ".join(found),
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
