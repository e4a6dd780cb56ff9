"""Any pictures and any stream: poses or a sentence about the camera, never an exception."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kpopdance.engines.choose import open_vision
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.net_camera import (
    NetReader,
    Unreachable,
    host_of,
    shown,
    why_not,
)
from kpopdance.realtime.devices.picture_check import PictureCheck
from kpopdance.realtime.pose.watcher import Watcher
from tests.fakes import eyes_of
from tests.faults.bad_cameras import FILM, BadCamera, noisy, part, says
from tests.faults.fuzzing import WORDS, Long, cases, spoilt
from tests.faults.test_fuzz_weights import network

STREAM = Long(FILM + b"".join(part(noisy(k)) for k in range(3)))


@pytest.fixture(scope="module")
def eyes(tmp_path_factory):
    path = tmp_path_factory.mktemp("network") / "tiny.onnx"
    path.write_bytes(network())
    return eyes_of(open_vision("onnxruntime", model=path, threads=1))


SIDES = st.one_of(st.integers(1, 40), st.sampled_from([1, 2, 63, 64, 65, 333, 1080, 1920]))


@cases(40)
@given(sizes=st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=4), seed=st.integers(0, 9))
def test_fuzz_pictures(eyes, sizes, seed):
    watcher, check = Watcher(eyes), PictureCheck()
    for k, size in enumerate(sizes):
        image = np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)
        image = image[:, ::-1] if k % 2 else image  # as a mirrored one lies in memory
        check.see(image, k / 3)
        for pose in watcher.watch(Frame(image, k / 30, k)):
            assert pose is None or np.isfinite(pose.confidence).all()


def pictures_of(address):
    try:
        reader = NetReader(address)
    except Unreachable as why:
        return str(why.health.sentence)
    try:
        for _ in range(20):
            if not reader.wait():
                return reader.why_not().sentence
            picture = reader.picture()
            assert picture is None or (picture.ndim == 3 and picture.dtype == np.uint8)
    finally:
        reader.close()
    return "well"


@cases(8)
@given(content=spoilt(STREAM))
@example(content=STREAM)
@example(content=b"")
def test_fuzz_streams(content):
    camera = BadCamera(says(content))
    try:
        assert pictures_of(f"http://{camera.place}/video")
    finally:
        camera.close()


@cases(40)
@given(host=WORDS)
@example(host="a" * 70 + ".b")
@example(host="a..b")
@example(host="[::1")
@example(host="127.0.0.1:99999")
def test_fuzz_addresses(host):
    """No name is asked for: what is no computer's name stays here."""
    host = re.sub(r"[/?#\\]", "-", host)
    address = f"http://{host}\x01.invalid." + "x" * 70 + "/"
    assert isinstance(shown(address) + host_of(address), str)
    assert why_not(address, OSError("no")).sentence
