"""Drafts corrected edit by edit: what each does, what it refuses, and how all are undone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from kpopdance.realtime.studio.editing import (
    EDITS,
    NOBODY,
    Edit,
    EditError,
    History,
    draft_of,
    edited,
)
from kpopdance.realtime.studio.take import Take

ROWS, FPS = 40, 20.0


def a_take(there):
    """People who stand still, everybody at the x of their number; ``there`` says when, in rows."""
    people = len(there)
    joints = np.full((people, ROWS, 18, 3), np.nan, np.float32)
    joints[..., 2] = 0
    seen = np.zeros((people, ROWS), bool)
    for person, spans in enumerate(there):
        for begin, end in spans:
            joints[person, begin:end] = (person, person, 0.9)
            seen[person, begin:end] = True
    floor = np.zeros((people, ROWS, 2), np.float32)
    floor[..., 0] = np.arange(people)[:, None]
    reasons = ("member",) * (people - 1) + ("mirror",)
    return Take(np.arange(ROWS) / FPS, (640, 360), joints, seen, floor, reasons, (8,), 0)


def a_draft():
    """Three members and a mirror: the third is there where the second has a gap."""
    take = a_take([[(0, 40)], [(0, 10), (20, 40)], [(8, 18)], [(0, 40)]])
    return draft_of(take, "노래")


def did(*words):
    """Return the draft after edits, each written as ``word told``."""
    history = History((a_draft(),))
    for each in words:
        history = history.did(Edit(*each.split(" ", 1)))
    return history.now


def rows_of(draft):
    """Return whose row of the take everybody has, in runs: ``0x12 -x8``."""
    told = []
    for who in draft.who:
        edges = [0, *(np.flatnonzero(np.diff(who)) + 1), len(who)]
        told.append(
            " ".join(
                f"{'-' if who[a] == NOBODY else who[a]}x{b - a}" for a, b in pairwise(edges)
            )
        )
    return told


WHO = {
    "swap 1,2@1.0": ["0x20 1x20", "1x20 0x20", "2x40", "3x40"],
    "swap 1,2@1.0-1.5": ["0x20 1x10 0x10", "1x20 0x10 1x10", "2x40", "3x40"],
    "cut 1@0.5": ["0x10 -x30", "1x40", "2x40", "3x40", "-x10 0x30"],
    "join 2,3": ["0x40", "1x10 2x8 1x22", "-x40", "3x40"],
}


@pytest.mark.parametrize("words", WHO)
def test_rows_change_hands(words):
    before, after = a_draft(), did(words)
    assert rows_of(after) == WHO[words]
    assert rows_of(before) == ["0x40", "1x40", "2x40", "3x40"]  # what was seen is untouched
    take = after.corrected()
    at = take.joints[0, :, 0, 0]
    whose = np.where(after.who[0] == NOBODY, np.nan, after.who[0])
    assert_allclose(at, np.where(after.there[0], whose, np.nan))
    assert_array_equal(take.there, after.there)
    assert_array_equal(np.isnan(take.floor[..., 0]), after.who == NOBODY)


FACTS = {
    "drop 2": {"members": (True, False, True, False), "lead": 0},
    "drop 1,2": {"members": (False, False, True, False), "lead": 2},
    "keep 4": {"members": (True, True, True, True)},
    "lead 3": {"lead": 2},
    "name 1= 해린 ": {"names": ("해린", "", "", "")},
    "name 2=A, B=C@1": {"names": ("", "A, B=C@1", "", "")},
    "bpm 122.5": {"bpm": 122.5, "offset_s": 0.0},
    "bpm 122.5@0.21": {"bpm": 122.5, "offset_s": 0.21},
    "offset -0.3": {"offset_s": -0.3},
    "section chorus@1.5": {"sections": (("chorus", 1.5),)},
    "section a@b@1.5": {"sections": (("a@b", 1.5),)},
    "chorus 1.25": {"preview_s": 1.25},
    "mirrored yes": {"mirrored": True},
    "title 새 노래": {"title": "새 노래"},
    "artist 뉴진스": {"artist": "뉴진스"},
    "cut 1@0.5": {"members": (True, True, True, False, True)},
    "join 2,3": {"members": (True, True, False, False)},
    "join 3,4": "on stage at 0.4 s",
    "join 4,2": "they are two",
    "swap 1,1@1": "two dancers",
    "swap 1@1": "two dancers",
    "swap 1,2": "say when",
    "swap 1,9@1": "no dancer 9; they are 1 to 4",
    "swap 1,0@1": "no dancer 0",
    "swap 1,²@1": "no dancer ²",
    "swap 1,2@nan": "no number",
    "swap 1,2@2-1": "ends before",
    "cut 3@1.5": "both before and after",
    "cut 2,3@1": "one dancer",
    "drop 1,2,3": "nobody would be left",
    "lead 4": "no member",
    "name 1": "=",
    "name 1=" + 101 * "a": "longer than 100",
    "name 1=a\0b": "cannot be shown",
    "bpm 20": "30 to 300",
    "bpm inf": "no number",
    "offset 1e9": "-60 to 600",
    "section @1.5": "no section begins",
    "section verse@99": "from 0 to",
    "chorus -1": "from 0 to",
    "mirrored maybe": "yes or no",
    "title  ": "blank",
    "fly 1": "choose one of swap, cut",
}


@pytest.mark.parametrize("words", FACTS)
def test_an_edit_does_what_it_says_or_says_why_not(words):
    wanted = FACTS[words]
    if isinstance(wanted, str):
        with pytest.raises(EditError, match=wanted) as told:
            did(words)
        assert str(told.value).startswith(words.split(" ")[0])
        assert "\n" not in str(told.value)
        return
    after = did(words)
    assert {name: getattr(after, name) for name in wanted} == wanted


def test_every_edit_is_tried_here():
    assert {each.split(" ")[0] for each in (*WHO, *FACTS)} - {"fly"} == set(EDITS)


def test_names_stand_for_numbers_and_follow_whom_they_name():
    after = did("name 2=Minji", "swap Minji,1@1", "lead Minji", "join Minji,3")
    assert rows_of(after)[1] == "1x10 2x8 1x2 0x20"
    assert (after.lead, after.names) == (1, ("", "Minji", "", ""))


def test_who_is_left_with_nothing_is_no_member():
    after = did("cut 1@1.0", "swap 3,5@0.5")
    assert rows_of(after)[4] == "-x10 2x30"
    assert after.members[4]
    alone = did("lead 3", "swap 3,4@0", "swap 4,3@0", "join 2,3")
    assert (alone.members[2], alone.lead) == (False, 1)


def test_sections_stand_in_order_and_give_way():
    after = did("section chorus@1.5", "section verse@0.5", "section bridge@1.5", "section @0.5")
    assert after.sections == (("bridge", 1.5),)


def test_every_edit_can_be_undone_and_redone():
    history = History((a_draft(),))
    for words in ("swap 1,2@1", "name 1=A", "drop 3"):
        history = history.did(Edit(*words.split(" ", 1)))
    assert history.undone().undone().now is history.drafts[1]
    assert history.undone().redone().now is history.now
    back = history
    for _ in range(9):
        back = back.undone()
    assert (back.now, back.done) == (history.drafts[0], ())
    other = history.undone().did(Edit("lead", "2"))
    assert [edit.word for edit in other.done] == ["swap", "name", "lead"]
    assert other.redone() is not None
    assert other.redone().now is other.now


def test_what_an_edit_refuses_leaves_the_history_as_it_was():
    history = History((a_draft(),)).did(Edit("lead", "2"))
    with pytest.raises(EditError):
        history.did(Edit("lead", "9"))
    assert (history.at, history.now.lead) == (1, 1)


def test_times_are_song_seconds():
    draft = did("title t")
    later = draft.__class__(**{
        name: getattr(draft, name) for name in draft.__dataclass_fields__
    } | {"start_s": 5.0, "length_s": 9.0})  # fmt: skip
    assert later.song_s(20) == pytest.approx(6.0)
    assert [later.row_at(s) for s in (-9, 5.0, 6.02, 6.03, 99)] == [0, 0, 20, 21, 39]
    assert rows_of(edited(later, Edit("swap", "1,2@6.0")))[0] == "0x20 1x20"
