"""What is told where a flavour of TensorRT cannot be loaded."""

from __future__ import annotations

import sys

import pytest

from kpopdance.engines.errors import NetworkError
from kpopdance.engines.gpu.tensorrt_library import installed


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        ("ImportError('no such thing')", "tensorrt_rtx is not installed"),
        ("OSError('libtensorrt_rtx.so.1: file too short')", "tensorrt_rtx cannot be loaded"),
    ],
)
def test_a_library_that_cannot_be_loaded_is_told(tmp_path, monkeypatch, raised, told):
    (tmp_path / "tensorrt_rtx.py").write_text(f"raise {raised}\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tensorrt_rtx", raising=False)
    with pytest.raises(NetworkError, match=told) as error:
        installed("rtx")
    assert str(error.value).endswith("pip install 'kpopdance[rtx]'")
