"""The practice page: all text inside, the last try where it is wanted, the coach never hidden."""

from __future__ import annotations

import dataclasses
import os

os.environ["SDL_VIDEODRIVER"] = os.environ["SDL_AUDIODRIVER"] = "dummy"

import numpy as np
import pygame
import pytest

from kpopdance.realtime.screens.dance_layout import dance_layout
from kpopdance.realtime.screens.parts.backdrop import Backdrop
from kpopdance.realtime.screens.parts.theme import Theme
from kpopdance.realtime.screens.practice import PracticeScreen
from kpopdance.realtime.screens.view import FilmView
from tests.quick import but_quick
from tests.realtime.screens import views
from tests.realtime.screens.test_screens import SIZES, assert_inside, stage, written

__all__ = ["stage", "written"]
FILM = FilmView(
    np.full((90, 160, 3), 60, np.uint8), (0, 0, 160, 90), turned=False,
    joints=np.zeros((0, 18, 3), np.float32),
)  # fmt: skip
STATES = {
    "the first try": {"score": None, "told": "", "ghost": None},
    "not judged": {"score": None, "told": views.LONG},
    "a fault": {},
    "many words": {"what": views.LONG, "told": views.LONG, "advice": views.LONG},
    "clean": {"is_clean": True, "score": 100.0, "clean": 2, "tenths": 10},
    "step by step": {"key_pose": (12, 13)},
}


@pytest.mark.parametrize(
    "size", but_quick([(size,) for size in (*SIZES, (800, 480))], {(SIZES[0],), (SIZES[-1],)})
)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("phase", ["count-in", "playing", "paused"])
def test_its_text_stays_inside(stage, written, size, state, phase):
    view = dataclasses.replace(
        views.practice(**STATES[state]), phase=phase, counts=4.5 if state == "a fault" else 2.5
    )
    PracticeScreen(stage).draw(pygame.Surface(size), view)
    assert_inside(written)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_wrong_is_the_largest_there(stage, written, size):
    PracticeScreen(stage).draw(pygame.Surface(size), views.practice())
    high = {text: where.height for text, _, where, _ in written}
    told = next(high[text] for text in high if "forearm" in text and "raise" not in text)
    assert all(told >= tall for tall in high.values())


@pytest.mark.parametrize("film", [None, FILM])
@pytest.mark.parametrize("mirror", [True, False])
def test_the_last_try_stands_beside_the_coach_or_over_it_or_not(film, mirror):
    surface, middles = pygame.Surface((1280, 720)), {}
    area = dance_layout((1280, 720)).coach
    for place in ("off", "beside", "over"):
        screen = PracticeScreen(Backdrop(Theme()))
        view = views.practice(ghost_place=place)
        view = dataclasses.replace(view, film=film, has_film=film is not None, mirror=mirror)
        screen.draw(surface, view)
        drawn = pygame.surfarray.array3d(surface.subsurface(area)).astype(int)
        if place == "off":
            without = drawn
            continue
        changed = np.argwhere(np.abs(drawn - without).sum(axis=2) > 60)
        middles[place] = changed[:, 0].mean() - area.width / 2
    assert abs(middles["over"]) < 0.12 * area.width
    assert 0.2 * area.width < middles["beside"] < 0.45 * area.width
