from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines.anatomy import ANATOMIES, BODY_25, COCO_18
from kpopdance.engines.maps import FAINT, Letterbox, PoseMaps
from kpopdance.realtime.core.body import L_WRIST, NECK, NOSE, R_ELBOW, R_SHOULDER, R_WRIST
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.limb_tree import MOST_PEOPLE, complete
from kpopdance.realtime.pose.skeletons import assemble
from tests import synthetic
from tests.oracles import limb_tree_naive
from tests.synthetic import crowd, paint
from tests.synthetic_body25 import paint_25

SIZE = (256, 256)
EVERYWHERE = (-8.0, -8.0, 264.0, 264.0)
UNSEEN = (np.nan, np.nan, 0)
BODIES = [(COCO_18, paint), (BODY_25, paint_25)]
bodies = pytest.mark.parametrize(("body", "painted"), BODIES, ids=["COCO_18", "BODY_25"])


def standing(x=128.0, *, wrist=None):
    """A plain person facing us, hips 150 px below the top, joints (18, 3)."""
    xy = [
        (0, 45), (0, 75), (-22, 75), (-30, 110), (-34, 145), (22, 75), (30, 110), (34, 145),
        (-14, 150), (-16, 190), (-16, 230), (14, 150), (16, 190), (16, 230),
        (-6, 38), (6, 38), (-13, 42), (13, 42),
    ]  # fmt: skip
    joints = np.ones((18, 3), np.float32)
    joints[:, :2] = np.array(xy, np.float32) + np.float32([x, 0])
    joints[:, 2] = 0.9
    if wrist is not None:
        joints[R_ELBOW, :2], joints[R_WRIST, :2] = (x - 40, 48), wrist
    return joints


def changed(maps, *, heat=None, limb=None):
    return PoseMaps(
        maps.heat if heat is None else heat, maps.limb if limb is None else limb,
        maps.box, maps.image_size, maps.stride,
    )  # fmt: skip


def dimmed(maps, joint, height, body=COCO_18):
    """The maps with every peak of one of our joints at most so high."""
    heat = maps.heat.copy()
    own = heat[body.ours[joint]]
    own *= height / own.max()
    return changed(maps, heat=heat)


def scene(seed, heats, missing):
    """A person without some joints, and maps with a few faint peaks of these: Pose, PoseMaps."""
    rng = np.random.default_rng(seed)
    body = ANATOMIES[heats]
    heat = np.zeros((heats, 24, 26), np.float32)
    limb = 0.4 * (2 * synthetic._smooth(rng.uniform(0, 1, (2 * len(body.limbs), 24, 26))) - 1)
    joints = np.full((18, 3), UNSEEN, np.float32)
    for joint in set(range(18)) - set(missing):
        joints[joint] = (*rng.uniform(20, 170, 2), 0.8)
    for theirs in [body.ours[joint] for joint in missing] + [8] * (heats == 26):
        for _ in range(rng.integers(1, 4)):
            y, x = rng.integers(1, 23), rng.integers(1, 25)
            heat[theirs, y, x] = rng.uniform(0.02, 0.3)
    for joint in set(range(18)) - set(missing):  # more of what is held changes nothing
        heat[body.ours[joint], rng.integers(1, 23), rng.integers(1, 25)] = 0.3
    box = Letterbox(0.8, 5.0, -3.0)
    joints[:, :2] = box.to_image(joints[:, :2])
    return Pose(joints), PoseMaps(heat, limb.astype(np.float32), box, (300, 300))


def rows(pose):
    return [tuple(row.tolist()) if row[2] > 0 else None for row in pose.joints]


def agree(pose, naive):
    assert [joint is not None for joint in naive] == pose.seen.tolist()
    held = np.array([joint for joint in naive if joint is not None])
    # 0.2 px: logarithms of float32 peaks
    assert_allclose(pose.joints[pose.seen], held, atol=0.2)


