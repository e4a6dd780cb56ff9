"""People from pose maps, written down cell by cell and sample by sample.

Cao et al., arXiv:1812.08008, with the order of ``realtime/pose/skeletons.py``: links of all limbs
strongest first. Nothing of that file is imported; the constants are written again on purpose.
"""

from __future__ import annotations

import math

from kpopdance.engines.anatomy import LIMB_CHANNELS, LIMBS


def assemble(maps, *, threshold=0.10, min_parts=4):
    """People as lists of 18 (x px, y px, confidence) or None, most visible first."""
    heat, limb = maps.heat.tolist(), maps.limb.tolist()
    peaks = [peaks_of(heat[joint], threshold) for joint in range(18)]
    links = []
    for k, (a, b) in enumerate(LIMBS):
        for i, start in enumerate(peaks[a]):
            for j, end in enumerate(peaks[b]):
                strength = support(limb, LIMB_CHANNELS[k], start, end)
                if strength is not None:
                    links.append((-strength, k, i, j))
    people = [pose(person, peaks, maps) for person in joined(sorted(links), peaks)]
    people = [p for p in people if sum(j is not None for j in p) >= min_parts]
    return sorted(people, key=lambda p: -sum(j[2] for j in p if j is not None))


def peaks_of(heat, threshold):
    """(x, y, height) of local maxima in cells, row by row; the 64 highest of too many."""
    h, w = len(heat), len(heat[0])

    def at(y, x):
        return heat[y][x] if 0 <= y < h and 0 <= x < w else 0.0

    found = []
    for y in range(h):
        for x in range(w):
            here = at(y, x)
            higher = here > at(y, x - 1) and here > at(y - 1, x)
            if here > threshold and higher and here >= at(y, x + 1) and here >= at(y + 1, x):
                dx = vertex([at(y, k) for k in range(w)], x)
                dy = vertex([at(k, x) for k in range(h)], y)
                found.append((x + dx, y + dy, here))
    keep = sorted(sorted(range(len(found)), key=lambda k: -found[k][2])[:64])
    return [found[k] for k in keep]


def vertex(line, at):
    """Vertex of the parabola through three logarithms, from ``at``; at rims the three innermost."""
    centre = min(max(at, 1), len(line) - 2)
    before, here, after = (math.log(max(line[centre + k], 1e-3)) for k in (-1, 0, 1))
    bend = min(before - 2 * here + after, -1e-6)
    return min(max(centre - at + 0.5 * (before - after) / bend, -0.5), 0.5)


def support(limb, channels, start, end):
    """Mean affinity along the line less a penalty for length; None where it carries no limb."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = max(math.hypot(dx, dy), 1e-6)
    h, w = len(limb[0]), len(limb[0][0])
    samples = []
    for k in range(10):
        x = min(max(round(start[0] + k / 9 * dx), 0), w - 1)
        y = min(max(round(start[1] + k / 9 * dy), 0), h - 1)
        along_x, along_y = (limb[channel][y][x] for channel in channels)
        samples.append((along_x * dx + along_y * dy) / length)
    strength = sum(samples) / 10 + min(0.5 * h / length - 1, 0)
    enough = sum(sample > 0.05 for sample in samples) >= 7
    return strength if enough and strength > 0 else None


def joined(links, peaks):
    """People as {joint: peak number}; ear to shoulder only joins what other limbs found."""
    people = []
    for found_only in (False, True):
        for _, k, i, j in links:
            if (k >= 17) == found_only:
                join(people, (LIMBS[k][0], i), (LIMBS[k][1], j), found_only=found_only)
    taken = {end for person in people for end in person.items()}
    alone = [(j, k) for j in range(18) for k in range(len(peaks[j])) if (j, k) not in taken]
    return people + [{joint: peak} for joint, peak in alone]


def join(people, start, end, *, found_only):
    """Make one person of the two that hold the ends (joint, peak), unless a joint would be double."""
    left = next((p for p in people if start in p.items()), None)
    right = next((p for p in people if end in p.items()), None)
    if found_only and (left is None or right is None):
        return
    one, other = left or dict([start]), right or dict([end])
    if one is not other and not set(one) & set(other):
        people[:] = [p for p in people if p is not left and p is not right]
        people.append({**one, **other})


def pose(person, peaks, maps):
    """Joints in px of the picture; none in the padding beyond half a cell."""
    height, width = maps.image_size
    spill = 0.5 * maps.stride / maps.box.scale
    out = [None] * 18
    for joint, peak in person.items():
        x, y, confidence = peaks[joint][peak]
        px = ((x + 0.5) * maps.stride - maps.box.pad_x) / maps.box.scale - 0.5
        py = ((y + 0.5) * maps.stride - maps.box.pad_y) / maps.box.scale - 0.5
        if -spill <= px <= width - 1 + spill and -spill <= py <= height - 1 + spill:
            x_px, y_px = min(max(px, 0), width - 1), min(max(py, 0), height - 1)
            out[joint] = (x_px, y_px, min(max(confidence, 0), 1))
    return out
