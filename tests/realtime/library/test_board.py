"""A group's board: what is forged is refused with the reason, what is danced stands where it belongs."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.__main__ import main
from kpopdance.realtime.library import board, kept
from kpopdance.realtime.library.board import put_on_board, read_board
from kpopdance.realtime.library.replay import poses_key, read_replay, save_replay
from kpopdance.realtime.library.verified import UnverifiedError, verified
from kpopdance.realtime.scoring.recipe import RECIPE
from tests import dances, replays

PLAYERS = 17


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    return (replays.library(tmp_path_factory.mktemp("library")),)


@pytest.fixture(scope="module")
def shared(tmp_path_factory, libraries):
    """Seventeen players' dances, each in a file, and what is known of them."""
    folder = tmp_path_factory.mktemp("shared")
    for k in range(PLAYERS):
        put_on_board(folder, replays.danced(k, f"Player {k:02d}"))
    with pytest.MonkeyPatch.context() as patch:
        known = tmp_path_factory.mktemp("known") / "kept"
        patch.setattr(kept, "cache_folder", lambda: known)
        read_board(folder, libraries)
    return folder, known


@pytest.fixture
def group(shared, tmp_path, monkeypatch):
    """A copy of them to be spoilt; what is known lies beside it."""
    monkeypatch.setattr(kept, "cache_folder", lambda: tmp_path / "kept")
    shutil.copytree(shared[1], tmp_path / "kept")
    return shutil.copytree(shared[0], tmp_path / "group")


@pytest.fixture
def sent(tmp_path):
    path = tmp_path / "sent.npz"
    save_replay(path, replays.danced(3, "Mina"))
    return path


def standing_of(found):
    (ranking,) = found.rankings
    return [(each.found.player, each.found.score) for each in ranking.standings]


def test_of_twenty_dances_three_are_forged_and_seventeen_stand(group, libraries):
    honest = {replay.player: replay.score for replay in map(read_replay, group.iterdir())}
    mina, jun, sora = (group / f"{name}.npz" for name in ("mina", "jun", "sora"))
    for seed, path in enumerate((mina, jun, sora), 30):
        save_replay(path, replays.danced(seed, path.stem.title()))
    replays.resealed(mina, score=99.0)
    replays.edited(jun, joints=read_replay(jun).joints + np.float32((3, 0, 0)))
    replays.resealed(sora, dance="0" * 64)
    assert len(list(group.iterdir())) == 20
    found = read_board(group, libraries)
    assert standing_of(found) == sorted(honest.items(), key=lambda one: -one[1])
    assert [name for name, _ in found.refused] == ["jun.npz", "mina.npz", "sora.npz"]
    for (_, why), words in zip(
        found.refused, ("changed after it was written", "says 99.0 points", "another version"),
        strict=True,
    ):  # fmt: skip
        assert words in why


FORGED = {
    "score, seal left": (lambda path: replays.edited(path, words={"score": 99.0}), "damaged"),
    "name, seal left": (lambda path: replays.edited(path, words={"player": "Jun"}), "damaged"),
    "score": (lambda path: replays.resealed(path, score=99.0), "edited"),
    "poses": (
        lambda path: replays.resealed(
            path, joints=dances.track_of(dances.noisy(replays.DANCE.joints, 1)).joints
        ), "edited",
    ),
    "moments": (
        lambda path: replays.resealed(path, judged_at=read_replay(path).judged_at // 3), "edited"
    ),
    "another song": (lambda path: replays.resealed(path, dance="0" * 64), "version"),
    "other beats": (lambda path: replays.resealed(path, beats="0" * 64), "version"),
    "a song that is not here": (lambda path: replays.resealed(path, song="../short"), "song"),
    "a newer recipe": (lambda path: replays.resealed(path, recipe=RECIPE + 1), "newer"),
    "the coach": (
        lambda path: save_replay(path, replays.danced(0, joints=replays.DANCE.joints)), "coach"
    ),
    "too fast": (
        lambda path: replays.resealed(path, at_s=read_replay(path).at_s / 100), "pace"
    ),
    "no file of ours": (lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18)), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGED)
def test_what_is_forged_is_refused_in_one_sentence(sent, libraries, kind):
    forge, why = FORGED[kind]
    forge(sent)
    with pytest.raises(UnverifiedError) as refused:
        verified(sent, lambda name: board.listed_pack(name, libraries))
    assert refused.value.why == why
    assert str(refused.value).startswith(f"{sent}: ")
    assert "\n" not in str(refused.value)


def test_a_verified_dance_grows_as_it_did(sent, libraries):
    dance = verified(sent, lambda name: board.listed_pack(name, libraries))
    assert dance.report.score == dance.replay.score
    assert len(dance.course) == len(dance.report.moves)
    assert dance.course[-1].score == pytest.approx(dance.report.score)
    assert [mark.at_s for mark in dance.course] == sorted(mark.at_s for mark in dance.course)
    assert not dance.aged


def test_of_an_older_recipe_today_s_score_counts_and_that_day_s_is_told(sent, libraries):
    replays.resealed(sent, recipe=RECIPE - 1, score=88.8)
    found = read_board(sent.parent, libraries)
    (standing,) = found.rankings[0].standings
    assert standing.found.aged
    assert standing.found.then == 88.8
    assert standing.found.score == pytest.approx(replays.danced(3).score)


