"""Measures whether the real networks find the drawn dancer, over a whole dance.

Run ``python -m tools.bench.pose.bench_dancer [--song neon-steps] [--every 7] [--draw OUT]``. A joint
counts as found within 12 px of where it was drawn at 640 x 480; the median error is that of the joints
seen at all.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from kpopdance.engines.choose import open_eyes
from kpopdance.realtime.core import body
from kpopdance.realtime.devices.drawn_dancer import DrawnDancer
from kpopdance.realtime.devices.drawn_person import OUTFITS
from kpopdance.realtime.devices.drawn_picture import DrawnRoom
from kpopdance.realtime.library.pack_reader import load_pack
from kpopdance.realtime.library.songpack import BUNDLED
from kpopdance.realtime.pose.confidence import CURVES
from kpopdance.realtime.pose.looks import LOOKS, close_looks
from kpopdance.realtime.pose.skeletons import assemble
from kpopdance.realtime.pose.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpopdance.engines.maps import Region
    from kpopdance.realtime.core.types import Choreography, Pose
    from kpopdance.realtime.pose.looks import Look

    See = Callable[[NDArray[np.uint8], NDArray[np.float64]], list[Pose]]

Floats = NDArray[np.float64]

FOUND_PX: Final = 12.0
TARGET: Final = 16.5
FULL: Final = (368, 496)
CROP_FACTOR: Final = 1.35
WORST: Final = 24


def main() -> None:
    """Print how many joints are found: in all, per joint, per section, and what drawing costs."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--song", default="neon-steps", help="a bundled one")
    arguments.add_argument("--every", type=int, default=7, help="measure every n-th row")
    arguments.add_argument("--look", type=int, default=0, help="which look")
    arguments.add_argument("--draw", type=Path, help="folder for pictures of the worst frames")
    asked = arguments.parse_args()
    song = load_pack(BUNDLED / asked.song)
    dance = song.members[song.lead]
    seconds = np.arange(0, len(dance.joints), asked.every) / dance.fps
    pictures, truths, cost_ms = _drawn(dance, seconds, asked.look)
    print(
        f"{len(seconds)} frames, drawn in {np.median(cost_ms):.1f} ms (p50), "
        f"{np.percentile(cost_ms, 95):.1f} ms (p95)"
    )
    for name, see in _ways().items():
        errors, poses = _errors(see, pictures, truths)
        _report(name, errors, seconds, song.sections)
        if asked.draw is not None:
            _save_worst(asked.draw / name.replace(" ", "_"), pictures, errors, (truths, poses))


def _ways() -> dict[str, See]:
    eyes = open_eyes()
    watcher = Watcher(eyes)

    def full(picture: NDArray[np.uint8], _: Floats) -> list[Pose]:
        return assemble(eyes.everybody.see(picture, region=None, size=FULL))

    def crop(*looks: Look) -> See:
        return lambda picture, truth: watcher.glance(picture, _square(truth), looks)

    return {
        "OpenPose, full picture 368x496": full,
        "OpenPose, crop 256x256": crop("crop"),
        "live, Lightning and BlazePose": crop(*close_looks(eyes.close, unhurried=False)),
        "live, with OpenPose": crop("crop", *close_looks(eyes.close, unhurried=False)),
        "unhurried": crop(*close_looks(eyes.close, unhurried=True)),
        **{LOOKS[name].words: crop(name) for name in CURVES if name in eyes.close},
    }


def _drawn(
    dance: Choreography, seconds: Floats, look: int
) -> tuple[list[NDArray[np.uint8]], Floats, Floats]:
    """Return pictures, true joints (N, 18, 3) px, and ms per picture."""
    dancer, studio = DrawnDancer(dance), DrawnRoom()
    pictures, truths, cost = [], [], []
    for index, second in enumerate(seconds):
        before = perf_counter()
        joints = dancer.joints(float(second))
        if joints is None:
            raise ValueError("the drawn dancer is never absent")
        pictures.append(studio.take([(joints, OUTFITS[look])], index, dancer.height_px))
        cost.append((perf_counter() - before) * 1e3)
        truths.append(joints)
    return pictures, np.stack(truths).astype(np.float64), np.array(cost)


def _errors(
    see: See, pictures: list[NDArray[np.uint8]], truths: Floats
) -> tuple[Floats, Floats]:
    """Return errors (N, 18) px, infinite where unseen, and the poses (N, 18, 2) px."""
    poses = np.full((len(pictures), 18, 2), np.nan)
    for index, (picture, truth) in enumerate(zip(pictures, truths, strict=True)):
        found = see(picture, truth)
        if found:
            best = max(found, key=lambda pose: int(pose.seen.sum()))
            poses[index] = best.joints[:, :2]
    errors = np.linalg.norm(poses - truths[..., :2], axis=-1)
    return np.where(np.isfinite(errors), errors, np.inf), poses


def _square(truth: Floats) -> Region:
    """Return the tracked crop: the square about the body's box, 1.35 times its longer side."""
    low, high = truth[:, :2].min(axis=0), truth[:, :2].max(axis=0)
    (x, y), half = (low + high) / 2, float((high - low).max()) * CROP_FACTOR / 2
    return (x - half, y - half, x + half, y + half)


def _report(
    name: str, errors: Floats, seconds: Floats, sections: Sequence[tuple[str, float]]
) -> None:
    found = errors <= FOUND_PX
    mean, median = found.sum(axis=1).mean(), np.median(errors[np.isfinite(errors)])
    verdict = "reached" if mean >= TARGET and median <= 6 else "MISSED"
    print(f"\n{name}: {mean:.2f} of 18 found, median error {median:.1f} px; target {verdict}")
    for joint, label in enumerate(body.JOINTS):
        seen = errors[np.isfinite(errors[:, joint]), joint]
        print(f"  {label:15s} {found[:, joint].mean():6.1%}  median {np.median(seen):4.1f} px")
    ends = [start for _, start in sections[1:]] + [np.inf]
    for (label, start), end in zip(sections, ends, strict=True):
        here = (seconds >= start) & (seconds < end)
        missed = np.argsort(found[here].mean(axis=0))[:3]
        weak = ", ".join(f"{body.JOINTS[j]} {found[here, j].mean():.0%}" for j in missed)
        print(f"  {start:5.1f} s {label:14s} {found[here].sum(axis=1).mean():5.2f}  {weak}")


def _save_worst(
    folder: Path,
    pictures: list[NDArray[np.uint8]],
    errors: Floats,
    joints: tuple[Floats, Floats],
) -> None:
    """Write the frames with the fewest joints found: truth green, the network's red."""
    folder.mkdir(parents=True, exist_ok=True)
    for rank, index in enumerate(np.argsort((errors <= FOUND_PX).sum(axis=1))[:WORST]):
        picture = pictures[index].copy()
        for points, colour in zip(joints, ((0, 220, 0), (0, 0, 255)), strict=True):
            for x, y in points[index, :, :2][np.isfinite(points[index, :, 0])]:
                cv2.circle(picture, (round(x), round(y)), 3, colour, -1, cv2.LINE_AA)
        cv2.imwrite(str(folder / f"{rank:02d}_frame{index:04d}.png"), picture)


if __name__ == "__main__":
    main()
