"""Both networks together, and the eyes of the top-down one."""

import logging
import re
from dataclasses import astuple

import cv2
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.engines import choose
from kpopdance.engines.choose import BUNDLED, BUNDLED_PERSON, CLOSE_WISHES, open_eyes
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import (
    CLOSE_NETWORKS,
    MOVENET,
    OPENPOSE,
    PERSON_PX,
    check_input,
    check_names,
    remedy,
)
from kpopdance.engines.maps import Letterbox, PersonMaps
from kpopdance.engines.names import NETWORKS
from kpopdance.engines.ports import Eyes
from kpopdance.engines.runtimes import RUNTIMES, Runtime
from kpopdance.engines.vision import PersonEye, UprightEye, tensor_from_image
from kpopdance.realtime.pose.one_person import person_from_maps
from tests.engines.test_runners import DRAWN, drawn_dancer

THUNDER, THUNDER_INT8 = "movenet_thunder", "movenet_thunder_int8"
AGREE = 1e-3
"""Largest difference of the maps between runtimes, of 0..1 or cells; 3e-4 was measured."""


def onnxruntime_network(model=BUNDLED_PERSON, **options):
    pytest.importorskip("onnxruntime")
    from kpopdance.engines.onnxruntime_runner import OnnxRuntimeNetwork

    return OnnxRuntimeNetwork(model, MOVENET, threads=1, **options)


def openvino_network(model=BUNDLED_PERSON, **options):
    pytest.importorskip("openvino")
    from kpopdance.engines.openvino_runner import OpenVinoNetwork

    return OpenVinoNetwork(model, MOVENET, threads=1, **options)


every_runtime = pytest.mark.parametrize("open_network", [onnxruntime_network, openvino_network])


def movenets_are(model, monkeypatch):
    """Let another file stand for MoveNet Thunder, in eight bits too."""
    for name in (THUNDER, THUNDER_INT8):
        monkeypatch.setitem(CLOSE_NETWORKS, name, CLOSE_NETWORKS[name]._replace(file=model))


class NamedNetwork:
    """A network of a table without runtimes; refuses a file that is not whole."""

    def __init__(self, wish):
        if wish.model.read_bytes()[:3] == b"not":
            raise NetworkError(f"{wish.model}: cannot read it; {remedy(wish.spoken)}")
        self.wish, self.name = wish, wish.model.stem
        self.runtime = f"fake, {wish.threads} threads"


@pytest.fixture
def table(monkeypatch):
    entries = {
        key: Runtime(key.upper(), f"{key}-package", "runs", NamedNetwork)
        for key in ("first", "second")
    }
    monkeypatch.setattr(choose, "RUNTIMES", entries)


@pytest.mark.parametrize("wish", CLOSE_WISHES)
def test_all_networks_are_opened_alike(table, wish, tmp_path):
    eyes = open_eyes("second", network=wish, threads=3, cache_dir=tmp_path)
    assert tuple(eyes.close) == CLOSE_WISHES[wish]
    wishes = [each._eye._network.wish for each in eyes.all]
    expected = [(CLOSE_NETWORKS[name].file, CLOSE_NETWORKS[name].spoken) for name in eyes.close]
    assert [(each.model, each.spoken) for each in wishes] == [(BUNDLED, OPENPOSE), *expected]
    for each in wishes:
        assert (each.threads, each.cache_dir) == (3, tmp_path)
    for name, eye in eyes.close.items():
        assert isinstance(eye._eye, UprightEye if "blazepose" in name else PersonEye)
    assert (eyes.wish, eyes.trouble) == (wish, "")
    assert eyes.name == " + ".join(["openpose_thin", *eyes.close])
    assert eyes.reason == "SECOND was asked for"
    assert eyes.runtime == "fake, 3 threads"


def test_all_networks_are_opened_for_as_many_looks_at_once(table):
    for wish in ("auto", "openpose"):
        eyes = open_eyes(network=wish, threads=2, at_once=3)
        assert eyes.at_once == 3
        assert {eye._eye._network.wish.at_once for eye in eyes.all} == {3}
    assert open_eyes().at_once == 1


