"""How somebody gets on: dances that were kept, days, streaks, weeks and goals.

A day is the player's own: what the calendar said where the dance began, told as days since
1970-01-01, so that one who travels keeps the days that were lived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

DAY_S: Final = 86_400
DAYS: Final = 7  # of a week, which begins on a Monday
AHEAD: Final = 2  # so many days may a streak be ahead of a clock
THURSDAY: Final = 3  # what 1970-01-01 was, counted from Monday
GOALS: Final[Mapping[str, tuple[int, ...]]] = {
    "minutes": (0, 20, 40, 60, 90, 120, 180, 300), "songs": (0, 5, 10, 15, 20, 30, 50),
}  # fmt: skip
"""What a player may set for a week; 0 is no goal."""


class Moment(NamedTuple):
    """A moment and where it was lived: seconds since 1970 in UTC, and what the place is ahead of it."""

    at_s: float
    offset_s: int

    @property
    def day(self) -> int:
        """The day there."""
        return int((self.at_s + self.offset_s) // DAY_S)

    def before(self, seconds: float) -> Moment:
        """Return the moment so long before, at the same place."""
        return Moment(self.at_s - seconds, self.offset_s)


def moment_of(when: datetime) -> Moment:
    """Return a date and time with its zone as a moment."""
    offset = when.utcoffset()
    return Moment(when.timestamp(), 0 if offset is None else round(offset.total_seconds()))


def date_of(day: int) -> date:
    """Return a day's date."""
    return date(1970, 1, 1) + timedelta(days=day)


def week_of(day: int) -> int:
    """Return the Monday of a day's week."""
    return day - (day + THURSDAY) % DAYS


class DancedMove(NamedTuple):
    """A move of a dance: where it begins, song seconds, and its score 0..100 (None: not judged)."""

    start_s: float
    score: float | None


@dataclass(frozen=True, slots=True)
class Danced:
    """A finished dance as it is kept.

    Attributes
    ----------
    began : Moment
    slug, title : str
        Of the song.
    terms : str
        In words, empty for the usual ones.
    tempo : float
        Of the song's own, 1 is that.
    counts : bool
        Whether its score is one: enough was judged, and the whole song was danced at its tempo.
    danced_s : float
        For how long.
    score, stars : float, int
        0..100, 0..5.
    lag_ms : float or None
        Positive is late.
    grades, limbs : mapping
        Name -> how many moves, name -> 0..100.
    moves : tuple of DancedMove
        In the order in which they are danced.
    practice : bool
        No dance, but parts of it again and again, for so long in all.
    """

    began: Moment
    slug: str
    title: str
    danced_s: float
    score: float
    stars: int
    terms: str = ""
    tempo: float = 1.0
    counts: bool = True
    lag_ms: float | None = None
    grades: Mapping[str, int] | None = None
    limbs: Mapping[str, float] | None = None
    moves: tuple[DancedMove, ...] = ()
    practice: bool = False


class Day(NamedTuple):
    """A day on which somebody danced or practised: for how long, how many dances, their mean score.

    ``first_s`` is when the first dance began, ``offset_s`` where (see ``Moment``).
    """

    day: int
    danced_s: float
    dances: int
    score: float | None
    first_s: float
    offset_s: int


class SongDanced(NamedTuple):
    """A song on some terms: how often it was danced, its best score, and the last ones, oldest first."""

    slug: str
    terms: str
    title: str
    dances: int
    best: float
    scores: tuple[float, ...]


class History(NamedTuple):
    """What is told of a player: songs, the last danced first; days; the newest dances, oldest first."""

    songs: tuple[SongDanced, ...] = ()
    days: tuple[Day, ...] = ()
    recent: tuple[Danced, ...] = ()


class Goal(NamedTuple):
    """What a player wants to dance in a week; ``many`` of ``minutes`` or ``songs``, 0: no goal."""

    many: int = 0
    of: str = "minutes"


class Streak(NamedTuple):
    """Days in a row on which somebody danced: up to now, and the most there ever were."""

    now: int
    most: int


def streak_of(days: Sequence[Day], today: int) -> Streak:
    """Return the days in a row; the one up to yesterday goes on, since today is not over.

    A day that a journey swallowed breaks nothing: who flies east from a Monday lands on a Wednesday.
    Nor does a clock that was put back, or days that a wrong clock put into the future.
    """
    row = most = now = 0
    last: Day | None = None
    for day in sorted(days):
        row = row + 1 if last is not None and _follows(last, day) else 1
        most, last = max(most, row), day
        if day.day <= today + AHEAD:
            now = row if today <= day.day + 1 else 0
    return Streak(now, most)


def _follows(last: Day, day: Day) -> bool:
    """Return whether a day is the next one, here or where the last dance was."""
    there = Moment(day.first_s, last.offset_s).day
    return min(day.day, there) <= last.day + 1


class Week(NamedTuple):
    """A week by its Monday: seconds danced of each day, dances, and the mean score of what counts."""

    monday: int
    danced_s: tuple[float, ...]
    dances: int
    score: float | None

    @property
    def minutes(self) -> float:
        """Minutes danced in all."""
        return sum(self.danced_s) / 60

    def done(self, goal: Goal) -> float:
        """Return how much of a goal is done, 0..; 0 without one."""
        danced = self.minutes if goal.of == "minutes" else self.dances
        return danced / goal.many if goal.many else 0.0


def weeks_of(days: Iterable[Day], today: int, many: int) -> tuple[Week, ...]:
    """Return the last weeks, this one last, those without a dance too."""
    this = week_of(today)
    mondays = range(this - (many - 1) * DAYS, this + 1, DAYS)
    by_day = {day.day: day for day in days}
    return tuple(_week(monday, by_day) for monday in mondays)


def _week(monday: int, by_day: Mapping[int, Day]) -> Week:
    days = [by_day.get(monday + k) for k in range(DAYS)]
    danced = [day for day in days if day is not None]
    scored = [(day.score, day.dances) for day in danced if day.score is not None]
    many = sum(dances for _, dances in scored)
    score = sum(score * dances for score, dances in scored) / many if many else None
    seconds = tuple(0.0 if day is None else day.danced_s for day in days)
    return Week(monday, seconds, sum(day.dances for day in danced), score)
