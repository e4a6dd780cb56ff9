"""A player stays the player: gone for long, crossed, beside others in other or the same clothes."""

from __future__ import annotations

from itertools import pairwise, product

import cv2
import numpy as np
import pytest

from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.pose.player_tracker import (
    CONFIRM_S,
    HAND_AFTER_S,
    SURE_S,
    PlayerTracker,
)
from kpopdance.realtime.pose.raised_hand import HOLD_S
from kpopdance.realtime.pose.tracker import FORGET_S, Tracker, choose_all
from tests import dances
from tests.quick import but_quick

MINA, JAE, SURI, TOBI = OUTFITS
SMALL = (240, 320)
NOISE = np.random.default_rng(0).normal(0, 2, (8, *SMALL, 3)).round().astype(np.int16)
FPS = 5.0
DANCE: Choreography = dances.song(5, bpm=120.0, moves=12)
DANCER = DrawnDancer(DANCE, DancerStyle(), SMALL)
OTHER = DrawnDancer(dances.song(8, bpm=120.0, moves=12), DancerStyle(), SMALL)


def placed(joints, x, tall=0.6):
    """Joints with the hips at x, made smaller so that several people fit in."""
    out = joints.copy()
    hips = out[[8, 11], :2].mean(axis=0)
    out[:, :2] = (out[:, :2] - hips) * tall + (x, 140)
    return out.astype(np.float32)


def player(at_s, x=120):
    return placed(DANCER.joints(at_s % 20), x)


def other(at_s, x=240):
    return placed(OTHER.joints(at_s % 20), x, tall=0.5)


def picture(people, rng):
    """A room with people, back to front, each (joints, outfit): limbs as thick lines."""
    image = np.full((*SMALL, 3), (104, 110, 92), np.uint8)
    for joints, outfit in people:
        size = (np.nanmax(joints[:, 1]) - np.nanmin(joints[:, 1])) / 12
        for colour, wide, bones in (
            (outfit.trousers, 1.0, ((8, 9), (9, 10), (11, 12), (12, 13), (8, 11))),
            (outfit.top, 1.4, ((2, 8), (5, 11), (1, 8), (1, 11), (2, 5), (8, 5))),
            (outfit.skin, 0.6, ((3, 4), (6, 7), (1, 0))),
            (outfit.top, 0.8, ((2, 3), (5, 6))),
            (outfit.hair, 1.3, ((0, 0),)),
        ):
            for a, b in bones:
                if not np.isfinite(joints[[a, b]]).all():
                    continue
                ends = (joints[[a, b], :2] - (0, size if a == b else 0)).round().astype(int)
                cv2.line(image, *ends.tolist(), colour, max(round(size * wide), 1))
    return cv2.add(image, NOISE[rng.integers(len(NOISE))], dtype=cv2.CV_8U)


def follow(
    tracker, scene, until_s, *, every_s=1 / FPS, light=lambda at_s: 1.0, each=None, looks_s=None
):
    """Return who was followed at each look: names, None for nobody.

    ``scene`` gives what stands there at a second: name -> joints, outfit; back to front.
    ``looks_s`` are the moments of looks that do not come every so often.
    """
    rng = np.random.default_rng(1)
    told = []
    for at_s in np.arange(round(until_s / every_s)) * every_s if looks_s is None else looks_s:
        people = scene(at_s)
        image = picture(people.values(), rng)
        if light(at_s) != 1:
            image = np.clip(image * light(at_s), 0, 255).astype(np.uint8)
        region = tracker.region(at_s)
        names, poses = [], []
        for name, (joints, _) in people.items():
            x = float(joints[1, 0])
            if region is None or region[0] < x < region[2]:
                seen = joints.copy()
                seen[:, :2] += rng.normal(0, 1.0, (18, 2))
                names.append(name)
                poses.append(Pose(seen.astype(np.float32)))
        (chosen,) = choose_all([tracker], poses, image, at_s)
        told.append(None if chosen is None else names[[id(p) for p in poses].index(id(chosen))])
        if each is not None:
            each(at_s, tracker)
    return told


