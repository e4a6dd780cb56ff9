"""What stands in for TensorRT for RTX has the names of the installed one."""

from __future__ import annotations

import pytest

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.tensorrt_library import installed
from tests.engines.gpu import paper_tensorrt

THEIRS = {
    "Runtime": "Runtime", "Engine": "ICudaEngine", "Config": "IRuntimeConfig",
    "Cache": "IRuntimeCache", "Context": "IExecutionContext",
}  # fmt: skip
OWN = {"library", "runtime", "names", "allocation", "cache"}


@pytest.fixture(scope="module")
def rtx():
    try:
        return installed("rtx")
    except NetworkError as why:
        pytest.skip(f"nothing to compare with: {why}")


@pytest.mark.parametrize("ours", THEIRS)
def test_what_is_asked_of_the_stand_in_can_be_asked_of_the_library(rtx, ours):
    names = {name for name in vars(getattr(paper_tensorrt, ours)) if not name.startswith("_")}
    theirs = set(dir(getattr(rtx, THEIRS[ours])))
    assert names - OWN <= theirs


@pytest.mark.parametrize(
    ("enum", "member"),
    [
        ("DynamicShapesKernelSpecializationStrategy", "EAGER"),
        ("ExecutionContextAllocationStrategy", "USER_MANAGED"),
        ("BuilderFlag", "REQUIRE_USER_ALLOCATION"),
        ("TensorIOMode", "INPUT"),
        ("DataType", "FLOAT"),
        ("DataType", "HALF"),
    ],
)
def test_what_the_runner_names_is_there(rtx, enum, member):
    assert getattr(getattr(rtx, enum), member).name == member
