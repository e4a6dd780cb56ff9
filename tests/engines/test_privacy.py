"""Nothing the game loads speaks to anybody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WATCHED = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        print("NETWORK", event, args)
sys.addaudithook(watch)
import numpy as np
from kpopdance.engines.choose import open_vision
vision = open_vision()
vision.see(np.zeros((120, 160, 3), np.uint8), region=None, size=(64, 64))
import kpopdance.realtime.__main__, threading, time
for thread in threading.enumerate():
    if thread is not threading.current_thread():
        thread.join(1.0)
print(vision.runtime)
"""


def test_the_network_runs_without_a_word_to_the_network(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", WATCHED], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, timeout=120,
    )  # fmt: skip
    assert "CPU" in told.stdout
    assert "NETWORK" not in told.stdout
    assert not (tmp_path / "intel").exists()
