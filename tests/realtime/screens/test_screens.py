"""The screens without a screen: nothing overflows, nothing overlaps, everything is where it says."""

from __future__ import annotations

import dataclasses
import itertools
import os
from dataclasses import replace

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import numpy as np
import pygame
import pytest

from kpopdance.realtime.core import body
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.screens.dance import DanceScreen, count_in_word, lag_words
from kpopdance.realtime.screens.dance_layout import dance_layout
from kpopdance.realtime.screens.group import GroupScreen
from kpopdance.realtime.screens.group_view import DancerView, GroupView
from kpopdance.realtime.screens.history import HistoryScreen
from kpopdance.realtime.screens.parts.backdrop import HOUSE, Backdrop, lights_of
from kpopdance.realtime.screens.parts.costumes import LEAD, costume_of, shaded
from kpopdance.realtime.screens.parts.covers import drawn_square
from kpopdance.realtime.screens.parts.figure import (
    draw_neon,
    draw_silhouette,
    pictogram,
    silhouettes,
)
from kpopdance.realtime.screens.parts.framing import Framing
from kpopdance.realtime.screens.parts.mirror import crop_to_fill
from kpopdance.realtime.screens.parts.moves_chart import UNJUDGED
from kpopdance.realtime.screens.parts.theme import GRADE_COLOUR, NIGHT, Style, Theme
from kpopdance.realtime.screens.parts.troupe import Troupe
from kpopdance.realtime.screens.players import PlayersScreen
from kpopdance.realtime.screens.players_view import Written
from kpopdance.realtime.screens.results import ResultsScreen, counted_up, lag_sentence
from kpopdance.realtime.screens.results_layout import result_layout
from kpopdance.realtime.screens.song_list import SongListScreen, list_layout
from kpopdance.realtime.screens.view import FilmView, ListView, Upcoming
from tests.fakes import LOST_CAMERA
from tests.quick import but_quick
from tests.realtime.screens import party_views, views

SIZES = ((640, 360), (1280, 720), (1920, 1080), (720, 1280))
PHASES = ("loading", "count-in", "playing", "paused", "finished")


@pytest.fixture(scope="module")
def stage():
    return Backdrop(Theme())


@pytest.fixture
def written(stage, monkeypatch):
    """Record every line of text with its panel and where it was drawn."""
    lines = []
    for name in ("write", "neon"):
        draw = getattr(stage.theme, name)

        def recorded(surface, text, panel, style, *glow, draw=draw):
            where = draw(surface, text, panel, style, *glow)
            lines.append((text, panel.copy(), where, surface.get_rect()))
            return where

        monkeypatch.setattr(stage.theme, name, recorded)
    return lines


def assert_inside(lines):
    assert lines
    for text, panel, where, page in lines:
        if where.width:
            assert panel.contains(where), (text, panel, where)
            assert page.contains(where), (text, page, where)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("phase", PHASES)
def test_the_dance_keeps_its_text_inside(stage, written, size, phase):
    surface = pygame.Surface(size)
    view = views.dance(
        phase=phase, title=views.LONG, artist=views.LONG, message=views.LONG,
        health=(LOST_CAMERA,), notices=(views.LONG,), status=views.LONG,
        beat=-2.5 if phase == "count-in" else 62.0,
        song_s=-1.2 if phase == "count-in" else 31.0,
    )  # fmt: skip
    DanceScreen(stage).draw(surface, view)
    assert_inside(written)


@pytest.mark.parametrize("size", SIZES)
def test_the_song_list_keeps_its_text_inside(stage, written, size):
    surface = pygame.Surface(size)
    screen = SongListScreen(stage, views.cards(), (("C", "camera"),))
    screen.draw(surface, ListView(0.0, preview=views.dance().coach, status=views.LONG))
    screen.key("down"), screen.key("down")
    screen.draw(surface, ListView(3.0, notices=(views.LONG,)))
    SongListScreen(stage).draw(surface, ListView(0.0))
    assert_inside(written)
    assert any("kpopdance record" in line[0] for line in written)


