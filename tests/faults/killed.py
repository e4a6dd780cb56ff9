"""Programs that write until they are killed, or until the disk is full; and what must hold then.

``python -m tests.faults.killed FOLDER SEED COUNT kill|step|full KIND...`` forks a writer so many times,
kills it at a random moment, or before its n-th renaming, removal, copy or new file, or lets no file
grow beyond a random size, and looks at what it left. It has one thread, so that it can fork; it prints
one JSON object: kind -> how many were fine.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.files import write_beside, write_whole
from kpopdance.engines.gpu.probe import Gpu
from kpopdance.engines.gpu.sidecar import (
    EngineStale,
    Here,
    Sidecar,
    digest,
    read_sidecar,
    refuse_stale,
)
from kpopdance.engines.gpu.store import EngineWish, keep
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.dance.keeping import keep_replay
from kpopdance.realtime.devices.gif_writer import GifWriter
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.library.history import dances_of, keep_dance
from kpopdance.realtime.library.pack_reader import load_pack, pack_folders
from kpopdance.realtime.library.pack_writer import save_pack
from kpopdance.realtime.library.replay import Replay, read_replay
from kpopdance.realtime.library.settings import read_settings
from kpopdance.realtime.library.songpack import SongPack
from kpopdance.realtime.library.store import Store
from tests.kept_dances import danced

ONCE_S = {"masks": 1.0, "packs": 0.4}
USUAL_ONCE_S = 0.12  # a writer is killed before it has written for so long
PICTURES = 12


class Scores:
    """Dances and quizzes; what was claimed must be there, as a dance and as a best score."""

    def __init__(self, folder):
        self.folder, self.store = folder, Store(folder / "kpopdance.sqlite")

    def write(self, number, claim):
        keep_dance(self.store, danced(f"song-{number}"), f"song-{number}")
        claim(f"song-{number}")
        self.store.keep_quiz(json.dumps({"answers": [], "of": "x" * 900}))

    def check(self, claimed):
        store = Store(self.folder / "kpopdance.sqlite")
        for found in (set(store.best_scores()), {each.slug for each in dances_of(store)}):
            assert claimed <= found, claimed - found
        assert not list(self.folder.glob("*.damaged*"))


class Replays:
    def __init__(self, folder):
        at_s = np.arange(900) / 30
        joints = np.random.default_rng(0).random((900, 18, 3), np.float32)
        self.folder = folder / "kept"
        self.replay = Replay(
            at_s,
            joints,
            np.array([300, 900]),
            np.empty((0, 2)),
            "song",
            "key",
            "1",
            "network",
            70.0,
        )

    def write(self, number, claim):
        claim(keep_replay(self.folder, self.replay).name)

    def check(self, claimed):
        names = {path.name for path in self.folder.glob("song-*.npz")}
        assert claimed <= names
        for name in names:
            assert len(read_replay(self.folder / name).at_s) == 900


class Packs:
    """One pack that is replaced again and again, and new ones beside it."""

    def __init__(self, folder):
        self.library = folder / "songs"
        self.own = {}
        for number in range(3):
            audio = folder / f"sound-{number}.ogg"
            audio.write_bytes(f"{number}".encode() * 30_000)
            rows = np.full((60, 18, 3), 0.1 * (number + 1), np.float32)
            member = Choreography(rows, 30.0, 0.0)
            self.own[f"title {number}"] = SongPack(
                f"title {number}", "a", 120.0, (member,), audio
            )
        if not (self.library / "one").exists():
            save_pack(self.own["title 0"], self.library / "one")
            (self.library / "one" / "notes.txt").write_text("mine")

    def write(self, number, claim):
        pack = self.own[f"title {number % 3}"]
        save_pack(pack, self.library / "one", replace=True)
        new = self.library / f"new-{os.getpid()}-{number}"
        save_pack(pack, new)
        claim(new.name)

    def check(self, claimed):
        folders = {folder.name: folder for folder in pack_folders((self.library,))}
        assert claimed | {"one"} <= set(folders)
        assert (folders["one"] / "notes.txt").read_text() == "mine"
        for folder in folders.values():
            song = load_pack(folder)
            wanted = self.own[song.title]
            assert song.audio.read_bytes() == wanted.audio.read_bytes(), "the audio of another"
            assert song.members[0].joints[0, 0, 0] == wanted.members[0].joints[0, 0, 0]


class Masks:
    """Films written where a player's own stands."""

    def __init__(self, folder):
        self.folder = folder / "films"
        self.folder.mkdir(exist_ok=True)
        for name in ("a.gif", "a.mp4"):
            if not list(self.folder.glob(f"a*{name[1:]}")):
                (self.folder / name).write_bytes(b"mine")

    def write(self, number, claim):
        del claim
        rng = np.random.default_rng(number)
        for name in ("a.gif", "a.mp4"):
            path = self.folder / name
            writer = GifWriter(path) if name == "a.gif" else VideoWriter(path, 25.0)
            try:
                if isinstance(writer, GifWriter):
                    writer.expect(
                        [k / 10 for k in range(PICTURES)], PICTURES / 10, [(255, 0, 0)]
                    )
                for k in range(PICTURES):
                    writer.add(rng.integers(0, 255, (64, 64, 3), np.uint8), k / 10)
                writer.finish(PICTURES / 10)
            finally:
                writer.close()

    def check(self, claimed):
        del claimed
        for ending in (".gif", ".mp4"):
            films = list(self.folder.glob(f"a*{ending}"))
            mine = [film for film in films if film.read_bytes() == b"mine"]
            assert len(mine) in (1, 2), films  # two names of it, in the moment of renaming
            for film in set(films) - set(mine):
                with VideoFile(film) as video:
                    assert len(list(video.frames())) == PICTURES, film