@pytest.mark.parametrize("heats", [19, 26])
@pytest.mark.parametrize("seed", range(20))
def test_it_finds_the_best_of_all_assignments(seed, heats):
    pose, maps = scene(seed, heats, missing_of(seed))
    region = (15.0, 10.0, 230.0, 225.0)
    (naive,) = limb_tree_naive.complete([rows(pose)], maps, region)
    agree(complete([pose], maps, region)[0], naive)


def missing_of(seed):
    return np.random.default_rng(seed).permutation(18)[:6].tolist()


def test_the_scenes_of_the_test_above_are_no_walkover():
    added = [
        complete([pose], maps)[0].seen.sum() - pose.seen.sum()
        for pose, maps in (scene(s, 19, missing_of(s)) for s in range(20))
    ]
    assert min(added) == 0
    assert max(added) >= 3


@pytest.mark.parametrize("seed", range(4))
def test_of_two_people_neither_takes_what_is_the_other_s(seed):
    one, maps = scene(seed, 19, (3, 4, 6, 9, 10))
    joints = np.full((18, 3), UNSEEN, np.float32)
    heat = maps.heat.copy()
    heat[[4, 10]] = 0  # what both lack
    for joint in (3, 6, 9):  # the other holds the highest of these
        y, x = np.unravel_index(heat[joint].argmax(), heat[joint].shape)
        at = maps.box.to_image((np.array([[x, y]]) + 0.5) * 8 - 0.5)[0]
        joints[joint] = (*at, heat[joint, y, x])
    joints[1] = (150, 150, 0.9)
    other, maps = Pose(joints), changed(maps, heat=heat)
    naive = limb_tree_naive.complete([rows(one), rows(other)], maps, EVERYWHERE)
    for pose, twin in zip(complete([one, other], maps, EVERYWHERE), naive, strict=True):
        agree(pose, twin)


@bodies
def test_a_faint_raised_wrist_is_found_where_assembling_alone_misses_it(body, painted):
    person = standing(wrist=(92, 14))
    maps = dimmed(painted([person], SIZE), R_WRIST, 0.05, body)
    (pose,) = assemble(maps)
    assert not pose.seen[R_WRIST]
    (whole,) = complete([pose], maps)
    assert_allclose(whole.joints[R_WRIST, :2], person[R_WRIST, :2], atol=4)
    assert_allclose(whole.joints[R_WRIST, 2], 0.05, atol=1e-3)
    assert_array_equal(np.delete(whole.joints, R_WRIST, axis=0),
                       np.delete(pose.joints, R_WRIST, axis=0))  # fmt: skip


@bodies
@pytest.mark.parametrize("height", [0.8 * FAINT, 1.2 * FAINT])
def test_only_peaks_above_the_faintest_count(body, painted, height):
    maps = dimmed(painted([standing()], SIZE), R_WRIST, height, body)
    (whole,) = complete(assemble(maps), maps)
    assert whole.seen[R_WRIST] == (height > FAINT)


@bodies
def test_a_whole_faint_arm_is_found(body, painted):
    person = standing(wrist=(92, 14))
    maps = painted([person], SIZE)
    for joint in (R_SHOULDER, R_ELBOW, R_WRIST):
        maps = dimmed(maps, joint, 0.05, body)
    (pose,) = assemble(maps)
    assert pose.seen.sum() == 15
    (whole,) = complete([pose], maps)
    assert_allclose(whole.joints[:, :2], person[:, :2], atol=4)


@bodies
@pytest.mark.parametrize("seed", range(3))
def test_who_is_whole_stays_as_found(body, painted, seed):
    people = crowd(seed, 2, (256, 400))
    maps = painted(people, (256, 400))
    found = assemble(maps)
    for pose, whole in zip(found, complete(found, maps), strict=True):
        assert_array_equal(whole.joints, pose.joints)


@bodies
@pytest.mark.parametrize("seed", range(4))
def test_joints_found_never_move(body, painted, seed):
    rng = np.random.default_rng(seed)
    people = crowd(seed, 2, (256, 400))
    maps = painted(people, (256, 400))
    heat = np.maximum(maps.heat, rng.uniform(0, 0.3, maps.heat.shape)).astype(np.float32)
    hidden = rng.permutation(18)[:5]
    heat[[body.ours[j] for j in hidden]] *= 0.1
    noisy = changed(maps, heat=heat)
    found = assemble(noisy)
    for pose, whole in zip(found, complete(found, noisy), strict=True):
        assert_array_equal(whole.joints[pose.seen], pose.joints[pose.seen])
        assert np.isnan(whole.joints[~whole.seen, :2]).all()


