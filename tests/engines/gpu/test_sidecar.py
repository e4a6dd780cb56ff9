from __future__ import annotations

import dataclasses
import json

import pytest

from kpopdance.engines.errors import DanceError
from kpopdance.engines.gpu.probe import Gpu
from kpopdance.engines.gpu.sidecar import (
    EngineStale,
    Here,
    Sidecar,
    digest,
    read_sidecar,
    refuse_stale,
    sidecar_of,
)

ONNX, PLAN, REBUILD = b"a network", b"an engine", "kpopdance build-engine openpose"
SHAPES = ((1, 3, 256, 256), (2, 3, 368, 432), (4, 3, 368, 656))
FACTS = Sidecar(
    "openpose_thin", "fp16", "rtx", "1.7.1.116", digest(ONNX), digest(PLAN), SHAPES,
    ("8.6", "8.9"), ("TF32",), "Linux x86_64", tool="0.1.0",
)  # fmt: skip
HERE = Here("1.7.1.116", "Linux x86_64", Gpu("A card", "8.6", "13.0"))


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "a.engine"
    path.write_bytes(PLAN)
    sidecar_of(path).write_text(FACTS.json(), encoding="utf-8")
    return path


def test_facts_survive_the_file(plan):
    assert read_sidecar(plan, REBUILD) == FACTS


def test_an_engine_that_fits_is_not_refused(plan):
    refuse_stale(plan, FACTS, HERE, ONNX, REBUILD)


def test_an_engine_of_tensorrt_is_for_the_card_it_was_built_on(plan):
    own = dataclasses.replace(FACTS, flavour="tensorrt", gpu="A card")
    refuse_stale(plan, own, HERE, ONNX, REBUILD)
    other = dataclasses.replace(HERE, gpu=Gpu("Another card", "8.6", "13.0"))
    with pytest.raises(EngineStale, match=r"built on A card, this is Another card") as error:
        refuse_stale(plan, own, other, ONNX, REBUILD)
    assert str(error.value).endswith(REBUILD)
    refuse_stale(plan, FACTS, other, ONNX, REBUILD)  # that of RTX runs on both


@pytest.mark.parametrize(
    ("here", "onnx", "word"),
    [
        ({"version": "1.6.1.120"}, ONNX, "1.6.1.120 is installed"),
        ({"system": "Windows AMD64"}, ONNX, "this is Windows"),
        ({"gpu": Gpu("An old card", "7.5", "13.0")}, ONNX, "has 7.5"),
        ({}, b"another network", "another network"),
    ],
)
def test_a_foreign_engine_is_refused_with_the_way_to_mend_it(plan, here, onnx, word):
    with pytest.raises(EngineStale, match=word) as error:
        refuse_stale(plan, FACTS, dataclasses.replace(HERE, **here), onnx, REBUILD)
    assert str(error.value).endswith(REBUILD)
    assert str(plan) in str(error.value)
    assert isinstance(error.value, DanceError)


def test_a_damaged_engine_is_refused(plan):
    plan.write_bytes(PLAN[:-1])
    with pytest.raises(EngineStale, match="changed since"):
        refuse_stale(plan, FACTS, HERE, ONNX, REBUILD)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "7", json.dumps({"format": 1}),
        FACTS.json().replace('"format": 3', '"format": 4'),
        FACTS.json().replace('"fp16"', '"fp16", "extra": 3'), "[" * 50_000,
        FACTS.json().replace("368", '"wide"'), FACTS.json().replace("368", "368.5"),
        FACTS.json().replace('"gpu": "none"', '"gpu": 7'),
        FACTS.json().replace(' "gpu": "none",\n', ""), FACTS.json().replace('"TF32"', "true"),
    ],
)  # fmt: skip
def test_damaged_facts_are_stale(plan, text):
    sidecar_of(plan).write_text(text, encoding="utf-8")
    with pytest.raises(EngineStale, match="build it again"):
        read_sidecar(plan, REBUILD)


def test_an_engine_without_facts_is_stale(plan):
    sidecar_of(plan).unlink()
    with pytest.raises(EngineStale, match="cannot be read"):
        read_sidecar(plan, REBUILD)
