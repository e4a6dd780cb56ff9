"""The twenty properties of a fair score, each measured on one song, and three of our own.

Every property is a function from a ``Subject`` to ``Finding`` s; ``BATTERY`` lists them. The targets
are published numbers; a finding says what was asked, what was measured, and whether it held.
Those for lateness are the published ones on pro. On normal, full marks are where two trained dancers
of one routine stand in front of real cameras, up to 80 ms apart, so the same lateness costs less;
kids' are wider still. The one for size is the published one on normal; on pro the smaller poses
themselves cost too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.terms import USUAL, Terms
from kpopdance.realtime.core.track import FILTER_LAG_S, PoseTrack, choreography_rows, resample
from kpopdance.realtime.core.types import Choreography, Pose, Report
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.report import report_of
from kpopdance.realtime.scoring.standard import Standard, standard_from_choreography
from tools.bench.scoring import spoilt_dances as spoil

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tools.bench.scoring.generated_dances import Figure

    Joints = NDArray[np.float32]

FPS: Final = 30.0
PX: Final = 480.0
NOISE_PX: Final = 2.0
SEEDS: Final = (11, 12, 13)
LATE_MS: Final = (33, 67, 100, 150, 200)
SWINGS: Final = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
LATE_SPANS: Final[dict[str, dict[int, tuple[float, float]]]] = {
    "pro": {33: (98, 100), 67: (92, 100), 100: (70, 80), 150: (35, 50), 200: (0, 20)},
    "normal": {33: (98, 100), 67: (92, 100), 100: (90, 100), 150: (65, 80), 200: (0, 40)},
    "kids": {33: (98, 100), 67: (98, 100), 100: (98, 100), 150: (85, 100), 200: (50, 80)},
}
SMALL_SPAN: Final = {"pro": (35, 70), "normal": (50, 70), "kids": (50, 100)}
"""Score for 60 % of the size."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a property asked and what was measured."""

    number: int
    what: str
    target: str
    measured: float
    held: bool


@dataclass(eq=False)
class Subject:
    """A song under test: its dance, tempo, and other dances that go to the same beat.

    ``figure`` is the dance in space, where known: only then can a camera walk around it;
    ``changes`` are those of the tempo.
    """

    name: str
    dance: Choreography
    bpm: float
    first_beat_s: float = 0.0
    others: dict[str, Joints] = field(default_factory=dict)
    figure: Figure | None = None
    terms: Terms = USUAL
    changes: tuple[tuple[float, float], ...] = ()

    @cached_property
    def standard(self) -> Standard:
        """What the song asks, or its mirror image."""
        dance = self.dance
        if self.terms.mirrored:
            joints = spoil.in_mirror(dance.joints)
            dance = Choreography(joints, dance.fps, dance.start_s)
        return standard_from_choreography(
            dance,
            bpm=self.bpm,
            first_beat_s=self.first_beat_s,
            changes=self.changes,
            terms=self.terms,
        )

    @cached_property
    def joints(self) -> Joints:
        """The dance at 30 rows a second, float32 (T, 18, 3)."""
        dance = self.dance
        at_s = np.arange(dance.start_s, dance.end_s, 1 / FPS)
        return choreography_rows(dance, at_s)

    @cached_property
    def plain(self) -> Report:
        """How the dance itself is scored, seen by a network."""
        return self.report(self.seen(self.joints))

    @property
    def move_rows(self) -> int:
        """Rows of four beats."""
        return round(4 * 60 / self.bpm * FPS)

    def seen(self, joints: Joints, px: float = NOISE_PX) -> Joints:
        """Return joints as a network sees them."""
        return spoil.noisy(joints, 5, px)

    def score(self, joints: Joints, *, late_s: float = 0.0, camera_fps: float = FPS) -> float:
        """Return the score 0..100 of joints danced from the dance's first row on."""
        return self.report(joints, late_s=late_s, camera_fps=camera_fps).score

    def report(
        self,
        joints: Joints,
        *,
        late_s: float = 0.0,
        camera_fps: float = FPS,
        keep: NDArray[np.bool_] | None = None,
        player_lag_s: float = 0.0,
        live: bool = False,
    ) -> Report:
        """Return the report on joints (T, 18, 3) at 30 rows a second, filmed as said.

        ``live``: judged pose by pose as they come, not all at once.
        """
        at_s = self.dance.start_s + np.arange(len(joints)) / FPS
        if camera_fps != FPS:
            times = np.arange(at_s[0], at_s[-1], 1 / camera_fps)
            joints, at_s = resample(at_s, joints, times), times
        track = PoseTrack()
        judge = Judge(self.standard, player_lag_s=player_lag_s)
        for k, (at, row) in enumerate(zip(at_s, joints, strict=True)):
            if keep is None or keep[k]:
                pose = row.copy()
                pose[:, :2] *= PX
                there = bool((pose[:, 2] > 0).any())
                seen_s = float(at) + late_s + FILTER_LAG_S
                track.add(seen_s, Pose(pose) if there else None)
                if live:
                    judge.step(track, seen_s)
        judge.step(track, np.inf)
        return report_of(judge)


