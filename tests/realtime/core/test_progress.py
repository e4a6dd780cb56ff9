"""Days, streaks, weeks and goals: over midnight, on journeys, and with clocks that were put back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kpopdance.realtime.core.progress import (
    Day,
    Goal,
    Streak,
    date_of,
    moment_of,
    streak_of,
    week_of,
    weeks_of,
)

SEOUL, ANGELES = 9, -8


def at(text, zone=SEOUL):
    return datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=zone)))


def days(*begun):
    """The days of dances that began then, as the store tells them."""
    told = {}
    for when in begun:
        moment = moment_of(when)
        first = told.get(moment.day)
        told.setdefault(moment.day, Day(moment.day, 180.0, 1, 70.0, *moment))
        if first is not None:
            told[moment.day] = first._replace(
                dances=first.dances + 1, danced_s=first.danced_s + 180.0
            )
    return list(told.values())


@pytest.mark.parametrize("zone", [SEOUL, ANGELES, 0, 5.75, -9.5])
def test_a_day_is_what_the_calendar_said_there(zone):
    for text in ("2026-11-29T00:00", "2026-11-29T23:59:59", "1970-01-01T00:00"):
        moment = moment_of(at(text, zone))
        assert date_of(moment.day) == date.fromisoformat(text[:10])
    assert (
        moment_of(at("2026-11-30T00:01")).before(180).day + 1
        == moment_of(at("2026-11-30T00:01")).day
    )


STREAKS = {
    "none": ([], "2026-11-29T12:00", Streak(0, 0)),
    "today alone": (["2026-11-29T08:00"], "2026-11-29T12:00", Streak(1, 1)),
    "yesterday: today is not over": (
        ["2026-11-27T08:00", "2026-11-28T22:00"], "2026-11-29T23:59", Streak(2, 2),
    ),
    "the day before yesterday": (["2026-11-27T08:00"], "2026-11-29T00:01", Streak(0, 1)),
    "a gap": (
        ["2026-11-20T08:00", "2026-11-21T08:00", "2026-11-22T08:00", "2026-11-24T08:00"],
        "2026-11-24T12:00", Streak(1, 3),
    ),
    "just over midnight each": (
        ["2026-11-28T23:59", "2026-11-29T00:01"], "2026-11-29T00:02", Streak(2, 2),
    ),
    "26 hours, and no dance on the day between": (
        ["2026-11-23T23:00", "2026-11-25T01:00"], "2026-11-25T02:00", Streak(1, 1),
    ),
    "over the year's end": (
        ["2026-12-31T20:00", "2027-01-01T20:00"], "2027-01-01T21:00", Streak(2, 2),
    ),
    "a clock that was years ahead, once": (
        ["2026-11-28T08:00", "2026-11-29T08:00", "2099-01-01T08:00"], "2026-11-29T12:00", Streak(2, 2),
    ),
    "a clock that was put back since": (
        ["2026-11-29T08:00", "2026-11-30T08:00"], "2026-11-28T12:00", Streak(2, 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("begun", "now", "wanted"), STREAKS.values(), ids=STREAKS)
def test_days_in_a_row(begun, now, wanted):
    today = moment_of(at(now)).day
    assert streak_of(days(*map(at, begun)), today) == wanted
    assert streak_of(days(*map(at, begun))[::-1], today) == wanted


def test_a_journey_over_the_date_line_breaks_no_streak():
    """East: Monday evening in Los Angeles, eleven hours later it is Wednesday in Seoul."""
    east = days(at("2026-11-23T20:00", ANGELES), at("2026-11-25T08:00", SEOUL))
    assert [day.day - east[0].day for day in east] == [0, 2]
    assert streak_of(east, east[-1].day) == Streak(2, 2)
    west = days(at("2026-11-24T08:00", SEOUL), at("2026-11-23T20:00", ANGELES))
    assert streak_of(west, west[0].day) == Streak(2, 2)
    stayed = days(at("2026-11-23T20:00"), at("2026-11-25T08:00"))
    assert streak_of(stayed, stayed[-1].day) == Streak(1, 1)


def test_summer_time_changes_no_day():
    spring = days(
        datetime(2026, 3, 28, 23, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 3, 29, 23, 30, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 3, 30, 0, 30, tzinfo=timezone(timedelta(hours=2))),
    )
    assert streak_of(spring, spring[-1].day) == Streak(3, 3)


def test_weeks_begin_on_monday_and_empty_ones_are_told():
    danced = days(at("2026-11-15T12:00"), at("2026-11-23T09:00"), at("2026-11-29T23:59"))
    today = moment_of(at("2026-11-29T23:59")).day
    weeks = weeks_of(danced, today, 4)
    assert [date_of(week.monday).isoformat() for week in weeks] == [
        "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23",
    ]  # fmt: skip
    assert [week.dances for week in weeks] == [0, 1, 0, 2]
    assert weeks[-1].danced_s == (180.0, 0, 0, 0, 0, 0, 180.0)
    assert (weeks[-1].minutes, weeks[-1].score, weeks[2].score) == (6.0, 70.0, None)
    assert week_of(today + 1) == today + 1


def test_goals():
    week = weeks_of(days(at("2026-11-23T09:00")), moment_of(at("2026-11-23T10:00")).day, 1)[0]
    assert week.done(Goal(6, "minutes")) == 0.5
    assert week.done(Goal(4, "songs")) == 0.25
    assert week.done(Goal()) == 0.0


def test_a_mean_score_weighs_days_by_their_dances():
    first = moment_of(at("2026-11-23T09:00"))
    week = weeks_of(
        [
            Day(first.day, 60, 3, 90.0, *first), Day(first.day + 1, 60, 1, 50.0, *first),
            Day(first.day + 2, 60, 5, None, *first),
        ], first.day, 1,
    )[0]  # fmt: skip
    assert week.score == 80.0


def test_a_moment_without_a_zone_is_utc():
    assert moment_of(datetime(1970, 1, 2, tzinfo=UTC)) == (86_400.0, 0)
