"""People before a menu, as networks see them: everyday acts, dances, and hands raised to choose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core import body
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.live_filter import LiveFilter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.pose.pointing import RaisedHand

    Floats = NDArray[np.float64]
    Place = tuple[float, float]

LOOKS_A_SECOND: Final = 10.0
UPPER_ARM, FOREARM, SHOULDER, HIP = 0.56, 0.52, 0.33, 0.20
"""Torsos."""
FACE: Final = {
    body.NOSE: (0.0, -0.40), body.R_EYE: (-0.07, -0.46), body.L_EYE: (0.07, -0.46),
    body.R_EAR: (-0.14, -0.43), body.L_EAR: (0.14, -0.43),
}  # fmt: skip
LEGS: Final = (body.R_KNEE, body.R_ANKLE, body.L_KNEE, body.L_ANKLE)
HANGS: Final = (0.08, -1.06)
STANDS, LATELY = 0.06, 4  # of the window in so many looks: the ring no longer comes
OFF: Final = 0.08  # of the window: who sees the ring so near to what is meant holds still


@dataclass(frozen=True, slots=True)
class Player:
    """Who stands there: torso px, where in the picture their neck is, px, and how well they are seen.

    ``noise`` torsos of each joint in each look, ``lost`` the share of looks that see nobody, ``wild`` of
    those that see a wrist elsewhere; ``forward`` how much shorter an upper arm looks that points at the
    camera.
    """

    torso_px: float = 90.0
    neck: Place = (320.0, 150.0)
    seated: bool = False
    noise: float = 0.02
    lost: float = 0.02
    wild: float = 0.01
    forward: float = 0.0

    def pose(
        self, right: Place, left: Place, *, lean: float = 0.0, sway: float = 0.0
    ) -> Floats:
        """Return joints (18, 3) px with wrists (outward, upward) of their shoulders, torsos.

        ``lean`` is how far the shoulders are beside the hips, ``sway`` the whole body, torsos.
        """
        joints = np.full((18, 3), 1.0)
        neck = np.array([lean + sway, 0.0])
        joints[body.NECK, :2] = neck
        for joint, place in FACE.items():
            joints[joint, :2] = neck + place
        sides = (
            (-1, right, (body.R_SHOULDER, body.R_ELBOW, body.R_WRIST), body.R_HIP),
            (1, left, (body.L_SHOULDER, body.L_ELBOW, body.L_WRIST), body.L_HIP),
        )  # fmt: skip
        for side, wrist, arm, hip in sides:
            shoulder = neck + np.array([side * SHOULDER, 0.03])
            joints[list(arm), :2] = shoulder + _arm(wrist, 1 - self.forward) * (side, -1)
            joints[hip, :2] = (side * HIP + sway, 1.0)
            joints[hip + 1, :2] = (side * (HIP + 0.03) + sway, 1.85)
            joints[hip + 2, :2] = (side * (HIP + 0.05) + sway, 2.63)
        joints[:, :2] = joints[:, :2] * self.torso_px + self.neck
        if self.seated:
            joints[list(LEGS)] = (np.nan, np.nan, 0)
        return joints

    def seen(self, joints: Floats, rng: np.random.Generator) -> Pose | None:
        """Return what a look sees of a body (18, 3) px; None: nobody."""
        if rng.uniform() < self.lost:
            return None
        out = joints.copy()
        out[:, :2] += rng.normal(0, self.noise * self.torso_px, (18, 2))
        if rng.uniform() < self.wild:
            wrist = rng.choice((body.R_WRIST, body.L_WRIST))
            out[wrist, :2] += rng.normal(0, 0.6 * self.torso_px, 2)
        return Pose(out.astype(np.float32))


def _arm(wrist: Place, long: float) -> Floats:
    """Return shoulder, elbow and wrist (3, 2), outward and upward of the shoulder: the elbow low."""
    to, upper = np.array(wrist), UPPER_ARM * long
    away, reach = float(np.linalg.norm(to)) or 1e-6, 0.999 * (upper + FOREARM)
    to, away = (to * reach / away, reach) if away >= reach else (to, away)
    along = min(max((upper**2 - FOREARM**2 + away**2) / (2 * away), -upper), upper)
    aside = float(np.sqrt(upper**2 - along**2))
    way = to / away
    elbows = [way * along + aside * turn * np.array([-way[1], way[0]]) for turn in (-1.0, 1.0)]
    elbow = min(elbows, key=lambda at: at[1] - 0.3 * at[0])
    return np.stack([np.zeros(2), elbow, to])


@dataclass(frozen=True, slots=True)
class Act:
    """Something done before a menu: places of the right and of the left wrist in turn.

    ``jitter`` is how far each place is elsewhere every time, torsos; ``lean`` of the shoulders.
    """

    right: tuple[Place, ...] = (HANGS,)
    left: tuple[Place, ...] = (HANGS,)
    held_s: tuple[float, float] = (1.0, 5.0)
    way_s: tuple[float, float] = (0.35, 0.7)
    jitter: float = 0.08
    lean: float = 0.0


BY_HEAD: Final = ((-0.12, 0.32), (-0.02, 0.55), (-0.15, 0.7), (-0.28, 0.25))
ACTS: Final = {
    "stands": Act(held_s=(3.0, 12.0), jitter=0.03),
    "telephones": Act(right=((-0.13, 0.33), (-0.10, 0.30)), held_s=(4.0, 15.0)),
    "types on a phone": Act(((-0.3, -0.35),), ((-0.3, -0.35),), (3.0, 10.0)),
    "films with one hand": Act(((-0.18, 0.25), (-0.1, 0.15)), held_s=(3.0, 10.0)),
    "films with both hands": Act(((-0.25, 0.25),), ((-0.25, 0.25),), (3.0, 10.0)),
    "strokes hair": Act(BY_HEAD, held_s=(0.4, 2.5)),
    "strokes hair with both hands": Act(BY_HEAD, BY_HEAD, (0.4, 2.5)),
    "drinks": Act(((-0.25, 0.22), HANGS, (-0.3, -0.4)), held_s=(0.8, 3.0)),
    "adjusts glasses": Act(((-0.3, 0.42), HANGS), held_s=(0.3, 1.5)),
    "stretches up": Act(((0.0, 1.08), (0.15, 1.05)), ((0.0, 1.08), (0.15, 1.05)), (1.0, 4.0)),
    "stretches aside": Act(((-0.25, 1.02),), ((0.12, -0.85),), (1.5, 4.0), lean=0.45),
    "stretches one arm up": Act(((0.03, 1.09), HANGS), held_s=(1.0, 4.0)),
    "claps": Act(
        ((-0.34, 0.0), (0.05, 0.05)), ((-0.34, 0.0), (0.05, 0.05)), (0.0, 0.05), (0.15, 0.3)
    ),
    "claps over the head": Act(
        ((-0.3, 0.9), (0.3, 0.8)), ((-0.3, 0.9), (0.3, 0.8)), (0.0, 0.05), (0.2, 0.4)
    ),
    "waves": Act(((0.05, 0.5), (0.45, 0.4)), held_s=(0.0, 0.1), way_s=(0.2, 0.4)),
    "high five": Act((HANGS, (0.1, 0.6)), held_s=(0.1, 0.5), way_s=(0.2, 0.4)),
    "crosses arms": Act(((-0.6, -0.4),), ((-0.6, -0.4),), (2.0, 8.0)),
    "hands on hips": Act(((0.1, -0.85),), ((0.1, -0.85),), (2.0, 8.0)),
    "leans on a wall": Act(((0.75, 0.45),), held_s=(3.0, 10.0), jitter=0.04),
    "scratches the neck": Act(((-0.28, 0.2), HANGS), held_s=(0.5, 2.0)),
    "points at the screen": Act(((-0.05, 0.0), (0.1, 0.1), HANGS), held_s=(0.5, 2.0)),
    "warms up, arm circles": Act(
        ((0.0, 1.0), (1.0, 0.0), HANGS), ((0.0, 1.0), (1.0, 0.0), HANGS), (0.0, 0.05), (0.2, 0.4)
    ),
    "one hand in the air to music": Act(
        ((0.1, 0.8), (0.3, 0.55)), held_s=(0.0, 0.15), way_s=(0.2, 0.35)
    ),
}  # fmt: skip
"""By the right hand; the other half of the time by the left."""


def acted(
    act: Act, player: Player, rng: np.random.Generator, length_s: float
) -> Iterator[tuple[float, Pose | None]]:
    """Return looks of somebody who does it, at seconds."""
    mirrored = bool(rng.integers(2))
    gone_s, at_s = 0.0, 0.0
    here, number = (HANGS, HANGS), 0
    while at_s < length_s:
        there: tuple[Place, Place] = tuple(
            tuple(rng.normal(places[number % len(places)], act.jitter))
            for places in (act.right, act.left)
        )  # type: ignore[assignment]  # two places of two numbers
        way_s, held_s = rng.uniform(*act.way_s), rng.uniform(*act.held_s)
        lean = act.lean * rng.uniform(0.8, 1.2)
        while at_s < gone_s + way_s + held_s:
            share = _eased((at_s - gone_s) / way_s)
            right, left = (_between(*ends, share) for ends in zip(here, there, strict=True))
            sway = 0.04 * np.sin(0.9 * at_s) + 0.02 * np.sin(2.3 * at_s)
            joints = player.pose(right, left, lean=lean * share, sway=float(sway))
            if mirrored:
                joints = body.mirrored(joints.astype(np.float32), 639.0).astype(np.float64)
            yield at_s, player.seen(joints, rng)
            at_s += 1 / LOOKS_A_SECOND * rng.uniform(0.9, 1.1)
        gone_s, here, number = at_s, there, number + 1


def danced(
    rows: NDArray[np.float32], fps: float, player: Player, rng: np.random.Generator
) -> Iterator[tuple[float, Pose | None]]:
    """Return looks of somebody who dances these joints (T, 18, 3) px."""
    player = replace(player, torso_px=_torso_px(rows))
    at_s = rng.uniform(0, 1 / LOOKS_A_SECOND)
    while at_s < (len(rows) - 1) / fps:
        yield at_s, player.seen(rows[int(at_s * fps)].astype(np.float64), rng)
        at_s += 1 / LOOKS_A_SECOND * rng.uniform(0.9, 1.1)


def _torso_px(rows: NDArray[np.float32]) -> float:
    hips = (rows[:, body.R_HIP, :2] + rows[:, body.L_HIP, :2]) / 2
    return float(np.nanmedian(np.linalg.norm(rows[:, body.NECK, :2] - hips, axis=1)))


def steadied(
    looks: Iterator[tuple[float, Pose | None]],
) -> Iterator[tuple[float, Pose | None]]:
    """Return looks as the watching steadies them."""
    steady = LiveFilter()
    for at_s, pose in looks:
        yield at_s, None if pose is None else steady.step(pose, at_s)


def _eased(share: float) -> float:
    """Return how far a hand is on its way (Flash and Hogan 1985: minimum jerk)."""
    x = min(max(share, 0.0), 1.0)
    return x**3 * (10 - 15 * x + 6 * x * x)


def _between(start: Place, end: Place, share: float) -> Place:
    """Return the place a share of the way from one to the other."""
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


@dataclass(frozen=True, slots=True)
class Chooser:
    """Somebody who raises a hand, waits for the ring, brings it to a place and holds it there.

    ``right``: which hand; ``target`` the place, 0..1 of the window; ``reacts_s`` how late they see
    where the ring is, ``tremor`` torsos.
    """

    player: Player
    right: bool
    target: Place
    reacts_s: float = 0.25
    tremor: float = 0.012
    raise_s: float = 0.4
    way_s: float = 0.45

    def looks(
        self, hand: RaisedHand, reach: tuple[Place, Place], rng: np.random.Generator
    ) -> Iterator[tuple[float, Place | None]]:
        """Return where their hand points, look by look, (0..1, 0..1) or None."""
        (low, high), (bottom, top) = reach
        hello = (rng.uniform(0.2, 0.45), rng.uniform(0.25, 0.5))
        start, going, gone_s, at_s = HANGS, hello, 0.0, 0.0
        seen: list[tuple[float, Place]] = []
        filtered = LiveFilter()
        while True:
            way_s = self.raise_s if start == HANGS else self.way_s
            share = _eased((at_s - gone_s) / way_s)
            now = _between(start, going, share)
            wrist = (now[0] + rng.normal(0, self.tremor), now[1] + rng.normal(0, self.tremor))
            both = (wrist, HANGS) if self.right else (HANGS, wrist)
            pose = self.player.seen(self.player.pose(*both), rng)
            steady = None if pose is None else filtered.step(pose, at_s)
            pointing = hand.step(steady, at_s)
            if pointing is not None:
                seen.append((at_s, (pointing.x, pointing.y)))
            told = [place for then_s, place in seen if then_s <= at_s - self.reacts_s]
            lately = np.ptp(told[-LATELY:], axis=0) if len(told) >= LATELY else np.ones(2)
            stands = lately.max() < STANDS
            if stands and share >= 1:
                off = np.subtract(self.target, told[-1])
                if np.abs(off).max() > OFF and at_s > gone_s + way_s + self.reacts_s:
                    outward = (1 if self.right else -1) * off[0] * (high - low)
                    upward = -off[1] * (top - bottom)
                    start, gone_s = now, at_s
                    going = (now[0] + outward, now[1] + upward)
            yield at_s, None if pointing is None else (pointing.x, pointing.y)
            at_s += 1 / LOOKS_A_SECOND
