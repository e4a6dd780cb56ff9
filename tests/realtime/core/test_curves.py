"""What is told of a history under each heading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kpopdance.realtime.core.curves import BEST_MOVES, PAGES, WORST_MOVES, facts_of
from kpopdance.realtime.core.progress import DancedMove, Day, History, SongDanced
from tests.kept_dances import NOON, danced

SONGS = (
    SongDanced("b", "pro", "별", 1, 50.0, (50.0,)),
    SongDanced("a", "", "Neon", 3, 80.0, (60.0, 80.0, 70.0)),
)  # fmt: skip


def history(*recent, days=()):
    return History(SONGS, tuple(days), tuple(recent))


def lines(page, *recent, days=()):
    return PAGES[page](history(*recent, days=days), NOON.day)


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_history_has_nothing_to_say_and_breaks_nothing(page):
    told = PAGES[page](History(), NOON.day)
    assert [line.share for line in told] == [0.0] * len(told)
    assert facts_of(History(), NOON.day) == ()


def test_songs_are_told_on_their_terms():
    told = lines("songs")
    assert [(line.name, line.told, line.more) for line in told] == [
        ("별 · pro", "50", "best of 1 dance"), ("Neon", "80", "best of 3 dances"),
    ]  # fmt: skip
    assert told[1].curve.values == (60.0, 80.0, 70.0)


def test_limbs_are_compared_with_the_dances_before():
    dances = [danced(limbs={"left_arm": 40.0 + 2 * k, "torso": 90.0}) for k in range(20)]
    torso, arm = lines("body", *dances)
    assert (torso.name, torso.told, torso.more) == ("torso", "90", "as before")
    assert (arm.name, arm.told, arm.more) == ("left arm", "69", "+20 since before")
    assert lines("body", dances[0])[1].more == "now"


def test_weeks_are_told_day_by_day():
    today = NOON.day
    told = lines(
        "weeks", days=(Day(today - 21, 600, 2, 50.0, *NOON), Day(today, 1800, 3, 70.0, *NOON))
    )
    assert [line.name for line in told] == [  # nothing was danced before
        "this week",
        "last week",
        "9\u2009–\u200915 Nov",
        "2\u2009–\u20098 Nov",
    ]
    assert (told[0].told, told[0].more) == ("30 min", "3 dances, score 70")
    assert (told[0].share, told[3].share) == (1.0, 1 / 3)
    assert told[0].curve.values == (0, 0, 0, 0, 0, 0, 30.0)
    assert told[0].curve.high == 30.0
    assert told[2].more == "0 dances"


def test_timing_is_told_for_all_songs_and_for_each():
    dances = [danced("a", title="Neon", lag_ms=40.0), danced("b", title="별", lag_ms=None),
              danced("b", title="별", lag_ms=-20.0)]  # fmt: skip
    told = lines("timing", *dances)
    assert [(line.name, line.told, line.more) for line in told] == [
        ("all songs", "10 ms late", "± 30 ms"), ("별", "20 ms early", "one dance"),
        ("Neon", "40 ms late", "one dance"),
    ]  # fmt: skip
    assert told[0].curve.level == 0.0
    assert lines("timing", replace(dances[0], lag_ms=None)) == ()


def test_moves_tried_once_or_not_judged_are_not_told():
    moves = tuple(DancedMove(float(k), 100.0 - k) for k in range(30))
    told = lines("moves", danced(moves=moves), danced(moves=(*moves, DancedMove(77.0, 100.0))))
    assert [line.told for line in told[:2]] == ["100", "99"]
    assert [line.more for line in told] == (
        ["among your best"] * BEST_MOVES + ["worth practising"] * WORST_MOVES
    )
    assert told[-WORST_MOVES].name == "neon · 0:29"
    assert told[0].curve.values == (100.0, 100.0)
    assert lines("moves", danced(moves=(DancedMove(0.0, None),) * 2)) == ()


def test_facts():
    days = (Day(NOON.day - 1, 600, 1, 50.0, *NOON), Day(NOON.day, 1800, 1000, 70.0, *NOON))
    assert facts_of(history(days=days), NOON.day) == (
        "1,001 dances", "40 minutes", "2 songs", "most days in a row: 2",
    )  # fmt: skip
