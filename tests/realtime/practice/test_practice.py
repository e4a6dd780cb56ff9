"""Practising: tries follow each other, slower and faster, and what was wrong is told."""

from __future__ import annotations

import os
import threading

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pytest

from kpopdance.realtime.core.health import Health
from kpopdance.realtime.core.ports import CameraState
from kpopdance.realtime.core.types import Frame, Pose
from kpopdance.realtime.dance.ghost import Ghost
from kpopdance.realtime.dance.ground import Ground
from kpopdance.realtime.dance.performance import STEP_BACK_S
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.practice.lesson import COUNTED, counted_in
from kpopdance.realtime.practice.practice import Practice, Wish
from kpopdance.realtime.scoring.practice import Drill, Passage
from tests import dances
from tests.fakes import FakeClock, SilentAudio
from tests.waiting import until

BPM, RATE, FPS = 120.0, 1000, 30.0
EARLY_S = 0.1  # of the count's first beat
CHORUS = Passage(4, 9)
SONG = SongPack(
    "A dance", "Nobody", BPM, (dances.song(11, bpm=BPM, moves=8),), audio=None,
    sections=(("Verse", 0.0), ("Chorus", 8.0)),
)  # fmt: skip


class Card(SilentAudio):
    """A speaker that knows what it would play; several of them tell which one is open."""

    def __init__(self, clock, tape, open_ones):
        super().__init__(clock)
        self.tape, self.starts, self._open = tape, 0, open_ones
        assert not open_ones, "some devices sound for one at a time"
        open_ones.append(self)

    def start(self, from_s):
        super().start(from_s)
        self.starts += 1

    def close(self):
        super().close()
        self._open.remove(self)


class Kit:
    """What of a kit practising uses."""

    class eyes:
        runtime = "no runtime"

    keeps_scores = False

    def __init__(self):
        self.clock, self.settings = FakeClock(), Settings(count_volume=50)
        self.cards, self.open, self.stretches, self.closed = [], [], [], []
        self.close_camera = self.closed.append

    def open_speaker(self, tape, rate, count_in_s, beat_s):
        assert (tape.dtype, tape.shape[1], rate, count_in_s) == (np.float32, 2, RATE, 0.0)
        self.cards.append(Card(self.clock, tape, self.open))
        return self.cards[-1]

    def stretch(self, samples, rate, tempo):
        self.stretches.append(tempo)
        return np.repeat(samples, 2, axis=0)[: round(len(samples) / tempo)]

    def count(self, rate, beat_s):
        return np.ones((round((EARLY_S + 4 * beat_s) * rate), 2), np.float32), EARLY_S


class Camera:
    """Gives nothing by itself: the test hands frames on."""

    def newest(self, timeout_s):
        return None

    def state(self):
        return CameraState("still", "640x480 at 30", (640, 480), FPS, 0, Health("camera"))


class Watcher:
    looks = ()

    def choose_anew(self):
        return None


class Evening:
    """A practice in fake time; ``dance`` lets the drawn dancer of a style dance a while."""

    def __init__(self, standard, wish, lag_ms=0.0):
        self.kit = Kit()
        sound = np.full((17 * RATE, 2), 0.5, np.float32), RATE
        ground = Ground(self.kit, SONG, standard, sound, Camera(), Watcher(), lag_ms / 1000)
        self.practice = Practice(ground, wish)
        self.practice.turn_to(self.practice.drill)
        self.index = 0

    def dance(self, seconds, style=None):
        dancer = DrawnDancer(SONG.members[0], style or DancerStyle())
        for _ in range(round(seconds * FPS)):
            self.ready()
            self.practice.tick()
            song_s = self.practice.song_now()
            joints = None if song_s is None else dancer.joints(song_s)
            frame = Frame(np.zeros((48, 64, 3), np.uint8), self.kit.clock.now(), self.index)
            pose = None if joints is None else Pose(np.asarray(joints, np.float32))
            self.practice._watch.attending.note(frame, seen=True, delivered=None)
            self.practice._take(frame, pose)
            self.kit.clock.at_s += 1 / FPS
            self.index += 1
        return self

    def ready(self):
        coming = self.practice._coming
        if coming is not None:
            coming.exception(60)

    def view(self, **how):
        return self.practice.view(**({"mirror": True, "behind": False, "coach": "drawn"} | how))


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(SONG.members[0], bpm=BPM)


def move(number, score=None):
    return Wish(Passage(number, number), scores={} if score is None else {number: score})


def length_s(practice):
    start_s, end_s = practice._span_s()
    return (end_s - start_s + COUNTED * 60 / BPM + 1.0) / practice.drill.tempo


