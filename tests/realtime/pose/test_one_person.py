import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.maps import Letterbox, PersonMaps
from kpopdance.realtime.core import body
from kpopdance.realtime.pose.one_person import person_from_maps
from tests.synthetic import crowd
from tests.synthetic_person import OUR_JOINT, paint_person

NOBODY = Letterbox(1, 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_a_painted_person_is_read_back_in_our_order(seed):
    person = standing(seed)
    pose = person_from_maps(paint_person([person]))
    assert pose.joints.dtype == np.float32
    assert_allclose(pose.joints[:, :2], with_neck(person)[:, :2], rtol=0, atol=1e-3)
    assert_allclose(pose.joints[:, 2], with_neck(person)[:, 2], rtol=0, atol=1e-6)


def test_the_networks_left_is_the_dancers_left():
    """Written out once more, by name, as the network's makers have them."""
    names = ["nose"]
    for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"):
        names += [f"left {part}", f"right {part}"]
    maps = paint_person([standing(0)])
    for channel, name in enumerate(names):
        heat = np.zeros_like(maps.heat)
        heat[channel] = 0.5
        (seen,) = np.flatnonzero(person_from_maps(changed(maps, heat=heat)).seen)
        assert body.JOINTS[seen] == name


def test_every_third_of_a_px_counts():
    person = standing(1)
    for step in np.arange(0, 4, 1 / 3):
        moved = person.copy()
        moved[:, :2] += step
        pose = person_from_maps(paint_person([moved]))
        assert_allclose(pose.joints[:, :2], with_neck(moved)[:, :2], rtol=0, atol=1e-3)


@pytest.mark.parametrize(
    "box", [Letterbox(0.4, 10, -30), Letterbox(2.5, -600.5, -300), Letterbox(1, 0, 0.5)]
)
def test_joints_are_told_in_px_of_the_picture(box):
    person = standing(2)
    person[:, :2] = box.to_image(person[:, :2])
    pose = person_from_maps(paint_person([person], box=box, image_size=(1000, 1000)))
    inside = (person[:, :2] >= 0).all(axis=1)
    assert inside.sum() >= 10
    assert_allclose(
        pose.joints[inside], with_neck(person)[inside], rtol=0, atol=2e-3 / box.scale
    )


def test_a_cell_is_stride_px_without_a_half():
    """The measured rule: cell 10 with no offset is px 40 of the input."""
    maps = paint_person([standing(0)])
    heat = np.zeros_like(maps.heat)
    heat[0, 20, 10] = 1
    pose = person_from_maps(changed(maps, heat=heat, offset=np.zeros_like(maps.offset)))
    assert pose.joints[body.NOSE].tolist() == [40, 80, 1]


def test_of_two_people_the_central_one_wins():
    people = crowd(0, 2, (256, 256))
    for person in people:
        person[:, :2] *= 0.9
    central, aside = people
    shift = 128 - central[[2, 5, 8, 11], :2].mean(axis=0)
    central[:, :2] += shift
    aside[:, :2] += shift
    pose = person_from_maps(paint_person([aside, central], trust=[0.99, 0.5]))
    seen = pose.seen
    assert seen.sum() >= 12
    assert_allclose(pose.joints[seen, :2], with_neck(central)[seen, :2], rtol=0, atol=1e-3)


def test_a_person_alone_is_found_wherever_they_stand():
    person = standing(3)
    person[:, :2] = (person[:, :2] - person[:, :2].min(axis=0)) * 0.3 + 5
    pose = person_from_maps(paint_person([person]))
    assert_allclose(pose.joints[:, :2], with_neck(person)[:, :2], rtol=0, atol=1e-3)


@pytest.mark.parametrize(("height", "wins"), [(0.64, False), (0.67, True)])
def test_a_middle_ten_cells_away_must_be_brighter_by_its_distance(height, wins):
    """0.1 / 1.8 against height / (10 + 1.8) is even at 0.656."""
    maps = paint_person([standing(0)])
    centre = np.zeros_like(maps.centre)
    centre[32, 32], centre[32, 42] = 0.1, height
    regression = np.zeros_like(maps.regression)
    heat = np.full_like(maps.heat, 0.5)
    zero = np.zeros_like(maps.offset)
    pose = person_from_maps(
        changed(maps, centre=centre, regression=regression, heat=heat, offset=zero)
    )
    assert pose.joints[body.NOSE, :2].tolist() == [4 * (42 if wins else 32), 4 * 32]


@pytest.mark.parametrize(("height", "wins"), [(0.78, False), (0.82, True)])
def test_a_peak_three_cells_away_must_be_brighter_by_its_distance(height, wins):
    """0.3 / 1.8 against height / (3 + 1.8) is even at 0.8."""
    heat, regression = np.zeros((17, 64, 64), np.float32), np.zeros((34, 64, 64), np.float32)
    centre = np.zeros((64, 64), np.float32)
    centre[32, 32] = 1
    regression[0] = -12  # y of the nose
    heat[0, 20, 32], heat[0, 17, 32] = 0.3, height
    maps = PersonMaps(centre, heat, regression, np.zeros_like(regression), NOBODY, (256, 256))
    pose = person_from_maps(maps)
    assert_allclose(
        pose.joints[body.NOSE], [128, 4 * (17 if wins else 20), height if wins else 0.3]
    )


def test_somebody_elses_brighter_wrist_is_left_alone():
    person = standing(0)
    person[:, 2] = 0.4
    maps = paint_person([person])
    heat = maps.heat.copy()
    wrist = OUR_JOINT.index(body.L_WRIST)
    x, y = np.round(person[body.L_WRIST, :2] / 4).astype(int)
    heat[wrist, (y + 32) % 64, x] = 0.95
    pose = person_from_maps(changed(maps, heat=heat))
    assert_allclose(pose.joints[body.L_WRIST], person[body.L_WRIST], rtol=0, atol=1e-3)


def test_joints_outside_of_the_picture_are_unseen_and_those_on_its_border_on_it():
    person = standing(0)
    box = Letterbox(2.0, 40, 40)  # a border is 40 input px; half a cell is 1 px of the picture
    person[:, :2] = box.to_image(person[:, :2])
    person[body.R_WRIST, :2] = (-0.9, 30)
    person[body.L_WRIST, :2] = (30, -1.1)
    person[body.R_ANKLE, :2] = (99.9, 87.9)
    person[body.L_ANKLE, :2] = (100.1, 50)
    pose = person_from_maps(paint_person([person], box=box, image_size=(88, 100)))
    assert_allclose(pose.joints[body.R_WRIST], [0, 30, 0.9], atol=1e-3)
    assert_allclose(pose.joints[body.R_ANKLE], [99, 87, 0.9], atol=1e-3)
    for joint in (body.L_WRIST, body.L_ANKLE):
        assert_array_equal(pose.joints[joint], [np.nan, np.nan, 0])
        assert not pose.seen[joint]


@pytest.mark.parametrize("shoulder", [body.R_SHOULDER, body.L_SHOULDER])
def test_the_neck_needs_both_shoulders_and_is_as_sure_as_the_poorer(shoulder):
    person = standing(0)
    person[shoulder, 2] = 0.2
    neck = person_from_maps(paint_person([person])).joints[body.NECK]
    assert_allclose(neck, with_neck(person)[body.NECK], atol=1e-3)
    assert neck[2] == pytest.approx(0.2)
    person[shoulder, :2] = (-10, 100)
    assert_array_equal(
        person_from_maps(paint_person([person])).joints[body.NECK], [np.nan, np.nan, 0]
    )


def test_a_joint_without_heat_is_unseen():
    person = standing(0)
    person[body.R_KNEE, 2] = 0
    pose = person_from_maps(paint_person([person]))
    assert_array_equal(pose.joints[body.R_KNEE], [np.nan, np.nan, 0])
    assert pose.seen.sum() == 17


@pytest.mark.parametrize("stride", [2, 4])
def test_maps_of_another_size_are_read_about_their_own_middle(stride):
    person = standing(0)
    person[:, :2] *= stride / 8
    other = person.copy()
    other[:, 0] += 14 * stride
    side = 32 * stride
    maps = paint_person([other, person], side=side, stride=stride, trust=[0.9, 0.6])
    pose = person_from_maps(maps)
    assert maps.centre.shape == (32, 32)
    assert_allclose(pose.joints[:, :2], with_neck(person)[:, :2], rtol=0, atol=1e-3)


def test_an_expectation_far_outside_of_the_maps_does_no_harm():
    maps = paint_person([standing(0)])
    regression = np.full_like(maps.regression, 1e6)
    assert person_from_maps(changed(maps, regression=regression)).joints.shape == (18, 3)


def standing(seed):
    """A dancer float32 (18, 3) of confidence 0.9 in the middle of 256 x 256 px."""
    (joints,) = crowd(seed, 1, (200, 200))
    joints[:, :2] += 28
    joints[:, :2] += 128 - joints[[2, 5, 8, 11], :2].mean(axis=0)
    joints[:, :2] = np.clip(joints[:, :2], 4, 250)
    joints[:, 2] = 0.9
    return joints


def with_neck(person):
    """The person with the neck where a network without necks puts it."""
    joints = person.copy()
    shoulders = person[[body.R_SHOULDER, body.L_SHOULDER]]
    joints[body.NECK, :2] = shoulders[:, :2].mean(axis=0)
    joints[body.NECK, 2] = shoulders[:, 2].min()
    return joints


def changed(maps, **parts):
    names = ("centre", "heat", "regression", "offset")
    arrays = [parts.get(name, getattr(maps, name)) for name in names]
    return PersonMaps(*arrays, maps.box, maps.image_size, maps.stride)