@bodies
def test_the_neighbour_s_wrist_stays_the_neighbour_s(body, painted):
    """Ours is hidden and has no peak; the neighbour's is in our region and near."""
    ours, theirs = standing(100), standing(170)
    theirs[R_WRIST, :2] = (118, 128)  # reaches towards us
    maps = painted([ours, theirs], SIZE)
    found = assemble(maps)
    our = next(k for k, pose in enumerate(found) if pose.joints[NECK, 0] < 130)
    joints = found[our].joints.copy()
    joints[R_WRIST] = UNSEEN
    heat = maps.heat.copy()
    heat[body.ours[R_WRIST], :, :11] = 0  # where ours was
    people = [Pose(joints) if k == our else pose for k, pose in enumerate(found)]
    alone = complete([people[our]], changed(maps, heat=heat), EVERYWHERE)
    assert alone[0].seen[R_WRIST]  # there is something to drift to
    both = complete(people, changed(maps, heat=heat), EVERYWHERE)
    assert not both[our].seen[R_WRIST]
    assert_array_equal(both[1 - our].joints, found[1 - our].joints)


@pytest.mark.parametrize(("cells", "taken"), [(0.6, True), (0.9, False)])
def test_a_peak_beside_somebody_else_s_joint_is_theirs(cells, taken):
    person = standing()
    maps = dimmed(paint([person], SIZE), R_WRIST, 0.2)
    joints, other = person.copy(), np.full((18, 3), UNSEEN, np.float32)
    joints[R_WRIST] = UNSEEN
    other[R_WRIST] = person[R_WRIST] + np.float32([8 * cells, 0, 0])
    (whole, _) = complete([Pose(joints), Pose(other)], maps, EVERYWHERE)
    assert whole.seen[R_WRIST] != taken


@bodies
def test_side_by_side_each_gets_the_own_faint_wrist(body, painted):
    people = [standing(80), standing(170)]
    maps = dimmed(painted(people, SIZE), R_WRIST, 0.06, body)
    found = sorted(assemble(maps), key=lambda pose: pose.joints[NECK, 0])
    assert [bool(pose.seen[R_WRIST]) for pose in found] == [False, False]
    for person, whole in zip(people, complete(found, maps), strict=True):
        assert_allclose(whole.joints[R_WRIST, :2], person[R_WRIST, :2], atol=4)


@pytest.mark.parametrize("painted", [paint, paint_25])
@pytest.mark.parametrize(("low", "found"), [(142.0, True), (132.0, False)])
def test_nothing_comes_from_outside_the_region(painted, low, found):
    person = standing()
    maps = painted([person], SIZE)
    (pose,) = assemble(maps)
    joints = pose.joints.copy()
    joints[[R_WRIST, L_WRIST]] = UNSEEN  # 145 px down
    left, right = complete([Pose(joints)], maps, (0, 0, 255, 145 + low - 137))[0].joints[
        [R_WRIST, L_WRIST], 2
    ]
    assert (left > 0) == (right > 0) == found
    beside = complete([Pose(joints)], maps, (110, 0, 255, 255))[0]
    assert (beside.seen[R_WRIST], beside.seen[L_WRIST]) == (False, True)
    beside = complete([Pose(joints)], maps, (0, 0, 146, 255))[0]
    assert (beside.seen[R_WRIST], beside.seen[L_WRIST]) == (True, False)
    above = complete([Pose(joints)], maps, (0, 155, 255, 255))[0]
    assert not above.seen[[R_WRIST, L_WRIST]].any()


