"""Waiting for what another thread does: as long as the slowest computer takes."""

from __future__ import annotations

import threading
from time import perf_counter

PATIENCE_S = 60.0  # only a test that fails waits so long


def until(true, *, step=lambda: None, every_s=0.002):
    """Wait for what comes surely, going a step on before it is asked for again; return it."""
    pace, ends_s = threading.Event(), perf_counter() + PATIENCE_S
    while not (found := true()):
        assert perf_counter() < ends_s, "it never comes"
        pace.wait(every_s)
        step()
    return found
