"""The kernels are built for every target, are what lies in the repository, and spill nothing."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu import kernels
from kpopdance.engines.gpu.sidecar import digest
from tools.weights import build_kernels
from tools.weights.build_kernels import (
    CUBINS,
    PTX,
    REGISTER_BUDGET,
    KernelsNotBuilt,
    check_kernels,
    find_nvcc,
    main,
    nvcc_version,
    refuse_greedy,
    usage,
)


@pytest.fixture(scope="module")
def built():
    """One build for all tests of this file."""
    try:
        find_nvcc()
    except KernelsNotBuilt as why:
        pytest.skip(f"kernels are not built: {why}")
    return build_kernels.build_kernels()


@pytest.fixture
def facts():
    return json.loads(kernels.FACTS.read_text())


@pytest.fixture
def copies(tmp_path):
    """Source, fatbin and facts in a folder of their own."""
    for path in (kernels.SOURCE, kernels.FATBIN, kernels.FACTS):
        shutil.copy(path, tmp_path)
    return tmp_path / kernels.SOURCE.name, tmp_path / kernels.FATBIN.name


@pytest.mark.long
def test_the_committed_kernels_are_those_of_the_source(built, facts, monkeypatch):
    monkeypatch.setattr(build_kernels, "build_kernels", lambda _: built)
    told = check_kernels()
    assert facts["source_sha256"] == built.facts["source_sha256"]
    if facts["nvcc"] == built.facts["nvcc"]:
        # built in a folder of another name each time, so no path is in the bytes
        assert built.image == kernels.FATBIN.read_bytes()
        assert built.json() == kernels.FACTS.read_text()
        assert "the same" in told
    else:
        assert "other versions give other bytes" in told


@pytest.mark.parametrize("whose", ["committed", pytest.param("built", marks=pytest.mark.long)])
def test_every_kernel_is_within_budget_on_every_target(whose, facts, request):
    told = facts if whose == "committed" else request.getfixturevalue("built").facts
    assert told["targets"] == [f"sm_{a}" for a in CUBINS] + [f"compute_{a}" for a in PTX]
    assert set(told["kernels"]) == {f"sm_{arch}" for arch in CUBINS}
    for rows in told["kernels"].values():
        assert set(rows) == set(kernels.KERNELS)
        for row in rows.values():
            assert row["spill_stores"] == row["spill_loads"] == 0
            assert 0 < row["registers"] <= REGISTER_BUDGET == 64
            assert 0 <= row["shared_bytes"] <= 48 * 1024


def test_multiply_and_add_are_not_fused(facts):
    """Else the results would not be NumPy's, and the CPU could not tell."""
    assert "-fmad=false" in facts["flags"]
    assert not any("fast" in flag for flag in facts["flags"])


def test_a_changed_source_is_noticed(copies):
    source, fatbin = copies
    source.write_text(source.read_text().replace("MAX_PEAKS = 64", "MAX_PEAKS = 63"))
    with pytest.raises(KernelsNotBuilt, match="has changed since it was built"):
        check_kernels(source, fatbin)


@pytest.mark.long
def test_facts_that_were_made_to_fit_are_noticed(copies, built, monkeypatch):
    """The bytes of another build, with its checksum in the facts."""
    monkeypatch.setattr(build_kernels, "build_kernels", lambda _: built)
    source, fatbin = copies
    fatbin.write_bytes(kernels.FATBIN.read_bytes()[:-8] + bytes(8))
    facts = json.loads(fatbin.with_suffix(".json").read_text())
    facts["fatbin_sha256"] = digest(fatbin.read_bytes())
    fatbin.with_suffix(".json").write_text(json.dumps(facts))
    if facts["nvcc"] != built.facts["nvcc"]:
        pytest.skip(f"nvcc {built.facts['nvcc']} is here, {facts['nvcc']} built the kernels")
    with pytest.raises(KernelsNotBuilt, match="is not what nvcc"):
        check_kernels(source, fatbin)


@pytest.mark.parametrize(
    "harm", ["cut", "changed", "missing", "no facts", "torn facts", "a list"]
)
def test_damaged_kernels_are_refused_in_a_sentence(copies, harm):
    source, fatbin = copies
    image, facts = fatbin.read_bytes(), fatbin.with_suffix(".json")
    {
        "cut": lambda: fatbin.write_bytes(image[:1000]),
        "changed": lambda: fatbin.write_bytes(image[:5000] + b"?" + image[5001:]),
        "missing": fatbin.unlink,
        "no facts": facts.unlink,
        "torn facts": lambda: facts.write_text(facts.read_text()[:200]),
        "a list": lambda: facts.write_text("[]"),
    }[harm]()
    with pytest.raises(NetworkError, match=r"install the game again$"):
        kernels.read_kernels(fatbin)
    with pytest.raises(KernelsNotBuilt, match=r"run python -m tools\.weights\.build_kernels"):
        check_kernels(source, fatbin)


def test_the_bundled_kernels_are_read():
    assert kernels.read_kernels() == kernels.FATBIN.read_bytes()
    assert kernels.read_kernels()[:4] == bytes.fromhex("50ed55ba")  # a fatbin's magic number


