from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.core.clock import RUN_ON_S, SongClock
from kpopdance.realtime.core.types import Heard
from tests.oracles import song_clock_naive

BLOCK_S = 1024 / 48000
AHEAD_S = 0.1


def reports(seed, *, seconds=60.0, jitter_s=0.004, host0_s=1000.0):
    """Reports as a device with unsteady time stamps gives them; the truth is host - host0."""
    rng = np.random.default_rng(seed)
    song = np.arange(0, seconds, BLOCK_S)
    at = host0_s + song + rng.normal(0, jitter_s, len(song)).clip(-0.02, 0.02)
    called = host0_s + song - AHEAD_S + rng.uniform(0, 0.003, len(song))
    return [Heard(s, a) for s, a in zip(song, at, strict=True)], called


def play(clock, heards, called, *, hz=60.0):
    """Ask at every screen picture, as the loop does; returns host and song seconds."""
    hosts = np.arange(called[0], called[-1], 1 / hz)
    songs, i = [], 0
    for host in hosts:
        while i < len(called) and called[i] <= host:
            i += 1
        clock.step(heards[i - 1] if i else None)
        songs.append(clock.song_s(host))
    return hosts, np.array(songs)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_jittery_reports_give_a_steady_clock(seed):
    hosts, songs = play(SongClock(), *reports(seed))
    error = (songs - (hosts - 1000.0))[120:]
    drift = np.polyfit(hosts[120:] / 60, error, 1)[0]
    assert np.std(error) < 0.001  # 4 ms of jitter in, below 1 ms out
    assert abs(np.mean(error)) < 0.001
    assert abs(drift) < 0.001  # s per minute
    steps = np.diff(songs)[120:]
    assert np.abs(steps - 1 / 60).max() < 0.001


def test_the_stream_equals_the_whole():
    heards, _ = reports(5, seconds=8.0)
    clock = SongClock()
    for n, heard in enumerate(heards, 1):
        clock.step(heard)
        if n % 37 == 0:
            offset = song_clock_naive.offset_s([(h.song_s, h.at_s) for h in heards[:n]])
            host = heard.at_s + 0.15  # every correction is eased by then
            assert_allclose(_glance(clock, host) - host, offset, atol=1e-9)


def _glance(clock, host_s):
    return float(np.interp(host_s, *clock._line))  # asks without the clock noticing


@pytest.mark.parametrize("jump_s", [-2.0, -0.3, -0.06, 0.06, 3.0])
def test_a_jump_is_believed_at_once_and_never_backwards(jump_s):
    clock = SongClock()
    clock.step(Heard(5.0, 100.0))
    assert_allclose(clock.song_s(100.0), 5.0, atol=1e-9)
    hosts = np.arange(100.01, 104.0, 0.01)
    songs = []
    for host in hosts:
        clock.step(Heard(host - 95.0 + jump_s, host))
        songs.append(clock.song_s(host))
    assert np.diff(songs).min() >= -1e-12  # rounding
    settled = max(0.0, -jump_s) + 0.3
    late = hosts > 100.0 + settled
    assert_allclose(np.array(songs)[late], hosts[late] - 95.0 + jump_s, atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_never_backwards_whatever_is_reported_and_whoever_asks(seed):
    rng = np.random.default_rng(seed)
    clock = SongClock()
    clock.step(Heard(0.0, 50.0))
    camera, screen, wild = [], [], 0.0
    for host in np.arange(50.0, 70.0, 0.004):
        if rng.random() < 0.3:
            wild += rng.choice([0.0, 0.0, 0.0, rng.normal(0, 0.2)])
            song = host - 50 + wild + rng.normal(0, 0.01)
            clock.step(Heard(song, host + rng.uniform(-0.02, 0.2)))
        if rng.random() < 0.002:
            clock.pause(host)
        if rng.random() < 0.05:
            clock.resume()
        screen.append(clock.song_s(host))
        camera.append(clock.song_s(host - 0.07))
    assert np.diff(screen).min() >= -1e-12  # rounding
    assert np.diff(camera).min() >= -1e-12  # rounding


def test_paused_it_stands_still_and_goes_on_without_a_step():
    clock = SongClock()
    clock.step(Heard(2.0, 10.0))
    assert_allclose(clock.song_s(9.9), 1.9, atol=1e-9)
    clock.pause(9.95)
    clock.step(Heard(2.1, 10.1))  # the block that was on its way
    assert_allclose([clock.song_s(t) for t in (10.0, 20.0, 30.0)], 1.95, atol=1e-9)
    assert not clock.running
    clock.resume()
    assert_allclose(clock.song_s(30.1), 1.95, atol=1e-9)  # no report yet
    clock.step(Heard(2.1, 30.3))
    assert clock.running
    assert_allclose([clock.song_s(30.15), clock.song_s(30.3)], [1.95, 2.1], atol=1e-9)


def test_without_reports_it_does_not_run_on():
    clock = SongClock()
    clock.step(Heard(3.0, 10.1))
    assert_allclose(clock.song_s(10.1 + RUN_ON_S), 3.0 + RUN_ON_S, atol=1e-9)
    assert_allclose(clock.song_s(60.0), 3.0 + RUN_ON_S, atol=1e-9)
    clock.step(Heard(3.0, 60.2))  # the device is back and repeats what was not heard
    assert_allclose(clock.song_s(60.3), 3.0 + RUN_ON_S, atol=1e-9)
    clock.step(Heard(3.2, 60.4))
    assert_allclose(clock.song_s(60.5), 3.3, atol=1e-9)


def test_before_the_first_report_it_waits_and_the_count_in_may_be_anywhere():
    clock = SongClock()
    assert clock.song_s(99.0) == 0.0
    assert not clock.running
    clock.step(None)
    clock.step(Heard(-2.0, 100.0))
    assert_allclose(clock.song_s(100.1), -1.9, atol=1e-9)


def test_a_reset_may_go_back():
    clock = SongClock()
    clock.step(Heard(30.0, 100.0))
    assert_allclose(clock.song_s(100.0), 30.0, atol=1e-9)
    clock.reset(4.0)
    assert clock.song_s(100.1) == 4.0
    clock.step(Heard(4.0, 100.3))
    assert_allclose(clock.song_s(100.3), 4.0, atol=1e-9)
