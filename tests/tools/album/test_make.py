"""The album's packs are what their pages say: well mixed, heard rightly, made again alike."""

from __future__ import annotations

import subprocess
import sys

import pytest
from numpy.testing import assert_allclose

from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.quiz.known_titles import KNOWN_TITLES
from kpopdance.realtime.quiz.rules import Entry, Rules, make_questions
from kpopdance.realtime.studio.bars import bars_of
from kpopdance.realtime.studio.song_parts import parts_of
from tools.album import make
from tools.album.check_music import f_measure
from tools.album.layout import layout_of, songs
from tools.album.music import measures

LARGEST_BYTES = 1_300_000


@pytest.mark.parametrize("song", songs())
def test_a_pack_is_what_its_page_says(song):
    pack, layout = load_pack(BUNDLED / song), layout_of(song)
    assert pack.title == f"{layout.title} ({layout.title_ko})"
    assert pack.tempo.bpm == layout.tempo.bpm
    assert_allclose(pack.tempo_changes, layout.tempo.changes, atol=1e-3)
    assert [name for name, _ in pack.sections] == [part.name for part in layout.parts]
    assert_allclose(
        [at_s for _, at_s in pack.sections], [p.start_s for p in layout.parts], atol=1e-3
    )
    assert pack.preview_s == next(at_s for name, at_s in pack.sections if name == "chorus")
    assert abs(pack.length_s - layout.end_s) < 0.1
    assert sum(path.stat().st_size for path in pack.folder.iterdir()) < LARGEST_BYTES


@pytest.mark.parametrize("level", ["easy", "hard"])
def test_the_bundled_songs_are_a_quiz_without_known_titles(level):
    shelf = [Entry(song, layout_of(song).title, 0.0, layout_of(song).end_s) for song in songs()]
    asked = make_questions(shelf, Rules(len(shelf), level), "album", known=KNOWN_TITLES)
    assert len(asked) == 8
    assert all(slug for question in asked for slug in question.slugs)


def test_a_dance_without_a_page_stays_as_its_pack_has_it(tmp_path):
    """Neon Steps' dance is older than the pages, and what many tests stand on."""
    sound = BUNDLED / "neon-steps" / "audio.ogg"
    make.make_pack("neon-steps", tmp_path / "neon-steps", sound)
    for path in sorted((BUNDLED / "neon-steps").iterdir()):
        assert (tmp_path / "neon-steps" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--dance", "paper-plane", "soda-talk"], "soda-talk/audio.ogg: is missing"),
        (["no-such-song"], "no-such-song.music.toml: is missing"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(tmp_path, asked, said):
    """And nothing is written: not the song either whose sound is there."""
    there = tmp_path / "paper-plane" / "audio.ogg"
    there.parent.mkdir()
    there.write_bytes(b"sound")
    command = [sys.executable, "-m", "tools.album.make", *asked, "--folder", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("make: ")
    assert done.stderr.count("\n") == 1
    assert said in done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [there]


@pytest.mark.long
@pytest.mark.parametrize("song", songs())
def test_the_game_hears_a_songs_bars_and_parts(song):
    sound, layout = read_audio(BUNDLED / song / "audio.ogg"), layout_of(song)
    bars = bars_of(sound.samples, sound.rate)
    tempos = [layout.tempo.bpm, *(bpm for _, bpm in layout.tempo.changes)]
    assert_allclose([bars.bpm, *(bpm for _, bpm in bars.changes)], tempos, rtol=2e-3)
    assert f_measure(bars.beat_s, layout.tempo.beats_s(0, layout.end_s - 0.01)) > 0.97
    assert f_measure(bars.beat_s[bars.number == 1], layout.bars_s) > 0.95
    parts = parts_of(sound.samples, sound.rate, bars)
    told = [part.start_s for part in layout.parts if part.name == "chorus"]
    found = [at_s for name, at_s in parts.sections if name == "chorus"]
    assert_allclose(found, told, atol=240 / layout.tempo.bpm)


@pytest.mark.long
@pytest.mark.parametrize("song", songs())
def test_a_song_is_as_loud_as_others_and_clean(song):
    sound = read_audio(BUNDLED / song / "audio.ogg").samples
    assert_allclose(measures.loudness_lufs(sound), -14.0, atol=0.5)
    assert measures.true_peak_db(sound) < -1.0
    assert measures.clicks(sound) == 0
    assert measures.lost_in_mono_db(sound) < 1.0
    assert abs(sound[-200:]).max() < 0.01


@pytest.mark.long
def test_a_pack_is_made_again_byte_for_byte(tmp_path):
    """On any processor that has AVX2."""
    command = [sys.executable, "-m", "tools.album.make", "moonlight-walk", "--folder", tmp_path]
    subprocess.run(command, check=True)
    for path in (BUNDLED / "moonlight-walk").iterdir():
        assert (tmp_path / "moonlight-walk" / path.name).read_bytes() == path.read_bytes()
