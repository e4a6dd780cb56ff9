import threading
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from kpopdance.realtime.core import body
from kpopdance.realtime.devices import drawn_picture
from kpopdance.realtime.devices.drawn_camera import DrawnCamera
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS, body_px, draw_dancer
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from tests.quick import but_quick

SHIFTS = ((0, 0), (-250, 60), (200, -90))


@pytest.fixture(scope="module")
def dance():
    return load_pack(BUNDLED / "neon-steps").members[0]


@pytest.fixture(scope="module")
def studio():
    return DrawnRoom()


class CountingClock:
    """Host time that goes on by a step whenever someone looks."""

    def __init__(self, step_s=0.001):
        self.time_s, self.step_s = 100.0, step_s

    def now(self):
        self.time_s += self.step_s
        return self.time_s


@pytest.mark.parametrize("look", OUTFITS, ids=lambda look: look.name)
def test_every_look_is_drawn_about_its_joints(dance, studio, look):
    joints = DrawnDancer(dance).joints(32.0)
    empty, full = studio.take([]), studio.take([(joints, look)])
    changed = np.abs(full.astype(int) - empty).max(axis=-1) > 12
    rows, columns = np.nonzero(changed)
    low, high = joints[:, :2].min(axis=0), joints[:, :2].max(axis=0)
    assert full.shape == (480, 640, 3)
    assert full.dtype == np.uint8
    assert low[0] - 45 < columns.min() < low[0]
    assert high[0] < columns.max() < high[0] + 45
    assert low[1] - 45 < rows.min() < low[1]
    assert high[1] < rows.max() < high[1] + 30
    x, y = joints[[3, 4, 6, 7, 9, 10, 12, 13], :2].round().astype(int).T
    assert changed[y, x].all()


def test_the_whole_dance_is_drawn_inside_the_picture(dance, studio):
    dancer, empty = DrawnDancer(dance), studio.take([])
    border = np.ones(empty.shape[:2], bool)
    border[2:-2, 2:-2] = False
    for second in np.arange(0, 72, 1.5):
        picture = studio.take([(dancer.joints(second), OUTFITS[0])], size_px=dancer.height_px)
        assert np.abs(picture[border].astype(int) - empty[border]).max() < 12


@pytest.mark.parametrize("look", OUTFITS, ids=lambda look: look.name)
def test_a_back_has_no_face_and_its_arms_are_behind(dance, studio, look):
    """Somebody who turns half round: left and right change places, and all else stays."""
    front = DrawnDancer(dance).joints(32.0)
    middle = front[:, 0].mean()
    back = front.copy()
    back[:, 0] = 2 * middle - front[:, 0]
    back[body.R_WRIST, :2] = back[[body.R_HIP, body.L_HIP], :2].mean(axis=0) - [0, 30]
    back[body.R_ELBOW, :2] = (back[body.R_SHOULDER, :2] + back[body.R_WRIST, :2]) / 2
    picture = studio.take([(back, look)]).astype(int)
    x, y = back[[body.R_EYE, body.L_EYE, body.NOSE], :2].round().astype(int).T
    for shown in picture[y, x]:
        assert np.abs(shown - look.hair).max() < 40, "hair where a face would be"
    x, y = back[body.R_WRIST, :2].round().astype(int)
    assert np.abs(picture[y, x] - look.top).max() < 40, "the shirt's back hides the hand"


def test_a_shirt_seen_from_the_side_hangs_level(dance, studio):
    """Whichever way what is left of the hips' width happens to lie."""
    side = DrawnDancer(dance).joints(32.0)
    side[:, 0] += 0.02 * (side[:, 0].mean() - side[:, 0]) * 49
    pictures = []
    for lower, higher in ((body.R_HIP, body.L_HIP), (body.L_HIP, body.R_HIP)):
        tilted = side.copy()
        level = side[[body.R_HIP, body.L_HIP], 1].mean()
        tilted[[lower, higher], 1] = level + 4, level - 4
        pictures.append(studio.take([(tilted, OUTFITS[0])]).astype(int))
    middle = int(side[body.R_HIP, 1])
    waist = [one[middle - 40 : middle - 4] for one in pictures]
    assert (np.abs(waist[0] - waist[1]).max(axis=-1) > 60).mean() < 0.002


def test_drawing_is_repeatable_and_noise_follows_the_index(dance):
    people = [(DrawnDancer(dance).joints(10.0), OUTFITS[1])]
    assert_array_equal(DrawnRoom().take(people, 5), DrawnRoom().take(people, 5))
    assert (DrawnRoom().take(people, 5) != DrawnRoom().take(people, 6)).mean() > 0.5


def test_nearer_people_are_drawn_over_those_behind(dance, studio):
    near = DrawnDancer(dance).joints(0.0)
    far = near - np.array([0, 30, 0], np.float32)
    one = studio.take([(near, OUTFITS[0]), (far, OUTFITS[3])])
    other = studio.take([(far, OUTFITS[3]), (near, OUTFITS[0])])
    assert_array_equal(one, other)
    x, y = near[1, :2].astype(int)
    shirt = one[y + 60, x].astype(int)
    assert np.abs(shirt - OUTFITS[0].top).max() < 40


def test_people_half_outside_or_with_unseen_joints_do_no_harm(dance, studio):
    joints = DrawnDancer(dance).joints(3.0)
    for shift in (-700, -300, 300, 2000):
        away = joints + np.array([shift, -shift / 2, 0], np.float32)
        draw_dancer(away, studio.take([]), OUTFITS[2])
        studio.take([(away, OUTFITS[2])])
    unseen = joints.copy()
    unseen[4] = (np.nan, np.nan, 0)
    assert_array_equal(studio.take([(unseen, OUTFITS[0])]), studio.take([]))


