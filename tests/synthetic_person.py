"""A top-down network's maps painted from people whose joints are known."""

from __future__ import annotations

import numpy as np

from kpopdance.engines.maps import Letterbox, PersonMaps

SIGMA_CELLS = 1.5
SIDE = 256

# the network's 17 joints as joints of ours: nose, eyes, ears, then left before right, downwards
OUR_JOINT = (0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10)
TORSO = (2, 5, 8, 11)


def paint_person(people, *, box=None, image_size=(SIDE, SIDE), side=SIDE, stride=4, trust=None):
    """PersonMaps of people float32 (P, 18, 3), px of the picture, in a square input of ``side`` px.

    ``trust`` is each person's height in the centre map; 0.8 where it is not given. In every cell
    regression and offset speak of the person, the joint, that is nearest to it.
    """
    box = box or Letterbox(1, 0, 0)
    cells = np.arange(side // stride, dtype=np.float32)
    here = np.stack(np.meshgrid(cells, cells, indexing="ij"))
    places = [box.to_input(person[:, :2])[:, ::-1] / stride for person in people]
    joints = np.stack([place[list(OUR_JOINT)] for place in places])
    middles = np.stack([place[list(TORSO)].mean(axis=0) for place in places])[:, None]
    sure = np.stack([person[OUR_JOINT, 2] for person in people])
    trust = np.full(len(people), 0.8) if trust is None else np.asarray(trust)
    regression = of_nearest(cells, middles, joints)
    offset = of_nearest(cells, joints, joints)
    return PersonMaps(
        spots(cells, middles, trust[:, None])[0],
        spots(cells, joints, sure),
        (regression - here).reshape(34, *here.shape[1:]).astype(np.float32),
        (offset - here).reshape(34, *here.shape[1:]).astype(np.float32),
        box,
        image_size,
        stride,
    )


def spots(cells, yx, height):
    """Round spots (K, cells, cells) at yx (P, K, 2), the highest person's where they overlap."""
    near = np.exp(-((cells - np.round(yx)[..., None]) ** 2) / (2 * SIGMA_CELLS**2))
    high = height[..., None, None] * near[..., 0, :, None] * near[..., 1, None, :]
    return high.max(axis=0).astype(np.float32)


def of_nearest(cells, yx, told):
    """What is told (P, 17, 2) of the person whose yx (P, K, 2) is nearest to each cell."""
    said, best = 0.0, np.inf
    for near, mine in zip(yx, told[..., None, None], strict=True):
        far2 = (cells - near[..., None]) ** 2
        far2 = far2[:, 0, :, None] + far2[:, 1, None, :]
        said = np.where((far2 < best)[:, None], mine, said)
        best = np.minimum(far2, best)
    return said
