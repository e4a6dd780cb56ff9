"""Pages of music read: what is played when, and what is said of a line that cannot be."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from tools.album.layout import PageError, layout_of, page_of, songs
from tools.album.music import score as scores
from tools.album.music.mixing import KINDS

HEAD = {"title": "A Song", "title_ko": "노래", "bpm": 120, "key": "C major", "seed": 1}
FORM = "intro 2\nchorus 4\nintro 2 up 2\noutro 1"


def read(intro, monkeypatch=None, **head):
    """A bar lasts 2 s."""
    page = HEAD | {"form": FORM, **head} | {"intro": {"chords": "C | Am7"} | intro}
    for name in ("chorus", "outro"):
        page.setdefault(name, {"chords": "C"})
    return scores.score_of(layout_of("a-song", page), page, KINDS)


def told(score, name):
    """Second, length, pitch and pitch slid from of what is played."""
    return [(n.at_s, n.length_s, n.pitch, n.slid_from) for n in score.notes[name]]


@pytest.fixture(autouse=True)
def _played_exactly(monkeypatch):
    monkeypatch.setattr(scores, "HUMAN_S", 0.0)
    monkeypatch.setattr(scores, "HUMAN_LOUD", 0.0)


@pytest.mark.parametrize("song", songs())
def test_every_page_can_be_played(song):
    page = page_of(song)
    layout = layout_of(song, page)
    score = scores.score_of(layout, page, KINDS)
    assert len(score.notes) >= 10
    for notes in score.notes.values():
        assert min(n.at_s for n in notes) >= 0
        assert max(n.at_s for n in notes) < layout.end_s
        assert all(0 < n.loud < 1.7 and n.length_s > 0 for n in notes)


@pytest.mark.parametrize("song", songs())
def test_long_notes_of_tunes_do_not_rub_against_their_chords(song):
    """A semitone above one that sounds, where the chord itself has it not: one in twenty at most."""
    page = page_of(song)
    notes = scores.score_of(layout_of(song, page), page, KINDS).notes
    chords = [n for name, line in notes.items() if KINDS[name] == "chords" for n in line]
    tunes = [n for name, line in notes.items() if KINDS[name] == "tune" for n in line]
    long = [n for n in tunes if n.length_s > 0.28]
    rubs = 0
    for one in long:
        until_s = one.at_s + min(0.8 * one.length_s, 0.4)
        tones = {
            n.pitch % 12
            for n in chords
            if n.at_s < until_s and n.at_s + n.length_s > one.at_s + 0.05
        }
        rubs += one.pitch % 12 not in tones and (one.pitch - 1) % 12 in tones
    assert rubs <= len(long) / 20


def test_drums_strike_where_their_letters_stand():
    score = read({"kick": "X...o--. ........ *1 | x............... "})
    assert told(score, "kick")[:3] == [(0, 0.125, 0, 0), (0.5, 0.375, 0, 0), (2, 0.125, 0, 0)]
    assert [n.loud for n in score.notes["kick"][:3]] == [1.0, 0.38, 0.72]
    assert [n.at_s for n in score.notes["kick"]] == [0, 0.5, 2, 12, 12.5, 14]


@pytest.mark.parametrize(("swing", "of", "at_s"), [
    (50, 16, [0, 0.125, 0.25, 0.375]), (60, 16, [0, 0.15, 0.25, 0.4]),
    (66, 8, [0, 0.165, 0.33, 0.415]),
])  # fmt: skip
def test_what_swings_comes_late(swing, of, at_s):
    score = read({"hat": "xxxx............"}, swing=swing, swing_of=of)
    assert_allclose([n.at_s for n in score.notes["hat"][:4]], at_s)


def test_chords_and_basses_follow_the_harmony():
    score = read({"pad": "x" + "-" * 15, "bass": "R...o...5.../-n-"})
    first = {n.pitch % 12 for n in score.notes["pad"][:4]}
    higher = {n.pitch % 12 for n in score.notes["pad"] if n.at_s == 12}
    assert (first, higher) == ({0, 4, 7}, {2, 6, 9})
    c, a = 36, 33
    assert [n.pitch for n in score.notes["bass"][:5]] == [c, c + 12, c + 7, c + 12, a + 1]
    assert score.notes["bass"][3].slid_from == c + 7


def test_a_tune_is_read_in_its_key():
    score = read({"lead": "1:4 3b 5' ~6,:2 .:2 | -:4 7:12"}, key="D major")
    d = 62
    assert told(score, "lead")[:5] == [
        (0, 0.5, d, d), (0.5, 0.5, d + 3, d + 3), (1, 0.5, d + 19, d + 19),
        (1.5, 0.25, d - 3, d + 19), (2.5, 1.5, d + 11, d + 11),
    ]  # fmt: skip
    assert score.notes["lead"][5].pitch == d + 2


def test_a_part_that_comes_again_may_differ():
    score = read(
        {
            "kick": "x...............",
            "2": {"kick": "................", "hat": "x..............."},
        }
    )
    assert [n.at_s for n in score.notes["kick"]] == [0, 2]
    assert [n.at_s for n in score.notes["hat"]] == [12, 14]


def test_parts_are_entered_and_left():
    score = read({"enters": "crash", "leaves": "riser 1 gap 0.25"})
    assert [n.at_s for n in score.notes["crash"]] == [0, 12]
    assert told(score, "riser")[0][:2] == (2, 2)
    assert score.gaps_s == ((3.5, 4), (15.5, 16))


@pytest.mark.parametrize(("intro", "what"), [
    ({"kick": "x..."}, r'\[intro\] kick: "x..." is no bar; write 16 of Xxo-.'),
    ({"kick": "R..............."}, r'kick: "R'),
    ({"lead": "1:4 9:12"}, r'lead: "9:12" is no note'),
    ({"lead": "1:4 2:4"}, r'lead: "1:4 2:4" has 8 steps, not 16'),
    ({"chords": "C | Xm"}, r"\[intro\] chords: no chord is called 'Xm'; correct it"),
    ({"drum": "x"}, r"\[intro\] drum: is no instrument; choose of kick"),
])  # fmt: skip
def test_a_line_that_cannot_be_played_is_named(intro, what):
    with pytest.raises(PageError, match=what):
        read(intro)


def test_bars_that_do_not_fill_a_part_are_named():
    with pytest.raises(PageError, match=r"\[chorus\] chords: 3 bars do not fill 4"):
        read({}, chorus={"chords": "C | F | G"})


def test_the_last_bar_rings():
    score = read(
        {},
        outro={"chords": "C", "kick": "x...x...", "pad": "x...x..........."}
        | {"kick": "x...x..........."},
    )
    assert told(score, "kick") == [(16, 2, 0, 0)]
    assert {n.at_s for n in score.notes["pad"]} == {16}
