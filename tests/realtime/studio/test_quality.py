"""What a page tells of a recording: what was done to a dance is what it says of it."""

from __future__ import annotations

import dataclasses
import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.types import Choreography, Formation
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.pose.offline_filter import fill_gaps
from kpopdance.realtime.studio.quality import ABSENT, GUESSED, SEEN, SURE, UNSEEN, quality_of
from kpopdance.realtime.studio.quality_page import page_of
from kpopdance.realtime.studio.recording import LIMB_JOINTS

FPS, SECONDS = 30, 12
HEAD, TORSO, R_ARM, L_ARM, R_LEG, L_LEG = range(6)
LEGS = [9, 10, 12, 13]


def dance(confidence: float = 0.9):
    """Somebody who sways in the picture for twelve seconds, wholly seen."""
    joints = np.empty((FPS * SECONDS, 18, 3), np.float32)
    at_s = np.arange(len(joints)) / FPS
    joints[..., 0] = 0.8 + 0.1 * np.sin(at_s)[:, None] + 0.01 * np.arange(18)
    joints[..., 1] = 0.1 + 0.045 * np.arange(18)
    joints[..., 2] = confidence
    return joints


def hidden(joints, begin_s, end_s, which=slice(None)):
    joints[round(begin_s * FPS) : round(end_s * FPS), which] = (np.nan, np.nan, 0)
    return joints


def song(*members, **more):
    dances = tuple(Choreography(joints, FPS, 1.0) for joints in members)
    sections = (("verse", 0.0), ("chorus", 7.0))
    return SongPack("노래", "", 120.0, dances, None, sections=sections, **more)


def bridged(joints):
    return fill_gaps(np.arange(len(joints)) / FPS, joints)


STATES = [
    ("all of it", dance(), R_ARM, SURE),
    ("less surely", dance(0.5), R_ARM, SEEN),
    ("hardly believed", dance(0.2), R_ARM, UNSEEN),
    ("hidden", hidden(dance(), 4, 6), R_LEG, UNSEEN),
    ("one arm hidden", hidden(dance(), 4, 6, [3, 4]), R_ARM, UNSEEN),
    ("the other arm hidden", hidden(dance(), 4, 6, [6, 7]), R_ARM, SURE),
    ("a gap bridged", bridged(hidden(dance(), 5.0, 5.25)), HEAD, GUESSED),
    ("a gap too long to bridge", bridged(hidden(dance(), 5.0, 5.5)), HEAD, UNSEEN),
]


@pytest.mark.parametrize(
    ("joints", "limb", "state"), [case[1:] for case in STATES], ids=[case[0] for case in STATES]
)
def test_what_was_done_to_a_limb_is_what_is_told_of_it(joints, limb, state):
    (member,) = quality_of(song(joints)).members
    assert member.states[limb, round(5.0 / 0.25)] == state
    assert member.states.shape == (len(LIMB_JOINTS), SECONDS / 0.25)


def test_who_is_not_on_stage_is_not_missed():
    there = np.ones((2, FPS * SECONDS), np.bool_)
    there[1, : 6 * FPS] = False
    places = Formation(np.zeros((*there.shape, 2), np.float32), there)
    quality = quality_of(song(dance(), hidden(dance(), 0, 6), formation=places))
    late = quality.members[1]
    assert (late.states[:, :24] == ABSENT).all()
    assert (late.there_s, late.seen) == (6.0, 1.0)
    assert quality.again == ()
    unknown = quality_of(song(dance(), hidden(dance(), 0, 6)))
    assert [(one.member, one.start_s, one.end_s) for one in unknown.again] == [(1, 1.0, 7.0)]