@pytest.mark.parametrize("tenths", [5, 10])
def test_a_perfect_dancer_is_clean_at_any_tempo_and_then_faster(standard, tenths):
    evening = Evening(standard, move(5))
    practice = evening.practice
    practice.turn_to(practice.drill.at(tenths))
    evening.dance(2 * length_s(practice))
    shown = evening.view().practice
    assert shown.is_clean
    assert shown.score > 90
    assert practice.tries == {5: 2}
    faster = Drill(Passage(5, 5), CHORUS, 6)
    wider = Drill(Passage(5, 6), CHORUS, 8)
    assert practice.drill == (faster if tenths == 5 else wider)
    assert max(card.starts for card in evening.kit.cards) == 2  # one card for both tries


def test_what_was_wrong_is_told_and_where(standard):
    evening = Evening(standard, move(5))
    evening.dance(1.1 * length_s(evening.practice), DancerStyle(mirrored=True))
    shown = evening.view().practice
    assert not shown.is_clean
    assert shown.told
    assert shown.advice
    assert evening.practice.drill.missed == 1


@pytest.mark.parametrize("tenths", [5, 8, 10])
def test_a_fixed_lag_is_taken_off_at_any_tempo(standard, tenths):
    """250 ms of a loudspeaker are 250 ms, however slow the song is."""
    scores = []
    for lag_ms in (250.0, 0.0):
        evening = Evening(standard, move(5), lag_ms)
        evening.practice.turn_to(evening.practice.drill.at(tenths))
        late = DancerStyle(lateness_s=0.25 * tenths / 10)
        evening.dance(1.15 * length_s(evening.practice), late)
        scores.append(evening.view().practice.score)
    assert scores[0] > 90
    assert scores[1] < scores[0] - 5


def test_the_tape_counts_four_beats_softly_and_is_made_once_per_tempo(standard):
    evening = Evening(standard, move(5))
    practice, kit = evening.practice, evening.kit
    evening.dance(0.1)
    beat_s = 60 / BPM / 0.7
    tape = kit.cards[-1].tape[:, 0]
    assert tape[round(2 * beat_s * RATE)] == pytest.approx(0.5**2 + 0.5 * 0.3, abs=0.01)
    assert tape[round((EARLY_S + 4.1 * beat_s) * RATE)] == pytest.approx(0.5, abs=0.01)
    lesson = practice._lesson
    assert lesson.song_s(EARLY_S + 4 * beat_s) == pytest.approx(float(standard.start_s[5]))
    assert kit.stretches == [0.7]
    for tenths in (8, 10, 7, 8, 10):
        practice.turn_to(practice.drill.at(tenths))
        evening.dance(0.1)
    assert kit.stretches == [0.7, 0.8]  # at full tempo nothing is stretched
    assert len(kit.cards) == 6


def test_the_song_begins_inside_the_count_where_there_is_nothing_before_it(standard):
    evening = Evening(standard, move(0)).dance(0.1)
    tape = evening.kit.cards[-1].tape[:, 0]
    assert tape[10] == pytest.approx(0.25)  # counted, and no music yet
    assert len(counted_in(np.ones((100, 2), np.float32), 100, 0.5)) == 100


def test_keys_turn_to_other_moves_sections_and_key_poses(standard):
    evening = Evening(standard, move(5, 30.0))
    practice = evening.practice
    assert practice.drill.tenths == 7
    went = []
    for turn in (
        lambda: practice.another(1), lambda: practice.another(-1), practice.whole_or_move,
        lambda: practice.another(-1), lambda: practice.another(-1), practice.whole_or_move,
        lambda: practice.another(-1),
    ):  # fmt: skip
        turn()
        evening.ready()
        went.append(tuple(practice.drill.passage))
    assert went == [(6, 6), (5, 5), (4, 9), (0, 3), (0, 3), (0, 0), (0, 0)]
    evening.dance(0.5)
    practice.toggle_steps()
    poses_s = practice.key_poses_s()
    assert np.diff(poses_s).tolist() == pytest.approx([60 / BPM] * (len(poses_s) - 1))
    for step, shown in ((0, 1), (1, 2), (-2, len(poses_s))):
        practice.step(step)
        view = evening.view()
        assert view.practice.key_pose == (shown, len(poses_s))
        assert view.song_s == poses_s[shown - 1]
    evening.dance(3.0)
    assert practice.tries == {}  # nothing is judged, and nothing sounds
    assert practice.song_now() is None
    assert evening.kit.open[0].heard is None
    practice.toggle_steps()
    assert evening.dance(0.5).practice.song_now() is not None