def at_least(number: int, what: str, floor: float, measured: float) -> Finding:
    """Return a finding that holds from a floor up."""
    return Finding(number, what, f">= {floor:g}", measured, measured >= floor)


def at_most(number: int, what: str, ceiling: float, measured: float) -> Finding:
    """Return a finding that holds up to a ceiling."""
    return Finding(number, what, f"<= {ceiling:g}", measured, measured <= ceiling)


def between(number: int, what: str, span: tuple[float, float], measured: float) -> Finding:
    """Return a finding that holds inside a span."""
    low, high = span
    return Finding(number, what, f"{low:g}-{high:g}", measured, low <= measured <= high)


def itself(song: Subject) -> list[Finding]:
    """1: the dance itself, with key-point noise."""
    return [at_least(1, "itself", 95, song.plain.score)]


def other_bodies(song: Subject) -> list[Finding]:
    """2: place, distance and limb lengths do not matter."""
    middle = 0.5
    changed = {
        "elsewhere": spoil.moved(song.joints, x=0.2, y=-0.1),
        "half as large": spoil.moved(song.joints, x=middle, y=middle, scale=0.5),
        "twice as large": spoil.moved(song.joints, x=-middle, y=-middle, scale=2.0),
        "other limb lengths": spoil.with_lengths(song.joints, 3),
    }
    plain = song.plain.score
    return [
        at_most(2, name, 2, abs(song.score(song.seen(joints)) - plain))
        for name, joints in changed.items()
    ]


def other_cameras(song: Subject) -> list[Finding]:
    """3: a camera that stands aside or is tilted."""
    plain = song.plain.score
    found = [
        at_most(3, "roll 12 deg", 5, plain - min(
            song.score(song.seen(spoil.rolled(song.joints, np.deg2rad(deg)))) for deg in (-12, 12)
        ))
    ]  # fmt: skip
    if song.figure is not None:
        for deg, most in ((20, 2), (40, 5)):
            least = min(
                song.score(song.seen(song.figure.joints(yaw=np.deg2rad(turn))))
                for turn in (-deg, deg)
            )
            found.append(at_most(3, f"yaw {deg} deg", most, plain - least))
    return found


def other_rates(song: Subject) -> list[Finding]:
    """4: cameras of other rates."""
    plain = song.plain.score
    seen = song.seen(song.joints)
    return [
        at_most(4, f"{fps:g} fps", 8, abs(song.score(seen, camera_fps=fps) - plain))
        for fps in (15.0, 24.0, 60.0)
    ]


def standing_still(song: Subject) -> list[Finding]:
    """5: whoever stands still."""
    mean = np.broadcast_to(np.nanmean(song.joints, axis=0), song.joints.shape)
    ways = {
        "stands, arms down": spoil.arms_down(song.joints),
        "stands in the mean pose": mean.astype(np.float32),
        "stands in the first pose": spoil.held(song.joints),
    }
    return [at_most(5, name, 3, song.score(song.seen(joints))) for name, joints in ways.items()]


def flailing(song: Subject) -> list[Finding]:
    """6: arms and legs thrown about, or waved on the beat."""
    thrown = max(song.score(spoil.flailing(song.joints, seed)) for seed in SEEDS)
    beat_s = 60 / song.bpm
    waved = max(
        song.score(spoil.waving(song.joints, beats * beat_s, middle))
        for beats in (1, 2)
        for middle in (1.2, 2.2)
    )
    return [at_most(6, "flails", 3, thrown), at_most(6, "waves on the beat", 3, waved)]


def other_songs(song: Subject) -> list[Finding]:
    """7: other dances, on the beat."""
    if not song.others:
        return []
    scores = {}
    for name, joints in song.others.items():
        rows = np.arange(len(song.joints)) % len(joints)
        scores[name] = song.score(song.seen(joints[rows]))
    return [at_most(7, "another dance (worst of all)", 5, max(scores.values()))]


