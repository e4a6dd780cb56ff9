from __future__ import annotations

import dataclasses
import subprocess
import sys
from contextlib import contextmanager
from time import perf_counter, sleep

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.core.health import Cause, Health
from kpopdance.realtime.devices import sound
from kpopdance.realtime.devices.count_in import (
    NO_COUNT_IN,
    CountIn,
    count_in_samples,
    counted_in,
)
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.silent_speaker import SilentSpeaker
from kpopdance.realtime.devices.sound import SoundCard, open_speaker
from kpopdance.realtime.workshop.player import GRAIN_S, Player
from tests.realtime.workshop import desk_kits
from tests.waiting import until
from tools.bench.run.bench_sound import measure_clock

RATE = 48000
LOW_HZ, HIGH_HZ = 300, 1500
NONE = Health("sound", Cause.NEVER_OPENED, "None found.", "Buy one.")


class HandClock:
    def __init__(self):
        self.s = 100.0

    def now(self):
        return self.s


@contextmanager
def playing(*, seconds=20.0, from_s=0.0, count_in=NO_COUNT_IN):
    card = SoundCard(
        np.zeros((round(seconds * RATE), 2), np.float32), RATE, PerfClock(), count_in=count_in
    )
    try:
        card.start(from_s)
        yield card
    finally:
        card.close()


def until_lost(card, was_s):
    """How far a song that was at a second a moment ago may have come when its device is lost."""
    since_s = perf_counter()
    until(lambda: card.lost)
    return was_s + perf_counter() - since_s


def song_now(card):
    heard = card.heard
    return heard.song_s - heard.at_s + perf_counter()


# --- without any device


