"""Measures on real dancers: who dances the same, the same spoilt, and who does not.

Dancers of one ``--pair`` or ``--group`` dance the same: each of them is scored after each other one.
Any other two of different videos, framed alike, do not. The scores are what ``kpopdance score``
gives, with up to 250 ms of a constant lag forgiven, where not said otherwise.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import chain, permutations
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.body import mirrored
from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.scoring.standard import Standard, standard_from_choreography
from kpopdance.realtime.studio.attempts import Reference, score_track
from tools.bench.scoring import spoilt_dances as spoil
from tools.bench.scoring.real_dancers import Filmed, filmed, track_of
from tools.bench.scoring.scoring_battery import Finding, at_least, at_most

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.track import PoseTrack
    from kpopdance.realtime.core.types import Report

    Joints = NDArray[np.float32]

SHIFTS_S: Final = (0.5, 1.0, 2.0)
TRUE_LEAST: Final = 70.0  # whole-body dancers of one choreography, on normal
FALSE_MOST: Final = 10.0
LOSABLE: Final = 20.0  # a pair that scores less has nothing to lose
LEAST_S: Final = 5.0  # a shorter dance is no false pair
SHOWN: Final = 5  # of the false pairs, the largest
NOT_ASKED: Final = "-"


@dataclass(eq=False)
class Dancer:
    """One dancer of one video, and what the dance asks of others."""

    film: Filmed
    video: Path
    terms: Terms = USUAL

    @cached_property
    def standard(self) -> Standard:
        """What this dance asks."""
        bpm, first_beat_s = self.film.beat
        return standard_from_choreography(
            self.film.choreography, bpm=bpm, first_beat_s=first_beat_s, terms=self.terms
        )

    @cached_property
    def framing(self) -> str:
        """How much of the dancer is in the picture."""
        return "whole body" if self.film.whole else "upper body"

    @property
    def length_s(self) -> float:
        """How long the video is."""
        return float(self.film.recording.at_s[-1])


@dataclass(eq=False)
class Pair:
    """A player scored after a reference; ``dance`` is what both dance, empty if not the same."""

    reference: Dancer
    player: Dancer
    dance: str = ""

    @property
    def name(self) -> str:
        """Who is scored after whom."""
        return f"{self.player.film.name} after {self.reference.film.name}"

    @property
    def framing(self) -> str:
        """How both are filmed."""
        alike = self.reference.framing == self.player.framing
        return self.player.framing if alike else "one whole, one upper body"

    @cached_property
    def shift_s(self) -> float:
        """The second of the reference's music at which the player's video begins."""
        return self.reference.film.shift_of(self.player.film)

    @cached_property
    def plain(self) -> tuple[Report, float]:
        """The report on the player as filmed, and the lag in s that was forgiven."""
        return self._report(self.player.film.track, 0.0, forgive=True)

    @property
    def own(self) -> float:
        """The player's score 0..100."""
        return self.plain[0].score

    def score(
        self, joints: Joints | None = None, *, late_s: float = 0.0, forgive: bool = True
    ) -> float:
        """Return the player's score, danced later by ``late_s``.

        ``joints`` float32 (T, 18, 3) px stand for what the network saw; ``forgive`` a constant lag.
        """
        film = self.player.film
        track = film.track if joints is None else track_of(film.recording.at_s, joints)
        return self._report(track, late_s, forgive=forgive)[0].score

    def _report(
        self, track: PoseTrack, late_s: float, *, forgive: bool
    ) -> tuple[Report, float]:
        reference = Reference(self.reference.standard, (), None, from_video=True)
        return score_track(reference, track, self.shift_s + late_s, forgive_lag=forgive)


