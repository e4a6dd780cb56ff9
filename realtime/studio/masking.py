"""Films masked down to skeletons: who dances in them, steadied, and the pictures drawn of it.

What is drawn is decided with the whole film known:

- Somebody who is there for less than half a second (of a shorter film: half of it) is a mistake and
  left out, and so is who is seen in less than three of ten pictures between the first and the last,
  or with joints of which fewer than two in three are sure. Fewer than five joints are nobody.
- Gaps up to half a second are bridged in a straight line; longer ones stay gaps.
- Swapped sides are put back, limbs out of reach and jumps left out, and what remains is smoothed in
  both directions of time, so that it neither trembles nor lags.
- A joint seen for less than a tenth of a second (of a shorter film: half of it) is left out, and
  one that was doubtful for the second before and after: legs out of the picture, guessed now and
  then.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.realtime.core.track import MAX_GAP_S, choreography_rows, resample
from kpopdance.realtime.core.types import Pose
from kpopdance.realtime.pose.crowd import Crowd
from kpopdance.realtime.pose.looks import close_looks
from kpopdance.realtime.pose.stature import mean_around, torsos_over_time
from kpopdance.realtime.pose.tracker import prominence
from kpopdance.realtime.pose.watcher import FULL_AREA_PX, Watcher, distinct, look_closely
from kpopdance.realtime.studio.ahead import looked_at
from kpopdance.realtime.studio.drawn_joints import _there, steadied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from kpopdance.engines.maps import Region
    from kpopdance.engines.ports import Eyes
    from kpopdance.realtime.core.types import Frame
    from kpopdance.realtime.library.songpack import SongPack

    Painter = Callable[
        [NDArray[np.uint8] | None, NDArray[np.float32], NDArray[np.float32]], NDArray[np.uint8]
    ]
    """From a picture (None: there is none), people (P, 18, 3) px and their torsos (P,) px."""
ROOM: Final = 0.06  # of the picture, around a song's dance
WORTH_MOVING: Final = 1.2  # times as large: then a song's view follows the dancers
BODY_ROOM: Final = 0.6  # torsos beyond the joints: crown, hands, feet


class MaskingError(DanceError):
    """A film cannot be masked."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Who dances, and where, at every picture of a film.

    Attributes
    ----------
    at_s : float64 (T,)
        Seconds of the pictures.
    people : float32 (P, T, 18, 3)
        x px, y px, confidence; unseen is NaN, NaN, 0.
    torsos : float32 (P, T)
        How long everybody's torso is, px, foreshortened or not: what the strokes are measured by.
    size : (int, int)
        Width and height of the picture, px.
    ends_s : float
        When the last picture ends.
    """

    at_s: NDArray[np.float64]
    people: NDArray[np.float32]
    torsos: NDArray[np.float32]
    size: tuple[int, int]
    ends_s: float

    @property
    def most(self) -> int:
        """How many are seen at once at most."""
        return int(_there(self.people).sum(axis=0).max(initial=0))

    def only(self, who: str, at_s: float | None = None) -> Scene:
        """Return the scene with one person alone.

        Parameters
        ----------
        who : str
            ``lead`` (the largest and most central over the whole film), ``left``, ``middle``,
            ``right``, or a number counted from the left, from 1.
        at_s : float, optional
            When they stand so; where the most people are first seen at once if left out.

        Raises
        ------
        MaskingError
            Where nobody stands there.
        """
        chosen = self._lead() if who == "lead" else self._placed(who, at_s)
        return replace(self, people=self.people[[chosen]], torsos=self.torsos[[chosen]])

    def placed(self, size: tuple[int, int]) -> Scene:
        """Return the scene in a picture of another size (width, height), px."""
        scale = np.array([size[0] / self.size[0], size[1] / self.size[1]], np.float32)
        people = self.people.copy()
        people[..., :2] *= scale
        return replace(self, people=people, torsos=self.torsos * scale.min(), size=size)

    def shown(self, at_s: NDArray[np.float64]) -> Scene:
        """Return the scene of other pictures: each shows what the film shows at its second."""
        last = np.searchsorted(self.at_s, at_s + 1e-6, side="right") - 1
        rows = np.clip(last, 0, len(self.at_s) - 1)
        return replace(
            self, at_s=at_s, people=self.people[:, rows], torsos=self.torsos[:, rows]
        )

    def eased(self, at_s: NDArray[np.float64]) -> Scene:
        """Return the scene of other pictures, the dancers moved on between the film's."""
        scene = self.shown(at_s)
        if len(self.at_s) < 2 or np.diff(self.at_s).max() > MAX_GAP_S:
            return scene
        times = np.clip(at_s, self.at_s[0], self.at_s[-1])
        rows = [resample(self.at_s, person, times) for person in self.people]
        return replace(scene, people=np.stack(rows))

    def _lead(self) -> int:
        seen = _there(self.people)
        shares = [
            sum(prominence(Pose(row.copy()), self.size[0]) for row in person[there])
            for person, there in zip(self.people, seen, strict=True)
        ]
        return int(np.argmax(shares))

    def _placed(self, who: str, at_s: float | None) -> int:
        there = _there(self.people)
        row = int((there.sum(axis=0) if at_s is None else -np.abs(self.at_s - at_s)).argmax())
        here = np.flatnonzero(there[:, row])
        if not len(here):
            raise MaskingError(
                f"--only {who}: nobody is seen at {self.at_s[row]:.1f} s; choose another second"
            )
        x = np.nanmean(self.people[here, row, :, 0], axis=1)
        ranks = {"left": 0, "middle": (len(here) - 1) // 2, "right": len(here) - 1}
        rank = ranks[who] if who in ranks else int(who) - 1
        if not 0 <= rank < len(here):
            raise MaskingError(
                f"--only {who}: {len(here)} people are seen at {self.at_s[row]:.1f} s; "
                f"choose 1 to {len(here)}, counted from the left, or another second with @S"
            )
        return int(here[np.argsort(x)[rank]])


def follow(
    frames: Iterable[Frame],
    eyes: Eyes,
    *,
    area_px: int = FULL_AREA_PX,
    progress: Callable[[Frame], None] = lambda _: None,
) -> Scene:
    """Return who dances in a film; ``progress`` is called after each frame.

    ``area_px`` is of the network's input. ``ends_s`` repeats the last picture's interval.

    Raises
    ------
    MaskingError
        Where the film is a single picture, or shows nobody.
    """
    crowd, at_s = Crowd(), []
    size = (1, 1)
    again = Watcher(eyes)
    close = close_looks(eyes.close, unhurried=True)

    def look(frame: Frame) -> list[Pose]:
        return look_closely(eyes, frame.image, area_px=area_px)

    with closing(looked_at(frames, look, eyes.at_once)) as looked:
        for frame, people in looked:
            image = frame.image

            def look_again(region: Region, image: NDArray[np.uint8] = image) -> list[Pose]:
                return again.glance(image, region, ("crop", *close))

            there = distinct([[pose] for pose in people])
            crowd.step(there, image, frame.captured_s, look_again)
            at_s.append(frame.captured_s)
            size = (image.shape[1], image.shape[0])
            progress(frame)
    if len(at_s) < 2:
        raise MaskingError("a single picture is no film; choose a video or an animated GIF")
    times = np.array(at_s)
    return _scene(times, crowd.joints(times), size)


def scene_of_song(
    song: SongPack, size: tuple[int, int], *, members: Sequence[int] = (), fps: float = 30.0
) -> Scene:
    """Return a song pack's choreography as a scene that fills a picture.

    Where the dancers travel so far that they would be small, the view follows them sideways.

    Parameters
    ----------
    song : SongPack
    size : (int, int)
        Width and height, px.
    members : sequence of int
        Who is shown, from 0; empty: everybody. They stand as if there were nobody else.
    fps : float
        Pictures per second; ``at_s`` are song seconds.
    """
    dances = [song.members[k] for k in members or range(len(song.members))]
    begin = min(dance.start_s for dance in dances)
    ends_s = max(dance.end_s for dance in dances)
    at_s = begin + np.arange(int((ends_s - begin) * fps) + 1) / fps
    people = np.stack([choreography_rows(dance, at_s) for dance in dances])
    torsos = torsos_over_time(at_s, people)
    room = BODY_ROOM * float(np.median(torsos))
    still = np.full(len(at_s), np.nanmean(people[..., 0]))
    moving = _path(at_s, people)
    scales = [_fitting(people, path, room, size)[1] for path in (still, moving)]
    path = moving if scales[1] > WORTH_MOVING * scales[0] else still
    middle, scale = _fitting(people, path, room, size)
    people[..., 0] -= path[:, None]
    people[..., :2] = (people[..., :2] - middle) * scale + np.array(size) / 2
    return Scene(at_s, people, (torsos * scale).astype(np.float32), size, ends_s + 1 / fps)


def _path(at_s: NDArray[np.float64], people: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return where the middle of everybody is (T,), as calmly as a camera follows."""
    x, seen = people[..., 0], people[..., 2] > 0
    count = seen.sum(axis=(0, 2))
    middle = np.where(seen, x, 0).sum(axis=(0, 2)) / np.maximum(count, 1)
    path = mean_around(at_s, middle[None].astype(np.float32), count[None] > 0)
    calm: NDArray[np.float64] = mean_around(at_s, path, path != 0)[0].astype(np.float64)
    return calm


def _fitting(
    people: NDArray[np.float32], path: NDArray[np.float64], room: float, size: tuple[int, int]
) -> tuple[NDArray[np.float64], float]:
    """Return the middle (2,) of all people seen from a path, and what scales them to fill a picture."""
    xy = people[..., :2].astype(np.float64)
    xy[..., 0] -= path[:, None]
    low, high = np.nanmin(xy, axis=(0, 1, 2)) - room, np.nanmax(xy, axis=(0, 1, 2)) + room
    scale = float(((1 - 2 * ROOM) * np.array(size) / (high - low)).min())
    return (low + high) / 2, scale


def masked(
    scene: Scene, paint: Painter, frames: Iterable[Frame] | None = None
) -> Iterator[tuple[NDArray[np.uint8], float]]:
    """Yield every picture of a scene drawn, and its second.

    ``frames`` are the film's, where its pictures shall be seen behind the dancers.
    """
    behind = (None for _ in scene.at_s) if frames is None else _behind(frames, scene.at_s)
    for k, image in enumerate(behind):
        yield paint(image, scene.people[:, k], scene.torsos[:, k]), float(scene.at_s[k])


def _scene(
    at_s: NDArray[np.float64], joints: NDArray[np.float32], size: tuple[int, int]
) -> Scene:
    steady = [steadied(at_s, person) for person in joints]
    seen = [person for person in steady if (person[..., 2] > 0).any()]
    if not seen:
        raise MaskingError(
            "nobody is seen dancing in it; choose a film that shows whole people, well lit"
        )
    people = np.stack(seen)
    ends_s = float(2 * at_s[-1] - at_s[-2])
    return Scene(at_s, people, torsos_over_time(at_s, people), size, ends_s)


def _behind(frames: Iterable[Frame], at_s: NDArray[np.float64]) -> Iterator[NDArray[np.uint8]]:
    """Yield the picture that a film shows at each second."""
    shown: Frame | None = None
    k = 0
    for frame in frames:
        while shown is not None and k < len(at_s) and at_s[k] < frame.captured_s - 1e-6:
            yield shown.image
            k += 1
        shown = frame
    for _ in at_s[k:]:
        if shown is not None:
            yield shown.image