def shuffled(song: Subject) -> list[Finding]:
    """8: the song's own moves in another order."""
    if len(song.joints) < 3 * song.move_rows:
        return []
    tries = [
        song.score(song.seen(spoil.shuffled(song.joints, seed, song.move_rows)))
        for seed in SEEDS
    ]
    return [at_most(8, "own moves shuffled (mean)", 10, float(np.mean(tries)))]


def in_mirror(song: Subject) -> list[Finding]:
    """9: the wrong side; and the mirror image where that was declared."""
    mirrored = song.seen(spoil.in_mirror(song.joints))
    declared = replace(song, terms=replace(song.terms, mirrored=True)).score(mirrored)
    return [
        at_most(9, "mirrored", 10, song.score(mirrored)),
        at_most(9, "mirrored as declared", 2, abs(declared - song.plain.score)),
    ]


def late(song: Subject) -> list[Finding]:
    """10 to 13: lateness costs as published, early as much as late, and is told exactly."""
    seen = song.seen(song.joints)
    reports = {ms: song.report(seen, late_s=ms / 1000) for ms in LATE_MS}
    early = {ms: song.report(seen, late_s=-ms / 1000) for ms in LATE_MS}
    scores = {ms: report.score for ms, report in reports.items()}
    spans = LATE_SPANS[song.terms.strictness]
    found = [
        *(between(10, f"{ms} ms late", spans[ms], scores[ms]) for ms in LATE_MS),
        at_most(11, "one beat late", 5, song.score(seen, late_s=60 / song.bpm)),
        at_most(12, "early against late", 4, max(
            abs(early[ms].score - scores[ms]) for ms in LATE_MS
        )),
    ]  # fmt: skip
    told = [
        abs(report.lag_ms - sign * ms)
        for sign, run in ((1, reports), (-1, early))
        for ms, report in run.items()
        if report.lag_ms is not None
    ]
    return [*found, at_most(13, "lag told, worst error in ms", 17, max(told, default=np.inf))]


def levels(song: Subject) -> list[Finding]:
    """14: perfect, good, ok, beginner, cheats, in this order."""
    rng = np.random.default_rng(4)
    missed = spoil.styled(song.joints, 9, 25)
    for k in rng.permutation(len(missed) // song.move_rows)[
        : len(missed) // song.move_rows // 5
    ]:
        missed[k * song.move_rows : (k + 1) * song.move_rows] = spoil.held(missed)[0]
    scores = [
        song.plain.score,
        song.score(song.seen(spoil.styled(song.joints, 7, 12)), late_s=0.03),
        song.score(song.seen(spoil.styled(song.joints, 8, 20)), late_s=0.09),
        song.score(song.seen(missed), late_s=0.12),
        max(finding.measured for finding in (*standing_still(song), *flailing(song))),
    ]
    least = min(better - worse for better, worse in pairwise(scores))
    return [at_least(14, "perfect > good > ok > beginner > cheats, least step", 0, least)]


def amplitude(song: Subject) -> list[Finding]:
    """15: how large one dances."""
    scores = [song.score(song.seen(spoil.smaller(song.joints, swing))) for swing in SWINGS]
    rises = max(later - earlier for earlier, later in pairwise(scores))
    return [
        between(
            15, "60 % amplitude", SMALL_SPAN[song.terms.strictness], scores[SWINGS.index(0.6)]
        ),
        at_most(15, "smaller never earns more", 1, rises),
    ]


