"""Pose maps painted from people whose joints are known."""

from __future__ import annotations

import numpy as np

from kpopdance.engines.anatomy import LIMB_CHANNELS, LIMBS
from kpopdance.engines.maps import Letterbox, PoseMaps
from tests import dances

SIGMA_CELLS = 1.0
LIMB_CELLS = 1.0  # half the width of a limb


def paint(people, size, *, box=None, image_size=None, stride=8):
    """PoseMaps of people float32 (P, 18, 3), px of the picture, in an input of (height, width) px."""
    box = box or Letterbox(1, 0, 0)
    h, w = size[0] // stride, size[1] // stride
    heat = np.zeros((19, h, w), dtype=np.float32)
    limb = np.zeros((38, h, w), dtype=np.float32)
    painted = np.zeros((19, h, w), dtype=np.float32)
    for person in people:
        xy = (box.to_input(person[:, :2]) + 0.5) / stride - 0.5
        seen = person[:, 2] > 0
        near_x, near_y = (
            np.exp(-((np.arange(cells) - at[seen, None]) ** 2) / (2 * SIGMA_CELLS**2))
            for cells, at in ((w, xy[:, 0]), (h, xy[:, 1]))
        )
        near_y *= person[seen, 2:]
        spots = np.float32(near_y)[:, :, None] * np.float32(near_x)[:, None]
        heat[:18][seen] = np.maximum(heat[:18][seen], spots)
        for k, (a, b) in enumerate(LIMBS):
            way = xy[b] - xy[a]
            length = np.hypot(*way)
            if seen[a] and seen[b] and length > 1e-3:
                unit = way / length
                x, y, here = around(xy[a], xy[b], LIMB_CELLS + 1, (h, w))
                along = (x - xy[a, 0]) * unit[0] + (y - xy[a, 1]) * unit[1]
                aside = (x - xy[a, 0]) * unit[1] - (y - xy[a, 1]) * unit[0]
                on = (np.abs(aside) <= LIMB_CELLS) & (along >= -1) & (along <= length + 1)
                painted[k][here] += on
                for channel, part in zip(LIMB_CHANNELS[k], unit, strict=True):
                    limb[channel][here] += on * part
    for k, channels in enumerate(LIMB_CHANNELS):
        if painted[k].max() > 1:
            limb[list(channels)] /= np.maximum(painted[k], 1)
    heat[18] = 1 - heat[:18].max(axis=0)
    return PoseMaps(heat, limb, box, image_size or size, stride)


def around(a, b, cells, size):
    """The cells of maps (height, width) around a line from a to b: their x, their y, their slices."""
    (left, right), (top, bottom) = (
        (max(int(min(one, other) - cells), 0), min(int(max(one, other) + cells) + 2, most))
        for one, other, most in zip(a.tolist(), b.tolist(), size[::-1], strict=True)
    )
    right, bottom = max(left, right), max(top, bottom)
    x, y = np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32)
    return x, y[:, None], (slice(top, bottom), slice(left, right))


def crowd(seed, count, size):
    """Joints (count, 18, 3) of people dancing side by side, px of a picture (height, width)."""
    height, width = size
    step = width / count
    out = []
    for k in range(count):
        joints = dances.song(1000 * seed + k, moves=1).joints[30].copy()
        low, high = joints[:, :2].min(axis=0), joints[:, :2].max(axis=0)
        scale = min(0.9 * height / (high - low)[1], 0.9 * step / (high - low)[0])
        middle = np.array([(k + 0.5) * step, height / 2])
        joints[:, :2] = (joints[:, :2] - (low + high) / 2) * scale + middle
        out.append(joints)
    return np.stack(out).astype(np.float32)


def random_maps(seed, *, size=(192, 256), people=0):
    """Smooth random maps, with a few people painted into them."""
    rng = np.random.default_rng(seed)
    h, w = size[0] // 8, size[1] // 8
    heat = _smooth(rng.uniform(0, 1, (19, h, w)))
    limb = 2 * _smooth(rng.uniform(0, 1, (38, h, w))) - 1
    if people:
        painted = paint(crowd(seed, people, size), size)
        heat = np.maximum(0.6 * heat, painted.heat)
        limb = 0.3 * limb + painted.limb
    return PoseMaps(heat.astype(np.float32), limb.astype(np.float32), Letterbox(1, 0, 0), size)


def _smooth(maps):
    kernel = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 2.0**2))
    for axis in (1, 2):
        maps = np.apply_along_axis(np.convolve, axis, maps, kernel, "same")
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / (high - low)
