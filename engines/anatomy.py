"""What bottom-up networks call a body: their joints, limbs and part-affinity channels."""

from __future__ import annotations

from typing import Final, NamedTuple

NECK: Final = 1  # the root of every body's tree

LIMBS: Final = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11),
    (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17), (2, 16), (5, 17),
)  # fmt: skip
"""From joint, to joint; OpenPose's order. The last two only join what the others found."""

LIMB_CHANNELS: Final = (
    (12, 13), (20, 21), (14, 15), (16, 17), (22, 23), (24, 25), (0, 1), (2, 3), (4, 5), (6, 7),
    (8, 9), (10, 11), (28, 29), (30, 31), (34, 35), (32, 33), (36, 37), (18, 19), (26, 27),
)  # fmt: skip
"""Part-affinity channels (x, y) of each limb."""


class Anatomy(NamedTuple):
    """What a bottom-up network calls a body.

    Attributes
    ----------
    joints : int
        How many; the heat map after the last one is the background.
    limbs, channels : tuple of (int, int)
        From joint, to joint; the part-affinity channels (x, y) of each.
    supports : tuple of int
        Limbs that join what the others found and never found a person.
    ours : tuple of int
        For each of our 18 joints the network's.
    only_theirs : tuple of (int, int)
        Left and right of joints that we do not have.
    """

    joints: int
    limbs: tuple[tuple[int, int], ...]
    channels: tuple[tuple[int, int], ...]
    supports: tuple[int, ...]
    ours: tuple[int, ...]
    only_theirs: tuple[tuple[int, int], ...] = ()

    def tree(self) -> tuple[int, ...]:
        """Return the limbs that, from the neck outwards, reach every joint once."""
        reached, limbs = {NECK}, []
        while more := [
            k for k, (a, b) in enumerate(self.limbs)
            if k not in self.supports and a in reached and b not in reached
        ]:  # fmt: skip
            limbs.append(more[0])
            reached.add(self.limbs[more[0]][1])
        return tuple(limbs)


COCO_18: Final = Anatomy(18, LIMBS, LIMB_CHANNELS, (17, 18), tuple(range(18)))

BODY_25: Final = Anatomy(
    25,
    (
        (1, 8), (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (8, 9), (9, 10), (10, 11),
        (8, 12), (12, 13), (13, 14), (1, 0), (0, 15), (15, 17), (0, 16), (16, 18), (2, 17),
        (5, 18), (14, 19), (19, 20), (14, 21), (11, 22), (22, 23), (11, 24),
    ),
    (
        (0, 1), (14, 15), (22, 23), (16, 17), (18, 19), (24, 25), (26, 27), (6, 7), (2, 3),
        (4, 5), (8, 9), (10, 11), (12, 13), (30, 31), (32, 33), (36, 37), (34, 35), (38, 39),
        (20, 21), (28, 29), (40, 41), (42, 43), (44, 45), (46, 47), (48, 49), (50, 51),
    ),
    (18, 19),
    (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18),
    ((19, 22), (20, 23), (21, 24)),
)  # fmt: skip
"""OpenPose's newer body with a middle of the hips and feet; its ``poseParameters.cpp``."""

ANATOMIES: Final = {19: COCO_18, 26: BODY_25}
"""By the number of heat maps."""
