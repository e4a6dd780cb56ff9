"""Minutes of a simulated evening: the tool itself works, and nobody gets stuck on a page."""

from __future__ import annotations

import os

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

import pytest

from tools.soak.simulated_evening import simulated_evening


@pytest.mark.long
def test_an_evening_comes_to_its_end():
    meter, told = simulated_evening(420.0, seed=3)
    assert len(meter.samples) == 1
    assert "dances" in told
