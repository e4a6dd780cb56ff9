from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.search.confusable import alike
from kpopdance.realtime.search.guess import DanceLibrary
from tests import dances

DANCES = {f"song-{k}": dances.song(k, moves=16) for k in range(5)}


@pytest.fixture(scope="module")
def library():
    library = DanceLibrary()
    for slug, dance in DANCES.items():
        library.add(slug, (dance,))
    # one that is song-2 but for its arms' noise, and half of it song-3
    joints = dances.noisy(DANCES["song-2"].joints.copy(), 1, px=0.01)
    half = min(len(joints), len(DANCES["song-3"].joints)) // 2
    joints[half : 2 * half] = DANCES["song-3"].joints[half : 2 * half]
    library.add("medley", (Choreography(joints, DANCES["song-2"].fps),))
    return library


def test_a_dance_is_most_like_itself_then_like_what_it_is_made_of(library):
    told = alike(library, DANCES["song-2"])
    ranked = sorted(told, key=lambda slug: -told[slug])
    assert ranked[:2] == ["song-2", "medley"]
    assert told["song-2"] == pytest.approx(1.0, abs=0.02)
    assert told["song-2"] > told["medley"] > max(told[s] for s in ranked[2:])
    assert set(told) == {*DANCES, "medley"}


def test_a_dance_nobody_is_seen_in_is_like_nothing(library):
    joints = np.full((300, 18, 3), np.nan, np.float32)
    joints[..., 2] = 0
    assert alike(library, Choreography(joints, 30.0)) == {}
    assert alike(DanceLibrary(), DANCES["song-1"]) == {}


def test_a_dance_shorter_than_a_window_is_compared_too(library):
    short = Choreography(
        DANCES["song-4"].joints[: int(3 * DANCES["song-4"].fps)], DANCES["song-4"].fps
    )
    told = alike(library, short)
    assert max(told, key=told.get) == "song-4"
