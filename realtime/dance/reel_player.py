"""A player in a reel: cut out of what was filmed, veiled if they wish, or as a skeleton."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.closeup import closeups
from kpopdance.realtime.core.track import BRIDGED_S, resample
from kpopdance.realtime.dance.reel_story import FPS
from kpopdance.realtime.devices.film_in_order import FilmInOrder
from kpopdance.realtime.devices.veil import veiled
from kpopdance.realtime.screens.view import FilmView
from kpopdance.realtime.studio.drawn_joints import steadied

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kpopdance.realtime.core.reel_wish import ReelWish
    from kpopdance.realtime.dance.footage import Footage

    Window = tuple[float, float, float, float]

EARLY_S: Final = 0.5 / FPS
"""A picture is shown from the reel's picture on that is nearest to its second."""
LEAST_POSES: Final = 2
BELOW: Final = 0.25
"""Of the height that a pane shows more than the dancer needs: so much lies below their feet."""


class ReelPlayers:
    """All players of a reel; ``close`` them.

    Who danced before one camera is cut out of one film, which is read once for all of them.

    Parameters
    ----------
    footages : sequence of Footage
    wish : ReelWish
    until_s : float
        The last song second that is shown.
    panes : sequence of (int, int)
        Width and height of everybody's room, px.

    Raises
    ------
    DanceError
        Where a film cannot be read.
    """

    def __init__(
        self, footages: Sequence[Footage], wish: ReelWish, until_s: float,
        panes: Sequence[tuple[int, int]],
    ) -> None:  # fmt: skip
        self._films: dict[Path, FilmInOrder] = {}
        tracks = [_Track(each) for each in footages]
        self._players: list[ReelPlayer] = []
        try:
            for each, track, pane in zip(footages, tracks, panes, strict=True):
                film = None if wish.look == "skeleton" else self._film(each.pictures)
                with_them = [
                    other
                    for other, danced in zip(tracks, footages, strict=True)
                    if other is not track and danced.pictures == each.pictures
                ]
                times = np.arange(round(until_s * FPS) + 1) / FPS + each.lag_s
                veil = (track, with_them) if wish.look == "blurred" else None
                player = ReelPlayer(track.rows(times), each.lag_s, pane, film, veil)
                self._players.append(player)
        except BaseException:
            self.close()
            raise

    def __getitem__(self, number: int) -> ReelPlayer:
        return self._players[number]

    def close(self) -> None:
        """Let go of the films."""
        for film in self._films.values():
            film.close()

    def _film(self, path: Path | None) -> FilmInOrder | None:
        """Return a film, opened once."""
        if path is None:
            return None
        if path not in self._films:
            self._films[path] = FilmInOrder(path)
        return self._films[path]


