"""The driver's answers, from a small library of our own that stands in for it."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu import probe as cuda_probe
from kpopdance.engines.gpu.probe import Gpu, probe_gpu

DRIVER = """
#include <string.h>
int cuInit(unsigned flags) { return INIT; }
int cuDriverGetVersion(int *version) { *version = 13010; return 0; }
int cuDeviceGetCount(int *count) { *count = COUNT; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = 5; return 0; }
int cuDeviceGetName(char *name, int size, int device)
{ strncpy(name, device == 5 ? "A card" : "?", size); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device)
{ *value = attribute == 75 ? 8 : attribute == 76 ? 9 : -1; return 0; }
"""


def driver(tmp_path, monkeypatch, *, init=0, count=1):
    compiler = shutil.which("gcc")
    if compiler is None or sys.platform == "win32":
        pytest.skip("no gcc to build the stand-in driver with")
    source, library = tmp_path / "driver.c", tmp_path / "driver.so"
    source.write_text(DRIVER)
    subprocess.run(
        [
            compiler,
            "-shared",
            "-fPIC",
            f"-DINIT={init}",
            f"-DCOUNT={count}",
            "-o",
            library,
            source,
        ],
        check=True,
    )
    monkeypatch.setattr(cuda_probe, "LIBRARY", str(library))


def test_the_first_gpu_is_told(tmp_path, monkeypatch):
    driver(tmp_path, monkeypatch)
    assert probe_gpu() == Gpu("A card", "8.9", "13.1")


def test_a_driver_that_fails_is_told(tmp_path, monkeypatch):
    driver(tmp_path, monkeypatch, init=35)
    with pytest.raises(NetworkError, match="cuInit with error 35"):
        probe_gpu()


def test_a_driver_without_a_gpu_is_told(tmp_path, monkeypatch):
    driver(tmp_path, monkeypatch, count=0)
    with pytest.raises(NetworkError, match="sees no GPU"):
        probe_gpu()


def test_no_driver_is_told(monkeypatch):
    monkeypatch.setattr(cuda_probe, "LIBRARY", "no-such-driver.so")
    with pytest.raises(NetworkError, match="no NVIDIA driver"):
        probe_gpu()


@pytest.mark.parametrize(
    ("how", "words"),
    [({}, "A card, compute capability 8.9, CUDA 13.1"), ({"init": 999}, "error 999")],
)
def test_the_doctor_says_what_the_driver_says(tmp_path, monkeypatch, how, words):
    from kpopdance.realtime.commands.doctor import _gpu

    driver(tmp_path, monkeypatch, **how)
    found = _gpu()
    assert words in found["found"] + found.get("todo", "")


def test_the_doctor_asks_for_no_gpu(monkeypatch):
    from kpopdance.realtime.commands.doctor import _gpu

    monkeypatch.setattr(cuda_probe, "LIBRARY", "no-such-driver.so")
    assert _gpu() == {"found": "no NVIDIA GPU; none is needed"}


def test_a_driver_without_a_gpu_says_so_at_once(tmp_path, monkeypatch):
    """As cuInit does where none is plugged in or all are hidden."""
    driver(tmp_path, monkeypatch, init=100)
    with pytest.raises(NetworkError, match="sees no GPU; check that it is plugged in"):
        probe_gpu()
