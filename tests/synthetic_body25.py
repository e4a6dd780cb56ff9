"""Maps of OpenPose's BODY_25 painted from people whose 18 joints are known.

Names, limbs and channels are written down once more, after OpenPose's ``poseParameters.cpp``.
"""

from __future__ import annotations

import numpy as np

from kpopdance.engines.maps import Letterbox, PoseMaps
from kpopdance.realtime.core.body import JOINTS
from tests.synthetic import LIMB_CELLS, SIGMA_CELLS

NAMES = (
    "nose", "neck", "right shoulder", "right elbow", "right wrist", "left shoulder",
    "left elbow", "left wrist", "middle of the hips", "right hip", "right knee", "right ankle",
    "left hip", "left knee", "left ankle", "right eye", "left eye", "right ear", "left ear",
    "left big toe", "left small toe", "left heel", "right big toe", "right small toe",
    "right heel",
)  # fmt: skip
FIRST_CHANNEL = {  # x; y is the next
    (1, 8): 0, (9, 10): 2, (10, 11): 4, (8, 9): 6, (8, 12): 8, (12, 13): 10, (13, 14): 12,
    (1, 2): 14, (2, 3): 16, (3, 4): 18, (2, 17): 20, (1, 5): 22, (5, 6): 24, (6, 7): 26,
    (5, 18): 28, (1, 0): 30, (0, 15): 32, (0, 16): 34, (15, 17): 36, (16, 18): 38,
    (14, 19): 40, (19, 20): 42, (14, 21): 44, (11, 22): 46, (22, 23): 48, (11, 24): 50,
}  # fmt: skip
FOOT = ((10.0, 6.0), (16.0, 4.0), (-8.0, 6.0))  # px from the ankle: toes and heel


def of_25(person):
    """Joints (25, 3) of a person (18, 3): hips have a middle, ankles have feet."""
    out = np.zeros((25, 3), np.float32)
    for number, name in enumerate(JOINTS):
        out[NAMES.index(name)] = person[number]
    hips = person[[JOINTS.index("right hip"), JOINTS.index("left hip")]]
    out[8] = (*hips[:, :2].mean(axis=0), hips[:, 2].min())
    for ankle, first in ((14, 19), (11, 22)):
        for k, (dx, dy) in enumerate(FOOT):
            out[first + k] = out[ankle] + (dx, dy, 0)
    return out


def paint_25(people, size, *, box=None, image_size=None, stride=8):
    """PoseMaps (26 and 52 channels) of people float32 (P, 18, 3), px of the picture."""
    box = box or Letterbox(1, 0, 0)
    h, w = size[0] // stride, size[1] // stride
    heat = np.zeros((26, h, w), np.float32)
    limb, count = np.zeros((52, h, w), np.float32), np.zeros((52, h, w), np.float32)
    y, x = np.mgrid[:h, :w].astype(np.float32)
    for person in map(of_25, people):
        xy = (box.to_input(person[:, :2]) + 0.5) / stride - 0.5
        seen = person[:, 2] > 0
        for joint in np.flatnonzero(seen):
            far = (x - xy[joint, 0]) ** 2 + (y - xy[joint, 1]) ** 2
            spot = person[joint, 2] * np.exp(-far / (2 * SIGMA_CELLS**2))
            heat[joint] = np.maximum(heat[joint], spot)
        for (a, b), channel in FIRST_CHANNEL.items():
            length = np.hypot(*(xy[b] - xy[a]))
            if not (seen[a] and seen[b] and length > 1e-3):
                continue
            unit = (xy[b] - xy[a]) / length
            along = (x - xy[a, 0]) * unit[0] + (y - xy[a, 1]) * unit[1]
            aside = (x - xy[a, 0]) * unit[1] - (y - xy[a, 1]) * unit[0]
            on = (np.abs(aside) <= LIMB_CELLS) & (along >= -1) & (along <= length + 1)
            limb[channel : channel + 2] += on * unit[:, None, None]
            count[channel : channel + 2] += on
    heat[25] = 1 - heat[:25].max(axis=0)
    limb = (limb / np.maximum(count, 1)).astype(np.float32)
    return PoseMaps(heat, limb, box, image_size or size, stride)