def test_half_a_file_waits_and_copies_are_one(group, libraries):
    some = sorted(group.iterdir())
    whole = some[0].read_bytes()
    (group / "late.npz").write_bytes(whole[: len(whole) // 2])
    (group / "empty.npz").touch()
    for name in ("mine (conflicted copy 2026-11-30).npz", "mine.sync-conflict-20261130.npz"):
        (group / name).write_bytes(some[1].read_bytes())
    (group / ".syncthing.mine.npz.tmp").write_bytes(whole[:99])
    (group / ".half.npz").write_bytes(whole[:99])
    (group / "note.txt").write_text("hello")
    found = read_board(group, libraries)
    assert found.waiting == ("empty.npz", "late.npz")
    assert found.copies == 2
    assert found.refused == ()
    assert len(standing_of(found)) == PLAYERS
    (group / "late.npz").write_bytes(whole)
    assert read_board(group, libraries).waiting == ("empty.npz",)


def test_one_dance_under_two_names_counts_for_neither(group, libraries):
    theirs = min(group.iterdir())
    taken = read_replay(theirs)
    save_replay(group / "taken.npz", dataclasses.replace(taken, player="Jun"))
    found = read_board(group, libraries)
    assert {name for name, _ in found.refused} == {theirs.name, "taken.npz"}
    assert "Jun" in found.refused[0][1]
    assert taken.player not in dict(standing_of(found))


def test_each_player_s_best_stands_for_each_terms(tmp_path, libraries):
    worse, better = (replays.danced(seed, "Mina") for seed in (9, 1))
    for replay in (worse, better, replays.danced(2, "", strictness="kids")):
        put_on_board(tmp_path, replay)
    found = read_board(tmp_path, libraries)
    kids = next(each for each in found.rankings if each.terms.strictness == "kids")
    usual = next(each for each in found.rankings if each.terms.strictness == "normal")
    assert [each.found.score for each in usual.standings] == [better.score]
    assert [each.found.player for each in kids.standings] == [""]


def test_what_was_judged_is_not_judged_again_until_its_song_changes(
    group, libraries, tmp_path, monkeypatch
):
    looked = []
    real = board.verified
    monkeypatch.setattr(
        board, "verified", lambda path, where: (looked.append(path), real(path, where))[1]
    )
    assert len(standing_of(read_board(group, libraries))) == PLAYERS
    assert looked == []
    gone = read_board(group, (tmp_path / "no songs",))
    assert len(looked) == PLAYERS
    assert gone.rankings == ()
    assert {why for _, why in gone.refused} == {
        "it dances short, which is not among your songs; bring that here first"
    }


def test_what_was_found_so_far_is_told_and_kept_when_nobody_waits_any_more(
    group, libraries, tmp_path
):
    shutil.rmtree(tmp_path / "kept")
    some = sorted(group.iterdir())[:4]
    group = tmp_path / "some"
    group.mkdir()
    for path in some:
        path.rename(group / path.name)
    told = []

    def two_are_enough(found):
        told.append(found)
        if len(told) == 2:
            raise DanceError("enough")

    with pytest.raises(DanceError, match="enough"):
        read_board(group, libraries, two_are_enough)
    assert [found.left for found in told] == [3, 2]
    left = []
    read_board(group, libraries, lambda found: left.append(found.left))
    assert left[0] == 1  # the first two are known


def test_a_damaged_result_that_was_kept_is_made_again(group, libraries, tmp_path):
    first = read_board(group, libraries)
    for number, path in enumerate(sorted((tmp_path / "kept").glob("verified-*.json"))[:4]):
        told = json.loads(path.read_text())
        spoilt = [
            told | {"score": 400},
            told | {"why": "no such"},
            told | {"why": "edited"},
            [],
        ]
        path.write_text(json.dumps(spoilt[number]))
    assert read_board(group, libraries) == first


def test_the_command_prints_the_board(group, libraries, capsys, tmp_path):
    save_replay(group / "mina.npz", replays.danced(4, "Mina"))
    replays.resealed(group / "mina.npz", score=99.0)
    (group / "late.npz").write_bytes(b"PK")
    words = ["board", str(group), "--library", str(libraries[0])]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "Short Song"
    assert out.splitlines()[1].startswith("  1.")
    assert "mina.npz: it says 99.0 points" in out
    assert "not whole yet: late.npz" in out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [len(song["ranking"]) for song in told["songs"]] == [PLAYERS]
    assert told["refused"][0]["file"] == "mina.npz"
    assert main(["board", str(tmp_path / "nowhere")]) == 2
    assert "the board cannot be read" in capsys.readouterr().err
    assert main(["board"]) == 2
    assert "say which folder" in capsys.readouterr().err


def test_two_dances_never_meet_under_one_name(tmp_path):
    one, other = replays.danced(1, "Mina"), replays.danced(2, "Mina")
    assert put_on_board(tmp_path, one) != put_on_board(tmp_path, other)
    assert poses_key(one) != poses_key(other)
    with pytest.raises(DanceError, match="is not put there"):
        put_on_board(tmp_path / "gone", one)
