"""The song clock as one sum over all reports since the last jump: slow, plain, no memory."""

from __future__ import annotations

GAIN = 0.01
JUMP_S = 0.05


def offset_s(reports: list[tuple[float, float]]) -> float:
    """Song minus host seconds after all (song_s, at_s), recomputed from the first."""
    offsets = [song - at for song, at in reports]
    begin = 0
    for end in range(1, len(offsets)):
        if abs(offsets[end] - _weighted(offsets[begin:end])) > JUMP_S:
            begin = end
    return _weighted(offsets[begin:])


def _weighted(offsets: list[float]) -> float:
    """A mean of the first hundred, each later one pushing all before it down by 1 %."""
    weights: list[float] = []
    for n in range(1, len(offsets) + 1):
        share = max(GAIN, 1 / n)
        weights = [w * (1 - share) for w in weights] + [share]
    return sum(w * o for w, o in zip(weights, offsets, strict=True))
