"""Where a film is looked at: the dancer inside, the window steady, of one shape, inside the film."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.core.closeup import LEAST, closeups
from tests import dances

FPS = 30.0
WIDE = (1280, 720)


def filmed(size, tall=0.6, walk=0.25, moves=6, seed=1):
    """A dance in px of a film, of somebody so tall (of its height) who walks to and fro."""
    joints = dances.song(seed, moves=moves).joints.copy()
    xy = joints[..., :2]
    low, high = np.nanmin(xy[..., 1]), np.nanmax(xy[..., 1])
    xy -= (np.nanmedian(xy[..., 0]), low)
    xy *= tall * size[1] / (high - low)
    way = walk * size[0] * np.sin(np.arange(len(joints)) / len(joints) * 2 * np.pi)
    xy[..., 0] += size[0] / 2 + way[:, None]
    xy[..., 1] += (1 - tall) / 2 * size[1]
    return joints


def inside(joints, windows):
    left, top, wide, high = windows.T[:, :, None]
    x, y = joints[..., 0], joints[..., 1]
    return (left <= x) & (x <= left + wide) & (top <= y) & (y <= top + high)


@pytest.mark.parametrize(
    "size", [(1280, 720), (480, 854), (854, 480), (720, 720), (2560, 1080)]
)
@pytest.mark.parametrize("tall", [0.2, 0.6, 0.95])
def test_the_dancer_is_inside_and_the_window_inside_the_film(size, tall):
    joints = filmed(size, tall, walk=0.1 if size[0] < size[1] else 0.3)
    windows = closeups(joints, FPS, size)
    seen = joints[..., 2] > 0
    on_film = (joints[..., 0] > 0) & (joints[..., 0] < size[0])
    assert inside(joints, windows)[seen & on_film].mean() > 0.995
    left, top, wide, high = windows.T
    assert min(left.min(), top.min()) >= -1e-3
    assert (left + wide).max() <= size[0] + 1e-2
    assert (top + high).max() <= size[1] + 1e-2
    assert_allclose(wide / high, wide[0] / high[0], rtol=1e-4)
    assert high.min() >= LEAST * size[1] - 1e-3 or wide.max() >= size[0] - 1e-3


def test_somebody_far_away_is_looked_at_closely():
    near = closeups(filmed(WIDE, 0.4, walk=0.1), FPS, WIDE)
    assert np.median(near[:, 3]) < 0.75 * WIDE[1]


def test_it_moves_steadily():
    joints = filmed(WIDE, 0.5)
    rng = np.random.default_rng(3)
    joints[..., :2] += rng.normal(0, 3, joints[..., :2].shape)
    windows = closeups(joints, FPS, WIDE)
    moved = np.abs(np.diff(windows, axis=0)).max()
    assert moved < 0.012 * WIDE[1]  # in one row; the dancer's hands move ten times that


def test_while_nobody_is_seen_it_waits_on_the_way():
    joints = filmed(WIDE, 0.5)
    joints[40:70] = (np.nan, np.nan, 0)
    windows = closeups(joints, FPS, WIDE)
    assert np.isfinite(windows).all()
    assert_array_equal(closeups(np.zeros((9, 18, 3), np.float32), FPS, WIDE)[0], [0, 0, *WIDE])
