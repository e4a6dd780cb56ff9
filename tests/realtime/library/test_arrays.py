"""Arrays are read whole however many threads read at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kpopdance.realtime.library import arrays


def test_one_thread_reads_headers_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "one.npz"
    np.savez(path, number=np.arange(3))
    within, most = [], []
    read_header = arrays.npy.read_array_header_1_0

    def slowly(content, **more):
        within.append(1)
        time.sleep(0.005)
        most.append(len(within))
        within.pop()
        return read_header(content, **more)

    monkeypatch.setattr(arrays.npy, "read_array_header_1_0", slowly)
    with ThreadPoolExecutor(3) as threads:
        read = list(threads.map(lambda _: arrays.arrays_in(path, ["number"], 4096), range(6)))
    assert [list(each["number"]) for each in read] == [[0, 1, 2]] * 6
    assert set(most) == {1}
