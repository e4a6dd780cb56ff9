"""The drawn dancers: their own clothes and hair, from the front and from behind."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import get_args

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import numpy as np
import pytest

from kpopdance.realtime.core import body
from kpopdance.realtime.core.staging import Clothes, Cut, Hair
from kpopdance.realtime.screens.parts.costumes import HOUSE, LEAD, costume_of, shaded
from kpopdance.realtime.screens.parts.figure import silhouettes
from tests.realtime.screens import views

RED, GREEN, BLUE, GREY, DARK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9), (7, 7, 7)
WORN = Clothes(RED, GREEN, BLUE, GREY, DARK, "tail", "skirt")
TALL = 200.0


def seen(costume, joints):
    (figure,) = silhouettes(joints[None], [TALL], [costume], body.R_WRIST)
    return figure


def standing(*, turned=False):
    """Somebody who looks at the camera, or away from it: their right lies to the right then."""
    joints = views.dancer() * np.array([TALL, TALL, 1], np.float32)
    if turned:
        joints[:, 0] = 2 * joints[body.NECK, 0] - joints[:, 0]
    return joints


def test_members_wear_their_own_clothes_and_those_without_the_houses():
    own = costume_of(0, (WORN,))
    assert (own.hair, own.top, own.sleeves, own.legs, own.shoes) == (
        RED,
        GREEN,
        BLUE,
        GREY,
        DARK,
    )
    assert (own.style, own.cut, own.skin) == ("tail", "skirt", LEAD.skin)
    assert costume_of(1, (WORN,)).hair == HOUSE[1][0]
    behind = shaded(own)
    assert (behind.style, behind.cut) == ("tail", "skirt")
    assert sum(behind.skin) < sum(own.skin)


def test_every_hair_and_every_cut_is_a_shape_of_its_own():
    shapes = set()
    for part, kinds in (("style", get_args(Hair)), ("cut", get_args(Cut))):
        for kind in kinds:
            figure = seen(replace(LEAD, **{part: kind}), standing())
            shapes.add((len(figure.outlines), *map(int, np.abs(figure.outlines).sum(axis=1))))
    assert (
        len(shapes) == len(get_args(Hair)) + len(get_args(Cut)) - 1
    )  # bob with trousers is both


def test_who_turns_away_shows_no_face_and_the_body_hides_the_arms():
    costume = costume_of(0, (WORN,))
    front, back = seen(costume, standing()), seen(costume, standing(turned=True))
    assert back.colours.count(RED) == front.colours.count(RED) - 2  # the fringe
    assert back.colours.count(costume.skin) == front.colours.count(costume.skin) - 1  # the face
    assert front.colours[-1] != RED
    assert back.colours[-1] == RED  # the hair falls over the back
    assert back.colours.index(BLUE) < back.colours.index(GREEN)
    assert front.colours.index(BLUE) > front.colours.index(GREEN)
    assert [end for _, end in back.groups][-1] == len(back.outlines) == len(back.colours)


@pytest.mark.parametrize("away", [0.0, 0.3, -0.3])
def test_a_profile_is_no_back(away):
    joints = standing()
    middle = joints[body.NECK, 0]
    joints[:, 0] = middle + 0.02 * (joints[:, 0] - middle)
    joints[body.NOSE, 0] += away * 0.05 * TALL
    assert LEAD.skin in seen(replace(LEAD, style="long"), joints).colours
