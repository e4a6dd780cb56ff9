"""What each task of the guided song asks, and whether a player has done it: rules on poses alone.

Poses lie on a grid of ``FPS`` rows a second, px of the camera's picture. Left and right are the player's
own. Beats count from the task's first one, and go on where its bars are heard again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core import body
from kpopdance.realtime.core.track import BRIDGED_S
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.stance import READY_S, Amiss, Seeing, stance_of
from kpopdance.realtime.pose.stature import torso_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.screens.guide_view import Lit

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FPS: Final = 30
ROUND: Final = 8
"""Beats of a task's bars, after which they are heard again."""
RECALLED: Final = 2 * ROUND
"""Beats that a rule looks back."""
WRISTS: Final = [body.R_WRIST, body.L_WRIST]
SHOULDERS: Final = [body.R_SHOULDER, body.L_SHOULDER]
UPPER: Final = [body.NOSE, body.NECK, body.R_ELBOW, body.R_WRIST, body.L_ELBOW, body.L_WRIST]
RIGHT, LEFT = 0, 1

UP: Final = 0.3
"""A hand is up so far above its shoulder; all lengths are in torsos, neck to hips."""
CHEST, HIP = -0.35, -0.8
"""Below, a hand is at the chest and at the hip."""
RAISED_S: Final = 0.4
LINE: Final = 4
"""The beat at which the picture in the lane reaches its frame."""
LINE_S: Final = 0.45
BEAT_S: Final = 0.15
CLAPS: Final = 4
CLOSED, OPEN = 0.55, 0.85
"""Hands are together, and apart again."""
FREEZE, FROZEN = 4, 2
"""From which beat nobody moves, and for how many of them."""
STILL, LIVELY = 0.4, 0.5
"""How far nothing moves of who stands still, and a hand at least of who dances."""
WIDE, SMALL = 1.9, 0.75
"""How far apart the hands are of who is big, and small."""
SMALL_S: Final = 0.2
EARLY: Final = 0.5
"""Beats that one may be ahead of the coach."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was seen since a task began, its newest row last.

    Attributes
    ----------
    joints : float32 (T, 18, 3)
        On the grid; unseen is NaN.
    beat : float64 (T,)
        Of each row; from 0.
    beat_s : float
        How long one lasts.
    size : (int, int)
        Width and height of the picture, px.
    seated : bool
        Whether the player sits.
    """

    joints: NDArray[np.float32]
    beat: Floats
    beat_s: float
    size: tuple[int, int] = (640, 480)
    seated: bool = False

    @property
    def torso(self) -> float:
        """How long the player's is, px; NaN where nobody was seen."""
        torsos = torso_of(self.joints)
        return float(np.median(torsos[torsos > 0])) if (torsos > 0).any() else np.nan

    @property
    def lifted(self) -> Floats:
        """How far the right and the left hand are above their shoulder, (T, 2), torsos."""
        y = self.joints[..., 1].astype(float)
        above: Floats = (y[:, SHOULDERS] - y[:, WRISTS]) / self.torso
        return above

    @property
    def apart(self) -> Floats:
        """How far the hands are apart, (T,), torsos."""
        way = self.joints[:, body.R_WRIST, :2] - self.joints[:, body.L_WRIST, :2]
        apart: Floats = np.linalg.norm(way.astype(float), axis=-1) / self.torso
        return apart

    @property
    def up(self) -> Mask:
        """Whether the right and the left hand are up, (T, 2)."""
        up: Mask = self.lifted > UP
        return up

    def between(self, first: float, until: float) -> Mask:
        """Return which rows lie between two beats of the round now, (T,)."""
        at = self.beat - ROUND * np.floor(self.beat[-1] / ROUND)
        rows: Mask = (at >= first) & (at < until)
        return rows


