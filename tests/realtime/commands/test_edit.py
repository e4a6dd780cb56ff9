"""kpopdance edit as typed: on a song of one's own, with what it writes and what it refuses."""

from __future__ import annotations

import json
import shutil

import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.commands import song_options
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.studio.editing import EDITS
from tests.realtime.workshop.desk_kits import kept_draft


@pytest.fixture
def song(tmp_path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    folder = tmp_path / "XDG_DATA_HOME" / "kpopdance" / "songs" / "mine"
    shutil.copytree(BUNDLED / "neon-steps", folder)
    return folder


def run(capsys, *words):
    code = main(["edit", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_options_are_the_edits():
    assert [word for word, *_ in song_options.EDITS] == list(EDITS)


def test_a_song_is_told_and_left_alone(capsys, song):
    before = {path: path.stat().st_mtime_ns for path in song.iterdir()}
    code, out, _ = run(capsys, "mine")
    assert code == 0
    assert "dancer 3: there 0.0-" in out
    code, out, _ = run(capsys, "mine", "--json", "--drop", "3", "--dry-run")
    told = json.loads(out)
    assert [one["member"] for one in told["people"]] == [True, True, False]
    assert (told["people"][2]["why"], told["written"]) == ("was dropped", False)
    assert {path: path.stat().st_mtime_ns for path in song.iterdir()} == before
    assert not (song.parent / ".drafts").exists()


def test_edits_are_done_in_their_order_and_undone(capsys, song):
    words = [
        "--lead",
        "2",
        "--name",
        "2=해린",
        "--swap",
        "해린,3@4",
        "--drop",
        "1",
        "--title",
        "새 노래",
    ]
    code, out, err = run(capsys, "mine", *words, "--json")
    assert code == 0, err
    now = load_pack(song)
    assert (now.names, now.lead, now.title, len(now.members)) == (("해린", ""), 0, "새 노래", 2)
    assert json.loads(out)["edits"][2] == ["swap", "해린,3@4"]
    then = load_pack(BUNDLED / "neon-steps")
    row = round(5 * then.members[0].fps)
    assert (now.members[0].joints[row] == then.members[2].joints[row]).all()
    code, out, err = run(capsys, "mine", "--undo", "2", "--name", "1=A")
    assert code == 0, err
    assert load_pack(song).names == ("A", "해린", "")
    code, out, err = run(capsys, "mine", "--undo", "4")
    assert (code, load_pack(song).names) == (0, ())


REFUSED = {
    "--swap 1,9@2": "--swap 1,9@2: there is no dancer 9",
    "--drop 1,2,3": "nobody would be left",
    "--undo 1": "0 edits were done",
    "--bpm fast": "'fast' is no number",
    "--fly 1": "see kpopdance",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_is_said_in_one_sentence(capsys, song, words):
    before = load_pack(song)
    code, out, err = run(capsys, "mine", "--lead", "2", *words.split(" "))
    assert (code, out) == (2, "")
    assert REFUSED[words] in err
    assert err.count("\n") == 1
    assert load_pack(song).lead == before.lead


def test_other_things_than_songs_are_refused(capsys, song, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"no film")
    for named, told in (
        (film, "kpopdance record"),
        ("nothing", "known songs"),
        (BUNDLED / "neon-steps", "belongs to the game"),
    ):
        code, _, err = run(capsys, named, "--lead", "1")
        assert code == 2
        assert told in err


def test_a_video_s_draft_is_thrown_away_and_a_song_never(capsys, song, tmp_path):
    kept = kept_draft(song.parent)
    film = kept.film.path
    for words, said in (
        (["mine"], "mine: is no song yet"),
        ([film, "--lead", "1"], "type it alone"),
        ([film, "--save"], "type it alone"),
    ):
        code, out, err = run(capsys, *words, "--throw-away")
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert said in err
    assert run(capsys, film, "--throw-away", "--dry-run")[0] == 0
    assert kept.folder.is_dir()
    assert run(capsys, film, "--throw-away")[1] == "thrown away: 새 노래, 0 edits\n"
    assert not kept.folder.exists()
    assert film.is_file()
    assert run(capsys, film, "--throw-away")[0] == 2
