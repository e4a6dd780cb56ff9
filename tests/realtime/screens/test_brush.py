"""Filled outlines: where they should be, smooth at the edges, harmless anywhere else."""

from __future__ import annotations

import numpy as np
import pygame
import pytest

from kpopdance.realtime.screens.parts.brush import fill_convex, resized

SQUARE = np.array([[10 + 10j, 30 + 10j, 30 + 30j, 10 + 30j]])
RED = (200, 40, 10)


def page(flags=0, depth=32, size=(40, 40)):
    return pygame.Surface(size, flags, depth)


@pytest.mark.parametrize(("flags", "depth"), [(0, 32), (pygame.SRCALPHA, 32), (0, 24), (0, 16)])
def test_a_square_is_filled_with_its_colour_and_nothing_else(flags, depth):
    surface = page(flags, depth)
    fill_convex(surface, SQUARE, [RED])
    drawn = pygame.surfarray.array3d(surface).astype(int)
    assert np.abs(drawn[12:29, 12:29] - RED).max() <= 8  # of few colours the nearest
    drawn[8:33, 8:33] = 0
    assert not drawn.any()
    assert not surface.get_locked()


def test_slanting_edges_are_smooth_and_shapes_stand_where_they_are_said():
    surface = page(pygame.SRCALPHA, size=(120, 120))
    turn = np.exp(2j * np.pi * np.arange(40) / 40)
    fill_convex(surface, (60.3 + 55.7j + 30 * turn)[None], [(255, 255, 255)])
    light = pygame.surfarray.array_alpha(surface) / 255
    x, y = np.mgrid[:120, :120]
    assert (light * x).sum() / light.sum() == pytest.approx(60.3, abs=0.1)
    assert (light * y).sum() / light.sum() == pytest.approx(55.7, abs=0.1)
    assert light.sum() == pytest.approx(np.pi * 30.5**2, rel=0.03)
    assert ((light > 0.1) & (light < 0.9)).sum() > 100


def test_nothing_is_drawn_beyond_the_clip():
    surface = page()
    surface.set_clip((15, 12, 5, 40))
    fill_convex(surface, SQUARE, [RED])
    drawn = pygame.surfarray.array3d(surface).any(axis=2)
    assert drawn[15:20, 12:30].all()
    drawn[15:20, 12:32] = False
    assert not drawn.any()
    surface.set_clip((50, 50, 5, 5))
    fill_convex(surface, SQUARE, [RED])


def test_a_part_of_a_surface_is_drawn_on_like_a_whole_one():
    whole = page(size=(97, 60))
    fill_convex(whole.subsurface((31, 20, 40, 40)), SQUARE, [RED])
    assert whole.get_at((31 + 20, 20 + 20))[:3] == RED
    assert whole.get_at((20, 20))[:3] == (0, 0, 0)


@pytest.mark.parametrize("scale", [1e-6, 1e3, 1e7, 1e12])
def test_outlines_of_any_size_do_no_harm(scale):
    fill_convex(page(), SQUARE * scale, [RED])
    fill_convex(page(), -SQUARE * scale, [RED])
    fill_convex(page(), SQUARE[:0], [])


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize(
    "size", [(640, 360), (416, 312), (160, 90), (31, 7), (1500, 900), (1, 1)]
)
def test_a_picture_is_averaged_where_it_shrinks_and_flipped_where_wanted(size, flip):
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[::2, ::2] = picture[1::2, 1::2] = 200  # a fine chequerboard is grey from afar
    picture[:, :320, 0] = 255  # its left quarter is blue
    shown = pygame.surfarray.array3d(resized(picture, size, flip=flip))[:: -1 if flip else 1]
    assert shown.shape[:2] == size
    if size[0] >= 31:
        quarter = size[0] // 4
        assert (shown[: quarter - 2, :, 2] == 255).all()
        assert (shown[quarter + 2 :, :, 2] <= 200).all()
    if 1 < size[0] <= 640:
        assert (abs(shown[..., 1].astype(int) - 100) <= 3).all()
