"""Engines on disk, with real builds by TensorRT for RTX of a small network."""

from __future__ import annotations

import dataclasses
import shlex

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from kpopdance.engines.choose import BUNDLED
from kpopdance.engines.errors import ModelError, NetworkError
from kpopdance.engines.gpu.opening import engine_for
from kpopdance.engines.gpu.probe import Gpu
from kpopdance.engines.gpu.sidecar import EngineStale, Here, digest, read_sidecar, sidecar_of
from kpopdance.engines.gpu.store import SYSTEM, EngineWish, build, compiled_of, find, keep
from kpopdance.engines.gpu.tensorrt_library import installed
from kpopdance.realtime.__main__ import main

SHAPE = (1, 3, 16, 16)
CARD = Gpu("A card", "8.6", "13.0")


@pytest.fixture(scope="module")
def here():
    try:
        return Here(str(installed("rtx").__version__), SYSTEM, CARD)
    except NetworkError as why:
        pytest.skip(f"no engine builds: {why}")


@pytest.fixture
def wish(tmp_path):
    kernel = numpy_helper.from_array(np.ones((2, 3, 3, 3), np.float32), "kernel")
    node = helper.make_node("Conv", ["image", "kernel"], ["out"])
    picture = helper.make_tensor_value_info("image", TensorProto.FLOAT, SHAPE)
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "one", [picture], [out], [kernel])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "one.onnx")
    return EngineWish(tmp_path / "one.onnx", "rtx", "fp16", (SHAPE,) * 3, ("8.6",))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "engines"


def stored(folder, wish):
    return keep(folder, wish, *build(wish))


def test_what_was_kept_is_found_again(here, wish, folder):
    path = stored(folder, wish)
    assert path.name == "one-1x16x16-fp16-rtx-8.6.engine"
    assert find(folder, wish, here) == (path, path.read_bytes())
    facts = read_sidecar(path, "")
    assert facts.onnx_sha256 == digest(wish.onnx.read_bytes())
    assert (facts.precision, facts.flags) == ("fp16", ("TF32", "REQUIRE_USER_ALLOCATION"))
    assert read_sidecar(
        stored(folder, dataclasses.replace(wish, precision="fp32")), ""
    ).flags == ("REQUIRE_USER_ALLOCATION",)


@pytest.mark.parametrize(
    "change",
    [{"precision": "tf32"}, {"shapes": ((1, 3, 24, 16),) * 3}, {"flavour": "tensorrt"}],
    ids=str,
)
def test_another_wish_is_another_engine(here, wish, folder, change):
    stored(folder, wish)
    other = dataclasses.replace(wish, **change)
    with pytest.raises(EngineStale, match="no engine for this input yet") as told:
        find(folder, other, here)
    assert str(told.value).endswith(other.command)


def test_of_several_the_one_that_fits_is_found(here, wish, folder):
    for targets in (("8.0",), ("8.6", "8.9"), ("12.0",)):
        stored(folder, dataclasses.replace(wish, targets=targets))
    assert "8.6_8.9" in find(folder, wish, here)[0].name
    newest = dataclasses.replace(here, gpu=Gpu("A new card", "12.0", "13.0"))
    assert "12.0" in find(folder, wish, newest)[0].name


@pytest.mark.parametrize("spoil", ["network", "plan", "facts", "version", "format"])
def test_a_stale_engine_is_not_found_and_the_command_mends_it(
    here, wish, folder, spoil, capsys
):
    path = stored(folder, wish)
    if spoil == "network":
        model = onnx.load(wish.onnx)
        model.graph.name = "another"
        onnx.save(model, wish.onnx)
    elif spoil == "plan":
        path.write_bytes(path.read_bytes()[:-1])
    elif spoil == "facts":
        sidecar_of(path).unlink()
    else:
        change = {"version": "1.6.0"} if spoil == "version" else {"format": 2}
        facts = dataclasses.replace(read_sidecar(path, ""), **change)
        sidecar_of(path).write_text(facts.json(), encoding="utf-8")
    with pytest.raises(EngineStale) as told:
        find(folder, wish, here)
    assert str(told.value).endswith(wish.command)
    words = shlex.split(wish.command)[1:]
    assert main([*words, "--out", str(folder)]) == 0
    assert find(folder, wish, here) == (path, path.read_bytes())


def test_the_command_names_everything_that_is_wished():
    wish = EngineWish(
        BUNDLED, "rtx", "fp16", ((1, 3, 256, 256), (4, 3, 368, 432), (4, 3, 368, 656)), ("8.6", "8.9"),
    )  # fmt: skip
    assert wish.command == (
        "kpopdance build-engine openpose --flavour rtx --precision fp16 --size 368x432 "
        "--targets 8.6,8.9 --min 256x256 --max 368x656 --batch 4"
    )


