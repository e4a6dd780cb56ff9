"""The body that dances: bones stay as long, feet stay where they stand, ways cross nobody."""

from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.core import body
from kpopdance.realtime.core.tempo import Tempo
from tools.album.dance import natural
from tools.album.dance.choreograph import FLOOR_GRID, dance
from tools.album.dance.company import along_arm
from tools.album.dance.figure import SHIN, THIGH, TORSO
from tools.album.dance.flesh import FOREARM, SHOULDERS, UPPER_ARM, thighs
from tools.album.dance.page import read_page
from tools.album.dance.stage import changes_of, nearest
from tools.album.dance.words import vocabulary

TEMPO = Tempo(120.0)
BONES = {
    (2, 3): UPPER_ARM, (6, 7): FOREARM, (8, 9): THIGH, (9, 10): SHIN, (11, 12): THIGH,
    (12, 13): SHIN,
}  # fmt: skip
GROUP = """members 4
formation row: 0 0, -60 0, 60 0, 120 0
formation box: 0 40, -70 0, 70 0, 0 -50
formation far: 0 0, 90 40, -90 40, 0 60
[all]
groove, point | to box
running man, jump out | to far centre 3
knee drop
full turn, floor touch, hip walk | canon 1
"""


def danced(tmp_path, text, bars):
    path = tmp_path / "own.dance.txt"
    path.write_text(text, encoding="utf-8")
    page = read_page(path)
    return page, dance(page, [("all", bars)], TEMPO, bars * 2.0)


@pytest.fixture(scope="module")
def group(tmp_path_factory):
    return danced(tmp_path_factory.mktemp("page"), GROUP, 10)


def test_bones_keep_their_length(group):
    space = group[1].space
    for (start, end), length in BONES.items():
        bone = np.linalg.norm(space[:, :, end] - space[:, :, start], axis=-1)
        np.testing.assert_allclose(bone, length, atol=1e-9)
    hips = (space[:, :, body.R_HIP] + space[:, :, body.L_HIP]) / 2
    trunk = np.linalg.norm(space[:, :, body.NECK] - hips, axis=-1)
    np.testing.assert_allclose(trunk, TORSO, atol=1e-9)


def test_what_stands_does_not_slide(group):
    assert natural.drift(group[1]) < 0.01
    assert group[1].planted.any(axis=2).mean() > 0.9


def test_nobody_walks_into_anybody(group):
    page, dancers = group
    assert nearest(dancers.places) > 0.35
    first, changes = changes_of(page)
    assert first == page.formations["row"]
    assert changes[0].after[0] == (0.0, 0.4)
    assert changes[1].after[2] == (0.0, 0.0)
    formation = dancers.formation
    assert formation.there.shape == dancers.places.shape[:2]
    away = -dancers.places[..., 1]
    np.testing.assert_allclose(formation.floor[..., 1], away - away.mean(), atol=1 / FLOOR_GRID)


def test_everybody_is_somewhere_in_the_picture(group):
    members = group[1].members
    assert len(members) == 4
    joints = np.stack([member.joints for member in members])
    assert np.isfinite(joints).all()
    assert joints[..., 1].min() > 0
    assert joints[..., 1].max() < 1


def test_every_move_is_done_by_a_body(tmp_path):
    moves = vocabulary().moves
    lines = "\n".join(f"{name}, {name} L" for name in moves)
    counts = [2 * move.counts for move in moves.values()]
    _, dancers = danced(tmp_path, f"[all]\n{lines}\n", round(sum(counts) / 4))
    ends = np.cumsum([0, *counts]) * 15
    lowest = {}
    for name, start, end in zip(moves, ends[:-1], ends[1:], strict=True):
        one = replace(
            dancers, space=dancers.space[:, int(start) : int(end)],
            planted=dancers.planted[:, int(start) : int(end)],
        )  # fmt: skip
        folds = natural.folded(one)
        assert natural.drift(one) < 0.01, name
        assert folds["elbow"][0] > 30, name
        assert folds["knee"][0] > 35, name
        assert natural.in_flesh(one) < 0, name
        assert natural.shins_apart(one) > 0.04, name
        lowest[name] = one.space[0, :, :, 1].min(axis=0)
    assert lowest["floor touch"][body.R_WRIST] < 0.11, "the hand is on the floor"
    assert lowest["knee drop"][body.R_KNEE] < 0.075, "the knee is on the floor"
    for name, low in lowest.items():
        assert low.min() > 0.03, name


@pytest.mark.parametrize(
    "moves",
    ["windmill, orbit L", "jump out, mask", "clap up, mask L", "reach through, groove"],
)
def test_no_arm_goes_through_the_body_on_its_way(tmp_path, moves):
    through = """move reach through, 4, bounce 0
1   arms 0/-60/0/0
2   arms -80/-90/0/0
3   arms behind
4   arms 190/230/0/0
"""
    _, dancers = danced(tmp_path, f"{through}[all]\n{moves}\n", 2)
    assert natural.in_flesh(dancers) < 0.005


@pytest.mark.parametrize("side", ["", " L"])
def test_arms_that_cross_lie_on_each_other(tmp_path, side):
    """And on a thigh that is lifted."""
    crossing = """move crossing, 4, bounce 0
1   arms cross
2   R across L 4/-40/30/30
3   R fist L fist foot R 9,10,26 weight L95 knees 15
4   R -10/-10/30/40 L clap foot R 9,10,26 weight L95 knees 15
"""
    _, dancers = danced(tmp_path, f"{crossing}[all]\nslow crossing{side}\n", 2)
    assert natural.arms_crossed(dancers) == 0
    points = dancers.space[0]
    inside = [thighs(points).depth(along_arm(points, shoulder)).max() for shoulder in SHOULDERS]
    assert max(inside) < 0.005


@pytest.mark.parametrize("places", ["-30 0, 30 0", "-30 6, 30 0", "-30 0, 30 6"])
def test_who_stands_near_reaches_past_a_neighbour(tmp_path, places):
    page = f"""members 2
formation near: {places}
move wide, 4, bounce 0
1   arms out
3   R vee L low
4   R low L vee
[all]
wide, wide L
"""
    _, dancers = danced(tmp_path, page, 2)
    assert natural.neighbours_apart(dancers) > 0.035
    wrists = dancers.space[:, :, [body.R_WRIST, body.L_WRIST]]
    hips = dancers.space[:, :, [body.R_HIP, body.L_HIP]].mean(axis=2)
    assert np.abs(wrists - hips[:, :, None])[..., 0].max() > 0.38, "the free arm is spread"


@pytest.mark.parametrize("side", ["", " L"])
def test_a_foot_goes_round_the_other(tmp_path, side):
    """Across to the other side and back, past the foot that stands."""
    crossing = """move past, 4, bounce 0
1   foot R 10 foot L 10
2   foot L -30,-12
3   foot L 10
"""
    _, dancers = danced(tmp_path, f"{crossing}[all]\nslow past{side}\n", 2)
    feet = dancers.space[0][:, [body.R_ANKLE, body.L_ANKLE]]
    assert np.linalg.norm(feet[:, 0] - feet[:, 1], axis=-1).min() > 0.085


def test_walking_feet_do_not_cross_through_each_other(tmp_path):
    """Wide changes of place, straight to the side."""
    page = """members 2
formation near: -40 0, 40 0
formation far: -95 0, 95 0
[all]
groove | to far
groove | to near
"""
    _, dancers = danced(tmp_path, page, 2)
    assert natural.shins_apart(dancers) > 0.04
