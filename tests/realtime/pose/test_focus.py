"""A picture is the more blurred the more it is blurred; sharp ones are never told to be."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np
import pytest

from kpopdance.realtime.pose.focus import blur_of
from kpopdance.realtime.pose.stance import BLURRED
from tests.quick import but_quick

SIZES = [(480, 640), (1080, 1920), (1280, 720)]


def scene(size, seed=3):
    """A room of plain things with edges, and a sensor's noise."""
    rng = np.random.default_rng(seed)
    high, wide = size
    picture = np.full((high, wide, 3), 120, np.uint8)
    for _ in range(60):
        corners = rng.integers(0, (wide, high), (4, 2)).astype(np.int32)
        cv2.fillConvexPoly(picture, cv2.convexHull(corners), rng.integers(0, 255, 3).tolist())
    return picture


@pytest.mark.parametrize(
    ("size", "seed"),
    but_quick(product(SIZES, range(4)), {(size, seed) for seed, size in enumerate(SIZES)}),
)
def test_blur_grows_with_the_blur(size, seed):
    picture = scene(size, seed)
    px = size[0] / 480
    told = [blur_of(picture)] + [
        blur_of(cv2.GaussianBlur(picture, (0, 0), px * sigma)) for sigma in (1, 3, 6, 10)
    ]
    assert told == sorted(told)
    assert told[0] < 0.5 < BLURRED < told[3]


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((480, 640, 3), np.uint8), np.full((8, 8, 3), 7, np.uint8),
        np.full((1, 1, 3), 255, np.uint8), np.full((5, 900, 3), 99, np.uint8),
    ],
)  # fmt: skip
def test_a_picture_without_anything_is_not_blurred(picture):
    assert blur_of(picture) == 0.0