def test_without_a_region_it_looks_a_little_around_the_person():
    """1.6 of the box's longer side: 30 % of it on either side."""
    person = standing()[:, :2]
    tall = np.ptp(person[:, 1])
    for aside, found in ((0.2, True), (0.36, False)):
        joints = standing()
        joints[R_WRIST] = UNSEEN
        maps = paint([standing()], SIZE)
        heat, limb = maps.heat.copy(), np.ones_like(maps.limb)
        heat[R_WRIST] = 0
        y = int((person[:, 1].max() + aside * tall) / 8)
        box = Letterbox(0.7, 0, 0)
        heat[R_WRIST, round(y * 0.7), 7] = 0.2
        joints[R_ELBOW, 1] = 215  # so near that the limb is not too long
        wide = PoseMaps(heat, limb, box, (366, 366))
        (whole,) = complete([Pose(joints)], wide)
        assert whole.seen[R_WRIST] == found, aside


@pytest.mark.parametrize(("share", "found"), [(0.40, True), (0.50, False)])
def test_limbs_that_are_too_long_are_not_taken(share, found):
    """0.45 of the region's longer side."""
    joints = standing()
    joints[R_WRIST] = UNSEEN
    joints[R_ELBOW, :2] = (100, 20)
    maps = paint([joints], SIZE)
    heat, limb = maps.heat.copy(), np.ones_like(maps.limb)  # every way down is welcome
    heat[R_WRIST, round((20 + share * 240 + 0.5) / 8 - 0.5), 12] = 0.5
    region = (10.0, 10.0, 250.0, 200.0)
    (whole,) = complete([Pose(joints)], changed(maps, heat=heat, limb=limb), region)
    assert whole.seen[R_WRIST] == found


@bodies
@pytest.mark.parametrize(
    ("toward", "found"), [(1.0, True), (0.0, True), (-0.08, True), (-0.14, False)]
)
def test_limbs_against_the_affinity_are_not_taken(body, painted, toward, found):
    """A limb seen end-on has hardly any; one that speaks against it is somebody else's."""
    maps = painted([standing()], SIZE)
    (pose,) = assemble(maps)
    joints = pose.joints.copy()
    joints[R_WRIST] = UNSEEN
    k = body.limbs.index((R_ELBOW, R_WRIST))
    limb = maps.limb.copy()
    way = joints[R_ELBOW, :2] - standing()[R_WRIST, :2]
    for channel, part in zip(body.channels[k], -way / np.hypot(*way), strict=True):
        limb[channel] = toward * part
    (whole,) = complete([Pose(joints)], changed(maps, limb=limb))
    assert whole.seen[R_WRIST] == found


def test_a_better_supported_peak_beats_a_higher_one():
    person = standing()
    maps = dimmed(paint([person], SIZE), R_WRIST, 0.06)
    heat = maps.heat.copy()
    heat[R_WRIST, 13, 8] = 0.5  # beside the elbow, no limb leads there
    found = assemble(changed(maps, heat=heat * (np.arange(19) != R_WRIST)[:, None, None]))
    (whole,) = complete(found, changed(maps, heat=heat))
    assert_allclose(whole.joints[R_WRIST, :2], person[R_WRIST, :2], atol=4)


@bodies
def test_a_joint_whose_inner_one_is_nowhere_is_left_out(body, painted):
    maps = painted([standing()], SIZE)
    heat = maps.heat.copy()
    heat[body.ours[R_ELBOW]] = 0
    maps = dimmed(changed(maps, heat=heat), R_WRIST, 0.06, body)
    (whole,) = complete(assemble(maps), maps)
    assert not whole.seen[[R_ELBOW, R_WRIST]].any()


@bodies
def test_a_missing_neck_is_found_from_the_limbs_at_it(body, painted):
    person = standing()
    maps = dimmed(painted([person], SIZE), NECK, 0.07, body)
    joints = person.copy()
    joints[[NECK, NOSE]] = UNSEEN
    (whole,) = complete([Pose(joints)], maps)
    assert_allclose(whole.joints[[NECK, NOSE], :2], person[[NECK, NOSE], :2], atol=4)


