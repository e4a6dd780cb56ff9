"""A dance kept and judged again: the same to the last bit, and damage said in a sentence."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core.terms import Terms
from kpopdance.realtime.dance.keeping import keep_replay
from kpopdance.realtime.devices.drawn_dancer import DancerStyle
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import (
    Replay,
    ReplayError,
    dance_key,
    judged_again,
    read_replay,
    save_replay,
)
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.recipe import CHANGES, RECIPE, changes_since
from kpopdance.realtime.scoring.report import report_of
from tests import dances
from tests.test_dance import BPM, SONG, Stage

DANCE = SONG.members[0]


@pytest.fixture(scope="module")
def standard():
    return dances.standard_of(DANCE, bpm=BPM)


def kept(stage, report, **changes):
    session = stage.session
    told = {
        "at_s": session.track.at_s.copy(), "joints": session.track.joints.copy(),
        "judged_at": np.array(session.judged_at, dtype=np.int64),
        "faults": np.array(session.faults, dtype=np.float64).reshape(-1, 2),
        "song": "song", "dance": dance_key(DANCE), "version": "0.1", "network": "painted",
        "score": report.score,
    } | changes  # fmt: skip
    return Replay(**told)


@pytest.fixture(scope="module")
def danced(standard):
    """A live dance with style, dropped frames, and a camera that was gone for a second."""
    stage = Stage(standard, latency_s=0.1)
    stage.judge.fault(8.5, 9.3)
    rng = np.random.default_rng(2)
    drops = rng.uniform(size=2000) < 0.3
    report = stage.dance(
        DancerStyle(noise_deg=10, lateness_s=0.05),
        keep=lambda index: not drops[index] and not 150 < index < 195,
    )
    return kept(stage, report), report


def test_judged_again_it_is_the_same_to_the_last_bit(danced, standard, tmp_path):
    replay, report = danced
    assert 0 < report.score < 100
    assert len(replay.faults)
    save_replay(tmp_path / "a.npz", replay)
    again = report_of(judged_again(read_replay(tmp_path / "a.npz"), standard))
    assert again.score == report.score
    assert [(m.grade, m.score, m.lag_s, m.judged) for m in again.moves] == [
        (m.grade, m.score, m.lag_s, m.judged) for m in report.moves
    ]
    assert again.limbs == report.limbs


def test_poses_that_came_after_a_move_was_judged_stay_out(standard):
    """Late poses would change the mark; the replay knows that they were not there."""
    track = dances.track_of(DANCE.joints)
    judge = Judge(standard)
    live = judge.step(track, judge.due_s())  # the first move, with all there was
    assert len(live) == 1
    half = int(np.searchsorted(track.at_s, standard.end_s[0] / 2))
    known = [half, *[len(track)] * (len(standard.start_s) - 1)]
    replay = Replay(
        track.at_s.copy(), track.joints.copy(), np.array(known, dtype=np.int64),
        np.empty((0, 2)), "song", "", "0.1", "", 0.0,
    )  # fmt: skip
    early = judged_again(replay, standard).verdicts
    assert len(early) == len(standard.start_s)
    assert early[0].score < live[0].score - 10


def test_a_replay_survives_the_file(danced, tmp_path):
    replay, _ = danced
    path = tmp_path / "a.npz"
    save_replay(path, replay)
    assert path.stat().st_size < 200_000  # 14 s of poses
    again = read_replay(path)
    for name in ("at_s", "joints", "judged_at", "faults"):
        np.testing.assert_array_equal(getattr(again, name), getattr(replay, name))
    for name in ("song", "dance", "version", "network", "score", "player_lag_s", "terms"):
        assert getattr(again, name) == getattr(replay, name)


def repacked(path, **changes):
    with np.load(path) as packed:
        arrays = {name: packed[name] for name in packed.files} | changes
    stream = io.BytesIO()
    np.savez(stream, **{k: v for k, v in arrays.items() if v is not None})
    path.write_bytes(stream.getvalue())


@pytest.mark.parametrize(
    "damage",
    ["missing", "text", "cut", "no told", "not json", "format", "shape", "order", "far"],
)
def test_damage_is_said_in_a_sentence(danced, damage, tmp_path):
    replay, _ = danced
    path = tmp_path / "a.npz"
    save_replay(path, replay)
    whole = path.read_bytes()
    told = {"format": 99, "song": "s", "dance": "", "version": "", "network": "", "score": 1.0,
            "player_lag_s": 0.0}  # fmt: skip
    if damage == "missing":
        path.unlink()
    elif damage == "text":
        path.write_text("hello")
    elif damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    else:
        repacked(path, **{
            "no told": {"told": None}, "not json": {"told": np.array("{")},
            "format": {"told": np.array(json.dumps(told))},
            "shape": {"joints": replay.joints[:, :5]},
            "order": {"at_s": replay.at_s[::-1]},
            "far": {"judged_at": replay.judged_at + 10**6},
        }[damage])  # fmt: skip
    with pytest.raises(ReplayError, match=r"a\.npz"):
        read_replay(path)


def test_no_pickle_is_ever_loaded(tmp_path):
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as packed:
        stream = io.BytesIO()
        np.save(stream, np.array([{"a": 1}], dtype=object), allow_pickle=True)
        packed.writestr("told.npy", stream.getvalue())
    with pytest.raises(ReplayError):
        read_replay(path)


def test_names_count_up(danced, tmp_path):
    replay = dataclasses.replace(danced[0], song="song")
    (tmp_path / "song-002.npz").touch()
    names = [keep_replay(tmp_path, replay).name for _ in range(2)]
    assert names == ["song-001.npz", "song-003.npz"]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.fixture
def library(tmp_path):
    audio = tmp_path / "a.ogg"
    audio.write_bytes(b"never decoded here")
    save_pack(
        SongPack("Song", "Nobody", BPM, (DANCE,), audio=audio), tmp_path / "songs" / "song"
    )
    settings = tmp_path / "settings.toml"
    settings.write_text(f"library = {json.dumps(str(tmp_path / 'songs'))}\n")
    return settings


def test_the_command_judges_a_replay_again(danced, library, tmp_path, capsys):
    replay, report = danced
    path = tmp_path / "a.npz"
    save_replay(path, replay)
    assert main(["score", "--replay", str(path), "--settings", str(library), "--json"]) == 0
    out, said = capsys.readouterr()
    result = json.loads(out)
    assert result["score"] == result["score_then"] == round(report.score, 1)
    assert "changed" not in said


def test_another_version_s_score_is_told_beside(danced, library, tmp_path, capsys):
    replay, report = danced
    path = tmp_path / "a.npz"
    arrays = {n: getattr(replay, n) for n in ("at_s", "joints", "judged_at", "faults")}
    save_replay(path, Replay(**arrays, song="song", dance=replay.dance, version="0.0.9",
                             network="", score=12.5))  # fmt: skip
    assert main(["score", "--replay", str(path), "--settings", str(library)]) == 0
    out, said = capsys.readouterr()
    assert "12.5 when it was danced (version 0.0.9)" in said
    assert f"{report.score:.1f} now" in said
    assert f"score {report.score:.1f}" in out


def test_another_choreography_is_refused(danced, library, tmp_path, capsys):
    replay, _ = danced
    arrays = {n: getattr(replay, n) for n in ("at_s", "joints", "judged_at", "faults")}
    path = tmp_path / "a.npz"
    save_replay(path, Replay(**arrays, song="song", dance="other", version="", network="",
                             score=1.0))  # fmt: skip
    assert main(["score", "--replay", str(path), "--settings", str(library)]) == 2
    assert "another choreography" in capsys.readouterr().err
    assert main(["score", "song", "--settings", str(library)]) == 2
    assert "say what to score" in capsys.readouterr().err


def told_of(path):
    with np.load(path) as packed:
        return json.loads(str(packed["told"]))


def test_a_replay_of_the_first_format_was_danced_on_the_usual_terms(danced, tmp_path):
    replay, _ = danced
    path = tmp_path / "old.npz"
    save_replay(path, replay)
    told = told_of(path)
    for name in ("strictness", "body", "mirrored", "recipe", "player", "beats", "seal"):
        del told[name]
    repacked(path, told=np.array(json.dumps(told | {"format": 1})))
    old = read_replay(path)
    assert old.terms == Terms()
    assert old.recipe == 2
    assert changes_since(old.recipe)


@pytest.mark.parametrize(
    ("word", "value"), [("strictness", "harsh"), ("body", "half"), ("recipe", "x")]
)
def test_unknown_terms_are_refused(danced, tmp_path, word, value):
    path = tmp_path / "a.npz"
    save_replay(path, danced[0])
    repacked(path, told=np.array(json.dumps(told_of(path) | {word: value})))
    with pytest.raises(ReplayError, match="damaged"):
        read_replay(path)


def test_every_recipe_says_what_it_changed():
    assert set(CHANGES) == set(range(2, RECIPE + 1))
    assert changes_since(RECIPE) == []
    assert changes_since(RECIPE - 1) == [CHANGES[RECIPE]]


def test_a_replay_of_other_moves_is_judged_whole(standard):
    """The moves of an older recipe were others: all poses count, not those of its moments."""
    track = dances.track_of(DANCE.joints)
    moments = np.array([30, 60, 90], dtype=np.int64)
    replay = Replay(
        track.at_s.copy(), track.joints.copy(), moments, np.empty((0, 2)), "song", "", "0.1",
        "", 0.0, recipe=RECIPE - 1,
    )  # fmt: skip
    again = judged_again(replay, standard)
    assert len(again.verdicts) == len(standard.start_s)
    assert again.totals()[0] > 95


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (word, value)
        for word, high in (("score", 100.1), ("player_lag_s", 1.001))
        for value in (float("nan"), float("inf"), float("-inf"), 1e308, -1e308, high, -high)
    ],
)
def test_words_that_cannot_be_are_refused(danced, tmp_path, word, value):
    path = tmp_path / "a.npz"
    save_replay(path, danced[0])
    repacked(path, told=np.array(json.dumps(told_of(path) | {word: value})))
    with pytest.raises(ReplayError, match="damaged"):
        read_replay(path)


@pytest.mark.parametrize("poison", [np.inf, -np.inf])
def test_poses_that_are_no_numbers_are_refused(danced, tmp_path, poison):
    path = tmp_path / "a.npz"
    save_replay(path, danced[0])
    joints = danced[0].joints.copy()
    row = int(np.flatnonzero(joints[:, 4, 2] > 0)[0])
    joints[row, 4, 0] = poison
    repacked(path, joints=joints)
    with pytest.raises(ReplayError, match="none of a picture"):
        read_replay(path)
    joints[row, 4] = (1.0, 1.0, 5.0)
    repacked(path, joints=joints)
    with pytest.raises(ReplayError, match="none from 0 to 1"):
        read_replay(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("at_s", 1e300), ("at_s", np.nan), ("faults", np.inf), ("faults", -1e9), ("joints", 1e30),
        ("joints", np.nan), ("judged_at", -1), ("judged_at", 10**9),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_refused(danced, tmp_path, name, value):
    path = tmp_path / "a.npz"
    save_replay(path, danced[0])
    spoilt = getattr(danced[0], name).copy()
    seen = np.flatnonzero(danced[0].joints[:, 4, 2] > 0)[-1]
    spoilt[(seen, 4, 0) if name == "joints" else (-1, *[0] * (spoilt.ndim - 1))] = value
    repacked(path, **{name: spoilt})
    with pytest.raises(ReplayError, match="it is damaged"):
        read_replay(path)


@pytest.mark.parametrize("name", ["..", "/etc", "./song", "a\0b", "\x1b[2J", "음악"])
def test_a_replay_names_a_song_and_no_path(danced, tmp_path, capsys, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song").mkdir()
    save_replay(tmp_path / "a.npz", dataclasses.replace(danced[0], song=name))
    assert main(["score", "--replay", str(tmp_path / "a.npz")]) == 2
    told = capsys.readouterr().err
    assert "there is no song" in told
    assert len(told.splitlines()) == 1


def test_an_array_alone_is_no_replay(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros(3))
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(ReplayError, match="no replay"):
        read_replay(tmp_path / "a.npz")


def test_the_seal_tells_whatever_was_changed_and_older_replays_have_none(danced, tmp_path):
    path = tmp_path / "a.npz"
    save_replay(path, dataclasses.replace(danced[0], player="Mina"))
    assert read_replay(path).player == "Mina"
    told = told_of(path)
    for changed in ({"player": "Jun"}, {"score": 99.0}, {"song": "other"}, {"later": 1}):
        repacked(path, told=np.array(json.dumps(told | changed)))
        with pytest.raises(ReplayError, match="changed after it was written"):
            read_replay(path)
    old = {name: word for name, word in told.items() if name not in ("seal", "player", "beats")}
    repacked(path, told=np.array(json.dumps(old)))
    assert read_replay(path).player == read_replay(path).beats == ""
