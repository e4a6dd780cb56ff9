"""How a film's camera moves, told by what is behind the people."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kpopdance.realtime.devices.scenery import Scenery

HEIGHT, WIDTH = 360, 640


def wall(seed=0):
    """A large picture with something everywhere."""
    rough = np.random.default_rng(seed).integers(0, 256, (60, 100, 3)).astype(np.uint8)
    return cv2.resize(rough, (1600, 960), interpolation=cv2.INTER_CUBIC)


def shown(image, zoom, x, y):
    """A camera's picture of a wall, (x, y) px of the wall in its middle."""
    lens = np.array([[zoom, 0, WIDTH / 2 - zoom * x], [0, zoom, HEIGHT / 2 - zoom * y]])
    picture = cv2.warpAffine(image, lens, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    return picture, np.vstack([lens, (0, 0, 1)])


@pytest.mark.parametrize(("zooms", "pans"), [
    (0.0, 0.0), (0.0, 2.5), (0.0, 9.0), (0.006, 0.0), (-0.004, 3.0),
])  # fmt: skip
def test_pans_and_zooms_are_told_and_do_not_drift(zooms, pans):
    image, scenery = wall(), Scenery()
    told, lenses = np.eye(3), []
    for k in range(40):
        picture, lens = shown(image, 1 + zooms * k, 600 + pans * k, 480)
        # somebody walks the other way before it
        x = 300 - 5 * k
        picture[100:340, max(x, 0) : max(x + 80, 0)] = (20, 200, 90)
        behind = scenery.step(picture, [(x - 10.0, 90.0, x + 90.0, 350.0)])
        told = np.vstack([behind.moved, (0, 0, 1)]) @ told
        lenses.append(lens)
    true = lenses[-1] @ np.linalg.inv(lenses[0])
    corners = np.array([[0, 0, 1], [WIDTH, 0, 1], [0, HEIGHT, 1], [WIDTH, HEIGHT, 1]]).T
    assert np.abs((told - true) @ corners).max() < 3.0


@pytest.mark.parametrize("second", [np.zeros((HEIGHT, WIDTH, 3), np.uint8), None])
def test_what_tells_nothing_stands(second):
    scenery = Scenery()
    scenery.step(shown(wall(), 1, 600, 480)[0], [])
    other = shown(wall(9), 1, 500, 400)[0] if second is None else second
    small, moved, _ = scenery.step(other, [])
    assert small.shape == (18, 32, 3)
    assert np.array_equal(moved, [[1, 0, 0], [0, 1, 0]])
