"""Compare the song clock with the sound really played; prints the errors and the underruns.

Clicks are played on a null sink, recorded from its monitor, and compared with what the clock
said at the moment each sounded, as a game loop at 60 pictures per second would have known it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import threading
from dataclasses import dataclass
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.sound import SoundCard
from tools.bench.run.null_sink import SAMPLE_RATE, NullSink, Recording, missing_programs, onsets

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLICK_EVERY_S = 0.25
FIRST_CLICK_S = 0.5
PICTURE_S = 1 / 60
SETTLE_S = 1.0  # the clock's first mean; a game spends it in the count-in


@dataclass(frozen=True, slots=True)
class ClockReport:
    """How the clock did against the sound; the worst step is that between two pictures.

    ``mean_ms`` contains the recorder's own constant delay (up to one 10 ms fragment).
    """

    clicks: int
    mean_ms: float
    std_ms: float
    drift_ms_per_min: float
    worst_step_ms: float
    underruns: int
    sink_ppm: float

    def __str__(self) -> str:
        return (
            f"{self.clicks} clicks: std {self.std_ms:.2f} ms, "
            f"drift {self.drift_ms_per_min:+.2f} ms/min, "
            f"worst step {self.worst_step_ms:.2f} ms, {self.underruns} underruns "
            f"(mean {self.mean_ms:+.1f} ms with the recorder's delay; "
            f"the sink is {self.sink_ppm:+.0f} ppm slow)"
        )


def click_track(seconds: float) -> NDArray[np.float32]:
    """Return float32 (N, 2) with a click every `CLICK_EVERY_S`."""
    track = np.zeros((round(seconds * SAMPLE_RATE), 2), np.float32)
    at_s = np.arange(240) / SAMPLE_RATE
    click = (0.8 * np.cos(2 * np.pi * 2000 * at_s) * np.exp(-at_s / 0.001)).astype(np.float32)
    for begin in np.arange(FIRST_CLICK_S, seconds - 0.1, CLICK_EVERY_S):
        first = round(begin * SAMPLE_RATE)
        track[first : first + len(click)] += click[:, None]
    return track


def measure_clock(sink: NullSink, seconds: float) -> ClockReport:
    """Play clicks for some seconds on a sink that the environment leads to."""
    card = SoundCard(click_track(seconds), SAMPLE_RATE, PerfClock())
    try:
        recording = sink.record()
        _wait_until_it_records(recording)
        hosts, songs = _play(card, recording, seconds + 0.3)
        sound, host0_s, per_sample_s = recording.stop()
        underruns = card.underruns
    finally:
        card.close()
    heard_s = host0_s + per_sample_s * onsets(sound, above=0.1, apart_s=CLICK_EVERY_S / 2)
    expected_s = FIRST_CLICK_S + CLICK_EVERY_S * np.arange(len(heard_s))
    error_s = (np.interp(heard_s, hosts, songs) - expected_s)[expected_s > SETTLE_S]
    settled = (songs > SETTLE_S) & (songs < seconds)
    step_s = np.diff(songs[settled]) - np.diff(hosts[settled])
    return ClockReport(
        clicks=len(error_s),
        mean_ms=float(error_s.mean() * 1e3),
        std_ms=float(error_s.std() * 1e3),
        drift_ms_per_min=float(
            np.polyfit(heard_s[expected_s > SETTLE_S] / 60, error_s * 1e3, 1)[0]
        ),
        worst_step_ms=float(np.abs(step_s).max() * 1e3),
        underruns=underruns,
        sink_ppm=(per_sample_s * SAMPLE_RATE - 1) * 1e6,
    )


def _wait_until_it_records(recording: Recording) -> None:
    sleep(0.3)
    recording.poll(perf_counter())


def _play(
    card: SoundCard, recording: Recording, seconds: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return host and song seconds of every picture."""
    clock = SongClock()
    hosts: list[float] = []
    songs: list[float] = []
    begun_s = perf_counter()
    card.start(0.0)
    while (now_s := perf_counter()) < begun_s + seconds:
        clock.step(card.heard)
        if clock.running:
            hosts.append(now_s)
            songs.append(clock.song_s(now_s))
        for _ in range(4):  # the recording is stamped on arrival: look often
            recording.poll(perf_counter())
            sleep(PICTURE_S / 4)
    return np.array(hosts), np.array(songs)


def _load(stop: threading.Event, seen: list[str]) -> None:
    """Run the real network over noise until told to stop."""
    vision = importlib.import_module("kpopdance.engines.choose").open_vision()
    picture = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), np.uint8)
    count, begun_s = 0, perf_counter()
    while not stop.is_set():
        vision.see(picture, region=None, size=(256, 456))
        count += 1
    rate = count / (perf_counter() - begun_s)
    seen.append(f"load: {vision.name} on {vision.runtime}, {rate:.1f} pictures/s")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--load", action="store_true", help="run the pose network meanwhile")
    chosen = parser.parse_args()
    if missing_programs():
        print(missing_programs(), file=sys.stderr)
        return 1
    sink = NullSink().start()
    os.environ.update(sink.environ)  # before PortAudio looks for devices
    sys.setswitchinterval(0.0005)  # as the game does
    stop, seen = threading.Event(), list[str]()
    loader = threading.Thread(target=_load, args=(stop, seen), daemon=True)
    if chosen.load:
        loader.start()
        sleep(3.0)  # building the network is not what is measured
    try:
        print(measure_clock(sink, chosen.seconds))
    finally:
        stop.set()
        if chosen.load:
            loader.join(10.0)
        sink.close()
    print("\n".join(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
