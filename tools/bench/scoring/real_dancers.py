"""Dancers of real videos: seen once by the networks, then reference and player in turn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.track import PoseTrack
from kpopdance.realtime.core.types import Choreography, Pose
from kpopdance.realtime.devices.audio_file import read_audio
from kpopdance.realtime.devices.media_file import MediaError
from kpopdance.realtime.devices.video_file import VideoFile
from kpopdance.realtime.pose.live_filter import LiveFilter
from kpopdance.realtime.studio.bars import USUAL_BPM, bars_of
from kpopdance.realtime.studio.recording import Recording
from kpopdance.realtime.studio.rhythm import match_sound, onset_strength
from kpopdance.realtime.studio.take_making import take_from

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.engines.ports import Eyes

ANKLES: Final = (10, 13)
ANKLES_SEEN: Final = 0.5  # of the pictures; fewer is no whole body


@dataclass(eq=False)
class Filmed:
    """One dancer of one video.

    ``recording`` as the networks saw it; ``onsets`` float32 (bands, T) of its sound or None,
    which begins ``sound_s`` seconds after the first picture; ``beat``: beats a minute and the
    second of a bar's first.
    """

    name: str
    recording: Recording
    onsets: NDArray[np.float32] | None
    sound_s: float
    beat: tuple[float, float] = (USUAL_BPM, 0.0)

    @cached_property
    def choreography(self) -> Choreography:
        """The dance as a reference; second 0 is where its sound begins."""
        return self.recording.choreography(start_s=-self.sound_s)

    @cached_property
    def track(self) -> PoseTrack:
        """The dance as a player's, steadied as live, seconds from the first picture."""
        return track_of(self.recording.at_s, self.recording.joints)

    @property
    def whole(self) -> bool:
        """Whether the feet are in the picture too."""
        return float((self.recording.joints[:, ANKLES, 2] > 0).mean()) > ANKLES_SEEN

    def shift_of(self, player: Filmed) -> float:
        """Return the second of this one's music at which the player's first picture was taken.

        By their sound where both have the same, else both begin together.
        """
        if self.onsets is not None and player.onsets is not None:
            match = match_sound(self.onsets, player.onsets)
            if match.believable:
                return match.shift_s - player.sound_s
        return -self.sound_s


def track_of(at_s: NDArray[np.float64], joints: NDArray[np.float32]) -> PoseTrack:
    """Return joints float32 (T, 18, 3) px as the live game collects them, steadied."""
    steady, track = LiveFilter(), PoseTrack()
    for at, row in zip(at_s.tolist(), joints, strict=True):
        seen = bool((row[:, 2] > 0).any())
        track.add(at, steady.step(Pose(row.copy()), at) if seen else None)
    return track


def filmed(video: Path, eyes: Eyes, *, kept_in: Path, dancers: int = 1) -> list[Filmed]:
    """Return the dancers of a video, from the left; one is the largest and most central.

    What the networks saw is kept in a folder, by the video's bytes and the networks' name.
    """
    key = hashlib.sha256(video.read_bytes() + f"{eyes.name} {dancers}".encode()).hexdigest()[
        :16
    ]
    kept = kept_in / f"{video.stem}-{key}.npz"
    if not kept.exists():
        asked = tuple(range(1, dancers + 1)) if dancers > 1 else ()
        with VideoFile(video) as frames:
            take = take_from(frames.frames(), eyes, dancers=asked)
        who = take.members if dancers > 1 else (take.lead,)
        seen = [take.recording(person) for person in who]
        kept_in.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            kept, at_s=seen[0].at_s, height=seen[0].height,
            joints=np.stack([one.joints for one in seen]),
        )  # fmt: skip
    with np.load(kept) as packed:
        at_s, height, everybody = packed["at_s"], int(packed["height"]), packed["joints"]
    try:
        sound = read_audio(video)
        onsets, sound_s = onset_strength(sound.samples, sound.rate), sound.start_s
        bars = bars_of(sound.samples, sound.rate)
        beat = bars.bpm, bars.offset_s
    except MediaError:
        onsets, sound_s, beat = None, 0.0, (USUAL_BPM, 0.0)
    return [
        Filmed(
            video.stem if dancers == 1 else f"{video.stem} {k + 1}",
            Recording(at_s, joints, height), onsets, sound_s, beat,
        )
        for k, joints in enumerate(everybody)
    ]  # fmt: skip