def test_count_in_clicks_four_beats_the_last_one_different():
    tape = count_in_samples(CountIn(length_s=2.0, beat_s=0.5), RATE)
    assert tape.shape == (2 * RATE, 2)
    assert tape.dtype == np.float32
    beats = tape[:, 0].reshape(4, RATE // 2)
    assert (np.abs(beats[:, :200]).max(axis=1) > 0.1).all()
    assert_allclose(beats[1], beats[0])
    assert np.abs(beats[3] - beats[0]).max() > 0.1
    assert np.abs(tape).max() <= 1
    soft, silent = (count_in_samples(CountIn(2.0, 0.5, loud), RATE) for loud in (0.5, 0.0))
    assert_allclose(soft, tape / 4)
    assert not silent.any()


class StillStream:
    latency, active = 0.1, True


class Block:
    """What PortAudio tells with a block."""

    outputBufferDacTime, currentTime, output_underflow = 0.1, 0.0, False


def filled(deck, blocks, frames=480):
    out = np.ones((blocks, frames, 2), np.float32)
    for block in out:
        deck._fill(block, frames, Block, Block)
    return out.reshape(-1, 2)[:, 0]


@pytest.mark.parametrize("frames", [480, 512, 1000])
def test_a_span_is_repeated_to_the_sample_until_it_is_let_go(monkeypatch, frames):
    monkeypatch.setattr(sound, "_open_stream", lambda *told: StillStream())
    ramp = np.arange(9000, dtype=np.float32)[:, None].repeat(2, axis=1)
    deck = sound._Deck(
        sound._Tape(ramp, RATE, 0), HandClock(), None, sound._Order(place=0, playing=True)
    )
    deck.span = (1000, 3000)
    blocks = 7000 // frames
    once = np.arange(1000, 3000)
    asked = np.concatenate([np.arange(1000), *[once] * 4])[: blocks * frames]
    assert_allclose(filled(deck, blocks, frames), asked)
    at, deck.span = round(deck._place), None
    assert_allclose(filled(deck, 3, frames), np.arange(at, at + 3 * frames))


@pytest.mark.parametrize("frames", [480, 500, 1000])
def test_what_is_heard_at_a_spans_end_is_its_begin(monkeypatch, frames):
    """Blocks may end where the span does: who follows the sound must not think it went on."""
    monkeypatch.setattr(sound, "_open_stream", lambda *told: StillStream())
    ramp = np.arange(9000, dtype=np.float32)[:, None].repeat(2, axis=1)
    deck = sound._Deck(
        sound._Tape(ramp, RATE, 0), HandClock(), None, sound._Order(place=0, playing=True)
    )
    deck.span = (1000, 3000)
    for _ in range(6000 // frames):
        first = filled(deck, 1, frames)[0]
        assert deck.heard_now().song_s * RATE == pytest.approx(first)
        assert first < 3000


def test_a_silent_speaker_repeats_a_span_too():
    clock = HandClock()
    speaker = SilentSpeaker(20.0, clock, why=NONE)
    speaker.repeat((2.0, 6.0))
    speaker.start(1.0)
    told = []
    for _ in range(6):
        told.append(speaker.heard.song_s)
        clock.s += 2.0
    assert_allclose(told, [1, 3, 5, 3, 5, 3])
    clock.s -= 1.0
    assert_allclose(speaker.heard.song_s, 4)
    clock.s += 2.0
    assert_allclose(speaker.heard.song_s, 2)  # what is heard at its end is its begin
    clock.s -= 1.0
    speaker.repeat(None)
    assert_allclose(speaker.heard.song_s, 5)
    clock.s += 2.0
    assert_allclose(speaker.heard.song_s, 7)
    speaker.pause()
    speaker.repeat((2.0, 6.0))
    assert speaker.heard is None


def test_a_pause_fades_and_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(sound, "_open_stream", lambda *told: StillStream())
    ramp = np.linspace(0.1, 0.9, 4 * RATE, dtype=np.float32)[:, None].repeat(2, axis=1)
    play, fall = sound._Order(place=0, playing=True), np.linspace(1, 0, 14400)[:, None]
    pause = sound._Order(place=None, playing=False, fall=fall.astype(np.float32))
    deck = sound._Deck(sound._Tape(ramp, RATE, 0), HandClock(), None, pause)
    assert not filled(deck, 2).any()  # nothing sounded yet
    deck.order = play
    assert_allclose(filled(deck, 10), ramp[:4800, 0])
    deck.order = dataclasses.replace(pause)
    faded = filled(deck, 40)
    assert faded[0] == pytest.approx(ramp[4800, 0])
    assert (np.diff(faded[:14400]) < 0).all()
    assert not faded[14400:].any()
    assert deck.heard_now() is None
    deck.order = dataclasses.replace(play, place=None)
    assert_allclose(filled(deck, 1), ramp[4800:5280, 0])
    deck.order = dataclasses.replace(pause, fall=sound.AT_ONCE)
    assert not filled(deck, 1).any()


@pytest.mark.parametrize("length_s", [2.25, 2.0, 0.7, 0.0])
def test_a_pickup_sounds_with_the_last_of_the_count(length_s):
    song = np.full((3 * RATE, 2), 0.1, np.float32)
    tape, before = counted_in(song, CountIn(length_s, 0.5), RATE)
    assert (before, len(tape)) == (length_s * RATE, (length_s + 3) * RATE)
    plain = np.concatenate([np.zeros((before, 2), np.float32), song])
    clicks = np.flatnonzero(np.abs(tape - plain).max(axis=1) > 0.1) / RATE
    begins = [(clicks[clicks >= at - 0.01][0]) for at in (0, 0.5, 1, 1.5)] if length_s else []
    assert_allclose(begins, [0, 0.5, 1.0, 1.5][: len(begins)], atol=0.005)
    assert len(clicks) == 0 or length_s


def test_samples_are_checked_at_the_door():
    with pytest.raises(ValueError, match=r"float32 \(N, 2\)"):
        SoundCard(np.zeros(100, np.float32), RATE, PerfClock())


def test_silent_speaker_keeps_song_time_by_the_host_clock():
    clock = HandClock()
    speaker = SilentSpeaker(3.0, clock, count_in=CountIn(2.0, 0.5), why=NONE)
    assert speaker.health.words == "None found. The song goes on without sound. Buy one."
    assert speaker.heard is None
    speaker.start(-5.0)  # no more than the count-in's length
    clock.s += 0.5
    assert_allclose([speaker.heard.song_s, speaker.heard.at_s], [-1.5, 100.5])
    speaker.pause()
    clock.s += 7.0
    assert speaker.heard is None
    assert not speaker.playing
    speaker.start(-1.5)
    clock.s += 1.0
    assert_allclose(speaker.heard.song_s, -0.5)
    speaker.start(2.5)
    assert_allclose(speaker.heard.song_s, 2.5)
    assert not speaker.finished
    clock.s += 0.6
    assert speaker.finished
    speaker.close()
    assert speaker.heard is None


def test_missing_portaudio_ends_in_silence_with_the_cure(monkeypatch):
    class NoPortAudio:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPortAudio, *sys.meta_path])
    speaker = open_speaker(np.zeros((RATE, 2), np.float32), RATE, HandClock())
    assert isinstance(speaker, SilentSpeaker)
    assert speaker.health.cause is Cause.NEVER_OPENED
    assert "libportaudio2" in speaker.health.remedy
    assert "library not found" not in speaker.health.words  # for developers


