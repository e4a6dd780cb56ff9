"""The quiz's pages: everything inside and apart, every button hit, colours that say right or wrong."""

from __future__ import annotations

import dataclasses
import itertools
import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import numpy as np
import pygame
import pytest

from kpopdance.engines.anatomy import LIMBS
from kpopdance.realtime.core import body
from kpopdance.realtime.core.skeleton_colours import JOINT_COLOURS
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.clip_figures import OTHERS, ClipFigures, placed_in
from kpopdance.realtime.screens.parts.signs import PAINTERS, ring, sign
from kpopdance.realtime.screens.parts.skeleton import LIGHTS, draw_bones, draw_lights
from kpopdance.realtime.screens.parts.theme import CYAN, GOLD, MINT, RED, WHITE, Theme, dim
from kpopdance.realtime.screens.quiz import QuizScreen, time_colour
from kpopdance.realtime.screens.quiz_choices import answering
from kpopdance.realtime.screens.quiz_end import QuizEndScreen, end_layout, headline
from kpopdance.realtime.screens.quiz_ladder import next_hint
from kpopdance.realtime.screens.quiz_layout import quiz_layout
from kpopdance.realtime.screens.quiz_view import AskedView, PlayerView
from kpopdance.realtime.screens.reverse import ReverseScreen, certainty_words, reverse_layout
from tests.quick import but_quick
from tests.realtime.screens import quiz_views, views

SIZES = (
    (480, 750), (640, 360), (800, 600), (1000, 1000), (1280, 720), (720, 1280), (1920, 1080),
    (2560, 1080),
)  # fmt: skip
READ = (*(size for size in SIZES if max(size) <= 1280), (1280, 540))
"""Where text is looked at; 1920x1080 is 1280x720 and 2560x1080 is 1280x540 enlarged."""
LAYOUTS = (quiz_layout, end_layout, reverse_layout)
PAGES = (
    (QuizScreen, quiz_views.STATES), (QuizEndScreen, quiz_views.ENDS),
    (ReverseScreen, quiz_views.REVERSES),
)  # fmt: skip
LARGE = (1280, 720)


class DarkStage:
    """No lights, no crowd: what is drawn is the page's own."""

    def __init__(self):
        self.theme = Theme()

    def draw(self, surface, beat, *, centre_x, horizon_y):
        assert 0 <= centre_x <= surface.get_width()
        assert 0 < horizon_y < surface.get_height()
        self.theme.fit(surface.get_size())
        surface.fill((0, 0, 0))

    def crowd(self, surface, beat):
        """Draw nobody."""


@pytest.fixture(scope="module")
def stage():
    return DarkStage()


@pytest.fixture
def written(stage, monkeypatch):
    """Record every line of text: its panel, where it was drawn, its page, and what of it is read."""
    lines = []
    stage.theme._kept.clear()
    for name in ("write", "neon"):
        draw = getattr(stage.theme, name)

        def recorded(surface, text, panel, style, *glow, draw=draw):
            where = draw(surface, text, panel, style, *glow)
            lines.append((text, panel.copy(), where, surface.get_rect()))
            return where

        monkeypatch.setattr(stage.theme, name, recorded)
    return lines


def drawn(stage, screen, view, size=LARGE):
    page = pygame.Surface(size)
    screen(stage).draw(page, view)
    return pygame.surfarray.array3d(page).astype(int)


def like(pixels, colour, near=40):
    return np.abs(pixels - colour).sum(axis=-1) < near


def part(pixels, box):
    return pixels[box.left : box.right, box.top : box.bottom]


@pytest.mark.parametrize(("screen", "states"), PAGES)
def test_the_stage_stands_behind_every_page(screen, states):
    lit = Backdrop(Theme())
    pixels = drawn(lit, screen, next(iter(states.values())), (640, 360))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 2000


# layouts and text


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [*SIZES, (700, 640), (400, 300), (300, 900)])
def test_panels_stay_in_the_window_and_apart(layout, size):
    panels = views.panels(layout(size))
    window = pygame.Rect((0, 0), size)
    for name, rect in panels.items():
        assert rect.width > 0, name
        assert rect.height > 0, name
        assert window.contains(rect), (name, rect)
    for (one, a), (other, b) in itertools.combinations(panels.items(), 2):
        assert not a.colliderect(b), (one, other, a, b)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 4, 5, 6])
