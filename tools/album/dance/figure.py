"""A dancing body in space: bones of constant length, joints that follow with their own inertia.

Lengths are body heights; x to the viewer's right, y up, z to the viewer; the floor is y = 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from kpopdance.realtime.core import body
from tools.album.dance.flesh import FOREARM, UPPER_ARM, keep_arms_out, unit
from tools.album.dance.springs import delay_s, in_good_time, sprung

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.album.dance.feet import Cue, Footwork
    from tools.album.dance.words import Arm

Floats = NDArray[np.float64]

ANKLE: Final = 0.045
SHIN: Final = 0.235
THIGH: Final = 0.235
HIP_HALF: Final = 0.06
TORSO: Final = 0.295
SHOULDER_HALF: Final = 0.1
NECK: Final = 0.115
LEG: Final = (THIGH + SHIN) * 0.995
"""A leg that stands is hardly ever quite straight."""
FACE: Final = {
    body.NOSE: (0.0, -0.006, 0.055),
    body.R_EYE: (-0.021, 0.015, 0.045),
    body.L_EYE: (0.021, 0.015, 0.045),
    body.R_EAR: (-0.045, 0.002, 0.0),
    body.L_EAR: (0.045, 0.002, 0.0),
}
"""Points of the head from its middle: to the dancer's left, up, out of the face."""

UPPER: Final = ("lean", "bow", "twist", "head", "nod", "look", "shrug_right", "shrug_left")
LOWER: Final = ("tilt", "hips", "face", "knees")
"""What key poses say in degrees of the trunk and head, and of hips and legs."""
LENGTHS: Final = ("sway", "push", "bend", "hop")
ARMS: Final = ("right", "left")
SHOULDERS: Final = ((-1.0, "right", body.R_SHOULDER), (1.0, "left", body.L_SHOULDER))
HERTZ: Final = {"torso": 5.0, "upper": 5.0, "fore": 4.2, "head": 4.0, "legs": 4.0}
"""How fast each part follows what is wanted of it: the resonance of a damped spring."""
TRAILING_S: Final = {"torso": -0.015, "upper": 0.0, "fore": 0.03, "head": 0.02, "legs": 0.0}
"""How much later than the count a part arrives: the hands follow through after the torso."""
FOLD_DEG: Final = 32.0
"""The least angle inside an elbow: a bent arm's muscles lie on each other."""
BREATH_HERTZ: Final = 0.27
BREATH_DEG: Final = 1.2
SINK_S: Final = 0.16
"""So long before a wide step the hips begin to sink."""
LONG_ARC_COS: Final = 0.5
"""Of directions further apart than this an intermediate one keeps to the arc."""
BEHIND: Final = -0.1
"""Where what two directions reach to the front, multiplied, is less, one is behind the body."""


def joints_of(
    upper: Sequence[Cue], lower: Sequence[Cue], feet: Footwork, at_s: Floats, beats: Floats
) -> NDArray[np.float64]:
    """Return (N, 18, 3) places of all joints at song seconds (N,), ``RATE`` of them a second.

    Parameters
    ----------
    upper, lower : sequence of Cue
        What the trunk, arms and head do, and what the hips and legs; rising in time, two at least.
    feet : Footwork
        Where the ankles and the hips' middle are.
    beats : (N,)
        The beat at each second, for the bounce.
    """
    flow, below = _Flow(upper, at_s), _Flow(lower, at_s)
    angle = {name: np.radians(flow.of(name)) for name in UPPER}
    angle |= {name: np.radians(below.of(name)) for name in LOWER}
    length = {name: below.of(name) / 100 for name in LENGTHS}
    breath = np.radians(BREATH_DEG) * np.sin(2 * np.pi * BREATH_HERTZ * at_s)
    angle["bow"] = angle["bow"] + 0.4 * breath
    for arm in ARMS:
        angle[f"shrug_{arm}"] = angle[f"shrug_{arm}"] + breath
    bounce = below.smooth([cue.bounce for cue in lower], "torso")
    bounce = bounce * (0.5 + 0.5 * np.cos(2 * np.pi * beats))
    points = np.zeros((len(at_s), 18, 3))
    hips = feet.middle + _turned(
        _stacked(length["sway"], 0 * at_s, length["push"]), yaw=angle["face"]
    )
    for side, hip in ((-1.0, body.R_HIP), (1.0, body.L_HIP)):
        across = np.array([side * HIP_HALF, 0.0, 0.0])
        points[:, hip] = _turned(across, roll=angle["tilt"], yaw=angle["face"] + angle["hips"])
    hips[:, 1] = _hip_height(hips, points, feet, length["bend"] + bounce, length["hop"])
    for side, hip, foot in ((-1.0, body.R_HIP, 0), (1.0, body.L_HIP, 1)):
        points[:, hip] += hips
        pole = _turned(
            _stacked(side * np.sin(angle["knees"]), 0 * at_s, np.cos(angle["knees"])),
            yaw=angle["face"] + 0.5 * angle["hips"],
        )
        ankle = feet.ankles[:, foot] + np.array([0.0, ANKLE, 0.0])
        points[:, hip + 1], points[:, hip + 2] = _leg(points[:, hip], ankle, pole)
    _upper_body(points, hips, flow, angle)
    return points


