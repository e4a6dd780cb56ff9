"""What the quiz shows: dances of song packs, or masked videos; a clip of one loops without sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from kpopdance.engines.errors import DanceError
from kpopdance.engines.tongues import _
from kpopdance.realtime.quiz.rules import CLIP_S, LADDER, Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.types import Choreography, Frame
    from kpopdance.realtime.library.songpack import PackFacts
    from kpopdance.realtime.screens.quiz_view import Colour
    from kpopdance.realtime.shell.songs import Songs

VIDEOS: Final = (".mp4", ".gif", ".webm", ".mkv", ".mov")
MOST_SEEN_PX: Final = 640  # longer side of a masked video's pictures, kept in memory
SEEN_ROWS: Final = 0.5  # of a clip's rows with the one asked for, or another moment is taken
LEAST_JOINTS: Final = 8
Box = tuple[float, float, float, float]
Music = tuple["NDArray[np.float32]", int]
"""Samples float32 (N, 2), -1..1, and their rate."""


class Clip(Protocol):
    """Some seconds of a dance."""

    @property
    def bpm(self) -> float:
        """Beats a minute, for motion."""

    def joints(self, at_s: float, *, everybody: bool) -> NDArray[np.float32] | None:
        """Return float32 (M, 18, 3) at a second of the clip; None where it has a picture."""

    def stature(self, *, everybody: bool) -> Box:
        """Return left, top, right, bottom of all that is reached during the clip."""

    def picture(self, at_s: float) -> NDArray[np.uint8] | None:
        """Return uint8 (H, W, 3) RGB at a second of the clip; None where it has joints."""

    @property
    def length_s(self) -> float:
        """Seconds until it begins again."""


class Shelf(Protocol):
    """Where clips come from; ``empty`` says what to do where there are none."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    empty: str

    def clip(self, slug: str, start_s: float) -> Clip:
        """Return some seconds of a song; raises DanceError where it is damaged."""

    def music(self, slug: str, start_s: float, seconds: float) -> Music | None:
        """Return some seconds of its sound; None where it has none."""

    def colours(self, slug: str) -> tuple[Colour, ...]:
        """Return its cover's colours, as far as they are known."""


@dataclass(frozen=True, slots=True, eq=False)
class PackClip:
    """A clip of a song pack: ``rows`` float32 (M, T, 18, 3), the lead first; T rows at ``fps``.

    ``reach`` is what the lead, and what everybody, reaches: left, top, right, bottom.
    """

    title: str
    bpm: float
    rows: NDArray[np.float32]
    fps: float
    reach: tuple[Box, Box]

    @property
    def length_s(self) -> float:
        """Seconds until it begins again."""
        return float(self.rows.shape[1] / self.fps)

    def joints(self, at_s: float, *, everybody: bool) -> NDArray[np.float32]:
        """Return float32 (M, 18, 3) at a second of the clip, the lead first."""
        row = min(int(at_s % self.length_s * self.fps), self.rows.shape[1] - 1)
        return self.rows[:, row] if everybody else self.rows[:1, row]

    def stature(self, *, everybody: bool) -> Box:
        """Return left, top, right, bottom of all that is reached during the clip."""
        return self.reach[everybody]

    def picture(self, at_s: float) -> None:
        """Return None: it has joints."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoClip:
    """A clip of a masked video: pictures uint8 (H, W, 3) RGB and the clip second of each."""

    title: str
    pictures: tuple[NDArray[np.uint8], ...]
    at_s: NDArray[np.float64]
    length_s: float
    bpm: float = 120.0

    def joints(self, at_s: float, *, everybody: bool) -> None:
        """Return None: it has pictures."""

    def stature(self, *, everybody: bool) -> Box:
        """Return the picture's size in px."""
        height, width = self.pictures[0].shape[:2]
        return (0.0, 0.0, float(width), float(height))

    def picture(self, at_s: float) -> NDArray[np.uint8]:
        """Return uint8 (H, W, 3) RGB at a second of the clip."""
        index = int(np.searchsorted(self.at_s, at_s % self.length_s, side="right")) - 1
        return self.pictures[max(index, 0)]


class PackShelf:
    """Clips straight from song packs.

    Parameters
    ----------
    songs : Songs
        Waited for until all are read; damaged ones are left out and named in ``problems``. A
        choreography is loaded only for its clip.
    read_part : callable
        Returns samples float32 (N, 2) of a file from a second on, for so many, and their rate.
    """

    def __init__(self, songs: Songs, read_part: Callable[[Path, float, float], Music]) -> None:
        self.empty = _("there is no song to guess; record one: kpopdance record VIDEO")
        self._songs, self._read_part = songs, read_part
        self.packs = songs.whole().packs
        self.problems = songs.problems
        self.entries = tuple(_entry(slug, song) for slug, song in self.packs.items())

    def clip(self, slug: str, start_s: float) -> PackClip:
        """Return some seconds of a song; a moment later where the dancer is hardly seen."""
        song = self._songs.load(slug)
        lead = song.members[song.lead]
        moments = np.arange(start_s, max(lead.end_s - CLIP_S, start_s) + 0.1, 1.0)
        seen = [_seen(_rows(lead, at_s)) for at_s in moments]
        best = next(
            (k for k, share in enumerate(seen) if share >= SEEN_ROWS), int(np.argmax(seen))
        )
        others = [member for k, member in enumerate(song.members) if k != song.lead]
        rows = np.stack([_rows(member, float(moments[best])) for member in (lead, *others)])
        bpm = song.tempo.bpm_at(float(moments[best]))
        return PackClip(song.title, bpm, rows, lead.fps, (_reach(rows[:1]), _reach(rows)))

    def music(self, slug: str, start_s: float, seconds: float) -> Music | None:
        """Return some seconds of its sound; None where it has none."""
        path = self.packs[slug].audio
        return None if path is None else self._read_part(path, start_s, seconds)

    def colours(self, slug: str) -> tuple[Colour, ...]:
        """Return its cover's colours, as far as they are known."""
        return self.packs[slug].colours


