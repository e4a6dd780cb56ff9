"""What threads have freed is the system's again."""

from __future__ import annotations

import subprocess
import sys

import pytest

psutil = pytest.importorskip("psutil")

THREADS = """
import threading
import numpy as np
import psutil
from kpopdance.realtime.devices.memory import give_memory_back

def resident_mb():
    return psutil.Process().memory_info().rss / 2**20

def work():
    together.wait()
    for _ in range(3):
        large = [np.ones(20 << 17) for _ in range(2)]
        small.append(np.ones(4096))
        del large

GIVE_BACK
song = np.ones(28 << 17)
del song
before_mb, small, together = resident_mb(), [], threading.Barrier(6)
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident_mb() - before_mb)
"""


def kept_mb(first):
    program = THREADS.replace("GIVE_BACK", first)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps are Linux's")
def test_what_threads_have_freed_goes_back():
    assert kept_mb("give_memory_back()") < 30
