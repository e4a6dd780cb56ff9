"""kpopdance build-engine, from the command line to the files."""

from __future__ import annotations

import json

import pytest

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.formats import CLOSE_NETWORKS
from kpopdance.engines.gpu.sidecar import digest, read_sidecar, sidecar_of
from kpopdance.engines.gpu.store import SPOKEN, EngineWish
from kpopdance.engines.gpu.tensorrt_library import installed
from kpopdance.realtime.__main__ import main
from kpopdance.realtime.commands.build_engine import BUNDLED_NETWORKS
from kpopdance.realtime.pose.watcher import FULL_AREA_PX, SMALL_SHARE, full_size


@pytest.fixture
def rtx():
    try:
        return installed("rtx")
    except NetworkError as why:
        pytest.skip(f"no engine builds: {why}")


def test_an_engine_lies_with_its_facts(rtx, tmp_path, capsys):
    out = tmp_path / "deep" / "engines"
    words = ["build-engine", "movenet", "--flavour", "rtx", "--targets", "8.6", "--json"]
    assert main([*words, "--out", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    plan = out / "movenet_thunder-1x256x256-fp16-rtx-8.6.engine"
    assert told["engine"] == str(plan)
    facts = read_sidecar(plan, "")
    assert facts.plan_sha256 == digest(plan.read_bytes()) == told["sha256"]
    assert (facts.flavour, facts.version, facts.targets) == ("rtx", rtx.__version__, ("8.6",))
    assert facts.shapes == ((1, 3, 256, 256),) * 3
    assert sorted(p.name for p in out.iterdir()) == [plan.name, plan.name + ".json"]
    # again: the same engine, whatever lay there
    plan.write_bytes(b"half an engine")
    assert main([*words, "--out", str(out)]) == 0
    assert digest(plan.read_bytes()) == facts.plan_sha256
    assert sidecar_of(plan).exists()


def test_sizes_that_vary_are_in_the_name_and_the_facts(rtx, tmp_path, capsys):
    words = ["--min", "256x256", "--size", "368x432", "--max", "432x768", "--batch", "4"]
    code = main(["build-engine", "openpose", "--flavour", "rtx", "--targets", "8.6",
                 "--precision", "fp32", *words, "--out", str(tmp_path)])  # fmt: skip
    assert code == 0
    plan = tmp_path / "openpose_thin-4x368x432-varies-fp32-rtx-8.6.engine"
    shapes = ((1, 3, 256, 256), (4, 3, 368, 432), (4, 3, 432, 768))
    assert read_sidecar(plan, "").shapes == shapes
    assert "facts beside it" in capsys.readouterr().out


def test_without_a_size_what_the_game_asks_for_is_built(rtx, tmp_path, capsys):
    words = ["build-engine", "openpose", "--flavour", "rtx", "--targets", "8.6", "--json"]
    assert main([*words, "--precision", "fp32", "--out", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)["engines"]
    assert {path.name for path in tmp_path.glob("*.engine")} == {
        f"openpose_thin-1x{size}-fp32-rtx-8.6.engine"
        for size in ("256x256", "296x528", "344x464", "168x296", "192x256")
    }
    assert len(told) == 5
    # a picture of a usual camera, a small one and a crop of it: what the watcher asks for
    small = round(SMALL_SHARE * FULL_AREA_PX)
    assert {
        full_size(camera, area_px)
        for camera in ((720, 1280), (480, 640))
        for area_px in (FULL_AREA_PX, small)
    } == {(296, 528), (344, 464), (168, 296), (192, 256)}


def test_every_network_but_the_one_of_eight_bits_is_built_by_its_name():
    """Those of one person at the one size they take; without TensorRT nothing can be built ahead."""
    names = dict(zip(SPOKEN.values(), SPOKEN, strict=True))
    assert set(BUNDLED_NETWORKS) == set(names)
    assert {*SPOKEN, "movenet_thunder_int8"} == {"openpose_thin", *CLOSE_NETWORKS}
    for name, (file, sizes) in BUNDLED_NETWORKS.items():
        assert file.stem == names[name]
        wish = EngineWish(file, "tensorrt", "fp16", ((1, 3, *sizes[0]),) * 3, ())
        assert wish.command.startswith(f"kpopdance build-engine {name} --flavour tensorrt")
        if name != "openpose":
            assert sizes == ((CLOSE_NETWORKS[file.stem].spoken.side,) * 2,)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["no-such.onnx"], "no such file"),
        (["openpose", "--size", "100x432"], "multiples of 8"),
        (["openpose", "--size", "368"], "height x width"),
        (["openpose", "--size", "0x0"], "height x width"),
        (["openpose", "--min", "512x512"], "not in order"),
        (["openpose", "--batch", "0"], "--batch 0"),
        (["openpose", "--targets", "best"], "compute capabilities"),
        (["openpose", "--targets", "8.6", "--portable"], "leave out --targets"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence(words, sentence, tmp_path, capsys):
    assert main(["build-engine", *words, "--out", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_said(rtx, tmp_path, capsys):
    (tmp_path / "taken").write_text("no folder")
    words = ["build-engine", "openpose", "--flavour", "rtx", "--precision", "fp32"]
    assert main([*words, "--targets", "8.6", "--out", str(tmp_path / "taken" / "in")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_file_that_is_no_network_is_said(rtx, tmp_path, capsys):
    (tmp_path / "a.onnx").write_bytes(b"\x08junk")
    for precision in ("fp32", "fp16"):
        words = ["--flavour", "rtx", "--precision", precision, "--out", str(tmp_path / "out")]
        assert main(["build-engine", str(tmp_path / "a.onnx"), *words]) == 2
        assert "Traceback" not in capsys.readouterr().err
