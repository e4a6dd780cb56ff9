"""Any command line, of real options with hostile values, on small files: a result, or one sentence."""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import re
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.__main__ import main, parser
from kpopdance.realtime.commands import build_engine, common, doctor, play
from kpopdance.realtime.devices import window
from kpopdance.realtime.devices.audio_file import write_audio
from kpopdance.realtime.devices.video_writer import VideoWriter
from kpopdance.realtime.devices.window import NoScreen
from kpopdance.realtime.library.replay import save_replay
from tests.fakes import PaintedVision, eyes_of, mark_of
from tests.faults.fuzzing import WORDS, cases
from tests.faults.test_fuzz_files import CHOREOGRAPHY, REPLAY, SETTINGS, TOML

COMMANDS = next(
    action.choices
    for action in parser()._actions
    if isinstance(action, argparse._SubParsersAction)
)
FILES = [
    "v.mp4", "aespa:Whiplash.mp4", "-x.mp4", unicodedata.normalize("NFD", "음악.mp4"), "p.png", "song",
    "song/song.toml", "song/audio.wav", "a.npz", "s.toml", "empty", "pipe", "gone", "gone/gone.mp4",
    ".", "..", "-",
    "out.gif", "out.mp4", "out.json", "out", "긴" * 80 + ".mp4", "song/choreography.npz", "a b\n\x1b[2J",
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(FILES),
    st.sampled_from([
        "-1", "0", "1", "3", "nan", "inf", "1e999", "9" * 5000, "²", "1,2", "0x10", "dancer", "auto",
        "lead@1", "8x8", "lateness_ms=1e99", "absent=3-", "/dev/null", "", "--", "=x",
    ]),
    WORDS.filter(lambda word: "neon" not in word.lower()),
)  # fmt: skip
STEERING = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
HEAVY = {"--camera"}
"""Devices are tried elsewhere."""


@st.composite
def command_lines(draw):
    name = draw(st.sampled_from(sorted(COMMANDS)))
    options = [action for action in COMMANDS[name]._actions if not action.option_strings]
    words = [draw(VALUES) for _ in options] if draw(st.integers(0, 5)) else []
    chosen = st.sampled_from(COMMANDS[name]._actions)
    for action in draw(st.lists(chosen, max_size=4)):
        if action.option_strings and action.option_strings[0] not in HEAVY:
            words.append(draw(st.sampled_from(action.option_strings)))
            if action.choices and draw(st.booleans()):
                words.append(draw(st.sampled_from(sorted(action.choices))))
            elif action.nargs != 0 and draw(st.integers(0, 9)):
                words.append(draw(VALUES))
    if draw(st.integers(0, 9)) == 0:
        words = draw(st.permutations([*words, draw(VALUES)]))
    return [name, *words] if draw(st.integers(0, 19)) else list(words)


class Blind(PaintedVision):
    """Sees nobody, whatever the picture shows."""

    def see(self, image, *, region, size):
        self.people = {mark_of(image): None}
        return super().see(image, region=region, size=size)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The files that commands are given."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "song").mkdir()
    (folder / "song/song.toml").write_text(
        TOML.replace("audio.ogg", "audio.wav"), encoding="utf-8"
    )
    np.savez(folder / "song/choreography.npz", **CHOREOGRAPHY)
    write_audio(folder / "song/audio.wav", np.zeros((4000, 2), np.float32), 8000)
    save_replay(folder / "a.npz", REPLAY)
    (folder / "s.toml").write_text(SETTINGS.replace("~/춤", "."), encoding="utf-8")
    (folder / "empty").touch()
    film(folder / "v.mp4")
    for name in FILES[1:4]:
        shutil.copy(folder / "v.mp4", folder / name)
    from kpopdance.realtime.devices.overlay import write_picture

    write_picture(folder / "p.png", np.zeros((48, 64, 3), np.uint8))
    return folder


def film(path):
    writer = VideoWriter(path, 30.0)
    for k in range(4):
        writer.add(np.full((48, 64, 3), 60 * k, np.uint8), k / 30)
    writer.finish()
    writer.close()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder to be in, with nothing heavy, no screen, and no home but it."""
    folder = tmp_path_factory.mktemp("here")
    before = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(common, "open_eyes", lambda *how, **wishes: eyes_of(Blind({})))
        patch.setattr(play, "open_performance", refuse)
        patch.setattr(build_engine, "build", refuse)
        patch.setattr(window, "GameWindow", no_screen)
        for part in ("_network", "_gpu", "_camera", "_sound"):
            patch.setattr(doctor, part, lambda *settings: {"found": "", "todo": ""})
        for name in ("DATA", "CONFIG", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(folder / "home"))
        yield folder
    os.chdir(before)
    logging.captureWarnings(capture=False)


def no_screen(*args, **kwargs):
    raise NoScreen("no window is opened here")


def refuse(*args, **kwargs):
    raise DanceError("heavy work is not done here")


def told(made, here, words):
    """The exit code of a command line in a fresh folder, and what it printed."""
    work = here / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(made, work)
    os.mkfifo(work / "pipe")
    os.chdir(work)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as left:  # --help, --version
            code = left.code
    return code, out.getvalue(), err.getvalue()


@cases(60)
@given(words=command_lines())
@example(words=["play", "song", "--headless", "--camera", "²"])
@example(words=["score", "--replay", "a.npz"])
@example(words=["score", "--replay", "a.npz", "song"])
@example(words=["songs", "--settings", "s.toml"])
def test_fuzz_command_lines(made, here, words):
    code, out, err = told(made, here, words)
    assert code in (0, 2), (code, err)
    assert "Traceback" not in out + err
    assert not STEERING.search(out + err.replace("\r", ""))
    if code == 2:
        assert out or err.strip()
    assert not [path for path in (here / "work").rglob("*") if ".part-" in path.name]
