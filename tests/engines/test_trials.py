"""The fastest runtime that is right is taken, found once: stand-ins are wrong, slow, dead, mute."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import numpy as np
import pytest

from kpopdance.engines import choose, kept_trials, trials
from kpopdance.engines.choose import open_vision, ways_of
from kpopdance.engines.errors import DeviceFailed, NetworkError, NotHere
from kpopdance.engines.kept_trials import FILE
from kpopdance.engines.runtimes import Runtime
from kpopdance.engines.trials import ROUNDS, Result, Trial, Way, ranked
from tests.fakes import FakeClock

PICTURE = np.zeros((64, 64, 3), np.uint8)
JOINTS = np.column_stack([np.arange(36).reshape(18, 2) * 3.0, np.ones(18)]).astype(np.float32)


class StandIn:
    """A runtime's network: takes its time on a fake clock, and does what it was made for.

    ``off_px`` is by how much it errs; from the look ``dies_at`` on it fails; ``mute_at`` it hangs.
    """

    name = "openpose-thin"

    def __init__(self, clock, ms, *, off_px=0.0, dies_at=np.inf, mute_at=np.inf, driver=""):
        self.clock, self.ms, self.off_px = clock, ms, off_px
        self.dies_at, self.mute_at, self.looks, self.driver = dies_at, mute_at, 0, driver
        self.runtime = "?"

    def seen(self):
        self.looks += 1
        if self.looks >= self.dies_at:
            raise DeviceFailed("the card is gone; restart")
        if self.looks >= self.mute_at:
            threading.Event().wait(5)
        ms = (
            self.ms[min(self.looks, len(self.ms)) - 1]
            if isinstance(self.ms, tuple)
            else self.ms
        )
        self.clock.at_s += ms / 1000
        joints = JOINTS.copy()
        joints[7, 0] += self.off_px
        return joints

    def infer(self, tensor):
        self.seen()
        side = tensor.shape[2] // 8
        return tuple(np.zeros((n, side, side), np.float32) for n in (19, 38))


class Bench:
    """A computer with pretended runtimes: counts what is opened, and takes eyes as a start does."""

    def __init__(self, folder, monkeypatch):
        self.clock, self.folder, self.told = FakeClock(), folder, []
        self.opened, self.networks, self.makers = [], {}, {}
        self._patch = monkeypatch
        monkeypatch.setattr(choose, "RUNTIMES", {})
        monkeypatch.setattr(trials, "ANSWER_S", 0.2)
        monkeypatch.setattr("os.cpu_count", lambda: 2)
        self.between = lambda: None
        self.busy, self.seen = self.clock.now, StandIn.seen

    def has(self, key, maker, *, device=False):
        """Give it a runtime: milliseconds, what a ``StandIn`` takes, or an error to open with."""

        def open_network(wish):
            self.opened.append(Way(key, wish.threads))
            if isinstance(maker, Exception):
                raise maker
            if maker == "hangs":
                threading.Event().wait(5)
            how = maker(wish.threads) if callable(maker) else maker
            how = how if isinstance(how, dict) else {"ms": how}
            network = StandIn(self.clock, **how)
            network.runtime = f"{key} 1.0{network.driver}, {wish.threads} threads"
            self.networks[key] = network
            return network

        choose.RUNTIMES[key] = Runtime(
            key.upper(), key, "runs", open_network, device=device, untried=device
        )

    def start(self, **how):
        """Return the eyes of a start."""
        self.opened.clear()

        def seen(eye, picture):
            return self.seen(eye._network)

        trial = Trial(lambda: [PICTURE] * 3, seen, self.clock.now, self.busy, self.between)
        return open_vision(trial, cache_dir=self.folder, tell=self.told.append, **how)

    @property
    def kept(self):
        (entry,) = json.loads((self.folder / FILE).read_bytes()).values()
        return {one["runtime"]: one for one in entry["results"]}


@pytest.fixture
def bench(tmp_path, monkeypatch):
    return Bench(tmp_path, monkeypatch)


USUAL = {"openvino": 60.0, "onnxruntime": 48.0}
FAST = "onnxruntime 1.0, 1 threads"

CASES = {
    "the faster one": (USUAL, FAST, ""),
    "the other on another computer": ({"openvino": 24.0, "onnxruntime": 29.0}, "openvino", ""),
    "of near ties the usual one": ({"openvino": 50.0, "onnxruntime": 48.0}, "openvino", ""),
    "a device that is faster": (USUAL | {"card": 9.0}, "card", ""),
    "no device that is slower": (USUAL | {"card": 90.0}, FAST, ""),
    "none that is wrong": (
        USUAL | {"card": {"ms": 5.0, "off_px": 1.3}}, FAST, "CARD not used because its joints lie 1.3",
    ),
    "one that is nearly right": (USUAL | {"card": {"ms": 5.0, "off_px": 0.7}}, "card", ""),
    "none that answers nothing": (
        USUAL | {"card": {"ms": 5.0, "off_px": np.nan}}, FAST, "CARD not used because its joints",
    ),
    "none that dies at once": (
        USUAL | {"card": {"ms": 5.0, "dies_at": 1}}, FAST, "CARD not used because the card is gone",
    ),
    "none that dies while it is timed": (
        USUAL | {"card": {"ms": 5.0, "dies_at": 4}}, FAST, "CARD not used because the card is gone",
    ),
    "none that hangs at a look": (
        USUAL | {"card": {"ms": 5.0, "mute_at": 4}}, FAST, "did not answer within 0.2 s of looking",
    ),
    "none that hangs while it opens": (
        USUAL | {"card": "hangs"}, FAST, "CARD not used because it did not answer within 0.2 s of",
    ),
    "none that cannot be imported": (
        USUAL | {"card": ImportError("no card")}, FAST, "CARD cannot be imported (no card); pip",
    ),
    "none whose driver answers oddly": (
        USUAL | {"card": OSError(5, "odd")}, FAST, "CARD not used because [Errno 5] odd",
    ),
    "a device that is not here is no word worth": (USUAL | {"card": NotHere("none")}, FAST, ""),
    "without the reference nothing is compared": (
        {"openvino": 60.0, "onnxruntime": ImportError("gone")}, "openvino", "",
    ),
    "a hiccup is no measure": (
        {"openvino": (60, 60, 300, 60, 60),
         "onnxruntime": (300, 110, 80, 900, 48, 120, 300, 49, 60)}, FAST, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("has", "runtime", "told"), CASES.values(), ids=CASES)
def test_what_is_chosen(bench, has, runtime, told):
    for key in sorted(has, key=lambda key: key != "card"):
        bench.has(key, has[key], device=key == "card")
    eyes = bench.start()
    assert eyes.runtime.startswith(runtime)
    label = runtime.partition(" ")[0].upper()
    assert eyes.reason.startswith(f"openpose-thin: {label} ")
    assert told in eyes.reason
    assert ("not used" in eyes.reason or "imported" in eyes.reason) == bool(told)
    assert bench.told == [
        "Finding out what runs openpose thin fastest here, only this once ..."
    ]


def test_the_next_start_asks_the_kept_answer(bench):
    for key, ms in USUAL.items():
        bench.has(key, ms)
    first = bench.start()
    bench.told.clear()
    for network in (
        {"openvino": 5.0, "onnxruntime": 500.0},
        USUAL,
    ):  # noise, or another program
        for key, ms in network.items():
            bench.has(key, ms)
        again = bench.start()
        assert (again.runtime, again.reason) == (first.runtime, first.reason)
        assert bench.opened == [Way("onnxruntime", 1)]
        assert bench.networks["onnxruntime"].looks == 0
    assert bench.told == []


def test_a_slow_one_is_soon_told(bench):
    for key, ms in {"openvino": 60.0, "onnxruntime": 48.0, "slug": 80.0}.items():
        bench.has(key, ms)
    bench.start()
    looks = {key: network.looks for key, network in bench.networks.items()}
    assert looks["slug"] == 4
    assert looks["openvino"] <= looks["onnxruntime"] <= 3 + ROUNDS
    assert bench.clock.at_s - 100 < 3.0


CHANGES = {
    "a library": lambda patch: patch.setattr(kept_trials, "_version", lambda name: "9.9"),
    "the processor": lambda patch: patch.setattr(kept_trials, "processor", lambda: "new"),
    "a driver": lambda patch: patch.setattr(kept_trials, "graphics", lambda: ["card 2.0"]),
    "the system": lambda patch: patch.setattr("platform.platform", lambda: "Linux-9"),
    "the cores": lambda patch: patch.setattr("os.cpu_count", lambda: 3),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_it_is_tried_again_when_something_changes(bench, monkeypatch, change):
    for key, ms in USUAL.items():
        bench.has(key, ms)
    bench.start()
    change(monkeypatch)
    bench.has("openvino", 20.0)
    assert bench.start().runtime.startswith("openvino")


def test_it_is_tried_again_for_another_file_of_that_name(bench, tmp_path):
    for key, ms in USUAL.items():
        bench.has(key, ms)
    own = tmp_path / "own.onnx"
    for content, runtime in ((b"\x08 one", "onnxruntime"), (b"\x08 two", "openvino")):
        own.write_bytes(content)
        assert bench.start(model=own).runtime.startswith(runtime)
        bench.has("openvino", 20.0)


def test_it_is_tried_again_where_the_device_tells_another_driver(bench):
    bench.has("card", {"ms": 5.0, "driver": " driver 1"}, device=True)
    for key, ms in USUAL.items():
        bench.has(key, ms)
    assert "driver 1" in bench.start().runtime
    bench.has("card", {"ms": 100.0, "driver": " driver 2"}, device=True)
    assert bench.start().runtime == FAST


def test_it_is_tried_again_where_the_device_is_gone(bench):
    bench.has("card", 5.0, device=True)
    for key, ms in USUAL.items():
        bench.has(key, ms)
    bench.start()
    bench.has("card", NotHere("unplugged"), device=True)
    assert bench.start().runtime == FAST


SPOILT = {
    "cut": lambda text: text[: len(text) // 2],
    "no text": lambda text: b"\xff\x00",
    "foreign": lambda text: b'{"settings": {"volume": 3}}',
    "an older form": lambda text: text.replace(b'"ms"', b'"seconds"'),
    "another runtime": lambda text: text.replace(b'"onnxruntime"', b'"abacus"'),
    "so many threads": lambda text: text.replace(b'"threads": 1', b'"threads": 64'),
    "below nothing": lambda text: text.replace(b'"ms": ', b'"ms": -'),
    "no number": lambda text: text.replace(b'"ms": ', b'"ms": 1e999'),
    "deep": lambda text: b"[" * 100_000,
    "large": lambda text: b'{"a": "' + b"x" * 10**6 + b'"}',
    "nothing": lambda text: b"",
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_file_that_is_not_ours_is_made_anew(bench, spoil):
    for key, ms in USUAL.items():
        bench.has(key, ms)
    bench.start()
    path = bench.folder / FILE
    path.write_bytes(spoil(path.read_bytes()))
    assert bench.start().runtime == FAST
    assert set(bench.opened) == {Way("openvino", 1), Way("onnxruntime", 1)}
    assert bench.kept["onnxruntime"]["ms"] == 48.0
    assert bench.start().runtime == FAST
    assert bench.opened == [Way("onnxruntime", 1)]


def test_where_nothing_can_be_kept_it_is_said_and_chosen_all_the_same(bench, caplog):
    for key, ms in USUAL.items():
        bench.has(key, ms)
    (bench.folder / FILE).mkdir()
    assert bench.start().runtime == FAST
    assert f"{bench.folder / FILE}: what is fastest here cannot be kept" in caplog.text


def test_what_dies_while_it_is_used_hands_over_and_is_not_taken_again(bench, caplog):
    bench.has("card", {"ms": 5.0, "dies_at": 14}, device=True)
    for key, ms in USUAL.items():
        bench.has(key, ms)
    eyes = bench.start()
    look = {"region": None, "size": (64, 64)}
    while not eyes.failure:
        eyes.see(PICTURE, **look)
        assert bench.networks["card"].looks <= 14
    assert eyes.runtime == FAST
    assert eyes.failure == "the card is gone"
    assert "card 1.0, 1 threads failed: the card is gone" in eyes.reason
    again = bench.start()
    assert again.runtime == FAST
    assert "CARD not used because card 1.0, 1 threads failed" in again.reason
    assert "card" not in {key for key, _ in bench.opened}


def test_each_that_dies_hands_over_until_none_is_left(bench):
    for key, ms in {"card": 5.0, "openvino": 60.0, "onnxruntime": 48.0}.items():
        bench.has(key, {"ms": ms}, device=key == "card")
    eyes = bench.start()
    look = {"region": None, "size": (64, 64)}
    for key, heir in (("card", "onnxruntime"), ("onnxruntime", "openvino")):
        bench.networks[key].dies_at = 0
        eyes.see(PICTURE, **look)
        assert eyes.runtime.startswith(heir)
    bench.networks["openvino"].dies_at = 0
    with pytest.raises(DeviceFailed, match="the card is gone"):
        eyes.see(PICTURE, **look)


def test_who_goes_back_ends_the_trial(bench):
    class GoneBackError(Exception):
        pass

    def between():
        if len(bench.opened) == 2:
            raise GoneBackError

    for key, ms in USUAL.items():
        bench.has(key, ms)
    bench.between = between
    with pytest.raises(GoneBackError):
        bench.start()
    assert not (bench.folder / FILE).exists()
    bench.between = lambda: None
    assert bench.start().runtime == FAST


def test_nothing_is_timed_where_it_cannot_be_kept_or_one_was_asked_for(bench):
    for key, ms in USUAL.items():
        bench.has(key, ms)
    bench.folder = None
    assert bench.start().reason == "OPENVINO runs"
    assert open_vision().reason == "OPENVINO runs"
    assert open_vision("onnxruntime").reason == "ONNXRUNTIME was asked for"
    assert bench.clock.at_s == 100


def test_where_none_is_right_the_usual_one_sees_and_where_none_opens_it_is_told(bench):
    bench.has("openvino", {"ms": 5.0, "off_px": 9})
    bench.has("onnxruntime", {"ms": 5.0, "dies_at": 4})
    assert bench.start().reason == "OPENVINO runs"
    for key in USUAL:
        bench.has(key, NetworkError(f"{key} is broken"))
    with pytest.raises(
        NetworkError, match="no runtime can open the network: OPENVINO not used"
    ):
        bench.start()


@pytest.mark.parametrize(
    ("most", "fixed", "counts"),
    [(1, False, [1]), (2, False, [1, 2]), (3, False, [1, 2, 3]), (15, False, [1, 2, 4, 8, 15]),
     (6, True, [6])],
)  # fmt: skip
def test_threads_are_tried_too(bench, most, fixed, counts):
    bench.has("card", 1.0, device=True)
    bench.has("openvino", 1.0)
    assert ways_of(most, fixed=fixed) == [
        Way("card", 0), *(Way("openvino", count) for count in counts)
    ]  # fmt: skip


def test_more_threads_only_where_they_help(bench, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 16)
    bench.has("onnxruntime", lambda threads: max(40.0 / threads, 9.9))
    assert bench.start().runtime == "onnxruntime 1.0, 4 threads"
    assert bench.start(threads=2).runtime == "onnxruntime 1.0, 2 threads"


def test_ranks_are_of_what_may_be_used():
    results = [
        Result("a", 1, "a", 10.0), Result("b", 1, "b", None, "broken"), Result("c", 1, "c", 9.8),
        Result("d", 1, "d", 7.0),
    ]  # fmt: skip
    assert [one.runtime for one in ranked(results)] == ["d", "c", "a"]
    assert [one.runtime for one in ranked(results[:3])] == ["a", "c"]
    assert ranked(results[1:2]) == []


@pytest.mark.parametrize(
    ("share", "runtime"), [(1.0, "openvino"), (0.2, "onnxruntime"), (0.0, "openvino")]
)
def test_other_programs_do_not_make_a_runtime_slow(bench, share, runtime):
    """It gets a share of its core and looks slow; what its thread had of it tells. None: not told."""
    had = FakeClock()
    bench.has("openvino", 60.0)
    bench.has("onnxruntime", 48.0 * 5)
    bench.busy = lambda: had.at_s

    def seen(network):
        before = bench.clock.at_s
        joints = network.seen()
        slowed = network.runtime.startswith("onnx")
        had.at_s += (bench.clock.at_s - before) * (share if slowed else min(share * 5, 1.0))
        return joints

    bench.seen = seen
    assert bench.start().runtime.startswith(runtime)


CHILD = """
import os, sys
from pathlib import Path
import pytest
from tests.engines import test_trials as t