def test_boxes_stand_apart_in_their_panel(size, count):
    at = quiz_layout(size)
    for panel, boxes in (
        (at.choices, at.choice_boxes(count)), (at.hints, at.hint_boxes(count)),
        (at.players, at.player_boxes(min(count, 4))),
    ):  # fmt: skip
        assert all(panel.contains(box) for box in boxes)
        assert not any(a.colliderect(b) for a, b in itertools.combinations(boxes, 2))
    heights = [box.height for box in at.hint_boxes(count)]
    assert heights == sorted(heights)
    assert count < 2 or heights[0] < heights[-1]
    assert at.clip.contains(at.replay)
    assert at.clip.contains(at.banner)
    assert not at.dancers.colliderect(at.replay.inflate(-4, -4))


@pytest.mark.parametrize("size", SIZES)
def test_the_clip_is_the_largest_thing(size):
    areas = {
        name: box.width * box.height for name, box in views.panels(quiz_layout(size)).items()
    }
    assert max(areas, key=areas.get) == "clip"
    assert areas["clip"] > 1.15 * areas["choices"]


@pytest.mark.parametrize(
    "size", but_quick([(size,) for size in READ], [(READ[0],), (READ[-1],)])
)
@pytest.mark.parametrize(("screen", "states"), PAGES)
def test_all_text_stays_inside(stage, written, size, screen, states):
    for view in states.values():
        drawn(stage, screen, view, size)
    assert written
    for text, panel, where, page in written:
        if where.width:
            assert panel.contains(where), (text, panel, where)
            assert page.contains(where), (text, page, where)


@pytest.mark.parametrize(
    "size", but_quick([(size,) for size in READ], [(READ[0],), (READ[-1],)])
)
def test_nothing_of_usual_length_is_cut(stage, monkeypatch, size):
    stage.theme._kept.clear()
    shown, render = [], stage.theme.sprite
    monkeypatch.setattr(
        stage.theme, "sprite", lambda *what: shown.append((what[0], what[1])) or render(*what)
    )
    usual = [name for name in quiz_views.STATES if name != "long"]
    for name in usual:
        drawn(stage, QuizScreen, quiz_views.STATES[name], size)
    asked = tuple(
        AskedView(quiz_views.TITLES[k % 4], k != 2, "LOVE DIVE", 3.0) for k in range(10)
    )
    for name in ("alone", "several", "tie", "bare"):
        page = dataclasses.replace(quiz_views.ENDS[name], asked=asked)
        drawn(stage, QuizEndScreen, page, size)
    for name in ("known", "unknown", "waiting", "no camera"):
        drawn(stage, ReverseScreen, quiz_views.REVERSES[name], size)
    whole = [line for line, _ in shown]
    assert not [line for line in whole if "…" in line]
    for words in (
        *quiz_views.TITLES,
        "Correct!",
        "Wrong!",
        "Time is up!",
        "8 of 10",
        "Jo wins!",
    ):
        assert any(words in line for line in whole) or words == "8 of 10", words
    assert any("(songs 3f2a)" in line for line in whole)
    assert min(px for _, px in shown) >= (11 if size == (2560, 1080) else 6)


@pytest.mark.parametrize("size", READ)
def test_lines_of_text_do_not_lie_on_each_other(stage, written, size):
    for screen, view in (
        (QuizScreen, quiz_views.quiz()), (QuizScreen, quiz_views.told(selected=3)),
        (QuizScreen, quiz_views.STATES["buzzed"]), (QuizEndScreen, quiz_views.end()),
        (QuizEndScreen, quiz_views.ENDS["several"]), (ReverseScreen, quiz_views.reverse()),
        (ReverseScreen, quiz_views.reverse(known=False)),
    ):  # fmt: skip
        written.clear()
        stage.theme._kept.clear()
        drawn(stage, screen, view, size)
        page = pygame.Rect((0, 0), size)
        inks = [
            (text, where.inflate(0, -round(where.height * 0.42)))
            for text, _, where, on in written
            if on == page and where.width
        ]
        for (one, a), (other, b) in itertools.combinations(inks, 2):
            assert not a.colliderect(b), (one, other, a, b)


@pytest.mark.parametrize("size", [(1, 1), (63, 63), (64, 64), (64, 200), (200, 64), (120, 90)])
@pytest.mark.parametrize(("screen", "states"), PAGES)
def test_a_tiny_window_is_no_error(stage, size, screen, states):
    page = pygame.Surface(size)
    drawer = screen(stage)
    for view in states.values():
        drawer.draw(page, view)
        drawer.at((1, 1), size)
    assert min(size) >= 64 or not pygame.surfarray.array3d(page).any()


