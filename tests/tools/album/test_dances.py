"""The album's dances: what a body can do, what a judge can tell, harder from song to song."""

import numpy as np
import pytest

from kpopdance.realtime.scoring.difficulty import difficulty_of
from tests.quick import but_quick
from tools.album.dance import natural
from tools.album.dance.album import DANCE, danced_song, dances
from tools.album.dance.choreograph import ASPECT, DISTANCE, check
from tools.album.dance.page import read_page
from tools.album.dance.stage import nearest
from tools.album.dance.words import vocabulary
from tools.album.layout import PAGES, layout_of
from tools.bench.scoring import scoring_battery as battery

RISING = (
    "moonlight-walk", "paper-plane", "soda-talk", "summer-signal", "two-faces", "half-moon",
    "black-comet",
)  # fmt: skip
FAIR = (
    battery.itself, battery.standing_still, battery.flailing, battery.other_songs,
    battery.in_mirror, battery.amplitude,
)  # fmt: skip


@pytest.mark.parametrize("song", dances())
def test_every_song_has_a_dance_that_fills_it(song):
    page = read_page(PAGES / f"{song}{DANCE}")
    check(page, [(part.name, part.bars) for part in layout_of(song).parts])
    own = page.words.moves.keys() - vocabulary().moves.keys()
    for section, lines in page.sections:
        danced = {move.name for line in lines for move in line.moves}
        assert section != "chorus" or own & danced, "no chorus without a move of the song's own"


@pytest.mark.parametrize("song", dances())
def test_nobody_stands_hidden_behind_another(song):
    page = read_page(PAGES / f"{song}{DANCE}")
    for name, places in page.formations.items():
        across = [x * DISTANCE / (DISTANCE - z) for x, z in places]
        assert np.diff(sorted(across)).min() > 0.2, name


@pytest.mark.long
def test_the_songs_are_harder_from_one_to_the_next():
    assert sorted(RISING) == sorted(dances())
    levels = []
    for song in RISING:
        danced, tempo = danced_song(song)
        levels.append(difficulty_of(danced.members[0], tempo).level)
    assert np.all(np.diff(levels) > 0.2), levels
    assert levels[0] < 2
    assert levels[-1] > 6


@pytest.mark.parametrize("song", but_quick([(song,) for song in RISING], [("soda-talk",)]))
def test_a_dance_is_within_what_professionals_do(song):
    danced, _ = danced_song(song)
    for member in range(len(danced.space)):
        for joint, (speed, force) in natural.motion(natural.of_picture(danced, member)).items():
            assert speed <= natural.PROFESSIONAL[joint][0], (member, joint)
            assert force <= natural.PROFESSIONAL[joint][1], (member, joint)
    assert natural.drift(danced) < 0.01
    assert natural.in_flesh(danced) < 0.002
    assert natural.shins_apart(danced) > 0.04
    assert natural.arms_crossed(danced) < 0.001
    assert natural.neighbours_apart(danced) > 0.035
    assert nearest(natural.hips(danced)) > 0.35
    picture = np.stack([member.joints for member in danced.members])
    assert picture[..., 0].min() > 0
    assert picture[..., 0].max() < ASPECT


@pytest.mark.shared
def test_professionals_are_as_fast_as_is_said(shared):
    told = [
        natural.motion(natural.professional(path))
        for path in sorted((shared / "data/aist").glob("*_coco17_px.npy"))
    ]
    for joint, most in natural.PROFESSIONAL.items():
        seen = np.max([each[joint] for each in told], axis=0)
        np.testing.assert_allclose(seen, most, rtol=0.01)


@pytest.mark.long
@pytest.mark.parametrize("song", RISING)
def test_a_dance_is_judged_fairly(song):
    danced, tempo = danced_song(song)
    others = {
        other: danced_song(other)[0].members[0].joints for other in RISING if other != song
    }
    subject = battery.Subject(
        song, danced.members[0], tempo.bpm, others=others, changes=tempo.changes
    )
    broken = [
        f"{found.what} {found.measured:.1f} {found.target}"
        for measure in FAIR
        for found in measure(subject)
        if not found.held
    ]
    assert broken == []