def _upper_body(points: Floats, hips: Floats, flow: _Flow, angle: dict[str, Floats]) -> None:
    """Place neck, shoulders, head and arms above the hips."""
    trunk = angle["face"] + 0.35 * angle["hips"]
    up = np.array([0.0, 1.0, 0.0])
    spine = _turned(up, pitch=angle["bow"], roll=angle["lean"], yaw=trunk)
    points[:, body.NECK] = hips + spine * TORSO
    for side, name, shoulder in SHOULDERS:
        shrug = angle[f"shrug_{name}"]
        across = _stacked(side * np.cos(shrug), np.sin(shrug), 0 * shrug)
        across = _turned(across, roll=angle["lean"], yaw=trunk + angle["twist"])
        points[:, shoulder] = points[:, body.NECK] + across * SHOULDER_HALF
    _head(points, trunk + 0.4 * angle["twist"], angle)
    for side, name, shoulder in SHOULDERS:
        upper = flow.direction(name, "upper", side)
        ways = upper, _folded(upper, flow.direction(name, "fore", side))
        for joint, way, bone in zip(
            (shoulder, shoulder + 1), ways, (UPPER_ARM, FOREARM), strict=True
        ):
            turned = _turned(
                way, pitch=0.35 * angle["bow"], roll=0.5 * angle["lean"],
                yaw=trunk + 0.7 * angle["twist"],
            )  # fmt: skip
            points[:, joint + 1] = points[:, joint] + turned * bone
    keep_arms_out(points)


def _head(points: Floats, yaw: Floats, angle: dict[str, Floats]) -> None:
    """Place the head's joints above the neck."""
    neck = _turned(
        np.array([0.0, 1.0, 0.0]), pitch=0.5 * angle["bow"] + 0.3 * angle["nod"],
        roll=0.5 * angle["lean"] + angle["head"], yaw=yaw,
    )  # fmt: skip
    forth = _turned(np.array([0.0, 0.0, 1.0]), pitch=angle["nod"], yaw=yaw + angle["look"])
    middle = points[:, body.NECK] + neck * NECK
    forth = unit(forth - neck * np.sum(forth * neck, axis=-1, keepdims=True))
    left = np.asarray(np.cross(neck, forth))
    for joint, (aside, high, out) in FACE.items():
        points[:, joint] = middle + left * aside + neck * high + forth * out


class _Flow:
    """What is wanted between the key poses, and how the body's parts follow it."""

    def __init__(self, cues: Sequence[Cue], at_s: Floats) -> None:
        self._at_s = at_s
        self._keys = [cue.key for cue in cues]
        self._times = np.array([cue.at_s for cue in cues])
        self._sharp = np.array([key.sharp / 100 for key in self._keys])

    def of(self, name: str) -> Floats:
        """Return (N,) of a key pose's number."""
        values = np.array([getattr(key, name) for key in self._keys])
        if name == "face":  # turned on, never back by the way it came
            values = np.degrees(np.unwrap(np.radians(values)))
        group = "head" if name in ("head", "nod", "look") else "torso"
        return self.smooth(values, "legs" if name == "knees" else group)

    def direction(self, arm: str, part: str, side: float) -> Floats:
        """Return unit vectors (N, 3) of an arm's bone."""
        arms: list[Arm] = [getattr(key, arm) for key in self._keys]
        ways = np.array(
            [_direction(side, getattr(one, part), getattr(one, f"{part}_tilt")) for one in arms]
        )
        return unit(self.smooth(ways, part, side))

    def smooth(self, wanted: Sequence[float] | Floats, group: str, side: float = 0.0) -> Floats:
        """Return (N,) or (N, 3): through the keys without a stop where there is none, sprung."""
        times, values = self._with_holds(np.asarray(wanted, dtype=np.float64), side)
        late_s = delay_s(HERTZ[group]) - TRAILING_S[group]
        at_s = np.clip(self._at_s + late_s, times[0], times[-1])
        target = PchipInterpolator(times, values, axis=0)(at_s)
        return sprung(target, HERTZ[group])

    def _with_holds(self, values: Floats, side: float) -> tuple[Floats, Floats]:
        """Return times and values with those held where a pose is sharp, and arcs kept."""
        times, out = [self._times[0]], [values[0]]
        for k in range(1, len(values)):
            before, gap_s = self._times[k - 1], self._times[k] - self._times[k - 1]
            if self._sharp[k]:
                times.append(before + self._sharp[k] * gap_s)
                out.append(values[k - 1])
            if values.ndim > 1 and values[k - 1] @ values[k] < LONG_ARC_COS:
                times.append((times[-1] + self._times[k]) / 2)
                out.append(_halfway(values[k - 1], values[k], side))
            times.append(self._times[k])
            out.append(values[k])
        return np.array(times), np.array(out)


