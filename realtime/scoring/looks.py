"""A choreography as few looks see it, so that like is compared with like.

A slow computer sees a dance in moments that lie apart, and what lies between two of them is bridged by
a straight line: swings look smaller and slower than they are. Seen in the same moments, so do the
coach's. Where looks follow each other closely, the choreography is taken as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.terms import BODIES
from kpopdance.realtime.core.track import BRIDGED_S, choreography_rows, resample
from kpopdance.realtime.scoring.features import FEATURE_FPS, VELOCITY_ROWS, rows_of, without
from kpopdance.realtime.scoring.standard import window_times, windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.scoring.features import Features
    from kpopdance.realtime.scoring.standard import Standard

DENSE_S: Final = 0.06  # between two looks: up to it nothing of a dance is lost


def asked_as_seen(standard: Standard, k: int, looks_s: NDArray[np.float64]) -> Features:
    """Return the window (1, R, 11) of move ``k`` as looks at song seconds (T,) see it.

    Where they lie too far apart to be bridged, it is as the choreography has it.
    """
    own = slice(k, k + 1)
    end_s = standard.end_s[own]
    times = window_times(end_s, VELOCITY_ROWS)[0]
    first, last = np.searchsorted(looks_s, (times[0], times[-1]))
    near = looks_s[max(first - 1, 0) : last + 1]
    apart = np.diff(near)
    if not ((apart > DENSE_S) & (apart <= BRIDGED_S)).any():
        return rows_of(standard.windows, own)
    at_s = np.sort(np.concatenate([near, *_beside(times, near)]))
    seen = choreography_rows(standard.dance, at_s)
    window = windows_of(lambda t: resample(at_s, seen, t, BRIDGED_S), end_s, 0)
    return without(window, BODIES[standard.terms.body])


def _beside(
    times: NDArray[np.float64], looks_s: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Return moments before the first look, behind the last, and in gaps that nothing bridges."""
    begins = np.concatenate([times[:1], looks_s])
    ends = np.concatenate([looks_s, times[-1:]])
    wide = ends - begins > BRIDGED_S
    wide[[0, -1]] = ends[[0, -1]] > begins[[0, -1]]
    return [
        np.arange(begin, end, 1 / FEATURE_FPS)[number > 0 :]
        for number, (begin, end) in enumerate(zip(begins, ends, strict=True))
        if wide[number]
    ]