def share(told, who, begin_s, end_s, every_s=1 / FPS):
    part = told[round(begin_s / every_s) : round(end_s / every_s)]
    return sum(name == who for name in part) / len(part)


def absence(gone_s, *, x_back=120, outfits=(MINA, JAE), moves=False):
    """The player is there for 8 s, gone, and back; the other stays all the time."""

    def scene(at_s):
        people = {
            "other": (other(at_s, 240 if not moves else 240 + 40 * np.sin(at_s)), outfits[1])
        }
        if at_s < 8:
            people["player"] = (player(at_s), outfits[0])
        elif at_s >= 8 + gone_s:
            people["player"] = (player(at_s, x_back), outfits[0])
        return people

    return scene


PAIRS = [(MINA, JAE), (MINA, SURI), (TOBI, MINA), (SURI, TOBI)]


GONE = [
    (gone_s, PAIRS[(k + turn) % 4], (120, 40, 280)[(k + turn) % 3])
    for turn in range(3)
    for k, gone_s in enumerate((1.0, 3.0, 5.0, 10.0))
]


@pytest.mark.parametrize(("gone_s", "outfits", "x_back"), but_quick(GONE, GONE[:4]))
def test_gone_while_somebody_else_stays_the_player_comes_back(gone_s, outfits, x_back):
    """Wherever they come in again, on the other side of the other one too.

    Gone for a moment only, and back farther away than anybody walks in it, they are believed as
    late as after a long absence.
    """
    until_s = 8 + gone_s + 4
    back_s = 8 + max(gone_s + 1, FORGET_S + CONFIRM_S + 2 / FPS)
    told = follow(PlayerTracker(), absence(gone_s, x_back=x_back, outfits=outfits), until_s)
    assert "other" not in told
    assert share(told, "player", 0, 8) == 1
    assert share(told, "player", back_s, until_s) == 1


def test_without_memory_the_other_one_is_taken():
    """What it was like; recordings of films still want whoever is there."""
    told = follow(Tracker(), absence(5.0), 17)
    assert share(told, "other", 8 + FORGET_S + 0.2, 17) == 1


@pytest.mark.parametrize(
    ("gone_s", "moves"),
    but_quick(product((1.0, 3.0, 5.0, 10.0), (False, True)), {(1.0, True), (5.0, False)}),
)
def test_in_the_same_clothes_who_stayed_is_told_by_place(gone_s, moves):
    scene = absence(gone_s, outfits=(MINA, MINA), moves=moves)
    told = follow(PlayerTracker(), scene, 8 + gone_s + 4)
    assert "other" not in told
    assert share(told, "player", 8 + gone_s + 1, 8 + gone_s + 4) == 1


@pytest.mark.parametrize("every_s", [pytest.param(0.05, marks=pytest.mark.long), 0.28, 0.4])
def test_however_seldom_it_looks(every_s):
    told = follow(PlayerTracker(), absence(5.0), 18, every_s=every_s)
    assert "other" not in told
    assert share(told, "player", 14.2, 18, every_s) == 1


BESIDE = [
    (outfits, (25, 40)[(k + turn) % 2]) for turn in (0, 1) for k, outfits in enumerate(PAIRS)
]


@pytest.mark.parametrize(("outfits", "apart_px"), but_quick(BESIDE, BESIDE[:4]))
def test_who_stands_close_beside_is_somebody_else_all_the_same(outfits, apart_px):
    """As near as networks see one body twice, and the player goes from there."""

    def scene(at_s):
        people = {"other": (other(0.0, 120 + apart_px), outfits[1])} if at_s >= 5 else {}
        return people if 8 <= at_s < 13 else people | {"player": (player(at_s), outfits[0])}

    told = follow(PlayerTracker(), scene, 17)
    assert "other" not in told
    assert share(told, "player", 14, 17) == 1