class _Track:
    """Where somebody was seen, px of their film's pictures, and how sure that is."""

    def __init__(self, footage: Footage) -> None:
        self._at_s = footage.at_s
        self._joints = footage.joints * np.array([footage.scale, footage.scale, 1], np.float32)

    def rows(self, times: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the joints float32 (N, 18, 3) at seconds (N,) as they are drawn."""
        few = len(self._at_s) < LEAST_POSES
        steady = self._joints if few else steadied(self._at_s, self._joints)
        return resample(self._at_s, steady, times, BRIDGED_S)

    def at(self, at_s: float, corner: tuple[int, int]) -> tuple[NDArray[np.float32], float]:
        """Return the joints (18, 3) at a second, px from a corner, and how far they may be off."""
        joints = resample(self._at_s, self._joints, np.array([at_s]), BRIDGED_S)[0]
        joints[:, :2] -= corner
        return joints, self._slack_px(at_s)

    def _slack_px(self, at_s: float) -> float:
        """Return how far the head came between the looks before and after a second: half is a guess."""
        right = int(np.clip(np.searchsorted(self._at_s, at_s), 1, max(len(self._at_s) - 1, 1)))
        near = self._joints[right - 1 : right + 1, :2, :2]  # nose and neck
        steps = np.hypot(*np.diff(near, axis=0).reshape(-1, 2).T)
        return 0.5 * float(np.nan_to_num(steps).max(initial=0.0))


class ReelPlayer:
    """One player in their pane.

    ``rows`` are their joints float32 (N, 18, 3), px of the film's pictures, ``lag_s`` late; ``veil``
    hides their face by where they, and others in their film, were seen.
    """

    def __init__(
        self, rows: NDArray[np.float32], lag_s: float, pane: tuple[int, int],
        film: FilmInOrder | None, veil: tuple[_Track, list[_Track]] | None,
    ) -> None:  # fmt: skip
        self._lag_s, self._pane, self._film, self._veil = lag_s, pane, film, veil
        self._rows = rows
        size = _moved_into_a_picture(self._rows) if film is None else film.size
        self._windows = shaped(closeups(self._rows, FPS, size), pane, size)

    def film(self, song_s: float) -> FilmView | None:
        """Return the picture of a song second as it is seen; None where nothing was filmed."""
        if self._film is None:
            return None
        frame = self._film.at(song_s + self._lag_s + EARLY_S - self._film.begins_s)
        left, top, wide, high = self._windows[self._row(song_s)].tolist()
        image, window = frame.image, (left, top, wide, high)
        if self._veil is not None:
            image, window = self._veiled(image, window, frame.captured_s + self._film.begins_s)
        return FilmView(image, window, turned=False, joints=np.zeros((0, 18, 3), np.float32))

    def figure(self, song_s: float) -> NDArray[np.float32] | None:
        """Return the skeleton of a song second, px of the pane; None where it was not seen."""
        row = self._row(song_s)
        left, top, wide, _high = self._windows[row].tolist()
        joints: NDArray[np.float32] = self._rows[row].copy()
        if not (joints[:, 2] > 0).any():
            return None
        joints[:, :2] = (joints[:, :2] - (left, top)) * (self._pane[0] / wide)
        return joints

    def _row(self, song_s: float) -> int:
        return min(max(round(song_s * FPS), 0), len(self._rows) - 1)

    def _veiled(
        self, image: NDArray[np.uint8], window: Window, at_s: float
    ) -> tuple[NDArray[np.uint8], Window]:
        """Return the part of a picture that is seen, veiled by the poses of its own second."""
        assert self._veil is not None
        track, others = self._veil
        left, top, wide, high = window
        x, y = max(int(left) - 1, 0), max(int(top) - 1, 0)
        part = image[y : int(top + high) + 2, x : int(left + wide) + 2]
        joints, slack_px = track.at(at_s, (x, y))
        veil = veiled(part, joints, slack_px, [other.at(at_s, (x, y)) for other in others])
        return veil, (left - x, top - y, wide, high)


def shaped(
    windows: NDArray[np.float32], pane: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Return windows (T, 4) in the shape of a pane that hold as much, and lie in the picture.

    Parameters
    ----------
    windows : float32 (T, 4)
        Left, top, width and height, px of a picture.
    pane, size : (int, int)
        Width and height, px; ``size`` is the picture's.
    """
    left, top, wide, high = windows.astype(np.float64).T
    shape = pane[0] / pane[1]
    tall = np.maximum(high, wide / shape)
    tall = np.minimum(
        tall, min(size[1], size[0] / shape)
    )  # nothing beyond the picture is shown
    extent = np.stack([tall * shape, tall])
    most = np.array(size, np.float64)[:, None] - extent
    below = BELOW * np.maximum(tall - high, 0)  # both stand on one floor
    corner = np.stack([left + wide / 2 - extent[0] / 2, top + high + below - tall])
    corner = np.clip(corner, 0, np.maximum(most, 0))
    return np.concatenate([corner, extent]).T.astype(np.float32)


def _moved_into_a_picture(joints: NDArray[np.float32]) -> tuple[int, int]:
    """Move all joints to the middle of a picture that has room around them; return its size, px."""
    places = joints[joints[..., 2] > 0][:, :2]
    if not len(places):
        return (640, 480)
    wide, high = places.max(axis=0).tolist()
    joints[..., :2] += (wide / 2, high / 2)
    return max(2, round(2 * wide)), max(2, round(2 * high))