def test_the_tables_are_as_the_kernels_see_them():
    assert kernels.CROP.itemsize == 32
    assert kernels.TURN.itemsize == 52
    assert kernels.LIMB.itemsize == 16
    assert kernels.FOUND.itemsize == 26752
    assert [kernels.FOUND.fields[name][1] for name in kernels.FOUND.names] == [
        0,
        128,
        6272,
        22656,
    ]
    source = kernels.SOURCE.read_text()
    for name in (
        "MAX_PEAKS",
        "MAX_CANDIDATES",
        "MAX_JOINTS",
        "MAX_LIMBS",
        "FOUND_PEAKS",
        "FOUND_PAIRS",
    ):
        assert f"{name} = {getattr(kernels, name)}" in source
    for body in ANATOMIES.values():
        assert body.joints <= kernels.MAX_JOINTS
        assert len(body.limbs) <= kernels.MAX_LIMBS


@pytest.mark.parametrize(("height", "width"), [(1, 1), (8, 32), (9, 33), (368, 656)])
def test_grids_cover_everything(height, width):
    across, down, crops = kernels.cut_grid(3, height, width)
    assert crops == 3
    assert np.all([across * 32 >= width, (across - 1) * 32 < width])
    assert np.all([down * 8 >= height, (down - 1) * 8 < height])
    assert kernels.peaks_grid(2, 18) == (18, 2, 1)
    assert kernels.pairs_grid(2, 19) == (19, 2, 1)
    assert kernels.person_grid(4) == (17, 4, 1)


# ---- the command's own sentences, without a real nvcc


def fake_nvcc(folder, script):
    place = folder / "bin" / "nvcc"
    place.parent.mkdir()
    place.write_text("#!/bin/sh\n" + script)
    place.chmod(0o755)
    return folder


def test_without_nvcc_the_command_says_how_to_get_it(monkeypatch, capsys, tmp_path):
    for name in ("CUDA_ROOT", "CUDA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert main([]) == 2
    told = capsys.readouterr()
    assert told.err == (
        "no nvcc is found; pip install '.[kernels]', or set CUDA_ROOT to a CUDA toolkit 13\n"
    )


def test_the_named_toolkit_comes_first_then_the_wheel(monkeypatch, tmp_path):
    root = fake_nvcc(tmp_path, "echo release 13.9, V13.9.1\n")
    monkeypatch.setenv("CUDA_HOME", str(root))
    monkeypatch.delenv("CUDA_ROOT", raising=False)
    assert find_nvcc() == root / "bin" / "nvcc"
    assert nvcc_version(find_nvcc()) == "13.9.1"
    wheel = tmp_path / "packages" / "nvidia" / "cu13"
    wheel.mkdir(parents=True)
    fake_nvcc(wheel, "")
    monkeypatch.delenv("CUDA_HOME")
    monkeypatch.setattr("sys.path", [str(tmp_path / "packages")])
    assert find_nvcc() == wheel / "bin" / "nvcc"


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("exit 3", "does not run"),
        ("echo something", "tells no version"),
        ('[ "$1" = --version ] && echo V13.9.1 && exit 0; echo "k.cu(3): error: no"; exit 1',
         "nvcc refuses kernels.cu: k.cu(3): error: no"),
        ('[ "$1" = --version ] && echo V13.9.1 && exit 0; exit 1', "it gives no reason"),
        ('[ "$1" = --version ] && echo V13.9.1 && exit 0; touch kernels.fatbin',
         "does not tell of every kernel"),
    ],
)  # fmt: skip
def test_what_nvcc_cannot_do_is_a_sentence(monkeypatch, capsys, tmp_path, script, sentence):
    monkeypatch.setenv("CUDA_ROOT", str(fake_nvcc(tmp_path, script + "\n")))
    before = kernels.FATBIN.read_bytes()
    assert main([]) == main(["--check"]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told
    assert len(told.splitlines()) == 2  # one for each
    assert kernels.FATBIN.read_bytes() == before


REPORT = """ptxas info    : Compiling entry function '{name}' for '{target}'
    0 bytes stack frame, {spill} bytes spill stores, 0 bytes spill loads
ptxas info    : Used {registers} registers, used 1 barriers{shared}
"""


@pytest.mark.parametrize(
    ("spill", "registers", "good"), [(0, 64, True), (0, 65, False), (4, 40, False)]
)
def test_a_greedy_kernel_is_refused(spill, registers, good):
    report = "".join(
        REPORT.format(
            name=name, target=f"sm_{arch}", spill=spill, registers=registers,
            shared=", 800 bytes smem" if name.startswith("peaks") else "",
        )
        for arch in CUBINS for name in kernels.KERNELS
    )  # fmt: skip
    used = usage(report.splitlines())
    assert used["sm_86"]["peaks_f16"] == {
        "registers": registers, "shared_bytes": 800, "spill_loads": 0, "spill_stores": spill,
    }  # fmt: skip
    assert used["sm_120"]["pairs_f32"]["shared_bytes"] == 0
    if good:
        refuse_greedy(used)
    else:
        with pytest.raises(KernelsNotBuilt, match="takes"):
            refuse_greedy(used)


@pytest.mark.long
def test_a_file_that_cannot_be_written_is_a_sentence(built, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(build_kernels, "build_kernels", lambda: built)
    monkeypatch.setattr(build_kernels, "FATBIN", tmp_path / "nowhere" / "kernels.fatbin")
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("the kernels cannot be read or written: ")


@pytest.mark.long
def test_the_command_checks_the_repository(built, capsys, monkeypatch):
    monkeypatch.setattr(build_kernels, "build_kernels", lambda _: built)
    assert main(["--check"]) == 0
    assert "bytes" in capsys.readouterr().out
