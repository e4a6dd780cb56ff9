"""kpopdance reel: a kept dance becomes a film or a card, or one sentence says why not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.core import reel_wish
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import Replay, dance_key, save_replay
from kpopdance.realtime.library.songpack import SongPack
from tests import dances

DANCE = dances.song(3, moves=1)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A dance of two seconds, danced as it should be, and the library its song is in."""
    monkeypatch.setattr(reel_wish, "SHAPES", {"tall": (108, 192), "wide": (192, 108)})
    monkeypatch.chdir(tmp_path)
    write_audio(tmp_path / "a.flac", np.zeros((3 * 48_000, 2), np.float32))
    song = SongPack("Song (노래)", "Nobody", 120.0, (DANCE,), audio=tmp_path / "a.flac")
    save_pack(song, tmp_path / "songs" / "short")
    track = dances.track_of(DANCE.joints)
    replay = Replay(
        track.at_s, track.joints * np.float32([480, 480, 1]), np.zeros(0, np.int64),
        np.zeros((0, 2)), "short", dance_key(DANCE), "0.1.0", "movenet", 90.0,
    )  # fmt: skip
    save_replay(tmp_path / "r.npz", replay)
    for name, change in (
        ("jun", {"player": "Jun"}), ("turned", {"mirrored": True}), ("else", {"dance": "0" * 64}),
    ):  # fmt: skip
        save_replay(tmp_path / f"{name}.npz", replace(replay, **change))
    return ["reel", "r.npz", "--library", "songs"]


def test_a_kept_dance_is_a_film_with_sound(kept, tmp_path, capsys):
    assert main([*kept, "--shape", "wide", "--player", "Mina", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["file"] == f"Song 노래 Mina {told['score']:.0f}.mp4"
    with VideoFile(tmp_path / told["file"]) as video:
        assert (video.info.size, video.info.has_audio) == ((192, 108), True)
    assert main([*kept, "--card", "-o", "c.png"]) == 0
    assert (tmp_path / "c.png").stat().st_size > 1000
    beside = ["--beside", "jun.npz", "r.npz"]
    assert main([*kept, *beside, "--card", "-o", "d.png"]) == 0
    assert (tmp_path / "d.png").read_bytes() != (tmp_path / "c.png").read_bytes()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["-o", "film.avi"], "film.avi: cannot write that; let it end in .mp4"),
        (["--card", "-o", "film.mp4"], "film.mp4: cannot write that; let it end in .png"),
        (["-o", "none/film.mp4"], "there is no folder none"),
        (["--song", "nothing"], "nothing"),
        (["--beside", "none.npz"], "none.npz"),
        (["--beside", "turned.npz"], "turned.npz: one of the dances is mirrored"),
        (["--beside", "else.npz"], "else.npz: was danced to another choreography"),
        (["--beside", *["jun.npz"] * 6], "--beside takes 5 dances at most"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(kept, tmp_path, capsys, words, sentence):
    before = sorted(tmp_path.iterdir())
    assert main([*kept, *words]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before