@pytest.mark.parametrize(("screen", "states"), PAGES)
def test_the_same_view_costs_no_new_sprites(stage, screen, states):
    page, drawer = pygame.Surface(LARGE), screen(stage)
    for name, view in states.items():
        drawer.draw(page, view)
        kept = len(stage.theme._kept)
        for _ in range(3):
            drawer.draw(page, view)
        assert len(stage.theme._kept) == kept, name


# keys and mouse


def test_keys_alone(stage):
    screen = QuizScreen(stage)
    meant = {
        "up": "up", "w": "up", "down": "down", "s": "down", "1": "choose 1", "4": "choose 4",
        "[2]": "choose 2", "return": "submit", "keypad enter": "submit", "h": "hint",
        "space": "replay", "m": "mute", "escape": "leave", "x": None, "f5": None, "7": None,
        "5": None, "": None,
    }  # fmt: skip
    screen.draw(pygame.Surface(LARGE), quiz_views.quiz())
    assert {name: screen.key(name) for name in meant} == meant
    screen.draw(pygame.Surface(LARGE), quiz_views.STATES["six"])
    assert screen.key("6") == "choose 6"


def test_once_told_enter_and_space_go_on(stage):
    screen = QuizScreen(stage)
    screen.draw(pygame.Surface(LARGE), quiz_views.told())
    meant = {"return": "next", "space": "next", "escape": "leave", "m": "mute", "1": None}
    assert {name: screen.key(name) for name in meant} == meant


def test_buzzers_come_before_all_other_keys_until_one_buzzed(stage):
    screen = QuizScreen(stage)
    players = tuple(
        PlayerView(name, key, 0, 0)
        for name, key in zip("MJAK", ("A", "h", "space", "W"), strict=True)
    )
    screen.draw(pygame.Surface(LARGE), quiz_views.quiz(players=players))
    meant = {"a": "buzz 1", "h": "buzz 2", "space": "buzz 3", "w": "buzz 4", "up": "up"}
    assert {name: screen.key(name) for name in meant} == meant
    screen.draw(pygame.Surface(LARGE), quiz_views.quiz(players=players, phase="buzzed"))
    meant = {"a": None, "h": "hint", "space": "replay", "w": "up", "3": "choose 3"}
    assert {name: screen.key(name) for name in meant} == meant


def test_keys_of_the_last_page_and_of_guessing(stage):
    screen = QuizEndScreen(stage)
    meant = {"return": "again", "r": "again", "c": "copy", "escape": "leave", "x": None}
    assert {name: screen.key(name) for name in meant} == meant
    screen = ReverseScreen(stage)
    meant = {"r": "again", "escape": "leave", "return": None}
    assert {name: screen.key(name) for name in meant} == meant


def boxes_of(at, view):
    """Return the buttons of a quiz's page as the brief has them."""
    boxes = {Target("leave"): at.leave}
    if view.phase == "told":
        return boxes | {Target("next"): at.submit}
    boxes[Target("replay")] = at.replay
    alone = len(view.players) == 1
    if alone or view.phase == "buzzed":
        choices = at.choice_boxes(len(view.choices))
        boxes |= {Target("choice", k): box for k, box in enumerate(choices)}
        if view.selected is not None:
            boxes[Target("submit")] = at.submit
    coming = [k for k, hint in enumerate(view.hints) if not hint.taken][:1]
    return boxes | {Target("hint", k): at.hint_boxes(len(view.hints))[k] for k in coming}


HIT = [
    (size, name)
    for size in SIZES
    for name in (
        "asking",
        "lights",
        "hurry",
        "six",
        "four",
        "buzzed",
        "right",
        "nobody",
        "unseen",
    )
]


def button_at(screen, position, size):
    """What is hit beside the keys that a page shows: those are hit too."""
    hit = screen.at(position, size)
    return None if hit is not None and hit.kind == "key" else hit


