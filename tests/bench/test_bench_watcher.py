"""Frame to pose beside the bare network call, in one run."""

from __future__ import annotations

from statistics import median
from time import perf_counter

import numpy as np
import pytest

from kpopdance.engines.choose import BUNDLED, open_eyes
from kpopdance.engines.formats import OPENPOSE
from kpopdance.engines.openvino_runner import OpenVinoNetwork
from kpopdance.realtime.core.types import Frame
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED as SONGS
from kpopdance.realtime.pose.watcher import Watcher

pytestmark = pytest.mark.bench
FRAMES = 150
MOST = 1.25


def test_frame_to_pose_costs_little_more_than_the_network():
    song = load_pack(SONGS / "neon-steps")
    dancer, studio = DrawnDancer(song.members[song.lead]), DrawnRoom()
    watcher = Watcher(open_eyes(threads=1))
    bare = OpenVinoNetwork(BUNDLED, OPENPOSE, threads=1)
    tensor = np.random.default_rng(1).uniform(0, 255, (1, 3, 256, 256)).astype(np.float32)
    bare.infer(tensor)
    poses, calls = [], []
    for index in range(FRAMES):
        at_s = 32 + index / 30
        frame = Frame(studio.take([(dancer.joints(at_s), OUTFITS[0])], index), at_s, index)
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
