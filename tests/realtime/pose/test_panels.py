"""Split screens, told from edges behind the dancers, from black bars and from cameras that move."""

from __future__ import annotations

import dataclasses
from functools import cache
from itertools import product

import cv2
import numpy as np
import pytest

from kpopdance.realtime.devices.seams import Seams
from kpopdance.realtime.pose.panels import NO_PANEL, in_their_panels, panel_of, splits_of
from tests.quick import but_quick
from tests.synthetic_sightings import Person, at, filmed

FPS, ROWS = 30.0, 90
WIDE, HIGH = 640, 360
HALVES = ((0, 0, 0.5, 1), (0.5, 0, 1, 1))


@cache
def wall(seed):
    """A large picture with something everywhere."""
    rough = np.random.default_rng(seed).integers(0, 256, (40, 60)).astype(np.uint8)
    return cv2.resize(rough, (1600, 960), interpolation=cv2.INTER_CUBIC)


def shown(seed, row, size, pans):
    """What a camera shows: a wall, and somebody who sways and waves in the middle."""
    wide, high = size
    x, y = int(200 + pans * row), int(100 + pans * row / 3)
    picture = wall(seed)[y : y + high, x : x + wide].copy()
    middle = int(wide * (0.5 + 0.06 * np.sin(row / 7)))
    reach = int(wide * (0.15 + 0.1 * np.sin(row / 4)))
    picture[high // 4 : high // 3, middle - reach : middle + reach] = 40
    picture[high // 4 : high * 9 // 10, middle - wide // 12 : middle + wide // 12] = 180
    return picture


def split(panels, *, pans=1.0, line_px=0, rows=range(ROWS)):
    """Pictures of panels (shares of the picture) that each show something else, while ``rows`` last."""
    out = []
    for row in range(ROWS):
        picture = shown(99, row, (WIDE, HIGH), pans)
        for k, (left, top, right, bottom) in enumerate(panels if row in rows else ()):
            x, y, x_to, y_to = (
                round(s * px)
                for s, px in zip((left, top, right, bottom), (WIDE, HIGH) * 2, strict=True)
            )
            part = shown(k, row, (x_to - x, y_to - y), pans * (1 - 2 * (k % 2)))
            if line_px:
                cv2.rectangle(part, (0, 0), (x_to - x - 1, y_to - y - 1), 255, line_px)
            picture[y:y_to, x:x_to] = part
        out.append(picture)
    return out


def film(pictures, middles):
    """Sightings of people who stay at (x, y) shares of the picture; x None: who go through it."""
    people = [Person(k, at(0, 12), k) for k in range(len(middles))]
    seen = filmed([people[0]], ROWS / FPS, missing=0).seen
    count = len(middles)
    joints = np.repeat(seen.joints, count, axis=0)
    for k, (x, y) in enumerate(middles):
        joints[k::count, :, 0] += (x or 0) * WIDE - np.nanmean(joints[k::count, :, 0])
        joints[k::count, :, 1] += y * HIGH - np.nanmean(joints[k::count, :, 1])
        if x is None:  # goes from left to right
            across = np.linspace(0.1, 0.9, len(seen.at_s))[seen.rows] * WIDE
            joints[k::count, :, 0] += across[:, None]
    seams = Seams()
    return dataclasses.replace(
        seen, size=np.array((WIDE, HIGH)), joints=joints, rows=np.repeat(seen.rows, count),
        colours=np.repeat(seen.colours, count, axis=0), worn=np.repeat(seen.worn, count, axis=0),
        traced=np.repeat(seen.traced, count),
        seams=np.stack([seams.step(picture) for picture in pictures]),
    )  # fmt: skip


def middles_of(panels):
    return [((left + right) / 2, (top + bottom) / 2) for left, top, right, bottom in panels]


SPLITS = {
    "halves": HALVES,
    "one over the other": ((0, 0, 1, 0.5), (0, 0.5, 1, 1)),
    "thirds": ((0, 0, 1 / 3, 1), (1 / 3, 0, 2 / 3, 1), (2 / 3, 0, 1, 1)),
    "four": ((0, 0, 0.5, 0.5), (0.5, 0, 1, 0.5), (0, 0.5, 0.5, 1), (0.5, 0.5, 1, 1)),
    "one over two": ((0, 0, 1, 0.5), (0, 0.5, 0.5, 1), (0.5, 0.5, 1, 1)),
    "one beside two": ((0, 0, 0.5, 1), (0.5, 0, 1, 0.5), (0.5, 0.5, 1, 1)),
    "uneven": ((0, 0, 0.6, 1), (0.6, 0, 1, 1)),
}


@pytest.mark.parametrize(
    ("kind", "line_px"),
    but_quick(
        product(SPLITS, (0, 3)), {(kind, (0, 3)[k % 2]) for k, kind in enumerate(SPLITS)}
    ),
)
def test_split_screens_are_found_where_they_are(kind, line_px):
    panels = SPLITS[kind]
    seen = film(split(panels, line_px=line_px), middles_of(panels))
    [told] = splits_of(seen, [])
    assert (told.first, told.behind) == (0, ROWS)
    shares = np.array(told.panels) / (WIDE, HIGH, WIDE, HIGH)
    assert len(shares) == len(panels)
    for one in panels:
        assert np.abs(shares - one).max(axis=1).min() < 0.02
    assert set(panel_of(seen, [told]).tolist()) == set(range(len(panels)))


def test_cameras_that_stand_part_a_picture_in_its_middle():
    [told] = splits_of(film(split(HALVES, pans=0), middles_of(HALVES)), [])
    assert len(told.panels) == 2


def test_a_split_screen_is_one_while_it_lasts():
    rows = range(20, 70)
    seen = film(split(HALVES, rows=rows), middles_of(HALVES))
    [told] = splits_of(seen, [20, 70])
    assert (told.first, told.behind) == (20, 70)
    where = panel_of(seen, [told])
    assert (where[(seen.rows < 20) | (seen.rows >= 70)] == NO_PANEL).all()


@pytest.mark.parametrize("behind", [34, 47, 63])
@pytest.mark.parametrize("kind", ["halves", "thirds", "four"])
def test_a_short_one_is_parted_from_one_cut_to_the_next(kind, behind):
    panels = SPLITS[kind]
    seen = film(split(panels, rows=range(20, behind)), middles_of(panels))
    [told] = splits_of(seen, [20, behind])
    assert (told.first, told.behind, len(told.panels)) == (20, behind, len(panels))
    assert behind > 62 or splits_of(seen, [10]) == []  # nor shows what else comes and goes


def panning():
    return [shown(1, row, (WIDE, HIGH), 2.0) for row in range(ROWS)], [(0.3, 0.5), (0.7, 0.5)]


def edge(place, *, crossed=False):
    """A room whose wall changes its colour from top to bottom; somebody may go before the edge."""
    out = []
    for row in range(ROWS):
        picture = np.full((HIGH, WIDE), 60, np.uint8)
        picture[:, int(place * WIDE) :] = 150
        if crossed:
            x = int(WIDE * row / ROWS)
            picture[120:, x : x + 60] = 220
        out.append(picture)
    return out, [(0.2, 0.5), (0.8, 0.5), *[(None, 0.5)] * crossed]


def door():
    """An edge that ends above the floor."""
    pictures, middles = edge(0.5)
    for picture in pictures:
        picture[230:] = 90
    return pictures, middles


def bars():
    """A film that stands upright, with black bars beside it."""
    pictures, _ = panning()
    for picture in pictures:
        picture[:, :200] = picture[:, -200:] = 0
    return pictures, [(0.45, 0.5), (0.55, 0.5)]


@pytest.mark.parametrize("kind", [
    panning, door, bars, lambda: edge(0.42), lambda: edge(0.5, crossed=True),
    lambda: (split(HALVES), [(0.25, 0.5)]), lambda: (split(HALVES), [(0.25, 0.5), (0.5, 0.5)]),
], ids=["panning", "door", "bars", "edge", "crossed", "one side", "across"])  # fmt: skip
def test_what_only_looks_like_a_split_screen_is_none(kind):
    assert splits_of(film(*kind()), []) == []


@pytest.mark.parametrize("kind", [panning, door, bars, lambda: edge(0.42), lambda: edge(0.5)])
def test_nor_does_it_look_so_in_short_scenes(kind):
    seen = film(*kind())
    assert [one for one in splits_of(seen, [20, 40, 60]) if one.behind - one.first < ROWS] == []


def test_nobody_has_a_limb_in_another_panel():
    seen = film(split(HALVES), middles_of(HALVES))
    seen.joints[::2, 4, :2] = (0.8 * WIDE, 180)
    [told] = splits_of(seen, [])
    joints = in_their_panels(seen, [told], panel_of(seen, [told]))
    assert (joints[::2, 4, 2] == 0).all()
    assert np.isnan(joints[::2, 4, :2]).all()
    assert (joints[1::2, 4, 2] > 0).all()
