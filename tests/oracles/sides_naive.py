"""A hidden Markov model of two states by adding up every path; Rabiner (1989), equation 17.

As seen is state 0, swapped is 1. A frame that keeps the state costs ``same``, one that changes it
``other`` and the change itself; as seen gains ``belief`` in every frame.
"""

from __future__ import annotations

import math
from itertools import product


def log_odds(prior, frames, change):
    """Log odds of as seen after frames (same, other, belief), ``prior`` those before the first."""
    likely = [0.0, 0.0]
    for path in product((0, 1), repeat=len(frames) + 1):
        log = prior if path[0] == 0 else 0.0
        for before, after, (same, other, belief) in zip(path, path[1:], frames, strict=False):
            log += -same if before == after else change - other
            log += belief if after == 0 else 0.0
        likely[path[-1]] += math.exp(log)
    return math.log(likely[0]) - math.log(likely[1])