class FakeStream(StillStream):
    """Of a device that is pulled out when the test says so."""

    closed = False

    def abort(self, ignore_errors):
        self.active = False

    def close(self, ignore_errors):
        self.closed = True


def test_a_device_that_comes_back_as_the_song_is_left_is_given_back(monkeypatch):
    streams, errands = [], []

    class Told(sound.Errand):
        def __init__(self, call):
            super().__init__(call)
            errands.append(self)

    def opened(*given):
        streams.append(FakeStream())
        return streams[-1]

    monkeypatch.setattr(sound, "_open_stream", opened)
    monkeypatch.setattr(sound, "Errand", Told)
    card = SoundCard(np.zeros((RATE, 2), np.float32), RATE, PerfClock())
    streams[0].active = False
    until(lambda: len(errands) > 1)
    until(lambda: errands[1].wait(0))
    card.close()
    assert [stream.closed for stream in streams] == [True, True]


# --- on a real sound server that plays to nobody


@pytest.mark.sound
def test_no_device_ends_in_silence_that_says_so(null_sink):
    speaker = open_speaker(
        np.zeros((RATE, 2), np.float32), RATE, HandClock(), device="gramophone"
    )
    assert isinstance(speaker, SilentSpeaker)
    assert "gramophone" in speaker.health.sentence
    assert "There are: " in speaker.health.remedy
    null_sink.kill()
    speaker = open_speaker(np.zeros((RATE, 2), np.float32), RATE, HandClock())
    assert isinstance(speaker, SilentSpeaker)
    assert speaker.health.cause is Cause.REFUSED
    assert "goes on without sound" in speaker.health.sentence


@pytest.mark.sound
def test_the_clock_tells_what_is_heard(null_sink):
    """A computer that is held up spoils one measurement; a wrong clock all of them."""
    tried = []
    for _each in range(3):
        report = measure_clock(null_sink, 6.0)
        tried.append(report)
        if (
            report.clicks >= 18
            and report.std_ms < 2
            and report.worst_step_ms < 2
            and abs(report.mean_ms) < 40  # the recorder's own delay is in it
        ):
            return
    pytest.fail(f"{tried}")


@pytest.mark.sound
def test_count_in_pause_seek_and_end(null_sink):
    with playing(seconds=3.0, from_s=-0.5, count_in=CountIn(1.0, 0.25)) as card:
        assert until(lambda: card.heard).song_s >= -0.5
        clock = SongClock()
        begun_s = perf_counter()
        while perf_counter() < begun_s + 0.4:
            clock.step(card.heard)
            sleep(0.005)
        card.pause()
        paused_s = perf_counter()
        before = clock.song_s(paused_s)
        clock.pause(paused_s)
        until(lambda: card.heard is None)
        assert not card.playing
        sleep(0.3)
        clock.step(card.heard)
        clock.resume()
        card.start(before)
        until(lambda: card.heard)
        clock.step(card.heard)
        assert_allclose(clock.song_s(perf_counter()), before, atol=0.06)  # one block and a half
        card.start(2.5)
        until(lambda: card.heard and card.heard.song_s >= 2.5)
        assert not card.finished
        until(lambda: card.finished)
        assert card.underruns == 0
        assert card.health.well


@pytest.mark.sound
@pytest.mark.parametrize("how", ["server killed", "sink removed"])
def test_a_lost_device_comes_back_where_the_song_was(null_sink, how):
    with playing(from_s=5.0) as card:
        until(lambda: card.heard)
        sleep(0.5)
        was_s = song_now(card)
        null_sink.kill() if how == "server killed" else null_sink.remove_sink()
        most_s = until_lost(card, was_s)
        assert card.health.cause is Cause.LOST
        assert card.heard is None
        assert not card.playing
        sleep(0.5)
        back_s = perf_counter()
        null_sink.start() if how == "server killed" else null_sink.add_sink()
        until(lambda: not card.lost and card.heard)
        assert card.health.well
        assert was_s - 0.3 < song_now(card) < most_s + perf_counter() - back_s + 0.3
        first_s = card.heard.song_s
        until(lambda: card.heard.song_s > first_s + 0.2)


