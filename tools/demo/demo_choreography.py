"""The choreography of the demo song "Neon Steps": three members, 120 bpm, 36 bars.

Run ``python -m tools.demo.demo_choreography`` for its figures. The data come first (sections,
places, arrangement; the moves are in ``demo_moves``), the mechanics after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from kpopdance.realtime.core import body
from tools.demo import demo_moves as m

Floats = NDArray[np.float64]

BPM: Final = 120.0
BEATS_PER_BAR: Final = 4
FPS: Final = 30.0
MEMBERS: Final = 3
LEAD: Final = 0
"""The member the player copies."""
ASPECT: Final = 16 / 9

SECTIONS: Final = (
    ("intro", 4),
    ("verse", 8),
    ("pre-chorus", 4),
    ("chorus", 8),
    ("break", 4),
    ("chorus", 8),
)
"""Name and bars, in order."""

Place = tuple[float, float]
"""Body heights right of the stage's middle, and towards the viewer."""

LEFT: Final = (-0.68, 0.0)
MIDDLE: Final = (0.0, 0.0)
RIGHT: Final = (0.68, 0.0)
FRONT: Final = (0.0, 0.35)
FRONT_LEFT: Final = (-0.66, 0.35)
FRONT_RIGHT: Final = (0.66, 0.35)
BACK: Final = (0.0, -0.35)
BACK_LEFT: Final = (-0.66, -0.35)
BACK_RIGHT: Final = (0.66, -0.35)

FORMATIONS: Final[tuple[tuple[float, tuple[Place, Place, Place]], ...]] = (
    (0, (MIDDLE, LEFT, RIGHT)),
    (14, (MIDDLE, LEFT, RIGHT)),
    (20, (FRONT_LEFT, BACK, RIGHT)),
    (30, (FRONT_LEFT, BACK, RIGHT)),
    (36, (LEFT, MIDDLE, RIGHT)),
    (44, (LEFT, MIDDLE, RIGHT)),
    (52, (FRONT, BACK_LEFT, BACK_RIGHT)),
    (96, (FRONT, BACK_LEFT, BACK_RIGHT)),
    (102, (FRONT_RIGHT, LEFT, BACK)),
    (106, (FRONT_RIGHT, LEFT, BACK)),
    (112, (FRONT, BACK_LEFT, BACK_RIGHT)),
    (144, (FRONT, BACK_LEFT, BACK_RIGHT)),
)
"""At a beat, where members 0, 1, 2 stand; between unequal lines they walk."""

Manner = Literal["unison", "opposite", "canon"]
"""Opposite: member 2 mirrors. Canon: members 1 and 2 begin one and two beats later."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the arrangement: a move, how often, and how the members share it."""

    move: m.Move
    times: int = 1
    mirror: bool = False
    manner: Manner = "unison"


CHORUS: Final = (
    Phrase(m.NEON_SIGN),
    Phrase(m.NEON_SIGN, mirror=True),
    Phrase(m.KICK_SWING, 1),
    Phrase(m.HALO_SWAY, 1),
    Phrase(m.KNEE_PULL, 1),
)

ARRANGEMENT: Final = (
    Phrase(m.GROOVE, 2),
    Phrase(m.SUNRISE, manner="canon"),
    Phrase(m.STEP_CLAP, 2),
    Phrase(m.POINT),
    Phrase(m.POINT, mirror=True),
    Phrase(m.STEP_CLAP, 1),
    Phrase(m.LAMPS, 1),
    Phrase(m.LAMPS, 1, manner="opposite"),
    Phrase(m.CHEST_TURN, 1),
    Phrase(m.PALM_WAVE, 1),
    Phrase(m.BODY_ROLL, 1),
    Phrase(m.CROSS_OPEN, 1),
    Phrase(m.FREEZE_LUNGE, 1),
    *CHORUS,
    Phrase(m.POINT_FREEZE),
    Phrase(m.SHOULDER_POP),
    Phrase(m.ARM_WAVE, manner="canon"),
    Phrase(m.CLAP_UP),
    *CHORUS,
    Phrase(m.ENDING),
)

# Mechanics. Lengths in body heights; x to the viewer's right, y down, z to the viewer.

BODY_HEIGHT: Final = 0.66
"""Stage units (picture heights) of a member in the front row's middle distance."""
FLOOR_Y: Final = 0.93
SCALE_PER_DEPTH: Final = 0.14
FLOOR_PER_DEPTH: Final = 0.07
CAMERA_PITCH: Final = np.radians(6.0)