@pytest.mark.parametrize("outfits", PAIRS)
def test_who_is_looked_at_seldom_was_not_away(outfits):
    """On a computer that suddenly has other things to do; the other one is no substitute."""

    def scene(at_s):
        people = {"other": (other(at_s), outfits[1])}
        return people if 20 <= at_s < 30 else people | {"player": (player(at_s), outfits[0])}

    looks_s = np.concatenate([np.arange(0, 8, 1 / FPS), np.arange(8, 60, 2.6)])
    told = follow(PlayerTracker(), scene, 60, looks_s=looks_s)
    there = (looks_s < 20) | (looks_s >= 30 + 2.6)  # coming back is confirmed by one look more
    assert told == ["player" if here else None for here in there]


def test_who_never_comes_back_is_not_replaced():
    told = follow(PlayerTracker(), absence(60.0), 40)
    assert share(told, None, 8.1, 40) == 1


@pytest.mark.parametrize("outfits", [(MINA, JAE), (MINA, MINA)])
def test_somebody_who_comes_in_meanwhile_is_not_the_player_in_other_clothes(outfits):
    def scene(at_s):
        people = {"player": (player(at_s), MINA)} if at_s < 8 or at_s >= 14 else {}
        if at_s >= 10:
            people["late"] = (other(at_s, min(60 * (at_s - 10), 230)), JAE)
        return people

    told = follow(PlayerTracker(), scene, 18)
    assert "late" not in told
    assert share(told, "player", 15, 18) == 1


@pytest.mark.parametrize("outfits", PAIRS[1:])
@pytest.mark.parametrize("way", [1, -1])
def test_whoever_crosses_in_front_is_not_taken(outfits, way):
    def scene(at_s):
        walker = other(at_s, 160 + way * (-200 + 80 * (at_s - 6)))
        people = {"player": (player(at_s, 160), outfits[0])}
        if at_s >= 6:
            hides = abs(float(walker[1, 0]) - 160) < 12
            people = ({} if hides else people) | {"walker": (walker, outfits[1])}
        return people

    told = follow(PlayerTracker(), scene, 14)
    assert "walker" not in told
    assert share(told, "player", 10, 14) == 1


@pytest.mark.parametrize("dimmed", [0.75, 1.15])
def test_light_that_changes_while_the_player_is_there_is_learned(dimmed):
    def light(at_s):
        return 1 + (dimmed - 1) * min(at_s / 8, 1.0)

    told = follow(PlayerTracker(), absence(5.0, outfits=(JAE, TOBI)), 18, light=light)
    assert "other" not in told
    assert share(told, "player", 14, 18) == 1


def test_a_passer_by_at_the_start_is_not_kept_for_the_player():
    """Nobody is the player before being followed for some seconds."""

    def scene(at_s):
        if at_s < SURE_S - 1:
            return {"passer-by": (other(at_s, 160), JAE)}
        return {"player": (player(at_s, 160), MINA)}

    told = follow(PlayerTracker(), scene, 12)
    assert share(told, "player", SURE_S - 1 + FORGET_S + 0.2, 12) == 1


def half(joints, rng):
    """What a network makes of half of somebody, looked at too closely: all joints, none in place."""
    out = joints.copy()
    middle = out[[1, 2, 3, 4], :2].mean(axis=0)
    out[:, :2] = middle + rng.normal(0, 12, (18, 2))
    out[:, 2] = 0.5
    return out


