"""The GPU fails in the middle of a song: others see the same frame, and say why."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.fallback import LastingPersonEye, LastingUprightEye, LastingVision
from kpopdance.engines.gpu.device import GpuError
from kpopdance.engines.maps import Upright
from kpopdance.engines.ports import Eyes, Finder, PersonFinder, UprightFinder

PICTURE = np.zeros((8, 8, 3), np.uint8)
LOST = GpuError("the GPU is lost; start the game again")


class Eye:
    """Answers every look with its name, until it fails."""

    def __init__(self, name, *, fails_at=np.inf, error=LOST):
        self.name, self.runtime, self.reason = name, f"{name} runtime", f"{name} was there"
        self.failure, self.looks, self.closed = "", 0, 0
        self._fails_at, self._error = fails_at, error

    def _look(self, image, **asked):
        self.looks += 1
        if self.looks >= self._fails_at:
            raise self._error
        return self.name, asked

    see = see_person = see_upright = _look

    def close(self):
        self.closed += 1


class GpuEye(Eye):
    def find(self, image, **asked):
        return "found", *self._look(image, **asked)

    find_person = find_upright = find


SPAN = {"region": None, "size": (8, 8)}
KINDS = {
    "vision": (LastingVision, "find", "see", SPAN, Finder),
    "person": (
        LastingPersonEye, "find_person", "see_person", {"region": (0, 0, 8, 8)}, PersonFinder,
    ),
    "upright": (
        LastingUprightEye, "find_upright", "see_upright",
        {"upright": Upright((4, 4), (0, -1), 8)}, UprightFinder,
    ),
}  # fmt: skip
kinds = pytest.mark.parametrize(
    ("lasting", "find", "see", "asked", "port"), KINDS.values(), ids=KINDS
)


@kinds
def test_when_the_gpu_fails_others_see_the_same_frame(lasting, find, see, asked, port, caplog):
    gpu, cpu, told = GpuEye("gpu", fails_at=3), Eye("cpu"), []

    def open_other(why):
        told.append(why)
        return cpu

    eye = lasting(gpu, open_other)
    assert isinstance(eye, port)
    assert getattr(eye, find)(PICTURE, **asked) == ("found", "gpu", asked)
    assert getattr(eye, see)(PICTURE, **asked) == ("gpu", asked)
    assert (eye.name, eye.runtime, eye.reason) == ("gpu", "gpu runtime", "gpu was there")
    assert Eyes(eye).failure == Eyes(Eye("x"), {"x": eye}).failure == ""
    with caplog.at_level(logging.WARNING):
        assert getattr(eye, find)(PICTURE, **asked) == ("cpu", asked)
    assert told == ["gpu runtime failed: the GPU is lost; start the game again"]
    assert Eyes(eye).failure == Eyes(Eye("x"), {"x": eye}).failure == "the GPU is lost"
    assert [record.getMessage() for record in caplog.records] == told
    assert (eye.name, eye.runtime, eye.reason) == ("cpu", "cpu runtime", "cpu was there")
    assert getattr(eye, see)(PICTURE, **asked) == ("cpu", asked)
    assert (gpu.looks, gpu.closed, cpu.looks, len(told)) == (3, 1, 2, 1)


@kinds
def test_all_who_looked_when_the_gpu_failed_see_the_same_frame(lasting, find, see, asked, port):
    together, told = threading.Barrier(3, timeout=60), []

    class Failing(GpuEye):
        def _look(self, image, **asked):
            together.wait()
            raise LOST

        see = see_person = see_upright = _look

    def open_other(why):
        told.append(why)
        return Eye("cpu")

    gpu = Failing("gpu")
    eye = lasting(gpu, open_other)
    with ThreadPoolExecutor(3) as pool:
        seen = list(pool.map(lambda _: getattr(eye, see)(PICTURE, **asked), range(3)))
    assert seen == [("cpu", asked)] * 3
    assert (len(told), gpu.closed) == (1, 1)


@kinds
def test_a_picture_that_cannot_be_used_is_not_the_gpu_s_fault(lasting, find, see, asked, port):
    gpu = GpuEye("gpu", fails_at=1, error=NetworkError("a picture is uint8"))
    eye = lasting(gpu, lambda why: pytest.fail(why))
    for look in (find, see):
        with pytest.raises(NetworkError, match="a picture is uint8"):
            getattr(eye, look)(PICTURE, **asked)
    assert eye.runtime == "gpu runtime"


@kinds
def test_where_nothing_else_works_the_reason_is_told(lasting, find, see, asked, port):
    def nothing(why):
        raise NetworkError(f"no runtime can open the network: {why}")

    eye = lasting(GpuEye("gpu", fails_at=1), nothing)
    with pytest.raises(NetworkError, match=r"no runtime.*the GPU is lost"):
        getattr(eye, find)(PICTURE, **asked)
