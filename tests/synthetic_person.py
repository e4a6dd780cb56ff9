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
    cells = side // stride
    y, x = np.mgrid[:cells, :cells].astype(np.float32)
    here = np.stack([y, x])
    joints = [box.to_input(person[OUR_JOINT, :2])[:, ::-1] / stride for person in people]
    middles = [box.to_input(person[TORSO, :2]).mean(axis=0)[::-1] / stride for person in people]
    trust = [0.8] * len(people) if trust is None else trust
    centre = [
        height * spot(here, np.round(middle))
        for middle, height in zip(middles, trust, strict=True)
    ]
    whose = np.argmin([far2(here, middle) for middle in middles], axis=0)
    regression = np.array(joints)[whose].transpose(2, 3, 0, 1) - here
    heat = np.zeros((17, cells, cells), np.float32)
    offset = np.zeros((17, 2, cells, cells), np.float32)
    for k in range(17):
        spots = [
            person[OUR_JOINT[k], 2] * spot(here, np.round(yx[k]))
            for person, yx in zip(people, joints, strict=True)
        ]
        heat[k] = np.max(spots, axis=0)
        nearest = np.argmin([far2(here, yx[k]) for yx in joints], axis=0)
        offset[k] = np.array([yx[k] for yx in joints])[nearest].transpose(2, 0, 1) - here
    return PersonMaps(
        np.max(centre, axis=0).astype(np.float32),
        heat,
        regression.reshape(34, cells, cells).astype(np.float32),
        offset.reshape(34, cells, cells),
        box,
        image_size,
        stride,
    )


def far2(here, yx):
    return (here[0] - yx[0]) ** 2 + (here[1] - yx[1]) ** 2


def spot(here, yx):
    return np.exp(-far2(here, yx) / (2 * SIGMA_CELLS**2))
