from __future__ import annotations

import pytest

from realtime.pure.terms import KIDS, NORMAL, PRO, STRICTNESS, USUAL, Terms


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
