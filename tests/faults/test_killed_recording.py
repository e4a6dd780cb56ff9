"""kill -9 at ten moments of a recording: seconds of work are lost, and the pack is what it would be."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from tests.realtime.commands.test_record_many import _joined
from tests.realtime.studio.test_rhythm import RATE, music
from tests.test_commands import film

pytestmark = [pytest.mark.long, pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")]

KILLS, SEED = 10, 20261129
MOST_LOST_S = 10.0
FILM_S = 16.0


def time() -> float:
    """The wall clock, as files' times tell it."""
    return datetime.now(UTC).timestamp()


class Recording:
    """The command at work; ``looks_s`` is when it began to look, by the wall clock."""

    def __init__(self, video: Path, folder: Path, home: Path) -> None:
        self.home, self.folder, self.looks_s, self.began_s = home, folder, None, time()
        places = {
            f"XDG_{each}_HOME": str(home / each.lower()) for each in ("CACHE", "DATA", "CONFIG")
        }
        words = [
            "record",
            str(video),
            "--out",
            str(folder),
            "--engine",
            "openvino",
            "--network",
            "lightning",
        ]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kpopdance", *words], env=os.environ | places,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with self.process.stderr as told:
            for line in told:
                self.said.append(line)
                if line.startswith("network:"):
                    self.looks_s = time()

    def ended_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        self._reader.join()
        assert self.process.returncode == 0, "".join(self.said)
        return True

    def killed(self) -> float:
        """Kill it; return how much work is lost, s since the last piece that is kept.

        On a busy computer a process works for a part of the time only: its processor's time says which.
        """
        spent = psutil.Process(self.process.pid).cpu_times()
        at_s = time()
        worked = (spent.user + spent.system) / (at_s - self.began_s)
        self.process.kill()
        self.process.wait()
        self._reader.join()
        if self.looks_s is None:
            return 0.0
        pieces = [
            *self.home.glob("cache/kpopdance/looks/*/*.npz"),
            *self.folder.parent.glob(".part-*/*.mp4"),
        ]
        kept_s = [path.stat().st_mtime for path in pieces]
        return min(worked, 1.0) * (at_s - max([self.looks_s, *kept_s]))


def files_in(pack: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in pack.iterdir()}


def test_ten_kills_of_one_recording(tmp_path, capsys):
    silent = film(tmp_path / "silent.mp4", load_pack(BUNDLED / "neon-steps"), seconds=FILM_S)
    write_audio(tmp_path / "sound.wav", music(3, 12), RATE)
    video = tmp_path / "dance.mp4"
    _joined(silent, tmp_path / "sound.wav", video)
    began_s = time()
    assert Recording(video, tmp_path / "whole" / "dance", tmp_path / "a").ended_within(900)
    whole, lasts_s = files_in(tmp_path / "whole" / "dance"), time() - began_s
    rng, lost_s, rounds = random.Random(SEED), [], 0
    while len(lost_s) < KILLS:
        rounds += 1
        pack, home = tmp_path / f"killed-{rounds}" / "dance", tmp_path / f"b-{rounds}"
        while True:
            one = Recording(video, pack, home)
            if len(lost_s) == KILLS:
                assert one.ended_within(900)
            elif not one.ended_within(rng.uniform(0.1, 0.6) * lasts_s):
                lost_s.append(one.killed())
                if not pack.exists():  # else it was whole already
                    continue
            assert files_in(pack) == whole
            left = [path.name for path in pack.parent.iterdir() if path != pack]
            assert all(name.startswith(".part") for name in left)
            break
    with capsys.disabled():
        told = ", ".join(f"{each:.1f}" for each in lost_s)
        sys.stdout.write(f"\n{lasts_s:.0f} s undisturbed; lost by {KILLS} kills, s: {told}\n")
    assert max(lost_s) <= MOST_LOST_S