def absence(song: Subject) -> list[Finding]:
    """16: leaving the picture."""
    half = spoil.absent(song.joints, slice(len(song.joints) // 2, None))
    poor = spoil.styled(song.joints, 8, 30)
    stays = song.score(song.seen(poor), late_s=0.1)
    leaves = max(
        song.score(song.seen(spoil.absent(poor, slice(at, at + song.move_rows))), late_s=0.1)
        for at in range(0, len(poor) - song.move_rows, 3 * song.move_rows)
    )
    return [
        at_most(16, "absent for half the song", 55, song.score(song.seen(half))),
        at_most(16, "leaving raises the score by", 0.5, leaves - stays),
    ]


def one_limb(song: Subject) -> list[Finding]:
    """17: one limb dances something else: it costs and is named."""
    plain, named, costs = song.plain.score, [], []
    for limb in spoil.LIMBS:
        report = song.report(song.seen(spoil.with_limb_held(song.joints, limb)))
        if limb not in report.limbs:
            continue
        named.append(min(report.limbs, key=lambda name: report.limbs[name]) == limb)
        costs.append(plain - report.score)
    if not named:
        return []
    return [
        at_least(17, "limb held still is named, %", 90, 100 * float(np.mean(named))),
        at_least(17, "and costs at least", 1, min(costs)),
    ]


def noise(song: Subject) -> list[Finding]:
    """18: more noise."""
    loud = song.score(song.seen(song.joints, 2.5 * NOISE_PX))
    return [at_most(18, "noise x 2.5 costs", 10, song.plain.score - loud)]


def replays(song: Subject) -> list[Finding]:
    """19: the same again gives the same; a calibrated lag is as if there were none."""
    seen = song.seen(song.joints)
    again, live = song.report(seen), song.report(seen, live=True)
    late_by = song.report(seen, late_s=0.12, player_lag_s=0.12)
    shift = abs((late_by.lag_ms or 0.0) - (song.plain.lag_ms or 0.0))
    return [
        at_most(19, "same replay differs by", 0, abs(again.score - song.plain.score)),
        at_most(19, "live differs from all at once by", 0, abs(live.score - again.score)),
        at_most(19, "calibrated lag against none, ms", 5, shift),
    ]


def drops(song: Subject) -> list[Finding]:
    """20: half of the frames lost."""
    seen = song.seen(spoil.styled(song.joints, 7, 12))
    whole = [move.grade for move in song.report(seen).moves]
    keep = np.arange(len(seen)) % 2 == 0
    half = [move.grade for move in song.report(seen, keep=keep).moves]
    changed = sum(a != b for a, b in zip(whole, half, strict=True))
    return [at_most(20, "grades changed by losing every second frame", 0, changed)]


def seated(song: Subject) -> list[Finding]:
    """21: whoever sits dances any song with the arms, and cheats no better."""
    sitting = replace(song, terms=replace(song.terms, body="seated"))

    def score(joints: Joints) -> float:
        legless = joints.copy()
        legless[:, spoil.LEG_JOINTS] = (np.nan, np.nan, 0)
        return sitting.score(song.seen(legless))

    cheats = [spoil.held(song.joints), spoil.arms_down(song.joints)]
    cheats += [spoil.flailing(song.joints, seed) for seed in SEEDS]
    return [
        at_least(21, "seated: itself", 95, score(song.joints)),
        at_most(21, "seated: stands still or flails", 3, max(score(one) for one in cheats)),
    ]


def legs_unseen(song: Subject) -> list[Finding]:
    """22: legs out of the picture are not held against the player, nor do they help a cheat."""

    def score(joints: Joints) -> float:
        legless = joints.copy()
        legless[:, spoil.LEG_JOINTS] = (np.nan, np.nan, 0)
        return song.score(song.seen(legless))

    cheats = [spoil.held(song.joints), *(spoil.flailing(song.joints, seed) for seed in SEEDS)]
    return [
        at_most(22, "legs not seen cost", 10, song.plain.score - score(song.joints)),
        at_most(22, "stands still or flails, legs not seen", 3, max(map(score, cheats))),
    ]


def hiding(song: Subject) -> list[Finding]:
    """23: whoever keeps an idle arm out of sight earns no more."""
    gains = []
    for limb, other in (("right_arm", "left_arm"), ("left_arm", "right_arm")):
        one = spoil.held(song.joints)
        ends = list(spoil.LIMBS[limb])
        start = spoil.HANGS_ON[ends[0]]
        one[:, ends, :2] = (
            one[:, [start], :2] + song.joints[:, ends, :2] - song.joints[:, [start], :2]
        )
        gone = one.copy()
        gone[:, list(spoil.LIMBS[other])] = (np.nan, np.nan, 0)
        gains.append(song.score(song.seen(gone)) - song.score(song.seen(one)))
    return [at_most(23, "hiding an idle arm raises the score by", 2, max(gains))]


BATTERY: Final[tuple[Callable[[Subject], list[Finding]], ...]] = (
    itself, other_bodies, other_cameras, other_rates, standing_still, flailing, other_songs,
    shuffled, in_mirror, late, levels, amplitude, absence, one_limb, noise, replays, drops,
    seated, legs_unseen, hiding,
)  # fmt: skip


def findings(song: Subject) -> list[Finding]:
    """Return everything measured on one song, in the order of the properties."""
    found = [finding for measure in BATTERY for finding in measure(song)]
    return sorted(found, key=lambda finding: finding.number)