@pytest.mark.parametrize("every_s", [pytest.param(0.05, marks=pytest.mark.long), 0.2, 0.4])
def test_who_was_seen_by_halves_is_not_kept_for_the_player(every_s):
    """Nothing of it is learned, and whoever is there is taken once it is missed."""
    rng = np.random.default_rng(2)

    def scene(at_s):
        whole = player(at_s, 160)
        return {"player": (whole if at_s > 5 else half(whole, rng), MINA)}

    told = follow(PlayerTracker(), scene, 12, every_s=every_s)
    assert share(told, "player", 5 + 3 * every_s, 12, every_s) == 1


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("gone_s", [0.5, 1.5, 4.0, 10.0])
@pytest.mark.parametrize("every_s", [pytest.param(0.034, marks=pytest.mark.long), 0.15, 0.5])
def test_whose_limbs_are_out_of_place_in_every_other_look_is_themselves(every_s, gone_s, upper):
    """Alone in the picture: one look tells little, some together do."""
    rng = np.random.default_rng(3)

    def scene(at_s):
        joints = player(at_s)
        if upper:
            joints[8:14] = (np.nan, np.nan, 0)
        if at_s > 8 and rng.random() < 0.5:
            joints[2:8, :2] += rng.normal(0, 15, (6, 2))
        return {} if 8 <= at_s < 8 + gone_s else {"player": (joints, MINA)}

    told = follow(PlayerTracker(), scene, 16 + gone_s, every_s=every_s)
    back_s = 8 + gone_s + FORGET_S + CONFIRM_S + 2 * every_s
    assert share(told, "player", back_s, 16 + gone_s, every_s) == 1


def test_the_key_takes_the_next_one_in_turn():
    def scene(at_s):
        return {
            "left": (other(at_s, 60), JAE), "right": (other(at_s, 260), TOBI),
            "middle": (player(at_s, 160), MINA),
        }  # fmt: skip

    pressed = [5.0, 7.0, 9.0, 11.0]

    def press(at_s, tracker):
        if any(abs(at_s - when) < 0.01 for when in pressed):
            tracker.choose_anew(at_s)

    told = follow(PlayerTracker(), scene, 13, each=press)
    turns = [told[round((when + 1) * FPS)] for when in (0, *pressed)]
    assert turns[0] == "middle"
    assert set(turns[:3]) == {"left", "middle", "right"}
    assert all(a != b for a, b in pairwise(turns))


def test_the_key_with_nobody_else_there_takes_the_same_one_anew():
    told = follow(
        PlayerTracker(), lambda at_s: {"player": (player(at_s), MINA)}, 8,
        each=lambda at_s, tracker: tracker.choose_anew(at_s) if abs(at_s - 5) < 0.01 else None,
    )  # fmt: skip
    assert share(told, "player", 5.2, 8) == 1


def raising(joints):
    """The same, standing with the right hand over the head."""
    out = joints.copy()
    size = np.ptp(out[:, 1])
    out[[4, 7], 0] = out[[2, 5], 0]
    out[3, :2] = out[2, :2] - (0.05 * size, 0.15 * size)
    out[4, :2] = out[2, :2] - (0.03 * size, 0.35 * size)
    out[7, 1] = out[5, 1] + 0.3 * size
    return out


def test_a_raised_hand_takes_the_place_of_a_player_who_is_away():
    def scene(at_s):
        still = other(0.0)
        people = {"other": (raising(still) if at_s >= 13 else still, JAE)}
        if at_s < 8:
            people["player"] = (player(at_s), MINA)
        return people

    told = follow(PlayerTracker(), scene, 18)
    assert share(told, None, 8.1, 13 + HOLD_S - 0.2) == 1
    assert share(told, "other", 13 + HOLD_S + 0.3, 18) == 1


def test_a_raised_hand_beside_a_player_who_is_there_changes_nothing():
    def scene(at_s):
        people = {"player": (player(at_s), MINA)}
        return people | ({"other": (raising(other(0.0)), JAE)} if at_s > 5 else {})

    assert share(follow(PlayerTracker(), scene, 12), "player", 0, 12) == 1


@pytest.mark.parametrize("seed", but_quick([(seed,) for seed in range(4)], [(0,)]))
def test_a_neighbour_who_dances_raises_no_hand(seed):
    """Whatever is danced beside an absent player; holds of a second are rare, and move."""
    dance = DrawnDancer(dances.song(seed, bpm=120.0, moves=40), DancerStyle(), SMALL)

    def scene(at_s):
        people = {"other": (placed(dance.joints(at_s), 250), JAE)} if at_s > 5 else {}
        if at_s < 8:
            people["player"] = (player(at_s), MINA)
        return people

    until_s = 8 + HAND_AFTER_S + 30
    assert "other" not in follow(PlayerTracker(), scene, until_s)