@pytest.mark.parametrize("size", SIZES)
def test_the_result_keeps_its_text_inside(stage, written, size):
    surface = pygame.Surface(size)
    ResultsScreen(stage).draw(surface, views.result())
    nothing = views.result(
        moves=(), counts={}, limbs={}, sections=(), advice=(), lag_ms=None, best=None
    )
    ResultsScreen(stage).draw(surface, nothing)
    well = dataclasses.replace(views.result(), to_practise=(), went_well=(views.LONG,) * 9)
    ResultsScreen(stage).draw(surface, dataclasses.replace(well, side=views.side(you=None)))
    assert_inside(written)


@pytest.mark.parametrize("layout", [dance_layout, list_layout, result_layout])
@pytest.mark.parametrize("size", [*SIZES, (800, 600), (1000, 1000), (2560, 1080)])
def test_panels_stay_in_the_window_and_apart(layout, size):
    panels = views.panels(layout(size))
    window = pygame.Rect((0, 0), size)
    for name, rect in panels.items():
        assert rect.width > 0, name
        assert rect.height > 0, name
        assert window.contains(rect), (name, rect)
    for (one, a), (other, b) in itertools.combinations(panels.items(), 2):
        assert not a.colliderect(b), (one, other, a, b)


@pytest.mark.parametrize("size", [*SIZES, (800, 480)])
@pytest.mark.parametrize(
    "camera", ["webcam", "HD Pro Webcam C920 (046d:082d) of the living room"]
)
def test_small_print_ends_with_a_whole_word(stage, written, size, camera):
    status = (
        f"OpenPose + MoveNet · OpenVINO CPU · 1280x720 at 30 · {camera} · asked 640x480 at 30"
    )
    DanceScreen(stage).draw(pygame.Surface(size), views.dance(status=status))
    [drawn] = [line[0] for line in written if line[0].startswith("OpenPose")]
    assert status.startswith(drawn)
    assert "1280x720 at 30" in drawn
    assert status[len(drawn) :][:3] in ("", " · "), drawn