def _direction(side: float, angle: float, tilt: float) -> Floats:
    """Return the unit vector of an arm's bone."""
    a, t = np.radians(angle), np.radians(tilt)
    return np.array([side * np.sin(a) * np.cos(t), -np.cos(a) * np.cos(t), np.sin(t)])


def _halfway(one: Floats, other: Floats, side: float) -> Floats:
    """Return a direction between two; by the side to the back, of opposite ones by the front."""
    middle = one + other
    if one[2] * other[2] < BEHIND:
        middle = middle + np.array([side * np.linalg.norm(middle), 0.0, 0.0])
    elif np.linalg.norm(middle) < 0.3:
        middle = middle + np.array([0.0, 0.0, 0.5])
    return np.asarray(middle / np.linalg.norm(middle))


def _folded(upper: Floats, fore: Floats) -> Floats:
    """Return the forearms (N, 3) folded no nearer to the upper arms than an elbow can."""
    back = -upper
    cos = np.sum(fore * back, axis=-1, keepdims=True)
    aside = unit(fore - back * cos)
    least = np.radians(FOLD_DEG)
    return np.where(cos > np.cos(least), back * np.cos(least) + aside * np.sin(least), fore)


def _stacked(x: Floats, y: Floats, z: Floats) -> Floats:
    return np.stack(np.broadcast_arrays(x, y, z), axis=-1)


def _turned(
    v: Floats,
    *,
    pitch: Floats | float = 0.0,
    roll: Floats | float = 0.0,
    yaw: Floats | float = 0.0,
) -> Floats:
    """Turn vectors by rad: forwards, then to the dancer's left side, then about the upright."""
    x, y, z = np.moveaxis(v, -1, 0)
    y, z = y * np.cos(pitch) - z * np.sin(pitch), z * np.cos(pitch) + y * np.sin(pitch)
    x, y = x * np.cos(roll) + y * np.sin(roll), y * np.cos(roll) - x * np.sin(roll)
    return _stacked(x * np.cos(yaw) + z * np.sin(yaw), y, z * np.cos(yaw) - x * np.sin(yaw))


def _hip_height(
    hips: Floats, points: Floats, feet: Footwork, bend: Floats, hop: Floats
) -> Floats:
    """Return (N,) y of the hips: bent as asked, and low enough for what stands."""
    limit = np.full(len(hips), np.inf)
    for hip, foot in ((body.R_HIP, 0), (body.L_HIP, 1)):
        socket = hips + points[:, hip]
        ankle = feet.ankles[:, foot]
        along = np.hypot(socket[:, 0] - ankle[:, 0], socket[:, 2] - ankle[:, 2])
        stand = ANKLE + np.sqrt(np.maximum(LEG**2 - along**2, 0.02)) - points[:, hip, 1]
        limit = np.minimum(limit, stand + 4 * ankle[:, 1])
    return np.asarray(np.minimum(ANKLE + LEG - bend + hop, in_good_time(limit, SINK_S)))


def _leg(hip: Floats, ankle: Floats, pole: Floats) -> tuple[Floats, Floats]:
    """Return knee and ankle (N, 3) of a leg; a foot in the air out of reach is pulled in."""
    reach = ankle - hip
    far = np.linalg.norm(reach, axis=-1, keepdims=True)
    length = np.minimum(far, (THIGH + SHIN) * 0.999)
    along = reach / far
    down = (THIGH**2 - SHIN**2 + length**2) / (2 * length)
    out = np.sqrt(np.maximum(THIGH**2 - down**2, 0))
    bent = unit(pole - along * np.sum(pole * along, axis=-1, keepdims=True))
    return hip + along * down + bent * out, hip + along * length
