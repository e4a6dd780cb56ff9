"""Work beside the window; what became of a camera's pictures is counted truthfully."""

from __future__ import annotations

import threading
import weakref

import numpy as np
import pytest

from kpopdance.realtime.core.ports import Deliveries
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.shell.beside import _IDLE, Attending, beside


def attended(seen, *, every_s, fps, before=0):
    """Look at a camera of ``fps`` every so many seconds; ``seen`` says who was there each time."""
    attending, given, told = Attending(), Deliveries(), []
    for _ in range(before):
        given = given.after(0.0)
    at = 0
    for k, there in enumerate(seen):
        while at / fps <= k * every_s + 1e-9:
            given = given.after(at / fps)
            at += 1
        frame = Frame(np.zeros((2, 2, 3), np.uint8), (at - 1) / fps, at)
        attending.note(frame, seen=there, delivered=given)
        told.append(attending.now)
    return told


@pytest.mark.parametrize("every_s", [0.1, 0.3, 0.5])
@pytest.mark.parametrize("before", [0, 900])  # a camera that stayed open between songs
def test_pictures_looks_and_absence_are_counted(every_s, before):
    looks = round(6 / every_s)
    there = [not 2.0 <= k * every_s < 4.0 for k in range(looks)]
    told = attended(there, every_s=every_s, fps=30, before=before)
    assert told[-1].delivered == pytest.approx(30 * every_s * (looks - 1) + 1, abs=1)
    assert told[-1].looked_at == looks
    assert told[-1].look_s == pytest.approx(every_s)
    assert told[-1].nobody_s == 0
    assert max(now.nobody_s for now in told) == pytest.approx(2.0, abs=every_s)
    assert told[-1].absent_s == pytest.approx(2.0, abs=every_s)


def test_a_camera_that_does_not_count_delivered_what_was_taken():
    attending = Attending()
    for k in range(3):
        attending.note(
            Frame(np.zeros((2, 2, 3), np.uint8), 0.1 * k, 9 * k), seen=False, delivered=None
        )
    now = attending.now
    assert (now.delivered, now.looked_at) == (3, 3)
    assert (now.nobody_s, now.absent_s) == (pytest.approx(0.2), pytest.approx(0.2))


def test_what_is_made_beside_takes_a_thread_that_is_idle_and_keeps_nothing():
    class Made:
        """Something large."""

    before = threading.active_count()
    for _ in range(20):
        kept = beside(Made).result(timeout=60)
        assert _IDLE.acquire(timeout=60)  # it is idle again
        _IDLE.release()
    assert threading.active_count() <= before + 1
    gone = weakref.ref(kept)
    del kept
    assert gone() is None


def test_who_is_stuck_beside_holds_nobody_up():
    ending = threading.Event()
    stuck = [beside(ending.wait) for _ in range(3)]
    assert beside(lambda: "made").result(timeout=60) == "made"
    ending.set()
    assert [one.result(timeout=60) for one in stuck] == [True] * 3
