"""Cuts and dissolves, and what looks like one: lights, whirls, cameras and crowds."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.pose.scenes import STANDS, cuts_of

FPS = 30.0


def room(seed):
    return np.random.default_rng(seed).integers(20, 235, (18, 32, 3)).astype(np.float64)


def film(shots, *, seed=0):
    """Small pictures with noise."""
    rng = np.random.default_rng(seed)
    pictures = np.stack(shots) + rng.normal(0, 2, (len(shots), 18, 32, 3))
    return np.clip(pictures, 0, 255).astype(np.uint8)


def cut():
    return [room(1)] * 40 + [room(2)] * 40, [40]


def cuts():
    return [room(1)] * 20 + [room(2)] * 8 + [room(1)] * 30, [20, 28]


def dissolve():
    mixed = [(1 - s) * room(1) + s * room(2) for s in np.linspace(0, 1, 15)]
    return [room(1)] * 40 + mixed + [room(2)] * 40, [47]


def fade():
    black = room(1) * 0
    down = [(1 - s) * room(1) for s in np.linspace(0, 1, 12)]
    return [room(1)] * 40 + down + [black] * 20 + [room(2)] * 40, [46, 72]


def flash():
    return [room(1)] * 30 + [room(1) * 0.5 + 125] * 2 + [room(1)] * 30, []


def strobe():
    return [room(1) * (0.35 if k % 4 < 2 else 1.0) for k in range(60)], []


def dancers():
    """Somebody large goes through the picture."""
    out = []
    for k in range(60):
        one = room(1)
        one[4:, k // 2 : k // 2 + 5] = (40, 60, 200)
        out.append(one)
    return out, []


def whirl():
    """The camera goes round so fast that every picture is another."""
    return [room(k) for k in range(40)], []


@pytest.mark.parametrize("kind", [cut, cuts, dissolve, fade, flash, strobe, dancers, whirl])
def test_scenes_begin_where_they_do(kind):
    shots, true = kind()
    at_s = np.arange(len(shots)) / FPS
    told = cuts_of(at_s, film(shots), np.tile(STANDS, (len(shots), 1, 1)))
    assert len(told) == len(true), told
    assert all(abs(one - other) <= 4 for one, other in zip(told, true, strict=True)), told


def test_what_a_camera_moves_is_no_dissolve():
    shots, _ = dissolve()
    moved = np.tile(STANDS + np.array([[0, 0, 4], [0, 0, 0]], np.float32), (len(shots), 1, 1))
    assert cuts_of(np.arange(len(shots)) / FPS, film(shots), moved) == []
