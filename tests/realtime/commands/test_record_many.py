"""Many videos: each once, none stops the others, and what is there is not recorded again."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import perf_counter, sleep
from types import SimpleNamespace

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.__main__ import main
from kpopdance.realtime.commands import record_many
from kpopdance.realtime.commands.common import watched
from kpopdance.realtime.commands.record_many import folders_for, is_many, videos_of
from kpopdance.realtime.devices.audio_file import write_audio
from tests.realtime.studio.test_rhythm import RATE, music
from tests.test_commands import film
from tests.test_sharing import typed


@pytest.fixture
def videos(tmp_path):
    folder = tmp_path / "videos"
    folder.mkdir()
    for name in ("b.mp4", "a.MKV", "broken.mp4", "너의 춤.webm", "notes.md"):
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def asked(monkeypatch):
    """What was to be recorded; whoever is asked for a broken one says so, others make a pack."""
    words = []

    def one(line, hear):
        words.append(line)
        hear(50)
        if "broken" in line[1]:
            return {"problem": f"{line[1]}: is no video"}
        folder = line[line.index("--out") + 1]
        Path(folder).mkdir(parents=True)
        return {"folder": folder}

    monkeypatch.setattr(record_many, "_one", one)
    return words


def test_each_is_recorded_once_and_none_stops_the_others(videos, asked, tmp_path, capsys):
    line = ("record", str(videos), "--out", str(tmp_path / "lib"), "--jobs", "2", "--json")
    code, out, err = typed(capsys, *line, "--artist", "Us", "--mirrored", "--threads", "3")
    told = json.loads(out)["songs"]
    assert code == 2
    assert [one["folder"] for one in told] == [
        str(tmp_path / "lib" / slug) for slug in ("a", "b", "broken", "너의-춤")
    ]
    assert [one.get("problem", "") for one in told] == [
        "", "", f"{videos / 'broken.mp4'}: is no video", "",
    ]  # fmt: skip
    assert "broken.mp4: " in err
    for words in asked:
        assert words[words.index("--threads") + 1] == "3"
        assert words[words.index("--artist") + 1] == "Us"
        assert "--mirrored" in words
        assert "--replace" not in words
    asked.clear()
    assert typed(capsys, *line)[0] == 2
    assert [words[1] for words in asked] == [str(videos / "broken.mp4")]


def test_one_is_recorded_in_a_process_of_its_own(tmp_path):
    """What it tells, or its last sentence; and how far it is, in the words that it says it with."""
    heard = []
    assert record_many._one(["songs", "neon-steps", "--json"], heard.append)["songs"]
    problem = record_many._one(["record", str(tmp_path / "no.mp4")], heard.append)["problem"]
    assert problem.startswith(f"{tmp_path / 'no.mp4'}: ")
    assert heard == []
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", told)
        video = SimpleNamespace(info=SimpleNamespace(length_s=10.0), warning="")
        with watched(video, "finding poses") as move:
            move(SimpleNamespace(captured_s=4.0))
    assert record_many.FAR.match(told.getvalue().strip())[1] == "0"


def test_how_far_all_and_each_are_is_shown():
    said = []
    bar = SimpleNamespace(update=lambda: said.append("one more"), set_postfix_str=said.append)
    far = record_many._Far(bar)
    for number in range(6):
        far.hear(f"{number}.mp4", 10 * number)
    far.done("1.mp4", "1.mp4: is no video")
    assert said[0] == "0 failed, 0.mp4 0 %"
    assert said[-2:] == [
        "one more", "1 failed, 0.mp4 0 %, 2.mp4 20 %, 3.mp4 30 %, 4.mp4 40 %, ...",
    ]  # fmt: skip


def test_a_video_is_named_as_it_was_typed(videos, asked, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, _, err = typed(capsys, "record", "videos", "--out", "lib")
    assert code == 2
    assert f"broken.mp4: {Path('videos', 'broken.mp4')}: is no video" in err
    assert {Path(words[1]).parts[0] for words in asked} == {"videos"}


def test_videos_of_one_name_have_folders_of_their_own(tmp_path):
    paths = [tmp_path / place / "dance.mp4" for place in ("x", "y", "z")]
    folders = folders_for(paths, tmp_path)
    assert [folder.name for folder in folders.values()] == ["dance", "dance-2", "dance-3"]


def test_a_list_names_them_from_where_it_lies(tmp_path):
    written = tmp_path / "all.txt"
    written.write_bytes("﻿# mine\nfilms/a.mp4\r\n\n/far/b.mp4\nfilms/a.mp4\n".encode())
    assert is_many(written)
    assert videos_of(written) == [
        tmp_path / "films" / "a.mp4",
        *map(type(tmp_path), ["/far/b.mp4"]),
    ]


@pytest.mark.parametrize("content", [b"", b"# nothing\n", b"\xff\xfe\x00a"])
def test_what_is_no_list_is_refused(content, tmp_path):
    (tmp_path / "list.txt").write_bytes(content)
    with pytest.raises(DanceError, match=r"list\.txt: .*; "):
        videos_of(tmp_path / "list.txt")


@pytest.mark.parametrize("words", [
    ("--title", "T"), ("--bpm", "120"), ("--offset", "1"), ("--jobs", "0"), ("--jobs", "-3"),
])  # fmt: skip
def test_what_is_one_songs_is_refused_for_many(words, videos, asked, tmp_path, capsys):
    code, out, err = typed(
        capsys, "record", str(videos), "--out", str(tmp_path / "lib"), *words
    )
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words[0] in err
    assert asked == []


@pytest.fixture(scope="module")
def cluster():
    """A Dask cluster of two workers in this process, each of which says that it has a GPU."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None,
        resources={"GPU": 1}, protocol="tcp://",
    ) as made:  # fmt: skip
        yield made


