"""The One-Euro filter for one number, as in Casiez, Roussel and Vogel (CHI 2012), appendix."""

from __future__ import annotations

import math


def smooth(values, at_s, *, min_cutoff=1.5, beta=6.0, speed_cutoff=3.0):
    """Values after the filter; the first passes unchanged with speed 0."""
    out, speed = [values[0]], 0.0
    for k in range(1, len(values)):
        dt = at_s[k] - at_s[k - 1]
        a = alpha(speed_cutoff, dt)
        # as the game does it, the speed is taken against the smoothed value
        speed = a * (values[k] - out[-1]) / dt + (1 - a) * speed
        a = alpha(min_cutoff + beta * abs(speed), dt)
        out.append(a * values[k] + (1 - a) * out[-1])
    return out


def alpha(cutoff_hz, dt):
    """Weight of the new value."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * dt))
