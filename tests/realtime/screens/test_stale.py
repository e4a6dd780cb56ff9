"""What was drawn before leaves nothing behind: a frame looks as on a window that just opened."""

from __future__ import annotations

import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import numpy as np
import pygame
import pytest

from kpopdance.realtime.screens.dance import DanceScreen
from kpopdance.realtime.screens.message import MessageScreen
from kpopdance.realtime.screens.parts import backdrop
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.results import ResultsScreen
from kpopdance.realtime.screens.song_list import SongListScreen
from kpopdance.realtime.screens.view import ListView
from tests.fakes import LOST_CAMERA
from tests.realtime.screens import views

SIZES = ((640, 360), (480, 640), (800, 480), (960, 540))
FEWEST_LIGHTS = 4
POSE = views.dance().pose


@pytest.fixture(autouse=True)
def few_lights(monkeypatch):
    """Lights are prepared one a frame, so that a page looks like itself from the fifth on."""
    monkeypatch.setattr(backdrop, "LIGHT_BYTES", 0)


class Pages:
    """The pages of one window, drawn as often as it takes until their lights are there."""

    def __init__(self):
        behind = Backdrop(Theme())
        self.dance, self.results = DanceScreen(behind), ResultsScreen(behind)
        self.songs, self.message = SongListScreen(behind, views.cards()), MessageScreen(behind)

    def draw(self, surface, page, view, times=1):
        for _ in range(times):
            if page == "message":
                self.message.draw(surface, "A heading", views.LONG, view)
            else:
                getattr(self, page).draw(surface, view)


def any_dance(rng, second):
    """A dance whose pictures, poses and notices come and go."""
    picture = rng.integers(0, 255, (48, 64, 3), np.uint8)
    coach = np.stack([views.dancer(0.9 + 0.3 * rng.normal()), views.dancer(0.4)])
    return views.dance(
        song_s=second, beat=2 * second, phase=rng.choice(["playing", "paused", "count-in", "loading"]),
        counts=float(rng.uniform(0, 4)), coach=coach, mirror=bool(rng.random() < 0.5),
        picture=None if rng.random() < 0.2 else picture,
        pose=None if rng.random() < 0.3 else POSE,
        health=(LOST_CAMERA,) if rng.random() < 0.3 else (),
        notices=(views.LONG,) if rng.random() < 0.4 else (),
        score=float(rng.uniform(0, 100)), combo=int(rng.integers(0, 30)),
        verdict_age_s=float(rng.uniform(0, 2)), message=views.LONG, loaded=float(rng.random()),
    )  # fmt: skip


def anything(rng, number):
    """Any page with anything to show, each seconds before the last: dancers are framed anew."""
    second = 90 - 3.0 * number
    page = rng.choice([*["dance"] * 5, "results", "songs", "message"])
    if page == "dance":
        return page, any_dance(rng, second)
    if page == "results":
        return page, views.result(age_s=float(rng.uniform(0, 9)))
    if page == "songs":
        return page, ListView(second, preview=any_dance(rng, second).coach)
    return page, float(rng.uniform(0, 9))


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 8))]
)
def test_a_frame_after_any_others_is_the_frame_of_a_new_window(seed):
    rng = np.random.default_rng(seed)
    old, surfaces = Pages(), {size: pygame.Surface(size) for size in SIZES}
    for number in range(12):
        size = SIZES[rng.integers(len(SIZES))]
        old.draw(surfaces[size], *anything(rng, number))
    for number, size in enumerate(sorted(SIZES * 2), 12):
        page, view = anything(rng, number)
        old.draw(surfaces[size], page, view, FEWEST_LIGHTS + 1)
        fresh = pygame.Surface(size)
        Pages().draw(fresh, page, view, FEWEST_LIGHTS + 1)
        drawn, wanted = (pygame.surfarray.array3d(each) for each in (surfaces[size], fresh))
        np.testing.assert_array_equal(drawn, wanted, err_msg=f"{page} at {size}")
