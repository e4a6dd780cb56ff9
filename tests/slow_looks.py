"""A whole dance in fake time before a camera and a computer of any speed."""

from __future__ import annotations

import threading

import numpy as np

from kpopdance.realtime.core.ports import CameraState, Deliveries
from kpopdance.realtime.core.types import Frame, Pose
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.game.loop import DanceSession
from kpopdance.realtime.scoring.judge import Judge
from tests.fakes import FakeClock, SilentAudio

TICK_S = 1 / 60
EMPTY = np.zeros((2, 2, 3), np.uint8)


class SlowStage:
    """Camera, watcher and the window's ticks in one; all time passes in the watching thread.

    ``crop_s`` a look takes while the dancer is held, ``full_s`` while looked for; ``silent`` are
    host spans, counted from the beginning, in which the camera delivers nothing.
    """

    looks = ()

    def __init__(self, song, standard, style, *, crop_s, full_s=None, fps=30.0, silent=()):
        self.clock, self.given = FakeClock(0.0), Deliveries()
        self._dancer = DrawnDancer(song.members[song.lead], style)
        self._crop_s, self._full_s = crop_s, crop_s if full_s is None else full_s
        self._fps, self._silent, self._index = fps, silent, 0
        self._held, self._pending, self._over = False, None, threading.Event()
        self.judge = Judge(standard)
        self.session = DanceSession(
            song, self.judge, camera=self, watcher=self, speaker=SilentAudio(self.clock),
            clock=self.clock,
        )  # fmt: skip

    def dance(self):
        """Return the report."""
        self.session.begin()
        while not self._over.wait(0.05):
            self.session._watch.check()
        return self.session.finish()

    def newest(self, timeout_s):
        self._pass(0.0)
        while self._pending is None and timeout_s > 0 and not self._over.is_set():
            self._pass(TICK_S)
            timeout_s -= TICK_S
        frame, self._pending = self._pending, None
        return frame

    def state(self):
        return CameraState("slow", "", (2, 2), self._fps, 0, delivered=self.given)

    def close(self):
        pass

    def watch(self, frame):
        song_s = self.session._song_clock.song_s(frame.captured_s)
        joints = self._dancer.joints(song_s)
        self._pass(self._crop_s if self._held else self._full_s)
        self._held = joints is not None
        return [Pose(joints) if self._held else None]

    def _pass(self, seconds):
        """Let time pass in small steps: the camera delivers, the song's clock goes on."""
        end_s = self.clock.at_s + seconds
        while True:
            self.clock.at_s = min(self.clock.at_s + TICK_S, end_s)
            self._deliver()
            if not self.session.tick():
                self._over.set()
            if self.clock.at_s >= end_s:
                return

    def _deliver(self):
        while (at_s := self._index / self._fps) <= self.clock.at_s:
            if not any(begin <= at_s < end for begin, end in self._silent):
                self.given = self.given.after(at_s)
                self._pending = Frame(EMPTY, at_s, self._index)
            self._index += 1