class VideoShelf:
    """Clips of masked videos: every video and GIF of a folder, its name the title.

    Parameters
    ----------
    folder : Path
        Where they lie.
    read : callable
        Yields a video's frames, ``captured_s`` from its first; raises DanceError for damage.
    length_s : callable
        Returns a video's seconds; raises DanceError for damage.
    """

    def __init__(
        self, folder: Path, read: Callable[[Path], Iterable[Frame]],
        length_s: Callable[[Path], float],
    ) -> None:  # fmt: skip
        self.empty = _(
            "{folder}: there is no clip in it; make one: kpopdance mask VIDEO -o CLIP",
            folder=folder,
        )
        refuse_missing(folder)
        self._read = read
        self._paths: dict[str, Path] = {}
        entries, problems = [], []
        for path in sorted(folder.iterdir()):
            if path.suffix.lower() in VIDEOS:
                try:
                    ends_s = length_s(path)
                except DanceError as why:
                    problems.append(str(why))
                    continue
                self._paths[path.name] = path
                entries.append(Entry(path.name, title_of(path), 0.0, ends_s, LADDER[1:2]))
        self.entries, self.problems = tuple(entries), tuple(problems)

    def clip(self, slug: str, start_s: float) -> VideoClip:
        """Return some seconds of a video, its pictures in memory and made small."""
        pictures, at_s = [], []
        for frame in self._read(self._paths[slug]):
            if frame.captured_s >= start_s + CLIP_S:
                break
            if frame.captured_s >= start_s - 1e-6:
                pictures.append(_small(frame.image))
                at_s.append(frame.captured_s - start_s)
        if not pictures:
            raise DanceError(
                _(
                    "{paths}: has no pictures at {start_s:.0f} s; mask it again",
                    paths=self._paths[slug],
                    start_s=start_s,
                )
            )
        step_s = float(np.median(np.diff(at_s))) if len(at_s) > 1 else 1.0
        return VideoClip(
            title_of(self._paths[slug]), tuple(pictures), np.array(at_s), at_s[-1] + step_s
        )

    def music(self, slug: str, start_s: float, seconds: float) -> None:
        """Return None: masked videos are silent."""

    def colours(self, slug: str) -> tuple[Colour, ...]:
        """Return none: they have no cover."""
        return ()


def refuse_missing(folder: Path) -> None:
    """Raise DanceError where there is no such folder of clips."""
    if not folder.is_dir():
        raise DanceError(
            _(
                "{folder}: there is no such folder of clips; make some: kpopdance mask",
                folder=folder,
            )
        )


def title_of(path: Path) -> str:
    """Return a clip's title: its file's name, underlines as spaces."""
    return " ".join(path.stem.replace("_", " ").split())


def _entry(slug: str, song: PackFacts) -> Entry:
    there = {"formation": song.dancers > 1, "music": song.audio is not None,
             "colours": bool(song.colours)}  # fmt: skip
    hints = tuple(step for step in LADDER if there.get(step, True))
    return Entry(slug, song.title, song.start_s, song.length_s, hints)


def _rows(member: Choreography, start_s: float) -> NDArray[np.float32]:
    """Return a clip's rows of a member, float32 (T, 18, 3); fewer where its dance ends."""
    first = max(0, round((start_s - member.start_s) * member.fps))
    rows: NDArray[np.float32] = member.joints[first : first + round(CLIP_S * member.fps)]
    return rows if len(rows) else member.joints[-1:]


def _reach(rows: NDArray[np.float32]) -> Box:
    """Return left, top, right, bottom of all that is seen in rows float32 (M, T, 18, 3)."""
    xy = rows[..., :2].reshape(-1, 2)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if not len(xy):
        return (0.0, 0.0, 1.0, 1.0)
    (left, top), (right, bottom) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
    return (left, top, right, bottom)


def _seen(rows: NDArray[np.float32]) -> float:
    """Return the share of rows in which enough of the dancer is seen."""
    return float(((rows[..., 2] > 0).sum(axis=1) >= LEAST_JOINTS).mean())


def _small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a picture as RGB, at most ``MOST_SEEN_PX`` long."""
    step = -(-max(image.shape[:2]) // MOST_SEEN_PX)
    return np.ascontiguousarray(image[::step, ::step, ::-1])
