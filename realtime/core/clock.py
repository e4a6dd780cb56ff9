"""Song seconds at any host second, from what the speaker reports."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kpopdance.realtime.core.types import Heard

GAIN = 0.01  # share of a report's error that is believed; 0.17 ms std on a real device
JUMP_S = 0.05  # beyond this an error is no jitter: the song was moved, believe it at once
EASE_S = 0.02  # a small correction is spread over about one picture of the screen
RUN_ON_S = 0.2  # the song is believed to go on this long after the newest report sounds
LEAP_S = 0.001  # how long a jump forward takes, so that the line stays a function of time
FORESIGHT_S = 0.5  # answers further ahead of the report than this are guesses and may change
KNOTS = 128  # corners kept, some seconds at 60 reports/s; older moments get the oldest answer


class SongClock:
    """Which song second sounds at a host second.

    The clock is one rising broken line over host time. A report moves only the part after the
    latest moment asked for, so nothing already answered is taken back: the song never runs
    backwards while the host does not. Where the song is behind its clock (a device came back),
    the line lies flat until the song has caught up. Without reports the line ends and the clock
    stands still; `pause` ends it at once.

    One thread writes (`step`, `pause`, `resume`, `reset`), any number may ask: the line is
    replaced by one assignment and never changed in place. A reader that asks in the very moment
    of a report may see that report's correction (below 0.5 ms) a moment late.

    Parameters
    ----------
    start_s : float
        The answer before the first report.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self.reset(start_s)

    def reset(self, start_s: float) -> None:
        """Forget everything: another song, or a seek. Only here the song may go back."""
        self._line = (np.zeros(1), np.full(1, start_s))
        self._asked_s = -math.inf
        self._offset_s = 0.0
        self._reports = 0
        self._newest: Heard | None = None
        self._paused = False
        self._fresh = True

    @property
    def running(self) -> bool:
        """Whether reports came and the clock is not paused."""
        return not self._paused and not self._fresh

    def step(self, heard: Heard | None) -> None:
        """Take the speaker's newest report; None and one already taken change nothing."""
        if heard is None or heard is self._newest or self._paused:
            return
        self._newest = heard
        error_s = heard.song_s - heard.at_s - self._offset_s
        if self._reports == 0 or abs(error_s) > JUMP_S:
            self._reports, self._offset_s = 1, heard.song_s - heard.at_s
        else:
            self._reports += 1
            self._offset_s += max(GAIN, 1 / self._reports) * error_s
        self._bend(heard.at_s)

    def song_s(self, host_s: float) -> float:
        """Return the song second that sounds at a host second; ask for moments up to now."""
        self._asked_s = max(self._asked_s, host_s)
        return float(np.interp(host_s, *self._line))

    def pause(self, host_s: float) -> None:
        """Stand still from a host second on, until `resume` and the next report."""
        self._paused = True
        self._line = self._until(max(host_s, self._asked_s))

    def resume(self) -> None:
        """Believe reports again; the clock goes on with the first."""
        self._paused = False

    def _bend(self, at_s: float) -> None:
        """Lead the line from the latest moment asked for onto the song's own line."""
        from_s = min(max(self._asked_s, at_s - 1), at_s + FORESIGHT_S)
        if self._fresh:  # nothing has played: the first report is right wherever it is
            self._fresh = False
            self._line = (np.array([from_s]), np.array([from_s + self._offset_s]))
        hosts, songs = self._until(from_s)
        behind_s = from_s + self._offset_s - songs[-1]
        joined_s = from_s + (LEAP_S if behind_s > JUMP_S else max(EASE_S, -behind_s))
        end_s = max(at_s + RUN_ON_S, joined_s + LEAP_S)
        corners = np.array([joined_s, end_s])
        self._line = (
            np.append(hosts, corners)[-KNOTS:],
            np.append(songs, np.maximum(corners + self._offset_s, songs[-1]))[-KNOTS:],
        )

    def _until(self, host_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the line cut at a host second, its end being the answer there."""
        hosts, songs = self._line
        ended = hosts < host_s
        if hosts[-1] < host_s:  # it had ended before: keep the flat part as it was answered
            return np.append(hosts, host_s), np.append(songs, songs[-1])
        here = np.interp(host_s, hosts, songs)
        return np.append(hosts[ended], host_s), np.append(songs[ended], here)