@pytest.mark.parametrize(("size", "name"), but_quick(HIT, HIT[::4]))
def test_every_button_is_hit_in_its_middle_and_nowhere_else(stage, size, name):
    view = quiz_views.STATES[name]
    screen = QuizScreen(stage)
    assert button_at(screen, (10, 10), size) is None
    screen._view = view
    expected = boxes_of(quiz_layout(size), view)
    for target, box in expected.items():
        assert screen.at(box.center, size) == target
        for corner in ((box.left, box.top), (box.right - 1, box.bottom - 1)):
            assert screen.at(corner, size) == target
        for beside in ((box.left - 1, box.centery), (box.centerx, box.bottom)):
            assert screen.at(beside, size) != target
    for x, y in itertools.product(range(0, size[0], 29), range(0, size[1], 23)):
        there = [target for target, box in expected.items() if box.collidepoint(x, y)]
        assert button_at(screen, (x, y), size) == (there[0] if there else None), (x, y)


@pytest.mark.parametrize("size", SIZES)
def test_the_last_pages_buttons(stage, size):
    screen = QuizEndScreen(stage)
    at = end_layout(size)
    for share in ("a line", ""):
        screen.draw(pygame.Surface(size), quiz_views.end(share=share))
        for kind, box in (("again", at.again), ("leave", at.leave), ("copy", at.copy)):
            found = screen.at(box.center, size)
            assert found == (None if kind == "copy" and not share else Target(kind))
            assert button_at(screen, (box.left - 1, box.centery), size) is None
        assert button_at(screen, at.hero.center, size) is None
    guessing = ReverseScreen(stage)
    leave = reverse_layout(size).leave
    assert guessing.at(leave.center, size) == Target("leave")
    assert button_at(guessing, (leave.left - 1, leave.centery), size) is None


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("asking", "submit"),
        ("asking", "hint"),
        ("asking", "replay"),
        ("asking", "leave"),
        ("right", "next"),
    ],
)
def test_what_the_mouse_is_on_is_lit(stage, name, target):
    view, at = quiz_views.STATES[name], quiz_layout(LARGE)
    screen, page = QuizScreen(stage), pygame.Surface(LARGE)
    box = next(box for found, box in boxes_of(at, view).items() if found.kind == target)
    light = []
    for position in ((0, 0), box.center):
        screen.draw(page, view)
        screen.at(position, LARGE)
        screen.draw(page, view)
        light.append(pygame.surfarray.array3d(page.subsurface(box)).astype(float).mean())
    assert light[1] > light[0] * 1.04


# what the colours say


@pytest.mark.parametrize("size", [LARGE, (480, 750)])
def test_the_right_choice_is_mint_and_the_wrong_one_red(stage, size):
    boxes = quiz_layout(size).choice_boxes(4)
    pixels = drawn(stage, QuizScreen, quiz_views.told(selected=3, answer=1), size)
    mint = [like(part(pixels, box), MINT).sum() for box in boxes]
    red = [like(part(pixels, box), RED).sum() for box in boxes]
    assert mint[1] > 100
    assert red[3] > 100
    assert mint[0] == mint[2] == mint[3] == 0
    assert red[0] == red[1] == red[2] == 0
    before = drawn(stage, QuizScreen, quiz_views.quiz(selected=3), size)
    assert not like(part(before, quiz_layout(size).choices), MINT).any()


@pytest.mark.parametrize(
    ("view", "words", "colour"),
    [
        (quiz_views.told(), "Correct!", MINT),
        (quiz_views.told(selected=3), "Wrong!", RED),
        (quiz_views.told(selected=None), "Time is up!", GOLD),
    ],
)
def test_the_verdict_is_said_in_words_and_in_the_clips_edge(
    stage, written, view, words, colour
):
    pixels = drawn(stage, QuizScreen, view)
    said = [line[0] for line in written]
    assert words in said
    assert len({"Correct!", "Wrong!", "Time is up!"} & set(said)) == 1
    clip = quiz_layout(LARGE).clip
    edge = pixels[clip.left + 1 : clip.left + 4, clip.centery]
    assert like(edge, colour, 150).any()
    title = any("it is 다시 만난 세계" in line for line in said)
    assert title == (words != "Correct!")


def test_the_last_quarter_is_red(stage):
    box = quiz_layout(LARGE).timer
    for left_s, colour in ((19.0, CYAN), (9.0, GOLD), (5.0, RED), (0.4, RED)):
        pixels = part(drawn(stage, QuizScreen, quiz_views.quiz(left_s=left_s)), box)
        shown = [like(pixels, ink, 30).sum() for ink in (CYAN, GOLD, RED)]
        assert np.argmax(shown) == (CYAN, GOLD, RED).index(colour), (left_s, shown)
    assert time_colour(0.25) == RED
    assert time_colour(0.26) == GOLD