def test_the_players_right_hand_is_on_the_right_of_a_mirror(stage):
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, :320] = (0, 0, 200)  # red where the right hand is in an unmirrored picture
    surface = pygame.Surface((1280, 720))
    screen = DanceScreen(stage)
    panel = dance_layout((1280, 720)).camera
    for mirror, hand_side in ((True, 1), (False, -1)):
        view = views.dance(picture=picture, mirror=mirror)
        screen.draw(surface, view)
        pixels = pygame.surfarray.array3d(surface.subsurface(panel)).astype(int)
        gold = np.abs(pixels - (255, 211, 77)).sum(axis=2) < 40
        assert gold.sum() > 20
        x, y = np.argwhere(gold).mean(axis=0)
        assert np.sign(x - panel.width / 2) == hand_side
        assert y < panel.height * 0.3, "the raised hand is the right one"
        middle = pixels[:, panel.height // 8]
        reddest = middle[: panel.width // 3, 0].mean() > middle[-panel.width // 3 :, 0].mean()
        assert reddest == (not mirror)


def test_the_coach_is_mirrored_with_the_player(stage):
    surface = pygame.Surface((1280, 720))
    at = dance_layout((1280, 720)).coach
    for mirror, side in ((True, 1), (False, -1)):
        screen = DanceScreen(stage)
        view = views.dance(mirror=mirror, coach=views.dancer()[None], verdict=None, upcoming=())
        screen.draw(surface, view)
        pixels = pygame.surfarray.array3d(surface.subsurface(at)).astype(int)
        gold = np.argwhere(np.abs(pixels - (255, 206, 77)).sum(axis=2) < 50)
        assert len(gold) > 20
        assert np.sign(gold[:, 0].mean() - at.width / 2) == side
        assert gold[:, 1].mean() < at.height * 0.4, "the raised hand is the right one"


def test_a_pictogram_due_now_stands_on_the_marker(stage):
    size = (1280, 720)
    at = dance_layout(size)
    surface = pygame.Surface(size)
    for ahead_s in (0.0, 1.0, 2.5):
        with_one = views.dance(upcoming=(Upcoming(31.0 + ahead_s, views.dancer()),))
        DanceScreen(stage).draw(surface, with_one)
        lane = pygame.surfarray.array3d(surface.subsurface(at.lane)).min(axis=2)
        white = np.argwhere(lane > 240)[:, 0] + at.lane.left
        assert at.lane_x(0.0) == at.now_x
        assert abs((white.min() + white.max()) / 2 - at.lane_x(ahead_s)) < at.lane.height * 0.25
        assert abs(np.median(white) - at.lane_x(ahead_s)) < at.lane.height * 0.15


def test_hangul_and_marks_are_not_boxes():
    theme = Theme()
    box = pixels_of(theme, "\u0e01")
    for sign in "네온스텝다시만난세계퀸힝★↑↓×…":
        assert pixels_of(theme, sign).tobytes() != box.tobytes(), sign


def pixels_of(theme, sign):
    return pygame.surfarray.array_alpha(theme.sprite(sign, 40, (255, 255, 255)))


def test_a_long_title_ends_in_an_ellipsis():
    theme = Theme()
    short = theme.shortened(views.LONG, 30, 300)
    assert short.endswith("…")
    assert theme.width(short, 30) <= 300
    assert theme.fitted("short", Style(30), 300) == ("short", 30)


@pytest.mark.parametrize(
    ("beat", "word"),
    [
        (-4.0, "5"),
        (-3.2, "5"),
        (-3.0, "6"),
        (-0.1, "8"),
        (0.0, ""),
        (5.0, ""),
        (-6.0, "GET READY"),
    ],
)
def test_the_count_in_is_five_six_seven_eight(beat, word):
    assert count_in_word(beat) == word


def test_lag_is_told_in_words():
    assert lag_words(0.12) == "120 ms late"
    assert lag_words(-0.08) == "80 ms early"
    assert lag_words(0.01) == "on time"
    assert lag_sentence(95.0) == "about 95 ms late"
    assert lag_sentence(None) == "timing unknown"


def test_the_score_counts_up_to_the_score():
    shown = [counted_up(80.0, age_s) for age_s in (0.0, 0.4, 1.0, 1.6, 9.0)]
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0.0, 80.0)


def test_keys_of_the_dance(stage):
    screen = DanceScreen(stage)
    meant = {key: screen.key(key) for key in ("space", "m", "n", "escape", "r", "f5")}
    assert meant == {
        "space": "pause",
        "m": "mirror",
        "n": "another",
        "escape": "back",
        "r": "again",
        "f5": None,
    }


def test_keys_of_the_result(stage):
    screen = ResultsScreen(stage)
    assert [screen.key(key) for key in ("return", "r", "space", "escape", "x")] == [
        "practise",
        "again",
        "again",
        "back",
        None,
    ]


def test_keys_of_the_song_list(stage):
    screen = SongListScreen(stage, views.cards(4))
    assert screen.selected.slug == "song0"
    assert screen.key("return") == "play"
    assert screen.key("up") == "select"
    assert screen.selected.slug == "song3"
    screen.key("up")
    assert screen.selected.problem
    assert screen.key("return") is None
    assert screen.key("escape") == "leave"
    screen.show(views.cards(4)[::-1])
    assert screen.selected.slug == "song2"
    empty = SongListScreen(stage)
    assert (empty.selected, empty.key("return"), empty.key("down")) == (None, None, None)


def test_the_selected_card_is_scrolled_into_sight(stage, written):
    screen = SongListScreen(stage, views.cards(30))
    surface = pygame.Surface((1280, 720))
    for _ in range(25):
        screen.key("down")
    screen.draw(surface, ListView(0.0))
    assert any(line[0] == "Song 25" for line in written)
    assert not any(line[0] == "Song 3" for line in written)


def test_unseen_joints_leave_no_pixels():
    surface = pygame.Surface((400, 400))
    draw_neon(surface, views.unseen(), 5, body.R_WRIST)
    draw_silhouette(
        surface, silhouettes(views.unseen()[None], [300], [LEAD], body.R_WRIST)[0], LEAD.rim, 2
    )
    assert not pygame.surfarray.array3d(surface).any()
    assert not pygame.surfarray.array_alpha(pictogram(views.unseen(), 64, body.R_WRIST)).any()


@pytest.mark.parametrize("joint", [body.R_WRIST, body.L_ANKLE, body.R_KNEE])
def test_one_unseen_joint_leaves_its_place_empty(joint):
    joints = views.dancer(0.5, 0.55) * (400, 400, 1)
    hidden = joints.astype(np.float32)
    x, y = (int(value) for value in hidden[joint, :2])
    for draw in (
        lambda page, pose: draw_neon(page, pose, 4, body.R_WRIST),
        lambda page, pose: draw_silhouette(
            page, silhouettes(pose[None], [300], [LEAD], body.R_WRIST)[0], LEAD.rim, 2
        ),
    ):
        lit = []
        for pose in (
            joints.astype(np.float32),
            np.where(np.arange(18)[:, None] == joint, (np.nan, np.nan, 0), joints).astype(
                np.float32
            ),
        ):
            surface = pygame.Surface((400, 400))
            draw(surface, pose)
            lit.append(pygame.surfarray.array3d(surface)[x - 2 : x + 3, y - 2 : y + 3].any())
        assert lit == [True, False]


def test_nobody_on_stage_and_nobody_seen_is_no_error(stage):
    surface = pygame.Surface((640, 360))
    screen = DanceScreen(stage)
    nobody = np.empty((0, 18, 3), np.float32)
    for coach in (nobody, views.unseen()[None], np.stack([views.unseen(), views.dancer()])):
        screen.draw(
            surface, views.dance(coach=coach, lead=0, pose=None, picture=None, verdict=None)
        )


def test_the_light_behind_the_stage_falls_off_to_both_walls_and_reaches_them(stage):
    surface = pygame.Surface((640, 360))
    stage.draw(surface, 0.0, centre_x=320, horizon_y=200)
    light = pygame.surfarray.array3d(surface)[:, 150:190].sum(axis=2).mean(axis=1)
    for wall, beside in ((light[:16], light[200:216]), (light[-16:], light[-216:-200])):
        assert 1.3 * sum(NIGHT) < wall.mean() < 0.5 * beside.mean()


def test_nobody_is_placed_before_the_lead_was_seen():
    framing, both = Framing(), np.stack([views.unseen(), views.dancer()])
    framing.step(both[0], 0.0)
    assert not (framing.place(both, (320, 300), 200)[..., 2] > 0).any()
    framing.step(both[1], 0.1)
    placed = framing.place(both, (320, 300), 200)
    assert (placed[..., 2] > 0).any(axis=1).tolist() == [False, True]
    assert 150 < np.ptp(placed[1, :, 1]) < 250


def test_a_picture_is_cropped_by_a_quarter_at_most():
    wide = crop_to_fill((1280, 720), (400, 300))
    assert wide.shown.size == (400, 300)
    assert wide.part.width == 960
    upright = crop_to_fill((720, 1280), (400, 300))
    assert upright.shown.height == 300
    assert upright.shown.width < 250
    assert upright.part.height > 0.7 * 1280


@pytest.mark.parametrize("size", [*SIZES, (640, 400), (400, 300), (96, 64)])
@pytest.mark.parametrize("score", [7.4, 87.4, 100.0])
def test_a_score_shrinks_but_is_never_shortened(stage, monkeypatch, size, score):
    shown, render = [], stage.theme.sprite
    monkeypatch.setattr(
        stage.theme, "sprite", lambda text, *style: shown.append(text) or render(text, *style)
    )
    DanceScreen(stage).draw(pygame.Surface(size), views.dance(score=score, combo=128))
    assert f"{score:.1f}" in shown
    assert size[0] < 400 or "×128" in shown
    ResultsScreen(stage).draw(pygame.Surface(size), views.result(score=score))
    assert shown.count(f"{score:.1f}") >= 2


@pytest.mark.parametrize("size", [(1, 1), (63, 63), (64, 63), (64, 64), (64, 200), (200, 64)])
def test_a_tiny_window_is_no_error(stage, size):
    surface = pygame.Surface(size)
    for phase in PHASES:
        DanceScreen(stage).draw(surface, views.dance(phase=phase, health=(LOST_CAMERA,)))
    ResultsScreen(stage).draw(surface, views.result())
    SongListScreen(stage, views.cards()).draw(surface, ListView(0.0))
    assert min(size) >= 64 or not pygame.surfarray.array3d(surface).any()


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
def test_no_light_stays_of_an_older_pose(size):
    theme = Theme()
    used, fresh = Troupe(theme), Troupe(theme)
    area = dance_layout(size).coach
    wide = views.dancer()
    wide[[body.R_WRIST, body.L_WRIST], 0] += (-0.45, 0.45)
    wide[[body.R_ANKLE, body.L_ANKLE], 0] += (-0.30, 0.30)
    fresh.framing = used.framing
    pages = []
    for troupe, poses in ((used, (wide, views.dancer())), (fresh, (views.dancer(),))):
        for pose in poses:
            page = pygame.Surface(size)
            troupe.draw(page, area, pose[None], lead=0, at_s=5.0, mirror=False)
        pages.append(pygame.surfarray.array3d(page))
    assert pages[0].any()
    np.testing.assert_array_equal(*pages)


def test_not_judged_is_said_once(stage, written):
    verdict = views.unjudged("too few pictures")
    DanceScreen(stage).draw(pygame.Surface((1280, 720)), views.dance(verdict=verdict))
    said = [line[0] for line in written if "judged" in line[0].lower()]
    assert set(said) == {"NOT JUDGED"}
    assert "too few pictures" in [line[0] for line in written]


@pytest.mark.parametrize(("score", "before", "told"), [
    (81.3, None, "FIRST DANCE"), (0.0, None, "first dance"), (81.3, 76.0, "NEW RECORD   +5.3"),
    (40.0, 76.0, "best 76.0"), (0.0, 0.0, "best 0.0"),
])  # fmt: skip
@pytest.mark.parametrize("size", SIZES)
def test_a_dance_is_told_beside_those_before_it(stage, written, size, score, before, told):
    earlier = (40.0, 62.0, 58.0) if before else ()
    view = replace(views.result(score=score), best_before=before, earlier=earlier)
    ResultsScreen(stage).draw(pygame.Surface(size), view)
    assert told in [line[0] for line in written]
    assert_inside(written)


@pytest.mark.parametrize("size", [*SIZES, (800, 480)])
def test_the_pages_of_players_keep_their_text_inside(stage, written, size):
    page, pages = pygame.Surface(size), views.history().pages
    for view in (views.players(), views.players(chosen=1, writing=Written(views.LONG))):
        PlayersScreen(stage).draw(page, view)
    for name in pages:
        HistoryScreen(stage).draw(page, views.history(page=name, chosen=30))
    HistoryScreen(stage).draw(page, views.history(lines=(), message="Nothing yet. " * 5))
    assert_inside(written)


def test_moves_not_judged_are_hollow_and_no_miss(stage):
    size = (1280, 720)
    missed = views.result().report.moves[4]
    assert missed.grade == "MISS"
    moves = (*views.result().report.moves[:9], views.unjudged("too few pictures"))
    surface = pygame.Surface(size)
    ResultsScreen(stage).draw(surface, views.result(moves=moves, best=None))
    panel = result_layout(size).moves
    last = pygame.Rect(0, 0, round(panel.width * 0.11), panel.height)
    last.bottomright = panel.bottomright
    pixels = pygame.surfarray.array3d(surface.subsurface(last)).astype(int)
    outline = (pixels == UNJUDGED).all(axis=2)
    xs, ys = np.nonzero(outline)
    assert len(xs) > 20
    assert not outline[xs.min() : xs.max(), ys.min() : ys.max()].all()
    assert not outline[(xs.min() + xs.max()) // 2, (ys.min() + ys.max()) // 2]
    assert not (pixels == GRADE_COLOUR["MISS"]).all(axis=2).any()


def test_a_lost_camera_shows_a_dark_picture_without_skeleton(stage):
    size = (1280, 720)
    panel = dance_layout(size).camera.inflate(-20, -20)
    bright = np.full((480, 640, 3), 200, np.uint8)
    pages = []
    for health, pose in (
        ((), None), ((LOST_CAMERA,), None),
        ((LOST_CAMERA,), views.dance().pose),
    ):  # fmt: skip
        surface = pygame.Surface(size)
        view = views.dance(picture=bright, pose=pose, health=health)
        DanceScreen(stage).draw(surface, view)
        pages.append(pygame.surfarray.array3d(surface.subsurface(panel)).astype(int))
    assert pages[1].mean() < 0.5 * pages[0].mean()
    np.testing.assert_allclose(pages[1], pages[2], atol=3)


def test_the_count_in_stands_beside_the_coach(stage, written):
    for size in SIZES:
        at = dance_layout(size)
        written.clear()
        view = views.dance(phase="count-in", counts=2.5, song_s=-1.2)
        DanceScreen(stage).draw(pygame.Surface(size), view)
        (where,) = [line[2] for line in written if line[0] == "6"]
        lead = pygame.Rect(0, 0, at.coach.height * 0.4, at.coach.height)
        lead.center = at.coach.center
        assert at.coach.contains(where)
        assert not lead.colliderect(where)


@pytest.mark.parametrize(
    ("colours", "lights"),
    [
        ((), HOUSE),
        (((120, 120, 120), (0, 0, 40)), ((0, 0, 255), *HOUSE[1:])),  # grey is no light
        (((200, 180, 170),), ((255, 179, 140), *HOUSE[1:])),
        (((255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 99)),
         ((255, 0, 0), (0, 255, 0), (0, 0, 255))),
    ],
)  # fmt: skip
def test_the_stage_is_lit_in_the_songs_colours(colours, lights):
    assert lights_of(colours) == lights


def test_a_stage_in_other_colours_is_built_anew_and_the_houses_comes_back(stage):
    screen, pictures = DanceScreen(stage), []
    for colours in ((), ((0, 255, 0),), ()):
        surface = pygame.Surface((640, 360))
        for _ in range(2):
            screen.draw(surface, views.dance(colours=colours))
        pictures.append(pygame.surfarray.array3d(surface)[400:, :300].mean(axis=(0, 1)))
    assert pictures[1][1] > pictures[0][1] + 10
    np.testing.assert_allclose(pictures[2], pictures[0], atol=0.5)


def test_every_member_has_looks_of_their_own_and_who_stands_behind_is_dimmed():
    lit = [costume_of(member) for member in range(7)]
    assert len({(one.hair, one.top, one.legs) for one in lit}) == 7
    assert costume_of(7) == lit[0]
    for one, other in ((one, shaded(one)) for one in lit):
        assert sum(other.top) < sum(one.top)
        assert sum(other.skin) < sum(one.skin)


@pytest.mark.parametrize("title", ["다시 만난 세계", "(Night) Bus", "…", ""])
def test_a_song_without_a_cover_has_one_of_its_title(stage, title):
    square = drawn_square(stage.theme, title, (), 70, 10)
    assert square.get_at((0, 0)).a == 0
    assert square.get_at((35, 3)).a == 255
    again = drawn_square(stage.theme, title, ((255, 0, 0), (0, 255, 0)), 70, 10)
    assert again.get_at((60, 62))[:3] != square.get_at((60, 62))[:3]


def test_a_large_window_lists_more_songs_instead_of_larger_ones():
    small, large = list_layout((1280, 720)), list_layout((2560, 1440))
    assert large.unit < 1.7
    assert large.cards.height // large.card_height > small.cards.height // small.card_height


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (Terms(), "judged as among friends"),
        (Terms("kids", "seated"), "roughly right is enough, legs are not asked for"),
        (Terms("pro", mirrored=True), "judged as on a stage, left and right exchanged"),
    ],
)
def test_what_the_terms_mean_stands_below_them(stage, written, terms, words):
    SongListScreen(stage, views.cards()).draw(
        pygame.Surface((1280, 720)), ListView(0.0, terms=terms)
    )
    assert words in [line[0] for line in written]


