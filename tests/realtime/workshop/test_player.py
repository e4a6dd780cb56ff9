"""The song while one looks for a place in it: what sounds, from where, and for how long."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest

from kpopdance.realtime.workshop.player import GRAIN_S, Player
from tests.fakes import FakeClock, SilentAudio
from tests.realtime.workshop.desk_kits import kit_of
from tests.waiting import until

FRAME_S = 1 / 60


class Told(SilentAudio):
    """Notes what it is told, and when."""

    def __init__(self, clock):
        super().__init__(clock)
        self.told = []

    def start(self, from_s):
        super().start(from_s)
        self.told.append((round(self._clock.now() - 100, 3), round(from_s, 3)))

    def pause(self):
        super().pause()
        self.told.append((round(self._clock.now() - 100, 3), None))


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def speaker(clock):
    return Told(clock)


@pytest.fixture
def player(tmp_path, clock, speaker):
    kit = dataclasses.replace(
        kit_of(tmp_path, clock), open_speaker=lambda samples, rate: speaker
    )
    made = Player(kit, tmp_path / "song.wav", 16.0)

    def opened():
        made.step()
        return made._speaker is speaker

    until(opened)
    return made


def pass_s(player, clock, seconds):
    for _ in range(round(seconds / FRAME_S)):
        clock.at_s += FRAME_S
        player.step()


def test_where_one_drags_to_a_grain_sounds_and_ends(player, clock, speaker):
    player.drag(7.0)
    player.step()
    pass_s(player, clock, 0.5)
    (began_s, place_s), (ended_s, nothing) = speaker.told
    assert (place_s, nothing) == (7.0, None)
    assert ended_s - began_s == pytest.approx(GRAIN_S, abs=2 * FRAME_S)
    assert (player.playing, player.at_s) == (False, 7.0)
    for _ in range(9):  # held where it is
        player.drag(7.0)
        pass_s(player, clock, FRAME_S)
    assert len(speaker.told) == 2


def test_grains_follow_one_another_at_the_newest_place(player, clock, speaker):
    for frame in range(60):
        player.drag(1.0 + 0.05 * frame)
        player.step()
        pass_s(player, clock, FRAME_S)
    pass_s(player, clock, 0.5)
    starts = [(at_s, place_s) for at_s, place_s in speaker.told if place_s is not None]
    assert len(starts) == pytest.approx(1.0 / GRAIN_S, abs=1.5)
    assert all(np.diff([at_s for at_s, _ in starts]) >= GRAIN_S - 1e-6)
    for at_s, place_s in starts[:-1]:
        assert place_s == pytest.approx(1.0 + 0.05 * at_s / FRAME_S, abs=0.06)
    assert starts[-1][1] == pytest.approx(player.at_s)
    assert speaker.told[-1][1] is None


def test_who_plays_is_heard_in_grains_while_dragged_and_then_plays_on(player, clock, speaker):
    player.play()
    pass_s(player, clock, 1.0)
    player.drag(5.0)
    player.step()
    assert not player.playing
    pass_s(player, clock, 0.5)
    assert speaker.told[-2][1] == 5.0
    player.let_go()
    pass_s(player, clock, 1.0)
    assert (player.playing, player.at_s) == (True, pytest.approx(6.0, abs=0.05))
    player.hear(9.0)  # nothing sounds over what plays
    pass_s(player, clock, 0.2)
    assert speaker.told[-1][1] == 5.0
    player.pause()
    player.let_go()
    assert not player.playing


def test_without_sound_one_drags_all_the_same(tmp_path, clock):
    never = threading.Event()
    kit = dataclasses.replace(
        kit_of(tmp_path, clock), read_audio=lambda path: never.wait(60) or (None, 0)
    )
    player = Player(kit, tmp_path / "song.wav", 16.0)
    player.drag(3.0)
    pass_s(player, clock, 0.3)
    assert player.at_s == 3.0
    never.set()
    player.close()