@bodies
def test_it_works_in_a_crop(body, painted):
    box = Letterbox(1.7, -90.0, -14.0)  # px 53 to 203 across and 8 to 158 down
    person = standing()
    maps = dimmed(painted([person], SIZE, box=box, image_size=SIZE), R_WRIST, 0.05, body)
    (pose,) = assemble(maps)
    assert not pose.seen[R_WRIST]
    assert not complete([pose], maps, (53, 8, 203, 140))[0].seen[R_WRIST]  # 145 px down
    (whole,) = complete([pose], maps, (53, 8, 203, 158))
    assert_allclose(whole.joints[R_WRIST, :2], person[R_WRIST, :2], atol=2)


@pytest.mark.parametrize("heats", [19, 26])
def test_nobody_is_completed_to_nobody(heats):
    flat = np.zeros((heats, 32, 32), np.float32)
    noise = np.random.default_rng(1).uniform(0, 1, (heats, 32, 32)).astype(np.float32)
    limb = np.zeros((2 * len(ANATOMIES[heats].limbs), 32, 32), np.float32)
    nobody = Pose(np.full((18, 3), UNSEEN, np.float32))
    for heat in (flat, noise):
        maps = PoseMaps(heat.copy(), limb.copy(), Letterbox(1, 0, 0), SIZE)
        assert complete([], maps) == []
        assert complete([], maps, EVERYWHERE) == []
    maps = PoseMaps(flat, limb, Letterbox(1, 0, 0), SIZE)
    (whole,) = complete([nobody], maps, EVERYWHERE)
    assert not whole.seen.any()


def test_only_so_many_people_are_completed_and_all_stay():
    maps = dimmed(paint([standing()], SIZE), R_WRIST, 0.06)
    (pose,) = assemble(maps)
    far = Pose(np.where(np.isfinite(pose.joints), pose.joints + np.float32([3000, 0, 0]), 0))
    crowded = complete([far] * MOST_PEOPLE + [pose], maps)
    assert len(crowded) == MOST_PEOPLE + 1
    assert crowded[-1] is pose
    assert complete([far] * (MOST_PEOPLE - 1) + [pose], maps)[-1].seen[R_WRIST]


@pytest.mark.parametrize("wrist", ["anchored", "unseen"])
def test_a_shoulder_against_the_affinity_is_not_taken_because_the_forearm_is_fine(wrist):
    """The forearm, both of whose ends are held, must not speak for a shoulder somewhere else."""
    joints = standing()
    maps = paint([joints], SIZE)
    heat = maps.heat.copy()
    heat[R_SHOULDER] = 0
    heat[R_SHOULDER, 16, 7] = 0.05  # below the elbow: upper arm against its affinity
    limb = maps.limb.copy()
    limb[[12, 13]] = 0  # neck to shoulder: end-on
    limb[14], limb[15] = 0, 0.8  # shoulder to elbow: everywhere downwards
    joints[R_SHOULDER] = UNSEEN
    if wrist == "unseen":
        joints[R_WRIST] = UNSEEN
        heat[R_WRIST] = 0
    (whole,) = complete([Pose(joints)], changed(maps, heat=heat, limb=limb), EVERYWHERE)
    assert not whole.seen[R_SHOULDER]


def test_a_neck_that_nothing_leads_to_is_left_out():
    joints = standing()
    joints[NECK] = UNSEEN
    maps = paint([standing()], SIZE)
    heat = maps.heat.copy()
    heat[NECK] = 0
    heat[NECK, 30, 3] = 0.04  # at the feet, against every limb
    (whole,) = complete([Pose(joints)], changed(maps, heat=heat), EVERYWHERE)
    assert not whole.seen[NECK]


def test_one_faint_wrist_is_not_two_people_s():
    """ "one's joints are nobody else's" (complete's docstring)"""
    ours, theirs = standing(90), standing(165)
    ours[R_ELBOW, :2], ours[R_WRIST, :2] = (80, 105), (105, 140)
    theirs[R_WRIST] = UNSEEN
    maps = dimmed(paint([ours, theirs], SIZE), R_WRIST, 0.06)
    found = sorted(assemble(maps), key=lambda pose: pose.joints[NECK, 0])
    left, right = complete(found, maps)
    assert left.seen[R_WRIST]
    assert not right.seen[R_WRIST]