def dances_in(
    pairs: Sequence[Sequence[Path]],
    groups: Sequence[tuple[Path, int]],
    others: Sequence[Path],
    eyes: Eyes,
    *,
    kept_in: Path,
    terms: Terms = USUAL,
) -> list[list[Dancer]]:
    """Return the dances of videos, each by all its dancers; a video named twice is seen once.

    Raises
    ------
    DanceError
        Where a video cannot be read, or shows fewer dancers than asked for.
    """
    known: dict[tuple[Path, int], list[Dancer]] = {}

    def dancers(video: Path, count: int = 1) -> list[Dancer]:
        if not video.is_file():
            raise DanceError(f"{video}: no such video; name a file")
        key = video.resolve(), count
        if key not in known:
            seen = filmed(video, eyes, kept_in=kept_in, dancers=count)
            known[key] = [Dancer(film, key[0], terms) for film in seen]
        return known[key]

    return [
        *([*dancers(one), *dancers(other)] for one, other in pairs),
        *(dancers(video, count) for video, count in groups),
        *(dancers(video) for video in others),
    ]


def true_pairs(dances: list[list[Dancer]]) -> list[Pair]:
    """Return every ordered pair of dancers of one dance."""
    found = {
        (reference, player): Pair(reference, player, _dance_name(dancers))
        for dancers in dances
        for reference, player in permutations(dancers, 2)
        if reference is not player
    }
    return list(found.values())


def false_pairs(dances: list[list[Dancer]]) -> list[Pair]:
    """Return every ordered pair of dancers of different videos, framed alike, not said to be true."""
    same = {(pair.reference, pair.player) for pair in true_pairs(dances)}
    dancers = dict.fromkeys(
        one for one in chain.from_iterable(dances) if one.length_s >= LEAST_S
    )
    return [
        Pair(reference, player)
        for reference, player in permutations(dancers, 2)
        if reference.video != player.video
        and reference.framing == player.framing
        and (reference, player) not in same
    ]


def findings_of(pair: Pair) -> list[Finding]:
    """Return what is asked of a true pair and what was measured."""
    own, forgiven_s = pair.own, pair.plain[1]
    asked = pair.framing == "whole body" and pair.player.terms.strictness == "normal"
    found = [
        at_least(1, "score", TRUE_LEAST, own) if asked else _told(1, "score", own),
        _told(2, "lag forgiven, ms", 1000 * forgiven_s),
        _told(2, "score with the lag judged", pair.score(forgive=False)),
    ]
    lost = [
        (3, f"{abs(late_s):g} s {'late' if late_s > 0 else 'early'}", 5, pair.score(late_s=late_s))
        for shift_s in SHIFTS_S
        for late_s in (-shift_s, shift_s)
    ]  # fmt: skip
    joints = pair.player.film.recording.joints
    lost += [
        (4, "mirrored", 10, pair.score(in_mirror(joints))),
        (5, "frozen", 3, pair.score(frozen(joints))),
    ]
    found += [
        at_most(number, what, most, score) if own >= LOSABLE else _told(number, what, score)
        for number, what, most, score in lost
    ]
    for limb in spoil.ARMS:
        costs = own - pair.score(with_limb_held(joints, limb))
        found.append(at_least(6, f"{limb.replace('_', ' ')} held still costs", 1, costs))
    return [*found, at_most(7, "absent for half of it", 55, pair.score(_half(pair)))]


def separation(true: list[Pair], false: list[Pair]) -> list[Finding]:
    """Return the largest scores of false pairs, and how well the score tells true from false."""
    largest = sorted(false, key=lambda pair: -pair.own)[:SHOWN]
    found = [at_most(8, pair.name, FALSE_MOST, pair.own) for pair in largest]
    if true and false:
        found.append(at_least(9, "AUC", 1.0, auc(_scores(true), _scores(false))))
    for framing in dict.fromkeys(pair.framing for pair in true):
        right, wrong = ([p for p in pairs if p.framing == framing] for pairs in (true, false))
        if wrong:
            area = auc(_scores(right), _scores(wrong))
            found.append(at_least(9, f"AUC, {framing}", 1.0, area))
    return found


