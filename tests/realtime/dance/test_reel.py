"""A dance as a film: flash and click together, the dance whole, its best move slowed, nobody's face."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from kpopdance.realtime.core import reel_wish
from kpopdance.realtime.core.clock import SongClock
from kpopdance.realtime.core.reel_wish import ReelWish
from kpopdance.realtime.core.types import Frame, Heard, Report, Verdict
from kpopdance.realtime.dance.footage import Footage, reel_name
from kpopdance.realtime.dance.reel import Reel, write_card, write_reel
from kpopdance.realtime.dance.reel_player import shaped
from kpopdance.realtime.dance.reel_recording import ReelRecording
from kpopdance.realtime.dance.reel_story import CARD_S, FPS, TITLE_S, Shot, Story
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.devices.picture_keeper import PictureKeeper
from kpopdance.realtime.devices.video_file import VideoError, VideoFile
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.screens.reel_layout import reel_layout
from tests import dances
from tests.fakes import ScriptedCamera
from tests.waiting import until

DANCE = dances.song(5, moves=3)
SONG = SongPack("네온 스텝", "crew", 120.0, (DANCE,), audio=Path("song.ogg"))
RATE = 48_000
CLICKS_S = (0.5, 2.2, 3.9, 5.3)
TINY = {"tall": (108, 192), "wide": (192, 108)}


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    monkeypatch.setattr(reel_wish, "SHAPES", TINY)


def report_of(scores=(80.0, 95.0, 40.0)):
    moves = tuple(
        Verdict(k, 2.0 * k, 2.0 * k + 2, "GREAT", score, 0.0) for k, score in enumerate(scores)
    )
    return Report(
        70.0, 3, 0.0, 1.0, {}, moves, best=1, best_combo=3, weights=(1.0,) * len(moves)
    )


def footage(**other):
    track = dances.track_of(DANCE.joints, camera_fps=15)
    joints = track.joints * np.float32([240, 240, 1])
    return Footage(SONG, SONG, report_of(), track.at_s, joints, **other)


def clicks(_path=None):
    """Half a millisecond of noise at each click, silence else."""
    samples = np.zeros((round(8.0 * RATE), 2), np.float32)
    for at_s in CLICKS_S:
        samples[round(at_s * RATE) : round((at_s + 0.002) * RATE)] = 0.9
    return samples, RATE


def stuttering_clock(rng, start_s):
    """A song clock, told what sounds by a sound card whose blocks are late and uneven."""
    clock, reports = SongClock(-2.0), iter(np.arange(start_s - 1, start_s + 9, 0.02))

    def song_of(host_s):
        while (at_s := next(reports)) < host_s - 0.05:
            jitter_s = rng.uniform(-0.003, 0.003)
            clock.step(Heard(at_s - start_s + jitter_s, at_s))
        return clock.song_s(host_s) if clock.running else None

    return song_of


def filmed(folder, *, lag_s=0.0, seed=3):
    """A camera's flashes at the clicks, seen ``lag_s`` late, through stalls; return its film's path."""
    rng, start_s = np.random.default_rng(seed), 500.0
    camera = ScriptedCamera()
    recording = ReelRecording(
        camera, stuttering_clock(rng, start_s), lambda: PictureKeeper(folder / "k.mkv", 1000),
        wanted=True,
    )  # fmt: skip
    recording.begin()
    seen_s = np.arange(0.0, 7.0, 1 / 60)
    flashing = [any(0 <= at_s - click < 0.12 for click in CLICKS_S) for at_s in seen_s]
    for at_s, flash in zip(seen_s, flashing, strict=True):
        if not flash and rng.random() < 0.7:
            continue  # the computer stutters: most pictures are lost
        image = np.full((96, 128, 3), 230 if flash else 20, np.uint8)
        camera.also(Frame(image, float(start_s + at_s + lag_s), 0))
        until(lambda: not recording._keeper._waiting)
    kept = recording.finish().result()
    assert 60 < kept.pictures < 300
    return kept


def begins(bright, rate):
    """The seconds where something that was dark for a while becomes bright."""
    on = np.flatnonzero(bright)
    first = on[np.concatenate([[True], np.diff(on) > 0.5 * rate])]
    return first / rate


@pytest.mark.parametrize(("shape", "lag_s"), [("tall", 0.0), ("wide", 0.12)])
def test_flash_and_click_are_within_one_picture_however_it_stuttered(tmp_path, shape, lag_s):
    kept = filmed(tmp_path, lag_s=lag_s)
    out = tmp_path / "reel.mp4"
    wish = ReelWish(shape, mirror=False)
    shares = []
    write_reel(footage(pictures=kept.path, lag_s=lag_s), wish, out, clicks, shares.append)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    half = reel_layout(TINY[shape]).you.inflate(-20, -20)
    with VideoFile(out) as video:
        assert video.info.size == TINY[shape]
        lit = [
            f.image[half.top : half.bottom, half.left : half.right].mean() > 120
            for f in video.frames()
        ]
        assert video.ends_s == pytest.approx(Story(report_of(), SONG.length_s).pictures / FPS)
    sound = np.abs(read_audio(out).samples).max(axis=1) > 0.3
    flashes, heard = begins(np.array(lit), FPS), begins(sound, RATE)
    expected = np.array(CLICKS_S) + TITLE_S
    assert np.abs(heard[:4] - expected).max() < 0.005
    assert np.abs(flashes[:4] - heard[:4]).max() <= 1 / FPS


def test_the_story_has_all_of_the_dance_and_its_best_move_at_half_speed():
    story = Story(report_of(), 6.0)
    shots = list(story.shots())
    assert len(shots) == story.pictures
    of = {
        name: [s for s in shots if s.scene == name]
        for name in ("title", "dance", "best", "card")
    }
    assert len(of["title"]) == TITLE_S * FPS
    assert len(of["card"]) == round(CARD_S * FPS)
    assert [of["dance"][0].song_s, of["dance"][-1].song_s] == [
        0.0,
        pytest.approx(7.0 - 1 / FPS),
    ]
    slow = np.array([s.song_s for s in of["best"]])
    assert (slow[0], slow[-1]) == (1.75, pytest.approx(4.25, abs=0.02))
    assert np.allclose(np.diff(slow), 0.5 / FPS)


def test_the_score_grows_with_every_move_to_what_the_dance_is_worth():
    story = Story(report_of(), 6.0)
    scores = [story.at(at_s).score for at_s in (0.0, 2.1, 4.1, 6.5)]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (0.0, pytest.approx(70.0))
    shown = story.at(4.3)
    assert (shown.verdict.move, shown.combo) == (1, 2)
    assert shown.age_s == pytest.approx(0.3)


@pytest.mark.parametrize(
    "report", [report_of(()), dataclasses.replace(report_of((0.0,)), best=None)]
)
def test_a_dance_without_a_best_move_is_told_all_the_same(report):
    story = Story(report, 6.0)
    assert {s.scene for s in story.shots()} == {"title", "dance", "card"}
    assert story.at(9.0).score == 0.0


def test_who_cancels_or_has_no_room_leaves_nothing(tmp_path):
    class Enough(Exception):
        pass

    def enough(share):
        if share > 0.2:
            raise Enough

    with pytest.raises(Enough):
        write_reel(footage(), ReelWish(), tmp_path / "r.mp4", clicks, enough)
    with pytest.raises(VideoError, match=r"none.r\.mp4: cannot be written"):
        write_reel(footage(), ReelWish(), tmp_path / "none" / "r.mp4", clicks)
    assert list(tmp_path.iterdir()) == []


def test_without_a_film_the_player_is_a_skeleton_and_a_card_is_one_picture(tmp_path):
    reel = Reel(footage(), ReelWish())
    view = reel.view(Shot("dance", 3.0))
    assert view.you is None
    assert (view.figure[:, 2] > 0).all()
    half = reel_layout(TINY["tall"]).you
    inside = (view.figure[:, :2] > -4).all() and (
        view.figure[:, :2] < np.add(half.size, 4)
    ).all()
    assert inside
    write_card(footage(), ReelWish("wide"), tmp_path / "card.png")
    assert (tmp_path / "card.png").read_bytes()[:4] == b"\x89PNG"


def test_blurred_nothing_is_sharp_where_the_pose_is_lost(tmp_path):
    kept = filmed(tmp_path)
    wish = ReelWish(look="blurred")
    lost = dataclasses.replace(
        footage(pictures=kept.path),
        joints=np.full((len(footage().at_s), 18, 3), np.nan, np.float32),
    )
    lost.joints[..., 2] = 0
    reel = Reel(lost, wish)
    picture = reel.view(Shot("dance", 1.5)).you.picture
    assert np.ptp(picture.astype(int)) < 8  # one grey, blurred
    reel.close()


@pytest.mark.parametrize("half", [(500, 800), (900, 700), (300, 300)])
def test_a_window_takes_a_half_s_shape_and_stays_in_the_picture(half):
    rng = np.random.default_rng(4)
    wide = rng.uniform(100, 400, 50)
    high = wide * rng.uniform(1.0, 1.7)
    windows = np.stack(
        [rng.uniform(0, 1280 - wide), rng.uniform(0, 720 - high), wide, high], axis=1
    )
    left, top, w, h = shaped(windows.astype(np.float32), half, (1280, 720)).T
    assert np.allclose(w / h, half[0] / half[1], rtol=1e-3)
    assert min(left.min(), top.min()) >= 0
    assert (left + w).max() <= 1280.1
    assert (top + h).max() <= 720.1
    assert (h >= np.minimum(high, h.max()) - 0.1).all()


def test_a_name_says_what_it_is_and_may_stand_on_any_disk():
    song = dataclasses.replace(SONG, title='A/B: "C"? 네온')
    named = dataclasses.replace(footage(player="Mina..", danced_on="2026-11-30"), song=song)
    assert reel_name(named) == "A B C 네온 Mina 2026 11 30 70"