@pytest.mark.parametrize(
    ("shift", "look"),
    but_quick(product(SHIFTS, OUTFITS), {(SHIFTS[n % 3], o) for n, o in enumerate(OUTFITS)}),
)
def test_only_what_is_around_people_is_filmed_anew(dance, studio, look, shift):
    """At three moments, others for each look and place."""
    begin_s = 3.0 + 2 * OUTFITS.index(look) + (shift[0] % 7)
    for second in np.arange(begin_s, 70.0, 22.3):
        joints = DrawnDancer(dance).joints(second) + np.array([*shift, 0], np.float32)
        people = [(joints, look), (joints + np.array([150, 20, 0], np.float32), OUTFITS[0])]
        canvas = studio._room.copy()
        for person, _ in people:
            drawn_picture._floor_shadow(canvas, person, body_px(person))
        for person, worn in people:
            draw_dancer(person, canvas, worn)
        whole = studio._filmed(canvas, (slice(None), slice(None)), step=1)
        assert np.abs(studio.take(people, 1).astype(int) - whole).max() <= 1


def test_a_body_measures_itself(dance):
    dancer = DrawnDancer(dance)
    sizes = [body_px(dancer.joints(s)) for s in np.arange(0, 72, 1.0)]
    assert abs(np.median(sizes) / dancer.height_px - 1) < 0.1


@pytest.fixture
def camera(dance):
    asked = threading.Semaphore(0)

    def song_s():
        asked.release()
        return 3.0

    camera = DrawnCamera([DrawnDancer(dance)], song_s, CountingClock())
    yield camera, asked
    camera.close()


def test_the_camera_delivers_stamped_frames_in_order(camera):
    frames = [camera[0].newest(60) for _ in range(4)]
    assert all(frame is not None for frame in frames)
    stamps, numbers = [f.captured_s for f in frames], [f.index for f in frames]
    assert stamps == sorted(set(stamps))
    assert numbers == sorted(set(numbers))
    assert frames[0].captured_s < 100.1
    assert not frames[0].image.flags.writeable


def test_the_camera_keeps_only_the_newest_and_counts_drops(camera):
    filming, asked = camera
    for _ in range(6):
        assert asked.acquire(timeout=60)
    frame = filming.newest(60)
    assert frame.index >= 4
    assert filming.state().dropped >= 4


def test_the_camera_says_how_it_does_and_closes(dance):
    camera = DrawnCamera([DrawnDancer(dance)], lambda: None, CountingClock())
    assert camera.newest(60) is not None
    state = camera.state()
    assert (state.name, state.health.no_picture, state.size) == (
        "drawn dancer",
        False,
        (640, 480),
    )
    camera.close()
    assert camera.state().health.no_picture
    camera.newest(0.0)
    assert camera.newest(0.0) is None


def test_where_it_films_late_the_computer_is_slow_and_no_picture_lost(dance):
    camera = DrawnCamera([DrawnDancer(dance)], lambda: None, CountingClock(2.0))
    for _ in range(2):
        assert camera.newest(0.0) is not None
    state = camera.state()
    camera.close()
    assert state.health.well
    assert state.delivered.silences == ()
    assert state.delivered.pictures > 60


def test_absent_is_an_empty_room_and_no_song_is_the_first_pose(dance):
    style = DancerStyle(absent=((0.0, 99.0),))
    camera = DrawnCamera([DrawnDancer(dance, style)], lambda: 5.0, CountingClock())
    frame = camera.newest(60)
    camera.close()
    assert_array_equal(frame.image, DrawnRoom().take([], frame.index))
    dancer = DrawnDancer(dance, style)
    camera = DrawnCamera([dancer], lambda: None, CountingClock(), OUTFITS[1])
    frame = camera.newest(60)
    camera.close()
    people = [(dancer.first_pose(), OUTFITS[1])]
    wanted = DrawnRoom().take(people, frame.index, dancer.height_px)
    assert_array_equal(frame.image, wanted)


def test_the_real_network_finds_the_drawn_dancer(dance):
    """On six frames of the whole dance; ``python -m tools.bench.pose.bench_dancer`` measures 309."""
    from kpopdance.engines.choose import open_vision
    from kpopdance.realtime.pose.skeletons import assemble

    dancer, studio, vision, found = DrawnDancer(dance), DrawnRoom(), open_vision(), []
    for index, second in enumerate(np.arange(3.1, 72, 12.0)):
        truth = dancer.joints(float(second))
        picture = studio.take([(truth, OUTFITS[index % 4])], index, dancer.height_px)
        people = assemble(vision.see(picture, region=None, size=(368, 496)))
        error = np.linalg.norm(people[0].joints[:, :2] - truth[:, :2], axis=-1)
        found.append(int((error <= 12).sum()))
    assert len(found) == 6
    assert np.mean(found) >= 16.5, found


def test_several_are_side_by_side_from_the_left_of_a_mirror(dance):
    dancers = [DrawnDancer(dance, DancerStyle(mirrored=k > 0), (480, 360)) for k in range(3)]
    camera = DrawnCamera(dancers, lambda: 5.0, CountingClock())
    frame = camera.newest(60)
    state = camera.state()
    camera.close()
    assert (state.size, frame.image.shape) == ((1080, 480), (480, 1080, 3))
    people = [
        (dancer.joints(5.0) + np.float32([360 * (2 - k), 0, 0]), OUTFITS[k])
        for k, dancer in enumerate(dancers)
    ]
    assert_array_equal(frame.image, DrawnRoom((480, 1080)).take(people, frame.index))
