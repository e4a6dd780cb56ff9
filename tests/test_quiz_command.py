"""kpopdance quiz from the command line: what cannot be played is one sentence; what can, is asked."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main, parser
from kpopdance.realtime.commands.quiz import Learning, kit_from, rules_from
from kpopdance.realtime.commands.wishes import settings_from
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.quiz.rules import Rules, make_questions
from kpopdance.realtime.shell.songs import Songs
from tests import dances


@pytest.fixture
def library(tmp_path):
    """Two songs with sound, and the settings that name their folder."""
    tone = np.zeros((20 * 48_000, 2), np.float32)
    tone[5 * 48_000 :] = 0.25
    write_audio(tmp_path / "a.wav", tone, 48_000)
    for k in range(2):
        song = SongPack(
            f"Song {k}", "N", 120.0, (dances.song(k, moves=14),), tmp_path / "a.wav"
        )
        save_pack(song, tmp_path / "songs" / f"song-{k}")
    settings = tmp_path / "settings.toml"
    settings.write_text(f'library = "{tmp_path / "songs"}"\n', encoding="utf-8")
    return settings


def kit_of(settings, *words):
    args = parser().parse_args(["quiz", "--settings", str(settings), *words])
    settings = settings_from(args)
    return kit_from(args, settings, rules_from(args), Learning(Songs(settings.libraries)))


def test_options_become_rules(library):
    kit = kit_of(
        library, "--questions", "3", "--hard", "--ladder", "--seconds", "0", "--players", "2"
    )
    assert kit.rules == Rules(3, "hard", float("inf"), 0, 2)
    assert kit_of(library).rules == Rules()
    assert (kit_of(library, "--seed", "word").seed, kit_of(library).seed) == ("word", "")
    assert kit_of(library, "--daily").seed == datetime.date.today().isoformat()  # noqa: DTZ011
    assert {entry.slug for entry in kit.shelf.entries} >= {"song-0", "song-1", "neon-steps"}


def test_two_seconds_of_music_begin_where_the_clip_does(library):
    samples, rate = kit_of(library).shelf.music("song-0", 4.0, 2.0)
    assert len(samples) == 2 * rate
    loud = np.abs(samples[:, 0]) > 0.1
    assert loud.argmax() == pytest.approx(rate, abs=0.03 * rate)  # from second 5 on


def test_hard_questions_know_how_alike_dances_are(library):
    kit = kit_of(library, "--hard")
    likeness = kit.alike("song-0")
    assert likeness["song-0"] == max(likeness.values())
    assert make_questions(kit.shelf.entries, kit.rules, "x", alike=kit.alike)
    assert kit_of(library).alike is None


def test_masked_videos_are_asked_for(tmp_path, library):
    clips = tmp_path / "clips"
    clips.mkdir()
    writer = VideoWriter(clips / "Super_Shy.mp4", 10)
    for k in range(30):
        writer.add(np.full((64, 48, 3), 8 * k, np.uint8), k / 10)
    writer.finish()
    (clips / "broken.mp4").write_bytes(b"no video")
    kit = kit_of(library, "--clips", str(clips))
    assert [entry.title for entry in kit.shelf.entries] == ["Super Shy"], kit.shelf.problems
    assert "broken.mp4" in kit.shelf.problems[0]
    clip = kit.shelf.clip("Super_Shy.mp4", 0.0)
    assert clip.length_s == pytest.approx(3.0, abs=0.11)
    assert clip.picture(0.0).shape == (64, 48, 3)
    assert kit.shelf.music("Super_Shy.mp4", 0.0, 2.0) is None
    assert kit.shelf.colours("Super_Shy.mp4") == ()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--questions", "0"], "0 questions; choose 1 or more"),
        (["--players", "5"], "5 players; choose 1 to 4"),
        (["--seconds", "-3"], "--seconds -3: choose 0 (no limit) or more"),
        (["--clips", "no-such-folder"], "no such folder of clips"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(library, words, sentence, capsys):
    assert main(["quiz", "--settings", str(library), *words]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert "Traceback" not in err


def test_without_songs_it_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("kpopdance.realtime.library.settings.BUNDLED", tmp_path / "nothing")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    settings = tmp_path / "settings.toml"
    settings.write_text(f'library = "{tmp_path / "songs"}"\n', encoding="utf-8")
    for words in ([], ["--reverse", "--camera", "dancer"]):
        assert main(["quiz", "--settings", str(settings), *words]) == 2
        assert "there is no song to guess" in capsys.readouterr().err
    (tmp_path / "songs" / "bad").mkdir(parents=True)
    (tmp_path / "songs" / "bad" / "song.toml").write_text("format = 1")
    assert main(["quiz", "--settings", str(settings)]) == 2
    assert "bad" in capsys.readouterr().err


def test_today_s_quiz_and_a_word_exclude_each_other(capsys):
    assert main(["quiz", "--daily", "--seed", "word"]) == 2
    assert "not allowed with argument --daily" in capsys.readouterr().err
