"""The delays that make races certain: each word between two threads has a slow side, and which."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future

import pytest

from tests.slow_threads import MOST_AT_A_PLACE, Delay, slow


def by_event():
    word = threading.Event()
    return word.set, word.wait


def by_semaphore():
    word = threading.Semaphore(0)
    return word.release, word.acquire


def by_condition():
    word, told = threading.Condition(), []

    def tell():
        with word:
            told.append(True)
            word.notify()

    def hear():
        with word:
            word.wait_for(lambda: told)

    return tell, hear


def by_queue():
    word = queue.Queue()
    return lambda: word.put(1), word.get


def by_simple_queue():
    word = queue.SimpleQueue()
    return lambda: word.put(1), word.get


def by_future():
    word = Future()
    return lambda: word.set_result(1), word.result


WAYS = [by_event, by_semaphore, by_condition, by_queue, by_simple_queue, by_future]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("side", ["teller", "worker"])
def test_who_is_told_is_ahead_of_a_slow_teller_and_behind_as_a_slow_worker(way, side):
    order = []
    with pytest.MonkeyPatch.context() as patch:
        slow(patch, side, Delay())
        tell, hear = way()

        def work():
            hear()
            order.append("worker")

        worker = threading.Thread(target=work)
        worker.start()
        tell()
        order.append("teller")
        worker.join()
    assert order == (["worker", "teller"] if side == "teller" else ["teller", "worker"])


def test_a_thread_begins_before_a_slow_teller_goes_on_and_later_as_a_slow_worker():
    for side, begun in (("teller", [1]), ("worker", [])):
        with pytest.MonkeyPatch.context() as patch:
            slow(patch, side, Delay())
            done = []
            worker = threading.Thread(target=lambda done=done: done.append(1))
            worker.start()
            assert done == begun
            worker.join()
            assert done == [1]


def test_a_place_is_slow_some_times_in_each_test(monkeypatch):
    slept, delay = [], Delay()
    monkeypatch.setattr("tests.slow_threads.sleep", slept.append)
    for times in (1, 2):
        for _ in range(99):
            delay.here()
        assert len(slept) == times * MOST_AT_A_PLACE
        delay.anew()
