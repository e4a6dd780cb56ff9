"""The command line as typed: results on standard output, one sentence for bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kpopdance.realtime.__main__ import main
from kpopdance.realtime.commands import play
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.overlay import write_picture
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED

START_S, SECONDS, FPS = 32.0, 4.0, 6.0
SHORT_S = 1.0


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    """A player's folders that are the test's own."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture(scope="module")
def song():
    return load_pack(BUNDLED / "neon-steps")


@pytest.fixture(scope="module")
def video(tmp_path_factory, song):
    """Four seconds of the chorus, danced by the drawn dancer, without sound."""
    return film(tmp_path_factory.mktemp("video") / "chorus.mp4", song)


@pytest.fixture(scope="module")
def short_video(tmp_path_factory, song):
    """One second, for what needs a video and no dance."""
    return film(tmp_path_factory.mktemp("short") / "chorus.mp4", song, seconds=SHORT_S)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Clicks at 120 bpm."""
    rate = 48000
    samples = np.zeros((round(SECONDS * rate), 2), dtype=np.float32)
    burst = np.random.default_rng(1).normal(0, 0.3, (2000, 2)).astype(np.float32)
    for beat in range(2 * int(SECONDS)):
        at = beat * rate // 2
        samples[at : at + 2000] += burst[: len(samples) - at]
    path = tmp_path_factory.mktemp("sound") / "clicks.wav"
    write_audio(path, samples, rate)
    return path


def film(path, song, *, style=None, seconds=SECONDS):
    dancer = DrawnDancer(song.members[song.lead], style or DancerStyle())
    studio, writer = DrawnRoom(dancer.picture), VideoWriter(path, FPS)
    for index in range(int(seconds * FPS)):
        at_s = index / FPS
        joints = dancer.joints(START_S + at_s)
        writer.add(studio.take([(joints, OUTFITS[0])], index), at_s)
    writer.finish()
    return path


def run(capsys, *words):
    code = main([str(word) for word in words])
    told = capsys.readouterr()
    return code, told.out, told.err


def refuse(capsys, *words):
    """Run what must fail; return the one sentence."""
    code, out, err = run(capsys, *words)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    return err.strip().splitlines()[-1]


def test_songs_lists_and_checks(capsys, tmp_path):
    code, out, _ = run(capsys, "songs", "--json")
    assert code == 0
    rows = {row["slug"]: row for row in json.loads(out)["songs"]}
    assert rows["neon-steps"]["members"] == 3
    assert rows["neon-steps"]["problem"] == ""
    broken = tmp_path / "XDG_DATA_HOME" / "kpopdance" / "songs" / "broken"
    broken.mkdir(parents=True)
    code, out, _ = run(capsys, "songs")
    assert code == 2
    assert "broken" in out
    assert "song.toml" in out


def test_pose_finds_the_drawn_dancer(capsys, song, tmp_path):
    dancer = DrawnDancer(song.members[song.lead])
    truth = dancer.joints(12.0)
    picture = tmp_path / "dancer.png"
    write_picture(picture, DrawnRoom(dancer.picture).take([(truth, OUTFITS[1])]))
    code, out, _ = run(capsys, "pose", picture, "--json")
    assert code == 0
    people = json.loads(out)["people"]
    assert len(people) == 1
    found = np.array(people[0]["pose_keypoints_2d"]).reshape(18, 3)
    near = np.linalg.norm(found[:, :2] - truth[:, :2], axis=1) < 12
    assert (near & (found[:, 2] > 0)).sum() >= 16
    written = tmp_path / "out.json"
    drawn = tmp_path / "out.png"
    assert run(capsys, "pose", picture, "--out", written, "--draw", drawn)[0] == 0
    assert json.loads(written.read_text())["people"] == people
    assert drawn.stat().st_size > 10_000


def test_the_input_is_never_written_over(capsys, short_video):
    before = short_video.read_bytes()
    assert "is the input itself" in refuse(capsys, "pose", short_video, "--draw", short_video)
    assert short_video.read_bytes() == before


def test_doctor_tells_of_bad_settings(capsys, tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text("crop_px = 1")
    code, out, _ = run(capsys, "doctor", "--json", "--settings", file)
    assert code == 0
    assert "crop_px is 1" in json.loads(out)["settings"]["todo"]


def test_a_pack_that_may_not_be_read_is_one_damaged_line(capsys, tmp_path, monkeypatch):
    library = tmp_path / "XDG_DATA_HOME" / "kpopdance" / "songs"
    (library / "closed").mkdir(parents=True)

    def refuse_it(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("kpopdance.realtime.library.pack_reader._read_toml", refuse_it)
    code, out, _ = run(capsys, "songs")
    assert code == 2
    assert "closed" in out
    assert "check its rights" in out


def test_pose_of_a_video_writes_a_file_per_frame(capsys, short_video, tmp_path):
    out, drawn = tmp_path / "json", tmp_path / "drawn.mp4"
    code, told, _ = run(capsys, "pose", short_video, "--out", out, "--draw", drawn, "--fast")
    assert code == 0
    assert f"{int(SHORT_S * FPS)} frames" in told
    files = sorted(out.iterdir())
    assert len(files) == int(SHORT_S * FPS)
    assert files[0].name == "chorus_000000000000_keypoints.json"
    assert drawn.stat().st_size > 10_000
    code, printed, _ = run(capsys, "pose", short_video, "--json", "--fast")
    frames = json.loads(printed)["frames"]
    assert code == 0
    assert [frame["people"] for frame in frames] == [
        json.loads(file.read_text())["people"] for file in files
    ]
    assert np.diff([frame["at_s"] for frame in frames]) == pytest.approx(1 / FPS, abs=1e-3)


@pytest.mark.parametrize("words", [[], ["-v"]])
def test_without_a_command_the_game_opens(monkeypatch, words):
    opened = []
    monkeypatch.setattr(play, "run", lambda args: opened.append(args.song) or 0)
    assert main(words) == 0
    assert opened == [None]


def test_record_then_score_itself(capsys, video, sound, tmp_path):
    pack = tmp_path / "recorded"
    code, out, _ = run(
        capsys, "record", video, "--audio", sound, "--title", "코러스", "--bpm", 120,
        "--out", pack, "--json",
    )  # fmt: skip
    assert code == 0
    told = json.loads(out)
    assert min(told["members"][0]["seen"].values()) > 0.9
    assert told["members"][0]["fps"] == pytest.approx(FPS, abs=0.1)
    song = load_pack(pack)
    assert song.title == "코러스"
    assert song.length_s == pytest.approx(SECONDS, abs=1.5 / FPS)
    code, out, _ = run(capsys, "score", pack, video, "--align", "none", "--json")
    assert code == 0
    result = json.loads(out)
    assert result["score"] >= 95
    assert abs(result["lag_ms"]) <= 17
    assert set(result) >= {"score", "stars", "lag_ms", "coverage", "limbs", "moves", "network",
                           "runtime", "version", "alignment_ms"}  # fmt: skip
    assert set(result["moves"][0]) >= {"start_s", "end_s", "score", "lag_ms", "grade"}
    assert "exists already" in refuse(capsys, "record", video, "--audio", sound, "--out", pack)


@pytest.mark.long
def test_two_videos_and_a_stranger(capsys, video, song, tmp_path):
    still = film(tmp_path / "still.mp4", song, style=DancerStyle(still=True))
    code, out, err = run(capsys, "score", video, still, "--json")
    assert code == 0
    assert json.loads(out)["score"] <= 5
    assert "no sound" in err


def test_a_recording_stopped_half_way_leaves_what_it_goes_on_with_alone(
    capsys, short_video, sound, tmp_path, monkeypatch
):
    import kpopdance.realtime.studio.new_song as studio

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(studio, "save_pack", stop)
    folder = tmp_path / "library" / "stopped"
    code, out, err = run(capsys, "record", short_video, "--audio", sound, "--out", folder)
    assert code == 130
    assert out == ""
    assert "half-written" in err
    (pieces,) = folder.parent.iterdir()  # of the small video, taken up by the next try
    assert pieces.name.startswith(".part-")
    monkeypatch.undo()
    assert run(capsys, "record", short_video, "--audio", sound, "--out", folder)[0] == 0
    assert list(folder.parent.iterdir()) == [folder]


def test_doctor_names_everything(capsys):
    code, out, _ = run(capsys, "doctor", "--json")
    assert code == 0
    found = json.loads(out)
    assert set(found) >= {"network", "gpu", "camera", "sound", "screen", "songs", "settings"}
    assert "openpose" in found["network"]["found"]
    for entry in found.values():
        assert entry["found"] or entry["todo"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["play", "no-such-song", "--headless"], "no song 'no-such-song'"),
        (["play", "--headless"], "needs a song"),
        (["play", "neon-steps", "--headless", "--on-air-window"], "opens no window"),
        (["play", "neon-steps", "--headless", "--camera", "7"], "no camera '7'"),
        (["play", "neon-steps", "--headless", "--camera", "dancer", "--dancer-style", "flying"],
         "--dancer-style"),
        (["score", "neon-steps", "no-such.mp4"], "no such file"),
        (["record", "no-such.mp4"], "no such file"),
        (["pose", "no-such.png"], "no such file"),
        (["songs", "no-such-song"], "no song"),
        (["play", "neon-steps", "--settings", "no-such.toml"], "no such settings file"),
        (["play", "neon-steps", "--headless", "--engine", "abacus"], "abacus"),
        (["score", "neon-steps", "x.mp4", "--align", "maybe"], "--align maybe"),
        (["score", "neon-steps", "x.mp4", "--align", "nan"], "--align nan"),
        (["score", "neon-steps", "x.mp4", "--align", "1e300"], "--align 1e300"),
        (["record", "x.mp4", "--bpm", "500"], "--bpm 500"),
        (["play", "neon-steps", "--headless", "--camera", "dancer", "--dancer-style",
          "lateness_ms=nan"], "lateness"),
        (["play", "neon-steps", "--headless", "--out", "/proc/nowhere"], "nowhere: cannot be written"),
        (["play", "--mirrored"], "--mirrored needs a song"),
        (["score", "--replay", "x.npz", "--strictness", "pro"], "leave out --strictness"),
        (["score", "--replay", "x.npz", "--mirrored"], "leave out"),
        (["score", "--replay", "no-such.npz"], "cannot be read"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_bad_input_is_one_sentence(capsys, words, sentence):
    assert sentence in refuse(capsys, *words)


def test_an_empty_and_a_garbage_video(capsys, tmp_path):
    empty, garbage = tmp_path / "empty.mp4", tmp_path / "garbage.mp4"
    empty.touch()
    garbage.write_bytes(bytes(range(256)) * 40)
    assert "empty" in refuse(capsys, "record", empty)
    assert "garbage.mp4" in refuse(capsys, "score", "neon-steps", garbage)
