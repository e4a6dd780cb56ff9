"""The score's parts by loops over single bones: what the docstrings and the README say, in floats.

A dance is ``rows[row][bone]`` of ``Bone``; bones come in the order torso, shoulders, head, right
upper arm, right forearm, left ones, right thigh, right shin, left ones. Limbs and windows are
taken one at a time.
"""

from __future__ import annotations

import itertools
import math
from collections import namedtuple
from statistics import median

Bone = namedtuple("Bone", "dx dy vx vy weight")
Energy = namedtuple("Energy", "ratio effort restless")
Limb = namedtuple("Limb", "likeness energy asked seen whole")
Compared = namedtuple("Compared", "likeness lag_s energy coverage enough limbs bones aside")
Marked = namedtuple("Marked", "shapes shares enough timing size side limb_sizes shape worth")

FPS = 30.0
BAND = 10
BASE = (0.5, 0.4, 0.3, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6, 0.6, 0.6)
LIMBS = {
    "torso": (0, 1, 2), "right_arm": (3, 4), "left_arm": (5, 6),
    "right_leg": (7, 8), "left_leg": (9, 10),
}  # fmt: skip
ENDS = (
    (1, None),
    (2, 5),
    (1, 0),
    (2, 3),
    (3, 4),
    (5, 6),
    (6, 7),
    (8, 9),
    (9, 10),
    (11, 12),
    (12, 13),
)
WANDER = 0.5  # 1/s of a standing body
HOLD = 0.1