def test_the_ring_runs_clockwise_from_the_top():
    page = pygame.Surface((100, 100))
    ring(page, (50, 50), (30, 40), 0.25, WHITE)
    pixels = pygame.surfarray.array3d(page).sum(axis=2) > 200
    assert pixels[56:84, 16:44].any()
    assert not pixels[:40, :].any()
    assert not pixels[:, 60:].any()
    page.fill((0, 0, 0))
    ring(page, (50, 50), (30, 40), 0.0, WHITE)
    assert not pygame.surfarray.array3d(page).any()


def test_without_a_limit_there_is_no_clock(stage, written):
    drawn(stage, QuizScreen, quiz_views.quiz())
    assert "15" in [line[0] for line in written]
    written.clear()
    drawn(stage, QuizScreen, quiz_views.STATES["no limit"])
    clock = quiz_layout(LARGE).timer
    assert not [line for line in written if clock.contains(line[1])]


def test_hints_taken_are_gold_and_the_next_has_its_key(stage, written):
    at = quiz_layout(LARGE)
    pixels = drawn(stage, QuizScreen, quiz_views.quiz(hints=quiz_views.ladder(2)))
    gold = [like(part(pixels, box), GOLD).sum() > 60 for box in at.hint_boxes(5)]
    assert gold == [True, True, False, False, False]
    assert [line[0] for line in written].count("H") == 2  # one stands among the keys
    written.clear()
    drawn(stage, QuizScreen, quiz_views.quiz(hints=quiz_views.ladder(5)))
    assert [line[0] for line in written].count("H") == 1
    assert next_hint(quiz_views.quiz(hints=quiz_views.ladder(5))) is None
    assert next_hint(quiz_views.told()) is None


def test_the_covers_colours_stand_in_the_clip(stage):
    clip = quiz_layout(LARGE).clip
    pixels = drawn(stage, QuizScreen, quiz_views.quiz(joints=None, colours=quiz_views.COVER))
    for colour in quiz_views.COVER:
        assert like(part(pixels, clip), colour, 8).sum() > 400, colour


def test_answered_questions_are_marked_in_the_progress(stage):
    view, box = quiz_views.quiz(), quiz_layout(LARGE).progress
    middles = [round(box.left + box.width * (k + 0.5) / view.total) for k in range(10)]
    pixels = drawn(stage, QuizScreen, view)[middles, box.centery]
    assert [bool(like(pixel, MINT)) for pixel in pixels[:3]] == [True, False, True]
    assert like(pixels[1], RED)
    assert like(pixels[3], WHITE, 90)
    assert not like(pixels[4:], WHITE, 300).any()


def test_points_fly_from_the_choice_to_the_score(stage):
    at = quiz_layout(LARGE)
    still = drawn(stage, QuizScreen, quiz_views.told(age_s=9.0))
    middles = []
    for age_s in (0.3, 0.6, 0.9):
        moved = (
            np.abs(drawn(stage, QuizScreen, quiz_views.told(age_s=age_s)) - still).sum(axis=2)
            > 90
        )
        middles.append(np.argwhere(moved).mean(axis=0))
    assert abs(middles[0][1] - at.choice_boxes(4)[1].centery) < 40
    assert abs(middles[2][1] - at.players.centery) < 60
    assert middles[0][1] > middles[1][1] > middles[2][1]
    for other in (quiz_views.told(points_earned=0, age_s=0.6), quiz_views.quiz(age_s=0.6)):
        later = dataclasses.replace(other, age_s=9.0)
        np.testing.assert_array_equal(
            drawn(stage, QuizScreen, other), drawn(stage, QuizScreen, later)
        )


def test_points_fly_to_who_earned_them(stage):
    at = quiz_layout(LARGE)
    for turn in (0, 1, 2):
        ages = [
            drawn(stage, QuizScreen, quiz_views.told(
                age_s=age_s, players=quiz_views.players(3, buzzing=turn)))
            for age_s in (0.97, 9.0)
        ]  # fmt: skip
        x = np.argwhere(np.abs(ages[0] - ages[1]).sum(axis=2) > 60)[:, 0].mean()
        boxes = at.player_boxes(3)
        assert np.argmin([abs(box.centerx - x) for box in boxes]) == turn


