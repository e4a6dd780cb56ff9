"""What a trial's results hold for: told by files and libraries, without waking a device."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from kpopdance.engines import kept_trials
from kpopdance.engines.kept_trials import (
    FILE,
    MOST_NETWORKS,
    Kept,
    circumstances,
    graphics,
    keep,
    keep_failure,
    known,
    processor,
    read,
)
from kpopdance.engines.trials import Result, Way

FAST, SLOW = Way("onnxruntime", 1), Way("openvino", 1)
KEPT = Kept("here", (Result(*SLOW, "OpenVINO", 60.0), Result(*FAST, "ONNX Runtime", 48.0)))


def test_results_are_read_where_they_hold(tmp_path):
    keep(tmp_path, "a.onnx", KEPT)
    assert [asdict(one) for one in read(tmp_path, "a.onnx", "here", [SLOW, FAST])] == [
        asdict(one) for one in KEPT.results
    ]
    assert read(tmp_path, "a.onnx", "elsewhere", [SLOW, FAST]) == ()
    assert read(tmp_path, "b.onnx", "here", [SLOW, FAST]) == ()
    assert read(tmp_path, "a.onnx", "here", [SLOW]) == ()


def test_two_programs_keep_beside_each_other_and_old_ones_are_forgotten(tmp_path):
    for number in range(MOST_NETWORKS + 3):
        keep(tmp_path, f"{number}.onnx", KEPT)
        keep(tmp_path, "first.onnx", KEPT)
    names = [*known(tmp_path)]
    assert len(names) == MOST_NETWORKS
    assert names[-1] == "first.onnx"
    assert "0.onnx" not in names
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_failure_is_kept_with_its_way_alone(tmp_path):
    keep_failure(
        tmp_path, "a.onnx", FAST, "the card is gone"
    )  # nothing is known of it: no harm
    keep(tmp_path, "a.onnx", KEPT)
    keep_failure(tmp_path, "a.onnx", FAST, "the card is gone")
    slow, fast = known(tmp_path)["a.onnx"].results
    assert (slow.ms, slow.why) == (60.0, "")
    assert (fast.ms, fast.why, fast.words) == (None, "the card is gone", "ONNX Runtime")


def test_circumstances_name_the_file_and_the_computer(tmp_path, monkeypatch):
    monkeypatch.setattr("platform.platform", lambda: "Linux-9")
    own = tmp_path / "own.onnx"
    own.write_bytes(b"one")
    told = circumstances(own)
    assert told.startswith("own.onnx ")
    for word in ("openvino ", "onnxruntime ", "Linux-9", processor(), "cores"):
        assert word in told
    own.write_bytes(b"two")
    assert circumstances(own) != told


def test_the_processor_s_name_comes_from_where_there_is_one(tmp_path, monkeypatch):
    facts = tmp_path / "cpuinfo"
    facts.write_text(
        "processor : 0\nmodel name : Slow 3000 \nmodel name : Slow 3000\n", "utf-8"
    )
    monkeypatch.setattr(kept_trials, "CPU_FACTS", facts)
    assert processor() == "Slow 3000"
    monkeypatch.setattr(kept_trials, "CPU_FACTS", tmp_path / "none")
    monkeypatch.setattr("platform.processor", lambda: "Apple M9")
    assert processor() == "Apple M9"


def test_linux_tells_cards_and_nvidia_s_driver(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_trials, "DEVICES", tmp_path)
    monkeypatch.setattr(kept_trials, "NVIDIA", tmp_path / "version")
    assert graphics() == []
    for name in ("dri/renderD128", "dri/card0", "accel/accel0"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "version").write_text("NVRM version: 600.1\nGCC version: 12\n", "utf-8")
    assert graphics() == ["accel0", "renderD128", "NVRM version: 600.1"]


class Registry:
    """Windows' list of cards as winreg gives it; one of its keys may be read by nobody."""

    HKEY_LOCAL_MACHINE = "machine"
    cards = (("Intel(R) Iris", "31.0.1"), None, ("NVIDIA", "32.0.2"))

    def OpenKey(self, key, name):
        if key == "machine":
            return nullcontext(self)
        card = self.cards[int(name)]
        if card is None:
            raise OSError(5, "access is denied")
        return nullcontext(card)

    def QueryInfoKey(self, key):
        return len(self.cards), 0, 0

    def EnumKey(self, key, number):
        return f"{number:04}"

    def QueryValueEx(self, key, name):
        return key[name == "DriverVersion"], 1


@pytest.mark.parametrize(
    ("registry", "told"),
    [(Registry(), ["Intel(R) Iris 31.0.1", "NVIDIA 32.0.2"]),
     (SimpleNamespace(HKEY_LOCAL_MACHINE=0, OpenKey=lambda *_: (_ for _ in ()).throw(OSError)), [])],
)  # fmt: skip
def test_windows_tells_cards_and_their_drivers(tmp_path, monkeypatch, registry, told):
    monkeypatch.setattr(kept_trials, "DEVICES", tmp_path)
    monkeypatch.setattr(kept_trials, "NVIDIA", tmp_path / "none")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", registry)
    assert graphics() == told