ANKLE, SHIN, THIGH = 0.045, 0.235, 0.235
HIP_HALF, TORSO, SHOULDER_HALF = 0.064, 0.295, 0.1
UPPER_ARM, FOREARM, NECK = 0.16, 0.14, 0.115
STEP_LIFT: Final = 0.03
STEP_SPEED: Final = 0.25
"""A foot that moves as fast (body heights per s) is lifted so high."""
SINK_ROWS: Final = 5
"""How many rows ahead the hips begin to sink for a wide step."""
FACE: Final = {
    body.NOSE: (0.0, -0.006, 0.055),
    body.R_EYE: (-0.021, 0.015, 0.045),
    body.L_EYE: (0.021, 0.015, 0.045),
    body.R_EAR: (-0.045, 0.002, 0.0),
    body.L_EAR: (0.045, 0.002, 0.0),
}
"""Points of the head from its middle: right, up, out of the face."""

ROWS: Final = 19
ROOT: Final = 18
"""A key is (19, 3): a unit vector per joint (the bone that ends there; the eyes: the face; the
knees: where they point), the ankles' places, and in row 18 the hips' sway and bend."""
PLACES: Final = (body.R_ANKLE, body.L_ANKLE, ROOT)
UNITS: Final = tuple(row for row in range(ROWS) if row not in PLACES)


def choreograph() -> NDArray[np.float32]:
    """Return float32 (3, T, 18, 3): all members' joints in stage units at 30 fps, 0 to 72 s."""
    bars = sum(bars for _, bars in SECTIONS)
    length_s = bars * BEATS_PER_BAR * 60 / BPM
    beats = np.arange(round(length_s * FPS) + 1) / FPS * BPM / 60
    return np.stack([_dance(member, beats) for member in range(MEMBERS)]).astype(np.float32)


def member_lead() -> int:
    """Return the index of the member the player copies."""
    return LEAD


def sections() -> tuple[tuple[str, float, float], ...]:
    """Return name, first and last song second of every section."""
    bar_s = BEATS_PER_BAR * 60 / BPM
    ends = np.cumsum([bars for _, bars in SECTIONS]) * bar_s
    return tuple(
        (name, float(end - bars * bar_s), float(end))
        for (name, bars), end in zip(SECTIONS, ends, strict=True)
    )


def moves_of_lead() -> tuple[tuple[str, float, float], ...]:
    """Return name, first and last song second of every phrase."""
    names = {id(value): name for name, value in vars(m).items() if isinstance(value, m.Move)}
    out, beat = [], 0.0
    for phrase in ARRANGEMENT:
        end = beat + phrase.move.beats * phrase.times
        name = names[id(phrase.move)].lower().replace("_", " ")
        out.append((name, beat * 60 / BPM, end * 60 / BPM))
        beat = end
    return tuple(out)


def _dance(member: int, beats: Floats) -> Floats:
    """Return one member's (T, 18, 3) stage joints."""
    at, keys, bounces = _keys_of(member)
    rows = _between(at, keys, beats)
    bounce = np.interp(beats, at, bounces) * (0.5 + 0.5 * np.cos(2 * np.pi * beats))
    rows[:, ROOT, 1] += bounce
    place = _places(member, beats)
    feet = _walk(rows, member, beats, place)
    joints = _body(rows, feet)
    scale = BODY_HEIGHT * (1 + SCALE_PER_DEPTH * place[:, 1])
    x = joints[..., 0] * scale[:, None] + ASPECT / 2 + (place[:, 0] * BODY_HEIGHT)[:, None]
    y = FLOOR_Y + FLOOR_PER_DEPTH * place[:, 1, None] + joints[..., 1] * scale[:, None]
    return np.stack([x, y, np.ones_like(x)], axis=-1)


def _keys_of(member: int) -> tuple[Floats, Floats, Floats]:
    """Return beats (K,), keys (K, 19, 3) and bounces (K,) of one member's whole dance."""
    at: list[float] = []
    keys: list[Floats] = []
    bounces: list[float] = []
    start = 0.0
    for phrase in ARRANGEMENT:
        end = start + phrase.move.beats * phrase.times
        mirror = phrase.mirror != (phrase.manner == "opposite" and member == 2)
        delay = float(member) if phrase.manner == "canon" else 0.0
        for turn in range(phrase.times):
            for beat, pose in phrase.move.keys:
                when = start + turn * phrase.move.beats + beat + delay
                if when < end:
                    key = _key(pose)
                    at.append(when)
                    keys.append(_mirrored(key) if mirror else key)
                    bounces.append(phrase.move.bounce)
        start = end
    return np.array(at), np.stack(keys), np.array(bounces)


