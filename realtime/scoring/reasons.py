"""Why a move was no better: what each mark cost, in points and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_, _
from kpopdance.realtime.core.types import Reason
from kpopdance.realtime.scoring.coverage import MIN_SEEN, OFTEN_UNSEEN
from kpopdance.realtime.scoring.energy import HOLD_EFFORT
from kpopdance.realtime.scoring.features import BASE_WEIGHT, LIMB_BONES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpopdance.realtime.scoring.features import Features
    from kpopdance.realtime.scoring.marks import Marks

LEAST_MARK: Final = 0.02  # a mark of 0 alone would take all the blame from the others
LEAST_POINTS: Final = 0.1  # nothing smaller is told
TELLING: Final = 0.25  # of a unit vector, some 15 degrees: the direction is worth telling
LITTLE, MUCH = 0.6, 1.7  # of the reference's motion
MOSTLY: Final = 0.7
BONE_WORDS: Final = (
    N_("body"), N_("shoulders"), N_("head"), N_("right upper arm"), N_("right forearm"),
    N_("left upper arm"), N_("left forearm"), N_("right thigh"), N_("right shin"),
    N_("left thigh"), N_("left shin"),
)  # fmt: skip
LIMB_WORDS: Final = {
    "torso": N_("shoulders and torso"), "right_arm": N_("right arm"), "left_arm": N_("left arm"),
    "right_leg": N_("right leg"), "left_leg": N_("left leg"),
}  # fmt: skip
_SHOULDERS: Final = 1
_TRUNK: Final = LIMB_BONES["torso"]


def reasons_of(marks: Marks, reference: Features, score: float) -> tuple[Reason, ...]:
    """Return what cost the points of one move (marks of N = 1), the dearest first.

    A worth is a product of marks, so the 100 - ``score`` points are shared by the logarithms of
    the marks, and the shape's part by how much each limb lacks: the points of all reasons add up
    (but for those under a tenth of a point).
    """
    if not any(share[0] > 0 for share in marks.shares.values()):
        return (_seen(marks, 100 - score),)
    shape = float(sum(marks.shares[name][0] * marks.shapes[name][0] for name in marks.shapes))
    factors = {
        "seen": float(marks.enough[0]), "shape": shape, "timing": float(marks.timing[0]),
        "size": float(marks.size[0]), "side": float(marks.side[0]),
    }  # fmt: skip
    blame = {
        name: -float(np.log(np.clip(mark, LEAST_MARK, 1))) for name, mark in factors.items()
    }
    total = sum(blame.values())
    if total <= 0:
        return ()
    lost = {name: (100 - score) * part / total for name, part in blame.items()}
    found = [
        _seen(marks, lost["seen"]), _timing(marks, lost["timing"]), _size(marks, lost["size"]),
        Reason(
            "side", _("on the other side"), _("change sides: left is right"), lost["side"]
        ),
        *_limbs(marks, reference, lost["shape"]),
    ]  # fmt: skip
    told = [reason for reason in found if reason.points >= LEAST_POINTS]
    return tuple(sorted(told, key=lambda reason: -reason.points))


def _seen(marks: Marks, points: float) -> Reason:
    unseen = [name for name, limb in marks.compared.limbs.items() if limb.seen[0] < MIN_SEEN]
    if len(unseen) == len(LIMB_BONES) or marks.compared.coverage[0] < MIN_SEEN / 2:
        return Reason("seen", _("not seen"), _("step into the picture, head to feet"), points)
    if not unseen:
        return Reason(
            "seen", _("hard to see"), _("more light, and nothing in front of you"), points
        )
    legs = {"right_leg", "left_leg"} <= set(unseen)
    what = _("legs") if legs else _(LIMB_WORDS[unseen[0]])
    return Reason("seen", *_unseen_words(what), points)


def _unseen_words(limb: str) -> tuple[str, str]:
    return _("{limb} not seen", limb=limb), _("let the camera see your {limb}", limb=limb)


def _timing(marks: Marks, points: float) -> Reason:
    return Reason("timing", *late_words(float(marks.compared.lag_s[0])), points)


def late_words(lag_s: float) -> tuple[str, str]:
    """Return how late a dance was, and what to do."""
    ms = 1000 * abs(lag_s)
    if lag_s > 0:
        return _("late by {ms:.0f} ms", ms=ms), _("be earlier")
    return _("early by {ms:.0f} ms", ms=ms), _("wait for the beat")


def _size(marks: Marks, points: float) -> Reason:
    if marks.compared.energy.effort[0] < HOLD_EFFORT:
        return Reason("hold", _("moved in a hold"), _("stand still in the holds"), points)
    if marks.compared.energy.ratio[0] > 1:
        return Reason("size", _("too wild"), _("dance smaller, as calm as the coach"), points)
    lazy = _lazy_limb(marks)
    if lazy is not None:
        return Reason("size", *_lazy_words(_(lazy)), points)
    return Reason("size", _("too small"), _("dance bigger, reach as far as the coach"), points)


def _lazy_words(limb: str) -> tuple[str, str]:
    return _("{limb} hardly moves", limb=limb), _("move your {limb} more", limb=limb)


def _lazy_limb(marks: Marks) -> str | None:
    """Return the limb to which nearly all the missing motion is owed, None where there is none."""
    missing = {
        name: float(limb.asked[0] * max(limb.energy.effort[0] - limb.energy.restless[0], 0))
        for name, limb in marks.compared.limbs.items()
    }
    worst = max(missing, key=lambda name: missing[name])
    alone = missing[worst] > MOSTLY * sum(missing.values())
    return LIMB_WORDS[worst] if alone else None


def _limbs(marks: Marks, reference: Features, points: float) -> list[Reason]:
    lacks = {
        name: float(marks.shares[name][0] * (1 - shape[0]))
        for name, shape in marks.shapes.items()
    }
    total = max(sum(lacks.values()), 1e-9)
    facing = float(
        np.sign((reference.direction * reference.weight[..., None])[0, :, _SHOULDERS, 0].sum())
    )
    return [
        Reason(
            "limb", *_limb_words(marks, name, reference, facing or 1.0), points * lack / total
        )
        for name, lack in lacks.items()
    ]


def _limb_words(marks: Marks, name: str, reference: Features, facing: float) -> tuple[str, str]:
    """Return what is wrong with a limb and what to do: its worst bone, and which way it errs."""
    if marks.compared.limbs[name].seen[0] < 1 - OFTEN_UNSEEN:
        return _unseen_words(_(LIMB_WORDS[name]))
    bones = LIMB_BONES[name]
    likeness: NDArray[np.float64] = marks.compared.bones[0]
    bone = max(bones, key=lambda b: float(BASE_WEIGHT[b] * (1 - likeness[b])))
    word = _(BONE_WORDS[bone])
    x, y = marks.compared.aside[0, bone].tolist()
    if bone in _TRUNK:
        rows = reference.weight[0, :, bone]
        coach_x = float(
            (reference.direction[0, :, bone, 0] * rows).sum() / max(rows.sum(), 1e-9)
        )
        return _trunk_words(BONE_WORDS[bone], x, coach_x)
    out = x * facing * (-1 if name.startswith("right") else 1)
    if max(abs(out), abs(y)) > TELLING:
        if abs(y) >= abs(out):
            return _low_words(word) if y > 0 else _high_words(word)
        return _out_words(word) if out > 0 else _in_words(word)
    moved = float(marks.compared.limbs[name].energy.ratio[0])
    limb = _(LIMB_WORDS[name])
    if marks.compared.limbs[name].energy.effort[0] >= HOLD_EFFORT:
        if moved < LITTLE:
            return _lazy_words(limb)
        if moved > MUCH:
            return _("{limb} moves too much", limb=limb), _(
                "keep your {limb} calmer", limb=limb
            )
    return _differ_words(word)


def _low_words(bone: str) -> tuple[str, str]:
    return _("{bone} too low", bone=bone), _("raise your {bone}", bone=bone)


def _high_words(bone: str) -> tuple[str, str]:
    return _("{bone} too high", bone=bone), _("lower your {bone}", bone=bone)


def _out_words(bone: str) -> tuple[str, str]:
    return _("{bone} too far out", bone=bone), _("bring your {bone} in", bone=bone)


def _in_words(bone: str) -> tuple[str, str]:
    return _("{bone} too far in", bone=bone), _("bring your {bone} out", bone=bone)


def _differ_words(bone: str) -> tuple[str, str]:
    return _("{bone} differs", bone=bone), _("watch the coach's {bone}", bone=bone)


def _trunk_words(word: str, x: float, coach_x: float) -> tuple[str, str]:
    """Return the words for a bone of the trunk that lies ``x`` beside the coach's ``coach_x``."""
    if word == "body" and abs(x) > TELLING / 2:
        if abs(coach_x) > abs(coach_x + x):
            return _("body too upright"), _("lean as far as the coach")
        return _("body leans"), _("keep your body more upright")
    if word == "head" and abs(x) > TELLING:
        return _("head tilted otherwise"), _("watch the coach's head")
    if word == "shoulders":
        return _("shoulders differ"), _("watch the coach's shoulders")
    return _differ_words(_(word))