class Told(NamedTuple):
    """Whether a task is done, how far it is, 0..1, and what the player may do, as it is said."""

    done: bool
    share: float = 0.0
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that is asked: a sentence, and the rule that knows whether it was done.

    ``glows`` are the player's joints that it is about.
    """

    sentence: str
    rule: Callable[[Seen], Told]
    lit: Lit = "coach"
    glows: tuple[int, ...] = ()


def seen_of(
    track: PoseTrack, begin_s: float, now_s: float, beat_s: float
) -> tuple[NDArray[np.float32], Floats]:
    """Return the rows (T, 18, 3) of a track up to a second, and the beat (T,) of each.

    ``begin_s`` is when the task's first beat was.
    """
    since_s = max(begin_s, now_s - RECALLED * beat_s)
    rows = max(round((now_s - since_s) * FPS), 0) + 1
    at_s = now_s - np.arange(rows)[::-1] / FPS
    return track.rows(at_s, BRIDGED_S), (at_s - begin_s) / beat_s


# the rules


def stand(seen: Seen) -> Told:
    """Tell whether all of the player is in the picture, for a second."""
    seeing = Seeing(seen.size)
    body_seen = "seated" if seen.seated else "whole"
    held = 0.0
    for share in (0.0, 1 / 3, 2 / 3, 1.0):
        row = round(share * READY_S * FPS)
        if row >= len(seen.joints):
            break
        amiss = stance_of([Pose(seen.joints[-1 - row])], seeing, body=body_seen).amiss
        if amiss is not Amiss.NOTHING:
            return Told(False, 0.0, _(amiss.value))
        held = share
    return Told(held >= 1.0, held)


def raise_hand(seen: Seen) -> Told:
    """Tell whether the right hand is up."""
    up = seen.up
    held = _held_s(up[:, RIGHT])
    if held > 0:
        return Told(held >= RAISED_S, min(held / RAISED_S, 1.0))
    if up[-1, LEFT]:
        return Told(False, 0.0, _("That is your other hand: lift the one that glows."))
    return Told(False, 0.0, _where(float(seen.lifted[-1, RIGHT])))


def _where(lifted: float) -> str:
    """Return where the right hand is seen."""
    if not np.isfinite(lifted):
        return _("I do not see your glowing hand: hold it away from your body.")
    if lifted < HIP:
        return _("I see your glowing hand at the hip: lift it above your head.")
    if lifted < CHEST:
        return _("I see your glowing hand at the chest: lift it above your head.")
    return _("Nearly: lift your glowing hand above your head.")


def into_the_frame(seen: Seen) -> Told:
    """Tell whether both hands go up as the picture reaches its frame."""
    up = seen.up
    rises = _begins(up[:, RIGHT] & up[:, LEFT])
    off = [(seen.beat[row] - LINE + ROUND / 2) % ROUND - ROUND / 2 for row in rises]
    if any(abs(beats) * seen.beat_s <= LINE_S for beats in off):
        return Told(True, 1.0)
    if not off:
        return Told(False, 0.0, _("Lift both hands as the picture reaches the frame."))
    seconds = off[-1] * seen.beat_s
    if seconds > 0:
        hint = _("{s:.1f} s too late: follow the picture, it comes again.", s=seconds)
    else:
        hint = _("{s:.1f} s too early: wait until the picture is in the frame.", s=-seconds)
    return Told(False, 0.0, hint)


def on_the_beat(seen: Seen) -> Told:
    """Tell whether four claps in a row come with the drum."""
    rows = _claps(seen.apart)
    off_s = [_off(seen.beat[row]) * seen.beat_s for row in rows]
    right = 0
    for late_s in reversed(off_s):
        if abs(late_s) > BEAT_S:
            break
        right += 1
    if right or not off_s:
        hint = _("Clap in front of your chest, with the drum: I count four.")
        return Told(right >= CLAPS, min(right / CLAPS, 1.0), hint)
    late_s = off_s[-1]
    if late_s > 0:
        return Told(False, 0.0, _("{s:.1f} s too late: clap with the drum.", s=late_s))
    return Told(False, 0.0, _("{s:.1f} s too early: clap with the drum.", s=-late_s))


def hold_still(seen: Seen) -> Told:
    """Tell whether who danced stands still when the music stops."""
    dancing = seen.between(1, FREEZE)
    if not dancing.any() or _moved(seen, WRISTS, dancing) < LIVELY:
        return Told(False, 0.0, _("Dance first, and freeze when the music stops."))
    now = seen.beat[-1] % ROUND
    still = 0.0
    for share in (0.25, 0.5, 0.75, 1.0):
        beats = share * FROZEN
        since = seen.beat >= seen.beat[-1] - beats
        if now - beats < FREEZE - EARLY or _moved(seen, UPPER, since) > STILL:
            break
        still = share
    hint = _("You still move: freeze when the music stops.")
    return Told(still >= 1.0, still, hint)


def big_and_small(seen: Seen) -> Told:
    """Tell whether both arms are wide, and then small."""
    wide = np.flatnonzero(seen.apart > WIDE)
    if not len(wide):
        return Told(False, 0.0, _("Bigger: stretch both arms out to the sides."))
    small: Mask = (seen.apart < SMALL) & (seen.lifted.min(axis=1) > HIP)
    small[: wide[0]] = False
    done = _longest_s(small)
    hint = _("Now small: both hands to your chest.")
    return Told(done >= SMALL_S, 0.5 + 0.5 * min(done / SMALL_S, 1.0), hint)


def same_side(seen: Seen) -> Told:
    """Tell whether one hand, then the other is up while the coach's is, which is as in a mirror."""
    up, first, then = seen.up, seen.between(0, FREEZE + EARLY), seen.between(FREEZE, ROUND)
    left, right = _alone(up, LEFT, first), _alone(up, RIGHT, then)
    wrong = _alone(up, RIGHT, first) or _alone(up, LEFT, seen.between(FREEZE + 1, ROUND))
    hint = _("Lift one hand, then the other, with the coach.")
    if wrong:
        hint = _("The other hand: the one on the coach's side, as in a mirror.")
    return Told(left and right, 0.5 * left + 0.5 * right, hint)


