"""What is shown of a history: under each heading some lines, each with a curve."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.realtime.core.progress import DAYS, date_of, streak_of, weeks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kpopdance.realtime.core.progress import History, Week

    _Move = tuple[str, str, float]
    """A title, the terms in words, and where it begins, song seconds."""

LATELY: Final = 10
"""So many dances say how somebody dances now; those before, how it was."""
WEEKS: Final = 8
LEAST_TRIES: Final = 2  # of a move that is told
BEST_MOVES, WORST_MOVES = 8, 4
LATE_MS: Final = 200.0  # the most a curve of lags shows, either way
BAR_MINUTES: Final = (
    10.0,
    20.0,
    30.0,
    40.0,
    60.0,
    90.0,
    120.0,
    180.0,
    240.0,
    360.0,
    720.0,
    1440.0,
)
"""What the highest bar of a day may be."""
DAYS_SHORT: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Curve:
    """Values in order, None where there is none; ``low`` to ``high`` is what is shown.

    ``labels`` are below them, one each or none; ``bars`` instead of a line; ``level`` is marked across.
    """

    title: str
    values: tuple[float | None, ...]
    low: float = 0.0
    high: float = 100.0
    unit: str = ""
    labels: tuple[str, ...] = ()
    bars: bool = False
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A name with what is told of it, large and small; ``share`` of a full bar 0..1; its curve."""

    name: str
    told: str
    more: str
    share: float
    curve: Curve


def song_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return songs, the last danced one first, with their scores from dance to dance."""
    return tuple(
        Line(
            named, f"{song.best:.0f}", f"best of {many(song.dances, 'dance')}", song.best / 100,
            Curve(f"Score of {named}", song.scores),
        )
        for song in history.songs
        for named in [" · ".join(filter(None, (song.title, song.terms)))]
    )  # fmt: skip


def body_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return limbs, the best first, with their marks in the newest dances."""
    marks: dict[str, list[float]] = defaultdict(list)
    for danced in history.recent:
        for name, mark in (danced.limbs or {}).items():
            marks[name].append(mark)
    lines = []
    for name, all_marks in marks.items():
        now, before = _mean(all_marks[-LATELY:]), all_marks[-2 * LATELY : -LATELY]
        gained = round(now - _mean(before)) if before else 0
        gain = f"{gained:+d} since before" if gained else "as before" if before else "now"
        called = name.replace("_", " ")
        curve = Curve(f"Marks of your {called}", tuple(all_marks))
        lines.append(Line(called, f"{now:.0f}", gain, now / 100, curve))
    return tuple(sorted(lines, key=lambda line: -line.share))


def week_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return the last weeks, this one first, with the minutes danced on each day."""
    weeks = weeks_of(history.days, today, WEEKS)[::-1]
    most = max(week.minutes for week in weeks) or 1.0
    longest = max(second / 60 for week in weeks for second in week.danced_s)
    high = next((step for step in BAR_MINUTES if step >= longest), BAR_MINUTES[-1])
    return tuple(_week(week, ago, most, high) for ago, week in enumerate(weeks))


def _week(week: Week, ago: int, most: float, high: float) -> Line:
    first, last = date_of(week.monday), date_of(week.monday + DAYS - 1)
    when = f"{first.day} {first:%b} to {last.day} {last:%b}"
    name = ("this week", "last week")[ago] if ago < 2 else when
    score = "" if week.score is None else f", score {week.score:.0f}"
    minutes = tuple(second / 60 for second in week.danced_s)
    curve = Curve(
        f"Minutes danced, {when}", minutes, high=high, unit="min", labels=DAYS_SHORT, bars=True
    )
    told = f"{week.minutes:.0f} min"
    return Line(name, told, many(week.dances, "dance") + score, week.minutes / most, curve)


def timing_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return how late somebody dances: on all songs, and on each of those danced lately."""
    by_song: dict[str, list[float]] = defaultdict(list)
    every: list[float] = []
    for danced in history.recent:
        if danced.lag_ms is not None:
            every.append(danced.lag_ms)
            by_song[danced.title].append(danced.lag_ms)
    lines = [_timing("all songs", every)] if every else []
    lines += [_timing(title, lags) for title, lags in reversed(by_song.items())]
    return tuple(lines)


def _timing(name: str, lags_ms: Sequence[float]) -> Line:
    lately = lags_ms[-LATELY:]
    lag_ms = _mean(lately)
    told = f"{abs(lag_ms):.0f} ms {'late' if lag_ms >= 0 else 'early'}"
    varies = f"± {np.std(lately):.0f} ms" if len(lately) > 1 else "one dance"
    curve = Curve(
        f"How late, {name}", tuple(lags_ms), -LATE_MS, LATE_MS, "ms", level=0.0
    )  # fmt: skip
    return Line(name, told, varies, 1 - min(1.0, abs(lag_ms) / LATE_MS), curve)


def move_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return the moves that go best, then those worth practising, with their scores try by try."""
    tries: dict[_Move, list[float]] = defaultdict(list)
    for danced in history.recent:
        for move in danced.moves:
            if move.score is not None:
                tries[danced.title, danced.terms, move.start_s].append(move.score)
    lately = {
        move: _mean(scores[-LATELY:])
        for move, scores in tries.items()
        if len(scores) >= LEAST_TRIES
    }
    ordered = sorted(lately, key=lambda move: -lately[move])
    best, rest = ordered[:BEST_MOVES], ordered[BEST_MOVES:]
    told = [(move, "among your best") for move in best]
    told += [(move, "worth practising") for move in rest[-WORST_MOVES:][::-1]]
    return tuple(_move(move, lately[move], more, tries[move]) for move, more in told)


def _move(move: _Move, score: float, more: str, tries: Sequence[float]) -> Line:
    title, terms, start_s = move
    minutes, seconds = divmod(int(start_s), 60)
    name = " · ".join(filter(None, (title, terms, f"{minutes}:{seconds:02d}")))
    return Line(
        name, f"{score:.0f}", more, score / 100, Curve(f"The move of {name}", tuple(tries))
    )


PAGES: Final[Mapping[str, Callable[[History, int], tuple[Line, ...]]]] = {
    "songs": song_lines, "body": body_lines, "weeks": week_lines, "timing": timing_lines,
    "moves": move_lines,
}  # fmt: skip
"""The headings; each takes a history and the day of today."""


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def many(count: int, what: str) -> str:
    """Return a number of things in words."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def facts_of(history: History, today: int) -> tuple[str, ...]:
    """Return what is told in short of all of a history; nothing of an empty one."""
    dances = sum(day.dances for day in history.days)
    minutes = sum(day.danced_s for day in history.days) / 60
    if not dances:
        return ()
    most = streak_of(history.days, today).most
    return (
        many(dances, "dance"), f"{minutes:,.0f} minutes", many(len(history.songs), "song"),
        f"most days in a row: {most}",
    )  # fmt: skip