def auc(true: list[float], false: list[float]) -> float:
    """Return in what share of all (true, false) the true one is higher; ties are half."""
    higher, ties = np.greater.outer(true, false), np.equal.outer(true, false)
    return float((higher + 0.5 * ties).mean())


def in_mirror(joints: Joints) -> Joints:
    """Return a recording's joints (T, 18, 3) px as a mirror shows them."""
    return mirrored(joints, 2 * float(np.nanmean(joints[..., 0])))


def frozen(joints: Joints) -> Joints:
    """Return the pose of which most is seen, all the time."""
    return spoil.held(joints, int((joints[..., 2] > 0).sum(axis=1).argmax()))


def with_limb_held(joints: Joints, limb: str) -> Joints:
    """Return a recording with one limb hanging still; what was not seen stays unseen."""
    seen, ends = joints[..., 2] > 0, spoil.LIMBS[limb]
    hangs = seen[:, [spoil.HANGS_ON[ends[0]]]] & seen[:, ends]
    if not hangs.any(axis=0).all():
        return joints
    clear = joints.copy()
    clear[~seen] = (np.nan, np.nan, 0)
    out = spoil.with_limb_held(clear, limb)
    out[~seen | ~np.isfinite(out[..., 0])] = (np.nan, np.nan, 0)
    return out


def lines_of(true: list[Pair], false: list[Pair]) -> list[str]:
    """Return the lines of the whole measurement: each with its target, and held or not."""
    lines: list[str] = []
    every: list[Finding] = []
    for pair in true:
        found = findings_of(pair)
        lines += [f"{pair.name} ({pair.framing})", *map(_line, found), ""]
        every += found
    apart = separation(true, false)
    lines += [
        f"{len(false)} false pairs; the {min(SHOWN, len(false))} largest and what tells them apart"
    ]
    lines += map(_line, apart)
    asked = [one for one in (*every, *apart) if one.target != NOT_ASKED]
    return [*lines, "", f"{sum(one.held for one in asked)} of {len(asked)} held"]


def facts_of(true: list[Pair], false: list[Pair]) -> dict[str, Any]:
    """Return the whole measurement for JSON."""
    return {
        "true": [
            _facts(pair) | {"dance": pair.dance, "findings": [asdict(f) for f in findings_of(pair)]}
            for pair in true
        ],
        "false": [_facts(pair) for pair in false],
        "apart": [asdict(found) for found in separation(true, false)],
    }  # fmt: skip


def _facts(pair: Pair) -> dict[str, Any]:
    return {
        "reference": pair.reference.film.name, "player": pair.player.film.name,
        "framing": pair.framing, "score": pair.own,
    }  # fmt: skip


def _line(one: Finding) -> str:
    held = "" if one.target == NOT_ASKED else "  held" if one.held else "  NOT HELD  <--"
    return f"{one.number:3d} {one.what:48s} {one.target:>10s} {one.measured:8.2f}{held}"


def _told(number: int, what: str, measured: float) -> Finding:
    """Return a finding of which nothing is asked."""
    return Finding(number, what, NOT_ASKED, measured, held=True)


def _half(pair: Pair) -> Joints:
    """Return the player's joints, absent from the middle of the reference's dance on."""
    standard, recording = pair.reference.standard, pair.player.film.recording
    middle_s = (float(standard.start_s[0]) + float(standard.end_s[-1])) / 2
    out = recording.joints.copy()
    out[recording.at_s + pair.shift_s > middle_s] = (np.nan, np.nan, 0)
    return out


def _scores(pairs: list[Pair]) -> list[float]:
    return [pair.own for pair in pairs]


def _dance_name(dancers: list[Dancer]) -> str:
    """Return what the dancers' names begin with, or all of them."""
    names = [one.film.name for one in dancers]
    begin = os.path.commonprefix(names).rstrip(" _-")  # noqa: RUF071 - names, not paths
    return begin or ", ".join(names)
