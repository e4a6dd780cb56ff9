"""What a camera delivered is counted, whether anybody looked or not."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.realtime.core.ports import SILENCES_KEPT, Deliveries


@pytest.mark.parametrize(
    ("stamps", "silences"),
    [
        ((), ()),
        ((5.0,), ()),
        (np.arange(0, 2, 1 / 30), ()),
        (np.arange(0, 10, 0.2), ()),  # five a second are enough
        ((0.0, 0.1, 0.36, 0.4), ((0.1, 0.36),)),
        ((0.0, 3.0, 3.1, 4.0), ((0.0, 3.0), (3.1, 4.0))),
    ],
)
def test_silences_are_where_a_camera_delivered_nothing(stamps, silences):
    given = Deliveries()
    for at_s in stamps:
        given = given.after(float(at_s))
    assert given.pictures == len(stamps)
    assert given.newest_s == (float(stamps[-1]) if len(stamps) else None)
    assert given.silences == silences


def test_the_newest_silences_are_kept():
    given = Deliveries()
    for k in range(3 * SILENCES_KEPT):
        given = given.after(float(k))
    assert len(given.silences) == SILENCES_KEPT
    assert given.silences[-1] == (3 * SILENCES_KEPT - 2, 3 * SILENCES_KEPT - 1)
