"""Dances from whole videos: a choreography to keep, or a player's track to score."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.core.track import MAX_GAP_S, PoseTrack, resample
from kpopdance.realtime.core.types import Choreography
from kpopdance.realtime.pose.offline_filter import fill_gaps, smooth_both_ways, without_mistakes
from kpopdance.realtime.pose.scenes import scenes_of
from kpopdance.realtime.pose.watcher import PlayerWatcher
from kpopdance.realtime.studio.ahead import looked_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame

RECORDED_FPS: Final = 30.0  # rows per second of a recorded choreography
MIN_PERSON_JOINTS: Final = 8
LIMB_JOINTS: Final = {
    "head": (0, 14, 15, 16, 17), "torso": (1, 2, 5, 8, 11), "right_arm": (3, 4),
    "left_arm": (6, 7), "right_leg": (9, 10), "left_leg": (12, 13),
}  # fmt: skip


class RecordingError(DanceError):
    """No dance could be recorded from a video."""


def check_pictures(at_s: Sequence[float]) -> None:
    """Refuse a film by the seconds of its first pictures, before anybody is looked for in it.

    Raises
    ------
    RecordingError
        Where there are too few, or they lie too far apart to follow a dance.
    """
    if len(at_s) < 2 or at_s[-1] - at_s[0] <= 1 / RECORDED_FPS:
        raise RecordingError(
            _(
                "the video holds too few pictures ({count}) to record a dance from",
                count=len(at_s),
            )
        )
    apart_s = float(np.median(np.diff(at_s)))
    if apart_s > MAX_GAP_S:
        raise RecordingError(
            _(
                "the video shows a picture every {apart_s:.1f} s only; a dance needs {least:.0f} "
                "a second at least",
                apart_s=apart_s,
                least=1 / MAX_GAP_S,
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """How good a recording is.

    ``seen`` limb -> 0..1, ``gaps`` how often the dancer was not seen, ``longest_gap_s``,
    ``fps`` frames per second of the video, ``frames`` how many.
    """

    seen: dict[str, float]
    gaps: int
    longest_gap_s: float
    fps: float
    frames: int


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One dancer of a video.

    ``at_s`` float64 (T,) from the first picture, ``joints`` float32 (T, 18, 3) px as the network
    saw them, ``height`` of the picture in px; ``cuts`` are the rows at which another scene begins.
    """

    at_s: NDArray[np.float64]
    joints: NDArray[np.float32]
    height: int
    cuts: tuple[int, ...] = ()

    def choreography(self, start_s: float = 0.0) -> Choreography:
        """Return the dance in stage units: mistakes out, gaps filled, smoothed in both directions.

        ``start_s`` is the song second of the video's first picture.
        """
        whole = np.concatenate([self._whole(s) for s in scenes_of(len(self.at_s), self.cuts)])
        times = np.arange(0.0, self.at_s[-1], 1 / RECORDED_FPS)
        rows = resample(self.at_s, whole, times)
        later = np.searchsorted(self.at_s, times, side="right")
        between = np.isin(later, self.cuts) & (times > self.at_s[later - 1] + 1e-9)
        rows[between] = (np.nan, np.nan, 0)  # half of another scene
        rows[..., :2] /= self.height
        return Choreography(rows, RECORDED_FPS, start_s)

    def _whole(self, scene: slice) -> NDArray[np.float32]:
        """Return a scene's joints, mistakes out, gaps filled, smoothed."""
        at_s = self.at_s[scene]
        sound = without_mistakes(at_s, self.joints[scene])
        return smooth_both_ways(at_s, fill_gaps(at_s, sound))

    def quality(self) -> Quality:
        """Return how much was seen."""
        seen = self.joints[..., 2] > 0
        there = seen.sum(axis=1) >= MIN_PERSON_JOINTS
        edges = np.flatnonzero(np.diff(np.concatenate([[True], there, [True]]).astype(int)))
        at = np.append(self.at_s, self.at_s[-1])
        gaps = [float(at[b] - at[a]) for a, b in edges.reshape(-1, 2)]
        span = max(float(self.at_s[-1] - self.at_s[0]), 1e-6)
        return Quality(
            seen={k: float(seen[:, list(joints)].mean()) for k, joints in LIMB_JOINTS.items()},
            gaps=len(gaps),
            longest_gap_s=max(gaps, default=0.0),
            fps=(len(self.at_s) - 1) / span,
            frames=len(self.at_s),
        )


def player_track(
    frames: Iterable[Frame], eyes: Eyes, progress: Callable[[Frame], None] = lambda _: None
) -> PoseTrack:
    """Return a player's poses at seconds from the first picture, smoothed as in the live game."""
    watcher = PlayerWatcher(eyes)
    track = PoseTrack()
    with closing(looked_at(frames, watcher.watch)) as looked:
        for frame, poses in looked:
            track.add(frame.captured_s, poses[0])
            progress(frame)
    return track