def test_a_player_has_time_to_step_back_from_the_keys_and_none_between_tries(standard):
    evening = Evening(standard, move(5))
    evening.kit.keeps_scores = True
    practice = evening.practice
    practice.turn_to(practice.drill.at(10))
    evening.dance(STEP_BACK_S - 0.2)
    assert practice.song_now() is None
    assert evening.view().counts > COUNTED  # get ready
    evening.dance(2 * length_s(practice) + 0.5)
    assert practice.tries == {5: 2}
    assert evening.dance(0.2).practice.song_now() is not None  # of the next passage already


def test_a_pause_begins_a_new_try(standard):
    evening = Evening(standard, move(3)).dance(2.0)
    practice = evening.practice
    practice.toggle_pause()
    assert evening.dance(30.0).view().phase == "paused"
    assert practice.tries == {}
    practice.toggle_pause()
    evening.dance(0.5)
    view = evening.view()
    assert (view.phase, evening.kit.open[0].starts) == ("count-in", 2)


def test_the_coach_stands_in_the_first_pose_while_it_is_counted(standard):
    evening = Evening(standard, move(5)).dance(1.0)
    front, behind = evening.view(), evening.view(mirror=False, behind=True)
    assert front.phase == "count-in"
    assert 0 < front.counts < COUNTED
    start_s = float(standard.start_s[5])
    np.testing.assert_allclose(front.coach[0], SONG.members[0].row(start_s), atol=0.02)
    assert front.coach.shape == (1, 18, 3)  # the coach alone
    assert np.isfinite(front.coach[0, 0]).all()
    assert not np.isfinite(behind.coach[0, 0, 0])
    assert behind.mirror
    assert all(start_s <= each.at_s <= float(standard.end_s[5]) for each in front.upcoming)


def test_the_last_try_stands_beside_the_coach_as_tall_as_it(standard):
    evening = Evening(standard, move(5))
    assert evening.view().practice.ghost is None
    evening.dance(1.2 * length_s(evening.practice))
    view = evening.view()
    ghost, coach = view.practice.ghost, view.coach[0]
    assert ghost is not None
    np.testing.assert_allclose(ghost[:, :2], coach[:, :2], atol=0.06)
    evening.practice.another(1)  # of another move nothing was danced yet
    assert evening.view().practice.ghost is None


def test_nobody_has_no_ghost():
    track = dances.track_of(np.full((30, 18, 3), (np.nan, np.nan, 0), np.float32))
    assert Ghost(track, SONG.members[0]).at(0.5, SONG.members[0].joints[15]) is None


def test_what_is_danced_at_a_pause_is_found(standard):
    ends = standard.end_s
    for at_s, found in (
        (-1.0, 0),
        (float(ends[2]) - 0.1, 2),
        (float(ends[2]) + 0.1, 3),
        (99, 9),
    ):
        assert Wish(at_s=at_s).drill(standard, SONG).passage == (found, found)


def test_keys_pressed_fast_make_only_what_is_wanted_at_last(standard):
    evening = Evening(standard, move(5)).dance(0.2)
    begun, goes_on = threading.Event(), threading.Event()
    at_once, made = evening.kit.open_speaker, []

    def slowly(*asked):
        begun.set()
        goes_on.wait(60)
        made.append(asked)
        return at_once(*asked)

    evening.kit.open_speaker = slowly
    practice = evening.practice
    practice.turn_to(practice.drill.at(8))
    assert begun.wait(60)
    for tenths in (9, 10, 9, 8, 6):
        practice.turn_to(practice.drill.at(tenths))
    goes_on.set()
    evening.dance(0.2)
    assert (len(made), practice.drill.tenths, len(evening.kit.open)) == (2, 6, 1)


def test_what_goes_wrong_while_it_is_made_ready_reaches_the_window(standard):
    evening = Evening(standard, move(5)).dance(0.2)

    def refuse(*asked):
        raise OSError("no sound here")

    evening.kit.open_speaker = refuse
    evening.practice.turn_to(evening.practice.drill.at(9))
    with pytest.raises(OSError, match="no sound here"):
        evening.dance(0.2)


def test_all_is_closed_at_the_end_even_what_is_still_being_opened(standard):
    evening = Evening(standard, move(5)).dance(0.2)
    begun, goes_on = threading.Event(), threading.Event()
    at_once = evening.kit.open_speaker

    def slowly(*asked):
        begun.set()
        goes_on.wait(60)
        return at_once(*asked)

    evening.kit.open_speaker = slowly
    evening.practice.turn_to(evening.practice.drill.at(9))
    assert begun.wait(60)
    evening.practice.close()
    assert len(evening.kit.closed) == 1
    goes_on.set()
    evening.practice._coming.result(60)
    until(lambda: not evening.kit.open)