def test_auto_is_the_wish_of_who_says_nothing(table, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    eyes = open_eyes()
    assert eyes.wish == NETWORKS[0] == "auto"
    assert {eye._eye._network.wish.threads for eye in eyes.all} == {7}
    assert eyes.reason == "FIRST runs"


def test_openpose_wished_opens_no_other(table):
    eyes = open_eyes(network="openpose")
    assert eyes.close == {}
    assert (eyes.wish, eyes.trouble, eyes.name) == ("openpose", "", "openpose_thin")


def test_another_openpose_is_taken_and_movenet_stays(table, tmp_path):
    own = tmp_path / "own.onnx"
    own.write_bytes(b"\x08 a network")
    assert open_eyes(model=own, network="movenet").name == "own + movenet_thunder"


@pytest.mark.parametrize("wish", ["OpenPose", "", "both"])
def test_unknown_wish(wish):
    told = rf"no network {wish!r}; choose one of auto, openpose, movenet, blazepose"
    with pytest.raises(NetworkError, match=told):
        open_eyes(network=wish)


@pytest.mark.parametrize("wish", NETWORKS)
def test_without_openpose_there_are_no_eyes(table, wish, tmp_path):
    gone = tmp_path / "gone.onnx"
    with pytest.raises(NetworkError, match=rf"{re.escape(str(gone))}: there is no such"):
        open_eyes(network=wish, model=gone)
    with pytest.raises(NetworkError, match=r"no runtime .third."):
        open_eyes("third", network=wish)
    with pytest.raises(NetworkError, match="at least 1 thread"):
        open_eyes(network=wish, threads=0)


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_auto_does_without_movenet_and_says_why(table, monkeypatch, tmp_path, caplog, damage):
    model = tmp_path / "movenet.onnx"
    if damage == "damaged":
        model.write_bytes(b"not a network")
    movenets_are(model, monkeypatch)
    with caplog.at_level(logging.WARNING):
        eyes = open_eyes()
    assert THUNDER_INT8 not in eyes.close
    assert eyes.wish == "auto"
    assert eyes.trouble.startswith("MoveNet in 8 bits not used because ")
    assert str(model) in eyes.trouble
    assert "reinstall the game, or make the file anew as movenet.md" in eyes.trouble
    assert eyes.reason == f"FIRST runs; {eyes.trouble}"
    assert eyes.trouble in [record.getMessage() for record in caplog.records]
    with pytest.raises(NetworkError, match=r"movenet\.onnx.*reinstall the game"):
        open_eyes(network="movenet")


def test_other_errors_are_not_hidden(monkeypatch):
    def broken(wish):
        if wish.spoken is MOVENET:
            raise ZeroDivisionError
        return NamedNetwork(wish)

    monkeypatch.setattr(choose, "RUNTIMES", {"a": Runtime("A", "a", "runs", broken)})
    with pytest.raises(ZeroDivisionError):
        open_eyes()


def test_a_runtime_that_opens_one_network_only_is_told(monkeypatch):
    def picky(wish):
        if wish.spoken is MOVENET:
            raise ImportError("too old")
        return NamedNetwork(wish)

    monkeypatch.setattr(choose, "RUNTIMES", {"a": Runtime("A", "a-package", "runs", picky)})
    eyes = open_eyes()
    assert THUNDER_INT8 not in eyes.close
    assert "too old" in eyes.trouble
    assert "pip install a-package" in eyes.trouble


def test_eyes_speak_for_their_networks():
    class Named:
        runtime, reason = "a runtime", "the fastest"

        def __init__(self, name):
            self.name = name

    both = Eyes(Named("one"), {"a": Named("two")})
    assert (both.name, both.runtime, both.reason) == ("one + two", "a runtime", "the fastest")
    assert (both.wish, both.trouble) == ("auto", "")
    alone = Eyes(Named("one"), trouble="no second")
    assert (alone.name, alone.reason) == ("one", "the fastest; no second")


@pytest.mark.parametrize("key", ["openvino", "onnxruntime"])
def test_real_eyes_open_in_every_runtime(key):
    pytest.importorskip(key)
    eyes = open_eyes(key, threads=1)
    assert eyes.name == " + ".join(
        ["openpose-thin", *(name.replace("_", "-") for name in CLOSE_WISHES["auto"])]
    )
    assert all(eye.runtime.startswith(RUNTIMES[key].label) for eye in eyes.all)
    assert eyes.trouble == ""


class EchoNetwork:
    """Remembers its input; what it answers tells the outputs apart."""

    name, runtime = "echo", "none"

    def infer(self, tensor):
        check_input(tensor, MOVENET)
        self.tensor = tensor
        shapes = ((1, 64, 64), (17, 64, 64), (34, 64, 64), (34, 64, 64))
        return tuple(np.full(shape, k, np.float32) for k, shape in enumerate(shapes, 1))


@pytest.mark.parametrize(
    "region",
    [(200.0, 100.0, 456.0, 356.0), (-120.3, -60.2, 390.0, 450.5), (300, 200, 340, 240)],
)
def test_the_person_s_eye_takes_a_square_and_gives_each_output_its_place(region):
    picture = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    network = EchoNetwork()
    maps = PersonEye(network, reason="a test").see_person(picture, region=region)
    expected, box = tensor_from_image(picture, region=region, size=(PERSON_PX, PERSON_PX))
    assert_array_equal(network.tensor, expected)
    assert astuple(maps.box) == astuple(box)
    assert maps.image_size == (480, 640)
    assert maps.stride == 4
    for k, (array, shape) in enumerate(
        ((maps.centre, (64, 64)), (maps.heat, (17, 64, 64)), (maps.regression, (34, 64, 64)),
         (maps.offset, (34, 64, 64))), 1
    ):  # fmt: skip
        assert array.shape == shape
        assert (array == k).all()
        assert not array.flags.writeable


def test_the_person_s_eye_speaks_for_its_network_and_refuses_what_is_no_picture():
    eye = PersonEye(EchoNetwork(), reason="the only one")
    assert (eye.name, eye.runtime, eye.reason) == ("echo", "none", "the only one")
    grey, empty = np.zeros((48, 64), np.uint8), np.zeros((48, 64, 3), np.uint8)
    with pytest.raises(NetworkError, match="a picture is uint8"):
        eye.see_person(grey, region=(0, 0, 9, 9))
    with pytest.raises(NetworkError, match="is empty"):
        eye.see_person(empty, region=(9, 9, 9, 20))


@pytest.mark.parametrize(
    ("part", "shape", "dtype"),
    [("centre", (1, 8, 8), np.float32), ("heat", (18, 8, 8), np.float32),
     ("regression", (17, 8, 8), np.float32), ("offset", (34, 8, 9), np.float32),
     ("heat", (17, 8, 8), np.float64)],
)  # fmt: skip
def test_a_person_s_maps_are_checked(part, shape, dtype):
    parts = {
        "centre": (8, 8),
        "heat": (17, 8, 8),
        "regression": (34, 8, 8),
        "offset": (34, 8, 8),
    }
    arrays = {name: np.zeros(size, np.float32) for name, size in parts.items()}
    PersonMaps(**arrays, box=Letterbox(1, 0, 0), image_size=(9, 9))
    arrays[part] = np.zeros(shape, dtype)
    with pytest.raises(ValueError, match="a person's maps are float32"):
        PersonMaps(**arrays, box=Letterbox(1, 0, 0), image_size=(9, 9))


def test_a_format_says_what_it_takes():
    check_input(np.zeros((1, 3, 256, 256), np.float32), MOVENET)
    check_input(np.zeros((1, 3, 64, 72), np.float32), OPENPOSE)
    for height, width in ((192, 192), (256, 264), (264, 256)):
        with pytest.raises(NetworkError, match=rf"{height} px high and {width} px wide.*256"):
            check_input(np.zeros((1, 3, height, width), np.float32), MOVENET)
    check_names(BUNDLED_PERSON, MOVENET, ["image"], reversed(MOVENET.outputs))
    for inputs, outputs in ((["x"], MOVENET.outputs), (["image"], OPENPOSE.outputs)):
        with pytest.raises(NetworkError, match=r"another network.*reinstall the game"):
            check_names(BUNDLED_PERSON, MOVENET, inputs, outputs)


def dancer():
    """A drawn dancer's picture and the x, y of OpenPose's joints in it."""
    picture = cv2.copyMakeBorder(drawn_dancer(), 40, 24, 60, 60, cv2.BORDER_REPLICATE)
    return picture, {joint: (x + 60, y + 40) for joint, (x, y) in DRAWN.items()}


@pytest.mark.parametrize("of", ["noise", "dancer"])
def test_runtimes_agree(of):
    if of == "noise":
        rng = np.random.default_rng(0)
        tensor = rng.uniform(0, 255, (1, 3, PERSON_PX, PERSON_PX)).astype(np.float32)
    else:
        picture, _ = dancer()
        tensor, _ = tensor_from_image(picture, region=None, size=(PERSON_PX, PERSON_PX))
    ours, theirs = openvino_network().infer(tensor), onnxruntime_network().infer(tensor)
    assert len(ours) == 4
    for maps, reference in zip(ours, theirs, strict=True):
        assert maps.dtype == np.float32
        assert np.ptp(reference) > 1e-3
        assert_allclose(maps, reference, rtol=0, atol=AGREE)


@every_runtime
def test_another_input_is_refused(open_network):
    network = open_network()
    good = np.zeros((1, 3, 256, 256), np.float32)
    for bad in (good[:, :, :192, :192], good.astype(np.float64), good[0]):
        with pytest.raises(NetworkError, match="the network's input is"):
            network.infer(np.ascontiguousarray(bad))
    assert [maps.shape[0] for maps in network.infer(good)] == [1, 17, 34, 34]


@every_runtime
@pytest.mark.parametrize("damage", ["missing", "empty", "text", "truncated", "openpose"])
def test_bad_files_are_named(open_network, damage, tmp_path):
    model = tmp_path / "movenet.onnx"
    whole = BUNDLED_PERSON.read_bytes()
    content = {
        "missing": None, "empty": b"", "text": b"not a network\n",
        "truncated": whole[: len(whole) // 2], "openpose": BUNDLED.read_bytes(),
    }[damage]  # fmt: skip
    if content is not None:
        model.write_bytes(content)
    with pytest.raises(NetworkError, match=r"movenet\.onnx.*reinstall the game"):
        open_network(model)


def test_a_real_damaged_movenet_is_done_without_or_refused(monkeypatch, tmp_path):
    model = tmp_path / "movenet.onnx"
    model.write_bytes(BUNDLED_PERSON.read_bytes()[:5000])
    movenets_are(model, monkeypatch)
    eyes = open_eyes(threads=1)
    assert THUNDER_INT8 not in eyes.close
    assert re.search(r"movenet\.onnx.*reinstall the game", eyes.trouble)
    assert eyes.name.startswith("openpose-thin + movenet-lightning")
    with pytest.raises(NetworkError, match=r"movenet\.onnx"):
        open_eyes(threads=1, network="movenet")


@every_runtime
def test_a_drawn_dancer_is_seen_where_it_was_drawn(open_network):
    picture, places = dancer()
    maps = PersonEye(open_network(), "").see_person(picture, region=(-4, -4, 324, 324))
    joints = person_from_maps(maps).joints
    far = {j: float(np.linalg.norm(joints[j, :2] - xy)) for j, xy in places.items()}
    assert np.median(list(far.values())) < 8, far  # a cell is 5 px
    assert sum(away < 16 for away in far.values()) >= 10, far
