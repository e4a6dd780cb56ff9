"""Pose maps as a GPU's kernels leave them: peaks, and the strength of all pairs."""

from __future__ import annotations

import numpy as np

from kpopdance.engines.anatomy import ANATOMIES
from kpopdance.engines.maps import FAINT, Candidates
from kpopdance.realtime.pose.skeletons import SAMPLE_THRESHOLD, affinity, find_peaks, too_long


def candidates_of(maps):
    """The candidates of maps, limb after limb."""
    body = ANATOMIES[maps.heats]
    peaks = find_peaks(maps.heat, FAINT)
    strength, support = [], []
    for (a, b), channels in zip(body.limbs, body.channels, strict=True):
        starts, ends = peaks.xy[peaks.joint == a], peaks.xy[peaks.joint == b]
        lines = np.repeat(starts, len(ends), axis=0), np.tile(ends, (len(starts), 1))
        along = affinity(maps.limb, np.tile(channels, (len(lines[0]), 1)), *lines)
        strength.append(along.mean(axis=1) + too_long(maps.limb, *lines))
        support.append((along > SAMPLE_THRESHOLD).sum(axis=1))
    return Candidates(
        peaks.joint, peaks.xy, peaks.height, np.concatenate(strength).astype(np.float32),
        np.concatenate(support).astype(np.uint8), maps.heats, maps.box, maps.image_size, maps.stride,
    )  # fmt: skip