def _key(pose: m.Pose) -> Floats:
    """Return a pose as a (19, 3) key."""
    key = np.zeros((ROWS, 3))
    torso = _turned(np.array([0.0, -1.0, 0.0]), roll=pose.lean, pitch=pose.bow)
    key[body.NECK] = torso
    key[body.NOSE] = _turned(
        np.array([0.0, -1.0, 0.0]), roll=pose.lean * 0.5 + pose.tilt, pitch=pose.bow * 0.5
    )
    face = _turned(np.array([0.0, 0.0, 1.0]), yaw=pose.look, pitch=pose.nod)
    for row in (body.R_EYE, body.L_EYE, body.R_EAR, body.L_EAR):
        key[row] = face
    for side, shoulder, arm, foot in (
        (-1.0, body.R_SHOULDER, pose.right, pose.right_foot),
        (1.0, body.L_SHOULDER, pose.left, pose.left_foot),
    ):
        across = np.array([side, 0.0, 0.0])
        key[shoulder] = _turned(across, roll=pose.lean, yaw=pose.turn)
        key[shoulder + 1] = _direction(side, arm.upper, arm.upper_tilt)
        key[shoulder + 2] = _direction(side, arm.fore, arm.fore_tilt)
        hip, knee, ankle = shoulder + 6, shoulder + 7, shoulder + 8
        key[hip] = _turned(across, roll=pose.lean * 0.3, yaw=pose.turn * 0.3)
        key[knee] = _unit(np.array([side * foot.knee_out, 0.0, 1.0]))
        key[ankle] = (side * foot.out, -foot.lift, foot.ahead)
    key[ROOT] = (pose.sway, pose.bend, 0.0)
    return key


def _mirrored(key: Floats) -> Floats:
    """Return a key with left and right swapped."""
    return np.asarray(key[[*body.MIRROR, ROOT]] * np.array([-1.0, 1.0, 1.0]))


def _direction(side: float, angle: float, tilt: float) -> Floats:
    """Return the unit vector of an arm's bone."""
    a, t = np.radians(angle), np.radians(tilt)
    return np.array([side * np.sin(a) * np.cos(t), np.cos(a) * np.cos(t), np.sin(t)])


def _turned(v: Floats, *, roll: float = 0.0, pitch: float = 0.0, yaw: float = 0.0) -> Floats:
    """Turn a vector by degrees: pitch forwards, then yaw and roll to the dancer's left."""
    r, p, w = np.radians([roll, pitch, yaw])
    x, y, z = v
    y, z = y * np.cos(p) + z * np.sin(p), z * np.cos(p) - y * np.sin(p)
    x, z = x * np.cos(w) + z * np.sin(w), z * np.cos(w) - x * np.sin(w)
    return np.array([x * np.cos(r) - y * np.sin(r), x * np.sin(r) + y * np.cos(r), z])


def _unit(v: Floats) -> Floats:
    return np.asarray(v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9))


def _between(at: Floats, keys: Floats, beats: Floats) -> Floats:
    """Return (T, 19, 3) rows eased from key to key; directions turn, places slide."""
    after = np.clip(np.searchsorted(at, beats, side="right"), 1, len(at) - 1)
    u = np.clip((beats - at[after - 1]) / (at[after] - at[after - 1]), 0, 1)
    u = np.clip((u - 0.06) / 0.9, 0, 1)
    u = (u * u * u * (u * (6 * u - 15) + 10) * 0.4 + u * u * (3 - 2 * u) * 0.6)[:, None, None]
    a, b = keys[after - 1], keys[after]
    rows = a + (b - a) * u
    cos = np.clip(np.sum(a * b, axis=-1, keepdims=True), -1, 1)[:, UNITS]
    angle = np.maximum(np.arccos(cos), 1e-6)
    one, two = a[:, UNITS], b[:, UNITS]
    turned = (np.sin((1 - u) * angle) * one + np.sin(u * angle) * two) / np.sin(angle)
    rows[:, UNITS] = _unit(turned)
    return rows


def _places(member: int, beats: Floats) -> Floats:
    """Return (T, 2): where a member stands, body heights right and towards the viewer."""
    at = np.array([beat for beat, _ in FORMATIONS])
    spots = np.array([places[member] for _, places in FORMATIONS])
    after = np.clip(np.searchsorted(at, beats, side="right"), 1, len(at) - 1)
    u = np.clip((beats - at[after - 1]) / (at[after] - at[after - 1]), 0, 1)[:, None]
    u = u * u * (3 - 2 * u)
    return np.asarray(spots[after - 1] + (spots[after] - spots[after - 1]) * u)


def _walk(rows: Floats, member: int, beats: Floats, place: Floats) -> Floats:
    """Return (T, 2, 3) ankle places from the member's spot; one foot leads."""
    feet = rows[:, [body.R_ANKLE, body.L_ANKLE]].copy()
    begin = 2 * np.floor(beats / 2)
    old = _places(member, begin)[:, 0]
    way = _places(member, begin + 2)[:, 0] - old
    for foot, side in ((0, -1.0), (1, 1.0)):
        follows = np.where(way * side < 0, 1.0, 0.0)
        u = np.clip((beats - begin - follows - 0.1) / 0.8, 0, 1)
        feet[:, foot, 0] += old + way * u * u * (3 - 2 * u) - place[:, 0]
        world = feet[:, foot, 0] + place[:, 0]
        speed = np.abs(np.gradient(world, beats))
        feet[:, foot, 1] -= STEP_LIFT * np.minimum(speed / STEP_SPEED, 1) ** 2
    return feet