AGAIN = [
    (hidden(dance(), 2, 4, LEGS), "the legs are not seen", "with the feet in the picture"),
    (hidden(dance(), 2, 4, [9, 10]), "the right leg is not seen", "with the feet in the picture"),
    (hidden(dance(), 2, 4, [3, 4, 6, 7]), "the arms are not seen", "with room for raised arms"),
    (hidden(dance(), 2, 4, [*LEGS, 3, 4]), "the legs and right arm are not seen", "the feet"),
    (hidden(dance(), 2, 4, [0, 14, 15, 16, 17]), "the head is not seen", "room above the head"),
    (hidden(dance(), 2, 4), "nothing of them is seen", "nobody in front"),
    (hidden(hidden(dance(), 2, 3), 3.25, 4), "nothing of them is seen", "nobody in front"),
]  # fmt: skip


@pytest.mark.parametrize(("joints", "what", "remedy"), AGAIN, ids=[case[1] for case in AGAIN])
def test_what_to_film_again(joints, what, remedy):
    (one,) = quality_of(song(joints)).again
    assert (one.start_s, one.end_s, one.what, one.section) == (3.0, 5.0, what, "verse")
    assert remedy in one.remedy


def test_the_longest_are_named_in_the_songs_order():
    joints = dance()
    for k in range(4):
        hidden(joints, 3 * k, 3 * k + 1)
    many = quality_of(song(*[joints] * 4, hidden(dance(), 9, 12)))
    assert len(many.again) == 12
    assert [one.start_s for one in many.again] == sorted(one.start_s for one in many.again)
    assert (4, 10.0) in [(one.member, one.start_s) for one in many.again]


def test_short_gaps_are_no_reason_to_film_again():
    assert quality_of(song(hidden(dance(), 2, 2.5))).again == ()


class Read(HTMLParser):
    """Tags that stand open, and everything that could be fetched."""

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.words, self.tags = [], [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.fetched += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_needs_nothing_else_and_says_names_as_they_are():
    floor = np.zeros((2, FPS * SECONDS, 2), np.float32)
    floor[0, 100:] = np.nan
    names = ("<script>alert(1)</script>", "해린 & 혜인")
    two = song(
        dance(), dance(), names=names, formation=Formation(floor, np.ones((2, 360), bool))
    )
    page = page_of(quality_of(two)).decode()
    read = Read()
    read.feed(page)
    assert not read.open
    assert not read.fetched
    assert "script" not in read.tags
    assert {f"1  {names[0]}", f"2  {names[1]}", "노래"} <= {word.strip() for word in read.words}


@pytest.fixture
def pack(tmp_path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.chdir(tmp_path)
    write_audio(tmp_path / "a.ogg", np.zeros((48000 * 13, 2), np.float32), 48000)
    made = dataclasses.replace(song(hidden(dance(), 2, 4, LEGS)), audio=tmp_path / "a.ogg")
    save_pack(made, tmp_path / "packs" / "mine")
    return tmp_path / "packs" / "mine"


def test_typed(pack, capsys):
    assert main(["quality", "packs/mine"]) == 0
    assert "legs are not seen" in capsys.readouterr().out
    assert Path("mine-quality.html").read_bytes().startswith(b"<!doctype html>")
    Path("mine-quality.html").unlink()
    assert main(["quality", "packs/mine", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    leg = told["members"][0]["limbs"]["right_leg"]
    assert leg["unseen"] == pytest.approx(2 / 12, abs=0.02)
    assert len(leg["over_time"]) == SECONDS / told["step_s"]
    assert told["film_again"][0] | {"remedy": ""} == {
        "member": 1, "from_s": 3.0, "to_s": 5.0, "what": "the legs are not seen", "remedy": "",
    }  # fmt: skip
    assert not Path("mine-quality.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("quality nothing", "there is no song"),
        ("quality packs/mine --out packs/mine/song.toml", "song.toml"),
        ("quality packs/mine --out packs", "packs"),
    ],
)
def test_refused_in_one_sentence(pack, capsys, words, said):
    before = (pack / "song.toml").read_bytes()
    assert main(words.split()) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.strip().splitlines()) == 1
    assert (pack / "song.toml").read_bytes() == before