def describe(joints, fps):
    """The rows of bones of joints ``joints[row][joint] = (x, y, confidence)``."""
    seen = [[_bone(pose, *ends) for ends in ENDS] for pose in joints]
    typical = []
    for bone in range(11):
        known = sorted(math.hypot(row[bone][0], row[bone][1]) for row in seen if row[bone])
        typical.append(known[(len(known) - 1) // 2] if known else 0.0)
    still = [[_trusted(found, typical[bone]) for bone, found in enumerate(row)] for row in seen]
    return [
        [_turning(still, row, bone, fps) for bone in range(11)] for row in range(len(still))
    ]


def _bone(pose, start, end):
    """Length in x and y and the confidence of the less sure end; None where an end is unseen."""
    tips = [pose[start]]
    if end is None:  # the middle of the hips, as sure as the less sure hip
        right, left = pose[8], pose[11]
        tips.append(
            ((right[0] + left[0]) / 2, (right[1] + left[1]) / 2, min(right[2], left[2]))
        )
    else:
        tips.append(pose[end])
    sure = min(tip[2] for tip in tips)
    if not sure > 0 or any(math.isnan(tip[0]) for tip in tips):
        return None
    return tips[1][0] - tips[0][0], tips[1][1] - tips[0][1], sure


def _trusted(found, typical):
    """Trust grows from confidence 0.3 to 0.7, and from nothing to 0.35 of the usual length."""
    if found is None:
        return Bone(0.0, 0.0, 0.0, 0.0, 0.0)
    x, y, sure = found
    length = math.hypot(x, y)
    trust = _unit((sure - 0.3) / 0.4) * _unit(length / (0.35 * typical))
    return Bone(x / length, y / length, 0.0, 0.0, trust)


def _turning(still, row, bone, fps):
    here = still[row][bone]
    if row < 2 or row + 2 >= len(still):
        return here
    for first, last in (
        (-2, 2), (-1, 1), (-2, 1), (-1, 2), (-2, 0), (0, 2), (-1, 0), (0, 1),
    ):  # fmt: skip
        before, after = still[row + first][bone], still[row + last][bone]
        if before.weight > 0 and after.weight > 0:
            seconds = (last - first) / fps
            return here._replace(
                vx=(after.dx - before.dx) / seconds, vy=(after.dy - before.dy) / seconds
            )
    return here


def mirror_image(rows):
    """What a mirror shows: right is left, x runs the other way."""
    swap = {3: 5, 4: 6, 5: 3, 6: 4, 7: 9, 8: 10, 9: 7, 10: 8}
    out = []
    for row in rows:
        seen = []
        for bone in range(11):
            old = row[swap.get(bone, bone)]
            turn = (
                -1 if bone == 1 else 1
            )  # from the right to the left shoulder, also in a mirror
            seen.append(
                Bone(-turn * old.dx, turn * old.dy, -turn * old.vx, turn * old.vy, old.weight)
            )
        out.append(seen)
    return out


def asked_weight(reference):
    """What is asked of each bone ``[row][bone]``: base, motion within the window, trust."""
    moves = []
    for bone in range(11):
        total = sum(_speed(row[bone]) * row[bone].weight for row in reference)
        moves.append(total / len(reference))
    most = max([*moves, WANDER])
    out = []
    for row in reference:
        asked = []
        for bone in range(11):
            still = 1 / 3
            share = still + (1 - still) * moves[bone] / most
            asked.append(BASE[bone] * share * row[bone].weight)
        out.append(asked)
    return out


def bone_likeness(a, b):
    """Angle (45 degrees leave 1/e), mixed with velocity by up to 0.3 for the fast."""
    cosine = max(-1.0, min(1.0, a.dx * b.dx + a.dy * b.dy))
    degrees = math.degrees(math.acos(cosine))
    pose = 1 / math.exp((degrees / 45) ** 2)
    apart = math.hypot(a.vx - b.vx, a.vy - b.vy)
    agreement = 1 - apart / (_speed(a) + _speed(b) + 1)
    faster = max(_speed(a), _speed(b))
    motion = 0.3 * faster / (faster + 1)
    return pose - motion * pose + motion * agreement


def energy(reference, player, ask, bones=range(11)):
    """Ratio of the motion seen of both, the reference's own and the player's, 1/s."""
    whole = whole_weight = theirs = ours = weight = 0.0
    for wanted, danced, asked in zip(reference, player, ask, strict=True):
        for bone in bones:
            whole += asked[bone] * _motion(wanted[bone])
            whole_weight += asked[bone]
            if danced[bone].weight > 0:
                theirs += asked[bone] * _motion(wanted[bone])
                ours += asked[bone] * _motion(danced[bone])
                weight += asked[bone]
    restless = _per(ours, weight)
    return Energy(_per(restless, _per(theirs, weight)), _per(whole, whole_weight), restless)


def energy_credit(danced, full):
    """Full from ``full`` of the size on; a hold asks for stillness only, the wild earn nothing."""
    asked = danced.restless / danced.ratio if danced.ratio > 0 else danced.effort
    fine = 0.3 + 2.0 * asked  # where both were seen
    none = 1.3 + 3.2 * asked
    tame = 1 - _unit((danced.restless - fine) / (none - fine))
    if danced.effort < HOLD:
        return tame
    return tame * min(danced.ratio / full, 1.0)


def timing_credit(lag_s, on_time_s, too_late_s):
    """1 when on time, half of it half way, 0 when too late; early is as bad as late."""
    away = abs(lag_s)
    if away <= on_time_s:
        return 1.0
    if away >= too_late_s:
        return 0.0
    return math.cos(math.pi / 2 * (away - on_time_s) / (too_late_s - on_time_s)) ** 2


def enough(asked, row):
    """How far three fifths of what a row asks were seen."""
    seen = sum(ask * _visible(bone) for ask, bone in zip(asked, row, strict=True))
    return _unit(_per(seen, sum(asked)) / 0.6)


def _visible(bone):
    """A quarter of the trust is seen as well as the whole."""
    return _unit(4 * bone.weight)


def lag_costs(reference, player, ask):
    """Costs ``[row][lag]``: unlikeness times the row's importance; ``player`` has 10 rows more."""
    usual = sum(map(sum, ask)) / len(ask)
    costs = []
    for row, (wanted, asked) in enumerate(zip(reference, ask, strict=True)):
        costs.append([])
        for lag in range(-BAND, BAND + 1):
            danced = player[row + BAND + lag]
            alike = _row_likeness(wanted, danced, asked) * enough(asked, danced)
            costs[-1].append((1 - alike) * sum(asked) / max(usual, 1e-9))
    return costs


def _row_likeness(wanted, danced, asked):
    weights = [ask * bone.weight for ask, bone in zip(asked, danced, strict=True)]
    alike = [bone_likeness(a, b) for a, b in zip(wanted, danced, strict=True)]
    return _per(sum(w * like for w, like in zip(weights, alike, strict=True)), sum(weights))


def lag_of(costs, path, weights):
    """The lag in s: the cheapest constant one within two rows of the path's weighted median."""
    total = sum(weights)
    if total == 0:
        return 0.0
    middle = min(
        column
        for column in path
        if sum(w for at, w in zip(path, weights, strict=True) if at <= column) >= total / 2
    )
    return _cheapest(costs, range(middle - 2, middle + 3))


def lag_of_seen(costs, path, ask, sees):
    """The same where rows count by how far they were seen: the median also by what they ask."""
    weights = [sum(asked) * see for asked, see in zip(ask, sees, strict=True)]
    told = [[cost * see for cost in row] for row, see in zip(costs, sees, strict=True)]
    return lag_of(told, path, weights)


def _cheapest(costs, columns):
    lags = len(costs[0])
    mean = [sum(row[lag] for row in costs) / len(costs) for lag in range(lags)]
    best = min((c for c in columns if 0 <= c < lags), key=lambda column: mean[column])
    at = float(best)
    if 0 < best < lags - 1:
        down, up = mean[best] - mean[best - 1], mean[best + 1] - mean[best]
        if up - down > 1e-6:  # the parabola's slope is zero between the two slopes' places
            at += max(-1.0, min(1.0, -down / (up - down) - 0.5))
    return (at - BAND) / FPS


def compare(reference, player, path, judged_rows):
    """What one window gave, given the path (columns): the last rows are judged."""
    ask = asked_weight(reference)
    matched = [player[row + column] for row, column in enumerate(path)]
    sees = [enough(asked, row) for asked, row in zip(ask, matched, strict=True)]
    lag_s = lag_of_seen(lag_costs(reference, player, ask), path, ask, sees)
    if energy(reference, matched, ask).restless < HOLD:
        lag_s = 0.0
    last = slice(len(reference) - judged_rows, None)
    reference, matched, ask, sees = reference[last], matched[last], ask[last], sees[last]
    whole = sum(map(sum, ask))
    alike = seen = 0.0
    for wanted, danced, asked, see in zip(reference, matched, ask, sees, strict=True):
        alike += sum(asked) * see * _row_likeness(wanted, danced, asked)
        seen += sum(asked) * see
    found = sum(_looked_at(matched, ask, [bone]) for bone in range(11))
    return Compared(
        _per(alike, whole), lag_s, energy(reference, matched, ask), _per(found, whole),
        _per(seen, whole),
        {name: _limb(reference, matched, ask, bones) for name, bones in LIMBS.items()},
        [_limb(reference, matched, ask, [bone]).likeness for bone in range(11)],
        [_aside(reference, matched, ask, bone) for bone in range(11)],
    )  # fmt: skip


def _looked_at(matched, ask, bones):
    """How much is asked of the bones as far as they were seen."""
    return sum(
        asked[bone] * _visible(row[bone])
        for row, asked in zip(matched, ask, strict=True)
        for bone in bones
    )


def _limb(reference, matched, ask, bones):
    alike = trusted = whole = 0.0
    for wanted, danced, asked in zip(reference, matched, ask, strict=True):
        for bone in bones:
            weight = asked[bone] * danced[bone].weight
            alike += weight * bone_likeness(wanted[bone], danced[bone])
            trusted += weight
            whole += asked[bone]
    seen = _looked_at(matched, ask, bones) / whole if whole > 0 else 1.0
    danced = energy(reference, matched, ask, bones)
    return Limb(_per(alike, trusted), danced, trusted, seen, whole)


def _aside(reference, matched, ask, bone):
    x = y = trusted = 0.0
    for wanted, danced, asked in zip(reference, matched, ask, strict=True):
        weight = asked[bone] * danced[bone].weight
        x += weight * (danced[bone].dx - wanted[bone].dx)
        y += weight * (danced[bone].dy - wanted[bone].dy)
        trusted += weight
    return [_per(x, trusted), _per(y, trusted)]


def marks(right, mirrored_likeness, floor, terms):
    """The marks of one window: ``right`` Compared, ``floor`` limb -> likeness of the mean pose.

    ``terms`` has ``ceiling``, ``on_time_s``, ``too_late_s`` and ``full_energy``.
    """
    shapes, weights, sizes = {}, {}, {}
    for name, limb in right.limbs.items():
        low = min(floor[name], 0.85)
        high = max(terms.ceiling, low + (1 - low) / 2)
        away = _kept_away(right.limbs, name) * limb.whole
        shapes[name] = _unit((limb.likeness - low) / (high - low))
        shapes[name] *= _per(limb.asked, limb.asked + away)
        weights[name] = (limb.asked + away) * max(1 - floor[name], 0.05)
        bold = _unit(limb.energy.ratio / terms.full_energy)
        sizes[name] = 1.0 if limb.energy.effort < HOLD else bold
    shares = {name: _per(weight, sum(weights.values())) for name, weight in weights.items()}
    timing = timing_credit(right.lag_s, terms.on_time_s, terms.too_late_s)
    moved = [limb.energy.effort * limb.whole for limb in right.limbs.values()]
    shown = [
        motion * (1 - _kept_away(right.limbs, name))
        for motion, name in zip(moved, right.limbs, strict=True)
    ]
    share = sum(shown) / sum(moved) if sum(moved) > 0 else 1.0
    size = energy_credit(
        right.energy._replace(ratio=right.energy.ratio * share), terms.full_energy
    )
    side = 1 - _unit((mirrored_likeness - right.likeness - 0.1) / 0.2)
    shape = right.enough * sum(shares[name] * shapes[name] for name in shapes)
    return Marked(
        shapes, shares, right.enough, timing, size, side, sizes, shape,
        shape * timing * size * side,
    )  # fmt: skip


def _kept_away(limbs, name):
    """0 up to half of the move out of sight, then up to 1; of the legs only what one alone is."""
    if name == "torso":
        return 0.0
    unseen = 1 - limbs[name].seen
    if name.endswith("leg"):
        unseen -= min(1 - limbs["right_leg"].seen, 1 - limbs["left_leg"].seen)
    return _unit(2 * unseen - 1)


def missing(looks, there, faults, start_s, end_s, step_s=0.001):
    """The shares of a move without pictures, and of which nothing is known: moment by moment."""
    silent = unknown = moments = 0
    for k in range(round((end_s - start_s) / step_s)):
        at_s = start_s + (k + 0.5) * step_s
        before = max((i for i, look in enumerate(looks) if look <= at_s), default=None)
        after = before is not None and before + 1 < len(looks)
        gap_s = looks[before + 1] - looks[before] if after else 0.0
        nobody = after and not there[before] and not there[before + 1] and gap_s <= 1.0
        both = after and there[before] and there[before + 1]
        lost = any(begin <= at_s < end for begin, end in faults) and not nobody
        silent += lost
        unknown += lost or (both and gap_s > 0.5)
        moments += 1
    return silent / moments, unknown / moments


def motion_of(rows):
    """The motion of each row as far as it may be trusted, each the mean of its five neighbours."""
    raw = []
    for row in rows:
        weights = [base * bone.weight for base, bone in zip(BASE, row, strict=True)]
        moved = sum(w * _motion(bone) for w, bone in zip(weights, row, strict=True))
        raw.append(_per(moved, sum(weights)))
    last = len(raw) - 1
    return [
        sum(raw[min(max(row + k, 0), last)] for k in (-2, -1, 0, 1, 2)) / 5
        for row in range(len(raw))
    ]


def cut_price(cuts, moved, at_s, beats_s):
    """What cutting at the beats ``cuts`` costs; infinite where a move's length is not allowed."""
    return _price(cuts, beats_s, _busy(moved, at_s, beats_s), _held(moved, at_s, beats_s))


def least_price(moved, at_s, beats_s):
    """The least price of all ways to cut the dance, tried one by one."""
    busy, held = _busy(moved, at_s, beats_s), _held(moved, at_s, beats_s)
    last = len(beats_s) - 1
    ways = ([0, *inner, last] for inner in _subsets(range(1, last)))
    return min(_price(cuts, beats_s, busy, held) for cuts in ways)


def _price(cuts, beats_s, busy, held):
    beats, beat_s = len(beats_s) - 1, beats_s[1] - beats_s[0]
    lengths = [b - a for a, b in itertools.pairwise(cuts)]
    least, most = _lengths_allowed(beats, beat_s)
    if cuts[0] != 0 or any(not least <= length <= most for length in lengths):
        return math.inf
    if lengths[0] < min(4, most, beats):
        return math.inf
    total = 0.0
    for start, end in itertools.pairwise(cuts):
        holds = sum(held[start:end])
        seconds = (end - start) * beat_s
        total += busy[end]
        total += 2.0 * min(holds, end - start - holds) * beat_s
        total += 0.25 * seconds * math.log2((end - start) / 4) ** 2
    return total


def _subsets(items):
    out = [[]]
    for item in items:
        out += [[*chosen, item] for chosen in out]
    return out


def _lengths_allowed(beats, beat_s):
    least = 1
    while least * beat_s < 0.5 - 1e-9 and least < beats:
        least += 1
    most = least
    while (most + 1) * beat_s <= 4 + 1e-9:
        most += 1
    return least, most


def _busy(moved, at_s, beats_s):
    dancing = [motion for motion in moved if motion >= HOLD]
    usual = median(dancing) if dancing else 1.0
    quiet = []
    for beat in beats_s:
        near = [m for m, at in zip(moved, at_s, strict=True) if beat - 0.1 <= at < beat + 0.1]
        quiet.append(min(min(near, default=0.0) / usual, 2.0))
    middle = median(quiet)
    return [one - middle for one in quiet]


def _held(moved, at_s, beats_s):
    out = []
    for begin, end in itertools.pairwise(beats_s):
        inside = [m for m, at in zip(moved, at_s, strict=True) if begin <= at < end]
        out.append(bool(inside) and sum(inside) / len(inside) < HOLD)
    return out


def _speed(bone):
    return math.hypot(bone.vx, bone.vy)


def _motion(bone):
    return max(_speed(bone) - WANDER, 0.0)


def _per(part, whole):
    return part / whole if whole > 1e-9 else 0.0


def _unit(share):
    return max(0.0, min(1.0, share))
