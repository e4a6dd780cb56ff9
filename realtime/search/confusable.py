"""Which dances are most alike: what makes a quiz hard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.track import choreography_rows
from kpopdance.realtime.scoring.features import FEATURE_FPS
from kpopdance.realtime.search.dance_index import EVERY, HZ, query_of, signature

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Choreography
    from kpopdance.realtime.search.guess import DanceLibrary

WINDOWS: Final = 5
WINDOW_S: Final = 6.0
MOST_COMPARED: Final = (
    24  # dances compared exactly for each window; the rest are less alike than these
)


def alike(library: DanceLibrary, dance: Choreography) -> dict[str, float]:
    """Return the songs most like a dance, -1..1 (1: row by row the same).

    Moments of the dance, evenly over its length, are each looked for in the whole library; a song
    counts as its mean best likeness, and with the least found where it was not looked at.
    """
    found: dict[str, list[float]] = {}
    begins = np.linspace(dance.start_s, max(dance.start_s, dance.end_s - WINDOW_S), WINDOWS)
    asked = 0
    for begin_s in begins:
        times = begin_s + np.arange(round(WINDOW_S * HZ) * EVERY) / FEATURE_FPS
        query = query_of(signature(choreography_rows(dance, times)))
        if query is None or query.energy <= 0:
            continue
        asked += 1
        best: dict[str, float] = {}
        hits = library.index.search([query], looks=MOST_COMPARED).hits
        for hit in hits:
            song = library.songs[library.song_of(hit.dance)]
            best[song] = max(best.get(song, -1.0), hit.likeness)
        for song, likeness in best.items():
            found.setdefault(song, []).append(likeness)
    least = min((min(each) for each in found.values()), default=-1.0)
    return {
        song: (sum(each) + (asked - len(each)) * least) / asked for song, each in found.items()
    }
