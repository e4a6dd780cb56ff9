from __future__ import annotations

import threading

import numpy as np

from kpopdance.realtime.core.ports import Deliveries
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.slot import FrameSlot, Slot


def test_the_newest_wins_and_drops_are_counted():
    slot = Slot()
    assert slot.take(0) is None
    for value in range(5):
        slot.put(value)
    assert slot.dropped == 4
    assert slot.take(0) == 4
    assert slot.take(0) is None
    slot.put(9)
    assert slot.take(0) == 9
    assert slot.dropped == 4


def test_falsy_values_are_values():
    slot = Slot()
    slot.put(0)
    slot.put(0)
    assert slot.dropped == 1
    assert slot.take(0) == 0


def test_who_waits_is_woken():
    slot, got = Slot(), []
    taker = threading.Thread(target=lambda: got.append(slot.take(600)))
    taker.start()
    slot.put("frame")
    taker.join(60)  # for longer, were it not woken
    assert got == ["frame"]


def test_between_two_threads_nothing_is_lost_twice_or_out_of_order():
    slot, got = Slot(), []
    done = threading.Event()

    def take():
        while (value := slot.take(0.01)) is not None or not done.is_set():
            if value is not None:
                got.append(value)

    taker = threading.Thread(target=take)
    taker.start()
    for value in range(1, 20_001):
        slot.put(value)
    done.set()
    taker.join(60)
    assert got == sorted(set(got))
    assert got[-1] == 20_000
    assert len(got) + slot.dropped == 20_000


def test_a_camera_s_slot_counts_what_nobody_took():
    slot = FrameSlot()
    for k, at_s in enumerate((0.0, 0.1, 0.6, 0.7)):
        slot.put(Frame(np.zeros((2, 2, 3), np.uint8), at_s, k))
    assert (slot.dropped, slot.deliveries) == (3, Deliveries(4, 0.7, ((0.1, 0.6),)))
