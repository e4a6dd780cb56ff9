"""Songs with verses and choruses that nobody danced, and people who dance them, or something else.

A song is made of phrases of four bars in one of the twelve styles, at a tempo of its own: three
bars are its own, one is a stock move that other songs of the style use too. A chorus comes again
note for note. Everything follows from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.body import mirrored
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.devices.drawn_dancer import (
    RESTING,
    DancerStyle,
    DrawnDancer,
    Proportions,
)
from tools.bench.scoring.generated_dances import BONES, FPS, STYLES, Figure, generated

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SONG_S: Final = 180.0
BARS: Final = 4  # of a phrase, the last one a stock move
STOCK: Final = 8  # stock moves of a style
SEAM: Final = 6  # rows on either side over which one phrase becomes the next
NETWORK_PX: Final = 2.0  # how far off a network sees each joint
UNSEEN: Final = 0.05  # how often it does not see one
CUT_OFF: Final = 0.2  # how often the ankles are out of the picture
GONE: Final = (np.nan, np.nan, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSong:
    """A song's dance, and what in it is the same: phrase i begins at ``starts_s[i]``."""

    name: str
    dance: Choreography
    phrases: tuple[int, ...]
    starts_s: Floats

    def off_s(self, truly_s: float, guessed_s: float) -> float:
        """Return how far a guess is off the right place, or the same place of a repetition."""
        here = max(int(np.searchsorted(self.starts_s, truly_s, side="right")) - 1, 0)
        again = [k for k, phrase in enumerate(self.phrases) if phrase == self.phrases[here]]
        same = self.starts_s[again] + truly_s - self.starts_s[here]
        return float(np.abs(same - guessed_s).min())


