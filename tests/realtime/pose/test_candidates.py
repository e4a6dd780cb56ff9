"""People from a GPU's candidates are the people from the maps they were drawn out of."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.anatomy import BODY_25, COCO_18
from kpopdance.engines.maps import FAINT, Candidates, Letterbox, PoseMaps
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.skeletons import assemble, limb_strength, linked, peaks_of
from tests.candidates import candidates_of
from tests.synthetic import crowd, paint, random_maps
from tests.synthetic_body25 import paint_25

SIZE = (256, 480)


def noisy(maps, seed, *, dim=()):
    """Maps with noise, some of it just above the faintest peaks, and the ``dim`` joints faint."""
    rng = np.random.default_rng(seed)
    heat = maps.heat + rng.uniform(0, 0.0301, maps.heat.shape).astype(np.float32)
    heat[list(dim)] *= 0.095
    limb = (maps.limb + rng.normal(0, 0.1, maps.limb.shape)).astype(np.float32)
    return PoseMaps(heat, limb, maps.box, maps.image_size)


SCENES = {
    "nobody": lambda: paint(np.zeros((0, 18, 3), np.float32), SIZE),
    "random": lambda: random_maps(2, size=(96, 128), people=3),
    "one": lambda: paint(crowd(5, 1, SIZE), SIZE),
    "crowd": lambda: paint(crowd(4, 6, SIZE), SIZE),
    "noise": lambda: noisy(paint(crowd(3, 3, SIZE), SIZE), 3),
    "dim": lambda: noisy(paint(crowd(6, 2, SIZE), SIZE), 4, dim=(4, 10)),
    "BODY_25": lambda: noisy(paint_25(crowd(7, 3, SIZE), SIZE), 5),
    "crop": lambda: paint(
        crowd(8, 2, SIZE), SIZE, box=Letterbox(0.8, -20.0, 9.0), image_size=(300, 640)
    ),
}
scenes = pytest.mark.parametrize("maps", [make() for make in SCENES.values()], ids=SCENES)


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert_array_equal(one.joints, other.joints)


@scenes
@pytest.mark.parametrize("threshold", [FAINT, 0.1, 0.4])
@pytest.mark.parametrize("min_parts", [1, 4])
def test_the_same_people_are_assembled(maps, threshold, min_parts):
    wish = {"threshold": threshold, "min_parts": min_parts}
    same(assemble(candidates_of(maps), **wish), assemble(maps, **wish))


@scenes
@pytest.mark.parametrize("region", [None, (30.0, 10.0, 330.0, 200.0)])
def test_the_same_joints_are_filled_in(maps, region):
    seen = candidates_of(maps)
    people = assemble(maps)
    same(complete(people, seen, region), complete(people, maps, region))


def test_the_scenes_have_people_to_assemble_and_joints_to_fill():
    found = {name: (assemble(make()), make()) for name, make in SCENES.items()}
    assert len(found["crowd"][0]) == 6
    assert found["nobody"][0] == []
    people, maps = found["dim"]
    more = sum(pose.seen.sum() for pose in complete(people, maps))
    assert more > sum(pose.seen.sum() for pose in people)


@pytest.mark.parametrize(("paint_it", "body"), [(paint, COCO_18), (paint_25, BODY_25)])
def test_every_pair_s_strength_is_found_again(paint_it, body):
    maps = noisy(paint_it(crowd(9, 3, SIZE), SIZE), 9)
    seen, peaks = candidates_of(maps), peaks_of(maps, FAINT)
    for limb, (a, b) in enumerate(body.limbs):
        start, end = peaks.xy[peaks.joint == a], peaks.xy[peaks.joint == b]
        theirs = limb_strength(maps, limb, start, end)
        # an anchor comes back from px of the picture: near its peak, not on it
        ours = limb_strength(seen, limb, start + 0.2, end - 0.2)
        assert_allclose(ours, theirs, atol=1e-6)


def test_links_name_the_peaks_that_are_left():
    maps = noisy(paint(crowd(3, 3, SIZE), SIZE), 3)
    peaks, links = linked(candidates_of(maps), 0.3)
    assert len(peaks.joint) < len(peaks_of(maps, FAINT).joint)
    limbs = np.array(COCO_18.limbs)[links.limb]
    assert_array_equal(peaks.joint[links.start], limbs[:, 0])
    assert_array_equal(peaks.joint[links.end], limbs[:, 1])


def plain_candidates(necks, shoulders, strength, height=0.5):
    """Necks and right shoulders in a row, all pairs of one strength or as told."""
    peaks = necks + shoulders
    pairs = necks * shoulders
    return Candidates(
        np.repeat([1, 2], [necks, shoulders]), np.arange(2 * peaks, dtype=np.float32).reshape(-1, 2),
        np.full(peaks, height, np.float32), np.full(pairs, strength, np.float32),
        np.full(pairs, 10, np.uint8), 19, Letterbox(1, 0, 0), (500, 500),
    )  # fmt: skip


def test_of_equally_strong_links_the_first_comes_first():
    """As find_links has it: else the same picture has other people on a GPU."""
    strength = np.tile([0.25, 0.5, 0.75], 27)
    _, links = linked(plain_candidates(9, 9, strength), 0.1)
    pairs = np.arange(81).reshape(27, 3).T[::-1].ravel()
    assert_array_equal(links.start, pairs // 9)
    assert_array_equal(links.end, 9 + pairs % 9)


def test_a_peak_as_high_as_the_threshold_is_none():
    peaks, links = linked(plain_candidates(2, 3, 0.5, height=0.25), 0.25)
    assert (len(peaks.joint), len(links.limb)) == (0, 0)


@pytest.mark.parametrize(
    "wrong", [{"xy": np.zeros((2, 3))}, {"height": np.zeros(3)}, {"support": np.zeros(4)}]
)
def test_candidates_of_unequal_lengths_are_refused(wrong):
    right = {
        "joint": np.zeros(2, np.intp), "xy": np.zeros((2, 2), np.float32),
        "height": np.zeros(2, np.float32), "strength": np.zeros(5, np.float32),
        "support": np.zeros(5, np.uint8),
    }  # fmt: skip
    rest = {"heats": 19, "box": Letterbox(1, 0, 0), "image_size": (9, 9)}
    Candidates(**right, **rest)
    with pytest.raises(ValueError, match=r"peaks have|pairs have"):
        Candidates(**(right | wrong), **rest)
