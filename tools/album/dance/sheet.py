"""Draw a dance beat by beat, to be looked at: ``python -m tools.album.dance.sheet ID [--out FILE.png]``.

Every row is a bar, or two; all members stand in a picture, or the lead alone.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from kpopdance.realtime.devices.drawn_person import OUTFITS, draw_dancer
from tools.album.dance.choreograph import ASPECT, FPS, Danced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.core.tempo import Tempo

    Image = NDArray[np.uint8]

CELL: Final = (230, 190)
"""Height and width of the lead's picture, px."""
GROUND: Final = (74, 66, 60)
FIGURE: Final = 0.72
"""How much of a picture's height a standing body takes."""


def sheet(
    danced: Danced,
    tempo: Tempo,
    beats: NDArray[np.float64],
    *,
    across: int = 8,
    everybody: bool = False,
) -> Image:
    """Return the pictures of a dance at beats (N,), so many in a row."""
    height, width = CELL
    width = round(height * ASPECT) if everybody else width
    rows = -(-len(beats) // across)
    out: Image = np.full((rows * height, across * width, 3), GROUND, np.uint8)
    for number, beat in enumerate(beats):
        row = min(round(tempo.second_of(float(beat)) * FPS), danced.space.shape[1] - 1)
        top, left = number // across * height, number % across * width
        cell = out[top : top + height, left : left + width]
        _draw(cell, danced, row, everybody=everybody)
        name = f"{int(beat) // 4 + 1}.{beat % 4 + 1:g}"
        cv2.putText(
            cell, name, (4, 14), cv2.FONT_HERSHEY_PLAIN, 0.9, (235, 235, 235), 1, cv2.LINE_AA
        )
    return out


def _draw(cell: Image, danced: Danced, row: int, *, everybody: bool) -> None:
    """Draw who dances in one row of the dance into a picture."""
    height, width = cell.shape[:2]
    who = range(len(danced.members)) if everybody else [0]
    for member in sorted(who, key=lambda one: danced.places[one, row, 1]):
        joints = danced.members[member].joints[row].copy()
        if everybody:
            joints[:, :2] *= height
            size = danced.height * height
        else:
            scale = FIGURE / danced.height
            middle = (
                danced.members[member].joints[max(row - 60, 0) : row + 60, [8, 11], 0].mean()
            )
            joints[:, 0] = (joints[:, 0] - middle) * scale * height + width / 2
            soles = (
                danced.members[member].joints[max(row - 60, 0) : row + 60, [10, 13], 1].max()
            )
            joints[:, 1] = ((joints[:, 1] - soles) * scale + 0.92) * height
            size = FIGURE * height
        draw_dancer(joints, cell, OUTFITS[member % len(OUTFITS)], size)


def main() -> int:
    """Draw one of the album's dances."""
    from tools.album.dance.album import danced_song, dances, has_page

    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("song", help="its folder's name")
    ask.add_argument("--from-bar", type=int, default=1)
    ask.add_argument("--bars", type=int, default=16)
    ask.add_argument("--step", type=float, default=1.0, help="beats from picture to picture")
    ask.add_argument("--everybody", action="store_true", help="all members, not the lead alone")
    ask.add_argument("--out", type=Path, default=Path("sheet.png"))
    chosen = ask.parse_args()
    if not has_page(chosen.song):
        ask.error(f"no dance is written for '{chosen.song}'; there are {', '.join(dances())}")
    danced, tempo = danced_song(chosen.song)
    first = 4 * (chosen.from_bar - 1)
    across = 4 if chosen.everybody else 8
    drawn = sheet(
        danced, tempo, np.arange(first, first + 4 * chosen.bars, chosen.step), across=across,
        everybody=chosen.everybody,
    )  # fmt: skip
    cv2.imwrite(str(chosen.out), drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
