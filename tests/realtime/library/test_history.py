"""Dances are kept as they were danced, told by song and day, and fast however many there are."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from kpopdance.realtime.core.progress import DancedMove, Moment
from kpopdance.realtime.library import history as module
from kpopdance.realtime.library.history import (
    Before,
    dances_of,
    history_of,
    keep_dance,
)
from kpopdance.realtime.library.store import Store
from tests.kept_dances import danced

NOON = Moment(1_764_000_000.0, 32_400)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "kpopdance.sqlite")


def scores_of(store, slug, terms=""):
    return [score for (score,) in store.read(module.EARLIER, slug=slug, terms=terms)]


def test_a_dance_comes_back_as_it_was(store):
    one = danced(
        "별", title="별 (Star)", began=NOON, score=61.3, lag_ms=-12.5, terms="pro · mirrored",
        moves=(DancedMove(0.0, 0.0), DancedMove(12.3, 100.0), DancedMove(6553.5, None)),
    )  # fmt: skip
    other = replace(one, began=NOON.before(60), lag_ms=None, tempo=0.8, counts=False, moves=())
    keep_dance(store, one, "별/pro · mirrored")
    keep_dance(store, other, "별/pro · mirrored")
    assert list(dances_of(store)) == [other, one]
    assert store.best_scores() == {"별/pro · mirrored": 61.3}


def test_what_was_before_is_told_on_the_same_terms_alone(store):
    for number, (score, terms, counts) in enumerate(
        [
            (50.0, "", True),
            (70.0, "pro", True),
            (60.0, "", True),
            (99.0, "", False),
            (55.0, "", True),
        ]
    ):
        one = danced(
            "neon", began=Moment(number * 1e4, 0), score=score, terms=terms, counts=counts
        )
        before = keep_dance(store, one, "neon" + "/" * bool(terms) + terms)
    assert before == Before(60.0, (50.0, 60.0))
    assert scores_of(store, "neon") == [55.0, 60.0, 50.0]
    assert scores_of(store, "neon", "pro") == [70.0]
    assert scores_of(store, "nothing") == []


def test_songs_days_and_the_newest_dances(store, monkeypatch):
    monkeypatch.setattr(module, "NEWEST", module.NEWEST.replace(f"{module.RECENT}", "2"))
    begun = [NOON.before(90_000), NOON.before(300), NOON]
    for began, slug, score in zip(begun, ("a", "b", "a"), (40.0, 50.0, 60.0), strict=True):
        keep_dance(
            store, danced(slug, title=f"{slug} at {score}", began=began, score=score), slug
        )
    keep_dance(store, danced("a", began=NOON.before(9), score=1.0, counts=False), "a")
    practised = danced("c", began=NOON, score=0.0, danced_s=60.0, counts=False, practice=True)
    keep_dance(store, practised, "c")
    told = history_of(store)
    assert told.songs == (
        ("a", "", "a at 60.0", 2, 60.0, (40.0, 60.0)),
        ("b", "", "b at 50.0", 1, 50.0, (50.0,)),
    )
    assert [(day.dances, day.score) for day in told.days] == [(1, 40.0), (3, 55.0)]
    assert [day.danced_s for day in told.days] == [180.0, 3 * 180.0 + 60.0]
    assert list(dances_of(store))[-1] == practised
    assert told.days[1].day == told.days[0].day + 1 == NOON.day
    assert [one.slug for one in told.recent] == ["b", "a"]


@pytest.mark.parametrize(("column", "value"), [
    ("grades", "{"), ("limbs", "7"), ("moves", b"x"), ("moves", "text"), ("grades", b"\xff"),
    ("limbs", "[" * 50_000),
])  # fmt: skip
def test_a_damaged_dance_is_left_out_and_said(store, caplog, column, value):
    for slug in ("a", "b"):
        keep_dance(store, danced(slug), slug)
    change = f"UPDATE dances SET {column} = ? WHERE slug = 'a'"
    store.write(lambda db, player: db.execute(change, (value,)))
    assert [one.slug for one in dances_of(store)] == ["b"]
    assert [one.slug for one in history_of(store).recent] == ["b"]
    assert "a dance in it cannot be read" in caplog.text


def fill(store, count):
    """Keep so many dances of 200 songs, without the time that each takes to be on the disk."""
    one = danced("neon", moves=tuple(DancedMove(2.0 * k, 70.0) for k in range(90)))
    _, offset_s, *rest = module._row_of(one)
    rows = []
    for number in range(count):
        began = Moment(1.7e9 + 900.0 * number, offset_s)
        told = [began.day, f"song-{number % 200}", *rest[2:]]
        told[7] = 30.0 + number % 67
        rows.append((1, *began, *told))
    store.write(lambda db, player: db.executemany(module.ADD, rows))
    store.write(
        lambda db, player: [module.add_score(db, 1, f"song-{k}", 95.0) for k in range(200)]
    )


def cpu_s(work, times=3):
    """The least processor time of a few tries."""
    tries = []
    for _ in range(times):
        began = time.process_time()
        work()
        tries.append(time.process_time() - began)
    return min(tries)


def test_a_hundred_thousand_dances_are_as_fast_as_a_thousand(tmp_path):
    few, many = Store(tmp_path / "few.sqlite"), Store(tmp_path / "many.sqlite")
    fill(few, 1_000)
    fill(many, 100_000)
    works = {
        "the list": lambda store: store.remembered(),
        "a dance kept": lambda store: keep_dance(store, danced("song-7", began=NOON), "song-7"),
        "a song": lambda store: scores_of(store, "song-7"),
    }
    for what, work in works.items():
        took = [cpu_s(lambda store=store, work=work: work(store)) for store in (few, many)]
        assert took[1] < 3 * took[0] + 0.010, (what, took)
    assert history_of(many).songs[0].dances == 500
    assert cpu_s(lambda: history_of(many), times=1) < 1.5
