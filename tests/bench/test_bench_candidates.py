"""The computer's share of a frame on a GPU: from the bytes that come back to skeletons."""

from __future__ import annotations

import numpy as np
import pytest

from kpopdance.engines.gpu.decoding import PeopleDecoding
from kpopdance.engines.gpu.kernels import FOUND
from kpopdance.engines.maps import Letterbox
from kpopdance.realtime.pose.confidence import OPENPOSE, calibrated
from kpopdance.realtime.pose.limb_tree import complete
from kpopdance.realtime.pose.skeletons import assemble
from tests.candidates import candidates_of
from tests.synthetic import crowd, paint

pytestmark = pytest.mark.bench
SIZE = (368, 432)
PICTURE = np.zeros((720, 1280, 3), np.uint8)


@pytest.mark.parametrize("people", [1, 4])
def test_from_bytes_to_skeletons(benchmark, people):
    seen = candidates_of(paint(crowd(4, people, SIZE), SIZE))
    row = np.zeros(1, FOUND)
    row["counts"][0, :18] = np.bincount(seen.joint, minlength=18)
    row["peaks"][0, : len(seen.joint)] = np.column_stack([seen.xy, seen.height])
    row["strength"][0, : len(seen.strength)] = seen.strength
    row["support"][0, : len(seen.support)] = seen.support
    decoding = PeopleDecoding.__new__(PeopleDecoding)  # without a GPU: only its reading
    decoding.heats, decoding._joints = 19, 18
    pinned, box = np.empty_like(PICTURE), Letterbox(1.0, 0.0, 0.0)

    def frame():
        np.copyto(pinned, PICTURE)
        found = decoding.read(row.view(np.uint8), box, SIZE)
        return [calibrated(pose, OPENPOSE) for pose in complete(assemble(found), found)]

    assert len(benchmark(frame)) == people