def test_a_cluster_records_each_once_a_gpu_each(cluster, videos, tmp_path, monkeypatch, capsys):
    noted = tmp_path / "noted"
    noted.mkdir()

    def one(line, hear):  # the workers have a copy of this: what it saw lies in files
        video, folder = Path(line[1]), Path(line[line.index("--out") + 1])
        busy = noted / f"{video.name}.busy"
        busy.touch()
        sleep(0.2)
        with (noted / "at_once").open("a") as file:
            file.write(f"{len(list(noted.glob('*.busy')))}\n")
        busy.unlink()
        hear(50)
        if "broken" in video.name:
            return {"problem": f"{video}: is no video"}
        folder.mkdir(parents=True)
        return {"folder": str(folder)}

    heard = []
    monkeypatch.setattr(
        record_many._Far, "hear", lambda far, name, percent: heard.append((name, percent))
    )
    monkeypatch.setattr(record_many, "_one", one)
    monkeypatch.chdir(tmp_path)
    line = (
        "record",
        "videos",
        "--out",
        "lib",
        "--cluster",
        cluster.scheduler_address,
        "--json",
    )
    code, out, _ = typed(capsys, *line)
    told = json.loads(out)["songs"]
    assert code == 2
    assert [one.get("problem", "") for one in told] == [
        "", "", f"{videos / 'broken.mp4'}: is no video", "",
    ]  # fmt: skip
    assert told[0]["folder"] == str(tmp_path / "lib" / "a"), "the same place from anywhere"
    assert max((noted / "at_once").read_text().split()) == "2"
    assert ("a.MKV", 50) in heard, "how far each is comes from the workers"
    assert typed(capsys, *line)[0] == 2
    assert len((noted / "at_once").read_text().split()) == 5, "what is there is not done again"


@pytest.mark.parametrize(("words", "said"), [
    (("--cluster", "tcp://127.0.0.1:1"), "no scheduler answers"),
    (("--cluster", "nonsense://x"), "no scheduler answers"),
    (("--cluster", "tcp://127.0.0.1:1", "--jobs", "2"), "leave it out with --cluster"),
])  # fmt: skip
def test_a_cluster_that_is_none_is_refused(words, said, videos, asked, monkeypatch, capsys):
    pytest.importorskip("distributed")
    monkeypatch.setattr(record_many, "ANSWERS_S", 0.5)
    code, out, err = typed(capsys, "record", str(videos), *words)
    assert (code, out) == (2, "")
    assert said in err.splitlines()[-1]
    assert asked == []


def test_without_dask_it_is_said_how_to_get_it(videos, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, err = typed(capsys, "record", str(videos), "--cluster", "tcp://studio:8786")
    assert code == 2
    assert "kpopdance[cluster]" in err


@pytest.mark.long
def test_a_kill_costs_nothing_and_the_number_of_jobs_neither(tmp_path, monkeypatch, capsys):
    """The real command over real videos, killed when the first song is there, then run again."""
    from kpopdance.realtime.library.pack_reader import load_pack
    from kpopdance.realtime.library.songpack import BUNDLED

    folder = tmp_path / "videos"
    folder.mkdir()
    song = load_pack(BUNDLED / "neon-steps")
    silent = film(tmp_path / "silent.mp4", song, seconds=2.0)
    write_audio(tmp_path / "sound.wav", music(3, 2), RATE)
    for name in ("one", "two", "three"):
        _joined(silent, tmp_path / "sound.wav", folder / f"{name}.mp4")
    (folder / "broken.mp4").write_bytes(silent.read_bytes()[:500])
    line = ["record", str(folder), "--network", "openpose", "--jobs"]
    started = subprocess.Popen(
        [sys.executable, "-m", "kpopdance", *line, "2", "--out", str(tmp_path / "lib")],
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = perf_counter() + 300
    while not list((tmp_path / "lib").glob("*/song.toml")) and perf_counter() < until:
        sleep(0.1)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "lib").glob("*/song.toml")}
    assert before
    assert main([*line, "2", "--out", str(tmp_path / "lib")]) == 2
    assert main([*line, "1", "--out", str(tmp_path / "again")]) == 2
    for path, at in before.items():
        assert path.stat().st_mtime_ns == at
    for name in ("one", "two", "three"):
        for file in ("song.toml", "choreography.npz"):
            one, other = (tmp_path / lib / name / file for lib in ("lib", "again"))
            assert one.read_bytes() == other.read_bytes()
    assert "broken" in capsys.readouterr().out


def _joined(video, sound, out):
    """Put a sound beside a video's pictures."""
    import av

    with av.open(video) as seen, av.open(sound) as heard, av.open(out, "w") as made:
        pictures = made.add_stream_from_template(seen.streams.video[0])
        audio = made.add_stream("aac", rate=48_000, layout="stereo")
        for packet in seen.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                made.mux(packet)
        resampler = av.AudioResampler("fltp", "stereo", 48_000, 1024)
        for frame in heard.decode(audio=0):
            for part in resampler.resample(frame):
                made.mux(audio.encode(part))
        made.mux(audio.encode(None))
