"""Makes the races between threads certain; ``make races`` runs the tests of what has threads with it.

On one computer a worker is always a little faster than who waits for it, on another always a little
slower, and a test that passes by that fails for good on the other. Loaded by ``-p tests.slow_threads``
and by nothing else, it plays both: with ``--slow teller`` a thread sleeps whenever it has told another
something (an event set, a semaphore or a condition let go, something put into a queue, a future's
result, a thread begun), so that the other is far ahead; with ``--slow worker`` every thread but the
first sleeps before it begins and before each such word.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections import Counter
from concurrent import futures
from pathlib import Path
from time import sleep

import pytest

SIDES = ("teller", "worker")
SLEEP_S = 0.025
MOST_AT_A_PLACE = 12  # sleeps at one line in one test: thousands of words would take for ever
WITHIN = {str(Path(file)) for file in (__file__, threading.__file__, queue.__file__)}
WITHIN |= {str(file) for file in Path(futures.__file__).parent.glob("*.py")}


class Delay:
    """Sleeps where it is called from, some times at each place."""

    def __init__(self):
        self._slept = Counter()

    def anew(self):
        self._slept.clear()

    def here(self):
        place = _place()
        if place is not None and self._slept[place] < MOST_AT_A_PLACE:
            self._slept[place] += 1
            sleep(SLEEP_S)

    def of_worker(self):
        if threading.get_ident() != threading.main_thread().ident:
            self.here()


def _place():
    """The line of ours that tells or asks; None where it is a library's, or a thread's first sign."""
    frame, name = sys._getframe(2), ""
    while frame is not None and frame.f_code.co_filename in WITHIN:
        if frame.f_code.co_name == "_bootstrap_inner" and name != "run":
            return None  # it tells who began it that it lives
        frame, name = frame.f_back, frame.f_code.co_name
    if frame is None:
        return "a pool's worker"
    file = frame.f_code.co_filename
    return None if "site-packages" in file else (file, frame.f_lineno)


def slow(patch, side, delay):
    """Let all that is begun and told from now on be slow on one side."""
    (_slow_tellers if side == "teller" else _slow_workers)(patch, delay)


def _slow_tellers(patch, delay):
    told, condition = threading.local(), threading.Condition
    notify, leave, start = condition.notify, condition.__exit__, threading.Thread.start

    def notified(self, n=1):
        notify(self, n)
        # who takes something out of a queue tells of room in it, for which nobody waits
        told.now = sys._getframe(1).f_code is not queue.Queue.get.__code__

    def left(self, *why):
        leave(self, *why)
        if getattr(told, "now", False):
            told.now = False
            delay.here()

    def started(self):
        start(self)
        delay.here()

    class Telling(queue.SimpleQueue):
        def put(self, *args, **kwargs):
            super().put(*args, **kwargs)
            delay.here()

    # event, semaphore, queue, future: all of them tell by a condition
    patch.setattr(condition, "notify", notified)
    patch.setattr(condition, "__exit__", left)
    patch.setattr(threading.Thread, "start", started)
    patch.setattr(queue, "SimpleQueue", Telling)


def _slow_workers(patch, delay):
    enter, start = threading.Condition.__enter__, threading.Thread.start

    def entered(self):
        delay.of_worker()
        return enter(self)

    def started(self):
        run = self.run

        def late():
            del self.run
            sleep(SLEEP_S)
            run()

        self.run = late
        start(self)

    class Telling(queue.SimpleQueue):
        def put(self, *args, **kwargs):
            delay.of_worker()
            super().put(*args, **kwargs)

        def get(self, *args, **kwargs):
            got = super().get(*args, **kwargs)
            delay.of_worker()
            return got

    patch.setattr(threading.Condition, "__enter__", entered)
    patch.setattr(threading.Thread, "start", started)
    patch.setattr(queue, "SimpleQueue", Telling)


def pytest_addoption(parser):
    parser.addoption(
        "--slow", choices=SIDES, default="teller", help="which side of two threads is slow"
    )


def pytest_configure(config):
    patch, delay = pytest.MonkeyPatch(), Delay()
    slow(patch, config.getoption("slow"), delay)
    config.add_cleanup(patch.undo)
    config.pluginmanager.register(_EachTest(delay))


class _EachTest:
    def __init__(self, delay):
        self._delay = delay

    def pytest_runtest_setup(self):
        self._delay.anew()