class Engines:
    """Engines with their facts, and imported weights."""

    here = Here("1.0", "Linux", Gpu("A card", "8.6", "13.0"))

    def __init__(self, folder):
        self.folder, self.onnx = folder / "engines", folder / "net.onnx"
        self.onnx.write_bytes(b"network")
        shapes = ((1, 3, 64, 64),) * 3
        self.wish = EngineWish(self.onnx, "rtx", "fp16", shapes, ("8.6",))
        self.weights = folder / "weights.onnx"
        if not list(folder.glob("weights*.onnx")):
            self.weights.write_bytes(b"mine")

    def write(self, number, claim):
        plan = bytes([number % 251]) * 200_000
        facts = Sidecar(
            "net", "fp16", "rtx", "1.0", digest(b"network"), digest(plan), self.wish.shapes, ("8.6",),
            (), "Linux",
        )  # fmt: skip
        keep(self.folder, self.wish, facts, plan)
        claim("engine")
        write_beside(self.weights, plan)

    def check(self, claimed):
        for path in self.folder.glob("[!.]*.engine"):
            assert len(set(path.read_bytes())) == 1
            assert path.stat().st_size == 200_000
            refused = ""
            try:
                refuse_stale(path, read_sidecar(path, ""), self.here, b"network", "")
            except EngineStale as why:
                refused = str(why)
            # between the two renames the facts are of another engine: never believed
            assert not refused or "has changed" in refused or not claimed, refused
        weights = list(self.folder.parent.glob("weights*.onnx"))
        assert any(path.read_bytes() == b"mine" for path in weights), weights
        for path in weights:
            data = path.read_bytes()
            assert data == b"mine" or (len(data), len(set(data))) == (200_000, 1)


class Settings:
    """A file of the game's own, replaced."""

    def __init__(self, folder):
        self.path = folder / "settings.toml"
        if not self.path.exists():
            write_whole(self.path, self.text(0))

    @staticmethod
    def text(number):
        return f"# {'x' * 50_000}\nplayer_lag_ms = {number % 900}\nbody = 'seated'\n"

    def write(self, number, claim):
        del claim
        write_whole(self.path, self.text(number))

    def check(self, claimed):
        del claimed
        assert read_settings(self.path).body == "seated"


KINDS = {
    "scores": Scores, "replays": Replays, "packs": Packs, "masks": Masks, "engines": Engines,
    "settings": Settings,
}  # fmt: skip


def writes_for_ever(made, told):
    """Write until killed; what is claimed goes into a pipe."""
    os.write(told, b"\n")
    for number in itertools.count():
        made.write(number, lambda name: os.write(told, f"{name}\n".encode()))


def killed_at(step):
    """Be killed before the n-th thing that is done to files."""
    steps = itertools.count()
    for home, name in STEPS:
        plain = getattr(home, name)

        def counted(*args, plain=plain, **kwargs):
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return plain(*args, **kwargs)

        setattr(home, name, counted)


STEPS = [
    *((Path, name) for name in ("rename", "replace", "unlink", "mkdir", "rmdir", "write_bytes")),
    (os, "link"), (shutil, "copy2"), (shutil, "copyfile"),
]  # fmt: skip


def writes_until_killed(made, told, step):
    """Write twice, and be killed in the second time where there are so many steps."""
    made.write(0, lambda _: None)
    killed_at(step)
    made.write(1, lambda name: os.write(told, f"{name}\n".encode()))


def writes_until_full(made, told, largest_bytes):
    """Write thrice on a disk where no file may grow beyond a size."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_bytes, hard))
    for number in range(3):
        with suppress(OSError, DanceError):
            made.write(number, lambda name: os.write(told, f"{name}\n".encode()))


def forked(work):
    """Run something in a process of its own; return its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
        traceback.print_exc()
    finally:
        os._exit(code)


def once(kind, folder, number, rng, how):
    """Let one writer write, end it, and look; return whether all was well."""
    reading, telling = os.pipe()
    made = KINDS[kind](folder)
    if how == "kill":
        child = forked(lambda: writes_for_ever(made, telling))
        os.read(reading, 1)
        time.sleep(rng.uniform(0, ONCE_S.get(kind, USUAL_ONCE_S)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    elif how == "step":
        os.waitpid(forked(lambda: writes_until_killed(made, telling, number)), 0)
    else:
        size = int(rng.integers(0, 30_000))
        os.waitpid(forked(lambda: writes_until_full(made, telling, size)), 0)
    os.close(telling)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        claimed = set(pipe.read().split())

    def look():
        KINDS[kind](folder).check(claimed)
        if how == "full":
            left = list(folder.rglob(".part-*"))
            assert not left, left

    return os.waitpid(forked(look), 0)[1] == 0


def main(folder, seed, count, how, kinds):
    logging.disable()
    rng = np.random.default_rng(seed)
    fine = dict.fromkeys(kinds, 0)
    for kind, number in itertools.product(kinds, range(count)):
        here = folder / f"{kind}-{number // 10}"  # ten after each other in what the others left
        here.mkdir(parents=True, exist_ok=True)
        fine[kind] += once(kind, here, number, rng, how)
    print(json.dumps(fine))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