def test_calm_pages_neither_flash_nor_sweep_nor_spring():
    stage = Backdrop(Theme())
    stage.theme.calm = True
    screen, shown = DanceScreen(stage), []
    for beat in (*[62.0] * 25, 62.25, 67.9):  # lights are prepared one a frame
        surface = pygame.Surface((640, 360))
        screen.draw(surface, views.dance(beat=beat, verdict_age_s=beat % 1 / 3))
        shown.append(pygame.surfarray.array3d(surface))
    for later in shown[-2:]:
        np.testing.assert_array_equal(later, shown[-3])
    stage.theme.calm = False
    screen.draw(surface, views.dance(beat=62.0, verdict_age_s=0.0))
    assert (pygame.surfarray.array3d(surface) != shown[-1]).any()


SEEN_BY = {  # Machado, Oliveira, Fernandes 2009, table 1: severity 1.0, on linear RGB
    "everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopes": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopes": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopes": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
TOLD_APART = 15.0
"""Of CIELAB's distance: some 2 can just be told apart side by side."""


@pytest.mark.parametrize("who", SEEN_BY)
def test_the_grades_colours_are_told_apart_by(who):
    share = np.array(list(GRADE_COLOUR.values())) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(SEEN_BY[who]).T, 0, 1)
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    near_white = seen @ np.array(to_xyz).T / (0.9505, 1, 1.089)
    f = np.where(near_white > 0.008856, np.cbrt(near_white), 7.787 * near_white + 16 / 116)
    lab = np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )
    apart = np.linalg.norm(lab[:, None] - lab, axis=-1)[np.triu_indices(5, 1)]
    assert apart.min() > TOLD_APART


