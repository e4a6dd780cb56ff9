"""A song's parts by what comes again: where they begin, what they are called, and the chorus.

Bars are compared with each other in harmony (chroma, in any key: Goto, "A chorus section detection
method for musical audio signals and its application to a music listening station", IEEE TASLP 14(5)
2006, section III) and in sound. Parts are stretches whose bars are alike among each other and unlike
the others, of lengths that songs have, found by dynamic programming (Marmoret, Cohen, Bimbot: "Barwise
music structure analysis with the correlation block-matching segmentation algorithm", TISMIR 6(1) 2023,
section 4); stretches that come again are favoured. The chorus comes often and is loud.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kpopdance.realtime.studio.bars import Bars

    Floats = NDArray[np.float64]

WINDOW_S: Final = 0.16
HOPS: Final = 4
"""Of a window."""
TONES_HZ: Final = (100.0, 2000.0)
A_HZ: Final = 440.0
SOUND_HZ: Final = (60.0, 12_000.0)
BANDS: Final = 20
SOFT: Final = 30.0
"""Above a thirtieth of full scale a tone counts by its logarithm."""
BLOCK: Final = 512
"""Windows looked at together."""
SILENT_DB: Final = 50.0
"""Below the loudest bar: silence before the song, or after it."""
KEY_BARS: Final = 4
"""What sounds all the time in so many bars around is the key, and no harmony."""
LEAST_BARS: Final = 16
"""A shorter song has no parts that could be told."""
LONGEST_BARS: Final = 32
HARMONY: Final = 0.7
"""Share of harmony where two stretches are compared; the rest is sound."""
OTHER_KEY: Final = 0.07
"""What it costs to be alike in another key."""
AGAIN: Final = 0.25
"""How much coming again counts, beside being of one sound."""
USUAL_BARS: Final = 8
UNUSUAL, EVEN, ODD = 0.1, 0.5, 1.0
"""What a part of another length costs: four bars or twice eight, another even number, an odd one."""
ALIKE: Final = 0.74
"""From here on two stretches are the same part: parts of one key and band reached 0.70."""
STEP_BARS: Final = 2
LOUDER_DB: Final = 1.5
"""One repetition more is worth so much loudness."""


@dataclass(frozen=True, slots=True)
class SongParts:
    """What a song is made of.

    ``sections`` are (name, start_s) in order, none where nothing comes again; ``preview_s`` is where
    the chorus begins first, else the loudest stretch.
    """

    sections: tuple[tuple[str, float], ...]
    preview_s: float


class _Heard(NamedTuple):
    """What N bars sound like."""

    start_s: Floats  # (N + 1,)
    loud_db: Floats  # (N,)
    harmony: Floats  # (12, N, N), -1..1: with the other bar so many semitones higher
    sound: Floats  # (N, N), 0..1


class _Part(NamedTuple):
    """Bars from ``begin`` to ``end``; those of one ``kind`` are alike, ``higher`` in semitones."""

    begin: int
    end: int
    kind: int
    higher: int


def parts_of(samples: NDArray[np.float32], rate: int, bars: Bars) -> SongParts:
    """Return the parts of a sound float32 (N, 2), -1..1, of which the bars are known."""
    start_s = _bar_starts(bars, len(samples) / rate)
    if len(start_s) < 2:
        return SongParts((), 0.0)
    heard = _heard(samples, rate, start_s, bars.meter)
    parts = _kinds(heard) if len(heard.loud_db) >= LEAST_BARS else []
    names = _names(heard, parts)
    if "chorus" not in names:
        loudest = _loudest(heard.loud_db, USUAL_BARS)
        return SongParts((), round(max(float(heard.start_s[loudest]), 0.0), 3))
    at_s = [round(max(float(heard.start_s[part.begin]), 0.0), 3) for part in parts]
    told = tuple(
        (name, begin_s)
        for before, name, begin_s in zip(["", *names], names, at_s, strict=False)
        if not name == before == "break"  # two that come once are told apart by nothing
    )
    return SongParts(told, at_s[names.index("chorus")])


def _bar_starts(bars: Bars, length_s: float) -> Floats:
    """Return where bars begin and the last one ends, s."""
    start_s: Floats = bars.beat_s[bars.number == 1]
    if len(start_s) < 2:
        return start_s
    end_s = start_s[-1] + float(np.median(np.diff(start_s)))
    if end_s <= length_s + WINDOW_S:
        start_s = np.append(start_s, end_s)
    return start_s


def _heard(samples: NDArray[np.float32], rate: int, start_s: Floats, meter: int) -> _Heard:
    """Compare all bars with each other, from the first that sounds to the last."""
    total = len(start_s) - 1
    halves = 2 * meter  # half beats
    edges_s = np.interp(np.arange(total * halves + 1) / halves, np.arange(total + 1), start_s)
    chroma, power = _spectra(samples, rate, edges_s)
    level_db = 10 * np.log10(power.reshape(total, meter, 2, BANDS).mean(axis=2) + 1e-7)
    loud_db = level_db.mean(axis=(1, 2))
    whole = np.median(power.sum(axis=1).reshape(total, halves), axis=1)
    whole_db = 10 * np.log10(whole + 1e-12)
    sounding = np.flatnonzero(whole_db > whole_db.max() - SILENT_DB)
    kept = slice(int(sounding[0]), int(sounding[-1]) + 1)
    harmony = _harmony(chroma.reshape(total, halves, 12)[kept])
    return _Heard(
        start_s[kept.start : kept.stop + 1], loud_db[kept], harmony, _sound(level_db[kept])
    )


def _spectra(samples: NDArray[np.float32], rate: int, edges_s: Floats) -> tuple[Floats, Floats]:
    """Return how strongly each tone of an octave, and each band, sounds between K + 1 moments.

    Float64 (K, 12), a window's middle deciding where it belongs, and (K, BANDS), power.
    """
    size = 2 * round(WINDOW_S * rate / 2)
    mono = np.pad(samples.mean(axis=1, dtype=np.float32), (size // 2, size))
    frames = np.lib.stride_tricks.sliding_window_view(mono, size)[:: size // HOPS]
    at = np.searchsorted(edges_s, np.arange(len(frames)) * (size // HOPS) / rate, "right") - 1
    inside = np.flatnonzero((at >= 0) & (at < len(edges_s) - 1))
    window, hz = np.hanning(size).astype(np.float32), np.fft.rfftfreq(size, 1 / rate)
    tones = (hz >= TONES_HZ[0]) & (hz < TONES_HZ[1])
    tone_of = np.eye(12)[np.rint(12 * np.log2(hz[tones] / A_HZ)).astype(int) % 12]
    edges = np.searchsorted(hz, np.geomspace(*SOUND_HZ, BANDS + 1))
    chroma, power = np.zeros((len(edges_s) - 1, 12)), np.zeros((len(edges_s) - 1, BANDS))
    for k in range(0, len(inside), BLOCK):
        rows = inside[k : k + BLOCK]
        strength = np.abs(np.fft.rfft(frames[rows] * window)) / window.sum()
        np.add.at(chroma, at[rows], np.log1p(SOFT * strength[:, tones]) @ tone_of)
        bands = np.add.reduceat(strength[:, : edges[-1]] ** 2, edges[:-1], axis=1)
        np.add.at(power, at[rows], bands)
    windows = np.maximum(np.bincount(at[inside], minlength=len(chroma)), 1)[:, None]
    return chroma / windows, power / windows


def _harmony(chroma: Floats) -> Floats:
    """Return how alike bars (N, M, 12) are in harmony, in all keys, (12, N, N)."""
    tones = _unit(chroma - chroma.mean(axis=2, keepdims=True), (2,))
    index = np.arange(len(chroma))
    near = np.abs(index[:, None] - index) <= KEY_BARS
    key = (near @ tones.mean(axis=1)) / near.sum(axis=1, keepdims=True)
    tones = _unit(tones - key[:, None], (1, 2))
    flat = tones.reshape(len(tones), -1)
    turned = (np.roll(tones, shift, axis=2).reshape(len(tones), -1) for shift in range(12))
    return np.stack([flat @ other.T for other in turned])


def _unit(values: Floats, axes: tuple[int, ...]) -> Floats:
    length = np.sqrt((values**2).sum(axis=axes, keepdims=True))
    unit: Floats = values / np.maximum(length, 1e-6)
    return unit


def _sound(level_db: Floats) -> Floats:
    """Return how alike the bands of bars (N, M, BANDS) are, (N, N), 0..1."""
    bands = level_db.reshape(-1, BANDS)
    off = (level_db - bands.mean(axis=0)) / np.maximum(bands.std(axis=0), 1.0)
    flat = off.reshape(len(off), -1)
    square = (flat**2).mean(axis=1)
    apart = square[:, None] + square - 2 * flat @ flat.T / flat.shape[1]
    alike: Floats = np.exp(-np.maximum(apart, 0) / 2)
    return alike


def _borders(heard: _Heard) -> list[int]:
    """Return the bars at which the likeliest parts begin, and behind the last, rising."""
    total = len(heard.sound)
    alike = heard.sound - np.median(heard.sound)
    np.fill_diagonal(alike, 0)
    square = np.pad(alike, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    again = _again(heard)
    best, came = np.full(total + 1, -np.inf), np.zeros(total + 1, int)
    best[0] = 0
    for end in range(1, total + 1):
        begin = np.arange(max(end - LONGEST_BARS, 0), end)
        bars = end - begin
        one = square[end, end] - square[begin, end] - square[end, begin] + square[begin, begin]
        edge = (begin == 0) | (end == total)  # the bars there may be no whole part
        cost = np.minimum(_unusual(bars), np.where(edge, EVEN, ODD))
        repeated = np.array([again[n][k] for n, k in zip(bars.tolist(), begin, strict=True)])
        value = best[begin] + one / bars + AGAIN * bars * repeated - cost
        best[end], came[end] = value.max(), begin[value.argmax()]
    borders = [total]
    while borders[-1]:
        borders.append(int(came[borders[-1]]))
    return borders[::-1]


def _unusual(bars: NDArray[np.int64]) -> Floats:
    """Return what lengths cost: eight bars nothing, and twice or half as many hardly anything."""
    usual = (bars == USUAL_BARS // 2) | (bars % USUAL_BARS == 0)
    costs: Floats = np.select(
        [bars == USUAL_BARS, usual, bars % 2 == 0], [0.0, UNUSUAL, EVEN], ODD
    )
    return costs


def _again(heard: _Heard) -> dict[int, Floats]:
    """Return length -> how alike the stretch of such a length from each bar is to the likest other."""
    both = _compared(heard)
    found = {}
    for bars in range(1, min(LONGEST_BARS, len(heard.sound)) + 1):
        alike = np.max([_along(square, bars) for square in both], axis=0)
        index = np.arange(len(alike))
        alike[np.abs(index[:, None] - index) < bars] = 0
        found[bars] = np.maximum(alike.max(axis=1), 0)
    return found


def _compared(heard: _Heard) -> Floats:
    """Return how alike bars are altogether, in each key, (12, N, N)."""
    both: Floats = HARMONY * heard.harmony + (1 - HARMONY) * heard.sound
    both[1:] -= OTHER_KEY
    return both


def _along(square: Floats, bars: int) -> Floats:
    """Return the means of so many neighbours along all diagonals, (N - bars + 1,) squared."""
    sums = np.zeros((len(square) + 1, len(square) + 1))
    for row, values in enumerate(square):
        sums[row + 1, 1:] = sums[row, :-1] + values
    means: Floats = (sums[bars:, bars:] - sums[:-bars, :-bars]) / bars
    return means


def _kinds(heard: _Heard) -> list[_Part]:
    """Return the parts, of those that are alike told that they are; neighbours that are become one."""
    both = _compared(heard)
    parts: list[_Part] = []
    for begin, end in pairwise(_borders(heard)):
        alike, higher, kind = max(
            ((*_likest(both, part, (begin, end)), part.kind) for part in parts),
            default=(0.0, 0, 0),
        )
        if alike < ALIKE:
            kind, higher = max((part.kind for part in parts), default=-1) + 1, 0
        parts.append(_Part(begin, end, kind, higher))
    whole: list[_Part] = []
    for part in parts:
        if whole and part[2:] == whole[-1][2:]:
            whole[-1] = whole[-1]._replace(end=part.end)
        else:
            whole.append(part)
    return whole


def _likest(both: Floats, part: _Part, other: tuple[int, int]) -> tuple[float, int]:
    """Return how alike two stretches are where the shorter lies in the longer, and in which key."""
    square = both[:, part.begin : part.end, other[0] : other[1]]
    bars = min(square.shape[1:])
    alike = [
        np.trace(square[:, a : a + bars, b : b + bars], axis1=1, axis2=2) / bars
        for a in range(0, square.shape[1] - bars + 1, STEP_BARS)
        for b in range(0, square.shape[2] - bars + 1, STEP_BARS)
    ]
    best = np.max(alike, axis=0)
    return float(best.max()), (part.higher - int(best.argmax())) % 12


def _names(heard: _Heard, parts: list[_Part]) -> list[str]:
    """Return what parts are called as far as repetition tells, else part A, part B."""
    kinds = [part.kind for part in parts]
    repeated = {kind for kind in kinds if kinds.count(kind) > 1}
    if not repeated:
        return []
    loud_db = {kind: _loudness(heard, parts, kind) for kind in repeated}
    chorus = max(repeated, key=lambda kind: loud_db[kind] + LOUDER_DB * kinds.count(kind))
    named = {chorus: "chorus"} | _verses(kinds, repeated - {chorus}, chorus)
    first, last = kinds.index(chorus), len(kinds) - 1 - kinds[::-1].index(chorus)
    for place, part in enumerate(parts):
        if part.kind in repeated:
            continue
        if first < place < last:
            named[part.kind] = "break"
        elif place == len(parts) - 1:
            named[part.kind] = "outro"
        elif place == 0 and (first > 1 or part.end - part.begin < USUAL_BARS):
            named[part.kind] = "intro"
    letters = _letters()
    return [named.setdefault(kind, "") or _lettered(named, kind, letters) for kind in kinds]


def _verses(kinds: list[int], others: set[int], chorus: int) -> dict[int, str]:
    """Return which parts that come again are verse, and pre-chorus: what always leads from it on."""
    named: dict[int, str] = {}
    for kind in sorted(others, key=kinds.index):
        before = {a for a, b in pairwise([-1, *kinds]) if b == kind}
        after = {b for a, b in pairwise([*kinds, -1]) if a == kind}
        if after == {chorus} and len(before) == 1 and before <= named.keys():
            named[kind] = "pre-chorus"
        elif "verse" not in named.values() and kinds.index(kind) < len(kinds) - 1:
            named[kind] = "verse"
    return named


def _loudness(heard: _Heard, parts: list[_Part], kind: int) -> float:
    return float(
        np.mean([heard.loud_db[p.begin : p.end].mean() for p in parts if p.kind == kind])
    )


def _letters() -> Iterator[str]:
    return (chr(ord("A") + k) if k < 26 else str(k) for k in count())


def _lettered(named: dict[int, str], kind: int, letters: Iterator[str]) -> str:
    named[kind] = f"part {next(letters)}"
    return named[kind]


def _loudest(loud_db: Floats, bars: int) -> int:
    """Return the first of so many bars that are loudest."""
    width = min(bars, len(loud_db))
    return int(np.convolve(loud_db, np.ones(width), "valid").argmax())
