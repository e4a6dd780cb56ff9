from __future__ import annotations

import pytest

from kpopdance.realtime.core.terms import BODIES, KIDS, NORMAL, PRO, STRICTNESS, USUAL, Terms


def test_the_stricter_ask_more_of_everything():
    for easy, hard in ((KIDS, NORMAL), (NORMAL, PRO)):
        assert easy.ceiling < hard.ceiling
        assert easy.on_time_s > hard.on_time_s
        assert easy.too_late_s > hard.too_late_s
        assert easy.full_energy <= hard.full_energy
        for (a, wide, _), (b, narrow, _) in zip(easy.windows, hard.windows, strict=True):
            assert a == b
            assert wide >= narrow


def test_what_is_unusual_is_said():
    assert USUAL.words == ""
    assert Terms("pro", "seated", mirrored=True).words == "pro · seated · mirrored"
    assert Terms("kids").words == "kids"
    assert [Terms(name).strict.name for name in STRICTNESS] == ["kids", "normal", "pro"]


@pytest.mark.parametrize(("how", "words"), [
    ({"strictness": "harsh"}, "kids, normal, pro"), ({"body": "half"}, "whole, seated"),
])  # fmt: skip
def test_unknown_terms_are_refused(how, words):
    with pytest.raises(ValueError, match=words):
        Terms(**how)


def test_the_numbers_are_those_that_players_were_told():
    assert NORMAL.ceiling == 0.75
    assert (NORMAL.on_time_s, NORMAL.too_late_s) == (0.08, 0.3)
    assert NORMAL.full_energy == 0.88
    assert NORMAL.windows == PRO.windows
    assert NORMAL.windows == (
        ("PERFECT", 0.06, 85), ("GREAT", 0.1, 70), ("GOOD", 0.15, 50), ("OK", 0.2, 30),
    )  # fmt: skip
    assert (KIDS.ceiling, KIDS.on_time_s, KIDS.too_late_s, KIDS.full_energy) == (
        0.6, 0.12, 0.32, 0.6,
    )  # fmt: skip
    assert (PRO.ceiling, PRO.on_time_s, PRO.too_late_s, PRO.full_energy) == (
        0.9, 0.028, 0.272, 0.88,
    )  # fmt: skip


def test_the_seated_are_asked_for_neither_leg():
    assert BODIES == {"whole": (), "seated": ("right_leg", "left_leg")}