def test_the_same_view_costs_no_new_sprites(stage):
    surface = pygame.Surface((1280, 720))
    screen = DanceScreen(stage)
    screen.draw(surface, views.dance())
    kept = len(stage.theme._kept)
    for _ in range(3):
        screen.draw(surface, views.dance())
    assert len(stage.theme._kept) == kept


PHASED = [(size, phase) for size in SIZES for phase in ("playing", "count-in", "paused")]


@pytest.mark.parametrize(("size", "phase"), but_quick(PHASED, PHASED[::4]))
def test_with_a_film_all_else_stands_where_it_was(stage, written, size, phase):
    def drawn(**film):
        page, beat = pygame.Surface(size), -2.5 if phase == "count-in" else 62.0
        DanceScreen(stage).draw(page, views.dance(phase=phase, beat=beat, **film))
        return pygame.surfarray.array3d(page)

    picture = np.full((360, 640, 3), 120, np.uint8)
    film = FilmView(picture, (100.0, 10.0, 200.0, 300.0), False, views.dance().coach * 360)

    def settled(**film):
        """What is drawn once the backdrop is there: it is painted piece by piece."""
        before, now = drawn(**film), drawn(**film)
        for _ in range(60):
            if np.array_equal(before, now):
                break
            before, now = now, drawn(**film)
        return now

    with_film, without = settled(film=film), settled()
    assert_inside(written)
    changed = np.abs(with_film.astype(int) - without).sum(axis=2) > 0
    at = dance_layout(size)
    assert changed[at.coach.left : at.coach.right, at.coach.top : at.coach.bottom].any()
    if phase != "paused":  # then a panel of glass lies over it
        for rect in (at.title, at.clock, at.keys, at.status):
            assert not changed[rect.left : rect.right, rect.top : rect.bottom].any()