def test_an_engine_whose_input_varies_has_a_name_of_its_own(wish):
    assert wish.stem == "one-1x16x16-fp16-rtx"
    varied = dataclasses.replace(wish, shapes=(SHAPE, SHAPE, (1, 3, 24, 16)))
    assert varied.stem == "one-1x16x16-varies-fp16-rtx"


def test_what_is_missing_is_built_once_and_told(here, wish, folder):
    told = []
    plan, kept = engine_for(wish, here, folder, told.append)
    assert told == ["Building one for A card, 16x16 px: some seconds, once"]
    again, _ = engine_for(wish, here, folder, told.append)
    assert (again, len(told)) == (plan, 1)
    assert kept == compiled_of(find(folder, wish, here)[0])
    kept.write_bytes(b"kernels of the engine before")
    stored(folder, wish)
    assert not kept.exists()


def test_what_is_stale_is_built_anew(here, wish, folder):
    path = stored(folder, wish)
    path.write_bytes(b"damaged")
    told = []
    plan, _ = engine_for(wish, here, folder, told.append)
    assert len(told) == 1
    assert path.read_bytes() == plan != b"damaged"


def test_tensorrt_takes_minutes_and_is_the_player_s_to_build(here, wish, folder):
    slow = dataclasses.replace(wish, flavour="tensorrt")
    for place in (folder, None):
        with pytest.raises(EngineStale, match=r"build-engine .* --flavour tensorrt"):
            engine_for(slow, here, place, pytest.fail)


@pytest.mark.parametrize("place", ["none", "taken"])
def test_without_a_folder_an_engine_serves_all_the_same(here, wish, tmp_path, place, caplog):
    (tmp_path / "taken").write_text("no folder")
    folder = None if place == "none" else tmp_path / "taken"
    plan, kept = engine_for(wish, here, folder, lambda _: None)
    assert len(plan) > 1000
    assert kept is None
    assert ("cannot be kept" in caplog.text) == (place == "taken")


def test_what_cannot_be_built_names_the_network(here, wish, folder):
    with pytest.raises(NetworkError, match=r"compute capability 9\.0"):
        engine_for(dataclasses.replace(wish, targets=("9.0",)), here, folder, lambda _: None)
    wish.onnx.write_bytes(b"\xff\xff")
    with pytest.raises(ModelError, match=r"one\.onnx: these bytes are no ONNX network"):
        engine_for(wish, here, folder, lambda _: None)
    assert not folder.exists()


def test_an_engine_that_cannot_be_read_is_built_again(here, wish, folder):
    path = stored(folder, wish)
    path.unlink()
    path.mkdir()
    with pytest.raises(EngineStale, match="cannot be read"):
        find(folder, wish, here)
    plan, kept = engine_for(wish, here, folder, lambda _: None)
    assert (len(plan) > 0, kept) == (True, None)  # nor can it be written


def test_a_network_may_have_any_name(here, wish, folder):
    odd = wish.onnx.rename(wish.onnx.with_name("one [2].onnx"))
    wish = dataclasses.replace(wish, onnx=odd)
    path = stored(folder, wish)
    assert find(folder, wish, here)[0] == path


def test_an_engine_whose_input_may_vary_serves_every_size_within(here, wish, folder):
    model = onnx.load(wish.onnx)
    for place, letter in zip(
        model.graph.input[0].type.tensor_type.shape.dim, "n-hw", strict=True
    ):
        if letter != "-":
            place.Clear()
            place.dim_param = letter
    onnx.save(model, wish.onnx)
    least, best, most = (1, 3, 8, 8), (2, 3, 16, 16), (4, 3, 24, 32)
    varying = stored(folder, dataclasses.replace(wish, shapes=(least, best, most)))
    assert find(folder, wish, here)[0] == varying
    for size, found in (((24, 32), True), ((8, 8), True), ((32, 24), False), ((24, 40), False)):
        asked = dataclasses.replace(wish, shapes=((1, 3, *size),) * 3)
        if found:
            assert find(folder, asked, here)[0] == varying
        else:
            with pytest.raises(EngineStale, match="no engine for this input yet"):
                find(folder, asked, here)
    other = dataclasses.replace(wish, precision="fp32")
    with pytest.raises(EngineStale, match="no engine for this input yet"):
        find(folder, other, here)
    exact = stored(folder, wish)
    assert find(folder, wish, here)[0] == exact  # the very size comes first
