"""What is shown of a history: under each heading some lines, each with a curve."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kpopdance.engines.tongues import N_, _, counted, days_words, weekday_words
from kpopdance.realtime.core.progress import DAYS, date_of, streak_of, weeks_of
from kpopdance.realtime.core.terms import said_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kpopdance.realtime.core.progress import Goal, History, Week

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
            named, f"{song.best:.0f}",
            counted("best of {n} dance", "best of {n} dances", song.dances), song.best / 100,
            Curve(_("Score of {song}", song=named), song.scores),
        )
        for song in history.songs
        for named in [" · ".join(filter(None, (song.title, said_terms(song.terms))))]
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
        gain = _("as before") if before else _("now")
        if gained:
            gain = _("{points:+d} since before", points=gained)
        called = _(name.replace("_", " "))
        curve = Curve(_("Marks of your {limb}", limb=called), tuple(all_marks))
        lines.append(Line(called, f"{now:.0f}", gain, now / 100, curve))
    return tuple(sorted(lines, key=lambda line: -line.share))


def week_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return the last weeks, this one first, with the minutes danced on each day.

    Those before anything was danced are none of the player's.
    """
    weeks = weeks_of(history.days, today, WEEKS)[::-1]
    while len(weeks) > 1 and not weeks[-1].minutes:
        weeks = weeks[:-1]
    most = max(week.minutes for week in weeks) or 1.0
    longest = max(second / 60 for week in weeks for second in week.danced_s)
    high = next((step for step in BAR_MINUTES if step >= longest), BAR_MINUTES[-1])
    return tuple(_week(week, ago, most, high) for ago, week in enumerate(weeks))


def _week(week: Week, ago: int, most: float, high: float) -> Line:
    first, last = date_of(week.monday), date_of(week.monday + DAYS - 1)
    when = days_words(first, last)
    name = (_("this week"), _("last week"))[ago] if ago < 2 else when
    more = counted("{n} dance", "{n} dances", week.dances)
    if week.score is not None:
        more = _("{dances}, score {score:.0f}", dances=more, score=week.score)
    minutes = tuple(second / 60 for second in week.danced_s)
    curve = Curve(
        _("Minutes danced, {when}", when=when),
        minutes,
        high=high,
        unit=_("min"),
        labels=weekday_words(),
        bars=True,
    )
    told = _("{minutes:.0f} min", minutes=week.minutes)
    return Line(name, told, more, week.minutes / most, curve)


def timing_lines(history: History, today: int) -> tuple[Line, ...]:
    """Return how late somebody dances: on all songs, and on each of those danced lately."""
    by_song: dict[str, list[float]] = defaultdict(list)
    every: list[float] = []
    for danced in history.recent:
        if danced.lag_ms is not None:
            every.append(danced.lag_ms)
            by_song[danced.title].append(danced.lag_ms)
    lines = [_timing(_("all songs"), every)] if every else []
    lines += [_timing(title, lags) for title, lags in reversed(by_song.items())]
    return tuple(lines)


def _timing(name: str, lags_ms: Sequence[float]) -> Line:
    lately = lags_ms[-LATELY:]
    lag_ms = _mean(lately)
    way = N_("{ms:.0f} ms late") if lag_ms >= 0 else N_("{ms:.0f} ms early")
    told = _(way, ms=abs(lag_ms))
    varies = f"± {np.std(lately):.0f} ms" if len(lately) > 1 else _("one dance")
    curve = Curve(
        _("How late, {song}", song=name), tuple(lags_ms), -LATE_MS, LATE_MS, "ms", level=0.0
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
    told = [(move, _("among your best")) for move in best]
    told += [(move, _("worth practising")) for move in rest[-WORST_MOVES:][::-1]]
    return tuple(_move(move, lately[move], more, tries[move]) for move, more in told)


def _move(move: _Move, score: float, more: str, tries: Sequence[float]) -> Line:
    title, terms, start_s = move
    minutes, seconds = divmod(int(start_s), 60)
    name = " · ".join(filter(None, (title, said_terms(terms), f"{minutes}:{seconds:02d}")))
    return Line(
        name,
        f"{score:.0f}",
        more,
        score / 100,
        Curve(_("The move of {song}", song=name), tuple(tries)),
    )


PAGES: Final[Mapping[str, Callable[[History, int], tuple[Line, ...]]]] = {
    N_("songs"): song_lines, N_("body"): body_lines, N_("weeks"): week_lines,
    N_("timing"): timing_lines, N_("moves"): move_lines,
}  # fmt: skip
"""The headings; each takes a history and the day of today."""


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def facts_of(history: History, today: int) -> tuple[str, ...]:
    """Return what is told in short of all of a history; nothing of an empty one."""
    dances = sum(day.dances for day in history.days)
    minutes = sum(day.danced_s for day in history.days) / 60
    if not dances:
        return ()
    most = streak_of(history.days, today).most
    return (
        counted("{n} dance", "{n} dances", dances),
        counted("{n} minute", "{n} minutes", round(minutes)),
        counted("{n} song", "{n} songs", len(history.songs)),
        _("most days in a row: {n}", n=most),
    )  # fmt: skip


def goal_words(goal: Goal) -> str:
    """Return a week's goal in words; empty where there is none."""
    if not goal.many:
        return ""
    if goal.of == "songs":
        return counted("{n} song a week", "{n} songs a week", goal.many)
    return counted("{n} minute a week", "{n} minutes a week", goal.many)