def drawn_song(seed: int, *, length_s: float = SONG_S) -> DrawnSong:
    """Return the song of a seed, of about so many seconds."""
    rng = np.random.default_rng([77, seed])
    title = list(STYLES)[seed % len(STYLES)]
    style = STYLES[title]
    style = replace(style, bpm=round(style.bpm * rng.uniform(0.92, 1.08)))
    bar_s = 4 * 60 / style.bpm
    count = max(round(length_s / (BARS * bar_s)), 1)

    def phrase() -> Figure:
        own = generated(style, int(rng.integers(1 << 40)), length_s=(BARS - 1) * bar_s)
        stock_seed = 1000 * (seed % len(STYLES)) + int(rng.integers(STOCK))
        stock = generated(style, stock_seed, length_s=3 * bar_s)
        rows = round(bar_s * FPS)
        return _joined([own, _part(stock, rows, 2 * rows)])

    chorus = [phrase() for _ in range(max(count // 6, 1))]
    figures: list[Figure] = []
    while len(figures) < count:
        figures += [phrase() for _ in range(max(count // 8, 1))] + chorus
    figures = figures[:count]
    kinds = [id(figure) for figure in figures]
    starts = np.cumsum([0] + [len(figure.root) for figure in figures[:-1]]) / FPS
    dance = Choreography(_joined(figures).joints(), FPS)
    return DrawnSong(
        f"{title} {seed}", dance, tuple(kinds.index(kind) for kind in kinds), starts
    )


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody dances: amplitude, noise in degrees and tempo from..to, jitter at most in s."""

    amplitude: tuple[float, float] = (0.6, 1.4)
    noise_deg: tuple[float, float] = (4.0, 12.0)
    tempo: tuple[float, float] = (0.95, 1.05)
    jitter_s: float = 0.15
    mirrored: bool = False


USUAL_WAY: Final = Way()


@dataclass(frozen=True, slots=True, eq=False)
class Danced:
    """What a camera of 15 to 30 pictures a second saw: its track, and the song second at its end."""

    track: PoseTrack
    song_s: float


def danced(
    dance: Choreography, seed: int, way: Way = USUAL_WAY, *, seconds: float = 8.0
) -> Danced:
    """Return somebody who dances from anywhere in a dance, ``seconds`` long.

    Body, place, camera rate, jitter, and what the network misses follow from the seed.
    """
    rng = np.random.default_rng([5, seed])
    tempo = rng.uniform(*way.tempo)
    style = DancerStyle(
        amplitude=rng.uniform(*way.amplitude), noise_deg=rng.uniform(*way.noise_deg),
        mirrored=way.mirrored, seed=seed,
        proportions=Proportions(*rng.uniform(0.85, 1.15, 4)),
    )  # fmt: skip
    dancer = DrawnDancer(dance, style)
    begin_s = dance.start_s + rng.uniform(
        0, max(dance.end_s - dance.start_s - seconds * 1.1, 0)
    )
    rate = rng.uniform(15, 30)
    count = int(seconds * rate) + 2
    at_s = np.sort((np.arange(count) + rng.uniform(-0.2, 0.2, count)) / rate)
    song_s = begin_s + at_s * tempo + _jitter(rng, at_s, way.jitter_s)
    poses = [dancer.joints(float(second)) for second in song_s]
    joints = np.stack([pose for pose in poses if pose is not None])
    return Danced(_seen(rng, at_s, joints), float(song_s[-1]))


def still(seed: int) -> Danced:
    """Return somebody who stands there."""
    return danced(_resting(8.5), seed, Way(noise_deg=(0.5, 4.0), jitter_s=0))


def waving(seed: int) -> Danced:
    """Return somebody who waves one hand, or both."""
    rng = np.random.default_rng([6, seed])
    at_s = np.arange(round(9 * FPS)) / FPS
    swing = rng.uniform(0.2, 0.7) * np.sin(2 * np.pi * rng.uniform(0.7, 2.5) * at_s)
    hands = ((1, (3, 4)), (-1, (6, 7)))[: int(rng.integers(1, 3))]
    wave = {}
    for side, (upper, lower) in hands:
        wave[upper] = np.full(len(at_s), np.pi / 2 + side * rng.uniform(0.2, 1.8))
        wave[lower] = -np.pi / 2 + side * (swing - rng.uniform(-0.3, 0.5))
    dance = _resting(9.0, wave)
    return danced(dance, seed, Way(amplitude=(1, 1), noise_deg=(1.0, 6.0), jitter_s=0))


def _resting(length_s: float, other: dict[int, Floats] | None = None) -> Choreography:
    rows = round(length_s * FPS)
    angles = {end: np.full(rows, np.radians(RESTING[end])) for end in BONES}
    flat = {end: np.zeros(rows) for end in BONES}
    root = np.broadcast_to([1.0, 0.5], (rows, 2)).copy()
    return Choreography(Figure(angles | (other or {}), flat, root).joints(), FPS)


def _jitter(rng: np.random.Generator, at_s: Floats, most_s: float) -> Floats:
    """Return how late somebody is at each moment, slowly wandering, at most ``most_s``."""
    hertz, phase = rng.uniform(0.15, 0.7, (3, 1)), rng.uniform(0, 2 * np.pi, (3, 1))
    wander = np.sin(2 * np.pi * hertz * at_s + phase).sum(axis=0)
    out: Floats = wander / np.abs(wander).max() * most_s * rng.uniform(0, 1)
    return out


def _seen(rng: np.random.Generator, at_s: Floats, joints: NDArray[np.float32]) -> PoseTrack:
    """Return the track of joints (T, 18, 3) px as a network sees them."""
    seen = joints.copy()
    seen[..., :2] += rng.normal(0, NETWORK_PX, seen[..., :2].shape)
    gone = rng.uniform(size=seen.shape[:2]) < UNSEEN
    if rng.uniform() < CUT_OFF:
        gone[:, [10, 13]] = True
    seen[gone] = GONE
    track = PoseTrack()
    for at, row in zip(at_s.tolist(), seen, strict=True):
        track.add(at, Pose(row.copy()))
    return track


def in_mirror(track: PoseTrack) -> PoseTrack:
    """Return a track as a mirror shows it."""
    out = PoseTrack()
    for at, row in zip(track.at_s.tolist(), mirrored(track.joints, 640.0), strict=True):
        out.add(at, Pose(row.copy()))
    return out


def _part(figure: Figure, start: int, stop: int) -> Figure:
    return Figure(
        {end: angle[start:stop] for end, angle in figure.in_plane.items()},
        {end: angle[start:stop] for end, angle in figure.depth.items()},
        figure.root[start:stop],
    )


def _joined(figures: list[Figure]) -> Figure:
    """Return figures one after the other, each blending into the next."""
    return Figure(
        {end: _blended([figure.in_plane[end] for figure in figures]) for end in BONES},
        {end: _blended([figure.depth[end] for figure in figures]) for end in BONES},
        _blended([figure.root for figure in figures]),
    )


def _blended(parts: list[Floats]) -> Floats:
    out = np.concatenate(parts)
    for seam in np.cumsum([len(part) for part in parts[:-1]]):
        first, last = max(seam - SEAM, 0), min(seam + SEAM, len(out) - 1)
        share = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, last - first + 1))
        share = share.reshape(-1, *(1,) * (out.ndim - 1))
        out[first : last + 1] = out[first] * (1 - share) + out[last] * share
    return out
