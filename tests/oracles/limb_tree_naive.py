"""A person's missing joints from faint peaks, by trying every choice of peaks.

Twin of ``realtime/pose/limb_tree.py`` without its dynamic programming: all assignments of free
peaks to missing joints, each joint left out in turn, are added up; the dearest is taken. Nothing of
that file is imported; the constants are written again on purpose.
"""

from __future__ import annotations

import math
from itertools import product

from kpopdance.engines.anatomy import BODY_25, COCO_18
from tests.oracles.assemble_naive import peaks_of


def complete(people, maps, region):
    """Everybody as lists of 18 (x px, y px, confidence) or None, people as such lists too."""
    body = {19: COCO_18, 26: BODY_25}[len(maps.heat)]
    heat, limb = maps.heat.tolist(), maps.limb.tolist()
    faint = [peaks_of(heat[joint], 0.03) for joint in range(body.joints)]
    low, high = cell(region[:2], maps), cell(region[2:], maps)
    longest = 0.45 * max(high[0] - low[0], high[1] - low[1])
    out = []
    for person in people:
        theirs = [
            cell(joint, maps) for other in people if other is not person
            for joint in other if joint is not None
        ]  # fmt: skip
        held = {
            body.ours[j]: cell(xyc, maps) for j, xyc in enumerate(person) if xyc is not None
        }
        free = [
            [] if joint in held else [
                peak for peak in faint[joint]
                if low[0] <= peak[0] <= high[0] and low[1] <= peak[1] <= high[1]
                and all(math.dist(peak[:2], other) > 0.75 for other in theirs)
            ]
            for joint in range(body.joints)
        ]  # fmt: skip
        chosen = best(held, free, limb, body, longest)
        out.append(
            [
                joint if joint is not None else found(chosen.get(body.ours[j]), maps)
                for j, joint in enumerate(person)
            ]
        )
    return out


def best(held, free, limb, body, longest):
    """The missing joints of the assignment with the highest worth: joint -> (x, y, height)."""
    missing = [joint for joint in range(body.joints) if free[joint]]
    tree = [k for k in range(len(body.limbs)) if k not in body.supports]
    table = {}
    for k in tree:
        a, b = body.limbs[k]
        for start in [held[a]] if a in held else free[a]:
            for end in [held[b]] if b in held else free[b]:
                table[k, start, end] = strength(limb, body.channels[k], start, end)
    most, winner = 0.0, {}
    for peaks in product(*([None, *free[joint]] for joint in missing)):
        chosen = {j: peak for j, peak in zip(missing, peaks, strict=True) if peak is not None}
        worth = worth_of(chosen, held, table, [(k, *body.limbs[k]) for k in tree], longest)
        if worth is not None and worth > most:
            most, winner = worth, chosen
    return winner


def worth_of(chosen, held, table, tree, longest):
    """Heights of the chosen and affinities of the limbs at them; None where it is no tree."""
    at = held | chosen
    worth = sum(peak[2] for peak in chosen.values())
    for k, a, b in tree:
        if b in chosen and a not in at:
            return None
        if a not in at or b not in at or not (a in chosen or b in chosen):
            continue
        support = table[k, at[a], at[b]]
        if b in chosen and (support <= -0.1 or math.dist(at[a][:2], at[b][:2]) > longest):
            return None
        worth += support
    return worth


def strength(limb, channels, start, end):
    """Mean affinity along the line, less a penalty for more than half the map's height."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(math.hypot(dx, dy), 1e-6)
    h, w = len(limb[0]), len(limb[0][0])
    total = 0.0
    for k in range(10):
        x = min(max(round(start[0] + k / 9 * dx), 0), w - 1)
        y = min(max(round(start[1] + k / 9 * dy), 0), h - 1)
        along_x, along_y = (limb[channel][y][x] for channel in channels)
        total += (along_x * dx + along_y * dy) / length
    return total / 10 + min(0.5 * h / length - 1, 0)


def found(peak, maps):
    """A peak in px of the picture."""
    if peak is None:
        return None
    box = maps.box
    x, y = (
        ((at + 0.5) * maps.stride - pad) / box.scale - 0.5
        for at, pad in ((peak[0], box.pad_x), (peak[1], box.pad_y))
    )
    return x, y, min(max(peak[2], 0), 1)


def cell(xy, maps):
    """A point of the picture in px as a cell."""
    return tuple(
        ((at + 0.5) * maps.box.scale + pad) / maps.stride - 0.5
        for at, pad in zip(xy[:2], (maps.box.pad_x, maps.box.pad_y), strict=True)
    )