@pytest.mark.sound
def test_a_hung_server_is_noticed_and_waited_for(null_sink):
    """Once in some twenty times a server that wakes swallows at once what it has missed."""
    tried = []
    for _each in range(3):
        with playing(from_s=5.0) as card:
            until(lambda: card.heard)
            sleep(0.5)
            was_s = song_now(card)
            null_sink.hang()
            most_s = until_lost(card, was_s)
            assert card.heard is None
            sleep(0.5)
            back_s = perf_counter()
            null_sink.wake()
            until(lambda: not card.lost and card.heard)
            tried.append((was_s - 0.4, song_now(card), most_s + perf_counter() - back_s + 0.4))
        if tried[-1][0] < tried[-1][1] < tried[-1][2]:
            return
    pytest.fail(f"{tried}")


@pytest.mark.sound
def test_closing_on_a_hung_server_ends_the_program_too(null_sink):
    program = """
import sys
from time import perf_counter, sleep
import numpy as np
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.sound import SoundCard
card = SoundCard(np.zeros((480000, 2), np.float32), 48000, PerfClock())
card.start(0.0)
sleep(0.4)
print("playing", flush=True)
sys.stdin.readline()
begun_s = perf_counter()
card.close()
print(perf_counter() - begun_s, flush=True)
"""
    game = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert game.stdout.readline() == "playing\n"
        null_sink.hang()
        sleep(0.2)
        output, _ = game.communicate("close\n", timeout=60)
        assert float(output) < 2
        assert game.returncode == 0
    finally:
        game.kill()
        game.communicate()


@pytest.mark.sound
def test_a_program_ends_as_it_should_beside_a_sound_system_that_hangs(null_sink):
    null_sink.hang()
    done = subprocess.run(
        [sys.executable, "-c", HUNG_SOUND], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 7, done.stderr
    assert done.stdout == "hangs\n"
    assert "terminate" not in done.stderr


HUNG_SOUND = """
import numpy as np
from kpopdance.realtime import __main__ as door
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.devices.sound import open_speaker

def stuck(argv=None):
    speaker = open_speaker(np.zeros((48000, 2), np.float32), 48000, PerfClock())
    print(speaker.health.cause)
    speaker.close()
    return 7

door.main = stuck
door.program()
"""


@pytest.mark.sound
def test_a_grain_of_the_song_sounds_where_one_drags_to(null_sink, tmp_path):
    """The song hums low and, from 5 s on, high: what the sink plays says from where it is."""
    at_s = np.arange(10 * RATE) / RATE
    hum = 0.3 * np.sin(2 * np.pi * np.where(at_s < 5, LOW_HZ, HIGH_HZ) * at_s)
    samples = np.repeat(hum[:, None], 2, axis=1).astype(np.float32)
    kit = dataclasses.replace(
        desk_kits.kit_of(tmp_path, PerfClock()), read_audio=lambda path: (samples, RATE),
        open_speaker=lambda samples, rate: SoundCard(samples, rate, PerfClock()),
    )  # fmt: skip
    player, told_s = Player(kit, tmp_path / "song.wav", 10.0), []
    until(lambda: player._speaker, step=player.step)
    recording = null_sink.record()
    begun_s, dragged = perf_counter(), False
    while (passed_s := perf_counter() - begun_s) < 2.0:
        if not dragged and passed_s > 0.5:
            player.drag(7.0)
            dragged = True
        player.step()
        if player._grain_ends_s is not None:
            told_s.append(passed_s)
        recording.poll(perf_counter())
        sleep(0.005)
    player._speaker.close()
    heard = recording.stop()[0]
    begin, end = np.flatnonzero(np.abs(heard) > 0.05)[[0, -1]]
    assert 0.7 * GRAIN_S < (end - begin) / RATE < told_s[-1] - told_s[0] + 0.15
    crossings = np.count_nonzero(np.diff(heard[begin:end] > 0))
    assert crossings * RATE / 2 / (end - begin) == pytest.approx(HIGH_HZ, rel=0.1)
