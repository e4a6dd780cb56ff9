"""A power cut at any moment, and a disk that fills: nothing old lost, nothing half new believed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KINDS = ("scores", "replays", "packs", "masks", "engines", "settings")
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows cannot fork")


def fine(folder, seed, count, how):
    """Return kind -> how many of so many writers left all well."""
    words = [sys.executable, "-m", "tests.faults.killed", folder, seed, count, how, *KINDS]
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, timeout=900,
        cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.mark.parametrize(
    ("how", "count"),
    [
        ("kill", 2), ("full", 2), ("step", 2), pytest.param("kill", 34, marks=pytest.mark.long),
        pytest.param("step", 34, marks=pytest.mark.long),
        pytest.param("full", 34, marks=pytest.mark.long),
    ],
)  # fmt: skip
def test_whatever_is_being_written(tmp_path, how, count):
    """204 kills at random, 204 between two steps, and 204 full disks in the long run."""
    found, said = fine(tmp_path, 1, count, how)
    assert found == dict.fromkeys(KINDS, count), said