def test_whose_turn_it_is_is_said_large(stage, written):
    pixels = drawn(stage, QuizScreen, quiz_views.STATES["buzzed"])
    (turn,) = [line for line in written if line[0] == "Alexandra!"]
    assert turn[2].height > 40
    boxes = quiz_layout(LARGE).player_boxes(4)
    light = [part(pixels, box.inflate(-8, -8)).mean() for box in boxes]
    assert np.argmax(light) == 2
    assert np.argmin(light) == 1, "who is out is dark"
    clip = quiz_layout(LARGE).clip
    assert like(pixels[clip.left + 1 : clip.left + 4, clip.centery], GOLD, 150).any()
    assert not answering(quiz_views.STATES["four"])
    assert answering(quiz_views.STATES["buzzed"])


# skeletons


def placed(member=0, view=None, size=LARGE):
    view = view or quiz_views.quiz()
    return placed_in(quiz_layout(size).dancers, view.joints, view.stature)[member]


@pytest.mark.parametrize("size", SIZES)
def test_limbs_have_openposes_colours(stage, size):
    pixels = drawn(stage, QuizScreen, quiz_views.quiz(), size)
    joints = placed(size=size)
    for a, b in LIMBS[:17]:
        if b >= body.R_EYE:
            continue
        x, y = ((joints[a, :2] + joints[b, :2]) / 2).round().astype(int)
        assert like(pixels[x, y], JOINT_COLOURS[b], 12), (a, b, pixels[x, y])
    for joint in range(14):
        x, y = joints[joint, :2].round().astype(int)
        assert like(pixels[x, y], JOINT_COLOURS[joint], 12), joint


def test_the_colours_are_openposes():
    assert len(set(JOINT_COLOURS)) == 18
    assert JOINT_COLOURS[body.NOSE] == (255, 0, 85)
    assert JOINT_COLOURS[body.R_WRIST] == (255, 255, 0)
    assert JOINT_COLOURS[body.L_ANKLE] == (0, 0, 255)
    assert JOINT_COLOURS[body.L_EAR] == (85, 0, 255)


def test_point_lights_are_lights_only(stage):
    pixels = drawn(stage, QuizScreen, quiz_views.quiz(figure="points"))
    joints = placed()
    assert len(LIGHTS) == 13
    for joint in LIGHTS:
        x, y = joints[joint, :2].round().astype(int)
        assert like(pixels[x, y], WHITE, 12)
    for a, b in ((body.R_HIP, body.R_KNEE), (body.L_ELBOW, body.L_WRIST)):
        x, y = ((joints[a, :2] + joints[b, :2]) / 2).round().astype(int)
        assert not pixels[x, y].any()
    clip = part(pixels, quiz_layout(LARGE).dancers)
    assert (clip.max(axis=-1) - clip.min(axis=-1)).max() < 8, "no colour"


@pytest.mark.parametrize("figure", ["bones", "points"])
def test_all_but_the_lead_are_dim(stage, figure):
    joints = np.stack([views.dancer(0.5), views.dancer(1.2)])
    for lead in (0, 1):
        view = quiz_views.quiz(joints=joints, lead=lead, figure=figure)
        pixels = drawn(stage, QuizScreen, view)
        for member in (0, 1):
            x, y = placed(member, view)[body.L_KNEE, :2].round().astype(int)
            share = 1.0 if member == lead else OTHERS
            colour = JOINT_COLOURS[body.L_KNEE] if figure == "bones" else WHITE
            assert like(pixels[x, y], dim(colour, share), 14)


def test_nothing_is_drawn_outside_the_clip(stage):
    clip = quiz_layout(LARGE).clip
    far = np.stack(
        [views.dancer(x, y, 2.5) for x, y in ((-1, 0.5), (3, 0.5), (0.9, -1), (0.9, 2))]
    )
    one = drawn(stage, QuizScreen, quiz_views.quiz(joints=far))
    none = drawn(stage, QuizScreen, quiz_views.quiz(joints=None))
    differs = (one != none).any(axis=2)
    assert differs.any()
    differs[clip.left : clip.right, clip.top : clip.bottom] = False
    assert not differs.any()


