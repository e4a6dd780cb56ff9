"""Let drawn dancers dance a song through the real network, and print what each is scored.

``python -m tools.bench.pose.bench_dance [SONG] [--fps 30] [--until S]`` films every dancer frame
by frame
(no waiting: a song takes as long as the network needs), follows them with the live stages and
judges them with the live judge.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

import numpy as np

from kpopdance.engines.choose import open_eyes
from kpopdance.realtime.core.terms import USUAL
from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Choreography, Frame
from kpopdance.realtime.devices.drawn_dancer import DancerStyle, DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.devices.host_clock import PerfClock
from kpopdance.realtime.library.pack_reader import find_pack, load_pack
from kpopdance.realtime.library.settings import Settings
from kpopdance.realtime.library.standards import standard_of
from kpopdance.realtime.pose.watcher import Watcher
from kpopdance.realtime.scoring.judge import Judge
from kpopdance.realtime.scoring.report import report_of

if TYPE_CHECKING:
    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Report
    from kpopdance.realtime.scoring.standard import Standard

STYLES: dict[str, DancerStyle] = {
    "0 ms late": DancerStyle(),
    "100 ms late": DancerStyle(lateness_s=0.1),
    "60 % amplitude": DancerStyle(amplitude=0.6),
    "standing still": DancerStyle(still=True),
    "another dance": DancerStyle(),
    "100 ms early": DancerStyle(lateness_s=-0.1),
    "200 ms late": DancerStyle(lateness_s=0.2),
    "one beat late": DancerStyle(lateness_s=0.5),
    "mirrored": DancerStyle(mirrored=True),
    "sloppy (12 deg)": DancerStyle(noise_deg=12),
    "half absent": DancerStyle(absent=((18, 54),)),
}


def main() -> int:
    """Dance and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("song", nargs="?", default="neon-steps")
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--until", type=float, default=np.inf, help="song second to stop at")
    parser.add_argument("--only", help="styles whose name contains this")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    song = load_pack(find_pack(chosen.song, Settings().libraries))
    standard = standard_of(song, USUAL)
    lead = song.members[song.lead]
    eyes = open_eyes()
    print(f"null {standard.null:.3f} ({standard.null_name}); {standard.nulls}", file=sys.stderr)
    until_s = min(chosen.until, lead.end_s + 1)
    results = {}
    for name, style in STYLES.items():
        if chosen.only and chosen.only not in name:
            continue
        dance = another_dance(lead) if name == "another dance" else lead
        began_s = PerfClock().now()
        report = dance_once(DrawnDancer(dance, style), standard, eyes, (chosen.fps, until_s))
        results[name] = _facts(report)
        took_s = PerfClock().now() - began_s
        print(f"{name:<16} {results[name]} ({took_s:.0f} s)", file=sys.stderr)
    if chosen.json:
        print(json.dumps(results, indent=1))
    return 0


def dance_once(
    dancer: DrawnDancer, standard: Standard, eyes: Eyes, pace: tuple[float, float]
) -> Report:
    """Return the report on a dancer filmed at ``pace`` = (frames per second, until song second)."""
    fps, until_s = pace
    studio, watcher, track = DrawnRoom(dancer.picture), Watcher(eyes), PoseTrack()
    for index, song_s in enumerate(np.arange(-2.0, until_s, 1 / fps)):
        joints = dancer.joints(float(song_s))
        people = [] if joints is None else [(joints, OUTFITS[0])]
        frame = Frame(studio.take(people, index), float(song_s), index)
        track.add(float(song_s), watcher.watch(frame)[0])
    judge = Judge(standard)
    judge.step(track, until_s)
    return report_of(judge)


def another_dance(dance: Choreography) -> Choreography:
    """Return a dance on the same beat with other moves at every place: sections swapped."""
    bar = round(2.0 * dance.fps)
    blocks = [dance.joints[i : i + bar] for i in range(0, len(dance.joints) - 1, bar)]
    order = np.random.default_rng(7).permutation(len(blocks))
    joints = np.concatenate([blocks[i][:, :, :] for i in order])
    return Choreography(joints, dance.fps, dance.start_s)


def _facts(report: Report) -> dict[str, object]:
    lag = None if report.lag_ms is None else round(report.lag_ms)
    limbs = {name: round(score) for name, score in report.limbs.items()}
    return {
        "score": round(report.score, 1), "lag_ms": lag, "coverage": round(report.coverage, 2),
        "limbs": limbs, "grades": report.counts,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
