"""Nobody's arm is another's: of two people who are given the same forearm, the surer keeps it.

Networks that look at one dancer each sometimes take a neighbour's raised arm for the dancer's own, and
are sure of it; only beside what they say of the neighbour can it be told. Hands that touch come from
different sides, and stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import L_ELBOW, L_WRIST, R_ELBOW, R_WRIST, body_size
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.tracker import apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOREARMS: Final = ((R_ELBOW, R_WRIST), (L_ELBOW, L_WRIST))
ON_ARM: Final = 0.2  # body sizes from a wrist to another's forearm
SAME_WAY: Final = 0.5  # cosine: both point the same way, within 60 degrees
SURER: Final = 0.05  # in the confidences of elbow and wrist together; less tells nothing
TWO_PEOPLE: Final = 0.5  # body sizes: nearer poses may be two of one person


def without_taken_arms(people: list[Pose]) -> list[Pose]:
    """Return the people of one picture, a wrist unseen where it is on a surer one's forearm."""
    if len(people) < 2:
        return people
    taken = taken_wrists(people)
    return [_without(pose, wrists) for pose, wrists in zip(people, taken, strict=True)]


def taken_wrists(people: list[Pose]) -> NDArray[np.bool_]:
    """Return bool (N, 2): whose right and left wrist are another's by both their arms' words."""
    arms = np.stack([pose.joints[np.array(FOREARMS)] for pose in people]).astype(np.float64)
    arms = arms.reshape(-1, 2, 3)
    sizes = np.repeat([body_size(pose.joints) or np.nan for pose in people], 2)
    elbow, along = arms[:, 0, :2], arms[:, 1, :2] - arms[:, 0, :2]
    squared = np.maximum((along**2).sum(axis=1), 1e-9)
    # [i, j]: from i's wrist to the nearest point of j's forearm
    way = arms[:, None, 1, :2] - elbow
    share = np.clip((way * along).sum(axis=2) / squared, 0, 1)
    on = np.linalg.norm(way - share[..., None] * along, axis=2) < ON_ARM * sizes[:, None]
    same_way = along @ along.T > SAME_WAY * np.sqrt(np.outer(squared, squared))
    sure = arms[..., 2].sum(axis=1)
    taken = (on | on.T) & same_way & (sure[:, None] + SURER < sure)
    for i, j in np.argwhere(taken):
        taken[i, j] = apart(people[i // 2], people[j // 2]) > TWO_PEOPLE
    return np.asarray(taken.any(axis=1).reshape(-1, 2))


def _without(pose: Pose, wrists: NDArray[np.bool_]) -> Pose:
    if not wrists.any():
        return pose
    joints = pose.joints.copy()
    joints[np.array(FOREARMS)[wrists, 1]] = (np.nan, np.nan, 0)
    return Pose(joints)
