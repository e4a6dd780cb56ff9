"""Rooms to measure delays in: a speaker, somebody who claps, a microphone, all in fake time."""

from __future__ import annotations

from kpopdance.realtime.core.health import Health
from kpopdance.realtime.core.types import Sound
from kpopdance.realtime.dance.kit import Kit
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.store import Store
from kpopdance.realtime.shell.beside import Later
from tests.fakes import FakeClock, PaintedVision, ScriptedCamera, SilentAudio, eyes_of
from tools.bench.run.bench_calibration import clapped

RATE = 48000


class HeardRoom:
    """A microphone that hears what the speaker plays, so much later, and claps; or nothing."""

    def __init__(self, clock, speakers, late_s):
        self._clock, self._speakers, self._late_s = clock, speakers, late_s
        self._heard_s, self._room = 0.0, None
        self.health, self.closed = Health("sound"), False

    def heard(self):
        speaker = self._speakers[-1]
        if speaker.heard is None:
            return []
        if self._room is None:
            self._room = clapped(speaker.samples, RATE, self._late_s, seed=3)[:, 0]
        now_s = speaker.heard.song_s
        begin, end = round(self._heard_s * RATE), round(now_s * RATE)
        at_s, self._heard_s = self._clock.at_s - (now_s - self._heard_s), now_s
        part = self._room[begin:end]
        return [Sound(part.copy(), at_s, RATE)] if len(part) else []

    def close(self):
        self.closed = True


class Room:
    """A kit with a room around it; ``late_s`` is the speaker's delay."""

    def __init__(self, folder, late_s=0.15, **settings):
        self.clock, self.speakers, self.microphones = FakeClock(), [], []
        self.camera, self.late_s = ScriptedCamera(), late_s
        self.names = ["Boombox", "Webcam"]
        self.kit = Kit(
            seeing=Later.here(eyes_of(PaintedVision({0: None}))), clock=self.clock,
            settings=Settings(library=str(folder), **settings), store=Store(folder / "k.sqlite"),
            open_camera=lambda song, song_s: self.camera, close_camera=lambda camera: camera.close(),
            open_speaker=self.open_speaker, read_audio=lambda path: None,
            open_microphone=self.open_microphone, device_names=lambda: tuple(self.names),
        )  # fmt: skip

    def open_speaker(self, samples, rate, count_in_s, beat_s):
        speaker = SilentAudio(self.clock)
        speaker.samples = samples
        self.speakers.append(speaker)
        return speaker

    def open_microphone(self):
        self.microphones.append(HeardRoom(self.clock, self.speakers, self.late_s))
        return self.microphones[-1]
