"""How hard a dance is: easier ones of the same dance are never harder."""

import numpy as np
import pytest

from kpopdance.realtime.core.body import mirrored
from kpopdance.realtime.core.tempo import Tempo
from kpopdance.realtime.core.track import resample
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.scoring.difficulty import difficulty_of
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.generated_dances import FPS, STYLES, choreography, generated

NAMES = ("ballad", "groove", "idol", "freezes", "house", "dance pop", "drum and bass")
NEAR = 0.35  # of a level: what is no difference


def joints_of(name, seed=3):
    return choreography(generated(STYLES[name], seed, length_s=36.0)).joints


def level(joints, bpm, fps=FPS, start_s=0.0, offset_s=0.0):
    return difficulty_of(Choreography(joints, fps, start_s), Tempo(bpm, offset_s)).level


def bar_rows(bpm):
    return 4 * 60 / bpm * FPS


def slower(joints, times):
    at_s = np.arange(len(joints)) / FPS
    return resample(at_s, joints, np.arange(0, at_s[-1], 1 / FPS / times))


def every_second_bar_held(joints, bpm):
    out, rows, ease = joints.copy(), bar_rows(bpm), 10
    for start in np.arange(rows, len(joints), 2 * rows).astype(int):
        stop = min(round(start + rows), len(joints))
        out[start:stop] = joints[start]
        until = joints[stop - 1]
        share = np.linspace(0, 1, ease)[:, None, None]
        there = min(ease, stop - start)
        out[stop - there : stop] = (joints[start] + share * (until - joints[start]))[-there:]
    return out


def one_limb(joints):
    for limb in ("left_arm", "right_leg", "left_leg"):
        joints = spoil.with_limb_held(joints, limb)
    return joints


SIMPLER = {
    "slower": lambda joints, bpm: (slower(joints, 1.4), bpm / 1.4),
    "slower, the beat as before": lambda joints, bpm: (slower(joints, 1.5), bpm),
    "half the size": lambda joints, bpm: (spoil.smaller(joints, 0.5), bpm),
    "every second bar held": lambda joints, bpm: (every_second_bar_held(joints, bpm), bpm),
    "one limb only": lambda joints, bpm: (one_limb(joints), bpm),
    "no arm": lambda joints, bpm: (
        spoil.with_limb_held(spoil.with_limb_held(joints, "left_arm"), "right_arm"), bpm,
    ),
    "held all the time": lambda joints, bpm: (spoil.held(joints), bpm),
}  # fmt: skip
ALIKE = {
    "elsewhere": lambda joints: spoil.moved(joints, x=3.0, scale=2.5),
    "in the mirror": spoil.in_mirror,
    "by another body": lambda joints: spoil.with_lengths(joints, 5),
    "as a network sees it": lambda joints: spoil.noisy(joints, 4, px=0.5),
    "from the legs down unseen for a while": lambda joints: spoil.absent(
        joints, slice(300, 330)
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_simpler_dance_is_easier(name):
    joints, bpm = joints_of(name), STYLES[name].bpm
    whole = level(joints, bpm)
    assert 1 <= whole <= 10
    for how, simplify in SIMPLER.items():
        found = level(*simplify(joints, bpm))
        assert found < whole, f"{how}: {found:.2f}, not under {whole:.2f}"


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_again_or_in_the_mirror_is_easier_than_something_new(name):
    bpm = STYLES[name].bpm
    rows = round(8 * bar_rows(bpm))
    one, other = (joints_of(name, seed)[:rows] for seed in (3, 4))

    def both(first, second):
        return level(np.concatenate([first, second]), bpm)

    new = both(one, other)
    again = (both(one, one) + both(other, other)) / 2
    turned = (both(one, spoil.in_mirror(one)) + both(other, spoil.in_mirror(other))) / 2
    assert again < new
    assert turned < new
    assert turned == pytest.approx(again, abs=NEAR)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_dance_is_as_hard(name):
    joints, bpm = joints_of(name), STYLES[name].bpm
    whole = level(joints, bpm)
    found = {how: level(change(joints), bpm) for how, change in ALIKE.items()}
    assert found == {how: pytest.approx(whole, abs=NEAR) for how in ALIKE}


@pytest.mark.parametrize("swing", [0.9, 0.7, 0.5, 0.3, 0.1])
def test_size_and_tempo_tell_step_by_step(swing):
    joints = joints_of("idol")
    assert level(spoil.smaller(joints, swing), 110) < level(
        spoil.smaller(joints, swing + 0.1), 110
    )
    times = 1 + (1 - swing)
    assert level(slower(joints, times + 0.2), 110) < level(slower(joints, times), 110)


def test_rate_and_begin_do_not_matter():
    joints = joints_of("idol")
    at_s = np.arange(len(joints)) / FPS
    fine = resample(at_s, joints, np.arange(0, at_s[-1], 1 / 60))
    whole = level(joints, 110)
    assert level(fine, 110, fps=60.0) == pytest.approx(whole, abs=NEAR)
    assert level(joints, 110, start_s=12.3, offset_s=12.3) == pytest.approx(whole, abs=0.01)


def test_what_is_said_is_so():
    slow = difficulty_of(Choreography(joints_of("ballad"), FPS), Tempo(72))
    fast = difficulty_of(Choreography(joints_of("dance pop"), FPS), Tempo(128))
    assert {"slow", "few limbs at once"} <= {*slow.reasons}
    assert {"fast", "much to remember"} <= {*fast.reasons}
    held = difficulty_of(Choreography(spoil.held(joints_of("idol")), FPS), Tempo(110))
    assert held.level == pytest.approx(1.0, abs=0.5)


def test_the_bundled_song_and_its_mirror_are_middling():
    song = load_pack(find_pack("neon-steps"))
    levels = [difficulty_of(member, song.tempo).level for member in song.members]
    turned = Choreography(mirrored(song.members[0].joints, 0.0), 30.0, song.members[0].start_s)
    assert levels == pytest.approx([4.2] * 3, abs=0.5)
    assert difficulty_of(turned, song.tempo).level == pytest.approx(levels[0], abs=0.05)


@pytest.mark.parametrize("rows", [2, 3, 7, 40])
def test_a_dance_of_a_moment_has_a_level(rows):
    assert 1 <= level(joints_of("idol")[:rows], 110) <= 10


def test_who_is_never_seen_is_easy():
    joints = joints_of("idol").copy()
    joints[:] = (np.nan, np.nan, 0)
    joints[0, 0] = (0.5, 0.5, 1)
    assert level(joints, 110) == pytest.approx(1.0, abs=1.0)
