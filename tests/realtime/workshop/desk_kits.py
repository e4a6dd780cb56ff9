"""A studio without devices: a draft of dances nobody danced, a film of one grey, silence."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.studio.drafts import begun
from kpopdance.realtime.studio.editing import draft_of
from kpopdance.realtime.studio.take import Take
from kpopdance.realtime.workshop.kit import WorkKit
from tests import dances
from tests.coded_film import number_in, write_coded
from tests.fakes import FakeClock, PaintedVision, SilentAudio, eyes_of

FPS, ROWS, PEOPLE = 25, 400, 4
FILMED, FILM_SIZE = 45, (320, 240)


class GreyFilm:
    """Brings at once what is wished for."""

    trouble = ""

    def __init__(self, path: Path) -> None:
        self.now: Frame | None = None
        self.closed = False

    def wish(self, at_s: float) -> None:
        shown_s = float(np.floor(at_s * FPS) / FPS)
        if self.now is None or self.now.captured_s != shown_s:
            self.now = Frame(np.full((90, 160, 3), 90, np.uint8), shown_s, 0)

    def close(self) -> None:
        self.closed = True


def sound_file(folder: Path) -> Path:
    path = folder / "film.wav"
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (ROWS * 48_000 // FPS, 2))
    write_audio(path, noise.astype(np.float32))
    return path


def a_take() -> Take:
    """Dancers, the third for a while only, and at last somebody who is left out."""
    moves = ROWS // 50 + 1
    joints = np.stack([dances.song(k, moves=moves).joints[:ROWS] for k in range(PEOPLE)])
    joints[..., :2] *= 360
    joints[..., 0] += 130 * (np.arange(PEOPLE) - 1)[:, None, None]
    there = np.ones((PEOPLE, ROWS), bool)
    there[2, :100] = False
    joints[2, :100] = (np.nan, np.nan, 0)
    return Take(
        np.arange(ROWS) / FPS, (640, 360), joints, there, np.zeros((PEOPLE, ROWS, 2), np.float32),
        ("member",) * (PEOPLE - 1) + ("mirror",), (200,), 1,
    )  # fmt: skip


def a_draft():
    return dataclasses.replace(
        draft_of(a_take(), "새 노래"),
        artist="뉴스타",
        bpm=120.0,
        offset_s=0.5,
        length_s=ROWS / FPS,
    )


def kit_of(library: Path, clock: FakeClock | None = None, vision=None) -> WorkKit:
    clock = clock or FakeClock()
    return WorkKit(
        clock, library, library.parent, library.parent / "cache", Terms(),
        lambda film, tell: eyes_of(vision), GreyFilm,
        lambda path: (np.zeros((480, 2), np.float32), 48_000), lambda samples, rate: SilentAudio(clock),
    )  # fmt: skip


def kept_draft(library: Path):
    """A draft on the disk, with a sound to make a song of."""
    library.mkdir(exist_ok=True)
    sound = sound_file(library.parent)
    return begun(library, a_draft(), sound, sound)


def a_film(path: Path) -> Path:
    """A film of 1.5 s with sound, whose pictures ``film_vision`` knows."""
    sound = sound_file(path.parent)
    write_coded(path, FILMED, size=FILM_SIZE, sound=sound)
    return path


def film_vision() -> PaintedVision:
    """Sees two dancers in that film."""
    people = np.stack([dances.song(k, moves=2).joints[:FILMED] for k in range(2)], axis=1)
    people[..., :2] *= 0.5 * FILM_SIZE[1]
    people[..., :2] += 0.5 * np.array(FILM_SIZE) - people[0, :, :, :2].mean(axis=1)[:, None]
    people[:, :, :, 0] += 80 * (np.arange(2) - 0.5)[:, None]
    return PaintedVision(dict(enumerate(people)), number_in)
