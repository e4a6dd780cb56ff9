"""What runtimes are tried on: every network sees the drawn dancer, alike in each runtime."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest

from kpopdance.engines.choose import open_eyes
from kpopdance.engines.errors import DanceError
from kpopdance.engines.kept_trials import Kept, keep
from kpopdance.engines.trials import AGREE_PX, CLEAR, Result, Trial, off_px
from kpopdance.realtime.commands import common, doctor
from kpopdance.realtime.commands.play import Readying
from kpopdance.realtime.commands.quiz import Learning
from kpopdance.realtime.commands.trial import pictures, seen, trial
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.shell.songs import Songs
from tests.quick import but_quick


@pytest.fixture(scope="module")
def drawn():
    return pictures()


def test_three_pictures_of_three_poses_are_drawn_the_same_each_time(drawn):
    assert [picture.shape for picture in drawn] == [(480, 640, 3)] * 3
    assert all((one != other).mean() > 0.01 for one, other in itertools.pairwise(drawn))
    assert all((one == again).all() for one, again in zip(drawn, pictures(), strict=True))


@pytest.mark.parametrize("which", but_quick([(0,), (1,), (2,)], {(1,)}))
def test_every_network_sees_the_dancer_and_alike_in_each_runtime(drawn, which):
    """Eight bits are rounded otherwise by each, up to 13 px here: a trial takes ONNX Runtime then."""
    pytest.importorskip("openvino")
    one, other = (open_eyes(name, threads=1) for name in ("onnxruntime", "openvino"))
    for mine, theirs in zip(one.all, other.all, strict=True):
        most_px = 20.0 if "int8" in mine.name else AGREE_PX
        truth = seen(mine, drawn[which])
        assert (truth[:, 2] >= CLEAR).sum() >= 10, mine.name
        assert off_px(seen(theirs, drawn[which]), truth) <= most_px, mine.name


def test_who_sees_nobody_is_off(drawn):
    eyes = open_eyes("onnxruntime", network="openpose", threads=1)
    truth = seen(eyes.everybody, drawn[0])
    nobody = seen(eyes.everybody, np.zeros_like(drawn[0]))
    assert not off_px(nobody, truth) <= AGREE_PX


@pytest.mark.parametrize(
    ("of", "leave"), [(Readying, "leave"), (partial(Learning, Songs(())), "end")]
)
def test_who_leaves_ends_the_trial_before_the_next_look(of, leave):
    waiting = of()
    made = trial(waiting.go_on)
    made.between()
    waiting.tell("Finding out ...")
    assert waiting.news() == "Finding out ..."
    getattr(waiting, leave)()
    with pytest.raises(DanceError, match="nobody waits"):
        made.between()


@pytest.mark.parametrize(
    ("engine", "threads", "wanted", "tried"),
    [
        ("auto", 0, 0, True), ("openvino", 0, 0, False), ("auto", 2, 0, True), ("auto", 0, 3, True),
        ("auto", 2, 3, False), ("onnxruntime", 2, 3, False),
    ],
)  # fmt: skip
def test_auto_is_tried_and_what_is_asked_for_is_not(
    monkeypatch, tmp_path, engine, threads, wanted, tried
):
    """Nor where many films must be seen alike, with however many threads each."""
    asked = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(common, "trial", trial)
    monkeypatch.setattr(
        common, "open_eyes", lambda runtime, **how: asked.append((runtime, how))
    )
    common.wished_eyes(Settings(engine=engine, threads=threads), between=print, wanted=wanted)
    ((runtime, how),) = asked
    assert isinstance(runtime, Trial) == tried
    assert (runtime.between is print) if tried else (runtime == engine)
    assert how["cache_dir"].is_dir()


def test_the_doctor_shows_what_was_found(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = common.cache_folder()
    folder.mkdir(parents=True)
    assert doctor._tried_words(doctor._tried()) == []
    results = (
        Result("openvino", 1, "OpenVINO 9, 1 thread", 60.4), Result("rtx", 1, "", None, "it is off"),
    )  # fmt: skip
    keep(folder, "a.onnx, up to 1 threads", Kept("here", results))
    assert doctor._tried_words(doctor._tried()) == [
        "a.onnx, up to 1 threads: OpenVINO 9, 1 thread 60 ms; rtx not used because it is off"
    ]
