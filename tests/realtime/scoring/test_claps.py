"""Claps in a room: the speaker's own clicks beside them, noise, echoes, doubles, gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kpopdance.realtime.core.clicks import stick
from kpopdance.realtime.scoring.calibration import LENGTH_S, LISTENED, clicks_s
from kpopdance.realtime.scoring.claps import Ear
from tools.bench.run.bench_calibration import clap, put

RATE = 16000


def room(seed, *, late_s=0.14, bleed=0.2, claps=0.5, person=(-0.02, 0.02), noise=1e-4,
         missing=0, double=0, echo=(0.0, 0.0), headphones=False):  # fmt: skip
    """What a microphone hears, and when the claps were."""
    rng = np.random.default_rng(seed)
    heard = rng.normal(0, noise, round((LENGTH_S + 1) * RATE)).astype(np.float32)
    for at_s in clicks_s():
        if not headphones:
            put(heard, at_s + late_s, bleed * stick(RATE), RATE)
    at_s = clicks_s()[LISTENED:] + late_s + rng.normal(*person, len(clicks_s()) - LISTENED)
    kept = np.sort(rng.permutation(len(at_s))[missing:])
    for number in kept:
        loud = claps * rng.uniform(0.6, 1.4)
        put(heard, at_s[number], clap(RATE, seed + number, loud), RATE)
        if number in kept[:double]:
            put(heard, at_s[number] + 0.17, clap(RATE, seed + 99 + number, 0.7 * loud), RATE)
    after_s, strength = echo
    if strength:
        late = round(after_s * RATE)
        heard[late:] += strength * heard[:-late]
    return heard, at_s[kept]


def hears(heard, rate=RATE, block=1600):
    ear = Ear()
    for begin in range(0, len(heard), block):
        ear.hear(begin / rate, heard[begin : begin + block], rate)
    return ear.heard()


@pytest.mark.parametrize("late_ms", [0, 60, 120, 180, 240, 300])
def test_a_late_speaker_is_heard_in_its_clicks(late_ms):
    claps, clicks_s = hears(room(1, late_s=late_ms / 1000)[0])
    assert clicks_s is not None
    assert abs(1000 * clicks_s - late_ms) < 4
    assert claps.sure
    assert abs(1000 * claps.lag_s - late_ms + 20) < 12


@pytest.mark.parametrize("late_ms", [0, 150, 300])
def test_with_headphones_the_claps_alone_tell(late_ms):
    claps, clicks_s = hears(room(2, late_s=late_ms / 1000, headphones=True)[0])
    assert clicks_s is None
    assert claps.sure
    assert abs(1000 * claps.lag_s - late_ms + 20) < 12


@pytest.mark.parametrize("bleed", [0.1, 0.5, 1.0, 2.0])
def test_clicks_are_not_taken_for_claps(bleed):
    claps, clicks_s = hears(room(3, bleed=bleed, claps=0.0)[0])
    assert clicks_s is not None
    assert claps.count == 0


@pytest.mark.parametrize("what", ["silence", "noise", "hum", "music"])
def test_a_room_without_claps_says_nothing(what):
    rng, at_s = np.random.default_rng(4), np.arange(round(LENGTH_S * RATE)) / RATE
    heard = {
        "silence": np.zeros(len(at_s)), "noise": rng.normal(0, 0.05, len(at_s)),
        "hum": 0.4 * np.sin(2 * np.pi * 50 * at_s),
        "music": sum(0.2 * np.sin(2 * np.pi * f * at_s) * np.exp(-((at_s * 1.97) % 1) / 0.2)
                     for f in (220, 330, 1760)),
    }[what].astype(np.float32)  # fmt: skip
    claps, _ = hears(heard)
    assert not claps.sure


@given(data=st.data())
@settings(deadline=None, max_examples=15, derandomize=True, phases=[Phase.generate])
def test_rooms_and_people_of_all_kinds(data):
    """Within 10 ms of the median of the claps, whatever else sounds."""
    draw = data.draw
    late_s, bleed = draw(st.floats(0, 0.3)), draw(st.floats(0.0, 0.25))
    heard, at_s = room(
        draw(st.integers(1, 10**6)), late_s=late_s, bleed=bleed,
        person=(draw(st.floats(-0.05, 0.05)), draw(st.floats(0.0, 0.03))),
        noise=draw(st.floats(1e-5, 5e-3)), missing=draw(st.integers(0, 10)),
        double=draw(st.integers(0, 5)), headphones=draw(st.booleans()),
        echo=(draw(st.floats(0.02, 0.3)), draw(st.floats(0.0, 0.5))),
    )  # fmt: skip
    claps, clicks_late_s = hears(heard)
    assert claps.sure or bleed > 0.1, "a speaker much louder than the claps is no answer"
    if not claps.sure:
        return
    answered = clicks_s()[LISTENED:]
    lags = np.array([s - answered[np.abs(answered + late_s - s).argmin()] for s in at_s])
    assert abs(claps.lag_s - np.median(lags[-12:])) < 0.02
    assert clicks_late_s is None or abs(clicks_late_s - late_s) < 0.01


@pytest.mark.parametrize(("rate", "block"), [(44100, 441), (48000, 256), (16000, 4096)])
def test_no_rate_and_no_length_of_blocks_matters(rate, block):
    heard, at_s = room(6)
    moments = np.arange(round(len(heard) * rate / RATE)) / rate
    again = np.interp(moments, np.arange(len(heard)) / RATE, heard).astype(np.float32)
    claps, _ = hears(again, rate, block)
    assert claps.sure
    assert abs(claps.lag_s - np.median(at_s[-12:] - clicks_s()[-12:])) < 0.012