def test_the_clips_frame_stays_still():
    room = pygame.Rect(100, 50, 600, 400)
    still, moved = (
        placed_in(room, views.dancer(x)[None], quiz_views.STATURE)[0, :, :2] for x in (0.8, 1.0)
    )
    scale = min(600 / 1.2, 400 / 0.9)
    np.testing.assert_allclose(moved - still, [[0.2 * scale, 0]] * 18, atol=0.01)
    corners = np.ones((1, 18, 3), np.float32)
    corners[0, 0, :2], corners[0, 1, :2] = quiz_views.STATURE[:2], quiz_views.STATURE[2:]
    inside = placed_in(room, corners, quiz_views.STATURE)[0, :2, :2]
    assert inside[0, 0] >= 100 - 0.01
    assert inside[1, 1] <= 450.01


def test_what_lies_nowhere_is_unseen():
    joints = views.dancer()[None]
    joints[0, body.R_WRIST, 0], joints[0, body.L_KNEE, 1] = np.inf, np.nan
    shown = placed_in(pygame.Rect(0, 0, 400, 400), joints, quiz_views.STATURE)[0]
    for joint in (body.R_WRIST, body.L_KNEE):
        assert np.isnan(shown[joint, :2]).all()
        assert shown[joint, 2] == 0
    assert np.isfinite(np.delete(shown, (body.R_WRIST, body.L_KNEE), axis=0)).all()


def test_who_crouches_is_drawn_as_thick_as_before():
    clip, room = ClipFigures(), pygame.Rect(0, 0, 400, 400)
    upright = (views.dancer() * (300, 300, 1)).astype(np.float32)
    small = (views.dancer() * (200, 200, 1)).astype(np.float32)
    heights = [clip._height(0, joints, room) for joints in (upright, small, upright)]
    assert heights[0] == heights[1] == heights[2]
    assert ClipFigures()._height(0, small, room) < heights[0]


@pytest.mark.parametrize("draw", [draw_bones, draw_lights])
def test_unseen_and_endless_joints_leave_no_pixels(draw):
    page = pygame.Surface((400, 400))
    endless = views.dancer(200, 200, 300)
    for value in (np.nan, np.inf, -np.inf):
        endless[:, 0] = value
        draw(page, endless, 300)
    draw(page, views.unseen(), 300)
    assert not pygame.surfarray.array3d(page).any()
    far = views.dancer(200, 200, 300)
    far[body.R_WRIST, :2] = 1e30
    draw(page, far, 300)


@pytest.mark.parametrize("joint", [body.R_WRIST, body.L_ANKLE])
def test_one_unseen_joint_leaves_its_place_empty(joint):
    for draw, hides in itertools.product((draw_bones, draw_lights), (False, True)):
        joints = views.dancer(200, 200, 300)
        x, y = joints[joint, :2].astype(int)
        if hides:
            joints[joint] = (np.nan, np.nan, 0)
        page = pygame.Surface((400, 400))
        draw(page, joints, 300)
        lit = pygame.surfarray.array3d(page)[x - 2 : x + 3, y - 2 : y + 3].any()
        assert lit != hides


def test_a_masked_videos_picture_is_shown_whole_and_in_its_colours(stage):
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[:100], picture[100:] = (200, 0, 0), (0, 0, 200)
    clip = quiz_layout(LARGE).clip
    pixels = drawn(stage, QuizScreen, quiz_views.quiz(picture=picture))
    assert like(pixels[clip.centerx, clip.centery - 60], (200, 0, 0), 8)
    assert like(pixels[clip.centerx, clip.centery + 60], (0, 0, 200), 8)
    shown = np.argwhere(part(pixels, clip)[..., 2] == 200)
    wide = np.argwhere(like(part(pixels, clip), (200, 0, 0), 8))
    assert len(shown)
    across = wide[:, 0].max() - wide[:, 0].min()
    assert abs(across / (2 * (wide[:, 1].max() - wide[:, 1].min())) - 1.5) < 0.1
    assert across > 0.9 * clip.width


@pytest.mark.parametrize("name", sorted(PAINTERS))
def test_every_sign_is_drawn_within_its_square(name):
    pixels = pygame.surfarray.array_alpha(sign(Theme(), name, 40, WHITE))
    assert 60 < (pixels > 128).sum() < 1400
    assert not pixels[[0, -1]].max() > 200
    assert len({sign(Theme(), other, 40, WHITE).get_buffer().raw for other in PAINTERS}) == len(
        PAINTERS
    )


# the last page


def test_the_last_pages_headline():
    assert headline(quiz_views.end()) == "8 of 10"
    assert headline(quiz_views.ENDS["several"]) == "Jo wins!"
    assert headline(quiz_views.ENDS["tie"]) == "A tie!"
    assert headline(quiz_views.ENDS["none"]) == "0 of 0"


