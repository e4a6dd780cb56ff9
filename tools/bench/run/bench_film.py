"""What a frame of the dance page costs with a song's video as the coach, beside the drawn coach.

    python -m tools.bench.run.bench_film PACK [--rounds 6]

Prints processor time in ms a frame, decoding included, of a page drawn 60 times a second; the ways
take turns, so that all meet the same computer. PACK is a song that keeps its video.
"""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import argparse
from dataclasses import replace
from pathlib import Path
from time import process_time, sleep
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.dance.coach_film import opened
from kpopdance.realtime.devices.moving_film import MovingFilm
from kpopdance.realtime.devices.window import offscreen_surface
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from tools.bench.run.bench_window import view_at

if TYPE_CHECKING:
    from kpopdance.realtime.dance.coach_film import CoachFilm
    from kpopdance.realtime.library.songpack import SongPack
    from kpopdance.realtime.screens.view import FilmView

SIZES: Final = ((640, 360), (1280, 720), (1920, 1080))
WAYS: Final = ("drawn", "video", "video and skeleton", "everybody")
FRAMES: Final = 40  # of a way, before the next one's turn
PAUSE_S: Final = 0.012  # between two frames, in which the film is decoded


def main() -> None:
    """Run the measurement."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("pack", type=Path)
    ask.add_argument("--rounds", type=int, default=6)
    told = ask.parse_args()
    cv2.setNumThreads(1)
    song = load_pack(told.pack)
    film, why = opened(song, USUAL, MovingFilm)
    if film is None:
        raise SystemExit(why or f"{told.pack}: has no video")
    print(f"{'':10}" + "".join(f"{way:>20}" for way in WAYS))
    for size in SIZES:
        spent = _spent(song, film, size, told.rounds)
        name = f"{size[0]}x{size[1]}"
        print(f"{name:10}" + "".join(f"{1000 * each:20.2f}" for each in spent))
    film.close()


def _spent(song: SongPack, film: CoachFilm, size: tuple[int, int], rounds: int) -> list[float]:
    """Return the processor seconds of a frame, of each way."""
    screen, page = DanceScreen(Backdrop(Theme())), offscreen_surface(size)
    spent = [0.0] * len(WAYS)
    for turn in range(-1, rounds):  # the first is not counted
        for number, way in enumerate(WAYS):
            for frame in range(FRAMES):
                song_s = 2.0 + turn * FRAMES / 60 + frame / 60
                coach = np.stack([member.row(song_s) for member in song.members])
                view = replace(view_at(song_s), coach=coach, lead=song.lead)
                before = process_time()
                screen.draw(page, replace(view, film=_film(film, way, song_s)))
                sleep(PAUSE_S)
                spent[number] += (process_time() - before) * (turn >= 0)
    return [each / rounds / FRAMES for each in spent]


def _film(film: CoachFilm, way: str, song_s: float) -> FilmView | None:
    if way == "drawn":
        return None
    return film.view(song_s, everybody=way == "everybody", skeleton="skeleton" in way)


if __name__ == "__main__":
    main()