def of_one(surface, view, alone):
    DanceScreen(Backdrop(Theme())).draw(surface, view, alone)


def of_two(surface, view, alone):
    dancers = tuple(DancerView(k, "", 0, view.pose, 50.0) for k in range(2))
    GroupScreen(Backdrop(Theme())).draw_group(
        surface, GroupView(view, dancers), party_views.contest("duel", 2, 24.0, (0,)), alone
    )


@pytest.mark.parametrize("draw", [of_one, of_two])
@pytest.mark.parametrize("size", [(1280, 720), (540, 960)])
@pytest.mark.parametrize(
    "laid",
    [
        {"phase": "paused"}, {"status": "other"}, {"phase": "loading"},
        {"notices": ("The camera is slow.",)},
        {"notices": ("The camera is slow, " * 9, "and there is no sound.")},
    ],
)  # fmt: skip
def test_the_stage_alone_has_nothing_laid_over_it(draw, size, laid):
    pictures = []
    for view in (views.dance(), views.dance(**laid)):
        surface, alone = pygame.Surface(size), []
        draw(
            surface, view, lambda drawn, to=alone: to.append(pygame.image.tobytes(drawn, "RGB"))
        )
        pictures += [*alone, pygame.image.tobytes(surface, "RGB")]
    stage, drawn, other_stage, other = pictures
    assert stage == other_stage
    assert drawn != other


@pytest.mark.parametrize(
    ("phase", "more"),
    [("count-in", {"counts": 2.5}), ("next song", {"counts": 2.5}), ("finished", {})],
)
def test_what_is_called_out_is_on_the_stage(phase, more):
    pictures = []
    for view in (views.dance(), views.dance(phase=phase, **more)):
        DanceScreen(Backdrop(Theme())).draw(
            pygame.Surface((1280, 720)), view,
            lambda drawn: pictures.append(pygame.image.tobytes(drawn, "RGB")),
        )  # fmt: skip
    assert pictures[0] != pictures[1]