def _alone(up: Mask, hand: int, rows: Mask) -> bool:
    """Return whether one hand alone was up (T, 2) for a while, in some of the rows."""
    only = up[:, hand] & ~up[:, 1 - hand] & rows
    return _longest_s(only) >= RAISED_S / 2


def _held_s(mask: Mask) -> float:
    """Return for how long a mask (T,) has been true up to its end, s."""
    false = np.flatnonzero(~mask)
    return float(len(mask) - 1 - (false[-1] if len(false) else -1)) / FPS


def _longest_s(mask: Mask) -> float:
    """Return for how long a mask (T,) was true at most without a break, s."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return float((edges[1::2] - edges[::2]).max() / FPS) if len(edges) else 0.0


def _begins(mask: Mask) -> list[int]:
    """Return the rows at which a mask (T,) becomes true."""
    return (np.flatnonzero(mask[1:] & ~mask[:-1]) + 1).tolist()


def _claps(apart: Floats) -> list[int]:
    """Return the rows at which hands that were apart come together."""
    rows, ready = [], True
    for row, now in enumerate(apart[:-1]):
        if now > OPEN:
            ready = True
        elif ready and now < CLOSED and not apart[row + 1] < now:
            rows.append(row)
            ready = False
    return rows


def _off(beat: float) -> float:
    """Return how far a beat is after the nearest whole one."""
    return beat - round(beat)


def _moved(seen: Seen, joints: list[int], rows: Mask) -> float:
    """Return how far any of some joints came in some rows, torsos; 0 where none was seen."""
    places = seen.joints[rows][:, joints, :2]
    known = np.isfinite(places)
    low = np.where(known, places, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, places, -np.inf).max(axis=0, initial=-np.inf)
    return float(max((high - low).max(), 0.0) / seen.torso)


TASKS: Final = (
    Task(N_("Stand so that all of you is in the picture."), stand, "camera"),
    Task(N_("This is you. Lift the hand that glows!"), raise_hand, "camera", (body.R_WRIST,)),
    Task(N_("Both hands up when the picture reaches the frame!"), into_the_frame, "lane"),
    Task(N_("Clap with the drum!"), on_the_beat, "coach", tuple(WRISTS)),
    Task(N_("Dance – and freeze when the music stops!"), hold_still),
    Task(N_("As big as you can – then small!"), big_and_small, "coach", tuple(WRISTS)),
    Task(N_("The coach is your mirror: the same side!"), same_side, "coach", tuple(WRISTS)),
)  # fmt: skip
"""In the order of the song's parts; the one after them is a dance, judged as such."""
DANCE_WORDS: Final = N_("Now dance with the coach!")