class Fatal(t.StandIn):
    def seen(self):
        if self.looks + 1 == self.dies_at:
            os.abort() if sys.argv[2] == "abort" else os._exit(9)
        return super().seen()

real = t.StandIn
patch = pytest.MonkeyPatch()
bench = t.Bench(Path(sys.argv[1]), patch)
bench.has("card", {"ms": 1.0, "dies_at": int(sys.argv[3])}, device=sys.argv[4] == "device")
for key, ms in t.USUAL.items():
    bench.has(key, ms)
open_network = t.choose.RUNTIMES["card"].open_network

def fatal(wish):
    t.StandIn = Fatal
    try:
        return open_network(wish)
    finally:
        t.StandIn = real

t.choose.RUNTIMES["card"] = t.choose.RUNTIMES["card"]._replace(open_network=fatal)
bench.seen = lambda network: network.seen()
print(bench.start().runtime)
"""


@pytest.mark.parametrize(
    ("how", "look", "kind", "deaths"),
    [
        pytest.param("exit", 1, "device", 1, marks=pytest.mark.long),
        ("abort", 4, "device", 1),
        ("exit", 2, "processor", 2),
    ],
)
def test_a_driver_that_ends_the_game_ends_it_once_and_not_at_every_start(
    tmp_path, how, look, kind, deaths
):
    def started():
        words = [sys.executable, "-c", CHILD, str(tmp_path), how, str(look), kind]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)

    assert all(started().returncode for _ in range(deaths))
    after = started()
    assert (after.returncode, after.stdout.strip()) == (0, FAST), after.stderr
    assert "the game ended while it was tried" in (tmp_path / FILE).read_text()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]  # the note is gone
    assert started().stdout.strip() == FAST


def test_a_driver_that_only_fails_leaves_no_note(bench):
    bench.has("card", {"ms": 1.0, "dies_at": 4}, device=True)
    for key, ms in USUAL.items():
        bench.has(key, ms)
    assert bench.start().runtime == FAST
    assert [path.name for path in bench.folder.iterdir()] == [FILE]


def test_the_reference_is_tried_whatever_a_note_says(bench):
    way = Way("onnxruntime", 1)
    network = f"{choose.BUNDLED.name}, up to 1 threads"
    (bench.folder / kept_trials.TRYING).write_text(
        json.dumps({f"{network}: {one.runtime} {one.threads}": 9 for one in (way,)})
    )
    for key, ms in USUAL.items():
        bench.has(key, ms)
    assert bench.start().runtime == FAST


@pytest.mark.parametrize(
    "note", [b"", b"[]", b"\xff", b"{\"a\": \"b\"}", b"[" * 100_000, b" " * 300_000]
)  # fmt: skip
def test_a_note_that_is_none_is_as_no_note(bench, note):
    (bench.folder / kept_trials.TRYING).write_bytes(note)
    for key, ms in USUAL.items():
        bench.has(key, ms)
    assert bench.start().runtime == FAST


def test_where_no_note_can_be_left_it_is_tried_all_the_same(bench, monkeypatch):
    def refuse(path, data):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(kept_trials, "write_whole", refuse)
    for key, ms in USUAL.items():
        bench.has(key, ms)
    assert bench.start().runtime == FAST