def test_the_last_page_says_what_was_taken_for_what(stage, written):
    drawn(stage, QuizEndScreen, quiz_views.end())
    said = [line[0] for line in written]
    assert "8 of 10" in said
    assert "you said Ring the Alarm (Performance Version)" in said
    assert "no answer" in said
    assert quiz_views.end().confusions[0] in said
    assert "5 in a row" in said
    (largest,) = [line[2].height for line in written if line[0] == "8 of 10"]
    assert largest == max(line[2].height for line in written)


def test_all_questions_are_listed_or_counted(stage, written):
    for count, size in ((10, (640, 360)), (37, LARGE), (80, (640, 360))):
        written.clear()
        stage.theme._kept.clear()
        drawn(stage, QuizEndScreen, quiz_views.end(asked=quiz_views.asked(count)), size)
        said = [line[0] for line in written]
        numbers = {int(line) for line in said if line.isdigit()} & set(range(1, count + 1))
        more = [int(line.split()[2]) for line in said if line.startswith("… and")]
        listed = max(k for k in range(count + 1) if set(range(1, k + 1)) <= numbers)
        assert listed + sum(more) == count


def test_ties_share_their_place(stage, written):
    three = tuple(
        PlayerView(name, "a", points, 0) for name, points in (("M", 9), ("J", 9), ("K", 4))
    )
    asked = quiz_views.asked(1)
    drawn(stage, QuizEndScreen, quiz_views.end(players=three, asked=asked, confusions=()))
    hero = end_layout(LARGE).hero
    places = [
        line[0] for line in written if hero.contains(line[1]) and line[0] in ("1", "2", "3")
    ]
    assert places == ["1", "1", "3"]


def test_the_marks_of_the_shared_line_are_drawn(stage, written):
    pixels = drawn(stage, QuizEndScreen, quiz_views.end())
    box = end_layout(LARGE).share
    assert not any("●" in line[0] or "○" in line[0] for line in written)
    assert like(part(pixels, box), MINT).sum() > 8 * 60
    assert like(part(pixels, box), RED).sum() > 2 * 10


# you dance, it guesses


def test_the_best_guess_is_large_with_its_place(stage, written):
    pixels = drawn(stage, ReverseScreen, quiz_views.reverse())
    said = {line[0]: line[2] for line in written}
    assert {"at 0:42", "81 % sure", "다시 만난 세계", "소녀시대", "LOVE DIVE", "11 %"} <= set(
        said
    )
    assert said["다시 만난 세계"].height > 1.8 * said["LOVE DIVE"].height
    best = reverse_layout(LARGE).best
    assert like(part(pixels, best), GOLD).sum() > 20, "the coach's hand"
    written.clear()
    drawn(stage, ReverseScreen, quiz_views.reverse(known=False))
    said = [line[0] for line in written]
    assert "".join(said).count("81 %") == 1
    assert "I do not know this dance yet" in " ".join(said)
    assert "at 0:42" not in said


def test_bars_are_as_long_as_certain(stage):
    guesses = reverse_layout(LARGE).guesses
    lengths = []
    for certainty in (0.25, 0.75):
        best, other = quiz_views.reverse().guesses[:2]
        other = dataclasses.replace(other, certainty=certainty)
        view = quiz_views.reverse(guesses=(best, other))
        pixels = part(drawn(stage, ReverseScreen, view), guesses)
        lengths.append((pixels.max(axis=2) > 235)[:, -guesses.height // 2 :].any(axis=1).sum())
        rows = (pixels[..., 2] > 240).sum(axis=0)
        lengths[-1] = rows.max()
    assert abs(lengths[1] / lengths[0] - 3) < 0.2
    assert certainty_words(0.814) == "81 %"
    assert certainty_words(float("nan")) == ""


def test_the_wait_for_the_first_guess_is_shown(stage, written):
    bar = reverse_layout(LARGE).danced
    filled = []
    for danced_s in (1.0, 3.0):
        view = dataclasses.replace(quiz_views.REVERSES["waiting"], danced_s=danced_s)
        pixels = part(drawn(stage, ReverseScreen, view), bar)
        filled.append(like(pixels, (255, 45, 150)).any(axis=1).sum())
    assert abs(filled[1] / filled[0] - 3) < 0.1
    assert abs(filled[1] / bar.width - 0.75) < 0.02
    assert any(line[0] == "1 s more until the first guess" for line in written)
