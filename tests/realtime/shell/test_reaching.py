"""Pages chosen from by a raised hand: near is hit, once, and only where hands are for choosing."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pygame
import pytest

from kpopdance.realtime.core.types import Frame, Pose
from kpopdance.realtime.pose.pointing import REACH
from kpopdance.realtime.screens.actions import Target
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.reach import arrow_places
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.screen import Screen
from kpopdance.realtime.shell.beside import Sighting
from kpopdance.realtime.shell.pages import Page
from kpopdance.realtime.shell.reaching import Reaching, nearest
from tools.bench.pose.drawn_hands import HANGS, Player

SIZE = (1280, 720)
STAGE = Backdrop(Theme())
LEFT, RIGHT = pygame.Rect(300, 300, 120, 40), pygame.Rect(460, 300, 120, 40)
HELLO = (0.25, 0.4)


class Two(Screen):
    """Two buttons side by side."""

    def _under(self, position, size):
        hit = (k for k, place in enumerate((LEFT, RIGHT)) if place.collidepoint(position))
        return next((Target("chip", k) for k in hit), None)


class Menu(Page):
    def __init__(self, hands="menu", *, by_hand=False):
        self.screen, self.by_hand = Two(STAGE), by_hand
        self._hands = hands
        self.seen = None

    @property
    def hands(self):
        return self._hands

    @property
    def sighting(self):
        return self.seen


class Looker:
    """Sees whom the test puts there."""

    def __init__(self):
        self.sighting, self.wanted = None, None

    def look(self, *, wanted):
        self.wanted = wanted
        return wanted


def at(px):
    """Where the right wrist is for a place in the window."""
    (x0, x1), (y0, y1) = REACH
    return x0 + px[0] / SIZE[0] * (x1 - x0), y1 - px[1] / SIZE[1] * (y1 - y0)


def seen(wrist, at_s):
    pose = Player().pose(wrist, HANGS).astype(np.float32)
    return Sighting(
        Frame(np.zeros((8, 8, 3), np.uint8), at_s, round(10 * at_s)), Pose(pose), 0.05
    )


def reached(page, place, *, from_s=0.0, reaching=None, looker=None, seconds=5.0):
    """What is chosen, and how far gone along, by a hand that is raised and brought to a place."""
    looker = looker or Looker()
    reaching = reaching or Reaching(looker)
    chosen, wheel = [], 0
    for k in range(round(30 * seconds)):
        now_s = from_s + k / 30
        if k % 3 == 0:
            looker.sighting = page.seen = seen(HELLO if k < 30 else at(place), now_s)
        chosen.append(reaching.step(page, now_s, SIZE))
        wheel += reaching.wheel
    return [target for target in chosen if target is not None], wheel


@pytest.mark.parametrize(
    ("place", "which"),
    [(LEFT.center, 0), (RIGHT.center, 1), ((300, 270), 0), ((447, 320), 1), ((700, 500), None)],
)
@pytest.mark.parametrize("hands", ["menu", "own"])
def test_what_it_rests_on_or_near_is_chosen_once(place, which, hands):
    chosen, _ = reached(Menu(hands), place)
    assert chosen == ([] if which is None else [Target("chip", which)])


def test_hands_are_for_choosing_only_where_a_page_says_so():
    looker = Looker()
    assert reached(Menu("off"), LEFT.center, looker=looker) == ([], 0)
    assert looker.wanted is False
    reached(Menu("own"), LEFT.center, looker=looker)
    assert looker.wanted is False  # the page has the camera
    reached(Menu("menu"), LEFT.center, looker=looker)
    assert looker.wanted is True


def test_what_the_hand_is_on_stays_between_two():
    screen = Two(STAGE)
    between = (446, 320)  # 27 px from one, 14 from the other
    assert nearest(screen, between, SIZE)[0] == Target("chip", 1)
    middle = (440, 320)
    for kept in (Target("chip", 0), Target("chip", 1)):
        assert nearest(screen, middle, SIZE, kept)[0] == kept
    assert nearest(screen, RIGHT.center, SIZE, Target("chip", 0))[0] == Target("chip", 1)


def test_who_comes_to_another_page_with_the_hand_up_has_chosen_nothing_there():
    looker = Looker()
    reaching = Reaching(looker)
    assert reached(Menu(), LEFT.center, reaching=reaching, looker=looker)[0]
    after = Menu()
    for k in range(90):  # it stays where it is
        looker.sighting = seen(at(LEFT.center), 5.0 + k / 30)
        assert reaching.step(after, 5.0 + k / 30, SIZE) is None


@pytest.mark.parametrize(("which", "way"), [(0, 1), (1, -1)])
def test_an_arrow_goes_along_for_as_long_as_the_hand_rests_there(which, way):
    place = arrow_places(SIZE)[which].center
    chosen, wheel = reached(Menu(by_hand=True), place, seconds=6.0)
    assert chosen == []
    assert wheel * way >= 3
    assert reached(Menu(), place)[1] == 0  # a page without a list has none


def test_without_new_looks_nothing_is_chosen():
    page, looker = Menu(), Looker()
    reaching = Reaching(looker)
    reached(page, LEFT.center, reaching=reaching, looker=looker, seconds=1.5)
    assert not any(reaching.step(page, 1.5 + k / 30, SIZE) for k in range(90))
    assert reaching.at is None


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 360), (70, 64), (1, 1)])
def test_it_is_drawn_over_a_page_of_any_size(size):
    page, looker = Menu(by_hand=True), Looker()
    reaching = Reaching(looker)
    surface = pygame.Surface(size)
    for k in range(12):
        looker.sighting = seen(HELLO, k / 10)
        reaching.step(page, k / 10, size)
        reaching.draw(page, surface)
    assert pygame.surfarray.array3d(surface).any() == (min(size) >= 64)