def _body(rows: Floats, feet: Floats) -> Floats:
    """Return (T, 18, 2) picture points, body heights; the floor below the member is (0, 0)."""
    points = np.zeros((len(rows), 18, 3))
    hips = np.stack([rows[:, ROOT, 0], _hip_height(rows, feet), 0 * rows[:, ROOT, 0]], axis=-1)
    points[:, body.NECK] = hips + rows[:, body.NECK] * TORSO
    for side, shoulder in ((0, body.R_SHOULDER), (1, body.L_SHOULDER)):
        elbow, wrist, hip = shoulder + 1, shoulder + 2, shoulder + 6
        points[:, shoulder] = points[:, body.NECK] + rows[:, shoulder] * SHOULDER_HALF
        points[:, elbow] = points[:, shoulder] + rows[:, elbow] * UPPER_ARM
        points[:, wrist] = points[:, elbow] + rows[:, wrist] * FOREARM
        points[:, hip] = hips + rows[:, hip] * HIP_HALF
        ankle = feet[:, side] - np.array([0.0, ANKLE, 0.0])
        points[:, hip + 1], points[:, hip + 2] = _leg(points[:, hip], ankle, rows[:, hip + 1])
    _head(points, rows)
    c, s = np.cos(CAMERA_PITCH), np.sin(CAMERA_PITCH)
    return np.stack([points[..., 0], points[..., 1] * c + points[..., 2] * s], axis=-1)


def _hip_height(rows: Floats, feet: Floats) -> Floats:
    """Return (T,) y of the hips: bent as asked, and low enough for both standing feet."""
    reach = (THIGH + SHIN) * 0.995
    height = ANKLE + reach - rows[:, ROOT, 1]
    limit = np.full(len(rows), np.inf)
    for side, outward in ((0, -HIP_HALF), (1, HIP_HALF)):
        along = np.hypot(feet[:, side, 0] - rows[:, ROOT, 0] - outward, feet[:, side, 2])
        stand = ANKLE + np.sqrt(np.maximum(reach**2 - along**2, 0.1)) - 0.5 * rows[:, ROOT, 1]
        lift = -feet[:, side, 1]
        limit = np.minimum(limit, stand + lift)
    return -np.minimum(height, _softened(limit))


def _softened(limit: Floats) -> Floats:
    """Return (T,) nowhere above ``limit`` and without its sudden drops: hips sink in good time."""
    for reduce in (np.min, np.mean):
        padded = np.pad(limit, SINK_ROWS, mode="edge")
        limit = reduce(sliding_window_view(padded, 2 * SINK_ROWS + 1), axis=-1)
    return limit


def _leg(hip: Floats, ankle: Floats, pole: Floats) -> tuple[Floats, Floats]:
    """Return knee and ankle (T, 3) of legs of constant length, feet out of reach pulled in."""
    reach = ankle - hip
    far = np.linalg.norm(reach, axis=-1, keepdims=True)
    length = np.minimum(far, (THIGH + SHIN) * 0.998)
    along = reach / far
    down = (THIGH**2 - SHIN**2 + length**2) / (2 * length)
    out = np.sqrt(np.maximum(THIGH**2 - down**2, 0))
    side = _unit(pole - along * np.sum(pole * along, axis=-1, keepdims=True))
    return hip + along * down + side * out, hip + along * length


def _head(points: Floats, rows: Floats) -> None:
    """Place nose, eyes and ears."""
    middle = points[:, body.NECK] + rows[:, body.NOSE] * NECK
    up = rows[:, body.NOSE]
    face = rows[:, body.R_EYE] - up * np.sum(rows[:, body.R_EYE] * up, axis=-1, keepdims=True)
    face = _unit(face)
    across = np.asarray(np.cross(face, up))
    for joint, (right, high, out) in FACE.items():
        points[:, joint] = middle + across * right + up * high + face * out


def main() -> None:
    """Print what the choreography holds."""
    joints = choreograph()
    speed = np.linalg.norm(np.diff(joints[..., :2], axis=1), axis=-1) * FPS / BODY_HEIGHT
    print(f"rows {joints.shape}, x {joints[..., 0].min():.2f}..{joints[..., 0].max():.2f}")
    print(f"y {joints[..., 1].min():.2f}..{joints[..., 1].max():.2f} stage units")
    for joint, name in enumerate(body.JOINTS):
        print(f"{name:15s} fastest {speed[:, :, joint].max():.2f} body heights per s")


if __name__ == "__main__":
    main()
