"""Frame to pose beside the bare network call, in one run."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np
import pytest

from engines.choose import BUNDLED, open_eyes
from engines.maps import OPENPOSE
from engines.openvino_runner import OpenVinoNetwork
from realtime.devices.drawn import LOOKS, Studio
from realtime.pure.dancer import Dancer
from realtime.pure.types import Frame
from realtime.songpack import BUNDLED as SONGS
from realtime.songpack import load_pack
from realtime.watcher import Watcher

pytestmark = pytest.mark.bench
FRAMES = 150
MOST = 1.25


def test_frame_to_pose_costs_little_more_than_the_network():
    song = load_pack(SONGS / "neon-steps")
    dancer, studio = Dancer(song.members[song.lead]), Studio()
    watcher = Watcher(open_eyes(threads=1))
    bare = OpenVinoNetwork(BUNDLED, OPENPOSE, threads=1)
    tensor = np.random.default_rng(1).uniform(0, 255, (1, 3, 256, 256)).astype(np.float32)
    bare.infer(tensor)
    poses, calls = [], []
    for index in range(FRAMES):
        at_s = 32 + index / 30
        frame = Frame(studio.take([(dancer.joints(at_s), LOOKS[0])], index), at_s, index)
        began = perf_counter()
        watcher.watch(frame)
        between = perf_counter()
        bare.infer(tensor)
        poses.append(between - began)
        calls.append(perf_counter() - between)
    ratio = median(poses[5:]) / median(calls[5:])
    print(f"\nframe to pose {1000 * median(poses[5:]):.1f} ms, bare call "
          f"{1000 * median(calls[5:]):.1f} ms, ratio {ratio:.3f}")  # fmt: skip
    assert ratio <= MOST
