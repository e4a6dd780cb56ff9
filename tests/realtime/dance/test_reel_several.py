"""Several players in a film: all alike beside each other, cut out of one film, judged and ranked."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import dataclasses
import itertools

import numpy as np
import pytest

from kpopdance.realtime.core import reel_wish
from kpopdance.realtime.core.reel_wish import ReelWish
from kpopdance.realtime.core.types import Report, Verdict
from kpopdance.realtime.dance import reel_player
from kpopdance.realtime.dance.footage import Match, facts_of, reel_name
from kpopdance.realtime.dance.reel import Reel, write_reel
from kpopdance.realtime.dance.reel_story import FPS, Shot
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.devices.film_in_order import FilmInOrder
from kpopdance.realtime.devices.picture_keeper import PictureKeeper
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.scoring.contest import Contest
from kpopdance.realtime.screens import reel_several
from kpopdance.realtime.screens.group import card_of
from kpopdance.realtime.screens.group_view import DancerView
from kpopdance.realtime.screens.parts.curve import PLAYER_COLOURS
from kpopdance.realtime.screens.reel_layout import panes_of, reel_layout, several_layout
from kpopdance.realtime.screens.reel_several import ABOVE
from tests.realtime.dance.test_reel import (
    CLICKS_S,
    RATE,
    TINY,
    begins,
    clicks,
    filmed,
    footage,
    report_of,
    tiny,
)
from tests.realtime.screens import views
from tests.waiting import until

__all__ = ["tiny"]
FULL = {"tall": (1080, 1920), "wide": (1920, 1080)}
RED, BLUE = (20, 20, 200), (200, 20, 20)


@pytest.mark.parametrize("shape", ["tall", "wide"])
@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_all_are_side_by_side_and_alike(shape, count):
    at, alone = several_layout(FULL[shape], count), reel_layout(FULL[shape])
    assert at.panes == panes_of(FULL[shape], count)
    assert (len(at.panes), len({pane.size for pane in at.panes})) == (count, 1)
    places = (*at.panes, *at.cards, at.progress, at.line)
    assert not any(a.colliderect(b) for a, b in itertools.combinations(places, 2))
    room = alone.you.union(alone.coach)
    assert all(place.left >= room.left and place.right <= room.right for place in places)
    assert min(place.top for place in places) >= room.top
    free = 1 / 6 if shape == "tall" else 0  # telephones' programs write there
    assert max(place.bottom for place in places) <= (1 - free) * FULL[shape][1] + 2
    assert at.panes[0].width > 290
    assert at.panes[0].height > 420
    for row in {pane.top for pane in at.panes}:
        here = [pane for pane in at.panes if pane.top == row]
        assert (here[0].left + here[-1].right) / 2 == pytest.approx(room.centerx, abs=2)
    for pane, card in zip(at.panes, at.cards, strict=True):
        assert (card.left, card.width) == (pane.left, pane.width)
        assert 0 < card.top - pane.bottom < 20


def unseen(made):
    joints = np.full_like(made.joints, np.nan)
    joints[..., 2] = 0
    return dataclasses.replace(made, joints=joints)


@pytest.mark.parametrize("shape", ["tall", "wide"])
def test_each_player_has_their_own_dance_and_score(shape):
    lost = dataclasses.replace(
        unseen(footage(player="Jun")), report=report_of((10.0, 20.0, 30.0))
    )
    whole = footage(player="Mina", others=(lost, footage()))
    reel = Reel(whole, ReelWish(shape, "skeleton"))
    early, late = (reel.view(Shot("dance", at_s)).players for at_s in (2.5, 5.5))
    card = reel.view(Shot("card", 2.5)).players
    reel.close()
    assert [player.figure is None for player in late] == [False, True, False]
    assert early[2].points < late[2].points < 70
    assert early[1].points < early[2].points
    assert [player.points for player in card] == [70.0, 70.0, 70.0]
    assert [player.verdict.score for player in late] == [95.0, 20.0, 95.0]
    assert all(player.stand is None and player.lit for player in (*early, *card))
    assert facts_of(whole).players == ("Mina", "Jun", "dancer 3")
    assert reel_name(dataclasses.replace(whole, danced_on="2026")) == "네온 스텝 Mina Jun 2026"
    wide, high = panes_of(TINY[shape], 3)[2].size
    joints = late[2].figure[late[2].figure[:, 2] > 0]
    assert ((joints[:, :2] >= 0) & (joints[:, :2] <= (wide, high))).all()


def test_other_players_are_seen_in_their_panes():
    pictures, jun = [], footage(player="Jun")
    for others in ((jun, jun), (jun, unseen(jun)), (unseen(jun), jun)):
        reel = Reel(footage(others=others), ReelWish("wide", "skeleton"))
        pictures.append(reel.picture(Shot("dance", 3.0)).copy())
        reel.close()
    first, *others = (
        [each[pane.top : pane.bottom, pane.left : pane.right] for each in pictures]
        for pane in panes_of(TINY["wide"], 3)
    )
    assert all(np.array_equal(first[0], each) for each in first)
    changed = [[not np.array_equal(seen[0], each) for each in seen] for seen in others]
    assert changed == [[False, False, True], [False, True, False]]


def halves_film(path, size=(160, 96), seconds=7):
    """A film that is red on the left and blue on the right."""
    image = np.empty((size[1], size[0], 3), np.uint8)
    image[:, : size[0] // 2], image[:, size[0] // 2 :] = RED, BLUE
    keeper = PictureKeeper(path, 1000)
    for number in range(seconds * 10):
        keeper.put(image, number / 10, number / 10)
        until(lambda: not keeper._waiting)
    return keeper.finish()


def two_before_one_camera(path, scale=1.0, **other):
    """The first on the left, the second on the right of a film."""
    made = []
    for name, middle in (("Mina", 40), ("Jun", 120)):
        standing = views.dancer(0.5, 0.0) * np.float32([70, 70, 1])
        standing[:, :2] += (middle, 48) - np.nanmean(standing[:, :2], axis=0)
        standing[:, :2] /= scale
        at_s = np.arange(70) / 10
        joints = np.tile(standing, (len(at_s), 1, 1)).astype(np.float32)
        one = footage(pictures=path, scale=scale, player=name)
        made.append(dataclasses.replace(one, at_s=at_s, joints=joints))
    return dataclasses.replace(made[0], others=tuple(made[1:]), **other)


@pytest.mark.parametrize("look", ["filmed", "blurred"])
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_each_one_is_cut_out_of_the_film_that_shows_them_all(
    tmp_path, monkeypatch, scale, look
):
    opened = []
    monkeypatch.setattr(
        reel_player, "FilmInOrder", lambda path: opened.append(path) or FilmInOrder(path)
    )
    kept = halves_film(tmp_path / "k.mkv")
    reel = Reel(two_before_one_camera(kept.path, scale), ReelWish("tall", look, mirror=False))
    for at_s in (1.0, 3.0, 2.0):
        picture = reel.picture(Shot("dance", at_s))[..., :3].astype(int)
        for pane, colour in zip(panes_of(TINY["tall"], 2), (RED, BLUE), strict=True):
            middle = picture[pane.top + 6 : pane.bottom - 20, pane.left + 8 : pane.right - 8]
            assert np.abs(np.median(middle, axis=(0, 1)) - colour).max() < 30
    reel.close()
    assert opened == [kept.path]


@pytest.mark.parametrize(("apart", "others"), [(False, 1), (True, 0)])
def test_heads_of_all_in_the_same_film_are_hidden(tmp_path, monkeypatch, apart, others):
    hidden = []

    def veiled(picture, joints, slack_px, heads):
        hidden.append([head[:, :2] - joints[:, :2] for head, _slack in heads])
        return picture

    monkeypatch.setattr(reel_player, "veiled", veiled)
    made = two_before_one_camera(halves_film(tmp_path / "k.mkv", seconds=2).path)
    if apart:
        jun = dataclasses.replace(
            made.others[0], pictures=halves_film(tmp_path / "j.mkv", seconds=2).path
        )
        made = dataclasses.replace(made, others=(jun,))
    reel = Reel(made, ReelWish("tall", "blurred"))
    reel.view(Shot("dance", 1.0))
    reel.close()
    assert [len(heads) for heads in hidden] == [others, others]
    if others:
        for (away,), across in zip(hidden, (80, -80), strict=True):
            np.testing.assert_allclose(away[0], (across, 0), atol=1e-3)


def test_a_film_points_at_whose_pane_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(reel_wish, "SHAPES", FULL)
    made = two_before_one_camera(halves_film(tmp_path / "k.mkv", seconds=2).path)
    for mirror in (False, True):
        reel = Reel(made, ReelWish("tall", "filmed", mirror=mirror))
        picture = reel.picture(Shot("dance", 1.0))[..., :3].astype(int)
        for number, pane in enumerate(panes_of(FULL["tall"], 2)):
            inside = picture[pane.top + 10 : pane.bottom - 10, pane.left + 10 : pane.right - 10]
            colour = PLAYER_COLOURS[number][::-1]
            y, x = np.nonzero((np.abs(inside - colour) < 12).all(axis=2))
            assert 100 < len(x) < 400
            nose, neck = reel._players[number].figure(1.0)[:2, :2] - 10
            across = pane.width - 20 - nose[0] if mirror else nose[0]
            assert x.mean() == pytest.approx(across, abs=3)
            above = ABOVE * np.hypot(*(nose - neck))
            assert nose[1] - above == pytest.approx(y.max(), abs=4)
        reel.close()


def test_flash_and_click_are_within_one_picture_in_every_pane(tmp_path):
    kept, lag_s = filmed(tmp_path, lag_s=0.08), 0.08
    one = footage(pictures=kept.path, lag_s=lag_s)
    out = tmp_path / "reel.mp4"
    made = dataclasses.replace(one, others=(dataclasses.replace(one, player="Jun"),))
    write_reel(made, ReelWish("wide", mirror=False), out, clicks)
    panes = [pane.inflate(-20, -24) for pane in panes_of(TINY["wide"], 2)]
    with VideoFile(out) as video:
        pictures = [frame.image for frame in video.frames()]
    sound = np.abs(read_audio(out).samples).max(axis=1) > 0.3
    heard = begins(sound, RATE)[: len(CLICKS_S)]
    for pane in panes:
        lit = [
            picture[pane.top : pane.bottom, pane.left : pane.right].mean() > 120
            for picture in pictures
        ]
        flashes = begins(np.array(lit), FPS)[: len(CLICKS_S)]
        assert np.abs(flashes - heard).max() <= 1 / FPS


def test_as_skeletons_no_film_is_read(tmp_path):
    made = two_before_one_camera(tmp_path / "none.mkv")
    reel = Reel(made, ReelWish("wide", "skeleton"))
    assert all(player.film is None for player in reel.view(Shot("dance", 2.0)).players)
    reel.close()


def report_with(*scores):
    """Moves of four seconds each."""
    moves = tuple(
        Verdict(k, 4.0 * k, 4.0 * k + 4, "GREAT", score, 0.0) for k, score in enumerate(scores)
    )
    best = max(moves, key=lambda move: move.score).move
    weights = (1.0,) * len(moves)
    return Report(70.0, 3, 0.0, 1.0, {}, moves, best=best, best_combo=5, weights=weights)


def contested(kind, *reports):
    players = [
        dataclasses.replace(footage(player=f"{k}"), report=report)
        for k, report in enumerate(reports)
    ]
    contest = Contest(kind, len(players), (0.0, 32.0), [8.0, 16.0, 24.0])
    return dataclasses.replace(
        players[0],
        others=tuple(players[1:]),
        match=Match(contest, "RELAY", (("apart", "9 ms"),)),
    )


def test_a_relay_tells_whose_turn_it_is_and_its_best_move_was_danced_in_it():
    first = report_with(50, 60, 99, 99, 70, 80, 99, 99)
    second = report_with(98, 98, 70, 85, 98, 98, 70, 75)
    made = contested("relay", first, second)
    reel = Reel(made, ReelWish("wide", "skeleton"))
    on = [[p.lit for p in reel.view(Shot("dance", t)).players] for t in (4.0, 12.0, 17.0)]
    assert on == [[True, False], [False, True], [True, False]]
    (early, _), over = (
        reel.view(Shot("dance", 17.0)).players,
        reel.view(Shot("card", 0)).players,
    )
    assert early.points == pytest.approx(55)
    assert [player.points for player in over] == [pytest.approx(65), pytest.approx(75)]
    assert [player.stand.rank for player in over] == [2, 1]
    assert all(player.lit and player.verdict is None for player in over)
    assert [player.chosen for player in over] == [False, True]
    slowed = reel.view(Shot("best", reel.story.moment_s))
    assert (slowed.verdict.score, [p.chosen for p in slowed.players]) == (85, [False, True])
    assert reel.story.slow_s[0] == pytest.approx(11.75)
    pictures = [
        reel.picture(Shot(scene, 4.0)).copy() for scene in ("title", "dance", "best", "card")
    ]
    reel.close()
    assert not any(np.array_equal(a, b) for a, b in itertools.combinations(pictures, 2))


def test_who_is_out_is_dark_until_the_end():
    weak, strong = report_with(*[10.0] * 8), report_with(*[90.0] * 8)
    reel = Reel(contested("elimination", strong, weak, strong), ReelWish("wide", "skeleton"))
    players = reel.view(Shot("dance", 24.0)).players
    reel.close()
    assert [player.lit for player in players] == [True, False, True]
    assert [player.stand.out for player in players] == [False, True, False]


@pytest.mark.parametrize("kind", ["together", "relay", "elimination", "duel"])
def test_a_card_says_what_it_says_on_the_stage_and_then_who_came_in_where(monkeypatch, kind):
    faces = []
    monkeypatch.setattr(
        reel_several, "draw_card", lambda _t, _s, _p, face, _u: faces.append(face)
    )
    made = contested(kind, report_with(*[90.0] * 8), report_with(*[40.0] * 8))
    reel = Reel(made, ReelWish("wide", "skeleton"))
    dance, over = Shot("dance", 30.0), Shot("card", 0.0)
    reel.picture(dance)
    reel.picture(over)
    reel.close()
    for face, player in zip(faces[:2], reel.view(dance).players, strict=True):
        called = DancerView(face.colour, face.name, 0, combo=player.combo)
        assert face == card_of(called, player.stand, kind)
    assert [(face.rank, face.points) for face in faces[2:]] == [(1, 90.0), (2, 40.0)]
    assert all((face.combo > 1) == (kind != "relay") for face in faces[2:])


def test_nobody_who_earned_anything_leaves_no_best_move():
    made = contested("together", report_with(0.0, 0.0), report_with(0.0, 0.0))
    reel = Reel(made, ReelWish("wide", "skeleton"))
    assert {shot.scene for shot in reel.story.shots()} == {"title", "dance", "card"}
    reel.close()
